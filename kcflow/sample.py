"""Sample data: seven registers imported and half a year and more of work played through the engine.

Nothing is written past the rules: every step goes through a `Desk` of the person who would do
it, with the clock set to the day of entry. Deterministic: the same store every time. The acts
end in June 2024, as in the seeds of this project: the plan is approved, the Ministry of
Finance's first round has let through fairs and conferences only (domain.md §2.5).
"""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Literal

from db import directory
from db.rows import OrganisationRow, PersonRow
from db.store import Store
from kcflow import reference
from kcflow.bootstrap import NATIONAL_OFFICES, SAMPLE_DAY, provincial_offices, put_reference
from kcflow.labels import OFFICE_ROLE
from kcflow.services.context import VIET_NAM, Shared
from kcflow.services.desk import Desk
from kcflow.services.views import DossierRow, DraftInput, ListFilter, MoveInput, PaperInput

TODAY = date(2024, 6, 14)
"""The day on which the sample store stands still."""
SINCE = date(2022, 1, 1)
REGISTERS = (
    "KCQG-2024-1-HaGiang",
    "KCQG-2024-2-ThaiNguyen",
    "KCQG-2024-3-NgheAn",
    "KCQG-2024-4-LaoCai",
    "KCQG-2024-5-HaiPhong",
    "KCQG-2024-6-NinhBinh",
    "KCDP-2024-HaGiang",
)
PROVINCES = ("63:02", "63:19", "63:40", "63:10", "63:31", "63:37")

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Lý", "Nông", "Giàng")
GIVEN = ("Thu Hà", "Văn Minh", "Thị Lan", "Quốc Hưng", "Mai Anh", "Đức Thắng", "Thị Hồng", "Văn Sơn")


@dataclass
class Play:
    """The stage: a store, a clock that the play sets, and a desk for each role and province."""

    store: Store
    account: tuple[str, str]
    day: date = date(2023, 4, 3)
    minute: int = 0
    desks: dict[str, Desk] = field(default_factory=dict)
    papers: int = 0
    schedule: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=itertools.count)
    entered: dict[str, date] = field(default_factory=dict)
    shared: Shared = field(init=False)

    def __post_init__(self) -> None:
        self.shared = Shared(self.store, self.now, TODAY)

    def now(self) -> datetime:
        """An office hour of the day of entry; every call a minute later."""
        self.minute = (self.minute + 1) % 480
        local = datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=VIET_NAM)
        return (local + timedelta(minutes=self.minute)).astimezone(UTC)

    def desk(self, login: str) -> Desk:
        """The desk of a person."""
        if login not in self.desks:
            self.desks[login] = Desk.for_person(self.shared, login)
        return self.desks[login]

    def number(self, kind: str) -> str:
        """The next document number of the play."""
        self.papers += 1
        return f"{self.papers}/{kind}"

    def act(
        self,
        login: str,
        code: str,
        action: str,
        on: date,
        *,
        late: int = 0,
        conclusion: Literal["agreed", "not_agreed"] | None = None,
        papers: tuple[str, ...] = (),
        reason: str | None = None,
        amount: int | None = None,
        round_: int | None = None,
        kind: str | None = None,
        symbol: str = "SCT",
        signer: str = "Phạm Văn Lãnh",
    ) -> None:
        """Schedule an act of `on`, entered `late` days after; its paper gets number, date, signer."""
        entry = max(on + timedelta(days=late), self.entered.get(code, on))
        self.entered[code] = entry

        def do() -> None:
            self.day = entry
            desk = self.desk(login)
            option = next(o for o in desk.options(code, MoveInput(on=on)) if o.name == action)
            has_paper = option.act_document_need == "required" or kind is not None
            desk.advance(
                code,
                action,
                MoveInput(
                    on=on,
                    reason=reason,
                    document_kind=kind or (option.act_documents[0][0] if has_paper else None),
                    document_number=self.number(symbol) if has_paper else None,
                    document_date=on if has_paper else None,
                    signer=signer if has_paper else None,
                    conclusion=conclusion,
                    papers=tuple(PaperInput(p, self.number(symbol), on, signer) for p in papers),
                    amount=amount,
                    round=round_,
                    authority="KT." if symbol == "SCT" else None,
                    request=str(uuid.uuid5(uuid.NAMESPACE_URL, f"kcflow/{code}/{action}/{self.papers}")),
                ),
            )

        self._later(entry, do)

    def create(self, login: str, draft: DraftInput, on: date, then: Callable[[str], None]) -> None:
        """Schedule a new draft; `then` schedules what follows, once its code is known."""

        def do() -> None:
            self.day = on
            then(self.desk(login).create(draft, on=on).code)

        self._later(on, do)

    def _later(self, entry: date, do: Callable[[], None]) -> None:
        heapq.heappush(self.schedule, (entry, next(self.order), do))

    def run(self, until: date) -> None:
        """Do what is scheduled up to `until`, in the order of entry: the history is as it would be."""
        while self.schedule and self.schedule[0][0] <= until:
            heapq.heappop(self.schedule)[2]()


