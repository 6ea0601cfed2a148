"""The dialogs and screens that the keys of the proposal screen open, and what is said when one comes back."""

from __future__ import annotations

from kcflow.i18n import t
from kcflow.services.views import Receipt
from screens.dossier.proposal_cursor import ProposalCursor


class ProposalActs(ProposalCursor):
    """The half of the proposal screen that carries acts out."""

    code: str
    """Which proposal."""

    def action_act(self) -> None:
        """Open the advance dialog for the act under the cursor."""
        if (reason := self.why_not("act")) is not None:
            self.say(reason, "warn")
            return
        option, card = self.option, self.card
        if option is not None and card is not None:
            from screens.dossier.advance import AdvanceDialog

            self.app.push_screen(AdvanceDialog(card.row.code, option, card.row.version), self._done)

    def action_record_papers(self) -> None:
        """Open the dialog for papers."""
        self.record("")

    def record(self, kind: str) -> None:
        """Open the dialog for papers, at a kind of paper ("": none is chosen yet)."""
        if self.card is not None:
            from screens.dossier.papers import PapersDialog

            self.app.push_screen(PapersDialog(self.card.row.code, self.card.row.title, kind), self._done)

    def action_write_note(self) -> None:
        """Open the dialog for a note."""
        if self.card is not None:
            from screens.dossier.notes import NoteDialog

            self.app.push_screen(NoteDialog(self.card.row.code, self.card.row.title), self._done)

    def action_edit_draft(self) -> None:
        """Open the form with the present content."""
        if self.card is not None:
            from screens.forms.draft import DraftScreen

            self.app.push_screen(DraftScreen(card=self.card), self._done)

    def action_correct_row(self) -> None:
        """Correct the row of the timeline under the cursor; the first press goes there."""
        row = self.history_row
        if not self.focused_on("timeline"):
            self.query_one("#proposal-timeline").focus()
            self.say(t("proposal.choose_row", self.lang))
        elif row is not None:
            from screens.dossier.correct import CorrectDialog

            self.app.push_screen(CorrectDialog(row.dossier, row), self._done)

    def action_open_story(self) -> None:
        """Open the whole money story of this proposal."""
        if self.card is not None:
            from screens.dossier.money_story import MoneyStoryScreen

            self.app.push_screen(MoneyStoryScreen(self.code))

    def action_dossier_history(self) -> None:
        """Open the history of this proposal."""
        self.desk_app.open_history_of(self.code)

    def _done(self, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        self.say(
            t("advance.done_line", self.lang, act=receipt.action_label(self.lang), mark=receipt.mark), "good"
        )
        self.desk_app.data_changed()
