"""Lines of text of which each keeps its indent where it is broken, so that a list stays a list."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Hanging(Visual):
    """Lines that are wrapped one by one; what follows a break stands under the first word after the mark.

    A mark is one character at the beginning (after spaces) with a space behind it, such as "○ " or "· ".
    """

    def __init__(self, lines: Iterable[Content], *, hang: int | None = None) -> None:
        """Show `lines`, none of which holds a line break; `hang` cells stand before what follows a break."""
        self.lines = tuple(lines)
        self._hang = hang
        self._flat: tuple[int, Content] | None = None

    @property
    def plain(self) -> str:
        """The words, without styles."""
        return "\n".join(line.plain for line in self.lines)

    def _wrapped(self, width: int) -> Content:
        """Every line broken for `width`."""
        if self._flat is None or self._flat[0] != width:
            broken = [part for line in self.lines for part in _break(line, width, self._hang)]
            self._flat = (width, Content("\n").join(broken))
        return self._flat[1]

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Draw them."""
        return self._wrapped(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002
        """The width of the longest line."""
        return max((line.cell_length for line in self.lines), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """How many lines they take."""
        return self._wrapped(width).get_height(rules, width) if self.lines else 0


def _break(line: Content, width: int, hang: int | None) -> list[Content]:
    plain = line.plain
    if line.cell_length <= width:
        return [line]
    lead = len(plain) - len(plain.lstrip(" "))
    marked = plain[lead + 1 : lead + 2] == " "
    head = hang if hang is not None else lead + 2 if marked else lead
    hang = max(head, 2)
    if width - hang < 8:
        return line.wrap(max(1, width))
    first, *rest = line[head:].wrap(width - hang)
    indent = Content(" " * hang)
    return [Content.assemble(line[:head], first), *(Content.assemble(indent, part) for part in rest)]
