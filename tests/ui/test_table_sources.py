"""Sources of the virtual table that count, learn an index, fail, are slow or are replaced."""

from collections.abc import Callable
from threading import Event

import pytest

from screens import theme
from screens.widgets import paged_view
from screens.widgets.row_pages import PAGE_ROWS
from screens.widgets.row_source import IndexOutdated
from screens.widgets.table import VirtualTable
from tests.ui.hostile import assert_harmless
from tests.ui.snapshots import screen_strips, screen_text, wait_for
from tests.ui.sources import CountedNumbers, IndexedNumbers, Numbers, PreparedNumbers, key
from tests.ui.table_driver import TableApp, heard, last, lines, opened, settled

MILLION = 1_000_000


async def test_a_prepared_source_is_usable_at_once_and_end_waits_for_it() -> None:
    ready = Event()
    source = PreparedNumbers(MILLION, ready=ready)
    app = TableApp(source)
    async with app.run_test() as pilot:
        table = app.table
        await wait_for(pilot, lambda: key(0) in screen_text(app), "the first page is painted")
        await pilot.press("pagedown", "pagedown", "space", "up")
        assert table.cursor_row == 46
        assert not table.settled
        await pilot.press("end")
        assert lines(app)[0].startswith("…"), "the header says that it reads"
        asked = len(source.asked)
        await pilot.pause(0.05)
        assert len(source.asked) <= asked + 2, "it waits and doesn't walk"
        ready.set()
        await wait_for(pilot, lambda: table.cursor_row == MILLION - 1, "the end")
        await settled(pilot, table)
        assert table.cursor_key == key(MILLION - 1)
        assert key(MILLION - 1) in lines(app)[-1]
        assert not lines(app)[0].startswith("…")
        assert table.selected == {key(46)}
        assert source.prepared == 1


async def test_an_index_is_learnt_when_it_is_needed_or_no_key_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paged_view, "QUIET", 3600.0)
    left, needed = PreparedNumbers(MILLION), PreparedNumbers(MILLION, ready=Event())
    assert needed.ready is not None
    app = TableApp(left)
    async with app.run_test() as pilot:
        table = app.table
        await wait_for(pilot, lambda: table.row_count, "the first page")
        await pilot.press(*["pagedown"] * 12, "down", "up", "home", "down")
        await wait_for(pilot, lambda: len(left.asked) > 1, "further pages")
        assert (left.begun, table.cursor_row, table.settled) == (0, 1, False)
        table.set_source(needed)
        await wait_for(pilot, lambda: needed.asked, "the first page of another")
        await wait_for(pilot, lambda: table.source is needed and table.rows_in_memory, "it is shown")
        await pilot.press("down")
        assert (left.begun, needed.begun) == (0, 0), "the keys come first, and nobody wants the old list"
        await pilot.press("end")
        await wait_for(pilot, lambda: needed.begun, "the end needs it")
        needed.ready.set()
        await wait_for(pilot, lambda: table.cursor_row == MILLION - 1, "the end")
        await settled(pilot, table)
        assert (left.begun, needed.prepared) == (0, 1)
        monkeypatch.setattr(paged_view, "QUIET", 0.01)
        table.set_source(left)
        await wait_for(pilot, lambda: left.prepared == 1, "no key came")
        await settled(pilot, table)
        assert table.row_count == MILLION


async def test_any_place_of_a_prepared_list_is_one_or_two_pages_away() -> None:
    source = PreparedNumbers(MILLION)
    async with opened(source) as (pilot, table, app):
        assert table.row_count == MILLION
        assert last(app, VirtualTable.Loaded).complete
        ways: tuple[tuple[Callable[[], None], int], ...] = (
            (lambda: table.scroll_to(y=600_000, animate=False), 600_000),
            (lambda: table.scroll_to(y=599_990, animate=False), 599_990),
            (table.action_last, MILLION - 23),
            (lambda: table.action_move_page(-1), MILLION - 46),
            (table.action_first, 0),
        )
        for go, top in ways:
            asked = len(source.asked)
            go()
            await settled(pilot, table)
            assert key(top) in lines(app)[1]
            assert len(source.asked) - asked <= 4, "two in view, one ahead, one behind"


