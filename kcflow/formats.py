"""Money and dates as people in Việt Nam and in English read and write them. No floats anywhere.

Money is whole đồng (int). Showing never rounds: 285.250.001 đ in triệu is 285,250001 triệu. Reading never
guesses in silence: where a text has two readings, the one taken is flagged.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from kcflow.text import visible
from states.records import record

UNITS = {"dong": 1, "nghin": 1_000, "trieu": 1_000_000, "ty": 1_000_000_000}
UNIT_WORDS = {
    "dong": ("đồng", "đồng"),
    "nghin": ("nghìn đồng", "thousand đồng"),
    "trieu": ("triệu đồng", "million đồng"),
    "ty": ("tỷ đồng", "billion đồng"),
}
MOST = 10**15  # đồng; a million tỷ is beyond any programme, so it is a slip of the unit

_SUFFIX = {
    "dong": ("đồng", "dong", "đ", "₫", "vnd", "vnđ"),
    "nghin": ("nghìn đồng", "ngàn đồng", "nghìn", "ngàn", "thousand"),
    "trieu": ("triệu đồng", "triệu", "tr.đ", "trđ", "tr", "million"),
    "ty": ("tỷ đồng", "tỉ đồng", "tỷ", "tỉ", "billion"),
}
# The longest first, so that "triệu đồng" is not taken for "đồng".
_SUFFIXES = sorted(
    ((word, unit) for unit, words in _SUFFIX.items() for word in words),
    key=lambda suffix: -len(suffix[0]),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_PLAIN = re.compile(r"\d+([.,]\d+)?", re.ASCII)
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
_COMMAED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SPACED = re.compile(r"\d{1,3}( \d{3})+([.,]\d+)?", re.ASCII)
_TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


class NumberRefused(ValueError):
    """A text or number that is no amount of money.

    `code`: empty, not_number, ambiguous, negative, fraction (of a đồng), too_large or other_unit.
    `params`: `found` (visible text), `unit`, and for ambiguous the readings `thousands` and `decimal` (đồng).
    """

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: dict[str, str | int] = params
        super().__init__(sentence(self, "en"))


@record(frozen=True, slots=True)
class Amount:
    """`dong` (int ≥ 0) and whether the text had a second reading that was set aside (`assumed`)."""

    dong: int
    assumed: bool = False


def count_text(n: int, lang: str = "vi") -> str:
    """A number of things with its thousands apart: "12.345" (vi), "12,345" (en)."""
    text = f"{n:,}"
    return text.replace(",", ".") if lang == "vi" else text


def percent(part: int, base: int, lang: str = "vi") -> str:
    """`part` of `base` (not 0) with one decimal, rounded half up: "35,3%" (vi), "35.3%" (en)."""
    tenths = (part * 2000 + base) // (2 * base)
    return f"{count_text(tenths // 10, lang)}{',' if lang == 'vi' else '.'}{tenths % 10}%"


def signed(n: int, lang: str = "vi") -> str:
    """A count with a real minus sign, as wide as its digits: "−3"."""
    return f"−{count_text(-n, lang)}" if n < 0 else count_text(n, lang)


def _scaled(n: int, size: int, lang: str) -> str:
    """`n` đồng in units of `size` đồng, exact, without trailing zeros."""
    whole, rest = divmod(abs(n), size)
    decimals = str(rest).zfill(len(str(size)) - 1).rstrip("0")
    text = count_text(whole, lang)
    if decimals:
        text += ("," if lang == "vi" else ".") + decimals
    return "-" + text if n < 0 else text


def dong(n: int, lang: str = "vi") -> str:
    """`n` đồng in full: "285.250.000 đ" (vi), "285,250,000 ₫" (en)."""
    return f"{count_text(n, lang)} {'đ' if lang == 'vi' else '₫'}"


def trieu(n: int, lang: str = "vi") -> str:
    """`n` đồng in millions, exact: "285,25 triệu" (vi), "285.25 million" (en)."""
    return f"{_scaled(n, UNITS['trieu'], lang)} {'triệu' if lang == 'vi' else 'million'}"


def compact(n: int, lang: str = "vi") -> str:
    """`n` đồng in the largest unit that says it exactly with at most two decimals; else in đồng or triệu."""
    names = (("ty", "tỷ", "billion"), ("trieu", "triệu", "million"))
    for unit, vi, en in names:
        size = UNITS[unit]
        if abs(n) >= size and n % (size // 100) == 0:
            return f"{_scaled(n, size, lang)} {vi if lang == 'vi' else en}"
    return dong(n, lang)


def in_unit(n: int, unit: str, lang: str = "vi") -> str:
    """`n` đồng as a bare number of `unit` ("dong", "nghin", "trieu", "ty"), as a workbook would show it."""
    return _scaled(n, UNITS[unit], lang) if unit != "dong" else count_text(n, lang)


def date_text(d: date, lang: str = "vi") -> str:
    """A day: "15/06/2023" (vi), "15 Jun 2023" (en)."""
    if lang == "vi":
        return f"{d.day:02}/{d.month:02}/{d.year:04}"
    return f"{d.day:02} {_MONTHS[d.month - 1]} {d.year:04}"


@lru_cache(maxsize=1)
def _vietnam() -> tzinfo:
    """Việt Nam's zone; +07:00 where the machine has no zone data (the country has no summer time)."""
    # Only for instants: importing it costs as much as all the rest of this module.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo("Asia/Ho_Chi_Minh")
    except (ZoneInfoNotFoundError, OSError):
        return timezone(timedelta(hours=7), "+07")


