"""What the program leaves behind in a real terminal: after a crash, after a signal, after a dropped line."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from kcflow.keep import FormKey, Keeper

pytestmark = pytest.mark.slow
SECONDS = 30

START = """
import sys
from kcflow import app, config
class Test(app.KcflowApp):
    def action_refresh_data(self):
        raise RuntimeError("boom \\x1b[2J")
app.KcflowApp = Test
sys.exit(app.run(config.Config.load(sys.argv[1])))
"""


class Terminal:
    """The program in a terminal of its own; everything it wrote is in `seen`."""

    def __init__(self, home: Path, *command: str, term: str = "xterm-256color", **more: str) -> None:
        """Start `command` with its folders under `home`."""
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KCFLOW_")},
            "TERM": term,
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_DATA_HOME": str(home / "data"),
            "TEXTUAL_DISABLE_KITTY_KEY": "1",
            "ESCDELAY": "25",
            **more,
        }
        env.pop("NO_COLOR", None)
        env.update({name: value for name, value in more.items() if name == "NO_COLOR"})
        self.child = pexpect.spawn(
            sys.executable, list(command), env=env, dimensions=(30, 100), timeout=SECONDS, encoding="utf-8"
        )
        self.child.logfile_read = self
        self.seen = ""
        self.before = termios.tcgetattr(self.child.child_fd)

    def write(self, text: str) -> None:
        """Take what was read (pexpect's log)."""
        self.seen += text

    def flush(self) -> None:
        """Nothing to do."""

    def expect(self, words: str) -> None:
        """Wait until `words` were painted."""
        self.child.expect_exact(words)

    def end(self) -> int:
        """Wait for the end; return the exit code (negative: a signal)."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        status = self.child.exitstatus
        return status if status is not None else -int(self.child.signalstatus or 0)

    @property
    def sane(self) -> bool:
        """Whether the alternate screen is left, the cursor shown, the mouse off."""
        last = {name: self.seen.rfind(name) for name in _PAIRS}
        return all(last[on] < last[off] for on, off in zip(_ON, _OFF, strict=True))


_ON = ("\x1b[?1049h", "\x1b[?25l", "\x1b[?1000h", "\x1b[?1006h", "\x1b[?2004h")
_OFF = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1000l", "\x1b[?1006l", "\x1b[?2004l")
_PAIRS = _ON + _OFF


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, "-c", START, str(tmp_path / "none.db"))
    terminal.expect("\x1b[?1049h")
    terminal.expect("F1")
    yield terminal
    terminal.child.close(force=True)


def test_a_crash_leaves_the_terminal_sane_and_one_sentence(program: Terminal, tmp_path: Path) -> None:
    program.child.send("\x1b[15~")  # F5
    assert program.end() == 70
    assert program.sane
    after = program.seen[program.seen.rfind("\x1b[?1049l") :]
    assert "Có lỗi ngoài dự kiến" in after
    assert "Traceback" not in after
    assert "\x1b[2J" not in after
    log = next((tmp_path / "state").rglob("kcflow.log"))
    assert "RuntimeError" in log.read_text()
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_leaves_the_terminal_sane(program: Terminal, number: signal.Signals, code: int) -> None:
    program.child.kill(number)
    assert program.end() == code
    assert program.sane
    assert f"kcflow bị dừng bởi {number.name}" in program.seen[program.seen.rfind("\x1b[?1049l") :]


def test_the_line_settings_are_as_before(tmp_path: Path) -> None:
    """The shell around the program sees the same stty before and after, however it ends."""
    script = (
        f'a=$(stty -g); \'{sys.executable}\' -c "$1" "$2"; b=$(stty -g); [ "$a" = "$b" ] && echo same-line'
    )
    env = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    child = pexpect.spawn(
        "/bin/sh", ["-c", script, "sh", START, str(tmp_path / "none.db")], env=env, timeout=SECONDS,
        dimensions=(30, 100), encoding="utf-8",
    )  # fmt: skip
    try:
        child.expect_exact("\x1b[?1049h")
        child.expect_exact("F1")
        child.send("\x1b[15~")
        child.expect_exact("same-line")
    finally:
        child.close(force=True)


@pytest.mark.parametrize("term", ["xterm", "linux", "screen", "tmux-256color"])
def test_it_works_in_many_terminals(tmp_path: Path, term: str) -> None:
    terminal = Terminal(tmp_path, "-m", "kcflow", "--database", str(tmp_path / "none.db"), term=term)
    try:
        terminal.expect("F1")
        terminal.child.send("\x11")
        assert terminal.end() == 0
        assert terminal.sane
    finally:
        terminal.child.close(force=True)


def test_no_color_paints_no_colour_and_every_word(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-m", "kcflow", "--database", str(tmp_path / "none.db"), NO_COLOR="1")
    try:
        terminal.expect("F1")
        terminal.child.send("\x11")
        assert terminal.end() == 0
        colours = re.findall(r"\x1b\[[0-9;]*?[34]8;2;(\d+);(\d+);(\d+)", terminal.seen)
        assert all(r == g == b for r, g, b in colours), "only greys"
    finally:
        terminal.child.close(force=True)


@pytest.mark.parametrize("term", ["dumb", "vt100", "unknown", ""])
def test_a_terminal_that_cannot_paint_gets_one_sentence(tmp_path: Path, term: str) -> None:
    terminal = Terminal(tmp_path, "-m", "kcflow", "--database", str(tmp_path / "none.db"), term=term)
    assert terminal.end() == 2
    assert f"TERM={term}" in terminal.seen
    assert "\x1b[" not in terminal.seen


FORM = """
import sys
sys.path.insert(0, sys.argv[2])
from kcflow import app, config
from screens.forms.draft import DraftScreen
from tests.ui.fake_desk import FakeDesk
class Test(app.KcflowApp):
    def __init__(self, config):
        super().__init__(config, opener=lambda config: FakeDesk())
        FakeDesk.close = lambda self: None
    def on_kcflow_app_store_opened(self, message):
        message.prevent_default()
        self.desk = message.desk
        self.push_screen(DraftScreen("kcqg"))
app.KcflowApp = Test
sys.exit(app.run(config.Config.load(sys.argv[1])))
"""


@pytest.fixture
def form(tmp_path: Path) -> Iterator[Terminal]:
    """A new draft, its cursor in the title."""
    root = str(Path(__file__).parents[2])
    terminal = Terminal(tmp_path, "-c", FORM, str(tmp_path / "a.db"), root)
    terminal.expect("F10")
    terminal.expect("Trung tâm Khuyến công")
    yield terminal
    terminal.child.close(force=True)


def kept_title(tmp_path: Path) -> str | None:
    """The title in the file of a form that was left behind, if there is one."""
    key = FormKey(f"sqlite:///{tmp_path / 'a.db'}", "son", "draft")
    found = Keeper(key, tmp_path / "state" / "kcflow" / "forms").found().kept
    return found[0].texts["title"] if found else None


@pytest.mark.parametrize(
    ("sent", "stands"),
    [
        # An input method sends the letter, takes it back, sends the composed one (Telex: d d e e f).
        ("d\x7fđe\x7fê\x7fề", "đề"),
        ("a\x7fâ\x7fấn \x7f ", "ấn "),
        # VNI, in one burst: t o 6 i 1
        ("to\x7fôi\x7f\x7fối", "tối"),
        # Composed and decomposed text in one write.
        ("Điện Biên", "Điện Biên"),
        (unicodedata.normalize("NFD", "Điện Biên, chè Tuyết"), "Điện Biên, chè Tuyết"),
        # One backspace takes one letter, marks and all.
        (unicodedata.normalize("NFD", "chế") + "\x7f", "ch"),
        # A paste, decomposed, between the marks of bracketed paste.
        ("\x1b[200~" + unicodedata.normalize("NFD", "Hà\nGiang") + "\x1b[201~", "Hà Giang"),
    ],
)
def test_vietnamese_as_terminals_send_it(form: Terminal, tmp_path: Path, sent: str, stands: str) -> None:
    form.child.send(sent + "|")
    form.expect("|")
    form.child.kill(signal.SIGTERM)
    assert form.end() == 143
    assert kept_title(tmp_path) == stands + "|"
