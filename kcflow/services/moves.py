"""Explain, preview and carry out acts: one history row is the move (design §5–§6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from db import queries
from db.errors import Conflict
from db.leaf import instant
from db.rows import ZERO_HASH
from kcflow import reference
from kcflow.labels import HOLDER, ROLE, SYSTEM_ACTION
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, ConflictError, NotFound, RefusedByRules
from kcflow.services.stored_facts import StoredFacts
from kcflow.services.texts import both, document_label, error_label, reason
from kcflow.services.views import (
    BulkItem,
    DueView,
    MoveInput,
    OptionView,
    Preview,
    Reason,
    Receipt,
)
from kcflow.text import fold
from states import clock
from states.clock import Due
from states.engine import Move, Option, Refused, apply, evaluate, explain
from states.facts import Case, Facts, Inputs, Paper, Refusal
from states.guards import CONCLUDERS, GUARDS
from states.model import Action, DeadlineRule, Label, Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow, PaperRow


@cache
def known_documents() -> frozenset[str]:
    """Codes of every kind of document."""
    return frozenset(kind.code for kind in reference.document_kinds())


# -- facts -----------------------------------------------------------------------------------


def facts_of(
    context: Context, row: StoredDossier, papers: Sequence[PaperRow], rounds: Iterable[int]
) -> Facts:
    """Everything the rules may look at, from the stored dossier and its papers (oldest first)."""
    return StoredFacts(row, context.shared.office_kind(row.unit_office), lambda _: papers, lambda _: rounds)


def find(context: Context, reader: Reader, code: str) -> StoredDossier:
    """The dossier `code`, if it exists and this person may read it.

    Hidden and absent get the same words, so that codes can't be probed. Raises `NotFound`
    with the nearest codes.
    """
    row = reader.dossier(code.strip().upper())
    if row is None or not context.may_read(row.province, row.unit_office, row.state):
        near = _near_codes(context, reader, code)
        name = "not_found_near" if near else "not_found"
        raise NotFound(name, error_label(name, code=code, near=", ".join(near)))
    return row


def _near_codes(context: Context, reader: Reader, code: str) -> list[str]:
    """Codes that this person may see and that begin like `code`: most slips are in the last digits."""
    text = fold(code).strip()
    for length in (len(text) - 1, len(text) - 2):
        if length < 4:
            break
        wanted = queries.DossierFilter(text=text[:length])
        lines, _ = queries.list_dossiers(reader, context.scope, wanted, limit=3)
        if lines:
            return [line.code for line in lines]
    return []


def load(context: Context, reader: Reader, code: str) -> tuple[StoredDossier, Lifecycle, Facts]:
    """The dossier with its lifecycle and facts. Raises `NotFound`."""
    row = find(context, reader, code)
    papers = reader.papers([row.code]).get(row.code, [])
    facts = facts_of(context, row, papers, reader.rounds([row.code]).get(row.code, frozenset()))
    return row, context.shared.lifecycle(row.lifecycle), facts


def action_of(lifecycle: Lifecycle, name: str) -> Action:
    """The action `name`. Raises `NotFound` with the nearest names."""
    action = lifecycle.action_by_name.get(name)
    if action is None:
        import difflib

        near = difflib.get_close_matches(name, lifecycle.action_by_name, n=3)
        code = "action_unknown_near" if near else "action_unknown"
        raise NotFound(code, error_label(code, action=name, near=", ".join(near)))
    return action


# -- options ---------------------------------------------------------------------------------


def _labelled(kinds: Sequence[str]) -> tuple[tuple[str, Label], ...]:
    return tuple((kind, document_label(kind)) for kind in kinds)


def _suggested(action: Action, facts: Facts) -> int | None:
    if action.amount == "approved":
        return facts.approved or facts.requested
    if action.amount == "allocated":
        return max((facts.approved or 0) - facts.allocated, 0) or None
    if action.amount == "advanced":
        return max(facts.allocated - facts.advanced, 0) or None
    return None


def option_view(context: Context, lifecycle: Lifecycle, option: Option, facts: Facts) -> OptionView:
    """One option for people: sentences, labels, what the dialog must ask for."""
    action, shared = option.action, context.shared
    target = lifecycle.state_by_name.get(option.target or "")

    def sentences(refusals: Iterable[Refusal]) -> tuple[Reason, ...]:
        return tuple(reason(refusal, lifecycle, shared.office_name) for refusal in refusals)

    return OptionView(
        name=action.name,
        label=action.label,
        allowed=option.allowed,
        possible=option.possible,
        reasons=sentences(option.refusals),
        warnings=sentences(option.warnings),
        basis=action.basis,
        danger=action.danger,
        target=option.target,
        target_label=target.label if target else None,
        roles=tuple(ROLE[role] for role in action.roles),
        role_label=ROLE[option.assignment.role] if option.assignment else None,
        office_name=option.assignment.office_name if option.assignment else None,
        reason_need=action.reason,
        act_document_need=action.act_document_need,
        act_documents=_labelled(Lifecycle.act_documents(action)),
        missing_documents=tuple(_labelled(kinds) for kinds in option.missing_documents),
        amount=action.amount,
        suggested_amount=_suggested(action, facts),
        round=action.round,
        must_conclude=any(
            kind in CONCLUDERS and door.implied_conclusion(action, kind) is None
            for kind in Lifecycle.act_documents(action)
        ),
    )


def options(context: Context, code: str, move: MoveInput) -> tuple[OptionView, ...]:
    """Every action of the present state, possible ones first, each with every reason."""
    with context.store.read() as reader:
        _, lifecycle, facts = load(context, reader, code)
    entered = Inputs(on=move.on or context.today, today=context.today, expected_version=move.expected_version)
    return tuple(
        option_view(context, lifecycle, option, facts)
        for option in explain(lifecycle, facts, context.actor, entered)
    )


# -- deadlines -------------------------------------------------------------------------------


def due_after(
    context: Context, lifecycle: Lifecycle, facts: Facts, state: str, on: date, year: int
) -> Due | None:
    """The deadline of `state` counted from `on` (date of the act), by the rules that apply to it."""
    rules: Sequence[DeadlineRule] = lifecycle.state_by_name[state].deadlines
    if any(rule.when for rule in rules):
        case = Case(facts, Inputs(on=on, today=on), context.actor, None)
        rules = [rule for rule in rules if rule.when is None or GUARDS[rule.when](case) is None]
    if not rules:
        return None
    ends_on = facts.ends_on if any(rule.by == "term_end" for rule in rules) else None
    return context.shared.due(tuple(rules), on, year, ends_on)


def _counted_from(action: Action, facts: Facts, on: date) -> date:
    """A report renews the date after the one it fulfils: made 20/3 for 25/3, the next is 25/4."""
    return max(on, facts.due_on) if action.renews_deadline and facts.due_on else on


def due_view(due: Due | None) -> DueView | None:
    """A deadline for people, with its derivation."""
    if due is None:
        return None
    lines = zip(clock.derivation(due, "vi"), clock.derivation(due, "en"), strict=True)
    return DueView(due.on, due.kind, due.basis, tuple(Label(vi, en) for vi, en in lines))


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
    seq = (row.version if row else 0) + 1
    return {
        "v": 1,
        "dossier": row.code if row else None,
        "seq": seq,
        "prev": row.head if row else ZERO_HASH,
        "lifecycle": lifecycle.key,
        "fsm": lifecycle.fingerprint[:16],
        "action": action,
        "from": row.state if row else None,
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
        "due": due_leaf(row.due_on, row.due_kind, row.due_basis) if row else None,
        "entered_on": (row.entered_on if row else on).isoformat(),
        "waits_for": row.waits_for if row else lifecycle.state_by_name[to_state].waits_for,
        "return_to": row.return_to if row else None,
        "budget_year": row.budget_year if row else 0,
        "corrects": None,
        "changes": None,
        "content": None,
        "digest": row.digest if row else "",
        "edited": row.edited if row else seq,
        "refs": {},
        "request": request,
    }


def _deadline(row: StoredDossier, on: date) -> dict[str, object] | None:
    leaf = due_leaf(row.due_on, row.due_kind, row.due_basis)
    if leaf is not None and row.due_on is not None:
        leaf["met"] = on <= row.due_on
    return leaf


def _amount(action: Action, row: StoredDossier, inputs: Inputs) -> dict[str, object] | None:
    if action.amount is None or inputs.amount is None:
        return None
    before = {"approved": row.approved, "allocated": row.allocated, "advanced": row.advanced}[action.amount]
    after = inputs.amount if action.amount == "approved" else (before or 0) + inputs.amount
    return {
        "kind": action.amount,
        "dong": inputs.amount,
        "round": inputs.round if action.round else None,
        "before": before,
        "after": after,
    }


def move_leaf(
    context: Context,
    lifecycle: Lifecycle,
    row: StoredDossier,
    facts: Facts,
    move: Move,
    inputs: Inputs,
    at: datetime,
    request: str,
) -> dict[str, Any]:
    """The leaf of one decided move."""
    action, state = move.action, lifecycle.state_by_name[move.to_state]
    leaf = base_leaf(
        context,
        lifecycle,
        row,
        action=action.name,
        to_state=move.to_state,
        role=move.assignment.role,
        office=move.assignment.office,
        office_name=move.assignment.office_name,
        on=inputs.on,
        at=at,
        request=request,
    )
    year = row.budget_year + (1 if action.advances_year else 0)
    if move.enters or action.renews_deadline:
        due = due_after(
            context, lifecycle, facts, move.to_state, _counted_from(action, facts, inputs.on), year
        )
        leaf["due"] = due_leaf(due.on, due.kind, due.basis) if due else None
    if move.enters:
        leaf["entered_on"] = inputs.on.isoformat()
        leaf["waits_for"] = state.waits_for
    leaf.update(
        authority=inputs.authority,
        basis=action.basis,
        doc=paper_leaf(inputs.document),
        papers=[paper_leaf(paper) for paper in inputs.papers],
        amount=_amount(action, row, inputs),
        reason=inputs.reason,
        deadline=_deadline(row, inputs.on),
        return_to=move.return_to,
        budget_year=year,
    )
    if inputs.document or inputs.papers:
        leaf["edited"] = leaf["seq"]
    return leaf


# -- preview and advance ---------------------------------------------------------------------


def preview(context: Context, code: str, name: str, move: MoveInput) -> Preview:
    """What would happen, who would hold it and by when. Writes nothing."""
    with context.store.read() as reader:
        row, lifecycle, facts = load(context, reader, code)
    action = action_of(lifecycle, name)
    entered = door.inputs(move, action, context.today, known_documents())
    option = evaluate(lifecycle, action, facts, context.actor, entered)
    target = lifecycle.state_by_name.get(option.target or "")
    due: Due | None = None
    if target is not None and (target.name != facts.state or action.renews_deadline):
        year = facts.budget_year + (1 if action.advances_year else 0)
        due = due_after(
            context, lifecycle, facts, target.name, _counted_from(action, facts, entered.on), year
        )
    amount = _amount(action, row, entered)
    before, after = (amount["before"], amount["after"]) if amount else (None, None)
    return Preview(
        code=row.code,
        title=row.title,
        option=option_view(context, lifecycle, option, facts),
        allowed=option.allowed,
        from_label=lifecycle.state_by_name[row.state].label,
        to_label=target.label if target else None,
        waits_for_label=HOLDER[target.waits_for] if target else None,
        due=due_view(due),
        amount_before=before if isinstance(before, int) else None,
        amount_after=after if isinstance(after, int) else None,
    )


def action_label(lifecycle: Lifecycle, name: str) -> Label:
    """Label of an action, the store's own acts included."""
    action = lifecycle.action_by_name.get(name)
    return action.label if action else SYSTEM_ACTION.get(name, Label(name, name))


