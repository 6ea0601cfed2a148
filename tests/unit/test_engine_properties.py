"""Whatever is asked and entered: the rules answer, agree with themselves, and hold the money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcflow import reference
from states.engine import AUTHORITIES, Option, Refused, apply, evaluate, explain, stuck
from states.facts import Actor, Effect, Facts, Inputs, Paper
from states.guards import CONCLUDERS, CONTRARY
from states.model import ROLES, Lifecycle
from tests.builders import (
    HA_GIANG,
    LIFECYCLES,
    PAPERS,
    THAI_NGUYEN,
    TODAY,
    UNIT_OFFICE,
    actor,
    after,
    assignment,
    facts,
    inputs,
    parent_for,
    supply,
)

quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

CONCLUSIONS = st.sampled_from(["agreed", "not_agreed", None])
KINDS = st.frozensets(st.sampled_from(["point", "group", "multi_province", "multi_year", "bidding"]))
UNITS = st.sampled_from(["provincial_centre", "regional_centre", "enterprise"])
DAYS = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))
TEXTS = st.sampled_from([None, "", "  ", "Lý do", "[red]", "\x1b[31m"])
AMOUNTS = st.one_of(st.none(), st.integers(-5, 5), st.integers(-(10**30), 10**30))

papers = st.builds(
    Paper,
    kind=st.sampled_from([*PAPERS, "no_such_kind", ""]),
    number=TEXTS,
    date=st.none() | DAYS,
    signer=TEXTS,
    conclusion=CONCLUSIONS,
)
anything = st.builds(
    Inputs,
    on=DAYS,
    today=DAYS,
    reason=TEXTS,
    document=st.none() | papers,
    papers=st.lists(papers, max_size=3).map(tuple),
    amount=AMOUNTS,
    round=AMOUNTS,
    authority=st.sampled_from([None, *AUTHORITIES, "", "TM"]),
    expected_version=st.none() | st.integers(2, 4),
)
people = st.builds(
    Actor,
    login=st.sampled_from(["an", "binh"]),
    name=st.just("An"),
    assignments=st.lists(
        st.builds(
            assignment,
            st.sampled_from(ROLES),
            st.sampled_from([UNIT_OFFICE, "TTKC-63-19"]),
            st.frozensets(st.sampled_from([HA_GIANG, THAI_NGUYEN])),
        ),
        max_size=3,
    ).map(tuple),
)
lifecycles = st.sampled_from(LIFECYCLES)


@st.composite
def wild(draw: st.DrawFn, lifecycle: Lifecycle) -> Facts:
    """Facts of any kind, sense or nonsense, in a state of `lifecycle`."""
    return facts(
        state=draw(st.sampled_from(sorted(lifecycle.state_by_name))),
        source=draw(st.sampled_from(["kcqg", "kcdp"])),
        kinds=draw(KINDS),
        unit_kind=draw(UNITS),
        total=draw(st.integers()),
        requested=draw(st.integers()),
        counterpart=draw(st.integers()),
        approved=draw(st.none() | st.integers()),
        allocated=draw(st.integers()),
        advanced=draw(st.integers()),
        rounds=draw(st.frozensets(st.integers())),
        beneficiary_differs=draw(st.booleans()),
        papers=draw(st.dictionaries(st.sampled_from([*PAPERS, "no_such_kind"]), CONCLUSIONS)),
        return_to=draw(st.none() | st.sampled_from([*lifecycle.state_by_name, "nowhere"])),
        last_on=draw(st.none() | DAYS),
        last_actor=draw(st.sampled_from([None, "an", "binh"])),
        edited_since_entry=draw(st.booleans()),
        due_on=draw(st.none() | DAYS),
    )


@st.composite
def sound(draw: st.DrawFn, lifecycle: Lifecycle) -> Facts:
    """Facts that a real dossier can have: money in order, no act in the future."""
    total = draw(st.integers(1, 10**12))
    approved = draw(st.none() | st.sampled_from([total]) | st.integers(1, total))
    allocated = draw(st.just(approved) | st.integers(0, approved)) if approved else 0
    contracted = draw(st.just(allocated) | st.integers(0, allocated or 0))
    advanced = draw(st.just(contracted) | st.integers(0, contracted))
    accepted = draw(st.just(contracted) | st.integers(0, contracted))
    settled = draw(st.just(0) | st.integers(0, accepted))
    return replace(
        draw(wild(lifecycle)),
        source="kcqg" if lifecycle.name == "kcqg" else "kcdp",
        total=total,
        requested=total,
        counterpart=draw(st.sampled_from([0, 0, 1])),
        approved=approved,
        allocated=allocated,
        contracted=contracted,
        advanced=advanced,
        accepted=accepted,
        settled=settled,
        returned=draw(st.just(0) | st.integers(0, advanced)),
        advance_rules=reference.advance_rules(),
        rounds=draw(st.frozensets(st.integers(1, 9))) if allocated else frozenset(),
        last_on=draw(st.none() | st.just(TODAY)),
    )


def complete(lifecycle: Lifecycle, option: Option, there: Facts, who: Actor, **changes: Any) -> Inputs:
    """What the dialog asks for, and what it asks for once the type of activity is known."""
    entered = supply(lifecycle, option, there, **changes)
    if not entered.fields:
        return entered
    known = inputs(fields=entered.fields, via=entered.via)
    return supply(lifecycle, evaluate(lifecycle, option.action, there, who, known), there, **changes)


def agree(lifecycle: Lifecycle, there: Facts, who: Actor, entered: Inputs, option: Option) -> None:
    """`apply` does what `evaluate` allowed and refuses what it didn't, with the same reasons."""
    assert option.allowed == (not option.refusals)
    assert option.allowed <= option.possible
    if not option.allowed:
        with pytest.raises(Refused) as refused:
            apply(lifecycle, there, who, option.name, entered)
        assert refused.value.refusals == option.refusals
        return
    move = apply(lifecycle, there, who, option.name, entered)
    assert option.assignment is not None
    legal = set(lifecycle.legal_moves())
    assert (option.name, there.state, move.to_state, option.assignment.role) in legal
    assert move.to_state == option.target


