"""Where a dossier stands with its time: who holds it, holds, levels; who may do what about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from db import clock
from db.rows_clock import HoldRow
from kcflow.labels import HOLDER, OUTSIDE_HOLDERS
from kcflow.services.clock.count import pauses_of
from kcflow.services.clock.levels import HIGHEST, Roster, level_label, level_of, levels, names_a_date
from kcflow.services.clock.notes import level_name
from kcflow.services.clock_views import ClockState, PauseView, Told
from kcflow.services.context import ACTING_ROLES, Context
from kcflow.services.drafts import load_any
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.texts import error_label
from kcflow.services.views import PersonView
from states.engine import in_scope
from states.facts import Assignment, Facts
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows_clock import ClockRow

ACTS: Final = ("hold", "lift", "remind", "reassign", "escalate")


@dataclass(frozen=True)
class Standing:
    """A dossier of any kind with what was done about its time in its present state."""

    row: StoredDossier
    lifecycle: Lifecycle
    facts: Facts
    mark: ClockRow | None
    holds: tuple[HoldRow, ...]

    @property
    def holder(self) -> str | None:
        """Login of who is charged with it."""
        return self.mark.holder if self.mark else None

    @property
    def level(self) -> int:
        """How far it was escalated."""
        return self.mark.level if self.mark else 0

    def hold_on(self, day: date) -> HoldRow | None:
        """The hold that isn't over on that day: in force, or announced."""
        return next((h for h in self.holds if h.lifted_on is None and h.until_on >= day), None)


def standing(context: Context, reader: Reader, code: str) -> Standing:
    """The dossier `code` of any kind. A writer locks it. Raises `NotFound`."""
    row, lifecycle, facts = load_any(context, reader, code)
    codes = (row.code,)
    mark = clock.clocks(reader, codes).get(row.code)
    holds = clock.holds(reader, codes).get(row.code, ())
    return Standing(row, lifecycle, facts, mark, tuple(holds))


def bad(code: str, field: str | None = None, /, **params: object) -> BadInput:
    """The error `code` with its sentence, about one field."""
    return BadInput(code, error_label(code, **params), field=field)


def assignment_of(context: Context, facts: Facts) -> Assignment:
    """The role in which this person acts on a dossier's time: one that works on it, or that supervises it.

    Raises `NoPermission`.
    """
    for one in context.actor.assignments:
        supervises = one.role == "supervisor" and (not one.provinces or facts.province in one.provinces)
        if supervises or (one.role in ACTING_ROLES and in_scope(one, facts)):
            return one
    raise NoPermission("clock_not_yours", error_label("clock_not_yours", code=facts.code))


def pause_view(reader: Reader, hold: HoldRow) -> PauseView:
    """A hold for people, with who put it on and why."""
    made = reader.history_row(hold.dossier, hold.seq)
    return PauseView(
        seq=hold.seq,
        from_on=hold.from_on,
        until_on=hold.until_on,
        lifted_on=hold.lifted_on,
        party=hold.party,
        party_label=HOLDER.get(hold.party, Label(hold.party, hold.party)),
        reason=(made.reason if made else None) or "",
        by_name=made.actor_name if made else "",
    )


def state(context: Context, code: str) -> ClockState:
    """Who holds it, reminders, the hold in force, and what may be done about it. Raises `NotFound`."""
    with context.store.read() as reader:
        here = standing(context, reader, code)
        roster = Roster(context, reader, context.today)
        hold = here.hold_on(context.today)
        mark, holder = here.mark, here.holder
        return ClockState(
            holder=holder,
            holder_name=roster.people[holder].name if holder in roster.people and holder else holder,
            reminders=mark.reminders if mark else 0,
            reminded_on=mark.reminded_on if mark else None,
            level=here.level,
            level_label=level_name(here.level),
            hold=pause_view(reader, hold) if hold else None,
            possible=_possible(context, reader, here, roster),
        )


def _possible(context: Context, reader: Reader, here: Standing, roster: Roster) -> Mapping[str, Label | None]:
    """Each act: None when it can be done, else why not."""
    against: Label | None = None
    if here.row.ending:
        against = error_label("clock_ended", code=here.row.code, state=_state_label(here))
    else:
        try:
            assignment_of(context, here.facts)
        except NoPermission as denied:
            against = denied.text
    if against is not None:
        return dict.fromkeys(ACTS, against)
    hold = here.hold_on(context.today)
    found: dict[str, Label | None] = dict.fromkeys(ACTS)
    if hold is not None:
        found["hold"] = error_label("hold_there", code=here.row.code, until=hold.until_on)
    else:
        found["lift"] = error_label("hold_none", code=here.row.code)
    if not _clerks(here, roster):
        found["remind"] = error_label("remind_nobody", code=here.row.code, party=_party(here))
    if here.row.waits_for in OUTSIDE_HOLDERS:
        found["reassign"] = error_label("reassign_outside", code=here.row.code, party=_party(here))
    elif not _candidates(here, roster):
        found["reassign"] = error_label("reassign_nobody", code=here.row.code, party=_party(here))
    try:
        next_level(context, reader, here, roster)
    except BadInput as nobody:
        found["escalate"] = nobody.text
    return found


