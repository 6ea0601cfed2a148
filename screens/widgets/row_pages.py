"""Rows of a list that may be very long, read page by page: the part of the virtual table without a screen.

A page is asked for by the keyset cursor that ended the page before it. `RowPages` remembers that cursor
for every page it has met (a few bytes a page) and the rows of the last few pages only, so memory stays
bounded however far somebody scrolls.
"""

from collections import OrderedDict
from collections.abc import Iterator

from screens.widgets.row_source import (
    CountedSource,
    IndexedSource,
    IndexOutdated,
    LocatingSource,
    PreparedSource,
    RowSource,
    Stop,
    TablePage,
    TableRow,
)
from states.records import record

__all__ = [
    "KEPT_PAGES",
    "PAGE_ROWS",
    "CountedSource",
    "Delivery",
    "IndexedSource",
    "PageRequest",
    "PreparedSource",
    "RowPages",
    "RowSource",
    "TablePage",
    "TableRow",
    "open_pages",
    "read",
    "reopen",
]

PAGE_ROWS = 64  # a tall view: what comes first is painted sooner the less of it there is
KEPT_PAGES = 48
REPORT_EVERY = 64  # pages between two progress reports of a long walk
SEARCH_PAGES = 32  # how far a reload looks for a row that has moved
NEAR_PAGES = 8  # so far down a list is read anew by its keys, before its index is learnt again


@record(frozen=True, slots=True)
class PageRequest:
    """What to read: from page `start`, whose cursor is `anchor`, on to page `target` (None: to the end).

    indexed: `target` is opened directly. promised: the rows that a prepared source said it has.
    """

    source: RowSource
    start: int
    anchor: object | None
    target: int | None
    indexed: bool = False
    promised: int | None = None

    @property
    def walks(self) -> bool:
        """Whether pages that nobody looks at have to be read on the way."""
        return not self.indexed and self.target != self.start


@record(frozen=True, slots=True)
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

    Raises ValueError when the source breaks its promise of full pages, IndexOutdated when a prepared source
    has fewer rows than its index, and whatever the source raises.
    """
    if request.indexed and isinstance(request.source, IndexedSource) and request.target is not None:
        offset = request.target * PAGE_ROWS
        rows = request.source.page_at(offset, PAGE_ROWS).rows
        end = offset + len(rows) if len(rows) < PAGE_ROWS else None
        if request.promised is not None:
            if len(rows) < min(PAGE_ROWS, request.promised - offset):
                raise IndexOutdated(f"{len(rows)} rows from row {offset} of {request.promised}")
            end = None
        yield Delivery(pages=((request.target, rows),), end=end)
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
            if len(answer.rows) > PAGE_ROWS:
                del recent[page]
                recent.update(_cut(page, answer.rows, request.target))
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


def _cut(
    first: int, rows: tuple[TableRow, ...], target: int | None
) -> Iterator[tuple[int, tuple[TableRow, ...]]]:
    """Cut rows that came at once into pages from `first` on: those around `target` (None: the last ones)."""
    last = first + (len(rows) - 1) // PAGE_ROWS
    start = (last if target is None else target) - KEPT_PAGES // 2
    start = max(first, min(start, last - KEPT_PAGES + 1))
    for page in range(start, min(last, start + KEPT_PAGES - 1) + 1):
        offset = (page - first) * PAGE_ROWS
        yield page, rows[offset : offset + PAGE_ROWS]


class RowPages:
    """The rows known so far of one source: a bounded number of pages, and the way to any other."""

    def __init__(self, source: RowSource, learnt: int | None = None) -> None:
        """Know nothing of `source` yet; `learnt` is the count of one whose `prepare` is done."""
        self.source = source
        self.complete = self.learnt = learnt is not None
        self.counted: int | None = learnt
        self._known = learnt or 0
        self._opens_anywhere = isinstance(source, IndexedSource) and (
            self.learnt or not isinstance(source, PreparedSource)
        )
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
    def all_held(self) -> bool:
        """Whether every row of the list is in memory."""
        return self.complete and len(self._pages) * PAGE_ROWS >= self._known

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
        return self._opens_anywhere and self.counted is not None

    def request(self, target: int | None) -> PageRequest:
        """Say what has to be read to have page `target` (None: the last page)."""
        if not self.learnt and target is not None and target < len(self._anchors):
            return PageRequest(self.source, target, self._anchors[target], target)
        if self._indexed:
            page = (len(self) - 1) // PAGE_ROWS if target is None else target
            promised = self.counted if self.learnt else None
            return PageRequest(self.source, page, None, page, indexed=True, promised=promised)
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
            for page in [page for page in self._pages if page * PAGE_ROWS >= delivery.end]:
                del self._pages[page]
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def rows(self) -> Iterator[TableRow]:
        """The rows in memory, in their order."""
        for page in sorted(self._pages):
            yield from self._pages[page]

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


def reopen(
    source: RowSource, key: str | None, row: int, stop: Stop = bool, learnt: bool = False
) -> tuple[RowPages, int]:
    """Read a source again and find where the cursor belongs: on the row with `key`, else at number `row`.

    A row that moved is asked of the source, where it can say, or looked for in the first `SEARCH_PAGES`
    pages and up to four pages beyond `row`. learnt: `prepare` is done and nothing has changed since; without
    it a prepared source learns its index here when `row` is far down, and later when it is near the start.
    """
    near = max(row, 0) // PAGE_ROWS
    if isinstance(source, PreparedSource) and (learnt or near >= NEAR_PAGES):
        if not learnt:
            source.prepare(stop)
        pages = RowPages(source, source.count())
    else:
        pages = open_pages(source)
        if (
            not pages.complete
            and isinstance(source, CountedSource)
            and not isinstance(source, PreparedSource)
        ):
            pages.take(Delivery(counted=source.count()))
    found = _search(pages, key, near) if key is not None else None
    if found is None:
        _ensure(pages, near)
    cursor = max(0, min(row if found is None else found, len(pages) - 1))
    for page in (cursor // PAGE_ROWS, cursor // PAGE_ROWS + 1):  # the view may reach into the second
        _ensure(pages, page)
    return pages, max(0, min(cursor, len(pages) - 1))


def _search(pages: RowPages, key: str, near: int) -> int | None:
    """Read pages until the row with `key` is found; return its number, or None."""
    source = pages.source
    unprepared = isinstance(source, PreparedSource) and not pages.learnt
    if isinstance(source, LocatingSource) and not unprepared:
        place = source.position(key)
        if place is None:
            return None
        _ensure(pages, place // PAGE_ROWS)
        return pages.find(key)
    order = list(range(max(near + 4, SEARCH_PAGES) + 1))
    if pages.end_known:
        # The old place first where any page can be opened; from the start where pages hang on each other.
        order.sort(key=lambda page: abs(page - near))
        order = order[:SEARCH_PAGES]
    for page in order:
        if page * PAGE_ROWS >= len(pages) and not pages.more:
            continue
        _ensure(pages, page)
        if (found := pages.find(key)) is not None:
            return found
    return None


def _ensure(pages: RowPages, page: int) -> None:
    if pages.missing(page * PAGE_ROWS, page * PAGE_ROWS) is not None:
        for delivery in read(pages.request(page)):
            pages.take(delivery)
