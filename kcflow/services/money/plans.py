"""The year's budget plan of a source (TT 36/2013 Đ8.3; NĐ 45/2012 Đ2.2): opened, divided, supplemented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from db.errors import Conflict
from kcflow import reference
from kcflow.formats import dong
from kcflow.labels import SOURCE
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.drafts import assignment_for
from kcflow.services.errors import BadInput
from kcflow.services.leaves import move_leaf
from kcflow.services.money.codes import PLAN, SUPPLEMENT, plan_codes
from kcflow.services.money.dossiers import create_other, edit_row, load_other
from kcflow.services.money.others import MAKERS, gap_label, in_preparation, lines_gap
from kcflow.services.money.rounds import checked_head, entered_amount, makers_office
from kcflow.services.money_views import PlanInput
from kcflow.services.moves import (
    action_of,
    already,
    attached,
    conflict,
    known_documents,
    note_refusal,
    receipt,
    refused_error,
)
from kcflow.services.texts import error_label
from kcflow.services.views import MoveInput, Reason, Receipt
from states.engine import Refused, apply
from states.model import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow
    from states.facts import Facts
    from states.model import Lifecycle

TOTAL: Final = Label("Tổng kế hoạch", "Total of the plan")
REGIONS: Final = ("north", "central", "south")
"""Khuyến công regions that a plan may be divided by, beside provinces and offices."""


# -- what people enter -----------------------------------------------------------------------


def _parts(context: Context, lines: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """How the total is divided: each part once, for a place or office that is known. Raises `BadInput`."""
    places = {province.key for province in reference.provinces()} | set(REGIONS)
    parts: dict[str, int] = {}
    for area, value in lines:
        if area not in places and area not in context.shared.offices:
            raise BadInput("plan_area_unknown", error_label("plan_area_unknown", area=area))
        if area in parts:
            raise BadInput("plan_area_twice", error_label("plan_area_twice", area=area))
        parts[area] = entered_amount(area, value)
    return [{"area": area, "dong": value} for area, value in parts.items()]


def _title(source: str, plan_year: int, area: str) -> str:
    place = f" {reference.province(area).name}" if area else ""
    return f"Kế hoạch {SOURCE[source].vi}{place} năm {plan_year}"


def _with_gap(done: Receipt, content: Mapping[str, Any]) -> Receipt:
    """The receipt, with a warning when the parts don't add up to the total."""
    gap = lines_gap(content)
    if not gap:
        return done
    return replace(done, warnings=(*done.warnings, Reason("guard", "plan_lines", gap_label(gap))))


# -- open ------------------------------------------------------------------------------------


def _free_code(reader: Reader, entered: PlanInput, *, repeated: bool) -> str:
    """The code of a new plan. Raises `BadInput` where there is one that was not cancelled."""
    for code in plan_codes(entered.source, entered.plan_year, entered.area):
        there = reader.dossier(code)
        if there is None or repeated:
            return code
        if there.ending != "withdrawn":
            raise BadInput("plan_exists", error_label("plan_exists", code=code))
    raise BadInput("plan_exists", error_label("plan_exists", code=code))


def open_plan(context: Context, entered: PlanInput, request: str | None) -> Receipt:
    """Open the plan of a source, year and area; a second one is refused with the code of the first.

    Parts that don't add up to the total are kept and warned about. Raises `BadInput`, `NoPermission`.
    """
    checked_head(entered.source, entered.plan_year, entered.area)
    total = entered_amount(TOTAL, entered.total)
    parts = _parts(context, entered.lines)
    content = {
        "title": _title(entered.source, entered.plan_year, entered.area),
        "source": entered.source,
        "plan_year": entered.plan_year,
        "province": entered.area,
        "unit_office": makers_office(context, entered.source, PLAN, entered.area),
        "total": total,
        "requested": total,
        "lines": parts,
        "basis": door.text("note", entered.basis, multiline=True) or "",
    }
    with context.store.read() as reader:
        known = reader.request_row(door.request_id(request)) if request else None
        code = _free_code(reader, entered, repeated=known is not None)
    done = create_other(
        context,
        lifecycle_name=f"annual_plan_{entered.source}",
        roles=MAKERS[PLAN, entered.source],
        code=code,
        content=content,
        request=request,
    )
    return _with_gap(done, content)


# -- change ----------------------------------------------------------------------------------


def _floor(code: str, total: int, given: int) -> None:
    """Refuse a total below what the plan has given already."""
    if total >= given:
        return
    texts = (
        error_label(
            "plan_below",
            code=code,
            given=dong(given, lang),
            total=dong(total, lang),
            off=dong(given - total, lang),
        )(lang)
        for lang in ("vi", "en")
    )
    raise BadInput("plan_below", Label(*texts), missing=given - total)


