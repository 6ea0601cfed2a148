"""From one word of the command line to a value, or one sentence that says what was expected.

Each reader takes the text as typed and raises `BadInput`; texts for people are not judged here but
by the services, which stand behind every entrance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from kcflow.commands.words import both
from kcflow.formats import UNITS, NumberRefused, parse_date, parse_dong
from kcflow.formats import sentence as money_sentence
from kcflow.services.errors import BadInput
from kcflow.services.views import PaperInput
from states.model import Label

V = TypeVar("V")
Reader = Callable[[str], V]

_SHOWN = 60
_TENTHS = frozenset("0123456789")


def named(flag: str, reader: Reader[V]) -> Reader[V]:
    """`reader` whose sentences begin with the option they are about."""

    def read(text: str) -> V:
        try:
            return reader(text)
        except BadInput as bad:
            label = Label(f"{flag}: {bad.text.vi}", f"{flag}: {bad.text.en}")
            raise BadInput(bad.code, label, **bad.params) from None

    return read


def day(text: str) -> date:
    """A date: dd/mm/yyyy, d/m/yyyy or yyyy-mm-dd."""
    try:
        return parse_date(text)
    except ValueError:
        raise BadInput("date", both("usage.date", found=text[:_SHOWN])) from None


def amount(text: str) -> int:
    """Money in đồng from "285250000", "285.250.000 đ", "285,25 triệu", "1.5 tỷ"; bare numbers are đồng."""
    refused: NumberRefused | None = None
    for unit in UNITS:
        try:
            return parse_dong(text, unit)
        except NumberRefused as wrong:
            if wrong.code != "other_unit":
                refused = wrong
                break
    if refused is None or refused.code == "not_number":
        raise BadInput("amount", both("usage.amount", found=text[:_SHOWN]))
    raise BadInput("amount", Label(money_sentence(refused, "vi"), money_sentence(refused, "en"))) from None


def whole(least: int, most: int) -> Reader[int]:
    """A reader of whole numbers from `least` to `most`, both included."""

    def read(text: str) -> int:
        # int() also takes underscores, other scripts' digits and thousands of digits.
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise BadInput("number", both("usage.number", found=text[:_SHOWN], least=least, most=most))

    return read


def paper(text: str) -> PaperInput:
    """A paper as KIND=NUMBER@DATE; number and date may be left out: KIND, KIND=NUMBER, KIND@DATE."""
    rest, at, when = text.rpartition("@")
    if not at:
        rest, when = text, ""
    kind, _, number = rest.partition("=")
    if not kind.strip() or (at and not when.strip()):
        raise BadInput("paper", both("usage.paper", found=text[:_SHOWN]))
    read = PaperInput(kind.strip(), number=number.strip() or None)
    return replace(read, date=day(when)) if at else read


def letter(text: str) -> PaperInput:
    """A letter as NUMBER@DATE; its kind follows from the command."""
    return paper(f"letter={text}")


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE as (name, value)."""
    name, equals, value = text.partition("=")
    if not name.strip() or not equals:
        raise BadInput("pair", both("usage.pair", found=text[:_SHOWN]))
    return name.strip(), value.strip()


def item(text: str) -> tuple[str, int]:
    """CODE=AMOUNT: a proposal with its đồng."""
    code, equals, dong = text.partition("=")
    if not code.strip() or not equals:
        raise BadInput("item", both("usage.item", found=text[:_SHOWN]))
    return code.strip().upper(), amount(dong)


def each_once(items: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Amounts by code. Raises `BadInput` where a proposal is named twice: which amount is meant?"""
    found: dict[str, int] = {}
    for code, dong in items:
        if code in found:
            raise BadInput("item_twice", both("usage.item_twice", code=code))
        found[code] = dong
    return found


def difference(text: str) -> tuple[str, int]:
    """CODE=AMOUNT or CODE=-AMOUNT: by how much more or less a proposal is to have."""
    code, equals, dong = text.partition("=")
    less = dong.strip().startswith(("-", "−"))
    found, more = item(f"{code}{equals}{dong.strip()[1:]}" if less else text)
    return found, -more if less else more


def month(text: str) -> str:
    """A month as "2024-05", from mm/yyyy, m/yyyy or yyyy-mm."""
    try:
        first = parse_date(f"1/{text}" if "/" in text else f"{text}-01")
    except ValueError:
        raise BadInput("month", both("usage.month", found=text[:_SHOWN])) from None
    return f"{first.year:04}-{first.month:02}"


def share(text: str) -> int:
    """A share in thousandths, from "70", "70%", "72,5 %" or "72.5"."""
    whole_, mark, tenth = text.strip().removesuffix("%").strip().replace(",", ".").partition(".")
    good = whole_.isascii() and whole_.isdigit() and len(whole_) <= 3 and (not mark or tenth in _TENTHS)
    permille = int(whole_) * 10 + int(tenth or 0) if good else -1
    if not 0 <= permille <= 1000:
        raise BadInput("share", both("usage.share", found=text[:_SHOWN]))
    return permille
