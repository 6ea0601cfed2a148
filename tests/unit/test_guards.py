"""Every guard both ways, money to the đồng, conclusions, and who may record which paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from states.engine import evaluate, paper_authority
from states.facts import Case, Inputs, Paper, Refusal
from states.guards import AGREEMENTS, CONCLUDERS, GUARDS
from states.model import ROLES, Lifecycle
from tests.builders import (
    KCDP,
    KCQG,
    LIFECYCLES,
    PAPERS,
    TODAY,
    actor,
    assignment,
    facts,
    inputs,
    paper,
    ready,
    supply,
)

YESTERDAY = TODAY - timedelta(days=1)
M = 1_000_000


@dataclass(frozen=True)
class Look:
    """What a guard is shown: changes of the facts, what is entered, the role; and its answer."""

    there: dict[str, Any] = field(default_factory=dict)
    entered: dict[str, Any] = field(default_factory=dict)
    role: str | None = None
    answer: str | None = None
    """The refusal's code; None where the guard lets it pass."""


def ask(name: str, look: Look) -> Refusal | None:
    who = actor(look.role or "unit")
    acting = assignment(look.role) if look.role else None
    return GUARDS[name](Case(facts(**look.there), inputs(**look.entered), who, acting))


def money(approved: int | None, allocated: int = 0, advanced: int = 0) -> dict[str, Any]:
    return {"approved": approved, "allocated": allocated, "advanced": advanced}


def has(*papers: tuple[str, str | None]) -> dict[str, Any]:
    return {"papers": dict(papers)}


def comes(*papers: Paper) -> dict[str, Any]:
    return {"papers": papers}


GROUP, BIDDING = {"kinds": frozenset({"group"})}, {"kinds": frozenset({"bidding"})}
MANY, CENTRE = {"kinds": frozenset({"multi_province"})}, {"unit_kind": "regional_centre"}