def change_plan(context: Context, code: str, entered: PlanInput, move: MoveInput) -> Receipt:
    """Change a plan: freely while it is drafted, later by a supplementary decision (its paper in `move`).

    Its total never falls below what is approved or allocated. Raises `BadInput` (another source, year or
    area; nothing changed), `RefusedByRules`, `NoPermission`, `ConflictError`, `NotFound`.
    """
    request = door.request_id(move.request)
    total = entered_amount(TOTAL, entered.total)
    parts = _parts(context, entered.lines)
    basis = door.text("note", entered.basis, multiline=True) or ""
    row: StoredDossier | None = None
    lifecycle: Lifecycle | None = None
    try:
        with context.store.write() as writer:
            # With its fund: nobody gives anything out of it between the look and the change.
            writer.lock([code.strip().upper()])
            row, lifecycle, facts = load_other(context, writer, code)
            if row.kind != PLAN or (entered.source, entered.plan_year, entered.area) != (
                row.source,
                row.plan_year,
                row.province,
            ):
                raise BadInput("plan_fixed", error_label("plan_fixed", code=row.code))
            done = _before(context, writer, move, row, lifecycle)
            if done is not None:
                return done
            if move.expected_version is not None and move.expected_version != row.version:
                raise Conflict(row.code, writer.history_row(row.code, row.version))
            content = {**row.content, "total": total, "requested": total, "lines": parts, "basis": basis}
            if content == row.content:
                raise BadInput("nothing_changed", error_label("nothing_changed", code=row.code))
            fund = writer.fund(row.code)
            _floor(row.code, total, max(fund.approved, fund.allocated - fund.returned) if fund else 0)
            if in_preparation(lifecycle, row.state):
                stored = _edit(context, writer, row, lifecycle, facts, content, request)
            else:
                stored = _supplement(context, writer, row, lifecycle, facts, content, move, request)
    except Conflict as lost:
        raise conflict(context, lost) from None
    except Refused as refused:
        assert lifecycle is not None and row is not None  # noqa: S101, PT018 - comes after both were loaded
        note_refusal(context, refused, row.code, request)
        label = action_of(lifecycle, SUPPLEMENT).label
        raise refused_error(context, lifecycle, refused, row.code, label) from None
    return _with_gap(receipt(lifecycle, stored, row.title), content)


def _before(
    context: Context, writer: Writer, move: MoveInput, row: StoredDossier, lifecycle: Lifecycle
) -> Receipt | None:
    """What the same request did before, if it did."""
    if move.request is None:
        return None
    known = writer.request_row(door.request_id(move.request))
    if known is None:
        return None
    name = known.action if known.action in ("edit", SUPPLEMENT) else "edit"
    again = already(context, writer, door.request_id(move.request), row.code, name)
    return receipt(lifecycle, again, row.title, repeated=True) if again else None


def _edit(
    context: Context,
    writer: Writer,
    row: StoredDossier,
    lifecycle: Lifecycle,
    facts: Facts,
    content: Mapping[str, Any],
    request: str,
) -> HistoryRow:
    assignment = assignment_for(context, facts, MAKERS[PLAN, row.source])
    stored = edit_row(context, writer, row, lifecycle, assignment, content, request=request)
    assert stored is not None  # noqa: S101 - told before: something changes
    return stored


def _supplement(
    context: Context,
    writer: Writer,
    row: StoredDossier,
    lifecycle: Lifecycle,
    facts: Facts,
    content: Mapping[str, Any],
    move: MoveInput,
    request: str,
) -> HistoryRow:
    """The supplementary decision and the change it makes, in one transaction. Raises `Refused`."""
    action = action_of(lifecycle, SUPPLEMENT)
    entered = door.inputs(move, action, context.today, known_documents())
    decided = apply(lifecycle, facts, context.actor, SUPPLEMENT, entered)
    entered = attached(writer, entered)
    leaf = move_leaf(context, writer, lifecycle, row, facts, decided, entered, context.shared.now(), request)
    stored = writer.append(leaf)
    fresh = writer.dossier(row.code)
    assert fresh is not None  # noqa: S101 - it was moved a moment ago
    edit_row(
        context,
        writer,
        fresh,
        lifecycle,
        decided.assignment,
        content,
        request=door.bulk_request(request, "edit"),
        on=entered.on,
        reason=entered.reason,
    )
    return stored
