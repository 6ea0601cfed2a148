"""What a transaction reads, it reads before it ends: afterwards its connection may be another thread's."""

from __future__ import annotations

import pytest

from db import queries
from tests.services.money.works import ACCEPTED, TRIEU, Works, works
from tests.services.money.world import AGENCY, SCT, UNIT

__all__ = ["works"]


def test_a_reader_is_of_no_use_after_its_transaction(works: Works) -> None:
    with works.store.read() as reader:
        assert not list(queries.history_of(reader, "KCQG-00-0000"))
    with pytest.raises(RuntimeError, match="the transaction is over"):
        queries.history_of(reader, "KCQG-00-0000")


def test_a_proposal_of_a_contract_is_read_within_its_transaction(works: Works) -> None:
    """Its deadline depends on the contract's other proposals; that was once asked for too late."""
    _, codes = works.finished(100 * TRIEU, 80 * TRIEU)
    works.act(SCT, codes[0], "accept", ACCEPTED, amount=100 * TRIEU)
    before = works.desk("ktnn").dossier(codes[0]).due
    works.act(SCT, codes[1], "accept", ACCEPTED, amount=80 * TRIEU)
    for login in ("ktnn", AGENCY, UNIT, SCT):
        due = works.desk(login).dossier(codes[1]).due
        assert due != before, "it waited for the others of the contract"
        assert due is not None
        assert due.derivation
