"""Lists of a million: contents as a bit mask, places in the search, notes, saved views, indexes.

The guards are taken away for the time of the transaction and put back in their new form; no history row is
touched, and no store is left half way.
"""

from __future__ import annotations

import json
import re

from alembic import op

from db.migrations.frozen import drop_guards, run, text

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


def upgrade() -> None:
    """Without the guards: add and fill what is new; then put the new guards in place."""
    bind = op.get_bind()
    name = bind.dialect.name
    drop_guards(bind)
    run(bind, text(f"0002_{name}.sql").replace("@ROLES@", json.dumps(ROLES)))
    run(bind, text(f"0002_guards_{name}.sql"))


def downgrade() -> None:
    """Go back to the first schema, as long as nothing was ever recorded."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    name = bind.dialect.name
    drop_guards(bind)
    first, second = text(f"0001_{name}.sql"), text(f"0002_{name}.sql")
    for index in re.findall(r"^CREATE INDEX (\w+)", second, re.MULTILINE):
        bind.exec_driver_sql(f"DROP INDEX {index}")
    run(bind, text(f"0002_down_{name}.sql"))
    for index in re.findall(r"^DROP INDEX (\w+)", second, re.MULTILINE):
        made = re.search(rf"^CREATE INDEX {index} [^;]*", first, re.MULTILINE)
        if made is not None:
            bind.exec_driver_sql(made.group())
    run(bind, first[first.index(GUARDS) :])
