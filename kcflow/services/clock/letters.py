"""The morning's letters: whom each open dossier concerns, and what its letter says.

One walk over all that is late or near gives each recipient counts and the first few lines; counting is never
capped, what a letter prints is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from db import clock, queries
from kcflow.formats import date_text, instant_text
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND, HOLDER, OUTSIDE_HOLDERS, ROLE
from kcflow.services.clock.count import pauses_of
from kcflow.services.clock.levels import Level, Roster, level_label, level_of, levels, names_a_date
from kcflow.services.clock.post import one_line
from kcflow.services.context import Context
from kcflow.services.standing import Moment, forward_acts, moment
from states.records import record

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import Cursor, DossierLine
    from db.rows_clock import ClockRow, HoldRow

KINDS: Final = ("law", "policy", "stuck", "waiting", "near")
"""Sections of a letter, in their order."""
SHOWN: Final = 25
"""Dossiers that a letter prints in one section; the rest is counted."""
TITLE: Final = 200
PREFIX: Final = "[kcflow] "
"""What a mail programme can sort by."""
PAGE: Final = 1000
LOOKED_BACK: Final = 50
"""Letters to one person among which the last one that was sent is looked for."""


@record(frozen=True, slots=True)
class Item:
    """One dossier in one person's letter; level: the highest at which this person is told of it."""

    line: DossierLine
    kind: str
    level: int
    holder: str | None
    hold: HoldRow | None = None
    """The hold for somebody outside that it is on."""


@record(frozen=True, slots=True)
class Reminder:
    """What somebody asked this person about a dossier, or raised to this person's level (else 0)."""

    code: str
    title: str
    by: str
    on: date
    text: str
    level: int = 0


@dataclass
class Told:
    """What one person is told."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[Item]] = field(default_factory=dict)
    raised: int = 0
    """How many of them reached this person by escalation above the clerk."""
    reminders: list[Reminder] = field(default_factory=list)

    @property
    def items(self) -> int:
        """Everything that the letter counts."""
        return self.counts.total() + len(self.reminders)

    def add(self, item: Item) -> None:
        """Count a dossier, and keep it while there is room to print it."""
        self.counts[item.kind] += 1
        self.raised += item.level > 1
        kept = self.shown.setdefault(item.kind, [])
        if len(kept) < SHOWN:
            kept.append(item)


@record(frozen=True, slots=True)
class Reached:
    """A level that a dossier has reached and that its history doesn't show yet."""

    code: str
    entered_seq: int
    level: int
    to: tuple[str, ...]


@dataclass
class Gathered:
    """One day's letters before they are written."""

    day: date
    roster: Roster
    told: dict[str, Told] = field(default_factory=dict)
    reached: list[Reached] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    """Codes of those that somebody has raised higher than the delay alone has."""


# -- whom it concerns --------------------------------------------------------------------------------


def gather(context: Context, reader: Reader, day: date) -> Gathered:
    """Whom everything that is late or near on `day` concerns, and who was reminded since the last letter.

    Raises `CalendarUnknown`, `BadInput` (the file of levels).
    """
    gathered = Gathered(day, Roster(context, reader, day))
    steps = levels()
    near = next((level.days for level in steps if level.when == "near"), 0)
    now = moment(context, reader, day, near)
    own = _own_rules(reader)
    for line, mark, holds in _concerned(reader, now):
        kind = now.kind_of(line)
        if kind is None:
            continue
        holder = mark.holder if mark else None
        lifecycle = context.shared.lifecycle(line.lifecycle)
        ways = own.get((lifecycle.name, line.state, line.due_basis or ""), ())
        level = level_of(
            line,
            day,
            context.shared.calendar,
            fixed=names_a_date(lifecycle, line, ways),
            pauses=pauses_of(holds),
            waiting=line.id in now.held,
        )
        before = mark.level if mark else 0
        item = Item(line, kind, 0, holder, _hold(holds, day) if line.id in now.held else None)
        _tell(gathered, steps, item, max(level, before))
        if before > level:
            gathered.by_hand.append(line.code)
        if level > before and (to := gathered.roster.told(steps[level - 1].to, line, holder)):
            gathered.reached.append(Reached(line.code, line.entered_seq, level, to))
    _remind(reader, gathered, now.day_after_near)
    return gathered