def receipt(
    lifecycle: Lifecycle,
    stored: HistoryRow,
    title: str,
    *,
    repeated: bool = False,
    warnings: tuple[Reason, ...] = (),
) -> Receipt:
    """What a history row says to the person who made it (the preview shows how a date was counted)."""
    leaf: Mapping[str, Any] = stored.leaf
    states, due = lifecycle.state_by_name, leaf["due"]
    from_state, to_state, action = leaf["from"], leaf["to"], leaf["action"]
    return Receipt(
        code=leaf["dossier"],
        title=title,
        seq=leaf["seq"],
        action=action,
        action_label=action_label(lifecycle, action),
        from_state=from_state,
        from_label=states[from_state].label if from_state else None,
        to_state=to_state,
        to_label=states[to_state].label,
        waits_for_label=HOLDER[leaf["waits_for"]],
        due=DueView(date.fromisoformat(due["on"]), due["kind"], due["basis"]) if due else None,
        on=date.fromisoformat(leaf["on"]),
        at=datetime.fromisoformat(leaf["at"]),
        hash=stored.hash,
        request=leaf["request"],
        repeated=repeated,
        warnings=warnings,
    )


def already(context: Context, reader: Reader, request: str, code: str | None, name: str) -> HistoryRow | None:
    """The row that `request` made before; another act under the same request is refused."""
    row = reader.request_row(request)
    if row is None:
        return None
    if row.actor != context.actor.login or row.action != name or (code and row.dossier != code):
        raise BadInput("request_reused", error_label("request_reused", code=row.dossier, seq=row.seq))
    return row


