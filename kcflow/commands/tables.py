"""Plain aligned text: tables, name–value blocks and paragraphs, without colour and without drawing.

Every text goes through the visible form here. On a terminal lines fit its width; anywhere else they
are written in full, so that a pipe loses nothing.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kcflow.text import visible

R = TypeVar("R")
GAP = "  "
_LEAST = 8
"""Cells that are left of a flexible column whatever happens."""
_USEFUL = 14
"""Cells of a flexible column for which an optional one is left out."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: heading, text of a row.

    `right` for numbers; on a narrow terminal a `flexible` one is cut and an `optional` one left out.
    """

    heading: str
    text: Callable[[R], str]
    right: bool = False
    flexible: bool = False
    optional: bool = False


def width(text: str) -> int:
    """Cells that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def fit(text: str, cells: int) -> str:
    """`text` in at most `cells` cells; what was cut off shows as …"""
    if width(text) <= cells:
        return text
    kept, used = [], 0
    for char in text:
        used += width(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


class Table(Generic[R]):
    """Rows in aligned columns, block by block, so that a long list needs no memory.

    `room` is the terminal's width in cells, None for no limit. Later blocks keep the widths of the
    first and widen them where they must.
    """

    def __init__(self, columns: Sequence[Column[R]], room: int | None) -> None:
        self._columns = list(columns)
        self._room = room
        self._widths: list[int] = []

    def block(self, rows: Iterable[R]) -> Iterator[str]:
        """Lines for `rows`; the heading comes before the first."""
        rows = list(rows)
        if not self._widths:
            self._widths = [width(column.heading) for column in self._columns]
            self._widen(rows)
            self._leave_out()
            yield self._line([column.heading for column in self._columns], self._squeezed())
        lines = self._widen(rows)
        widths = self._squeezed()
        for line in lines:
            yield self._line(line, widths)

    def _widen(self, rows: Sequence[R]) -> list[list[str]]:
        """Texts of `rows`, for which every column has become wide enough."""
        lines = [[visible(column.text(row)) for column in self._columns] for row in rows]
        for line in lines:
            self._widths = [max(old, width(cell)) for old, cell in zip(self._widths, line, strict=True)]
        return lines

    def _leave_out(self) -> None:
        """Drop optional columns, the last first, until the others have useful room."""
        while self._room is not None:
            needed = [
                min(cells, _USEFUL) if column.flexible else cells
                for column, cells in zip(self._columns, self._widths, strict=True)
            ]
            optional = [i for i, column in enumerate(self._columns) if column.optional]
            if not optional or sum(needed) + len(GAP) * (len(needed) - 1) <= self._room:
                return
            del self._columns[optional[-1]], self._widths[optional[-1]]

    def _squeezed(self) -> list[int]:
        widths = list(self._widths)
        if self._room is None:
            return widths
        over = sum(widths) + len(GAP) * (len(widths) - 1) - self._room
        while over > 0:
            flexible = [i for i, c in enumerate(self._columns) if c.flexible and widths[i] > _LEAST]
            if not flexible:
                break
            widest = max(flexible, key=lambda i: widths[i])
            widths[widest] -= 1
            over -= 1
        return widths

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        shown = []
        for column, cell, cells_wide in zip(self._columns, cells, widths, strict=True):
            text = fit(cell, cells_wide) if column.flexible and self._room is not None else cell
            padding = " " * max(0, cells_wide - width(text))
            shown.append(padding + text if column.right else text + padding)
        return GAP.join(shown).rstrip()


def table(columns: Sequence[Column[R]], rows: Iterable[R], room: int | None) -> Iterator[str]:
    """All of a short table."""
    return Table(columns, room).block(rows)


def pairs(items: Iterable[tuple[str, str]], room: int | None, indent: str = "") -> Iterator[str]:
    """Names and values one under the other; long values are wrapped beside their name."""
    shown = [(visible(name), visible(value, multiline=True)) for name, value in items if value]
    beside = max((width(name) for name, _ in shown), default=0) + len(GAP)
    for name, value in shown:
        head = indent + name + " " * (beside - width(name))
        for line in _wrapped(value, None if room is None else room - len(indent) - beside):
            yield head + line
            head = indent + " " * beside


def paragraph(text: str, room: int | None, indent: str = "", mark: str = "") -> Iterator[str]:
    """One paragraph behind `mark`, its later lines hanging under the first."""
    head = indent + mark
    for line in _wrapped(visible(text, multiline=True), None if room is None else room - len(head)):
        yield head + line
        head = indent + " " * len(mark)


def _wrapped(text: str, room: int | None) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        lines += textwrap.wrap(line, max(room, 20)) or [""] if room is not None else [line]
    return lines