def local(utc: datetime) -> datetime:
    """An aware instant in Việt Nam's time. Raises ValueError for a naive one."""
    if utc.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return utc.astimezone(_vietnam())


def instant_text(utc: datetime, lang: str = "vi", *, seconds: bool = False) -> str:
    """An aware instant in Việt Nam's time: "15/06/2023 14:30". Raises ValueError for a naive one."""
    here = local(utc)
    clock = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    return f"{date_text(here.date(), lang)} {clock}"


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def parse_date(text: str) -> date:
    """Read dd/mm/yyyy, d/m/yyyy or yyyy-mm-dd, years 1900 to 2199. Raises ValueError for anything else."""
    text = text.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise ValueError(f"not a date (dd/mm/yyyy or yyyy-mm-dd): {visible(text[:40])}")
    if not 1900 <= year <= 2199:
        raise ValueError(f"the year is out of range: {year}")
    return date(year, month, day)


def read_dong(text: str, unit: str) -> Amount:
    """Read an amount typed by people, in `unit` ("dong", "nghin", "trieu", "ty").

    "20.285,5", "20285.5", "1.143,3", "1,143.3", "285,25", "1 143,3", also with the unit's own word behind.
    One separator before exactly three digits has two readings. It is read as in Việt Nam (dot thousands,
    comma decimal) and flagged `assumed`, except in đồng, where only thousands make sense.
    Raises `NumberRefused`.
    """
    shown = visible(text.strip()[:40])
    number = _without_unit(text, unit, shown)
    if number[:1] in ("-", "\u2212") or (number[:1] == "(" and number[-1:] == ")"):
        if re.fullmatch(r"[\d., ]*\d[\d., ]*", number.strip("-\u2212() "), re.ASCII):
            raise NumberRefused("negative", found=shown, unit=unit)
        raise NumberRefused("not_number", found=shown, unit=unit)
    number = number.removeprefix("+")
    assumed = False
    if _TWO_READINGS.fullmatch(number):
        if unit == "dong":
            plain = re.sub("[.,]", "", number)
        else:
            assumed = True
            plain = number.replace(".", "") if "." in number else number.replace(",", ".")
    elif _DOTTED.fullmatch(number) and not number.startswith("0"):
        plain = number.replace(".", "").replace(",", ".")
    elif _COMMAED.fullmatch(number) and not number.startswith("0"):
        plain = number.replace(",", "")
    elif _SPACED.fullmatch(number) and not number.startswith("0"):
        plain = number.replace(" ", "").replace(",", ".")
    elif _PLAIN.fullmatch(number):
        plain = number.replace(",", ".")
    else:
        raise NumberRefused("not_number", found=shown, unit=unit)
    if len(plain) > 40:
        raise NumberRefused("too_large", found=shown, unit=unit)
    return Amount(_whole_dong(Decimal(plain), unit, shown), assumed)


