"""The lifecycles that ship: sound, and saying what the circulars say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kcflow import reference
from states.checks import problems
from states.diagram import WHO, document, markdown_table, mermaid, scxml
from states.fields import ADVANCE_TYPES
from states.guards import GUARDS
from states.loader import builtin, load_text
from states.model import HOLDERS, RETURN_TO, Label, Lifecycle
from tests.builders import BY_NAME, KCDP, KCDP_BY_DEPARTMENT, KCQG, PARENTS

ALL = [KCQG, KCDP, KCDP_BY_DEPARTMENT]
every = pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.key)
each = pytest.mark.parametrize("lifecycle", [*ALL, *PARENTS], ids=lambda one: one.key)

DOCUMENT_KINDS = tomllib.loads(
    (resources.files("kcflow") / "data" / "document_kinds.toml").read_text("utf-8")
)["document_kind"]


def reachable(lifecycle: Lifecycle, start: str, *, without: Iterable[str] = ()) -> set[str]:
    """Return every state that can be reached from `start` when `without` can't be entered."""
    barred = set(without)
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for action in lifecycle.actions_by_source[state]:
            for target in lifecycle.reachable_targets(action, state) - found - barred:
                found.add(target)
                waiting.append(target)
    return found


def sources_to(lifecycle: Lifecycle, target: str) -> set[str]:
    return {source for _, source, to, _ in lifecycle.legal_moves() if to == target and source != target}


def roles_to(lifecycle: Lifecycle, target: str) -> set[str]:
    return {role for _, source, to, role in lifecycle.legal_moves() if to == target and source != target}


# -- both ----------------------------------------------------------------------------------------


@each
def test_it_passes_every_check(lifecycle: Lifecycle) -> None:
    kinds = {kind["code"] for kind in DOCUMENT_KINDS}
    found = problems(lifecycle, guards=GUARDS, document_kinds=kinds)
    assert [one.sentence("en") for one in found] == []


@every
def test_six_phases_in_order(lifecycle: Lifecycle) -> None:
    third = "ministry_review" if lifecycle is KCQG else "provincial_review"
    assert [phase.name for phase in lifecycle.phases] == [
        *("drafting", "provincial_submission", third),
        *("funding_allocation", "implementation", "completion"),
    ]


@every
def test_the_shortest_way_to_the_archive_passes_the_phases_in_order(lifecycle: Lifecycle) -> None:
    order = [phase.name for phase in lifecycle.phases]
    ways = [[lifecycle.initial]]
    for way in ways:  # breadth first: the list grows while it is read
        if way[-1] == "archived":
            break
        for action in lifecycle.actions_by_source[way[-1]]:
            ways += [
                [*way, to] for to in sorted(lifecycle.reachable_targets(action, way[-1])) if to not in way
            ]
    assert lifecycle.state_by_name[way[-1]].ending == "completed"
    steps = [order.index(lifecycle.state_by_name[name].phase) for name in way]
    assert steps == sorted(steps)
    assert {0, 2, 3, 4, 5} <= set(steps)


@every
def test_turning_back_or_ending_needs_a_reason_and_is_marked(lifecycle: Lifecycle) -> None:
    bad_ends = {state.name for state in lifecycle.states if state.final and state.ending != "completed"}
    for action in lifecycle.actions:
        turns = action.remembers_return or action.name == "not_accepted"
        ends = any(target.state in bad_ends for target in action.targets)
        if action.name == "record_stop_refund":
            continue  # the stop itself was decided before
        if turns or ends:
            assert action.reason == "required", action.name
            assert action.danger, action.name
        if action.via == "adjustment":
            assert action.reason == "required", action.name


@every
def test_a_return_goes_back_to_the_level_that_returned(lifecycle: Lifecycle) -> None:
    returning = [action for action in lifecycle.actions if action.remembers_return]
    assert returning
    waiting = {target.state for action in returning for target in action.targets}
    assert waiting == {"returned", "stop_proposed"}
    ways_back = [action for action in lifecycle.actions if any(t.state == RETURN_TO for t in action.targets)]
    assert [(action.name, action.sources) for action in ways_back] == [
        ("resubmit", ("returned",)),
        ("reject_stop", ("stop_proposed",)),
    ]
    for action, state in zip(ways_back, ("returned", "stop_proposed"), strict=True):
        assert lifecycle.reachable_targets(action, state) == sources_to(lifecycle, state)


