"""The flow picture as a widget: phases as boxes joined by arrows, the states of the box under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kcflow.flow_figures import Box, SourceFlow
from kcflow.services.views import FlowState
from screens.widgets.flow_lines import Drawing, Line, Spot, box_spot, state_spot


class FlowChart(ScrollView, can_focus=True, inherit_bindings=False):
    """Boxes of every source, with a cursor on a box or on a state.

    | Key | What it does |
    | :- | :- |
    | left, right | Go to the box before or after (in a narrow list: out of the states, into them). |
    | up, down | Into the states under the box and out again, and to the other source. |
    | pageup, pagedown | Go to the source before or after. |
    | home, end | Go to the first or the last box. |

    A click moves the cursor, a click on the cursor chooses; a screen binds its own key to `action_choose`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "sideways(-1)", show=False),
        Binding("right", "sideways(1)", show=False),
        Binding("up,k", "updown(-1)", show=False),
        Binding("down,j", "updown(1)", show=False),
        Binding("pageup", "source(-1)", show=False),
        Binding("pagedown", "source(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(-1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "flow--dim",
        "flow--bad",
        "flow--warn",
        "flow--good",
        "flow--head",
        "flow--bar",
        "flow--cursor",
    }
    DEFAULT_CSS = """
    FlowChart {
        background: $surface;
        color: $foreground;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
        & > .flow--dim { color: $text-muted; }
        & > .flow--bad { color: $error; text-style: bold; }
        & > .flow--warn { color: $warning; text-style: bold; }
        & > .flow--good { color: $success; }
        & > .flow--head { color: $primary; text-style: bold; }
        & > .flow--bar { color: $primary; }
        & > .flow--cursor { background: $block-cursor-blurred-background; }
        &:focus > .flow--cursor { background: $block-cursor-background; }
    }
    """
    ALLOW_SELECT = False

    @dataclass
    class Moved(Message, namespace="flow_chart"):
        """The cursor stands on another place."""

        spot: Spot | None

    @dataclass
    class Chosen(Message, namespace="flow_chart"):
        """Somebody wants the list of what stands there."""

        spot: Spot

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.sources: tuple[SourceFlow, ...] = ()
        self.cursor: Spot | None = None
        self.lang = "vi"
        self._drawing: Drawing | None = None

    # What the pane reads and does

    def show(self, sources: Sequence[SourceFlow], lang: str) -> None:
        """Show these figures; the cursor stays where it is, if that place is still there."""
        self.sources, self.lang = tuple(sources), lang
        spots = self._boxes()
        if self.cursor is None or self.found(self.cursor) is None:
            box = self.cursor.box if self.cursor is not None else None
            self._set_cursor(box if box in spots else next(iter(spots), None))
        self._redraw()

    def found(self, spot: Spot) -> tuple[Box, FlowState | None] | None:
        """The box at `spot`, and its state there; None where there is none."""
        for flow in self.sources:
            for box in flow.boxes:
                if box_spot(box) != spot.box:
                    continue
                if not spot.state:
                    return box, None
                for state in box.states:
                    if state_spot(box, state) == spot:
                        return box, state
        return None

    def to_box(self) -> bool:
        """Go from a state up to its box; whether there was a way up."""
        if self.cursor is None or not self.cursor.state:
            return False
        self._go(self.cursor.box)
        return True

    # The cursor

    def _boxes(self) -> list[Spot]:
        return [box_spot(box) for flow in self.sources for box in flow.boxes]

    def _states(self) -> list[Spot]:
        """The places of the open box's states."""
        found = self.found(self.cursor.box) if self.cursor is not None else None
        return [state_spot(found[0], state) for state in found[0].states] if found else []

    def _set_cursor(self, spot: Spot | None) -> None:
        if spot != self.cursor:
            self.cursor = spot
            self.post_message(self.Moved(spot))

    def _go(self, spot: Spot) -> None:
        self._set_cursor(spot)
        self._redraw()
        self._reveal()

    def _neighbour(self, step: int) -> None:
        boxes = self._boxes()
        if self.cursor is not None and 0 <= (at := boxes.index(self.cursor.box) + step) < len(boxes):
            self._go(boxes[at])

    def action_sideways(self, step: int) -> None:
        """The box before or after; in the list out of the states or into them."""
        if self.cursor is None:
            return
        if self._drawing is not None and self._drawing.boxed:
            self._neighbour(step)
        elif step < 0:
            self._go(self.cursor.box)
        elif not self.cursor.state and (states := self._states()):
            self._go(states[0])

    def action_updown(self, step: int) -> None:
        """Into the states and out again, then to what lies above or below."""
        cursor = self.cursor
        if cursor is None:
            return
        states = self._states()
        boxed = self._drawing is not None and self._drawing.boxed
        if cursor.state:
            at = states.index(cursor) + step
            if 0 <= at < len(states):
                self._go(states[at])
            elif at < 0:
                self._go(cursor.box)
            elif boxed:
                self.action_source(1)
            else:
                self._neighbour(1)
        elif not boxed:
            self._neighbour(step)
        elif step > 0 and states:
            self._go(states[0])
        else:
            self.action_source(step)

    def action_source(self, step: int) -> None:
        """The same box of the source before or after."""
        if self.cursor is None:
            return
        names = [flow.source for flow in self.sources]
        at = names.index(self.cursor.source)
        if not 0 <= at + step < len(names):
            return
        place = [box_spot(box) for box in self.sources[at].boxes].index(self.cursor.box)
        boxes = self.sources[at + step].boxes
        self._go(box_spot(boxes[min(place, len(boxes) - 1)]))

    def action_edge(self, which: int) -> None:
        """The first or the last box."""
        if boxes := self._boxes():
            self._go(boxes[which])

    def action_choose(self) -> None:
        """The list of what stands under the cursor."""
        if self.cursor is not None:
            self.post_message(self.Chosen(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to what was clicked; choose it when it was there already."""
        offset = event.get_content_offset(self)
        line = self._line(round(self.scroll_offset.y) + offset.y) if offset is not None else None
        if offset is None or line is None:
            return
        event.stop()
        self.focus()
        for start, end, spot in line.spots:
            if start <= offset.x < end:
                if spot == self.cursor:
                    self.action_choose()
                else:
                    self._go(spot)
                return

    # Drawing

    @property
    def lines(self) -> list[Line]:
        """What is drawn, from the first line on, whether it is in view or not."""
        return self._drawing.lines if self._drawing is not None else []

    def _line(self, y: int) -> Line | None:
        return self.lines[y] if 0 <= y < len(self.lines) else None

    def _redraw(self) -> None:
        room = self.scrollable_content_region
        self._drawing = Drawing(self.sources, room.width, room.height, self.lang, self.cursor)
        self.virtual_size = Size(0, len(self._drawing.lines))
        self.refresh()

    def _reveal(self) -> None:
        """Scroll so that the cursor's box with its states, or at least the cursor, is in view."""
        rows = [
            y
            for y, line in enumerate(self.lines)
            if any(self.cursor is not None and spot.box == self.cursor.box for _, _, spot in line.spots)
        ]
        own = [y for y in rows if any(spot == self.cursor for _, _, spot in self.lines[y].spots)]
        for found in (rows, own):
            if found:
                # The line above is the heading of the first box.
                top = max(0, found[0] - 2)
                region = Region(0, top, 1, found[-1] + 1 - top)
                self.scroll_to_region(region, animate=False, force=True)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        width, base = self.scrollable_content_region.width, self.rich_style
        line = self._line(round(self.scroll_offset.y) + y)
        if line is None:
            return Strip.blank(width, base)
        cursor = Style(bgcolor=self.get_component_rich_style("flow--cursor").bgcolor)
        here = [(start, end) for start, end, spot in line.spots if spot == self.cursor]
        segments: list[Segment] = []
        x = 0
        for text, tone in line.pieces:
            style = self.get_component_rich_style(f"flow--{tone}") if tone else base
            segment = Segment(text, style)
            middle = x + segment.cell_length / 2
            if any(start <= middle < end for start, end in here):
                segment = Segment(text, style + cursor)
            segments.append(segment)
            x += segment.cell_length
        return Strip(segments).adjust_cell_length(width, base)
