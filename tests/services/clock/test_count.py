"""By when a stored dossier must leave its state: own rules, renewals, contracts, merged provinces, edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db import clock, directory, queries
from db.rows import DossierRow, HistoryRow, OrganisationRow
from db.rows_clock import OfficeRuleRow
from db.store import open_store
from kcflow.bootstrap import provincial_offices
from kcflow.reference import province
from kcflow.services.clock.count import Counted, Rulebook, count, entry
from kcflow.services.context import Context
from kcflow.services.money.facts import stored_facts
from kcflow.services.money_views import RoundInput
from states.facts import Facts
from states.model import Lifecycle
from tests.services.clock.watch import WATCH, differing, rule, supervisor, watched
from tests.services.money.works import ACCEPTED, TRIEU, Works
from tests.services.world import AGENCY, FOUNDED, HA_GIANG, MINISTRY, SCT, THAI_NGUYEN, UNIT, World

LAST = date(2024, 8, 5)
SETTLE_BY = date(2024, 8, 20)
TUYEN_QUANG = "34:08"


@pytest.fixture
def works(money_url: str) -> Iterator[Works]:
    """A founded store with money."""
    with open_store(money_url) as store:
        yield Works(store)


def context_of(world: World) -> Context:
    return world.desk("ktnn")._context


def stored(world: World, code: str) -> DossierRow:
    with world.store.read() as reader:
        row = reader.dossier(code)
    assert row is not None
    return row


def rows(world: World, code: str) -> list[HistoryRow]:
    with world.store.read() as reader:
        return queries.history_of(reader, code)


def counted(world: World, code: str) -> Counted:
    context = context_of(world)
    with world.store.read() as reader:
        row = reader.dossier(code)
        assert row is not None
        lifecycle = context.shared.lifecycle(row.lifecycle)
        return count(context, reader, row, lifecycle, stored_facts(context, reader, row))


def due_on(world: World, code: str) -> date | None:
    """The stored date, which must be the counted one."""
    due = counted(world, code).due
    row = stored(world, code)
    assert (row.due_on, row.due_kind) == ((due.on, due.kind) if due else (None, None))
    return row.due_on


# -- worked cases of domain.md §7.2 ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "on", "year", "due"),
    [
        ("approved", date(2026, 4, 24), 2026, date(2026, 5, 13)),
        ("accepted", date(2026, 10, 16), 2026, date(2026, 11, 2)),
        ("awaiting_liquidation", date(2026, 12, 1), 2026, date(2027, 1, 22)),
    ],
)
def test_the_worked_cases(world: World, state: str, on: date, year: int, due: date) -> None:
    context = context_of(world)
    lifecycle = context.shared.lifecycle_for("kcqg", HA_GIANG, on)
    facts = Facts("", "", 0, "kcqg", year, year, HA_GIANG, "TTKC-63-02", "provincial_centre")
    with world.store.read() as reader:
        counted_ = entry(context, reader, lifecycle, facts, state, on, year)
    assert counted_ is not None
    assert counted_.on == due
    assert counted_.kind == "law"


# -- a contract's last acceptance (S7) ---------------------------------------------------------------


def test_the_last_acceptance_begins_the_days_of_all(works: Works) -> None:
    contract, (first, second, stopped) = works.finished(100 * TRIEU, 90 * TRIEU, 80 * TRIEU)
    works.act(SCT, first, "accept", ACCEPTED, amount=100 * TRIEU)
    limit = date(2025, 1, 22)
    assert due_on(works, first) == limit, "whoever was accepted before has only the end of the year"
    works.act(AGENCY, stopped, "propose_stop", date(2024, 8, 2), kind="de_xuat_cuc")
    works.act(MINISTRY, stopped, "confirm_stop", date(2024, 8, 3))
    assert due_on(works, first) == limit, "the second is still to be accepted"
    works.act(SCT, second, "accept", LAST, amount=90 * TRIEU)
    assert [due_on(works, code) for code in (first, second)] == [SETTLE_BY, SETTLE_BY]
    assert stored(works, contract).due_on == SETTLE_BY
    last = rows(works, first)[-1].leaf
    assert (last["action"], last["from"], last["to"], last["system"]) == (
        "note",
        "accepted",
        "accepted",
        True,
    )
    assert last["refs"]["clock"]["cause"] == "contract"
    assert last["refs"]["clock"]["ref"] == contract
    assert last["refs"]["clock"]["before"]["on"] == limit.isoformat()
    assert stored(works, first).entered_on == ACCEPTED, "the days in the state go on"
    assert stored(works, first).last_on == ACCEPTED
    assert rows(works, second)[-1].action == "accept", "the last one's own row says it already"
    assert differing(works) == []


def test_an_acceptance_entered_late_counts_from_the_latest_day(works: Works) -> None:
    _, (first, second) = works.finished(100 * TRIEU, 90 * TRIEU)
    works.act(SCT, first, "accept", LAST, amount=100 * TRIEU)
    works.act(SCT, second, "accept", ACCEPTED, amount=90 * TRIEU)
    assert [due_on(works, code) for code in (first, second)] == [SETTLE_BY, SETTLE_BY]
    assert differing(works) == []


def test_what_is_given_up_last_completes_the_contract(works: Works) -> None:
    contract, (first, second) = works.finished(100 * TRIEU, 90 * TRIEU)
    works.act(SCT, first, "accept", ACCEPTED, amount=100 * TRIEU)
    works.act(AGENCY, second, "propose_stop", date(2024, 8, 2), kind="de_xuat_cuc")
    works.act(MINISTRY, second, "confirm_stop", LAST)
    assert stored(works, contract).state == "accepted"
    assert due_on(works, first) == SETTLE_BY
    assert differing(works) == []


def test_a_returned_settlement_counts_from_its_return(works: Works) -> None:
    contract, (first, second) = works.finished(100 * TRIEU, 90 * TRIEU)
    works.act(SCT, first, "accept", ACCEPTED, amount=100 * TRIEU)
    works.act(SCT, second, "accept", LAST, amount=90 * TRIEU)
    works.hand_in(contract)
    works.carry_out(AGENCY, contract, "return_settlement", date(2024, 8, 12))
    assert due_on(works, first) == due_on(works, second) == date(2024, 8, 27)
    assert differing(works) == []


def test_all_accepted_by_one_decision(works: Works) -> None:
    _, codes = works.finished(60 * TRIEU, 60 * TRIEU, 60 * TRIEU)
    works.many(SCT, codes, "accept", ACCEPTED, amount=60 * TRIEU)
    assert {due_on(works, code) for code in codes} == {date(2024, 8, 16)}
    assert differing(works) == []


def test_two_last_acceptances_at_the_same_moment(works: Works) -> None:
    from concurrent.futures import ThreadPoolExecutor

    amounts = [60 * TRIEU] * 3
    _, codes = works.finished(*amounts)
    works.desk(SCT)
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(works.act, SCT, code, "accept", ACCEPTED, amount=60 * TRIEU) for code in codes]
        assert [each.result().to_state for each in done] == ["accepted"] * 3
    assert {due_on(works, code) for code in codes} == {date(2024, 8, 16)}


# -- acts that renew the date --------------------------------------------------------------------------


def test_the_ministry_of_finance_has_its_days_from_the_letter(world: World) -> None:
    """TT 342/2016 Đ13.4: ten working days of receipt, whatever was left of the former date."""
    code = world.draft()
    world.to("approved", code)
    assert due_on(world, code) == date(2024, 1, 12), "ten working days after 28/12/2023, but New Year"
    world.act(AGENCY, code, "send_to_mof", date(2024, 1, 5))
    assert due_on(world, code) == date(2024, 1, 19)
    assert counted(world, code).start == date(2024, 1, 5)
    assert differing(world) == []


def test_a_report_renews_the_date_after_the_one_it_keeps(world: World) -> None:
    code = world.draft()
    world.to("in_progress", code)
    assert due_on(world, code) == date(2024, 4, 24)
    fields = {"report_month": "2024-04", "volume_permille": 400}
    world.act(UNIT, code, "report_progress", date(2024, 4, 22), fields=fields)
    assert due_on(world, code) == date(2024, 5, 24), "April's was made: the next is May's"
    assert counted(world, code).start == date(2024, 4, 24)
    assert differing(world) == []


# -- own rules -----------------------------------------------------------------------------------------


def own_rule(
    office: str, days: int, since: date, until: date | None = None, **changes: object
) -> OfficeRuleRow:
    values: dict[str, object] = {
        "id": None,
        "office": office,
        "lifecycle": "kcqg",
        "state": "submitted_to_department",
        "by": "working_days",
        "days": days,
        "month": 0,
        "day": 0,
        "plan_year": 0,
        "inclusive": True,
        "basis": f"QĐ của {office}",
        "valid_from": since,
        "valid_to": until,
        "set_by": "cuc",
        "set_at": datetime(2023, 1, 1, tzinfo=UTC),
        **changes,
    }
    return OfficeRuleRow(**values)  # type: ignore[arg-type]


def kcqg(world: World) -> Lifecycle:
    return context_of(world).shared.lifecycle_for("kcqg", HA_GIANG, date(2024, 1, 1))


def bases(book: Rulebook, lifecycle: Lifecycle, place: str, on: date) -> list[tuple[str, str]]:
    given = book.rules(lifecycle, "submitted_to_department", place, on)
    return [(rule_.kind, row.office if row else "") for rule_, row in given]


def book_of(world: World, *own: OfficeRuleRow) -> Rulebook:
    context = context_of(world)
    with world.store.read() as reader:
        return context.shared.rulebook(reader).changed(own=own)


def test_a_provinces_rule_stands_before_the_nations(world: World) -> None:
    law, since = ("law", ""), date(2023, 1, 1)
    lifecycle = kcqg(world)
    national, provincial = own_rule("CUC", 7, since), own_rule("SCT-63-02", 5, since, date(2023, 6, 30))
    book = book_of(world, national, provincial)
    assert bases(book, lifecycle, HA_GIANG, date(2023, 6, 30)) == [law, ("policy", "SCT-63-02")]
    assert bases(book, lifecycle, HA_GIANG, date(2023, 7, 1)) == [law, ("policy", "CUC")], "closed"
    assert bases(book, lifecycle, THAI_NGUYEN, date(2023, 6, 30)) == [law, ("policy", "CUC")]
    assert bases(book, lifecycle, HA_GIANG, date(2022, 12, 31)) == [("policy", ""), law], "not yet"


def test_the_newest_of_two_rules_and_one_that_never_began(world: World) -> None:
    since = date(2023, 1, 1)
    older = replace(own_rule("SCT-63-02", 5, date(2023, 2, 1)), id=3)
    newer = replace(own_rule("SCT-63-02", 9, since), id=4)
    never = replace(own_rule("SCT-63-02", 2, date(2023, 5, 1), date(2023, 4, 30)), id=5)
    planned = own_rule("SCT-63-02", 1, since)
    lifecycle, on = kcqg(world), date(2023, 6, 1)

    def days(*own: OfficeRuleRow) -> int:
        return book_of(world, *own).rules(lifecycle, "submitted_to_department", HA_GIANG, on)[-1][0].days

    assert days(older, newer, never) == 9
    assert days(older, newer, never, planned) == 1, "what isn't saved yet is the newest"


def test_after_the_merger_the_successors_office_sets_the_days(world: World) -> None:
    """Hà Giang (63:02) became part of Tuyên Quang (34:08) on 1/7/2025."""
    with world.store.administer() as admin:
        for office in provincial_offices(province(TUYEN_QUANG), date(2025, 7, 1)):
            directory.add_organisation(admin, office)
        directory.add_organisation(
            admin,
            OrganisationRow("SCT-CU", "Sở đã giải thể", None, "department", HA_GIANG, None, FOUNDED),
        )
        directory.close_organisation(admin, "SCT-CU", date(2025, 6, 30))
    world.shared.forget()
    since = date(2023, 1, 1)
    book = book_of(
        world,
        own_rule("SCT-63-02", 5, since, id=1),
        own_rule("SCT-34-08", 8, since, id=2),
        own_rule("SCT-CU", 2, since, id=3),
    )
    lifecycle = kcqg(world)
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    assert bases(book, lifecycle, HA_GIANG, before)[-1] == ("policy", "SCT-CU")
    assert bases(book, lifecycle, HA_GIANG, after)[-1] == ("policy", "SCT-34-08")
    assert bases(book, lifecycle, TUYEN_QUANG, after)[-1] == ("policy", "SCT-34-08")
    assert bases(book, lifecycle, THAI_NGUYEN, after)[-1] == ("law", ""), "nobody's own"


def test_an_own_rule_keeps_the_condition_of_what_it_replaces(works: Works) -> None:
    """KCĐP counts from the last acceptance of the contract; so does the province's own number of days."""
    lifecycle = context_of(works).shared.lifecycle_for("kcdp", HA_GIANG, date(2024, 1, 1))
    book = book_of(works, own_rule("SCT-63-02", 3, date(2023, 1, 1), lifecycle="kcdp", state="accepted"))
    given = book.rules(lifecycle, "accepted", HA_GIANG, date(2024, 8, 1))
    (own,) = [rule_ for rule_, row in given if row is not None]
    assert (own.days, own.when, own.kind) == (3, "last_of_contract", "policy")