LOOKS: dict[str, list[Look]] = {
    "estimate_balances": [
        Look(),
        Look({"other": 1, "total": 500 * M + 1}),
        Look({"total": 500 * M + 1}, answer="estimate_unbalanced"),
        Look({"other": 1}, answer="estimate_unbalanced"),
        Look({"requested": 0, "counterpart": 500 * M}, answer="estimate_unbalanced"),
        Look({"requested": -1, "counterpart": 500 * M + 1}, answer="estimate_unbalanced"),
    ],
    "beneficiary_request_present": [
        Look(),
        Look({"beneficiary_differs": True, **has(("don_de_nghi_thu_huong", None))}),
        Look({"beneficiary_differs": True}, comes(paper("don_de_nghi_thu_huong"))),
        Look({"beneficiary_differs": True}, answer="beneficiary_request_missing"),
    ],
    "direct_route": [Look(MANY), Look(CENTRE), Look(answer="direct_route_only")],
    "not_direct_route": [
        Look(),
        Look(GROUP),
        Look(MANY, answer="not_direct_route"),
        Look(CENTRE, answer="not_direct_route"),
    ],
    "base_appraisal_agreed": [
        Look(has(("mau_4a", "agreed"))),
        Look(has(("mau_4b", "agreed"))),
        Look(answer="base_appraisal_missing"),
        Look(has(("mau_4a", "not_agreed")), answer="base_appraisal_not_agreed"),
        Look(has(("mau_4a", None)), answer="base_appraisal_not_agreed"),
        # the newest conclusion wins, whichever form it stands on
        Look(has(("mau_4a", "not_agreed"), ("mau_4b", "agreed"))),
        Look(has(("mau_4b", "agreed"), ("mau_4a", "not_agreed")), answer="base_appraisal_not_agreed"),
        Look(has(("mau_4a", "not_agreed"), ("mau_1", None)), comes(paper("mau_4b", "agreed"))),
        Look(
            has(("mau_4a", "agreed")),
            comes(paper("mau_4a", "not_agreed")),
            answer="base_appraisal_not_agreed",
        ),
    ],
    "ministry_appraisal_agreed": [
        Look(has(("bien_ban_tham_dinh", "agreed"))),
        Look(has(("bien_ban_tham_dinh", "not_agreed")), comes(paper("bien_ban_tham_dinh", "agreed"))),
        Look(answer="ministry_appraisal_missing"),
        Look(has(("bien_ban_tham_dinh", "not_agreed")), answer="ministry_appraisal_not_agreed"),
    ],
    "changed_since_return": [
        Look({"edited_since_entry": True}),
        Look(entered=comes(paper("mau_1"))),
        Look(answer="unchanged_since_return"),
    ],
    "fund_source_kcqg": [Look(), Look({"source": "kcdp"}, answer="not_national")],
    "amount_within_total": [
        Look(),
        Look(entered={"amount": 500 * M}),
        Look(entered={"amount": 500 * M + 1}, answer="amount_over_total"),
        Look(money(300 * M, 100 * M), {"amount": 100 * M}),
        Look(money(300 * M, 100 * M), {"amount": 100 * M - 1}, answer="amount_below_allocated"),
    ],
    "amount_within_approved": [
        Look(),
        Look(money(300 * M, 100 * M)),
        Look(money(300 * M, 100 * M), {"amount": 200 * M}),
        Look(money(300 * M, 100 * M), {"amount": 200 * M + 1}, answer="amount_over_approved"),
        Look(money(300 * M, 300 * M - 1)),
        Look(money(300 * M, 300 * M), answer="nothing_left_to_allocate"),
    ],
    "amount_raises_approved": [
        Look(),
        Look(money(300 * M)),
        Look(money(300 * M), {"amount": 300 * M + 1}),
        Look(money(300 * M), {"amount": 300 * M}, answer="amount_not_raised"),
        Look(money(500 * M), answer="nothing_left_to_raise"),
    ],
    "amount_lowers_approved": [
        Look(),
        Look(money(300 * M), {"amount": 300 * M}),
        Look(money(300 * M), {"amount": 300 * M + 1}, answer="amount_raised"),
    ],
    "has_amount_approved": [
        Look(money(1)),
        Look(money(0), answer="approved_missing"),
        Look(answer="approved_missing"),
    ],
    "round_not_used": [
        Look(),
        Look({"rounds": frozenset({1, 2})}, {"round": 3}),
        Look({"rounds": frozenset({1, 2})}, {"round": 2}, answer="round_used"),
    ],
    "fully_allocated": [
        Look(money(300 * M, 100 * M), {"amount": 200 * M}),
        Look(money(300 * M), {"amount": 300 * M}),
        Look(money(300 * M, 100 * M), {"amount": 200 * M - 1}, answer="outcome_unclear"),
        Look(entered={"amount": 1}, answer="outcome_unclear"),
    ],
    "partly_allocated": [
        Look(money(300 * M, 100 * M), {"amount": 200 * M - 1}),
        Look(money(300 * M), {"amount": 1}),
        Look(money(300 * M, 100 * M), {"amount": 200 * M}, answer="outcome_unclear"),
        Look(money(300 * M), answer="outcome_unclear"),
    ],
    "something_allocated": [Look(money(1, 1)), Look(money(1), answer="nothing_allocated")],
    "within_allocated": [
        Look(money(300 * M, 100 * M)),
        Look(money(300 * M, 100 * M, 60 * M), {"amount": 40 * M}),
        Look(money(300 * M, 100 * M, 60 * M), {"amount": 40 * M + 1}, answer="amount_over_allocated"),
        Look(money(300 * M, 100 * M, 100 * M), answer="nothing_left_to_advance"),
        Look(answer="nothing_left_to_advance"),
    ],
    "mof_opinion_recorded": [
        Look(has(("y_kien_btc", None))),
        Look(entered=comes(paper("y_kien_btc"))),
        Look(answer="mof_opinion_missing"),
    ],
    "group_only": [Look(GROUP), Look(answer="group_only")],
    "not_group": [Look(), Look(GROUP, answer="not_group")],
    "group_plan_approved": [
        Look(has(("mau_11", "agreed"))),
        Look(has(("mau_11", None)), comes(paper("mau_11", "agreed"))),
        Look(answer="group_plan_missing"),
        Look(has(("mau_11", None)), answer="group_plan_missing"),
        Look(has(("mau_11", "agreed")), comes(paper("mau_11")), answer="group_plan_missing"),
    ],
    "not_group_or_plan_approved": [
        Look(),
        Look({**GROUP, **has(("mau_11", "agreed"))}),
        Look(GROUP, answer="group_plan_missing"),
    ],
    "bidding_only": [Look(BIDDING), Look(answer="bidding_only")],
    "bidding_result_recorded": [
        Look(has(("quyet_dinh_trung_thau", None))),
        Look(answer="bidding_result_missing"),
    ],
    "not_bidding_or_result_recorded": [
        Look(),
        Look({**BIDDING, **has(("quyet_dinh_trung_thau", None))}),
        Look(BIDDING, answer="bidding_result_missing"),
    ],
    "contract_recorded": [
        Look(has(("hop_dong", None))),
        Look(has(("quyet_dinh_giao_nhiem_vu", None))),
        Look({"contract_signed": True}),
        Look(answer="contract_missing"),
    ],
    "acceptance_agreed": [
        *(Look(has((kind, "agreed"))) for kind in ("mau_5a", "mau_5b", "mau_5c")),
        Look(has(("mau_5a", "not_agreed")), {"document": paper("mau_5a", "agreed")}),
        Look(answer="acceptance_missing"),
        Look(has(("mau_5b", "not_agreed")), answer="acceptance_not_agreed"),
    ],
    "acceptance_level": [
        Look(role="department"),
        Look(MANY, role="agency"),
        Look(CENTRE, role="agency"),
        Look(MANY),
        Look(MANY, role="department", answer="acceptance_level_agency"),
        Look(role="agency", answer="acceptance_level_department"),
    ],
    "after_deadline": [
        Look(),
        Look({"due_on": TODAY}),
        Look({"due_on": YESTERDAY}, answer="after_deadline"),
        Look({"due_on": YESTERDAY}, {"on": YESTERDAY}),
    ],
    "late_reason": [
        Look(),
        Look({"due_on": TODAY}),
        Look({"due_on": YESTERDAY}, {"reason": "Chờ báo giá"}),
        Look({"due_on": YESTERDAY}, answer="late_reason_required"),
        Look({"due_on": YESTERDAY}, {"reason": " \t "}, answer="late_reason_required"),
    ],
}


