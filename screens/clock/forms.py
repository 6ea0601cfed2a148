"""The forms of the acts on time: what is asked, what will come of it; written once, kept over a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.labels import HOLDER
from kcflow.services.clock_views import ChangePlan, HoldInput, Shift
from kcflow.services.door import LENGTHS
from kcflow.services.errors import KcflowError
from kcflow.services.views import Receipt
from screens.base import DeskModal
from screens.clock import parts as clock_parts
from screens.clock.opening import ActFacts, Subject
from screens.commands import bindings
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, Field, MemoField, words
from screens.forms.writing import WritesReceipt
from screens.lists.wishes import same
from screens.widgets.hanging import Hanging

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

PREVIEW_DELAY = 0.2
"""Seconds that somebody has to stop typing before it is counted what a pause would do."""


class ClockForm(WritesReceipt, DeskModal[Receipt]):
    """What it is about, the fields, what will come of it, one button. Gives the receipt."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(*WritesReceipt.KEYS)
    help_key = "help.clock_form"
    act: ClassVar[str]
    """The act, as in `ClockState.possible`."""

    def __init__(self, subject: Subject, facts: ActFacts) -> None:
        """Do it to `subject`."""
        super().__init__()
        self.subject, self.facts = subject, facts

    # For subclasses

    def fields(self) -> Iterable[Field[object]]:
        """What is asked."""
        raise NotImplementedError

    def outcome(self) -> Hanging:
        """What will come of it, as it stands."""
        raise NotImplementedError

    # Layout

    def body(self) -> ComposeResult:
        """Head, fields, outcome, button."""
        yield Static(id="clock-head", markup=False)
        with VerticalScroll(id="clock-work", can_focus=False):
            yield Static(id="clock-explain", classes="dim", markup=False)
            yield from self.fields()
            yield Static(id="clock-outcome", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(t(f"clock.do.{self.act}", self.lang), id="clock-do")

    def frame_title(self) -> str:
        """What is done."""
        return t(f"clock.act.{self.act}", self.lang)

    def on_mount(self) -> None:
        """Begin with the first field."""
        self._write()
        self.query(Field).first().focus_entry()
        self.start_keeping()

    def keep_code(self) -> str:
        """What was typed belongs to its dossier."""
        return self.subject.code

    def _write(self) -> None:
        code, title = self.subject.code, self.subject.title
        head = parts.line((f"{code}  ", "bold $accent"), (title, parts.DIM))
        self.query_one("#clock-head", Static).update(parts.lines([head]))
        self.query_one("#clock-explain", Static).update(t(f"clock.explain.{self.act}", self.lang))
        self.write_outcome()

    def write_outcome(self) -> None:
        """Say what will come of it."""
        self.query_one("#clock-outcome", Static).update(self.outcome())

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        act_inputs.relabel(self)
        button = self.query_one("#clock-do", Button)
        button.label = t(f"clock.do.{self.act}", self.lang)
        button.refresh(layout=True)
        self._write()

    # Sending

    @property
    def reason(self) -> str:
        """The words of the reason; "" while there are none."""
        return self.query_one("#field-reason", MemoField).value or ""

    @on(Button.Pressed, "#clock-do")
    def _pressed(self) -> None:
        """The button does what the key does."""
        self.action_confirm()

    def action_close_dialog(self) -> None:
        """Close, unless the answer is on its way."""
        if not self.sending:
            self.dismiss(None)


def _reason(label: str) -> MemoField:
    return MemoField("reason", words(label), required=True, max_length=LENGTHS["reason"])


class RemindDialog(ClockForm):
    """Remind those who hold it."""

    act = "remind"
    keep_as = "clock-remind"

    def fields(self) -> Iterable[Field[object]]:
        """What they are to read."""
        yield _reason("clock.field.text")  # type: ignore[misc]

    def outcome(self) -> Hanging:
        """Who will read it."""
        return _told(self.facts, "clock.will_remind", self.lang)

    def work(self) -> Callable[[Desk], Receipt]:
        """Record it."""
        code, text, request = self.subject.code, self.reason, self.request
        return lambda desk: desk.clock.remind(code, text, (), request)


class EscalateDialog(ClockForm):
    """Tell the next level above."""

    act = "escalate"
    keep_as = "clock-escalate"

    def fields(self) -> Iterable[Field[object]]:
        """Why."""
        yield _reason("clock.field.reason")  # type: ignore[misc]

    def outcome(self) -> Hanging:
        """Which level, and who."""
        return _told(self.facts, "clock.will_tell", self.lang)

    def work(self) -> Callable[[Desk], Receipt]:
        """Record it."""
        code, text, request = self.subject.code, self.reason, self.request
        return lambda desk: desk.clock.escalate(code, text, request)


def _told(facts: ActFacts, key: str, lang: str) -> Hanging:
    level = f" ({facts.level_label(lang)})" if facts.level_label is not None else ""
    head = parts.line((t(key, lang, n=len(facts.people)) + level, parts.STRONG))
    return parts.lines([head, *clock_parts.names(facts.people)])


ANYBODY = "-"
"""The choice that charges nobody in particular."""


class ReassignDialog(ClockForm):
    """Charge a person with it."""

    act = "reassign"
    keep_as = "clock-reassign"

    def fields(self) -> Iterable[Field[object]]:
        """Who, and why."""
        options = [(ANYBODY, words("clock.anybody"))]
        for person in self.facts.people:
            office = ", ".join(dict.fromkeys(role.office_name for role in person.roles))
            options.append((person.login, same(f"{person.name} · {office}" if office else person.name)))
        yield ChoiceField("holder", words("clock.field.holder"), options, required=True)  # type: ignore[misc]
        yield _reason("clock.field.reason")  # type: ignore[misc]

    def outcome(self) -> Hanging:
        """Who holds it at present."""
        now = self.facts.state.holder_name or t("clock.anybody", self.lang)
        return parts.lines(
            [
                parts.line((f"{t('clock.holder_now', self.lang)} ", parts.DIM), (now, parts.STRONG)),
                parts.line((t("clock.clock_stays", self.lang), parts.DIM)),
            ]
        )

    def work(self) -> Callable[[Desk], Receipt]:
        """Record it."""
        chosen = self.query_one("#field-holder", ChoiceField).value
        holder = None if chosen == ANYBODY else chosen
        code, text, request = self.subject.code, self.reason, self.request
        return lambda desk: desk.clock.reassign(code, holder, text, request)


class LiftDialog(ClockForm):
    """End the pause before its day."""

    act = "lift"
    keep_as = "clock-lift"

    def fields(self) -> Iterable[Field[object]]:
        """From when on days count again, and why."""
        today = self.desk.today
        yield DateField("on", words("clock.field.counts_from"), today, today=today, required=True)  # type: ignore[misc]
        yield _reason("clock.field.reason")  # type: ignore[misc]

    def outcome(self) -> Hanging:
        """The pause that ends."""
        said = []
        if self.facts.state.hold is not None:
            said.append(clock_parts.pause_line(self.facts.state.hold, self.lang))
        said.append(parts.line((t("clock.lift_counts", self.lang), parts.DIM)))
        return parts.lines(said)

    def work(self) -> Callable[[Desk], Receipt]:
        """Record it."""
        code, text, request = self.subject.code, self.reason, self.request
        on_day = self.query_one("#field-on", DateField).value
        return lambda desk: desk.clock.lift(code, text, on_day, request)


class HoldDialog(ClockForm):
    """Pause the office's own clocks; the new due date stands there before anything is written."""

    act = "hold"
    keep_as = "clock-hold"

    def __init__(self, subject: Subject, facts: ActFacts) -> None:
        """Pause `subject`."""
        super().__init__(subject, facts)
        self._plan: ChangePlan | None = None
        self._planned: HoldInput | None = None
        self._refused: KcflowError | None = None

    def fields(self) -> Iterable[Field[object]]:
        """Whom the time is charged to, from when until when, why."""
        today = self.desk.today
        parties = [(name, label) for name, label in HOLDER.items() if name != "nobody"]
        yield ChoiceField("party", words("clock.field.party"), parties, required=True)  # type: ignore[misc]
        yield DateField(  # type: ignore[misc]
            "on", words("clock.field.from"), today, today=today, required=True, past_only=True
        )
        yield DateField("until", words("clock.field.until"), today=today, required=True)  # type: ignore[misc]
        yield _reason("clock.field.reason")  # type: ignore[misc]

    def _input(self, reason: str) -> HoldInput | None:
        party = self.query_one("#field-party", ChoiceField).value
        until = self.query_one("#field-until", DateField).value
        on_day = self.query_one("#field-on", DateField).value
        if party is None or until is None or on_day is None:
            return None
        return HoldInput(party, until, reason, on_day)

    @on(Field.Changed)
    def _something_changed(self) -> None:
        # The reason changes no date; with any other text in its place the preview stays what it is.
        wanted = self._input(t("clock.preview_reason", "vi"))
        if wanted == self._planned:
            return
        self._planned, self._plan, self._refused = wanted, None, None
        self.forget("plan")
        self.write_outcome()
        if wanted is not None:
            self.set_timer(PREVIEW_DELAY, lambda: self._look_ahead(wanted))

    def _look_ahead(self, wanted: HoldInput) -> None:
        if wanted == self._planned and self.is_attached:
            code = self.subject.code
            self.ask(
                lambda desk: desk.clock.hold_plan(code, wanted),
                self._take,
                failed=self._not_planned,
                group="plan",
            )

    def _take(self, plan: ChangePlan) -> None:
        self._plan = plan
        self.write_outcome()

    def _not_planned(self, error: KcflowError) -> None:
        self._refused = error
        self.write_outcome()

    def outcome(self) -> Hanging:
        """The due date before and after, and that dates set by law stay."""
        lang = self.lang
        if self._refused is not None:
            said = [parts.line((f"✗ {self._refused.text(lang)}", parts.BAD))]
        elif self._plan is not None:
            said = _planned(self._plan, lang)
        elif self._planned is not None:
            said = [parts.line((t("clock.counting", lang), parts.DIM))]
        else:
            said = [parts.line((t("clock.preview_wants", lang), parts.DIM))]
        return parts.lines([*said, parts.line((t("clock.law_stays", lang), parts.DIM))])

    def work(self) -> Callable[[Desk], Receipt]:
        """Record it."""
        wanted = self._input(self.reason)
        assert wanted is not None  # noqa: S101 - no field is empty when it is sent
        code, request = self.subject.code, self.request
        return lambda desk: desk.clock.hold(code, wanted, request)


def _planned(plan: ChangePlan, lang: str) -> list[Content]:
    said = [_shift(shift, lang) for shift in plan.shifts]
    if not said and not plan.warnings:
        said = [parts.line((f"● {t('clock.due_stays', lang)}", parts.STRONG))]
    said += [parts.line((f"! {warning(lang)}", parts.WARN)) for warning in plan.warnings]
    return said


def _shift(shift: Shift, lang: str) -> Content:
    def day(value: date | None) -> str:
        return date_text(value, lang) if value is not None else t("clock.no_due", lang)

    tail = (
        "clock.stops_late" if shift.stops_being_late else "clock.becomes_late" if shift.becomes_late else ""
    )
    return parts.line(
        (f"{t('clock.new_due', lang)} ", parts.DIM),
        (day(shift.before), ""),
        (" → ", "$accent"),
        (day(shift.after), parts.STRONG),
        (f"  {t(tail, lang)}" if tail else "", parts.GOOD if shift.stops_being_late else parts.WARN),
    )


_FORMS: dict[str, type[ClockForm]] = {
    form.act: form for form in (RemindDialog, ReassignDialog, HoldDialog, LiftDialog, EscalateDialog)
}


def form_of(act: str, subject: Subject, facts: ActFacts) -> ClockForm:
    """The form of an act. Raises KeyError."""
    return _FORMS[act](subject, facts)
