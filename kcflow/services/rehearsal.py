"""Doing an act without keeping it: everything is checked, by the database too, and then taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from kcflow.services.context import Context

if TYPE_CHECKING:
    from db.moves import Writer
    from db.store import Store

P = ParamSpec("P")
T = TypeVar("T")


class _TakenBack(Exception):
    """Leaves a transaction so that nothing of it stays."""


class _Rehearsed:
    """A store whose writes are never kept; reading is reading."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Begin a write that ends as if it had not been."""
        try:
            with self._store.write() as writer:
                yield writer
                raise _TakenBack
        except _TakenBack:
            return


def rehearse(work: Callable[P, T], context: Context, *args: Any, **kwargs: Any) -> T:  # noqa: ANN401
    """What `work(context, …)` would give; it raises as it would, and nothing is kept.

    A result must not be read from the store again after the write: that would show the store as it was.
    """
    shared = replace(context.shared, store=cast("Store", _Rehearsed(context.store)))
    return work(replace(context, shared=shared), *args, **kwargs)  # type: ignore[arg-type]
