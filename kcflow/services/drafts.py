"""New drafts, edits, papers recorded on their own, corrections: acts that change no state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from db.errors import Conflict
from db.leaf import digest
from db.legal import EDITORS
from kcflow import reference
from kcflow.labels import FIELD, KIND, MONEY_FIELDS, ROLE, SOURCE, SYSTEM_ACTION
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.leaves import base_leaf, changed_due, first_leaf, paper_leaf
from kcflow.services.money.facts import stored_facts
from kcflow.services.moves import already, conflict, find, known_documents, load, receipt, refused_error
from kcflow.services.texts import error_label
from kcflow.services.views import WRITING_ROLES, DraftInput, PaperInput, Receipt
from kcflow.text import fold
from states.engine import Refused, in_scope, paper_authority
from states.facts import Assignment, Facts
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier

MAX_DONG = 10**15
"""No proposal comes near a million billion đồng: such a figure is a slip of the unit."""
YEARS = range(2005, 2101)
"""Plan years since the first khuyến công decree (NĐ 134/2004)."""


def creators(lifecycle: Lifecycle) -> tuple[str, ...]:
    """Roles that may open a dossier of this lifecycle: the agency only where it acts (as in db.legal)."""
    agency = any("agency" in action.roles for action in lifecycle.actions)
    return tuple(role for role in WRITING_ROLES if agency or role != "agency")


def folded(context: Context, content: Mapping[str, Any]) -> str:
    """What the search without diacritics looks through."""
    return fold(
        " ".join(
            (content["title"], context.shared.office_name(content["unit_office"]), *content["beneficiaries"])
        )
    )


# -- checking --------------------------------------------------------------------------------


def _bad(field: str, code: str, **params: object) -> BadInput:
    label = FIELD[field]
    sentence = error_label(code, **params)
    return BadInput(code, Label(f"{label.vi}: {sentence.vi}", f"{label.en}: {sentence.en}"), field=field)


def _money(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _bad(field, "money_not_integer")
    if value < 0:
        raise _bad(field, "money_negative")
    if value > MAX_DONG:
        raise _bad(field, "money_absurd")
    return value


def _date(field: str, value: object) -> str | None:
    if value is None or isinstance(value, date):
        return value.isoformat() if value else None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _bad(field, "date_unreadable", value=str(value)) from None


def _text(field: str, value: object, *, required: bool = False, multiline: bool = False) -> str | None:
    """One text; a required one that is missing is refused as an empty one is."""
    entered = None if value is None else str(value)
    return door.text(field, (entered or "") if required else entered, required=required, multiline=multiline)


def _texts(field: str, values: object) -> list[str]:
    if not isinstance(values, (list, tuple)):
        raise _bad(field, "list_expected")
    return [text for value in values if (text := door.text(field, str(value)))]


def _choices(field: str, values: object, known: Sequence[object]) -> list[Any]:
    if not isinstance(values, (list, tuple)):
        raise _bad(field, "list_expected")
    for value in values:
        if value not in known:
            raise _bad(field, "choice_unknown", value=value, known=", ".join(map(str, known)))
    return sorted(set(values))


def clean_content(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The business content with every value through the door. Raises `BadInput` naming the field.

    The sources need not add up in a draft: the rule `estimate_balances` asks for that before
    the draft is submitted, so that half-finished work can be kept.
    """
    starts_on, ends_on = _date("starts_on", raw["starts_on"]), _date("ends_on", raw["ends_on"])
    if starts_on and ends_on and ends_on < starts_on:
        raise _bad("ends_on", "end_before_start")
    if raw["plan_year"] not in YEARS:
        raise _bad("plan_year", "year_absurd", value=raw["plan_year"])
    title = _text("title", raw["title"], required=True)
    content: dict[str, Any] = {
        "title": title,
        "source": raw["source"],
        "plan_year": raw["plan_year"],
        "province": raw["province"],
        "unit_office": raw["unit_office"],
        "coordinating": _texts("coordinating", raw["coordinating"]),
        "beneficiaries": _texts("beneficiaries", raw["beneficiaries"]),
        "partner_provinces": _choices(
            "partner_provinces", raw["partner_provinces"], [p.key for p in reference.provinces()]
        ),
        "kinds": _choices("kinds", raw["kinds"], list(KIND)),
        "content_codes": _choices("content_codes", raw["content_codes"], list(range(1, 10))),
        "trade": _text("trade", raw["trade"]),
        "priority": _text("priority", raw["priority"]),
        "objective": _text("objective", raw["objective"], multiline=True) or "",
        "expected_result": _text("expected_result", raw["expected_result"], multiline=True) or "",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "note": _text("note", raw["note"], multiline=True) or "",
        "import_key": raw["import_key"],
        "import_ref": raw["import_ref"],
    }
    content.update({field: _money(field, raw[field]) for field in MONEY_FIELDS})
    return content


