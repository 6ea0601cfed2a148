"""Papers, deadlines and amounts in words, for every command that shows them."""

from __future__ import annotations

from collections.abc import Iterator

from kcflow.commands.context import Context
from kcflow.commands.tables import Column, paragraph
from kcflow.formats import date_text
from kcflow.services.views import DueView, PaperView


def paper_text(context: Context, paper: PaperView) -> str:
    """A paper in one line: kind, number, date, signer, conclusion, file."""
    parts = [context.label(paper.label)]
    if paper.number:
        parts.append(context.say("word.number", number=paper.number))
    if paper.date:
        parts.append(date_text(paper.date, context.lang))
    if paper.signer:
        parts.append(context.say("word.signed_by", name=paper.signer))
    if paper.conclusion:
        parts.append(context.say(f"conclusion.{paper.conclusion}"))
    if paper.file:
        parts.append(context.say("word.file", name=paper.file_name or paper.file[:12]))
    return ", ".join(parts)


def paper_columns(context: Context) -> list[Column[PaperView]]:
    """Columns of a list of papers."""
    lang = context.lang
    return [
        Column(context.say("column.seq"), lambda p: str(p.seq or ""), right=True),
        Column(context.say("column.paper"), lambda p: context.label(p.label), flexible=True),
        Column(context.say("column.number"), lambda p: p.number or ""),
        Column(context.say("column.date"), lambda p: date_text(p.date, lang) if p.date else ""),
        Column(context.say("column.signer"), lambda p: p.signer or "", flexible=True),
        Column(
            context.say("column.conclusion"),
            lambda p: context.say(f"conclusion.{p.conclusion}") if p.conclusion else "",
        ),
        Column(context.say("column.file"), lambda p: p.file_name or "", flexible=True),
    ]


def due_line(context: Context, due: DueView) -> str:
    """A deadline in one line: date, by law or by office rule, basis."""
    kind = context.say(f"deadline.{due.kind}")
    return f"{date_text(due.on, context.lang)} ({kind}; {due.basis})"


def derivation_lines(context: Context, due: DueView, indent: str) -> Iterator[str]:
    """How a deadline was counted, line by line."""
    for line in due.derivation:
        yield from paragraph(context.label(line), context.room, indent, "· ")
