"""Telling the rows of a register apart (groups, proposals, totals, the rest) and checking their sums."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from kcflow.register_cells import ABSURD, CellReader
from kcflow.register_columns import MONEY
from kcflow.register_content import guess_content, is_heading, kind_of_heading
from kcflow.register_provinces import words
from kcflow.register_types import RegisterRow, Sums
from kcflow.text import fold, visible
from kcflow.workbook import Cell

_ROMAN_OR_LETTER = re.compile(r"([ivxl]+|[a-hđ])[.)]?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}(\.\d{1,3})*[.)]?", re.ASCII)
_GRAND_TOTAL = re.compile(
    r"(tong (cong|so|kinh phi|toan bo)\b.{0,40}|tong|cong|cong tong|cong( [a-hivx]+){2,})"
)
_GROUP_TOTAL = re.compile(
    r"(tong|cong|tong cong|tong so)( cua)? "
    r"((nhom|muc|phan|de an (diem|nhom|khac|thuong|lien|nhieu))\b.{0,40}|[a-hivx]+)"
)
_BARE = ("cong", "tong")
_TOO_SMALL = 1_000_000  # đồng; no support was ever less, so the unit is probably another


@dataclass
class _Amounts:
    """The amounts of one row in đồng, None where a cell could not be read."""

    values: dict[str, int | None] = field(default_factory=dict)

    def of(self, name: str) -> int:
        return self.values.get(name) or 0

    @property
    def readable(self) -> bool:
        return all(value is not None for value in self.values.values())


@dataclass
class _Declared:
    """A totals row: where, its label, the group that it closes, what it says."""

    row: int
    label: str
    group: int
    amounts: dict[str, int | None]


@dataclass
class Rows:
    """All proposals of a table with their sums, and what the sheet's own totals row says."""

    rows: list[RegisterRow]
    sums: Sums
    declared: Sums | None


def read_rows(cells: CellReader) -> Rows:
    """Read every row of the table; problems, warnings and notes gather in `cells`."""
    return _Reader(cells).read()


