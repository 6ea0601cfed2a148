"""papers and correct: what is recorded beside the acts of the procedure."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.papers_text import paper_columns
from kcflow.commands.receipts import show_receipt
from kcflow.commands.tables import table
from kcflow.services.views import PaperInput


def list_(context: Context) -> int:
    """The papers of one proposal."""
    papers = context.desk.dossier(context.args.code).papers
    context.rows(papers, lambda rows: table(paper_columns(context), rows, context.room))
    return 0


def add(context: Context) -> int:
    """Record a paper that came on its own."""
    args = context.args
    paper = PaperInput(
        kind=args.kind,
        number=args.number,
        date=args.date,
        signer=args.signer,
        conclusion=args.conclusion,
        file=args.attach,
    )
    return show_receipt(
        context, context.desk.record_papers(args.code, [paper], on=args.on, request=args.request_id)
    )


def correct(context: Context) -> int:
    """A new row that points at a wrong one; nothing is ever rewritten."""
    args = context.args
    return show_receipt(
        context, context.desk.correct(args.code, args.seq, args.reason, request=args.request_id)
    )
