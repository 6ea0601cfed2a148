"""Writing a small file so that a reader, a crash or a power cut sees the old one or the new one, whole."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def write_atomic(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Put `data` in place of what `path` holds; folders are made as needed. Raises OSError.

    A link is followed and stays a link. `mode` (such as 0o600) is the file's; None keeps the mode of the
    file that is there, or 0o600 for a new one. When it fails the old file is untouched and nothing is left.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        try:
            mode = stat.S_IMODE(target.stat().st_mode)
        except FileNotFoundError:
            mode = 0o600
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def set_aside(path: Path) -> Path:
    """Rename a file that can't be used, so that nothing overwrites it; give its new place. Raises OSError."""
    for number in range(1, 1000):
        other = path.with_name(f"{path.name}.bad-{number}")
        if not other.exists():
            path.rename(other)
            return other
    raise FileExistsError(str(path))
