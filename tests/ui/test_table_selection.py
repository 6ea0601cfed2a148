"""Selecting rows of the virtual table, by keys and by mouse, and copying them."""

from collections.abc import Iterable
from threading import Event

from textual.content import Content

from screens.widgets.row_pages import KEPT_PAGES, PAGE_ROWS, TablePage, TableRow
from screens.widgets.table import VirtualTable
from tests.ui.snapshots import wait_for
from tests.ui.sources import CountedNumbers, IndexedNumbers, Numbers, key
from tests.ui.table_driver import heard, hold, last, lines, opened, settled


def keys(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(key(number) for number in numbers)


async def test_shift_extends_and_shrinks_from_where_it_began() -> None:
    async with opened(Numbers(50)) as (pilot, table, app):
        await pilot.press("space", "down", "down", "down", "shift+down", "shift+down")
        assert table.selected == keys([0, 4, 5, 6])
        await pilot.press("shift+up", "shift+up", "shift+up")
        assert table.selected == keys([0, 3, 4])
        assert table.cursor_row == 3
        await pilot.press("down", "down", "shift+up")
        assert table.selected == keys([0, 3, 4, 5]), "another run adds to the first"
        assert last(app, VirtualTable.SelectionChanged).keys == table.selected
        await pilot.press("home", "shift+pagedown")
        assert table.selected == keys(range(24))
        await pilot.press("escape")
        assert table.selected == frozenset()


async def test_select_all_where_all_is_in_memory_and_else_asks() -> None:
    async with opened(Numbers(300)) as (pilot, table, app):
        await pilot.press("ctrl+a")
        assert len(heard(app, VirtualTable.SelectAllRequested)) == 1
        assert table.selected == frozenset()
        await pilot.press("end")
        await settled(pilot, table)
        await pilot.press("ctrl+a")
        assert table.selected == keys(range(300))
        assert len(heard(app, VirtualTable.SelectAllRequested)) == 1
    async with opened(IndexedNumbers(10**6)) as (pilot, table, app):
        await pilot.press("ctrl+a")
        assert last(app, VirtualTable.SelectAllRequested).table is table
    async with opened(Numbers(0)) as (pilot, table, app):
        await pilot.press("ctrl+a")
        assert not heard(app, VirtualTable.SelectAllRequested)


async def test_escape_is_left_to_others_when_nothing_is_selected() -> None:
    async with opened(Numbers(3)) as (pilot, table, _):
        assert not table.check_action("clear_selection", ())
        assert "escape" not in table.screen.active_bindings or (
            table.screen.active_bindings["escape"].node is not table
        )
        await pilot.press("space")
        assert table.screen.active_bindings["escape"].node is table


async def test_ctrl_click_toggles_and_shift_click_takes_the_range() -> None:
    async with opened(Numbers(50)) as (pilot, table, app):
        await pilot.click(table, offset=(20, 3), control=True)
        await pilot.click(table, offset=(20, 6), control=True)
        assert table.selected == keys([2, 5])
        await pilot.click(table, offset=(20, 9), shift=True)
        assert table.selected == keys([2, 5, 6, 7, 8])
        assert table.cursor_row == 8
        await pilot.click(table, offset=(20, 4), shift=True)
        assert table.selected == keys([2, 3, 4, 5]), "from the same anchor"
        await pilot.click(table, offset=(20, 3), control=True)
        assert table.selected == keys([3, 4, 5])
        assert not heard(app, VirtualTable.Chosen)


async def test_a_drag_over_the_margin_selects_what_it_passes() -> None:
    async with opened(Numbers(200)) as (pilot, table, app):
        await hold(pilot, table, (1, 3), (1, 5), (1, 8), (1, 6))
        assert table.selected == keys([2, 3, 4, 5])
        await hold(pilot, table, (0, 4), (30, 5))
        assert table.selected == keys([2, 5]), "begun on a selected row it takes out"
        await hold(pilot, table, (1, 21), (1, 22))
        await pilot.mouse_down(table, offset=(1, 20))
        for _ in range(3):
            await pilot.hover(table, offset=(1, 23))
        await pilot.mouse_up(table, offset=(1, 23))
        assert {key(20), key(22)} <= table.selected
        assert not heard(app, VirtualTable.Chosen)
        await pilot.click(table, offset=(1, 3))
        await pilot.click(table, offset=(1, 3))
        assert not heard(app, VirtualTable.Chosen), "the margin only selects"


async def test_a_range_with_rows_out_of_memory_is_asked_for_as_a_whole() -> None:
    async with opened(IndexedNumbers(10**6)) as (pilot, table, app):
        await pilot.click(table, offset=(20, 3), control=True)
        await pilot.press("end")
        await settled(pilot, table)
        # The key forgot the anchor, so a range goes from the cursor; far away it can't be known.
        table.move_to(500_000)
        await settled(pilot, table)
        table.action_extend_page(1)
        known = table.selected
        assert key(500_001) in known
        table.move_to(10)
        await settled(pilot, table)
        await pilot.click(table, offset=(20, 5), shift=True)
        asked = last(app, VirtualTable.SelectRangeRequested)
        assert asked.first < asked.last == 500_000
        assert table.selected == known, "half of it would be worse than nothing"


async def test_a_run_may_be_longer_than_the_memory() -> None:
    rows = (KEPT_PAGES + 3) * PAGE_ROWS
    async with opened(CountedNumbers(rows)) as (pilot, table, app):
        while table.cursor_row < rows - 1:
            table.action_extend_page(1)
            await settled(pilot, table)
        assert table.pages_held <= KEPT_PAGES
        assert table.selected == keys(range(rows))
        assert not heard(app, VirtualTable.SelectRangeRequested)


async def test_a_selection_outlives_paging_and_reload_but_not_rows_that_are_gone() -> None:
    source = Numbers(0)
    source.keys = list(range(100))
    async with opened(source) as (pilot, table, app):
        await pilot.press("space", "space", "space")
        source.keys = [0, 2, *range(200, 260)]
        table.reload()
        await settled(pilot, table)
        assert table.selected == keys([0, 2])
        assert last(app, VirtualTable.SelectionChanged).keys == keys([0, 2])
        assert [line[1] for line in lines(app)[1:4]] == ["✓", "✓", " "]
    long = IndexedNumbers(10**6)
    async with opened(long) as (pilot, table, app):
        await pilot.press("space", "end", "space")
        await settled(pilot, table)
        table.reload()
        await settled(pilot, table)
        assert table.selected == keys([0, 999_999]), "what isn't in memory isn't known to be gone"
        assert lines(app)[-1][:2] == "▌✓"


async def test_without_a_margin_nothing_selects() -> None:
    async with opened(Numbers(9)) as (pilot, _, app):
        table = VirtualTable(app.table.columns, selectable=False)
        await app.mount(table)
        table.set_source(Numbers(9))
        await settled(pilot, table)
        table.focus()
        await pilot.press("space", "shift+down", "ctrl+a")
        table.action_toggle_selection()
        table.action_extend(1)
        assert table.selected == frozenset()


async def test_a_page_on_its_way_stops_a_run_and_is_waited_for() -> None:
    gate = Event()
    gate.set()
    async with opened(CountedNumbers(1000, gate)) as (pilot, table, _):
        gate.clear()
        table.move_to(2 * PAGE_ROWS - 1)
        await pilot.press("shift+down", "shift+down")
        assert table.cursor_row == 2 * PAGE_ROWS - 1
        gate.set()
        await settled(pilot, table)
        await pilot.press("shift+down")
        assert table.selected == keys([2 * PAGE_ROWS - 1, 2 * PAGE_ROWS])


async def test_what_is_shown_is_copied_as_text() -> None:
    class Odd:
        def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
            rows = (
                TableRow("a", ("một\thai", Content.styled("[b]đậm[/b]", "bold"), "1")),
                TableRow("b", ("hai", "ba\nbốn")),
            )
            return TablePage(rows)

    async with opened(Odd()) as (pilot, table, _):
        assert table.row_text("a") == "một␉hai\t[b]đậm[/b]\t1"
        assert table.row_text("b") == "hai\tba␊bốn\t"
        assert table.row_text("none") == ""
        assert table.texts() == "Mã\tĐề án\tKinh phí\n" + table.row_text("a") + "\n" + table.row_text("b")
        assert table.texts(["b"]) == "Mã\tĐề án\tKinh phí\n" + table.row_text("b")
        assert table.texts(limit=1).count("\n") == 1
        assert [row.key for row in table.rows_in_memory] == ["a", "b"]
        assert table.cursor_entry is table.rows_in_memory[0]
        table.set_source(None)
        await wait_for(pilot, lambda: not table.rows_in_memory, "the rows are gone")
        assert table.texts() == "Mã\tĐề án\tKinh phí"
        assert table.cursor_entry is None
