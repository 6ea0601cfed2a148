"""Tồn đọng: what is late, by law or by our own rule, what waits for others, what is stuck (design §8).

The list comes in parts, each by date: what is near its date (it can still be saved), what is late (the
longest first), what nobody can take on, what is on hold for others, what waits for others. Any other order
has one part. A page ends at a key, whatever the part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from db import clock, queries
from db import stalled as stored
from db.leaf import LATE_ENTRIES
from kcflow.labels import HOLDER, OUTSIDE_HOLDERS, ROLE, STALLED
from kcflow.services.browse import (
    NEAR_DAYS,
    charged,
    checked_order,
    dossier_row,
    open_states,
    stored_filter,
)
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.facts import stored_facts
from kcflow.services.moves import action_label
from kcflow.services.standing import KINDS, Moment, forward_acts, may_be_stuck, moment, nobody_reason
from kcflow.services.texts import both, error_label
from kcflow.services.views import ListFilter, Page, StalledKind, StalledRow
from states.engine import stuck
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import Cursor, DossierLine, HistoryRow
    from db.rows_clock import ClockRow, HoldRow

CAP: Final = 1_001
"""How far the lists are counted."""
WALK: Final = 5_000
"""At most so many dossiers whose state may leave no way out are looked at for a count."""
URGENT: Final = "urgent"
"""The order in parts."""


# -- the parts of the list -------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One question of the list. `kinds`: what its rows may be; walk: only what no rule lets go is taken."""

    asked: queries.DossierFilter
    kinds: frozenset[str]
    order: queries.Order = "due"
    start: Cursor | None = None
    walk: bool = False


def parts(context: Context, now: Moment, passing: queries.DossierFilter, kinds: frozenset[str]) -> list[Part]:
    """The list in its own order, of some kinds."""
    day, held = now.day, frozenset(now.held)
    inside = frozenset(HOLDER) - OUTSIDE_HOLDERS - {"nobody"}
    ours = _waiting_for(replace(passing, somebody=now.who), inside)
    ours = replace(ours, not_ids=held | (passing.not_ids or frozenset()))
    found = []
    if "near" in kinds:
        near = _due(ours, day, now.day_after_near)
        # The order begins with what is late: the first page must not look for its beginning.
        start = ("due", 0, None, near.due_from.isoformat(), "") if near.due_from else None
        found.append(Part(near, frozenset({"near"}), start=start))
    if late := kinds & {"law", "policy"}:
        kind = ours.due_kind if len(late) == 2 else next(iter(late))
        if ours.due_kind in (None, kind):
            found.append(Part(replace(_due(ours, None, day), due_kind=kind), late))
    if "stuck" in kinds:
        nobody = replace(passing, nobody=now.who, every_kind=True, open_only=True)
        if now.who.by_none:
            there = frozenset(key.partition(" ")[2] for key in now.who.by_none)
            found.append(Part(_in_states(nobody, there), frozenset({"stuck"})))
        found += (Part(asked, frozenset({"stuck"}), walk=True) for asked in _ruled(context, now, passing))
    if "waiting" in kinds:
        others = replace(passing, somebody=now.who)
        if held:
            own = held if passing.ids is None else held & passing.ids
            on_hold = _waiting_for(others, frozenset(HOLDER) - {"nobody"})
            found.append(Part(replace(on_hold, ids=own), frozenset({"waiting"})))
        outside = _in_states(_waiting_for(others, OUTSIDE_HOLDERS), open_states(context, OUTSIDE_HOLDERS))
        outside = replace(outside, not_ids=held | (passing.not_ids or frozenset()))
        found.append(Part(outside, frozenset({"waiting"})))
    return found


def _in_states(passing: queries.DossierFilter, states: frozenset[str]) -> queries.DossierFilter:
    return replace(passing, states=states if passing.states is None else passing.states & states)


def _ruled(context: Context, now: Moment, passing: queries.DossierFilter) -> Iterator[queries.DossierFilter]:
    """What of each lifecycle stands in states that a rule may leave no way out of, where somebody is."""
    for key, lifecycle in sorted(context.shared.lifecycles.items()):
        states = may_be_stuck(lifecycle)
        if states and (passing.lifecycles is None or key in passing.lifecycles):
            own = replace(passing, every_kind=True, open_only=True, lifecycles=frozenset({key}))
            yield _in_states(replace(own, somebody=now.who), states)


def _waiting_for(passing: queries.DossierFilter, holders: frozenset[str]) -> queries.DossierFilter:
    both_ = holders if passing.waits_for is None else holders & passing.waits_for
    return replace(passing, waits_for=both_, open_only=True, every_kind=True)


def _due(passing: queries.DossierFilter, from_: date | None, before: date) -> queries.DossierFilter:
    if from_ is not None and passing.due_from is not None:
        from_ = max(from_, passing.due_from)
    end = before if passing.due_before is None else min(before, passing.due_before)
    return replace(passing, due_from=from_ or passing.due_from, due_before=end)


