"""The flow picture line by line, as text with tones: boxes joined by arrows, or a compact list.

Nothing here knows Textual: `draw` gives lines and says where on them a box or a state stands, the widget
(`flow_chart`) colours and scrolls them. A mark always stands beside its word or under it in a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rich.cells import cell_len

from kcflow.flow_figures import ENDED, Box, SourceFlow, Tally, about, tally_of
from kcflow.formats import count_text
from kcflow.i18n import t
from kcflow.services.views import FlowState
from screens.guide.pairs import wrapped
from screens.widgets.cells import fit, literal
from screens.widgets.state_mark import mark
from states.records import record

Tone = Literal["", "dim", "bad", "warn", "good", "head", "bar"]
BOXES_FROM_WIDTH, BOXES_FROM_HEIGHT = 116, 28
"""From this size on phases are boxes in a row; below it they are lines of a list."""
GAP: Final = "──▶"
_LEAST_NAME: Final = 16
_FIGURES: Final = ("late_law", "late_policy", "near")
_TONES: Final[dict[str, Tone]] = {"late_law": "bad", "late_policy": "bad", "near": "warn"}
_MARKS: Final = {"late_law": mark("late"), "late_policy": mark("late"), "near": mark("near")}


@record(frozen=True, slots=True)
class Spot:
    """A place that the cursor can stand on: a box, or one of its states."""

    source: str
    phase: str
    state: str = ""
    lifecycle: str = ""

    @property
    def box(self) -> Spot:
        """The box that it belongs to."""
        return Spot(self.source, self.phase)


@dataclass
class Line:
    """Texts with their tones; `spots` are (first cell, cell after the last, spot)."""

    pieces: list[tuple[str, Tone]] = field(default_factory=list)
    spots: list[tuple[int, int, Spot]] = field(default_factory=list)

    def add(self, text: str, tone: Tone = "") -> Line:
        """Write `text` at the end."""
        self.pieces.append((text, tone))
        return self

    @property
    def width(self) -> int:
        """Cells written so far."""
        return sum(cell_len(text) for text, _ in self.pieces)

    def place(self, start: int, spot: Spot) -> Line:
        """Say that the cells from `start` to the end belong to `spot`."""
        self.spots.append((start, self.width, spot))
        return self


def box_spot(box: Box) -> Spot:
    """The place of a box."""
    return Spot(box.source, box.phase)


def state_spot(box: Box, state: FlowState) -> Spot:
    """The place of a state in its box."""
    return Spot(box.source, box.phase, state.state, state.lifecycle)


def proposals(n: int, lang: str) -> str:
    """How many proposals, in words."""
    return t("flow.proposals", lang, n=n)


def box_name(box: Box, lang: str) -> str:
    """The phase's name, or that of the endings."""
    return t("flow.ended", lang) if box.label is None else box.label(lang)


def grouped(n: int, lang: str) -> str:
    """A number with its thousands apart, as the language writes them."""
    return count_text(n, lang)


