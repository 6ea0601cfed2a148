"""By when a dossier must leave its state: the lifecycle's rules, the offices' own, holds and the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from db import clock, queries
from kcflow import reference
from states.clock import Due, Pause, Step, WorkCalendar, due_for
from states.facts import Case, Facts, Inputs, Refusal
from states.guards import GUARDS
from states.model import DeadlineRule, Lifecycle
from states.records import record

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow, OrganisationRow
    from db.rows_clock import HoldRow, OfficeRuleRow
    from kcflow.services.context import Context

    Rules = tuple[tuple[DeadlineRule, OfficeRuleRow | None], ...]

DUES_KEPT: Final = 512
"""How many deadlines a rulebook remembers."""

LAST_OF_CONTRACT: Final = "last_of_contract"
"""The condition of a rule that looks at other dossiers: what it said at the entry into the state holds."""

_DAY: Final = timedelta(days=1)


class Rulebook:
    """The offices' own rules and calendar of one moment; never changes.

    own: every own rule, closed ones too: a dossier is counted by those that held when it entered its state.
    offices: by code, closed ones too, so that a rule is known to be a province's or a national office's.
    """

    def __init__(
        self,
        own: Iterable[OfficeRuleRow],
        calendar: WorkCalendar,
        offices: Mapping[str, OrganisationRow],
    ) -> None:
        self.own = tuple(own)
        self.calendar = calendar
        self.offices = offices
        self._by_state: dict[tuple[str, str], list[OfficeRuleRow]] = {}
        for rule in self.own:
            self._by_state.setdefault((rule.lifecycle, rule.state), []).append(rule)
        self._dues: dict[tuple[object, ...], Due | None] = {}

    def changed(
        self, own: Iterable[OfficeRuleRow] | None = None, calendar: WorkCalendar | None = None
    ) -> Rulebook:
        """This rulebook with other rules or another calendar: what would be, before it is saved."""
        return Rulebook(self.own if own is None else own, calendar or self.calendar, self.offices)

    def rules(self, lifecycle: Lifecycle, state: str, province: str, on: date) -> Rules:
        """The rules for a dossier of `province` that enters `state` on that day, own ones with their row.

        An own rule stands in place of the lifecycle's policy rules and keeps their condition; what the law
        sets stays beside it.
        """
        given = lifecycle.state_by_name[state].deadlines
        row = self.own_rule(lifecycle.name, state, province, on)
        if row is None:
            return tuple((rule, None) for rule in given)
        kept = tuple((rule, None) for rule in given if rule.kind == "law")
        return (*kept, (_as_rule(row, [rule.when for rule in given if rule.kind == "policy"]), row))

    def own_rule(self, lifecycle: str, state: str, province: str, on: date) -> OfficeRuleRow | None:
        """The own rule in force: a provincial office's before a national one's, then the newest.

        Of two offices of merged provinces, the one whose province exists on that day. One without an id, not
        saved yet, is the newest.
        """
        found = [
            (rank, rule.id is None, rule.id or 0, rule)
            for rule in self._by_state.get((lifecycle, state), ())
            if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)
            for rank in (self._rank(rule.office, province, on),)
            if rank
        ]
        return max(found, key=lambda each: each[:3])[3] if found else None

    def _rank(self, office: str, province: str, on: date) -> int:
        """How near an office stands to a province on that day; 0: its rules don't count there."""
        row = self.offices.get(office)
        if row is None or (row.valid_to is not None and row.valid_to < on):
            return 0
        if row.province is None:
            return 1
        if province not in reference.covered_by(row.province):
            return 0
        return 3 if reference.province(row.province).in_force(on) else 2

    def due(
        self,
        rules: tuple[DeadlineRule, ...],
        on: date,
        budget_year: int,
        ends_on: date | None,
        pauses: tuple[Pause, ...] = (),
    ) -> Due | None:
        """`states.clock.due_for` by this calendar; the latest answers are kept.

        One decision on a thousand dossiers counts the same days a thousand times. Raises `CalendarUnknown`.
        """
        key = (rules, on, budget_year, ends_on, pauses)
        try:
            return self._dues[key]
        except KeyError:
            due = due_for(
                rules, on, budget_year=budget_year, ends_on=ends_on, calendar=self.calendar, pauses=pauses
            )
        if len(self._dues) >= DUES_KEPT:
            self._dues.clear()
        self._dues[key] = due
        return due


