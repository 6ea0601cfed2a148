"""Why a dossier is due when it is: the start, every rule, every day left out, pauses, former dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from db import clock
from db.store import open_store
from kcflow.services.clock_views import DayInput, HoldInput, Why
from kcflow.services.errors import BadInput, NotFound
from tests.services.clock.watch import WATCH, WATCH_ALL, rule, supervisor, watched
from tests.services.money.works import ACCEPTED, TRIEU, Works
from tests.services.world import AGENCY, SCT, UNIT, World

SUBMITTED, DUE = date(2024, 1, 30), date(2024, 2, 20)


@pytest.fixture
def watching(world: World) -> World:
    return watched(world)


@pytest.fixture
def works(money_url: str) -> Iterator[Works]:
    """A founded store with money."""
    with open_store(money_url) as store:
        yield Works(store)


def submitted(world: World) -> str:
    code = world.draft(plan_year=2025, starts_on=date(2025, 3, 1), ends_on=date(2025, 11, 30))
    world.act(UNIT, code, "submit_to_department", SUBMITTED)
    return code


def said(why: Why) -> str:
    return "\n".join(line.vi for line in why.lines)


def test_the_whole_derivation(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 26)
    why = supervisor(watching, WATCH).clock.why(code)
    assert (why.due_on, why.due_kind, why.agrees) == (DUE, "policy", True)
    assert (why.entered_on, why.entered_by) == (SUBMITTED, watching.desk(UNIT).me.name)
    assert (why.overdue_days, why.overdue_working_days) == (6, 4)
    text = said(why)
    assert "Nộp" in why.lines[0].vi
    assert "30/01/2024 (ngày của hành vi" in why.lines[0].vi
    assert "10 ngày làm việc từ 30/01/2024" in text
    assert "Tết" in text
    assert "ngày thứ bảy, chủ nhật" in text
    assert "Hạn 20/02/2024, là ngày 10" in text
    assert "Tính đến 26/02/2024: quá hạn 6 ngày, trong đó 4 ngày làm việc." in text
    assert [(line.kind, line.on, line.counts) for line in why.rules] == [
        ("policy", DUE, True),
        ("law", date(2024, 6, 14), False),
    ]
    assert "trước ngày 15/06/2024" in why.rules[1].lines[0].vi
    for line in (*why.lines, *(each for rule_ in why.rules for each in rule_.lines)):
        assert line.en
        assert "{" not in line.vi + line.en


def test_the_act_and_its_entry_are_two_days(watching: World) -> None:
    code = watching.draft()
    watching.day = date(2023, 5, 15)
    desk = watching.desk(UNIT)
    option = next(each for each in desk.options(code) if each.name == "submit_to_department")
    desk.advance(code, "submit_to_department", watching.move(option, date(2023, 5, 10)))
    why = supervisor(watching, WATCH).clock.why(code)
    assert why.entered_on == date(2023, 5, 10)
    assert why.entered_at.date() == date(2023, 5, 15)
    assert why.due_on == date(2023, 5, 24), "counted from the act"
    assert "Nhập máy muộn hơn, 15/05/2023" in why.lines[0].vi


@pytest.mark.parametrize(
    ("as_of", "days", "working", "words"),
    [
        (date(2024, 2, 5), 0, 0, "còn 15 ngày, trong đó 6 ngày làm việc"),
        (DUE, 0, 0, "20/02/2024 là ngày cuối của hạn"),
        (date(2024, 3, 1), 10, 8, "quá hạn 10 ngày, trong đó 8 ngày làm việc"),
        (date(2027, 12, 31), 1410, 983, "quá hạn 1.410 ngày"),
    ],
)
def test_any_known_day_may_be_asked(
    watching: World, as_of: date, days: int, working: int, words: str
) -> None:
    code = submitted(watching)
    why = supervisor(watching, WATCH).clock.why(code, as_of)
    assert why.today == as_of
    assert why.overdue_days == days
    assert words.replace(".", "") in said(why).replace(".", "")
    if as_of.year == 2024:
        assert why.overdue_working_days == working


@pytest.mark.parametrize("as_of", [date(1900, 1, 1), date(2012, 12, 31), date(2124, 2, 29)])
def test_a_day_of_another_century_is_one_sentence(watching: World, as_of: date) -> None:
    code = submitted(watching)
    with pytest.raises(BadInput) as told:
        supervisor(watching, WATCH).clock.why(code, as_of)
    assert told.value.code == "calendar_unknown"
    assert str(as_of.year) in told.value.text.vi


def test_what_was_due_before_and_who_replaced_it(watching: World) -> None:
    code = submitted(watching)
    watching.day = date(2024, 2, 5)
    desk = supervisor(watching, WATCH)
    desk.clock.hold(code, HoldInput("provincial_committee", date(2024, 2, 16), "Chờ UBND", date(2024, 2, 2)))
    desk.clock.lift(code, "UBND đã trả lời", date(2024, 2, 7))
    desk.clock.remind(code, "Nhắc")
    desk.clock.set_rule(rule(days=5), "Rút ngắn thẩm định")
    watching.day = date(2024, 2, 6)
    supervisor(watching, WATCH_ALL).clock.set_days(
        [DayInput(date(2024, 2, 15), "off", "Nghỉ bù", "CV 1/VPCP")], "Nghỉ thêm"
    )
    why = desk.clock.why(code)
    assert [(each.on, each.reason, each.replaced_on) for each in why.former] == [
        (DUE, "Chờ UBND", date(2024, 2, 5)),
        (date(2024, 2, 28), "UBND đã trả lời", date(2024, 2, 5)),
        (date(2024, 2, 23), "Rút ngắn thẩm định", date(2024, 2, 5)),
        (date(2024, 2, 16), "Nghỉ thêm", date(2024, 2, 6)),
    ]
    assert {each.by_name for each in why.former} == {"Giám sát SCT-63-02", "Giám sát CUC"}
    (pause,) = why.pauses
    assert (pause.from_on, pause.until_on, pause.lifted_on) == (
        date(2024, 2, 2),
        date(2024, 2, 16),
        date(2024, 2, 7),
    )
    assert (pause.party_label.en, pause.by_name) == ("Provincial committee", "Giám sát SCT-63-02")
    assert why.reminders == 1
    (own,) = (line for line in why.rules if line.office is not None)
    assert (own.on, own.counts, own.basis) == (date(2024, 2, 19), True, "QĐ 12/QĐ-SCT")
    assert why.due_on == date(2024, 2, 19)
    assert why.agrees
    assert "Tạm dừng" in said(why)
    assert "UBND tỉnh" in said(why)
    assert "Nghỉ bù" in said(why)


def test_who_is_charged_with_it_is_named(watching: World) -> None:
    code = submitted(watching)
    desk = supervisor(watching, WATCH).clock
    assert desk.why(code).holder_name is None
    desk.reassign(code, SCT, "Giao")
    assert desk.why(code).holder_name == watching.desk(SCT).me.name


def test_a_rule_that_waits_for_the_contract_says_so(works: Works) -> None:
    contract, (first, second) = works.finished(100 * TRIEU, 90 * TRIEU)
    works.act(SCT, first, "accept", ACCEPTED, amount=100 * TRIEU)
    why = works.desk(AGENCY).clock.why(first)
    (waiting,) = (line for line in why.rules if line.on is None)
    assert waiting.basis == "TT 36/2013 Đ18.1"
    assert not waiting.counts
    assert waiting.lines[0].vi
    works.act(SCT, second, "accept", date(2024, 8, 5), amount=90 * TRIEU)
    why = works.desk(AGENCY).clock.why(first)
    assert why.due_on == date(2024, 8, 20)
    assert f"Hợp đồng {contract} được nghiệm thu hết ngày 05/08/2024" in said(why)
    assert [(each.on, each.kind) for each in why.former] == [(date(2025, 1, 22), "law")]
    assert all(line.on is not None for line in why.rules)


def test_every_kind_of_dossier_answers(works: Works) -> None:
    _, (code,) = works.signed(100 * TRIEU)
    works.ask(code, "change_time", ends_on="2024-12-15")
    with works.store.read() as reader:
        codes = [one for _, one in clock.open_codes(reader)]
    whys = [works.desk(AGENCY).clock.why(one) for one in codes]
    assert {why.kind for why in whys} == {"proposal", "annual_plan", "contract", "adjustment"}
    for why in whys:
        assert why.agrees
        assert why.lines
        counting = {line.on for line in why.rules if line.counts}
        assert counting == ({why.due_on} if why.due_on else set())


def test_a_month_is_reported_and_the_next_one_counts(world: World) -> None:
    code = world.draft()
    world.to("in_progress", code)
    fields = {"report_month": "2024-04", "volume_permille": 400}
    world.act(UNIT, code, "report_progress", date(2024, 4, 22), fields=fields)
    why = world.desk(AGENCY).clock.why(code)
    assert "hạn được tính lại từ 24/04/2024" in said(why)
    assert why.former == (), "the date of April was kept, not replaced"
    assert why.due_on == date(2024, 5, 24)


def test_what_may_not_be_read_is_not_found(watching: World) -> None:
    code = submitted(watching)
    with pytest.raises(NotFound):
        watching.desk("ttkc-63-19").clock.why(code)
    assert watching.desk("ktnn").clock.why(code).due_on == DUE, "an auditor reads everything"
