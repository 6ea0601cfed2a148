"""stalled, year-end: what stands still, and what a year's end asks for."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kcflow.commands.context import Context
from kcflow.commands.csv_form import cell
from kcflow.commands.flow import regions
from kcflow.commands.lists import due_text, left_text
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, table
from kcflow.commands.words import both
from kcflow.formats import compact, count_text, date_text
from kcflow.labels import SUBJECT
from kcflow.services.clock_views import StalledGroup, YearEndDate
from kcflow.services.errors import BadInput
from kcflow.services.views import ListFilter, StalledRow

NOBODY = "-"
"""Stands for what nobody in particular is charged with."""


def _wanted(context: Context) -> ListFilter:
    args = context.args
    return ListFilter(
        text=args.search or "",
        states=tuple(args.states),
        phases=tuple(args.phases),
        provinces=tuple(key for asked in args.provinces for key in province_keys(asked)),
        source=args.source,
        plan_year=args.plan_year,
        waits_for=args.waits_for,
        regions=regions(args.regions),
        offices=tuple(args.offices),
        due_from=args.due_from,
        due_to=args.due_to,
        amount_from=args.amount_from,
        amount_to=args.amount_to,
        kind=args.dossier_kind,
        holder="" if args.holder == NOBODY else args.holder,
        held=None if args.held is None else args.held == "yes",
        due_kind=args.due_kind,
        basis=args.basis,
        age_from=args.age_from,
        age_to=args.age_to,
    )


def stalled(context: Context) -> int:
    """What is near its date, late, stuck or waiting for others: a list, groups, CSV or a workbook."""
    args, wanted = context.args, _wanted(context)
    forms = [name for name in ("group_by", "csv", "xlsx") if getattr(args, name)]
    if len(forms) > 1 or (forms and context.as_json and forms != ["group_by"]):
        raise BadInput("stalled_form", both("usage.stalled_form"))
    if args.group_by:
        groups = context.desk.clock.groups(args.group_by, args.as_of, wanted)
        context.rows(groups, lambda rows: _group_lines(context, rows), empty="say.stalled_empty")
    elif args.xlsx:
        path = context.desk.clock.export_stalled(
            Path(args.xlsx),
            context.lang,
            wanted,
            tuple(args.kinds),
            args.force,
            args.order,
            args.as_of,
            args.near,
        )
        context.note("say.stalled_written", path=str(path))
    elif args.csv:
        _csv(context, wanted)
    else:
        context.pages(
            lambda after, limit: context.desk.stalled(
                args.as_of, after, limit, args.near, tuple(args.kinds), wanted, args.order
            ),
            _columns(context),
            empty="say.stalled_empty",
        )
    return 0


def _columns(context: Context) -> list[Column[StalledRow]]:
    lang = context.lang
    return [
        Column(context.say("column.code"), lambda s: s.row.code),
        Column(context.say("column.stalled"), lambda s: _kind(context, s)),
        Column(context.say("column.due"), lambda s: due_text(context, s.row)),
        Column(context.say("column.late"), lambda s: _late(context, s)),
        Column(
            context.say("column.waits_for"), lambda s: context.label(s.row.waits_for_label), flexible=True
        ),
        Column(context.say("column.since"), lambda s: date_text(s.waits_since or s.row.entered_on, lang)),
        Column(
            context.say("column.days"),
            lambda s: f"{s.days_in_state}/{s.working_days_in_state}",
            right=True,
            optional=True,
        ),
        Column(
            context.say("column.state"),
            lambda s: context.label(s.row.state_label),
            flexible=True,
            optional=True,
        ),
        Column(context.say("column.at_stake"), lambda s: compact(s.money, lang), right=True, optional=True),
        Column(context.say("column.basis"), lambda s: s.row.due_basis or "", flexible=True, optional=True),
        Column(
            context.say("column.next"),
            lambda s: f"{_all(context, s.next_actions)} ({_all(context, s.next_roles)})",
            flexible=True,
            optional=True,
        ),
        Column(
            context.say("column.last"),
            lambda s: f"{context.label(s.last_action_label)} · {date_text(s.last_on, lang)} · {s.last_actor}",
            flexible=True,
            optional=True,
        ),
        Column(context.say("column.person"), lambda s: s.holder_name or "", flexible=True, optional=True),
        Column(context.say("column.title"), lambda s: s.row.title, flexible=True),
    ]


def _all(context: Context, labels: Sequence[object]) -> str:
    return "; ".join(context.label(label) for label in labels)  # type: ignore[arg-type]


def _kind(context: Context, found: StalledRow) -> str:
    """How it stands still; where it is on hold, until when."""
    said = context.label(found.stuck_reason or found.kind_label)
    if found.row.kind != "proposal":
        said = f"{said} · {SUBJECT[found.row.kind](context.lang)}"
    if found.held_until is None:
        return said
    return f"{said} · {context.say('word.held_until', day=date_text(found.held_until, context.lang))}"


def _late(context: Context, found: StalledRow) -> str:
    if found.overdue_days > 0:
        return context.say("word.late_both", days=found.overdue_days, working=found.overdue_working_days)
    return left_text(context, found.row)


# -- CSV -------------------------------------------------------------------------------------


def _csv(context: Context, wanted: ListFilter) -> None:
    """One page, or with --all every one; dates as YYYY-MM-DD, đồng as whole numbers."""
    from kcflow.commands.context import BATCH
    from kcflow.commands.json_form import cursor_text
    from kcflow.services.clock.export import FIELDS

    args, lang = context.args, context.lang
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([each.name for each in FIELDS])
    after, count = context.cursor(), 0
    while True:
        limit = BATCH if args.all else args.limit
        page = context.desk.stalled(
            args.as_of, after, limit, args.near, tuple(args.kinds), wanted, args.order
        )
        writer.writerows([cell(each.value(row, lang)) for each in FIELDS] for row in page.rows)
        count, after = count + len(page.rows), page.next
        if after is None or not args.all:
            break
    if after is not None:
        context.note("say.more", count=count, cursor=cursor_text(after))


# -- groups, a year's end --------------------------------------------------------------------


def _group_lines(context: Context, groups: Sequence[StalledGroup]) -> Iterator[str]:
    lang = context.lang

    def number(name: str) -> Column[StalledGroup]:
        heading = context.say(f"column.{name}")
        return Column(
            heading, lambda g: count_text(getattr(g, name), lang) if getattr(g, name) else "-", right=True
        )

    columns: list[Column[StalledGroup]] = [
        Column(
            context.say(f"group_by.{context.args.group_by}"), lambda g: context.label(g.label), flexible=True
        ),
        *(number(name) for name in ("law", "policy", "stuck", "waiting", "near", "count")),
        Column(
            context.say("column.oldest"),
            lambda g: date_text(g.oldest_on, lang) if g.oldest_on else "",
            optional=True,
        ),
        Column(context.say("column.requested"), lambda g: compact(g.money, lang), right=True, optional=True),
    ]
    yield from table(columns, groups, context.room)


def year_end(context: Context) -> int:
    """The dates that end a budget year, what must be done by each, and how many still are open."""
    lang = context.lang

    def left(found: YearEndDate) -> str:
        if found.left_days < 0:
            return context.say("word.days_late", days=-found.left_days)
        if found.left_days == 0:
            return context.say("word.days_none")
        return context.say("word.days_left", days=found.left_days)

    def by(found: YearEndDate) -> str:
        day = date_text(found.on, lang)
        return day if found.inclusive else context.say("word.before", day=day)

    columns: list[Column[YearEndDate]] = [
        Column(context.say("column.due"), by),
        Column(context.say("column.left"), left),
        Column(context.say("column.open"), lambda y: count_text(y.open, lang), right=True),
        Column(context.say("column.amount"), lambda y: compact(y.money, lang), right=True),
        Column(context.say("column.act"), lambda y: context.label(y.label), flexible=True),
        Column(context.say("column.basis"), lambda y: y.basis, flexible=True, optional=True),
    ]
    found = context.desk.clock.year_end(context.args.budget_year)
    context.rows(found, lambda rows: table(columns, rows, context.room))
    return 0
