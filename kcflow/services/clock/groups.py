"""What stands still in groups, and what a year's end asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from db import queries
from db import stalled as stored
from kcflow import reference
from kcflow.labels import HOLDER, OUTSIDE_HOLDERS
from kcflow.services.browse import NEAR_DAYS, YEAR_END_STAGES, charged, open_states, stored_filter
from kcflow.services.clock_views import GROUPS, StalledGroup, YearEndDate
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.stalled import walked
from kcflow.services.standing import Moment, moment
from kcflow.services.texts import both, error_label, unknown_year
from kcflow.services.views import ListFilter, StalledKind
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierLine

AGES: Final = (7, 30, 90, 180, 365)
"""Calendar days at which ages are divided."""
COUNTRY: Final = "*"
"""Key of what is no province's own."""
CHUNK: Final = 5_000
YEAR_END: Final = Path(reference.__file__).with_name("data") / "year_end.toml"


@dataclass
class _Sum:
    """One group while it is counted."""

    kinds: dict[str, int] = field(default_factory=dict)
    oldest: date | None = None
    money: int = 0

    def add(self, kind: str, count: int, money: int, due_on: date | None) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + count
        self.money += money
        if due_on is not None and count > 0:
            self.oldest = due_on if self.oldest is None else min(self.oldest, due_on)


@dataclass(frozen=True)
class _Stands:
    """Dossiers that stand still alike."""

    lifecycle: str
    state: str
    waits_for: str
    province: str
    unit_office: str
    key: str
    kind: StalledKind
    count: int
    money: int
    due_on: date | None


def groups(context: Context, by: str, as_of: date | None, wanted: ListFilter) -> tuple[StalledGroup, ...]:
    """What of `wanted` stands still on `as_of`, counted by one of `GROUPS`, the worst first.

    The worst have most that is late by law, then by our own rule, then stuck. A province that was merged
    counts with its successor; a province of two regions in both. Raises `BadInput`.
    """
    if by not in GROUPS:
        raise BadInput("group_unknown", error_label("group_unknown", group=by, known=", ".join(GROUPS)))
    day = as_of or context.today
    sums: dict[str, _Sum] = {}
    with context.store.read() as reader:
        source = _past if day < context.today else _present
        for each in source(context, reader, by, day, wanted):
            for key in _keys(context, by, each):
                sums.setdefault(key, _Sum()).add(each.kind, each.count, each.money, each.due_on)
        names = _names(reader) if by == "holder" else {}
    made = [
        StalledGroup(
            key=key,
            label=_label(context, by, key, names),
            law=found.kinds.get("law", 0),
            policy=found.kinds.get("policy", 0),
            waiting=found.kinds.get("waiting", 0),
            near=found.kinds.get("near", 0),
            oldest_on=found.oldest,
            money=found.money,
            asked=_asked(context, by, key),
            stuck=found.kinds.get("stuck", 0),
        )
        for key, found in sums.items()
        if any(found.kinds.values())
    ]
    return tuple(sorted(made, key=lambda g: (-g.law, -g.policy, -g.stuck, -g.waiting, -g.near, g.label.vi)))


# -- where they come from --------------------------------------------------------------------


def _present(context: Context, reader: Reader, by: str, day: date, wanted: ListFilter) -> Iterator[_Stands]:
    now = moment(context, reader, day, NEAR_DAYS)
    passing = charged(reader, wanted, day, stored_filter(context, wanted, day))
    there = open_states(context)
    states = there if passing.states is None else there & passing.states
    passing = replace(passing, states=states, every_kind=True, open_only=True)
    ages = [day - timedelta(days=days) for days in AGES]
    column = by if by in ("basis", "age") else ""
    # How these stand isn't said by their place alone: they are looked at one by one.
    out = {line.id: line for line in walked(context, reader, now, passing)}
    holders = stored.holders(reader) if by == "holder" else {}
    alone = {**out, **{line.id: line for line in _lines(context, reader, passing, {*now.held, *holders})}}
    for line in alone.values():
        kind = now.kind_of(line, ruled_out=line.id in out)
        if kind is not None:
            key = holders.get(line.id, "") if by == "holder" else _column(line, column, ages)
            yield _of_line(line, kind, key)
    rest = replace(passing, not_ids=frozenset(alone) | (passing.not_ids or frozenset()))
    lines, by_law = stored.groups(reader, context.scope, day, now.day_after_near, column, rest, ages)
    for each in lines:
        place = (each.lifecycle, each.state, each.waits_for, each.province, each.unit_office)
        law = by_law.get((*place, each.key), 0) if each.when == "late" else 0
        for number, (kind, count) in enumerate(_kinds(now, each, law)):
            # What is late by law and by our own rule shares one sum.
            yield _Stands(*place, each.key, kind, count, 0 if number else each.requested, each.due_on)


