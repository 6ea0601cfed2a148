"""Hold, lift, remind, reassign, escalate: what they move, whom they reach, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from db import clock, directory
from db.rows import DossierRow, PersonRow
from kcflow.services.clock import Clock
from kcflow.services.clock_views import HoldInput
from kcflow.services.errors import BadInput, KcflowError, NoPermission, NotFound
from kcflow.services.money_views import PlanInput
from kcflow.services.views import HistoryFilter
from tests.services.clock.watch import WATCH, WATCH_ALL, WATCH_TN, differing, supervisor, watched
from tests.services.world import AGENCY, FOUNDED, SCT, UNIT, World

SUBMITTED, DUE = date(2024, 1, 30), date(2024, 2, 20)
"""Ten working days over Tết 2024, 8/2–14/2."""
REASON = "Chờ UBND trả lời"


@pytest.fixture
def watching(world: World) -> World:
    return watched(world)


def submitted(world: World) -> str:
    """A proposal handed in to its Sở before Tết."""
    code = world.draft(plan_year=2025, starts_on=date(2025, 3, 1), ends_on=date(2025, 11, 30))
    world.act(UNIT, code, "submit_to_department", SUBMITTED)
    assert row(world, code).due_on == DUE
    return code


def row(world: World, code: str) -> DossierRow:
    with world.store.read() as reader:
        found = reader.dossier(code)
    assert found is not None
    return found


def until(day: date, on: date | None = None, party: str = "provincial_committee") -> HoldInput:
    return HoldInput(party, day, REASON, on)


def refused(world: World, code: str, work: Callable[[], object], of: type[KcflowError] = BadInput) -> str:
    """`work` is refused with the error `code`, in one sentence, and nothing is written; the sentence."""
    before = world.desk("ktnn").written()
    with pytest.raises(of) as told:
        work()
    assert told.value.code == code
    for text in (told.value.text.vi, told.value.text.en):
        assert text
        assert "{" not in text
        assert not text.startswith("errors.")
    assert world.desk("ktnn").written() == before
    return told.value.text.vi


# -- hold and lift -----------------------------------------------------------------------------------


def test_a_hold_over_tet_and_its_lift(watching: World) -> None:
    code = submitted(watching)
    desk = supervisor(watching, WATCH).clock
    watching.day = date(2024, 2, 5)
    hold = until(date(2024, 2, 16), date(2024, 2, 2))
    plan = desk.hold_plan(code, hold)
    (shift,) = plan.shifts
    # Six of the days held would have counted: 2, 5, 6, 7, 15 and 16/2.
    assert (shift.before, shift.after) == (DUE, date(2024, 2, 28))
    assert row(watching, code).due_on == DUE
    receipt = desk.hold(code, hold)
    assert receipt.action_label.vi == "Tạm dừng"
    assert receipt.clock is not None
    assert receipt.clock.due_before == DUE
    assert receipt.due is not None
    assert receipt.due.on == row(watching, code).due_on == date(2024, 2, 28)
    stands = desk.state(code)
    assert stands.hold is not None
    assert (stands.hold.from_on, stands.hold.until_on) == (date(2024, 2, 2), date(2024, 2, 16))
    assert (stands.hold.party_label.vi, stands.hold.reason) == ("UBND tỉnh", REASON)
    assert stands.possible["hold"] is not None
    assert stands.possible["lift"] is None
    assert differing(watching) == []

    watching.day = date(2024, 2, 7)
    lifted = desk.lift(code, "UBND đã trả lời")
    assert lifted.due is not None
    assert lifted.due.on == row(watching, code).due_on == date(2024, 2, 23), "three days were held: 2, 5, 6/2"
    assert desk.state(code).hold is None
    assert differing(watching) == []
    # The days that were given back may be held once more, those before 7/2 not.
    told = refused(
        watching, "hold_overlaps", lambda: desk.hold(code, until(date(2024, 2, 16), date(2024, 2, 6)))
    )
    assert "02/02/2024 – 06/02/2024" in told
    desk.hold(code, until(date(2024, 2, 7)))
    assert row(watching, code).due_on == date(2024, 2, 26)
    assert differing(watching) == []


def test_a_hold_over_days_off_moves_nothing(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 3)
    desk = supervisor(watching, WATCH).clock
    for days in (until(date(2024, 2, 4)), until(date(2024, 2, 14), date(2024, 2, 3))):
        plan = desk.hold_plan(code, days)
        if days.until == date(2024, 2, 4):
            assert plan.shifts == ()
            assert "20/02/2024" in plan.warnings[0].vi
        else:
            assert plan.shifts[0].after == date(2024, 2, 23), (
                "begins on a Saturday, ends on the last day of Tết"
            )


def test_what_the_law_sets_is_not_held(watching: World) -> None:
    code = watching.draft()
    watching.day = date(2023, 5, 2)
    desk = supervisor(watching, WATCH_ALL).clock
    plan = desk.hold_plan(code, until(date(2023, 6, 30), party="enterprise"))
    assert plan.shifts == ()
    assert "luật" in plan.warnings[0].vi
    desk.hold(code, until(date(2023, 6, 30), party="enterprise"))
    assert row(watching, code).due_on == date(2023, 5, 19)
    assert differing(watching) == []
    why = desk.why(code)
    assert any("không dời" in line.vi for line in why.lines)


def test_a_dossier_that_moves_on_leaves_its_hold_behind(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH).clock
    desk.hold(code, until(date(2024, 3, 15)))
    desk.reassign(code, SCT, "Giao thẩm định")
    desk.remind(code, "Nhắc thẩm định")
    watching.act(SCT, code, "start_provincial_appraisal", date(2024, 2, 6))
    stands = desk.state(code)
    assert (stands.hold, stands.holder, stands.reminders, stands.level) == (None, None, 0, 0)
    assert row(watching, code).due_on == date(2024, 6, 14)
    assert differing(watching) == []
    with watching.store.read() as reader:
        assert len(clock.holds(reader, [code], present=False)[code]) == 1, "what was held stays known"
    refused(watching, "hold_none", lambda: desk.lift(code, "x"))


def test_a_hold_after_the_date_says_why_it_moves_nothing(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 21)
    desk = supervisor(watching, WATCH).clock
    plan = desk.hold_plan(code, until(date(2024, 3, 1)))
    assert (plan.moved, plan.shifts) == (0, ())
    assert "20/02/2024" in plan.warnings[0].vi
    assert "đã qua trước ngày tạm dừng" in plan.warnings[0].vi
    desk.hold(code, until(date(2024, 3, 1)))
    assert row(watching, code).due_on == DUE


def test_without_a_date_there_is_nothing_to_move(watching: World) -> None:
    watching.day = date(2023, 4, 3)
    desk = supervisor(watching, WATCH_ALL).clock
    plan = watching.desk(AGENCY).money.open_plan(PlanInput("kcqg", 2024, 100_000_000_000, "")).code
    with watching.store.read() as reader:
        stored = reader.dossier(plan)
    assert stored is not None
    due = stored.due_on
    receipt = desk.hold(plan, until(date(2023, 4, 28), party="finance_ministry"))
    assert (receipt.code, receipt.due.on if receipt.due else None) == (plan, due)
    assert desk.state(plan).hold is not None
    assert differing(watching) == []


def test_a_hold_runs_on_when_the_date_is_renewed(watching: World) -> None:
    """Only the office's own days are held; a letter to MOF renews a date of the law."""
    code = watching.draft()
    watching.to("approved", code)
    watching.day = date(2024, 1, 4)
    desk = supervisor(watching, WATCH_ALL).clock
    desk.hold(code, until(date(2024, 1, 31), party="finance_ministry"))
    watching.act(AGENCY, code, "send_to_mof", date(2024, 1, 5))
    assert row(watching, code).due_on == date(2024, 1, 19)
    assert desk.state(code).hold is not None, "the dossier didn't leave its state"
    assert differing(watching) == []


