"""Lists of a million: contents as a bit mask, places in the search, notes, saved views, indexes.

The guards are taken away for the time of the transaction and put back in their new form; no history row is
touched, and no store is left half way.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from alembic import op

from db.ddl import split

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = (
    *("unit", "department", "agency", "ministry", "finance_department", "provincial_committee"),
    *("auditor", "supervisor", "admin"),
)
"""Who writes notes, as of this revision."""
GUARDS = "-- The guards of the store on"
"""Begins the guards in 0001's text."""


def _text(name: str) -> str:
    return (resources.files("db.migrations") / "ddl" / name).read_text(encoding="utf-8")


def _run(bind: Any, text: str) -> None:  # noqa: ANN401 - Alembic's connection
    driver = bind.connection.driver_connection
    if bind.dialect.name == "sqlite":
        for statement in split(text):
            driver.execute(statement)
    else:
        driver.execute(text)


def _drop_guards(bind: Any) -> None:  # noqa: ANN401 - Alembic's connection
    if bind.dialect.name == "sqlite":
        rows = bind.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()
        drops = [f"DROP TRIGGER {name}" for (name,) in rows]
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


def upgrade() -> None:
    """Without the guards: add and fill what is new; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    _drop_guards(bind)
    _run(bind, _text(f"0002_{name}.sql").replace("@ROLES@", json.dumps(ROLES)))
    _run(bind, _text(f"0002_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the first schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    _drop_guards(bind)
    first, second = _text(f"0001_{name}.sql"), _text(f"0002_{name}.sql")
    for index in re.findall(r"^CREATE INDEX (\w+)", second, re.MULTILINE):
        bind.exec_driver_sql(f"DROP INDEX {index}")
    _run(bind, _text(f"0002_down_{name}.sql"))
    for index in re.findall(r"^DROP INDEX (\w+)", second, re.MULTILINE):
        made = re.search(rf"^CREATE INDEX {index} [^;]*", first, re.MULTILINE)
        if made is not None:
            bind.exec_driver_sql(made.group())
    _run(bind, first[first.index(GUARDS) :])