def play(store: Store, account: tuple[str, str], tell: Callable[[str, int, int], None]) -> None:
    """Fill an empty store with the sample. `account` is the OS account that opens it."""
    found_offices(store, account)
    stage = Play(store, account)
    tell("registers", 1, 4)
    import_registers(stage)
    tell("work", 2, 4)
    drafting_to_minister(stage)
    local_programme(stage)
    stage.run(until=date(2023, 12, 20))
    tell("money", 3, 4)
    approval_and_after(stage)
    next_plan(stage)
    stage.run(until=TODAY)


def found_offices(store: Store, account: tuple[str, str]) -> None:
    """Offices of six provinces and the ministry, a person for every role, auditors, supervisors."""
    offices = [
        OrganisationRow(code, name, None, kind, None, None, SINCE) for code, name, kind in NATIONAL_OFFICES
    ]
    for key in PROVINCES:
        offices += provincial_offices(reference.province(key), SINCE)
    offices.append(OrganisationRow("KTNN", "Kiểm toán Nhà nước", None, "audit", None, None, SINCE))
    people: list[tuple[PersonRow, str, str]] = []
    for index, office in enumerate(offices):
        name = f"{FAMILY[index % len(FAMILY)]} {GIVEN[index % len(GIVEN)]}"
        login = office.code.lower()
        people.append((PersonRow(login, name, None, None, SINCE), OFFICE_ROLE[office.kind], office.code))
    people.append((PersonRow("giamsat-02", "Vàng Thị Mỷ", None, None, SINCE), "supervisor", "SCT-63-02"))
    people.append((PersonRow("giamsat-bo", "Ngô Quang Trung", None, None, SINCE), "supervisor", "CUC"))
    own = PersonRow(account[0], account[1], None, account[0], SINCE)
    people += [(own, "department", "SCT-63-02"), (own, "admin", "SCT-63-02")]
    with store.administer() as admin:
        put_reference(admin)
        directory.put_meta(admin, SAMPLE_DAY, TODAY.isoformat())
        for office in offices:
            directory.add_organisation(admin, office)
        entered: set[str] = set()
        for person, role, office_code in people:
            if person.login not in entered:
                directory.add_person(admin, person)
                entered.add(person.login)
            directory.assign(admin, person.login, role, office_code, SINCE)


def _department(row: DossierRow) -> str:
    return f"sct-{row.province.replace(':', '-')}"


def _unit(row: DossierRow) -> str:
    return row.unit_office.lower()


def import_registers(stage: Play) -> None:
    """Each Sở imports its own register, as drafts of April 2023."""
    for index, name in enumerate(REGISTERS):
        stage.day = date(2023, 4, 3 + index)
        with resources.as_file(resources.files("kcflow") / "data" / "registers" / f"{name}.xlsx") as path:
            key = "63:02" if index == len(REGISTERS) - 1 else PROVINCES[index]
            desk = stage.desk(f"sct-{key.replace(':', '-')}")
            desk.register_write(desk.register_read(str(Path(path))), on=stage.day)


def _national(stage: Play) -> list[DossierRow]:
    rows: list[DossierRow] = []
    after: object | None = None
    desk = stage.desk("ktnn")
    while True:
        page = desk.dossiers(ListFilter(source="kcqg"), after=after, limit=200)
        rows += [row for row in page.rows if row.plan_year == 2024]
        if page.next is None:
            return rows
        after = page.next


