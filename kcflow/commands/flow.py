"""flow: how many proposals stand in each phase and state, how many of them are late, how much money."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kcflow import reference
from kcflow.commands.context import Context
from kcflow.commands.places import province_keys
from kcflow.commands.tables import Column, fit, paragraph, table, width
from kcflow.commands.words import both
from kcflow.flow_figures import Box, SourceFlow, Tally, about, sources_of, summed, tally_of
from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.services.errors import NotFound
from kcflow.services.views import ListFilter
from kcflow.text import fold, visible

UNKNOWN_WIDTH: Final = 100
"""Cells of a picture that goes to no terminal."""
LEAST_INNER, MOST_INNER = 15, 26


@dataclass(frozen=True)
class Strokes:
    """What boxes and arrows are drawn with."""

    corners: str
    across: str
    down: str
    arrow: str


DRAWN: Final = Strokes("┌┐└┘", "─", "│", "──▶")
PLAIN: Final = Strokes("++++", "-", "|", "-->")


def regions(asked: Sequence[str]) -> tuple[str, ...]:
    """The regions that people name in either language, with or without diacritics. Raises `NotFound`."""
    known: dict[str, str] = {}
    for province in reference.provinces():
        if len(province.regions) == 1:
            known |= {fold(province.region_label(lang)): province.region for lang in ("vi", "en")}
    for one in asked:
        if fold(one.strip()) not in known:
            names = ", ".join(sorted(set(known.values())))
            raise NotFound("region_unknown", both("usage.region_unknown", found=one[:60], known=names))
    return tuple(known[fold(one.strip())] for one in asked)


def flow(context: Context) -> int:
    """The flow picture as text."""
    args = context.args
    wanted = ListFilter(
        provinces=tuple(key for asked in args.provinces for key in province_keys(asked)),
        regions=regions(args.regions),
        source=args.source,
        plan_year=args.plan_year,
    )
    phases = context.desk.flow(wanted)
    context.rows(phases, lambda found: Picture(context).lines(sources_of(found)))
    return 0


class Picture:
    """Boxes in the width of the terminal; plain characters where it isn't one, or with NO_COLOR."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lang = context.lang
        self._room = context.room or UNKNOWN_WIDTH
        drawn = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._strokes = DRAWN if drawn else PLAIN

    def _say(self, key: str, **params: object) -> str:
        return t(f"flow.{key}", self._lang, **params)

    def lines(self, sources: Sequence[SourceFlow]) -> Iterator[str]:
        """The totals, then the boxes and the states of every source."""
        for total in self._totals(sources):
            yield from paragraph(total, self._room)
        for flow_ in sources:
            yield ""
            figures = "; ".join(self._figures(flow_.under_way))
            yield from paragraph(f"{self._say(f'source.{flow_.source}')}: {figures}", self._room)
            yield from self._boxes(flow_.phases)
            if flow_.ended.tally.count:
                yield self._say("ended_n", n=flow_.ended.tally.count)
            yield ""
            yield from self._states(flow_)

    def _totals(self, sources: Sequence[SourceFlow]) -> Iterator[str]:
        under_way = summed(one.under_way for one in sources)
        ended = summed(one.ended.tally for one in sources).count
        total = under_way.count + ended
        yield self._say("sum", total=total, under_way=under_way.count, ended=ended)
        if under_way.late:
            law, policy = under_way.late_law, under_way.late_policy
            yield self._say("sum_late", late=under_way.late, law=law, policy=policy)
        if under_way.near:
            yield self._say("sum_near", n=under_way.near)
        yield self._say("sum_money", amount=dong(under_way.requested, self._lang))

    def _figures(self, tally: Tally) -> Iterator[str]:
        yield self._say("under_way", n=tally.count)
        if tally.late:
            yield self._say("late", n=tally.late)
        yield dong(tally.requested, self._lang)

    # Boxes

    def _boxes(self, boxes: Sequence[Box]) -> Iterator[str]:
        """As many boxes in a row as there is room for, rows of the same length."""
        arrow = len(self._strokes.arrow)
        most = max(1, (self._room + arrow) // (LEAST_INNER + 4 + arrow))
        rows = -(-len(boxes) // most)
        each = -(-len(boxes) // max(1, rows))
        inner = min(MOST_INNER, (self._room - arrow * each) // max(1, each) - 4)
        for start in range(0, len(boxes), each):
            row = boxes[start : start + each]
            yield from self._row(row, max(8, inner), more=start + each < len(boxes))

    def _row(self, boxes: Sequence[Box], inner: int, *, more: bool) -> Iterator[str]:
        strokes = self._strokes
        names = [textwrap.wrap(visible(self._name(box)), inner)[:2] or [""] for box in boxes]
        high = max(len(name) for name in names)
        insides = [
            [*name, *[""] * (high - len(name)), *self._inside(box, inner)]
            for box, name in zip(boxes, names, strict=True)
        ]
        left, right, low_left, low_right = (strokes.corners[i] for i in range(4))
        gap = " " * len(strokes.arrow)
        edge = strokes.across * (inner + 2)
        yield gap.join(f"{left}{edge}{right}" for _ in boxes)
        for y in range(len(insides[0])):
            cells = [f"{strokes.down} {_padded(inside[y], inner)} {strokes.down}" for inside in insides]
            joint = strokes.arrow if y == high else gap
            yield (joint.join(cells) + (joint if more else "")).rstrip()
        yield gap.join(f"{low_left}{edge}{low_right}" for _ in boxes)

    def _name(self, box: Box) -> str:
        return box.label(self._lang) if box.label is not None else self._say("ended")

    def _inside(self, box: Box, inner: int) -> list[str]:
        """What stands under the name: how many, late by law, late by our rule, near, money."""
        tally, lang = box.tally, self._lang
        lines = [self._say("proposal" if tally.count == 1 else "proposals", n=tally.count)]
        for kind in ("late_law", "late_policy", "near"):
            n = getattr(tally, kind)
            lines.append(f"{n} {self._word(kind, inner - len(str(n)) - 1)}" if n else "")
        return [*lines, about(tally.requested, lang) if tally.count else ""]

    def _word(self, kind: str, room: int) -> str:
        words = [self._say(f"{kind}_{size}") for size in ("long", "short", "least")]
        return next((word for word in words if width(word) <= room), words[-1])

    # States

    def _states(self, flow_: SourceFlow) -> Iterable[str]:
        """Every state in which something stands."""
        found = [(box, state) for box in flow_.boxes for state in box.states if state.count]
        lang = self._lang

        def number(n: int) -> str:
            return str(n) if n else "-"

        say = self._context.say
        columns: list[Column[tuple[Box, Tally, str]]] = [
            Column(say("column.state"), lambda row: row[2], flexible=True),
            Column(self._say("head.count"), lambda row: str(row[1].count), right=True),
            Column(self._say("head.late_law_short"), lambda row: number(row[1].late_law), right=True),
            Column(self._say("head.late_policy_short"), lambda row: number(row[1].late_policy), right=True),
            Column(self._say("head.near_short"), lambda row: number(row[1].near), right=True, optional=True),
            Column(
                self._say("head.money"), lambda row: dong(row[1].requested, lang), right=True, optional=True
            ),
        ]
        rows = [(box, tally_of(state), state.label(lang)) for box, state in found]
        return table(columns, rows, self._context.room) if rows else ()


def _padded(text: str, cells: int) -> str:
    shown = fit(visible(text), cells)
    return shown + " " * (cells - width(shown))
