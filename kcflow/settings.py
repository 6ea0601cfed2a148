"""The settings file: read without ever failing, written without losing what somebody else wrote in it.

Order, the first that says something wins: arguments, environment (KCFLOW_LANG, ESCDELAY, NO_COLOR), this
file, defaults. The file is TOML in the platform's folder for configuration (`config.settings_path`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kcflow import config
from kcflow.atomic import set_aside, write_atomic
from kcflow.i18n import t
from kcflow.settings_schema import RULES, SECTIONS, Rule, Settings

if TYPE_CHECKING:
    from states.model import Label

__all__ = ["RULES", "SECTIONS", "Rule", "Settings", "load", "remember", "remembered", "save"]

_TABLE = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*(?:\"([^\"]*)\"|([A-Za-z0-9_-]+))\s*=")
_COMMENT = re.compile(r"\s+#[^\"']*$")
_MOST_BYTES = 1_000_000
_lock = threading.Lock()


# Reading


def load(path: Path | None = None) -> Settings:
    """Read the settings; what is wrong with the file is in `problems`, and its default stands instead."""
    path = path or config.settings_path()
    try:
        text = _text(path)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        return Settings(problems=(_says("unreadable", path, error=_reason(error)),))
    import tomllib  # most people have no such file, and the first paint waits for this

    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        return Settings(problems=(_says("broken", path, line=line[1] if line else "?"),))
    return _judged(data, text, path)


def _text(path: Path) -> str:
    """What the file holds. Raises OSError, ValueError (no UTF-8, or far too long)."""
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ValueError("too long")
    return raw.decode("utf-8-sig")


def _judged(data: Mapping[str, Any], text: str, path: Path) -> Settings:
    """Take what may be taken, name what may not."""
    problems: list[Label] = []
    values: dict[str, Any] = {}
    for section, table in data.items():
        if section not in (*SECTIONS, "keys") or not isinstance(table, dict):
            problems.append(_says("unknown", path, key=section, line=_line(text, None, section)))
            continue
        for key, value in table.items():
            where = {"key": f"{section}.{key}", "line": _line(text, section, key)}
            if section == "keys":
                if not isinstance(value, str) or not value.strip():
                    problems.append(_says("wrong_key", path, **where))
                continue
            rule = RULES.get(key)
            if rule is None or rule.section != section:
                problems.append(_says("unknown", path, **where))
            elif rule.accepts(value):
                values[key] = value
            else:
                problems.append(_wrong(rule, value, path, where["line"]))
    table = data.get("keys")
    keys = (
        {k: v for k, v in table.items() if isinstance(v, str) and v.strip()}
        if isinstance(table, dict)
        else {}
    )
    return Settings(**values, keys=MappingProxyType(keys), problems=tuple(problems))


def _wrong(rule: Rule, value: object, path: Path, line: str) -> Label:
    """Say that a value may not be, and what may."""
    from states.model import Label

    found = str(value)[:60]
    return Label(*(
        t("settings_file.wrong", lang, file=path, line=line, key=f"{rule.section}.{rule.key}", found=found,
          allowed=allowed(rule, lang))
        for lang in ("vi", "en")
    ))  # fmt: skip


def allowed(rule: Rule, lang: str) -> str:
    """What a setting may be, in words."""
    if rule.kind == "choice":
        return ", ".join(rule.choices)
    return t(f"settings_file.allowed_{rule.kind}", lang, least=rule.least, most=rule.most)


def _says(what: str, path: Path, **params: object) -> Label:
    from states.model import Label

    return Label(*(t(f"settings_file.{what}", lang, file=path, **params) for lang in ("vi", "en")))


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "UTF-8"


def _line(text: str, section: str | None, key: str) -> str:
    """The number of the line that holds `key` of `section` (None: the head of the table `key`), or "?"."""
    table = None
    for number, line in enumerate(text.splitlines(), 1):
        if head := _TABLE.match(line):
            table = head[1]
            if section is None and table == key:
                return str(number)
        elif (entry := _ENTRY.match(line)) and table == section and (entry[1] or entry[2]) == key:
            return str(number)
    return "?"


# Writing


def save(changes: Mapping[str, object], path: Path | None = None) -> Path | None:
    """Write `changes` (settings by key; None goes back to the default; "keys": a mapping that replaces all).

    Comments and everything unknown in the file stay. A file that can't be read as TOML is kept beside the
    new one; its place is returned then, else None. Raises OSError, and ValueError for a value that may
    not be.
    """
    import tomllib

    path = path or config.settings_path()
    for key, value in changes.items():
        if key != "keys" and value is not None and not RULES[key].accepts(value):
            raise ValueError(f"{key}: {value!r}")
    with _lock:
        backup = None
        try:
            text = _text(path)
            data = tomllib.loads(text)
        except FileNotFoundError:
            text, data = t("settings_file.head", "vi") + "\n" + t("settings_file.head", "en") + "\n", {}
        except (ValueError, RecursionError):  # TOMLDecodeError is a ValueError too
            backup = _backup(path)
            text, data = "", {}
        wanted = _changed(data, changes)
        new = _edited(text, data, wanted)
        try:
            fits = tomllib.loads(new) == wanted
        except tomllib.TOMLDecodeError:
            fits = False
        if not fits:
            # A layout that the editor of lines can't follow: written whole, the old one kept beside it.
            backup = backup or _backup(path)
            new = _dumped(wanted)
        write_atomic(path, new.encode("utf-8"))
    return backup


def _backup(path: Path) -> Path:
    """Copy the file beside itself, under a name that no other copy has. Raises OSError."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = path.with_name(f"{path.name}.{stamp}.bak")
    write_atomic(copy, path.read_bytes())
    return copy


