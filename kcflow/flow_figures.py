"""The figures of the flow picture, for the screen and for `kcflow flow`: what adds up to what.

A phase's box holds the proposals that are still on their way; those that have ended stand apart, in one
box of each source, whatever phase they ended in. So the boxes of a source add up to all its proposals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kcflow.formats import UNITS, dong, in_unit
from kcflow.services.views import FlowPhase, FlowState, ListFilter
from states.model import Label
from states.records import record

ENDED = "ended"
"""Stands in place of a phase's name for the box of those that have ended."""


@record(frozen=True, slots=True)
class Tally:
    """Proposals, late ones by law and by the office's own rule, near ones, and đồng asked for."""

    count: int = 0
    late_law: int = 0
    late_policy: int = 0
    near: int = 0
    requested: int = 0

    @property
    def late(self) -> int:
        """Late ones, by law or by our own rule."""
        return self.late_law + self.late_policy

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.count + other.count,
            self.late_law + other.late_law,
            self.late_policy + other.late_policy,
            self.near + other.near,
            self.requested + other.requested,
        )


def tally_of(state: FlowState) -> Tally:
    """The figures of one state."""
    return Tally(state.count, state.late_law, state.late_policy, state.near, state.requested)


def summed(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return sum(tallies, Tally())


@dataclass(frozen=True)
class Box:
    """A phase of a source with its states that are not endings; or (phase `ENDED`) all its endings."""

    source: str
    phase: str
    label: Label | None
    """None for the endings, whose name the catalogue has."""
    states: tuple[FlowState, ...]

    @cached_property
    def tally(self) -> Tally:
        """All its states together."""
        return summed(map(tally_of, self.states))

    def wanted(self, plan_year: int | None = None, state: FlowState | None = None) -> ListFilter:
        """The filter that lists exactly the proposals counted here, or in one of its states."""
        if state is not None:
            # Two lifecycles of a source may both have a state of this name.
            shared = Counter(each.state for each in self.states)[state.state] > 1
            lifecycles = (state.lifecycle,) if shared else ()
            return ListFilter(
                states=(state.state,), source=self.source, plan_year=plan_year, lifecycles=lifecycles
            )
        if self.phase == ENDED:
            names = tuple(dict.fromkeys(each.state for each in self.states))
            return ListFilter(states=names, source=self.source, plan_year=plan_year)
        return ListFilter(phases=(self.phase,), source=self.source, plan_year=plan_year, open_only=True)


@dataclass(frozen=True)
class SourceFlow:
    """One source ("kcqg", "kcdp"): its phases in order, and its endings."""

    source: str
    phases: tuple[Box, ...]
    ended: Box

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The phases, then the endings."""
        return (*self.phases, self.ended)

    @cached_property
    def under_way(self) -> Tally:
        """Those that have not ended."""
        return summed(box.tally for box in self.phases)


def sources_of(phases: Sequence[FlowPhase]) -> tuple[SourceFlow, ...]:
    """The picture's boxes from what `Desk.flow` counted, source by source in its order."""
    found = []
    for source in dict.fromkeys(phase.source for phase in phases):
        own = [phase for phase in phases if phase.source == source]
        boxes = tuple(
            Box(source, phase.phase, phase.label, tuple(state for state in phase.states if not state.ending))
            for phase in own
        )
        endings = tuple(state for phase in own for state in phase.states if state.ending)
        found.append(SourceFlow(source, boxes, Box(source, ENDED, None, endings)))
    return tuple(found)


def about(n: int, lang: str) -> str:
    """`n` đồng in few cells: "12,35 tỷ" (vi), "12.35 bn" (en); "≈ " before it where it was rounded."""
    for unit, vi, en in (("ty", "tỷ", "bn"), ("trieu", "triệu", "m")):
        size = UNITS[unit]
        if n >= size:
            step = size // (1 if n >= 100 * size else 10 if n >= 10 * size else 100)
            rounded = (n + step // 2) // step * step
            mark = "" if rounded == n else "≈ "
            return f"{mark}{in_unit(rounded, unit, lang)} {vi if lang == 'vi' else en}"
    return dong(n, lang)
