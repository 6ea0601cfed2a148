"""The generator of big stores: what it writes past the triggers is what the triggers would have written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from benchmarks import bigstore
from benchmarks.bigstore_plays import TODAY, QuietStore, former, found
from benchmarks.bigstore_words import Draw, requested, texts
from db import fingerprint
from db.migrate import ensure_current
from db.store import open_store
from db.verify import verify
from kcflow.config import os_account
from states.loader import builtin

PROPOSALS = 60
EMPTY = frozenset(
    {
        *("attachment_blob", "refusal", "saved_view", "fund", "charge", "worksheet", "budget_figure"),
        *("clock", "hold", "office_rule", "office_day", "duty", "digest"),
    }
)
"""Tables in which the proposals of a big store leave nothing."""


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store, written directly."""
    path = tmp_path_factory.mktemp("big") / "direct.db"
    bigstore.build(path, PROPOSALS, history_per=8, seed=3)
    return path


def _leaves(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        return [text for (text,) in raw.execute("SELECT leaf FROM history ORDER BY id")]


def _tables(raw: sqlite3.Connection) -> list[str]:
    """Every table with rows of its own: not those that the search keeps for itself."""
    rows = raw.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'dossier_search%'"
        " AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(name for (name,) in rows)


def test_every_table_is_what_the_triggers_make_of_the_same_leaves(direct: Path, tmp_path: Path) -> None:
    path = tmp_path / "triggers.db"
    ensure_current(f"sqlite:///{path}", create=True)
    with QuietStore(f"sqlite:///{path}") as store:
        found(store, os_account())
        with store.write() as writer:
            writer.append_many(json.loads(text) for text in _leaves(direct))
    with sqlite3.connect(direct) as ours, sqlite3.connect(path) as theirs:
        assert _tables(ours) == _tables(theirs)
        for name in _tables(ours):
            if name in ("counter", "meta", "lifecycle_version"):  # codes given out; times of making
                continue
            rows = [sorted(raw.execute(f"SELECT * FROM {name}"), key=repr) for raw in (ours, theirs)]
            assert rows[0] == rows[1], name
            assert rows[0] or name in EMPTY, name
        for word in ("cong", "ho", "may", "tinh", "kcqg", "xa AND huyen", "sản"):
            asked = [
                raw.execute(
                    "SELECT rowid FROM dossier_search WHERE dossier_search MATCH ? ORDER BY 1", (word,)
                )
                for raw in (ours, theirs)
            ]
            assert asked[0].fetchall() == asked[1].fetchall(), word
        ours.execute("INSERT INTO dossier_search (dossier_search, rank) VALUES ('integrity-check', 1)")
        given = dict(ours.execute("SELECT prefix, value FROM counter"))
        codes = [code for (code,) in ours.execute("SELECT code FROM dossier")]
    assert given == {
        prefix: max(int(code[8:]) for code in codes if code.startswith(prefix))
        for prefix in {code[:8] for code in codes}
    }


def test_nothing_is_wrong_with_it(direct: Path) -> None:
    rules = {lifecycle.key: lifecycle for lifecycle in (*builtin(), *former())}
    with open_store(f"sqlite:///{direct}") as store:
        assert verify(store, rules) == []
        with store.read() as reader:
            assert fingerprint.schema(reader) == fingerprint.EXPECTED["sqlite"]
            assert reader.head().size == len(_leaves(direct))


def test_the_next_proposal_follows_the_last(direct: Path) -> None:
    with open_store(f"sqlite:///{direct}") as store, store.read() as reader:
        last = reader.raw.execute("SELECT max(code) FROM dossier WHERE code LIKE 'KCQG-25-%'").fetchone()[0]
    with open_store(f"sqlite:///{direct}") as store, store.write() as writer:
        assert writer.next_code("KCQG-25-") == [f"KCQG-25-{int(last[8:]) + 1:04}"]


def test_the_same_seed_gives_the_same_leaves_another_seed_others(direct: Path, tmp_path: Path) -> None:
    bigstore.build(tmp_path / "again.db", PROPOSALS, history_per=8, seed=3)
    bigstore.build(tmp_path / "other.db", PROPOSALS, history_per=8, seed=4)
    assert _leaves(tmp_path / "again.db") == _leaves(direct)
    assert _leaves(tmp_path / "other.db") != _leaves(direct)


def test_nothing_is_written_over_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "there.db"
    path.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        bigstore.build(path, 5)
    assert path.read_bytes() == b"kept"


def test_texts_need_no_escapes_and_have_thousands_of_words() -> None:
    made = [texts(1, number, "Bà Rịa - Vũng Tàu") for number in range(4000)]
    assert all(json.dumps(text, ensure_ascii=False) == f'"{text}"' for pair in made for text in pair)
    words = {word for title, _ in made for word in title.split()}
    assert len(words) > 2000
    assert max(len(title) for title, _ in made) < 300
    sums = [requested(Draw(1, number)) for number in range(4000)]
    assert 50_000_000 <= min(sums) < max(sums) <= 3_000_000_000


@pytest.mark.slow
def test_every_state_is_some_proposals_present_one() -> None:
    played = bigstore.plays(bigstore.PLAYED, history_per=10, seed=1)
    reached = {(play.dossier["lifecycle"], play.dossier["state"]) for play in played}
    assert reached == {(lifecycle.key, state.name) for lifecycle in former() for state in lifecycle.states}
    # From the first day of the national rules on, and nothing after the day on which the store stands still.
    assert all(row.day <= TODAY.toordinal() for play in played for row in play.rows)
    assert {play.standing for play in played} == set(bigstore.SHARES)
