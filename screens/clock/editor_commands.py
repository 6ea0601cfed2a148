"""The keys of the office's own deadlines and of its calendar."""

from __future__ import annotations

from screens.commands import Command


class OpenRules(Command):
    """The deadlines of every state: the law's, the default ones, the offices' own."""

    key = "Q"
    show = False
    order = 66


class OpenCalendar(Command):
    """The calendar of working days."""

    key = "W"
    show = False
    order = 67


class LookAhead(Command):
    """Show what would change, before anything is saved."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class SaveChange(Command):
    """Save it, with the reason."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class SetRule(Command):
    """Set an own deadline for the state under the cursor."""

    key = "n"
    order = 10


class EndRule(Command):
    """End the own deadline under the cursor."""

    key = "x"
    order = 11


class UndoRule(Command):
    """Take back an own deadline that was set by mistake."""

    key = "delete"
    order = 12


class RulesOf(Command):
    """Those of one's own office, or of every office."""

    key = "v"
    order = 14


class EndedRules(Command):
    """Show or hide own deadlines that have ended."""

    key = "c"
    order = 15


class LifecycleBefore(Command):
    """The procedure before."""

    key = "left_square_bracket"
    action = "lifecycle(-1)"
    order = 27


class LifecycleAfter(Command):
    """The next procedure."""

    key = "right_square_bracket"
    action = "lifecycle(1)"
    order = 28


class AddDays(Command):
    """Record days off and days worked instead."""

    key = "n"
    order = 10


class WithdrawDays(Command):
    """Withdraw the own days that are selected, or the one under the cursor."""

    key = "x"
    order = 11


class OneMoreDay(Command):
    """One more day in the form."""

    key = "ctrl+t"
    priority = True
    order = 20


class CalendarYearBefore(Command):
    """The year before."""

    key = "left_square_bracket"
    action = "year(-1)"
    order = 27


class CalendarYearAfter(Command):
    """The year after."""

    key = "right_square_bracket"
    action = "year(1)"
    order = 28
