"""What every use case needs: the store, the lifecycles, the calendar, the offices, who works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from db import directory
from db.queries import Scope
from kcflow import reference
from kcflow.labels import OFFICE_KIND, OFFICE_ROLE, ROLE
from kcflow.services.errors import NoPermission, NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import OfficeView, PersonView, RoleView
from states.engine import NATIONAL_ROLES, PROVINCIAL_ROLES
from states.facts import Actor, Assignment
from states.loader import load_text
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from db.reader import Reader
    from db.rows import AssignmentRow, OrganisationRow, PersonRow
    from db.rows_clock import OfficeDayRow
    from db.store import Store
    from kcflow.services.clock.count import Rulebook
    from states.clock import WorkCalendar

VIET_NAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Việt Nam keeps UTC+7 without daylight saving since 1975; no time-zone data is needed."""

ACTING_ROLES = frozenset(OFFICE_ROLE.values()) - {"auditor"}


FOUR_EYES = "four_eyes"
"""Key of `meta`: "names" where one account types for several people, else the account counts as a person."""

GROWTH_SECONDS = 2.0
"""At most this often does one process look for leaves that wait for their place."""


def calendar_with(days: Iterable[OfficeDayRow]) -> WorkCalendar:
    """The working days of Việt Nam with an office's days over them; those withdrawn are left out."""
    # Only what counts days needs it: the file takes a moment to read.
    from kcflow.calendar import CalendarRow, vietnam_calendar

    return vietnam_calendar(
        CalendarRow(each.day, each.kind, each.name, each.document)
        for each in days
        if each.withdrawn_at is None
    )


def utc_now() -> datetime:
    """The instant of entry."""
    return datetime.now(UTC)


