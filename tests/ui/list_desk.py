"""A desk for the tests of lists: known dossiers, any titles, errors on demand, always 28/06/2024."""

# ruff: noqa: ARG002  (the signatures are those of the real desk)

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from kcflow.config import Config
from kcflow.labels import HOLDER, OFFICE_KIND, ROLE, STALLED
from kcflow.services.clock_views import StalledGroup
from kcflow.services.money_views import OtherRow
from kcflow.services.views import (
    BulkItem,
    DossierCard,
    DossierRow,
    DueView,
    FlowPhase,
    FlowState,
    HistoryFilter,
    HistoryView,
    ListFilter,
    Mark,
    MoneyView,
    MoveInput,
    OfficeView,
    OptionView,
    Page,
    PaperView,
    PersonView,
    PhaseView,
    Preview,
    Reason,
    Receipt,
    RoleView,
    SavedView,
    StalledKind,
    StalledRow,
)
from kcflow.text import fold
from states.loader import builtin
from states.model import Label, Lifecycle
from tests.ui.clock_desk import FakeClock

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
LIFECYCLES: tuple[Lifecycle, ...] = tuple(
    sorted(builtin(), key=lambda each: (each.subject != "proposal", each.name != "kcqg"))
)
PROPOSALS: tuple[Lifecycle, ...] = LIFECYCLES[:2]
KCQG: Lifecycle = LIFECYCLES[0]


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
        changes=(("title", Label("Tên đề án", "Title"), Label("cũ", "cũ"), Label("mới", "mới")),)
        if i % 4 == 0
        else (),
        lifecycle="kcqg@2014.3",
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


def _flow_states(lifecycle: Lifecycle, phase: str, rows: Sequence[DossierRow]) -> tuple[FlowState, ...]:
    """The figures of the states of one phase."""
    states = []
    for state in lifecycle.states:
        if state.phase != phase:
            continue
        own = [row for row in rows if (row.lifecycle, row.state) == (lifecycle.key, state.name)]
        late = [row for row in own if row.mark == "late" and not row.ending]
        states.append(
            FlowState(
                lifecycle=lifecycle.key,
                state=state.name,
                label=state.label,
                count=len(own),
                late_law=sum(row.due_kind == "law" for row in late),
                late_policy=sum(row.due_kind == "policy" for row in late),
                near=sum(row.mark == "near" for row in own),
                requested=sum(row.requested for row in own),
                ending=state.ending,
            )
        )
    return tuple(states)


