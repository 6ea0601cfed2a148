"""Lịch làm việc: the days of a year that differ from the plain week, and the papers that announced them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from kcflow.calendar import FIRST_YEAR, LAST_YEAR
from kcflow.formats import date_text, local
from kcflow.i18n import t
from kcflow.services.clock_views import CalendarYear, DayView
from kcflow.services.errors import KcflowError
from screens.clock.change import Change
from screens.clock.day_form import DayForm
from screens.clock.editor import EditorScreen
from screens.clock.editor_commands import AddDays, CalendarYearAfter, CalendarYearBefore, WithdrawDays
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import my_roles
from screens.forms.fields import words
from screens.lists.rows import toned
from screens.widgets.hanging import Hanging
from screens.widgets.table import Column, TableRow, VirtualTable
from states.model import Label

SETTERS = frozenset({"supervisor", "admin"})
"""Roles that record days; whose office may is the service's to say."""
OFF, WORKED = "○", "●"
"""Marks of a day off and of a day that is worked instead."""


class CalendarScreen(EditorScreen):
    """One year, day by day."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        AddDays, WithdrawDays, CalendarYearBefore, CalendarYearAfter, CloseDialog
    )
    help_key = "help.calendar"
    selectable = True

    def __init__(self, year: int | None = None) -> None:
        """Show a year (None: this one)."""
        super().__init__()
        self._asked = year
        self.year = year or 0
        self.found: CalendarYear | None = None

    # Reading

    def on_mount(self) -> None:
        """Begin with this year."""
        if self._asked is None:
            self.year = self.desk.today.year

    def refresh_data(self) -> None:
        """Read the year anew."""
        year = self.year
        self.ask(lambda desk: desk.clock.calendar(year), self._take, failed=self._failed, group="year")

    def _take(self, found: CalendarYear) -> None:
        anew = self.found is None or self.found.year != found.year
        self.found, self.year = found, found.year
        self.write(anew=anew)

    def _failed(self, error: KcflowError) -> None:
        """A year that nobody knows: the one that was shown stays."""
        if self.found is not None:
            self.year = self.found.year
        self.say(error.text(self.lang), "warn")

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew."""
        if self.found is not None:
            self.write()

    def columns(self) -> list[Column]:
        """The paper where there is room; the line under the list has it anyway."""

        def label(name: str) -> str:
            return t(f"days.column.{name}", self.lang)

        return [
            Column("day", label("day"), 21),
            Column("kind", label("kind"), 10),
            Column("name", label("name"), 0, weight=4),
            Column("source", label("source"), 8),
            Column("document", label("document"), 0, min_terminal_width=100, weight=4),
        ]

    def rows(self) -> list[TableRow]:
        """Its days in order."""
        return [_row(day, self.lang) for day in self.found.days] if self.found is not None else []

    def empty_text(self) -> str:
        """No year is without holidays."""
        return t("days.none", self.lang, year=str(self.year))

    def strip(self) -> Hanging | None:
        """The day in full."""
        return _strip(self.day, self.lang) if self.day is not None else None

    def head(self) -> Hanging:
        """The year, its working days, whether some of it is an estimate."""
        found, lang = self.found, self.lang
        if found is None:
            return parts.lines(())
        off = sum(day.kind == "off" for day in found.days)
        own = sum(day.own for day in found.days)
        first = parts.line(
            (t("days.title", lang, year=str(found.year)), "bold $primary"),
            (f"  {t('days.worked', lang, count=found.working_days)}", parts.STRONG),
            (f"  {t('days.counts', lang, count=off, working=len(found.days) - off, new=own)}", parts.DIM),
        )
        if found.estimated:
            note = parts.line((f"! {t('days.estimated', lang)}", parts.WARN))
        else:
            years = t("days.years", lang, first=str(FIRST_YEAR), last=str(LAST_YEAR))
            note = parts.line((years, parts.DIM))
        return parts.lines([first, note])

    @property
    def day(self) -> DayView | None:
        """The day under the cursor."""
        found = self.payload
        return found if isinstance(found, DayView) else None

    def on_virtual_table_selection_changed(self, message: VirtualTable.SelectionChanged) -> None:
        """Several own days are withdrawn at once."""
        message.stop()
        self.refresh_bindings()

    # Keys

    def _meant(self) -> Sequence[DayView]:
        """The days that are selected, else the one under the cursor."""
        if self.found is None:
            return ()
        chosen = self.table.selected
        if chosen:
            return [day for day in self.found.days if _key(day) in chosen]
        return [self.day] if self.day is not None else ()

    def why_not(self, action: str) -> str | None:
        """Supervisors record days; only own ones can be withdrawn."""
        if action not in ("add_days", "withdraw_days"):
            return None
        if self.found is None:
            return t("app.reading", self.lang)
        if not my_roles(self.desk) & SETTERS:
            return t("days.not_yours", self.lang)
        if action == "withdraw_days" and not all(day.own for day in self._meant()):
            return t("days.not_own", self.lang)
        if action == "withdraw_days" and not self._meant():
            return t("app.no_row", self.lang)
        return None

    def action_add_days(self) -> None:
        """Ask for days of this year."""
        self.app.push_screen(DayForm(self.year), self.take_saved)

    def action_withdraw_days(self) -> None:
        """Withdraw own days; what the program knows of them counts again."""
        days = [day for day in self._meant() if day.id is not None]
        numbers = tuple(day.id for day in days if day.id is not None)
        if not numbers:
            return
        change = Change(
            words("days.withdraw_title"),
            tuple(Label(_said(day, "vi"), _said(day, "en")) for day in days),
            lambda desk: desk.clock.days_plan((), numbers),
            lambda desk, reason: desk.clock.set_days((), reason, numbers),
            "days-" + "-".join(map(str, numbers)),
        )
        self.look_ahead(change)

    def action_year(self, step: int) -> None:
        """The year before or after, as far as the calendar goes."""
        self.say("")
        self.year += step
        self.refresh_data()


def _key(day: DayView) -> str:
    return day.day.isoformat()


def kind_text(kind: str, lang: str) -> str:
    """Off or worked instead, with its mark."""
    return f"{WORKED if kind == 'working' else OFF} {t(f'days.kind.{kind}', lang)}"


def _dated(day: DayView, lang: str) -> str:
    return f"{date_text(day.day, lang)} {t(f'form.weekday.{day.day.weekday()}', lang)}"


def _said(day: DayView, lang: str) -> str:
    return f"{_dated(day, lang)}: {kind_text(day.kind, lang)} · {day.name(lang)}"


def _row(day: DayView, lang: str) -> TableRow:
    kind = toned(kind_text(day.kind, lang), "warn" if day.kind == "working" else "")
    source = t("days.own" if day.own else "days.shipped", lang)
    cells = (
        _dated(day, lang),
        kind,
        day.name(lang),
        toned(source, "good" if day.own else "dim"),
        day.document or "–",
    )
    return TableRow(_key(day), cells, "", day)


def _strip(day: DayView, lang: str) -> Hanging:
    """The day, its name, the paper, who recorded it."""
    said = [
        parts.line((_dated(day, lang), parts.STRONG), f"  {kind_text(day.kind, lang)} · {day.name(lang)}")
    ]
    paper = day.document or t("days.no_document", lang)
    said.append(parts.line((t("days.document", lang, document=paper), parts.DIM)))
    if day.own and day.set_at is not None:
        on = date_text(local(day.set_at).date(), lang)
        said.append(parts.line((t("rules.set_by", lang, who=day.set_by_name or "", on=on), parts.DIM)))
    return parts.lines(said)
