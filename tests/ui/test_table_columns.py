"""The header of the virtual table: picking, widths, orders, and the same by mouse."""

import pytest

from screens.widgets.columns import WIDEST, Column
from screens.widgets.table import VirtualTable
from tests.ui.hostile import assert_harmless
from tests.ui.snapshots import screen_strips, screen_text
from tests.ui.sources import Numbers
from tests.ui.table_driver import heard, hold, last, lines, opened, settled

COLUMNS = (
    Column("code", "Mã", 9, sortable=True),
    Column("title", "Đề án", 20),
    Column("money", "Kinh phí", 12, "right", sortable=True, min_width=6),
)
# Margin 3, gap 1: Mã stands at 3, its border at 12, Đề án at 13, its border at 33, Kinh phí at 34.


async def test_keys_pick_a_column_around_and_show_it() -> None:
    async with opened(Numbers(5), columns=COLUMNS) as (pilot, table, app):
        plain = [segment.style for segment in screen_strips(app)[0]]
        for keys, picked in (
            (["shift+right"], "code"),
            (["shift+right", "shift+right"], "money"),
            (["shift+right"], None),
            (["shift+left"], "money"),
            (["shift+left", "shift+left", "shift+left"], None),
        ):
            await pilot.press(*keys)
            assert table.picked_column == picked, keys
        await pilot.press("shift+right")
        picked_styles = {
            segment.text.strip(): segment.style for segment in screen_strips(app)[0] if segment.text.strip()
        }
        own = next(style for text, style in picked_styles.items() if text == "Mã")
        assert own is not None
        assert own.underline, "seen without colours too"
        assert own not in plain


async def test_keys_change_widths_and_say_so_once() -> None:
    async with opened(Numbers(5), columns=COLUMNS) as (pilot, table, app):
        await pilot.press("greater_than_sign")
        assert table.widths == {}, "nothing is picked"
        await pilot.press("shift+right", "greater_than_sign", "greater_than_sign")
        assert table.widths == {"code": 13}
        assert lines(app)[0].index("Đề án") == 17
        assert heard(app, VirtualTable.ColumnsChanged)
        await pilot.press("shift+left", "shift+left", *["less_than_sign"] * 9)
        assert table.widths["money"] == 6, "not below its least"
        assert table.width_of("money") == 6
        table.set_widths({"money": 10**9, "gone": 4})
        assert table.widths == {"money": WIDEST, "gone": 4}
        assert table.width_of("code") == 9
        assert table.width_of("gone") is None
        await pilot.pause()
        assert_harmless(app)


async def test_a_chosen_width_takes_a_flexible_column_out_of_the_sharing() -> None:
    columns = (Column("a", "A", 0), Column("b", "B", 0), Column("c", "C", 10))
    async with opened(Numbers(5), columns=columns) as (_, table, _app):
        table.set_widths({"a": 20})
        widths = [table.width_of(key) for key in "abc"]
        assert widths == [20, 79 - 3 - 1 - 20 - 10 - 2, 10]


async def test_a_border_is_pulled_by_mouse_and_clicked_back() -> None:
    async with opened(Numbers(5), columns=COLUMNS) as (pilot, table, app):
        await hold(pilot, table, (12, 0), (16, 3), (20, 0))
        assert table.widths == {"code": 17}
        assert len(heard(app, VirtualTable.ColumnsChanged)) == 1, "told when it is let go"
        assert not heard(app, VirtualTable.SortRequested)
        await hold(pilot, table, (20, 0), (0, 0))
        assert table.widths == {"code": 3}
        await hold(pilot, table, (6, 0), (6, 0))
        assert len(heard(app, VirtualTable.ColumnsChanged)) == 2, "nothing was moved"
        await pilot.click(table, offset=(6, 0), times=2)
        assert table.widths == {}
        assert table.width_of("code") == 9
        assert len(heard(app, VirtualTable.ColumnsChanged)) == 3


