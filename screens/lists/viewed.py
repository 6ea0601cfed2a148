"""A list with a filter: its chips, its order, and the views in which both are saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from kcflow.i18n import t
from screens.commands import bindings
from screens.lists.chips import ChipsLine
from screens.lists.list_commands import ClearFilters, FilterChips, FilterList, OrderList, SavedViews, SaveView
from screens.lists.shaped import ShapedPane
from screens.lists.wishes import Chip, Names, read_names
from screens.widgets.table import VirtualTable

if TYPE_CHECKING:
    from kcflow.services.views import SavedView
    from screens.lists.views import ViewChoice


class ViewedPane(ShapedPane):
    """The shared half of the lists of dossiers and of the history. A subclass composes a `ChipsLine`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        FilterList, SavedViews, SaveView, FilterChips, ClearFilters, OrderList
    )

    def __init__(self) -> None:
        """Nothing is filtered, no view is chosen."""
        super().__init__()
        self.view_name = ""
        self.names = Names()
        self._unnamed = True
        self._about_to_name = False

    # What a subclass brings

    def chips(self) -> tuple[Chip, ...]:
        """The parts of the filter."""
        raise NotImplementedError

    def take_away(self, key: str) -> None:
        """Show the list without one part of the filter."""
        raise NotImplementedError

    def filtered(self) -> bool:
        """Whether anything is hidden."""
        raise NotImplementedError

    def asked(self) -> dict[str, object]:
        """The filter as JSON values, for a saved view."""
        raise NotImplementedError

    def ask_for(self, saved: object) -> None:
        """Take the filter of a saved view; the list is read afterwards."""
        raise NotImplementedError

    def built_in(self) -> Sequence[ViewChoice]:
        """The views that everybody has."""
        return ()

    def open_filter(self, names: Names) -> None:
        """Let somebody choose what is shown."""
        raise NotImplementedError

    # Names

    def on_mount(self) -> None:
        """Read what the parts of the filter are called, where there are any to be shown."""
        if self.chips():
            self._read_names()

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:  # noqa: ARG002
        """Else that waits until the rows have been painted."""
        if self._unnamed and not self._about_to_name:
            self._about_to_name = True
            self.call_after_refresh(self._read_names)

    @property
    def at_rest(self) -> bool:
        """Names that are about to be read aren't rest."""
        return not self._about_to_name and super().at_rest

    def restart(self) -> None:
        """Another person works: other offices may be theirs."""
        super().restart()
        self._read_names()

    def names_here(self, names: Names) -> Names:
        """What of it the list can hold."""
        return names

    def _read_names(self) -> None:
        self._unnamed = self._about_to_name = False
        self.ask(read_names, self._take_names, group="names", failed=lambda _: None)

    def _take_names(self, names: Names) -> None:
        self.names = self.names_here(names)
        self.write_chips()

    # Chips

    def write_texts(self) -> None:
        """The chips."""
        self.write_chips()

    def write_chips(self) -> None:
        """Write view, chips and order."""
        order = t("lists.ordered", self.lang, order=self.order_text()) if self.order else ""
        self.query_one(ChipsLine).show(self.chips(), self.view_name, order)

    def on_chips_line_removed(self, message: ChipsLine.Removed) -> None:
        """One part of the filter goes; the view is no longer the saved one."""
        message.stop()
        self.view_name = ""
        self.take_away(message.key)

    def on_chips_line_cleared(self, message: ChipsLine.Cleared) -> None:
        """Everything again."""
        message.stop()
        self.action_clear_filters()

    def on_chips_line_edited(self, message: ChipsLine.Edited) -> None:
        """Change the filter."""
        message.stop()
        self.action_filter()

    def on_chips_line_left(self, message: ChipsLine.Left) -> None:
        """Back to the list."""
        message.stop()
        self.focus_list()

    def action_filter_chips(self) -> None:
        """Go to the chips."""
        self.query_one(ChipsLine).focus()

    def action_filter(self) -> None:
        """Choose what is shown; what can be chosen is read first."""

        def known(names: Names) -> None:
            self._take_names(names)
            self.open_filter(self.names)

        self.ask(read_names, known, group="filter")

    def action_clear_filters(self) -> None:
        """Show everything again."""
        raise NotImplementedError

    def reread(self) -> None:
        """Write the chips anew and read the list from its start."""
        self.write_chips()
        super().reread()

    # Order

    def order_text(self) -> str:
        """How the rows are ordered, in words."""
        words = t(f"lists.order.{self.order.removeprefix('-')}", self.lang)
        return f"{words} ↓" if self.order.startswith("-") else words

    def action_order(self) -> None:
        """The next order."""
        at = self.orders.index(self.order) if self.order in self.orders else -1
        self.show_order(self.orders[(at + 1) % len(self.orders)])

    # Views

    def action_saved_views(self) -> None:
        """Choose a view; what is saved is read first."""
        self.ask(lambda desk: desk.saved_views(self.list_name), self._open_views, group="views")

    def _open_views(self, saved: Sequence[SavedView]) -> None:
        from screens.lists.views import ViewsDialog

        self.app.push_screen(ViewsDialog(tuple(self.built_in()), tuple(saved)), self._view_chosen)

    def _view_chosen(self, choice: ViewChoice | None) -> None:
        if choice is not None:
            self.show_view(choice.shown(self.lang), choice.payload)

    def show_view(self, name: str, payload: Mapping[str, object]) -> None:
        """Show the list as a view keeps it; columns that it doesn't name stay as they are."""
        self.view_name = name
        self._recall(payload)
        self.ask_for(payload.get("filter"))
        self._write_table()
        self.reread()
        self.focus_list()

    def action_save_view(self) -> None:
        """Keep the list as it stands, under a name."""
        from screens.lists.views import SaveViewDialog

        payload = {**self.shape(), "filter": self.asked()}
        built_in = {one.shown(self.lang) for one in self.built_in()}
        name = "" if self.view_name in built_in else self.view_name
        self.app.push_screen(SaveViewDialog(self.list_name, name, payload), self._view_saved)

    def _view_saved(self, saved: SavedView | None) -> None:
        if saved is not None:
            self.view_name = saved.name
            self.write_chips()
            self.say(t("views.saved", self.lang, name=saved.name), "good")

    # Keys

    def why_not(self, action: str) -> str | None:
        """Chips have to be there to be gone to."""
        if action == "filter_chips" and self.is_mounted and not self.chips():
            return t("lists.no_chips", self.lang)
        return super().why_not(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Clearing is offered only where there is a filter, another order where there are several."""
        if action == "clear_filters" and not self.filtered():
            return False
        if action == "order" and len(self.orders) < 2:
            return False
        return super().check_action(action, parameters)
