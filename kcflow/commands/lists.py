"""inbox, list: what waits for me, what there is."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.flow import regions
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column
from kcflow.formats import compact, date_text
from kcflow.services.views import DossierRow, ListFilter


def left_text(context: Context, row: DossierRow) -> str:
    """How long until the deadline, in words: never by sign or colour alone."""
    if row.days_left is None:
        return ""
    if row.days_left < 0:
        return context.say("word.days_late", days=-row.days_left)
    if row.days_left == 0:
        return context.say("word.days_none")
    return context.say("word.days_left", days=row.days_left)


def due_text(context: Context, row: DossierRow) -> str:
    """The deadline's date; "" for none."""
    return date_text(row.due_on, context.lang) if row.due_on else ""


def dossier_columns(context: Context) -> list[Column[DossierRow]]:
    """Columns of every list of proposals."""
    return [
        Column(context.say("column.code"), lambda r: r.code),
        Column(context.say("column.mark"), lambda r: context.say(f"mark.{r.mark}")),
        Column(context.say("column.due"), lambda r: due_text(context, r)),
        Column(context.say("column.left"), lambda r: left_text(context, r)),
        Column(context.say("column.state"), lambda r: context.label(r.state_label), flexible=True),
        Column(context.say("column.waits_for"), lambda r: context.label(r.waits_for_label), flexible=True),
        Column(
            context.say("column.requested"),
            lambda r: compact(r.requested, context.lang),
            right=True,
            optional=True,
        ),
        Column(context.say("column.province"), lambda r: r.province_name, flexible=True, optional=True),
        Column(context.say("column.title"), lambda r: r.title, flexible=True),
    ]


def inbox(context: Context) -> int:
    """What is mine to do, by due date."""
    columns = dossier_columns(context)[:5]
    columns += [
        Column(
            context.say("column.doable"),
            lambda r: "; ".join(context.label(label) for label in r.doable),
            flexible=True,
        ),
        Column(context.say("column.title"), lambda r: r.title, flexible=True),
    ]
    context.pages(
        lambda after, limit: context.desk.inbox(after=after, limit=limit), columns, empty="say.inbox_empty"
    )
    return 0


def list_(context: Context) -> int:
    """Proposals that this person may see, filtered."""
    args = context.args
    wanted = ListFilter(
        text=args.search or "",
        states=tuple(args.states),
        phases=tuple(args.phases),
        provinces=tuple(key for asked in args.provinces for key in province_keys(asked)),
        source=args.source,
        plan_year=args.plan_year,
        waits_for=args.waits_for,
        open_only=args.open,
        regions=regions(args.regions),
        offices=tuple(args.offices),
        contents=tuple(args.contents),
        due_from=args.due_from,
        due_to=args.due_to,
        amount_from=args.amount_from,
        amount_to=args.amount_to,
    )
    context.pages(
        lambda after, limit: context.desk.dossiers(wanted, order=args.order, after=after, limit=limit),
        dossier_columns(context),
    )
    return 0