def draft_content(context: Context, draft: DraftInput) -> dict[str, Any]:
    """A `DraftInput` as cleaned content. Raises `BadInput`."""
    office = context.shared.offices.get(draft.unit_office)
    if office is None or office.valid_to is not None:
        raise _bad("unit_office", "office_unknown", office=draft.unit_office)
    province = draft.province or office.province
    if province is None or province not in {p.key for p in reference.provinces()}:
        raise _bad("province", "province_unknown", province=draft.province or "")
    if draft.source not in SOURCE:
        raise _bad("source", "choice_unknown", value=draft.source, known=", ".join(SOURCE))
    return clean_content(
        {
            "title": draft.title,
            "source": draft.source,
            "plan_year": draft.plan_year,
            "province": province,
            "unit_office": draft.unit_office,
            "coordinating": draft.coordinating,
            "beneficiaries": draft.beneficiaries,
            "partner_provinces": draft.partner_provinces,
            "kinds": draft.kinds,
            "content_codes": draft.content_codes,
            "trade": None,
            "priority": None,
            "objective": draft.objective,
            "expected_result": draft.expected_result,
            "starts_on": draft.starts_on,
            "ends_on": draft.ends_on,
            "note": draft.note,
            "import_key": None,
            "import_ref": None,
            **{field: getattr(draft, field) for field in MONEY_FIELDS},
        }
    )


# -- who may write ---------------------------------------------------------------------------


def assignment_for(context: Context, facts: Facts, roles: Sequence[str]) -> Assignment:
    """The person's assignment that may write in this dossier. Raises `NoPermission`."""
    for assignment in context.actor.assignments:
        if assignment.role in roles and in_scope(assignment, facts):
            return assignment
    raise NoPermission(
        "no_permission",
        error_label("no_permission", roles=" / ".join(ROLE[role].vi for role in roles)),
    )


def draft_facts(context: Context, content: Mapping[str, Any], state: str) -> Facts:
    return Facts(
        code="",
        state=state,
        version=0,
        source=content["source"],
        plan_year=content["plan_year"],
        budget_year=content["plan_year"],
        province=content["province"],
        unit_office=content["unit_office"],
        unit_kind=context.shared.office_kind(content["unit_office"]),
        kinds=frozenset(content["kinds"]),
        ends_on=date.fromisoformat(content["ends_on"]) if content["ends_on"] else None,
    )


# -- create ----------------------------------------------------------------------------------


def creation_leaf(
    context: Context,
    reader: Reader,
    lifecycle: Lifecycle,
    assignment: Assignment,
    content: Mapping[str, Any],
    *,
    code: str,
    on: date,
    request: str,
) -> dict[str, Any]:
    """The first leaf of a dossier: its code, its content, its first state and deadline."""
    return first_leaf(
        context,
        reader,
        lifecycle,
        draft_facts(context, content, lifecycle.initial),
        assignment,
        content,
        folded=folded(context, content),
        code=code,
        on=on,
        request=request,
    )


def code_prefix(source: str, plan_year: int) -> str:
    """ "KCQG-24-": source and two digits of the plan year."""
    return f"{source.upper()}-{plan_year % 100:02d}-"


