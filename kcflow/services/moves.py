"""Explain, preview and carry out acts: one history row is the move (design §5–§6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from db import queries
from db.errors import Conflict
from kcflow import reference
from kcflow.labels import HOLDER, ROLE, SUBJECT, SYSTEM_ACTION, clock_act
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, ConflictError, NotFound, RefusedByRules
from kcflow.services.leaves import amount_leaf, due_after, due_view, move_leaf
from kcflow.services.money import follow
from kcflow.services.money.facts import stored_facts
from kcflow.services.money.owners import Owners, contract_of
from kcflow.services.texts import both, document_label, error_label, reason
from kcflow.services.views import (
    DueView,
    FieldAsk,
    MoveInput,
    OptionView,
    Preview,
    Reason,
    Receipt,
)
from kcflow.text import fold
from states import fields
from states.clock import Due
from states.engine import Move, Option, Refused, apply, evaluate, explain
from states.facts import Case, Facts, Inputs, Refusal
from states.guards import CONCLUDERS
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow


@cache
def known_documents() -> frozenset[str]:
    """Codes of every kind of document."""
    return frozenset(kind.code for kind in reference.document_kinds())


# -- facts -----------------------------------------------------------------------------------


OTHER_COMMANDS: Final = {
    "annual_plan": "budget plan",
    "allocation_round": "round",
    "contract": "contract",
    "adjustment": "adjust",
}
"""Commands under which the dossiers of another kind than proposals are."""


def find(context: Context, reader: Reader, code: str) -> StoredDossier:
    """The dossier `code`, if it exists and this person may read it.

    Hidden and absent get the same words, so that codes can't be probed. Raises `NotFound`
    with the nearest codes.
    """
    row = reader.dossier(code.strip().upper())
    if row is None or row.id < 0 or not context.may_read(row.province, row.unit_office, row.state):
        if row is not None and row.id < 0:
            _tell_other_kind(context, row)
        near = _near_codes(context, reader, code)
        name = "not_found_near" if near else "not_found"
        raise NotFound(name, error_label(name, code=code, near=", ".join(near)))
    return row


def _tell_other_kind(context: Context, row: StoredDossier) -> None:
    """Say what a plan, round, contract or adjustment is, to whoever may read it. Raises `NotFound`."""
    from kcflow.services.money.dossiers import may_read

    if may_read(context, row):
        name, command = SUBJECT[row.kind], OTHER_COMMANDS[row.kind]
        kind = Label(name.vi.lower(), name.en.lower())
        raise NotFound("other_kind", error_label("other_kind", code=row.code, kind=kind, command=command))


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
    return row, context.shared.lifecycle(row.lifecycle), stored_facts(context, reader, row)


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
    """What is usually entered: all that is left of what the amount is taken from."""
    if action.amount is None or action.release or action.signed:
        return None
    if action.amount == "approved":
        return facts.approved or facts.requested
    if action.amount == "returned":
        return facts.refund_due or None
    base = {
        "allocated": facts.approved or 0,
        "contracted": facts.allocated,
        "advanced": facts.accepted or facts.contracted,
        "accepted": facts.contracted,
        "settled": facts.accepted,
    }[action.amount]
    return max(base - getattr(facts, action.amount), 0) or None


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
        fields=tuple(
            FieldAsk(
                field.name,
                field.label,
                field.kind,
                required,
                tuple((choice.code, choice.label) for choice in field.choices),
            )
            for field, required in fields.wanted(action)
        ),
        amount_optional=action.amount_optional,
        asks_amount=action.asks_amount,
        signed=action.signed,
        second_person=action.second_person,
        via=action.via,
        moves=bool(action.moves),
    )


def options(context: Context, code: str, move: MoveInput) -> tuple[OptionView, ...]:
    """Every action of the present state, possible ones first, each with every reason."""
    today = context.today
    entered = Inputs(on=move.on or today, today=today, expected_version=move.expected_version)
    with context.store.read() as reader:
        _, lifecycle, facts = load(context, reader, code)
        return tuple(
            option_view(context, lifecycle, option, facts)
            for option in explain(lifecycle, facts, context.actor, entered)
        )


# -- preview and advance ---------------------------------------------------------------------


def preview(context: Context, code: str, name: str, move: MoveInput) -> Preview:
    """What would happen, who would hold it and by when. Writes nothing."""
    with context.store.read() as reader:
        row, lifecycle, facts = load(context, reader, code)
        action = action_of(lifecycle, name)
        entered = door.inputs(move, action, context.today, known_documents())
        option = evaluate(lifecycle, action, facts, context.actor, entered)
        return ahead_of(context, reader, row, lifecycle, option, facts, entered)


def ahead_of(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    lifecycle: Lifecycle,
    option: Option,
    facts: Facts,
    entered: Inputs,
) -> Preview:
    """What would become of a dossier by the act `option`: state, holder, deadline, amount."""
    action = option.action
    target = lifecycle.state_by_name.get(option.target or "")
    due: Due | None = None
    if target is not None and (target.name != facts.state or action.renews_deadline):
        year = facts.budget_year + (1 if action.advances_year else 0)
        due = due_after(context, reader, lifecycle, facts, action, target.name, entered.on, year)
    dong = Case(facts, entered, context.actor, None, action).amount if action.amount else None
    amount = amount_leaf(action, row, dong, entered.round)
    before, after = (amount["before"], amount["after"]) if amount else (None, None)
    base, base_label = _base_of(row, action.amount) if amount and action.amount else (None, None)
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
        amount_base=base,
        amount_base_label=base_label,
    )


def _base_of(row: StoredDossier, kind: str) -> tuple[int, Label]:
    """What an amount of this kind is a part of: the money that it comes out of, and its name."""
    from kcflow.services.money.stages import BASES, STAGE

    base = BASES[kind]
    return getattr(row, base) or 0, STAGE[base]


def action_label(lifecycle: Lifecycle, name: str) -> Label:
    """Label of an action, the store's own acts included."""
    action = lifecycle.action_by_name.get(name)
    if action is None and name == "create" and lifecycle.subject != "proposal":
        return Label("Lập hồ sơ", "Open")
    return action.label if action else SYSTEM_ACTION.get(name, Label(name, name))


