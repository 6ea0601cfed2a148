"""The clock: working days, deadlines, and how each deadline was counted (in words: `states.derivation`).

Pure: the days off come from outside (`kcflow.calendar`). Counting follows the Civil Code 2015: the first day
is not counted (Đ147.2–3), a period ends with the end of its last day (Đ148.1), one in months or years with
the corresponding day, or the month's last where it has none (Đ148.3–4), and an end on a day off moves to the
next working day (Đ148.5). Dates that the law names itself (20/5, 22/01) do not move.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from typing import Literal

from states.derivation import derivation as derivation
from states.model import DeadlineKind, DeadlineRule
from states.records import record
from states.work_calendar import SATURDAY
from states.work_calendar import CalendarUnknown as CalendarUnknown
from states.work_calendar import WorkCalendar as WorkCalendar

_DAY = timedelta(days=1)


@record(frozen=True, slots=True)
class Pause:
    """Days, both included, that the office's own periods don't count; `party` is who they are charged to."""

    start: date
    end: date
    party: str


@record(frozen=True, slots=True)
class Step:
    """One line of a derivation as data: the day it speaks of, which number that day has in the count
    (None when it is not counted), and a code with parameters that `derivation` makes a sentence of.

    start        the act's day, not counted; `days`, `unit` ("working" or "calendar")
    run          consecutive working days from `day` (number `counted`) to `to` (number `last`)
    off          a weekday off, not counted; `name`, `name_en`
    worked       a Saturday or Sunday that counts; `name`, `name_en`
    weekends     `count` Saturdays and Sundays were passed over
    months       the day of the month on which a period of `months` months ends, pauses apart (`day`); `from`
    end, moved   the last day of a period in calendar days; a day off at its end, passed over
    fixed        a date that the rule names; `day`, `month`, `year`, `inclusive` (False: "before" that date)
    monthly      the next date of a monthly rule; `day`, `after`, `inclusive`
    pause        days from `day` to `to` on which the period stood still; `count` of them (`unit` "working" or
                 "calendar") would have been counted; `party`
    term         the end of the proposal's own schedule
    other        the date of another rule of the same state, which is not earlier; `kind`, `basis`
    """

    day: date
    counted: int | None
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Due:
    """By when a dossier must have left its state, who says so, and how that was counted."""

    on: date
    kind: DeadlineKind
    basis: str
    steps: tuple[Step, ...] = ()


@record(frozen=True, slots=True)
class Lateness:
    """A span of time in calendar days and in working days; not above 0 means "not late"."""

    calendar_days: int
    working_days: int


def days_between(a: date, b: date, calendar: WorkCalendar) -> Lateness:
    """The time from `a` to `b`, with `a` not counted: a dossier's time in its state.

    Raises `CalendarUnknown`.
    """
    return Lateness((b - a).days, calendar.working_days_between(a, b))


def lateness(due_on: date, today: date, calendar: WorkCalendar) -> Lateness:
    """How long `due_on` has passed on `today`; negative: how much is left. Raises `CalendarUnknown`."""
    return days_between(due_on, today, calendar)


def working_days_late(due_on: date, today: date, calendar: WorkCalendar) -> int:
    """Working days by which `due_on` is overdue on `today`, 0 when it is not. Raises `CalendarUnknown`."""
    return max(0, calendar.working_days_between(due_on, today))


# -- deadlines -------------------------------------------------------------------------------


def due_for(
    rules: Sequence[DeadlineRule],
    on: date,
    *,
    budget_year: int,
    ends_on: date | None,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> Due | None:
    """The earliest date that `rules` give a dossier that entered its state `on` that day.

    `budget_year` is the year that fixed dates count from, `ends_on` the end of the proposal's own schedule
    (None: not set, so a rule by it gives no date). A fixed date that had passed already stays the due date:
    late at once is the truth. On the same day, law stands before policy. None when no rule gives a date.

    `pauses` (in any order) hold up periods of days that the office set itself: their days aren't counted, and
    no period ends in one. What a law sets, and every date by name, stays. Raises `CalendarUnknown`.
    """
    each = each_due(rules, on, budget_year=budget_year, ends_on=ends_on, calendar=calendar, pauses=pauses)
    found = [due for _, due in each if due is not None]
    if not found:
        return None
    found.sort(key=lambda due: (due.on, due.kind != "law"))
    first, *others = found
    if not others:
        return first
    beside = tuple(Step(o.on, None, "other", {"kind": o.kind, "basis": o.basis}) for o in others)
    return Due(first.on, first.kind, first.basis, first.steps + beside)


def each_due(
    rules: Sequence[DeadlineRule],
    on: date,
    *,
    budget_year: int,
    ends_on: date | None,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> tuple[tuple[DeadlineRule, Due | None], ...]:
    """Each rule with the date that it gives by itself, in the order of `rules`; arguments as in `due_for`."""
    spans = _spans(pauses)
    each: list[tuple[DeadlineRule, Due | None]] = []
    for rule in rules:
        counted = _count(rule, on, budget_year, ends_on, calendar, spans if rule.kind == "policy" else ())
        each.append((rule, Due(counted[0], rule.kind, rule.basis, counted[1]) if counted else None))
    return tuple(each)


_Span = tuple[date, date, Pause]
"""First and last day of a pause's own days, and the pause."""


