"""Attempts to change what the store keeps, by SQL, on every kind of connection. None may change anything."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db import clock, directory, leaf
from db.engine import connect_sqlite
from db.rows import OrganisationRow, PersonRow
from db.rows_clock import DutyRow
from db.store import Store
from db.url import parse_url
from tests.store import money, office, world
from tests.store.world import PAPER, amount, append, create, dossier, move

Guarded = (
    "history",
    "dossier",
    "paper",
    "amount",
    "legal_move",
    "lifecycle_version",
    "refusal",
    "attachment_blob",
    "organisation",
    "person",
    "assignment",
    "log_head",
    "fund",
    "charge",
    "budget_figure",
    "clock",
    "hold",
    "office_rule",
    "office_day",
    "duty",
    "digest",
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with something in every guarded table."""
    row = world.submitted(store)
    append(store, move(row, "approve", "review", amount=amount("approved", 300_000_000, None)))
    row = dossier(store)
    append(store, move(row, "allocate", "review", amount=amount("allocated", 100_000_000, 0, round_=1)))
    world.started(store, "A-1", content=world.content(import_key="f" * 64))
    with store.write() as writer:
        writer.put_blob(b"%PDF")
        writer.refuse(actor="an", operator=None, office=None, dossier="A-1", action="submit", reasons=[])
    with store.administer() as admin:
        directory.add_organisation(
            admin, OrganisationRow("SCT", "Sở", None, "department", None, None, date(2020, 1, 1))
        )
        for login in ("an", "binh"):
            directory.add_person(admin, PersonRow(login, login, None, f"os-{login}", date(2020, 1, 1)))
        directory.assign(admin, "an", "department", "SCT", date(2020, 1, 1))
    money.install(store)
    money.opened(store, money.PLAN, "P-1")
    money.opened(store, money.ROUND, "R-1")
    made = money.paid(money.approved(store, "B-9"), "allocate", "allocated", 700, "R-1", "P-1")
    append(store, made)
    figure: dict[str, Any] = {
        **{"plan_year": 2024, "area": "vn", "source": "kcqg", "stage": "planned", "round": None},
        **{"dong": 5, "unit_dong": 1, "basis": "QĐ", "entered_by": "an"},
    }
    with store.write() as writer:
        writer.add_figure(**figure)
        writer.withdraw_figure(writer.add_figure(**figure))
    timed(store)
    return store


