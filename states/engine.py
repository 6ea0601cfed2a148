"""Explain and apply: the same function says what is possible and decides what is done.

`transitions` does the moving: one flat machine per lifecycle version, shared by all dossiers,
driven on a small slotted adapter that lives for one move (design §4; style.md §2.1 has the
measurements and the traps: no auto_transitions, no queue, no initial state, no attached rows).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from states.facts import Actor, Assignment, Case, Facts, Inputs, Paper, Refusal
from states.fields import MAX_DONG, problem, wanted
from states.guarding import refuse
from states.guards import CONCLUDERS, CONTRARY, GUARDS, LACKING, SAME_LACK
from states.guards_items import OF_THE_LIST
from states.model import RETURN_TO, ROLES, SAME, Action, Lifecycle, Need
from states.records import record

if TYPE_CHECKING:
    from transitions import EventData, Machine

AUTHORITIES: Final = ("TM.", "KT.", "TL.", "TUQ.")
"""How a signer acts for another (NĐ 30/2020 Đ13)."""

NATIONAL_ROLES: Final = frozenset({"agency", "ministry"})
PROVINCIAL_ROLES: Final = frozenset({"department", "finance_department", "provincial_committee"})
RESTS_ON_CONTRACT: Final = frozenset({"advanced", "accepted", "settled", "returned"})
"""Amounts that are moved under a contract: the paper of such an act isn't older than the contract."""
OF_OTHERS: Final = frozenset({"via_parent", "not_all_accepted", "not_all_ended"})
"""Refusals that an act on another dossier takes away: a parent's, or that of a contract's proposals."""


@record(frozen=True, slots=True)
class Option:
    """One action of the present state for one person, with every reason against it."""

    action: Action
    allowed: bool
    """Nothing stands against it: `apply` with the same inputs does it."""
    possible: bool
    """Only inputs are missing, which the dialog asks for."""
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    assignment: Assignment | None
    """The role and office in which the person would act."""
    target: str | None
    """The state it leads to, if that is decided already."""
    missing_documents: tuple[tuple[str, ...], ...] = ()
    """Kinds (alternatives) that the act needs beside its own paper and the dossier does not have yet."""

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name


@record(frozen=True, slots=True)
class Move:
    """An act that was decided: everything the history row needs from the rules."""

    action: Action
    from_state: str
    to_state: str
    assignment: Assignment
    warnings: tuple[Refusal, ...]
    return_to: str | None
    enters: bool
    """Whether the dossier enters a state (and its clock starts), or stays where it was."""
    amount: int | None = None
    """Đồng to record: what was entered, or what is released; None when no amount moves."""


