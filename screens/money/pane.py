"""Phân bổ: plans, rounds, contracts and adjustments, what waits for this person first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from kcflow.formats import date_text, dong
from kcflow.i18n import t
from kcflow.services.money_views import OtherRow
from kcflow.services.views import Receipt
from screens.clock.commands import CLOCK
from screens.clock.opening import OnTheClock, Subject
from screens.commands import Act, bindings
from screens.lists.listpane import Pane
from screens.lists.searched import SearchEntry
from screens.money import rows
from screens.money.codes import ADJUSTMENT, CONTRACT, KINDS, WAITING, has_board
from screens.money.commands import (
    ExportBoard,
    LeaveSearch,
    NewBoard,
    NextKind,
    OpenBoard,
    PreviousKind,
    ReadAnnex,
)
from screens.money.kinds_line import KindsLine
from screens.widgets.cells import literal
from screens.widgets.table import Column, RowSource, TablePage, VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

SHOWN = (WAITING, *KINDS)


class _Found:
    """The rows of one kind that hold the words; read once, drawn in the language of the moment."""

    def __init__(self, pane: MoneyPane) -> None:
        self._pane = pane
        self._desk = pane.desk
        self._kind, self._words = pane.kind, pane.words
        self._rows: tuple[OtherRow, ...] | None = None

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them. Raises what the desk raises."""
        if self._rows is None or after is None:
            self._rows = read(self._desk, self._kind)
        year, lang = self._desk.today.year, self._pane.lang
        return TablePage(tuple(rows.draw(row, year, lang) for row in rows.found(self._rows, self._words)))


def read(desk: Desk, kind: str) -> tuple[OtherRow, ...]:
    """What the list shows of a kind. Raises what the desk raises."""
    return desk.money.waiting() if kind == WAITING else desk.money.others(kind)


