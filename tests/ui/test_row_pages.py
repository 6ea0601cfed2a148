"""The pages behind the virtual table, and the cells in front of them, without a screen."""

import unicodedata
from collections.abc import Sequence
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from screens.widgets import cells
from screens.widgets.cells import fit, fit_both_ends, fit_content, literal
from screens.widgets.columns import Column, lay_out
from screens.widgets.row_pages import KEPT_PAGES, PAGE_ROWS, RowPages, open_pages, read, reopen
from screens.widgets.row_source import FixedRows, IndexOutdated, TableRow
from screens.widgets.selection import Selection
from screens.widgets.state_mark import MARKS, mark
from tests.ui.hostile import HOSTILE_TITLES
from tests.ui.sources import CountedNumbers, IndexedNumbers, Numbers, PreparedNumbers, key

ANY_TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE_TITLES)


@given(text=ANY_TEXT, width=st.integers(0, 40), align=st.sampled_from(["left", "right"]))
def test_fit_is_exact_and_harmless(text: str, width: int, align: str) -> None:
    shown = fit(text, width, align)
    assert cell_len(shown) == width
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in shown)
    ends = fit_both_ends(text, width)
    assert cell_len(ends) == width
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in ends)
    content = fit_content(Content(text, strip_control_codes=False), width, align)
    assert content.cell_length == width
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in content.plain)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Chè", 5, "Chè  "),
        ("Chè Shan", 5, "Chè… "),
        ("漢字漢字", 6, "漢字… "),
        ("[b]x[/b]", 8, "[b]x[/b]"),
        ("x", 0, ""),
    ],
)
def test_fit_cuts_with_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert fit(text, width) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Sở Công Thương", 16, "Sở Công Thương  "),
        ("Trung tâm Khuyến công Hà Giang", 19, "Trung tâm… Hà Giang"),
        ("Trung tâm Khuyến công Thái Nguyên", 19, "Trung t…Thái Nguyên"),
        ("Mộtchữdàikhôngcókhoảngtrắng", 10, "Mộtchữdài…"),
    ],
)
def test_names_of_offices_keep_both_ends(text: str, width: int, shown: str) -> None:
    assert fit_both_ends(text, width) == shown


def test_fit_content_keeps_spans_of_a_harmless_text_only() -> None:
    assert fit_content(Content.styled("Đã dừng", "bold"), 5).spans
    assert not fit_content(Content.styled("Đã\x1b dừng", "bold"), 20).spans


def test_layout_uses_every_cell_and_drops_columns_for_want_of_width() -> None:
    columns = (
        Column("a", "A", 10),
        Column("b", "B", 0, weight=2),
        Column("c", "C", 0),
        Column("d", "D", 8, min_terminal_width=100),
    )
    placed = lay_out(columns, 70, 75, 1)
    assert [p.column.key for p in placed] == ["a", "b", "c"]
    assert sum(p.width for p in placed) + 2 == 70
    assert placed[1].width == pytest.approx(2 * placed[2].width, abs=2)
    assert [p.column.key for p in lay_out(columns, 110, 110, 2)] == ["a", "b", "c", "d"]
    assert lay_out((), 10, 10, 1) == ()


def test_flexible_columns_keep_a_readable_width() -> None:
    placed = lay_out((Column("a", "A", 30), Column("b", "B", 0)), 20, 20, 1)
    assert placed[1].width == 12


@given(count=st.integers(0, 6 * PAGE_ROWS), jumps=st.lists(st.integers(0, 6 * PAGE_ROWS), max_size=8))
def test_any_row_is_found_in_any_order(count: int, jumps: list[int]) -> None:
    pages = RowPages(Numbers(count))
    for row in jumps:
        while (page := pages.missing(row, row)) is not None:
            for delivery in read(pages.request(page)):
                pages.take(delivery)
            if pages.complete and row >= count:
                break
        found = pages.row(row)
        assert (found.key if found else None) == (key(row) if row < count else None)
        assert pages.held <= KEPT_PAGES
    if pages.complete:
        assert len(pages) == count


