"""The morning's letters on their way: planned, kept, sent one by one, each once.

A letter is stored before it is sent and marked right after the server took it. Who runs the command again, at
any moment, sends what is still pending. Only a crash between the server's answer and the mark sends a letter
a second time, with the same Message-ID.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from db import clock, directory
from db.errors import AlreadyDone, Conflict
from db.rows_clock import DigestRow
from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.labels import ROLE
from kcflow.services.clock import letters
from kcflow.services.clock.duties import usable
from kcflow.services.clock.letters import Gathered, Reached
from kcflow.services.clock.levels import levels
from kcflow.services.clock.post import Envelope, PostFailed, failure_label, message_id
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.leaves import base_leaf
from kcflow.services.letter_views import DigestResult, DigestView
from kcflow.services.texts import error_label
from kcflow.text import person_sort_key
from states.facts import Assignment
from states.model import Label

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import PersonRow
    from kcflow.services.clock.post import Post

EVERY: Final = 1_000_000
"""More letters than a day has."""
TOGETHER: Final = 50
"""Escalations written in one transaction."""
ANSWERS: Final = 12
"""Answers of a server that one letter waits for, at most: connection, greeting, login, recipient, …"""


def _see_all(context: Context) -> bool:
    """Administrators and national supervisors see everybody's letters, all others their own."""
    held = context.actor.assignments
    return any(one.role == "admin" or (one.role == "supervisor" and not one.provinces) for one in held)


def _sender(context: Context) -> Assignment:
    """The role that letters are sent in. Raises `NoPermission`."""
    return context.require("admin")


def day_off(context: Context, day: date | None) -> Label | None:
    """Why nothing is sent on `day` (None: today): the day off's name; None on a working day."""
    asked, calendar = day or context.today, context.shared.calendar
    if calendar.is_working(asked):
        return None
    return Label(*(calendar.why_off(asked, lang) or "" for lang in ("vi", "en")))


# -- looking -----------------------------------------------------------------------------------------


def plan(context: Context, day: date | None, lang: str = "vi") -> tuple[DigestView, ...]:
    """The letters of `day` (None: today), made or still to be made, by recipient. Writes nothing."""
    asked = day or context.today
    with context.store.read() as reader:
        gathered = letters.gather(context, reader, asked)
        made = {row.person: row for row in clock.digests(reader, day=asked, limit=EVERY)}
    people = gathered.roster.people
    wanted = {*gathered.told, *made} if _see_all(context) else {context.person.login}
    views = []
    for login in wanted & ({*gathered.told} | {*made}):
        row = made.get(login)
        if row is not None:
            views.append(_view(row, people))
        elif login in people:
            views.append(_planned(context, gathered, login, lang))
    return tuple(sorted(views, key=lambda view: (person_sort_key(view.person_name), view.person)))


def log(context: Context, day: date | None, person: str | None, limit: int = 500) -> tuple[DigestView, ...]:
    """Letters made so far, newest first. Raises `NoPermission` for somebody else's."""
    if not _see_all(context):
        if person not in (None, context.person.login):
            raise NoPermission("no_permission", error_label("no_permission", roles=ROLE["admin"].vi))
        person = context.person.login
    with context.store.read() as reader:
        rows = clock.digests(reader, day=day, person=person, limit=limit)
        people = {row.login: row for row in directory.people(reader)}
    return tuple(_view(row, people) for row in rows)


def _view(row: DigestRow, people: dict[str, PersonRow]) -> DigestView:
    known = people.get(row.person)
    return DigestView(
        day=row.day,
        person=row.person,
        person_name=known.name if known else row.person,
        address=row.address,
        subject=row.subject,
        body=row.body,
        items=row.items,
        state=row.state,
        attempts=row.attempts,
        error=failure_label(row.last_error) if row.last_error else None,
        sent_at=row.sent_at,
    )


def _planned(context: Context, gathered: Gathered, login: str, lang: str) -> DigestView:
    person, told = gathered.roster.people[login], gathered.told[login]
    address = person.email if usable(person.email) else None
    return DigestView(
        day=gathered.day,
        person=login,
        person_name=person.name,
        address=address,
        subject=letters.subject(told, gathered.day, lang),
        body=letters.body(context, gathered, login, lang),
        items=told.items,
        state="planned" if address else "no_address",
    )


# -- sending -----------------------------------------------------------------------------------------


