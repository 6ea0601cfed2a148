"""Changes of approved proposals: who decides each kind, what it may change, how it is applied (Đ11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from kcflow import reference
from kcflow.labels import ROLE
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.batch import Done, after
from kcflow.services.money.codes import ADJUSTMENT
from kcflow.services.money.dossiers import edit_row
from kcflow.services.money.owners import contract_of
from kcflow.services.money_views import AdjustmentKind as KindView
from kcflow.services.texts import document_label, error_label
from states.model import Label

if TYPE_CHECKING:
    from db.rows import DossierRow as StoredDossier
    from kcflow.reference import AdjustmentKind
    from states.facts import Effect

APPROVED: Final = "approved"
"""The field of a change of the support; every other field is one of the proposal's content."""
APPROVER: Final = "approver"
"""Of local money: the level that the province's own lifecycle names (its parameter)."""


# -- what the rules ask ----------------------------------------------------------------------


def _own_kind(row: StoredDossier) -> AdjustmentKind | None:
    """The kind of the adjustment `row`, as in force when it was asked for; None of anything else."""
    content = row.content
    if row.kind != ADJUSTMENT:
        return None
    return reference.adjustment_kind(content["change"], row.source, date.fromisoformat(content["asked_on"]))


def effect_of(row: StoredDossier) -> Effect | None:
    """What the adjustment `row` does to its proposal; None of anything else."""
    kind = _own_kind(row)
    return kind.effect if kind else None


def papers_of(row: StoredDossier) -> tuple[tuple[str, ...], ...]:
    """Papers that the adjustment `row` needs before it is decided, each entry a tuple of alternatives."""
    kind = _own_kind(row)
    if kind is None:
        return ()
    return kind.group_papers if row.content["by_group_rule"] else kind.papers


def by_group_rule(context: Context, kind: AdjustmentKind, row: StoredDossier) -> bool:
    """Whether the department decides: place, beneficiary, coordinating unit of a group proposal that it
    registered (TT 36/2013 Đ11.4); one that went to the agency directly isn't its own (Đ8.1b)."""
    kinds: list[str] = row.content["kinds"]
    direct = "multi_province" in kinds or context.shared.office_kind(row.unit_office) == "regional_centre"
    return bool(kind.group_decides) and "group" in kinds and not direct


def decided_by(context: Context, kind: AdjustmentKind, row: StoredDossier) -> tuple[str, str]:
    """(role that decides this change of the proposal `row`, legal basis), from the rules in force."""
    if by_group_rule(context, kind, row):
        return kind.group_decides, kind.group_basis
    if kind.decides != APPROVER:
        return kind.decides, kind.basis
    return context.shared.lifecycle(row.lifecycle).parameters.get(
        APPROVER, "provincial_committee"
    ), kind.basis


def amounts(row: StoredDossier) -> dict[str, int]:
    """The proposal of the adjustment `row` with the support it is to have, đồng; 0: no other amount."""
    return {row.content["proposal"]: row.content["after"].get(APPROVED) or 0}


def change_label(change: str) -> Label:
    """Name of a kind of change; an unknown one shows its code."""
    known = (kind.label for kind in reference.adjustment_kinds() if kind.code == change)
    return next(known, Label(change, change))


def in_force(source: str, on: date) -> dict[str, AdjustmentKind]:
    """The kinds of change of money of `source` that stand on a day, by code."""
    return {k.code: k for k in reference.adjustment_kinds() if k.source == source and k.in_force(on)}


def kinds(context: Context, source: str) -> tuple[KindView, ...]:
    """The kinds of change in force today for money of `source`, and who decides each.

    Of local money the province's approver decides; of group proposals the department may (Đ11.4).
    """
    return tuple(
        KindView(
            name=kind.code,
            label=kind.label,
            fields=kind.fields,
            decides="provincial_committee" if kind.decides == APPROVER else kind.decides,
            decides_label=ROLE["provincial_committee" if kind.decides == APPROVER else kind.decides],
            basis=kind.basis,
        )
        for kind in in_force(source, context.today).values()
    )


# -- applying --------------------------------------------------------------------------------


@after(ADJUSTMENT, "apply")
@after(ADJUSTMENT, "apply_carry_over")
def change_content(done: Done) -> None:
    """Write what was decided about the proposal's content, every field before → after, in one history row;
    and let its contract's limit follow the support."""
    _refuse_form(done)
    content: Mapping[str, Any] = done.row.content
    proposal = done.writer.dossier(content["proposal"])
    new = {name: value for name, value in content["after"].items() if name != APPROVED}
    if proposal is not None and new:
        edit_row(
            done.context,
            done.writer,
            proposal,
            done.context.shared.lifecycle(proposal.lifecycle),
            done.move.assignment,
            {**proposal.content, **new},
            request=door.bulk_request(done.request, f"{proposal.code} content"),
            on=max(done.inputs.on, proposal.last_on),
            reason=done.inputs.reason,
        )
    _lift_contract(done)


def _refuse_form(done: Done) -> None:
    """Refuse a decision in a form that the law doesn't name for this kind of change. Raises `BadInput`."""
    kind, document = _own_kind(done.row), done.inputs.document
    if kind is None or document is None:
        return
    forms = kind.group_forms if done.row.content["by_group_rule"] else kind.forms
    if document.kind not in forms:
        labels = [document_label(form) for form in forms]
        named = Label(" / ".join(label.vi for label in labels), " / ".join(label.en for label in labels))
        given = document_label(document.kind)
        told = error_label("adjust_form", change=kind.label, document=given, forms=named)
        raise BadInput("adjust_form", told)


def _lift_contract(done: Done) -> None:
    """A contract may promise as much as is approved for its proposals: its limit rises with the support."""
    content: Mapping[str, Any] = done.row.content
    more = (content["after"].get(APPROVED) or 0) - (content["before"].get(APPROVED) or 0)
    code = (
        contract_of(done.writer, content["proposal"]) if APPROVED in content["after"] and more > 0 else None
    )
    contract = done.writer.dossier(code) if code else None
    if contract is None or contract.ending:
        return
    limit = contract.content["total"] + more
    edit_row(
        done.context,
        done.writer,
        contract,
        done.context.shared.lifecycle(contract.lifecycle),
        done.move.assignment,
        {**contract.content, "total": limit, "requested": limit},
        request=door.bulk_request(done.request, f"{contract.code} limit"),
        on=max(done.inputs.on, contract.last_on),
        reason=done.inputs.reason,
    )