def test_a_move_counts_by_the_rule_in_force_on_the_day_of_the_act(world: World) -> None:
    watched(world)
    supervisor(world, WATCH).clock.set_rule(rule(days=5, valid_from=date(2023, 5, 11)), "Rút ngắn")
    early, late = world.draft(), world.draft()
    world.act(UNIT, early, "submit_to_department", date(2023, 5, 10))
    world.act(UNIT, late, "submit_to_department", date(2023, 5, 11))
    assert due_on(world, early) == date(2023, 5, 24)
    assert due_on(world, late) == date(2023, 5, 18)
    due = world.desk(UNIT).dossier(late).due
    assert due is not None
    assert any("QĐ 12/QĐ-SCT" in line.vi for line in due.derivation), "the card shows how it was counted"


def test_another_process_is_heard(url: str, world: World) -> None:
    """A rule that another process sets holds for the next move of this one."""
    from kcflow.services.context import Shared
    from kcflow.services.desk import Desk

    watched(world)
    code = world.draft()
    assert due_on(world, code) == date(2023, 5, 19)  # this process has read the rules
    other = open_store(url)
    try:
        desk = Desk.for_account(Shared(other, world.now), ("test-account", "Tài khoản thử"), WATCH)
        desk.clock.set_rule(rule(days=5), "Rút ngắn")
    finally:
        other.close()
    world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    assert due_on(world, code) == date(2023, 5, 17)


