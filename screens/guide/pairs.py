"""A long text of labels and what stands behind them, wrapped so that labels keep a column of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kcflow.text import fold
from screens.widgets.cells import fit, literal

_STEM = re.compile(r"[│ ]*(?:[▶→·↩■●◐○▼] )?")


class Drawn(str):
    """A line of a drawing: what stands before its words is kept, and kept free under them."""

    __slots__ = ()


Pair = tuple[str, str]
"""(label, text). An empty text makes the label a heading; two empty ones an empty line."""


def wrapped(text: str, width: int) -> list[str]:
    """Break `text` into lines of at most `width` cells, at spaces where there are some; at least one line."""
    lines: list[str] = []
    line = ""
    for word in literal(text).split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = ""
        for char in word:
            if cell_len(line + char) > width:
                lines.append(line)
                line = ""
            line += char
    return [*lines, line]


class Pairs(Widget):
    """Labels in a column, texts beside it; any text is shown literally."""

    DEFAULT_CSS = """
    Pairs { width: 1fr; height: auto; }
    """

    def __init__(
        self, pairs: Iterable[Pair] = (), *, label_cells: int = 24, label_style: str = "$text-muted"
    ) -> None:
        """Show `pairs`; labels take `label_cells` cells, fewer in a narrow place."""
        super().__init__()
        self._pairs = tuple(pairs)
        self._label_cells = label_cells
        self._label_style = label_style
        self._found: int | None = None

    def show(self, pairs: Iterable[Pair]) -> None:
        """Show other pairs."""
        self._pairs = tuple(pairs)
        self._found = None
        self.refresh(layout=True)

    def headings(self) -> list[int]:
        """The numbers of the lines that are headings."""
        return [
            y for y, (label, _, heading) in enumerate(self._lines(self._width)) if heading and label.strip()
        ]

    def find(self, words: str, after: int = -1) -> int | None:
        """Mark and return the first line after number `after` that holds all `words`, else the first of all.

        Diacritics don't matter. None where there is no such line; no words take the mark away.
        """
        wanted = fold(words).split()
        folded = [fold(f"{label} {text}") for label, text, _ in self._lines(self._width)]
        hits = [y for y, line in enumerate(folded) if wanted and all(word in line for word in wanted)]
        self._found = next((y for y in hits if y > after), hits[0] if hits else None)
        self.refresh()
        return self._found

    @property
    def _width(self) -> int:
        return max(12, self.size.width)

    def _lines(self, width: int) -> list[tuple[str, str, bool]]:
        """(label, text, whether it is a heading) of every line."""
        label_cells = min(self._label_cells, max(4, width // 3))
        room = max(8, width - label_cells)
        lines: list[tuple[str, str, bool]] = []
        for label, text in self._pairs:
            if not text:
                lines.append((literal(label), "", True))
            elif isinstance(text, Drawn):
                stem = _STEM.match(text)
                cells = stem.end() if stem else 0
                under = "│".ljust(cells) if text.startswith("│") else " " * cells
                for i, line in enumerate(wrapped(text[cells:], width - cells)):
                    lines.append(("", (under if i else text[:cells]) + line, False))
            elif not label:
                lines += [
                    ("", line, False) for paragraph in text.split("\n") for line in wrapped(paragraph, width)
                ]
            else:
                head = wrapped(label, label_cells - 1)
                body = [line for part in text.split("\n") for line in wrapped(part, room)]
                for i in range(max(len(head), len(body))):
                    label_part = head[i] if i < len(head) else ""
                    lines.append((fit(label_part, label_cells), body[i] if i < len(body) else "", False))
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as the texts need."""
        return max(1, len(self._lines(width)))

    def render(self) -> Content:
        """Draw the lines."""
        parts: list[tuple[str, str]] = []
        for y, (label, text, heading) in enumerate(self._lines(self._width)):
            ground = " on $block-cursor-background" if y == self._found else ""
            parts.append((label, ("$primary bold" if heading else self._label_style) + ground))
            parts.append((text, ("$primary bold" if "◀" in text else "$foreground") + ground))
            parts.append(("\n", ""))
        return Content.assemble(*parts)


class PairsScroll(VerticalScroll, inherit_bindings=False):
    """A scrolled `Pairs`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown,space", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]
    DEFAULT_CSS = """
    PairsScroll { height: 1fr; scrollbar-size: 1 1; scrollbar-gutter: stable; }
    """
