"""Whose fund an act's amount is charged to: the round, the contract, the year's plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from kcflow.services.money.codes import CONTRACT, PLAN, plan_codes
from states.engine import Refused
from states.facts import Fund, Refusal
from states.model import Action

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows_money import FundRow

GIVEN: Final = ("approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned")
"""The amounts of a fund, in the order of `Fund`."""
_SUMS = attrgetter(*GIVEN)


def fund_of(row: FundRow | None) -> Fund | None:
    """A stored fund as the rules see it."""
    if row is None:
        return None
    return Fund(
        ceiling=row.ceiling,
        approved=row.approved,
        allocated=row.allocated,
        contracted=row.contracted,
        advanced=row.advanced,
        accepted=row.accepted,
        settled=row.settled,
        returned=row.returned,
    )


def more(fund: Fund, kind: str, dong: int) -> Fund:
    """A fund of which `dong` more is given (less, when negative) as `kind`, one of its amounts."""
    sums = list(_SUMS(fund))
    sums[GIVEN.index(kind)] += dong
    return Fund(fund.ceiling, *sums)


def plan_over(reader: Reader, row: StoredDossier) -> str | None:
    """Code of the plan that a dossier's money comes out of; None when the year has none, or it is closed."""
    plan = plan_standing(reader, row.source, row.budget_year, row.province)
    return None if plan is None or plan.ending else plan.code


def plan_standing(reader: Reader, source: str, plan_year: int, area: str) -> StoredDossier | None:
    """The year's plan: the newest, so that one that was cancelled gives way to the next; None without any."""
    newest = None
    for code in plan_codes(source, plan_year, area):
        # Not `dossier`, which a writer locks: the order of locks is that of `Writer.lock`.
        found = reader.dossiers((code,))
        if not found:
            break
        newest = found[0]
    return newest


def contract_of(reader: Reader, code: str) -> str | None:
    """The contract that a proposal stands in (the newest); None when it has none."""
    owners = [charge.owner for charge in reader.charges_of(code) if charge.kind == "contracted"]
    return owners[-1] if owners else None


class Owners:
    """Finds the owners for the acts of one transaction; a plan and its fund are looked up once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._plans: dict[tuple[str, int, str], str | None] = {}
        self._funds: dict[str, Fund | None] = {}

    def plan(self, row: StoredDossier) -> str | None:
        """Code of the plan that a dossier's money comes out of, as `plan_over`."""
        key = (row.source, row.budget_year, row.province)
        if key not in self._plans:
            self._plans[key] = plan_over(self._reader, row)
        return self._plans[key]

    def fund(self, code: str) -> Fund | None:
        """The fund of `code`, with what was decided since (`decided`)."""
        if code not in self._funds:
            self._funds[code] = fund_of(self._reader.fund(code))
        return self._funds[code]

    def decided(self, codes: Iterable[str], kind: str, dong: int) -> None:
        """Count what the acts to come give out of these funds: the next is weighed as if they were done."""
        for code in codes:
            fund = self.fund(code)
            if fund is not None:
                self._funds[code] = more(fund, kind, dong)

    def charges(self, action: Action, row: StoredDossier, given: Mapping[str, str]) -> tuple[str, ...]:
        """Codes of the owners that `action` on `row` is charged to.

        given: kind → code, for those that are known from where the act is done. Raises `Refused` when one is
        missing that the rules require.
        """
        codes: list[str] = []
        for kind in (*action.charges, *action.may_charge):
            code = given.get(kind)
            if code is None and kind == PLAN:
                code = self.plan(row)
            elif code is None and kind == CONTRACT:
                code = contract_of(self._reader, row.code)
            if code is not None:
                codes.append(code)
            elif kind in action.charges:
                raise Refused(action.name, (Refusal("guard", "charge_missing", {"kind": kind}),))
        return tuple(codes)
