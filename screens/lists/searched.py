"""A list of dossiers that is searched as one types, filtered, ordered, and kept in saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Region
from textual.timer import Timer
from textual.widgets import Input

from kcflow.i18n import t
from kcflow.services.views import WRITING_ROLES, ListFilter
from screens.commands import bindings
from screens.forms.entry import Entry
from screens.lists.chips import ChipsLine
from screens.lists.detail import DetailStrip
from screens.lists.dossier_pane import DossierPane
from screens.lists.list_commands import GoToFound
from screens.lists.listpane import SEARCH_DELAY
from screens.lists.rows import DOSSIER_COLUMNS, DOSSIER_ORDERS
from screens.lists.viewed import ViewedPane
from screens.lists.wishes import Chip, Names, Wish, chips_of, from_json, to_json, without
from screens.widgets.table import VirtualTable

if TYPE_CHECKING:
    from screens.lists.filters import Value


class SearchEntry(Entry):
    """The search of a list; Enter goes to what was found."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(GoToFound)

    async def action_go_to_found(self) -> None:
        """Hand over what was typed."""
        await self.action_submit()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Paint the field anew: a letter moves nothing else, but Textual would lay the whole screen out."""
        layout = layout and self.styles.auto_dimensions
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class SearchedPane(ViewedPane, DossierPane):
    """The lists of all dossiers, of one's own work, and of what stands still."""

    has_search: ClassVar[bool] = True
    none_found_key: ClassVar[str] = "dossiers.none_found"
    """Said where a filter hides everything."""
    filled_by_drafts: ClassVar[bool] = False
    """Whether a new draft may stand in it."""
    kinds_in_filter: ClassVar[bool] = False
    """Whether the list holds other dossiers than proposals."""

    DEFAULT_CSS = """
    SearchedPane > .head {
        height: 1;
        background: $background;
    }
    """

    def __init__(self) -> None:
        """Show everything, in the order in which it was left."""
        super().__init__()
        self.wish = Wish()
        self._search_timer: Timer | None = None

    @property
    def filter(self) -> ListFilter:
        """The filter as it stands."""
        return self.wish.filter

    def compose(self) -> ComposeResult:
        """Search and chips over the list."""
        with Horizontal(classes="head"):
            yield SearchEntry()
            yield ChipsLine()
        yield VirtualTable(id="list")
        yield DetailStrip(classes="-empty")

    def known_orders(self) -> tuple[str, ...]:
        """Every order of the store."""
        return DOSSIER_ORDERS

    def order_of(self, column: str) -> str:
        """The order that sorts by a column."""
        return DOSSIER_COLUMNS[column].order

    def empty_text(self) -> str:
        """Where a filter hides everything, say so."""
        return t(self.none_found_key if self.filtered() else self.empty_key, self.lang)

    @property
    def wants_proposals(self) -> bool:
        """Whether it is empty, and nothing hides what there might be."""
        empty = self._complete and not self._known and not self.filtered()
        return empty and self.filled_by_drafts and self.may_write

    @property
    def may_write(self) -> bool:
        """Whether the person may enter drafts and registers at all."""
        return any(role.role in WRITING_ROLES for role in self.desk.me.roles)

    def write_texts(self) -> None:
        """Placeholder and chips."""
        self.query_one(Entry).placeholder = t("dossiers.search", self.lang)
        super().write_texts()

    # Search

    @property
    def search_focused(self) -> bool:
        """Whether somebody types there."""
        return self.is_mounted and self.query_one(Entry).has_focus

    def focus_search(self) -> None:
        """Type to search."""
        self.query_one(Entry).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search at once, but not for every letter of somebody who types fast."""
        message.stop()
        if self._search_timer is None:
            self._look()
            self._search_timer = self.set_timer(SEARCH_DELAY, self.search_now)

    @property
    def at_rest(self) -> bool:
        """A search that is about to start isn't rest."""
        return self._search_timer is None and super().at_rest

    def search_now(self) -> None:
        """Search for what stands in the field, without waiting."""
        if self._search_timer is not None:
            self._search_timer.stop()
            self._search_timer = None
        self._look()

    def _look(self) -> None:
        text = self.query_one(Entry).value.strip()
        if text != self.filter.text:
            self.wish = replace(self.wish, filter=replace(self.filter, text=text))
            self.reread()

    def show(self, wanted: ListFilter) -> None:
        """Show the dossiers that pass `wanted`, in place of every filter that there was."""
        self.show_wish(Wish(wanted))

    def show_wish(self, wish: Wish) -> None:
        """Show the dossiers that pass `wish`."""
        self.wish = wish
        self.view_name = ""
        if self.ready:  # else it will be read so when it is mounted
            self._write_search()
            self.reread()

    def _write_search(self) -> None:
        entry = self.query_one(Entry)
        if entry.value.strip() != self.filter.text:
            with self.prevent(Input.Changed):
                entry.value = self.filter.text

    def on_mount(self) -> None:
        """A search may have been wanted before there was a field for it."""
        self._write_search()

    def on_key(self, event: events.Key) -> None:
        """From the search down into the list; escape leaves it as it stands, where nothing was typed."""
        if event.key in ("down", "pagedown") and self.query_one(Entry).has_focus:
            event.stop()
            self.search_now()
            self.focus_list()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter goes to what was found."""
        message.stop()
        self.search_now()
        self.focus_list()

    # Filter and views

    def chips(self) -> tuple[Chip, ...]:
        """The parts of the filter."""
        return chips_of(self.wish, self.names, self.lang)

    def take_away(self, key: str) -> None:
        """Show the list without one part of the filter."""
        self.show_wish(without(self.wish, key))

    def filtered(self) -> bool:
        """Whether anything is hidden, or being searched for."""
        return not self.wish.empty or self.search_focused

    def asked(self) -> dict[str, object]:
        """The filter as JSON values."""
        return to_json(self.wish)

    def ask_for(self, saved: object) -> None:
        """Take the filter of a saved view."""
        self.wish = from_json(saved)
        self._write_search()

    def names_here(self, names: Names) -> Names:
        """A list of proposals isn't asked for states of plans and rounds."""
        return names if self.kinds_in_filter else names.of_proposals()

    def open_filter(self, names: Names) -> None:
        """Let somebody choose what is shown."""
        from screens.lists.dossier_filter import filter_fields, judge, wish_from
        from screens.lists.filters import FilterDialog

        def filtered(values: Mapping[str, Value] | None) -> None:
            if values is not None:
                self.show_wish(wish_from(values, self.wish))

        fields = filter_fields(self.wish, names, self.desk.today, kinds=self.kinds_in_filter)
        self.app.push_screen(FilterDialog(fields, judge), filtered)

    def action_clear_filters(self) -> None:
        """Leave the search, or show everything again."""
        entry = self.query_one(Entry)
        with self.prevent(Input.Changed):
            entry.value = ""
        if self._search_timer is not None:
            self._search_timer.stop()
            self._search_timer = None
        if not self.wish.empty:
            self.show_wish(Wish())
        self.focus_list()
