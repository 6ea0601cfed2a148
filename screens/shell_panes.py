"""The pane of each tab; its module is imported when the tab is shown for the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.lists.listpane import Pane


def _inbox() -> Pane:
    from screens.lists.inbox import InboxPane

    return InboxPane()


def _dossiers() -> Pane:
    from screens.lists.dossiers import DossiersPane

    return DossiersPane()


def _stalled() -> Pane:
    from screens.lists.stalled import StalledPane

    return StalledPane()


def _history() -> Pane:
    from screens.lists.history import HistoryPane

    return HistoryPane()


def _people() -> Pane:
    from screens.lists.people import PeoplePane

    return PeoplePane()


def _flow() -> Pane:
    from screens.lists.flow import FlowPane

    return FlowPane()


def _money() -> Pane:
    from screens.money.pane import MoneyPane

    return MoneyPane()


PANES: dict[str, Callable[[], Pane]] = {
    "inbox": _inbox,
    "dossiers": _dossiers,
    "stalled": _stalled,
    "history": _history,
    "people": _people,
    "flow": _flow,
    "money": _money,
}
