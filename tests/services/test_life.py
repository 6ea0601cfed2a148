"""A proposal's whole life through the public services, on both databases."""

from __future__ import annotations

import itertools
import uuid
from datetime import date

import pytest

from db.verify import verify
from kcflow.services.errors import BadInput, ConflictError, NoPermission, NotFound, RefusedByRules
from kcflow.services.views import DraftInput, HistoryFilter, ListFilter, MoveInput, PaperInput
from tests.services.world import AGENCY, MINISTRY, ORDINARY, SCT, STC, UBND, UNIT, World


def codes_of(error: RefusedByRules) -> set[str]:
    return {reason.code for reason in error.reasons}


def test_from_draft_to_archive(world: World) -> None:
    code = world.draft()
    assert code == "KCQG-24-0001"
    for login, action, on, given in ORDINARY:
        receipt = world.act(login, code, action, on, **given)
        assert receipt.action == action
        assert len(receipt.mark) == 8
    card = world.desk(SCT).dossier(code)
    assert (card.row.state, card.row.ending, card.row.waits_for) == ("archived", "completed", "nobody")
    assert card.money.approved == card.money.allocated == 280_000_000
    assert card.money.rounds == ((1, 280_000_000),)
    assert [phase.status for phase in card.phases] == ["done"] * 6
    rows = world.desk("ktnn").history_of(code)
    assert [row.seq for row in rows] == list(range(1, len(ORDINARY) + 2))
    for before, after in itertools.pairwise(rows):
        assert after.from_state == before.to_state
        assert after.prev == before.hash
        assert after.at > before.at
    approval = next(row for row in rows if row.action == "approve")
    assert approval.document is not None
    assert approval.document.signer == "Nguyễn Văn Ký"
    assert (approval.actor, approval.operator, approval.role) == ("bct", "test-account", "ministry")
    assert (approval.amount_before, approval.amount_after) == (None, 280_000_000)
    late = [row.action for row in rows if row.deadline_met is False]
    assert "allocate" in late  # MOF's 10 working days from 28/12/2023 had passed
    assert "register_with_ministry" not in late  # made on 9/6, before 15/6
    assert verify(world.store, dict(world.shared.lifecycles)) == []


def test_returned_to_the_level_that_returned_it(world: World) -> None:
    code = world.draft()
    world.to("ministry_screening", code)
    with pytest.raises(RefusedByRules) as spaces:
        world.desk(AGENCY).advance(
            code,
            "return_by_agency",
            MoveInput(document_number="1", document_date=world.day, signer="A", reason="   "),
        )
    assert codes_of(spaces.value) == {"reason_required"}
    world.act(AGENCY, code, "return_by_agency", date(2023, 7, 3), reason="Thiếu báo giá")
    card = world.desk(UNIT).dossier(code)
    assert (card.row.state, card.return_to_label is not None) == ("returned", True)
    with pytest.raises(RefusedByRules) as unchanged:
        world.desk(UNIT).advance(code, "resubmit", MoveInput())
    assert codes_of(unchanged.value) == {"unchanged_since_return"}
    world.desk(UNIT).edit(code, {"objective": "Bổ sung báo giá thiết bị"})
    receipt = world.act(UNIT, code, "resubmit", date(2023, 7, 10))
    assert receipt.to_state == "ministry_screening"


@pytest.mark.parametrize(
    ("until", "login", "action", "ending"),
    [
        ("provincial_appraisal", UNIT, "withdraw", "withdrawn"),
        ("provincial_appraisal", SCT, "refuse_by_department", "refused"),
        ("ministry_screening", AGENCY, "refuse_by_agency", "refused"),
        ("approved", AGENCY, "transfer_to_local", "transferred"),
    ],
)
def test_other_ends(world: World, until: str, login: str, action: str, ending: str) -> None:
    code = world.draft()
    world.to(until, code)
    world.act(login, code, action)
    row = world.desk("ktnn").dossier(code).row
    assert (row.ending, row.mark) == (ending, "ended")
    assert world.desk(login).options(code) == ()


