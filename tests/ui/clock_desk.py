"""The time side of the desks without a store: what they say is made by hand; what they were asked is kept."""

# ruff: noqa: ARG002  (the signatures are those of the real desk)

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kcflow.labels import HOLDER, ROLE
from kcflow.services.clock_views import (
    ChangePlan,
    ClockState,
    FormerDue,
    HoldInput,
    PauseView,
    RuleLine,
    Shift,
    StalledGroup,
    Told,
    Why,
    YearEndDate,
)
from kcflow.services.dwell_views import DwellFilter, DwellReport
from kcflow.services.errors import NotFound
from kcflow.services.views import ListFilter, PersonView, Receipt, RoleView
from states.model import Label
from tests.ui.dwell_desk import dwell_report

STATE = Label("Đang thẩm định cấp cơ sở", "Under provincial appraisal")
ACTS = ("hold", "lift", "remind", "reassign", "escalate")
NOT_HELD = Label(
    "Hồ sơ không tạm dừng nên không có gì để gỡ.", "It is not on hold, so there is nothing to lift."
)


def person(login: str, name: str, office: str = "Sở Công Thương Hà Giang") -> PersonView:
    """Somebody of the department."""
    role = RoleView("department", ROLE["department"], "SCT-02", office, date(2020, 1, 1), None)
    return PersonView(login, name, None, (role,), None)


PEOPLE = (person("minh", "Vàng Văn Minh"), person("lan", "Hoàng Thị Lan"))


def pause(today: date, reason: str = "Chờ Bộ Tài chính cho ý kiến") -> PauseView:
    """A hold that is in force today."""
    return PauseView(
        seq=5,
        from_on=today - timedelta(days=4),
        until_on=today + timedelta(days=10),
        lifted_on=None,
        party="finance_ministry",
        party_label=HOLDER["finance_ministry"],
        reason=reason,
        by_name="Lê Thị Mai",
    )


