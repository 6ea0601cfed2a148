"""new and edit: a draft and its content."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.places import province_key
from kcflow.commands.receipts import show_receipt
from kcflow.services.views import DraftInput

EMPTY: dict[str, object] = {
    "objective": "",
    "expected_result": "",
    "trade": None,
    "priority": None,
    "starts_on": None,
    "ends_on": None,
    "kinds": [],
    "content_codes": [],
    "beneficiaries": [],
    "coordinating": [],
    "partner_provinces": [],
    "note": "",
}
"""Fields that may be emptied, and what empties them."""
EDITABLE = ("title", "total", "requested", "counterpart", "other", *EMPTY)


def new(context: Context) -> int:
    """A new draft."""
    args, desk = context.args, context.desk
    day = args.on or desk.today
    draft = DraftInput(
        source=args.source,
        plan_year=args.plan_year,
        title=args.title,
        unit_office=args.unit_office,
        province=province_key(args.province, day) if args.province else None,
        objective=args.objective or "",
        expected_result=args.expected_result or "",
        starts_on=args.starts_on,
        ends_on=args.ends_on,
        total=args.total or 0,
        requested=args.requested or 0,
        counterpart=args.counterpart or 0,
        other=args.other or 0,
        kinds=tuple(args.kinds),
        content_codes=tuple(args.content_codes),
        beneficiaries=tuple(args.beneficiaries),
        coordinating=tuple(args.coordinating),
        partner_provinces=tuple(province_key(asked, day) for asked in args.partner_provinces),
        note=args.note or "",
    )
    return show_receipt(context, desk.create(draft, request=args.request_id, on=args.on))


def edit(context: Context) -> int:
    """Change the fields that were given, and empty those named by --clear."""
    args, desk = context.args, context.desk
    changes: dict[str, object] = {name: EMPTY[name] for name in args.clear}
    changes |= {name: value for name in EDITABLE if (value := getattr(args, name)) is not None}
    if args.partner_provinces is not None:
        changes["partner_provinces"] = [province_key(asked, desk.today) for asked in args.partner_provinces]
    receipt = desk.edit(
        args.code,
        changes,
        reason=args.reason,
        expected_version=args.expect_version,
        request=args.request_id,
    )
    return show_receipt(context, receipt)
