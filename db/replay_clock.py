"""What clocks and holds must be after the history, worked out without the database's triggers (db.verify)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from db.rows import Problem

CLOCKS: Final = "SELECT dossier, seq, entered_seq, holder, reminders, reminded_on, level FROM clock"
HOLDS: Final = (
    "SELECT dossier, seq, entered_seq, party, from_on, until_on, lifted_on, lifted_seq FROM hold"
    " ORDER BY dossier, seq"
)
Hold = tuple[Any, ...]
"""A row of `HOLDS` behind its key: entered_seq, party, from_on, until_on, lifted_on, lifted_seq."""
Clock = tuple[Any, ...]
"""A row of `CLOCKS` behind its key: seq, entered_seq, holder, reminders, reminded_on, level."""


class Clocks:
    """Clocks and holds as the clock notes seen so far made them."""

    def __init__(self) -> None:
        self._clocks: dict[str, Clock] = {}
        self._holds: dict[str, dict[int, Hold]] = {}

    def take(self, leaf: Mapping[str, Any], now: Mapping[str, Any], place: str) -> Iterator[Problem]:
        """Carry one clock note out; `now`: its dossier before it."""
        note = leaf["refs"]["clock"]
        act, code, seq, stay = note["act"], leaf["dossier"], leaf["seq"], now["entered_seq"]
        if act == "recount":
            due = tuple((note["before"] or {}).get(name) for name in ("on", "kind", "basis"))
            if due != (now["due_on"], now["due_kind"], now["due_basis"]):
                yield Problem("clock", place)
            return
        _, there, holder, reminders, reminded_on, level = self._clocks.get(code, (0, 0, None, 0, None, 0))
        if there != stay:
            holder, reminders, reminded_on, level = None, 0, None, 0
        if act == "reassign":
            holder = note["holder"]
        elif act == "escalate":
            level = note["level"]
        elif act == "remind":
            reminders, reminded_on = reminders + 1, leaf["on"]
        elif not self._pause(note, code, seq, stay):
            yield Problem("clock", place)
        self._clocks[code] = (seq, stay, holder, reminders, reminded_on, level)

    def _pause(self, note: Mapping[str, Any], code: str, seq: int, stay: int) -> bool:
        """Carry a hold or a lift out; say whether it could be."""
        holds = self._holds.setdefault(code, {})
        if note["act"] == "hold":
            holds[seq] = (stay, note["party"], note["from"], note["until"], None, None)
            return not any(
                since <= note["until"] and until >= note["from"] and (lifted is None or lifted > note["from"])
                for number, (entered, _, since, until, lifted, _) in holds.items()
                if number != seq and entered == stay
            )
        held = holds.get(note["hold"])
        if held is None:
            return False
        holds[note["hold"]] = (*held[:4], note["on"], seq)
        return held[0] == stay and held[5] is None and held[2] <= note["on"] <= held[3]

    def compare(self, clocks: Iterable[Any], holds: Iterable[Any]) -> Iterator[Problem]:
        """Yield where the tables (rows of `CLOCKS` and `HOLDS`) differ from what the notes made."""
        left = dict(self._clocks)
        for code, *found in clocks:
            if left.pop(code, None) != tuple(found):
                yield Problem("clock", code)
        paused = {(code, seq): hold for code, own in self._holds.items() for seq, hold in own.items()}
        for code, seq, *found in holds:
            if paused.pop((code, seq), None) != tuple(found):
                yield Problem("hold", f"{code} #{seq}")
        for code in left:
            yield Problem("clock_missing", code)
        for code, seq in paused:
            yield Problem("hold_missing", f"{code} #{seq}")
