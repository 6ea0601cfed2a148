"""Figures that others published: kept with their source and printed precision, never mixed with our own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kcflow import reference
from kcflow.money_labels import AREAS, KEEPERS, SOURCES, STAGE
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.drafts import MAX_DONG, YEARS
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.money_figures import FigureInput, FigureView
from kcflow.services.money_views import STAGES
from kcflow.services.texts import error_label
from states.model import Label

if TYPE_CHECKING:
    from db.rows_money import FigureRow

PRECISIONS: Final = frozenset(10**power for power in range(13))
"""Printed precisions: a power of ten of đồng, up to whole thousands of tỷ."""


def area_label(area: str) -> Label:
    """Name of a region or province. Raises `BadInput` for an unknown one."""
    if area in AREAS:
        return AREAS[area]
    try:
        name = reference.province(area).name
    except reference.UnknownProvince:
        raise BadInput(
            "area_unknown", error_label("area_unknown", area=area, known=", ".join(AREAS))
        ) from None
    return Label(name, name)


def provinces_of(area: str) -> frozenset[str] | None:
    """Keys of the provinces in an area; None for the whole country. Raises `BadInput`.

    A province merged across regions is in each of them (domain: Lâm Đồng).
    """
    if area == "vn":
        return None
    if area in AREAS:
        return frozenset(p.key for p in reference.provinces() if AREAS[area].vi in p.regions)
    area_label(area)
    return reference.covered_by(area) | {area}


def _checked(entered: FigureInput) -> FigureInput:
    for value, known in ((entered.source, tuple(SOURCES)), (entered.stage, STAGES)):
        if value not in known:
            raise BadInput("figure_choice", error_label("figure_choice", value=value, known=", ".join(known)))
    area_label(entered.area)
    if entered.plan_year not in YEARS:
        raise BadInput("year_absurd", error_label("year_absurd", value=entered.plan_year))
    for amount in (entered.dong, entered.unit_dong):
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise BadInput("money_not_integer", error_label("money_not_integer"))
    if entered.dong < 0:
        raise BadInput("money_negative", error_label("money_negative"))
    if entered.dong > MAX_DONG:
        raise BadInput("money_absurd", error_label("money_absurd"))
    if entered.unit_dong not in PRECISIONS or entered.dong % entered.unit_dong:
        raise BadInput("figure_precision", error_label("figure_precision", unit=entered.unit_dong))
    if entered.round is not None and (entered.round < 1 or entered.stage != "allocated"):
        raise BadInput("figure_round", error_label("figure_round"))
    basis = door.text("reason", entered.basis, required=True)
    return FigureInput(
        entered.plan_year,
        entered.area,
        entered.source,
        entered.stage,
        entered.dong,
        entered.unit_dong,
        basis or "",
        entered.round,
    )


def add(context: Context, entered: Sequence[FigureInput]) -> int:
    """Keep figures, all or none; one for the same thing takes an older one's place, which stays as withdrawn.

    Raises `BadInput`, `NoPermission`.
    """
    context.require(*KEEPERS)
    figures = [_checked(each) for each in entered]
    with context.store.write() as writer:
        for figure in figures:
            for old in writer.figures(figure.plan_year):
                if old.withdrawn_at is None and _same(old, figure):
                    writer.withdraw_figure(old.id)
            writer.add_figure(
                plan_year=figure.plan_year,
                area=figure.area,
                source=figure.source,
                stage=figure.stage,
                round=figure.round,
                dong=figure.dong,
                unit_dong=figure.unit_dong,
                basis=figure.basis,
                entered_by=context.actor.login,
            )
    return len(figures)


def _same(old: FigureRow, new: FigureInput) -> bool:
    return (old.area, old.source, old.stage, old.round) == (new.area, new.source, new.stage, new.round)


def withdraw(context: Context, figure: int) -> None:
    """Take a figure back. Raises `NotFound`, `NoPermission`."""
    context.require(*KEEPERS)
    with context.store.write() as writer:
        if not writer.withdraw_figure(figure):
            raise NotFound("figure_unknown", error_label("figure_unknown", figure=figure))


def listed(context: Context, plan_year: int | None) -> tuple[FigureView, ...]:
    """Figures of a year (None: this year's plan), those withdrawn too, as they were entered."""
    with context.store.read() as reader:
        rows = reader.figures(plan_year or context.today.year)
    return tuple(
        FigureView(
            id=row.id,
            plan_year=row.plan_year,
            area=row.area,
            area_label=area_label(row.area),
            source=row.source,
            stage=row.stage,
            stage_label=STAGE[row.stage],
            round=row.round,
            dong=row.dong,
            unit_dong=row.unit_dong,
            basis=row.basis,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
            withdrawn=row.withdrawn_at is not None,
        )
        for row in rows
    )
