"""Places and files in trouble: one sentence in both languages, exit code 5, and nothing is written."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

from db import netfs
from db.store import open_store
from kcflow.bootstrap import open_desk
from kcflow.config import Config
from kcflow.services.errors import StoreProblem
from kcflow.services.views import MoveInput
from tests.cli.running import ROOT, environment
from tests.crash.conftest import Seed
from tests.crash.crew import Crew
from tests.crash.invariants import problems
from tests.crash.world import Reopened, seed, url_of
from tests.services.world import MINISTRY, UNIT

pytestmark = pytest.mark.slow

DROP = """
import ctypes, os, sys
# Root passes every check with CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; without them it is an owner.
prctl = ctypes.CDLL(None).prctl
for capability in (1, 2):
    prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
QUICK = """
import functools, sys
import kcflow.bootstrap
kcflow.bootstrap.open_store = functools.partial(kcflow.bootstrap.open_store, timeout=0.1)
from kcflow.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
EDIT = ("edit", "KCQG-24-0002", "--note", "x", "--as", UNIT)


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder with its bytes' hash (an empty WAL and its shared index hold nothing)."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith("-shm")
        and (path.stat().st_size or not path.name.endswith("-wal"))
    }


def check(problem: StoreProblem, code: str) -> None:
    """One sentence in each language, nothing unfilled, nothing of Python."""
    assert problem.code == code
    for text in (problem.text.vi, problem.text.en):
        assert text.endswith("."), text
        assert "\n" not in text
        assert "{" not in text
        assert "Traceback" not in text
    assert problem.text.vi != problem.text.en
    assert problem.exit_code == 5


def command(
    file: Path,
    *arguments: str,
    unprivileged: bool = False,
    program: str | None = None,
    changes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Run the CLI as a process that must end with exit code 5 and one line; return that line."""
    base = [sys.executable, *(("-c", program) if program else ("-m", "kcflow"))]
    if unprivileged:
        base = [sys.executable, "-c", DROP, *base]
    done = subprocess.run(
        [*base, "--database", url_of(file), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**environment(), **changes},
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 5, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def opening(file: Path) -> StoreProblem:
    """What opening the desk says."""
    with pytest.raises(StoreProblem) as refused:
        open_desk(Config(url_of(file), as_person=UNIT))
    return refused.value


# -- files ----------------------------------------------------------------------------------------


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def text(file: Path) -> None:
    file.write_text("Biểu đăng ký kế hoạch khuyến công\n" * 400, encoding="utf-8")


def zeros(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def one_page_less(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 4096)


def header_only(file: Path) -> None:
    os.truncate(file, 60)


def scribbled(file: Path) -> None:
    """Everything after the header is another file's, as after a bad copy."""
    content = file.read_bytes()
    file.write_bytes(content[:100] + bytes(range(256)) * ((len(content) - 100) // 256) + b"x" * 156)


def schema_scribbled(file: Path) -> None:
    """Only the page of the schema is lost."""
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * 3996 + content[4096:])


def foreign(file: Path) -> None:
    file.unlink()
    raw = sqlite3.connect(file)
    raw.execute("CREATE TABLE cong_van (so TEXT)")
    raw.commit()
    raw.close()


def foreign_with_our_table(file: Path) -> None:
    """Another program that uses Alembic as well."""
    foreign(file)
    raw = sqlite3.connect(file)
    raw.executescript(
        "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('1')"
    )
    raw.close()


def newer(file: Path) -> None:
    raw = sqlite3.connect(file)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()


def guards_dropped(file: Path) -> None:
    raw = sqlite3.connect(file)
    raw.execute("DROP TRIGGER history_delete")
    raw.commit()
    raw.close()


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def vanished(file: Path) -> None:
    file.unlink()


def folder_vanished(file: Path) -> None:
    shutil.rmtree(file.parent)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (emptied, "store_empty"),
        (text, "store_not_database"),
        (zeros, "store_not_database"),
        (half, "store_truncated"),
        (one_page_less, "store_truncated"),
        (header_only, "store_truncated"),
        (scribbled, "store_damaged"),
        (schema_scribbled, "store_damaged"),
        (foreign, "store_foreign"),
        (foreign_with_our_table, "store_foreign"),
        (newer, "store_newer"),
        (guards_dropped, "store_tampered"),
        (folder, "store_not_database"),
        (vanished, "store_missing"),
        (folder_vanished, "store_missing"),
    ],
)
def test_a_file_in_trouble(store_file: Path, damage: Callable[[Path], None], code: str) -> None:
    damage(store_file)
    above = store_file.parents[1]
    before = fingerprint(above)
    problem = opening(store_file)
    check(problem, code)
    assert str(store_file) in problem.text.vi
    said = command(store_file, "list", "--lang", "en")
    assert said == problem.text.en + "\n"
    assert fingerprint(above) == before


def test_a_damaged_page_is_met_while_reading(store_file: Path) -> None:
    """The schema is well, the table's pages are not: the read that meets them says so."""
    raw = sqlite3.connect(store_file)
    page = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'history'").fetchone()[0]
    raw.close()
    with store_file.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xee" * 4096)
    before = fingerprint(store_file.parent)
    with pytest.raises(StoreProblem) as refused:
        open_desk(Config(url_of(store_file), as_person=UNIT)).dossier("KCQG-24-0001")
    check(refused.value, "store_damaged")
    assert command(store_file, "show", "KCQG-24-0001", "--lang", "en") == refused.value.text.en + "\n"
    assert fingerprint(store_file.parent) == before


# -- another program at work ----------------------------------------------------------------------


@contextmanager
def held(crew: Crew, file: Path) -> Iterator[None]:
    """Another process holds the write lock."""
    gate = file.with_name("gate")
    gate.touch()
    with gate.open("rb") as closed:
        fcntl.flock(closed, fcntl.LOCK_EX)
        work = crew.until(crew.start("hold", url=url_of(file), gate=str(gate)), "ready")
        yield
    crew.until(work, "ended")


def test_locked_by_another_process(store_file: Path, crew: Crew) -> None:
    with open_store(url_of(store_file), timeout=0.1) as store:
        world = Reopened(store)
        desk = world.desk(MINISTRY)
        code = desk.dossiers().rows[0].code
        entered = world.prepared(MINISTRY, code, "approve", amount=5)
        with held(crew, store_file):
            before = fingerprint(store_file.parent)
            with pytest.raises(StoreProblem) as busy:
                desk.advance(code, "approve", entered)
            check(busy.value, "store_busy")
            # Nobody else is kept from reading, nor from opening the store.
            assert desk.dossier(code).row.state == "submitted_to_minister"
            assert open_desk(Config(url_of(store_file), as_person=UNIT)).dossiers().rows
            said = command(store_file, *EDIT, program=QUICK)
            assert said == busy.value.text.vi + "\n"
            assert fingerprint(store_file.parent) == before
        assert desk.advance(code, "approve", entered).to_state == "approved"
        assert problems(store) == []


# -- places ---------------------------------------------------------------------------------------


@contextmanager
def no_permission(*paths: Path) -> Iterator[None]:
    """Take away the right to write."""
    kept = [(path, path.stat().st_mode) for path in paths]
    for path, mode in kept:
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in kept:
            path.chmod(mode)


@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_no_permission_to_write(store_file: Path, what: str) -> None:
    paths = {"file": [store_file], "folder": [store_file.parent], "both": [store_file, store_file.parent]}
    before = fingerprint(store_file.parent)
    with no_permission(*paths[what]):
        said = command(store_file, *EDIT, unprivileged=True)
        assert str(store_file) in said
        english = command(store_file, *EDIT, "--lang", "en", unprivileged=True)
        assert said != english
    assert fingerprint(store_file.parent) == before
    with open_store(url_of(store_file)) as store:
        assert problems(store) == []


def test_no_permission_to_read(store_file: Path) -> None:
    mode = store_file.stat().st_mode
    store_file.chmod(0)
    try:
        assert str(store_file) in command(store_file, "list", unprivileged=True)
    finally:
        store_file.chmod(mode)


def test_read_only_disk(store_file: Path, shim: Path) -> None:
    before = fingerprint(store_file.parent)
    changes = {"LD_PRELOAD": str(shim), "FAILIO_READONLY": str(store_file.parent)}
    said = command(store_file, *EDIT, changes=changes)
    assert str(store_file) in said
    assert fingerprint(store_file.parent) == before
    with open_store(url_of(store_file)) as store:
        assert problems(store) == []


def test_full_disk(store_file: Path, faulty: Crew) -> None:
    """The act is refused in a sentence, and done when there is room again, by the same process."""
    step = {
        "login": MINISTRY,
        "code": "KCQG-24-0001",
        "action": "approve",
        "given": {"amount": 1},
        "request": "00000000-0000-4000-8000-000000000001",
    }
    work = faulty.run(
        "moves",
        url=url_of(store_file),
        day="2024-01-18",
        steps=[step],
        how=6,
        at=0,
        under=str(store_file.parent),
        freed=True,
    )
    assert [event["code"] for event in work.of("failed")] == ["store_full"]
    assert len(work.of("ack")) == 1
    with open_store(url_of(store_file)) as store:
        assert problems(store) == []
        assert Reopened(store).desk(MINISTRY).dossier("KCQG-24-0001").money.approved == 1


@pytest.mark.parametrize("lost", [vanished, folder_vanished])
def test_vanished_while_open(store_file: Path, lost: Callable[[Path], None]) -> None:
    """A move into a deleted file would be acknowledged and lost."""
    with open_store(url_of(store_file)) as store:
        world = Reopened(store)
        desk = world.desk(MINISTRY)
        code = desk.dossiers().rows[0].code
        entered = world.prepared(MINISTRY, code, "approve", amount=5)
        lost(store_file)
        with pytest.raises(StoreProblem) as gone:
            desk.advance(code, "approve", entered)
        check(gone.value, gone.value.code)
        assert gone.value.code in ("store_missing", "store_vanished", "store_unreachable", "store_damaged")
        assert not store_file.exists()


def test_replaced_while_open(store_file: Path, tmp_path: Path) -> None:
    """A backup is restored in its place: a move goes there, or nowhere, and never spoils the backup."""
    backup = tmp_path / "backup.db"
    code = seed(url_of(backup))
    with open_store(url_of(backup)) as store:
        Reopened(store).draft(title="Chỉ có trong bản sao lưu")
    with open_store(url_of(store_file)) as store:
        world = Reopened(store)
        desk = world.desk(MINISTRY)
        entered = world.prepared(MINISTRY, code, "approve", amount=5)
        backup.replace(store_file)
        try:
            desk.advance(code, "approve", entered)
            acknowledged = True
        except StoreProblem as problem:
            gone: StoreProblem | None = problem
            acknowledged = False
        else:
            gone = None
    if gone is not None:
        check(gone, gone.code)
    with open_store(url_of(store_file)) as restored:
        assert problems(restored) == []
        world = Reopened(restored)
        assert len(world.desk(UNIT).dossiers().rows) == 3
        assert (world.desk(MINISTRY).dossier(code).row.state == "approved") == acknowledged


@pytest.mark.parametrize("kind", ["cifs", "nfs4", "fuse.sshfs", "fuse.rclone", "9p", "vfat", "unknownfs"])
def test_network_share(store_file: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    mounts = store_file.with_name("mountinfo")
    mounts.write_text(
        "22 1 0:20 / / rw - ext4 /dev/sda1 rw\n"
        f"36 22 0:40 / {store_file.parent} rw,relatime shared:1 - {kind} //may-chu/khuyen-cong rw\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(netfs, "check_folder", partial(netfs.check_folder, mounts=mounts))
    before = fingerprint(store_file.parent)
    problem = opening(store_file)
    check(problem, "store_on_network")
    assert kind in problem.text.vi
    assert fingerprint(store_file.parent) == before


@pytest.mark.parametrize("name", ["OneDrive", "OneDrive - So Cong Thuong", "Dropbox", "Zalo Received Files"])
def test_synchronised_folder(seeded: Seed, tmp_path: Path, name: str) -> None:
    file = seeded.copy(tmp_path / name)
    problem = opening(file)
    check(problem, "store_on_network")
    assert command(file, "list") == problem.text.vi + "\n"
    with pytest.raises(StoreProblem):
        open_desk(Config(url_of(tmp_path / name / "new.db")), create=True)
    assert [path.name for path in file.parent.iterdir()] == ["store.db"]


def test_a_stale_version_in_trouble_is_not_lost(store_file: Path) -> None:
    """After trouble the same desk works again without being opened anew."""
    with open_store(url_of(store_file), timeout=0.1) as store:
        world = Reopened(store)
        desk = world.desk(UNIT)
        raw = sqlite3.connect(store_file, isolation_level=None)
        raw.execute("BEGIN IMMEDIATE")
        for _ in range(5):
            with pytest.raises(StoreProblem):
                desk.edit("KCQG-24-0002", {"note": "x"})
        raw.execute("ROLLBACK")
        raw.close()
        assert desk.edit("KCQG-24-0002", {"note": "x"}).seq == 2
        assert desk.options("KCQG-24-0002", MoveInput())
        assert problems(store) == []
