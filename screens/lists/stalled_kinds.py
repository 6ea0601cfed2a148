"""The kinds of standing still in one line, with their counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kcflow.i18n import t
from kcflow.labels import STALLED
from kcflow.services.views import StalledKind
from screens.widgets.state_mark import mark

KINDS: tuple[StalledKind, ...] = get_args(StalledKind)
TONES = {"law": "bad", "policy": "warn", "waiting": "", "stuck": "bad", "near": "warn"}
SIGNS = {
    "law": mark("late"),
    "policy": "△",
    "waiting": "…",
    "stuck": mark("stopped"),
    "near": mark("near"),
}


class KindsLine(Widget):
    """The kinds of standing still with their counts; a click chooses one."""

    DEFAULT_CSS = """
    KindsLine { height: 1; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Picked(Message, namespace="kinds_line"):
        """Somebody clicked a kind ("" is all)."""

        kind: str

    def __init__(self) -> None:
        """Nothing counted yet."""
        super().__init__()
        self.kind = ""
        self.lang = "vi"
        self.counts: dict[str, int] = {}
        self._places: list[tuple[int, int, str]] = []

    def show(self, kind: str, counts: dict[str, int], lang: str) -> None:
        """Mark `kind` ("": all) as chosen."""
        self.kind, self.counts, self.lang = kind, counts, lang
        self.refresh()

    def _names(self, short: bool) -> list[tuple[str, str, str]]:
        everything = sum(self.counts.values())
        names = [("", t("stalled.all", self.lang), str(everything) if self.counts else "")]
        for kind in KINDS:
            name = t(f"stalled.short_{kind}", self.lang) if short else STALLED[kind](self.lang)
            names.append(
                (kind, f"{SIGNS[kind]} {name}", str(self.counts[kind]) if kind in self.counts else "")
            )
        return names

    def render(self) -> Content:
        """Draw the kinds."""
        room = self.size.width
        names = self._names(short=False)
        if sum(cell_len(name) + len(count) + 4 for _, name, count in names) > room:
            names = self._names(short=True)
        parts: list[tuple[str, str]] = []
        self._places = []
        x = 0
        for kind, name, count in names:
            here = kind == self.kind
            ground = " on $block-cursor-blurred-background" if here else ""
            text = f" {name} " if not count else f" {name} {count} "
            parts.append((text, f"$foreground bold{ground}" if here else "$text-muted"))
            parts.append((" ", ""))
            self._places.append((x, x + cell_len(text), kind))
            x += cell_len(text) + 1
        return Content.assemble(*parts).truncate(max(0, room))

    def on_click(self, event: events.Click) -> None:
        """Choose the kind under the pointer."""
        for start, end, kind in self._places:
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Picked(kind))
