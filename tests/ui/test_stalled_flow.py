"""A supervisor's morning on a real store, by real keys: what is late, why, what is done about it, groups."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from kcflow.i18n import set_language
from kcflow.services.clock_views import StalledGroup
from kcflow.services.views import ListFilter, StalledRow
from kcflow.settings_schema import Settings
from screens.clock.acts import ClockActsDialog
from screens.clock.forms import HoldDialog, LiftDialog, ReassignDialog, RemindDialog
from screens.clock.why import WhyDialog
from screens.dossier.proposal import ProposalScreen
from screens.lists.dossiers import DossiersPane
from screens.lists.history import HistoryPane
from screens.lists.history_record import RecordDialog
from screens.lists.inbox import InboxPane
from screens.lists.stalled import StalledPane
from screens.lists.stalled_export import ExportStalledDialog
from screens.lists.stalled_groups import limited
from screens.money.board import BoardScreen
from scripts.walk import Walk, walking
from tests import seeds

LATE = "KCDP-24-0006"
"""Late by the office's own rule since February; it waits for the department, whose person looks at it."""
CONTRACT = "HD-24-0007"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample store, played once."""
    path = tmp_path_factory.mktemp("stalled") / "sample.db"
    shutil.copyfile(seeds.seed_file(seeds.sample), path)
    return path


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Leave the language as it was."""
    yield
    set_language("vi")


def pane_of(walk: Walk) -> StalledPane:
    """The list of what stands still."""
    pane = walk.app._shell.pane
    assert isinstance(pane, StalledPane)
    return pane


async def to(walk: Walk, code: str) -> StalledRow:
    """Put the cursor on a dossier by keys; return its row."""
    table = pane_of(walk).table
    await walk.keys("Home")
    for _ in range(table.row_count):
        if table.cursor_key == code:
            break
        await walk.keys("↓")
    assert table.cursor_key == code
    return cast("StalledRow", table.cursor_payload)


def in_front(walk: Walk) -> bool:
    """Whether nothing stands over the lists."""
    return walk.app.screen is walk.app._shell


def said(walk: Walk) -> str:
    """The words of the screen with every break as one space."""
    return " ".join(walk.text.split())


async def read(walk: Walk) -> None:
    """Wait until the derivation stands there."""
    dialog = walk.app.screen
    assert isinstance(dialog, WhyDialog)
    await walk.until(lambda: dialog._why is not None, "the derivation")
    await walk.rest()


