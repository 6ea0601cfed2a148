"""Months, quarters, years and days as departments type them into a schedule."""

import calendar
import re
from datetime import date
from decimal import Decimal

from kcflow.register_provinces import words
from kcflow.workbook import Cell

_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_DAY = re.compile(r"(?:ngay )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4}) (\d{2}) (\d{2})", re.ASCII)
_MONTH = re.compile(r"(?:thang |t ?)?(\d{1,2}) (?:nam )?(\d{4})", re.ASCII)
_ISO_MONTH = re.compile(r"(\d{4}) (\d{2})", re.ASCII)
_BARE_MONTH = re.compile(r"(?:thang |t ?)(\d{1,2})", re.ASCII)
_QUARTER = re.compile(r"(?:quy|q) ?(i{1,3}|iv|[1-4])(?: (?:nam )?(\d{4}))?", re.ASCII)
_YEAR = re.compile(r"(?:nam )?(\d{4})", re.ASCII)
_BETWEEN = re.compile(r"\s*(?:\bđến\b|\btới\b|[-\u2013\u2014÷→])\s*", re.IGNORECASE)

_LONGEST = 60  # characters of a date or span
# 3-9/2024 in a column for both ends is March to September, not the third of September.
_MONTHS_OF_ONE_YEAR = re.compile(r"\d{1,2}\s*[-\u2013]\s*\d{1,2}\s*/\s*\d{4}", re.ASCII)

Span = tuple[date, date]


def read_span(value: Cell, year: int | None = None) -> tuple[Span, bool] | None:
    """The first and last day that one cell means, and whether `year` had to be assumed; None if not a date.

    A month is its first to its last day; so are a quarter and a year. A day is itself, but a date cell on the
    first of a month is that month: Excel turns a typed 03/2024 into 01/03/2024.
    """
    try:
        if isinstance(value, date):
            return (_months(value.year, value.month) if value.day == 1 else (_sane(value), value)), False
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            return None
        text = str(value)
        return _span(words(text), year) if len(text) <= _LONGEST else None
    except ValueError:
        return None


def _span(text: str, year: int | None) -> tuple[Span, bool] | None:
    if found := _DAY.fullmatch(text):
        day = date(int(found[3]), int(found[2]), int(found[1]))
        return (_sane(day), day), False
    if found := _ISO_DAY.fullmatch(text):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return (_sane(day), day), False
    if found := _MONTH.fullmatch(text):
        return _months(int(found[2]), int(found[1])), False
    if found := _ISO_MONTH.fullmatch(text):
        return _months(int(found[1]), int(found[2])), False
    if found := _QUARTER.fullmatch(text):
        last = 3 * _QUARTERS[found[1]]
        of = int(found[2]) if found[2] else year
        return (_months(of, last - 2, last), found[2] is None) if of else None
    if found := _YEAR.fullmatch(text):
        return _months(int(found[1]), 1, 12), False
    if (found := _BARE_MONTH.fullmatch(text)) and year:
        return _months(year, int(found[1])), True
    return None


def _months(year: int, first: int, last: int | None = None) -> Span:
    """From the first day of one month to the last day of another. Raises ValueError for what is none."""
    last = last or first
    return _sane(date(year, first, 1)), date(year, last, calendar.monthrange(year, last)[1])


def _sane(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise ValueError("no year of a schedule")
    return day


def read_period(value: Cell, year: int | None = None) -> tuple[Span, bool] | None:
    """The span of a cell that holds both ends: "Từ 03/2024 đến 9/2024", "Tháng 3-9/2024", "Quý I - III/2024".

    As `read_span` otherwise.
    """
    whole = (
        None
        if isinstance(value, str) and _MONTHS_OF_ONE_YEAR.fullmatch(value.strip())
        else read_span(value, year)
    )
    if whole or not isinstance(value, str) or len(value) > _LONGEST:
        return whole
    ends = _BETWEEN.split(re.sub(r"^\s*từ\s+", "", value.strip(), flags=re.IGNORECASE))
    if len(ends) != 2:
        return None
    last = read_span(ends[1], year) or read_span(f"{_kind(ends[0])}{ends[1]}", year)
    if not last:
        return None
    (_, end), assumed = last
    first = read_span(ends[0], end.year) or read_span(f"tháng {ends[0]}", end.year)
    if not first:
        return None
    return (first[0][0], end), assumed


def _kind(text: str) -> str:
    """The word that a span's second end leaves out: "Quý I - III/2024"."""
    return "quý " if words(text).startswith(("quy", "q")) else "tháng "
