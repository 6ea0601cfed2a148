"""Quick jump: type a code, its last digits or any words, and open the proposal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from kcflow.i18n import t
from kcflow.services.money_views import OtherRow
from kcflow.services.views import DossierRow, ListFilter
from screens.base import DeskModal
from screens.dossier.visited import Visit
from screens.lists.rows import state_cell
from screens.money.codes import kind_of
from screens.money.rows import state_cell as board_state
from screens.taking import TakingEntry, TakingTable
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

_SHOWN = 20
_DIGITS = 4
"""How many digits the number at the end of a code has."""


def queries(words: str) -> tuple[str, ...]:
    """What to search for: the last number as codes write it ("17" is "0017"), then the words as typed."""
    words = words.strip()
    last = re.search(r"(?<![0-9])([0-9]+)$", words)
    if last is None or len(last[1]) >= _DIGITS:
        return (words,)
    return (words[: last.start()] + last[1].zfill(_DIGITS), words)


def matches(desk: Desk, words: str) -> tuple[DossierRow | OtherRow, ...]:
    """The first proposals that `words` can mean, each once; in a worker thread.

    A code of a plan, round, contract or adjustment finds those.
    """
    kind = kind_of(words)
    if kind is not None:
        wanted = words.strip().upper()
        return tuple(row for row in desk.money.others(kind) if row.code.startswith(wanted))[:_SHOWN]
    found: dict[str, DossierRow] = {}
    for text in queries(words):
        for row in desk.dossiers(ListFilter(text=text), "newest", limit=_SHOWN).rows:
            found.setdefault(row.code, row)
    return tuple(found.values())[:_SHOWN]


def _state(row: DossierRow | OtherRow, lang: str) -> Content:
    return board_state(row, lang) if isinstance(row, OtherRow) else state_cell(row, lang)


class JumpDialog(DeskModal[str]):
    """Gives the code that was chosen. While nothing is typed, what was open last is offered."""

    title_key = "jump.title"
    help_key = "help.jump"
    CSS = """
    JumpDialog > .modal { width: 100; max-width: 100%; height: auto; }
    JumpDialog VirtualTable { height: auto; min-height: 4; max-height: 14; margin: 1 0 0 0; }
    """

    def __init__(self, visited: Sequence[Visit] = ()) -> None:
        """Offer `visited`, the latest first, before anything is typed."""
        super().__init__()
        self._visited = tuple(visited)
        self._rows: tuple[DossierRow | OtherRow, ...] = ()
        self._wanted = ""
        self._shown_for: str | None = None
        """The words that the list belongs to."""
        self._hurry = False
        """Enter was pressed before the list belonged to what was typed."""

    def body(self) -> Iterable[Widget]:
        """Words over matches."""
        yield TakingEntry(placeholder=t("jump.form", self.lang))
        yield TakingTable(self._columns(), id="jump-found", selectable=False)

    def _columns(self) -> list[Column]:
        return [
            Column("code", t("app.column.code", self.lang), 17),
            Column("title", t("app.column.title", self.lang), 0, weight=3),
            Column("state", t("app.column.state", self.lang), 0, weight=2, min_terminal_width=70),
        ]

    def on_mount(self) -> None:
        """Offer what was open last."""
        self._show()

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """What was found, or what was open."""
        if not self._wanted:
            return TablePage(
                tuple(TableRow(visit.code, (visit.code, visit.title, "")) for visit in self._visited)
            )
        return TablePage(
            tuple(
                TableRow(
                    row.code,
                    (row.code, row.title, _state(row, self.lang)),
                    "dim" if row.ending else "",
                    row,
                )
                for row in self._rows
            )
        )

    def _show(self) -> None:
        self._shown_for = self._wanted
        table = self.query_one(VirtualTable)
        table.empty_text = t("jump.none" if self._wanted else "jump.nothing_yet", self.lang)
        table.set_source(self)

    def refresh_data(self) -> None:
        """Look again."""
        self._look(self.query_one(Input).value)

    def _look(self, words: str) -> None:
        self._wanted = words.strip()
        self._hurry = False
        if not self._wanted:
            self.forget("jump")
            self._show()
            return
        wanted = self._wanted
        self.ask(lambda desk: matches(desk, wanted), self._found, group="jump")

    def _found(self, rows: tuple[DossierRow | OtherRow, ...]) -> None:
        self._rows = rows
        self._show()
        if self._hurry and rows:
            self.dismiss(rows[0].code)
        self._hurry = False

    def on_input_changed(self, message: Input.Changed) -> None:
        """Show what matches."""
        message.stop()
        self._look(message.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter opens the proposal under the cursor, or the first one as soon as it is found."""
        message.stop()
        if self._shown_for == self._wanted and self._wanted == message.value.strip():
            self.query_one(VirtualTable).action_choose()
        else:
            self._hurry = True

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while one types."""
        super().on_key(event)
        if self.query_one(Input).has_focus and event.key in ("up", "down"):
            event.stop()
            self.query_one(VirtualTable).action_move(1 if event.key == "down" else -1)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Open it."""
        message.stop()
        self.dismiss(message.key)

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(Input).placeholder = t("jump.form", self.lang)
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show()
