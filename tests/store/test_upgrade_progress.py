"""How far an upgrade is, is told; and told or not, the store becomes the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import fingerprint, migrate
from db.engine import connect_sqlite
from db.store import Store
from db.url import parse_url
from tests.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of the first version."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.db'}"
        migrate._upgrade(parse_url(url), None, create=True, to="0001")
        yield url
    else:
        with fresh_database(empty=True) as server:
            migrate._upgrade(parse_url(server), None, to="0001")
            yield server


def test_an_upgrade_says_how_far_it_is(old: str) -> None:
    told: list[tuple[str, int, int]] = []
    assert migrate.ensure_current(old, progress=lambda *step: told.append(step)) == "upgraded"
    if parse_url(old).dialect == "postgresql":
        assert told == [("server", 1, 1)]
    else:
        numbers = [number for _, number, _ in told]
        total = told[0][2]
        # Every step in order, and the same number of them from the first word to the last.
        assert list(dict.fromkeys(numbers)) == list(range(1, total + 1)) == sorted(set(numbers))
        assert {steps for _, _, steps in told} == {total}
        assert {step for step, _, _ in told} == {"tables", "rows", "search", "indexes", "write"}
        assert told[-1] == ("write", total, total)
    with Store(old) as store, store.read() as reader:
        assert fingerprint.schema(reader) == fingerprint.EXPECTED[reader.dialect]
    told.clear()
    assert migrate.ensure_current(old, progress=lambda *step: told.append(step)) == "current"
    assert told == []


def test_a_long_step_goes_on_telling(tmp_path: Path) -> None:
    """Also in the midst of a statement, so that nobody thinks that the program hangs."""
    raw = connect_sqlite(tmp_path / "some.db", None, create=True)
    told: list[tuple[str, int, int]] = []
    try:
        migrate._Watch(lambda *step: told.append(step), 7).follow(raw)
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000)"
        raw.execute("CREATE TABLE scratch (i INTEGER)")
        assert told == []
        raw.execute(f"INSERT INTO scratch {numbers} SELECT i FROM n")
        assert len(told) > 2
        assert set(told) == {("rows", 1, 7)}
    finally:
        raw.close()