def _changed(data: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """What the file is to say."""
    wanted: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in data.items()}
    for key, value in changes.items():
        section = "keys" if key == "keys" else RULES[key].section
        table = wanted.setdefault(section, {})
        if not isinstance(table, dict):
            table = wanted[section] = {}
        if key == "keys":
            table.clear()
            table.update(value or {})  # type: ignore[call-overload]
        elif value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return {key: value for key, value in wanted.items() if value != {} or key in data}


def _edited(text: str, data: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """`text` with the lines changed that must change."""
    lines = text.splitlines()
    for section, table in wanted.items():
        if not isinstance(table, dict) or table == data.get(section):
            continue
        old = data.get(section)
        old = old if isinstance(old, dict) else {}
        gone = [key for key in old if key not in table]
        changed = {key: value for key, value in table.items() if key not in old or old[key] != value}
        start, end = _span(lines, section)
        if start is None:
            if changed:
                lines += ["", f"[{section}]"] if lines else [f"[{section}]"]
                lines += [f"{_key(key)} = {_value(value)}" for key, value in changed.items()]
            continue
        body: list[str] = []
        for line in lines[start:end]:
            entry = _ENTRY.match(line)
            key = (entry[1] or entry[2]) if entry else None
            if key in gone:
                continue
            if key is not None and key in changed:
                comment = _COMMENT.search(line)
                body.append(f"{_key(key)} = {_value(changed.pop(key))}{comment[0] if comment else ''}")
            else:
                body.append(line)
        at = len(body)
        while at and not body[at - 1].strip():
            at -= 1
        body[at:at] = [f"{_key(key)} = {_value(value)}" for key, value in changed.items()]
        lines[start:end] = body
    return "\n".join(lines) + "\n"


def _span(lines: list[str], section: str) -> tuple[int | None, int]:
    """The lines of a table, without its head; (None, …) when there is no such table."""
    start = None
    for at, line in enumerate(lines):
        if head := _TABLE.match(line):
            if start is not None:
                return start, at
            if head[1] == section:
                start = at + 1
    return start, len(lines)


def _dumped(data: Mapping[str, Any]) -> str:
    """A whole file; values of kinds that settings never have are left out (the copy has them)."""
    lines: list[str] = []
    for section, table in data.items():
        if isinstance(table, dict):
            lines += [f"[{_key(section)}]"]
            lines += [f"{_key(k)} = {_value(v)}" for k, v in table.items() if isinstance(v, str | bool | int)]
            lines += [""]
    return "\n".join(lines)


def _key(key: str) -> str:
    import json

    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def _value(value: object) -> str:
    import json

    # Strings of JSON are strings of TOML, once DEL is escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# What lists remember


def remember(list_name: str, values: Mapping[str, object]) -> bool:
    """Keep `values` (JSON values: columns, widths, order) for a list; False when the disk refuses.

    It is only comfort, so nothing fails for it.
    """
    import json

    with _lock:
        known = _lists()
        if known.get(list_name) == dict(values):
            return True
        known[list_name] = dict(values)
        try:
            write_atomic(_lists_path(), json.dumps(known, ensure_ascii=False).encode("utf-8"))
        except OSError:
            return False
    return True


def remembered(list_name: str) -> dict[str, Any]:
    """What was kept for a list; {} when nothing was, or nothing can be read."""
    with _lock:
        return dict(_lists().get(list_name, {}))


def _lists_path() -> Path:
    return config.state_dir() / "lists.json"


def _lists() -> dict[str, dict[str, Any]]:
    """Every list's values. A file that is no JSON is set aside."""
    import json

    path = _lists_path()
    try:
        data = json.loads(_text(path))
    except OSError:
        return {}
    except (ValueError, RecursionError):
        with suppress(OSError):
            set_aside(path)
        return {}
    return {k: v for k, v in data.items() if isinstance(v, dict)} if isinstance(data, dict) else {}
