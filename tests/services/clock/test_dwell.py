"""Where time goes: every figure against the same one counted day by day from the whole history."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from db.store import open_store
from kcflow.dwell_figures import months_back, period_of, throughput, twelve_months, year_before
from kcflow.services.clock.dwell import BEGINNING, months_of, nearest_rank
from kcflow.services.dwell_views import DwellFilter, DwellReport
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.views import ListFilter
from tests.postgres import fresh_database
from tests.services.clock.dwelling import FIRST, OFFICES, Told, Writer, nearest, told
from tests.services.world import AGENCY, SCT, UNIT, World

PEOPLE = ("ktnn", SCT, UNIT, AGENCY)
LAST = FIRST + timedelta(days=900)
ALWAYS = (date.min, date.max)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Forty proposals of two provinces and both sources, with random lives."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("dwell")
        store = open_store(f"sqlite:///{folder / 'store.db'}", create=True)
        ending = None
    else:
        ending = fresh_database()
        store = open_store(ending.__enter__(), create=True)
    world = World(store, LAST)
    own = [each for each in world.shared.lifecycles.values() if each.subject == "proposal"]
    Writer(store, own, seed=11).fill(40)
    yield world
    store.close()
    if ending is not None:
        ending.__exit__(None, None, None)


days = st.dates(FIRST - timedelta(days=30), LAST)
filters = st.builds(
    DwellFilter,
    from_on=st.none() | days,
    to_on=st.none() | days,
    lifecycle=st.sampled_from([None, None, "kcqg", "kcdp"]),
    source=st.sampled_from([None, None, "kcqg"]),
    plan_year=st.sampled_from([None, None, 2022]),
    provinces=st.sampled_from([(), (), ("63:02",)]),
    regions=st.sampled_from([(), (), ("Phía Bắc",), ("Phía Nam",)]),
    offices=st.sampled_from([(), (), (OFFICES["63:19"],)]),
    by_office=st.booleans(),
)


def seen(world: World, login: str, wanted: DwellFilter) -> list[str]:
    """Codes of what this person sees in a list with the same limits."""
    limits = ListFilter(
        source=wanted.source,
        plan_year=wanted.plan_year,
        provinces=wanted.provinces,
        regions=wanted.regions,
        offices=wanted.offices,
        lifecycles=tuple(
            key for key, each in world.shared.lifecycles.items() if wanted.lifecycle in (None, each.name)
        ),
    )
    page = world.desk(login).dossiers(limits, limit=1000)
    assert page.next is None
    return [row.code for row in page.rows]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, login=st.sampled_from(PEOPLE))
def test_every_figure_is_what_the_history_says_day_by_day(
    lived: World, wanted: DwellFilter, login: str
) -> None:
    desk = lived.desk(login)
    if wanted.from_on and wanted.to_on and wanted.from_on > wanted.to_on:
        with pytest.raises(BadInput):
            desk.clock.dwell(wanted)
        return
    found = desk.clock.dwell(wanted)
    period = (wanted.from_on or date.min, wanted.to_on or date.max)
    naive = told(
        lived.store,
        lived.shared.lifecycles,
        seen(lived, login, wanted),
        period,
        by_office=wanted.by_office,
    )
    assert_states(found, naive)
    assert {share.party: share.days for share in found.parties} == {
        party: count for party, count in naive.parties.items() if count
    }
    assert sum(share.days for share in found.parties) == found.total_days
    assert_returns(found, naive)
    assert_months(found, naive, wanted, lived.day)


def test_the_random_lives_have_everything(lived: World) -> None:
    found = lived.desk("ktnn").clock.dwell()
    assert any(row.late for row in found.dwell)
    assert any(row.more_than_once for row in found.ping_pong)
    # Two of the parties are waited for in no state that these lives reach: their days come from holds.
    assert {"treasury", "enterprise"} <= {share.party for share in found.parties}
    assert {row.lifecycle for row in found.dwell} == {"kcqg", "kcdp"}


def assert_states(found: DwellReport, naive: Told) -> None:
    """Each state's figures, and none too many."""
    rows = {(row.lifecycle, row.state, row.office): row for row in found.dwell}
    assert len(rows) == len(found.dwell)
    assert set(rows) == set(naive.stays) | set(naive.open)
    for place, row in rows.items():
        lengths = naive.stays[place]
        assert (row.stays, row.total_days) == (len(lengths), sum(lengths))
        assert (row.late, row.open) == (naive.late[place], naive.open[place])
        if lengths:
            expected = (nearest(lengths, 50), nearest(lengths, 90), max(lengths))
            assert (row.median, row.p90, row.longest) == expected


