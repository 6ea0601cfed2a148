"""The keys of the flow picture."""

from __future__ import annotations

from screens.commands import Command


class FlowList(Command):
    """The list of what stands under the cursor."""

    key = "enter"
    order = 9


class FlowStalled(Command):
    """What stands still of what stands under the cursor."""

    key = "t"
    order = 10


class FlowUp(Command):
    """From a state up to its phase, then to everything."""

    key = "escape"
    order = 25


class FlowSource(Command):
    """National money, local money, both."""

    key = "s"
    order = 15


class FlowYearBefore(Command):
    """The plan year before."""

    key = "left_square_bracket"
    action = "year(-1)"
    order = 27


class FlowYearAfter(Command):
    """The plan year after."""

    key = "right_square_bracket"
    action = "year(1)"
    order = 28
