"""What is offered (`possible`, its order, what is missing) and what is `stuck`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from states.engine import Option, evaluate, explain, reason_need, stuck
from states.facts import Facts
from states.loader import load_text
from states.model import Lifecycle
from tests.builders import KCDP, KCQG, LIFECYCLES, OWN, PAPERS, TODAY, actor, facts, inputs, supply

every = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.key)
M = 1_000_000

# -- possible ----------------------------------------------------------------------------------------


def look(action: str, there: Facts, *roles: str, lifecycle: Lifecycle = KCQG) -> Option:
    return evaluate(lifecycle, lifecycle.action_by_name[action], there, actor(*roles), inputs())


def test_a_missing_paper_makes_an_act_possible_only_for_those_who_may_record_it() -> None:
    bare = facts(state="plan_assigned", approved=1, allocated=1)
    assert look("sign_contract", bare, "agency").possible
    assert look("sign_contract", bare, "agency").missing_documents == (("y_kien_btc",),)
    assert not look("sign_contract", bare, "unit").possible
    for kinds, papers in (("group", {"mau_11": None}), ("bidding", {})):
        there = replace(bare, kinds=frozenset({kinds}), papers={"y_kien_btc": None, **papers})
        assert not look("sign_contract", there, "agency").possible
        assert not look("sign_contract", there, "unit").possible


def test_minutes_that_did_not_accept_can_be_followed_by_minutes_that_do() -> None:
    there = facts(state="awaiting_acceptance", papers={"mau_5a": "not_agreed"})
    option = look("accept", there, "department")
    assert option.possible
    assert not option.allowed
    assert evaluate(KCQG, option.action, there, actor("department"), supply(KCQG, option, there)).allowed


def test_a_contrary_appraisal_needs_its_own_act_first() -> None:
    there = facts(state="provincial_appraisal", papers={"mau_4a": "not_agreed", "mau_2": None})
    assert not look("register_with_ministry", there, "department").possible
    assert look("record_provincial_appraisal", there, "department").possible


def test_money_that_is_spent_is_not_offered_again() -> None:
    there = facts(state="in_progress", approved=250 * M, allocated=250 * M, papers=PAPERS)
    assert not look("allocate_further", there, "agency").possible
    assert look("allocate_further", replace(there, allocated=250 * M - 1), "agency").possible
    assert look("record_advance", there, "agency").possible
    assert not look("record_advance", replace(there, advanced=250 * M), "agency").possible
    assert look("raise_support", there, "ministry").possible
    assert not look("raise_support", replace(there, total=250 * M), "ministry").possible


def test_the_outcome_of_a_round_is_open_until_its_amount_is_known() -> None:
    there = facts(state="partly_allocated", approved=250 * M, allocated=100 * M, papers=PAPERS)
    assert look("allocate", there, "agency").target is None
    for amount, state in ((150 * M, "allocated"), (150 * M - 1, "partly_allocated")):
        entered = inputs(amount=amount)
        assert (
            evaluate(KCQG, KCQG.action_by_name["allocate"], there, actor("agency"), entered).target == state
        )


def test_a_paper_that_a_rule_asks_for_is_named_among_the_missing() -> None:
    there = facts(beneficiary_differs=True)
    missing = look("submit_to_department", there, "unit").missing_documents
    assert missing == (("de_an",), ("mau_1",), ("don_de_nghi_thu_huong",))
    accept = look("accept", facts(state="awaiting_acceptance"), "department")
    assert accept.missing_documents == ()
    assert {refusal.code for refusal in accept.refusals} == {"acceptance_missing"}


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
            there = facts(state=state.name, source=lifecycle.name, kinds=frozenset(kinds), approved=1)
            assert not stuck(lifecycle, there, TODAY), state.name


@pytest.mark.parametrize(
    ("state", "kinds", "expected"),
    [
        ("settled", (), True),
        ("settled", ("group",), False),
        ("paid", (), False),
        ("paid", ("group",), True),
        ("archived", (), False),
    ],
)
def test_a_state_is_stuck_where_no_rule_lets_anybody_on(
    state: str, kinds: tuple[str, ...], expected: bool
) -> None:
    there = facts(state=state, source="kcdp", kinds=frozenset(kinds), approved=1)
    assert stuck(OWN, there, TODAY) is expected


def test_acts_that_stay_do_not_unstick() -> None:
    """In "accepted" an advance can still be recorded, but nothing leads on."""
    closed = load_text(KCDP.source.replace('name = "pay"\n', 'name = "pay"\nguards = ["group_only"]\n'))
    there = facts(state="accepted", source="kcdp", approved=1, allocated=1, papers=PAPERS)
    assert look("record_advance", there, "department", lifecycle=closed).possible
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
