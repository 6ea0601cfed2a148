"""advance: one act on one proposal or one decision on many, or only a look at what it would do."""

from __future__ import annotations

from collections.abc import Iterator

from kcflow.commands.context import Context
from kcflow.commands.papers_text import derivation_lines, due_line
from kcflow.commands.receipts import receipt_lines, show_receipt
from kcflow.commands.tables import pairs, paragraph
from kcflow.commands.words import both
from kcflow.formats import dong
from kcflow.services.errors import BadInput
from kcflow.services.views import BulkItem, MoveInput, Preview

REFUSED = 1


def move_input(context: Context) -> MoveInput:
    """What the options of `advance` say."""
    args = context.args
    return MoveInput(
        on=args.on,
        reason=args.reason,
        document_kind=args.document_kind,
        document_number=args.document_number,
        document_date=args.document_date,
        signer=args.signer,
        conclusion=args.conclusion,
        document_file=args.attach,
        papers=tuple(args.papers),
        amount=args.amount,
        round=args.round,
        authority=args.authority,
        expected_version=args.expect_version,
        request=args.request_id,
    )


def advance(context: Context) -> int:
    """Carry out or preview an act. Exit code 1 when the rules refuse it."""
    args, move = context.args, move_input(context)
    if len(args.codes) > 1 and args.expect_version is not None:
        raise BadInput("usage", both("usage.version_of_one"))
    if args.dry_run:
        return _preview(context, move)
    if len(args.codes) == 1:
        return show_receipt(context, context.desk.advance(args.codes[0], args.action, move))
    items = context.desk.advance_many(args.codes, args.action, move, all_or_nothing=True)
    context.rows(items, lambda rows: (line for item in rows for line in _item_lines(context, item)))
    if all(item.receipt is not None for item in items):
        return 0
    context.note("say.nothing_done")
    return REFUSED


def _item_lines(context: Context, item: BulkItem) -> Iterator[str]:
    if item.receipt is not None:
        yield from receipt_lines(context, item.receipt)
        return
    yield f"{item.code}  {context.say('act.cannot' if item.reasons else 'act.left')}"
    yield from context.reason_lines(item.reasons)


def _preview(context: Context, move: MoveInput) -> int:
    args = context.args
    previews = [context.desk.preview(code, args.action, move) for code in args.codes]
    if len(previews) == 1:
        context.emit(previews[0], lambda: preview_lines(context, previews[0]))
    else:
        context.rows(previews, lambda rows: (line for one in rows for line in preview_lines(context, one)))
    context.note("say.dry_run")
    return 0 if all(one.allowed for one in previews) else REFUSED


def preview_lines(context: Context, preview: Preview) -> Iterator[str]:
    """What would happen, who would hold it and by when; or every reason why not."""
    say, lang = context.say, context.lang
    yield from paragraph(f"{preview.code}  {preview.title}", context.room)
    amount = ""
    if preview.amount_after is not None:
        before = "—" if preview.amount_before is None else dong(preview.amount_before, lang)
        amount = f"{before} → {dong(preview.amount_after, lang)}"
    verdict = say("act.would" if preview.allowed else "act.cannot")
    items = [
        (say("column.act"), f"{context.label(preview.option.label)} [{verdict}]"),
        (
            say("column.states"),
            f"{context.label(preview.from_label)} → {context.label(preview.to_label) or '—'}",
        ),
        (say("column.waits_for"), context.label(preview.waits_for_label)),
        (say("column.due"), due_line(context, preview.due) if preview.due else ""),
        (say("column.amount"), amount),
        (say("column.basis"), preview.option.basis),
    ]
    yield from pairs(items, context.room, "  ")
    if preview.due:
        yield from derivation_lines(context, preview.due, "  ")
    yield from context.reason_lines(preview.option.reasons)
    for warning in preview.option.warnings:
        yield from paragraph(context.label(warning.text), context.room, "  ", say("word.warning") + " ")
