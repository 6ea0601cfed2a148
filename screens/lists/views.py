"""Saved views: the picker of a list's views, and the dialog that keeps one under a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from kcflow.i18n import t
from screens.base import DeskModal
from screens.commands import Command, bindings
from screens.forms.choices import ChoiceField
from screens.forms.fields import Field, TextField, words
from screens.forms.sending import SendsOnce
from screens.lists.list_commands import ChoiceDone
from screens.lists.rows import toned
from screens.taking import TakingTable
from screens.widgets.cells import literal
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.views import SavedView

NAME_MOST = 80


@dataclass(frozen=True)
class ViewChoice:
    """A view that can be chosen: a built-in one has a `label`, a saved one is `saved`."""

    payload: Mapping[str, object] = field(default_factory=dict)
    label: Label | None = None
    saved: SavedView | None = None

    def shown(self, lang: str) -> str:
        """Its name."""
        if self.saved is not None:
            return self.saved.name
        return self.label(lang) if self.label is not None else ""


class ForgetView(Command):
    """Take one's own view away."""

    key = "x,delete"
    order = 20


class ViewsDialog(DeskModal[ViewChoice]):
    """Every view of a list: those that everybody has, one's own, those that others share."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ForgetView)
    title_key = "views.title"
    help_key = "help.views"
    CSS = """
    ViewsDialog > .modal { width: 84; }
    ViewsDialog VirtualTable { height: auto; min-height: 4; max-height: 14; margin: 1 0; }
    """

    def __init__(self, built_in: tuple[ViewChoice, ...], saved: tuple[SavedView, ...]) -> None:
        """Offer these."""
        super().__init__()
        self._built_in, self._saved = built_in, saved
        self._doubtful: int | None = None

    def body(self) -> Iterable[Widget]:
        """The views, and how to make one."""
        yield TakingTable(self._columns(), id="views", selectable=False)
        yield Static(id="views-hint", classes="dim", markup=False)

    def _columns(self) -> list[Column]:
        return [
            Column("name", t("views.name", self.lang), 0, weight=3),
            Column("kind", t("views.kind", self.lang), 0, weight=2),
        ]

    def on_mount(self) -> None:
        """Show them."""
        self._show()
        self.query_one(VirtualTable).focus()

    def _show(self) -> None:
        table = self.query_one(VirtualTable)
        table.empty_text = t("views.none", self.lang)
        table.set_source(self)
        self.query_one("#views-hint", Static).update(Content(t("views.hint", self.lang)))

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them."""
        choices = [*self._built_in, *(ViewChoice(view.payload, saved=view) for view in self._saved)]
        return TablePage(tuple(self._draw(number, choice) for number, choice in enumerate(choices)))

    def _draw(self, number: int, choice: ViewChoice) -> TableRow:
        lang, saved = self.lang, choice.saved
        if saved is None:
            kind = toned(t("views.built_in", lang), "dim")
        elif saved.mine:
            kind = toned(t("views.mine_shared" if saved.shared else "views.mine", lang), "")
        else:
            kind = toned(t("views.of", lang, person=saved.owner_name), "")
        key = f"built-in {number}" if saved is None else f"saved {saved.id}"
        return TableRow(key, (choice.shown(lang), kind), "", choice)

    @property
    def _choice(self) -> ViewChoice | None:
        payload = self.query_one(VirtualTable).cursor_payload
        return payload if isinstance(payload, ViewChoice) else None

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Another view: what can be done with it may differ."""
        message.stop()
        self._doubtful = None
        self.refresh_bindings()

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Show the list by it."""
        message.stop()
        if isinstance(message.payload, ViewChoice):
            self.dismiss(message.payload)

    def why_not(self, action: str) -> str | None:
        """Only one's own can be taken away."""
        if action == "forget_view" and self.is_mounted:
            choice = self._choice
            if choice is None or choice.saved is None or not choice.saved.mine:
                return t("views.not_mine", self.lang)
        return None

    def action_forget_view(self) -> None:
        """Take it away, when asked twice."""
        choice = self._choice
        if choice is None or choice.saved is None:
            return
        saved = choice.saved
        if self._doubtful != saved.id:
            self._doubtful = saved.id
            self.say(t("views.forget_sure", self.lang, name=saved.name), "warn")
            return
        self._doubtful = None

        def read_again(_: None) -> None:
            self._saved = tuple(view for view in self._saved if view.id != saved.id)
            self._show()
            self.say(t("views.forgotten", self.lang, name=saved.name), "good")

        self.ask(lambda desk: desk.forget_view(saved.id), read_again, group="forget")

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show()


class SaveViewDialog(SendsOnce, DeskModal["SavedView"]):
    """Keep the list as it stands under a name, for oneself or for everybody."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ChoiceDone)
    title_key = "views.save_title"
    help_key = "help.save_view"

    def __init__(self, list_name: str, name: str, payload: Mapping[str, object]) -> None:
        """Keep `payload`; `name` is what stands in the field first."""
        super().__init__()
        self._list, self._first, self._payload = list_name, name, payload

    def body(self) -> Iterable[Widget]:
        """Name, and who sees it."""
        yield TextField("name", words("views.name"), self._first, required=True, max_length=NAME_MOST)
        sharing = [("own", words("views.own")), ("shared", words("views.shared"))]
        yield ChoiceField("sharing", words("views.sharing"), sharing, "own")
        yield Static(Content(literal(t("views.replaces", self.lang))), classes="dim", markup=False)

    def on_mount(self) -> None:
        """Start in the name."""
        self.query_one("#field-name", TextField).focus_entry()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter saves."""
        message.stop()
        self.action_apply_filter()

    def action_apply_filter(self) -> None:
        """Save it; what goes wrong is said here, and the name stays."""
        field = self.query_one("#field-name", TextField)
        if not field.check():
            field.focus_entry()
            return
        name, shared = field.value or "", self.query_one("#field-sharing", ChoiceField).value == "shared"
        self.send(lambda desk: desk.save_view(self._list, name, self._payload, shared), self.finish)

    def on_language_changed(self) -> None:
        """Write frame and labels anew."""
        super().on_language_changed()
        for one in self.query(Field).results(Field):
            one.relabel()
        self.query_one(Static).update(Content(t("views.replaces", self.lang)))
