"""Lists and the one-screen card of a proposal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args

from db import queries, stalled
from db.leaf import MAX_INT
from kcflow import reference
from kcflow.labels import FIELD, HOLDER
from kcflow.services import ceilings
from kcflow.services.audit import field_text, history_of
from kcflow.services.context import Context
from kcflow.services.drafts import editable
from kcflow.services.errors import BadInput
from kcflow.services.leaves import stored_due
from kcflow.services.money.codes import ROUND, round_number
from kcflow.services.money.facts import stored_facts
from kcflow.services.moves import find, option_view
from kcflow.services.texts import document_label, error_label
from kcflow.services.views import (
    ChecklistItem,
    DossierCard,
    DossierRow,
    HistoryView,
    ListFilter,
    Mark,
    MoneyView,
    Page,
    PaperView,
    PhaseView,
)
from kcflow.text import fold
from states.engine import explain, in_scope
from states.facts import Inputs
from states.holders import holders as possible_holders
from states.model import SAME, Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import Cursor, DossierLine, PaperRow

CONTENTS = frozenset(range(1, 62))
"""Codes that a bit mask of contents has room for."""
YEAR_END_STAGES = ("unpaid", "unaccepted", "unsettled", "unused", "uncleared")
"""Stages of a budget year's end (kcflow/data/year_end.toml), in the order of `db.stalled.money_left`."""
NOWHERE = Label("", "")
"""The region of what is the whole country's."""
NEAR_DAYS = 5
"""Calendar days before a deadline at which a line is marked "near"."""


def mark_of(line: DossierLine, paused: bool, today: date) -> Mark:
    if line.ending:
        return "completed" if line.ending == "completed" else "ended"
    if line.due_on is not None and line.due_on < today:
        return "late"
    if line.due_on is not None and line.due_on <= today + timedelta(days=NEAR_DAYS):
        return "near"
    if paused:
        return "returned"
    return "ok" if line.due_on is not None else "none"


def dossier_row(
    context: Context, line: DossierLine, doable: tuple[Label, ...] = (), as_of: date | None = None
) -> DossierRow:
    """One stored line as a view; what is left until its date counts from `as_of` (None: today)."""
    day = as_of or context.today
    lifecycle = context.shared.lifecycle(line.lifecycle)
    state = lifecycle.state_by_name[line.state]
    phase = lifecycle.phase_by_name[state.phase]
    left = (line.due_on - day).days if line.due_on and not line.ending else None
    return DossierRow(
        code=line.code,
        title=line.title,
        lifecycle=line.lifecycle,
        state=line.state,
        state_label=state.label,
        phase=phase.name,
        phase_label=phase.label,
        source=line.source,
        plan_year=line.plan_year,
        province=line.province,
        province_name=reference.province(line.province).name if line.province else "",
        unit_office=line.unit_office,
        unit_name=context.shared.office_name(line.unit_office),
        waits_for=line.waits_for,
        waits_for_label=HOLDER[line.waits_for],
        version=line.version,
        requested=line.requested,
        approved=line.approved,
        allocated=line.allocated,
        advanced=line.advanced,
        entered_on=line.entered_on,
        due_on=line.due_on,
        due_kind=line.due_kind,
        due_basis=line.due_basis,
        days_left=left,
        mark=mark_of(line, state.paused, day),
        ending=line.ending,
        doable=doable,
        region_label=reference.province(line.province).region_label if line.province else NOWHERE,
        kind=line.kind,
    )


def _states_of_phases(context: Context, phases: Sequence[str]) -> frozenset[str]:
    return frozenset(
        state.name
        for lifecycle in context.shared.lifecycles.values()
        for state in lifecycle.states
        if state.phase in phases
    )


def _provinces(wanted: ListFilter) -> frozenset[str] | None:
    """Keys of the provinces asked for, in the regions asked for; a merged one is in each of its regions."""
    named = frozenset(key for asked in wanted.provinces for key in reference.covered_by(asked))
    if not wanted.regions:
        return named if wanted.provinces else None
    there = frozenset(p.key for p in reference.provinces() if set(p.regions) & set(wanted.regions))
    return there & named if wanted.provinces else there


@lru_cache(1024)
def _places(word: str) -> tuple[str, ...]:
    """Keys of the provinces whose name has a word that begins with `word` (folded)."""
    return tuple(
        province.key
        for province in reference.provinces()
        if any(own.startswith(word) for own in queries.words_of(fold(province.name)))
    )


def _day_after(day: date | None) -> date | None:
    """The day after; None for None, and for the last day there is (which bounds nothing)."""
    return None if day is None or day == date.max else day + timedelta(days=1)


def _storable(dong: int | None) -> int | None:
    """An amount that both databases can compare with: no dossier asks for more."""
    return None if dong is None else max(-MAX_INT, min(dong, MAX_INT))


