"""The work of a bulk act, without a screen: what can be done with many, what will come of it, doing it.

Everything here runs in a worker thread, tells how far it is, and asks now and then whether to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from kcflow.services.errors import KcflowError, NotFound, StoreProblem
from kcflow.services.views import BulkItem, MoveInput, OptionView, Preview, Reason
from states.model import Label, Need

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

T = TypeVar("T")

SLICE = 25
"""Dossiers of one transaction, where each is carried out by itself: stopping waits for one slice."""
Tell = Callable[[int], None]
"""Told how many are looked at or done."""
Stop = Callable[[], bool]
Options = Mapping[str, tuple[OptionView, ...]]
"""The acts of every dossier, by code; what can't be read has none."""


@dataclass(frozen=True)
class Offered:
    """An act that can be done with some of the dossiers: `option` asks for what any of them needs."""

    option: OptionView
    possible: tuple[str, ...]
    suggested: Mapping[str, int]
    """Amounts that go without saying, in đồng by code."""
    targets: tuple[Label, ...]


@dataclass(frozen=True)
class Prospect:
    """What will come of one dossier: a preview that is allowed, or the reasons against it."""

    code: str
    title: str = ""
    preview: Preview | None = None
    why: tuple[Label, ...] = ()

    @property
    def will(self) -> bool:
        """Whether it will be done."""
        return self.preview is not None and self.preview.allowed


@dataclass(frozen=True)
class Outcome:
    """What was done. error: what ended it early. stopped: somebody did; the rest wasn't reached."""

    items: tuple[BulkItem, ...]
    error: Exception | None = None
    stopped: bool = False


def gather(desk: Desk, codes: Sequence[str], tell: Tell, stop: Stop) -> Options:
    """Read the acts of every dossier. Raises `StoreProblem`."""
    found: dict[str, tuple[OptionView, ...]] = {}
    for number, code in enumerate(codes, 1):
        if stop():
            break
        try:
            found[code] = desk.options(code)
        except NotFound:
            found[code] = ()
        tell(number)
    return found


def offered(options: Options) -> tuple[Offered, ...]:
    """The acts that can be done with any, those with the most first; what ends something comes last."""
    by_name: dict[str, dict[str, OptionView]] = {}
    for code, acts in options.items():
        for act in acts:
            if act.possible:
                by_name.setdefault(act.name, {})[code] = act
    found = [_joined(acts) for acts in by_name.values()]
    return tuple(sorted(found, key=lambda one: (one.option.danger, -len(one.possible))))


def _joined(acts: Mapping[str, OptionView]) -> Offered:
    options = list(acts.values())
    suggested = {code: act.suggested_amount for code, act in acts.items() if act.suggested_amount is not None}
    amounts = {act.suggested_amount for act in options}
    one = replace(
        options[0],
        reason_need=_most(option.reason_need for option in options),
        act_document_need=_most(option.act_document_need for option in options),
        act_documents=_union(option.act_documents for option in options),
        missing_documents=_union(option.missing_documents for option in options),
        suggested_amount=options[0].suggested_amount if len(amounts) == 1 else None,
        round=any(option.round for option in options),
        danger=any(option.danger for option in options),
        must_conclude=any(option.must_conclude for option in options),
    )
    targets = tuple(dict.fromkeys(act.target_label for act in options if act.target_label is not None))
    return Offered(one, tuple(acts), suggested, targets)


def _most(needs: Iterable[Need]) -> Need:
    found = set(needs)
    order: tuple[Need, ...] = ("required", "optional", "none")
    return next(need for need in order if need in found)


def _union(groups: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for group in groups for one in group))


def move_for(code: str, move: MoveInput, act: Offered) -> MoveInput:
    """The decision as it is for one dossier: without an amount each has its own."""
    if act.option.amount is not None and move.amount is None:
        return replace(move, amount=act.suggested.get(code))
    return move


def foresee(
    desk: Desk, codes: Sequence[str], act: Offered, move: MoveInput, tell: Tell, stop: Stop
) -> list[Prospect]:
    """Preview the decision for every dossier; stopped, it gives what was previewed. Raises `StoreProblem`."""
    found: list[Prospect] = []
    for number, code in enumerate(codes, 1):
        if stop():
            break
        found.append(_foreseen(desk, code, act, move))
        tell(number)
    return found


def _foreseen(desk: Desk, code: str, act: Offered, move: MoveInput) -> Prospect:
    try:
        preview = desk.preview(code, act.option.name, move_for(code, move, act))
    except StoreProblem:
        raise
    except KcflowError as error:
        return Prospect(code, why=(error.text,))
    why = () if preview.allowed else tuple(reason.text for reason in preview.option.reasons)
    return Prospect(code, preview.title, preview, why)


def one_transaction(codes: Sequence[str], act: Offered, move: MoveInput) -> bool:
    """Whether one decision says everything: one that needs an amount of each its own does not."""
    return len({move_for(code, move, act).amount for code in codes}) <= 1


def carry_out(
    desk: Desk,
    codes: Sequence[str],
    act: Offered,
    move: MoveInput,
    all_or_nothing: bool,
    tell: Tell,
    stop: Stop,
) -> Outcome:
    """Do it. All or nothing is one transaction; else slices, between which it can be stopped.

    `move.request` is the request id of the whole decision: tried again, nothing is done twice.
    """
    if all_or_nothing:
        try:
            items = desk.advance_many(codes, act.option.name, move_for(codes[0], move, act), True)
        except Exception as error:
            return Outcome((), error)
        tell(len(codes))
        return Outcome(items)
    done: list[BulkItem] = []
    groups: dict[int | None, list[str]] = {}
    for code in codes:
        groups.setdefault(move_for(code, move, act).amount, []).append(code)
    for amount, group in groups.items():
        for start in range(0, len(group), SLICE):
            if stop():
                return Outcome(tuple(done), stopped=True)
            part = group[start : start + SLICE]
            try:
                done += _slice(desk, part, act.option.name, replace(move, amount=amount))
            except Exception as error:
                return Outcome(tuple(done), error)
            tell(len(done))
    return Outcome(tuple(done))


def _slice(desk: Desk, codes: Sequence[str], action: str, move: MoveInput) -> Sequence[BulkItem]:
    """One slice; where one dossier stands in the way of the others, each alone. Raises `StoreProblem`."""
    try:
        return desk.advance_many(codes, action, move, False)
    except StoreProblem:
        raise
    except KcflowError as error:
        if len(codes) == 1:
            return (BulkItem(codes[0], None, (Reason("error", error.code, error.text),)),)
    return [item for code in codes for item in _slice(desk, (code,), action, move)]
