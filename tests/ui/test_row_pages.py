"""The pages behind the virtual table, and the cells in front of them, without a screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from screens.widgets.cells import fit, fit_content
from screens.widgets.columns import Column, lay_out
from screens.widgets.row_pages import KEPT_PAGES, PAGE_ROWS, RowPages, open_pages, read, reopen
from screens.widgets.state_mark import MARKS, mark
from tests.ui.hostile import HOSTILE_TITLES
from tests.ui.sources import CountedNumbers, IndexedNumbers, Numbers, key

ANY_TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE_TITLES)


@given(text=ANY_TEXT, width=st.integers(0, 40), align=st.sampled_from(["left", "right"]))
def test_fit_is_exact_and_harmless(text: str, width: int, align: str) -> None:
    shown = fit(text, width, align)
    assert cell_len(shown) == width
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in shown)
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


@pytest.mark.parametrize("kind", sorted(MARKS))
def test_marks_take_one_cell_and_differ(kind: str) -> None:
    assert cell_len(mark(kind)) == 1
    assert list(MARKS.values()).count(mark(kind)) == 1


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(KeyError):
        mark("unknown")
