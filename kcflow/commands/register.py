"""register import: what was read, corrected and found wrong, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from kcflow import reference
from kcflow.commands.context import Context
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, pairs, paragraph, table
from kcflow.commands.words import both
from kcflow.formats import compact, dong
from kcflow.register import RegisterAnswers, RegisterReading
from kcflow.services.errors import BadInput, KcflowError
from kcflow.services.views import ImportPlan, ImportResult, ImportRowView, Reason
from states.model import Label

OPTION = {"province_code": "--province", "plan_year": "--year", "source": "--source", "unit": "--unit"}
"""Which option answers which question."""


def import_(context: Context) -> int:
    """Read every file; write them only if none of them stands in the way (else exit code 2)."""
    args = context.args
    plans: list[ImportPlan] = []
    failed: list[KcflowError] = []
    for path in args.files:
        try:
            plans.append(_read(context, path))
        except BadInput as bad:
            failed.append(bad)
    blocked = [plan for plan in plans if _blocked(plan, skip_bad_rows=args.skip_bad_rows)]
    if failed and not plans:
        raise _unreadable(failed)
    write = not (args.dry_run or blocked or failed)
    results = [
        context.desk.register_write(plan, skip_bad_rows=args.skip_bad_rows)
        if write
        else ImportResult(plan, (), (), 0)
        for plan in plans
    ]
    context.rows(results, lambda rows: (line for result in rows for line in _lines(context, result)))
    if failed:
        return BadInput.exit_code if context.as_json else context.fail(_unreadable(failed))
    if blocked:
        context.note("say.import_blocked")
        return BadInput.exit_code
    context.note("say.imported" if write else "say.dry_run", count=sum(len(r.written) for r in results))
    return 0


class FilesUnreadable(BadInput):
    """Several files that could not be read, each with its reason."""

    def __init__(self, failed: Sequence[KcflowError]) -> None:
        super().__init__("files_unreadable", both("usage.files_unreadable", count=len(failed)))
        self.reasons = tuple(Reason("file", error.code, error.text) for error in failed)


def _unreadable(failed: Sequence[KcflowError]) -> KcflowError:
    """One error for every file that could not be read."""
    return failed[0] if len(failed) == 1 else FilesUnreadable(failed)


def _blocked(plan: ImportPlan, *, skip_bad_rows: bool) -> bool:
    """Whether `register_write` would refuse the plan: asked before any of several files is written."""
    if plan.questions:
        return True
    if not skip_bad_rows:
        return bool(plan.problems or plan.bad_count)
    return isinstance(plan.handle, RegisterReading) and bool(plan.handle.blocking)


def _read(context: Context, path: str) -> ImportPlan:
    args = context.args
    answers = RegisterAnswers(None, args.year, args.source, args.unit)
    if args.province is None:
        return context.desk.register_read(path, answers)
    year = args.year
    if year is None:
        # A code belongs to one of two lists; the register's year says which.
        year = context.desk.register_read(path, answers).plan_year
    day = date(year - 1, 6, 1) if year else context.desk.today
    return context.desk.register_read(path, _with_province(answers, args.province, day))


def _with_province(answers: RegisterAnswers, asked: str, day: date) -> RegisterAnswers:
    found = reference.province_in_force(asked, day)
    key = found.key if found else province_keys(asked)[0]
    return replace(answers, province_code=key.partition(":")[2])


def _lines(context: Context, result: ImportResult) -> Iterator[str]:
    plan, room, lang = result.plan, context.room, context.lang
    yield plan.file_name
    counts = context.say(
        "word.import_counts",
        rows=len(plan.rows),
        new=plan.new_count,
        already=sum(row.status == "already" for row in plan.rows),
        bad=plan.bad_count,
    )
    source = context.say(f"source.{plan.source}") if plan.source else ""
    items = [
        (context.say("column.sheet"), plan.sheet),
        (context.say("column.source"), source),
        (context.say("column.year"), str(plan.plan_year or "")),
        (context.say("column.province"), plan.province_name or ""),
        (context.say("column.unit"), context.say(f"unit.{plan.unit}") if plan.unit else ""),
        (context.say("column.rows"), counts),
        (context.say("money.requested"), dong(plan.total_requested, lang)),
    ]
    yield from pairs(items, room, "  ")
    yield from table(_columns(context), plan.rows, room)
    for field, question in plan.questions:
        text = f"{context.label(question)} ({OPTION.get(field, field)})"
        yield from paragraph(text, room, "", context.say("word.question") + " ")
    for key in ("problem", "warning"):
        yield from _of_rows(context, key, plan.rows)
    for key, labels in (
        ("problem", plan.problems),
        ("warning", plan.warnings),
        ("correction", plan.corrections),
    ):
        yield from _said(context, key, labels)
    yield ""


def _of_rows(context: Context, key: str, rows: Sequence[ImportRowView]) -> Iterator[str]:
    """What is said about rows; the same words about several rows are said once."""
    about: dict[Label, list[int]] = {}
    for row in rows:
        for label in row.problems if key == "problem" else row.warnings:
            about.setdefault(label, []).append(row.row_number)
    for label, numbers in about.items():
        place = context.say("word.in_rows", which=", ".join(map(str, numbers)))
        head = f"{context.say(f'word.{key}')} {place} "
        yield from paragraph(context.label(label), context.room, "", head)


def _said(context: Context, key: str, labels: Sequence[Label]) -> Iterator[str]:
    for label in labels:
        yield from paragraph(context.label(label), context.room, "", context.say(f"word.{key}") + " ")


def _columns(context: Context) -> list[Column[ImportRowView]]:
    return [
        Column(context.say("column.row"), lambda r: str(r.row_number), right=True),
        Column(context.say("column.status"), lambda r: context.say(f"import.{r.status}")),
        Column(context.say("column.code"), lambda r: r.code or ""),
        Column(context.say("money.total"), lambda r: compact(r.total, context.lang), right=True),
        Column(context.say("money.requested"), lambda r: compact(r.requested, context.lang), right=True),
        Column(context.say("column.unit_office"), lambda r: r.unit, flexible=True),
        Column(context.say("column.title"), lambda r: r.title, flexible=True),
    ]
