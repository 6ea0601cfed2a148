"""Carry out an act of a plan, round, contract or adjustment, with all the proposals that it moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.content import Content

from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.services.money_views import BatchLine, BatchResult, Board, Line
from kcflow.services.views import MoveInput, OptionView, Preview, Receipt
from screens.dossier import proposal_parts as parts
from screens.dossier.advance import AdvanceDialog
from screens.forms.amounts import MoneyField
from screens.forms.fields import Field
from screens.widgets.hanging import Hanging
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

AMENDS: Final = "amend"
SETTLES: Final = "liquidate"
_PREFIX: Final = "dong-"
_MOST: Final = 8
"""So many proposals are named before the act; the receipt names them all."""


class BoardActDialog(AdvanceDialog):
    """The dialog of an act over many: what it moves and by how much stands beside the fields.

    All is written or nothing.
    """

    help_key = "help.board_act"
    keep_as = "board-act"

    def __init__(self, board: Board, option: OptionView) -> None:
        """Carry out `option` on what `board` shows."""
        super().__init__(board.row.code, option, board.row.version)
        self._board = board
        self._result: BatchResult | None = None

    def _fields(self) -> ComposeResult:
        """What the act asks for; then an amount for each proposal, where the act takes its own."""
        yield from super()._fields()
        yield from self._amounts()

    def _amounts(self) -> Iterator[MoneyField]:
        if self._board.row.kind != "contract" or self.option.name not in (AMENDS, SETTLES):
            return
        for line in self._board.lines:
            first = line.dong if self.option.name == AMENDS else None
            yield MoneyField(f"{_PREFIX}{line.code}", _label(line), first)

    def amounts(self) -> dict[str, int] | None:
        """Đồng by proposal as entered: what is settled, or by how much the contract changes."""
        found: dict[str, int] = {}
        now = {line.code: line.dong for line in self._board.lines}
        for field in self.query(Field).results(MoneyField):
            code = field.key.removeprefix(_PREFIX)
            if field.key.startswith(_PREFIX) and field.is_mounted and field.value is not None:
                value = field.value - now[code] if self.option.name == AMENDS else field.value
                if value or self.option.name == SETTLES:
                    found[code] = value
        return found or None

    # What the rules say

    def would(self, desk: Desk, name: str, move: MoveInput) -> Preview:
        """What the act would do to it and to every proposal that it moves."""
        result = desk.money.preview(self._code, name, move, self._entered)
        assert result.ahead is not None  # noqa: S101 - a preview always looks ahead
        self._result = result
        return result.ahead

    def carry_out(self, desk: Desk, name: str, move: MoveInput) -> Receipt:
        """Do all of it, or nothing."""
        result = desk.money.act(self._code, name, move, self._entered)
        assert result.receipt is not None  # noqa: S101 - what can't be done is raised
        self._result = result
        return result.receipt

    def acts_now(self, desk: Desk) -> tuple[int, tuple[OptionView, ...]]:
        """Its version and acts as it stands."""
        board = desk.money.board(self._code)
        return board.row.version, board.options

    _entered: dict[str, int] | None = None

    def move(self) -> MoveInput:
        """What was entered so far; the amounts of the proposals with it."""
        entered = self.amounts()
        if entered != self._entered:
            self._entered = entered
            self._looked_at = None
        return super().move()

    # What is said

    def consequence(self, preview: Preview) -> Hanging:
        """State, holder and deadline; whose second signature it needs; what moves."""
        lang = self.lang
        said = list(super().consequence(preview).lines)
        if self.option.second_person:
            said.append(parts.line((f"● {t('money.second_person', lang)}", parts.STRONG)))
        result = self._result
        if result is not None and result.lines:
            words = t("money.moves", lang, n=len(result.lines), amount=dong(result.total, lang))
            said.append(parts.line((words, parts.STRONG)))
            stopped = [line for line in result.lines if _against(line, preview)]
            for line in (stopped + [each for each in result.lines if each not in stopped])[:_MOST]:
                said += _line(line, preview, lang)
            if len(result.lines) > _MOST:
                more = t("money.more_lines", lang, n=len(result.lines) - _MOST)
                said.append(parts.line((more, parts.DIM)))
            said.append(parts.line((t("money.all_or_nothing", lang), parts.DIM)))
        return parts.lines(said)

    def what_was_done(self, receipt: Receipt) -> Hanging:
        """The receipt, and every proposal that was moved."""
        lang = self.lang
        said = list(super().what_was_done(receipt).lines)
        if self._result is not None and self._result.lines:
            result = self._result
            words = t("money.moved", lang, n=len(result.lines), amount=dong(result.total, lang))
            said.append(parts.line((f"● {words}", parts.GOOD)))
            for line in result.lines:
                state = f" → {line.receipt.to_label(lang)}" if line.receipt is not None else ""
                said.append(
                    parts.line(
                        ("  · ", parts.DIM),
                        (line.code, "$accent"),
                        f" {dong(line.dong, lang)}{state}",
                        (f" · {line.title}", parts.DIM),
                    )
                )
        return parts.lines(said)


def _label(line: Line) -> Label:
    return Label(line.code, line.code)


def _against(line: BatchLine, preview: Preview) -> list[str]:
    """What stands against a proposal's part that the act itself isn't already told."""
    own = {reason.code for reason in preview.option.reasons}
    return [reason.text.vi for reason in line.reasons if reason.code not in own and reason.kind != "input"]


def _line(line: BatchLine, preview: Preview, lang: str) -> list[Content]:
    against = [reason for reason in line.reasons if reason.text.vi in _against(line, preview)]
    mark, style = ("✗", parts.BAD) if against else ("●", parts.GOOD)
    said = [parts.line((f"{mark} ", style), (line.code, "$accent"), f" {dong(line.dong, lang)}")]
    said += [parts.line((f"  · {reason.text(lang)}", parts.BAD)) for reason in against]
    return said
