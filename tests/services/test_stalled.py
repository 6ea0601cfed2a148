"""Tồn đọng: its order and kinds, who is missing, what is on hold, groups, any day of the past."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.store import Store, open_store
from kcflow.labels import OUTSIDE_HOLDERS
from kcflow.services.clock_views import GROUPS, HoldInput
from kcflow.services.desk import Desk
from kcflow.services.errors import BadInput
from kcflow.services.money_views import PlanInput
from kcflow.services.standing import KINDS
from kcflow.services.views import ListFilter, PaperInput, StalledRow
from tests.seeds import copied
from tests.services.clock.watch import WATCH, WATCH_ALL, watched
from tests.services.world import AGENCY, HA_GIANG, MINISTRY, ORDINARY, SCT, THAI_NGUYEN, UNIT, World

ALL = "ktnn"
DAY = date(2024, 3, 1)
PARTS = {"near": 0, "law": 1, "policy": 1, "stuck": 2, "waiting": 3}


def every(desk: Desk, day: date | None = None, limit: int = 50, **asked: object) -> list[StalledRow]:
    """The whole list, page by page."""
    found: list[StalledRow] = []
    after: object | None = None
    while True:
        page = desk.stalled(day, after, limit, **asked)  # type: ignore[arg-type]
        found += page.rows
        after = page.next
        if after is None:
            return found


def codes(rows: Sequence[StalledRow]) -> list[str]:
    return [each.row.code for each in rows]


def onward(world: World, state: str, code: str) -> None:
    """`World.to` for a proposal that has gone part of the way."""
    done = {row.action for row in world.desk(ALL).history_of(code)}
    for login, action, on, given in ORDINARY:
        if world.desk(ALL).dossier(code).row.state == state:
            return
        if action not in done:
            world.act(login, code, action, on, **given)


STATES = (
    *("drafting", "submitted_to_department", "provincial_appraisal", "registered", "ministry_screening"),
    *("awaiting_estimate", "ministry_appraisal", "submitted_to_minister", "approved", "allocated"),
)
MADE = {state: f"KCQG-24-{number:04}" for number, state in enumerate(STATES, start=1)} | {
    "other": f"KCQG-24-{len(STATES) + 1:04}",
    "plan": "KH-KCDP-24-6302",
}
"""The codes of what `busy` writes."""


def busy(store: Store) -> None:
    """Proposals here and there on the national route, a province's plan, as of 01/03/2024."""
    world = World(store)
    made: dict[str, str] = {}
    for state in STATES:
        code = made[state] = world.draft(title=f"Máy chè {state}")
        if state != "drafting":
            world.to(state, code)
        world.day = date(2023, 4, 3)
    made["other"] = world.draft(title="Gạch", unit_office="TTKC-63-19", province=THAI_NGUYEN)
    world.day = date(2023, 11, 1)
    plan = PlanInput("kcdp", 2024, 9_000_000_000, HA_GIANG)
    made["plan"] = world.desk(SCT).money.open_plan(plan).code
    assert made == MADE


@pytest.fixture
def at_work(dialect: str, tmp_path: Path) -> Iterator[World]:
    """A world that is `busy`."""
    with copied(dialect, tmp_path, busy) as url, open_store(url) as store:
        yield World(store, DAY)


def test_near_before_late_before_stuck_before_waiting(at_work: World) -> None:
    world, made = at_work, MADE
    desk = world.desk(ALL)
    rows = every(desk)
    assert set(made.values()) <= set(codes(rows))
    assert {row.kind for row in rows} >= {"near", "law", "policy", "waiting"}
    order = [(PARTS[row.kind], row.row.due_on or date.max, row.row.code) for row in rows]
    assert order == sorted(order)
    for limit in (1, 2, 7):
        assert codes(every(desk, limit=limit)) == codes(rows)
    # Every kind alone, and the numbers over the list.
    counted = Counter(row.kind for row in rows)
    assert desk.stalled_counts() == {kind: counted[kind] for kind in KINDS}
    for kind in KINDS:
        assert codes(every(desk, kinds=(kind,), limit=2)) == codes([r for r in rows if r.kind == kind])
    assert codes(every(desk, kinds=("law", "policy"))) == codes(
        [r for r in rows if r.kind in ("law", "policy")]
    )
    # A plan stands among the proposals.
    assert made["plan"] in [row.row.code for row in rows if row.row.kind == "annual_plan"]
    assert all(row.waits_since == row.row.entered_on for row in rows)
    waiting = next(row for row in rows if row.row.code == made["approved"])
    assert (waiting.kind, waiting.row.waits_for) == ("waiting", "finance_ministry")
    assert waiting.row.waits_for in OUTSIDE_HOLDERS
    assert waiting.money == 280_000_000
    # Who must do what next.
    late = next(row for row in rows if row.row.code == made["submitted_to_department"])
    assert [label.vi for label in late.next_roles] == ["Sở Công Thương"]
    assert late.next_actions
    assert late.overdue_days == (DAY - late.row.due_on).days  # type: ignore[operator]


