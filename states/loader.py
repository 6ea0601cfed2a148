"""Read a lifecycle file: strict about keys, types, texts and languages (design §3).

What a single table can tell is checked here; what the tables say together (every state
reachable, every name known, a way to an end) is checked by `states.checks`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from states import ready
from states.lifecycle_error import LifecycleError, near_miss
from states.model import (
    Action,
    AmountKind,
    DeadlineKind,
    DeadlineRule,
    Label,
    Lifecycle,
    Need,
    Phase,
    State,
    Target,
)

__all__ = ["LifecycleError", "builtin", "load_file", "load_text"]

_MAX_BYTES: Final = 1 << 20
_MAX_TEXT: Final = 300
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_VERSION: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_LINE: Final = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)$")

_DEADLINE_KEYS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "fixed_date": (("day", "month"), ("plan_year", "inclusive")),
    "working_days": (("days",), ()),
    "calendar_days": (("days",), ()),
    "months": (("months",), ()),
    "monthly": (("day",), ("inclusive",)),
    "term_end": ((), ()),
}
"""Way of counting → (keys it needs, keys it may have)."""

_ENDINGS: Final[tuple[Any, ...]] = ("completed", "refused", "withdrawn", "stopped", "transferred")
_TYPE_NAMES: Final = {
    str: "text",
    int: "integer",
    bool: "true/false",
    list: "list",
    dict: "table",
    date: "date",
    float: "number",
}

T = TypeVar("T")


class _Table:
    """One table of the file, read key by key; unknown keys are refused at once."""

    def __init__(self, file: str, path: str, values: Mapping[str, Any], keys: Collection[str]) -> None:
        self.file = file
        self.path = path
        self.values = values
        for key in values:
            if key not in keys:
                raise self.fail(
                    key, "unknown_key", expected=sorted(keys), suggestion=near_miss(key, keys) or ""
                )

    def fail(self, key: str, code: str, **params: object) -> LifecycleError:
        """Return the error for `key` of this table."""
        return LifecycleError(self.file, self.path, key, code, **params)

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the value of `key`; it must be a `kind` exactly (true is no integer)."""
        if key not in self.values:
            if default is None:
                raise self.fail(key, "missing_key")
            return default
        value = self.values[key]
        if type(value) is not kind:
            raise self.wrong_type(key, _TYPE_NAMES[kind], value)
        return value

    def wrong_type(self, key: str, expected: str, value: object) -> LifecycleError:
        """Return the error for a value of another type than `expected`."""
        found = _TYPE_NAMES.get(type(value), type(value).__name__)
        return self.fail(key, "wrong_type", expected=expected, found=found)

    def text(self, key: str) -> str:
        """Return a one-line text in NFC, without control or direction characters."""
        text = unicodedata.normalize("NFC", self.get(key, str)).strip()
        if not text:
            raise self.fail(key, "empty_text")
        if len(text) > _MAX_TEXT or not (_PLAIN.fullmatch(text) or _safe(text)):
            raise self.fail(key, "unsafe_text", limit=_MAX_TEXT)
        return text

    def name(self, key: str, pattern: re.Pattern[str] = _NAME) -> str:
        """Return a name that is safe as an identifier everywhere."""
        value = self.get(key, str)
        if not pattern.fullmatch(value):
            raise self.fail(key, "bad_name", found=value)
        return value

    def choice(self, key: str, choices: tuple[T, ...], default: T | None = None) -> T:
        """Return one of `choices` (texts), or `default` where the key is not given."""
        if key not in self.values and default is not None:
            return default
        value = self.get(key, str)
        for choice in choices:
            if choice == value:
                return choice
        near = near_miss(value, [str(choice) for choice in choices])
        raise self.fail(key, "bad_choice", found=value, expected=choices, suggestion=near or "")

    def label(self, key: str = "label") -> Label:
        """Return a text in both languages."""
        values = self.get(key, dict)
        inner = _Table(self.file, f"{self.path}.{key}" if self.path else key, values, ("vi", "en"))
        for language in ("vi", "en"):
            if not str(values.get(language, "")).strip():
                raise self.fail(key, "missing_language", language=language)
        return Label(vi=inner.text("vi"), en=inner.text("en"))

    def names(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Return a list of texts; one text alone stands for a list of one."""
        if key not in self.values:
            if needed:
                raise self.fail(key, "missing_key")
            return ()
        value = self.values[key]
        items = [value] if type(value) is str else value
        if type(items) is not list or not all(type(item) is str for item in items):
            raise self.wrong_type(key, "list of texts", value)
        if needed and not items:
            raise self.fail(key, "empty_list")
        return tuple(items)

    def tables(self, key: str) -> list[dict[str, Any]]:
        """Return a list of tables; one table alone stands for a list of one, none for an empty one."""
        value = self.values.get(key, [])
        items = [value] if type(value) is dict else value
        if type(items) is not list or not all(type(item) is dict for item in items):
            raise self.wrong_type(key, "table or list of tables", value)
        return items


_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN: Final = re.compile(r"[ -~\u00c0-\u024f\u1e00-\u1eff]*")
"""Letters of Vietnamese and English, all safe: nearly every text, known without a look at each letter."""


def _safe(text: str) -> bool:
    return not any(unicodedata.category(character) in _UNSAFE for character in text)


class _Parameters:
    """The file's parameters, each with the value chosen for it."""

    def __init__(self, top: _Table, given: Mapping[str, str] | None) -> None:
        self.values: dict[str, str] = {}
        self.changed: list[str] = []
        given = dict(given or {})
        for name, values in top.get("parameters", dict, {}).items():
            path = f"parameters.{name}"
            if type(values) is not dict:
                raise top.wrong_type(path, "table", values)
            table = _Table(top.file, path, values, ("default", "choices", "label"))
            if not _NAME.fullmatch(name):
                raise table.fail("", "bad_name", found=name)
            choices = table.names("choices", needed=True)
            if "label" in values:
                table.label()
            default = table.choice("default", choices) if "default" in values else table.name("default")
            chosen = given.pop(name, default)
            if chosen not in choices:
                raise table.fail(
                    "",
                    "bad_choice",
                    found=chosen,
                    expected=choices,
                    suggestion=near_miss(chosen, choices) or "",
                )
            self.values[name] = chosen
            if chosen != default:
                self.changed.append(f"{name}.{chosen}")
        for name in given:
            raise self.unknown(top, "parameters", name)

    def unknown(self, table: _Table, key: str, name: str) -> LifecycleError:
        """Return the error for a parameter that the file does not have."""
        near = near_miss(name, self.values)
        return table.fail(key, "unknown_parameter", found=name, suggestion=near or "")

    def resolve(self, table: _Table, key: str, value: str) -> str:
        """Return `value`, or the chosen value where it is "$name"."""
        if not value.startswith("$"):
            return value
        if value[1:] not in self.values:
            raise self.unknown(table, key, value[1:])
        return self.values[value[1:]]


def _deadline(owner: _Table, path: str, values: dict[str, Any]) -> DeadlineRule:
    every = {key for needed, more in _DEADLINE_KEYS.values() for key in (*needed, *more)}
    common = ("by", "kind", "basis", "when")
    ways: tuple[Any, ...] = tuple(_DEADLINE_KEYS)
    by = _Table(owner.file, path, values, {*common, *every}).choice("by", ways)
    needed, more = _DEADLINE_KEYS[by]
    table = _Table(owner.file, path, values, (*common, *needed, *more))
    numbers = {key: table.get(key, int) for key in needed}
    if "plan_year" in values:
        numbers["plan_year"] = table.get("plan_year", int)
    return DeadlineRule(
        by=by,
        kind=table.choice("kind", get_args(DeadlineKind)),
        basis=table.text("basis"),
        inclusive=table.get("inclusive", bool, True),
        when=table.get("when", str) if "when" in values else None,
        **numbers,
    )


def _path(kind: str, index: int, values: Mapping[str, Any]) -> str:
    """How an error names a table: by its name, or by its number when it has none."""
    name = values.get("name")
    return f"{kind}.{name}" if isinstance(name, str) and name else f"{kind}[{index + 1}]"


def _state(file: str, index: int, values: dict[str, Any], parameters: _Parameters) -> State:
    table = _Table(file, _path("state", index, values), values, _STATE_KEYS)
    rules = table.tables("deadline")
    path = f"{table.path}.deadline"
    return State(
        name=table.name("name"),
        label=table.label(),
        phase=table.get("phase", str),
        waits_for=parameters.resolve(table, "waits_for", table.get("waits_for", str)),
        deadlines=tuple(
            _deadline(table, path if len(rules) == 1 else f"{path}[{number}]", rule)
            for number, rule in enumerate(rules, 1)
        ),
        final=table.get("final", bool, False),
        ending=table.choice("ending", _ENDINGS, ""),
        paused=table.get("paused", bool, False),
    )


def _targets(table: _Table) -> tuple[Target, ...]:
    if "to" not in table.values:
        raise table.fail("to", "missing_key")
    value = table.values["to"]
    if type(value) is str:
        return (Target(value),)
    if type(value) is not list or not value or not all(type(item) is dict for item in value):
        raise table.wrong_type("to", 'a state, "@same", "@return_to" or a list of { state, when }', value)
    targets = []
    for number, item in enumerate(value, 1):
        inner = _Table(table.file, f"{table.path}.to[{number}]", item, ("state", "when"))
        when = inner.get("when", str) if "when" in item else None
        targets.append(Target(inner.get("state", str), when))
    return tuple(targets)


def _sources(table: _Table, states: Sequence[State], phases: Sequence[Phase]) -> tuple[str, ...]:
    """`from`: names of states, "phase:NAME" (its open states) or "*open" (all open states)."""
    found: list[str] = []
    for entry in table.names("from", needed=True):
        if entry == "*open":
            found += [state.name for state in states if not state.final]
        elif entry.startswith("phase:"):
            phase = entry.removeprefix("phase:")
            names = [one.name for one in phases]
            if phase not in names:
                near = near_miss(phase, names)
                raise table.fail("from", "unknown_phase", found=phase, suggestion=near or "")
            found += [state.name for state in states if state.phase == phase and not state.final]
        else:
            found.append(entry)
    return tuple(dict.fromkeys(found))


def _documents(table: _Table) -> tuple[tuple[str, ...], ...]:
    """Each entry is a kind, or a list of kinds of which one is enough."""
    values = table.get("documents", list, [])
    entries = []
    for value in values:
        kinds = [value] if type(value) is str else value
        if type(kinds) is not list or not kinds or not all(type(kind) is str for kind in kinds):
            raise table.wrong_type("documents", "list of kinds, or of lists of kinds", value)
        entries.append(tuple(kinds))
    return tuple(entries)


def _amount(table: _Table) -> tuple[AmountKind | None, bool]:
    """`amount`: a kind, or "kind?" where the act may also move none."""
    if "amount" not in table.values:
        return None, False
    text = table.get("amount", str)
    inner = _Table(table.file, table.path, {"amount": text.removesuffix("?")}, ("amount",))
    kinds: tuple[AmountKind, ...] = get_args(AmountKind)
    return inner.choice("amount", kinds), text.endswith("?")


def _action(
    file: str,
    index: int,
    values: dict[str, Any],
    states: list[State],
    phases: list[Phase],
    given: _Parameters,
) -> Action:
    table = _Table(file, _path("action", index, values), values, _ACTION_KEYS)
    act_document = table.text("act_document") if "act_document" in values else None
    roles = (given.resolve(table, "roles", role) for role in table.names("roles", needed=True))
    amount, optional = _amount(table)
    return Action(
        name=table.name("name"),
        label=table.label(),
        sources=_sources(table, states, phases),
        targets=_targets(table),
        roles=tuple(dict.fromkeys(roles)),
        basis=table.text("basis"),
        guards=table.names("guards"),
        warnings=table.names("warnings"),
        documents=_documents(table),
        act_document=act_document,
        act_document_need=table.choice(
            "act_document_need", get_args(Need), "required" if act_document else "none"
        ),
        reason=table.choice("reason", get_args(Need), "optional"),
        amount=amount,
        round=table.get("round", bool, False),
        second_person=table.get("second_person", bool, False),
        remembers_return=table.get("remembers_return", bool, False),
        renews_deadline=table.get("renews_deadline", bool, False),
        advances_year=table.get("advances_year", bool, False),
        danger=table.get("danger", bool, False),
        amount_optional=optional,
        signed=table.get("signed", bool, False),
        release=table.get("release", bool, False),
        via=table.name("via") if "via" in values else None,
        charges=table.names("charges"),
        may_charge=table.names("may_charge"),
        moves=table.names("moves"),
        fields=table.names("fields"),
    )


_STATE_KEYS: Final = ("name", "label", "phase", "waits_for", "deadline", "final", "ending", "paused")
_ACTION_KEYS: Final = (
    *("name", "label", "from", "to", "roles", "basis", "guards", "warnings", "documents"),
    *("act_document", "act_document_need", "reason", "amount", "round", "second_person"),
    *("remembers_return", "renews_deadline", "advances_year", "danger"),
    *("signed", "release", "via", "charges", "may_charge", "moves", "fields"),
)
_TOP_KEYS: Final = (
    *("lifecycle", "version", "subject", "basis", "in_force", "initial", "label", "parameters"),
    *("phase", "state", "action", "fund"),
)


def _plain(value: object) -> object:
    """Reduce a definition to JSON values.

    A field that has its default is left out, so that a later field of the model does not
    change the fingerprint of a lifecycle already in use.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        said: dict[str, object] = {}
        for name, default in _shown_fields(type(value)):
            given = getattr(value, name)
            if given is not default and given != default:
                said[name] = given if type(given) is str else _plain(given)
        return said
    return value


@cache
def _shown_fields(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    """Names and defaults of what a part of a definition says; without a default it is never left out."""
    return tuple(
        (field.name, field.default) for field in fields(kind) if field.name not in ("fingerprint", "source")
    )


def fingerprint(lifecycle: Lifecycle) -> str:
    """Return the SHA-256 hex of the definition's canonical JSON (comments and layout don't count)."""
    text = json.dumps(_plain(lifecycle), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _parse(text: str, file: str) -> dict[str, Any]:
    if (known := ready.parsed(text)) is not None:
        return known
    import tomllib  # the built-in files don't need it, and every start waits for them

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = place[1] if place and place[1] else text.count("\n") + 1
        raise LifecycleError(file, "", "", "syntax", line=line, detail=_LINE.sub("", str(error))) from None
    except RecursionError:
        raise LifecycleError(file, "", "", "syntax", line=1, detail="nested too deeply") from None


def load_text(text: str, *, file: str = "<text>", parameters: Mapping[str, str] | None = None) -> Lifecycle:
    """Read a lifecycle from TOML `text`; `file` only names it in errors.

    parameters: chosen values by name, e.g. {"approver": "department"}; what is not given has the
    file's default. A choice other than the default becomes a part of the version
    ("default+approver.department"), since a dossier pins name@version and nothing else.
    Raises `LifecycleError`. The graph is checked by `states.checks.check`.
    """
    top = _Table(file, "", _parse(text, file), _TOP_KEYS)
    given = _Parameters(top, parameters)
    force = _Table(file, "in_force", top.get("in_force", dict), ("from", "to"))
    begins = force.get("from", date)
    ends = force.get("to", date) if "to" in force.values else None
    if ends is not None and ends < begins:
        raise force.fail("to", "dates_reversed")
    phases = []
    for index, values in enumerate(top.tables("phase")):
        table = _Table(file, _path("phase", index, values), values, ("name", "label"))
        phases.append(Phase(name=table.name("name"), label=table.label()))
    states = [_state(file, index, values, given) for index, values in enumerate(top.tables("state"))]
    actions = [
        _action(file, index, values, states, phases, given)
        for index, values in enumerate(top.tables("action"))
    ]
    for key, found in (("phase", phases), ("state", states), ("action", actions)):
        if not found:
            raise top.fail(key, "missing_key")
    definition: dict[str, Any] = {
        "name": top.name("lifecycle"),
        "version": "+".join([top.name("version", _VERSION), *sorted(given.changed)]),
        "subject": top.name("subject"),
        "basis": top.text("basis"),
        "in_force_from": begins,
        "in_force_to": ends,
        "initial": top.get("initial", str),
        "label": top.label(),
        "phases": tuple(phases),
        "states": tuple(states),
        "actions": tuple(actions),
        "parameters": given.values,
        "fund": top.get("fund", bool, False),
        "source": text,
    }
    return Lifecycle(**definition, fingerprint=fingerprint(Lifecycle(**definition, fingerprint="")))


def load_file(path: Path | str, *, parameters: Mapping[str, str] | None = None) -> Lifecycle:
    """Read a lifecycle file (UTF-8, at most 1 MiB). Raises `LifecycleError`, never `OSError`."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise LifecycleError(str(path), "", "", "unreadable", detail=detail) from error
    if len(data) > _MAX_BYTES:
        raise LifecycleError(str(path), "", "", "too_large", limit=_MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LifecycleError(str(path), "", "", "not_utf8") from error
    return load_text(text.replace("\r\n", "\n"), file=path.name, parameters=parameters)


@cache
def builtin() -> tuple[Lifecycle, ...]:
    """Return the lifecycles that come with the program, with their default parameters, by file name."""
    folder = Path(__file__).with_name("lifecycles")
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return tuple(load_text(entry.read_text("utf-8"), file=entry.name) for entry in files)
