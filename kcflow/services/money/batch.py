"""One decision over many: an act of a plan, round or contract with the acts on its proposals.

All in one transaction and in this order: a history row for each proposal, charged to the fund while it is
open, then the parent's own row, then what the act brings with it (`AFTER`). All or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from db.errors import Conflict
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import RefusedByRules
from kcflow.services.leaves import act_leaf, move_leaf
from kcflow.services.money.codes import ADJUSTMENT, CONTRACT, PLAN
from kcflow.services.money.dossiers import find_other
from kcflow.services.money.facts import parent_of, stored_facts
from kcflow.services.money.owners import Owners, contract_of, more, plan_over
from kcflow.services.money_views import BatchLine, BatchResult
from kcflow.services.moves import (
    action_of,
    ahead_of,
    already,
    attached,
    conflict,
    known_documents,
    note_refusal,
    receipt,
    refused_error,
)
from kcflow.services.texts import both, reason
from kcflow.services.views import MoveInput, Reason, Receipt
from states.engine import Move, Option, Refused, apply, decide, evaluate
from states.facts import Facts, Inputs, Paper, Parent, Refusal
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import PaperRow

OPEN_KINDS = frozenset({"input", "document", "second_person", "permission", "scope"})
"""Refusals that say what is still to be entered or who must do it, not that it can't be done."""

OF_PARENT = frozenset({"round_without_opinion"})
"""Refusals that the parent's own act gives, once for all."""


@dataclass(frozen=True)
class Done:
    """What `AFTER` is told: the act that was carried out, in the transaction that did it."""

    context: Context
    writer: Writer
    row: StoredDossier
    """The parent before its act."""
    lifecycle: Lifecycle
    move: Move
    inputs: Inputs
    request: str
    amounts: Mapping[str, int]


Hook = Callable[[Done], None]
AFTER: dict[tuple[str, str], Hook] = {}
"""(kind, action) → what the act brings with it beside the moves of its proposals."""


def after(kind: str, action: str) -> Callable[[Hook], Hook]:
    """Register what an act brings with it."""

    def keep(function: Hook) -> Hook:
        AFTER[kind, action] = function
        return function

    return keep


@dataclass(frozen=True)
class Step:
    """One proposal's act, weighed."""

    row: StoredDossier
    lifecycle: Lifecycle
    facts: Facts
    action: Action | None
    inputs: Inputs
    refusals: tuple[Refusal, ...]
    charges: tuple[str, ...]
    option: Option | None = None
    """How the rules weighed it; None without an act."""

    @property
    def dong(self) -> int:
        """Its amount."""
        return self.inputs.amount or 0


def _item_action(lifecycle: Lifecycle, names: Sequence[str], state: str) -> Action | None:
    known = [lifecycle.action_by_name[name] for name in names if name in lifecycle.action_by_name]
    return next((action for action in known if state in action.sources), known[0] if known else None)


def _given_paper(entered: Inputs, action: Action) -> Paper | None:
    """The decision of the parent as the act's own paper: the same number, date, signer and file.

    Where the proposal's act wants another kind of paper by name, that kind it is.
    """
    document = entered.document
    if document is None:
        return None
    kinds = Lifecycle.act_documents(action)
    return document if not kinds or document.kind in kinds else replace(document, kind=kinds[0])


_PARENT = tuple(field.name for field in fields(Parent))
_OF_PARENT_ALL = attrgetter(*_PARENT)
_FUND, _PLAN = _PARENT.index("fund"), _PARENT.index("plan")


def _charged(parent: Parent, kind: str | None, dong: int, *, own: bool, above: bool) -> Parent:
    """The parent after an item was charged to its own fund, to that of the plan above it, or both."""
    if kind is None or not (own or above):
        return parent
    values = list(_OF_PARENT_ALL(parent))  # `replace` takes three times as long
    if own and parent.fund:
        values[_FUND] = more(parent.fund, kind, dong)
    if above and parent.plan:
        values[_PLAN] = more(parent.plan, kind, dong)
    return Parent(*values)