def test_any_order_gives_the_same_rows(at_work: World) -> None:
    desk = at_work.desk(ALL)
    rows = every(desk)
    for kinds in ((), ("law",), ("policy", "near"), ("waiting",), ("stuck",)):
        wanted = {row.row.code for row in rows if not kinds or row.kind in kinds}
        for order, value in (
            ("code", lambda row: row.row.code),
            ("entered", lambda row: (row.row.entered_on, row.row.code)),
            ("requested", lambda row: (row.row.requested, row.row.code)),
        ):
            found = every(desk, kinds=kinds, order=order, limit=3)
            assert set(codes(found)) == wanted
            assert found == sorted(found, key=value)
            backwards = every(desk, kinds=kinds, order=f"-{order}", limit=4)
            assert codes(backwards) == codes(found)[::-1]
    with pytest.raises(BadInput) as caught:
        desk.stalled(order="sideways")
    assert caught.value.code == "order_unknown"
    with pytest.raises(BadInput) as caught:
        desk.stalled(kinds=("sleepy",))
    assert caught.value.code == "stalled_kind"


def test_groups_count_the_list(at_work: World) -> None:
    world, made = at_work, MADE
    desk = watched(world).desk(WATCH_ALL)
    desk.clock.reassign(made["submitted_to_department"], SCT, "Giao cho chị Lan")
    hold = HoldInput("finance_ministry", DAY + timedelta(days=20), "Chờ Bộ Tài chính")
    desk.clock.hold(made["ministry_appraisal"], hold)
    world.day = DAY + timedelta(days=3)
    for day in (None, DAY - timedelta(days=40)):
        rows = every(desk, day)
        counted = Counter(row.kind for row in rows)
        money = sum(row.row.requested for row in rows)
        for by in GROUPS:
            groups = desk.clock.groups(by, day)
            kinds = Counter[str]()
            for group in groups:
                assert group.count > 0
                for kind in KINDS:
                    kinds[kind] += getattr(group, kind)
                if not group.asked:
                    continue
                own = every(desk, day, wanted=ListFilter(**group.asked))  # type: ignore[arg-type]
                found = Counter(row.kind for row in own)
                assert {kind: getattr(group, kind) for kind in KINDS} == {k: found[k] for k in KINDS}, (
                    by,
                    group,
                )
                assert group.money == sum(row.row.requested for row in own)
                dates = [row.row.due_on for row in own if row.row.due_on]
                assert group.oldest_on == (min(dates) if dates else None)
            assert {kind: kinds[kind] for kind in KINDS} == {k: counted[k] for k in KINDS}, by
            assert sum(group.money for group in groups) == money
    with pytest.raises(BadInput) as caught:
        desk.clock.groups("moon")
    assert caught.value.code == "group_unknown"


def test_nobody_with_authority_is_stuck(at_work: World) -> None:
    """Reorganisation left nobody (domain.md §12, 9): told with the role and the place, and counted."""
    world, made = at_work, MADE
    before = {row.row.code: row.kind for row in every(world.desk(ALL))}
    assert before[made["submitted_to_department"]] != "stuck"
    with world.store.administer() as admin:
        from db import directory

        with world.store.read() as reader:
            gone = [
                row
                for row in directory.assignments(reader, organisation="SCT-63-02")
                if row.role == "department"
            ]
        for row in gone:
            directory.end_assignment(admin, row.id, DAY - timedelta(days=1))
    world.shared.forget()
    desk = world.desk(ALL)
    rows = every(desk)
    stuck = {row.row.code: row for row in rows if row.kind == "stuck"}
    assert set(stuck) == {made["submitted_to_department"], made["provincial_appraisal"], made["plan"]}
    reason = stuck[made["provincial_appraisal"]].stuck_reason
    assert reason is not None
    assert "Sở Công Thương (Hà Giang)" in reason.vi
    assert "Hà Giang" in reason.en
    assert codes(every(desk, kinds=("stuck",), limit=1)) == sorted(
        stuck, key=lambda code: (stuck[code].row.due_on or date.max, code)
    )
    assert desk.stalled_counts()["stuck"] == 3
    assert sum(group.stuck for group in desk.clock.groups("province")) == 3
    assert codes(every(desk, kinds=("stuck",), order="code")) == sorted(stuck)
    # On the day before the roles ended, somebody could.
    then = {row.row.code: row.kind for row in every(desk, DAY - timedelta(days=1))}
    assert "stuck" not in then.values()