def open_states(context: Context, holders: Collection[str] | None = None) -> frozenset[str]:
    """Names of the states in which a dossier is open, and waits for one of `holders` if they are given.

    Open dossiers are few among all that ever were: by their states the store finds them at once.
    """
    return frozenset(
        state.name
        for lifecycle in context.shared.lifecycles.values()
        for state in lifecycle.states
        if not state.final
        and (holders is None or not possible_holders(lifecycle, state.name).isdisjoint(holders))
    )


def _aged(day: date, days: int) -> date | None:
    """The day so many days before; None for what no calendar reaches, which bounds nothing."""
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return None


def charged(
    reader: Reader, wanted: ListFilter, day: date, asked: queries.DossierFilter
) -> queries.DossierFilter:
    """`asked` with what only the store knows: with whom a dossier is, and whether it is on hold on `day`."""
    if wanted.holder is not None:
        by_id = stalled.holders(reader)
        if wanted.holder:
            own = frozenset(number for number, login in by_id.items() if login == wanted.holder)
            asked = _only(asked, own)
        else:
            asked = _without(asked, frozenset(by_id))
    if wanted.held is not None:
        held = frozenset(stalled.held_on(reader, day))
        asked = _only(asked, held) if wanted.held else _without(asked, held)
    return asked


def _only(asked: queries.DossierFilter, ids: frozenset[int]) -> queries.DossierFilter:
    return replace(asked, ids=ids if asked.ids is None else asked.ids & ids)


def _without(asked: queries.DossierFilter, ids: frozenset[int]) -> queries.DossierFilter:
    return replace(asked, not_ids=ids | (asked.not_ids or frozenset()))


def _year_end(asked: str | None) -> tuple[str | None, int | None]:
    """(stage, budget year) of `ListFilter.year_end`. Raises `BadInput`."""
    if asked is None:
        return None, None
    stage, _, year = asked.partition(":")
    if stage not in YEAR_END_STAGES or not (year.isascii() and year.isdigit() and len(year) <= 4):
        known = ", ".join(YEAR_END_STAGES)
        raise BadInput("year_end_unknown", error_label("year_end_unknown", asked=asked, known=known))
    return stage, int(year)


def stored_filter(context: Context, wanted: ListFilter, day: date | None = None) -> queries.DossierFilter:
    """A list's filter as the store understands it: phases become states, text is folded.

    day: from which ages count (None: today). What a transaction must be asked for is left to `charged`.
    """
    states = frozenset(wanted.states) if wanted.states else None
    if wanted.phases:
        of_phases = _states_of_phases(context, wanted.phases)
        states = of_phases if states is None else states & of_phases
    # What waits for somebody is open: a lifecycle's final states wait for nobody.
    open_only = wanted.open_only or wanted.waits_for not in (None, "nobody")
    if open_only:
        there = open_states(context, (wanted.waits_for,) if wanted.waits_for else None)
        states = there if states is None else states & there
    left, budget_year = _year_end(wanted.year_end)
    if left is not None:
        there = open_states(context)
        open_only, states = True, there if states is None else states & there
    text = fold(wanted.text).strip() or None
    today = day or context.today
    return queries.DossierFilter(
        text=text,
        places=tuple((word, _places(word)) for word in dict.fromkeys(queries.words_of(text or ""))),
        states=states,
        lifecycles=frozenset(wanted.lifecycles) or None,
        provinces=_provinces(wanted),
        offices=frozenset(wanted.offices) or None,
        source=wanted.source,
        plan_year=wanted.plan_year,
        waits_for=frozenset({wanted.waits_for}) if wanted.waits_for else None,
        open_only=open_only,
        due_from=wanted.due_from,
        due_before=_day_after(wanted.due_to),
        contents=sum(1 << code for code in set(wanted.contents) if code in CONTENTS)
        if wanted.contents
        else None,
        requested_from=_storable(wanted.amount_from),
        requested_to=_storable(wanted.amount_to),
        kind=wanted.kind,
        left=left,
        budget_year=budget_year,
        due_kind=wanted.due_kind,
        due_basis=wanted.basis,
        entered_from=None if wanted.age_to is None else _aged(today, wanted.age_to),
        entered_before=None if wanted.age_from is None else _day_after(_aged(today, wanted.age_from)),
    )


def checked_order(order: str) -> queries.Order:
    """One of the orders that lists have. Raises `BadInput` naming them."""
    if order not in get_args(queries.Order):
        known = ", ".join(get_args(queries.Order))
        raise BadInput("order_unknown", error_label("order_unknown", order=order, known=known))
    return cast("queries.Order", order)


