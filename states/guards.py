"""Named rules: each looks at one case and answers with a refusal, or with None.

A rule about an amount that is not entered yet refuses only where no amount could pass.

A guard does no I/O. Its name is what a lifecycle file may write under `guards`, `warnings` or
`to = [{ when = … }]`; a file that names another guard is refused when it is loaded.
"""

from __future__ import annotations

from states import guards_items, guards_money  # noqa: F401 - they register their rules
from states.facts import Case, Refusal
from states.guarding import AGREED, CONTRACTS, GUARDS, Guard, entered, guard, has_paper
from states.guarding import refuse as _refuse

__all__ = ["AGREED", "CONTRACTS", "GUARDS", "Guard", "guard", "has_paper"]

CONCLUDERS: dict[str, frozenset[str]] = {
    "mau_4a": frozenset({"department"}),
    "mau_4b": frozenset({"department"}),
    "bien_ban_tham_dinh": frozenset({"agency"}),
    "mau_5a": frozenset({"department", "agency"}),
    "mau_5b": frozenset({"department", "agency"}),
    "mau_5c": frozenset({"agency"}),
    "mau_11": frozenset({"department"}),
}
"""Papers that conclude "agreed" or "not agreed", and the roles whose conclusion it is
(TT 36/2013 Đ8.1a, Đ8.2, Đ21.1, Đ21.2a). Nobody else can put a conclusion on them."""

BASE_APPRAISALS = ("mau_4a", "mau_4b")
MINISTRY_APPRAISALS = ("bien_ban_tham_dinh",)
ACCEPTANCES = ("mau_5a", "mau_5b", "mau_5c")
GROUP_PLANS = ("mau_11",)

SAME_LACK: dict[str, tuple[str, ...]] = {
    "beneficiary_request_missing": ("don_de_nghi_thu_huong",),
    "base_appraisal_missing": BASE_APPRAISALS,
    "ministry_appraisal_missing": MINISTRY_APPRAISALS,
    "mof_opinion_missing": ("y_kien_btc",),
    "acceptance_missing": ACCEPTANCES,
    "group_plan_missing": GROUP_PLANS,
    "bidding_result_missing": ("quyet_dinh_trung_thau",),
    "contract_missing": CONTRACTS,
    "stc_opinion_missing": ("phieu_tham_dinh_stc",),
    "advance_decision_missing": ("quyet_dinh_ty_le_tam_ung",),
}
"""Refusals that say, better, what "document_missing" would say of these kinds: one paper of
them, with the agreement where they conclude, takes the refusal away."""

LACKING = frozenset({"advance_papers_missing", "remaining_papers_missing", "change_papers_missing"})
"""Refusals that name the kinds of paper that lack in their own parameter `documents`."""

CONTRARY: dict[str, tuple[str, ...]] = {
    "base_appraisal_not_agreed": BASE_APPRAISALS,
    "ministry_appraisal_not_agreed": MINISTRY_APPRAISALS,
    "acceptance_not_agreed": ACCEPTANCES,
}
"""Refusals because the newest paper of these kinds concludes "not agreed"."""

AGREEMENTS = frozenset(
    {"base_appraisal_agreed", "ministry_appraisal_agreed", "group_plan_approved", "acceptance_agreed"}
)
"""Rules that ask for such a conclusion."""


def _conclusion(case: Case, *kinds: str) -> tuple[bool, str | None]:
    """Return (a paper of `kinds` is there, the conclusion of the newest one).

    Papers entered together are equally new: they agree only if every one of them does.
    """
    together = [paper.conclusion for paper in entered(case) if paper.kind in kinds]
    if together:
        return True, next((one for one in together if one != AGREED), AGREED)
    for kind in reversed(list(case.facts.papers)):
        if kind in kinds:
            return True, case.facts.papers[kind]
    return False, None


def _is_direct(case: Case) -> bool:
    """TT 36/2013 Đ8.1b: multi-province proposals and regional centres go to the Cục directly."""
    return "multi_province" in case.facts.kinds or case.facts.unit_kind == "regional_centre"


# -- drafting and appraisal -----------------------------------------------------------------


@guard
def estimate_balances(case: Case) -> Refusal | None:
    """Mẫu 1: (1) = (2) + (3) + (4), and there is something to support (domain.md §5.1)."""
    facts = case.facts
    parts = facts.requested + facts.counterpart + facts.other
    if parts != facts.total or facts.requested <= 0:
        return _refuse("estimate_unbalanced", total=facts.total, sum=parts)
    return None


@guard
def beneficiary_request_present(case: Case) -> Refusal | None:
    """TT 36/2013 Đ10.1a: a beneficiary who is not the unit asks for support in writing."""
    if case.facts.beneficiary_differs and not has_paper(case, "don_de_nghi_thu_huong"):
        return _refuse("beneficiary_request_missing")
    return None


