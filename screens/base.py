"""What every screen, dialog and pane shares: the desk asked in threads, one line for what is to be said,
the footer, the language, and a terminal that is too small.
"""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, TypeVar, cast

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.worker import get_current_worker

from kcflow import config
from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.text import visible
from screens.commands import CloseDialog, Help, Offer, bindings, in_order, key_name, offers

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import ImportResult, Receipt
    from states.model import Label

T = TypeVar("T")
R = TypeVar("R")
Severity = Literal["info", "good", "warn", "error"]

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
"""Below this the screens say so and show nothing else."""
KEPT_FROM = 90
"""Commands of this order and above keep their place in a narrow footer."""
HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]
VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]


class DeskApp(Protocol):
    """What screens need of the application (`kcflow.app.KcflowApp`)."""

    desk: Desk | None
    lang: str

    def open_store(self) -> None:
        """Open the store; the shell shows what comes of it."""

    def work_as(self, login: str) -> None:
        """Work as the person `login` from now on."""

    def open_dossier(self, code: str, codes: Sequence[str] = ()) -> None:
        """Show everything about one proposal; `codes` are those of the list it was opened from."""

    def open_advance(
        self, code: str, action: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Carry out an act on a dossier; without `action` the person chooses one first."""

    def open_draft(
        self, source: str | None = None, done: Callable[[Receipt | None], None] | None = None
    ) -> None:
        """Write a new draft; `source` is "kcqg", "kcdp" or None (asked)."""

    def open_register(
        self, path: str | None = None, done: Callable[[ImportResult | None], None] | None = None
    ) -> None:
        """Import a registration workbook."""

    def open_history_of(self, code: str) -> None:
        """Show the history of one dossier."""

    def open_people(self) -> None:
        """Choose the person to work as."""

    def make_store(
        self, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None = None
    ) -> None:
        """Create the store; blocking, for worker threads. Raises StoreProblem, BadInput."""

    def data_changed(self) -> None:
        """Let every open screen read its data anew."""

    def language_changed(self) -> None:
        """Let every open screen write its texts anew."""


def log_unexpected(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log file; return the file, or None when it can't be written."""
    path = config.log_dir() / "kcflow.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    info = (type(error), error, error.__traceback__)
    try:
        handler.emit(logging.LogRecord("kcflow", logging.ERROR, "", 0, "unexpected error", (), info))
    finally:
        handler.close()
    return path


def sentence(error: BaseException, lang: str) -> str:
    """Say in one sentence what went wrong; what nobody foresaw goes to the log, whose place is named."""
    if isinstance(error, KcflowError):
        return error.text(lang)
    path = log_unexpected(error)
    if path is None:
        return t("app.unexpected_unlogged", lang, what=type(error).__name__)
    return t("app.unexpected", lang, place=str(path))


class StatusLine(Widget):
    """The line above the footer: what was done, or what is wrong. Any text is shown literally."""

    DEFAULT_CSS = """
    StatusLine {
        height: auto;
        min-height: 1;
        max-height: 4;
        padding: 0 1;
        background: $background;
        color: $text-muted;
        &.-good { color: $success; }
        &.-warn { color: $warning; }
        &.-error { color: $error; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        """Start with nothing to say."""
        super().__init__()
        self.text = ""
        self.severity: Severity = "info"
        self._quiet = ""

    def say(self, text: str, severity: Severity = "info") -> None:
        """Show `text` until something else is said; "" goes back to the quiet text."""
        self.text, self.severity = visible(text), severity
        for name in ("good", "warn", "error"):
            self.set_class(bool(text) and severity == name, f"-{name}")
        self.refresh(layout=True)

    def quiet(self, text: str) -> None:
        """Show `text`, dimmed, whenever there is nothing else to say."""
        self._quiet = visible(text)
        if not self.text:
            self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the words, with a mark where they are a warning or an error."""
        if not self.text:
            return Content(self._quiet)
        mark = {"info": "", "good": "✓ ", "warn": "! ", "error": "✗ "}[self.severity]
        return Content(mark + self.text)


class KeyBar(Widget):
    """The footer: the keys of this moment, those that can't be used greyed; a click is the key."""

    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $footer-background;
        color: $footer-foreground;
    }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        """Start empty; the screen's bindings fill it."""
        super().__init__()
        self._places: list[tuple[int, int, Offer]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[Any]) -> None:
        self.refresh()

    def render(self) -> Content:
        """Draw as many keys as fit; help comes last and always fits."""
        shown = in_order(offer for offer in offers(self.screen) if offer.command.show)
        room = self.size.width
        texts = [(f" {key_name(offer.key)} ", f"{offer.command.label()} ", offer) for offer in shown]
        # Commands, quit and help are kept; of the others the last give way, and help tells of them.
        while texts and sum(cell_len(key + label) for key, label, _ in texts) > room:
            middle = [i for i, (_, _, offer) in enumerate(texts) if offer.command.order < KEPT_FROM]
            texts.pop(middle[-1] if middle else 0)
        parts: list[Content | tuple[str, str]] = []
        self._places = []
        x = 0
        for key, label, offer in texts:
            parts.append((key, "$footer-key-foreground bold" if offer.enabled else "$text-muted"))
            parts.append((label, "$footer-foreground" if offer.enabled else "$text-muted strike"))
            width = cell_len(key + label)
            self._places.append((x, x + width, offer))
            x += width
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for start, end, offer in self._places:
            if start <= event.x < end:
                event.stop()
                if offer.enabled:
                    await self.app.run_action(offer.command.action, offer.node)
                elif (reason := offer.reason) is not None and isinstance(self.screen, DeskTop):
                    self.screen.say(reason, "warn")
                return


