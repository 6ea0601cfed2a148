"""Every state × action × role × scope of every lifecycle: allowed exactly where its table says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from states.engine import Option, Refused, apply, build_machine, evaluate, explain, machine_for
from states.facts import Actor, Facts, Inputs
from states.fields import wanted
from states.model import ROLES, Action, Lifecycle, State
from tests.builders import LIFECYCLES, MERGED, THAI_NGUYEN, actor, inputs, ready, supply

every = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.key)

SCOPES: dict[str, Callable[[str], Actor]] = {
    "own": actor,
    "merged province": lambda role: actor(role, provinces=MERGED),
    "other office": lambda role: actor(role, office="TTKC-63-19"),
    "other province": lambda role: actor(role, office="TTKC-63-19", provinces={THAI_NGUYEN}),
}


def in_scope(role: str, scope: str) -> bool:
    """Whose dossier it is, told from the words of design §6 alone."""
    if role == "unit":
        return scope in ("own", "merged province")
    if role in ("department", "finance_department", "provincial_committee"):
        return scope != "other province"
    return role in ("agency", "ministry")


BY_KEY = {lifecycle.key: lifecycle for lifecycle in LIFECYCLES}


def enough(lifecycle: Lifecycle, action: Action, state: str, role: str) -> tuple[Facts, Inputs]:
    """Facts and inputs with which nothing but role, scope and state can stand against `action`.

    What was entered fits `role`, or the first role that may act where `role` may not.
    """
    source = state if state in action.sources else action.sources[0]
    there, entered = _enough(
        lifecycle.key, action.name, source, role if role in action.roles else action.roles[0]
    )
    return (there if source == state else replace(there, state=state)), entered


@cache
def _enough(key: str, name: str, source: str, role: str) -> tuple[Facts, Inputs]:
    lifecycle = BY_KEY[key]
    action = lifecycle.action_by_name[name]
    there = ready(lifecycle, action, source, role)
    option = evaluate(lifecycle, action, there, actor(role), inputs())
    return there, supply(lifecycle, option, there)


def cells(lifecycle: Lifecycle) -> Iterator[tuple[State, Action, str]]:
    for state in lifecycle.states:
        for action in lifecycle.actions:
            for role in ROLES:
                yield state, action, role


@every
@pytest.mark.parametrize("scope", SCOPES)
def test_allowed_exactly_where_the_table_says(lifecycle: Lifecycle, scope: str) -> None:
    people = {role: SCOPES[scope](role) for role in ROLES}
    allowed = 0
    for state, action, role in cells(lifecycle):
        expected = set()
        if state.name not in action.sources:
            expected.add("final_state" if state.final else "wrong_state")
        if role not in action.roles:
            expected.add("wrong_role")
        elif not in_scope(role, scope):
            expected.add("not_your_dossier" if role == "unit" else "out_of_scope_province")
        there, entered = enough(lifecycle, action, state.name, role)
        option = evaluate(lifecycle, action, there, people[role], entered)
        where = (state.name, action.name, role)
        assert {refusal.code for refusal in option.refusals} == expected, where
        assert option.allowed == option.possible == (not expected), where
        if expected:
            with pytest.raises(Refused) as refused:
                apply(lifecycle, there, people[role], action.name, entered)
            assert {refusal.code for refusal in refused.value.refusals} == expected, where
        else:
            allowed += 1
            move = apply(lifecycle, there, people[role], action.name, entered)
            assert (move.from_state, move.to_state) == (state.name, option.target), where
            assert move.assignment.role == role, where
            assert move.enters == (move.to_state != state.name), where
    roles_in_scope = {role for role in ROLES if in_scope(role, scope)}
    assert allowed == len(
        {(action, source, role) for action, source, _, role in lifecycle.legal_moves()}
        & {(a.name, s.name, role) for s, a, role in cells(lifecycle) if role in roles_in_scope}
    )


def outcomes(lifecycle: Lifecycle, action: Action, state: str, role: str) -> Iterator[tuple[Facts, Inputs]]:
    """Every way to end of one act: each level that returned the dossier, a whole and a partial round."""
    there, entered = enough(lifecycle, action, state, role)
    for level in sorted(lifecycle.levels_from(state)):
        yield replace(there, return_to=level), entered
    if action.release:
        yield replace(there, advanced=20_000_000), entered
    if entered.amount is not None:
        yield there, replace(entered, amount=entered.amount - 1)


@every
def test_the_moves_made_are_the_database_s_list_of_legal_moves(lifecycle: Lifecycle) -> None:
    """`legal_moves()` becomes the table that the database itself checks against (design §6)."""
    made = {
        (action.name, state.name, apply(lifecycle, there, actor(role), action.name, entered).to_state, role)
        for state, action, role in cells(lifecycle)
        if state.name in action.sources and role in action.roles
        for there, entered in outcomes(lifecycle, action, state.name, role)
    }
    assert made == set(lifecycle.legal_moves())


@every
def test_explain_tells_every_action_of_the_state_and_no_other(lifecycle: Lifecycle) -> None:
    for state in lifecycle.states:
        for role in ROLES:
            there, entered = enough(lifecycle, lifecycle.actions[0], state.name, role)
            options = explain(lifecycle, there, actor(role), replace(entered, document=None))
            here = {action.name for action in lifecycle.actions if state.name in action.sources}
            assert {option.name for option in options} == here
            assert not (state.final and options)
            assert [not one.possible for one in options] == sorted(not one.possible for one in options)
            for option in options:
                assert option.possible <= (role in option.action.roles)
                assert option.allowed <= option.possible


# -- the machine ---------------------------------------------------------------------------------


def drawn(lifecycle: Lifecycle) -> set[tuple[str, str, str]]:
    machine: Any = build_machine(lifecycle)
    return {
        (name, transition.source, transition.dest)
        for name, event in machine.events.items()
        for transitions in event.transitions.values()
        for transition in transitions
    }


@every
def test_the_machine_has_the_table_s_moves_and_no_others(lifecycle: Lifecycle) -> None:
    machine: Any = build_machine(lifecycle)
    assert set(machine.events) == {action.name for action in lifecycle.actions}
    assert not any(name.startswith("to_") for name in machine.events)
    assert set(machine.states) == {state.name for state in lifecycle.states}
    assert drawn(lifecycle) == {move[:3] for move in lifecycle.legal_moves()}
    assert machine.models == []
    assert machine.initial is None


@every
def test_every_open_state_leads_to_the_archive_and_a_final_one_nowhere(lifecycle: Lifecycle) -> None:
    moves = drawn(lifecycle)
    ending = {"archived", "stopped"}
    while more := {source for _, source, to in moves if to in ending} - ending:
        ending |= more
    for state in lifecycle.states:
        assert state.final != any(source == state.name for _, source, _ in moves), state.name
        assert state.final or state.name in ending, state.name
    assert {to for _, source, to in moves if source == "stop_refund_due"} == {"stopped", "stop_refund_due"}


class _Stranger:
    state = "drafting"
    target = "archived"


@every
def test_the_machine_itself_goes_only_where_it_was_told(lifecycle: Lifecycle) -> None:
    """Even driven by hand, an event leads to a target of its own action or leaves the state alone."""
    slot = _Stranger()
    for action in lifecycle.actions_by_source["drafting"]:
        assert not machine_for(lifecycle).events[action.name].trigger(slot)
        assert slot.state == "drafting"


def test_one_machine_for_every_dossier_of_a_version() -> None:
    machines = [machine_for(lifecycle) for lifecycle in LIFECYCLES]
    assert [machine_for(lifecycle) for lifecycle in LIFECYCLES] == machines
    assert len({id(machine) for machine in machines}) == len(LIFECYCLES)


def test_eight_threads_on_the_shared_machine_move_every_dossier_right() -> None:
    todo = [
        (lifecycle, action, role, there, entered)
        for lifecycle in LIFECYCLES
        for state, action, role in cells(lifecycle)
        if state.name in action.sources and role in action.roles
        for there, entered in outcomes(lifecycle, action, state.name, role)
    ]

    def target(job: tuple[Lifecycle, Action, str, Facts, Inputs]) -> str:
        lifecycle, action, role, there, entered = job
        return apply(lifecycle, there, actor(role), action.name, entered).to_state

    alone = [target(job) for job in todo]
    assert len(set(alone)) > 20
    with ThreadPoolExecutor(8) as threads:
        for _ in range(4):
            assert list(threads.map(target, todo)) == alone


# -- reasons stand together ------------------------------------------------------------------------


def asks_amount(action: Action) -> bool:
    """Whether the act can't be done without an amount, in a dossier of which nothing was accepted."""
    guards = {"something_accepted"}
    if action.name == "apply_adjustment":
        guards = {"adjusted_amount"}  # `ready` makes it a change of the support
    return action.asks_amount and (not action.amount_optional or bool(guards & set(action.guards)))


@every
def test_all_reasons_are_told_never_only_the_first(lifecycle: Lifecycle) -> None:
    """Role, state, reason, paper and date, each wrong at once: each one is told."""
    for action in lifecycle.actions:
        there, entered = enough(lifecycle, action, "archived", action.roles[0])
        bare = Inputs(on=entered.on.replace(year=2030), today=entered.today, authority="ký hộ")
        option: Option = evaluate(lifecycle, action, there, actor("auditor"), bare)
        told = {refusal.code for refusal in option.refusals}
        assert {"final_state", "wrong_role", "act_in_future", "authority_unknown"} <= told
        assert ("reason_required" in told) == (action.reason == "required")
        assert ("act_document_missing" in told) == (action.act_document_need == "required")
        assert ("amount_required" in told) == asks_amount(action)
        assert ("via_parent" in told) == (action.via is not None)
        assert ("field_missing" in told) == any(needed for _, needed in wanted(action))
        assert ("round_required" in told) == action.round