async def test_a_held_key_or_scroll_bar_reads_only_where_it_stops() -> None:
    gate = Event()
    gate.set()
    source = IndexedNumbers(MILLION, gate)
    async with opened(source) as (pilot, table, app):
        gate.clear()
        asked = len(source.asked)
        for y in range(1000, 900_000, 9_000):
            table.scroll_to(y=y, animate=False)
            await pilot.pause()
        gate.set()
        await settled(pilot, table)
        assert len(source.asked) - asked <= 6
        assert key(table.scroll_offset.y) in lines(app)[1]


async def test_reading_ahead_follows_the_way_somebody_goes() -> None:
    source = PreparedNumbers(MILLION)
    async with opened(source) as (pilot, table, _):
        table.move_to(40 * PAGE_ROWS + 60)
        await settled(pilot, table)
        source.asked.clear()
        for _ in range(4):
            await pilot.press("pageup")
        await settled(pilot, table)
        assert source.asked[0] == 38 * PAGE_ROWS, "the page above"


async def test_a_superseded_source_is_stopped_at_once() -> None:
    slow = PreparedNumbers(MILLION, ready=Event())
    async with TableApp(slow).run_test() as pilot:
        app = pilot.app
        assert isinstance(app, TableApp)
        table = app.table
        await wait_for(pilot, lambda: table.row_count, "the first page")
        await wait_for(pilot, lambda: slow.begun, "after a quiet while it learns its index")
        table.set_source(Numbers(3, name="nhanh"))
        await settled(pilot, table)
        await wait_for(pilot, lambda: slow.stopped == 1, "prepare is told to stop")
        assert table.row_count == 3
        last_source = PreparedNumbers(MILLION, ready=Event())
        table.set_source(last_source)
        await wait_for(pilot, lambda: table.row_count > 3, "another first page")
        await pilot.press("end")
        await wait_for(pilot, lambda: last_source.begun, "it is needed")
        table.set_source(None)
        await wait_for(pilot, lambda: last_source.stopped == 1, "stopped by nothing at all, too")


async def test_a_prepare_that_fails_is_told_and_tried_again_by_end() -> None:
    source = PreparedNumbers(MILLION)
    source.learning = OSError("mất kết nối")
    async with opened(source) as (pilot, table, app):
        assert [message.error for message in heard(app, VirtualTable.LoadFailed)] == [source.learning]
        await pilot.press("pagedown")
        assert table.cursor_row == 23
        await pilot.press("end")
        await settled(pilot, table)
        assert len(heard(app, VirtualTable.LoadFailed)) == 2
        assert not lines(app)[0].startswith("…")
        source.learning = None
        await pilot.press("end")
        await settled(pilot, table)
        assert table.cursor_key == key(MILLION - 1)


async def test_rows_that_came_between_the_first_page_and_the_index_move_nothing() -> None:
    ready = Event()
    source = PreparedNumbers(0, ready=ready)
    source.keys = list(range(100, 1100))
    app = TableApp(source)
    async with app.run_test() as pilot:
        table = app.table
        await wait_for(pilot, lambda: table.row_count, "the first page")
        await pilot.press("down", "down")
        source.keys = list(range(98, 1100))
        ready.set()
        await settled(pilot, table)
        assert (table.cursor_key, table.cursor_row) == (key(102), 4)
        assert table.row_count == 1002
        table.scroll_to(y=0, animate=False)
        await settled(pilot, table)
        shown = lines(app)[1:13]
        assert all(key(98 + n) in line for n, line in enumerate(shown)), shown


@pytest.mark.parametrize("start", [1, 40, 900])
async def test_reload_finds_a_row_wherever_it_went(start: int) -> None:
    source = PreparedNumbers(0)
    source.keys = list(range(20_000))
    async with opened(source) as (pilot, table, _):
        table.move_to(start * 10)
        await settled(pilot, table)
        was = table.cursor_key
        number = start * 10
        source.keys = [n for n in range(20_000) if n != number]
        source.keys.insert(number + 300, number)
        table.reload()
        await settled(pilot, table)
        assert (table.cursor_key, table.cursor_row) == (was, number + 300)


async def test_an_index_that_is_out_of_date_is_learnt_again() -> None:
    source = PreparedNumbers(0)
    source.keys = list(range(10_000))
    async with opened(source) as (pilot, table, app):
        source.keys = [n for n in range(10_000) if n % 2 or n < 200]
        table.move_to(9_000)
        await settled(pilot, table)
        assert table.row_count == len(source.keys)
        assert table.cursor_key == key(source.keys[table.cursor_row])
        assert not heard(app, VirtualTable.LoadFailed)


