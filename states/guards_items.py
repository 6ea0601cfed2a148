"""Rules about a plan, a round or a contract as a whole: its list, its ceiling, the plan above it."""

from __future__ import annotations

from states.facts import Case, Refusal
from states.guarding import NOT_AGREED, guard, has_paper, refuse


@guard
def items_present(case: Case) -> Refusal | None:
    """A decision needs its list (TT 36/2013 Đ8.3; TTLT 26/2014 Đ8.1)."""
    items = case.facts.items
    return None if items is not None and items.count > 0 else refuse("items_missing")


@guard
def items_within_ceiling(case: Case) -> Refusal | None:
    """Σ of the list, with what was given before, ≤ the ceiling (domain.md §11.1, principle 2)."""
    items, fund = case.facts.items, case.facts.fund
    if items is None or fund is None:
        return None
    given = {
        "annual_plan": fund.approved,
        "allocation_round": fund.allocated - fund.returned,
        "contract": fund.contracted,
    }.get(case.facts.kind, 0)
    missing = given + items.total - fund.ceiling
    if missing <= 0:
        return None
    return refuse("items_over_ceiling", total=items.total, missing=missing, ceiling=fund.ceiling)


@guard
def plan_has_room(case: Case) -> Refusal | None:
    """Σ rounds ≤ the year's plan (Luật NSNN 83/2015 Đ49); a round without a plan has nothing to give."""
    items, plan = case.facts.items, case.facts.plan
    if plan is None:
        return refuse("plan_missing")
    missing = plan.allocated - plan.returned + (items.total if items else 0) - plan.ceiling
    return refuse("plan_over", missing=missing, ceiling=plan.ceiling) if missing > 0 else None


@guard
def items_allowed(case: Case) -> Refusal | None:
    """All or nothing: every proposal of the list can be moved (domain.md §11.1, principle 5)."""
    items = case.facts.items
    if items is None or not items.refused:
        return None
    return refuse("items_refused", count=len(items.refused), proposal=items.refused[0][0])


@guard
def items_unchanged(case: Case) -> Refusal | None:
    """What is issued is the list that was proposed (four eyes)."""
    items = case.facts.items
    if items is not None and items.digest == case.facts.proposed_digest:
        return None
    return refuse("items_changed")


@guard
def finance_opinion_recorded(case: Case) -> Refusal | None:
    """Nothing is issued before the Ministry of Finance (TT 36/2013 Đ6.4), or the finance department of the
    province (TTLT 26/2014 Đ8.1b), has given its opinion."""
    national = case.facts.source == "kcqg"
    kind = "y_kien_btc" if national else "phieu_tham_dinh_stc"
    if not has_paper(case, kind):
        return refuse("mof_opinion_missing" if national else "stc_opinion_missing")
    # While they disagree nothing is spent (Luật NSNN 83/2015 Đ49.2).
    if case.facts.papers.get(kind) == NOT_AGREED:
        return refuse("mof_not_agreed" if national else "stc_not_agreed")
    return None


OF_THE_LIST = frozenset(
    {"items_present", "items_within_ceiling", "plan_has_room", "items_allowed", "items_unchanged"}
)
"""Rules about the list as it stands: from a state in which the act isn't done they say nothing true."""
