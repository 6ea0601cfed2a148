"""Write what stands still as a workbook: the list as it is filtered and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screens.money.exporting import ExportDialog

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import ListFilter


class ExportStalledDialog(ExportDialog):
    """Asks where to, writes the list, gives the path."""

    title_key = "stalled.export_title"
    what_key = "stalled.export_what"

    def __init__(self, wanted: ListFilter, kinds: Sequence[str], order: str) -> None:
        """Write what passes `wanted`, of `kinds` (empty: all)."""
        super().__init__("ton-dong")
        self._wanted, self._kinds, self._order = wanted, tuple(kinds), order

    def on_mount(self) -> None:
        """The day stands in the proposed name: the list of another day is another file."""
        self._code = f"ton-dong-{self.desk.today.isoformat()}"

    def write(self, desk: Desk, path: Path, lang: str, overwrite: bool) -> Path:
        """Write the workbook (in a worker thread). Raises what the desk raises."""
        return desk.clock.export_stalled(path, lang, self._wanted, self._kinds, overwrite, self._order)