def conflict(context: Context, lost: Conflict) -> ConflictError:
    """Tell the loser of a race who moved the dossier, when, and to where."""
    winner = lost.winner
    if winner is None:
        return ConflictError("conflict", error_label("conflict_unknown", code=lost.dossier))
    state = context.shared.lifecycle(winner.leaf["lifecycle"]).state_by_name[winner.to_state]
    return ConflictError(
        "conflict",
        error_label("conflict", code=lost.dossier, by=winner.actor_name, when=winner.at, state=state.label),
        dossier=lost.dossier,
        seq=winner.seq,
    )


def refused_error(
    context: Context, lifecycle: Lifecycle, refused: Refused, code: str, label: Label
) -> RefusedByRules:
    """All reasons as sentences, with a heading that names the act and the dossier."""
    reasons = tuple(reason(refusal, lifecycle, context.shared.office_name) for refusal in refused.refusals)
    return RefusedByRules(
        both("errors.refused", action=label, code=code), reasons, dossier=code, action=refused.action
    )


def _note_refusal(context: Context, refused: Refused, code: str, request: str) -> None:
    """Keep the refused attempt with its reasons (design §6)."""
    assignment = context.actor.assignments[0] if context.actor.assignments else None
    with context.store.write() as writer:
        writer.refuse(
            actor=context.actor.login,
            operator=context.actor.operator,
            office=assignment.office if assignment else None,
            dossier=code,
            action=refused.action,
            reasons=[{"code": refusal.code, "kind": refusal.kind} for refusal in refused.refusals],
            request=request,
        )


