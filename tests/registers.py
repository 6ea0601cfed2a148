"""Registers in memory for tests, read without any file."""

import re
from decimal import Decimal
from typing import Any

from kcflow.register import (
    Note,
    Problem,
    Question,
    RegisterAnswers,
    RegisterReading,
    read_register_workbook,
    sentence,
)
from kcflow.text import visible
from kcflow.workbook import Cell, Sheet, Workbook
from tests.workbooks import register_rows, row

_UNFILLED = re.compile(r"\{(found|expected|column|unit|fact|into|what|word)\}")


def sheet(rows: Any, name: str = "Biểu", **more: Any) -> Sheet:
    """A sheet in memory, with numbers as the reader of workbooks gives them."""
    cells: list[tuple[Cell, ...]] = [
        tuple(Decimal(repr(value)) if isinstance(value, float) else value for value in line) for line in rows
    ]
    return Sheet(name, tuple(cells), **more)


def read(rows: Any, answers: RegisterAnswers | None = None) -> RegisterReading:
    """Read rows (or whole sheets), and see that everything said is a sentence safe to show."""
    sheets = [each for each in rows if isinstance(each, Sheet)] or [sheet(rows)]
    reading = read_register_workbook(Workbook(tuple(sheets), "0" * 64, "a.xlsx"), answers=answers)
    everything: list[Problem | Note | Question] = [*reading.problems, *reading.warnings]
    everything += [*reading.corrections, *reading.questions]
    for said in everything:
        for lang in ("vi", "en"):
            text = sentence(said, lang)
            assert visible(text) == text
            assert not _UNFILLED.search(text)
            assert text.endswith(".")
    return reading


def one(**changes: Any) -> RegisterReading:
    """The reading of a register with one row, changed."""
    return read(register_rows([row(**changes)]))


def codes(reading: RegisterReading) -> list[tuple[str, str]]:
    return [(problem.code, problem.cell) for problem in reading.problems]