def timed(store: Store) -> None:
    """Fill the tables of time: a hold, a reminder, a rule and a day each closed and open, letters."""
    first = append(store, world.hold(dossier(store), "2024-05-01", "2024-05-03"))
    lifted = {"hold": first.seq, "on": "2024-05-02"}
    append(store, world.clock_note(dossier(store), "lift", lifted))
    append(store, world.hold(dossier(store), "2024-05-06", "2024-05-08"))
    append(store, world.clock_note(dossier(store), "remind", {"to": ["binh"]}))
    letter = office.letter()
    with store.write() as writer:
        for closed in (False, True):
            rule = clock.add_office_rule(writer, office.rule(office="SCT"))
            day = clock.add_office_day(writer, office.day(date(2024, 5, 2 + closed)))
            if closed:
                clock.close_office_rule(writer, rule, valid_to=date(2024, 6, 30), by="an", at=office.AT)
                clock.withdraw_office_day(writer, day, by="an", at=office.AT)
        clock.add_digest(writer, letter)
        sent = clock.add_digest(writer, replace(letter, day=date(2024, 7, 2))) or 0
        clock.mark_digest(writer, sent, state="sent", attempts=1, sent_at=office.AT)
    with store.administer() as admin:
        clock.give_duty(admin, DutyRow(None, "SCT", "head", "an", date(2024, 1, 1)))


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all guarded tables, as somebody without any of our code reads them."""
    if store.dialect == "sqlite":
        raw: Any = sqlite3.connect(str(parse_url(store.url).path))
    else:
        raw = psycopg.connect(store.url)
    with raw:
        found = {name: sorted(map(str, raw.execute(f"SELECT * FROM {name}").fetchall())) for name in Guarded}
    raw.close()
    return found


def stranger(store: Store, functions: bool) -> Callable[[str], object]:
    """A connection that keeps no rule of its own: SQL goes in, an error comes out when it is refused."""
    if store.dialect == "postgresql":

        def on_server(sql: str) -> object:
            with psycopg.connect(store.url, autocommit=True) as raw:
                return raw.execute(sql.encode())

        return on_server
    path = Path(str(parse_url(store.url).path))

    def on_file(sql: str) -> object:
        raw: sqlite3.Connection = connect_sqlite(path, None) if functions else sqlite3.connect(path)
        raw.isolation_level = None
        for setting in ("foreign_keys=OFF", "recursive_triggers=OFF", "ignore_check_constraints=ON"):
            raw.execute(f"PRAGMA {setting}")
        try:
            return raw.execute(sql).fetchall()
        finally:
            raw.close()

    return on_file


def quoted(made: dict[str, Any]) -> tuple[str, str]:
    """The leaf and its hash as SQL literals."""
    text = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "'" + text.replace("'", "''") + "'", f"'{leaf.leaf_hash(text)}'"


INSERT = "INSERT INTO history (leaf, hash) VALUES ({}, {})"
COLUMNS = (
    "id, code, kind, lifecycle, state, version, head, title, folded, source, plan_year, budget_year,"
    " province, unit_office, total, requested, approved, allocated, advanced, entered_on, entered_at,"
    " entered_seq, due_on, due_kind, due_basis, waits_for, return_to, ending, last_on, last_actor, edited,"
    " digest, import_key, content_seq"
)
CHEATS = (
    "UPDATE history SET leaf = replace(leaf, 'Nguyễn', 'Lê')",
    "UPDATE history SET hash = leaf",
    "DELETE FROM history",
    "DELETE FROM history WHERE seq = 2",
    "INSERT INTO history (leaf, hash) SELECT leaf, hash FROM history WHERE seq = 1 LIMIT 1",
    "UPDATE dossier SET state = 'done'",
    "UPDATE dossier SET state = 'draft', version = version + 1",
    "UPDATE dossier SET version = version + 1",
    "UPDATE dossier SET version = version - 1",
    "UPDATE dossier SET head = digest",
    "UPDATE dossier SET title = 'x'",
    "UPDATE dossier SET approved = 1",
    "UPDATE dossier SET due_on = '2030-01-01'",
    "UPDATE dossier SET ending = 'completed'",
    "UPDATE dossier SET code = 'B-1'",
    "UPDATE dossier SET content_seq = 2",
    "DELETE FROM dossier",
    f"INSERT INTO dossier ({COLUMNS}) SELECT 99, 'B-1', "
    f"{COLUMNS.removeprefix('id, code, ').replace('import_key', 'NULL')} FROM dossier LIMIT 1",
    "UPDATE paper SET number = '1'",
    "DELETE FROM paper",
    "INSERT INTO paper (dossier, seq, idx, kind) VALUES ('A-1', 1, 0, 'to_trinh')",
    "INSERT INTO paper SELECT dossier, seq, idx + 1, kind, number, date, signer, conclusion, file, file_name"
    " FROM paper",
    "INSERT INTO paper SELECT dossier, seq, -1, kind, number, date, signer, conclusion, file, file_name"
    " FROM paper",
    "UPDATE amount SET dong = 1",
    "DELETE FROM amount",
    "INSERT INTO amount (dossier, seq, kind, round, dong) VALUES ('A-1', 1, 'allocated', 2, 5)",
    "UPDATE legal_move SET needs_reason = 0",
    "DELETE FROM legal_move",
    "INSERT INTO legal_move SELECT lifecycle, action, from_state, 'done', role, 0, ending, fsm, 0, ''"
    " FROM legal_move WHERE action = 'submit'",
    "UPDATE lifecycle_version SET definition = ''",
    "DELETE FROM lifecycle_version",
    "INSERT INTO lifecycle_version SELECT 'x@1', name, version, subject, fingerprint, definition, parameters,"
    " province, moves, installed_at, 1 FROM lifecycle_version",
    "UPDATE refusal SET actor = 'x'",
    "DELETE FROM refusal",
    "UPDATE attachment_blob SET size = 0",
    "DELETE FROM attachment_blob",
    "UPDATE log_head SET size = size + 1",
    "UPDATE log_head SET size = 0, peaks = ''",
    "UPDATE log_head SET peaks = ''",
    "DELETE FROM log_head",
    "INSERT INTO log_head (id, size, peaks) VALUES (2, 0, '')",
    "UPDATE fund SET allocated = 0",
    "UPDATE fund SET ceiling = 2000",
    "UPDATE fund SET ceiling = 2000 WHERE dossier = 'P-1'",
    "UPDATE fund SET charges = charges + 1",
    "UPDATE fund SET charges = charges - 1, allocated = allocated - 700",
    "UPDATE fund SET charges = charges + 1, allocated = allocated + 700",
    "UPDATE fund SET dossier = 'B-9' WHERE dossier = 'P-1'",
    "DELETE FROM fund",
    "INSERT INTO fund VALUES ('B-9', 1000, 0, 0, 0, 0, 0, 0, 0, 0)",
    "INSERT INTO fund VALUES ('X-1', 0, 0, 0, 0, 0, 0, 0, 0, 0)",
    "UPDATE charge SET dong = 1",
    "UPDATE charge SET no = 2",
    "DELETE FROM charge",
    "INSERT INTO charge VALUES ('B-9', 1, 'P-1', 'annual_plan', 2, 'allocated', -700)",
    "INSERT INTO charge SELECT dossier, 2, owner, owner_kind, no + 1, kind, dong FROM charge",
    "INSERT INTO charge SELECT dossier, seq, owner, owner_kind, no + 1, kind, dong FROM charge",
    "UPDATE dossier SET contracted = 1",
    "UPDATE dossier SET last_operator = 'x'",
    "UPDATE dossier SET id = -id",
    "UPDATE budget_figure SET dong = 6",
    "UPDATE budget_figure SET withdrawn_at = NULL",
    "UPDATE budget_figure SET withdrawn_at = '2030' WHERE withdrawn_at IS NOT NULL",
    "DELETE FROM budget_figure",
    "UPDATE legal_move SET second_person = 0",
    "UPDATE legal_move SET charges = ''",
    "UPDATE lifecycle_version SET fund = 1",
    "UPDATE clock SET level = 3",
    "UPDATE clock SET holder = 'an'",
    "UPDATE clock SET entered_seq = entered_seq + 1",
    "UPDATE clock SET seq = seq + 1",
    "UPDATE clock SET dossier = 'A-1'",
    "DELETE FROM clock",
    "INSERT INTO clock (dossier, seq, entered_seq, reminders, level) VALUES ('A-1', 1, 1, 0, 0)",
    "UPDATE hold SET until_on = '2030-01-01'",
    "UPDATE hold SET party = 'agency'",
    "UPDATE hold SET lifted_on = NULL, lifted_seq = NULL",
    "UPDATE hold SET lifted_on = '2024-05-07', lifted_seq = 9 WHERE lifted_seq IS NULL",
    "UPDATE hold SET lifted_on = '2024-05-07', lifted_seq = 7 WHERE lifted_seq IS NULL",
    "DELETE FROM hold",
    "INSERT INTO hold (dossier, seq, entered_seq, party, from_on, until_on)"
    " VALUES ('A-1', 1, 1, 'treasury', '2024-05-01', '2024-05-09')",
    "INSERT INTO hold SELECT dossier, seq + 20, entered_seq, party, from_on, until_on, NULL, NULL FROM hold",
    "UPDATE office_rule SET days = 9",
    "UPDATE office_rule SET basis = 'x'",
    "UPDATE office_rule SET valid_from = '2020-01-01'",
    "UPDATE office_rule SET valid_to = '2024-06-01'",
    "UPDATE office_rule SET valid_to = '2024-06-01', closed_by = 'an', closed_at = '2024' WHERE id = 2",
    "UPDATE office_rule SET closed_by = NULL, closed_at = NULL, valid_to = NULL WHERE id = 2",
    "DELETE FROM office_rule",
    'INSERT INTO office_rule SELECT id + 5, office, lifecycle, state, "by", days, month, day, plan_year,'
    " inclusive, basis, valid_from, valid_to, set_by, set_at, closed_by, closed_at, months FROM office_rule"
    " WHERE id = 2",
    "UPDATE office_day SET kind = 'working'",
    "UPDATE office_day SET name = 'x', withdrawn_by = 'an', withdrawn_at = '2024'",
    "UPDATE office_day SET withdrawn_by = 'an', withdrawn_at = '2030' WHERE id = 2",
    "UPDATE office_day SET withdrawn_by = NULL, withdrawn_at = NULL WHERE id = 2",
    "DELETE FROM office_day",
    "INSERT INTO office_day SELECT id + 5, day, kind, name, document, set_by, set_at, NULL, NULL"
    " FROM office_day",
    "UPDATE digest SET body = 'x'",
    "UPDATE digest SET address = 'x'",
    "UPDATE digest SET state = 'pending', attempts = 9 WHERE state = 'sent'",
    "UPDATE digest SET attempts = -1",
    "DELETE FROM digest",
    "INSERT INTO digest SELECT id + 5, '2024-07-09', person, address, subject, body, items, made_at, state,"
    " attempts, last_error, tried_at, sent_at, message_id FROM digest WHERE state = 'sent'",
    "UPDATE duty SET person = 'binh'",
    "UPDATE duty SET level = 'leader'",
    "DELETE FROM duty",
    "DELETE FROM person",
    "DELETE FROM organisation",
    "DELETE FROM assignment",
    "UPDATE person SET name = 'x'",
    "UPDATE person SET login = 'x'",
    "UPDATE person SET os_login = 'os-binh' WHERE login = 'an'",
    "UPDATE organisation SET name = 'x'",
    "UPDATE assignment SET role = 'admin'",
)
ON_SQLITE = (
    "INSERT OR REPLACE INTO history (id, leaf, hash) SELECT id, leaf, hash FROM history",
    "INSERT OR REPLACE INTO history (leaf, hash) SELECT leaf, hash FROM history",
    "INSERT OR IGNORE INTO history (id, leaf, hash) SELECT id + 50, leaf, hash FROM history",
    "UPDATE OR REPLACE history SET id = 1",
    "INSERT INTO history (id, leaf, hash) SELECT id, leaf, hash FROM history WHERE true"
    " ON CONFLICT DO UPDATE SET leaf = ''",
    f"INSERT OR REPLACE INTO dossier ({COLUMNS}) SELECT {COLUMNS.replace('state', 'ending')} FROM dossier",
    "INSERT OR REPLACE INTO paper SELECT dossier, seq, idx, 'x', number, date, signer, conclusion, file,"
    " file_name FROM paper",
    "INSERT OR REPLACE INTO amount SELECT dossier, seq, kind, round, 1 FROM amount",
    "INSERT INTO history_papers VALUES ('B-9', 1, '{\"kind\":\"x\"}', '[]')",
    'INSERT INTO history_papers SELECT dossier, seq, NULL, \'[{"kind":"x"}]\' FROM paper',
    "INSERT INTO history_amount VALUES ('B-9', 1, 'allocated', 9, 700)",
    "INSERT INTO history_charges VALUES ('B-9', 1, '[\"P-1\"]', 'allocated', -700)",
    "INSERT OR REPLACE INTO history_charges SELECT dossier, seq, '[\"P-1\"]', kind, -dong FROM charge",
    "INSERT OR REPLACE INTO legal_move SELECT lifecycle, action, from_state, to_state, role, 0, ending, fsm,"
    " 0, '' FROM legal_move",
    "INSERT OR REPLACE INTO lifecycle_version SELECT * FROM lifecycle_version",
    "INSERT OR REPLACE INTO refusal SELECT id, at, 'x', operator, office, dossier, action, reasons, request"
    " FROM refusal",
    "INSERT OR REPLACE INTO log_head VALUES (1, 0, '')",
    "INSERT OR REPLACE INTO attachment_blob SELECT sha256, 0, x'00' FROM attachment_blob",
    "INSERT OR REPLACE INTO person VALUES ('an', 'x', NULL, NULL, '2020-01-01', NULL)",
    "INSERT OR REPLACE INTO person VALUES ('c', 'x', NULL, 'os-an', '2020-01-01', NULL)",
    "UPDATE OR REPLACE person SET os_login = 'os-binh' WHERE login = 'an'",
    "INSERT OR REPLACE INTO organisation SELECT code, 'x', name_en, kind, province, parent, valid_from,"
    " valid_to, successor FROM organisation",
    "INSERT OR REPLACE INTO fund SELECT dossier, ceiling, 0, 0, 0, 0, 0, 0, 0, 0 FROM fund",
    "INSERT OR REPLACE INTO charge SELECT dossier, seq, owner, owner_kind, no, kind, 1 FROM charge",
    "INSERT OR REPLACE INTO charge SELECT dossier, seq, 'R-2', owner_kind, no, kind, 1 FROM charge",
    "INSERT OR REPLACE INTO budget_figure SELECT * FROM budget_figure",
    "INSERT OR REPLACE INTO clock SELECT dossier, seq, entered_seq, 'an', reminders, reminded_on, 3"
    " FROM clock",
    "INSERT OR REPLACE INTO hold SELECT dossier, seq, entered_seq, party, from_on, '2030-01-01', NULL, NULL"
    " FROM hold",
    "INSERT OR REPLACE INTO office_rule SELECT * FROM office_rule WHERE id = 1",
    "INSERT OR REPLACE INTO office_day SELECT * FROM office_day WHERE id = 1",
    "INSERT OR REPLACE INTO office_day SELECT 9, day, 'working', name, document, set_by, set_at, NULL, NULL"
    " FROM office_day WHERE id = 1",
    "INSERT OR REPLACE INTO digest SELECT id, day, person, address, subject, 'x', items, made_at, 'pending',"
    " 0, NULL, NULL, NULL, NULL FROM digest WHERE state <> 'sent'",
    "INSERT OR REPLACE INTO digest SELECT 9, day, person, address, subject, 'x', items, made_at, 'pending',"
    " 0, NULL, NULL, NULL, NULL FROM digest",
    "UPDATE OR REPLACE digest SET id = 2 WHERE id = 1",
    "INSERT OR REPLACE INTO duty SELECT id, organisation, 'leader', person, valid_from, valid_to FROM duty",
    "UPDATE dossier SET approved = -1",
    "UPDATE dossier SET approved = 1.5",
    "UPDATE dossier SET total = '12x'",
)
ON_POSTGRESQL = (
    *(f"TRUNCATE {name} CASCADE" for name in (*Guarded, "log_queue", "log_position")),
    "INSERT INTO history (leaf, hash) SELECT leaf, hash FROM history ON CONFLICT DO NOTHING",
    f"INSERT INTO dossier ({COLUMNS}) SELECT {COLUMNS} FROM dossier ON CONFLICT (code) DO UPDATE"
    " SET state = 'done'",
    "SET session_replication_role = replica; DELETE FROM history",
    "SET session_replication_role = replica; UPDATE dossier SET state = 'done'",
    "DELETE FROM log_queue",
    "INSERT INTO log_queue VALUES (1)",
    "INSERT INTO log_position VALUES (1, 1, 'x')",
    "UPDATE log_head SET size = 1, peaks = 'x'",
    "CREATE TEMP TABLE legal_move AS SELECT * FROM public.legal_move; UPDATE dossier SET state = 'done'",
)


GUARDED_BY = re.compile(
    r"KC\d\d|no such function|constraint failed|cannot store|violates|cannot truncate|not exist|identity"
)


def refused(run: Callable[[str], object], sql: str) -> str:
    """Return the database's error, "" when it did what was asked."""
    try:
        run(sql)
    except (sqlite3.Error, psycopg.Error) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("functions", [True, False])
