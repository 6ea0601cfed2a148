"""The lifecycle as a value: phases, states, actions and deadlines, read once and never changed.

Everything else (machine, permission check, reasons, deadlines, key hints, diagram, the
database's list of legal moves, the tests) is derived from these frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from states.records import record

RETURN_TO = "@return_to"
"""Target "the level that returned the file" (domain.md §11.1, principle 3)."""
SAME = "@same"
"""Target "stay where it is": an act that is recorded without changing the state."""

Lang = Literal["vi", "en"]
Need = Literal["required", "optional", "none"]
DeadlineKind = Literal["law", "policy"]
AmountKind = Literal["approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned"]

SUBJECTS: tuple[str, ...] = ("proposal", "annual_plan", "allocation_round", "contract", "adjustment")
"""Every kind of dossier; a lifecycle's `subject` is one of them."""

FUNDS: tuple[str, ...] = ("annual_plan", "allocation_round", "contract")
"""Kinds of dossier with money of their own, to which acts on proposals are charged."""

ROLES: tuple[str, ...] = (
    "unit",
    "department",
    "agency",
    "ministry",
    "finance_department",
    "provincial_committee",
    "auditor",
    "supervisor",
    "admin",
)
"""Every role a person can hold in an office; the last three only read (or administer)."""

HOLDERS: tuple[str, ...] = (
    "unit",
    "department",
    "agency",
    "ministry",
    "finance_department",
    "provincial_committee",
    "finance_ministry",
    "government",
    "treasury",
    "enterprise",
    "nobody",
)
"""Every answer to "waiting for whom" (`State.waits_for`)."""


@record(frozen=True, slots=True)
class Label:
    """A text in both languages; Vietnamese is the official term."""

    vi: str
    en: str

    def __call__(self, lang: str) -> str:
        """Return the text in `lang` ("vi" or "en"; anything else is Vietnamese)."""
        return self.en if lang == "en" else self.vi


@record(frozen=True, slots=True)
class Phase:
    """A stage of the bar that people see; states belong to exactly one."""

    name: str
    label: Label


@record(frozen=True, slots=True)
class DeadlineRule:
    """When a dossier must have left its state.

    by:
        "fixed_date"    day/month of the budget year + `plan_year`; `inclusive=False` is "trước ngày"
        "working_days"  `days` working days after the date of entry (Civil Code Đ147–148)
        "calendar_days" `days` calendar days after it; a last day off moves to the next working day
        "months"        the same day of the month `months` months later, or that month's last (Civil Code
                        Đ148.3–4); a last day off moves. "01 năm" is 12 months, not 365 days.
        "monthly"       the next `day` of a month after the date of entry (`inclusive` as above)
        "term_end"      the end of the proposal's own schedule
    kind: "law" when a statute sets it, "policy" when the office does; `basis` says which.
    """

    by: Literal["fixed_date", "working_days", "calendar_days", "months", "monthly", "term_end"]
    kind: DeadlineKind
    basis: str
    days: int = 0
    month: int = 0
    day: int = 0
    plan_year: int = 0
    inclusive: bool = True
    when: str | None = None
    """A guard on the dossier's facts; the rule counts only where it passes (None = always)."""
    months: int = 0


@record(frozen=True, slots=True)
class State:
    """Where a dossier stands. `waits_for` answers "waiting for whom"."""

    name: str
    label: Label
    phase: str
    waits_for: str
    deadlines: tuple[DeadlineRule, ...] = ()
    final: bool = False
    ending: Literal["", "completed", "refused", "withdrawn", "stopped", "transferred"] = ""
    """How a dossier in this state ended; set on final states only."""
    paused: bool = False
    """A side state (returned, carried over): shown with its own mark on the stage bar."""


@record(frozen=True, slots=True)
class Target:
    """Where an action leads, and under which outcome guard (`when`, None = always)."""

    state: str
    when: str | None = None