class _Reader:
    def __init__(self, cells: CellReader) -> None:
        self._cells = cells
        self._rows: list[RegisterRow] = []
        self._amounts: list[tuple[int, _Amounts]] = []  # with the group each belongs to
        self._totals: list[_Declared] = []
        self._adds_up: dict[tuple[int | None, str], int | None] = {}
        self._ignored: list[tuple[int, str]] = []
        self._ended = False
        self._group = 0
        self._kind = "ordinary"
        self._first_of: dict[tuple[str, str], int] = {}
        self._above = ""

    def read(self) -> Rows:
        table = self._cells.table
        last = table.first
        for row in range(table.first, len(table.sheet.rows)):
            if self._one(row):
                last = row
        for row, text in self._ignored:
            if row < last:
                self._cells.warn(row, "title", "row_ignored", text)
        declared = self._check_totals()
        sums = Sums(**{name: sum(amounts.of(name) for _, amounts in self._amounts) for name in MONEY})
        return Rows(self._rows, sums, declared)

    def _one(self, row: int) -> bool:
        """Read one row; whether it belongs to the table."""
        cells = self._cells
        ordinal, title, unit = (_shown(cells.raw(row, name)) for name in ("ordinal", "title", "unit"))
        has_amounts = [name for name in MONEY if cells.has_amount(row, name)]
        first = title or ordinal or self._leading_text(row)
        spoken = words(first)
        if not first and not unit and not has_amounts:
            return False
        numbered = _NUMBER.fullmatch(ordinal) is not None
        if not unit and not numbered and (_GRAND_TOTAL.fullmatch(spoken) or _GROUP_TOTAL.fullmatch(spoken)):
            self._total(row, spoken)
            return True
        if not unit and not numbered and (_ROMAN_OR_LETTER.fullmatch(ordinal) or is_heading(first)):
            self._start_group(row, title or first, spoken, bool(has_amounts))
            return True
        if self._ended:
            is_proposal = bool(has_amounts) and (numbered or bool(unit))
            if has_amounts and not is_proposal:
                cells.warn(row, "title", "row_ignored", visible(first[:80]))
        else:
            is_proposal = (
                (numbered and bool(title or unit or has_amounts))
                or bool(unit)
                or bool(title and has_amounts)
                or len(has_amounts) > 1
            )
        if is_proposal:
            self._proposal(row, ordinal)
        elif first:
            self._ignored.append((row, visible(first[:80])))
        return is_proposal

    def _leading_text(self, row: int) -> str:
        """The first text left of the money, for a label merged over several columns."""
        columns = self._cells.table.columns
        stop = min(columns[name] for name in MONEY if name in columns)
        return next(
            (text for value in self._cells.table.sheet.rows[row][:stop] if (text := _shown(value))), ""
        )

    def _start_group(self, row: int, title: str, spoken: str, has_amounts: bool) -> None:
        self._group += 1
        kind = kind_of_heading(title)
        if kind is None:
            self._cells.warn(row, "title", "group_unknown", visible(title[:80]))
        self._kind = kind or "ordinary"
        if has_amounts:
            self._total(row, spoken, group_total=True)

    def _total(self, row: int, spoken: str, *, group_total: bool = False) -> None:
        cells = self._cells
        amounts = {
            name: cells.amount(row, name, level="table") for name in MONEY if cells.has_amount(row, name)
        }
        is_group = group_total or _GROUP_TOTAL.fullmatch(spoken) is not None
        self._totals.append(_Declared(row, "group" if is_group else spoken, self._group, amounts))
        # A bare "Cộng" may close a group only; a total above the proposals ends nothing.
        if self._rows and not is_group and (spoken not in _BARE or self._group == 0):
            self._ended = True

    def _proposal(self, row: int, ordinal: str) -> None:
        cells = self._cells
        before = len(cells.problems)
        title = cells.text(row, "title")
        unit = cells.text(row, "unit", above=self._above)
        self._above = unit
        objective, result, note = (cells.text(row, name) for name in ("objective", "result", "note"))
        refused = {problem.column for problem in cells.problems[before:]}
        for name, value in (("title", title), ("unit", unit)):
            if not value and name not in refused:
                cells.problem(row, name, f"missing_{name}")
        starts_on, ends_on = cells.dates(row)
        amounts = self._read_amounts(row)
        self._warn_of_twins(row, title, unit)
        if amounts.readable and cells.unit:
            self._check_amounts(row, amounts)
        self._amounts.append((self._group, amounts))
        self._rows.append(
            RegisterRow(
                sheet=cells.table.sheet.name,
                row_number=row + 1,
                ordinal=visible(ordinal[:40]),
                title=title,
                implementing_unit=unit,
                objective=objective,
                expected_result=result,
                starts_on=starts_on,
                ends_on=ends_on,
                **{name: amounts.of(name) for name in MONEY},
                note=note,
                kind=self._kind,
                content_code=guess_content(title, objective),
                import_key="",
                ok=len(cells.problems) == before and cells.unit is not None,
            )
        )

    def _read_amounts(self, row: int) -> _Amounts:
        needed = ("total", "requested")
        return _Amounts({name: self._cells.amount(row, name, needed=name in needed) for name in MONEY})

    def _check_amounts(self, row: int, amounts: _Amounts) -> None:
        cells = self._cells
        parts = sum(amounts.of(name) for name in MONEY if name != "total")
        total = amounts.of("total")
        if max(parts, total) > ABSURD:
            name = max(MONEY, key=amounts.of)
            cells.problem(row, name, "absurd", str(amounts.of(name)), str(cells.unit))
        elif total != parts:
            cells.problem(row, "total", "sum_mismatch", str(total), str(parts))
        elif amounts.of("requested") == 0:
            cells.warn(row, "requested", "nothing_requested")
        elif total < _TOO_SMALL:
            cells.warn(row, "total", "unit_doubtful", str(total), str(cells.unit))

    def _warn_of_twins(self, row: int, title: str, unit: str) -> None:
        if not title:
            return
        key = (fold(title), fold(unit))
        first = self._first_of.setdefault(key, row)
        if first != row:
            self._cells.warn(row, "title", "duplicate", visible(title[:80]), str(first + 1))

    def _check_totals(self) -> Sums | None:
        """Compare every totals row with the rows it adds up; the last grand total is what it declares."""
        # None, and no comparison, where a cell of the column could not be read: that is said already.
        for of, amounts in self._amounts:
            for group in (None, of):
                for name, value in amounts.values.items():
                    sofar = self._adds_up.get((group, name), 0)
                    self._adds_up[group, name] = None if sofar is None or value is None else sofar + value
        grand: _Declared | None = None
        for declared in self._totals:
            # A bare "Cộng" that is not the last word closes a group.
            closes_group = declared.label == "group" or (
                declared.label in _BARE and declared is not self._totals[-1] and declared.group > 0
            )
            if not closes_group:
                grand = declared
            self._compare(declared, declared.group if closes_group else None)
        if grand is None:
            if self._rows:
                self._cells.warn(self._rows[-1].row_number - 1, "total", "no_total")
            return None
        return Sums(**{name: grand.amounts.get(name) or 0 for name in MONEY})

    def _compare(self, declared: _Declared, group: int | None) -> None:
        for name, said in declared.amounts.items():
            adds_up = self._adds_up.get((group, name), 0)
            if said is not None and adds_up is not None and said != adds_up:
                code = "total_mismatch" if group is None else "group_mismatch"
                self._cells.problem(declared.row, name, code, str(said), str(adds_up), level="table")


def _shown(value: Cell) -> str:
    """A cell's text for telling rows apart (not for keeping)."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return ""