def test_a_walk_hands_over_two_pages_and_all_anchors() -> None:
    source = Numbers(100 * PAGE_ROWS)
    pages = RowPages(source)
    deliveries = list(read(pages.request(None)))
    assert sum(len(d.pages) for d in deliveries) == 2
    for delivery in deliveries:
        pages.take(delivery)
    assert (pages.complete, len(pages), pages.held) == (True, 100 * PAGE_ROWS, 2)
    assert all(pages.reachable(page) for page in range(100))
    list(map(pages.take, read(pages.request(50))))
    assert source.asked[-1] == 50 * PAGE_ROWS - 1


def test_an_indexed_source_is_opened_anywhere() -> None:
    source = IndexedNumbers(10**6)
    pages, cursor = reopen(source, key(700_000), 700_000)
    assert cursor == 700_000
    assert pages.end_known
    assert len(source.asked) <= 4


def test_a_list_that_shrank_under_an_index_gets_its_true_length() -> None:
    source = IndexedNumbers(1000)
    pages = open_pages(source)
    pages.counted = 1000
    source.keys = range(300)
    while (page := pages.missing(len(pages) - 1, len(pages) - 1)) is not None:
        for delivery in read(pages.request(page)):
            pages.take(delivery)
    assert len(pages) == 300


def test_a_count_below_the_truth_still_leads_to_the_end() -> None:
    source = CountedNumbers(5 * PAGE_ROWS)
    pages = open_pages(source)
    pages.counted = 10
    assert pages.more
    for delivery in read(pages.request(None)):
        pages.take(delivery)
    assert (len(pages), pages.more) == (5 * PAGE_ROWS, False)


LONG = (KEPT_PAGES + 12) * PAGE_ROWS
STEP = (
    st.tuples(st.just("row"), st.integers(0, LONG))
    | st.tuples(st.just("end"), st.just(0))
    | st.tuples(st.just("fail"), st.integers(0, LONG))
    | st.tuples(st.just("reload"), st.integers(0, 2**16))
    | st.tuples(st.just("lose"), st.integers(0, LONG))
)


def fetch(pages: RowPages, page: int | None) -> Exception | None:
    """Read one page as the view does; return what went wrong."""
    try:
        for delivery in read(pages.request(page)):
            pages.take(delivery)
    except (OSError, IndexOutdated) as error:
        return error
    return None


def assert_true(pages: RowPages, order: Sequence[int]) -> None:
    """Every row in memory stands where it belongs, and not too many are in memory."""
    assert pages.held <= KEPT_PAGES
    for index in range(0, len(order) + PAGE_ROWS, 37):
        row = pages.row(index)
        assert row is None or (index < len(order) and row.key == key(order[index])), index
    assert [row.key for row in pages.rows()] == sorted(row.key for row in pages.rows())


@pytest.mark.parametrize("kind", [Numbers, CountedNumbers, IndexedNumbers, PreparedNumbers])
@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, LONG), steps=st.lists(STEP, max_size=12))
def test_no_walk_shows_a_wrong_row(kind: type[Numbers], count: int, steps: list[tuple[str, int]]) -> None:
    source = kind(0)
    source.keys = list(range(count))
    order = list(source.keys)
    pages, _ = reopen(source, None, 0)
    for step, n in steps:
        if step == "row":
            page = pages.missing(n, n)
            if page is not None and fetch(pages, page) is None and n < len(order) and pages.learnt:
                assert pages.row(n) is not None
        elif step == "end" and not pages.end_known:
            fetch(pages, None)
            assert len(pages) == len(order)
        elif step == "fail":
            source.broken = OSError("gone")
            page = pages.missing(n, n)
            assert page is None or isinstance(fetch(pages, page), OSError)
            source.broken = None
        elif step == "lose" and pages.learnt and n in source.keys:
            source.keys = [each for each in source.keys if each != n]
            if (page := pages.missing(n, n)) is not None:
                assert isinstance(fetch(pages, page), IndexOutdated | None)
        elif step == "reload":
            held = pages.row(n % max(1, len(order)))
            source.keys = [each for each in range(count) if each % 7 != n % 11]
            order = list(source.keys)
            pages, cursor = reopen(source, held.key if held else None, n % max(1, len(pages)))
            found = pages.row(cursor)
            assert (found is None) == (not order)
            if held and found and held.key in {key(each) for each in order} and pages.learnt:
                assert found.key == held.key
        assert_true(pages, order)


