"""The lists of the proposal screen as options: acts, papers, timeline; a line is found again by its id."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.services.views import DossierCard, HistoryView, OptionView
from screens.dossier import act_parts, timeline_parts
from screens.dossier import proposal_parts as parts


def act_options(card: DossierCard, lang: str) -> list[Option]:
    """The acts of a proposal."""
    return acts_of(card.options, card.row.state, card.row.ending, lang)


def acts_of(
    options: Sequence[OptionView], state: str, ending: str, lang: str, ended: str = "proposal.ended"
) -> list[Option]:
    """Possible acts first ("act-<name>"); then the others, those of the same foreign right together.

    ended: catalogue key of what is said where nothing can be done any more.
    """
    possible = [option for option in options if option.possible]
    offices = len({option.office_name for option in possible}) > 1
    found: list[Option] = []
    if possible or not ending:
        others = any(reason.kind == "permission" for option in options for reason in option.reasons)
        key = "possible" if possible else "nothing_yours" if others else "nothing_possible"
        found.append(
            Option(Content.styled(t(f"proposal.{key}", lang), parts.DIM), "heading-possible", disabled=True)
        )
    found += [
        Option(act_parts.act(option, lang, state=state, office=offices), f"act-{option.name}")
        for option in possible
    ]
    blocked = act_parts.groups(option for option in options if not option.possible)
    if blocked:
        found.append(
            Option(
                Content.styled(t("proposal.impossible", lang), parts.DIM), "heading-impossible", disabled=True
            )
        )
    for number, group in enumerate(blocked):
        grouped = bool(group.reasons)
        if grouped:
            found.append(Option(act_parts.group_heading(group, lang), f"heading-{number}", disabled=True))
        found += [
            Option(act_parts.blocked(option, lang, state=state, grouped=grouped), f"act-{option.name}")
            for option in group.acts
        ]
    if not found:
        found.append(Option(Content.styled(t(ended, lang), parts.DIM), "heading-ended", disabled=True))
    return found


def paper_options(papers: Sequence[act_parts.PaperLine], lang: str) -> list[Option]:
    """The checklist ("paper-<its place in it>")."""
    if not papers:
        return [
            Option(Content.styled(t("proposal.no_papers", lang), parts.DIM), "heading-papers", disabled=True)
        ]
    return [Option(act_parts.paper_line(each, lang), f"paper-{at}") for at, each in enumerate(papers)]


def timeline_options(card: DossierCard, lang: str) -> list[Option]:
    """The history of a proposal."""
    return moments_of(card.timeline, lang)


def moments_of(timeline: Sequence[HistoryView], lang: str) -> list[Option]:
    """The rows, newest first ("row-<seq>")."""
    newest = sorted(timeline, key=lambda row: row.seq, reverse=True)
    return [Option(timeline_parts.moment(row, lang), f"row-{row.seq}") for row in newest]
