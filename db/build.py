"""Every statement of the store by name, built from the models with Core.

Loaded only when a statement is needed that is not kept compiled (db.statements). `python -m db.build` prints
what db/sql/sqlite.json must hold; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from db import build_clock, build_dwell, build_lists, build_money, build_stalled
from db.base import Base
from db.build_lists import HISTORY_COLUMNS, D, H
from db.compose import ANY, HIDDEN, LINE, NUMBER, OTHER, SETS, SHAPED, VIA
from db.core import Among, compile_for, given, table
from db.models import (
    Amount,
    Assignment,
    AttachmentBlob,
    Counter,
    LifecycleVersion,
    LogHead,
    Meta,
    Organisation,
    Paper,
    Refusal,
    SavedView,
)
from db.rows import (
    ActivityContentRow,
    AmountRow,
    CeilingRow,
    DocumentKindRow,
    DossierRow,
    LifecycleRow,
    OrganisationRow,
    PaperRow,
    PersonRow,
    ProvinceRow,
    RefusalRow,
    SavedViewRow,
)
from db.statements import Shape
from db.url import Dialect

__all__ = ["BUILDERS", "common", "compile_for", "frozen"]

P = table(Paper)
A = table(Amount)
Made = sa.Executable
Builder = Callable[..., Made]


def _upsert(dialect: Dialect, into: sa.Table) -> Any:  # noqa: ANN401 - each dialect's own Insert
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(into)


# -- single things (db.reader) -------------------------------------------------------------------------


def _dossiers() -> sa.Select[Any]:
    """A dossier with the leaf that holds its content."""
    columns = (D.c[field.name] for field in fields(DossierRow) if field.name != "written")
    holding = sa.and_(H.c.dossier == D.c.code, H.c.seq == D.c.content_seq)
    return sa.select(*columns, H.c.leaf).join_from(D, H, holding)


def _all_of(model: type[Any], row: type[Any]) -> sa.Select[Any]:
    return sa.select(*(table(model).c[field.name] for field in fields(row)))


def _papers(_: Dialect) -> Made:
    found = _all_of(Paper, PaperRow).where(Among(P.c.dossier, "codes"))
    return found.order_by(P.c.dossier, P.c.seq, P.c.idx)


def _amounts(_: Dialect) -> Made:
    found = _all_of(Amount, AmountRow).where(Among(A.c.dossier, "codes"))
    return found.order_by(A.c.dossier, A.c.seq)


def _refusals(_: Dialect) -> sa.Select[Any]:
    found = _all_of(Refusal, RefusalRow).order_by(table(Refusal).c.id.desc())
    return found.limit(given("limit"))


def _blob(_: Dialect) -> Made:
    blob = table(AttachmentBlob).c
    return sa.select(blob.data).where(blob.sha256 == given("sha256"))


# -- writes (db.moves) -----------------------------------------------------------------------------------


def _append(dialect: Dialect) -> Made:
    made = H.insert().inline().values(leaf=given("leaf"), hash=given("hash"))
    # Any refusal ends the whole transaction anyway: SQLite need not keep a way back to before the statement.
    return made.prefix_with("OR ROLLBACK") if dialect == "sqlite" else made


def _refuse(_: Dialect) -> Made:
    named = ("at", "actor", "operator", "office", "dossier", "action", "reasons", "request")
    values = {name: sa.cast(given(name), sa.Text) for name in named}
    return table(Refusal).insert().inline().values(values)


def _put_blob(_: Dialect) -> Made:
    values = {name: given(name) for name in ("sha256", "size", "data")}
    return table(AttachmentBlob).insert().inline().values(values)


def _count_codes(dialect: Dialect) -> Made:
    counter = table(Counter)
    made = _upsert(dialect, counter).values(prefix=given("prefix"), value=given("n"))
    counted: Made = made.on_conflict_do_update(
        index_elements=[counter.c.prefix], set_={"value": counter.c.value + made.excluded.value}
    ).returning(counter.c.value)
    return counted


# -- people, offices, reference data (db.directory) ------------------------------------------------------


def _insert(dialect: Dialect, name: str, names: Shape, update: bool) -> Made:
    """INSERT of the named columns; `update`: a row with that key is brought up to date instead."""
    into = Base.metadata.tables[name]
    made: Any = _upsert(dialect, into).inline().values({column: given(column) for column in names})
    if update:
        unique = ["item", "valid_from"] if name == "ceiling" else [c.name for c in into.primary_key]
        made = made.on_conflict_do_update(
            index_elements=unique,
            set_={column: made.excluded[column] for column in names if column not in unique},
        )
    inserted: Made = made
    return inserted


def _set(_: Dialect, name: str, names: Shape) -> Made:
    """UPDATE of the named columns of the row with key :key_."""
    into = Base.metadata.tables[name]
    key = next(iter(into.primary_key))
    return sa.update(into).where(key == given("key_")).values({column: given(column) for column in names})


def _select(_: Dialect, name: str, names: Shape, by: str | None, on: bool) -> Made:
    """SELECT of a row type's columns by key order; `by`: one column's value; `on`: valid on that day."""
    columns = Base.metadata.tables[name].c
    made = sa.select(*(columns[column] for column in names)).order_by(*columns)
    if by is not None:
        made = made.where(columns[by] == given("value"))
    return made.where(_valid(columns)) if on else made


def _valid(columns: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401 - a column collection
    # Text against text: the column types would ask for dates.
    day: sa.ColumnElement[str] = sa.type_coerce(given("on"), sa.Text)
    begun = columns.valid_from.is_(None) | (sa.type_coerce(columns.valid_from, sa.Text) <= day)
    valid: sa.ColumnElement[bool] = begun & (
        columns.valid_to.is_(None) | (sa.type_coerce(columns.valid_to, sa.Text) >= day)
    )
    return valid


def _assignments(_: Dialect, person: bool, organisation: bool, on: bool) -> Made:
    a, o = table(Assignment).c, table(Organisation).c
    made = sa.select(
        a.id, a.person, a.role, a.organisation, o.name, o.kind, o.province, a.valid_from, a.valid_to
    ).join_from(table(Assignment), table(Organisation), a.organisation == o.code)
    if person:
        made = made.where(a.person == given("person"))
    if organisation:
        made = made.where(a.organisation == given("organisation"))
    if on:
        made = made.where(_valid(a), _valid(o))
    return made.order_by(a.person, a.valid_from, a.id)


def _assign(_: Dialect) -> Made:
    names = ("person", "role", "organisation", "valid_from")
    made = table(Assignment).insert().values({name: given(name) for name in names})
    return made.returning(table(Assignment).c.id)


def _saved_views(_: Dialect) -> Made:
    """Views of a list that a person keeps or that others share."""
    view = table(SavedView).c
    seen = (view.owner == given("person")) | (view.shared == sa.literal_column("1"))
    found = _all_of(SavedView, SavedViewRow).where(view.list == given("list"), seen)
    return found.order_by(view.name, view.owner)


def _save_view(dialect: Dialect) -> Made:
    view = table(SavedView)
    names = ("owner", "list", "name", "shared", "payload")
    made = _upsert(dialect, view).values({name: given(name) for name in names})
    saved: Made = made.on_conflict_do_update(
        index_elements=[view.c.owner, view.c.list, view.c.name],
        set_={name: made.excluded[name] for name in ("shared", "payload")},
    ).returning(view.c.id)
    return saved


BUILDERS: Mapping[str, Builder] = {
    "dossier": lambda _: _dossiers().where(D.c.code == given("code")),
    # Alone, without the join: after a wait, PostgreSQL looks at the new dossier but the old joined row.
    "dossier_lock": lambda _: (
        sa.select(D.c.code).where(D.c.code == given("code")).with_for_update(key_share=True)
    ),
    "dossiers": lambda _: _dossiers().where(Among(D.c.code, "codes")),
    "titles": lambda _: sa.select(D.c.code, D.c.title).where(Among(D.c.code, "codes")),
    "papers": _papers,
    "amounts": _amounts,
    "request": lambda _: sa.select(*HISTORY_COLUMNS).where(H.c.request == given("request")),
    "history": lambda _: sa.select(*HISTORY_COLUMNS).where(
        H.c.dossier == given("code"), H.c.seq == given("seq")
    ),
    "last": lambda _: (
        sa.select(*HISTORY_COLUMNS).where(H.c.dossier == given("code")).order_by(H.c.seq.desc()).limit(1)
    ),
    "import_keys": lambda _: sa.select(D.c.import_key, D.c.code).where(Among(D.c.import_key, "keys")),
    "blob": _blob,
    "lifecycle": lambda _: _all_of(LifecycleVersion, LifecycleRow).where(
        table(LifecycleVersion).c.key == given("key")
    ),
    "lifecycles": lambda _: _all_of(LifecycleVersion, LifecycleRow).order_by(table(LifecycleVersion).c.key),
    "refusals": _refusals,
    "refusals_of": lambda _: _refusals(_).where(table(Refusal).c.dossier == given("dossier")),
    "head": lambda _: sa.select(table(LogHead).c.size, table(LogHead).c.peaks),
    "meta": lambda _: sa.select(table(Meta).c.key, table(Meta).c.value),
    "append": _append,
    "refuse": _refuse,
    "put_blob": _put_blob,
    "has_blob": lambda _: sa.select(table(AttachmentBlob).c.size).where(
        table(AttachmentBlob).c.sha256 == given("sha256")
    ),
    "count_codes": _count_codes,
    "insert": _insert,
    "set": _set,
    "select": _select,
    "assignments": _assignments,
    "assign": _assign,
    "list": build_lists.page,
    "edge": build_lists.edge,
    "ids": build_lists.ids,
    "text_edge": build_lists.text_edge,
    "text_count": build_lists.text_count,
    "text_page": build_lists.text_page,
    "text_hits": build_lists.text_hits,
    "text_ids": build_lists.text_ids,
    "keys_of": build_lists.keys_of,
    "lines": build_lists.lines,
    "flow": build_lists.flow,
    "may_read_file": build_lists.may_read_file,
    "count": build_lists.count,
    "flow_due": build_lists.flow_due,
    "visible": build_lists.visible,
    "feed": build_lists.feed,
    "feed_ids": build_lists.feed_ids,
    "rows_of": build_lists.rows_of,
    "feed_rows": build_lists.feed_rows,
    "saved_views": _saved_views,
    "saved_view": lambda _: _all_of(SavedView, SavedViewRow).where(table(SavedView).c.id == given("id")),
    "save_view": _save_view,
    "forget_view": lambda _: sa.delete(table(SavedView)).where(table(SavedView).c.id == given("id")),
    **build_money.BUILDERS,
    **build_clock.BUILDERS,
    **build_dwell.BUILDERS,
    **build_stalled.BUILDERS,
}
"""What builds each statement: (dialect, *shape) -> Core statement."""


# -- what is kept compiled ---------------------------------------------------------------------------------

_SINGLE = (
    *(
        "dossier",
        "dossiers",
        "titles",
        "papers",
        "amounts",
        "request",
        "history",
        "last",
        "import_keys",
        "blob",
    ),
    *("lifecycle", "lifecycles", "refusals", "refusals_of", "head", "meta"),
    *("append", "refuse", "put_blob", "has_blob", "count_codes"),
    *("saved_views", "saved_view", "save_view", "forget_view"),
)
_TABLES: Mapping[str, type[Any]] = {
    "province": ProvinceRow,
    "organisation": OrganisationRow,
    "person": PersonRow,
    "activity_content": ActivityContentRow,
    "ceiling": CeilingRow,
    "document_kind": DocumentKindRow,
}
_KEYS = {"organisation": ("code",), "person": ("login", "os_login")}
_STARTS = ("", "a")
"""Where a page begins: at the start, behind a place."""


def _lists() -> Iterator[tuple[Any, ...]]:
    """Yield every list, count and feed, with marks for what is asked (db.compose)."""
    every = (ANY,)
    for order, segments in build_lists.ORDERS.items():
        for number, segment in enumerate(segments):
            yield "keys_of", order, number
            for start in _STARTS:
                yield "edge", order, number, start
                yield from (
                    ("list", every, order, number, bounds, "order") for bounds in (start, start + "u")
                )
                for name in ("list", "ids"):
                    yield from ((name, every, order, number, start, via) for via in (VIA, "sets", "text"))
                    if segment.gathered:
                        yield from (
                            (name, (OTHER,), order, number, start, via) for via in (VIA, "sets", "text")
                        )
                    elif not segment.index:
                        yield name, (OTHER,), order, number, start, "sets"
    for order in ("newest", "-newest"):
        yield "text_ids", every, order
        for start in _STARTS:
            yield "text_edge", every, order, start
            yield "text_hits", every, order, start
            yield from (("text_page", every, order, bounds) for bounds in (start, start + "u"))
    yield ("text_count",)
    yield from (("count", every, via) for via in (VIA, "sets", "text", "hits"))
    yield from ((name, every, via) for name in ("flow", "flow_due") for via in (VIA, "text"))
    yield from ((name, every) for name in ("lines", "visible", "may_read_file", "rows_of"))
    yield from (("feed_rows", scope) for scope in ((), every))
    for name, scope, oldest in product(("feed", "feed_ids"), ((), every, (OTHER,)), (False, True)):
        yield name, every, scope, oldest


def common() -> Iterator[tuple[Any, ...]]:
    """Yield (name, *shape) of what is kept compiled: all that start-up and the lists ask."""
    yield from ((name,) for name in _SINGLE)
    yield from build_money.KEPT
    yield from build_clock.KEPT
    yield from build_dwell.KEPT
    yield from build_stalled.KEPT
    for name, row in _TABLES.items():
        names = tuple(field.name for field in fields(row))
        for by in (None, *_KEYS.get(name, ())):
            yield from (("select", name, names, by, on) for on in (False, True))
    for person in (False, True):
        yield from (("assignments", person, False, on) for on in (False, True))
    yield from _lists()


def _condition(made: sa.ColumnElement[bool]) -> str:
    """Return a condition's text as it stands beside others."""
    compiled = compile_for("sqlite", sa.select(sa.literal_column("1")).where(made, sa.text("kc_end")))
    if compiled.fixed:
        raise ValueError(f"a condition must not bring values of its own: {compiled.sql}")
    text = compiled.sql
    return text[text.index("WHERE ") + len("WHERE ") : text.rindex(" AND kc_end")]


