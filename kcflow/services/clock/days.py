"""The office's calendar: the days that differ from the plain week, each with the paper that announced it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from db import clock, directory
from db.rows_clock import OfficeDayRow
from kcflow import calendar as known
from kcflow.formats import date_text
from kcflow.services import door
from kcflow.services.clock import authority, recount
from kcflow.services.clock_views import CalendarYear, ChangePlan, ChangeResult, DayInput, DayView
from kcflow.services.context import Context, calendar_with
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.texts import both, error_label
from states.clock import CalendarUnknown, WorkCalendar
from states.facts import Assignment
from states.model import Label
from states.records import record

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow
    from kcflow.services.clock.count import Rulebook

KINDS: Final = ("off", "working")
SATURDAY: Final = 5
MOST: Final = 400
"""Days set at once: a year has fewer."""

_DAY: Final = timedelta(days=1)


# -- reading ---------------------------------------------------------------------------------------


def year(context: Context, year: int) -> CalendarYear:
    """The special days of a year, the office's own in place of those that the program brought along.

    Raises `CalendarUnknown` for a year that nobody has announced.
    """
    with context.store.read() as reader:
        calendar = context.shared.rulebook(reader).calendar
        own = {row.day: row for row in clock.office_days(reader) if row.withdrawn_at is None}
        people = {person.login: person.name for person in directory.people(reader)}
    if not calendar.first_year <= year <= calendar.last_year:
        raise CalendarUnknown(year)
    shipped = [each for each in known.shipped(year) if each.day not in own]
    days = [
        DayView(each.day, each.kind, Label(each.name, each.name_en), each.document, own=False)
        for each in shipped
    ]
    days += [
        DayView(
            row.day,
            row.kind,
            Label(row.name, row.name),
            row.document,
            own=True,
            id=row.id,
            set_by_name=people.get(row.set_by, row.set_by),
            set_at=row.set_at,
        )
        for row in own.values()
        if row.day.year == year
    ]
    every = (date(year, 1, 1) + n * _DAY for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1))
    return CalendarYear(
        year,
        tuple(sorted(days, key=lambda each: each.day)),
        sum(map(calendar.is_working, every)),
        any(each.estimated for each in shipped),
    )


# -- what was entered ------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class _Change:
    """Days to be set and withdrawn, checked: what the calendar would be, and what is odd about it."""

    rows: tuple[OfficeDayRow, ...]
    withdrawn: tuple[OfficeDayRow, ...]
    calendar: WorkCalendar
    warnings: tuple[Label, ...]
    opens: bool
    """Whether a year becomes known."""

    def touches(self, row: DossierRow) -> bool:
        """Whether the days can move the date of a dossier: it counts those after its entry, up to its date.

        Where a year becomes known, dates that waited for it are counted, too.
        """
        days = [each.day for each in (*self.rows, *self.withdrawn)]
        if self.opens:
            return True
        return row.due_on is not None and row.due_on >= min(days) and row.entered_on < max(days)


def _entered(context: Context, days: Sequence[DayInput]) -> tuple[OfficeDayRow, ...]:
    """What was entered as rows, by day; what can be judged without the store is judged. Raises `BadInput`."""
    if len(days) > MOST:
        raise BadInput("days_many", error_label("days_many", n=len(days), most=MOST))
    at, found = context.shared.now(), dict[date, OfficeDayRow]()
    for each in days:
        if each.kind not in KINDS:
            kinds = ", ".join(KINDS)
            raise BadInput("choice_unknown", error_label("choice_unknown", value=each.kind, known=kinds))
        twin = found.get(each.day)
        if twin is not None:
            code = "day_twice" if twin.kind == each.kind else "day_both"
            raise BadInput(code, error_label(code, on=each.day), on=each.day)
        name, document = _texts(each)
        login = context.person.login
        found[each.day] = OfficeDayRow(None, each.day, each.kind, name, document, login, at)
    return tuple(row for _, row in sorted(found.items()))


def _texts(each: DayInput) -> tuple[str, str]:
    """Name and document of a day. Raises `BadInput` that names the day."""
    try:
        name = door.text("day_name", each.name, required=True) or ""
        return name, door.text("day_document", each.document, required=True) or ""
    except BadInput as bad:
        said = (f"{date_text(each.day, lang)} · {bad.text(lang)}" for lang in ("vi", "en"))
        raise BadInput(bad.code, Label(*said), on=each.day, **bad.params) from None


def _change(
    context: Context, reader: Reader, rows: Sequence[OfficeDayRow], withdraw: Sequence[int]
) -> _Change:
    """The change weighed against what the store holds now. Raises as `set_days`."""
    if not rows and not withdraw:
        raise BadInput("days_nothing", error_label("days_nothing"))
    stored = clock.office_days(reader)
    by_id = {row.id: row for row in stored}
    gone = []
    for id_ in dict.fromkeys(withdraw):
        row = by_id.get(id_)
        if row is None:
            raise NotFound("day_unknown", error_label("day_unknown", id=id_))
        if row.withdrawn_at is not None:
            told = error_label("day_withdrawn", id=id_, on=row.day)
            raise BadInput("day_withdrawn", told, on=row.day)
        gone.append(row)
    kept = [row for row in stored if row.withdrawn_at is None and row not in gone]
    own = {row.day: row for row in kept}
    warnings: list[Label] = []
    for row in rows:
        there = own.get(row.day)
        if there is not None:
            code = "day_there" if there.kind == row.kind else "day_other"
            told = error_label(code, on=row.day, id=there.id, document=there.document)
            raise BadInput(code, told, on=row.day)
        warnings += _judged(row, calendar_with(kept))
        kept.append(row)
    warnings += _general(context, [*rows, *gone])
    ahead = calendar_with(kept)
    opens = ahead.last_year > context.shared.rulebook(reader).calendar.last_year
    return _Change(tuple(rows), tuple(gone), ahead, tuple(dict.fromkeys(warnings)), opens)


def _judged(row: OfficeDayRow, calendar: WorkCalendar) -> Iterable[Label]:
    """What is odd about a day. Raises `BadInput` for one that can have no effect, or in an unknown year."""
    weekend = row.day.weekday() >= SATURDAY
    judged = known.judge(known.CalendarRow(row.day, row.kind, row.name, row.document), calendar)
    if judged == "year_unknown":
        years = {"first": calendar.first_year, "last": calendar.last_year}
        raise BadInput("day_year", error_label("day_year", on=row.day, **years), on=row.day)
    if judged == "opens_year":
        return [both("day_warning.opens_year", year=row.day.year)]
    if judged == "already_off":
        if weekend:
            raise BadInput("day_weekend", error_label("day_weekend", on=row.day), on=row.day)
        return [both("day_warning.already_off", on=row.day, name=_reason(calendar, row.day))]
    if judged == "already_worked":
        if not weekend:
            raise BadInput("day_worked", error_label("day_worked", on=row.day), on=row.day)
        return [both("day_warning.already_worked", on=row.day)]
    return []


def _reason(calendar: WorkCalendar, day: date) -> Label:
    return Label(calendar.why_off(day) or "", calendar.why_off(day, "en") or "")


def _general(context: Context, rows: Sequence[OfficeDayRow]) -> Iterable[Label]:
    past = [row.day for row in rows if row.day < context.today]
    if past:
        yield both("day_warning.past", on=min(past))
    for year_ in sorted({row.day.year for row in rows}):
        if any(each.estimated for each in known.shipped(year_)):
            yield both("day_warning.estimated", year=year_)


def _ahead(context: Context, reader: Reader, change: _Change) -> Rulebook:
    """The rulebook as it would be. Raises `BadInput` when dates fall into a year that is unknown then."""
    present = context.shared.rulebook(reader)
    book = present.changed(calendar=change.calendar)
    if change.calendar.last_year < present.calendar.last_year:
        found = recount.shifts(context, reader, book)
        for _ in found:
            pass
        recount.refuse_unknown(found.unknown)
    return book


# -- setting ---------------------------------------------------------------------------------------


def plan(context: Context, days: Sequence[DayInput], withdraw: Sequence[int]) -> ChangePlan:
    """What new days, or the withdrawal of own ones, would change. Writes nothing. Raises as `set_days`."""
    authority.for_calendar(context)
    rows = _entered(context, days)
    with context.store.read() as reader:
        change = _change(context, reader, rows, withdraw)
        book = _ahead(context, reader, change)
        touched = change.touches
        return recount.plan(context, reader, book, touched=touched, warnings=change.warnings)


def set_days(
    context: Context, days: Sequence[DayInput], reason: str, withdraw: Sequence[int]
) -> ChangeResult:
    """Set days, withdraw others, and recount every open dossier, in one transaction.

    Raises `BadInput` (a day both off and worked, without a name or a document, that has no effect, in a year
    that nobody knows, or for which another own row is in force), `NotFound`, `NoPermission`.
    """
    by: Assignment = authority.for_calendar(context)
    rows = _entered(context, days)
    said = door.text("reason", reason, required=True, multiline=True) or ""
    with context.store.write(alone=True) as writer:
        change = _change(context, writer, rows, withdraw)
        book = _ahead(context, writer, change)
        now = context.shared.now()
        for row in change.withdrawn:
            assert row.id is not None  # noqa: S101 - it was read from the store
            clock.withdraw_office_day(writer, row.id, by=context.person.login, at=now)
        ids = [clock.add_office_day(writer, row) for row in change.rows]
        done = recount.write(
            context,
            writer,
            book,
            cause="calendar",
            ref=", ".join(sorted({row.day.isoformat() for row in (*change.rows, *change.withdrawn)}))[:200],
            reason=said,
            by=by,
            touched=change.touches,
        )
    return replace(done, id=ids[0] if ids else None)
