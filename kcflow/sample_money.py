"""The money of the sample: the year's plan, round 1, contracts, payments, settlement; the province's own."""

from __future__ import annotations

from datetime import date

from kcflow.sample_stage import Play, department, in_state, unit_of
from kcflow.services.money_figures import FigureInput
from kcflow.services.money_views import AdjustmentInput, PlanInput, RoundInput
from kcflow.services.views import DossierRow, ListFilter, PaperInput

PLAN_KCQG = 71_500_000_000
"""The North's KCQG of 2024 by plan, đồng (published: FIGURES)."""
FIGURES = (
    ("total", "planned", None, 170_800_000_000),
    ("kcqg", "planned", None, PLAN_KCQG),
    ("kcdp", "planned", None, 99_200_000_000),
    ("kcqg", "allocated", 1, 18_300_000_000),
)
"""What the conference of the 28 northern provinces published for 2024, printed in tenths of a tỷ."""
PUBLISHED = "Số liệu công bố tại Hội nghị khuyến công các tỉnh, thành phố phía Bắc lần thứ XVIII (5/2024)"
FIRST_ROUND = ("hội chợ", "hội nghị")
"""Contents that the first round of 2024 covered (seed 001: 25.6 % of the plan)."""


def _approved(index: int, row: DossierRow) -> int:
    """Every fourth proposal is approved with a tenth less than it asked for."""
    return row.requested if index % 4 else row.requested * 9 // 10


def approval_and_after(stage: Play) -> None:
    """December 2023 to June 2024: the year's plan and its decision, MOF's check, round 1, and the work."""
    approved = in_state(stage, "submitted_to_minister")
    amounts = {row.code: _approved(index, row) for index, row in enumerate(approved)}
    waiting = [row for row in approved if not any(word in row.title.lower() for word in FIRST_ROUND)]
    in_round = [row for row in approved if row not in waiting]
    stage.at(date(2023, 12, 15), lambda: _national_plan(stage, amounts))
    for row in waiting:
        stage.act("cuc", row.code, "send_to_mof", date(2024, 1, 5), symbol="BCT-KC")
    for row in waiting[:2]:
        stage.act("cuc", row.code, "record_mof_correction", date(2024, 1, 19), symbol="BTC-HCSN")
    for row in waiting[:1]:
        why = "Phải lấy lại số liệu của ba đơn vị thực hiện"
        stage.act("cuc", row.code, "answer_mof", date(2024, 2, 2), symbol="BCT-KC", reason=why)
    for row in waiting[2:4]:
        why = "Cơ sở thụ hưởng không đủ vốn đối ứng"
        papers = ("cong_van_don_vi", "xac_nhan_so")
        stage.act("cuc", row.code, "propose_stop", date(2024, 4, 8), papers=papers, reason=why, symbol="CUC")
        stage.act("bct", row.code, "confirm_stop", date(2024, 4, 15), reason=why, symbol="QĐ-BCT")
    parts = {
        row.code: amounts[row.code] if index % 3 else amounts[row.code] * 6 // 10
        for index, row in enumerate(in_round)
    }
    stage.at(date(2024, 1, 3), lambda: _round_one(stage, parts))
    for index, row in enumerate(in_round):
        _after_round_one(stage, index, row, parts[row.code])


def _national_plan(stage: Play, amounts: dict[str, int]) -> None:
    """The Minister's decision: one for all proposals of the plan."""
    money = stage.desk("cuc").money
    plan = money.open_plan(
        PlanInput("kcqg", 2024, PLAN_KCQG, lines=(("north", PLAN_KCQG),), basis="TT 36/2013 Đ8.3")
    ).code
    money.put(plan, dict(amounts))
    stage.decide("cuc", plan, "submit", date(2023, 12, 18), symbol="TTr-CUC")
    stage.decide("bct", plan, "approve_plan", date(2023, 12, 28), symbol="QĐ-BCT", signer="Hoàng Minh Đức")


