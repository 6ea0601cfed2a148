"""F1: what the screen in front is for, its keys (from the commands themselves), its marks and terms, and
the lifecycle with "you are here".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from kcflow.i18n import t
from kcflow.services.money_views import Board, OtherRow
from kcflow.services.views import DossierCard, DossierRow, HistoryView, StalledRow
from screens.base import DeskModal
from screens.commands import Command, bindings, key_name
from screens.forms.entries import Entry
from screens.guide.help_terms import BASIS, terms_of
from screens.guide.lifecycle_picture import phases, picture
from screens.guide.pairs import Drawn, Pair, Pairs, PairsScroll
from screens.offers import Offer, listed
from screens.widgets.state_mark import mark
from screens.widgets.table import VirtualTable
from states.model import Lifecycle

MARKS = ("late", "near", "returned", "done", "current", "ahead", "stopped")
LIST_KEYS = ("up_down", "page", "home_end", "enter")
ABOUT_ONE = frozenset(
    {
        "proposal",
        "story",
        "board",
        "board_act",
        "advance",
        "choose",
        "papers",
        "correct",
        "note",
        "record",
        "viewer",
    }
)
"""Helps about one proposal: they draw its whole lifecycle, the others the phases."""


class HelpSearch(Command):
    """Type words, jump to the line that holds them."""

    key = "slash"
    order = 10


class HelpSection(Command):
    """The next heading."""

    key = "tab"
    priority = True
    order = 11


@dataclass(frozen=True)
class Subject:
    """The proposal that a screen is about, or that is under its cursor: lifecycle and state."""

    lifecycle: str
    state: str


def subject_of(screen: Screen[Any]) -> Subject | None:
    """What `screen`, or the nearest one under it, is about."""
    stack = list(screen.app.screen_stack)
    if screen in stack:
        stack = stack[: stack.index(screen) + 1]
    for each in reversed(stack):
        card = getattr(each, "card", None)
        pane = getattr(each, "pane", None)
        if isinstance(card, DossierCard):
            return Subject(card.row.lifecycle, card.row.state)
        if isinstance(board := getattr(each, "board", None), Board):
            return Subject(board.row.lifecycle, board.row.state)
        if pane is not None:
            for table in pane.query("#list").results(VirtualTable):
                return _subject(table.cursor_payload)
    return None


def _subject(payload: object) -> Subject | None:
    if isinstance(payload, StalledRow):
        payload = payload.row
    if isinstance(payload, DossierRow | OtherRow):
        return Subject(payload.lifecycle, payload.state)
    if isinstance(payload, HistoryView):
        return Subject(payload.lifecycle, payload.to_state)
    return None


class HelpScreen(DeskModal[None]):
    """Help about another screen."""

    title_key = "help.title"
    help_key = "help.help"
    BINDINGS: ClassVar[list[BindingType]] = bindings(HelpSearch, HelpSection)
    CSS = """
    HelpScreen > .modal { width: 92; height: 90%; }
    HelpScreen Entry { display: none; }
    HelpScreen.-searching Entry { display: block; }
    """

    def __init__(self, about: Screen[Any]) -> None:
        """Take the keys of `about` as they are now."""
        super().__init__()
        self._offers = listed(about)
        self._key = self._key_of(about)
        self._subject = subject_of(about)
        self._lists = bool(about.query(VirtualTable))
        self._lifecycles: tuple[Lifecycle, ...] = ()

    @staticmethod
    def _key_of(about: Screen[Any]) -> str:
        return str(getattr(about, "help_key", "") or "help.general")

    def body(self) -> Iterable[Widget]:
        """One long text, scrolled by the arrow keys, and a search under it."""
        yield PairsScroll(Pairs(self.pairs(), label_cells=13, label_style="$accent bold"))
        yield Entry(placeholder=t("help.search", self.lang))

    def on_mount(self) -> None:
        """Read the lifecycles; without a store those that the program brings."""
        self.query_one(PairsScroll).focus()
        if self.desk_app.desk is None:
            from states.loader import builtin

            self._take(tuple(builtin()))
        else:
            self.ask(lambda desk: desk.lifecycles(), self._take, group="lifecycles")

    def _take(self, lifecycles: Sequence[Lifecycle]) -> None:
        self._lifecycles = tuple(sorted(lifecycles, key=lambda each: each.name != "kcqg"))
        self.query_one(Pairs).show(self.pairs())

    # The text

    def pairs(self) -> list[Pair]:
        """The help in the present language."""

        def text(key: str) -> str:
            return t(f"help.{key}", self.lang)

        pairs: list[Pair] = [("", t(self._key, self.lang)), ("", ""), (text("keys_heading"), "")]
        pairs += [(f"  {key_name(offer.key)}", self._about(offer)) for offer in self._offers]
        if self._lists:
            pairs += [("", ""), (text("in_lists"), "")]
            pairs += [(f"  {text(f'list_key.{name}')}", text(f"list.{name}")) for name in LIST_KEYS]
        pairs += [("", ""), (text("marks"), "")]
        pairs += [(f"  {mark(name)}", text(f"mark.{name}")) for name in MARKS]
        pairs += [("", ""), (text("terms"), "")]
        pairs += [("", self._term(name)) for name in terms_of(self._key)]
        return pairs + self._picture()

    def _term(self, name: str) -> str:
        """The official term, what it means, where the law says so."""
        words = f"{t(f'term.{name}.name', self.lang)}: {t(f'term.{name}.text', self.lang)}"
        basis = BASIS[name]
        return f"{words} ({basis})" if basis else words

    def _picture(self) -> list[Pair]:
        """The lifecycle of the proposal, or the phases of every lifecycle."""
        subject = self._subject
        state = None if subject is None else subject.state
        own = [each for each in self._lifecycles if subject is not None and each.key == subject.lifecycle]
        whole = self._key.removeprefix("help.") in ABOUT_ONE and bool(own)
        pairs: list[Pair] = []
        for lifecycle in own or self._lifecycles:
            pairs += [("", ""), (t("help.picture", self.lang, lifecycle=lifecycle.label(self.lang)), "")]
            draw = picture if whole else phases
            pairs += [("", Drawn(line)) for line in draw(lifecycle, self.lang, state)]
        return pairs

    @staticmethod
    def _about(offer: Offer) -> str:
        text = f"{offer.command.label()}: {offer.command.help()}"
        reason = offer.reason
        return text if reason is None else f"{text} ({reason})"

    def on_language_changed(self) -> None:
        """Write the help anew."""
        super().on_language_changed()
        self.query_one(Entry).placeholder = t("help.search", self.lang)
        self.query_one(Pairs).show(self.pairs())

    # Finding one's way in it

    def _go(self, line: int | None) -> None:
        if line is not None:
            self.query_one(PairsScroll).scroll_to(y=line, animate=False, force=True)

    def action_help_section(self) -> None:
        """The next heading, the first after the last."""
        now = round(self.query_one(PairsScroll).scroll_offset.y)
        at_end = now >= self.query_one(PairsScroll).max_scroll_y
        heads = self.query_one(Pairs).headings()
        self._go(0 if at_end else next((y for y in heads if y > now), 0))

    def action_help_search(self) -> None:
        """Type what to look for."""
        self.add_class("-searching")
        self.query_one(Entry).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Jump while one types."""
        message.stop()
        self._look(-1)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter jumps to the next place."""
        message.stop()
        self._look(self._line)

    _line = -1

    def _look(self, after: int) -> None:
        words = self.query_one(Entry).value
        found = self.query_one(Pairs).find(words, after)
        self._line = -1 if found is None else found
        self.say("" if found is not None or not words.strip() else t("help.not_found", self.lang), "warn")
        self._go(found)

    def on_key(self, event: events.Key) -> None:
        """The arrows scroll while one types."""
        scroll = self.query_one(PairsScroll)
        if self.query_one(Entry).has_focus and event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            moves = {"up": scroll.action_scroll_up, "down": scroll.action_scroll_down}
            moves |= {"pageup": scroll.action_page_up, "pagedown": scroll.action_page_down}
            moves[event.key]()

    def action_close_dialog(self) -> None:
        """Leave the search, then the help."""
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.query_one(Entry).value = ""
            self.query_one(Pairs).find("")
            self.query_one(PairsScroll).focus()
        else:
            self.dismiss(None)
