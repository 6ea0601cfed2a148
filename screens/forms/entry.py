"""The input of one line: what is typed is composed, what is pasted passes the door first.

Lists search by it, so it stands by itself: what the forms need beside it takes as long again to load.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from kcflow.text import TextRefused, sentence, strict, visible
from states.model import Label

_BREAKS = re.compile(r"[ \t\r\n]+")
_PASTE_MOST = 100_000

_AT_ONCE = {
    "backspace": ("delete_left", ()),
    "delete": ("delete_right", ()),
    "left": ("cursor_left", ()),
    "right": ("cursor_right", ()),
    "shift+left": ("cursor_left", (True,)),
    "shift+right": ("cursor_right", (True,)),
}


def edit_at_once(entry: Widget, event: events.Key) -> None:
    """Carry out a key that mends text before the next letter comes in.

    Textual runs bindings only when the key has bubbled up to the application, after letters that came in the
    same burst; input methods (Telex, VNI) send a letter, a backspace and the composed letter in one.
    """
    if event.key in _AT_ONCE:
        name, arguments = _AT_ONCE[event.key]
        event.stop()
        event.prevent_default()
        getattr(entry, f"action_{name}")(*arguments)


class Fault(Exception):
    """What was entered can't be taken; `text` says why and what to do."""

    def __init__(self, text: Label) -> None:
        super().__init__(text.en)
        self.text = text


def refused(error: TextRefused) -> Fault:
    """Turn the door's refusal into a fault, in both languages."""
    return Fault(Label(sentence(error, "vi"), sentence(error, "en")))


@dataclass
class PasteRefused(Message):
    """Something that may not enter was pasted, and was left out."""

    entry: Widget
    text: Label

    @property
    def control(self) -> Widget:
        """The input."""
        return self.entry


def pasted(text: str, *, multiline: bool) -> str:
    """`text` composed, tabs and (in one line) breaks as spaces. Raises `TextRefused`."""
    if multiline:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    else:
        text = _BREAKS.sub(" ", text)
    strict(text, max_length=_PASTE_MOST, multiline=multiline)
    return unicodedata.normalize("NFC", text)


class Entry(Input):
    """One line. Typed letters are composed (NFC), so that one backspace takes one letter away.

    `exact` keeps every letter as it is: the name of a file may be decomposed.
    """

    def __init__(
        self,
        value: str = "",
        *,
        exact: bool = False,
        placeholder: str = "",
        max_length: int = 0,
        suggester: Suggester | None = None,
    ) -> None:
        """Start with `value`, shown in its visible form; `max_length` 0 is no limit while typing."""
        super().__init__(
            visible(value),
            placeholder=placeholder,
            max_length=max_length,
            suggester=suggester,
            compact=True,
            select_on_focus=False,
        )
        self.exact = exact

    def replace(self, text: str, start: int, end: int) -> None:
        """Put `text` in place of what stands from `start` to `end`, joined with the letter before it."""
        if self.exact or text.isascii():
            super().replace(text, start, end)
            return
        low, high = sorted((max(0, start), min(len(self.value), end)))
        super().replace(unicodedata.normalize("NFC", self.value[:low] + text), 0, high)

    def take_in(self, text: str) -> None:
        """Put pasted `text` at the cursor, or say why it can't enter."""
        try:
            clean = pasted(text, multiline=False)
        except TextRefused as error:
            self.post_message(PasteRefused(self, refused(error).text))
            return
        self.replace(_BREAKS.sub(" ", text).strip() if self.exact else clean, *self.selection)

    def on_key(self, event: events.Key) -> None:
        """Keep the order of a burst."""
        edit_at_once(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take_in(event.text)

    def action_paste(self) -> None:
        """Paste from the application's own clipboard."""
        self.take_in(self.app.clipboard)
