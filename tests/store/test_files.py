"""A file (or server) that is no store, a damaged one, one that can't be written: each its own error."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import errors, migrate, netfs
from db.engine import connect_sqlite
from db.failures import from_psycopg
from db.store import Store, open_store
from tests.postgres import fresh_database
from tests.store import world


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def opening(path: Path) -> type[errors.StoreError]:
    """Return the class of the error that opening gives; the file must be as before."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(errors.StoreError) as refused:
        open_store(url(path), create=True).close()
    assert (path.read_bytes() if path.is_file() else None) == before
    assert str(path) in str(refused.value.params["location"])
    return type(refused.value)


def test_create_open_and_missing(tmp_path: Path) -> None:
    path = tmp_path / "mới" / "kho dữ liệu.db"
    with pytest.raises(errors.StoreMissing):
        open_store(url(path))
    assert not path.parent.exists()
    open_store(url(path), create=True).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with open_store(url(path)) as store, store.read() as reader:
        assert reader.meta()["application"] == "kcflow"
        assert reader.head().size == 0
    assert migrate.ensure_current(url(path)) == "current"


def test_files_that_are_no_store(tmp_path: Path, sqlite_file: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    assert opening(empty) is errors.StoreEmpty
    text = tmp_path / "text.db"
    text.write_text("Kính gửi: Cục Công Thương địa phương\n" * 100)
    assert opening(text) is errors.StoreNotDatabase
    short = tmp_path / "short.db"
    short.write_text("x")
    assert opening(short) is errors.StoreNotDatabase
    assert opening(tmp_path) is errors.StoreNotDatabase
    foreign = tmp_path / "foreign.db"
    raw = sqlite3.connect(foreign)
    raw.execute("CREATE TABLE history (id INTEGER PRIMARY KEY)")
    raw.commit()
    raw.close()
    assert opening(foreign) is errors.StoreForeign
    newer = Path(shutil.copyfile(sqlite_file, tmp_path / "newer.db"))
    raw = sqlite3.connect(newer)
    raw.execute("UPDATE alembic_version SET version_num = '0099'")
    raw.commit()
    raw.close()
    assert opening(newer) is errors.StoreNewer
    tampered = Path(shutil.copyfile(sqlite_file, tmp_path / "tampered.db"))
    raw = sqlite3.connect(tampered)
    raw.execute("DROP TRIGGER history_delete")
    raw.commit()
    raw.close()
    with pytest.raises(errors.StoreTampered):
        open_store(url(tampered))


def test_truncated_and_corrupt(tmp_path: Path, sqlite_file: Path) -> None:
    whole = sqlite_file.read_bytes()
    for size in (50, 100, 1024, len(whole) // 2, len(whole) - 1):
        cut = tmp_path / f"cut{size}.db"
        cut.write_bytes(whole[:size])
        assert opening(cut) is errors.StoreTruncated
    corrupt = tmp_path / "corrupt.db"
    corrupt.write_bytes(whole[:100] + b"\xff" * 3000 + whole[3100:])
    assert issubclass(opening(corrupt), errors.StoreDamaged)


def test_damage_seen_while_working(sqlite_file: Path) -> None:
    with Store(url(sqlite_file)) as store:
        for number in range(30):
            world.started(store, f"A-{number}")
    raw = sqlite3.connect(sqlite_file)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'history'").fetchone()
    raw.close()
    with sqlite_file.open("r+b") as file:
        file.seek((page - 1) * 2048)
        file.write(b"\xff" * 2048)
    with pytest.raises(errors.StoreDamaged), Store(url(sqlite_file)) as store, store.read() as reader:
        reader.dossier("A-3")


def test_two_creators(tmp_path: Path) -> None:
    """Both end with the same, whole store."""
    path = tmp_path / "store.db"
    code = (
        "import sys; from db.store import open_store\n"
        "with open_store(sys.argv[1], create=True) as s, s.read() as r: print(r.meta()['created'])"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, url(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = {run.communicate()[0] for run in runs}
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(outputs) == 1
    assert [file.name for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))] == [
        "store.db"
    ]


def test_busy(sqlite_file: Path) -> None:
    with Store(url(sqlite_file), timeout=0.05) as store, store.write():
        with pytest.raises(errors.StoreBusy), store.write():
            pass
        with store.read() as reader:
            assert reader.head().size == 0
    with Store(url(sqlite_file)) as store:
        world.started(store)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB; without the right to mount one, the tests that need it are skipped."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip(f"NO RIGHT TO MOUNT: a full disk is NOT tested here ({made.stderr.decode().strip()})")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(full_disk: Path, sqlite_file: Path) -> None:
    path = Path(shutil.copyfile(sqlite_file, full_disk / "store.db"))
    done: list[str] = []
    with Store(url(path)) as store:

        def fill() -> None:
            for number in range(2000):
                row = world.append(store, world.create(f"A-{number}"))
                done.append(row.hash)

        with pytest.raises(errors.StoreFull):
            fill()
        with store.read() as reader:
            assert reader.head().size == len(done)
            last = reader.last_row(f"A-{len(done) - 1}")
        assert last is not None
        assert last.hash == done[-1]
        subprocess.run(["mount", "-o", "remount,size=4m", str(full_disk)], check=True)
        world.started(store, "B-1")


def test_read_only(sqlite_file: Path) -> None:
    """Root may write anywhere, so the attempt is made as somebody else, after everything is loaded."""
    code = (
        "import os, sys; from db import errors; from db.store import Store; from tests.store import world\n"
        "world.started(Store(sys.argv[1]))\n"
        "if not os.getuid(): os.setuid(65534)\n"
        "try: world.append(Store(sys.argv[2]), world.create())\n"
        "except errors.StoreError as error: print(type(error).__name__)"
    )
    other = Path(shutil.copyfile(sqlite_file, sqlite_file.with_name("other.db")))
    folder = sqlite_file.parent / "locked"
    folder.mkdir()
    locked = sqlite_file.rename(folder / "store.db")
    locked.chmod(0o444)
    folder.chmod(0o555)
    for above in folder.parents:
        if not above.stat().st_mode & 0o005:
            above.chmod(above.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code, url(other), url(locked)], capture_output=True, text=True
    )
    folder.chmod(0o755)
    assert done.stdout.strip() == "StoreReadOnly", done.stderr


def test_addresses() -> None:
    for bad in ("sqlite://", "sqlite:///:memory:", "mysql://x/y", "store.db", "postgresql://"):
        with pytest.raises(errors.StoreUnreachable):
            open_store(bad)
    with pytest.raises(errors.StoreUnreachable) as refused:
        open_store("postgresql://an:secret@127.0.0.1:1/kcflow", timeout=2)
    assert "secret" not in str(refused.value)
    assert Store("postgresql://an:secret@host/kcflow").location == "postgresql://an@host/kcflow"


# -- folders -----------------------------------------------------------------------------------------

MOUNTINFO = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:30 / /srv/share rw - cifs //server/share rw
31 22 0:31 / /srv/share/local\040disk rw - xfs /dev/sdb1 rw
32 22 0:32 / /mnt/stick rw - vfat /dev/sdc1 rw
33 22 0:33 / /run rw shared:2 - tmpfs tmpfs rw
34 22 0:34 / /over rw - overlay overlay rw
35 22 0:35 / /nfs rw - nfs4 server:/x rw
36 22 0:36 / /fuse rw - fuse.sshfs x rw
37 30 0:37 / /srv/share rw - ext4 /dev/sdd1 rw
"""


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        ("/srv/an/kcflow.db", ()),
        ("/srv/share/local disk/a.db", ()),
        ("/srv/share/a.db", ()),
        ("/run/a.db", ("tmpfs",)),
        ("/over/a.db", ("overlay",)),
        ("/mnt/stick/a.db", "vfat"),
        ("/nfs/a.db", "nfs4"),
        ("/fuse/x/a.db", "fuse.sshfs"),
        ("/nfsx/a.db", ()),
        ("/srv/an/OneDrive - Sở Công Thương/a.db", "OneDrive - Sở Công Thương"),
        ("/srv/an/Dropbox/x/a.db", "Dropbox"),
        ("/srv/an/Google Drive/a.db", "Google Drive"),
        ("/srv/an/dropbox.db", ()),
    ],
)
def test_folders(tmp_path: Path, file: str, answer: str | tuple[str, ...]) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTINFO, encoding="utf-8")
    if isinstance(answer, tuple):
        assert netfs.check_folder(Path(file), mounts=mounts) == answer
    else:
        with pytest.raises(errors.StoreOnNetwork) as refused:
            netfs.check_folder(Path(file), mounts=mounts)
        assert refused.value.params["what"] == answer


def test_a_share_is_refused_unless_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 8:1 / / rw - cifs //server/share rw\n", encoding="utf-8")
    monkeypatch.setattr(netfs.check_folder, "__kwdefaults__", {"mounts": mounts})
    with pytest.raises(errors.StoreOnNetwork):
        open_store(url(tmp_path / "a.db"), create=True)
    assert not (tmp_path / "a.db").exists()
    open_store(url(tmp_path / "a.db"), create=True, allow_network=True).close()


# -- servers -----------------------------------------------------------------------------------------


def test_servers() -> None:
    with fresh_database(empty=True) as server:
        with pytest.raises(errors.StoreMissing):
            open_store(server)
        open_store(server, create=True).close()
        open_store(server).close()
        with Store(server) as store, store.administer() as admin:
            admin.raw.execute("UPDATE alembic_version SET version_num = '0099'")
        with pytest.raises(errors.StoreNewer):
            open_store(server)
        with pytest.raises(errors.StoreUnreachable):
            open_store(server + "_none")
    with fresh_database(empty=True) as server:
        with Store(server) as store, store.administer() as admin:
            admin.raw.execute("CREATE TABLE invoices (id int)")
        with pytest.raises(errors.StoreForeign):
            open_store(server, create=True)


def test_a_tampered_server() -> None:
    for sql in (
        "DROP TRIGGER history_fixed ON history",
        "ALTER TABLE dossier DISABLE TRIGGER dossier_guard",
        "ALTER TABLE dossier DROP CONSTRAINT ck_dossier_approved",
        "CREATE OR REPLACE FUNCTION kc_day(day text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS"
        " 'SELECT true'",
        "CREATE RULE quiet AS ON DELETE TO history DO INSTEAD NOTHING",
    ):
        with fresh_database() as server:
            with Store(server) as store, store.administer() as admin:
                admin.raw.execute(sql)
            with pytest.raises(errors.StoreTampered):
                open_store(server)


def test_a_server_that_goes_away() -> None:
    with fresh_database() as server:
        store = open_store(server)
        with store.read() as reader:
            assert reader.head().size == 0
    with pytest.raises(errors.StoreUnreachable), store.read() as reader:
        reader.head()
    store.close()


def test_a_lock_that_is_not_given() -> None:
    class Report:
        sqlstate = "55P03"

        class diag:  # noqa: N801 - psycopg's name
            message_primary = "canceling statement due to lock timeout"

    assert isinstance(from_psycopg(Report(), "postgresql://h/x"), errors.StoreBusy)


def test_closed_and_forked_stores(sqlite_file: Path) -> None:
    store = Store(url(sqlite_file))
    world.started(store)
    if (child := os.fork()) == 0:
        row = world.dossier(store)
        world.append(store, world.move(row, "submit", "review", request="child"))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert world.dossier(store).state == "review"
    store.close()
    with pytest.raises(errors.StoreUnusable), store.read():
        pass


def test_threads_share_a_store(sqlite_store: Store) -> None:
    world.started(sqlite_store)
    seen: list[str] = []
    threads = [
        threading.Thread(target=lambda: seen.append(world.dossier(sqlite_store).state)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["draft"] * 8


def test_settings(sqlite_file: Path) -> None:
    raw = connect_sqlite(sqlite_file, None)
    for pragma, value in (
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("page_size", 2048),
    ):
        assert raw.execute(f"PRAGMA {pragma}").fetchone()[0] == value
    raw.close()