@every
def test_no_contract_without_approval_and_allocation(lifecycle: Lifecycle) -> None:
    assert "contracted" in reachable(lifecycle, lifecycle.initial)
    assert "contracted" not in reachable(lifecycle, lifecycle.initial, without=["approved"])
    assert "contracted" not in reachable(
        lifecycle, lifecycle.initial, without=["allocated", "partly_allocated", "stop_proposed"]
    )


@every
def test_partly_allocated_money_can_be_assigned_and_completed_later(lifecycle: Lifecycle) -> None:
    assert "contracted" in reachable(lifecycle, lifecycle.initial, without=["allocated"])
    further = lifecycle.action_by_name["allocate_further"]
    assert further.amount == "allocated"
    assert further.via == "allocation_round"
    assert further.charges == ("allocation_round", "annual_plan")
    assert {"contracted", "in_progress"} <= set(further.sources)


@every
def test_money_acts_carry_their_guards(lifecycle: Lifecycle) -> None:
    for action in lifecycle.actions:
        if action.amount == "approved":
            assert "amount_within_total" in action.guards, action.name
        guards = set(action.guards)
        if action.amount == "allocated" and not action.release:
            assert {"amount_within_approved", "round_has_opinion"} <= guards, action.name
            assert {"within_round_ceiling", "within_plan"} <= guards, action.name
            assert action.via == "allocation_round"
            assert action.via == "allocation_round"
        if action.amount == "contracted":
            assert "contract_within_allocated" in guards, action.name
        if action.amount == "advanced":
            assert {"within_allocated", "within_contract"} <= guards, action.name
            assert not set(action.sources) & {"drafting", "approved", "allocated", "plan_assigned"}
        if action.amount == "accepted":
            assert "acceptance_within_contract" in guards, action.name
        if action.amount == "settled":
            assert "settled_within_accepted" in guards, action.name
        if action.amount == "returned":
            assert "refund_within_due" in guards, action.name
        if action.amount:
            assert action.act_document_need == "required", action.name


@each
def test_every_law_deadline_names_an_article_and_every_policy_says_so(lifecycle: Lifecycle) -> None:
    for state in lifecycle.states:
        for rule in state.deadlines:
            if rule.kind == "law":
                assert re.search(r"(TT|NĐ|Luật|TTLT).* Đ\d", rule.basis), state.name
            else:
                assert rule.basis.startswith(("Quy định nội bộ", "Thời gian thực hiện")), state.name
        assert not (state.final and state.deadlines)


# -- the national one ----------------------------------------------------------------------------


def test_every_row_of_the_procedure_is_there() -> None:
    """domain.md §11.3, T1 to T27 (and T6'), as moves between states."""
    moves = {(action, source, to) for action, source, to, _ in KCQG.legal_moves()}
    assert {
        ("submit_to_department", "drafting", "submitted_to_department"),
        ("start_provincial_appraisal", "submitted_to_department", "provincial_appraisal"),
        ("return_by_department", "submitted_to_department", "returned"),
        ("return_by_department", "provincial_appraisal", "returned"),
        ("return_by_agency", "registered", "returned"),
        ("return_by_agency", "ministry_screening", "returned"),
        ("return_by_agency", "ministry_appraisal", "returned"),
        ("return_by_ministry", "submitted_to_minister", "returned"),
        ("resubmit", "returned", "provincial_appraisal"),
        ("refuse_by_department", "provincial_appraisal", "not_selected"),
        ("refuse_by_agency", "ministry_screening", "not_selected"),
        ("refuse_by_agency", "ministry_appraisal", "not_selected"),
        ("register_with_ministry", "provincial_appraisal", "registered"),
        ("submit_to_agency", "drafting", "registered"),
        ("start_screening", "registered", "ministry_screening"),
        ("aggregate", "ministry_screening", "awaiting_estimate"),
        ("start_ministry_appraisal", "awaiting_estimate", "ministry_appraisal"),
        ("submit_to_minister", "ministry_appraisal", "submitted_to_minister"),
        ("approve", "submitted_to_minister", "approved"),
        ("record_mof_correction", "approved", "mof_correction"),
        ("answer_mof", "mof_correction", "approved"),
        ("allocate", "approved", "partly_allocated"),
        ("allocate", "approved", "allocated"),
        ("allocate", "partly_allocated", "partly_allocated"),
        ("allocate", "partly_allocated", "allocated"),
        ("assign_plan", "partly_allocated", "plan_assigned"),
        ("assign_plan", "allocated", "plan_assigned"),
        ("propose_group_plan", "plan_assigned", "group_planning"),
        ("approve_group_plan", "group_planning", "plan_assigned"),
        ("start_bidding", "plan_assigned", "bidding"),
        ("record_bidding_result", "bidding", "plan_assigned"),
        ("sign_contract", "plan_assigned", "contracted"),
        ("start_implementation", "contracted", "in_progress"),
        ("advance_first", "contracted", "contracted"),
        ("accept_part", "in_progress", "in_progress"),
        ("report_progress", "in_progress", "in_progress"),
        ("report_completion", "in_progress", "awaiting_acceptance"),
        ("accept", "awaiting_acceptance", "accepted"),
        ("not_accepted", "awaiting_acceptance", "in_progress"),
        ("submit_settlement", "accepted", "awaiting_liquidation"),
        ("liquidate", "awaiting_liquidation", "settled"),
        ("archive", "settled", "archived"),
        ("carry_over", "in_progress", "carried_over"),
        ("resume_next_year", "carried_over", "in_progress"),
        ("force_majeure", "in_progress", "settled_by_volume"),
        ("submit_settlement", "settled_by_volume", "awaiting_liquidation"),
        ("liquidate", "awaiting_liquidation", "refund_due"),
        ("record_refund", "refund_due", "settled"),
        ("propose_stop", "in_progress", "stop_proposed"),
        ("confirm_stop", "stop_proposed", "stopped"),
        ("confirm_stop", "stop_proposed", "stop_refund_due"),
        ("reject_stop", "stop_proposed", "in_progress"),
        ("record_stop_refund", "stop_refund_due", "stopped"),
        ("transfer_to_local", "approved", "transferred_to_local"),
    } <= moves


