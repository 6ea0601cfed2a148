"""Several of many: a field of one line that opens a list in which typing finds a name without diacritics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from kcflow.i18n import t
from kcflow.text import fold
from screens.base import DeskModal
from screens.commands import bindings
from screens.forms.entries import Boxes, Entry
from screens.forms.fields import Field, lang_of, words
from screens.lists.list_commands import ChoiceDone, ChoiceReset
from screens.widgets.cells import fit, literal
from states.model import Label

Options = Sequence[tuple[str, Label]]


class Picked(Widget, can_focus=True):
    """One line that says what is chosen; enter, space, down, a letter or a click opens the list."""

    DEFAULT_CSS = """
    Picked { height: 1; width: 1fr; padding: 0 1; background: $surface-active; color: $foreground; }
    Picked:focus { background: $block-cursor-background; }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "open", show=False),
        Binding("delete,backspace", "empty", show=False),
    ]

    @dataclass
    class Wanted(Message):
        """Somebody opens the list; `typed` is the letter that did it."""

        picked: Picked
        typed: str = ""

    @dataclass
    class Emptied(Message):
        """Somebody takes every choice away."""

        picked: Picked

    def __init__(self) -> None:
        """Nothing is chosen."""
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.blank = ""

    def render(self) -> Content:
        """As many names as fit, how many more there are, and the arrow of everything that opens a list."""
        room = self.content_size.width - 2
        names = [literal(name) for name in self.names]
        if not names:
            return Content.assemble((fit(self.blank, room), "$text-muted"), (" ▼", "$text-muted"))
        text, shown = names[0], 1
        for name in names[1:]:
            rest = len(names) - shown - 1
            if cell_len(f"{text}, {name}") + (cell_len(f" +{rest}") if rest else 0) > room:
                break
            text, shown = f"{text}, {name}", shown + 1
        more = f" +{len(names) - shown}" if shown < len(names) else ""
        said = fit(text, min(cell_len(text), room - cell_len(more))) + more
        return Content.assemble(fit(said, room), (" ▼", "$text-muted"))

    def action_open(self) -> None:
        """Open the list."""
        self.post_message(self.Wanted(self))

    def action_empty(self) -> None:
        """Choose nothing."""
        self.post_message(self.Emptied(self))

    def on_key(self, event: events.Key) -> None:
        """A letter opens the list and is searched for."""
        if event.is_printable and event.character and event.character.strip():
            event.stop()
            self.post_message(self.Wanted(self, event.character))

    def on_click(self) -> None:
        """So does a click."""
        self.action_open()


class PickField(Field[tuple[str, ...]]):
    """Any of many values."""

    def __init__(self, key: str, label: Label, options: Options, value: Iterable[str] = ()) -> None:
        """Offer `options` (value, words), some of them chosen already; unknown ones are kept as they are."""
        super().__init__(key, label)
        self._options = tuple(options)
        self._chosen = tuple(value)

    def _make_entry(self) -> Widget:
        return Picked()

    def on_mount(self) -> None:
        """Say what is chosen."""
        self._write()

    def _write(self) -> None:
        lang, known = lang_of(self), dict(self._options)
        picked = self.query_one(Picked)
        picked.blank = t("filter.all", lang)
        picked.names = tuple(known[one](lang) if one in known else one for one in self._chosen)
        picked.refresh()

    def choose(self, values: Iterable[str]) -> None:
        """Choose exactly these."""
        self._chosen = tuple(values)
        self._write()
        self._reread()

    def relabel(self) -> None:
        """Write the words anew."""
        super().relabel()
        self._write()

    def _read(self) -> tuple[str, ...]:
        return self._chosen

    @on(Picked.Wanted)
    def _open(self, event: Picked.Wanted) -> None:
        event.stop()
        dialog = PickDialog(self.label, self._options, self._chosen, event.typed)
        self.app.push_screen(dialog, self._picked)

    def _picked(self, values: tuple[str, ...] | None) -> None:
        if values is not None:
            self.choose(values)

    @on(Picked.Emptied)
    def _empty_it(self, event: Picked.Emptied) -> None:
        event.stop()
        self.choose(())


