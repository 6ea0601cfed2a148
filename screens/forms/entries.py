"""The bare inputs under the fields: what is typed is composed, what is pasted passes the door first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import EditResult
from textual.message import Message
from textual.widgets import OptionList, Select, TextArea
from textual.widgets._select import SelectOverlay
from textual.widgets.option_list import Option

from kcflow.text import TextRefused, fold, visible
from screens.forms.entry import Entry, Fault, PasteRefused, edit_at_once, pasted, refused
from screens.widgets.hanging import Hanging

__all__ = ["Boxes", "Choice", "Entry", "Fault", "Memo", "PasteRefused", "prompts", "refused"]

_MARKS_MOST = 8
"""A letter with more marks than this is no letter of anybody's."""


class Memo(TextArea):
    """Several lines; Tab leaves it."""

    def __init__(self, value: str = "") -> None:
        """Start with `value`, shown in its visible form."""
        super().__init__(
            visible(value, multiline=True),
            tab_behavior="focus",
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            soft_wrap=True,
        )

    def _replace_via_keyboard(
        self, insert: str, start: tuple[int, int], end: tuple[int, int]
    ) -> EditResult | None:
        """Put typed text in, joined with the letter before it (NFC)."""
        start, end = min(start, end), max(start, end)
        if insert and unicodedata.combining(insert[0]):
            row, column = start
            before = min(column, _MARKS_MOST)
            head = self.document.get_line(row)[column - before : column]
            insert, start = unicodedata.normalize("NFC", head + insert), (row, column - before)
        return super()._replace_via_keyboard(insert, start, end)

    def take_in(self, text: str) -> None:
        """Put pasted `text` at the cursor, or say why it can't enter."""
        try:
            clean = pasted(text, multiline=True)
        except TextRefused as error:
            self.post_message(PasteRefused(self, refused(error).text))
            return
        if result := self._replace_via_keyboard(clean, *self.selection):
            self.move_cursor(result.end_location)

    def on_key(self, event: events.Key) -> None:
        """Keep the order of a burst."""
        edit_at_once(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take_in(event.text)

    def action_paste(self) -> None:
        """Paste from the application's own clipboard."""
        self.take_in(self.app.clipboard)


class _FoldedOverlay(SelectOverlay):
    """The list of a choice; typing finds a name without its diacritics."""

    def _find_search_match(self, query: str) -> int | None:
        wanted = fold(query)
        places = [
            (fold(option.prompt.plain).find(wanted), index)
            for index, option in enumerate(self._options)
            if isinstance(option.prompt, Text)
        ]
        return min(((place, index) for place, index in places if place >= 0), default=(0, None))[1]


class Choice(Select[str]):
    """One of several values; its words are shown literally."""

    def compose(self) -> ComposeResult:
        """The value and the list under it."""
        for widget in super().compose():
            if isinstance(widget, SelectOverlay):
                yield _FoldedOverlay(type_to_search=True).data_bind(compact=Select.compact)
            else:
                yield widget


def prompts(options: list[tuple[str, str]]) -> list[tuple[Text, str]]:
    """Options (value, words) as a `Choice` takes them."""
    return [(Text(visible(words), no_wrap=True, overflow="ellipsis"), value) for value, words in options]


class Boxes(OptionList):
    """Any of several values. A ticked box holds a tick, an empty one nothing: no colour has to tell."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", show=False)]

    DEFAULT_CSS = """
    Boxes { width: 1fr; height: auto; max-height: 12; scrollbar-size: 1 1; }
    """

    @dataclass
    class Ticked(Message):
        """Another set of boxes is ticked."""

        boxes: Boxes

        @property
        def control(self) -> Boxes:
            """The boxes."""
            return self.boxes

    def __init__(
        self,
        options: Iterable[tuple[str, str]],
        ticked: Iterable[str] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Offer `options` (value, words), those of `ticked` ticked."""
        super().__init__(id=id, compact=True)
        self._offered = tuple(options)
        self.ticked = frozenset(ticked)
        self.add_options(self._prompts())

    def on_focus(self) -> None:
        """Put the cursor on the first box."""
        if self.highlighted is None:
            self.highlighted = 0

    def action_cursor_down(self) -> None:
        """Move on; a quick key may come before the focus is told."""
        self.on_focus()
        super().action_cursor_down()

    def action_select(self) -> None:
        """Tick the box under the cursor."""
        self.on_focus()
        super().action_select()

    def _prompts(self) -> list[Option]:
        return [
            Option(
                Hanging([Content(f"[{'✓' if value in self.ticked else ' '}] {visible(shown)}")], hang=4),
                f"box-{value}",
            )
            for value, shown in self._offered
        ]

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        """Write the words anew; the ticks stay."""
        self._offered = tuple(options)
        self._redraw()

    def tick(self, values: Iterable[str]) -> None:
        """Tick exactly these."""
        ticked = frozenset(values)
        if ticked != self.ticked:
            self.ticked = ticked
            self._redraw()
            self.post_message(self.Ticked(self))

    def toggle_box(self, value: str) -> None:
        """Tick a box, or take the tick away."""
        self.tick(self.ticked ^ {value})

    def _redraw(self) -> None:
        at = self.highlighted
        self.clear_options()
        self.add_options(self._prompts())
        self.highlighted = at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tick or untick the box under the cursor."""
        event.stop()
        self.toggle_box(self._offered[event.option_index][0])