@dataclass
class FakeClock:
    """Stands for `kcflow.services.clock.Clock`. `on_hold`: every dossier is; `done`: what was written."""

    today: date
    titles: Mapping[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    on_hold: bool = False
    refused: Mapping[str, Label] = field(default_factory=dict)
    fail: Exception | None = None
    fail_write: Exception | None = None
    done: list[tuple[object, ...]] = field(default_factory=list)
    plain: bool = False
    """Nobody is charged, nobody was reminded."""
    text: str = ""
    """Stands in every place that people write in; for hostile ones."""
    dwelt: list[DwellFilter] = field(default_factory=list)
    """What was asked about where time goes."""

    def _read(self, name: str) -> None:
        self.calls.append(name)
        if self.fail is not None:
            raise self.fail

    def _title(self, code: str) -> str:
        if self.titles and code not in self.titles:
            raise NotFound(
                "no_such_dossier", Label(f"Không có hồ sơ {code}.", f"There is no dossier {code}.")
            )
        return self.titles.get(code, "")

    def state(self, code: str) -> ClockState:
        """Charged to Minh, reminded twice; on hold where the test says so."""
        self._read(f"clock {code}")
        possible: dict[str, Label | None] = dict.fromkeys(ACTS)
        if not self.on_hold:
            possible["lift"] = NOT_HELD
        possible.update(self.refused)
        if self.plain:
            return ClockState(None, None, 0, None, 0, None, None, possible)
        return ClockState(
            holder="minh",
            holder_name=self.text or "Vàng Văn Minh",
            reminders=2,
            reminded_on=self.today - timedelta(days=3),
            level=1,
            level_label=Label("Chuyên viên", "Clerk"),
            hold=pause(self.today, self.text or "Chờ ý kiến") if self.on_hold else None,
            possible=possible,
        )

    def why(self, code: str, as_of: date | None = None) -> Why:
        """Ten working days that ended a week ago, with a pause, two rules and a former date."""
        self._read(f"why {code}")
        entered, due = self.today - timedelta(days=25), self.today - timedelta(days=7)
        text = self.text
        return Why(
            code=code,
            title=self._title(code) or text or "Hỗ trợ ứng dụng máy móc trong chế biến chè",
            kind="proposal",
            state_label=STATE,
            waits_for="department",
            waits_for_label=HOLDER["department"],
            holder_name=text or "Vàng Văn Minh",
            entered_on=entered,
            entered_at=datetime(entered.year, entered.month, entered.day, 3, tzinfo=UTC),
            entered_by=text or "Nguyễn Thị Hoa",
            due_on=due,
            due_kind="law",
            due_basis=text or "TT 36/2013 Đ10.2b",
            today=as_of or self.today,
            overdue_days=7,
            overdue_working_days=5,
            lines=(
                Label(f"Bắt đầu tính từ {entered:%d/%m/%Y}", f"Counts from {entered:%d/%m/%Y}"),
                Label(
                    "10 ngày làm việc; bỏ qua 2 thứ bảy, 2 chủ nhật", "10 working days; 4 days off skipped"
                ),
                Label(f"Hạn: {due:%d/%m/%Y}; quá 7 ngày", f"Due {due:%d/%m/%Y}; late by 7 days"),
            ),
            rules=(
                RuleLine(
                    "policy",
                    text or "Quy chế 12/QC-SCT",
                    due + timedelta(days=3),
                    counts=False,
                    lines=(Label("12 ngày làm việc", "12 working days"),),
                    office=text or "Sở Công Thương Hà Giang",
                ),
                RuleLine(
                    "law",
                    "TT 36/2013 Đ10.2b",
                    due,
                    counts=True,
                    lines=(Label("10 ngày làm việc", "10 working days"),),
                ),
            ),
            pauses=(
                replace(pause(self.today, text or "Chờ ý kiến"), lifted_on=self.today - timedelta(days=1)),
            ),
            former=(
                FormerDue(
                    due - timedelta(days=5),
                    "policy",
                    "Quy chế 07/QC-SCT",
                    self.today - timedelta(days=9),
                    text or "Lê Thị Mai",
                    text or "Đặt quy định mới của Sở",
                ),
            ),
            reminders=2,
            level=1,
            level_label=Label("Chuyên viên", "Clerk"),
        )

    def holders(self, code: str) -> tuple[PersonView, ...]:
        """Two people of the department."""
        self._read("holders")
        return tuple(replace(one, name=self.text or one.name) for one in PEOPLE)

    def told(self, code: str, act: str) -> Told:
        """The one who holds it, or the head of the division."""
        self._read(f"told {act}")
        if act == "remind":
            return Told((replace(PEOPLE[0], name=self.text or PEOPLE[0].name),))
        return Told((PEOPLE[1],), 2, Label("Trưởng phòng", "Head of division"))

    def hold_plan(self, code: str, hold: HoldInput) -> ChangePlan:
        """The due date moves by as many days as the hold has; a refusal is raised."""
        self._read(f"hold_plan {hold.until}")
        before = self.today - timedelta(days=7)
        after = before + (hold.until - (hold.on or self.today)) + timedelta(days=1)
        shift = Shift(
            code, self._title(code), STATE, "", before, "policy", after, "policy", False, after >= self.today
        )
        return ChangePlan((shift,), 1, 0, int(after >= self.today), 1)

    def _write(self, act: str, code: str, *what: object) -> Receipt:
        self._read(act)
        if self.fail_write is not None:
            raise self.fail_write
        self.done.append((act, code, *what))
        return Receipt(
            code=code,
            title=self._title(code),
            seq=6,
            action="note",
            action_label=Label("Tạm dừng", "Hold"),
            from_state="x",
            from_label=STATE,
            to_state="x",
            to_label=STATE,
            waits_for_label=HOLDER["department"],
            due=None,
            on=self.today,
            at=datetime(2024, 6, 28, 3, tzinfo=UTC),
            hash="ab12cd34" + "0" * 56,
            request="",
            repeated=False,
        )

    def hold(self, code: str, hold: HoldInput, request: str | None = None) -> Receipt:
        """Keep it."""
        receipt = self._write("hold", code, hold)
        self.on_hold = True
        return receipt

    def lift(self, code: str, reason: str, on: date | None = None, request: str | None = None) -> Receipt:
        """Keep it."""
        receipt = self._write("lift", code, reason, on)
        self.on_hold = False
        return receipt

    def remind(self, code: str, text: str, to: Sequence[str] = (), request: str | None = None) -> Receipt:
        """Keep it."""
        return self._write("remind", code, text)

    def reassign(self, code: str, holder: str | None, reason: str, request: str | None = None) -> Receipt:
        """Keep it."""
        return self._write("reassign", code, holder, reason)

    def escalate(self, code: str, reason: str, request: str | None = None) -> Receipt:
        """Keep it."""
        return self._write("escalate", code, reason)

    # Lists

    group_rows: Callable[[str, ListFilter], Sequence[StalledGroup]] = field(default=lambda _by, _wanted: ())

    def groups(
        self, by: str, as_of: date | None = None, wanted: ListFilter | None = None
    ) -> tuple[StalledGroup, ...]:
        """What the test says."""
        self._read(f"groups {by}")
        return tuple(self.group_rows(by, wanted or ListFilter()))

    def year_end(self, budget_year: int | None = None) -> tuple[YearEndDate, ...]:
        """The five dates of the year, the last with nothing open."""
        self._read("year_end")
        year = budget_year or self.today.year
        dates = (
            (date(year, 12, 30), False, "Tạm ứng, thanh toán", "Advance, pay", 12),
            (date(year, 12, 31), True, "Hết năm ngân sách", "The budget year ends", 7),
            (date(year + 1, 1, 22), True, "Đề nghị chuyển nguồn", "Ask to carry over", 3),
            (date(year + 1, 1, 31), True, "Thanh toán khối lượng", "Pay what was done", 2),
            (date(year + 1, 2, 15), True, "Báo cáo quyết toán", "Report the settlement", 0),
        )
        return tuple(
            YearEndDate(
                on,
                inclusive,
                Label(vi, en),
                "Luật NSNN 83/2015 Đ64",
                (on - self.today).days,
                count,
                count * 100_000_000,
                {"open_only": True, "plan_year": year},
            )
            for on, inclusive, vi, en, count in dates
        )

    def export_stalled(
        self,
        path: Path,
        lang: str = "vi",
        wanted: ListFilter | None = None,
        kinds: Sequence[str] = (),
        overwrite: bool = False,
        order: str = "urgent",
    ) -> Path:
        """Remember it."""
        self._read("export")
        self.done.append(("export", path, wanted, tuple(kinds), order))
        return path

    def dwell(self, wanted: DwellFilter | None = None) -> DwellReport:
        """The same figures for every period; nothing of the plan year 2013."""
        self._read("dwell")
        self.dwelt.append(wanted or DwellFilter())
        return dwell_report(self.dwelt[-1], self.today, self.text)

    def export_dwell(self, found: DwellReport, path: Path, lang: str, overwrite: bool = False) -> Path:
        """Remember it."""
        self._read("export_dwell")
        self.done.append(("export_dwell", path, found))
        return path
