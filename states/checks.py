"""Whether a lifecycle holds together: names, targets, deadlines, and a way to an end from everywhere.

`transitions` accepts unreachable states, dead ends and unknown names silently, so they are
looked for here, when a file is loaded or installed, and never while a clerk is at work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from states.fields import FIELDS
from states.lifecycle_error import LifecycleError, near_miss
from states.model import (
    FUNDS,
    HOLDERS,
    RETURN_TO,
    ROLES,
    SAME,
    SUBJECTS,
    Action,
    DeadlineRule,
    Lifecycle,
)

READING_ROLES: Final = frozenset({"auditor", "supervisor", "admin"})
"""Roles that never act on a dossier."""

EXHAUSTIVE: Final = (
    frozenset({"fully_allocated", "partly_allocated"}),
    frozenset({"direct_route", "not_direct_route"}),
    frozenset({"group_only", "not_group"}),
    frozenset({"nothing_to_refund", "refund_open"}),
)
"""Pairs of outcome guards of which exactly one passes, so that no unconditional target is needed."""

_MAX_WORKING_DAYS: Final = 250
_MAX_CALENDAR_DAYS: Final = 3660
_MAX_MONTHS: Final = 120


def check(
    lifecycle: Lifecycle, *, guards: Collection[str], document_kinds: Collection[str], file: str = ""
) -> None:
    """Raise the first of `problems`, or return: the lifecycle can be used."""
    for problem in problems(lifecycle, guards=guards, document_kinds=document_kinds, file=file):
        raise problem


def problems(
    lifecycle: Lifecycle, *, guards: Collection[str], document_kinds: Collection[str], file: str = ""
) -> tuple[LifecycleError, ...]:
    """Return everything that is wrong with `lifecycle`, in the file's order.

    guards: names of the registered guards; document_kinds: codes of the known kinds of paper;
    file: the name to show in the sentences (the lifecycle's key when empty). The graph is
    looked at only when all names are known, so that one typo makes one problem.
    """
    checker = _Checker(lifecycle, guards, document_kinds, file or lifecycle.key)
    return tuple(checker.names()) or tuple(checker.graph())


class _Checker:
    """One look at one lifecycle."""

    def __init__(
        self, lifecycle: Lifecycle, guards: Collection[str], kinds: Collection[str], file: str
    ) -> None:
        self.lifecycle = lifecycle
        self.guards = guards
        self.kinds = kinds
        self.file = file

    def fail(self, table: str, key: str, code: str, **params: object) -> LifecycleError:
        return LifecycleError(self.file, table, key, code, **params)

    def unknown(
        self, table: str, key: str, code: str, found: Iterable[str], known: Collection[str]
    ) -> Iterator[LifecycleError]:
        """Yield a problem for every name of `found` that is not `known`, with a near miss."""
        for name in found:
            if name not in known:
                yield self.fail(table, key, code, found=name, suggestion=near_miss(name, known) or "")

    # -- each table by itself ------------------------------------------------------------

    def names(self) -> Iterator[LifecycleError]:
        """Duplicates, unknown names, malformed deadlines and settings that contradict each other."""
        lifecycle = self.lifecycle
        for kind, tables in (
            ("phase", lifecycle.phases),
            ("state", lifecycle.states),
            ("action", lifecycle.actions),
        ):
            for name, times in Counter(table.name for table in tables).items():
                if times > 1:
                    yield self.fail(f"{kind}.{name}", "name", "duplicate", found=name)
        yield from self.unknown("", "initial", "unknown_state", [lifecycle.initial], lifecycle.state_by_name)
        yield from self.unknown("", "subject", "unknown_subject", [lifecycle.subject], SUBJECTS)
        if lifecycle.fund != (lifecycle.subject in FUNDS):
            yield self.fail("", "fund", "fund_subject", found=lifecycle.subject)
        yield from self._states()
        for action in lifecycle.actions:
            yield from self._action(action)
        used = {state.phase for state in lifecycle.states}
        for phase in lifecycle.phases:
            if phase.name not in used:
                yield self.fail(f"phase.{phase.name}", "", "phase_unused")

    def _states(self) -> Iterator[LifecycleError]:
        for state in self.lifecycle.states:
            table = f"state.{state.name}"
            yield from self.unknown(
                table, "phase", "unknown_phase", [state.phase], self.lifecycle.phase_by_name
            )
            yield from self.unknown(table, "waits_for", "unknown_holder", [state.waits_for], HOLDERS)
            if state.ending and not state.final:
                yield self.fail(table, "ending", "ending_not_final")
            if state.final and not state.ending:
                yield self.fail(table, "ending", "final_without_ending")
            for number, rule in enumerate(state.deadlines, 1):
                suffix = f"[{number}]" if len(state.deadlines) > 1 else ""
                yield from self._deadline(f"{table}.deadline{suffix}", rule)

    def _deadline(self, table: str, rule: DeadlineRule) -> Iterator[LifecycleError]:
        if rule.when is not None:
            yield from self.unknown(table, "when", "unknown_guard", [rule.when], self.guards)
        if not rule.basis.strip():
            yield self.fail(table, "basis", "empty_text")
        if rule.by in ("working_days", "calendar_days"):
            limit = _MAX_WORKING_DAYS if rule.by == "working_days" else _MAX_CALENDAR_DAYS
            if not 1 <= rule.days <= limit:
                yield self.fail(table, "days", "bad_days", found=rule.days, limit=limit)
        elif rule.by == "months":
            if not 1 <= rule.months <= _MAX_MONTHS:
                yield self.fail(table, "months", "bad_months", found=rule.months, limit=_MAX_MONTHS)
        elif rule.by == "monthly":
            if not 1 <= rule.day <= 28:
                yield self.fail(table, "day", "bad_day", found=rule.day)
        elif rule.by == "fixed_date":
            if not -2 <= rule.plan_year <= 2:
                yield self.fail(table, "plan_year", "bad_plan_year", found=rule.plan_year)
            try:
                date(2023, rule.month, rule.day)  # a common year: 29 February is not in every year
            except ValueError:
                yield self.fail(table, "day", "no_such_date", found=f"{rule.day}/{rule.month}")

    def _action(self, action: Action) -> Iterator[LifecycleError]:
        table = f"action.{action.name}"
        states = self.lifecycle.state_by_name
        if not action.sources:
            yield self.fail(table, "from", "empty_list")
        yield from self.unknown(table, "from", "unknown_state", action.sources, states)
        yield from self._targets(table, action)
        if not action.roles:
            yield self.fail(table, "roles", "empty_list")
        yield from self.unknown(table, "roles", "unknown_role", action.roles, ROLES)
        for role in READING_ROLES.intersection(action.roles):
            yield self.fail(table, "roles", "reading_role", found=role)
        yield from self.unknown(table, "guards", "unknown_guard", action.guards, self.guards)
        yield from self.unknown(table, "warnings", "unknown_guard", action.warnings, self.guards)
        kinds = [kind for alternatives in action.documents for kind in alternatives]
        yield from self.unknown(table, "documents", "unknown_document", kinds, self.kinds)
        acts = Lifecycle.act_documents(action)
        yield from self.unknown(table, "act_document", "unknown_document", acts, self.kinds)
        if bool(acts) != (action.act_document_need != "none"):
            yield self.fail(table, "act_document_need", "act_document_need")
        if action.round and action.amount != "allocated":
            yield self.fail(table, "round", "round_without_allocation")
        if action.renews_deadline and any(target.state != SAME for target in action.targets):
            yield self.fail(table, "renews_deadline", "renews_without_staying")

        yield from self._money(table, action)

    def _money(self, table: str, action: Action) -> Iterator[LifecycleError]:
        """Parents, charges and typed inputs. A `moves` name stands in the items' own lifecycles."""
        parents = [kind for kind in SUBJECTS if kind != "proposal"]
        yield from self.unknown(table, "via", "unknown_subject", [action.via] if action.via else [], parents)
        for key, kinds in (("charges", action.charges), ("may_charge", action.may_charge)):
            yield from self.unknown(table, key, "unknown_subject", kinds, FUNDS)
            if kinds and action.amount is None:
                yield self.fail(table, key, "charge_without_amount")
        for kind in sorted({*action.charges} & {*action.may_charge}):
            yield self.fail(table, "may_charge", "duplicate", found=kind)
        names = [name.removesuffix("?") for name in action.fields]
        yield from self.unknown(table, "fields", "unknown_field", names, FIELDS)
        for key, given in (("fields", names), ("moves", action.moves), ("charges", action.charges)):
            for name, times in Counter(given).items():
                if times > 1:
                    yield self.fail(table, key, "duplicate", found=name)
        if action.moves and self.lifecycle.subject == "proposal":
            yield self.fail(table, "moves", "moves_without_items")
        if action.release and (action.amount != "allocated" or action.amount_optional or action.signed):
            yield self.fail(table, "release", "release_not_allocated")
        if action.signed and action.amount not in ("allocated", "contracted"):
            yield self.fail(table, "signed", "signed_amount")

    def _targets(self, table: str, action: Action) -> Iterator[LifecycleError]:
        known = {*self.lifecycle.state_by_name, RETURN_TO, SAME}
        yield from self.unknown(
            table, "to", "unknown_state", [target.state for target in action.targets], known
        )
        conditions = [target.when for target in action.targets]
        named = [name for name in conditions if name is not None]
        yield from self.unknown(table, "to", "unknown_guard", named, self.guards)
        if None in conditions[:-1]:
            yield self.fail(table, "to", "target_order")
        elif None not in conditions and not any(pair <= set(named) for pair in EXHAUSTIVE):
            yield self.fail(table, "to", "target_not_exhaustive")

    # -- the tables together -------------------------------------------------------------

    def graph(self) -> Iterator[LifecycleError]:
        """Reachability, ways out, ways to an end, the memory of returns, the order of phases."""
        lifecycle = self.lifecycle
        next_states: dict[str, set[str]] = {state.name: set() for state in lifecycle.states}
        for action in lifecycle.actions:
            for source in action.sources:
                next_states[source] |= lifecycle.reachable_targets(action, source)
        yield from self._returns()
        finals = [state.name for state in lifecycle.states if state.final]
        for action in lifecycle.actions:
            for source in action.sources:
                if source in finals:
                    yield self.fail(f"action.{action.name}", "from", "final_with_exit", found=source)
        reached = _closure([lifecycle.initial], next_states)
        previous: dict[str, set[str]] = {name: set() for name in next_states}
        for source, targets in next_states.items():
            for target in targets:
                previous[target].add(source)
        ending = _closure(finals, previous)
        for state in lifecycle.states:
            table = f"state.{state.name}"
            if state.name not in reached:
                yield self.fail(table, "", "unreachable")
            if not state.final and not next_states[state.name] - {state.name}:
                yield self.fail(table, "", "dead_end")
            elif state.name not in ending:
                yield self.fail(table, "", "no_way_to_end")
        yield from self._phases()

    def _returns(self) -> Iterator[LifecycleError]:
        returning = [a for a in self.lifecycle.actions if any(t.state == RETURN_TO for t in a.targets)]
        remembering = [action for action in self.lifecycle.actions if action.remembers_return]
        if returning and not remembering:
            yield self.fail(f"action.{returning[0].name}", "to", "return_without_memory")
        if remembering and not returning:
            yield self.fail(f"action.{remembering[0].name}", "remembers_return", "memory_without_return")

    def _phases(self) -> Iterator[LifecycleError]:
        lifecycle = self.lifecycle
        completed = [state for state in lifecycle.states if state.ending == "completed"]
        if not completed:
            yield self.fail("", "state", "no_completion")
            return
        first, last = lifecycle.phases[0].name, lifecycle.phases[-1].name
        initial = lifecycle.state_by_name[lifecycle.initial]
        if initial.phase != first:
            yield self.fail(f"state.{initial.name}", "phase", "phase_order")
        for state in completed:
            if state.phase != last:
                yield self.fail(f"state.{state.name}", "phase", "phase_order")


def _closure(start: Iterable[str], edges: dict[str, set[str]]) -> set[str]:
    """Return every name that can be reached from `start` along `edges`."""
    found, waiting = set(start), list(start)
    while waiting:
        for name in edges[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found
