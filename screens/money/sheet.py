"""The worksheet of a board: its lines, the proposals that could be put in, and the putting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.widgets import Input, Static

from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.services.money_views import Board, Candidate, Line
from screens.commands import bindings
from screens.forms.sending import SendsOnce
from screens.lists.list_sources import ReadyRows
from screens.lists.searched import SearchEntry
from screens.money import board_parts, sheet_rows
from screens.money.amount import AmountDialog, Asked
from screens.money.commands import ChangeAmount, OpenLine, PutIn, TakeOut
from screens.trouble import with_reasons
from screens.widgets.table import VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


def _show(table: VirtualTable, rows: Callable[[], list[sheet_rows.TableRow]]) -> None:
    """Show `rows`; a table that shows them already reads them anew, its cursor stays on its row."""
    if table.source is None:
        table.set_source(ReadyRows(rows))
    else:
        table.reload()


class LinesTable(VirtualTable):
    """The lines of the worksheet; Enter changes the amount."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ChangeAmount, TakeOut, OpenLine)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What is decided can only be read."""
        sheet = self.screen
        if action in ("change_amount", "take_out") and isinstance(sheet, Sheet):
            return True if sheet.editable and self.cursor_payload is not None else None
        return True

    def why_not(self, action: str) -> str | None:
        """Why a key does nothing."""
        if action in ("change_amount", "take_out"):
            sheet = self.screen
            lang = sheet.lang if isinstance(sheet, Sheet) else "vi"
            key = "money.no_line" if isinstance(sheet, Sheet) and sheet.editable else "money.not_editable"
            return t(key, lang)
        return None

    def action_change_amount(self) -> None:
        """Another amount."""
        if isinstance(self.screen, Sheet):
            self.screen.ask_amount(self.cursor_payload)

    def action_take_out(self) -> None:
        """Take it out."""
        line = self.cursor_payload
        if isinstance(self.screen, Sheet) and isinstance(line, Line):
            self.screen.put_soon({line.code: None})

    def action_open_line(self) -> None:
        """Open the proposal."""
        if isinstance(self.screen, Sheet) and isinstance(self.cursor_payload, Line):
            self.screen.desk_app.open_dossier(self.cursor_payload.code)


class CandidatesTable(VirtualTable):
    """The proposals that could be put in; Enter or Space puts one in."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PutIn, ChangeAmount, TakeOut, OpenLine)

    def action_put_in(self) -> None:
        """Put it in with all that it has left, and go on to the next."""
        found = self.cursor_payload
        if isinstance(self.screen, Sheet) and isinstance(found, Candidate):
            self.screen.put_candidate(found)
            self.action_move(1)

    def action_change_amount(self) -> None:
        """A part of what it has left."""
        if isinstance(self.screen, Sheet):
            self.screen.ask_amount(self.cursor_payload)

    def action_take_out(self) -> None:
        """Take it out again."""
        found = self.cursor_payload
        if isinstance(self.screen, Sheet) and isinstance(found, Candidate):
            self.screen.put_soon({found.code: None})

    def action_open_line(self) -> None:
        """Open the proposal."""
        if isinstance(self.screen, Sheet) and isinstance(self.cursor_payload, Candidate):
            self.screen.desk_app.open_dossier(self.cursor_payload.code)


class SearchCandidates(SearchEntry):
    """The search among the proposals that could be put in."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.id = "board-search"


