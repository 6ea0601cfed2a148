"""`record`: a frozen dataclass with slots that costs a tenth to define.

`dataclasses.dataclass(frozen=True, slots=True)` compiles six methods for every class, 0.7 ms each time: all
classes together were a quarter of a short command. `record` makes a class that behaves the same, but shares
its methods, and compiles `__init__` when the first instance is made: most classes never have one in a run.
"""

# ruff: noqa: ANN401, N807 - methods of classes that are not known here

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

_LEFT_OUT = object()
"""Stands for a value that a factory makes."""


def _make(cls: type[Any]) -> type[Any]:
    own = {name for name, value in vars(cls).items() if value is not None}
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    every = dataclasses.fields(made)
    names = frozenset(field.name for field in every)
    shown = [field.name for field in every if field.repr]
    compared = _values([field.name for field in every if field.compare])
    hashed = _values([f.name for f in every if (f.compare if f.hash is None else f.hash)])

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        made.__init__ = init = _initialiser(made, every)
        init(self, *args, **kwargs)

    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __eq__(self: Any, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(hashed(self))

    def __setattr__(self: Any, name: str, value: object) -> None:
        if type(self) is made or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(made, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:
        if type(self) is made or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(made, self).__delattr__(name)

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, field.name) for field in every]

    def __setstate__(self: Any, state: Sequence[Any]) -> None:
        for field, value in zip(every, state, strict=True):
            object.__setattr__(self, field.name, value)

    for method in (
        *(__init__, __repr__, __eq__, __hash__, __setattr__, __delattr__),
        *(__getstate__, __setstate__),
    ):
        if method.__name__ not in own:
            method.__qualname__ = f"{made.__qualname__}.{method.__name__}"
            setattr(made, method.__name__, method)
    return made  # type: ignore[no-any-return]


def _values(names: Sequence[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _initialiser(made: type[Any], every: Sequence[dataclasses.Field[Any]]) -> Callable[..., None]:
    """The `__init__` that dataclasses would have written."""
    scope: dict[str, Any] = {"_LEFT_OUT": _LEFT_OUT}
    given: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for field in every:
        name, value = field.name, field.name
        parameter = name
        if field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
            value = name if field.init else f"_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            scope[f"_new_{name}"] = field.default_factory
            parameter = f"{name}=_LEFT_OUT"
            value = f"_new_{name}() if {name} is _LEFT_OUT else {name}" if field.init else f"_new_{name}()"
        elif not field.init:
            continue
        if field.init:
            (by_name if field.kw_only else given).append(parameter)
        # A slot's own setter takes two thirds of the time of object.__setattr__.
        scope[f"_put_{name}"] = getattr(made, name).__set__
        body.append(f" _put_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(["self", *given, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), scope)  # noqa: S102 - our own names
    initialiser: Callable[..., None] = scope["__init__"]
    initialiser.__qualname__ = f"{made.__qualname__}.__init__"
    return initialiser


if TYPE_CHECKING:
    # To a type checker it is what it behaves like.
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, slots: bool) -> Callable[[type[Any]], type[Any]]:
        """Make a frozen dataclass with slots; nothing else is offered, and no `InitVar`."""
        if not (frozen and slots):
            raise TypeError("a record is frozen and has slots")
        return _make


__all__ = ["record"]
