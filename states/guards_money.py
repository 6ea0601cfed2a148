"""Rules about one proposal's money: rounds, contract, advances, acceptance, settlement, refund, adjustment.

Every refusal for an amount says by how much it is too much (`missing`, đồng). A rule about an amount
that is not entered yet refuses only where no amount could pass.
"""

from __future__ import annotations

from states.facts import AdvanceRule, Case, Effect, Fund, Refusal
from states.guarding import CONTRACTS, guard, has_paper, lacking, refuse

# -- an allocation round ------------------------------------------------------------------------


@guard
def round_other_year(case: Case) -> Refusal | None:
    """A round gives the money of one budget year (Luật NSNN 83/2015 Đ49): the proposal's own."""
    via, facts = case.inputs.via, case.facts
    if via is None or via.plan_year in (facts.plan_year, facts.budget_year):
        return None
    runs_until = facts.ends_on.year if facts.ends_on and "multi_year" in facts.kinds else facts.plan_year
    if facts.plan_year < via.plan_year <= runs_until:
        return None
    return refuse("round_other_year", round_year=via.plan_year, plan_year=facts.plan_year)


@guard
def round_other_source(case: Case) -> Refusal | None:
    """National money goes to national proposals, a province's to its own (NĐ 45/2012 Đ11)."""
    via = case.inputs.via
    return None if via is None or via.source == case.facts.source else refuse("round_other_source")


@guard
def round_other_province(case: Case) -> Refusal | None:
    """A province's round is for its own proposals (TTLT 26/2014 Đ8.1b); a national one for all."""
    via = case.inputs.via
    if via is None or not via.province:
        return None
    if case.facts.province in (via.provinces or frozenset({via.province})):
        return None
    return refuse("round_other_province", province=via.province)


@guard
def content_not_covered(case: Case) -> Refusal | None:
    """A round may be for some contents only: đợt 1 of 2024 for fairs and conferences (domain.md §2.5)."""
    via = case.inputs.via
    if via is None or not via.contents or via.contents & case.facts.contents:
        return None
    return refuse("content_not_covered", contents=_codes(via.contents))


@guard
def content_partly_covered(case: Case) -> Refusal | None:
    """A proposal of several contents, of which the round covers some: a warning."""
    via = case.inputs.via
    if via is None or not via.contents or not via.contents & case.facts.contents:
        return None
    left = case.facts.contents - via.contents
    return refuse("content_partly_covered", contents=_codes(left)) if left else None


def _codes(contents: frozenset[int]) -> str:
    return ", ".join(str(code) for code in sorted(contents))


@guard
def round_has_opinion(case: Case) -> Refusal | None:
    """Nothing is allocated before the finance agency's opinion (TT 36/2013 Đ6.4; TTLT 26/2014 Đ8.1)."""
    via = case.inputs.via
    return None if via is None or via.has_opinion else refuse("round_without_opinion", round=via.code)


@guard
def within_round_ceiling(case: Case) -> Refusal | None:
    """Σ allocations of a round ≤ its ceiling (domain.md §11.1, principle 2)."""
    via, amount = case.inputs.via, case.amount
    if via is None or via.fund is None or amount is None:
        return None
    missing = via.fund.allocated - via.fund.returned + amount - via.fund.ceiling
    if missing <= 0:
        return None
    return refuse("round_over_ceiling", round=via.code, missing=missing, ceiling=via.fund.ceiling)


def _plan_of(case: Case) -> Fund | None:
    via = case.inputs.via
    if via is None or via.kind == "adjustment":
        return case.facts.plan
    return via.fund if via.kind == "annual_plan" else via.plan


@guard
def within_plan(case: Case) -> Refusal | None:
    """Σ of a year's approvals, and Σ of its rounds, ≤ the year's plan (Luật NSNN 83/2015 Đ49; NĐ 45 Đ2.2)."""
    plan, amount, action = _plan_of(case), case.amount, case.action
    via = case.inputs.via
    if plan is None:
        return refuse("plan_missing") if via is not None and via.kind == "allocation_round" else None
    if amount is None or action is None:
        return None
    if action.amount == "approved":
        missing = plan.approved + amount - (case.facts.approved or 0) - plan.ceiling
    else:
        missing = plan.allocated - plan.returned + amount - plan.ceiling
    return refuse("plan_over", missing=missing, ceiling=plan.ceiling) if missing > 0 else None


# -- the contract -------------------------------------------------------------------------------


