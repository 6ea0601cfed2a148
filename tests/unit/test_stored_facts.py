"""The facts of a stored dossier: the same as all at once, but worked out only when a rule looks."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from db.rows import DossierRow, PaperRow
from kcflow.services.stored_facts import BESIDE, StoredFacts
from states.facts import Facts

DAY = date(2024, 5, 10)
CONTENT = {
    "kinds": ["group", "bidding"],
    "total": 300,
    "requested": 200,
    "counterpart": 70,
    "content_codes": [3],
    "other": 30,
    "beneficiaries": [{"name": "HTX Chè"}],
    "starts_on": "2024-06-01",
    "ends_on": None,
}
ROW: dict[str, Any] = {
    "id": 1,
    "code": "KCQG-24-0001",
    "kind": "proposal",
    "lifecycle": "kcqg@2014.3",
    "state": "approved",
    "version": 7,
    "title": "Đề án",
    "source": "kcqg",
    "plan_year": 2025,
    "budget_year": 2026,
    "province": "63:02",
    "unit_office": "TTKC-63-02",
    "total": 300,
    "requested": 200,
    "approved": 190,
    "allocated": 100,
    "advanced": 40,
    "contracted": 90,
    "accepted": 30,
    "settled": 20,
    "returned": 10,
    "entered_on": DAY,
    "entered_at": datetime(2024, 5, 10, tzinfo=UTC),
    "entered_seq": 6,
    "due_on": DAY,
    "due_kind": "law",
    "due_basis": "TT 36/2013 Đ8.1a",
    "waits_for": "department",
    "return_to": "appraisal",
    "ending": "",
    "last_on": DAY,
    "last_actor": "sct",
    "last_operator": "may-chung",
    "edited": 7,
    "head": "0" * 64,
    "digest": "0" * 64,
    "folded": "de an",
    "import_key": None,
    "content_seq": 1,
    "written": json.dumps({"content": CONTENT}),
}


def paper(seq: int, kind: str, conclusion: str | None) -> PaperRow:
    return PaperRow(ROW["code"], seq, 0, kind, None, None, None, conclusion, None, None)


class Store:
    """Counts what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def papers(self, code: str) -> list[PaperRow]:
        self.asked.append(("papers", code))
        return [
            paper(2, "mau_4a", "not_agreed"),
            paper(3, "mau_1", None),
            paper(4, "mau_4a", "agreed"),
        ]

    def get(self, name: str) -> object:
        """What stands beside the row: only asked for under the names of `BESIDE`."""
        assert name in BESIDE
        self.asked.append(("beside", name))
        return f"{name}, beside the row"

    def rounds(self, code: str) -> list[int]:
        self.asked.append(("rounds", code))
        return [1, 3]


def stored(store: Store, **changes: object) -> StoredFacts:
    row = DossierRow(**(ROW | changes))
    return StoredFacts(row, "provincial_centre", store.papers, store.rounds, store)


def test_every_fact_is_what_the_dossier_says() -> None:
    found = stored(Store())
    assert {field.name: getattr(found, field.name) for field in fields(Facts)} == {
        "code": "KCQG-24-0001",
        "state": "approved",
        "version": 7,
        "source": "kcqg",
        "plan_year": 2025,
        "budget_year": 2026,
        "province": "63:02",
        "unit_office": "TTKC-63-02",
        "unit_kind": "provincial_centre",
        "kinds": frozenset({"group", "bidding"}),
        "total": 300,
        "requested": 200,
        "counterpart": 70,
        "other": 30,
        "approved": 190,
        "allocated": 100,
        "advanced": 40,
        "rounds": frozenset({1, 3}),
        "beneficiary_differs": True,
        "papers": {"mau_1": None, "mau_4a": "agreed"},
        "return_to": "appraisal",
        "entered_on": DAY,
        "last_on": DAY,
        "last_actor": "sct",
        "edited_since_entry": True,
        "starts_on": date(2024, 6, 1),
        "ends_on": None,
        "due_on": DAY,
        "due_kind": "law",
        "kind": "proposal",
        "contents": frozenset({3}),
        "contracted": 90,
        "accepted": 30,
        "settled": 20,
        "returned": 10,
        "last_operator": "may-chung",
        "supplementary": False,
        **{name: f"{name}, beside the row" for name in BESIDE},
    }
    assert (found.refund_due, found.releasable) == (10, 60)
    assert list(found.papers) == ["mau_1", "mau_4a"], "the newest paper's kind stands last"


def test_what_nobody_looks_at_is_not_asked_for_and_nothing_is_asked_twice() -> None:
    store = Store()
    found = stored(store, written="not read")
    assert (found.state, found.province, found.last_on) == ("approved", "63:02", DAY)
    assert store.asked == []
    assert found.papers == found.papers
    assert store.asked == [("papers", "KCQG-24-0001")]
    assert found.rounds == found.rounds
    assert store.asked == [("papers", "KCQG-24-0001"), ("rounds", "KCQG-24-0001")]
    assert found.plan == found.plan
    assert store.asked[2:] == [("beside", "plan")]


def test_facts_stay_facts() -> None:
    found = stored(Store())
    with pytest.raises(AttributeError, match="colour"):
        _ = found.colour
    with pytest.raises(FrozenInstanceError):
        found.state = "archived"  # type: ignore[misc]
    assert stored(Store()) == found
    assert stored(Store(), state="archived") != found
    assert "papers={'mau_1': None" in repr(found)
