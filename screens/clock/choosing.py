"""Dialogs in which an act on the time of a dossier is chosen by its key; each is greyed with its reason."""

from __future__ import annotations

from kcflow.i18n import t
from kcflow.services.clock_views import ClockState
from screens.base import DeskModal
from screens.clock.opening import ACTIONS


class ChoosesAct(DeskModal[str]):
    """Gives the name of the act, as in `ClockState.possible`. It binds `screens.clock.commands.ACTS`."""

    help_key = "help.clock_acts"
    state: ClockState | None = None
    """What may be done; None until it is read."""

    def reason(self, act: str) -> str | None:
        """Why an act can't be done; None when it can."""
        reason = self.state.possible.get(act) if self.state is not None else None
        return reason(self.lang) if reason is not None else None

    def why_not(self, action: str) -> str | None:
        """The reason of the act."""
        if action not in ACTIONS:
            return None
        return self.reason(ACTIONS[action]) if self.state is not None else t("app.reading", self.lang)

    def choose(self, act: str) -> None:
        """Take it, or say why not."""
        if (reason := self.reason(act)) is not None:
            self.say(reason, "warn")
        elif self.state is not None:
            self.dismiss(act)

    def action_remind(self) -> None:
        """This one."""
        self.choose("remind")

    def action_reassign(self) -> None:
        """This one."""
        self.choose("reassign")

    def action_put_on_hold(self) -> None:
        """This one."""
        self.choose("hold")

    def action_lift_hold(self) -> None:
        """This one."""
        self.choose("lift")

    def action_escalate(self) -> None:
        """This one."""
        self.choose("escalate")
