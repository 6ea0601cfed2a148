"""Opening the file of a paper, for any screen that shows papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kcflow.i18n import t
from kcflow.services.views import PaperView
from kcflow.text import visible
from screens.base import DeskNode

if TYPE_CHECKING:
    from screens.dossier.viewer import Viewed


class OpensPapers(DeskNode):
    """Fetches a file in a thread, shows it with the system's viewer, or says where it lies."""

    def open_paper(self, paper: PaperView) -> None:
        """Open the file of `paper`, or say that it has none."""
        if paper.file is None:
            self.say(t("viewer.no_file", self.lang), "warn")
            return
        from screens.dossier.viewer import view

        self.say(t("viewer.fetching", self.lang, name=paper.file_name or paper.file[:8]))
        self.ask(lambda desk: view(desk, paper), lambda viewed: self._viewed(paper, viewed), group="view")

    def _viewed(self, paper: PaperView, viewed: Viewed | None) -> None:
        if viewed is None:
            self.say(t("viewer.no_room", self.lang), "error")
        elif viewed.failure is None:
            self.say(t("viewer.opened", self.lang, name=viewed.path.name), "good")
        else:
            from screens.dossier.viewer import SavedDialog

            self.say("")
            self.app.push_screen(SavedDialog(viewed, paper.label), self._saved)

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.say(t("viewer.saved", self.lang, path=visible(str(path))), "good")
