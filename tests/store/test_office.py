"""An office's own rules and days, duties and letters: kept, closed, never changed; letters once a morning."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from db import clock
from db.directory import add_organisation, add_person
from db.errors import DuplicateRow, IntegrityRefused, UnknownRow
from db.rows import OrganisationRow, PersonRow
from db.rows_clock import DutyRow, OfficeRuleRow
from db.store import Store
from tests.store import office, world
from tests.store.office import AT

LAST: dict[str, Any] = {"by": "binh", "at": AT}


@pytest.fixture
def ready(store: Store) -> Store:
    """A store with two people and an office."""
    with store.administer() as admin:
        for login in ("an", "binh"):
            add_person(admin, PersonRow(login, login, None, None, date(2020, 1, 1)))
        cuc = OrganisationRow("CUC", "Cục", None, "agency", None, None, date(2020, 1, 1))
        add_organisation(admin, cuc)
    return store


def add_rule(store: Store, **changes: Any) -> int:
    with store.write() as writer:
        return clock.add_office_rule(writer, office.rule(**changes))


def rules(store: Store) -> list[OfficeRuleRow]:
    with store.read() as reader:
        return clock.office_rules(reader)


def stamp(store: Store) -> str:
    with store.read() as reader:
        return clock.rulebook_stamp(reader)


def test_a_rule_is_kept_and_closed(ready: Store) -> None:
    stamps = [stamp(ready)]
    number = add_rule(ready)
    fixed = {"by": "fixed_date", "days": 0, "month": 6, "day": 15, "plan_year": -1, "inclusive": False}
    other = add_rule(ready, **fixed, valid_to=date(2025, 12, 31))
    assert rules(ready) == [
        office.rule(id=number),
        office.rule(id=other, **fixed, valid_to=date(2025, 12, 31)),
    ]
    stamps.append(stamp(ready))
    with ready.write() as writer:
        clock.close_office_rule(writer, number, valid_to=date(2024, 7, 1), **LAST)
    stamps.append(stamp(ready))
    yearly = {"by": "months", "days": 0, "months": 12}
    third = add_rule(ready, **yearly)
    assert rules(ready)[2] == office.rule(id=third, **yearly)
    closed = rules(ready)[0]
    assert closed == office.rule(id=number, valid_to=date(2024, 7, 1), closed_by="binh", closed_at=AT)
    for id_ in (number, 99):
        with pytest.raises(UnknownRow), ready.write() as writer:
            clock.close_office_rule(writer, id_, valid_to=date(2024, 7, 1), **LAST)
    # A rule that was a mistake is closed before its first day; none is closed later than it ends anyway.
    with pytest.raises(IntegrityRefused, match="KC51"), ready.write() as writer:
        clock.close_office_rule(writer, other, valid_to=date(2026, 1, 1), **LAST)
    with ready.write() as writer:
        clock.close_office_rule(writer, other, valid_to=date(2023, 12, 31), **LAST)
    assert rules(ready)[1].valid_to == date(2023, 12, 31)
    assert len(set(stamps)) == len(stamps)


WRONG: dict[str, dict[str, Any]] = {
    "no days": {"days": 0},
    "no calendar days": {"by": "calendar_days", "days": -1},
    "no month": {"by": "fixed_date", "days": 0, "day": 15},
    "no day of a month": {"by": "monthly", "days": 0, "day": 32},
    "an unknown way to count": {"by": "sometime"},
    "no months": {"by": "months", "days": 0},
    "months of another way": {"months": 3},
    "no basis": {"basis": " "},
    "an end before the beginning": {"valid_to": date(2023, 12, 31)},
    "an unknown office": {"office": "?"},
    "an unknown person": {"set_by": "?"},
    "a plan year far away": {"plan_year": 3},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_no_rule_may_be(ready: Store, what: str) -> None:
    with pytest.raises(IntegrityRefused):
        add_rule(ready, **WRONG[what])
    assert rules(ready) == []


def test_a_day_stands_there_once(ready: Store) -> None:
    day = office.day(date(2024, 5, 2))
    before = stamp(ready)
    with ready.write() as writer:
        number = clock.add_office_day(writer, day)
    with pytest.raises(DuplicateRow), ready.write() as writer:
        clock.add_office_day(writer, replace(day, kind="working"))
    added = stamp(ready)
    with ready.write() as writer:
        clock.withdraw_office_day(writer, number, **LAST)
        again = clock.add_office_day(writer, replace(day, kind="working"))
    with pytest.raises(UnknownRow), ready.write() as writer:
        clock.withdraw_office_day(writer, number, **LAST)
    with ready.read() as reader:
        found = clock.office_days(reader)
    assert found == [
        replace(day, id=number, withdrawn_by="binh", withdrawn_at=AT),
        replace(day, id=again, kind="working"),
    ]
    assert len({before, added, stamp(ready)}) == 3
    for wrong in ({"document": ""}, {"name": " "}, {"kind": "half"}, {"set_by": "?"}):
        with pytest.raises(IntegrityRefused), ready.write() as writer:
            clock.add_office_day(writer, office.day(date(2024, 5, 3), **wrong))


def test_a_rule_and_its_recounts_are_one_transaction(ready: Store) -> None:
    row = world.submitted(ready)
    later = {**world.DUE, "on": "2024-06-20"}
    counted = {"cause": "rule", "ref": "1", "before": world.DUE}
    wrong = world.clock_note(row, "recount", counted, due=later, edited=3)
    with pytest.raises(IntegrityRefused, match="KC50"), ready.write() as writer:  # noqa: PT012 - all or none
        clock.add_office_rule(writer, office.rule())
        writer.append(wrong)
    assert rules(ready) == []
    with ready.write() as writer:
        clock.add_office_rule(writer, office.rule())
        writer.append(world.clock_note(row, "recount", counted, due=later))
    assert len(rules(ready)) == 1
    assert world.dossier(ready).due_on == date(2024, 6, 20)


def test_duties(ready: Store) -> None:
    duty = DutyRow(None, "CUC", "head", "an", date(2024, 1, 1))
    with ready.administer() as admin:
        number = clock.give_duty(admin, duty)
        clock.end_duty(admin, number, date(2024, 6, 30))
        again = clock.give_duty(admin, replace(duty, person="binh", valid_from=date(2024, 7, 1)))
        with pytest.raises(UnknownRow):
            clock.end_duty(admin, 99, date(2024, 6, 30))
    with ready.read() as reader:
        found = [clock.duties(reader, date(2024, month, day)) for month, day in ((6, 30), (7, 1))]
        assert [[row.id for row in rows] for rows in found] == [[number], [again]]
        assert len(clock.duties(reader)) == 2
    for wrong in (replace(duty, level="chief"), replace(duty, person="?"), replace(duty, organisation="?")):
        with pytest.raises(IntegrityRefused), ready.administer() as admin:
            clock.give_duty(admin, wrong)
    if ready.dialect == "sqlite":
        with pytest.raises(IntegrityRefused, match="KC00"), ready.write() as writer:
            clock.give_duty(writer, duty)  # type: ignore[arg-type]


def test_a_letter_is_made_once_and_its_fate_kept(ready: Store) -> None:
    letter = office.letter()
    with ready.write() as writer:
        number = clock.add_digest(writer, letter)
        assert number is not None
        assert clock.add_digest(writer, replace(letter, body="x")) is None
    with ready.write() as writer:
        assert clock.add_digest(writer, letter) is None
        other = clock.add_digest(writer, replace(letter, person="binh"))
        later = clock.add_digest(writer, replace(letter, day=date(2024, 7, 2)))
    with ready.read() as reader:
        ids = [row.id for row in clock.digests(reader)]
        assert ids == [later, other, number]
        assert [row.id for row in clock.digests(reader, day=letter.day)] == [other, number]
        assert [row.id for row in clock.digests(reader, person="an")] == [later, number]
        assert [row.id for row in clock.digests(reader, day=letter.day, person="an")] == [number]
        assert [row.id for row in clock.digests(reader, limit=1)] == [later]
        assert clock.digests(reader, states=["sent"]) == []
    tried = AT + timedelta(minutes=5)
    with ready.write() as writer:
        clock.mark_digest(writer, number, state="failed", attempts=1, last_error="SMTP 451", tried_at=AT)
        clock.mark_digest(writer, number, state="pending", attempts=1, last_error="SMTP 451", tried_at=AT)
        sent: dict[str, Any] = {"state": "sent", "attempts": 2, "tried_at": tried, "sent_at": tried}
        clock.mark_digest(writer, number, **sent, message_id="<1@kcflow>")
    with ready.read() as reader:
        found = clock.digests(reader, states=["sent", "failed"])
    assert found == [replace(letter, id=number, **sent, message_id="<1@kcflow>")]
    for state in ("pending", "failed", "sent"):
        with pytest.raises(IntegrityRefused, match="KC53"), ready.write() as writer:
            clock.mark_digest(writer, number, **(sent | {"state": state}))
    with pytest.raises(UnknownRow), ready.write() as writer:
        clock.mark_digest(writer, 99, **sent)
    with pytest.raises(IntegrityRefused), ready.write() as writer:
        clock.mark_digest(writer, other or 0, state="sent", attempts=1)


def test_two_runs_make_each_letter_once(ready: Store) -> None:
    """Whoever comes second hears that the letter is there, and goes on with the others."""
    people = ["an", "binh"]
    made: list[list[int | None]] = []
    barrier = threading.Barrier(2)

    def run() -> None:
        with Store(ready.url, timeout=10) as own:
            barrier.wait()
            with own.write() as writer:
                made.append([clock.add_digest(writer, office.letter(person=login)) for login in people])

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sum(id_ is not None for id_ in ids) for ids in made) == [0, 2]
    with ready.read() as reader:
        assert [row.person for row in clock.digests(reader)] == ["binh", "an"]