def dossiers(
    context: Context, wanted: ListFilter, order: str, after: object | None, limit: int
) -> Page[DossierRow]:
    """One page of what this person may see."""
    asked = checked_order(order)
    with context.store.read() as reader:
        lines, following = queries.list_dossiers(
            reader,
            context.scope,
            charged(reader, wanted, context.today, stored_filter(context, wanted)),
            order=asked,
            after=cast("Cursor | None", after),
            limit=limit,
        )
    today = context.today
    return Page(tuple(dossier_row(context, line, as_of=today) for line in lines), following)


def count(context: Context, wanted: ListFilter, cap: int | None) -> int:
    """How many, up to `cap` (then `cap` itself); None: all."""
    with context.store.read() as reader:
        asked = charged(reader, wanted, context.today, stored_filter(context, wanted))
        return queries.count_dossiers(reader, context.scope, asked, cap=cap)


# -- Việc của tôi ----------------------------------------------------------------------------


def doable(context: Context, reader: Reader, lines: Iterable[DossierLine]) -> dict[str, tuple[Label, ...]]:
    """For each line, the acts that this person can do now (only inputs missing)."""
    codes = [line.code for line in lines]
    full = {row.code: row for row in reader.dossiers(codes)}
    papers, rounds = reader.papers(codes), reader.rounds(codes)
    today = Inputs(on=context.today, today=context.today)
    found: dict[str, tuple[Label, ...]] = {}
    for code in codes:
        row = full[code]
        facts = stored_facts(
            context,
            reader,
            row,
            papers=lambda one: papers.get(one, []),
            rounds=lambda one: rounds.get(one, ()),
        )
        lifecycle = context.shared.lifecycle(row.lifecycle)
        mine = [
            action
            for action in lifecycle.actions_by_source[row.state]
            if any(each.role in action.roles and in_scope(each, facts) for each in context.actor.assignments)
        ]
        # What a list holds is weighed by the rules of its acts: not for those who may do none of them.
        options = explain(lifecycle, facts, context.actor, today) if mine else ()
        found[code] = tuple(option.action.label for option in options if option.possible)
    return found


def inbox(
    context: Context, wanted: ListFilter, order: str, after: object | None, limit: int
) -> Page[DossierRow]:
    """What waits for this person's roles and offices and passes `wanted`, with what can be done now."""
    asked = checked_order(order)
    with context.store.read() as reader:
        mine = my_filter(context, reader, wanted)
        lines, following = queries.list_dossiers(
            reader, context.scope, mine, order=asked, after=cast("Cursor | None", after), limit=limit
        )
        acts = doable(context, reader, lines)
    return Page(tuple(dossier_row(context, line, acts[line.code]) for line in lines), following)


def my_filter(context: Context, reader: Reader, wanted: ListFilter) -> queries.DossierFilter:
    """What of all that passes `wanted`, of every kind of dossier, waits for this person."""
    asked, holders = (
        charged(reader, wanted, context.today, stored_filter(context, wanted)),
        my_holders(context),
    )
    if asked.waits_for is not None:
        holders &= asked.waits_for
    there = open_states(context, holders)
    states = there if asked.states is None else asked.states & there
    return replace(asked, waits_for=holders, states=states, open_only=True, every_kind=True)


def one_province(context: Context) -> bool:
    """Whether the person's scope ends within one province, under whatever names it has had."""
    scope = context.scope
    keys = set(scope.provinces or ())
    for code in scope.offices or ():
        place = context.shared.offices[code].province
        if place is None:
            return False
        keys |= reference.covered_by(place)
    return len({reference.province(key).name for key in keys}) == 1


def my_holders(context: Context) -> frozenset[str]:
    """The answers to "waiting for whom" that mean this person.

    The Cục enters what the Minister and the Ministry of Finance decide (domain.md T10–T12), so
    what waits for MOF is the agency's to follow up.
    """
    roles = {assignment.role for assignment in context.actor.assignments}
    holders = set(roles) & set(HOLDER)
    if "agency" in roles:
        holders |= {"finance_ministry", "government"}
    return frozenset(holders)


# -- one proposal ----------------------------------------------------------------------------


def _phases(
    lifecycle: Lifecycle, state: str, return_to: str | None, timeline: Sequence[HistoryView]
) -> tuple[PhaseView, ...]:
    """The stage bar: when each phase was entered first, where the dossier stands now.

    A returned dossier stands in the phase that it will come back to.
    """
    since: dict[str, date] = {}
    for row in timeline:
        since.setdefault(lifecycle.state_by_name[row.to_state].phase, row.on)
    current = lifecycle.state_by_name[state]
    order = [phase.name for phase in lifecycle.phases]
    place = lifecycle.state_by_name.get(return_to or "") if current.paused else None
    here = order.index((place or current).phase)
    views = []
    for index, phase in enumerate(lifecycle.phases):
        if current.final and current.ending != "completed":
            reached = phase.name in since and index < here
            status = "done" if reached else "ended" if index == here else "ahead"
        elif current.final:
            status = "done"
        else:
            status = "done" if index < here else "current" if index == here else "ahead"
        views.append(PhaseView(phase.name, phase.label, status, since.get(phase.name)))  # type: ignore[arg-type]
    return tuple(views)


