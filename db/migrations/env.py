"""Alembic's entry: it works on the connection that db.migrate gives it, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context

from db import models  # noqa: F401 - fills the metadata
from db.base import Base

UNMODELLED = ("dossier_search", "ix_dossier_search")
"""The search index: each database has its own kind, made by SQL text."""


def include(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:  # noqa: ANN401
    """Say whether a table or index is compared with the models."""
    if (name or "").startswith(UNMODELLED):
        return False
    if kind in ("table", "index") and not reflected:
        return item.info.get("only") in (None, context.get_context().dialect.name)
    return True


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=include,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
