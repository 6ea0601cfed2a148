"""The virtual table, driven by keys and mouse, and looked at as text."""

from collections.abc import Callable
from threading import Event

import pytest
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.content import Content
from textual.strip import Strip

from screens import theme
from screens.widgets.columns import Column, RowPainter
from screens.widgets.row_pages import KEPT_PAGES, PAGE_ROWS, TablePage, TableRow
from screens.widgets.table import VirtualTable
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.snapshots import screen_strips, screen_text, wait_for
from tests.ui.sources import CountedNumbers, IndexedNumbers, Numbers, key
from tests.ui.table_driver import COLUMNS, TableApp, last, lines, opened, settled


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (20, 5)])
async def test_it_looks_as_reviewed(size: tuple[int, int], snapshot: Callable[[str, str], None]) -> None:
    async with opened(Numbers(300), size) as (pilot, _, app):
        await pilot.press("down", "space")
        snapshot(f"table-{size[0]}x{size[1]}", screen_text(app))


async def test_keys_move_the_cursor_and_say_so() -> None:
    async with opened(Numbers(300)) as (pilot, table, app):
        assert last(app, VirtualTable.Highlighted).key == key(0)
        for keys, row in (
            (["down", "j"], 2),
            (["k", "up", "up"], 0),
            (["pagedown"], 23),
            (["pagedown", "pageup"], 23),
            (["end"], 299),
            (["down"], 299),
            (["home"], 0),
        ):
            await pilot.press(*keys)
            await settled(pilot, table)
            assert table.cursor_row == row, keys
            assert table.cursor_key == key(row)
            assert last(app, VirtualTable.Highlighted).key == key(row)
            assert any(line.startswith("▌") and key(row) in line for line in lines(app)), keys


async def test_enter_opens_the_row_under_the_cursor() -> None:
    async with opened(Numbers(5)) as (pilot, _, app):
        await pilot.press("down", "enter")
        chosen = last(app, VirtualTable.Chosen)
        assert (chosen.key, chosen.payload) == (key(1), 1)


async def test_a_click_moves_a_second_opens_and_the_margin_selects() -> None:
    async with opened(Numbers(50)) as (pilot, table, app):
        await pilot.click(VirtualTable, offset=(10, 4))
        assert table.cursor_row == 3
        assert not any(isinstance(message, VirtualTable.Chosen) for message in app.heard)
        await pilot.click(VirtualTable, offset=(10, 4))
        assert last(app, VirtualTable.Chosen).key == key(3)
        await pilot.click(VirtualTable, offset=(1, 6))
        assert table.selected == {key(5)}
        await pilot.click(VirtualTable, offset=(10, 0))
        assert table.cursor_row == 5, "the header is no row"


async def test_a_cursor_move_draws_two_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str | None] = []
    sent: list[int] = []
    draw, paint = RowPainter.row, Compositor.render_partial_update

    def drawing(self: RowPainter, row: TableRow | None, at_cursor: bool, is_selected: bool) -> Strip:
        drawn.append(row.key if row else None)
        return draw(self, row, at_cursor, is_selected)

    def painting(self: Compositor) -> object:
        sent.extend(y for region in self._dirty_regions for y in region.line_range)
        return paint(self)

    async with opened(Numbers(300)) as (pilot, _, _app):
        monkeypatch.setattr(RowPainter, "row", drawing)
        monkeypatch.setattr(Compositor, "render_partial_update", painting)
        await pilot.press("down")
        await wait_for(pilot, lambda: sent, "something is painted")
        assert set(sent) == {1, 2}
        assert sorted(drawn, key=str) == [key(0), key(1)]
        drawn.clear()
        await pilot.press("up", "down")
        assert drawn == [], "lines drawn once are kept"


async def test_reading_ahead_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    paint = Compositor.render_partial_update

    def painting(self: Compositor) -> object:
        sent.extend(y for region in self._dirty_regions for y in region.line_range)
        return paint(self)

    gate = Event()
    gate.set()
    source = CountedNumbers(1000, gate)
    async with opened(source) as (pilot, table, _):
        gate.clear()
        asked = len(source.asked)
        table.move_to(PAGE_ROWS)
        await wait_for(pilot, lambda: len(source.asked) > asked, "the page ahead is asked for")
        monkeypatch.setattr(Compositor, "render_partial_update", painting)
        gate.set()
        await settled(pilot, table)
        assert sent == []


