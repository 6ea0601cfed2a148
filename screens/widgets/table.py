"""A table for lists of any length: it draws the lines in view and reads only the pages under them.

Textual's own `DataTable` measures and keeps every row; this one opens a million rows as fast as ten. Rows
come from a `RowSource`; `paged_view` asks for them, `row_pages` keeps them, `columns` draws them.
"""

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from screens.widgets import table_messages
from screens.widgets.cells import fit
from screens.widgets.columns import Column, RowPainter
from screens.widgets.paged_view import PagedView
from screens.widgets.row_pages import RowPages, RowSource, TablePage, TableRow

__all__ = ["Column", "RowSource", "TablePage", "TableRow", "VirtualTable"]

_SIDE_STEP = 8
_STRIPS_KEPT = 512


class VirtualTable(PagedView, can_focus=True, inherit_bindings=False):
    """A list with a sticky header, a row cursor and a selection.

    | Key | What it does |
    | :- | :- |
    | up, k · down, j | Move by a row. |
    | pageup · pagedown | Move by a screen. |
    | home · end | Go to the first or the last row. |
    | left · right | Scroll sideways when the columns are wider than the view. |
    | space | Select the row or take it out of the selection. |
    | enter | Open the row. |

    A click moves the cursor; a click on the row under the cursor opens it; a click on the margin selects.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("left", "sideways(-1)", show=False),
        Binding("right", "sideways(1)", show=False),
        Binding("space", "toggle_selection", show=False),
        Binding("enter", "choose", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--row",
        "table--cursor",
        "table--mark",
        "table--selected",
        "table--dim",
        "table--good",
        "table--warn",
        "table--bad",
    }

    DEFAULT_CSS = """
    VirtualTable {
        background: $surface;
        color: $foreground;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
        & > .table--header { background: $panel; color: $text-muted; text-style: bold; }
        & > .table--cursor { background: $block-cursor-blurred-background; }
        &:focus > .table--cursor { background: $block-cursor-background; text-style: bold; }
        & > .table--mark { color: $primary; text-style: bold; }
        & > .table--selected { color: $accent; }
        & > .table--dim { color: $text-muted; }
        & > .table--good { color: $success; }
        & > .table--warn { color: $warning; }
        & > .table--bad { color: $error; }
    }
    """

    ALLOW_SELECT = False

    empty_text: reactive[str] = reactive("")
    """Shown when the source has no rows."""
    loading_text: reactive[str] = reactive("…")
    """Shown until the first page is there."""
    failed_text: reactive[str] = reactive("")
    """Shown when the first page can't be read; the reason goes to the screen in `LoadFailed`."""

    Highlighted: TypeAlias = table_messages.Highlighted
    Chosen: TypeAlias = table_messages.Chosen
    SelectionChanged: TypeAlias = table_messages.SelectionChanged
    LoadFailed: TypeAlias = table_messages.LoadFailed
    Loaded: TypeAlias = table_messages.Loaded

    def __init__(
        self,
        columns: Iterable[Column] = (),
        *,
        selectable: bool = True,
        empty_text: str = "",
        loading_text: str = "…",
        failed_text: str = "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Make a table; it stays empty until `set_source`. `selectable=False` takes the margin mark away."""
        super().__init__(name=name, widget_id=id, classes=classes)
        self._columns = tuple(columns)
        self._selectable = selectable
        self._painter: RowPainter | None = None
        self._cursor = 0
        self._selected: frozenset[str] = frozenset()
        self._announced: str | None = None
        self._strips: LRUCache[tuple[int, bool, bool, bool], Strip] = LRUCache(_STRIPS_KEPT)
        self.set_reactive(VirtualTable.empty_text, empty_text)
        self.set_reactive(VirtualTable.loading_text, loading_text)
        self.set_reactive(VirtualTable.failed_text, failed_text)

    # What a screen reads and does

    @property
    def cursor_row(self) -> int:
        """The number of the row under the cursor, from 0."""
        return self._cursor

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
        """The keys of the selected rows."""
        return self._selected

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, with those that are left out for want of room."""
        return self._columns

    def set_columns(self, columns: Iterable[Column]) -> None:
        """Replace the columns; rows must bring one cell for each."""
        self._columns = tuple(columns)
        self._arrange()

    def set_source(self, source: RowSource | None, *, keep_selection: bool = False) -> None:
        """Show another list from its start; None empties the table. The old rows stay until new ones come.

        The selection is dropped unless kept: nobody should act on rows that are no longer in view.
        """
        self._source = source
        if not keep_selection:
            self.select(())
        if source is None:
            self._cancel()
            self._rows_opened(None, 0, False)
        elif self.is_attached:
            self._open(source, None, 0, keep=False)

    def reload(self, keep_cursor: bool = True) -> None:
        """Read the list again; the cursor stays on its row, at its height, if the row is still there."""
        if self._source is not None:
            keep = keep_cursor and self._pages is not None
            self._open(self._source, self.cursor_key if keep else None, self._cursor if keep else 0, keep)

    def select(self, keys: Iterable[str]) -> None:
        """Make exactly these rows the selected ones."""
        chosen = frozenset(keys)
        if chosen != self._selected:
            self._selected = chosen
            self.refresh()
            self.post_message(self.SelectionChanged(self, chosen))

    def move_to(self, row: int, *, reveal: bool = True) -> None:
        """Put the cursor on the row number `row`, or on the nearest there is, and bring it into view."""
        before, self._cursor = self._cursor, max(0, min(row, self.row_count - 1))
        if before != self._cursor:
            self.refresh_line(before + 1)
            self.refresh_line(self._cursor + 1)
        if reveal:
            self._reveal()
        self._announce()
        self._want()

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._act()
        self.move_to(self._cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor and the view by a screen."""
        self._act()
        step = pages * max(1, self._view_rows)
        self.scroll_to(y=self.scroll_offset.y + step, animate=False, force=True)
        self.move_to(self._cursor + step)

    def action_first(self) -> None:
        """Go to the first row."""
        self._act()
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row; where the end isn't known yet, read on to it."""
        self._act()
        self._to_end = self._pages is not None and not self._pages.end_known
        self.move_to(self.row_count - 1)

    def action_sideways(self, steps: int) -> None:
        """Scroll sideways."""
        self.scroll_to(x=self.scroll_offset.x + steps * _SIDE_STEP, animate=False, force=True)

    def action_toggle_selection(self) -> None:
        """Select the row under the cursor, or take it out of the selection."""
        self._act()
        if self._selectable and (key := self.cursor_key) is not None:
            self.select(self._selected ^ {key})

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        self._act()
        if row := self._row(self._cursor):
            self.post_message(self.Chosen(self, row.key, row.payload))

    def on_click(self, event: events.Click) -> None:
        """Move to the row, open it when the cursor is already there, or select it by its margin."""
        offset = event.get_content_offset(self)
        if event.widget is not self or offset is None or offset.y == 0:
            return
        event.stop()
        row = offset.y - 1 + self.scroll_offset.y
        if row >= self.row_count:
            return
        self._act()
        if self._selectable and self._painter and offset.x < self._painter.margin:
            self.move_to(row)
            self.action_toggle_selection()
        elif row != self._cursor:
            self.move_to(row)
        elif event.chain <= 2:
            self.action_choose()

    # Rows that come in

    def _rows_opened(self, pages: RowPages | None, cursor: int, keep: bool) -> None:
        """Show other rows; a kept cursor stays on its row and at its height, so that nothing jumps."""
        scroll, reveal = 0, True
        if keep and pages is not None:
            # Somebody may have moved on while the list was being read.
            if (key := self.cursor_key) is not None and (found := pages.find(key)) is not None:
                cursor = found
            scroll = self.scroll_offset.y + cursor - self._cursor
            reveal = self._cursor in self._places()[0]  # who looked elsewhere goes on looking there
        self._pages = pages
        self._strips.clear()
        self._resize()
        self._cursor = max(0, min(cursor, self.row_count - 1))
        self.scroll_to(y=scroll, animate=False, force=True)
        if reveal:
            self._reveal()
        self.refresh()
        self._announce(again=True)
        self._report()

    def _rows_arrived(self, at_end: bool) -> None:
        """Show more rows of the same list."""
        self._resize()
        self.refresh()
        self.move_to(self.row_count - 1 if at_end else self._cursor, reveal=at_end)
        self._report()

    def _report(self) -> None:
        if self._pages is not None:
            self.post_message(self.Loaded(self, self._pages.known, self._pages.complete))

    def _places(self) -> tuple[range, int]:
        top = self.scroll_offset.y
        return range(top, top + max(1, self._view_rows)), self._cursor

    # Measures

    @property
    def _view_width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _view_rows(self) -> int:
        return self.scrollable_content_region.height - 1

    def _arrange(self) -> None:
        """Give the columns their widths for the present size."""
        self._painter = RowPainter(self, self._columns, self._view_width, self._selectable)
        self._strips.clear()
        self._resize()
        self.refresh()

    def _resize(self) -> None:
        more = 1 if self._pages is not None and self._pages.more else 0
        width = self._painter.margin + self._painter.body_width if self._painter else 0
        self.virtual_size = Size(width, 1 + self.row_count + more)

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
            self.post_message(self.Highlighted(self, key, row.payload if row else None))

    def on_mount(self) -> None:
        """Measure for the first time, and read a source that was set before there was a screen."""
        self._arrange()
        if self._source is not None and self._pages is None and not self._busy:
            self._open(self._source, None, 0, keep=False)

    def on_resize(self) -> None:
        """Lay out for the new size, with the cursor in view if it was."""
        self._arrange()
        self._reveal()
        self._want()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._want()

    def notify_style_update(self) -> None:
        """Draw anew when the theme changes."""
        self._strips.clear()
        super().notify_style_update()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Header and rows, for `height: auto`."""
        return max(2, self.virtual_size.height)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width, painter = self._view_width, self._painter
        if width <= 0 or painter is None:
            return Strip.blank(max(0, width), self.rich_style)
        if y == 0:
            style = self.get_component_rich_style("table--header")
            return self._in_view(painter.header("…" if self._opening else " "), style)
        index = y - 1 + self.scroll_offset.y
        if index < self.row_count:
            part = "table--cursor" if index == self._cursor else "table--row"
            return self._in_view(self._line(painter, index), self.get_component_rich_style(part))
        dim = self.get_component_rich_style("table--dim")
        if self.row_count == 0 and y == min(2, max(1, self._view_rows)):
            return Strip([Segment(fit("  " + self._note(), width), dim)], width)
        if index == self.row_count and self._pages is not None and self._pages.more:
            return Strip([Segment(fit(" " * painter.margin + "…", width), dim)], width)
        return Strip.blank(width, self.rich_style)

    def _note(self) -> str:
        if self._busy:
            return self.loading_text
        if self._halted:
            return self.failed_text
        return self.empty_text if self._pages is not None else ""

    def _line(self, painter: RowPainter, index: int) -> Strip:
        row = self._row(index)
        at_cursor = index == self._cursor
        is_selected = row is not None and row.key in self._selected
        if row is None:
            return painter.row(None, at_cursor, is_selected)
        cache_key = (index, at_cursor, is_selected, self.has_focus)
        strip = self._strips.get(cache_key)
        if strip is None:
            strip = self._strips[cache_key] = painter.row(row, at_cursor, is_selected)
        return strip

    def _in_view(self, strip: Strip, style: Style) -> Strip:
        """Cut out what the sideways scroll shows; the margin with the marks always stays."""
        width, x = self._view_width, self.scroll_offset.x
        margin = self._painter.margin if self._painter else 0
        if x:
            strip = Strip.join([strip.crop(0, margin), strip.crop(margin + x)])
        return strip.adjust_cell_length(width, style)