def weigh(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    action: Action,
    entered: Inputs,
    amounts: Mapping[str, int],
) -> list[Step]:
    """What `action` of the parent would do to each proposal of `amounts`, with every reason against it.

    Each is weighed as if those before it were done, so that the one that breaks the ceiling says by how much.
    """
    codes = tuple(amounts)
    stored = {each.code: each for each in reader.dossiers(codes)}
    papers = cache(reader.papers)
    rounds = cache(reader.rounds)
    owners = Owners(reader)
    parent = parent_of(reader, row)
    number = row.content.get("number")
    own_papers = reader.papers([row.code]).get(row.code, [])

    def papers_of(code: str) -> Sequence[PaperRow]:
        return papers(codes).get(code, ())

    def rounds_of(code: str) -> Iterable[int]:
        return rounds(codes).get(code, ())

    documents: dict[int, Paper | None] = {}
    steps: list[Step] = []
    for code, dong in amounts.items():
        item = stored.get(code)
        if item is None:
            continue
        lifecycle = context.shared.lifecycle(item.lifecycle)
        facts = stored_facts(context, reader, item, papers=papers_of, rounds=rounds_of, owners=owners)
        act = _item_action(lifecycle, action.moves, item.state)
        if act is not None and id(act) not in documents:  # one object, so that the leaves share it
            documents[id(act)] = _given_paper(entered, act)
        asked = act is not None and act.amount is not None and not (act.amount_optional and not dong)
        inputs = Inputs(
            on=entered.on,
            today=entered.today,
            reason=entered.reason,
            document=documents[id(act)] if act else entered.document,
            papers=_passed(own_papers, entered, act, facts) if act else (),
            amount=dong if act is None or asked else None,
            round=number if act is None or act.round else None,
            authority=entered.authority,
            via=parent,
        )
        if act is None:
            refusal = Refusal("state", "wrong_state", {"state": item.state, "from_states": ()})
            steps.append(Step(item, lifecycle, facts, None, inputs, (refusal,), ()))
            continue
        option = evaluate(lifecycle, act, facts, context.actor, inputs)
        refusals: tuple[Refusal, ...] = option.refusals
        charges: tuple[str, ...] = ()
        try:
            charges = owners.charges(act, item, {row.kind: row.code})
        except Refused as missing:
            refusals += tuple(r for r in missing.refusals if r.code not in {x.code for x in refusals})
        steps.append(Step(item, lifecycle, facts, act, inputs, refusals, charges, option))
        charged = (*act.charges, *act.may_charge)
        parent = _charged(parent, act.amount, dong, own=row.kind in charged, above=PLAN in charged)
    return steps


def _passed(own: Sequence[PaperRow], entered: Inputs, action: Action, facts: Facts) -> tuple[Paper, ...]:
    """Papers of the parent that the proposal's act asks for and the proposal doesn't have: MOF's opinion."""
    wanted = {kind for kinds in action.documents for kind in kinds if kind not in facts.papers}
    newest = {paper.kind: paper for paper in own if paper.kind in wanted}
    passed = [Paper(p.kind, p.number, p.date, p.signer, None, p.file, p.file_name) for p in newest.values()]
    passed += [paper for paper in entered.papers if paper.kind in wanted and paper.kind not in newest]
    return tuple(passed)


def standing(step: Step) -> tuple[Refusal, ...]:
    """The reasons that stand whoever decides, and whatever is entered."""
    return tuple(r for r in step.refusals if r.kind not in OPEN_KINDS and r.code not in OF_PARENT)