def send(
    context: Context, post: Post, day: date | None, lang: str = "vi", *, force: bool = False
) -> DigestResult:
    """Record what was escalated, store the letters of `day` (None: today), send what isn't sent yet.

    force: on a day off too. Raises `NoPermission` (administrators send), `BadInput`: `day` is still to come,
    or letters of a later day have been made.
    """
    role = _sender(context)
    asked = day or context.today
    if asked > context.today:
        raise BadInput("digest_future", error_label("digest_future", day=asked, today=context.today))
    off = day_off(context, asked)
    with context.store.read() as reader:
        newest = clock.digests(reader, limit=1)
        if newest and newest[0].day > asked:
            raise BadInput("digest_backwards", error_label("digest_backwards", day=asked, made=newest[0].day))
        if off is not None and not force:
            return DigestResult(asked, 0, 0, 0, 0, (), 0, off)
        gathered = letters.gather(context, reader, asked)
    escalated = _escalate(context, role, gathered)
    context.shared.grow_tree()
    before, no_address = _keep(context, post, gathered, lang)
    sent, trouble = _deliver(context, post, asked, lang)
    with context.store.read() as reader:
        states = [row.state for row in clock.digests(reader, day=asked, limit=EVERY)]
    return DigestResult(
        day=asked,
        sent=sent,
        pending=states.count("pending"),
        failed=states.count("failed"),
        already=before,
        no_address=no_address,
        escalated=escalated,
        trouble=trouble,
    )


def _keep(context: Context, post: Post, gathered: Gathered, lang: str) -> tuple[int, tuple[str, ...]]:
    """Store the day's letters, in one transaction; return how many were sent before, who has no address.

    What a day before has left unsent ends here: the new letter has all of it that is still true.
    """
    people, day = gathered.roster.people, gathered.day
    with context.store.read() as reader:
        made = {row.person: row for row in clock.digests(reader, day=day, limit=EVERY)}
    wanted = sorted(gathered.told.keys() - made.keys())
    rows = [_row(context, post, gathered, login, lang) for login in wanted if usable(people[login].email)]
    with context.store.write() as writer:
        for row in rows:
            clock.add_digest(writer, row)
        for old in clock.digests(writer, states=("pending",), limit=EVERY):
            if old.day < day:
                why = "superseded" if old.person in gathered.told else "moot"
                clock.mark_digest(
                    writer,
                    old.id or 0,
                    state="failed",
                    attempts=old.attempts,
                    last_error=f"{why}|{date_text(day)}",
                    tried_at=old.tried_at,
                    message_id=old.message_id,
                )
    no_address = tuple(login for login in wanted if not usable(people[login].email))
    return sum(row.state == "sent" for row in made.values()), no_address


def _row(context: Context, post: Post, gathered: Gathered, login: str, lang: str) -> DigestRow:
    """One letter, ready to be kept."""
    told, day, at = gathered.told[login], gathered.day, context.shared.now()
    return DigestRow(
        id=None,
        day=day,
        person=login,
        address=gathered.roster.people[login].email or "",
        subject=letters.subject(told, day, lang),
        body=letters.body(context, gathered, login, lang),
        items=told.items,
        made_at=at,
        message_id=message_id(f"{day}|{login}|{at.isoformat()}", post.sender),
    )


def _deliver(context: Context, post: Post, day: date, lang: str) -> tuple[int, Label | None]:
    """Send what is not sent; return how many went, and why no more went when the server is to blame.

    Letters that were tried least go first, so that one that a server chokes on never stops the others.
    """
    with context.store.read() as reader:
        rows = [row for row in clock.digests(reader, day=day, limit=EVERY) if row.state != "sent"]
        names = {row.person: _name(reader, row.person) for row in rows}
    sent = drops = 0
    with post:
        for row in sorted(rows, key=lambda row: (row.attempts, row.id or 0)):
            claimed = _claim(context, row, post)
            if claimed is None:
                continue
            try:
                post.send(_envelope(claimed, names[row.person], lang))
            except PostFailed as failed:
                _mark(context, claimed, failed)
                if not failed.of_server:
                    continue
                drops += failed.code == "dropped"
                # One connection may be lost over one letter; a server that drops two is not there.
                if failed.code != "dropped" or drops > 1:
                    return sent, failure_label(failed.text)
            else:
                _mark(context, claimed, None)
                sent += 1
    return sent, None


def _name(reader: Reader, login: str) -> str:
    row = directory.person(reader, login)
    return row.name if row else login