def test_sql_changes_nothing(filled: Store, functions: bool) -> None:
    """A stranger with our functions registered, and one without; checks and foreign keys switched off."""
    if filled.dialect == "postgresql" and not functions:
        pytest.skip("the server's functions are the server's own")
    run = stranger(filled, functions)
    before = everything(filled)
    own = ON_SQLITE if filled.dialect == "sqlite" else ON_POSTGRESQL
    answers = {sql: refused(run, sql) for sql in CHEATS + own}
    assert everything(filled) == before
    assert [sql for sql, answer in answers.items() if not answer] == []
    # A guard refused them, or a key, a type or a missing function; no mistake in the attempt itself.
    odd = {sql: answer for sql, answer in answers.items() if not GUARDED_BY.search(answer)}
    assert odd == {}


SPENT = {"kind": "approved", "dong": 5, "round": None, "before": None, "after": 5}


def forgeries(store: Store) -> dict[str, tuple[str, str]]:
    """Leaves that no service would write, each otherwise right: (leaf, hash) as SQL literals."""
    row = dossier(store, "A-1")
    good = move(row, "submit", "review", doc=PAPER)
    text, own = quoted(good)
    sign = text[1:-1]

    def altered(changed: str) -> tuple[str, str]:
        return f"'{changed}'", f"'{leaf.leaf_hash(changed)}'"

    def but(**changes: Any) -> tuple[str, str]:
        return quoted(good | changes)

    return {
        "another hash": (text, "'" + "0" * 64 + "'"),
        "a hash in capitals": (text, own.upper()),
        "a space": altered(sign.replace('":', '": ', 1)),
        "another order": altered(json.dumps(dict(reversed(good.items())), ensure_ascii=False)),
        "a doubled key": altered(sign.replace('"actor":"an"', '"actor":"an","actor":"binh"')),
        "escaped letters": altered(json.dumps(good, sort_keys=True, separators=(",", ":"))),
        "a line break at the end": altered(sign + "\n"),
        "a key more": but(extra=1),
        "a key less": quoted({key: value for key, value in good.items() if key != "basis"}),
        "a fraction": but(budget_year=2024.0),
        "a number too large": but(budget_year=2**53),
        "a number as text": but(seq="2"),
        "a truth as number": but(system=0),
        "decomposed letters": but(actor_name="Nguye\u0302\u0303n"),
        "no name": but(actor_name=""),
        "a blank reason": but(reason=" \n"),
        "no calendar date": but(on="2024-02-31", entered_on="2024-02-31"),
        "a date with a time": but(on="2024-05-01T00:00:00"),
        "a local time": but(at="2024-05-01T01:02:03.000004+07:00"),
        "an unknown authority": but(authority="Q."),
        "a paper without kind": but(doc={**PAPER, "kind": ""}),
        "a paper with more": but(doc={**PAPER, "extra": None}),
        "a paper's bad date": but(papers=[{**PAPER, "date": "hôm qua"}]),
        "an unknown conclusion": but(doc={**PAPER, "conclusion": "maybe"}),
        "a deadline of another kind": but(due={"on": "2024-06-14", "kind": "habit", "basis": ""}),
        "an amount that doesn't add up": but(
            amount={"kind": "approved", "dong": 5, "round": None, "before": None, "after": 6}
        ),
        "a payment less than nothing": but(
            amount={"kind": "advanced", "dong": -5, "round": None, "before": 9, "after": 4}
        ),
        "an unknown kind of amount": but(
            amount={"kind": "given", "dong": 5, "round": None, "before": 0, "after": 5}
        ),
        "charges without an amount": but(refs={"charges": ["P-1"]}),
        "a charge that is no code": but(amount=SPENT, refs={"charges": [1]}),
        "an empty code": but(amount=SPENT, refs={"charges": [""]}),
        "charges that are no list": but(amount=SPENT, refs={"charges": "P-1"}),
        "no charges at all": but(amount=SPENT, refs={"charges": None}),
        "a fund charged twice": but(amount=SPENT, refs={"charges": ["P-1", "P-1"]}),
        "a charge that the act doesn't make": but(amount=SPENT, refs={"charges": ["P-1"]}),
        "a clock on a move": but(refs={"clock": {"act": "remind", "to": ["an"]}}),
        "another record's version": but(v=2),
        "an operator without a name": but(operator="root"),
        "a row that corrects itself": but(corrects=2),
        "an object in prev": but(prev={}),
        "not an object": altered("[]"),
        "not JSON": altered("{"),
        "nothing": ("''", "''"),
        "too long": but(basis="x" * 33_000),
    }


