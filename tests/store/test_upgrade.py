"""Stores of earlier versions open and are brought up to date without loss."""

from __future__ import annotations

import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command

from db import clock, fingerprint, leaf, migrate, queries
from db.directory import install_lifecycle
from db.engine import sqlalchemy_engine
from db.errors import IntegrityRefused
from db.queries import DossierFilter, Scope
from db.store import Store, open_store
from db.url import parse_url
from db.verify import verify
from tests.postgres import fresh_database
from tests.store import money, world


@pytest.fixture(params=["0001", "0002", "0003", "0004"])
def revision(request: pytest.FixtureRequest) -> str:
    """Which earlier version."""
    return str(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, revision: str, tmp_path: Path) -> Iterator[str]:
    """A store made by frozen text with the tiny lifecycle as that version installed it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.db'}"
        _make_old(url, revision)
        yield url
    else:
        with fresh_database(empty=True) as server:
            _make_old(server, revision)
            yield server


def _upgrade(url: str, revision: str) -> None:
    address = parse_url(url)
    engine = sqlalchemy_engine(address.path, address.dsn, create=True)
    try:
        with engine.begin() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config: Any = migrate.alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


FOUR_EYES = """
[[action]]
name = "confirm"
second_person = true
[[action]]
name = "propose"
"""


def _make_old(url: str, revision: str) -> None:
    _upgrade(url, revision)
    with Store(url) as store:
        with store.administer() as admin:
            # The first version had no notes.
            rows = [move for move in migrate_moves() if revision > "0001" or move[0] != "note"]
            statement = (
                "INSERT INTO legal_move"
                " (lifecycle, action, from_state, to_state, role, needs_reason, ending, fsm)"
                " VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
            ).format("?" if store.dialect == "sqlite" else "%s")
            for action, source, target, role, reason, ending in rows:
                values = (
                    world.TINY.key,
                    action,
                    source,
                    target,
                    role,
                    reason,
                    ending,
                    world.TINY.fingerprint[:16],
                )
                admin.raw.execute(statement, values)
            for name in ("propose", "confirm"):
                insert = statement
                if name == "confirm" and revision >= "0003":
                    # Said by the list itself from the third version on.
                    insert = statement.replace(" fsm)", " fsm, second_person)").removesuffix(")") + ", 1)"
                admin.raw.execute(insert, ("old@1", name, "a", "b", "unit", 0, "", "cd" * 8))
            marks = ", ".join(["?" if store.dialect == "sqlite" else "%s"] * 9)
            for key, fingerprint_, text, count in (
                (world.TINY.key, world.TINY.fingerprint, "x", len(rows)),
                ("old@1", "cd" * 32, FOUR_EYES, 2),
            ):
                admin.raw.execute(
                    "INSERT INTO lifecycle_version (key, name, version, subject, fingerprint, definition,"
                    f" parameters, moves, installed_at) VALUES ({marks})",
                    (
                        *(key, key[:-2], "1", "proposal", fingerprint_, text, "{}", count),
                        "2024-01-01T00:00:00.000000Z",
                    ),
                )
        own = world.content(content_codes=[2, 9, 9, "x", -1])
        for number, content in enumerate(
            (own, world.content(title="Gốm", province="63:19", content_codes=[]), own)
        ):
            made = world.create(f"KCQG-24-000{number}", content=content, digest=leaf.digest(content))
            world.append(store, made)
        by = {"operator": "kt", "operator_name": "Kế toán"}
        row = _first(store, "KCQG-24-0000")
        world.append(
            store, world.move(row, "submit", "review", doc=world.PAPER, due=world.DUE, edited=2, **by)
        )


def _first(store: Store, code: str) -> Any:
    """A dossier after its first row: this program's reader asks for columns that there were none of."""
    with store.read() as reader:
        row = reader.history_row(code, 1)
    assert row is not None
    return SimpleNamespace(
        code=code,
        state=row.to_state,
        version=1,
        head=row.hash,
        last_on=row.on,
        entered_on=row.on,
        digest=row.leaf["digest"],
        edited=1,
    )


def migrate_moves() -> list[tuple[str, str, str, str, int, str]]:
    from db import legal

    return [
        (m.action, m.from_state, m.to_state, m.role, int(m.needs_reason), m.ending)
        for m in legal.rows(world.TINY)
    ]


def _leaves(store: Store) -> list[Any]:
    with store.read() as reader:
        rows = reader.raw.execute("SELECT id, leaf, hash FROM history ORDER BY id").fetchall()
    return [tuple(row) for row in rows]


