"""A search among more drafts of others than a page holds: all of the newest, some between, or none."""

from __future__ import annotations

import pytest

from db import leaf, plan, queries
from db.moves import Writer
from db.queries import DossierFilter, Scope
from db.reader import Reader, Row
from db.store import Store
from tests.store import world

SCOPE = Scope(hide_states=frozenset({"draft"}))
ASKED = DossierFilter(text="che")


def add(store: Store, codes: range, *, submit: bool) -> None:
    """Enter dossiers that the search finds; drafts unless they are submitted."""
    with store.write() as writer:
        for number in codes:
            own = world.content(title=f"Đề án {number}")
            code = f"KCQG-24-{number:04}"
            writer.append(
                world.create(
                    code, on="2024-01-02", content=own, digest=leaf.digest(own), refs={"folded": "che may"}
                )
            )
        if submit:
            submit_all(writer, codes)


def submit_all(writer: Writer, codes: range) -> None:
    """Move drafts on, so that everybody sees them."""
    for number in codes:
        row = writer.dossier(f"KCQG-24-{number:04}")
        assert row is not None
        writer.append(world.move(row, "submit", "review", on="2024-01-03"))


def listed(store: Store, limit: int) -> list[str]:
    """The codes that the search lists, read page by page."""
    found: list[str] = []
    after = None
    with store.read() as reader:
        while True:
            lines, after = queries.list_dossiers(reader, SCOPE, ASKED, after=after, limit=limit)
            found += [line.code for line in lines]
            if after is None:
                return found


def newest_first(*ranges: range) -> list[str]:
    """Codes of dossiers, the newest first."""
    return [f"KCQG-24-{n:04}" for n in sorted((n for each in ranges for n in each), reverse=True)]


@pytest.fixture(autouse=True)
def _everything_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "FEW", 0)


def test_what_is_hidden_is_never_shown_and_nothing_else_is_missing(sqlite_store: Store) -> None:
    store = sqlite_store
    assert listed(store, 3) == []
    add(store, range(8), submit=False)
    assert listed(store, 3) == []
    add(store, range(8, 12), submit=True)
    add(store, range(12, 40), submit=False)  # all of the newest
    assert listed(store, 3) == newest_first(range(8, 12))
    with store.write() as writer:  # what was known of the newest is over
        submit_all(writer, range(36, 38))
    for limit in (1, 2, 3, 50):  # between them, more drafts than a page has room for
        assert listed(store, limit) == newest_first(range(8, 12), range(36, 38))
    with store.write() as writer:
        submit_all(writer, range(38, 40))
        submit_all(writer, range(12, 36, 2))
    shown = newest_first(range(8, 12), range(36, 40), range(12, 36, 2))
    for limit in (1, 2, 5, 50):
        assert listed(store, limit) == shown


def test_a_page_asks_for_no_set_of_what_is_hidden(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(sqlite_store, range(4), submit=True)
    add(sqlite_store, range(4, 20), submit=False)
    asked: list[str] = []
    real = Reader.rows

    def rows(self: Reader, statement: object, params: object) -> list[Row]:
        asked.append(statement.sql)  # type: ignore[attr-defined]
        return real(self, statement, params)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "rows", rows)
    assert listed(sqlite_store, 4) == newest_first(range(4))
    assert any("dossier_search" in sql for sql in asked)
    assert not any("hide_states" in sql for sql in asked)
