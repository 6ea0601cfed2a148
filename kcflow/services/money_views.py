"""What the money services give and take: frozen dataclasses, whole đồng, codes and labels.

Plans, rounds, contracts and adjustments are dossiers like proposals (one engine); what is theirs alone
stands here. A figure always says its base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from kcflow.services.money_figures import StageFigure
from kcflow.services.views import (
    DueView,
    HistoryView,
    OptionView,
    PaperInput,
    PaperView,
    Preview,
    Reason,
    Receipt,
)
from states.model import Label
from states.records import record

STAGES: tuple[str, ...] = (
    *("planned", "requested", "approved", "allocated", "contracted"),
    *("advanced", "accepted", "settled", "returned"),
)
"""Where the year's money stands, in the order it goes through."""


@record(frozen=True, slots=True)
class FundView:
    """What a plan, a round or a contract may give away (`ceiling`) and has given."""

    ceiling: int
    approved: int = 0
    allocated: int = 0
    contracted: int = 0
    advanced: int = 0
    accepted: int = 0
    settled: int = 0
    returned: int = 0


@record(frozen=True, slots=True)
class OtherRow:
    """A plan, round, contract or adjustment in a list."""

    kind: str
    """ "annual_plan", "allocation_round", "contract", "adjustment"."""
    code: str
    title: str
    lifecycle: str
    state: str
    state_label: Label
    phase_label: Label
    source: str
    plan_year: int
    area: str
    """Province key; "" for the whole country."""
    area_name: Label
    office: str
    office_name: str
    waits_for: str
    waits_for_label: Label
    version: int
    entered_on: date
    due_on: date | None
    due_kind: str | None
    days_left: int | None
    mark: str
    """As in `DossierRow.mark`."""
    ending: str
    fund: FundView | None
    """None for an adjustment."""
    number: int | None = None
    """A round's number (đợt n)."""
    contents: tuple[int, ...] = ()
    """Contents that a round covers; empty: all."""
    plan: str | None = None
    """The plan that a round gives out."""
    items: int = 0
    """Proposals in the worksheet, or in the contract."""
    items_total: int = 0
    """Their đồng."""
    subject: str | None = None
    """An adjustment's proposal."""
    change: str | None = None
    change_label: Label | None = None
    doable: tuple[Label, ...] = ()
    """What this person can do with it now."""

    @property
    def value(self) -> int | None:
        """What there is to give, đồng: a plan's total, a round's ceiling, what a contract was signed for
        (while it is drawn up: what its list comes to)."""
        if self.fund is None:
            return None
        if self.kind != "contract":
            return self.fund.ceiling
        return self.fund.contracted or (0 if self.ending else self.items_total)

    @property
    def given(self) -> int | None:
        """What of it is given away, or would be by its list: approved, allocated; of a contract: paid out."""
        fund = self.fund
        if fund is None:
            return None
        if self.kind == "contract":
            return fund.advanced - fund.returned
        spent = fund.approved if self.kind == "annual_plan" else fund.allocated - fund.returned
        return spent or self.items_total

    @property
    def left(self) -> int | None:
        """What is left of it (negative: over); of a contract what is still to be paid, once it is settled
        beyond what was settled nothing."""
        value, given, fund = self.value, self.given, self.fund
        if value is None or given is None or fund is None:
            return None
        return (fund.settled if self.kind == "contract" and fund.settled else value) - given


@record(frozen=True, slots=True)
class Line:
    """One proposal of a plan, round or contract: in the worksheet, or as it was decided."""

    code: str
    title: str
    unit_name: str
    province: str
    province_name: str
    contents: tuple[int, ...]
    state: str
    state_label: Label
    requested: int
    approved: int | None
    allocated: int
    """Before this round, as long as it isn't issued."""
    dong: int
    """What this plan, round or contract gives it."""
    note: str = ""
    problems: tuple[Reason, ...] = ()
    """Every reason why it can't be done as it stands."""
    on: date | None = None
    """When it was decided; None while it is only drafted."""


@record(frozen=True, slots=True)
class Candidate:
    """A proposal that could be put into a plan, round or contract."""

    code: str
    title: str
    unit_name: str
    province: str
    province_name: str
    contents: tuple[int, ...]
    state_label: Label
    requested: int
    approved: int | None
    allocated: int
    left: int
    """What could be given: approved − allocated (round), requested (plan), allocated − contracted."""
    elsewhere: str | None = None
    """Code of another open round or contract whose worksheet has it."""
    problems: tuple[Reason, ...] = ()
    """What it still lacks; empty: it can be taken in."""


@record(frozen=True, slots=True)
class Board:
    """Everything about one plan, round, contract or adjustment."""

    row: OtherRow
    content: Mapping[str, object]
    lines: tuple[Line, ...]
    """The worksheet while it is prepared; what was decided afterwards."""
    decided: bool
    """Whether `lines` are decided."""
    above: OtherRow | None
    """The plan above a round."""
    options: tuple[OptionView, ...]
    papers: tuple[PaperView, ...]
    timeline: tuple[HistoryView, ...]
    due: DueView | None
    total: int
    """Σ of the lines."""
    left: int | None
    """Ceiling − total; negative: by how much it is over."""
    plan_left: int | None
    """What the plan above has left after the lines; negative: over."""
    editable: bool
    """Whether this person may change the worksheet now."""
    before: tuple[tuple[Label, Label, Label], ...] = ()
    """An adjustment's (field, before, after)."""
    parties: tuple[str, ...] = ()
    """Names of a contract's two parties."""
    notes: tuple[Label, ...] = ()
    """What a reader must know (a plan whose parts don't add up to its total, by how much)."""


