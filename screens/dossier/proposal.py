"""One proposal on one screen: where it stands, until when, what can be done now, and why the rest can't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.services.clock_views import ClockState
from kcflow.services.errors import KcflowError, NotFound
from kcflow.services.views import DossierCard
from screens.base import DeskScreen
from screens.clock.commands import CLOCK
from screens.clock.opening import ShowsClock, Subject
from screens.commands import Act, CloseDialog, DossierHistory, bindings
from screens.dossier import act_parts, proposal_lists, timeline_parts
from screens.dossier import proposal_parts as parts
from screens.dossier.proposal_acts import ProposalActs
from screens.dossier.proposal_commands import (
    CopyCitation,
    CorrectRow,
    EditDraft,
    NextProposal,
    OpenDocument,
    OpenStory,
    PreviousProposal,
    RecordPapers,
    Reload,
    ScrollDown,
    ScrollUp,
    WriteNote,
)
from screens.lists.detail import stage_phases
from screens.lists.neighbours import Neighbour, beside
from screens.money.commands import NewBoard, OpenAbove
from screens.money.from_proposal import LeadsToMoney
from screens.widgets.revealing import RevealingList
from screens.widgets.stage_bar import StageBar

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

SECTIONS = ("where", "acts", "papers", "due", "money", "parties", "facts", "notes", "timeline")


@dataclass
class Shown(Message, namespace="proposal"):
    """A proposal was read and stands on the screen."""

    code: str
    title: str


@dataclass
class Vanished(Message, namespace="proposal"):
    """A proposal isn't there, or not for this person."""

    code: str


