"""Values of the services as JSON: one converter for every command (shapes: docs/cli.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

from kcflow.services.errors import KcflowError
from kcflow.services.views import FlowPhase, ImportPlan, Reason, Receipt
from kcflow.text import visible
from states.model import Lifecycle

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

DERIVED: Final[dict[type, tuple[str, ...]]] = {
    FlowPhase: ("count", "late"),
    Receipt: ("mark",),
    ImportPlan: ("new_count", "bad_count"),
}
"""Properties that belong to a shape besides its fields."""
HIDDEN: Final[dict[type, tuple[str, ...]]] = {ImportPlan: ("handle",), Lifecycle: ("source",)}
"""Fields that are no data."""

_UNUSUAL: Final = re.compile(r"[^ -~\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff]")


def shape_fields(kind: type) -> list[str]:
    """Names of the JSON members of dataclass `kind`, in order."""
    hidden = HIDDEN.get(kind, ())
    return [f.name for f in fields(kind) if f.name not in hidden] + list(DERIVED.get(kind, ()))


def to_json(value: object) -> Json:
    """`value` as JSON: dataclasses by field, dates ISO, instants ISO in UTC with Z, money whole đồng.

    Raises TypeError for a value that no shape has (floats included).
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in shape_fields(type(value))}
    if isinstance(value, Mapping):
        return {str(name): to_json(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(inner) for inner in value]
    if isinstance(value, frozenset | set):
        return sorted((to_json(inner) for inner in value), key=str)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def error_json(error: KcflowError) -> Json:
    """An error as {"error": {"code", "text", "reasons"}}."""
    reasons = to_json(reasons_of(error))
    return {"error": {"code": error.code, "text": to_json(error.text), "reasons": reasons}}


def reasons_of(error: KcflowError) -> tuple[Reason, ...]:
    """Every reason that an error carries; most carry none."""
    found: tuple[Reason, ...] = getattr(error, "reasons", ())
    return found


def dumps(value: Json, *, indent: int | None = 1) -> str:
    """JSON text in which letters stay readable and nothing can act on a terminal: the rest is \\uXXXX."""
    return _UNUSUAL.sub(_escaped, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent))


def _escaped(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\n" or visible(char) == char:
        return char
    return json.dumps(char)[1:-1]


def cursor_text(cursor: object | None) -> str | None:
    """A page's opaque cursor as one word for `--after`; None at the end."""
    return None if cursor is None else json.dumps(_tagged(cursor), separators=(",", ":"))


def cursor_value(text: str) -> object:
    """The cursor that `cursor_text` wrote. Raises ValueError for any other text."""
    try:
        return _untagged(json.loads(text))
    except (KeyError, TypeError, RecursionError) as wrong:
        raise ValueError("not a cursor") from wrong


def _tagged(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_tagged(inner) for inner in value]
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no cursor form for {type(value).__name__}")


def _untagged(value: object) -> object:
    if isinstance(value, list):
        return tuple(_untagged(inner) for inner in value)
    if isinstance(value, dict):
        return date.fromisoformat(value["d"])
    if isinstance(value, float):
        raise ValueError("not a cursor")
    return value
