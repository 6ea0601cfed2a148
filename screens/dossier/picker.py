"""Choose files from a folder: one list, found by typing, several at once."""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.text import fold, visible
from screens.base import DeskModal
from screens.commands import CloseDialog, Command, bindings
from screens.dossier.attaching import MOST_FILES, FoundFile, RefusedFile, look, refusals_text, size_text
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable

MOST_ENTRIES = 20_000
"""How much of a folder is read; typing the beginning of a name is quicker than looking through more."""


class TakeFiles(Command):
    """Take the selected files."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class ParentFolder(Command):
    """Go to the folder above."""

    key = "left"
    priority = True
    order = 12


@dataclass(frozen=True)
class Entry:
    """A folder, or what may be a file."""

    name: str
    folder: bool


@dataclass(frozen=True)
class Listing:
    """What is in a folder: hidden things apart, folders first."""

    folder: Path
    entries: tuple[Entry, ...]
    cut: bool
    """Whether there is more than was read."""


def read_folder(folder: Path) -> Listing:
    """List `folder`, in a worker thread. Raises OSError."""
    with os.scandir(folder) as found:
        some = list(islice(found, MOST_ENTRIES + 1))
    entries = []
    for each in some[:MOST_ENTRIES]:
        try:
            is_folder = each.is_dir()
        except OSError:
            is_folder = False
        entries.append(Entry(each.name, is_folder))
    entries.sort(key=lambda entry: (not entry.folder, fold(entry.name)))
    return Listing(folder, tuple(entries), len(some) > MOST_ENTRIES)


class FileTable(VirtualTable, inherit_bindings=False):
    """A table that leaves every letter to the finding of names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("space", "toggle_selection", show=False),
        Binding("enter", "choose", show=False),
    ]


