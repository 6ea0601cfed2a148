"""Small pieces that statements are built of: parameters, lists as one parameter, compiling."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from db.ddl import dialect_of
from db.statements import Statement
from db.url import Dialect


def table(model: type[Any]) -> sa.Table:
    """Return the table of a model."""
    found: sa.Table = model.__table__
    return found


def given(name: str) -> sa.BindParameter[Any]:
    """Return a parameter that each execution gives."""
    return sa.bindparam(name, required=True)


def compile_for(dialect: Dialect, made: sa.Executable) -> Statement:
    """Compile a Core statement; its `bindparam`s without value are what an execution gives."""
    compiled: Any = made.compile(dialect=dialect_of(dialect))  # type: ignore[attr-defined]
    fixed = {
        name: compiled.params[name]
        for name, parameter in compiled.binds.items()
        if not parameter.required and name in compiled.params
    }
    return Statement(str(compiled), fixed)


class Proposals(sa.ColumnElement[bool]):
    """A dossier is a proposal: its id is above 0.

    On SQLite with a plus before it: the ids of proposals are no way to find anything, only what an index has
    beside its own columns.
    """

    inherit_cache = False
    type = sa.Boolean()
    _is_implicitly_boolean = True

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column


@compiles(Proposals, "sqlite")
def _proposals_sqlite(element: Proposals, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"+{compiler.process(element.column, **options)} > 0"


@compiles(Proposals, "postgresql")
def _proposals_postgresql(element: Proposals, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"{compiler.process(element.column, **options)} > 0"


class Among(sa.ColumnElement[bool]):
    """`column` is one of the values of a list parameter: one statement, whatever the list's length."""

    inherit_cache = False
    type = sa.Boolean()
    _is_implicitly_boolean = True  # or SQLite gets "(…) = 1", which no index serves

    def __init__(self, column: sa.ColumnElement[Any], name: str, *, numbers: bool = False) -> None:
        self.column = column
        self.parameter = given(name)
        self.kind = "bigint" if numbers else "text"


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column = compiler.process(element.column, **options)
    values = compiler.process(element.parameter, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled by Core


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column = compiler.process(element.column, **options)
    return f"{column} = ANY ({compiler.process(element.parameter, **options)}::{element.kind}[])"