def _round_one(stage: Play, parts: dict[str, int]) -> None:
    """MOF lets through fairs and conferences only; two people of the agency issue the decision."""
    money = stage.desk("cuc").money
    name = "Đợt 1: chỉ hội chợ, hội nghị"
    code = money.open_round(RoundInput("kcqg", 2024, sum(parts.values()), number=1, note=name)).code
    money.put(code, dict(parts))
    stage.decide("cuc", code, "send_to_finance", date(2024, 1, 5), symbol="BCT-KC")
    stage.decide("cuc", code, "record_finance_opinion", date(2024, 1, 18), symbol="BTC-HCSN")
    stage.decide("cuc", code, "propose", date(2024, 2, 16), symbol="TTr-CUC")
    stage.decide("cuc-ld", code, "issue", date(2024, 2, 20), symbol="QĐ-BCT", late=2)


REMAINING = {
    "conference": ("danh_sach_ky_nhan", "tai_lieu"),
    "join_fair": ("danh_sach_gian_hang", "hop_dong_gian_hang", "hoa_don"),
}
"""Papers for the rest of the money by type (TT 36/2013 Đ14)."""


def _advance_type(title: str) -> str:
    return "conference" if "hội nghị" in title.lower() else "join_fair"


def _after_round_one(stage: Play, index: int, row: DossierRow, part: int) -> None:
    """Assignment, contract, 70 % in advance, reports, acceptance, settlement, to different depths."""
    code, unit, sct = row.code, unit_of(row), department(row)
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
    stage.act("cuc", code, "sign_contract", date(2024, 3, 20), amount=part, symbol="HĐ-KCQG")
    stage.act(unit, code, "start_implementation", date(2024, 3, 25), symbol="TTKC")
    kind = _advance_type(row.title)
    stage.act(
        "cuc",
        code,
        "advance_first",
        date(2024, 4, 5),
        amount=part * 7 // 10,
        symbol="GRT",
        fields={"advance_type": kind},
        papers=("ke_hoach_thuc_hien",) if kind == "conference" else (),
    )
    report: dict[str, object] = {
        "report_month": "2024-04",
        "volume_permille": 400,
        "money_used": part * 4 // 10,
    }
    stage.act(unit, code, "report_progress", date(2024, 4, 22), symbol="TTKC", fields=report)
    if index % 4 == 3:
        _asks_for_another_time(stage, code, unit)
        return
    report = {"report_month": "2024-05", "volume_permille": 900, "money_used": part * 7 // 10}
    stage.act(unit, code, "report_progress", date(2024, 5, 23), symbol="TTKC", late=1, fields=report)
    if index % 4 == 2:
        return
    stage.act(unit, code, "report_completion", date(2024, 5, 27), symbol="TTKC")
    if index % 8 == 4:
        return
    stage.act(sct, code, "accept", date(2024, 5, 30), amount=part, kind="mau_5b")
    if index % 8 == 1:
        return
    papers = ("mau_7", "mau_8a")
    stage.at(date(2024, 6, 5), lambda: _settle(stage, index, code, unit, papers), code)


def _asks_for_another_time(stage: Play, code: str, unit: str) -> None:
    """A unit of Hà Giang asks to end later in the year; its Sở has not looked at it yet."""
    if not unit.endswith("63-02"):
        return

    def ask() -> None:
        letter = PaperInput("cong_van_don_vi", stage.number("TTKC"), stage.day, "Phạm Văn Lãnh")
        stage.desk(unit).money.ask_adjustment(
            AdjustmentInput(
                code,
                "change_time",
                {"ends_on": date(2024, 12, 15)},
                "Cơ sở thụ hưởng lắp đặt chậm hơn dự kiến",
                letter,
                stage.day,
            )
        )

    stage.at(date(2024, 6, 10), ask)


def _settle(stage: Play, index: int, code: str, unit: str, papers: tuple[str, ...]) -> None:
    """The settlement of the contract; every fourth costs a little less than was accepted."""
    contract = stage.desk("cuc").money.story(code).contract
    if contract is None:
        raise RuntimeError(f"{code} has no contract")
    stage.decide(unit, contract, "submit_settlement", date(2024, 6, 5), symbol="TTKC", papers=papers)
    if index % 8 == 5:
        return
    accepted = stage.desk("cuc").dossier(code).money.accepted
    settled = {code: accepted if index % 4 else accepted * 97 // 100}
    stage.decide("cuc", contract, "liquidate", date(2024, 6, 11), symbol="BB-CUC", amounts=settled)
    title = stage.desk("cuc").dossier(code).row.title
    kind = _advance_type(title)
    proofs = ("bao_cao_tong_hop", *REMAINING[kind])
    rest = settled[code] - stage.desk("cuc").dossier(code).money.advanced
    typed: dict[str, object] = {"advance_type": kind}
    paid = date(2024, 6, 12)
    stage.act("cuc", code, "pay_remaining", paid, amount=rest, symbol="GRT", fields=typed, papers=proofs)
    if index % 16 == 0:
        stage.act(unit, code, "archive", date(2024, 6, 13), symbol="BB-LT")


def local_programme(stage: Play) -> None:
    """The province's own proposals (KCĐP), on the provincial lifecycle, to different depths."""
    desk = stage.desk("sct-63-02")
    rows = desk.dossiers(ListFilter(source="kcdp"), limit=200).rows
    ttkc, sct, stc = "ttkc-63-02", "sct-63-02", "stc-63-02"
    amounts: dict[str, int] = {}
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
        amounts[code] = row.requested
        if index >= 5:
            continue
        stage.act(sct, code, "assign_estimate", date(2024, 1, 31))
        stage.act(ttkc, code, "sign_contract", date(2024, 2, 21), amount=row.requested, symbol="HĐ-TTKC")
        stage.act(ttkc, code, "start_implementation", date(2024, 2, 26), symbol="TTKC")
        if index >= 2:
            continue
        stage.act(ttkc, code, "report_completion", date(2024, 5, 20), symbol="TTKC")
        stage.act(sct, code, "accept", date(2024, 5, 28), amount=row.requested, kind="mau_5a")
    stage.at(date(2023, 11, 20), lambda: _local_plan(stage, amounts))


def _local_plan(stage: Play, amounts: dict[str, int]) -> None:
    """The province's plan and its first round: UBND approves, Sở Tài chính gives its opinion."""
    money = stage.desk("sct-63-02").money
    total = -(-sum(amounts.values()) // 100_000_000) * 100_000_000
    plan = money.open_plan(PlanInput("kcdp", 2024, total, "63:02", basis="NĐ 45/2012 Đ2.2")).code
    money.put(plan, dict(amounts))
    stage.decide("sct-63-02", plan, "submit", date(2023, 11, 24), symbol="TTr-SCT")
    stage.decide("ubnd-63-02", plan, "approve_plan", date(2023, 12, 15), symbol="QĐ-UBND")

    def first_round() -> None:
        code = money.open_round(RoundInput("kcdp", 2024, sum(amounts.values()), area="63:02")).code
        money.put(code, dict(amounts))
        stage.decide("sct-63-02", code, "send_to_finance", date(2024, 1, 4), symbol="SCT")
        stage.decide("stc-63-02", code, "record_finance_opinion", date(2024, 1, 16), symbol="STC")
        stage.decide("sct-63-02", code, "propose", date(2024, 1, 22), symbol="TTr-SCT")
        stage.decide("sct-63-02-ld", code, "issue", date(2024, 1, 24), symbol="QĐ-SCT")

    stage.at(date(2024, 1, 3), first_round)


def publish(stage: Play) -> None:
    """Figures that the conference of the northern provinces published (FIGURES)."""
    stage.day = date(2024, 6, 3)
    stage.desk("cuc").money.add_figures(
        [
            FigureInput(2024, "north", source, step, dong, 100_000_000, PUBLISHED, number)
            for source, step, number, dong in FIGURES
        ]
    )
