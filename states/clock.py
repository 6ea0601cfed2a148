"""The clock: working days, deadlines, and how each deadline was counted.

Pure: the days off come from outside (`kcflow.calendar`). Counting follows the Civil Code 2015: the first day
is not counted (Đ147.2–3), a period ends with the end of its last day (Đ148.1), a month without that day ends
with its last one (Đ148.3), and an end on a day off moves to the next working day (Đ148.5). Dates that the
law names itself (20/5, 22/01) do not move.
"""

from __future__ import annotations

from array import array
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import cast

from states.model import DeadlineKind, DeadlineRule
from states.records import record

_DAY = timedelta(days=1)
_SATURDAY = 5
_RUNS_SHOWN = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CODE = "Bộ luật Dân sự 2015"
_WEEKEND = {5: ("thứ bảy", "Saturday"), 6: ("chủ nhật", "Sunday")}


class CalendarUnknown(LookupError):
    """The calendar does not know `year`: no deadline is guessed from a year without its days off."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the calendar of working days does not know the year {year}")
        self.year = year


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, from 1 January of `first_year` to 31 December of `last_year`.

    The week is Monday to Friday. `days_off` are weekdays off, `working_days` Saturdays and Sundays that are
    worked instead; both with their name in Vietnamese, which `names_en` translates where it can.
    """

    first_year: int
    last_year: int
    days_off: Mapping[date, str]
    working_days: Mapping[date, str]
    names_en: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _table(self) -> tuple[int, array[int], array[int]]:
        """(ordinal of the first day, working days up to each day, ordinals of all working days).

        A day costs a look-up instead of a walk, and so does the n-th working day after it.
        """
        base = date(self.first_year, 1, 1).toordinal()
        counts, worked = array("l"), array("l")
        for ordinal in range(base, date(self.last_year, 12, 31).toordinal() + 1):
            if self._works(date.fromordinal(ordinal)):
                worked.append(ordinal)
            counts.append(len(worked))
        return base, counts, worked

    def _works(self, d: date) -> bool:
        if d.weekday() >= _SATURDAY:
            return d in self.working_days
        return d not in self.days_off

    def _known(self, d: date) -> None:
        if not self.first_year <= d.year <= self.last_year:
            raise CalendarUnknown(d.year)

    def _up_to(self, d: date) -> int:
        """Working days from the calendar's first day to `d`, both included."""
        self._known(d)
        base, counts, _ = self._table
        return counts[d.toordinal() - base]

    def is_working(self, d: date) -> bool:
        """Whether offices work on `d`. Raises `CalendarUnknown`."""
        self._known(d)
        return self._works(d)

    def why_off(self, d: date, lang: str = "vi") -> str | None:
        """The name of the day off (a holiday's, or the weekend day's); None for a day that is worked.

        Raises `CalendarUnknown`.
        """
        self._known(d)
        if self._works(d):
            return None
        if d in self.days_off:
            return self._named(self.days_off[d], lang)
        return _WEEKEND[d.weekday()][lang == "en"]

    def _named(self, name: str, lang: str) -> str:
        return self.names_en.get(name, name) if lang == "en" else name

    def add_working_days(self, start: date, n: int) -> date:
        """The `n`-th working day after `start`; for 0, `start` itself or the next working day.

        Raises `CalendarUnknown` when either end lies outside the known years, ValueError for a negative `n`.
        """
        if n < 0:
            raise ValueError("a period has no negative number of days")
        before = self._up_to(start)
        if n == 0:
            if self._works(start):
                return start
            n = 1
        worked = self._table[2]
        if before + n > len(worked):
            raise CalendarUnknown(self.last_year + 1)
        return date.fromordinal(worked[before + n - 1])

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a`, up to and including `b`; negative when `b` comes first.

        Raises `CalendarUnknown`.
        """
        return self._up_to(b) - self._up_to(a)


@record(frozen=True, slots=True)
class Step:
    """One line of a derivation as data: the day it speaks of, which number that day has in the count
    (None when it is not counted), and a code with parameters that `derivation` makes a sentence of.

    start        the act's day, not counted; `days`, `unit` ("working" or "calendar")
    run          consecutive working days from `day` (number `counted`) to `to` (number `last`)
    off          a weekday off, not counted; `name`, `name_en`
    worked       a Saturday or Sunday that counts; `name`, `name_en`
    weekends     `count` Saturdays and Sundays were passed over
    end, moved   the last day of a period in calendar days; a day off at its end, passed over
    fixed        a date that the rule names; `day`, `month`, `year`, `inclusive` (False: "before" that date)
    monthly      the next date of a monthly rule; `day`, `after`, `inclusive`
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
) -> Due | None:
    """The earliest date that `rules` give a dossier that entered its state `on` that day.

    `budget_year` is the year that fixed dates count from, `ends_on` the end of the proposal's own schedule
    (None: not set, so a rule by it gives no date). A fixed date that had passed already stays the due date:
    late at once is the truth. On the same day, law stands before policy. None when no rule gives a date.
    Raises `CalendarUnknown`.
    """
    found = [
        Due(day, rule.kind, rule.basis, steps)
        for rule in rules
        if (counted := _count(rule, on, budget_year, ends_on, calendar)) is not None
        for day, steps in (counted,)
    ]
    if not found:
        return None
    found.sort(key=lambda due: (due.on, due.kind != "law"))
    first, *others = found
    if not others:
        return first
    beside = tuple(Step(o.on, None, "other", {"kind": o.kind, "basis": o.basis}) for o in others)
    return Due(first.on, first.kind, first.basis, first.steps + beside)


def _count(
    rule: DeadlineRule, on: date, budget_year: int, ends_on: date | None, calendar: WorkCalendar
) -> tuple[date, tuple[Step, ...]] | None:
    if rule.by == "working_days":
        return _working_days(rule.days, on, calendar)
    if rule.by == "calendar_days":
        return _calendar_days(rule.days, on, calendar)
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


def _working_days(days: int, on: date, calendar: WorkCalendar) -> tuple[date, tuple[Step, ...]]:
    due = calendar.add_working_days(on, days)
    steps = [Step(on, None, "start", {"days": days, "unit": "working"})]
    counted = weekends = 0
    run: date | None = None
    day = on
    while day < due:
        day += _DAY
        if calendar.is_working(day):
            counted += 1
            run = run or day
            if day.weekday() >= _SATURDAY:
                steps.append(Step(day, counted, "worked", _both(calendar, calendar.working_days[day])))
            if day < due and calendar.is_working(day + _DAY):
                continue
            first = counted - (day - run).days
            steps.append(Step(run, first, "run", {"to": day, "last": counted}))
            run = None
        elif day.weekday() >= _SATURDAY:
            weekends += 1
        else:
            steps.append(Step(day, None, "off", _both(calendar, calendar.days_off[day])))
    if weekends:
        steps.append(Step(due, None, "weekends", {"count": weekends}))
    return due, tuple(steps)


def _calendar_days(days: int, on: date, calendar: WorkCalendar) -> tuple[date, tuple[Step, ...]]:
    end = on + timedelta(days=days)
    due = calendar.add_working_days(end, 0)
    steps = [Step(on, None, "start", {"days": days, "unit": "calendar"}), Step(end, days, "end")]
    day = end
    while day < due:
        names = {"name": calendar.why_off(day), "name_en": calendar.why_off(day, "en")}
        steps.append(Step(day, None, "moved", names))
        day += _DAY
    return due, tuple(steps)


def _both(calendar: WorkCalendar, name: str) -> dict[str, object]:
    return {"name": name, "name_en": calendar.names_en.get(name, name)}


# -- the derivation in words -----------------------------------------------------------------


def derivation(due: Due, lang: str) -> tuple[str, ...]:
    """Sentences that let anyone count `due` again on a wall calendar, the last one being the result.

    `lang`: "vi" or "en". Runs in the middle of a long span are left out; the days off that fall into it are
    all named and the weekend days counted, so the sum stays exact.
    """
    en = lang == "en"
    lines = [_LINES[step.code](step, due, en) for step in due.steps if step.code in _LINES]
    for collect in (_runs, _days_off, _moved):
        lines += collect(due, en)
    lines.append(_result(due, en))
    lines += [_other(step, due, en) for step in due.steps if step.code == "other"]
    return tuple(line for line in lines if line)


def _full(d: date, en: bool) -> str:
    if en:
        return f"{d.day:02} {_MONTHS[d.month - 1]} {d.year:04}"
    return f"{d.day:02}/{d.month:02}/{d.year:04}"


def _short(d: date, year: int, en: bool) -> str:
    """The day without its year where that is the due date's."""
    if d.year != year:
        return _full(d, en)
    return f"{d.day:02} {_MONTHS[d.month - 1]}" if en else f"{d.day:02}/{d.month:02}"


def _start(step: Step, due: Due, en: bool) -> str:
    days, day = step.params["days"], _full(step.day, en)
    working = step.params["unit"] == "working"
    first = next((other.day for other in due.steps if other.code == "run"), None)
    if en:
        text = f"{days} {'working' if working else 'calendar'} {'day' if days == 1 else 'days'} from {day}"
        note = "the first day is not counted, Civil Code 2015, Art. 147"
        return f"{text} ({note})" + (f": {_full(first, en)} is day 1." if first else ".")
    text = f"{days} ngày {'làm việc' if working else 'theo lịch'} từ {day}"
    note = f"không tính ngày đầu, Điều 147 {_CODE}"
    return f"{text} ({note})" + (f": {_full(first, en)} là ngày 1." if first else ".")


def _fixed(step: Step, due: Due, en: bool) -> str:
    year, month, day = (cast("int", step.params[key]) for key in ("year", "month", "day"))
    named = f"{day:02} {_MONTHS[month - 1]} {year}" if en else f"{day:02}/{month:02}/{year}"
    last = _full(due.on, en)
    if not step.params["inclusive"]:
        if en:
            return f"The rule says “before {named}”: the last day is {last}."
        return f"Quy định “trước ngày {named}”: ngày cuối cùng là {last}."
    if due.on.day != day:
        if en:
            return f"The rule says “by {named}”; that month ends on {last} (Civil Code 2015, Art. 148.3)."
        return f"Quy định “chậm nhất ngày {named}”; tháng đó hết vào {last} (khoản 3 Điều 148 {_CODE})."
    if en:
        return f"The rule says “by {named}”, that day included."
    return f"Quy định “chậm nhất ngày {named}”, tính cả ngày đó."


def _monthly(step: Step, due: Due, en: bool) -> str:
    day, after = step.params["day"], _full(cast("date", step.params["after"]), en)
    inclusive, last = step.params["inclusive"], _full(due.on, en)
    if en:
        each = f"{'By' if inclusive else 'Before'} day {day} of every month"
        return f"{each}; the first last day after {after} is {last}."
    each = f"{'Chậm nhất' if inclusive else 'Trước'} ngày {day} hằng tháng"
    return f"{each}; ngày cuối cùng đầu tiên sau {after} là {last}."


def _term(step: Step, _due: Due, en: bool) -> str:
    day = _full(step.day, en)
    return f"The proposal's schedule ends on {day}." if en else f"Tiến độ của đề án kết thúc ngày {day}."


def _end(step: Step, _due: Due, en: bool) -> str:
    day = _full(step.day, en)
    return f"Day {step.counted} is {day}." if en else f"Ngày thứ {step.counted} là {day}."


_LINES = {"start": _start, "fixed": _fixed, "monthly": _monthly, "term": _term, "end": _end}


def _runs(due: Due, en: bool) -> list[str]:
    steps = [step for step in due.steps if step.code == "run"]
    if not steps:
        return []
    shown = []
    for step in steps:
        to, last = cast("date", step.params["to"]), step.params["last"]
        days = _short(step.day, due.on.year, en)
        numbers = f"{step.counted}"
        if to != step.day:
            days += f"–{_short(to, due.on.year, en)}"
            numbers += f"–{last}"
        word = ("days" if to != step.day else "day") if en else "ngày"
        shown.append(f"{days} ({word} {numbers})")
    if len(shown) > _RUNS_SHOWN:
        shown = [*shown[: _RUNS_SHOWN - 2], "…", shown[-1]]
    return [("Working days: " if en else "Ngày làm việc: ") + "; ".join(shown) + "."]


def _days_off(due: Due, en: bool) -> list[str]:
    key = "name_en" if en else "name"
    off = [step for step in due.steps if step.code == "off"]
    shown: list[str] = []
    at = 0
    while at < len(off):
        end = at
        while end + 1 < len(off) and off[end + 1].day - off[end].day == _DAY:
            end += 1
        days = _short(off[at].day, due.on.year, en)
        if end > at:
            days += f"–{_short(off[end].day, due.on.year, en)}"
        names = dict.fromkeys(str(step.params[key]) for step in off[at : end + 1])
        shown.append(f"{days} {', '.join(names)}")
        at = end + 1
    for step in due.steps:
        if step.code == "weekends":
            count = step.params["count"]
            days = "day" if count == 1 else "days"
            shown.append(f"{count} weekend {days}" if en else f"{count} ngày thứ bảy, chủ nhật")
    lines = [("Not counted: " if en else "Không tính: ") + "; ".join(shown) + "."] if shown else []
    worked = [
        f"{_short(step.day, due.on.year, en)} {step.params[key]}"
        for step in due.steps
        if step.code == "worked"
    ]
    if worked:
        lines.append(("Counted: " if en else "Có tính: ") + "; ".join(worked) + ".")
    return lines


def _moved(due: Due, en: bool) -> list[str]:
    steps = [step for step in due.steps if step.code == "moved"]
    if not steps:
        return []
    key = "name_en" if en else "name"
    days = "; ".join(f"{_short(step.day, due.on.year, en)} {step.params[key]}" for step in steps)
    if en:
        return [f"Days off: {days}; the end moves to the next working day (Civil Code 2015, Art. 148.5)."]
    moved = f"thời hạn kéo sang ngày làm việc tiếp theo (khoản 5 Điều 148 {_CODE})"
    return [f"Ngày nghỉ: {days}; {moved}."]


def _source(kind: object, basis: object, en: bool) -> str:
    if en:
        return f"{'by law' if kind == 'law' else 'office policy'}: {basis}"
    return f"{'theo luật' if kind == 'law' else 'quy định của cơ quan'}: {basis}"


def _result(due: Due, en: bool) -> str:
    numbers = [step.params["last"] for step in due.steps if step.code == "run"]
    which = ""
    if numbers:
        which = f", day {numbers[-1]}" if en else f", là ngày {numbers[-1]}"
    label = "Due" if en else "Hạn"
    return f"{label} {_full(due.on, en)}{which} ({_source(due.kind, due.basis, en)})."


def _other(step: Step, due: Due, en: bool) -> str:
    source, day = _source(step.params["kind"], step.params["basis"], en), _full(step.day, en)
    if step.day == due.on:
        return (
            f"Another rule gives the same day ({source})."
            if en
            else f"Quy định khác cũng cho ngày này ({source})."
        )
    if en:
        return f"Another rule gives {day} ({source}); the earlier date holds."
    return f"Quy định khác cho hạn {day} ({source}); lấy ngày đến trước."
