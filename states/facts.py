"""What a guard may look at, and what it answers. Built by the services; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

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
