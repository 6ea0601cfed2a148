"""Two people sign: who proposed can't confirm, under whatever name; unless names are what counts here."""

from __future__ import annotations

import pytest

from db import directory
from kcflow.services.context import FOUR_EYES
from kcflow.services.desk import Desk
from kcflow.services.errors import RefusedByRules
from tests.services.money.world import ROUND_DAY, MoneyWorld

TYPIST = ("ttkc-63-19", "Người gõ máy")
"""A person of the directory whose account works as others."""


def _proposed(world: MoneyWorld) -> str:
    codes, _ = world.planned(1)
    code = world.round(dict.fromkeys(codes, 1_000_000))
    world.to("cleared", code)
    _act(world, code, "propose", "cuc")
    return code


def _act(world: MoneyWorld, code: str, name: str, login: str) -> None:
    desk = Desk.for_person(world.shared, login, TYPIST)
    option = next(o for o in desk.money.board(code).options if o.name == name)
    move = world.move(option, max(world.day, ROUND_DAY))
    world.day = max(world.day, ROUND_DAY)
    desk.money.act(code, name, move)


def test_one_account_can_not_sign_for_two_people(world: MoneyWorld) -> None:
    code = _proposed(world)
    before = world.desk("ktnn").written()
    with pytest.raises(RefusedByRules) as refused:
        _act(world, code, "issue", "cuc-2")
    assert [reason.code for reason in refused.value.reasons] == ["second_person"]
    assert world.desk("ktnn").written() == before


def test_names_count_where_a_computer_is_shared(world: MoneyWorld) -> None:
    code = _proposed(world)
    with world.store.administer() as admin:
        directory.put_meta(admin, FOUR_EYES, "names")
    world.shared.__dict__.pop("four_eyes_by_names", None)
    with pytest.raises(RefusedByRules):
        _act(world, code, "issue", "cuc")
    _act(world, code, "issue", "cuc-2")
    row = world.desk("ktnn").money.board(code).timeline[-1]
    assert (row.action, row.actor, row.operator) == ("issue", "cuc-2", TYPIST[0])


def test_the_proposer_can_not_confirm_in_another_s_name(world: MoneyWorld) -> None:
    with world.store.administer() as admin:
        directory.put_meta(admin, FOUR_EYES, "names")
    codes, _ = world.planned(1)
    code = world.round(dict.fromkeys(codes, 1_000_000))
    world.to("proposed", code)
    proposer = world.desk("ktnn").money.board(code).timeline[-1].actor
    other = "cuc-2" if proposer == "cuc" else "cuc"
    desk = Desk.for_person(world.shared, other, (proposer, "Chính người đã trình"))
    option = next(o for o in desk.money.board(code).options if o.name == "issue")
    assert "second_person" in [reason.code for reason in option.reasons]
    with pytest.raises(RefusedByRules):
        desk.money.act(code, "issue", world.move(option, max(world.day, ROUND_DAY)))


def test_a_plan_that_was_cancelled_gives_way_to_the_next(world: MoneyWorld) -> None:
    first = world.plan(approve=False)
    world.carry_out("cuc", first, "cancel", world.day, reason="Ghi nhầm tổng số")
    second = world.plan(approve=False)
    assert (first, second) == ("KH-KCQG-24", "KH-KCQG-24.2")
    world.bring(second, "submitted", "approved", on=max(world.day, ROUND_DAY))
    codes = world.approved(1)
    board = world.money("ktnn").board(second)
    assert board.row.fund is not None
    assert board.row.fund.approved == 300_000_000, "approved later: charged to the plan that stands"
    code = world.round(dict.fromkeys(codes, 1_000_000))
    assert world.money("ktnn").board(code).row.plan == second


def test_many_approvals_beyond_the_plan_are_one_sentence_and_nothing_written(world: MoneyWorld) -> None:
    world.plan(total=500_000_000)
    codes = world.submitted(2)
    before = world.desk("ktnn").written()
    option = next(o for o in world.desk("bct").options(codes[0]) if o.name == "approve")
    move = world.move(option, world.day, amount=300_000_000)
    items = world.desk("bct").advance_many(codes, "approve", move)
    assert [item.receipt for item in items] == [None, None]
    (over,) = [reason for item in items for reason in item.reasons]
    assert over.code == "plan_over"
    assert "101.000.000" in over.text.vi, "by how much"
    assert world.desk("ktnn").written() == before