async def test_it_reads_the_page_ahead_and_no_more() -> None:
    source = Numbers(1000)
    async with opened(source) as (pilot, table, _):
        assert source.asked == [None, PAGE_ROWS - 1]
        table.move_to(PAGE_ROWS - 1)
        await settled(pilot, table)
        assert source.asked == [None, PAGE_ROWS - 1, 2 * PAGE_ROWS - 1]


async def test_a_million_rows_open_by_two_pages_and_end_by_one_more() -> None:
    source = IndexedNumbers(1_000_000)
    async with opened(source) as (pilot, table, app):
        assert table.row_count == 1_000_000
        assert len(source.asked) == 2
        await pilot.press("end")
        await settled(pilot, table)
        assert table.cursor_key == key(999_999)
        assert key(999_999) in lines(app)[-1]
        assert len(source.asked) <= 5


async def test_memory_stays_bounded_and_old_pages_come_back() -> None:
    source = Numbers(100 * PAGE_ROWS)
    async with opened(source) as (pilot, table, app):
        for page in range(KEPT_PAGES + 5):
            table.move_to(page * PAGE_ROWS)
            await settled(pilot, table)
        assert table.cursor_row == (KEPT_PAGES + 4) * PAGE_ROWS
        assert table.pages_held == KEPT_PAGES
        await pilot.press("home")
        await settled(pilot, table)
        assert key(0) in lines(app)[1]
        assert source.asked[-1] in (None, PAGE_ROWS - 1), "read again by its anchor"


@pytest.mark.parametrize("kind", [Numbers, CountedNumbers])
async def test_the_end_of_a_keyset_is_walked_to(kind: type[Numbers]) -> None:
    count = 200 * PAGE_ROWS + 7
    async with opened(kind(count)) as (pilot, table, app):
        await pilot.press("end")
        await settled(pilot, table)
        assert table.cursor_key == key(count - 1)
        assert table.row_count == count
        assert table.pages_held <= KEPT_PAGES
        assert last(app, VirtualTable.Loaded).complete
        assert last(app, VirtualTable.Loaded).count_known == count


async def test_another_key_leaves_the_walk_to_the_end() -> None:
    gate = Event()
    gate.set()
    source = Numbers(50 * PAGE_ROWS, gate)
    async with opened(source) as (pilot, table, _):
        gate.clear()
        await pilot.press("end", "home")
        gate.set()
        await settled(pilot, table)
        assert table.cursor_row == 0
        assert table.row_count < 50 * PAGE_ROWS


async def test_the_scroll_bar_leads_to_the_middle_of_a_counted_list() -> None:
    async with opened(CountedNumbers(100 * PAGE_ROWS)) as (pilot, table, app):
        table.scroll_to(y=60 * PAGE_ROWS, animate=False)
        await settled(pilot, table)
        assert key(60 * PAGE_ROWS) in lines(app)[1]
        assert table.cursor_row == 0


async def test_late_answers_of_a_replaced_source_are_dropped() -> None:
    gate = Event()
    slow, quick = Numbers(500, gate, name="chậm"), Numbers(3, name="nhanh")
    app = TableApp(slow)
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: slow.asked, "the slow source is being read")
        assert "Đang đọc…" in screen_text(app)
        app.table.set_source(quick)
        await settled(pilot, app.table)
        gate.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.table.row_count == 3
        assert "nhanh 2" in screen_text(app)
        assert "chậm" not in screen_text(app)


async def test_space_selects_and_the_mark_shows_it() -> None:
    async with opened(Numbers(20)) as (pilot, table, app):
        await pilot.press("space", "down", "space")
        assert table.cursor_row == 3, "space steps down"
        assert table.selected == {key(0), key(2)}
        assert last(app, VirtualTable.SelectionChanged).keys == {key(0), key(2)}
        assert [line[1] for line in lines(app)[1:4]] == ["✓", " ", "✓"]
        await pilot.press("up", "space")
        assert table.selected == {key(0)}
        table.set_source(Numbers(20), keep_selection=True)
        await settled(pilot, table)
        assert table.selected == {key(0)}
        table.set_source(Numbers(20))
        await settled(pilot, table)
        assert last(app, VirtualTable.SelectionChanged).keys == frozenset()