def test_two_people_stop(world: World) -> None:
    code = world.draft()
    world.to("contracted", code)
    world.act(AGENCY, code, "propose_stop")
    assert world.desk("ktnn").dossier(code).row.state == "stop_proposed"
    given = {"document_kind": "quyet_dinh_ngung", "document_number": "9", "document_date": world.day}
    decision = MoveInput(on=world.day, signer="Bộ trưởng", reason="Cơ sở giải thể", **given)  # type: ignore[arg-type]
    with pytest.raises(RefusedByRules) as refused:
        world.desk(SCT).advance(code, "confirm_stop", decision)
    assert "wrong_role" in codes_of(refused.value)
    reasons = {reason.code: reason.text for reason in refused.value.reasons}
    assert "Bộ Công Thương" in reasons["wrong_role"].vi
    world.desk(MINISTRY).advance(code, "confirm_stop", decision)
    card = world.desk("ktnn").dossier(code)
    assert (card.row.ending, card.row.mark, card.money.allocated) == ("stopped", "ended", 0)
    assert world.desk(MINISTRY).options(code) == ()


def test_money_never_exceeds(world: World) -> None:
    code = world.draft()
    world.to("submitted_to_minister", code)
    with pytest.raises(RefusedByRules) as over:
        world.act(MINISTRY, code, "approve", amount=500_000_001)
    assert codes_of(over.value) == {"amount_over_total"}
    world.act(MINISTRY, code, "approve", amount=280_000_000, by_plan=True)
    world.act(AGENCY, code, "record_mof_opinion")
    with pytest.raises(RefusedByRules) as by_one:
        world.act(AGENCY, code, "allocate", amount=280_000_001)
    assert codes_of(by_one.value) == {"items_refused"}
    money = world.desk(AGENCY).money
    (line,) = money.board("PB-KCQG-24-1").lines
    assert [problem.code for problem in line.problems] == ["amount_over_approved"]
    world.carry_out(AGENCY, "PB-KCQG-24-1", "cancel", world.day)
    first = world.act(AGENCY, code, "allocate", amount=100_000_000)
    assert first.to_state == "partly_allocated"
    second = world.act(AGENCY, code, "allocate", amount=180_000_000)
    assert second.to_state == "allocated"
    assert world.desk(AGENCY).dossier(code).money.rounds == ((2, 100_000_000), (3, 180_000_000))
    with pytest.raises(RefusedByRules) as alone:
        world.desk(AGENCY).advance(code, "allocate", MoveInput(on=world.day, amount=1, round=9))
    assert "wrong_state" in codes_of(alone.value)


def test_money_is_allocated_by_a_round_only(world: World) -> None:
    code = world.draft()
    world.to("approved", code)
    paper = {"document_kind": "quyet_dinh_phan_bo", "document_number": "9", "document_date": world.day}
    with pytest.raises(RefusedByRules) as alone:
        world.desk(AGENCY).advance(
            code,
            "allocate",
            MoveInput(on=world.day, amount=1, round=9, signer="X", **paper),  # type: ignore[arg-type]
        )
    assert codes_of(alone.value) == {"via_parent"}
    assert "đợt phân bổ" in alone.value.reasons[0].text.vi


def test_a_unit_cannot_enter_another_offices_papers(world: World) -> None:
    code = world.draft()
    with pytest.raises(RefusedByRules) as alone:
        world.desk(UNIT).record_papers(code, [PaperInput("y_kien_btc", "1/BTC", world.day, "X")])
    assert codes_of(alone.value) == {"paper_not_yours"}
    with pytest.raises(RefusedByRules) as together:
        world.act(
            UNIT,
            code,
            "submit_to_department",
            papers=(
                PaperInput("de_an", "1", world.day, "X"),
                PaperInput("mau_1", "1", world.day, "X"),
                PaperInput("mau_4a", "1", world.day, "X", "agreed"),
            ),
        )
    assert "paper_not_yours" in codes_of(together.value)


def test_request_id_acts_once(world: World) -> None:
    code = world.draft()
    request = str(uuid.uuid4())
    first = world.act(UNIT, code, "submit_to_department", date(2023, 5, 10), request=request)
    again = world.desk(UNIT).advance(code, "submit_to_department", MoveInput(request=request))
    assert (again.repeated, again.hash, again.seq) == (True, first.hash, first.seq)
    with pytest.raises(BadInput, match="request"):
        world.desk(SCT).advance(code, "start_provincial_appraisal", MoveInput(request=request))


