"""The store: connections kept ready, and transactions that commit when left normally, else roll back."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar
from weakref import WeakSet

from db import origin
from db.authorizer import Role
from db.engine import READER_CACHE, WRITER_CACHE, connect_postgresql, connect_sqlite
from db.errors import (
    OutcomeUnknown,
    StoreMissing,
    StoreOther,
    StoreReplaced,
    StoreUnreachable,
    StoreUnusable,
    StoreVanished,
)
from db.failures import translate, translated
from db.moves import Writer
from db.reader import Reader
from db.url import Dialect, parse_url

R = TypeVar("R", bound=Reader)
_BEGIN = {
    ("sqlite", False): "BEGIN",
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("postgresql", False): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ("postgresql", True): "BEGIN ISOLATION LEVEL READ COMMITTED",
}
ALONE: Final = 0x6B63_666C_6F77
"""Key of the server's lock that all writers share, but for one who must be alone ("kcflow")."""
_BESIDE_OTHERS = f"SELECT pg_advisory_xact_lock_shared({ALONE})"
_ALONE = f"SELECT pg_advisory_xact_lock({ALONE})"
IDLE: Final = 2
"""Connections kept for later: each has pages and statements of its own in memory."""
_UNREPLICATED = "01000"
"""The server was told to stop waiting for its standby: done here, perhaps lost with a fail-over."""


def _no_connections() -> dict[tuple[Role, bool], deque[Any]]:
    """Room for idle connections by what they are for: (role, whether they write)."""
    return {(role, writes): deque() for role in Role for writes in (False, True)}


class Admin(Writer):
    """A transaction that keeps people, offices, reference data and lifecycles (db.directory)."""

    __slots__ = ()


class Transaction(Generic[R]):
    """`with` a Reader, Writer or Admin; any exception rolls back, driver errors come out as the store's."""

    __slots__ = ("_alone", "_given", "_kind", "_raw", "_role", "_store", "_writes")

    def __init__(self, store: Store, kind: type[R], role: Role, *, writes: bool, alone: bool = False) -> None:
        self._store = store
        self._kind = kind
        self._role = role
        self._writes = writes
        self._alone = alone

    def __enter__(self) -> R:
        store = self._store
        raw = store.take(self._role, writes=self._writes)
        try:
            self._begin(raw)
        except StoreUnreachable:
            if store.dialect == "sqlite":
                raise
            # The server was started anew, or the line was cut: nothing has been asked yet, so ask again.
            store.lose()
            raw = store.take(self._role, writes=self._writes)
            self._begin(raw)
        self._raw = raw
        self._given = self._kind(store, raw)
        return self._given

    def _begin(self, raw: Any) -> None:  # noqa: ANN401 - either driver's connection
        store = self._store
        try:
            begin = _BEGIN[store.dialect, self._writes]
            if self._writes and store.dialect == "postgresql":
                begin = f"{begin}; {_ALONE if self._alone else _BESIDE_OTHERS}"
            raw.execute(begin)
        except Exception as error:
            store.give_back(self._role, raw, writes=self._writes, healthy=store.dialect == "sqlite")
            raise translate(error, store.location) or error from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        store, raw = self._store, self._raw
        self._given.end()
        try:
            if error is None:
                store.commit(raw)
        except BaseException:
            store.give_back(self._role, raw, writes=self._writes, healthy=store.abandon(raw))
            raise
        store.give_back(self._role, raw, writes=self._writes, healthy=error is None or store.abandon(raw))
        if error is not None and (ours := translate(error, store.location)) is not None:
            raise ours from error