def _spans(pauses: Sequence[Pause]) -> tuple[_Span, ...]:
    """The pauses in order, each with the days that none before it has: a day is left out once."""
    spans: list[_Span] = []
    for pause in sorted(pauses, key=lambda pause: (pause.start, pause.end)):
        first = pause.start
        if spans and first <= spans[-1][1]:
            if pause.end <= spans[-1][1]:
                continue
            first = spans[-1][1] + _DAY
        if first <= pause.end:
            spans.append((first, pause.end, pause))
    return tuple(spans)


def _paused(day: date, spans: Sequence[_Span]) -> _Span | None:
    return next((span for span in spans if span[0] <= day <= span[1]), None)


def _end(
    days: int, on: date, spans: Sequence[_Span], calendar: WorkCalendar, unit: Literal["working", "calendar"]
) -> date:
    """The day on which the `days`-th day after `on` is counted, days of `spans` left out."""
    working = unit == "working"

    def reached(n: int) -> date:
        if working:
            return calendar.add_working_days(on, n)
        if n > (date(calendar.last_year, 12, 31) - on).days:
            raise CalendarUnknown(calendar.last_year + 1)
        return on + timedelta(days=n)

    end, left_out = reached(days), 0
    for first, last, _ in spans if days else ():
        if first > end:
            break
        before = max(first - _DAY, on)
        if last > before:
            left_out += calendar.working_days_between(before, last) if working else (last - before).days
            end = reached(days + left_out)
    return end


def _landing(day: date, spans: Sequence[_Span], calendar: WorkCalendar) -> date:
    """`day`, or the next one that is worked and in no pause."""
    while True:
        day = calendar.add_working_days(day, 0)
        span = _paused(day, spans)
        if span is None:
            return day
        if span[1].year > calendar.last_year:
            raise CalendarUnknown(span[1].year)
        day = span[1] + _DAY


def _count(
    rule: DeadlineRule,
    on: date,
    budget_year: int,
    ends_on: date | None,
    calendar: WorkCalendar,
    spans: Sequence[_Span],
) -> tuple[date, tuple[Step, ...]] | None:
    if rule.by == "working_days":
        return _working_days(rule.days, on, calendar, spans)
    if rule.by == "calendar_days":
        return _calendar_days(rule.days, on, calendar, spans)
    if rule.by == "months":
        return _months(rule.months, on, calendar, spans)
    if rule.by == "fixed_date":
        year = budget_year + rule.plan_year
        day = _named_day(year, rule.month, rule.day, rule.inclusive)
        named = {"day": rule.day, "month": rule.month, "year": year, "inclusive": rule.inclusive}
        return day, (Step(day, None, "fixed", named),)
    if rule.by == "monthly":
        day = _next_monthly(rule, on)
        repeated = {"day": rule.day, "after": on, "inclusive": rule.inclusive}
        return day, (Step(day, None, "monthly", repeated),)
    return (ends_on, (Step(ends_on, None, "term"),)) if ends_on is not None else None


