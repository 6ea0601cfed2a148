"""What a guard may look at, and what it answers. Built by the services; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from states.model import Action, AmountKind
from states.records import record

RefusalKind = Literal["permission", "scope", "state", "guard", "document", "second_person", "input"]


@record(frozen=True, slots=True)
class Paper:
    """A document as recorded: kind (see kcflow/data/document_kinds.toml), number and symbol,
    date, signer; `conclusion` is "agreed" or "not_agreed" for appraisals and acceptances;
    `file` is the SHA-256 hex of the attached bytes, if any."""

    kind: str
    number: str | None = None
    date: date | None = None
    signer: str | None = None
    conclusion: Literal["agreed", "not_agreed"] | None = None
    file: str | None = None
    file_name: str | None = None


@record(frozen=True, slots=True)
class Assignment:
    """A role that a person holds in an office today."""

    role: str
    office: str
    """The office's code."""
    office_name: str
    office_kind: str
    provinces: frozenset[str] = frozenset()
    """Province keys ("63:02", "34:08") the office answers for, predecessors included;
    empty for national offices."""


@record(frozen=True, slots=True)
class Actor:
    """A person at the keyboard, with every role held on the day of the act."""

    login: str
    name: str
    assignments: tuple[Assignment, ...]
    operator: str | None = None
    """Login of the operating-system account when it works *as* this person; None when the same."""
    operator_name: str | None = None
    by_names: bool = False
    """Two names are two people here, though one account may have typed for both (a shared computer)."""
    operator_known: bool = False
    """Whether `operator` is a person of the directory, not an account that several people share."""


@record(frozen=True, slots=True)
class Fund:
    """What a plan, a round or a contract may give (`ceiling`) and has given: running totals, đồng."""

    ceiling: int
    approved: int = 0
    allocated: int = 0
    contracted: int = 0
    advanced: int = 0
    accepted: int = 0
    settled: int = 0
    returned: int = 0


@record(frozen=True, slots=True)
class Items:
    """The worksheet of a plan, a round or a contract: who gets what."""

    count: int
    total: int
    """Σ of the items, đồng."""
    digest: str
    """SHA-256 hex of the list, so that a decision is about the list that was proposed."""
    refused: tuple[tuple[str, str], ...] = ()
    """(code of the proposal, code of the refusal) of every item that can't be done."""


Effect = Literal["approved", "carry_over", "content"]


@record(frozen=True, slots=True)
class Parent:
    """The plan, round, contract or adjustment as whose act a proposal is moved.

    `fund` and `plan` (the plan above a round) are as they stand before this item: when several
    items are moved by one act, the caller counts those before it in.
    """

    kind: str
    code: str
    state: str
    source: str
    plan_year: int
    province: str = ""
    """Province key; "" for the whole country."""
    contents: frozenset[int] = frozenset()
    """Contents that a round covers; empty: all."""
    fund: Fund | None = None
    plan: Fund | None = None
    has_opinion: bool = False
    """Whether the finance agency's opinion is among its papers."""
    provinces: frozenset[str] = frozenset()
    """Province keys that `province` answers for, predecessors included; empty: itself alone."""
    change: str | None = None
    decides: str | None = None
    effect: Effect | None = None


@record(frozen=True, slots=True)
class AdvanceRule:
    """How much of the support may be advanced for one type of activity, and on which papers.

    `permille` is the first advance's share of the contract in thousandths; None: the rule names none.
    `papers` and `remaining_papers`: each entry a tuple of alternatives, as in `Action.documents`.
    """

    type: str
    permille: int | None
    papers: tuple[tuple[str, ...], ...]
    remaining_papers: tuple[tuple[str, ...], ...]
    basis: str
    remaining_basis: str
    valid_from: date
    valid_to: date | None = None
    min_volume_permille: int = 0
    """The work done must be worth more than this share of the supported work (0: no such condition)."""
    cap_permille: int | None = None
    """A lower share that another rule in force names; passing it is flagged, not refused."""
    cap_basis: str = ""