def test_a_hold_moves_our_own_dates_and_names_whom_it_waits_for(world: World) -> None:
    code = world.draft()
    world.to("submitted_to_department", code)
    world.day = date(2023, 5, 12)
    desk = watched(world).desk(WATCH)
    before = desk.stalled(date(2023, 6, 1)).rows[0]
    assert (before.row.code, before.kind) == (code, "policy")
    until = date(2023, 5, 19)
    assert before.row.due_on is not None
    assert every(desk, before.row.due_on + timedelta(days=1)) != []
    desk.clock.hold(code, HoldInput("unit", until, "Chờ đơn vị bổ sung báo giá"))
    assert every(desk, before.row.due_on + timedelta(days=1)) == []
    # Nearer to its later date it is near, with the hold over.
    due = desk.dossier(code).row.due_on
    assert due is not None
    assert due > max(before.row.due_on, until)
    near = every(desk, due)[0]
    assert (near.kind, near.held_until) == ("near", None)
    assert [row.kind for row in every(desk, due + timedelta(days=1))] == ["policy"]
    # On hold for somebody beyond this system it waits, and says since when.
    world.day = date(2023, 5, 13)
    desk.clock.lift(code, "Đã có báo giá", date(2023, 5, 13))
    desk.clock.hold(code, HoldInput("enterprise", until, "Đơn vị thụ hưởng đang tìm vốn"))
    [row] = every(desk, date(2023, 5, 14))
    assert (row.kind, row.held_until, row.held_party) == ("waiting", until, "enterprise")
    assert row.waits_since == row.held_from == date(2023, 5, 13)
    assert row.held_party_label is not None
    assert row.held_party_label.vi == "Đơn vị thụ hưởng"
    assert desk.stalled_counts(date(2023, 5, 14))["waiting"] == 1
    assert codes(every(desk, date(2023, 5, 14), wanted=ListFilter(held=True))) == [code]
    assert every(desk, date(2023, 5, 14), wanted=ListFilter(held=False)) == []


def test_filters(at_work: World) -> None:
    world, made = at_work, MADE
    desk = watched(world).desk(WATCH_ALL)
    late = made["submitted_to_department"]
    desk.clock.reassign(late, SCT, "Giao cho chị Lan")
    desk.clock.remind(late, "Đề nghị xử lý ngay")
    rows = every(desk)
    [mine] = every(desk, wanted=ListFilter(holder=SCT))
    assert (mine.row.code, mine.holder, mine.reminders, mine.reminded_on) == (late, SCT, 1, DAY)
    assert mine.holder_name
    assert late not in codes(every(desk, wanted=ListFilter(holder="")))
    assert len(every(desk, wanted=ListFilter(holder=""))) == len(rows) - 1
    # A reminder is no act: the clock and the last act stay as they were.
    assert (mine.last_action, mine.last_on) == ("submit_to_department", date(2023, 5, 10))
    assert mine.days_in_state == (DAY - date(2023, 5, 10)).days

    def same(wanted: ListFilter, kept: Sequence[StalledRow]) -> None:
        assert kept
        assert len(kept) < len(rows)
        assert codes(every(desk, wanted=wanted, limit=2)) == codes(kept)

    same(ListFilter(due_kind="law"), [r for r in rows if r.row.due_kind == "law"])
    basis = rows[0].row.due_basis
    same(ListFilter(basis=basis), [r for r in rows if r.row.due_basis == basis])
    same(ListFilter(age_from=100), [r for r in rows if r.days_in_state >= 100])
    same(ListFilter(age_to=100), [r for r in rows if r.days_in_state <= 100])
    same(ListFilter(kind="annual_plan"), [r for r in rows if r.row.kind == "annual_plan"])
    same(ListFilter(provinces=(THAI_NGUYEN,)), [r for r in rows if r.row.province == THAI_NGUYEN])
    same(ListFilter(text="gach"), [r for r in rows if r.row.code == made["other"]])
    same(ListFilter(text="ke hoach"), [r for r in rows if r.row.kind == "annual_plan"])
    same(ListFilter(states=("approved",)), [r for r in rows if r.row.state == "approved"])
    same(ListFilter(amount_from=400_000_000), [r for r in rows if r.row.requested >= 400_000_000])
    assert every(desk, wanted=ListFilter(age_from=36_600)) == []
    assert every(desk, wanted=ListFilter(holder="nobody-here")) == []


