"""Columns of the virtual table: their widths, and header and rows drawn into them."""

from collections.abc import Iterable, Mapping
from typing import Literal

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from screens.widgets.cells import fit, fit_both_ends, fit_content
from screens.widgets.row_source import TableRow
from states.records import record

CURSOR_MARK = "▌"
SELECTED_MARK = "✓"
ASCENDING, DESCENDING = "▲", "▼"
WIDEST = 400
"""No column gets more cells than this."""
_FLEXIBLE_LEAST = 12  # cells that a flexible column keeps before the table scrolls sideways
_WIDE = 100  # from this width on, columns stand two cells apart
_ROW_STYLES = frozenset({"dim", "good", "warn", "bad"})


@record(frozen=True, slots=True)
class Column:
    """One column.

    width: cells, 0 takes what the others leave, shared by `weight`. align: "left" or "right".
    min_terminal_width: the column is left out while the table (with its border) is narrower than this.
    sortable: its header asks for an order. hidden: it isn't shown, whatever the room. min_width: the fewest
    cells somebody may give it. both_ends: what is too long loses its middle, not its end.
    """

    key: str
    label: str
    width: int
    align: Literal["left", "right"] = "left"
    min_terminal_width: int = 0
    weight: int = 1
    sortable: bool = False
    hidden: bool = False
    min_width: int = 3
    both_ends: bool = False


@record(frozen=True, slots=True)
class Placed:
    """A column in its place: `index` counts among all columns, `x` from the margin on; `width` is final."""

    index: int
    column: Column
    width: int
    x: int = 0


