"""SQL text ready to run on a bare driver connection, and where it comes from.

It is built from the models with Core and compiled once (db.build): the ORM costs a move 25 times raw sqlite3,
text that is ready 1.06 times (perf study 1). What the application asks of a SQLite store is kept compiled in
db/sql/sqlite.json, lists with marks for what is asked (db.compose), so that none of it loads SQLAlchemy;
anything else is compiled when first asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from db import compose
from db.url import Dialect
from states.records import record

MARK = "\ue000"
"""Begins the words by which the search finds a province, a plan year, a unit: FTS5 takes a private-use
character for a letter, and no query has one."""
Params = Mapping[str, Any]
Shape = tuple[str, ...]
"""Which conditions a statement has, as sorted names."""


@record(frozen=True, slots=True)
class Statement:
    """SQL text and the values that are always the same."""

    sql: str
    fixed: Params

    def bind(self, params: Params) -> Params:
        """Return all parameters of one execution."""
        return {**self.fixed, **params} if self.fixed else params


@cache
def _kept() -> compose.Kept:
    text = (Path(__file__).with_name("sql") / "sqlite.json").read_text(encoding="utf-8")
    found: compose.Kept = json.loads(text)
    return found


@lru_cache(2048)
def statement(dialect: Dialect, name: str, *shape: Any) -> Statement:  # noqa: ANN401 - each has its own
    """Return a statement by the name of its builder in db.build and that builder's arguments."""
    if dialect == "sqlite":
        kept = _kept()
        ready = compose.composed(kept, name, shape) or kept["statements"].get(json.dumps([name, *shape]))
        if ready is not None:
            return Statement(ready[0], ready[1])
    from db import build

    return build.compile_for(dialect, build.BUILDERS[name](dialect, *shape))


def many(dialect: Dialect, values: Collection[str]) -> str | list[str]:
    """Return a list parameter for `db.build.Among`."""
    return json.dumps(list(values)) if dialect == "sqlite" else list(values)
