"""Citations for the clipboard: a proposal, a row of its timeline, a paper, a receipt."""

from __future__ import annotations

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import DossierCard, HistoryView, PaperView, Receipt
from kcflow.text import visible


def receipt_mark(row: HistoryView) -> str:
    """The short receipt of a row, as its receipt said it."""
    return row.hash[:8]


def of_paper(paper: PaperView, recorder: str, lang: str) -> str:
    """Kind, number, day and signer of a paper, and the office that recorded it; what isn't known is left out.

    The office that issued a paper stands in its number; `recorder` may be another one.
    """
    number = t("proposal.paper.number", lang, number=paper.number) if paper.number else ""
    day = t("cite.day", lang, on=date_text(paper.date, lang)) if paper.date else ""
    signer = t("cite.signer", lang, name=paper.signer) if paper.signer else ""
    who = t("cite.recorded", lang, office=recorder) if recorder else ""
    aside = _joined("; ", signer, who)
    return _joined(" ", paper.label(lang), number, day, f"({aside})" if aside else "")


def of_row(row: HistoryView, lang: str) -> str:
    """Act, day, who, its document, its place in the history and its receipt mark."""
    document = of_paper(row.document, "", lang) if row.document is not None else ""
    who = t("cite.system", lang) if row.system else f"{row.actor_name}, {row.office_name}"
    act = _joined(", ", row.action_label(lang), date_text(row.on, lang), who)
    did = row.clock.text(lang) if row.clock is not None else ""
    place = t("cite.row", lang, code=row.dossier, seq=row.seq, mark=receipt_mark(row))
    return _joined("; ", act, did, document, place)


def of_proposal(card: DossierCard, lang: str) -> str:
    """Code, title, state and since when; then the last act."""
    row = card.row
    head = _joined(" ", row.code, f"“{visible(row.title)}”")
    state = t("cite.state", lang, state=row.state_label(lang), since=date_text(row.entered_on, lang))
    last = max(card.timeline, key=lambda each: each.seq, default=None)
    return _joined("; ", f"{head}: {state}", of_row(last, lang) if last is not None else "")


def of_receipt(receipt: Receipt, lang: str) -> str:
    """What was done, to what, and the mark that finds it again."""
    act = _joined(", ", receipt.action_label(lang), date_text(receipt.on, lang))
    place = t("cite.row", lang, code=receipt.code, seq=receipt.seq, mark=receipt.mark)
    return _joined("; ", f"{receipt.code} “{visible(receipt.title)}”: {act}", place)


def _joined(between: str, *parts: str) -> str:
    return between.join(visible(part.replace("\n", " ")) for part in parts if part)