def _days(start: date, index: int, spread: int) -> date:
    """A weekday from `start` on, spread over `spread` days by `index`."""
    day = start + timedelta(days=(index * 7) % spread)
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def drafting_to_minister(stage: Play) -> None:
    """May to December 2023: submission, base appraisal, registration, screening, appraisal.

    By the position in the list: every 13th is never submitted, the 12th is withdrawn, the 11th
    not selected by the Sở, the 7th returned once and resubmitted; every 17th goes late.
    """
    for index, row in enumerate(_national(stage)):
        code, unit, sct = row.code, _unit(row), _department(row)
        if index % 13 == 12:
            continue
        submitted = _days(date(2023, 4, 24), index, 21) if index % 17 != 16 else date(2023, 5, 24)
        stage.act(unit, code, "submit_to_department", submitted, papers=("de_an", "mau_1"), symbol="TTKC")
        if index % 29 == 28:
            continue
        received = _days(submitted + timedelta(days=3), 0, 1)
        stage.act(sct, code, "start_provincial_appraisal", received, kind="quyet_dinh_hoi_dong")
        if index % 12 == 11:
            why = "Cơ sở thụ hưởng không còn nhu cầu đầu tư trong năm 2024"
            stage.act(unit, code, "withdraw", received + timedelta(days=4), reason=why, symbol="TTKC")
            continue
        appraised = _days(received + timedelta(days=5), 0, 1)
        if index % 7 == 6:
            why = "Thiếu báo giá thiết bị; dự toán chưa tách phần đối ứng của cơ sở"
            stage.act(sct, code, "return_by_department", appraised, reason=why, late=1)
            appraised = _days(appraised + timedelta(days=6), 0, 1)
            if index % 21 == 20:
                continue
            stage.act(unit, code, "resubmit", appraised, kind="cong_van_nop_lai", symbol="TTKC")
        if index % 11 == 10:
            why = "Nội dung chưa phù hợp Điều 4 Nghị định 45/2012/NĐ-CP"
            stage.act(sct, code, "refuse_by_department", appraised, reason=why, conclusion="not_agreed")
            continue
        stage.act(sct, code, "record_provincial_appraisal", appraised, conclusion="agreed", late=index % 3)
        registered = max(date(2023, 6, 9), appraised) if index % 17 != 15 else date(2023, 6, 20)
        late = "Chờ bổ sung báo giá của cơ sở" if registered > date(2023, 6, 14) else None
        stage.act(
            sct, code, "register_with_ministry", registered, papers=("mau_2",), symbol="BC-SCT", reason=late
        )
        _ministry(stage, index, code)


def _ministry(stage: Play, index: int, code: str) -> None:
    stage.act("cuc", code, "start_screening", date(2023, 6, 26), symbol="CUC")
    if index % 19 == 18:
        why = "Đề nghị bổ sung phiếu thẩm định theo đối tượng cụ thể (Mẫu 4b)"
        stage.act("cuc", code, "return_by_agency", date(2023, 7, 5), reason=why, symbol="CUC")
        return
    stage.act("cuc", code, "aggregate", date(2023, 7, 14), symbol="CUC", kind="cong_van_tong_hop")
    stage.act("cuc", code, "start_ministry_appraisal", date(2023, 11, 22), symbol="CUC")
    if index % 23 == 22:
        why = "Vượt dự toán được giao; xếp sau theo thứ tự ưu tiên (TT 36/2013 Đ7)"
        stage.act(
            "cuc",
            code,
            "refuse_by_agency",
            date(2023, 12, 4),
            reason=why,
            symbol="CUC",
            conclusion="not_agreed",
        )
        return
    stage.act(
        "cuc", code, "record_ministry_appraisal", date(2023, 12, 4), symbol="CUC", conclusion="agreed", late=1
    )
    if index % 31 == 30:
        return
    stage.act("cuc", code, "submit_to_minister", date(2023, 12, 8), symbol="TTr-CUC")


def _in_state(stage: Play, state: str) -> list[DossierRow]:
    return [row for row in _national(stage) if row.state == state]


FIRST_ROUND = ("hội chợ", "hội nghị")
"""Contents that the first round of 2024 covered (seed 001: 25.6 % of the plan)."""


def _approved(index: int, row: DossierRow) -> int:
    """Every fourth proposal is approved with a tenth less than it asked for."""
    return row.requested if index % 4 else row.requested * 9 // 10


