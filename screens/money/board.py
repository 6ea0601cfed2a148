"""One plan, round, contract or adjustment on one screen: its money, its lines, its acts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.services.clock_views import ClockState
from kcflow.services.errors import KcflowError, NotFound
from kcflow.services.money_views import Board
from kcflow.services.views import Receipt
from screens.base import DeskScreen
from screens.clock.commands import CLOCK
from screens.clock.opening import ShowsClock, Subject
from screens.commands import Act, CloseDialog, DossierHistory, bindings
from screens.dossier import act_parts, proposal_lists
from screens.dossier.proposal import Shown, Vanished
from screens.dossier.proposal_commands import RecordPapers, Reload
from screens.money import board_parts
from screens.money.board_cursor import BoardCursor
from screens.money.codes import ADJUSTMENT, PLAN, ROUND
from screens.money.commands import (
    EditBoard,
    ExportBoard,
    FindCandidates,
    OpenAbove,
    PutAll,
    ReadAnnex,
)
from screens.money.sheet import CandidatesTable, LinesTable, SearchCandidates, Sheet
from screens.widgets.revealing import RevealingList
from screens.widgets.stage_bar import StageBar
from states.model import Lifecycle

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

SECTIONS = ("where", "acts", "due", "papers", "timeline", "facts", "lines-box", "offer")


class BoardScreen(Sheet, BoardCursor, ShowsClock, DeskScreen[None]):
    """Everything about one of them, every act on it, and its worksheet while it is prepared.

    | Key | What it does |
    | :- | :- |
    | a, enter | Carry out the act under the cursor. |
    | / | Search for proposals to put in. |
    | enter, space | On a candidate: put it in with all that it has left. |
    | m | Another amount for the line or candidate under the cursor. |
    | delete | Take it out. |
    | + | Put in all that lacks nothing. |
    | o | Open the proposal. |
    | u | Open the plan above a round, the proposal of an adjustment. |
    | e · i · x | Change it, read an annex, write a workbook. |
    | d · h | Enter papers, open the history. |
    | ? · ! | Why it stands here; remind, reassign, pause, report. |
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Act,
        FindCandidates,
        PutAll,
        EditBoard,
        RecordPapers,
        OpenAbove,
        DossierHistory,
        *CLOCK,
        ExportBoard,
        ReadAnnex,
        Reload,
        CloseDialog,
    )
    help_key = "help.board"

    def __init__(self, code: str) -> None:
        """Show `code`."""
        super().__init__()
        self.code = code
        self._lifecycle: Lifecycle | None = None
        self._failure: KcflowError | None = None
        self._amounts: dict[str, int | None] = {}
        self._notes: dict[str, str] = {}

    # Layout

    def body(self) -> ComposeResult:
        """Head with stages and money; acts, worksheet, history."""
        with Container(id="board-head"):
            yield Static("", id="board-title", markup=False)
            yield Static("", id="board-under", markup=False)
            yield StageBar(id="board-stages")
            yield Static("", id="board-money", markup=False)
        with VerticalScroll(id="board-body", can_focus=False):
            with VerticalScroll(id="board-now", can_focus=False):
                yield Static("", id="board-where", classes="section", markup=False)
                yield RevealingList(id="board-acts", classes="section", compact=True)
                yield Static("", id="board-due", classes="section", markup=False)
            with VerticalScroll(id="board-sheet", can_focus=False):
                yield Static("", id="board-facts", classes="section", markup=False)
                with Container(id="board-lines-box", classes="section"):
                    yield LinesTable((), selectable=False, id="board-lines")
                yield Static("", id="board-problems", markup=False)
                with Container(id="board-offer", classes="section"):
                    yield SearchCandidates()
                    yield CandidatesTable((), selectable=False, id="board-candidates")
            with VerticalScroll(id="board-past", can_focus=False):
                yield RevealingList(id="board-papers", classes="section", compact=True)
                yield RevealingList(id="board-timeline", classes="section", compact=True)

    def on_mount(self) -> None:
        """Read it."""
        self._write_titles()
        self.query_one("#board-offer").add_class("-nothing")
        self.query_one("#board-acts").focus()
        self.refresh_data()

    def show(self, code: str) -> None:
        """Show another one in place of this one."""
        self.code = code
        self.board, self._asked_for, self.candidates = None, None, ()
        self._failure = None
        self.say("")
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read it anew."""
        if self.desk_app.desk is None:
            return
        code = self.code

        def read(desk: Desk) -> tuple[Board, Lifecycle, ClockState | None]:
            board = desk.money.board(code)
            clock = None if board.row.ending else desk.clock.state(code)
            return board, desk.lifecycle(board.row.lifecycle), clock

        self.ask(read, self._loaded, failed=lambda error: self._not_loaded(error, code), group="board")

    def _loaded(self, found: tuple[Board, Lifecycle, ClockState | None]) -> None:
        if self._failure is not None:
            self._failure = None
            self.say("")
        board, self._lifecycle, self.clock = found
        first = self.board is None
        self.write_board(board)
        if board.editable:
            self.read_candidates()
            if first and self.focused is self.query_one("#board-acts"):
                self.call_after_refresh(self.query_one("#board-candidates").focus)
        self.post_message(Shown(board.row.code, board.row.title))

    def _not_loaded(self, error: KcflowError, code: str) -> None:
        self._failure = error
        self.say(f"{error.text(self.lang)} {t('proposal.press_r', self.lang)}", "error")
        if isinstance(error, NotFound):
            self.post_message(Vanished(code))

    # Writing

    def on_language_changed(self) -> None:
        """Write everything anew, in the present language."""
        self._write_titles()
        if self.board is not None:
            self.write_board(self.board)

    def _write_titles(self) -> None:
        for name in SECTIONS:
            self.query_one(f"#board-{name}").border_title = t(f"money.panel.{name}", self.lang)
        self.query_one(SearchCandidates).placeholder = t("money.search_candidates", self.lang)

    def write_board(self, board: Board) -> None:
        """Show `board`; cursors stay where they are."""
        self.board = board
        lang, adjustment = self.lang, board.row.kind == ADJUSTMENT
        self.query_one("#board-title", Static).update(board_parts.head(board))
        self.query_one("#board-under", Static).update(board_parts.under_head(board, lang))
        if self._lifecycle is not None and self._lifecycle.key == board.row.lifecycle:
            self.query_one(StageBar).update(board_parts.stages(board, self._lifecycle, lang))
        money = self.query_one("#board-money", Static)
        money.update(board_parts.money_line(board, lang, self.size.width - 2))
        money.set_class(board.row.fund is None, "-nothing")
        for name, said in (
            ("where", board_parts.whereabouts(board, lang, self.clock_lines())),
            ("due", board_parts.derivation(board, lang)),
            ("facts", board_parts.facts(board, lang)),
        ):
            section = self.query_one(f"#board-{name}", Static)
            section.update(said)
            section.set_class(not said.lines, "-nothing")
        row = board.row
        self._fill("acts", proposal_lists.acts_of(board.options, row.state, row.ending, lang, "money.ended"))
        shown = [act_parts.PaperLine(paper, None) for paper in board.papers]
        self._fill("papers", proposal_lists.paper_options(shown, lang))
        self._fill("timeline", proposal_lists.moments_of(board.timeline, lang))
        self.query_one("#board-lines-box").set_class(adjustment, "-nothing")
        self.query_one("#board-offer").set_class(not board.editable or adjustment, "-nothing")
        self.write_sheet()
        self.refresh_bindings()

    def _fill(self, name: str, options: list[Option]) -> None:
        """Show other options; the cursor stays on its option if that is still there.

        Among the acts only while somebody is there: left alone it stood on "cancel" as long as nothing else
        could be done, and would stay on it when the list has become complete.
        """
        box = self.query_one(f"#board-{name}", OptionList)
        index = box.highlighted if name != "acts" or box.has_focus else None
        kept = box.get_option_at_index(index).id if index is not None else None
        box.clear_options()
        box.add_options(options)
        ids = [option.id for option in options]
        first = next((at for at, option in enumerate(options) if not option.disabled), None)
        box.highlighted = ids.index(kept) if kept in ids and kept is not None else first

    # Its time

    def clock_subject(self) -> Subject | None:
        """This board's dossier."""
        return Subject(self.board.row.code, self.board.row.title) if self.board is not None else None

    # Under the cursors

    @on(OptionList.OptionHighlighted)
    def _cursor_moved(self) -> None:
        self.refresh_bindings()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Other keys may be possible now; a list that was entered shows what is under its cursor."""
        self.refresh_bindings()
        if isinstance(event.widget, LinesTable | CandidatesTable):
            self.say_about(event.widget.cursor_payload)

    # What is possible

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Putting in is only shown where there is a worksheet to fill."""
        if action in ("find_candidates", "put_all") and not self.editable:
            return False
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str | None:
        """Say why a key does nothing now."""
        board, lang = self.board, self.lang
        if board is None:
            return t("money.not_read", lang) if action not in ("close_dialog", "reload") else None
        if action == "act":
            option = self.option
            if option is None:
                return t("proposal.no_act", lang)
            if not option.possible:
                return " ".join(reason.text(lang) for reason in option.reasons)
        if action == "read_annex" and not board.editable:
            return t("money.not_editable", lang)
        if action == "read_annex" and board.row.kind not in (PLAN, ROUND):
            return t("money.no_annex", lang)
        if action == "open_above" and board.above is None and board.row.subject is None:
            return t("money.nothing_above", lang)
        if action == "edit_board" and not self._may_edit(board):
            return t("money.not_editable", lang)
        return self.clock_why_not(action)

    def _may_edit(self, board: Board) -> bool:
        if board.row.kind == PLAN and any(o.name == "supplement" and o.possible for o in board.options):
            return True
        return board.editable and board.row.kind in (PLAN, ROUND)

    # Keys

    @on(OptionList.OptionSelected)
    def _line_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "board-acts":
            self.action_act()
        elif event.option_list.id == "board-papers":
            if (paper := self.paper_shown) is not None:
                self.open_paper(paper)
        elif (row := self.history_row) is not None:
            from screens.lists.history_record import RecordDialog

            self.app.push_screen(RecordDialog(row))

    def action_act(self) -> None:
        """Open the dialog of the act under the cursor."""
        if (reason := self.why_not("act")) is not None:
            self.say(reason, "warn")
            return
        option, board = self.option, self.board
        if option is None or board is None:
            return
        if option.name == "supplement":
            self.action_edit_board()
            return
        from screens.money.act import BoardActDialog

        self.app.push_screen(BoardActDialog(board, option), self._done)

    def action_find_candidates(self) -> None:
        """Type to search."""
        self.query_one("#board-search").focus()

    def action_put_all(self) -> None:
        """Put in everything that lacks nothing."""
        self.put_everything()

    def action_edit_board(self) -> None:
        """Open the form with what there is."""
        board = self.board
        if board is None:
            return
        if board.row.kind == ROUND:
            from screens.money.round_form import RoundForm

            self.app.push_screen(RoundForm(board), self._done)
        else:
            from screens.money.plan_form import PlanForm

            self.app.push_screen(PlanForm(board), self._done)

    def action_record_papers(self) -> None:
        """Open the dialog for papers."""
        if self.board is not None:
            from screens.dossier.papers import PapersDialog

            self.app.push_screen(PapersDialog(self.code, self.board.row.title, ""), self._done)

    def action_open_above(self) -> None:
        """Open the plan above, or the proposal."""
        board = self.board
        code = None
        if board is not None:
            code = board.above.code if board.above is not None else board.row.subject
        if code is not None:
            self.desk_app.open_dossier(code)

    def action_dossier_history(self) -> None:
        """Open its history."""
        self.desk_app.open_history_of(self.code)

    def action_export_board(self) -> None:
        """Write it as a workbook."""
        from screens.money.exporting import ExportDialog

        self.app.push_screen(ExportDialog(self.code), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.say(t("money.exported", self.lang, path=path), "good")

    def action_read_annex(self) -> None:
        """Read an annex into the worksheet."""
        from screens.money.annex import AnnexScreen

        self.app.push_screen(AnnexScreen(self.code), lambda code: self.refresh_data() if code else None)

    def action_reload(self) -> None:
        """Read it anew."""
        self.refresh_data()

    def action_close_dialog(self) -> None:
        """From the search back to all candidates; else go back."""
        search = self.query_one(SearchCandidates)
        if search.has_focus or (search.value and self.query_one("#board-candidates").has_focus):
            search.value = ""
            self.query_one("#board-candidates").focus()
        elif not self.sending:
            self.dismiss(None)

    def _done(self, receipt: Receipt | None) -> None:
        """Everything is read anew; the receipt's mark is said."""
        if receipt is not None:
            self.desk_app.data_changed()
            self.say(t("app.acted", self.lang, **acted(receipt, self.lang)), "good")


def acted(receipt: Receipt, lang: str) -> dict[str, str]:
    """What the status line says of an act."""
    return {
        "code": receipt.code,
        "act": receipt.action_label(lang),
        "state": receipt.to_label(lang),
        "mark": receipt.mark,
    }
