"""A machine that moves, holds, lifts, sets rules and days in any order: no stored deadline may go wrong.

After every step each open dossier of every kind must be due when a fresh count says. What is refused has
written nothing, and says so in sentences (tests.services.money.machine).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from db import clock
from db.rows_clock import DayKind, OfficeDayRow, OfficeRuleRow
from kcflow.services.clock_views import DayInput, HoldInput, RuleInput
from kcflow.services.errors import KcflowError
from tests.crash.invariants import rows
from tests.services.clock.watch import WATCH, WATCH_ALL, differing, dues
from tests.services.money.machine import MoneyMachine

HOLDS = ("hold", "hold", "lift")
STATES = (
    *(("kcqg", state) for state in ("submitted_to_minister", "approved", "allocated", "contracted")),
    *(("kcqg", state) for state in ("plan_assigned", "in_progress", "awaiting_acceptance", "accepted")),
    *(("kcdp", "submitted_to_committee"), ("contract", "accepted"), ("annual_plan_kcqg", "approved")),
    *(("allocation_round_kcqg", state) for state in ("preparing", "cleared", "proposed")),
)
WAYS: tuple[dict[str, Any], ...] = (
    {"by": "working_days"},
    {"by": "working_days"},
    {"by": "calendar_days"},
    {"by": "months", "months": 1},
    {"by": "monthly", "day": 28, "inclusive": False},
    {"by": "fixed_date", "month": 6, "day": 30},
)
WEIGHTS = {
    "act_of_a_proposal": 6,
    "act_of_another_kind": 5,
    "ask_for_an_adjustment": 1,
    "time_passes": 2,
    "hold_or_lift": 5,
    "set_a_rule": 4,
    "close_a_rule": 2,
    "set_days": 3,
    "withdraw_a_day": 2,
    "there_and_back": 2,
}


class ClockMachine(MoneyMachine):
    """Set `make` as for a `MoneyMachine`; its world must be `watched`."""

    @invariant()
    def what_is_stored_is_what_is_counted(self) -> None:
        assert differing(self.world) == []

    def _stored(self) -> dict[str, Any]:
        with self.world.store.read() as reader:
            return super()._stored() | {
                name: rows(reader, f"SELECT * FROM {name} ORDER BY 1, 2")
                for name in ("office_rule", "office_day", "hold")
            }

    @rule(dice=st.randoms(use_true_random=True))
    def somebody_does_something(self, dice: Random) -> None:
        (name,) = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        self._shown.clear()
        getattr(self, name)(dice)

    # -- drawing ---------------------------------------------------------------------------

    def open_rules(self) -> list[OfficeRuleRow]:
        with self.world.store.read() as reader:
            return [row for row in clock.office_rules(reader) if row.closed_at is None]

    def own_days(self) -> list[OfficeDayRow]:
        with self.world.store.read() as reader:
            return [row for row in clock.office_days(reader) if row.withdrawn_at is None]

    def a_day(self, dice: Random) -> date:
        return self.world.day + timedelta(dice.randint(-30, 60))

    def a_rule(self, dice: Random) -> RuleInput:
        lifecycle, state = dice.choice(STATES)
        first = self.world.day - timedelta(dice.choice((0, 5, 40, 400)))
        last = None if dice.random() < 0.7 else first + timedelta(dice.choice((-1, 0, 20, 500)))
        office = dice.choice(("CUC", "SCT-63-02"))
        days = dice.choice((1, 3, 5, 20, 60, 0))
        basis = f"QĐ {dice.randint(1, 99)}"
        return RuleInput(
            office,
            lifecycle,
            state,
            basis=basis,
            days=days,
            valid_from=first,
            valid_to=last,
            **dice.choice(WAYS),
        )

    def some_days(self, dice: Random) -> list[DayInput]:
        found = []
        for _ in range(dice.randint(1, 3)):
            day = self.a_day(dice)
            fitting: DayKind = "working" if day.weekday() >= 5 else "off"
            kind: DayKind = fitting if dice.random() < 0.9 else "off"
            found.append(DayInput(day, kind, "Ngày thử", "TB 1/TB"))
        return found

    # -- what is tried ---------------------------------------------------------------------

    def hold_or_lift(self, dice: Random) -> None:
        with self.world.store.read() as reader:
            codes = [code for _, code in clock.open_codes(reader)]
        code, own = dice.choice(codes), self.world.desk(dice.choice((WATCH_ALL, WATCH_ALL, WATCH))).clock
        if dice.choice(HOLDS) == "lift":
            on = None if dice.random() < 0.5 else self.a_day(dice)
            self.attempt(lambda: own.lift(code, "Hết vướng mắc", on))
            return
        until = self.world.day + timedelta(dice.randint(-2, 30))
        on = None if dice.random() < 0.7 else self.a_day(dice)
        hold = HoldInput(dice.choice(("finance_ministry", "enterprise", "unit")), until, "Chờ", on)
        self.attempt(lambda: own.hold(code, hold))

    def set_a_rule(self, dice: Random) -> None:
        entered = self.a_rule(dice)
        own = self.world.desk(WATCH_ALL if entered.office == "CUC" else WATCH).clock
        before = dues(self.world)
        try:
            plan = own.rule_plan(entered)
        except KcflowError:
            self.attempt(lambda: own.set_rule(entered, "Quy định mới"))
            return
        assert dues(self.world) == before, "looking ahead has written"
        if self.attempt(lambda: own.set_rule(entered, "Quy định mới")):
            self._moved_as_planned(before, plan.moved)

    def _moved_as_planned(self, before: dict[str, Any], moved: int) -> None:
        after = dues(self.world)
        assert sum(before[code] != after[code] for code in before) == moved

    def close_a_rule(self, dice: Random) -> None:
        there = self.open_rules()
        if not there:
            return
        row, undo = dice.choice(there), dice.random() < 0.5
        own = self.world.desk(WATCH_ALL if row.office == "CUC" else WATCH).clock
        self.attempt(lambda: own.close_rule(row.id or 0, "Không cần nữa", undo))

    def set_days(self, dice: Random) -> None:
        entered, own = self.some_days(dice), self.world.desk(WATCH_ALL).clock
        before = dues(self.world)
        try:
            plan = own.days_plan(entered)
        except KcflowError:
            self.attempt(lambda: own.set_days(entered, "Thông báo mới"))
            return
        if self.attempt(lambda: own.set_days(entered, "Thông báo mới")):
            self._moved_as_planned(before, plan.moved)

    def withdraw_a_day(self, dice: Random) -> None:
        there = self.own_days()
        if there:
            row, own = dice.choice(there), self.world.desk(WATCH_ALL).clock
            self.attempt(lambda: own.set_days([], "Rút thông báo", [row.id or 0]))

    def there_and_back(self, dice: Random) -> None:
        """What is set and taken back leaves every date where it was."""
        before, entered, own = dues(self.world), self.some_days(dice), self.world.desk(WATCH_ALL).clock
        known = {row.id for row in self.own_days()}
        if self.attempt(lambda: own.set_days(entered, "Nhầm")):
            new = [row.id or 0 for row in self.own_days() if row.id not in known]
            own.set_days([], "Rút lại", new)
        assert dues(self.world) == before
        other = self.a_rule(dice)
        own = self.world.desk(WATCH_ALL if other.office == "CUC" else WATCH).clock
        same = [(row.office, row.lifecycle, row.state) for row in self.open_rules()]
        if (other.office, other.lifecycle, other.state) in same:
            return  # it would end another one, and that is not taken back
        found: list[int | None] = []
        work: Callable[[], None] = lambda: found.append(own.set_rule(other, "Nhầm").id)  # noqa: E731
        if self.attempt(work):
            own.close_rule(found[0] or 0, "Đặt nhầm", undo=True)
        assert dues(self.world) == before
