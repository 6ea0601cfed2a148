"""The header half of the virtual table: columns, their widths and order, and how both are changed."""

from collections.abc import Iterable, Mapping

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.strip import Strip

from screens.widgets.cells import literal
from screens.widgets.columns import WIDEST, Column, HeaderState, RowPainter
from screens.widgets.paged_view import PagedView
from screens.widgets.row_source import TableRow
from screens.widgets.table_messages import ColumnsChanged, SortRequested
from states.records import record

_STRIPS_KEPT = 512


@record(frozen=True, slots=True)
class Frame:
    """What holds for all lines of one painting: cells of width, lines of header and rows, scrolling.

    outer: the width with the place kept for a scroll bar. ground: its style.
    """

    painter: RowPainter
    width: int
    outer: int
    ground: Style
    head: int
    rows: int
    x: int
    y: int
    focused: bool


def in_view(strip: Strip, frame: Frame) -> Strip:
    """Cut out what the sideways scroll shows; the margin with the marks always stays."""
    margin = frame.painter.margin
    if frame.x:
        strip = Strip.join([strip.crop(0, margin), strip.crop(margin + frame.x)])
    return on_ground(strip.adjust_cell_length(frame.width, frame.ground), frame)


def on_ground(strip: Strip, frame: Frame) -> Strip:
    """Make a line as wide as the place it is painted on."""
    return strip if frame.outer <= frame.width else strip.adjust_cell_length(frame.outer, frame.ground)


