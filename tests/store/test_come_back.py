"""A store that goes away under its application and comes back: the same object goes on, and loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from db import errors
from db.directory import install_lifecycle
from db.rows import DossierRow
from db.store import Store, open_store
from db.verify import verify
from tests.postgres import fresh_database
from tests.store import world
from tests.store.world import TINY


@pytest.fixture
def opened(sqlite_file: Path) -> Iterator[Store]:
    """An open store in which a dossier was begun, and which has a reader's and a writer's connection."""
    with open_store(f"sqlite:///{sqlite_file}", timeout=1) as store:
        world.started(store)
        yield store


def submit(store: Store) -> None:
    world.append(store, world.move(world.dossier(store), "submit", "review"))


def submit_while(store: Store, row: DossierRow, happens: Callable[[], None]) -> None:
    """Something happens between the first statement and the commit."""
    with store.write() as writer:
        writer.append(world.move(row, "submit", "review"))
        happens()


def sound(store: Store) -> bool:
    return verify(store) == []


@pytest.mark.parametrize("journal", ["stays", "goes along"])
def test_moved_away_and_back(opened: Store, sqlite_file: Path, tmp_path: Path, journal: str) -> None:
    away = tmp_path / "away"
    away.mkdir()
    files = list(tmp_path.glob("store.db*")) if journal == "goes along" else [sqlite_file]
    for file in files:
        file.rename(away / file.name)
    for _ in range(2):
        with pytest.raises(errors.StoreVanished), opened.read():
            pass
        with pytest.raises(errors.StoreVanished):
            submit(opened)
    assert not sqlite_file.exists()
    for file in files:
        (away / file.name).rename(file)
    assert world.dossier(opened).state == "draft"
    submit(opened)
    assert sound(opened)


def test_a_copy_in_its_place_is_opened_at_the_second_try(
    opened: Store, sqlite_file: Path, tmp_path: Path
) -> None:
    copy, away = tmp_path / "copy.db", tmp_path / "away.db"
    with sqlite3.connect(sqlite_file) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    for file in tmp_path.glob("store.db*"):
        file.rename(tmp_path / file.name.replace("store", "away"))
    copy.rename(sqlite_file)
    with pytest.raises(errors.StoreReplaced):
        submit(opened)
    submit(opened)
    assert world.dossier(opened).state == "review"
    assert sound(opened)
    with open_store(f"sqlite:///{away}") as former:
        assert world.dossier(former).state == "draft"
        assert sound(former)


def test_a_write_under_way_is_refused(opened: Store, sqlite_file: Path, tmp_path: Path) -> None:
    row = world.dossier(opened)
    copy = Path(shutil.copyfile(sqlite_file, tmp_path / "copy.db"))

    def swapped() -> None:
        sqlite_file.rename(tmp_path / "away.db")
        copy.rename(sqlite_file)

    with pytest.raises(errors.StoreReplaced):
        submit_while(opened, row, swapped)
    assert world.dossier(opened).state == "draft"


def test_a_connection_from_before_never_writes_after(
    opened: Store, sqlite_file: Path, tmp_path: Path
) -> None:
    """The file is away for a moment only, and somebody else notices."""
    row, away = world.dossier(opened), tmp_path / "away.db"

    def noticed() -> None:
        sqlite_file.rename(away)
        with pytest.raises(errors.StoreVanished), opened.read():
            pass
        away.rename(sqlite_file)
        assert world.dossier(opened).state == "draft"

    with pytest.raises(errors.StoreReplaced):
        submit_while(opened, row, noticed)
    submit(opened)
    assert sound(opened)


@pytest.mark.parametrize("journal", ["stays", "goes along"])
def test_another_store_in_its_place_is_never_written(
    opened: Store, sqlite_file: Path, tmp_path: Path, journal: str
) -> None:
    other, away = tmp_path / "other.db", tmp_path / "away"
    with open_store(f"sqlite:///{other}", create=True) as made, made.administer() as admin:
        install_lifecycle(admin, TINY)
    content = other.read_bytes()
    away.mkdir()
    moved = list(tmp_path.glob("store.db*")) if journal == "goes along" else [sqlite_file]
    for file in moved:
        file.rename(away / file.name)
    assert journal == "goes along" or Path(f"{sqlite_file}-wal").stat().st_size
    other.rename(sqlite_file)
    with pytest.raises(errors.StoreReplaced), opened.read():
        pass
    for _ in range(2):
        with pytest.raises(errors.StoreOther):
            world.started(opened)
    assert sqlite_file.read_bytes() == content
    for file in moved:
        (away / file.name).replace(file)
    assert world.dossier(opened).state == "draft"
    submit(opened)
    assert sound(opened)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def no_database(file: Path) -> None:
    file.write_text("Kính gửi: Sở Công Thương\n" * 100)


def older(file: Path) -> None:
    raw = sqlite3.connect(file)
    raw.execute("UPDATE alembic_version SET version_num = '0001'")
    raw.commit()
    raw.close()


def tampered(file: Path) -> None:
    raw = sqlite3.connect(file)
    raw.execute("DROP TRIGGER history_delete")
    raw.commit()
    raw.close()


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (empty, errors.StoreEmpty),
        (no_database, errors.StoreNotDatabase),
        (older, errors.StoreOlder),
        (tampered, errors.StoreTampered),
    ],
)
def test_what_comes_back_is_looked_at(
    opened: Store,
    sqlite_seed: Path,
    sqlite_file: Path,
    spoil: Callable[[Path], None],
    kind: type[errors.StoreError],
) -> None:
    for file in sqlite_file.parent.glob("store.db*"):
        file.unlink()
    with pytest.raises(errors.StoreVanished), opened.read():
        pass
    shutil.copyfile(sqlite_seed, sqlite_file)
    spoil(sqlite_file)
    for _ in range(2):
        with pytest.raises(kind), opened.read():
            pass


def test_a_store_that_nobody_looked_at_is_not_known_again(sqlite_file: Path, tmp_path: Path) -> None:
    with Store(f"sqlite:///{sqlite_file}") as store:
        world.started(store)
        sqlite_file.rename(tmp_path / "away.db")
        with pytest.raises(errors.StoreVanished), store.read():
            pass
        (tmp_path / "away.db").rename(sqlite_file)
        with pytest.raises(errors.StoreReplaced), store.read():
            pass


# -- servers -----------------------------------------------------------------------------------------


def cut(server: str) -> None:
    """End every connection to the database, as a server that is started anew does."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_started_anew_is_asked_again(pg_store: Store) -> None:
    world.started(pg_store)
    cut(pg_store.url)
    assert world.dossier(pg_store).state == "draft"
    row = world.dossier(pg_store)
    cut(pg_store.url)
    world.append(pg_store, world.move(row, "submit", "review"))
    assert world.dossier(pg_store).state == "review"


def test_a_write_that_the_server_cut_is_told(pg_store: Store) -> None:
    row = world.started(pg_store)
    with pytest.raises(errors.OutcomeUnknown):
        submit_while(pg_store, row, lambda: cut(pg_store.url))
    submit(pg_store)
    assert world.dossier(pg_store).state == "review"


def test_another_database_under_the_same_name_is_never_written() -> None:
    with fresh_database() as server, open_store(server, timeout=5) as store:
        with store.administer() as admin:
            install_lifecycle(admin, TINY)
        world.started(store)
        cut(server)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        open_store(server, create=True).close()
        for _ in range(2):
            with pytest.raises(errors.StoreOther):
                world.started(store)
