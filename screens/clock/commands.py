"""The keys of time: why something stands here, and what is done about it. The same in every list."""

from __future__ import annotations

from screens.commands import Command


class WhyHere(Command):
    """Why it stands here: its deadline, line by line."""

    key = "question_mark"
    order = 28


class ClockActs(Command):
    """Remind, reassign, pause, lift the pause, report upwards."""

    key = "exclamation_mark"
    order = 29


class Remind(Command):
    """Remind who holds it."""

    key = "R"
    show = False
    order = 15


class Reassign(Command):
    """Charge another person with it."""

    key = "P"
    show = False
    order = 16


class PutOnHold(Command):
    """Pause the office's own clocks, with a party, an end and a reason."""

    key = "T"
    show = False
    order = 17


class LiftHold(Command):
    """End the pause before its day."""

    key = "L"
    show = False
    order = 18


class Escalate(Command):
    """Report it to the next level above."""

    key = "U"
    show = False
    order = 19


class CopyWhy(Command):
    """Copy the whole derivation."""

    key = "y"
    order = 11


ACTS: dict[str, type[Command]] = {
    "remind": Remind,
    "reassign": Reassign,
    "hold": PutOnHold,
    "lift": LiftHold,
    "escalate": Escalate,
}
"""The acts on time by their names in `ClockState.possible`, in the order in which they are offered."""
CLOCK: tuple[type[Command], ...] = (WhyHere, ClockActs, *ACTS.values())
"""The commands that a node with `screens.clock.opening.OnTheClock` must bind."""
