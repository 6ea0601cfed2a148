"""What makes opening and going back feel immediate: what is known stands at once, nothing is read in vain."""

from __future__ import annotations

import threading
from dataclasses import replace

from textual.widgets import Static

from kcflow.services.views import DossierCard
from screens.dossier.proposal import ProposalScreen
from tests.ui.bench import showing
from tests.ui.fake_desk import CODE, FakeDesk, card
from tests.ui.list_desk import ListDesk
from tests.ui.shell_driver import press, rest, shell_of, started
from tests.ui.snapshots import screen_text, wait_for


async def test_a_proposal_that_the_list_knows_stands_there_before_it_is_read_anew() -> None:
    gate = threading.Event()
    known = card()
    newer = replace(known, row=replace(known.row, title="Tên đã sửa"))

    def read(_code: str) -> DossierCard:
        gate.wait(10)
        return newer

    async with showing(ProposalScreen(CODE, known=known), FakeDesk(reader=read)) as shown:
        title = shown.screen.query_one("#proposal-title", Static)
        assert known.row.title in str(title.content.plain)
        gate.set()
        await shown.until(lambda: "Tên đã sửa" in str(title.content.plain), "the card as it is now")


async def test_what_is_known_of_another_proposal_is_never_shown() -> None:
    known = card()
    other = replace(known, row=replace(known.row, code="KCQG-24-9999", title="Đề án khác"))
    async with showing(ProposalScreen(CODE, known=other), FakeDesk(card=known)) as shown:
        assert "Đề án khác" not in shown.text
        await shown.reads(CODE)


async def test_going_back_reads_the_list_only_when_somebody_did_something() -> None:
    desk = ListDesk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        shell = shell_of(app)

        async def there_and_back() -> list[str]:
            await press(pilot, "enter")
            await wait_for(pilot, lambda: isinstance(app.screen, ProposalScreen), "the proposal")
            desk.calls.clear()
            await press(pilot, "escape")
            await wait_for(pilot, lambda: app.screen is shell and "written" in desk.calls, "the list")
            await rest(pilot)
            return list(desk.calls)

        await there_and_back()
        assert "inbox" not in await there_and_back()
        code = shell.pane.table.cursor_key if shell.pane is not None else None
        desk.rows = [replace(row, title="Tên mới") if row.code == code else row for row in desk.rows]
        assert "inbox" in await there_and_back()
        assert "Tên mới" in screen_text(app)


async def test_a_screen_is_laid_out_for_its_terminal_from_the_beginning() -> None:
    seen: list[bool] = []

    class Looking(ProposalScreen):
        """Remembers its classes when its widgets are mounted."""

        def on_mount(self) -> None:
            """Before anything is painted."""
            seen.append(self.has_class("-huge") and self.has_class("-tall") and not self.has_class("-narrow"))
            super().on_mount()

    async with showing(Looking(CODE), size=(200, 50)) as shown:
        assert seen == [True]
        assert shown.screen.has_class("-huge")