class Drawing:
    """One drawing of the sources; `open_box` is the box whose states are shown (each source may have one)."""

    def __init__(
        self, sources: Sequence[SourceFlow], width: int, height: int, lang: str, cursor: Spot | None
    ) -> None:
        self.sources = sources
        self.width = max(40, width)
        self.lang = lang
        self.cursor = cursor
        self.boxed = width >= BOXES_FROM_WIDTH and height >= BOXES_FROM_HEIGHT
        self.lines: list[Line] = []
        self._columns = _Columns(self.width, lang, [box.tally for flow in sources for box in flow.boxes])
        if self.boxed:
            self._draw_boxes()
        else:
            self._draw_list()

    # Both forms

    def _is_open(self, box: Box) -> bool:
        return self.cursor is not None and self.cursor.box == box_spot(box)

    def _heading(self, flow: SourceFlow) -> Line:
        lang, all_ = self.lang, flow.under_way
        line = Line().add(f" {t(f'flow.source.{flow.source}', lang)} ", "head")
        right: list[tuple[str, Tone]] = [(t("flow.under_way", lang, n=grouped(all_.count, lang)), "")]
        if all_.late:
            right.append((f"{mark('late')} {t('flow.late', lang, n=grouped(all_.late, lang))}", "bad"))
        right.append((about(all_.requested, lang), "dim"))
        # In a narrow place the figures that stand in the rows as well give way from the right.
        while line.width + sum(cell_len(text) + 3 for text, _ in right) > self.width:
            right.pop()
        tail = Line()
        for text, tone in right:
            tail.add(" ─ " if tail.pieces else " ", "dim").add(text, tone)
        tail.add(" ")
        line.add("─" * max(1, self.width - line.width - tail.width), "dim")
        line.pieces += tail.pieces
        return line

    def _row(self, name: str, tally: Tally, most: int, spot: Spot, indent: int, tone: Tone = "") -> Line:
        """A box or a state as one line of figures under the heads of the columns."""
        here = spot == self.cursor
        line = Line()
        columns = self._columns
        line.add("▌" if here else " ", "head")
        line.add(fit(" " * indent + literal(name), columns.name - 1), tone if tally.count else "dim")
        line.add(fit(grouped(tally.count, self.lang), columns.count, "right"), "" if tally.count else "dim")
        line.add("  " + fit(_bar(tally.count, most, columns.bar), columns.bar) if columns.bar else "", "bar")
        for kind, cells in zip(_FIGURES, columns.figures, strict=True):
            n = getattr(tally, kind)
            text = f"{_MARKS[kind]} {grouped(n, self.lang)}" if n else "·"
            line.add(fit(text, cells, "right"), _TONES[kind] if n else "dim")
        money = about(tally.requested, self.lang) if tally.count else "·"
        line.add(fit(money, columns.money, "right") if columns.money else "", "dim")
        return line.place(0, spot)

    def _state_rows(self, box: Box, indent: int) -> None:
        most = max((state.count for state in box.states), default=0)
        for state in box.states:
            kind = "done" if state.ending == "completed" else "stopped" if state.ending else ""
            name = f"{mark(kind)} {state.label(self.lang)}" if kind else state.label(self.lang)
            spot = state_spot(box, state)
            self.lines.append(self._row(name, tally_of(state), most, spot, indent))

    # A compact list

    def _draw_list(self) -> None:
        self.lines.append(self._columns.heads())
        for flow in self.sources:
            self.lines.append(self._heading(flow))
            most = max(box.tally.count for box in flow.boxes)
            for number, box in enumerate(flow.boxes):
                joint = "■" if box.phase == ENDED else "▼" if number else "●"
                name = f"{joint} {box_name(box, self.lang)}"
                self.lines.append(self._row(name, box.tally, most, box_spot(box), 0))
                if self._is_open(box):
                    self._state_rows(box, 4)

    # Boxes in a row

    def _draw_boxes(self) -> None:
        for flow in self.sources:
            if self.lines:
                self.lines.append(Line())
            self.lines.append(self._heading(flow))
            self._box_row(flow)
            self.lines.append(self._ended_line(flow))
            for box in flow.boxes:
                if self._is_open(box):
                    self._panel(box)

    def _box_row(self, flow: SourceFlow) -> None:
        boxes = flow.phases
        number = max(1, len(boxes))
        inner = (self.width - 2 - (number - 1) * len(GAP)) // number - 2
        names = [wrapped(box_name(box, self.lang), inner - 1)[:2] for box in boxes]
        high = max((len(name) for name in names), default=1)
        insides = [self._inside(box, name, high, inner) for box, name in zip(boxes, names, strict=True)]
        last = max((len(inside) for inside in insides), default=0)
        for y in range(-1, last + 1):
            line = Line().add(" ")
            for at, (box, inside) in enumerate(zip(boxes, insides, strict=True)):
                spot = box_spot(box)
                here, opened = spot == self.cursor, self._is_open(box)
                start = line.width
                edge: Tone = "head" if opened else "dim"
                left, fill, right = _edges(y, last, here=here, opened=opened)
                if fill:
                    line.add(left + fill * inner + right, edge)
                else:
                    text, tone = inside[y]
                    line.add(left, edge).add(" " + fit(text, inner - 1), tone).add(right, edge)
                line.place(start, spot)
                if at < len(boxes) - 1:
                    line.add(GAP if y == high else " " * len(GAP), "dim")
            self.lines.append(line)

    def _inside(self, box: Box, name: list[str], high: int, inner: int) -> list[tuple[str, Tone]]:
        """The lines in a box: name, how many, late by law, late by our rule, near, money at stake."""
        tally, lang = box.tally, self.lang
        lines: list[tuple[str, Tone]] = [(text, "head") for text in name]
        lines += [("", "")] * (high - len(name))
        lines.append((proposals(tally.count, lang), "" if tally.count else "dim"))
        for kind in _FIGURES:
            count = getattr(tally, kind)
            words = self._word(kind, inner - 1)
            lines.append((f"{_MARKS[kind]} {grouped(count, lang)} {words}" if count else "", _TONES[kind]))
        lines.append((about(tally.requested, lang) if tally.count else "", "dim"))
        return lines

    def _word(self, kind: str, room: int) -> str:
        """The longest word for a kind of lateness that fits behind every number of the picture."""
        numbers = [getattr(box.tally, kind) for flow in self.sources for box in flow.phases]
        digits = max(len(grouped(n, self.lang)) for n in [0, *numbers])
        for size in ("long", "short", "least"):
            word = t(f"flow.{kind}_{size}", self.lang)
            if cell_len(word) + digits + 3 <= room:
                return word
        return t(f"flow.{kind}_least", self.lang)

    def _ended_line(self, flow: SourceFlow) -> Line:
        """The endings in one line under the boxes."""
        box, lang = flow.ended, self.lang
        spot = box_spot(box)
        line = Line().add("▌" if spot == self.cursor else " ", "head")
        n = grouped(box.tally.count, lang)
        line.add(f" {mark('stopped')} {t('flow.ended_n', lang, n=n)}", "" if box.tally.count else "dim")
        for state in box.states:
            if not state.count:
                continue
            kind = mark("done" if state.ending == "completed" else "stopped")
            text = f"   {kind} {grouped(state.count, lang)} {literal(state.label(lang))}"
            if line.width + cell_len(text) > self.width - 4:
                line.add("   …", "dim")  # a number is never cut: the states below the line tell all
                break
            line.add(text, "dim")
        return line.add(" " * max(0, self.width - line.width)).place(0, spot)

    def _panel(self, box: Box) -> None:
        """The states of the open box, under its row."""
        heads = self._columns.heads()
        title = f" {box_name(box, self.lang)} "
        heads.pieces[0] = (fit(f" ╰─{title}", self._columns.name), "head")
        self.lines.append(heads)
        self._state_rows(box, 2)


