"""Proposals that could be put into a plan, a round or a contract, with what each still lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from db import queries
from kcflow import reference
from kcflow.services.browse import stored_filter
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.codes import CONTRACT, PLAN, ROUND
from kcflow.services.money.dossiers import load_other
from kcflow.services.money.lines import misfit, mover_of, problems_of, weighed
from kcflow.services.money.others import MAKERS
from kcflow.services.money_views import Candidate
from kcflow.services.texts import error_label
from kcflow.services.views import ListFilter

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierLine
    from db.rows import DossierRow as StoredDossier

PAGE: Final = 500
LONGEST: Final = 4
"""Years after its plan year in which a proposal of several years may still be given money."""
CEILINGS: Final = frozenset({"round_over_ceiling", "plan_over", "contract_over_value"})
"""Refusals about the whole worksheet, which no candidate is to blame for."""


def _states(context: Context, row: StoredDossier) -> frozenset[str]:
    """States of proposals that a list of this kind is drawn from.

    Those of the phases in which its acts can be done; for a round also what waits for its approval.
    """
    mover = mover_of(context.shared.lifecycle(row.lifecycle))
    names = set(mover.moves) if mover else set()
    found: set[str] = set()
    for lifecycle in context.shared.lifecycles.values():
        if lifecycle.subject != "proposal":
            continue
        acts = [action for action in lifecycle.actions if action.name in names]
        sources = {source for action in acts for source in action.sources}
        phases = {lifecycle.state_by_name[source].phase for source in sources}
        found |= {state.name for state in lifecycle.states if state.phase in phases and not state.final}
        if row.kind == ROUND:
            found |= {s for action in lifecycle.actions if action.name == "approve" for s in action.sources}
    return frozenset(found)


def _lines(context: Context, reader: Reader, row: StoredDossier, text: str) -> list[DossierLine]:
    wanted = ListFilter(
        text=text,
        source=row.source,
        provinces=(row.province,) if row.province and row.kind != CONTRACT else (),
        offices=(row.unit_office,) if row.kind == CONTRACT else (),
    )
    year = row.plan_year if row.kind == PLAN else None
    asked = replace(stored_filter(context, wanted), states=_states(context, row), plan_year=year)
    found: list[DossierLine] = []
    cursor = None
    while True:
        lines, cursor = queries.list_dossiers(reader, context.scope, asked, after=cursor, limit=PAGE)
        found += lines
        if cursor is None:
            return found


def _may_run(line: DossierLine, year: int) -> bool:
    """Whether a proposal may still need money of `year`; the rules say more exactly for each."""
    return line.plan_year <= year <= max(line.plan_year + LONGEST, line.budget_year)


def left_of(kind: str, item: DossierLine) -> int:
    """What a plan, a round (approved − allocated), a contract (allocated − contracted) could give, đồng."""
    if kind == PLAN:
        return item.requested
    if kind == ROUND:
        return max((item.approved or 0) - item.allocated, 0)
    return max(item.allocated - item.contracted, 0)


def _elsewhere(context: Context, reader: Reader, row: StoredDossier) -> dict[str, str]:
    """Proposal → code of another open list of the same kind that has it."""
    year = None if row.kind == CONTRACT else row.plan_year
    others = [
        line
        for line in reader.others(row.kind, row.source, year)
        if line.code != row.code and context.shared.lifecycle(line.lifecycle).initial == line.state
    ]
    return {work.dossier: line.code for line in others for work in reader.worksheet(line.code)}


def candidates(context: Context, code: str, text: str) -> tuple[Candidate, ...]:
    """Proposals that could be put into the plan, round or contract, by code, with what each lacks.

    What has nothing left to be given is left out. Those of its own worksheet are there, too. text: searched
    without diacritics, as in every list. Raises `NotFound`.
    """
    with context.store.read() as reader:
        row, _, _ = load_other(context, reader, code)
        if (row.kind, row.source) not in MAKERS:
            raise BadInput("no_worksheet", error_label("no_worksheet", code=row.code))
        lines = [
            line
            for line in _lines(context, reader, row, text)
            if (left_of(row.kind, line) or (row.kind == ROUND and line.approved is None))
            and (row.kind != ROUND or _may_run(line, row.plan_year))
        ]
        amounts = {line.code: left_of(row.kind, line) or line.requested for line in lines}
        steps = weighed(context, reader, row, amounts)
        elsewhere = _elsewhere(context, reader, row)
    found = [
        Candidate(
            code=item.code,
            title=item.title,
            unit_name=context.shared.office_name(item.unit_office),
            province=item.province,
            province_name=reference.province(item.province).name,
            contents=tuple(item.content["content_codes"]),
            state_label=step.lifecycle.state_by_name[item.state].label,
            requested=item.requested,
            approved=item.approved,
            allocated=item.allocated,
            left=left_of(row.kind, item),
            elsewhere=elsewhere.get(item.code),
            problems=problems_of(context, row, step, but=CEILINGS),
        )
        for step in steps.values()
        for item in (step.row,)
        if misfit(context, row, step) is None
    ]
    return tuple(sorted(found, key=lambda each: each.code))
