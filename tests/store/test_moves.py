"""The one write: what a leaf does to its dossier, and every leaf that is refused, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from db import leaf, sequencer
from db.errors import AlreadyDone, Conflict, IntegrityRefused
from db.rows import DossierRow
from db.store import Store
from db.verify import verify
from tests.store import world
from tests.store.world import DUE, PAPER, amount, append, content, create, dossier, edit, move


def test_create_then_move(store: Store) -> None:
    first = append(store, create())
    row = dossier(store)
    assert (row.state, row.version, row.head, row.ending) == ("draft", 1, first.hash, "")
    assert (row.kind, row.title, row.total, row.approved) == (
        "proposal",
        "Ứng dụng máy móc chế biến chè",
        500_000_000,
        None,
    )
    assert row.content == content()
    second = append(
        store, move(row, "submit", "review", on="2024-05-03", doc=PAPER, papers=[PAPER, PAPER], due=DUE)
    )
    moved = dossier(store)
    assert (moved.state, moved.version, moved.head) == ("review", 2, second.hash)
    assert (moved.entered_on, moved.entered_seq) == (date(2024, 5, 3), 2)
    assert moved.entered_at == datetime(2024, 5, 3, 1, 2, 3, 4, tzinfo=UTC)
    assert (moved.due_on, moved.due_kind, moved.waits_for) == (date(2024, 6, 14), "law", "department")
    assert moved.content == content()
    with store.read() as reader:
        papers = reader.papers([moved.code])[moved.code]
        assert [(paper.seq, paper.idx, paper.date) for paper in papers] == [
            (2, index, date(2024, 5, 1)) for index in range(3)
        ]
        assert reader.history_row(moved.code, 2) == second
        assert reader.last_row(moved.code) == second
        assert reader.request_row(first.request) == first
        assert leaf.parse(second.text) == second.leaf
    assert verify(store) == []


def test_edit_replaces_the_content(store: Store) -> None:
    row = world.started(store)
    append(store, edit(row, title="Tên mới", total=600_000_000))
    edited = dossier(store)
    assert (edited.title, edited.total, edited.edited, edited.content_seq) == ("Tên mới", 600_000_000, 2, 2)
    assert edited.content["title"] == "Tên mới"
    assert edited.folded.startswith("sua doi")
    assert edited.edited_since_entry
    assert verify(store) == []


def test_amounts(store: Store) -> None:
    row = world.submitted(store)
    for kind, action, dong, round_ in (
        ("approved", "approve", 300_000_000, None),
        ("allocated", "allocate", 100_000_000, 1),
        ("allocated", "allocate", 150_000_000, 2),
        ("advanced", "advance", 50_000_000, None),
    ):
        before = getattr(row, kind)
        append(store, move(row, action, "review", amount=amount(kind, dong, before, round_=round_)))
        row = dossier(store)
    assert (row.approved, row.allocated, row.advanced) == (300_000_000, 250_000_000, 50_000_000)
    with store.read() as reader:
        assert reader.rounds([row.code]) == {row.code: frozenset({1, 2})}
        assert [entry.dong for entry in reader.amounts([row.code])[row.code]] == [
            300_000_000,
            100_000_000,
            150_000_000,
            50_000_000,
        ]
    assert (row.entered_seq, row.entered_on) == (2, date(2024, 5, 1))
    assert verify(store) == []


def test_late_entries_keep_the_last_act(store: Store) -> None:
    row = world.submitted(store)
    append(store, move(row, "record_papers", "review", on="2024-04-02", papers=[PAPER], actor="binh"))
    append(store, move(dossier(store), "correct", "review", on="2024-09-09", reason="nhầm số", corrects=2))
    after = dossier(store)
    assert (after.version, after.last_on, after.last_actor) == (4, date(2024, 5, 1), "an")
    append(store, move(after, "finish", "done"))
    assert dossier(store).ending == "completed"
    assert verify(store) == []


def test_many_in_one_transaction(store: Store) -> None:
    with store.write() as writer:
        codes = writer.next_code("KCQG-24-", 40)
        rows = writer.append_many(create(code) for code in codes)
    assert codes[0] == "KCQG-24-0001"
    assert [row.dossier for row in rows] == codes
    with store.read() as reader:
        dossiers = reader.dossiers(reversed(codes))
        assert [row.code for row in dossiers] == codes[::-1]
    with store.write() as writer:
        writer.append_many(move(row, "submit", "review") for row in dossiers)
        assert writer.next_code("KCQG-24-") == ["KCQG-24-0041"]
    with store.read() as reader:
        assert {row.state for row in reader.dossiers(codes)} == {"review"}
    assert verify(store) == []


def test_nothing_of_a_refused_batch_stays(store: Store) -> None:
    row = world.started(store)
    with pytest.raises(IntegrityRefused, match="KC10"), store.write() as writer:
        writer.append_many([move(row, "submit", "review"), create("KCQG-24-0002", to="review")])
    assert dossier(store) == row
    with store.read() as reader:
        assert reader.dossier("KCQG-24-0002") is None


def test_an_exception_rolls_back(store: Store) -> None:
    def fail() -> None:
        with store.write() as writer:
            writer.append(create())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as reader:
        assert reader.dossier("KCQG-24-0001") is None


def test_a_refused_transaction_is_over(store: Store) -> None:
    row = world.started(store)
    with store.write() as writer:
        with pytest.raises(Conflict):
            writer.append(move(replace(row, version=5), "submit", "review"))
        with pytest.raises(RuntimeError, match="rolled back"):
            writer.append(move(row, "submit", "review"))
    assert dossier(store) == row


# -- who was first ---------------------------------------------------------------------------------


def test_conflict_names_the_winner(store: Store) -> None:
    row = world.started(store)
    won = append(store, move(row, "submit", "review"))
    for stale in (
        move(row, "submit", "review"),
        create(),
        move(row, "edit", "draft", request=world.request()),
    ):
        with pytest.raises(Conflict) as conflict:
            append(store, stale)
        assert conflict.value.winner == won
    with pytest.raises(Conflict) as nobody:
        append(store, move(replace(row, code="KCQG-24-0099"), "submit", "review"))
    assert nobody.value.winner is None


def test_conflict_in_a_batch_names_the_right_dossier(store: Store) -> None:
    one, two = world.started(store, "A-1"), world.started(store, "A-2")
    won = append(store, move(two, "submit", "review"))
    with pytest.raises(Conflict) as conflict, store.write() as writer:
        writer.append_many([move(one, "submit", "review"), move(two, "submit", "review")])
    assert (conflict.value.dossier, conflict.value.winner) == ("A-2", won)
    assert dossier(store, "A-1") == one


def test_a_request_is_carried_out_once(store: Store) -> None:
    row = world.started(store)
    leaf_ = move(row, "submit", "review")
    done = append(store, leaf_)
    for again in (leaf_, create("KCQG-24-0002", request=leaf_["request"])):
        with pytest.raises(AlreadyDone) as repeated:
            append(store, again)
        assert repeated.value.row == done
    assert dossier(store).version == 2


def test_threads_lose_no_update(store: Store) -> None:
    """Each thread reads and moves the same dossier again and again; every acknowledged move is there."""
    world.started(store)
    acknowledged: list[str] = []

    def work() -> None:
        for _ in range(12):
            try:
                with store.write() as writer:
                    row = writer.dossier("KCQG-24-0001")
                    assert row is not None
                    acknowledged.append(
                        writer.append(move(row, "record_papers", row.state, papers=[PAPER])).request
                    )
            except Conflict:
                acknowledged.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acknowledged) == 48
    row = dossier(store)
    assert row.version == 1 + len(acknowledged)
    with store.read() as reader:
        assert all(reader.request_row(request) for request in acknowledged)
    assert verify(store) == []


def test_one_winner_of_a_race(store: Store) -> None:
    row = world.started(store)
    gate = threading.Barrier(4)
    won: list[str] = []
    lost: list[Conflict] = []

    def work(number: int) -> None:
        stale = move(row, "submit", "review", actor=f"p{number}")
        gate.wait()
        try:
            won.append(append(store, stale).actor)
        except Conflict as conflict:
            lost.append(conflict)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert {conflict.winner and conflict.winner.actor for conflict in lost} == set(won)


def test_two_first_rows_race(store: Store) -> None:
    gate = threading.Barrier(3)
    outcome: list[str] = []

    def work() -> None:
        made = create()
        gate.wait()
        try:
            append(store, made)
            outcome.append("won")
        except Conflict as conflict:
            outcome.append("lost" if conflict.winner else "nobody")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["lost", "lost", "won"]


# -- leaves that the guards refuse -----------------------------------------------------------------

Change = Callable[[DossierRow], dict[str, Any]]
REFUSED: dict[str, tuple[str, Change]] = {
    "another lifecycle": ("KC09", lambda row: move(row, "submit", "review", lifecycle="other@1")),
    "an action that is none": ("KC10", lambda row: move(row, "jump", "done")),
    "a state out of reach": ("KC10", lambda row: move(row, "submit", "done")),
    "the wrong role": ("KC10", lambda row: move(row, "submit", "review", role="department")),
    "a role that only reads": ("KC10", lambda row: move(row, "submit", "review", role="auditor")),
    "other rules": ("KC11", lambda row: move(row, "submit", "review", fsm="0" * 16)),
    "a second create": ("KC10", lambda row: move(row, "create", "draft")),
    "no reason": ("KC13", lambda row: move(row, "correct", "draft", corrects=1)),
    "an act before the last": ("KC14", lambda row: move(row, "submit", "review", on="2024-04-30")),
    "an edit without content": ("KC15", lambda row: move(row, "edit", "draft", edited=2)),
    "content in a move": (
        "KC15",
        lambda row: move(row, "submit", "review", content=content(), digest=leaf.digest(content())),
    ),
    "words without content": ("KC15", lambda row: move(row, "submit", "review", refs={"folded": "x"})),
    "another digest": ("KC04", lambda row: move(row, "submit", "review", digest="0" * 64)),
    "edited out of thin air": ("KC16", lambda row: move(row, "submit", "review", edited=9)),
    "an edit that isn't edited": ("KC16", lambda row: edit(row) | {"edited": 1}),
    "an entry of another day": (
        "KC17",
        lambda row: move(row, "submit", "review", on="2024-05-09", entered_on="2024-05-01"),
    ),
    "another entry without a move": (
        "KC17",
        lambda row: move(row, "record_papers", "draft", on="2024-05-09", entered_on="2024-05-02"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_leaf(store: Store, name: str) -> None:
    row = world.started(store)
    code, change = REFUSED[name]
    with pytest.raises(IntegrityRefused) as refused:
        append(store, change(row))
    assert refused.value.kc == code
    assert dossier(store) == row


@pytest.mark.parametrize(
    ("code", "action", "given"),
    [
        ("KC30", "approve", amount("approved", 500_000_001, 200_000_000)),
        ("KC30", "allocate", amount("allocated", 100_000_001, 100_000_000, round_=3)),
        ("KC30", "advance", amount("advanced", 100_000_001, 0)),
        ("KC18", "allocate", amount("allocated", 1, 0, round_=3)),
        ("KC29", "allocate", amount("allocated", 1, 100_000_000, round_=1)),
    ],
)
def test_refused_amount(store: Store, code: str, action: str, given: dict[str, Any]) -> None:
    row = world.submitted(store)
    append(store, move(row, "approve", "review", amount=amount("approved", 200_000_000, None)))
    first = amount("allocated", 100_000_000, 0, round_=1)
    append(store, move(dossier(store), "allocate", "review", amount=first))
    row = dossier(store)
    with pytest.raises(IntegrityRefused) as refused:
        append(store, move(row, action, "review", amount=given))
    # A CHECK or a unique index says it on PostgreSQL, a trigger on SQLite.
    assert refused.value.kc in (code, "KC99")
    assert dossier(store) == row


def test_an_edit_below_what_was_approved(store: Store) -> None:
    row = world.submitted(store)
    append(store, move(row, "approve", "review", amount=amount("approved", 300_000_000, None)))
    with pytest.raises(IntegrityRefused):
        append(store, edit(dossier(store), total=299_999_999) | {"role": "department"})


def test_an_imported_row_becomes_one_dossier(store: Store) -> None:
    world.started(store, "A-1", content=content(import_key="f" * 64))
    with store.read() as reader:
        assert reader.import_keys(["f" * 64, "0" * 64]) == {"f" * 64: "A-1"}
    with pytest.raises(IntegrityRefused) as refused:
        append(store, create("A-2", content=content(import_key="f" * 64)))
    assert refused.value.kc in ("KC23", "KC99")


def test_an_unknown_lifecycle(store: Store) -> None:
    with pytest.raises(IntegrityRefused, match="KC10"):
        append(store, create(lifecycle="none@1"))


# -- beside the history ----------------------------------------------------------------------------


def test_refusals_blobs_and_codes(store: Store) -> None:
    reason = {"kind": "guard", "code": "estimate_unbalanced", "params": {"chênh": 5}}
    with store.write() as writer:
        writer.refuse(
            actor="an", operator=None, office="TTKC", dossier="A-1", action="submit", reasons=[reason]
        )
        writer.refuse(
            actor="an", operator="root", office=None, dossier="A-2", action="submit", reasons=[], request="r"
        )
        name = writer.put_blob(b"%PDF")
        assert writer.put_blob(b"%PDF") == name
        assert writer.next_code("A-", 2, width=3) == ["A-001", "A-002"]
    with store.read() as reader:
        assert [row.dossier for row in reader.refusals()] == ["A-2", "A-1"]
        (one,) = reader.refusals("A-1")
        assert (one.reasons, one.at) == ((reason,), store.now())
        assert reader.blob(name) == b"%PDF"
        assert reader.blob("0" * 64) is None


def test_the_tree_grows(store: Store) -> None:
    rows = [append(store, create(f"A-{number}")) for number in range(7)]
    sequencer.sequence(store, limit=3)
    sequencer.sequence(store)
    with store.read() as reader:
        head = reader.head()
    peaks = ""
    for size, row in enumerate(rows):
        peaks = leaf.append_peak(size, peaks, row.hash)
    assert (head.size, ",".join(head.peaks)) == (7, peaks)
    assert len(head.peaks) == 3
    assert verify(store) == []


def test_leaves_are_what_is_stored(store: Store) -> None:
    made = create(reason='Ghi chú “đặc biệt” \\ " / \n\t \u2028 \x7f 𝄞', content=content(note="ệ" * 3000))
    row = append(store, made)
    with store.read() as reader:
        stored = reader.history_row(row.dossier, 1)
    assert stored is not None
    assert stored.text == leaf.canonical(made)
    assert json.loads(stored.text) == made
    assert stored.hash == leaf.leaf_hash(stored.text)
