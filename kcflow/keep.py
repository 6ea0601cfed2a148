"""Texts of forms that were not sent yet, kept on the disk: over a crash, a dropped line, a power cut.

One file for each open form (`Keeper`), so that two windows never write into one another's. A lock beside the
file says that its window lives; the system lets go of it however the program ended. Files are readable by
their owner only.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from kcflow import config
from kcflow.atomic import set_aside, write_atomic
from states.records import record

VERSION = 1
_MOST_BYTES = 4_000_000


@record(frozen=True, slots=True)
class FormKey:
    """Which form of whom: the store's URL, the person's login, the form's name, a dossier's code or ""."""

    store: str
    person: str
    form: str
    code: str = ""

    @property
    def name(self) -> str:
        """The beginning of the names of its files; a URL may hold a password, so it is only a hash."""
        import hashlib

        whole = "\x00".join((self.store, self.person, self.form, self.code))
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@record(frozen=True, slots=True)
class Kept:
    """Texts by the key of their field, of an instant `at` (UTC), in the file `path`."""

    path: Path
    at: datetime
    texts: Mapping[str, str]


@record(frozen=True, slots=True)
class Found:
    """What earlier windows left: newest first; damaged files stand aside at `damaged`."""

    kept: tuple[Kept, ...]
    damaged: tuple[Path, ...]


class Keeper:
    """The place on the disk of one open form. `note` from the screen, `write` from any thread."""

    def __init__(self, key: FormKey, folder: Path | None = None) -> None:
        """Take a new name under `folder` (default: the platform's); nothing is written yet."""
        self._key = key
        self._folder = folder or config.state_dir() / "forms"
        self._path = self._folder / f"{key.name}.{os.urandom(6).hex()}.json"
        self._guard = threading.Lock()
        self._alive: IO[bytes] | None = None
        self._noted: dict[str, str] | None = None
        self._written: dict[str, str] | None = None
        self._over = False
        _open_keepers.add(self)

    def note(self, texts: Mapping[str, str] | None) -> None:
        """Say what is to be kept (None: nothing); no input or output happens."""
        self._noted = None if texts is None else dict(texts)

    def write(self) -> None:
        """Bring what was noted last to the disk. Raises OSError; what is there stays then."""
        with self._guard:
            noted = self._noted
            if self._over or noted == self._written:
                return
            if noted is None:
                self._remove()
            else:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._live()
                write_atomic(self._path, _dumped(self._key, noted), mode=0o600)
            self._written = noted

    def _live(self) -> None:
        """Hold the lock that says that this window lives."""
        if self._alive is None:
            file = _lock_path(self._path).open("ab")
            if not _try_lock(file):
                file.close()
                return
            self._alive = file

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
        if self._alive is not None:
            self._alive.close()
            self._alive = None
        with suppress(OSError):
            _lock_path(self._path).unlink(missing_ok=True)

    def found(self) -> Found:
        """Read what earlier windows left for this form; a window that lives keeps its own."""
        kept, damaged = [], []
        for path in self._folder.glob(f"{self._key.name}.*.json"):
            if path == self._path or _is_alive(path):
                continue
            try:
                kept.append(_read(path))
            except OSError:
                continue
            except ValueError:
                with suppress(OSError):
                    damaged.append(set_aside(path))
        kept.sort(key=lambda each: each.at, reverse=True)
        return Found(tuple(kept), tuple(damaged))

    def take(self, kept: Kept) -> bool:
        """Make `kept` this form's own; False when another window was faster. Raises OSError."""
        with self._guard:
            self._live()
            try:
                kept.path.replace(self._path)
            except FileNotFoundError:
                if self._written is None:
                    self._remove()
                return False
            self._written = None
            _unlink_lock(kept.path)
            return True

    def drop(self, kept: Kept) -> None:
        """Throw `kept` away. Raises OSError."""
        kept.path.unlink(missing_ok=True)
        _unlink_lock(kept.path)

    def discard(self) -> None:
        """The form was sent, or thrown away: nothing of it is kept."""
        with self._guard:
            self._over = True
            with suppress(OSError):
                self._remove()
        _open_keepers.discard(self)

    def release(self) -> None:
        """The form is closed; what was noted is offered to the next one. Raises OSError."""
        try:
            self.write()
        finally:
            with self._guard:
                self._over = True
                if self._alive is not None:
                    self._alive.close()
                    self._alive = None
                    _unlink_lock(self._path)
            _open_keepers.discard(self)


_open_keepers: weakref.WeakSet[Keeper] = weakref.WeakSet()


def write_all() -> None:
    """Bring to the disk whatever was noted: the program is about to end. Raises nothing."""
    for keeper in list(_open_keepers):
        with suppress(OSError):
            keeper.write()


def _dumped(key: FormKey, texts: Mapping[str, str]) -> bytes:
    import json

    whole = {
        "v": VERSION,
        "form": key.form,
        "code": key.code,
        "person": key.person,
        "at": datetime.now(UTC).isoformat(),
        "texts": dict(texts),
    }
    return json.dumps(whole).encode("ascii")


def _read(path: Path) -> Kept:
    """Read one file. Raises OSError, and ValueError when it is no kept form."""
    import json

    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES)
    try:
        whole = json.loads(raw)
        texts, at = whole["texts"], datetime.fromisoformat(whole["at"])
        fits = whole["v"] == VERSION and all(
            isinstance(key, str) and isinstance(text, str) for key, text in texts.items()
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(path)) from error
    if not fits or at.tzinfo is None:
        raise ValueError(str(path))
    return Kept(path, at.astimezone(UTC), texts)


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _unlink_lock(path: Path) -> None:
    with suppress(OSError):
        _lock_path(path).unlink(missing_ok=True)


def _try_lock(file: IO[bytes]) -> bool:
    """Whether the file could be locked; where the system has no such locks it always can."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(path: Path) -> bool:
    """Whether the window that writes `path` is open."""
    try:
        with _lock_path(path).open("rb") as file:
            return not _try_lock(file)
    except OSError:
        return False


def is_full(error: OSError) -> bool:
    """Whether the disk (or a quota) is full."""
    import errno

    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def reason(error: OSError) -> str:
    """The system's word for `error`."""
    return error.strerror or os.strerror(error.errno or 0)
