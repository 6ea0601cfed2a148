"""The history row of an act: who, when, on which paper, what it does to deadline and money (design §6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from db.leaf import digest, instant
from db.rows import ZERO_HASH
from kcflow.labels import HOLDER
from kcflow.services.clock import count
from kcflow.services.context import Context
from kcflow.services.views import DueView
from states import clock
from states.clock import Due
from states.engine import Move
from states.facts import Assignment, Facts, Inputs, Paper
from states.holders import holder
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier


# -- deadlines -------------------------------------------------------------------------------


def due_after(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    facts: Facts,
    action: Action,
    state: str,
    on: date,
    year: int,
) -> Due | None:
    """The deadline of `state` after `action` of that day; facts: before the act.

    `facts.state` is where the dossier stands: an act that only renews its date counts from where
    `count.counted_from` says, and holds go on.
    """
    stays = facts.state == state and action.renews_deadline
    start = count.counted_from(lifecycle, state, on, facts.due_on) if stays else on
    return count.entry(context, reader, lifecycle, facts, state, start, year, stays=stays)


def due_view(due: Due | None) -> DueView | None:
    """A deadline for people, with its derivation."""
    if due is None:
        return None
    lines = zip(clock.derivation(due, "vi", HOLDER), clock.derivation(due, "en", HOLDER), strict=True)
    return DueView(due.on, due.kind, due.basis, tuple(Label(vi, en) for vi, en in lines))


def stored_due(
    context: Context, reader: Reader, row: StoredDossier, lifecycle: Lifecycle, facts: Facts
) -> DueView | None:
    """The stored deadline of a dossier, with its derivation where it is counted the same now."""
    if row.due_on is None or row.due_kind is None:
        return None
    try:
        due = count.count(context, reader, row, lifecycle, facts).due
    except clock.CalendarUnknown:
        due = None  # it was counted when its year was known
    if due is not None and due.on == row.due_on and due.kind == row.due_kind:
        return due_view(due)
    return DueView(row.due_on, "law" if row.due_kind == "law" else "policy", row.due_basis or "")


def changed_due(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    lifecycle: Lifecycle,
    facts_of: Callable[[StoredDossier], Facts],
    content: Mapping[str, Any],
) -> dict[str, object] | None:
    """The deadline in the leaf that gives a dossier new content: some dates hang on what stands in it.

    The end of the schedule does, and whether a draft goes by the Sở. facts_of: of a stored row.
    """
    text = json.dumps({"content": dict(content)}, ensure_ascii=False)
    after = replace(
        row,
        **{name: content[name] for name in ("source", "plan_year", "province", "unit_office")},
        edited=row.version + 1,
        written=text,
    )
    try:
        due = count.count(context, reader, after, lifecycle, facts_of(after)).due
    except clock.CalendarUnknown:
        return due_leaf(row.due_on, row.due_kind, row.due_basis)
    return due_leaf(due.on, due.kind, due.basis) if due else None


# -- the history row -------------------------------------------------------------------------


def paper_leaf(paper: Paper | None) -> dict[str, object] | None:
    """A paper as the leaf carries it."""
    if paper is None:
        return None
    return {
        "kind": paper.kind,
        "number": paper.number,
        "date": paper.date.isoformat() if paper.date else None,
        "signer": paper.signer,
        "conclusion": paper.conclusion,
        "file": paper.file,
        "file_name": paper.file_name,
    }


def due_leaf(on: date | None, kind: str | None, basis: str | None) -> dict[str, object] | None:
    """A deadline as the leaf carries it."""
    return None if on is None else {"on": on.isoformat(), "kind": kind, "basis": basis}


def base_leaf(
    context: Context,
    lifecycle: Lifecycle,
    row: StoredDossier | None,
    *,
    action: str,
    to_state: str,
    role: str,
    office: str,
    office_name: str,
    on: date,
    at: datetime,
    request: str,
) -> dict[str, Any]:
    """A leaf that changes nothing yet: the dossier as it stands, and who acts."""
    actor = context.actor
    leaf: dict[str, Any] = {
        "v": 1,
        "dossier": None,
        "seq": 1,
        "prev": ZERO_HASH,
        "lifecycle": lifecycle.key,
        "fsm": lifecycle.fingerprint[:16],
        "action": action,
        "from": None,
        "to": to_state,
        "actor": actor.login,
        "actor_name": actor.name,
        "operator": actor.operator,
        "operator_name": actor.operator_name,
        "role": role,
        "office": office,
        "office_name": office_name,
        "authority": None,
        "system": False,
        "basis": lifecycle.basis,
        "doc": None,
        "papers": [],
        "amount": None,
        "reason": None,
        "on": on.isoformat(),
        "at": instant(at),
        "deadline": None,
        "due": None,
        "entered_on": on.isoformat(),
        "waits_for": lifecycle.state_by_name[to_state].waits_for,
        "return_to": None,
        "budget_year": 0,
        "corrects": None,
        "changes": None,
        "content": None,
        "digest": "",
        "edited": 1,
        "refs": {},
        "request": request,
    }
    if row is not None:
        leaf.update(_standing(row))
    return leaf


def _standing(row: StoredDossier) -> dict[str, Any]:
    """What the next leaf of a dossier says when it changes nothing."""
    return {
        "dossier": row.code,
        "seq": row.version + 1,
        "prev": row.head,
        "from": row.state,
        "due": due_leaf(row.due_on, row.due_kind, row.due_basis),
        "entered_on": row.entered_on.isoformat(),
        "waits_for": row.waits_for,
        "return_to": row.return_to,
        "budget_year": row.budget_year,
        "digest": row.digest,
        "edited": row.edited,
        "refs": {},
    }


def deadline_leaf(row: StoredDossier, on: date) -> dict[str, object] | None:
    """The deadline in force when an act is done, as the leaf carries it."""
    leaf = due_leaf(row.due_on, row.due_kind, row.due_basis)
    if leaf is not None and row.due_on is not None:
        leaf["met"] = on <= row.due_on
    return leaf


def amount_leaf(
    action: Action, row: StoredDossier, dong: int | None, round_: int | None
) -> dict[str, object] | None:
    """What the act does to one of the dossier's amounts: an approval sets it, all others add."""
    if action.amount is None or dong is None:
        return None
    before: int | None = getattr(row, action.amount)
    return {
        "kind": action.amount,
        "dong": dong,
        "round": round_ if action.round else None,
        "before": before,
        "after": dong if action.amount == "approved" else (before or 0) + dong,
    }


