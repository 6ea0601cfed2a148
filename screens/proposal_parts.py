"""What the proposal screen says, as `Content`: every text of people is made visible, nothing is markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from textual.content import Content

from kcflow import reference
from kcflow.formats import compact, date_text, dong, instant_text
from kcflow.i18n import t
from kcflow.labels import AMOUNT, DATE_FIELDS, DEADLINE_KIND, KIND, SOURCE
from kcflow.services.views import (
    ChecklistItem,
    DossierCard,
    DossierRow,
    DueView,
    HistoryView,
    MoneyView,
    OptionView,
    PaperView,
)
from kcflow.text import visible
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from states.model import Label

DIM, GOOD, WARN, BAD, STRONG = "$text-muted", "$success", "$warning", "$error", "bold"
Part = Content | tuple[str, str] | str
_MARK_STYLE = {"late": BAD, "near": WARN, "returned": WARN, "completed": GOOD, "ended": DIM}
_MARK_NAME = {"completed": "done", "ended": "stopped", "none": "current", "ok": "current"}


def line(*parts: Part) -> Content:
    """Join parts, each a text or (text, style), all made visible."""
    return Content.assemble(
        *(
            part
            if isinstance(part, Content)
            else (visible(part[0]), part[1])
            if isinstance(part, tuple)
            else visible(part)
            for part in parts
        )
    )


def lines(parts: Iterable[Content]) -> Hanging:
    """Put lines under each other; each keeps its indent where it is broken."""
    return Hanging(parts)


def state_mark(row: DossierRow) -> tuple[str, str]:
    """(mark, style) of where a proposal stands."""
    return mark(_MARK_NAME.get(row.mark, row.mark)), _MARK_STYLE.get(row.mark, "$primary")


# -- head and whereabouts --------------------------------------------------------------------


def head(card: DossierCard) -> Content:
    """Code and title."""
    return line((card.row.code, "bold $accent"), "  ", (card.row.title, STRONG))


def under_head(card: DossierCard, lang: str) -> Content:
    """Source, year, province, unit, version: what it is a part of."""
    row = card.row
    parts = (
        f"{SOURCE[row.source](lang) if row.source in SOURCE else row.source} {row.plan_year}",
        row.province_name,
        row.unit_name,
        t("proposal.version", lang, version=row.version),
    )
    return line((" · ".join(part for part in parts if part), DIM))


def whereabouts(card: DossierCard, lang: str) -> Hanging:
    """The state, who holds the file and since when, until when and why."""
    row = card.row
    sign, style = state_mark(row)
    held = t("proposal.held", lang, days=card.days_in_state, working=card.working_days_in_state)
    said = [line((f"{sign} ", style), (row.state_label(lang), STRONG))]
    since = t("proposal.since", lang, on=date_text(row.entered_on, lang), held=held)
    if row.ending:
        said.append(line((since, DIM)))
    else:
        said.append(line((t("proposal.waits_for", lang), DIM), (row.waits_for_label(lang), STRONG)))
        said.append(line((since, DIM)))
        said += due_lines(card.due, row.days_left, lang, derived=False)
    if card.return_to_label is not None:
        said.append(line((t("proposal.return_to", lang, state=card.return_to_label(lang)), WARN)))
    said += [line((f"! {warning(lang)}", WARN)) for warning in card.warnings]
    return lines(said)


def derivation(card: DossierCard, lang: str) -> Hanging:
    """How the date of the deadline came about, line by line; empty without one."""
    steps = card.due.derivation if card.due is not None else ()
    return lines(line((step(lang), DIM)) for step in steps)


def due_lines(
    due: DueView | None, days_left: int | None, lang: str, *, derived: bool = True
) -> list[Content]:
    """The deadline, its kind and basis, and (`derived`) how the date came about."""
    if due is None:
        return [line((t("proposal.no_due", lang), DIM))]
    first: list[Part] = [(t("proposal.due", lang), DIM), (date_text(due.on, lang), STRONG)]
    if days_left is not None:
        key, style = ("late", BAD) if days_left < 0 else ("left", GOOD if days_left > 5 else WARN)
        sign = mark("late") if days_left < 0 else mark("near") if days_left <= 5 else ""
        first.append(
            (f"  {sign} {t(f'proposal.days_{key}', lang, days=abs(days_left))}".replace("   ", "  "), style)
        )
    said = [line(*first), line((f"  {DEADLINE_KIND[due.kind](lang)}: {due.basis}", DIM))]
    if derived:
        said += [line((f"  {step(lang)}", DIM)) for step in due.derivation]
    return said


# -- money -----------------------------------------------------------------------------------


def percent(part: int, base: int, lang: str) -> str:
    """`part` of `base` with one decimal, rounded half up: "35,3 %"."""
    tenths = (part * 2000 + base) // (2 * base)
    sign = "," if lang == "vi" else "."
    return f"{tenths // 10}{sign}{tenths % 10} %"


def money(view: MoneyView, lang: str) -> Hanging:
    """Every amount, and of which base it is which part."""
    rows: list[tuple[str, int | None, int, str]] = [
        ("total", view.total, 0, ""),
        ("requested", view.requested, view.total, "of_total"),
        ("counterpart", view.counterpart, view.total, "of_total"),
        ("other", view.other, view.total, "of_total"),
        ("approved", view.approved, view.requested, "of_requested"),
        ("allocated", view.allocated, view.approved or 0, "of_approved"),
        ("advanced", view.advanced, view.allocated, "of_allocated"),
    ]
    said = []
    for name, amount, base, base_key in rows:
        indent = "  " if name in ("requested", "counterpart", "other") else ""
        label = (indent + t(f"proposal.money.{name}", lang)).ljust(18)
        if amount is None:
            said.append(line((label, DIM), (t("proposal.money.none", lang).rjust(14), DIM)))
            continue
        share = (
            f"  {percent(amount, base, lang)} {t(f'proposal.money.{base_key}', lang)}"
            if base and amount
            else ""
        )
        said.append(line((label, DIM), (compact(amount, lang).rjust(14), STRONG), (share, DIM)))
        if name == "allocated" and view.rounds:
            rounds = "; ".join(
                t("proposal.money.round", lang, round=number, amount=compact(part, lang))
                for number, part in view.rounds
            )
            said.append(line((f"  {rounds}", DIM)))
    return lines(said)


# -- facts, papers ---------------------------------------------------------------------------

_SHOWN_ELSEWHERE = frozenset(
    {"total", "requested", "counterpart", "other", "source", "plan_year", "province", "unit_office"}
)
_HEAD_CELLS = 80


def facts(card: DossierCard, lang: str) -> Hanging:
    """The fields of Mẫu 2 that hold something and stand neither in the head nor under money."""
    shown = [
        (label(lang), _fact(card, name, text, lang))
        for name, label, text in card.fields
        if name not in _SHOWN_ELSEWHERE and text.strip() and (name != "title" or len(text) > _HEAD_CELLS)
    ]
    return lines(
        line((f"{label}: ", DIM), text.replace("\r\n", "\n").replace("\n", "; ")) for label, text in shown
    )


def _fact(card: DossierCard, name: str, text: str, lang: str) -> str:
    """One field in the present language: codes by their names, days as they are written there."""
    value = card.content.get(name)
    if name == "kinds" and isinstance(value, list):
        return ", ".join(KIND[kind](lang) if kind in KIND else str(kind) for kind in value)
    if name == "content_codes" and isinstance(value, list):
        names = {each.code: each.label for each in reference.contents()}
        return "; ".join(f"{code}. {names[code](lang)}" if code in names else str(code) for code in value)
    if name in DATE_FIELDS and isinstance(value, str) and value:
        return date_text(date.fromisoformat(value), lang)
    return text


def paper_text(paper: PaperView, lang: str) -> str:
    """Number, date, signer, conclusion and file of a paper in one line."""
    parts = [
        t("proposal.paper.number", lang, number=paper.number) if paper.number else "",
        date_text(paper.date, lang) if paper.date else "",
        paper.signer or "",
        t(f"proposal.paper.{paper.conclusion}", lang) if paper.conclusion else "",
        t("proposal.paper.file", lang, name=paper.file_name) if paper.file_name else "",
    ]
    return " · ".join(part for part in parts if part)


def checklist(card: DossierCard, lang: str) -> Hanging:
    """What the next acts need, what is there; then every other paper, older versions too."""
    said = []
    listed: set[tuple[str, int | None, str | None]] = set()
    for item in card.checklist:
        said += _item(item, lang)
        if item.paper is not None:
            listed.add((item.paper.kind, item.paper.seq, item.paper.number))
    for paper in card.papers:
        if (paper.kind, paper.seq, paper.number) not in listed:
            said.append(
                line((f"{mark('done')} ", DIM), paper.label(lang), (f"  {paper_text(paper, lang)}", DIM))
            )
    return lines(said or [line((t("proposal.no_papers", lang), DIM))])


def _item(item: ChecklistItem, lang: str) -> list[Content]:
    if item.present and item.paper is not None:
        style = WARN if item.paper.conclusion == "not_agreed" else GOOD
        said = [line((f"{mark('done')} ", style), item.paper.label(lang))]
        if detail := paper_text(item.paper, lang):
            said.append(line((f"  {detail}", DIM)))
        return said
    needed = t("proposal.needed_for", lang, act=item.needed_for(lang)) if item.needed_for else ""
    return [line((f"{mark('ahead')} ", WARN), item.label(lang)), line((f"  {needed}", WARN))]


# -- acts ------------------------------------------------------------------------------------


def act(option: OptionView, lang: str) -> Hanging:
    """One act: where it leads, who does it on which basis; with every reason if it can't be done yet."""
    sign, style = ("▸", GOOD) if option.possible else ("✗", BAD)
    if option.possible and option.danger:
        sign, style = "!", WARN
    arrow = f" → {option.target_label(lang)}" if option.target_label is not None else ""
    title: list[Part] = [
        (f"{sign} ", style),
        (option.label(lang), STRONG if option.possible else ""),
        (arrow, DIM),
    ]
    said = [line(*title)]
    if option.possible:
        who = " · ".join(part for part in (option.office_name or "", option.basis) if part)
        said.append(line((f"  {who}", DIM)))
        said += [
            line((f"  {t('proposal.lacks', lang)} {alternatives(missing, lang)}", WARN))
            for missing in option.missing_documents
        ]
    else:
        said.append(line((f"  {option.basis}", DIM)))
        said += [line(("  · ", DIM), reason.text(lang)) for reason in option.reasons]
    said += [line((f"  ! {warning.text(lang)}", WARN)) for warning in option.warnings]
    return lines(said)


