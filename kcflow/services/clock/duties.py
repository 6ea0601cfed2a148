"""Who is told what is late in an office (its head, its leader), and where their letters go."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from db import clock, directory
from db.rows_clock import DutyRow
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.letter_views import AddressView, DutyView
from kcflow.services.texts import both, error_label
from kcflow.text import visible

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import PersonRow

DUTIES: Final = ("head", "leader")
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*",
    re.ASCII,
)
"""An address that every SMTP server takes (RFC 5321 §4.1.2 without quoted forms)."""


def usable(address: str | None) -> bool:
    """Whether letters can be sent there."""
    return address is not None and len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def _view(context: Context, row: DutyRow, names: dict[str, str]) -> DutyView:
    return DutyView(
        row.id or 0,
        row.level,
        both(f"duty.{row.level}"),
        row.organisation,
        context.shared.office_name(row.organisation),
        row.person,
        names.get(row.person, row.person),
        row.valid_from,
        row.valid_to,
    )


def duties(context: Context, former: bool) -> tuple[DutyView, ...]:
    """Heads and leaders by office and level; `former`: ended duties too."""
    with context.store.read() as reader:
        rows = clock.duties(reader, on=None if former else context.today)
        names = {row.login: row.name for row in directory.people(reader)}
    ordered = sorted(rows, key=lambda row: (row.organisation, row.level, row.valid_from, row.person))
    return tuple(_view(context, row, names) for row in ordered)


def _person(reader: Reader, context: Context, login: str) -> PersonRow:
    """A person who is there today. Raises `NotFound`."""
    row = directory.person(reader, login.strip())
    if row is None or (row.valid_to is not None and row.valid_to < context.today):
        raise NotFound("no_person", error_label("no_person", login=login))
    return row


def _checked(context: Context, level: str, office: str) -> str:
    """The office's code. Raises `BadInput`, `NotFound`, `NoPermission`."""
    context.require("admin")
    if level not in DUTIES:
        raise BadInput("duty_unknown", error_label("duty_unknown", level=level, known=", ".join(DUTIES)))
    code = office.strip().upper()
    row = context.shared.offices.get(code)
    if row is None or (row.valid_to is not None and row.valid_to < context.today):
        raise NotFound("office_unknown", error_label("office_unknown", office=office))
    return code


def give(context: Context, login: str, level: str, office: str) -> DutyView:
    """Give a duty from today on. Raises `BadInput` (held already), `NotFound`, `NoPermission`."""
    code = _checked(context, level, office)
    with context.store.administer() as admin:
        person = _person(admin, context, login)
        held = clock.duties(admin, on=context.today)
        if any((row.person, row.level, row.organisation) == (person.login, level, code) for row in held):
            raise BadInput("duplicate", error_label("duplicate", key=f"{person.login}, {level}, {code}"))
        new = DutyRow(None, code, level, person.login, context.today)
        number = clock.give_duty(admin, new)
    return _view(
        context, DutyRow(number, code, level, person.login, context.today), {person.login: person.name}
    )


def end(context: Context, login: str, level: str, office: str) -> DutyView:
    """End a duty: yesterday was its last day, or today where it began today. Raises as `give`."""
    code = _checked(context, level, office)
    with context.store.administer() as admin:
        held = [
            row
            for row in clock.duties(admin, on=context.today)
            if (row.person, row.level, row.organisation) == (login.strip(), level, code)
        ]
        if not held:
            raise NotFound(
                "duty_not_held",
                error_label("duty_not_held", login=login, level=both(f"duty.{level}"), office=code),
            )
        row = held[0]
        last = max(context.today - timedelta(days=1), row.valid_from)
        clock.end_duty(admin, row.id or 0, last)
        found = directory.person(admin, row.person)
    names = {row.person: found.name} if found else {}
    return _view(context, DutyRow(row.id, code, level, row.person, row.valid_from, last), names)


# -- addresses -----------------------------------------------------------------------------------


def address(context: Context, login: str) -> AddressView:
    """Where a person's letters go. Raises `NotFound`."""
    with context.store.read() as reader:
        row = _person(reader, context, login)
    return AddressView(row.login, row.name, row.email)


def set_address(context: Context, login: str, to: str | None) -> AddressView:
    """Set it; None: no letters. Raises `BadInput` (no address), `NotFound`, `NoPermission`."""
    if login.strip() != context.person.login:
        context.require("admin")
    new = to.strip() if to is not None else None
    if new is not None and not usable(new):
        raise BadInput("address_wrong", error_label("address_wrong", found=visible(new[:80])))
    with context.store.administer() as admin:
        row = _person(admin, context, login)
        directory.set_email(admin, row.login, new)
    return AddressView(row.login, row.name, new)
