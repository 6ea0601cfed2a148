"""The body of the virtual table: rows under a cursor, what is selected among them, and how they are drawn."""

from collections.abc import Iterable

from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from screens.widgets.cells import fit, literal
from screens.widgets.column_view import ColumnView, Frame, in_view, on_ground
from screens.widgets.columns import Column
from screens.widgets.row_pages import PAGE_ROWS, Delivery, RowPages
from screens.widgets.row_source import TableRow
from screens.widgets.selection import Selection
from screens.widgets.table_messages import Highlighted, Loaded, Reading, SelectionChanged

_LOW = 4  # with fewer lines a scroll bar below would take the place of the rows


def _thumb(bar: ScrollBar, position: float) -> int:
    """Where the thumb begins on the screen, in eighths of a cell, as Textual draws it."""
    size, virtual, window = bar.size.height, bar.window_virtual_size, bar.window_size
    if not size or virtual <= window:
        return 0
    return int((size - max(1, window * size / virtual)) * position / (virtual - window) * 8)


class RowView(ColumnView):
    """Rows, a cursor and a selection; keys and mouse come with a subclass."""

    empty_text: reactive[str] = reactive("")
    """Shown when the source has no rows."""
    loading_text: reactive[str] = reactive("…")
    """Shown until the first page is there."""
    failed_text: reactive[str] = reactive("")
    """Shown when the first page can't be read; the reason goes to the screen in `LoadFailed`."""

    def __init__(
        self,
        columns: Iterable[Column],
        selectable: bool,
        *,
        name: str | None = None,
        widget_id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make a view without rows."""
        super().__init__(columns, selectable, name=name, widget_id=widget_id, classes=classes)
        self._cursor = 0
        self._selection = Selection()
        self._announced: str | None = None
        self._said_reading = False

    # What a screen reads and does

    @property
    def cursor_row(self) -> int:
        """The number of the row under the cursor, from 0."""
        return self._cursor

    @property
    def cursor_entry(self) -> TableRow | None:
        """The row under the cursor; None without rows or while its page is on its way."""
        return self._row(self._cursor)

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor; None without rows or while its page is on its way."""
        row = self._row(self._cursor)
        return row.key if row else None

    @property
    def cursor_payload(self) -> object:
        """The payload of the row under the cursor, or None."""
        row = self._row(self._cursor)
        return row.payload if row else None

    @property
    def selected(self) -> frozenset[str]:
        """The keys of the selected rows, in memory or not."""
        return self._selection.keys

    def select(self, keys: Iterable[str]) -> None:
        """Make exactly these rows the selected ones."""
        before = self._selection.keys
        self._selection.replace(keys)
        self._selected_from(before)

    def move_to(self, row: int, *, reveal: bool = True) -> None:
        """Put the cursor on the row number `row`, or on the nearest there is, and bring it into view."""
        before, self._cursor = self._cursor, max(0, min(row, self.row_count - 1))
        if before != self._cursor:
            self._upward = self._cursor < before
            self.refresh_line(before + self._head)
            self.refresh_line(self._cursor + self._head)
        if reveal:
            self._reveal()
        self._announce()
        self._want()

    def row_text(self, key: str) -> str:
        """What is shown of the row with `key`, columns divided by tabs; "" if it isn't in memory."""
        index = self._pages.find(key) if self._pages is not None else None
        row = self._row(index) if index is not None else None
        return self._texts_of(row) if row is not None else ""

    def texts(self, keys: Iterable[str] | None = None, limit: int = 10_000) -> str:
        """Header and rows as lines, columns divided by tabs: those with `keys` (None: all), in their order.

        Only what is in memory, and at most `limit` rows.
        """
        wanted = None if keys is None else frozenset(keys)
        rows = [row for row in self.rows_in_memory if wanted is None or row.key in wanted]
        return "\n".join(["\t".join(self.column_headers), *(self._texts_of(row) for row in rows[:limit])])

    def _texts_of(self, row: TableRow) -> str:
        placed = self._painter.placed if self._painter else ()
        cells = (row.cells[p.index] if p.index < len(row.cells) else "" for p in placed)
        return "\t".join(literal(cell if isinstance(cell, str) else cell.plain) for cell in cells)

    # Selecting

    def _key_at(self, index: int) -> str | None:
        row = self._row(index)
        return row.key if row is not None else None

    def _selected_from(self, before: frozenset[str]) -> None:
        """Draw and tell what changed since `before` was selected."""
        changed = before ^ self._selection.keys
        if not changed:
            return
        for index in self._places()[0]:
            if self._key_at(index) in changed:
                self.refresh_line(index + self._head)
        if not before or not self._selection.keys:
            self.refresh_bindings()
        self.post_message(SelectionChanged(self, self._selection.keys))

    # Rows that come in

    def _rows_opened(self, pages: RowPages | None, cursor: int, asked: int | None) -> None:
        """Show other rows; a kept cursor stays on its row and at its height, so that nothing jumps."""
        scroll, reveal = 0, True
        if asked is not None and pages is not None:
            # Somebody may have moved on while the list was being read.
            if (key := self.cursor_key) is not None and (found := pages.find(key)) is not None:
                cursor = found
            elif self._cursor != asked:
                cursor = self._cursor
            scroll = self.scroll_offset.y + cursor - self._cursor
            reveal = self._cursor in self._places()[0]  # who looked elsewhere goes on looking there
        self._pages = pages
        self._selection.forget_anchor()
        self._forget_drawn()
        self._measure()
        self._cursor = max(0, min(cursor, self.row_count - 1))
        self.scroll_to(y=scroll, animate=False, force=True)
        if reveal:
            self._reveal()
        self.refresh()
        if pages is not None and pages.all_held and self.selected:
            self.select(self.selected.intersection(row.key for row in pages.rows()))
        self._announce(again=True)
        self._report()
        self._tell_reading()

    def _rows_arrived(self, delivery: Delivery, at_end: bool) -> None:
        """Show more rows of the same list."""
        before = self.virtual_size
        self._measure()
        view, _ = self._places()
        pages = range(view.start // PAGE_ROWS, view.stop // PAGE_ROWS + 1)
        if any(page in pages for page, _ in delivery.pages) or view.stop >= before.height - self._head:
            self.refresh()
        self.move_to(self.row_count - 1 if at_end else self._cursor, reveal=at_end)
        self._report()

    def stop_reading(self) -> None:
        """Wait no longer for what is slow: rows that were read stay, and `reload` tries again."""
        self._supersede()
        self._halted = True
        if self._pages is None or self._pages.source is not self._source:
            self._rows_opened(None, 0, None)  # the rows of another list would be a lie
        self._sign_changed()

    def _sign_changed(self) -> None:
        super()._sign_changed()
        self._tell_reading()

    def _tell_reading(self) -> None:
        """Say once that reading has begun, and once that it is over."""
        reading = self._opening or self._to_end
        if reading is not self._said_reading:
            self._said_reading = reading
            self.post_message(Reading(self, reading))

    def _report(self) -> None:
        if (pages := self._pages) is not None:
            self.post_message(Loaded(self, pages.known, pages.complete))

    def _places(self) -> tuple[range, int]:
        top = self.scroll_offset.y
        return range(top, top + max(1, self._view_rows)), self._cursor

    def _reveal(self) -> None:
        top, height = self.scroll_offset.y, self._view_rows
        if height <= 0:
            return
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, force=True)

    def _announce(self, again: bool = False) -> None:
        row = self._row(self._cursor)
        if row is None and self.row_count:
            return  # its page is on its way
        key = row.key if row else None
        if again or key != self._announced:
            self._announced = key
            self.post_message(Highlighted(self, key, row.payload if row else None))

    def on_mount(self) -> None:
        """Measure for the first time, and read a source that was set before there was a screen."""
        self._arrange()
        if self._source is not None and self._pages is None and not self._busy:
            self._open(self._source, None, 0, keep=False)

    def on_resize(self) -> None:
        """Lay out for the new size, with the cursor in view."""
        self.set_class(self.outer_size.height < _LOW, "-low")
        self._arrange()
        self._reveal()
        self._want()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into view; a thumb that stays in its eighth of a cell isn't drawn again."""
        bar = self.vertical_scrollbar
        if self.show_vertical_scrollbar and _thumb(bar, bar.position) == _thumb(bar, new_value):
            bar.set_reactive(ScrollBar.position, bar.validate_position(new_value))
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._upward = new_value < old_value
            self._want()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Header and rows, for `height: auto`."""
        return max(2, self.virtual_size.height)

    # Drawing

    def _draw(self, y: int, frame: Frame) -> Strip:
        if y < frame.head:
            return self._draw_header(frame)
        index = y - frame.head + frame.y
        if index < self.row_count:
            return self._line(frame, index)
        if self.row_count == 0 and y == min(2, max(frame.head, frame.rows)):
            return self._words("  " + self._note(), frame)
        if index == self.row_count and self._pages is not None and self._pages.more:
            return self._words(" " * frame.painter.margin + "…", frame)
        return Strip.blank(frame.outer, frame.ground)

    def _words(self, text: str, frame: Frame) -> Strip:
        style = self.get_component_rich_style("table--dim")
        return on_ground(Strip([Segment(fit(text, frame.width), style)], frame.width), frame)

    def _note(self) -> str:
        if self._busy:
            return self.loading_text
        if self._halted:
            return self.failed_text
        return self.empty_text if self._pages is not None else ""

    def _line(self, frame: Frame, index: int) -> Strip:
        row = self._row(index)
        at_cursor = index == self._cursor
        is_selected = row is not None and row.key in self._selection.keys
        cache_key = (index if row is not None else -1, at_cursor, is_selected, frame.focused)
        drawn = self._strips.get(cache_key)
        if drawn is None or drawn[0] is not row:  # a page that was read again may say something else
            strip = in_view(frame.painter.row(row, at_cursor, is_selected), frame)
            drawn = self._strips[cache_key] = (row, strip)
        return drawn[1]
