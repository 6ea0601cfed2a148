"""A desk for the tests of lists: known dossiers, any titles, errors on demand, always 28/06/2024."""

# ruff: noqa: ARG002  (the signatures are those of the real desk)

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from kcflow.config import Config
from kcflow.labels import HOLDER, OFFICE_KIND, ROLE, STALLED
from kcflow.services.views import (
    DossierCard,
    DossierRow,
    DueView,
    HistoryFilter,
    HistoryView,
    ListFilter,
    Mark,
    MoneyView,
    OfficeView,
    OptionView,
    Page,
    PaperView,
    PersonView,
    PhaseView,
    Reason,
    RoleView,
    StalledKind,
    StalledRow,
)
from kcflow.text import fold
from states.loader import builtin
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

V = TypeVar("V")

TODAY = date(2024, 6, 28)
SINCE = date(2020, 1, 1)
TITLES = (
    "Ứng dụng máy móc thiết bị tiên tiến trong sản xuất, chế biến chè xuất khẩu",
    "Xây dựng mô hình trình diễn kỹ thuật sản xuất gạch không nung",
    "Hỗ trợ đào tạo nghề may công nghiệp cho lao động nông thôn",
    "Hỗ trợ ứng dụng máy móc trong chế biến gỗ rừng trồng",
    "Tổ chức hội chợ triển lãm hàng công nghiệp nông thôn tiêu biểu khu vực phía Bắc",
    "Hỗ trợ thiết kế mẫu mã, bao bì cho sản phẩm miến dong",
)
_MARKS: tuple[Mark, ...] = ("late", "near", "ok", "ok", "returned", "none", "completed", "ended")
KCQG: Lifecycle = next(lifecycle for lifecycle in builtin() if lifecycle.name == "kcqg")


def make_row(i: int, title: str | None = None) -> DossierRow:
    """The dossier number `i`, the same each time."""
    open_states = [state for state in KCQG.states if not state.final]
    mark = _MARKS[i % len(_MARKS)]
    state = open_states[i % len(open_states)]
    if mark in ("completed", "ended"):
        wanted = "completed" if mark == "completed" else "stopped"
        state = next(s for s in KCQG.states if s.ending == wanted)
    left = {"late": -2 - i % 40, "near": i % 5, "ok": 20 + i % 200}.get(mark)
    return DossierRow(
        code=f"KCQG-24-{i:04}",
        title=TITLES[i % len(TITLES)] if title is None else title,
        lifecycle=KCQG.key,
        state=state.name,
        state_label=state.label,
        phase=state.phase,
        phase_label=KCQG.phase_by_name[state.phase].label,
        source="kcqg",
        plan_year=2024 + i % 2,
        province="02:2004",
        province_name="Hà Giang" if i % 3 else "Bà Rịa – Vũng Tàu",
        unit_office="TTKC-02",
        unit_name="Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Hà Giang",
        waits_for=state.waits_for,
        waits_for_label=HOLDER[state.waits_for],
        version=3,
        requested=285_250_000 + i * 1_000_000,
        approved=250_000_000 if i % 2 else None,
        allocated=200_000_000 if i % 4 == 1 else 0,
        advanced=0,
        entered_on=TODAY - timedelta(days=30 + i % 50),
        due_on=None if left is None else TODAY + timedelta(days=left),
        due_kind=None if left is None else ("law" if i % 2 else "policy"),
        due_basis=None if left is None else "TT 36/2013 Đ10.2b",
        days_left=left,
        mark=mark,
        ending=state.ending,
    )


def _option(name: str, label: Label, *reasons: Reason, possible: bool = True) -> OptionView:
    return OptionView(
        name=name,
        label=label,
        allowed=not reasons,
        possible=possible,
        reasons=reasons,
        warnings=(),
        basis="TT 36/2013 Đ6.1, Đ10.2",
        danger=False,
        target="registered",
        target_label=Label("Đã đăng ký với Cục", "Registered with the agency"),
        roles=(ROLE["department"],),
        role_label=ROLE["department"],
        office_name="Sở Công Thương Hà Giang",
        reason_need="optional",
        act_document_need="none",
        act_documents=(),
        missing_documents=(),
        amount=None,
        suggested_amount=None,
        round=False,
    )


