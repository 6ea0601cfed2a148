"""history: who did what, when, in which role, on whose authority and on which paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from kcflow.commands.context import Context
from kcflow.commands.papers_text import paper_text
from kcflow.commands.tables import Column, pairs
from kcflow.formats import date_text, dong, instant_text
from kcflow.labels import acts_of
from kcflow.services.errors import NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import HistoryFilter, HistoryView
from kcflow.typed import field_text


def history(context: Context) -> int:
    """The history of one proposal or of everything that this person may see, newest first."""
    args = context.args
    if args.action is not None:
        _known_act(context, args.action)
    wanted = HistoryFilter(
        dossier=args.code,
        actor=args.person,
        office=args.office,
        action=args.action,
        on_from=args.on_from,
        on_to=args.on_to,
    )

    def blocks(rows: Sequence[HistoryView]) -> Iterator[str]:
        for row in rows:
            yield from full_lines(context, row)

    context.pages(
        lambda after, limit: context.desk.history(wanted, after=after, limit=limit),
        short_columns(context),
        blocks if args.long else None,
    )
    return 0


def _known_act(context: Context, name: str) -> None:
    """Refuse a name that no act has: it would look as if nobody had ever done it."""
    known = acts_of(context.desk.lifecycles())
    if name not in known:
        near = ", ".join(get_close_matches(name, known, n=3))
        code = "act_unknown_near" if near else "act_unknown"
        raise NotFound(code, error_label(code, action=name, near=near))


def _actor(context: Context, row: HistoryView) -> str:
    if row.system:
        return context.say("word.system")
    if row.operator is None:
        return row.actor_name
    return context.say("word.worked_as", operator=row.operator_name or row.operator, actor=row.actor_name)


def _act(context: Context, row: HistoryView) -> str:
    text = context.label(row.action_label)
    if row.corrects is not None:
        text += context.say("word.corrects", seq=row.corrects)
    if row.corrected_by:
        text += context.say("word.corrected_by", seq=", ".join(map(str, row.corrected_by)))
    return text


def short_columns(context: Context) -> list[Column[HistoryView]]:
    """Columns of a row of history; the first is the proposal's code."""
    lang = context.lang
    return [
        Column(context.say("column.code"), lambda h: h.dossier),
        Column(context.say("column.seq"), lambda h: str(h.seq), right=True),
        Column(context.say("column.on"), lambda h: date_text(h.on, lang)),
        Column(context.say("column.act"), lambda h: _act(context, h), flexible=True),
        Column(context.say("column.to"), lambda h: context.label(h.to_label), flexible=True),
        Column(context.say("column.person"), lambda h: _actor(context, h), flexible=True),
        Column(
            context.say("column.role_office"),
            lambda h: f"{context.label(h.role_label)} · {h.office_name}",
            flexible=True,
            optional=True,
        ),
        Column(
            context.say("column.paper"),
            lambda h: paper_text(context, h.document) if h.document else "",
            flexible=True,
            optional=True,
        ),
        Column(
            context.say("column.amount"),
            lambda h: "" if h.amount is None else dong(h.amount, lang),
            right=True,
            optional=True,
        ),
        Column(
            context.say("column.reason"),
            lambda h: "; ".join(
                part for part in (context.label(h.clock.text) if h.clock else "", h.reason) if part
            ),
            flexible=True,
            optional=True,
        ),
        Column(context.say("column.at"), lambda h: instant_text(h.at, lang), optional=True),
    ]


def full_lines(context: Context, row: HistoryView) -> Iterator[str]:
    """One row with every field that an auditor asks for."""
    yield f"{row.dossier} · {row.seq} · {_act(context, row)}"
    yield from pairs(_full(context, row), context.room, "  ")
    yield ""


def _full(context: Context, row: HistoryView) -> Iterable[tuple[str, str]]:
    lang, say = context.lang, context.say
    yield say("column.title"), row.title
    yield say("column.states"), f"{context.label(row.from_label) or '—'} → {context.label(row.to_label)}"
    yield say("column.person"), f"{_actor(context, row)} ({row.actor})"
    yield say("column.role_office"), f"{context.label(row.role_label)} · {row.office_name}"
    yield say("column.authority"), row.authority or ""
    yield say("column.on"), date_text(row.on, lang)
    at = instant_text(row.at, lang, seconds=True)
    late = say("word.entered_after", days=row.entry_delay_days) if row.entry_delay_days > 0 else ""
    yield say("column.at"), at + late
    yield say("column.paper"), paper_text(context, row.document) if row.document else ""
    for paper in row.papers:
        yield say("column.paper_too"), paper_text(context, paper)
    if row.amount is not None:
        before = "—" if row.amount_before is None else dong(row.amount_before, lang)
        after = "—" if row.amount_after is None else dong(row.amount_after, lang)
        name = say(f"money.{row.amount_kind}")
        number = f", {say('money.round', number=row.round)}" if row.round is not None else ""
        yield say("column.amount"), f"{name}{number}: {dong(row.amount, lang)} ({before} → {after})"
    if row.clock is not None:
        yield say("column.clock"), context.label(row.clock.text)
    yield say("column.charges"), ", ".join(row.charges)
    yield say("column.via"), row.via or ""
    for name, label, value in row.fields:
        yield context.label(label), field_text(name, value, lang)
    yield say("column.reason"), row.reason or ""
    yield say("column.basis"), row.basis
    if row.deadline_on is not None:
        met = say("word.met" if row.deadline_met else "word.missed")
        basis = row.deadline_basis or ""
        yield say("column.deadline"), f"{date_text(row.deadline_on, lang)} · {met} · {basis}"
    if row.due_on is not None:
        yield say("column.due_after"), date_text(row.due_on, lang)
    yield say("column.waits_for"), context.label(row.waits_for_label)
    for _, label, old, new in row.changes:
        yield context.label(label), f"{context.label(old) or '—'} → {context.label(new) or '—'}"
    yield say("column.lifecycle"), row.lifecycle
    yield say("column.request"), row.request
    yield say("column.hash"), row.hash