# -- remind, reassign, escalate ------------------------------------------------------------------------


def second_clerk(world: World) -> str:
    with world.store.administer() as admin:
        directory.add_person(admin, PersonRow("chi", "Nguyễn Thị Chi", None, None, FOUNDED))
        directory.assign(admin, "chi", "department", "SCT-63-02", FOUNDED)
    return "chi"


def test_nothing_that_a_supervisor_does_starts_a_clock(watching: World) -> None:
    code, clerk = submitted(watching), second_clerk(watching)
    before = row(watching, code)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH).clock
    assert {person.login for person in desk.holders(code)} >= {SCT, clerk}
    assert desk.told(code, "remind").people
    reminder = desk.remind(code, "Sắp đến hạn")
    assert reminder.action_label.vi == "Nhắc việc"
    desk.remind(code, "Lần nữa", [clerk])
    desk.reassign(code, clerk, "Chị Chi phụ trách")
    assert [person.login for person in desk.told(code, "remind").people] == [clerk]
    desk.reassign(code, None, "Trả về phòng")
    desk.reassign(code, clerk, "Chị Chi phụ trách")
    told = desk.told(code, "escalate")
    raised = desk.escalate(code, "Quá chậm")
    assert raised.action_label.vi == "Báo cáo cấp trên"
    stands = desk.state(code)
    assert (stands.holder, stands.holder_name) == (clerk, "Nguyễn Thị Chi")
    assert (stands.reminders, stands.reminded_on, stands.level) == (2, watching.day, told.level)
    after = row(watching, code)
    for name in ("state", "entered_on", "entered_seq", "due_on", "last_on", "last_actor", "edited"):
        assert getattr(after, name) == getattr(before, name), name
    card = watching.desk(SCT).dossier(code)
    assert card.days_in_state == 6
    said = [(view.clock.act, view.clock.text.vi) for view in card.timeline if view.clock is not None]
    assert said[1] == ("remind", "gửi Nguyễn Thị Chi")
    assert said[2:5] == [
        ("reassign", "giao Nguyễn Thị Chi"),
        ("reassign", "không giao riêng ai"),
        ("reassign", "giao Nguyễn Thị Chi"),
    ]