# -- what hangs on the content -------------------------------------------------------------------------


def test_a_date_that_hangs_on_the_content_moves_with_it(world: World) -> None:
    code = world.draft()
    assert due_on(world, code) == date(2023, 5, 19), "to the Sở before 20/5"
    world.desk(UNIT).edit(code, {"kinds": ["multi_province"], "partner_provinces": [THAI_NGUYEN]})
    assert due_on(world, code) == date(2023, 6, 14), "straight to the Cục before 15/6 (Đ8.1b)"
    drafted = world.draft(kinds=("multi_province",), partner_provinces=(THAI_NGUYEN,))
    assert due_on(world, drafted) == date(2023, 6, 14)
    assert differing(world) == []


# -- every kind ----------------------------------------------------------------------------------------


def test_every_kind_of_dossier_is_counted(works: Works) -> None:
    contract, (code,) = works.signed(100 * TRIEU)
    works.money(AGENCY).open_round(RoundInput("kcqg", 2024, TRIEU))
    assert due_on(works, code) == date(2024, 11, 30), "the end of the schedule"
    adjustment = works.ask(code, "change_time", ends_on="2024-12-15")
    with works.store.read() as reader:
        codes = [one for _, one in clock.open_codes(reader)]
        kinds = {row.kind for row in reader.dossiers(codes)}
    assert kinds == {"proposal", "annual_plan", "allocation_round", "contract", "adjustment"}
    assert {contract, adjustment} <= set(codes)
    assert differing(works) == []


def test_a_decided_adjustment_of_the_schedule_moves_the_date(works: Works) -> None:
    _, (code,) = works.signed(100 * TRIEU)
    works.day = date(2024, 4, 2)
    number = works.ask(code, "change_time", ends_on="2024-12-15")
    works.carry_out(SCT, number, "confirm_by_department", works.day, papers=())
    for login, action in (
        (AGENCY, "receive"),
        (AGENCY, "take_decision"),
        (AGENCY, "propose_by_agency"),
        (works.second(AGENCY), "apply"),
    ):
        works.carry_out(login, number, action, works.day)
    assert due_on(works, code) == date(2024, 12, 15)
    assert differing(works) == []
