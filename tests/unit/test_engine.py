"""The right reason for every refusal, impossible moves, and people with several roles."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kcflow.services.texts import reason
from states import engine, guards, guards_items, guards_money
from states.engine import Refused, apply, evaluate
from states.facts import Actor, Facts, Inputs, Paper, Parent, Refusal
from states.loader import load_file, load_text
from states.model import Lifecycle
from tests.builders import (
    BY_NAME,
    HA_GIANG,
    KCDP,
    KCQG,
    OWN,
    PAPERS,
    THAI_NGUYEN,
    TODAY,
    actor,
    assignment,
    facts,
    fields_for,
    inputs,
    paper,
    ready,
    supply,
)
from tests.catalogues import catalogue
from tests.unit.test_guards import LOOKS
from tests.unit.test_guards_money import LOOKS_MONEY

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
M = 1_000_000

GROUP, BIDDING, MANY = ({"kinds": frozenset({kind})} for kind in ("group", "bidding", "multi_province"))


ROUND = BY_NAME["allocation_round_kcqg"]
FORMER = load_file(Path(__file__).parents[2] / "benchmarks" / "lifecycles" / "kcqg-2014.toml")
"""The rules that older stores pinned: a round is a number there."""
NO_MONEY = {"nothing_allocated", "amount_required"}


def adjustment(effect: Any = "approved", decides: str = "ministry") -> Parent:
    """An adjustment that another level decides, or that is of something else."""
    return Parent("adjustment", "DC-24-0001", "proposed", "kcqg", 2024, effect=effect, decides=decides)


def without(*kinds: str) -> dict[str, Any]:
    return {"papers": {kind: found for kind, found in PAPERS.items() if kind not in kinds}}


@dataclass(frozen=True)
class Try:
    """An act for which everything is there but what `there` and `entered` change."""

    action: str
    there: dict[str, Any] = field(default_factory=dict)
    entered: dict[str, Any] = field(default_factory=dict)
    lifecycle: Lifecycle = KCQG
    role: str | None = None
    who: Actor | None = None
    also: frozenset[str] = frozenset()
    """Codes that come with it, since one lack brings another."""

    def given(self) -> tuple[Facts, Actor, Inputs]:
        action = self.lifecycle.action_by_name[self.action]
        role = self.role or action.roles[0]
        there = ready(self.lifecycle, action, action.sources[0], role)
        option = evaluate(self.lifecycle, action, there, actor(role), inputs())
        entered = supply(self.lifecycle, option, there)
        return replace(there, **self.there), self.who or actor(role), replace(entered, **self.entered)

    def refusals(self) -> tuple[Refusal, ...]:
        """What `apply` says; the same as `evaluate`."""
        there, who, entered = self.given()
        option = evaluate(self.lifecycle, self.lifecycle.action_by_name[self.action], there, who, entered)
        with pytest.raises(Refused) as refused:
            apply(self.lifecycle, there, who, self.action, entered)
        assert refused.value.refusals == option.refusals
        assert refused.value.action == self.action
        return refused.value.refusals


DECIDE = paper("quyet_dinh_giao")

TRIES: dict[str, Try] = {
    # authority and scope
    "wrong_role": Try("approve", who=actor("department")),
    "not_your_dossier": Try("submit_to_department", who=actor("unit", office="TTKC-63-19")),
    "out_of_scope_province": Try(
        "start_provincial_appraisal", who=actor("department", provinces={THAI_NGUYEN})
    ),
    "second_person": Try("submit_settlement", {"last_actor": "unit"}, lifecycle=OWN),
    # state and version
    "final_state": Try("archive", {"state": "archived"}),
    "wrong_state": Try("sign_contract", {"state": "approved"}),
    "stale_version": Try("start_screening", entered={"expected_version": 2}),
    # papers
    "act_document_missing": Try("assign_plan", entered={"document": None}),
    "conclusion_not_yours": Try("propose_group_plan", entered={"document": paper("mau_11", "agreed")}),
    "conclusion_required": Try("record_provincial_appraisal", entered={"document": paper("mau_4a")}),
    "document_date_after_act": Try("assign_plan", {"last_on": YESTERDAY}, {"on": YESTERDAY}),
    "document_date_future": Try("assign_plan", entered={"document": replace(DECIDE, date=TOMORROW)}),
    "document_date_missing": Try("assign_plan", entered={"document": replace(DECIDE, date=None)}),
    "document_missing": Try("assign_plan", without("thong_bao_giao")),
    "document_number_missing": Try("assign_plan", entered={"document": replace(DECIDE, number=None)}),
    "document_signer_missing": Try("assign_plan", entered={"document": replace(DECIDE, signer="")}),
    "paper_not_yours": Try("sign_contract", entered={"papers": (paper("y_kien_btc"),)}, role="unit"),
    # what was entered
    "act_before_last": Try("start_screening", entered={"on": YESTERDAY}),
    "act_in_future": Try("start_screening", entered={"on": TOMORROW}),
    "authority_unknown": Try("start_screening", entered={"authority": "T/M"}),
    "late_reason_required": Try("liquidate", {"due_on": YESTERDAY}, {"reason": None}),
    "reason_required": Try("withdraw", entered={"reason": " \n\t\u00a0"}),
    # amounts and rounds
    "amount_below_allocated": Try("apply_adjustment", {"allocated": 100 * M}, {"amount": 100 * M - 1}),
    "amount_not_asked": Try("apply_adjustment", entered={"via": adjustment(effect="content")}),
    "amount_too_large": Try("return_advance", {"contracted": 2**60, "advanced": 2**59}, {"amount": 2**58}),
    "amount_unchanged": Try("apply_adjustment", entered={"amount": 250 * M}),
    "amount_not_positive": Try("allocate", entered={"amount": 0}),
    "amount_over_allocated": Try(
        "pay_remaining", {"contracted": 200 * M, "accepted": 200 * M}, {"amount": 100 * M}
    ),
    "amount_over_approved": Try("allocate", entered={"amount": 250 * M + 1}),
    "amount_over_total": Try("approve", entered={"amount": 500 * M + 1}),
    "amount_raised": Try("apply_adjustment", entered={"amount": 250 * M + 1}, role="agency"),
    "amount_required": Try("allocate", entered={"amount": None}),
    "approved_missing": Try("allocate_further", {"approved": None}),
    "estimate_unbalanced": Try("submit_to_department", {"total": 500 * M + 1}),
    "nothing_allocated": Try("assign_plan", {"allocated": 0}),
    "nothing_left_to_advance": Try(
        "advance_next",
        {"contracted": 200 * M, "advanced": 100 * M},
        {"amount": None},
        also=frozenset({"amount_required"}),
    ),
    "nothing_left_to_allocate": Try(
        "allocate_further", {"allocated": 250 * M}, {"amount": None}, also=frozenset({"amount_required"})
    ),
    "round_not_positive": Try("allocate", entered={"round": 0}, lifecycle=FORMER),
    "round_required": Try("allocate", entered={"round": None}, lifecycle=FORMER),
    "round_used": Try("allocate", {"rounds": frozenset({1, 2})}, {"round": 2}, lifecycle=FORMER),
    # drafting, appraisal and approval
    "base_appraisal_missing": Try("register_with_ministry", without("mau_4a", "mau_4b")),
    "base_appraisal_not_agreed": Try("register_with_ministry", {"papers": PAPERS | {"mau_4b": "not_agreed"}}),
    "beneficiary_request_missing": Try(
        "submit_to_department", {"beneficiary_differs": True, **without("don_de_nghi_thu_huong")}
    ),
    "direct_route_only": Try("submit_to_agency", {"kinds": frozenset()}),
    "ministry_appraisal_missing": Try("submit_to_minister", without("bien_ban_tham_dinh")),
    "ministry_appraisal_not_agreed": Try(
        "submit_to_minister", {"papers": PAPERS | {"bien_ban_tham_dinh": "not_agreed"}}
    ),
    "mof_opinion_missing": Try("issue", without("y_kien_btc"), lifecycle=ROUND),
    "not_direct_route": Try("submit_to_department", {"unit_kind": "regional_centre"}),
    "not_national": Try("approve", {"source": "kcdp"}),
    "outcome_unclear": Try("resubmit", {"return_to": None}),
    "unchanged_since_return": Try("resubmit", {"edited_since_entry": False}),
    # groups, tenders, contract, acceptance
    "acceptance_level_agency": Try("accept", MANY),
    "acceptance_level_department": Try("accept", {"kinds": frozenset()}, role="agency"),
    "acceptance_missing": Try("accept", without("mau_5a", "mau_5b", "mau_5c"), {"document": None}),
    "acceptance_not_agreed": Try("accept", entered={"document": paper("mau_5a", "not_agreed")}),
    "bidding_only": Try("start_bidding", {"kinds": frozenset()}),
    "bidding_result_missing": Try("sign_contract", BIDDING | without("quyet_dinh_trung_thau")),
    "contract_missing": Try(
        "advance_first",
        without("hop_dong", "quyet_dinh_giao_nhiem_vu"),
        also=frozenset({"advance_papers_missing"}),
    ),
    "group_only": Try("propose_group_plan", {"kinds": frozenset()}),
    "group_plan_missing": Try("sign_contract", GROUP | without("mau_11")),
    "not_group": Try("liquidate", GROUP, lifecycle=OWN),
}  # fmt: skip


@pytest.mark.parametrize("code", TRIES)
def test_one_lack_gets_its_own_reason_and_no_other(code: str) -> None:
    attempt = TRIES[code]
    assert {refusal.code for refusal in attempt.refusals()} == {code} | attempt.also


def test_papers_in_other_hands_change_nothing_of_what_else_is_wrong() -> None:
    attempt = replace(TRIES["paper_not_yours"], there=without("y_kien_btc"))
    assert [refusal.code for refusal in attempt.refusals()] == ["paper_not_yours"]


def test_an_action_that_no_file_has() -> None:
    with pytest.raises(Refused) as refused:
        apply(KCQG, facts(), actor("unit"), "to_archived", inputs())
    assert [(one.code, one.params) for one in refused.value.refusals] == [
        ("unknown_action", {"action": "to_archived"})
    ]


def test_a_date_that_the_office_may_move_only_warns() -> None:
    attempt = Try("submit_to_department", {"due_on": YESTERDAY})
    there, who, entered = attempt.given()
    move = apply(KCQG, there, who, attempt.action, entered)
    assert [(one.code, one.params) for one in move.warnings] == [("after_deadline", {"due_on": YESTERDAY})]
    assert apply(KCQG, replace(there, due_on=TODAY), who, attempt.action, entered).warnings == ()


# -- sentences -------------------------------------------------------------------------------------


def every_refusal() -> list[tuple[Refusal, Lifecycle]]:
    found = [(one, attempt.lifecycle) for attempt in TRIES.values() for one in attempt.refusals()]
    found.append((Refusal("state", "unknown_action", {"action": "to_archived"}), KCQG))
    found.append((Refusal("guard", "after_deadline", {"due_on": TODAY}), KCQG))
    return found


SHOWN = {
    *(look.answer for looks in (*LOOKS.values(), *LOOKS_MONEY.values()) for look in looks if look.answer),
    *("via_parent", "field_missing", "field_invalid", "field_unknown"),
    *("month_reported", "field_before_contract", "document_before_contract", "paid_after_year"),
}
"""Refusals that the tests of the guards and of the typed inputs see."""


def test_every_refusal_of_the_rules_is_reached() -> None:
    """Whatever the modules may answer with (a text exists for it) is reached by a try or shown a guard."""
    words = {
        node.value
        for module in (engine, guards, guards_items, guards_money)
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    codes = {word for word in words if f"refusals.{word}" in catalogue("vi")}
    reached = {refusal.code for refusal, _ in every_refusal()}
    assert codes == reached | SHOWN
    assert len(codes) > 55


@pytest.mark.parametrize(("refusal", "lifecycle"), every_refusal(), ids=lambda one: getattr(one, "code", ""))
def test_every_refusal_is_one_whole_sentence_in_both_languages(
    refusal: Refusal, lifecycle: Lifecycle
) -> None:
    said = reason(refusal, lifecycle).text
    assert said.vi != said.en
    for sentence in (said.vi, said.en):
        assert not sentence.startswith("refusals.")
        assert "{" not in sentence
        assert "None" not in sentence
        assert "_" not in sentence.replace("to_archived", "")
        assert "\n" not in sentence
        assert sentence.endswith(".")


# -- impossible moves (domain.md §11.3) --------------------------------------------------------------

TOO_MUCH_ADVANCE = Try("advance_next", {"contracted": 200 * M, "advanced": 100 * M}, {"amount": 1})
OLDER_ACT = Try("approve", {"last_on": YESTERDAY}, {"on": YESTERDAY})

IMPOSSIBLE: list[tuple[str, Try, set[str]]] = [
    ("contract before the allocation", Try("sign_contract", {"state": "approved"}), {"wrong_state"}),
    ("contract before any round", Try("sign_contract", {"allocated": 0}, {"amount": None}), NO_MONEY),
    ("plan before any round", Try("assign_plan", {"allocated": 0}), {"nothing_allocated"}),
    (
        "round before MOF's opinion",
        Try("issue", without("y_kien_btc"), lifecycle=ROUND),
        {"mof_opinion_missing"},
    ),
    (
        "round issued by its proposer",
        Try("issue", {"last_actor": "agency"}, lifecycle=ROUND),
        {"second_person"},
    ),
    (
        "round issued while MOF doesn't agree",
        Try("issue", {"papers": PAPERS | {"y_kien_btc": "not_agreed"}}, lifecycle=ROUND),
        {"mof_not_agreed"},
    ),
    # From another state nothing is said of a list or a proposer that isn't there.
    (
        "round issued twice",
        Try("issue", {"state": "issued", "last_actor": "agency", "proposed_digest": None}, lifecycle=ROUND),
        {"final_state"},
    ),
    ("a round's act alone", Try("allocate", entered={"via": None}), {"via_parent"}),
    (
        "second settlement in money",
        Try("liquidate", {"settled": 1}),
        {"already_settled"},
    ),
    ("second settlement", Try("submit_settlement", {"state": "awaiting_liquidation"}), {"wrong_state"}),
    ("second liquidation", Try("liquidate", {"state": "settled"}), {"wrong_state"}),
    ("settlement after the archive", Try("liquidate", {"state": "archived"}), {"final_state"}),
    (
        "advance before a contract",
        Try("advance_next", {"state": "plan_assigned", "contracted": 0, "advanced": 0}),
        {"wrong_state", "not_advanced_yet", "amount_over_contract"},
    ),
    ("approving more than Mẫu 1", Try("approve", entered={"amount": 500 * M + 1}), {"amount_over_total"}),
    ("raising above Mẫu 1", Try("apply_adjustment", entered={"amount": 500 * M + 1}), {"amount_over_total"}),
    ("stop by the Sở", Try("confirm_stop", who=actor("department")), {"wrong_role"}),
    ("stop by the Cục", Try("confirm_stop", who=actor("agency")), {"wrong_role"}),
    ("stop by the unit", Try("confirm_stop", who=actor("unit")), {"wrong_role"}),
    (
        "the Cục's adjustment by the Sở",
        Try("apply_adjustment", entered={"via": adjustment(decides="agency")}, role="department"),
        {"decided_elsewhere"},
    ),
    (
        "raise by the Cục",
        Try("apply_adjustment", entered={"amount": 250 * M + 1}, role="agency"),
        {"amount_raised"},
    ),
    *(
        (f"{name} without a reason {given!r}", Try(name, entered={"reason": given}), {"reason_required"})
        for name in ("return_by_department", "return_by_agency", "return_by_ministry", "refuse_by_agency")
        for given in (None, "", "   ", "\u3000\t\n")
    ),
    ("one đồng too much", Try("allocate", entered={"amount": 250 * M + 1}), {"amount_over_approved"}),
    (
        "one đồng too much in a further round",
        Try("allocate_further", {"allocated": 250 * M}, {"amount": 1}),
        {"amount_over_approved"},
    ),
    (
        "a round used twice",
        Try("allocate_further", {"rounds": frozenset({1})}, {"round": 1}, lifecycle=FORMER),
        {"round_used"},
    ),
    ("one đồng too much in advance", TOO_MUCH_ADVANCE, {"amount_over_allocated"}),
    ("before the previous act", Try("start_screening", entered={"on": YESTERDAY}), {"act_before_last"}),
    ("in the future", Try("start_screening", entered={"on": TOMORROW}), {"act_in_future"}),
    (
        "paper from after the entry",
        Try("approve", entered={"document": paper("quyet_dinh_phe_duyet", on=TOMORROW)}),
        {"document_date_future"},
    ),
    ("paper from after the act", OLDER_ACT, {"document_date_after_act"}),
    ("stale version", Try("approve", entered={"expected_version": 2}), {"stale_version"}),
    ("unknown authority", Try("approve", entered={"authority": "TM"}), {"authority_unknown"}),
    ("resubmitted unchanged", Try("resubmit", {"edited_since_entry": False}), {"unchanged_since_return"}),
    ("withdrawn once approved", Try("withdraw", {"state": "approved"}), {"wrong_state"}),
    ("an auditor acts", Try("approve", who=actor("auditor")), {"wrong_role"}),
    ("an administrator acts", Try("approve", who=actor("admin", "supervisor")), {"wrong_role"}),
    ("nobody in particular", Try("approve", who=Actor("x", "X", ())), {"wrong_role"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("attempt", "codes"), [pytest.param(attempt, codes, id=name) for name, attempt, codes in IMPOSSIBLE]
)
def test_an_impossible_move_is_refused_with_the_right_reason(attempt: Try, codes: set[str]) -> None:
    assert {refusal.code for refusal in attempt.refusals()} == codes


def test_a_refusal_carries_what_its_sentence_needs() -> None:
    (missing,) = Try("sign_contract", {"state": "approved"}).refusals()
    assert missing.params == {"state": "approved", "from_states": ("plan_assigned",)}
    (role,) = TRIES["wrong_role"].refusals()
    assert role.params == {"roles": ("ministry", "agency")}
    (stale,) = TRIES["stale_version"].refusals()
    assert stale.params == {"seen": 2, "current": 3}
    (office,) = TRIES["not_your_dossier"].refusals()
    assert office.params == {"office": "TTKC-63-02"}
    (place,) = TRIES["out_of_scope_province"].refusals()
    assert place.params == {"province": HA_GIANG}


def test_a_dossier_goes_back_to_the_level_that_returned_it_and_to_no_other() -> None:
    returning = [action for action in KCQG.actions if action.remembers_return]
    levels = [(action, source) for action in returning for source in action.sources]
    assert {source for _, source in levels} == KCQG.return_states
    for action, source in levels:
        there, who, entered = Try(action.name).given()
        move = apply(KCQG, replace(there, state=source), who, action.name, entered)
        assert move.return_to == source
        waiting = action.targets[0].state
        assert move.to_state == waiting
        back = replace(there, state=waiting, return_to=move.return_to)
        if waiting == "returned":
            again = apply(KCQG, back, actor("unit"), "resubmit", inputs())
        else:
            again = apply(KCQG, back, actor("ministry"), "reject_stop", inputs(reason="Chưa đủ căn cứ"))
        assert (again.to_state, again.return_to) == (source, None)


def test_a_return_to_somewhere_that_returns_nothing_is_not_followed() -> None:
    for level in (None, "archived", "approved", "no_such_state"):
        attempt = Try("resubmit", {"return_to": level})
        assert [refusal.code for refusal in attempt.refusals()] == ["outcome_unclear"]


# -- several roles -----------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [("department", "agency"), ("agency", "department")])
@pytest.mark.parametrize(("kinds", "acting"), [((), "department"), (("multi_province",), "agency")])
def test_someone_with_two_roles_acts_in_the_one_that_may(
    held: tuple[str, str], kinds: tuple[str, ...], acting: str
) -> None:
    """Whose acceptance it is doesn't hang on the order in which roles were given."""
    there, _, entered = Try("accept").given()
    there = replace(there, kinds=frozenset(kinds))
    move = apply(KCQG, there, actor(*held), "accept", entered)
    assert move.assignment.role == acting