def _concerned(
    reader: Reader, now: Moment
) -> Iterator[tuple[DossierLine, ClockRow | None, Sequence[HoldRow]]]:
    """Open dossiers with their clocks and holds, each once: what is late or near, then what waits for others
    with a later date or none.
    """
    every = queries.DossierFilter(open_only=True, every_kind=True)
    held = frozenset(now.held)
    later: Cursor = ("due", 0, None, now.day_after_near.isoformat(), "")
    asked: list[tuple[queries.DossierFilter, Cursor | None]] = [
        (replace(every, due_before=now.day_after_near), None),
        (replace(every, waits_for=OUTSIDE_HOLDERS, not_ids=held), later),
    ]
    if held:
        asked.append((replace(every, ids=held), later))
    for wanted, start in asked:
        after = start
        while True:
            lines, after = queries.list_dossiers(
                reader, queries.Scope(), wanted, order="due", after=after, limit=PAGE
            )
            codes = [line.code for line in lines]
            marks, holds = clock.clocks(reader, codes), clock.holds(reader, codes)
            for line in lines:
                yield line, marks.get(line.code), holds.get(line.code, ())
            if after is None:
                break


def _hold(holds: Sequence[HoldRow], day: date) -> HoldRow | None:
    """The hold in force on `day`."""
    for hold in holds:
        if hold.from_on <= day <= hold.until_on and day < (hold.lifted_on or date.max):
            return hold
    return None


def _own_rules(reader: Reader) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """How the offices' own rules count, by lifecycle, state and basis."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for row in clock.office_rules(reader):
        key = (row.lifecycle, row.state, row.basis)
        found[key] = (*found.get(key, ()), row.by)
    return found


def _tell(gathered: Gathered, steps: Sequence[Level], item: Item, level: int) -> None:
    """Put a dossier into the letters of everybody whom a level up to `level` names, once each."""
    told: dict[str, int] = {}
    for step in steps[: max(level, 1)]:
        for login in gathered.roster.told(step.to, item.line, item.holder):
            told[login] = step.level
    for login, highest in told.items():
        gathered.told.setdefault(login, Told()).add(replace(item, level=highest))


def _remind(reader: Reader, gathered: Gathered, later: date) -> None:
    """Add what people were reminded of, or what somebody raised to them, since their last letter.

    Only while the dossier stands where it stood. later: the first day whose dossiers weren't walked through.
    """
    people, day = gathered.roster.people, gathered.day
    last: dict[str, datetime | None] = {}
    codes = [*clock.reminded_since(reader, date.min), *clock.raised_beyond(reader, later), *gathered.by_hand]
    for code in sorted(set(codes)):
        row = reader.dossier(code)
        if row is None:
            continue
        for one in queries.history_of(reader, code):
            act = one.leaf["refs"].get("clock") or {}
            if one.seq <= row.entered_seq or one.on > day or one.leaf["system"]:
                continue
            if act.get("act") not in ("remind", "escalate"):
                continue
            level = act.get("level", 0)
            reminder = Reminder(code, row.title, one.actor_name, one.on, one.reason or "", level)
            for login in act.get("to", ()):
                if login not in people:
                    continue
                if login not in last:
                    last[login] = _last_letter(reader, login, day)
                since = last[login]
                if since is None or one.at > since:
                    gathered.told.setdefault(login, Told()).reminders.append(reminder)


def _last_letter(reader: Reader, login: str, day: date) -> datetime | None:
    """When the last letter that reached this person before `day` was made: older reminders were in it."""
    rows = clock.digests(reader, person=login, limit=LOOKED_BACK)
    return next((row.made_at for row in rows if row.state == "sent" and row.day < day), None)


# -- what it says ------------------------------------------------------------------------------------


def subject(told: Told, day: date, lang: str) -> str:
    """The subject with its counts."""
    parts = [t(f"letter.subject_{kind}", lang, n=told.counts[kind]) for kind in KINDS if told.counts[kind]]
    if told.reminders:
        parts.append(t("letter.subject_reminders", lang, n=len(told.reminders)))
    return PREFIX + t("letter.subject", lang, what=", ".join(parts), day=date_text(day, lang))


def body(context: Context, gathered: Gathered, login: str, lang: str) -> str:
    """The letter's text."""
    told, day = gathered.told[login], gathered.day
    name = gathered.roster.people[login].name
    lines = [t("letter.dear", lang, name=one_line(name)), ""]
    lines += [t("letter.opening", lang, day=date_text(day, lang), n=told.counts.total())]
    if told.raised:
        lines.append(t("letter.raised", lang, n=told.raised))
    if told.reminders:
        lines += ["", _heading(t("letter.section_reminders", lang, n=len(told.reminders)))]
        for number, reminder in enumerate(told.reminders[:SHOWN], 1):
            lines += _reminder(number, reminder, lang)
        lines += _more(len(told.reminders), "", lang)
    for kind in KINDS:
        count = told.counts[kind]
        if not count:
            continue
        lines += ["", _heading(t(f"letter.section_{kind}", lang, n=count))]
        for number, item in enumerate(told.shown[kind], 1):
            lines += _item(context, gathered, number, item, lang)
        lines += _more(count, kind, lang)
    first = next((item.line.code for kind in KINDS for item in told.shown.get(kind, ())), None)
    code = first or told.reminders[0].code
    lines += ["", "--", t("letter.why", lang, code=code)]
    lines.append(t("letter.made", lang, at=instant_text(context.shared.now(), lang)))
    return "\n".join(lines) + "\n"


