"""Thư nhắc buổi sáng: whom today's letters go to, what they say, what became of those before. Nothing is sent
here: that is the work of `kcflow digest --send`, once every working morning. Letters that aren't made yet are
shown in the language of the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.formats import date_text, instant_text
from kcflow.i18n import t
from kcflow.services.letter_views import DigestView
from screens.base import DeskModal
from screens.clock.editor import EditorScreen
from screens.clock.letters_commands import LettersMade, ReadLetter
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.guide.pairs import PairsScroll
from screens.lists.rows import short_date, toned
from screens.widgets.hanging import Hanging
from screens.widgets.table import Column, TableRow, VirtualTable

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from states.model import Label

STATES = {
    "planned": ("○", ""),
    "pending": ("◔", "warn"),
    "sent": ("●", "good"),
    "failed": ("▲", "bad"),
    "no_address": ("!", "warn"),
}
"""Mark and tone of what became of a letter."""
_STYLES = {"": "$primary", "warn": parts.WARN, "good": parts.GOOD, "bad": parts.BAD}


class LettersScreen(EditorScreen):
    """Today's letters, or the log of those made so far."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ReadLetter, LettersMade, CloseDialog)
    help_key = "help.letters"
    CSS = """
    LettersScreen VirtualTable { height: 1fr; }
    LettersScreen #editor-strip { height: auto; min-height: 3; max-height: 6; }
    """

    def __init__(self) -> None:
        """Begin with today's."""
        super().__init__()
        self.past = False
        """Whether the letters made so far are listed, not today's."""
        self._found: tuple[DigestView, ...] | None = None
        self._off: Label | None = None

    def refresh_data(self) -> None:
        """Read today's letters, or the log."""
        past, lang = self.past, self.lang

        def read(desk: Desk) -> tuple[Sequence[DigestView], Label | None]:
            if past:
                return desk.clock.digest_log(), None
            return desk.clock.digest_plan(None, lang), desk.clock.digest_day_off()

        self.ask(read, self._take, group="letters")

    def _take(self, found: tuple[Sequence[DigestView], Label | None]) -> None:
        anew = self._found is None
        self._found, self._off = tuple(found[0]), found[1]
        self.write(anew=anew)

    def on_language_changed(self) -> None:
        """Write every word anew; letters that aren't made yet, too."""
        if self._found is not None:
            self.write()
            self.refresh_data()

    # Writing

    def columns(self) -> list[Column]:
        """The day of a letter that was made; where it goes, where there is room."""

        def label(name: str) -> str:
            return t(f"letters.column.{name}", self.lang)

        day = [Column("day", label("day"), 9)] if self.past else []
        return [
            *day,
            Column("state", label("state"), 16),
            Column("person", label("person"), 0, weight=3),
            Column("address", label("address"), 0, min_terminal_width=110, weight=3),
            Column("subject", label("subject"), 0, weight=6),
        ]

    def rows(self) -> list[TableRow]:
        """One line for each letter."""
        return [self._row(view) for view in self._found or ()]

    def _row(self, view: DigestView) -> TableRow:
        sign, tone = STATES[view.state]
        state = toned(f"{sign} {t(f'letters.state.{view.state}', self.lang)}", tone)
        day: list[str] = [short_date(view.day, self.desk.today.year, self.lang)] if self.past else []
        cells: tuple[str | Content, ...] = (*day, state, view.person_name, view.address or "–", _counts(view))
        return TableRow(f"{view.day} {view.person}", cells, "", view)

    def empty_text(self) -> str:
        """Nothing late, or nothing made yet."""
        return t("letters.none_made" if self.past else "letters.none", self.lang)

    def head(self) -> Hanging:
        """Which letters, how many, and when they go."""
        lang, found = self.lang, self._found or ()
        counts = Counter(view.state for view in found)
        said = " · ".join(
            f"{sign} {t(f'letters.state.{state}', lang)}: {counts[state]}"
            for state, (sign, _) in STATES.items()
            if counts[state]
        )
        day = date_text(self.desk.today, lang)
        title = t("letters.log_title", lang) if self.past else t("letters.title", lang, day=day)
        first = parts.line((title, "bold $primary"), (f"  {said}", parts.STRONG))
        if self._off is not None:
            note = parts.line((f"! {t('letters.day_off', lang, why=self._off(lang))}", parts.WARN))
        else:
            note = parts.line((t("letters.sent_by", lang), parts.DIM))
        return parts.lines([first, note])

    def strip(self) -> Hanging | None:
        """The letter under the cursor: to whom, what it counts, what became of it."""
        view = self.view
        if view is None:
            return None
        return parts.lines(heading(view, self.lang))

    @property
    def view(self) -> DigestView | None:
        """The letter under the cursor."""
        found = self.payload
        return found if isinstance(found, DigestView) else None

    # Keys

    def why_not(self, action: str) -> str | None:
        """A letter is read where there is one."""
        if action == "read_letter" and self.view is None:
            return t("app.no_row", self.lang)
        return super().why_not(action)

    def action_read_letter(self) -> None:
        """The whole letter."""
        if (view := self.view) is not None:
            self.app.push_screen(LetterDialog(view, self.settings.mail_language))

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """The same by Enter or a click."""
        message.stop()
        self.action_read_letter()

    def action_letters_made(self) -> None:
        """The other list."""
        self.past = not self.past
        self._found = None
        self.refresh_data()