def act_leaf(
    context: Context, lifecycle: Lifecycle, move: Move, inputs: Inputs, at: datetime
) -> dict[str, Any]:
    """What the leaves of one act say alike, whatever dossier it moves: who, when, on which papers."""
    leaf = base_leaf(
        context,
        lifecycle,
        None,
        action=move.action.name,
        to_state=move.to_state,
        role=move.assignment.role,
        office=move.assignment.office,
        office_name=move.assignment.office_name,
        on=inputs.on,
        at=at,
        request="",
    )
    leaf.update(
        authority=inputs.authority,
        basis=move.action.basis,
        doc=paper_leaf(inputs.document),
        papers=[paper_leaf(paper) for paper in inputs.papers],
        reason=inputs.reason,
    )
    return leaf


def move_leaf(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    row: StoredDossier,
    facts: Facts,
    move: Move,
    inputs: Inputs,
    at: datetime,
    request: str,
    charges: Sequence[str] = (),
    alike: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The leaf of one decided move. charges: codes of the dossiers whose funds its amount is charged to.

    alike: `act_leaf` of this act, where many are moved by it.
    """
    action, state = move.action, lifecycle.state_by_name[move.to_state]
    common = alike if alike is not None else act_leaf(context, lifecycle, move, inputs, at)
    leaf = {**common, **_standing(row)}
    year = row.budget_year + (1 if action.advances_year else 0)
    if move.enters or action.renews_deadline:
        due = due_after(context, reader, lifecycle, facts, action, move.to_state, inputs.on, year)
        leaf["due"] = due_leaf(due.on, due.kind, due.basis) if due else None
    if move.enters:
        leaf["entered_on"] = common["on"]
        leaf["waits_for"] = holder(lifecycle, state.name, facts.decides)
        if count.waits_for_contract(state.deadlines):
            # What the others of the contract stood at then can't be told later.
            leaf["refs"][count.LAST_OF_CONTRACT] = facts.others_accepted
    leaf["amount"] = amount_leaf(action, row, move.amount, inputs.round)
    leaf["deadline"] = deadline_leaf(row, inputs.on)
    leaf["return_to"] = move.return_to
    leaf["budget_year"] = year
    leaf["request"] = request
    if leaf["amount"] is not None and charges:
        leaf["refs"]["charges"] = list(charges)
    if inputs.fields:
        leaf["refs"]["fields"] = dict(inputs.fields)
    if inputs.via is not None:
        leaf["refs"]["via"] = inputs.via.code
    if inputs.document or inputs.papers:
        leaf["edited"] = leaf["seq"]
    return leaf


def first_leaf(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    facts: Facts,
    assignment: Assignment,
    content: Mapping[str, Any],
    *,
    folded: str,
    code: str,
    on: date,
    request: str,
) -> dict[str, Any]:
    """The leaf that opens a dossier of any kind: its code, its content, its first state and deadline.

    folded: what the search looks through.
    """
    due = count.entry(context, reader, lifecycle, facts, lifecycle.initial, on, content["plan_year"])
    leaf = base_leaf(
        context,
        lifecycle,
        None,
        action="create",
        to_state=lifecycle.initial,
        role=assignment.role,
        office=assignment.office,
        office_name=assignment.office_name,
        on=on,
        at=context.shared.now(),
        request=request,
    )
    leaf.update(
        dossier=code,
        due=due_leaf(due.on, due.kind, due.basis) if due else None,
        budget_year=content["plan_year"],
        content=dict(content),
        digest=digest(content),
        refs={"folded": folded},
    )
    return leaf
