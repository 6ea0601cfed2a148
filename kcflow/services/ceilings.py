"""Ceilings of support as this store knows them: the shipped rows of the law, and those an office set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from db import directory
from db.rows import CeilingRow
from kcflow.ceilings import Ceiling, CeilingWarning, all_ceilings, ceiling_key, ceiling_warnings
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.texts import error_label

if TYPE_CHECKING:
    from db.reader import Reader

MOST = 10**12
"""Đồng: no ceiling comes near a thousand billion."""
SETTERS = ("department", "provincial_committee", "agency", "ministry")
"""Who may set ceilings: a province for its own money (TTLT 26/2014 Đ6.3), the ministry for national."""


def known(reader: Reader) -> tuple[Ceiling, ...]:
    """Every version of every ceiling: the shipped rows, and the store's own where it has others."""
    shipped = {(one.item, one.province, one.valid_from): one for one in all_ceilings()}
    model = {one.item: one for one in all_ceilings()}
    own: dict[tuple[str, str, date], Ceiling] = {}
    for row in directory.ceilings(reader):
        item, _, province = row.item.partition("@")
        key = (item, province, row.valid_from)
        if key in shipped or item not in model:
            continue
        own[key] = replace(
            model[item],
            permille=row.percent,
            cap_dong=row.cap_dong,
            per=row.per,
            multiplier=row.multiplier,
            basis=row.basis,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            certainty="source",
            province=province,
        )
    return tuple(sorted({**shipped, **own}.values(), key=lambda one: one.valid_from))


def passed(reader: Reader, content: Mapping[str, Any], amount: int, on: date) -> tuple[CeilingWarning, ...]:
    """The ceilings that `amount` đồng of support pass for a proposal with this content, as of `on`.

    Every beneficiary named counts as one to be supported. A proposal of several contents gives no answer:
    which of them the money is for isn't known.
    """
    codes: Sequence[int] = content["content_codes"]
    if len(codes) != 1:
        return ()
    local = content["province"] if content["source"] == "kcdp" else ""
    units = max(1, len(content["beneficiaries"]))
    return ceiling_warnings(codes[0], amount, content["total"], on, units, local, known(reader))


def listed(context: Context, on: date | None = None, province: str = "") -> tuple[Ceiling, ...]:
    """The ceilings in force on a day, for national money or a province's."""
    from kcflow.ceilings import ceilings

    with context.store.read() as reader:
        return ceilings(on or context.today, province, known(reader))


def set_own(
    context: Context,
    item: str,
    *,
    permille: int | None,
    cap_dong: int | None,
    basis: str,
    valid_from: date,
) -> Ceiling:
    """Set a ceiling of one's own office from a day on; earlier versions stay for what was decided then.

    A province's office sets it for the province's money (KCĐP), the ministry's side for national money.
    Raises `BadInput` (unknown item, no figure, absurd figure, no basis), `NoPermission`.
    """
    assignment = context.require(*SETTERS)
    model = next((one for one in all_ceilings() if one.item == item), None)
    if model is None:
        items = ", ".join(dict.fromkeys(one.item for one in all_ceilings()))
        raise BadInput("ceiling_unknown", error_label("ceiling_unknown", item=item, known=items))
    if permille is None and cap_dong is None:
        raise BadInput("ceiling_empty", error_label("ceiling_empty"))
    for figure, most in ((permille, 1000), (cap_dong, MOST)):
        if figure is not None and not 0 < figure <= most:
            raise BadInput("ceiling_absurd", error_label("ceiling_absurd"))
    office = context.shared.offices[assignment.office]
    said = door.text("name", basis, required=True) or ""
    own = replace(
        model,
        permille=permille,
        share_of=model.share_of or ("cost" if permille else ""),
        cap_dong=cap_dong,
        multiplier=None,
        basis=said,
        valid_from=valid_from,
        valid_to=None,
        certainty="source",
        province=office.province or "",
    )
    row = CeilingRow(
        ceiling_key(own.item, own.province),
        own.content,
        own.permille,
        own.cap_dong,
        own.per,
        None,
        own.basis,
        own.valid_from,
        None,
        own.certainty,
    )
    with context.store.administer() as admin:
        directory.put_ceilings(admin, [row])
    return own
