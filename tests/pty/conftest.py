"""What the tests in a real terminal share."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pty.terminal import PROGRAM


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the sample data, made by the installed program."""
    if not PROGRAM.exists():
        pytest.skip("the project isn't installed here")
    folder = tmp_path_factory.mktemp("sample") / "kho"
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")}
    env |= {"KCFLOW_DATABASE_URL": f"sqlite:///{folder / 'kcflow.db'}"}
    subprocess.run([str(PROGRAM), "init", "--sample"], env=env, check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture
def store(sample: Path, tmp_path: Path) -> Path:
    """The file of a store with the sample data, of the test's own."""
    return shutil.copytree(sample, tmp_path / "kho") / "kcflow.db"
