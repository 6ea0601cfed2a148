"""Fields of forms: a label, an entry, an echo of how it was understood, and under it what is wrong with it.

A field never parses in silence: a date shows its weekday, an amount its đồng. What a field holds is `value`;
`problem()` says why it holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.text import TextRefused, strict, visible
from screens.forms.days import DateEntry, is_short, read_day
from screens.forms.entries import Boxes, Entry, Fault, Memo, PasteRefused, refused
from states.model import Label

V = TypeVar("V")


def words(key: str, **params: object) -> Label:
    """The catalogue's text `key` in both languages."""
    return Label(t(key, "vi", **params), t(key, "en", **params))


def lang_of(widget: Widget) -> str:
    """The language that the application shows now."""
    return str(getattr(widget.app, "lang", "vi"))


class Field(Vertical, Generic[V]):
    """The shared half: label, entry, echo, fault. Subclasses make the entry and read it."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        & .field-label { height: auto; }
        & .field-echo { width: 1fr; height: auto; padding: 0 0 0 1; color: $text-muted; }
        & .field-error { display: none; }
        &.-faulty .field-error { display: block; }
        & Select { width: 1fr; height: 1; }
        & Select.-textual-compact > SelectCurrent { padding: 0 1; background: $surface-active; }
        & Select.-textual-compact:focus > SelectCurrent { background: $block-cursor-background; }
        & Select > SelectOverlay { border: round $border; max-height: 12; padding: 0; }
    }
    """

    ECHOES: ClassVar[bool] = False
    """Whether it says behind the entry how that was understood."""

    @dataclass
    class Changed(Message):
        """Something else stands in a field."""

        field: Field[object]

        @property
        def control(self) -> Field[object]:
            """The field."""
            return self.field

    def __init__(self, key: str, label: Label, *, required: bool = False) -> None:
        """Make a field; `key` names it in its form, `required` marks it with an asterisk."""
        super().__init__(id=f"field-{key}")
        self.key = key
        self.label = label
        self.required = required
        self.wants_focus = False
        """Whether the cursor goes into the field as soon as it is there."""
        self.enter_goes_on = True
        """Whether Enter moves to the next field; else the form does something of its own with it."""
        self._said: Label | None = None
        self._from_outside = False
        self._error: Static | None = None

    # What a form reads and does

    @property
    def value(self) -> V | None:
        """What was entered; None when nothing was, or nothing that can be taken."""
        try:
            return self._read()
        except Fault:
            return None

    def problem(self) -> Label | None:
        """Why the field can't be taken as it stands, or None."""
        try:
            value = self._read()
        except Fault as fault:
            return fault.text
        if self.required and self._empty(value):
            return words("form.required")
        return None

    def check(self) -> bool:
        """Show what is wrong, if anything; return whether all is well."""
        problem = self.problem()
        if problem is not None or not self._from_outside:
            self.fault(problem)
            self._from_outside = False
        return problem is None

    def fault(self, text: Label | None) -> None:
        """Say what is wrong, until something else is entered; None takes it away."""
        self._said = text
        self._from_outside = text is not None
        self._write_fault()

    @property
    def faulty(self) -> bool:
        """Whether something is said to be wrong."""
        return self._said is not None

    def relabel(self) -> None:
        """Write every word anew, in the present language."""
        self.query_one(".field-label", Static).update(self._label_content())
        self._write_fault()
        self._write_echo()

    def kept(self) -> str:
        """What stands there as a text, right or wrong, that `restore` can put back."""
        return str(getattr(self, "text", ""))

    def restore(self, text: str) -> None:
        """Put back what `kept` gave."""
        self.text = text

    def focus_entry(self) -> None:
        """Put the cursor into the field."""
        self._entry.focus()

    def set_required(self, required: bool) -> None:
        """Mark the field as required, or no longer."""
        self.required = required
        self.query_one(".field-label", Static).update(self._label_content())

    # For subclasses

    def _make_entry(self) -> Widget:
        raise NotImplementedError

    def _read(self) -> V | None:
        raise NotImplementedError

    def _echo(self) -> str:
        return ""

    def _empty(self, value: V | None) -> bool:
        return value is None or value == "" or value == ()

    # The rest

    @property
    def _entry(self) -> Widget:
        return self.query_one(".field-entry", Widget)

    def compose(self) -> ComposeResult:
        """The line; what is wrong with it comes under it when there is something to say."""
        entry = self._make_entry()
        entry.add_class("field-entry")
        with Horizontal(classes="field"):
            yield Static(self._label_content(), classes="field-label", markup=False)
            yield entry
            if self.ECHOES:
                yield Static("", classes="field-echo", markup=False)

    def on_mount(self) -> None:
        """Say how the first value was understood."""
        self._write_echo()
        if self.wants_focus:
            self.focus_entry()

    def _label_content(self) -> Content:
        return Content(visible(self.label(lang_of(self))) + (" *" if self.required else ""))

    def _write_fault(self) -> None:
        if not self.is_mounted:
            return
        self.set_class(self._said is not None, "-faulty")
        if self._said is None:
            return
        content = Content(f"✗ {visible(self._said(lang_of(self)))}")
        if self._error is None:
            self._error = Static(content, classes="field-error", markup=False)
            self.mount(self._error)
        else:
            self._error.update(content)

    def _write_echo(self) -> None:
        if not self.ECHOES:
            return
        echo = self._echo()
        line = self.query_one(".field-echo", Static)
        line.update(Content(visible(echo)))
        line.display = bool(echo)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(Boxes.Ticked)
    def _entry_changed(self, event: Message) -> None:
        event.stop()
        self._reread()

    def _reread(self) -> None:
        if self._said is not None:
            # While somebody mends it, the sentence follows what stands there now.
            self._said = None if self._from_outside else self._live_problem()
            self._from_outside = False
            self._write_fault()
        self._write_echo()
        self.post_message(self.Changed(self))  # type: ignore[arg-type]

    def _live_problem(self) -> Label | None:
        try:
            self._read()
        except Fault as fault:
            return fault.text
        return None

    @on(Input.Submitted)
    def _next_field(self) -> None:
        if self.enter_goes_on:
            self.screen.focus_next()

    @on(PasteRefused)
    def _paste_refused(self, event: PasteRefused) -> None:
        event.stop()
        self.fault(event.text)

    def on_descendant_blur(self) -> None:
        """Leaving a field says what is wrong with it; that it is empty is said only on sending."""
        if self.is_mounted and not self._from_outside:
            self._said = self._live_problem()
            self._write_fault()


