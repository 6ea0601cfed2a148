"""People, offices, assignments, reference data and lifecycles: closed or versioned, never removed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

from db import legal
from db.errors import DuplicateRow, IntegrityRefused, LifecycleChanged, UnknownRow
from db.failures import translate
from db.leaf import instant
from db.reader import Reader
from db.rows import (
    ActivityContentRow,
    AssignmentRow,
    CeilingRow,
    DocumentKindRow,
    LifecycleRow,
    OrganisationRow,
    PersonRow,
    ProvinceRow,
)
from db.store import Admin
from states.model import Lifecycle

T = TypeVar("T")
TABLES: dict[type[Any], str] = {
    ProvinceRow: "province",
    OrganisationRow: "organisation",
    PersonRow: "person",
    ActivityContentRow: "activity_content",
    CeilingRow: "ceiling",
    DocumentKindRow: "document_kind",
}
_DAYS = frozenset({"valid_from", "valid_to"})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def _row(kind: type[T], names: Iterable[str], values: Iterable[Any]) -> T:
    return kind(
        *(
            date.fromisoformat(value) if name in _DAYS and value is not None else value
            for name, value in zip(names, values, strict=True)
        )
    )


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _find(
    reader: Reader, kind: type[T], *, by: str | None = None, value: str = "", on: date | None = None
) -> list[T]:
    params = ({"value": value} if by else {}) | ({"on": on.isoformat()} if on else {})
    names = _names(kind)
    statement = reader.sql("select", TABLES[kind], names, by, on is not None)
    return [_row(kind, names, row) for row in reader.rows(statement, params)]


def _add(admin: Admin, row: Any, key: str) -> None:  # noqa: ANN401 - any of the row types
    name = TABLES[type(row)]
    try:
        admin.run(admin.sql("insert", name, _names(type(row)), False), _plain(asdict(row)))
    except Exception as error:
        ours = translate(error, "")
        # Only the message tells a key that is there already from any other refusal.
        words = ours.text.lower() if isinstance(ours, IntegrityRefused) else ""
        if "KC37" in words.upper() or "unique" in words:
            raise DuplicateRow(table=name, key=key) from error
        raise


def _put(admin: Admin, rows: Iterable[Any]) -> int:
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 - counts
        admin.run(admin.sql("insert", TABLES[type(row)], _names(type(row)), True), _plain(asdict(row)))
    return number


def _change(admin: Admin, name: str, key: str | int, **values: object) -> None:
    statement = admin.sql("set", name, tuple(values))
    if admin.run(statement, {"key_": key, **_plain(dict(values))}) != 1:
        raise UnknownRow(table=name, key=key)


# -- lifecycles ----------------------------------------------------------------------------------------


def install_lifecycle(admin: Admin, lifecycle: Lifecycle, province: str | None = None) -> LifecycleRow:
    """Install a lifecycle version with its list of legal moves; installed once, it never changes.

    province: key of the province whose own file it is. Installing the same rules again does nothing.
    Raises `LifecycleChanged` when this name and version stand for other rules already, `ValueError` when an
    action has the name of a built-in one.
    """
    there = admin.lifecycle(lifecycle.key)
    if there is not None:
        if there.fingerprint != lifecycle.fingerprint:
            raise LifecycleChanged(
                key=lifecycle.key, installed=there.fingerprint, given=lifecycle.fingerprint
            )
        return there
    moves = list(legal.rows(lifecycle))
    statement = admin.sql("insert", "legal_move", (*_names(legal.LegalMove), "lifecycle", "fsm"), False)
    for move in moves:
        values = asdict(move) | {"lifecycle": lifecycle.key, "fsm": lifecycle.fingerprint[:16]}
        flags = {"needs_reason": int(move.needs_reason), "second_person": int(move.second_person)}
        admin.run(statement, values | flags)
    values = {
        "key": lifecycle.key,
        "name": lifecycle.name,
        "version": lifecycle.version,
        "subject": lifecycle.subject,
        "fingerprint": lifecycle.fingerprint,
        "definition": lifecycle.source,
        "parameters": json.dumps(dict(lifecycle.parameters), ensure_ascii=False, sort_keys=True),
        "province": province,
        "moves": len(moves),
        "installed_at": instant(admin.store.now()),
        "fund": int(lifecycle.fund),
    }
    admin.run(admin.sql("insert", "lifecycle_version", tuple(values), False), values)
    installed = admin.lifecycle(lifecycle.key)
    if installed is None:
        raise UnknownRow(table="lifecycle_version", key=lifecycle.key)
    return installed


# -- offices -------------------------------------------------------------------------------------------


def organisations(reader: Reader, on: date | None = None) -> list[OrganisationRow]:
    """Return the offices, by code: all, or those existing on a day."""
    return _find(reader, OrganisationRow, on=on)


def organisation(reader: Reader, code: str) -> OrganisationRow | None:
    """Return one office."""
    return next(iter(_find(reader, OrganisationRow, by="code", value=code)), None)


def add_organisation(admin: Admin, row: OrganisationRow) -> None:
    """Add an office. Raises `DuplicateRow`."""
    _add(admin, row, row.code)


def close_organisation(admin: Admin, code: str, on: date, successor: str | None = None) -> None:
    """Close an office with its last day, naming the office that takes over. Raises `UnknownRow`."""
    _change(admin, "organisation", code, valid_to=on, successor=successor)


# -- people --------------------------------------------------------------------------------------------


def people(reader: Reader, on: date | None = None) -> list[PersonRow]:
    """Return the people, by login: all, or those valid on a day."""
    return _find(reader, PersonRow, on=on)


def person(reader: Reader, login: str) -> PersonRow | None:
    """Return one person."""
    return next(iter(_find(reader, PersonRow, by="login", value=login)), None)


def person_of_account(reader: Reader, os_login: str) -> PersonRow | None:
    """Return the person that an operating-system account is."""
    return next(iter(_find(reader, PersonRow, by="os_login", value=os_login)), None)


def add_person(admin: Admin, row: PersonRow) -> None:
    """Add a person. Raises `DuplicateRow` when the login or the account is taken."""
    _add(admin, row, row.login)


def close_person(admin: Admin, login: str, on: date) -> None:
    """Close a person with the last day of service. Raises `UnknownRow`."""
    _change(admin, "person", login, valid_to=on)


def set_email(admin: Admin, login: str, email: str | None) -> None:
    """Set a person's e-mail address. Raises `UnknownRow`."""
    _change(admin, "person", login, email=email)