def test_levels_go_up_and_end(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 26)
    desk = supervisor(watching, WATCH).clock
    told = desk.told(code, "escalate")
    assert told.level == 2, "it is late: the head of the division, not the clerk"
    desk.escalate(code, "Quá hạn bốn ngày")
    assert desk.state(code).level == 2
    desk.escalate(code, "Vẫn chưa xong")
    assert desk.state(code).level == 3
    refused(watching, "escalate_top", lambda: desk.escalate(code, "Lần nữa"))
    assert desk.state(code).possible["escalate"] is not None


def test_who_may(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 1)
    for login in ("ktnn", WATCH_TN):
        desk = watching.desk(login).clock
        of = NotFound if login == WATCH_TN else NoPermission
        name = "not_found" if login == WATCH_TN else "clock_not_yours"
        with pytest.raises(of) as told:
            desk.remind(code, "x")
        assert told.value.code.startswith(name)
    assert set(watching.desk("ktnn").clock.state(code).possible.values()) != {None}
    for login in (UNIT, SCT, AGENCY, WATCH_ALL):
        if login == AGENCY:
            continue
        watching.desk(login).clock.remind(code, "Nhắc")
    history = watching.desk("ktnn").history(HistoryFilter(dossier=code)).rows
    assert [view.role for view in history[:3]] == ["supervisor", "department", "unit"]


def test_whom_nobody_here_can_be_charged_with(watching: World) -> None:
    code = watching.draft()
    watching.to("approved", code)
    desk = supervisor(watching, WATCH_ALL).clock
    assert desk.holders(code) == ()
    assert desk.state(code).possible["reassign"] is not None
    refused(watching, "reassign_outside", lambda: desk.reassign(code, AGENCY, "x"))
    # What waits for MOF is the Cục's to follow up.
    assert AGENCY in {person.login for person in desk.told(code, "remind").people}


# -- bad input -------------------------------------------------------------------------------------------