async def test_late_why_remind_hold_lift(sample: Path, tmp_path: Path) -> None:
    async with walking(tmp_path, sample, size=(80, 24)) as walk:
        await walk.keys("0 3")
        desk = walk.app.desk
        assert desk is not None
        pane = pane_of(walk)
        kinds = [cast("StalledRow", row.payload).kind for row in pane.table.rows_in_memory]
        assert kinds.index("law") > kinds.index("near"), "what can still be saved comes first"
        assert len(kinds) == sum(desk.stalled_counts().values()) == sum(pane.counts.values())
        row = await to(walk, LATE)
        assert row.kind == "policy"

        # Why, by one key; the whole of it is copied.
        await walk.keys("?")
        await read(walk)
        why = desk.clock.why(LATE)
        assert f"Vì sao ở đây? · {LATE}" in walk.text
        assert "quá hạn" in said(walk)
        copied: list[str] = []
        walk.app.copy = lambda text, _said: copied.append(text)  # type: ignore[method-assign,assignment]
        await walk.keys("y")
        assert all(each("vi") in copied[0] for each in why.lines)
        assert all(rule.basis in copied[0] for rule in why.rules)
        await walk.keys("End")
        assert "Mọi quy định về thời hạn" in walk.text

        # From there to what can be done; what can't says why.
        await walk.keys("!")
        assert isinstance(walk.app.screen, ClockActsDialog)
        await walk.keys("L")
        assert isinstance(walk.app.screen, ClockActsDialog)
        refusal = desk.clock.state(LATE).possible["lift"]
        assert refusal is not None
        assert walk.app.screen.said() == refusal("vi")
        await walk.keys("R")
        assert isinstance(walk.app.screen, RemindDialog)
        told = desk.clock.told(LATE, "remind").people
        assert told
        assert all(person.name in said(walk) for person in told)
        await walk.keys('F10 "De nghi lam ngay trong tuan" F10')
        assert in_front(walk)
        state = desk.clock.state(LATE)
        assert (state.reminders, state.reminded_on) == (1, desk.today)
        row = await to(walk, LATE)
        assert (row.reminders, row.days_in_state) == (1, why_days(row)), "a reminder resets nothing"

        # A pause: the new date stands there before it is written, and then in the list.
        await walk.keys("T")
        dialog = walk.app.screen
        assert isinstance(dialog, HoldDialog)
        # It waited from the day of the letter on, before the date: entered late, it counts all the same.
        begun, until = row.row.entered_on + timedelta(days=3), desk.today + timedelta(days=30)
        await walk.keys(f'⏎ "bo tai" ⏎ tab Home shift+End "{begun:%d/%m/%Y}" tab "{until:%d/%m/%Y}" tab')
        await walk.keys('"Cho Bo Tai chinh tra loi"')
        await walk.until(lambda: dialog._plan is not None, "the preview")
        await walk.rest()
        assert dialog._plan is not None
        planned = dialog._plan.shifts[0]
        assert planned.before == row.row.due_on
        assert planned.after is not None
        assert f"{planned.before:%d/%m/%Y} → {planned.after:%d/%m/%Y}" in said(walk)
        assert "Ngày do luật định không dời" in said(walk)
        assert desk.clock.state(LATE).hold is None, "nothing is written yet"
        await walk.keys("F10")
        assert in_front(walk)
        hold = desk.clock.state(LATE).hold
        assert hold is not None
        assert (hold.party, hold.from_on, hold.until_on) == ("finance_ministry", begun, until)
        assert desk.dossier(LATE).row.due_on == planned.after
        await walk.keys("T")
        assert in_front(walk), "a second one is refused with its reason"
        refusal = desk.clock.state(LATE).possible["hold"]
        assert refusal is not None
        assert pane_of(walk).said() == refusal("vi")

        # The proposal says so on its head, and can lift it.
        walk.app.open_dossier(LATE)
        await walk.rest()
        screen = walk.app.screen
        assert isinstance(screen, ProposalScreen)
        assert f"Tạm dừng {hold.from_on:%d/%m/%Y} – {until:%d/%m/%Y} · Bộ Tài chính" in said(walk)
        assert "Đã nhắc 1 lần" in said(walk)
        await walk.keys("L")
        assert isinstance(walk.app.screen, LiftDialog)
        await walk.keys('tab "Da co tra loi" F10')
        assert walk.app.screen is screen
        assert desk.clock.state(LATE).hold is None
        assert "Tạm dừng" not in said(walk).partition("Giấy tờ")[0]
        acts = [each.clock.act for each in desk.history_of(LATE) if each.clock is not None]
        assert acts == ["remind", "hold", "lift"]
        await walk.keys("Esc 1")
        assert isinstance(walk.app._shell.pane, InboxPane)


def why_days(row: StalledRow) -> int:
    """Days in state as they follow from the day of entry alone."""
    left = row.row.days_left
    assert row.row.due_on is not None
    assert left is not None
    today = row.row.due_on - timedelta(days=left)
    return (today - row.row.entered_on).days


