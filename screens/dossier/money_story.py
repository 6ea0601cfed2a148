"""A proposal's whole money story on one screen: what was asked, given, paid, accepted, settled and paid back.

Bars over the stages, each with its share of a named base; what is open; and three lists: every movement with
its running sum, the monthly reports with the months that have none, and what the proposal belongs to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import MoneyEvent, MoneyStory
from kcflow.services.views import DossierCard
from screens.base import DeskScreen
from screens.commands import CloseDialog, Command, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier import story_parts
from screens.lists.list_commands import FullRecord
from screens.money.commands import ExportBoard
from screens.widgets.row_source import FixedRows
from screens.widgets.table import VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class StoryPart(Command):
    """The next list: movements, monthly reports, what it belongs to."""

    key = "c"
    order = 10


class ExactMoney(Command):
    """Amounts in full đồng, or short."""

    key = "d"
    order = 12


class OpenCharged(Command):
    """Open the round, contract, plan or adjustment of the row."""

    key = "o"
    order = 11


class MoneyStoryScreen(DeskScreen[None]):
    """The money of one proposal; everything on it is read from its history rows."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        FullRecord, StoryPart, OpenCharged, ExactMoney, ExportBoard, CloseDialog
    )
    help_key = "help.story"
    may_be_covered = True

    def __init__(self, code: str) -> None:
        """Tell the story of the proposal `code`."""
        super().__init__()
        self.code = code
        self.part = story_parts.PARTS[0]
        self.exact = False
        self.story: MoneyStory | None = None
        self.card: DossierCard | None = None

    # Layout

    def body(self) -> ComposeResult:
        """Head, bars, what is open, one list with its row in full."""
        with Container(id="story-head"):
            yield Static("", id="story-title", markup=False)
            yield Static("", id="story-under", markup=False)
        yield Static("", id="story-bars", markup=False)
        yield Static("", id="story-open", markup=False)
        yield Static("", id="story-parts", markup=False)
        yield VirtualTable(id="list", selectable=False)
        yield Static("", id="story-strip", markup=False)

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(VirtualTable).focus()
        self._write()
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read the story anew."""
        code = self.code

        def read(desk: Desk) -> tuple[MoneyStory, DossierCard]:
            return desk.money.story(code), desk.dossier(code)

        self.ask(read, self._take, failed=self._failed, group="story")

    def _take(self, found: tuple[MoneyStory, DossierCard]) -> None:
        if found != (self.story, self.card):
            self.story, self.card = found
            self._write()

    def _failed(self, error: KcflowError) -> None:
        self.say(error.text(self.lang), "error")

    # Writing

    def on_resize(self) -> None:
        """The bars follow the width."""
        super().on_resize()
        self._write_bars()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        self._write()

    def _write(self) -> None:
        story, card, lang = self.story, self.card, self.lang
        if story is None or card is None:
            title = parts.line((self.code, "bold $accent"))
        else:
            title = parts.head(card)
            self.query_one("#story-under", Static).update(
                parts.line((f"{t('story.title', lang)} · {card.row.state_label(lang)}", parts.DIM))
            )
        self.query_one("#story-title", Static).update(title)
        self._write_bars()
        self._write_list()
        self.refresh_bindings()

    def _write_bars(self) -> None:
        if self.story is None:
            return
        width = max(40, self.size.width - 2)
        bars = self.query_one("#story-bars", Static)
        bars.update(story_parts.bars(self.story, self.lang, width, exact=self.exact))
        self.query_one("#story-open", Static).update(
            story_parts.open_yet(self.story, self.lang, exact=self.exact)
        )

    def _write_list(self) -> None:
        lang, story = self.lang, self.story
        counts = self._counts()
        said: list[parts.Part] = []
        for name in story_parts.PARTS:
            here = name == self.part
            words = f"{'▸ ' if here else '  '}{t(f'story.part.{name}', lang)} {counts[name]}"
            said += [(words, f"bold {'$primary' if here else '$text-muted'}"), "   "]
        self.query_one("#story-parts", Static).update(parts.line(*said))
        table = self.query_one(VirtualTable)
        table.empty_text = (
            t(f"story.empty.{self.part}", lang) if story is not None else t("app.reading", lang)
        )
        table.set_columns(story_parts.columns(self.part, lang))
        if story is not None:
            rows = story_parts.rows(story, self.part, lang, exact=self.exact)
            table.set_source(FixedRows(rows))

    def _counts(self) -> dict[str, int]:
        story = self.story
        if story is None:
            return dict.fromkeys(story_parts.PARTS, 0)
        related = sum(1 for _ in story_parts.related(story, self.lang))
        return {"events": len(story.events), "reports": len(story.reports), "related": related}

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """The row in full under the list."""
        message.stop()
        self.query_one("#story-strip", Static).update(story_parts.strip(message.payload, self.lang))
        self.refresh_bindings()

    # Keys

    @property
    def row(self) -> object:
        """What the cursor stands on."""
        return self.query_one(VirtualTable).cursor_payload if self.is_mounted else None

    def _charged(self) -> str | None:
        """The code of the board that the row belongs to."""
        row = self.row
        if isinstance(row, story_parts.Related):
            return row.code or None
        return row.owner if isinstance(row, MoneyEvent) else None

    def why_not(self, action: str) -> str | None:
        """A record needs a row of the history, a board needs one that the row belongs to."""
        if action == "full_record" and not isinstance(self.row, MoneyEvent):
            return t("story.no_record", self.lang) if self._charged() is None else None
        if action == "open_charged" and self._charged() is None:
            return t("story.nothing_charged", self.lang)
        if action in ("export_board", "exact_money") and self.story is None:
            return t("app.reading", self.lang)
        return None

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter shows the row of the history in full; what it belongs to is opened."""
        message.stop()
        self.action_full_record()

    def action_full_record(self) -> None:
        """Everything that the row of the history holds."""
        row = self.row
        if isinstance(row, MoneyEvent) and self.card is not None:
            from screens.lists.history_record import RecordDialog

            view = next((each for each in self.card.timeline if each.seq == row.seq), None)
            if view is not None:
                self.app.push_screen(RecordDialog(view))
        elif (reason := self.why_not("full_record")) is not None:
            self.say(reason, "warn")
        else:
            self.action_open_charged()

    def action_open_charged(self) -> None:
        """Open the board that the row belongs to."""
        if (code := self._charged()) is not None:
            self.desk_app.open_dossier(code)

    def action_story_part(self) -> None:
        """The next list, the first after the last."""
        names = story_parts.PARTS
        self.part = names[(names.index(self.part) + 1) % len(names)]
        self.query_one("#story-strip", Static).update("")
        self._write_list()

    def action_exact_money(self) -> None:
        """Full đồng, or short again."""
        self.exact = not self.exact
        self._write_bars()
        self._write_list()

    def action_export_board(self) -> None:
        """Write the story as a workbook."""
        from screens.money.exporting import ExportDialog

        self.app.push_screen(ExportDialog(self.code), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.say(t("money.exported", self.lang, path=path), "good")

    def action_close_dialog(self) -> None:
        """Back to the proposal."""
        self.dismiss(None)
