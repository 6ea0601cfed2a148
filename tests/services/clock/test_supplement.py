"""A supplementary estimate is given out within ten working days (TT 342/2016 Đ13.5, domain.md §2.5 S5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from db.store import open_store
from kcflow.services.money_views import PlanInput
from kcflow.services.views import MoveInput
from tests.services.clock.watch import differing, dues, watched
from tests.services.money.works import TRIEU, Works
from tests.services.money.world import AGENCY, MINISTRY


@pytest.fixture
def works(money_url: str) -> Iterator[Works]:
    with open_store(money_url) as store:
        works = Works(store)
        watched(works)
        yield works


def test_the_round_after_a_supplement_has_a_date_by_law(works: Works) -> None:
    codes = works.submitted(2)
    plan = works.plan(dict.fromkeys(codes, 100 * TRIEU), total=250 * TRIEU)
    works.day = date(2024, 2, 1)
    first = works.round({codes[0]: 50 * TRIEU})
    on, kind, basis = dues(works)[first]
    assert (kind, basis) == ("policy", "Quy định nội bộ (mặc định kcflow)")

    works.day = date(2024, 4, 17)
    options = works.money(MINISTRY).board(plan).options
    option = next(each for each in options if each.name == "supplement")
    move: MoveInput = works.move(option, works.day)
    works.money(MINISTRY).change_plan(plan, PlanInput("kcqg", 2024, 400 * TRIEU), move)
    works.day = date(2024, 4, 19)
    second = works.round({codes[1]: 50 * TRIEU})
    # Over Saturday 4/5, worked in place of Monday 29/4, and over 30/4 and 1/5.
    assert dues(works)[second] == (date(2024, 5, 7), "law", "TT 342/2016 Đ13.5")
    assert dues(works)[first] == (on, kind, basis), "it gives out what was there before"
    third = works.round({codes[1]: 20 * TRIEU})
    assert dues(works)[third][1] == "policy"
    assert differing(works) == []
    assert works.money(AGENCY).board(second).row.due_on == date(2024, 5, 7)
