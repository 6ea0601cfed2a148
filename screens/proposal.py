"""One proposal on one screen: where it stands, until when, what can be done now, and why the rest can't."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.services.views import DossierCard, HistoryView, OptionView, Receipt
from screens import proposal_parts as parts
from screens.base import DeskScreen
from screens.commands import Act, CloseDialog, Command, DossierHistory, bindings
from screens.widgets.revealing import RevealingList
from screens.widgets.stage_bar import StageBar, StagePhase


class RecordPapers(Command):
    """Enter papers that came to the dossier."""

    key = "d"
    order = 12


class EditDraft(Command):
    """Change the fields of the proposal."""

    key = "e"
    order = 13


class CorrectRow(Command):
    """Say that a row of the history is wrong, by a new row."""

    key = "c"
    order = 15


class PreviousProposal(Command):
    """The proposal before this one in the list."""

    key = "left_square_bracket"
    show = False
    order = 30
    action = "neighbour(-1)"


class NextProposal(Command):
    """The proposal after this one in the list."""

    key = "right_square_bracket"
    show = False
    order = 31
    action = "neighbour(1)"


class Reload(Command):
    """Read the proposal anew."""

    key = "r,f5"
    show = False
    order = 40


class ProposalScreen(DeskScreen[None]):
    """Everything about one proposal, and every act on it.

    | Key | What it does |
    | :- | :- |
    | a, enter | Carry out the act under the cursor. |
    | d | Enter papers. |
    | e | Change the fields. |
    | h | Open its history. |
    | c | Correct the row of the timeline under the cursor. |
    | [ · ] | The neighbours in the list it was opened from. |
    | r | Read anew. |
    | escape | Back. |
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Act,
        RecordPapers,
        DossierHistory,
        EditDraft,
        CorrectRow,
        PreviousProposal,
        NextProposal,
        Reload,
        CloseDialog,
    )
    help_key = "help.proposal"

    def __init__(self, code: str, codes: Sequence[str] = ()) -> None:
        """Show the proposal `code`; `codes` are the list it was opened from, in that list's order."""
        super().__init__()
        self.code = code
        self.card: DossierCard | None = None
        self._codes = tuple(codes)
        self._failure: KcflowError | None = None

    # Layout

    def body(self) -> ComposeResult:
        """Head, stage bar, and the panels in one to three columns."""
        with Container(id="proposal-head"):
            yield Static("", id="proposal-title", markup=False)
            yield Static("", id="proposal-under", markup=False)
            yield StageBar(id="proposal-stages")
        with Horizontal(id="proposal-body"):
            with VerticalScroll(id="proposal-left"):
                yield Static("", id="proposal-where", classes="panel", markup=False)
                yield RevealingList(id="proposal-acts", classes="panel", compact=True)
                yield Static("", id="proposal-papers", classes="panel", markup=False)
                yield Static("", id="proposal-due", classes="panel", markup=False)
            with Container(id="proposal-rest"):
                with VerticalScroll(id="proposal-middle"):
                    yield Static("", id="proposal-money", classes="panel", markup=False)
                    yield Static("", id="proposal-facts", classes="panel", markup=False)
                with Container(id="proposal-right"):
                    yield RevealingList(id="proposal-timeline", classes="panel", compact=True)

    def on_mount(self) -> None:
        """Read the proposal."""
        self._write_titles()
        self.query_one("#proposal-acts").focus()
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read the proposal anew."""
        if self.desk_app.desk is not None:
            code = self.code
            self.ask(lambda desk: desk.dossier(code), self._loaded, failed=self._not_loaded, group="card")

    def _loaded(self, card: DossierCard) -> None:
        if self._failure is not None:
            self._failure = None
            self.say("")
        self.card = card
        self._write()

    def _not_loaded(self, error: KcflowError) -> None:
        self._failure = error
        self.say(f"{error.text(self.lang)} {t('proposal.press_r', self.lang)}", "error")

    # Writing

    def on_language_changed(self) -> None:
        """Write everything anew, in the present language."""
        self._write_titles()
        self._write()
        if self._failure is not None:
            self._not_loaded(self._failure)

    def _write_titles(self) -> None:
        for name in ("where", "acts", "papers", "due", "money", "facts", "timeline"):
            self.query_one(f"#proposal-{name}").border_title = t(f"proposal.panel.{name}", self.lang)

    def _write(self) -> None:
        card, lang = self.card, self.lang
        if card is None:
            return
        self.query_one("#proposal-title", Static).update(parts.head(card))
        self.query_one("#proposal-under", Static).update(parts.under_head(card, lang))
        self.query_one("#proposal-stages", StageBar).update(
            tuple(
                StagePhase(
                    phase.label(lang), phase.status, date_text(phase.since, lang) if phase.since else ""
                )
                for phase in card.phases
            )
        )
        for name, content in (
            ("where", parts.whereabouts(card, lang)),
            ("papers", parts.checklist(card, lang)),
            ("due", parts.derivation(card, lang)),
            ("money", parts.money(card.money, lang)),
            ("facts", parts.facts(card, lang)),
        ):
            self.query_one(f"#proposal-{name}", Static).update(content)
            self.query_one(f"#proposal-{name}").display = bool(content.lines)
        self._fill("#proposal-acts", self._act_options(card))
        self._fill(
            "#proposal-timeline", [Option(parts.moment(row, lang), f"row-{row.seq}") for row in _newest(card)]
        )
        self.refresh_bindings()

    def _act_options(self, card: DossierCard) -> list[Option]:
        """Possible acts first, then the others, under their headings."""
        lang = self.lang
        found: list[Option] = []
        for possible, key in ((True, "possible"), (False, "impossible")):
            acts = [option for option in card.options if option.possible is possible]
            if acts or (possible and not card.row.ending):
                heading = Content.styled(
                    t(f"proposal.{key if acts else 'nothing_possible'}", lang), parts.DIM
                )
                found.append(Option(heading, f"heading-{key}", disabled=True))
            found += [Option(parts.act(option, lang), f"act-{option.name}") for option in acts]
        if not found:
            found.append(
                Option(Content.styled(t("proposal.ended", lang), parts.DIM), "heading-ended", disabled=True)
            )
        return found

    def _fill(self, selector: str, options: list[Option]) -> None:
        """Show other options; the cursor stays on its option if that is still there."""
        box = self.query_one(selector, OptionList)
        index = box.highlighted
        kept = box.get_option_at_index(index).id if index is not None else None
        box.clear_options()
        box.add_options(options)
        ids = [option.id for option in options]
        first = next((at for at, option in enumerate(options) if not option.disabled), None)
        box.highlighted = ids.index(kept) if kept in ids and kept is not None else first

    # What stands under the cursor

    @property
    def option(self) -> OptionView | None:
        """The act under the cursor."""
        chosen = self._chosen("#proposal-acts", "act-")
        if self.card is None or chosen is None:
            return None
        return next((option for option in self.card.options if option.name == chosen), None)

    @property
    def history_row(self) -> HistoryView | None:
        """The row of the timeline under the cursor."""
        chosen = self._chosen("#proposal-timeline", "row-")
        if self.card is None or chosen is None:
            return None
        return next((row for row in self.card.timeline if str(row.seq) == chosen), None)

    def _chosen(self, selector: str, prefix: str) -> str | None:
        if not self.is_mounted:
            return None
        box = self.query_one(selector, OptionList)
        if box.highlighted is None:
            return None
        name = box.get_option_at_index(box.highlighted).id or ""
        return name.removeprefix(prefix) if name.startswith(prefix) else None

    @on(OptionList.OptionHighlighted)
    def _cursor_moved(self) -> None:
        self.refresh_bindings()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Other keys may be possible now."""
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """Say why a key does nothing now."""
        lang, card = self.lang, self.card
        if action in ("act", "record_papers", "edit_draft", "correct_row") and card is None:
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
        return None

    # Keys

    @on(OptionList.OptionSelected, "#proposal-acts")
    def _act_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_act()

    def action_act(self) -> None:
        """Open the advance dialog for the act under the cursor."""
        if (reason := self.why_not("act")) is not None:
            self.say(reason, "warn")
            return
        option, card = self.option, self.card
        if option is not None and card is not None:
            from screens.advance import AdvanceDialog

            self.app.push_screen(AdvanceDialog(card.row.code, option, card.row.version), self._done)

    def action_record_papers(self) -> None:
        """Open the dialog for papers."""
        if self.card is not None:
            from screens.papers import PapersDialog

            self.app.push_screen(PapersDialog(self.card.row.code, self.card.row.title), self._done)

    def action_edit_draft(self) -> None:
        """Open the form with the present content."""
        if self.card is not None:
            from screens.draft import DraftScreen

            self.app.push_screen(DraftScreen(card=self.card), self._done)

    def action_correct_row(self) -> None:
        """Correct the row of the timeline under the cursor; the first press goes there."""
        timeline = self.query_one("#proposal-timeline", OptionList)
        row = self.history_row
        if not timeline.has_focus:
            timeline.focus()
            self.say(t("proposal.choose_row", self.lang))
        elif row is not None:
            from screens.correct import CorrectDialog

            self.app.push_screen(CorrectDialog(self.code, row), self._done)

    def action_dossier_history(self) -> None:
        """Open the history of this proposal."""
        self.desk_app.open_history_of(self.code)

    def action_reload(self) -> None:
        """Read the proposal anew."""
        self.refresh_data()

    def action_neighbour(self, step: int) -> None:
        """Show the proposal before or after this one in its list."""
        if self.code not in self._codes:
            return
        at = self._codes.index(self.code) + step
        if not 0 <= at < len(self._codes):
            self.say(t("proposal.list_ends", self.lang), "warn")
            return
        self.code = self._codes[at]
        self.say(t("proposal.place_in_list", self.lang, at=at + 1, count=len(self._codes)))
        self.refresh_data()

    def action_close_dialog(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _done(self, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        self.say(
            t("advance.done_line", self.lang, act=receipt.action_label(self.lang), mark=receipt.mark), "good"
        )
        self.desk_app.data_changed()


def _newest(card: DossierCard) -> list[HistoryView]:
    return sorted(card.timeline, key=lambda row: row.seq, reverse=True)