# -- other days ------------------------------------------------------------------------------


def told(rows: Sequence[StalledRow]) -> list[StalledRow]:
    """What a list said of a day, without what no history can know: what is there only since."""
    return [replace(row, row=replace(row.row, version=0)) for row in rows]


def test_the_past_is_told_as_it_was(world: World) -> None:
    """Each evening's list, written down, is what `--as-of` says of that day later, and in any order."""
    watched(world)
    first, second = world.draft(title="Máy chè"), world.draft(title="Gạch không nung")
    evenings: dict[date, tuple[list[StalledRow], list[str], dict[str, int]]] = {}

    def evening(day: date) -> None:
        world.day = day
        desk = world.desk(WATCH_ALL)
        rows = told(every(desk))
        evenings[day] = rows, codes(every(desk, order="-entered")), desk.stalled_counts()

    evening(date(2023, 5, 18))
    world.act(UNIT, first, "submit_to_department", date(2023, 5, 19))
    evening(date(2023, 5, 19))
    evening(date(2023, 5, 26))
    world.day = date(2023, 5, 29)
    desk = world.desk(WATCH_ALL)
    desk.clock.remind(second, "Nộp ngay")
    desk.clock.reassign(first, SCT, "Giao cho chị Lan")
    desk.clock.hold(first, HoldInput("enterprise", date(2023, 6, 20), "Tìm vốn"))
    evening(date(2023, 5, 29))
    world.day = date(2023, 6, 2)
    world.desk(WATCH_ALL).clock.lift(first, "Đã có vốn")
    evening(date(2023, 6, 5))
    world.act(SCT, first, "start_provincial_appraisal", date(2023, 6, 6))
    world.act(SCT, first, "record_provincial_appraisal", date(2023, 6, 7), conclusion="agreed")
    onward(world, "registered", first)
    evening(date(2023, 6, 20))
    onward(world, "approved", first)
    evening(date(2024, 1, 25))
    world.act(UNIT, second, "withdraw", date(2024, 1, 26))
    evening(date(2024, 1, 30))
    # Entered for days that are over: they carry the state of today.
    paper = PaperInput("mau_1", "9/SCT", date(2023, 5, 20), "Nguyễn Văn Ký")
    world.desk(SCT).record_papers(first, (paper,), date(2023, 5, 20))
    world.act(AGENCY, first, "record_mof_opinion", date(2024, 2, 2))
    onward(world, "allocated", first)
    world.day = date(2024, 6, 1)
    desk = world.desk(WATCH_ALL)
    kinds = Counter[str]()
    for day, (rows, by_entry, counted) in evenings.items():
        again = every(desk, day, limit=2)
        assert told(again) == rows, day
        assert codes(every(desk, day, order="-entered", limit=3)) == by_entry, day
        assert desk.stalled_counts(day) == counted, day
        kinds.update(row.kind for row in again)
    assert set(kinds) >= {"near", "law", "waiting"}
    held = {row.row.code: row for row in desk.stalled(date(2023, 5, 29)).rows}
    assert (held[first].kind, held[first].held_party, held[first].holder) == ("waiting", "enterprise", SCT)
    assert every(desk, date(2023, 3, 1)) == []
    only = every(desk, date(2023, 5, 29), wanted=ListFilter(holder=SCT))
    assert codes(only) == [first]
    assert every(desk, date(2023, 5, 26), wanted=ListFilter(holder=SCT)) == []


def test_a_day_to_come(world: World) -> None:
    code = world.draft()
    world.to("submitted_to_department", code)
    desk = world.desk(ALL)
    due = desk.dossier(code).row.due_on
    assert due is not None
    assert every(desk, due - timedelta(days=6)) == []
    assert [row.kind for row in every(desk, due)] == ["near"]
    [late] = every(desk, due + timedelta(days=10))
    assert (late.kind, late.overdue_days) == ("policy", 10)
    for year in (1850, 2199):
        with pytest.raises(BadInput) as caught:
            desk.stalled(date(year, 1, 1))
        assert caught.value.code == "calendar_unknown"
        assert str(year) in caught.value.text.vi
        with pytest.raises(BadInput):
            desk.clock.groups("office", date(year, 1, 1))
        with pytest.raises(BadInput):
            desk.stalled_counts(date(year, 1, 1))


# -- every kind of dossier -------------------------------------------------------------------


