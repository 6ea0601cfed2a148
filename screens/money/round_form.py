"""The form of an allocation round: whose money, how much, which contents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from kcflow import reference
from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.money_views import Board, OtherRow, RoundInput
from kcflow.services.views import Receipt
from screens.dossier import proposal_parts as parts
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField, ManyField
from screens.forms.fields import MemoField, words
from screens.money.area import choose_area, head_fields, own_area, own_source, show_area
from screens.money.codes import PLAN
from screens.money.form import MoneyForm
from screens.widgets.hanging import Hanging
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class RoundForm(MoneyForm):
    """Source, year, area, ceiling, contents, note; the plan above says what it has left."""

    help_key = "help.round_form"
    keep_as = "round"

    def __init__(self, board: Board | None = None) -> None:
        """Open a round, or change the one of `board`."""
        super().__init__()
        self._board = board
        self._plans: tuple[OtherRow, ...] = ()

    def on_mount(self) -> None:
        """Read the approved plans: their money is what rounds give out."""
        super().on_mount()
        self.ask(lambda desk: desk.money.others(PLAN), self._plans_known, group="plans")
        if self._board is None:
            self.ask(own_area, lambda area: choose_area(self, area), group="area", quiet=True)

    def keep_code(self) -> str:
        """A change is kept with its round."""
        return self._board.row.code if self._board is not None else ""

    def heading(self) -> str:
        """What is written."""
        if self._board is None:
            return t("money.new_round", self.lang)
        return t("money.edit", self.lang, code=self._board.row.code)

    def fields(self) -> Iterable[Widget]:
        """What a new one is for; then what can be changed later, too."""
        board, content = self._board, self._board.content if self._board is not None else {}
        if board is None:
            yield from head_fields(own_source(self.desk.me), self.desk.today)
            yield WholeField("number", words("money.number"), least=1, most=999)
        ceiling = int(str(content.get("total") or 0)) or None
        yield MoneyField("ceiling", words("money.ceiling"), ceiling, required=True)
        offered = [
            (str(each.code), Label(f"{each.code}. {each.label.vi}", f"{each.code}. {each.label.en}"))
            for each in reference.contents()
        ]
        chosen = board.row.contents if board is not None else ()
        yield ManyField("contents", words("money.covers_none_all"), offered, [str(code) for code in chosen])
        note = str(content.get("note") or "")
        yield MemoField("note", words("money.note"), note, max_length=LENGTHS["note"])

    def _plans_known(self, plans: tuple[OtherRow, ...]) -> None:
        self._plans = plans
        self.write()

    def changed(self, key: str) -> None:
        """Only local money has an area."""
        if key == "source":
            show_area(self)

    @property
    def _plan(self) -> OtherRow | None:
        """The plan that the round would give out."""
        entered = self.entered()
        wanted = (entered.source, entered.plan_year, entered.area)
        return next(
            (p for p in self._plans if (p.source, p.plan_year, p.area) == wanted and not p.ending), None
        )

    def sums(self) -> Hanging:
        """What the plan above has, has given, and has left after this round."""
        if not self.is_mounted or (not self._plans and self.waiting):
            return parts.lines(())
        lang, plan = self.lang, self._plan
        if plan is None or plan.fund is None or plan.state != "approved":
            return parts.lines([parts.line((f"! {t('money.round_needs_plan', lang)}", parts.WARN))])
        given = plan.fund.allocated - plan.fund.returned
        ceiling = self.query_one("#field-ceiling", MoneyField).value or 0
        left = plan.fund.ceiling - given - ceiling
        said = t(
            "money.round_of_plan",
            lang,
            plan=plan.code,
            total=dong(plan.fund.ceiling, lang),
            given=dong(given, lang),
        )
        key, sign, style = ("money.over", "✗", parts.BAD) if left < 0 else ("money.left", "●", parts.GOOD)
        rest = t(key, lang, amount=dong(abs(left), lang))
        return parts.lines([parts.line((said, parts.DIM)), parts.line((f"{sign} {rest}", style))])

    def entered(self) -> RoundInput:
        """The form as it stands."""
        board = self._board
        number = None
        if board is None:
            source = self.query_one("#field-source", ChoiceField).value or "kcqg"
            year = self.query_one("#field-plan_year", WholeField).value or 0
            area = self.query_one("#field-area", ChoiceField).value or ""
            number = self.query_one("#field-number", WholeField).value
        else:
            source, year, area = board.row.source, board.row.plan_year, board.row.area
        codes = self.query_one("#field-contents", ManyField).value or ()
        return RoundInput(
            source=source,
            plan_year=year,
            ceiling=self.query_one("#field-ceiling", MoneyField).value or 0,
            number=number,
            area=area if source == "kcdp" else "",
            contents=tuple(int(code) for code in codes),
            note=self.query_one("#field-note", MemoField).value or "",
        )

    def work(self) -> Callable[[Desk], Receipt]:
        """Open it, or change it."""
        entered, board, request = self.entered(), self._board, self.request
        if board is None:
            return lambda desk: desk.money.open_round(entered, request=request)
        code = board.row.code
        return lambda desk: desk.money.change_round(code, entered)
