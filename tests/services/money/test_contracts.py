"""Contracts over one or several proposals of one unit: drawn up, signed, amended, accepted with the last."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import uuid4

import pytest

from kcflow.services.errors import BadInput, NotFound, RefusedByRules
from kcflow.services.money import contracts
from kcflow.services.money_views import ContractInput
from kcflow.services.views import MoveInput
from tests.services.money.works import ACCEPTED, SIGNED, STARTED, TRIEU, Works, works
from tests.services.money.world import AGENCY, MINISTRY, SCT, UNIT

__all__ = ["works"]


def test_one_contract_over_two_proposals_is_signed_at_once(works: Works) -> None:
    first, second = works.assigned(280 * TRIEU, 100 * TRIEU)
    checked = works.money(AGENCY).check_contract(ContractInput(((first, 280 * TRIEU), (second, 90 * TRIEU))))
    assert (checked.done, checked.total) == (False, 370 * TRIEU)
    contract = works.contract({first: 280 * TRIEU, second: 90 * TRIEU})
    assert contract == "HD-24-0001"
    board = works.money(AGENCY).board(contract)
    assert [(line.code, line.dong, line.problems) for line in board.lines] == [
        (first, 280 * TRIEU, ()),
        (second, 90 * TRIEU, ()),
    ]
    # It may promise what is approved for its proposals: an amendment may follow a further round.
    assert (board.row.fund and board.row.fund.ceiling, board.left) == (600 * TRIEU, 230 * TRIEU)
    assert board.content["party_a"] == "CUC"

    signed = works.carry_out(AGENCY, contract, "sign", SIGNED)
    assert [line.dong for line in signed.lines] == [280 * TRIEU, 90 * TRIEU]
    assert {works.row(code).state for code in (first, second)} == {"contracted"}
    board = works.money(AGENCY).board(contract)
    assert (board.row.state, board.decided, board.row.fund and board.row.fund.contracted) == (
        "signed",
        True,
        370 * TRIEU,
    )
    told = works.story(second)
    assert (told.contract, told.left_to_pay) == (contract, 90 * TRIEU)
    event = told.events[-1]
    assert (event.kind, event.dong, event.owner, event.on) == ("contracted", 90 * TRIEU, contract, SIGNED)
    assert event.document is not None
    assert event.document.kind == "hop_dong"


def test_what_cannot_stand_in_a_contract(works: Works) -> None:
    (abroad,) = works.submitted(1, place="63-19")
    works.day = date(2023, 4, 3)
    first, second = works.assigned(280 * TRIEU, 100 * TRIEU)
    money = works.money(AGENCY)

    def draw(*lines: tuple[str, object]) -> None:
        money.open_contract(ContractInput(lines))  # type: ignore[arg-type]

    with works.refused("contract_empty", of=BadInput):
        draw()
    with works.refused("contract_item_twice", of=BadInput):
        draw((first, TRIEU), (first.lower(), TRIEU))
    with works.refused("contract_other_unit", of=BadInput):
        draw((first, TRIEU), (abroad, TRIEU))
    with works.refused("not_found", of=NotFound):
        draw(("KCQG-99-0001", TRIEU))
    for amount, code in (
        (0, "money_zero"),
        (-1, "money_negative"),
        (2**63, "money_absurd"),
        (1.5, "money_not_integer"),
        (True, "money_not_integer"),
    ):
        with works.refused(code, of=BadInput) as told:
            draw((first, amount))
        assert first in told.text
    # One đồng more than is allocated, with the đồng that is missing.
    with works.refused("contract_over_allocated", of=BadInput) as told:
        draw((second, 100 * TRIEU + 1))
    assert "vượt số đã phân bổ 100.000.000 đ là 1 đ" in told.text
    works.contract({first: 280 * TRIEU})
    with works.refused("contract_drawn_up", of=BadInput) as told:
        draw((first, TRIEU))
    assert "HD-24-0001" in told.text


def test_a_contract_for_another_source_or_year(works: Works) -> None:
    (local,) = works.submitted(1, source="kcdp")
    works.day = date(2023, 4, 3)
    (first,) = works.assigned(100 * TRIEU)
    with works.refused("contract_other_source", of=BadInput):
        works.contract({first: TRIEU, local: TRIEU})


def test_the_same_request_draws_one_contract(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    request = str(uuid4())
    entered = ContractInput(((code, 100 * TRIEU),))
    one = works.money(AGENCY).open_contract(entered, request)
    again = works.money(AGENCY).open_contract(entered, request)
    assert (again.code, again.repeated) == (one.code, True)
    assert len(works.money(AGENCY).others("contract")) == 1


def test_signed_by_itself_a_proposal_gets_a_contract_of_its_own(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    works.act(AGENCY, code, "sign_contract", SIGNED, amount=80 * TRIEU)
    (contract,) = works.money(AGENCY).others("contract")
    assert (contract.state, contract.fund and contract.fund.contracted) == ("signed", 80 * TRIEU)
    assert works.story(code).contract == contract.code
    assert works.row(code).state == "contracted"
    timeline = works.money(AGENCY).board(contract.code).timeline
    assert [row.action for row in timeline] == ["create", "sign"]
    assert timeline[-1].document is not None


def test_a_proposal_in_a_drawn_up_contract_is_signed_by_that_one(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    works.contract({code: 100 * TRIEU})
    with works.refused("contract_drawn_up", of=BadInput):
        works.act(AGENCY, code, "sign_contract", SIGNED, amount=TRIEU)


def test_a_contract_is_signed_whole_or_not(works: Works) -> None:
    first, second = works.assigned(280 * TRIEU, 100 * TRIEU)
    contract = works.contract({first: 280 * TRIEU, second: 100 * TRIEU})
    works.act(AGENCY, second, "propose_stop", SIGNED)
    with works.refused("items_refused", of=RefusedByRules) as told:
        works.carry_out(AGENCY, contract, "sign", SIGNED)
    assert second in told.text
    assert works.row(first).state == "plan_assigned"
    assert works.state(contract) == "drafting"


def test_an_amendment_adds_what_a_further_round_gave(works: Works) -> None:
    first, second = works.assigned(280 * TRIEU, 100 * TRIEU)
    contract = works.contract({first: 280 * TRIEU, second: 100 * TRIEU})
    works.carry_out(AGENCY, contract, "sign", SIGNED)
    with works.refused("contract_over_allocated", of=RefusedByRules):
        works.carry_out(AGENCY, contract, "amend", SIGNED, {second: 1})
    works.to("issued", works.round({second: 120 * TRIEU}))
    with works.refused("contract_over_allocated", of=RefusedByRules) as told:
        works.carry_out(AGENCY, contract, "amend", works.day, {second: 120 * TRIEU + 1})
    assert "1 đ" in told.text
    works.carry_out(AGENCY, contract, "amend", works.day, {second: 120 * TRIEU, first: -30 * TRIEU})
    board = works.money(AGENCY).board(contract)
    assert {line.code: line.dong for line in board.lines} == {first: 250 * TRIEU, second: 220 * TRIEU}
    assert (board.row.items_total, board.row.fund and board.row.fund.contracted) == (
        470 * TRIEU,
        470 * TRIEU,
    )
    assert works.story(second).events[-1].after == 220 * TRIEU


def test_the_last_acceptance_starts_the_contracts_clock(works: Works) -> None:
    contract, (first, second, third) = works.finished(100 * TRIEU, 90 * TRIEU, 80 * TRIEU)
    works.act(SCT, first, "accept", ACCEPTED, amount=100 * TRIEU)
    assert works.state(contract) == "signed"
    # TT 36/2013 Đ18.1 counts from the last acceptance: until then there is only the end of the year (Đ18.2).
    limit = works.desk(AGENCY).dossier(first).due
    assert limit is not None
    assert (limit.on, limit.basis) == (date(2025, 1, 22), "TT 36/2013 Đ18.2")
    works.act(SCT, second, "accept", date(2024, 8, 5), amount=90 * TRIEU)
    assert works.state(contract) == "signed"
    # The third is stopped: the contract waits for it no longer.
    works.act(AGENCY, third, "propose_stop", date(2024, 8, 6), kind="de_xuat_cuc")
    assert works.state(contract) == "signed"
    works.act(MINISTRY, third, "confirm_stop", date(2024, 8, 9))
    board = works.money(AGENCY).board(contract)
    assert (board.row.state, board.row.entered_on, board.row.due_on, board.row.due_kind) == (
        "accepted",
        date(2024, 8, 9),
        date(2024, 8, 26),
        "law",
    )
    assert {works.row(code).due_on for code in (first, second)} == {date(2024, 8, 26)}


def test_a_part_accepted_is_not_the_last_acceptance(works: Works) -> None:
    contract, (code,) = works.started(100 * TRIEU)
    works.act(SCT, code, "accept_part", date(2024, 6, 3), amount=40 * TRIEU, conclusion="agreed")
    assert (works.row(code).state, works.state(contract)) == ("in_progress", "signed")
    works.act(UNIT, code, "report_completion", date(2024, 7, 1), reason="x")
    with works.refused("acceptance_over_contract", of=RefusedByRules) as told:
        works.act(SCT, code, "accept", ACCEPTED, amount=60 * TRIEU + 1)
    assert "1 đ" in told.text
    works.act(SCT, code, "accept", ACCEPTED, amount=50 * TRIEU)
    assert works.state(contract) == "accepted"
    assert works.money(AGENCY).board(contract).row.due_on == date(2024, 8, 16)
    figures = {figure.stage: figure for figure in works.story(code).figures}
    part = figures["accepted"].share
    assert part is not None
    assert (figures["accepted"].recorded, part.permille, part.base, part.base_dong) == (
        90 * TRIEU,
        900,
        "contracted",
        100 * TRIEU,
    )


def test_a_contract_that_is_cancelled_frees_its_proposals(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    contract = works.contract({code: 100 * TRIEU})
    works.carry_out(AGENCY, contract, "cancel", STARTED)
    again = works.contract({code: 90 * TRIEU})
    assert again != contract
    works.carry_out(AGENCY, again, "sign", works.day)
    assert works.story(code).contract == again


def test_nobody_sees_another_units_contract(works: Works) -> None:
    (code,) = works.assigned(100 * TRIEU)
    contract = works.contract({code: 100 * TRIEU})
    stranger = works.money("ttkc-63-19")
    assert stranger.others("contract") == ()
    with pytest.raises(NotFound):
        stranger.board(contract)
    with works.refused("other_not_found", of=NotFound):
        stranger.act(contract, "sign", MoveInput())


def test_the_limit_of_a_draft_follows_its_proposals(works: Works) -> None:
    first, second = works.assigned(280 * TRIEU, 100 * TRIEU)
    contract = works.contract({first: 280 * TRIEU})
    money = works.money(AGENCY)
    before = works.written()
    assert money.check_put(contract, {second: 100 * TRIEU}).total == 380 * TRIEU
    assert works.written() == before
    board = money.put(contract, {second: 100 * TRIEU})
    assert (board.row.fund and board.row.fund.ceiling, board.total) == (600 * TRIEU, 380 * TRIEU)
    works.carry_out(AGENCY, contract, "sign", SIGNED)
    assert {works.row(code).state for code in (first, second)} == {"contracted"}


def test_two_last_acceptances_at_the_same_moment(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    if works.store.dialect == "sqlite":
        pytest.skip("a file has one writer at a time")
    contract, codes = works.started(100 * TRIEU, 90 * TRIEU)
    for code in codes:
        works.act(SCT, code, "accept_part", date(2024, 6, 3), amount=80 * TRIEU, conclusion="agreed")
    works.many(UNIT, codes, "report_completion", date(2024, 7, 30))
    works.day = ACCEPTED
    both, look = Barrier(2), contracts.all_accepted

    def together(*given: Any, **named: Any) -> bool:
        seen = look(*given, **named)
        # Were both to look before either has ended, each would find the other still to be accepted.
        if "beside" not in named:
            with suppress(BrokenBarrierError):
                both.wait(timeout=3)
        return seen

    monkeypatch.setattr(contracts, "all_accepted", together)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(works.act, SCT, code, "accept", ACCEPTED) for code in codes]
        assert [each.result(timeout=60).to_state for each in done] == ["accepted", "accepted"]
    assert works.state(contract) == "accepted"