def test_other_kinds_wait_in_the_inbox_too(world: World) -> None:
    money = world.desk(AGENCY).money
    plan = money.open_plan(PlanInput("kcqg", 2024, 100_000_000_000)).code
    code = world.draft()
    desk = world.desk(AGENCY)
    # A plan that is drafted is its agency's own, though other people's drafts of proposals are hidden.
    [row] = desk.inbox().rows
    assert (row.code, row.kind, row.province_name) == (plan, "annual_plan", "")
    assert "Trình" in " ".join(label.vi for label in row.doable)
    assert desk.inbox_count() == 1
    ids = desk.inbox_index()
    assert desk.inbox_at(ids) == desk.inbox().rows
    assert [each.code for each in desk.inbox(wanted=ListFilter(text="ke hoach")).rows] == [plan]
    assert desk.inbox(wanted=ListFilter(kind="proposal")).rows == ()
    assert [each.code for each in desk.inbox(wanted=ListFilter(kind="annual_plan")).rows] == [plan]
    # Lists of proposals stay lists of proposals.
    assert [each.code for each in world.desk(ALL).dossiers().rows] == [code]
    assert world.desk(ALL).count() == 1
    mine = world.desk(UNIT).inbox().rows
    assert [each.code for each in mine] == [code]
    assert world.desk(MINISTRY).inbox().rows == ()
    world.carry_out(AGENCY, plan, "submit", world.day)
    assert desk.inbox().rows == ()
    assert [each.code for each in world.desk(MINISTRY).inbox().rows] == [plan]


def test_the_end_of_a_year(world: World) -> None:
    code = world.draft()
    world.to("in_progress", code)
    desk = world.desk(ALL)
    assert world.day < date(2024, 12, 30)
    found = desk.clock.year_end()
    assert [(each.on, each.inclusive) for each in found] == [
        (date(2024, 12, 30), True),
        (date(2024, 12, 31), True),
        (date(2025, 1, 22), True),
        (date(2025, 1, 31), True),
        (date(2025, 2, 15), False),
    ]
    assert all(each.basis and each.label.vi for each in found)
    assert [each.left_days for each in found] == [
        (day - world.day).days for day in (*(each.on for each in found[:4]), date(2025, 2, 14))
    ]
    # 280 million allocated, nothing paid out yet or accepted.
    assert [(each.open, each.money) for each in found] == [(1, 280_000_000)] * 4 + [(0, 0)]
    onward(world, "awaiting_acceptance", code)
    paid = desk.clock.year_end(2024)
    assert [(each.open, each.money) for each in paid] == [
        (1, 84_000_000),
        (1, 280_000_000),
        (1, 280_000_000),
        (1, 280_000_000),
        (1, 196_000_000),
    ]
    for each in (*found, *paid):
        own = desk.dossiers(ListFilter(**each.asked)).rows  # type: ignore[arg-type]
        assert [row.code for row in own] == [code] * (each.open if each in paid else len(own))
    assert {each.open for each in desk.clock.year_end(2023)} == {0}
    assert desk.dossiers(ListFilter(year_end="unpaid:2023")).rows == ()
    with pytest.raises(BadInput) as caught:
        desk.dossiers(ListFilter(year_end="unheard:2024"))
    assert caught.value.code == "year_end_unknown"
    # The year's last date is over: the next year's come next.
    world.day = date(2025, 2, 15)
    assert desk.clock.year_end()[0].on == date(2025, 12, 30)
    world.day = date(2025, 2, 14)
    assert desk.clock.year_end()[-1].left_days == 0
    with pytest.raises(BadInput):
        desk.clock.year_end(99_999)


def test_the_workbook_keeps_text_as_text(world: World, tmp_path: Path) -> None:
    code = world.draft(title="=HYPERLINK(1)")
    world.day = date(2023, 6, 1)
    desk = world.desk(ALL)
    path = desk.clock.export_stalled(tmp_path / "ton-dong", "vi")
    assert path.name == "ton-dong.xlsx"
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(1)" in texts
    assert code in texts
    assert "01/06/2023" in texts
    with pytest.raises(BadInput) as caught:
        desk.clock.export_stalled(path, "vi")
    assert caught.value.code == "export_exists"
    desk.clock.export_stalled(path, "en", kinds=("near",), overwrite=True)
    with zipfile.ZipFile(path) as book:
        assert code not in book.read("xl/sharedStrings.xml").decode()


def test_a_scope_is_a_scope(at_work: World) -> None:
    world, made = at_work, MADE
    own = set(codes(every(world.desk(SCT))))
    assert made["submitted_to_department"] in own
    assert made["other"] not in own
    assert made["drafting"] not in codes(every(world.desk(AGENCY)))
    assert {row.row.province for row in every(world.desk(SCT))} == {HA_GIANG}
