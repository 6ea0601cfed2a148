"""Lines with bars and a cursor: a picture that can be walked through, whatever it shows.

Who shows something gives `draw`: for a width in cells, the lines. A row is one or more lines with a key;
those without one (heads, legends) are scrolled past. Meaning stands in words and shapes; tones only help.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.flow_lines import Line


@dataclass(frozen=True)
class BarRow:
    """Lines that belong together; `key` names the row, "" is no place for the cursor."""

    lines: tuple[Line, ...]
    key: str = ""


Draw = Callable[[int], Sequence[BarRow]]
_HERE: Final = "▌"
"""Stands before the row of the cursor: its ground alone would be told by colour."""


class BarList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows drawn for the width, with a cursor on one of them.

    | Key | What it does |
    | :- | :- |
    | up, down | The row before or after. |
    | pageup, pagedown | As many rows up or down as there is room for. |
    | home, end | The first or the last row. |

    A click moves the cursor, a click on the cursor chooses; a screen binds its own key to `action_choose`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", show=False),
        Binding("down,j", "step(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(-1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bars--dim",
        "bars--bad",
        "bars--warn",
        "bars--good",
        "bars--head",
        "bars--bar",
        "bars--cursor",
    }
    DEFAULT_CSS = """
    BarList {
        background: $surface;
        color: $foreground;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
        & > .bars--dim { color: $text-muted; }
        & > .bars--bad { color: $error; text-style: bold; }
        & > .bars--warn { color: $warning; text-style: bold; }
        & > .bars--good { color: $success; }
        & > .bars--head { color: $primary; text-style: bold; }
        & > .bars--bar { color: $primary; }
        & > .bars--cursor { background: $block-cursor-blurred-background; }
        &:focus > .bars--cursor { background: $block-cursor-background; }
    }
    """
    ALLOW_SELECT = False

    @dataclass
    class Moved(Message, namespace="bar_list"):
        """The cursor stands on another row ("": there is none)."""

        key: str

    @dataclass
    class Chosen(Message, namespace="bar_list"):
        """Somebody wants what stands behind a row."""

        key: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start empty."""
        super().__init__(id=id)
        self.cursor = ""
        self._draw: Draw = lambda _: ()
        self._lines: list[tuple[Line, str]] = []

    # What a screen reads and does

    def show(self, draw: Draw) -> None:
        """Show these rows; the cursor stays where it is if that row is still there, else on the first."""
        self._draw = draw
        self._redraw()
        keys = self.keys
        if self.cursor not in keys:
            self._set_cursor(keys[0] if keys else "")
            self.scroll_to(y=0, animate=False)

    @property
    def keys(self) -> list[str]:
        """The rows that the cursor can stand on, in order."""
        return list(dict.fromkeys(key for _, key in self._lines if key))

    @property
    def lines(self) -> list[Line]:
        """What is drawn, from the first line on, whether it is in view or not."""
        return [line for line, _ in self._lines]

    # The cursor

    def _set_cursor(self, key: str) -> None:
        if key != self.cursor:
            self.cursor = key
            self.post_message(self.Moved(key))
            self.refresh()

    def _go(self, at: int) -> None:
        keys = self.keys
        if not keys:
            return
        at = min(max(at, 0), len(keys) - 1)
        self._set_cursor(keys[at])
        if at == 0:
            self.scroll_to(y=0, animate=False)  # the heads over the first row, too
        else:
            self._reveal()

    def _place(self) -> int:
        keys = self.keys
        return keys.index(self.cursor) if self.cursor in keys else 0

    def action_step(self, step: int) -> None:
        """The row before or after."""
        self._go(self._place() + step)

    def action_leaf(self, step: int) -> None:
        """A page up or down."""
        each = max(1, len(self._lines) // max(1, len(self.keys)))
        self._go(self._place() + step * max(1, self.scrollable_content_region.height // each - 1))

    def action_edge(self, which: int) -> None:
        """The first or the last row."""
        self._go(0 if which == 0 else len(self.keys) - 1)

    def action_choose(self) -> None:
        """What stands behind the row under the cursor."""
        if self.cursor:
            self.post_message(self.Chosen(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to what was clicked; choose it when it was there already."""
        offset = event.get_content_offset(self)
        y = round(self.scroll_offset.y) + offset.y if offset is not None else -1
        if not 0 <= y < len(self._lines):
            return
        event.stop()
        self.focus()
        key = self._lines[y][1]
        if key and key == self.cursor:
            self.action_choose()
        elif key:
            self._set_cursor(key)
            self._reveal()

    def _reveal(self) -> None:
        """Scroll so that the row of the cursor is in view."""
        own = [y for y, (_, key) in enumerate(self._lines) if key == self.cursor]
        if own:
            region = Region(0, own[0], 1, own[-1] + 1 - own[0])
            self.scroll_to_region(region, animate=False, force=True)

    # Drawing

    def _redraw(self) -> None:
        rows = self._draw(max(0, self.scrollable_content_region.width - len(_HERE)))
        self._lines = [(line, row.key) for row in rows for line in row.lines]
        self.virtual_size = Size(0, len(self._lines))
        self.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        width, base = self.scrollable_content_region.width, self.rich_style
        at = round(self.scroll_offset.y) + y
        if not 0 <= at < len(self._lines):
            return Strip.blank(width, base)
        line, key = self._lines[at]
        ground, gutter = Style(), " "
        if key and key == self.cursor:
            ground, gutter = Style(bgcolor=self.get_component_rich_style("bars--cursor").bgcolor), _HERE
        segments = [
            Segment(text, (self.get_component_rich_style(f"bars--{tone}") if tone else base) + ground)
            for text, tone in ((gutter, "head"), *line.pieces)
        ]
        strip = Strip(segments)
        return strip.extend_cell_length(width, base + ground).crop(0, width)
