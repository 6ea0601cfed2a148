"""What an act asks for, and the decision that was entered: the same for one dossier as for many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import MoveInput, OptionView
from screens.dossier.act_fields import read_typed, typed_fields
from screens.dossier.paper_box import PaperBox
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.fields import DateField, Field, MemoField, lang_of, words

V = TypeVar("V")


def inputs(
    option: OptionView, today: date, roles: Iterable[str], lang: str, *, own_amounts: bool = False
) -> Iterator[Widget]:
    """The fields of an act, except those of the papers it still lacks; `read_move` reads them all.

    own_amounts: every dossier has an amount of its own, so that one for all may be left empty.
    """
    yield DateField("on", words("advance.on"), today, today=today, required=True, past_only=True)
    if option.act_documents:
        yield PaperBox(
            "act",
            option.act_documents,
            today,
            own=True,
            required=option.act_document_need == "required",
            roles=roles,
            must_conclude=option.must_conclude,
        )
    if option.asks_amount and option.amount is not None:
        label = words(f"advance.amount.{option.amount}")
        required = not own_amounts and not option.amount_optional
        yield MoneyField("amount", label, option.suggested_amount, required=required)
        if own_amounts:
            yield Static(Content(t("bulk.amount_hint", lang)), id="amount-hint", markup=False)
    yield from typed_fields(option, today)
    if option.round:
        yield WholeField("round", words("advance.round"), least=1, most=99, required=True)
    if option.reason_need != "none":
        required = option.reason_need == "required"
        yield MemoField("reason", words("advance.reason"), required=required, max_length=LENGTHS["reason"])


def read_move(form: Widget, *, request: str, expected_version: int | None = None) -> MoveInput:
    """What stands in the fields of `form` so far; what can't be read yet is None."""
    act = next(iter(form.query("#act-box").results(PaperBox)), None)
    papers = (box.value() for box in form.query(PaperBox) if box is not act)
    move = MoveInput(
        on=_value(form, "on", DateField),
        reason=_value(form, "reason", MemoField),
        papers=tuple(paper for paper in papers if paper is not None),
        amount=_value(form, "amount", MoneyField),
        round=_value(form, "round", WholeField),
        authority=act.authority if act is not None else None,
        expected_version=expected_version,
        request=request,
        fields=read_typed(form),
    )
    own = act.value() if act is not None else None
    if own is None:
        return move
    return replace(
        move,
        document_kind=own.kind,
        document_number=own.number,
        document_date=own.date,
        signer=own.signer,
        conclusion=own.conclusion,
        document_file=own.file,
    )


def _value(form: Widget, key: str, kind: type[Field[V]]) -> V | None:
    return next((field.value for field in form.query(f"#field-{key}").results(kind)), None)


def wrong_fields(form: Widget) -> list[Field[object]]:
    """Show what is wrong; return the fields that can't be taken, in their order."""
    return [field for field in there(form) if field.display and not field.check()]


def count_wrong(form: Widget) -> int:
    """How many fields can't be taken as they stand; nothing is shown."""
    return sum(field.display and field.problem() is not None for field in there(form))


def there(form: Widget) -> list[Field[object]]:
    """The fields that can be read; those of a paper that is being opened come in a moment."""
    return [field for field in form.query(Field).results(Field) if field.is_mounted]


def relabel(form: Widget) -> None:
    """Write every word of the fields anew; what was typed stays."""
    for box in form.query(PaperBox):
        box.relabel()
    for field in there(form):
        field.relabel()
    for hint in form.query("#amount-hint").results(Static):
        hint.update(Content(t("bulk.amount_hint", lang_of(form))))
