"""What the services hand out: frozen values that screens and the command line show.

No row of the database and no session leaves the services. Texts come as `Label` (both
languages), so that switching the language needs no new query; money is whole đồng, instants
are aware UTC datetimes, dates are dates of the act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Final, Generic, Literal, TypeVar

from states.model import AmountKind, Label, Need
from states.records import record

T = TypeVar("T")

Mark = Literal["late", "near", "ok", "none", "returned", "completed", "ended"]
StalledKind = Literal["law", "policy", "waiting", "stuck", "near"]
PhaseStatus = Literal["done", "current", "ahead", "ended"]


@record(frozen=True, slots=True)
class Page(Generic[T]):
    """One keyset page; `next` is the opaque cursor of the following page, None at the end."""

    rows: tuple[T, ...]
    next: object | None = None


@record(frozen=True, slots=True)
class Reason:
    """Why an act can't be done (or a warning about it), as code and as sentence with remedy."""

    kind: str
    code: str
    text: Label


@record(frozen=True, slots=True)
class OfficeView:
    code: str
    name: str
    kind: str
    kind_label: Label
    province: str | None
    province_name: str | None
    valid_from: date
    valid_to: date | None


@record(frozen=True, slots=True)
class RoleView:
    role: str
    role_label: Label
    office: str
    office_name: str
    valid_from: date
    valid_to: date | None


WRITING_ROLES: Final = ("unit", "department", "agency")
"""Roles that may enter a draft or a register."""


@record(frozen=True, slots=True)
class PersonView:
    login: str
    name: str
    os_login: str | None
    roles: tuple[RoleView, ...]
    valid_to: date | None


@record(frozen=True, slots=True)
class DueView:
    """A deadline: date, law or policy, basis, and its derivation line by line (may be empty)."""

    on: date
    kind: Literal["law", "policy"]
    basis: str
    derivation: tuple[Label, ...] = ()


@record(frozen=True, slots=True)
class PaperView:
    kind: str
    label: Label
    number: str | None
    date: date | None
    signer: str | None
    conclusion: str | None
    file: str | None
    file_name: str | None
    seq: int | None = None


@record(frozen=True, slots=True)
class DossierRow:
    """One line of a list. `days_left` counts calendar days from today to `due_on`, negative = late."""

    code: str
    title: str
    lifecycle: str
    state: str
    state_label: Label
    phase: str
    phase_label: Label
    source: str
    plan_year: int
    province: str
    province_name: str
    unit_office: str
    unit_name: str
    waits_for: str
    waits_for_label: Label
    version: int
    requested: int
    approved: int | None
    allocated: int
    advanced: int
    entered_on: date
    due_on: date | None
    due_kind: str | None
    due_basis: str | None
    days_left: int | None
    mark: Mark
    ending: str
    doable: tuple[Label, ...] = ()
    """Labels of the acts that this person can do now (filled in the inbox)."""
    region_label: Label = Label("", "")
    """The khuyến công region of its province; empty where it is the whole country's."""
    kind: str = "proposal"
    """Kind of dossier: "proposal", "annual_plan", "allocation_round", "contract", "adjustment"."""


@record(frozen=True, slots=True)
class FlowState:
    """How many proposals stand in one state: all, late ones by law and by our own rule, near ones."""

    lifecycle: str
    state: str
    label: Label
    count: int
    late_law: int
    late_policy: int
    near: int
    requested: int
    """Requested support of all of them, in đồng."""
    ending: str


@record(frozen=True, slots=True)
class FlowPhase:
    """One phase of one lifecycle's name ("kcqg", "kcdp") with its states, in the lifecycle's order."""

    source: str
    phase: str
    label: Label
    states: tuple[FlowState, ...]

    @property
    def count(self) -> int:
        """Proposals in the phase."""
        return sum(state.count for state in self.states)

    @property
    def late(self) -> int:
        """Late ones, by law or by our own rule."""
        return sum(state.late_law + state.late_policy for state in self.states)


@record(frozen=True, slots=True)
class SavedView:
    """A list's filter, order and columns under a name; the screen alone knows what `payload` holds."""

    id: int
    list: str
    """Which list: "dossiers", "inbox", "stalled", "history"."""
    name: str
    owner: str
    owner_name: str
    shared: bool
    """Whether everybody sees it; only its owner changes it."""
    mine: bool
    payload: dict[str, object]
    """JSON values only."""


@record(frozen=True, slots=True)
class PhaseView:
    name: str
    label: Label
    status: PhaseStatus
    since: date | None


