"""The key map: every command with its keys; press a new key for one, or give it its own back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from kcflow.i18n import t
from kcflow.text import fold, visible
from screens import keymap
from screens.base import DeskModal, DeskScreen, StatusLine
from screens.commands import CloseDialog, Command, bindings, key_name
from screens.forms.entries import Entry
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable

_AREAS = ("app", "shell", "list", "form", "part")


class ResetKey(Command):
    """The command's own keys again."""

    key = "ctrl+r"
    priority = True
    order = 20


class ResetAllKeys(Command):
    """Every command's own keys again."""

    key = "f4"
    priority = True
    order = 30


class AssignKey(Command):
    """Press another key for the command under the cursor."""

    key = "enter"
    order = 10


class PressKey(DeskModal[str]):
    """Wait for one key; gives its name. Every key counts, Escape goes back."""

    title_key = "keys.press_title"
    help_key = "help.keys"
    takes_all_keys = True
    """The application's own keys do nothing meanwhile."""

    def __init__(self, command: type[Command]) -> None:
        """Ask for a key of `command`."""
        super().__init__()
        self._command = command

    def body(self) -> Iterable[Widget]:
        """What to do."""
        yield Static(Content(visible(self._text())), markup=False)

    def _text(self) -> str:
        return t("keys.press", self.lang, command=self._command.label())

    def on_key(self, event: events.Key) -> None:
        """Take the key."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)


class KeysEntry(Entry):
    """The search over the list; Enter is for the command under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(AssignKey)

    async def action_assign_key(self) -> None:
        """Hand over what was typed."""
        await self.action_submit()