def test_only_the_ministry_stops_and_only_a_running_proposal() -> None:
    confirm = KCQG.action_by_name["confirm_stop"]
    assert confirm.roles == ("ministry",)
    assert confirm.second_person
    assert confirm.release
    assert sources_to(KCQG, "stopped") == {"stop_proposed", "stop_refund_due"}
    assert roles_to(KCQG, "stop_proposed") == {"agency"}
    assert sources_to(KCQG, "stop_proposed") == {
        *("approved", "mof_correction", "partly_allocated", "allocated"),
        *("plan_assigned", "group_planning", "bidding", "contracted", "in_progress"),
        *("awaiting_acceptance", "carried_over"),
    }
    assert KCQG.action_by_name["propose_stop"].documents == (
        ("cong_van_don_vi", "de_xuat_cuc"),
        ("xac_nhan_so", "de_xuat_cuc"),
    )


def test_who_may_change_what() -> None:
    """Điều 11 TT 36/2013: raise, content, next year: Bộ; the rest: Cục; group proposals: Sở."""
    apply, carry = KCQG.action_by_name["apply_adjustment"], KCQG.action_by_name["carry_over"]
    assert apply.via == carry.via == "adjustment"
    assert {"decided_by_right_level", "raise_by_ministry", "adjusted_amount"} <= set(apply.guards)
    assert carry.roles == ("ministry",)
    day = date(2024, 6, 14)
    kinds = {one.code: one for one in reference.adjustment_kinds() if one.source == "kcqg"}
    assert {code for code, one in kinds.items() if one.decided_by(group=False) == "ministry"} == {
        *("raise_support", "change_content", "extend_next_year")
    }
    assert {code for code, one in kinds.items() if one.decided_by(group=True) == "department"} == {
        *("change_place", "change_beneficiary", "change_coordinating")
    }
    for code in kinds:
        local = reference.adjustment_kind(code, "kcdp", day)
        assert local is not None
        assert local.decided_by(group=True, approver="department") == "department"
    assert reference.adjustment_kind("raise_support", "kcqg", date(2014, 2, 9)) is None
    assert KCQG.action_by_name["resume_next_year"].advances_year
    assert not KCQG.action_by_name["carry_over"].advances_year


def test_the_direct_route_skips_the_department() -> None:
    without = reachable(KCQG, "drafting", without=["submitted_to_department", "returned"])
    assert "archived" in without
    assert "provincial_appraisal" not in without
    assert "direct_route" in KCQG.action_by_name["submit_to_agency"].guards
    assert "not_direct_route" in KCQG.action_by_name["submit_to_department"].guards
    dates = {rule.when: (rule.day, rule.month) for rule in KCQG.state_by_name["drafting"].deadlines}
    assert dates == {"not_direct_route": (20, 5), "direct_route": (15, 6)}


