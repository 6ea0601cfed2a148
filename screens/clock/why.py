"""Vì sao ở đây?: the deadline of a dossier read line by line, from the act that it counts from to today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.clock_views import ClockState, Why
from kcflow.services.errors import KcflowError
from screens.clock import parts
from screens.clock.choosing import ChoosesAct
from screens.clock.commands import ACTS, ClockActs, CopyWhy
from screens.clock.opening import MENU
from screens.commands import bindings
from screens.guide.pairs import PairsScroll

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class WhyDialog(ChoosesAct):
    """Why a dossier is due when it is; gives the act that somebody wants to do about it, or `MENU`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CopyWhy, ClockActs, *ACTS.values())
    title_key = "why.title"
    help_key = "help.why"
    CSS = """
    WhyDialog > .modal { width: 110; height: auto; max-height: 95%; overflow: hidden; }
    WhyDialog PairsScroll { height: auto; max-height: 100%; }
    WhyDialog #why { height: auto; }
    WhyDialog.-narrow > .modal { width: 100%; padding: 0 1; }
    WhyDialog.-short > .modal { height: 100%; max-height: 100%; }
    WhyDialog.-short PairsScroll { height: 1fr; }
    """

    def __init__(self, code: str) -> None:
        """Explain the deadline of the dossier `code`."""
        super().__init__()
        self.code = code
        self._why: Why | None = None

    def body(self) -> Iterable[Widget]:
        """One long text, scrolled by the arrow keys."""
        with PairsScroll():
            yield Static(Content(t("app.reading", self.lang)), id="why", markup=False)

    def frame_title(self) -> str:
        """The question, and what it is asked about."""
        return t(self.title_key, self.lang, code=self.code)

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(PairsScroll).focus()
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read it anew."""
        code = self.code

        def read(desk: Desk) -> tuple[Why, ClockState]:
            return desk.clock.why(code), desk.clock.state(code)

        self.ask(read, self._take, failed=self._failed, group="why")

    def _take(self, found: tuple[Why, ClockState]) -> None:
        self._why, self.state = found
        self._write()

    def _failed(self, error: KcflowError) -> None:
        self.query_one("#why", Static).update("")
        self.say(error.text(self.lang), "error")

    def _write(self) -> None:
        if self._why is not None:
            self.query_one("#why", Static).update(parts.why(self._why, self.lang))
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """Nothing is copied before it is read."""
        if action == "copy_why":
            return t("app.reading", self.lang) if self._why is None else None
        return super().why_not(action)

    def action_clock_acts(self) -> None:
        """What can be done about it."""
        self.dismiss(MENU)

    def action_copy_why(self) -> None:
        """Copy the whole text."""
        if self._why is not None:
            text = parts.why(self._why, self.lang).plain
            self.desk_app.copy(text + "\n", t("why.copied", self.lang, code=self.code))

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self._write()
