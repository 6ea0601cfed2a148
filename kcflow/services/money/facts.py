"""What the rules may know about money beside a dossier's own row: read only when a rule asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from db import queries
from kcflow import reference
from kcflow.services.clock import count
from kcflow.services.context import Context
from kcflow.services.money.codes import ADJUSTMENT, CONTRACT, KINDS, PLAN, ROUND
from kcflow.services.money.owners import Owners, contract_of, fund_of
from kcflow.services.stored_facts import StoredFacts
from states.facts import AdvanceRule, Effect, Facts, Fund, Inputs, Items, Parent
from states.guarding import NOT_AGREED

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows import PaperRow
    from kcflow.services.money.batch import Step


REPORT: Final = "report_progress"
"""The act by which a proposal's month is reported (TT 36/2013 Đ23.3a)."""
SIGNED: Final = "sign"
"""The act by which a contract is signed."""
OPINIONS: Final = ("y_kien_btc", "phieu_tham_dinh_stc")
"""The finance agency's answer to a round, at the ministry's level and at a province's."""


def stored_facts(
    context: Context,
    reader: Reader,
    row: StoredDossier,
    *,
    papers: Callable[[str], Sequence[PaperRow]] | None = None,
    rounds: Callable[[str], Iterable[int]] | None = None,
    amounts: Mapping[str, int] | None = None,
    steps: Callable[[], Sequence[Step]] | None = None,
    owners: Owners | None = None,
) -> Facts:
    """Everything the rules may look at, of a dossier of any kind; `papers`, `rounds` where they are known.

    amounts: the list that an act is about, where it isn't the worksheet. steps: what the act would do to each
    of the list, where it is weighed already. owners: the funds, where several dossiers are decided together.
    """
    return StoredFacts(
        row,
        context.shared.office_kind(row.unit_office),
        papers or (lambda code: reader.papers([code]).get(code, ())),
        rounds or (lambda code: reader.rounds([code]).get(code, ())),
        MoneyFacts(context, reader, row, amounts, steps, owners),
    )


