"""Asking for a change of an approved proposal: what it may change, from what to what, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from kcflow.formats import NumberRefused, dong, parse_dong
from kcflow.labels import AMOUNT, DATE_FIELDS, FIELD, MONEY_FIELDS, ROLE
from kcflow.services import door
from kcflow.services.audit import field_text
from kcflow.services.context import Context
from kcflow.services.drafts import MAX_DONG, clean_content
from kcflow.services.errors import BadInput
from kcflow.services.money.adjustments import APPROVED, by_group_rule, change_label, decided_by, in_force
from kcflow.services.money.codes import ADJUSTMENT, adjustment_prefix
from kcflow.services.money.dossiers import create_other
from kcflow.services.money_views import AdjustmentInput, AdjustmentPlan
from kcflow.services.moves import find, known_documents
from kcflow.services.texts import error_label
from kcflow.services.views import Receipt
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from kcflow.reference import AdjustmentKind
    from states.facts import Paper

ASKERS: Final = ("unit", "department", "agency")
"""Who may ask: the unit by its letter; the offices above it enter what came on paper."""
RAISE: Final = "raise_support"
"""The kind of change that raises the support; every other one keeps or reduces it (TT 36/2013 Đ11.2)."""
LISTS: Final = frozenset({"coordinating", "beneficiaries", "partner_provinces", "kinds", "content_codes"})
"""Fields of several values; typed, they stand one behind the other with a semicolon between them."""


def _bad(code: str, /, **params: object) -> BadInput:
    return BadInput(code, error_label(code, **params))


def _kind(name: str, source: str, on: date) -> AdjustmentKind:
    known = in_force(source, on)
    if name not in known:
        raise _bad("change_unknown", change=name, known=", ".join(known))
    return known[name]


def field_label(name: str) -> Label:
    """Name of a field that an adjustment changes."""
    return AMOUNT[APPROVED] if name == APPROVED else FIELD[name]


def _typed(name: str, value: object) -> object:
    """A value as the content keeps it, from what was typed: đồng, lists, dates as text."""
    if not isinstance(value, str):
        return value
    if name == APPROVED or name in MONEY_FIELDS:
        try:
            return parse_dong(value, "dong")
        except NumberRefused as wrong:
            label = field_label(name)
            raise BadInput(
                "amount_unreadable",
                Label(f"{label.vi}: {_told(wrong, 'vi')}", f"{label.en}: {_told(wrong, 'en')}"),
                field=name,
            ) from None
    if name in LISTS:
        parts = [part.strip() for part in value.split(";") if part.strip()]
        return (
            [int(p) if p.isascii() and p.isdigit() else p for p in parts]
            if name == "content_codes"
            else parts
        )
    if name in DATE_FIELDS:
        return value.strip() or None
    return value


def _told(wrong: NumberRefused, lang: str) -> str:
    from kcflow.formats import sentence

    return sentence(wrong, lang)


def _approved(row: StoredDossier, value: object) -> int:
    label = field_label(APPROVED)

    def refuse(code: str, **params: object) -> BadInput:
        sentence = error_label(code, **params)
        return BadInput(
            code, Label(f"{label.vi}: {sentence.vi}", f"{label.en}: {sentence.en}"), field=APPROVED
        )

    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse("money_not_integer")
    if value <= 0:
        raise refuse("money_negative" if value < 0 else "money_zero")
    if value > MAX_DONG:
        raise refuse("money_absurd")
    if value < row.allocated:
        raise refuse(
            "adjust_below_allocated", allocated=Label(dong(row.allocated), dong(row.allocated, "en"))
        )
    return value


def _after(row: StoredDossier, kind: AdjustmentKind, given: Mapping[str, object]) -> dict[str, Any]:
    """The new values, cleaned like a draft's. Raises `BadInput` naming the field."""
    typed = {name: _typed(name, value) for name, value in given.items()}
    for name in typed:
        if name not in kind.fields:
            fields = ", ".join(kind.fields)
            raise _bad("adjust_field", field=name, change=kind.label, known=fields)
    content = {name: value for name, value in typed.items() if name != APPROVED}
    cleaned = clean_content({**row.content, **content}) if content else {}
    found: dict[str, Any] = {name: cleaned[name] for name in content if cleaned[name] != row.content[name]}
    if APPROVED in typed:
        value = _approved(row, typed[APPROVED])
        if value != row.approved:
            found[APPROVED] = value
    if not found:
        raise _bad("nothing_changed", code=row.code)
    return found


def _within_effect(row: StoredDossier, kind: AdjustmentKind, found: Mapping[str, Any]) -> None:
    """A kind of change changes what it is about, in the direction that it is about."""
    new = found.get(APPROVED)
    if kind.effect == "approved":
        old = row.approved or 0
        if new is None:
            raise _bad("adjust_no_amount", change=kind.label)
        raises = kind.code == RAISE
        if raises and new < old:
            raise _bad("adjust_not_raised", change=kind.label)
        if not raises and new > old:
            raise _bad("adjust_raised", change=kind.label, other=change_label(RAISE))
        total = row.content["total"]
        if new > total:
            raise _bad("adjust_over_total", total=Label(dong(total), dong(total, "en")))


