"""Fixtures of the screen tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.ui.idle import make_quick
from tests.ui.snapshots import compare


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and kept forms of a test are its own."""
    monkeypatch.setattr("kcflow.config.config_dir", lambda: tmp_path / "own-config")
    monkeypatch.setattr("kcflow.config.state_dir", lambda: tmp_path / "own-state")
    monkeypatch.setattr("kcflow.config.log_dir", lambda: tmp_path / "own-log")
    monkeypatch.delenv("KCFLOW_SETTINGS", raising=False)


@pytest.fixture(autouse=True)
def no_blink(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinking cursor would make two pictures of one screen."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for what happens, never for time to pass."""
    make_quick(monkeypatch)


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare a screen's text with a committed file: `snapshot(name, text)`."""
    return compare
