"""The proposal before or after another one in the list that it was opened from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kcflow.formats import in_unit


@dataclass(frozen=True)
class Neighbour:
    """What stands beside: "" is nothing. at: its place, 1 is the first, 0 where the list is another one."""

    code: str = ""
    at: int = 0
    count: int = 0

    def place(self, lang: str) -> dict[str, str]:
        """Place and number as people write them: 12.345 of 1.000.000."""
        return {"at": in_unit(self.at, "dong", lang), "count": in_unit(self.count, "dong", lang)}


def beside(codes: Sequence[str], code: str, step: int) -> Neighbour:
    """What stands `step` places from `code`, past what has gone since (in a worker thread).

    Raises what the desk raises.
    """
    if code not in codes:
        return Neighbour()
    at = codes.index(code) + step
    while at >= 0:
        try:
            found = codes[at]
        except IndexError:
            break
        if found:
            return Neighbour(found, at + 1, len(codes))
        at += step
    return Neighbour(at=codes.index(code) + 1)
