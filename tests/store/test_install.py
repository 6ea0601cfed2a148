"""A store that is older than the built-in lifecycles gets them when it is opened; what it has stays."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from db import directory, legal
from db.store import Store, open_store
from db.verify import verify
from kcflow import bootstrap
from kcflow.config import Config
from states.loader import builtin, load_file
from tests.store import world


@pytest.fixture
def config(sqlite_store: Store) -> Config:
    """A store with nothing but the tiny lifecycle and one dossier of it."""
    world.started(sqlite_store)
    return Config(database=sqlite_store.url)


def keys(url: str) -> set[str]:
    with Store(url) as store, store.read() as reader:
        return {row.key for row in reader.lifecycles()}


def test_missing_lifecycles_come_when_it_is_opened(config: Config) -> None:
    wanted = {each.key for each in builtin()}
    bootstrap.open_shared(config).store.close()
    assert keys(config.database) == wanted | {world.TINY.key}
    with open_store(config.database) as store:
        assert verify(store, {each.key: each for each in (*builtin(), world.TINY)}) == []
        assert world.dossier(store).lifecycle == world.TINY.key
        with store.read() as reader:
            assert reader.meta()[bootstrap.BUILT_IN] == bootstrap.built_in()
            assert len(directory.provinces(reader)) > 60


def test_a_second_opening_writes_nothing(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.open_shared(config).store.close()

    def never(_: Store) -> bool:
        raise AssertionError

    monkeypatch.setattr(bootstrap, "install_missing_lifecycles", never)
    bootstrap.open_shared(config).store.close()


def test_a_version_that_is_there_stays(config: Config) -> None:
    """Even one whose key says another thing here: its dossiers pin it."""
    from dataclasses import replace

    own = replace(builtin()[0], fingerprint="ef" * 32)
    with Store(config.database) as store:
        with store.administer() as admin:
            directory.install_lifecycle(admin, own)
        assert bootstrap.install_missing_lifecycles(store)
        with store.read() as reader:
            found = reader.lifecycle(own.key)
    assert found is not None
    assert found.fingerprint == own.fingerprint


def test_who_cannot_write_works_on(config: Config) -> None:
    """Somebody else is writing: the store opens all the same, and gets them another time."""
    with Store(config.database) as busy, busy.write(), Store(config.database, timeout=0.1) as store:
        assert not bootstrap.install_missing_lifecycles(store)
    assert keys(config.database) == {world.TINY.key}


def test_a_store_that_nobody_has_set_up_gets_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'new.db'}", create=True) as store:
        assert not bootstrap.install_missing_lifecycles(store)


@pytest.mark.parametrize(
    ("file", "moves", "digest"),
    [
        ("kcqg-2014", 908, "318ab46d478dbdb1b32e827d1ce9ca843d5284fb30780055af95cf30a4c3d1d9"),
        ("kcdp-default", 610, "caa769a069409ceca0de1b7d2296ed6f4b104de68b2d776a34d728b8f1bb37eb"),
    ],
)
def test_lists_of_former_versions_stay_what_they_were(file: str, moves: int, digest: str) -> None:
    """Stores hold these lists as they were installed: another list here looks like tampering there."""
    path = Path(__file__).parents[2] / "benchmarks" / "lifecycles" / f"{file}.toml"
    rows = sorted(
        (m.action, m.from_state, m.to_state, m.role, int(m.needs_reason), m.ending)
        for m in legal.rows(load_file(path))
    )
    assert (len(rows), sha256(repr(rows).encode()).hexdigest()) == (moves, digest)
