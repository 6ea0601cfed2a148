"""A table for lists of any length: it draws the lines in view and reads only the pages under them.

Textual's own `DataTable` measures and keeps every row; this one opens a million rows as fast as ten. Rows
come from a `RowSource` (`row_source`); `paged_view` asks for them, `row_pages` keeps them, `column_view` has
the header, `row_view` the rows and the cursor, `columns` draws, `selection` knows what is selected; here are
keys and mouse. `docs/virtual-table.md` says how to use it.
"""

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from textual import events
from textual.binding import Binding, BindingType

from kcflow.i18n import t
from screens.commands import bindings
from screens.widgets import table_messages
from screens.widgets.columns import Column
from screens.widgets.row_source import (
    CountedSource,
    IndexedSource,
    LocatingSource,
    PreparedSource,
    RowSource,
    TablePage,
    TableRow,
)
from screens.widgets.row_view import RowView
from screens.widgets.table_commands import (
    ClearSelection,
    NarrowColumn,
    NextColumn,
    PreviousColumn,
    SelectAll,
    SelectRow,
    SortColumn,
    WidenColumn,
)

__all__ = [
    "Column",
    "CountedSource",
    "IndexedSource",
    "LocatingSource",
    "PreparedSource",
    "RowSource",
    "TablePage",
    "TableRow",
    "VirtualTable",
]

_SIDE_STEP = 8
_ONLY_SELECTABLE = frozenset({"toggle_selection", "extend", "extend_page", "select_all"})


