"""What is offered (`possible`, its order, what is missing) and what is `stuck`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from states.engine import Option, evaluate, explain, reason_need, stuck
from states.facts import Facts, Items
from states.loader import load_text
from states.model import Lifecycle
from tests.builders import (
    BY_NAME,
    KCDP,
    KCQG,
    LIFECYCLES,
    OWN,
    PAPERS,
    TODAY,
    WIDE,
    actor,
    facts,
    inputs,
    parent_for,
    supply,
)

every = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.key)
M = 1_000_000
ROUND = BY_NAME["allocation_round_kcqg"]
ROUND_FACTS: dict[str, Any] = {"fund": WIDE, "plan": WIDE, "items": Items(1, 1, "a")}

# -- possible ----------------------------------------------------------------------------------------


def look(action: str, there: Facts, *roles: str, lifecycle: Lifecycle = KCQG) -> Option:
    return evaluate(lifecycle, lifecycle.action_by_name[action], there, actor(*roles), inputs())


def test_a_missing_paper_makes_an_act_possible_only_for_those_who_may_record_it() -> None:
    cleared = facts(state="cleared", kind="allocation_round", **ROUND_FACTS)
    assert look("propose", cleared, "agency", lifecycle=ROUND).possible
    assert look("propose", cleared, "agency", lifecycle=ROUND).missing_documents == (("y_kien_btc",),)
    bare = facts(state="plan_assigned", approved=1, allocated=1)
    for kinds, papers in (("group", {"mau_11": None}), ("bidding", {})):
        there = replace(bare, kinds=frozenset({kinds}), papers=papers)
        assert not look("sign_contract", there, "agency").possible
        assert not look("sign_contract", there, "unit").possible


def test_minutes_that_did_not_accept_can_be_followed_by_minutes_that_do() -> None:
    there = facts(state="awaiting_acceptance", papers={"mau_5a": "not_agreed"}, contracted=M)
    option = look("accept", there, "department")
    assert option.possible
    assert not option.allowed
    assert evaluate(KCQG, option.action, there, actor("department"), supply(KCQG, option, there)).allowed


def test_a_contrary_appraisal_needs_its_own_act_first() -> None:
    there = facts(state="provincial_appraisal", papers={"mau_4a": "not_agreed", "mau_2": None})
    assert not look("register_with_ministry", there, "department").possible
    assert look("record_provincial_appraisal", there, "department").possible


def test_money_that_is_spent_is_not_offered_again() -> None:
    there = facts(state="in_progress", approved=250 * M, allocated=250 * M, contracted=250 * M, papers=PAPERS)
    further = KCQG.action_by_name["allocate_further"]
    for allocated, expected in ((250 * M, False), (250 * M - 1, True)):
        at = replace(there, allocated=allocated)
        entered = inputs(via=parent_for(further, at))
        assert evaluate(KCQG, further, at, actor("agency"), entered).possible is expected
    assert look("advance_first", there, "agency").possible
    assert not look("advance_first", replace(there, advanced=250 * M), "agency").possible
    assert look("accept_part", there, "department").possible
    assert not look("accept_part", replace(there, accepted=250 * M), "department").possible


def test_the_outcome_of_a_round_is_open_until_its_amount_is_known() -> None:
    there = facts(state="partly_allocated", approved=250 * M, allocated=100 * M, papers=PAPERS)
    assert look("allocate", there, "agency").target is None
    for amount, state in ((150 * M, "allocated"), (150 * M - 1, "partly_allocated")):
        entered = inputs(amount=amount, via=parent_for(KCQG.action_by_name["allocate"], there))
        assert (
            evaluate(KCQG, KCQG.action_by_name["allocate"], there, actor("agency"), entered).target == state
        )


def test_a_paper_that_a_rule_asks_for_is_named_among_the_missing() -> None:
    there = facts(beneficiary_differs=True)
    missing = look("submit_to_department", there, "unit").missing_documents
    assert missing == (("de_an",), ("mau_1",), ("don_de_nghi_thu_huong",))
    accept = look("accept", facts(state="awaiting_acceptance", contracted=M), "department")
    assert accept.missing_documents == ()
    assert {refusal.code for refusal in accept.refusals} == {"acceptance_missing", "amount_required"}


def test_possible_acts_come_first_and_dangerous_ones_last() -> None:
    there = facts(state="ministry_appraisal", papers={"bien_ban_tham_dinh": "not_agreed"})
    options = explain(KCQG, there, actor("agency"), inputs())
    assert [option.name for option in options] == [
        *("record_ministry_appraisal", "return_by_agency", "refuse_by_agency"),
        *("submit_to_minister", "withdraw"),
    ]


# -- stuck ---------------------------------------------------------------------------------------------


@every
def test_nothing_is_stuck_in_the_lifecycles_that_ship(lifecycle: Lifecycle) -> None:
    """From every open state somebody can move on, with an empty file and whatever the kind."""
    for state in lifecycle.states:
        for kinds in ((), ("group",), ("multi_province",), ("bidding", "group")):
            money: dict[str, Any] = {"allocated": 1, "advanced": 1} if "refund" in state.name else {}
            there = facts(
                state=state.name, source=lifecycle.name, kinds=frozenset(kinds), approved=1, **money
            )
            assert not stuck(lifecycle, there, TODAY), state.name


@pytest.mark.parametrize(
    ("state", "kinds", "expected"),
    [
        ("settled", (), True),
        ("settled", ("group",), False),
        ("awaiting_liquidation", (), False),
        ("awaiting_liquidation", ("group",), True),
        ("archived", (), False),
    ],
)
def test_a_state_is_stuck_where_no_rule_lets_anybody_on(
    state: str, kinds: tuple[str, ...], expected: bool
) -> None:
    there = facts(state=state, source="kcdp", kinds=frozenset(kinds), approved=1)
    assert stuck(OWN, there, TODAY) is expected


def test_acts_that_stay_do_not_unstick() -> None:
    """In "accepted" the rest can still be paid, but nothing leads on."""
    name = 'name = "submit_settlement"\n'
    closed = load_text(KCDP.source.replace(name, f'{name}guards = ["group_only"]\n'))
    money = {"approved": 1, "allocated": 1, "contracted": 1, "accepted": 1}
    there = facts(state="accepted", source="kcdp", papers=PAPERS, **money)
    assert look("pay_remaining", there, "department", lifecycle=closed).possible
    assert stuck(closed, there, TODAY)
    assert not stuck(closed, replace(there, kinds=frozenset({"group"})), TODAY)


@pytest.mark.parametrize("last_on", [None, TODAY, TODAY + timedelta(days=400)])
def test_dates_make_nothing_stuck(last_on: date | None) -> None:
    assert not stuck(KCQG, facts(state="settled", last_on=last_on, due_on=date(2020, 1, 1)), TODAY)


def test_a_second_person_is_always_somebody() -> None:
    assert not stuck(OWN, facts(state="accepted", source="kcdp", last_actor="unit"), TODAY)


# -- reasons asked for -----------------------------------------------------------------------------------


def test_the_database_asks_for_reasons_where_the_rules_do() -> None:
    for action in KCQG.actions:
        assert reason_need(KCQG, action.name) == action.reason
    assert reason_need(KCQG, "create") == "optional"