def _counts(view: DigestView) -> str:
    """What a letter counts: its subject without the name of this program and the day."""
    return view.subject.removeprefix("[kcflow] ").rpartition(" – ")[0]


def heading(view: DigestView, lang: str) -> list[Content]:
    """Whom a letter goes to, and what became of it."""
    sign, tone = STATES[view.state]
    state = t(f"letters.state.{view.state}", lang)
    if view.sent_at is not None:
        state += f" {instant_text(view.sent_at, lang)}"
    if view.attempts > 1:
        state += f" · {t('letters.attempts', lang, n=view.attempts)}"
    address = view.address or t("letters.no_address", lang, login=view.person)
    lines = [
        parts.line((view.person_name, parts.STRONG), (f"  {address}", parts.DIM)),
        parts.line((f"{sign} {state}", _STYLES[tone]), f"  {_counts(view)}"),
    ]
    if view.error is not None:
        lines.append(parts.line((view.error(lang), parts.WARN)))
    return lines


class LetterDialog(DeskModal[None]):
    """One letter as its reader gets it."""

    title_key = "letters.letter"
    help_key = "help.letters"
    CSS = """
    LetterDialog > .modal { width: 116; height: auto; max-height: 95%; overflow: hidden; }
    LetterDialog PairsScroll { height: auto; max-height: 100%; }
    LetterDialog #letter { height: auto; }
    LetterDialog.-narrow > .modal { width: 100%; padding: 0 1; }
    LetterDialog.-short > .modal { height: 100%; max-height: 100%; }
    LetterDialog.-short PairsScroll { height: 1fr; }
    """

    def __init__(self, view: DigestView, language: str) -> None:
        """Show this one; `language` is that of letters to come."""
        super().__init__()
        self._view, self._language = view, language

    def body(self) -> Iterable[Widget]:
        """One long text, scrolled by the arrow keys."""
        with PairsScroll():
            yield Static("", id="letter", markup=False)

    def frame_title(self) -> str:
        """Of which day."""
        return t(self.title_key, self.lang, day=date_text(self._view.day, self.lang))

    def on_mount(self) -> None:
        """Write it."""
        self.query_one(PairsScroll).focus()
        self._write()

    def on_language_changed(self) -> None:
        """Write what this screen says anew; the letter keeps its language."""
        super().on_language_changed()
        self._write()

    def _write(self) -> None:
        text = [parts.line(line) for line in self._view.body.splitlines()]
        shown = heading(self._view, self.lang)
        if self._view.state == "planned" and self._language != self.lang:
            shown.append(parts.line((t(f"letters.sent_in_{self._language}", self.lang), parts.DIM)))
        shown += [parts.line(""), *text]
        self.query_one("#letter", Static).update(parts.lines(shown))
