"""Levels of escalation as data: what the file may say, how far a delay has reached, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from db import directory
from db.rows import DossierRow, PersonRow
from kcflow.calendar import vietnam_calendar
from kcflow.config import os_account
from kcflow.services.clock.levels import FILE, level_of, levels, names_a_date, read, recipients
from kcflow.services.errors import BadInput, NotFound
from states.clock import Pause
from states.loader import builtin
from tests.services.world import AGENCY, MINISTRY, SCT, UNIT, World

CALENDAR = vietnam_calendar()
SHIPPED = FILE.read_text("utf-8")
ADMIN = os_account()[0]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("level = 2", "level = 3", "level 2: level"),
        ('when = "over"', 'when = "sometimes"', "level 2: when"),
        ('when = "over_again"', 'when = "over"', "level 3: times"),
        ("times = 2", "times = 1", "level 3: times"),
        ("times = 2", 'times = "2"', "level 3: times"),
        ("fixed_days = 10\n", "", "level 3: fixed_days"),
        ("days = 5", "days = -1", "level 1: days"),
        ('to = ["holder", "role"]', "to = []", "level 1: to"),
        ('"supervisors_above"', '"the_minister"', "level 3: to"),
        (
            'condition = { vi = "quá hạn", en = "overdue" }',
            'condition = { vi = "quá hạn" }',
            "level 2: condition",
        ),
        ('basis = "Quy định', 'base = "Quy định', "level 1: base"),
        ("[[level]]\nlevel = 1", "[[levels]]\nlevel = 1", "levels"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in SHIPPED
    file = tmp_path / "escalation.toml"
    file.write_text(SHIPPED.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as told:
        read(file)
    assert told.value.code == "escalation_wrong"
    for lang in ("vi", "en"):
        assert str(file) in told.value.text(lang)
        assert f"“{key}”" in told.value.text(lang)


def test_a_file_that_is_no_toml_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "escalation.toml"
    monkeypatch.setenv("KCFLOW_ESCALATION", str(file))
    with pytest.raises(BadInput) as told:
        levels()
    assert told.value.code == "escalation_unreadable"
    file.write_text("[[level]\n", "utf-8")
    with pytest.raises(BadInput):
        levels()
    file.write_text(SHIPPED.replace("days = 5", "days = 9", 1), "utf-8")
    assert levels()[0].days == 9


@pytest.fixture
def line(world: World) -> DossierRow:
    """A file at the department since Monday 3 April 2023, due on Monday the 17th by an office's rule."""
    world.day = date(2023, 4, 3)
    code = world.draft()
    world.act(UNIT, code, "submit_to_department", world.day)
    with world.store.read() as reader:
        row = reader.dossier(code)
    assert row is not None
    assert row.due_on == date(2023, 4, 17)
    return row


def at(
    line: DossierRow,
    day: date,
    *,
    fixed: bool = False,
    pauses: Sequence[Pause] = (),
    waiting: bool = False,
) -> int:
    return level_of(line, day, CALENDAR, fixed=fixed, pauses=pauses, waiting=waiting)


def test_how_far_a_delay_has_reached(line: DossierRow) -> None:
    assert [at(line, date(2023, 4, day)) for day in (11, 12, 17, 18, 28)] == [0, 1, 1, 2, 2]
    twice = CALENDAR.add_working_days(line.entered_on, 20)
    day_before = date.fromordinal(twice.toordinal() - 1)
    assert (at(line, day_before), at(line, twice)) == (2, 3)
    # Two of the days given were a hold: eight remain, and eighteen are twice that.
    given = [Pause(date(2023, 4, 6), date(2023, 4, 9), "enterprise")]
    assert at(line, CALENDAR.add_working_days(line.entered_on, 17), pauses=given) == 2
    assert at(line, CALENDAR.add_working_days(line.entered_on, 18), pauses=given) == 3
    after = [Pause(date(2023, 4, 20), date(2023, 4, 20), "enterprise")]
    assert at(line, twice, pauses=after) == 2, "a hold after the date stops the count of the delay"
    late = replace(line, waits_for="finance_ministry")
    assert at(late, twice) == 1, "not our delay"
    assert at(line, twice, waiting=True) == 1
    assert at(replace(line, due_on=None), twice) == 0


def test_a_date_of_the_law_counts_working_days_beyond_it(line: DossierRow) -> None:
    tenth = CALENDAR.add_working_days(date(2023, 4, 17), 10)
    assert at(line, tenth, fixed=True) == 3
    assert at(line, date.fromordinal(tenth.toordinal() - 1), fixed=True) == 2


def test_which_rules_name_a_date(line: DossierRow) -> None:
    lifecycle = next(each for each in builtin() if each.key == line.lifecycle)
    assert not names_a_date(lifecycle, line)
    own = replace(line, due_basis="QĐ 12/QĐ-SCT")
    assert names_a_date(lifecycle, own, ["fixed_date"])
    assert not names_a_date(lifecycle, own, ["working_days"])


def logins(world: World, line: DossierRow, level: int) -> set[str]:
    with world.store.read() as reader:
        found = recipients(world.desk(ADMIN)._context, reader, line, level)
    return {person.login for person in found}


def test_who_is_told(world: World, line: DossierRow) -> None:
    assert logins(world, line, 1) == {SCT, ADMIN}
    assert logins(world, line, 2) == set(), "no head, no supervisor"
    clock = world.desk(ADMIN).clock
    with world.store.administer() as admin:
        for login, office in (("gs", "SCT-63-02"), ("gs-khac", "SCT-63-19"), ("gs-bo", "CUC")):
            directory.add_person(admin, PersonRow(login, login, None, None, date(2020, 1, 1)))
            directory.assign(admin, login, "supervisor", office, date(2020, 1, 1))
    assert logins(world, line, 2) == {"gs"}
    assert logins(world, line, 3) == {"gs-bo"}
    clock.give_duty(SCT, "head", "sct-63-02")
    clock.give_duty("gs-khac", "leader", "SCT-63-02")
    assert logins(world, line, 2) == {SCT}
    assert logins(world, line, 3) == {"gs-khac"}
    world.day += timedelta(days=1)
    clock.end_duty("gs-khac", "leader", "SCT-63-02")
    assert [duty.person for duty in clock.duties(former=True)] == [SCT, "gs-khac"]
    unit = replace(line, waits_for="unit")
    assert logins(world, unit, 1) == {UNIT}
    assert logins(world, unit, 3) == {"gs"}, "the department stands above the province's centre"
    # Who may take it on when the answer is there must ask for it until then.
    outside = replace(line, state="approved", waits_for="finance_ministry")
    assert logins(world, outside, 1) == {AGENCY}
    for elsewhere in ("treasury", "enterprise"):
        assert logins(world, replace(line, waits_for=elsewhere), 1) == {SCT, ADMIN}
        work = replace(line, state="in_progress", waits_for=elsewhere)
        assert logins(world, work, 1) == {UNIT}
        # Nobody of that unit is here: the next who may is told.
        assert logins(world, replace(work, unit_office="TTKC-63-40"), 1) == {MINISTRY}


def test_duties_that_can_not_be(world: World) -> None:
    clock = world.desk(ADMIN).clock
    with pytest.raises(BadInput) as told:
        clock.give_duty(SCT, "king", "SCT-63-02")
    assert told.value.code == "duty_unknown"
    for login, office in (("nobody", "SCT-63-02"), (SCT, "SCT-99")):
        with pytest.raises(NotFound):
            clock.give_duty(login, "head", office)