@dataclass
class Shared:
    """One per opened store: caches that are rebuilt when people, offices or lifecycles change."""

    store: Store
    now: Callable[[], datetime]
    sample_day: date | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    _lifecycles: dict[str, Lifecycle] | None = None
    _provincial: dict[str, str] | None = None
    _offices: dict[str, OrganisationRow] | None = None
    _people: dict[str, str] | None = None
    _rulebook: tuple[str, Rulebook] | None = None
    _next_growth: float = 0.0
    _leaves_wait: bool = False

    @property
    def calendar(self) -> WorkCalendar:
        """The working days of Việt Nam, with the days that the office recorded, as last read (`rulebook`)."""
        if self._rulebook is None:
            with self.store.read() as reader:
                return self.rulebook(reader).calendar
        return self._rulebook[1].calendar

    def rulebook(self, reader: Reader) -> Rulebook:
        """The own rules and days in force, as this transaction sees them.

        Another process may have changed them: one small question in each transaction says so. A transaction
        that changes them itself goes on with what it read first, unless it passes on a rulebook of its own.
        """
        kept = reader.notes.get("rulebook")
        if kept is None:
            kept = reader.notes["rulebook"] = self._read_rulebook(reader)
        return kept

    def _read_rulebook(self, reader: Reader) -> Rulebook:
        from db import clock
        from kcflow.services.clock.count import Rulebook

        stamp = clock.rulebook_stamp(reader)
        known = self._rulebook
        if known is not None and known[0] == stamp and known[1].offices is self.offices:
            return known[1]
        calendar = calendar_with(clock.office_days(reader))
        book = Rulebook(clock.office_rules(reader), calendar, self.offices)
        self._rulebook = stamp, book
        return book

    @property
    def today(self) -> date:
        """The date in Việt Nam."""
        return self.now().astimezone(VIET_NAM).date()

    def grow_tree(self, *, now: bool = False) -> None:
        """On a server, give committed leaves their places in the tree: every now and then, or `now`.

        Failing to is no failure of the move: the leaves wait for the next one who comes by.
        """
        if self.store.dialect != "postgresql" or (not now and monotonic() < self._next_growth):
            self._leaves_wait = True
            return
        self._next_growth = monotonic() + GROWTH_SECONDS
        self._leaves_wait = False
        from db.errors import StoreError
        from db.sequencer import sequence

        with suppress(StoreError):
            sequence(self.store)

    def close(self) -> None:
        """Close the store; on a server, our own leaves that wait get their places in the tree first."""
        if self._leaves_wait:
            self.grow_tree(now=True)
        self.store.close()

    def forget(self) -> None:
        """Drop the caches after people, offices or lifecycles have changed."""
        with self.lock:
            self._lifecycles = self._offices = self._provincial = self._people = None

    @property
    def offices(self) -> dict[str, OrganisationRow]:
        """Every office by code, closed ones included (history names them)."""
        if self._offices is None:
            with self.store.read() as reader:
                self._offices = {row.code: row for row in directory.organisations(reader)}
        return self._offices

    @cached_property
    def four_eyes_by_names(self) -> bool:
        """Whether this store takes two names for two people (meta `four_eyes`): a shared computer."""
        with self.store.read() as reader:
            return reader.meta().get(FOUR_EYES) == "names"

    @property
    def names(self) -> Mapping[str, str]:
        """Names of everybody in the directory by login, closed ones included."""
        if self._people is None:
            with self.store.read() as reader:
                self._people = {row.login: row.name for row in directory.people(reader)}
        return self._people

    def name_of(self, login: str) -> str:
        """The name of a person, who may have come after the names were read; else the login."""
        if login not in self.names:
            self._people = None
        return self.names.get(login, login)

    @property
    def people(self) -> Collection[str]:
        """Logins of everybody in the directory, closed ones included."""
        return self.names.keys()

    def _load_lifecycles(self) -> dict[str, Lifecycle]:
        if self._lifecycles is None:
            loaded: dict[str, Lifecycle] = {}
            provincial: dict[str, str] = {}
            with self.store.read() as reader:
                rows = reader.lifecycles()
            for row in rows:
                loaded[row.key] = load_text(row.definition, file=row.key, parameters=row.parameters)
                if row.province:
                    provincial[row.province] = row.key
            self._lifecycles, self._provincial = loaded, provincial
        return self._lifecycles

    @property
    def lifecycles(self) -> Mapping[str, Lifecycle]:
        """Every installed lifecycle by key, as the store carries it (pinned versions)."""
        return self._load_lifecycles()

    def lifecycle(self, key: str) -> Lifecycle:
        """The lifecycle `key`; `NotFound` when it isn't installed here."""
        try:
            return self.lifecycles[key]
        except KeyError:
            raise NotFound("lifecycle_unknown", error_label("lifecycle_unknown", key=key)) from None

    def lifecycle_for(self, source: str, province: str, on: date) -> Lifecycle:
        """The version that a new proposal pins: the province's own file, else the newest in force."""
        own = ((self._load_lifecycles() and self._provincial) or {}).get(province)
        if source == "kcdp" and own is not None:
            return self.lifecycle(own)
        provincial = set((self._provincial or {}).values())
        found = [
            lifecycle
            for lifecycle in self.lifecycles.values()
            if lifecycle.name == source
            and lifecycle.key not in provincial
            and lifecycle.in_force_from <= on
            and (lifecycle.in_force_to is None or on <= lifecycle.in_force_to)
        ]
        if not found:
            raise NotFound("lifecycle_none", error_label("lifecycle_none", source=source, on=on))
        return max(found, key=lambda lifecycle: (lifecycle.in_force_from, lifecycle.version))

    def office_name(self, code: str) -> str:
        """The office's name today, or its code when it is unknown here."""
        row = self.offices.get(code)
        return row.name if row else code

    def office_kind(self, code: str) -> str:
        """The office's kind, "" when it is unknown here."""
        row = self.offices.get(code)
        return row.kind if row else ""


