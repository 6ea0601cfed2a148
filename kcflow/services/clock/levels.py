"""Levels of escalation (kcflow/data/escalation.toml): how far up a delay has reached, and who is told.

Near due → the clerk, late → the head of the division, twice as late → the leader: an office's own practice,
so all of it is data, read and judged here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from db import clock, directory
from kcflow import reference
from kcflow.labels import OUTSIDE_HOLDERS
from kcflow.services.clock.count import paused_days
from kcflow.services.context import Context, person_view
from kcflow.services.errors import BadInput
from kcflow.services.standing import forward_acts
from kcflow.services.texts import error_label
from states.engine import NATIONAL_ROLES, in_scope
from states.facts import Assignment
from states.model import Label, Lifecycle
from states.records import record

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import AssignmentRow, DossierLine, PersonRow
    from db.rows_clock import DutyRow
    from kcflow.services.views import PersonView
    from states.clock import Pause, WorkCalendar
    from states.facts import Facts

When = Literal["near", "over", "over_again"]
To = Literal[
    "holder",
    "role",
    "head",
    "leader",
    "leader_above",
    "supervisors",
    "supervisors_province",
    "supervisors_above",
    "supervisors_national",
]
FILE: Final = Path(reference.__file__).with_name("data") / "escalation.toml"
ENVIRONMENT: Final = "KCFLOW_ESCALATION"
"""Names an office's own file."""
HIGHEST: Final = 3
COUNTED: Final = frozenset({"working_days", "calendar_days", "months"})
"""Rules that give a period; all others name a date."""


@record(frozen=True, slots=True)
class Level:
    """One level: from when on, and who is told (the first of `to` that names anybody)."""

    level: int
    label: Label
    condition: Label
    when: When
    to: tuple[To, ...]
    basis: str
    days: int = 0
    times: int = 0
    fixed_days: int = 0


# -- the file --------------------------------------------------------------------------------------

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "near": ("days",),
    "over": (),
    "over_again": ("times", "fixed_days"),
}
_LEAST: Final = {"days": 0, "times": 2, "fixed_days": 1}
_PLAIN: Final = frozenset({"level", "label", "condition", "when", "to", "basis"})


def levels() -> tuple[Level, ...]:
    """The levels in force: of the file that KCFLOW_ESCALATION names, else the shipped ones.

    Raises `BadInput` naming the file and the key that is wrong.
    """
    named = os.environ.get(ENVIRONMENT)
    return read(Path(named).expanduser().absolute() if named else FILE)


@cache
def read(path: Path) -> tuple[Level, ...]:
    """The levels of one file, lowest first. Raises `BadInput` naming the file and the key that is wrong."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _wrong(path, "", error.strerror or type(error).__name__) from None
    except (ValueError, RecursionError) as error:
        raise _wrong(path, "", str(error)[:120]) from None
    for key in data:
        if key != "level":
            raise _wrong(path, key, key)
    rows = data.get("level")
    if not isinstance(rows, list) or not rows or len(rows) > HIGHEST:
        raise _wrong(path, "level", f"1–{HIGHEST}")
    found = tuple(_level(path, number, row) for number, row in enumerate(rows, 1))
    order = [get_args(When).index(level.when) for level in found]
    if order != sorted(set(order)):
        raise _wrong(path, "when", " / ".join(level.when for level in found))
    return found


def _level(path: Path, number: int, row: object) -> Level:
    """One `[[level]]`, every key judged."""
    if not isinstance(row, dict):
        raise _wrong(path, f"level {number}", str(row)[:60])

    def fail(key: str) -> BadInput:
        return _wrong(path, f"level {number}: {key}", str(row.get(key, "—"))[:60])

    if row.get("level") != number or isinstance(row["level"], bool):
        raise fail("level")
    when = str(row.get("when"))
    if when not in get_args(When):
        raise fail("when")
    for key in row:
        if key not in _PLAIN and key not in _NEEDS[when]:
            raise fail(key)
    numbers: dict[str, int] = {}
    for key in _NEEDS[when]:
        value = row.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not _LEAST[key] <= value <= 366:
            raise fail(key)
        numbers[key] = value
    to = row.get("to")
    if not isinstance(to, list) or not to or any(one not in get_args(To) for one in to):
        raise fail("to")
    basis = row.get("basis")
    if not isinstance(basis, str) or not basis.strip():
        raise fail("basis")
    labels = []
    for key in ("label", "condition"):
        value = row.get(key)
        if not isinstance(value, dict) or set(value) != {"vi", "en"}:
            raise fail(key)
        if not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise fail(key)
        labels.append(Label(**value))
    return Level(number, labels[0], labels[1], cast("When", when), tuple(to), basis, **numbers)


def _wrong(path: Path, key: str, found: str) -> BadInput:
    name = "escalation_wrong" if key else "escalation_unreadable"
    return BadInput(name, error_label(name, file=str(path), key=key, found=found))


def level_label(level: int) -> Label | None:
    """The name of a level; None for 0 or one that the file doesn't have."""
    return next((each.label for each in levels() if each.level == level), None)


