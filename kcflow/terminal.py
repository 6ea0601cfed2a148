"""The terminal under the application: signals, a line that drops, and what is left behind at the end."""

from __future__ import annotations

import asyncio
import os
import select
import selectors
import signal
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace

from textual import constants

from kcflow import keep
from kcflow.i18n import t
from kcflow.services.errors import BadInput

HANGUP_EXIT = 129
"""128 + SIGHUP: the terminal is gone."""
SIGNALS = ("SIGHUP", "SIGINT", "SIGTERM")

CANNOT_PAINT = frozenset(("", "dumb", "unknown", "vt52", "vt100", "vt102"))
"""Values of TERM that promise no cursor to place, or no colours and no screen of their own."""


def refusal_of_terminal() -> BadInput | None:
    """Why the application can't be shown in this terminal, or None."""
    name = os.environ.get("TERM", "")
    if os.name == "nt" or name not in CANNOT_PAINT:
        return None
    from states.model import Label

    return BadInput(
        "no_terminal", Label(*(t("app.cannot_paint", lang, term=name) for lang in ("vi", "en"))), term=name
    )


def leave_with_the_terminal() -> None:
    """Watch the terminal, and end the program when it hangs up (a dropped line, a closed window).

    Textual would go on reading a terminal that is gone and keep a processor busy for ever. What was
    acknowledged is in the store; a move that was not is rolled back with the connection; texts of open
    forms go to the disk.
    """
    if not hasattr(select, "poll") or sys.__stdin__ is None or not sys.__stdin__.isatty():
        return
    threading.Thread(target=_watch, args=(sys.__stdin__.fileno(),), daemon=True, name="hang-up").start()


def _watch(handle: int) -> None:
    terminal = select.poll()
    terminal.register(handle, 0)  # 0: hang-up and errors only
    terminal.poll()
    keep.write_all()
    os._exit(HANGUP_EXIT)


def follow_signals(leave: Callable[[str, int], None]) -> None:
    """Call `leave(name, exit code)` in the running loop for every signal that asks the program to end.

    Without this the terminal would stay without cursor and echo.
    """
    loop = asyncio.get_running_loop()
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, leave, name, 128 + number)
        except (NotImplementedError, RuntimeError, ValueError):
            return  # no such handlers on this system, or not the main thread


class _Soon(selectors.SelectSelector):
    """Waits for input; once something was read, no longer than it takes to know that Escape stands alone."""

    _read = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what can be read, as any selector does."""
        if self._read and timeout is not None:
            timeout = min(timeout, constants.ESCAPE_DELAY + 0.001)
        found = super().select(timeout)
        self._read = bool(found)
        return found


def answer_escape_soon() -> None:
    """Let Escape wait for the rest of a key as long as the settings say.

    Textual looks only every tenth of a second whether that time is over, so each way back took that long.
    """
    if os.name == "nt":
        return
    from textual.drivers import linux_driver

    soon = SimpleNamespace(SelectSelector=_Soon, EVENT_READ=selectors.EVENT_READ)
    vars(linux_driver)["selectors"] = soon