class KeysScreen(DeskScreen[None]):
    """Every command by area, with its keys; a new key works at once and is written to the settings file."""

    CSS = """
    KeysScreen VirtualTable { height: 1fr; }
    KeysScreen Entry { margin: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(AssignKey, ResetKey, ResetAllKeys, CloseDialog)
    help_key = "help.keys"
    _words = ""
    _armed = False

    def body(self) -> Iterable[Widget]:
        """Search over the list."""
        yield Static("", id="keys-title", classes="bar", markup=False)
        yield KeysEntry(placeholder=t("app.palette.search", self.lang))
        yield VirtualTable((), id="keys-list", selectable=False)

    def on_mount(self) -> None:
        """Show everything."""
        self._write()
        self.query_one(Entry).focus()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        self.query_one(Input).placeholder = t("app.palette.search", self.lang)
        self._write()

    @property
    def _table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    def _write(self) -> None:
        self.query_one("#keys-title", Static).update(Content(t("keys.title", self.lang)))
        self._write_columns()
        self._table.empty_text = t("app.palette.none", self.lang)
        self._table.set_source(self)

    def _write_columns(self) -> None:
        """A command's own keys have a column once something else was pressed for any."""
        self._table.set_columns(
            (
                Column("keys", t("app.palette.key", self.lang), 11),
                *([Column("own", t("keys.column.own", self.lang), 9)] if self._keymap else []),
                Column("name", t("app.palette.name", self.lang), 16),
                Column("what", t("app.palette.what", self.lang), 0),
                Column("area", t("keys.column.area", self.lang), 15, min_terminal_width=100),
            )
        )

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002 - all at once
        """The commands that hold the words, by area as the code tells them; names before sentences."""
        wanted = fold(self._words).split()
        app, keys = type(self.app), self._keymap
        rows: list[tuple[bool, int, TableRow]] = []
        for command in keymap.commands().values():
            name, what = command.label(), command.help()
            present = keymap.names(keymap.present_keys(command, keys))
            if not command.key or not all(each in fold(f"{name} {what} {present}") for each in wanted):
                continue
            place = keymap.area(command.id, app)
            own = keymap.names(keymap.keys_of(command))
            moved = [own if present != own else ""] if keys else []
            cells = (present, *moved, name, what, t(f"keys.area.{place}", self.lang))
            row = TableRow(command.id, cells, "good" if command.id in keys else "", command)
            elsewhere = not all(each in fold(name) for each in wanted)
            rows.append((elsewhere, _AREAS.index(place), row))
        rows.sort(key=lambda each: each[:2])
        return TablePage(tuple(row for *_, row in rows))

    @property
    def _keymap(self) -> dict[str, str]:
        return keymap.judged(self.settings.keys, type(self.app)).keymap

    @property
    def _command(self) -> type[Command] | None:
        name = self._table.cursor_key
        return keymap.commands().get(name) if name is not None else None

    def on_input_changed(self, message: Input.Changed) -> None:
        """Show what matches."""
        message.stop()
        self._words = message.value
        self._table.set_source(self)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter takes the command under the cursor."""
        message.stop()
        self.action_assign_key()

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Say the whole of what the line may have cut."""
        message.stop()
        command = self._command
        self.query_one(StatusLine).quiet(
            f"{command.label()}: {command.help()}" if command is not None else ""
        )

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter or a click in the list does the same."""
        message.stop()
        self.action_assign_key()

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while one types."""
        if self.query_one(Input).has_focus and event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            if event.key in ("up", "down"):
                self._table.action_move(1 if event.key == "down" else -1)
            else:
                self._table.focus()

    def action_assign_key(self) -> None:
        """Ask for a key of the command under the cursor."""
        command = self._command
        if command is not None:
            self.app.push_screen(PressKey(command), lambda key: self._pressed(command, key))

    def _pressed(self, command: type[Command], key: str | None) -> None:
        """Give the key to the command, or say why it can't be."""
        if key is None:
            return
        lang, app, wishes = self.lang, type(self.app), dict(self.settings.keys)
        refusal = keymap.refused(command, key)
        if refusal is not None:
            self.say(t(f"keys.{refusal}", lang, key=key_name(key), command=command.label()), "warn")
            return
        present = {name: keymap.split(keys) for name, keys in self._keymap.items() if name != command.id}
        other = keymap.clash(command, key, present, app)
        if other is not None:
            where = t(f"keys.area.{keymap.area(other.id, app)}", lang)
            self.say(t("keys.taken", lang, key=key_name(key), other=other.label(), where=where), "warn")
            return
        if keymap.keys_of(command) == (key,):
            wishes.pop(command.id, None)
        else:
            wishes[command.id] = "comma" if key == "comma" else key
        self._change(wishes, t("keys.given", lang, key=key_name(key), command=command.label()))

    def action_reset_key(self) -> None:
        """The command's own keys again, unless another one has taken them."""
        command = self._command
        if command is None:
            return
        wishes = {name: keys for name, keys in self.settings.keys.items() if name != command.id}
        lang, app = self.lang, type(self.app)
        others = {name: keymap.split(keys) for name, keys in self._keymap.items() if name != command.id}
        for name, keys in others.items():
            shared = set(keys) & set(keymap.keys_of(command))
            if shared and keymap.together(name, command.id, app):
                other = keymap.commands()[name].label()
                where = t(f"keys.area.{keymap.area(name, app)}", lang)
                self.say(t("keys.taken", lang, key=key_name(shared.pop()), other=other, where=where), "warn")
                return
        self._change(wishes, t("keys.reset", self.lang, command=command.label()))

    def action_reset_all_keys(self) -> None:
        """Every command's own keys again, at the second press."""
        if not self._armed:
            self._armed = True
            self.say(t("keys.reset_all_again", self.lang), "warn")
            return
        self._armed = False
        self._change({}, t("keys.reset_all", self.lang))

    def _change(self, wishes: dict[str, str], said: str) -> None:
        trouble = self.desk_app.change_settings({"keys": wishes})
        self._write_columns()
        self._table.reload()
        self.say(trouble or said, "warn" if trouble else "good")

    def action_close_dialog(self) -> None:
        """Go back; everything is written already."""
        self.dismiss(None)
