"""Plain text: aligned, fitting a terminal, complete in a pipe, never acting on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcflow.commands.tables import Column, Table, fit, pairs, paragraph, table, width

COLUMNS: list[Column[tuple[str, str]]] = [
    Column("Mã", lambda row: row[0]),
    Column("Tên", lambda row: row[1], flexible=True),
    Column("Số", lambda row: str(len(row[1])), right=True),
]
ROWS = [("A-1", "Chè Shan tuyết"), ("A-20", "Máy xay xát công suất lớn cho hợp tác xã vùng cao")]


def test_columns_align() -> None:
    lines = list(table(COLUMNS, ROWS, None))
    assert lines[0].split() == ["Mã", "Tên", "Số"]
    assert {line.index(word) for line, word in zip(lines, ("Tên", "Chè", "Máy"), strict=True)} == {6}
    assert len({width(line) for line in lines}) == 1


def test_a_pipe_gets_everything_a_terminal_what_fits() -> None:
    assert "vùng cao" in "\n".join(table(COLUMNS, ROWS, None))
    narrow = list(table(COLUMNS, ROWS, 30))
    assert max(width(line) for line in narrow) <= 30
    assert "…" in narrow[-1]


def test_a_narrow_terminal_leaves_optional_columns_out() -> None:
    columns = [*COLUMNS, Column[tuple[str, str]]("Thêm", lambda row: row[1], flexible=True, optional=True)]
    assert "Thêm" in next(table(columns, ROWS, 80))
    narrow = list(table(columns, ROWS, 30))
    assert narrow == list(table(COLUMNS, ROWS, 30))


def test_blocks_share_one_heading() -> None:
    made = Table(COLUMNS, None)
    first, second = list(made.block(ROWS[:1])), list(made.block(ROWS[1:]))
    assert len(first) == 2
    assert len(second) == 1


def test_text_is_shown_in_its_visible_form() -> None:
    row = ("\x1b[31mA", "a\nb \u202e[@click=app.quit]x[/]")
    text = "\n".join(table(COLUMNS, [row], None))
    assert "␛[31mA" in text
    assert "a␊b ⟨202E⟩[@click=app.quit]x[/]" in text
    assert text.count("\n") == 1


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_fit_never_exceeds(text: str, cells: int) -> None:
    shown = fit(text, cells)
    assert width(shown) <= cells
    assert shown == text or shown.endswith("…")


def test_wide_letters_count_twice() -> None:
    assert width("漢字") == 4
    assert width("e\u0301") == 1


def test_pairs_wrap_beside_their_name_and_leave_empty_ones_out() -> None:
    lines = list(pairs([("Tên", "một hai ba bốn năm sáu bảy tám"), ("Trống", ""), ("Dài hơn", "x")], 30))
    assert lines[0].startswith("Tên      một")
    assert lines[1].startswith(" " * 9)
    assert lines[-1] == "Dài hơn  x"
    assert not any("Trống" in line for line in lines)


def test_paragraph_hangs() -> None:
    lines = list(paragraph("một hai ba bốn năm sáu bảy", 24, "  ", "- "))
    assert lines[0].startswith("  - một")
    assert all(line.startswith("    ") for line in lines[1:])