async def test_a_source_that_never_keeps_its_index_is_told_once_and_waits_for_a_key() -> None:
    class Liar(PreparedNumbers):
        def count(self) -> int:
            return super().count() + 500

    source = Liar(10_000)
    async with opened(source) as (pilot, table, app):
        table.move_to(10_400)
        await settled(pilot, table)
        assert [type(message.error) for message in heard(app, VirtualTable.LoadFailed)] == [IndexOutdated]
        await pilot.press("home")
        await settled(pilot, table)
        assert table.cursor_key == key(0)


async def test_a_failing_page_is_told_once_and_a_key_tries_again() -> None:
    source = PreparedNumbers(MILLION)
    async with opened(source) as (pilot, table, app):
        source.broken = OSError("mất kết nối")
        table.move_to(500_000)
        await settled(pilot, table)
        table.refresh()
        await pilot.pause(0.05)
        assert len(heard(app, VirtualTable.LoadFailed)) == 1
        assert "…" in lines(app)[5], "what isn't there is said not to be there"
        source.broken = None
        await pilot.press("down")
        await settled(pilot, table)
        assert table.cursor_key == key(500_001)


async def test_a_reload_that_fails_keeps_the_rows_and_end_learns_anew() -> None:
    source = PreparedNumbers(5_000)
    async with opened(source) as (pilot, table, app):
        source.broken = OSError("mất kết nối")
        table.reload()
        await settled(pilot, table)
        assert key(0) in lines(app)[1]
        source.broken = None
        await pilot.press("end")
        await settled(pilot, table)
        assert table.cursor_key == key(4_999)


@pytest.mark.parametrize("kind", [Numbers, CountedNumbers, IndexedNumbers, PreparedNumbers])
async def test_one_line_or_hardly_a_cell_is_room_enough(kind: type[Numbers]) -> None:
    async with opened(kind(5_000)) as (pilot, table, app):
        await pilot.press("shift+right", "space", "space")
        for size in ((80, 1), (2, 3), (1, 1), (3, 2), (5, 1), (80, 2), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("pagedown", "up", "shift+down", "shift+right", "greater_than_sign", "end")
            await settled(pilot, table)
            assert_harmless(app)
            if size[0] >= 5:
                assert any(line.startswith("▌") for line in lines(app)), f"the cursor is in view at {size}"
        assert table.cursor_key == key(4_999)


async def test_a_theme_and_the_focus_change_every_style_at_once() -> None:
    async with opened(PreparedNumbers(500)) as (pilot, table, app):
        await pilot.press("space", "shift+right")
        looks = []
        for name in theme.PALETTES:
            app.theme = name
            await pilot.pause()
            looks.append([segment.style for strip in screen_strips(app)[:4] for segment in strip])
        assert looks[0] != looks[1] != looks[2]
        app.set_focus(None)
        await pilot.pause()
        assert [segment.style for strip in screen_strips(app)[:4] for segment in strip] != looks[2]
        assert table.picked_column is not None


async def test_a_table_that_goes_away_stops_its_source() -> None:
    source = PreparedNumbers(MILLION, ready=Event())
    app = TableApp(source)
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.table.row_count, "the first page")
        await pilot.press("end")
        await wait_for(pilot, lambda: source.begun, "it learns its index")
        await app.table.remove()
        await wait_for(pilot, lambda: source.stopped == 1, "prepare is told to stop")


async def test_the_scroll_bar_is_drawn_where_its_thumb_moves_and_knows_its_place() -> None:
    async with opened(PreparedNumbers(MILLION)) as (pilot, table, app):
        bar = table.vertical_scrollbar

        def thumb() -> list[str]:
            return [line[-1:] for line in screen_text(app).splitlines()] if app.is_running else []

        await pilot.press(*["pagedown"] * 5)
        assert bar.position == table.scroll_offset.y > 0
        for part in (0.25, 0.5, 0.75):
            table.scroll_to(y=MILLION * part, animate=False)
            await settled(pilot, table)
            seen = thumb()
            bar.refresh()
            await pilot.pause()
            assert thumb() == seen
            assert bar.position == MILLION * part