class ColumnView(PagedView):
    """Columns over rows. `x` in what follows is a cell of the full width, before sideways scrolling."""

    def __init__(
        self,
        columns: Iterable[Column],
        selectable: bool,
        *,
        name: str | None = None,
        widget_id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make a view with these columns."""
        super().__init__(name=name, widget_id=widget_id, classes=classes)
        self._columns = tuple(columns)
        self._selectable = selectable
        self._widths: dict[str, int] = {}
        self._sorted_by: tuple[str, bool] | None = None
        self._picked: str | None = None
        self._painter: RowPainter | None = None
        self._strips: LRUCache[tuple[int, bool, bool, bool], tuple[TableRow | None, Strip]]
        self._strips = LRUCache(_STRIPS_KEPT)
        self._pulled: tuple[str, int, int] | None = None  # a border held: column, place and width at first
        self._header: Strip | None = None

    # What a screen reads and does

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, with those that are hidden or left out for want of room."""
        return self._columns

    @property
    def visible_columns(self) -> tuple[Column, ...]:
        """The columns that are shown, from left to right."""
        return tuple(placed.column for placed in self._painter.placed) if self._painter else ()

    @property
    def column_headers(self) -> tuple[str, ...]:
        """The labels of the columns that are shown, as text that is safe to show or copy."""
        return tuple(literal(column.label) for column in self.visible_columns)

    def set_columns(self, columns: Iterable[Column]) -> None:
        """Replace the columns; rows must bring one cell for each, hidden ones too. Chosen widths stay."""
        self._columns = tuple(columns)
        self._arrange()

    @property
    def widths(self) -> dict[str, int]:
        """The widths that somebody chose, in cells by column key; other columns have their own."""
        return dict(self._widths)

    def set_widths(self, widths: Mapping[str, int]) -> None:
        """Use exactly these widths, in cells by column key; keys of no column wait for one."""
        self._widths = {key: max(1, min(width, WIDEST)) for key, width in widths.items()}
        self._arrange()

    def width_of(self, key: str) -> int | None:
        """The cells that a column has on the screen; None if it isn't shown."""
        placed = self._painter.find(key) if self._painter else None
        return placed.width if placed else None

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """The column key and the direction (True: ascending) that the header shows; the screen sorts."""
        return self._sorted_by

    @sorted_by.setter
    def sorted_by(self, order: tuple[str, bool] | None) -> None:
        if order != self._sorted_by:
            self._sorted_by = order
            self._sign_changed()

    @property
    def picked_column(self) -> str | None:
        """The key of the column that the column keys act on, or None."""
        shown = self._painter is not None and self._painter.find(self._picked) is not None
        return self._picked if shown else None

    # Keys

    def action_pick_column(self, step: int) -> None:
        """Pick the next column (1) or the one before (-1); beyond either end no column is picked."""
        keys: list[str | None] = [None, *(column.key for column in self.visible_columns)]
        at = keys.index(self.picked_column)
        self._pick(keys[(at + step) % len(keys)])

    def action_widen(self, cells: int) -> None:
        """Make the picked column wider, or narrower by a number below 0."""
        if (key := self.picked_column) is not None and (width := self.width_of(key)) is not None:
            self._set_width(key, width + cells)
            self.post_message(ColumnsChanged(self))

    def action_sort_column(self) -> None:
        """Ask for the order of the picked column, or turn the order that there is."""
        if (column := self._to_sort()) is not None:
            self._ask_order(column)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sorting and widths need a column that can be sorted, or is picked."""
        if action == "sort_column":
            if not any(column.sortable for column in self.visible_columns):
                return False
            return True if self._to_sort() is not None else None
        if action == "widen":
            return True if self.picked_column is not None else None
        return super().check_action(action, parameters)

    def _to_sort(self) -> Column | None:
        key = self.picked_column or (self._sorted_by[0] if self._sorted_by else None)
        return next((c for c in self.visible_columns if c.key == key and c.sortable), None)

    def _ask_order(self, column: Column) -> None:
        turned = self._sorted_by == (column.key, True)
        self.post_message(SortRequested(self, column.key, not turned))

    def _pick(self, key: str | None) -> None:
        self._picked = key
        self._sign_changed()
        self.refresh_bindings()
        placed = self._painter.find(key) if self._painter else None
        if placed is not None and self._painter is not None:
            room = max(1, self._view_width - self._painter.margin)
            x = min(self.scroll_offset.x, placed.x)
            x = max(x, min(placed.x + placed.width - room, placed.x))
            self.scroll_to(x=x, animate=False, force=True)

    def _set_width(self, key: str, width: int) -> None:
        column = next(column for column in self._columns if column.key == key)
        self._widths[key] = max(column.min_width, 1, min(width, WIDEST))
        self._arrange()

    # Mouse on the header

    def _full_x(self, offset: Offset) -> int:
        """The cell of the full width under a place of the view; the margin doesn't scroll."""
        margin = self._painter.margin if self._painter else 0
        return offset.x if offset.x < margin else offset.x + self.scroll_offset.x

    def _hold_border(self, offset: Offset) -> bool:
        """Hold the border under the mouse, if there is one."""
        placed = self._painter.border_at(self._full_x(offset)) if self._painter else None
        if placed is None:
            return False
        self._pulled = (placed.column.key, offset.x, placed.width)
        self.capture_mouse()
        return True

    def _pull_border(self, offset: Offset) -> None:
        if self._pulled is not None:
            key, x, width = self._pulled
            self._set_width(key, width + offset.x - x)

    def _release_border(self) -> None:
        key, _, width = self._pulled or ("", 0, 0)
        self._pulled = None
        self.release_mouse()
        if self.width_of(key) != width:
            self.post_message(ColumnsChanged(self))

    def _click_header(self, event: events.Click, offset: Offset) -> None:
        """A click picks a column and asks for its order; two on a border give the column its own width."""
        painter = self._painter
        if painter is None:
            return
        x = self._full_x(offset)
        if (border := painter.border_at(x)) is not None:
            if event.chain == 2 and self._widths.pop(border.column.key, None) is not None:
                self._arrange()
                self.post_message(ColumnsChanged(self))
        elif (placed := painter.column_at(x)) is not None:
            self._pick(placed.column.key)
            if placed.column.sortable:
                self._ask_order(placed.column)

    # Measures

    @property
    def _view_width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _head(self) -> int:
        """Lines of the header: none where there is room for one line only, which belongs to a row."""
        return 1 if self.scrollable_content_region.height > 1 else 0

    @property
    def _view_rows(self) -> int:
        return self.scrollable_content_region.height - self._head

    def _arrange(self) -> None:
        """Give the columns their widths for the present size."""
        self._painter = RowPainter(self, self._columns, self._view_width, self._selectable, self._widths)
        self._strips.clear()
        self._header = None
        self._measure()
        self.refresh()

    def _measure(self) -> None:
        """Tell the scroll bars how much there is; other widgets move only if this one's size follows it."""
        more = 1 if self._pages is not None and self._pages.more else 0
        width = self._painter.margin + self._painter.body_width if self._painter else 0
        size = Size(width, self._head + self.row_count + more)
        if size == self.virtual_size:
            return
        if self.styles.auto_dimensions or not self.is_attached:
            self.virtual_size = size
        else:
            self.set_reactive(ColumnView.virtual_size, size)
            self._scroll_update(size)

    # Drawing

    def _sign_changed(self) -> None:
        """Draw the header anew, and what stands in place of rows."""
        self._header = None
        if self.row_count == 0:
            self.refresh()
        elif self._head:
            self.refresh_line(self.scroll_offset.y)

    def _frame(self) -> Frame | None:
        """Measure the view once for all lines of a painting; None: there is nothing to draw on."""
        width = self._view_width
        if width <= 0 or self._painter is None:
            return None
        offset = self.scroll_offset
        return Frame(
            self._painter,
            width,
            self.size.width,
            self.rich_style,
            self._head,
            self._view_rows,
            offset.x,
            offset.y,
            self.has_focus,
        )

    def _draw(self, y: int, frame: Frame) -> Strip:
        """Draw one line of the view."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        frame = self._frame()
        return (
            Strip.blank(max(0, self._view_width), self.rich_style) if frame is None else self._draw(y, frame)
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some lines, straight from the cache of lines where no border or tint changes them."""
        styles, frame = self.styles, self._frame()
        if (
            frame is None
            or self.opacity < 1
            or any(styles.gutter)
            or any(edge for edge, _ in styles.outline)
            or styles.has_rule("hatch")
            or styles.has_rule("tint")
        ):
            return super().render_lines(crop)
        strips = [self._draw(y, frame) for y in crop.line_range]
        filters = self.get_line_filters()
        if filters:
            _, background = self.background_colors
            for each in filters:
                strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, frame.outer):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _draw_header(self, frame: Frame) -> Strip:
        if self._header is None:
            reading = self._opening or self._to_end
            picked = self.picked_column if self.has_focus else None
            strip = frame.painter.header(HeaderState("…" if reading else " ", picked, self._sorted_by))
            self._header = in_view(strip, frame)
        return self._header

    def _forget_drawn(self) -> None:
        self._strips.clear()
        self._header = None

    def notify_style_update(self) -> None:
        """Draw anew when the theme or the focus changes."""
        self._forget_drawn()
        if self._painter is not None:
            self._painter.forget_styles()
        super().notify_style_update()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Draw other cells of every line."""
        if round(old_value) != round(new_value):
            self._forget_drawn()
        super().watch_scroll_x(old_value, new_value)


__all__ = ["Column", "ColumnView", "Frame", "in_view", "on_ground"]