def _heading(text: str) -> str:
    return text.upper()


def _more(count: int, kind: str, lang: str) -> list[str]:
    if count <= SHOWN:
        return []
    how = f"kcflow stalled --kind {kind} --all" if kind else "kcflow history"
    return ["", t("letter.more", lang, n=count - SHOWN, how=how)]


def _titled(number: int, code: str, title: str) -> str:
    title = one_line(title)
    return f"{number}. {code} · {title if len(title) <= TITLE else title[: TITLE - 1] + '…'}"


def _reminder(number: int, reminder: Reminder, lang: str) -> list[str]:
    given = {"by": one_line(reminder.by), "on": date_text(reminder.on, lang), "text": one_line(reminder.text)}
    label = level_label(reminder.level)
    said = (
        t("letter.raised_by", lang, level=label(lang), **given)
        if label is not None
        else t("letter.reminded", lang, **given)
    )
    return ["", _titled(number, reminder.code, reminder.title), f"   {said}"]


def _item(context: Context, gathered: Gathered, number: int, item: Item, lang: str) -> list[str]:
    line, day = item.line, gathered.day
    lifecycle = context.shared.lifecycle(line.lifecycle)
    state = lifecycle.state_by_name[line.state].label(lang)
    waits = HOLDER[line.waits_for](lang)
    lines = [
        "",
        _titled(number, line.code, line.title),
        "   " + t("letter.state", lang, state=state, whom=waits, since=date_text(line.entered_on, lang)),
    ]
    if item.hold is not None:
        until, party = date_text(item.hold.until_on, lang), HOLDER[item.hold.party](lang)
        lines.append("   " + t("letter.held", lang, party=party, until=until))
    if line.due_on is not None:
        due = t("letter.due", lang, on=date_text(line.due_on, lang), basis=_basis(line, lang))
        lines.append(f"   {due} – {_left(context, line.due_on, day, lang)}")
    acts = forward_acts(lifecycle, line.state)
    if acts:
        outside = line.waits_for in OUTSIDE_HOLDERS
        roles = dict.fromkeys(role for act in acts for role in act.roles)
        names = "; ".join(act.label(lang) for act in acts[:3])
        whom = ", ".join(ROLE[role](lang) for role in roles)
        lines.append("   " + t("letter.chase" if outside else "letter.next", lang, acts=names, whom=whom))
    if item.holder is not None and (person := gathered.roster.people.get(item.holder)):
        lines.append("   " + t("letter.holder", lang, name=one_line(person.name)))
    if item.level > 1:
        step = next(level for level in levels() if level.level == item.level)
        lines.append("   " + t("letter.level", lang, level=step.label(lang), basis=step.basis))
    return lines


def _basis(line: DossierLine, lang: str) -> str:
    """Whose date it is and by which rule; many bases begin with just that word."""
    kind, basis = DEADLINE_KIND[line.due_kind or "policy"](lang), one_line(line.due_basis or "")
    return basis if basis.casefold().startswith(kind.casefold()) else f"{kind}: {basis}"


def _left(context: Context, due: date, day: date, lang: str) -> str:
    late = (day - due).days
    if late > 0:
        working = context.shared.calendar.working_days_between(due, day)
        return t("letter.late", lang, days=late, working=working)
    return t("letter.today", lang) if late == 0 else t("letter.left", lang, days=-late)