def test_stale_version_names_the_winner(world: World) -> None:
    code = world.draft()
    seen = world.desk(UNIT).dossier(code).row.version
    world.desk(UNIT).edit(code, {"note": "sửa trước"})
    with pytest.raises(ConflictError) as lost:
        world.desk(UNIT).edit(code, {"note": "sửa sau"}, expected_version=seen)
    assert "Văn thư" in lost.value.text.vi
    assert world.desk(UNIT).dossier(code).content["note"] == "sửa trước"


def test_edit_records_each_field(world: World) -> None:
    code = world.draft()
    world.desk(UNIT).edit(code, {"requested": 250_000_000, "counterpart": 250_000_000})
    row = world.desk(UNIT).history_of(code)[-1]
    assert {(name, old.vi, old.en, new.vi) for name, _, old, new in row.changes} == {
        ("requested", "300.000.000 đ", "300,000,000 ₫", "250.000.000 đ"),
        ("counterpart", "200.000.000 đ", "200,000,000 ₫", "250.000.000 đ"),
    }
    world.to("ministry_screening", code)
    with pytest.raises(BadInput, match="returned for completion"):
        world.desk(UNIT).edit(code, {"note": "quá muộn"})


def test_correction_points_at_the_wrong_row(world: World) -> None:
    code = world.draft()
    world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    world.desk(UNIT).correct(code, 2, "Số công văn đúng là 12/TTKC")
    rows = world.desk(UNIT).history_of(code)
    assert (rows[2].corrects, rows[1].corrected_by) == (2, (3,))
    with pytest.raises(BadInput):
        world.desk(UNIT).correct(code, 99, "không có dòng này")


def test_bulk_is_all_or_nothing_or_each_by_itself(world: World) -> None:
    codes = [world.draft(title=f"Đề án {number}") for number in range(5)]
    for code in codes[:4]:
        world.to("submitted_to_minister", code)
    world.to("submitted_to_department", codes[4])
    given = MoveInput(
        document_number="3536/QĐ-BCT", document_date=world.day, signer="Bộ trưởng", amount=100_000_000
    )
    nothing = world.desk(MINISTRY).advance_many(codes, "approve", given)
    assert [item.receipt for item in nothing] == [None] * 5
    assert any(item.reasons for item in nothing)
    assert world.desk("ktnn").dossier(codes[0]).row.state == "submitted_to_minister"
    some = world.desk(MINISTRY).advance_many(codes, "approve", given, all_or_nothing=False)
    assert [item.receipt is not None for item in some] == [True] * 4 + [False]
    rows = world.desk("ktnn").history(HistoryFilter(action="approve")).rows
    assert {row.document.number for row in rows if row.document} == {"3536/QĐ-BCT"}


def test_scope(world: World) -> None:
    code = world.draft()
    assert world.desk("sct-63-19").dossiers().rows == ()
    assert world.desk(AGENCY).dossiers().rows == ()  # drafts are hidden from the ministry
    with pytest.raises(NotFound):
        world.desk("sct-63-19").dossier(code)
    world.to("submitted_to_department", code)
    with pytest.raises(NotFound):
        world.desk("sct-63-19").advance(code, "start_provincial_appraisal", MoveInput())
    assert [row.code for row in world.desk(AGENCY).dossiers().rows] == [code]
    with pytest.raises(NoPermission):
        world.desk("ktnn").create(DraftInput("kcqg", 2024, "Đề án", "TTKC-63-02"))


def test_inbox_and_search(world: World) -> None:
    first = world.draft(title="Chế biến chè Shan tuyết")
    second = world.draft(title="Dệt thổ cẩm Đồng Văn")
    world.to("submitted_to_department", first)
    inbox = world.desk(SCT).inbox().rows
    assert [row.code for row in inbox] == [first]
    assert any(label.vi == "Tiếp nhận thẩm định" for label in inbox[0].doable)
    assert world.desk(SCT).inbox_count() == 1
    found = world.desk(SCT).dossiers(ListFilter(text="dong van")).rows
    assert [row.code for row in found] == [second]
    assert world.desk(SCT).count(ListFilter(text="CHÈ")) == 1