class BoardStrip(Widget):
    """What the row under the cursor is about, in four lines; its board is a key away."""

    DEFAULT_CSS = """
    BoardStrip {
        height: 5; padding: 0 1; border-top: solid $border-blurred;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    content = Content("")

    def show(self, content: Content) -> None:
        """Show these lines."""
        self.content = content
        self.refresh()

    def render(self) -> Content:
        """Draw them."""
        return self.content


class MoneyPane(OnTheClock, Pane):
    """One list over the kinds; Enter opens the board."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        OpenBoard, Act, NextKind, PreviousKind, NewBoard, LeaveSearch, ExportBoard, ReadAnnex, *CLOCK
    )
    help_key = "help.money"
    has_search = True
    DEFAULT_CSS = """
    MoneyPane > SearchEntry { background: $background; }
    """

    def __init__(self) -> None:
        """Start with what waits for this person."""
        super().__init__()
        self.kind = WAITING
        self.words = ""

    def compose(self) -> Iterable[Widget]:
        """The kinds, the search, the list, the row in full."""
        yield KindsLine(SHOWN)
        yield SearchEntry()
        yield VirtualTable(id="list", selectable=False)
        yield BoardStrip()

    # The list

    def columns(self) -> list[Column]:
        """Code to money."""
        return rows.columns(self.lang)

    def source(self) -> RowSource:
        """The rows of the kind that hold the words."""
        return _Found(self)

    def restart(self) -> None:
        """Another person works: what waits for them."""
        self.show(WAITING)

    def show(self, kind: str) -> None:
        """Show another kind, from its start."""
        self.kind = kind
        if not self.ready:
            return
        with self.prevent(Input.Changed):
            self.query_one(Input).value = ""
        self.words = ""
        self.write_texts()
        self._look()

    def _look(self) -> None:
        self.table.empty_text = self.empty_text()
        self.table.set_source(self.source())

    def empty_text(self) -> str:
        """What to do first; or that nothing holds the words."""
        if self.words:
            return t("money.none_found", self.lang)
        return t(f"money.empty.{self.kind}", self.lang)

    def write_texts(self) -> None:
        """Kinds and search."""
        self.query_one(KindsLine).show(self.kind, self.lang)
        self.query_one(Input).placeholder = t("money.search", self.lang)

    @property
    def row(self) -> OtherRow | None:
        """What the cursor stands on."""
        payload = self.table.cursor_payload if self.ready else None
        return payload if isinstance(payload, OtherRow) else None

    def clock_subject(self) -> Subject | None:
        """What the cursor stands on."""
        row = self.row
        return Subject(row.code, rows.title(row, self.lang)) if row is not None else None

    def show_detail(self, payload: object | None) -> None:
        """Where it stands, its money to the đồng, what can be done."""
        strip = self.query_one(BoardStrip)
        strip.show(strip_text(payload, self.lang) if isinstance(payload, OtherRow) else Content(""))

    # Search

    def focus_search(self) -> None:
        """Type to search."""
        self.query_one(Input).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search while somebody types: the list is short."""
        message.stop()
        words = message.value.strip()
        if words != self.words:
            self.words = words
            self._look()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter goes to what was found."""
        message.stop()
        self.focus_list()

    def on_key(self, event: events.Key) -> None:
        """From the search down into the list."""
        if event.key in ("down", "pagedown") and self.query_one(Input).has_focus:
            event.stop()
            self.focus_list()

    def action_leave_search(self) -> None:
        """Everything of this kind again."""
        self.query_one(Input).value = ""
        self.focus_list()

    # Keys

    def why_not(self, action: str) -> str | None:
        """A row has to be there for what is done with one."""
        if action in ("open_board", "act", "export_board", "read_annex") and self.row is None:
            return t("app.no_row", self.lang)
        if action == "read_annex" and self.row is not None and self.row.kind == ADJUSTMENT:
            return t("money.no_annex", self.lang)
        return self.clock_why_not(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the list is there nothing can be done with it."""
        return super().check_action(action, parameters) if self.ready else None

    def on_kinds_line_picked(self, message: KindsLine.Picked) -> None:
        """A click on a kind."""
        message.stop()
        self.show(message.kind)

    def action_kind(self, step: int) -> None:
        """The next kind, the first after the last."""
        self.show(SHOWN[(SHOWN.index(self.kind) + step) % len(SHOWN)])

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Open it."""
        message.stop()
        self.desk_app.open_dossier(message.key)

    def action_open_board(self) -> None:
        """Open it."""
        if self.row is not None:
            self.desk_app.open_dossier(self.row.code)

    def action_act(self) -> None:
        """Open it with the cursor on its acts."""
        if self.row is not None:
            self.desk_app.open_dossier(self.row.code)

    def action_export_board(self) -> None:
        """Write it as a workbook."""
        if self.row is not None:
            from screens.money.exporting import ExportDialog

            self.app.push_screen(ExportDialog(self.row.code), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.say(t("money.exported", self.lang, path=path), "good")

    def action_read_annex(self) -> None:
        """Read an annex into its worksheet."""
        if self.row is not None:
            from screens.money.annex import AnnexScreen

            self.app.push_screen(AnnexScreen(self.row.code), self._annexed)

    def _annexed(self, code: str | None) -> None:
        if code is not None:
            self.refresh_data()
            self.desk_app.open_dossier(code)

    def action_new_board(self) -> None:
        """Open a new one."""
        from screens.money.opening import open_new

        open_new(self, None if self.kind == WAITING else self.kind, self._opened)

    def _opened(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            self.desk_app.data_changed()
            if has_board(receipt.code):
                self.desk_app.open_dossier(receipt.code)


def strip_text(row: OtherRow, lang: str) -> Content:
    """Title, whereabouts, money to the đồng, what can be done: a line each."""
    where = [rows.state_text(row, lang)]
    if not row.ending:
        where.append(t("lists.chip_waits", lang, who=row.waits_for_label(lang)))
    if row.due_on is not None and not row.ending:
        where.append(t("lists.chip_due", lang, span=date_text(row.due_on, lang)))
    where += [row.area_name(lang), row.office_name]
    lines = [
        Content.assemble((f"{row.code}  ", "bold $accent"), (literal(rows.title(row, lang)), "bold")),
        Content(" · ".join(literal(part) for part in where if part)),
    ]
    part, rest = row.given, row.left
    if row.fund is not None and part is not None and rest is not None:
        contract = row.kind == CONTRACT and bool(row.fund.contracted)
        key = "money.over" if rest < 0 else "money.to_pay" if contract else "money.left"
        # A contract that was signed by its proposal's own act has no worksheet to count.
        counted = row.items or not part
        money = t(
            "money.strip_paid" if contract else "money.strip" if counted else "money.strip_sum",
            lang,
            ceiling=dong(row.value or 0, lang),
            given=dong(part, lang),
            n=row.items,
        )
        over = t(key, lang, amount=dong(abs(rest), lang))
        lines.append(Content.assemble(f"{money} · ", (over, "$error bold" if rest < 0 else "")))
    names = " · ".join(literal(label(lang)) for label in row.doable)
    doable = (names, "bold $success") if names else (t("app.nothing_doable", lang), "$text-muted")
    lines.append(Content.assemble((f"{t('app.doable', lang)}  ", "bold"), doable))
    return Content("\n").join(lines)
