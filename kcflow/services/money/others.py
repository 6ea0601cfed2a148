"""Plans, rounds, contracts and adjustments in lists, and everything about one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from db import queries
from kcflow import reference
from kcflow.formats import dong
from kcflow.labels import AMOUNT, FIELD, HOLDER
from kcflow.services.audit import field_text, history_view
from kcflow.services.browse import mark_of, my_holders
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.leaves import stored_due
from kcflow.services.money.codes import ADJUSTMENT, CONTRACT, KINDS, PLAN, ROUND
from kcflow.services.money.dossiers import find_other, may_read
from kcflow.services.money.facts import stored_facts
from kcflow.services.money.lines import lines_of, mover_of, pending
from kcflow.services.money_views import Board, FundView, OtherRow
from kcflow.services.moves import option_view
from kcflow.services.texts import document_label, error_label
from kcflow.services.views import PaperView
from states.engine import explain, in_scope
from states.facts import Facts, Inputs
from states.holders import holders as possible_holders
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierLine, PaperRow
    from db.rows import DossierRow as StoredDossier
    from db.rows_money import FundRow

COUNTRY: Final = Label("Cả nước", "Whole country")
MAKERS: Final = {
    (PLAN, "kcqg"): ("agency",),
    (ROUND, "kcqg"): ("agency",),
    (PLAN, "kcdp"): ("department",),
    (ROUND, "kcdp"): ("department",),
    (CONTRACT, "kcqg"): ("agency", "department", "unit"),
    (CONTRACT, "kcdp"): ("agency", "department", "unit"),
}
"""Roles that open a plan, a round or a contract of a source and write its worksheet."""


def area_name(key: str) -> Label:
    """Name of what a plan or round is for: a province by its key, "" the whole country."""
    if not key:
        return COUNTRY
    name = reference.province(key).name
    return Label(name, name)


def fund_view(fund: FundRow | None) -> FundView | None:
    """A fund for people."""
    if fund is None:
        return None
    return FundView(
        ceiling=fund.ceiling,
        approved=fund.approved,
        allocated=fund.allocated,
        contracted=fund.contracted,
        advanced=fund.advanced,
        accepted=fund.accepted,
        settled=fund.settled,
        returned=fund.returned,
    )


# -- lists -----------------------------------------------------------------------------------


def other_row(
    context: Context,
    row: StoredDossier,
    fund: FundRow | None,
    items: tuple[int, int],
    doable: tuple[Label, ...] = (),
) -> OtherRow:
    """One of them as a view. items: how many proposals it is about, and their đồng."""
    lifecycle = context.shared.lifecycle(row.lifecycle)
    state = lifecycle.state_by_name[row.state]
    content = row.content
    change = content.get("change")
    return OtherRow(
        kind=row.kind,
        code=row.code,
        title=row.title,
        lifecycle=row.lifecycle,
        state=row.state,
        state_label=state.label,
        phase_label=lifecycle.phase_by_name[state.phase].label,
        source=row.source,
        plan_year=row.plan_year,
        area=row.province,
        area_name=area_name(row.province),
        office=row.unit_office,
        office_name=context.shared.office_name(row.unit_office),
        waits_for=row.waits_for,
        waits_for_label=HOLDER[row.waits_for],
        version=row.version,
        entered_on=row.entered_on,
        due_on=row.due_on,
        due_kind=row.due_kind,
        days_left=(row.due_on - context.today).days if row.due_on and not row.ending else None,
        mark=mark_of(row, state.paused, context.today),
        ending=row.ending,
        fund=fund_view(fund),
        number=content.get("number"),
        contents=tuple(content.get("contents") or ()),
        plan=content.get("plan"),
        items=items[0],
        items_total=items[1],
        subject=content.get("proposal"),
        change=change,
        change_label=_change_label(change) if change else None,
        doable=doable,
    )


def _change_label(change: str) -> Label:
    from kcflow.services.money import adjustments

    return adjustments.change_label(change)


def _counted(reader: Reader, rows: Collection[StoredDossier]) -> dict[str, tuple[int, int]]:
    """How many proposals stand in the worksheet of each, with their đồng; an adjustment is about one."""
    totals = reader.work_totals([row.code for row in rows])
    return {row.code: (1, 0) if row.kind == ADJUSTMENT else totals.get(row.code, (0, 0)) for row in rows}


def _doable(context: Context, reader: Reader, row: StoredDossier) -> tuple[Label, ...]:
    lifecycle = context.shared.lifecycle(row.lifecycle)
    facts = stored_facts(context, reader, row)
    entered = Inputs(on=max(context.today, row.last_on), today=context.today)
    mine = [
        action
        for action in lifecycle.actions_by_source[row.state]
        if any(each.role in action.roles and in_scope(each, facts) for each in context.actor.assignments)
    ]
    if not mine:
        return ()
    options = explain(lifecycle, facts, context.actor, entered)
    return tuple(option.action.label for option in options if option.possible)


def _rows(context: Context, reader: Reader, lines: Collection[DossierLine]) -> list[OtherRow]:
    stored = reader.dossiers([line.code for line in lines])
    funds, counted = reader.funds([row.code for row in stored]), _counted(reader, stored)
    return [
        other_row(
            context,
            row,
            funds.get(row.code),
            counted[row.code],
            () if row.ending else _doable(context, reader, row),
        )
        for row in stored
    ]


def listed(
    context: Context,
    kind: str,
    source: str | None,
    plan_year: int | None,
    area: str | None,
    state: str | None,
    open_only: bool,
) -> tuple[OtherRow, ...]:
    """Those of one kind that this person may see, newest first. Raises `BadInput` for an unknown kind."""
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise BadInput("kind_unknown", error_label("other_kind_unknown", kind=kind, known=known))
    with context.store.read() as reader:
        found = reader.others(kind, source, plan_year, area, None, state)
        seen = [line for line in found if may_read(context, line) and not (open_only and line.ending)]
        return tuple(_rows(context, reader, seen))


def waiting(context: Context) -> tuple[OtherRow, ...]:
    """Of every kind, those that wait for this person and on which something can be done, by due date."""
    holders = my_holders(context)
    there = {
        (lifecycle.subject, state.name)
        for lifecycle in context.shared.lifecycles.values()
        for state in lifecycle.states
        if lifecycle.subject in KINDS
        and not state.final
        and not possible_holders(lifecycle, state.name).isdisjoint(holders)
    }
    with context.store.read() as reader:
        lines = {
            line.code: line
            for kind, state in sorted(there)
            for line in reader.others(kind, state=state)
            if line.waits_for in holders and may_read(context, line)
        }
        rows = _rows(context, reader, lines.values())
    doable = [row for row in rows if row.doable]
    return tuple(sorted(doable, key=lambda row: (row.due_on is None, row.due_on or row.entered_on, row.code)))


# -- one of them -----------------------------------------------------------------------------


def in_preparation(lifecycle: Lifecycle, state: str) -> bool:
    """Whether the list may be changed in `state`: it is drafted, or to be corrected as was asked."""
    return state == lifecycle.initial or lifecycle.state_by_name[state].paused


def may_write(context: Context, row: StoredDossier, facts: Facts, lifecycle: Lifecycle) -> bool:
    """Whether this person may change its worksheet now: while it is prepared, or corrected as was asked."""
    roles = MAKERS.get((row.kind, row.source), ())
    return in_preparation(lifecycle, row.state) and any(
        each.role in roles and in_scope(each, facts) for each in context.actor.assignments
    )


def board(context: Context, code: str) -> Board:
    """Everything about one of them, its lines with every reason against each. Raises `NotFound`."""
    with context.store.read() as reader:
        return board_in(context, reader, code)


def board_in(context: Context, reader: Reader, code: str) -> Board:
    """`board` as one transaction sees it."""
    row = find_other(context, reader, code)
    lifecycle = context.shared.lifecycle(row.lifecycle)
    facts = stored_facts(context, reader, row)
    entered = Inputs(on=max(context.today, row.last_on), today=context.today)
    found = explain(lifecycle, facts, context.actor, entered)
    options = tuple(option_view(context, lifecycle, option, facts) for option in found)
    papers = reader.papers([row.code]).get(row.code, [])
    history = queries.history_of(reader, row.code)
    fund = reader.fund(row.code)
    drafted = pending(lifecycle, row)
    mover = mover_of(lifecycle)
    decision = next((h for h in history if mover is not None and h.action == mover.name), None)
    lines, count, total = lines_of(
        context, reader, row, drafted=drafted, decided_on=decision.on if decision else None
    )
    above = reader.dossier(str(row.content["plan"])) if row.content.get("plan") else None
    above_fund = reader.fund(above.code) if above else None
    above_row = (
        other_row(context, above, above_fund, _counted(reader, [above])[above.code]) if above else None
    )
    due = stored_due(context, reader, row, lifecycle, facts)
    spent = _spent(row.kind, fund)
    given = total if drafted else 0
    timeline = tuple(history_view(context.shared, h, row.title) for h in history)
    return Board(
        row=other_row(
            context,
            row,
            fund,
            (count, total) if row.kind != ADJUSTMENT else (1, 0),
            tuple(option.label for option in options if option.possible),
        ),
        content=dict(row.content),
        lines=lines,
        decided=not drafted,
        above=above_row,
        options=options,
        papers=tuple(_paper(paper) for paper in papers),
        timeline=timeline,
        due=due,
        total=total,
        left=fund.ceiling - spent - given if fund else None,
        plan_left=above_fund.ceiling - _spent(ROUND, above_fund) - given if above_fund else None,
        editable=may_write(context, row, facts, lifecycle),
        before=_before(context, row.content),
        parties=_parties(context, row.content) if row.kind == CONTRACT else (),
        notes=_notes(row.kind, row.content),
    )


def _parties(context: Context, content: Mapping[str, Any]) -> tuple[str, str]:
    """Who signs as A and as B, by name: offices are kept by their codes."""
    first, second = (str(content.get(name) or "") for name in ("party_a", "party_b"))
    return context.shared.office_name(first), context.shared.office_name(second)


def _spent(kind: str, fund: FundRow | None) -> int:
    """What of its ceiling a fund has given away already, đồng."""
    if fund is None:
        return 0
    if kind == PLAN:
        return fund.approved
    return fund.contracted if kind == CONTRACT else fund.allocated - fund.returned


def _paper(row: PaperRow) -> PaperView:
    return PaperView(
        row.kind,
        document_label(row.kind),
        row.number,
        row.date,
        row.signer,
        row.conclusion,
        row.file,
        row.file_name,
        row.seq,
    )


def _before(context: Context, content: Mapping[str, Any]) -> tuple[tuple[Label, Label, Label], ...]:
    """An adjustment's fields with what they were and what they are to be."""
    after: Mapping[str, Any] = content.get("after") or {}
    before: Mapping[str, Any] = content.get("before") or {}
    return tuple(
        (
            FIELD.get(name) or AMOUNT.get(name) or Label(name, name),
            _as_text(context, name, before.get(name)),
            _as_text(context, name, value),
        )
        for name, value in after.items()
    )


def _as_text(context: Context, name: str, value: Any) -> Label:  # noqa: ANN401 - JSON is untyped
    if name in AMOUNT and isinstance(value, int):
        return Label(dong(value, "vi"), dong(value, "en"))
    return field_text(context.shared, name, value)


def lines_gap(content: Mapping[str, Any]) -> int:
    """By how much a plan's division falls short of its total (negative: goes beyond); 0 without one."""
    parts: Sequence[Mapping[str, Any]] = content.get("lines") or ()
    return content["total"] - sum(part["dong"] for part in parts) if parts else 0


def _notes(kind: str, content: Mapping[str, Any]) -> tuple[Label, ...]:
    gap = lines_gap(content) if kind == PLAN else 0
    return (gap_label(gap),) if gap else ()


def gap_label(gap: int) -> Label:
    """The sentence of a plan whose division doesn't add up to its total."""
    key = "plan_lines_short" if gap > 0 else "plan_lines_over"
    return Label(*(error_label(key, off=dong(abs(gap), lang))(lang) for lang in ("vi", "en")))