def approval_and_after(stage: Play) -> None:
    """December 2023 to June 2024: the Minister's decision, MOF's check, round 1, and the work."""
    approved = _in_state(stage, "submitted_to_minister")
    for index, row in enumerate(approved):
        stage.act(
            "bct",
            row.code,
            "approve",
            date(2023, 12, 28),
            amount=_approved(index, row),
            symbol="QĐ-BCT",
            signer="Hoàng Minh Đức",
        )
        stage.act("cuc", row.code, "send_to_mof", date(2024, 1, 5), symbol="BCT-KC")
    waiting = [row for row in approved if not any(word in row.title.lower() for word in FIRST_ROUND)]
    in_round = [row for row in approved if row not in waiting]
    for row in waiting[:2]:
        stage.act("cuc", row.code, "record_mof_correction", date(2024, 1, 19), symbol="BTC-HCSN")
    for row in waiting[:1]:
        why = "Phải lấy lại số liệu của ba đơn vị thực hiện"
        stage.act("cuc", row.code, "answer_mof", date(2024, 2, 2), symbol="BCT-KC", reason=why)
    for row in waiting[2:4]:
        why = "Cơ sở thụ hưởng không đủ vốn đối ứng"
        stage.act(
            "bct",
            row.code,
            "stop_on_request",
            date(2024, 4, 15),
            papers=("cong_van_don_vi", "xac_nhan_so"),
            reason=why,
            symbol="QĐ-BCT",
        )
    amounts = {row.code: _approved(index, row) for index, row in enumerate(approved)}
    for index, row in enumerate(in_round):
        _first_round(stage, index, row, amounts[row.code])