class Foot(Vertical):
    """The last lines of a screen."""

    DEFAULT_CSS = """
    Foot { dock: bottom; height: auto; }
    """


@dataclass
class Answer(Message, bubble=False, namespace="desk"):
    """What a worker thread found out, or the error it met."""

    group: str
    ticket: int
    value: object = None
    error: Exception | None = None
    done: Callable[[Any], None] | None = None
    failed: Callable[[KcflowError], None] | None = None


if TYPE_CHECKING:
    _Node = Widget
else:
    # Textual follows the first DOMNode base for styles, so the shared half must not be one itself.
    _Node = object


class DeskNode(_Node):
    """The shared half of screens, dialogs and panes."""

    help_key: ClassVar[str] = ""
    """Catalogue key of the text that F1 shows."""

    @cached_property
    def _tickets(self) -> dict[str, int]:
        return {}

    @cached_property
    def _awaited(self) -> set[str]:
        return set()

    @cached_property
    def _failed_groups(self) -> set[str]:
        return set()

    @property
    def desk_app(self) -> DeskApp:
        """The application, as screens may see it."""
        return cast("DeskApp", self.app)

    @property
    def desk(self) -> Desk:
        """The door to all data. Raises RuntimeError while the store isn't open yet."""
        desk = self.desk_app.desk
        if desk is None:
            raise RuntimeError("the store is not open yet")
        return desk

    @property
    def lang(self) -> str:
        """The present language, "vi" or "en"."""
        return self.desk_app.lang

    def word(self, label: Label) -> str:
        """Return `label` in the present language."""
        return label(self.lang)

    def ask(
        self,
        work: Callable[[Desk], T],
        done: Callable[[T], None],
        *,
        failed: Callable[[KcflowError], None] | None = None,
        group: str = "ask",
    ) -> None:
        """Run `work` in a thread and give what it returns to `done` here; a later call of `group` wins.

        A KcflowError goes to `failed`, or is said in the status line; any other error is logged and said.
        """
        ticket = self._tickets[group] = self._tickets.get(group, 0) + 1
        self._awaited.add(group)
        desk = self.desk

        def run() -> None:
            if get_current_worker().is_cancelled:
                return
            answer = Answer(group, ticket, done=done, failed=failed)
            try:
                answer.value = work(desk)
            except Exception as error:
                answer.error = error
            self.post_message(answer)

        self.run_worker(
            run, thread=True, exclusive=True, group=f"desk-{group}", exit_on_error=False, description=group
        )

    def forget(self, group: str = "ask") -> None:
        """Let go of whatever was asked under `group`; its answer will be dropped."""
        self._tickets[group] = self._tickets.get(group, 0) + 1
        self._awaited.discard(group)

    @property
    def waiting(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self._awaited)

    def on_desk_answer(self, message: Answer) -> None:
        """Hand over an answer, unless it came too late."""
        if self._tickets.get(message.group) != message.ticket:
            return
        self._awaited.discard(message.group)
        if message.error is None:
            if message.group in self._failed_groups:
                self._failed_groups.discard(message.group)
                self.say("")
            if message.done is not None:
                message.done(message.value)
        elif isinstance(message.error, KcflowError) and message.failed is not None:
            message.failed(message.error)
        else:
            self._failed_groups.add(message.group)
            self.say(sentence(message.error, self.lang), "error")

    def say(self, text: str, severity: Severity = "info") -> None:
        """Show one sentence in the status line of this screen."""
        for line in self.screen.query(StatusLine).results(StatusLine):
            line.say(text, severity)
            return

    def said(self) -> str:
        """The sentence in the status line ("" when there is none)."""
        return next((line.text for line in self.screen.query(StatusLine).results(StatusLine)), "")

    def why_not(self, action: str) -> str | None:  # noqa: ARG002
        """One sentence on why `action` can't be done now; None when it can."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Grey out what can't be done now (style.md §7.13): None is greyed, never hidden."""
        return None if self.why_not(action) else True

    def on_language_changed(self) -> None:
        """Write every text anew, in the present language; the data stays."""

    def refresh_data(self) -> None:
        """Read the data anew."""