def row_label(lifecycle: Lifecycle, leaf: Mapping[str, Any]) -> Label:
    """Label of what a history row did: of a note about time by its act."""
    clocked = leaf["refs"].get("clock")
    return clock_act(clocked["act"]) if clocked else action_label(lifecycle, leaf["action"])


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
        action_label=row_label(lifecycle, leaf),
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


def already(
    context: Context, reader: Reader, request: str, code: str | None, name: str, clock: str | None = None
) -> HistoryRow | None:
    """The row that `request` made before; another act under the same request is refused.

    clock: of a note, what it does about time (`refs.clock.act`).
    """
    row = reader.request_row(request)
    if row is None:
        return None
    same = row.action == name and row.leaf["refs"].get("clock", {}).get("act") == clock
    if row.actor != context.actor.login or not same or (code and row.dossier != code):
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


def note_refusal(context: Context, refused: Refused, code: str, request: str) -> None:
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


def attached(writer: Writer, entered: Inputs) -> Inputs:
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
            follow.lock_together(writer, (code.strip().upper(),), name)
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
            facts = stored_facts(context, writer, row)
            decided = apply(lifecycle, facts, context.actor, name, entered)
            entered = attached(writer, entered)
            stored = carry_out(context, writer, row, lifecycle, facts, decided, entered, request)
    except Conflict as lost:
        raise conflict(context, lost) from None
    except Refused as refused:
        assert lifecycle is not None  # noqa: S101 - Refused comes only after it was loaded
        note_refusal(context, refused, row.code, request)
        raise refused_error(context, lifecycle, refused, row.code, action.label) from None
    warnings = tuple(reason(r, lifecycle, context.shared.office_name) for r in decided.warnings)
    return receipt(lifecycle, stored, row.title, warnings=warnings)


def carry_out(
    context: Context,
    writer: Writer,
    row: StoredDossier,
    lifecycle: Lifecycle,
    facts: Facts,
    decided: Move,
    entered: Inputs,
    request: str,
) -> HistoryRow:
    """Write the row of a decided act, charged to whom it must be, with what comes before and after it."""
    action = decided.action
    # In a version of the lifecycle that charges no contract, signing opens none.
    before = follow.BEFORE.get(action.name) if "contract" in action.charges else None
    after = follow.AFTER.get(action.name)
    given = before(context, writer, row, entered, request) if before else {}
    charges = Owners(writer).charges(action, row, given)
    lock_owners(writer, [row], charges, follows=after is not None)
    at = context.shared.now()
    stored = writer.append(
        move_leaf(context, writer, lifecycle, row, facts, decided, entered, at, request, charges)
    )
    if after:
        after(context, writer, row, entered, request)
    return stored


def lock_owners(
    writer: Writer, rows: Iterable[StoredDossier], charges: Iterable[str], *, follows: bool
) -> None:
    """Lock what the acts on `rows` are charged to, and the contracts that follow them, in one go."""
    if writer.dialect == "sqlite":
        return
    contracts = {contract_of(writer, row.code) for row in rows} - {None} if follows else set()
    writer.lock([*filter(None, contracts)], charges)
