"""The form of a contract: the first proposal and its amount; further ones are put in on its board."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.widget import Widget

from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import ContractInput
from kcflow.services.views import DossierCard, Receipt
from screens.dossier import proposal_parts as parts
from screens.forms.amounts import MoneyField
from screens.forms.fields import MemoField, TextField, words
from screens.money.form import MoneyForm
from screens.widgets.hanging import Hanging

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class ContractForm(MoneyForm):
    """A proposal with money allocated, how much of it the contract is about, a title and a note."""

    help_key = "help.contract_form"
    keep_as = "contract"

    def __init__(self, proposals: Sequence[str] = ()) -> None:
        """Begin with the first of `proposals`."""
        super().__init__()
        self._proposals = tuple(proposals)
        self._card: DossierCard | None = None
        self._trouble: KcflowError | None = None

    def on_mount(self) -> None:
        """Read the proposal that it begins with."""
        super().on_mount()
        self._read()

    def keep_code(self) -> str:
        """It is kept with the proposal that it began with."""
        return self._proposals[0] if self._proposals else ""

    def heading(self) -> str:
        """What is written."""
        return t("money.new_contract", self.lang)

    def fields(self) -> Iterable[Widget]:
        """Proposal, amount, title, note."""
        yield TextField("proposal", words("money.proposal"), self.keep_code(), required=True, max_length=30)
        yield MoneyField("dong", words("money.amount"), required=True)
        yield TextField("title", words("money.contract_title"), max_length=LENGTHS["title"])
        yield MemoField("note", words("money.note"), max_length=LENGTHS["note"])

    def changed(self, key: str) -> None:
        """Another proposal: read it."""
        if key == "proposal":
            self._read()

    @property
    def _code(self) -> str:
        return (self.query_one("#field-proposal", TextField).value or "").strip().upper()

    def _read(self) -> None:
        code = self._code
        if not code:
            self._known(None)
            return
        self.ask(lambda desk: desk.dossier(code), self._known, failed=self._unknown, group="proposal")

    def _unknown(self, error: KcflowError) -> None:
        self._card, self._trouble = None, error
        self.write()

    def _known(self, card: DossierCard | None) -> None:
        self._card, self._trouble = card, None
        field = self.query_one("#field-dong", MoneyField)
        if card is not None and field.value is None:
            left = card.money.allocated - card.money.contracted
            if left > 0:
                field.text = MoneyField.spelled(left)
                self.filled("dong")
        self.write()

    def sums(self) -> Hanging:
        """The proposal, its unit, and what of its money no contract is about yet."""
        lang, card = self.lang, self._card
        if card is None:
            said = self._trouble.text(lang) if self._trouble is not None else t("money.contract_of", lang)
            return parts.lines([parts.line((said, parts.WARN if self._trouble else parts.DIM))])
        left = card.money.allocated - card.money.contracted
        words_ = t(
            "money.contract_left",
            lang,
            allocated=dong(card.money.allocated, lang),
            contracted=dong(card.money.contracted, lang),
            left=dong(left, lang),
        )
        return parts.lines(
            [
                parts.line((card.row.code, "bold $accent"), "  ", card.row.title),
                parts.line((f"{card.row.unit_name} · {card.row.state_label(lang)}", parts.DIM)),
                parts.line((words_, parts.GOOD if left > 0 else parts.WARN)),
                parts.line((t("money.contract_more", lang), parts.DIM)),
            ]
        )

    def work(self) -> Callable[[Desk], Receipt]:
        """Draw it up."""
        entered = ContractInput(
            lines=((self._code, self.query_one("#field-dong", MoneyField).value or 0),),
            title=self.query_one("#field-title", TextField).value or "",
            note=self.query_one("#field-note", MemoField).value or "",
        )
        request = self.request
        return lambda desk: desk.money.open_contract(entered, request=request)
