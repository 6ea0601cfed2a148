"""Lịch sử: every act that was done, newest first, by person, office, action and date; one row in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.formats import date_text, instant_text
from kcflow.i18n import t
from kcflow.labels import SYSTEM_ACTION
from kcflow.services.views import HistoryFilter, HistoryView, OfficeView, PersonView
from screens.base import DeskModal
from screens.choices import ChoiceField
from screens.commands import ClearFilters, DossierHistory, FilterList, FullRecord, OpenRow, bindings
from screens.fields import DateField, TextField, words
from screens.filters import FilterDialog, Value, choice, chosen, day, day_of, text
from screens.listpane import DeskRows, Pane
from screens.pairs import Pairs, PairsScroll
from screens.record import record_pairs
from screens.rows import toned
from screens.widgets.cells import literal
from screens.widgets.table import Column, RowSource, TableRow, VirtualTable
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

ENTRY_DELAY = 1
"""Days between act and entry from which the entry counts as late (it is marked, never refused)."""


class RecordDialog(DeskModal[None]):
    """One row of the history with everything that it holds."""

    title_key = "history.record"
    help_key = "help.record"
    CSS = """
    RecordDialog > .modal { width: 110; height: 90%; }
    """

    def __init__(self, view: HistoryView) -> None:
        """Show `view`."""
        super().__init__()
        self.view = view

    def body(self) -> Iterable[Widget]:
        """The record, scrolled by the arrow keys."""
        yield PairsScroll(Pairs(record_pairs(self.view, self.lang)))

    def frame_title(self) -> str:
        """Dossier and number of the row."""
        return t(self.title_key, self.lang, dossier=self.view.dossier, seq=self.view.seq)

    def on_language_changed(self) -> None:
        """Write the record anew."""
        super().on_language_changed()
        self.query_one(Pairs).show(record_pairs(self.view, self.lang))


class HistoryPane(Pane):
    """The feed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        FullRecord, FilterList, OpenRow, DossierHistory, ClearFilters
    )
    has_search = True
    empty_key = "history.empty"

    DEFAULT_CSS = """
    HistoryPane > #chips { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    HistoryPane > #line { height: 3; padding: 0 1; border-top: solid $border-blurred; }
    """

    def __init__(self) -> None:
        """Show everything."""
        super().__init__()
        self.filter = HistoryFilter()
        self._names: dict[str, Label] = {}

    def compose(self) -> ComposeResult:
        """Chips, list, two lines about the row."""
        yield Static(id="chips", markup=False)
        yield VirtualTable(id="list", selectable=False)
        yield Static(id="line", markup=False)

    def columns(self) -> list[Column]:
        """When, what, by whom; the rest as width allows."""

        def label(name: str) -> str:
            return t(f"app.column.{name}", self.lang)

        return [
            Column("on", label("act_on"), 12 if self.lang == "en" else 11),
            Column("at", label("entered_at"), 17, min_terminal_width=130),
            Column("code", label("code"), 12),
            Column("title", label("title"), 0, weight=2, min_terminal_width=150),
            Column("action", label("action"), 0, weight=3),
            Column("to", label("to_state"), 0, weight=2, min_terminal_width=100),
            Column("actor", label("actor"), 0, weight=2),
            Column("office", label("office"), 0, weight=2, min_terminal_width=130),
            Column("document", label("document"), 18, min_terminal_width=180),
            Column("deadline", label("deadline"), 10),
        ]

    def draw(self, view: HistoryView) -> TableRow:
        """One row, in the present language (called in worker threads)."""
        lang = self.lang
        actor = view.actor_name
        if view.system:
            actor = t("history.by_system", lang)
        elif view.operator_name:
            actor = t("history.acting", lang, operator=view.operator_name, person=view.actor_name)
        late_entry = view.entry_delay_days >= ENTRY_DELAY
        on = date_text(view.on, lang)
        cells = (
            toned(f"{on}{'*' if late_entry else ''}", "warn" if late_entry else ""),
            instant_text(view.at, lang),
            view.dossier,
            view.title,
            view.action_label(lang),
            view.to_label(lang) if view.to_state != view.from_state else "=",
            actor,
            view.office_name,
            (view.document.number or "–") if view.document is not None else "–",
            deadline_cell(view, lang),
        )
        return TableRow(str(view.id), cells, "dim" if view.corrected_by else "", view)

    def source(self) -> RowSource:
        """The feed through the filter."""
        wanted = self.filter
        return DeskRows(self.desk, lambda desk, after, limit: desk.history(wanted, after, limit), self.draw)

    def empty_text(self) -> str:
        """Where a filter hides everything, say so."""
        key = "history.empty" if self.filter == HistoryFilter() else "history.none_found"
        return t(key, self.lang)

    def write_texts(self) -> None:
        """The chips."""
        self._write_chips()

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
        parts = [literal(way), literal(payload.basis)]
        if payload.reason:
            parts.append(f"{t('history.reason', lang)}: {literal(payload.reason)}")
        line.update(
            Content.assemble((literal(payload.title), "bold"), "\n", " · ".join(p for p in parts if p))
        )

    # Filters

    def show(self, wanted: HistoryFilter) -> None:
        """Show what passes `wanted`."""
        self.filter = wanted
        if not self.ready:
            return  # it will be read so when it is mounted
        self._write_chips()
        self.table.set_source(self.source())
        self.refresh_bindings()

    def _write_chips(self) -> None:
        wanted, lang = self.filter, self.lang
        chips = []
        if wanted.dossier:
            chips.append(wanted.dossier)
        for name in (wanted.actor, wanted.office, wanted.action):
            if name:
                label = self._names.get(name)
                chips.append(label(lang) if label is not None else name)
        if wanted.on_from:
            chips.append(t("history.since", lang, day=date_text(wanted.on_from, lang)))
        if wanted.on_to:
            chips.append(t("history.until", lang, day=date_text(wanted.on_to, lang)))
        shown = literal(" · ".join(chips))
        content = (
            Content.assemble((t("app.filtered", lang, what=shown), "$accent"))
            if chips
            else Content.assemble((t("history.all", lang), "$text-muted"))
        )
        self.query_one("#chips", Static).update(content)

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one."""
        if (
            action in ("full_record", "open_row", "dossier_history")
            and self.is_mounted
            and self.table.cursor_payload is None
        ):
            return t("app.no_row", self.lang)
        return None

    def focus_search(self) -> None:
        """Searching the history is filtering it."""
        self.action_filter()

    def action_filter(self) -> None:
        """Choose what is shown; people, offices and actions are read first."""
        self.ask(read_known, self._open_filter, group="filter")

    def _open_filter(self, known: Known) -> None:
        wanted = self.filter
        people = [(person.login, Label(person.name, person.name)) for person in known.people]
        offices = [(office.code, Label(office.name, office.name)) for office in known.offices]
        actions = list(known.actions.items())
        self._names = dict(people) | dict(offices) | known.actions
        today = self.desk.today
        fields: list[ChoiceField | TextField | DateField] = [
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Clearing is offered only where there is a filter."""
        if action == "clear_filters" and self.filter == HistoryFilter():
            return False
        return super().check_action(action, parameters)

    def action_clear_filters(self) -> None:
        """Everything again."""
        self.show(HistoryFilter())

    # Keys

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter shows the row in full."""
        message.stop()
        self.action_full_record()

    def action_full_record(self) -> None:
        """Everything that the row holds."""
        view = self.table.cursor_payload
        if isinstance(view, HistoryView):
            self.app.push_screen(RecordDialog(view))

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


def deadline_cell(view: HistoryView, lang: str) -> Content:
    """Whether the deadline was met."""
    if view.deadline_met is None:
        return toned("–", "dim")
    return toned(
        t("history.met" if view.deadline_met else "history.missed", lang),
        "good" if view.deadline_met else "bad",
    )


@dataclass(frozen=True)
class Known:
    """What the filter offers."""

    people: tuple[PersonView, ...]
    offices: tuple[OfficeView, ...]
    actions: dict[str, Label]


def read_known(desk: Desk) -> Known:
    """Read people, offices and actions (in a worker thread)."""
    actions = dict(SYSTEM_ACTION)
    for lifecycle in desk.lifecycles():
        actions |= {action.name: action.label for action in lifecycle.actions}
    return Known(desk.people(), desk.offices(), actions)