OPTIONS = (
    _option("register", Label("Đăng ký với Cục", "Register with the agency")),
    _option("return_for_completion", Label("Trả bổ sung", "Return for completion")),
    _option(
        "approve",
        Label("Phê duyệt", "Approve"),
        Reason("permission", "role", Label("thuộc thẩm quyền Bộ trưởng", "this belongs to the Minister")),
        Reason("document", "missing", Label("thiếu Phiếu thẩm định (Mẫu 4a)", "form 4a is missing")),
        possible=False,
    ),
)


def make_card(row: DossierRow) -> DossierCard:
    """Everything about `row`."""
    here = [phase.name for phase in KCQG.phases].index(row.phase)
    phases = tuple(
        PhaseView(
            phase.name,
            phase.label,
            "done" if i < here else "current" if i == here else "ahead",
            TODAY - timedelta(days=90 - 10 * i) if i <= here else None,
        )
        for i, phase in enumerate(KCQG.phases)
    )
    due = None
    if row.due_on is not None:
        line = Label(
            f"10 ngày làm việc từ {row.entered_on:%d/%m/%Y}, hạn {row.due_on:%d/%m/%Y}",
            f"10 working days from {row.entered_on:%d/%m/%Y}, due {row.due_on:%d/%m/%Y}",
        )
        due = DueView(row.due_on, "law", row.due_basis or "", (line,))
    return DossierCard(
        row=row,
        content={},
        fields=(),
        money=MoneyView(400_000_000, row.requested, 100_000_000, 0, row.approved, 0, 0, ()),
        phases=phases,
        due=due,
        checklist=(),
        papers=(),
        options=() if row.ending else OPTIONS,
        timeline=(),
        return_to_label=None,
        warnings=(),
        editable=False,
        days_in_state=34,
        working_days_in_state=24,
    )


def make_history(i: int, row: DossierRow, actor: PersonView) -> HistoryView:
    """The history row number `i`."""
    label = Label("Công văn", "Letter")
    paper = PaperView("cong_van", label, f"{i}/SCT-QLCN", TODAY, "Phó Giám đốc", None, None, None)
    on = TODAY - timedelta(days=i)
    action = KCQG.actions[i % len(KCQG.actions)]
    return HistoryView(
        id=10_000 - i,
        dossier=row.code,
        title=row.title,
        seq=3,
        action=action.name,
        action_label=action.label,
        from_state="drafting",
        from_label=Label("Đang soạn thảo", "Drafting"),
        to_state=row.state,
        to_label=row.state_label,
        actor=actor.login,
        actor_name=actor.name,
        operator="root" if i % 5 == 0 else None,
        operator_name="Quản trị máy" if i % 5 == 0 else None,
        role="department",
        role_label=ROLE["department"],
        office="SCT-02",
        office_name="Sở Công Thương Hà Giang",
        authority="TM." if i % 2 else None,
        system=False,
        basis="TT 36/2013 Đ6.1",
        document=paper,
        papers=(paper,),
        amount_kind="approved" if i % 3 == 0 else None,
        amount=250_000_000 if i % 3 == 0 else None,
        amount_before=0 if i % 3 == 0 else None,
        amount_after=250_000_000 if i % 3 == 0 else None,
        round=None,
        reason="Bổ sung báo giá thiết bị" if i % 2 else None,
        on=on,
        at=datetime(2024, 6, 28, 3, 15, i % 60, tzinfo=UTC) - timedelta(days=max(0, i - 2)),
        entry_delay_days=min(i, 2),
        deadline_on=on + timedelta(days=3),
        deadline_kind="law",
        deadline_basis="TT 36/2013 Đ10.2b",
        deadline_met=(True, False, None)[i % 3],
        due_on=row.due_on,
        waits_for_label=row.waits_for_label,
        corrects=None,
        corrected_by=(),
        changes=(("title", Label("Tên đề án", "Title"), "cũ", "mới"),) if i % 4 == 0 else (),
        lifecycle="kcqg@2014",
        request=f"00000000-0000-4000-8000-{i:012}",
        digest="d" * 64,
        prev="b" * 64,
        hash=f"{i:064x}",
    )


