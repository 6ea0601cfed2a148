"""dwell: where time goes, state by state, party by party; what came back; how much went through by month."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from kcflow.bars import BLOCKS, PLAIN, bar, columns, divided, part, span
from kcflow.commands.context import Context
from kcflow.commands.csv_form import cell
from kcflow.commands.flow import UNKNOWN_WIDTH, regions
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, fit, paragraph, table, width
from kcflow.commands.words import both
from kcflow.dwell_figures import (
    PARTS,
    Throughput,
    by_lifecycle,
    change_text,
    lifecycle_text,
    longest_text,
    median_text,
    p90_text,
    period_text,
    share_text,
    shown_parts,
    throughput,
    total_text,
    twelve_months,
)
from kcflow.formats import count_text
from kcflow.i18n import t
from kcflow.services.dwell_views import Dwell, DwellFilter, DwellReport, Month, PartyShare, PingPong
from kcflow.services.errors import BadInput
from kcflow.text import visible
from states.model import Label

LEAST_BAR, MOST_BAR = 10, 40
MONTH: Final = 3
"""Cells of a month."""


def dwell(context: Context) -> int:
    """Where time goes, as text with pictures, as JSON, or as a workbook."""
    args = context.args
    last = args.to_on or context.desk.today
    wanted = DwellFilter(
        from_on=args.from_on or twelve_months(last),
        to_on=last,
        lifecycle=args.lifecycle,
        source=args.source,
        plan_year=args.plan_year,
        provinces=tuple(key for asked in args.provinces for key in province_keys(asked)),
        regions=regions(args.regions),
        offices=tuple(args.offices),
        by_office=args.by_office,
    )
    if args.csv and (args.xlsx or context.as_json):
        raise BadInput("dwell_form", both("usage.dwell_form"))
    found = context.desk.clock.dwell(wanted)
    if args.csv:
        _csv(found, args.part or PARTS[0], context.lang)
    elif args.xlsx:
        written = context.desk.clock.export_dwell(found, Path(args.xlsx), context.lang, args.force)
        context.emit({"written": str(written)}, lambda: [context.say("dwell.written", path=str(written))])
    else:
        context.emit(found, lambda: Picture(context).lines(found))
    return 0


def _csv(found: DwellReport, name: str, lang: str) -> None:
    """One part; labels in the language of this run, everything else as in JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    rows: Sequence[object] = {
        "states": found.dwell,
        "parties": found.parties,
        "returns": found.ping_pong,
        "months": found.months,
    }[name]
    kinds = {"states": Dwell, "parties": PartyShare, "returns": PingPong, "months": Month}
    names = [field.name for field in fields(kinds[name]) if field.name != "asked"]
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, each) for each in names]
        writer.writerow([cell(each(lang) if isinstance(each, Label) else each) for each in values])


