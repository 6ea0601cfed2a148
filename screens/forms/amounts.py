"""Fields of numbers: amounts of money, and whole numbers between two bounds."""

from __future__ import annotations

from textual.widget import Widget

from kcflow.formats import MOST, UNITS, NumberRefused, dong, in_unit, parse_dong, trieu
from kcflow.formats import sentence as number_sentence
from kcflow.i18n import t
from kcflow.text import visible
from screens.forms.entries import Entry, Fault
from screens.forms.fields import LineField, lang_of, narrow, words
from states.model import Label


class MoneyField(LineField[int]):
    """An amount, in triệu unless another unit stands behind the number; the echo says it in đồng."""

    ECHOES = True

    def __init__(
        self,
        key: str,
        label: Label,
        value: int | None = None,
        *,
        required: bool = False,
    ) -> None:
        """Start with `value` đồng."""
        super().__init__(key, label, required=required)
        self._first = value

    @staticmethod
    def spelled(amount: int) -> str:
        """`amount` đồng as somebody would type it, with one reading only."""
        short = in_unit(amount, "trieu", "vi").replace(".", "")
        try:
            if parse_dong(short, "trieu") == amount:
                return short
        except NumberRefused:
            pass
        return dong(amount, "vi")

    def _make_entry(self) -> Widget:
        return narrow(Entry("" if self._first is None else self.spelled(self._first)), 24)

    def _read(self) -> int | None:
        if not self.text.strip():
            return None
        try:
            return _money(self.text)
        except NumberRefused as error:
            raise Fault(Label(number_sentence(error, "vi"), number_sentence(error, "en"))) from None

    def _echo(self) -> str:
        lang = lang_of(self)
        amount = self.value
        if amount is None:
            return "" if self.text.strip() else t("form.money_form", lang)
        try:
            in_trieu = parse_dong(self.text, "trieu") == amount
        except NumberRefused:
            in_trieu = False
        if in_trieu and amount >= MOST // 1000:
            return t("form.money_huge", lang, amount=dong(amount, lang))
        return f"= {dong(amount, lang)}" if in_trieu else f"= {trieu(amount, lang)}"


def _money(text: str) -> int:
    """Read `text` in the unit that it names, in triệu when it names none. Raises `NumberRefused`."""
    try:
        return parse_dong(text, "trieu")
    except NumberRefused as error:
        if error.code != "other_unit":
            raise
        first = error
    for unit in UNITS:
        try:
            return parse_dong(text, unit)
        except NumberRefused as error:
            if error.code != "other_unit":
                raise
    raise first


class WholeField(LineField[int]):
    """A whole number between two bounds."""

    def __init__(
        self,
        key: str,
        label: Label,
        value: int | None = None,
        *,
        least: int,
        most: int,
        required: bool = False,
    ) -> None:
        """Start with `value`; only `least` to `most` is taken."""
        super().__init__(key, label, required=required)
        self._first, self._least, self._most = value, least, most

    def _make_entry(self) -> Widget:
        return narrow(Entry("" if self._first is None else str(self._first), max_length=8), 10)

    def _read(self) -> int | None:
        text = self.text.strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and self._least <= int(text) <= self._most):
            raise Fault(words("form.not_whole", found=visible(text), least=self._least, most=self._most))
        return int(text)
