"""Kinds of dossier that have a board, and how their codes begin."""

from __future__ import annotations

import re
from typing import Final

PLAN: Final = "annual_plan"
ROUND: Final = "allocation_round"
CONTRACT: Final = "contract"
ADJUSTMENT: Final = "adjustment"
KINDS: Final = (PLAN, ROUND, CONTRACT, ADJUSTMENT)
"""In the order in which money goes through them."""
WAITING: Final = "waiting"
"""Of every kind, what this person can do something with."""

_BY_LETTERS: Final = {"KH": PLAN, "PB": ROUND, "HD": CONTRACT, "DC": ADJUSTMENT}
_BOARD = re.compile(r"(KH|PB|HD|DC)-", re.IGNORECASE)


def has_board(code: str) -> bool:
    """Whether `code` names a plan, round, contract or adjustment: a proposal has a screen of its own."""
    return kind_of(code) is not None


def kind_of(code: str) -> str | None:
    """The kind of dossier whose codes begin like `code`; None for a proposal's, or for words."""
    found = _BOARD.match(code.strip())
    return _BY_LETTERS[found[1].upper()] if found is not None else None