def create(context: Context, draft: DraftInput, request: str | None, on: date | None) -> Receipt:
    """Store a new draft under a new code. Raises `BadInput`, `NoPermission`, `StoreProblem`."""
    request = door.request_id(request)
    content = draft_content(context, draft)
    day = on or context.today
    if day > context.today:
        raise BadInput("act_in_future", error_label("on_in_future", on=day))
    lifecycle = context.shared.lifecycle_for(content["source"], content["province"], day)
    facts = draft_facts(context, content, lifecycle.initial)
    assignment = assignment_for(context, facts, creators(lifecycle))
    with context.store.write() as writer:
        done = already(context, writer, request, None, "create")
        if done is not None:
            return receipt(lifecycle, done, content["title"], repeated=True)
        code = writer.next_code(code_prefix(content["source"], content["plan_year"]))[0]
        leaf = creation_leaf(
            context, writer, lifecycle, assignment, content, code=code, on=day, request=request
        )
        stored = writer.append(leaf)
    return receipt(lifecycle, stored, content["title"])


# -- edit, papers, corrections ---------------------------------------------------------------

EDITABLE_PHASES = 2
"""Content may be edited in the first two phases and while returned; later it is adjusted."""


def editable(lifecycle: Lifecycle, state: str) -> bool:
    """Whether the content of a dossier in `state` may be edited (else: an adjustment, Đ11).

    A side state counts when the dossier leaves it changed (returned for completion); one that waits for a
    decision on an approved proposal (a stop, the next year) doesn't.
    """
    named = lifecycle.state_by_name[state]
    first = {phase.name for phase in lifecycle.phases[:EDITABLE_PHASES]}
    leaves = lifecycle.actions_by_source[state]
    comes_back = named.paused and any("changed_since_return" in action.guards for action in leaves)
    return not named.final and (named.phase in first or comes_back)


FROZEN_FIELDS = frozenset({"source", "plan_year", "province", "unit_office", "import_key", "import_ref"})


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def edit(
    context: Context,
    code: str,
    changes: Mapping[str, object],
    reason: str | None,
    expected_version: int | None,
    request: str | None,
) -> Receipt:
    """Change fields of a draft: one history row with each changed field before → after.

    Raises `BadInput` (unknown or fixed field, bad value, nothing changed), `NoPermission`,
    `ConflictError`, `NotFound`.
    """
    request = door.request_id(request)
    why = door.text("reason", reason, multiline=True)
    for name in changes:
        if name not in FIELD or name in FROZEN_FIELDS:
            raise BadInput("field_fixed", error_label("field_fixed", field=name))
    try:
        with context.store.write() as writer:
            row, lifecycle, facts = load(context, writer, code)
            done = already(context, writer, request, row.code, "edit")
            if done is not None:
                return receipt(lifecycle, done, row.title, repeated=True)
            if not editable(lifecycle, row.state):
                state = lifecycle.state_by_name[row.state].label
                raise BadInput("not_editable", error_label("not_editable", code=row.code, state=state))
            holder = lifecycle.state_by_name[row.state].waits_for
            roles = (holder, *WRITING_ROLES) if holder in EDITORS else WRITING_ROLES
            assignment = assignment_for(context, facts, tuple(dict.fromkeys(roles)))
            if expected_version is not None and expected_version != row.version:
                raise Conflict(row.code, writer.history_row(row.code, row.version))
            content = clean_content({**row.content, **changes})
            changed = _changes(row.content, content)
            if not changed:
                raise BadInput("nothing_changed", error_label("nothing_changed", code=row.code))
            leaf = base_leaf(
                context,
                lifecycle,
                row,
                action="edit",
                to_state=row.state,
                role=assignment.role,
                office=assignment.office,
                office_name=assignment.office_name,
                on=max(context.today, row.last_on),
                at=context.shared.now(),
                request=request,
            )
            leaf.update(
                due=changed_due(
                    context, writer, row, lifecycle, partial(stored_facts, context, writer), content
                ),
                reason=why,
                changes=changed,
                content=content,
                digest=digest(content),
                edited=row.version + 1,
                refs={"folded": folded(context, content)},
            )
            stored = writer.append(leaf)
    except Conflict as lost:
        raise conflict(context, lost) from None
    return receipt(lifecycle, stored, content["title"])


