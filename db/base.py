"""What all tables share: names of constraints, column types for both databases, generated columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlmodel import Field, SQLModel

from db.leaf import instant


class Base(SQLModel):
    """Base of every table; constraints get predictable names, so that migrations can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


# Byte order on both databases: it is Python's order too, and pages end where the next one begins.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# STRICT tables of SQLite know INTEGER (64 bits), not BIGINT.
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Day(sa.TypeDecorator[date]):
    """A date of the calendar, kept as YYYY-MM-DD like in the leaf."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Return the text that is stored; a time is not a date."""
        if isinstance(value, datetime):
            raise TypeError("a date was expected, not a time")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> date | None:  # noqa: ARG002
        """Return the date."""
        return None if value is None else date.fromisoformat(value)


class Instant(sa.TypeDecorator[datetime]):
    """An instant in UTC, kept as YYYY-MM-DDTHH:MM:SS.ffffffZ like in the leaf; naive times are refused."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Return the text that is stored. Raises `ValueError` for a naive time."""
        return None if value is None else instant(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return the aware time."""
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""One tree instead of two for tables that are read by their key alone."""


def check(sql: str, name: str) -> sa.CheckConstraint:
    """Return a CHECK that the database knows as ck_<table>_<name>."""
    return sa.CheckConstraint(sql, name=name)


def index_where(
    where: str, name: str, *columns: str, unique: bool = False, only: str | None = None
) -> sa.Index:
    """Return a partial index; `only` names the one database that has it."""
    condition, info = sa.text(where), {"only": only}
    return sa.Index(
        name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition, info=info
    )


Type = sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]
Anything = Any
"""A field stands in for a value of any type."""


class FromLeaf(sa.ColumnElement[Any]):
    """The value at a path of keys in `history.leaf`, for generated columns and conditions."""

    inherit_cache = False

    def __init__(self, *path: str, number: bool = False) -> None:
        self.path = path
        self.number = number


@compiles(FromLeaf, "sqlite")
def _from_leaf_sqlite(element: FromLeaf, _compiler: SQLCompiler, **_options: object) -> str:
    return f"json_extract(leaf, '$.{'.'.join(element.path)}')"


@compiles(FromLeaf, "postgresql")
def _from_leaf_postgresql(element: FromLeaf, _compiler: SQLCompiler, **_options: object) -> str:
    *outer, key = element.path
    inner = "".join(f" -> '{name}'" for name in outer)
    value = f"(leaf::jsonb{inner} ->> '{key}')"
    return f"{value}::bigint" if element.number else value


class Generated(sa.Computed):
    """A generated column: VIRTUAL on SQLite (no space), STORED on PostgreSQL (it can be indexed)."""

    inherit_cache = False

    def __init__(self, expression: sa.ColumnElement[Any] | str) -> None:
        super().__init__(expression, persisted=True)


def from_leaf(key: str, *, number: bool = False) -> Generated:
    """Return the generated column of one key of the leaf."""
    return Generated(FromLeaf(key, number=number))


@compiles(Generated, "sqlite")
def _generated_sqlite(element: Generated, compiler: DDLCompiler, **_options: object) -> str:
    expression = compiler.sql_compiler.process(element.sqltext, literal_binds=True)
    return f"GENERATED ALWAYS AS ({expression}) VIRTUAL"


@compiles(Generated, "postgresql")
def _generated_postgresql(element: Generated, compiler: DDLCompiler, **_options: object) -> str:
    # What comes from the leaf is filled by its guard, which has read it anyway: twelve columns would read it
    # twelve times more.
    if isinstance(element.sqltext, FromLeaf):
        return ""
    expression = compiler.sql_compiler.process(element.sqltext, literal_binds=True)
    return f"GENERATED ALWAYS AS ({expression}) STORED"


def _literal(value: int | str) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def column(
    type_: Type,
    *items: SchemaItem,
    null: bool = False,
    primary_key: bool = False,
    unique: bool | None = None,
    index: bool | None = None,
    autoincrement: bool | Literal["auto"] = "auto",
    default: int | str | None = None,
) -> Anything:
    """Return the SQLModel field of a column with an explicit type."""
    return Field(
        sa_column=sa.Column(
            type_,
            *items,
            nullable=null,
            primary_key=primary_key,
            unique=unique,
            index=index,
            autoincrement=autoincrement,
            server_default=None if default is None else sa.text(_literal(default)),
        )
    )
