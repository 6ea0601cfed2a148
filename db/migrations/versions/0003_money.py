"""Money: amounts up to settlement, funds and charges, acts that a second person confirms.

Like in 0002, the guards are taken away for the time of the transaction and put back in their new form. Rules
that were installed before charge no fund; their own text says which acts a second person confirms.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from alembic import op

from db.ddl import split

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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


def _second_persons(definition: str) -> list[str]:
    """Names of the acts of a lifecycle's own text that a second person confirms."""
    try:
        acts = tomllib.loads(definition).get("action", [])
        return [act["name"] for act in acts if act.get("second_person") is True]
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError):
        return []


def upgrade() -> None:
    """Without the guards: add and fill what is new; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    _drop_guards(bind)
    _run(bind, _text(f"0003_{name}.sql"))
    mark = "?" if name == "sqlite" else "%s"
    for key, definition in bind.exec_driver_sql("SELECT key, definition FROM lifecycle_version").all():
        for action in _second_persons(definition):
            bind.exec_driver_sql(
                f"UPDATE legal_move SET second_person = 1 WHERE lifecycle = {mark} AND action = {mark}",  # noqa: S608
                (key, action),
            )
    _run(bind, _text(f"0003_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the second schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    _drop_guards(bind)
    _run(bind, _text(f"0003_down_{name}.sql"))
    _run(bind, _text(f"0002_guards_{name}.sql"))
