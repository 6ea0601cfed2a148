"""Back and forward through what was open: the line itself, and the keys of the application."""

from dataclasses import replace

from textual.pilot import Pilot

from kcflow.app import KcflowApp
from kcflow.services.errors import NotFound
from kcflow.services.views import DossierCard, DossierRow
from screens.dossier.jump import JumpDialog, matches, queries
from screens.dossier.proposal import ProposalScreen
from screens.dossier.visited import Visited
from tests.ui.bench import showing
from tests.ui.fake_desk import FakeDesk, busy, card, label
from tests.ui.list_desk import ListDesk
from tests.ui.shell_driver import press, shell_of, started
from tests.ui.snapshots import screen_text, wait_for


def line(*codes: str) -> Visited:
    visited = Visited()
    for code in codes:
        visited.open(code)
    return visited


def test_back_and_forward_as_in_a_browser() -> None:
    visited = line("A", "B", "C")
    assert [visited.step(-1), visited.step(-1), visited.step(-1)] == ["B", "A", None]
    assert visited.present == "A"
    assert [visited.step(1), visited.step(1), visited.step(1)] == ["B", "C", None]
    visited.step(-1)
    visited.open("B")  # opening the present one again cuts nothing off
    assert visited.step(1) == "C"
    visited.step(-1)
    visited.open("D")
    assert visited.step(1) is None
    assert [visited.step(-1), visited.step(-1)] == ["B", "A"]


def test_the_line_is_bounded() -> None:
    visited = Visited(kept=3)
    for code in "ABCDE":
        visited.open(code)
    assert [visit.code for visit in visited.latest()] == ["E", "D", "C"]
    assert [visited.step(-1), visited.step(-1), visited.step(-1)] == ["D", "C", None]


def test_what_vanished_leaves_the_line() -> None:
    visited = line("A", "B", "A", "C")
    visited.step(-1)
    visited.step(-1)
    assert visited.present == "B"
    visited.forget("B")
    assert visited.present == "A"
    assert visited.step(1) == "C"
    assert [visited.step(-1), visited.step(-1)] == ["A", None]
    visited.forget("A")
    assert visited.present is None
    assert visited.step(1) == "C"
    visited.forget("C")
    assert visited.step(1) is visited.step(-1) is None
    visited.open("D")
    assert visited.present == "D"


def test_titles_come_when_they_are_read() -> None:
    visited = line("A", "B", "A")
    visited.read("A", "Chè")
    assert [(visit.code, visit.title) for visit in visited.latest()] == [("A", "Chè"), ("B", "")]
    visited.clear()
    assert visited.latest() == ()


# Quick jump


def rows(*codes: str) -> list[DossierRow]:
    base = card().row
    return [replace(base, code=code, title=f"Máy sao chè {code[-1]}") for code in codes]


def test_last_digits_are_read_as_codes_write_them() -> None:
    assert queries("17") == ("0017", "17")
    assert queries("kcqg-24-17") == ("kcqg-24-0017", "kcqg-24-17")
    assert queries("0017") == ("0017",)
    assert queries("  sao chè ") == ("sao chè",)
    assert queries("máy 2") == ("máy 0002", "máy 2")


def test_each_match_once_the_number_first() -> None:
    desk = FakeDesk(rows=rows("KCQG-17-0001", "KCQG-24-0017"))
    assert [row.code for row in matches(desk, "17")] == ["KCQG-24-0017", "KCQG-17-0001"]  # type: ignore[arg-type]


async def test_digits_and_enter_open_the_proposal() -> None:
    desk = FakeDesk(rows=rows("KCQG-24-0003", "KCQG-24-0017"))
    async with showing(JumpDialog(), desk, size=(80, 24)) as shown:
        await shown.type("17")
        await shown.reads("KCQG-24-0017")
        assert "KCQG-24-0003" not in shown.text
        await shown.press("enter")
        await shown.until(lambda: shown.results, "a code")
        assert shown.results == ["KCQG-24-0017"]


async def test_enter_that_is_faster_than_the_store_waits_for_it() -> None:
    desk = FakeDesk(rows=rows("KCQG-24-0017"))
    async with showing(JumpDialog(), desk) as shown:
        await shown.press("1", "7", "enter")
        await shown.until(lambda: shown.results, "a code")
        assert shown.results == ["KCQG-24-0017"]