@dataclass
class Context:
    """The shared part and the person who works."""

    shared: Shared
    person: PersonRow
    roles: tuple[AssignmentRow, ...]
    operator: tuple[str, str] | None
    """(login, name) of the OS account when it works as somebody else."""

    @property
    def store(self) -> Store:
        """The store."""
        return self.shared.store

    @property
    def today(self) -> date:
        """The date in Việt Nam."""
        return self.shared.today

    @cached_property
    def actor(self) -> Actor:
        """The person as the rules see them today."""
        return Actor(
            login=self.person.login,
            name=self.person.name,
            assignments=tuple(self._assignment(row) for row in self.roles),
            operator=self.operator[0] if self.operator else None,
            operator_name=self.operator[1] if self.operator else None,
            by_names=self.shared.four_eyes_by_names,
            operator_known=self.operator is not None and self.operator[0] in self.shared.people,
        )

    def _assignment(self, row: AssignmentRow) -> Assignment:
        office = self.shared.offices[row.organisation]
        provinces = reference.covered_by(office.province) if office.province else frozenset()
        return Assignment(row.role, office.code, office.name, office.kind, provinces)

    @cached_property
    def scope(self) -> Scope:
        """What this person may read (docs/decisions/0007): own proposals, own provinces, or all."""
        provinces: set[str] = set()
        offices: set[str] = set()
        hide_drafts = True
        for assignment in self.actor.assignments:
            if assignment.role in ("auditor", "supervisor", "admin") and not assignment.provinces:
                return Scope()
            if assignment.role in NATIONAL_ROLES:
                provinces = {"*"}
            elif assignment.role == "unit":
                offices.add(assignment.office)
            elif "*" not in provinces:
                provinces |= assignment.provinces
                hide_drafts = False
        if "*" in provinces:
            initials = {
                lifecycle.initial
                for lifecycle in self.shared.lifecycles.values()
                if lifecycle.subject == "proposal"
            }
            return Scope(None, None, None, frozenset(initials) if hide_drafts else frozenset())
        if provinces:
            return Scope(frozenset(provinces), None, None, frozenset())
        return Scope(None, frozenset(offices), None, frozenset())

    def may_read(self, province: str, unit_office: str, state: str) -> bool:
        """Whether one dossier lies in `scope`."""
        scope = self.scope
        return (
            (scope.provinces is None or province in scope.provinces)
            and (scope.offices is None or unit_office in scope.offices)
            and state not in scope.hide_states
        )

    def require(self, *roles: str) -> Assignment:
        """The person's first assignment with one of `roles`; `NoPermission` when there is none."""
        for assignment in self.actor.assignments:
            if assignment.role in roles:
                return assignment
        raise NoPermission(
            "no_permission",
            error_label("no_permission", roles=" / ".join(ROLE[role].vi for role in roles)),
        )


def role_view(shared: Shared, row: AssignmentRow) -> RoleView:
    """One role of a person, with the office's name."""
    return RoleView(
        row.role,
        ROLE.get(row.role, Label(row.role, row.role)),
        row.organisation,
        shared.office_name(row.organisation),
        row.valid_from,
        row.valid_to,
    )


def person_view(shared: Shared, person: PersonRow, rows: tuple[AssignmentRow, ...]) -> PersonView:
    """A person with every role."""
    roles = tuple(role_view(shared, row) for row in rows if row.person == person.login)
    return PersonView(person.login, person.name, person.os_login, roles, person.valid_to)


def office_view(row: OrganisationRow) -> OfficeView:
    """An office with its province's name."""
    province = reference.province(row.province).name if row.province else None
    kind_label = OFFICE_KIND.get(row.kind, Label(row.kind, row.kind))
    return OfficeView(
        row.code, row.name, row.kind, kind_label, row.province, province, row.valid_from, row.valid_to
    )


__all__ = ["PROVINCIAL_ROLES", "VIET_NAM", "Context", "Shared", "office_view", "person_view", "utc_now"]