@pytest.mark.parametrize(
    ("name", "look"),
    [(name, look) for name, looks in LOOKS.items() for look in looks],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_guard_answers(name: str, look: Look) -> None:
    refusal = ask(name, look)
    assert (refusal.code if refusal else None) == look.answer


def test_every_guard_is_shown_both_ways() -> None:
    assert set(LOOKS) <= set(GUARDS)  # the others: test_guards_money
    for name, looks in LOOKS.items():
        assert {look.answer is None for look in looks} == {True, False}, name


def test_over_allocation_by_one_dong_says_how_much_is_too_much() -> None:
    refusal = ask("amount_within_approved", Look(money(300 * M, 100 * M), {"amount": 200 * M + 1}))
    assert refusal is not None
    assert dict(refusal.params) == {
        "amount": 200 * M + 1,
        "approved": 300 * M,
        "allocated": 100 * M,
        "missing": 1,
    }


@pytest.mark.parametrize("amount", [1, 99, 100])
def test_exactly_one_outcome_of_a_round(amount: int) -> None:
    look = Look(money(100), {"amount": amount})
    passes = {name for name in ("fully_allocated", "partly_allocated") if ask(name, look) is None}
    assert passes == {"fully_allocated" if amount == 100 else "partly_allocated"}


# -- conclusions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["not_agreed", None])
@pytest.mark.parametrize("turned", [False, True])
def test_papers_entered_together_agree_only_if_all_of_them_do(other: str | None, turned: bool) -> None:
    """Minutes that say "not accepted" aren't talked round by a second sheet beside them."""
    first, second = paper("mau_5a", other), paper("mau_5b", "agreed")
    if turned:
        first, second = second, first
    for entered in (comes(first, second), {"document": first, "papers": (second,)}):
        refusal = ask("acceptance_agreed", Look(has(("mau_5c", "agreed")), entered))
        assert refusal is not None
        assert refusal.code == "acceptance_not_agreed"
    both = comes(paper("mau_5a", "agreed"), paper("mau_5b", "agreed"))
    assert ask("acceptance_agreed", Look(has(("mau_5c", "not_agreed")), both)) is None


def test_every_rule_on_agreement_looks_at_papers_that_conclude() -> None:
    for name in AGREEMENTS:
        refusal = ask(name, Look())
        assert refusal is not None
        agreed = dict.fromkeys(CONCLUDERS, "agreed")
        assert ask(name, Look({"papers": agreed})) is None
        assert ask(name, Look({"papers": dict.fromkeys(CONCLUDERS, "not_agreed")})) is not None


# -- who may record what ---------------------------------------------------------------------------

OTHERS = (
    ("y_kien_btc", None),
    ("mau_4a", "agreed"),
    ("mau_4b", "agreed"),
    ("bien_ban_tham_dinh", "agreed"),
    ("quyet_dinh_phe_duyet", None),
    ("quyet_dinh_phan_bo", None),
    ("quyet_dinh_giao", None),
    ("quyet_dinh_trung_thau", None),
    ("mau_5a", "agreed"),
    ("mau_5c", "agreed"),
    ("quyet_dinh_ngung", None),
)
"""Papers of other offices that would talk a rule round if a unit could enter them."""


@pytest.mark.parametrize(("kind", "conclusion"), OTHERS)
def test_a_unit_cannot_slip_another_office_s_paper_into_any_act(kind: str, conclusion: str | None) -> None:
    unit_acts = [action for action in KCQG.actions if "unit" in action.roles]
    assert len(unit_acts) > 10
    for action in unit_acts:
        there = ready(KCQG, action, action.sources[0], "unit")
        entered = supply(KCQG, evaluate(KCQG, action, there, actor("unit"), inputs()), there)
        smuggled = Inputs(
            **{name: getattr(entered, name) for name in entered.__slots__}
            | {"papers": (*entered.papers, paper(kind, conclusion))}
        )
        option = evaluate(KCQG, action, there, actor("unit"), smuggled)
        assert [refusal.code for refusal in option.refusals] == ["paper_not_yours"], action.name
        assert option.refusals[0].params["document"] == kind


def test_a_unit_hands_in_the_group_plan_but_can_not_agree_to_it() -> None:
    action = KCQG.action_by_name["propose_group_plan"]
    there = facts(state="plan_assigned", kinds=frozenset({"group"}))
    for conclusion, codes in (
        (None, []),
        ("agreed", ["conclusion_not_yours"]),
        ("not_agreed", ["conclusion_not_yours"]),
    ):
        entered = inputs(document=paper("mau_11", conclusion))
        option = evaluate(KCQG, action, there, actor("unit"), entered)
        assert [refusal.code for refusal in option.refusals] == codes
        assert all(refusal.params["roles"] == ("department",) for refusal in option.refusals)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.key)