@record(frozen=True, slots=True)
class ChecklistItem:
    """One paper: there (with number and date), or what an act of the present state still needs."""

    kinds: tuple[str, ...]
    label: Label
    present: bool
    paper: PaperView | None
    needed_for: Label | None


@record(frozen=True, slots=True)
class FieldAsk:
    """A typed input that an act asks for beside papers, reason and amount (states.fields)."""

    name: str
    label: Label
    kind: Literal["money", "permille", "month", "text", "choice", "day"]
    required: bool
    choices: tuple[tuple[str, Label], ...] = ()


@record(frozen=True, slots=True)
class OptionView:
    """One act of the present state, with every reason why it can't be done yet."""

    name: str
    label: Label
    allowed: bool
    possible: bool
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    basis: str
    danger: bool
    target: str | None
    target_label: Label | None
    roles: tuple[Label, ...]
    role_label: Label | None
    office_name: str | None
    reason_need: Need
    act_document_need: Need
    act_documents: tuple[tuple[str, Label], ...]
    missing_documents: tuple[tuple[tuple[str, Label], ...], ...]
    """Alternatives (kind, label) of each paper that the act needs and the dossier lacks."""
    amount: AmountKind | None
    suggested_amount: int | None
    round: bool
    must_conclude: bool = False
    """Whether the act's own paper must say its conclusion: it doesn't follow from the act."""
    fields: tuple[FieldAsk, ...] = ()
    amount_optional: bool = False
    """Whether the act may also move no amount."""
    asks_amount: bool = True
    """Whether an amount is entered: a release is worked out."""
    signed: bool = False
    """Whether the amount may be negative (an amended contract)."""
    second_person: bool = False
    """Whether another person than the one of the last act must do it."""
    via: str | None = None
    """Kind of dossier whose act does this one ("allocation_round"); None: it is done by itself."""
    moves: bool = False
    """Whether it moves the proposals of a worksheet."""


@record(frozen=True, slots=True)
class MoneyView:
    """Recorded amounts in đồng; `rounds` are (đợt, amount)."""

    total: int
    requested: int
    counterpart: int
    other: int
    approved: int | None
    allocated: int
    advanced: int
    rounds: tuple[tuple[int, int], ...]
    contracted: int = 0
    accepted: int = 0
    settled: int = 0
    returned: int = 0


@record(frozen=True, slots=True)
class ClockNote:
    """What a history row did about time (its action is "note"); it moves no state."""

    act: str
    """ "hold", "lift", "remind", "reassign", "escalate" or "recount"."""
    text: Label
    """In one line: until when and charged to whom, to whom, which level, from which date to which."""
    due_before: date | None = None
    """The due date that a hold, a lift or a recount replaced; what it is now is the row's `due_on`."""
    party: str | None = None
    """Whom a hold is charged to."""
    from_on: date | None = None
    until_on: date | None = None
    """The last day of a hold."""
    counts_on: date | None = None
    """The first day that counts again after a hold was lifted."""
    people: tuple[str, ...] = ()
    """Logins of those who were reminded or told, or of who is charged with it now."""
    level: int | None = None
    cause: str | None = None
    """What a date was counted anew for: "rule", "calendar", "hold" or "contract"."""


@record(frozen=True, slots=True)
class HistoryView:
    """One full row of the history (design §6)."""

    id: int
    dossier: str
    title: str
    seq: int
    action: str
    action_label: Label
    from_state: str | None
    from_label: Label | None
    to_state: str
    to_label: Label
    actor: str
    actor_name: str
    operator: str | None
    operator_name: str | None
    role: str
    role_label: Label
    office: str
    office_name: str
    authority: str | None
    system: bool
    basis: str
    document: PaperView | None
    papers: tuple[PaperView, ...]
    amount_kind: str | None
    amount: int | None
    amount_before: int | None
    amount_after: int | None
    round: int | None
    reason: str | None
    on: date
    at: datetime
    entry_delay_days: int
    """Days between the act and its entry (local dates); late entry is visible."""
    deadline_on: date | None
    deadline_kind: str | None
    deadline_basis: str | None
    deadline_met: bool | None
    due_on: date | None
    waits_for_label: Label
    corrects: int | None
    corrected_by: tuple[int, ...]
    changes: tuple[tuple[str, Label, Label, Label], ...]
    """(field, its label, before, after), amounts and dates already as text in both languages."""
    lifecycle: str
    request: str
    digest: str
    prev: str
    hash: str
    charges: tuple[str, ...] = ()
    """Round, contract and plan whose money the amount is."""
    via: str | None = None
    """The plan, round, contract or adjustment whose act it was part of."""
    fields: tuple[tuple[str, Label, str], ...] = ()
    """(name, label, value) of the act's typed inputs, as stored."""
    clock: ClockNote | None = None
    """What a note did about time."""


