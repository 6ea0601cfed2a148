"""Whole lists as ids, for jumping anywhere in them, and the rows of some ids."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, filterfalse
from time import sleep
from typing import Any, Final

from db import plan, queries
from db.queries import DossierFilter, HistoryFilter, Order, Scope
from db.reader import Reader, dossier_line, history_row
from db.rows import DossierLine, HistoryRow
from db.statements import Params, Shape, Statement

CAP: Final = 2_000_000
"""The most ids that a list is given: 16 MB."""
CHUNK: Final = 20_000
"""Ids read between two questions whether to go on."""
STEP: Final = 200_000
"""Ids that SQLite packs into one text: 2 MB."""
PIECE: Final = 65_536
"""Letters of such a text that are read at a time: half a millisecond's work."""
LARGE: Final = 100_000
"""A list of more ids than this leaves megabytes behind that the process would keep."""
BREATH: Final = 0.0001
"""Seconds between pieces: whoever paints gets the interpreter at once, not after its 5 ms."""

Stop = Callable[[], bool]


def chunks(reader: Reader, statement: Statement, params: Params) -> Iterator[list[Any]]:
    """Run a statement and yield its rows `CHUNK` at a time."""
    if reader.dialect == "sqlite":
        cursor = reader.raw.execute(statement.sql, statement.bind(params))
    else:
        # Only a cursor with a name leaves the rest of the rows on the server.
        cursor = reader.raw.cursor(name="kc_index")
        cursor.execute(statement.sql, statement.bind(params))
    try:
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk
    finally:
        cursor.close()


def _ids(reader: Reader, statement: Statement, params: Params, stop: Stop | None) -> array[int]:
    found = array("q")
    if stop is not None and reader.dialect == "sqlite":
        # A sort gives nothing until it is done: SQLite asks us now and then.
        reader.raw.set_progress_handler(stop, 2_000_000)
    try:
        for chunk in chunks(reader, statement, params):
            found.extend(chain.from_iterable(chunk))
            if stop is not None and stop():
                break
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
    finally:
        if stop is not None and reader.dialect == "sqlite":
            reader.raw.set_progress_handler(None, 0)
    return found


