"""Fields in which something is chosen: one of several values, any of several, a file."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Select
from textual.widgets._select import SelectCurrent

from kcflow.i18n import t
from kcflow.text import visible
from screens.forms.entries import Boxes, Choice, Entry, Fault, prompts
from screens.forms.fields import Field, lang_of, words
from states.model import Label


class ChoiceField(Field[str]):
    """One of several values; typing in the open list finds one, without diacritics."""

    def __init__(
        self,
        key: str,
        label: Label,
        options: Sequence[tuple[str, Label]],
        value: str | None = None,
        *,
        required: bool = False,
        blank: Label | None = None,
    ) -> None:
        """Offer `options` (value, words). With `blank` nothing may be chosen too; that is how it reads."""
        super().__init__(key, label, required=required)
        self._options, self._blank = tuple(options), blank
        known = {option for option, _ in self._options}
        self._first = value if value in known else None
        self._wished: str | None = None

    def _prompts(self) -> list[tuple[str, str]]:
        return [(value, label(lang_of(self))) for value, label in self._options]

    def _make_entry(self) -> Widget:
        blank = self._blank if self._blank is not None or not self._must_be_blank() else words("form.choose")
        return Choice(
            prompts(self._prompts()),
            prompt=blank(lang_of(self)) if blank else "",
            allow_blank=blank is not None,
            value=Select.NULL if self._first is None and blank is not None else self._start(),
            compact=True,
        )

    def _must_be_blank(self) -> bool:
        """Without a first value nothing is chosen for anybody."""
        return self._first is None and (len(self._options) != 1)

    def _start(self) -> str:
        return self._first if self._first is not None else self._options[0][0]

    @property
    def choice(self) -> Choice:
        """The widget that chooses."""
        return self.query_one(Choice)

    def choose(self, value: str | None) -> None:
        """Choose `value`, if it is offered."""
        if value is None:
            self.choice.clear()
        elif any(value == option for option, _ in self._options):
            self.choice.value = value
            self._wished = None

    def kept(self) -> str:
        """The value that is chosen."""
        return self.choice.selection or ""

    def restore(self, text: str) -> None:
        """Choose it; what isn't offered yet is chosen as soon as it is."""
        self._wished = text or None
        self.choose(text or None)

    def offer(self, options: Sequence[tuple[str, Label]]) -> None:
        """Offer other values; what was chosen stays if it is among them."""
        chosen = self.choice.selection
        self._options = tuple(options)
        self.choice.set_options(prompts(self._prompts()))
        self.choose(chosen if self._wished is None else self._wished)
        # Textual writes the words of a choice only when another value is chosen.
        for words_of, value in prompts(self._prompts()):
            if value == self.choice.selection:
                for shown in self.choice.query(SelectCurrent):
                    shown.update(words_of)

    def relabel(self) -> None:
        """Write the words anew; what was chosen stays."""
        super().relabel()
        self.offer(self._options)

    def _read(self) -> str | None:
        return self.choice.selection


class ManyField(Field[tuple[str, ...]]):
    """Any of several values, each with its box."""

    def __init__(
        self,
        key: str,
        label: Label,
        options: Sequence[tuple[str, Label]],
        value: Iterable[str] = (),
        *,
        required: bool = False,
    ) -> None:
        """Offer `options` (value, words), some of them ticked already."""
        super().__init__(key, label, required=required)
        self._options, self._first = tuple(options), frozenset(value)

    def _words(self) -> list[tuple[str, str]]:
        return [(value, label(lang_of(self))) for value, label in self._options]

    def _make_entry(self) -> Widget:
        return Boxes(self._words(), self._first)

    @property
    def boxes(self) -> Boxes:
        """The widget that holds the boxes."""
        return self.query_one(Boxes)

    def kept(self) -> str:
        """The ticked values, with commas."""
        return ",".join(value for value, _ in self._options if value in self.boxes.ticked)

    def restore(self, text: str) -> None:
        """Tick exactly these, as far as they are offered."""
        wanted = text.split(",")
        self.boxes.tick(value for value, _ in self._options if value in wanted)

    def relabel(self) -> None:
        """Write the words anew; the ticks stay."""
        super().relabel()
        self.boxes.offer(self._words())

    def _read(self) -> tuple[str, ...] | None:
        return tuple(value for value, _ in self._options if value in self.boxes.ticked)