# -- how far ---------------------------------------------------------------------------------------


def names_a_date(lifecycle: Lifecycle, line: DossierLine, own: Iterable[str] = ()) -> bool:
    """Whether the rule that gives the line's date names a date, not a number of days.

    own: the `by` of the office's own rules with that basis (they stand in no lifecycle).
    """
    state = lifecycle.state_by_name.get(line.state)
    ways: list[str] = [
        rule.by
        for rule in (state.deadlines if state else ())
        if rule.basis == line.due_basis and rule.kind == line.due_kind
    ]
    ways += own
    return bool(ways) and not COUNTED.intersection(ways)


def level_of(
    line: DossierLine,
    day: date,
    calendar: WorkCalendar,
    *,
    fixed: bool,
    pauses: Sequence[Pause] = (),
    waiting: bool = False,
) -> int:
    """How far up the delay of an open dossier has reached on `day`: the number of a level, 0 for none.

    fixed: `names_a_date`. pauses: the holds of its stay, whose days are not held against it. waiting: it is
    on hold for somebody outside this system.
    Raises `CalendarUnknown`, `BadInput` (a wrong file).
    """
    due = line.due_on
    if due is None:
        return 0
    reached = 0
    for level in levels():
        if level.when == "near":
            if due <= day + timedelta(days=level.days):
                reached = level.level
        elif waiting or line.waits_for in OUTSIDE_HOLDERS or due >= day:
            break
        elif level.when == "over" or _over_again(level, line, due, day, calendar, fixed, pauses):
            reached = level.level
    return reached


def _over_again(
    level: Level,
    line: DossierLine,
    due: date,
    day: date,
    calendar: WorkCalendar,
    fixed: bool,
    pauses: Sequence[Pause],
) -> bool:
    if fixed:
        return calendar.working_days_between(due, day) >= level.fixed_days

    def worked(until: date) -> int:
        days = calendar.working_days_between(line.entered_on, until)
        return days - paused_days(pauses, line.entered_on, until, calendar)

    return worked(day) >= level.times * max(worked(due), 1)


# -- who ---------------------------------------------------------------------------------------------


