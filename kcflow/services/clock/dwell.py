"""Where time goes: stays in each state, whom they waited for, what came back, how much went through.

Only proposals are counted, and only those that the person may see. The store counts in groups; a median or a
ninetieth percentile is exact (nearest rank), taken from how many stays had which length.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from db import dwell
from db.queries import DossierFilter
from kcflow.dwell_figures import months_back, twelve_months, year_before
from kcflow.labels import HOLDER
from kcflow.services.browse import stored_filter
from kcflow.services.context import Context
from kcflow.services.dwell_views import Dwell, DwellFilter, DwellReport, Month, PartyShare, PingPong
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import ListFilter
from states.model import Action, Label, Lifecycle, State

if TYPE_CHECKING:
    from db.reader import Reader

MOST_MONTHS: Final = 36
"""Months that are shown at most: the last ones of a longer period."""
BEGINNING: Final = date(2005, 1, 1)
"""No dossier is older: khuyến công began with NĐ 134/2004."""
Place = tuple[str, str, str]
"""Name of a lifecycle, state, office of the implementing unit ("" for all)."""


def nearest_rank(lengths: Mapping[int, int], percent: int) -> int:
    """The smallest length that at least `percent` in a hundred of all stays don't exceed; 0 for none.

    lengths: how many stays had which length in days.
    """
    rank = -(-sum(lengths.values()) * percent // 100)
    for days in sorted(lengths):
        rank -= lengths[days]
        if rank <= 0:
            return days
    return 0


def _gives_back(lifecycle: Lifecycle, action: Action) -> bool:
    """Whether an act sends a file back to whoever prepares it.

    An act that only remembers whence it came (a stop that is proposed) goes on to somebody else.
    """
    first = lifecycle.state_by_name[lifecycle.initial].waits_for
    return action.remembers_return and all(
        target.state in lifecycle.state_by_name and lifecycle.state_by_name[target.state].waits_for == first
        for target in action.targets
    )


class _Names:
    """The versions of each lifecycle of proposals, newest first: what they call states and phases."""

    def __init__(self, context: Context) -> None:
        found = [each for each in context.shared.lifecycles.values() if each.subject == "proposal"]
        # The national programme first, as in the flow.
        found.sort(
            key=lambda each: (each.name != "kcqg", each.name, -each.in_force_from.toordinal(), each.key)
        )
        self.versions: dict[str, list[Lifecycle]] = {}
        for lifecycle in found:
            self.versions.setdefault(lifecycle.name, []).append(lifecycle)
        self.by_key = {each.key: each for each in found}
        self.acts = {
            (each.key, action.name): action
            for each in found
            for action in each.actions
            if _gives_back(each, action)
        }

    def asked(self, wanted: str | None) -> tuple[str, ...]:
        """Keys of a lifecycle's versions by its name, or one key. Raises `NotFound`."""
        if wanted is None:
            return ()
        keys = [each.key for each in self.versions.get(wanted, ())]
        if not keys and wanted in self.by_key:
            keys = [wanted]
        if not keys:
            raise NotFound("lifecycle_unknown", error_label("lifecycle_unknown", key=wanted))
        return tuple(keys)

    def states(self) -> Iterable[tuple[str, State, Label]]:
        """Every state of every lifecycle in their order, with its phase's name."""
        for name, versions in self.versions.items():
            seen: set[str] = set()
            for lifecycle in versions:
                order = [phase.name for phase in lifecycle.phases]
                for state in sorted(lifecycle.states, key=lambda each, o=order: o.index(each.phase)):  # type: ignore[misc]
                    if state.name not in seen:
                        seen.add(state.name)
                        yield name, state, lifecycle.phase_by_name[state.phase].label

    def phases(self) -> Iterable[tuple[str, str, Label]]:
        """Every phase of every lifecycle in their order."""
        for name, versions in self.versions.items():
            labels = {phase.name: phase.label for each in reversed(versions) for phase in each.phases}
            order = dict.fromkeys(phase.name for each in versions for phase in each.phases)
            yield from ((name, phase, labels[phase]) for phase in order)


