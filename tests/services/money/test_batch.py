"""What one decision over many does to each: what they share is worked out once, the rest for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db import leaf
from db.rows import HistoryRow
from kcflow.services.door import bulk_request, bulk_requests
from kcflow.services.errors import RefusedByRules
from kcflow.services.leaves import move_leaf
from kcflow.services.money import batch
from kcflow.services.views import MoveInput
from tests.services.money.world import MoneyWorld

TRIEU = 1_000_000


def rows_of(world: MoneyWorld, codes: list[str]) -> list[HistoryRow]:
    """The last history row of each."""
    with world.store.read() as reader:
        found = [reader.last_row(code) for code in codes]
    return [row for row in found if row is not None]


def tables(world: MoneyWorld) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a decision writes."""
    names = ("history", "dossier", "paper", "amount", "charge", "fund", "worksheet", "attachment_blob")
    with world.store.read() as reader:
        return {
            name: sorted(map(tuple, reader.raw.execute(f"SELECT * FROM {name}").fetchall()), key=repr)
            for name in names
        }


def to_issue(world: MoneyWorld, amounts: Mapping[str, int], **given: object) -> tuple[str, MoveInput]:
    """A proposed round over these, and what its decision is entered with."""
    code = world.round(amounts)
    world.to("proposed", code)
    option = next(o for o in world.money("cuc-2").board(code).options if o.name == "issue")
    return code, world.move(option, world.day, **given)


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every leaf of a decision beside the one that the same act gives the dossier when it is moved alone."""
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    real = move_leaf

    def both(*given: Any) -> dict[str, Any]:
        made = real(*given)
        pairs.append((dict(made), real(*given[:10])))
        return made

    monkeypatch.setattr(batch, "move_leaf", both)
    return pairs


def test_the_leaves_of_a_decision_are_those_of_single_moves(
    world: MoneyWorld, twice: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """Proposals of two provinces, two of them with money already: two states, two sums, one decision."""
    codes, _ = world.planned(3, amount=10 * TRIEU)
    first, move = to_issue(world, dict.fromkeys(codes[:2], TRIEU))
    world.money("cuc-2").act(first, "issue", move)
    second, move = to_issue(world, {codes[0]: TRIEU, codes[1]: 9 * TRIEU, codes[2]: 3 * TRIEU})
    twice.clear()
    done = world.money("cuc-2").act(second, "issue", move)
    assert [line.code for line in done.lines] == codes
    assert len(twice) == 4, "three proposals and the round itself"
    del twice[3:]  # its list is named afterwards
    for made, alone in twice:
        assert made == alone
    rows = rows_of(world, codes)
    assert [row.from_state for row in rows] == ["partly_allocated", "partly_allocated", "approved"]
    assert [row.to_state for row in rows] == ["partly_allocated", "allocated", "partly_allocated"]
    assert [row.leaf["amount"]["after"] for row in rows] == [2 * TRIEU, 10 * TRIEU, 3 * TRIEU]
    for (made, _), row in zip(twice, rows, strict=False):
        assert (row.text, row.hash) == leaf.seal(made)
        assert leaf.parse(row.text) == made
    assert len({row.leaf["at"] for row in rows}) == 1, "one decision, one instant"


def test_the_paper_of_a_decision_is_kept_once_with_its_file(world: MoneyWorld, tmp_path: Path) -> None:
    codes, _ = world.planned(2, amount=10 * TRIEU)
    code, move = to_issue(world, dict.fromkeys(codes, TRIEU))
    scan = tmp_path / "quyet-dinh.pdf"
    scan.write_bytes(b"%PDF-1.7 ...")
    given = replace(move, document_file=str(scan))
    world.money("cuc-2").act(code, "issue", given)
    files = {row.leaf["doc"]["file"] for row in rows_of(world, [*codes, code])}
    assert len(files) == 1
    assert None not in files
    with world.store.read() as reader:
        assert reader.blob(files.pop()) == b"%PDF-1.7 ..."
        assert {each[-1].file_name for each in reader.papers(codes).values()} == {"quyet-dinh.pdf"}


def test_each_proposal_is_refused_for_its_own_reason(world: MoneyWorld) -> None:
    """A draft, another year, another source, too much, nothing wrong: all in one list."""
    fine, _ = world.planned(2, amount=10 * TRIEU)
    code, move = to_issue(world, dict.fromkeys(fine, TRIEU))
    draft = world.drafts(1, title="Còn soạn thảo")[0]
    later = world.approved(1, year=2025, title="Năm khác", amount=10 * TRIEU)[0]
    local = world.approved(1, source="kcdp", title="Nguồn khác", amount=10 * TRIEU)[0]
    amounts = {fine[0]: TRIEU, draft: TRIEU, later: TRIEU, local: TRIEU, fine[1]: 11 * TRIEU}
    before = tables(world)
    preview = world.money("cuc-2").preview(code, "issue", move, amounts)
    why = {line.code: [reason.code for reason in line.reasons] for line in preview.lines}
    assert why[fine[0]] == []
    assert "wrong_state" in why[draft]
    assert "round_other_year" in why[later]
    assert "wrong_state" not in why[later]
    assert "round_other_source" in why[local] or "wrong_state" in why[local]
    assert "amount_over_approved" in why[fine[1]]
    assert "round_over_ceiling" in why[fine[1]]
    for code_, found in why.items():
        alone = world.money("cuc-2").preview(code, "issue", move, {code_: amounts[code_]})
        own = next([reason.code for reason in line.reasons] for line in alone.lines if line.code == code_)
        # Only the money of those before it may stand against it besides.
        assert [each for each in found if each != "round_over_ceiling"] == [
            each for each in own if each != "round_over_ceiling"
        ]
    with pytest.raises(RefusedByRules) as refused:
        world.money("cuc-2").act(code, "issue", move, amounts)
    for reason in refused.value.reasons:
        assert not reason.text.vi.startswith(f"{fine[0]}:")
    assert tables(world) == before


def test_the_last_of_many_that_fails_leaves_nothing(
    world: MoneyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database stops one in the middle: no row, no sum, no paper of those before it stays."""
    codes, _ = world.planned(9, amount=10 * TRIEU)
    code, move = to_issue(world, dict.fromkeys(codes, TRIEU))
    before = tables(world)
    real, seen = move_leaf, list[str]()

    def spoiled(*given: Any) -> dict[str, Any]:
        made = real(*given)
        seen.append(made["dossier"])
        if len(seen) == 7:
            made["amount"] = made["amount"] | {"dong": 90 * TRIEU, "after": 90 * TRIEU}
        return made

    monkeypatch.setattr(batch, "move_leaf", spoiled)
    with pytest.raises(Exception, match=r"KC30|ck_dossier_allocated|KC46|ck_fund_allocated"):
        world.money("cuc-2").act(code, "issue", move)
    assert seen == codes
    assert tables(world) == before
    monkeypatch.setattr(batch, "move_leaf", real)
    assert world.money("cuc-2").act(code, "issue", move).done


def test_requests_of_a_bulk_act_are_uuids_of_their_codes() -> None:
    import uuid

    request = str(uuid.uuid4())
    derived = bulk_requests(request)
    for code in ("KCQG-24-0001", "", "đề án", "x" * 300):
        assert derived(code) == str(uuid.uuid5(uuid.UUID(request), code)) == bulk_request(request, code)
