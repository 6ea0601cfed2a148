"""One proposal's whole money story, from its history rows and what they charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from db import queries
from kcflow.services import ceilings
from kcflow.services.audit import paper_view
from kcflow.services.context import Context
from kcflow.services.money.codes import ADJUSTMENT, PLAN, ROUND
from kcflow.services.money.contracts import left_to_pay
from kcflow.services.money.dossiers import may_read
from kcflow.services.money.facts import REPORT
from kcflow.services.money.others import other_row
from kcflow.services.money.owners import contract_of
from kcflow.services.money.stages import BASES, STAGE, share
from kcflow.services.money_figures import StageFigure
from kcflow.services.money_views import MoneyEvent, MoneyStory
from kcflow.services.moves import action_label, find
from kcflow.typed import field_text
from states.fields import FIELDS
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow
    from db.rows_money import ChargeRow

STORY_STAGES: Final = (
    *("requested", "approved", "allocated", "contracted"),
    *("advanced", "accepted", "settled", "returned"),
)


def figures(row: StoredDossier) -> tuple[StageFigure, ...]:
    """requested … returned of one proposal, each with its share of the stage it comes out of."""
    amounts = {stage: getattr(row, stage) or 0 for stage in STORY_STAGES} | {"total": row.content["total"]}
    return tuple(
        StageFigure(
            stage=stage,
            label=STAGE[stage],
            recorded=amounts[stage],
            share=share(amounts[stage], BASES[stage], amounts[BASES[stage]]),
        )
        for stage in STORY_STAGES
    )


# -- events ----------------------------------------------------------------------------------


def _fields(leaf: Mapping[str, Any]) -> tuple[tuple[Label, Label], ...]:
    entered: Mapping[str, object] = leaf["refs"].get("fields") or {}
    return tuple(
        (FIELDS[name].label, Label(*(field_text(name, str(value), lang) for lang in ("vi", "en"))))
        for name, value in entered.items()
        if name in FIELDS
    )


def _event(lifecycle: Lifecycle, row: HistoryRow, owners: Mapping[int, str], contracted: int) -> MoneyEvent:
    leaf = row.leaf
    amount = leaf["amount"] or {"kind": "", "dong": 0, "after": 0}
    is_advance = amount["kind"] == "advanced" and contracted > 0
    return MoneyEvent(
        seq=row.seq,
        on=row.on,
        kind=amount["kind"] or "report",
        label=action_label(lifecycle, row.action),
        dong=amount["dong"],
        after=amount["after"],
        owner=owners.get(row.seq),
        document=paper_view(leaf["doc"], row.seq) if leaf["doc"] else None,
        actor_name=row.actor_name,
        permille=(amount["dong"] * 2000 + contracted) // (2 * contracted) if is_advance else None,
        fields=_fields(leaf),
    )


def events(
    context: Context, rows: Sequence[HistoryRow], charges: Sequence[ChargeRow]
) -> tuple[MoneyEvent, ...]:
    """Every movement of the money, oldest first; an advance with its part of the contract's value then."""
    owners: dict[int, str] = {}
    # The plan stands above the round that was issued under it.
    for charge in sorted(charges, key=lambda charge: charge.owner_kind == PLAN):
        owners.setdefault(charge.seq, charge.owner)
    found, contracted = [], 0
    for row in rows:
        amount = row.leaf["amount"]
        if amount is None:
            continue
        if amount["kind"] == "contracted":
            contracted = amount["after"]
        found.append(_event(context.shared.lifecycle(row.leaf["lifecycle"]), row, owners, contracted))
    return tuple(found)


def reports(context: Context, rows: Sequence[HistoryRow]) -> tuple[MoneyEvent, ...]:
    """The monthly progress reports, oldest first; `dong` is the money used, where the report says it."""
    found = []
    for row in rows:
        if row.action != REPORT:
            continue
        event = _event(context.shared.lifecycle(row.leaf["lifecycle"]), row, {}, 0)
        used = (row.leaf["refs"].get("fields") or {}).get("money_used", 0)
        found.append(_with_used(event, used))
    return tuple(found)


