"""What reading a register gives: rows, and everything that a person should see before anything is written."""

from dataclasses import field
from datetime import date
from typing import Literal

from kcflow.formats import UNITS
from states.records import record

Level = Literal["row", "table", "file"]
SOURCES = ("kcqg", "kcdp")
KINDS = ("point", "group", "ordinary", "multi_province")


@record(frozen=True, slots=True)
class RegisterAnswers:
    """What a person says where the sheet is silent; it also overrules the sheet, with a warning.

    `province_code` as in the list of the register's date ("02"), `plan_year` (2024), `source` ("kcqg" or
    "kcdp"), `unit` ("dong", "nghin", "trieu", "ty").
    """

    province_code: str | None = None
    plan_year: int | None = None
    source: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a source or unit that does not exist."""
        if self.source not in (None, *SOURCES):
            raise ValueError(f"the source is one of {SOURCES}")
        if self.unit not in (None, *UNITS):
            raise ValueError(f"the unit is one of {tuple(UNITS)}")


@record(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (or, among warnings, doubtful) and its place.

    `cell` is a reference such as "H13" or "" for the whole sheet; `column` a field name or "". Amounts in
    `found` and `expected` are digits, in đồng; other text is already visible. `level` says what it spoils:
    one row, the table (its totals), or the file (nothing can be written). `cause` is the refusal of a text.
    """

    sheet: str
    cell: str
    code: str
    found: str = ""
    expected: str = ""
    row_number: int | None = None
    level: Level = "row"
    column: str = ""
    cause: ValueError | None = field(default=None, compare=False)


@record(frozen=True, slots=True)
class Note:
    """One correction made while reading: what stood in the cell and what it became."""

    sheet: str
    cell: str
    code: str
    found: str
    became: str


@record(frozen=True, slots=True)
class Question:
    """What a person must say before the register can be written.

    `field`: province_code, plan_year, source or unit. `seen`: what the sheet says, where it says two things.
    """

    field: str
    seen: str = ""

    @property
    def text(self) -> str:
        """The question in Vietnamese; `kcflow.register.sentence` asks in either language."""
        from kcflow.register_texts import sentence

        return sentence(self, "vi")


@record(frozen=True, slots=True)
class Sums:
    """Four amounts in đồng: total = requested + counterpart + other."""

    total: int = 0
    requested: int = 0
    counterpart: int = 0
    other: int = 0


@record(frozen=True, slots=True)
class RegisterRow:
    """One proposal of the register. Money in đồng.

    `starts_on` is the first day of a start month, `ends_on` the last day of an end month. `content_code` is
    the activity of NĐ 45/2012 Điều 4 (1 to 9), None when the words don't decide. `ok` is False when a problem
    of level "row" names this row; an amount that could not be read is then 0.
    """

    sheet: str
    row_number: int
    ordinal: str
    title: str
    implementing_unit: str
    objective: str
    expected_result: str
    starts_on: date | None
    ends_on: date | None
    total: int
    requested: int
    counterpart: int
    other: int
    note: str
    kind: str
    content_code: int | None
    import_key: str
    ok: bool


@record(frozen=True, slots=True)
class RegisterReading:
    """A register as read. `sums` adds up `rows`; `declared` is what the sheet's totals row says."""

    file_name: str
    sha256: str
    sheet: str
    source: str | None
    plan_year: int | None
    province_code: str | None
    province_name: str | None
    province_list: str | None
    report_number: str | None
    report_date: date | None
    unit: str | None
    rows: tuple[RegisterRow, ...]
    corrections: tuple[Note, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    questions: tuple[Question, ...]
    sums: Sums
    declared: Sums | None

    @property
    def good_rows(self) -> tuple[RegisterRow, ...]:
        """The rows without a problem."""
        return tuple(row for row in self.rows if row.ok)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The problems that leave nothing to write, even with bad rows skipped."""
        return tuple(problem for problem in self.problems if problem.level == "file")

    @property
    def ready(self) -> bool:
        """Whether all of it may be written: no problem and no open question."""
        return not self.problems and not self.questions


class RegisterRefused(Exception):
    """A workbook without a register. `code`: no_columns; `missing`: per sheet, the columns it lacks."""

    def __init__(self, code: str, *, file: str, missing: dict[str, tuple[str, ...]]) -> None:
        self.code = code
        self.file = file
        self.missing = missing
        super().__init__(code)

    def __str__(self) -> str:
        from kcflow.register_texts import refused_sentence

        return refused_sentence(self, "en")
