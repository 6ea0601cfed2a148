"""Đề án: everything that this person may see, searched as one types, filtered, ordered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.services.views import DossierRow, ListFilter, Page
from screens.commands import ClearFilters, FilterList, OrderList, bindings
from screens.detail import DetailStrip
from screens.entries import Entry
from screens.fields import words
from screens.filters import FilterDialog, Value, choice, chosen
from screens.inbox import DossierPane
from screens.listpane import SEARCH_DELAY, DeskRows
from screens.widgets.cells import literal
from screens.widgets.table import RowSource, VirtualTable
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

Order = Literal["code", "due", "newest"]
ORDERS: tuple[Order, ...] = ("code", "due", "newest")
COUNT_CAP = 100_001


@dataclass
class CountedRows(DeskRows[DossierRow]):
    """Dossiers that are counted after they are shown."""

    wanted: ListFilter = field(default_factory=ListFilter)

    def count(self) -> int:
        """The number of rows. Raises what the desk raises."""
        return self.desk.count(self.wanted, COUNT_CAP)


class DossiersPane(DossierPane):
    """All dossiers in scope."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FilterList, OrderList, ClearFilters)
    has_search = True
    empty_key = "dossiers.empty"

    DEFAULT_CSS = """
    DossiersPane > .head {
        height: 1;
        background: $background;
        & Input { width: 30; }
        & #chips { width: 1fr; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self) -> None:
        """Show everything, by code."""
        super().__init__()
        self.filter = ListFilter()
        self.order: Order = "code"
        self._search_timer: Timer | None = None
        self._names: dict[str, Label] = {}

    def compose(self) -> ComposeResult:
        """Search and filters over the list."""
        with Horizontal(classes="head"):
            yield Entry()
            yield Static(id="chips", markup=False)
        yield VirtualTable(id="list", selectable=False)
        yield DetailStrip(classes="-empty")

    def source(self) -> RowSource:
        """The dossiers that pass the filter."""
        wanted, order = self.filter, self.order

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[DossierRow]:
            return desk.dossiers(wanted, order, after, limit)

        return CountedRows(self.desk, fetch, self.draw, wanted)

    def empty_text(self) -> str:
        """Where a filter hides everything, say so."""
        key = "dossiers.empty" if self.filter == ListFilter() else "dossiers.none_found"
        return t(key, self.lang)

    def write_texts(self) -> None:
        """Placeholder and chips."""
        self.query_one(Entry).placeholder = t("dossiers.search", self.lang)
        self._write_chips()

    def _write_chips(self) -> None:
        wanted = self.filter
        chips = []
        if wanted.source:
            chips.append(SOURCE[wanted.source](self.lang))
        if wanted.plan_year:
            chips.append(str(wanted.plan_year))
        for name in (*wanted.phases, *wanted.states):
            label = self._names.get(name)
            chips.append(label(self.lang) if label is not None else name)
        if wanted.open_only:
            chips.append(t("dossiers.open_only", self.lang))
        parts: list[tuple[str, str]] = []
        if chips:
            shown = literal(" · ".join(chips))
            parts.append((f"{t('app.filtered', self.lang, what=shown)}  ", "$accent"))
        order = t(f"dossiers.order_{self.order}", self.lang)
        parts.append((f"{t('dossiers.ordered', self.lang)} {order}", "$text-muted"))
        self.query_one("#chips", Static).update(Content.assemble(*parts))

    # Search

    def focus_search(self) -> None:
        """Type to search."""
        self.query_one(Entry).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search once the typing pauses."""
        message.stop()
        if self._search_timer is not None:
            self._search_timer.stop()
        self._search_timer = self.set_timer(SEARCH_DELAY, self.search_now)

    @property
    def at_rest(self) -> bool:
        """A search that is about to start isn't rest."""
        return self._search_timer is None and super().at_rest

    def search_now(self) -> None:
        """Search for what stands in the field."""
        if self._search_timer is not None:
            self._search_timer.stop()
            self._search_timer = None
        text = self.query_one(Entry).value.strip()
        if text != self.filter.text:
            self.show(replace(self.filter, text=text))

    def show(self, wanted: ListFilter) -> None:
        """Show the dossiers that pass `wanted`."""
        self.filter = wanted
        if not self.ready:
            return  # it will be read so when it is mounted
        self._write_chips()
        self.table.set_source(self.source())
        self.refresh_bindings()

    def on_key(self, event: events.Key) -> None:
        """From the search down into the list."""
        if event.key in ("down", "pagedown") and self.query_one(Entry).has_focus:
            event.stop()
            self.search_now()
            self.focus_list()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter goes to what was found."""
        message.stop()
        self.search_now()
        self.focus_list()

    # Filters and order

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Clearing is offered only where there is a filter."""
        if action == "clear_filters" and self.filter == ListFilter() and not self.query_one(Entry).has_focus:
            return False
        return super().check_action(action, parameters)

    def action_clear_filters(self) -> None:
        """Leave the search, or show everything again."""
        with self.prevent(Input.Changed):
            self.query_one(Entry).value = ""
        self.show(ListFilter())
        self.focus_list()

    def action_order(self) -> None:
        """The next order: by code, by due date, newest first."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.show(self.filter)

    def action_filter(self) -> None:
        """Choose what is shown; states and phases are read first."""
        self.ask(read_states, self._open_filter, group="filter")

    def _open_filter(self, known: States) -> None:
        wanted = self.filter
        phases: dict[str, Label] = {}
        for lifecycle in known.lifecycles:
            phases |= {phase.name: phase.label for phase in lifecycle.phases}
        states = {name: label for name, label, _ in known.states}
        self._names = phases | states
        years = [str(year) for year in range(known.year + 1, known.year - 10, -1)]
        fields = [
            choice("phase", words("dossiers.phase"), list(phases.items()), _first(wanted.phases)),
            choice("state", words("dossiers.state"), list(states.items()), _first(wanted.states)),
            choice("source", words("dossiers.source"), list(SOURCE.items()), wanted.source),
            choice(
                "plan_year",
                words("dossiers.year"),
                [(year, Label(year, year)) for year in years],
                str(wanted.plan_year) if wanted.plan_year else None,
            ),
            choice(
                "open_only",
                words("dossiers.standing"),
                [("open", words("dossiers.open_only"))],
                "open" if wanted.open_only else None,
            ),
        ]
        self.app.push_screen(FilterDialog(fields), self._filtered)

    def _filtered(self, values: dict[str, Value] | None) -> None:
        if values is None:
            return
        phase, state, year = (chosen(values, key) for key in ("phase", "state", "plan_year"))
        self.show(
            replace(
                self.filter,
                phases=(phase,) if phase else (),
                states=(state,) if state else (),
                source=chosen(values, "source"),
                plan_year=int(year) if year else None,
                open_only=chosen(values, "open_only") is not None,
            )
        )


@dataclass(frozen=True)
class States:
    """What the filter offers."""

    lifecycles: tuple[Lifecycle, ...]
    states: tuple[tuple[str, Label, Label], ...]
    year: int


def read_states(desk: Desk) -> States:
    """Read states and phases (in a worker thread)."""
    return States(desk.lifecycles(), desk.states(), desk.today.year)


def _first(names: tuple[str, ...]) -> str | None:
    return names[0] if names else None
