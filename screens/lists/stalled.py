"""Tồn đọng: what stands still, for whom it waits, since when, against which deadline (domain.md §11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, get_args

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
from kcflow.services.views import DossierCard, DossierRow, Page, StalledKind, StalledRow
from screens.commands import bindings
from screens.forms.fields import words
from screens.lists.detail import DetailStrip
from screens.lists.list_commands import NextCategory
from screens.lists.list_sources import DeskRows
from screens.lists.rows import short_date, state_cell, toned
from screens.lists.searched import SearchedPane
from screens.lists.shaped import ListColumn
from screens.widgets.basis import basis_text
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, RowSource, TableRow

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.lists.views import ViewChoice

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


COLUMNS = {
    "code": ListColumn("code", 12),
    "title": ListColumn("title", 0, weight=5),
    "province": ListColumn("province", 11, 165),
    "region": ListColumn("region", 18, 240),
    "source": ListColumn("source", 8, 230),
    "state": ListColumn("state", 0, 118, 4),
    "waits_for": ListColumn("waits_for", 16),
    "days": ListColumn("days_in_state", 9, 140, right=True),
    "due": ListColumn("due", 9, right=True),
    "basis": ListColumn("basis", 12, 130),
    "overdue": ListColumn("overdue", 10, right=True),
    "money": ListColumn("money", 17, 195, right=True),
    "last": ListColumn("last_act", 0, 160, 4),
    "next": ListColumn("next_act", 0, 195, 4),
}


class StalledPane(SearchedPane):
    """The supervisor's list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(NextCategory)
    list_name = "stalled"
    empty_key = "stalled.empty"

    def __init__(self) -> None:
        """Show every kind."""
        super().__init__()
        self.kind = ""
        self.counts: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        """Kinds over search, list and strip."""
        yield KindsLine()
        yield from super().compose()

    def on_mount(self) -> None:
        """Count the kinds."""
        self._count()

    def _count(self) -> None:
        wanted = self.wish.on(self.desk.today)
        self.ask(lambda desk: desk.stalled_counts(None, wanted), self._take_counts, group="counts")

    def _take_counts(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self._write_kinds()

    def restart(self) -> None:
        """Another person works."""
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
        """The kinds' names, placeholder and chips."""
        self._write_kinds()
        super().write_texts()

    def _write_kinds(self) -> None:
        self.query_one(KindsLine).show(self.kind, self.counts, self.lang)

    def column_names(self) -> tuple[str, ...]:
        """Every column."""
        return tuple(COLUMNS)

    def default_names(self) -> tuple[str, ...]:
        """All of them, as width allows; one province goes without saying."""
        return tuple(name for name in COLUMNS if name != "province" or not self.desk.one_province)

    def known_orders(self) -> tuple[str, ...]:
        """It is always by deadline, the latest first."""
        return ()

    def order_of(self, column: str) -> str:  # noqa: ARG002
        """No column sorts it."""
        return ""

    def label_of(self, name: str) -> str:
        """What a column is called."""
        return COLUMNS[name].text(self.lang)

    def columns(self) -> list[Column]:
        """What answers "waiting for whom, since when, by which rule" first; the rest as width allows."""
        return [
            Column(
                name,
                self.label_of(name),
                self.code_width if name == "code" else COLUMNS[name].width,
                "right" if COLUMNS[name].right else "left",
                0 if self.chosen else COLUMNS[name].least,
                COLUMNS[name].weight,
            )
            for name in self.chosen or self.default_names()
        ]

    def draw(self, stalled: StalledRow) -> TableRow:  # type: ignore[override]
        """One row, in the present language (called in worker threads)."""
        year, names = self.desk.today.year, self.chosen or self.default_names()
        cells = tuple(stalled_cell(stalled, name, year, self.lang) for name in names)
        return TableRow(stalled.row.code, cells, "", stalled)

    def source(self) -> RowSource:
        """What stands still, of the chosen kind, as far as it passes the filter."""
        kinds, wanted = (self.kind,) if self.kind else (), self.wish.on(self.desk.today)

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[StalledRow]:
            return desk.stalled(None, after, limit, kinds=kinds, wanted=wanted)

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
        """Show basis and derivation of the deadline."""
        strip = self.query_one(DetailStrip)
        if not isinstance(payload, StalledRow):
            strip.clear()
            return
        strip.show_stalled(payload, None, self.lang)
        code = payload.row.code
        self.ask(lambda desk: desk.dossier(code), partial(self._take_basis, payload), group="detail")

    def _take_basis(self, stalled: StalledRow, card: DossierCard) -> None:
        if self.table.cursor_key == stalled.row.code:
            self.query_one(DetailStrip).show_stalled(stalled, card, self.lang)

    # Keys

    def show_kind(self, kind: str) -> None:
        """Show one kind, "" is all."""
        self.kind = kind
        self.view_name = ""
        self.reread()

    def filtered(self) -> bool:
        """Whether anything is hidden: one kind alone is a filter too."""
        return bool(self.kind) or super().filtered()

    def asked(self) -> dict[str, object]:
        """Filter and kind as JSON values."""
        return {**super().asked(), "kind": self.kind}

    def ask_for(self, saved: object) -> None:
        """Take filter and kind of a saved view."""
        super().ask_for(saved)
        kind = saved.get("kind") if isinstance(saved, dict) else ""
        self.kind = kind if kind in KINDS else ""

    def built_in(self) -> Sequence[ViewChoice]:
        """Each kind."""
        from screens.lists.views import ViewChoice

        labels = {"": words("stalled.all"), **STALLED}
        return [ViewChoice({"filter": {"kind": kind}}, label=label) for kind, label in labels.items()]

    def on_kinds_line_picked(self, message: KindsLine.Picked) -> None:
        """A click on a kind."""
        message.stop()
        self.show_kind(message.kind)

    def action_next_category(self) -> None:
        """The next kind."""
        kinds = ("", *KINDS)
        self.show_kind(kinds[(kinds.index(self.kind) + 1) % len(kinds)])

    def action_clear_filters(self) -> None:
        """Every kind, and all of it."""
        kind, self.kind = self.kind, ""
        if kind and self.wish.empty:
            self.reread()
        super().action_clear_filters()


def stalled_cell(stalled: StalledRow, name: str, year: int, lang: str) -> str | Content:
    """The cell of the column `name`."""
    row = stalled.row
    match name:
        case "code" | "title":
            return row.code if name == "code" else row.title
        case "province" | "region":
            return row.province_name if name == "province" else row.region_label(lang)
        case "source":
            return SOURCE[row.source](lang) if row.source in SOURCE else row.source
        case "state":
            return state_cell(row, lang)
        case "waits_for":
            return row.waits_for_label(lang)
        case "days":
            return f"{stalled.days_in_state}/{stalled.working_days_in_state}"
        case "due" | "basis":
            return (
                short_date(row.due_on, year, lang)
                if name == "due"
                else basis_text(row.due_basis or "–", lang)
            )
        case "overdue":
            return toned(f"{_SIGNS[stalled.kind]} {overdue_text(stalled, lang)}", _TONES[stalled.kind])
        case "money":
            amounts = (row.approved, row.allocated, row.advanced)
            return "/".join(in_unit(n or 0, "trieu", lang) for n in amounts)
        case "last":
            return f"{short_date(stalled.last_on, year, lang)} {stalled.last_action_label(lang)}"
        case _:
            return " · ".join(label(lang) for label in stalled.next_actions) or "–"


def overdue_text(stalled: StalledRow, lang: str) -> str:
    """By how many days it is late, or how many are left."""
    if stalled.overdue_days > 0:
        return t("app.days", lang, n=stalled.overdue_days)
    if stalled.row.days_left is not None:
        key = "stalled.left" if stalled.row.days_left else "form.today"
        return t(key, lang, n=stalled.row.days_left)
    return "–"
