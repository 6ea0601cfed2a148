"""The installed program in a real terminal: keys go in as bytes, and the screen is read back from bytes."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pexpect  # type: ignore[import-untyped]

from tests.pty.vt import Screen

SECONDS = 40
"""Longest wait for anything; a test that waits this long has failed."""
ESCAPED = 5.0
"""Seconds after which an Esc that paints nothing has been taken, too."""
PROGRAM = Path(sys.executable).with_name("kcflow")
"""The console script of the installed project."""
AROUND = (
    'printf "before:%s\\n" "$(stty -g)"; "$@"; code=$?; '
    'printf "after:%s\\nexit:%s\\n" "$(stty -g)" "$code"; exit $code'
)
"""A shell around the program notes the terminal's settings before and after, as a person's shell would."""

KEYS = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "backspace": "\x7f", "space": " ",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "insert": "\x1b[2~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~",
}  # fmt: skip


def key_bytes(key: str) -> str:
    """What a terminal sends for `key`."""
    if key.startswith("ctrl+") and len(key) == 6:
        return chr(ord(key[-1]) & 0x1F)
    return KEYS.get(key, key)


class Terminal:
    """`kcflow` on a screen of its own, with folders of its own under `home`.

    store: the database's file, which need not exist yet. size: columns, rows.
    """

    def __init__(
        self,
        home: Path,
        store: Path,
        *arguments: str,
        size: tuple[int, int] = (120, 40),
        lang: str = "vi",
        limit: int | None = None,
        **more: str,
    ) -> None:
        """Start the program; `limit` is the largest file in bytes that it may write."""
        self.screen = Screen(*size)
        self.home, self.store = home, store
        env = {name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):  # xdist sets the size of a terminal that isn't this one
            env.pop(name, None)
        env |= {
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_DATA_HOME": str(home / "data"),
            "TEXTUAL_DISABLE_KITTY_KEY": "1",
            "ESCDELAY": "25",
            "KCFLOW_LANG": lang,
            "KCFLOW_DATABASE_URL": f"sqlite:///{store}",
        }
        env |= more

        around = AROUND if limit is None else f"ulimit -f {limit // 512}; {AROUND}"
        self.child = pexpect.spawn(
            "/bin/sh", ["-c", around, "sh", str(PROGRAM), *arguments],
            env=env, cwd=str(home), dimensions=size[::-1], timeout=SECONDS, encoding="utf-8", echo=True,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self._head = ""
        self._ended = False

    # Reading

    def _read(self, seconds: float) -> bool:
        try:
            text = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self._ended = True
            return False
        if not self.screen.full:
            self._head += text
        self.screen.feed(text)
        while self.screen.replies:
            self.child.send(self.screen.replies.pop(0))
        return True

    def until(self, happened: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
        """Read until `happened` is true of a picture that is whole; fail with the screen otherwise."""
        end = time.monotonic() + seconds
        while self.screen.drawing or not happened():
            left = end - time.monotonic()
            if left <= 0 or self._ended:
                raise AssertionError(f"never came: {what}\n{self.framed}")
            self._read(min(left, 1.0))

    def reads(self, *words: str) -> str:
        """Wait until all of `words` stand on the screen; return its text."""
        self.until(lambda: all(word in self.screen.text for word in words), " and ".join(map(repr, words)))
        return self.screen.text

    def gone(self, words: str) -> str:
        """Wait until `words` no longer stand on the screen; return its text."""
        self.until(lambda: words not in self.screen.text, f"no {words!r}")
        return self.screen.text

    def quiet(self, seconds: float = 0.15) -> None:
        """Read until nothing comes for a moment: where only the focus moves, no word tells that it has."""
        while self._read(seconds):
            pass

    @property
    def text(self) -> str:
        """What a person reads now."""
        return self.screen.text

    @property
    def framed(self) -> str:
        """The screen with a frame, for messages."""
        bar = "─" * self.screen.columns
        return "\n".join([f"┌{bar}┐", *(f"│{line}" for line in self.screen.lines), f"└{bar}┘"])

    def line_with(self, words: str) -> str:
        """The first row that holds `words`."""
        return next(line for line in self.screen.lines if words in line)

    # Writing

    def press(self, *keys: str) -> None:
        """Send keys by name, one at a time: what a key paints is read before the next, as a person does."""
        for key in keys:
            self.child.send(key_bytes(key))
            # A lone Esc and the start of a sequence differ only by what follows in time (ESCDELAY): a key
            # sent before the program has taken the Esc would belong to it. What Esc closes is painted.
            if key == "escape":
                self._read(ESCAPED)
            self.quiet(0.12 if key == "escape" else 0.06)

    def type(self, text: str) -> None:
        """Send `text` as it is, in one burst."""
        self.child.send(text)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size, as a person drags its corner."""
        self.screen.resize(columns, rows)
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # The end

    @property
    def pid(self) -> int:
        """The program's process (a child of the shell around it)."""
        found = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return int(found[0])

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def end(self) -> int:
        """Wait until the program has ended; return its exit code."""
        self.until(lambda: "exit:" in self.screen.after, "the end")
        self.child.close()
        return int(self.screen.after.partition("exit:")[2].split()[0])

    @property
    def sane(self) -> bool:
        """Whether the terminal is as it was: its settings, cursor shown, no mouse, no paste marks."""
        settings = (self._head + self.screen.after).replace("\r", "")
        before = settings.partition("before:")[2].partition("\n")[0]
        after = self.screen.after.replace("\r", "").partition("after:")[2].partition("\n")[0]
        left_on = self.screen.modes - {25, 7}
        return bool(before) and before == after and not left_on and 25 in self.screen.modes

    def close(self) -> None:
        """Leave no process behind."""
        if not self.child.closed:
            if self.child.isalive():
                with suppress(OSError, IndexError):
                    os.kill(self.pid, signal.SIGKILL)
            self.child.close(force=True)
