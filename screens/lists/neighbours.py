"""The proposal before or after another one in the list that it was opened from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from kcflow.formats import in_unit
from screens.money.codes import has_board
from states.records import record

if TYPE_CHECKING:
    from screens.lists.list_sources import DeskRows

_PAGE = 500


@record(frozen=True, slots=True)
class Neighbour:
    """What stands beside: "" is nothing. at: its place, 1 is the first, 0 where the list is another one."""

    code: str = ""
    at: int = 0
    count: int = 0

    def place(self, lang: str) -> dict[str, str]:
        """Place and number as people write them: 12.345 of 1.000.000."""
        return {"at": in_unit(self.at, "dong", lang), "count": in_unit(self.count, "dong", lang)}


def beside(codes: Sequence[str], code: str, step: int) -> Neighbour:
    """What stands `step` places from `code`, past what has gone since (in a worker thread).

    Raises what the desk raises.
    """
    if code not in codes:
        return Neighbour()
    at = codes.index(code) + step
    while at >= 0:
        try:
            found = codes[at]
        except IndexError:
            break
        if found and not has_board(found):  # plans, rounds and contracts have a screen of their own
            return Neighbour(found, at + 1, len(codes))
        at += step
    return Neighbour(at=codes.index(code) + 1)


class PagedPlaces(Sequence[str]):
    """The codes of a list that can be read only from its start on: for worker threads.

    Those around the row it was opened from are known and stay as they were; beyond them the list is read,
    page by page, as far as it is gone through.
    """

    def __init__(self, source: DeskRows[Any], near: Sequence[str], first: int, least: int) -> None:
        """`near` are the codes from row `first` on without a gap; `least` rows are known to be there."""
        self._source, self._near, self._least = source, list(near), least
        self._codes, self._first = self._near, first
        self._near_first = first
        self._read: list[str] = []
        self._after: object | None = None
        self._ended = False

    def __len__(self) -> int:
        """The number of rows; those known to be there until the end was read."""
        known = self._first + len(self._codes)
        return known if self._ended else max(known, self._least)

    def __contains__(self, code: object) -> bool:
        """Whether it was read already."""
        return code in self._codes

    def index(self, code: str, start: int = 0, stop: int | None = None) -> int:  # noqa: ARG002
        """The place of a code that was read already. Raises `ValueError`."""
        return self._first + self._codes.index(code)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """The code of a row, or of some. Raises `IndexError`, and what the desk raises."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        while not 0 <= at - self._first < len(self._codes):
            if self._ended:
                raise IndexError(at)
            page = self._source.page(self._after, _PAGE)
            self._read += [row.key for row in page.rows]
            self._after, self._ended = page.next, page.next is None
            self._join()
        return self._codes[at - self._first]

    def _join(self) -> None:
        """Put what was read before and behind what is known, whatever of that is no longer there."""
        places = {code: at for at, code in enumerate(self._read)}
        known = [places[code] for code in self._near if code in places]
        if known:
            before, behind = self._read[: known[0]], self._read[known[-1] + 1 :]
            self._codes = [*before, *self._near, *behind]
            self._first = self._near_first - len(before)
