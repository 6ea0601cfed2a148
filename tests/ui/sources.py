"""Row sources for the tests of the virtual table: they know what was asked of them and can be held up."""

from collections.abc import Callable
from threading import Event, Lock

from screens.widgets.row_pages import TablePage, TableRow


def key(number: int) -> str:
    """The key of the row that was number `number` at first."""
    return f"r{number:07d}"


class Numbers:
    """Rows `r0000000` onward, by keyset: the cursor is the key of the last row read."""

    def __init__(self, count: int, gate: Event | None = None, name: str = "hàng") -> None:
        self.keys: list[int] | range = range(count)
        self.name = name
        self.asked: list[object | None] = []
        self.gate = gate
        self.broken: Exception | None = None
        self._lock = Lock()

    def _cells(self, number: int) -> tuple[str, ...]:
        return (key(number), f"{self.name} {number}", str(number * 1000))

    def _slice(self, start: int, limit: int) -> TablePage:
        if self.gate is not None and not self.gate.wait(30):
            raise TimeoutError("nobody opened the gate")
        if self.broken is not None:
            raise self.broken
        rows = tuple(TableRow(key(n), self._cells(n), payload=n) for n in self.keys[start : start + limit])
        more = start + limit < len(self.keys)
        return TablePage(rows, rows[-1].payload if more else None)

    def page(self, after: object | None, limit: int) -> TablePage:
        """Return the rows after the number `after`."""
        with self._lock:
            self.asked.append(after)
        if after is None:
            return self._slice(0, limit)
        assert isinstance(after, int)
        return self._slice(self.keys.index(after) + 1 if isinstance(self.keys, list) else after + 1, limit)


class CountedNumbers(Numbers):
    """The same, knowing their number."""

    def count(self) -> int:
        """Return the number of rows."""
        return len(self.keys)


class IndexedNumbers(CountedNumbers):
    """The same, opening any page directly."""

    def page_at(self, offset: int, limit: int) -> TablePage:
        """Return the rows from number `offset`."""
        with self._lock:
            self.asked.append(offset)
        return self._slice(offset, limit)


class PreparedNumbers(IndexedNumbers):
    """The same, after it has learnt its index; `ready` holds that up, `learning` breaks it."""

    def __init__(self, count: int, gate: Event | None = None, ready: Event | None = None) -> None:
        super().__init__(count, gate)
        self.ready = ready
        self.learning: Exception | None = None
        self.begun = self.prepared = 0
        self.stopped = 0
        self._order: list[int] | range | None = None

    def prepare(self, stop: Callable[[], bool]) -> None:
        """Copy the order of the rows; ask `stop` while waiting."""
        self.begun += 1
        while self.ready is not None and not self.ready.wait(0.005):
            if stop():
                self.stopped += 1
                return
        if self.learning is not None:
            raise self.learning
        self._order = self.keys
        self.prepared += 1

    def count(self) -> int:
        """Return the number of rows at the time of `prepare`."""
        assert self._order is not None, "asked before it was prepared"
        return len(self._order)

    def page_at(self, offset: int, limit: int) -> TablePage:
        """Return the rows from number `offset` that are still there."""
        assert self._order is not None, "asked before it was prepared"
        with self._lock:
            self.asked.append(offset)
        if self.broken is not None:
            raise self.broken
        there = self.keys if isinstance(self.keys, range) else frozenset(self.keys)
        wanted = [n for n in self._order[offset : offset + limit] if n in there]
        return TablePage(tuple(TableRow(key(n), self._cells(n), payload=n) for n in wanted))

    def position(self, wanted: str) -> int | None:
        """Return where the row with this key stands."""
        assert self._order is not None, "asked before it was prepared"
        number = int(wanted[1:])
        return self._order.index(number) if number in self._order else None
