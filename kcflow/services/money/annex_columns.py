"""Finding the list in the annex of a decision: its heading, which column holds what, the unit of money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kcflow.register_columns import cell_at, label_of, numbers_columns, spread
from kcflow.text import fold, visible
from kcflow.workbook import Cell, Sheet, reference
from states.records import record

SEARCHED_ROWS = 40
DEEPEST = 3
LEAST_LABELS = 2
LONGEST_PARENT = 40

_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("ordinal", r"^(s?tt|so tt|so thu tu)$"),
        ("code", r"^(ma|so)( so| hieu)?( cua)?( de an| nhiem vu)?$"),
        ("note", r"^ghi chu"),
        ("round", r"^dot( phan bo)?$"),
        ("content", r"^(noi dung)( hoat dong| thuc hien| kc)?$"),
        ("title", r"^ten\b|^(noi dung |danh muc )?(cac )?(de an|nhiem vu)\b(?!.*(kinh phi|ho tro|so tien))"),
        ("unit", r"^(ten )?(don vi|co quan|to chuc)( chu tri| thuc hien| trien khai| thu huong)?$"),
        ("amount", r"kinh phi|so tien|phan bo|\bgiao\b|ho tro|phe duyet|duoc duyet|muc von|du toan"),
    )
)
# What an annex calls the amount of the decision itself, against what it says of other years or sources.
_PREFERRED = {
    "allocation_round": re.compile(r"phan bo|giao|dot nay|cap dot|dot \d+"),
    "annual_plan": re.compile(r"phe duyet|duoc duyet|ke hoach|giao|ho tro"),
}
_OTHER_MONEY = re.compile(
    r"tong kinh phi|tong du toan|tong muc|doi ung|thu huong|dong gop|nguon khac|de nghi"
    r"|con lai|luy ke|da phan bo"
)

_SIZE = r"(ty|ti|trieu|tr\.?|nghin|ngan|1[.,]?000[.,]000|1[.,]?000)"
# "Đồng Nai" and "hoạt động" fold to words that begin or end like the unit.
_WORD = r"(?:dong(?: viet nam)?|vnd|d)\b(?! *\w)"
_LEAD = r"(?:don vi tinh|don vi|dvt)? ?[:.(]* ?"
IN_HEADING = re.compile(rf"[(,:;] ?{_LEAD}{_SIZE}? ?{_WORD}|[(,:;] ?{_LEAD}{_SIZE} ?\)?$| {_SIZE} {_WORD}")
"""A unit of money in a heading: "Kinh phí (triệu đồng)"; all of it folded."""
_SAID = r"(?:don vi tinh|don vi|dvt) ?[:.(]+ ?"
ABOVE = re.compile(rf"{_SAID}{_SIZE}? ?{_WORD}|{_SAID}{_SIZE} ?\)?$|\( ?{_SIZE}? ?{_WORD}")
"""The same above a list: "Đơn vị tính: triệu đồng"."""
_SIZES = {"ty": "ty", "ti": "ty", "tr": "trieu", "tr.": "trieu", "trieu": "trieu"}


@record(frozen=True, slots=True)
class AnnexTable:
    """The list's place in a sheet: heading rows `top` to `bottom`, data from row `first` on (all from 0).

    amounts: every column that may hold the amount, as (column, its folded heading, its unit or None).
    """

    sheet: Sheet
    top: int
    bottom: int
    first: int
    columns: dict[str, int]
    amounts: tuple[tuple[int, str, str | None], ...]

    @property
    def complete(self) -> bool:
        """Whether it says who and how much."""
        return bool(self.amounts) and ("code" in self.columns or "title" in self.columns)


def unit_of(text: str, pattern: re.Pattern[str]) -> str | None:
    """The unit of money ("dong", "nghin", "trieu", "ty") that `pattern` finds; None where there is none."""
    found = pattern.search(fold(" ".join(text.split())))
    if found is None:
        return None
    size = next((group for group in found.groups() if group), None)
    if size is None:
        return "dong"
    if size[0] == "1":
        return "trieu" if size.count("000") == 2 else "nghin"
    return _SIZES.get(size, "nghin")


def unit_above(table: AnnexTable) -> dict[str, str]:
    """Units that the lines above the list (and its heading) state, each with the cell that says so."""
    found: dict[str, str] = {}
    for row in range(table.first):
        for column, value in enumerate(table.sheet.rows[row]):
            if isinstance(value, str) and (unit := unit_of(value[:300], ABOVE)):
                found.setdefault(unit, reference(row, column))
    return found


@lru_cache(maxsize=1024)
def _field(label: str) -> str | None:
    return next((name for name, pattern in _PATTERNS if pattern.search(label)), None) if label else None


def find_list(sheet: Sheet) -> AnnexTable | None:
    """The fullest list of a sheet; None where nothing resembles one."""
    best: AnnexTable | None = None
    best_score = (False, 0, 1)
    for top in range(min(len(sheet.rows), SEARCHED_ROWS)):
        labels = [label_of(value) for value in sheet.rows[top] if isinstance(value, str) and value.strip()]
        # A title stands alone in its row, however far its cell is merged.
        if len(labels) < LEAST_LABELS or not any(_field(label) for label in labels):
            continue
        for depth in range(1, DEEPEST + 1):
            if top + depth > len(sheet.rows):
                break
            table = _table(sheet, top, depth)
            # A title above the heading must not be taken into it: of equal finds, the shallowest.
            # A parent over several columns says less than the headings under it.
            amounts = len({heading for _, heading, _ in table.amounts})
            score = (table.complete, len(table.columns) + amounts, -depth)
            if score > best_score:
                best, best_score = table, score
    if best is None or not best.complete:
        return None
    first = best.first
    while first < len(sheet.rows) and numbers_columns(sheet.rows[first]):
        first += 1
    return AnnexTable(sheet, best.top, best.bottom, first, best.columns, best.amounts)


def _table(sheet: Sheet, top: int, depth: int) -> AnnexTable:
    levels = [spread(sheet, top + level, top + depth) for level in range(depth)]
    columns: dict[str, int] = {}
    amounts: list[tuple[int, str, str | None]] = []
    for column in range(max(len(level) for level in levels)):
        chain = [level[column] for level in levels if column < len(level) and level[column]]
        if not chain:
            continue
        own, above = chain[-1], [label for label in chain[:-1] if len(label) <= LONGEST_PARENT]
        whole = " ".join(dict.fromkeys((*above, own)))
        name = _field(own) or _field(whole)
        if name == "amount" or (name is None and "kinh phi" in whole):
            amounts.append((column, whole, _unit_in_heading(sheet, top, depth, column)))
        elif name is not None:
            columns.setdefault(name, column)
    return AnnexTable(sheet, top, top + depth - 1, top + depth, columns, tuple(amounts))


def _unit_in_heading(sheet: Sheet, top: int, depth: int, column: int) -> str | None:
    """The unit that the nearest heading over a column names: its own cell, then its parents'."""
    for row in range(top + depth - 1, top - 1, -1):
        cells: list[Cell] = [cell_at(sheet, row, column)]
        cells += [
            cell_at(sheet, up, left)
            for up, left, _down, right in sheet.merged
            if up == row and left < column <= right
        ]
        for value in cells:
            if isinstance(value, str) and (unit := unit_of(f" {value[:200]}", IN_HEADING)):
                return unit
    return None


