"""The fields of one decision over many dossiers: what the act needs, entered once."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import MoveInput
from screens.dossier.paper_box import PaperBox, my_roles
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.fields import DateField, Field, MemoField, lang_of, words
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
        yield DateField("on", words("advance.on"), today, today=today, required=True, past_only=True)
        if option.act_documents:
            required = option.act_document_need == "required"
            yield PaperBox(
                "act",
                option.act_documents,
                today,
                own=True,
                required=required,
                roles=roles,
                must_conclude=option.must_conclude,
            )
        if option.amount is not None:
            own = option.suggested_amount is None and bool(self.act.suggested)
            label = words(f"advance.amount.{option.amount}")
            yield MoneyField("amount", label, option.suggested_amount, required=not own)
            if own:
                yield Static(Content(t("bulk.amount_hint", lang_of(self))), id="amount-hint", markup=False)
        if option.round:
            yield WholeField("round", words("advance.round"), least=1, most=99, required=True)
        if option.reason_need != "none":
            required = option.reason_need == "required"
            yield MemoField(
                "reason", words("advance.reason"), required=required, max_length=LENGTHS["reason"]
            )
        for number, kinds in enumerate(option.missing_documents, start=1):
            yield PaperBox(f"missing{number}", kinds, today, roles=roles)

    def focus_first(self) -> None:
        """Begin in the first field."""
        self.query(Field).first().focus_entry()

    def check(self) -> list[Field[object]]:
        """Show what is wrong; return the fields that can't be taken."""
        return [field for field in self.query(Field).results(Field) if field.display and not field.check()]

    def move(self, request: str) -> MoveInput:
        """What was entered, under the request id of the decision."""
        act = next(iter(self.query("#act-box").results(PaperBox)), None)
        own = act.value() if act is not None else None
        others = [box for box in self.query(PaperBox) if box is not act]
        return MoveInput(
            on=self.query_one("#field-on", DateField).value,
            reason=next((field.value for field in self.query("#field-reason").results(MemoField)), None),
            document_kind=own.kind if own is not None else None,
            document_number=own.number if own is not None else None,
            document_date=own.date if own is not None else None,
            signer=own.signer if own is not None else None,
            conclusion=own.conclusion if own is not None else None,
            document_file=own.file if own is not None else None,
            papers=tuple(paper for box in others if (paper := box.value()) is not None),
            amount=next((field.value for field in self.query("#field-amount").results(MoneyField)), None),
            round=next((field.value for field in self.query("#field-round").results(WholeField)), None),
            authority=act.authority if act is not None else None,
            request=request,
        )

    def relabel(self) -> None:
        """Write every word anew; what was typed stays."""
        for box in self.query(PaperBox):
            box.relabel()
        for field in self.query(Field).results(Field):
            field.relabel()
        for hint in self.query("#amount-hint").results(Static):
            hint.update(Content(t("bulk.amount_hint", lang_of(self))))
