"""Clock notes: what they do to clocks, holds and deadlines, and which are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from db import clock
from db.errors import IntegrityRefused
from db.leaf import LeafError
from db.rows import DossierRow
from db.rows_clock import ClockRow, HoldRow
from db.store import Store
from db.verify import verify
from tests.store import money, world
from tests.store.world import DUE, append, clock_note, dossier, due_of, hold, move

CODE = "KCQG-24-0001"
LATER = {**DUE, "on": "2024-06-20"}
MAY = [date(2024, 5, day) for day in range(32) if day]


def clock_of(store: Store, code: str = CODE) -> ClockRow | None:
    with store.read() as reader:
        return clock.clocks(reader, [code, "X-1"]).get(code)


def holds_of(store: Store, *, present: bool = True) -> list[HoldRow]:
    with store.read() as reader:
        return clock.holds(reader, [CODE, "X-1"], present=present).get(CODE, [])


def sound(store: Store) -> None:
    assert verify(store, {world.TINY.key: world.TINY}) == []


def refused(store: Store, made: dict[str, Any]) -> str:
    before = dossier(store), clock_of(store), holds_of(store, present=False)
    with pytest.raises(IntegrityRefused) as error:
        append(store, made)
    assert (dossier(store), clock_of(store), holds_of(store, present=False)) == before
    return error.value.text


def test_what_supervisors_do_is_carried_out(store: Store) -> None:
    """Each act moves its own part of the clock, and nothing of the dossier but its due date."""
    before = world.submitted(store)
    named = {"holder": "an", "holder_name": "An", "before": None}
    append(store, clock_note(before, "reassign", named, on="2024-05-03"))
    append(store, clock_note(dossier(store), "remind", {"to": ["an"]}, on="2024-05-04"))
    append(store, clock_note(dossier(store), "remind", {"to": ["an", "binh"]}, on="2024-05-06"))
    append(store, clock_note(dossier(store), "escalate", {"level": 2, "to": ["binh"]}, actor="binh"))
    assert clock_of(store) == ClockRow(CODE, 6, 2, "an", 2, date(2024, 5, 6), 2)
    assert dossier(store) == replaced(before, 6, dossier(store).head, before.due_on)
    made = append(store, hold(dossier(store), "2024-05-02", "2024-05-10", due=LATER, papers=[world.PAPER]))
    assert dossier(store) == replaced(before, 7, made.hash, date(2024, 6, 20))
    assert clock_of(store) == ClockRow(CODE, 7, 2, "an", 2, date(2024, 5, 6), 2)
    nobody = {"holder": None, "holder_name": None, "before": "an"}
    append(store, clock_note(dossier(store), "reassign", nobody))
    assert clock_of(store) == ClockRow(CODE, 8, 2, None, 2, date(2024, 5, 6), 2)
    with store.read() as reader:
        assert [paper.seq for paper in reader.papers([CODE])[CODE]] == [2, 7]
    sound(store)


def replaced(row: DossierRow, version: int, head: str, due_on: date | None) -> DossierRow:
    from dataclasses import replace

    return replace(row, version=version, head=head, due_on=due_on)


def test_a_hold_and_its_end(store: Store) -> None:
    world.submitted(store)
    own = append(store, hold(dossier(store), "2024-05-02", "2024-05-10", due=LATER))
    first = HoldRow(CODE, own.seq, 2, "finance_ministry", date(2024, 5, 2), date(2024, 5, 10))
    assert holds_of(store) == [first]
    with store.read() as reader:
        held = [day for day in MAY if clock.ids_held(reader, day) == [1]]
    assert held == MAY[1:10]
    lifted = {"hold": own.seq, "on": "2024-05-06"}
    append(store, clock_note(dossier(store), "lift", lifted, due=DUE))
    assert dossier(store).due_on == date(2024, 6, 14)
    with store.read() as reader:
        assert [day for day in MAY if clock.ids_held(reader, day)] == MAY[1:5]
    # The days after the lift are free for another hold.
    second = append(store, hold(dossier(store), "2024-05-06", "2024-05-08"))
    assert [(row.seq, row.lifted_on, row.lifted_seq) for row in holds_of(store)] == [
        (own.seq, date(2024, 5, 6), own.seq + 1),
        (second.seq, None, None),
    ]
    sound(store)


def test_a_recount_moves_the_date_alone(store: Store) -> None:
    before = world.submitted(store)
    counted = {"cause": "rule", "ref": "QĐ 12", "before": DUE}
    append(store, clock_note(before, "recount", counted, due=LATER, system=True))
    row = dossier(store)
    assert (row.due_on, row.due_kind, row.last_on) == (date(2024, 6, 20), "law", before.last_on)
    assert clock_of(store) is None
    append(store, clock_note(row, "recount", {**counted, "before": LATER}, due=None))
    assert dossier(store).due_on is None
    append(store, clock_note(dossier(store), "recount", {**counted, "before": None}, due=LATER))
    assert due_of(dossier(store)) == LATER
    sound(store)


def test_who_moves_on_leaves_its_clock_behind(store: Store) -> None:
    """A move writes no clock: rows of a former stay don't count, and the next note begins anew."""
    row = world.submitted(store)
    named = {"holder": "an", "holder_name": "An", "before": None}
    append(store, clock_note(row, "reassign", named))
    append(store, hold(dossier(store), "2024-05-01", "2024-05-31"))
    append(store, clock_note(dossier(store), "escalate", {"level": 3, "to": ["an"]}))
    append(store, clock_note(dossier(store), "remind", {"to": ["an"]}))
    with store.read() as reader:
        assert clock.ids_of_holder(reader, "an") == [1]
        assert clock.ids_of_holder(reader, "binh") == []
    append(store, move(dossier(store), "send_back", "draft", reason="Sai"))
    assert clock_of(store) is None
    assert holds_of(store) == []
    assert [held.entered_seq for held in holds_of(store, present=False)] == [2]
    with store.read() as reader:
        assert clock.ids_of_holder(reader, "an") == []
        assert clock.ids_held(reader, date(2024, 5, 2)) == []
    append(store, clock_note(dossier(store), "remind", {"to": ["binh"]}))
    assert clock_of(store) == ClockRow(CODE, 8, 7, None, 1, date(2024, 5, 1), 0)
    # The former hold is no hindrance, and can't be lifted any more.
    text = refused(store, clock_note(dossier(store), "lift", {"hold": 4, "on": "2024-05-02"}))
    assert text == "KC49 there is no such hold to lift"
    append(store, hold(dossier(store), "2024-05-02", "2024-05-09"))
    assert len(holds_of(store)) == 1
    assert len(holds_of(store, present=False)) == 2
    sound(store)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2024-05-06", "2024-05-10"), ("2024-05-01", "2024-05-06"), ("2024-05-10", "2024-05-20")],
)
def test_holds_never_overlap(store: Store, since: str, until: str) -> None:
    world.submitted(store)
    append(store, hold(dossier(store), "2024-05-06", "2024-05-10"))
    text = refused(store, hold(dossier(store), since, until))
    assert text == "KC49 a hold begins in the state and overlaps no other"
    append(store, hold(dossier(store), "2024-05-11", "2024-05-12"))
    append(store, hold(dossier(store), "2024-05-01", "2024-05-05"))
    assert [row.from_on.day for row in holds_of(store)] == [1, 6, 11]


