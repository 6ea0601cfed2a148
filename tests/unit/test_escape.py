"""Escape waits as long as the settings say, and a terminal where nobody types wakes nobody up."""

from __future__ import annotations

import os
import selectors

import pytest
from textual import constants
from textual.drivers import linux_driver

from kcflow.terminal import answer_escape_soon


@pytest.fixture
def _taught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_driver, "selectors", selectors)
    monkeypatch.setattr(constants, "ESCAPE_DELAY", 0.025)


@pytest.mark.usefixtures("_taught")
def test_only_the_wait_after_something_was_read_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []
    real = selectors.SelectSelector.select

    def select(
        self: selectors.SelectSelector, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        waited.append(timeout)
        return real(self, 0)

    answer_escape_soon()
    monkeypatch.setattr(selectors.SelectSelector, "select", select)
    reading, writing = os.pipe()
    try:
        selector = vars(linux_driver)["selectors"].SelectSelector()
        selector.register(reading, vars(linux_driver)["selectors"].EVENT_READ)
        assert selector.select(0.1) == []
        os.write(writing, b"\x1b")
        assert [key.fd for key, _ in selector.select(0.1)] == [reading]
        assert os.read(reading, 9) == b"\x1b"
        assert selector.select(0.1) == []
        assert selector.select(0.1) == []
        assert selector.select(None) == []
        selector.close()
    finally:
        os.close(reading)
        os.close(writing)
    assert waited[:2] == [0.1, 0.1]
    assert waited[2] is not None
    assert 0.025 <= waited[2] < 0.05, "the moment at which Escape is known to stand alone"
    assert waited[3:] == [0.1, None]
