"""The first schema: history, dossiers, people and offices, reference data, and the guards."""

from __future__ import annotations

from importlib import resources

from alembic import op

from db.ddl import split
from db.engine import APPLICATION_ID

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEARCH = "dossier_search"
TABLES = (
    *("amount", "paper", "log_head", "refusal", "attachment_blob", "counter", "meta"),
    *("assignment", "person", "organisation", "legal_move", "lifecycle_version"),
    *("province", "activity_content", "ceiling", "document_kind"),
)


def upgrade() -> None:
    """Create everything from the frozen text."""
    bind = op.get_bind()
    name = bind.dialect.name
    text = (resources.files("db.migrations") / "ddl" / f"0001_{name}.sql").read_text(encoding="utf-8")
    driver = bind.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    if name == "sqlite":
        for statement in split(text):
            driver.execute(statement)
        driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    else:
        driver.execute(text)


def downgrade() -> None:
    """Remove everything, as long as nothing was ever recorded: the history is never thrown away."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM history").scalar():
        raise RuntimeError("the store holds a history; it is never removed")
    if bind.dialect.name == "sqlite":
        for table in (SEARCH, "history", "dossier", *TABLES):
            bind.exec_driver_sql(f"DROP TABLE {table}")
        bind.exec_driver_sql("PRAGMA application_id = 0")
        return
    for table in ("history", "dossier", "log_position", "log_queue", *TABLES):
        bind.exec_driver_sql(f"DROP TABLE {table}")
    functions = bind.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND starts_with(proname, 'kc_') ORDER BY oid DESC"
    )
    for (function,) in functions.all():
        bind.exec_driver_sql(f"DROP FUNCTION {function}")
