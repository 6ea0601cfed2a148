"""What all tests share: where their files live, and what the garbage collector looks at."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - every folder made in it is private
"""A file system in memory, where there is one."""
ROOM = 2**31
"""Bytes that must be free there; all tests together hold a sixth of it at one time."""
YOUNG, MIDDLE, OLD = 10_000, 20, 20
"""Thresholds of the collector; Python's own made a third of the screen tests' processor time."""


def pytest_configure() -> None:
    """Let temporary files, and so every store and server, live in memory, unless TMPDIR says where.

    Hundreds of stores are made and thrown away; on a disk, waiting for it is half of the time. No test cuts
    the power: a process is killed, and what it gave to the kernel is kept, on a disk or in memory.
    """
    if "TMPDIR" not in os.environ and _memory_will_do():
        os.environ["TMPDIR"] = str(MEMORY)  # for what the tests start, too
        tempfile.tempdir = None


def _memory_will_do() -> bool:
    """Whether there is room in memory, and programs can be run from there (tests write small ones)."""
    if not os.access(MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(MEMORY).free >= ROOM and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC


@pytest.fixture(autouse=True, scope="session")
def a_disk(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Stores in the tests' folder stand on a disk, as far as kcflow can see: it warns of those in memory."""
    from db import netfs

    if not netfs.MOUNTS.exists():
        return
    mounts = tmp_path_factory.mktemp("mounts") / "mountinfo"
    here = Path(tempfile.gettempdir()).resolve()
    mounts.write_text(f"{netfs.MOUNTS.read_text()}999 1 8:99 / {here} rw - ext4 /dev/tests rw\n")
    netfs.check_folder.__kwdefaults__["mounts"] = mounts  # type: ignore[index]


def pytest_collection_finish() -> None:
    """Set what was imported aside: whole collections walked through it dozens of times a file."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
