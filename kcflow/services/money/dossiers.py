"""Plans, rounds, contracts and adjustments as dossiers: opened, changed and read like proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from db.leaf import digest
from db.rows_money import WorkRow
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.leaves import base_leaf, changed_due, first_leaf, paper_leaf
from kcflow.services.money.codes import ADJUSTMENT, CONTRACT, KINDS
from kcflow.services.money.facts import stored_facts
from kcflow.services.moves import already, receipt
from kcflow.services.texts import error_label, reason
from kcflow.services.views import Receipt
from kcflow.text import fold
from states.engine import paper_authority
from states.facts import Assignment, Facts, Paper
from states.model import Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierLine, HistoryRow
    from db.rows import DossierRow as StoredDossier


def may_read(context: Context, row: DossierLine) -> bool:
    """Whether this person may see a plan, round, contract or adjustment.

    What concerns the whole country is open to everybody who holds a role; a province's to that province and
    to those who see all; a contract and an adjustment like the proposals they are about.
    """
    if not context.actor.assignments:
        return False
    scope = context.scope
    if row.kind in (CONTRACT, ADJUSTMENT):
        own = scope.offices is None or row.unit_office in scope.offices
        return own and (scope.provinces is None or row.province in scope.provinces)
    if row.province == "" or (scope.provinces is None and scope.offices is None):
        return True
    if scope.provinces is not None:
        return row.province in scope.provinces
    return any(row.province in each.provinces for each in context.actor.assignments)


def find_other(context: Context, reader: Reader, code: str) -> StoredDossier:
    """The plan, round, contract or adjustment `code`. Raises `NotFound`: hidden and absent are told alike."""
    row = reader.dossier(code.strip().upper())
    if row is None or row.kind not in KINDS or not may_read(context, row):
        raise NotFound("other_not_found", error_label("other_not_found", code=code))
    return row


def load_other(context: Context, reader: Reader, code: str) -> tuple[StoredDossier, Lifecycle, Facts]:
    """It with its lifecycle and facts. Raises `NotFound`."""
    row = find_other(context, reader, code)
    return row, context.shared.lifecycle(row.lifecycle), stored_facts(context, reader, row)


def lifecycle_named(context: Context, name: str, on: date) -> Lifecycle:
    """The newest installed version of `name` in force on `on`. Raises `NotFound`."""
    return context.shared.lifecycle_for(name, "", on)


def opening_facts(context: Context, lifecycle: Lifecycle, content: Mapping[str, Any]) -> Facts:
    """Facts of a dossier that is being opened."""
    return Facts(
        code="",
        state=lifecycle.initial,
        version=0,
        source="kcqg" if content["source"] == "kcqg" else "kcdp",
        plan_year=content["plan_year"],
        budget_year=content["plan_year"],
        province=content["province"],
        unit_office=content["unit_office"],
        unit_kind=context.shared.office_kind(content["unit_office"]),
        supplementary=bool(content.get("supplementary")),
    )


def opening_leaf(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    assignment: Assignment,
    content: Mapping[str, Any],
    *,
    code: str,
    on: date,
    request: str,
) -> dict[str, Any]:
    """The first row of such a dossier."""
    return first_leaf(
        context,
        reader,
        lifecycle,
        opening_facts(context, lifecycle, content),
        assignment,
        content,
        folded=fold(content["title"]),
        code=code,
        on=on,
        request=request,
    )


def create_other(
    context: Context,
    *,
    lifecycle_name: str,
    roles: Sequence[str],
    content: Mapping[str, Any],
    request: str | None,
    code: str | None = None,
    prefix: str | None = None,
    on: date | None = None,
    work: Mapping[str, int] | None = None,
    papers: Sequence[Paper] = (),
) -> Receipt:
    """Open a dossier of another kind, under `code` or the next code of `prefix`, with a first worksheet.

    roles: who may open it. work: proposal → đồng. Raises `BadInput` (the code is taken, a date in the
    future), `NoPermission`.
    """
    from kcflow.services.drafts import assignment_for

    wanted = door.request_id(request)
    day = on or context.today
    if day > context.today:
        raise BadInput("act_in_future", error_label("on_in_future", on=day))
    lifecycle = lifecycle_named(context, lifecycle_name, day)
    assignment = assignment_for(context, opening_facts(context, lifecycle, content), roles)
    with context.store.write() as writer:
        done = already(context, writer, wanted, None, "create") if request else None
        if done is not None:
            return receipt(lifecycle, done, content["title"], repeated=True)
        if code is not None and writer.dossier(code) is not None:
            raise BadInput("code_taken", error_label("code_taken", code=code))
        own = code or writer.next_code(prefix or "")[0]
        leaf = opening_leaf(context, writer, lifecycle, assignment, content, code=own, on=day, request=wanted)
        _refuse_papers(lifecycle, papers, assignment.role)
        leaf["papers"] = [paper_leaf(door.attach(writer, paper)) for paper in papers]
        stored = writer.append(leaf)
        if work:
            writer.put_work(
                own, [WorkRow(own, item, dong, n, None) for n, (item, dong) in enumerate(work.items(), 1)]
            )
    return receipt(lifecycle, stored, content["title"])


def _refuse_papers(lifecycle: Lifecycle, papers: Sequence[Paper], role: str) -> None:
    """Refuse a paper that is not this role's to record. Raises `BadInput`."""
    for paper in papers:
        denied = paper_authority(lifecycle, paper, role)
        if denied is not None:
            told = reason(denied, lifecycle)
            raise BadInput(told.code, told.text)


def edit_row(
    context: Context,
    writer: Writer,
    row: StoredDossier,
    lifecycle: Lifecycle,
    assignment: Assignment,
    content: Mapping[str, Any],
    *,
    request: str,
    on: date | None = None,
    reason: str | None = None,
) -> HistoryRow | None:
    """Change the content of a dossier by one history row with each field before → after; None: nothing new.

    Works for proposals, too (an applied adjustment). The ceiling of its fund follows `total`.
    """
    from kcflow.services.drafts import folded

    changed = {
        name: [row.content.get(name), content[name]]
        for name in content
        if row.content.get(name) != content[name]
    }
    if not changed:
        return None
    leaf = base_leaf(
        context,
        lifecycle,
        row,
        action="edit",
        to_state=row.state,
        role=assignment.role,
        office=assignment.office,
        office_name=assignment.office_name,
        on=on or max(context.today, row.last_on),
        at=context.shared.now(),
        request=request,
    )
    leaf.update(
        due=changed_due(context, writer, row, lifecycle, partial(stored_facts, context, writer), content),
        reason=reason,
        changes=changed,
        content=dict(content),
        digest=digest(content),
        edited=row.version + 1,
        refs={"folded": fold(content["title"]) if row.kind in KINDS else folded(context, content)},
    )
    return writer.append(leaf)
