"""Finding the table of a register (Mẫu 2): which rows are its heading, which column holds what."""

import re
from collections.abc import Sequence
from functools import lru_cache

from kcflow.register_provinces import words
from kcflow.workbook import Cell, Sheet
from states.records import record

REQUIRED = ("title", "unit", "total", "requested")
MONEY = ("total", "requested", "counterpart", "other")

_SEARCHED_ROWS = 60
_DEEPEST = 3
_LONGEST_LABEL = 90
_LONGEST_PARENT = 40

# The first pattern that fits a folded heading wins, so the narrower ones stand first.
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("ordinal", r"^(s?tt|so tt|so thu tu)$"),
        ("title", r"^ten\b|^(noi dung |danh muc )?(cac )?de an\b(?!.*(kinh phi|ho tro))"),
        ("note", r"^ghi chu"),
        ("unit", r"^(ten )?(don vi|co quan|to chuc) (chu tri|thuc hien|trien khai|de xuat)|^chu dau tu$"),
        ("start", r"^(ngay |thang |thoi gian |thoi diem )?(bat dau|khoi cong|tu)( ngay| thang)?$"),
        ("end", r"^(ngay |thang |thoi gian |thoi diem )?(ket thuc|hoan thanh|den)( ngay| thang)?$"),
        ("period", r"^(thoi gian|tien do)( thuc hien| trien khai)?( de an)?( tu .*)?$"),
        ("counterpart", r"thu huong|doi ung|dong gop|tu co\b|co so cnnt|co so cong nghiep"),
        ("other", r"^(cac )?(nguon|von|kinh phi|ngan sach)( von| kinh phi)? khac|^khac$"),
        ("total", r"^tong\b(?!.*(kcqg|kcdp|ho tro))|^(du toan )?kinh phi( thuc hien| du toan)?$|^cong$"),
        ("requested", r"\bkcqg\b|\bkcdp\b|khuyen cong|ho tro|de nghi"),
        ("objective", r"muc tieu|^noi dung"),
        ("result", r"ket qua"),
    )
)
_UNIT_IN_LABEL = re.compile(
    r"\s*\((?:đvt|đơn vị|triệu|tr\.|nghìn|ngàn|tỷ|tỉ|đồng|1[.,]?000)[^)]*\)", re.IGNORECASE
)
_MONEY_WORDS = re.compile(r"kinh phi|nguon|von|trong do|chia ra|dong gop|doi ung|tu co|du toan")
_NUMBER_OF_COLUMN = re.compile(r"\(?\d{1,2}\)?|\(?[a-z]\)?|\(?\d{1,2}\)?\s*=[\s\d()+=\-]+")


@record(frozen=True, slots=True)
class Table:
    """The table's place in a sheet: heading rows `top` to `first - 1`, data from row `first` on (from 0)."""

    sheet: Sheet
    top: int
    first: int
    columns: dict[str, int]
    unread: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return all(name in self.columns for name in REQUIRED)


def cell_at(sheet: Sheet, row: int, column: int) -> Cell:
    """The cell, or None beyond the sheet's edge."""
    if 0 <= row < len(sheet.rows) and 0 <= column < len(sheet.rows[row]):
        return sheet.rows[row][column]
    return None


def find_table(sheet: Sheet) -> Table | None:
    """The best candidate for the heading of a register in this sheet, None where nothing resembles one."""
    best: Table | None = None
    best_score = (False, 1, 0)
    for top in range(min(len(sheet.rows), _SEARCHED_ROWS)):
        if not any(_field(label_of(value)) for value in sheet.rows[top] if isinstance(value, str)):
            continue
        for depth in range(1, _DEEPEST + 1):
            if top + depth > len(sheet.rows):
                break
            columns, unread = _columns(sheet, top, depth)
            table = Table(sheet, top, top + depth, columns, unread)
            # A title above the heading must not be taken into it: of equal finds, the shallowest.
            score = (table.complete, len(columns), -depth)
            if score > best_score:
                best, best_score = table, score
    if best is None:
        return None
    first = best.first
    while first < len(sheet.rows) and numbers_columns(sheet.rows[first]):
        first += 1
    return Table(sheet, best.top, first, best.columns, best.unread)


def _columns(sheet: Sheet, top: int, depth: int) -> tuple[dict[str, int], tuple[int, ...]]:
    """Field to column, and the columns whose heading is not understood, for one choice of heading rows."""
    levels = [spread(sheet, top + level, top + depth) for level in range(depth)]
    width = max(len(level) for level in levels)
    found: dict[str, int] = {}
    by_money: set[str] = set()
    unread: list[int] = []
    for column in range(width):
        chain = [level[column] for level in levels if column < len(level) and level[column]]
        if not chain:
            continue
        own, above = chain[-1], " ".join(label for label in chain[:-1] if len(label) <= _LONGEST_PARENT)
        name = _field(own) or (_field(f"{above} {own}") if above else None)
        is_money = bool(_MONEY_WORDS.search(f"{above} {own}"))
        if name == "counterpart" and not is_money:
            name = None  # the beneficiary's name, not its money
        if name is None or (name in found and not (is_money and name in MONEY and name not in by_money)):
            unread.append(column)
            continue
        if name in found:
            unread.append(found[name])
        found[name] = column
        if is_money:
            by_money.add(name)
    return found, tuple(unread)


def spread(sheet: Sheet, row: int, end: int) -> list[str]:
    """The labels of one heading row, with a parent's label repeated over all the columns under it."""
    width = max((len(sheet.rows[r]) for r in range(row, min(end, len(sheet.rows)))), default=0)
    labels = [label_of(cell_at(sheet, row, column)) for column in range(width)]
    for top, left, _bottom, right in sheet.merged:
        if top == row:
            for column in range(left + 1, min(right + 1, width)):
                labels[column] = labels[left]
    # Without merging, a parent stands over its first child only, and the cells beside it are blank.
    has_child = [any(label_of(cell_at(sheet, r, c)) for r in range(row + 1, end)) for c in range(width)]
    for column in range(1, width):
        if not labels[column] and has_child[column] and has_child[column - 1]:
            labels[column] = labels[column - 1]
    return labels


def label_of(value: Cell) -> str:
    """A heading folded to words, without its unit; "" for what is no heading."""
    if not isinstance(value, str) or len(value) > _LONGEST_LABEL:
        return ""
    return words(_UNIT_IN_LABEL.sub("", value))


@lru_cache(maxsize=2048)
def _field(label: str) -> str | None:
    return next((name for name, pattern in _PATTERNS if pattern.search(label)), None) if label else None


def numbers_columns(row: Sequence[Cell]) -> bool:
    """Whether a row only numbers the columns: (1), (2), (3)=(4)+(5) (layout of NĐ 30/2020)."""
    cells = [str(value).strip().lower() for value in row if value is not None and str(value).strip()]
    return (
        len(cells) >= 3
        and all(_NUMBER_OF_COLUMN.fullmatch(cell) for cell in cells)
        and len(set(cells)) == len(cells)
        and len(cells) * 2 > len(row)
    )
