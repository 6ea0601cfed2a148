"""The proposals of a plan, round or contract: drafted, with what stands against each, or decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from kcflow import reference
from kcflow.services.context import Context
from kcflow.services.money.batch import Step, weigh
from kcflow.services.money.codes import ADJUSTMENT, CONTRACT, PLAN, ROUND
from kcflow.services.money_views import Line
from kcflow.services.texts import error_label, reason
from kcflow.services.views import Reason
from states.facts import Inputs
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier

CHARGED: Final = {PLAN: "approved", ROUND: "allocated", CONTRACT: "contracted"}
"""Which amount the decision of each kind gives."""
TOLD: Final = frozenset({"guard", "state"})
"""Kinds of refusal that are about the proposal, not about who asks or what is still to be entered."""


def mover_of(lifecycle: Lifecycle) -> Action | None:
    """The act that moves the proposals of a worksheet for the first time; None where there is none."""
    return next((action for action in lifecycle.actions if action.moves), None)


_BEFORE: dict[str, frozenset[str]] = {}
"""By a lifecycle's fingerprint: states from which the decision over the worksheet can still be reached."""


def _before_decision(lifecycle: Lifecycle) -> frozenset[str]:
    if lifecycle.fingerprint not in _BEFORE:
        _BEFORE[lifecycle.fingerprint] = _leading_to(lifecycle, mover_of(lifecycle))
    return _BEFORE[lifecycle.fingerprint]


def _leading_to(lifecycle: Lifecycle, mover: Action | None) -> frozenset[str]:
    if mover is None:
        return frozenset(state.name for state in lifecycle.states if not state.final)
    before = set(mover.sources)
    while True:
        more = {
            source
            for action in lifecycle.actions
            if action is not mover
            for source in action.sources
            if lifecycle.reachable_targets(action, source) & before
        } - before
        if not more:
            return frozenset(before)
        before |= more


def pending(lifecycle: Lifecycle, row: StoredDossier) -> bool:
    """Whether the decision over the worksheet is still to come (or never came: it was cancelled)."""
    named = lifecycle.state_by_name[row.state]
    return row.state in _before_decision(lifecycle) or named.ending in ("withdrawn", "refused")


# -- what stands against a proposal ----------------------------------------------------------


MISFITS: Final = frozenset({"round_other_year", "round_other_source", "round_other_province"})
"""Refusals of the rules that say that a proposal has no place in a round at all."""
OF_PARENT: Final = frozenset({"round_without_opinion", "plan_missing"})
"""Refusals about the round itself, which every line would repeat."""


def misfit(context: Context, row: StoredDossier, step: Step) -> Label | None:
    """Why a proposal can have no place in this plan, round or contract at all; None when it may."""
    item = step.row
    if item.source != row.source:
        return error_label("item_other_source", code=item.code, owner=row.code)
    if row.kind == PLAN and item.plan_year != row.plan_year:
        years = {"year": item.plan_year, "own": row.plan_year}
        return error_label("item_other_year", code=item.code, owner=row.code, **years)
    if row.kind == PLAN and row.province and item.province not in reference.covered_by(row.province):
        name = reference.province(item.province).name
        return error_label("item_other_province", code=item.code, owner=row.code, province=name)
    if row.kind == CONTRACT and item.unit_office != row.unit_office:
        return error_label("item_other_unit", code=item.code, owner=row.code)
    if row.kind == ROUND:
        for refusal in step.refusals:
            if refusal.code in MISFITS:
                said = reason(refusal, step.lifecycle, context.shared.office_name).text
                return Label(f"{item.code}: {said.vi}", f"{item.code}: {said.en}")
    return None


def problems_of(
    context: Context, row: StoredDossier, step: Step, *, but: frozenset[str] = frozenset()
) -> tuple[Reason, ...]:
    """Every reason why a proposal can't be done as it stands in the worksheet."""
    wrong = misfit(context, row, step) if row.kind != ROUND else None
    found = [] if wrong is None else [Reason("guard", "item_misfit", wrong)]
    left_out = but | OF_PARENT
    found += [
        reason(refusal, step.lifecycle, context.shared.office_name)
        for refusal in step.refusals
        if refusal.kind in TOLD and refusal.code not in left_out
    ]
    return tuple(found)


def weighed(
    context: Context, reader: Reader, row: StoredDossier, amounts: Mapping[str, int]
) -> dict[str, Step]:
    """What the decision over these proposals (đồng each) would do to each, by code."""
    lifecycle = context.shared.lifecycle(row.lifecycle)
    mover = mover_of(lifecycle)
    if mover is None or not amounts:
        return {}
    entered = Inputs(on=max(context.today, row.last_on), today=context.today)
    return {step.row.code: step for step in weigh(context, reader, row, mover, entered, amounts)}


# -- lines -----------------------------------------------------------------------------------


def _line(
    context: Context,
    item: StoredDossier,
    dong: int,
    note: str = "",
    problems: tuple[Reason, ...] = (),
    on: date | None = None,
) -> Line:
    state = context.shared.lifecycle(item.lifecycle).state_by_name[item.state]
    return Line(
        code=item.code,
        title=item.title,
        unit_name=context.shared.office_name(item.unit_office),
        province=item.province,
        province_name=reference.province(item.province).name,
        contents=tuple(item.content["content_codes"]),
        state=item.state,
        state_label=state.label,
        requested=item.requested,
        approved=item.approved,
        allocated=item.allocated,
        dong=dong,
        note=note,
        problems=problems,
        on=on,
    )


def lines_of(
    context: Context, reader: Reader, row: StoredDossier, *, drafted: bool, decided_on: date | None
) -> tuple[tuple[Line, ...], int, int]:
    """(lines that this person may see, how many there are in all, Σ of all in đồng)."""
    if row.kind == ADJUSTMENT:
        return (), 0, 0
    work = reader.worksheet(row.code)
    notes = {each.dossier: each.note or "" for each in work}
    if drafted:
        amounts = {each.dossier: each.dong for each in work}
        steps = weighed(context, reader, row, amounts)
        lines = [
            _line(context, step.row, amounts[code], notes[code], problems_of(context, row, step))
            for code, step in steps.items()
            if _seen(context, step.row)
        ]
        return tuple(lines), len(amounts), sum(amounts.values())
    charged: dict[str, int] = {}
    for charge in reader.charges_to(row.code, CHARGED[row.kind]):
        charged[charge.dossier] = charged.get(charge.dossier, 0) + charge.dong
    lines = [
        _line(context, item, charged[item.code], notes.get(item.code, ""), (), decided_on)
        for item in reader.dossiers(charged)
        if _seen(context, item)
    ]
    return tuple(lines), len(charged), sum(charged.values())


def _seen(context: Context, item: StoredDossier) -> bool:
    return context.may_read(item.province, item.unit_office, item.state)
