"""What stands above (and below) the table of a register: year, source, province, unit, report, date."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kcflow.register_columns import Table, cell_at
from kcflow.register_provinces import Province, named_province, words
from kcflow.workbook import reference

_MONEY_UNIT = (
    r"(?:(?:triệu|tr\.?|nghìn|ngàn|tỷ|tỉ|1[.,]?000[.,]000|1[.,]?000)\s*)?"
    r"(?:đồng|đ|vnđ|vnd|₫)(?!\w)(?: việt nam)?"
)
_UNIT = re.compile(
    rf"(?:(?:đơn vị tính|đvt)\s*[:.(]*|đơn vị\s*[:(])\s*(?P<a>{_MONEY_UNIT})"
    rf"|\(\s*(?:đvt|đơn vị(?: tính)?)?\s*:?\s*(?P<b>{_MONEY_UNIT})\s*\)"
)
_YEAR = re.compile(r"\bnam (20\d\d)\b")
_SPAN = re.compile(r"\bgiai doan\b.*?20\d\d *(den|toi)? *(nam )?20\d\d")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s*(?:tháng|/)\s*(\d{1,2})\s*(?:năm|/)\s*(\d{4})")
_DATE_WORDS = re.compile(r"\bngay \d+ (thang )?\d+ (nam )?\d{4}\b")
_REPORT = re.compile(
    r"(?:báo cáo|tờ trình|công văn|quyết định|văn bản)\s+số\s*:?\s*"
    r"(\d{1,5}\s*/(?:\s*\d{4}\s*/)?\s*[^\s,;()/]{2,30})",
    re.IGNORECASE,
)
_SOURCES = {
    "kcqg": re.compile(r"khuyen cong quoc gia|\bkcqg\b"),
    "kcdp": re.compile(r"khuyen cong dia phuong|\bkcdp\b"),
}
_SUBJECT = re.compile(r"de an|khuyen cong|bieu|ke hoach|dang ky|kcqg|kcdp")


@dataclass
class Found:
    """Values of one fact with the cells that say so, in the order of the sheet."""

    values: dict[object, str] = field(default_factory=dict)

    def add(self, value: object, cell: str) -> None:
        """Remember the first cell that says `value`."""
        self.values.setdefault(value, cell)

    @property
    def only(self) -> object | None:
        """The value, when the sheet says exactly one."""
        return next(iter(self.values)) if len(self.values) == 1 else None

    @property
    def cell(self) -> str:
        """The first cell that says anything."""
        return next(iter(self.values.values()), "")


@dataclass
class TitleFacts:
    """All that the sheet says about itself. A province is its folded name."""

    year: Found = field(default_factory=Found)
    source: Found = field(default_factory=Found)
    province: Found = field(default_factory=Found)
    unit: Found = field(default_factory=Found)
    unknown_province: dict[str, str] = field(default_factory=dict)
    report_number: str | None = None
    report_date: date | None = None
    signed_on: date | None = None


def read_title(table: Table, provinces: Sequence[Province]) -> TitleFacts:
    """Gather the facts from the cells above the table, its heading, and the place and date below it."""
    facts = TitleFacts()
    sheet = table.sheet
    for row in range(table.first):
        for column, value in enumerate(sheet.rows[row]):
            if isinstance(value, str) and value.strip():
                text = " ".join(unicodedata.normalize("NFC", value[:500]).split())
                _read_unit(facts, text, reference(row, column))
                if row < table.top:
                    _read_heading(facts, text, reference(row, column), provinces)
    if not facts.source.values:
        heading = cell_at(sheet, table.first - 1, table.columns.get("requested", -1))
        for name, pattern in _SOURCES.items():
            if isinstance(heading, str) and pattern.search(words(heading)):
                facts.source.add(name, reference(table.first - 1, table.columns["requested"]))
    for cells in sheet.rows[table.first :]:
        for value in cells:
            if isinstance(value, str) and len(value) < 200:
                facts.signed_on = facts.signed_on or _signed(unicodedata.normalize("NFC", value))
    return facts


def _read_unit(facts: TitleFacts, text: str, cell: str) -> None:
    for found in _UNIT.finditer(text.lower()):
        said = found["a"] or found["b"]
        if said.startswith(("triệu", "tr")) or re.match(r"1[.,]?000[.,]000", said):
            facts.unit.add("trieu", cell)
        elif said.startswith(("nghìn", "ngàn")) or re.match(r"1[.,]?000", said):
            facts.unit.add("nghin", cell)
        else:
            facts.unit.add("ty" if said.startswith(("tỷ", "tỉ")) else "dong", cell)


def _read_heading(facts: TitleFacts, text: str, cell: str, provinces: Sequence[Province]) -> None:
    spoken = words(text)
    names, province = named_province(text, provinces)
    if province is not None:
        facts.province.add(province, cell)
    elif names:
        facts.unknown_province[cell] = text
    if report := _REPORT.search(text):
        facts.report_number = facts.report_number or re.sub(r"\s", "", report[1])
        facts.report_date = facts.report_date or _day(text)
    for name, pattern in _SOURCES.items():
        if pattern.search(spoken):
            facts.source.add(name, cell)
    if _SUBJECT.search(spoken):
        for year in _YEAR.findall(_SPAN.sub(" ", _DATE_WORDS.sub(" ", spoken))):
            facts.year.add(int(year), cell)


def _signed(text: str) -> date | None:
    """The day of "Hà Giang, ngày 12 tháng 6 năm 2023", the line above the signature."""
    return _day(text) if re.match(r"\s*[^\d,]{2,40},\s*ngày", text, re.IGNORECASE) else None


def _day(text: str) -> date | None:
    found = _DATE.search(text.lower())
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
