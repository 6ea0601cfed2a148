"""What every migration does with its frozen SQL text: read it, run it, take the guards away before."""

from __future__ import annotations

from importlib import resources
from typing import Any

from db.ddl import split


def text(name: str) -> str:
    """Return a file of db/migrations/ddl."""
    return (resources.files("db.migrations") / "ddl" / name).read_text(encoding="utf-8")


def run(bind: Any, sql: str) -> None:  # noqa: ANN401 - Alembic's connection
    """Carry out the statements of `sql` in the migration's transaction."""
    driver = bind.connection.driver_connection
    if bind.dialect.name == "sqlite":
        for statement in split(sql):
            driver.execute(statement)
    else:
        driver.execute(sql)


def drop_guards(bind: Any) -> None:  # noqa: ANN401 - Alembic's connection
    """Take away every trigger, their views, and on a server their functions; new ones are put in place."""
    if bind.dialect.name == "sqlite":
        # Views named after the history belong to the guards: their triggers are steps of them.
        rows = bind.exec_driver_sql(
            "SELECT type, name FROM sqlite_schema WHERE type = 'trigger'"
            " OR (type = 'view' AND name LIKE 'history!_%' ESCAPE '!') ORDER BY type"
        ).all()
        drops = [f"DROP {kind} {name}" for kind, name in rows]
    else:
        rows = bind.exec_driver_sql(
            "SELECT tgname::text, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        ).all()
        drops = [f"DROP TRIGGER {name} ON {table}" for name, table in rows]
        rows = bind.exec_driver_sql(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND starts_with(proname, 'kc_') ORDER BY oid DESC"
        ).all()
        drops += [f"DROP FUNCTION {function}" for (function,) in rows]
    for drop in drops:
        bind.exec_driver_sql(drop)