def _named_day(year: int, month: int, day: int, inclusive: bool) -> date:
    """The last day that "on `day`/`month`" or "before" it allows; 29/2 and 31/4 mean the month's last day."""
    last = monthrange(year, month)[1]
    if day > last:
        return date(year, month, last)
    return date(year, month, day) - (timedelta() if inclusive else _DAY)


def _next_monthly(rule: DeadlineRule, on: date) -> date:
    """The next due date of a monthly rule that lies after `on`."""
    year, month = on.year, on.month
    while (day := _named_day(year, month, rule.day, rule.inclusive)) <= on:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return day


def _working_days(
    days: int, on: date, calendar: WorkCalendar, spans: Sequence[_Span]
) -> tuple[date, tuple[Step, ...]]:
    due = _landing(_end(days, on, spans, calendar, "working"), spans, calendar)

    def counts(day: date) -> bool:
        return calendar.is_working(day) and _paused(day, spans) is None

    steps = [Step(on, None, "start", {"days": days, "unit": "working"})]
    counted = weekends = 0
    run: date | None = None
    day = on
    while day < due:
        day += _DAY
        if not calendar.is_working(day):
            if day.weekday() >= SATURDAY:
                weekends += 1
            else:
                steps.append(Step(day, None, "off", _both(calendar, calendar.days_off[day])))
        elif counts(day):
            counted += 1
            run = run or day
            if day.weekday() >= SATURDAY:
                steps.append(Step(day, counted, "worked", _both(calendar, calendar.working_days[day])))
            if day < due and counts(day + _DAY):
                continue
            first = counted - (day - run).days
            steps.append(Step(run, first, "run", {"to": day, "last": counted}))
            run = None
    if weekends:
        steps.append(Step(due, None, "weekends", {"count": weekends}))
    return due, (*steps, *_pause_steps(on, due, spans, "working", calendar))


def _calendar_days(
    days: int, on: date, calendar: WorkCalendar, spans: Sequence[_Span]
) -> tuple[date, tuple[Step, ...]]:
    end = _end(days, on, spans, calendar, "calendar")
    due = _landing(end, spans, calendar)
    steps = [Step(on, None, "start", {"days": days, "unit": "calendar"}), Step(end, days, "end")]
    day = end
    while day < due:
        if _paused(day, spans) is None:
            names = {"name": calendar.why_off(day), "name_en": calendar.why_off(day, "en")}
            steps.append(Step(day, None, "moved", names))
        day += _DAY
    return due, (*steps, *_pause_steps(on, due, spans, "calendar", calendar))


def months_after(on: date, months: int) -> date:
    """The same day of the month, `months` months after `on`; the month's last where it has no such day.

    Civil Code 2015 Đ148.3–4: a period in months or years ends with the corresponding day. The 365 days of
    Đ146.1 are for a year whose time does not run in one stretch, and only where nothing else was agreed.
    """
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _months(
    months: int, on: date, calendar: WorkCalendar, spans: Sequence[_Span]
) -> tuple[date, tuple[Step, ...]]:
    """As many calendar days as there are until that day, so that pauses and days off count as in those."""
    if on.year + months // 12 + 1 > date.max.year:
        raise CalendarUnknown(date.max.year)
    whole = months_after(on, months)
    due, steps = _calendar_days((whole - on).days, on, calendar, spans)
    return due, (Step(whole, None, "months", {"months": months, "from": on}), *steps[2:])


def _pause_steps(
    on: date, due: date, spans: Sequence[_Span], unit: Literal["working", "calendar"], calendar: WorkCalendar
) -> Iterator[Step]:
    """The pauses that touch the days after `on`, up to `due`."""
    for first, last, pause in spans:
        before, to = max(first - _DAY, on), min(last, due)
        if before < to:
            working = unit == "working"
            count = calendar.working_days_between(before, to) if working else (to - before).days
            named = {"to": pause.end, "count": count, "unit": unit, "party": pause.party}
            yield Step(pause.start, None, "pause", named)


def _both(calendar: WorkCalendar, name: str) -> dict[str, object]:
    return {"name": name, "name_en": calendar.names_en.get(name, name)}
