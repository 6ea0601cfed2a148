"""What stands still, counted: what is on hold, who is charged with what, groups, money at a year's end."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal

from db import queries
from db.index import chunks
from db.queries import DossierFilter, Scope
from db.reader import Reader, Row, dossier_line, history_row
from db.rows import DossierLine, HistoryRow
from states.records import record

AGES: Final = 5
"""How many days the groups by age are divided at."""


@record(frozen=True, slots=True)
class GroupLine:
    """Open dossiers that stand alike: in one state, place and unit, with their deadlines in one stretch."""

    lifecycle: str
    state: str
    waits_for: str
    province: str
    unit_office: str
    when: str
    """"late", "near", "later", "none"."""
    key: str
    """The deadline's basis, or the number of the stretch of ages (db.stalled.groups)."""
    count: int
    requested: int
    due_on: date | None
    """The earliest deadline."""


def as_of(
    reader: Reader,
    scope: Scope,
    day: date,
    filter: DossierFilter,  # noqa: A002
) -> Iterator[tuple[DossierLine, dict[str, Any] | None]]:
    """Yield the dossiers that had not ended by `day` as they stand now, with their last leaf of then.

    None: the dossier had not begun; empty: it stands as it did. Only what never changes may be asked for in
    scope and filter.
    """
    shape, params = queries.question(reader, scope, filter)
    statement = reader.sql("as_of", shape)
    for chunk in chunks(reader, statement, statement.bind(params | {"day": day.isoformat()})):
        for row in chunk:
            yield dossier_line(row[:-1]), None if row[-1] is None else json.loads(row[-1] or "{}")


def marked(reader: Reader) -> dict[int, str]:
    """Return the ids and codes of the dossiers about which supervisors ever did something."""
    return {row[0]: row[1] for row in reader.rows(reader.sql("marked"), {})}


def last_rows(reader: Reader, codes: Collection[str]) -> dict[str, HistoryRow]:
    """Return the last row of the history of each dossier, by code."""
    rows = reader.rows(reader.sql("last_rows"), {"codes": reader.many(codes)})
    return {row.dossier: row for row in map(history_row, rows)}


def places(reader: Reader, column: Literal["province", "unit_office"]) -> frozenset[str]:
    """Return the keys of the provinces, or the codes of the units, that dossiers of any kind have."""
    return frozenset(row[0] for row in reader.rows(reader.sql("places", column), {}))


def held_on(reader: Reader, day: date) -> dict[int, str]:
    """Return the ids of open dossiers on hold on a day, each with the party whom the time is charged to."""
    return {row[0]: row[1] for row in reader.rows(reader.sql("held_on"), {"day": day.isoformat()})}


def holders(reader: Reader) -> dict[int, str]:
    """Return the ids of open dossiers that somebody is charged with, each with that person's login."""
    return {row[0]: row[1] for row in reader.rows(reader.sql("holders"), {})}


def _group(row: Row) -> GroupLine:
    due_on = date.fromisoformat(row[9]) if row[9] else None
    return GroupLine(row[0], row[1], row[2], row[3], row[4], row[5], str(row[6]), row[7], row[8], due_on)


def groups(
    reader: Reader,
    scope: Scope,
    day: date,
    near: date,
    by: str,
    filter: DossierFilter,  # noqa: A002 - the word for it
    ages: Sequence[date] = (),
) -> tuple[list[GroupLine], dict[tuple[str, ...], int]]:
    """Return all open dossiers in groups, and how many of the late ones of each are late by law.

    by: "" by state, place and unit; "basis" also by the deadline's basis; "age" by the first of `ages` (from
    the latest, `AGES` of them) on which or after which they entered their states: "1" to "5", else "0". The
    second has a group's key without its stretch: (lifecycle, state, waits_for, province, unit, key).
    """
    shape, params = queries.question(reader, scope, filter)
    params |= {f"age{number}": on.isoformat() for number, on in enumerate(ages, 1)}
    asked = params | {"day": day.isoformat(), "near": near.isoformat()}
    sqlite = reader.dialect == "sqlite"
    rows = reader.rows(reader.sql("groups", shape, by, "ix_dossier_state" if sqlite else ""), asked)
    lines = [_group(row) for row in rows]
    statement = reader.sql("groups_law", shape, by, "ix_dossier_due" if sqlite else "")
    by_law = {(*row[:5], str(row[5])): row[6] for row in reader.rows(statement, asked)}
    return lines, by_law


def money_left(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter,  # noqa: A002
) -> dict[str, list[tuple[int, int]]]:
    """Return by source how many open proposals have money left at each stage of a year's end, and how much.

    In đồng, in the order of db.build_standing.LEFT: unpaid, unaccepted, unsettled, unused, uncleared.
    """
    shape, params = queries.question(reader, scope, filter)
    found = {}
    for source, *values in reader.rows(reader.sql("money_left", shape), params):
        pairs = zip(values[::2], values[1::2], strict=True)
        found[source] = [(int(number), int(dong)) for number, dong in pairs]
    return found
