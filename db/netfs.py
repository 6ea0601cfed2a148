"""Whether a folder may hold a SQLite file: local file systems only, and no synchronised folder.

Two machines writing one WAL file through a share corrupted it in three runs of three without any error
(reliability study 0.11, 3.4), so unknown file systems are refused too.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from db.errors import StoreOnNetwork

LOCAL = frozenset(
    {"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "jfs", "bcachefs", "nilfs2", "ntfs3"}
)
PASSING = frozenset({"tmpfs", "ramfs", "overlay"})
"""Local, but what is written there may not outlive the machine or the container: allowed with a warning."""
SYNCED = re.compile(
    r"onedrive|dropbox|google ?drive|my drive|icloud( ?drive)?|com~apple~clouddocs|nextcloud|owncloud|seafile"
    r"|syncthing|megasync|pcloud|yandex\.?disk|zalo( received files)?|box sync",
    re.IGNORECASE,
)
MOUNTS = Path("/proc/self/mountinfo")


def mount_of(path: Path, mountinfo: str) -> tuple[str, str]:
    """Return (mount point, file system type) of the longest mount above `path` (proc(5), mountinfo)."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4])
        inside = path == Path(point) or Path(point) in path.parents
        # The later of two mounts on one point hides the earlier.
        if inside and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return best, kind


def check_folder(path: Path, *, mounts: Path = MOUNTS) -> tuple[str, ...]:
    """Return warnings ("tmpfs", "overlay") about the place of a database file.

    path: the file (it need not exist yet). Raises `StoreOnNetwork` (params: location, what) for network and
    unknown file systems and for folders that a program keeps in step with other machines.
    """
    real = path.resolve()
    for part in real.parts[:-1]:
        if SYNCED.fullmatch(part.partition(" - ")[0]):
            raise StoreOnNetwork(location=str(path), what=part)
    if sys.platform == "win32" and real.drive.startswith("\\\\"):
        raise StoreOnNetwork(location=str(path), what=real.drive)
    try:
        mountinfo = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    _, kind = mount_of(real, mountinfo)
    if kind in LOCAL:
        return ()
    if kind in PASSING:
        return (kind,)
    raise StoreOnNetwork(location=str(path), what=kind or "?")