def _within_years(row: StoredDossier, kind: AdjustmentKind, found: Mapping[str, Any], on: date) -> None:
    """A new end lies ahead, in the year that this kind of change is about."""
    if found.get("ends_on") is None:
        return
    last_day = date.fromisoformat(found["ends_on"])
    if last_day < on:
        raise _bad("adjust_ends_past", ends_on=last_day, on=on)
    year, many = row.budget_year, "multi_year" in row.content["kinds"]
    if kind.effect == "carry_over":
        if last_day.year <= year or (last_day.year > year + 1 and not many):
            raise _bad("adjust_not_next_year", change=kind.label, year=year + 1)
    elif last_day.year > year and not many:
        raise _bad("adjust_into_next_year", year=year)


def _checked(
    context: Context, reader: Reader, entered: AdjustmentInput
) -> tuple[StoredDossier, AdjustmentKind, dict[str, Any]]:
    row = find(context, reader, entered.proposal)
    kind = _kind(entered.change.strip(), row.source, entered.on or context.today)
    lifecycle = context.shared.lifecycle(row.lifecycle)
    act = lifecycle.action_by_name.get("carry_over" if kind.effect == "carry_over" else "apply_adjustment")
    if act is None or row.approved is None or row.state not in act.sources:
        state = lifecycle.state_by_name[row.state].label
        raise _bad("adjust_not_now", code=row.code, change=kind.label, state=state)
    found = _after(row, kind, entered.after)
    _within_effect(row, kind, found)
    _within_years(row, kind, found, entered.on or context.today)
    for line in reader.others(kind=ADJUSTMENT, unit_office=row.unit_office):
        if line.ending:
            continue
        other = reader.dossier(line.code)
        if (
            other is not None
            and other.content["proposal"] == row.code
            and other.content["change"] == kind.code
        ):
            raise _bad("adjust_open", code=row.code, adjustment=line.code)
    return row, kind, found


def _value(row: StoredDossier, name: str) -> Any:  # noqa: ANN401 - a JSON value
    return row.approved if name == APPROVED else row.content[name]


def check(context: Context, entered: AdjustmentInput) -> AdjustmentPlan:
    """What `ask` would ask for, and of whom. Raises as it does, and writes nothing."""
    with context.store.read() as reader:
        row, kind, found = _checked(context, reader, entered)
    role, basis = decided_by(context, kind, row)
    return AdjustmentPlan(
        proposal=row.code,
        title=row.title,
        change=kind.code,
        change_label=kind.label,
        decides=role,
        decides_label=ROLE[role],
        basis=basis,
        changes=tuple(
            (
                field_label(name),
                shown(context, name, _value(row, name)),
                shown(context, name, value),
            )
            for name, value in found.items()
        ),
    )


def shown(context: Context, name: str, value: object) -> Label:
    """A value of an adjusted field as people read it."""
    if name == APPROVED and isinstance(value, int):
        return Label(dong(value, "vi"), dong(value, "en"))
    return field_text(context.shared, name, value)


def ask(context: Context, entered: AdjustmentInput, request: str | None) -> Receipt:
    """Ask for a change. Who decides is computed from its kind, the proposal and its source (Đ11).

    Raises `BadInput` naming what is wrong (kind, field, value, state, one already open), `NotFound`,
    `NoPermission`.
    """
    why = door.text("reason", entered.reason, required=True, multiline=True)
    with context.store.read() as reader:
        repeated = reader.request_row(door.request_id(request)) if request is not None else None
        if repeated is not None:
            stored = reader.dossier(repeated.dossier)
            content = dict(stored.content) if stored is not None else {}
            return _create(context, content, (), entered.on, request)
        row, kind, found = _checked(context, reader, entered)
    role, basis = decided_by(context, kind, row)
    content = {
        "title": f"{kind.label.vi}: {row.title}"[:500],
        "source": row.source,
        "plan_year": row.budget_year,
        "province": row.province,
        "unit_office": row.unit_office,
        "total": 0,
        "requested": 0,
        "proposal": row.code,
        "change": kind.code,
        "before": {name: _value(row, name) for name in found},
        "after": found,
        "decides": role,
        "by_group_rule": by_group_rule(context, kind, row),
        "asked_on": (entered.on or context.today).isoformat(),
        "basis": basis,
        "reason": why,
    }
    return _create(context, content, _letter(context, entered), entered.on, request)


def _letter(context: Context, entered: AdjustmentInput) -> tuple[Paper, ...]:
    """The unit's letter. Raises `BadInput` for one of a day to come."""
    if entered.letter is None:
        return ()
    letter = door.paper(entered.letter, known_documents())
    if letter.date is not None and letter.date > context.today:
        name = door.paper_name(letter)
        raise _bad("paper_date_future", paper=name, date=letter.date)
    return (letter,)


def _create(
    context: Context,
    content: Mapping[str, Any],
    papers: tuple[Paper, ...],
    on: date | None,
    request: str | None,
) -> Receipt:
    return create_other(
        context,
        lifecycle_name=ADJUSTMENT,
        roles=ASKERS,
        content=content,
        request=request,
        prefix=adjustment_prefix(content["plan_year"]),
        on=on,
        papers=papers,
    )