def _envelope(row: DigestRow, name: str, lang: str) -> Envelope:
    return Envelope(row.address, name, row.subject, row.body, row.message_id or "", row.made_at, lang)


def _claim(context: Context, row: DigestRow, post: Post) -> DigestRow | None:
    """Take a letter for this run; None when another run has it, or has sent it since.

    Another run's claim holds for as long as one letter can take; after that the run must have died.
    """
    now = context.shared.now()
    with context.store.write(alone=True) as writer:
        found = next(iter(clock.digests(writer, day=row.day, person=row.person)), None)
        if found is None or found.state == "sent":
            return None
        under_way = found.state == "pending" and found.tried_at is not None and found.last_error is None
        if found.attempts != row.attempts or (under_way and _fresh(found, now, post)):
            return None
        clock.mark_digest(
            writer,
            found.id or 0,
            state="pending",
            attempts=found.attempts + 1,
            tried_at=now,
            message_id=found.message_id,
        )
        return next(iter(clock.digests(writer, day=row.day, person=row.person)), None)


def _fresh(row: DigestRow, now: datetime, post: Post) -> bool:
    return row.tried_at is not None and abs(now - row.tried_at) < timedelta(seconds=ANSWERS * post.timeout)


def _mark(context: Context, row: DigestRow, failed: PostFailed | None) -> None:
    """Keep what became of a letter, at once."""
    now = context.shared.now()
    with context.store.write() as writer:
        if failed is None:
            clock.mark_digest(
                writer,
                row.id or 0,
                state="sent",
                attempts=row.attempts,
                tried_at=row.tried_at,
                sent_at=now,
                message_id=row.message_id,
            )
            return
        clock.mark_digest(
            writer,
            row.id or 0,
            state="failed" if failed.lasting and not failed.of_server else "pending",
            attempts=row.attempts,
            last_error=failed.text,
            tried_at=row.tried_at,
            message_id=row.message_id,
        )


# -- escalating --------------------------------------------------------------------------------------


def _escalate(context: Context, role: Assignment, gathered: Gathered) -> int:
    """Write each newly reached level into its dossier's history, once; return how many were written."""
    written = 0
    for some in _batches(gathered.reached):
        try:
            with context.store.write() as writer:
                written += _written(context, writer, role, gathered, some)
        except (Conflict, AlreadyDone):
            # Somebody moved one of them just now: each by itself, and that one when it is late again.
            for one in some:
                try:
                    with context.store.write() as writer:
                        written += _written(context, writer, role, gathered, [one])
                except (Conflict, AlreadyDone):
                    continue
    return written


def _batches(reached: Sequence[Reached]) -> Iterator[Sequence[Reached]]:
    for start in range(0, len(reached), TOGETHER):
        yield reached[start : start + TOGETHER]


def _written(
    context: Context, writer: Writer, role: Assignment, gathered: Gathered, some: Iterable[Reached]
) -> int:
    by_code = {one.code: one for one in some}
    writer.lock(sorted(by_code))
    marks = clock.clocks(writer, by_code)
    count = 0
    for code in sorted(by_code):
        one, mark = by_code[code], marks.get(code)
        row = writer.dossier(code)
        if (
            row is None
            or row.entered_seq != one.entered_seq
            or (mark is not None and mark.level >= one.level)
        ):
            continue
        leaf = base_leaf(
            context,
            context.shared.lifecycle(row.lifecycle),
            row,
            action="note",
            to_state=row.state,
            role=role.role,
            office=role.office,
            office_name=role.office_name,
            on=context.today,
            at=context.shared.now(),
            request=str(uuid.uuid4()),
        )
        leaf.update(_noted(gathered, one, row.due_on))
        writer.append(leaf)
        count += 1
    return count


def _noted(gathered: Gathered, one: Reached, due: date | None) -> dict[str, Any]:
    """What the note says: which level, why, who is told."""
    level = next(each for each in levels() if each.level == one.level)
    late = (gathered.day - due).days if due else 0
    reason = t(
        "letter.escalated" if late > 0 else "letter.escalated_near",
        "vi",
        condition=level.condition.vi.capitalize(),
        due=date_text(due) if due else "—",
        days=max(late, 0),
        level=level.label.vi.lower(),
        to=", ".join(gathered.roster.people[login].name for login in one.to),
    )
    return {
        "system": True,
        "basis": level.basis,
        "reason": reason,
        "refs": {"clock": {"act": "escalate", "level": one.level, "to": list(one.to)}},
    }
