"""What can go wrong with the store: a `code` and `params` each; the texts make the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from db.rows import HistoryRow


class StoreError(Exception):
    """Anything the store refuses or can't do."""

    code: ClassVar[str] = "store_error"

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = params
        super().__init__(f"{self.code}: {', '.join(f'{k}={v}' for k, v in params.items())}")


# -- a write that the rules of the store refuse ---------------------------------------------------


class Conflict(StoreError):
    """Somebody moved the dossier first; `winner` is its last history row (None: nothing there)."""

    code = "conflict"

    def __init__(self, dossier: str, winner: HistoryRow | None) -> None:
        self.dossier = dossier
        self.winner = winner
        super().__init__(dossier=dossier, seq=winner.seq if winner else 0)


class AlreadyDone(StoreError):
    """The request was carried out before; `row` is what it did. A retry may treat it as success."""

    code = "already_done"

    def __init__(self, row: HistoryRow) -> None:
        self.row = row
        super().__init__(request=row.request, dossier=row.dossier, seq=row.seq)


class IntegrityRefused(StoreError):
    """The database's own guards refused a write: `kc` is the guard ("KC10"), `text` its words."""

    code = "integrity_refused"

    def __init__(self, kc: str, text: str) -> None:
        self.kc = kc
        self.text = text
        super().__init__(kc=kc, text=text)


class LifecycleChanged(StoreError):
    """A lifecycle of this name and version is installed already, with other rules."""

    code = "lifecycle_changed"


class UnknownRow(StoreError):
    """A row that should be changed isn't there (params: table, key)."""

    code = "unknown_row"


class DuplicateRow(StoreError):
    """A row with this key is there already (params: table, key)."""

    code = "duplicate_row"


# -- a store that can't be used -------------------------------------------------------------------


class StoreUnusable(StoreError):
    """The store can't be opened, read or written; params: location."""

    code = "store_unusable"


class StoreMissing(StoreUnusable):
    """There is no file (or no kcflow schema on the server) yet, and it may not be created here."""

    code = "store_missing"


class StoreVanished(StoreMissing):
    """The file of an open store is gone; when it is back, the next transaction opens it anew."""

    code = "store_vanished"


class StoreBusy(StoreUnusable):
    """Another program is writing and did not finish in time; nothing was written."""

    code = "store_busy"


class StoreFull(StoreUnusable):
    """The disk is full; nothing was written."""

    code = "store_full"


class StoreReadOnly(StoreUnusable):
    """The file, its folder or the disk may only be read; nothing was written."""

    code = "store_read_only"


class StoreFailed(StoreUnusable):
    """The operating system reported an error while reading or writing; params: detail."""

    code = "store_failed"


class StoreDamaged(StoreUnusable):
    """The file is damaged; params: detail."""

    code = "store_damaged"


class StoreEmpty(StoreDamaged):
    """The file is there but has no bytes: it is never created anew over an existing file."""

    code = "store_empty"


class StoreNotDatabase(StoreDamaged):
    """The file is not a SQLite database."""

    code = "store_not_database"


class StoreTruncated(StoreDamaged):
    """The file ends before its own length; params: expected, found (bytes)."""

    code = "store_truncated"


class StoreForeign(StoreUnusable):
    """A database, but another program's."""

    code = "store_foreign"


class StoreNewer(StoreUnusable):
    """Written by a newer kcflow; params: found, known (revisions)."""

    code = "store_newer"


class StoreOlder(StoreUnusable):
    """Written by an older kcflow and not yet upgraded; params: found, known."""

    code = "store_older"


class StoreTampered(StoreUnusable):
    """The schema is not the one that kcflow made: its guards can't be relied on."""

    code = "store_tampered"


class StoreOnNetwork(StoreUnusable):
    """The file lies on a network share, an unknown file system or in a synchronised folder; params: what."""

    code = "store_on_network"


class StoreUnreachable(StoreUnusable):
    """The file or server can't be reached; params: detail."""

    code = "store_unreachable"


class StoreReplaced(StoreUnreachable):
    """Under the open store its file was replaced by another; the next transaction opens it anew."""

    code = "store_replaced"


class StoreOther(StoreUnreachable):
    """What has come back to the place of an open store is another store: nothing may be carried into it."""

    code = "store_other"


class OutcomeUnknown(StoreUnusable):
    """The connection broke while committing: ask again with the same request id."""

    code = "outcome_unknown"