class Refused(Exception):
    """The act can't be done; `refusals` holds every reason (never only the first)."""

    def __init__(self, action: str, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(f"{action}: {', '.join(refusal.code for refusal in refusals)}")
        self.action = action
        self.refusals = refusals


# -- who may act -----------------------------------------------------------------------------


def in_scope(assignment: Assignment, facts: Facts) -> bool:
    """Whether the office of `assignment` answers for this dossier (in the assignment's role)."""
    if assignment.role == "unit":
        return assignment.office == facts.unit_office
    if assignment.role in PROVINCIAL_ROLES:
        return facts.province in assignment.provinces
    return assignment.role in NATIONAL_ROLES


def _find_assignments(action: Action, facts: Facts, actor: Actor) -> tuple[list[Assignment], Refusal | None]:
    """Return the assignments that may do `action`, or the reason why none may (deny by default)."""
    with_role = [a for a in actor.assignments if a.role in action.roles]
    if not with_role:
        return [], Refusal("permission", "wrong_role", {"roles": action.roles})
    fitting = [assignment for assignment in with_role if in_scope(assignment, facts)]
    if fitting:
        return fitting, None
    if all(assignment.role == "unit" for assignment in with_role):
        return [], Refusal("scope", "not_your_dossier", {"office": facts.unit_office})
    return [], Refusal("scope", "out_of_scope_province", {"province": facts.province})


# -- what is missing -------------------------------------------------------------------------


def _paper_refusals(paper: Paper, inputs: Inputs) -> list[Refusal]:
    """Dates of one entered paper: not after its entry, not after the act that carries or rests on it."""
    name = {"document": paper.kind}
    if paper.date is None:
        return []
    if paper.date > inputs.today:
        return [Refusal("input", "document_date_future", {**name, "date": paper.date})]
    if paper.date > inputs.on:
        return [Refusal("input", "document_date_after_act", {**name, "date": paper.date, "on": inputs.on})]
    return []


def paper_authority(lifecycle: Lifecycle, paper: Paper, role: str) -> Refusal | None:
    """Whether someone in `role` may record `paper`, with this conclusion, in this lifecycle."""
    name = {"document": paper.kind}
    recorders = lifecycle.recorders.get(paper.kind)
    if recorders is not None and role not in recorders:
        return Refusal("input", "paper_not_yours", {**name, "roles": tuple(sorted(recorders))})
    concluders = CONCLUDERS.get(paper.kind)
    if concluders is None:
        return None
    if paper.conclusion is not None and role not in concluders:
        return Refusal("input", "conclusion_not_yours", {**name, "roles": tuple(sorted(concluders))})
    if paper.conclusion is None and role in concluders:
        return Refusal("input", "conclusion_required", name)
    return None


def _document_refusals(
    lifecycle: Lifecycle, action: Action, case: Case
) -> tuple[list[Refusal], list[tuple[str, ...]]]:
    """Return the refusals about papers, and the alternatives that `action.documents` still lacks."""
    inputs = case.inputs
    refusals: list[Refusal] = []
    entered = {paper.kind for paper in inputs.papers}
    document = inputs.document
    acts = Lifecycle.act_documents(action)
    if document is not None:
        entered.add(document.kind)
    missing: list[tuple[str, ...]] = []
    for alternatives in action.documents:
        if not any(kind in case.facts.papers or kind in entered for kind in alternatives):
            missing.append(alternatives)
            refusals.append(Refusal("document", "document_missing", {"document": alternatives}))
    if action.act_document_need == "required" and document is None:
        refusals.append(Refusal("input", "act_document_missing", {"document": acts}))
    if document is not None:
        if acts and document.kind not in acts:
            refusals.append(Refusal("input", "act_document_missing", {"document": acts}))
        if action.act_document_need == "required" or document.number or document.date or document.signer:
            for value, code in (
                (document.number, "document_number_missing"),
                (document.date, "document_date_missing"),
                (document.signer, "document_signer_missing"),
            ):
                if not value:
                    refusals.append(Refusal("input", code, {"document": document.kind}))
        refusals += _paper_refusals(document, inputs)
        if document.date is not None and action.amount in RESTS_ON_CONTRACT:
            kind = document.kind
            refusals += _before_contract(case, "document_before_contract", document.date, document=kind)
    for paper in inputs.papers:
        refusals += _paper_refusals(paper, inputs)
    if case.assignment is not None:
        for paper in (*((document,) if document else ()), *inputs.papers):
            denied = paper_authority(lifecycle, paper, case.assignment.role)
            if denied is not None:
                refusals.append(denied)
    return refusals, missing


def _amount_refusals(action: Action, case: Case) -> list[Refusal]:
    amount = case.inputs.amount
    if not action.asks_amount:
        return []
    if amount is None:
        return (
            [] if action.amount_optional else [Refusal("input", "amount_required", {"kind": action.amount})]
        )
    if abs(amount) > MAX_DONG:
        return [Refusal("input", "amount_too_large", {"limit": MAX_DONG})]
    if amount == 0 or (amount < 0 and not action.signed):
        return [Refusal("input", "amount_not_positive")]
    return []


def _after_the_year(action: Action, case: Case) -> tuple[Refusal, ...]:
    """A warning: a year's money is paid out within the budget year, unless the proposal was carried over
    (Luật NSNN 83/2015 Đ14, Đ64); what was done by its last day may be paid a little later."""
    facts, on = case.facts, case.inputs.on
    if action.amount != "advanced" or on.year <= facts.budget_year or "multi_year" in facts.kinds:
        return ()
    return (refuse("paid_after_year", on=on, year=facts.budget_year),)


def _before_contract(case: Case, code: str, day: date, **what: object) -> list[Refusal]:
    """What rests on the contract isn't dated before it (TT 36/2013 Đ12.1)."""
    signed = case.facts.contract_on
    if signed is None or day >= signed:
        return []
    return [Refusal("input", code, {**what, "date": day, "contract_on": signed})]


def _field_refusals(action: Action, case: Case) -> list[Refusal]:
    """Typed inputs that are missing, malformed or not asked for."""
    refusals: list[Refusal] = []
    entered = case.inputs.fields
    known = set()
    for field, needed in wanted(action):
        known.add(field.name)
        value = entered.get(field.name)
        if value is None:
            if needed:
                refusals.append(Refusal("input", "field_missing", {"field": field.name}))
            continue
        wrong = problem(field, value, case.inputs.on)
        if wrong is not None:
            refusals.append(Refusal("input", "field_invalid", {"field": field.name, "why": wrong}))
        elif field.kind == "month" and value in case.facts.reported_months:
            month = date.fromisoformat(f"{value}-01")
            refusals.append(Refusal("input", "month_reported", {"month": f"{month:%m/%Y}"}))
        elif field.kind == "day":
            day = date.fromisoformat(str(value))
            refusals += _before_contract(case, "field_before_contract", day, field=field.name)
    refusals += [Refusal("input", "field_unknown", {"name": name}) for name in sorted(set(entered) - known)]
    return refusals


def _via_refusals(action: Action, case: Case) -> list[Refusal]:
    via = case.inputs.via
    if action.via is None or (via is not None and via.kind == action.via):
        return []
    return [Refusal("guard", "via_parent", {"kind": action.via})]


def _same_person(facts: Facts, actor: Actor) -> bool:
    """Whether the one who acts, or for whom it is done, did the last act (four eyes)."""
    last = {facts.last_actor, facts.last_operator} - {None}
    if actor.login in last or not actor.operator_known:
        return actor.login in last
    return actor.operator in ({facts.last_actor} if actor.by_names else last)


def _input_refusals(action: Action, case: Case) -> list[Refusal]:
    facts, inputs = case.facts, case.inputs
    refusals: list[Refusal] = []
    if action.reason == "required" and not (inputs.reason and inputs.reason.strip()):
        refusals.append(Refusal("input", "reason_required"))
    if inputs.on > inputs.today:
        refusals.append(Refusal("input", "act_in_future", {"on": inputs.on}))
    if facts.last_on is not None and inputs.on < facts.last_on:
        refusals.append(Refusal("input", "act_before_last", {"on": inputs.on, "last_on": facts.last_on}))
    refusals += _amount_refusals(action, case)
    if action.round:
        if inputs.round is None:
            refusals.append(Refusal("input", "round_required"))
        elif inputs.round <= 0:
            refusals.append(Refusal("input", "round_not_positive"))
    refusals += _field_refusals(action, case)
    if inputs.authority is not None and inputs.authority not in AUTHORITIES:
        refusals.append(Refusal("input", "authority_unknown", {"authority": inputs.authority}))
    if inputs.expected_version is not None and inputs.expected_version != facts.version:
        refusals.append(
            Refusal("state", "stale_version", {"seen": inputs.expected_version, "current": facts.version})
        )
    return refusals


def _target(lifecycle: Lifecycle, action: Action, case: Case) -> tuple[str | None, Refusal | None]:
    """Resolve where the action leads for this case; undecided while the amount it hangs on is missing."""
    facts = case.facts
    needed = action.asks_amount and not action.amount_optional
    for target in action.targets:
        if target.when is not None and needed and case.inputs.amount is None:
            return None, Refusal("input", "outcome_unclear")
        if target.when is not None and GUARDS[target.when](case) is not None:
            continue
        if target.state == SAME:
            return facts.state, None
        if target.state == RETURN_TO:
            if facts.return_to in lifecycle.levels_from(facts.state):
                return facts.return_to, None
            return None, Refusal("guard", "outcome_unclear")
        return target.state, None
    needs_input = action.asks_amount and (case.inputs.amount or 0) <= 0
    return None, Refusal("input" if needs_input else "guard", "outcome_unclear")


def evaluate(lifecycle: Lifecycle, action: Action, facts: Facts, actor: Actor, inputs: Inputs) -> Option:
    """Every reason for and against one action: role, scope, state, guards, papers, inputs.

    Whoever holds several roles that may do it acts in the one that stands best: an act allowed
    in one of them is allowed. Pure and cheap (no I/O, no machine): the screens call it for
    every action of fifty rows.
    """
    fitting, denied = _find_assignments(action, facts, actor)
    if denied is not None:
        return _weigh(lifecycle, action, Case(facts, inputs, actor, None, action), denied)
    options: list[Option] = []
    for assignment in fitting:
        option = _weigh(lifecycle, action, Case(facts, inputs, actor, assignment, action), None)
        if option.allowed:
            return option
        options.append(option)
    return min(options, key=lambda option: (not option.possible, len(option.refusals)))


def _weigh(lifecycle: Lifecycle, action: Action, case: Case, denied: Refusal | None) -> Option:
    """`evaluate` for one assignment (that of `case`), or for nobody's with the reason `denied`."""
    facts = case.facts
    refusals: list[Refusal] = []
    in_state = facts.state in action.sources
    if not in_state:
        state = lifecycle.state_by_name[facts.state]
        code = "final_state" if state.final else "wrong_state"
        refusals.append(Refusal("state", code, {"state": facts.state, "from_states": action.sources}))
    if denied is not None:
        refusals.append(denied)
    if in_state and action.second_person and _same_person(facts, case.actor):
        refusals.append(Refusal("second_person", "second_person", {"name": case.actor.name}))
    refusals += _via_refusals(action, case)
    for name in action.guards:
        if not in_state and name in OF_THE_LIST:
            continue
        refusal = GUARDS[name](case)
        if refusal is not None:
            refusals.append(refusal)
    document_refusals, missing = _document_refusals(lifecycle, action, case)
    said = [SAME_LACK[refusal.code] for refusal in refusals if refusal.code in SAME_LACK]
    refusals += [r for r in document_refusals if r.params.get("document") not in said]
    refusals += _input_refusals(action, case)
    target: str | None = None
    if in_state:
        target, unclear = _target(lifecycle, action, case)
        if unclear and not any(r.code in ("amount_required", "amount_not_positive") for r in refusals):
            refusals.append(unclear)
    warnings = tuple(r for name in action.warnings if (r := GUARDS[name](case)) is not None)
    warnings += _after_the_year(action, case)
    own = set(Lifecycle.act_documents(action))
    for refusal in refusals:
        if refusal.code in LACKING:
            missing += [kinds for kinds in _named(refusal) if kinds not in missing]
    missing += [kinds for kinds in said if kinds not in missing and not (own and own <= set(kinds))]
    return Option(
        action=action,
        allowed=not refusals,
        possible=all(_can_be_supplied(lifecycle, action, case, r) for r in refusals),
        refusals=tuple(refusals),
        warnings=warnings,
        assignment=case.assignment,
        target=target,
        missing_documents=tuple(missing),
    )


def _named(refusal: Refusal) -> tuple[tuple[str, ...], ...]:
    """The kinds of paper (alternatives) that a refusal of LACKING names."""
    found = refusal.params["documents"]
    return found if isinstance(found, tuple) else ()


def _can_be_supplied(lifecycle: Lifecycle, action: Action, case: Case, refusal: Refusal) -> bool:
    """Whether the dialog can take `refusal` away: what is missing is entered there.

    A paper counts only if this role may record it, with the agreement that the rule asks for.
    A contrary conclusion gives way only to the act's own paper.
    """
    if refusal.kind == "input" or refusal.code == "unchanged_since_return":
        return True
    if case.assignment is None:
        return False
    role = case.assignment.role
    kinds: Iterable[str] = ()
    if refusal.code in LACKING:
        return all(
            any(role in lifecycle.recorders.get(kind, (role,)) for kind in kinds) for kinds in _named(refusal)
        )
    if refusal.code == "document_missing":
        lacking = refusal.params["document"]
        kinds = lacking if isinstance(lacking, tuple) else ()
    elif refusal.code in SAME_LACK:
        kinds = SAME_LACK[refusal.code]
    elif refusal.code in CONTRARY:
        kinds = set(CONTRARY[refusal.code]) & set(Lifecycle.act_documents(action))
    return any(
        role in lifecycle.recorders.get(kind, (role,))
        and (refusal.code == "document_missing" or role in CONCLUDERS.get(kind, (role,)))
        for kind in kinds
    )


def explain(lifecycle: Lifecycle, facts: Facts, actor: Actor, inputs: Inputs) -> tuple[Option, ...]:
    """Every action of the dossier's present state, possible ones first, each with all reasons."""
    options = [
        evaluate(lifecycle, action, facts, actor, inputs)
        for action in lifecycle.actions_by_source[facts.state]
    ]
    return tuple(sorted(options, key=lambda o: (not o.possible, o.action.danger)))


def stuck(lifecycle: Lifecycle, facts: Facts, today: date) -> bool:
    """Whether no act could move the dossier on, whoever did it (design §8).

    Computed with `evaluate` for a person who holds every role in every scope that fits, so
    that only rules, never permissions, can stand in the way.
    """
    if lifecycle.state_by_name[facts.state].final:
        return False
    everybody = Actor(
        login="",
        name="",
        assignments=tuple(
            Assignment(role, facts.unit_office, "", facts.unit_kind, frozenset({facts.province}))
            for role in ROLES
        ),
    )
    now = Inputs(on=today, today=today)
    return not any(
        _could_be_done(lifecycle, evaluate(lifecycle, action, facts, everybody, now), facts, everybody, now)
        for action in lifecycle.actions_by_source[facts.state]
        if lifecycle.reachable_targets(action, facts.state) - {facts.state}
    )


def _could_be_done(lifecycle: Lifecycle, option: Option, facts: Facts, actor: Actor, inputs: Inputs) -> bool:
    """Whether nothing but what can be entered, or acts on other dossiers, is missing."""
    case = Case(facts, inputs, actor, option.assignment, option.action)
    return all(
        refusal.code in OF_OTHERS or _can_be_supplied(lifecycle, option.action, case, refusal)
        for refusal in option.refusals
    )


# -- moving ----------------------------------------------------------------------------------


class _Slot:
    """What the machine drives for the length of one move."""

    __slots__ = ("state", "target")

    def __init__(self, state: str, target: str) -> None:
        self.state = state
        self.target = target


def _leads_to(destination: str) -> Callable[[EventData], bool]:
    def condition(event: EventData) -> bool:
        slot: Any = event.model
        return bool(slot.target == destination)

    return condition


def build_machine(lifecycle: Lifecycle) -> Machine:
    """One flat `transitions` machine for a lifecycle version; it holds no dossier."""
    # The library is needed to move, not to explain: lists do without it.
    from states.machine import LeanMachine

    machine = LeanMachine(
        model=None,
        states=[state.name for state in lifecycle.states],
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for action in lifecycle.actions:
        for source in action.sources:
            for destination in sorted(lifecycle.reachable_targets(action, source)):
                machine.add_transition(action.name, source, destination, conditions=_leads_to(destination))
    return machine


_machines: dict[str, Machine] = {}
_made: set[tuple[str, str, str, str]] = set()
"""(fingerprint, action, from, to) of the moves that a machine has made: it would make each of them again."""
_building = threading.Lock()


def machine_for(lifecycle: Lifecycle) -> Machine:
    """The shared machine of this version (by fingerprint), built on first use."""
    machine = _machines.get(lifecycle.fingerprint)
    if machine is None:
        with _building:
            machine = _machines.get(lifecycle.fingerprint)
            if machine is None:
                machine = _machines[lifecycle.fingerprint] = build_machine(lifecycle)
    return machine


def _moves(lifecycle: Lifecycle, action: Action, state: str, target: str) -> bool:
    """Whether the machine of this version makes the move."""
    move = (lifecycle.fingerprint, action.name, state, target)
    if move in _made:
        return True
    from transitions import MachineError

    slot = _Slot(state, target)
    events: Mapping[str, Any] = machine_for(lifecycle).events
    try:
        moved = events[action.name].trigger(slot)
    except MachineError:
        return False
    if not moved or slot.state != target:
        return False
    _made.add(move)
    return True


def apply(lifecycle: Lifecycle, facts: Facts, actor: Actor, action_name: str, inputs: Inputs) -> Move:
    """Decide and make one move.

    Raises `Refused` with every reason. Nothing is stored here: the caller writes the one
    history row that is the move.
    """
    action = lifecycle.action_by_name.get(action_name)
    if action is None:
        raise Refused(action_name, (Refusal("state", "unknown_action", {"action": action_name}),))
    return decide(lifecycle, evaluate(lifecycle, action, facts, actor, inputs), facts, actor, inputs)


def decide(lifecycle: Lifecycle, option: Option, facts: Facts, actor: Actor, inputs: Inputs) -> Move:
    """Make the move that was weighed: `option` is what `evaluate` gave for just these arguments.

    Raises `Refused` with every reason.
    """
    action = option.action
    if not option.allowed or option.target is None or option.assignment is None:
        raise Refused(action.name, option.refusals)
    if not _moves(lifecycle, action, facts.state, option.target):
        refusal = Refusal("state", "wrong_state", {"state": facts.state, "from_states": action.sources})
        raise Refused(action.name, (refusal,))
    stays = all(target.state == SAME for target in action.targets)
    return Move(
        action=action,
        from_state=facts.state,
        to_state=option.target,
        assignment=option.assignment,
        warnings=option.warnings,
        return_to=_return_to(action, facts, stays),
        enters=option.target != facts.state,
        amount=Case(facts, inputs, actor, option.assignment, action).amount if action.amount else None,
    )


def _return_to(action: Action, facts: Facts, stays: bool) -> str | None:
    if action.remembers_return:
        return facts.state
    return facts.return_to if stays else None


def reason_need(lifecycle: Lifecycle, action_name: str) -> Need:
    """Whether `action_name` asks for a reason (the database repeats the rule)."""
    action = lifecycle.action_by_name.get(action_name)
    return action.reason if action else "optional"
