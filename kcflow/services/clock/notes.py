"""What a history row did about time, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kcflow.labels import HOLDER
from kcflow.services.clock.levels import level_label
from kcflow.services.errors import BadInput
from kcflow.services.texts import both
from kcflow.services.views import ClockNote
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.context import Shared

REPLACING = ("hold", "lift", "recount")
"""Acts that give another due date."""


def clock_note(shared: Shared, leaf: Mapping[str, Any]) -> ClockNote | None:
    """What the row did about time; None for a row that did nothing about it."""
    said: Mapping[str, Any] | None = leaf["refs"].get("clock")
    if said is None:
        return None
    act = said["act"]
    former = said["before"] if act == "recount" else leaf["deadline"]
    parts = [*_said(shared, leaf, said)]
    if act in REPLACING:
        parts.append(_moved(former, leaf["due"]))
    holder = said.get("holder")
    return ClockNote(
        act=act,
        text=Label("; ".join(part.vi for part in parts), "; ".join(part.en for part in parts)),
        due_before=_day(former["on"]) if act in REPLACING and former else None,
        party=said.get("party"),
        from_on=_day(said.get("from")),
        until_on=_day(said.get("until")),
        counts_on=_day(said["on"]) if act == "lift" else None,
        people=tuple(said.get("to", [holder] if holder else [])),
        level=said.get("level"),
        cause=said.get("cause"),
    )


def level_name(level: int) -> Label | None:
    """The name of a level of escalation, None for 0; its number where the levels' file can't say it.

    What was done stays readable, whatever has become of the file since.
    """
    if not level:
        return None
    try:
        named = level_label(level)
    except BadInput:
        named = None
    return named or both("clock.note.level", level=level)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _said(shared: Shared, leaf: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Label]:
    act = said["act"]
    if act == "hold":
        begins, until = _day(said["from"]), _day(said["until"])
        key = "clock.note.hold" if said["from"] == leaf["on"] else "clock.note.hold_from"
        party = HOLDER.get(said["party"], Label(said["party"], said["party"]))
        yield both(key, begins=begins, until=until, party=party)
    elif act == "lift":
        yield both("clock.note.lift", on=_day(said["on"]))
    elif act == "remind":
        yield both("clock.note.remind", people=_names(shared, said["to"]))
    elif act == "reassign":
        who = said["holder_name"]
        yield both("clock.note.reassign", who=who) if who else both("clock.note.released")
    elif act == "escalate":
        level = level_name(said["level"])
        yield both("clock.note.escalate", level=level, people=_names(shared, said["to"]))
    else:
        yield both(f"clock.cause.{said['cause']}", ref=said["ref"])


def _names(shared: Shared, logins: Sequence[str]) -> str:
    return ", ".join(map(shared.name_of, logins))


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Label:
    none = both("clock.no_due")
    was = _day(before["on"]) if before else none
    is_ = _day(after["on"]) if after else none
    if was == is_:
        return both("clock.note.due_stays", due=is_)
    return both("clock.note.due_moves", before=was, after=is_)
