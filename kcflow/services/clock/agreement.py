"""Whether every stored deadline is what a fresh count gives, and setting right those that are not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kcflow.services import door
from kcflow.services.clock import recount
from kcflow.services.clock.authority import SETTERS
from kcflow.services.clock_views import ChangePlan, ChangeResult
from kcflow.services.context import Context
from kcflow.services.money.dossiers import may_read

if TYPE_CHECKING:
    from db.reader import Reader

LOOKING: Final = (*SETTERS, "auditor")
"""Roles that may ask."""


def differences(context: Context) -> ChangePlan:
    """The open dossiers in this person's scope, of every kind, whose stored deadline is another than counted.

    There are none, unless a store comes from elsewhere, or a year has become unknown. Raises `NoPermission`.
    """
    context.require(*LOOKING)
    with context.store.read() as reader:
        codes, looked_at = _differing(context, reader)
        return replace(recount.plan(context, reader, codes=codes), looked_at=looked_at)


def _differing(context: Context, reader: Reader) -> tuple[list[str], int]:
    found = recount.shifts(context, reader)
    codes = []
    for each in found:
        row = each.row
        if (
            may_read(context, row)
            if row.id < 0
            else context.may_read(row.province, row.unit_office, row.state)
        ):
            codes.append(row.code)
    return codes, found.looked_at


def mend(context: Context, reason: str) -> ChangeResult:
    """Count those dossiers anew, each with a row of its history, in one transaction.

    Raises `BadInput` (no reason), `NoPermission`.
    """
    by = context.require(*SETTERS)
    said = door.text("reason", reason, required=True, multiline=True) or ""
    with context.store.write(alone=True) as writer:
        codes, _ = _differing(context, writer)
        if not codes:
            return ChangeResult(0, 0, 0)
        return recount.write(
            context, writer, None, cause="rule", ref="check", reason=said, by=by, codes=codes
        )