def test_forged_leaves(filled: Store) -> None:
    run = stranger(filled, functions=True)
    before = everything(filled)
    passed = [name for name, made in forgeries(filled).items() if not refused(run, INSERT.format(*made))]
    assert passed == []
    assert everything(filled) == before
    # The one that is right goes through: the list above fails for its forgeries, not for the way.
    assert not refused(run, INSERT.format(*quoted(move(dossier(filled, "A-1"), "submit", "review"))))


def test_replace_can_not_slip_in_a_row(sqlite_store: Store) -> None:
    """REPLACE on a used request, and IGNORE on a row whose effects fail, change nothing."""
    row = world.started(sqlite_store)
    other = world.started(sqlite_store, "A-2")
    run = stranger(sqlite_store, functions=True)
    with sqlite_store.read() as reader:
        used = reader.history_row(row.code, 1)
    assert used is not None
    before = everything(sqlite_store)
    stolen = quoted(move(other, "submit", "review", request=used.request))
    assert refused(run, "INSERT OR REPLACE INTO history (leaf, hash) VALUES ({}, {})".format(*stolen))
    broken = quoted(create("A-3", content=world.content(total=1, requested=1)) | {"role": "department"})
    assert not refused(run, "INSERT OR IGNORE INTO history (leaf, hash) VALUES ({}, {})".format(*broken))
    assert dossier(sqlite_store, "A-3").version == 1
    world.submitted(sqlite_store, "A-4")
    over = quoted(
        move(dossier(sqlite_store, "A-4"), "approve", "review", amount=amount("approved", 10**12, None))
    )
    assert refused(run, "INSERT OR IGNORE INTO history (leaf, hash) VALUES ({}, {})".format(*over))
    after = everything(sqlite_store)
    assert set(before["history"]) < set(after["history"])


def test_a_tool_without_our_functions_reads_but_does_not_write(sqlite_store: Store) -> None:
    row = world.submitted(sqlite_store)
    run = stranger(sqlite_store, functions=False)
    assert run("SELECT state FROM dossier") == [("review",)]
    assert run("SELECT actor, to_state FROM history WHERE seq = 2") == [("an", "review")]
    made = quoted(move(row, "finish", "done"))
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        run(INSERT.format(*made))