def test_holds_that_are_refused(store: Store) -> None:
    row = world.submitted(store)
    assert refused(store, hold(row, "2024-04-30", "2024-05-05")).startswith("KC49")
    made = append(store, hold(row, "2024-05-06", "2024-05-10"))
    row = dossier(store)
    for own in (
        {"hold": 2, "on": "2024-05-07"},
        {"hold": made.seq, "on": "2024-05-05"},
        {"hold": made.seq, "on": "2024-05-11"},
        {"hold": made.seq + 1, "on": "2024-05-07"},
    ):
        assert refused(store, clock_note(row, "lift", own)).startswith("KC49"), own
    own = {"hold": made.seq, "on": "2024-05-07"}
    append(store, clock_note(row, "lift", own))
    assert refused(store, clock_note(dossier(store), "lift", own)).startswith("KC49")
    # What was on hold until the lift stays so.
    assert refused(store, hold(dossier(store), "2024-05-06", "2024-05-12")).startswith("KC49")
    sound(store)


MOVED: dict[str, dict[str, Any]] = {
    "a due date": {"due": LATER},
    "no due date": {"due": None},
    "another basis": {"due": {**DUE, "basis": "x"}},
    "another kind": {"due": {**DUE, "kind": "policy"}},
    "the day of entry": {"on": "2024-05-09", "entered_on": "2024-05-09"},
    "who is waited for": {"waits_for": "treasury"},
    "the way back": {"return_to": "draft"},
    "the budget year": {"budget_year": 2025},
    "the last change": {"edited": 3},
    "money": {"amount": world.amount("approved", 5, None)},
}


