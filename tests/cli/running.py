"""Run kcflow as people do: a process of its own, its output and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as the one JSON value that it must be."""
        return json.loads(self.out)


def environment(**changes: str) -> dict[str, str]:
    """The environment of a child: nothing of this machine's kcflow, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | changes


def kcflow(*arguments: str, stdin: str = "", cwd: Path | None = None, **changes: str) -> Outcome:
    """Run one command in a process; `changes` are environment variables."""
    done = subprocess.run(
        [sys.executable, "-m", "kcflow", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=environment(**changes),
        cwd=cwd,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def python(code: str, **changes: str) -> Outcome:
    """Run a line of Python in a process."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=environment(**changes),
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
