"""What can be done about the time of a dossier: five acts, each greyed with its reason where it can't be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.clock_views import ClockState
from screens.clock import parts as clock_parts
from screens.clock.choosing import ChoosesAct
from screens.clock.commands import ACTS, WhyHere
from screens.clock.opening import MENU, Subject
from screens.commands import bindings, shown_key
from screens.dossier import proposal_parts as parts
from screens.lists.rows import toned
from screens.taking import TakingTable
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable


class ClockActsDialog(ChoosesAct):
    """Choose an act by Enter or by its own key; gives its name."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTS.values(), WhyHere)
    title_key = "clock.acts.title"
    help_key = "help.clock_acts"
    CSS = """
    ClockActsDialog > .modal { width: 100; }
    ClockActsDialog VirtualTable { height: 6; margin: 1 0; }
    ClockActsDialog #clock-about { height: auto; }
    ClockActsDialog #clock-what { height: auto; min-height: 2; color: $text-muted; }
    """

    def __init__(self, subject: Subject) -> None:
        """Choose an act on `subject`."""
        super().__init__()
        self.subject = subject

    def body(self) -> Iterable[Widget]:
        """What it is about, the acts, the one under the cursor in a sentence."""
        yield Static(id="clock-about", markup=False)
        yield TakingTable(
            self._columns(), id="clock-acts", selectable=False, loading_text=t("app.reading", self.lang)
        )
        yield Static(id="clock-what", markup=False)

    def _columns(self) -> list[Column]:
        return [
            Column("key", t("app.palette.key", self.lang), 5),
            Column("act", t("clock.acts.act", self.lang), 20),
            Column("can", t("clock.acts.can", self.lang), 0),
        ]

    def on_mount(self) -> None:
        """Read what can be done."""
        self._write()
        self.ask(lambda desk: desk.clock.state(self.subject.code), self._take, group="clock")

    def _take(self, state: ClockState) -> None:
        self.state = state
        self._write()
        table = self.query_one(VirtualTable)
        table.set_source(self)
        table.focus()
        self.refresh_bindings()

    def _write(self) -> None:
        said = [parts.line((f"{self.subject.code}  ", "bold $accent"), (self.subject.title, parts.STRONG))]
        if self.state is not None:
            said += clock_parts.state_lines(self.state, self.lang)
        self.query_one("#clock-about", Static).update(parts.lines(said))

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """Every act."""
        return TablePage(tuple(self._draw(act) for act in ACTS))

    def _draw(self, act: str) -> TableRow:
        reason = self.reason(act)
        can = toned(t("choose.now", self.lang), "good") if reason is None else reason
        cells = (shown_key(ACTS[act].id), t(f"clock.act.{act}", self.lang), can)
        return TableRow(act, cells, "" if reason is None else "dim", act)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """What the act under the cursor does, and why it can't be done."""
        message.stop()
        act = message.payload
        if not isinstance(act, str):
            return
        said = [parts.line(ACTS[act].help())]
        if (reason := self.reason(act)) is not None:
            said.append(parts.line((reason, parts.WARN)))
        self.query_one("#clock-what", Static).update(parts.lines(said))

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Take the act, or say why not."""
        message.stop()
        if isinstance(message.payload, str):
            self.choose(message.payload)

    def action_why_here(self) -> None:
        """Read why it stands here before deciding."""
        from screens.clock.why import WhyDialog

        self.app.push_screen(WhyDialog(self.subject.code), self._wanted)

    def _wanted(self, act: str | None) -> None:
        if act is not None and act != MENU:
            self.dismiss(act)

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        table = self.query_one(VirtualTable)
        table.set_columns(self._columns())
        self._write()
        table.reload()
