"""The form of a year's plan: a new one, one that is drafted, or the supplement of an approved one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Static

from kcflow import reference
from kcflow.formats import NumberRefused, dong, parse_dong
from kcflow.i18n import t
from kcflow.services.money_views import Board, PlanInput
from kcflow.services.views import MoveInput, OptionView, Receipt
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import my_roles
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField
from screens.forms.entries import Fault
from screens.forms.fields import LinesField, TextField, words
from screens.money.area import choose_area, head_fields, own_area, own_source, show_area
from screens.money.board_parts import division
from screens.money.form import MoneyForm
from screens.widgets.hanging import Hanging
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class PartsField(LinesField):
    """How the total is divided: a line each, a place, then an amount: "Hà Giang: 1,5 tỷ"."""

    def __init__(self, key: str, label: Label, value: str, on: date) -> None:
        """Start with `value`; places are called as they are on the day `on`."""
        super().__init__(key, label, value)
        self._on = on

    def _read(self) -> str | None:
        text = super()._read()
        divided(text or "", self._on)
        return text

    @property
    def division(self) -> tuple[tuple[str, int], ...]:
        """(place, đồng) of each line; nothing while a line can't be read."""
        try:
            return divided(self.value or "", self._on)
        except Fault:
            return ()


def divided(text: str, on: date) -> tuple[tuple[str, int], ...]:
    """(key of the province of that name on the day `on`, or what was typed; đồng) of each line.

    Raises `Fault` naming the line.
    """
    found = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        place, _, amount = line.rpartition(":")
        if not place.strip():
            raise Fault(words("money.part_form", line=line.strip()))
        found.append((_place(place.strip(), on), _dong(amount, line)))
    return tuple(found)


def _dong(amount: str, line: str) -> int:
    for unit in ("trieu", "ty", "dong"):
        try:
            return parse_dong(amount.strip(), unit)
        except NumberRefused as error:
            if error.code != "other_unit":
                break
    raise Fault(words("money.part_form", line=line.strip()))


def _place(name: str, on: date) -> str:
    known = {each.name.casefold(): each.key for each in reference.provinces() if each.in_force(on)}
    return known.get(name.casefold(), name)


class PlanForm(MoneyForm):
    """Source, year, area, total, and how it is divided."""

    help_key = "help.plan_form"
    keep_as = "plan"

    def __init__(self, board: Board | None = None) -> None:
        """Open a plan, or change the one of `board`."""
        super().__init__()
        self._board = board

    @property
    def _supplement(self) -> OptionView | None:
        """The act that raises an approved plan; None while it is drafted."""
        if self._board is None or self._board.editable:
            return None
        return next((each for each in self._board.options if each.name == "supplement"), None)

    def on_mount(self) -> None:
        """The province of one's own office is chosen as soon as it is known."""
        super().on_mount()
        if self._board is None:
            self.ask(own_area, lambda area: choose_area(self, area), group="area", quiet=True)

    def keep_code(self) -> str:
        """A change is kept with its plan."""
        return self._board.row.code if self._board is not None else ""

    def heading(self) -> str:
        """What is written."""
        if self._board is None:
            return t("money.new_plan", self.lang)
        key = "money.supplement" if self._supplement is not None else "money.edit"
        return t(key, self.lang, code=self._board.row.code)

    def fields(self) -> Iterable[Widget]:
        """Source, year and area of a new one; total, division, basis; the paper of a supplement."""
        board, content = self._board, self._board.content if self._board is not None else {}
        if board is None:
            today = self.desk.today
            yield from head_fields(own_source(self.desk.me), today)
        total = content.get("total")
        yield MoneyField("total", words("money.total"), int(str(total)) if total else None, required=True)
        yield PartsField("lines", words("money.parts"), _typed(content), self.desk.today)
        yield Static(t("money.parts_hint", self.lang), id="parts-hint", classes="note", markup=False)
        yield TextField("basis", words("money.basis"), str(content.get("basis") or ""), max_length=300)
        if (option := self._supplement) is not None:
            yield from act_inputs.inputs(option, self.desk.today, my_roles(self.desk), self.lang)

    def changed(self, key: str) -> None:
        """Only local money has an area."""
        if key == "source":
            show_area(self)

    def on_language_changed(self) -> None:
        """Write the hint anew, too."""
        super().on_language_changed()
        self.query_one("#parts-hint", Static).update(t("money.parts_hint", self.lang))

    def sums(self) -> Hanging:
        """What the parts add up to, and by how much they miss the total."""
        lang = self.lang
        if not self.is_mounted:
            return parts.lines(())
        total = self.query_one("#field-total", MoneyField).value
        division = self.query_one("#field-lines", PartsField).division
        if not division:
            return parts.lines([parts.line((t("money.parts_none", lang), parts.DIM))])
        added = sum(part for _, part in division)
        if total is None or added == total:
            words_ = t("money.parts_ok", lang, amount=dong(added, lang))
            return parts.lines([parts.line((f"● {words_}", parts.GOOD))])
        key = "money.parts_short" if added < total else "money.parts_over"
        said = t(key, lang, amount=dong(added, lang), gap=dong(abs(total - added), lang))
        return parts.lines([parts.line((f"! {said}", parts.WARN))])

    def entered(self) -> PlanInput:
        """The form as it stands."""
        board = self._board
        if board is None:
            source = self.query_one("#field-source", ChoiceField).value or "kcqg"
            year = self.query_one("#field-plan_year", WholeField).value or 0
            area = self.query_one("#field-area", ChoiceField).value or ""
        else:
            source, year, area = board.row.source, board.row.plan_year, board.row.area
        return PlanInput(
            source=source,
            plan_year=year,
            total=self.query_one("#field-total", MoneyField).value or 0,
            area=area if source == "kcdp" else "",
            lines=self.query_one("#field-lines", PartsField).division,
            basis=self.query_one("#field-basis", TextField).value or "",
        )

    def work(self) -> Callable[[Desk], Receipt]:
        """Open it, or change it; a supplement with its paper."""
        entered, board, request = self.entered(), self._board, self.request
        if board is None:
            return lambda desk: desk.money.open_plan(entered, request=request)
        code, version = board.row.code, board.row.version
        move = MoveInput(expected_version=version, request=request)
        if self._supplement is not None:
            move = act_inputs.read_move(self, request=request, expected_version=version)
        return lambda desk: desk.money.change_plan(code, entered, move)


def _typed(content: Mapping[str, object]) -> str:
    """The division as somebody would type it."""
    return "\n".join(f"{area}: {dong(amount, 'vi')}" for area, amount in division(content))