async def test_reload_keeps_the_cursor_on_its_row_at_its_height() -> None:
    source = Numbers(0)
    source.keys = list(range(10, 600))
    async with opened(source) as (pilot, table, app):
        table.move_to(100)
        await settled(pilot, table)
        before = next(i for i, line in enumerate(lines(app)) if line.startswith("▌"))
        source.keys = list(range(600))  # ten rows came in above
        table.reload()
        await settled(pilot, table)
        assert table.cursor_key == key(110)
        assert table.cursor_row == 110
        assert lines(app)[before].startswith(f"▌  {key(110)}")
        assert last(app, VirtualTable.Highlighted).key == key(110)


async def test_reload_does_not_pull_back_who_looks_elsewhere() -> None:
    source = CountedNumbers(1000)
    async with opened(source) as (pilot, table, app):
        table.scroll_to(y=150, animate=False)
        await settled(pilot, table)
        seen = screen_text(app)
        table.reload()
        await settled(pilot, table)
        assert screen_text(app) == seen
        assert table.cursor_row == 0


async def test_a_source_may_come_before_the_screen() -> None:
    class Early(App[None]):
        def compose(self) -> ComposeResult:
            table = VirtualTable(COLUMNS, selectable=False)
            table.set_source(Numbers(4))
            yield table

    app = Early()
    async with app.run_test() as pilot:
        table = app.query_one(VirtualTable)
        await wait_for(pilot, lambda: table.row_count == 4, "the rows are there")
        assert lines(app)[1].startswith(f"▌ {key(0)}")


async def test_reload_finds_a_row_that_moved_far() -> None:
    source = Numbers(0)
    source.keys = list(range(1000))
    async with opened(source) as (pilot, table, _):
        await pilot.press("down")
        source.keys = [0, *range(2, 900), 1, *range(900, 1000)]
        table.reload()
        await settled(pilot, table)
        assert (table.cursor_key, table.cursor_row) == (key(1), 899)


async def test_reload_of_a_list_that_lost_the_row_stays_at_its_place() -> None:
    source = Numbers(0)
    source.keys = list(range(100))
    async with opened(source) as (pilot, table, app):
        table.move_to(50)
        source.keys = [n for n in range(100) if n != 50]
        table.reload()
        await settled(pilot, table)
        assert (table.cursor_row, table.cursor_key) == (50, key(51))
        source.keys = list(range(4))
        table.reload()
        await settled(pilot, table)
        assert (table.cursor_row, table.cursor_key) == (3, key(3))
        source.keys = []
        table.reload()
        await settled(pilot, table)
        assert table.cursor_key is None
        assert last(app, VirtualTable.Highlighted).key is None


async def test_reload_of_an_indexed_list_far_down() -> None:
    source = IndexedNumbers(1_000_000)
    async with opened(source) as (pilot, table, _):
        table.move_to(500_000)
        await settled(pilot, table)
        source.asked.clear()
        table.reload()
        await settled(pilot, table)
        assert table.cursor_key == key(500_000)
        assert len(source.asked) < 8


async def test_without_rows_it_says_so() -> None:
    async with opened(Numbers(0)) as (pilot, table, app):
        assert "Không có đề án nào." in screen_text(app)
        await pilot.press("down", "end", "pagedown", "space", "enter", "home", "left")
        assert table.cursor_key is None
        assert table.selected == frozenset()
        assert not any(isinstance(message, VirtualTable.Chosen) for message in app.heard)


async def test_without_a_source_it_is_blank() -> None:
    async with opened(None) as (_, table, app):
        assert table.row_count == 0
        assert "Không" not in screen_text(app)


async def test_a_source_that_fails_is_told_and_tried_again() -> None:
    source = Numbers(30)
    source.broken = OSError("mất kết nối")
    async with opened(source) as (pilot, table, app):
        assert last(app, VirtualTable.LoadFailed).error is source.broken
        assert "Không đọc được." in screen_text(app)
        source.broken = None
        table.reload()
        await settled(pilot, table)
        assert table.row_count == 30
        source.broken = OSError("lại mất")
        table.reload()
        await settled(pilot, table)
        assert key(0) in lines(app)[1], "what was read stays"


