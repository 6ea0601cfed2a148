"""Contracts over one or several proposals of one implementing unit (TT 36/2013 Đ12.1, Đ18.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from db.rows_money import WorkRow
from kcflow.labels import SOURCE
from kcflow.services import door
from kcflow.services.clock import count
from kcflow.services.clock.recount import complete
from kcflow.services.context import Context
from kcflow.services.drafts import MAX_DONG, assignment_for
from kcflow.services.errors import BadInput
from kcflow.services.leaves import base_leaf, due_leaf, paper_leaf
from kcflow.services.money.batch import Done, after
from kcflow.services.money.codes import CONTRACT, contract_prefix
from kcflow.services.money.dossiers import (
    create_other,
    edit_row,
    lifecycle_named,
    opening_facts,
    opening_leaf,
)
from kcflow.services.money.facts import stored_facts
from kcflow.services.money.owners import contract_of
from kcflow.services.money_views import BatchLine, BatchResult, ContractInput
from kcflow.services.moves import find
from kcflow.services.texts import error_label
from kcflow.services.views import Receipt
from states.facts import Assignment, Inputs
from states.model import Action, Label

if TYPE_CHECKING:
    from db.moves import Writer
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier

OPENERS: Final = ("agency", "department", "unit")
"""Who may draw up a contract: the side that pays, or the unit that carries it out."""
SIGNED: Final = "signed"
"""State of a contract under way."""
PARTY_A: Final = {"kcqg": "agency", "kcdp": "department"}
"""Kind of the office that pays, by source (TT 36/2013 Đ12.1; NĐ 45/2012 Đ13)."""


# -- what a contract's state follows ---------------------------------------------------------


def items_of(reader: Reader, code: str) -> tuple[str, ...]:
    """Codes of the proposals that a contract was signed for, in the order of their first charge."""
    charged = (charge.dossier for charge in reader.charges_to(code, "contracted"))
    return tuple(dict.fromkeys(charged))


UNDER_WAY: Final = frozenset(
    {"plan_assigned", "contracted", "in_progress", "awaiting_acceptance", "carried_over", "stop_proposed"}
)
"""States of a proposal of which work is still to be accepted."""
GIVEN_UP: Final = frozenset({"stopped", "stop_refund_due", "transferred_to_local"})
"""States in which a proposal is no longer carried out: the contract doesn't wait for it."""
CLOSED: Final = frozenset({"stopped", "transferred_to_local", "settled", "archived"})
"""States in which nothing has to come back any more."""


def _items(reader: Reader, code: str, beside: str | None) -> list[StoredDossier]:
    return [row for row in reader.dossiers(list(items_of(reader, code))) if row.code != beside]


def all_accepted(context: Context, reader: Reader, code: str, beside: str | None = None) -> bool:  # noqa: ARG001
    """Whether every proposal of the contract `code` is accepted, those given up aside (TT 36/2013 Đ18.1).

    beside: a proposal that isn't looked at: whether all the others are. Of a contract with nothing else: yes.
    """
    items = [row for row in _items(reader, code, beside) if row.state not in GIVEN_UP]
    return all(row.state not in UNDER_WAY for row in items) and bool(items or beside)


def all_ended(context: Context, reader: Reader, code: str) -> bool:  # noqa: ARG001 - as `all_accepted`
    """Whether the contract `code` has nothing left to do: every proposal given up or settled, nothing to be
    paid out and nothing to come back (what is, is charged to the contract)."""
    items = _items(reader, code, None)
    return bool(items) and all(row.state in CLOSED and not left_to_pay(row) for row in items)


def left_to_pay(row: StoredDossier) -> int:
    """Đồng that may still be paid for a proposal: of what is settled, accepted or contracted, in that order;
    nothing more than was accepted once it is given up."""
    earned = row.settled or row.accepted or (0 if row.state in GIVEN_UP else row.contracted)
    return max(0, earned - (row.advanced - row.returned))


# -- what a proposal's act brings with it ----------------------------------------------------


