"""Everything that can go wrong, each with one sentence in both languages and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from kcflow.services.views import Reason
    from states.model import Label


class KcflowError(Exception):
    """Base: `text` is the sentence for people, `code` is for machines."""

    exit_code: ClassVar[int] = 2

    def __init__(self, code: str, text: Label, **params: object) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.params = params


class BadInput(KcflowError):
    """Something entered is wrong (a text, a date, an amount, a file)."""

    exit_code = 2


class NotFound(BadInput):
    """No such dossier, person, office, action or lifecycle — or not visible to this person."""


class RefusedByRules(KcflowError):
    """The act can't be done now; every reason is given."""

    exit_code = 1

    def __init__(self, text: Label, reasons: Sequence[Reason], *, dossier: str, action: str) -> None:
        super().__init__("refused", text, dossier=dossier, action=action)
        self.reasons = tuple(reasons)


class ConflictError(KcflowError):
    """Somebody else moved the dossier first; fresh data must be looked at."""

    exit_code = 3


class NoPermission(KcflowError):
    """This person may not do or see that."""

    exit_code = 4


class StoreProblem(KcflowError):
    """The database is busy, full, read-only, damaged, foreign, newer or unreachable."""

    exit_code = 5