def alternatives(kinds: Sequence[tuple[str, Label]], lang: str) -> str:
    """Kinds of paper of which one will do."""
    return t("proposal.or", lang).join(label(lang) for _, label in kinds)


# -- timeline --------------------------------------------------------------------------------


def moment(row: HistoryView, lang: str) -> Hanging:
    """One row of the timeline: what, when, who, with which paper, why, and what was wrong with it."""
    corrected = bool(row.corrected_by)
    title: list[Part] = [
        (f"{date_text(row.on, lang)}  ", "$accent"),
        (row.action_label(lang), "strike" if corrected else STRONG),
    ]
    if row.from_state != row.to_state:
        title.append((f" → {row.to_label(lang)}", ""))
    said = [line(*title)]
    who = f"  #{row.seq} {row.actor_name}, {row.office_name}"
    if row.operator_name and row.operator != row.actor:
        who += t("proposal.by_operator", lang, name=row.operator_name)
    if row.system:
        who = f"  #{row.seq} {t('proposal.system', lang)}"
    if row.entry_delay_days:
        who += " · " + t(
            "proposal.entered_late", lang, at=instant_text(row.at, lang), days=row.entry_delay_days
        )
    said.append(line((who, DIM)))
    said += [line((f"  {detail}", style)) for detail, style in _details(row, lang)]
    return lines(said)


def _details(row: HistoryView, lang: str) -> list[tuple[str, str]]:
    details: list[tuple[str, str]] = []
    if row.document is not None:
        authority = f" ({row.authority})" if row.authority else ""
        details.append(
            (f"{row.document.label(lang)} {paper_text(row.document, lang)}{authority}".strip(), "")
        )
    details += [(f"+ {paper.label(lang)} {paper_text(paper, lang)}".strip(), DIM) for paper in row.papers]
    if row.amount is not None and row.amount_kind in AMOUNT:
        in_round = t("proposal.in_round", lang, round=row.round) if row.round else ""
        details.append((f"{AMOUNT[row.amount_kind](lang)}: {dong(row.amount, lang)}{in_round}", ""))
    if row.reason:
        details.append((t("proposal.reason", lang, reason=row.reason.replace("\n", " ")), ""))
    details += [
        (t("proposal.change", lang, field=label(lang), before=before or "—", after=after or "—"), DIM)
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
