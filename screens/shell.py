"""The shell: who works where, the tabs, and the pane of the present tab. Panes are made when first shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from kcflow.i18n import t
from screens.base import DeskScreen, StatusLine
from screens.clock.editor_commands import OpenCalendar, OpenRules
from screens.commands import (
    ImportRegister,
    NewDraft,
    Search,
    TabDossiers,
    TabFlow,
    TabHistory,
    TabInbox,
    TabMoney,
    TabPeople,
    TabStalled,
    TryAgain,
    WorkAs,
    bindings,
)
from screens.guide.start_here import HideStart, StartHere
from screens.lists.list_commands import OpenBudget
from screens.shell_lines import HeadLine, Notice, TabsLine, Who
from screens.shell_panes import PANES

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import ImportResult, ListFilter, Receipt
    from screens.lists.listpane import Pane

COUNT_CAP = 1001
"""Counting stops here; "1000+" says as much to a person and never reads a whole table."""


class ShellScreen(DeskScreen[None]):
    """Head, tabs, the present pane, what is said, keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        TabInbox,
        TabDossiers,
        TabStalled,
        TabHistory,
        TabPeople,
        TabFlow,
        TabMoney,
        Search,
        NewDraft,
        ImportRegister,
        OpenBudget,
        OpenRules,
        OpenCalendar,
        WorkAs,
        TryAgain,
        HideStart,
    )

    def __init__(self) -> None:
        """Make the shell; it shows nothing but its frame until the store is open."""
        super().__init__()
        self.tab = "inbox"
        self.who: Who | None = None
        self._failed = False
        self._upgrade_began = 0.0
        self._panes: dict[str, Pane] = {}
        self._stale: set[str] = set()
        self._written: int | None = None
        self._uncounted = False  # the tabs are counted once the list in front has been painted
        self.counts: dict[str, int] = {}
        """How much each tab that counts has; empty until it is counted."""

    @property
    def help_key(self) -> str:  # type: ignore[override]
        """The help of the present tab."""
        return f"help.{self.tab}"

    def body(self) -> Iterable[Widget]:
        """Head, tabs, and the place of the panes."""
        yield HeadLine()
        yield TabsLine()
        yield StartHere()
        yield Container(Notice(), id="panes")

    def on_mount(self) -> None:
        """Write the first texts, among them what comes first, so that it needs no paint of its own."""
        self._write_head()
        self.query_one(Notice).show(t("app.opening", self.lang))

    # The store

    def show_opening(self) -> None:
        """Say that the store is being opened."""
        self._failed = False
        self._notice(t("app.opening", self.lang))

    def show_upgrading(self, step: str, number: int, steps: int) -> None:
        """Say how far an older store has been brought up to date."""
        self._upgrade_began = self._upgrade_began or monotonic()
        seconds = int(monotonic() - self._upgrade_began)
        name = t(f"upgrade.step.{step}", self.lang)
        self._notice(t("upgrade.progress", self.lang, step=name, done=number, steps=steps, seconds=seconds))

    def show_notice(self, text: str) -> None:
        """Say why there is nothing to show; "" says nothing."""
        self._failed = bool(text)
        self._notice(text)
        self.refresh_bindings()

    def _notice(self, text: str) -> None:
        for notice in self.query(Notice):  # none is left when the answer comes while everything is taken down
            notice.show(text)
            notice.display = True
        for pane in self._panes.values():
            pane.display = False

    def desk_opened(self) -> None:
        """The store is open: show the first pane, and ask who works and how much there is."""
        self._failed = False
        self.query(Notice).set(display=False)
        self.refresh_bindings()
        self.action_show_tab(self.tab)
        self._uncounted = True
        self._ask_who()

    def person_changed(self) -> None:
        """Another person works: everything is read anew, lists from their start."""
        self.say("")
        for pane in self._mounted:
            pane.restart()
        self._stale.clear()
        self._ask_head()
        if self.who is not None:
            self.ask(lambda desk: desk.me.name, self._say_person, group="person")

    def _say_person(self, name: str) -> None:
        self.say(t("app.works_as", self.lang, person=name), "good")

    def _ask_head(self) -> None:
        self._ask_who()
        self._ask_counts()

    def _ask_who(self) -> None:
        def read(desk: Desk) -> Who:
            return Who(desk.me, desk.operator, desk.today, desk.sample_day is not None)

        self.ask(read, self._take_who, group="who")

    def _ask_counts(self) -> None:
        from kcflow.services.views import ListFilter

        self._uncounted = False
        counts: dict[str, Callable[[Desk], int]] = {
            "inbox": lambda desk: desk.inbox_count(),
            "dossiers": lambda desk: desk.count(ListFilter(), cap=COUNT_CAP),
            "stalled": lambda desk: sum(desk.stalled_counts().values()),
            "money": lambda desk: len(desk.money.waiting()),
        }
        # One after the other: the list is read meanwhile, and a person waits for that one.
        self.ask(
            lambda desk: {tab: count(desk) for tab, count in counts.items()},
            self._take_counts,
            group="counts",
            quiet=True,
        )

    def _take_who(self, who: Who) -> None:
        self.who = who
        self.query_one(StartHere).offer(who.sample)
        self._write_head()

    def _take_counts(self, counts: dict[str, int]) -> None:
        self.counts = counts
        line = self.query_one(TabsLine)
        for tab, n in counts.items():
            line.count(tab, f"{COUNT_CAP - 1}+" if n >= COUNT_CAP else str(n))

    def _write_head(self) -> None:
        self.query_one(HeadLine).show(self.who, self.tab, self.lang)
        self.query_one(TabsLine).show(self.tab, self.lang)

    # Tabs

    @property
    def pane(self) -> Pane | None:
        """The pane in front, if there is one yet."""
        return self._panes.get(self.tab)

    @property
    def footer_places(self) -> Mapping[str, int]:
        """Before an empty list the footer begins with what fills it."""
        pane = self.pane
        return {"new_draft": 1, "import_register": 2} if pane is not None and pane.wants_proposals else {}

    @property
    def _mounted(self) -> list[Pane]:
        """The panes that have something to read anew; the others read when they are mounted."""
        return [pane for pane in self._panes.values() if pane.is_mounted]

    def action_show_tab(self, tab: str) -> None:
        """Show a tab; its pane is made when it is shown for the first time."""
        before = self._panes.get(self.tab)
        self.tab = tab
        self._write_head()
        if self.desk_app.desk is None:
            return
        self.say("")
        pane = self._panes.get(tab)
        if before is not None and before is not pane:
            before.display = False
        if pane is None:
            pane = self._panes[tab] = PANES[tab]()
            self.query_one("#panes").mount(pane)
        else:
            pane.display = True
            if tab in self._stale:
                self._stale.discard(tab)
                pane.refresh_data()
        self.query_one(StatusLine).quiet(pane.quiet_text)
        pane.take_focus(search=False)
        self.refresh_bindings()

    def on_tabs_line_picked(self, message: TabsLine.Picked) -> None:
        """A click on a tab."""
        self.action_show_tab(message.tab)

    def on_pane_quiet(self, message: Pane.Quiet) -> None:
        """A pane says how much it shows."""
        if message.pane is self.pane:
            self.query_one(StatusLine).quiet(message.text)
            if self._uncounted:
                self._uncounted = False
                self.call_after_refresh(self._ask_counts)

    def come_forward(self) -> None:
        """Close whatever is in front."""
        while self.app.screen is not self and len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def show_history_of(self, code: str) -> None:
        """Show the history of one dossier in its tab, whatever is in front now."""
        self.come_forward()
        self.action_show_tab("history")
        from kcflow.services.views import HistoryFilter
        from screens.lists.history import HistoryPane

        pane = self.pane
        if isinstance(pane, HistoryPane):
            pane.show(HistoryFilter(dossier=code))

    def show_dossiers(self, wanted: ListFilter) -> None:
        """Show the list of proposals by a filter in its tab, whatever is in front now."""
        self.come_forward()
        self.action_show_tab("dossiers")
        from screens.lists.dossiers import DossiersPane

        pane = self.pane
        if isinstance(pane, DossiersPane):
            pane.show(wanted)

    def show_stalled(self, wanted: ListFilter) -> None:
        """Show what stands still by a filter in its tab, whatever is in front now."""
        self.come_forward()
        self.action_show_tab("stalled")
        from screens.lists.stalled import StalledPane

        pane = self.pane
        if isinstance(pane, StalledPane):
            pane.show(wanted)

    # What is read and written anew

    def look_for_changes(self) -> None:
        """Read anew only if somebody did something since: what stands there is right otherwise."""
        if self.desk_app.desk is not None:
            self.ask(lambda desk: desk.written(), self._compare, group="written", quiet=True)

    def _compare(self, written: int) -> None:
        if written != self._written:
            self.refresh_data()
            self._written = written  # known before anything is read anew, so that nothing is missed

    def refresh_data(self) -> None:
        """Read the pane in front anew now, the others when they are shown."""
        self._written = None
        if self.desk_app.desk is None:
            return
        if (pane := self.pane) is not None and pane.is_mounted:
            pane.refresh_data()
        self._stale = set(self._panes) - {self.tab}
        self._ask_head()

    def on_language_changed(self) -> None:
        """Write head, tabs and every pane anew."""
        self._write_head()
        self.query_one(StartHere).refresh()
        for pane in self._mounted:
            pane.on_language_changed()
        if self.pane is not None:
            self.query_one(StatusLine).quiet(self.pane.quiet_text)
        self.say("")

    # Keys

    def why_not(self, action: str) -> str | None:
        """Nothing but leaving works before the store is open."""
        if action == "try_again":
            return None if self._failed else t("app.opening", self.lang)
        if self.desk_app.desk is None and action not in ("show_tab",):
            return t("app.not_open", self.lang)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Trying again is shown only where opening failed, hiding the first steps where they stand."""
        if action == "try_again" and not self._failed:
            return False
        if action == "hide_start" and not any(line.display for line in self.query(StartHere)):
            return False
        return super().check_action(action, parameters)

    def action_hide_start(self) -> None:
        """Take the line of first steps away for good."""
        self.query_one(StartHere).dismissed()
        self.refresh_bindings()

    def action_try_again(self) -> None:
        """Open the store again."""
        self.desk_app.open_store()

    def action_search(self) -> None:
        """Search in the present list, or among all proposals where it has no search of its own."""
        pane = self.pane
        if pane is None or not pane.has_search:
            self.action_show_tab("dossiers")
            pane = self.pane
        if pane is not None:
            pane.take_focus(search=True)

    def action_new_draft(self) -> None:
        """Start a new proposal."""
        self.desk_app.open_draft(None, self._drafted)

    def _drafted(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            self.desk_app.open_dossier(receipt.code)

    def action_open_budget(self) -> None:
        """The year's money, recorded and published."""
        from screens.money.budget import BudgetScreen

        self.app.push_screen(BudgetScreen())

    def action_open_rules(self) -> None:
        """The deadlines of every state, at that of the row under the cursor."""
        from screens.clock.rules import RulesScreen
        from screens.guide.help import subject_of

        about = subject_of(self)
        self.app.push_screen(RulesScreen(about.lifecycle, about.state) if about else RulesScreen())

    def action_open_calendar(self) -> None:
        """The calendar of working days."""
        from screens.clock.days import CalendarScreen

        self.app.push_screen(CalendarScreen())

    def action_import_register(self) -> None:
        """Read a registration workbook."""
        self.desk_app.open_register(None, self._imported)

    def _imported(self, result: ImportResult | None) -> None:
        if result is not None and result.written:
            self.action_show_tab("dossiers")
            self.say(t("app.imported", self.lang, n=len(result.written)), "good")

    def action_work_as(self) -> None:
        """Choose the person to work as."""
        self.desk_app.open_people()
