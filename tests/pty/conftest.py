"""What the tests in a real terminal share."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.pty.terminal import PROGRAM


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The file of a store with the sample data, made by the installed program."""
    if not PROGRAM.exists():
        pytest.skip("the project isn't installed here")
    env = {name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")}
    file = tmp_path / "kcflow.db"
    env |= {"KCFLOW_DATABASE_URL": f"sqlite:///{file}"}
    subprocess.run([str(PROGRAM), "init", "--sample"], env=env, check=True, capture_output=True, timeout=60)
    return file
