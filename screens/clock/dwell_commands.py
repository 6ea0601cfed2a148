"""The keys of where time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.base import DeskNode
from screens.commands import Command

if TYPE_CHECKING:
    from kcflow.services.views import ListFilter


class OpenDwell(Command):
    """Where time goes."""

    key = "percent_sign"
    order = 26


class DwellList(Command):
    """The list of what stands in the state now, or the file that came back most."""

    key = "enter"
    order = 9


class DwellNext(Command):
    """The next part: states, parties, returns, months."""

    key = "c,right"
    action = "part(1)"
    order = 10


class DwellBefore(Command):
    """The part before."""

    key = "left"
    action = "part(-1)"
    show = False
    order = 11


class DwellPeriod(Command):
    """Another period."""

    key = "p"
    order = 12


class DwellOffice(Command):
    """By implementing unit, or all together."""

    key = "o"
    order = 13


class DwellExport(Command):
    """Write it as a workbook."""

    key = "x"
    order = 30


class OpensDwell(DeskNode):
    """The half of a pane that leads to where time goes. It binds `OpenDwell`."""

    def dwell_filter(self) -> ListFilter | None:
        """What the pane is limited to: the picture begins with that."""
        return None

    def action_open_dwell(self) -> None:
        """Show where time goes."""
        from screens.clock.dwell import DwellScreen

        self.app.push_screen(DwellScreen(self.dwell_filter()))