def test_a_right_role_elsewhere_does_not_hide_the_one_here() -> None:
    there, _, entered = Try("start_provincial_appraisal").given()
    who = Actor(
        "x",
        "X",
        (assignment("department", "SCT-63-19", {THAI_NGUYEN}), assignment("department", "SCT-63-02")),
    )
    move = apply(KCQG, there, who, "start_provincial_appraisal", entered)
    assert move.assignment.office == "SCT-63-02"


def test_scope_comes_from_the_assignment_that_has_the_role() -> None:
    """The Sở of another province, even if the person also sits in an office of this one."""
    who = Actor(
        "x", "X", (assignment("department", "SCT-63-19", {THAI_NGUYEN}), assignment("finance_department"))
    )
    attempt = Try("start_provincial_appraisal", who=who)
    assert [refusal.code for refusal in attempt.refusals()] == ["out_of_scope_province"]


# -- the act's own paper -------------------------------------------------------------------------------


def test_an_act_s_own_paper_is_of_the_act_s_kind() -> None:
    attempt = Try("assign_plan", entered={"document": paper("quyet_dinh_phan_bo")})
    (refusal,) = attempt.refusals()
    assert (refusal.code, refusal.params) == ("act_document_missing", {"document": ("quyet_dinh_giao",)})


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (None, set()),
        (Paper("cong_van_rut"), set()),
        (Paper("cong_van_rut", file="scan.pdf"), set()),
        (paper("cong_van_rut"), set()),
        (Paper("cong_van_rut", number="5"), {"document_date_missing", "document_signer_missing"}),
        (Paper("cong_van_rut", date=TODAY), {"document_number_missing", "document_signer_missing"}),
    ],
)
def test_an_optional_paper_is_left_out_or_whole(document: Paper | None, codes: set[str]) -> None:
    there, who, entered = Try("withdraw").given()
    option = evaluate(KCQG, KCQG.action_by_name["withdraw"], there, who, replace(entered, document=document))
    assert {refusal.code for refusal in option.refusals} == codes