@quick
@given(st.data(), lifecycles, people, anything)
def test_whatever_is_asked_the_rules_answer_and_agree(
    data: st.DataObject, lifecycle: Lifecycle, who: Actor, entered: Inputs
) -> None:
    there = data.draw(wild(lifecycle))
    for option in explain(lifecycle, there, who, entered):
        agree(lifecycle, there, who, entered, option)
    elsewhere = data.draw(st.sampled_from(lifecycle.actions))
    agree(lifecycle, there, who, entered, evaluate(lifecycle, elsewhere, there, who, entered))
    assert isinstance(stuck(lifecycle, there, entered.today), bool)


@settings(quick, max_examples=150)
@given(st.data(), lifecycles, people)
def test_a_possible_act_needs_nothing_but_what_the_dialog_asks_for(
    data: st.DataObject, lifecycle: Lifecycle, who: Actor
) -> None:
    there = data.draw(sound(lifecycle))
    for option in explain(lifecycle, there, who, inputs()):
        if option.possible:
            entered = complete(lifecycle, option, there, who)
            if (entered.amount or 1) <= 0:
                continue  # the share of the type leaves nothing: known only with the type
            assert evaluate(lifecycle, option.action, there, who, entered).refusals == (), option.name


@settings(quick, max_examples=150)
@given(st.data(), lifecycles, people, anything)
def test_what_is_not_possible_no_dialog_makes_allowed(
    data: st.DataObject, lifecycle: Lifecycle, who: Actor, noise: Inputs
) -> None:
    """But for a contrary conclusion, which the person can still overrule with a further paper."""
    there = data.draw(sound(lifecycle))
    for option in explain(lifecycle, there, who, inputs()):
        if option.possible or any(refusal.code in CONTRARY for refusal in option.refusals):
            continue
        if option.action.via is not None:
            continue  # a parent's act is no dialog's
        entered = supply(lifecycle, option, there)
        more = replace(entered, papers=(*entered.papers, *noise.papers), amount=noise.amount)
        for one in (entered, replace(entered, amount=1), more, noise):
            assert not evaluate(lifecycle, option.action, there, who, one).allowed, option.name


def holds(lifecycle: Lifecycle, before: Facts, there: Facts) -> None:
    """What is true of every dossier, always."""
    assert there.state in lifecycle.state_by_name
    assert 0 <= there.advanced <= there.allocated <= (there.approved or 0) <= there.total
    assert 0 <= there.settled <= there.accepted <= there.contracted <= (there.approved or 0)
    assert 0 <= there.returned <= there.advanced
    assert there.advanced - there.returned <= there.contracted
    assert there.version == before.version + 1
    assert before.rounds <= there.rounds
    assert (there.return_to is not None) == (there.state in ("returned", "stop_proposed"))
    assert before.last_on is None or (there.last_on or date.min) >= before.last_on
    phase = lifecycle.state_by_name[there.state].phase
    if phase in ("implementation", "completion") and not there.state.startswith(("carried", "stop")):
        assert there.allocated > 0
    if there.state in ("contracted", "in_progress", "awaiting_acceptance", "accepted"):
        assert "hop_dong" in there.papers or "quyet_dinh_giao_nhiem_vu" in there.papers
        if lifecycle.name == "kcqg" and "group" in there.kinds and before.state == "plan_assigned":
            assert there.papers["mau_11"] == "agreed"


EVERYBODY = actor(*ROLES)


RARE = {"propose_stop", "confirm_stop", "advance_next", "return_advance"}
"""Acts that few walks would come by; only once money is paid out."""
EFFECTS: tuple[Effect, ...] = ("content", "carry_over", "approved")
DECIDERS = ("ministry", "agency", "department", "provincial_committee")


def pick(rng: Random, options: tuple[Option, ...], there: Facts) -> Option:
    """One of the possible acts; mostly one that goes on, so that walks come far."""
    offered = [option for option in options if option.possible]
    rare = [option for option in offered if option.name in RARE]
    if rare and there.advanced > 0 and rng.random() < 0.3:
        return rng.choice(rare)
    onward = [one for one in offered if not one.action.danger and one.target != there.state]
    return rng.choice(onward if onward and rng.random() < 0.75 else offered)