class Picture:
    """Tables and bars in the width of the terminal; plain characters where it isn't one, or with NO_COLOR."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lang = context.lang
        self._room = context.room
        self._cells = context.room or UNKNOWN_WIDTH
        drawn = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._ink = BLOCKS if drawn else PLAIN

    def _say(self, key: str, **params: object) -> str:
        return t(f"dwell.{key}", self._lang, **params)

    def lines(self, found: DwellReport) -> Iterator[str]:
        """What was counted, then the parts that are asked for."""
        period = period_text(found.from_on, found.to_on, self._lang)
        yield from paragraph(f"{self._say('title')}: {period}", self._room)
        yield from paragraph(total_text(found, self._lang), self._room)
        for name in shown_parts(self._context.args.part):
            yield ""
            yield self._say(f"part.{name}").upper()
            drawn = list(getattr(self, f"_{name}")(found))
            yield from drawn or [self._say(f"none_{name}")]

    def _number(self, n: int) -> str:
        return count_text(n, self._lang) if n else "-"

    # States

    def _states(self, found: DwellReport) -> Iterator[str]:
        if not found.dwell:
            return
        legend = self._say("legend.states", full=self._ink.full, tail=self._ink.tail)
        yield from paragraph(legend, self._room)
        most = max(row.p90 for row in found.dwell)
        for name, rows in by_lifecycle(found.dwell).items():
            yield ""
            yield lifecycle_text(name, self._lang)
            yield from table(self._state_columns(rows, most), rows, self._room)

    def _state_columns(self, rows: Sequence[Dwell], most: int) -> list[Column[Dwell]]:
        lang, head = self._lang, self._heads()
        found: list[Column[Dwell]] = [
            Column(head["state"], lambda row: row.state_label(lang), flexible=True),
            Column(head["stays"], lambda row: self._number(row.stays), right=True),
            Column(head["median"], lambda row: median_text(row, lang), right=True),
            Column(head["p90"], lambda row: p90_text(row, lang), right=True),
            Column(head["longest"], lambda row: longest_text(row, lang), right=True, optional=True),
            Column(head["late"], lambda row: self._number(row.late), right=True),
            Column(head["open"], lambda row: self._number(row.open), right=True),
            Column(head["waits_for"], lambda row: row.waits_for_label(lang), flexible=True, optional=True),
        ]
        if any(row.office for row in rows):
            found.insert(1, Column(head["unit"], lambda row: row.office_name, flexible=True))
        cells = self._bar_cells()
        drawn = Column[Dwell]("", lambda row: span(row.median, row.p90, most, cells, self._ink))
        return [*found[:-1], drawn, found[-1]]

    def _bar_cells(self) -> int:
        return max(LEAST_BAR, min(MOST_BAR, self._cells // 5))

    def _heads(self) -> dict[str, str]:
        names = (
            *("state", "stays", "median", "p90", "longest", "late", "open", "waits_for", "unit", "party"),
            *("days", "share", "office", "act", "returns", "dossiers", "again", "most"),
        )
        return {name: self._say(f"head.{name}") for name in names}

    # Parties

    def _parties(self, found: DwellReport) -> Iterator[str]:
        rows = found.parties
        if not rows:
            return
        lang, ink, head = self._lang, self._ink, self._heads()
        yield from paragraph(self._say("legend.parties"), self._room)
        yield "".join(divided([row.days for row in rows], min(self._cells, 100), ink))
        places = {row.party: at for at, row in enumerate(rows)}
        most, cells = max(row.days for row in rows), self._bar_cells()
        shown: list[Column[PartyShare]] = [
            Column("", lambda row: part(places[row.party], ink)),
            Column(head["party"], lambda row: row.label(lang), flexible=True),
            Column(head["share"], lambda row: share_text(row, lang), right=True),
            Column(head["days"], lambda row: count_text(row.days, lang), right=True),
            Column("", lambda row: bar(row.days, most, cells, ink)),
        ]
        yield from table(shown, rows, self._room)

    # Returns

    def _returns(self, found: DwellReport) -> Iterator[str]:
        if not found.ping_pong:
            return
        lang, head = self._lang, self._heads()
        shown: list[Column[PingPong]] = [
            Column(head["office"], lambda row: row.office_name, flexible=True),
            Column(head["act"], lambda row: row.action_label(lang), flexible=True),
            Column(head["returns"], lambda row: self._number(row.returns), right=True),
            Column(head["dossiers"], lambda row: self._number(row.dossiers), right=True),
            Column(head["again"], lambda row: self._number(row.more_than_once), right=True),
            Column(head["most"], lambda row: f"{row.most}× {row.most_code}"),
        ]
        yield from table(shown, found.ping_pong, self._room)

    # Months

    def _months(self, found: DwellReport) -> Iterator[str]:
        """Small columns where they can be drawn; numbers elsewhere."""
        rows = throughput(found.months)
        if not rows:
            return
        yield from paragraph(self._say("legend.months"), self._room)
        heads = [self._say("this_year"), self._say("former_year")]
        beside = max(width(head) for head in heads) + 2
        figures = [self._number(n) for row in rows for n in (*row.now, *row.before)]
        cells = MONTH if self._ink is BLOCKS else max(MONTH, 1 + max(len(each) for each in figures))
        sums = [n for row in rows for n in (sum(row.now), sum(row.before))]
        tail = max(len(count_text(n, self._lang)) for n in sums) + 2
        room = max(1, (self._cells - beside - tail) // cells)
        before = ""
        for row in (each.last(room) for each in rows):
            if row.lifecycle != before:
                before = row.lifecycle
                yield ""
                numbers = "".join(f"{month % 12 + 1:02}".rjust(cells) for month in row.months)
                yield f"{fit(lifecycle_text(before, self._lang), beside - 1):<{beside}}{numbers}"
            change = change_text(sum(row.now), sum(row.before), self._lang)
            yield fit(visible(f"{row.phase_label(self._lang)} ({change})"), self._cells)
            for head, values in zip(heads, (row.now, row.before), strict=True):
                drawn = "".join(each.rjust(cells) for each in self._month_cells(row, values))
                total = count_text(sum(values), self._lang).rjust(tail)
                yield f"{' ' + head:<{beside}}{drawn}{total}"

    def _month_cells(self, row: Throughput, values: Sequence[int]) -> list[str]:
        if self._ink is not BLOCKS:
            return [self._number(value) for value in values]
        return columns(values, max(*row.now, *row.before, 1), wide=MONTH - 1)
