"""A small true store: one province, one register imported, one unit's clerk; copied for every test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import kcflow
from kcflow import cli
from tests.cli.running import Outcome

REGISTERS = Path(kcflow.__file__).parent / "data" / "registers"
HA_GIANG = REGISTERS / "KCQG-2024-1-HaGiang.xlsx"
WITH_ERRORS = REGISTERS / "KCQG-2024-loi.xlsx"
UNIT = "donvi"
"""Login of the unit's clerk."""
FIRST = "KCQG-24-0001"

Command = Callable[..., Outcome]


@dataclass(frozen=True)
class Desk:
    """The command line over one store: `desk("list", "--json")`."""

    url: str
    run: Command

    def __call__(self, *arguments: str) -> Outcome:
        return self.run("--database", self.url, *arguments)

    def json(self, *arguments: str, code: int = 0) -> Any:
        """The JSON of a command that ends with `code`."""
        outcome = self(*arguments, "--json")
        assert outcome.code == code, outcome
        assert outcome.err == ""
        return json.loads(outcome.out)

    def done(self, *arguments: str) -> str:
        """The text of a command that succeeds."""
        outcome = self(*arguments)
        assert outcome.code == 0, outcome
        return outcome.out

    def refused(self, code: int, *arguments: str) -> str:
        """The sentence of a command that ends with `code`; its data output is empty."""
        outcome = self(*arguments)
        assert outcome.code == code, outcome
        assert outcome.out == ""
        assert "Traceback" not in outcome.err
        return outcome.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """kcflow in this process; the subprocess tests show that the rest is the same."""
    for name in ("KCFLOW_DATABASE_URL", "KCFLOW_AS", "KCFLOW_LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = cli.main(arguments)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store as `init` and `register import` leave it."""
    from kcflow.bootstrap import init_store, open_desk
    from kcflow.config import Config

    folder = tmp_path_factory.mktemp("store")
    config = Config(f"sqlite:///{folder / 'kcflow.db'}")
    init_store(config, "63:02", sample=False)
    desk = open_desk(config)
    try:
        desk.register_write(desk.register_read(str(HA_GIANG)))
        unit = desk.dossier(FIRST).row.unit_office
        desk.add_person(UNIT, "Lý Văn Đơn Vị", "unit", unit)
    finally:
        desk.close()
    return folder


@pytest.fixture
def desk(template: Path, tmp_path: Path, run: Command) -> Desk:
    """The command line over a fresh copy of the store."""
    folder = tmp_path / "kho dữ liệu"
    shutil.copytree(template, folder)
    return Desk(f"sqlite:///{folder / 'kcflow.db'}", run)