def one_part(
    context: Context, now: Moment, passing: queries.DossierFilter, kinds: frozenset[str], order: queries.Order
) -> Part:
    """The list of some kinds in any other order."""
    everything = _in_states(replace(passing, open_only=True, every_kind=True), open_states(context))
    return Part(replace(everything, standing=now.standing(kinds)), kinds, order)


def checked_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds that are asked for; none is all. Raises `BadInput` naming them."""
    wanted = frozenset(kinds)
    if unknown := sorted(wanted - set(KINDS)):
        known = ", ".join(KINDS)
        raise BadInput("stalled_kind", error_label("stalled_kind", kind=unknown[0], known=known))
    return wanted or frozenset(KINDS)


def stalled(
    context: Context,
    as_of: date | None,
    after: object | None,
    limit: int,
    near_days: int,
    kinds: Sequence[str],
    asked: ListFilter,
    order: str = URGENT,
) -> Page[StalledRow]:
    """One page of what passes `asked` and stands still on `as_of` in one of `kinds` (none: any).

    A day of the past is answered by the history, a day to come by what is known today. order: "urgent" (see
    above), or one of `queries.Order`. Raises `BadInput`.
    """
    day, wanted = as_of or context.today, checked_kinds(kinds)
    if order != URGENT:
        checked_order(order)
    if day < context.today:
        from kcflow.services import stalled_past

        return stalled_past.page(context, day, after, limit, near_days, wanted, asked, order)
    found: list[StalledRow] = []
    with context.store.read() as reader:
        now = moment(context, reader, day, near_days)
        passing = charged(reader, asked, day, stored_filter(context, asked, day))
        if order == URGENT:
            stages = parts(context, now, passing, wanted)
        else:
            stages = [one_part(context, now, passing, wanted, checked_order(order))]
        stage, cursor = after if isinstance(after, tuple) else (0, None)
        while stage < len(stages) and len(found) < limit:
            part = stages[stage]
            lines, cursor = queries.list_dossiers(
                reader,
                context.scope,
                part.asked,
                part.order,
                cursor or part.start,
                limit - len(found),
            )
            rows = stalled_rows(context, reader, now, lines)
            found += [row for row in rows if row.kind in part.kinds and row.kind in wanted]
            if cursor is None:
                stage += 1
    return Page(tuple(found), (stage, cursor) if stage < len(stages) else None)


# -- rows ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What supervisors did about one dossier by some day."""

    clock: ClockRow | None = None
    hold: HoldRow | None = None


def marks_now(reader: Reader, codes: Sequence[str], day: date) -> dict[str, Mark]:
    """What supervisors did about these dossiers in their present states; the hold in force on `day`."""
    clocks, holds = clock.clocks(reader, codes), clock.holds(reader, codes)
    return {
        code: Mark(clocks.get(code), next((h for h in holds.get(code, ()) if in_force(h, day)), None))
        for code in {*clocks, *holds}
    }


def in_force(hold: HoldRow, day: date) -> bool:
    """Whether a hold stops the clock on `day`."""
    lifted = hold.lifted_on is not None and hold.lifted_on <= day
    return hold.from_on <= day <= hold.until_on and not lifted


def ruled_out(context: Context, reader: Reader, lines: Iterable[DossierLine], day: date) -> set[str]:
    """Codes of those that no rule lets go, of the open dossiers in states that may leave no way out."""
    codes = [
        line.code
        for line in lines
        if not line.ending and line.state in may_be_stuck(context.shared.lifecycle(line.lifecycle))
    ]
    if not codes:
        return set()
    papers, rounds = reader.papers(codes), reader.rounds(codes)
    return {
        row.code
        for row in reader.dossiers(codes)
        if stuck(
            context.shared.lifecycle(row.lifecycle),
            stored_facts(
                context,
                reader,
                row,
                papers=lambda one: papers.get(one, []),
                rounds=lambda one: rounds.get(one, ()),
            ),
            day,
        )
    }


@dataclass(frozen=True)
class Last:
    """The last act before a day: its name, its date, who did it."""

    action: str
    on: date
    by: str


def stalled_rows(
    context: Context, reader: Reader, now: Moment, lines: Sequence[DossierLine]
) -> Iterator[StalledRow]:
    """What stands still of some lines, as of today or later, in their order."""
    codes = [line.code for line in lines]
    marks, out = marks_now(reader, codes, now.day), ruled_out(context, reader, lines, now.day)
    names = people_names(reader, marks.values())
    newest = stored.last_rows(reader, codes)
    for line in lines:
        kind = now.kind_of(line, ruled_out=line.code in out)
        if kind is not None:
            last = _last(reader, line, newest.get(line.code))
            yield row_of(
                context, now, line, kind, marks.get(line.code, Mark()), last, names, line.code in out
            )