def test_what_anybody_does_can_be_noticed(world: World) -> None:
    before = world.desk("ktnn").written()
    assert world.desk("ktnn").written() == before
    code = world.draft()
    drafted = world.desk("ktnn").written()
    assert drafted > before
    world.to("submitted_to_department", code)
    assert world.desk("ktnn").written() > drafted


def test_stalled_lists(world: World) -> None:
    draft, waiting = world.draft(title="Chưa nộp"), world.draft(title="Chờ Bộ Tài chính")
    world.to("approved", waiting)
    world.day = date(2024, 2, 1)
    rows = {row.row.code: row for row in world.desk("ktnn").stalled().rows}
    assert (rows[draft].kind, rows[draft].row.due_on) == ("law", date(2023, 5, 19))
    assert rows[draft].row.due_basis == "TT 36/2013 Đ10.1b"
    assert (rows[waiting].kind, rows[waiting].row.waits_for) == ("waiting", "finance_ministry")
    assert rows[waiting].row.due_on == date(2024, 1, 12)
    assert rows[waiting].overdue_days == 20
    counts = world.desk("ktnn").stalled_counts()
    assert (counts["law"], counts["waiting"]) == (1, 1)
    before = world.desk("ktnn").stalled(as_of=date(2023, 5, 1)).rows
    assert draft not in {row.row.code for row in before}


def test_local_route_with_its_approver(world: World) -> None:
    code = world.draft(source="kcdp")
    assert code.startswith("KCDP-24-")
    steps: list[tuple[str, str, dict[str, object]]] = [
        (UNIT, "submit_to_centre", {}),
        (UNIT, "submit_to_department", {}),
        (SCT, "record_department_appraisal", {"conclusion": "agreed"}),
        (SCT, "submit_to_finance", {}),
        (STC, "record_finance_opinion", {}),
        (SCT, "submit_to_committee", {}),
        (UBND, "approve", {"amount": 300_000_000, "by_plan": True}),
        (SCT, "allocate", {"amount": 300_000_000}),
        (SCT, "assign_estimate", {}),
        (UNIT, "sign_contract", {"amount": 300_000_000}),
        (UNIT, "start_implementation", {}),
        (UNIT, "report_completion", {}),
        (SCT, "accept", {"amount": 250_000_000}),
        (SCT, "pay_remaining", {"amount": 250_000_000, "fields": {"advance_type": "machinery"}}),
        (SCT, "submit_settlement", {}),
        (SCT, "liquidate", {"amounts": {"KCDP-24-0001": 240_000_000}}),
        (SCT, "record_refund", {"amount": 10_000_000}),
        (SCT, "archive", {}),
    ]
    for index, (login, action, given) in enumerate(steps):
        world.act(login, code, action, date(2024, 1, 2 + index), **given)
    card = world.desk(SCT).dossier(code)
    money = card.money
    assert card.row.ending == "completed"
    assert (money.contracted, money.accepted, money.settled, money.returned) == (
        *(300_000_000, 250_000_000),
        *(240_000_000, 10_000_000),
    )


def test_unknown_code_and_action_suggest_near_ones(world: World) -> None:
    code = world.draft()
    with pytest.raises(NotFound) as near:
        world.desk(UNIT).dossier("KCQG-24-0009")
    assert code in near.value.text.vi
    with pytest.raises(NotFound) as action:
        world.desk(UNIT).advance(code, "submit_to_departmen", MoveInput())
    assert "submit_to_department" in action.value.text.en


def test_refused_attempts_are_kept(world: World) -> None:
    code = world.draft()
    with pytest.raises(RefusedByRules):
        world.desk(UNIT).advance(code, "submit_to_department", MoveInput())
    with world.store.read() as reader:
        kept = reader.refusals(code)
    assert kept[0].action == "submit_to_department"
    assert {reason["code"] for reason in kept[0].reasons} >= {"document_missing", "act_document_missing"}
