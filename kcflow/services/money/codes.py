"""Codes of plans, rounds, contracts and adjustments, and the kinds of dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

PLAN: Final = "annual_plan"
ROUND: Final = "allocation_round"
CONTRACT: Final = "contract"
ADJUSTMENT: Final = "adjustment"
KINDS: Final = (PLAN, ROUND, CONTRACT, ADJUSTMENT)
"""Every kind of dossier but the proposal."""
SUPPLEMENT: Final = "supplement"
"""The act by which an approved plan gets another total."""


def _tail(area: str) -> str:
    return f"-{area.replace(':', '')}" if area else ""


def plan_code(source: str, plan_year: int, area: str = "") -> str:
    """Code of the year's plan: "KH-KCQG-24", "KH-KCDP-24-6302" (area: province key, "" for the country).

    A national plan has no area, whichever province a proposal lies in.
    """
    return f"KH-{source.upper()}-{plan_year % 100:02d}{_tail(area if source == 'kcdp' else '')}"


def plan_codes(source: str, plan_year: int, area: str = "") -> Iterator[str]:
    """`plan_code`, then "KH-KCQG-24.2" and so on: a plan that was cancelled keeps its code."""
    first = plan_code(source, plan_year, area)
    yield first
    yield from (f"{first}.{number}" for number in range(2, 100))


def round_code(source: str, plan_year: int, number: int, area: str = "") -> str:
    """Code of a round: "PB-KCQG-24-1", "PB-KCDP-24-6302-1"."""
    return f"PB-{source.upper()}-{plan_year % 100:02d}{_tail(area if source == 'kcdp' else '')}-{number}"


def contract_prefix(plan_year: int) -> str:
    """What `Writer.next_code` counts contracts of a year by: "HD-24-"."""
    return f"HD-{plan_year % 100:02d}-"


def adjustment_prefix(plan_year: int) -> str:
    """What `Writer.next_code` counts adjustments of a year by: "DC-24-"."""
    return f"DC-{plan_year % 100:02d}-"


def round_number(codes: Iterable[str]) -> int | None:
    """The number of the first round among codes of owners: 1 for "PB-KCQG-24-1"; None where there is none."""
    return next((int(code.rpartition("-")[2]) for code in codes if code.startswith("PB-")), None)
