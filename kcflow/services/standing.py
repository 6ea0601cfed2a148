"""How an open dossier stands still on a day: late, near, waiting for others, or stuck (domain.md §2.5, §12).

Five ways, each dossier in one of them at most, the first that fits:

stuck    no person holds today a role, in scope, that takes it on (complaint 9 of domain.md §12), or no rule
         lets any act move it
waiting  it waits for an office beyond this system (MOF, Treasury, the National Assembly, the enterprise), or
         is on hold for one: not our delay (domain.md §2.5, fact 1)
law      its date, set by law, has passed
policy   its date, set by the office's own rule, has passed; a hold has moved such a date already
near     its date comes within some days
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from db import directory, queries
from db import stalled as stored
from kcflow import reference
from kcflow.labels import OUTSIDE_HOLDERS, ROLE, STUCK_ROLES
from kcflow.services.context import PROVINCIAL_ROLES, Context
from kcflow.services.texts import both
from kcflow.services.views import StalledKind
from states.engine import NATIONAL_ROLES
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import AssignmentRow, DossierLine

KINDS: Final[tuple[StalledKind, ...]] = ("near", "law", "policy", "stuck", "waiting")
"""In the order of the list: what can still be saved, is late, nobody can take on, is with others."""
SUPPLIED: Final = frozenset({"late_reason", "all_accepted", "all_ended"})
"""Guards that never make a dossier stuck: a reason is given, or its proposals go on first."""


# -- the rules alone -------------------------------------------------------------------------


def forward_acts(lifecycle: Lifecycle, state: str) -> tuple[Action, ...]:
    """The acts that take a dossier on from `state`; where there are none, those that end it or turn back."""
    leaving = [
        action
        for action in lifecycle.actions_by_source[state]
        if lifecycle.reachable_targets(action, state) - {state}
    ]
    on = tuple(action for action in leaving if not action.danger and not action.remembers_return)
    return on or tuple(leaving)


_STUCK: dict[str, frozenset[str]] = {}


def may_be_stuck(lifecycle: Lifecycle) -> frozenset[str]:
    """States that a rule may leave no way out of: only there each dossier must be looked at.

    From every other state leads an act that no rule but role, paper and input stands against.
    """
    found = _STUCK.get(lifecycle.fingerprint)
    if found is None:
        found = frozenset(
            state.name
            for state in lifecycle.states
            if not state.final
            and not any(
                SUPPLIED.issuperset(action.guards)
                for action in lifecycle.actions_by_source[state.name]
                if lifecycle.reachable_targets(action, state.name) - {state.name}
            )
        )
        _STUCK[lifecycle.fingerprint] = found
    return found


# -- who is there ----------------------------------------------------------------------------


def _placed(rows: Iterable[AssignmentRow], role: str) -> frozenset[str]:
    """Keys of the provinces in which somebody holds a province's role, those that were merged included."""
    own = {row.province for row in rows if row.role == role and row.province}
    return frozenset(key for province in own for key in reference.covered_by(province))


def authority(context: Context, reader: Reader, day: date) -> queries.Authority:
    """Who may take dossiers on, by the assignments in force on `day`."""
    rows = directory.assignments(reader, on=day)
    of = {role: _placed(rows, role) for role in sorted(PROVINCIAL_ROLES)}
    of["unit"] = frozenset(row.organisation for row in rows if row.role == "unit")
    there = {"unit": stored.places(reader, "unit_office")}
    there |= dict.fromkeys(PROVINCIAL_ROLES, stored.places(reader, "province") - {""})
    everywhere = {role for role, places in of.items() if places >= there[role]}
    national = {row.role for row in rows} & NATIONAL_ROLES
    by_none: set[str] = set()
    at: dict[str, set[str]] = {role: set() for role in STUCK_ROLES}
    for lifecycle in context.shared.lifecycles.values():
        for state in lifecycle.states:
            roles = {role for action in forward_acts(lifecycle, state.name) for role in action.roles}
            # What is held for the whole country has no province to hold a role in.
            placed = lifecycle.subject in ("proposal", "contract", "adjustment")
            if state.final or roles & national or (placed and roles & everywhere):
                continue
            key = f"{lifecycle.key} {state.name}"
            by_none.add(key)
            for role in roles & set(STUCK_ROLES):
                at[role].add(key)
    return queries.Authority(
        frozenset(by_none),
        tuple((role, frozenset(at[role])) for role in STUCK_ROLES),
        tuple((role, of[role]) for role in STUCK_ROLES),
    )


# -- one moment ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """What decides how dossiers stand still on `day`; near: up to so many days after it.

    held: party by dossier id, of the holds in force that are charged to somebody beyond this system.
    """

    day: date
    near_days: int
    who: queries.Authority
    held: Mapping[int, str]

    @property
    def day_after_near(self) -> date:
        """The first day that doesn't count as near."""
        return self.day + timedelta(days=self.near_days + 1)

    def nobody(self, lifecycle: str, state: str, province: str, unit_office: str) -> bool:
        """Whether nobody holds a role that takes such a dossier on."""
        key = f"{lifecycle} {state}"
        if key not in self.who.by_none:
            return False
        at, of = dict(self.who.at), dict(self.who.of)
        places = {role: unit_office if role == "unit" else province for role in at}
        return not any(key in at[role] and places[role] in of[role] for role in at)

    def kind_of(self, line: DossierLine, *, ruled_out: bool = False) -> StalledKind | None:
        """How a line stands still, None when it doesn't; ruled_out: no rule lets it go."""
        if line.ending:
            return None
        if ruled_out or self.nobody(line.lifecycle, line.state, line.province, line.unit_office):
            return "stuck"
        if line.waits_for in OUTSIDE_HOLDERS or line.id in self.held:
            return "waiting"
        if line.due_on is None or line.due_on >= self.day_after_near:
            return None
        if line.due_on >= self.day:
            return "near"
        return "law" if line.due_kind == "law" else "policy"

    def standing(self, kinds: Iterable[str], ruled_out: frozenset[int] = frozenset()) -> queries.Standing:
        """The same as a question to the store."""
        return queries.Standing(
            self.day,
            self.day_after_near,
            OUTSIDE_HOLDERS,
            frozenset(self.held),
            ruled_out,
            self.who,
            frozenset(kinds),
        )


def moment(context: Context, reader: Reader, day: date, near_days: int) -> Moment:
    """Who is there and what is on hold on `day`. Raises `CalendarUnknown` for a year without a calendar."""
    context.shared.calendar.is_working(day)
    held = {
        number: party for number, party in stored.held_on(reader, day).items() if party in OUTSIDE_HOLDERS
    }
    return Moment(day, near_days, authority(context, reader, day), held)


def nobody_reason(context: Context, line: DossierLine) -> Label:
    """Which roles are missing, and where."""
    lifecycle = context.shared.lifecycle(line.lifecycle)
    roles = dict.fromkeys(role for act in forward_acts(lifecycle, line.state) for role in act.roles)
    parts = []
    for role in roles:
        if role == "unit":
            place = context.shared.office_name(line.unit_office)
        elif role in PROVINCIAL_ROLES and line.province:
            place = reference.province(line.province).name
        else:
            place = ""
        parts.append(both("stuck.role_at", role=ROLE[role], place=place) if place else ROLE[role])
    joined = Label("; ".join(p.vi for p in parts), "; ".join(p.en for p in parts))
    return both("stuck.nobody", roles=joined)