def test_who_may_record_each_paper_and_conclude(lifecycle: Lifecycle) -> None:
    """A paper that is an act belongs to the act's roles, its conclusion to those who conclude."""
    for kind in PAPERS:
        acting = {
            role
            for action in lifecycle.actions
            if kind in (action.act_document or "").split("|")
            for role in action.roles
        }
        concluders = CONCLUDERS.get(kind, frozenset())
        for role in ROLES:
            for conclusion in ("agreed", "not_agreed", None):
                denied = paper_authority(lifecycle, paper(kind, conclusion), role)
                if acting and role not in acting:
                    expected = "paper_not_yours"
                elif concluders and conclusion and role not in concluders:
                    expected = "conclusion_not_yours"
                elif role in concluders and not conclusion:
                    expected = "conclusion_required"
                else:
                    expected = None
                assert (denied.code if denied else None) == expected, (kind, role, conclusion)


def test_nobody_but_the_finance_office_and_the_department_enters_the_local_finance_opinion() -> None:
    opinion = paper("phieu_tham_dinh_stc")
    may = {role for role in ROLES if paper_authority(KCDP, opinion, role) is None}
    assert may == {"finance_department", "department"}


# -- dates of papers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated", "on", "codes"),
    [
        (YESTERDAY, TODAY, []),
        (TODAY, TODAY, []),
        (None, TODAY, []),
        (TODAY + timedelta(days=1), TODAY, ["document_date_future"]),
        (TODAY, YESTERDAY, ["document_date_after_act"]),
        (TODAY + timedelta(days=1), YESTERDAY, ["document_date_future"]),
    ],
)
def test_a_paper_that_an_act_rests_on_is_not_younger_than_the_act(
    dated: date | None, on: date, codes: list[str]
) -> None:
    """A notice of today doesn't carry a plan assigned yesterday (TT 36/2013 Đ6.4)."""
    action = KCQG.action_by_name["assign_plan"]
    there = facts(state="allocated", approved=300 * M, allocated=300 * M)
    entered = inputs(
        on=on,
        document=paper("quyet_dinh_giao", on=on),
        papers=(paper("thong_bao_giao", on=on, date=dated),),
    )
    option = evaluate(KCQG, action, there, actor("agency"), entered)
    assert [refusal.code for refusal in option.refusals] == codes