def test_a_group_or_tendered_proposal_signs_after_its_plan_and_result() -> None:
    sign = KCQG.action_by_name["sign_contract"]
    assert {"not_group_or_plan_approved", "not_bidding_or_result_recorded"} <= set(sign.guards)
    assert roles_to(KCQG, "group_planning") == {"unit", "ministry"}  # the ministry: no stop after all
    assert KCQG.action_by_name["approve_group_plan"].roles == ("department",)
    assert sources_to(KCQG, "contracted") == {"plan_assigned", "stop_proposed"}


def test_nothing_is_assigned_before_the_opinion_of_the_ministry_of_finance() -> None:
    assert "something_allocated" in KCQG.action_by_name["assign_plan"].guards
    for name in ("allocate", "allocate_further"):
        assert "round_has_opinion" in KCQG.action_by_name[name].guards
    issue = BY_NAME["allocation_round_kcqg"].action_by_name["issue"]
    assert {"finance_opinion_recorded", "items_unchanged"} <= set(issue.guards)
    assert sources_to(KCQG, "plan_assigned") - {"group_planning", "bidding", "stop_proposed"} == {
        "allocated",
        "partly_allocated",
    }


def test_settlement_happens_once() -> None:
    assert KCQG.action_by_name["submit_settlement"].sources == ("accepted", "settled_by_volume")
    assert sources_to(KCQG, "accepted") == {"awaiting_acceptance", "awaiting_liquidation"}
    assert "accepted" not in reachable(KCQG, "settled")
    assert "settled_within_accepted" in KCQG.action_by_name["liquidate"].guards


@pytest.mark.parametrize(
    ("state", "kind", "rule"),
    [
        ("provincial_appraisal", "law", ("fixed_date", 15, 6, -1, False)),
        ("ministry_screening", "law", ("fixed_date", 20, 7, -1, False)),
        ("awaiting_estimate", "law", ("fixed_date", 20, 11, -1, False)),
        ("submitted_to_minister", "law", ("fixed_date", 31, 12, -1, False)),
        ("approved", "law", ("working_days", 10)),
        ("mof_correction", "law", ("working_days", 7)),
        ("in_progress", "law", ("monthly", 25, False)),
        ("accepted", "law", ("calendar_days", 15)),
        ("awaiting_liquidation", "law", ("fixed_date", 22, 1, 1, True)),
        ("settled_by_volume", "law", ("fixed_date", 22, 1, 1, True)),
        ("settled", "law", ("months", 12)),
        ("submitted_to_department", "policy", ("working_days", 10)),
    ],
)
def test_deadlines_of_the_circulars(state: str, kind: str, rule: tuple[object, ...]) -> None:
    first = KCQG.state_by_name[state].deadlines[0]
    shapes: dict[str, tuple[object, ...]] = {
        "fixed_date": (first.day, first.month, first.plan_year, first.inclusive),
        "monthly": (first.day, first.inclusive),
        "months": (first.months,),
    }
    assert (first.by, *shapes.get(first.by, (first.days,))) == rule
    assert first.kind == kind


def test_a_minister_s_decision_may_be_entered_by_the_agency() -> None:
    approve = KCQG.action_by_name["approve"]
    assert set(approve.roles) == {"ministry", "agency"}
    assert approve.act_document == "quyet_dinh_phe_duyet"
    assert approve.act_document_need == "required"


def test_the_monthly_report_starts_the_next_month_s_clock() -> None:
    report = KCQG.action_by_name["report_progress"]
    assert report.renews_deadline
    assert report.roles == ("unit",)


# -- the local one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lifecycle", "approver"), [(KCDP, "provincial_committee"), (KCDP_BY_DEPARTMENT, "department")]
)
def test_the_province_says_who_approves(lifecycle: Lifecycle, approver: str) -> None:
    for name in ("approve", "confirm_stop", "carry_over", "refuse_by_approver", "return_by_approver"):
        assert lifecycle.action_by_name[name].roles == (approver,)
    assert lifecycle.state_by_name["submitted_to_committee"].waits_for == approver


def test_the_finance_check_has_its_days() -> None:
    check, correction = (KCDP.state_by_name[name] for name in ("finance_appraisal", "finance_correction"))
    assert [(rule.days, rule.kind) for rule in check.deadlines] == [(10, "law")]
    assert [(rule.days, rule.kind) for rule in correction.deadlines] == [(7, "law")]
    assert sources_to(KCDP, "submitted_to_committee") == {"finance_appraisal", "returned"}


