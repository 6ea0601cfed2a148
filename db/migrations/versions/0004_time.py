"""Time: what supervisors do about a dossier, an office's own rules and days, duties, the morning's letters.

Like in 0002, the guards are taken away for the time of the transaction and put back in their new form. All
tables are new and empty: nobody could hold, remind or reassign before.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

from alembic import op

from db.ddl import split

revision = "0004"
down_revision = "0003"
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


def upgrade() -> None:
    """Without the guards: make the new tables; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    _drop_guards(bind)
    _run(bind, _text(f"0004_{name}.sql"))
    _run(bind, _text(f"0004_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the third schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    _drop_guards(bind)
    _run(bind, _text(f"0004_down_{name}.sql"))
    _run(bind, _text(f"0003_guards_{name}.sql"))
