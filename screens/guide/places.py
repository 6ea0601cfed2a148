"""Where commands live: the tab or the screen that has them, and how one gets there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kcflow.i18n import t
from screens.commands import Command

_NAMED = 2
"""So many tabs are named; more are "…"."""


@dataclass(frozen=True)
class Place:
    """Where a command lives: tabs that have it, else a screen; neither is the shell itself."""

    tabs: tuple[str, ...] = ()
    screen: str = ""

    def name(self, lang: str) -> str:
        """What the place is called; "" for the shell."""
        if self.screen:
            return t(f"palette.place.{self.screen}", lang)
        names = [t(f"app.tab.{tab}", lang) for tab in self.tabs[:_NAMED]]
        return ", ".join(names) + ("…" if len(self.tabs) > _NAMED else "")

    def way(self, lang: str) -> str:
        """How one gets to a screen."""
        return t(f"palette.way.{self.screen}", lang)


@cache
def places() -> Mapping[type[Command], Place]:
    """The place of every command of the shell, its tabs, the proposal and the settings.

    Forms and dialogs are left out: what can be done there stands in their footers.

    Reads these screens' modules once (in a worker thread, where a person waits).
    """
    from screens import keymap
    from screens.clock.days import CalendarScreen
    from screens.clock.dwell import DwellScreen
    from screens.clock.rules import RulesScreen
    from screens.dossier.proposal import ProposalScreen
    from screens.guide.settings import SettingsScreen
    from screens.lists.dossiers import DossiersPane
    from screens.lists.flow import FlowPane
    from screens.lists.history import HistoryPane
    from screens.lists.inbox import InboxPane
    from screens.lists.people import PeoplePane
    from screens.lists.stalled import StalledPane
    from screens.money.board import BoardScreen
    from screens.money.pane import MoneyPane
    from screens.shell import ShellScreen
    from screens.widgets.table import VirtualTable

    panes: dict[str, tuple[type, ...]] = {
        "inbox": (InboxPane, VirtualTable),
        "dossiers": (DossiersPane, VirtualTable),
        "stalled": (StalledPane, VirtualTable),
        "history": (HistoryPane, VirtualTable),
        "people": (PeoplePane, VirtualTable),
        "flow": (FlowPane,),
        "money": (MoneyPane, VirtualTable),
    }
    screens: dict[str, type] = {
        "proposal": ProposalScreen,
        "board": BoardScreen,
        "rules": RulesScreen,
        "calendar": CalendarScreen,
        "dwell": DwellScreen,
        "settings": SettingsScreen,
    }
    found = dict.fromkeys(keymap.bound(ShellScreen), Place())
    tabs: dict[str, list[str]] = {}
    for tab, nodes in panes.items():
        for name in {name for node in nodes for name in keymap.bound(node)}:
            tabs.setdefault(name, []).append(tab)
    for name, own in tabs.items():
        found.setdefault(name, Place(tabs=tuple(own)))
    for screen, node in screens.items():
        for name in keymap.bound(node):
            found.setdefault(name, Place(screen=screen))
    known = keymap.commands()
    return {known[name]: place for name, place in found.items()}
