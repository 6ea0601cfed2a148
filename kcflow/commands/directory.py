"""people and offices: who works where and in which role."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, pairs, table
from kcflow.formats import date_text
from kcflow.services.views import OfficeView, PersonView, RoleView


def person_text(context: Context, person: PersonView) -> str:
    """A person in one line: name, login, roles held."""
    roles = "; ".join(_role(context, role) for role in person.roles)
    return f"{person.name} ({person.login})" + (f" · {roles}" if roles else "")


def _role(context: Context, role: RoleView) -> str:
    text = f"{context.label(role.role_label)}, {role.office_name}"
    if role.valid_to is not None:
        text += f" ({context.say('word.until', date=date_text(role.valid_to, context.lang))})"
    return text


def people(context: Context) -> int:
    """Everybody, closed ones included, with their roles."""
    lang = context.lang
    columns: list[Column[PersonView]] = [
        Column(context.say("column.login"), lambda p: p.login),
        Column(context.say("column.name"), lambda p: p.name),
        Column(context.say("column.os_login"), lambda p: p.os_login or ""),
        Column(context.say("column.until"), lambda p: date_text(p.valid_to, lang) if p.valid_to else ""),
        Column(
            context.say("column.roles"),
            lambda p: "; ".join(_role(context, role) for role in p.roles),
            flexible=True,
        ),
    ]
    context.rows(context.desk.people(), lambda rows: table(columns, rows, context.room))
    return 0


def _show_person(context: Context, person: PersonView) -> int:
    items = [(context.say("column.person"), person_text(context, person))]
    if person.valid_to is not None:
        items.append((context.say("column.until"), date_text(person.valid_to, context.lang)))
    context.emit(person, lambda: pairs(items, context.room))
    return 0


def add_person(context: Context) -> int:
    """Enter a person with a first role."""
    args = context.args
    added = context.desk.add_person(args.login, args.name, args.role, args.office, os_login=args.os_login)
    return _show_person(context, added)


def close_person(context: Context) -> int:
    """Close a person: the history keeps the name."""
    return _show_person(context, context.desk.close_person(context.args.login))


def assign(context: Context) -> int:
    """Give a person a role in an office."""
    args = context.args
    return _show_person(context, context.desk.assign(args.login, args.role, args.office))


def end(context: Context) -> int:
    """End a person's role in an office."""
    args = context.args
    return _show_person(context, context.desk.end_assignment(args.login, args.role, args.office))


def offices(context: Context) -> int:
    """Offices, of one kind or one province if asked."""
    args, lang = context.args, context.lang
    keys = province_keys(args.province) if args.province else (None,)
    found = {
        office.code: office for key in keys for office in context.desk.offices(kind=args.kind, province=key)
    }
    columns: list[Column[OfficeView]] = [
        Column(context.say("column.office"), lambda o: o.code),
        Column(context.say("column.name"), lambda o: o.name, flexible=True),
        Column(context.say("column.kind"), lambda o: context.label(o.kind_label), flexible=True),
        Column(context.say("column.province"), lambda o: o.province_name or ""),
        Column(context.say("column.since"), lambda o: date_text(o.valid_from, lang)),
    ]
    context.rows(tuple(found.values()), lambda rows: table(columns, rows, context.room))
    return 0


def add_office(context: Context) -> int:
    """Open an office."""
    args = context.args
    office = context.desk.add_office(args.code, args.name, args.kind, args.province)
    items = [
        (context.say("column.office"), office.code),
        (context.say("column.name"), office.name),
        (context.say("column.kind"), context.label(office.kind_label)),
        (context.say("column.province"), office.province_name or ""),
    ]
    context.emit(office, lambda: pairs(items, context.room))
    return 0
