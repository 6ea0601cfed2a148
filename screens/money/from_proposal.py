"""From a proposal to its money: a contract, a change of it, the round or plan of a row of its history."""

from __future__ import annotations

from kcflow.i18n import t
from kcflow.services.views import HistoryView, Receipt
from screens.base import DeskNode
from screens.money.codes import ADJUSTMENT, CONTRACT
from screens.money.opening import NewKindDialog, form_of


class LeadsToMoney(DeskNode):
    """The half of the proposal screen that opens forms and boards of money."""

    code: str

    @property
    def history_row(self) -> HistoryView | None:
        """The row of the timeline under the cursor."""
        raise NotImplementedError

    def action_new_board(self) -> None:
        """Draw up a contract over the proposal, or ask for a change of it."""
        code = self.code

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self.app.push_screen(form_of(kind, (code,)), self._opened)

        self.app.push_screen(NewKindDialog((CONTRACT, ADJUSTMENT)), chosen)

    def _opened(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            self.desk_app.data_changed()
            self.desk_app.open_dossier(receipt.code)

    def action_open_above(self) -> None:
        """Open the round, contract or plan that the row of the timeline under the cursor belongs to."""
        row = self.history_row
        owner = (row.via or next(iter(row.charges), None)) if row is not None else None
        if owner is None:
            self.say(t("money.no_owner", self.lang), "warn")
        else:
            self.desk_app.open_dossier(owner)