def test_the_act_s_own_paper_counts_among_the_papers_that_it_needs() -> None:
    name = 'name = "assign_estimate"\n'
    own = load_text(KCDP.source.replace(name, f'{name}documents = ["quyet_dinh_giao"]\n'))
    assign = own.action_by_name["assign_estimate"]
    there = facts(state="allocated", source="kcdp", approved=1, allocated=1)
    option = evaluate(own, assign, there, actor("department"), inputs())
    assert {refusal.code for refusal in option.refusals} == {"document_missing", "act_document_missing"}
    entered = inputs(document=paper("quyet_dinh_giao"))
    assert evaluate(own, assign, there, actor("department"), entered).allowed


def test_an_act_that_stays_keeps_the_way_back() -> None:
    """A province may let papers be recorded while a dossier is returned."""
    own = load_text(
        KCDP.source.replace('from = "in_progress"\nto = "@same"', 'from = ["returned"]\nto = "@same"')
    )
    there = facts(state="returned", source="kcdp", return_to="department_appraisal")
    move = apply(
        own,
        there,
        actor("unit"),
        "report_progress",
        inputs(document=paper("mau_3a"), fields=fields_for(own.action_by_name["report_progress"], TODAY)),
    )
    assert (move.to_state, move.return_to, move.enters) == ("returned", "department_appraisal", False)
