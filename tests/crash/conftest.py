"""A seed store that every test copies, a server of worker processes, and the shim that makes faults."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.crew import Crew
from tests.crash.world import WAITING, two_proposals
from tests.seeds import seed_file


@dataclass(frozen=True)
class Seed:
    """A closed store: `file`, and the `code` of its proposal that waits for approval."""

    file: Path
    code: str

    def copy(self, folder: Path) -> Path:
        """A store of its own for one test."""
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(self.file, folder / "store.db"))


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: killing a process loses no page of it either, and it is fast."""
    ram = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
    if not os.access(ram, os.W_OK):
        yield tmp_path_factory.mktemp("memory")
        return
    with tempfile.TemporaryDirectory(dir=ram) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    file = tmp_path_factory.mktemp("seed") / "seed.db"
    shutil.copyfile(seed_file(two_proposals), file)
    return Seed(file, WAITING)


@pytest.fixture
def store_file(seeded: Seed, tmp_path: Path) -> Path:
    """A fresh copy of the seed."""
    return seeded.copy(tmp_path / "kho")


@pytest.fixture(scope="session")
def crew(seeded: Seed) -> Iterator[Crew]:
    """Workers without faults."""
    with Crew(seeded.file, seeded.code) as running:
        yield running


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled failio.c; without a C compiler the tests that need it are skipped, and say so."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("NO C COMPILER (cc, gcc): faults in system calls are NOT tested on this machine")
    library = tmp_path_factory.mktemp("failio") / "failio.so"
    source = Path(__file__).with_name("failio.c")
    subprocess.run(
        [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"],
        check=True,
    )
    return library


@pytest.fixture(scope="session")
def faulty(seeded: Seed, shim: Path) -> Iterator[Crew]:
    """Workers whose writing calls can fail."""
    with Crew(seeded.file, seeded.code, shim) as running:
        yield running
