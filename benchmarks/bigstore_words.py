"""Titles, names and sums for a big store: a rich Vietnamese vocabulary, drawn by number, always the same.

No text here needs escaping in JSON (a test says so), so that leaves can be filled in as plain text.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_MASK: Final = 2**64 - 1

_LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _phrases(name: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in _LISTS[name].split("|"))


GOODS: Final = _phrases("goods")
MACHINES: Final = _phrases("machines")
SHAPES: Final = _phrases("shapes")
WORKS: Final = _phrases("works")
OBJECTIVES: Final = _phrases("objectives")
FIRST, SECOND, BRANDS, ENDINGS = (
    tuple(_LISTS[name].split()) for name in ("first", "second", "brands", "endings")
)


class Draw:
    """Numbers drawn one after the other from (seed, number): the same on every machine."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, number: int) -> None:
        self._state = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + 0x8BB84B93962EACC9) & _MASK

    def below(self, limit: int) -> int:
        """Return a number from 0 to limit - 1 (splitmix64)."""
        self._state = state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return (state ^ (state >> 31)) % limit

    def of(self, words: tuple[str, ...]) -> str:
        """Return one of `words`."""
        return words[self.below(len(words))]


def company(draw: Draw) -> str:
    """Return the name of an enterprise: half of them with a made-up brand, of which there are thousands."""
    shape = draw.of(SHAPES)
    if draw.below(2):
        brand = draw.of(BRANDS) + draw.of(ENDINGS) + (draw.of(ENDINGS) if draw.below(3) == 0 else "")
        return f"{shape} {brand} {draw.of(SECOND)}"
    return f"{shape} {draw.of(FIRST)} {draw.of(SECOND)} {draw.of(FIRST)}"


def texts(seed: int, number: int, province: str) -> tuple[str, str]:
    """Return the title and the beneficiary of proposal `number` in the province of that name."""
    draw = Draw(seed, number)
    who = company(draw)
    made = draw.of(WORKS).format(
        machine=draw.of(MACHINES), goods=draw.of(GOODS), goods2=draw.of(GOODS), company=who
    )
    commune, district = f"{draw.of(FIRST)} {draw.of(SECOND)}", f"{draw.of(SECOND)} {draw.of(FIRST)}"
    return f"{made}, xã {commune}, huyện {district}, {province}", who


def requested(draw: Draw) -> int:
    """Return a sum in đồng: whole millions, 50 million to 3 thousand million, most of them small."""
    return (50 + draw.below(1 + draw.below(1 + draw.below(2950)))) * 1_000_000