@record(frozen=True, slots=True)
class Action:
    """One act of the procedure, as data.

    documents: each entry is a tuple of alternatives; one kind of each must be in the dossier
        (or be recorded together with the act).
    act_document: kind of the paper that *is* the act (letter, decision, minutes), whose number,
        date and signer are asked for; alternatives stand as "mau_5a|mau_5b";
        `act_document_need` says whether it is required.
    amount: the recorded amount the act sets or adds ("approved" sets, the others add).
    amount_optional: the act may also move no amount (`amount = "accepted?"` in the file).
    signed: the amount may be negative: it takes back what was given (an amended contract).
    release: the amount is worked out, not entered: what was allocated and not yet used goes back.
    via: kind of the parent dossier as whose act alone it is done ("allocation_round"), None = by itself.
    charges: kinds of dossier to which the amount is charged, each exactly once.
    may_charge: kinds to which it is charged where there is one.
    moves: acts on the items of a parent, done together with the parent's own act: each item gets the
        first of them that leaves its state.
    fields: typed inputs that the act asks for (states.fields); "volume_permille?" may be left out.
    round: whether an allocation round's number is asked for (đợt n).
    remembers_return: the source state becomes the dossier's `return_to`.
    renews_deadline: an act with target SAME that computes the deadline anew from its own date.
    warnings: guards whose refusal is only a warning (dates that an office may move).
    """

    name: str
    label: Label
    sources: tuple[str, ...]
    targets: tuple[Target, ...]
    roles: tuple[str, ...]
    basis: str
    guards: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    documents: tuple[tuple[str, ...], ...] = ()
    act_document: str | None = None
    act_document_need: Need = "none"
    reason: Need = "optional"
    amount: AmountKind | None = None
    round: bool = False
    second_person: bool = False
    remembers_return: bool = False
    renews_deadline: bool = False
    advances_year: bool = False
    """Moves the dossier's budget year on by one (carry-over into the next year)."""
    danger: bool = False
    """An act that ends or turns back the dossier: listed last and confirmed once more."""
    amount_optional: bool = False
    signed: bool = False
    release: bool = False
    via: str | None = None
    charges: tuple[str, ...] = ()
    may_charge: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def asks_amount(self) -> bool:
        """Whether the person enters an amount (it may be optional)."""
        return self.amount is not None and not self.release


@dataclass(frozen=True)
class Lifecycle:
    """One version of a lifecycle; a dossier pins `key` = "name@version"."""

    name: str
    version: str
    subject: str
    basis: str
    in_force_from: date
    in_force_to: date | None
    initial: str
    label: Label
    phases: tuple[Phase, ...]
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    fingerprint: str
    """SHA-256 hex of the canonical definition; a file changed while in use no longer matches."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    fund: bool = False
    """Whether a dossier of this lifecycle has money of its own (a plan, a round, a contract)."""
    source: str = ""
    """The TOML text it was read from, kept so that a store can carry its own lifecycles."""

    @property
    def key(self) -> str:
        """What a dossier pins: "kcqg@2014"."""
        return f"{self.name}@{self.version}"

    @cached_property
    def state_by_name(self) -> dict[str, State]:
        """States by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def action_by_name(self) -> dict[str, Action]:
        """Actions by name; names are unique in a lifecycle."""
        return {action.name: action for action in self.actions}

    @cached_property
    def phase_by_name(self) -> dict[str, Phase]:
        """Phases by name."""
        return {phase.name: phase for phase in self.phases}

    @cached_property
    def actions_by_source(self) -> dict[str, tuple[Action, ...]]:
        """Actions leaving each state, in the file's order (built once: explain() is hot)."""
        return {
            state.name: tuple(action for action in self.actions if state.name in action.sources)
            for state in self.states
        }

    @cached_property
    def return_states(self) -> frozenset[str]:
        """States that a returned dossier can go back to."""
        return frozenset(
            source for action in self.actions if action.remembers_return for source in action.sources
        )

    @cached_property
    def return_levels(self) -> dict[str, frozenset[str]]:
        """For each state in which a dossier waits to go back: the states that sent it there."""
        found: dict[str, set[str]] = {}
        for action in self.actions:
            if action.remembers_return:
                for target in action.targets:
                    found.setdefault(target.state, set()).update(action.sources)
        return {state: frozenset(levels) for state, levels in found.items()}

    def levels_from(self, state: str) -> frozenset[str]:
        """Where @return_to may lead from `state`: who sent the dossier there, or whoever returns at all."""
        return self.return_levels.get(state, self.return_states)

    @cached_property
    def recorders(self) -> dict[str, frozenset[str]]:
        """Roles that may record each kind of paper that is an act: those whose act it is.

        Without this a unit could enter another office's opinion or decision, and the rules
        that look for it would be talked round. Kinds that are no act's own paper are free.
        """
        roles: dict[str, set[str]] = {}
        for action in self.actions:
            for kind in self.act_documents(action):
                roles.setdefault(kind, set()).update(action.roles)
        return {kind: frozenset(found) for kind, found in roles.items()}

    def reachable_targets(self, action: Action, source: str) -> frozenset[str]:
        """Every state that `action` can lead to from `source`, special targets resolved."""
        found: set[str] = set()
        for target in action.targets:
            if target.state == SAME:
                found.add(source)
            elif target.state == RETURN_TO:
                found |= self.levels_from(source)
            else:
                found.add(target.state)
        return frozenset(found)

    @staticmethod
    def act_documents(action: Action) -> tuple[str, ...]:
        """Kinds that the act's own paper may have; the first is the usual one."""
        return tuple(action.act_document.split("|")) if action.act_document else ()

    def legal_moves(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield every legal (action, from, to, role): the database's own list (design §6)."""
        for action in self.actions:
            for source in action.sources:
                for target in sorted(self.reachable_targets(action, source)):
                    for role in action.roles:
                        yield action.name, source, target, role
