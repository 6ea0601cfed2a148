"""The reading half of the virtual table: asks for pages in worker threads and takes in what arrives.

One request is under way at a time, and each carries a ticket: what arrives with another number is a late
answer for a source or a place that nobody looks at any more, and is dropped.
"""

from dataclasses import dataclass

from textual import work
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.worker import get_current_worker

from screens.widgets.row_pages import (
    PAGE_ROWS,
    CountedSource,
    Delivery,
    PageRequest,
    RowPages,
    RowSource,
    TableRow,
    open_pages,
    read,
    reopen,
)
from screens.widgets.table_messages import LoadFailed

_GROUP = "table-pages"


class PagedView(ScrollView):
    """A view over rows that are read page by page; a subclass draws them and owns the cursor."""

    @dataclass
    class _Opened(Message, bubble=False, namespace="paged_view"):
        """A source was read from the start; `cursor` is the row the cursor belongs on."""

        ticket: int
        pages: RowPages
        cursor: int
        keep: bool

    @dataclass
    class _Arrived(Message, bubble=False, namespace="paged_view"):
        """A part of what was asked for."""

        ticket: int
        delivery: Delivery

    @dataclass
    class _Counted(Message, bubble=False, namespace="paged_view"):
        """The source of `pages` has `total` rows."""

        pages: RowPages
        total: int

    @dataclass
    class _Finished(Message, bubble=False, namespace="paged_view"):
        """The request is done, well or badly."""

        ticket: int
        error: Exception | None = None

    def __init__(
        self, *, name: str | None = None, widget_id: str | None = None, classes: str | None = None
    ) -> None:
        """Make a view without a source."""
        super().__init__(name=name, id=widget_id, classes=classes)
        self._source: RowSource | None = None
        self._pages: RowPages | None = None
        self._ticket = 0
        self._request: PageRequest | None = None
        self._busy = False
        self._opening = False
        self._halted = False  # after a failure nothing is read until somebody acts
        self._to_end = False  # somebody wants the last row, and it isn't known yet

    # What a subclass brings

    def _rows_opened(self, pages: RowPages | None, cursor: int, keep: bool) -> None:
        """Show `pages` in place of the present ones (None: nothing), with the cursor on row `cursor`."""
        raise NotImplementedError

    def _rows_arrived(self, at_end: bool) -> None:
        """Show what was added to the present pages. at_end: the last row is known and somebody wants it."""
        raise NotImplementedError

    def _places(self) -> tuple[range, int]:
        """The rows in view, and the row under the cursor."""
        raise NotImplementedError

    # What a subclass uses

    def _row(self, index: int) -> TableRow | None:
        return self._pages.row(index) if self._pages is not None else None

    @property
    def row_count(self) -> int:
        """The number of rows shown: those known so far, or the source's count."""
        return len(self._pages) if self._pages is not None else 0

    def keys_near(self, index: int, reach: int = 200) -> tuple[str, ...]:
        """Keys of the rows in memory around row `index`, in their order."""
        rows = (self._row(at) for at in range(max(index - reach, 0), index + reach + 1))
        return tuple(row.key for row in rows if row is not None)

    @property
    def pages_held(self) -> int:
        """The number of pages in memory."""
        return self._pages.held if self._pages is not None else 0

    @property
    def settled(self) -> bool:
        """Whether nothing is being read and nothing in view is missing."""
        return not self._busy and (self._halted or self._wanted() is None)

    def _act(self) -> None:
        """Somebody did something: give up a walk to the end, and try again after a failure."""
        self._halted = False
        if self._to_end:
            self._cancel()

    def _open(self, source: RowSource, key: str | None, row: int, keep: bool) -> None:
        """Read a source from its start; `keep` looks for the row with `key` again, or stays at `row`."""
        self._cancel()
        self._busy = self._opening = True
        self._halted = False
        self.refresh()
        self._read_anew(self._ticket, source, key, row, keep)

    def _cancel(self) -> None:
        """Forget what is being read."""
        self._ticket += 1
        self._busy = self._opening = self._to_end = False
        self._request = None
        self.workers.cancel_group(self, _GROUP)

    def _want(self) -> None:
        """Ask for what is needed most, if nothing is being read; leave a long walk that leads elsewhere."""
        pages = self._pages
        if pages is None or self._halted or not self.is_attached:
            return
        view, _ = self._places()
        pages.touch(view.start, view.stop)
        if self._busy:
            walk = self._request
            page = pages.missing(view.start, view.stop)
            if self._to_end or walk is None or not walk.walks or page is None:
                return
            if page == walk.target or not pages.reachable(page):
                return
            self._cancel()
        if (request := self._wanted()) is not None:
            self._ticket += 1
            self._busy, self._request = True, request
            self._read_pages(self._ticket, request)

    def _wanted(self) -> PageRequest | None:
        """The most urgent request: rows in view, the cursor's, the way to the end, ahead, behind."""
        pages = self._pages
        if pages is None:
            return None
        view, cursor = self._places()
        page = pages.missing(view.start, view.stop)
        if page is None:
            page = pages.missing(cursor, cursor)
        if page is None and self._to_end and not pages.end_known:
            return pages.request(None)
        if page is None:
            page = pages.missing(view.stop, view.stop + PAGE_ROWS)
        if page is None:
            page = pages.missing(view.start - PAGE_ROWS, view.start)
        return None if page is None else pages.request(page)

    # Threads

    @work(thread=True, group=_GROUP, exit_on_error=False, description="open a list")
    def _read_anew(self, ticket: int, source: RowSource, key: str | None, row: int, keep: bool) -> None:
        worker = get_current_worker()
        error: Exception | None = None
        try:
            if worker.is_cancelled:
                return
            pages, cursor = reopen(source, key, row) if keep else (open_pages(source), 0)
            self.post_message(self._Opened(ticket, pages, cursor, keep))
        except Exception as failure:
            error = failure
        self.post_message(self._Finished(ticket, error))

    @work(thread=True, group=_GROUP, exit_on_error=False, description="read a page of a list")
    def _read_pages(self, ticket: int, request: PageRequest) -> None:
        worker = get_current_worker()
        error: Exception | None = None
        try:
            if worker.is_cancelled:
                return
            for delivery in read(request):
                self.post_message(self._Arrived(ticket, delivery))
                if worker.is_cancelled:
                    return
        except Exception as failure:
            error = failure
        self.post_message(self._Finished(ticket, error))

    @work(thread=True, group=_GROUP, exit_on_error=False, description="count a list")
    def _count_rows(self, pages: RowPages, source: CountedSource) -> None:
        try:
            self.post_message(self._Counted(pages, source.count()))
        except Exception as failure:
            self.post_message(LoadFailed(self, failure))

    def on_paged_view__opened(self, message: _Opened) -> None:
        """Show a list that was read from its start."""
        if message.ticket != self._ticket:
            return
        self._opening = False
        pages = message.pages
        self._rows_opened(pages, message.cursor, message.keep)
        if not pages.complete and pages.counted is None and isinstance(pages.source, CountedSource):
            self._count_rows(pages, pages.source)

    def on_paged_view__counted(self, message: _Counted) -> None:
        """Let the scroll bar tell the truth."""
        if message.pages is self._pages:
            self._take(Delivery(counted=message.total))

    def on_paged_view__arrived(self, message: _Arrived) -> None:
        """Take in some pages."""
        if message.ticket == self._ticket:
            self._take(message.delivery)

    def _take(self, delivery: Delivery) -> None:
        if self._pages is None:
            return
        self._pages.take(delivery)
        at_end = self._to_end and self._pages.end_known
        if at_end:
            self._to_end = False
        self._rows_arrived(at_end)

    def on_paged_view__finished(self, message: _Finished) -> None:
        """Go on with whatever the view still lacks; after a failure, wait for somebody to act."""
        if message.ticket != self._ticket:
            return
        opening = self._opening
        self._busy = self._opening = False
        self._request = None
        if message.error is not None:
            self._halted, self._to_end = True, False
            if opening and (self._pages is None or self._pages.source is not self._source):
                self._rows_opened(None, 0, False)  # the rows of another list would be a lie
            self.post_message(LoadFailed(self, message.error))
        self.refresh()
        self._want()