@record(frozen=True, slots=True)
class BatchLine:
    """What one act did, or would do, to one proposal."""

    code: str
    title: str
    dong: int
    receipt: Receipt | None = None
    reasons: tuple[Reason, ...] = ()


@record(frozen=True, slots=True)
class BatchResult:
    """One decision over many: the parent's receipt and a line for each proposal, or why nothing was done."""

    code: str
    done: bool
    receipt: Receipt | None
    lines: tuple[BatchLine, ...]
    reasons: tuple[Reason, ...] = ()
    """Why the parent's own act can't be done."""
    total: int = 0
    ahead: Preview | None = None
    """What would become of the parent, as long as it is only looked at: state, holder, deadline."""


# -- what people enter ---------------------------------------------------------------------------


@record(frozen=True, slots=True)
class PlanInput:
    """A year's budget plan. area: province key (KCĐP), "" for the country (KCQG)."""

    source: str
    plan_year: int
    total: int
    area: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    """(province key, office code or region, đồng): how the total is meant to be divided; may be empty."""
    basis: str = ""


@record(frozen=True, slots=True)
class RoundInput:
    """An allocation round. contents: codes it covers, empty for all."""

    source: str
    plan_year: int
    ceiling: int
    number: int | None = None
    """None: the next one."""
    area: str = ""
    contents: tuple[int, ...] = ()
    note: str = ""


@record(frozen=True, slots=True)
class ContractInput:
    """A contract over one or several proposals of one unit."""

    lines: tuple[tuple[str, int], ...]
    """(proposal, đồng)."""
    title: str = ""
    note: str = ""
    on: date | None = None
    """When it was drawn up; None: today."""


@record(frozen=True, slots=True)
class AdjustmentInput:
    """A wish to change an approved proposal. after: field → new value (as text, or đồng)."""

    proposal: str
    change: str
    """Kind of change (kcflow/data/adjustment_kinds.toml)."""
    after: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    letter: PaperInput | None = None
    """The unit's letter that asks for it; it may be recorded later, too (`Desk.record_papers`)."""
    on: date | None = None
    """When it was asked for; None: today."""


@record(frozen=True, slots=True)
class AdjustmentKind:
    """A kind of change of an approved proposal, and who decides it (TT 36/2013 Đ11)."""

    name: str
    label: Label
    fields: tuple[str, ...]
    """Fields of the proposal that it may change; "approved" is the amount of support."""
    decides: str
    """Role that decides it for an ordinary proposal."""
    decides_label: Label
    basis: str


@record(frozen=True, slots=True)
class AdjustmentPlan:
    """What an adjustment would change, and who would decide it; nothing is written."""

    proposal: str
    title: str
    change: str
    change_label: Label
    decides: str
    decides_label: Label
    basis: str
    changes: tuple[tuple[Label, Label, Label], ...]
    """(field, before, after)."""


# -- an annex read from a workbook -----------------------------------------------------------------


@record(frozen=True, slots=True)
class AnnexRow:
    """One row of an annex: found or not, with what is wrong."""

    row_number: int
    text: str
    """The code or title as written."""
    unit: str
    code: str | None
    """The proposal that is meant."""
    title: str
    dong: int
    problems: tuple[Label, ...] = ()
    warnings: tuple[Label, ...] = ()


@record(frozen=True, slots=True)
class AnnexPlan:
    """An annex read for one plan or round; nothing is written yet."""

    owner: str
    path: str
    sheet: str
    unit_dong: int
    """1, 1,000, 1,000,000 or 1,000,000,000: the unit of the amounts, and where it was found."""
    unit_found: Label
    rows: tuple[AnnexRow, ...]
    total: int
    stated_total: int | None
    """The total that the annex itself gives."""
    problems: tuple[Label, ...] = ()
    """What is wrong with the annex as a whole (totals that don't tie, by how much)."""
    warnings: tuple[Label, ...] = ()
    """What a person should look at (a total that ties within the rounding of what is printed)."""


# -- one proposal's story ------------------------------------------------------------------------


@record(frozen=True, slots=True)
class MoneyEvent:
    """One movement of a proposal's money."""

    seq: int
    on: date
    kind: str
    label: Label
    """The act's label."""
    dong: int
    after: int
    owner: str | None
    """The round, contract or plan it was charged to first."""
    document: PaperView | None
    actor_name: str
    permille: int | None = None
    """An advance's part of the contract's value."""
    fields: tuple[tuple[Label, Label], ...] = ()
    """(name, value as text) of what was entered with the act besides its amount."""


@record(frozen=True, slots=True)
class MoneyStory:
    """A proposal's whole money story."""

    code: str
    title: str
    figures: tuple[StageFigure, ...]
    """requested … returned, each with its share of a named base."""
    events: tuple[MoneyEvent, ...]
    rounds: tuple[str, ...]
    contract: str | None
    adjustments: tuple[OtherRow, ...]
    refund_due: int
    refund_by: date | None
    left_to_allocate: int
    left_to_pay: int
    reports: tuple[MoneyEvent, ...]
    """Monthly progress reports."""
    months_missing: tuple[date, ...]
    """First days of months without a report though the work was under way."""
    ceilings: tuple[Label, ...]
    """Ceilings of support that it passes, each with its basis (a warning, never a refusal)."""