async def test_a_page_that_fails_leaves_the_rest_and_is_read_on_the_next_key() -> None:
    source = Numbers(1000)
    async with opened(source) as (pilot, table, app):
        source.broken = OSError("mất kết nối")
        table.move_to(2 * PAGE_ROWS - 1)
        await settled(pilot, table)
        assert last(app, VirtualTable.LoadFailed).error is source.broken
        asked = len(source.asked)
        source.broken = None
        assert table.cursor_key == key(2 * PAGE_ROWS - 1)
        await pilot.press("down")
        await settled(pilot, table)
        assert len(source.asked) > asked
        assert table.row_count >= 3 * PAGE_ROWS


async def test_a_source_of_short_pages_is_refused() -> None:
    class Short:
        def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
            return TablePage((TableRow("a", ("a", "b", "c")),), next="a")

    async with opened(Short()) as (_, _, app):
        assert isinstance(last(app, VirtualTable.LoadFailed).error, ValueError)


async def test_any_size_at_any_moment() -> None:
    async with opened(CountedNumbers(1000)) as (pilot, table, app):
        table.move_to(500)
        for size in ((20, 5), (3, 2), (1, 1), (200, 60), (79, 3), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("down", "pageup", "right")
            await settled(pilot, table)
            assert_harmless(app)
        assert any(line.startswith("▌") for line in lines(app)), "the cursor is still in view"


async def test_columns_leave_and_the_rest_scrolls_sideways() -> None:
    columns = (
        Column("a", "Mã", 30),
        Column("b", "Tên", 0, min_terminal_width=60),
        Column("c", "Tiền", 30, "right"),
    )
    async with opened(Numbers(5), (80, 10), columns) as (pilot, _, app):
        assert "Tên" in lines(app)[0]
        await pilot.resize_terminal(40, 10)
        assert "Tên" not in lines(app)[0]
        assert "Tiền" not in lines(app)[0]
        await pilot.press("down", "right", "right", "right", "right")
        assert "Tiền" in lines(app)[0]
        assert lines(app)[2].startswith("▌"), "the margin stays"
        await pilot.press("left", "left", "left", "left")
        assert "Mã" in lines(app)[0]


async def test_other_columns_and_another_theme_are_drawn_at_once() -> None:
    async with opened(Numbers(5)) as (pilot, table, app):
        table.set_columns((Column("title", "Tên khác", 0),))
        await pilot.pause()
        assert "Tên khác" in lines(app)[0]
        before = [segment.style for strip in screen_strips(app)[:2] for segment in strip]
        app.theme = theme.LIGHT
        await pilot.pause()
        after = [segment.style for strip in screen_strips(app)[:2] for segment in strip]
        assert before != after


async def test_hostile_texts_are_shown_and_do_nothing() -> None:
    class Hostile:
        def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
            rows = [TableRow(f"s{i}", (t, t, t)) for i, t in enumerate(HOSTILE_TITLES)]
            rows += [
                TableRow(f"c{i}", (Content(t, strip_control_codes=False), Content.styled(t, "$error"), "x"))
                for i, t in enumerate(HOSTILE_TITLES)
            ]
            linked = Content.from_markup("[@click=app.exit]$t[/]", t="bấm")
            rows.append(TableRow("linked", (linked, linked, linked), style="no-such-style"))
            return TablePage(tuple(rows))

    columns = (
        Column("a", "[@click=app.exit]\x1b[2J", 20),
        Column("b", "[/b]", 0),
        Column("c", "Số", 9, "right"),
    )
    async with opened(Hostile(), (100, 50), columns) as (pilot, table, app):
        assert_harmless(app)
        shown = screen_text(app)
        for literal in ("[red]x", "[@click=app.exit]x", "[/b]", "C:\\[b]x", "␛]52;c;", "⟨202E⟩", "␀"):
            assert literal in shown, literal
        for _ in range(table.row_count):
            await pilot.press("down")
        assert_harmless(app)
        await pilot.click(VirtualTable, offset=(5, 40))
        assert app.is_running
        await pilot.resize_terminal(20, 5)
        assert_harmless(app)