def test_no_national_office_acts_on_a_local_proposal() -> None:
    roles = {role for lifecycle in (KCDP, KCDP_BY_DEPARTMENT) for *_, role in lifecycle.legal_moves()}
    assert roles <= {"unit", "department", "finance_department", "provincial_committee"}


# -- plans, rounds, contracts, adjustments ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "action", "moves"),
    [
        ("annual_plan_kcqg", "approve_plan", ("approve",)),
        ("allocation_round_kcqg", "issue", ("allocate", "allocate_further")),
        ("allocation_round_kcdp", "issue", ("allocate", "allocate_further")),
        ("contract", "sign", ("sign_contract",)),
        ("contract", "amend", ("amend_contract",)),
        ("contract", "submit_settlement", ("submit_settlement",)),
        ("contract", "liquidate", ("liquidate",)),
        ("adjustment", "apply", ("apply_adjustment",)),
        ("adjustment", "apply_carry_over", ("carry_over",)),
    ],
)
def test_one_decision_moves_its_proposals(name: str, action: str, moves: tuple[str, ...]) -> None:
    parent = BY_NAME[name]
    assert parent.action_by_name[action].moves == moves
    for lifecycle in (KCQG, KCDP):
        if parent.name.endswith(("kcqg", "kcdp")) and lifecycle.name != parent.name[-4:]:
            continue
        for move in moves:
            assert lifecycle.action_by_name[move].via in (parent.subject, None), move


def test_every_act_of_a_parent_has_a_parent_that_does_it() -> None:
    moved = {move for parent in PARENTS for action in parent.actions for move in action.moves}
    for lifecycle in (KCQG, KCDP):
        assert {action.name for action in lifecycle.actions if action.via} <= moved


def test_two_persons_for_a_round_a_stop_and_an_adjustment() -> None:
    for name in ("allocation_round_kcqg", "allocation_round_kcdp"):
        assert BY_NAME[name].action_by_name["issue"].second_person
    for lifecycle in (KCQG, KCDP):
        assert lifecycle.action_by_name["confirm_stop"].second_person
    assert all(action.second_person == bool(action.moves) for action in BY_NAME["adjustment"].actions)


@pytest.mark.parametrize("name", ["allocation_round_kcqg", "allocation_round_kcdp"])
def test_the_finance_check_of_a_round_has_its_days(name: str) -> None:
    states = BY_NAME[name].state_by_name
    for state, days in (("finance_check", 10), ("finance_correction", 7)):
        (rule,) = states[state].deadlines
        assert (rule.by, rule.days, rule.kind) == ("working_days", days, "law")
    assert "issued" not in reachable(BY_NAME[name], "preparing", without=["finance_check"])
    assert "issued" not in reachable(BY_NAME[name], "preparing", without=["cleared"])
    waits = "finance_ministry" if name.endswith("kcqg") else "finance_department"
    assert states["finance_check"].waits_for == waits


def test_the_settlement_s_days_are_the_contract_s() -> None:
    contract = BY_NAME["contract"].state_by_name
    days, end = contract["accepted"].deadlines
    assert (days.by, days.days, days.when) == ("calendar_days", 15, "fund_source_kcqg")
    assert (end.day, end.month, end.plan_year) == (22, 1, 1)
    (last,) = contract["settlement_submitted"].deadlines
    assert (last.day, last.month, last.plan_year) == (22, 1, 1)
    own, end = KCQG.state_by_name["accepted"].deadlines
    assert (own.days, own.when) == (15, "last_of_contract")
    assert (end.day, end.month, end.plan_year) == (22, 1, 1)
    notice, refund = KCQG.state_by_name["refund_due"].deadlines
    assert (notice.by, notice.days) == ("working_days", 10)
    assert (refund.day, refund.month, refund.inclusive) == (15, 2, False)


def test_the_route_of_an_adjustment_follows_who_decides() -> None:
    adjustment = BY_NAME["adjustment"]
    routes = {"take_decision": "decides_agency", "submit_to_minister": "decides_ministry"}
    routes |= {
        "propose_by_department": "decided_in_province",
        "confirm_by_department": "decided_above_province",
    }
    for name, guard in routes.items():
        assert guard in adjustment.action_by_name[name].guards
    for name in ("apply", "apply_carry_over", "refuse"):
        assert "decided_by_right_level" in adjustment.action_by_name[name].guards


# -- rules as data ---------------------------------------------------------------------------------


