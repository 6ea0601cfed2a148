"""Deadlines of states: the lifecycles' rules beside an office's own, set and closed with a look ahead.

A rule counts for dossiers that enter the state from its first to its last day; saving it recounts the open
ones in the same transaction. Nobody else writes meanwhile (`Store.write(alone=True)`): a move that has read
the former rules would otherwise be stored after them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from db import clock
from db.rows_clock import OfficeRuleRow
from kcflow import reference
from kcflow.labels import HOLDER
from kcflow.services import door
from kcflow.services.clock import authority, recount
from kcflow.services.clock.count import Rulebook, count
from kcflow.services.clock.rule_list import names, rules, unknown_lifecycle, version_of, versions, words
from kcflow.services.clock_views import ChangePlan, ChangeResult, RuleInput
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.money.facts import stored_facts
from kcflow.services.texts import both, error_label
from states.clock import CalendarUnknown
from states.facts import Assignment

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier

__all__ = ["close_plan", "close_rule", "plan", "rules", "set_rule"]

KINDS: Final = ("working_days", "calendar_days", "months", "fixed_date", "monthly")
"""How an own rule may count (`states.model.DeadlineRule.by`)."""
MOST_DAYS: Final = 366
"""A deadline of more days than a year's is a slip of the pen."""
ABOVE_PROVINCE: Final = frozenset({"agency", "ministry", "finance_ministry", "government"})
"""Whom a province's office sets no deadline for."""
MOST_MONTHS: Final = 12
LOOKED_AT: Final = 300
"""How many dossiers a warning is judged by."""

_DAY: Final = timedelta(days=1)


# -- what was entered ------------------------------------------------------------------------------


def _entered(context: Context, rule: RuleInput) -> tuple[OfficeRuleRow, Assignment]:
    """What was entered as a row, and the role in which it is set. Raises as `set_rule`."""
    known = names(context)
    name = rule.lifecycle.partition("@")[0]
    if name not in known:
        raise unknown_lifecycle(rule.lifecycle, known)
    by = authority.for_office(context, rule.office)
    _check_state(context, name, rule)
    _check_figures(rule)
    basis = door.text("basis", rule.basis, required=True) or ""
    first = rule.valid_from or context.today
    calendar = context.shared.calendar
    for day in (first, rule.valid_to or first):
        if not calendar.first_year <= day.year <= calendar.last_year:
            years = {"first": calendar.first_year, "last": calendar.last_year}
            raise BadInput("rule_validity_absurd", error_label("rule_validity_absurd", on=day, **years))
    if rule.valid_to is not None and rule.valid_to < first:
        raise BadInput("rule_validity", error_label("rule_validity", first=first, last=rule.valid_to))
    counts_days = rule.by in ("working_days", "calendar_days")
    period = counts_days or rule.by == "months"
    row = OfficeRuleRow(
        id=None,
        office=rule.office.strip(),
        lifecycle=name,
        state=rule.state,
        by=rule.by,
        days=rule.days if counts_days else 0,
        month=rule.month if rule.by == "fixed_date" else 0,
        day=0 if period else rule.day,
        plan_year=rule.plan_year if rule.by == "fixed_date" else 0,
        inclusive=period or rule.inclusive,
        basis=basis,
        valid_from=first,
        valid_to=rule.valid_to,
        set_by=context.person.login,
        set_at=context.shared.now(),
        months=rule.months if rule.by == "months" else 0,
    )
    return row, by


