"""PostgreSQL's guards work on whole statements: many rows at once, cheats in one, leaves made in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from db import leaf
from db.errors import AlreadyDone, Conflict
from db.store import Store
from db.verify import verify
from tests.store import money, world
from tests.store.money import PLAN, ROUND, approved, opened, paid
from tests.store.test_cheats import INSERT, everything, quoted
from tests.store.world import PAPER, append, dossier

P, PB = "KH-KCQG-24", "PB-KCQG-24-1"
Run = Callable[[str], str]


@pytest.fixture
def run(pg_store: Store) -> Iterator[Run]:
    """Send SQL as somebody without any of our code; the SQLSTATE that refused it, or ""."""
    with psycopg.connect(pg_store.url, autocommit=True) as raw:

        def sent(sql: str) -> str:
            try:
                raw.execute(sql.encode())
            except psycopg.Error as error:
                return str(error.sqlstate)
            return ""

        yield sent


@pytest.fixture
def year(pg_store: Store) -> Store:
    """A plan and a round of 1,000 đồng each; proposals A and B with 1,000 approved."""
    money.install(pg_store)
    opened(pg_store, PLAN, P)
    opened(pg_store, ROUND, PB)
    approved(pg_store, "A")
    approved(pg_store, "B")
    return pg_store


def values(*made: dict[str, Any]) -> str:
    """One INSERT of several leaves."""
    rows = ", ".join("({}, {})".format(*quoted(each)) for each in made)
    return f"INSERT INTO history (leaf, hash) VALUES {rows}"


# -- what a statement may hold -------------------------------------------------------------------------


def test_rows_that_together_overdraw_a_fund(year: Store, run: Run) -> None:
    one = paid(dossier(year, "A"), "allocate", "allocated", 600, PB, P)
    two = paid(dossier(year, "B"), "allocate", "allocated", 401, PB, P)
    before = everything(year)
    assert run(values(one, two)) == "KC046"
    assert everything(year) == before
    two = paid(dossier(year, "B"), "allocate", "allocated", 400, PB, P)
    assert run(values(one, two)) == ""
    with year.read() as reader:
        fund = reader.fund(PB)
        assert fund is not None
        assert (fund.allocated, fund.charges) == (1_000, 2)
        assert [(c.no, c.dossier) for c in reader.charges_to(P)] == [(1, "A"), (2, "B")]
    assert verify(year, money.BY_KEY) == []


def test_two_rows_of_a_dossier(year: Store, run: Run) -> None:
    row = dossier(year, "A")
    first = paid(row, "allocate", "allocated", 1, PB, P)
    text, hash_ = leaf.seal(first)
    second = money.move(row, "close", "done", seq=row.version + 2, prev=hash_)
    same = paid(row, "release", "allocated", 0, P)
    before = everything(year)
    assert run(values(first, second)) == "KC006"
    assert run(values(first, same)) == "23505"
    assert run(values(second, first)) == "KC006"
    assert run(values(first, first | {"dossier": "B"})) != ""
    assert everything(year) == before
    # Skipped, not written: what was not inserted moves nothing.
    assert run(f"{values(first, same)} ON CONFLICT DO NOTHING") == ""
    assert dossier(year, "A").version == row.version + 1
    assert verify(year, money.BY_KEY) == []
    with year.read() as reader:
        written = reader.history_row("A", row.version + 1)
    assert written is not None
    assert written.text == text


def test_two_rows_with_one_request(year: Store, run: Run) -> None:
    one = paid(dossier(year, "A"), "allocate", "allocated", 1, PB, P)
    two = paid(dossier(year, "B"), "allocate", "allocated", 1, PB, P, request=one["request"])
    before = everything(year)
    assert run(values(one, two)) == "KC005"
    assert everything(year) == before


def test_what_moves_is_not_charged_in_the_same_statement(year: Store, run: Run) -> None:
    item = paid(dossier(year, "A"), "allocate", "allocated", 1, PB, P)
    close = money.move(dossier(year, PB), "close", "done")
    before = everything(year)
    assert run(values(item, close)) == "KC042"
    assert run(values(close, item)) == "KC042"
    assert everything(year) == before
    with year.write() as writer:
        writer.append_many([item, close])
    assert dossier(year, PB).ending == "completed"
    assert run(values(paid(dossier(year, "B"), "allocate", "allocated", 1, PB, P))) == "KC041"


def test_a_dossier_stands_in_a_round_once_also_in_many(year: Store, run: Run) -> None:
    append(year, paid(dossier(year, "A"), "allocate", "allocated", 1, PB, P))
    again = [paid(dossier(year, code), "allocate", "allocated", 1, PB, P) for code in "AB"]
    assert run(values(*again)) == "KC029"
    assert dossier(year, "B").allocated == 0


def test_the_columns_of_the_history_are_the_leaf_s(pg_store: Store, run: Run) -> None:
    row = world.started(pg_store)
    made = ", ".join(quoted(world.move(row, "submit", "review")))
    columns = "dossier, seq, lifecycle, action, from_state, to_state, actor, role, office, on_date, request"
    others = "'X-1', 9, 'l', 'edit', 'x', 'done', 'x', 'x', 'x', '2030-01-01', 'x'"
    assert run(f"INSERT INTO history (leaf, hash, {columns}) VALUES ({made}, {others})") == ""
    said = (
        'r.dossier, r.seq::bigint, r.lifecycle, r.action, r."from", r."to", r.actor, r.role, r.office, r."on"'
    )
    mine = ", ".join(f"h.{name}" for name in columns.split(", "))
    with psycopg.connect(pg_store.url) as raw:
        wrong = raw.execute(
            "SELECT count(*) FROM history h, jsonb_populate_record(NULL::kc_leaf, leaf::jsonb) r"
            f" WHERE ({mine}) IS DISTINCT FROM ({said}, r.request)".encode()
        ).fetchone()
    assert wrong == (0,)
    assert verify(pg_store) == []


def test_many_at_once_are_what_they_are_one_by_one(pg_store: Store) -> None:
    """Creates, moves with papers and amounts, edits, notes and holds: the same tables either way."""
    from tests.postgres import fresh_database

    def steps(store: Store, write: Callable[[Store, list[dict[str, Any]]], None]) -> dict[str, list[Any]]:
        money.install(store)
        codes = [f"A-{n}" for n in range(6)]
        write(store, [world.create(code, request=f"1-{code}") for code in codes])
        rows = [dossier(store, code) for code in codes]
        paper = {**PAPER, "number": 'Số "1", 2'}
        write(
            store,
            [
                world.move(row, "submit", "review", doc=paper, papers=[PAPER, paper], due=world.DUE)
                | {"request": f"2-{row.code}"}
                for row in rows[:3]
            ]
            + [world.edit(row, title="Sửa, \\ “tên”") | {"request": f"2-{row.code}"} for row in rows[3:]],
        )
        rows = [dossier(store, code) for code in codes]
        own = world.amount("approved", 5, None)
        write(
            store,
            [
                world.move(rows[0], "approve", "review", amount=own) | {"request": "3-0"},
                world.hold(rows[1], "2024-05-01", "2024-05-03") | {"request": "3-1"},
                world.move(rows[2], "note", "review") | {"request": "3-2"},
                world.clock_note(rows[4], "remind", {"to": ["x"]}) | {"request": "3-4"},
                world.edit(rows[5], total=600_000_000) | {"request": "3-5"},
            ],
        )
        assert verify(store, {**money.BY_KEY, world.TINY.key: world.TINY}) == []
        return everything(store)

    def together(store: Store, made: list[dict[str, Any]]) -> None:
        with store.write() as writer:
            writer.append_many(made)

    def singly(store: Store, made: list[dict[str, Any]]) -> None:
        for each in made:
            append(store, each)

    one = steps(pg_store, together)
    from db.directory import install_lifecycle
    from db.store import open_store
    from tests.store.seeds import NOW

    with fresh_database() as url, open_store(url, now=lambda: NOW) as other:
        with other.administer() as admin:
            install_lifecycle(admin, world.TINY)
        two = steps(other, singly)
    assert one == two


# -- cheats inside one statement -----------------------------------------------------------------------


def test_a_row_and_a_cheat_in_one_statement(year: Store, run: Run) -> None:
    """The right row in one part of a statement gives nothing else a right in another part."""
    row = dossier(year, "A")
    made = paid(row, "allocate", "allocated", 10, PB, P, doc=None)
    plain = money.move(row, "note", reason="x")
    _, hash_ = leaf.seal(plain)
    spoof = money.move(
        row,
        "note",
        reason="x",
        changes={"a": {"content": None, "doc": PAPER, "dossier": "x"}, "b": 1},
        refs={"a": {"charges": [P], "request": "x"}, "charges": []},
    )
    before = everything(year)
    for text, cheat in (
        (made, "UPDATE dossier SET approved = 5000 WHERE code = 'B'"),
        (
            plain,
            f"UPDATE dossier SET version = version + 1, head = '{hash_}', approved = 5000 WHERE code = 'A'",
        ),
        (plain, f"INSERT INTO amount VALUES ('A', {row.version + 1}, 'allocated', NULL, 5)"),
        (plain, f"INSERT INTO paper VALUES ('A', {row.version + 1}, 0, 'to_trinh')"),
        (made, f"INSERT INTO paper VALUES ('A', {row.version + 1}, 1, 'to_trinh')"),
        (
            plain,
            f"INSERT INTO charge VALUES ('A', {row.version + 1}, '{P}', 'annual_plan', 1, 'allocated', 5)",
        ),
        (made, "INSERT INTO charge SELECT 'A', 1, 'P-9', 'annual_plan', 1, 'allocated', 5"),
        (made, f"UPDATE fund SET charges = 1, allocated = 5 WHERE dossier = '{P}'"),
        (made, f"UPDATE fund SET ceiling = 9000 WHERE dossier = '{P}'"),
        (made, "DELETE FROM log_queue"),
        (made, "UPDATE log_queue SET history_id = history_id + 1"),
        (made, "INSERT INTO log_queue SELECT max(id) + 1 FROM history"),
        (plain, "INSERT INTO log_position SELECT 99, id, hash FROM history LIMIT 1"),
    ):
        inner = INSERT.format(*quoted(text))
        if "log_position" not in cheat:
            assert run(f"WITH a AS ({inner} RETURNING id) {cheat}") != "", cheat
            assert run(f"WITH a AS ({cheat} RETURNING 1) {inner}") != "", cheat
        assert everything(year) == before, cheat
    # A leaf may say within what is free in it what it doesn't say itself.
    assert run(INSERT.format(*quoted(spoof))) == ""
    number = row.version + 1
    papers = ", ".join("NULL" if v is None else f"'{v}'" for v in PAPER.values())
    assert run(f"INSERT INTO paper VALUES ('A', {number}, 0, {papers})") == "KC027"
    assert (
        run(f"INSERT INTO charge VALUES ('A', {number}, '{P}', 'annual_plan', 1, 'allocated', 5)") == "KC045"
    )
    assert verify(year, money.BY_KEY) == []


def test_who_claims_to_replicate_changes_nothing(year: Store, run: Run) -> None:
    """A subscription's worker fires no trigger of a statement; a row's own trigger stops it."""
    made = paid(dossier(year, "A"), "allocate", "allocated", 1, PB, P)
    before = everything(year)
    assert run("SET session_replication_role = replica") == ""
    codes = {
        values(made): "KC001",
        "UPDATE dossier SET version = version + 1": "KC024",
        "INSERT INTO paper VALUES ('A', 1, 0, 'x')": "KC027",
        "INSERT INTO amount VALUES ('A', 1, 'allocated', NULL, 5)": "KC028",
        f"INSERT INTO charge VALUES ('A', 1, '{P}', 'annual_plan', 1, 'allocated', 5)": "KC045",
        "INSERT INTO log_queue VALUES (99)": "KC031",
        "DELETE FROM log_queue": "KC031",
        "INSERT INTO log_position SELECT 99, id, hash FROM history": "KC031",
    }
    assert {sql: run(sql) for sql in codes} == codes
    assert everything(year) == before
    assert run("SET session_replication_role = origin") == ""
    assert run(values(made)) == ""


# -- many leaves: made in parts while the server works -----------------------------------------------------


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of five leaves."""
    monkeypatch.setattr("db.moves._PART", 5)


