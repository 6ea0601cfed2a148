"""The keys of the import screen."""

from __future__ import annotations

from screens.commands import Command


class ReadWorkbook(Command):
    """Read the workbook, or look into the folder, whose path was typed."""

    key = "enter"
    order = 9


class OtherFile(Command):
    """Choose another workbook."""

    key = "ctrl+o"
    priority = True
    order = 20


class WrittenClose(Command):
    """Go back after the writing."""

    key = "f10,ctrl+s"
    priority = True
    order = 11


class SkipBadRows(Command):
    """Leave the rows with errors out, or no longer."""

    key = "ctrl+b"
    priority = True
    order = 15