def _conditions(shapes: Collection[str], made: Callable[[Shape], Sequence[Any]]) -> dict[str, str]:
    return {name: _condition(made((name,))[-1]) for name in shapes if name not in (ANY, OTHER)}


def frozen() -> str:
    """Return the text of db/sql/sqlite.json."""
    line = compile_for("sqlite", sa.select(*build_lists.LINE_COLUMNS)).sql
    line = line[line.index("SELECT ") + len("SELECT ") : line.index(" \nFROM")]
    made: dict[str, Any] = {}
    for name, *shape in common():
        # Statements over a table without dates of validity have none "on a day".
        if name == "select" and shape[3] and "valid_from" not in shape[1]:
            continue
        compiled = compile_for("sqlite", BUILDERS[name]("sqlite", *shape))
        sql = compiled.sql.replace(line, LINE) if name in SHAPED else compiled.sql
        made[json.dumps([name, *shape])] = [sql, dict(compiled.fixed)]
    number: sa.ColumnElement[Any] = sa.literal_column(NUMBER, sa.Integer)
    kept = {
        "statements": made,
        "dossier": _conditions((*build_lists.DOSSIER, *build_lists.SEARCHES), build_lists.conditions),
        "history": _conditions(tuple(build_lists.HISTORY), build_lists.row_conditions),
        "texts": {
            LINE: line,
            SETS: _condition(build_lists.among((ANY,), number, VIA)),
            HIDDEN: _condition(build_lists.not_hidden(number)),
        },
    }
    return json.dumps(kept, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(frozen())
