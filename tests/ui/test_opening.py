"""The system around the terminal: viewer, private copies, clipboard. Real programs, made for the test."""

import base64
import stat
from pathlib import Path

import pytest

from kcflow import opening


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for programs; they write what they got beside themselves."""
    made = tmp_path / "bin"
    made.mkdir()
    return made


def program(folder: Path, name: str, code: int = 0) -> None:
    path = folder / name
    path.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > "{folder}/{name}.args"\ncat > "{folder}/{name}.in"\nexit {code}\n'
    )
    path.chmod(0o755)


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", **more}


def test_a_copy_is_private_read_only_and_goes_away() -> None:
    copies = opening.Copies()
    path = copies.put(b"%PDF", "../../etc/quyết định.pdf", "ab12cd34" * 8)
    assert path.name == "quyết định.pdf"
    assert path.read_bytes() == b"%PDF"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert copies.put(b"%PDF", "quyết định.pdf", "ab12cd34" * 8) == path
    folder = path.parent.parent
    copies.clear()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("quyết định.pdf", "quyết định.pdf"),
        ("..\\..\\a.PDF", "a.PDF"),
        ("a/b/c.docx", "c.docx"),
        (".bashrc", "bashrc"),
        ("", "tep"),
        (None, "tep"),
        ("x:y*?.pdf", "x_y__.pdf"),
        ("a." + "b" * 40, "a." + "b" * 40),
        ("tệp" * 100 + ".pdf", None),
        ("[red]\x1b]0;x\x07.pdf", None),
    ],
)
def test_names_are_safe(given: str | None, safe: str | None) -> None:
    name = opening.safe_name(given)
    assert safe is None or name == safe
    assert name
    assert not name.startswith(".")
    assert len(name.encode()) < 255
    assert not any(char in name for char in "/\\\x1b\x07:")


def test_the_viewer_gets_the_path_as_one_argument(programs: Path, tmp_path: Path) -> None:
    program(programs, "xdg-open")
    path = tmp_path / "$(touch x); 'a b'.pdf"
    path.write_bytes(b"x")
    opening.show(path, environ(programs, DISPLAY=":0"))
    assert (programs / "xdg-open.args").read_text() == f"{path}\n"


def test_a_viewer_that_fails_or_is_missing_is_said(programs: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pytest.raises(opening.OpeningFailed, match="no_viewer"):
        opening.show(path, {"PATH": str(programs), "DISPLAY": ":0"})
    with pytest.raises(opening.OpeningFailed, match="no_viewer"):
        opening.show(path, environ(programs))
    program(programs, "xdg-open", code=3)
    with pytest.raises(opening.OpeningFailed, match="failed"):
        opening.show(path, environ(programs, DISPLAY=":0"))
    with pytest.raises(opening.OpeningFailed, match="remote"):
        opening.show(path, environ(programs, DISPLAY=":0", SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22"))


@pytest.mark.parametrize("name", ["a.desktop", "a.sh", "a.exe", "a.html", "a.svg", "a", "a.pdf.bat"])
def test_what_could_be_a_program_is_never_opened(programs: Path, tmp_path: Path, name: str) -> None:
    program(programs, "xdg-open")
    with pytest.raises(opening.OpeningFailed, match="kind"):
        opening.show(tmp_path / name, environ(programs, DISPLAY=":0"))
    assert not (programs / "xdg-open.args").exists()


def test_saving_never_writes_over(tmp_path: Path) -> None:
    saved = opening.save_as(b"one", str(tmp_path), "a.pdf")
    assert saved == tmp_path / "a.pdf"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    with pytest.raises(opening.SavingFailed, match="exists"):
        opening.save_as(b"two", str(saved), "a.pdf")
    assert saved.read_bytes() == b"one"
    (tmp_path / "link.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    with pytest.raises(opening.SavingFailed, match="exists"):
        opening.save_as(b"two", str(tmp_path / "link.pdf"), "a.pdf")
    with pytest.raises(opening.SavingFailed, match="no_folder"):
        opening.save_as(b"two", str(tmp_path / "none" / "b.pdf"), "b.pdf")
    with pytest.raises(opening.SavingFailed, match="unwritable"):
        opening.save_as(b"two", "\0", "b.pdf")


def test_osc52_is_passed_through_tmux_and_screen() -> None:
    inner = f"\x1b]52;c;{base64.b64encode('Đề án'.encode()).decode()}\x07"
    assert opening.passed_through("Đề án", {}) is None
    assert opening.passed_through("Đề án", {"TMUX": "x"}) == (
        "\x1bPtmux;" + inner.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    )
    pieces = opening.passed_through("Đề án " * 100, {"STY": "1.x"})
    assert pieces is not None
    parts = [part.removeprefix("\x1bP") for part in pieces.split("\x1b\\") if part]
    assert "".join(parts).startswith("\x1b]52;c;")
    assert max(map(len, parts)) <= 240
    assert opening.passed_through("x" * 80_000, {"TMUX": "x"}) is None


def test_the_system_clipboard_gets_the_text(programs: Path) -> None:
    program(programs, "wl-copy")
    program(programs, "xclip", code=1)
    program(programs, "xsel")
    assert not opening.copy_with_tools("x", {"PATH": str(programs)})
    assert opening.copy_with_tools("Đề án\nhai", environ(programs, WAYLAND_DISPLAY="w"))
    assert (programs / "wl-copy.in").read_text() == "Đề án\nhai"
    assert opening.copy_with_tools("ba", environ(programs, DISPLAY=":0"))
    assert (programs / "xsel.in").read_text() == "ba"  # xclip failed, the next one took it


def test_a_clipboard_that_hangs_is_left_alone(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (programs / "xsel").write_text("#!/bin/sh\nexec sleep 60\n")
    (programs / "xsel").chmod(0o755)
    monkeypatch.setattr(opening, "_TOOL_SECONDS", 0.2)
    assert not opening.copy_with_tools("x", environ(programs, DISPLAY=":0"))


def test_tmux_takes_it_into_its_buffer(programs: Path) -> None:
    program(programs, "tmux")
    assert opening.copy_with_tools("x", environ(programs, TMUX="/tmp/t,1,0"))  # noqa: S108
    assert (programs / "tmux.args").read_text() == "load-buffer\n-w\n-\n"
    assert (programs / "tmux.in").read_text() == "x"
