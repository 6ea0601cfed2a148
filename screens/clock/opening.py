"""What every place with a dossier can do about its time: say why it stands there, and act."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.clock_views import ClockState
from kcflow.services.views import PersonView, Receipt
from screens.base import DeskNode
from screens.clock.commands import ACTS, CLOCK
from screens.clock.parts import state_lines
from states.records import record

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from states.model import Label

ACTIONS = {command.id: act for act, command in ACTS.items()}
"""The act that each action of a node carries out."""

MENU = "menu"
"""What the derivation gives when somebody wants to choose an act."""


@record(frozen=True, slots=True)
class Subject:
    """The dossier that an act is about."""

    code: str
    title: str


@record(frozen=True, slots=True)
class ActFacts:
    """What a form needs: where the dossier stands, and the people that the act is about."""

    state: ClockState
    people: tuple[PersonView, ...] = field(default=())
    """Who could hold it, who would be reminded or told."""
    level_label: Label | None = None
    """The level that would be told."""


def facts_for(desk: Desk, code: str, act: str) -> ActFacts:
    """Read what the form of `act` needs (in a worker thread). Raises what the desk raises."""
    state = desk.clock.state(code)
    if state.possible.get(act) is not None:
        return ActFacts(state)
    if act == "reassign":
        return ActFacts(state, desk.clock.holders(code))
    if act in ("remind", "escalate"):
        told = desk.clock.told(code, act)
        return ActFacts(state, told.people, told.level_label)
    return ActFacts(state)


class OnTheClock(DeskNode):
    """The half of lists, proposals and boards that knows about time. It binds `CLOCK`."""

    def clock_subject(self) -> Subject | None:
        """The dossier under the cursor, or on the screen; None where there is none."""
        raise NotImplementedError

    def clock_state(self) -> ClockState | None:
        """What is known of it already; a list knows nothing before it is asked."""
        return None

    def clock_why_not(self, action: str) -> str | None:
        """Why an action of `CLOCK` can't be done now; None when it can, or when that isn't known yet."""
        if action not in _OWN:
            return None
        if self.clock_subject() is None:
            return t("app.no_row", self.lang)
        state = self.clock_state()
        reason = state.possible.get(ACTIONS[action]) if state is not None and action in ACTIONS else None
        return reason(self.lang) if reason is not None else None

    # Keys

    def action_why_here(self) -> None:
        """Show the derivation."""
        if (subject := self.clock_subject()) is not None:
            from screens.clock.why import WhyDialog

            self.app.push_screen(WhyDialog(subject.code), self._clock_wanted)

    def action_clock_acts(self) -> None:
        """Choose what to do about its time."""
        if (subject := self.clock_subject()) is not None:
            from screens.clock.acts import ClockActsDialog

            self.app.push_screen(ClockActsDialog(subject), self._clock_wanted)

    def _clock_wanted(self, act: str | None) -> None:
        if act == MENU:
            self.action_clock_acts()
        elif act is not None:
            self._open_act(act)

    def action_remind(self) -> None:
        """Remind who holds it."""
        self._open_act("remind")

    def action_reassign(self) -> None:
        """Charge another person with it."""
        self._open_act("reassign")

    def action_put_on_hold(self) -> None:
        """Pause it."""
        self._open_act("hold")

    def action_lift_hold(self) -> None:
        """End the pause."""
        self._open_act("lift")

    def action_escalate(self) -> None:
        """Report it upwards."""
        self._open_act("escalate")

    def _open_act(self, act: str) -> None:
        subject = self.clock_subject()
        if subject is not None:
            self.ask(
                lambda desk: facts_for(desk, subject.code, act),
                partial(self._show_form, subject, act),
                group="clock-act",
            )

    def _show_form(self, subject: Subject, act: str, facts: ActFacts) -> None:
        reason = facts.state.possible.get(act)
        if reason is not None:
            self.say(reason(self.lang), "warn")
            return
        from screens.clock.forms import form_of

        self.app.push_screen(form_of(act, subject, facts), partial(self._clock_done, act))

    def _clock_done(self, act: str, receipt: Receipt | None) -> None:
        """Everything is read anew; what was done is said, with the mark that is worth writing down."""
        if receipt is not None:
            self.desk_app.data_changed()
            self.say(said_of(act, receipt, self.lang), "good")


class ShowsClock(OnTheClock):
    """A screen about one dossier that reads its state of time along with it."""

    clock: ClockState | None = None
    """What was read; None until then, and where the dossier has ended."""

    def clock_state(self) -> ClockState | None:
        """What was read."""
        return self.clock

    def clock_lines(self) -> list[Content]:
        """Holder, pause, reminders and level, a line each."""
        return state_lines(self.clock, self.lang) if self.clock is not None else []


_OWN = frozenset(command.action for command in CLOCK)


def said_of(act: str, receipt: Receipt, lang: str) -> str:
    """What the status line says of an act on time."""
    if act in ("hold", "lift"):
        due = date_text(receipt.due.on, lang) if receipt.due is not None else t("clock.no_due", lang)
        return t(f"clock.done.{act}", lang, code=receipt.code, due=due, mark=receipt.mark)
    return t(f"clock.done.{act}", lang, code=receipt.code, mark=receipt.mark)
