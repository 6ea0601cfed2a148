"""Sums of money of a plan year, in groups so fine that they can be added up any way."""

from __future__ import annotations

from typing import Final

from db.reader import Reader
from db.statements import Statement
from states.records import record

_BY_GROUP: Final = """
SELECT d.source, d.province, d.unit_office, d.contents, d.lifecycle, d.state, count(*),
  sum(d.requested), sum(coalesce(d.approved, 0)), sum(d.allocated), sum(d.contracted), sum(d.advanced),
  sum(d.accepted), sum(d.settled), sum(d.returned)
FROM dossier d WHERE d.plan_year = {year} AND d.id > 0
GROUP BY d.source, d.province, d.unit_office, d.contents, d.lifecycle, d.state
"""
_BY_ROUND: Final = """
SELECT c.owner, d.source, d.province, d.unit_office, d.contents, count(DISTINCT d.code), sum(c.dong)
FROM dossier r JOIN charge c ON c.owner = r.code AND c.kind = 'allocated' JOIN dossier d ON d.code = c.dossier
WHERE r.kind = 'allocation_round' AND r.plan_year = {year} AND r.id < 0
GROUP BY c.owner, d.source, d.province, d.unit_office, d.contents
"""


@record(frozen=True, slots=True)
class SumLine:
    """Proposals of one source, province, unit, set of contents and state: how many, and their đồng."""

    source: str
    province: str
    unit_office: str
    contents: int
    """Bit mask of the codes of contents (db.leaf.contents_mask)."""
    lifecycle: str
    state: str
    count: int
    requested: int
    approved: int
    allocated: int
    contracted: int
    advanced: int
    accepted: int
    settled: int
    returned: int


@record(frozen=True, slots=True)
class RoundLine:
    """What a round gave to the proposals of one source, province, unit and set of contents."""

    round: str
    """The round's code."""
    source: str
    province: str
    unit_office: str
    contents: int
    count: int
    dong: int


def _statement(reader: Reader, sql: str) -> Statement:
    return Statement(sql.format(year=":year" if reader.dialect == "sqlite" else "%(year)s"), {})


def by_group(reader: Reader, plan_year: int) -> list[SumLine]:
    """Sums of all proposals of a plan year; scope is the caller's to apply, line by line."""
    rows = reader.rows(_statement(reader, _BY_GROUP), {"year": plan_year})
    return [SumLine(*row[:6], *(int(value) for value in row[6:])) for row in rows]


def by_round(reader: Reader, plan_year: int) -> list[RoundLine]:
    """What each round of a plan year has given."""
    rows = reader.rows(_statement(reader, _BY_ROUND), {"year": plan_year})
    return [RoundLine(*row[:5], *(int(value) for value in row[5:])) for row in rows]
