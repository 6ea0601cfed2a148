"""Allocation rounds under the year's plan; worksheets filled from candidates (TTLT 26/2014 Đ8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from db import queries
from db.errors import Conflict
from db.rows_money import WorkRow
from kcflow import reference
from kcflow.formats import dong
from kcflow.labels import ROLE, SOURCE
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.drafts import MAX_DONG, YEARS, assignment_for
from kcflow.services.errors import BadInput, NoPermission, NotFound
from kcflow.services.money.codes import CONTRACT, ROUND, SUPPLEMENT, plan_code, round_code
from kcflow.services.money.dossiers import create_other, edit_row, load_other
from kcflow.services.money.lines import misfit, weighed
from kcflow.services.money.others import MAKERS, board_in, may_write
from kcflow.services.money.owners import plan_standing
from kcflow.services.money_views import Board, RoundInput
from kcflow.services.moves import conflict, find, receipt
from kcflow.services.texts import error_label, reason
from kcflow.services.views import Receipt
from states.guarding import refuse
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows_money import FundRow

CEILING: Final = Label("Hạn mức đợt", "Ceiling of the round")
TRIES: Final = 5
"""How often the next number is looked for when others open rounds at the same moment."""


# -- what people enter -----------------------------------------------------------------------


def money_error(code: str, amount: int, **params: object) -> Label:
    """The sentence `code` with an amount written in each language."""
    return Label(*(error_label(code, amount=dong(amount, lang), **params)(lang) for lang in ("vi", "en")))


def entered_amount(what: str | Label, value: object) -> int:
    """An amount that is more than nothing, for `what` (a proposal's code, a field). Raises `BadInput`."""
    code = None
    if not isinstance(value, int) or isinstance(value, bool):
        code = "item_not_integer"
    elif value < 0:
        code = "item_negative"
    elif value == 0:
        code = "item_zero"
    elif value > MAX_DONG:
        code = "item_huge"
    if code is not None:
        raise BadInput(code, error_label(code, what=what))
    assert isinstance(value, int)  # noqa: S101 - told above
    return value


def checked_head(source: str, plan_year: int, area: str) -> None:
    """Source, year and area of a plan or round. Raises `BadInput`."""
    if source not in SOURCE:
        known = ", ".join(SOURCE)
        raise BadInput("choice_unknown", error_label("choice_unknown", value=source, known=known))
    if isinstance(plan_year, bool) or plan_year not in YEARS:
        raise BadInput("year_absurd", error_label("year_absurd", value=plan_year))
    if source == "kcqg" and area:
        raise BadInput("area_of_national", error_label("area_of_national"))
    if source == "kcdp" and area not in {province.key for province in reference.provinces()}:
        code = "area_of_province" if area else "worksheet_no_province"
        raise BadInput(code, error_label(code, area=area))


def makers_office(context: Context, source: str, kind: str, area: str) -> str:
    """The office in whose name this person opens a plan or round. Raises `NoPermission`."""
    roles, keys = MAKERS[kind, source], reference.covered_by(area) if area else frozenset()
    for each in context.actor.assignments:
        if each.role in roles and (not area or keys & each.provinces):
            return each.office
    names = " / ".join(ROLE[role].vi for role in roles)
    raise NoPermission("no_permission", error_label("no_permission", roles=names))


def _contents(values: tuple[int, ...]) -> list[int]:
    known = [content.code for content in reference.contents()]
    for value in values:
        if isinstance(value, bool) or value not in known:
            shown = ", ".join(map(str, known))
            raise BadInput("content_unknown", error_label("content_unknown", value=value, known=shown))
    return sorted(set(values))


# -- a round ---------------------------------------------------------------------------------


def _plan_of(reader: Reader, entered: RoundInput) -> tuple[StoredDossier, FundRow]:
    """The approved plan that a round gives out. Raises `BadInput` that says how to get one."""
    row = plan_standing(reader, entered.source, entered.plan_year, entered.area)
    code = plan_code(entered.source, entered.plan_year, entered.area) if row is None else row.code
    fund = reader.fund(code)
    if row is None or fund is None:
        raise BadInput("plan_missing", error_label("plan_missing", code=code))
    if row.ending:
        raise BadInput("plan_ended", error_label("plan_ended", code=code))
    if row.state != "approved":
        raise BadInput("plan_not_approved", error_label("plan_not_approved", code=code))
    return row, fund


def _within_plan(ceiling: int, plan: str, fund: FundRow) -> None:
    left = fund.ceiling - fund.allocated + fund.returned
    if ceiling > left:
        texts = (
            error_label(
                "round_over_plan",
                plan=plan,
                ceiling=dong(ceiling, lang),
                left=dong(left, lang),
                over=dong(ceiling - left, lang),
            )(lang)
            for lang in ("vi", "en")
        )
        raise BadInput("round_over_plan", Label(*texts), missing=ceiling - left)


def _next_number(reader: Reader, entered: RoundInput) -> int:
    lines = reader.others(ROUND, entered.source, entered.plan_year, entered.area)
    numbers = [row.content.get("number") or 0 for row in reader.dossiers([line.code for line in lines])]
    return max(numbers, default=0) + 1


def _supplemented(reader: Reader, plan: str, entered: RoundInput) -> bool:
    """Whether the plan was given more since its last round was opened: the next one gives that out."""
    given = [row.id for row in queries.history_of(reader, plan) if row.action == SUPPLEMENT]
    opened = [-line.id for line in reader.others(ROUND, entered.source, entered.plan_year, entered.area)]
    return max(given, default=0) > max(opened, default=0)


def _title(source: str, plan_year: int, number: int, area: str) -> str:
    place = f" {reference.province(area).name}" if area else ""
    return f"Đợt {number} phân bổ kinh phí {SOURCE[source].vi}{place} năm {plan_year}"


def open_round(context: Context, entered: RoundInput, request: str | None) -> Receipt:
    """Open a round under the year's approved plan; several may be prepared at once, each with its number.

    Raises `BadInput` (no approved plan, over what it has left by how much, number taken), `NoPermission`.
    """
    checked_head(entered.source, entered.plan_year, entered.area)
    office = makers_office(context, entered.source, ROUND, entered.area)
    ceiling = entered_amount(CEILING, entered.ceiling)
    contents = _contents(entered.contents)
    note = door.text("note", entered.note, multiline=True) or ""
    if entered.number is not None and (isinstance(entered.number, bool) or not 0 < entered.number < 1000):
        raise BadInput("round_number", error_label("round_number", number=entered.number))
    with context.store.read() as reader:
        plan = plan_standing(reader, entered.source, entered.plan_year, entered.area)
        supplementary = plan is not None and _supplemented(reader, plan.code, entered)
    content = {
        "source": entered.source,
        "plan_year": entered.plan_year,
        "province": entered.area,
        "unit_office": office,
        "total": ceiling,
        "requested": ceiling,
        "plan": plan.code if plan else "",
        "contents": contents,
        "note": note,
        "supplementary": supplementary,
    }
    for _ in range(TRIES):
        number = _free_number(context, entered, ceiling, request)
        title = _title(entered.source, entered.plan_year, number, entered.area)
        try:
            return create_other(
                context,
                lifecycle_name=f"allocation_round_{entered.source}",
                roles=MAKERS[ROUND, entered.source],
                code=round_code(entered.source, entered.plan_year, number, entered.area),
                content={"title": title, **content, "number": number},
                request=request,
            )
        except BadInput as taken:
            # Somebody else has opened the round of that number a moment ago: the next one, then.
            if taken.code != "code_taken" or entered.number is not None:
                raise
    raise _round_exists(round_code(entered.source, entered.plan_year, number, entered.area))


def _round_exists(code: str) -> BadInput:
    return BadInput("round_exists", error_label("round_exists", code=code))


def _free_number(context: Context, entered: RoundInput, ceiling: int, request: str | None) -> int:
    """The round's number, under a plan that has room for it; of a repeated request: the one it had."""
    with context.store.read() as reader:
        done = reader.request_row(door.request_id(request)) if request else None
        if done is not None:
            return entered.number or int((done.leaf["content"] or {}).get("number", 1))
        plan, fund = _plan_of(reader, entered)
        _within_plan(ceiling, plan.code, fund)
        number = entered.number or _next_number(reader, entered)
        code = round_code(entered.source, entered.plan_year, number, entered.area)
        if reader.dossier(code) is not None:
            raise _round_exists(code)
    return number


def change_round(context: Context, code: str, entered: RoundInput) -> Receipt:
    """Change ceiling, contents or note while it is prepared (a ceiling below its list is told).

    Raises `BadInput` (another year, source, area or number; nothing changed; already decided),
    `NoPermission`, `ConflictError`, `NotFound`.
    """
    ceiling = entered_amount(CEILING, entered.ceiling)
    contents = _contents(entered.contents)
    note = door.text("note", entered.note, multiline=True) or ""
    try:
        with context.store.write() as writer:
            row, lifecycle, facts = load_other(context, writer, code)
            own = (row.source, row.plan_year, row.province)
            asked = (entered.source, entered.plan_year, entered.area)
            if row.kind != ROUND or asked != own or entered.number not in (None, row.content["number"]):
                raise BadInput("round_fixed", error_label("round_fixed", code=row.code))
            assignment = assignment_for(context, facts, MAKERS[ROUND, row.source])
            if not may_write(context, row, facts, lifecycle):
                state = lifecycle.state_by_name[row.state].label
                raise BadInput("not_editable", error_label("other_not_editable", code=row.code, state=state))
            plan, fund = _plan_of(writer, entered)
            _within_plan(ceiling, plan.code, fund)
            content = {
                **row.content,
                "total": ceiling,
                "requested": ceiling,
                "contents": contents,
                "note": note,
            }
            stored = edit_row(
                context, writer, row, lifecycle, assignment, content, request=door.request_id(None)
            )
            if stored is None:
                raise BadInput("nothing_changed", error_label("nothing_changed", code=row.code))
            listed = sum(work.dong for work in writer.worksheet(row.code))
    except Conflict as lost:
        raise conflict(context, lost) from None
    over = refuse("items_over_ceiling", total=listed, missing=listed - ceiling, ceiling=ceiling)
    told = (reason(over, lifecycle),) if listed > ceiling else ()
    return receipt(lifecycle, stored, row.title, warnings=told)


# -- the worksheet ---------------------------------------------------------------------------


def _wanted(amounts: Mapping[str, int | None]) -> dict[str, int | None]:
    """What was entered by proper code, each amount looked at. Raises `BadInput`."""
    wanted: dict[str, int | None] = {}
    for code, value in amounts.items():
        proper = code.strip().upper()
        if proper in wanted:
            raise BadInput("item_twice", error_label("item_twice", code=proper))
        wanted[proper] = None if value is None else entered_amount(proper, value)
    return wanted


def may_stand(context: Context, item: StoredDossier) -> bool:
    """Whether this is a proposal that this person may see."""
    return item.kind == "proposal" and context.may_read(item.province, item.unit_office, item.state)


def put(
    context: Context,
    code: str,
    amounts: Mapping[str, int | None],
    notes: Mapping[str, str],
    *,
    clear: bool = False,
) -> Board:
    """Put proposals into the worksheet with these đồng; None takes one out; `clear`: all others too.

    What a draft may still lack (approval, room under the ceiling) shows at its line; what can never belong
    (another year, source or province) is refused. Raises `BadInput`, `NotFound`, `NoPermission`.
    """
    wanted = _wanted(amounts)
    said = {key.strip().upper(): door.text("note", text) for key, text in notes.items()}
    with context.store.write() as writer:
        row, lifecycle, facts = load_other(context, writer, code)
        if (row.kind, row.source) not in MAKERS:
            raise BadInput("no_worksheet", error_label("no_worksheet", code=row.code))
        assignment_for(context, facts, MAKERS[row.kind, row.source])
        if not may_write(context, row, facts, lifecycle):
            state = lifecycle.state_by_name[row.state]
            name = "worksheet_ended" if state.final else "worksheet_closed"
            raise BadInput(name, error_label(name, code=row.code, state=state.label))
        work = {} if clear else {each.dossier: each for each in writer.worksheet(row.code)}
        new = [each for each, dong_ in wanted.items() if dong_ is not None and each not in work]
        found = {each.code: each for each in writer.dossiers(new)}
        for each in new:
            item = found.get(each)
            if item is None or not may_stand(context, item):
                find(context, writer, each)  # raises, with the nearest codes
                raise NotFound("not_found", error_label("not_found", code=each))
        for step in weighed(context, writer, row, {each: wanted[each] or 0 for each in new}).values():
            if (wrong := misfit(context, row, step)) is not None:
                raise BadInput("item_misfit", wrong)
        for each, value in wanted.items():
            if value is None:
                work.pop(each, None)
            elif each in work:
                kept = work[each].note
                work[each] = replace(work[each], dong=value, note=said.get(each, kept))
            else:
                work[each] = WorkRow(row.code, each, value, 0, said.get(each))
        for each, note in said.items():
            if each in work and each not in wanted:
                work[each] = replace(work[each], note=note)
        sheet = [replace(each, ordinal=number) for number, each in enumerate(work.values(), start=1)]
        writer.put_work(row.code, sheet)
        if row.kind == CONTRACT:
            from kcflow.services.money import contracts

            contracts.limit_follows(context, writer, row, [each.dossier for each in sheet])
        return board_in(context, writer, row.code)