class _Paths(Suggester):
    """Completes the path of a file with one of `suffixes`, or of a folder; right arrow takes it."""

    def __init__(self, suffixes: frozenset[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suffixes = suffixes

    async def get_suggestion(self, value: str) -> str | None:
        """The first entry of the folder that begins like this."""
        return await asyncio.to_thread(_completed, value, self._suffixes)


def _completed(value: str, suffixes: frozenset[str]) -> str | None:
    head, _, start = value.rpartition("/")
    if not start:
        return None
    try:
        names = [entry.name for entry in folder_entries(Path(f"{head}/").expanduser(), suffixes)]
    except (OSError, RuntimeError):
        return None
    found = next((name for name in names if name.startswith(start) and name != start), None)
    return None if found is None else value + found[len(start) :]


def folder_entries(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    """What one may choose in `folder`: folders, and files with one of `suffixes` (all, when empty).

    Hidden ones and names with unseen characters are left out. Raises OSError.
    """
    found = [
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".")
        and visible(entry.name) == unicodedata.normalize("NFC", entry.name)
        and (not suffixes or entry.is_dir() or entry.suffix.lower() in suffixes)
    ]
    return sorted(found, key=lambda entry: (not entry.is_dir(), entry.name.casefold()))


class FileField(Field[str]):
    """The path of a file; a name is taken exactly as it is on the disk."""

    HINT = "form.path_form"
    """Catalogue key of what the empty field says."""
    ENTRY: ClassVar[type[Entry]] = Entry

    def __init__(
        self,
        key: str,
        label: Label,
        value: str = "",
        *,
        required: bool = False,
        suffixes: Iterable[str] = (),
    ) -> None:
        """Start with `value`; completion offers files with one of `suffixes`, all when there are none."""
        super().__init__(key, label, required=required)
        self._first, self._suffixes = value, frozenset(suffixes)

    def _make_entry(self) -> Widget:
        return self.ENTRY(self._first, exact=True, suggester=_Paths(self._suffixes), placeholder=t(self.HINT))

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self.query_one(Entry).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(Entry).value = value

    def _read(self) -> str | None:
        text = self.text.strip()
        if not text:
            return None
        if visible(text, multiline=False) != text and not _only_decomposed(text):
            raise Fault(words("form.path_unseen"))
        return text

    def key_tab(self, event: events.Key) -> None:
        """Take the completion, as a command line does; a path that is whole goes on to the next field."""
        entry = self.query_one(Entry)
        at_end = entry.cursor_position >= len(entry.value)
        if at_end and entry._suggestion not in ("", entry.value) and self._absent() is not None:
            event.stop()
            event.prevent_default()
            entry.action_cursor_right()
            if Path(entry.value).expanduser().is_dir():
                entry.insert_text_at_cursor("/")

    def on_descendant_blur(self, _event: events.DescendantBlur | None = None) -> None:
        """Leaving the field looks whether the file is there."""
        super().on_descendant_blur()
        if self.is_mounted and not self.faulty and (problem := self._absent()):
            self.fault(problem)

    def _absent(self) -> Label | None:
        path = self.value
        if path is None:
            return None
        try:
            there = Path(path).expanduser().is_file()
        except (OSError, RuntimeError, ValueError):
            there = False
        return None if there else words("form.no_file", path=visible(path))

    def problem(self) -> Label | None:
        """Also when the file is not there."""
        return super().problem() or self._absent()


class FolderField(FileField):
    """The path of a folder."""

    HINT = "form.folder_form"

    def _absent(self) -> Label | None:
        path = self.value
        if path is None:
            return None
        try:
            there = Path(path).expanduser().is_dir()
        except (OSError, RuntimeError, ValueError):
            there = False
        return None if there else words("form.no_folder", path=visible(path))


def _only_decomposed(text: str) -> bool:
    composed = unicodedata.normalize("NFC", text)
    return visible(composed) == composed
