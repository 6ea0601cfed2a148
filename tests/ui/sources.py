"""Row sources for the tests of the virtual table: they know what was asked of them and can be held up."""

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
