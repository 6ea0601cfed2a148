"""Two commands are enough: the Makefile offers them, explains them, and the CI runs nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = ("run", "test", "quick", "check", "lock", "bench", "docs", "messages", "help")

requires_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")


def make(*arguments: str) -> str:
    """Run make in the project; returns its output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_says_what_it_does(target: str) -> None:
    found = re.search(rf"^{target}:[^#\n]*##(?P<help>.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    assert len(found["help"].split()) >= 3


def test_every_named_target_is_phony() -> None:
    phony = re.search(r"^\.PHONY:(.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(TARGETS)


@requires_make
def test_help_shows_every_target_and_is_the_default() -> None:
    shown = make("help")
    assert make() == shown
    assert re.findall(r"^\s*make (\S+)\s+\S", shown, re.MULTILINE) == re.findall(
        r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE
    )


@requires_make
@pytest.mark.parametrize("target", ["run", "test", "check"])
def test_installing_checks_hashes_and_needs_no_isolated_build(target: str) -> None:
    plan = make("--dry-run", "--always-make", target)
    installs = [line for line in plan.splitlines() if " pip " in line and " install " in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs)
    assert "uv " not in plan, "only `make lock` may need uv"


def test_the_ci_runs_the_two_checks_and_stops_at_the_first_failure() -> None:
    path = ROOT / ".ci" / "run"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]
    assert os.access(path, os.X_OK)


def test_check_runs_every_checker() -> None:
    _, _, recipe = MAKEFILE.partition("\ncheck:")
    recipe = recipe.partition("\nbench:")[0]
    for checker in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert checker in recipe
