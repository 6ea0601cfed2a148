"""Tồn đọng: what stands still, for whom it waits, since when, against which deadline (domain.md §11.5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, get_args

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kcflow.formats import in_unit
from kcflow.i18n import t
from kcflow.labels import SOURCE, STALLED
from kcflow.services.views import DossierCard, StalledKind, StalledRow
from screens.commands import Act, ClearFilters, DossierHistory, NextCategory, OpenRow, bindings
from screens.detail import DetailStrip
from screens.listpane import DeskRows, Pane
from screens.rows import short_date, state_cell, toned
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, RowSource, TableRow, VirtualTable

KINDS: tuple[StalledKind, ...] = get_args(StalledKind)
_TONES = {"law": "bad", "policy": "warn", "waiting": "", "stuck": "bad", "near": "warn"}
_SIGNS = {
    "law": mark("late"),
    "policy": "△",
    "waiting": "…",
    "stuck": mark("stopped"),
    "near": mark("near"),
}


class KindsLine(Widget):
    """The kinds of standing still with their counts; a click chooses one."""

    DEFAULT_CSS = """
    KindsLine { height: 1; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Picked(Message, namespace="kinds_line"):
        """Somebody clicked a kind ("" is all)."""

        kind: str

    def __init__(self) -> None:
        """Nothing counted yet."""
        super().__init__()
        self.kind = ""
        self.lang = "vi"
        self.counts: dict[str, int] = {}
        self._places: list[tuple[int, int, str]] = []

    def show(self, kind: str, counts: dict[str, int], lang: str) -> None:
        """Mark `kind` ("": all) as chosen."""
        self.kind, self.counts, self.lang = kind, counts, lang
        self.refresh()

    def _names(self, short: bool) -> list[tuple[str, str, str]]:
        everything = sum(self.counts.values())
        names = [("", t("stalled.all", self.lang), str(everything) if self.counts else "")]
        for kind in KINDS:
            name = t(f"stalled.short_{kind}", self.lang) if short else STALLED[kind](self.lang)
            names.append(
                (kind, f"{_SIGNS[kind]} {name}", str(self.counts[kind]) if kind in self.counts else "")
            )
        return names

    def render(self) -> Content:
        """Draw the kinds."""
        room = self.size.width
        names = self._names(short=False)
        if sum(cell_len(name) + len(count) + 4 for _, name, count in names) > room:
            names = self._names(short=True)
        parts: list[tuple[str, str]] = []
        self._places = []
        x = 0
        for kind, name, count in names:
            here = kind == self.kind
            ground = " on $block-cursor-blurred-background" if here else ""
            text = f" {name} " if not count else f" {name} {count} "
            parts.append((text, f"$foreground bold{ground}" if here else "$text-muted"))
            parts.append((" ", ""))
            self._places.append((x, x + cell_len(text), kind))
            x += cell_len(text) + 1
        return Content.assemble(*parts).truncate(max(0, room))

    def on_click(self, event: events.Click) -> None:
        """Choose the kind under the pointer."""
        for start, end, kind in self._places:
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Picked(kind))