class VirtualTable(RowView, can_focus=True, inherit_bindings=False):
    """A list with a sticky header, a row cursor and a selection.

    | Key | What it does |
    | :- | :- |
    | up, k · down, j | Move by a row. |
    | pageup · pagedown | Move by a screen. |
    | home · end | Go to the first or the last row. |
    | left · right | Scroll sideways when the columns are wider than the view. |
    | enter | Open the row. |
    | space | Select the row or take it out of the selection, and step down. |
    | shift+up · shift+down · shift+pageup · shift+pagedown | Select a run of rows. |
    | ctrl+a · escape | Select all rows · none. |
    | shift+left · shift+right | Pick a column. |
    | < · > | Make the picked column narrower or wider. |
    | s | Ask for the order of the picked column; again: the other way round. |

    A click moves the cursor; a click on the row under the cursor opens it; with ctrl it selects the row, with
    shift all rows up to there. A click on the margin selects, a drag over it selects a run. A click on a
    header asks for its order; a drag of the gap after it makes the column wider or narrower.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False, id="row_up"),
        Binding("down,j", "move(1)", show=False, id="row_down"),
        Binding("pageup", "move_page(-1)", show=False, id="page_up"),
        Binding("pagedown", "move_page(1)", show=False, id="page_down"),
        Binding("home", "first", show=False, id="first_row"),
        Binding("end", "last", show=False, id="last_row"),
        Binding("left", "sideways(-1)", show=False, id="scroll_left"),
        Binding("right", "sideways(1)", show=False, id="scroll_right"),
        Binding("enter", "choose", show=False, id="choose_row"),
        Binding("shift+up", "extend(-1)", show=False, id="extend_up"),
        Binding("shift+down", "extend(1)", show=False, id="extend_down"),
        Binding("shift+pageup", "extend_page(-1)", show=False, id="extend_page_up"),
        Binding("shift+pagedown", "extend_page(1)", show=False, id="extend_page_down"),
        *bindings(
            SelectRow,
            SelectAll,
            ClearSelection,
            PreviousColumn,
            NextColumn,
            NarrowColumn,
            WidenColumn,
            SortColumn,
        ),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--picked",
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
        &.-low { overflow-x: hidden; }
        & > .table--header { background: $panel; color: $text-muted; text-style: bold; }
        & > .table--picked {
            background: $block-cursor-background; color: $foreground; text-style: bold underline;
        }
        & > .table--cursor { background: $block-cursor-blurred-background; }
        &:focus > .table--cursor { background: $block-cursor-background; text-style: bold; }
        & > .table--mark { color: $primary; text-style: bold; }
        & > .table--selected { color: $accent; text-style: bold; }
        & > .table--dim { color: $text-muted; }
        & > .table--good { color: $success; }
        & > .table--warn { color: $warning; }
        & > .table--bad { color: $error; }
    }
    """

    ALLOW_SELECT = False

    Highlighted: TypeAlias = table_messages.Highlighted
    Chosen: TypeAlias = table_messages.Chosen
    SelectionChanged: TypeAlias = table_messages.SelectionChanged
    SelectAllRequested: TypeAlias = table_messages.SelectAllRequested
    SelectRangeRequested: TypeAlias = table_messages.SelectRangeRequested
    SortRequested: TypeAlias = table_messages.SortRequested
    ColumnsChanged: TypeAlias = table_messages.ColumnsChanged
    LoadFailed: TypeAlias = table_messages.LoadFailed
    Loaded: TypeAlias = table_messages.Loaded
    Reading: TypeAlias = table_messages.Reading

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
        super().__init__(columns, selectable, name=name, widget_id=id, classes=classes)
        self._sweeping = False  # the mouse goes down the margin
        self._swallow_click = False
        self.set_reactive(RowView.empty_text, empty_text)
        self.set_reactive(RowView.loading_text, loading_text)
        self.set_reactive(RowView.failed_text, failed_text)

    # What a screen does

    def set_source(self, source: RowSource | None, *, keep_selection: bool = False) -> None:
        """Show another list from its start; None empties the table. The old rows stay until new ones come.

        The selection is dropped unless kept: nobody should act on rows that are no longer in view.
        """
        self._source = source
        if not keep_selection:
            self.select(())
        if source is None:
            self._supersede()
            self._rows_opened(None, 0, None)
        elif self.is_attached:
            self._open(source, None, 0, keep=False)

    def reload(self, keep_cursor: bool = True) -> None:
        """Read the list again; the cursor stays on its row, at its height, if the row is still there."""
        if self._source is not None:
            keep = keep_cursor and self._pages is not None
            self._open(self._source, self.cursor_key if keep else None, self._cursor if keep else 0, keep)

    # Keys

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._act()
        self._selection.forget_anchor()
        self.move_to(self._cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor and the view by a screen."""
        self._act()
        self._selection.forget_anchor()
        step = pages * max(1, self._view_rows)
        self.scroll_to(y=self.scroll_offset.y + step, animate=False, force=True)
        self.move_to(self._cursor + step)

    def action_first(self) -> None:
        """Go to the first row."""
        self._act()
        self._selection.forget_anchor()
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row; where the end isn't known yet, wait for it or read on to it."""
        self._act()
        self._selection.forget_anchor()
        self._go_to_end()
        self.move_to(self.row_count - 1)

    def action_sideways(self, steps: int) -> None:
        """Scroll sideways."""
        self.scroll_to(x=self.scroll_offset.x + steps * _SIDE_STEP, animate=False, force=True)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        self._act()
        if row := self._row(self._cursor):
            self.post_message(self.Chosen(self, row.key, row.payload))

    def action_toggle_selection(self) -> None:
        """Select the row under the cursor, or take it out of the selection, and step down."""
        self._act()
        if self._toggle(self._cursor):
            self._selection.forget_anchor()
            self.move_to(self._cursor + 1)

    def action_extend(self, rows: int) -> None:
        """Let the run of selected rows reach some rows further from where it began."""
        self._act()
        target = max(0, min(self._cursor + rows, self.row_count - 1))
        if self._row(target) is None:
            self._want()  # its page is on its way
        else:
            self._extend_to(target)

    def action_extend_page(self, pages: int) -> None:
        """Let the run of selected rows reach a screen further."""
        self.action_extend(pages * max(1, self._view_rows))

    def action_select_all(self) -> None:
        """Select every row; if they aren't all in memory, ask the screen to."""
        self._act()
        if self._pages is not None and self._pages.all_held:
            self.select(row.key for row in self._pages.rows())
        elif self.row_count:
            self.post_message(self.SelectAllRequested(self))

    def action_clear_selection(self) -> None:
        """Select nothing."""
        self.select(())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a margin nothing is selected; without a selection nothing is cleared."""
        if action in _ONLY_SELECTABLE and not self._selectable:
            return False
        if action == "clear_selection":
            return bool(self.selected)
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str | None:
        """A column has to be picked before it is sorted by or made wider."""
        return t("lists.pick_first") if action in ("sort_column", "widen") else None

    # Selecting

    def _toggle(self, index: int) -> bool:
        """Turn a row's selection over; runs go on from there. False: its page is on its way."""
        if not self._selectable or (key := self._key_at(index)) is None:
            return False
        before = self._selection.keys
        self._selection.replace(before ^ {key})
        self._selection.start(index)
        self._selected_from(before)
        return True

    def _extend_to(self, index: int) -> None:
        """Select from the anchor (at first: the cursor) to a row, and go there."""
        if not self._selectable or not self.row_count:
            return
        before = self._selection.keys
        if self._selection.anchor is None:
            self._selection.start(self._cursor)
        unknown = self._selection.extend(index, self._key_at)
        if unknown is not None:
            self.post_message(self.SelectRangeRequested(self, unknown.start, unknown.stop - 1))
        self._selected_from(before)
        self.move_to(index)

    # Mouse

    def _row_at(self, y: int) -> int:
        return y - self._head + self.scroll_offset.y

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a column's border, or begin to select by the margin."""
        self._swallow_click = False
        offset = event.get_content_offset(self)
        if event.widget is not self or offset is None or event.button > 1 or self._painter is None:
            return
        if offset.y < self._head:
            self._hold_border(offset)
            return
        row = self._row_at(offset.y)
        if not self._selectable or offset.x >= self._painter.margin or row >= self.row_count:
            return
        if event.shift or event.ctrl:
            return
        self._act()
        self._swallow_click = True
        before = self.selected
        self.move_to(row)
        if self._toggle(row):
            self._selection.start(row, before, adding=self.selected > before)
            self._sweeping = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull the border that is held, or select up to here."""
        offset = event.get_content_offset_capture(self)
        if self._pulled is not None:
            self._swallow_click = True
            self._pull_border(offset)
        elif self._sweeping:
            top = self.scroll_offset.y
            row = max(top - 1, min(self._row_at(offset.y), top + self._view_rows))
            self._sweep_to(max(0, min(row, self.row_count - 1)))

    def _sweep_to(self, row: int) -> None:
        before = self._selection.keys
        if self._selection.extend(row, self._key_at) is None:
            self._selected_from(before)
            self.move_to(row)

    def on_mouse_up(self, event: events.MouseUp) -> None:  # noqa: ARG002
        """Let go."""
        if self._pulled is not None:
            self._release_border()
        if self._sweeping:
            self._sweeping = False
            self._selection.forget_anchor()
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Move to the row, open it when the cursor is already there; with ctrl or shift, select."""
        offset = event.get_content_offset(self)
        swallow, self._swallow_click = self._swallow_click, False
        if event.widget is not self or offset is None:
            return
        event.stop()
        if swallow:
            return
        if offset.y < self._head:
            self._click_header(event, offset)
            return
        row = self._row_at(offset.y)
        if row >= self.row_count:
            return
        self._act()
        if event.shift and self._selectable:
            self._extend_to(row)
        elif event.ctrl and self._selectable:
            self.move_to(row)
            self._toggle(row)
        elif row != self._cursor:
            self._selection.forget_anchor()
            self.move_to(row)
        elif event.chain <= 2:
            self.action_choose()


if __name__ == "__main__":
    from screens.widgets.table_demo import main

    main()
