"""A desk without a store whose deadlines and calendar are made by hand; `asked` holds what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from kcflow.calendar import shipped
from kcflow.services.clock.rule_list import words
from kcflow.services.clock_views import (
    CalendarYear,
    ChangePlan,
    ChangeResult,
    DayInput,
    DayView,
    RuleInput,
    RuleView,
    Shift,
)
from kcflow.services.views import OfficeView, PersonView, RoleView
from states.loader import builtin
from states.model import DeadlineRule, Label, Lifecycle, State
from tests.ui.fake_desk import FakeDesk

HOSTILE = "[b]QĐ 12/QĐ-SCT[/b] [@click=app.exit]x"
OFFICE = "Sở Công Thương Hà Giang"


def shift(number: int, before: date | None, after: date | None, today: date) -> Shift:
    """A due date that moves."""
    was = before is not None and before < today
    will = after is not None and after < today
    return Shift(
        code=f"KCQG-24-{number:04}",
        title=f"[red]Máy sao chè số {number}",
        state_label=Label("Đã nộp Sở, chờ thẩm định cơ sở", "Submitted to the department"),
        unit_name="Trung tâm Khuyến công Hà Giang",
        before=before,
        before_kind="policy" if before else None,
        after=after,
        after_kind="policy" if after else None,
        becomes_late=will and not was,
        stops_being_late=was and not will,
    )


@dataclass
class FakeEditor:
    """Deadlines and days."""

    today: date
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    trouble: Exception | None = None
    """Raised by every plan and every change."""
    offices: tuple[OfficeView, ...] = (
        OfficeView(
            "SCT-HG",
            OFFICE,
            "department",
            Label("Sở Công Thương", "Department"),
            "63:02",
            "Hà Giang",
            date(2010, 1, 1),
            None,
        ),
    )
    own: list[RuleView] = field(default_factory=list)
    days: list[DayView] = field(default_factory=list)
    moved: int = 5

    def rules(self, office: str | None, lifecycle: str | None, closed: bool) -> tuple[RuleView, ...]:
        """The built-in rules, with the own ones after the law's and the defaults."""
        self.asked.append(("rules", office, lifecycle, closed))
        found = []
        for each in lifecycles():
            for state in each.states:
                own = [rule for rule in self.own if (rule.lifecycle, rule.state) == (each.name, state.name)]
                found += [_view(each, state, rule, replaced=bool(own)) for rule in state.deadlines]
                found += own
        return tuple(found)

    def rule_offices(self) -> tuple[OfficeView, ...]:
        """Whose rules may be set."""
        return self.offices

    def _plan(self) -> ChangePlan:
        if self.trouble is not None:
            raise self.trouble
        every = [
            shift(1, date(2023, 6, 15), date(2023, 6, 7), self.today),
            shift(2, date(2023, 6, 5), date(2023, 6, 20), self.today),
            shift(3, date(2023, 6, 20), date(2023, 6, 22), self.today),
            shift(4, None, date(2023, 7, 3), self.today),
            shift(5, date(2023, 7, 3), None, self.today),
        ]
        warnings = (Label("[b]Luật định đến trước.", "[b]The law comes first."),)
        return ChangePlan(tuple(every[: self.moved]), self.moved, 1, 1, 40, warnings if self.moved else ())

    def _done(self) -> ChangeResult:
        if self.trouble is not None:
            raise self.trouble
        return ChangeResult(self.moved, 1, 1, 7)

    def rule_plan(self, rule: RuleInput) -> ChangePlan:
        """What a rule would do. Raises `trouble`."""
        self.asked.append(("rule_plan", rule))
        return self._plan()

    def set_rule(self, rule: RuleInput, reason: str) -> ChangeResult:
        """Set it. Raises `trouble`."""
        self.asked.append(("set_rule", rule, reason))
        return self._done()

    def close_rule_plan(self, rule_id: int, undo: bool = False) -> ChangePlan:
        """What would change without it. Raises `trouble`."""
        self.asked.append(("close_rule_plan", rule_id, undo))
        return self._plan()

    def close_rule(self, rule_id: int, reason: str, undo: bool = False) -> ChangeResult:
        """End it. Raises `trouble`."""
        self.asked.append(("close_rule", rule_id, reason, undo))
        return self._done()

    def calendar(self, year: int) -> CalendarYear:
        """The shipped days of a year with the own ones. Raises `trouble`."""
        self.asked.append(("calendar", year))
        if self.trouble is not None:
            raise self.trouble
        own = {day.day: day for day in self.days if day.day.year == year}
        rows = [
            DayView(each.day, each.kind, Label(each.name, each.name_en), each.document, own=False)
            for each in shipped(year)
            if each.day not in own
        ]
        found = sorted([*rows, *own.values()], key=lambda day: day.day)
        return CalendarYear(year, tuple(found), 250, year >= 2027)

    def days_plan(self, days: Sequence[DayInput], withdraw: Sequence[int] = ()) -> ChangePlan:
        """What days would do. Raises `trouble`."""
        self.asked.append(("days_plan", tuple(days), tuple(withdraw)))
        return self._plan()

    def set_days(self, days: Sequence[DayInput], reason: str, withdraw: Sequence[int] = ()) -> ChangeResult:
        """Set them. Raises `trouble`."""
        self.asked.append(("set_days", tuple(days), reason, tuple(withdraw)))
        return self._done()