@pytest.mark.parametrize("what", MOVED)
def test_a_note_moves_nothing(store: Store, what: str) -> None:
    row = world.submitted(store)
    made = move(row, "note", row.state, **MOVED[what])
    assert refused(store, made).startswith("KC50")
    made = clock_note(row, "remind", {"to": ["an"]}, **MOVED[what])
    assert refused(store, made).startswith("KC50")
    if "due" not in MOVED[what]:
        assert refused(store, hold(row, "2024-05-06", "2024-05-10", **MOVED[what])).startswith("KC50")


def test_a_recount_says_what_was_there(store: Store) -> None:
    row = world.submitted(store)
    own: dict[str, Any] = {"cause": "rule", "ref": "", "before": LATER}
    assert refused(store, clock_note(row, "recount", own, due=LATER)).startswith("KC50")
    own["before"] = None
    assert refused(store, clock_note(row, "recount", own, due=LATER)).startswith("KC50")


def test_what_has_ended_has_no_clock(store: Store) -> None:
    append(store, move(world.submitted(store), "finish", "done"))
    row = dossier(store)
    assert refused(store, clock_note(row, "remind", {"to": ["an"]})).startswith("KC49")
    assert refused(store, hold(row, "2024-05-01", "2024-05-10")).startswith("KC49")
    append(store, move(row, "note", "done"))
    assert dossier(store).version == 4


def test_a_late_note_is_a_conflict(store: Store) -> None:
    """Somebody who moved the dossier first is named, whatever the note says."""
    from db.errors import AlreadyDone, Conflict

    row = world.submitted(store)
    late = hold(row, "2024-04-01", "2024-05-10", due=LATER)
    done = hold(row, "2024-05-01", "2024-05-10", due=LATER)
    append(store, done)
    with pytest.raises(Conflict):
        append(store, late)
    with pytest.raises(AlreadyDone):
        append(store, done)


BAD: dict[str, Any] = {
    "no act": {"to": ["an"]},
    "an unknown act": {"act": "stop"},
    "an act that is no word": {"act": 1},
    "not an object": "hold",
    "null": None,
    "a list": [],
    "a hold with more": {"act": "hold", "party": "x", "from": "2024-05-01", "until": "2024-05-02", "x": 1},
    "a hold with less": {"act": "hold", "party": "x", "from": "2024-05-01"},
    "a hold for nobody": {"act": "hold", "party": "", "from": "2024-05-01", "until": "2024-05-02"},
    "a hold that ends before it begins": {
        **{"act": "hold", "party": "x", "from": "2024-05-02", "until": "2024-05-01"}
    },
    "a day that isn't": {"act": "hold", "party": "x", "from": "2024-02-30", "until": "2024-05-02"},
    "a lift of no row": {"act": "lift", "hold": 0, "on": "2024-05-02"},
    "a lift of a word": {"act": "lift", "hold": "3", "on": "2024-05-02"},
    "a lift on no day": {"act": "lift", "hold": 3, "on": "mai"},
    "a reminder to nobody": {"act": "remind", "to": []},
    "a reminder to somebody twice": {"act": "remind", "to": ["an", "an"]},
    "a reminder to a number": {"act": "remind", "to": [1]},
    "a reminder to a name": {"act": "remind", "to": "an"},
    "a level too high": {"act": "escalate", "level": 4, "to": ["an"]},
    "a level too low": {"act": "escalate", "level": 0, "to": ["an"]},
    "a holder without a name": {"act": "reassign", "holder": "an", "holder_name": None, "before": None},
    "an empty holder": {"act": "reassign", "holder": "", "holder_name": "", "before": None},
    "an unknown cause": {"act": "recount", "cause": "whim", "ref": "", "before": None},
    "half a date": {"act": "recount", "cause": "rule", "ref": "", "before": {"on": "2024-05-01"}},
    "a date of no kind": {
        **{"act": "recount", "cause": "rule", "ref": "", "before": {**DUE, "kind": "habit"}}
    },
}