async def test_reassign_filter_group_view_export_and_boards(sample: Path, tmp_path: Path) -> None:
    async with walking(tmp_path, sample, size=(120, 40)) as walk:
        await walk.keys("0 3")
        desk, pane = walk.app.desk, pane_of(walk)
        assert desk is not None
        await to(walk, LATE)
        await walk.keys("P")
        assert isinstance(walk.app.screen, ReassignDialog)
        people = desk.clock.holders(LATE)
        await walk.keys('⏎ ↓*2 ⏎ tab "Nguoi cu nghi phep" F10')
        assert in_front(walk)
        state = desk.clock.state(LATE)
        assert state.holder in {person.login for person in people}
        row = await to(walk, LATE)
        assert row.holder == state.holder
        assert state.holder_name is not None
        assert state.holder_name in said(walk)

        # Only what that person is charged with, by the filter's own field; the chip takes it away again.
        await walk.keys("f")
        fields = {field.key: field for field in walk.app.screen._fields}  # type: ignore[attr-defined]
        assert {"holder", "due_kind", "basis", "held", "age_from", "age_to", "kind"} <= set(fields)
        fields["holder"].choose(state.holder)
        fields["due_kind"].choose("policy")
        await walk.keys("F10")
        assert [one.key for one in pane.table.rows_in_memory] == [LATE]
        assert {chip.key for chip in pane.chips()} == {"holder:", "due_kind:"}
        await walk.keys("Esc")
        assert pane.wish.empty
        assert pane.table.row_count > 1

        # In groups by whom it waits for; one group alone, and back to where it stood.
        await walk.keys("G End ↑ ⏎")
        assert (pane.grouping, pane.grouped) == ("waits_for", True)
        groups = desk.clock.groups("waits_for")
        assert pane.table.row_count == len(groups)
        assert [cast("StalledGroup", one.payload).key for one in pane.table.rows_in_memory] == [
            group.key for group in groups
        ]
        await walk.keys("↓ ⏎")
        group = pane.opened
        assert group is not None
        assert not pane.grouped
        counted = group.law + group.policy + group.waiting + group.near
        shown = [cast("StalledRow", one.payload) for one in pane.table.rows_in_memory]
        assert sum(one.kind != "stuck" for one in shown) == counted
        assert {one.row.waits_for for one in shown} == {group.key}
        await walk.keys("Esc")
        assert pane.grouped
        assert pane.table.cursor_key == group.key
        assert pane.wish.empty

        # A saved view keeps kind and grouping.
        await walk.keys('V "Theo ben cho" F10')
        saved = desk.saved_views("stalled")
        assert [view.payload["filter"] for view in saved] == [{"stalled": "", "grouping": "waits_for"}]
        await walk.keys("Esc")
        assert pane.grouping == ""
        await walk.keys("v End ⏎")
        assert (pane.view_name, pane.grouping) == ("Theo ben cho", "waits_for")
        await walk.keys("x")
        assert pane.said(), "groups are not exported: it says what to do"
        await walk.keys("Esc c")
        assert pane.kind == "law"

        # The list as it stands goes to a workbook.
        walk.app.settings = replace(cast("Settings", walk.app.settings), documents=str(tmp_path))
        await walk.keys("x")
        assert isinstance(walk.app.screen, ExportStalledDialog)
        await walk.keys("F10")
        path = tmp_path / f"ton-dong-{desk.today.isoformat()}.xlsx"
        assert zipfile.is_zipfile(path)
        texts = zipfile.ZipFile(path).read("xl/sharedStrings.xml").decode()
        for one in pane.table.rows_in_memory:
            assert one.key in texts
        assert LATE not in texts, "only the chosen kind"

        # Other kinds stand there too; Enter opens their board, `?` answers there as well.
        await walk.keys("Esc")
        await to(walk, CONTRACT)
        await walk.keys("⏎")
        assert isinstance(walk.app.screen, BoardScreen)
        await walk.keys("?")
        await read(walk)
        assert f"Vì sao ở đây? · {CONTRACT}" in walk.text
        await walk.keys("Esc*2 4")
        history = walk.app._shell.pane
        assert isinstance(history, HistoryPane)
        walk.app.open_history_of(CONTRACT)
        await walk.rest()
        await walk.keys("⏎")
        assert isinstance(walk.app.screen, RecordDialog)
        await walk.keys("⏎")
        assert isinstance(walk.app.screen, BoardScreen)
        assert walk.app.screen.code == CONTRACT


async def test_the_year_end_leads_to_what_is_still_open(sample: Path, tmp_path: Path) -> None:
    async with walking(tmp_path, sample, size=(200, 50)) as walk:
        await walk.keys("0 3")
        desk = walk.app.desk
        assert desk is not None
        dates = desk.clock.year_end()
        assert [(one.on.day, one.on.month) for one in dates] == [
            (30, 12),
            (31, 12),
            (22, 1),
            (31, 1),
            (15, 2),
        ]
        assert f"30/12 còn {dates[0].left_days} ngày: {dates[0].open} chưa xong" in walk.text
        await walk.keys("e ↓*2")
        assert dates[2].label("vi") in walk.text
        await walk.keys("⏎")
        assert walk.app._shell.tab == "dossiers"
        pane = walk.app._shell.pane
        assert isinstance(pane, DossiersPane)
        assert pane.filter == limited(ListFilter(), dates[2].asked) != ListFilter()
        assert pane.table.row_count == dates[2].open > 0
        assert "Chưa quyết toán hết 2024 ✕" in walk.text