def _kinds(now: Moment, each: stored.GroupLine, law: int) -> Iterator[tuple[StalledKind, int]]:
    if now.nobody(each.lifecycle, each.state, each.province, each.unit_office):
        yield "stuck", each.count
    elif each.waits_for in OUTSIDE_HOLDERS:
        yield "waiting", each.count
    elif each.when == "near":
        yield "near", each.count
    elif each.when == "late":
        if law:
            yield "law", law
        if each.count > law:
            yield "policy", each.count - law


def _lines(
    context: Context, reader: Reader, passing: queries.DossierFilter, ids: Collection[int]
) -> Iterator[DossierLine]:
    """Those of some dossiers that pass."""
    own = frozenset(ids) if passing.ids is None else passing.ids & frozenset(ids)
    after = None
    while own:
        lines, after = queries.list_dossiers(
            reader, context.scope, replace(passing, ids=own), "due", after, CHUNK
        )
        yield from lines
        if after is None:
            return


def _column(line: DossierLine, column: str, ages: list[date]) -> str:
    if column == "basis":
        return line.due_basis or ""
    steps = (number for number, on in enumerate(ages, 1) if line.entered_on >= on)
    return str(next(steps, 0)) if column == "age" else ""


def _of_line(line: DossierLine, kind: StalledKind, key: str) -> _Stands:
    return _Stands(
        line.lifecycle,
        line.state,
        line.waits_for,
        line.province,
        line.unit_office,
        key,
        kind,
        1,
        line.requested,
        line.due_on,
    )


def _past(context: Context, reader: Reader, by: str, day: date, wanted: ListFilter) -> Iterator[_Stands]:
    from kcflow.services import stalled_past

    ages = [day - timedelta(days=days) for days in AGES]
    _, marks, every = stalled_past.stood(context, reader, day, NEAR_DAYS, wanted)
    for each in every:
        mark = marks.get(each.line.id)
        holder = (mark.clock.holder if mark is not None and mark.clock else None) or ""
        yield _of_line(each.line, each.kind, holder if by == "holder" else _column(each.line, by, ages))


def _names(reader: Reader) -> dict[str, str]:
    from db import directory

    return {person.login: person.name for person in directory.people(reader)}


# -- keys, labels, limits --------------------------------------------------------------------


def _home(key: str) -> str:
    """The province that answers for `key` at present."""
    return reference.province(key).successor or key if key else COUNTRY


def _phase(context: Context, each: _Stands) -> str:
    lifecycle = context.shared.lifecycle(each.lifecycle)
    return f"{lifecycle.name} {lifecycle.state_by_name[each.state].phase}"


def _keys(context: Context, by: str, each: _Stands) -> tuple[str, ...]:
    if by == "region":
        return reference.province(each.province).regions if each.province else (COUNTRY,)
    made: Mapping[str, Callable[[], str]] = {
        "office": lambda: each.unit_office,
        "province": lambda: _home(each.province),
        "phase": lambda: _phase(context, each),
        "waits_for": lambda: each.waits_for,
    }
    return (made.get(by, lambda: each.key)(),)


def _label(context: Context, by: str, key: str, names: Mapping[str, str]) -> Label:
    if key == COUNTRY and by in ("province", "region"):
        return both("groups.country")
    if by == "province":
        name = reference.province(key).name
    elif by == "region":
        return next(each.region_label for each in reference.provinces() if each.regions == (key,))
    elif by == "phase":
        lifecycle, _, phase = key.partition(" ")
        owner = _of_name(context, lifecycle)[0]
        label = context.shared.lifecycle(owner).phase_by_name[phase].label
        return Label(f"{_short(context, owner).vi} · {label.vi}", f"{_short(context, owner).en} · {label.en}")
    elif by == "waits_for":
        return HOLDER[key]
    elif by == "age":
        return _age_label(int(key))
    elif by == "office":
        name = context.shared.office_name(key)
    elif by == "holder":
        return Label(names.get(key, key), names.get(key, key)) if key else both("groups.no_holder")
    else:
        return Label(key, key) if key else both("groups.no_basis")
    return Label(name, name)