@guard
def direct_route(case: Case) -> Refusal | None:
    """Only multi-province proposals and regional centres (TT 36/2013 Đ8.1b)."""
    return None if _is_direct(case) else _refuse("direct_route_only")


@guard
def not_direct_route(case: Case) -> Refusal | None:
    """Every other proposal goes through the Sở (TT 36/2013 Đ8.1a)."""
    return _refuse("not_direct_route") if _is_direct(case) else None


@guard
def base_appraisal_agreed(case: Case) -> Refusal | None:
    """Phiếu thẩm định Mẫu 4a or 4b concludes "agreed" (TT 36/2013 Đ8.1a)."""
    found, conclusion = _conclusion(case, *BASE_APPRAISALS)
    if not found:
        return _refuse("base_appraisal_missing")
    return None if conclusion == AGREED else _refuse("base_appraisal_not_agreed")


@guard
def ministry_appraisal_agreed(case: Case) -> Refusal | None:
    """The ministry-level appraisal selects the proposal (TT 36/2013 Đ6.3, Đ8.2)."""
    found, conclusion = _conclusion(case, *MINISTRY_APPRAISALS)
    if not found:
        return _refuse("ministry_appraisal_missing")
    return None if conclusion == AGREED else _refuse("ministry_appraisal_not_agreed")


@guard
def changed_since_return(case: Case) -> Refusal | None:
    """A returned dossier comes back changed, or with a further paper (domain.md T4)."""
    if case.facts.edited_since_entry or entered(case):
        return None
    return _refuse("unchanged_since_return")


@guard
def fund_source_kcqg(case: Case) -> Refusal | None:
    """Only national proposals."""
    return None if case.facts.source == "kcqg" else _refuse("not_national")


# -- money -----------------------------------------------------------------------------------


@guard
def amount_within_total(case: Case) -> Refusal | None:
    """No one approves more than the total of Mẫu 1 (domain.md §11.3, impossible moves)."""
    amount = case.inputs.amount
    if amount is not None and amount > case.facts.total:
        return _refuse("amount_over_total", amount=amount, total=case.facts.total)
    # What was contracted stays when unused money was released: the amount can't fall below it either.
    given = max(case.facts.allocated, case.facts.contracted)
    if amount is not None and amount < given:
        return _refuse("amount_below_allocated", amount=amount, allocated=given)
    return None


@guard
def amount_within_approved(case: Case) -> Refusal | None:
    """Σ rounds ≤ approved (domain.md §11.1, principle 2)."""
    facts, amount = case.facts, case.inputs.amount
    if facts.approved is None:
        return None
    if amount is None:
        left = facts.approved - facts.allocated
        return _refuse("nothing_left_to_allocate", approved=facts.approved) if left <= 0 else None
    missing = facts.allocated + amount - facts.approved
    if missing > 0:
        return _refuse(
            "amount_over_approved",
            amount=amount,
            missing=missing,
            approved=facts.approved,
            allocated=facts.allocated,
        )
    return None


@guard
def amount_raises_approved(case: Case) -> Refusal | None:
    """Raising the support is the Minister's (TT 36/2013 Đ11.2a)."""
    amount, approved = case.inputs.amount, case.facts.approved
    if approved is None:
        return None
    if amount is None:
        total = case.facts.total
        return _refuse("nothing_left_to_raise", approved=approved, total=total) if approved >= total else None
    if amount > approved:
        return None
    return _refuse("amount_not_raised", amount=amount, approved=approved)


@guard
def amount_lowers_approved(case: Case) -> Refusal | None:
    """The Cục may keep or reduce the support, never raise it (TT 36/2013 Đ11.2)."""
    amount, approved = case.inputs.amount, case.facts.approved
    if amount is None or approved is None or amount <= approved:
        return None
    return _refuse("amount_raised", amount=amount, approved=approved)


@guard
def has_amount_approved(case: Case) -> Refusal | None:
    """The plan's decision has set an amount."""
    return None if case.facts.approved else _refuse("approved_missing")


@guard
def round_not_used(case: Case) -> Refusal | None:
    """A dossier stands once in an allocation round."""
    number = case.inputs.round
    if number is not None and number in case.facts.rounds:
        return _refuse("round_used", round=number)
    return None


def _after_allocation(case: Case) -> tuple[int, int]:
    return case.facts.allocated + (case.inputs.amount or 0), case.facts.approved or 0


@guard
def fully_allocated(case: Case) -> Refusal | None:
    """With this round, the whole approved amount is allocated."""
    after, approved = _after_allocation(case)
    return None if approved and after >= approved else _refuse("outcome_unclear")