def report(context: Context, wanted: DwellFilter) -> DwellReport:
    """Count the stays that ended in the period. Raises `BadInput`, `NotFound`."""
    period = wanted.from_on, wanted.to_on
    if wanted.from_on is not None and wanted.to_on is not None and wanted.from_on > wanted.to_on:
        params = {"from_on": wanted.from_on, "to_on": wanted.to_on}
        raise BadInput("dwell_period", error_label("dwell_period", **params))
    names = _Names(context)
    listed = ListFilter(
        source=wanted.source,
        plan_year=wanted.plan_year,
        provinces=wanted.provinces,
        regions=wanted.regions,
        offices=wanted.offices,
        lifecycles=names.asked(wanted.lifecycle),
    )
    asked, scope = stored_filter(context, listed), context.scope
    acts = {action for _, action in names.acts}
    with context.store.read() as reader:
        stays = dwell.stays(reader, scope, asked, period, by_office=wanted.by_office)
        held = dwell.holds(reader, scope, asked, period)
        given_back = dwell.returns(reader, scope, asked, period, acts) if acts else []
        standing = dwell.standing(reader, scope, asked, by_office=wanted.by_office)
        months = _months(context, reader, names, asked, wanted)
    rows = _rows(context, names, stays, standing, listed)
    total = sum(row.total_days for row in rows)
    return DwellReport(
        dwell=rows,
        parties=_parties(rows, held, names, total),
        ping_pong=_ping_pong(context, names, given_back),
        months=months,
        stays=sum(row.stays for row in rows),
        total_days=total,
        from_on=wanted.from_on,
        to_on=wanted.to_on,
    )


# -- states ------------------------------------------------------------------------------------


def _rows(
    context: Context,
    names: _Names,
    stays: Iterable[dwell.StayGroup],
    standing: Mapping[tuple[str, str, str], int],
    listed: ListFilter,
) -> tuple[Dwell, ...]:
    """A row for each state (and office) that dossiers left in the period or stand in now."""
    lengths: defaultdict[Place, Counter[int]] = defaultdict(Counter)
    late: Counter[Place] = Counter()
    for group in stays:
        place = names.by_key[group.lifecycle].name, group.state, group.office
        lengths[place][group.days] += group.count
        late[place] += group.late
    there: Counter[Place] = Counter()
    for (key, state, office), count in standing.items():
        lifecycle = names.by_key[key]
        if not lifecycle.state_by_name[state].final:
            there[lifecycle.name, state, office] += count
    offices: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, state, office in {**lengths, **there}:
        offices[name, state].append(office)
    found = []
    for name, one, phase in names.states():
        of_state = [
            Dwell(
                lifecycle=name,
                state=one.name,
                state_label=one.label,
                phase_label=phase,
                waits_for=one.waits_for,
                waits_for_label=HOLDER[one.waits_for],
                office=office,
                office_name=context.shared.office_name(office) if office else "",
                stays=sum(own.values()),
                median=nearest_rank(own, 50),
                p90=nearest_rank(own, 90),
                longest=max(own, default=0),
                total_days=sum(days * count for days, count in own.items()),
                late=late[name, one.name, office],
                open=there[name, one.name, office],
                asked=_behind(names, name, one.name, office, listed),
            )
            for office in offices[name, one.name]
            for own in (lengths[name, one.name, office],)
        ]
        found += sorted(of_state, key=lambda row: (-row.total_days, -row.open, row.office))
    return tuple(found)


def _behind(names: _Names, name: str, state: str, office: str, listed: ListFilter) -> Mapping[str, object]:
    """The limits of the list of what stands in a state now."""
    keys = [each.key for each in names.versions[name] if state in each.state_by_name]
    limits: dict[str, object] = {
        "states": (state,),
        "lifecycles": tuple(key for key in keys if not listed.lifecycles or key in listed.lifecycles),
        "source": listed.source,
        "plan_year": listed.plan_year,
        "provinces": listed.provinces,
        "regions": listed.regions,
        "offices": (office,) if office else listed.offices,
    }
    return {key: value for key, value in limits.items() if value}