def of_its_own(
    context: Context, writer: Writer, row: StoredDossier, entered: Inputs, request: str
) -> dict[str, str]:
    """Open the contract of a proposal that is signed by itself; gives its code as the owner to charge.

    Raises `BadInput` when the proposal stands in a contract that is drawn up: then that one is signed.
    """
    drawn_up = open_contracts(context, writer, row.unit_office).get(row.code)
    if drawn_up is not None:
        raise _bad("contract_drawn_up", code=row.code, contract=drawn_up)
    lifecycle = lifecycle_named(context, CONTRACT, entered.on)
    content = contract_content(context, [row], None, None)
    assignment = assignment_for(context, opening_facts(context, lifecycle, content), OPENERS)
    code = writer.next_code(contract_prefix(row.budget_year))[0]
    leaf = opening_leaf(
        context,
        writer,
        lifecycle,
        assignment,
        content,
        code=code,
        on=entered.on,
        request=door.bulk_request(request, f"{row.code} contract"),
    )
    writer.append(leaf)
    return {CONTRACT: code}


def follow(context: Context, writer: Writer, row: StoredDossier, entered: Inputs, request: str) -> None:
    """Move the contract of `row` after an act of the proposal: signed with it, accepted with the last one.

    row: the proposal before its act. A contract whose own act moved the proposal moves by that act.
    """
    code = contract_of(writer, row.code)
    if code is None or entered.via is not None:
        return
    # Of two proposals accepted at the same moment, the later one sees the other and is the last.
    writer.lock([code])
    contract = writer.dossier(code)
    if contract is None:
        return
    lifecycle = context.shared.lifecycle(contract.lifecycle)
    if contract.state == lifecycle.initial:
        # The contract of one proposal is signed by the proposal's own act.
        _follow_by(context, writer, contract, "sign", replace(entered, fields={}, amount=None), request)
    elif contract.state == SIGNED and all_accepted(context, writer, contract.code):
        follows = replace(entered, document=None, papers=(), fields={}, amount=None, reason=None)
        assignment = _follow_by(context, writer, contract, "record_acceptance", follows, request)
        completed(context, writer, contract.code, entered.on, assignment)


def completed(context: Context, writer: Writer, code: str, on: date, by: Assignment) -> None:
    """Let the days of a contract's accepted proposals begin (TT 36/2013 Đ18.1)."""
    complete(context, writer, _items(writer, code, None), contract=code, on=on, by=by)


@after(CONTRACT, "record_acceptance")
def all_is_accepted(done: Done) -> None:
    """Recorded by hand: the proposals' days begin, too."""
    completed(done.context, done.writer, done.row.code, done.inputs.on, done.move.assignment)


def _follow_by(
    context: Context, writer: Writer, contract: StoredDossier, name: str, entered: Inputs, request: str
) -> Assignment:
    lifecycle = context.shared.lifecycle(contract.lifecycle)
    facts = stored_facts(context, writer, contract)
    action = lifecycle.action_by_name[name]
    target = lifecycle.state_by_name[action.targets[0].state]
    on = max(entered.on, contract.last_on)
    assignment = assignment_for(context, facts, action.roles)
    due = count.entry(context, writer, lifecycle, facts, target.name, on, contract.budget_year)
    leaf = base_leaf(
        context,
        lifecycle,
        contract,
        action=name,
        to_state=target.name,
        role=assignment.role,
        office=assignment.office,
        office_name=assignment.office_name,
        on=on,
        at=context.shared.now(),
        request=door.bulk_request(request, f"{contract.code} {name}"),
    )
    leaf.update(
        basis=action.basis,
        doc=paper_leaf(entered.document),
        papers=[paper_leaf(paper) for paper in entered.papers],
        due=due_leaf(due.on, due.kind, due.basis) if due else None,
        entered_on=on.isoformat(),
        waits_for=target.waits_for,
        edited=contract.version + 1 if entered.document or entered.papers else contract.edited,
    )
    writer.append(leaf)
    return assignment


