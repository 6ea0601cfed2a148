"""Without colours (NO_COLOR) every screen is there, in greys: words and marks say what colours say."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal

pytestmark = pytest.mark.slow

WALK = (
    (("2", "space"), "✓ KCDP-24-0001"),
    (("C",), "Cột của danh sách"),
    (("escape", "b"), "Bước 1/3"),
    (("escape", "3"), "Tất cả"),
    (("4",), "Thứ tự: ngày vào"),
    (("enter",), "Mã băm"),
    (("escape", "5"), "Họ tên"),
    (("6",), "Khuyến công quốc gia"),
    (("7",), "Đợt phân bổ"),
    (("1", "f"), "Lọc danh sách"),
    (("down",), "gõ vài chữ"),
    (("escape", "escape", "ctrl+p"), "Mọi lệnh"),
    (("escape", "f1"), "Trợ giúp"),
    (("escape", "enter"), "Việc tiếp theo"),
    (("a",), "Sau khi thực hiện"),
    (("escape", "escape", "ctrl+o"), "Tệp .xlsx"),
    (("escape", "n"), "Đề án mới"),
    (("escape", "f9"), "settings.toml"),
)
COLOUR = re.compile(r"\x1b\[[0-9;]*?[34]8;2;(\d+);(\d+);(\d+)")


def test_every_screen_is_there_in_greys(tmp_path: Path, store: Path) -> None:
    """Regression: a line of a table padded without a style ended the program under NO_COLOR."""
    terminal = Terminal(tmp_path, store, NO_COLOR="1", COLORTERM="truecolor")
    terminal.child.logfile_read = written = StringIO()
    try:
        terminal.reads("KCDP-24-0006", "▲ −128 ngày", "◔ hôm nay")
        for keys, words in WALK:
            terminal.press(*keys)
            terminal.reads(words)
        terminal.press("escape", "ctrl+q")
        assert terminal.end() == 0
        colours = COLOUR.findall(written.getvalue())
        assert colours
        assert all(r == g == b for r, g, b in colours), "only greys"
    finally:
        terminal.close()