@record(frozen=True, slots=True)
class DossierCard:
    """Everything about one proposal on one screen."""

    row: DossierRow
    content: dict[str, object]
    """The business content as stored (see docs/cli.md)."""
    fields: tuple[tuple[str, Label, Label], ...]
    """(field, label, value as text in both languages) in the order of Mẫu 2, for people."""
    money: MoneyView
    phases: tuple[PhaseView, ...]
    due: DueView | None
    checklist: tuple[ChecklistItem, ...]
    papers: tuple[PaperView, ...]
    options: tuple[OptionView, ...]
    timeline: tuple[HistoryView, ...]
    return_to_label: Label | None
    warnings: tuple[Label, ...]
    """Ceilings exceeded and the like: shown, never blocking."""
    editable: bool
    days_in_state: int
    working_days_in_state: int


@record(frozen=True, slots=True)
class StalledRow:
    """One line of Tồn đọng. `kind` is how it stands still; the kind of dossier is `row.kind`."""

    row: DossierRow
    kind: StalledKind
    kind_label: Label
    days_in_state: int
    working_days_in_state: int
    overdue_days: int
    overdue_working_days: int
    last_action: str
    last_action_label: Label
    last_on: date
    last_actor: str
    next_actions: tuple[Label, ...]
    next_roles: tuple[Label, ...] = ()
    """Roles that may do the next acts: who must."""
    money: int = 0
    """Money at stake, đồng: allocated and not settled yet; before that approved; before that asked for."""
    holder: str | None = None
    """Login of the person who is charged with it, None: nobody in particular."""
    holder_name: str | None = None
    held_from: date | None = None
    held_until: date | None = None
    """Last day of the hold in force; None: not on hold."""
    held_party: str | None = None
    """Whom the hold's time is charged to: a key of `kcflow.labels.HOLDER`."""
    held_party_label: Label | None = None
    reminders: int = 0
    reminded_on: date | None = None
    level: int = 0
    """How far it was escalated, 0: not."""
    waits_since: date | None = None
    """Since when it waits for whom it waits for: its entry into the state, or the hold's first day."""
    stuck_reason: Label | None = None
    """Why nobody can take it on: which role is missing where, or that no rule lets it go."""


@record(frozen=True, slots=True)
class Preview:
    """What would happen, before it does: nothing is written."""

    code: str
    title: str
    option: OptionView
    allowed: bool
    from_label: Label
    to_label: Label | None
    waits_for_label: Label | None
    due: DueView | None
    amount_before: int | None
    amount_after: int | None
    amount_base: int | None = None
    """What the amount is a part of: the stage before it, in đồng; None for an act without one."""
    amount_base_label: Label | None = None


@record(frozen=True, slots=True)
class Receipt:
    """What did happen. `mark` is the first 8 hex digits of the row's hash: worth writing down."""

    code: str
    title: str
    seq: int
    action: str
    action_label: Label
    from_state: str | None
    from_label: Label | None
    to_state: str
    to_label: Label
    waits_for_label: Label
    due: DueView | None
    on: date
    at: datetime
    hash: str
    request: str
    repeated: bool
    """True when the same request had been carried out before: nothing was done twice."""
    warnings: tuple[Reason, ...] = ()
    clock: ClockNote | None = None
    """What an act about time did."""

    @property
    def mark(self) -> str:
        """Short receipt to keep."""
        return self.hash[:8]


@record(frozen=True, slots=True)
class BulkItem:
    code: str
    receipt: Receipt | None
    reasons: tuple[Reason, ...] = ()


@record(frozen=True, slots=True)
class ListFilter:
    """Filters combine (and). `text` is searched without diacritics in code, title, unit, beneficiaries."""

    text: str = ""
    states: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    source: str | None = None
    plan_year: int | None = None
    waits_for: str | None = None
    open_only: bool = False
    lifecycles: tuple[str, ...] = ()
    """Keys of lifecycle versions ("kcqg@2014")."""
    offices: tuple[str, ...] = ()
    """Codes of implementing units."""
    regions: tuple[str, ...] = ()
    """Names of khuyến công regions, as `reference.Province.regions` has them."""
    contents: tuple[int, ...] = ()
    """Codes of contents of activity (NĐ 45/2012 Điều 4): any of them."""
    due_from: date | None = None
    due_to: date | None = None
    """Bounds of the deadline, both included."""
    amount_from: int | None = None
    amount_to: int | None = None
    """Bounds of the requested support in đồng, both included."""
    kind: str | None = None
    """Kind of dossier ("contract"); lists of every kind (inbox, stalled) show only this one."""
    holder: str | None = None
    """Login of the person who is charged with it; "" what nobody in particular is charged with."""
    held: bool | None = None
    """Whether a hold is in force."""
    due_kind: str | None = None
    """"law" or "policy": whose deadline it is."""
    basis: str | None = None
    """The deadline's basis, word for word."""
    year_end: str | None = None
    """What has money left at a stage of a budget year's end: "unpaid:2024" (`YearEndDate.asked`)."""
    age_from: int | None = None
    age_to: int | None = None
    """Bounds of the calendar days in the present state, both included."""