class StalledPane(Pane):
    """The supervisor's list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(OpenRow, NextCategory, DossierHistory, Act, ClearFilters)
    empty_key = "stalled.empty"

    def __init__(self) -> None:
        """Show every kind."""
        super().__init__()
        self.kind = ""
        self.counts: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        """Kinds, list, strip."""
        yield KindsLine()
        yield VirtualTable(id="list", selectable=False)
        yield DetailStrip(classes="-empty")

    def on_mount(self) -> None:
        """Count the kinds."""
        self._count()

    def _count(self) -> None:
        self.ask(lambda desk: desk.stalled_counts(), self._take_counts, group="counts")

    def _take_counts(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.write_texts()

    def restart(self) -> None:
        """Another person works."""
        super().restart()
        self._count()

    def refresh_data(self) -> None:
        """Count and read anew."""
        super().refresh_data()
        self._count()

    def write_texts(self) -> None:
        """The kinds' names."""
        self.query_one(KindsLine).show(self.kind, self.counts, self.lang)

    def columns(self) -> list[Column]:
        """What answers "waiting for whom, since when, by which rule" first; the rest as width allows."""

        def label(name: str) -> str:
            return t(f"app.column.{name}", self.lang)

        return [
            Column("code", label("code"), 12),
            Column("title", label("title"), 0, weight=3),
            Column("province", label("province"), 11, min_terminal_width=165),
            Column("source", label("source"), 8, min_terminal_width=230),
            Column("state", label("state"), 18, min_terminal_width=118),
            Column("waits_for", label("waits_for"), 16),
            Column("days", label("days_in_state"), 9, "right", min_terminal_width=118),
            Column("due", label("due"), 9, "right"),
            Column("basis", label("basis"), 12, min_terminal_width=130),
            Column("overdue", label("overdue"), 10, "right"),
            Column("money", label("money"), 17, "right", min_terminal_width=195),
            Column("last", label("last_act"), 0, weight=2, min_terminal_width=150),
            Column("next", label("next_act"), 0, weight=2, min_terminal_width=195),
        ]

    def draw(self, stalled: StalledRow) -> TableRow:
        """One row, in the present language (called in worker threads)."""
        row, lang, year = stalled.row, self.lang, self.desk.today.year
        overdue = (
            t("app.days", lang, n=stalled.overdue_days)
            if stalled.overdue_days > 0
            else t("stalled.left", lang, n=row.days_left)
            if row.days_left is not None
            else "–"
        )
        money = "/".join(in_unit(n or 0, "trieu", lang) for n in (row.approved, row.allocated, row.advanced))
        tone = _TONES[stalled.kind]
        cells = (
            row.code,
            row.title,
            row.province_name,
            SOURCE[row.source](lang) if row.source in SOURCE else row.source,
            state_cell(row, lang),
            row.waits_for_label(lang),
            f"{stalled.days_in_state}/{stalled.working_days_in_state}",
            short_date(row.due_on, year, lang),
            row.due_basis or "–",
            toned(f"{_SIGNS[stalled.kind]} {overdue}", tone),
            money,
            f"{short_date(stalled.last_on, year, lang)} {stalled.last_action_label(lang)}",
            " · ".join(label(lang) for label in stalled.next_actions) or "–",
        )
        return TableRow(row.code, cells, "", stalled)

    def source(self) -> RowSource:
        """The stalled dossiers of the chosen kind."""
        kinds = (self.kind,) if self.kind else ()
        return DeskRows(
            self.desk,
            lambda desk, after, limit: desk.stalled(after=after, limit=limit, kinds=kinds),
            self.draw,
        )

    # The strip

    def current(self) -> StalledRow | None:
        """The row under the cursor."""
        payload = self.table.cursor_payload
        return payload if isinstance(payload, StalledRow) else None

    def show_detail(self, payload: object | None) -> None:
        """Show basis and derivation of the deadline."""
        strip = self.query_one(DetailStrip)
        if not isinstance(payload, StalledRow):
            strip.clear()
            return
        strip.show_stalled(payload, None, self.lang)
        code = payload.row.code
        self.ask(lambda desk: desk.dossier(code), partial(self._take_card, payload), group="detail")

    def _take_card(self, stalled: StalledRow, card: DossierCard) -> None:
        if self.table.cursor_key == stalled.row.code:
            self.query_one(DetailStrip).show_stalled(stalled, card, self.lang)

    # Keys

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one."""
        if action in ("act", "open_row", "dossier_history") and self.is_mounted and self.current() is None:
            return t("app.no_row", self.lang)
        return None

    def show_kind(self, kind: str) -> None:
        """Show one kind, "" is all."""
        self.kind = kind
        self.write_texts()
        self.table.set_source(self.source())
        self.refresh_bindings()

    def on_kinds_line_picked(self, message: KindsLine.Picked) -> None:
        """A click on a kind."""
        message.stop()
        self.show_kind(message.kind)

    def action_next_category(self) -> None:
        """The next kind."""
        kinds = ("", *KINDS)
        self.show_kind(kinds[(kinds.index(self.kind) + 1) % len(kinds)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Clearing is offered only where there is a filter."""
        if action == "clear_filters" and not self.kind:
            return False
        return super().check_action(action, parameters)

    def action_clear_filters(self) -> None:
        """Every kind."""
        self.show_kind("")

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter opens."""
        message.stop()
        self.action_open_row()

    def action_open_row(self) -> None:
        """Open the dossier under the cursor."""
        if (stalled := self.current()) is not None:
            codes = self.table.keys_near(self.table.cursor_row)
            self.desk_app.open_dossier(stalled.row.code, codes)

    def action_act(self) -> None:
        """Carry out an act on the dossier under the cursor."""
        if (stalled := self.current()) is not None:
            self.desk_app.open_advance(stalled.row.code, None, self.acted)

    def action_dossier_history(self) -> None:
        """Show the history of the dossier under the cursor."""
        if (stalled := self.current()) is not None:
            self.desk_app.open_history_of(stalled.row.code)
