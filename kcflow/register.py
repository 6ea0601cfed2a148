"""Reading a register (Mẫu 2 of TT 36/2013, "Biểu tổng hợp chi tiết đề án") as departments type it.

Nothing is written and nothing is guessed in silence: what was corrected is a note, what is wrong a problem
with its cell, what is doubtful a warning, and what the sheet does not say a question.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from kcflow.register_cells import CellReader
from kcflow.register_columns import REQUIRED, Table, find_table
from kcflow.register_provinces import Province, load_provinces, words
from kcflow.register_rows import read_rows
from kcflow.register_texts import refused_sentence, sentence
from kcflow.register_title import Found, TitleFacts, read_title
from kcflow.register_types import (
    Note,
    Problem,
    Question,
    RegisterAnswers,
    RegisterReading,
    RegisterRefused,
    RegisterRow,
    Sums,
)
from kcflow.text import visible
from kcflow.workbook import Workbook, read_workbook

__all__ = [
    "Note",
    "Problem",
    "Province",
    "Question",
    "RegisterAnswers",
    "RegisterReading",
    "RegisterRefused",
    "RegisterRow",
    "Sums",
    "load_provinces",
    "read_register",
    "read_register_workbook",
    "refused_sentence",
    "sentence",
]


def read_register(
    path: str | Path,
    *,
    answers: RegisterAnswers | None = None,
    provinces: Sequence[Province] | None = None,
) -> RegisterReading:
    """Read the register in an .xlsx file.

    `answers` fills what the sheet leaves open (see `RegisterReading.questions`) and overrules what it says.
    `provinces` defaults to the package's two lists. Raises `kcflow.workbook.WorkbookRefused` for a file that
    can't be read and `RegisterRefused` for a workbook without a register; all else is in the reading.
    """
    return read_register_workbook(read_workbook(path), answers=answers, provinces=provinces)


def read_register_workbook(
    workbook: Workbook,
    *,
    answers: RegisterAnswers | None = None,
    provinces: Sequence[Province] | None = None,
) -> RegisterReading:
    """Read the register in a workbook already read. As `read_register`, without touching any file."""
    provinces = load_provinces() if provinces is None else provinces
    table, others = _choose_table(workbook)
    facts = read_title(table, provinces)
    decided = _Decisions(table, facts, answers or RegisterAnswers(), provinces)
    cells = CellReader(table, decided.unit, decided.plan_year)
    for name in others:
        cells.warnings.append(Problem(name, "", "other_sheet", found=visible(name), level="file"))
    result = read_rows(cells)
    if not result.rows:
        decided.problem("", "no_rows")
    return RegisterReading(
        file_name=workbook.file_name,
        sha256=workbook.sha256,
        sheet=table.sheet.name,
        source=decided.source,
        plan_year=decided.plan_year,
        province_code=decided.province.code if decided.province else None,
        province_name=decided.province.name if decided.province else None,
        province_list=decided.province.list if decided.province else None,
        report_number=visible(facts.report_number) if facts.report_number else None,
        report_date=facts.report_date,
        unit=decided.unit,
        rows=_with_keys(result.rows, decided),
        corrections=tuple(cells.notes),
        problems=(*decided.problems, *cells.problems),
        warnings=(*decided.warnings, *cells.warnings),
        questions=tuple(decided.questions),
        sums=result.sums,
        declared=result.declared,
    )


def _choose_table(workbook: Workbook) -> tuple[Table, tuple[str, ...]]:
    """The sheet with the fullest register (visible ones first), and the names of the others that hold one."""
    tables = [table for sheet in workbook.sheets if (table := find_table(sheet))]
    complete = [table for table in tables if table.complete]
    if not complete:
        missing = {
            visible(sheet.name): next(
                (
                    tuple(name for name in REQUIRED if name not in table.columns)
                    for table in tables
                    if table.sheet is sheet
                ),
                REQUIRED,
            )
            for sheet in workbook.sheets
        }
        raise RegisterRefused("no_columns", file=visible(workbook.file_name), missing=missing)
    complete.sort(
        key=lambda table: (table.sheet.hidden, -len(table.columns), table.first - len(table.sheet.rows))
    )
    return complete[0], tuple(table.sheet.name for table in complete[1:] if not table.sheet.hidden)


class _Decisions:
    """What the file as a whole is: the sheet's own words, overruled by answers, else asked for."""

    def __init__(
        self, table: Table, facts: TitleFacts, answers: RegisterAnswers, provinces: Sequence[Province]
    ) -> None:
        self._sheet = table.sheet.name
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.questions: list[Question] = []
        year = self._decide("plan_year", facts.year, answers.plan_year)
        source = self._decide("source", facts.source, answers.source)
        unit = self._decide("unit", facts.unit, answers.unit)
        self.plan_year = year if isinstance(year, int) else None
        self.source = str(source) if source else None
        self.unit = str(unit) if unit else None
        day = facts.report_date or facts.signed_on
        if day is None and self.plan_year:
            day = date(self.plan_year - 1, 6, 1)
        self.province = self._province(facts, answers.province_code, day, provinces)

    def problem(self, cell: str, code: str, found: str = "", expected: str = "", column: str = "") -> None:
        """Record what makes the whole file unfit to be written."""
        self.problems.append(Problem(self._sheet, cell, code, found, expected, level="file", column=column))

    def _decide(self, name: str, found: Found, answer: object | None) -> object | None:
        if answer is not None:
            if found.values and answer not in found.values:
                self._overruled(
                    name, found.cell, ", ".join(str(value) for value in found.values), str(answer)
                )
            return answer
        if found.only is None:
            self.questions.append(Question(name, ", ".join(str(value) for value in found.values)))
        return found.only

    def _overruled(self, name: str, cell: str, found: str, answer: str) -> None:
        self.warnings.append(
            Problem(self._sheet, cell, "overruled", found, answer, level="file", column=name)
        )

    def _province(
        self, facts: TitleFacts, answer: str | None, day: date | None, provinces: Sequence[Province]
    ) -> Province | None:
        """The province of the list that was in force on the register's day (NQ 202/2025/QH15)."""
        standing = [province for province in provinces if day and province.stood_on(day)]
        said = list(facts.province.values)
        if answer is not None:
            chosen = next((province for province in standing if province.code == answer), None)
            if chosen is None and day:
                self.problem("", "province_unknown", visible(answer), day.isoformat(), "province_code")
            elif chosen and facts.unknown_province:
                cell, text = next(iter(facts.unknown_province.items()))
                self._overruled("province_code", cell, visible(text), chosen.name)
            elif chosen and said and words(chosen.name) not in said:
                names = [_official(str(name), provinces) for name in said]
                self._overruled("province_code", facts.province.cell, ", ".join(names), chosen.name)
            return chosen
        if facts.unknown_province:
            cell, text = next(iter(facts.unknown_province.items()))
            self.problem(
                cell, "province_unknown", visible(text), day.isoformat() if day else "", "province_code"
            )
            return None
        if len(said) != 1:
            seen = ", ".join(_official(str(name), provinces) for name in said)
            self.questions.append(Question("province_code", seen))
            return None
        if day is None:
            return None  # the year is asked for first; it decides between the two lists
        name = str(said[0])
        chosen = next((province for province in standing if words(province.name) == name), None)
        if chosen is None:
            gone = next(
                (p for p in provinces if words(p.name) == name and p.valid_to and p.valid_to < day), None
            )
            into = next(
                (p.name for p in standing if gone and p.code == gone.successor_code),
                "",
            )
            self.problem(
                facts.province.cell,
                "province_not_then",
                _official(name, provinces),
                f"{day.isoformat()} {into}",
                "province_code",
            )
        return chosen


def _official(folded: str, provinces: Sequence[Province]) -> str:
    return next((province.name for province in provinces if words(province.name) == folded), folded)


def _with_keys(rows: Sequence[RegisterRow], decided: _Decisions) -> tuple[RegisterRow, ...]:
    """The rows with their import keys: the same proposal in the same register always has the same key."""
    seen: Counter[str] = Counter()
    keyed = []
    province = decided.province
    for row in rows:
        parts = [
            "kcflow-register-row-1",
            decided.source,
            decided.plan_year,
            [province.list, province.code] if province else None,
            row.implementing_unit.casefold(),
            row.title.casefold(),
            [day.isoformat() if day else None for day in (row.starts_on, row.ends_on)],
            [row.total, row.requested, row.counterpart, row.other],
        ]
        same = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        seen[same] += 1
        key = hashlib.sha256(f"{same}#{seen[same]}".encode()).hexdigest()
        keyed.append(replace(row, import_key=key))
    return tuple(keyed)
