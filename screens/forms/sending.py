"""Writing from a dialog: once, however often the key is pressed, and nothing typed is lost when it fails."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from kcflow.i18n import t
from screens.base import DeskNode
from screens.trouble import with_reasons

if TYPE_CHECKING:
    from textual.screen import Screen

    from kcflow.services.desk import Desk

T = TypeVar("T")


class SendsOnce(DeskNode):
    """For screens and dialogs that write: one request id for as long as they are open."""

    _sending = False

    @cached_property
    def request(self) -> str:
        """The request id (UUID): a retry after a lost answer finds what was done, and does nothing twice."""
        return str(uuid.uuid4())

    @property
    def sending(self) -> bool:
        """Whether an answer is still on its way."""
        return self._sending

    def finish(self, result: object) -> None:
        """Close, with what was done."""
        cast("Screen[object]", self).dismiss(result)

    def send(
        self,
        work: Callable[[Desk], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        stopped: Callable[[], None] | None = None,
    ) -> None:
        """Run `work` in a thread unless something is being written already.

        Every error goes to `failed`, or is said in the status line. Only with `stopped`, for what writes
        nothing, may a person stop waiting.
        """
        if self._sending:
            return
        self._sending = True
        self.say(t("form.writing", self.lang))

        def guarded(desk: Desk) -> T | _Failure:
            try:
                return work(desk)
            except Exception as error:
                return _Failure(error)

        def answered(answer: T | _Failure) -> None:
            self._sending = False
            self.say("")
            if not isinstance(answer, _Failure):
                done(answer)
            elif failed is not None:
                failed(answer.error)
            else:
                self.say(with_reasons(answer.error, self.lang), "error")

        def given_up() -> None:
            self._sending = False
            if stopped is not None:
                stopped()

        self.ask(guarded, answered, group="send", stopped=given_up, stoppable=stopped is not None)


class _Failure:
    """An error on its way from the thread to the screen."""

    def __init__(self, error: Exception) -> None:
        self.error = error
