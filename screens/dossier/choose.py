"""Which act? Every act of the present state, those that can be done first; the others say why they can't."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.views import DossierCard, OptionView
from screens.base import DeskModal
from screens.lists.rows import toned
from screens.taking import TakingTable
from screens.widgets.basis import basis_text
from screens.widgets.cells import literal
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable


class ChooseAct(DeskModal["tuple[OptionView, int]"]):
    """Choose an act on a dossier; gives the act and the version that was seen.

    With `action` that act is taken at once, if the dossier has it in its present state.
    """

    title_key = "choose.title"
    help_key = "help.choose"
    CSS = """
    ChooseAct > .modal { width: 100; }
    ChooseAct VirtualTable { height: auto; min-height: 3; max-height: 12; margin: 1 0; }
    ChooseAct #what { height: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    ChooseAct #why { height: 3; color: $text-muted; }
    """

    def __init__(self, code: str, action: str | None = None) -> None:
        """Choose an act on the dossier `code`."""
        super().__init__()
        self.code = code
        self._action = action
        self._card: DossierCard | None = None

    def body(self) -> Iterable[Widget]:
        """What it is about, the acts, every reason of the act under the cursor."""
        yield Static(id="what", markup=False)
        yield TakingTable(
            self._columns(), id="acts", selectable=False, loading_text=t("app.reading", self.lang)
        )
        yield Static(id="why", markup=False)

    def _columns(self) -> list[Column]:
        return [
            Column("act", t("choose.act", self.lang), 0, weight=3),
            Column("target", t("choose.target", self.lang), 0, weight=2),
            Column("can", t("choose.can", self.lang), 0, weight=3),
        ]

    def on_mount(self) -> None:
        """Read the acts."""
        self.ask(lambda desk: desk.dossier(self.code), self._take, group="card")

    def _take(self, card: DossierCard) -> None:
        self._card = card
        if self._action is not None:
            for option in card.options:
                if option.name == self._action:
                    self.dismiss((option, card.row.version))
                    return
            self.say(t("choose.gone", self.lang), "warn")
        self._show()

    def _show(self) -> None:
        if self._card is None:
            return
        row = self._card.row
        self.query_one("#what", Static).update(
            Content.assemble(
                (f"{row.code} {literal(row.title)}", "bold"), f"\n{literal(row.state_label(self.lang))}"
            )
        )
        table = self.query_one(VirtualTable)
        table.empty_text = t("choose.none", self.lang)
        table.set_source(self)
        table.focus()

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All acts of the state: what can be done, what could be, what can't."""
        options = self._card.options if self._card is not None else ()
        ranked = sorted(options, key=lambda option: (not option.possible, option.danger))
        return TablePage(tuple(self._draw(option) for option in ranked))

    def _draw(self, option: OptionView) -> TableRow:
        lang = self.lang
        first = option.reasons[0].text(lang) if option.reasons else ""
        if option.allowed:
            can = toned(t("choose.now", lang), "good")
        elif option.possible:
            can = toned(t("choose.needs", lang, what=first), "good")
        else:
            can = toned(first or t("choose.not_now", lang), "")
        target = option.target_label(lang) if option.target_label is not None else "="
        name = f"! {option.label(lang)}" if option.danger else option.label(lang)
        return TableRow(option.name, (name, target, can), "" if option.possible else "dim", option)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Every reason of this act, and its basis."""
        message.stop()
        option = message.payload
        if not isinstance(option, OptionView):
            self.query_one("#why", Static).update("")
            return
        lines = [literal(basis_text(option.basis, self.lang))] if option.basis else []
        lines += [literal(reason.text(self.lang)) for reason in option.reasons]
        self.query_one("#why", Static).update(Content(" · ".join(lines)))

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Take the act; one that this person can never do here says why."""
        message.stop()
        option = message.payload
        if not isinstance(option, OptionView) or self._card is None:
            return
        if option.possible:
            self.dismiss((option, self._card.row.version))
        else:
            reason = option.reasons[0].text(self.lang) if option.reasons else t("choose.not_now", self.lang)
            self.say(reason, "warn")

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show()
