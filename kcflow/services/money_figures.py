"""The year's figures as the desk gives them: stages, shares with their bases, sums that tie or don't."""

from __future__ import annotations

from datetime import datetime

from states.model import Label
from states.records import record


@record(frozen=True, slots=True)
class Share:
    """A part of a base, in thousandths, with the base's name: a percentage never stands alone."""

    permille: int
    base: str
    """Stage or key of the base."""
    base_label: Label
    base_dong: int
    published: bool = False
    """Whether the base is a figure that others published, not what this store holds."""


@record(frozen=True, slots=True)
class StageFigure:
    """One stage's sum, as recorded in this store and as others published it."""

    stage: str
    label: Label
    recorded: int
    reported: int | None = None
    reported_basis: str | None = None
    tolerance: int = 0
    """Half a last printed digit of the reported figure, đồng."""
    share: Share | None = None


@record(frozen=True, slots=True)
class Tie:
    """Whether a total and its parts agree: exactly, within the rounding of what was printed, or not."""

    label: Label
    total: int
    parts: int
    difference: int
    tolerance: int
    verdict: str
    """ "exact", "rounding", "off"."""
    sentence: Label


@record(frozen=True, slots=True)
class SummaryGroup:
    """The stages of one group (a source, a province, an office, a content, a round)."""

    key: str
    label: Label
    figures: tuple[StageFigure, ...]
    proposals: int


@record(frozen=True, slots=True)
class BudgetSummary:
    """The year's money for a filter, total and by group, with what ties and what doesn't."""

    plan_year: int
    area: str
    area_label: Label
    source: str | None
    content: int | None
    total: SummaryGroup
    groups: tuple[SummaryGroup, ...]
    rounds: tuple[SummaryGroup, ...]
    ties: tuple[Tie, ...]
    notes: tuple[Label, ...]
    """What a reader must know: bases, lists of provinces used, contents counted twice or not."""


@record(frozen=True, slots=True)
class FigureInput:
    """A figure that somebody published."""

    plan_year: int
    area: str
    source: str
    stage: str
    dong: int
    unit_dong: int
    basis: str
    round: int | None = None


@record(frozen=True, slots=True)
class FigureView:
    """A published figure as kept."""

    id: int
    plan_year: int
    area: str
    area_label: Label
    source: str
    stage: str
    stage_label: Label
    round: int | None
    dong: int
    unit_dong: int
    basis: str
    entered_by: str
    entered_at: datetime
    withdrawn: bool
