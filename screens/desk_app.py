"""What screens need of the application, so that they need not import it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import BulkItem, DossierCard, ImportResult, ListFilter, Receipt
    from kcflow.settings_schema import Settings


class DeskApp(Protocol):
    """What screens need of the application (`kcflow.app.KcflowApp`)."""

    desk: Desk | None
    lang: str
    settings: Settings

    def change_settings(self, changes: Mapping[str, object]) -> str:
        """Write `changes` (settings by key) and follow them; return what is to be said about it, or ""."""
        ...

    def settings_trouble(self) -> list[str]:
        """What is wrong with the settings file, a sentence each."""
        ...

    def open_store(self) -> None:
        """Open the store; the shell shows what comes of it."""

    def work_as(self, login: str) -> None:
        """Work as the person `login` from now on."""

    def open_dossier(self, code: str, codes: Sequence[str] = (), known: DossierCard | None = None) -> None:
        """Show everything about one proposal; `codes` are those of the list it was opened from.

        `known` may be its card, read a moment ago: it is shown until it has been read anew.
        """

    def open_advance(
        self, code: str, action: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Carry out an act on a dossier; without `action` the person chooses one first."""

    def open_draft(
        self, source: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Write a new draft; `source` is "kcqg", "kcdp" or None (asked)."""

    def open_register(
        self, path: str | None = None, done: Callable[[ImportResult | None], None] | None = None
    ) -> None:
        """Import a registration workbook."""

    def open_history_of(self, code: str) -> None:
        """Show the history of one dossier."""

    def open_people(self) -> None:
        """Choose the person to work as."""

    def open_bulk(
        self, codes: Sequence[str], done: Callable[[tuple[BulkItem, ...] | None], None] | None = None
    ) -> None:
        """Carry out one act on several dossiers, with a preview."""

    def open_settings(self) -> None:
        """Change settings and keys."""

    def show_dossiers(self, wanted: ListFilter) -> None:
        """Show the list of proposals by a filter, whatever is in front now."""

    def show_stalled(self, wanted: ListFilter) -> None:
        """Show what stands still by a filter, whatever is in front now."""

    async def in_shell(self, action: str, said: str = "") -> None:
        """Go back to the shell from whatever proposal is in front, run an action of it, and say `said`."""

    def jump(self) -> None:
        """Ask for a code (or its last digits) and open that proposal."""

    def go_back(self) -> None:
        """Open what was open before."""

    def go_forward(self) -> None:
        """Undo `go_back`."""

    def copy(self, text: str, said: str) -> None:
        """Put `text` on the clipboard (OSC 52, and the system's where there is one) and say `said`."""

    def make_store(
        self, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None = None
    ) -> None:
        """Create the store; blocking, for worker threads. Raises StoreProblem, BadInput."""

    def data_changed(self) -> None:
        """Let every open screen read its data anew."""

    def language_changed(self) -> None:
        """Let every open screen write its texts anew."""
