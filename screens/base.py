"""What every screen, dialog and pane shares: the desk asked in threads, one line for what is to be said,
the footer, the language, and a terminal that is too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

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

from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.settings_schema import Settings
from screens.commands import CloseDialog, Help, bindings
from screens.desk_app import DeskApp
from screens.foot import Foot, KeyBar, Severity, StatusLine
from screens.offers import offers
from screens.slow import Slow
from screens.trouble import log_unexpected, sentence

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.widgets.row_view import RowView
    from screens.widgets.table_messages import Reading
    from states.model import Label

__all__ = [
    "Answer",
    "DeskApp",
    "DeskModal",
    "DeskNode",
    "DeskScreen",
    "DeskTop",
    "Foot",
    "KeyBar",
    "Severity",
    "StatusLine",
    "log_unexpected",
    "sentence",
]

T = TypeVar("T")
R = TypeVar("R")

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
"""Below this the screens say so and show nothing else."""
HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]
VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]


@dataclass(eq=False, repr=False)
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

    @cached_property
    def _slow(self) -> Slow:
        return Slow(self)

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

    @property
    def settings(self) -> Settings:
        """What the person set."""
        return getattr(self.app, "settings", None) or Settings()

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
        quiet: bool = False,
        stopped: Callable[[], None] | None = None,
        stoppable: bool = True,
    ) -> None:
        """Run `work` in a thread and give what it returns to `done` here; a later call of `group` wins.

        After a second the status line says so, with the seconds; Escape stops waiting then (the answer is
        dropped when it comes, `stopped` is called) unless `stoppable` is False. `quiet` says nothing.
        A KcflowError goes to `failed`, or is said in the status line; any other error is logged and said.
        """
        ticket = self._tickets[group] = self._tickets.get(group, 0) + 1
        desk = self.desk
        self._awaited.add(group)
        if not quiet:
            self._slow.watch(group, stopped, stoppable)

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
        self._slow.over(group)

    @property
    def waiting(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self._awaited)

    def on_desk_answer(self, message: Answer) -> None:
        """Hand over an answer, unless it came too late."""
        if self._tickets.get(message.group) != message.ticket:
            return
        self._awaited.discard(message.group)
        self._slow.over(message.group)
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

    def on_virtual_table_reading(self, message: Reading) -> None:
        """A list that is read for long is told, and may be given up, like every other answer."""
        message.stop()
        group = f"list {message.table.id}"
        if message.reading:
            self._slow.watch(group, cast("RowView", message.table).stop_reading, stoppable=True)
        else:
            self._slow.over(group)

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

    def slow_nodes(self) -> list[DeskNode]:
        """The parts of this screen whose answers are slow and may be given up."""
        nodes = (self, *cast("Screen[Any]", self).walk_children())
        return [node for node in nodes if isinstance(node, DeskNode) and node._slow.stoppable]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Waiting can be stopped only while it is long."""
        if action == "stop_waiting":
            return self.slow_count > 0
        return super().check_action(action, parameters)

    slow_count = 0
    """How many slow answers may be given up."""

    def action_stop_waiting(self) -> None:
        """Give slow answers up; what was typed stays."""
        for node in self.slow_nodes():
            node._slow.stop()
        self.say(t("app.stopped_waiting", self.lang), "warn")

    @property
    def too_small(self) -> bool:
        """Whether the terminal can't hold a screen."""
        width, height = self.app.size
        return width < LEAST_WIDTH or height < LEAST_HEIGHT

    def take_size(self) -> None:
        """Take the classes of this terminal's size before there is anything to style.

        Textual gives them after the first paint, and styles and lays everything out once more for them.
        """
        for cells, steps in zip(self.app.size, (HORIZONTAL_BREAKPOINTS, VERTICAL_BREAKPOINTS), strict=True):
            self.add_class([name for least, name in steps if cells >= least][-1])

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
    /* Hidden twice: what a screen's own code shows or hides isn't ruled by `display` here. */
    .-too-small > * { display: none !important; visibility: hidden !important; }
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
        self.take_size()
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
        self.take_size()
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
