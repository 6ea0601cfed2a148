"""Tồn đọng: what stands still, for whom it waits, since when, against which deadline (domain.md §11.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from kcflow.i18n import t
from kcflow.labels import STALLED
from kcflow.services.clock_views import GROUPS, StalledGroup, YearEndDate
from kcflow.services.views import DossierCard, DossierRow, ListFilter, Page, StalledRow
from screens.clock.dwell_commands import OpenDwell, OpensDwell
from screens.clock.letters_commands import OpenLetters, OpensLetters
from screens.commands import bindings
from screens.forms.fields import words
from screens.lists import stalled_groups
from screens.lists.detail import DetailStrip
from screens.lists.list_commands import ExportList, GroupList, NextCategory, YearEnd
from screens.lists.list_sources import DeskRows
from screens.lists.rows import DOSSIER_ORDERS
from screens.lists.stalled_grouping import GroupedPane
from screens.lists.stalled_kinds import KINDS, KindsLine
from screens.lists.stalled_rows import COLUMNS, stalled_cell, strip_lines
from screens.lists.stalled_year import YearEndDialog, YearEndLine
from screens.widgets.table import Column, RowSource, TableRow
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.lists.views import ViewChoice

_LANGS = ("vi", "en")
_SORTS = {name: name for name in ("code", "title", "province", "source", "state", "waits_for", "due")}
_SORTS["since"] = "entered"
"""The orders of the store by the columns that they sort."""
_NEEDS_LIST = ("choose_columns", "export_list", "order")
"""What is done with the list of dossiers, not with that of groups."""


class StalledPane(OpensDwell, OpensLetters, GroupedPane):
    """The supervisor's list, as dossiers or in groups."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        NextCategory, GroupList, ExportList, YearEnd, OpenDwell, OpenLetters
    )
    list_name = "stalled"
    empty_key = "stalled.empty"
    orders: ClassVar[tuple[str, ...]] = ("urgent", "due", "entered", "-requested")
    kinds_in_filter = True
    footer_places: ClassVar[Mapping[str, int]] = {"why_here": 12, "clock_acts": 13}
    """The question of this list, and what is done about it, stand before what every list has."""

    def __init__(self) -> None:
        """Show every kind, ungrouped."""
        super().__init__()
        self.counts: dict[str, int] = {}
        self._dates: tuple[YearEndDate, ...] = ()

    def compose(self) -> ComposeResult:
        """Kinds and the year's end over search, list and strip."""
        yield KindsLine()
        yield YearEndLine()
        yield from super().compose()

    def on_mount(self) -> None:
        """Count the kinds, and what the year's end still wants."""
        self._count()

    def _count(self) -> None:
        wanted = self.wish.on(self.desk.today)
        self.ask(lambda desk: desk.stalled_counts(None, wanted), self._take_counts, group="counts")
        self.ask(
            lambda desk: desk.clock.year_end(), self._take_dates, group="year-end", failed=lambda _: None
        )

    def _take_counts(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self._write_kinds()

    def _take_dates(self, dates: Sequence[YearEndDate]) -> None:
        self._dates = tuple(dates)
        self._write_dates()

    def restart(self) -> None:
        """Another person works."""
        self.opened = None
        super().restart()
        self._count()

    def refresh_data(self) -> None:
        """Count and read anew."""
        super().refresh_data()
        self._count()

    def reread(self) -> None:
        """What stands still is counted as it is filtered."""
        super().reread()
        self._write_kinds()
        self._count()

    def write_texts(self) -> None:
        """The kinds' names, the year's end, placeholder and chips."""
        self._write_kinds()
        self._write_dates()
        super().write_texts()

    def _write_kinds(self) -> None:
        self.query_one(KindsLine).show(self.kind, self.counts, self.lang)

    def on_resize(self) -> None:
        """The line of the year's end stands there where there is room."""
        self._write_dates()

    def _write_dates(self) -> None:
        roomy = self.screen.has_class("-huge") and self.screen.has_class("-tall")
        self.query_one(YearEndLine).show(self._dates, self.lang, roomy=roomy)

    # The list

    def column_names(self) -> tuple[str, ...]:
        """Every column."""
        return tuple(COLUMNS)

    def default_names(self) -> tuple[str, ...]:
        """All of them, as width allows; one province goes without saying."""
        return tuple(name for name in COLUMNS if name != "province" or not self.desk.one_province)

    def known_orders(self) -> tuple[str, ...]:
        """What is near before what is late, or any order of the store's lists."""
        return (self.orders[0], *DOSSIER_ORDERS)

    def order_of(self, column: str) -> str:
        """The order that sorts by a column."""
        return _SORTS.get(column, "")

    def label_of(self, name: str) -> str:
        """What a column is called."""
        return COLUMNS[name].text(self.lang)

    def columns(self) -> list[Column]:
        """What answers "waiting for whom, since when, by which rule" first; the rest as width allows."""
        if self.grouped:
            return stalled_groups.columns(self.grouping, self.lang)
        return [
            Column(
                name,
                self.label_of(name),
                self.code_width if name == "code" else COLUMNS[name].width,
                "right" if COLUMNS[name].right else "left",
                0 if self.chosen else COLUMNS[name].least,
                COLUMNS[name].weight,
                sortable=name in _SORTS,
            )
            for name in self.chosen or self.default_names()
        ]

    def draw(self, stalled: StalledRow) -> TableRow:  # type: ignore[override]
        """One row, in the present language (called in worker threads)."""
        year, names = self.desk.today.year, self.chosen or self.default_names()
        cells = tuple(stalled_cell(stalled, name, year, self.lang) for name in names)
        return TableRow(stalled.row.code, cells, "", stalled)

    @property
    def noun(self) -> str:  # type: ignore[override]
        """What its rows are called."""
        return "groups" if self.grouped else "all"

    def code_of(self, row: TableRow) -> str:
        """The code of a dossier; a group has none."""
        return row.key if isinstance(row.payload, StalledRow) else ""

    def source(self) -> RowSource:
        """What stands still, of the chosen kind, as far as it passes the filter; or its groups."""
        wanted = self.wish.on(self.desk.today)
        if self.grouped:
            return self._groups(wanted)
        kinds, order = (self.kind,) if self.kind else (), self.order

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[StalledRow]:
            return desk.stalled(None, after, limit, kinds=kinds, wanted=wanted, order=order)

        return DeskRows(self.desk, fetch, self.draw)

    def row_of(self, payload: object) -> DossierRow | None:
        """The dossier that stands still."""
        return payload.row if isinstance(payload, StalledRow) else None

    def empty_text(self) -> str:
        """Where only one kind is shown, say so."""
        if not self.wish.empty:
            return t("dossiers.none_found", self.lang)
        return t("stalled.none_of_kind" if self.kind else "stalled.empty", self.lang)

    def show_detail(self, payload: object | None) -> None:
        """Show what holds, what comes next and who must; or what a group is made of."""
        strip = self.query_one(DetailStrip)
        if isinstance(payload, StalledGroup):
            hint = t("stalled.group_hint", self.lang)
            strip.show_lines(payload.label(self.lang), [[(hint, "$text-muted")]], self.lang)
        elif not isinstance(payload, StalledRow):
            strip.clear()
        else:
            lines = strip_lines(payload, self.lang)
            strip.show_stalled(payload.row, lines, None, self.lang)
            if payload.row.kind == "proposal":
                code = payload.row.code
                self.ask(lambda desk: desk.dossier(code), partial(self._take_stages, payload), group="detail")

    def _take_stages(self, stalled: StalledRow, card: DossierCard) -> None:
        if self.table.cursor_key == stalled.row.code:
            lines = strip_lines(stalled, self.lang)
            self.query_one(DetailStrip).show_stalled(stalled.row, lines, card, self.lang)

    # The year's end, a workbook

    def action_year_end(self) -> None:
        """The dates that end the year, with what is still open."""
        self.app.push_screen(YearEndDialog(self._dates), self._year_end_chosen)

    def on_year_end_line_wanted(self, message: YearEndLine.Wanted) -> None:
        """A click on the line."""
        message.stop()
        self.action_year_end()

    def _year_end_chosen(self, chosen: YearEndDate | None) -> None:
        if chosen is not None:
            self.desk_app.show_dossiers(stalled_groups.limited(ListFilter(), chosen.asked))

    def action_export_list(self) -> None:
        """Write the list as a workbook, as it is filtered and ordered."""
        from screens.lists.stalled_export import ExportStalledDialog

        wanted = self.wish.on(self.desk.today)
        kinds = (self.kind,) if self.kind else ()
        self.app.push_screen(ExportStalledDialog(wanted, kinds, self.order), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.say(t("money.exported", self.lang, path=path), "good")

    # Keys

    def why_not(self, action: str) -> str | None:
        """A group has no columns, no order and no workbook of its own; it is opened first."""
        if action in _NEEDS_LIST and self.grouped:
            return t("stalled.group_first", self.lang)
        if action == "open_row" and self.is_mounted and isinstance(self.table.cursor_payload, StalledGroup):
            return None
        if action == "year_end" and not self._dates:
            return t("year_end.none", self.lang)
        return super().why_not(action)

    def show_kind(self, kind: str) -> None:
        """Show one kind, "" is all."""
        self.kind = kind
        self.view_name = ""
        self.reread()

    def filtered(self) -> bool:
        """Whether anything is hidden or grouped: one kind alone is a filter too."""
        return bool(self.kind or self.grouping) or super().filtered()

    def asked(self) -> dict[str, object]:
        """Filter, kind and grouping as JSON values; an opened group is a filter like any other."""
        return {**super().asked(), "stalled": self.kind, "grouping": self.grouping if self.grouped else ""}

    def ask_for(self, saved: object) -> None:
        """Take filter, kind and grouping of a saved view."""
        super().ask_for(saved)
        found = saved if isinstance(saved, dict) else {}
        # Views saved before lists held other dossiers than proposals name the kind so.
        kind, by = found.get("stalled") or found.get("kind"), found.get("grouping")
        self.kind = kind if kind in KINDS else ""
        self.grouping, self.opened = by if by in GROUPS else "", None
        self.table.set_source(None)

    def built_in(self) -> Sequence[ViewChoice]:
        """Each kind, then the groupings that a supervisor begins a week with."""
        from screens.lists.views import ViewChoice

        labels = {"": words("stalled.all"), **STALLED}
        kinds = [
            ViewChoice({"filter": {"stalled": kind}, "order": self.orders[0]}, label=label)
            for kind, label in labels.items()
        ]
        groups = [
            ViewChoice(
                {"filter": {"grouping": by}}, label=Label(*(stalled_groups.chip(by, x).text for x in _LANGS))
            )
            for by in ("office", "holder")
        ]
        return [*kinds, *groups]

    def on_kinds_line_picked(self, message: KindsLine.Picked) -> None:
        """A click on a kind."""
        message.stop()
        self.show_kind(message.kind)

    def action_next_category(self) -> None:
        """The next kind."""
        kinds = ("", *KINDS)
        self.show_kind(kinds[(kinds.index(self.kind) + 1) % len(kinds)])

    def show(self, wanted: ListFilter) -> None:
        """Show every kind of what passes `wanted`, ungrouped."""
        self.kind = self.grouping = ""
        self.opened = None
        super().show(wanted)

    def dwell_filter(self) -> ListFilter:
        """Where time goes begins with what the list is limited to."""
        return self.wish.filter

    def action_clear_filters(self) -> None:
        """From an opened group to the groups, from the groups to the list; then every kind, all of it."""
        if not self.search_focused and self.opened is not None:
            self._back_to = self.opened.key
            self._leave_group()
            self._show_grouping(self.grouping)
        elif not self.search_focused and self.grouping:
            self._show_grouping("")
        else:
            kind, self.kind = self.kind, ""
            if kind and self.wish.empty:
                self.reread()
            super().action_clear_filters()