class Roster:
    """Who works where on one day, and who has which duty: read once, asked for every dossier.

    `people` are those open that day, by login.
    """

    def __init__(self, context: Context, reader: Reader, day: date) -> None:
        self._shared = context.shared
        self.people: dict[str, PersonRow] = {row.login: row for row in directory.people(reader, on=day)}
        self._rows = tuple(row for row in directory.assignments(reader, on=day) if row.person in self.people)
        self._held = tuple((row.person, self._assignment(row)) for row in self._rows)
        self._duties = tuple(row for row in clock.duties(reader, on=day) if row.person in self.people)
        self._cache: dict[tuple[str, tuple[str, ...], str, str], tuple[str, ...]] = {}

    def _assignment(self, row: AssignmentRow) -> Assignment:
        provinces = reference.covered_by(row.province) if row.province else frozenset[str]()
        return Assignment(row.role, row.organisation, row.organisation_name, row.organisation_kind, provinces)

    def view(self, login: str) -> PersonView:
        """A person with every role held that day."""
        return person_view(self._shared, self.people[login], self._rows)

    def assignments(self, login: str) -> tuple[Assignment, ...]:
        """The roles of one person."""
        return tuple(held for person, held in self._held if person == login)

    def duties(self, login: str) -> tuple[DutyRow, ...]:
        """The duties of one person."""
        return tuple(duty for duty in self._duties if duty.person == login)

    def in_charge(self, line: DossierLine) -> tuple[str, ...]:
        """The roles in charge of a dossier: the one it waits for.

        Of what waits for somebody outside, those that may take it on when the answer is there, and must ask
        for it until then: the Cục enters what MOF decides (domain.md T10–T12).
        """
        if line.waits_for not in OUTSIDE_HOLDERS:
            return (line.waits_for,)
        acts = forward_acts(self._shared.lifecycle(line.lifecycle), line.state)
        return tuple(dict.fromkeys(role for act in acts for role in act.roles))

    def _holding(self, line: DossierLine) -> tuple[tuple[str, Assignment], ...]:
        """Who holds the first role in charge that anybody holds in the dossier's scope."""
        # `in_scope` looks at the province and the unit of a dossier, which a line has too.
        facts = cast("Facts", line)
        for role in self.in_charge(line):
            of_role = (each for each in self._held if each[1].role == role)
            if found := tuple(each for each in of_role if in_scope(each[1], facts)):
                return found
        return ()

    def offices(self, line: DossierLine) -> tuple[str, ...]:
        """Codes of the offices in charge of a dossier."""
        if line.waits_for == "unit":
            return (line.unit_office,)
        return tuple(dict.fromkeys(held.office for _, held in self._holding(line)))

    def told(self, to: Sequence[To], line: DossierLine, holder: str | None) -> tuple[str, ...]:
        """Logins of the first of `to` that names anybody, for one dossier; () when nobody is there."""
        for one in to:
            if one == "holder":
                found: tuple[str, ...] = (holder,) if holder in self.people and holder else ()
            else:
                key = (one, self.in_charge(line), line.province, line.unit_office)
                if key not in self._cache:
                    self._cache[key] = tuple(dict.fromkeys(self._find(one, line)))
                found = self._cache[key]
            if found:
                return found
        return ()

    def _find(self, to: To, line: DossierLine) -> Iterable[str]:
        offices = self.offices(line)
        if to == "role":
            return (who for who, _ in self._holding(line))
        if to in ("head", "leader"):
            return self._on_duty(to, offices)
        if to == "leader_above":
            return self._on_duty("leader", self._above(offices, line))
        if to == "supervisors":
            return self._supervisors(offices)
        if to == "supervisors_province":
            # What waits for a national office is no province's to answer for.
            if NATIONAL_ROLES.intersection(self.in_charge(line)):
                return ()
            return (
                who
                for who, held in self._held
                if held.role == "supervisor" and line.province in held.provinces
            )
        if to == "supervisors_above":
            return self._supervisors(self._above(offices, line))
        return (who for who, held in self._held if held.role == "supervisor" and not held.provinces)

    def _on_duty(self, level: str, offices: Iterable[str]) -> Iterable[str]:
        there = frozenset(offices)
        return (row.person for row in self._duties if row.level == level and row.organisation in there)

    def _supervisors(self, offices: Iterable[str]) -> Iterable[str]:
        there = frozenset(offices)
        return (who for who, held in self._held if held.role == "supervisor" and held.office in there)

    def _above(self, offices: Iterable[str], line: DossierLine) -> tuple[str, ...]:
        """The offices above: the named parent, else for a province's centre its department."""
        found: list[str] = []
        for code in offices:
            row = self._shared.offices.get(code)
            if row is not None and row.parent is not None:
                found.append(row.parent)
            elif row is not None and line.waits_for == "unit":
                found += [
                    office.code
                    for office in self._shared.offices.values()
                    if office.kind == "department"
                    and office.province is not None
                    and line.province in reference.covered_by(office.province)
                ]
        return tuple(dict.fromkeys(found))


def recipients(context: Context, reader: Reader, row: DossierLine, level: int) -> tuple[PersonView, ...]:
    """Who is told of a dossier at `level` today, in the order of the directory; () when nobody is there."""
    chosen = next((each for each in levels() if each.level == level), None)
    if chosen is None:
        return ()
    mark = clock.clocks(reader, [row.code]).get(row.code)
    roster = Roster(context, reader, context.today)
    return tuple(roster.view(login) for login in roster.told(chosen.to, row, mark.holder if mark else None))
