"""The end of the budget year: how many days are left to each of its dates, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kcflow.formats import compact, date_text, in_unit
from kcflow.i18n import t
from kcflow.services.clock_views import YearEndDate
from screens.base import DeskModal
from screens.commands import shown_key
from screens.dossier import proposal_parts as parts
from screens.lists.rows import toned
from screens.lists.shaped import number
from screens.taking import TakingTable
from screens.widgets.basis import basis_text
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable

SOON = 60
"""Days before a date from which the line stands there at any width."""
HURRY = 14
"""Days before a date from which it is marked."""


def _tone(one: YearEndDate) -> str:
    if not one.open:
        return "good"
    return "bad" if one.left_days < 0 else "warn" if one.left_days <= HURRY else ""


class YearEndLine(Widget):
    """The dates in one line; a click opens the list of them."""

    DEFAULT_CSS = """
    YearEndLine { height: 1; padding: 0 1; background: $background; color: $text-muted; display: none; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Wanted(Message, namespace="year_end_line"):
        """Somebody clicked the line."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self._dates: tuple[YearEndDate, ...] = ()
        self._lang = "vi"

    def show(self, dates: Sequence[YearEndDate], lang: str, *, roomy: bool) -> None:
        """Show them where there is room (`roomy`), or where one of them is near."""
        self._dates, self._lang = tuple(dates), lang
        near = any(one.left_days <= SOON for one in dates if one.left_days >= 0 or one.open)
        self.display = bool(dates) and (roomy or near)
        self.refresh()

    def render(self) -> Content:
        """Draw as many as fit, the nearest first; then the key of the list."""
        lang, room = self._lang, self.content_size.width
        tail = t("year_end.more", lang, key=shown_key("year_end"))
        room -= cell_len(tail) + 1
        pieces: list[tuple[str, str]] = [(f"{t('year_end.head', lang)} ", "bold")]
        used = cell_len(pieces[0][0])
        for one in self._dates:
            text = self._piece(one)
            if used + cell_len(text) + 3 > room:
                break
            tone = {"bad": "$error bold", "warn": "$warning", "good": "$success", "": "$foreground"}
            pieces += [(text, tone[_tone(one)]), (" · ", "$text-muted")]
            used += cell_len(text) + 3
        if len(pieces) > 1:
            pieces[-1] = ("  ", "")
        return Content.assemble(*pieces, (tail, "$accent"))

    def _piece(self, one: YearEndDate) -> str:
        days = t(
            "year_end.left" if one.left_days >= 0 else "year_end.past", self._lang, days=abs(one.left_days)
        )
        sign = f"{mark('late')} " if one.left_days < 0 and one.open else ""
        count = t("year_end.open", self._lang, n=one.open) if one.open else mark("done")
        return f"{sign}{one.on:%d/%m} {days}: {count}"

    def on_click(self, event: events.Click) -> None:
        """Open the list."""
        event.stop()
        self.post_message(self.Wanted())


class YearEndDialog(DeskModal[YearEndDate]):
    """The dates with what has to be done by them; gives the one whose dossiers somebody wants to see."""

    title_key = "year_end.title"
    help_key = "help.year_end"
    CSS = """
    YearEndDialog > .modal { width: 104; }
    YearEndDialog VirtualTable { height: auto; min-height: 4; max-height: 10; margin: 1 0; }
    YearEndDialog #year-what { height: 3; color: $text-muted; }
    """

    def __init__(self, dates: Sequence[YearEndDate]) -> None:
        """Offer `dates`."""
        super().__init__()
        self._dates = tuple(dates)

    def body(self) -> Iterable[Widget]:
        """The dates, and the one under the cursor in full."""
        yield TakingTable(self._columns(), id="dates", selectable=False)
        yield Static(id="year-what", markup=False)

    def _columns(self) -> list[Column]:
        def label(name: str) -> str:
            return t(f"year_end.column.{name}", self.lang)

        return [
            Column("on", label("on"), 21),
            Column("left", label("left"), 14, "right"),
            Column("what", label("what"), 0),
            Column("open", label("open"), 10, "right"),
            Column("money", t("app.column.stake", self.lang), 12, "right", min_terminal_width=100),
        ]

    def on_mount(self) -> None:
        """Start at the first that isn't over."""
        table = self.query_one(VirtualTable)
        table.empty_text = t("year_end.none", self.lang)
        table.set_source(self)
        table.focus()

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them."""
        return TablePage(tuple(self._draw(one) for one in self._dates))

    def _draw(self, one: YearEndDate) -> TableRow:
        lang = self.lang
        key = "year_end.left" if one.left_days >= 0 else "year_end.past"
        left = t(key, lang, days=abs(one.left_days))
        on = t("year_end.by" if one.inclusive else "year_end.before", lang, day=date_text(one.on, lang))
        cells = (
            on,
            toned(left, _tone(one)),
            one.label(lang),
            toned(number(one.open, lang), _tone(one)),
            in_unit(one.money, "trieu", lang),
        )
        return TableRow(one.on.isoformat(), cells, "", one)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """What has to be done, the article, how much."""
        message.stop()
        one = message.payload
        if not isinstance(one, YearEndDate):
            return
        lang = self.lang
        amount = t("year_end.money", lang, amount=compact(one.money, lang))
        said = [
            parts.line((one.label(lang), "$foreground")),
            parts.line((f"{basis_text(one.basis, lang)} · {amount}", parts.DIM)),
        ]
        self.query_one("#year-what", Static).update(parts.lines(said))
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """Nothing is listed where nothing is open."""
        one = self.query_one(VirtualTable).cursor_payload if self.is_mounted else None
        if action == "take_row" and isinstance(one, YearEndDate) and not one.open:
            return t("year_end.all_done", self.lang)
        return None

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Show what is still open."""
        message.stop()
        one = message.payload
        if not isinstance(one, YearEndDate):
            return
        if one.open:
            self.dismiss(one)
        else:
            self.say(t("year_end.all_done", self.lang), "warn")

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        table = self.query_one(VirtualTable)
        table.set_columns(self._columns())
        table.reload()
