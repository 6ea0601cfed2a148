"""Every deadline in words: the lifecycles' rules and the offices' own, by lifecycle and state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from db import directory
from kcflow.i18n import has
from kcflow.services.clock_views import RuleInput, RuleView
from kcflow.services.context import Context
from kcflow.services.errors import NotFound
from kcflow.services.texts import both, error_label
from states.model import DeadlineRule, Label, Lifecycle

if TYPE_CHECKING:
    from db.rows_clock import OfficeRuleRow
    from kcflow.services.clock.count import Rulebook


# -- in words --------------------------------------------------------------------------------------


def words(rule: DeadlineRule | OfficeRuleRow | RuleInput) -> Label:
    """A rule in words: "10 ngày làm việc kể từ ngày vào trạng thái", "chậm nhất ngày 25 hằng tháng"."""
    if rule.by == "working_days":
        text = both("rule.working_days", days=rule.days)
    elif rule.by == "calendar_days":
        text = both("rule.calendar_days", days=rule.days)
    elif rule.by == "months":
        text = both("rule.months", n=rule.months)
    elif rule.by == "fixed_date":
        year = both(f"rule.year.{('before', 'same', 'after')[rule.plan_year + 1]}")
        name = "rule.fixed_by" if rule.inclusive else "rule.fixed_before"
        text = both(name, day=rule.day, month=rule.month, year=year)
    elif rule.by == "monthly":
        text = both("rule.monthly_by" if rule.inclusive else "rule.monthly_before", day=rule.day)
    else:
        text = both("rule.term_end")
    when = rule.when if isinstance(rule, DeadlineRule) else None
    if when is None:
        return text
    condition = both(f"rule.when.{when}") if has(f"rule.when.{when}") else Label(when, when)
    return both("rule.conditional", rule=text, when=condition)


# -- the list --------------------------------------------------------------------------------------


def rules(context: Context, office: str | None, lifecycle: str | None, closed: bool) -> tuple[RuleView, ...]:
    """Every rule by lifecycle and state: first the lifecycle's, then offices' own, the newest first.

    office: own rules of this office and national ones, which count there too, and the lifecycles as they are
    in its province; None: of all. lifecycle: its name or key. closed: those that no longer count as well.
    Raises `NotFound`.
    """
    if office is not None and office not in context.shared.offices:
        raise NotFound("office_unknown", error_label("office_unknown", office=office))
    known = names(context)
    wanted = known if lifecycle is None else (lifecycle.partition("@")[0],)
    if not set(wanted) <= set(known):
        raise unknown_lifecycle(lifecycle or "", known)
    with context.store.read() as reader:
        book = context.shared.rulebook(reader)
        people = {person.login: person.name for person in directory.people(reader)}
    province = context.shared.offices[office].province if office else None
    found: list[RuleView] = []
    for name in wanted:
        version = version_of(context, name, province)
        own = [row for row in book.own if row.lifecycle == name and _of(context, row, office)]
        states = [state.name for state in version.states]
        states += sorted({row.state for row in own} - set(states))
        for state in states:
            found += _of_state(context, book, version, state, own, people, province, closed)
    return tuple(found)


def _of(context: Context, row: OfficeRuleRow, office: str | None) -> bool:
    if office is None or row.office == office:
        return True
    there = context.shared.offices.get(row.office)
    return there is not None and there.province is None


def _of_state(
    context: Context,
    book: Rulebook,
    version: Lifecycle,
    state: str,
    own: Sequence[OfficeRuleRow],
    people: dict[str, str],
    province: str | None,
    closed: bool,
) -> Iterator[RuleView]:
    today = context.today
    known = version.state_by_name.get(state)
    label = known.label if known else Label(state, state)
    # Without a province only what counts in the whole country stands in a rule's place.
    replaced = book.own_rule(version.name, state, province or "", today) is not None
    for rule in known.deadlines if known else ():
        yield RuleView(
            id=None,
            lifecycle=version.name,
            lifecycle_label=version.label,
            state=state,
            state_label=label,
            kind=rule.kind,
            by=rule.by,
            text=words(rule),
            basis=rule.basis,
            days=rule.days,
            month=rule.month,
            day=rule.day,
            plan_year=rule.plan_year,
            inclusive=rule.inclusive,
            months=rule.months,
            replaced=replaced and rule.kind == "policy",
        )
    for row in sorted((row for row in own if row.state == state), key=lambda row: -(row.id or 0)):
        over = row.valid_to is not None and row.valid_to < today
        if over and not closed:
            continue
        yield RuleView(
            id=row.id,
            lifecycle=version.name,
            lifecycle_label=version.label,
            state=state,
            state_label=label,
            kind="policy",
            by=row.by,
            text=words(row),
            basis=row.basis,
            days=row.days,
            month=row.month,
            day=row.day,
            plan_year=row.plan_year,
            inclusive=row.inclusive,
            months=row.months,
            office=row.office,
            office_name=context.shared.office_name(row.office),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            set_by_name=people.get(row.set_by, row.set_by),
            set_at=row.set_at,
            in_force=row.valid_from <= today and not over,
        )


def names(context: Context) -> tuple[str, ...]:
    """Names of the installed lifecycles, those of proposals first."""
    ranked = sorted(context.shared.lifecycles.values(), key=lambda one: (one.subject != "proposal", one.name))
    return tuple(dict.fromkeys(one.name for one in ranked))


def versions(context: Context, name: str) -> list[Lifecycle]:
    """Every installed version of a lifecycle."""
    return [one for one in context.shared.lifecycles.values() if one.name == name]


def version_of(context: Context, name: str, province: str | None) -> Lifecycle:
    """The version of today: a province's own file where it has one, else the newest."""
    try:
        return context.shared.lifecycle_for(name, province or "", context.today)
    except NotFound:
        return max(versions(context, name), key=lambda one: (one.in_force_from, one.version))


def unknown_lifecycle(lifecycle: str, known: Iterable[str]) -> NotFound:
    """The error for a name that no installed lifecycle has."""
    text = error_label("rule_lifecycle", lifecycle=lifecycle, known=", ".join(known))
    return NotFound("rule_lifecycle", text)
