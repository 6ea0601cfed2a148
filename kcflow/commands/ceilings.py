"""ceiling: the most that public money supports for one item, as the law and the offices have set it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcflow.commands.context import Context
from kcflow.commands.places import province_key
from kcflow.commands.tables import Column, table
from kcflow.formats import date_text, dong, percent

if TYPE_CHECKING:
    from kcflow.ceilings import Ceiling


def list_(context: Context) -> int:
    """The ceilings in force on a day, of national money or a province's."""
    args, desk = context.args, context.desk
    day = args.on or desk.today
    province = province_key(args.province, day) if args.province else ""
    _show(context, desk.money.ceilings(day, province))
    return 0


def set_(context: Context) -> int:
    """Set a ceiling of one's own office."""
    args = context.args
    own = context.desk.money.set_ceiling(args.item, args.basis, args.valid_from, args.most, args.share)
    if context.as_json:
        context.emit(own, lambda: ())
    else:
        _show(context, (own,))
    return 0


def _show(context: Context, rows: tuple[Ceiling, ...]) -> None:
    say, lang = context.say, context.lang
    columns: list[Column[Ceiling]] = [
        Column(say("ceiling.item"), lambda one: one.item),
        Column(say("money.title"), lambda one: context.label(one.label), flexible=True),
        Column(
            say("ceiling.most"),
            lambda one: dong(one.cap_dong, lang) if one.cap_dong is not None else "",
            right=True,
        ),
        Column(
            say("money.share"),
            lambda one: percent(one.permille, 1000, lang) if one.permille is not None else "",
            right=True,
        ),
        Column(say("column.since"), lambda one: date_text(one.valid_from, lang)),
        Column(say("column.basis"), lambda one: one.basis, flexible=True),
        Column(say("ceiling.certainty"), lambda one: say(f"ceiling.{one.certainty}")),
    ]
    context.rows(rows, lambda found: table(columns, found, context.room))
