"""Lịch sử: every act that was done, newest first, by person, office, action and date; one row in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.labels import acts_of
from kcflow.services.views import HistoryFilter, HistoryView, OfficeView, Page, PersonView
from screens.commands import DossierHistory, bindings
from screens.dossier.record import money_said
from screens.forms.fields import words
from screens.lists.chips import ChipsLine
from screens.lists.filters import FilterDialog, FilterField, Value, choice, chosen, day, day_of, text
from screens.lists.history_record import RecordDialog
from screens.lists.history_rows import COLUMNS, history_cell
from screens.lists.list_commands import FullRecord, OpenRow
from screens.lists.list_sources import IndexedRows, Stop
from screens.lists.viewed import ViewedPane
from screens.lists.wishes import Chip, Names, history_from_json, history_to_json, same
from screens.widgets.basis import basis_text
from screens.widgets.cells import literal
from screens.widgets.table import Column, RowSource, TableRow, VirtualTable
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.lists.views import ViewChoice


class HistoryPane(ViewedPane):
    """The feed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FullRecord, OpenRow, DossierHistory)
    list_name = "history"
    orders: ClassVar[tuple[str, ...]] = ("-entered", "entered")
    noun = "history"
    has_search = True
    empty_key = "history.empty"

    DEFAULT_CSS = """
    HistoryPane > #line { height: 4; padding: 0 1; border-top: solid $border-blurred; }
    """

    def __init__(self) -> None:
        """Show everything."""
        super().__init__()
        self.filter = HistoryFilter()
        self._known_names: dict[str, Label] = {}

    def compose(self) -> ComposeResult:
        """Chips, list, two lines about the row."""
        yield ChipsLine()
        yield VirtualTable(id="list", selectable=True)
        yield Static(id="line", markup=False)

    def column_names(self) -> tuple[str, ...]:
        """Every column."""
        return tuple(COLUMNS)

    def default_names(self) -> tuple[str, ...]:
        """All of them, as width allows."""
        return tuple(COLUMNS)

    def label_of(self, name: str) -> str:
        """What a column is called."""
        return COLUMNS[name].text(self.lang)

    def known_orders(self) -> tuple[str, ...]:
        """Newest or oldest entry first."""
        return ("entered",)

    def order_of(self, column: str) -> str:
        """Only the instant of entry sorts."""
        return "entered" if column == "at" else ""

    def columns(self) -> list[Column]:
        """When, what, by whom; the rest as width allows."""
        return [
            Column(
                name,
                self.label_of(name),
                self._width_of(name),
                min_terminal_width=0 if self.chosen else COLUMNS[name].least,
                weight=COLUMNS[name].weight,
                sortable=name == "at",
            )
            for name in self.chosen or COLUMNS
        ]

    def _width_of(self, name: str) -> int:
        if name == "code":
            return self.code_width
        return COLUMNS[name].width + (name == "on" and self.lang == "en")

    def draw(self, view: HistoryView) -> TableRow:
        """One row, in the present language (called in worker threads)."""
        names = self.chosen or tuple(COLUMNS)
        cells = tuple(history_cell(view, name, self.lang) for name in names)
        return TableRow(str(view.id), cells, "dim" if view.corrected_by else "", view)

    def code_of(self, row: TableRow) -> str:
        """The dossier of a row of the history."""
        return row.payload.dossier if isinstance(row.payload, HistoryView) else ""

    def source(self) -> RowSource:
        """The feed through the filter."""
        wanted, oldest = self.filter, self.order == "entered"

        def index(desk: Desk, stop: Stop) -> Sequence[int]:
            return desk.history_index(wanted, oldest, stop)

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[HistoryView]:
            return desk.history(wanted, after, limit)

        # From its oldest entry on the feed is read by its ids alone, which the store has in no time.
        return IndexedRows(
            self.desk, None if oldest else fetch, self.draw, index, lambda desk, ids: desk.history_at(ids)
        )

    def empty_text(self) -> str:
        """Where a filter hides everything, say so."""
        return t("history.none_found" if self.filtered() else "history.empty", self.lang)

    def show_detail(self, payload: object | None) -> None:
        """Title, way and reason of the row under the cursor."""
        line = self.query_one("#line", Static)
        if not isinstance(payload, HistoryView):
            line.update("")
            return
        lang = self.lang
        way = payload.to_label(lang)
        if payload.from_label is not None and payload.from_state != payload.to_state:
            way = f"{payload.from_label(lang)} → {way}"
        parts = [literal(way), *map(literal, money_said(payload, lang))]
        parts.append(literal(basis_text(payload.basis, self.lang)))
        if payload.reason:
            parts.append(f"{t('history.reason', lang)}: {literal(payload.reason)}")
        line.update(
            Content.assemble((literal(payload.title), "bold"), "\n", " · ".join(p for p in parts if p))
        )

    # Filters

    def show(self, wanted: HistoryFilter) -> None:
        """Show what passes `wanted`."""
        self.filter = wanted
        self.view_name = ""
        if self.ready:  # else it will be read so when it is mounted
            self.reread()

    def filtered(self) -> bool:
        """Whether anything is hidden."""
        return self.filter != HistoryFilter()

    def chips(self) -> tuple[Chip, ...]:
        """The parts of the filter."""
        wanted, lang = self.filter, self.lang
        known = self._known_names | self.names.office_names
        found = []
        for name in ("dossier", "actor", "office", "action"):
            value = getattr(wanted, name)
            if value:
                found.append(Chip(name, known[value](lang) if value in known else value))
        for name, key in (("on_from", "history.since"), ("on_to", "history.until")):
            value = getattr(wanted, name)
            if value is not None:
                found.append(Chip(name, t(key, lang, day=date_text(value, lang))))
        return tuple(found)

    def take_away(self, key: str) -> None:
        """Show the feed without one part of the filter."""
        self.show(replace(self.filter, **{key: None}))

    def asked(self) -> dict[str, object]:
        """The filter as JSON values."""
        return history_to_json(self.filter)

    def ask_for(self, saved: object) -> None:
        """Take the filter of a saved view."""
        self.filter = history_from_json(saved)

    def built_in(self) -> Sequence[ViewChoice]:
        """The views that everybody has."""
        from screens.lists.views import ViewChoice

        login = self.names.me.login if self.names.me is not None else None
        offers = [("all", HistoryFilter())]
        if login is not None:
            offers.append(("my_acts", HistoryFilter(actor=login)))
            today = self.desk.today
            offers.append(("today", HistoryFilter(on_from=today, on_to=today)))
        return [
            ViewChoice({"filter": history_to_json(wanted)}, label=words(f"views.built.{name}"))
            for name, wanted in offers
        ]

    def focus_search(self) -> None:
        """Searching the history is filtering it."""
        self.action_filter()

    def open_filter(self, names: Names) -> None:  # noqa: ARG002
        """Choose what is shown; people and actions are read first."""
        self.ask(read_known, self._open_filter, group="filter")

    def _open_filter(self, known: Known) -> None:
        wanted = self.filter
        people = [(person.login, same(person.name)) for person in known.people]
        offices = [(office.code, same(office.name)) for office in known.offices]
        actions = list(known.actions.items())
        self._known_names = dict(people) | dict(offices) | known.actions
        self.write_chips()
        today = self.desk.today
        fields: list[FilterField] = [
            text("dossier", words("history.dossier"), wanted.dossier),
            choice("actor", words("history.actor"), people, wanted.actor),
            choice("office", words("history.office"), offices, wanted.office),
            choice("action", words("history.action"), actions, wanted.action),
            day("on_from", words("history.on_from"), wanted.on_from, today),
            day("on_to", words("history.on_to"), wanted.on_to, today),
        ]
        self.app.push_screen(FilterDialog(fields), self._filtered)

    def _filtered(self, values: dict[str, Value] | None) -> None:
        if values is not None:
            self.show(
                replace(
                    self.filter,
                    dossier=chosen(values, "dossier"),
                    actor=chosen(values, "actor"),
                    office=chosen(values, "office"),
                    action=chosen(values, "action"),
                    on_from=day_of(values, "on_from"),
                    on_to=day_of(values, "on_to"),
                )
            )

    def action_clear_filters(self) -> None:
        """Everything again."""
        self.show(HistoryFilter())
        self.focus_list()

    # Keys

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one."""
        if (
            action in ("full_record", "open_row", "dossier_history")
            and self.is_mounted
            and self.table.cursor_payload is None
        ):
            return t("app.no_row", self.lang)
        return super().why_not(action)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter shows the row in full."""
        message.stop()
        self.action_full_record()

    def action_full_record(self) -> None:
        """Everything that the row holds."""
        view = self.table.cursor_payload
        if isinstance(view, HistoryView):
            self.app.push_screen(RecordDialog(view, opens=True))

    def action_open_row(self) -> None:
        """Open the dossier of the row."""
        view = self.table.cursor_payload
        if isinstance(view, HistoryView):
            self.desk_app.open_dossier(view.dossier)

    def action_dossier_history(self) -> None:
        """Only the rows of this dossier."""
        view = self.table.cursor_payload
        if isinstance(view, HistoryView):
            self.show(HistoryFilter(dossier=view.dossier))


@dataclass(frozen=True)
class Known:
    """What the filter offers."""

    people: tuple[PersonView, ...]
    offices: tuple[OfficeView, ...]
    actions: dict[str, Label]


def read_known(desk: Desk) -> Known:
    """Read people, offices and actions (in a worker thread)."""
    return Known(desk.people(), desk.offices(), acts_of(desk.lifecycles()))
