"""Migrations up and down, drift between models, triggers and the frozen text, and the fingerprint."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from db import build, ddl, fingerprint, migrate, models
from db.engine import sqlalchemy_engine
from db.store import Store
from db.url import Dialect, parse_url
from tests.postgres import fresh_database
from tests.store import world


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty place."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
    else:
        with fresh_database(empty=True) as server:
            yield server


def alembic(url: str, what: str, *given: Any) -> None:
    """Run an Alembic command as the program does."""
    address = parse_url(url)
    engine = sqlalchemy_engine(address.path, address.dsn, create=True)
    try:
        with engine.begin() as connection, warnings.catch_warnings():
            # Alembic says that it can't compare generated columns on every database.
            warnings.simplefilter("ignore")
            config = migrate.alembic_config()
            config.attributes["connection"] = connection
            getattr(command, what)(config, *given)
    finally:
        engine.dispose()


def names(url: str) -> set[str]:
    """Everything of ours that is in the database."""
    with Store(url) as store, store.read() as reader:
        if store.dialect == "sqlite":
            rows = reader.raw.execute("SELECT name FROM sqlite_schema").fetchall()
        else:
            rows = reader.raw.execute(
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                " AND starts_with(proname, 'kc_')"
            ).fetchall()
        return {row[0] for row in rows}


def test_up_down_up(url: str) -> None:
    assert migrate.ensure_current(url, create=True) == "created"
    assert migrate.ensure_current(url) == "current"
    alembic(url, "check")
    alembic(url, "downgrade", "base")
    left = {name for name in names(url) if "alembic_version" not in name}
    assert left == set()
    alembic(url, "upgrade", "head")
    with Store(url) as store, store.read() as reader:
        fingerprint.check(reader)


def test_a_history_is_not_thrown_away(store: Store) -> None:
    world.started(store)
    with pytest.raises(RuntimeError, match="never removed"):
        alembic(store.url, "downgrade", "base")
    assert world.dossier(store).version == 1


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_frozen_guards_are_the_files(name: Dialect) -> None:
    """Those of the newest revision; tables and columns are compared by `alembic check`."""
    frozen = resources.files("db.migrations") / "ddl" / f"{migrate.HEAD}_guards_{name}.sql"
    assert frozen.read_text(encoding="utf-8") == ddl.triggers(name), f"python -m db.ddl guards {name} > …"


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_migrated_indexes_are_the_models(url: str, name: Dialect) -> None:
    """`alembic check` compares no partial, no expression and (on SQLite) no other index word for word."""
    migrate.ensure_current(url, create=True)
    with Store(url) as store, store.read() as reader:
        if store.dialect != name:
            pytest.skip("the other database's")
        if name == "sqlite":
            sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        else:
            sql = "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'"
        found = {row[0] for row in reader.raw.execute(sql).fetchall()}
    wanted = {str(index.name) for table in models.tables(name) for index in models.indexes(table, name)}
    others = {name for name in found if name.startswith(("pk_", "uq_", "ix_dossier_search", "alembic_"))}
    assert found - others == wanted - {name for name in wanted if name.startswith("uq_")}


def test_revisions_are_those_of_the_folder() -> None:
    scripts = ScriptDirectory.from_config(migrate.alembic_config())
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(migrate.REVISIONS)
    assert scripts.get_current_head() == migrate.HEAD


def test_live_triggers_are_the_files(sqlite_store: Store) -> None:
    with sqlite_store.read() as reader:
        rows = reader.raw.execute(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' OR name LIKE 'history!_%' ESCAPE '!'"
            " AND type = 'view'"
        ).fetchall()
    assert sorted(row[0] for row in rows) == sorted(ddl.split(ddl.triggers("sqlite")))


def test_the_fingerprint_sees_every_guard(sqlite_store: Store) -> None:
    """Dropping any trigger, index or table, or changing one, gives another fingerprint."""
    with sqlite_store.read() as reader:
        own = fingerprint.schema(reader)
        objects = reader.raw.execute(
            "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('trigger', 'index')"
        ).fetchall()
    assert own == fingerprint.EXPECTED["sqlite"]
    from db.engine import connect_sqlite

    path = parse_url(sqlite_store.url).path
    assert path is not None
    raw = connect_sqlite(path, None)
    for kind, name in objects:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(f"DROP {kind} {name}")

        class Looking:
            dialect: Dialect = "sqlite"

            @staticmethod
            def rows(statement: Any, _: Any) -> list[Any]:
                return raw.execute(statement.sql).fetchall()

        assert fingerprint.schema(Looking()) != own, name  # type: ignore[arg-type]
        raw.execute("ROLLBACK")
    raw.close()


def test_the_fingerprint_of_the_rules(store: Store) -> None:
    from db.directory import install_lifecycle

    with store.read() as reader:
        before = fingerprint.moves(reader)
    with store.administer() as admin:
        install_lifecycle(admin, world.tiny("2", "cd" * 32))
    with store.read() as reader:
        assert fingerprint.moves(reader) != before
        fingerprint.check(reader)


def test_the_compiled_statements_are_the_builders() -> None:
    kept = resources.files("db") / "sql" / "sqlite.json"
    assert kept.read_text(encoding="utf-8") == build.frozen(), "python -m db.build > db/sql/sqlite.json"


def test_reading_a_file_loads_no_sqlalchemy(sqlite_store: Store) -> None:
    """The usual questions, a move and the check of the schema run on compiled text alone."""
    world.started(sqlite_store)
    code = (
        "import sys; from datetime import date\n"
        "from db import directory, queries; from db.store import open_store\n"
        "from tests.store import world\n"
        "scopes = queries.Scope(), queries.Scope(provinces=frozenset({'63:02'})),"
        " queries.Scope(offices=frozenset({'TTKC-63-02'})), queries.Scope(hide_states=frozenset({'done'}))\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    with store.read() as r:\n"
        "        directory.assignments(r, person='an', on=date(2024, 1, 1)); directory.people(r)\n"
        "        r.lifecycles()\n"
        "        directory.person_of_account(r, 'x'); directory.organisations(r); directory.provinces(r)\n"
        "        for scope in scopes:\n"
        "            assert queries.list_dossiers(r, scope)[0] and queries.count_dossiers(r, scope)\n"
        "            queries.stalled(r, scope, date(2024, 1, 1)); queries.history(r, scope)\n"
        "            queries.inbox(r, scope, frozenset({'unit'})); queries.count_by_state(r, scope)\n"
        "    row = world.dossier(store)\n"
        "    world.append(store, world.move(row, 'submit', 'review', request='other'))\n"
        "print(sorted({'sqlalchemy', 'sqlmodel', 'pydantic', 'alembic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, sqlite_store.url], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