@pytest.mark.parametrize("what", BAD)
def test_the_form_of_a_clock_note(sqlite_store: Store, what: str) -> None:
    row = world.submitted(sqlite_store)
    with pytest.raises(LeafError, match=r"refs\.clock"):
        append(sqlite_store, move(row, "note", row.state, refs={"clock": BAD[what]}))


def test_the_server_knows_the_form_too(pg_store: Store) -> None:
    """What `db.leaf` refuses, the server refuses without it."""
    import psycopg

    from tests.store.test_cheats import INSERT, quoted

    row = world.submitted(pg_store)
    answers = {}
    with psycopg.connect(pg_store.url, autocommit=True) as raw:
        for what, own in BAD.items():
            made = move(row, "note", row.state, refs={"clock": own})
            try:
                raw.execute(INSERT.format(*quoted(made)).encode())
                answers[what] = ""
            except psycopg.Error as error:
                answers[what] = str(error.sqlstate)
    # An impossible day can't even be read as one.
    assert {what: answer for what, answer in answers.items() if answer not in ("KC002", "22008")} == {}
    append(pg_store, hold(row, "2024-05-01", "2024-05-02"))


def test_every_kind_of_dossier_has_a_clock(store: Store) -> None:
    money.install(store)
    row = money.opened(store, money.PLAN, "P-1")
    note = money.move(
        row, "note", reason="Chờ", refs={"clock": {"act": "escalate", "level": 1, "to": ["an"]}}
    )
    append(store, note)
    own = {"act": "reassign", "holder": "an", "holder_name": "An", "before": None}
    append(store, money.move(dossier(store, "P-1"), "note", reason="Chờ", refs={"clock": own}))
    assert clock_of(store, "P-1") == ClockRow("P-1", 3, 1, "an", 0, None, 1)
    with store.read() as reader:
        assert clock.ids_of_holder(reader, "an") == [-1]


def test_what_is_open_by_id(store: Store) -> None:
    money.install(store)
    money.opened(store, money.PLAN, "P-1")
    world.submitted(store, "A-1")
    world.started(store, "A-2")
    append(store, move(world.submitted(store, "A-3"), "finish", "done"))
    money.opened(store, money.ROUND, "R-1")
    with store.read() as reader:
        found = clock.open_codes(reader)
        assert [code for _, code in found] == ["R-1", "P-1", "A-1", "A-2"]
        assert [row[0] for row in found] == sorted(row[0] for row in found)
        pages, after = [], None
        while page := clock.open_codes(reader, after=after, limit=1):
            pages += page
            after = page[-1][0]
        assert pages == found
        tiny = [world.TINY.key]
        assert [code for _, code in clock.open_codes(reader, lifecycles=tiny)] == ["A-1", "A-2"]
        assert [c for _, c in clock.open_codes(reader, lifecycles=tiny, states=["review"])] == ["A-1"]
        assert [c for _, c in clock.open_codes(reader, states=["review", "open"], after=-2)] == ["P-1", "A-1"]
        assert clock.open_codes(reader, lifecycles=[]) == []