def amount_column(table: AnnexTable, kind: str) -> tuple[int, str | None] | tuple[str, ...]:
    """(column, unit of its heading) of the amount that a decision of `kind` gives; or the headings that tie.

    kind: "annual_plan" or "allocation_round". Of several columns of one heading in several units, the one in
    the smallest unit says most.
    """
    units = ("dong", "nghin", "trieu", "ty", None)
    own = [found for found in table.amounts if not _OTHER_MONEY.search(found[1])] or list(table.amounts)
    preferred = [found for found in own if _PREFERRED[kind].search(found[1])] or own
    if len({_without_unit(label) for _, label, _ in preferred}) > 1:
        return tuple(_shown_heading(table, column) for column, _, _ in preferred)
    column, _, unit = min(preferred, key=lambda found: units.index(found[2]))
    return column, unit


def _without_unit(label: str) -> str:
    return re.sub(r"\b(ty|trieu|nghin|ngan|dong)\b", "", label).strip()


def _shown_heading(table: AnnexTable, column: int) -> str:
    texts: Sequence[str] = [
        value
        for row in range(table.top, table.bottom + 1)
        if isinstance(value := cell_at(table.sheet, row, column), str) and value.strip()
    ]
    shown = visible(" ".join(texts[-1].split()))[:60] if texts else ""
    return f"{reference(table.top, column)} “{shown}”"
