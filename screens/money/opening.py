"""What is opened anew: a plan, a round, a contract or an adjustment; each has its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.services.views import Receipt
from screens.base import DeskModal, DeskNode
from screens.dossier import proposal_parts as parts
from screens.money.codes import ADJUSTMENT, CONTRACT, KINDS, PLAN, ROUND
from screens.taking import TakingList

Done = Callable[[Receipt | None], None]


def form_of(kind: str, proposals: Sequence[str] = ()) -> Screen[Receipt]:
    """The form of a kind; a contract and an adjustment may begin with proposals. Raises KeyError."""
    if kind == PLAN:
        from screens.money.plan_form import PlanForm

        return PlanForm()
    if kind == ROUND:
        from screens.money.round_form import RoundForm

        return RoundForm()
    if kind == CONTRACT:
        from screens.money.contract_form import ContractForm

        return ContractForm(proposals)
    if kind == ADJUSTMENT:
        from screens.money.adjustment_form import AdjustmentForm

        return AdjustmentForm(proposals[0] if proposals else "")
    raise KeyError(kind)


def open_new(asker: DeskNode, kind: str | None, done: Done) -> None:
    """Open the form of `kind`; None: the person chooses one first."""
    if kind is not None:
        asker.app.push_screen(form_of(kind), done)
        return

    def chosen(kind: str | None) -> None:
        if kind is not None:
            asker.app.push_screen(form_of(kind), done)

    asker.app.push_screen(NewKindDialog(), chosen)


class NewKindDialog(DeskModal[str]):
    """Which of them? Gives the kind."""

    title_key = "money.new_title"
    help_key = "help.money"

    def __init__(self, kinds: Sequence[str] = KINDS) -> None:
        """Offer `kinds`."""
        super().__init__()
        self._kinds = tuple(kinds)

    def body(self) -> Iterable[Widget]:
        """A line for each, with what it is for."""
        yield TakingList(id="new-kinds", compact=True)

    def on_mount(self) -> None:
        """Begin with the first."""
        self._write()
        self.query_one(OptionList).focus()

    def _write(self) -> None:
        box, lang = self.query_one(OptionList), self.lang
        at = box.highlighted or 0
        box.clear_options()
        for kind in self._kinds:
            said = [
                parts.line((t(f"money.one.{kind}", lang), parts.STRONG)),
                parts.line((f"  {t(f'money.for.{kind}', lang)}", parts.DIM)),
            ]
            box.add_option(Option(parts.lines(said), kind))
        box.highlighted = at

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self._write()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """This one."""
        message.stop()
        self.dismiss(message.option.id)
