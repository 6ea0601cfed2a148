"""What a proposal's own act brings with it in one transaction: its contract, and the contract's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


BEFORE: dict[str, Before] = {"sign_contract": _contract_of_its_own}
"""Act → what is written before its row; gives kind → code of the owners made so."""

AFTER: dict[str, After] = dict.fromkeys(
    ("sign_contract", "accept", "force_majeure", "confirm_stop"), _contract_follows
)
"""Act → what is written after its row."""
