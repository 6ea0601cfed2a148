"""The last lines of every screen: what is to be said, and the keys of this moment."""

from __future__ import annotations

from typing import Any, Literal

from rich.cells import cell_len
from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from kcflow.text import visible
from screens.commands import key_name
from screens.offers import KEPT_FROM, Offer, in_order, offers

Severity = Literal["info", "good", "warn", "error"]


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
        self._waiting = ""

    def say(self, text: str, severity: Severity = "info") -> None:
        """Show `text` until something else is said; "" goes back to the quiet text."""
        self.text, self.severity = visible(text), severity
        for name in ("good", "warn", "error"):
            self.set_class(bool(text) and severity == name, f"-{name}")
        self._redraw()

    def quiet(self, text: str) -> None:
        """Show `text`, dimmed, whenever there is nothing else to say."""
        self._quiet = visible(text)
        if not self.text:
            self._redraw()

    def wait(self, text: str) -> None:
        """Show `text` before everything else while an answer is slow; "" shows the rest again."""
        if text != self._waiting:
            self._waiting = visible(text)
            self._redraw()

    def _redraw(self) -> None:
        """Paint the words; where they need another number of lines, lay the screen out anew."""
        room = self.content_size.width
        same = room > 0 and len(self.render().wrap(room)) == self.content_size.height == 1
        self.refresh(layout=not same)

    def render(self) -> Content:
        """Draw the words, with a mark where they are a warning or an error."""
        if self._waiting:
            return Content.styled(f"… {self._waiting}", "$text")
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
        # The way back, commands, quit and help are kept; the last of the others give way: help has them.
        while texts and sum(cell_len(key + label) for key, label, _ in texts) > room:
            middle = [i for i, (_, _, offer) in enumerate(texts) if offer.order < KEPT_FROM]
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
                elif (reason := offer.reason) is not None:
                    for line in self.screen.query(StatusLine).results(StatusLine):
                        line.say(reason, "warn")
                return


class Foot(Vertical):
    """The last lines of a screen."""

    DEFAULT_CSS = """
    Foot { dock: bottom; height: auto; }
    """
