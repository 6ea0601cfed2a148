"""What stands under the cursors of a board: the act, the row of its history, the paper."""

from __future__ import annotations

from textual.widgets import OptionList

from kcflow.services.money_views import Board
from kcflow.services.views import HistoryView, OptionView, PaperView
from screens.dossier.opens_papers import OpensPapers


class BoardCursor(OpensPapers):
    """The half of the board that knows what is under the cursor of each of its lists."""

    board: Board | None = None
    """What is shown; None until it is read."""

    def _chosen(self, name: str, prefix: str) -> str:
        box = self.query_one(f"#board-{name}", OptionList) if self.is_mounted else None
        if box is None or box.highlighted is None:
            return ""
        found = box.get_option_at_index(box.highlighted).id or ""
        return found.removeprefix(prefix) if found.startswith(prefix) else ""

    @property
    def option(self) -> OptionView | None:
        """The act under the cursor."""
        chosen = self._chosen("acts", "act-")
        options = self.board.options if self.board is not None else ()
        return next((option for option in options if option.name == chosen), None)

    @property
    def history_row(self) -> HistoryView | None:
        """The row of the timeline under the cursor."""
        chosen = self._chosen("timeline", "row-")
        rows = self.board.timeline if self.board is not None else ()
        return next((row for row in rows if str(row.seq) == chosen), None)

    @property
    def paper_shown(self) -> PaperView | None:
        """The paper under the cursor."""
        chosen = self._chosen("papers", "paper-")
        papers = self.board.papers if self.board is not None else ()
        return papers[int(chosen)] if chosen.isdigit() and int(chosen) < len(papers) else None