class ListMoney:
    """Stands for `kcflow.services.money.Money` where no plan, round, contract or adjustment is."""

    def waiting(self) -> tuple[OtherRow, ...]:
        """Nothing."""
        return ()

    def others(self, kind: str) -> tuple[OtherRow, ...]:
        """Nothing."""
        return ()


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
    views: list[SavedView] = field(default_factory=list)
    one_province: bool = False
    time: FakeClock | None = None
    """Its time side; made when it is asked for."""

    @property
    def clock(self) -> FakeClock:
        """Its time side."""
        if self.time is None:
            self.time = FakeClock(TODAY, {row.code: row.title for row in self.rows}, self.calls)
            self.time.group_rows = self._groups
        return self.time

    def _groups(self, by: str, wanted: ListFilter) -> list[StalledGroup]:
        """By province, each with a limit; any other grouping puts everything into one group without."""
        found = []
        for name in dict.fromkeys(row.province_name for row in self.rows) if by == "province" else ("–",):
            rows = [one for one in self._stalled((), wanted) if name in ("–", one.row.province_name)]
            if not rows:
                continue
            counts = {
                kind: sum(one.kind == kind for one in rows) for kind in ("law", "policy", "waiting", "near")
            }
            oldest = min((one.row.due_on for one in rows if one.row.due_on), default=None)
            asked = {"text": name} if by == "province" else {}
            found.append(
                StalledGroup(
                    name, Label(name, name), **counts, oldest_on=oldest, money=len(rows) * 10**8, asked=asked
                )
            )
        return found

    def _read(self, name: str) -> None:
        self.calls.append(name)
        if self.gate is not None:
            self.gate.wait(10)
        if self.fail is not None:
            raise self.fail

    def written(self) -> int:
        """Another number once the dossiers are others."""
        self._read("written")
        return hash(tuple(self.rows))

    @property
    def money(self) -> ListMoney:
        """Its money side: nothing is there."""
        return ListMoney()

    def work_as(self, login: str) -> ListDesk:
        """The desk of another person."""
        self._read("work_as")
        other = next(person for person in self.people_known if person.login == login)
        return replace(self, me=other, operator=(self.me.login, self.me.name))

    def _mine(self) -> list[DossierRow]:
        mine = [row for row in self.rows if not row.ending and row.due_on is not None]
        return sorted(mine, key=lambda row: (row.due_on or TODAY, row.code))

    def inbox(
        self,
        after: object | None = None,
        limit: int = 50,
        wanted: ListFilter | None = None,
        order: str = "due",
    ) -> Page[DossierRow]:
        """Open dossiers with a due date, the earliest first."""
        self._read("inbox")
        return _page(self._doable(self._inbox(wanted or ListFilter(), order)), after, limit)

    def _inbox(self, wanted: ListFilter, order: str) -> list[DossierRow]:
        mine = {row.code for row in self._mine()}
        return [row for row in self._ordered(wanted, order) if row.code in mine]

    def _doable(self, rows: Sequence[DossierRow]) -> list[DossierRow]:
        doable = tuple(option.label for option in OPTIONS if option.possible)
        return [replace(row, doable=doable) for row in rows]

    def inbox_index(
        self, wanted: ListFilter, order: str = "due", stop: Callable[[], bool] | None = None
    ) -> Sequence[int]:
        """The numbers of what the inbox lists."""
        self._read("inbox_index")
        number = {row.code: at for at, row in enumerate(self.rows)}
        return [number[row.code] for row in self._inbox(wanted, order)]

    def inbox_at(self, ids: Sequence[int]) -> tuple[DossierRow, ...]:
        """These."""
        self._read("inbox_at")
        return tuple(self._doable([self.rows[at] for at in ids]))

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
            and (not wanted.provinces or row.province in wanted.provinces)
            and (not wanted.offices or row.unit_office in wanted.offices)
            and wanted.waits_for in (None, row.waits_for)
            and (wanted.due_from is None or (row.due_on or date.min) >= wanted.due_from)
            and (wanted.due_to is None or (row.due_on or date.max) <= wanted.due_to)
            and (wanted.amount_from is None or row.requested >= wanted.amount_from)
            and (wanted.amount_to is None or row.requested <= wanted.amount_to)
        ]

    def dossiers(
        self, wanted: ListFilter, order: str = "code", after: object | None = None, limit: int = 50
    ) -> Page[DossierRow]:
        """What passes the filter."""
        self._read(f"dossiers {wanted.text}".strip())
        return _page(self._ordered(wanted, order), after, limit)

    def _ordered(self, wanted: ListFilter, order: str) -> list[DossierRow]:
        rows = self._passing(wanted)
        keys: dict[str, Callable[[DossierRow], object]] = {
            "due": lambda row: (row.due_on or date.max, row.code),
            "requested": lambda row: (row.requested, row.code),
            "title": lambda row: (fold(row.title), row.code),
        }
        key = keys.get(order.removeprefix("-"), lambda row: row.code)
        rows.sort(key=key, reverse=order.startswith("-") or order == "newest")
        return rows

    def count(self, wanted: ListFilter | None = None, cap: int = 1001) -> int:
        """How many pass."""
        self._read("count")
        return min(cap, len(self._passing(wanted or ListFilter())))

    def dossier_index(
        self, wanted: ListFilter, order: str = "code", stop: Callable[[], bool] | None = None
    ) -> Sequence[int]:
        """The numbers of what passes, in order."""
        self._read("dossier_index")
        number = {row.code: at for at, row in enumerate(self.rows)}
        return [number[row.code] for row in self._ordered(wanted, order)]

    def dossiers_at(self, ids: Sequence[int]) -> tuple[DossierRow, ...]:
        """These."""
        self._read("dossiers_at")
        return tuple(self.rows[at] for at in ids)

    def dossier(self, code: str) -> DossierCard:
        """One."""
        self._read(f"dossier {code}")
        return make_card(next(row for row in self.rows if row.code == code))

    def options(self, code: str, move: MoveInput | None = None) -> tuple[OptionView, ...]:
        """The same acts everywhere but where something has ended."""
        self._read("options")
        row = next(row for row in self.rows if row.code == code)
        return () if row.ending else OPTIONS

    def preview(self, code: str, action: str, move: MoveInput | None = None) -> Preview:
        """What the act would do; a returned dossier says no."""
        self._read("preview")
        row = next(row for row in self.rows if row.code == code)
        option = next(option for option in OPTIONS if option.name == action)
        allowed = row.mark != "returned"
        no = Reason("guard", "returned", Label("đề án đang bị trả lại", "the proposal is returned"))
        return Preview(
            code=code,
            title=row.title,
            option=option if allowed else replace(option, allowed=False, reasons=(no,)),
            allowed=allowed,
            from_label=row.state_label,
            to_label=option.target_label,
            waits_for_label=HOLDER["agency"],
            due=DueView(TODAY + timedelta(days=10), "law", "TT 36/2013 Đ10.2b"),
            amount_before=None,
            amount_after=None,
        )

    def advance_many(
        self, codes: Sequence[str], action: str, move: MoveInput, all_or_nothing: bool = True
    ) -> tuple[BulkItem, ...]:
        """Do it, and remember who asked for what."""
        self._read(f"advance_many {len(codes)} {move.request}")
        option = next(option for option in OPTIONS if option.name == action)
        target = option.target_label or Label("", "")
        return tuple(
            BulkItem(
                code,
                Receipt(
                    code=code,
                    title=next(row.title for row in self.rows if row.code == code),
                    seq=4,
                    action=action,
                    action_label=option.label,
                    from_state="drafting",
                    from_label=Label("Soạn thảo", "Drafting"),
                    to_state="registered",
                    to_label=target,
                    waits_for_label=HOLDER["agency"],
                    due=None,
                    on=TODAY,
                    at=datetime(2024, 6, 28, 3, tzinfo=UTC),
                    hash=f"{number:08x}" + "0" * 56,
                    request=move.request or "",
                    repeated=False,
                ),
            )
            for number, code in enumerate(codes)
        )

    def _stalled(self, kinds: Sequence[str], wanted: ListFilter | None = None) -> list[StalledRow]:
        found = []
        passing = {row.code for row in self._passing(wanted or ListFilter())}
        for i, row in enumerate(self.rows):
            if row.code not in passing:
                continue
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
                    next_roles=(ROLE["department"],),
                    money=row.requested,
                    holder="hoa" if i % 2 else None,
                    holder_name=self.me.name if i % 2 else None,
                    held_from=TODAY - timedelta(days=4) if i % 9 == 1 else None,
                    held_until=TODAY + timedelta(days=10) if i % 9 == 1 else None,
                    held_party="finance_ministry" if i % 9 == 1 else None,
                    held_party_label=HOLDER["finance_ministry"] if i % 9 == 1 else None,
                    reminders=i % 3,
                    reminded_on=TODAY - timedelta(days=2) if i % 3 else None,
                    level=i % 2,
                    waits_since=row.entered_on,
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
        wanted: ListFilter | None = None,
        order: str = "urgent",
    ) -> Page[StalledRow]:
        """What stands still; what is near comes first."""
        self._read("stalled")
        rows = self._stalled(kinds, wanted)
        if order == "urgent":
            rows.sort(key=lambda one: one.kind != "near")
        return _page(rows, after, limit)

    def stalled_counts(self, as_of: date | None = None, wanted: ListFilter | None = None) -> dict[str, int]:
        """How many of each kind."""
        self._read("stalled_counts")
        counts = dict.fromkeys(("law", "policy", "waiting", "near"), 0)
        for stalled in self._stalled((), wanted):
            counts[stalled.kind] += 1
        return counts

    def flow(self, wanted: ListFilter | None = None) -> tuple[FlowPhase, ...]:
        """Every phase of both sources, with the dossiers of each state."""
        self._read("flow")
        rows = self._passing(wanted or ListFilter())
        return tuple(
            FlowPhase(lifecycle.name, phase.name, phase.label, _flow_states(lifecycle, phase.name, rows))
            for lifecycle in PROPOSALS
            for phase in lifecycle.phases
            if (wanted or ListFilter()).source in (None, lifecycle.name)
        )

    def lifecycle(self, key: str) -> Lifecycle:
        """One of the two built in."""
        return next(lifecycle for lifecycle in LIFECYCLES if lifecycle.key == key)

    def history(
        self, wanted: HistoryFilter, after: object | None = None, limit: int = 50
    ) -> Page[HistoryView]:
        """The feed."""
        self._read("history")
        return _page(self._feed(wanted), after, limit)

    def history_index(
        self, wanted: HistoryFilter, oldest_first: bool = False, stop: Callable[[], bool] | None = None
    ) -> Sequence[int]:
        """The ids of the feed."""
        self._read("history_index")
        ids = [view.id for view in self._feed(wanted)]
        return ids[::-1] if oldest_first else ids

    def history_at(self, ids: Sequence[int]) -> tuple[HistoryView, ...]:
        """These."""
        self._read("history_at")
        known = {view.id: view for view in self._feed(HistoryFilter())}
        return tuple(known[one] for one in ids)

    def saved_views(self, list_name: str) -> tuple[SavedView, ...]:
        """Those of a list."""
        self._read("saved_views")
        return tuple(view for view in self.views if view.list == list_name)

    def save_view(
        self, list_name: str, name: str, payload: Mapping[str, object], shared: bool = False
    ) -> SavedView:
        """Keep one, in place of one's own of that name."""
        self._read("save_view")
        self.views = [view for view in self.views if not (view.mine and view.name == name)]
        view = SavedView(
            len(self.calls), list_name, name, self.me.login, self.me.name, shared, True, dict(payload)
        )
        self.views.append(view)
        return view

    def forget_view(self, view_id: int) -> None:
        """Take one away."""
        self._read("forget_view")
        self.views = [view for view in self.views if view.id != view_id]

    def _feed(self, wanted: HistoryFilter) -> list[HistoryView]:
        people = self.people_known
        views = [make_history(i, row, people[i % len(people)]) for i, row in enumerate(self.rows)]
        return [
            view
            for view in views
            if wanted.dossier in (None, view.dossier)
            and wanted.actor in (None, view.actor)
            and wanted.action in (None, view.action)
            and wanted.office in (None, view.office)
            and (wanted.on_from is None or view.on >= wanted.on_from)
            and (wanted.on_to is None or view.on <= wanted.on_to)
        ]

    def people(self) -> tuple[PersonView, ...]:
        """Everybody."""
        self._read("people")
        return self.people_known

    def offices(self, kind: str | None = None, province: str | None = None) -> tuple[OfficeView, ...]:
        """Every office."""
        self._read("offices")
        return make_offices()

    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """Both."""
        return LIFECYCLES

    def states(self) -> tuple[tuple[str, Label, Label], ...]:
        """Every state."""
        return tuple((s.name, s.label, KCQG.phase_by_name[s.phase].label) for s in KCQG.states)

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def opener(desk: ListDesk) -> Callable[[Config], Desk]:
    """What opens `desk` in place of a store."""
    return lambda _config: cast("Desk", desk)