def test_every_bad_hold_is_told_in_one_sentence(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH).clock
    for hold, name in (
        (until(date(2024, 3, 1), party="nobody"), "hold_party"),
        (until(date(2024, 3, 1), party="Bộ Tài chính"), "hold_party"),
        (until(date(2024, 3, 1), date(2024, 2, 6)), "hold_ahead"),
        (until(date(2024, 2, 1), date(2024, 2, 2)), "hold_reversed"),
        (until(date(2024, 2, 4), date(2024, 2, 2)), "hold_past"),
        (until(date(2024, 3, 1), date(2024, 1, 29)), "hold_before_entry"),
        (until(date(2099, 3, 1)), "hold_unknown_year"),
        (until(date.max), "hold_unknown_year"),
    ):
        refused(watching, name, lambda hold=hold: desk.hold(code, hold))  # type: ignore[misc]
        refused(watching, name, lambda hold=hold: desk.hold_plan(code, hold))  # type: ignore[misc]
    refused(watching, "text_empty", lambda: desk.hold(code, HoldInput("unit", date(2024, 3, 1), " ")))
    desk.hold(code, until(date(2024, 2, 16)))
    told = refused(watching, "hold_overlaps", lambda: desk.hold(code, until(date(2024, 3, 1))))
    assert "05/02/2024 – 16/02/2024" in told
    refused(watching, "lift_outside", lambda: desk.lift(code, "x", date(2024, 2, 17)))
    refused(watching, "lift_outside", lambda: desk.lift(code, "x", date(2024, 2, 4)))
    assert differing(watching) == []


def test_every_other_bad_act_is_told_in_one_sentence(watching: World) -> None:
    code, clerk = submitted(watching), second_clerk(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH).clock
    refused(watching, "text_empty", lambda: desk.remind(code, ""))
    refused(watching, "no_person", lambda: desk.remind(code, "x", ["khong-co"]))
    refused(watching, "remind_blind", lambda: desk.remind(code, "x", ["sct-63-19"]))
    refused(watching, "reassign_same", lambda: desk.reassign(code, None, "x"))
    told = refused(watching, "reassign_unable", lambda: desk.reassign(code, UNIT, "x"))
    assert f"Nguyễn Thị Chi ({clerk})" in told
    refused(watching, "request_id", lambda: desk.remind(code, "x", (), "không phải UUID"))
    refused(watching, "not_found", lambda: desk.escalate("KCQG-99-9999", "x"), NotFound)


def test_an_ended_dossier_has_no_clock(watching: World) -> None:
    code = watching.draft()
    watching.act(UNIT, code, "withdraw", date(2023, 4, 10))
    desk = supervisor(watching, WATCH_ALL).clock
    acts: tuple[Callable[[], object], ...] = (
        lambda: desk.hold(code, until(date(2023, 6, 1))),
        lambda: desk.hold_plan(code, until(date(2023, 6, 1))),
        lambda: desk.lift(code, "x"),
        lambda: desk.remind(code, "x"),
        lambda: desk.reassign(code, UNIT, "x"),
        lambda: desk.escalate(code, "x"),
    )
    for act in acts:
        refused(watching, "clock_ended", act)
    assert None not in desk.state(code).possible.values()
    assert "kết thúc" in " ".join(line.vi for line in desk.why(code).lines)


def test_a_computer_whose_clock_went_backwards_writes_nothing(watching: World) -> None:
    code = submitted(watching)
    desk = supervisor(watching, WATCH).clock
    watching.day = date(2024, 1, 29)
    told = refused(watching, "clock_backwards", lambda: desk.remind(code, "x"))
    assert "29/01/2024" in told
    assert "30/01/2024" in told


def test_the_same_request_is_carried_out_once(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH).clock
    request = str(uuid4())
    first = desk.hold(code, until(date(2024, 2, 16)), request)
    again = desk.hold(code, until(date(2024, 2, 16)), request)
    assert (again.seq, again.hash, again.repeated) == (first.seq, first.hash, True)
    refused(watching, "request_reused", lambda: desk.remind(code, "x", (), request))
    refused(watching, "request_reused", lambda: supervisor(watching, WATCH).note(code, "x", request))
    lifted = desk.lift(code, "x", None, other := str(uuid4()))
    assert desk.lift(code, "x", None, other).seq == lifted.seq