def test_an_old_store_is_brought_up_to_date(old: str) -> None:
    with Store(old) as store:
        before = _leaves(store)
    assert migrate.ensure_current(old) == "upgraded"
    assert migrate.ensure_current(old) == "current"
    with open_store(old) as store:
        assert _leaves(store) == before
        assert verify(store, {world.TINY.key: world.TINY}) == []
        with store.read() as reader:
            fingerprint.check(reader)
            lines, _ = queries.list_dossiers(reader, Scope(), DossierFilter(contents=1 << 9 | 1 << 2))
            assert [line.code for line in lines] == ["KCQG-24-0000", "KCQG-24-0002"]
            place = (("giang", ("63:02",)),)
            lines, _ = queries.list_dossiers(reader, Scope(), DossierFilter(text="giang", places=place))
            assert [line.code for line in lines] == ["KCQG-24-0000", "KCQG-24-0002"]
        row = world.dossier(store, "KCQG-24-0000")
        assert (row.last_operator, row.contracted, row.id) == ("kt", 0, 1)
        assert world.dossier(store, "KCQG-24-0001").last_operator is None
        with store.read() as reader:
            second = "SELECT action, charges FROM legal_move WHERE second_person = 1"
            assert [tuple(row) for row in reader.raw.execute(second).fetchall()] == [("confirm", "")]
            assert {row.key: row.fund for row in reader.lifecycles()} == {world.TINY.key: 0, "old@1": 0}
        world.append(store, world.move(row, "note", row.state, reason="Ghi chú", role="auditor"))
        world.append(store, world.edit(world.dossier(store, "KCQG-24-0001"), content_codes=[5]))
        with store.read() as reader:
            lines, _ = queries.list_dossiers(reader, Scope(), DossierFilter(contents=1 << 5))
            assert [line.code for line in lines] == ["KCQG-24-0001"]
        # Installing the same rules again finds nothing to do: the notes belong to them.
        with store.administer() as admin:
            assert install_lifecycle(admin, world.TINY).moves == len(migrate_moves())
        later = {**world.DUE, "on": "2024-06-20"}
        row = world.dossier(store, "KCQG-24-0000")
        world.append(store, world.hold(row, "2024-05-02", "2024-05-09", due=later))
        assert world.dossier(store, "KCQG-24-0000").due_on == date(2024, 6, 20)
        with store.read() as reader:
            assert clock.ids_held(reader, date(2024, 5, 9)) == [1]
            assert clock.rulebook_stamp(reader) == "0-0-0-0"
        assert verify(store, {world.TINY.key: world.TINY}) == []


def test_an_upgraded_store_is_a_new_one(old: str, tmp_path: Path) -> None:
    """Word for word the same schema: only then does its fingerprint say anything."""
    migrate.ensure_current(old)
    with Store(old) as store, store.read() as reader:
        assert fingerprint.schema(reader) == fingerprint.EXPECTED[reader.dialect]
    assert (resources.files("db.migrations") / "ddl" / "0001_sqlite.sql").is_file()
    assert not list(tmp_path.glob("*.new"))


_DIES = """
import os, signal, sys
from db import migrate
from importlib import import_module
revision = import_module(f"db.migrations.versions.{sys.argv[2]}")
real = revision.run
def run(bind, text):
    real(bind, text)
    os.kill(os.getpid(), signal.SIGKILL)
from alembic.script import base
load = base.Script.__init__
def init(self, module, *args):
    if module.revision == revision.revision:
        module.run = run
    load(self, module, *args)
base.Script.__init__ = init
migrate.ensure_current(sys.argv[1])
"""


@pytest.mark.parametrize("revision", ["0001"], indirect=True)
@pytest.mark.parametrize("at", ["0002_lists", "0003_money", "0004_time", "0005_swift"])
def test_an_upgrade_that_was_killed_begins_anew(old: str, at: str) -> None:
    with Store(old) as store:
        before = _leaves(store)
    killed = subprocess.run([sys.executable, "-c", _DIES, old, at], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert migrate.ensure_current(old) == "upgraded"
    with open_store(old) as store:
        assert _leaves(store) == before
        assert verify(store, {world.TINY.key: world.TINY}) == []


@pytest.mark.parametrize("revision", ["0004"], indirect=True)
def test_money_goes_on_after_the_upgrade(old: str) -> None:
    plan, first, second = "KH-KCQG-24", "PB-KCQG-24-1", "PB-KCQG-24-2"
    with Store(old) as store:
        money.install(store)
        money.opened(store, money.PLAN, plan)
        money.opened(store, money.ROUND, first)
        money.opened(store, money.ROUND, second)
        row = money.approved(store, "KCQG-24-0007")
        world.append(store, money.paid(row, "allocate", "allocated", 300, first, plan))
        before = _leaves(store)
    migrate.ensure_current(old)
    rules = {**money.BY_KEY, world.TINY.key: world.TINY}
    with open_store(old) as store:
        assert _leaves(store) == before
        assert verify(store, rules) == []
        row = world.dossier(store, "KCQG-24-0007")
        with pytest.raises(IntegrityRefused, match=r"uq_charge_round|uq_amount_round|round already"):
            world.append(store, money.paid(row, "allocate", "allocated", 1, first, plan))
        other = money.approved(store, "KCQG-24-0008", 2_000)
        with pytest.raises(IntegrityRefused, match="ck_fund_allocated"):
            world.append(store, money.paid(other, "allocate", "allocated", 701, second, plan))
        world.append(store, money.paid(row, "allocate", "allocated", 700, second, plan))
        with store.read() as reader:
            funds = reader.funds((plan, first, second))
            assert {code: (fund.allocated, fund.charges) for code, fund in funds.items()} == {
                plan: (1_000, 2),
                first: (300, 1),
                second: (700, 1),
            }
        assert verify(store, rules) == []
