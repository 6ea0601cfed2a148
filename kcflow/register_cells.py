"""Reading one row's cells: text through the strict door, amounts into đồng, months into days."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal

from kcflow.formats import NumberRefused, date_text, dong_from_number, in_unit, read_dong
from kcflow.register_columns import Table, cell_at
from kcflow.register_dates import read_period, read_span
from kcflow.register_types import Level, Note, Problem
from kcflow.text import TextRefused, strict, visible
from kcflow.workbook import Broken, Cell, reference

# Longest text per field, and whether line breaks may stay.
_TEXTS = {
    "ordinal": (40, False),
    "title": (1000, False),
    "unit": (300, False),
    "objective": (4000, True),
    "result": (4000, True),
    "note": (2000, True),
}
# One proposal of more than this is a slip of the unit: all of the national programme is below it.
ABSURD = 10**12
_SHEET_DIGITS = Context(prec=15)
_NOTHING = re.compile(r"[-\u2013\u2014\s]*")
_LOOKS_LIKE_AMOUNT = re.compile(r"[-\u2212(]?\s*\d[\d.,\s]*\)?", re.ASCII)
_DITTO = re.compile(r'(-?\s*nt\s*-?|như trên|"|”|\'\'|//)', re.IGNORECASE)


@dataclass
class CellReader:
    """Reads the cells of one table; what it corrects, refuses or doubts gathers in its three lists."""

    table: Table
    unit: str | None
    plan_year: int | None
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _continued: dict[str, frozenset[int]] = field(default_factory=dict, init=False)
    _last_date: dict[str, Cell] = field(default_factory=dict, init=False)

    def raw(self, row: int, name: str) -> Cell:
        """The cell of a field, or None where the table has no such column."""
        column = self.table.columns.get(name)
        return None if column is None else cell_at(self.table.sheet, row, column)

    def cell(self, row: int, name: str) -> str:
        """The reference of a field's cell, "" where the table has no such column."""
        column = self.table.columns.get(name)
        return "" if column is None else reference(row, column)

    def problem(
        self,
        row: int,
        name: str,
        code: str,
        found: str = "",
        expected: str = "",
        *,
        level: Level = "row",
        cause: ValueError | None = None,
    ) -> None:
        """Record what makes a row (or the table) unfit to be written."""
        sheet = self.table.sheet.name
        cell = self.cell(row, name)
        self.problems.append(Problem(sheet, cell, code, found, expected, row + 1, level, name, cause))

    def warn(self, row: int, name: str, code: str, found: str = "", expected: str = "") -> None:
        """Record what a person should look at."""
        sheet = self.table.sheet.name
        self.warnings.append(
            Problem(sheet, self.cell(row, name), code, found, expected, row + 1, column=name)
        )

    def note(self, row: int, name: str, code: str, found: str, became: str) -> None:
        """Record a correction."""
        self.notes.append(Note(self.table.sheet.name, self.cell(row, name), code, found, became))

    def text(self, row: int, name: str, above: str = "") -> str:
        """The text of a field, clean; "" with a problem where it is refused.

        `above` is the field's value in the row before, for a ditto mark or a cell merged downwards.
        """
        value = self.raw(row, name)
        if value is None and above and self._merged_down(row, name):
            return above
        if isinstance(value, Broken):
            self.problem(row, name, "broken_cell", visible(value.shown))
            return ""
        text = _as_text(value)
        if above and _DITTO.fullmatch(text.strip()):
            self.note(row, name, "ditto", visible(text), above)
            return above
        longest, multiline = _TEXTS[name]
        spaced = text.replace("\t", " ").replace("\r\n", "\n")
        if not multiline:
            spaced = spaced.replace("\n", " ")
        try:
            clean = strict(spaced, max_length=longest, multiline=multiline)
        except TextRefused as refused:
            self.problem(row, name, "text", _excerpt(text), cause=refused)
            return ""
        if isinstance(value, str) and clean != value.replace("\r\n", "\n"):
            self.note(row, name, _what_changed(value, clean), _excerpt(value), _excerpt(clean))
        return clean

    def _merged_down(self, row: int, name: str) -> bool:
        """Whether the field's cell continues a cell that is merged downwards."""
        if name not in self._continued:
            self._continued[name] = self._continued_rows(self.table.columns.get(name, -1))
        return row in self._continued[name]

    def _continued_rows(self, column: int) -> frozenset[int]:
        """The rows where a column's cell only continues the one above; overlapping ranges are walked once."""
        rows: set[int] = set()
        reached = 0
        for top, left, bottom, right in sorted(self.table.sheet.merged):
            if left <= column <= right:
                end = min(bottom + 1, len(self.table.sheet.rows))
                rows.update(range(max(top + 1, reached), end))
                reached = max(reached, end)
        return frozenset(rows)

    def has_amount(self, row: int, name: str) -> bool:
        """Whether the field's cell holds something that was meant as an amount."""
        value = self.raw(row, name)
        if isinstance(value, str):
            return _LOOKS_LIKE_AMOUNT.fullmatch(value.strip()) is not None
        return isinstance(value, int | Decimal | Broken) and not isinstance(value, bool)

    def amount(self, row: int, name: str, *, level: Level = "row", needed: bool = False) -> int | None:
        """The field's amount in đồng; None, with a problem, if it can't be read.

        An empty cell is 0, unless `needed`. Without a known unit every amount is None and nothing is said:
        the unit is asked for first.
        """
        if self.unit is None:
            return None
        value = self.raw(row, name)
        if value is None or (isinstance(value, str) and _NOTHING.fullmatch(value)):
            if needed:
                self.problem(row, name, "missing_amount", level=level)
                return None
            return 0
        if isinstance(value, Broken):
            self.problem(row, name, "broken_cell", visible(value.shown), level=level)
            return None
        shown = date_text(value) if isinstance(value, date) else _excerpt(str(value))
        if isinstance(value, date | bool):
            self.problem(row, name, "not_number", shown, self.unit, level=level)
            return None
        try:
            return (
                self._text_amount(row, name, value)
                if isinstance(value, str)
                else self._number(row, name, value)
            )
        except NumberRefused as refused:
            self.problem(row, name, refused.code, shown, self.unit, level=level)
            return None

    def _text_amount(self, row: int, name: str, value: str) -> int:
        assert self.unit is not None  # noqa: S101  (`amount` asked)
        read = read_dong(value, self.unit)
        code = "ambiguous_number" if read.assumed else "text_number"
        self.note(row, name, code, visible(value), str(read.dong))
        return read.dong

    def _number(self, row: int, name: str, value: int | Decimal) -> int:
        """A number cell. A sheet holds 15 digits; what a sum leaves behind (403.29999999999995) is noise."""
        assert self.unit is not None  # noqa: S101  (`amount` asked)
        rounded = _SHEET_DIGITS.plus(Decimal(value))
        amount = dong_from_number(rounded, self.unit)
        if rounded != value:
            self.note(row, name, "number_noise", str(value), in_unit(amount, self.unit))
        return amount

    def dates(self, row: int) -> tuple[date | None, date | None]:
        """First and last day of the schedule, None (with a warning or problem) where the sheet gives none."""
        if "start" not in self.table.columns and "end" not in self.table.columns:
            if "period" not in self.table.columns:
                return None, None
            value = self._date_cell(row, "period")
            span = read_period(value, self.plan_year) if value is not None else None
            if span is None:
                self._no_date(row, "period", value)
                return None, None
            self._note_year(row, "period", span[1], span[0][0], span[0][1])
            starts, ends = span[0]
        else:
            starts_on, ends_on = (self._end(row, name, which) for which, name in enumerate(("start", "end")))
            if starts_on is None or ends_on is None:
                return starts_on, ends_on
            starts, ends = starts_on, ends_on
        if ends < starts:
            name = "end" if "end" in self.table.columns else "period"
            self.problem(row, name, "end_before_start", ends.isoformat(), starts.isoformat())
        elif self.plan_year and not self.plan_year - 5 <= starts.year <= ends.year <= self.plan_year + 5:
            name, found = ("end", ends) if abs(starts.year - self.plan_year) <= 5 else ("start", starts)
            name = name if name in self.table.columns else "period"
            self.warn(row, name, "far_date", found.isoformat(), str(self.plan_year))
        return starts, ends

    def _end(self, row: int, name: str, which: int) -> date | None:
        value = self._date_cell(row, name)
        span = read_span(value, self.plan_year) if value is not None else None
        if span is None:
            self._no_date(row, name, value)
            return None
        self._note_year(row, name, span[1], span[0][which])
        return span[0][which]

    def _date_cell(self, row: int, name: str) -> Cell:
        value = self.raw(row, name)
        if value is not None:
            self._last_date[name] = value
        elif self._merged_down(row, name):
            value = self._last_date.get(name)
        return None if isinstance(value, str) and _NOTHING.fullmatch(value) else value

    def _no_date(self, row: int, name: str, value: Cell) -> None:
        if value is None:
            if name in self.table.columns:
                self.warn(row, name, "missing_date")
        elif isinstance(value, Broken):
            self.problem(row, name, "broken_cell", visible(value.shown))
        else:
            shown = date_text(value) if isinstance(value, date) else str(value)
            self.problem(row, name, "not_date", _excerpt(shown))

    def _note_year(self, row: int, name: str, assumed: bool, *days: date) -> None:
        if assumed:
            value = _excerpt(str(self._date_cell(row, name)))
            self.note(row, name, "assumed_year", value, " – ".join(date_text(day) for day in days))


def _as_text(value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return date_text(value)
    return "" if value is None or isinstance(value, bool | Broken) else str(value)


def _excerpt(text: str) -> str:
    return visible(text[:80]) + ("…" if len(text) > 80 else "")


def _what_changed(before: str, after: str) -> str:
    """Which kind of correction made `after` out of `before`: line breaks, spaces, or composing letters."""
    if "\n" in before.strip() and "\n" not in after:
        return "line_breaks"
    squeezed = " ".join(before.replace("\u00a0", " ").split())
    return "spaces" if squeezed == " ".join(after.split()) else "composed"
