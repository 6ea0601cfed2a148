"""Money: amounts up to settlement, funds and charges, acts that a second person confirms.

Like in 0002, the guards are taken away for the time of the transaction and put back in their new form. Rules
that were installed before charge no fund; their own text says which acts a second person confirms.
"""

from __future__ import annotations

import tomllib

from alembic import op

from db.migrations.frozen import drop_guards, run, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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
    drop_guards(bind)
    run(bind, text(f"0003_{name}.sql"))
    mark = "?" if name == "sqlite" else "%s"
    for key, definition in bind.exec_driver_sql("SELECT key, definition FROM lifecycle_version").all():
        for action in _second_persons(definition):
            bind.exec_driver_sql(
                f"UPDATE legal_move SET second_person = 1 WHERE lifecycle = {mark} AND action = {mark}",  # noqa: S608
                (key, action),
            )
    run(bind, text(f"0003_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the second schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0003_down_{name}.sql"))
    run(bind, text(f"0002_guards_{name}.sql"))