class Sheet(SendsOnce):
    """The half of the board that knows the worksheet. What is put in is written at once, or refused."""

    code: str
    board: Board | None = None
    """What is shown; None until it is read."""
    candidates: tuple[Candidate, ...] = ()
    _asked_for: str | None = None
    """The words that the candidates belong to; None: none were read yet."""

    def write_board(self, board: Board) -> None:
        """Show `board`."""
        raise NotImplementedError

    # What there is

    @property
    def editable(self) -> bool:
        """Whether this person may change the worksheet now."""
        return self.board is not None and self.board.editable

    @property
    def decided(self) -> bool:
        """Whether its lines are decided."""
        return self.board is not None and self.board.decided

    @property
    def in_list(self) -> dict[str, int]:
        """Đồng by proposal, as the worksheet has them."""
        return {line.code: line.dong for line in self.board.lines} if self.board is not None else {}

    # Writing on the screen

    def write_sheet(self) -> None:
        """Lines and candidates, in the present language."""
        lines = self.query_one("#board-lines", LinesTable)
        lines.set_columns(sheet_rows.line_columns(self.lang, self.decided))
        key = "money.no_lines" if self.editable else "money.no_lines_read"
        lines.empty_text = t(key, self.lang)
        _show(lines, self._line_rows)
        self.write_candidates()

    def write_candidates(self) -> None:
        """The candidates, those in the list marked."""
        table = self.query_one("#board-candidates", CandidatesTable)
        table.set_columns(sheet_rows.candidate_columns(self.lang))
        searched = bool(self._asked_for)
        table.empty_text = t("money.none_found" if searched else "money.no_candidates", self.lang)
        table.loading_text = t("app.reading", self.lang)
        if self._asked_for is not None:
            _show(table, self._candidate_rows)

    def _line_rows(self) -> list[sheet_rows.TableRow]:
        lines = self.board.lines if self.board is not None else ()
        return [sheet_rows.line_row(line, self.lang, self.decided) for line in lines]

    def _candidate_rows(self) -> list[sheet_rows.TableRow]:
        return [sheet_rows.candidate_row(each, self.in_list, self.lang) for each in self.candidates]

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        """Everything about the line, or the candidate, under the cursor."""
        event.stop()
        if event.table.has_focus:
            self.say_about(event.payload)
        self.refresh_bindings()

    def say_about(self, about: object) -> None:
        """Say everything about a line or a candidate under the tables."""
        box = self.query_one("#board-problems", Static)
        if isinstance(about, Candidate):
            said = board_parts.candidate_problems(about, self.lang)
        else:
            said = board_parts.line_problems(about if isinstance(about, Line) else None, self.lang)
        box.update(said)
        box.display = bool(said.lines)

    # Candidates

    def read_candidates(self) -> None:
        """Read what could be put in, for the words in the search."""
        if not self.editable:
            return
        code, words = self.code, self.query_one(SearchCandidates).value.strip()
        self.ask(
            lambda desk: (words, desk.money.candidates(code, words)),
            self._take_candidates,
            group="candidates",
        )

    def _take_candidates(self, found: tuple[str, tuple[Candidate, ...]]) -> None:
        self._asked_for, self.candidates = found
        self.write_candidates()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while somebody types."""
        event.stop()
        self.read_candidates()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to what was found."""
        event.stop()
        self.query_one("#board-candidates").focus()

    def key_down(self, event: events.Key) -> None:
        """From the search down into the candidates."""
        if self.query_one("#board-search").has_focus:
            event.stop()
            self.query_one("#board-candidates").focus()

    # Putting in

    def put_candidate(self, found: Candidate) -> None:
        """Put it in with all that it has left, or say why not."""
        if found.left <= 0:
            self.say(t("money.nothing_left", self.lang, code=found.code), "warn")
        elif found.problems:
            self.put_soon({found.code: found.left})
            self.say(found.problems[0].text(self.lang), "warn")
        else:
            self.put_soon({found.code: found.left})

    def put_everything(self) -> None:
        """Put in all that lacks nothing and stands in no other list."""
        there = self.in_list
        wanted: dict[str, int | None] = {
            each.code: each.left
            for each in self.candidates
            if each.left > 0 and not each.problems and each.elsewhere is None and each.code not in there
        }
        if not wanted:
            self.say(t("money.nothing_to_put", self.lang), "warn")
        else:
            self.put_soon(wanted)

    def ask_amount(self, about: object) -> None:
        """Ask for an amount, and a note, for a line or a candidate."""
        if isinstance(about, Line):
            left = about.requested
            if about.approved is not None:
                left = max(about.approved - about.allocated, 0) or about.dong
            asked = Asked(about.code, about.title, left, about.dong, about.note)
        elif isinstance(about, Candidate):
            now = self.in_list.get(about.code)
            asked = Asked(about.code, about.title, about.left, now)
        else:
            return

        def entered(answer: tuple[int, str] | None) -> None:
            if answer is not None:
                amount, note = answer
                self.put_soon({asked.code: amount}, {asked.code: note} if note != asked.note else {})

        self.app.push_screen(AmountDialog(asked), entered)

    _amounts: dict[str, int | None]
    _notes: dict[str, str]

    def put_soon(self, amounts: dict[str, int | None], notes: dict[str, str] | None = None) -> None:
        """Write these amounts; what comes while something is being written is written after it."""
        self._amounts |= amounts
        self._notes |= notes or {}
        if not self.sending:
            self._put_now()

    def _put_now(self) -> None:
        code, amounts, notes = self.code, self._amounts, self._notes
        self._amounts, self._notes = {}, {}

        def write(desk: Desk) -> Board:
            return desk.money.put(code, amounts, notes)

        self.send(write, lambda board: self._put_done(board, amounts), self._put_failed)

    def _put_done(self, board: Board, amounts: dict[str, int | None]) -> None:
        if board.row.code != self.code:
            return  # another one is shown by now
        self.write_board(board)
        taken = {code: part for code, part in amounts.items() if part is not None}
        if self._amounts:
            self._put_now()
        elif taken:
            total = dong(sum(taken.values()), self.lang)
            self.say(t("money.put_in", self.lang, n=len(taken), amount=total), "good")
        else:
            self.say(t("money.taken_out", self.lang, n=len(amounts)), "good")

    def _put_failed(self, error: Exception) -> None:
        """Say why; what is on the screen is what is written."""
        self.say(with_reasons(error, self.lang), "error")
        if self._amounts:
            self._put_now()