@record(frozen=True, slots=True)
class Facts:
    """Everything about one dossier that rules may read. Amounts are whole đồng."""

    code: str
    state: str
    version: int
    source: Literal["kcqg", "kcdp"]
    plan_year: int
    budget_year: int
    """The plan year, moved on by one with every carry-over; year-end dates count from it."""
    province: str
    """Province key, e.g. "63:02"."""
    unit_office: str
    """Office code of the implementing unit."""
    unit_kind: str
    """"provincial_centre", "regional_centre", "enterprise", …"""
    kinds: frozenset[str] = frozenset()
    """Any of "point", "group", "multi_province", "multi_year", "bidding"."""
    total: int = 0
    requested: int = 0
    counterpart: int = 0
    other: int = 0
    approved: int | None = None
    allocated: int = 0
    advanced: int = 0
    rounds: frozenset[int] = frozenset()
    """Numbers of the allocation rounds this dossier already stands in."""
    beneficiary_differs: bool = False
    """A beneficiary is named who is not the implementing unit (TT 36/2013 Đ10.1a)."""
    papers: Mapping[str, str | None] = field(default_factory=dict)
    """Kinds of document in the dossier, each with the conclusion of its newest paper; the kind
    of the newest paper stands last."""
    return_to: str | None = None
    entered_on: date | None = None
    last_on: date | None = None
    """Date of the last act; an act before it is refused."""
    last_actor: str | None = None
    edited_since_entry: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    due_on: date | None = None
    due_kind: str | None = None
    kind: str = "proposal"
    """The lifecycle's subject (`states.model.SUBJECTS`)."""
    contents: frozenset[int] = frozenset()
    """Codes of the contents of activity (NĐ 45/2012 Đ4)."""
    contracted: int = 0
    accepted: int = 0
    settled: int = 0
    returned: int = 0
    last_operator: str | None = None
    fund: Fund | None = None
    """Its own money: a plan's, a round's, a contract's."""
    plan: Fund | None = None
    """The money of the plan above it."""
    items: Items | None = None
    """Its own worksheet."""
    proposed_digest: str | None = None
    """`Items.digest` as it was when the decision was proposed."""
    change: str | None = None
    """An adjustment's kind of change (kcflow/data/adjustment_kinds.toml)."""
    decides: str | None = None
    """The role that decides it: ministry, agency, department or provincial_committee."""
    effect: Effect | None = None
    """What it does to the proposal: another amount, another year, another content."""
    change_papers: tuple[tuple[str, ...], ...] = ()
    """Papers that this kind of change needs, each entry a tuple of alternatives."""
    all_accepted: bool = False
    """A contract: every item that is not stopped is accepted."""
    all_ended: bool = False
    """A contract: every item is stopped, moved away or settled."""
    others_accepted: bool = True
    """A proposal: every other item of its contract is accepted (TT 36/2013 Đ18.1 counts from the last)."""
    contract_signed: bool = False
    """A proposal stands in a signed contract."""
    supplementary: bool = False
    """A round: it gives out a supplementary estimate (TT 342/2016 Đ13.5)."""
    reported_months: frozenset[str] = frozenset()
    """Months ("2024-05") of which a report of progress is there and wasn't corrected."""
    contract_on: date | None = None
    """Date of the signed contract that the proposal stands in."""
    advance_rules: tuple[AdvanceRule, ...] = ()
    """Every version of every rule on advances; the date of the act chooses."""

    @property
    def refund_due(self) -> int:
        """What was paid out beyond what was settled (accepted, before the settlement), đồng."""
        return max(0, self.advanced - self.returned - (self.settled or self.accepted))

    @property
    def releasable(self) -> int:
        """What was allocated and neither paid out nor earned by accepted work, đồng."""
        return max(0, self.allocated - max(self.advanced, self.accepted))


@record(frozen=True, slots=True)
class Inputs:
    """What the person enters with the act. Texts have passed kcflow.text.strict already."""

    on: date
    """Date of the act."""
    today: date
    """Date of entry in Việt Nam; an act is never entered before it happened."""
    reason: str | None = None
    document: Paper | None = None
    """The paper that is the act (its `kind` is the action's `act_document`)."""
    papers: tuple[Paper, ...] = ()
    """Further papers recorded together with the act."""
    amount: int | None = None
    round: int | None = None
    authority: str | None = None
    """TM., KT., TL., TUQ. (NĐ 30/2020 Đ13), or None when the signer acts in his own name."""
    expected_version: int | None = None
    """Version the person saw on the screen; None skips the comparison (a batch job)."""
    via: Parent | None = None
    """The parent as whose act this is done."""
    fields: Mapping[str, int | str] = field(default_factory=dict)
    """Typed inputs by name (states.fields): đồng, thousandths, "2024-05", "2024-05-20", texts."""


@record(frozen=True, slots=True)
class Refusal:
    """One reason why an act can't be done, as a code with parameters; texts make the sentence.

    kind "input" means that the dialog can still supply what is missing.
    """

    kind: RefusalKind
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Case:
    """What one guard is asked about: the dossier, what was entered, and who asks."""

    facts: Facts
    inputs: Inputs
    actor: Actor
    assignment: Assignment | None
    """The assignment that fits role and scope; None when no one does."""
    action: Action | None = None
    """The act that is weighed; None where only the dossier is looked at."""

    @property
    def amount(self) -> int | None:
        """Đồng that the act moves: entered, or worked out where unused money is released."""
        if self.action is not None and self.action.release:
            return -self.facts.releasable or None
        return self.inputs.amount

    def after(self, kind: AmountKind) -> int:
        """The dossier's amount of `kind` after the act, đồng."""
        moves = self.action is not None and self.action.amount == kind
        moved = (self.amount or 0) if moves else 0
        if kind == "approved":
            return moved or self.facts.approved or 0
        before: int = getattr(self.facts, kind)
        return before + moved
