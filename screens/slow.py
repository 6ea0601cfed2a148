"""Slow answers: after a second the status line counts the seconds, and Escape stops waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.timer import Timer

from kcflow.i18n import t
from screens.foot import StatusLine

if TYPE_CHECKING:
    from screens.base import DeskNode

SECONDS = 1.0
"""An answer that takes longer is slow; the seconds are counted at this pace."""


@dataclass(slots=True)
class _Wait:
    since: float
    timer: Timer
    stopped: Callable[[], None] | None
    stoppable: bool
    slow: bool = False


class Slow:
    """What one screen, dialog or pane waits for."""

    def __init__(self, node: DeskNode) -> None:
        """Wait for nothing yet."""
        self._node = node
        self._waits: dict[str, _Wait] = {}

    @property
    def stoppable(self) -> bool:
        """Whether something slow may be given up."""
        return any(wait.slow and wait.stoppable for wait in self._waits.values())

    def watch(self, group: str, stopped: Callable[[], None] | None, stoppable: bool) -> None:
        """An answer was asked for under `group`."""
        self.over(group)
        timer = self._node.set_interval(SECONDS, lambda: self._tick(group))
        self._waits[group] = _Wait(monotonic(), timer, stopped, stoppable)

    def over(self, group: str) -> None:
        """The answer came, or nobody waits for it any longer."""
        wait = self._waits.pop(group, None)
        if wait is None:
            return
        wait.timer.stop()
        if wait.slow:
            self._count(-1 if wait.stoppable else 0)
            self._write()

    def stop(self) -> None:
        """Wait no longer for what is slow and may be given up."""
        for group, wait in list(self._waits.items()):
            if wait.slow and wait.stoppable:
                self._node.forget(group)
                if wait.stopped is not None:
                    wait.stopped()

    def _tick(self, group: str) -> None:
        wait = self._waits.get(group)
        if wait is None or not self._node.is_attached:
            return
        if not wait.slow:
            wait.slow = True
            self._count(1 if wait.stoppable else 0)
        self._write()

    def _count(self, change: int) -> None:
        """Let the screen know; Escape means something else then."""
        screen = self._node.screen
        screen.slow_count = getattr(screen, "slow_count", 0) + change  # type: ignore[attr-defined]
        screen.refresh_bindings()

    def _write(self) -> None:
        """Say the longest wait."""
        slow = [wait for wait in self._waits.values() if wait.slow]
        text = ""
        if slow:
            longest = min(slow, key=lambda wait: wait.since)
            key = "app.slow" if longest.stoppable else "app.slow_write"
            text = t(key, self._node.lang, n=int(monotonic() - longest.since))
        for line in self._node.screen.query(StatusLine).results(StatusLine):
            line.wait(text)
