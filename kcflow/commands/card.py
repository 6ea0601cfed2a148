"""show and explain: one proposal, and what can or can't be done with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from kcflow.commands.context import Context
from kcflow.commands.log import short_columns
from kcflow.commands.papers_text import derivation_lines, due_line, paper_columns
from kcflow.commands.tables import pairs, paragraph, table
from kcflow.commands.words import both
from kcflow.formats import date_text, dong
from kcflow.services.errors import NotFound
from kcflow.services.views import DossierCard, MoveInput, OptionView


def show(context: Context) -> int:
    """Everything about one proposal."""
    card = context.desk.dossier(context.args.code)
    context.emit(card, lambda: card_lines(context, card))
    return 0


def explain(context: Context) -> int:
    """Every act of the present state, or one, with every reason why it can't be done yet."""
    args = context.args
    options = context.desk.options(args.code, MoveInput(on=args.on))
    if args.action is not None:
        chosen = tuple(option for option in options if option.name == args.action)
        if not chosen:
            raise _no_such_act(args.action, [option.name for option in options], args.code)
        options = chosen
    context.rows(options, lambda rows: option_lines(context, rows), empty="say.no_acts")
    return 0


def _no_such_act(asked: str, known: list[str], code: str) -> NotFound:
    near = difflib.get_close_matches(asked, known, n=1, cutoff=0.5)
    key = "usage.act_near" if near else "usage.act_unknown"
    params = {"found": asked[:60], "near": "".join(near), "known": ", ".join(known), "code": code}
    return NotFound("action_unknown", both(key, **params))


def _heading(context: Context, key: str) -> Iterator[str]:
    yield ""
    yield context.say(f"heading.{key}")


def card_lines(context: Context, card: DossierCard) -> Iterator[str]:
    """The card as text, in the order in which a clerk asks."""
    room, row = context.room, card.row
    yield from paragraph(f"{row.code}  {row.title}", room)
    yield from pairs(_standing(context, card), room)
    for warning in card.warnings:
        yield from paragraph(context.label(warning), room, "", context.say("word.warning") + " ")
    if card.due and card.due.derivation:
        yield from _heading(context, "derivation")
        yield from derivation_lines(context, card.due, "  ")
    yield from _heading(context, "phases")
    for phase in card.phases:
        since = date_text(phase.since, context.lang) if phase.since else ""
        yield f"  {context.say(f'phase.{phase.status}')} {context.label(phase.label)}  {since}".rstrip()
    yield from _heading(context, "content")
    yield from pairs(
        ((context.label(label), context.label(text)) for _, label, text in card.fields), room, "  "
    )
    yield from _heading(context, "money")
    yield from pairs(_money(context, card), room, "  ")
    missing = [item for item in card.checklist if not item.present]
    if card.papers or missing:
        yield from _heading(context, "papers")
        if card.papers:
            yield from table(paper_columns(context), card.papers, room)
        for item in missing:
            act = context.label(item.needed_for)
            text = context.say("word.paper_missing", paper=context.label(item.label), act=act)
            yield from paragraph(text, room, "", "- ")
    yield from _heading(context, "acts")
    yield from option_lines(context, card.options)
    yield from _heading(context, "timeline")
    yield from table(short_columns(context)[1:], card.timeline, room)


def _standing(context: Context, card: DossierCard) -> Iterable[tuple[str, str]]:
    row = card.row
    yield context.say("column.state"), f"{context.label(row.state_label)} [{context.say(f'mark.{row.mark}')}]"
    yield context.say("column.waits_for"), context.label(row.waits_for_label)
    since = context.say(
        "word.since",
        date=date_text(row.entered_on, context.lang),
        days=card.days_in_state,
        working=card.working_days_in_state,
    )
    yield context.say("column.since"), since
    yield context.say("column.due"), due_line(context, card.due) if card.due else ""
    yield context.say("column.return_to"), context.label(card.return_to_label)
    yield context.say("column.version"), f"{row.version} · {row.lifecycle}"


def _money(context: Context, card: DossierCard) -> Iterable[tuple[str, str]]:
    money, lang = card.money, context.lang
    later = ("contracted", "advanced", "accepted", "settled", "returned")
    shown = [name for name in later if getattr(money, name)]
    for name in ("total", "requested", "counterpart", "other", "approved", "allocated", *shown):
        amount = getattr(money, name)
        yield context.say(f"money.{name}"), "" if amount is None else dong(amount, lang)
    for number, amount in money.rounds:
        yield context.say("money.round", number=number), dong(amount, lang)


def option_lines(context: Context, options: Iterable[OptionView]) -> Iterator[str]:
    """Each act: whether it can be done, where it leads, on which basis, and every reason against it."""
    for option in options:
        can = "can" if option.allowed else "needs_input" if option.possible else "cannot"
        yield f"  [{context.say(f'act.{can}')}] {option.name}  {context.label(option.label)}"
        target = context.label(option.target_label)
        details = [
            context.say("act.leads_to", state=target) if target else "",
            context.say("act.as_role", role=context.label(option.role_label), office=option.office_name or "")
            if option.role_label
            else "",
            option.basis,
        ]
        yield from paragraph(" · ".join(part for part in details if part), context.room, "      ")
        yield from context.reason_lines(option.reasons, "      ")
        for warning in option.warnings:
            text = f"{context.say('word.warning')} {context.label(warning.text)}"
            yield from paragraph(text, context.room, "      ", "- ")
