"""What stands under the cursors of the proposal screen, and what needs only that: to open it, to copy it."""

from __future__ import annotations

from textual.widgets import OptionList

from kcflow.i18n import t
from kcflow.services.views import DossierCard, HistoryView, OptionView, PaperView
from screens.dossier import act_parts, citing
from screens.dossier.opens_papers import OpensPapers


class ProposalCursor(OpensPapers):
    """The half of the proposal screen that knows what is under the cursor of each of its lists."""

    card: DossierCard | None = None
    """What is shown; None until it is read."""
    papers: tuple[act_parts.PaperLine, ...] = ()
    """The lines of the checklist."""

    @property
    def option(self) -> OptionView | None:
        """The act under the cursor."""
        chosen = self._chosen("acts", "act-")
        if self.card is None or chosen is None:
            return None
        return next((option for option in self.card.options if option.name == chosen), None)

    @property
    def history_row(self) -> HistoryView | None:
        """The row of the timeline under the cursor."""
        chosen = self._chosen("timeline", "row-")
        if self.card is None or chosen is None:
            return None
        return next((row for row in self.card.timeline if str(row.seq) == chosen), None)

    @property
    def paper_shown(self) -> act_parts.PaperLine | None:
        """The line of the checklist under the cursor."""
        chosen = self._chosen("papers", "paper-")
        at = int(chosen) if chosen is not None else -1
        return self.papers[at] if 0 <= at < len(self.papers) else None

    def _chosen(self, name: str, prefix: str) -> str | None:
        if not self.is_mounted:
            return None
        box = self.query_one(f"#proposal-{name}", OptionList)
        if box.highlighted is None:
            return None
        found = box.get_option_at_index(box.highlighted).id or ""
        return found.removeprefix(prefix) if found.startswith(prefix) else None

    def focused_on(self, name: str) -> bool:
        """Whether the list `name` has the focus."""
        return self.is_mounted and self.query_one(f"#proposal-{name}").has_focus

    def _recorder(self, paper: PaperView) -> str:
        rows = self.card.timeline if self.card is not None else ()
        return next((row.office_name for row in rows if row.seq == paper.seq), "")

    def action_open_document(self) -> None:
        """Open the file of the paper under the cursor; the first press goes to the papers."""
        row = self.history_row
        if self.focused_on("timeline") and row is not None:
            own = (row.document,) if row.document is not None else ()
            with_file = [paper for paper in (*own, *row.papers) if paper.file]
            if with_file:
                self.open_paper(with_file[0])
            else:
                self.say(t("viewer.no_file", self.lang), "warn")
        elif (
            self.focused_on("papers") and (shown := self.paper_shown) is not None and shown.paper is not None
        ):
            self.open_paper(shown.paper)
        else:
            self.query_one("#proposal-papers").focus()
            self.say(t("viewer.choose", self.lang))

    def action_copy_citation(self) -> None:
        """Copy the citation of the paper or the row under the cursor, else of the proposal."""
        card, lang = self.card, self.lang
        if card is None:
            return
        row, shown = self.history_row, self.paper_shown
        if self.focused_on("timeline") and row is not None:
            self.desk_app.copy(citing.of_row(row, lang), t("copy.row", lang, seq=row.seq))
        elif self.focused_on("papers") and shown is not None and shown.paper is not None:
            text = citing.of_paper(shown.paper, self._recorder(shown.paper), lang)
            self.desk_app.copy(text, t("copy.paper", lang))
        else:
            self.desk_app.copy(citing.of_proposal(card, lang), t("copy.proposal", lang, code=card.row.code))
