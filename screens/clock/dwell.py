"""Thời gian đi đâu: how long each state takes, who is waited for, what came back, what went through by month.

Counting reads the history of the whole period, in a thread: the screen says so, and waiting can be given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kcflow.dwell_figures import PARTS, PERIODS, period_of, period_text
from kcflow.formats import count_text
from kcflow.i18n import t
from kcflow.services.dwell_views import DwellFilter, DwellReport
from kcflow.services.errors import KcflowError
from kcflow.services.views import ListFilter
from screens.base import DeskScreen, sentence
from screens.clock import dwell_parts as parts
from screens.clock.dwell_commands import (
    DwellBefore,
    DwellExport,
    DwellList,
    DwellNext,
    DwellOffice,
    DwellPeriod,
)
from screens.commands import CloseDialog, bindings
from screens.lists.list_commands import FilterList
from screens.lists.wishes import Names, Wish, chips_of, read_names
from screens.widgets.bar_list import BarList
from screens.widgets.cells import literal

if TYPE_CHECKING:
    from screens.lists.filters import FilterField, Value, Wrong

_LIMITS = ("source", "plan_year", "provinces", "regions", "offices")
"""Fields that a list's filter and this one have in common."""


class DwellScreen(DeskScreen[None]):
    """What is counted, one part of it as a picture, the row under the cursor in words.

    | Key | What it does |
    | :- | :- |
    | enter | The list of what stands in the state now; of returns: the file that came back most. |
    | c, left, right | The next part, the part before. |
    | p · f | Another period; period, office and place in a dialog. |
    | o | By implementing unit. |
    | x | Write it as a workbook. |
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        DwellList, DwellNext, DwellBefore, DwellPeriod, DwellOffice, FilterList, DwellExport, CloseDialog
    )
    help_key = "help.dwell"
    may_be_covered = True

    def __init__(self, wanted: ListFilter | None = None) -> None:
        """Count the last twelve months, of what `wanted` limits a list to."""
        super().__init__()
        limits = {name: getattr(wanted, name) for name in _LIMITS} if wanted is not None else {}
        self.wanted = DwellFilter(**limits)
        self.period = PERIODS[0]
        """A name of `PERIODS`, or "" for days of one's own."""
        self.part = PARTS[0]
        self.found: DwellReport | None = None
        self._names = Names()
        self._failure = ""
        self._cursors: dict[str, str] = {}

    # Layout

    def body(self) -> ComposeResult:
        """What is counted, the picture, the row in words."""
        yield Static("", id="dwell-head", markup=False)
        yield BarList(id="dwell-bars")
        yield Static("", id="dwell-said", markup=False)

    def on_mount(self) -> None:
        """Count."""
        from_on, to_on = period_of(self.period, self.desk.today)
        self.wanted = replace(self.wanted, from_on=from_on, to_on=to_on)
        self.bars.focus()
        self.refresh_data()
        if any(getattr(self.wanted, name) for name in _LIMITS):
            self.ask(read_names, self._take_names, group="names", quiet=True)

    @property
    def bars(self) -> BarList:
        """The picture."""
        return self.query_one(BarList)

    @property
    def at_rest(self) -> bool:
        """Whether everything that belongs on the screen is there."""
        return not self.waiting

    def refresh_data(self) -> None:
        """Count anew; what was counted stands until then."""
        wanted = self.wanted
        self._failure = ""
        self.ask(
            lambda desk: desk.clock.dwell(wanted),
            self._take,
            failed=self._failed,
            group="dwell",
            stopped=self._stopped,
        )
        self._write()

    def _take(self, found: DwellReport) -> None:
        self.found = found
        self._write()

    def _failed(self, error: KcflowError) -> None:
        self._failure = sentence(error, self.lang)
        self.say(self._failure, "error")
        self._write()

    def _stopped(self) -> None:
        self._failure = t("dwell.stopped", self.lang)
        self._write()

    def _take_names(self, names: Names) -> None:
        self._names = names
        self._write_head()

    def _count(self, wanted: DwellFilter) -> None:
        """Count something else: what was counted before says nothing about it."""
        if wanted != self.wanted:
            self.wanted, self.found = wanted, None
        self.say("")
        self.refresh_data()

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew; the figures stay."""
        self.say("")
        self._write()

    def _write(self) -> None:
        self._write_head()
        found, lang = self.found, self.lang
        if found is None:
            text = self._failure or t("dwell.counting", lang)
            self.bars.show(lambda width: parts.message(text, width))
        else:
            self.bars.show(partial(parts.rows, found, self.part, lang))
        self._write_said()
        self.refresh_bindings()

    def _write_head(self) -> None:
        """Period and sums; the parts, the one that is shown in brackets; what it is limited to."""
        lang, found, wanted = self.lang, self.found, self.wanted
        name = t(f"dwell.period.{self.period or 'own'}", lang)
        span = period_text(wanted.from_on, wanted.to_on, lang)
        period = name if self.period == "all" else f"{name} ({span})"
        head: list[tuple[str, str]] = [
            (t("dwell.title", lang), "bold $primary"),
            (f"   {period}", "$accent bold"),
            (f" · {t('dwell.by_office', lang)}" if wanted.by_office else "", "$accent"),
            ("\n", ""),
        ]
        for part in PARTS:
            words = t(f"dwell.part.{part}", lang)
            head.append((f"[{words}]" if part == self.part else f" {words} ", _style(part == self.part)))
            head.append((" ", ""))
        if found is not None:
            size = count_text(found.total_days, lang)
            head.append((f"  {t('dwell.counted', lang, n=found.stays, size=size)}", "$text-muted"))
        limits = chips_of(Wish(self._listed()), self._names, lang)
        if limits:
            head.append(("\n" + literal(" · ".join(chip.text for chip in limits)), "$accent"))
        self.query_one("#dwell-head", Static).update(Content.assemble(*head))

    def _write_said(self) -> None:
        text = "" if self.found is None else parts.said(self.found, self.part, self.bars.cursor, self.lang)
        self.query_one("#dwell-said", Static).update(Content(text))

    def on_bar_list_moved(self, message: BarList.Moved) -> None:
        """Say the row in words."""
        message.stop()
        self._write_said()
        self.refresh_bindings()

    # Keys

    def _behind(self) -> ListFilter | str | None:
        """What stands behind the row under the cursor: a list, or the code of a file."""
        found, key = self.found, self.bars.cursor
        if found is None:
            return None
        if self.part == "states" and (state := parts.state_of(found, key)) is not None and state.open:
            limits: Any = state.asked
            return ListFilter(**limits)
        if self.part == "returns" and (row := parts.return_of(found, key)) is not None:
            return row.most_code
        if self.part == "parties" and parts.party_of(found, key) is not None:
            return replace(self._listed(), waits_for=key, open_only=True)
        return None

    def _listed(self) -> ListFilter:
        """What the picture is limited to, as a list's filter."""
        limits: Any = {name: getattr(self.wanted, name) for name in _LIMITS}
        return ListFilter(**limits)

    def why_not(self, action: str) -> str | None:
        """A list needs something that stands there, a workbook something counted."""
        if action in ("dwell_list", "dwell_export") and self.found is None:
            return t("dwell.not_counted", self.lang)
        if action == "dwell_list" and self._behind() is None:
            return t("dwell.nobody_now" if self.part == "states" else "dwell.nothing_behind", self.lang)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the picture is composed nothing can be done with it."""
        return super().check_action(action, parameters) if self.is_mounted else None

    def on_bar_list_chosen(self, message: BarList.Chosen) -> None:
        """A click on the row of the cursor opens it."""
        message.stop()
        self.action_dwell_list()

    def action_dwell_list(self) -> None:
        """The list of what stands there now, or the file that came back most."""
        behind, reason = self._behind(), self.why_not("dwell_list")
        if isinstance(behind, str):
            self.desk_app.open_dossier(behind)
        elif behind is not None:
            self.desk_app.show_dossiers(behind)
        elif reason is not None:
            self.say(reason, "warn")

    def action_part(self, step: int) -> None:
        """The next part or the one before; each keeps its cursor."""
        self._cursors[self.part] = self.bars.cursor
        self.part = PARTS[(PARTS.index(self.part) + step) % len(PARTS)]
        self.bars.cursor = self._cursors.get(self.part, "")
        self.say("")
        self._write()

    def action_dwell_period(self) -> None:
        """The next period that has a name."""
        at = PERIODS.index(self.period) + 1 if self.period in PERIODS else 0
        self.period = PERIODS[at % len(PERIODS)]
        from_on, to_on = period_of(self.period, self.desk.today)
        self._count(replace(self.wanted, from_on=from_on, to_on=to_on))

    def action_dwell_office(self) -> None:
        """By implementing unit, or all together."""
        self.part = PARTS[0]
        self._count(replace(self.wanted, by_office=not self.wanted.by_office))

    def action_dwell_export(self) -> None:
        """Write what is counted."""
        if self.found is not None:
            from screens.clock.dwell_export import ExportDwellDialog

            self.app.push_screen(ExportDwellDialog(self.found), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.say(t("dwell.written", self.lang, path=path), "good")

    def action_filter(self) -> None:
        """Choose period, source, year, place and office; what can be chosen is read first."""
        self.ask(read_names, self._open_filter, group="filter")

    def _open_filter(self, names: Names) -> None:
        from screens.lists.filters import FilterDialog

        self._names = names
        fields = _fields(self.wanted, Wish(self._listed()), names, self.desk.today)
        self.app.push_screen(FilterDialog(fields, _judge), self._filtered)

    def _filtered(self, values: Mapping[str, Value] | None) -> None:
        from screens.lists.dossier_filter import wish_from
        from screens.lists.filters import day_of

        if values is None:
            return
        limits = wish_from(values, Wish()).filter
        period = day_of(values, "from_on"), day_of(values, "to_on")
        named = (name for name in PERIODS if period_of(name, self.desk.today) == period)
        self.period = next(named, "")
        own: Any = {name: getattr(limits, name) for name in _LIMITS}
        self._count(replace(self.wanted, from_on=period[0], to_on=period[1], **own))

    def action_close_dialog(self) -> None:
        """Back; what is still being counted is let go."""
        self.forget("dwell")
        self.dismiss(None)


def _style(here: bool) -> str:
    return "bold $foreground" if here else "$text-muted"


def _fields(wanted: DwellFilter, wish: Wish, names: Names, today: date) -> list[FilterField]:
    from screens.forms.fields import words
    from screens.lists.dossier_filter import filter_fields
    from screens.lists.filters import day

    return [
        day("from_on", words("dwell.filter.from_on"), wanted.from_on, today),
        day("to_on", words("dwell.filter.to_on"), wanted.to_on, today),
        *(field for field in filter_fields(wish, names, today) if field.key in _LIMITS),
    ]


def _judge(values: Mapping[str, Value]) -> Wrong:
    """A period that ends before it begins."""
    from screens.forms.fields import words
    from screens.lists.filters import day_of

    first, last = day_of(values, "from_on"), day_of(values, "to_on")
    return ("to_on", words("filter.backwards")) if first and last and first > last else None
