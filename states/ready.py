"""The built-in lifecycle files as they are parsed: to read them as TOML takes twenty times as long as JSON.

A text is known by its digest, so a file that was changed, or comes from elsewhere, is parsed as before. After
a change in `states/lifecycles`: `python -m states.ready > states/ready.json` (a test compares).
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

_READY = Path(__file__).with_name("ready.json")


def parsed(text: str) -> dict[str, Any] | None:
    """Return what the TOML `text` says if it is, or once was, one of the built-in files; else None."""
    kept = _all().get(_digest(text))
    return None if kept is None else _read(kept)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _all() -> dict[str, str]:
    """Each file as JSON in a text of its own: only those that a store carries are read."""
    try:
        found: dict[str, str] = json.loads(_READY.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _read(kept: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(kept)
    said["in_force"] = {name: date.fromisoformat(day) for name, day in said["in_force"].items()}
    return said


def frozen() -> str:
    """Return what `ready.json` has to hold: the files, and former versions, which stores still carry."""
    import tomllib

    files = sorted((Path(__file__).parent / "lifecycles").glob("*.toml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    said = {_digest(text): tomllib.loads(text) for text in texts}
    keys = {_key(each) for each in said.values()}
    former = {digest: kept for digest, kept in _all().items() if _key(json.loads(kept)) not in keys}
    made = {
        digest: json.dumps(each, ensure_ascii=False, default=date.isoformat) for digest, each in said.items()
    }
    return json.dumps({**former, **made}, ensure_ascii=False, indent=0) + "\n"


def _key(said: dict[str, Any]) -> tuple[Any, Any]:
    return said.get("lifecycle"), said.get("version")


if __name__ == "__main__":
    print(frozen(), end="")  # noqa: T201
