"""Who may set an office's own deadlines and the days of its calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kcflow import reference
from kcflow.labels import OFFICE_KIND
from kcflow.services.context import Context, office_view
from kcflow.services.errors import BadInput, NoPermission, NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import OfficeView
from kcflow.text import vietnamese_sort_key
from states.facts import Assignment
from states.model import Label

if TYPE_CHECKING:
    from db.rows import OrganisationRow

SETTERS: Final = ("supervisor", "admin")
"""Roles that set own rules and days."""
NATIONAL: Final = frozenset({"ministry", "agency"})
"""Kinds of office whose rules count in the whole country."""
PROVINCIAL: Final = frozenset({"department", "provincial_committee", "finance_department"})
"""Kinds of office whose rules count in their province."""


def for_office(context: Context, code: str) -> Assignment:
    """The role in which this person sets rules of the office `code`.

    A province's office: supervisors and administrators of that province (its predecessors included); a
    national one: those of the ministry's side. Raises `NotFound`, `BadInput` (an office that sets none, or is
    closed), `NoPermission` with the office named.
    """
    office = context.shared.offices.get(code.strip())
    if office is None:
        raise NotFound("office_unknown", error_label("office_unknown", office=code))
    if office.kind not in NATIONAL | PROVINCIAL:
        kind = OFFICE_KIND.get(office.kind, Label(office.kind, office.kind))
        raise BadInput("rule_office", error_label("rule_office", office=office.name, kind=kind))
    if office.valid_to is not None and office.valid_to < context.today:
        raise BadInput(
            "rule_office_closed", error_label("rule_office_closed", office=office.name, on=office.valid_to)
        )
    for one in context.actor.assignments:
        if _fits(one, office):
            return one
    raise NoPermission("rule_other_office", error_label("rule_other_office", office=office.name))


def _fits(one: Assignment, office: OrganisationRow) -> bool:
    """Whether this role sets the rules of an office."""
    if one.role not in SETTERS:
        return False
    return one.office_kind in NATIONAL if office.province is None else office.province in one.provinces


def offices(context: Context) -> tuple[OfficeView, ...]:
    """Offices in force whose rules this person may set, the own ones first; empty: none."""
    own = [each.office for each in context.actor.assignments]
    found = [
        office
        for office in context.shared.offices.values()
        if office.kind in NATIONAL | PROVINCIAL
        and office.valid_from <= context.today
        and (office.valid_to is None or office.valid_to >= context.today)
        and any(_fits(one, office) for one in context.actor.assignments)
    ]
    found.sort(key=lambda office: (office.code not in own, vietnamese_sort_key(office.name)))
    return tuple(map(office_view, found))


def for_calendar(context: Context) -> Assignment:
    """The role in which this person sets days: the calendar is one for all, so it is the ministry's side's.

    Where a store is one province's alone, that province's supervisors and administrators set it.
    Raises `NoPermission`.
    """
    alone = _one_province(context)
    for one in context.actor.assignments:
        if one.role in SETTERS and (one.office_kind in NATIONAL or (alone and one.provinces)):
            return one
    name = next((office.name for office in context.shared.offices.values() if office.kind == "agency"), "Cục")
    raise NoPermission("calendar_other_office", error_label("calendar_other_office", office=name))


def _one_province(context: Context) -> bool:
    """Whether all offices of provinces lie in one province of today."""
    keys = {
        office.province
        for office in context.shared.offices.values()
        if office.province and not office.valid_to
    }
    return any(keys <= reference.covered_by(key) for key in keys)