def make_people() -> tuple[PersonView, ...]:
    """Three people."""

    def person(login: str, name: str, role: str, office: str, office_name: str) -> PersonView:
        view = RoleView(role, ROLE[role], office, office_name, SINCE, None)
        return PersonView(login, name, "root" if login == "hoa" else None, (view,), None)

    return (
        person("hoa", "Nguyễn Thị Hoa", "department", "SCT-02", "Sở Công Thương Hà Giang"),
        person("nam", "Trần Văn Nam", "agency", "CUC", "Cục Công Thương địa phương"),
        person("binh", "Lê Bình", "auditor", "KTNN", "Kiểm toán Nhà nước khu vực X"),
    )


def make_offices() -> tuple[OfficeView, ...]:
    """Two offices."""
    department, agency = OFFICE_KIND["department"], OFFICE_KIND["agency"]
    return (
        OfficeView(
            "SCT-02", "Sở Công Thương Hà Giang", "department", department, "02:2004", "Hà Giang", SINCE, None
        ),
        OfficeView("CUC", "Cục Công Thương địa phương", "agency", agency, None, None, SINCE, None),
    )


def _page(rows: Sequence[V], after: object | None, limit: int) -> Page[V]:
    start = after if isinstance(after, int) else 0
    return Page(tuple(rows[start : start + limit]), start + limit if start + limit < len(rows) else None)


