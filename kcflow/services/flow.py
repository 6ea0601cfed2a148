"""The flow: how many proposals stand in each state, and how many of them are late."""

from __future__ import annotations

from collections.abc import Callable

from db import queries
from db.rows import FlowLine
from kcflow.services.browse import NEAR_DAYS, charged, stored_filter
from kcflow.services.context import Context
from kcflow.services.views import FlowPhase, FlowState, ListFilter


def flow(context: Context, wanted: ListFilter) -> tuple[FlowPhase, ...]:
    """By source, phase and state, in the lifecycles' order; versions of one lifecycle share its phases.

    A state in which nothing stands is there with zeros when its lifecycle version has any proposal.
    """
    with context.store.read() as reader:
        passing = charged(reader, wanted, context.today, stored_filter(context, wanted))
        lines = queries.flow(reader, context.scope, context.today, NEAR_DAYS, passing)
    by_state = {(line.lifecycle, line.state): line for line in lines}
    used = {line.lifecycle for line in lines}
    phases: dict[tuple[str, str], FlowPhase] = {}
    for key in sorted(used, key=_order(context)):
        lifecycle = context.shared.lifecycle(key)
        for phase in lifecycle.phases:
            states = tuple(
                _state(context, key, state.name, by_state.get((key, state.name)))
                for state in lifecycle.states
                if state.phase == phase.name
            )
            before = phases.get((lifecycle.name, phase.name))
            merged = (before.states if before else ()) + states
            label = before.label if before else phase.label
            phases[lifecycle.name, phase.name] = FlowPhase(lifecycle.name, phase.name, label, merged)
    sources = list(dict.fromkeys(source for source, _ in phases))
    return tuple(sorted(phases.values(), key=lambda phase: sources.index(phase.source)))


def _order(context: Context) -> Callable[[str], tuple[bool, str, int, str]]:
    def key(name: str) -> tuple[bool, str, int, str]:
        lifecycle = context.shared.lifecycle(name)
        # The national programme first; the newest version of each lifecycle says how its phases follow.
        return lifecycle.name != "kcqg", lifecycle.name, -lifecycle.in_force_from.toordinal(), name

    return key


def _state(context: Context, key: str, name: str, line: FlowLine | None) -> FlowState:
    state = context.shared.lifecycle(key).state_by_name[name]
    found = line or FlowLine(key, name, 0, 0, 0, 0, 0)
    return FlowState(
        lifecycle=key,
        state=name,
        label=state.label,
        count=found.count,
        late_law=found.late_law,
        late_policy=found.late_policy,
        near=found.near,
        requested=found.requested,
        ending=state.ending,
    )