@guard
def contract_within_allocated(case: Case) -> Refusal | None:
    """The contract promises no more than what is allocated, nor than its own value (TT 36/2013 Đ12.1)."""
    facts, amount, via = case.facts, case.amount, case.inputs.via
    if amount is None:
        if facts.contracted >= facts.allocated > 0:
            return refuse("nothing_left_to_contract", allocated=facts.allocated)
        return None
    missing = facts.contracted + amount - facts.allocated
    if missing > 0:
        return refuse(
            "contract_over_allocated",
            amount=amount,
            missing=missing,
            allocated=facts.allocated,
            contracted=facts.contracted,
        )
    if via is not None and via.kind == "contract" and via.fund is not None:
        over = via.fund.contracted + amount - via.fund.ceiling
        if over > 0:
            return refuse("contract_over_value", missing=over, ceiling=via.fund.ceiling)
    return None


@guard
def contract_covers_work(case: Case) -> Refusal | None:
    """A contract isn't lowered below what was paid out or accepted under it (TT 36/2013 Đ11.2, Đ14)."""
    facts, amount = case.facts, case.amount
    if amount is None:
        return None
    used = max(facts.advanced - facts.returned, facts.accepted)
    missing = used - (facts.contracted + amount)
    return refuse("contract_below_work", missing=missing, used=used) if missing > 0 else None


def _said_without_contract(case: Case) -> bool:
    """Whether another rule of the act refuses it already because there is no contract."""
    facts, action = case.facts, case.action
    if facts.contracted or facts.contract_signed or has_paper(case, *CONTRACTS):
        return False
    return action is not None and "contract_recorded" in action.guards


@guard
def within_contract(case: Case) -> Refusal | None:
    """Nothing is paid out beyond the contract (TT 36/2013 Đ12.1, Đ13–14)."""
    facts, amount = case.facts, case.amount
    if _said_without_contract(case):
        return None
    paid = facts.advanced - facts.returned
    if amount is None:
        return refuse("contract_paid_out", contracted=facts.contracted) if paid >= facts.contracted else None
    missing = paid + amount - facts.contracted
    if missing <= 0:
        return None
    return refuse(
        "amount_over_contract", amount=amount, missing=missing, contracted=facts.contracted, paid=paid
    )


@guard
def all_accepted(case: Case) -> Refusal | None:
    """A contract is accepted with the last of its proposals (TT 36/2013 Đ18.1)."""
    return None if case.facts.all_accepted else refuse("not_all_accepted")


@guard
def all_ended(case: Case) -> Refusal | None:
    """A contract ends when nothing of it is open: money still due is charged to it (TTLT 26/2014 Đ8.3b)."""
    return None if case.facts.all_ended else refuse("not_all_ended")


@guard
def last_of_contract(case: Case) -> Refusal | None:
    """The settlement's days count from the last acceptance of the contract (TT 36/2013 Đ18.1)."""
    return None if case.facts.others_accepted else refuse("others_not_accepted")


# -- advances and payments ----------------------------------------------------------------------


def advance_rule(case: Case) -> AdvanceRule | None:
    """The rule for the entered type of activity in force on the day of the act."""
    wanted, on = case.inputs.fields.get("advance_type"), case.inputs.on
    for rule in case.facts.advance_rules:
        if rule.type == wanted and rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
            return rule
    return None


@guard
def advance_ratio(case: Case) -> Refusal | None:
    """A first advance is 30, 70 or 100 % of the support by type (TT 36/2013 Đ13), or what the head of the
    agency decided (Đ16)."""
    facts, amount, fields = case.facts, case.amount, case.inputs.fields
    if "advance_type" not in fields or _said_without_contract(case):
        return None
    rule = advance_rule(case)
    if rule is None:
        return refuse("advance_rule_missing", on=case.inputs.on)
    decided = fields.get("advance_permille")
    if isinstance(decided, int):
        if not has_paper(case, "quyet_dinh_ty_le_tam_ung"):
            return refuse("advance_decision_missing")
        permille, basis = decided, "TT 36/2013 Đ16"
    elif rule.permille is None:
        return refuse("advance_ratio_unknown", basis=rule.basis)
    else:
        permille, basis = rule.permille, rule.basis
    limit = facts.contracted * permille // 1000
    missing = facts.advanced - facts.returned + (amount or 1) - limit
    if missing <= 0:
        return None
    return refuse("advance_over_ratio", missing=missing, limit=limit, permille=permille, basis=basis)


@guard
def advance_volume(case: Case) -> Refusal | None:
    """Some types are advanced only when the work done is worth enough (TT 36/2013 Đ13.1, Đ13.2d)."""
    rule, done = advance_rule(case), case.inputs.fields.get("volume_permille")
    if rule is None or not rule.min_volume_permille:
        return None
    if not isinstance(done, int):
        params = {"permille": rule.min_volume_permille, "basis": rule.basis}
        return Refusal("input", "advance_volume_missing", params)
    if done > rule.min_volume_permille:
        return None
    params = {"done_permille": done, "permille": rule.min_volume_permille, "basis": rule.basis}
    return Refusal("input", "advance_volume_low", params)