def _state_label(here: Standing) -> Label:
    return here.lifecycle.state_by_name[here.row.state].label


def _party(here: Standing) -> Label:
    return HOLDER[here.row.waits_for]


# -- who -----------------------------------------------------------------------------------------


def _candidates(here: Standing, roster: Roster) -> tuple[str, ...]:
    """Logins of those who could be charged with it: with the role it waits for, in its scope."""
    if here.row.waits_for in OUTSIDE_HOLDERS:
        return ()
    return roster.told(("role",), here.row, None)


def _clerks(here: Standing, roster: Roster) -> tuple[str, ...]:
    """Logins of those who have it in hand: who is charged with it, else all who could be."""
    return roster.told(("holder", "role"), here.row, here.holder)


def next_level(
    context: Context, reader: Reader, here: Standing, roster: Roster
) -> tuple[int, tuple[str, ...]]:
    """The level that an escalation reaches, and the logins that it tells.

    One above the last one, and at least the one that the delay has reached by itself. Raises `BadInput` when
    there is none above, or nobody to tell.
    """
    row, known = here.row, levels()
    top = min(known[-1].level, HIGHEST)
    if here.level >= top:
        raise bad("escalate_top", code=row.code, level=level_label(here.level) or Label("—", "—"))
    book = context.shared.rulebook(reader)
    own = [rule.by for rule in book.own if rule.basis == row.due_basis and rule.state == row.state]
    fixed = names_a_date(here.lifecycle, row, own)
    pauses = pauses_of(here.holds)
    reached = level_of(row, context.today, book.calendar, fixed=fixed, pauses=pauses)
    wanted = min(max(here.level + 1, reached), top)
    chosen = next(each for each in known if each.level == wanted)
    people = roster.told(chosen.to, row, here.holder)
    if not people:
        raise bad("escalate_nobody", code=row.code, level=chosen.label)
    return wanted, people


def holders(context: Context, code: str) -> tuple[PersonView, ...]:
    """Who could be charged with it, by name. Raises `NotFound`."""
    with context.store.read() as reader:
        here = standing(context, reader, code)
        roster = Roster(context, reader, context.today)
        found = [roster.view(login) for login in _candidates(here, roster)]
    return tuple(sorted(found, key=lambda person: (person.name, person.login)))


def told(context: Context, code: str, act: str, to: Sequence[str] = ()) -> Told:
    """Whom `act` would reach: "remind" (`to`: logins), "escalate", or "reassign" (`to`: who is to have it).

    Writes nothing. Raises `NotFound`, `NoPermission`, `BadInput`: whatever the act itself would refuse.
    """
    with context.store.read() as reader:
        here = standing(context, reader, code)
        role_in(context, here)
        roster = Roster(context, reader, context.today)
        level, people = 0, tuple(to)
        if act == "escalate":
            level, people = next_level(context, reader, here, roster)
        elif act == "remind":
            people = reminded(here, roster, to)
        else:
            check_chargeable(here, roster, people[0] if people else None)
        return Told(tuple(roster.view(login) for login in people), level, level_label(level))


def reminded(here: Standing, roster: Roster, to: Sequence[str]) -> tuple[str, ...]:
    """Logins of those who are reminded. Raises `BadInput`."""
    people = tuple(dict.fromkeys(login.strip() for login in to)) or _clerks(here, roster)
    if not people:
        raise bad("remind_nobody", "to", code=here.row.code, party=_party(here))
    for login in people:
        if login not in roster.people:
            raise bad("no_person", "to", login=login)
        if not _sees(roster, here.facts, login):
            raise bad("remind_blind", "to", login=login, code=here.row.code)
    return people


def _sees(roster: Roster, facts: Facts, login: str) -> bool:
    """Whether a person may read the dossier: what a reminder says is for nobody else."""
    return any(
        in_scope(one, facts)
        if one.role in ACTING_ROLES
        else not one.provinces or facts.province in one.provinces
        for one in roster.assignments(login)
    )


def check_chargeable(here: Standing, roster: Roster, login: str | None) -> None:
    """Refuse to charge a person (None: nobody) who has it already or can't have it. Raises `BadInput`."""
    row = here.row
    if row.waits_for in OUTSIDE_HOLDERS:
        raise bad("reassign_outside", "holder", code=row.code, party=_party(here))
    if login == here.holder:
        raise bad("reassign_same", "holder", code=row.code)
    able = _candidates(here, roster)
    if login is not None and login not in able:
        names = ", ".join(f"{roster.people[each].name} ({each})" for each in able) or "—"
        raise bad("reassign_unable", "holder", login=login, party=_party(here), known=names)


def role_in(context: Context, here: Standing) -> Assignment:
    """The role in which this person acts. Raises `NoPermission`, `BadInput` when the dossier has ended."""
    role = assignment_of(context, here.facts)
    if here.row.ending:
        raise bad("clock_ended", code=here.row.code, state=_state_label(here))
    return role
