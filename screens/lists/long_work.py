"""Long work of a dialog: in a thread, saying how far it is, ended early by whoever asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.message import Message

from screens.base import DeskNode

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

T = TypeVar("T")
Work = Callable[["Desk", Callable[[int], None], Callable[[], bool]], T]
"""Called in a thread with the desk, with what to tell a count to, and with what says whether to stop."""
_TELL_EVERY = 5
"""Things done between two reports."""


class LongWork(DeskNode):
    """For dialogs that look at or change many things, one after the other."""

    work = ""
    """What is under way; "" is nothing."""
    work_done = 0
    """How many things are done."""
    trouble: Exception | None = None
    """What ended the last work, until another begins."""
    _work_ticket = 0
    _stop_asked: threading.Event | None = None

    @dataclass
    class Told(Message, bubble=False, namespace="long_work"):
        """How far the work number `ticket` is."""

        ticket: int
        done: int

    def work_told(self) -> None:
        """Say how far it is."""

    def work_changed(self) -> None:
        """Say that something began or ended."""

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self.work)

    def start(self, name: str, work: Work[T], done: Callable[[T], None]) -> None:
        """Do `work` in a thread; `name` says what it is. An error stands in `trouble` and is no answer."""
        self._work_ticket += 1
        ticket, asked = self._work_ticket, threading.Event()
        self._stop_asked, self.work, self.work_done, self.trouble = asked, name, 0, None

        def tell(count: int) -> None:
            if count % _TELL_EVERY == 0:
                self.post_message(self.Told(ticket, count))

        def guarded(desk: Desk) -> _Done[T]:
            try:
                return _Done(work(desk, tell, asked.is_set))
            except Exception as error:
                return _Done(error=error)

        def finished(answer: _Done[T]) -> None:
            self.work = ""
            self.say("")
            if answer.error is not None:
                self.trouble = answer.error
                self.work_changed()
            else:
                done(answer.value)  # type: ignore[arg-type]

        self.ask(guarded, finished, group="long-work")
        self.work_changed()

    def stop(self) -> None:
        """Ask the work to end early; it answers with what it has."""
        if self._stop_asked is not None:
            self._stop_asked.set()

    def give_up(self) -> None:
        """Ask the work to end, and want no answer any more."""
        self.stop()
        self.forget("long-work")
        self.work = ""
        self.work_changed()

    def on_long_work_told(self, message: Told) -> None:
        """Take in how far it is."""
        if message.ticket == self._work_ticket and self.busy:
            self.work_done = message.done
            self.work_told()


@dataclass
class _Done(Generic[T]):
    """What came of it."""

    value: T | None = None
    error: Exception | None = None
