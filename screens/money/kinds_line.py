"""The kinds of the money pane in one line; the present one is marked, a click picks another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kcflow.i18n import t


class KindsLine(Widget):
    """Words for the kinds, the present one with a mark before it."""

    DEFAULT_CSS = """
    KindsLine { height: 1; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Picked(Message, namespace="kinds_line"):
        """Somebody clicked a kind."""

        kind: str

    def __init__(self, kinds: Sequence[str]) -> None:
        """Offer `kinds`, the first chosen."""
        super().__init__()
        self._kinds = tuple(kinds)
        self.kind = self._kinds[0]
        self.lang = "vi"
        self._places: list[tuple[int, int, str]] = []

    def show(self, kind: str, lang: str) -> None:
        """Mark `kind`."""
        self.kind, self.lang = kind, lang
        self.refresh()

    def render(self) -> Content:
        """Draw the words."""
        parts: list[tuple[str, str]] = []
        self._places = []
        x = 0
        for kind in self._kinds:
            here = kind == self.kind
            text = f" {'▸ ' if here else '  '}{t(f'money.kind.{kind}', self.lang)} "
            parts.append((text, "bold $foreground on $block-cursor-blurred-background" if here else ""))
            self._places.append((x, x + cell_len(text), kind))
            x += cell_len(text)
        return Content.assemble(*parts).truncate(max(0, self.size.width))

    def on_click(self, event: events.Click) -> None:
        """Show the kind under the pointer."""
        for start, end, kind in self._places:
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Picked(kind))