def _as_rule(row: OfficeRuleRow, conditions: Sequence[str | None]) -> DeadlineRule:
    """An own rule as the clock counts it, under the condition that all the rules it replaces share."""
    when = conditions[0] if len(set(conditions)) == 1 else None
    return DeadlineRule(
        by=row.by,  # type: ignore[arg-type]  # the database holds no other word
        kind="policy",
        basis=row.basis,
        days=row.days,
        month=row.month,
        day=row.day,
        plan_year=row.plan_year,
        inclusive=row.inclusive,
        months=row.months,
        when=when,
    )


# -- counting one dossier ------------------------------------------------------------------------


@record(frozen=True, slots=True)
class Counting:
    """One rule that applies to a dossier: whose it is, and the day that its days count from."""

    rule: DeadlineRule
    own: OfficeRuleRow | None
    start: date


@record(frozen=True, slots=True)
class Counted:
    """A dossier's deadline counted anew from what the store holds."""

    start: date
    """What the days count from: the act of entry, or the last one that renewed the date."""
    rules: tuple[Counting, ...]
    """The rules that apply, in the order of the state."""
    pauses: tuple[Pause, ...]
    due: Due | None
    budget_year: int
    ends_on: date | None
    left_out: tuple[tuple[DeadlineRule, Refusal], ...] = ()
    """The rules of the state that don't apply to it, each with the reason."""

    def by(self, one: Counting, calendar: WorkCalendar) -> Due | None:
        """The date that one of `rules` gives by itself. Raises `CalendarUnknown`."""
        return due_for(
            (one.rule,),
            one.start,
            budget_year=self.budget_year,
            ends_on=self.ends_on,
            calendar=calendar,
            pauses=self.pauses,
        )


def entry(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    facts: Facts,
    state: str,
    on: date,
    year: int,
    *,
    stays: bool = False,
) -> Due | None:
    """The deadline of a dossier that comes into `state` on that day, by what `facts` say before the act.

    stays: it stands there already, and only its date is renewed: holds of this stay go on.
    Raises `CalendarUnknown`.
    """
    rulebook = context.shared.rulebook(reader)
    rules = tuple(
        Counting(rule, own, on)
        for rule, own in rulebook.rules(lifecycle, state, facts.province, on)
        if _refusal(context, rule, facts, on) is None
    )
    if not rules:
        return None
    pauses = pauses_of(clock.holds(reader, (facts.code,)).get(facts.code, ())) if stays else ()
    return _earliest(rulebook, rules, year, _ends_on(rules, facts), pauses)


def count(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    lifecycle: Lifecycle,
    facts: Facts,
    rulebook: Rulebook | None = None,
    holds: Sequence[HoldRow] | None = None,
    completed_on: date | None = None,
) -> Counted:
    """The deadline of a stored dossier of any kind, counted from what the store holds.

    holds: those of its present stay, where they are known. completed_on: the day on which the last proposal
    of its contract was accepted, where that isn't written yet. Raises `CalendarUnknown`.
    """
    book = rulebook or context.shared.rulebook(reader)
    given = book.rules(lifecycle, row.state, row.province, row.entered_on)
    stay = _Stay(reader, row)
    start = row.entered_on
    renewing = renewals(lifecycle, row.state)
    if renewing and (renewed := stay.rows(renewing)):
        start = _renewed_from(lifecycle, row.state, renewed[-1].leaf)
        given = book.rules(lifecycle, row.state, row.province, start)
    if completed_on is None and waits_for_contract(rule for rule, _ in given):
        completed_on = _completed_on(stay)
    applying, left_out = [], []
    for rule, own in given:
        completed = completed_on if _of_contract(rule) else None
        refusal = None if completed else _refusal(context, rule, facts, start)
        if refusal is None:
            applying.append(Counting(rule, own, max(start, completed) if completed else start))
        else:
            left_out.append((rule, refusal))
    if not applying:
        return Counted(start, (), (), None, row.budget_year, None, tuple(left_out))
    if holds is None:
        holds = clock.holds(reader, (row.code,)).get(row.code, ())
    rules, pauses = tuple(applying), pauses_of(holds)
    ends_on = _ends_on(rules, facts)
    due = _earliest(book, rules, row.budget_year, ends_on, pauses)
    return Counted(start, rules, pauses, due, row.budget_year, ends_on, tuple(left_out))


