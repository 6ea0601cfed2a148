"""Whole lives without a database: each route from the draft to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kcflow import reference
from states.engine import Move, Option, Refused, apply, evaluate, explain
from states.facts import Parent
from states.model import ROLES, Lifecycle
from tests.builders import (
    KCDP,
    KCDP_BY_DEPARTMENT,
    KCQG,
    TODAY,
    WIDE,
    actor,
    after,
    facts,
    inputs,
    paper,
    parent_for,
    supply,
)

M = 1_000_000


class Walk:
    """One dossier on its way; every act is the next day's, with all that its dialog asks for."""

    def __init__(self, lifecycle: Lifecycle, **there: Any) -> None:
        self.lifecycle = lifecycle
        there = {"effect": "content", "decides": "agency", "advance_rules": reference.advance_rules()} | there
        self.there = facts(source=lifecycle.name, state=lifecycle.initial, last_on=TODAY, **there)
        self.day = TODAY
        self.states = [self.there.state]

    def option(self, role: str, action: str) -> Option:
        """What the list of acts says of `action` for somebody in `role`, before anything is entered."""
        entered = inputs(on=self.day, today=self.day)
        return evaluate(
            self.lifecycle,
            self.lifecycle.action_by_name[action],
            self.there,
            actor(role),
            replace(entered, via=parent_for(self.lifecycle.action_by_name[action], self.there)),
        )

    def act(self, role: str, action: str, **changes: Any) -> Move:
        """Do it, entering what is asked for, with `changes`; raises `Refused`."""
        self.day += timedelta(days=1)
        option = self.option(role, action)
        entered = supply(self.lifecycle, option, self.there, today=self.day, **changes)
        known = inputs(on=self.day, today=self.day, fields=entered.fields, via=entered.via)
        who = actor(role, login=f"{role}-2" if option.action.second_person else None)
        option = evaluate(self.lifecycle, option.action, self.there, who, known)
        entered = supply(self.lifecycle, option, self.there, today=self.day, **changes)
        move = apply(self.lifecycle, self.there, who, action, entered)
        assert option.possible, (action, option.refusals)
        assert move.from_state == self.states[-1]
        self.there = after(self.there, move, entered, who)
        self.states.append(move.to_state)
        return move

    def go(self, *acts: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> Walk:
        """Do several acts: (role, action) or (role, action, changes)."""
        for role, action, *changes in acts:
            self.act(role, action, **(changes[0] if changes else {}))
        return self

    def refused(self, role: str, action: str, **changes: Any) -> set[str]:
        """The codes that `action` is refused with now; the walk stays where it is."""
        before = self.there
        with pytest.raises(Refused) as refused:
            self.act(role, action, **changes)
        assert self.there == before
        return {refusal.code for refusal in refused.value.refusals}

    @property
    def ending(self) -> str:
        """How it ended; "" while it is open. A dossier that ended has no act left for anybody."""
        ending = self.lifecycle.state_by_name[self.there.state].ending
        left = explain(self.lifecycle, self.there, actor("unit", *ROLES), inputs())
        assert bool(left) != bool(ending)
        return ending


DECIDED_BY_DEPARTMENT = Parent("adjustment", "DC-24-0001", "proposed", "kcqg", 2024, decides="department")
RAISED = replace(DECIDED_BY_DEPARTMENT, decides="ministry", effect="approved")
CARRIED = replace(DECIDED_BY_DEPARTMENT, decides="ministry", effect="carry_over")
STOP = (("agency", "propose_stop"),)

NOT_AGREED = {"conclusion": "not_agreed"}
SUBMITTED = (("unit", "submit_to_department"), ("department", "start_provincial_appraisal"))
REGISTERED = (
    *SUBMITTED,
    ("department", "record_provincial_appraisal"),
    ("department", "register_with_ministry"),
)
DIRECT = (("unit", "submit_to_agency"),)
APPRAISED = (
    ("agency", "start_screening"),
    ("agency", "aggregate"),
    ("agency", "start_ministry_appraisal"),
    ("agency", "record_ministry_appraisal"),
)
APPROVED = (*APPRAISED, ("agency", "submit_to_minister"), ("ministry", "approve", {"amount": 300 * M}))
OPINION = (("agency", "send_to_mof"), ("agency", "record_mof_opinion"))
ALLOCATED = (*OPINION, ("agency", "allocate"))
ASSIGNED = (("agency", "assign_plan"),)
STARTED = (("agency", "sign_contract"), ("unit", "start_implementation"))
DONE = (("unit", "report_progress"), ("agency", "advance_first"), ("unit", "report_completion"))
ACCEPTED = (("department", "accept"),)
SETTLED = (("unit", "submit_settlement"), ("agency", "liquidate"), ("unit", "archive"))
RUNNING = (*REGISTERED, *APPROVED, *ALLOCATED, *ASSIGNED, *STARTED)

GROUP = {"kinds": frozenset({"group"})}
TENDER = {"kinds": frozenset({"bidding"})}
MANY = {"kinds": frozenset({"multi_province"})}

TO_ARCHIVE: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "ordinary": ({}, (*RUNNING, *DONE, *ACCEPTED, *SETTLED)),
    "ordinary, entered by the agency": (
        {"beneficiary_differs": True},
        (
            *REGISTERED,
            *APPRAISED,
            ("agency", "submit_to_minister"),
            ("agency", "approve"),
            *ALLOCATED,
            *ASSIGNED,
            ("unit", "sign_contract"),
            ("unit", "start_implementation"),
            ("unit", "report_completion"),
            *ACCEPTED,
            ("unit", "submit_settlement"),
            ("agency", "liquidate"),
            ("department", "archive"),
        ),
    ),
    "direct, many provinces": (
        MANY,
        (*DIRECT, *APPROVED, *ALLOCATED, *ASSIGNED, *STARTED, *DONE, ("agency", "accept"), *SETTLED),
    ),
    "direct, regional centre": (
        {"unit_kind": "regional_centre"},
        (*DIRECT, *APPROVED, *ALLOCATED, *ASSIGNED, *STARTED, *DONE, ("agency", "accept"), *SETTLED),
    ),
    "group": (
        GROUP,
        (
            *REGISTERED,
            *APPROVED,
            *ALLOCATED,
            *ASSIGNED,
            ("unit", "propose_group_plan"),
            ("department", "return_group_plan"),
            ("unit", "propose_group_plan"),
            ("department", "approve_group_plan"),
            ("department", "apply_adjustment", {"via": DECIDED_BY_DEPARTMENT}),
            *STARTED,
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "tender": (
        TENDER,
        (
            *REGISTERED,
            *APPROVED,
            *ALLOCATED,
            *ASSIGNED,
            ("department", "start_bidding"),
            ("department", "cancel_bidding"),
            ("department", "start_bidding"),
            ("department", "record_bidding_result"),
            *STARTED,
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "allocated in three rounds": (
        {},
        (
            *REGISTERED,
            *APPROVED,
            *OPINION,
            ("agency", "allocate", {"amount": 100 * M}),
            ("agency", "allocate", {"amount": 50 * M}),
            *ASSIGNED,
            *STARTED,
            ("agency", "allocate_further", {"amount": 150 * M}),
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "corrected for MOF": (
        {},
        (
            *REGISTERED,
            *APPROVED,
            ("agency", "send_to_mof"),
            ("agency", "record_mof_correction"),
            ("agency", "answer_mof"),
            *ALLOCATED,
            *ASSIGNED,
            *STARTED,
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "adjusted": (
        {},
        (
            *RUNNING,
            ("ministry", "apply_adjustment", {"amount": 400 * M, "via": RAISED}),
            ("agency", "allocate_further"),
            ("agency", "apply_adjustment"),
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "carried over": (
        {},
        (
            *RUNNING,
            ("ministry", "carry_over", {"via": CARRIED}),
            ("agency", "resume_next_year"),
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "force majeure": (
        {},
        (*RUNNING, ("agency", "force_majeure"), *SETTLED),
    ),
    "accepted the second time": (
        {},
        (
            *RUNNING,
            *DONE,
            ("department", "not_accepted", {"document": paper("mau_5a", "not_agreed")}),
            ("unit", "report_completion"),
            *ACCEPTED,
            *SETTLED,
        ),
    ),
    "appraised the second time": (
        {},
        (
            *SUBMITTED,
            ("department", "record_provincial_appraisal", NOT_AGREED),
            *REGISTERED[2:],
            *APPRAISED[:-1],
            ("agency", "record_ministry_appraisal", NOT_AGREED),
            APPRAISED[-1],
            *APPROVED[len(APPRAISED) :],
            *ALLOCATED,
            *ASSIGNED,
            *STARTED,
            *DONE,
            *ACCEPTED,
            *SETTLED,
        ),
    ),
}


@pytest.mark.parametrize("route", TO_ARCHIVE)
def test_a_national_proposal_reaches_the_archive(route: str) -> None:
    there, acts = TO_ARCHIVE[route]
    walk = Walk(KCQG, **there).go(*acts)
    assert walk.there.state == "archived"
    assert walk.ending == "completed"
    assert walk.there.version == 3 + len(acts)
    assert walk.there.advanced <= walk.there.allocated <= (walk.there.approved or 0) <= walk.there.total
    assert walk.there.return_to is None
    assert walk.there.budget_year == 2024 + (route == "carried over")


def test_rounds_to_the_dong() -> None:
    walk = Walk(KCQG).go(*REGISTERED, *APPROVED, *OPINION)
    assert walk.refused("agency", "allocate", amount=300 * M + 1) == {"amount_over_approved"}
    walk.act("agency", "allocate", amount=1)
    assert walk.there.state == "partly_allocated"
    assert walk.refused("agency", "allocate", amount=300 * M) == {"amount_over_approved"}
    walk.act("agency", "allocate", amount=300 * M - 2)
    assert walk.there.state == "partly_allocated"
    walk.act("agency", "allocate", amount=1)
    assert walk.there.state == "allocated"
    assert walk.there.allocated == 300 * M
    assert not walk.option("agency", "allocate_further").possible
    assert walk.refused("ministry", "apply_adjustment", amount=300 * M - 1, via=RAISED) == {
        "amount_below_allocated"
    }


def test_the_plan_waits_for_the_opinion_of_the_ministry_of_finance() -> None:
    walk = Walk(KCQG).go(*REGISTERED, *APPROVED)
    silent = replace(RAISED, kind="allocation_round", fund=WIDE, plan=WIDE)
    assert walk.refused("agency", "allocate", via=silent) == {"round_without_opinion"}
    assert {"wrong_state", "nothing_allocated"} <= walk.refused("agency", "sign_contract", amount=1)
    walk.go(*ALLOCATED, *ASSIGNED)


def test_a_group_plan_counts_only_while_its_last_word_is_agreement() -> None:
    walk = Walk(KCQG, **GROUP).go(*REGISTERED, *APPROVED, *ALLOCATED, *ASSIGNED)
    assert walk.refused("agency", "sign_contract") == {"group_plan_missing"}
    walk.act("unit", "propose_group_plan")
    assert walk.refused("department", "approve_group_plan", conclusion="not_agreed") == {"group_plan_missing"}
    walk.act("department", "approve_group_plan")
    walk.go(("unit", "propose_group_plan"), ("department", "return_group_plan"))
    assert walk.refused("agency", "sign_contract") == {"group_plan_missing"}


def test_a_tender_without_result_signs_nothing() -> None:
    walk = Walk(KCQG, **TENDER).go(*REGISTERED, *APPROVED, *ALLOCATED, *ASSIGNED)
    walk.go(("department", "start_bidding"), ("department", "cancel_bidding"))
    assert walk.refused("agency", "sign_contract") == {"bidding_result_missing"}


LEVELS: dict[str, tuple[str, str, dict[str, Any], tuple[Any, ...]]] = {
    "submitted_to_department": ("department", "return_by_department", {}, SUBMITTED[:1]),
    "provincial_appraisal": ("department", "return_by_department", {}, SUBMITTED),
    "registered": ("agency", "return_by_agency", {}, REGISTERED),
    "ministry_screening": ("agency", "return_by_agency", {}, (*REGISTERED, *APPRAISED[:1])),
    "ministry_appraisal": ("agency", "return_by_agency", MANY, (*DIRECT, *APPRAISED)),
    "submitted_to_minister": ("ministry", "return_by_ministry", {}, (*REGISTERED, *APPROVED[:-1])),
}


@pytest.mark.parametrize("level", LEVELS)
def test_returned_and_resubmitted_at_every_level(level: str) -> None:
    assert set(LEVELS) == KCQG.return_levels["returned"]
    role, action, there, acts = LEVELS[level]
    walk = Walk(KCQG, **there).go(*acts)
    assert walk.there.state == level
    assert walk.refused(role, action, reason="  ") == {"reason_required"}
    walk.act(role, action)
    assert (walk.there.state, walk.there.return_to) == ("returned", level)
    assert walk.refused("unit", "resubmit", papers=()) == {"unchanged_since_return"}
    walk.there = replace(walk.there, edited_since_entry=True)
    assert walk.refused("unit", "resubmit", on=walk.there.last_on and walk.there.last_on - timedelta(1)) == {
        "act_before_last"
    }
    walk.act("unit", "resubmit")
    assert (walk.there.state, walk.there.return_to) == (level, None)
    walk.act(role, action)
    walk.act("unit", "resubmit", papers=(paper("mau_1"),))
    assert walk.there.state == level


ENDS: list[tuple[str, tuple[Any, ...], tuple[str, str], str]] = [
    ("before anything", (), ("unit", "withdraw"), "withdrawn"),
    ("at the Sở", SUBMITTED, ("unit", "withdraw"), "withdrawn"),
    (
        "while returned",
        (*SUBMITTED, ("department", "return_by_department")),
        ("unit", "withdraw"),
        "withdrawn",
    ),
    ("at the Cục", (*REGISTERED, *APPRAISED), ("unit", "withdraw"), "withdrawn"),
    ("by the Sở", SUBMITTED, ("department", "refuse_by_department"), "refused"),
    ("at screening", (*REGISTERED, *APPRAISED[:1]), ("agency", "refuse_by_agency"), "refused"),
    ("at appraisal", (*REGISTERED, *APPRAISED[:3]), ("agency", "refuse_by_agency"), "refused"),
    ("approved", (*REGISTERED, *APPROVED, *STOP), ("ministry", "confirm_stop"), "stopped"),
    ("running", (*RUNNING, *STOP), ("ministry", "confirm_stop"), "stopped"),
    (
        "carried over",
        (*RUNNING, ("ministry", "carry_over", {"via": CARRIED}), *STOP),
        ("ministry", "confirm_stop"),
        "stopped",
    ),
    ("by the Sở", (*REGISTERED, *APPROVED), ("department", "transfer_to_local"), "transferred"),
    ("by the Cục", (*REGISTERED, *APPROVED, *ALLOCATED), ("agency", "transfer_to_local"), "transferred"),
]


@pytest.mark.parametrize(
    ("acts", "last", "ending"), [pytest.param(*rest, id=f"{rest[2]} {name}") for name, *rest in ENDS]
)
def test_other_ends(acts: tuple[Any, ...], last: tuple[str, str], ending: str) -> None:
    walk = Walk(KCQG).go(*acts)
    role, action = last
    assert "reason_required" in walk.refused(role, action, reason="\t ")
    walk.act(role, action, **(NOT_AGREED if ending == "refused" else {}))
    assert walk.ending == ending
    assert "final_state" in walk.refused(role, action)


@pytest.mark.parametrize(
    ("lifecycle", "approver"), [(KCDP, "provincial_committee"), (KCDP_BY_DEPARTMENT, "department")]
)
def test_a_local_proposal_with_either_approver(lifecycle: Lifecycle, approver: str) -> None:
    walk = Walk(lifecycle)
    other = "department" if approver == "provincial_committee" else "provincial_committee"
    walk.go(
        ("unit", "submit_to_centre"),
        ("unit", "return_by_centre"),
        ("unit", "resubmit"),
        ("unit", "submit_to_department"),
        ("department", "record_department_appraisal"),
        ("department", "submit_to_finance"),
        ("finance_department", "request_finance_correction"),
        ("department", "answer_finance"),
        ("finance_department", "record_finance_opinion"),
        ("department", "submit_to_committee"),
        (approver, "return_by_approver"),
        ("department", "resubmit"),
    )
    assert walk.there.state == "submitted_to_committee"
    walk.day -= timedelta(days=1)
    there, day = walk.there, walk.day
    with pytest.raises(Refused) as refused:
        apply(lifecycle, there, actor(other), "approve", inputs(on=day, today=day, amount=1))
    assert "wrong_role" in {refusal.code for refusal in refused.value.refusals}
    local = Parent("adjustment", "DC-24-0001", "proposed", "kcdp", 2024, decides=approver, effect="approved")
    walk.go(
        (approver, "approve", {"amount": 300 * M}),
        ("department", "allocate", {"amount": 200 * M}),
        (approver, "apply_adjustment", {"amount": 250 * M, "via": local}),
        ("department", "assign_estimate"),
        ("unit", "sign_contract"),
        ("department", "allocate_further"),
        ("unit", "start_implementation"),
        ("unit", "advance_first"),
        ("unit", "report_progress"),
        ("unit", "report_completion"),
        ("department", "not_accepted"),
        ("unit", "report_completion"),
        ("department", "accept"),
        ("unit", "pay_remaining"),
        ("unit", "submit_settlement"),
        ("department", "liquidate"),
        ("unit", "archive"),
    )
    assert walk.ending == "completed"
    assert (walk.there.approved, walk.there.allocated) == (250 * M, 250 * M)
    assert walk.there.advanced == walk.there.contracted == walk.there.settled == 200 * M


@pytest.mark.parametrize("lifecycle", [KCDP, KCDP_BY_DEPARTMENT], ids=lambda one: one.key)
def test_a_local_proposal_refused_or_stopped_by_its_approver(lifecycle: Lifecycle) -> None:
    (approver,) = lifecycle.action_by_name["approve"].roles
    acts = (
        ("unit", "submit_to_centre"),
        ("unit", "submit_to_department"),
        ("department", "submit_to_finance"),
        ("department", "submit_to_committee"),
    )
    assert Walk(lifecycle).go(*acts, (approver, "refuse_by_approver")).ending == "refused"
    assert (
        Walk(lifecycle)
        .go(*acts, (approver, "approve"), ("department", "propose_stop"), (approver, "confirm_stop"))
        .ending
        == "stopped"
    )
    assert Walk(lifecycle).go(*acts[:2], ("unit", "withdraw")).ending == "withdrawn"
