"""The keys of the year's money."""

from __future__ import annotations

from screens.commands import Command


class BudgetList(Command):
    """The proposals that the line sums up, or the round."""

    key = "enter"
    order = 9


class BudgetSource(Command):
    """National money, local money, both."""

    key = "s"
    order = 15


class BudgetArea(Command):
    """The whole country, then each region."""

    key = "v"
    order = 14


class BudgetGroup(Command):
    """Group by source, province, office, content or round."""

    key = "b"
    order = 12


class BudgetYearBefore(Command):
    """The year before."""

    key = "left_square_bracket"
    action = "year(-1)"
    order = 27


class BudgetYearAfter(Command):
    """The year after."""

    key = "right_square_bracket"
    action = "year(1)"
    order = 28


class PublishedFigures(Command):
    """The figures that others published: look, add, withdraw."""

    key = "p"
    order = 16