@pytest.mark.parametrize("far", [False, True])
def test_a_prepared_source_is_reopened_by_its_index_only_far_down(far: bool) -> None:
    source = PreparedNumbers(10**6)
    row = 600_000 if far else 100
    pages, cursor = reopen(source, key(row), row)
    assert cursor == row
    assert (source.prepared, pages.learnt) == (int(far), far)
    assert len(source.asked) <= 3


def test_a_stopped_prepare_leaves_nothing_behind() -> None:
    source = PreparedNumbers(10**6, ready=Event())
    with pytest.raises(AssertionError, match="before it was prepared"):
        reopen(source, None, 600_000, stop=lambda: True)
    assert source.stopped == 1


def test_what_counts_as_one_cell_is_one_cell_and_left_alone() -> None:
    for code in range(0x20, 0x2700):
        char = chr(code)
        if cells._NARROW.fullmatch(char):
            assert (cell_len(char), literal(char)) == (1, char), hex(code)
    shared = "Ứng dụng máy móc – “chè” … ◐ ▲ 1.000 ₫"
    assert cells._NARROW.fullmatch(shared)


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("đe\u0302\u0300 a\u0301n", 6, "left", "đề án "),
        ("đe\u0302\u0300 a\u0301n", 5, "right", "đề án"),
        ("đe\u0302\u0300 a\u0301n", 4, "left", "đề… "),
        ("漢字", 5, "right", " 漢字"),
        ("漢字", 3, "left", "漢…"),
        ("漢", 1, "left", "…"),
        ("👍 tốt", 6, "left", "👍 tốt"),
        ("ab", 1, "left", "…"),
        ("ab\u202ecd", 12, "left", "ab⟨202E⟩cd  "),
    ],
)
def test_cells_hold_what_terminals_draw(text: str, width: int, align: str, shown: str) -> None:
    assert fit(text, width, align) == shown
    assert cell_len(shown) == width


def test_a_selection_runs_from_its_anchor() -> None:
    chosen = Selection()
    chosen.replace({"9"})
    chosen.start(3)
    assert chosen.extend(5, str) is None
    assert chosen.keys == {"9", "3", "4", "5"}
    assert chosen.extend(2, str) is None
    assert chosen.keys == {"9", "2", "3"}
    assert chosen.extend(6, lambda row: None if row == 5 else str(row)) == range(3, 7)
    assert chosen.keys == {"9", "2", "3"}, "all or nothing"
    chosen.start(2, adding=False)
    chosen.extend(3, str)
    assert chosen.keys == {"9"}


@pytest.mark.parametrize("kind", sorted(MARKS))
def test_marks_take_one_cell_and_differ(kind: str) -> None:
    assert cell_len(mark(kind)) == 1
    assert list(MARKS.values()).count(mark(kind)) == 1


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(KeyError):
        mark("unknown")


@pytest.mark.parametrize("count", [0, 1, PAGE_ROWS, PAGE_ROWS + 1, 3 * PAGE_ROWS, 50 * PAGE_ROWS + 7])
def test_a_source_may_give_all_its_rows_at_once(count: int) -> None:
    rows = tuple(TableRow(key(number), (str(number),)) for number in range(count))
    pages = open_pages(FixedRows(rows))
    assert (len(pages), pages.complete) == (count, True)
    assert pages.held <= KEPT_PAGES
    for place in (0, count // 2, count - 1, 0):
        if (page := pages.missing(place, place)) is not None:
            for delivery in read(pages.request(page)):
                pages.take(delivery)
        assert pages.missing(place, place) is None
        assert not count or pages.row(place) == rows[place]
    far, cursor = reopen(FixedRows(rows), key(count - 1), count)
    assert far.row(cursor) == (rows[-1] if rows else None)
