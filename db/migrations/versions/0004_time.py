"""Time: what supervisors do about a dossier, an office's own rules and days, duties, the morning's letters.

Like in 0002, the guards are taken away for the time of the transaction and put back in their new form. All
tables are new and empty: nobody could hold, remind or reassign before.
"""

from __future__ import annotations

from alembic import op

from db.migrations.frozen import drop_guards, run, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without the guards: make the new tables; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0004_{name}.sql"))
    run(bind, text(f"0004_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the third schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0004_down_{name}.sql"))
    run(bind, text(f"0003_guards_{name}.sql"))
