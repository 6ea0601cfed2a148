"""History rows for people: every field of the leaf, with labels, amounts and dates readable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from db import queries
from kcflow import reference
from kcflow.formats import date_text, dong
from kcflow.labels import CLOCK_ACTS, DATE_FIELDS, FIELD, HOLDER, KIND, MONEY_FIELDS, ROLE, SOURCE
from kcflow.services.clock.notes import clock_note
from kcflow.services.context import VIET_NAM, Context, Shared
from kcflow.services.money.codes import round_number
from kcflow.services.moves import find, row_label
from kcflow.services.texts import document_label
from kcflow.services.views import HistoryFilter, HistoryView, Page, PaperView
from states.fields import FIELDS
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow, HistoryRow


def paper_view(leaf: Mapping[str, Any], seq: int) -> PaperView:
    """A paper of a leaf."""
    return PaperView(
        kind=leaf["kind"],
        label=document_label(leaf["kind"]),
        number=leaf["number"],
        date=date.fromisoformat(leaf["date"]) if leaf["date"] else None,
        signer=leaf["signer"],
        conclusion=leaf["conclusion"],
        file=leaf["file"],
        file_name=leaf["file_name"],
        seq=seq,
    )


def field_text(shared: Shared, name: str, value: Any) -> Label:  # noqa: ANN401 - JSON is untyped
    """A content field as a person reads it, in both languages; what a person wrote is the same in both."""
    if value is None or value in ("", []):
        return Label("", "")
    if name in MONEY_FIELDS:
        return Label(dong(value, "vi"), dong(value, "en"))
    if name in DATE_FIELDS:
        day = date.fromisoformat(value)
        return Label(date_text(day, "vi"), date_text(day, "en"))
    if name == "source":
        return SOURCE.get(value, Label(value, value))
    if name == "kinds":
        return _list_of(", ", [KIND.get(kind, Label(kind, kind)) for kind in value])
    if name == "content_codes":
        names = {each.code: each.label for each in reference.contents()}
        return _list_of("; ", [_numbered(code, names.get(code)) for code in value])
    text = _plain_field(shared, name, value)
    return Label(text, text)


def _list_of(between: str, labels: Sequence[Label]) -> Label:
    return Label(between.join(label.vi for label in labels), between.join(label.en for label in labels))


def _numbered(code: int, name: Label | None) -> Label:
    """An activity content by its number in the decree, with its name where we know it."""
    return Label(str(code), str(code)) if name is None else Label(f"{code}. {name.vi}", f"{code}. {name.en}")


def _plain_field(shared: Shared, name: str, value: Any) -> str:  # noqa: ANN401 - JSON is untyped
    if name == "province":
        return reference.province(value).name
    if name == "partner_provinces":
        return ", ".join(reference.province(key).name for key in value)
    if name == "unit_office":
        return shared.office_name(value)
    if name == "import_ref":
        return f"{value['file']}, {value['sheet']}, {value['row']}"
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return str(value)


def _changes(shared: Shared, leaf: Mapping[str, Any]) -> tuple[tuple[str, Label, Label, Label], ...]:
    return tuple(
        (
            name,
            FIELD.get(name, Label(name, name)),
            field_text(shared, name, old),
            field_text(shared, name, new),
        )
        for name, (old, new) in (leaf["changes"] or {}).items()
    )


def history_view(
    shared: Shared, row: HistoryRow, title: str, corrected_by: Sequence[int] = ()
) -> HistoryView:
    """One stored row as a view."""
    leaf = row.leaf
    lifecycle = shared.lifecycle(leaf["lifecycle"])
    states = lifecycle.state_by_name
    amount, due, clocked = leaf["amount"] or {}, leaf["due"] or {}, clock_note(shared, leaf)
    # What a hold replaced it neither kept nor missed.
    deadline = (clocked is None and leaf["deadline"]) or {}
    on, at = row.on, datetime.fromisoformat(leaf["at"])
    return HistoryView(
        id=row.id,
        dossier=row.dossier,
        title=title,
        seq=row.seq,
        action=row.action,
        action_label=row_label(lifecycle, leaf),
        from_state=row.from_state,
        from_label=states[row.from_state].label if row.from_state else None,
        to_state=row.to_state,
        to_label=states[row.to_state].label,
        actor=row.actor,
        actor_name=row.actor_name,
        operator=leaf["operator"],
        operator_name=leaf["operator_name"],
        role=row.role,
        role_label=ROLE.get(row.role, Label(row.role, row.role)),
        office=row.office,
        office_name=row.office_name,
        authority=leaf["authority"],
        system=leaf["system"],
        basis=leaf["basis"],
        document=paper_view(leaf["doc"], row.seq) if leaf["doc"] else None,
        papers=tuple(paper_view(paper, row.seq) for paper in leaf["papers"]),
        amount_kind=amount.get("kind"),
        amount=amount.get("dong"),
        amount_before=amount.get("before"),
        amount_after=amount.get("after"),
        round=amount.get("round") or round_number(leaf["refs"].get("charges", ())),
        reason=row.reason,
        on=on,
        at=at,
        entry_delay_days=(at.astimezone(VIET_NAM).date() - on).days,
        deadline_on=date.fromisoformat(deadline["on"]) if deadline else None,
        deadline_kind=deadline.get("kind"),
        deadline_basis=deadline.get("basis"),
        deadline_met=deadline.get("met"),
        due_on=date.fromisoformat(due["on"]) if due else None,
        waits_for_label=HOLDER[leaf["waits_for"]],
        corrects=leaf["corrects"],
        corrected_by=tuple(corrected_by),
        changes=_changes(shared, leaf),
        lifecycle=leaf["lifecycle"],
        request=row.request,
        digest=leaf["digest"],
        prev=leaf["prev"],
        hash=row.hash,
        charges=tuple(leaf["refs"].get("charges", ())),
        via=leaf["refs"].get("via"),
        fields=tuple(_typed(leaf["refs"].get("fields", {}))),
        clock=clocked,
    )


def _typed(entered: Mapping[str, object]) -> Iterator[tuple[str, Label, str]]:
    """Typed inputs as stored, a choice by its label."""
    for name, value in entered.items():
        field = FIELDS.get(name)
        label = field.label if field else Label(name, name)
        yield name, label, str(value)


def find_any(context: Context, reader: Reader, code: str) -> DossierRow:
    """The dossier `code` of any kind, if this person may read it. Raises `NotFound`."""
    row = reader.dossier(code.strip().upper())
    if row is None or row.kind == "proposal":
        return find(context, reader, code)
    from kcflow.services.money.dossiers import find_other

    return find_other(context, reader, code)


def stored_history_filter(context: Context, reader: Reader, wanted: HistoryFilter) -> queries.HistoryFilter:
    """The history's filter as the store understands it. Raises `NotFound` for a dossier out of sight."""
    clocked = wanted.action in CLOCK_ACTS
    return queries.HistoryFilter(
        dossier=find_any(context, reader, wanted.dossier).code if wanted.dossier else None,
        actor=wanted.actor,
        office=wanted.office,
        actions=frozenset({wanted.action}) if wanted.action and not clocked else None,
        clock_acts=frozenset({wanted.action}) if wanted.action and clocked else None,
        on_from=wanted.on_from,
        on_to=wanted.on_to,
    )


def history(context: Context, wanted: HistoryFilter, after: object | None, limit: int) -> Page[HistoryView]:
    """The feed over all dossiers this person may read, newest entry first."""
    with context.store.read() as reader:
        stored = stored_history_filter(context, reader, wanted)
        rows, following = queries.history(
            reader, context.scope, stored, after=cast("int | None", after), limit=limit
        )
        titles = reader.titles({row.dossier for row in rows})
    views = tuple(history_view(context.shared, row, titles.get(row.dossier, "")) for row in rows)
    return Page(views, following)


def history_of(context: Context, code: str) -> tuple[HistoryView, ...]:
    """Every row of one dossier, oldest first. Raises `NotFound`."""
    with context.store.read() as reader:
        dossier = find_any(context, reader, code)
        rows = queries.history_of(reader, dossier.code)
    corrected: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.leaf["corrects"] is not None:
            corrected[row.leaf["corrects"]].append(row.seq)
    return tuple(history_view(context.shared, row, dossier.title, corrected[row.seq]) for row in rows)
