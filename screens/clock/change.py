"""A change of a deadline or of the calendar: entered, looked at before it is saved, saved with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND
from kcflow.services.clock_views import ChangePlan, ChangeResult, Shift
from kcflow.services.door import LENGTHS
from kcflow.services.errors import KcflowError
from screens.base import DeskModal
from screens.clock.editor_commands import LookAhead, SaveChange
from screens.commands import CloseDialog, bindings
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.forms.fields import Field, MemoField, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.lists.rows import short_date, toned
from screens.trouble import with_reasons
from screens.widgets.hanging import Hanging
from screens.widgets.row_source import FixedRows
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, TableRow, VirtualTable
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

EDITORS_CSS = Path(__file__).with_name("editors.tcss")


@dataclass(frozen=True)
class Change:
    """Something that is about to be saved.

    title: the frame. said: what it is, a line each. plan: counts what it would do. write: saves it, with the
    reason. code: what its unsent reason is kept under.
    """

    title: Label
    said: tuple[Label, ...]
    plan: Callable[[Desk], ChangePlan]
    write: Callable[[Desk, str], ChangeResult]
    code: str


class ChangeForm(KeepsForm, DeskModal[ChangeResult]):
    """Fields and one button; what was entered is counted first, and saved from the dialog that shows it."""

    CSS_PATH = EDITORS_CSS
    BINDINGS: ClassVar[list[BindingType]] = bindings(LookAhead, CloseDialog, *KEEP)
    help_key = "help.change"
    AT_FIELD: ClassVar[dict[str, str]] = {}
    """The field that an error (by its code) is about."""

    def body(self) -> ComposeResult:
        """Head, fields, button."""
        yield Static(self.head(), id="change-head", markup=False)
        with VerticalScroll(id="change-fields", can_focus=False):
            yield from self.fields()
        with Horizontal(classes="buttons"):
            yield Button(t("change.look", self.lang), id="change-look")

    # For subclasses

    def head(self) -> Hanging:
        """What the form is about."""
        raise NotImplementedError

    def fields(self) -> Iterable[Widget]:
        """What is asked."""
        raise NotImplementedError

    def change(self) -> Change | None:
        """What was entered; None when a field has to be mended, which is said there."""
        raise NotImplementedError

    def field_of(self, error: KcflowError) -> Field[object] | None:
        """The field that an error is about."""
        key = self.AT_FIELD.get(error.code)
        return next((field for field in act_inputs.there(self) if field.key == key and field.display), None)

    # The rest

    def begin(self) -> None:
        """Put the cursor where one begins."""
        self.query(Field).first().focus_entry()

    def on_mount(self) -> None:
        """Begin, and keep what is typed."""
        self.begin()
        self.start_keeping()

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        self.query_one("#change-head", Static).update(self.head())
        act_inputs.relabel(self)
        _name(self.query_one("#change-look", Button), t("change.look", self.lang))

    @on(Button.Pressed, "#change-look")
    def action_look_ahead(self) -> None:
        """Count what would change, and show it."""
        wrong = act_inputs.wrong_fields(self)
        if wrong:
            self.say(t("advance.mend_first", self.lang, count=len(wrong)), "warn")
            wrong[0].focus_entry()
            return
        change = self.change()
        if change is None:
            return

        def show(plan: ChangePlan) -> None:
            self.app.push_screen(ChangeDialog(change, plan), self._saved)

        # It writes nothing, so nobody has to wait for it.
        self.send(change.plan, show, self._refused, stopped=lambda: None)
        self.say(t("change.counting", self.lang))

    def _saved(self, result: ChangeResult | None) -> None:
        if result is not None:
            self.finish(result)

    def _refused(self, error: Exception) -> None:
        """Say what is wrong at its field, where it has one; nothing typed is lost."""
        field = self.field_of(error) if isinstance(error, KcflowError) else None
        if field is not None and isinstance(error, KcflowError):
            field.fault(error.text)
            field.focus_entry()
        else:
            self.say(with_reasons(error, self.lang), "error")

    def action_close_dialog(self) -> None:
        """Close; what was typed is offered the next time."""
        if not self.sending:
            self.dismiss(None)


class ChangeDialog(KeepsForm, DeskModal[ChangeResult]):
    """What a change would do, dossier by dossier; gives what was saved."""

    CSS_PATH = EDITORS_CSS
    BINDINGS: ClassVar[list[BindingType]] = bindings(SaveChange, CloseDialog, *KEEP)
    help_key = "help.change"
    keep_as = "change"

    def __init__(self, change: Change, plan: ChangePlan) -> None:
        """Show `plan`, what `change` would do."""
        super().__init__()
        self.change, self.plan = change, plan

    def frame_title(self) -> str:
        """What is changed."""
        return self.word(self.change.title)

    def body(self) -> ComposeResult:
        """What it is, what it would do, each due date that moves, the reason."""
        yield Static("", id="change-said", markup=False)
        yield VirtualTable(self._columns(), id="list", selectable=False)
        label = words("change.reason")
        yield MemoField("reason", label, required=True, max_length=LENGTHS["reason"])
        with Horizontal(classes="buttons"):
            yield Button(t("change.save", self.lang), id="change-save")

    def on_mount(self) -> None:
        """The reason is all that is missing."""
        self._write()
        self.query_one(MemoField).focus_entry()
        self.start_keeping()

    def keep_code(self) -> str:
        """The reason belongs to its change."""
        return self.change.code

    def refresh_data(self) -> None:
        """Count anew: somebody else may have moved something."""
        self.ask(self.change.plan, self._take, group="plan")

    def _take(self, plan: ChangePlan) -> None:
        self.plan = plan
        self._write()

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        act_inputs.relabel(self)
        _name(self.query_one("#change-save", Button), t("change.save", self.lang))
        self._write()

    def _columns(self) -> list[Column]:
        def label(name: str) -> str:
            return t(f"change.column.{name}", self.lang)

        return [
            Column("code", label("code"), 13),
            Column("effect", label("effect"), 15),
            Column("before", label("before"), 9, "right"),
            Column("after", label("after"), 9, "right"),
            Column("kind", label("kind"), 15, min_terminal_width=110),
            Column("state", label("state"), 0, weight=3),
            Column("title", label("title"), 0, min_terminal_width=90, weight=4),
        ]

    def _write(self) -> None:
        self.query_one("#change-said", Static).update(self._said())
        self.set_class(not self.plan.shifts, "-still")
        table, lang = self.query_one(VirtualTable), self.lang
        table.set_columns(self._columns())
        year = self.desk.today.year
        table.set_source(FixedRows([_row(shift, year, lang) for shift in self.plan.shifts]))

    def _said(self) -> Hanging:
        lang = self.lang
        said = [parts.line((self.word(each), parts.STRONG)) for each in self.change.said]
        said.append(summary(self.plan, lang))
        said += [parts.line((f"! {warning(lang)}", parts.WARN)) for warning in self.plan.warnings]
        return parts.lines(said)

    @on(Button.Pressed, "#change-save")
    def action_save_change(self) -> None:
        """Save it, once."""
        field = self.query_one(MemoField)
        if not field.check():
            field.focus_entry()
            return
        reason, write = field.value or "", self.change.write
        self.send(lambda desk: write(desk, reason), self.finish)

    def action_close_dialog(self) -> None:
        """Back to what was entered, unless it is being saved."""
        if not self.sending:
            self.dismiss(None)


def _name(button: Button, label: str) -> None:
    """Give a button another label; by itself it would keep its width."""
    button.label = label
    button.refresh(layout=True)


def summary(plan: ChangePlan, lang: str) -> Content:
    """How many due dates move, how many of them into lateness and out of it."""
    if not plan.moved:
        return parts.line((t("change.none", lang, looked_at=plan.looked_at), parts.STRONG))
    said: list[parts.Part] = [(t("change.moved", lang, count=plan.moved, total=plan.looked_at), parts.STRONG)]
    if plan.become_late:
        late = t("change.become_late", lang, count=plan.become_late)
        said.append((f"  {mark('late')} {late}", parts.BAD))
    if plan.stop_being_late:
        in_time = t("change.stop_late", lang, count=plan.stop_being_late)
        said.append((f"  {mark('done')} {in_time}", parts.GOOD))
    if not plan.become_late and not plan.stop_being_late:
        said.append((f"  {t('change.none_late', lang)}", parts.DIM))
    if len(plan.shifts) < plan.moved:
        said.append((f"  {t('change.shown', lang, count=len(plan.shifts))}", parts.DIM))
    return parts.line(*said)


def saved(result: ChangeResult, lang: str) -> str:
    """What was saved, in one sentence."""
    return t(
        "change.saved",
        lang,
        count=result.moved,
        late=result.become_late,
        ended=result.stop_being_late,
    )


def _row(shift: Shift, year: int, lang: str) -> TableRow:
    if shift.becomes_late:
        effect = toned(f"{mark('late')} {t('change.late', lang)}", "bad")
    elif shift.stops_being_late:
        effect = toned(f"{mark('done')} {t('change.in_time', lang)}", "good")
    else:
        effect = toned(_apart(shift, lang), "")
    kind = DEADLINE_KIND[shift.after_kind](lang) if shift.after_kind in DEADLINE_KIND else "–"
    before, after = (short_date(day, year, lang) for day in (shift.before, shift.after))
    cells = (shift.code, effect, before, after, kind, shift.state_label(lang), shift.title)
    return TableRow(shift.code, cells, "", shift)


def _apart(shift: Shift, lang: str) -> str:
    """By how many days it moves, and where to."""
    if shift.before is None or shift.after is None:
        return t("change.gets_none" if shift.after is None else "change.gets_one", lang)
    days = (shift.after - shift.before).days
    if not days:
        return t("change.same_day", lang)
    return t("change.later" if days > 0 else "change.earlier", lang, days=abs(days))


def span_text(first: date | None, last: date | None, lang: str) -> str:
    """From which day to which; an open end is left out."""
    days = (("from", first), ("to", last))
    return " ".join(t(f"change.{name}", lang, day=date_text(day, lang)) for name, day in days if day)
