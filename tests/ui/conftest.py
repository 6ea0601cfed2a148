"""Fixtures of the screen tests."""

from collections.abc import Callable

import pytest
from textual.widgets import Input, TextArea

from tests.ui.snapshots import compare


@pytest.fixture(autouse=True)
def no_blink(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinking cursor would make two pictures of one screen."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare a screen's text with a committed file: `snapshot(name, text)`."""
    return compare
