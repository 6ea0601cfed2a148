"""The screen of a terminal, as far as Textual writes to one: text, cursor moves, erasing, modes.

An independent reading of the bytes, so that a test sees what a person sees and not what the program
believes that it has drawn. A sequence that isn't known is an error, never skipped in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_CSI = re.compile(r"\x1b\[([?<>=]?)([0-9;:]*)([ $!]?)([@-~])")
_STRING = re.compile(r"\x1b[\]P_^X](.*?)(?:\x07|\x1b\\)", re.DOTALL)
_SHORT = re.compile(r"\x1b(?:[()][A-Z0-9]|[=>78cMDE])")
_QUIET_FINALS = frozenset("mntucqp")
"""Colours, reports, keyboard modes: nothing that moves a letter."""


class UnknownSequence(AssertionError):
    """The program wrote something that this terminal doesn't know."""


def width(char: str) -> int:
    """How many cells `char` takes: 0 for a mark that sits on the letter before it."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """Rows of cells, a cursor, the modes that are on, the clipboard, and `replies` that are to be sent."""

    def __init__(self, columns: int, rows: int) -> None:
        """An empty screen of `columns` × `rows` cells."""
        self.columns, self.rows = columns, rows
        self.cells: list[list[str]] = []
        self.x = self.y = 0
        self.modes: set[int] = set()
        self.clipboard: list[str] = []
        self.replies: list[str] = []
        self.after: str = ""
        self._rest = ""
        self._erase()

    def resize(self, columns: int, rows: int) -> None:
        """Take a new size; the program paints anew."""
        self.columns, self.rows = columns, rows
        self._erase()

    @property
    def full(self) -> bool:
        """Whether the program has the whole screen (the alternate one)."""
        return 1049 in self.modes

    @property
    def drawing(self) -> bool:
        """Whether the program is in the middle of a picture (synchronised output)."""
        return 2026 in self.modes

    @property
    def lines(self) -> list[str]:
        """What stands in each row, without spaces at its end."""
        return ["".join(row).rstrip() for row in self.cells]

    @property
    def text(self) -> str:
        """What a person reads."""
        return "\n".join(self.lines).rstrip("\n") + "\n"

    def feed(self, text: str) -> None:
        """Take what the program wrote."""
        text, at = self._rest + text, 0
        self._rest = ""
        while at < len(text):
            char = text[at]
            if char != "\x1b":
                self._put(char)
                at += 1
                continue
            for pattern, do in (
                (_CSI, self._csi),
                (_STRING, self._string),
                (_SHORT, None),
            ):
                if found := pattern.match(text, at):
                    if do is not None:
                        do(*found.groups())
                    at = found.end()
                    break
            else:
                tail = text[at:]
                if len(tail) > 64 and tail[1] == "[":
                    raise UnknownSequence(repr(tail[:64]))
                self._rest = tail
                return

    def _put(self, char: str) -> None:
        if not self.full:
            self.after += char
        if char == "\r":
            self.x = 0
        elif char == "\n":
            self.y = min(self.y + 1, self.rows - 1)
        elif char == "\x08":
            self.x = max(self.x - 1, 0)
        elif char in "\x07\x0e\x0f":
            pass
        elif (cells := width(char)) == 0:
            left = max(self.x - 1, 0)
            while left > 0 and self.cells[self.y][left] == "":
                left -= 1
            self.cells[self.y][left] += char
        else:
            if self.x + cells > self.columns:
                if self.full:
                    raise UnknownSequence(f"drawn beyond the width: {char!r} at row {self.y}")
                self.x, self.y = 0, min(self.y + 1, self.rows - 1)
            row = self.cells[self.y]
            row[self.x] = char
            if cells == 2:
                row[self.x + 1] = ""
            self.x += cells

    def _csi(self, private: str, numbers: str, between: str, final: str) -> None:
        if private == "?" and final in "hl":
            self._mode({int(n) for n in numbers.split(";")}, final == "h")
            return
        if (private, numbers, between, final) == ("?", "2026", "$", "p"):
            self.replies.append("\x1b[?2026;2$y")
            return
        if private or between or final in _QUIET_FINALS:
            return
        first, _, second = numbers.partition(";")
        n = int(first or 1)
        moves: dict[str, Callable[[], None]] = {
            "H": lambda: self._to(int(second or 1) - 1, n - 1),
            "A": lambda: self._to(self.x, self.y - n),
            "B": lambda: self._to(self.x, self.y + n),
            "C": lambda: self._to(self.x + n, self.y),
            "D": lambda: self._to(self.x - n, self.y),
            "G": lambda: self._to(n - 1, self.y),
            "J": self._erase,
            "K": self._erase_line,
        }
        if final not in moves:
            raise UnknownSequence(f"CSI {private}{numbers}{between}{final}")
        moves[final]()

    def _string(self, body: str) -> None:
        if body.startswith("52;"):
            self.clipboard.append(body)

    def _mode(self, numbers: set[int], on: bool) -> None:
        if on:
            self.modes |= numbers
        else:
            self.modes -= numbers
        if 1049 in numbers:
            self._erase()
            self.after = ""

    def _to(self, x: int, y: int) -> None:
        self.x = min(max(x, 0), self.columns - 1)
        self.y = min(max(y, 0), self.rows - 1)

    def _erase(self) -> None:
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self._to(0, 0)

    def _erase_line(self) -> None:
        self.cells[self.y][self.x :] = [" "] * (self.columns - self.x)