async def test_words_without_diacritics_and_arrows() -> None:
    desk = FakeDesk(rows=rows("KCQG-24-0003", "KCQG-24-0017"))
    async with showing(JumpDialog(), desk, lang="en") as shown:
        await shown.type("sao che")
        await shown.reads("KCQG-24-0017")
        await shown.press("down", "enter")
        await shown.until(lambda: shown.results, "a code")
        assert shown.results == ["KCQG-24-0017"]


async def test_nothing_typed_offers_what_was_open_and_a_lost_store_is_said() -> None:
    visited = line("KCQG-24-0001", "KCQG-24-0002")
    visited.read("KCQG-24-0002", "Máy vò chè")
    desk = FakeDesk(rows=rows("KCQG-24-0017"))
    async with showing(JumpDialog(visited.latest()), desk) as shown:
        await shown.reads("Máy vò chè")
        desk.troubles.append(busy())
        await shown.type("1")
        await shown.reads("Kho dữ liệu đang bận")
        await shown.type("7")
        await shown.reads("KCQG-24-0017")
        await shown.until(lambda: "Kho dữ liệu đang bận" not in shown.text, "the store is back")


# The keys of the application


async def test_back_and_forward_walk_through_what_was_open() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "2")
        first = await opened(app, pilot, "d")
        second = await opened(app, pilot, "right_square_bracket")
        assert first != second
        assert await opened(app, pilot, "ctrl+left") == first
        await press(pilot, "ctrl+left")
        await wait_for(pilot, lambda: "Chưa mở đề án nào trước" in screen_text(app), "the end of the line")
        assert await opened(app, pilot, "greater_than_sign") == second
        await press(pilot, "escape")
        assert app.screen is shell_of(app)
        # From the list the way back leads to what was left last.
        assert await opened(app, pilot, "less_than_sign") == second
        assert len(app.screen_stack) == 2


async def test_back_stops_at_an_open_form() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "2")
        await opened(app, pilot, "d")
        await opened(app, pilot, "right_square_bracket")
        shown = app.screen
        await press(pilot, "t")
        app.go_back()
        await wait_for(pilot, lambda: "Hãy đóng cửa sổ này trước" in screen_text(app), "the refusal")
        await press(pilot, "escape")
        assert app.screen is shown


async def test_what_is_gone_is_left_out_of_the_way_back() -> None:
    desk = ListDesk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        await press(pilot, "2")
        first = await opened(app, pilot, "d")
        gone = await opened(app, pilot, "right_square_bracket")
        await opened(app, pilot, "right_square_bracket")
        read = desk.dossier

        def dossier(code: str) -> DossierCard:
            if code == gone:
                raise NotFound("not_found", label(f"Không có {gone}."))
            return read(code)

        desk.dossier = dossier  # type: ignore[method-assign]
        await press(pilot, "ctrl+left")
        await wait_for(pilot, lambda: first in screen_text(app).splitlines()[0], "the one before")
        await wait_for(pilot, lambda: f"{gone} không còn" in screen_text(app), "the sentence")
        assert gone not in [visit.code for visit in app.visited.latest()]


async def test_jump_opens_and_lists_what_was_open() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "2")
        first = await opened(app, pilot, "d")
        await press(pilot, "g")
        assert isinstance(app.screen, JumpDialog)
        await wait_for(pilot, lambda: first in screen_text(app), "what was open")
        await press(pilot, "escape", "escape", "g", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, ProposalScreen), "the proposal")
        assert app.screen.code == first  # type: ignore[attr-defined]


async def opened(app: KcflowApp, pilot: Pilot[int], key: str) -> str:
    """Press a key that opens a proposal; the code that stands there then."""
    before = app.screen.card.row.code if isinstance(app.screen, ProposalScreen) and app.screen.card else ""
    await pilot.press(key)

    def there() -> bool:
        screen = app.screen
        return (
            isinstance(screen, ProposalScreen)
            and screen.card is not None
            and screen.card.row.code == screen.code == app.visited.present
            and screen.code != before
        )

    await wait_for(pilot, there, f"a proposal after {key}")
    return str(app.visited.present)
