"""Random histories written leaf by leaf, and where their time went, counted day by day in plain Python."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from db import leaf, queries
from db.rows import DossierRow, HistoryRow
from db.store import Store
from states.model import Action, Lifecycle
from tests.store import world as leaves

DAY = timedelta(days=1)
FIRST = date(2021, 11, 3)
OFFICES = {"63:02": "TTKC-63-02", "63:19": "TTKC-63-19"}
PARTIES = ("finance_ministry", "treasury", "enterprise", "department")
STEPS = 14


def plain_acts(lifecycle: Lifecycle) -> list[Action]:
    """Acts that need no money, no second person and no parent."""
    return [
        action
        for action in lifecycle.actions
        if not (action.amount or action.second_person or action.via or action.charges or action.release)
    ]


class Writer:
    """Writes the lives of some dossiers by chance; every act is a legal move."""

    def __init__(self, store: Store, lifecycles: Sequence[Lifecycle], seed: int) -> None:
        self.store = store
        self.lifecycles = lifecycles
        self.chance = random.Random(seed)  # noqa: S311 - the same lives every time

    def fill(self, count: int) -> None:
        """Write so many lives."""
        for number in range(count):
            self._live(f"KCQG-22-{number + 1:04}", self.chance.choice(self.lifecycles))

    def _live(self, code: str, lifecycle: Lifecycle) -> None:
        chance = self.chance
        province = chance.choice(list(OFFICES))
        content = leaves.content(
            source=lifecycle.name,
            plan_year=chance.choice([2022, 2023]),
            province=province,
            unit_office=OFFICES[province],
        )
        on = FIRST + chance.randrange(400) * DAY
        made = leaves.create(code, on=on.isoformat(), content=content, digest=leaf.digest(content))
        self._append(lifecycle, made | {"to": lifecycle.initial}, due=self._due(on))
        for _ in range(chance.randrange(STEPS)):
            self._step(code, lifecycle)

    def _due(self, on: date) -> dict[str, str] | None:
        if self.chance.random() < 0.3:
            return None
        day = on + self.chance.randrange(40) * DAY
        return {"on": day.isoformat(), "kind": "law", "basis": "TT 36/2013"}

    def _append(self, lifecycle: Lifecycle, made: Mapping[str, Any], **changes: Any) -> None:
        fixed = {"lifecycle": lifecycle.key, "fsm": lifecycle.fingerprint[:16]}
        state = lifecycle.state_by_name[made["to"]]
        leaves.append(self.store, {**made, **fixed, "waits_for": state.waits_for, **changes})

    def _row(self, code: str) -> DossierRow:
        return leaves.dossier(self.store, code)

    def _step(self, code: str, lifecycle: Lifecycle) -> None:
        """A move, after what changes nothing: notes, and perhaps a hold and its end."""
        row, chance = self._row(code), self.chance
        on = row.last_on + chance.choice([0, 0, 1, 3, 8, 21, 60]) * DAY
        if chance.random() < 0.4:
            self._append(lifecycle, leaves.move(row, "note", row.state, on=on.isoformat()))
        if chance.random() < 0.5:
            self._hold(code, lifecycle, row.last_on)
        moves = [
            (action, target, role)
            for action in plain_acts(lifecycle)
            if row.state in action.sources
            for target in sorted(lifecycle.reachable_targets(action, row.state))
            for role in action.roles
        ]
        if not moves:
            return
        # Files go to and fro more often than in life, and end less often.
        back = [each for each in moves if each[1] == "returned" or each[0].name == "resubmit"]
        on_way = [each for each in moves if not lifecycle.state_by_name[each[1]].final]
        action, target, role = chance.choice([*moves, *on_way * 3, *back * 12])
        row = self._row(code)
        deadline = leaves.due_of(row)
        if deadline is not None and row.due_on is not None:
            deadline["met"] = on <= row.due_on
        made = leaves.move(row, action.name, target, on=on.isoformat())
        due = self._due(on) if target != row.state else leaves.due_of(row)
        office = f"O-{role}-{chance.choice('ab')}"
        given = {"reason": "Lý do", "role": role, "office": office, "deadline": deadline, "due": due}
        self._append(lifecycle, made, **given)

    def _hold(self, code: str, lifecycle: Lifecycle, since: date) -> None:
        """One hold or two, one after the other; half of them are lifted before their end."""
        chance, row = self.chance, self._row(code)
        if row.ending or any(one.leaf["refs"].get("clock") for one in self._present(row)):
            return
        for _ in range(chance.choice([1, 1, 2])):
            row = self._row(code)
            until = since + chance.randrange(20) * DAY
            own = {"party": chance.choice(PARTIES), "from": since.isoformat(), "until": until.isoformat()}
            self._append(lifecycle, leaves.clock_note(row, "hold", own))
            if chance.random() < 0.5:
                row = self._row(code)
                until = since + chance.randrange((until - since).days + 1) * DAY
                lift = {"hold": row.version, "on": until.isoformat()}
                self._append(lifecycle, leaves.clock_note(row, "lift", lift))
            since = until + chance.randrange(1, 5) * DAY

    def _present(self, row: DossierRow) -> list[HistoryRow]:
        """What was done since the dossier entered its state."""
        return [each for each in history(self.store, row.code) if each.seq > row.entered_seq]


def history(store: Store, code: str) -> list[HistoryRow]:
    """Every row of a dossier, oldest first."""
    with store.read() as reader:
        return queries.history_of(reader, code)


@dataclass
class Told:
    """Where the time of some dossiers went; keys as the report has them."""

    stays: defaultdict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    late: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    open: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    parties: Counter[str] = field(default_factory=Counter)
    returns: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    entries: Counter[tuple[date, str, str]] = field(default_factory=Counter)


@dataclass
class Stay:
    """A stay that goes on."""

    state: str
    since: date
    holds: dict[int, tuple[str, date, date]] = field(default_factory=dict)


def told(
    store: Store,
    lifecycles: Mapping[str, Lifecycle],
    codes: Sequence[str],
    period: tuple[date, date],
    *,
    by_office: bool,
) -> Told:
    """Read every row of these dossiers and count the stays that ended in the period, day by day."""
    found = Told()
    for code in codes:
        rows = history(store, code)
        lifecycle = lifecycles[rows[0].leaf["lifecycle"]]
        office = rows[0].leaf["content"]["unit_office"] if by_office else ""
        stay = Stay(lifecycle.initial, date.fromisoformat(rows[0].leaf["on"]))
        due: str | None = None
        for row in rows:
            one = row.leaf
            on = date.fromisoformat(one["on"])
            if one["from"] is None or one["from"] != one["to"]:
                if one["from"] is not None and period[0] <= on <= period[1]:
                    place = lifecycle.name, one["from"], office
                    found.stays[place].append((on - stay.since).days)
                    found.late[place] += due is not None and one["on"] > due
                    _charge(found, lifecycle, stay, on)
                _enter(found, lifecycle, one, on)
                stay = Stay(one["to"], on)
            if gives_back(lifecycle, one["action"]) and period[0] <= on <= period[1]:
                found.returns[one["office"], one["action"], code] += 1
            _clock(stay, row)
            due = one["due"]["on"] if one["due"] else None
        if not lifecycle.state_by_name[stay.state].final:
            found.open[lifecycle.name, stay.state, office] += 1
    return found


def gives_back(lifecycle: Lifecycle, name: str) -> bool:
    """Whether an act sends the file to the side state for what is to be mended."""
    action = lifecycle.action_by_name.get(name)
    return action is not None and any(target.state == "returned" for target in action.targets)


def _clock(stay: Stay, row: HistoryRow) -> None:
    own = row.leaf["refs"].get("clock")
    if own is None:
        return
    if own["act"] == "hold":
        first, last = date.fromisoformat(own["from"]), date.fromisoformat(own["until"])
        stay.holds[row.seq] = (own["party"], first, last)
    elif own["act"] == "lift":
        party, first, _ = stay.holds[own["hold"]]
        stay.holds[own["hold"]] = (party, first, date.fromisoformat(own["on"]) - DAY)


def _charge(found: Told, lifecycle: Lifecycle, stay: Stay, ended: date) -> None:
    day = stay.since
    while day < ended:
        held = [party for party, first, last in stay.holds.values() if first <= day <= last]
        found.parties[held[0] if held else lifecycle.state_by_name[stay.state].waits_for] += 1
        day += DAY


def _enter(found: Told, lifecycle: Lifecycle, one: Mapping[str, Any], on: date) -> None:
    states = lifecycle.state_by_name
    phase = states[one["to"]].phase
    if one["from"] is None or states[one["from"]].phase != phase:
        found.entries[on, lifecycle.name, phase] += 1


def nearest(lengths: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile, from all the lengths."""
    ordered = sorted(lengths)
    rank = next(n for n in range(1, len(ordered) + 1) if 100 * n >= percent * len(ordered))
    return ordered[rank - 1]
