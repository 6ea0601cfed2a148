"""A record against the standard dataclass of the same fields."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from states.records import record

T = TypeVar("T")


@record(frozen=True, slots=True)
class Ours(Generic[T]):
    """A class with every kind of field."""

    KIND: ClassVar[str] = "ours"
    name: str
    value: T
    size: int = 3
    tags: list[str] = field(default_factory=list)
    secret: str = field(default="s", repr=False, compare=False)
    made: int = field(default=7, init=False)
    told: str = field(default="", kw_only=True)

    @property
    def double(self) -> int:
        return self.size * 2


@dataclass(frozen=True, slots=True)
class Theirs(Generic[T]):
    """The same by the standard library."""

    KIND: ClassVar[str] = "ours"
    name: str
    value: T
    size: int = 3
    tags: list[str] = field(default_factory=list)
    secret: str = field(default="s", repr=False, compare=False)
    made: int = field(default=7, init=False)
    told: str = field(default="", kw_only=True)

    @property
    def double(self) -> int:
        return self.size * 2


@record(frozen=True, slots=True)
class Child(Ours[int]):
    """A record that adds a field."""

    more: bool = False


@record(frozen=True, slots=True)
class Judged:
    """A record that looks at its values."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low > high")


@record(frozen=True, slots=True)
class Empty:
    """A record without fields."""


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a", 1), {}),
    (("a",), {"value": (1, 2)}),
    (("a", 1, 5, ["x"], "hidden"), {"told": "t"}),
    ((), {"name": "a", "value": None, "tags": ["y"]}),
]


@pytest.mark.parametrize(("args", "named"), CALLS)
def test_it_is_made_like_a_dataclass(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, theirs = Ours(*args, **named), Theirs(*args, **named)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours.double == theirs.double
    assert ours == Ours(*args, **named)


@pytest.mark.parametrize(
    ("args", "named"),
    [((), {}), (("a",), {}), (("a", 1, 2, [], "s", "told"), {}), (("a", 1), {"made": 1})],
)
def test_wrong_calls_are_refused(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind(*args, **named)


def test_equality_and_hash_look_at_what_is_compared() -> None:
    assert Judged(1, 2) == Judged(1, 2) != Judged(1, 3)
    pair: object = (1, 2)
    assert Judged(1, 2) != pair
    assert len({Judged(1, 2), Judged(1, 2), Judged(2, 2)}) == 2
    assert Ours("a", 1, secret="x") == Ours("a", 1, secret="y")  # noqa: S106 - a field's name
    assert Ours("a", 1) != Child("a", 1)
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())


def test_it_is_frozen_and_has_no_room_for_more() -> None:
    one = Judged(1, 2)
    for name in ("low", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(one, name, 3)
    with pytest.raises(FrozenInstanceError):
        del one.low
    assert not hasattr(one, "__dict__")


def test_fields_replace_copy_and_pickle() -> None:
    ours = Child("a", 1, tags=["x"], more=True)
    assert [each.name for each in dataclasses.fields(Child)] == [
        *(each.name for each in dataclasses.fields(Theirs)),
        "more",
    ]
    assert dataclasses.replace(Judged(1, 2), high=5) == Judged(1, 5)
    assert pickle.loads(pickle.dumps(ours)) == ours  # noqa: S301 - our own bytes
    assert copy.deepcopy(ours) == ours
    assert copy.deepcopy(ours).tags is not ours.tags
    assert Ours.__match_args__ == Theirs.__match_args__


def test_the_first_and_the_later_ones_are_judged() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="low > high"):
            Judged(2, 1)
        with pytest.raises(ValueError, match="low > high"):
            dataclasses.replace(Judged(1, 2), low=3)


def test_nothing_else_is_offered() -> None:
    with pytest.raises(TypeError):
        record(frozen=True, slots=False)
