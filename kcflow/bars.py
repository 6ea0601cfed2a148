"""Bars, spans, divided bars and small columns as text: pictures for a terminal, told by shape alone.

The same figures are drawn by the screens and by the commands; where blocks can't be shown (no terminal,
NO_COLOR) plain characters take their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from states.records import record


@record(frozen=True, slots=True)
class Ink:
    """The characters of a picture, one cell each. eighths: parts of a cell, the smallest first."""

    full: str
    eighths: str
    tail: str
    """What a span goes on with, from its first value to its second."""
    parts: str
    """The parts of a divided bar, in order; the last one stands for all others."""


BLOCKS: Final = Ink("█", "▏▎▍▌▋▊▉", "▒", "█▒░▚▞╳▤▥▦·")
PLAIN: Final = Ink("#", "", "-", "#=-+o*x%~.")
COLUMNS: Final = "▁▂▃▄▅▆▇█"
"""Small columns, the lowest first; plain characters have none: numbers say it better."""
NOTHING: Final = "·"
"""A column of nothing."""


def bar(value: int, most: int, cells: int, ink: Ink = BLOCKS) -> str:
    """A bar for `value` where `most` fills `cells`; what is there at all shows at least a sliver."""
    if value <= 0 or most <= 0 or cells <= 0:
        return ""
    steps = len(ink.eighths) + 1
    size = min(max(1, (2 * value * cells * steps + most) // (2 * most)), cells * steps)
    whole, rest = divmod(size, steps)
    return ink.full * whole + (ink.eighths[rest - 1] if rest else "")


def span(first: int, second: int, most: int, cells: int, ink: Ink = BLOCKS) -> str:
    """A bar to `first` that goes on to `second` (not less than `first`) in another shape."""
    if second <= 0 or most <= 0 or cells <= 0:
        return ""
    until = _cells(first, most, cells)
    return ink.full * until + ink.tail * (max(_cells(second, most, cells), 1) - until)


def _cells(value: int, most: int, cells: int) -> int:
    """Whole cells for a value: at least one for what is there at all."""
    return min(max(1, (2 * value * cells + most) // (2 * most)), cells) if value > 0 else 0


def shares(values: Sequence[int], cells: int) -> list[int]:
    """`cells` divided in proportion to `values` (not negative), to the cell: the largest remainders round up.

    What is there at all has a cell, as long as there are enough.
    """
    total = sum(values)
    if total <= 0 or cells <= 0:
        return [0] * len(values)
    found = [value * cells // total for value in values]
    by_rest = sorted(range(len(values)), key=lambda at: (-(values[at] * cells % total), at))
    for at in by_rest[: cells - sum(found)]:
        found[at] += 1
    for at, value in enumerate(values):
        widest = max(range(len(found)), key=found.__getitem__)
        if value > 0 and not found[at] and found[widest] > 1:
            found[at], found[widest] = 1, found[widest] - 1
    return found


def part(at: int, ink: Ink = BLOCKS) -> str:
    """The character of the part number `at` (from 0) of a divided bar."""
    return ink.parts[min(at, len(ink.parts) - 1)]


def divided(values: Sequence[int], cells: int, ink: Ink = BLOCKS) -> list[str]:
    """The parts of one bar over `cells`, each in its own shape."""
    return [part(at, ink) * size for at, size in enumerate(shares(values, cells))]


def columns(values: Sequence[int], most: int, wide: int = 1) -> list[str]:
    """One small column for each value, `wide` cells wide; `most` is the highest."""
    return [_column(value, most) * wide if value > 0 else NOTHING for value in values]


def _column(value: int, most: int) -> str:
    high = len(COLUMNS)
    return COLUMNS[min(high, max(1, (2 * value * high + most) // (2 * most))) - 1]