def narrow(entry: Entry, cells: int) -> Entry:
    """Give an entry the width of what it holds; its echo stands right behind it."""
    entry.styles.width = cells
    return entry


class LineField(Field[V]):
    """The half that fields of one line share: their letters."""

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self.query_one(Entry).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(Entry).value = visible(value)


class TextField(LineField[str]):
    """One line of text through the strict door."""

    def __init__(
        self,
        key: str,
        label: Label,
        value: str = "",
        *,
        required: bool = False,
        max_length: int = 300,
        hint: str = "",
    ) -> None:
        """Start with `value`; `hint` stands in the empty field."""
        super().__init__(key, label, required=required)
        self._first, self._max, self._hint = value, max_length, hint

    def _make_entry(self) -> Widget:
        return Entry(self._first, placeholder=self._hint)

    def _read(self) -> str | None:
        try:
            return strict(self.text, max_length=self._max) or None
        except TextRefused as error:
            raise refused(error) from None


class MemoField(Field[str]):
    """Several lines of text through the strict door."""

    def __init__(
        self, key: str, label: Label, value: str = "", *, required: bool = False, max_length: int = 2000
    ) -> None:
        """Start with `value`."""
        super().__init__(key, label, required=required)
        self._first, self._max = value, max_length

    def _make_entry(self) -> Widget:
        return Memo(self._first)

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self.query_one(Memo).text

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(Memo).text = visible(value, multiline=True)

    def _read(self) -> str | None:
        try:
            return strict(self.text, max_length=self._max, multiline=True) or None
        except TextRefused as error:
            raise refused(error) from None


class LinesField(MemoField):
    """A list, one entry a line: `lines` holds them."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The entries, empty lines left out."""
        return tuple(line for line in (self.value or "").split("\n") if line)


class DateField(Field[date]):
    """A day as dd/mm/yyyy; the echo says its weekday and how far it is from today, and a short one whole."""

    ECHOES = True

    def __init__(
        self,
        key: str,
        label: Label,
        value: date | None = None,
        *,
        today: date | None = None,
        required: bool = False,
        past_only: bool = False,
    ) -> None:
        """Start with `value`; `past_only` refuses a day after `today`."""
        super().__init__(key, label, required=required)
        self._first, self._today, self._past_only = value, today, past_only

    def _make_entry(self) -> Widget:
        return narrow(DateEntry(date_text(self._first) if self._first else "", self._today), 14)

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self.query_one(DateEntry).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(DateEntry).value = value

    def _read(self) -> date | None:
        text = self.text.strip()
        if not text:
            return None
        try:
            day = read_day(text, self._today)
        except ValueError:
            raise Fault(words("form.not_a_date", found=visible(text))) from None
        if self._past_only and self._today is not None and day > self._today:
            raise Fault(words("form.in_future", today=date_text(self._today)))
        return day

    def _echo(self) -> str:
        lang = lang_of(self)
        day = self.value
        if day is None:
            return "" if self.text.strip() else t("form.date_form", lang)
        weekday = t(f"form.weekday.{day.weekday()}", lang)
        if is_short(self.text):
            weekday = f"= {date_text(day)}, {weekday}"
        if self._today is None:
            return weekday
        apart = (day - self._today).days
        if apart == 0:
            return f"{weekday}, {t('form.today', lang)}"
        side = "ago" if apart < 0 else "ahead"
        return f"{weekday}, {t(f'form.days_{side}', lang, days=abs(apart))}"
