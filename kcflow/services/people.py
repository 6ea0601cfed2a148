"""People, offices and who holds which role: closed, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from db import directory
from db.errors import DuplicateRow, UnknownRow
from db.rows import OrganisationRow, PersonRow
from kcflow import reference
from kcflow.labels import OFFICE_KIND, ROLE
from kcflow.services import door
from kcflow.services.context import Context, office_view, person_view
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import OfficeView, PersonView
from kcflow.text import person_sort_key, vietnamese_sort_key


def people(context: Context) -> tuple[PersonView, ...]:
    """Everybody, with every role held now or before, sorted by given name as in Vietnamese lists."""
    with context.store.read() as reader:
        persons = directory.people(reader)
        rows = tuple(directory.assignments(reader))
    views = (person_view(context.shared, person, rows) for person in persons)
    return tuple(sorted(views, key=lambda view: (person_sort_key(view.name), view.login)))


def offices(context: Context, kind: str | None, province: str | None) -> tuple[OfficeView, ...]:
    """Offices open today, filtered by kind and province (predecessors of a merged one included)."""
    keys = reference.covered_by(province) if province else None
    today = context.today
    return tuple(
        office_view(row)
        for row in sorted(
            context.shared.offices.values(), key=lambda row: (row.kind, vietnamese_sort_key(row.name))
        )
        if (kind is None or row.kind == kind)
        and (keys is None or row.province in keys)
        and row.valid_from <= today
        and (row.valid_to is None or row.valid_to >= today)
    )


def add_office(context: Context, code: str, name: str, kind: str, province: str | None) -> OfficeView:
    """Open an office. Raises `BadInput` (duplicate code, unknown kind or province), `NoPermission`."""
    context.require("admin")
    clean_code = door.text("code", code, required=True) or ""
    if kind not in OFFICE_KIND:
        raise BadInput("kind_unknown", error_label("kind_unknown", kind=kind, known=", ".join(OFFICE_KIND)))
    key = province_key(context, province) if province else None
    row = OrganisationRow(
        clean_code, door.text("name", name, required=True) or "", None, kind, key, None, context.today
    )
    try:
        with context.store.administer() as admin:
            directory.add_organisation(admin, row)
    except DuplicateRow:
        raise BadInput("duplicate", error_label("duplicate", key=clean_code)) from None
    context.shared.forget()
    return office_view(row)


def province_key(context: Context, wanted: str) -> str:
    """The key of a province given as key, code or name, in the list in force today."""
    if wanted in {province.key for province in reference.provinces()}:
        return wanted
    found = reference.province_in_force(wanted, context.today)
    if found is None:
        raise BadInput("province_unknown", error_label("province_unknown", province=wanted))
    return found.key


def add_person(
    context: Context, login: str, name: str, role: str, office: str, os_login: str | None
) -> PersonView:
    """Enter a person with a first role. Raises `BadInput`, `NoPermission`."""
    context.require("admin")
    _check_role(context, role, office)
    row = PersonRow(
        door.text("code", login, required=True) or "",
        door.text("name", name, required=True) or "",
        None,
        door.text("code", os_login),
        context.today,
    )
    try:
        with context.store.administer() as admin:
            directory.add_person(admin, row)
            directory.assign(admin, row.login, role, office, context.today)
    except DuplicateRow:
        raise BadInput("duplicate", error_label("duplicate", key=row.login)) from None
    return person(context, row.login)


def person(context: Context, login: str) -> PersonView:
    """One person. Raises `NotFound`."""
    for view in people(context):
        if view.login == login:
            return view
    raise NotFound("no_person", error_label("no_person", login=login))


def _check_role(context: Context, role: str, office: str) -> None:
    if role not in ROLE:
        raise BadInput("role_unknown", error_label("role_unknown", role=role, known=", ".join(ROLE)))
    if office not in context.shared.offices:
        raise NotFound("office_unknown", error_label("office_unknown", office=office))


def assign(context: Context, login: str, role: str, office: str) -> PersonView:
    """Give a person a role in an office from today on. Raises `BadInput`, `NotFound`."""
    context.require("admin")
    person(context, login)
    _check_role(context, role, office)
    with context.store.administer() as admin:
        held = directory.assignments(admin, person=login, on=context.today)
        if any(row.role == role and row.organisation == office for row in held):
            raise BadInput("duplicate", error_label("duplicate", key=f"{login}, {role}, {office}"))
        directory.assign(admin, login, role, office, context.today)
    return person(context, login)


def end_assignment(context: Context, login: str, role: str, office: str) -> PersonView:
    """End a role: yesterday was its last day. Raises `NotFound`."""
    context.require("admin")
    last_day = context.today - timedelta(days=1)
    with context.store.administer() as admin:
        held = directory.assignments(admin, person=login, on=context.today)
        found = [row for row in held if row.role == role and row.organisation == office]
        if not found:
            raise NotFound(
                "role_not_held", error_label("role_not_held", login=login, role=role, office=office)
            )
        for row in found:
            directory.end_assignment(admin, row.id, max(last_day, row.valid_from))
    return person(context, login)


def close_person(context: Context, login: str) -> PersonView:
    """Close a person: yesterday was the last day; the history keeps the name. Raises `NotFound`."""
    context.require("admin")
    if login == context.person.login:
        raise BadInput("close_self", error_label("close_self"))
    last_day = context.today - timedelta(days=1)
    try:
        with context.store.administer() as admin:
            found = directory.person(admin, login)
            if found is None:
                raise NotFound("no_person", error_label("no_person", login=login))
            directory.close_person(admin, login, max(last_day, found.valid_from))
    except UnknownRow:
        raise NotFound("no_person", error_label("no_person", login=login)) from None
    return person(context, login)


def everyone_open(context: Context) -> Sequence[PersonView]:
    """People whom one can work as today."""
    today = context.today
    return [view for view in people(context) if view.valid_to is None or view.valid_to >= today]