def pauses_of(holds: Iterable[HoldRow]) -> tuple[Pause, ...]:
    """Holds as the clock counts them: one that was lifted ends the day before."""
    spans = ((h, h.until_on if h.lifted_on is None else h.lifted_on - _DAY) for h in holds)
    return tuple(Pause(hold.from_on, end, hold.party) for hold, end in spans if hold.from_on <= end)


def paused_days(pauses: Iterable[Pause], entered_on: date, day: date, calendar: WorkCalendar) -> int:
    """Working days of a stay, after its entry and until `day`, that lie inside pauses."""
    spans = ((max(pause.start - _DAY, entered_on), min(pause.end, day)) for pause in pauses)
    return sum(calendar.working_days_between(before, last) for before, last in spans if before < last)


def renewals(lifecycle: Lifecycle, state: str) -> frozenset[str]:
    """Names of the acts that count the date of `state` anew without leaving it."""
    return frozenset(each.name for each in lifecycle.actions_by_source[state] if each.renews_deadline)


def _renewed_from(lifecycle: Lifecycle, state: str, leaf: Mapping[str, Any]) -> date:
    before = leaf["deadline"]
    due_on = date.fromisoformat(before["on"]) if before else None
    return counted_from(lifecycle, state, date.fromisoformat(leaf["on"]), due_on)


def counted_from(lifecycle: Lifecycle, state: str, on: date, due_on: date | None) -> date:
    """Where the next date counts from after an act of `on` that renews the one of `due_on`.

    A monthly report renews the date after the one it fulfils: made 20/3 for 25/3, the next is 25/4. What
    counts days counts them from the act.
    """
    monthly = any(rule.by == "monthly" for rule in lifecycle.state_by_name[state].deadlines)
    return max(on, due_on) if monthly and due_on is not None else on


class _Stay:
    """The rows of a dossier's present stay in its state, read when they are first needed."""

    def __init__(self, reader: Reader, row: StoredDossier) -> None:
        self._reader, self._row = reader, row
        self._rows: list[HistoryRow] | None = None if row.version > row.entered_seq else []

    def rows(self, actions: frozenset[str]) -> list[HistoryRow]:
        """Rows of these acts since it entered its state, oldest first."""
        if self._rows is None:
            found = queries.history_of(self._reader, self._row.code)
            self._rows = [each for each in found if each.seq > self._row.entered_seq]
        return [each for each in self._rows if each.action in actions]


def _completed_on(stay: _Stay) -> date | None:
    """When the last proposal of the contract was accepted, if that came later than its own acceptance."""
    days = [each.on for each in stay.rows(frozenset({"note"})) if is_completion(each.leaf)]
    return max(days, default=None)


def is_completion(leaf: Mapping[str, Any]) -> bool:
    """Whether a row counted the date anew because the contract was completed."""
    return bool(leaf["refs"].get("clock", {}).get("cause") == "contract")


def _of_contract(rule: DeadlineRule) -> bool:
    return rule.when == LAST_OF_CONTRACT


def waits_for_contract(rules: Iterable[DeadlineRule]) -> bool:
    """Whether one of the rules counts only when the whole contract is accepted (TT 36/2013 Đ18.1)."""
    return any(map(_of_contract, rules))


def _refusal(context: Context, rule: DeadlineRule, facts: Facts, on: date) -> Refusal | None:
    """Why a rule doesn't apply to a dossier; None when it does."""
    if rule.when is None:
        return None
    return GUARDS[rule.when](Case(facts, Inputs(on=on, today=on), context.actor, None))


def _ends_on(rules: Iterable[Counting], facts: Facts) -> date | None:
    return facts.ends_on if any(one.rule.by == "term_end" for one in rules) else None


def _earliest(
    book: Rulebook, rules: Sequence[Counting], year: int, ends_on: date | None, pauses: tuple[Pause, ...]
) -> Due | None:
    """The earliest date of rules that may count from different days; the others stand beside it."""
    starts = tuple(dict.fromkeys(one.start for one in rules))
    if len(starts) == 1:
        return book.due(tuple(one.rule for one in rules), starts[0], year, ends_on, pauses)
    found = [
        due
        for start in starts
        for asked in (tuple(one.rule for one in rules if one.start == start),)
        if (due := book.due(asked, start, year, ends_on, pauses)) is not None
    ]
    if not found:
        return None
    found.sort(key=lambda due: (due.on, due.kind != "law"))
    first, *others = found
    beside = tuple(Step(due.on, None, "other", {"kind": due.kind, "basis": due.basis}) for due in others)
    return Due(first.on, first.kind, first.basis, first.steps + beside)
