"""A clerk's morning in the installed program, in a real terminal: every step is read off the screen."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcflow.bootstrap import open_desk
from kcflow.config import Config
from tests.pty.terminal import PROGRAM, Terminal
from tests.workbooks import row, write_register

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM.exists(), reason="the project isn't installed here"),
]
CENTRE = "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Hà Giang"
IMPORTED = "Xây dựng mô hình sao chè Shan tuyết"
REASON = "Thiếu báo giá máy sấy"
TITLE = "Ứng dụng máy sấy chè ở Điện Biên"
# As input methods send it: Telex letter by letter with its corrections, and a word decomposed.
TYPED = (
    "U\x7fƯ\x7fỨng d\x7fdu\x7fụng ma\x7fáy sa\x7fâ\x7fấy che\x7fè o\x7fơ\x7fở "
    + unicodedata.normalize("NFD", "Điện")
    + " Biên"
)


@pytest.fixture(params=[(120, 40), (80, 24)], ids=["120x40", "80x24"])
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, tmp_path / "kcflow.db", size=request.param)
    yield terminal
    terminal.close()


def told(tmp_path: Path, *arguments: str) -> str:
    """What a command says about the store afterwards; it must end well."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")}
    env |= {"KCFLOW_DATABASE_URL": f"sqlite:///{tmp_path / 'kcflow.db'}", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [str(PROGRAM), *arguments], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(terminal: Terminal) -> None:
    """No store yet: the sample data are one key away."""
    terminal.reads("Xem thử với dữ liệu mẫu")
    terminal.press("enter")
    terminal.reads("2 Đề án 32", "KCDP-24-0006")


def bring_register(terminal: Terminal) -> None:
    """Read a workbook, look at it, write it."""
    file = write_register(terminal.home / "bieu.xlsx", [row(title=IMPORTED, unit=CENTRE)])
    terminal.press("ctrl+o")
    terminal.reads("Nhập biểu đăng ký")
    terminal.type(str(file))
    terminal.press("enter")
    terminal.reads("○ 1 mới", "KCQG")
    terminal.press("f10")
    terminal.reads("Đã ghi 1 đề án mới")
    terminal.press("f10")
    terminal.reads("2 Đề án 33", "/ tìm tên, mã")


def work_as(terminal: Terminal, login: str, shown: str) -> None:
    """Choose another person by a few letters."""
    terminal.press("w")
    terminal.reads("Làm việc với tư cách", "Họ tên")
    terminal.type(login)
    terminal.reads(f"▌ {shown}")
    terminal.press("enter")
    terminal.reads(f"Từ đây làm việc với tư cách {shown}")


def draft(terminal: Terminal) -> str:
    """Write a new proposal; return its code."""
    terminal.press("n")
    terminal.reads("Đề án mới", "Trung tâm Khuyến công và Tư vấn")
    terminal.type(TYPED)
    terminal.reads(TITLE)
    terminal.press("tab", "enter")
    terminal.reads("KCĐP")
    terminal.type("kcqg")
    terminal.press("enter")
    terminal.until(lambda: terminal.line_with("Nguồn kinh phí *").endswith("▼"), "the list is closed")
    terminal.quiet()
    terminal.press("tab", "tab", "tab", "tab", "down", "down", "space")
    terminal.reads("[✓] 3.")
    terminal.press("tab", "tab", "tab")
    terminal.type("850")
    terminal.reads("= 850.000.000 đ")
    terminal.press("tab")
    terminal.type("300")
    terminal.reads("= 300.000.000 đ")
    terminal.press("tab")
    terminal.type("550")
    terminal.reads("= 550.000.000 đ")
    terminal.press("f10")
    terminal.reads("bản ghi thứ 1")
    head = terminal.line_with(TITLE)
    return head.split()[0]


def submit(terminal: Terminal) -> None:
    """Hand the draft in, with its letter (a file of it too) and two papers."""
    letter = terminal.home / "Công văn 12.pdf"
    letter.write_bytes(b"%PDF-1.4 scan")
    terminal.press("a")
    terminal.reads("Thực hiện · KCQG-25-", "Ngày thực hiện")
    terminal.type(f"\t12/TTKC\t14/06/2024\tPhạm Quốc Hưng\t\t{letter}\t\t\r")
    terminal.quiet()
    terminal.type("1/DA\t\t\t\t\r")
    terminal.quiet()
    terminal.type("2/DT")
    terminal.press("f10")
    terminal.reads("● Đã thực hiện", "mã xác nhận")
    terminal.press("enter")
    terminal.reads("bản ghi thứ 2")
    terminal.press("escape")
    terminal.reads("1 Việc")


def give_back(terminal: Terminal, code: str) -> None:
    """Return one that is being appraised, with a reason, from the list."""
    find(terminal, code, code)
    terminal.press("a")
    terminal.reads("Trả bổ sung", "Đăng ký với Cục")
    move_to(terminal, "▌ ! Trả bổ sung")
    terminal.press("enter")
    terminal.reads(f"Thực hiện · {code}", "→ Trả lại để bổ sung", "Ngày thực hiện")
    terminal.press("tab")
    terminal.type("77/SCT\t14/06/2024\tPhạm Văn Lãnh\t\t\t" + REASON)
    terminal.reads("77/SCT", REASON)
    terminal.press("f10")
    terminal.reads("Nhấn F10 lần nữa")
    terminal.press("f10")
    terminal.reads("● Đã thực hiện", "mã xác nhận")
    terminal.press("enter")
    terminal.reads("Trả lại để bổ sung", "2 Đề án 34")


def move_to(terminal: Terminal, words: str) -> None:
    """Move the cursor down until it stands on a line that begins with `words`."""
    terminal.quiet()
    for _ in range(40):
        if words in terminal.text:
            return
        step_down(terminal)
        terminal.quiet()
    terminal.reads(words)


def step_down(terminal: Terminal) -> None:
    """One line down; wait until the cursor is painted there."""
    before = cursors(terminal)
    terminal.press("down")
    terminal.until(lambda: cursors(terminal) != before, "the next line")


def cursors(terminal: Terminal) -> list[tuple[int, str]]:
    """Where the marks of cursors stand, and on what: a list that scrolls keeps the line, not the text."""
    return [(y, line) for y, line in enumerate(terminal.text.splitlines()) if "▌" in line]


def find_stalled(terminal: Terminal) -> None:
    """The oldest that stands still, why, and its history."""
    terminal.press("3")
    terminal.reads("Tất cả 2", "▲ ", "Căn cứ:")
    move_to(terminal, "▌  KCDP-24-0009")
    terminal.reads("KCDP-24-0009", "Căn cứ:")
    terminal.press("?")
    terminal.reads("Vì sao ở đây?", "Cách tính", "10 ngày làm việc từ 04/10/2023")
    terminal.press("escape")
    terminal.gone("Vì sao ở đây?")
    terminal.press("h")
    terminal.reads("KCDP-24-0009 ✕", "▌  ")
    terminal.reads("Lập đề án", "Dòng 1 / ")


def filter_and_keep(terminal: Terminal) -> None:
    """A filter as a chip, the chip taken away, another kept as a view of one's own."""
    find(terminal, "", "KCDP-24-0001")
    terminal.press("f")
    terminal.reads("Lọc danh sách", "Nguồn")
    for _ in range(6):
        terminal.press("tab")
    terminal.type("\rkcqg\r")
    terminal.press("ctrl+s")
    terminal.reads("KCQG ✕", "▌  KCQG-24-0001")
    terminal.press("F", "x")
    terminal.gone("KCQG ✕")
    terminal.reads("▌  KCDP-24-0001")
    terminal.press("escape", "V")
    terminal.reads("Lưu khung nhìn")
    terminal.type("Khung buổi sáng\r")
    terminal.reads("Đã lưu khung nhìn “Khung buổi sáng”")


def bulk_of_three(terminal: Terminal) -> None:
    """One decision over three that wait for the same."""
    find(terminal, "may nghien", "KCQG-25-0001")
    terminal.press("space", "space", "space")
    terminal.reads("đã chọn 3")
    terminal.press("b")
    terminal.reads("Thực hiện với 3 đề án", "Tiếp nhận thẩm định", "3 / 3")
    terminal.press("enter")
    terminal.reads("Bước 2/3")
    terminal.press("ctrl+s")
    terminal.reads("Bước 3/3", "✓ sẽ làm → Đang thẩm định cấp cơ sở")
    terminal.press("ctrl+s")
    terminal.reads("Xong 3 · chưa làm 0")
    terminal.press("escape")
    terminal.gone("Thực hiện với 3 đề án")


def change_setting(terminal: Terminal) -> None:
    """English from the settings screen; its file says so."""
    terminal.press("f9")
    terminal.reads("Cài đặt ·", "Tiếng Việt")
    terminal.type("\r")
    terminal.reads("English")
    terminal.press("down", "enter")
    terminal.reads("Settings ·")
    terminal.press("escape")
    terminal.reads("1 My work")


def find(terminal: Terminal, words: str, first: str) -> None:
    """Search in the list of proposals; the cursor stands on `first`."""
    terminal.press("2", "/", "ctrl+u")
    terminal.type(words)
    terminal.reads(words)
    terminal.until(lambda: first in terminal.line_with("▌ "), f"the cursor on {first}")
    terminal.press("enter")


def test_a_clerks_morning(terminal: Terminal, tmp_path: Path) -> None:
    start(terminal)
    bring_register(terminal)
    work_as(terminal, "ttkc-63-02", "Phạm Quốc Hưng")
    code = draft(terminal)
    submit(terminal)
    work_as(terminal, getpass.getuser(), getpass.getuser())
    give_back(terminal, "KCQG-25-0004")
    find_stalled(terminal)
    filter_and_keep(terminal)
    bulk_of_three(terminal)
    change_setting(terminal)
    terminal.press("ctrl+q")
    assert terminal.end() == 0
    assert terminal.sane
    check_the_store(tmp_path, code)


def check_the_store(tmp_path: Path, code: str) -> None:
    """The store is whole, and its history names the right people."""
    # Here, where the tests' folder counts as a disk: the program itself warns of a store in memory.
    desk = open_desk(Config(f"sqlite:///{tmp_path / 'kcflow.db'}"))
    try:
        assert [check for check in desk.doctor(full=True) if not check.ok] == []
    finally:
        desk.close()
    login = getpass.getuser()

    def last(of: str) -> dict[str, object]:
        rows: list[dict[str, object]] = json.loads(told(tmp_path, "history", of, "--json"))["rows"]
        return max(rows, key=lambda row: int(str(row["seq"])))

    submitted, returned, begun = last(code), last("KCQG-25-0004"), last("KCQG-25-0013")
    assert (submitted["action"], submitted["actor"]) == ("submit_to_department", "ttkc-63-02")
    assert submitted["operator"] == login
    assert submitted["title"] == TITLE
    document = submitted["document"]
    assert isinstance(document, dict)
    assert (document["number"], document["file_name"]) == ("12/TTKC", "Công văn 12.pdf")
    assert (returned["action"], returned["actor"]) == ("return_by_department", login)
    assert (returned["operator"], returned["reason"]) == (None, REASON)
    assert (begun["action"], begun["actor"]) == ("start_provincial_appraisal", login)
    settings = (tmp_path / "config" / "kcflow" / "settings.toml").read_text(encoding="utf-8")
    assert '"en"' in settings
    log = tmp_path / "state" / "kcflow" / "log" / "kcflow.log"
    assert not log.exists() or "Traceback" not in log.read_text(encoding="utf-8")
