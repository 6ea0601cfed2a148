"""One proposal by keyboard from an empty store to the archive: every act by its own person, at one screen.

What the year's plan, a round and the contract do with it is done beside the screen, which follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.i18n import t
from screens.dossier.proposal import ProposalScreen
from tests.services.world import (
    AGENCY,
    BY_CONTRACT,
    BY_ROUND,
    MINISTRY,
    ORDINARY,
    SCT,
    STC,
    UBND,
    UNIT,
    World,
)
from tests.ui.shell_driver import shell_of
from tests.ui.walker import walking

pytestmark = pytest.mark.slow

Step = tuple[str, str, date, dict[str, Any]]
BESIDE = ("approve", *BY_ROUND, *BY_CONTRACT)
"""Acts of a proposal that a plan, a round or a contract does; their steps give what `World.act` takes."""

DRAFT = {
    "title": "Máy sao chè Shan tuyết",
    "total": "500",
    "requested": "300",
    "counterpart": "200",
    "starts_on": "01/03/2024",
    "ends_on": "30/11/2024",
}
AGREED = {"act-conclusion": t("paper.agreed", "vi")}
TYPED: dict[str, dict[str, str]] = {
    "record_provincial_appraisal": AGREED,
    "record_ministry_appraisal": AGREED,
    "sign_contract": {"amount": "280"},
    "advance_first": {"amount": "196000000 đ", "typed-advance_type": "Tham gia hội chợ trong nước"},
    "report_progress": {"typed-report_month": "04/2024", "typed-volume_permille": "40"},
    "accept": {"act-kind": "Mẫu 5b", "amount": "280"},
}
NATIONAL: tuple[Step, ...] = tuple(
    (login, action, on, given if action in BESIDE else TYPED.get(action, {}))
    for login, action, on, given in ORDINARY
)
LOCAL_ACTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (UNIT, "submit_to_centre", {}),
    (UNIT, "submit_to_department", {}),
    (SCT, "record_department_appraisal", AGREED),
    (SCT, "submit_to_finance", {}),
    (STC, "record_finance_opinion", {}),
    (SCT, "submit_to_committee", {}),
    (UBND, "approve", {"amount": 300_000_000, "by_plan": True}),
    (SCT, "allocate", {"amount": 300_000_000}),
    (SCT, "assign_estimate", {}),
    (UNIT, "sign_contract", {"amount": "300"}),
    (UNIT, "start_implementation", {}),
    (UNIT, "report_completion", {}),
    (SCT, "accept", {"amount": "250"}),
    (SCT, "pay_remaining", {"amount": "250", "typed-advance_type": "Ứng dụng máy móc tiên tiến"}),
    (SCT, "submit_settlement", {}),
    (SCT, "liquidate", {"amounts": {"KCDP-24-0001": 240_000_000}}),
    (SCT, "record_refund", {"amount": "10"}),
    (SCT, "archive", {}),
)
LOCAL: tuple[Step, ...] = tuple(
    (login, action, date(2024, 1, 2) + timedelta(days=index), given)
    for index, (login, action, given) in enumerate(LOCAL_ACTS)
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A founded store without a proposal."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    try:
        yield World(store)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("source", "steps", "approved"),
    [
        pytest.param("quốc gia", NATIONAL, 280_000_000, id="kcqg"),
        pytest.param("địa phương", LOCAL, 300_000_000, id="kcdp"),
    ],
)
async def test_from_an_empty_store_to_the_archive(
    world: World, source: str, steps: tuple[Step, ...], approved: int
) -> None:
    begun = world.day
    async with walking(world, UNIT) as walk:
        code = await walk.draft({**DRAFT, "source": source})
        for login, action, on, given in steps:
            world.day = on
            if action in BESIDE:
                receipt = world.act(login, code, action, on, **given)
                assert (receipt.code, receipt.action) == (code, action)
                continue
            await walk.become(login)
            await walk.to_code(code)
            receipt = await walk.act(action, given)
            assert (receipt.code, receipt.action, receipt.on) == (code, action, on)

        # The last person reads it all: the state, every act in its row, and nothing left to do.
        await walk.to_code(code)
        await walk.hit("enter", lambda: isinstance(walk.screen, ProposalScreen), "the proposal")
        await walk.until(lambda: walk.screen.card is not None, "is read")
        assert walk.screen.card.row.state == "archived"
        assert "Đã nộp lưu trữ" in walk.words
        assert walk.screen.option is None
        await walk.hit("h", lambda: walk.screen is shell_of(walk.app), "its history")
        assert walk.table.row_count == len(steps) + 1

    desk = world.desk(AGENCY if source == "quốc gia" else SCT)
    card = desk.dossier(code)
    assert (card.row.state, card.row.ending, card.row.waits_for) == ("archived", "completed", "nobody")
    assert card.money.approved == card.money.allocated == approved
    done = [(row.actor, row.action, row.on, row.operator) for row in desk.history_of(code)]
    account = "test-account"
    assert done == [
        (UNIT, "create", begun, account),
        *(
            (f"{login}-2" if action == "allocate" else login, action, on, account)
            for login, action, on, _ in steps
        ),
    ]
    assert MINISTRY in {row[0] for row in done} or UBND in {row[0] for row in done}
    assert [check for check in desk.doctor(full=True) if not check.ok] == []
