"""What a proposal's own act brings with it in one transaction: its contract, and the contract's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from states.facts import Inputs

if TYPE_CHECKING:
    from db.moves import Writer
    from db.rows import DossierRow as StoredDossier
    from kcflow.services.context import Context

    Before = Callable[[Context, Writer, StoredDossier, Inputs, str], Mapping[str, str]]
    After = Callable[[Context, Writer, StoredDossier, Inputs, str], None]


def _contract_of_its_own(
    context: Context, writer: Writer, row: StoredDossier, entered: Inputs, request: str
) -> Mapping[str, str]:
    from kcflow.services.money import contracts

    return contracts.of_its_own(context, writer, row, entered, request)


def _contract_follows(
    context: Context, writer: Writer, row: StoredDossier, entered: Inputs, request: str
) -> None:
    from kcflow.services.money import contracts

    contracts.follow(context, writer, row, entered, request)


def lock_together(writer: Writer, codes: Iterable[str], action: str) -> None:
    """Lock, before anything else, all that `action` on these proposals may move with it.

    The last acceptance counts the days of all proposals of the contract. Two that are accepted at the same
    moment wait for each other here, where neither has locked anything yet.
    """
    if action not in AFTER or writer.dialect == "sqlite":
        return
    from kcflow.services.money.contracts import items_of
    from kcflow.services.money.owners import contract_of

    named = set(codes)
    contracts = {contract for code in named if (contract := contract_of(writer, code)) is not None}
    items = {item for contract in contracts for item in items_of(writer, contract)}
    writer.lock_dossiers(named | contracts | items)


BEFORE: dict[str, Before] = {"sign_contract": _contract_of_its_own}
"""Act → what is written before its row; gives kind → code of the owners made so."""

AFTER: dict[str, After] = dict.fromkeys(
    ("sign_contract", "accept", "force_majeure", "confirm_stop"), _contract_follows
)
"""Act → what is written after its row."""