async def test_the_header_shows_the_order_and_a_click_asks_for_it() -> None:
    async with opened(Numbers(5), columns=COLUMNS) as (pilot, table, app):
        table.sorted_by = ("code", True)
        await pilot.pause()
        assert lines(app)[0][3:12] == "Mã ▲     "
        await pilot.click(table, offset=(5, 0))
        asked = last(app, VirtualTable.SortRequested)
        assert (asked.table, asked.key, asked.ascending) == (table, "code", False)
        assert table.sorted_by == ("code", True), "the screen sorts, not the table"
        table.sorted_by = ("money", False)
        await pilot.pause()
        assert lines(app)[0].rstrip().endswith("▼ Kinh phí")
        await pilot.click(table, offset=(40, 0))
        assert last(app, VirtualTable.SortRequested).ascending
        before = len(app.heard)
        for offset in ((20, 0), (1, 0), (33, 0), (70, 0)):
            await pilot.click(table, offset=offset)
        assert not any(
            isinstance(m, VirtualTable.SortRequested | VirtualTable.Chosen) for m in app.heard[before:]
        )


async def test_s_asks_for_the_order_of_the_picked_column() -> None:
    async with opened(Numbers(5), columns=COLUMNS) as (pilot, table, app):
        await pilot.press("s")
        assert not heard(app, VirtualTable.SortRequested)
        assert table.check_action("sort_column", ()) is None
        await pilot.press("shift+right", "s")
        assert last(app, VirtualTable.SortRequested).ascending
        table.sorted_by = ("code", True)
        await pilot.press("s")
        assert not last(app, VirtualTable.SortRequested).ascending
        count = len(heard(app, VirtualTable.SortRequested))
        await pilot.press("shift+right", "s")
        assert len(heard(app, VirtualTable.SortRequested)) == count, "this one can't be sorted by"
        await pilot.press("shift+left", "shift+left", "s")
        assert last(app, VirtualTable.SortRequested).key == "code", "without a pick: turn what there is"
    async with opened(Numbers(5), columns=(Column("a", "A", 9),)) as (_, table, _app):
        assert table.check_action("sort_column", ()) is False


@pytest.mark.parametrize(("width", "shown"), [(9, "Kinh p… ▲"), (3, "… ▲"), (2, "▲"), (1, "…")])
async def test_the_arrow_stays_however_narrow(width: int, shown: str) -> None:
    column = Column("a", "Kinh phí khuyến công", width, min_width=1)
    async with opened(Numbers(2), columns=(column,)) as (pilot, table, app):
        table.sorted_by = ("a", True)
        await pilot.pause()
        assert lines(app)[0].strip() == shown


async def test_hidden_columns_are_neither_shown_nor_copied_but_their_cells_stay_in_place() -> None:
    columns = (COLUMNS[0], Column("title", "Đề án", 20, hidden=True), COLUMNS[2])
    async with opened(Numbers(5), columns=columns) as (pilot, table, app):
        assert [column.key for column in table.visible_columns] == ["code", "money"]
        assert [column.key for column in table.columns] == ["code", "title", "money"]
        assert table.column_headers == ("Mã", "Kinh phí")
        assert "hàng" not in screen_text(app)
        assert table.row_text("r0000002") == "r0000002\t2000"
        await pilot.press("shift+right", "shift+right")
        assert table.picked_column == "money"


async def test_a_picked_column_comes_into_view_and_the_margin_stays() -> None:
    columns = tuple(Column(f"c{n}", f"Cột {n}", 30) for n in range(3))
    async with opened(Numbers(5), (50, 10), columns) as (pilot, table, app):
        await pilot.press("shift+left")
        assert "Cột 2" in lines(app)[0]
        assert lines(app)[1].startswith("▌")
        await pilot.press("shift+right", "shift+right")
        assert table.picked_column == "c0"
        assert lines(app)[0].startswith("   Cột 0")
        table.set_columns(columns[1:])
        assert table.picked_column is None, "a column that is gone isn't picked"


async def test_a_header_scrolled_sideways_is_hit_where_it_is_seen() -> None:
    columns = tuple(Column(f"c{n}", f"Cột {n}", 30, sortable=True) for n in range(3))
    async with opened(Numbers(5), (50, 10), columns) as (pilot, table, app):
        await pilot.press(*["right"] * 9)
        await settled(pilot, table)
        place = lines(app)[0].index("Cột 2")
        await pilot.click(table, offset=(place, 0))
        assert last(app, VirtualTable.SortRequested).key == "c2"
        await hold(pilot, table, (place - 1, 0), (place - 5, 0))
        assert table.widths == {"c1": 26}
