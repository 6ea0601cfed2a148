"""Makers of what the rules look at: facts, people, inputs, and a dossier's next facts after a move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from states.engine import NATIONAL_ROLES, Move, Option
from states.facts import Actor, Assignment, Facts, Inputs, Paper
from states.guards import AGREED, CONCLUDERS
from states.loader import builtin, load_text
from states.model import Action, Lifecycle

KCDP, KCQG = builtin()
KCDP_BY_DEPARTMENT = load_text(KCDP.source, parameters={"approver": "department"})
LIFECYCLES = (KCQG, KCDP, KCDP_BY_DEPARTMENT)

OWN = load_text(
    KCDP.source.replace('name = "pay"\n', 'name = "pay"\nsecond_person = true\n')
    .replace('name = "settle"\n', 'name = "settle"\nguards = ["not_group"]\n')
    .replace('name = "archive"\n', 'name = "archive"\nguards = ["group_only"]\n')
)
"""A province's own file: payment by a second person, settlement of ordinary proposals only,
archiving of group proposals only."""

TODAY = date(2024, 6, 14)
HA_GIANG, THAI_NGUYEN, TUYEN_QUANG_2025 = "63:02", "63:19", "34:08"
MERGED = frozenset({TUYEN_QUANG_2025, "63:08", HA_GIANG})
"""What an office of the new Tuyên Quang answers for: the new province and both old ones."""
UNIT_OFFICE = "TTKC-63-02"

PAPERS = {
    kind: AGREED if kind in CONCLUDERS else None
    for action in KCQG.actions + KCDP.actions
    for kinds in (*action.documents, Lifecycle.act_documents(action), ("don_de_nghi_thu_huong",))
    for kind in kinds
}
"""Every kind of paper that any rule asks for, each in favour."""


def facts(**changes: Any) -> Facts:
    """A balanced national draft of the Hà Giang centre, with `changes`.

    Amounts in đồng: total 500 m = 300 m requested + 200 m counterpart; nothing approved.
    """
    values: dict[str, Any] = {
        "code": "KCQG-2024-0001",
        "state": "drafting",
        "version": 3,
        "source": "kcqg",
        "plan_year": 2024,
        "budget_year": 2024,
        "province": HA_GIANG,
        "unit_office": UNIT_OFFICE,
        "unit_kind": "provincial_centre",
        "total": 500_000_000,
        "requested": 300_000_000,
        "counterpart": 200_000_000,
    }
    return Facts(**(values | changes))


def assignment(role: str, office: str | None = None, provinces: Iterable[str] | None = None) -> Assignment:
    """`role` in the office that answers for `facts()`, unless `office` or `provinces` say otherwise."""
    if office is None:
        office = UNIT_OFFICE if role == "unit" else role.upper()
    if provinces is None:
        provinces = () if role in NATIONAL_ROLES else (HA_GIANG,)
    return Assignment(role, office, office, role, frozenset(provinces))


def actor(
    role: str,
    *more: str,
    office: str | None = None,
    provinces: Iterable[str] | None = None,
    login: str | None = None,
) -> Actor:
    """Somebody in `role` (and `more` roles); `office` and `provinces` as in `assignment`."""
    held = tuple(assignment(one, office, provinces) for one in (role, *more))
    return Actor(login or role, f"Người {role}", held)


def inputs(**changes: Any) -> Inputs:
    """Nothing entered yet: an act of TODAY, entered TODAY, with `changes`."""
    return Inputs(**({"on": TODAY, "today": TODAY} | changes))


def paper(kind: str, conclusion: Any = None, on: date = TODAY, **changes: Any) -> Paper:
    """A complete paper of `kind`, dated `on`, with `changes`."""
    values: dict[str, Any] = {"number": "12/VB", "date": on, "signer": "Phạm Văn Lãnh"}
    return Paper(kind, conclusion=conclusion, **(values | changes))


# -- enough for an act -----------------------------------------------------------------------


def ready(lifecycle: Lifecycle, action: Action, state: str, role: str) -> Facts:
    """Facts in `state` under which no guard and no lacking paper stands against `action` by `role`."""
    kinds = {
        kind
        for guard, kind in (
            ("group_only", "group"),
            ("bidding_only", "bidding"),
            ("direct_route", "multi_province"),
        )
        if guard in action.guards
    }
    if "acceptance_level" in action.guards and role == "agency":
        kinds.add("multi_province")
    before_allocation = lifecycle.state_by_name[state].name in ("approved", "submitted_to_minister")
    return facts(
        state=state,
        source=lifecycle.name,
        kinds=frozenset(kinds),
        papers=PAPERS,
        approved=250_000_000,
        allocated=0 if before_allocation else 100_000_000,
        rounds=frozenset(() if before_allocation else (1,)),
        edited_since_entry=True,
        return_to=sorted(lifecycle.return_states)[0],
        last_on=TODAY,
        last_actor="somebody-else",
    )


def amount_for(action: Action, at: Facts) -> int | None:
    """The largest amount that the rules let `action` set or add; None where it asks for none."""
    if action.amount == "approved":
        lowers = "amount_lowers_approved" in action.guards
        return min(at.total, at.approved or at.total) if lowers else at.total
    if action.amount == "allocated":
        return (at.approved or 0) - at.allocated
    if action.amount == "advanced":
        return at.allocated - at.advanced
    return None


def _complete(
    lifecycle: Lifecycle, kinds: Iterable[str], role: str, on: date, conclusion: str
) -> tuple[Paper, ...]:
    """A paper of one of `kinds` that `role` may record, best one on which it concludes; none if none."""
    free = [kind for kind in kinds if role in lifecycle.recorders.get(kind, (role,))]
    free.sort(key=lambda kind: role not in CONCLUDERS.get(kind, (role,)))
    return tuple(
        paper(kind, conclusion if role in CONCLUDERS.get(kind, ()) else None, on) for kind in free[:1]
    )


def supply(
    lifecycle: Lifecycle,
    option: Option,
    at: Facts,
    *,
    today: date = TODAY,
    conclusion: str = AGREED,
    **changes: Any,
) -> Inputs:
    """What the dialog asks for `option`, all of it: reason, papers, amount, round, with `changes`.

    Built from the option alone, for the role of its assignment; a paper that this role may not
    record is left out, as no dialog would take it.
    """
    action = option.action
    role = option.assignment.role if option.assignment else action.roles[0]
    own = Lifecycle.act_documents(action)
    agreeing = any(refusal.code.startswith("acceptance_") for refusal in option.refusals)
    document: tuple[Paper, ...] = ()
    if action.act_document_need == "required" or (own and agreeing):
        document = _complete(lifecycle, own, role, today, conclusion)
    papers = [
        one for kinds in option.missing_documents for one in _complete(lifecycle, kinds, role, today, AGREED)
    ]
    if any(refusal.code == "unchanged_since_return" for refusal in option.refusals):
        papers.append(paper("mau_1", on=today))
    values: dict[str, Any] = {
        "on": today,
        "today": today,
        "reason": "Lý do thử nghiệm",
        "document": document[0] if document else None,
        "papers": tuple(papers),
        "amount": amount_for(action, at),
        "round": max(at.rounds, default=0) + 1 if action.round else None,
        "expected_version": at.version,
    }
    return Inputs(**(values | changes))


# -- what an act changes -----------------------------------------------------------------------


def after(at: Facts, move: Move, entered: Inputs, who: Actor) -> Facts:
    """The dossier's facts once `move` is made: what the store does, without a store."""
    papers = dict(at.papers)
    recorded = (entered.document, *entered.papers) if entered.document else entered.papers
    for one in recorded:
        papers.pop(one.kind, None)
        papers[one.kind] = one.conclusion
    changes: dict[str, Any] = {
        "state": move.to_state,
        "version": at.version + 1,
        "papers": papers,
        "return_to": move.return_to,
        "budget_year": at.budget_year + (1 if move.action.advances_year else 0),
        "last_on": entered.on,
        "last_actor": who.login,
        "edited_since_entry": not move.enters and (at.edited_since_entry or bool(recorded)),
    }
    if move.enters:
        changes["entered_on"] = entered.on
    if entered.amount is not None and move.action.amount == "approved":
        changes["approved"] = entered.amount
    elif entered.amount is not None and move.action.amount == "allocated":
        changes["allocated"] = at.allocated + entered.amount
        changes["rounds"] = at.rounds | {entered.round or 0}
    elif entered.amount is not None and move.action.amount == "advanced":
        changes["advanced"] = at.advanced + entered.amount
    return replace(at, **changes)