def _without_unit(text: str, unit: str, shown: str) -> str:
    """`text` without spaces around it and without the word of `unit` behind it."""
    composed = unicodedata.normalize("NFC", text)
    number = " ".join(composed.replace("\u00a0", " ").replace("\u202f", " ").split())
    if not number:
        raise NumberRefused("empty", found="", unit=unit)
    lowered = number.lower()
    for word, name in _SUFFIXES:
        if lowered.endswith(word) and lowered[-len(word) - 1 : -len(word)].strip("0123456789. ,)") == "":
            if name != unit:
                raise NumberRefused("other_unit", found=shown, unit=unit)
            return number[: -len(word)].strip()
    return number


def parse_dong(text: str, unit: str) -> int:
    """Read an amount typed into a form or a command: as `read_dong`, but two readings are refused.

    Raises `NumberRefused`, with code "ambiguous" and both readings where there are two.
    """
    amount = read_dong(text, unit)
    if amount.assumed:
        digits = re.sub(r"[^\d.,]", "", text)
        raise NumberRefused(
            "ambiguous",
            found=visible(text.strip()[:40]),
            unit=unit,
            thousands=int(re.sub("[.,]", "", digits)) * UNITS[unit],
            decimal=_whole_dong(Decimal(digits.replace(",", ".")), unit, digits),
        )
    return amount.dong


def dong_from_number(value: int | Decimal, unit: str) -> int:
    """Whole đồng from a number cell in `unit`. Raises `NumberRefused` (negative, fraction, too_large)."""
    return _whole_dong(Decimal(value), unit, visible(f"{value}"[:40]))


def _whole_dong(value: Decimal, unit: str, shown: str) -> int:
    try:
        amount = value * UNITS[unit]
        if not amount.is_finite():
            raise NumberRefused("not_number", found=shown, unit=unit)
        if amount < 0:
            raise NumberRefused("negative", found=shown, unit=unit)
        if amount > MOST:
            raise NumberRefused("too_large", found=shown, unit=unit)
        if amount != amount.to_integral_value():
            raise NumberRefused("fraction", found=shown, unit=unit)
    except InvalidOperation:
        raise NumberRefused("not_number", found=shown, unit=unit) from None
    return int(amount)


def sentence(refused: NumberRefused, lang: str) -> str:
    """One sentence in `lang`: why the text is no amount, and what to type."""
    p = refused.params
    word = UNIT_WORDS[str(p["unit"])][0 if lang == "vi" else 1]
    names = {"found": p["found"], "word": word}
    if refused.code == "ambiguous":
        names |= {key: dong(int(p[key]), lang) for key in ("thousands", "decimal")}
    return _SENTENCES[refused.code][0 if lang == "vi" else 1].format(**names)


_SENTENCES = {
    "empty": (
        "Chưa có số tiền: hãy nhập số ({word}).",
        "There is no amount: type a number ({word}).",
    ),
    "negative": (
        "“{found}” là số âm: hãy nhập số từ 0 trở lên.",
        "“{found}” is negative: type 0 or more.",
    ),
    "fraction": (
        "“{found}” ({word}) lẻ dưới một đồng: hãy nhập số tiền tròn đồng.",
        "“{found}” ({word}) has a part of a đồng: type whole đồng.",
    ),
    "too_large": (
        "“{found}” ({word}) lớn quá mức có thể: hãy kiểm tra đơn vị tính.",
        "“{found}” ({word}) is larger than can be: check the unit.",
    ),
    "other_unit": (
        "“{found}” ghi đơn vị khác, ở đây tính bằng {word}: hãy đổi số rồi nhập lại.",
        "“{found}” names another unit, here it is {word}: convert it and type again.",
    ),
    "ambiguous": (
        "“{found}” có thể là {thousands} hoặc {decimal}: hãy viết liền không ngăn nghìn, "
        "hoặc thêm phần thập phân.",
        "“{found}” may be {thousands} or {decimal}: write it without a thousands separator, or add decimals.",
    ),
    "not_number": (
        "“{found}” không phải là số tiền: hãy nhập như 20.285,5 ({word}).",
        "“{found}” is not an amount: type one such as 20285.5 ({word}).",
    ),
}