def give_back() -> None:
    """Return to the system what was freed; the C library keeps it for a next time otherwise (glibc only)."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


# -- dossiers -------------------------------------------------------------------------------------------


def last_row(reader: Reader) -> int:
    """Return the id of the newest row of the history, 0 when there is none; the tree may be behind it."""
    found: int | None = reader.raw.execute("SELECT max(id) FROM history").fetchone()[0]
    return found or 0


def dossier_ids(
    reader: Reader,
    scope: Scope,
    filter: DossierFilter = queries.NO_FILTER,  # noqa: A002 - the word for it
    order: Order = "code",
    stop: Stop | None = None,
) -> array[int]:
    """Return the ids of all that `queries.list_dossiers` lists, in its order, at most `CAP`.

    stop: asked between chunks; True ends it with what was read so far.
    """
    shape, params = queries.question(reader, scope, filter)
    used, _ = queries.begin(reader, shape, params, order)
    if reader.dialect == "sqlite":
        packed = _packed_dossiers(reader, shape, params, used, stop)
        if len(packed) > LARGE:
            give_back()
        return packed
    found = array("q")
    for segment in range(queries.SEGMENTS.get(used, 1)):
        statement = reader.sql("ids", shape, used, segment, "", "")
        found.extend(_ids(reader, statement, {**params, "cap": CAP - len(found)}, stop))
        if stop is not None and stop():
            break
    return found


def _packed_dossiers(
    reader: Reader, shape: Shape, params: dict[str, Any], order: str, stop: Stop | None
) -> array[int]:
    few = plan.FEW if "text" in shape else plan.SOME
    via = plan.driver(reader, shape, params, few)[0]
    if not via and "text" in shape and order.endswith("newest"):
        return _unpacked(reader, reader.sql("text_ids", shape, order), {**params, "cap": CAP}, stop)
    via, found = via or "sets", array("q")
    shape, hidden = plan.shape_via(shape, via), frozenset[int]()
    if via == "sets" and "hide_states" in shape:
        # They are few: read once and left out here, not looked for by SQLite in each step.
        statement = reader.sql("ids", ("states",), "code", 0, "", "ix_dossier_state")
        hidden = frozenset(_unpacked(reader, statement, {"states": params["hide_states"], "cap": CAP}, stop))
        shape = tuple(name for name in shape if name != "hide_states")
    for segment in range(queries.SEGMENTS.get(order, 1)):
        if segment and via == "sets":
            # What an order leaves for its end is known by not having come before.
            _segment(reader, shape, params, ("code", 0), via, stop, found, hidden.union(found))
        else:
            _segment(reader, shape, params, (order, segment), via, stop, found, hidden)
        if stop is not None and stop():
            break
    del found[CAP:]
    return found


def _extend(found: array[int], more: array[int], left_out: frozenset[int]) -> None:
    """Add ids without some; in steps, between which others get the interpreter."""
    for start in range(0, len(more), CHUNK):
        found.extend(filterfalse(left_out.__contains__, more[start : start + CHUNK]))
        sleep(BREATH)


def _segment(
    reader: Reader,
    shape: Shape,
    params: dict[str, Any],
    part: tuple[str, int],
    via: str,
    stop: Stop | None,
    found: array[int],
    left_out: frozenset[int],
) -> None:
    """Add a segment without some ids to `found`: in steps where the index has its order; what must be sorted
    comes all at once.
    """
    along = via == "sets" and not shape and part[0].strip("-") not in plan.IN_NO_INDEX
    step = STEP if along else CAP
    read, asked, start = 0, {**params, "cap": step}, ""
    while True:
        got = _unpacked(reader, reader.sql("ids", shape, *part, start, via), asked, stop)
        _extend(found, got, left_out)
        read += len(got)
        if len(got) < step or read >= CAP or (stop is not None and stop()):
            return
        keys = reader.one(reader.sql("keys_of", *part), {"id": got[-1]})
        start = "a"
        asked |= {f"after{number}": value for number, value in enumerate(keys or ())}


def _unpacked(reader: Reader, statement: Statement, params: Params, stop: Stop | None) -> array[int]:
    """Run a statement that gives ids as one text (build_lists._packed)."""
    if stop is not None:
        # SQLite gives nothing until it is done, and asks us now and then.
        reader.raw.set_progress_handler(stop, 200_000)
    try:
        row = reader.one(statement, params)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        row = None
    finally:
        if stop is not None:
            reader.raw.set_progress_handler(None, 0)
    found = array("q")
    text = str(row[0]) if row and row[0] is not None else ""
    start = 0
    while start < len(text):
        end = text.find(",", start + PIECE)
        end = len(text) if end < 0 else end
        found.extend(json.loads(f"[{text[start:end]}]"))
        start = end + 1
        sleep(BREATH)
    return found


def dossiers(
    reader: Reader, scope: Scope, ids: Sequence[int], *, every_kind: bool = False
) -> list[DossierLine]:
    """Return the dossiers with these ids in this order; what is gone or out of scope is left out.

    Other kinds than proposals are left out, too, unless `every_kind`.
    """
    shape, params = queries.question(reader, scope, DossierFilter(every_kind=every_kind))
    asked = {**params, "ids": reader.numbers(ids)}
    rows = reader.rows(reader.sql("lines", tuple(sorted((*shape, "ids")))), asked)
    by_id = {row[0]: row for row in rows}
    return [dossier_line(by_id[number]) for number in ids if number in by_id]


# -- history --------------------------------------------------------------------------------------------


def history_ids(
    reader: Reader,
    scope: Scope,
    filter: HistoryFilter = queries.ALL_HISTORY,  # noqa: A002
    oldest_first: bool = False,
    stop: Stop | None = None,
) -> Sequence[int]:
    """Return the ids of all that `queries.history` lists, newest first, or oldest first; at most `CAP`.

    Where nothing is asked and nothing hidden, SQLite's history is a range, however long it is.
    """
    params, limits = queries.feed_question(reader, scope, filter)
    if reader.dialect == "sqlite" and not params and not limits:
        size = reader.head().size
        return range(1, size + 1) if oldest_first else range(size, 0, -1)
    shape, scope_shape = tuple(sorted(params)), tuple(sorted(limits))
    if reader.dialect != "sqlite" or not limits or "dossier" in shape:
        statement = reader.sql("feed_ids", shape, scope_shape, oldest_first)
        return _ids(reader, statement, {**params, **limits, "cap": CAP}, stop)
    return _in_scope(reader, shape, params, scope_shape, limits, oldest_first, stop)


def _in_scope(
    reader: Reader,
    shape: Shape,
    params: dict[str, Any],
    scope: Shape,
    limits: dict[str, Any],
    oldest_first: bool,
    stop: Stop | None,
) -> array[int]:
    """SQLite: the rows of one's own dossiers, or all but those of hidden ones.

    To look a row's dossier up, SQLite must read the row; from dossiers to rows two indexes are enough.
    """
    if scope == ("hide_states",):
        size = reader.head().size
        hidden = {"states": limits["hide_states"]}
        left_out = frozenset(_ids(reader, reader.sql("rows_of", ("states",)), hidden, stop))
        if not shape:
            return _without(left_out, size, oldest_first)
        every = _ids(reader, reader.sql("feed_ids", shape, (), oldest_first), {**params, "cap": CAP}, stop)
        return array("q", (number for number in every if number not in left_out))
    own = sorted(_ids(reader, reader.sql("rows_of", scope), limits, stop), reverse=not oldest_first)
    if shape:
        asked = frozenset(
            _ids(reader, reader.sql("feed_ids", shape, (), oldest_first), {**params, "cap": -1}, stop)
        )
        own = [number for number in own if number in asked]
    return array("q", own[:CAP])


def _without(left_out: frozenset[int], size: int, oldest_first: bool) -> array[int]:
    """The numbers from 1 to `size` without some, at most `CAP`: stretch by stretch, not one by one."""
    found, begin = array("q"), 1 if oldest_first else size
    for number in [*sorted(left_out, reverse=not oldest_first), size + 1 if oldest_first else 0]:
        found.extend(range(begin, number) if oldest_first else range(begin, number, -1))
        begin = number + 1 if oldest_first else number - 1
        if len(found) >= CAP:
            break
    return found[:CAP]


def history(reader: Reader, scope: Scope, ids: Sequence[int]) -> list[HistoryRow]:
    """Return the history's rows with these ids in this order; those out of scope are left out."""
    _, limits = queries.feed_question(reader, scope, queries.ALL_HISTORY)
    statement = reader.sql("feed_rows", tuple(sorted(limits)))
    by_id = {row[0]: row for row in reader.rows(statement, {**limits, "ids": reader.numbers(ids)})}
    return [history_row(by_id[number]) for number in ids if number in by_id]