def digest_of(amounts: Iterable[tuple[str, int]]) -> str:
    """SHA-256 hex of a worksheet: its proposals by code, with their đồng."""
    text = json.dumps(sorted(amounts), ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


class MoneyFacts:
    """Answers for one dossier, each worked out when it is first asked for (`StoredFacts`)."""

    def __init__(
        self,
        context: Context,
        reader: Reader,
        row: StoredDossier,
        amounts: Mapping[str, int] | None = None,
        steps: Callable[[], Sequence[Step]] | None = None,
        owners: Owners | None = None,
    ) -> None:
        self._context = context
        self._reader = reader
        self._row = row
        self._amounts = amounts
        self._steps = steps
        self._owners = owners

    def get(self, name: str) -> Any:  # noqa: ANN401 - a fact of any type
        """The fact `name` (one of `stored_facts.BESIDE`)."""
        return getattr(self, f"_{name}")()

    def _fund(self) -> Fund | None:
        return fund_of(self._reader.fund(self._row.code)) if self._row.kind in KINDS else None

    def _plan(self) -> Fund | None:
        row = self._row
        if row.kind == PLAN:
            return None
        owners = self._owners or Owners(self._reader)
        code = row.content.get("plan") if row.kind == ROUND else owners.plan(row)
        return owners.fund(code) if code else None

    def _items(self) -> Items | None:
        row = self._row
        if row.kind not in KINDS:
            return None
        amounts = (
            [(each.dossier, each.dong) for each in self._reader.worksheet(row.code)]
            if self._amounts is None
            else list(self._amounts.items())
        )
        total = sum(dong for _, dong in amounts)
        return Items(len(amounts), total, digest_of(amounts), self._refused(dict(amounts)))

    def _refused(self, amounts: dict[str, int]) -> tuple[tuple[str, str], ...]:
        """Proposals that the act to come couldn't move, with the first reason each."""
        from kcflow.services.money.batch import standing, weigh

        if self._steps is not None:
            return tuple((step.row.code, bad[0].code) for step in self._steps() if (bad := standing(step)))
        lifecycle = self._context.shared.lifecycle(self._row.lifecycle)
        mover = next((action for action in lifecycle.actions if action.moves), None)
        if mover is None or not amounts:
            return ()
        today = self._context.today
        entered = Inputs(on=max(today, self._row.last_on), today=today)
        steps = weigh(self._context, self._reader, self._row, mover, entered, amounts)
        return tuple((step.row.code, bad[0].code) for step in steps if (bad := standing(step)))

    def _proposed_digest(self) -> str | None:
        for history in reversed(queries.history_of(self._reader, self._row.code)):
            items = history.leaf["refs"].get("items")
            if items is not None:
                return str(items["digest"])
        return None

    def _contract_signed(self) -> bool:
        return contract_of(self._reader, self._row.code) is not None

    def _contract_on(self) -> date | None:
        """The day of the contract's own paper; of its signing, where the paper has none."""
        code = contract_of(self._reader, self._row.code)
        rows = queries.history_of(self._reader, code) if code is not None else ()
        signed = next((row for row in rows if row.action == SIGNED), None)
        if signed is None:
            return None
        paper = signed.leaf["doc"] or {}
        return min(signed.on, date.fromisoformat(paper["date"])) if paper.get("date") else signed.on

    def _reported_months(self) -> frozenset[str]:
        rows = queries.history_of(self._reader, self._row.code)
        corrected = {row.leaf["corrects"] for row in rows}
        fields = (
            row.leaf["refs"].get("fields") or {}
            for row in rows
            if row.action == REPORT and row.seq not in corrected
        )
        return frozenset(str(each["report_month"]) for each in fields if "report_month" in each)

    def _all_accepted(self) -> bool:
        from kcflow.services.money import contracts

        return self._row.kind == CONTRACT and contracts.all_accepted(
            self._context, self._reader, self._row.code
        )

    def _all_ended(self) -> bool:
        from kcflow.services.money import contracts

        return self._row.kind == CONTRACT and contracts.all_ended(self._context, self._reader, self._row.code)

    def _others_accepted(self) -> bool:
        from kcflow.services.money import contracts

        at_entry = self._at_entry()
        if at_entry is not None:
            return at_entry
        contract = contract_of(self._reader, self._row.code)
        return contract is None or contracts.all_accepted(
            self._context, self._reader, contract, beside=self._row.code
        )

    def _at_entry(self) -> bool | None:
        """What was said of the others when it entered the state that asks for them; None: it isn't there.

        A date that was counted doesn't come or go with what the others do, only with the contract's end.
        """
        row = self._row
        state = self._context.shared.lifecycle(row.lifecycle).state_by_name[row.state]
        if not count.waits_for_contract(state.deadlines):
            return None
        rows = [each for each in queries.history_of(self._reader, row.code) if each.seq >= row.entered_seq]
        if not rows or any(count.is_completion(each.leaf) for each in rows):
            return True
        # Rows made before the answer was kept: a date was given only where it was yes.
        said = rows[0].leaf["refs"].get(count.LAST_OF_CONTRACT, rows[0].leaf["due"] is not None)
        return bool(said)

    def _change(self) -> str | None:
        return self._of_change("change")

    def _decides(self) -> str | None:
        return self._of_change("decides")

    def _of_change(self, name: str) -> str | None:
        value = self._row.content.get(name) if self._row.kind == ADJUSTMENT else None
        return None if value is None else str(value)

    def _effect(self) -> Effect | None:
        from kcflow.services.money import adjustments

        return adjustments.effect_of(self._row)

    def _change_papers(self) -> tuple[tuple[str, ...], ...]:
        from kcflow.services.money import adjustments

        return adjustments.papers_of(self._row)

    def _advance_rules(self) -> tuple[AdvanceRule, ...]:
        return reference.advance_rules()


def _agreed(papers: Sequence[PaperRow]) -> bool:
    """Whether the finance agency's newest opinion is there, and isn't that it doesn't agree."""
    opinions = [paper for paper in papers if paper.kind in OPINIONS]
    return bool(opinions) and opinions[-1].conclusion != NOT_AGREED


def parent_of(reader: Reader, row: StoredDossier) -> Parent:
    """The plan, round, contract or adjustment `row` as the acts of its proposals see it."""
    from kcflow.services.money import adjustments

    content = row.content
    code = content.get("plan") if row.kind == ROUND else None
    papers = reader.papers([row.code]).get(row.code, ())
    asked = row.kind == ADJUSTMENT
    return Parent(
        kind=row.kind,
        code=row.code,
        state=row.state,
        source=row.source,
        plan_year=row.plan_year,
        province=row.province,
        contents=frozenset(content.get("contents") or ()),
        fund=fund_of(reader.fund(row.code)),
        plan=fund_of(reader.fund(code)) if code else None,
        has_opinion=_agreed(papers),
        provinces=reference.covered_by(row.province) if row.province else frozenset(),
        change=content.get("change") if asked else None,
        decides=content.get("decides") if asked else None,
        effect=adjustments.effect_of(row) if asked else None,
    )