def _short(context: Context, key: str) -> Label:
    from kcflow.labels import SOURCE, SUBJECT

    lifecycle = context.shared.lifecycle(key)
    return SOURCE.get(lifecycle.name) or SUBJECT[lifecycle.subject]


def _of_name(context: Context, name: str) -> tuple[str, ...]:
    """Keys of the versions of one lifecycle, the newest first."""
    own = [each for each in context.shared.lifecycles.values() if each.name == name]
    return tuple(each.key for each in sorted(own, key=lambda each: each.in_force_from, reverse=True))


def _stretch(number: int) -> tuple[int, int | None]:
    """The ages of a stretch: "1" the youngest, "0" the oldest."""
    if number == 0:
        return AGES[-1] + 1, None
    return (0 if number == 1 else AGES[number - 2] + 1), AGES[number - 1]


def _age_label(number: int) -> Label:
    first, last = _stretch(number)
    if last is None:
        return both("groups.age_over", over=first - 1)
    return both("groups.age", first=first, last=last)


def _asked(context: Context, by: str, key: str) -> dict[str, object]:
    """Fields of `ListFilter` that show just this group."""
    if by in ("province", "region"):
        return {} if key == COUNTRY else {f"{by}s": (key,)}
    if by == "phase":
        lifecycle, _, phase = key.partition(" ")
        return {"phases": (phase,), "lifecycles": _of_name(context, lifecycle)}
    if by == "age":
        first, last = _stretch(int(key))
        return {"age_from": first, "age_to": last}
    if by == "office":
        return {"offices": (key,)}
    if by == "basis":
        return {"basis": key} if key else {}
    return {by: key}


# -- a year's end ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stage:
    """One date of kcflow/data/year_end.toml; `counts` one of `YEAR_END_STAGES`."""

    month: int
    day: int
    years: int
    inclusive: bool
    label: Label
    basis: str
    counts: str
    source: str | None

    def on(self, budget_year: int) -> date:
        """Its date for a budget year."""
        return date(budget_year + self.years, self.month, self.day)

    def last(self, budget_year: int) -> date:
        """The last day that is still in time."""
        return self.on(budget_year) - timedelta(days=0 if self.inclusive else 1)


@cache
def year_end_stages() -> tuple[_Stage, ...]:
    """The dates that end a budget year, in their order."""
    data: dict[str, Any] = tomllib.loads(YEAR_END.read_text(encoding="utf-8"))
    return tuple(
        _Stage(
            each["month"],
            each["day"],
            each["years"],
            each["inclusive"],
            Label(each["vi"], each["en"]),
            each["basis"],
            each["counts"],
            each.get("source"),
        )
        for each in data["date"]
    )


def coming_year(today: date) -> int:
    """The budget year whose last date comes next."""
    last = max(each.last(today.year - 1) for each in year_end_stages())
    return today.year - 1 if today <= last else today.year


def year_end(context: Context, budget_year: int | None) -> tuple[YearEndDate, ...]:
    """The dates that end a budget year, what has to be done by each, how many are still open, and their đồng.

    Proposals that were carried over into the next year have left it. None: the year whose dates come next.
    Raises `BadInput` for a year that no calendar has.
    """
    year = coming_year(context.today) if budget_year is None else budget_year
    if not 1 <= year <= date.max.year - 1:
        raise BadInput("calendar_unknown", unknown_year(year))
    stages = year_end_stages()
    there = queries.DossierFilter(budget_year=year, states=open_states(context))
    with context.store.read() as reader:
        left = stored.money_left(reader, context.scope, there)
    made = []
    for each in stages:
        own = [
            pairs[YEAR_END_STAGES.index(each.counts)]
            for source, pairs in left.items()
            if each.source in (None, source)
        ]
        count, money = sum(number for number, _ in own), sum(dong for _, dong in own)
        days = (each.last(year) - context.today).days
        limit: dict[str, object] = {"year_end": f"{each.counts}:{year}"}
        if each.source is not None:
            limit["source"] = each.source
        on, inclusive = each.on(year), each.inclusive
        made.append(YearEndDate(on, inclusive, each.label, each.basis, days, count, money, limit))
    return tuple(made)


def total(found: Iterable[StalledGroup]) -> int:
    """How many stand in all groups together."""
    return sum(each.count for each in found)