def _attached(writer: Writer, entered: Inputs) -> Inputs:
    """What was entered, with its files kept in the store."""
    document, papers = entered.document, entered.papers
    if not (document and document.file) and not any(paper.file for paper in papers):
        return entered
    return replace(
        entered,
        document=door.attach(writer, document) if document else None,
        papers=tuple(door.attach(writer, paper) for paper in papers),
    )


def advance(context: Context, code: str, name: str, move: MoveInput) -> Receipt:
    """Carry out one act: begin, read, decide, insert the row that is the move, commit.

    Raises `RefusedByRules` with every reason (the attempt is kept), `ConflictError` when
    somebody else was faster, `NotFound`, `BadInput`, `StoreProblem`.
    """
    request = door.request_id(move.request)
    lifecycle: Lifecycle | None = None
    try:
        with context.store.write() as writer:
            row = find(context, writer, code)
            lifecycle = context.shared.lifecycle(row.lifecycle)
            # A request made just now cannot have been carried out before.
            done = already(context, writer, request, row.code, name) if move.request else None
            if done is not None:
                return receipt(lifecycle, done, row.title, repeated=True)
            action = action_of(lifecycle, name)
            entered = door.inputs(move, action, context.today, known_documents())
            if entered.expected_version is not None and entered.expected_version != row.version:
                raise Conflict(row.code, writer.history_row(row.code, row.version))
            facts = StoredFacts(
                row,
                context.shared.office_kind(row.unit_office),
                lambda code: writer.papers([code]).get(code, ()),
                lambda code: writer.rounds([code]).get(code, ()),
            )
            decided = apply(lifecycle, facts, context.actor, name, entered)
            entered = _attached(writer, entered)
            at = context.shared.now()
            stored = writer.append(move_leaf(context, lifecycle, row, facts, decided, entered, at, request))
    except Conflict as lost:
        raise conflict(context, lost) from None
    except Refused as refused:
        assert lifecycle is not None  # noqa: S101 - Refused comes only after it was loaded
        _note_refusal(context, refused, row.code, request)
        raise refused_error(context, lifecycle, refused, row.code, action.label) from None
    warnings = tuple(reason(r, lifecycle, context.shared.office_name) for r in decided.warnings)
    return receipt(lifecycle, stored, row.title, warnings=warnings)


