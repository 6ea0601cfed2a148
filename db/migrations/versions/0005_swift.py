"""Guards that ask the same in fewer steps, so that one decision over many proposals takes less time.

Like in 0002, the guards are taken away for the time of the transaction and put back in their new form. No
row changes. On PostgreSQL the history's columns are filled by the guard, once, and most guards follow the
statement instead of the row; so one statement may not both move and charge the same dossier, and a
subscription, which fires no statement's triggers, may not write. An office's own rule may count by months.
"""

from __future__ import annotations

from alembic import op

from db.migrations.frozen import drop_guards, run, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without the guards: change the tables; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0005_{name}.sql"))
    run(bind, text(f"0005_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the fourth schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0005_down_{name}.sql"))
    run(bind, text(f"0004_guards_{name}.sql"))