def amounts(
    reader: Reader, row: StoredDossier, action: Action, given: Mapping[str, int] | None
) -> dict[str, int]:
    """Proposal → đồng that an act of the contract is about.

    To be signed: the worksheet. An amendment: the differences that are given. Afterwards everything that was
    signed and not given up since, by default with what was accepted: a proposal that isn't in the contract
    stays in the answer when it is given, so that its act is refused.
    """
    if action.name == "amend":
        return dict(given or {})
    if action.name == "sign":
        drafted = {work.dossier: work.dong for work in reader.worksheet(row.code)}
        return drafted | dict(given or {})
    items = [item for item in _items(reader, row.code, None) if item.state not in GIVEN_UP]
    return {item.code: item.accepted for item in items} | dict(given or {})


@after(CONTRACT, "amend")
def keep_sums(done: Done) -> None:
    """The worksheet of a signed contract says what each proposal has by it, amendments included."""
    sums: dict[str, int] = {}
    for charge in done.writer.charges_to(done.row.code, "contracted"):
        sums[charge.dossier] = sums.get(charge.dossier, 0) + charge.dong
    owner, left = done.row.code, [(code, dong) for code, dong in sums.items() if dong > 0]
    done.writer.put_work(owner, [WorkRow(owner, code, dong, n) for n, (code, dong) in enumerate(left, 1)])


def limit_follows(context: Context, writer: Writer, row: StoredDossier, items: Sequence[str]) -> None:
    """Let the limit of a contract that is being drawn up follow its proposals: what is approved for them."""
    limit = sum(item.approved or 0 for item in writer.dossiers(items))
    if not limit or limit == row.content["total"]:
        return
    lifecycle = context.shared.lifecycle(row.lifecycle)
    assignment = assignment_for(context, opening_facts(context, lifecycle, row.content), OPENERS)
    content = {**row.content, "total": limit, "requested": limit}
    edit_row(context, writer, row, lifecycle, assignment, content, request=door.request_id(None))


# -- drawing one up --------------------------------------------------------------------------


def _bad(code: str, /, **params: object) -> BadInput:
    return BadInput(code, error_label(code, **params))