@guard
def advance_papers(case: Case) -> Refusal | None:
    """The papers of a first advance by type of activity (TT 36/2013 Đ13)."""
    rule = advance_rule(case)
    lacks = lacking(case, rule.papers) if rule else ()
    return refuse("advance_papers_missing", documents=lacks, basis=rule.basis) if rule and lacks else None


@guard
def advance_cap_conflict(case: Case) -> Refusal | None:
    """TTLT 26/2014 Đ8.2b caps every advance at 70 % where TT 36/2013 Đ13.3 allows 100 %: a warning."""
    rule, facts = advance_rule(case), case.facts
    if rule is None or rule.cap_permille is None or case.amount is None or _said_without_contract(case):
        return None
    decided = case.inputs.fields.get("advance_permille")
    allowed = decided if isinstance(decided, int) else rule.permille
    if allowed is not None and allowed <= rule.cap_permille:
        return None
    cap = facts.contracted * rule.cap_permille // 1000
    missing = facts.advanced - facts.returned + case.amount - cap
    if missing <= 0:
        return None
    return refuse(
        "advance_cap_conflict",
        missing=missing,
        limit=cap,
        permille=rule.cap_permille,
        basis=rule.cap_basis,
        other="TT 36/2013 Đ16" if isinstance(decided, int) else rule.basis,
    )


@guard
def remaining_papers(case: Case) -> Refusal | None:
    """The papers of the remaining part by type of activity (TT 36/2013 Đ14)."""
    rule = advance_rule(case)
    if rule is None:
        known = "advance_type" in case.inputs.fields
        return refuse("advance_rule_missing", on=case.inputs.on) if known else None
    lacks = lacking(case, rule.remaining_papers)
    return refuse("remaining_papers_missing", documents=lacks, basis=rule.remaining_basis) if lacks else None


@guard
def multi_year_only(case: Case) -> Refusal | None:
    """Next advances are for proposals of several years (TT 36/2013 Đ15)."""
    return None if "multi_year" in case.facts.kinds else refuse("multi_year_only")


@guard
def supplementary_estimate(case: Case) -> Refusal | None:
    """What is given out was assigned as a supplement: within ten working days (TT 342/2016 Đ13.5)."""
    return None if case.facts.supplementary else refuse("not_supplementary")


@guard
def one_year_only(case: Case) -> Refusal | None:
    """A year's estimate ends with the year; a proposal of several years goes on (TT 26/2026/TT-BTC Đ15.2)."""
    return refuse("one_year_only") if "multi_year" in case.facts.kinds else None


@guard
def advanced_before(case: Case) -> Refusal | None:
    """A next advance follows the first one (TT 36/2013 Đ15)."""
    return None if case.facts.advanced > 0 else refuse("not_advanced_yet")


@guard
def within_accepted(case: Case) -> Refusal | None:
    """Beyond the advance only accepted work is paid; once settled, what was settled (TT 36 Đ14, Đ18)."""
    facts, amount = case.facts, case.amount
    cap, paid = facts.settled or facts.accepted, facts.advanced - facts.returned
    if amount is None:
        return refuse("nothing_left_to_pay", accepted=cap, paid=paid) if paid >= cap else None
    missing = paid + amount - cap
    if missing <= 0:
        return None
    return refuse("payment_over_accepted", amount=amount, missing=missing, accepted=cap, paid=paid)


# -- acceptance, settlement, refund -------------------------------------------------------------


@guard
def acceptance_within_contract(case: Case) -> Refusal | None:
    """Σ of accepted parts ≤ the contract (TT 36/2013 Đ14, Đ21.1)."""
    facts, amount = case.facts, case.amount
    if amount is None:
        optional = case.action is not None and case.action.amount_optional
        if facts.accepted >= facts.contracted and not optional:
            return refuse("nothing_left_to_accept", contracted=facts.contracted)
        return None
    missing = facts.accepted + amount - facts.contracted
    if missing <= 0:
        return None
    return refuse(
        "acceptance_over_contract",
        amount=amount,
        missing=missing,
        contracted=facts.contracted,
        accepted=facts.accepted,
    )


@guard
def something_accepted(case: Case) -> Refusal | None:
    """The last acceptance needs an amount unless parts were accepted before (TT 36/2013 Đ14, Đ18.4)."""
    if case.facts.contracted == 0:
        return refuse("nothing_left_to_accept", contracted=0)
    if case.after("accepted") > 0:
        return None
    return Refusal("input", "amount_required", {"kind": "accepted"})


@guard
def settled_within_accepted(case: Case) -> Refusal | None:
    """One settlement, of no more than what was accepted (TT 36/2013 Đ18)."""
    facts, amount = case.facts, case.amount
    if facts.settled > 0:
        return refuse("already_settled", settled=facts.settled)
    if amount is None or amount <= facts.accepted:
        return None
    return refuse(
        "settled_over_accepted", amount=amount, missing=amount - facts.accepted, accepted=facts.accepted
    )