class PickDialog(DeskModal["tuple[str, ...]"]):
    """A list of boxes under a search; gives the values that are ticked, in the order of the list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ChoiceDone, ChoiceReset)
    title_key = "pick.title"
    help_key = "help.pick"
    CSS = """
    PickDialog > .modal { width: 64; }
    PickDialog Boxes { height: auto; min-height: 3; max-height: 15; margin: 1 0 0 0; }
    """

    def __init__(self, label: Label, options: Options, chosen: Iterable[str], typed: str = "") -> None:
        """Offer `options`; `typed` stands in the search already."""
        super().__init__()
        self._label, self._options, self._typed = label, tuple(options), typed
        self.chosen = frozenset(chosen)
        self._kept = tuple(one for one in chosen if one not in dict(self._options))

    def frame_title(self) -> str:
        """What is chosen here."""
        return self._label(self.lang)

    def body(self) -> Iterable[Widget]:
        """Search over boxes."""
        yield Entry(self._typed, placeholder=t("pick.search", self.lang))
        yield Boxes(self._found(self._typed), self.chosen)

    def on_mount(self) -> None:
        """Start in the search."""
        entry = self.query_one(Entry)
        entry.cursor_position = len(entry.value)
        entry.focus()
        self._look()

    def _found(self, typed: str) -> list[tuple[str, str]]:
        wanted = fold(typed).split()
        shown = [(value, label(self.lang)) for value, label in self._options]
        found = [(v, name) for v, name in shown if all(word in fold(name) for word in wanted)]
        # What is chosen already stands first, so that it is seen and can be taken back.
        return sorted(found, key=lambda one: one[0] not in self.chosen) if not wanted else found

    def _look(self) -> None:
        boxes = self.query_one(Boxes)
        boxes.offer(self._found(self.query_one(Entry).value))
        boxes.highlighted = 0 if boxes.option_count else None
        self._count()

    def _count(self) -> None:
        found = self.query_one(Boxes).option_count
        self.say(
            t("pick.none_found" if not found else "pick.chosen", self.lang, n=len(self.chosen)),
            "info" if found else "warn",
        )

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search as somebody types."""
        message.stop()
        self._look()

    @on(Boxes.Ticked)
    def _ticked(self, message: Boxes.Ticked) -> None:
        message.stop()
        self.chosen = message.boxes.ticked
        self._count()

    def on_key(self, event: events.Key) -> None:
        """From the search into the list and back."""
        boxes, entry = self.query_one(Boxes), self.query_one(Entry)
        if entry.has_focus and event.key == "down" and boxes.option_count:
            event.stop()
            event.prevent_default()
            boxes.focus()
        elif boxes.has_focus and event.key == "up" and not boxes.highlighted:
            event.stop()
            event.prevent_default()
            entry.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter ticks the first that was found; in an empty search it is done."""
        message.stop()
        entry, boxes = self.query_one(Entry), self.query_one(Boxes)
        if not entry.value.strip():
            self.action_apply_filter()
        elif boxes.option_count:
            boxes.toggle_box(self._found(entry.value)[0][0])
            entry.value = ""

    def action_apply_filter(self) -> None:
        """Take them."""
        values = [value for value, _ in self._options if value in self.chosen]
        self.dismiss((*values, *(one for one in self._kept if one in self.chosen)))

    def action_reset_filter(self) -> None:
        """None."""
        self.chosen = frozenset()
        self.query_one(Boxes).tick(())

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(Entry).placeholder = t("pick.search", self.lang)
        self._look()


def pick(key: str, label: str, options: Options, value: Iterable[str]) -> PickField:
    """A field for any of `options`; `label` is a key of the catalogue."""
    return PickField(key, words(label), options, value)
