"""The reading half of the virtual table: asks for pages in worker threads and takes in what arrives.

One page is read at a time, and each request carries a ticket: what arrives with another number is a late
answer for a source or a place that nobody looks at any more, and is dropped. What a source counts, or learns
in `prepare`, is read beside that; it ends early when another source takes its place. Learning a long index
takes a second of the processor: it waits until somebody needs it, or until no key has come for a while.
"""

from threading import Event

from textual import work
from textual.scroll_view import ScrollView
from textual.timer import Timer
from textual.worker import get_current_worker

from screens.widgets.paged_messages import Arrived, Finished, Learnt, NotLearnt, Opened, Opening
from screens.widgets.row_pages import PAGE_ROWS, Delivery, PageRequest, RowPages, open_pages, read, reopen
from screens.widgets.row_source import CountedSource, IndexOutdated, PreparedSource, RowSource, TableRow
from screens.widgets.table_messages import LoadFailed

_PAGES, _INDEX = "table-pages", "table-index"
QUIET = 0.6
"""Seconds without a key after which a list learns its index."""


class PagedView(ScrollView):
    """A view over rows that are read page by page; a subclass draws them and owns the cursor."""

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
        self._learning = False  # the source is counting, or learns its index
        self._idle: Timer | None = None  # runs while the index is to be learnt, and nobody needs it yet
        self._outdated = False  # the list is read anew because its index was out of date
        self._stop = Event()
        self._upward = False  # which way somebody goes, so which page to read ahead first
        self._ahead = False  # reading ahead begins after the next painting

    # What a subclass brings

    def _rows_opened(self, pages: RowPages | None, cursor: int, asked: int | None) -> None:
        """Show `pages` in place of the present ones (None: nothing), with the cursor on row `cursor`.

        asked: where the cursor was when the present list began to be read anew; None for another list.
        """
        raise NotImplementedError

    def _rows_arrived(self, delivery: Delivery, at_end: bool) -> None:
        """Show what was added to the present pages. at_end: the last row is known and somebody wants it."""
        raise NotImplementedError

    def _places(self) -> tuple[range, int]:
        """The rows in view, and the row under the cursor."""
        raise NotImplementedError

    def _sign_changed(self) -> None:
        """Show that reading a list anew, or the way to its end, has begun or is done."""

    # What a subclass uses

    def _row(self, index: int) -> TableRow | None:
        return self._pages.row(index) if self._pages is not None else None

    @property
    def source(self) -> RowSource | None:
        """Where the rows come from."""
        return self._source

    @property
    def row_count(self) -> int:
        """The number of rows shown: those known so far, or the source's count."""
        return len(self._pages) if self._pages is not None else 0

    @property
    def rows_in_memory(self) -> tuple[TableRow, ...]:
        """The rows in memory, in their order; there may be gaps between them."""
        return tuple(self._pages.rows()) if self._pages is not None else ()

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
        """Whether nothing is being read, counted or learnt, or will be, and nothing in view is missing."""
        learning = self._learning or self._idle is not None
        return not self._busy and not learning and (self._halted or self._wanted() is None)

    def _act(self) -> None:
        """Somebody did something: give up a walk to the end, and try again after a failure."""
        self._halted = self._outdated = False
        if self._idle is not None:
            self._idle.reset()
        if self._to_end:
            self._cancel()
            self._sign_changed()

    def _open(self, source: RowSource, key: str | None, row: int, keep: bool, learnt: bool = False) -> None:
        """Read a list; `keep` looks for the row with `key` again, or stays at `row`."""
        self._supersede()
        self._busy = self._opening = True
        self._halted = False
        self._sign_changed()
        self._read_anew(self._ticket, Opening(source, key, row, keep, learnt, self._stop))

    def _cancel(self) -> None:
        """Forget what is being read."""
        self._ticket += 1
        self._busy = self._opening = self._to_end = False
        self._request = None
        self.workers.cancel_group(self, _PAGES)

    def _supersede(self) -> None:
        """Forget what is being read, counted and learnt: another list is on its way."""
        self._cancel()
        self._stop.set()
        self._stop = Event()
        self._learning = False
        self._forget_idle()
        self.workers.cancel_group(self, _INDEX)

    def _forget_idle(self) -> None:
        if self._idle is not None:
            self._idle.stop()
            self._idle = None

    def _go_to_end(self) -> None:
        """Somebody wants the last row: wait for the index, or walk."""
        pages = self._pages
        self._to_end = pages is not None and not pages.end_known
        if pages is None or not self._to_end:
            return
        if pages.counted is None and not self._learning and isinstance(pages.source, CountedSource):
            self._learn(pages)  # it waits for a quiet moment, or failed before
        self._sign_changed()

    def _want(self) -> None:
        """Ask for what is needed most, if nothing is being read; leave a long walk that leads elsewhere."""
        pages = self._pages
        if pages is None or self._halted or not self.is_attached:
            return
        view, cursor = self._places()
        pages.touch(cursor, cursor)
        pages.touch(view.start, view.stop)
        if self._busy:
            walk = self._request
            page = pages.missing(view.start, view.stop)
            if self._to_end or walk is None or not walk.walks or page is None:
                return
            if page == walk.target or not pages.reachable(page):
                return
            self._cancel()
        if self._urgent() is not None or self._to_end:
            self._ask()
        elif not self._ahead and self._wanted() is not None:
            # Reading ahead would take the processor from the painting of what is in view.
            self._ahead = True
            self.call_after_refresh(self._read_ahead)

    def _read_ahead(self) -> None:
        self._ahead = False
        if not self._busy and not self._halted and self.is_attached:
            self._ask()

    def _ask(self) -> None:
        """Read what is wanted most."""
        if (request := self._wanted()) is not None:
            if self._idle is not None and self._pages is not None and request.walks:
                self._learn(self._pages)  # the index opens the place directly
            self._ticket += 1
            self._busy, self._request = True, request
            self._read_pages(self._ticket, request)

    def _urgent(self) -> int | None:
        """The page that is missing in view or under the cursor, or None."""
        pages = self._pages
        if pages is None:
            return None
        view, cursor = self._places()
        page = pages.missing(view.start, view.stop)
        return page if page is not None else pages.missing(cursor, cursor)

    def _wanted(self) -> PageRequest | None:
        """The most urgent request: rows in view, the cursor's, the way to the end, ahead, behind."""
        pages = self._pages
        if pages is None:
            return None
        page = self._urgent()
        if page is None and self._to_end and not pages.end_known and not self._learning:
            return pages.request(None)
        if page is None:
            view, _ = self._places()
            below = (view.stop, view.stop + PAGE_ROWS)
            above = (view.start - PAGE_ROWS, view.start)
            for span in (above, below) if self._upward else (below, above):
                if (page := pages.missing(*span)) is not None:
                    break
        return None if page is None else pages.request(page)

    # Threads

    @work(thread=True, group=_PAGES, exit_on_error=False, description="open a list")
    def _read_anew(self, ticket: int, opening: Opening) -> None:
        worker = get_current_worker()
        error: Exception | None = None
        try:
            if worker.is_cancelled:
                return
            if opening.keep or opening.learnt:
                pages, cursor = reopen(
                    opening.source, opening.key, opening.row, opening.stop.is_set, opening.learnt
                )
            else:
                pages, cursor = open_pages(opening.source), 0
            self.post_message(Opened(ticket, pages, cursor, opening))
        except Exception as failure:
            error = failure
        self.post_message(Finished(ticket, error))

    @work(thread=True, group=_PAGES, exit_on_error=False, description="read a page of a list")
    def _read_pages(self, ticket: int, request: PageRequest) -> None:
        worker = get_current_worker()
        error: Exception | None = None
        try:
            if worker.is_cancelled:
                return
            for delivery in read(request):
                self.post_message(Arrived(ticket, delivery))
                if worker.is_cancelled:
                    return
        except Exception as failure:
            error = failure
        self.post_message(Finished(ticket, error))

    @work(thread=True, group=_INDEX, exit_on_error=False, description="count a list")
    def _learn_index(self, pages: RowPages, stop: Event) -> None:
        try:
            source = pages.source
            prepared = isinstance(source, PreparedSource)
            if isinstance(source, PreparedSource):
                source.prepare(stop.is_set)
            if isinstance(source, CountedSource) and not stop.is_set():
                self.post_message(Learnt(pages, source.count(), prepared))
        except Exception as failure:
            self.post_message(NotLearnt(pages, failure))

    def _learn_when_quiet(self, pages: RowPages) -> None:
        """Learn the index of a list when no key has come for a while; until then only where it's needed."""
        self._forget_idle()
        self._idle = self.set_timer(QUIET, lambda: self._learn(pages))

    def _learn(self, pages: RowPages) -> None:
        """Count the rows, or learn their index, once what was read has been painted."""
        self._forget_idle()
        self._learning = True
        stop = self._stop

        def start() -> None:
            if not stop.is_set():
                self._learn_index(pages, stop)

        self.call_after_refresh(start)

    # What arrives

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._stop.set()

    def on_paged_view_opened(self, message: Opened) -> None:
        """Show a list that was read."""
        if message.ticket != self._ticket:
            return
        self._opening = False
        pages, opening = message.pages, message.opening
        self._rows_opened(pages, message.cursor, opening.row if opening.keep else None)
        if pages.complete or pages.counted is not None:
            return
        if isinstance(pages.source, PreparedSource):
            self._learn_when_quiet(pages)
        elif isinstance(pages.source, CountedSource):
            self._learn(pages)

    def on_paged_view_learnt(self, message: Learnt) -> None:
        """Let the scroll bar tell the truth, and go to the end if somebody waits for it."""
        pages = self._pages
        if pages is None or message.pages is not pages:
            return
        self._learning = False
        if message.prepared:
            # Something may have changed between the rows that were read by keys and the index.
            to_end = self._to_end
            row = message.total - 1 if to_end else self._places()[1]
            here = self._row(row)
            key = here.key if here is not None and not to_end else None
            self._open(pages.source, key, row, keep=not to_end, learnt=True)
        else:
            self._take(Delivery(counted=message.total))
            self._want()

    def on_paged_view_not_learnt(self, message: NotLearnt) -> None:
        """Say so; End tries again, or walks where the source has no index to learn."""
        if message.pages is not self._pages:
            return
        self._learning = False
        if self._to_end and isinstance(message.pages.source, PreparedSource):
            self._to_end = False
            self._sign_changed()
        self.post_message(LoadFailed(self, message.error))
        self._want()

    def on_paged_view_arrived(self, message: Arrived) -> None:
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
            self._sign_changed()
        self._rows_arrived(delivery, at_end)

    def on_paged_view_finished(self, message: Finished) -> None:
        """Go on with whatever the view still lacks; after a failure, wait for somebody to act."""
        if message.ticket != self._ticket:
            return
        opening, shown = self._opening, self._opening or self._to_end
        self._busy = self._opening = False
        self._request = None
        if isinstance(message.error, IndexOutdated) and not self._outdated and self._source is not None:
            self._outdated = True
            row = self._places()[1]
            here = self._row(row)
            self._open(self._source, here.key if here else None, row, keep=True)
            return
        if message.error is not None:
            self._halted, self._to_end = True, False
            if opening and (self._pages is None or self._pages.source is not self._source):
                self._rows_opened(None, 0, None)  # the rows of another list would be a lie
            self.post_message(LoadFailed(self, message.error))
        if shown or message.error is not None:
            self._sign_changed()
        self._want()