def _side_row(
    context: Context, row: StoredDossier, lifecycle: Lifecycle, facts: Facts, action: str, request: str
) -> dict[str, Any]:
    assignment = assignment_for(
        context,
        facts,
        ("unit", "department", "agency", "ministry", "finance_department", "provincial_committee"),
    )
    return base_leaf(
        context,
        lifecycle,
        row,
        action=action,
        to_state=row.state,
        role=assignment.role,
        office=assignment.office,
        office_name=assignment.office_name,
        on=context.today,
        at=context.shared.now(),
        request=request,
    )


def load_any(context: Context, reader: Reader, code: str) -> tuple[StoredDossier, Lifecycle, Facts]:
    """A proposal, plan, round, contract or adjustment, with its rules and facts. Raises `NotFound`."""
    row = reader.dossier(code.strip().upper())
    if row is None or row.kind == "proposal":
        return load(context, reader, code)
    from kcflow.services.money.dossiers import load_other

    return load_other(context, reader, code)


def record_papers(
    context: Context, code: str, papers: Sequence[PaperInput], on: date | None, request: str | None
) -> Receipt:
    """Record papers that come on their own, with their files. Raises `BadInput` and the like."""
    request = door.request_id(request)
    entered = [door.paper(paper, known_documents()) for paper in papers]
    if not entered:
        raise BadInput("no_papers", error_label("no_papers"))
    for paper in entered:
        if paper.date is not None and paper.date > context.today:
            raise BadInput(
                "document_date_future",
                error_label("paper_date_future", paper=door.paper_name(paper), date=paper.date),
            )
    try:
        with context.store.write() as writer:
            row, lifecycle, facts = load_any(context, writer, code)
            done = already(context, writer, request, row.code, "record_papers")
            if done is not None:
                return receipt(lifecycle, done, row.title, repeated=True)
            leaf = _side_row(context, row, lifecycle, facts, "record_papers", request)
            denied = [r for paper in entered if (r := paper_authority(lifecycle, paper, leaf["role"]))]
            if denied:
                raise Refused("record_papers", tuple(denied))
            attached = [door.attach(writer, paper) for paper in entered]
            leaf.update(papers=[paper_leaf(paper) for paper in attached], edited=row.version + 1)
            if on is not None:
                leaf["on"] = min(on, context.today).isoformat()
            stored = writer.append(leaf)
    except Conflict as lost:
        raise conflict(context, lost) from None
    except Refused as refused:
        raise refused_error(context, lifecycle, refused, row.code, SYSTEM_ACTION["record_papers"]) from None
    return receipt(lifecycle, stored, row.title)


def correct(context: Context, code: str, seq: int, reason: str, request: str | None) -> Receipt:
    """Add a row that says what is wrong with row `seq`; the wrong row stays (NĐ 30/2020 Đ18.3)."""
    request = door.request_id(request)
    why = door.text("reason", reason, required=True, multiline=True)
    try:
        with context.store.write() as writer:
            row, lifecycle, facts = load(context, writer, code)
            done = already(context, writer, request, row.code, "correct")
            if done is not None:
                return receipt(lifecycle, done, row.title, repeated=True)
            if writer.history_row(row.code, seq) is None:
                raise BadInput("row_unknown", error_label("row_unknown", code=row.code, seq=seq))
            leaf = _side_row(context, row, lifecycle, facts, "correct", request)
            leaf.update(reason=why, corrects=seq)
            stored = writer.append(leaf)
    except Conflict as lost:
        raise conflict(context, lost) from None
    return receipt(lifecycle, stored, row.title)


__all__ = [
    "clean_content",
    "correct",
    "create",
    "creation_leaf",
    "edit",
    "editable",
    "find",
    "load_any",
    "record_papers",
]
