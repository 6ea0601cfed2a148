"""What is late, by law or by our own rule, what waits for others, what is stuck (design §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from db import queries
from kcflow.labels import HOLDER, OUTSIDE_HOLDERS, STALLED
from kcflow.services.browse import NEAR_DAYS, dossier_row, open_states, stored_filter
from kcflow.services.context import Context
from kcflow.services.money.facts import stored_facts
from kcflow.services.moves import action_label
from kcflow.services.views import ListFilter, Page, StalledKind, StalledRow
from states.engine import stuck
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import Cursor, DossierLine

CAP: Final = 1_001
"""How far the lists are counted."""
Fetch = Callable[["Cursor | None", int], tuple[list["DossierLine"], "Cursor | None"]]


def kind_of(line: DossierLine, is_stuck: bool, as_of: date) -> StalledKind:
    """Which list a line stands in.

    Stuck comes first: no date helps there. What waits for an office outside this system (MOF,
    Treasury, the National Assembly, the enterprise) is not our office's delay and is shown
    apart, with its date and basis (domain.md §2.5, fact 1).
    """
    if is_stuck:
        return "stuck"
    if line.waits_for in OUTSIDE_HOLDERS:
        return "waiting"
    if line.due_on is None or line.due_on >= as_of:
        return "near"
    return "law" if line.due_kind == "law" else "policy"


def _next_actions(lifecycle: Lifecycle, state: str) -> tuple[Label, ...]:
    return tuple(
        action.label
        for action in lifecycle.actions_by_source[state]
        if not action.danger
        and not action.remembers_return
        and lifecycle.reachable_targets(action, state) - {state}
    )


def _rows(
    context: Context, reader: Reader, lines: Sequence[DossierLine], as_of: date
) -> Iterator[StalledRow]:
    codes = [line.code for line in lines]
    full = {row.code: row for row in reader.dossiers(codes)}
    papers, rounds = reader.papers(codes), reader.rounds(codes)
    calendar = context.shared.calendar
    for line in lines:
        lifecycle = context.shared.lifecycle(line.lifecycle)
        facts = stored_facts(
            context,
            reader,
            full[line.code],
            papers=lambda one: papers.get(one, []),
            rounds=lambda one: rounds.get(one, ()),
        )
        last = reader.last_row(line.code)
        kind = kind_of(line, stuck(lifecycle, facts, as_of), as_of)
        late = max((as_of - line.due_on).days, 0) if line.due_on else 0
        yield StalledRow(
            row=dossier_row(context, line, as_of=as_of),
            kind=kind,
            kind_label=STALLED[kind],
            days_in_state=max((as_of - line.entered_on).days, 0),
            working_days_in_state=calendar.working_days_between(line.entered_on, as_of)
            if as_of > line.entered_on
            else 0,
            overdue_days=late,
            overdue_working_days=calendar.working_days_between(line.due_on, as_of)
            if line.due_on and late
            else 0,
            last_action=last.action if last else "create",
            last_action_label=action_label(lifecycle, last.action if last else "create"),
            last_on=line.last_on,
            last_actor=last.actor_name if last else line.last_actor,
            next_actions=_next_actions(lifecycle, line.state),
        )


def stalled(
    context: Context,
    as_of: date | None,
    after: object | None,
    limit: int,
    near_days: int,
    kinds: Sequence[str],
    asked: ListFilter,
) -> Page[StalledRow]:
    """One page of what passes `asked`: first what has a date (late, then due within `near_days`), by
    that date; then what waits for others without one. `kinds` keeps only some lists (empty: all).

    The cursor is (stage, the stage's own cursor). Dossiers that are stuck without a date are
    found by asking for `kinds=("stuck",)`, which walks all open ones.
    """
    day = as_of or context.today
    wanted, passing = frozenset(kinds), stored_filter(context, asked)
    near = near_days if not wanted or "near" in wanted else 0
    found: list[StalledRow] = []
    stage, cursor = after if isinstance(after, tuple) else (0, None)
    with context.store.read() as reader:

        def dated(at: Cursor | None, n: int) -> tuple[list[DossierLine], Cursor | None]:
            return queries.stalled(reader, context.scope, day, near, passing, after=at, limit=n)

        def waiting(at: Cursor | None, n: int) -> tuple[list[DossierLine], Cursor | None]:
            there = _in_states(passing, open_states(context, OUTSIDE_HOLDERS))
            lines, following = queries.inbox(reader, context.scope, OUTSIDE_HOLDERS, there, after=at, limit=n)
            last_dated = day + timedelta(days=near)
            return [x for x in lines if x.due_on is None or x.due_on > last_dated], following

        def every_open(at: Cursor | None, n: int) -> tuple[list[DossierLine], Cursor | None]:
            everything = replace(_in_states(passing, open_states(context)), open_only=True)
            return queries.list_dossiers(reader, context.scope, everything, after=at, limit=n)

        stages: list[Fetch] = [every_open] if wanted == {"stuck"} else [dated, waiting]
        while stage < len(stages) and len(found) < limit:
            lines, cursor = stages[stage](cursor, limit - len(found))
            found += [row for row in _rows(context, reader, lines, day) if not wanted or row.kind in wanted]
            if cursor is None:
                stage += 1
    return Page(tuple(found), (stage, cursor) if stage < len(stages) else None)


def _in_states(passing: queries.DossierFilter, states: frozenset[str]) -> queries.DossierFilter:
    return replace(passing, states=states if passing.states is None else passing.states & states)


def _before(passing: queries.DossierFilter, day: date) -> queries.DossierFilter:
    """What passes and is due before `day`."""
    before = day if passing.due_before is None else min(day, passing.due_before)
    return replace(passing, open_only=True, due_before=before)


def counts(context: Context, as_of: date | None, asked: ListFilter) -> dict[str, int]:
    """How many lines each dated list of what passes `asked` has, at most `CAP` each, by counting."""
    day = as_of or context.today
    passing = stored_filter(context, asked)
    held = frozenset(HOLDER) if passing.waits_for is None else passing.waits_for
    outside = OUTSIDE_HOLDERS & held
    # What waits for others is left out by the question: a difference of two capped counts says nothing.
    late = replace(_before(passing, day), waits_for=held - OUTSIDE_HOLDERS)
    near = _before(passing, day + timedelta(days=NEAR_DAYS + 1))
    waiting = _in_states(passing, open_states(context, outside))
    kinds = {
        "law": replace(late, due_kind="law"),
        "policy": replace(late, due_kind="policy"),
        "waiting": replace(waiting, open_only=True, waits_for=outside),
        "near": replace(near, due_from=day if near.due_from is None else max(day, near.due_from)),
    }
    with context.store.read() as reader:
        return {
            name: queries.count_dossiers(reader, context.scope, each, CAP) for name, each in kinds.items()
        }
