"""A province's own money (KCĐP) after the round: contract, payment, stop, settlement inside the province."""

from __future__ import annotations

from datetime import date

from kcflow.services.errors import RefusedByRules
from tests.services.money.works import TRIEU, Works, works
from tests.services.money.world import HA_GIANG, SCT, UBND, UNIT

__all__ = ["works"]

TYPE = {"advance_type": "vocational_training"}


def test_a_local_contract_from_its_drawing_up_to_its_end(works: Works) -> None:
    (first, second), plan = works.planned(2, amount=250 * TRIEU, source="kcdp")
    works.to("issued", works.round({first: 250 * TRIEU, second: 200 * TRIEU}, source="kcdp", area=HA_GIANG))
    works.many(SCT, [first, second], "assign_estimate", date(2024, 2, 27))
    contract = works.contract({first: 250 * TRIEU, second: 200 * TRIEU}, SCT)
    assert works.money(SCT).board(contract).content["party_a"] == "SCT-63-02"
    works.carry_out(SCT, contract, "sign", date(2024, 3, 20))
    works.many(UNIT, [first, second], "start_implementation", date(2024, 3, 25))
    # The ratios and papers of TT 36/2013 bind national money; here they are told.
    paid = works.act(SCT, first, "advance_first", date(2024, 4, 5), amount=200 * TRIEU, fields=TYPE)
    assert {warning.code for warning in paid.warnings} >= {"advance_over_ratio", "advance_papers_missing"}
    # One is stopped by the province's own level: its money is free for the province's next round.
    works.act(SCT, second, "propose_stop", date(2024, 5, 6), kind="to_trinh")
    with works.refused("wrong_role", of=RefusedByRules):
        works.act(SCT, second, "confirm_stop", date(2024, 5, 10))
    works.act(UBND, second, "confirm_stop", date(2024, 5, 10))
    assert works.row(second).state == "stopped"
    fund = works.money(SCT).board(plan).row.fund
    assert fund is not None
    assert fund.allocated == 250 * TRIEU
    works.many(UNIT, [first], "report_completion", date(2024, 7, 30))
    works.act(SCT, first, "accept", date(2024, 8, 1), amount=240 * TRIEU)
    assert works.state(contract) == "accepted"
    works.hand_in(contract)
    done = works.carry_out(SCT, contract, "liquidate", date(2024, 8, 12))
    assert [(line.code, line.dong) for line in done.lines] == [(first, 240 * TRIEU)]
    told = works.story(first, SCT)
    assert (told.contract, told.refund_due, told.left_to_pay) == (contract, 0, 40 * TRIEU)


def test_the_last_stop_of_the_province_ends_what_the_contract_waits_for(works: Works) -> None:
    (first, second), _ = works.planned(2, amount=250 * TRIEU, source="kcdp")
    works.to("issued", works.round({first: 250 * TRIEU, second: 200 * TRIEU}, source="kcdp", area=HA_GIANG))
    works.many(SCT, [first, second], "assign_estimate", date(2024, 2, 27))
    contract = works.contract({first: 250 * TRIEU, second: 200 * TRIEU}, SCT)
    works.carry_out(SCT, contract, "sign", date(2024, 3, 20))
    works.many(UNIT, [first, second], "start_implementation", date(2024, 3, 25))
    works.many(UNIT, [first], "report_completion", date(2024, 7, 30))
    works.act(SCT, first, "accept", date(2024, 8, 1), amount=240 * TRIEU)
    works.act(SCT, second, "propose_stop", date(2024, 8, 2), kind="to_trinh")
    works.act(UBND, second, "confirm_stop", date(2024, 8, 9))
    assert works.state(contract) == "accepted"
