"""Every rule about money both ways, to the đồng, and no sequence of acts that breaks a ceiling."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcflow import reference
from kcflow.services.texts import reason
from states.engine import Refused, apply, evaluate
from states.facts import Actor, Case, Facts, Fund, Items, Parent, Refusal
from states.guards import GUARDS
from states.model import ROLES, Action
from tests.builders import (
    BY_NAME,
    KCDP,
    KCQG,
    PAPERS,
    actor,
    after,
    assignment,
    facts,
    inputs,
    ready,
    supply,
)
from tests.unit.test_guards import LOOKS, Look, has

M = 1_000_000
RULES: dict[str, Any] = {"advance_rules": reference.advance_rules(), "contracted": 100 * M}


def via(**changes: Any) -> dict[str, Any]:
    """A round of 2024 over the whole country with a ceiling of 100 m under a plan of 100 m."""
    values: dict[str, Any] = {
        "kind": "allocation_round",
        "code": "PB-KCQG-24-1",
        "state": "proposed",
        "source": "kcqg",
        "plan_year": 2024,
        "fund": Fund(100 * M, allocated=60 * M),
        "plan": Fund(100 * M, allocated=60 * M),
        "has_opinion": True,
    }
    return {"via": Parent(**(values | changes))}


def fields(kind: str = "consulting", **more: int | str) -> dict[str, Any]:
    return {"fields": {"advance_type": kind, **more}}


def paid(contracted: int = 0, advanced: int = 0, accepted: int = 0, settled: int = 0, **more: Any) -> Any:
    money = {"contracted": contracted, "advanced": advanced, "accepted": accepted, "settled": settled}
    return {"approved": 300 * M, "allocated": 200 * M, **money, **more}


FUNDED = {"kind": "allocation_round", "fund": Fund(100), "items": Items(2, 100, "a")}
CARRY = {"effect": "carry_over"}

LOOKS_MONEY: dict[tuple[str, str], list[Look]] = {
    ("round_other_year", "allocate"): [
        Look(),
        Look(entered=via()),
        Look({"budget_year": 2025}, via(plan_year=2025)),
        Look({"kinds": frozenset({"multi_year"}), "ends_on": date(2025, 6, 1)}, via(plan_year=2025)),
        Look(entered=via(plan_year=2025), answer="round_other_year"),
        Look({"kinds": frozenset({"multi_year"})}, via(plan_year=2025), answer="round_other_year"),
        Look(entered=via(plan_year=2023), answer="round_other_year"),
    ],
    ("round_other_source", "allocate"): [
        Look(entered=via()),
        Look(entered=via(source="kcdp"), answer="round_other_source"),
    ],
    ("round_other_province", "allocate"): [
        Look(entered=via(province="63:02")),
        Look(entered=via(province="34:08", provinces=frozenset({"34:08", "63:02"}))),
        Look(entered=via(province="63:19"), answer="round_other_province"),
    ],
    ("content_not_covered", "allocate"): [
        Look(entered=via()),
        Look({"contents": frozenset({1, 4})}, via(contents=frozenset({4}))),
        Look({"contents": frozenset({1})}, via(contents=frozenset({4})), answer="content_not_covered"),
        Look(entered=via(contents=frozenset({4})), answer="content_not_covered"),
    ],
    ("content_partly_covered", "allocate"): [
        Look({"contents": frozenset({4})}, via(contents=frozenset({4}))),
        Look({"contents": frozenset({1, 4})}, via(contents=frozenset({4})), answer="content_partly_covered"),
    ],
    ("round_has_opinion", "allocate"): [
        Look(entered=via()),
        Look(entered=via(has_opinion=False), answer="round_without_opinion"),
    ],
    ("within_round_ceiling", "allocate"): [
        Look(entered=via()),
        Look(entered={**via(), "amount": 40 * M}),
        Look(entered={**via(), "amount": 40 * M + 1}, answer="round_over_ceiling"),
    ],
    ("within_plan", "allocate"): [
        Look(),
        Look(entered={**via(), "amount": 40 * M}),
        Look(entered={**via(plan=Fund(100, allocated=100, returned=1)), "amount": 1}),
        Look(entered={**via(), "amount": 40 * M + 1}, answer="plan_over"),
        Look(entered=via(plan=None), answer="plan_missing"),
    ],
    ("within_plan", "approve"): [
        Look(entered={"amount": 1}),
        Look({"plan": Fund(10, approved=9)}, {"amount": 1}),
        Look({"plan": Fund(10, approved=9), "approved": 5}, {"amount": 6}),
        Look({"plan": Fund(10, approved=9)}, {"amount": 2}, answer="plan_over"),
        Look(entered={**via(kind="annual_plan", fund=Fund(9), plan=None), "amount": 10}, answer="plan_over"),
    ],
    ("contract_within_allocated", "sign_contract"): [
        Look(paid(), {"amount": 200 * M}),
        Look(paid(150 * M), {"amount": 50 * M + 1}, answer="contract_over_allocated"),
        Look(paid(200 * M), answer="nothing_left_to_contract"),
        Look(paid(), {**via(kind="contract", fund=Fund(9)), "amount": 10}, answer="contract_over_value"),
    ],
    ("contract_covers_work", "amend_contract"): [
        Look(paid(100)),
        Look(paid(100, 60, 40), {"amount": -40}),
        Look(paid(100, 60, 70), {"amount": -40}, answer="contract_below_work"),
        Look(paid(100, 60, 40), {"amount": -41}, answer="contract_below_work"),
        Look(paid(100, 60, 40, returned=1), {"amount": -41}),
    ],
    ("within_contract", "advance_first"): [
        Look(paid(100, 60), {"amount": 40}),
        Look(paid(100, 60), {"amount": 41}, answer="amount_over_contract"),
        Look(paid(100, 100), answer="contract_paid_out"),
    ],
    ("all_accepted", "accept"): [Look({"all_accepted": True}), Look(answer="not_all_accepted")],
    ("all_ended", "accept"): [Look({"all_ended": True}), Look(answer="not_all_ended")],
    ("last_of_contract", "accept"): [
        Look(),
        Look({"others_accepted": False}, answer="others_not_accepted"),
    ],
    ("advance_ratio", "advance_first"): [
        Look(),
        Look(RULES, {**fields(), "amount": 70 * M}),
        Look(RULES, {**fields(), "amount": 70 * M + 1}, answer="advance_over_ratio"),
        Look(RULES, {**fields("cluster_pollution"), "amount": 30 * M}),
        Look(RULES, {**fields("cluster_pollution"), "amount": 30 * M + 1}, answer="advance_over_ratio"),
        Look(RULES, {**fields("found_enterprise"), "amount": 100 * M}),
        Look(RULES | {"advanced": 70 * M}, fields(), answer="advance_over_ratio"),
        Look(RULES | {"advanced": 70 * M, "returned": 1}, {**fields(), "amount": 1}),
        Look(RULES, fields("contest"), answer="advance_ratio_unknown"),
        Look(RULES, fields("rocket"), answer="advance_rule_missing"),
        Look(RULES, {**fields(advance_permille=900), "amount": 1}, answer="advance_decision_missing"),
        Look(
            RULES | has(("quyet_dinh_ty_le_tam_ung", None)),
            {**fields("contest", advance_permille=900), "amount": 90 * M},
        ),
        Look(
            RULES | has(("quyet_dinh_ty_le_tam_ung", None)),
            {**fields(advance_permille=900), "amount": 90 * M + 1},
            answer="advance_over_ratio",
        ),
        Look(
            RULES,
            {**fields(), "amount": 1, "on": date(2014, 2, 9)},
            answer="advance_rule_missing",
        ),
    ],
    ("advance_volume", "advance_first"): [
        Look(RULES, fields()),
        Look(RULES, fields("machinery", volume_permille=701)),
        Look(RULES, fields("machinery", volume_permille=700), answer="advance_volume_low"),
        Look(RULES, fields("machinery"), answer="advance_volume_missing"),
    ],
    ("advance_papers", "advance_first"): [
        Look(RULES | {"papers": PAPERS}, fields()),
        Look(RULES | {"contract_signed": True}, fields()),
        Look(RULES, fields(), answer="advance_papers_missing"),
        Look(RULES | {"contract_signed": True}, fields("conference"), answer="advance_papers_missing"),
    ],
    ("advance_cap_conflict", "advance_first"): [
        Look(RULES, {**fields("found_enterprise"), "amount": 70 * M}),
        Look(RULES, {**fields("found_enterprise"), "amount": 70 * M + 1}, answer="advance_cap_conflict"),
        Look(RULES, {**fields("found_enterprise"), "amount": 100 * M, "on": date(2014, 4, 7)}),
        # Where the rule allows no more than the cap there is no conflict to tell of, only the ratio.
        Look(RULES, {**fields("conference"), "amount": 70 * M + 1}),
        Look(RULES, {**fields("conference", advance_permille=700), "amount": 70 * M + 1}),
        Look(
            RULES,
            {**fields("conference", advance_permille=800), "amount": 80 * M},
            answer="advance_cap_conflict",
        ),
    ],
    ("remaining_papers", "pay_remaining"): [
        Look(RULES | {"papers": PAPERS}, fields()),
        Look(RULES, fields(), answer="remaining_papers_missing"),
        Look(RULES, fields("rocket"), answer="advance_rule_missing"),
    ],
    ("multi_year_only", "advance_next"): [
        Look({"kinds": frozenset({"multi_year"})}),
        Look(answer="multi_year_only"),
    ],
    ("supplementary_estimate", "approve"): [
        Look({"supplementary": True}),
        Look(answer="not_supplementary"),
    ],
    ("one_year_only", "advance_next"): [
        Look(),
        Look({"kinds": frozenset({"multi_year"})}, answer="one_year_only"),
    ],
    ("advanced_before", "advance_next"): [Look(paid(9, 1)), Look(answer="not_advanced_yet")],
    ("within_accepted", "pay_remaining"): [
        Look(paid(100, 50, 80), {"amount": 30}),
        Look(paid(100, 50, 80), {"amount": 31}, answer="payment_over_accepted"),
        Look(paid(100, 50, 80, 60), {"amount": 11}, answer="payment_over_accepted"),
        Look(paid(100, 80, 80), answer="nothing_left_to_pay"),
    ],
    ("acceptance_within_contract", "accept_part"): [
        Look(paid(100, 0, 60), {"amount": 40}),
        Look(paid(100, 0, 60), {"amount": 41}, answer="acceptance_over_contract"),
        Look(paid(100, 0, 100), answer="nothing_left_to_accept"),
    ],
    ("acceptance_within_contract", "accept"): [Look(paid(100, 0, 100))],
    ("something_accepted", "accept"): [
        Look(paid(9, 0, 1)),
        Look(paid(9), {"amount": 1}),
        Look(paid(9), answer="amount_required"),
        Look(paid(), answer="nothing_left_to_accept"),
    ],
    ("settled_within_accepted", "liquidate"): [
        Look(paid(100, 0, 80), {"amount": 80}),
        Look(paid(100, 0, 80), {"amount": 81}, answer="settled_over_accepted"),
        Look(paid(100, 0, 80, 10), {"amount": 1}, answer="already_settled"),
    ],
    ("nothing_to_refund", "liquidate"): [
        Look(paid(100, 80, 100), {"amount": 80}),
        Look(paid(100, 80, 100), {"amount": 79}, answer="outcome_unclear"),
    ],
    ("nothing_to_refund", "confirm_stop"): [
        Look(paid(100, 80, 80)),
        Look(paid(100, 80, returned=80)),
        Look(paid(100, 80), answer="outcome_unclear"),
    ],
    ("refund_open", "record_refund"): [
        Look(paid(100, 80, 100, 50), {"amount": 29}),
        Look(paid(100, 80, 100, 50), {"amount": 30}, answer="outcome_unclear"),
    ],
    ("refund_within_due", "record_refund"): [
        Look(paid(100, 80, 100, 50), {"amount": 30}),
        Look(paid(100, 80, 100, 50), {"amount": 31}, answer="refund_over_due"),
        Look(paid(100, 80, 100, 80), answer="no_refund_due"),
    ],
    ("decides_ministry", "approve"): [
        Look({"decides": "ministry"}),
        Look({"decides": "agency"}, answer="decided_elsewhere"),
        Look(answer="decides_unknown"),
    ],
    ("decides_agency", "approve"): [
        Look({"decides": "agency"}),
        Look({"decides": "ministry"}, answer="decided_elsewhere"),
    ],
    ("decided_in_province", "approve"): [
        Look({"decides": "department"}),
        Look({"decides": "provincial_committee"}),
        Look({"decides": "agency"}, answer="decided_elsewhere"),
    ],
    ("decided_above_province", "approve"): [
        Look({"decides": "agency"}),
        Look({"decides": "department"}, answer="decided_elsewhere"),
    ],
    ("decided_by_right_level", "apply_adjustment"): [
        Look(),
        Look({"decides": "department"}, role="department"),
        Look(entered=via(kind="adjustment", decides="agency"), role="agency"),
        Look({"decides": "ministry"}, role="agency", answer="decided_elsewhere"),
        Look({"decides": "agency"}, role="ministry", answer="decided_elsewhere"),
    ],
    ("carry_over_only", "carry_over"): [Look(CARRY), Look({"effect": "content"}, answer="carry_over_only")],
    ("not_carry_over", "carry_over"): [Look({"effect": "content"}), Look(CARRY, answer="not_carry_over")],
    ("change_is_money", "apply_adjustment"): [
        Look({"effect": "approved"}),
        Look(entered=via(effect="approved")),
        Look({"effect": "content"}, answer="change_not_money"),
    ],
    ("adjusted_amount", "apply_adjustment"): [
        Look({"effect": "content"}),
        Look({"effect": "approved", "approved": 9}, {"amount": 8}),
        Look({"effect": "approved", "approved": 9}, {"amount": 9}, answer="amount_unchanged"),
        Look({"effect": "approved"}, answer="amount_required"),
        Look({"effect": "content"}, {"amount": 9}, answer="amount_not_asked"),
    ],
    ("raise_by_ministry", "apply_adjustment"): [
        Look({"approved": 9, "decides": "agency"}, {"amount": 8}),
        Look({"approved": 9, "decides": "ministry"}, {"amount": 10}),
        Look({"approved": 9, "decides": "agency"}, {"amount": 10}, answer="amount_raised"),
    ],
    ("change_papers_present", "apply_adjustment"): [
        Look(),
        Look({"change_papers": (("a", "b"),), **has(("b", None))}),
        Look({"change_papers": (("a", "b"), ("c",)), **has(("b", None))}, answer="change_papers_missing"),
    ],
    ("items_present", "approve"): [
        Look(FUNDED),
        Look(answer="items_missing"),
        Look({"items": Items(0, 0, "")}, answer="items_missing"),
    ],
    ("items_within_ceiling", "approve"): [
        Look(FUNDED),
        Look(FUNDED | {"items": Items(2, 101, "a")}, answer="items_over_ceiling"),
        Look(FUNDED | {"kind": "contract", "fund": Fund(100, contracted=1)}, answer="items_over_ceiling"),
        Look(FUNDED | {"kind": "annual_plan", "fund": Fund(100, approved=1)}, answer="items_over_ceiling"),
    ],
    ("plan_has_room", "approve"): [
        Look(FUNDED | {"plan": Fund(150, allocated=60, returned=10)}),
        Look(FUNDED | {"plan": Fund(149, allocated=60, returned=10)}, answer="plan_over"),
        Look(FUNDED, answer="plan_missing"),
    ],
    ("items_allowed", "approve"): [
        Look(FUNDED),
        Look({"items": Items(1, 1, "a", (("KCQG-24-0001", "wrong_state"),))}, answer="items_refused"),
    ],
    ("items_unchanged", "approve"): [
        Look(FUNDED | {"proposed_digest": "a"}),
        Look(FUNDED | {"proposed_digest": "b"}, answer="items_changed"),
        Look({"proposed_digest": None}, answer="items_changed"),
    ],
    ("finance_opinion_recorded", "approve"): [
        Look(has(("y_kien_btc", None))),
        Look(has(("phieu_tham_dinh_stc", None)) | {"source": "kcdp"}),
        Look(has(("phieu_tham_dinh_stc", None)), answer="mof_opinion_missing"),
        Look({"source": "kcdp"}, answer="stc_opinion_missing"),
        Look(has(("y_kien_btc", "agreed"))),
        Look(has(("y_kien_btc", "not_agreed")), answer="mof_not_agreed"),
        Look(has(("phieu_tham_dinh_stc", "not_agreed")) | {"source": "kcdp"}, answer="stc_not_agreed"),
    ],
}


def ask(name: str, act: str, look: Look) -> Any:
    acting = assignment(look.role) if look.role else None
    action = KCQG.action_by_name[act]
    return GUARDS[name](
        Case(facts(**look.there), inputs(**look.entered), actor(look.role or "unit"), acting, action)
    )


@pytest.mark.parametrize(
    ("name", "act", "look"),
    [(name, act, look) for (name, act), looks in LOOKS_MONEY.items() for look in looks],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_guard_answers(name: str, act: str, look: Look) -> None:
    refusal = ask(name, act, look)
    assert (refusal.code if refusal else None) == look.answer


def test_every_guard_is_shown_both_ways() -> None:
    shown = {name for name, _ in LOOKS_MONEY}
    assert shown | set(LOOKS) == set(GUARDS)
    for name in shown:
        answers = {
            look.answer is None for (one, _), looks in LOOKS_MONEY.items() if one == name for look in looks
        }
        assert answers == {True, False}, name


def test_what_is_too_much_is_said_to_the_dong() -> None:
    for (name, act), looks in LOOKS_MONEY.items():
        for look in looks:
            refusal = ask(name, act, look)
            if refusal is not None and re.search("(?<!carry)_over(_(?!only)|$)", refusal.code):
                missing = refusal.params["missing"]
                assert isinstance(missing, int), name
                assert missing > 0, name


def every_refusal() -> list[Refusal]:
    found = [ask(name, act, look) for (name, act), looks in LOOKS_MONEY.items() for look in looks]
    found += [
        Refusal("guard", "via_parent", {"kind": "allocation_round"}),
        Refusal("input", "field_missing", {"field": "report_month"}),
        Refusal("input", "field_unknown", {"name": "thang"}),
    ]
    for why in ("number", "range", "text", "choice", "date", "future"):
        found.append(Refusal("input", "field_invalid", {"field": "report_month", "why": why}))
    return [one for one in found if one is not None]


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda one: one.code)
def test_every_refusal_is_one_whole_sentence_in_both_languages(refusal: Refusal) -> None:
    said = reason(refusal, KCQG).text
    assert said.vi != said.en
    for sentence in (said.vi, said.en):
        assert not sentence.startswith("refusals.")
        assert not re.search(r"[{}_\n]|None|permille", sentence), sentence
        assert sentence.endswith((".", "!")), sentence


def test_a_refusal_speaks_of_dong_shares_and_papers() -> None:
    over = ask("advance_ratio", "advance_first", Look(RULES, {**fields(), "amount": 70 * M + 1}))
    assert "70%" in reason(over, KCQG).text.vi
    assert "TT 36/2013" in reason(over, KCQG).text.vi
    lacks = ask("advance_papers", "advance_first", Look(RULES, fields("conference")))
    assert "Kế hoạch thực hiện" in reason(lacks, KCQG).text.vi
    assert " hoặc " in reason(lacks, KCQG).text.vi


def test_the_cap_of_seventy_per_cent_is_flagged_not_refused() -> None:
    action = KCQG.action_by_name["advance_first"]
    there = replace(ready(KCQG, action, "in_progress", "agency"), papers=PAPERS)
    entered = supply(KCQG, evaluate(KCQG, action, there, actor("agency"), inputs()), there)
    entered = replace(entered, amount=100 * M, fields={"advance_type": "found_enterprise"})
    move = apply(KCQG, there, actor("agency"), "advance_first", entered)
    (warning,) = move.warnings
    assert (warning.code, warning.params["missing"], warning.params["permille"]) == (
        "advance_cap_conflict",
        30 * M,
        700,
    )


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({}, "field_missing", {"field": "report_month"}),
        ({"report_month": "2024-13"}, "field_invalid", {"field": "report_month", "why": "date"}),
        ({"report_month": "2024-07"}, "field_invalid", {"field": "report_month", "why": "future"}),
        ({"report_month": 202405}, "field_invalid", {"field": "report_month", "why": "text"}),
        ({"report_month": "2024-5"}, "field_invalid", {"field": "report_month", "why": "date"}),
        ({"volume_permille": 1001}, "field_invalid", {"field": "volume_permille", "why": "range"}),
        ({"volume_permille": True}, "field_invalid", {"field": "volume_permille", "why": "number"}),
        ({"value_done": -1}, "field_invalid", {"field": "value_done", "why": "range"}),
        ({"value_done": 2**53}, "field_invalid", {"field": "value_done", "why": "range"}),
        ({"confirmed_by": "An\nBình"}, "field_invalid", {"field": "confirmed_by", "why": "text"}),
        ({"claimed": 1}, "field_unknown", {"name": "claimed"}),
        ({"report_month": "2024-04"}, "month_reported", {"month": "04/2024"}),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(
    changes: dict[str, Any], code: str, params: dict[str, str]
) -> None:
    action = KCQG.action_by_name["report_progress"]
    there = replace(ready(KCQG, action, "in_progress", "unit"), reported_months=frozenset({"2024-04"}))
    good = supply(KCQG, evaluate(KCQG, action, there, actor("unit"), inputs()), there)
    assert evaluate(KCQG, action, there, actor("unit"), good).allowed
    fields = {**good.fields, **changes} if changes else {"volume_permille": 500}
    (refusal,) = evaluate(KCQG, action, there, actor("unit"), replace(good, fields=fields)).refusals
    assert (refusal.kind, refusal.code, dict(refusal.params)) == ("input", code, params)


def test_what_rests_on_the_contract_is_not_dated_before_it() -> None:
    action = KCQG.action_by_name["advance_first"]
    there = replace(
        ready(KCQG, action, "in_progress", "agency"), papers=PAPERS, contract_on=inputs().on - timedelta(5)
    )
    good = supply(KCQG, evaluate(KCQG, action, there, actor("agency"), inputs()), there)
    day = there.contract_on
    assert day is not None
    document = good.document
    assert document is not None

    def told(on: date, treasury_on: date) -> dict[str, object]:
        entered = replace(
            good,
            document=replace(document, date=on),
            fields={**good.fields, "treasury_on": treasury_on.isoformat()},
        )
        refusals = evaluate(KCQG, action, there, actor("agency"), entered).refusals
        return {refusal.code: refusal.params["date"] for refusal in refusals}

    before = day - timedelta(1)
    assert told(day, day) == {}
    assert told(before, day) == {"document_before_contract": before}
    assert told(day, before) == {"field_before_contract": before}


@pytest.mark.parametrize(
    ("budget_year", "kinds", "told"),
    [(2023, frozenset(), True), (2024, frozenset(), False), (2023, frozenset({"multi_year"}), False)],
)
def test_money_paid_after_its_year_is_flagged(budget_year: int, kinds: frozenset[str], told: bool) -> None:
    action = KCQG.action_by_name["advance_first"]
    there = replace(ready(KCQG, action, "in_progress", "agency"), papers=PAPERS)
    there = replace(there, budget_year=budget_year, kinds=kinds)
    good = supply(KCQG, evaluate(KCQG, action, there, actor("agency"), inputs()), there)
    assert good.on.year == 2024
    move = apply(KCQG, there, actor("agency"), "advance_first", good)
    assert ("paid_after_year" in {warning.code for warning in move.warnings}) is told


def test_without_a_contract_one_rule_says_so() -> None:
    action = KCQG.action_by_name["advance_first"]
    there = replace(
        ready(KCQG, action, "in_progress", "agency"), contracted=0, contract_signed=False, papers={}
    )
    entered = replace(inputs(), amount=70 * M, fields={"advance_type": "conference"})
    codes = [refusal.code for refusal in evaluate(KCQG, action, there, actor("agency"), entered).refusals]
    assert "contract_missing" in codes
    assert not {"amount_over_contract", "advance_over_ratio"} & set(codes)


# -- four eyes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "last", "same"),
    [
        ({"login": "an"}, {"last_actor": "an"}, True),
        ({"login": "an"}, {"last_actor": "binh", "last_operator": "an"}, True),
        ({"login": "an", "operator": "binh", "operator_known": True}, {"last_actor": "binh"}, True),
        ({"login": "an", "operator": "binh", "operator_known": True}, {"last_operator": "binh"}, True),
        ({"login": "an", "operator": "may-chung"}, {"last_operator": "may-chung"}, False),
        ({"login": "an"}, {"last_actor": "binh"}, False),
    ],
)
def test_who_proposed_cannot_confirm(who: dict[str, Any], last: dict[str, Any], same: bool) -> None:
    action = KCQG.action_by_name["confirm_stop"]
    there = replace(ready(KCQG, action, "stop_proposed", "ministry"), **{"last_actor": None, **last})
    acting = Actor(name="Người thứ hai", assignments=(assignment("ministry"),), **who)
    entered = supply(KCQG, evaluate(KCQG, action, there, actor("ministry"), inputs()), there)
    codes = {refusal.code for refusal in evaluate(KCQG, action, there, acting, entered).refusals}
    assert codes == ({"second_person"} if same else set())


# -- release ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "released", "state"),
    [
        (paid(100 * M), -200 * M, "stopped"),
        (paid(100 * M, 50 * M), -150 * M, "stop_refund_due"),
        (paid(100 * M, 50 * M, 80 * M), -120 * M, "stopped"),
        (paid(200 * M, 200 * M), None, "stop_refund_due"),
    ],
)
def test_a_stop_frees_what_nobody_used(there: dict[str, Any], released: int | None, state: str) -> None:
    action = KCQG.action_by_name["confirm_stop"]
    at = replace(ready(KCQG, action, "stop_proposed", "ministry"), **there)
    entered = supply(KCQG, evaluate(KCQG, action, at, actor("ministry"), inputs()), at)
    assert entered.amount is None
    move = apply(KCQG, at, actor("ministry"), "confirm_stop", entered)
    assert (move.amount, move.to_state) == (released, state)


# -- parents ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name in BY_NAME if name not in ("kcqg", "kcdp")))
def test_every_act_of_a_parent_can_be_done(name: str) -> None:
    lifecycle = BY_NAME[name]
    for action in lifecycle.actions:
        for role in action.roles:
            there = ready(lifecycle, action, action.sources[0], role)
            if role == "provincial_committee":
                there = replace(there, source="kcdp")
            option = evaluate(lifecycle, action, there, actor(role), inputs())
            entered = supply(lifecycle, option, there)
            assert evaluate(lifecycle, action, there, actor(role), entered).refusals == (), (
                action.name,
                role,
            )


def test_an_act_of_a_parent_is_not_done_alone() -> None:
    action = KCQG.action_by_name["allocate"]
    there = ready(KCQG, action, "approved", "agency")
    entered = supply(KCQG, evaluate(KCQG, action, there, actor("agency"), inputs()), there)
    for parent in (None, replace(entered.via, kind="contract")):  # type: ignore[type-var]
        (refusal,) = evaluate(KCQG, action, there, actor("agency"), replace(entered, via=parent)).refusals
        assert (refusal.code, refusal.params) == ("via_parent", {"kind": "allocation_round"})


# -- no sequence breaks a ceiling ---------------------------------------------------------------

MONEY_ACTS = [
    action.name
    for action in KCQG.actions
    if action.amount is not None and action.name not in ("approve", "transfer_to_local")
]
EVERYBODY = actor(*ROLES)


class Ledger:
    """One proposal with its round, plan and contract: what a store would keep."""

    def __init__(self) -> None:
        self.there = replace(
            ready(KCQG, KCQG.action_by_name["allocate"], "approved", "agency"),
            approved=300,
            total=500,
            kinds=frozenset({"multi_year"}),
        )
        self.round = Fund(250)
        self.plan = Fund(280)
        self.contract = Fund(270)

    def parent(self, action: Action, effect: str, decides: str) -> Parent | None:
        if action.via is None:
            return None
        fund = {"allocation_round": self.round, "contract": self.contract}.get(action.via)
        return Parent(
            kind=action.via,
            code="X",
            state="proposed",
            source="kcqg",
            plan_year=2024,
            fund=fund,
            plan=self.plan,
            has_opinion=True,
            effect="approved" if effect == "approved" else "content",
            decides=decides,
        )

    def attempt(self, name: str, state: str, amount: int, effect: str, decides: str) -> bool:
        action = KCQG.action_by_name[name]
        there = replace(self.there, state=state if state in action.sources else action.sources[0])
        there = replace(there, rounds=frozenset(), effect=None, decides=None, last_actor="an")
        option = evaluate(KCQG, action, there, EVERYBODY, inputs())
        entered = supply(KCQG, option, there)
        parent = self.parent(action, effect, decides)
        entered = replace(entered, amount=amount if action.asks_amount else None, via=parent)
        try:
            move = apply(KCQG, there, EVERYBODY, name, entered)
        except Refused:
            return False
        self.there = after(there, move, entered, EVERYBODY)
        moved, kind = move.amount or 0, action.amount
        if kind == "allocated":
            self.plan = replace(self.plan, allocated=self.plan.allocated + moved)
            if not action.release:
                self.round = replace(self.round, allocated=self.round.allocated + moved)
        if kind == "contracted":
            self.contract = replace(self.contract, contracted=self.contract.contracted + moved)
        return True

    def holds(self) -> None:
        there: Facts = self.there
        assert 0 <= there.allocated <= (there.approved or 0) <= there.total
        assert 0 <= there.advanced <= there.allocated
        assert there.advanced - there.returned <= there.contracted
        assert 0 <= there.contracted <= (there.approved or 0)
        assert 0 <= there.accepted <= there.contracted
        assert 0 <= there.settled <= there.accepted
        assert 0 <= there.returned <= there.advanced
        assert self.round.allocated <= self.round.ceiling
        assert self.plan.allocated - self.plan.returned <= self.plan.ceiling
        assert self.contract.contracted <= self.contract.ceiling


ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from(MONEY_ACTS),
        st.sampled_from(sorted(KCQG.state_by_name)),
        st.sampled_from([1, 20, 50, 70, 100, 150, 250, 251, 300, 301, 500, -1, -60, 0, 2**60]),
        st.sampled_from(["approved", "content"]),
        st.sampled_from(["ministry", "agency"]),
    ),
    min_size=1,
    max_size=30,
)

OPENING = [
    ("allocate", "approved", 250, "", ""),
    ("sign_contract", "plan_assigned", 150, "", ""),
    ("advance_first", "contracted", 100, "", ""),
    ("accept_part", "in_progress", 70, "", ""),
]


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(ATTEMPTS, st.integers(0, len(OPENING)))
def test_no_sequence_of_acts_breaks_a_ceiling(
    attempts: list[tuple[str, str, int, str, str]], begun: int
) -> None:
    """In whatever order, from whatever state: nothing is given, paid, accepted or settled beyond its base."""
    ledger = Ledger()
    for opening in OPENING[:begun]:
        assert ledger.attempt(*opening), opening
        ledger.holds()
    for attempt in attempts:
        ledger.attempt(*attempt)
        ledger.holds()


def test_the_sequences_above_do_move_money() -> None:
    """Else they would prove little: every act of money passes somewhere."""
    done: Counter[str] = Counter()
    ledger = Ledger()
    for name, state, amount, effect in (
        ("allocate", "approved", 200, ""),
        ("allocate_further", "allocated", 50, ""),
        ("sign_contract", "plan_assigned", 200, ""),
        ("amend_contract", "contracted", -50, ""),
        ("advance_first", "contracted", 100, ""),
        ("return_advance", "in_progress", 10, ""),
        ("advance_next", "in_progress", 20, ""),
        ("accept_part", "in_progress", 60, ""),
        ("accept", "awaiting_acceptance", 60, ""),
        ("pay_remaining", "accepted", 10, ""),
        ("apply_adjustment", "in_progress", 280, "approved"),
        ("force_majeure", "in_progress", 10, ""),
        ("liquidate", "awaiting_liquidation", 100, ""),
        ("record_refund", "refund_due", 10, ""),
        ("record_stop_refund", "stop_refund_due", 5, ""),
        ("confirm_stop", "stop_proposed", 0, ""),
    ):
        done[name] += ledger.attempt(name, state, amount, effect, "ministry")
        ledger.holds()
    assert {name for name, times in done.items() if times} == set(MONEY_ACTS)


def test_a_province_s_own_ratios_only_warn() -> None:
    for name, guards in (
        ("advance_first", {"advance_ratio", "advance_papers"}),
        ("pay_remaining", {"remaining_papers"}),
    ):
        action = KCDP.action_by_name[name]
        assert guards <= set(action.warnings)
        assert not guards & set(action.guards)