def _edges(y: int, last: int, *, here: bool, opened: bool) -> tuple[str, str, str]:
    """(left, filling or "", right) of a box's line: -1 is its top, `last` its bottom."""
    heavy = here or opened
    if y == -1:
        return ("┏", "━", "┓") if heavy else ("╭", "─", "╮")
    if y == last:
        return ("┗", "━", "┛") if heavy else ("╰", "─", "╯")
    return ("┃", "", "┃") if heavy else ("│", "", "│")


def _bar(n: int, most: int, cells: int) -> str:
    """A bar for `n` where `most` fills it; what is there at all shows at least a sliver."""
    if not n or cells <= 0:
        return ""
    eighths = max(1, round(n * cells * 8 / most))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[rest]


class _Columns:
    """The widths of a row of figures: name, count, bar, late by law, by our rule, near, money."""

    def __init__(self, width: int, lang: str, tallies: Sequence[Tally]) -> None:
        self._lang = lang
        size, gap = ("long", 2) if width >= 116 else ("short", 2) if width >= 92 else ("least", 1)
        self._words = [f"{_MARKS[kind]} {t(f'flow.head.{kind}_{size}', lang)}" for kind in _FIGURES]

        def digits(kind: str) -> int:
            return max((len(grouped(getattr(tally, kind), lang)) for tally in tallies), default=1)

        self.figures = [
            max(cell_len(word), digits(kind) + 2) + gap
            for word, kind in zip(self._words, _FIGURES, strict=True)
        ]
        self.count = max(cell_len(t("flow.head.count", lang)), digits("count")) + 2
        self.money = 13
        left = width - self.count - self.money - sum(self.figures)
        if left < _LEAST_NAME:
            left, self.money = left + self.money, 0
        self.bar = 0 if left < 33 else min(width // 5, left - 30 if left < 40 else (left - 20) // 2)
        self.name = left - (self.bar + 2 if self.bar else 0)

    def heads(self) -> Line:
        """The line of the columns' names."""
        line = Line().add(" " * self.name)
        line.add(fit(t("flow.head.count", self._lang), self.count, "right"), "dim")
        line.add(" " * (self.bar + 2) if self.bar else "")
        for word, cells in zip(self._words, self.figures, strict=True):
            line.add(fit(word, cells, "right"), "dim")
        return line.add(fit(t("flow.head.money", self._lang), self.money, "right"), "dim")