def assert_returns(found: DwellReport, naive: Told) -> None:
    """Who gave back what how often."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for (office, action, code), count in naive.returns.items():
        groups.setdefault((office, action), Counter())[code] += count
    assert {(row.office, row.action) for row in found.ping_pong} == set(groups)
    for row in found.ping_pong:
        own = groups[row.office, row.action]
        assert (row.returns, row.dossiers) == (own.total(), len(own))
        assert row.more_than_once == sum(count > 1 for count in own.values())
        assert (row.most, own[row.most_code]) == (max(own.values()), max(own.values()))


def assert_months(found: DwellReport, naive: Told, wanted: DwellFilter, today: date) -> None:
    """Entries month by month, and of the same days a year before."""
    first, last = months_of(wanted, today)
    former = year_before(first), year_before(last, last=True)
    now: Counter[tuple[str, str, int]] = Counter()
    before: Counter[tuple[str, str, int]] = Counter()
    for (on, name, phase), count in naive.entries.items():
        month = on.year * 12 + on.month - 1
        if first <= on <= last:
            now[name, phase, month] += count
        if former[0] <= on <= former[1]:
            before[name, phase, month + 12] += count
    for row in found.months:
        key = row.lifecycle, row.phase, row.year * 12 + row.month - 1
        assert (row.entered, row.year_before) == (now[key], before[key])
    assert sum(row.entered for row in found.months) == now.total()
    assert sum(row.year_before for row in found.months) == before.total()


# -- a life by hand ----------------------------------------------------------------------------


def test_a_return_enters_anew_and_notes_cut_nothing(world: World) -> None:
    code = world.draft()
    world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    world.desk(SCT).note(code, "Đang xem")
    world.act(SCT, code, "return_by_department", date(2023, 5, 15))
    world.desk(UNIT).edit(code, {"objective": "Bổ sung báo giá thiết bị"})
    world.act(UNIT, code, "resubmit", date(2023, 5, 25))
    world.act(SCT, code, "return_by_department", date(2023, 6, 5))
    found = world.desk(SCT).clock.dwell()
    rows = {row.state: row for row in found.dwell}
    submitted, returned = rows["submitted_to_department"], rows["returned"]
    assert (submitted.stays, submitted.median, submitted.p90, submitted.total_days) == (2, 5, 11, 16)
    assert (submitted.open, returned.stays, returned.total_days, returned.open) == (0, 1, 10, 1)
    assert rows["drafting"].total_days == (date(2023, 5, 10) - date(2023, 4, 3)).days
    (row,) = found.ping_pong
    assert (row.office, row.returns, row.dossiers, row.more_than_once) == ("SCT-63-02", 2, 1, 1)
    assert (row.most, row.most_code) == (2, code)
    listed = world.desk(SCT).dossiers(ListFilter(**returned.asked))  # type: ignore[arg-type]
    assert [each.code for each in listed.rows] == [code]


def test_only_what_one_may_see_is_counted(world: World) -> None:
    code = world.draft()
    world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    assert world.desk(SCT).clock.dwell().stays == 1
    other = world.desk("sct-63-19").clock.dwell()
    assert (other.stays, other.dwell, other.months) == (0, (), ())
    # A draft of somebody else is not shown to the agency, nor counted.
    world.draft()
    assert sum(row.open for row in world.desk(AGENCY).clock.dwell().dwell) == 1


def test_bad_input_is_one_sentence(world: World) -> None:
    desk = world.desk(SCT)
    with pytest.raises(BadInput) as backwards:
        desk.clock.dwell(DwellFilter(date(2024, 2, 2), date(2024, 2, 1)))
    assert "02/02/2024" in backwards.value.text.vi
    with pytest.raises(NotFound):
        desk.clock.dwell(DwellFilter(lifecycle="nothing"))
    for period in ((None, date.min), (date.max, None), (None, date(1999, 12, 31)), (date.min, date.max)):
        assert desk.clock.dwell(DwellFilter(*period)).stays == 0


def test_the_workbook_says_what_was_counted(world: World, tmp_path: Path) -> None:
    code = world.draft(title='=cmd|" /C calc"!A0')
    world.act(UNIT, code, "submit_to_department", date(2023, 5, 10))
    world.act(SCT, code, "return_by_department", date(2023, 5, 15))
    desk = world.desk(SCT)
    found = desk.clock.dwell(DwellFilter(by_office=True))
    target = desk.clock.export_dwell(found, tmp_path / "thời gian", "vi")
    assert target.name == "thời gian.xlsx"
    book = CalamineWorkbook.from_path(str(target))
    assert len(book.sheet_names) == 4
    states = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[5:]
    assert [(row[2], row[5], row[6]) for row in states][:2] == [
        ("Soạn thảo", 1, 37),
        ("Đã nộp Sở, chờ thẩm định cơ sở", 1, 5),
    ]
    returned = book.get_sheet_by_index(2).to_python(skip_empty_area=False)[5]
    assert returned[2:] == [1, 1, 0, 1, code]
    with pytest.raises(BadInput) as there:
        desk.clock.export_dwell(found, target, "vi")
    assert there.value.code == "export_exists"
    assert zipfile.is_zipfile(io.BytesIO(target.read_bytes()))
    assert desk.clock.export_dwell(found, target, "en", overwrite=True) == target


# -- figures without a store -------------------------------------------------------------------


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_nearest_rank(lengths: list[int], percent: int) -> None:
    assert nearest_rank(Counter(lengths), percent) == nearest(lengths, percent)


def test_periods_and_the_year_before() -> None:
    assert nearest_rank({}, 50) == 0
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2025, 2, 28), last=True) == date(2024, 2, 29)
    assert year_before(date(2025, 2, 28)) == date(2024, 2, 28)
    assert year_before(date(2024, 6, 14), last=True) == date(2023, 6, 14)
    assert twelve_months(date(2024, 6, 14)) == date(2023, 7, 1)
    assert months_back(date(2024, 1, 31), 1) == date(2024, 1, 1)
    today = date(2024, 6, 14)
    assert period_of("year", today) == (date(2023, 7, 1), today)
    assert period_of("this", today) == (date(2024, 1, 1), today)
    assert period_of("last", today) == (date(2023, 1, 1), date(2023, 12, 31))
    assert period_of("all", today) == (None, None)
    assert months_of(DwellFilter(), today) == (date(2023, 7, 1), today)
    assert months_of(DwellFilter(from_on=date(2010, 5, 5)), today) == (date(2021, 7, 1), today)
    assert months_of(DwellFilter(to_on=date.min), today)[0] == BEGINNING
    assert throughput(()) == ()
