"""A paper that an act still needs: one line, until somebody wants to enter it here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from kcflow.i18n import t
from screens.dossier import proposal_parts as parts
from screens.dossier.act_parts import alternatives
from screens.dossier.paper_box import PaperBox
from screens.forms.fields import lang_of
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from states.model import Label

if TYPE_CHECKING:
    from datetime import date


class _Line(Widget, can_focus=True):
    """The line: enter, space or a click opens the fields."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", show=False)]
    DEFAULT_CSS = """
    _Line { height: auto; padding: 0 1 0 0; }
    _Line:focus { background: $block-cursor-background; text-style: bold; }
    """

    @dataclass
    class Opened(Message, namespace="missing_line"):
        """Somebody wants to enter the paper."""

    def __init__(self, kinds: Sequence[tuple[str, Label]]) -> None:
        """Name papers of which one will do."""
        super().__init__()
        self._kinds = tuple(kinds)

    def render(self) -> Hanging:
        """Draw the mark, the papers and the key."""
        lang = lang_of(self)
        how = (f"  ⏎ {t('advance.enter_paper', lang)}", parts.DIM)
        kinds = alternatives(self._kinds, lang)
        return parts.lines([parts.line((f"{mark('ahead')} ", parts.WARN), kinds, how)])

    def action_open(self) -> None:
        """Open the fields."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Open the fields."""
        event.stop()
        self.action_open()


class MissingPaper(Vertical):
    """The line, then in its place the fields: a form stays short, and quick to open."""

    DEFAULT_CSS = """
    MissingPaper { height: auto; }
    """

    @dataclass
    class Expanded(Message, namespace="missing_paper"):
        """The fields are there."""

        box: PaperBox

    def __init__(
        self, name: str, kinds: Sequence[tuple[str, Label]], today: date, roles: Iterable[str]
    ) -> None:
        """Stand for a paper of one of `kinds`; its fields will be called by `name`."""
        super().__init__(id=f"{name}-missing")
        self._fields, self._kinds, self._today, self._roles = name, tuple(kinds), today, tuple(roles)

    def compose(self) -> ComposeResult:
        """The line."""
        yield _Line(self._kinds)

    async def on_missing_line_opened(self, message: _Line.Opened) -> None:
        """Put the fields in place of the line."""
        message.stop()
        await self.open()

    @property
    def prefix(self) -> str:
        """How the keys of its fields begin."""
        return f"{self._fields}-"

    async def open(self, *, focus: bool = True) -> PaperBox:
        """Show the fields, if they aren't there yet, and return them."""
        for box in self.query(PaperBox):
            return box
        box = PaperBox(self._fields, self._kinds, self._today, roles=self._roles, wants_focus=focus)
        # The line goes last: the focus it had would fall on a neighbour, and take what is typed meanwhile.
        await self.mount(box)
        await self.query(_Line).remove()
        self.post_message(self.Expanded(box))
        return box

    def relabel(self) -> None:
        """Write the line anew; the fields are written by their form."""
        for line in self.query(_Line):
            line.refresh(layout=True)
