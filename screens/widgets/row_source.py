"""Where the rows of the virtual table come from: a source answers with pages, and says what more it can do.

A source needs `page` alone. With `count` the scroll bar tells the truth, with `page_at` any place opens at
once, and a source that must first learn where its rows stand does so in `prepare`.
"""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias, runtime_checkable

from textual.content import Content

from states.records import record

Stop: TypeAlias = Callable[[], bool]
"""Asked now and then by long work; True: nobody wants the answer any more."""


@record(frozen=True, slots=True)
class TableRow:
    """One row.

    key: identifies the row over reloads. cells: one text or `Content` for each column, in the columns'
    order. style: "", "dim", "good", "warn" or "bad". payload: whatever the screen wants back.
    """

    key: str
    cells: tuple[str | Content, ...]
    style: str = ""
    payload: object = None


@record(frozen=True, slots=True)
class TablePage:
    """Some rows and the cursor from which the next page goes on; `next` is None on the last page.

    The only page may hold more rows than were asked for: a source that has them all gives them at once.
    """

    rows: tuple[TableRow, ...]
    next: object | None = None


class RowSource(Protocol):
    """Where rows come from. Every call comes from a worker thread; two may come at the same time."""

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the cursor `after` (None: the start): `limit` rows unless it ends."""
        ...


@runtime_checkable
class CountedSource(Protocol):
    """A source that can also say how many rows there are."""

    def count(self) -> int:
        """Return the number of rows."""
        ...


@runtime_checkable
class IndexedSource(CountedSource, Protocol):
    """A source that can also open any page directly, so that jumping to the end reads one page."""

    def page_at(self, offset: int, limit: int) -> TablePage:
        """Return `limit` rows from the row number `offset` (0 is the first), fewer only at the end."""
        ...


@runtime_checkable
class PreparedSource(IndexedSource, Protocol):
    """A source that needs time to learn where its rows stand; until then it is read by `page` alone."""

    def prepare(self, stop: Stop) -> None:
        """Learn the order of all rows, so that `count` and `page_at` are cheap and agree with each other.

        Called after the first page was painted, and again when the list is read anew. May return early,
        with nothing learnt, once `stop()` is True.
        """
        ...


@runtime_checkable
class LocatingSource(Protocol):
    """A source that can also say where a row stands, so that a reload finds one that has moved far."""

    def position(self, key: str) -> int | None:
        """Return the number of the row with this key, or None. After `prepare`, if there is one."""
        ...


class FixedRows:
    """Rows that are all there."""

    def __init__(self, rows: Iterable[TableRow]) -> None:
        """Give these rows, in one page."""
        self._page = TablePage(tuple(rows))

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them."""
        return self._page


class IndexOutdated(Exception):
    """A prepared source gave fewer rows than its index promised: the list has changed under it."""