def _view(lifecycle: Lifecycle, state: State, rule: DeadlineRule, *, replaced: bool) -> RuleView:
    return RuleView(
        id=None,
        lifecycle=lifecycle.name,
        lifecycle_label=lifecycle.label,
        state=state.name,
        state_label=state.label,
        kind=rule.kind,
        by=rule.by,
        text=words(rule),
        basis=rule.basis,
        replaced=replaced and rule.kind == "policy",
        days=rule.days,
        month=rule.month,
        day=rule.day,
        plan_year=rule.plan_year,
        inclusive=rule.inclusive,
    )


def lifecycles() -> tuple[Lifecycle, ...]:
    """One version of each built-in procedure, those of proposals first."""
    newest: dict[str, Lifecycle] = {}
    for each in sorted(builtin(), key=lambda one: (one.subject != "proposal", one.name, one.in_force_from)):
        newest[each.name] = each
    return tuple(newest.values())


def own_rule(number: int, state: str, **changes: Any) -> RuleView:
    """A rule of the department."""
    given: dict[str, Any] = {
        "id": number,
        "lifecycle": "kcqg",
        "lifecycle_label": Label("", ""),
        "state": state,
        "state_label": Label("Đã nộp Sở", "Submitted"),
        "kind": "policy",
        "by": "working_days",
        "text": Label("5 ngày làm việc kể từ ngày vào trạng thái", "5 working days from entering the state"),
        "basis": HOSTILE,
        "office": "SCT-HG",
        "office_name": OFFICE,
        "valid_from": date(2023, 1, 1),
        "set_by_name": "[i]Vàng Thị Mỷ",
        "set_at": datetime(2022, 12, 30, 3, tzinfo=UTC),
        "days": 5,
        **changes,
    }
    return RuleView(**given)


def own_day(number: int, day: date, kind: str, name: str) -> DayView:
    """A day that the office recorded."""
    at = datetime(2023, 5, 4, 3, tzinfo=UTC)
    return DayView(
        day, "off" if kind == "off" else "working", Label(name, name), HOSTILE, True, number, "[i]Mỷ", at
    )


class EditorDesk(FakeDesk):
    """The fake desk, worked by a supervisor."""

    def __init__(self) -> None:
        """Own rules of one state, a swap of June."""
        super().__init__()
        self.editor = FakeEditor(self.today)
        self.role = "supervisor"

    @property
    def clock(self) -> Any:
        """Its deadlines and days."""
        return self.editor

    @property
    def me(self) -> PersonView:
        """A supervisor of the department, unless the test says otherwise."""
        role = RoleView(self.role, Label("Lãnh đạo", ""), "SCT-HG", OFFICE, date(2020, 1, 1), None)
        return PersonView("my", "Vàng Thị Mỷ", None, (role,), None)

    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """Every version of the built-in ones."""
        return tuple(builtin())