def _with_used(event: MoneyEvent, used: int) -> MoneyEvent:
    from dataclasses import replace

    return replace(event, dong=used, after=used)


# -- missing reports -------------------------------------------------------------------------


def _month(day: date) -> date:
    return day.replace(day=1)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _last_day(lifecycle: Lifecycle, state: str) -> int | None:
    """The last day of a month on which its report is in time; None for a state without such reports."""
    rule = next((r for r in lifecycle.state_by_name[state].deadlines if r.by == "monthly"), None)
    return None if rule is None else rule.day if rule.inclusive else rule.day - 1


def months_missing(context: Context, rows: Sequence[HistoryRow], today: date) -> tuple[date, ...]:
    """First days of the months whose report never came though the work was under way (TT 36/2013 Đ23.3a).

    A month owes its report when the work was under way on its last day for reporting, and had begun before
    it, as the deadline counts (states.clock); the report is missing from the day after.
    """
    reported = {_reported_month(row) for row in rows if row.action == REPORT}
    owed: list[date] = []
    for index, row in enumerate(rows):
        lifecycle = context.shared.lifecycle(row.leaf["lifecycle"])
        day = _last_day(lifecycle, row.to_state)
        if day is None or row.from_state == row.to_state:
            continue
        left = next((later.on for later in rows[index + 1 :] if later.to_state != row.to_state), None)
        month = _month(row.on)
        if month.replace(day=day) <= row.on:
            month = _next(month)
        while month.replace(day=day) < min(left or today, today):
            owed.append(month)
            month = _next(month)
    return tuple(month for month in dict.fromkeys(owed) if month not in reported)


def _reported_month(row: HistoryRow) -> date:
    """The month a report is about: the one it names, else that of its date."""
    named = (row.leaf["refs"].get("fields") or {}).get("report_month")
    return date.fromisoformat(f"{named}-01") if named else _month(row.on)


# -- refund, remainder -----------------------------------------------------------------------


def refund(lifecycle: Lifecycle, row: StoredDossier) -> tuple[int, date | None]:
    """What must still be paid back and by when: known once the work is settled or stopped.

    Before that, money paid out in advance is no debt yet.
    """
    names = [action.name for action in lifecycle.actions_by_source[row.state] if action.amount == "returned"]
    owes = row.state.endswith("refund_due") and bool(names)
    if not owes:
        return 0, None
    due = max(0, row.advanced - row.returned - (row.settled or row.accepted))
    return due, row.due_on if due else None


def _adjustments(context: Context, reader: Reader, row: StoredDossier) -> tuple[Any, ...]:
    lines = reader.others(kind=ADJUSTMENT, unit_office=row.unit_office)
    stored = reader.dossiers([line.code for line in lines])
    own = [one for one in stored if one.content.get("proposal") == row.code and may_read(context, one)]
    return tuple(other_row(context, one, None, (1, 0)) for one in own)


def story(context: Context, code: str) -> MoneyStory:
    """A proposal's whole money story. Raises `NotFound`."""
    with context.store.read() as reader:
        row = find(context, reader, code)
        rows = queries.history_of(reader, row.code)
        charges = reader.charges_of(row.code)
        contract = contract_of(reader, row.code)
        passed = ceilings.passed(reader, row.content, row.approved or row.requested, row.entered_on)
        adjustments = _adjustments(context, reader, row)
    lifecycle = context.shared.lifecycle(row.lifecycle)
    due, by = refund(lifecycle, row)
    given = (c.owner for c in charges if c.owner_kind == ROUND and c.kind == "allocated" and c.dong > 0)
    return MoneyStory(
        code=row.code,
        title=row.title,
        figures=figures(row),
        events=events(context, rows, charges),
        rounds=tuple(dict.fromkeys(given)),
        contract=contract,
        adjustments=adjustments,
        refund_due=due,
        refund_by=by,
        left_to_allocate=max(0, (row.approved or 0) - row.allocated),
        left_to_pay=left_to_pay(row),
        reports=reports(context, rows),
        months_missing=months_missing(context, rows, context.today),
        ceilings=tuple(warning.label for warning in passed),
    )