CODES = [f"A-{number:02}" for number in range(23)]


def made(stop_at: str = "", **wrong: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """First leaves of `CODES`, one after another; `wrong`: changes by code."""
    for code in CODES:
        if code == stop_at:
            raise ZeroDivisionError
        yield world.create(code, **wrong.get(code.replace("-", ""), {}))


def decided(store: Store, held: bool, leaves: Iterator[dict[str, Any]]) -> list[Any]:
    with store.write() as writer:
        if held:
            writer.lock(CODES)
        return writer.append_many(leaves)


def count(store: Store) -> int:
    with store.read() as reader:
        return len(reader.dossiers(CODES))


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("held", [True, False])
def test_parts_are_one_decision(pg_store: Store, held: bool) -> None:
    rows = decided(pg_store, held, made())
    assert [row.dossier for row in rows] == CODES
    assert [row.text for row in rows] == [pg_row.text for pg_row in _first_rows(pg_store)]
    assert verify(pg_store) == []


def _first_rows(store: Store) -> list[Any]:
    with store.read() as reader:
        return [reader.history_row(code, 1) for code in CODES]


@pytest.mark.usefixtures("parts")
def test_nothing_stays_of_a_decision_that_breaks_off(pg_store: Store) -> None:
    with pg_store.write() as writer:
        writer.lock(CODES)
        with pytest.raises(ZeroDivisionError):
            writer.append_many(made(stop_at="A-12"))
        with pytest.raises(RuntimeError, match="rolled back"):
            writer.append(world.create("B"))
    assert count(pg_store) == 0
    with pytest.raises(leaf.LeafError):
        decided(pg_store, True, made(A17={"reason": " "}))
    assert count(pg_store) == 0


@pytest.mark.usefixtures("parts")
def test_the_refused_part_is_the_one_that_is_named(pg_store: Store) -> None:
    won = append(pg_store, world.create("A-07"))
    for held in (True, False):
        with pytest.raises(Conflict) as lost:
            decided(pg_store, held, made())
        assert (lost.value.dossier, lost.value.winner) == ("A-07", won)
        with pytest.raises(AlreadyDone) as done:
            decided(pg_store, held, made(A03={"request": won.request}))
        assert done.value.row == won
        assert count(pg_store) == 1