@dataclass
class ListDesk:
    """Stands for `kcflow.services.desk.Desk`.

    rows: the dossiers. fail: raised by every read while it is set. gate: when set, reads wait for it.
    calls: what was asked, in order.
    """

    rows: list[DossierRow] = field(default_factory=lambda: [make_row(i) for i in range(1, 41)])
    people_known: tuple[PersonView, ...] = field(default_factory=make_people)
    me: PersonView = field(default_factory=lambda: make_people()[0])
    operator: tuple[str, str] | None = None
    fail: Exception | None = None
    gate: threading.Event | None = None
    calls: list[str] = field(default_factory=list)
    today: date = TODAY
    sample_day: date | None = None
    closed: bool = False

    def _read(self, name: str) -> None:
        self.calls.append(name)
        if self.gate is not None:
            self.gate.wait(10)
        if self.fail is not None:
            raise self.fail

    def work_as(self, login: str) -> ListDesk:
        """The desk of another person."""
        self._read("work_as")
        other = next(person for person in self.people_known if person.login == login)
        return replace(self, me=other, operator=(self.me.login, self.me.name))

    def _mine(self) -> list[DossierRow]:
        mine = [row for row in self.rows if not row.ending and row.due_on is not None]
        return sorted(mine, key=lambda row: (row.due_on or TODAY, row.code))

    def inbox(self, after: object | None = None, limit: int = 50) -> Page[DossierRow]:
        """Open dossiers with a due date, the earliest first."""
        self._read("inbox")
        return _page(self._mine(), after, limit)

    def inbox_count(self) -> int:
        """How many."""
        self._read("inbox_count")
        return len(self._mine())

    def _passing(self, wanted: ListFilter) -> list[DossierRow]:
        words = fold(wanted.text).split()
        return [
            row
            for row in self.rows
            if all(word in fold(f"{row.code} {row.title} {row.unit_name}") for word in words)
            and (not wanted.states or row.state in wanted.states)
            and (not wanted.phases or row.phase in wanted.phases)
            and wanted.plan_year in (None, row.plan_year)
            and wanted.source in (None, row.source)
            and not (wanted.open_only and row.ending)
        ]

    def dossiers(
        self, wanted: ListFilter, order: str = "code", after: object | None = None, limit: int = 50
    ) -> Page[DossierRow]:
        """What passes the filter."""
        self._read(f"dossiers {wanted.text}".strip())
        rows = self._passing(wanted)
        if order == "due":
            rows.sort(key=lambda row: (row.due_on or date.max, row.code))
        elif order == "newest":
            rows.sort(key=lambda row: row.code, reverse=True)
        return _page(rows, after, limit)

    def count(self, wanted: ListFilter, cap: int = 1001) -> int:
        """How many pass."""
        self._read("count")
        return min(cap, len(self._passing(wanted)))

    def dossier(self, code: str) -> DossierCard:
        """One."""
        self._read(f"dossier {code}")
        return make_card(next(row for row in self.rows if row.code == code))

    def _stalled(self, kinds: Sequence[str]) -> list[StalledRow]:
        found = []
        for i, row in enumerate(self.rows):
            kind: StalledKind
            if row.mark == "late":
                kind = "law" if i % 3 else "policy"
            elif row.mark == "near":
                kind = "near"
            elif row.mark == "returned":
                kind = "waiting"
            else:
                continue
            if kinds and kind not in kinds:
                continue
            late = -(row.days_left or 0) if row.mark == "late" else 0
            found.append(
                StalledRow(
                    row=row,
                    kind=kind,
                    kind_label=STALLED[kind],
                    days_in_state=34 + i,
                    working_days_in_state=24 + i,
                    overdue_days=late,
                    overdue_working_days=late * 5 // 7,
                    last_action="submit",
                    last_action_label=Label("Trình Sở", "Submit"),
                    last_on=TODAY - timedelta(days=34),
                    last_actor="Nguyễn Thị Hoa",
                    next_actions=(Label("Thẩm định cấp cơ sở", "Provincial appraisal"),),
                )
            )
        return found

    def stalled(
        self,
        as_of: date | None = None,
        after: object | None = None,
        limit: int = 50,
        near_days: int = 5,
        kinds: Sequence[str] = (),
    ) -> Page[StalledRow]:
        """What stands still."""
        self._read("stalled")
        return _page(self._stalled(kinds), after, limit)

    def stalled_counts(self, as_of: date | None = None) -> dict[str, int]:
        """How many of each kind."""
        self._read("stalled_counts")
        counts = dict.fromkeys(("law", "policy", "waiting", "near"), 0)
        for stalled in self._stalled(()):
            counts[stalled.kind] += 1
        return counts

    def history(
        self, wanted: HistoryFilter, after: object | None = None, limit: int = 50
    ) -> Page[HistoryView]:
        """The feed."""
        self._read("history")
        people = self.people_known
        views = [make_history(i, row, people[i % len(people)]) for i, row in enumerate(self.rows)]
        found = [
            view
            for view in views
            if wanted.dossier in (None, view.dossier)
            and wanted.actor in (None, view.actor)
            and wanted.action in (None, view.action)
            and wanted.office in (None, view.office)
            and (wanted.on_from is None or view.on >= wanted.on_from)
            and (wanted.on_to is None or view.on <= wanted.on_to)
        ]
        return _page(found, after, limit)

    def people(self) -> tuple[PersonView, ...]:
        """Everybody."""
        self._read("people")
        return self.people_known

    def offices(self, kind: str | None = None, province: str | None = None) -> tuple[OfficeView, ...]:
        """Every office."""
        self._read("offices")
        return make_offices()

    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """The national one."""
        return (KCQG,)

    def states(self) -> tuple[tuple[str, Label, Label], ...]:
        """Every state."""
        return tuple((s.name, s.label, KCQG.phase_by_name[s.phase].label) for s in KCQG.states)

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def opener(desk: ListDesk) -> Callable[[Config], Desk]:
    """What opens `desk` in place of a store."""
    return lambda _config: cast("Desk", desk)
