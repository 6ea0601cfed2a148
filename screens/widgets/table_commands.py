"""The commands of the virtual table itself: selecting, and the columns that keys act on."""

from __future__ import annotations

from screens.commands import Command


class SelectRow(Command):
    """Select the row under the cursor, or take it out of the selection."""

    key = "space"
    show = False
    order = 36
    action = "toggle_selection"


class SelectAll(Command):
    """Select every row."""

    key = "ctrl+a"
    show = False
    order = 37


class ClearSelection(Command):
    """Select nothing."""

    key = "escape"
    show = False
    order = 38


class PreviousColumn(Command):
    """Pick the column to the left."""

    key = "shift+left"
    show = False
    order = 39
    action = "pick_column(-1)"


class NextColumn(Command):
    """Pick the column to the right."""

    key = "shift+right"
    show = False
    order = 40
    action = "pick_column(1)"


class SortColumn(Command):
    """Sort by the picked column; again: the other way round."""

    key = "s"
    show = False
    order = 41


class NarrowColumn(Command):
    """Make the picked column narrower."""

    key = "less_than_sign"
    show = False
    order = 42
    action = "widen(-2)"


class WidenColumn(Command):
    """Make the picked column wider."""

    key = "greater_than_sign"
    show = False
    order = 43
    action = "widen(2)"