def test_advances_by_type_follow_the_circular() -> None:
    day = date(2024, 6, 14)
    rules = {
        one.type: one
        for one in reference.advance_rules()
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    }
    assert set(rules) == {choice.code for choice in ADVANCE_TYPES}
    shares = {
        share: {name for name, one in rules.items() if one.permille == share} for share in (300, 700, 1000)
    }
    assert shares[300] == {"cluster_infrastructure", "cluster_pollution"}
    assert shares[1000] == {"found_enterprise"}
    assert rules["contest"].permille is None
    assert len(shares[700]) == 16
    assert {one.cap_permille for one in rules.values()} == {700}
    early = next(one for one in reference.advance_rules() if one.type == "media")
    assert (early.valid_from, early.valid_to, early.cap_permille) == (
        date(2014, 2, 10),
        date(2014, 4, 7),
        None,
    )
    codes = {kind["code"] for kind in DOCUMENT_KINDS}
    for one in rules.values():
        assert {kind for kinds in (*one.papers, *one.remaining_papers) for kind in kinds} <= codes
        assert ("mau_5a", "mau_5b", "mau_5c") in one.remaining_papers


# -- papers and drawings ---------------------------------------------------------------------------


def test_document_kinds_are_complete() -> None:
    codes = [kind["code"] for kind in DOCUMENT_KINDS]
    assert len(codes) == len(set(codes))
    for kind in DOCUMENT_KINDS:
        assert set(kind) == {"code", "label", "form", "basis"}
        assert all(kind["label"][lang].strip() for lang in ("vi", "en"))
        assert kind["basis"].strip()
        assert bool(kind["form"]) == kind["code"].startswith("mau_")
    forms = {kind["form"] for kind in DOCUMENT_KINDS if kind["form"]}
    assert {f"Mẫu {number}" for number in ("1", "2", "6", "7", "9", "10", "11", "12", "13")} <= forms


def test_every_holder_has_a_name() -> None:
    assert set(WHO) >= set(HOLDERS)


@each
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_drawing_has_every_state_and_action(lifecycle: Lifecycle, lang: str) -> None:
    drawing = mermaid(lifecycle, lang)
    assert drawing.startswith("stateDiagram-v2\n")
    for state in lifecycle.states:
        assert f'state "{state.label(lang)}" as {state.name}\n' in drawing
    for action in lifecycle.actions:
        assert action.label(lang).replace(";", ",") in drawing
    table = markdown_table(lifecycle, lang)
    rows = table.splitlines()
    assert len(rows) == len(lifecycle.actions) + 2
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


@each
def test_the_scxml_is_valid_and_complete(lifecycle: Lifecycle) -> None:
    space = "{http://www.w3.org/2005/07/scxml}"
    root = ElementTree.fromstring(scxml(lifecycle))  # noqa: S314  (our own text)
    assert root.get("initial") == lifecycle.initial
    ids = {node.get("id") for node in root}
    assert ids == {state.name for state in lifecycle.states}
    assert {node.get("id") for node in root.iter(f"{space}final")} == {
        s.name for s in lifecycle.states if s.final
    }
    drawn = set()
    for node in root:
        for transition in node.iter(f"{space}transition"):
            assert transition.get("target", node.get("id")) in ids
            drawn.add((transition.get("event"), node.get("id"), transition.get("target", node.get("id"))))
    assert drawn == {(action, source, to) for action, source, to, _ in lifecycle.legal_moves()}


def test_hostile_labels_can_not_break_a_drawing() -> None:
    hostile = 'x"] --> y : <script>&|`;\x1b[31m\n%%'
    odd = load_text(KCDP.source)
    object.__setattr__(odd.states[0], "label", Label(hostile, hostile))
    object.__setattr__(odd.actions[0], "label", Label(hostile, hostile))
    ElementTree.fromstring(scxml(odd))  # noqa: S314  (our own text)
    drawing, table = mermaid(odd, "vi"), markdown_table(odd, "vi")
    assert len(drawing.splitlines()) == len(mermaid(KCDP, "vi").splitlines())
    assert len(table.splitlines()) == len(odd.actions) + 2
    assert "\x1b" not in drawing + table
    assert "<script>" not in drawing + table
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()} == {8}


def test_the_document_is_fresh() -> None:
    """Renew it with: python -m states.diagram > docs/lifecycles.md."""
    path = Path(__file__).parents[2] / "docs" / "lifecycles.md"
    assert path.read_text("utf-8") == document(builtin())
