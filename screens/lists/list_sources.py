"""Where the rows of the lists come from: pages of the desk, and any place of a long list by its ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from screens.widgets.table import TablePage, TableRow

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import Page

V = TypeVar("V")
Stop = Callable[[], bool]


@dataclass
class DeskRows(Generic[V]):
    """Rows for the table from pages of the desk. `fetch` reads a page, `draw` makes a row of a view."""

    desk: Desk
    fetch: Callable[[Desk, object | None, int], Page[V]] | None
    draw: Callable[[V], TableRow]

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the cursor `after`. Raises what the desk raises."""
        if self.fetch is None:
            return TablePage(())
        page = self.fetch(self.desk, after, limit)
        return TablePage(tuple(self.draw(view) for view in page.rows), page.next)


@dataclass
class IndexedRows(DeskRows[V]):
    """Rows that can also be opened anywhere, once their ids are read (8 bytes each).

    index: reads the ids of all rows in their order. at: reads the rows of some ids. Without `fetch` every
    page is read by its ids.
    """

    index: Callable[[Desk, Stop], Sequence[int]]
    at: Callable[[Desk, Sequence[int]], Iterable[V]]
    _ids: Sequence[int] | None = field(default=None, repr=False)

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the cursor `after`. Raises what the desk raises."""
        if self.fetch is not None:
            return super().page(after, limit)
        start = after if isinstance(after, int) else 0
        following = start + limit
        return TablePage(self.page_at(start, limit).rows, following if following < self.count() else None)

    def prepare(self, stop: Stop) -> None:
        """Read the ids; where `stop` says so, leave things as they were. Raises what the desk raises."""
        ids = self.index(self.desk, stop)
        if not stop():
            self._ids = ids

    def _known(self) -> Sequence[int]:
        if self._ids is None:
            self.prepare(lambda: False)
        return self._ids if self._ids is not None else ()

    @property
    def ids(self) -> Sequence[int] | None:
        """The ids of all rows in their order, once they are read."""
        return self._ids

    def rows_of(self, ids: Sequence[int]) -> tuple[TableRow, ...]:
        """The rows with these ids; what has gone is left out. Raises what the desk raises."""
        return tuple(self.draw(view) for view in self.at(self.desk, ids))

    def count(self) -> int:
        """The number of rows. Raises what the desk raises."""
        return len(self._known())

    def page_at(self, offset: int, limit: int) -> TablePage:
        """Return `limit` rows from number `offset`; fewer where some have gone since the ids were read."""
        return TablePage(self.rows_of(self._known()[offset : offset + limit]))


class ListPlaces(Sequence[str]):
    """The codes of a long list, each read when it is asked for: only in worker threads.

    Which row stands where is taken once, so that the list may be read anew meanwhile; a row that has gone
    since has the code "".
    """

    def __init__(self, source: IndexedRows[V], code: str, at: int, least: int) -> None:
        """Begin at the row number `at`, `code`; `least` rows are known to be there."""
        self._source, self._least = source, least
        self._ids = source.ids
        self._places = {code: at}

    def _known(self) -> Sequence[int]:
        if self._ids is None:
            self._source.count()
            self._ids = self._source.ids
        return self._ids or ()

    def __len__(self) -> int:
        """The number of rows; those known to be there until they are counted."""
        return len(self._ids) if self._ids is not None else self._least

    def __contains__(self, code: object) -> bool:
        """Whether it was asked for already: a list of a million is not walked through."""
        return code in self._places

    def index(self, code: str, start: int = 0, stop: int | None = None) -> int:  # noqa: ARG002
        """The place of a code that was asked for already. Raises `ValueError`."""
        if code not in self._places:
            raise ValueError(code)
        return self._places[code]

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """The code of a row, or of some. Raises `IndexError`, and what the desk raises."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self._known())))]
        found = self._source.rows_of([self._known()[at]])
        code = found[0].key if found else ""
        if code:
            self._places[code] = at
        return code


class ReadyRows:
    """Rows that are there already."""

    def __init__(self, rows: Callable[[], Sequence[TableRow]]) -> None:
        """Show what `rows` gives."""
        self._rows = rows

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the number `after`."""
        rows = self._rows()
        start = after if isinstance(after, int) else 0
        following = start + limit
        return TablePage(tuple(rows[start:following]), following if following < len(rows) else None)


def read_rows(source: DeskRows[V], most: int, keys: frozenset[str] = frozenset()) -> list[TableRow]:
    """Read up to `most` rows from the start of a list (in a worker thread); with `keys` only these.

    The read for `keys` ends when all are found. Raises what the desk raises.
    """
    found: list[TableRow] = []
    after: object | None = None
    while True:
        page = source.page(after, 500)
        found += [row for row in page.rows if not keys or row.key in keys]
        after = page.next
        if after is None or len(found) >= (len(keys) or most):
            return found[:most]