def wander(
    lifecycle: Lifecycle, rng: Random, there: Facts, noise: Inputs | None = None
) -> tuple[set[str], set[str]]:
    """Let everybody do anything that is offered, with a part of the money, until the end.

    Checks every step; returns the states and the acts of the walk.
    """
    states, acts = {there.state}, set[str]()
    for _ in range(80):
        change: Effect = rng.choice(EFFECTS)
        there = replace(there, effect=change, decides=rng.choice(DECIDERS), last_actor="an")
        options = tuple(
            evaluate(lifecycle, action, there, EVERYBODY, inputs(via=parent_for(action, there)))
            for action in lifecycle.actions_by_source[there.state]
        )
        if lifecycle.state_by_name[there.state].final:
            assert options == ()
            for action in lifecycle.actions:
                told = evaluate(lifecycle, action, there, EVERYBODY, noise or inputs()).refusals
                assert told[0].code == "final_state"
            return states, acts
        assert not stuck(lifecycle, there, TODAY)
        there = replace(there, edited_since_entry=there.edited_since_entry or rng.random() < 0.3)
        option = pick(rng, options, there)
        conclusion = "agreed" if rng.random() < 0.8 else "not_agreed"
        entered = complete(lifecycle, option, there, EVERYBODY, conclusion=conclusion)
        if entered.amount is not None:
            entered = replace(
                entered, amount=entered.amount * rng.choice((0, 1, 50, 99, 100, 100, 101)) // 100
            )
        if noise is not None:
            for wrong in (noise, replace(entered, amount=noise.amount, round=noise.round)):
                told_now = evaluate(lifecycle, option.action, there, EVERYBODY, wrong)
                agree(lifecycle, there, EVERYBODY, wrong, told_now)
        told_now = evaluate(lifecycle, option.action, there, EVERYBODY, entered)
        agree(lifecycle, there, EVERYBODY, entered, told_now)
        if told_now.allowed:
            move = apply(lifecycle, there, EVERYBODY, option.name, entered)
            before, there = there, after(there, move, entered, EVERYBODY)
            holds(lifecycle, before, there)
            states.add(there.state)
            acts.add(option.name)
    return states, acts


def begin(lifecycle: Lifecycle, kinds: frozenset[str], unit_kind: str) -> Facts:
    return facts(
        state=lifecycle.initial,
        source=lifecycle.name,
        kinds=kinds,
        unit_kind=unit_kind,
        last_on=TODAY,
        advance_rules=reference.advance_rules(),
        effect="content",
        decides="ministry",
    )


@settings(quick, max_examples=60)
@given(lifecycles, KINDS, UNITS, st.randoms(use_true_random=True), anything)
def test_random_walks_hold_the_rules(
    lifecycle: Lifecycle, kinds: frozenset[str], unit_kind: str, rng: Random, noise: Inputs
) -> None:
    wander(lifecycle, rng, begin(lifecycle, kinds, unit_kind), noise)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.key)
def test_walks_come_by_every_state_and_every_act(lifecycle: Lifecycle) -> None:
    """Else the walks above would prove little."""
    states: set[str] = set()
    acts: set[str] = set()
    for seed in range(400):
        kinds = frozenset({"multi_year", *(("group",), ("bidding",), ("multi_province",), ())[seed % 4]})
        walked = wander(lifecycle, Random(seed), begin(lifecycle, kinds, "provincial_centre"))  # noqa: S311
        states |= walked[0]
        acts |= walked[1]
    assert states == set(lifecycle.state_by_name)
    assert acts == set(lifecycle.action_by_name)


@quick
@given(st.data(), lifecycles)
def test_no_reader_ever_acts(data: st.DataObject, lifecycle: Lifecycle) -> None:
    there = data.draw(wild(lifecycle))
    for role in ("auditor", "supervisor", "admin"):
        for option in explain(lifecycle, there, actor(role), inputs()):
            assert not option.possible
            assert option.assignment is None
            assert "wrong_role" in {refusal.code for refusal in option.refusals}


@quick
@given(st.data(), lifecycles, papers, anything)
def test_no_paper_of_others_comes_with_an_allowed_act(
    data: st.DataObject, lifecycle: Lifecycle, slipped: Paper, noise: Inputs
) -> None:
    """Whatever passes, its papers were the role's own to record, and so were its conclusions."""
    there = data.draw(sound(lifecycle))
    for option in explain(lifecycle, there, EVERYBODY, inputs()):
        entered = supply(lifecycle, option, there)
        entered = replace(entered, papers=(*entered.papers, slipped, *noise.papers))
        told = evaluate(lifecycle, option.action, there, EVERYBODY, entered)
        if not told.allowed or told.assignment is None:
            continue
        role = told.assignment.role
        for one in entered.papers:
            assert role in lifecycle.recorders.get(one.kind, {role})
            assert one.conclusion is None or role in CONCLUDERS.get(one.kind, {role})
            assert one.date is None or one.date <= min(entered.on, entered.today)
