"""SQL built from the models with Core, compiled once per database, run on bare driver connections.

Compiling and the ORM are what a statement costs in SQLAlchemy (perf study 1): 25 times raw sqlite3 for a
move, 1.06 times when only text and parameters are left at run time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from db.ddl import dialect_of
from db.url import Dialect

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and the values that are always the same."""

    sql: str
    fixed: Params

    def bind(self, params: Params) -> Params:
        """Return all parameters of one execution."""
        return {**self.fixed, **params} if self.fixed else params


def compile_for(dialect: Dialect, statement: sa.Executable) -> Statement:
    """Compile a Core statement; its named `bindparam`s without value are what an execution gives."""
    compiled: Any = statement.compile(dialect=dialect_of(dialect))  # type: ignore[attr-defined]
    fixed = {
        name: compiled.params[name]
        for name, parameter in compiled.binds.items()
        if not parameter.required and name in compiled.params
    }
    return Statement(str(compiled), fixed)


def given(name: str) -> sa.BindParameter[Any]:
    """Return a parameter that each execution gives."""
    return sa.bindparam(name, required=True)


class Among(sa.ColumnElement[bool]):
    """`column` is one of the values of a list parameter: one statement, whatever the list's length."""

    inherit_cache = False
    type = sa.Boolean()
    _is_implicitly_boolean = True  # or SQLite gets "(…) = 1", which no index serves

    def __init__(self, column: sa.ColumnElement[Any], name: str) -> None:
        self.column = column
        self.parameter = given(name)


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column = compiler.process(element.column, **options)
    values = compiler.process(element.parameter, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled by Core


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column = compiler.process(element.column, **options)
    return f"{column} = ANY ({compiler.process(element.parameter, **options)}::text[])"


def many(dialect: Dialect, values: Collection[str]) -> str | list[str]:
    """Return a list parameter for `Among`."""
    return json.dumps(list(values)) if dialect == "sqlite" else list(values)
