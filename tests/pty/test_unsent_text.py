"""Text that was typed and not sent comes back after the program was killed, or its line dropped."""

from __future__ import annotations

import json
import signal
import unicodedata
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal

pytestmark = pytest.mark.slow
TITLE = "Máy sấy “miến” ở Điện Biên, 2 dây"


def kept_when(terminal: Terminal, words: str) -> None:
    """Wait until a form on the disk holds `words` (nothing on the screen tells that it was kept)."""
    folder = terminal.home / "state" / "kcflow" / "forms"

    def kept() -> bool:
        terminal.quiet(0.05)
        forms = [json.loads(file.read_text("utf-8"))["texts"] for file in folder.glob("*.json")]
        return any(words in texts.values() for texts in forms)

    terminal.until(kept, "the texts on the disk")


def leave(terminal: Terminal, how: signal.Signals) -> None:
    """End the program from outside; killed outright it can't give the screen back."""
    terminal.kill(how)
    terminal.until(lambda: "exit:" in terminal.text + terminal.screen.after, "the end")
    terminal.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_a_draft_comes_back_to_the_letter(tmp_path: Path, store: Path, how: signal.Signals) -> None:
    terminal = Terminal(tmp_path, store)
    try:
        terminal.reads("KCDP-24-0006")
        terminal.press("n")
        terminal.reads("Đề án mới", "Tên đề án")
        terminal.type(unicodedata.normalize("NFD", TITLE))
        terminal.reads(TITLE)
        if how is signal.SIGKILL:  # nothing runs at the end: it must have been kept before
            kept_when(terminal, TITLE)
        leave(terminal, how)
        terminal = Terminal(tmp_path, store)
        terminal.reads("KCDP-24-0006")
        terminal.press("n")
        terminal.reads("Có nội dung chưa gửi lúc")
        assert TITLE not in terminal.text
        terminal.press("ctrl+y")
        terminal.reads("Đã lấy lại nội dung", TITLE)
    finally:
        terminal.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_an_act_comes_back_to_the_letter(tmp_path: Path, store: Path, how: signal.Signals) -> None:
    def open_it() -> Terminal:
        terminal = Terminal(tmp_path, store)
        terminal.reads("▌  KCDP-24-0006", "Giao dự toán")
        terminal.type("ga\x7f25-0004")
        terminal.reads("▌ KCQG-25-0004")
        terminal.type("\r")
        terminal.reads("bản ghi thứ 3", "Làm được ngay")
        terminal.type("a")
        terminal.reads("Thực hiện · KCQG-25-0004", "Ngày thực hiện")
        return terminal

    terminal = open_it()
    try:
        terminal.type("\t\t12/“SCT”\t\tNguyễn Văn Giám")
        terminal.reads("12/“SCT”", "Nguyễn Văn Giám")
        if how is signal.SIGKILL:
            kept_when(terminal, "Nguyễn Văn Giám")
        leave(terminal, how)
        terminal = open_it()
        terminal.reads("Có nội dung chưa gửi lúc")
        terminal.press("ctrl+y")
        terminal.reads("12/“SCT”", "Nguyễn Văn Giám", "Đã lấy lại nội dung")
    finally:
        terminal.close()


def test_a_decision_over_many_comes_back_after_a_kill(tmp_path: Path, store: Path) -> None:
    def open_it() -> Terminal:
        terminal = Terminal(tmp_path, store)
        terminal.reads("▌  KCDP-24-0006", "Giao dự toán")
        terminal.press("space")
        terminal.reads("đã chọn 1")
        terminal.press("b")
        terminal.reads("Thực hiện với 1 đề án", "1 / 1")
        terminal.press("enter")
        terminal.reads("Ngày thực hiện")
        return terminal

    terminal = open_it()
    try:
        terminal.type("\t45/“QĐ”\t")
        kept_when(terminal, "45/“QĐ”")
        leave(terminal, signal.SIGKILL)
        terminal = open_it()
        terminal.reads("Có nội dung chưa gửi lúc")
        terminal.press("ctrl+y")
        terminal.reads("45/“QĐ”", "Đã lấy lại nội dung")
    finally:
        terminal.close()