def amounts_of(
    reader: Reader, row: StoredDossier, action: Action, given: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The proposals that the parent's act moves, each with its đồng (0: none is moved).

    The worksheet's, or what was given instead of it; of a signed contract what was accepted; of an adjustment
    its proposal.
    """
    from kcflow.services.money import adjustments, contracts

    if not action.moves:
        return {}
    if row.kind == ADJUSTMENT:
        return adjustments.amounts(row)
    if row.kind == CONTRACT:
        return contracts.amounts(reader, row, action, given)
    drafted = {work.dossier: work.dong for work in reader.worksheet(row.code)}
    return {**drafted, **given} if given else drafted


def _reasons(context: Context, step: Step) -> tuple[Reason, ...]:
    return tuple(reason(r, step.lifecycle, context.shared.office_name) for r in step.refusals)


def preview(
    context: Context, code: str, name: str, move: MoveInput, amounts: Mapping[str, int] | None = None
) -> BatchResult:
    """What `act` would do, with every reason against it. Writes nothing."""
    _whole(amounts)
    with context.store.read() as reader:
        row = find_other(context, reader, code)
        lifecycle = context.shared.lifecycle(row.lifecycle)
        action = action_of(lifecycle, name)
        entered = door.inputs(move, action, context.today, known_documents())
        given = amounts_of(reader, row, action, amounts)
        steps = weigh(context, reader, row, action, entered, given) if action.moves else []
        facts = stored_facts(
            context,
            reader,
            row,
            amounts=None if amounts is None else given,
            steps=(lambda: steps) if action.moves else None,
        )
        option = evaluate(lifecycle, action, facts, context.actor, entered)
        ahead = ahead_of(context, reader, row, lifecycle, option, facts, entered)
    own = tuple(reason(r, lifecycle, context.shared.office_name) for r in option.refusals)
    lines = tuple(
        BatchLine(step.row.code, step.row.title, step.dong, None, _reasons(context, step)) for step in steps
    )
    return BatchResult(row.code, False, None, lines, own, sum(line.dong for line in lines), ahead)


def _refuse_items(
    context: Context, label: Label, code: str, name: str, bad: Sequence[Step]
) -> RefusedByRules:
    """All that stands against the decision, each sentence with the proposal it is about."""
    reasons = []
    for step in bad:
        for each in _reasons(context, step):
            text = Label(f"{step.row.code}: {each.text.vi}", f"{step.row.code}: {each.text.en}")
            reasons.append(replace(each, text=text))
    return RefusedByRules(
        both("errors.batch_refused", action=label, code=code, count=len(bad)),
        tuple(reasons),
        dossier=code,
        action=name,
    )


def _leaves(
    context: Context, reader: Reader, steps: Iterable[Step], entered: Inputs, request: str
) -> Iterator[dict[str, Any]]:
    """The leaves of the proposals' acts. What is decided and entered alike is said once (`act_leaf`)."""
    at = context.shared.now()
    request_of = door.bulk_requests(request)
    alike: dict[tuple[object, ...], dict[str, Any]] = {}
    for step in steps:
        assert step.option is not None  # noqa: S101 - a step without an act is refused before
        inputs = step.inputs
        decided = decide(step.lifecycle, step.option, step.facts, context.actor, inputs)
        # The steps keep these objects: their ids are theirs.
        act = (
            *(id(step.lifecycle), id(decided.action), decided.to_state, id(decided.assignment)),
            *(id(inputs.document), id(inputs.papers)),
        )
        if act not in alike:
            document = inputs.document
            if document is not None and entered.document is not None:
                # The file of the decision is kept once.
                document = replace(document, file=entered.document.file)
            shared = replace(inputs, document=document)
            alike[act] = act_leaf(context, step.lifecycle, decided, shared, at)
        yield move_leaf(
            context,
            reader,
            step.lifecycle,
            step.row,
            step.facts,
            decided,
            inputs,
            at,
            request_of(step.row.code),
            step.charges,
            alike[act],
        )


def _result(code: str, done: Receipt, lines: Sequence[BatchLine]) -> BatchResult:
    return BatchResult(code, True, done, tuple(lines), (), sum(line.dong for line in lines))


def _whole(amounts: Mapping[str, int] | None) -> None:
    """Refuse an amount that isn't whole đồng. Raises `BadInput`."""
    for code, dong in (amounts or {}).items():
        door.whole_dong(dong, code)


def _locked(
    context: Context, writer: Writer, code: str, name: str, amounts: Mapping[str, int] | None
) -> StoredDossier:
    """The dossier `code`, and with it everything that its act touches, locked at once (`Writer.lock`)."""
    from kcflow.services.money.contracts import items_of

    for row in writer.dossiers((code.strip().upper(),)) if writer.dialect == "postgresql" else ():
        action = context.shared.lifecycle(row.lifecycle).action_by_name.get(name)
        moved = amounts_of(writer, row, action, amounts) if action is not None else {}
        if (row.kind, name) == (CONTRACT, "record_acceptance"):
            moved = dict.fromkeys(items_of(writer, row.code), 0)  # their days begin with it
        owners = {row.code, row.content.get("plan")}
        if row.kind == ADJUSTMENT:
            contracts = {contract_of(writer, each) for each in moved}
            items = writer.dossiers(moved)
            owners |= contracts | {plan_over(writer, item) for item in items}
            writer.lock([*moved, row.code, *filter(None, contracts)], filter(None, owners))
        else:
            writer.lock([*moved, row.code], filter(None, owners))
    return find_other(context, writer, code)


def act(
    context: Context, code: str, name: str, move: MoveInput, amounts: Mapping[str, int] | None = None
) -> BatchResult:
    """Carry out an act of a plan, round, contract or adjustment with all that it moves, or nothing.

    amounts: đồng by proposal instead of the worksheet's. Raises `RefusedByRules` with every reason, those of
    the proposals beginning with their code; `ConflictError`, `NotFound`, `BadInput`, `StoreProblem`.
    """
    request = door.request_id(move.request)
    _whole(amounts)
    lifecycle: Lifecycle | None = None
    label = Label(name, name)
    row: StoredDossier | None = None
    try:
        with context.store.write() as writer:
            row = _locked(context, writer, code, name, amounts)
            lifecycle = context.shared.lifecycle(row.lifecycle)
            done = already(context, writer, request, row.code, name) if move.request else None
            if done is not None:
                return _result(row.code, receipt(lifecycle, done, row.title, repeated=True), ())
            action = action_of(lifecycle, name)
            label = action.label
            entered = door.inputs(move, action, context.today, known_documents())
            if entered.expected_version is not None and entered.expected_version != row.version:
                raise Conflict(row.code, writer.history_row(row.code, row.version))
            given = amounts_of(writer, row, action, amounts)
            weighed = cache(partial(weigh, context, writer, row, action, entered, given))
            facts = stored_facts(
                context,
                writer,
                row,
                amounts=None if amounts is None else given,
                steps=weighed if action.moves else None,
            )
            decided = apply(lifecycle, facts, context.actor, name, entered)
            steps = weighed() if action.moves else []
            bad = [step for step in steps if step.refusals]
            if bad:
                raise _refuse_items(context, label, row.code, name, bad)
            entered = attached(writer, entered)
            stored = writer.append_many(_leaves(context, writer, steps, entered, request))
            leaf = move_leaf(
                context, writer, lifecycle, row, facts, decided, entered, context.shared.now(), request, ()
            )
            _name_items(leaf, facts, action, given)
            parent_row = writer.append(leaf)
            brings = AFTER.get((row.kind, name))
            if brings is not None:
                brings(Done(context, writer, row, lifecycle, decided, entered, request, given))
    except Conflict as lost:
        raise conflict(context, lost) from None
    except Refused as refused:
        if lifecycle is None or row is None:
            raise
        note_refusal(context, refused, row.code, request)
        raise refused_error(context, lifecycle, refused, row.code, label) from None
    warnings = tuple(reason(r, lifecycle, context.shared.office_name) for r in decided.warnings)
    lines = [
        BatchLine(step.row.code, step.row.title, step.dong, receipt(step.lifecycle, each, step.row.title))
        for step, each in zip(steps, stored, strict=True)
    ]
    return _result(row.code, receipt(lifecycle, parent_row, row.title, warnings=warnings), lines)


def _name_items(leaf: dict[str, Any], facts: Facts, action: Action, given: Mapping[str, int]) -> None:
    """What was proposed, or decided, over which proposals: how many, how much, and the list's digest.

    Who confirms, confirms exactly the list that was proposed (guard `items_unchanged`).
    """
    if facts.items is not None and facts.items.count:
        leaf["refs"]["items"] = {
            "count": facts.items.count,
            "total": facts.items.total,
            "digest": facts.items.digest,
        }
    if action.moves and given:
        leaf["refs"]["moved"] = {"count": len(given), "total": sum(given.values())}
