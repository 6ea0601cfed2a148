"""Time beside the history: clocks and holds, the office's own rules and days, duties, the morning's letters.

Clocks and holds are only read here: a clock note appended to the history writes them (`Writer.append`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from db.errors import DuplicateRow, IntegrityRefused, UnknownRow
from db.failures import translated
from db.leaf import instant
from db.moves import Writer
from db.reader import Reader, Row
from db.rows_clock import ClockRow, DigestRow, DigestState, DutyRow, HoldRow, OfficeDayRow, OfficeRuleRow
from db.store import Admin

T = TypeVar("T")
_DAYS = frozenset({"reminded_on", "from_on", "until_on", "lifted_on", "valid_from", "valid_to", "day"})
_TIMES = frozenset({"set_at", "closed_at", "withdrawn_at", "made_at", "tried_at", "sent_at"})


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return None
    if name in _TIMES:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    # A rule's `day` is the number of a day in its month.
    if name in _DAYS and isinstance(value, str):
        return date.fromisoformat(value)
    return bool(value) if name == "inclusive" else value


def _row(kind: type[T], row: Row) -> T:
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    return kind(*(_value(name, value) for name, value in zip(names, row, strict=True)))


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a row type holds
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _params(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the row types
    return {field.name: _plain(getattr(row, field.name)) for field in fields(row) if field.name != "id"}


def _added(writer: Writer, name: str, row: Any) -> int:  # noqa: ANN401 - any of the row types
    with translated(writer.store.location):
        made = writer.one(writer.sql(name), _params(row))
    return int(made[0]) if made else 0


# -- what supervisors did ------------------------------------------------------------------------------


def clocks(reader: Reader, codes: Collection[str]) -> dict[str, ClockRow]:
    """Return what was done about these dossiers since they entered their present states, by code."""
    rows = reader.rows(reader.sql("clocks"), {"codes": reader.many(codes)})
    return {row[0]: _row(ClockRow, row) for row in rows}


def holds(reader: Reader, codes: Collection[str], *, present: bool = True) -> dict[str, list[HoldRow]]:
    """Return the holds of these dossiers, oldest first; present=False: those of all their states."""
    found: dict[str, list[HoldRow]] = {}
    for row in reader.rows(reader.sql("holds", present), {"codes": reader.many(codes)}):
        found.setdefault(row[0], []).append(_row(HoldRow, row))
    return found


def ids_of_holder(reader: Reader, login: str) -> list[int]:
    """Return the ids of the dossiers that a person is charged with in their present states."""
    return [row[0] for row in reader.rows(reader.sql("ids_of_holder"), {"login": login})]


def ids_held(reader: Reader, day: date) -> list[int]:
    """Return the ids of the dossiers whose clocks a hold of their present states stops on a day."""
    return [row[0] for row in reader.rows(reader.sql("ids_held"), {"day": day.isoformat()})]


def reminded_since(reader: Reader, day: date) -> list[str]:
    """Return the codes of open dossiers that somebody was reminded of in their present states since a day."""
    return [row[0] for row in reader.rows(reader.sql("reminded_since"), {"day": day.isoformat()})]


def raised_beyond(reader: Reader, day: date) -> list[str]:
    """Return the codes of open dossiers, escalated where they stand, that are due from a day on or never."""
    return [row[0] for row in reader.rows(reader.sql("raised_beyond"), {"day": day.isoformat()})]


# -- an office's own rules and days --------------------------------------------------------------------


def office_rules(reader: Reader) -> list[OfficeRuleRow]:
    """Return every office's own rules by id, closed ones too."""
    return [_row(OfficeRuleRow, row) for row in reader.rows(reader.sql("office_rules"), {})]


def add_office_rule(writer: Writer, row: OfficeRuleRow) -> int:
    """Keep a new rule (its `id` and what closes it are left out); return its id.

    Raises `IntegrityRefused` for what no rule may be: see the checks of the table.
    """
    return _added(writer, "add_office_rule", row)


def close_office_rule(writer: Writer, id: int, *, valid_to: date, by: str, at: datetime) -> None:  # noqa: A002
    """Close a rule with its last day, one before its first day when it shall never count.

    Raises `UnknownRow` when there is none open, `IntegrityRefused` when the day is later than its last one.
    """
    values = {"id": id, "valid_to": valid_to.isoformat(), "by": by, "at": instant(at)}
    with translated(writer.store.location):
        done = writer.run(writer.sql("close_office_rule"), values)
    if done != 1:
        raise UnknownRow(table="office_rule", key=id)