class DeskTop(DeskNode):
    """What screens and dialogs share beyond panes: the too-small terminal, and greyed keys that say why."""

    _focus_kept: Widget | None = None

    @property
    def too_small(self) -> bool:
        """Whether the terminal can't hold a screen."""
        width, height = self.app.size
        return width < LEAST_WIDTH or height < LEAST_HEIGHT

    def on_resize(self) -> None:
        """Hide everything in a terminal that is too small, and bring it back."""
        self._fit()

    def on_screen_resume(self) -> None:
        """The terminal may have changed its size while another screen was in front."""
        self._fit()

    def _fit(self) -> None:
        small = self.too_small
        if small == self.has_class("-too-small"):
            return
        screen = cast("Screen[Any]", self)
        if small:
            self._focus_kept = screen.focused
        self.set_class(small, "-too-small")
        self.refresh()
        if not small and (kept := self._focus_kept) is not None:
            self._focus_kept = None
            self.call_after_refresh(lambda: screen.set_focus(kept) if kept.is_attached else None)

    def small_text(self) -> Text:
        """What a terminal that is too small shows."""
        return Text(t("app.too_small", self.lang, width=LEAST_WIDTH, height=LEAST_HEIGHT))

    def on_key(self, event: events.Key) -> None:
        """Say why a greyed key does nothing."""
        active = cast("Screen[Any]", self).active_bindings.get(event.key)
        if active is None or active.enabled or self.too_small:
            return
        for offer in offers(self.screen):
            if offer.command.id == active.binding.id and (reason := offer.reason) is not None:
                self.say(reason, "warn")

    def body(self) -> Iterable[Widget]:
        """The widgets between head and status line."""
        return ()


_TOO_SMALL_CSS = """
    .-too-small > * { display: none !important; }
"""


class DeskScreen(DeskTop, Screen[R], Generic[R]):
    """A full screen: `body()` above the status line and the keys."""

    DEFAULT_CSS = """
    DeskScreen { layout: vertical; color: $text-muted; }
    """ + _TOO_SMALL_CSS.replace(".-too-small", "DeskScreen.-too-small")
    HORIZONTAL_BREAKPOINTS = HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = VERTICAL_BREAKPOINTS

    def compose(self) -> ComposeResult:
        """The body, then what is said, then the keys."""
        yield from self.body()
        with Foot():
            yield StatusLine()
            yield KeyBar()

    def render(self) -> RenderableType:
        """The ground, or the wish for a larger terminal."""
        return self.small_text() if self.too_small else super().render()


class DeskModal(DeskTop, ModalScreen[R], Generic[R]):
    """A dialog: a framed box in the middle with `body()` and the status line, the keys at the bottom.

    Escape closes it with None.
    """

    DEFAULT_CSS = """
    DeskModal > .modal > StatusLine { background: $surface; padding: 0; min-height: 0; }
    """ + _TOO_SMALL_CSS.replace(".-too-small", "DeskModal.-too-small")
    BINDINGS = bindings(CloseDialog, Help)
    HORIZONTAL_BREAKPOINTS = HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = VERTICAL_BREAKPOINTS

    title_key: ClassVar[str] = ""
    """Catalogue key of the words in the frame."""

    def compose(self) -> ComposeResult:
        """The box, then the keys."""
        with Vertical(classes="modal") as box:
            box.border_title = Content(self.frame_title())
            yield from self.body()
            yield StatusLine()
        with Foot():
            yield KeyBar()

    def frame_title(self) -> str:
        """The words in the frame, in the present language (plain text, brackets and all)."""
        return t(self.title_key, self.lang) if self.title_key else ""

    def on_language_changed(self) -> None:
        """Write the frame's words anew."""
        self.query_one(".modal").border_title = Content(self.frame_title())

    def action_close_dialog(self) -> None:
        """Close without doing anything."""
        self.dismiss(None)

    def render(self) -> RenderableType:
        """What lies under the dialog, or the wish for a larger terminal."""
        return self.small_text() if self.too_small else super().render()
