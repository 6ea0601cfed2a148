"""A terminal of our own: runs a program in a pty, keeps what its screen shows, and times what it paints.

The screen understands what Textual writes (places, colours, erasing), no more. Times are taken when bytes
arrive, before they are looked at, so what the looking costs is no part of them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

COLUMNS, LINES = 120, 40
_PIECE = re.compile(
    r"\x1b\[([?<>=]?)([\d;:]*)([ -/]*[@-~])"  # control sequences
    r"|\x1b\].*?(?:\x07|\x1b\\)|\x1bP.*?\x1b\\|\x1b[ -/]*[0-~]"  # titles, device strings, short escapes
    r"|[\r\n\b]|[^\x1b\r\n\b]+",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[?<>=]?[\d;:]*[ -/]*|\][^\x07\x1b]*|P[^\x1b]*)?$")
FRAME_END = b"\x1b[?2026l"
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}


class Screen:
    """What a terminal shows: a character and a background for each cell."""

    def __init__(self, columns: int = COLUMNS, lines: int = LINES) -> None:
        self.columns, self.height = columns, lines
        self._left = ""
        self._x = self._y = 0
        self._ground, self._reverse = "", False
        self._chars = [[" "] * columns for _ in range(lines)]
        self._grounds = [[""] * columns for _ in range(lines)]

    def line(self, number: int) -> str:
        """The text of a line, from 0."""
        return "".join(self._chars[number]).rstrip()

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.line(number) for number in range(self.height))

    def ground(self, line: int, column: int) -> str:
        """The background of a cell as the program wrote it ("" is the terminal's own)."""
        return self._grounds[line][column]

    def odd_line(self, first: int, last: int, column: int) -> int | None:
        """The one line from `first` up to `last` whose background differs from all others' there."""
        found = [self._grounds[number][column] for number in range(first, last)]
        odd = [number for number, ground in enumerate(found, first) if found.count(ground) == 1]
        return odd[0] if len(odd) == 1 else None

    def feed(self, text: str) -> None:
        """Take what the program wrote."""
        text = self._left + text
        self._left = ""
        if (tail := _UNFINISHED.search(text)) is not None:
            text, self._left = text[: tail.start()], tail.group()
        for piece in _PIECE.finditer(text):
            if piece[3] is not None:
                if not piece[1]:
                    self._control(piece[3], piece[2])
            elif piece[0][0] != "\x1b":
                self._write(piece[0])

    def _write(self, text: str) -> None:
        if text == "\r":
            self._x = 0
        elif text == "\n":
            self._y = min(self._y + 1, self.height - 1)
        elif text == "\b":
            self._x = max(0, self._x - 1)
        else:
            text = text[: self.columns - self._x]
            ground = f"~{self._ground}" if self._reverse else self._ground
            end = self._x + len(text)
            self._chars[self._y][self._x : end] = text
            self._grounds[self._y][self._x : end] = [ground] * len(text)
            self._x = end

    def _control(self, kind: str, given: str) -> None:
        if kind == "m":
            self._style(given.replace(":", ";").split(";"))
            return
        numbers = [int(number or 0) for number in given.split(";")] if given else [0]
        first = max(1, numbers[0])
        if kind in "Hf":
            self._y = min(first, self.height) - 1
            self._x = min(max(1, numbers[1]) if len(numbers) > 1 else 1, self.columns) - 1
        elif kind in "ABCD":
            dx, dy = {"A": (0, -first), "B": (0, first), "C": (first, 0), "D": (-first, 0)}[kind]
            self._x = min(max(0, self._x + dx), self.columns - 1)
            self._y = min(max(0, self._y + dy), self.height - 1)
        elif kind == "J" and numbers[0] == 2:
            for line in range(self.height):
                self._erase(line, 0)
        elif kind == "K":
            self._erase(self._y, 0 if numbers[0] else self._x)

    def _erase(self, line: int, start: int) -> None:
        width = self.columns - start
        self._chars[line][start:] = " " * width
        self._grounds[line][start:] = [self._ground] * width

    def _style(self, codes: list[str]) -> None:
        codes = codes[::-1]
        while codes:
            code = int(codes.pop() or 0)
            if code == 0:
                self._ground, self._reverse = "", False
            elif code in (7, 27):
                self._reverse = code == 7
            elif code in (38, 48):
                colour = [codes.pop() for _ in range(4 if codes and codes[-1] == "2" else 2) if codes]
                if code == 48:
                    self._ground = ";".join(colour)
            elif 40 <= code <= 49 or 100 <= code <= 107:
                self._ground = "" if code == 49 else str(code)


class TimedOut(Exception):
    """What was waited for was never painted; the screen stands in the message."""


class Terminal:
    """A program in a pty of 120×40."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.screen = Screen()
        self.start = time.monotonic()
        self.pid, self._main = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
                os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - our own command
            finally:
                os._exit(127)
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._over = False
        self._waiting: list[tuple[float, str]] = []
        self._rest = b""

    def press(self, keys: bytes) -> None:
        """Write keys; `painted` counts from here."""
        self.start = time.monotonic()
        os.write(self._main, keys)

    def painted(self, done: Callable[[Screen], object], timeout: float = 30.0) -> float:
        """Return the seconds from the last key (or the start) to the bytes that made `done` true.

        Raises `TimedOut`.
        """
        until = self.start + timeout
        while True:
            self._waiting += self._arrived(until) if not self._waiting else []
            while self._waiting:
                at, data = self._waiting.pop(0)
                self.screen.feed(data)
                if done(self.screen):
                    return at - self.start
            if self._over or time.monotonic() > until:
                raise TimedOut(f"{'ended' if self._over else 'nothing'}:\n{self.screen.text}")

    def settle(self, quiet: float = 0.06, timeout: float = 30.0) -> None:
        """Read until nothing was written for `quiet` seconds."""
        for _, data in self._waiting:
            self.screen.feed(data)
        self._waiting.clear()
        until = time.monotonic() + timeout
        while time.monotonic() < until and (found := self._arrived(time.monotonic() + quiet)):
            for _, data in found:
                self.screen.feed(data)

    def _arrived(self, until: float) -> list[tuple[float, str]]:
        """What has arrived by the end of a frame or of a burst, each piece with its time; [] at `until`."""
        found: list[tuple[float, str]] = []
        wait = max(0.0, until - time.monotonic())
        while select.select([self._main], [], [], wait)[0]:
            try:
                data = os.read(self._main, 65536)
            except OSError:  # Linux: the other side has closed
                data = b""
            at = time.monotonic()
            if not data:
                self._over = True
                break
            for question, answer in _ANSWERS.items():
                if question in data:
                    os.write(self._main, answer)
            found.append((at, self._text(data)))
            if FRAME_END in data[-64:]:
                break
            wait = 0.002
        return found

    def _text(self, data: bytes) -> str:
        """Decode what is whole; half a letter waits for its other half."""
        data = self._rest + data
        for cut in range(len(data), max(len(data) - 4, -1), -1):
            try:
                text = data[:cut].decode()
            except UnicodeDecodeError:
                continue
            self._rest = data[cut:]
            return text
        self._rest = b""
        return data.decode(errors="replace")

    def memory(self) -> int:
        """The bytes that the program holds in memory now (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else 0

    def close(self, keys: bytes = b"", timeout: float = 5.0) -> None:
        """Ask the program to end with `keys`; kill it when it doesn't."""
        if keys and not self._over:
            os.write(self._main, keys)
        until = time.monotonic() + (timeout if keys else 0)
        while not (ended := os.waitpid(self.pid, os.WNOHANG)[0]) and time.monotonic() < until:
            self._arrived(time.monotonic() + 0.05)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._main)
