"""Whole lists as ids, and the rows of some ids: what a screen needs to jump anywhere in a long list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from db import index
from kcflow.services.audit import history_view, stored_history_filter
from kcflow.services.browse import charged, checked_order, doable, dossier_row, my_filter, stored_filter
from kcflow.services.context import Context
from kcflow.services.views import DossierRow, HistoryFilter, HistoryView, ListFilter

Stop = Callable[[], bool]


def written(context: Context) -> int:
    """The id of the newest row of the history."""
    with context.store.read() as reader:
        return index.last_row(reader)


def dossier_index(context: Context, wanted: ListFilter, order: str, stop: Stop | None) -> Sequence[int]:
    """The ids of everything that `browse.dossiers` lists, in its order. Raises `BadInput`."""
    asked = checked_order(order)
    with context.store.read() as reader:
        passing = charged(reader, wanted, context.today, stored_filter(context, wanted))
        return index.dossier_ids(reader, context.scope, passing, asked, stop)


def dossiers_at(context: Context, ids: Sequence[int]) -> tuple[DossierRow, ...]:
    """The rows of these ids, in this order; what is gone or out of scope is left out."""
    with context.store.read() as reader:
        lines = index.dossiers(reader, context.scope, ids)
    return tuple(dossier_row(context, line) for line in lines)


def inbox_index(context: Context, wanted: ListFilter, order: str, stop: Stop | None) -> Sequence[int]:
    """The ids of everything that `browse.inbox` lists, in its order. Raises `BadInput`."""
    asked = checked_order(order)
    with context.store.read() as reader:
        mine = my_filter(context, reader, wanted)
        return index.dossier_ids(reader, context.scope, mine, asked, stop)


def inbox_at(context: Context, ids: Sequence[int]) -> tuple[DossierRow, ...]:
    """The rows of these ids, in this order, with what this person can do now."""
    with context.store.read() as reader:
        lines = index.dossiers(reader, context.scope, ids, every_kind=True)
        acts = doable(context, reader, lines)
    return tuple(dossier_row(context, line, acts[line.code]) for line in lines)


def history_index(
    context: Context, wanted: HistoryFilter, oldest_first: bool, stop: Stop | None
) -> Sequence[int]:
    """The ids of everything that `audit.history` lists. Raises `NotFound`."""
    with context.store.read() as reader:
        asked = stored_history_filter(context, reader, wanted)
        return index.history_ids(reader, context.scope, asked, oldest_first, stop)


def history_at(context: Context, ids: Sequence[int]) -> tuple[HistoryView, ...]:
    """The history's rows of these ids, in this order; what is out of scope is left out."""
    with context.store.read() as reader:
        rows = index.history(reader, context.scope, ids)
        titles = reader.titles({row.dossier for row in rows})
    return tuple(history_view(context.shared, row, titles.get(row.dossier, "")) for row in rows)
