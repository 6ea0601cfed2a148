"""Verification and the sequencer: nothing is found in a sound store, and each kind of damage is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db import sequencer
from db.store import Store
from db.url import parse_url
from db.verify import verify
from tests.store import money, world
from tests.store.seeds import opened, with_tiny
from tests.store.world import amount, append, dossier, move


def four_acts(store: Store) -> None:
    """A proposal after four acts, another after one."""
    with_tiny(store)
    row = world.submitted(store)
    append(store, move(row, "approve", "review", amount=amount("approved", 300_000_000, None)))
    append(
        store,
        move(dossier(store), "allocate", "review", amount=amount("allocated", 100_000_000, 0, round_=1)),
    )
    world.started(store, "A-1")
    sequencer.sequence(store)
    assert verify(store, {world.TINY.key: world.TINY}) == []


@pytest.fixture
def filled(dialect: str, tmp_path: Path) -> Iterator[Store]:
    with opened(dialect, tmp_path, four_acts) as store:
        yield store


def tamper(store: Store) -> Callable[[str], None]:
    """What the owner of the file or server can do: switch the guards off, change rows, switch them on."""

    def on_file(sql: str) -> None:
        raw = sqlite3.connect(str(parse_url(store.url).path))
        triggers = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(sql)
        for _, made in triggers:
            raw.execute(made)
        raw.commit()
        raw.close()

    def on_server(sql: str) -> None:
        with psycopg.connect(store.url) as raw:
            guards = raw.execute(
                "SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal"
            ).fetchall()
            for table, name in guards:
                raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
            raw.execute(sql.encode())
            for table, name in guards:
                raw.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}".encode())

    if store.dialect == "sqlite":
        return on_file
    return on_server


DAMAGE = {
    "a leaf": 'UPDATE history SET leaf = replace(leaf, \'"actor":"an"\', \'"actor":"ba"\') WHERE seq = 2',
    "a leaf's form": "UPDATE history SET leaf = replace(leaf, '\"v\":1', '\"v\":1 ') WHERE seq = 2",
    "a hash": "UPDATE history SET hash = '{0}' WHERE seq = 3",
    "a row": "DELETE FROM history WHERE seq = 3",
    "the last row": "DELETE FROM history WHERE seq = 4",
    "a state": "UPDATE dossier SET state = 'done'",
    "a head": "UPDATE dossier SET head = '{0}'",
    "a version": "UPDATE dossier SET version = 9",
    "an amount of a dossier": "UPDATE dossier SET allocated = 5 WHERE allocated > 0",
    "a deadline": "UPDATE dossier SET due_on = '2030-01-01'",
    "a holder": "UPDATE dossier SET waits_for = 'x'",
    "a title": "UPDATE dossier SET title = 'x'",
    "what is searched": "UPDATE dossier SET folded = 'x'",
    "an ending": "UPDATE dossier SET ending = 'completed'",
    "a time of entry": "UPDATE dossier SET entered_at = '2020-01-01T00:00:00.000000Z'",
    "who acted last": "UPDATE dossier SET last_actor = 'x'",
    "a file's name": "UPDATE paper SET file_name = 'x'",
    "a rule's ending": "UPDATE legal_move SET ending = '' WHERE action = 'finish'",
    "the place of the content": "UPDATE dossier SET content_seq = 4 WHERE version = 4",
    "a dossier": "DELETE FROM dossier WHERE code = 'A-1'",
    "a paper": "UPDATE paper SET number = '1'",
    "a paper's absence": "DELETE FROM paper",
    "an amount": "UPDATE amount SET dong = 1",
    "an amount's absence": "DELETE FROM amount",
    "a rule": "DELETE FROM legal_move WHERE action = 'submit'",
    "a new rule": "INSERT INTO legal_move SELECT lifecycle, action, from_state, 'done', role, needs_reason,"
    " ending, fsm, 0, '' FROM legal_move WHERE action = 'submit'",
    "the tree": "UPDATE log_head SET peaks = '{0}'",
    "the tree's size": "UPDATE log_head SET size = size - 1",
}


MONEY = {
    "a fund": "UPDATE fund SET allocated = allocated - 1 WHERE allocated > 0",
    "a ceiling": "UPDATE fund SET ceiling = 2000 WHERE dossier = 'P-1'",
    "a fund's absence": "DELETE FROM fund WHERE dossier = 'P-1'",
    "a fund too many": "INSERT INTO fund VALUES ('B-9', 5, 0, 0, 0, 0, 0, 0, 0, 0)",
    "a charge": "UPDATE charge SET dong = 1",
    "a charge's number": "UPDATE charge SET no = 7 WHERE owner = 'P-1'",
    "a charge's absence": "DELETE FROM charge WHERE owner = 'P-1'",
    "a charge's owner": "UPDATE charge SET owner = 'P-2' WHERE owner = 'P-1'",
    "a later amount of a dossier": "UPDATE dossier SET contracted = 5 WHERE approved > 0",
    "who worked as whom": "UPDATE dossier SET last_operator = 'x'",
    "a number of another kind": "UPDATE dossier SET id = -id - 100 WHERE code = 'P-1'",
    "a rule's second person": "UPDATE legal_move SET second_person = 0",
    "a rule's charges": "UPDATE legal_move SET charges = ''",
    "a rule's fund": "UPDATE lifecycle_version SET fund = 1",
}


def money_of_a_round(store: Store) -> None:
    """A proposal with money of a round of a plan."""
    with_tiny(store)
    money.install(store)
    money.opened(store, money.PLAN, "P-1")
    money.opened(store, money.ROUND, "R-1")
    row = money.approved(store, "B-9")
    append(store, money.paid(row, "allocate", "allocated", 700, "R-1", "P-1"))
    sequencer.sequence(store)
    assert verify(store, money.BY_KEY) == []


@pytest.mark.parametrize("name", MONEY)
def test_damage_of_money_is_found(dialect: str, tmp_path: Path, name: str) -> None:
    with opened(dialect, tmp_path, money_of_a_round) as store:
        tamper(store)(MONEY[name])
        assert verify(store, money.BY_KEY)


TIME = {
    "a level": "UPDATE clock SET level = 3",
    "reminders": "UPDATE clock SET reminders = 0",
    "whose it is": "UPDATE clock SET holder = NULL",
    "the stay of a clock": "UPDATE clock SET entered_seq = 1",
    "a clock's absence": "DELETE FROM clock",
    "a clock too many": "INSERT INTO clock VALUES ('A-1', 1, 1, 'an', 0, NULL, 0)",
    "a hold's end": "UPDATE hold SET until_on = '2030-01-01'",
    "whom a hold waits for": "UPDATE hold SET party = 'agency'",
    "a lift": "UPDATE hold SET lifted_on = NULL, lifted_seq = NULL",
    "a hold's absence": "DELETE FROM hold",
    "a hold too many": "INSERT INTO hold VALUES"
    " ('A-1', 1, 1, 'unit', '2024-05-01', '2024-05-01', NULL, NULL)",
}


def everything_about_time(store: Store) -> None:
    """Whatever supervisors may do about a proposal, in two of its states."""
    with_tiny(store)
    code = world.submitted(store).code
    held = append(store, world.hold(dossier(store), "2024-05-01", "2024-05-09"))
    append(store, world.clock_note(dossier(store), "remind", {"to": ["binh"]}))
    append(store, world.clock_note(dossier(store), "lift", {"hold": held.seq, "on": "2024-05-03"}))
    named = {"holder": "an", "holder_name": "An", "before": None}
    append(store, world.clock_note(dossier(store), "reassign", named))
    counted = {"cause": "calendar", "ref": "TB 1", "before": world.due_of(dossier(store))}
    append(store, world.clock_note(dossier(store, code), "recount", counted, due=None))
    append(store, move(dossier(store), "send_back", "draft", reason="Sai"))
    append(store, world.clock_note(dossier(store), "escalate", {"level": 2, "to": ["binh"]}))
    append(store, world.clock_note(dossier(store), "remind", {"to": ["binh"]}))
    append(store, world.clock_note(dossier(store), "reassign", named))
    world.started(store, "A-1")
    sequencer.sequence(store)
    assert verify(store, {world.TINY.key: world.TINY}) == []


@pytest.mark.parametrize("name", TIME)
def test_damage_of_time_is_found(dialect: str, tmp_path: Path, name: str) -> None:
    with opened(dialect, tmp_path, everything_about_time) as store:
        tamper(store)(TIME[name])
        assert {problem.code for problem in verify(store)} & {
            "clock",
            "clock_missing",
            "hold",
            "hold_missing",
        }


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(filled: Store, name: str) -> None:
    tamper(filled)(DAMAGE[name].format("0" * 64))
    found = verify(filled, {world.TINY.key: world.TINY})
    assert found
    assert "schema" not in {problem.code for problem in found}


def test_another_schema_is_found(sqlite_store: Store) -> None:
    raw = sqlite3.connect(str(parse_url(sqlite_store.url).path))
    raw.execute("DROP TRIGGER dossier_update")
    raw.commit()
    raw.close()
    assert [problem.code for problem in verify(sqlite_store)] == ["schema"]


def test_rules_other_than_the_programs_are_found(store: Store) -> None:
    other = replace(world.TINY, actions=world.TINY.actions[:-1])
    assert [problem.code for problem in verify(store, {other.key: other})] == ["legal_moves"]


def test_positions_on_the_server(pg_store: Store) -> None:
    for number in range(5):
        world.started(pg_store, f"A-{number}")
    assert verify(pg_store) == []
    assert [sequencer.sequence(pg_store, limit=3) for _ in range(3)] == [3, 2, 0]
    tamper(pg_store)("UPDATE log_position SET position = position + 10 WHERE position = 2")
    assert "tree_place" in {problem.code for problem in verify(pg_store)}
    tamper(pg_store)("DELETE FROM log_position WHERE position = 12")
    assert "tree_missing" in {problem.code for problem in verify(pg_store)}


def test_two_sequencers_and_writers(pg_store: Store) -> None:
    """Whoever comes while another is at it goes away; every leaf gets one place, none twice."""
    done: list[int] = []

    def work(number: int) -> None:
        for each in range(8):
            if number % 2:
                done.append(sequencer.sequence(pg_store, limit=3))
            else:
                world.started(pg_store, f"A-{number}-{each}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while placed := sequencer.sequence(pg_store, limit=5):
        done.append(placed)
    assert sum(done) == 16
    with pg_store.read() as reader:
        assert reader.head().size == 16
    assert verify(pg_store) == []


def test_an_open_transaction_holds_nobody_up(pg_store: Store) -> None:
    """A leaf that commits late gets a later place; the others don't wait for it."""
    with pg_store.write() as slow:
        slow.append(world.create("A-1"))
        world.started(pg_store, "A-2")
        assert sequencer.sequence(pg_store) == 1
    assert sequencer.sequence(pg_store) == 1
    with pg_store.read() as reader:
        order: list[Any] = reader.raw.execute(
            "SELECT h.dossier FROM log_position p JOIN history h ON h.id = p.history_id ORDER BY p.position"
        ).fetchall()
    assert order == [("A-2",), ("A-1",)]
    assert verify(pg_store) == []
