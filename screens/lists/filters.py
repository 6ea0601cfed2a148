"""A dialog of a few fields that says what a list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from screens.base import DeskModal
from screens.commands import bindings
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, TextField, words
from screens.lists.list_commands import ApplyFilter, ResetFilter
from screens.lists.picks import PickField
from states.model import Label

Value = str | date | int | tuple[str, ...] | None
FilterField = ChoiceField | TextField | DateField | MoneyField | WholeField | PickField
Wrong = tuple[str, Label] | None
"""Key of a field that can't be taken beside the others, and why."""
Choices = Sequence[tuple[str, Label]]


class FilterDialog(DeskModal[dict[str, Value]]):
    """Fields in a box; ^s or enter applies them, ^r empties them, escape leaves the list as it is.

    Gives a value for each field's key (None: not filtered by it).
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(ApplyFilter, ResetFilter)
    title_key = "filter.title"
    help_key = "help.filter"

    CSS = """
    FilterDialog > .modal { width: 82; }
    FilterDialog.-narrow .field-label { width: 20; }
    FilterDialog.-narrow .field-error { padding: 0 0 0 20; }
    """

    def __init__(
        self,
        fields: Sequence[FilterField],
        judge: Callable[[Mapping[str, Value]], Wrong] = lambda _: None,
    ) -> None:
        """Show these fields; `judge` says what is wrong with all of them together."""
        super().__init__()
        self._fields = tuple(fields)
        self._judge = judge

    def body(self) -> Iterable[Widget]:
        """The fields."""
        return self._fields

    def on_mount(self) -> None:
        """Start in the first field."""
        if self._fields:
            self._fields[0].focus_entry()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter applies."""
        message.stop()
        self.action_apply_filter()

    def action_apply_filter(self) -> None:
        """Show the list by these filters, if every field can be taken."""
        bad = [field for field in self._fields if not field.check()]
        if bad:
            bad[0].focus_entry()
            return
        values: dict[str, Value] = {field.key: field.value for field in self._fields}
        wrong = self._judge(values)
        if wrong is not None:
            field = next(field for field in self._fields if field.key == wrong[0])
            field.fault(wrong[1])
            field.focus_entry()
            return
        self.dismiss(values)

    def action_reset_filter(self) -> None:
        """Show everything."""
        self.dismiss({field.key: None for field in self._fields})

    def on_language_changed(self) -> None:
        """Write frame and labels anew."""
        super().on_language_changed()
        for field in self._fields:
            field.relabel()


def choice(key: str, label: Label, options: Choices, value: str | None) -> ChoiceField:
    """A field that offers `options`, or all of them."""
    return ChoiceField(key, label, options, value, blank=words("filter.all"))


def text(key: str, label: Label, value: str | None) -> TextField:
    """A field for a word."""
    return TextField(key, label, value or "")


def day(key: str, label: Label, value: date | None, today: date) -> DateField:
    """A field for a day."""
    return DateField(key, label, value, today=today)


def chosen(values: Mapping[str, Value], key: str) -> str | None:
    """The words or the choice of a field."""
    value = values.get(key)
    return value if isinstance(value, str) and value else None


def day_of(values: Mapping[str, Value], key: str) -> date | None:
    """The day of a field."""
    value = values.get(key)
    return value if isinstance(value, date) else None


def many(values: Mapping[str, Value], key: str) -> tuple[str, ...]:
    """What is chosen in a field for several."""
    value = values.get(key)
    return value if isinstance(value, tuple) else ()


def amount_of(values: Mapping[str, Value], key: str) -> int | None:
    """The amount in a field, in đồng."""
    value = values.get(key)
    return value if isinstance(value, int) else None