def _first_round(stage: Play, index: int, row: DossierRow, amount: int) -> None:
    """Opinion, allocation of round 1 in full or in part, assignment, contract, work, settlement."""
    code, unit, sct = row.code, _unit(row), _department(row)
    stage.act("cuc", code, "record_mof_opinion", date(2024, 1, 18), symbol="BTC-HCSN")
    part = amount if index % 3 else amount * 6 // 10
    stage.act("cuc", code, "allocate", date(2024, 2, 20), amount=part, round_=1, symbol="QĐ-BCT", late=2)
    if index % 6 == 5:
        return
    stage.act("cuc", code, "assign_plan", date(2024, 2, 27), papers=("thong_bao_giao",), symbol="QĐ-CUC")
    card = stage.desk("cuc").dossier(code)
    if "group" in card.content["kinds"]:  # type: ignore[operator]
        stage.act(unit, code, "propose_group_plan", date(2024, 3, 6), symbol="TTKC")
        if index % 5 == 4:
            return
        stage.act(sct, code, "approve_group_plan", date(2024, 3, 13))
    if index % 7 == 6:
        return
    stage.act("cuc", code, "sign_contract", date(2024, 3, 20), symbol="HĐ-KCQG")
    stage.act(unit, code, "start_implementation", date(2024, 3, 25), symbol="TTKC")
    stage.act("cuc", code, "record_advance", date(2024, 4, 5), amount=part * 7 // 10, symbol="GRT")
    stage.act(unit, code, "report_progress", date(2024, 4, 22), symbol="TTKC")
    if index % 4 == 3:
        return
    stage.act(unit, code, "report_progress", date(2024, 5, 23), symbol="TTKC", late=1)
    if index % 4 == 2:
        return
    stage.act(unit, code, "report_completion", date(2024, 5, 27), symbol="TTKC")
    if index % 8 == 4:
        return
    stage.act(sct, code, "accept", date(2024, 5, 30), kind="mau_5b")
    if index % 8 == 1:
        return
    stage.act(unit, code, "submit_settlement", date(2024, 6, 5), papers=("mau_7", "mau_8a"), symbol="TTKC")
    if index % 8 == 5:
        return
    stage.act("cuc", code, "liquidate", date(2024, 6, 11), symbol="BB-CUC")
    if index % 16 == 0:
        stage.act(unit, code, "archive", date(2024, 6, 13), symbol="BB-LT")


def next_plan(stage: Play) -> None:
    """April to June 2024: the drafts of plan year 2025, at every stage up to the register.

    Created last in the code but entered on their own days, like everything else.
    """
    kinds = ("máy nghiền chè", "dây chuyền sấy miến", "lò sấy dược liệu", "máy dệt", "hệ thống xử lý bụi gỗ")
    for index in range(20):
        key = PROVINCES[0] if index % 5 < 3 else PROVINCES[1 + index % 5]
        tail = key.replace(":", "-")
        unit, sct = f"ttkc-{tail}", f"sct-{tail}"
        drafted = _days(date(2024, 4, 8), index, 28)
        requested = (150 + 15 * index) * 1_000_000
        stage.create(
            unit,
            DraftInput(
                "kcqg",
                2025,
                f"Hỗ trợ ứng dụng {kinds[index % len(kinds)]} cho cơ sở CNNT số {index + 1}",
                unit.upper(),
                objective="Ứng dụng máy móc, thiết bị tiên tiến vào sản xuất",
                expected_result="01 cơ sở CNNT được hỗ trợ",
                starts_on=date(2025, 3, 1),
                ends_on=date(2025, 11, 30),
                total=requested * 2,
                requested=requested,
                counterpart=requested,
                content_codes=(3,),
                beneficiaries=(f"Hợp tác xã số {index + 1}",) if index % 4 == 0 else (),
            ),
            drafted,
            then=partial(_next_plan, stage, index, unit, sct),
        )


def _next_plan(stage: Play, index: int, unit: str, sct: str, code: str) -> None:
    if index % 7 == 6:
        return
    submitted = _days(date(2024, 5, 13), index, 5) if index % 5 else date(2024, 6, 5)
    papers = ("de_an", "mau_1", "don_de_nghi_thu_huong") if index % 4 == 0 else ("de_an", "mau_1")
    stage.act(unit, code, "submit_to_department", submitted, papers=papers, symbol="TTKC")
    if submitted >= date(2024, 6, 5):
        return
    stage.act(sct, code, "start_provincial_appraisal", date(2024, 5, 21))
    if index % 6 == 4:
        why = "Dự toán chưa có báo giá kèm theo"
        stage.act(sct, code, "return_by_department", date(2024, 6, 10), reason=why)
        return
    if index % 3 == 0:
        return
    stage.act(sct, code, "record_provincial_appraisal", date(2024, 6, 4), conclusion="agreed")
    if index % 3 == 1:
        return
    stage.act(sct, code, "register_with_ministry", date(2024, 6, 11), papers=("mau_2",), symbol="BC-SCT")


def local_programme(stage: Play) -> None:
    """The province's own proposals (KCĐP), on the provincial lifecycle, to different depths."""
    desk = stage.desk("sct-63-02")
    rows = desk.dossiers(ListFilter(source="kcdp"), limit=200).rows
    ttkc, sct, stc, ubnd = "ttkc-63-02", "sct-63-02", "stc-63-02", "ubnd-63-02"
    for index, row in enumerate(rows):
        code = row.code
        if index == 11:
            continue
        stage.act(ttkc, code, "submit_to_centre", date(2023, 9, 11), papers=("de_an", "mau_1"), symbol="TTKC")
        if index == 10:
            continue
        stage.act(ttkc, code, "submit_to_department", date(2023, 9, 18), symbol="TTKC")
        if index == 9:
            why = "Chưa có cam kết vốn đối ứng"
            stage.act(sct, code, "return_by_department", date(2023, 9, 27), reason=why)
            continue
        stage.act(sct, code, "record_department_appraisal", date(2023, 10, 2), conclusion="agreed")
        stage.act(sct, code, "submit_to_finance", date(2023, 10, 4), symbol="TTr-SCT")
        if index == 8:
            continue
        stage.act(stc, code, "record_finance_opinion", date(2023, 10, 13), symbol="STC")
        stage.act(sct, code, "submit_to_committee", date(2023, 10, 17), symbol="TTr-SCT")
        if index == 7:
            continue
        stage.act(ubnd, code, "approve", date(2023, 12, 15), amount=row.requested, symbol="QĐ-UBND")
        stage.act(sct, code, "allocate", date(2024, 1, 24), amount=row.requested, round_=1, symbol="QĐ-UBND")
        if index >= 5:
            continue
        stage.act(sct, code, "assign_estimate", date(2024, 1, 31))
        stage.act(ttkc, code, "sign_contract", date(2024, 2, 21), symbol="HĐ-TTKC")
        stage.act(ttkc, code, "start_implementation", date(2024, 2, 26), symbol="TTKC")
        if index >= 2:
            continue
        stage.act(ttkc, code, "report_completion", date(2024, 5, 20), symbol="TTKC")
        stage.act(sct, code, "accept", date(2024, 5, 28), kind="mau_5a")