def checked_lines(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Proposal → đồng of what was entered. Raises `BadInput`: nothing, a proposal twice, no whole đồng."""
    found: dict[str, int] = {}
    for entered, dong in lines:
        code = entered.strip().upper()
        if code in found:
            raise _bad("contract_item_twice", code=code)
        problem = dong_problem(dong)
        if problem is not None:
            sentence = error_label(problem)
            raise BadInput(problem, Label(f"{code}: {sentence.vi}", f"{code}: {sentence.en}"), field="lines")
        found[code] = dong
    if not found:
        raise _bad("contract_empty")
    return found


def dong_problem(dong: object) -> str | None:
    """Code of what is wrong with an amount that must be more than nothing; None when it is good."""
    if not isinstance(dong, int) or isinstance(dong, bool):
        return "money_not_integer"
    if dong < 0:
        return "money_negative"
    if dong == 0:
        return "money_zero"
    return "money_absurd" if dong > MAX_DONG else None


def _same(rows: Sequence[StoredDossier]) -> StoredDossier:
    """The first of `rows`, when all have its unit, source and budget year. Raises `BadInput`."""
    first = rows[0]
    for row in rows[1:]:
        for code, own, other in (
            ("contract_other_unit", row.unit_office, first.unit_office),
            ("contract_other_source", row.source, first.source),
            ("contract_other_year", row.budget_year, first.budget_year),
        ):
            if own != other:
                raise _bad(code, code=row.code, first=first.code)
    return first


def open_contracts(context: Context, reader: Reader, unit_office: str) -> dict[str, str]:
    """Proposal → code of the contract of this unit that is drawn up and not signed yet."""
    found: dict[str, str] = {}
    for line in reader.others(kind=CONTRACT, unit_office=unit_office):
        if line.state == context.shared.lifecycle(line.lifecycle).initial:
            found |= {work.dossier: line.code for work in reader.worksheet(line.code)}
    return found


def _check_item(
    context: Context, reader: Reader, row: StoredDossier, dong: int, elsewhere: dict[str, str]
) -> None:
    signed = contract_of(reader, row.code)
    if signed is not None and row.contracted > 0:
        raise _bad("contract_has_one", code=row.code, contract=signed)
    if row.code in elsewhere:
        raise _bad("contract_drawn_up", code=row.code, contract=elsewhere[row.code])
    lifecycle = context.shared.lifecycle(row.lifecycle)
    if lifecycle.state_by_name[row.state].final:
        raise _bad("contract_ended", code=row.code, state=lifecycle.state_by_name[row.state].label)
    left = row.allocated - row.contracted
    if dong > left:
        raise _bad(
            "contract_over_allocated",
            code=row.code,
            amount=_money(dong),
            allocated=_money(row.allocated),
            missing=_money(dong - left),
        )


def _money(dong: int) -> Label:
    from kcflow import formats

    return Label(formats.dong(dong, "vi"), formats.dong(dong, "en"))


def party_a(context: Context, first: StoredDossier) -> str:
    """Code of the office that pays: the Cục for national money, the province's Sở for local money."""
    kind = PARTY_A[first.source]
    offices = [o for o in context.shared.offices.values() if o.kind == kind and o.valid_to is None]
    if kind == "department":
        from kcflow import reference

        offices = [o for o in offices if o.province and first.province in reference.covered_by(o.province)]
    return offices[0].code if offices else ""


def contract_content(
    context: Context, rows: Sequence[StoredDossier], title: str | None, note: str | None
) -> dict[str, Any]:
    """The content of a contract over `rows`; its limit is what was approved for them (design §5)."""
    first = rows[0]
    limit = sum(row.approved or 0 for row in rows)
    unit = context.shared.office_name(first.unit_office)
    more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
    return {
        "title": title
        or f"Hợp đồng {SOURCE[first.source].vi} {first.budget_year}: {first.title}{more}"[:500],
        "source": first.source,
        "plan_year": first.budget_year,
        "province": first.province,
        "unit_office": first.unit_office,
        "total": limit,
        "requested": limit,
        "party_a": party_a(context, first),
        "party_b": unit,
        "note": note or "",
    }


def _checked(
    context: Context, reader: Reader, entered: ContractInput, *, repeated: bool
) -> tuple[dict[str, int], list[StoredDossier]]:
    amounts = checked_lines(entered.lines)
    rows = [find(context, reader, code) for code in amounts]
    first = _same(rows)
    if not repeated:
        elsewhere = open_contracts(context, reader, first.unit_office)
        for row in rows:
            _check_item(context, reader, row, amounts[row.code], elsewhere)
    return amounts, rows


def check(context: Context, entered: ContractInput) -> BatchResult:
    """What `open_contract` would draw up. Raises as it does, and writes nothing."""
    with context.store.read() as reader:
        amounts, rows = _checked(context, reader, entered, repeated=False)
    lines = tuple(BatchLine(row.code, row.title, amounts[row.code]) for row in rows)
    return BatchResult("", False, None, lines, (), sum(amounts.values()))


def open_contract(context: Context, entered: ContractInput, request: str | None) -> Receipt:
    """Draw up a contract: its proposals stand in its worksheet until it is signed.

    Raises `BadInput` naming the proposal (another unit's, source's or year's; twice; ended; in another
    contract; more than is allocated), `NotFound`, `NoPermission`.
    """
    title = door.text("title", entered.title)
    note = door.text("note", entered.note, multiline=True)
    with context.store.read() as reader:
        repeated = request is not None and reader.request_row(door.request_id(request)) is not None
        amounts, rows = _checked(context, reader, entered, repeated=repeated)
    return create_other(
        context,
        lifecycle_name=CONTRACT,
        roles=OPENERS,
        content=contract_content(context, rows, title, note),
        request=request,
        prefix=contract_prefix(rows[0].budget_year),
        on=entered.on,
        work=amounts,
    )