def _check_state(context: Context, name: str, rule: RuleInput) -> None:
    found = [
        one.state_by_name[rule.state] for one in versions(context, name) if rule.state in one.state_by_name
    ]
    if not found:
        version = version_of(context, name, None)
        known = ", ".join(state.name for state in version.states if not state.final)
        raise BadInput(
            "rule_state", error_label("rule_state", state=rule.state, lifecycle=version.label, known=known)
        )
    state = found[-1]
    if all(one.final for one in found):
        raise BadInput("rule_final", error_label("rule_final", state=state.label))
    office = context.shared.offices[rule.office.strip()]
    if office.province is not None and all(one.waits_for in ABOVE_PROVINCE for one in found):
        waits = HOLDER[state.waits_for]
        raise BadInput(
            "rule_above",
            error_label("rule_above", state=state.label, waits_for=waits, office=office.name),
        )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _check_figures(rule: RuleInput) -> None:
    """Refuse what no deadline can be: no days, a day that no year has, a year far away."""
    if rule.by not in KINDS:
        raise BadInput("rule_by", error_label("rule_by", by=rule.by, known=", ".join(KINDS)))
    if rule.by in ("working_days", "calendar_days"):
        days = _whole(rule.days)
        if days is None or not 0 < days <= MOST_DAYS:
            raise BadInput("rule_days", error_label("rule_days", found=rule.days, most=MOST_DAYS))
        return
    if rule.by == "months":
        months = _whole(rule.months)
        if months is None or not 0 < months <= MOST_MONTHS:
            raise BadInput("rule_months", error_label("rule_months", found=rule.months, most=MOST_MONTHS))
        return
    day, month = _whole(rule.day), _whole(rule.month)
    if rule.by == "monthly":
        if day is None or not 1 <= day <= 31:
            raise BadInput("rule_month_day", error_label("rule_month_day", found=rule.day))
        return
    # A leap year: "29/2" is the last day of February in the others (Civil Code Đ148.3).
    if month is None or not 1 <= month <= 12 or day is None or not 1 <= day <= monthrange(2024, month)[1]:
        shown = f"{rule.day}/{rule.month}"
        raise BadInput("rule_date", error_label("rule_date", found=shown))
    if _whole(rule.plan_year) not in (-1, 0, 1):
        raise BadInput("rule_plan_year", error_label("rule_plan_year", found=rule.plan_year))


# -- setting ---------------------------------------------------------------------------------------


def _in_place_of(book: Rulebook, row: OfficeRuleRow) -> list[OfficeRuleRow]:
    """Open rules of the same office and state that overlap `row` in time. Raises `BadInput` for a twin."""
    found = []
    for one in book.own:
        same = (one.office, one.lifecycle, one.state) == (row.office, row.lifecycle, row.state)
        if not same or one.closed_at is not None:
            continue
        if (one.valid_to or date.max) < row.valid_from or one.valid_from > (row.valid_to or date.max):
            continue
        if replace(one, id=None, set_by=row.set_by, set_at=row.set_at) == row:
            raise BadInput("rule_same", error_label("rule_same", id=one.id))
        found.append(one)
    return found


def _with(book: Rulebook, row: OfficeRuleRow, former: Sequence[OfficeRuleRow]) -> Rulebook:
    """The rules as they would be with `row`, the former ones ending the day before it."""
    ends = {one.id: replace(one, valid_to=row.valid_from - _DAY) for one in former}
    return book.changed(own=[*(ends.get(one.id, one) for one in book.own), row])


def plan(context: Context, rule: RuleInput) -> ChangePlan:
    """What a new rule would change. Writes nothing. Raises as `set_rule`."""
    row, _ = _entered(context, rule)
    with context.store.read() as reader:
        book = context.shared.rulebook(reader)
        former = _in_place_of(book, row)
        row = replace(row, id=max((one.id or 0 for one in book.own), default=0) + 1)
        ahead = _with(book, row, former)
        told = [both("rule_warning.former", id=one.id, rule=words(one)) for one in former]
        if row.valid_from > context.today:
            told.append(both("rule_warning.future", on=row.valid_from))
        elif _law_first(context, reader, ahead, row):
            told.append(both("rule_warning.law_first"))
        keys = [one.key for one in versions(context, row.lifecycle)]
        return recount.plan(context, reader, ahead, lifecycles=keys, states=[row.state], warnings=told)


def _law_first(context: Context, reader: Reader, book: Rulebook, row: OfficeRuleRow) -> bool:
    """Whether there are dossiers that the rule would count for, and the law's date comes first for all."""
    found = False
    for stored in _standing(context, reader, row):
        lifecycle = context.shared.lifecycle(stored.lifecycle)
        try:
            facts = stored_facts(context, reader, stored)
            counted = count(context, reader, stored, lifecycle, facts, book)
        except CalendarUnknown:
            continue
        if not any(each.own == row for each in counted.rules):
            continue
        if counted.due is None or counted.due.kind != "law":
            return False
        found = True
    return found


def _standing(context: Context, reader: Reader, row: OfficeRuleRow) -> list[StoredDossier]:
    """Some dossiers that stand in the state of a rule, in the province of its office."""
    keys = [one.key for one in versions(context, row.lifecycle)]
    codes = clock.open_codes(reader, lifecycles=keys, states=[row.state], limit=LOOKED_AT)
    province = context.shared.offices[row.office].province
    covered = reference.covered_by(province) if province else None
    return [
        stored
        for stored in reader.dossiers([code for _, code in codes])
        if covered is None or stored.province in covered
    ]