def office_days(reader: Reader) -> list[OfficeDayRow]:
    """Return the days of the offices' own calendar by day, withdrawn ones too."""
    return [_row(OfficeDayRow, row) for row in reader.rows(reader.sql("office_days"), {})]


def add_office_day(writer: Writer, row: OfficeDayRow) -> int:
    """Keep a new day; return its id. Raises `DuplicateRow` while another one is in force for that day."""
    try:
        return _added(writer, "add_office_day", row)
    except IntegrityRefused as error:
        if error.kc == "KC52" or "uq_office_day_day" in error.text:
            raise DuplicateRow(table="office_day", key=row.day.isoformat()) from error
        raise


def withdraw_office_day(writer: Writer, id: int, *, by: str, at: datetime) -> None:  # noqa: A002
    """Withdraw a day. Raises `UnknownRow` when there is none in force."""
    with translated(writer.store.location):
        done = writer.run(writer.sql("withdraw_office_day"), {"id": id, "by": by, "at": instant(at)})
    if done != 1:
        raise UnknownRow(table="office_day", key=id)


def rulebook_stamp(reader: Reader) -> str:
    """Return what changes whenever an own rule or day is added, closed or withdrawn."""
    row = reader.one(reader.sql("rulebook_stamp"), {})
    return "-".join(map(str, row or ()))


# -- who is told, and what they were told --------------------------------------------------------------


def duties(reader: Reader, on: date | None = None) -> list[DutyRow]:
    """Return who is told what is late, by office and level: all, or those valid on a day."""
    given = {"on": on.isoformat()} if on else {}
    return [_row(DutyRow, row) for row in reader.rows(reader.sql("duties", on is not None), given)]


def give_duty(admin: Admin, row: DutyRow) -> int:
    """Make somebody head or leader of an office; return the duty's id."""
    return _added(admin, "give_duty", row)


def end_duty(admin: Admin, id: int, valid_to: date) -> None:  # noqa: A002 - the column's name
    """End a duty with its last day. Raises `UnknownRow`."""
    with translated(admin.store.location):
        done = admin.run(admin.sql("end_duty"), {"id_": id, "valid_to": valid_to.isoformat()})
    if done != 1:
        raise UnknownRow(table="duty", key=id)


def digests(
    reader: Reader,
    *,
    day: date | None = None,
    person: str | None = None,
    states: Collection[str] | None = None,
    limit: int = 500,
) -> list[DigestRow]:
    """Return letters, newest first: of a day, to a person, in some states, or any of these."""
    asked: dict[str, Any] = {
        "day": day.isoformat() if day else None,
        "person": person,
        "states": None if states is None else reader.many(states),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    statement = reader.sql("digests", tuple(sorted(given)))
    return [_row(DigestRow, row) for row in reader.rows(statement, {**given, "limit": limit})]


def add_digest(writer: Writer, row: DigestRow) -> int | None:
    """Keep a new letter; return its id, None when that person has one of that day already."""
    return _added(writer, "add_digest", row) or None


def mark_digest(
    writer: Writer,
    id: int,  # noqa: A002 - the column's name
    *,
    state: DigestState,
    attempts: int,
    last_error: str | None = None,
    tried_at: datetime | None = None,
    sent_at: datetime | None = None,
    message_id: str | None = None,
) -> None:
    """Keep what became of a letter. Raises `UnknownRow`, `IntegrityRefused` when it was sent before."""
    values = {
        "state": state,
        "attempts": attempts,
        "last_error": last_error,
        "tried_at": _plain(tried_at),
        "sent_at": _plain(sent_at),
        "message_id": message_id,
    }
    with translated(writer.store.location):
        done = writer.run(writer.sql("mark_digest"), {**values, "id_": id})
    if done != 1:
        raise UnknownRow(table="digest", key=id)


# -- what is recounted ---------------------------------------------------------------------------------


def open_codes(
    reader: Reader,
    *,
    lifecycles: Collection[str] | None = None,
    states: Collection[str] | None = None,
    after: int | None = None,
    limit: int = 1000,
) -> list[tuple[int, str]]:
    """Return (id, code) of dossiers of every kind that have not ended, by id.

    lifecycles: keys ("kcqg@2014"). after: the last id of the page before.
    """
    asked: dict[str, Any] = {
        "after": after,
        "lifecycles": None if lifecycles is None else reader.many(lifecycles),
        "states": None if states is None else reader.many(states),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    rows = reader.rows(reader.sql("open_codes", tuple(sorted(given))), {**given, "limit": limit})
    return [(row[0], row[1]) for row in rows]