class _AbandonBulk(Exception):
    """Leaves the transaction so that nothing is written."""


def advance_many(
    context: Context, codes: Sequence[str], name: str, move: MoveInput, *, all_or_nothing: bool
) -> tuple[BulkItem, ...]:
    """One decision over many dossiers: one transaction, one history row each (domain.md §11.1).

    With `all_or_nothing`, one refusal stops everything; otherwise those that can't are listed
    with their reasons and the others are done, still in one transaction.
    """
    request = door.request_id(move.request)
    base = replace(move, expected_version=None, request=None)
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    items: dict[str, BulkItem] = {}
    try:
        with context.store.write() as writer:
            rows = {row.code: row for row in writer.dossiers(wanted)}
            papers, rounds = cache(writer.papers), cache(writer.rounds)
            every = tuple(wanted)

            def papers_of(code: str) -> Sequence[PaperRow]:
                return papers(every).get(code, ())

            def rounds_of(code: str) -> Iterable[int]:
                return rounds(every).get(code, ())

            leaves: list[dict[str, Any]] = []
            entered_by_key: dict[str, Inputs] = {}
            attached_by_key: dict[str, Inputs] = {}
            for code in wanted:
                row = rows.get(code) or find(context, writer, code)
                find_ok = context.may_read(row.province, row.unit_office, row.state)
                if not find_ok:
                    raise NotFound("not_found", error_label("not_found", code=code))
                key = row.lifecycle
                lifecycle = context.shared.lifecycle(key)
                item_request = door.bulk_request(request, code)
                # A request made just now cannot have been carried out before.
                done = already(context, writer, item_request, code, name) if move.request else None
                if done is not None:
                    items[code] = BulkItem(code, receipt(lifecycle, done, row.title, repeated=True))
                    continue
                if key not in entered_by_key:
                    action = action_of(lifecycle, name)
                    entered_by_key[key] = door.inputs(base, action, context.today, known_documents())
                entered = entered_by_key[key]
                unit_kind = context.shared.office_kind(row.unit_office)
                facts = StoredFacts(row, unit_kind, papers_of, rounds_of)
                try:
                    decided = apply(lifecycle, facts, context.actor, name, entered)
                except Refused as refused:
                    reasons = tuple(
                        reason(r, lifecycle, context.shared.office_name) for r in refused.refusals
                    )
                    items[code] = BulkItem(code, None, reasons)
                    continue
                if key not in attached_by_key:
                    attached_by_key[key] = _attached(writer, entered)
                entered, at = attached_by_key[key], context.shared.now()
                leaves.append(move_leaf(context, lifecycle, row, facts, decided, entered, at, item_request))
            if all_or_nothing and any(item.receipt is None for item in items.values()):
                raise _AbandonBulk
            for stored in writer.append_many(leaves):
                row = rows[stored.dossier]
                lifecycle = context.shared.lifecycle(row.lifecycle)
                items[stored.dossier] = BulkItem(stored.dossier, receipt(lifecycle, stored, row.title))
    except _AbandonBulk:
        for code in wanted:
            items.setdefault(code, BulkItem(code, None))
    except Conflict as lost:
        raise conflict(context, lost) from None
    return tuple(items[code] for code in wanted)
