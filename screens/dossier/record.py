"""One row of the history in full, as text: what an auditor is owed (design §6)."""

from __future__ import annotations

from kcflow.formats import date_text, dong, instant_text
from kcflow.i18n import t
from kcflow.labels import AMOUNT, DEADLINE_KIND
from kcflow.services.views import HistoryView, PaperView
from kcflow.typed import field_text
from screens.guide.pairs import Pair
from screens.widgets.basis import basis_text
from screens.widgets.cells import literal


def paper_text(paper: PaperView, lang: str) -> str:
    """A paper with number, date, signer, conclusion and the hash of its file."""
    parts = [paper.label(lang)]
    if paper.number:
        parts.append(t("record.number", lang, number=paper.number))
    if paper.date is not None:
        parts.append(date_text(paper.date, lang))
    if paper.signer:
        parts.append(t("record.signer", lang, signer=paper.signer))
    if paper.conclusion:
        parts.append(t(f"record.{paper.conclusion}", lang))
    if paper.file:
        parts.append(f"{paper.file_name or ''} SHA-256 {paper.file}".strip())
    return literal(", ".join(parts))


def record_pairs(view: HistoryView, lang: str) -> list[Pair]:
    """Every field of the row with its label, in the present language."""

    def label(name: str) -> str:
        return t(f"record.{name}", lang)

    none = "–"
    lines: list[Pair] = [
        (label("dossier"), f"{view.dossier} · {view.title}"),
        (label("seq"), f"{view.seq}"),
        (label("action"), f"{view.action_label(lang)} ({view.action})"),
        (label("from"), f"{view.from_label(lang)} ({view.from_state})" if view.from_label else none),
        (label("to"), f"{view.to_label(lang)} ({view.to_state})"),
        (
            label("actor"),
            t("history.by_system", lang) if view.system else f"{view.actor_name} ({view.actor})",
        ),
        (label("operator"), f"{view.operator_name} ({view.operator})" if view.operator else none),
        (label("role"), f"{view.role_label(lang)} ({view.role})"),
        (label("office"), f"{view.office_name} ({view.office})"),
        (label("authority"), view.authority or none),
        (label("basis"), basis_text(view.basis, lang) or none),
        (label("document"), paper_text(view.document, lang) if view.document is not None else none),
    ]
    papers = [paper_text(paper, lang) for paper in view.papers] or [none]
    lines.append((label("papers"), "\n".join(papers)))
    if view.amount is not None:
        kind = AMOUNT[view.amount_kind](lang) if view.amount_kind in AMOUNT else view.amount_kind or ""
        lines.append((label("amount"), f"{kind} {dong(view.amount, lang)}".strip()))
        before = dong(view.amount_before, lang) if view.amount_before is not None else none
        after = dong(view.amount_after, lang) if view.amount_after is not None else none
        lines.append((label("amounts"), f"{before} → {after}"))
    else:
        lines.append((label("amount"), none))
    typed = [f"{name(lang)}: {field_text(key, value, lang)}" for key, name, value in view.fields]
    # Only acts about money have these.
    own = (("fields", "\n".join(typed)), ("charges", ", ".join(view.charges)), ("via", view.via))
    if view.clock is not None:
        lines.append((label("clock"), view.clock.text(lang)))
    lines += [(label(name), text) for name, text in own if text]
    delay = t("record.delay", lang, n=view.entry_delay_days) if view.entry_delay_days else ""
    lines += [
        (label("round"), str(view.round) if view.round is not None else none),
        (label("reason"), view.reason or none),
        (label("on"), date_text(view.on, lang)),
        (label("at"), f"{instant_text(view.at, lang, seconds=True)} {delay}".strip()),
        (label("deadline"), _deadline(view, lang)),
        (label("due"), date_text(view.due_on, lang) if view.due_on is not None else none),
        (label("waits_for"), view.waits_for_label(lang)),
        (label("corrects"), str(view.corrects) if view.corrects is not None else none),
        (label("corrected_by"), ", ".join(str(seq) for seq in view.corrected_by) or none),
    ]
    changes = [
        f"{name(lang)}: {before(lang) or none} → {after(lang) or none}"
        for _, name, before, after in view.changes
    ]
    lines.append((label("changes"), "\n".join(literal(change) for change in changes) or none))
    lines += [
        (label("lifecycle"), view.lifecycle),
        (label("request"), view.request),
        (label("digest"), view.digest),
        (label("prev"), view.prev),
        (label("hash"), view.hash),
    ]
    return lines


def _deadline(view: HistoryView, lang: str) -> str:
    if view.deadline_on is None:
        return "–"
    parts = [date_text(view.deadline_on, lang)]
    if view.deadline_kind in DEADLINE_KIND:
        parts.append(DEADLINE_KIND[view.deadline_kind](lang))
    if view.deadline_basis:
        parts.append(view.deadline_basis)
    if view.deadline_met is not None:
        parts.append(t("history.met" if view.deadline_met else "history.missed", lang))
    return ", ".join(parts)


def money_said(view: HistoryView, lang: str) -> list[str]:
    """The kind of the amount with its đồng, what it was charged to, and the act's typed fields."""
    said = []
    if view.clock is not None:
        said.append(view.clock.text(lang))
    if view.amount is not None and view.amount_kind in AMOUNT:
        said.append(f"{AMOUNT[view.amount_kind](lang)}: {dong(view.amount, lang)}")
    if view.charges:
        said.append(t("proposal.charged_to", lang, codes=", ".join(view.charges)))
    elif view.via:
        said.append(t("proposal.via", lang, code=view.via))
    return said + [f"{label(lang)}: {field_text(name, value, lang)}" for name, label, value in view.fields]
