"""init, and stores that can't be used: each a sentence and exit code 5, nothing written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Desk


def test_init(run: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mới.db"
    outcome = run("--database", url, "init", "--province", "Tuyên Quang", "--lang", "en")
    assert outcome.code == 0, outcome
    assert "Store" in outcome.out
    assert "kcflow list" in outcome.err
    again = run("--database", url, "init", "--province", "Tuyên Quang", "--json")
    assert again.code == 2
    assert '"store_exists"' in again.out
    assert run("--database", str(tmp_path / "mới.db"), "doctor").code == 0


def test_init_needs_a_province_that_exists(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    assert "--province" in run("--database", str(path), "init").err
    outcome = run("--database", str(path), "init", "--province", "Hà Dương")
    assert outcome.code == 2
    assert "Hà Dương" in outcome.err
    assert not path.exists()


def test_a_missing_store(run: Command, tmp_path: Path) -> None:
    for command in (["list"], ["stalled"], ["doctor"], ["people"], ["history"], ["show", "A"]):
        outcome = run("--database", str(tmp_path / "không có.db"), *command)
        assert (outcome.code, outcome.out) == (5, "")
        assert "kcflow init" in outcome.err
        assert outcome.err.count("\n") == 1
    assert not (tmp_path / "không có.db").exists()


def test_files_that_are_no_store(run: Command, tmp_path: Path) -> None:
    text = tmp_path / "a.db"
    text.write_text("đây không phải cơ sở dữ liệu" * 100)
    foreign = tmp_path / "b.db"
    connection = sqlite3.connect(foreign)
    connection.execute("create table x(y)")
    connection.commit()
    connection.close()
    for path in (text, foreign, tmp_path):
        outcome = run("--database", str(path), "list", "--json")
        assert outcome.code == 5, outcome
        assert outcome.out.startswith("{")


def test_a_damaged_store(desk: Desk) -> None:
    path = Path(desk.url.removeprefix("sqlite:///"))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)
    outcome = desk("list")
    assert (outcome.code, outcome.out) == (5, "")
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://127.0.0.1:1/kcflow"])
def test_servers_that_are_not_there(run: Command, url: str) -> None:
    outcome = run("--database", url, "list")
    assert outcome.code == 5, outcome
    assert outcome.err.count("\n") == 1


def test_passwords_are_not_shown(run: Command) -> None:
    outcome = run("--database", "postgresql://an:bimat@127.0.0.1:1/kcflow", "list")
    assert outcome.code == 5
    assert "bimat" not in outcome.err