class ProposalScreen(ProposalActs, LeadsToMoney, ShowsClock, DeskScreen[None]):
    """Everything about one proposal, and every act on it.

    | Key | What it does |
    | :- | :- |
    | a, enter | Carry out the act under the cursor. |
    | d | Enter papers. |
    | t | Write a note. |
    | e | Change the fields. |
    | o, enter | Open the file of the paper under the cursor. |
    | y | Copy a citation: of the proposal, of the row of the timeline, or of the paper. |
    | m | Its whole money story. |
    | h | Open its history. |
    | ? · ! | Why it stands here; remind, reassign, pause, report. |
    | c | Correct the row of the timeline under the cursor. |
    | enter | On the timeline: the full record of the row. |
    | tab | From the acts to the papers to the timeline. |
    | space, backspace | Scroll what has no cursor. |
    | [ · ] | The neighbours in the list it was opened from. |
    | r | Read anew. |
    | escape | Back. |
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Act,
        RecordPapers,
        WriteNote,
        EditDraft,
        OpenStory,
        OpenDocument,
        CopyCitation,
        DossierHistory,
        *CLOCK,
        CorrectRow,
        PreviousProposal,
        NextProposal,
        NewBoard,
        OpenAbove,
        Reload,
        ScrollDown,
        ScrollUp,
        CloseDialog,
    )
    help_key = "help.proposal"

    def __init__(self, code: str, codes: Sequence[str] = (), known: DossierCard | None = None) -> None:
        """Show the proposal `code`; `codes` are the list it was opened from, in that list's order.

        `known` is its card as the list read it a moment ago: it stands there at once, and is read anew.
        """
        super().__init__()
        self.code = code
        self._known = known
        self._codes = codes
        self._failure: KcflowError | None = None

    # Layout

    def body(self) -> ComposeResult:
        """Head, stage bar, and the sections in one to three columns."""
        with Container(id="proposal-head"):
            yield Static("", id="proposal-title", markup=False)
            yield Static("", id="proposal-under", markup=False)
            yield StageBar(id="proposal-stages")
        with Horizontal(id="proposal-body"):
            with VerticalScroll(id="proposal-left", can_focus=False):
                yield Static("", id="proposal-where", classes="section", markup=False)
                yield Static("", id="proposal-derived", markup=False)
                yield RevealingList(id="proposal-acts", classes="section", compact=True)
                yield RevealingList(id="proposal-papers", classes="section", compact=True)
                yield Static("", id="proposal-due", classes="section", markup=False)
            with Container(id="proposal-rest"):
                with VerticalScroll(id="proposal-middle", can_focus=False):
                    for name in ("money", "parties", "notes", "facts"):
                        yield Static("", id=f"proposal-{name}", classes="section", markup=False)
                with Container(id="proposal-right"):
                    yield RevealingList(id="proposal-timeline", classes="section", compact=True)

    def on_mount(self) -> None:
        """Read the proposal."""
        self._write_titles()
        self.query_one("#proposal-acts").focus()
        if self._known is not None and self._known.row.code == self.code:
            self._loaded(self._known)
        self.refresh_data()

    def show(self, code: str, codes: Sequence[str] = ()) -> None:
        """Show another proposal in place of this one; `codes` are the list that it belongs to."""
        self.code = code
        self._codes = codes or self._codes
        self._failure = None
        self.say("")
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read the proposal anew."""
        if self.desk_app.desk is not None:
            code = self.code

            def read(desk: Desk) -> tuple[DossierCard, ClockState | None]:
                card = desk.dossier(code)
                return card, None if card.row.ending else desk.clock.state(code)

            self.ask(
                read,
                lambda found: self._loaded(*found),
                failed=lambda error: self._not_loaded(error, code),
                group="card",
            )

    def _loaded(self, card: DossierCard, clock: ClockState | None = None) -> None:
        if self._failure is not None:
            self._failure = None
            self.say("")
        other = self.card is None or self.card.row.code != card.row.code
        if (card, clock) != (self.card, self.clock):
            self.card, self.clock = card, clock
            self._write()
        if other:
            self._to_the_top()
        self.post_message(Shown(card.row.code, card.row.title))

    def _to_the_top(self) -> None:
        """Another proposal is read from its beginning."""
        for box in self.query(RevealingList):
            enabled = (at for at in range(box.option_count) if not box.get_option_at_index(at).disabled)
            box.highlighted = next(enabled, None)
        for name in ("body", "left", "middle"):
            self.query_one(f"#proposal-{name}").scroll_home(animate=False)

    def _not_loaded(self, error: KcflowError, code: str) -> None:
        self._failure = error
        if self.card is not None and self.card.row.code != self.code:
            self.card = None  # another one's facts under this one's code would mislead
            self._clear()
        self._say_failure(error)
        if isinstance(error, NotFound):
            self.post_message(Vanished(code))

    def _say_failure(self, error: KcflowError) -> None:
        self.say(f"{error.text(self.lang)} {t('proposal.press_r', self.lang)}", "error")

    # Writing

    def on_language_changed(self) -> None:
        """Write everything anew, in the present language."""
        self._write_titles()
        self._write()
        if self._failure is not None:
            self._say_failure(self._failure)

    def _write_titles(self) -> None:
        for name in SECTIONS:
            self.query_one(f"#proposal-{name}").border_title = t(f"proposal.panel.{name}", self.lang)

    def _clear(self) -> None:
        for static in self.query("#proposal-head Static, #proposal-body Static").results(Static):
            static.update("")
        for box in self.query(RevealingList):
            box.clear_options()
        self.query_one(StageBar).update(())
        self.query_one("#proposal-title", Static).update(parts.line((self.code, "bold $accent")))
        self.refresh_bindings()

    def _write(self) -> None:
        card, lang = self.card, self.lang
        if card is None:
            return
        self.query_one("#proposal-title", Static).update(parts.head(card))
        self.query_one("#proposal-under", Static).update(parts.under_head(card, lang))
        self.query_one("#proposal-stages", StageBar).update(stage_phases(card, lang))
        derivation = parts.derivation(card, lang)
        for name, content in (
            ("where", parts.whereabouts(card, lang, self.clock_lines())),
            ("derived", derivation),
            ("due", derivation),
            ("money", parts.money(card.money, lang)),
            ("parties", parts.parties(card, lang)),
            ("facts", parts.facts(card, lang)),
            ("notes", timeline_parts.notes(card.timeline, lang)),
        ):
            section = self.query_one(f"#proposal-{name}", Static)
            section.update(content)
            section.set_class(not content.lines, "-nothing")
        self.papers = tuple(act_parts.paper_lines(card))
        self._fill("acts", proposal_lists.act_options(card, lang))
        self._fill("papers", proposal_lists.paper_options(self.papers, lang))
        self._fill("timeline", proposal_lists.timeline_options(card, lang))
        self.refresh_bindings()

    def _fill(self, name: str, options: list[Option]) -> None:
        """Show other options; the cursor stays on its option if that is still there."""
        box = self.query_one(f"#proposal-{name}", OptionList)
        index = box.highlighted
        kept = box.get_option_at_index(index).id if index is not None else None
        box.clear_options()
        box.add_options(options)
        ids = [option.id for option in options]
        first = next((at for at, option in enumerate(options) if not option.disabled), None)
        box.highlighted = ids.index(kept) if kept in ids and kept is not None else first

    # Its time

    def clock_subject(self) -> Subject | None:
        """This proposal."""
        return Subject(self.card.row.code, self.card.row.title) if self.card is not None else None

    # What is possible

    @on(OptionList.OptionHighlighted)
    def _cursor_moved(self) -> None:
        self.refresh_bindings()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Other keys may be possible now."""
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """Say why a key does nothing now."""
        lang, card = self.lang, self.card
        needs_card = (
            "act",
            "record_papers",
            "write_note",
            "edit_draft",
            "correct_row",
            "copy_citation",
            "open_story",
        )
        if action in (*needs_card, "open_document") and card is None:
            return t("proposal.not_read", lang)
        if action == "act":
            option = self.option
            if option is None:
                return t("proposal.no_act", lang)
            if not option.possible:
                return " ".join(reason.text(lang) for reason in option.reasons)
        if action == "edit_draft" and card is not None and not card.editable:
            return t("proposal.not_editable", lang)
        if action == "neighbour" and len(self._codes) < 2:
            return t("proposal.no_neighbours", lang)
        return self.clock_why_not(action)

    # Keys

    @on(OptionList.OptionSelected)
    def _line_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "proposal-acts":
            self.action_act()
        elif event.option_list.id == "proposal-papers":
            shown = self.paper_shown
            if shown is not None and shown.paper is None:
                self.record(shown.item.kinds[0] if shown.item is not None else "")
            elif shown is not None and shown.paper is not None:
                self.open_paper(shown.paper)
        elif (row := self.history_row) is not None:
            from screens.lists.history_record import RecordDialog

            self.app.push_screen(RecordDialog(row))

    def action_reload(self) -> None:
        """Read the proposal anew."""
        self.refresh_data()

    def action_neighbour(self, step: int) -> None:
        """Show the proposal before or after this one in its list."""
        codes, code = self._codes, self.code
        self.ask(lambda _: beside(codes, code, step), self._show_neighbour, group="neighbour")

    def _show_neighbour(self, found: Neighbour) -> None:
        if found.code:
            self.show(found.code)
            self.say(t("proposal.place_in_list", self.lang, **found.place(self.lang)))
        elif found.at:
            self.say(t("proposal.list_ends", self.lang), "warn")

    def action_scroll_page(self, pages: int) -> None:
        """Scroll the whole column, or the one of money and facts where there are several."""
        for name in ("body", "middle"):
            box = self.query_one(f"#proposal-{name}")
            if box.max_scroll_y:
                box.scroll_relative(y=pages * max(1, box.size.height - 2), animate=False)
                return

    def action_close_dialog(self) -> None:
        """Go back."""
        self.dismiss(None)
