"""Advances by type, next ones, the remaining part, returned money, and the monthly reports."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow.services.errors import BadInput, RefusedByRules
from kcflow.services.views import MoveInput, PaperInput
from tests.services.money.works import ACCEPTED, SIGNED, STARTED, TRIEU, Works, works
from tests.services.money.world import AGENCY, SCT, UNIT

__all__ = ["works"]

PAID = date(2024, 4, 5)
PLAN = (PaperInput("mau_11", "5/KH", PAID, "Trần Văn B"),)


def test_the_first_advance_is_at_most_its_types_share(works: Works) -> None:
    # 70 % of 100,000,001 đồng are 70,000,000.7: not one đồng more than 70,000,000.
    _, (code,) = works.started(100 * TRIEU + 1)
    training = {"fields": {"advance_type": "vocational_training"}, "papers": PLAN}
    with works.refused("advance_over_ratio", of=RefusedByRules) as told:
        works.pay(code, "advance_first", 70 * TRIEU + 1, PAID, **training)
    assert "1 đ" in told.text
    assert "70" in told.text
    assert "TT 36/2013 Đ13.2a" in told.text
    works.pay(code, "advance_first", 70 * TRIEU, PAID, **training)
    event = works.story(code).events[-1]
    assert (event.kind, event.dong, event.after, event.permille) == (
        *("advanced", 70 * TRIEU, 70 * TRIEU),
        700,
    )
    assert [label.vi for _, label in event.fields] == ["Đào tạo nghề, truyền nghề"]
    assert works.story(code).left_to_pay == 30 * TRIEU + 1
    # A second "first" advance counts what was paid before.
    with works.refused("advance_over_ratio", of=RefusedByRules):
        works.pay(code, "advance_first", 1, PAID, **training)


def test_an_advance_needs_its_papers_and_its_contract(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    fields = {"advance_type": "vocational_training"}
    with works.refused("wrong_state", of=RefusedByRules) as told:
        works.pay(code, "advance_first", TRIEU, PAID, fields=fields, papers=PLAN)
    works.carry_out(AGENCY, works.contract({code: 100 * TRIEU}), "sign", works.day)
    with works.refused("advance_papers_missing", of=RefusedByRules) as told:
        works.pay(code, "advance_first", TRIEU, PAID, fields=fields)
    assert "Mẫu 11" in told.text
    works.pay(code, "advance_first", TRIEU, PAID, fields=fields, papers=PLAN)


def test_some_types_are_advanced_for_work_done(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    works.papers_of_unit(code, PAID, "mau_3a")
    fields: dict[str, int | str] = {"advance_type": "machinery"}
    with works.refused("advance_volume_missing", of=RefusedByRules):
        works.pay(code, "advance_first", TRIEU, PAID, fields=fields)
    with works.refused("advance_volume_low", of=RefusedByRules) as told:
        works.pay(code, "advance_first", TRIEU, PAID, fields={**fields, "volume_permille": 700})
    assert "70" in told.text
    option = next(o for o in works.desk(AGENCY).options(code) if o.name == "advance_first")
    assert option.amount == "advanced"
    works.pay(code, "advance_first", TRIEU, PAID, fields={**fields, "volume_permille": 701})


def test_the_conflict_of_the_two_circulars_is_flagged(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU, contents=(2,))
    works.papers_of_unit(code, PAID, "mau_3b", "dang_ky_kinh_doanh")
    fields = {"advance_type": "found_enterprise"}
    # The minutes of acceptance are the department's to record.
    minutes = PaperInput("mau_5b", "3/BB", PAID, "Lê Văn C", "agreed")
    works.day = PAID
    works.desk(SCT).record_papers(code, [minutes])
    done = works.pay(code, "advance_first", 70 * TRIEU, PAID, fields=fields)
    assert done.warnings == ()
    done = works.pay(code, "advance_first", 30 * TRIEU, PAID, fields=fields)
    (warning,) = done.warnings
    assert warning.code == "advance_cap_conflict"
    for article in ("TTLT 26/2014", "Đ8.2b", "TT 36/2013 Đ13.3"):
        assert article in warning.text.vi
        assert article in warning.text.en


def test_another_ratio_by_decision(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    fields: dict[str, int | str] = {"advance_type": "vocational_training", "advance_permille": 850}
    with works.refused("advance_decision_missing", of=RefusedByRules):
        works.pay(code, "advance_first", 80 * TRIEU, PAID, fields=fields, papers=PLAN)
    works.act(AGENCY, code, "decide_advance_ratio", PAID)
    with works.refused("advance_over_ratio", of=RefusedByRules) as told:
        works.pay(code, "advance_first", 85 * TRIEU + 1, PAID, fields=fields, papers=PLAN)
    assert "Đ16" in told.text
    works.pay(code, "advance_first", 85 * TRIEU, PAID, fields=fields, papers=PLAN)


def test_next_advances_are_for_several_years(works: Works) -> None:
    _, (one,) = works.started(100 * TRIEU)
    works.papers_of_unit(one, PAID, "mau_3b")
    works.pay(one, "advance_first", TRIEU, PAID, fields={"advance_type": "vocational_training"}, papers=PLAN)
    with works.refused("multi_year_only", of=RefusedByRules):
        works.pay(one, "advance_next", TRIEU, PAID)


def test_next_advances_of_a_proposal_of_several_years(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU, kinds=("multi_year",))
    works.papers_of_unit(code, PAID, "mau_3b")
    with works.refused("not_advanced_yet", of=RefusedByRules):
        works.pay(code, "advance_next", TRIEU, PAID)
    fields = {"advance_type": "vocational_training"}
    works.pay(code, "advance_first", 70 * TRIEU, PAID, fields=fields, papers=PLAN)
    with works.refused("amount_over_contract", of=RefusedByRules):
        works.pay(code, "advance_next", 30 * TRIEU + 1, PAID)
    works.pay(code, "advance_next", 30 * TRIEU, PAID)
    assert works.row(code).advanced == 100 * TRIEU


REMAINING = tuple(
    PaperInput(kind, "8/GT", ACCEPTED, "Trần Văn B")
    for kind in ("bao_cao_tong_hop", "chung_chi_dao_tao", "danh_sach_ky_nhan", "danh_sach_lao_dong")
)


def test_the_remaining_part_follows_the_acceptance(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    fields = {"advance_type": "vocational_training"}
    works.pay(code, "advance_first", 70 * TRIEU, PAID, fields=fields, papers=PLAN)
    with works.refused("payment_over_accepted", of=RefusedByRules):
        works.pay(code, "pay_remaining", TRIEU, PAID, fields=fields, papers=REMAINING)
    works.many(UNIT, [code], "report_completion", date(2024, 7, 30))
    works.act(SCT, code, "accept", ACCEPTED, amount=90 * TRIEU)
    with works.refused("remaining_papers_missing", of=RefusedByRules) as told:
        works.pay(code, "pay_remaining", TRIEU, ACCEPTED, fields=fields)
    assert "Đ14" in told.text
    with works.refused("payment_over_accepted", of=RefusedByRules) as told:
        works.pay(code, "pay_remaining", 20 * TRIEU + 1, ACCEPTED, fields=fields, papers=REMAINING)
    assert "1 đ" in told.text
    works.pay(code, "pay_remaining", 20 * TRIEU, ACCEPTED, fields=fields, papers=REMAINING)
    told_story = works.story(code)
    assert (told_story.left_to_pay, works.row(code).advanced) == (0, 90 * TRIEU)


@pytest.mark.parametrize("amount", [0, -1, 2**63, 2**53 + 1])
def test_amounts_that_are_none(works: Works, amount: int) -> None:
    _, (code,) = works.started(100 * TRIEU)
    fields = {"advance_type": "vocational_training"}
    with works.refused(of=RefusedByRules):
        works.pay(code, "advance_first", amount, PAID, fields=fields, papers=PLAN)


def test_a_field_that_is_not_asked_for_or_wrong(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    with works.refused("field_unasked", of=BadInput):
        works.pay(code, "advance_first", TRIEU, PAID, fields={"report_month": "2024-04"}, papers=PLAN)
    with works.refused(of=RefusedByRules) as told:
        works.pay(code, "advance_first", TRIEU, PAID, fields={"advance_type": "loan"}, papers=PLAN)
    assert told.text


# -- monthly reports -------------------------------------------------------------------------


def _report(works: Works, code: str, month: str, on: date, **fields: int) -> None:
    works.day = max(works.day, on)
    option = next(o for o in works.desk(UNIT).options(code, MoveInput(on=on)) if o.name == "report_progress")
    entered = {"report_month": month, "volume_permille": 400, **fields}
    move = works.move(option, on, fields=entered, reason="Gửi chậm")
    works.desk(UNIT).advance(code, "report_progress", move)


def test_months_without_a_report(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    assert works.row(code).due_on == date(2024, 4, 24)
    works.day = date(2024, 4, 24)
    assert works.story(code).months_missing == ()
    works.day = date(2024, 4, 25)
    assert works.story(code).months_missing == (date(2024, 4, 1),)
    _report(works, code, "2024-04", date(2024, 5, 2), money_used=15 * TRIEU)
    works.day = date(2024, 7, 1)
    told = works.story(code)
    assert told.months_missing == (date(2024, 5, 1), date(2024, 6, 1))
    _report(works, code, "2024-06", date(2024, 7, 2), value_done=20 * TRIEU)
    works.many(UNIT, [code], "report_completion", date(2024, 7, 20))
    works.day = date(2024, 12, 1)
    told = works.story(code)
    # July's report was not due before the work was done.
    assert told.months_missing == (date(2024, 5, 1),)
    assert [(report.on, report.dong) for report in told.reports] == [
        (date(2024, 5, 2), 15 * TRIEU),
        (date(2024, 7, 2), 0),
    ]
    assert ("Giá trị thực hiện", "20.000.000 đ") in [
        (name.vi, value.vi) for name, value in told.reports[1].fields
    ]


def test_a_month_is_reported_once(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    _report(works, code, "2024-04", date(2024, 4, 20))
    due = works.row(code).due_on
    with works.refused("month_reported", of=RefusedByRules) as told:
        _report(works, code, "2024-04", date(2024, 4, 21))
    assert "04/2024" in told.text
    # A second report of the month would have moved the next one's day by a month.
    assert works.row(code).due_on == due
    # A report that was corrected gives its month free.
    row = next(row for row in works.desk(UNIT).dossier(code).timeline if row.action == "report_progress")
    works.desk(UNIT).correct(code, row.seq, "Ghi nhầm tháng")
    _report(works, code, "2024-04", date(2024, 4, 22))


def test_nothing_under_a_contract_is_older_than_it(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    day, before = date(2024, 5, 6), date(2024, 3, 1)
    advance = {"advance_type": "consulting"}
    with works.refused("document_before_contract", of=RefusedByRules) as told:
        works.pay(code, "advance_first", 70 * TRIEU, day, fields=advance, document_date=before)
    assert "01/03/2024" in told.text
    with works.refused("field_before_contract", of=RefusedByRules):
        works.pay(
            code, "advance_first", 70 * TRIEU, day, fields={**advance, "treasury_on": before.isoformat()}
        )
    receipt = works.pay(code, "advance_first", 70 * TRIEU, date(2025, 1, 6), fields=advance)
    assert [warning.code for warning in receipt.warnings] == ["paid_after_year"]


def test_a_report_about_a_month_to_come(works: Works) -> None:
    _, (code,) = works.started(100 * TRIEU)
    with works.refused(of=RefusedByRules):
        _report(works, code, "2024-06", date(2024, 4, 20))
    with works.refused(of=RefusedByRules):
        _report(works, code, "04/2024", date(2024, 4, 20))


def test_the_story_names_every_base(works: Works) -> None:
    _, (code, _) = works.signed(280 * TRIEU, 100 * TRIEU)
    told = works.story(code)
    assert [(figure.stage, figure.share and figure.share.base) for figure in told.figures] == [
        ("requested", "total"),
        ("approved", "requested"),
        ("allocated", "approved"),
        ("contracted", "allocated"),
        ("advanced", "contracted"),
        ("accepted", "contracted"),
        ("settled", None),
        ("returned", None),
    ]
    allocated = told.figures[2].share
    assert allocated is not None
    assert (allocated.permille, allocated.base_dong) == (933, 300 * TRIEU)  # 280/300, half up
    assert told.left_to_allocate == 20 * TRIEU
    assert told.rounds == ("PB-KCQG-24-1",)
    kinds = [(event.kind, event.on, event.owner) for event in told.events]
    assert kinds[1:] == [
        ("allocated", date(2024, 2, 20), "PB-KCQG-24-1"),
        ("contracted", SIGNED, "HD-24-0001"),
    ]
    assert STARTED > SIGNED