# -- how they are read -----------------------------------------------------------------------------------


def test_the_history_shows_what_was_done_about_time(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH)
    desk.clock.hold(code, until(date(2024, 2, 16), date(2024, 2, 2)))
    desk.clock.lift(code, "Đã trả lời", date(2024, 2, 7))
    desk.note(code, "Ghi chú thường")
    note, lifted, held = desk.history(HistoryFilter(dossier=code)).rows[:3]
    assert (note.action_label.vi, note.clock) == ("Ghi chú", None)
    assert held.clock is not None
    assert (held.action, held.action_label.vi) == ("note", "Tạm dừng")
    assert held.clock.text.vi == (
        "từ 02/02/2024 đến hết 16/02/2024, tính cho UBND tỉnh; hạn 20/02/2024 → 28/02/2024"
    )
    assert (held.clock.due_before, held.due_on) == (DUE, date(2024, 2, 28))
    assert (held.deadline_on, held.deadline_met) == (None, None), "it was neither kept nor missed"
    assert (held.clock.party, held.clock.until_on) == ("provincial_committee", date(2024, 2, 16))
    assert lifted.clock is not None
    assert lifted.clock.text.en == "counts again from 07 Feb 2024; due 28 Feb 2024 → 23 Feb 2024"
    assert lifted.clock.counts_on == date(2024, 2, 7)
    assert lifted.reason == "Đã trả lời"


def test_what_was_done_stays_readable_when_the_levels_file_is_broken(
    watching: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 26)
    desk = supervisor(watching, WATCH)
    desk.clock.escalate(code, "Quá hạn")
    file = tmp_path / "levels.toml"
    file.write_text("[[level]]\nlevel = 9\n", "utf-8")
    monkeypatch.setenv("KCFLOW_ESCALATION", str(file))
    raised = desk.history(HistoryFilter(dossier=code)).rows[0].clock
    assert raised is not None
    assert raised.text.vi.startswith("cấp 2: ")
    assert desk.clock.why(code).level == 2
    assert desk.clock.state(code).possible["escalate"] is not None
    told = refused(watching, "escalation_wrong", lambda: desk.clock.escalate(code, "Lần nữa"))
    assert str(file) in told


def test_of_two_holds_at_the_same_moment_one_stands(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desks = [supervisor(watching, login).clock for login in (WATCH, WATCH_ALL)]

    def held(desk: Clock) -> str:
        try:
            desk.hold(code, until(date(2024, 2, 16)))
        except KcflowError as refusal:
            return refusal.code
        return "held"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(held, desks))
    assert told == ["held", "hold_overlaps"]
    assert differing(watching) == []


# -- found again in the history ------------------------------------------------------------------------


def test_acts_about_time_are_found_by_name(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH)
    desk.clock.hold(code, until(date(2024, 2, 16), date(2024, 2, 5)))
    desk.clock.lift(code, "Đã có trả lời", date(2024, 2, 5))
    desk.clock.remind(code, "Xin xem sớm")
    desk.note(code, "Ghi chú thường")

    def found(act: str) -> list[str]:
        wanted = HistoryFilter(action=act)
        rows = desk.history(wanted).rows
        assert [row.id for row in desk.history_at(desk.history_index(wanted))] == [row.id for row in rows]
        return [row.clock.act if row.clock else "" for row in rows]

    assert found("hold") == ["hold"]
    assert found("lift") == ["lift"]
    assert found("remind") == ["remind"]
    assert found("escalate") == []
    # A note is each of them, too: that is the row's action.
    assert found("note") == ["", "remind", "lift", "hold"]
    both = HistoryFilter(dossier=code, actor=desk.me.login, action="hold")
    assert [row.action_label.vi for row in desk.history(both).rows] == ["Tạm dừng"]
    assert desk.history(replace(both, actor="sct")).rows == ()
