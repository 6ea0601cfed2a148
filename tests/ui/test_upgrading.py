"""An older store is brought up to date: how far it is stands on the screen and, for commands, on stderr."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from db import migrate
from db.url import parse_url
from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.i18n import set_language
from tests.ui.list_desk import ListDesk, opener
from tests.ui.shell_driver import NOWHERE, rest, shell_of
from tests.ui.snapshots import screen_text, wait_for


def seen(app: KcflowApp) -> str:
    """All that stands on the screen as one line: a sentence may be broken anywhere."""
    return " ".join(screen_text(app).split())


@pytest.mark.parametrize(
    ("lang", "first", "second"),
    [
        ("vi", "bước 2/16, lập lại mục tìm kiếm", "bước 16/16, ghi xuống đĩa"),
        ("en", "step 2/16, rebuilding the search", "step 16/16, writing to the disk"),
    ],
)
async def test_the_screen_says_how_far_it_is(lang: str, first: str, second: str) -> None:
    set_language(lang)
    further, done = threading.Event(), threading.Event()

    def upgraded(config: Config) -> object:
        assert config.upgrading is not None
        config.upgrading("search", 2, 16)
        further.wait(10)
        config.upgrading("write", 16, 16)
        done.wait(10)
        return opener(ListDesk())(config)

    app = KcflowApp(Config(NOWHERE, lang=lang), opener=upgraded)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: first in seen(app), "the step")
        further.set()
        await wait_for(pilot, lambda: second in seen(app), "the last step")
        assert first not in seen(app)
        done.set()
        await rest(pilot)
        assert shell_of(app).tab == "inbox"
        assert second not in seen(app)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_command_says_it_on_stderr(tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "store.db"
    url = f"sqlite:///{file}"
    migrate._upgrade(parse_url(url), None, create=True, to="0001")
    with sqlite3.connect(file) as raw:
        (revision,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    raw.close()
    assert revision == "0001"
    # Nobody is in this store, so the command fails after the upgrade; what it says about that comes last.
    run = subprocess.run(
        [sys.executable, "-m", "kcflow", "list", "--database", url, *options],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    told = [line for line in run.stderr.splitlines() if line.startswith("Nâng cấp kho dữ liệu: bước ")]
    if options:
        assert told == []
    else:
        steps = [line.split("bước ")[1].split(",")[0] for line in told]
        assert steps == [f"{number}/{len(told)}" for number in range(1, len(told) + 1)]
        assert len(told) > 5
        assert "ghi xuống đĩa" in told[-1]
    assert "Traceback" not in run.stderr
    assert "bước" not in run.stdout