@record(frozen=True, slots=True)
class HistoryFilter:
    """What is asked of the history; None is anything."""

    dossier: str | None = None
    actor: str | None = None
    office: str | None = None
    action: str | None = None
    """Name of an act; one of `CLOCK_ACTS` asks for the notes that did that about time."""
    on_from: date | None = None
    on_to: date | None = None


@record(frozen=True, slots=True)
class DraftInput:
    """What a new draft needs; texts are passed through the door by the service. Money in đồng."""

    source: Literal["kcqg", "kcdp"]
    plan_year: int
    title: str
    unit_office: str
    province: str | None = None
    objective: str = ""
    expected_result: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    total: int = 0
    requested: int = 0
    counterpart: int = 0
    other: int = 0
    kinds: tuple[str, ...] = ()
    content_codes: tuple[int, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    partner_provinces: tuple[str, ...] = ()
    note: str = ""


@record(frozen=True, slots=True)
class MoveInput:
    """What the person enters with an act; the service adds today's date and who acts."""

    on: date | None = None
    """Date of the act; None = today."""
    reason: str | None = None
    document_kind: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    signer: str | None = None
    conclusion: Literal["agreed", "not_agreed"] | None = None
    document_file: str | None = None
    """Path of a file to attach to the act's own paper."""
    papers: tuple[PaperInput, ...] = ()
    amount: int | None = None
    round: int | None = None
    authority: str | None = None
    expected_version: int | None = None
    request: str | None = None
    """UUID made by the caller: the same request is never carried out twice."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Typed inputs by name, as text or as đồng (`OptionView.fields` says which)."""


@record(frozen=True, slots=True)
class PaperInput:
    kind: str
    number: str | None = None
    date: date | None = None
    signer: str | None = None
    conclusion: Literal["agreed", "not_agreed"] | None = None
    file: str | None = None
    """Path of a file to attach."""


@record(frozen=True, slots=True)
class ImportRowView:
    """One row of a register as it would be written."""

    row_number: int
    title: str
    unit: str
    total: int
    requested: int
    counterpart: int
    other: int
    starts_on: date | None
    ends_on: date | None
    status: Literal["new", "already", "bad"]
    code: str | None
    """Code of the dossier, when it exists already (or after writing)."""
    problems: tuple[Label, ...] = ()
    warnings: tuple[Label, ...] = ()
    corrections: tuple[Label, ...] = ()


@record(frozen=True, slots=True)
class ImportPlan:
    """What was read, corrected and found wrong, before anything is written."""

    path: str
    file_name: str
    sha256: str
    sheet: str
    source: str | None
    plan_year: int | None
    province: str | None
    province_name: str | None
    unit: str | None
    report: str | None
    report_date: date | None
    rows: tuple[ImportRowView, ...]
    problems: tuple[Label, ...]
    warnings: tuple[Label, ...]
    corrections: tuple[Label, ...]
    questions: tuple[tuple[str, Label], ...]
    """(field, question): answered by `RegisterAnswers` and asked again."""
    total_requested: int
    handle: object = field(repr=False, default=None)
    """The reading itself, for `register_write`; opaque to callers."""

    @property
    def new_count(self) -> int:
        """Rows that would become proposals."""
        return sum(row.status == "new" for row in self.rows)

    @property
    def bad_count(self) -> int:
        """Rows with errors."""
        return sum(row.status == "bad" for row in self.rows)


@record(frozen=True, slots=True)
class ImportResult:
    plan: ImportPlan
    written: tuple[str, ...]
    """Codes of the new proposals."""
    already: tuple[str, ...]
    skipped: int


@record(frozen=True, slots=True)
class CheckView:
    """One line of `doctor`: what was looked at, whether it is well, and what to do."""

    name: str
    ok: bool
    text: Label