def _last(reader: Reader, line: DossierLine, row: HistoryRow | None) -> Last:
    # Papers, corrections and notes may follow the last act: seldom more than a few.
    if row is None or row.action not in LATE_ENTRIES:
        return Last(row.action if row else "create", line.last_on, row.actor_name if row else line.last_actor)
    acts = [row for row in queries.history_of(reader, line.code) if row.action not in LATE_ENTRIES]
    return Last(acts[-1].action, line.last_on, acts[-1].actor_name)


def people_names(reader: Reader, marks: Iterable[Mark]) -> dict[str, str]:
    """Names of those who are charged with something, by login."""
    logins = {mark.clock.holder for mark in marks if mark.clock is not None and mark.clock.holder}
    if not logins:
        return {}
    from db import directory

    return {person.login: person.name for person in directory.people(reader) if person.login in logins}


def money_at_stake(line: DossierLine) -> int:
    """Đồng that would be late with it: allocated and not settled yet; before that approved, or asked for."""
    if line.allocated:
        return max(0, line.allocated - line.settled - line.returned)
    return line.requested if line.approved is None else line.approved


def row_of(
    context: Context,
    now: Moment,
    line: DossierLine,
    kind: StalledKind,
    mark: Mark,
    last: Last,
    names: Mapping[str, str],
    out: bool,
) -> StalledRow:
    """One line of the list. out: no rule lets it go."""
    lifecycle, day = context.shared.lifecycle(line.lifecycle), now.day
    late = max((day - line.due_on).days, 0) if line.due_on else 0
    acts = forward_acts(lifecycle, line.state)
    hold, done = mark.hold, mark.clock
    outside_hold = hold is not None and hold.party in OUTSIDE_HOLDERS
    reason: Label | None = None
    if kind == "stuck":
        reason = both("stuck.rules") if out else nobody_reason(context, line)
    return StalledRow(
        row=dossier_row(context, line, as_of=day),
        kind=kind,
        kind_label=STALLED[kind],
        days_in_state=max((day - line.entered_on).days, 0),
        working_days_in_state=_working(context, line.entered_on, day),
        overdue_days=late,
        overdue_working_days=_working(context, line.due_on, day) if line.due_on and late else 0,
        last_action=last.action,
        last_action_label=action_label(lifecycle, last.action),
        last_on=last.on,
        last_actor=last.by,
        next_actions=tuple(action.label for action in acts),
        next_roles=tuple(ROLE[role] for role in dict.fromkeys(r for act in acts for r in act.roles)),
        money=money_at_stake(line),
        holder=done.holder if done else None,
        holder_name=names.get(done.holder, done.holder) if done and done.holder else None,
        held_from=hold.from_on if hold else None,
        held_until=hold.until_on if hold else None,
        held_party=hold.party if hold else None,
        held_party_label=HOLDER[hold.party] if hold else None,
        reminders=done.reminders if done else 0,
        reminded_on=done.reminded_on if done else None,
        level=done.level if done else 0,
        waits_since=hold.from_on if hold is not None and outside_hold else line.entered_on,
        stuck_reason=reason,
    )


def _working(context: Context, start: date, end: date) -> int:
    return context.shared.calendar.working_days_between(start, end) if end > start else 0


# -- how many --------------------------------------------------------------------------------


def walked(
    context: Context, reader: Reader, now: Moment, passing: queries.DossierFilter
) -> list[DossierLine]:
    """What no rule lets go of what passes, of the first `WALK` in states that may leave no way out."""
    found: list[DossierLine] = []
    left = WALK
    for asked in _ruled(context, now, passing):
        lines, _ = queries.list_dossiers(reader, context.scope, asked, "state", None, left)
        out = ruled_out(context, reader, lines, now.day)
        found += [line for line in lines if line.code in out]
        left -= len(lines)
        if not left:
            break
    return found


def counts(context: Context, as_of: date | None, asked: ListFilter) -> dict[str, int]:
    """How many of what passes `asked` stand still in each way, at most `CAP` each, by counting."""
    day = as_of or context.today
    if day < context.today:
        from kcflow.services import stalled_past

        return stalled_past.counts(context, day, NEAR_DAYS, asked)
    found = dict.fromkeys(KINDS, 0)
    with context.store.read() as reader:
        now = moment(context, reader, day, NEAR_DAYS)
        passing = charged(reader, asked, day, stored_filter(context, asked, day))
        for kind in KINDS:
            for part in parts(context, now, passing, frozenset({kind})):
                if not part.walk:
                    found[kind] += queries.count_dossiers(reader, context.scope, part.asked, CAP)
        for line in walked(context, reader, now, passing):
            found["stuck"] += 1
            # Its date alone counted it among others.
            if (other := now.kind_of(line)) is not None and found[other] < CAP:
                found[other] -= 1
    return {kind: min(count, CAP) for kind, count in found.items()}