def set_rule(context: Context, rule: RuleInput, reason: str) -> ChangeResult:
    """Set an office's own rule and recount the open dossiers that it counts for, in one transaction.

    Rules of the same office and state that overlap it in time end the day before it begins. `valid_from` may
    lie in the past: what entered the state since then is counted by it. Raises `BadInput` (no basis, days or
    a date that can't be, an unknown or final state, an office that sets none), `NotFound`, `NoPermission`.
    """
    row, by = _entered(context, rule)
    said = door.text("reason", reason, required=True, multiline=True) or ""
    with context.store.write(alone=True) as writer:
        book = context.shared.rulebook(writer)
        former = _in_place_of(book, row)
        for one in former:
            assert one.id is not None  # noqa: S101 - it was read from the store
            last = row.valid_from - _DAY
            clock.close_office_rule(writer, one.id, valid_to=last, by=row.set_by, at=row.set_at)
        row = replace(row, id=clock.add_office_rule(writer, row))
        keys = [one.key for one in versions(context, row.lifecycle)]
        done = recount.write(
            context,
            writer,
            _with(book, row, former),
            cause="rule",
            ref=str(row.id),
            reason=said,
            by=by,
            lifecycles=keys,
            states=[row.state],
        )
    return replace(done, id=row.id)


# -- closing ---------------------------------------------------------------------------------------


def _closing(
    context: Context, book: Rulebook, rule_id: int, undo: bool
) -> tuple[OfficeRuleRow, OfficeRuleRow, Assignment]:
    """(the rule, the rule as it would be, the role in which it is closed). Raises as `close_rule`."""
    row = next((one for one in book.own if one.id == rule_id), None)
    if row is None:
        raise NotFound("rule_unknown", error_label("rule_unknown", id=rule_id))
    by = authority.for_office(context, row.office)
    if row.closed_at is not None:
        assert row.valid_to is not None  # noqa: S101 - the table's own check
        raise BadInput("rule_closed", error_label("rule_closed", id=rule_id, on=row.valid_to))
    yesterday = context.today - _DAY
    if row.valid_to is not None and row.valid_to <= yesterday and not undo:
        raise BadInput("rule_over", error_label("rule_over", id=rule_id, on=row.valid_to))
    last = row.valid_from - _DAY if undo else max(yesterday, row.valid_from - _DAY)
    return row, replace(row, valid_to=last), by


def _without(book: Rulebook, ended: OfficeRuleRow) -> Rulebook:
    return book.changed(own=[ended if one.id == ended.id else one for one in book.own])


def close_plan(context: Context, rule_id: int, undo: bool = False) -> ChangePlan:
    """What would change without the rule. Writes nothing. Raises as `close_rule`."""
    with context.store.read() as reader:
        book = context.shared.rulebook(reader)
        row, ended, _ = _closing(context, book, rule_id, undo)
        ahead = _without(book, ended)
        keys = [one.key for one in versions(context, row.lifecycle)]
        told = []
        kept = 0 if undo else _kept(context, reader, ahead, row)
        if kept:
            told.append(both("rule_warning.kept", n=kept))
        return recount.plan(context, reader, ahead, lifecycles=keys, states=[row.state], warnings=told)


def _kept(context: Context, reader: Reader, ahead: Rulebook, row: OfficeRuleRow) -> int:
    """How many open dossiers (of the first `LOOKED_AT`) go on by the rule, because it held when they came."""
    found = 0
    for stored in _standing(context, reader, row):
        lifecycle = context.shared.lifecycle(stored.lifecycle)
        own = ahead.own_rule(lifecycle.name, stored.state, stored.province, stored.entered_on)
        found += own is not None and own.id == row.id
    return found


def close_rule(context: Context, rule_id: int, reason: str, undo: bool = False) -> ChangeResult:
    """End an own rule: yesterday was its last day, and from today the lifecycle's holds again.

    Dossiers that came while it held go on by it. undo: a rule set by mistake; it never counts, and they too
    are counted anew. Raises `BadInput` (closed or over already), `NotFound`, `NoPermission`.
    """
    said = door.text("reason", reason, required=True, multiline=True) or ""
    with context.store.write(alone=True) as writer:
        book = context.shared.rulebook(writer)
        row, ended, by = _closing(context, book, rule_id, undo)
        assert ended.valid_to is not None  # noqa: S101 - just set
        now = context.shared.now()
        clock.close_office_rule(writer, rule_id, valid_to=ended.valid_to, by=context.person.login, at=now)
        keys = [one.key for one in versions(context, row.lifecycle)]
        done = recount.write(
            context,
            writer,
            _without(book, ended),
            cause="rule",
            ref=str(rule_id),
            reason=said,
            by=by,
            lifecycles=keys,
            states=[row.state],
        )
    return replace(done, id=rule_id)
