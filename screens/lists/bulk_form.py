"""The fields of one decision over many dossiers: what the act needs, entered once."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from screens.dossier import act_inputs
from screens.dossier.paper_box import PaperBox, my_roles
from screens.forms.fields import Field, lang_of
from screens.lists.bulk_work import Offered


class DecisionForm(VerticalScroll):
    """Date, document, amount, round, reason and papers, as far as the act asks for them."""

    DEFAULT_CSS = """
    DecisionForm { height: auto; max-height: 100%; scrollbar-size: 1 1; }
    DecisionForm .paper-box { margin: 1 0 0 0; }
    """

    def __init__(self, act: Offered) -> None:
        """Ask for what `act` needs."""
        super().__init__(can_focus=False)
        self.act = act

    def compose(self) -> ComposeResult:
        """Only what this act asks for."""
        option, desk = self.act.option, self.app.desk  # type: ignore[attr-defined]
        today, roles = desk.today, my_roles(desk)
        own = option.suggested_amount is None and bool(self.act.suggested)
        yield from act_inputs.inputs(option, today, roles, lang_of(self), own_amounts=own)
        for number, kinds in enumerate(option.missing_documents, start=1):
            yield PaperBox(f"missing{number}", kinds, today, roles=roles)

    def focus_first(self) -> None:
        """Begin in the first field."""
        self.query(Field).first().focus_entry()
