"""Every command by its name in either language, found without diacritics: those of the present screen first,
then the other screens and what can be done there. Greyed ones say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any, cast

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from kcflow.i18n import LANGUAGES, t
from kcflow.text import fold
from screens.base import DeskModal, StatusLine
from screens.commands import Command, key_name, shown_key
from screens.guide.places import Place, places
from screens.offers import Offer, listed
from screens.taking import TakingEntry, TakingTable
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable

Chosen = Offer | tuple[type[Command], Place]
_LEFT_OUT = frozenset(("palette", "close_dialog", "stop_waiting", "try_again", "hide_start"))


@cache
def _said(command_id: str, part: str) -> str:
    """What a command is called, or what it does, in every language and without diacritics."""
    return fold(" ".join(t(f"command.{command_id}.{part}", lang) for lang in LANGUAGES))


class PaletteDialog(DeskModal[Offer]):
    """Type a few letters, press enter; gives the chosen command, with the node that carries it out.

    A command of the shell is carried out there; one of another tab leads to that tab.
    """

    title_key = "app.palette.title"
    help_key = "help.palette"
    CSS = """
    PaletteDialog > .modal { width: 92; height: 80%; min-height: 18; }
    PaletteDialog VirtualTable { height: 1fr; }
    """

    def __init__(self, about: Screen[Any]) -> None:
        """Offer what `about` can do now."""
        super().__init__()
        self._offers = [offer for offer in listed(about) if offer.command.id not in _LEFT_OUT]
        self._elsewhere: list[tuple[type[Command], Place]] = []

    def body(self) -> Iterable[Widget]:
        """Search over list."""
        yield TakingEntry(placeholder=t("app.palette.search", self.lang))
        yield TakingTable(self._columns(), id="commands", selectable=False)

    def _columns(self) -> list[Column]:
        return [
            Column("key", t("app.palette.key", self.lang), 8),
            Column("name", t("app.palette.name", self.lang), 16),
            Column("what", t("app.palette.what", self.lang), 0),
        ]

    def on_mount(self) -> None:
        """Show what can be done here; what lives elsewhere follows when its screens are read."""
        self._show("")
        if self.desk_app.desk is not None:
            self.ask(lambda _desk: places(), self._take, group="places", quiet=True)

    def _take(self, found: Mapping[type[Command], Place]) -> None:
        here = {offer.command.id for offer in self._offers} | _LEFT_OUT
        others = [pair for pair in found.items() if pair[0].id not in here and pair[0].key != "escape"]
        others.sort(key=lambda pair: (pair[1] != Place(), pair[1].screen, pair[1].tabs, pair[0].order))
        self._elsewhere = others
        self._show(self.query_one(Input).value)

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """The commands whose names or sentences hold every word; those whose name does come first."""
        wanted = fold(self._words).split()
        rows: list[tuple[bool, bool, TableRow]] = []
        for number, offer in enumerate(self._offers):
            reason = offer.reason
            what = offer.command.help() if reason is None else reason
            cells = (key_name(offer.key), offer.command.label(), what)
            row = TableRow(str(number), cells, "" if reason is None else "dim", offer)
            rows += self._matching(offer.command, wanted, row, elsewhere=False)
        for command, place in self._elsewhere:
            what, name = command.help(), place.name(self.lang)
            if name:
                what = t("palette.at", self.lang, place=name, what=what)
            row = TableRow(command.id, (shown_key(command.id), command.label(), what), "", (command, place))
            rows += self._matching(command, wanted, row, elsewhere=bool(name))
        rows.sort(key=lambda each: each[:2])
        return TablePage(tuple(row for *_, row in rows))

    @staticmethod
    def _matching(
        command: type[Command], wanted: list[str], row: TableRow, *, elsewhere: bool
    ) -> Iterable[tuple[bool, bool, TableRow]]:
        name, text = _said(command.id, "label"), _said(command.id, "help")
        if all(word in name or word in text for word in wanted):
            yield not all(word in name for word in wanted), elsewhere, row

    def _show(self, words: str) -> None:
        self._words = words
        table = self.query_one(VirtualTable)
        table.empty_text = t("app.palette.none", self.lang)
        table.set_source(self)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Show what matches."""
        message.stop()
        self._show(message.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter takes the command under the cursor."""
        message.stop()
        self.query_one(VirtualTable).action_choose()

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while one types."""
        if self.query_one(Input).has_focus and event.key in ("up", "down"):
            event.stop()
            self.query_one(VirtualTable).action_move(1 if event.key == "down" else -1)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Say the whole of what the line may have cut."""
        message.stop()
        self.say("")
        chosen = cast("Chosen | None", message.payload)
        command = chosen.command if isinstance(chosen, Offer) else chosen[0] if chosen else None
        self.query_one(StatusLine).quiet(command.help() if command is not None else "")

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Carry it out, or say why it can't be."""
        message.stop()
        chosen = cast("Chosen | None", message.payload)
        if isinstance(chosen, Offer):
            if chosen.enabled:
                self.dismiss(chosen)
            else:
                self.say(chosen.reason or "", "warn")
        elif chosen is not None:
            self._go(*chosen)

    def _go(self, command: type[Command], place: Place) -> None:
        """Carry out a command of the shell there; show the tab that has another one."""
        if place.screen:
            self.say(place.way(self.lang), "warn")
            return
        action, said = command.action, ""
        if place.tabs:
            now = [
                tab for screen in self.app.screen_stack if (tab := getattr(screen, "tab", "")) in place.tabs
            ]
            action = f"show_tab('{(*now, *place.tabs)[0]}')"
            said = t("palette.found_here", self.lang, key=shown_key(command.id), name=command.label())
        self.dismiss(None)
        self.app.call_later(partial(self.desk_app.in_shell, action, said))

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(Input).placeholder = t("app.palette.search", self.lang)
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show(self.query_one(Input).value)
