"""What a connection of the application may do on SQLite: no more than the services need.

The triggers guard the data; this guards the triggers. It answers when a statement is prepared, so a
connection never changes its role.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from enum import Enum

Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]


class Role(Enum):
    """What a connection is for; migrations run without an authorizer."""

    APPLICATION = "application"
    """Moves dossiers."""
    ADMINISTRATION = "administration"
    """Keeps people, offices, reference data; installs lifecycles."""


DIRECTORY = frozenset(
    {
        "organisation",
        "person",
        "assignment",
        "province",
        "activity_content",
        "ceiling",
        "document_kind",
        "duty",
        "meta",
    }
)
INSERTS = {
    Role.APPLICATION: frozenset(
        {
            *("history", "refusal", "attachment_blob", "counter", "saved_view"),
            *("worksheet", "budget_figure", "office_rule", "office_day", "digest"),
        }
    ),
    Role.ADMINISTRATION: DIRECTORY | {"legal_move", "lifecycle_version", "refusal"},
}
UPDATES = {
    Role.APPLICATION: frozenset(
        {
            *("counter", "saved_view", "worksheet", "budget_figure"),
            *("office_rule", "office_day", "digest"),
        }
    ),
    Role.ADMINISTRATION: DIRECTORY,
}
DELETES = {
    Role.APPLICATION: frozenset({"saved_view", "worksheet"}),
    Role.ADMINISTRATION: frozenset[str](),
}
FROM_HISTORY = frozenset(
    {
        *("dossier", "dossier_search", "paper", "amount", "log_head", "fund", "charge"),
        *("clock", "hold", "history_papers", "history_amount", "history_charges"),
    }
)
"""Written by the history's own triggers and by nothing else."""
TRIGGERS = frozenset(
    {
        *(f"history_{kind}" for kind in ("create", "move", "clock", "edit")),
        *(f"history_{kind}" for kind in ("doc", "further", "moves_amount", "charge")),
        "charge_fund",
    }
)
SEARCH_TABLES = frozenset(f"dossier_search_{part}" for part in ("data", "idx", "docsize", "config"))
"""FTS5 keeps its index in these; they hold nothing that isn't in dossier."""
PRAGMAS = frozenset({"data_version", "quick_check", "integrity_check", "foreign_key_check", "table_info"})
READS = frozenset(
    {"application_id", "user_version", "journal_mode", "synchronous", "foreign_keys", "page_count"}
)
"""Pragmas that may be asked, not set."""
ALWAYS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_RECURSIVE,
    }
)


def authorizer(role: Role) -> Authorizer:
    """Return the callback for `sqlite3.Connection.set_authorizer`."""

    def allowed(action: int, first: str | None, second: str | None, trigger: str | None) -> bool:
        if action in ALWAYS:
            return True
        if action == sqlite3.SQLITE_FUNCTION:
            return second != "load_extension"
        if action == sqlite3.SQLITE_PRAGMA:
            return first in PRAGMAS or (first in READS and second is None)
        if action not in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
            return False
        if first in SEARCH_TABLES:
            return True
        if first == "sqlite_master":
            # SQLite asks this when it declares json_each; a real change needs writable_schema, refused above.
            return action == sqlite3.SQLITE_UPDATE
        if first in FROM_HISTORY:
            return trigger in TRIGGERS and action != sqlite3.SQLITE_DELETE
        if action == sqlite3.SQLITE_INSERT:
            return first in INSERTS[role]
        return first in (UPDATES if action == sqlite3.SQLITE_UPDATE else DELETES)[role]

    def answer(
        action: int, first: str | None, second: str | None, _database: str | None, trigger: str | None
    ) -> int:
        return sqlite3.SQLITE_OK if allowed(action, first, second, trigger) else sqlite3.SQLITE_DENY

    return answer