class PickFiles(DeskModal[tuple[FoundFile, ...]]):
    """Type to find, space to select, F10 to take; gives the files that were chosen.

    Enter on a folder goes into it, on a file takes it with those selected.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(TakeFiles, ParentFolder, CloseDialog)
    title_key = "picker.title"
    help_key = "help.picker"
    CSS = """
    PickFiles > .modal { width: 96; max-width: 100%; height: 80%; min-height: 16; }
    PickFiles #picker-folder, PickFiles #picker-wanted { height: 1; }
    PickFiles VirtualTable { height: 1fr; }
    PickFiles.-short > .modal { height: 100%; }
    """

    def __init__(self, folder: Path) -> None:
        """Begin in `folder`."""
        super().__init__()
        self._folder = folder
        self._listing: Listing | None = None
        self._wanted = ""

    def body(self) -> ComposeResult:
        """Where one is, what is typed, what is there."""
        yield Static("", id="picker-folder", markup=False)
        yield Static("", id="picker-wanted", markup=False)
        yield FileTable(
            self._columns(), id="picker-files", loading_text=t("app.reading", self.lang), selectable=True
        )

    def _columns(self) -> list[Column]:
        return [
            Column("name", t("picker.name", self.lang), 0),
            Column("size", t("picker.size", self.lang), 9, "right"),
            Column("date", t("picker.date", self.lang), 11, "right", min_terminal_width=50),
        ]

    def on_mount(self) -> None:
        """Read the folder."""
        self.query_one(VirtualTable).focus()
        self._write()
        self._go(self._folder)

    # Folders

    def _go(self, folder: Path) -> None:
        def read(_: object) -> Listing | OSError:
            try:
                return read_folder(folder)
            except OSError as error:
                return error

        self.ask(read, lambda answer: self._listed(folder, answer), group="folder")

    def _listed(self, folder: Path, answer: Listing | OSError) -> None:
        if isinstance(answer, OSError):
            # One stays where one was; a first folder that can't be read gives way to the one at home.
            self.say(t("picker.unreadable", self.lang, folder=visible(str(folder))), "warn")
            if self._listing is None and folder != Path.home():
                self._go(Path.home())
            return
        self._folder, self._listing, self._wanted = answer.folder, answer, ""
        self.say(t("picker.cut", self.lang, count=MOST_ENTRIES) if answer.cut else "", "warn")
        self.query_one(VirtualTable).select(())
        self._show()

    def _show(self) -> None:
        table = self.query_one(VirtualTable)
        table.empty_text = t("picker.none" if self._wanted else "picker.empty", self.lang)
        table.set_source(self, keep_selection=True)
        self._write()

    def _write(self) -> None:
        lang = self.lang
        self.query_one("#picker-folder", Static).update(
            Content.assemble((visible(f"{self._folder}{os.sep}"), "$accent"))
        )
        line = (
            Content.assemble((t("picker.typed", lang), "$text-muted"), (visible(self._wanted), "bold"), "▏")
            if self._wanted
            else Content.assemble((t("picker.how", lang), "$text-muted"))
        )
        self.query_one("#picker-wanted", Static).update(line)

    def _shown(self) -> list[Entry]:
        """What the typed letters leave; what is hidden shows itself when a dot is typed first."""
        if self._listing is None:
            return []
        words = fold(self._wanted).split()
        hidden = self._wanted.startswith(".")
        return [
            entry
            for entry in self._listing.entries
            if entry.name.startswith(".") == hidden
            and visible(unicodedata.normalize("NFC", entry.name)) == unicodedata.normalize("NFC", entry.name)
            and all(word in fold(entry.name) for word in words)
        ]

    def page(self, after: object | None, limit: int) -> TablePage:
        """Some entries from the number `after` on; sizes and days are asked only of those in view."""
        start = after if isinstance(after, int) else 0
        entries = self._shown()
        rows = tuple(self._row(entry) for entry in entries[start : start + limit])
        more = start + limit < len(entries)
        return TablePage(rows, start + limit if more else None)

    def count(self) -> int:
        """How many entries are shown."""
        return len(self._shown())

    def _row(self, entry: Entry) -> TableRow:
        lang = self.lang
        if entry.folder:
            return TableRow(entry.name, (f"{entry.name}{os.sep}", "", ""), "", entry)
        try:
            found = (self._folder / entry.name).lstat()
        except OSError:
            return TableRow(entry.name, (entry.name, "?", ""), "dim", entry)
        day = date_text(datetime.fromtimestamp(found.st_mtime).astimezone().date(), lang)
        regular = stat.S_ISREG(found.st_mode)
        size = size_text(found.st_size, lang) if regular else "–"
        return TableRow(entry.name, (entry.name, size, day), "" if regular else "dim", entry)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Letters find; backspace takes one back, or leads to the folder above."""
        super().on_key(event)
        if event.key == "backspace":
            event.stop()
            if self._wanted:
                self._find(self._wanted[:-1])
            else:
                self.action_parent_folder()
        elif event.is_printable and event.character and event.character != " ":
            event.stop()
            event.prevent_default()
            self._find(self._wanted + event.character)

    def _find(self, wanted: str) -> None:
        self._wanted = wanted
        self._show()

    def action_parent_folder(self) -> None:
        """Go to the folder above."""
        if self._folder.absolute().parent != self._folder.absolute():
            self._go(self._folder.absolute().parent)

    def action_close_dialog(self) -> None:
        """What was typed is taken back first, then the dialog closes."""
        if self._wanted:
            self._find("")
        else:
            self.dismiss(None)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Into a folder; a file is taken, with those selected."""
        message.stop()
        entry = message.payload
        if isinstance(entry, Entry) and entry.folder:
            self._go(self._folder / entry.name)
        elif isinstance(entry, Entry):
            self._take({*self.query_one(VirtualTable).selected, entry.name})

    def action_take_files(self) -> None:
        """Take what is selected, else what is under the cursor."""
        table = self.query_one(VirtualTable)
        entry = table.cursor_payload
        names = set(table.selected)
        if not names and isinstance(entry, Entry) and not entry.folder:
            names = {entry.name}
        if names:
            self._take(names)
        else:
            self.say(t("picker.nothing", self.lang), "warn")

    def _take(self, names: set[str]) -> None:
        if len(names) > MOST_FILES:
            self.say(t("attach.many", self.lang, most=MOST_FILES), "warn")
            return
        listing = self._listing
        order = [entry.name for entry in listing.entries if not entry.folder] if listing else []
        chosen = [self._folder / name for name in order if name in names]
        self.ask(lambda _: [look(path) for path in chosen], self._taken, group="take")

    def _taken(self, answers: list[FoundFile | RefusedFile]) -> None:
        refused = [answer for answer in answers if isinstance(answer, RefusedFile)]
        found = tuple(answer for answer in answers if isinstance(answer, FoundFile))
        if refused:
            # Those that can't be taken lose their mark; F10 takes the others.
            self.query_one(VirtualTable).select(answer.name for answer in found)
            self.say(refusals_text(refused, self.lang), "warn")
        elif found:
            self.dismiss(found)
        else:
            self.say(t("picker.nothing", self.lang), "warn")

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show()