def set_os_login(admin: Admin, login: str, os_login: str | None) -> None:
    """Set which operating-system account is this person. Raises `UnknownRow`, `IntegrityRefused`."""
    _change(admin, "person", login, os_login=os_login)


# -- who holds which role where ------------------------------------------------------------------------


def assignments(
    reader: Reader, person: str | None = None, organisation: str | None = None, on: date | None = None
) -> list[AssignmentRow]:
    """Return assignments, of a person, in an office, valid on a day (the office too), or any of these."""
    statement = reader.sql("assignments", person is not None, organisation is not None, on is not None)
    params = {"person": person, "organisation": organisation, "on": on.isoformat() if on else None}
    asked = {name: value for name, value in params.items() if value is not None}
    return [_row(AssignmentRow, _names(AssignmentRow), row) for row in reader.rows(statement, asked)]


def assign(admin: Admin, person: str, role: str, organisation: str, valid_from: date) -> int:
    """Give a person a role in an office from a day on; return the assignment's id."""
    values = {"person": person, "role": role, "organisation": organisation, "valid_from": valid_from}
    row = admin.one(admin.sql("assign"), _plain(values))
    return int(row[0]) if row else 0


def end_assignment(admin: Admin, assignment: int, on: date) -> None:
    """End an assignment with its last day. Raises `UnknownRow`."""
    _change(admin, "assignment", assignment, valid_to=on)


# -- reference data ------------------------------------------------------------------------------------


def put_provinces(admin: Admin, rows: Iterable[ProvinceRow]) -> int:
    """Insert or update provinces; return how many."""
    return _put(admin, rows)


def provinces(reader: Reader) -> list[ProvinceRow]:
    """Return the provinces of every list, by list and code."""
    return _find(reader, ProvinceRow)


def put_activity_contents(admin: Admin, rows: Iterable[ActivityContentRow]) -> int:
    """Insert or update activity contents; return how many."""
    return _put(admin, rows)


def activity_contents(reader: Reader) -> list[ActivityContentRow]:
    """Return the activity contents, by code."""
    return _find(reader, ActivityContentRow)


def put_ceilings(admin: Admin, rows: Iterable[CeilingRow]) -> int:
    """Insert or update ceilings (key: item and first day); return how many."""
    return _put(admin, rows)


def ceilings(reader: Reader, on: date | None = None) -> list[CeilingRow]:
    """Return the ceilings: all, or those in force on a day."""
    return _find(reader, CeilingRow, on=on)


def put_document_kinds(admin: Admin, rows: Iterable[DocumentKindRow]) -> int:
    """Insert or update document kinds; return how many."""
    return _put(admin, rows)


def document_kinds(reader: Reader) -> list[DocumentKindRow]:
    """Return the document kinds, by code."""
    return _find(reader, DocumentKindRow)


# -- facts about the store itself ----------------------------------------------------------------------


def put_meta(admin: Admin, key: str, value: str) -> None:
    """Keep a fact about the store as a whole, such as the day on which a sample stands still."""
    admin.run(admin.sql("insert", "meta", ("key", "value"), True), {"key": key, "value": value})
