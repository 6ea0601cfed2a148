"""Reading the rows of an annex: who (code or title) gets how much, groups and totals that must tie."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Context, Decimal

from kcflow.formats import UNITS, NumberRefused, date_text, dong, dong_from_number, parse_dong
from kcflow.formats import sentence as number_sentence
from kcflow.register_columns import cell_at
from kcflow.register_provinces import words
from kcflow.services.money.annex_columns import AnnexTable
from kcflow.services.texts import error_label
from kcflow.text import TextRefused, strict, visible
from kcflow.text import sentence as text_sentence
from kcflow.workbook import Broken, Cell, reference
from states.model import Label

_SHEET_DIGITS = Context(prec=15)
_NOTHING = re.compile(r"[-–—\s]*")
_CODE = re.compile(r"[a-z]{2,6}-\d{2}-\d{1,6}", re.IGNORECASE)
_APART = re.compile(r"[\s\u2010-\u2015\u2212_-]+")
_NUMBER = re.compile(r"\d{1,5}([.)]|(\.\d{1,3})+)?", re.ASCII)
_ROMAN = re.compile(r"[ivx]+[.)]?", re.IGNORECASE)
_LETTER = re.compile(r"[a-zđ][.)]?", re.IGNORECASE)
_TOTAL = re.compile(r"(tong( (cong|so|kinh phi|toan bo).{0,40})?|cong|cong tong|cong( [a-hivx]+){2,})")
_GROUP_TOTAL = re.compile(r"(cong|tong|tong cong)( cua)? (nhom|muc|phan|tinh|vung|[ivx]+\b|[a-h]\b).{0,60}")


@dataclass
class ReadRow:
    """One row that gives money to somebody, as written; `dong` None: not readable (a problem says why)."""

    row_number: int
    code: str
    title: str
    unit: str
    dong: int | None
    problems: list[Label] = field(default_factory=list)
    warnings: list[Label] = field(default_factory=list)


@dataclass
class ReadList:
    """All rows, what the annex gives as its total, and what doesn't tie."""

    rows: list[ReadRow]
    stated_total: int | None = None
    problems: list[Label] = field(default_factory=list)
    warnings: list[Label] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Σ of what could be read, đồng."""
        return sum(row.dong or 0 for row in self.rows)


@dataclass
class _Sum:
    """A group that is open: what it states and what its rows have added up to so far."""

    level: int
    name: str
    cell: str
    stated: int | None
    rows: int = 0
    found: int = 0


def read_list(table: AnnexTable, column: int, unit: str) -> ReadList:
    """Every row of `table`, its amounts in `column` being in `unit` unless a cell names its own."""
    return _Reader(table, column, unit).read()


class _Reader:
    def __init__(self, table: AnnexTable, column: int, unit: str) -> None:
        self._table, self._column, self._unit = table, column, unit
        self._list = ReadList([])
        self._open: list[_Sum] = []
        self._ended = False
        self._levels: dict[str, int] = {}
        self._above: dict[str, str] = {}

    def read(self) -> ReadList:
        for row in range(self._table.first, len(self._table.sheet.rows)):
            self._one(row)
        self._close(0)
        return self._list

    # -- telling rows apart ------------------------------------------------------------------

    def _raw(self, row: int, name: str) -> Cell:
        column = self._table.columns.get(name)
        return None if column is None else cell_at(self._table.sheet, row, column)

    def _one(self, row: int) -> None:
        ordinal, code, title, unit = (
            _shown(self._raw(row, name)) for name in ("ordinal", "code", "title", "unit")
        )
        amount = cell_at(self._table.sheet, row, self._column)
        has_amount = not (amount is None or (isinstance(amount, str) and _NOTHING.fullmatch(amount)))
        first = title or code or ordinal or self._leading(row)
        if not first and not has_amount:
            return
        spoken, numbered = words(first), _NUMBER.fullmatch(ordinal) is not None
        by_code = _as_code(code or title) is not None
        if not by_code and not numbered and not unit:
            if _GROUP_TOTAL.fullmatch(spoken):
                self._group_total(row, first)
                return
            if _TOTAL.fullmatch(spoken):
                self._total(row)
                return
            level = self._level(ordinal)
            if level is not None or (not has_amount and title and not ordinal and not code):
                self._start(row, level, first, has_amount)
                return
        if self._ended or not (has_amount or numbered or by_code):
            return  # signatures, notes and the like
        self._item(row, code, title, has_amount)

    def _leading(self, row: int) -> str:
        """The first text left of the amount: a label merged over several columns."""
        cells = self._table.sheet.rows[row][: self._column]
        return next((text for value in cells if (text := _shown(value))), "")

    def _level(self, ordinal: str) -> int | None:
        """How deep a heading with this ordinal lies (A, I, …): the kind that comes first is the outer one."""
        kind = "roman" if _ROMAN.fullmatch(ordinal) else "letter" if _LETTER.fullmatch(ordinal) else ""
        return self._levels.setdefault(kind, len(self._levels) + 1) if kind else None

    # -- groups and totals -------------------------------------------------------------------

    def _start(self, row: int, level: int | None, name: str, has_amount: bool) -> None:
        if level is None:
            return  # a line of text between the rows
        self._close(level)
        stated = self._stated(row) if has_amount else None
        self._open.append(_Sum(level, visible(name[:60]), reference(row, self._column), stated))

    def _close(self, level: int) -> None:
        """End the groups of this level and below, and check what they state."""
        while self._open and self._open[-1].level >= level:
            self._tie(self._open.pop())

    def _tie(self, group: _Sum) -> None:
        if group.stated is not None and group.rows and group.stated != group.found:
            self._off("annex_group_off", group.stated, group.found, name=group.name, cell=group.cell)

    def _group_total(self, row: int, name: str) -> None:
        """ "Cộng I", "Cộng nhóm A": closes the innermost group."""
        if self._open and (stated := self._stated(row)) is not None:
            inner = self._open.pop()
            self._tie(
                _Sum(0, visible(name[:60]), reference(row, self._column), stated, inner.rows, inner.found)
            )
            self._tie(inner)

    def _total(self, row: int) -> None:
        stated = self._stated(row)
        if stated is None:
            return
        if self._list.rows:
            self._close(0)
            self._ended = True
        if self._list.stated_total is None or self._list.rows:
            self._list.stated_total = stated

    def _stated(self, row: int) -> int | None:
        value = cell_at(self._table.sheet, row, self._column)
        if value is None or (isinstance(value, str) and _NOTHING.fullmatch(value)):
            return None
        if isinstance(value, Broken):
            cell = reference(row, self._column)
            self._list.problems.append(error_label("annex_broken_cell", cell=cell, found=value.shown))
            return None
        try:
            return self._dong(value)
        except NumberRefused as refused:
            where = reference(row, self._column)
            said = error_label("annex_total_unread", cell=where)
            texts = (f"{said(lang)} {number_sentence(refused, lang)}" for lang in ("vi", "en"))
            self._list.problems.append(Label(*texts))
            return None

    def _off(self, code: str, stated: int, found: int, **params: object) -> None:
        texts = (
            error_label(
                code,
                stated=dong(stated, lang),
                sum=dong(found, lang),
                off=dong(abs(stated - found), lang),
                **params,
            )(lang)
            for lang in ("vi", "en")
        )
        self._list.problems.append(Label(*texts))

    # -- rows --------------------------------------------------------------------------------

    def _item(self, row: int, code: str, title: str, has_amount: bool) -> None:
        read = ReadRow(row + 1, "", "", "", None)
        if not code and not title and (merged := self._merged(row, "title") or self._merged(row, "code")):
            code, title = self._above.get("code", ""), self._above.get("title", "")
            if merged and not code and not title:
                code = title = ""
        if _as_code(title) and not code:
            code, title = title, ""
        read.code = _as_code(code) or self._text(read, code).upper()
        read.title = self._text(read, title)
        unit = _shown(self._raw(row, "unit"))
        if not unit and self._merged(row, "unit"):
            unit = self._above.get("unit", "")
        read.unit = self._text(read, unit)
        self._above = {"code": read.code, "title": read.title, "unit": read.unit}
        read.dong = self._amount(read, row, has_amount)
        if not read.code and not read.title and not read.problems:
            read.problems.append(error_label("annex_nobody"))
        for group in self._open:
            group.rows += 1
            group.found += read.dong or 0
        if row in self._table.sheet.hidden_rows:
            read.warnings.append(error_label("annex_hidden_row"))
        self._list.rows.append(read)

    def _text(self, read: ReadRow, text: str) -> str:
        try:
            return strict(" ".join(text.split()), max_length=1000)
        except TextRefused as refused:
            read.problems.append(Label(text_sentence(refused, "vi"), text_sentence(refused, "en")))
            return ""

    def _merged(self, row: int, name: str) -> bool:
        """Whether the cell only continues one that is merged downwards."""
        column = self._table.columns.get(name)
        return column is not None and self._continues(row, column)

    def _continues(self, row: int, column: int) -> bool:
        return any(
            top < row <= bottom and left <= column <= right
            for top, left, bottom, right in self._table.sheet.merged
        )

    def _shared(self, row: int) -> bool:
        """Whether one amount cell stands for several rows."""
        return any(
            top <= row <= bottom and top < bottom and left <= self._column <= right
            for top, left, bottom, right in self._table.sheet.merged
        )

    def _amount(self, read: ReadRow, row: int, has_amount: bool) -> int | None:
        value, cell = cell_at(self._table.sheet, row, self._column), reference(row, self._column)
        if self._shared(row):
            read.problems.append(error_label("annex_merged_amount", cell=cell))
            return None
        if not has_amount or value is None:
            read.problems.append(error_label("annex_no_amount", cell=cell))
            return None
        if isinstance(value, Broken):
            read.problems.append(error_label("annex_broken_cell", cell=cell, found=value.shown))
            return None
        try:
            found = self._dong(value)
        except NumberRefused as refused:
            texts = (f"{cell}: {number_sentence(refused, lang)}" for lang in ("vi", "en"))
            read.problems.append(Label(*texts))
            return None
        if found == 0:
            read.problems.append(error_label("annex_zero", cell=cell))
            return None
        return found

    def _dong(self, value: Cell) -> int:
        """An amount cell in đồng. Raises `NumberRefused`; where a text has two readings, with both."""
        if isinstance(value, str):
            for unit in (self._unit, *(unit for unit in UNITS if unit != self._unit)):
                try:
                    return parse_dong(value, unit)
                except NumberRefused as refused:
                    if refused.code != "other_unit":
                        raise
            raise NumberRefused("not_number", found=visible(value[:40]), unit=self._unit)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            shown = date_text(value) if not isinstance(value, bool | Broken | None) else str(value)
            raise NumberRefused("not_number", found=visible(shown), unit=self._unit)
        # A sheet holds 15 digits; what a sum leaves behind (403.29999999999995) is noise.
        return dong_from_number(_SHEET_DIGITS.plus(Decimal(value)), self._unit)


def _as_code(text: str) -> str | None:
    """The code that `text` is, however it was typed: case, spaces, the dashes of an office program."""
    code = _APART.sub("-", text.strip())
    return code.upper() if _CODE.fullmatch(code) else None


def _shown(value: Cell) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return ""


def check_total(found: ReadList, unit: str) -> None:
    """Compare the stated total with the rows: exact, within the rounding of what is printed, or by how much.

    A total that is printed with fewer digits than the rows may be off by half of its last digit (at most half
    a unit); that is a warning, anything else a problem.
    """
    stated = found.stated_total
    if stated is None or stated == found.total or any(row.dong is None for row in found.rows):
        return
    off = abs(stated - found.total)
    last = min(_last_digit(stated, unit), UNITS[unit])
    finest = min((_last_digit(row.dong or 0, unit) for row in found.rows), default=last)
    code = "annex_total_rounded" if finest < last and 2 * off <= last else "annex_total_off"
    texts = (
        error_label(code, stated=dong(stated, lang), sum=dong(found.total, lang), off=dong(off, lang))(lang)
        for lang in ("vi", "en")
    )
    (found.warnings if code == "annex_total_rounded" else found.problems).append(Label(*texts))


def _last_digit(amount: int, unit: str) -> int:
    """The value of the last digit that an amount needs when it is printed in `unit`, đồng."""
    size = 1
    while size < UNITS[unit] and amount % (size * 10) == 0:
        size *= 10
    return size


def twice(found: ReadList) -> Counter[str]:
    """How often each code stands in the list."""
    return Counter(row.code for row in found.rows if row.code)
