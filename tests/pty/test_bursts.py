"""Keys that come in one burst, as over a slow line, do what they would do one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pty.terminal import Terminal

pytestmark = pytest.mark.slow


def test_a_whole_form_in_one_burst_lands_in_its_fields(tmp_path: Path, store: Path) -> None:
    """Regression: letters overtook Tab, and an amount landed in the title."""
    terminal = Terminal(tmp_path, store)
    try:
        terminal.reads("KCDP-24-0006")
        terminal.press("n")
        terminal.reads("Đề án mới", "Đơn vị thực hiện *")
        terminal.type("Máy chè\t\rkcqg\r" + "\t" * 7 + "850\t300\t550")
        terminal.reads("= 850.000.000 đ", "= 300.000.000 đ", "= 550.000.000 đ", "● Cân đối")
        terminal.press("shift+tab", "shift+tab", *["shift+tab"] * 8)
        assert "Máy chè" in terminal.reads("Tên đề án *", "KCQG")
    finally:
        terminal.close()
