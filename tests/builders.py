"""Makers of what the rules look at: facts, people, inputs, and a dossier's next facts after a move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from kcflow import reference
from states.engine import NATIONAL_ROLES, Move, Option
from states.facts import Actor, Assignment, Facts, Fund, Inputs, Items, Paper, Parent
from states.fields import Field, wanted
from states.guards import AGREED, CONCLUDERS
from states.loader import builtin, load_text
from states.model import Action, Lifecycle

BY_NAME = {one.name: one for one in builtin()}
KCDP, KCQG = BY_NAME["kcdp"], BY_NAME["kcqg"]
KCDP_BY_DEPARTMENT = load_text(KCDP.source, parameters={"approver": "department"})
LIFECYCLES = (KCQG, KCDP, KCDP_BY_DEPARTMENT)
"""Of proposals."""
PARENTS = tuple(one for one in BY_NAME.values() if one.subject != "proposal")
"""Of plans, rounds, contracts and adjustments."""

OWN = load_text(
    KCDP.source.replace('name = "submit_settlement"\n', 'name = "submit_settlement"\nsecond_person = true\n')
    .replace('guards = ["settled_within_accepted"]', 'guards = ["settled_within_accepted", "not_group"]')
    .replace('name = "return_settlement"\n', 'name = "return_settlement"\nguards = ["not_group"]\n')
    .replace('name = "archive"\n', 'name = "archive"\nguards = ["group_only"]\n')
)
"""A province's own file: the settlement handed in by a second person, settlement of ordinary
proposals only, archiving of group proposals only."""

TODAY = date(2024, 6, 14)
HA_GIANG, THAI_NGUYEN, TUYEN_QUANG_2025 = "63:02", "63:19", "34:08"
MERGED = frozenset({TUYEN_QUANG_2025, "63:08", HA_GIANG})
"""What an office of the new Tuyên Quang answers for: the new province and both old ones."""
UNIT_OFFICE = "TTKC-63-02"

PAPERS = {
    kind: AGREED if kind in CONCLUDERS else None
    for action in (*KCQG.actions, *KCDP.actions, *(a for one in PARENTS for a in one.actions))
    for kinds in (*action.documents, Lifecycle.act_documents(action), ("don_de_nghi_thu_huong",))
    for kind in kinds
} | {
    kind: AGREED if kind in CONCLUDERS else None
    for rule in reference.advance_rules()
    for kinds in (*rule.papers, *rule.remaining_papers)
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


WIDE = Fund(ceiling=10**13)
"""A fund with room for everything."""

_DECIDERS = {
    "decides_ministry": "ministry",
    "decides_agency": "agency",
    "decided_in_province": "department",
    "decided_above_province": "agency",
}

_MONEY: dict[str, dict[str, Any]] = {
    "amend_contract": {"contracted": 60_000_000},
    "advance_first": {"contracted": 100_000_000},
    "advance_next": {"contracted": 100_000_000, "advanced": 10_000_000},
    "pay_remaining": {"contracted": 100_000_000, "advanced": 10_000_000, "accepted": 80_000_000},
    "accept_part": {"contracted": 100_000_000},
    "accept": {"contracted": 100_000_000},
    "force_majeure": {"contracted": 100_000_000},
    "liquidate": {"contracted": 100_000_000, "advanced": 90_000_000, "accepted": 90_000_000},
}
"""What the acts need before them, đồng."""
_PAID_OUT = {"contracted": 100_000_000, "advanced": 50_000_000}


def ready(lifecycle: Lifecycle, action: Action, state: str, role: str) -> Facts:
    """Facts in `state` under which no guard and no lacking paper stands against `action` by `role`."""
    guards = action.guards
    kinds = {
        kind
        for guard, kind in (
            ("group_only", "group"),
            ("bidding_only", "bidding"),
            ("direct_route", "multi_province"),
            ("multi_year_only", "multi_year"),
        )
        if guard in guards
    }
    if "acceptance_level" in guards and role == "agency":
        kinds.add("multi_province")
    before_allocation = lifecycle.state_by_name[state].name in ("approved", "submitted_to_minister")
    money: dict[str, Any] = _PAID_OUT if action.amount == "returned" else _MONEY.get(action.name, {})
    if lifecycle.subject != "proposal":
        money = {}
    effect = "approved" if action.amount == "approved" else "content"
    there = facts(
        state=state,
        kind=lifecycle.subject,
        source="kcdp" if "kcdp" in lifecycle.name else "kcqg",
        kinds=frozenset(kinds),
        papers=PAPERS,
        approved=250_000_000,
        allocated=0 if before_allocation else 100_000_000,
        rounds=frozenset(() if before_allocation else (1,)),
        edited_since_entry=True,
        return_to=min(lifecycle.levels_from(state), default=None),
        last_on=TODAY,
        last_actor="somebody-else",
        advance_rules=reference.advance_rules(),
        decides=next((_DECIDERS[name] for name in guards if name in _DECIDERS), role),
        effect="carry_over" if "carry_over_only" in guards else effect,
        all_accepted=True,
        all_ended=True,
    )
    if lifecycle.fund:
        items = Items(2, 30_000_000, "digest")
        there = replace(there, fund=WIDE, plan=WIDE, items=items, proposed_digest="digest")
    return replace(there, **money)


def amount_for(action: Action, at: Facts) -> int | None:
    """The largest amount that the rules let `action` set or add; None where it asks for none."""
    if not action.asks_amount:
        return None
    if action.via == "adjustment":
        return (at.approved or at.total) - 1 if at.effect == "approved" else None
    if action.amount == "approved":
        return at.total
    if action.amount == "allocated":
        return (at.approved or 0) - at.allocated
    if action.amount == "contracted":
        return at.allocated - at.contracted
    if action.amount == "advanced":
        paid = at.advanced - at.returned
        cap = at.contracted * 7 // 10 if action.name == "advance_first" else at.contracted
        if action.name == "pay_remaining":
            cap = at.settled or at.accepted
        return min(at.allocated - at.advanced, cap - paid)
    if action.amount == "accepted":
        return (at.contracted - at.accepted) or None
    if action.amount == "settled":
        return at.accepted
    return at.refund_due


def parent_for(action: Action, at: Facts) -> Parent | None:
    """A parent with room and papers, as whose act `action` may be done; None where it needs none."""
    if action.via is None:
        return None
    return Parent(
        kind=action.via,
        code=f"{action.via}-1",
        state="proposed",
        source=at.source,
        plan_year=at.budget_year,
        fund=WIDE,
        plan=WIDE,
        has_opinion=True,
        decides=at.decides,
        effect=at.effect,
    )


def _value(field: Field, today: date) -> int | str:
    if field.kind in ("money", "permille"):
        return 500
    if field.kind == "choice":
        return "consulting"
    return {"month": f"{today:%Y-%m}", "day": today.isoformat()}.get(field.kind, "Nguyễn Văn A")


def fields_for(action: Action, today: date) -> dict[str, int | str]:
    """Every typed input that `action` must have."""
    return {field.name: _value(field, today) for field, needed in wanted(action) if needed}


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
        "via": parent_for(action, at),
        "fields": fields_for(action, today),
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
    kind, amount = move.action.amount, move.amount
    if kind == "approved" and amount is not None:
        changes["approved"] = amount
    elif kind is not None and amount is not None:
        changes[kind] = getattr(at, kind) + amount
    if move.action.round:
        changes["rounds"] = at.rounds | {entered.round or 0}
    return replace(at, **changes)
