"""Every command of the present screen by its name in either language, found without diacritics.

Greyed ones say why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from kcflow.i18n import LANGUAGES, t
from kcflow.text import fold
from screens.base import DeskModal
from screens.commands import CloseDialog, Offer, Palette, in_order, key_name, offers
from screens.taking import TakingEntry, TakingTable
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable


class PaletteDialog(DeskModal[Offer]):
    """Type a few letters, press enter; gives the chosen command, with the node that carries it out."""

    title_key = "app.palette.title"
    help_key = "help.palette"
    CSS = """
    PaletteDialog > .modal { width: 86; height: 20; }
    PaletteDialog VirtualTable { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self, about: Screen[Any]) -> None:
        """Offer what `about` can do now."""
        super().__init__()
        self._offers = [
            offer for offer in in_order(offers(about)) if offer.command not in (Palette, CloseDialog)
        ]

    def body(self) -> Iterable[Widget]:
        """Search over list."""
        yield TakingEntry(placeholder=t("app.palette.search", self.lang))
        yield TakingTable(self._columns(), id="commands", selectable=False)

    def _columns(self) -> list[Column]:
        return [
            Column("key", t("app.palette.key", self.lang), 9),
            Column("name", t("app.palette.name", self.lang), 0, weight=2),
            Column("what", t("app.palette.what", self.lang), 0, weight=4),
        ]

    def on_mount(self) -> None:
        """Show everything."""
        self._show("")

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """The commands whose names or sentences hold every word; those whose name does come first."""
        wanted = fold(self._words).split()
        rows: list[tuple[bool, TableRow]] = []
        for number, offer in enumerate(self._offers):
            name, what = offer.command.label(), offer.command.help()
            said = [
                t(f"command.{offer.command.id}.{part}", lang)
                for part in ("label", "help")
                for lang in LANGUAGES
            ]
            if not all(word in fold(" ".join(said)) for word in wanted):
                continue
            reason = offer.reason
            row = TableRow(
                str(number),
                (key_name(offer.key), name, what if reason is None else reason),
                "" if reason is None else "dim",
                offer,
            )
            names = fold(" ".join(said[: len(LANGUAGES)]))
            rows.append((not all(word in names for word in wanted), row))
        rows.sort(key=lambda pair: pair[0])
        return TablePage(tuple(row for _, row in rows))

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

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Carry it out, or say why it can't be."""
        message.stop()
        offer = message.payload
        if isinstance(offer, Offer):
            if offer.enabled:
                self.dismiss(offer)
            else:
                self.say(offer.reason or "", "warn")

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(Input).placeholder = t("app.palette.search", self.lang)
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show(self.query_one(Input).value)
