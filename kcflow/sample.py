"""Sample data: seven registers imported and half a year and more of work played through the engine.

Nothing is written past the rules: every step goes through a `Desk` of the person who would do
it, with the clock set to the day of entry. Deterministic: the same store every time. The acts
end in June 2024, as in the seeds of this project: the plan is approved, the Ministry of
Finance's first round has let through fairs and conferences only (domain.md §2.5).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from db import directory
from db.rows import OrganisationRow, PersonRow
from db.store import Store
from kcflow import reference
from kcflow.bootstrap import NATIONAL_OFFICES, SAMPLE_DAY, provincial_offices, put_reference
from kcflow.labels import OFFICE_ROLE
from kcflow.sample_money import approval_and_after, local_programme, publish
from kcflow.sample_stage import (
    FAMILY,
    GIVEN,
    PROVINCES,
    REGISTERS,
    SINCE,
    TODAY,
    Play,
    days,
    department,
    national,
    unit_of,
)
from kcflow.services.context import FOUR_EYES
from kcflow.services.views import DraftInput


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
    publish(stage)


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
    people.append((PersonRow("cuc-ld", "Đinh Thị Thanh", None, None, SINCE), "agency", "CUC"))
    people.append((PersonRow("bct-ld", "Phan Thị Ngọc", None, None, SINCE), "ministry", "BCT"))
    people.append((PersonRow("sct-63-02-ld", "Hoàng Văn Páo", None, None, SINCE), "department", "SCT-63-02"))
    people.append((PersonRow("giamsat-bo", "Ngô Quang Trung", None, None, SINCE), "supervisor", "CUC"))
    own = PersonRow(account[0], account[1], None, account[0], SINCE)
    people += [(own, "department", "SCT-63-02"), (own, "admin", "SCT-63-02")]
    with store.administer() as admin:
        put_reference(admin)
        directory.put_meta(admin, SAMPLE_DAY, TODAY.isoformat())
        # Whoever looks around plays every part from one account.
        directory.put_meta(admin, FOUR_EYES, "names")
        for office in offices:
            directory.add_organisation(admin, office)
        entered: set[str] = set()
        for person, role, office_code in people:
            if person.login not in entered:
                directory.add_person(admin, person)
                entered.add(person.login)
            directory.assign(admin, person.login, role, office_code, SINCE)


def import_registers(stage: Play) -> None:
    """Each Sở imports its own register, as drafts of April 2023."""
    for index, name in enumerate(REGISTERS):
        stage.day = date(2023, 4, 3 + index)
        with resources.as_file(resources.files("kcflow") / "data" / "registers" / f"{name}.xlsx") as path:
            key = "63:02" if index == len(REGISTERS) - 1 else PROVINCES[index]
            desk = stage.desk(f"sct-{key.replace(':', '-')}")
            desk.register_write(desk.register_read(str(Path(path))), on=stage.day)


def drafting_to_minister(stage: Play) -> None:
    """May to December 2023: submission, base appraisal, registration, screening, appraisal.

    By the position in the list: every 13th is never submitted, the 12th is withdrawn, the 11th
    not selected by the Sở, the 7th returned once and resubmitted; every 17th goes late.
    """
    for index, row in enumerate(national(stage)):
        code, unit, sct = row.code, unit_of(row), department(row)
        if index % 13 == 12:
            continue
        submitted = days(date(2023, 4, 24), index, 21) if index % 17 != 16 else date(2023, 5, 24)
        stage.act(unit, code, "submit_to_department", submitted, papers=("de_an", "mau_1"), symbol="TTKC")
        if index % 29 == 28:
            continue
        received = days(submitted + timedelta(days=3), 0, 1)
        stage.act(sct, code, "start_provincial_appraisal", received, kind="quyet_dinh_hoi_dong")
        if index % 12 == 11:
            why = "Cơ sở thụ hưởng không còn nhu cầu đầu tư trong năm 2024"
            stage.act(unit, code, "withdraw", received + timedelta(days=4), reason=why, symbol="TTKC")
            continue
        appraised = days(received + timedelta(days=5), 0, 1)
        if index % 7 == 6:
            why = "Thiếu báo giá thiết bị; dự toán chưa tách phần đối ứng của cơ sở"
            stage.act(sct, code, "return_by_department", appraised, reason=why, late=1)
            appraised = days(appraised + timedelta(days=6), 0, 1)
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


def next_plan(stage: Play) -> None:
    """April to June 2024: the drafts of plan year 2025, at every stage up to the register.

    Created last in the code but entered on their own days, like everything else.
    """
    kinds = ("máy nghiền chè", "dây chuyền sấy miến", "lò sấy dược liệu", "máy dệt", "hệ thống xử lý bụi gỗ")
    for index in range(20):
        key = PROVINCES[0] if index % 5 < 3 else PROVINCES[1 + index % 5]
        tail = key.replace(":", "-")
        unit, sct = f"ttkc-{tail}", f"sct-{tail}"
        drafted = days(date(2024, 4, 8), index, 28)
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
    submitted = days(date(2024, 5, 13), index, 5) if index % 5 else date(2024, 6, 5)
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
