"""Write where time goes as a workbook: what is on the screen is what is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screens.money.exporting import ExportDialog

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.dwell_views import DwellReport


class ExportDwellDialog(ExportDialog):
    """Asks where to, writes what was counted, gives the path."""

    title_key = "dwell.export_title"
    what_key = "dwell.export_what"

    def __init__(self, found: DwellReport) -> None:
        """Write this."""
        super().__init__("thoi-gian")
        self._found = found

    def on_mount(self) -> None:
        """The last day of the period stands in the proposed name."""
        self._code = f"thoi-gian-{(self._found.to_on or self.desk.today).isoformat()}"

    def write(self, desk: Desk, path: Path, lang: str, overwrite: bool) -> Path:
        """Write the workbook (in a worker thread). Raises what the desk raises."""
        return desk.clock.export_dwell(self._found, path, lang, overwrite)
