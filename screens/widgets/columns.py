"""Columns of the virtual table: their widths, and rows drawn into them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from screens.widgets.cells import fit, fit_content
from screens.widgets.row_pages import TableRow

CURSOR_MARK = "▌"
SELECTED_MARK = "✓"
_FLEXIBLE_LEAST = 12  # cells that a flexible column keeps before the table scrolls sideways
_WIDE = 100  # from this width on, columns stand two cells apart
_ROW_STYLES = frozenset({"dim", "good", "warn", "bad"})


@dataclass(frozen=True)
class Column:
    """One column.

    width: cells, 0 takes what the others leave, shared by `weight`. align: "left" or "right".
    min_terminal_width: the column is left out while the table (with its border) is narrower than this.
    """

    key: str
    label: str
    width: int
    align: Literal["left", "right"] = "left"
    min_terminal_width: int = 0
    weight: int = 1


@dataclass(frozen=True)
class Placed:
    """A column in its place: `index` counts among all columns, `width` is final."""

    index: int
    column: Column
    width: int


def lay_out(columns: Iterable[Column], room: int, table_width: int, gap: int) -> tuple[Placed, ...]:
    """Give every column that is shown its width in cells; `room` is what all share, gaps included."""
    shown = [(i, column) for i, column in enumerate(columns) if column.min_terminal_width <= table_width]
    flexible = [(i, column) for i, column in shown if column.width == 0]
    left = room - sum(column.width for _, column in shown) - gap * max(0, len(shown) - 1)
    weights = sum(column.weight for _, column in flexible)
    widths: dict[int, int] = {}
    for i, column in flexible:
        # Each takes its part of what is left, so that the rounding never loses a cell.
        widths[i] = max(_FLEXIBLE_LEAST, left * column.weight // weights)
        left, weights = left - widths[i], weights - column.weight
    return tuple(Placed(i, column, widths.get(i, column.width)) for i, column in shown)


class RowPainter:
    """Draws header and rows for one width: a fixed margin with the marks, then the columns in full."""

    def __init__(self, widget: Widget, columns: Iterable[Column], width: int, selectable: bool) -> None:
        """Lay `columns` out for a view `width` cells wide; styles come from `widget`'s component classes."""
        self._widget = widget
        self._selectable = selectable
        gap = 2 if width >= _WIDE else 1
        self._gap = " " * gap
        self.margin = 3 if selectable else 2
        # One cell keeps numbers off the scroll bar.
        self.placed = lay_out(columns, width - self.margin - 1, widget.outer_size.width, gap)
        self.body_width = sum(p.width for p in self.placed) + gap * max(0, len(self.placed) - 1)

    def header(self, sign: str) -> Strip:
        """Draw the labels; `sign` (one cell) stands in the margin."""
        labels = self._gap.join(fit(p.column.label, p.width, p.column.align) for p in self.placed)
        style = self._widget.get_component_rich_style("table--header")
        text = fit(sign, self.margin) + labels
        return Strip([Segment(text, style)], self.margin + self.body_width)

    def row(self, row: TableRow | None, at_cursor: bool, is_selected: bool) -> Strip:
        """Draw a row; None is a row that wasn't read yet."""
        names = [f"table--{row.style}"] if row is not None and row.style in _ROW_STYLES else []
        visual = self._visual(names, at_cursor)
        style = visual.rich_style
        mark_style = self._visual(["table--mark"], at_cursor).rich_style
        segments = [Segment(CURSOR_MARK if at_cursor else " ", mark_style)]
        if self._selectable:
            selected_style = self._visual(["table--selected"], at_cursor).rich_style
            segments.append(Segment(SELECTED_MARK if is_selected else " ", selected_style))
        segments.append(Segment(" ", style))
        for number, placed in enumerate(self.placed):
            if number:
                segments.append(Segment(self._gap, style))
            align = placed.column.align
            cell = "…" if row is None else row.cells[placed.index] if placed.index < len(row.cells) else ""
            if isinstance(cell, Content):
                for text, part in fit_content(cell, placed.width, align).render(visual, "", self._span_style):
                    segments.append(Segment(text, part.rich_style.clear_meta_and_links()))
            else:
                segments.append(Segment(fit(cell, placed.width, align), style))
        return Strip(segments, self.margin + self.body_width).simplify()

    def _visual(self, names: list[str], at_cursor: bool) -> Style:
        """The style of a part of a line; the cursor lends its background and weight to every part."""
        return self._widget.get_visual_style(*names, *(["table--cursor"] if at_cursor else []))

    def _span_style(self, style: str | Style) -> Style:
        """Read a span's style (a theme colour, or a component class after a dot); an unknown one is none."""
        if isinstance(style, Style):
            return style
        try:
            if style.startswith("."):
                return self._widget.get_visual_style(style[1:], partial=True)
            return Style.parse(style)
        except Exception:
            return Style()
