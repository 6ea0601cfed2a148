"""The annex of a decision (code or title, amount) read for a plan or round: shown first, then written."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kcflow.formats import UNIT_WORDS, UNITS
from kcflow.register_provinces import words
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.annex_columns import AnnexTable, amount_column, find_list, unit_above
from kcflow.services.money.annex_rows import ReadList, ReadRow, check_total, read_list
from kcflow.services.money.candidates import CEILINGS, candidates
from kcflow.services.money.codes import PLAN, ROUND
from kcflow.services.money.dossiers import load_other
from kcflow.services.money.lines import misfit, problems_of, weighed
from kcflow.services.money.rounds import may_stand, put
from kcflow.services.money_views import AnnexPlan, AnnexRow, Board
from kcflow.services.texts import both, error_label
from kcflow.text import visible
from kcflow.workbook import Workbook, WorkbookRefused, read_workbook, reference
from kcflow.workbook import sentence as workbook_sentence
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier

UNIT_BY_DONG: Final = {size: name for name, size in UNITS.items()}
NEAR: Final = 0.82
"""How alike two titles are for one to be suggested for the other (difflib's ratio)."""


@dataclass(frozen=True)
class Known:
    """A proposal that a row can mean."""

    code: str
    title: str
    unit_name: str


# -- the sheet and the unit ------------------------------------------------------------------


def _open(path: str) -> Workbook:
    try:
        return read_workbook(path)
    except WorkbookRefused as refused:
        text = Label(workbook_sentence(refused, "vi"), workbook_sentence(refused, "en"))
        raise BadInput(f"workbook_{refused.code}", text, path=path) from None


def _table(workbook: Workbook, sheet: str | None) -> AnnexTable:
    """The list of the sheet asked for, or of the only visible sheet that holds one. Raises `BadInput`."""
    file = visible(workbook.file_name)
    names = ", ".join(f"“{visible(each.name)}”" for each in workbook.sheets)
    if sheet is not None:
        asked = words(sheet)
        chosen = next((s for s in workbook.sheets if s.name == sheet), None) or next(
            (s for s in workbook.sheets if words(s.name) == asked), None
        )
        if chosen is None:
            raise BadInput("annex_no_sheet", error_label("annex_no_sheet", sheet=sheet, names=names))
        tables = [table for table in (find_list(chosen),) if table]
    else:
        tables = [table for each in workbook.sheets if not each.hidden and (table := find_list(each))]
    if not tables:
        raise BadInput("annex_no_list", error_label("annex_no_list", file=file, names=names))
    if len(tables) > 1:
        found = ", ".join(f"“{visible(table.sheet.name)}”" for table in tables)
        raise BadInput("annex_sheets", error_label("annex_sheets", file=file, names=found))
    return tables[0]


def _amounts(table: AnnexTable, kind: str) -> tuple[int, str | None]:
    found = amount_column(table, kind)
    if len(found) == 2 and isinstance(found[0], int):
        return found[0], found[1]
    names = "; ".join(str(each) for each in found)
    raise BadInput(
        "annex_amounts", error_label("annex_amounts", sheet=visible(table.sheet.name), names=names)
    )


def _unit(table: AnnexTable, column: int, heading: str | None, asked: int | None) -> tuple[str, Label]:
    """The unit of the amounts, and where it was found: asked for, in the heading, above the list."""
    if asked is not None:
        if asked not in UNIT_BY_DONG:
            raise BadInput("annex_unit_unknown", error_label("annex_unit_unknown", unit=asked))
        return UNIT_BY_DONG[asked], both("annex.unit_asked")
    if heading is not None:
        cell = reference(table.bottom, column)
        return heading, _unit_label("annex.unit_heading", heading, cell)
    above = unit_above(table)
    if len(above) == 1:
        unit, cell = next(iter(above.items()))
        return unit, _unit_label("annex.unit_above", unit, cell)
    code = "annex_units" if above else "annex_no_unit"
    cells = ", ".join(above.values())
    raise BadInput(code, error_label(code, sheet=visible(table.sheet.name), cells=cells))


def _unit_label(code: str, unit: str, cell: str) -> Label:
    return Label(
        *(
            both(code, unit=word, cell=cell)(lang)
            for lang, word in zip(("vi", "en"), UNIT_WORDS[unit], strict=True)
        )
    )


# -- whom a row means ------------------------------------------------------------------------


class _Finder:
    """Finds the proposals that rows mean: by code anywhere, by title among those that could be taken in."""

    def __init__(self, known: Sequence[Known], by_code: Mapping[str, Known]) -> None:
        self._by_code = dict(by_code)
        self._titles: dict[str, list[Known]] = {}
        for each in known:
            self._by_code.setdefault(each.code, each)
            self._titles.setdefault(words(each.title), []).append(each)

    def find(self, row: ReadRow) -> Known | None:
        """The proposal of a row; None, with a problem at the row, when there is none or more than one."""
        if row.code:
            return self._of_code(row)
        if not row.title:
            return None
        found = self._titles.get(words(row.title), [])
        if len(found) > 1 and row.unit:
            found = [each for each in found if words(each.unit_name) == words(row.unit)] or found
        if len(found) == 1:
            if row.unit and words(found[0].unit_name) != words(row.unit):
                row.warnings.append(
                    error_label("annex_unit_differs", code=found[0].code, unit=found[0].unit_name)
                )
            return found[0]
        if found:
            codes = ", ".join(each.code for each in found)
            row.problems.append(error_label("annex_ambiguous", title=row.title, codes=codes))
            return None
        near = difflib.get_close_matches(words(row.title), self._titles, n=1, cutoff=NEAR)
        if near:
            other = self._titles[near[0]][0]
            row.problems.append(
                error_label("annex_title_near", title=row.title, near=other.title, code=other.code)
            )
        else:
            row.problems.append(error_label("annex_title_unknown", title=row.title))
        return None

    def _of_code(self, row: ReadRow) -> Known | None:
        found = self._by_code.get(row.code)
        if found is None:
            near = difflib.get_close_matches(row.code, self._by_code, n=1, cutoff=0.85)
            code = "annex_code_near" if near else "annex_code_unknown"
            row.problems.append(error_label(code, code=row.code, near=near[0] if near else ""))
        elif row.title and words(row.title) != words(found.title):
            row.warnings.append(error_label("annex_title_differs", code=row.code, title=found.title))
        return found


def _named(context: Context, reader: Reader, rows: Sequence[ReadRow]) -> dict[str, Known]:
    """Proposals that rows name by their codes and that this person may see."""
    codes = {row.code for row in rows if row.code}
    return {
        item.code: _known(context, item)
        for item in reader.dossiers(sorted(codes))
        if may_stand(context, item)
    }


def _known(context: Context, item: StoredDossier) -> Known:
    return Known(item.code, item.title, context.shared.office_name(item.unit_office))


# -- reading ---------------------------------------------------------------------------------


def read(context: Context, code: str, path: str, sheet: str | None, unit_dong: int | None) -> AnnexPlan:
    """Read the annex in an .xlsx file for the plan or round `code`. Writes nothing.

    sheet: its name; None: the only visible one that holds a list. unit_dong: the unit of bare amounts (1,
    1,000, 1,000,000, 1,000,000,000 đồng); None: as the sheet says. What is wrong with a row stands
    at the row. Raises `BadInput` for a file without a list or a unit, or with two columns; `NotFound`.
    """
    with context.store.read() as reader:
        row, _, _ = load_other(context, reader, code)
    if row.kind not in (PLAN, ROUND):
        raise BadInput("annex_of_other", error_label("annex_of_other", code=row.code))
    table = _table(_open(path), sheet)
    column, heading = _amounts(table, row.kind)
    unit, found_at = _unit(table, column, heading, unit_dong)
    found = read_list(table, column, unit)
    if not found.rows:
        raise BadInput("annex_empty", error_label("annex_empty", sheet=visible(table.sheet.name)))
    check_total(found, unit)
    open_to = [Known(each.code, each.title, each.unit_name) for each in candidates(context, row.code, "")]
    with context.store.read() as reader:
        finder = _Finder(open_to, _named(context, reader, found.rows))
        meant = [finder.find(each) for each in found.rows]
        _tell_twins(found, meant)
        _tell_problems(context, reader, row, found, meant)
    rows = tuple(
        AnnexRow(
            row_number=each.row_number,
            text=each.code or each.title,
            unit=each.unit,
            code=known.code if known else None,
            title=known.title if known else each.title,
            dong=each.dong or 0,
            problems=tuple(each.problems),
            warnings=tuple(each.warnings),
        )
        for each, known in zip(found.rows, meant, strict=True)
    )
    return AnnexPlan(
        owner=row.code,
        path=path,
        sheet=table.sheet.name,
        unit_dong=UNITS[unit],
        unit_found=found_at,
        rows=rows,
        total=found.total,
        stated_total=found.stated_total,
        problems=tuple(found.problems),
        warnings=tuple(found.warnings),
    )


def _tell_twins(found: ReadList, meant: Sequence[Known | None]) -> None:
    """A proposal that stands twice: which rows, said at each."""
    counted = Counter(known.code for known in meant if known)
    for row, known in zip(found.rows, meant, strict=True):
        if known and counted[known.code] > 1:
            rows = [
                str(r.row_number)
                for r, k in zip(found.rows, meant, strict=True)
                if k and k.code == known.code
            ]
            row.problems.append(error_label("annex_twice", code=known.code, lines=", ".join(rows)))


def _tell_problems(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    found: ReadList,
    meant: Sequence[Known | None],
) -> None:
    """What the rules have against each proposal with this amount; the ceiling is the worksheet's affair."""
    amounts = {k.code: r.dong for r, k in zip(found.rows, meant, strict=True) if k and r.dong is not None}
    steps = weighed(context, reader, row, amounts)
    for each, known in zip(found.rows, meant, strict=True):
        step = steps.get(known.code) if known and each.dong is not None else None
        if step is None:
            continue
        wrong = misfit(context, row, step)
        reasons = problems_of(context, row, step, but=CEILINGS)
        each.problems += [reason.text for reason in reasons] or ([wrong] if wrong else [])


# -- writing ---------------------------------------------------------------------------------


def write(context: Context, plan: AnnexPlan, replace: bool) -> Board:
    """Put every row of an annex that was read into the worksheet; nothing when anything is wrong with it.

    replace: the worksheet then holds these proposals alone; else the others stay. Raises `BadInput`,
    `NotFound`, `NoPermission`.
    """
    bad = [row for row in plan.rows if row.problems or row.code is None]
    if bad:
        first = bad[0].problems[0] if bad[0].problems else error_label("annex_nobody")
        rows = ", ".join(str(row.row_number) for row in bad[:10]) + (", …" if len(bad) > 10 else "")
        said = error_label("annex_bad_rows", count=len(bad), lines=rows)
        where = both("annex.row", row=bad[0].row_number)
        texts = (f"{said(lang)} {where(lang)}: {first(lang)}" for lang in ("vi", "en"))
        raise BadInput("annex_bad_rows", Label(*texts))
    if plan.problems:
        raise BadInput("annex_problems", plan.problems[0])
    amounts: dict[str, int | None] = {row.code: row.dong for row in plan.rows if row.code}
    return put(context, plan.owner, amounts, {}, clear=replace)
