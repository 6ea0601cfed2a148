"""Rows of a list that may be very long, read page by page: the part of the virtual table without a screen.

A page is asked for by the keyset cursor that ended the page before it. `RowPages` remembers that cursor
for every page it has met (a few bytes a page) and the rows of the last few pages only, so memory stays
bounded however far somebody scrolls.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual.content import Content

PAGE_ROWS = 128
KEPT_PAGES = 32
REPORT_EVERY = 32  # pages between two progress reports of a long walk
SEARCH_PAGES = 16  # how far a reload looks for a row that has moved


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row.

    key: identifies the row over reloads. cells: one text or `Content` for each column, in the columns'
    order. style: "", "dim", "good", "warn" or "bad". payload: whatever the screen wants back.
    """

    key: str
    cells: tuple[str | Content, ...]
    style: str = ""
    payload: object = None


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows and the cursor from which the next page goes on; `next` is None on the last page."""

    rows: tuple[TableRow, ...]
    next: object | None = None


class RowSource(Protocol):
    """Where rows come from. Every call comes from a worker thread, and `count` may run beside a page."""

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


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to read: from page `start`, whose cursor is `anchor`, on to page `target` (None: to the end)."""

    source: RowSource
    start: int
    anchor: object | None
    target: int | None
    indexed: bool = False

    @property
    def walks(self) -> bool:
        """Whether pages that nobody looks at have to be read on the way."""
        return not self.indexed and self.target != self.start


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was read: cursors of pages, rows of the pages worth keeping, the total if known.

    anchors: (page, cursor that opens it). pages: (page, rows). end: the number of rows, once the last page
    was met. counted: the answer of `count()`.
    """

    anchors: tuple[tuple[int, object | None], ...] = ()
    pages: tuple[tuple[int, tuple[TableRow, ...]], ...] = ()
    end: int | None = None
    counted: int | None = None


def read(request: PageRequest) -> Iterator[Delivery]:
    """Read what is asked for; a long walk reports now and then and hands over only its last two pages.

    Raises ValueError when the source breaks its promise of full pages, and whatever the source raises.
    """
    if request.indexed and isinstance(request.source, IndexedSource) and request.target is not None:
        offset = request.target * PAGE_ROWS
        rows = request.source.page_at(offset, PAGE_ROWS).rows
        yield Delivery(
            pages=((request.target, rows),), end=offset + len(rows) if len(rows) < PAGE_ROWS else None
        )
        return
    page, anchor = request.start, request.anchor
    anchors: list[tuple[int, object | None]] = []
    recent: OrderedDict[int, tuple[TableRow, ...]] = OrderedDict()
    while True:
        answer = request.source.page(anchor, PAGE_ROWS)
        recent[page] = answer.rows
        if len(recent) > 2:
            recent.popitem(last=False)
        if answer.next is None:
            end = page * PAGE_ROWS + len(answer.rows)
            yield Delivery(tuple(anchors), tuple(recent.items()), end=end)
            return
        if len(answer.rows) != PAGE_ROWS:
            raise ValueError(f"the source gave {len(answer.rows)} rows where {PAGE_ROWS} were promised")
        page, anchor = page + 1, answer.next
        anchors.append((page, anchor))
        if request.target is not None and page > request.target:
            yield Delivery(tuple(anchors), tuple(recent.items()))
            return
        if len(anchors) >= REPORT_EVERY:
            yield Delivery(tuple(anchors))
            anchors = []


class RowPages:
    """The rows known so far of one source: a bounded number of pages, and the way to any other."""

    def __init__(self, source: RowSource) -> None:
        self.source = source
        self.complete = False
        self.counted: int | None = None
        self._known = 0
        self._anchors: list[object | None] = [None]
        self._pages: OrderedDict[int, tuple[TableRow, ...]] = OrderedDict()

    def __len__(self) -> int:
        """The number of rows to show: all that are known to exist, or the counted total if that is more."""
        return self._known if self.complete else max(self._known, self.counted or 0)

    @property
    def known(self) -> int:
        """The number of rows that reading has reached."""
        return self._known

    @property
    def held(self) -> int:
        """The number of pages held in memory."""
        return len(self._pages)

    @property
    def more(self) -> bool:
        """Whether there are rows beyond those that `len` counts."""
        return not self.complete and (self.counted is None or self._known > self.counted)

    def row(self, index: int) -> TableRow | None:
        """Return the row number `index`, or None when its page isn't in memory."""
        page, offset = divmod(index, PAGE_ROWS)
        rows = self._pages.get(page)
        return rows[offset] if rows is not None and 0 <= offset < len(rows) else None

    def touch(self, first: int, last: int) -> None:
        """Mark the pages of the rows `first` to `last` as used, so that they are dropped last."""
        for page in range(first // PAGE_ROWS, last // PAGE_ROWS + 1):
            if page in self._pages:
                self._pages.move_to_end(page)

    def missing(self, first: int, last: int) -> int | None:
        """Return the first page between the rows `first` and `last` that isn't in memory, or None."""
        if not self.complete and not self.more:
            last = min(last, len(self) - 1)
        elif self.complete:
            last = min(last, self._known - 1)
        for page in range(max(0, first) // PAGE_ROWS, max(-1, last) // PAGE_ROWS + 1):
            if page not in self._pages:
                return page
        return None

    def reachable(self, page: int) -> bool:
        """Whether `page` can be read at once, without reading the pages before it."""
        return page < len(self._anchors) or self._indexed

    @property
    def end_known(self) -> bool:
        """Whether the last row can be shown without reading on to it."""
        return self.complete or self._indexed

    @property
    def _indexed(self) -> bool:
        return self.counted is not None and isinstance(self.source, IndexedSource)

    def request(self, target: int | None) -> PageRequest:
        """Say what has to be read to have page `target` (None: the last page)."""
        if target is not None and target < len(self._anchors):
            return PageRequest(self.source, target, self._anchors[target], target)
        if self._indexed:
            page = (len(self) - 1) // PAGE_ROWS if target is None else target
            return PageRequest(self.source, page, None, page, indexed=True)
        start = len(self._anchors) - 1
        return PageRequest(self.source, start, self._anchors[start], target)

    def take(self, delivery: Delivery) -> None:
        """Add what was read."""
        for page, anchor in delivery.anchors:
            if page == len(self._anchors):
                self._anchors.append(anchor)
            elif page < len(self._anchors):
                self._anchors[page] = anchor
        if delivery.counted is not None:
            self.counted = delivery.counted
        for page, rows in delivery.pages:
            self._pages[page] = rows
            self._pages.move_to_end(page)
            self._known = max(self._known, page * PAGE_ROWS + len(rows))
        if not self._indexed:
            self._known = max(self._known, (len(self._anchors) - 1) * PAGE_ROWS)
        if delivery.end is not None:
            self._known, self.complete = delivery.end, True
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def find(self, key: str) -> int | None:
        """Return the number of the row with this key among the rows in memory, or None."""
        for page, rows in self._pages.items():
            for offset, row in enumerate(rows):
                if row.key == key:
                    return page * PAGE_ROWS + offset
        return None


def open_pages(source: RowSource) -> RowPages:
    """Read the first page of a source (not its count, which takes longer)."""
    pages = RowPages(source)
    for delivery in read(pages.request(0)):
        pages.take(delivery)
    return pages


def reopen(source: RowSource, key: str | None, row: int) -> tuple[RowPages, int]:
    """Read a source again and find where the cursor belongs: on the row with `key`, else at number `row`.

    A row that moved is looked for in the first `SEARCH_PAGES` pages and up to four pages beyond `row`.
    """
    pages = open_pages(source)
    if not pages.complete and isinstance(source, CountedSource):
        pages.take(Delivery(counted=source.count()))
    near = row // PAGE_ROWS
    farthest = max(near + 4, SEARCH_PAGES) if key is not None else near
    # The old place first where any page can be opened; from the start where pages hang on each other.
    order = list(range(farthest + 1))
    if isinstance(source, IndexedSource):
        order.sort(key=lambda page: abs(page - near))
        order = order[: 2 * SEARCH_PAGES]
    found: int | None = None
    for page in order:
        _ensure(pages, page)
        if key is not None and (found := pages.find(key)) is not None:
            break
        if not isinstance(source, IndexedSource) and pages.complete:
            break
    cursor = found if found is not None else max(0, min(row, len(pages) - 1))
    _ensure(pages, cursor // PAGE_ROWS)
    _ensure(pages, cursor // PAGE_ROWS + 1)  # the view may reach into it
    return pages, cursor


def _ensure(pages: RowPages, page: int) -> None:
    if pages.missing(page * PAGE_ROWS, page * PAGE_ROWS) is not None:
        for delivery in read(pages.request(page)):
            pages.take(delivery)
