"""One act on many proposals: one transaction, one history row each (domain.md §11.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from db.errors import Conflict
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.leaves import move_leaf
from kcflow.services.money import follow
from kcflow.services.money.facts import stored_facts
from kcflow.services.money.owners import Owners
from kcflow.services.moves import (
    action_of,
    already,
    attached,
    carry_out,
    conflict,
    find,
    known_documents,
    lock_owners,
    receipt,
)
from kcflow.services.texts import reason
from kcflow.services.views import BulkItem, MoveInput
from states.engine import Move, Refused, apply
from states.facts import Facts, Inputs
from states.model import Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer
    from db.rows import DossierRow as StoredDossier
    from db.rows import HistoryRow, PaperRow

Work = tuple["StoredDossier", Lifecycle, Facts, Move, Inputs, str]
"""What `carry_out` needs of one dossier."""


def _goes_alone(name: str) -> bool:
    """Whether an act brings acts of others with it, so that no other row may come between."""
    return name in follow.BEFORE or name in follow.AFTER


def _charged(owners: Owners, row: StoredDossier, decided: Move) -> tuple[str, ...]:
    """The owners of one act of a bulk, counted for the acts that are weighed after it. Raises `Refused`."""
    action, dong = decided.action, decided.amount
    charges = owners.charges(action, row, {})
    if action.amount is not None and dong is not None:
        owners.decided(
            charges, action.amount, dong - (row.approved or 0 if action.amount == "approved" else 0)
        )
    return charges


def _carry_out_all(
    context: Context, writer: Writer, name: str, works: Sequence[tuple[Work, tuple[str, ...]]]
) -> Iterable[HistoryRow]:
    if _goes_alone(name):
        rows = [row for (row, *_), _ in works]
        owners = Owners(writer)
        plans = [owners.plan(row) for row in rows]
        lock_owners(writer, rows, filter(None, plans), follows=True)
        return [carry_out(context, writer, *work) for work, _ in works]
    return writer.append_many(
        move_leaf(
            context, writer, lifecycle, row, facts, decided, entered, context.shared.now(), request, charges
        )
        for (row, lifecycle, facts, decided, entered, request), charges in works
    )


class _AbandonBulk(Exception):
    """Leaves the transaction so that nothing is written."""


def advance_many(
    context: Context, codes: Sequence[str], name: str, move: MoveInput, *, all_or_nothing: bool
) -> tuple[BulkItem, ...]:
    """One decision over many dossiers: one transaction, one history row each (domain.md §11.1).

    With `all_or_nothing`, one refusal stops everything; otherwise those that can't are listed
    with their reasons and the others are done, still in one transaction.
    """
    request = door.request_id(move.request)
    base = replace(move, expected_version=None, request=None)
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    items: dict[str, BulkItem] = {}
    try:
        with context.store.write() as writer:
            follow.lock_together(writer, wanted, name)
            writer.lock(wanted)
            rows = {row.code: row for row in writer.dossiers(wanted)}
            papers, rounds, owners = cache(writer.papers), cache(writer.rounds), Owners(writer)
            every = tuple(wanted)

            def papers_of(code: str) -> Sequence[PaperRow]:
                return papers(every).get(code, ())

            def rounds_of(code: str) -> Iterable[int]:
                return rounds(every).get(code, ())

            works: list[tuple[Work, tuple[str, ...]]] = []
            entered_by_key: dict[str, Inputs] = {}
            attached_by_key: dict[str, Inputs] = {}
            for code in wanted:
                row = rows.get(code)
                if (
                    row is None
                    or row.id < 0
                    or not context.may_read(row.province, row.unit_office, row.state)
                ):
                    # Absent, hidden, or no proposal: other kinds are moved by money.batch.
                    row = find(context, writer, code)
                key = row.lifecycle
                lifecycle = context.shared.lifecycle(key)
                item_request = door.bulk_request(request, code)
                # A request made just now cannot have been carried out before.
                done = already(context, writer, item_request, code, name) if move.request else None
                if done is not None:
                    items[code] = BulkItem(code, receipt(lifecycle, done, row.title, repeated=True))
                    continue
                if key not in entered_by_key:
                    action = action_of(lifecycle, name)
                    entered_by_key[key] = door.inputs(base, action, context.today, known_documents())
                entered = entered_by_key[key]
                facts = stored_facts(context, writer, row, papers=papers_of, rounds=rounds_of, owners=owners)
                try:
                    decided = apply(lifecycle, facts, context.actor, name, entered)
                    charges = () if _goes_alone(name) else _charged(owners, row, decided)
                except Refused as refused:
                    reasons = tuple(
                        reason(r, lifecycle, context.shared.office_name) for r in refused.refusals
                    )
                    items[code] = BulkItem(code, None, reasons)
                    continue
                if key not in attached_by_key:
                    attached_by_key[key] = attached(writer, entered)
                entered = attached_by_key[key]
                works.append(((row, lifecycle, facts, decided, entered, item_request), charges))
            if all_or_nothing and any(item.receipt is None for item in items.values()):
                raise _AbandonBulk
            for stored in _carry_out_all(context, writer, name, works):
                row = rows[stored.dossier]
                lifecycle = context.shared.lifecycle(row.lifecycle)
                items[row.code] = BulkItem(row.code, receipt(lifecycle, stored, row.title))
    except _AbandonBulk:
        for code in wanted:
            items.setdefault(code, BulkItem(code, None))
    except Conflict as lost:
        raise conflict(context, lost) from None
    return tuple(items[code] for code in wanted)