@guard
def partly_allocated(case: Case) -> Refusal | None:
    """With this round, a part of the approved amount is allocated."""
    after, approved = _after_allocation(case)
    return None if 0 < after < approved else _refuse("outcome_unclear")


@guard
def something_allocated(case: Case) -> Refusal | None:
    """Money stands behind the plan that is assigned."""
    return None if case.facts.allocated > 0 else _refuse("nothing_allocated")


@guard
def within_allocated(case: Case) -> Refusal | None:
    """Σ of what is paid out ≤ allocated (TT 36/2013 Đ13–14)."""
    facts, amount = case.facts, case.inputs.amount
    if amount is None and facts.advanced >= facts.allocated:
        return _refuse("nothing_left_to_advance", allocated=facts.allocated)
    if amount is not None and facts.advanced + amount > facts.allocated:
        return _refuse(
            "amount_over_allocated",
            amount=amount,
            missing=facts.advanced + amount - facts.allocated,
            allocated=facts.allocated,
            advanced=facts.advanced,
        )
    return None


@guard
def mof_opinion_recorded(case: Case) -> Refusal | None:
    """Notice and decision go out only after MOF's opinion (TT 36/2013 Đ6.4)."""
    return None if has_paper(case, "y_kien_btc") else _refuse("mof_opinion_missing")


# -- group proposals, bidding, contract -------------------------------------------------------


@guard
def group_only(case: Case) -> Refusal | None:
    """Only group proposals: the Sở decides place, beneficiary, coordinating unit (TT 36 Đ11.4)."""
    return None if "group" in case.facts.kinds else _refuse("group_only")


@guard
def not_group(case: Case) -> Refusal | None:
    """Not for group proposals."""
    return _refuse("not_group") if "group" in case.facts.kinds else None


@guard
def group_plan_approved(case: Case) -> Refusal | None:
    """Plan Mẫu 11 is in the dossier with the Sở's agreement (TT 36/2013 Đ21.2a)."""
    found, conclusion = _conclusion(case, *GROUP_PLANS)
    return None if found and conclusion == AGREED else _refuse("group_plan_missing")


@guard
def not_group_or_plan_approved(case: Case) -> Refusal | None:
    """A group proposal needs its approved plan first; any other passes."""
    return group_plan_approved(case) if "group" in case.facts.kinds else None


@guard
def bidding_only(case: Case) -> Refusal | None:
    """Only for the kinds that are put out to tender (TT 36/2013 Đ3)."""
    return None if "bidding" in case.facts.kinds else _refuse("bidding_only")


@guard
def bidding_result_recorded(case: Case) -> Refusal | None:
    """The decision on the tender reaches the Cục before the contract (TT 36/2013 Đ21.2c)."""
    return None if has_paper(case, "quyet_dinh_trung_thau") else _refuse("bidding_result_missing")


@guard
def not_bidding_or_result_recorded(case: Case) -> Refusal | None:
    """A tender needs its result first; any other proposal passes."""
    return bidding_result_recorded(case) if "bidding" in case.facts.kinds else None


@guard
def contract_recorded(case: Case) -> Refusal | None:
    """No advance before a contract or task assignment (TT 36/2013 Đ12.1, Đ13)."""
    if case.facts.contract_signed or has_paper(case, *CONTRACTS):
        return None
    return _refuse("contract_missing")


# -- acceptance, lateness ----------------------------------------------------------------------


@guard
def acceptance_agreed(case: Case) -> Refusal | None:
    """Minutes Mẫu 5a, 5b or 5c conclude "agreed" (TT 36/2013 Đ21.1)."""
    found, conclusion = _conclusion(case, *ACCEPTANCES)
    if not found:
        return _refuse("acceptance_missing")
    return None if conclusion == AGREED else _refuse("acceptance_not_agreed")


@guard
def acceptance_level(case: Case) -> Refusal | None:
    """The Sở accepts what went through it; the Cục what came to it directly (Mẫu 5c)."""
    if case.assignment is None:
        return None
    if _is_direct(case) and case.assignment.role == "department":
        return _refuse("acceptance_level_agency")
    if not _is_direct(case) and case.assignment.role == "agency":
        return _refuse("acceptance_level_department")
    return None


@guard
def after_deadline(case: Case) -> Refusal | None:
    """The act comes after the date in force; for dates that an office may move: a warning."""
    due_on = case.facts.due_on
    if due_on is not None and case.inputs.on > due_on:
        return _refuse("after_deadline", due_on=due_on)
    return None


@guard
def late_reason(case: Case) -> Refusal | None:
    """An act after its deadline gives its reason (domain.md §5.4)."""
    due_on = case.facts.due_on
    if due_on is not None and case.inputs.on > due_on and not (case.inputs.reason or "").strip():
        return Refusal("input", "late_reason_required", {"due_on": due_on})
    return None
