"""Money: plans, rounds, contracts, payments, adjustments and the year's figures (design §5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from kcflow.services.money_figures import BudgetSummary, FigureInput, FigureView
from kcflow.services.money_views import (
    AdjustmentInput,
    AdjustmentKind,
    AdjustmentPlan,
    AnnexPlan,
    BatchResult,
    Board,
    Candidate,
    ContractInput,
    MoneyStory,
    OtherRow,
    PlanInput,
    RoundInput,
)
from kcflow.services.rehearsal import rehearse
from kcflow.services.views import MoveInput, Receipt

if TYPE_CHECKING:
    from datetime import date

    from kcflow.ceilings import Ceiling
    from kcflow.services.context import Context

P = ParamSpec("P")
T = TypeVar("T")


class Money:
    """The money side of one person's desk (`Desk.money`); as in `Desk`: any thread, own transaction.

    All raise `NotFound`, `BadInput`, `NoPermission`, `RefusedByRules`, `ConflictError`, `StoreProblem`.
    """

    def __init__(self, context: Context, run: Callable[..., object], commit: Callable[..., object]) -> None:
        self._context = context
        self._run_any = run
        self._commit_any = commit

    def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run_any(work, *args, **kwargs)  # type: ignore[return-value]

    def _commit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._commit_any(work, *args, **kwargs)  # type: ignore[return-value]

    # -- every other kind ------------------------------------------------------------------

    def others(
        self,
        kind: str,
        source: str | None = None,
        plan_year: int | None = None,
        area: str | None = None,
        state: str | None = None,
        open_only: bool = False,
    ) -> tuple[OtherRow, ...]:
        """Plans, rounds, contracts or adjustments that this person may see, newest first."""
        from kcflow.services.money import others

        return self._run(others.listed, self._context, kind, source, plan_year, area, state, open_only)

    def waiting(self) -> tuple[OtherRow, ...]:
        """Of every kind: those on which this person can act now, by due date."""
        from kcflow.services.money import others

        return self._run(others.waiting, self._context)

    def board(self, code: str) -> Board:
        """Everything about one of them."""
        from kcflow.services.money import others

        return self._run(others.board, self._context, code)

    def act(
        self, code: str, action: str, move: MoveInput | None = None, amounts: Mapping[str, int] | None = None
    ) -> BatchResult:
        """Carry out an act of a plan, round, contract or adjustment, with what it moves, all or nothing.

        amounts: đồng by proposal, where the act takes others than the worksheet's (settlement of a contract).
        """
        from kcflow.services.money import batch

        return self._commit(batch.act, self._context, code, action, move or MoveInput(), amounts)

    def preview(
        self, code: str, action: str, move: MoveInput | None = None, amounts: Mapping[str, int] | None = None
    ) -> BatchResult:
        """What `act` would do: every line with its reasons. Writes nothing."""
        from kcflow.services.money import batch

        return self._run(batch.preview, self._context, code, action, move or MoveInput(), amounts)

    # -- plans -----------------------------------------------------------------------------

    def open_plan(self, entered: PlanInput, request: str | None = None) -> Receipt:
        """Open a year's budget plan (drafting); one for each source, year and area."""
        from kcflow.services.money import plans

        return self._commit(plans.open_plan, self._context, entered, request)

    def check_plan(
        self, entered: PlanInput, code: str | None = None, move: MoveInput | None = None
    ) -> Receipt:
        """What `open_plan`, or `change_plan` of `code`, would do; raises as it does, and keeps nothing."""
        from kcflow.services.money import plans

        if code is None:
            return self._run(rehearse, plans.open_plan, self._context, entered, None)
        return self._run(rehearse, plans.change_plan, self._context, code, entered, move or MoveInput())

    def change_plan(self, code: str, entered: PlanInput, move: MoveInput | None = None) -> Receipt:
        """Change a plan: freely while drafting, later by a supplementary decision (`supplement`)."""
        from kcflow.services.money import plans

        return self._commit(plans.change_plan, self._context, code, entered, move or MoveInput())

    # -- rounds ----------------------------------------------------------------------------

    def open_round(self, entered: RoundInput, request: str | None = None) -> Receipt:
        """Open an allocation round under the year's approved plan."""
        from kcflow.services.money import rounds

        return self._commit(rounds.open_round, self._context, entered, request)

    def check_round(self, entered: RoundInput, code: str | None = None) -> Receipt:
        """What `open_round`, or `change_round` of `code`, would do; raises as it does, and keeps nothing."""
        from kcflow.services.money import rounds

        if code is None:
            return self._run(rehearse, rounds.open_round, self._context, entered, None)
        return self._run(rehearse, rounds.change_round, self._context, code, entered)

    def change_round(self, code: str, entered: RoundInput) -> Receipt:
        """Change ceiling, contents or note while the round is being prepared."""
        from kcflow.services.money import rounds

        return self._commit(rounds.change_round, self._context, code, entered)

    def candidates(self, code: str, text: str = "") -> tuple[Candidate, ...]:
        """Proposals that could be put into the plan, round or contract `code`, with what each lacks."""
        from kcflow.services.money.candidates import candidates

        return self._run(candidates, self._context, code, text)

    def put(
        self, code: str, amounts: Mapping[str, int | None], notes: Mapping[str, str] | None = None
    ) -> Board:
        """Put proposals into the worksheet of `code` with these đồng; None takes one out."""
        from kcflow.services.money import rounds

        return self._commit(rounds.put, self._context, code, amounts, notes or {})

    def check_put(
        self, code: str, amounts: Mapping[str, int | None], notes: Mapping[str, str] | None = None
    ) -> Board:
        """The board as `put` would leave it; raises as it does, and keeps nothing."""
        from kcflow.services.money import rounds

        return self._run(rehearse, rounds.put, self._context, code, amounts, notes or {})

    # -- annexes ---------------------------------------------------------------------------

    def annex_read(
        self, code: str, path: str, sheet: str | None = None, unit_dong: int | None = None
    ) -> AnnexPlan:
        """Read the annex of a decision (code or title, amount) for a plan or round. Writes nothing."""
        from kcflow.services.money import annex

        return self._run(annex.read, self._context, code, path, sheet, unit_dong)

    def annex_write(self, plan: AnnexPlan, replace: bool = True) -> Board:
        """Put what was read into the worksheet: all good rows, or nothing when a row is bad."""
        from kcflow.services.money import annex

        return self._commit(annex.write, self._context, plan, replace)

    def export(self, code: str, path: Path, lang: str = "vi", overwrite: bool = False) -> Path:
        """Write a board (plan, round, contract) or a proposal's money story as a workbook.

        A file that is there is replaced only with `overwrite`.
        """
        from kcflow.services.money import export

        return self._run(export.write, self._context, code, path, lang, overwrite)

    # -- contracts -------------------------------------------------------------------------

    def open_contract(self, entered: ContractInput, request: str | None = None) -> Receipt:
        """Draw up a contract over proposals of one unit."""
        from kcflow.services.money import contracts

        return self._commit(contracts.open_contract, self._context, entered, request)

    def check_contract(self, entered: ContractInput) -> BatchResult:
        """What `open_contract` would draw up: its lines and total. Writes nothing."""
        from kcflow.services.money import contracts

        return self._run(contracts.check, self._context, entered)

    # -- adjustments -----------------------------------------------------------------------

    def adjustment_kinds(self, source: str = "kcqg") -> tuple[AdjustmentKind, ...]:
        """The kinds of change of proposals of this source, and who decides each."""
        from kcflow.services.money import adjustments

        return self._run(adjustments.kinds, self._context, source)

    def check_adjustment(self, entered: AdjustmentInput) -> AdjustmentPlan:
        """What `ask_adjustment` would ask for, and of whom. Writes nothing."""
        from kcflow.services.money import adjustment_asking

        return self._run(adjustment_asking.check, self._context, entered)

    def ask_adjustment(self, entered: AdjustmentInput, request: str | None = None) -> Receipt:
        """Ask for a change of an approved proposal; the level that decides follows from the change."""
        from kcflow.services.money import adjustment_asking

        return self._commit(adjustment_asking.ask, self._context, entered, request)

    # -- ceilings of support ---------------------------------------------------------------

    def ceilings(self, on: date | None = None, province: str = "") -> tuple[Ceiling, ...]:
        """The ceilings in force on a day (None: today) for national money, or a province's own money."""
        from kcflow.services import ceilings

        return self._run(ceilings.listed, self._context, on, province)

    def set_ceiling(
        self,
        item: str,
        basis: str,
        valid_from: date,
        cap_dong: int | None = None,
        permille: int | None = None,
    ) -> Ceiling:
        """Set a ceiling of one's own office from a day on; passing one is told, never refused."""
        from kcflow.services import ceilings

        return self._run(
            ceilings.set_own,
            self._context,
            item,
            permille=permille,
            cap_dong=cap_dong,
            basis=basis,
            valid_from=valid_from,
        )

    # -- figures ---------------------------------------------------------------------------

    def story(self, code: str) -> MoneyStory:
        """A proposal's whole money story."""
        from kcflow.services.money import story

        return self._run(story.story, self._context, code)

    def summary(
        self,
        plan_year: int,
        area: str = "vn",
        source: str | None = None,
        content: int | None = None,
        by: str = "source",
    ) -> BudgetSummary:
        """The year's money. area: "vn", a region ("north", …) or a province key; by: "source", "province",
        "office", "content" or "round"."""
        from kcflow.services.money import summary

        return self._run(summary.summary, self._context, plan_year, area, source, content, by)

    def figures(self, plan_year: int | None = None) -> tuple[FigureView, ...]:
        """Published figures as kept."""
        from kcflow.services.money import figures

        return self._run(figures.listed, self._context, plan_year)

    def add_figures(self, entered: Sequence[FigureInput]) -> int:
        """Keep published figures; one for the same year, area, source, stage and round replaces the older."""
        from kcflow.services.money import figures

        return self._commit(figures.add, self._context, entered)

    def withdraw_figure(self, figure: int) -> None:
        """Take a published figure back; it stays readable as withdrawn."""
        from kcflow.services.money import figures

        self._commit(figures.withdraw, self._context, figure)


__all__ = ["Money"]
