"""From what somebody types, pastes or drags to files that can be attached: a part without widgets.

Several paths may stand in one line or in several: quoted, with backslashes, as file:// addresses, with
patterns (`~/quyetdinh/*.pdf`), or plainly with spaces in them where the file is there.
"""

from __future__ import annotations

import glob
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.door import LENGTHS, MAX_ATTACHMENT
from kcflow.text import visible
from screens.forms.fields import words
from states.model import Label

MOST_FILES = 50
"""How many files one act takes; more than that is a slip of the pattern."""
_MOST_WORDS = 400
_MOST_MATCHES = 5000
_BLANKS = " \t\r\n"


@dataclass(frozen=True)
class FoundFile:
    """A file that can be attached."""

    path: Path
    size: int
    """Bytes."""
    modified: datetime
    """Local time of its last change."""

    @property
    def name(self) -> str:
        """Its name as on the disk."""
        return self.path.name


@dataclass(frozen=True)
class RefusedFile:
    """A path that can't be attached, and why."""

    path: str
    text: Label


def look(path: Path) -> FoundFile | RefusedFile:
    """Say whether `path` is a file that can be attached, without waiting for pipes or devices."""

    def refuse(code: str, **more: object) -> RefusedFile:
        return RefusedFile(str(path), words(f"attach.{code}", path=visible(str(path)), **more))

    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            return refuse("link", target=visible(os.path.realpath(path)))
        if stat.S_ISDIR(found.st_mode):
            return refuse("folder")
        if not stat.S_ISREG(found.st_mode):
            return refuse("special")
        if found.st_size > MAX_ATTACHMENT:
            return RefusedFile(str(path), _too_large(path, found.st_size))
        name = unicodedata.normalize("NFC", path.name)
        if visible(name) != name:
            return refuse("unseen")
        if len(name) > LENGTHS["name"]:
            return refuse("long_name")
        os.close(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)))
    except (FileNotFoundError, NotADirectoryError):
        return refuse("gone")
    except PermissionError:
        return refuse("unreadable")
    except (OSError, ValueError):
        return refuse("broken")
    return FoundFile(path, found.st_size, datetime.fromtimestamp(found.st_mtime).astimezone())


def _too_large(path: Path, size: int) -> Label:
    def text(lang: str) -> str:
        most = MAX_ATTACHMENT >> 20
        return t("attach.large", lang, path=visible(str(path)), size=size_text(size, lang), most=most)

    return Label(text("vi"), text("en"))


def find(text: str, *, most: int = MOST_FILES) -> tuple[list[FoundFile], list[RefusedFile]]:
    """Read every path in `text`: the files that can be attached, each once, and the refusals.

    Touches the disk, so it belongs into a worker thread.
    """
    good: dict[str, FoundFile] = {}
    bad: list[RefusedFile] = []
    for path in paths(text):
        if isinstance(path, RefusedFile):
            bad.append(path)
            continue
        answer = look(path)
        if isinstance(answer, RefusedFile):
            bad.append(answer)
        elif len(good) < most or str(answer.path) in good:
            good[str(answer.path)] = answer
        else:
            bad.append(RefusedFile(str(path), words("attach.many", most=most)))
            break
    return list(good.values()), bad


def paths(text: str) -> Iterator[Path | RefusedFile]:
    """The paths that `text` names, patterns carried out; a pattern that finds nothing is refused."""
    for line in text.splitlines():
        if stripped := line.strip(_BLANKS):
            yield from _line(stripped)


def _line(line: str) -> Iterator[Path | RefusedFile]:
    whole = _address(line) if line.startswith("file:") and not _has_blank(line) else line
    if (there := existing(whole)) is not None:
        yield there
        return
    spoken = split(line)[:_MOST_WORDS]
    at = 0
    while at < len(spoken):
        # A name with spaces that nobody quoted: as many words as make a file that is there.
        for end in range(len(spoken), at, -1):
            there = existing(" ".join(spoken[at:end]))
            if there is not None:
                yield there
                at = end
                break
        else:
            yield from _word(spoken[at])
            at += 1


def _word(word: str) -> Iterator[Path | RefusedFile]:
    if not glob.has_magic(word):
        yield expanded(word)
        return
    try:
        found = sorted(islice(glob.iglob(str(expanded(word))), _MOST_MATCHES))  # noqa: PTH207 - absolute too
        files = [path for path in map(Path, found) if not path.is_dir()]
    except (OSError, ValueError):
        files = []
    if files:
        yield from files
    else:
        yield RefusedFile(word, words("attach.no_match", path=visible(word)))


def split(line: str) -> list[str]:
    """Break a line at spaces as a shell does, but never fail: an open quote goes on to the end."""
    escapes = os.name != "nt"  # a backslash separates folders there
    spoken: list[str] = []
    word, begun, quote = "", False, ""
    letters = iter(line)
    for letter in letters:
        if escapes and letter == "\\" and quote != "'":
            following = next(letters, "")
            # Within double quotes a backslash stands for itself before most letters.
            word += following if not quote or following in '"\\$`' else f"\\{following}"
            begun = True
        elif quote:
            quote = "" if letter == quote else quote
            word += letter if quote else ""
        elif letter in "'\"":
            quote, begun = letter, True
        elif letter in _BLANKS:
            if begun:
                spoken.append(word)
            word, begun = "", False
        else:
            word, begun = word + letter, True
    if begun:
        spoken.append(word)
    return [_address(word) if word.startswith("file:") else word for word in spoken]


def _has_blank(text: str) -> bool:
    return any(letter in _BLANKS for letter in text)


def _address(word: str) -> str:
    """The path of a file:// address; another machine's stays as it is, and isn't found."""
    try:
        parts = urlsplit(word)
        host = parts.netloc
    except ValueError:
        return word
    if host not in ("", "localhost", os.uname().nodename if hasattr(os, "uname") else ""):
        return word
    # A path may hold "?" and "#" unescaped when a program was careless.
    rest = word.removeprefix("file:")
    rest = rest.removeprefix(f"//{host}") if rest.startswith("//") else rest
    path = unquote(rest, errors="surrogateescape")
    return path.removeprefix("/") if os.name == "nt" else path


def expanded(text: str) -> Path:
    """`text` as a path, "~" carried out where that is possible."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def existing(text: str) -> Path | None:
    """The path as it stands on the disk, if something is there; Vietnamese names may be decomposed there."""
    for form in (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)):
        path = expanded(form)
        try:
            path.lstat()
        except (OSError, ValueError):
            continue
        return path
    return None


def size_text(size: int, lang: str) -> str:
    """Bytes for people: "812 B", "34 KB", "1,2 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 1000 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    tenths = round(size * 10 / (1024 * 1024))
    return f"{tenths // 10}{',' if lang == 'vi' else '.'}{tenths % 10} MB"


def file_text(found: FoundFile, lang: str) -> str:
    """Name, size and day of a file."""
    return f"{visible(found.name)} · {size_text(found.size, lang)} · {date_text(found.modified.date(), lang)}"


def refusals_text(refused: Iterable[RefusedFile], lang: str) -> str:
    """All refusals in a few sentences; many of them are counted."""
    texts = list(dict.fromkeys(each.text(lang) for each in refused))
    shown = " ".join(texts[:3])
    return shown if len(texts) <= 3 else f"{shown} {t('attach.more_refused', lang, count=len(texts) - 3)}"