def lay_out(
    columns: Iterable[Column], room: int, table_width: int, gap: int, widths: Mapping[str, int] | None = None
) -> tuple[Placed, ...]:
    """Give every column that is shown its width in cells; `room` is what all share, gaps included.

    widths: what somebody chose, by column key; it stands in place of the column's own width.
    """
    chosen = widths or {}
    shown = [
        (i, column)
        for i, column in enumerate(columns)
        if not column.hidden and column.min_terminal_width <= table_width
    ]
    given = {
        i: max(column.min_width, chosen.get(column.key, column.width))
        for i, column in shown
        if chosen.get(column.key, column.width) > 0
    }
    flexible = [(i, column) for i, column in shown if i not in given]
    left = room - sum(given.values()) - gap * max(0, len(shown) - 1)
    weights = sum(column.weight for _, column in flexible)
    for i, column in flexible:
        # Each takes its part of what is left, so that the rounding never loses a cell.
        given[i] = max(_FLEXIBLE_LEAST, column.min_width, left * column.weight // weights)
        left, weights = left - given[i], weights - column.weight
    placed: list[Placed] = []
    x = 0
    for i, column in shown:
        placed.append(Placed(i, column, given[i], x))
        x += given[i] + gap
    return tuple(placed)


@record(frozen=True, slots=True)
class HeaderState:
    """What the header shows besides the labels.

    sign: one cell in the margin. picked: key of the column that keys act on. sorted_by: key and whether
    ascending.
    """

    sign: str = " "
    picked: str | None = None
    sorted_by: tuple[str, bool] | None = None


class RowPainter:
    """Draws header and rows for one width: a fixed margin with the marks, then the columns in full."""

    def __init__(
        self,
        widget: Widget,
        columns: Iterable[Column],
        width: int,
        selectable: bool,
        widths: Mapping[str, int] | None = None,
    ) -> None:
        """Lay `columns` out for a view `width` cells wide; styles come from `widget`'s component classes."""
        self._widget = widget
        self._selectable = selectable
        self.gap = 2 if width >= _WIDE else 1
        self._gap = " " * self.gap
        self.margin = 3 if selectable else 2
        # One cell keeps numbers off the scroll bar.
        room = width - self.margin - 1
        self.placed = lay_out(columns, room, widget.outer_size.width, self.gap, widths)
        self.body_width = sum(p.width for p in self.placed) + self.gap * max(0, len(self.placed) - 1)
        self.full = max(width, self.margin + self.body_width)
        self._styles: dict[tuple[str, bool], tuple[Style, RichStyle, RichStyle, RichStyle]] = {}
        self._spans: dict[tuple[object, str, bool], RichStyle] = {}

    def forget_styles(self) -> None:
        """The theme or the focus has changed: look the styles up again."""
        self._styles.clear()
        self._spans.clear()

    def find(self, key: str | None) -> Placed | None:
        """The column with this key, if it is shown."""
        return next((p for p in self.placed if p.column.key == key), None)

    def column_at(self, x: int) -> Placed | None:
        """The column over the cell `x` of the full width, with the gap after it; None over the margin."""
        x -= self.margin
        return next((p for p in self.placed if p.x <= x < p.x + p.width + self.gap), None)

    def border_at(self, x: int) -> Placed | None:
        """The column whose right border stands at the cell `x` of the full width, or None."""
        x -= self.margin
        return next((p for p in self.placed if p.x + p.width <= x < p.x + p.width + self.gap), None)

    def header(self, state: HeaderState) -> Strip:
        """Draw the labels; the arrow of the order stays in view however narrow its column is."""
        style = self._widget.get_component_rich_style("table--header")
        segments = [Segment(fit(state.sign, self.margin), style)]
        for p in self.placed:
            picked = p.column.key == state.picked
            own = self._widget.get_component_rich_style("table--picked") if picked else style
            segments.append(Segment(self._gap if p.x else "", style))
            segments.append(Segment(_heading(p, state.sorted_by), own))
        segments.append(Segment(" " * (self.full - self.margin - self.body_width), style))
        return Strip(segments, self.full).simplify()

    def row(self, row: TableRow | None, at_cursor: bool, is_selected: bool) -> Strip:
        """Draw a row; None is a row that wasn't read yet."""
        name = row.style if row is not None and row.style in _ROW_STYLES else ""
        visual, style, mark, chosen = self._styles_of(name, at_cursor)
        segments = [Segment(CURSOR_MARK if at_cursor else " ", mark)]
        if self._selectable:
            segments.append(Segment(SELECTED_MARK if is_selected else " ", chosen))
        plain = [" "]  # text in the row's own style is gathered into one segment
        cells = row.cells if row is not None else ()
        for p in self.placed:
            if p.x:
                plain.append(self._gap)
            if row is None:
                cell: str | Content = "…"
            else:
                cell = cells[p.index] if p.index < len(cells) else ""
            if isinstance(cell, Content) and cell.spans:
                for text, own in self._styled(cell, p, visual, name, at_cursor):
                    if own is None:
                        plain.append(text)
                    else:
                        segments.append(Segment("".join(plain), style))
                        segments.append(Segment(text, own))
                        plain = []
            else:
                text = cell if isinstance(cell, str) else cell.plain
                ends = p.column.both_ends
                plain.append(fit_both_ends(text, p.width) if ends else fit(text, p.width, p.column.align))
        plain.append(" " * (self.full - self.margin - self.body_width))
        segments.append(Segment("".join(plain), style))
        return Strip(segments, self.full)

    def _styles_of(self, name: str, at_cursor: bool) -> tuple[Style, RichStyle, RichStyle, RichStyle]:
        """The styles of a row's text, its mark and its selection; the cursor lends ground and weight."""
        found = self._styles.get((name, at_cursor))
        if found is None:
            visual = self._visual([f"table--{name}"] if name else [], at_cursor)
            mark = self._visual(["table--mark"], at_cursor).rich_style
            chosen = self._visual(["table--selected"], at_cursor).rich_style
            found = self._styles[name, at_cursor] = (visual, visual.rich_style, mark, chosen)
        return found

    def _styled(
        self, cell: Content, placed: Placed, visual: Style, name: str, at_cursor: bool
    ) -> list[tuple[str, RichStyle | None]]:
        """The parts of a styled cell; None is the row's own style."""
        width, align = placed.width, placed.column.align
        first = cell.spans[0]
        if len(cell.spans) == 1 and first.start == 0 and first.end >= len(cell.plain):
            # One style over all of it, as nearly always: then any cut keeps it.
            key = (first.style, name, at_cursor)
            style = self._spans.get(key)
            if style is None:
                own = visual + self._span_style(first.style)
                style = self._spans[key] = own.rich_style.clear_meta_and_links()
            text = fit(cell.plain, width, align)
            word = text.strip(" ")
            start = text.find(word)
            parts = [(text[:start], None), (word, style), (text[start + len(word) :], None)]
            return [part for part in parts if part[0]]
        return [
            (text, part.rich_style.clear_meta_and_links())
            for text, part in fit_content(cell, width, align).render(visual, "", self._span_style)
            if text
        ]

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


def _heading(placed: Placed, sorted_by: tuple[str, bool] | None) -> str:
    """A label with the arrow of its order, before it over numbers, so that it stays in line with them."""
    label, width, align = placed.column.label, placed.width, placed.column.align
    if sorted_by is None or sorted_by[0] != placed.column.key or width < 2:
        return fit(label, width, align)
    arrow = ASCENDING if sorted_by[1] else DESCENDING
    shown = fit(label, width - 2).rstrip(" ")
    word = f"{arrow} {shown}" if align == "right" else f"{shown} {arrow}"
    return fit(word, width, align)
