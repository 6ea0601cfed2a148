"""Where the year's money stands: the stages' names, and parts of a base that is always named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kcflow.money_labels import STAGE
from kcflow.services.money_figures import Share
from kcflow.services.money_views import STAGES
from states.model import Label

BASES: Final[Mapping[str, str]] = {
    "requested": "total",
    "approved": "requested",
    "allocated": "approved",
    "contracted": "allocated",
    "advanced": "contracted",
    "accepted": "contracted",
    "settled": "accepted",
    "returned": "advanced",
}
"""What each stage is a share of: a percentage never stands alone (domain.md §9)."""


def share(
    part: int, base: str, base_dong: int, label: Label | None = None, *, published: bool = False
) -> Share | None:
    """`part` in thousandths of a named base, rounded half up; None where the base is nothing.

    label: the base's name, where it is more than its stage's. published: whether others published the base.
    """
    if base_dong <= 0:
        return None
    permille = (part * 2000 + base_dong) // (2 * base_dong)
    return Share(permille, base, label or STAGE[base], base_dong, published)


__all__ = ["BASES", "STAGE", "STAGES", "share"]
