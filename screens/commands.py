"""One class for each thing a person can do by key: footer, palette, help and key map all read it.

Texts stand in the catalogues under `command.<id>.label` (what the footer says) and `command.<id>.help`
(one sentence for the help screen and the palette).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from kcflow.i18n import keys_from, t

REGISTRY: dict[str, type[Command]] = {}
"""Every command by its id."""

_KEY_NAMES = {
    "enter": "⏎",
    "escape": "Esc",
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "space": "Space",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "plus": "+",
    "minus": "-",
    "delete": "Del",
    "insert": "Ins",
    "dollar_sign": "$",
    "percent_sign": "%",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "⌫",
}

_HELD = {"ctrl+": "^", "shift+": "Shift+", "alt+": "Alt+"}


class Command:
    """Something a person can do.

    id: from the class name (`OpenRow` is "open_row"); the key map names commands by it.
    key: one key or several with commas, the first is shown. action: what Textual runs on the node that
    binds the command (default: the id, so `action_<id>` there). show: whether the footer has it.
    priority: whether it works while an input has the focus. order: place in the footer, low first.
    """

    id: ClassVar[str] = ""
    key: ClassVar[str] = ""
    action: ClassVar[str] = ""
    show: ClassVar[bool] = True
    priority: ClassVar[bool] = False
    order: ClassVar[int] = 50

    def __init_subclass__(cls) -> None:
        """Name the command after its class and make it known."""
        super().__init_subclass__()
        cls.id = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        if "action" not in cls.__dict__:
            cls.action = cls.id
        REGISTRY[cls.id] = cls

    @classmethod
    def label(cls) -> str:
        """What the footer says, in the present language."""
        return t(f"command.{cls.id}.label")

    @classmethod
    def help(cls) -> str:
        """One sentence on what it does, in the present language."""
        return t(f"command.{cls.id}.help")

    @classmethod
    def binding(cls) -> Binding:
        """The key binding, with an id so that a key map can move it."""
        return Binding(
            cls.key,
            cls.action,
            description=cls.id,
            show=cls.show,
            priority=cls.priority,
            id=cls.id,
        )


def bindings(*commands: type[Command]) -> list[BindingType]:
    """Return the BINDINGS of a node that carries out `commands`."""
    return [command.binding() for command in commands]


def key_name(key: str) -> str:
    """How a key is written for people: `ctrl+p` is ^p, `shift+left` Shift+←, `enter` is ⏎, `f1` is F1."""
    for before, name in _HELD.items():
        if key.startswith(before):
            return name + key_name(key.removeprefix(before))
    if re.fullmatch(r"f\d+", key):
        return key.upper()
    return _KEY_NAMES.get(key, key)


_moved: dict[str, str] = {}


def follow(keymap: Mapping[str, str]) -> None:
    """Texts name the keys of `keymap` (keys by id of command) from now on, and a command's own elsewhere."""
    _moved.clear()
    _moved.update(keymap)


def shown_key(command_id: str) -> str:
    """How the first of a command's present keys is written; the id itself where there is no such command."""
    command = REGISTRY.get(command_id)
    if command is None:
        # A text may name a command of a screen that was not opened yet.
        from screens.keymap import commands

        command = commands().get(command_id)
    if command is None:
        return command_id
    return key_name((_moved.get(command_id) or command.key).partition(",")[0].strip())


keys_from(shown_key)


# Commands of the whole application


class Help(Command):
    """F1: what this screen is, its keys, its terms."""

    key = "f1"
    action = "app.help"
    priority = True
    order = 99


class Language(Command):
    """F2: the other language, at once."""

    key = "f2"
    priority = True
    show = False


class Palette(Command):
    """Every command by name."""

    key = "ctrl+p"
    priority = True
    order = 90


class Quit(Command):
    """Leave the application."""

    key = "ctrl+q"
    priority = True
    order = 95
    action = "leave"


class Refresh(Command):
    """Read everything anew."""

    key = "f5"
    show = False
    action = "refresh_data"


class Theme(Command):
    """The next look: dark, light, high contrast."""

    key = "f8"
    show = False
    action = "next_theme"


class Jump(Command):
    """Open a proposal by its code, its last digits or words."""

    key = "g"
    show = False
    order = 72
    action = "app.jump"


class GoBack(Command):
    """Open the proposal that was open before."""

    key = "ctrl+left,alt+left,less_than_sign"
    show = False
    order = 73
    action = "app.go_back"


class GoForward(Command):
    """Undo going back."""

    key = "ctrl+right,alt+right,greater_than_sign"
    show = False
    order = 74
    action = "app.go_forward"


class StopWaiting(Command):
    """Wait no longer for a slow answer."""

    key = "escape"
    priority = True
    order = 5
    action = "screen.stop_waiting"


class OpenSettings(Command):
    """Settings and keys."""

    key = "f9"
    show = False
    order = 97
    action = "app.open_settings"


# Commands of the shell


class TabInbox(Command):
    """My work."""

    key = "1"
    action = "show_tab('inbox')"
    show = False


class TabDossiers(Command):
    """All proposals that one may see."""

    key = "2"
    action = "show_tab('dossiers')"
    show = False


class TabStalled(Command):
    """What stands still."""

    key = "3"
    action = "show_tab('stalled')"
    show = False


class TabHistory(Command):
    """What was done, newest first."""

    key = "4"
    action = "show_tab('history')"
    show = False


class TabPeople(Command):
    """People and offices."""

    key = "5"
    action = "show_tab('people')"
    show = False


class TabFlow(Command):
    """How many stand where."""

    key = "6"
    action = "show_tab('flow')"
    show = False


class TabMoney(Command):
    """Plans, rounds, contracts, adjustments."""

    key = "7"
    action = "show_tab('money')"
    show = False


class NewDraft(Command):
    """Start a new proposal."""

    key = "n"
    order = 60


class ImportRegister(Command):
    """Read a department's registration workbook."""

    key = "ctrl+o"
    order = 61


class WorkAs(Command):
    """Choose the person to work as."""

    key = "w"
    show = False
    order = 70


# Commands of lists


class Act(Command):
    """Carry out an act on the dossier under the cursor."""

    key = "a"
    order = 10


class Search(Command):
    """Type to search."""

    key = "slash"
    order = 20


class DossierHistory(Command):
    """The history of the dossier under the cursor."""

    key = "h"
    order = 32


class PeopleOffices(Command):
    """Between people and offices."""

    key = "c"
    order = 15


class CloseDialog(Command):
    """Go back without doing anything."""

    key = "escape"
    order = 80


class TryAgain(Command):
    """Open the store again."""

    key = "r"
    order = 10
