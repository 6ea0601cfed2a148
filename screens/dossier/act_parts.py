"""What the proposal screen says of acts and papers: what can be done, what is missing, what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import ChecklistItem, DossierCard, OptionView, PaperView, Reason
from screens.dossier.proposal_parts import BAD, DIM, GOOD, STRONG, WARN, Part, line, lines
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from states.model import Label

# -- acts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActGroup:
    """Acts that the same person's right stands against: said once above them all."""

    reasons: tuple[Reason, ...]
    acts: tuple[OptionView, ...]


def groups(options: Iterable[OptionView]) -> list[ActGroup]:
    """The acts that can't be done yet, those of the same foreign right together."""
    found: dict[tuple[str, ...], list[OptionView]] = {}
    for option in options:
        found.setdefault(tuple(reason.text.vi for reason in _rights(option)), []).append(option)
    return [ActGroup(_rights(acts[0]), tuple(acts)) for acts in found.values()]


def _rights(option: OptionView) -> tuple[Reason, ...]:
    return tuple(reason for reason in option.reasons if reason.kind == "permission")


def group_heading(group: ActGroup, lang: str) -> Hanging:
    """Whose right it is."""
    return lines(line(("✗ ", BAD), reason.text(lang)) for reason in group.reasons)


def act(option: OptionView, lang: str, *, state: str = "", office: bool = False) -> Hanging:
    """One act that can be done: where it leads, on which basis, which papers have to come with it.

    `state` is the present one: an act that stays in it has no arrow. `office` says in whose name.
    """
    sign, style = ("!", WARN) if option.danger else ("▸", GOOD)
    basis = " · ".join(
        part for part in (option.office_name if office else "", basis_text(option.basis, lang)) if part
    )
    said = [_title((f"{sign} ", style), option, lang, state, STRONG, basis)]
    missing = option.missing_documents
    if missing:
        # The checklist names them all; a single one is named here too.
        named = alternatives(missing[0], lang) if len(missing) == 1 else ""
        lacks = named or t("proposal.lacking_papers", lang, count=len(missing))
        said.append(line((f"  {t('proposal.lacks', lang)} {lacks}", WARN)))
    return lines(said + _warned(option, lang))


def blocked(option: OptionView, lang: str, *, state: str = "", grouped: bool = False) -> Hanging:
    """One act that can't be done yet, with every reason that its heading (`grouped`) hasn't said."""
    first: Part = "  " if grouped else ("✗ ", BAD)
    said = [_title(first, option, lang, state, "", basis_text(option.basis, lang))]
    reasons = [reason for reason in option.reasons if not (grouped and reason.kind == "permission")]
    lacking = [reason for reason in reasons if reason.code == "document_missing"]
    if len(lacking) > 1:  # the checklist names them all
        reasons = [reason for reason in reasons if reason not in lacking]
        papers = t("proposal.lacking_papers", lang, count=len(lacking))
        said.append(line(("  · ", DIM), f"{t('proposal.lacks', lang)} {papers}"))
    said += [line(("  · ", DIM), reason.text(lang)) for reason in reasons]
    return lines(said + _warned(option, lang))


def _title(first: Part, option: OptionView, lang: str, state: str, style: str, basis: str) -> Content:
    label = option.target_label
    arrow = f" → {label(lang)}" if label is not None and option.target != state else ""
    return line(first, (option.label(lang), style), (arrow, DIM), (f" · {basis}" if basis else "", DIM))


def _warned(option: OptionView, lang: str) -> list[Content]:
    return [line((f"  ! {warning.text(lang)}", WARN)) for warning in option.warnings]


def alternatives(kinds: Sequence[tuple[str, Label]], lang: str) -> str:
    """Kinds of paper of which one will do."""
    return t("proposal.or", lang).join(label(lang) for _, label in kinds)


# -- papers ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperLine:
    """One line of the checklist: a paper that is there, or what an act still needs."""

    paper: PaperView | None
    item: ChecklistItem | None
    heading: Label | None = None
    """The act that it is needed for, where that isn't the one of the line before."""


def paper_lines(card: DossierCard) -> list[PaperLine]:
    """What the next acts need first, act by act; then what is there, older versions too."""
    found: list[PaperLine] = []
    last: Label | None = None
    for item in card.checklist:
        if not item.present:
            found.append(PaperLine(None, item, item.needed_for if item.needed_for != last else None))
            last = item.needed_for
    listed: set[tuple[str, int | None, str | None]] = set()
    for item in card.checklist:
        if item.present and item.paper is not None:
            found.append(PaperLine(item.paper, item))
            listed.add((item.paper.kind, item.paper.seq, item.paper.number))
    found += [
        PaperLine(paper, None) for paper in card.papers if (paper.kind, paper.seq, paper.number) not in listed
    ]
    return found


def paper_line(shown: PaperLine, lang: str) -> Hanging:
    """A mark, the kind, and number, date, signer, conclusion and file."""
    if shown.paper is not None:
        style = WARN if shown.paper.conclusion == "not_agreed" else GOOD if shown.item is not None else DIM
        detail = paper_text(shown.paper, lang, signer=False)
        label = (shown.paper.label(lang), "" if shown.item is not None else DIM)
        return lines([line((f"{mark('done')} ", style), label, (f"  {detail}" if detail else "", DIM))])
    said: list[Content] = []
    if shown.heading is not None:
        said.append(line((t("proposal.needed_for", lang, act=shown.heading(lang)), DIM)))
    if shown.item is not None:
        said.append(line((f"{mark('ahead')} ", WARN), shown.item.label(lang)))
    return lines(said)


def paper_text(paper: PaperView, lang: str, *, signer: bool = True) -> str:
    """Number, date, `signer`, conclusion and file of a paper in one line."""
    parts = [
        t("proposal.paper.number", lang, number=paper.number) if paper.number else "",
        date_text(paper.date, lang) if paper.date else "",
        (paper.signer or "") if signer else "",
        t(f"proposal.paper.{paper.conclusion}", lang) if paper.conclusion else "",
        t("proposal.paper.file", lang, name=paper.file_name) if paper.file_name else "",
    ]
    return " · ".join(part for part in parts if part)
