"""The typed inputs of an act as fields: a month, a share, money, a day, a line of text, a choice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from textual.widget import Widget

from kcflow.services.views import FieldAsk, OptionView
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField
from screens.forms.entries import Entry, Fault
from screens.forms.fields import DateField, Field, LineField, TextField, narrow, words
from states.model import Label

PREFIX = "typed-"
"""Begins the keys of these fields, so that they are read again from any form."""


class MonthField(LineField[str]):
    """A month, entered as mm/yyyy; its value is "2024-05"."""

    def __init__(self, key: str, label: Label, value: date | None = None, *, required: bool = False) -> None:
        """Start with the month of `value`."""
        super().__init__(key, label, required=required)
        self._first = value

    def _make_entry(self) -> Widget:
        first = f"{self._first.month:02}/{self._first.year}" if self._first else ""
        return narrow(Entry(first, max_length=7), 10)

    def _read(self) -> str | None:
        text = self.text.strip()
        if not text:
            return None
        month, _, year = text.replace("-", "/").partition("/")
        good = month.isascii() and month.isdigit() and year.isascii() and year.isdigit() and len(year) == 4
        if not good or not 1 <= int(month) <= 12:
            raise Fault(words("form.not_a_month"))
        return f"{int(year):04}-{int(month):02}"


class ShareField(LineField[int]):
    """A share in percent with at most one decimal; its value is in thousandths."""

    def _make_entry(self) -> Widget:
        return narrow(Entry("", max_length=6), 10)

    def _read(self) -> int | None:
        text = self.text.strip().removesuffix("%").strip().replace(",", ".")
        if not text:
            return None
        whole, _, tenth = text.partition(".")
        digits = whole + tenth
        if not (digits.isascii() and digits.isdigit() and whole and len(tenth) <= 1):
            raise Fault(words("form.not_a_share"))
        permille = int(whole) * 10 + int(tenth or 0)
        if permille > 1000:
            raise Fault(words("form.not_a_share"))
        return permille


def typed_fields(option: OptionView, today: date) -> Iterator[Widget]:
    """A field for each typed input of the act, in its order."""
    for ask in option.fields:
        yield _field(ask, today)


def _field(ask: FieldAsk, today: date) -> Widget:
    key, label, required = f"{PREFIX}{ask.name}", ask.label, ask.required
    if ask.kind == "money":
        return MoneyField(key, label, required=required)
    if ask.kind == "permille":
        share = Label(f"{label.vi} (%)", f"{label.en} (%)")
        return ShareField(key, share, required=required)
    if ask.kind == "month":
        # A report made in the first days of a month is about the month before.
        return MonthField(key, label, today - timedelta(days=5), required=required)
    if ask.kind == "day":
        return DateField(key, label, today=today, required=required, past_only=True)
    if ask.kind == "choice":
        return ChoiceField(key, label, ask.choices, required=required, blank=words("form.choose"))
    return TextField(key, label, required=required)


def read_typed(form: Widget) -> dict[str, object]:
    """What stands in the typed fields so far, by name; what is empty or can't be read is left out."""
    found: dict[str, object] = {}
    for field in form.query(Field).results(Field):
        if field.key.startswith(PREFIX) and field.is_mounted:
            value = field.value
            if value is not None:
                found[field.key.removeprefix(PREFIX)] = (
                    value.isoformat() if isinstance(value, date) else value
                )
    return found