# -- parties -----------------------------------------------------------------------------------


def _parties(
    rows: Iterable[Dwell], held: Iterable[dwell.HoldGroup], names: _Names, total: int
) -> tuple[PartyShare, ...]:
    """The days of each state, charged to whom it waits for; days on hold to the hold's party."""
    days: Counter[str] = Counter()
    for row in rows:
        days[row.waits_for] += row.total_days
    for group in held:
        days[names.by_key[group.lifecycle].state_by_name[group.state].waits_for] -= group.days
        days[group.party] += group.days
    return tuple(
        PartyShare(party, HOLDER[party], count, (2000 * count + total) // (2 * total))
        for party, count in sorted(days.items(), key=lambda each: (-each[1], each[0]))
        if count
    )


# -- what came back ----------------------------------------------------------------------------


def _ping_pong(context: Context, names: _Names, groups: Iterable[dwell.ReturnGroup]) -> tuple[PingPong, ...]:
    """Returns by office and act; versions of a lifecycle are one."""
    found: defaultdict[tuple[str, str], list[tuple[dwell.ReturnGroup, Action]]] = defaultdict(list)
    for group in groups:
        action = names.acts.get((group.lifecycle, group.action))
        if action is not None:
            found[group.office, group.action].append((group, action))
    rows = []
    for (office, name), own in found.items():
        # A dossier keeps its lifecycle: those of one group are in no other.
        worst = min((group for group, _ in own), key=lambda group: (-group.most, group.most_code))
        rows.append(
            PingPong(
                office=office,
                office_name=context.shared.office_name(office),
                action=name,
                action_label=own[0][1].label,
                returns=sum(group.returns for group, _ in own),
                dossiers=sum(group.dossiers for group, _ in own),
                more_than_once=sum(group.more_than_once for group, _ in own),
                most=worst.most,
                most_code=worst.most_code,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.returns, row.office, row.action)))


# -- months ------------------------------------------------------------------------------------


def months_of(wanted: DwellFilter, today: date) -> tuple[date, date]:
    """First and last day of the months that are shown: of the period, or the last twelve."""
    last = wanted.to_on or today
    earliest = twelve_months(last) if wanted.from_on is None else months_back(last, MOST_MONTHS)
    return max(earliest, wanted.from_on or BEGINNING, BEGINNING), last


def _months(
    context: Context, reader: Reader, names: _Names, asked: DossierFilter, wanted: DwellFilter
) -> tuple[Month, ...]:
    """Entries into each phase, month by month, beside those of the same days a year before."""
    first, last = months_of(wanted, context.today)
    if first > last:
        return ()
    now = _entered(names, dwell.entries(reader, context.scope, asked, first, last))
    former = year_before(first), year_before(last, last=True)
    before = _entered(names, dwell.entries(reader, context.scope, asked, *former))
    used = {place[1:] for place in (*now, *before)}
    shown = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(
        Month(
            year=month // 12,
            month=month % 12 + 1,
            phase=phase,
            phase_label=label,
            entered=now[month, name, phase],
            year_before=before[month - 12, name, phase],
            lifecycle=name,
        )
        for name, phase, label in names.phases()
        if (name, phase) in used
        for month in shown
    )


def _entered(names: _Names, groups: Iterable[dwell.EntryGroup]) -> Counter[tuple[int, str, str]]:
    """How often a phase was entered from outside it, by (month number, lifecycle's name, phase)."""
    found: Counter[tuple[int, str, str]] = Counter()
    for group in groups:
        lifecycle = names.by_key[group.lifecycle]
        phase = lifecycle.state_by_name[group.to_state].phase
        came = group.from_state and lifecycle.state_by_name[group.from_state].phase
        if came != phase:
            month = int(group.month[:4]) * 12 + int(group.month[5:]) - 1
            found[month, lifecycle.name, phase] += group.count
    return found
