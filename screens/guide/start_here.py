"""One quiet line over the sample data that tells a newcomer which keys to try first."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from kcflow.i18n import t
from screens.commands import Command

STEPS = (
    ("^o", "import"),
    ("a", "advance"),
    ("3", "stalled"),
    ("4", "history"),
    ("F1", "help"),
    ("6", "flow"),
    ("⏎", "open"),
)
"""The keys to try, with the step's name in the catalogue; the last give way in a narrow terminal."""
KEPT = "welcome"
"""Under this name it is remembered that somebody has seen the line."""


class HideStart(Command):
    """Take the line of first steps away."""

    key = "0"
    show = False
    order = 98


class StartHere(Widget):
    """The line; hidden until a sample store is open, and for good once somebody took it away."""

    DEFAULT_CSS = """
    StartHere { height: 1; display: none; background: $surface; color: $text-muted; }
    StartHere.-shown { display: block; }
    """
    ALLOW_SELECT = False

    def offer(self, sample: bool) -> None:
        """Show the line over a sample store, unless it was taken away before."""
        from kcflow import settings

        self.set_class(sample and not settings.remembered(KEPT).get("seen"), "-shown")

    def dismissed(self) -> None:
        """Take the line away, and remember it."""
        from kcflow import settings

        self.remove_class("-shown")
        settings.remember(KEPT, {"seen": True})

    def render(self) -> Content:
        """Draw as many steps as fit; the first and how to hide the line always do."""
        head, tail = f" {t('start.here')} ", f"0 {t('start.hide')} "
        steps = [(key, t(f"start.{name}")) for key, name in STEPS]
        room = self.size.width - cell_len(head) - cell_len(tail)
        while len(steps) > 1 and sum(cell_len(f"{key} {text}  ") for key, text in steps) > room:
            steps.pop()
        parts: list[tuple[str, str]] = [(head, "$primary bold")]
        for key, text in steps:
            parts += [(f"{key} ", "$footer-key-foreground bold"), (f"{text}  ", "")]
        used = cell_len("".join(text for text, _ in parts))
        parts.append((" " * max(0, self.size.width - used - cell_len(tail)), ""))
        parts += [("0 ", "$footer-key-foreground bold"), (f"{t('start.hide')} ", "")]
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """A click takes it away too."""
        event.stop()
        await self.run_action("screen.hide_start")
