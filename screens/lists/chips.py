"""The chips over a list: every part of its filter, each of which can be taken away by key or mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.commands import bindings
from screens.lists.list_commands import ClearChips, FilterList, RemoveChip
from screens.lists.wishes import Chip
from screens.widgets.cells import fit, literal

CLOSE = "✕"
_LONGEST = 28
"""Cells that a chip's text takes at most while there are others."""


class ChipsLine(Widget, can_focus=True):
    """The view's name, the chips, and in what is left a quiet text (the order of the rows).

    One line of any width: chips that don't fit are told as "+3", and come into view under the cursor. Left
    and right move between them; x, delete or backspace, or a click on ✕, takes one away, escape all of them.
    """

    DEFAULT_CSS = """
    ChipsLine { height: 1; width: 1fr; padding: 0 1; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(RemoveChip, ClearChips),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter", "edit", show=False, id=f"{FilterList.id}_here"),
        Binding("down,up", "leave_chips", show=False),
    ]

    @dataclass(eq=False, repr=False)
    class Removed(Message, namespace="chips_line"):
        """Somebody takes the chip `key` away."""

        key: str

    @dataclass(eq=False, repr=False)
    class Cleared(Message, namespace="chips_line"):
        """Somebody takes every chip away."""

    @dataclass(eq=False, repr=False)
    class Edited(Message, namespace="chips_line"):
        """Somebody wants to change the filter."""

    @dataclass(eq=False, repr=False)
    class Left(Message, namespace="chips_line"):
        """Somebody goes back to the list."""

    def __init__(self) -> None:
        """Nothing is filtered yet."""
        super().__init__()
        self.chips: tuple[Chip, ...] = ()
        self._view = ""
        self._quiet = ""
        self._at = 0
        self._places: list[tuple[int, int, int]] = []

    def show(self, chips: Sequence[Chip], view: str, quiet: str) -> None:
        """Show these; `view` is the name of the saved view, "" where there is none."""
        self.chips, self._view, self._quiet = tuple(chips), view, quiet
        self._at = max(0, min(self._at, len(self.chips) - 1))
        if not self.chips and self.has_focus:
            self.post_message(self.Left())
        self.can_focus = bool(self.chips)
        self.refresh()

    @property
    def present(self) -> Chip | None:
        """The chip under the cursor."""
        return self.chips[self._at] if self._at < len(self.chips) else None

    # Drawing

    def _fitting(self, first: int, room: int) -> list[tuple[int, str]]:
        """(number, text) of the chips from `first` on that fit into `room` cells, the note "+n" included."""
        shown: list[tuple[int, str]] = []
        used = cell_len(f"‹{first} ") if first else 0
        for number in range(first, len(self.chips)):
            rest = len(self.chips) - number - 1
            left = room - used - (cell_len(f"+{rest}") if rest else 0)
            text = literal(self.chips[number].text)
            width = min(cell_len(text), _LONGEST if len(self.chips) > 1 else room)
            width = min(width, left - 5) if not shown else width
            if width < 3 or width + 5 > left:
                break
            shown.append((number, fit(text, width)))
            used += width + 5
        return shown

    def render(self) -> Content:
        """Draw the line."""
        room = self.content_size.width
        parts: list[tuple[str, str]] = []
        x = 0
        self._places = []

        def add(text: str, style: str) -> None:
            nonlocal x
            parts.append((text, style))
            x += cell_len(text)

        if self._view:
            view = literal(self._view)
            add(fit(f"◆ {view}", min(cell_len(view) + 2, max(8, room // 3))) + "  ", "$primary bold")
        first = 0
        shown = self._fitting(first, room - x)
        while self.has_focus and shown and self._at > shown[-1][0]:
            first += 1
            shown = self._fitting(first, room - x)
        if first and shown:
            add(f"‹{first} ", "$text-muted")
        for number, text in shown:
            here = self.has_focus and number == self._at
            ground = "bold on $block-cursor-background" if here else "on $panel"
            start = x
            add(f" {text} ", f"$foreground {ground}")
            add(f"{CLOSE}", f"$error {ground}")
            self._places.append((start, x, number))
            add(" ", ground)
            add(" ", "")
        rest = len(self.chips) - (shown[-1][0] + 1 if shown else 0)
        if rest > 0:
            add(f"+{rest}", "$accent")
            self._places.append((x - cell_len(f"+{rest}"), x, -1))
        quiet = literal(self._quiet)
        if quiet and rest <= 0 and room - x >= cell_len(quiet) + 1:
            add(("" if not self.chips else " ") + quiet, "$text-muted")
        return Content.assemble(*parts).truncate(max(0, room))

    # Keys and mouse

    def on_focus(self) -> None:
        """Start at the first chip."""
        self._at = min(self._at, max(0, len(self.chips) - 1))
        self.refresh()

    def on_blur(self) -> None:
        """Show them from the start again."""
        self.refresh()

    def action_step(self, by: int) -> None:
        """Go to the chip beside."""
        if self.chips:
            self._at = (self._at + by) % len(self.chips)
            self.refresh()

    def action_remove_chip(self) -> None:
        """Take the chip under the cursor away."""
        if (chip := self.present) is not None:
            self.post_message(self.Removed(chip.key))

    def action_clear_chips(self) -> None:
        """Take all away."""
        self.post_message(self.Cleared())

    def action_edit(self) -> None:
        """Open the filter."""
        self.post_message(self.Edited())

    def action_leave_chips(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """The ✕ takes a chip away, the rest of it is where the cursor goes; "+3" opens the filter."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, number in self._places:
            if start <= offset.x < end:
                event.stop()
                if number < 0:
                    self.action_edit()
                elif offset.x >= end - 2:
                    self.post_message(self.Removed(self.chips[number].key))
                else:
                    self._at = number
                    self.focus()
                    self.refresh()
                return
