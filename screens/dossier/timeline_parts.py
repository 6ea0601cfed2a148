"""What the proposal screen says of its history: the timeline and the notes."""

from __future__ import annotations

from textual.content import Content

from kcflow.formats import date_text, dong, instant_text
from kcflow.i18n import t
from kcflow.labels import AMOUNT
from kcflow.services.views import HistoryView
from kcflow.typed import field_text
from screens.dossier.act_parts import paper_text
from screens.dossier.proposal_parts import BAD, DIM, STRONG, WARN, Part, line, lines
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark

NOTE = "note"
"""The act that writes a note: it changes nothing, its reason is the text."""
NOTE_MARK = "✎"
CLOCK_MARK = "◷"
"""Of what a supervisor, or the program, did about time."""
_NOTES_SHOWN = 3
_OFFICE_CELLS = 34
"""A longer name of an office gives way to the role, which says the same in a few words."""


def moment(row: HistoryView, lang: str) -> Hanging:
    """One row of the timeline: what, when, who, with which paper, why, and what was wrong with it."""
    style = "strike" if row.corrected_by else STRONG
    title: list[Part] = [(f"{date_text(row.on, lang)}  ", "$accent")]
    if row.clock is not None:
        title.append((f"{CLOCK_MARK} ", "$primary"))
    elif row.action == NOTE:
        title.append((f"{NOTE_MARK} ", "$primary"))
    title.append((row.action_label(lang), style))
    if row.from_state != row.to_state:
        title.append((f" → {row.to_label(lang)}", ""))
    said = [line(*title), line((f"  #{row.seq} {_who(row, lang)}", DIM))]
    said += [line((f"  {detail}", style)) for detail, style in _details(row, lang)]
    return lines(said)


def notes(timeline: tuple[HistoryView, ...], lang: str) -> Hanging:
    """The latest notes, the newest first; how many more there are."""
    found = sorted(
        (row for row in timeline if row.action == NOTE and row.clock is None and not row.corrected_by),
        key=lambda row: row.seq,
        reverse=True,
    )
    said: list[Content] = []
    for row in found[:_NOTES_SHOWN]:
        first, *rest = (row.reason or "").split("\n")
        by = f"{date_text(row.on, lang)} {row.actor_name}: "
        said.append(line((f"{NOTE_MARK} ", "$primary"), (by, DIM), first))
        said += [line(f"  {text}") for text in rest if text.strip()]
    if len(found) > _NOTES_SHOWN:
        said.append(line((t("note.more", lang, count=len(found) - _NOTES_SHOWN), DIM)))
    return lines(said)


def _who(row: HistoryView, lang: str) -> str:
    if row.system:
        who = t("proposal.system", lang)
    else:
        office = row.office_name if len(row.office_name) <= _OFFICE_CELLS else row.role_label(lang)
        who = f"{row.actor_name}, {office}"
        if row.operator_name and row.operator != row.actor:
            who += t("proposal.by_operator", lang, name=row.operator_name)
    if row.entry_delay_days:
        at = instant_text(row.at, lang)
        who += " · " + t("proposal.entered_late", lang, at=at, days=row.entry_delay_days)
    return who


def _details(row: HistoryView, lang: str) -> list[tuple[str, str]]:
    details: list[tuple[str, str]] = []
    if row.document is not None:
        authority = f" ({row.authority})" if row.authority else ""
        details.append(
            (f"{row.document.label(lang)} {paper_text(row.document, lang)}{authority}".strip(), "")
        )
    details += [
        (f"+ {paper.label(lang)} {paper_text(paper, lang, signer=False)}".strip(), DIM)
        for paper in row.papers
    ]
    if row.amount is not None and row.amount_kind in AMOUNT:
        in_round = t("proposal.in_round", lang, round=row.round) if row.round else ""
        details.append((f"{AMOUNT[row.amount_kind](lang)}: {dong(row.amount, lang)}{in_round}", ""))
    if row.charges:
        details.append((t("proposal.charged_to", lang, codes=", ".join(row.charges)), DIM))
    elif row.via:
        details.append((t("proposal.via", lang, code=row.via), DIM))
    details += [(f"{label(lang)}: {field_text(name, value, lang)}", "") for name, label, value in row.fields]
    if row.clock is not None:
        details.append((row.clock.text(lang), ""))
    if row.reason and row.action == NOTE:
        details += [(text, "") for text in row.reason.split("\n") if text.strip()]
    elif row.reason:
        details.append((t("proposal.reason", lang, reason=row.reason.replace("\n", " ")), ""))
    details += [
        (
            t(
                "proposal.change",
                lang,
                field=label(lang),
                before=before(lang) or "—",
                after=after(lang) or "—",
            ),
            DIM,
        )
        for _, label, before, after in row.changes
    ]
    if row.deadline_met is False and row.deadline_on is not None:
        details.append(
            (f"{mark('late')} " + t("proposal.was_late", lang, on=date_text(row.deadline_on, lang)), WARN)
        )
    if row.corrects is not None:
        details.append((t("proposal.corrects", lang, seq=row.corrects), WARN))
    if row.corrected_by:
        seqs = ", ".join(f"#{seq}" for seq in row.corrected_by)
        details.append((f"✗ {t('proposal.corrected_by', lang, seqs=seqs)}", BAD))
    return details