class Store:
    """An open store. Threads may share it; each transaction has a connection of its own.

    url: see db.url. now: the clock (aware times). timeout: seconds to wait for another writer. It does not
    look at the file before the first transaction: `open_store` checks and migrates first.

    A store that goes away while it is open (a file moved, a disk or a server gone) raises an error; the next
    transaction after it is back opens it anew, if it is the same store (`recognise`).
    """

    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime] | None = None,
        timeout: float = 10.0,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self._address = parse_url(url)
        self._timeout = timeout
        self._idle = _no_connections()
        self._lock = threading.Lock()
        self._closed = False
        self._pid = os.getpid()
        self._file: tuple[int, int] | None = None
        self._origin: str | None = None
        self._lost = False
        self._sound: WeakSet[Any] = WeakSet()
        self.url = url
        self.now: Callable[[], datetime] = now or (lambda: datetime.now(UTC))
        self.warnings = warnings

    @property
    def dialect(self) -> Dialect:
        """ "sqlite" or "postgresql"."""
        return self._address.dialect

    @property
    def location(self) -> str:
        """The place for people: the file, or the server without its password."""
        return self._address.location

    def read(self) -> Transaction[Reader]:
        """Begin a read: everything seen in it belongs to one moment."""
        return Transaction(self, Reader, Role.APPLICATION, writes=False)

    def write(self, *, alone: bool = False) -> Transaction[Writer]:
        """Begin a write; on SQLite the only one. Raises `StoreBusy` when another does not end in time.

        alone: on a server, too, nobody else writes before this one ends. Whoever changes what every move
        goes by (own rules, days) must be alone: a move that has read the old rules would end after it.
        """
        return Transaction(self, Writer, Role.APPLICATION, writes=True, alone=alone)

    def administer(self) -> Transaction[Admin]:
        """Begin a write that keeps people, offices, reference data and lifecycles."""
        return Transaction(self, Admin, Role.ADMINISTRATION, writes=True)

    def close(self) -> None:
        """Close the idle connections; those in use close when given back."""
        self._closed = True
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- for transactions only ---------------------------------------------------------------------

    def take(self, role: Role, *, writes: bool) -> Any:  # noqa: ANN401 - either driver's connection
        """Return an idle connection or a new one."""
        if self._closed:
            raise StoreUnusable(location=self.location, detail="closed")
        if self._pid != os.getpid():
            # A forked child must not touch its parent's connections, not even to close them.
            with self._lock:
                self._inherited = self._idle
                self._idle = _no_connections()
                self._pid = os.getpid()
        here = self._place()
        if self._lost:
            self._come_back(here)
        elif self._file is None:
            self._file = here
        elif self._file != here:
            self.lose()
            raise StoreReplaced(location=self.location)
        try:
            raw = self._idle[role, writes].pop()
        except IndexError:
            return self._connect(role, writes)
        if self.dialect == "postgresql" and raw.closed:
            self.lose()
            return self.take(role, writes=writes)
        return raw

    def _place(self) -> tuple[int, int] | None:
        """Which file is there; None for a server. Raises `StoreMissing`, `StoreUnreachable`."""
        path = self._address.path
        if path is None:
            return None
        try:
            found = path.stat()
        except OSError as error:
            self.lose()  # a file that comes back later is another one, even under the same number
            if not isinstance(error, FileNotFoundError):
                raise StoreUnreachable(location=self.location, detail=str(error.strerror)) from None
            raise (StoreVanished if self._file else StoreMissing)(location=self.location) from None
        return found.st_dev, found.st_ino

    def lose(self) -> None:
        """Let go of every connection: what they are bound to may no longer be what is at the store's place.

        SQLite would write on into a deleted file and call it done. It closes a connection to a moved file
        without touching the journal of whatever has taken its name.
        """
        with self._lock:
            self._lost = True
            self._sound.clear()
            idle, self._idle = self._idle, _no_connections()
        for each in idle.values():
            while each:
                each.pop().close()

    def _come_back(self, here: tuple[int, int] | None) -> None:
        """Look at what is at the store's place, and go on with it when it is the same store.

        Raises `StoreOther`, `StoreReplaced` when nobody knows which store it was, and as `open_store`.
        """
        from db import fingerprint, migrate

        with self._lock:
            if not self._lost:
                return
            if self._origin is None and self._file is not None:
                raise StoreReplaced(location=self.location)
            if self._address.path is not None:
                migrate.inspect_file(self._address.path)
                if self._origin not in (None, origin.of_file(self._address.path)):
                    raise StoreOther(location=self.location)
            raw = self._connected(Role.APPLICATION, writes=False)
            try:
                with translated(self.location):
                    migrate.check_revision(raw, self.location)
                    raw.execute(_BEGIN[self.dialect, False])
                    reader = Reader(self, raw)
                    fingerprint.check(reader)
                    if self._origin is not None and origin.of(reader) != self._origin:
                        raise StoreOther(location=self.location)
                    raw.execute("ROLLBACK")
            finally:
                raw.close()
            self._file, self._lost = here, False

    def recognise(self, reader: Reader) -> None:
        """Remember which store this is, so that it is known again when it has been away."""
        self._origin = origin.of(reader)

    def _connect(self, role: Role, writes: bool) -> Any:  # noqa: ANN401 - either driver's connection
        raw = self._connected(role, writes)
        self._sound.add(raw)
        return raw

    def _connected(self, role: Role, writes: bool) -> Any:  # noqa: ANN401 - either driver's connection
        if self._address.path is not None:
            cache = WRITER_CACHE if writes else READER_CACHE
            return connect_sqlite(self._address.path, role, timeout=self._timeout, cache=cache)
        return connect_postgresql(str(self._address.dsn), timeout=self._timeout)

    def give_back(self, role: Role, raw: Any, *, writes: bool, healthy: bool) -> None:  # noqa: ANN401
        """Keep a connection for the next transaction, or close it."""
        idle = self._idle[role, writes]
        if healthy and not self._closed and raw in self._sound and len(idle) < IDLE:
            idle.append(raw)
        else:
            raw.close()

    def commit(self, raw: Any) -> None:  # noqa: ANN401
        """End a transaction for good. Raises the store's errors; `OutcomeUnknown` when nobody can tell."""
        if self.dialect == "sqlite":
            if self._place() != self._file:
                self.lose()
            if raw not in self._sound:
                raise StoreReplaced(location=self.location)
            try:
                if raw.in_transaction:
                    raw.execute("COMMIT")
            except sqlite3.Error as error:
                raise translate(error, self.location) or error from error
            return
        notices: list[str | None] = []

        def heard(notice: Any) -> None:  # noqa: ANN401
            notices.append(notice.sqlstate)

        raw.add_notice_handler(heard)
        try:
            raw.execute("COMMIT")
        except Exception as error:
            if raw.closed:
                raise OutcomeUnknown(location=self.location, detail=str(error).strip()) from error
            raise translate(error, self.location) or error from error
        finally:
            raw.remove_notice_handler(heard)
        if _UNREPLICATED in notices:
            raise OutcomeUnknown(location=self.location, detail="not replicated")

    def abandon(self, raw: Any) -> bool:  # noqa: ANN401
        """Roll back if a transaction is open; say whether the connection is still good."""
        try:
            if self.dialect == "sqlite":
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                return True
            if not raw.closed:
                raw.rollback()
            return not raw.closed
        except Exception:
            return False


def open_store(
    url: str,
    *,
    create: bool = False,
    now: Callable[[], datetime] | None = None,
    allow_network: bool = False,
    timeout: float = 10.0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Store:
    """Open a store after checking its place, its kind, its schema and its guards; upgrade it when older.

    create: make it when there is none. allow_network: skip the check of the file system (one user, one
    machine). progress: told how far an upgrade is (`migrate.Progress`).
    Raises `StoreMissing`, `StoreOnNetwork`, `StoreForeign`, `StoreNewer`, `StoreTampered`, `StoreDamaged` and
    the other `StoreUnusable` errors.
    """
    from db import fingerprint, migrate

    warnings = migrate.check_place(url, allow_network=allow_network)
    migrate.ensure_current(url, create=create, now=now, timeout=timeout, progress=progress)
    store = Store(url, now=now, timeout=timeout, warnings=warnings)
    try:
        with store.read() as reader:
            fingerprint.check(reader)
            store.recognise(reader)
    except BaseException:
        store.close()
        raise
    return store