def _refund_after(case: Case) -> int:
    kept = case.after("settled") or case.after("accepted")
    return max(0, case.after("advanced") - case.after("returned") - kept)


@guard
def nothing_to_refund(case: Case) -> Refusal | None:
    """Outcome: after the act, no money has to come back (TT 36/2013 Đ12.6)."""
    return None if _refund_after(case) == 0 else refuse("outcome_unclear")


@guard
def refund_open(case: Case) -> Refusal | None:
    """Outcome: after the act, money was paid out that was not earned (TT 36/2013 Đ12.6; TT 26/2026 Đ19)."""
    return None if _refund_after(case) > 0 else refuse("outcome_unclear")


@guard
def refund_within_due(case: Case) -> Refusal | None:
    """No more comes back than is due (TT 36/2013 Đ12.6; TT 26/2026/TT-BTC Đ19.4)."""
    due, amount = case.facts.refund_due, case.amount
    if due == 0:
        return refuse("no_refund_due")
    if amount is None or amount <= due:
        return None
    return refuse("refund_over_due", amount=amount, missing=amount - due, due=due)


# -- adjustment ---------------------------------------------------------------------------------


def _decides(case: Case) -> str | None:
    via = case.inputs.via
    return via.decides if via is not None and via.decides else case.facts.decides


def _effect(case: Case) -> Effect | None:
    via = case.inputs.via
    return via.effect if via is not None and via.effect else case.facts.effect


def _decided_by(case: Case, *roles: str) -> Refusal | None:
    decides = _decides(case)
    if decides in roles:
        return None
    return refuse("decided_elsewhere", roles=(decides,)) if decides else refuse("decides_unknown")


@guard
def decides_ministry(case: Case) -> Refusal | None:
    """Raising the support, another content, the next year, adding, stopping (TT 36/2013 Đ11.2a)."""
    return _decided_by(case, "ministry")


@guard
def decides_agency(case: Case) -> Refusal | None:
    """Place, beneficiary, time inside the year, other changes (TT 36/2013 Đ11.2b); ratios (Đ16)."""
    return _decided_by(case, "agency")


@guard
def decided_in_province(case: Case) -> Refusal | None:
    """A group proposal's plan (TT 36/2013 Đ11.4) and every local proposal (TT 46/2012 Đ8.3b)."""
    return _decided_by(case, "department", "provincial_committee")


@guard
def decided_above_province(case: Case) -> Refusal | None:
    """The department confirms what the agency or the Minister decides (TT 36/2013 Đ11.2, Đ21.2b)."""
    return _decided_by(case, "agency", "ministry")


@guard
def decided_by_right_level(case: Case) -> Refusal | None:
    """Only the level that the law names for this kind of change decides it (TT 36/2013 Đ11)."""
    if case.assignment is None:
        return None
    return _decided_by(case, case.assignment.role)


@guard
def carry_over_only(case: Case) -> Refusal | None:
    """Only for an extension into the next year (TT 36/2013 Đ11.2a)."""
    return None if _effect(case) == "carry_over" else refuse("carry_over_only")


@guard
def not_carry_over(case: Case) -> Refusal | None:
    """Every change but the extension into the next year (TT 36/2013 Đ11)."""
    return refuse("not_carry_over") if _effect(case) == "carry_over" else None


@guard
def change_is_money(case: Case) -> Refusal | None:
    """The change gives the proposal another amount of support (TT 36/2013 Đ11.2)."""
    return None if _effect(case) == "approved" else refuse("change_not_money")


@guard
def adjusted_amount(case: Case) -> Refusal | None:
    """A change of the support says the new amount; any other leaves it alone (TT 36/2013 Đ11.2)."""
    amount = case.inputs.amount
    if change_is_money(case) is not None:
        return Refusal("input", "amount_not_asked") if amount is not None else None
    if amount is None:
        return Refusal("input", "amount_required", {"kind": "approved"})
    return refuse("amount_unchanged", amount=amount) if amount == case.facts.approved else None


@guard
def raise_by_ministry(case: Case) -> Refusal | None:
    """Only the Minister raises the support; the agency keeps or reduces it (TT 36/2013 Đ11.2)."""
    amount, approved = case.inputs.amount, case.facts.approved
    if amount is None or approved is None or amount <= approved or _decides(case) == "ministry":
        return None
    return refuse("amount_raised", amount=amount, approved=approved)


@guard
def change_papers_present(case: Case) -> Refusal | None:
    """The papers that this kind of change needs: the unit's letter, the department's (TT 36/2013 Đ11)."""
    lacks = lacking(case, case.facts.change_papers)
    return refuse("change_papers_missing", documents=lacks) if lacks else None
