"""What the system around the terminal does for us: its viewer for documents, its clipboard.

No shell is ever asked: every program is started with a list of arguments. What is opened is a copy that only
its owner can read and nobody can write, in a folder that goes away with the program.
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kcflow.text import visible

VIEWABLE = frozenset(
    {
        *(".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".txt", ".csv", ".rtf"),
        *(".odt", ".ods", ".odp", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx"),
    }
)
"""Endings that a viewer may be given; a program, a script or a page could do more than be looked at."""

OSC52_MOST = 100_000
"""Letters of base64 that go to the terminal's clipboard; terminals drop longer ones."""

_TOOL_SECONDS = 3.0
_VIEWER_SECONDS = 1.5
"""How long a viewer may take to say that it can't open a file."""
_NAME_BYTES = 180
_UNWANTED = frozenset('/\\:*?"<>|')


class OpeningFailed(Exception):
    """The system's viewer can't show the file; `code` is "no_viewer", "remote", "kind" or "failed"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SavingFailed(Exception):
    """A copy can't be saved; `code` is "exists", "no_folder" or "unwritable", `path` where."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code, self.path = code, path


# -- documents -------------------------------------------------------------------------------


def safe_name(name: str | None) -> str:
    """`name` as the name of a file on any system: no folders, no unseen characters, its ending kept."""
    shown = visible((name or "").replace("\\", "/").rpartition("/")[2])
    clean = "".join("_" if char in _UNWANTED else char for char in shown).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 8:
        stem, ending = clean, ""
    stem = stem.encode("utf-8", "ignore")[:_NAME_BYTES].decode("utf-8", "ignore").strip(" .") or "tep"
    return f"{stem}.{ending}" if ending else stem


class Copies:
    """Private copies of attached documents, in one folder that `clear` (or the end) takes away."""

    def __init__(self) -> None:
        """Make no folder yet."""
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def put(self, content: bytes, name: str | None, key: str) -> Path:
        """Write `content` to a read-only file of its own; the same `key` gives the same file. Raises OSError.

        key: hex digits that name the content.
        """
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="kcflow-"))  # mode 0700
                atexit.register(self.clear)
            folder = self._folder / (safe_name(key)[:16] or "x")
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / safe_name(name)
            if not path.exists():
                write_new(path, content)
                path.chmod(stat.S_IRUSR)
            return path

    def clear(self) -> None:
        """Take the folder away."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            atexit.unregister(self.clear)
            if os.name == "nt":  # a read-only file can't be removed there
                for path in folder.rglob("*.*"):
                    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            shutil.rmtree(folder, ignore_errors=True)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that isn't there yet, for its owner only. Raises OSError (`FileExistsError`)."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def save_as(content: bytes, target: str, name: str | None) -> Path:
    """Save `content` at `target` (a folder, or a file that isn't there yet); return where.

    Raises `SavingFailed`; nothing is ever overwritten.
    """
    path = Path(target)
    try:
        path = path.expanduser()
        if path.is_dir():
            path /= safe_name(name)
        elif not path.parent.is_dir():
            raise SavingFailed("no_folder", path.parent)
        write_new(path, content)
    except FileExistsError:
        raise SavingFailed("exists", path) from None
    except (OSError, RuntimeError, ValueError):
        raise SavingFailed("unwritable", path) from None
    return path


def viewer(environ: Mapping[str, str] = os.environ) -> str:
    """The program that opens documents. Raises `OpeningFailed` ("remote", "no_viewer").

    Over SSH a viewer would open on the other machine, where nobody sits.
    """
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        raise OpeningFailed("remote")
    if sys.platform == "darwin":
        names = ["open"]
    elif environ.get("WSL_DISTRO_NAME"):
        names = ["wslview", "xdg-open"]
    elif environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        names = ["xdg-open"]
    else:
        names = []
    found = next((path for name in names if (path := shutil.which(name, path=environ.get("PATH")))), None)
    if found is None:
        raise OpeningFailed("no_viewer")
    return found


def show(path: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Open `path` with the system's viewer, and wait only for its first complaint. Raises `OpeningFailed`."""
    if path.suffix.lower() not in VIEWABLE:
        raise OpeningFailed("kind")
    if sys.platform == "win32":
        try:
            os.startfile(path)  # noqa: S606
        except OSError:
            raise OpeningFailed("failed") from None
        return
    program = viewer(environ)
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell; the path is absolute
            [program, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        raise OpeningFailed("failed") from None
    try:
        code = process.wait(_VIEWER_SECONDS)
    except subprocess.TimeoutExpired:
        # It goes on showing; somebody has to take its exit code when it ends.
        threading.Thread(target=process.wait, daemon=True, name="viewer").start()
        return
    if code:
        raise OpeningFailed("failed")


# -- clipboard -------------------------------------------------------------------------------


def passed_through(text: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The escape sequence (OSC 52) that reaches the terminal around tmux or screen; None outside of both."""
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) > OSC52_MOST:
        return None
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY"):
        # Screen takes strings of a few hundred letters at most.
        return "".join(f"\x1bP{sequence[at : at + 240]}\x1b\\" for at in range(0, len(sequence), 240))
    return None


def clipboard_tools(environ: Mapping[str, str] = os.environ) -> Iterator[list[str]]:
    """Programs that put their input on a clipboard here, the likeliest first."""
    wanted: list[list[str]] = []
    if environ.get("WAYLAND_DISPLAY"):
        wanted.append(["wl-copy"])
    if environ.get("DISPLAY"):
        wanted += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if sys.platform == "darwin":
        wanted.append(["pbcopy"])
    if environ.get("WSL_DISTRO_NAME") or sys.platform == "win32":
        wanted.append(["clip.exe"])
    for name, *arguments in wanted:
        if found := shutil.which(name, path=environ.get("PATH")):
            yield [found, *arguments]


def tmux_tool(environ: Mapping[str, str] = os.environ) -> list[str] | None:
    """The command that fills tmux's own buffer, and the clipboard of the terminal around it."""
    found = shutil.which("tmux", path=environ.get("PATH")) if environ.get("TMUX") else None
    return [found, "load-buffer", "-w", "-"] if found else None


def _take(command: Sequence[str], text: str) -> bool:
    encoding = "utf-16-le" if command[0].lower().endswith("clip.exe") else "utf-8"
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            command,
            input=text.encode(encoding),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TOOL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def copy_with_tools(text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Put `text` on the system's clipboard; whether a program took it. Blocking, for worker threads."""
    tmux = tmux_tool(environ)
    taken = tmux is not None and _take(tmux, text)
    return any(_take(command, text) for command in clipboard_tools(environ)) or taken