def _paper_view(row: PaperRow) -> PaperView:
    return PaperView(
        row.kind,
        document_label(row.kind),
        row.number,
        row.date,
        row.signer,
        row.conclusion,
        row.file,
        row.file_name,
        row.seq,
    )


def _checklist(lifecycle: Lifecycle, state: str, papers: Sequence[PaperView]) -> tuple[ChecklistItem, ...]:
    """Papers that acts of the present state ask for, those not there first; then all others."""
    by_kind = {paper.kind: paper for paper in papers}
    items: dict[tuple[str, ...], ChecklistItem] = {}
    for action in lifecycle.actions_by_source[state]:
        stays = all(target.state == SAME for target in action.targets)
        if action.danger or action.remembers_return or stays:
            continue  # what an adjustment or a return would need is not missing from the dossier
        for kinds in action.documents:
            found = next((by_kind[kind] for kind in kinds if kind in by_kind), None)
            labels = [document_label(kind) for kind in kinds]
            label = Label(" / ".join(x.vi for x in labels), " / ".join(x.en for x in labels))
            items.setdefault(kinds, ChecklistItem(kinds, label, found is not None, found, action.label))
    listed = {kind for kinds in items for kind in kinds}
    rest = [
        ChecklistItem((paper.kind,), paper.label, True, paper, None)
        for paper in by_kind.values()
        if paper.kind not in listed
    ]
    return tuple(sorted(items.values(), key=lambda item: item.present)) + tuple(rest)


def _fields(context: Context, content: Mapping[str, Any]) -> tuple[tuple[str, Label, Label], ...]:
    return tuple(
        (name, label, field_text(context.shared, name, content[name])) for name, label in FIELD.items()
    )


def dossier(context: Context, code: str) -> DossierCard:
    """Everything about one proposal. Raises `NotFound`."""
    with context.store.read() as reader:
        row = find(context, reader, code)
        papers = reader.papers([row.code]).get(row.code, [])
        amounts = reader.amounts([row.code]).get(row.code, [])
        exceeded = ceilings.passed(reader, row.content, row.content["requested"], row.entered_on)
        lifecycle = context.shared.lifecycle(row.lifecycle)
        used = [a.round for a in amounts if a.round is not None]
        given = {
            c.seq: round_number((c.owner,)) for c in reader.charges_of(row.code) if c.owner_kind == ROUND
        }
        facts = stored_facts(context, reader, row, papers=lambda _: papers, rounds=lambda _: used)
        found = explain(lifecycle, facts, context.actor, Inputs(on=context.today, today=context.today))
        options = tuple(option_view(context, lifecycle, option, facts) for option in found)
        due = stored_due(context, reader, row, lifecycle, facts)  # its rules may still ask the store
    timeline = history_of(context, row.code)
    paper_views = tuple(_paper_view(paper) for paper in papers)
    held = (context.today - row.entered_on).days
    content = row.content
    return_to = lifecycle.state_by_name.get(row.return_to or "")
    return DossierCard(
        row=dossier_row(context, row, tuple(o.label for o in options if o.possible)),
        content=dict(content),
        fields=_fields(context, content),
        money=MoneyView(
            total=content["total"],
            requested=content["requested"],
            counterpart=content["counterpart"],
            other=content["other"],
            approved=row.approved,
            allocated=row.allocated,
            advanced=row.advanced,
            rounds=tuple(
                (number, a.dong)
                for a in amounts
                if (number := a.round or given.get(a.seq)) is not None and a.kind == "allocated"
            ),
            contracted=row.contracted,
            accepted=row.accepted,
            settled=row.settled,
            returned=row.returned,
        ),
        phases=_phases(lifecycle, row.state, row.return_to, timeline),
        due=due,
        checklist=_checklist(lifecycle, row.state, paper_views),
        papers=paper_views,
        options=options,
        timeline=timeline,
        return_to_label=return_to.label if return_to else None,
        warnings=tuple(warning.label for warning in exceeded),
        editable=editable(lifecycle, row.state),
        days_in_state=held,
        working_days_in_state=context.shared.calendar.working_days_between(row.entered_on, context.today),
    )


def inbox_count(context: Context) -> int:
    """How many dossiers wait for this person, capped at 1,001."""
    with context.store.read() as reader:
        return queries.count_dossiers(reader, context.scope, my_filter(context, reader, ListFilter()))
