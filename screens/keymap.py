"""Which keys a command may have: every command with the places it works in, conflicts, keys nobody may take.

Two commands conflict when one screen knows both under one key, unless they share that key by design (Enter in
a list and in a dialog). Help, settings, commands and leaving always keep their own keys besides new ones.
"""

from __future__ import annotations

import pkgutil
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key
from textual.screen import Screen

import screens
from kcflow.i18n import t
from screens.commands import REGISTRY, Command, key_name
from states.model import Label

KEPT_ALWAYS = ("help", "open_settings", "palette", "quit")
"""Commands whose own keys work whatever a key map says: nobody locks himself out."""
_MOVING = frozenset(("enter", "escape", "tab", "up", "down", "left", "right", "home", "end", "pageup"))
_MOVING |= {"shift+tab", "pagedown", "backspace", "delete", "insert", "space"}
_MOVING |= {f"ctrl+{letter}" for letter in "chijmz"} | {"ctrl+left_square_bracket"}
_EDITING = frozenset(f"ctrl+{letter}" for letter in "aefdkuvwx")
_KNOWN = frozenset(key.value for key in Keys) | {f"f{n}" for n in range(1, 25)}


def keys_of(command: type[Command]) -> tuple[str, ...]:
    """The keys a command has by itself."""
    return tuple(_long(key) for key in command.key.split(",") if key.strip())


def _long(key: str) -> str:
    """A key's long name: "?" is question_mark."""
    key = key.strip()
    return _character_to_key(key) if len(key) == 1 else key


def split(keys: str) -> tuple[str, ...]:
    """The keys in an entry of the file, by their long names; "," itself is written "comma"."""
    return tuple(dict.fromkeys(_long(key) for key in keys.split(",") if key.strip()))


@cache
def commands() -> Mapping[str, type[Command]]:
    """Every command by its id; reads every screen's module once."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    return dict(REGISTRY)


def _subclasses(of: type) -> Iterator[type]:
    sub: type
    for sub in of.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def bound(node: type) -> frozenset[str]:
    """Ids of the commands that nodes of this class carry out."""
    return frozenset(
        binding.id
        for base in node.__mro__
        for binding in base.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id in REGISTRY
    )


@cache
def contexts(app: type) -> tuple[tuple[type, frozenset[str]], ...]:
    """What is known together: for every screen and part of a screen the commands that work there."""
    from screens.lists.listpane import Pane
    from screens.shell import ShellScreen

    commands()
    everywhere, shell = bound(app), bound(ShellScreen)
    found: list[tuple[type, frozenset[str]]] = [(app, everywhere)]
    for node in dict.fromkeys(_subclasses(DOMNode)):
        if not node.__module__.startswith("screens."):
            continue
        own = bound(node)
        if own:
            around = everywhere | (shell if issubclass(node, Pane) else frozenset())
            found.append((node, own | around))
    return tuple(found)


def together(one: str, other: str, app: type) -> bool:
    """Whether two commands work in one place."""
    return any(one in ids and other in ids for _, ids in contexts(app))


def area(command_id: str, app: type) -> str:
    """Where a command works: "app", "shell", "list", "form" (screens and dialogs)."""
    from screens.lists.listpane import Pane
    from screens.shell import ShellScreen

    if command_id in bound(app):
        return "app"
    if command_id in bound(ShellScreen):
        return "shell"
    for node, ids in contexts(app):
        if command_id in ids and issubclass(node, Pane):
            return "list"
    for node, _ in contexts(app):
        if command_id in bound(node) and issubclass(node, Screen):
            return "form"
    return "part"


@dataclass(frozen=True, slots=True)
class Judged:
    """A key map that is safe to use, and what of the wishes was left out, a sentence each."""

    keymap: dict[str, str]
    problems: tuple[Label, ...]


def judged(wishes: Mapping[str, str], app: type) -> Judged:
    """Take the wishes (keys by id of command) that may be; name the others."""
    known = commands()
    taken: dict[str, tuple[str, ...]] = {}
    problems: list[Label] = []
    for name, keys in wishes.items():
        command = known.get(name)
        if command is None:
            problems.append(_says("unknown", id=name))
            continue
        good = []
        for key in split(keys):
            refusal = refused(command, key)
            if refusal is None:
                good.append(key)
            else:
                problems.append(_says(refusal, key=key, command=name))
        if good:
            taken[name] = tuple(good)
    for name in list(taken):
        for key in taken.get(name, ()):
            other = clash(known[name], key, taken, app)
            if other is not None:
                problems.append(_says("clash", key=key, command=name, other=other.id))
                taken[name] = tuple(each for each in taken[name] if each != key)
        if not taken[name]:
            del taken[name]
    keymap = {
        name: ",".join(dict.fromkeys((*keys, *(keys_of(known[name]) if name in KEPT_ALWAYS else ()))))
        for name, keys in taken.items()
    }
    return Judged(keymap, tuple(problems))


def refused(command: type[Command], key: str) -> str | None:
    """Why no screen may use `key` for `command` (the end of a catalogue key), or None."""
    if key in keys_of(command):
        return None
    if not _is_key(key):
        return "not_a_key"
    if key in _MOVING:
        return "moving"
    if command.priority and (len(key) == 1 or _is_sign(key)):
        return "printable"
    if command.priority and key in _EDITING:
        return "editing"
    return None


def _is_key(key: str) -> bool:
    """Whether there is such a key: f9, ctrl+g, question_mark, x."""
    *held, base = key.split("+")
    if not set(held) <= {"ctrl", "alt", "shift"}:
        return False
    return base in _KNOWN or (len(base) == 1 and base.isprintable()) or _is_sign(base)


def _is_sign(key: str) -> bool:
    """Whether the key writes a sign, such as question_mark."""
    if key in KEY_NAME_REPLACEMENTS.values():
        return True
    try:
        unicodedata.lookup(key.replace("_", " ").upper())
    except KeyError:
        return False
    return key not in _KNOWN


def clash(
    command: type[Command], key: str, wishes: Mapping[str, tuple[str, ...]], app: type
) -> type[Command] | None:
    """The command that has `key` already where `command` works, or None."""
    known = commands()
    if key in keys_of(command):
        return None
    for name in KEPT_ALWAYS:
        if name != command.id and name in known and key in keys_of(known[name]):
            return known[name]
    for _, ids in contexts(app):
        if command.id not in ids:
            continue
        for other in sorted(ids - {command.id}):
            present = wishes.get(other) or keys_of(known[other])
            if key in present:
                return known[other]
    return None


def names(keys: str | tuple[str, ...]) -> str:
    """Keys as people read them."""
    return " ".join(key_name(key) for key in (split(keys) if isinstance(keys, str) else keys))


def present_keys(command: type[Command], keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys a command has now."""
    return split(keymap[command.id]) if command.id in keymap else keys_of(command)


def _says(what: str, **params: Any) -> Label:  # noqa: ANN401 - ids and names of keys
    return Label(*(t(f"keys.{what}", lang, **params) for lang in ("vi", "en")))
