"""The door for everything a person enters: texts, papers, files. Refusals name the field."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

from kcflow.labels import FIELD
from kcflow.services.errors import BadInput
from kcflow.services.texts import both, document_label, error_label
from kcflow.services.views import MoveInput, PaperInput
from kcflow.text import TextRefused, sentence, strict
from states import fields
from states.facts import Inputs, Paper
from states.guards import AGREEMENTS, CONCLUDERS
from states.model import Action, Label, Lifecycle

if TYPE_CHECKING:
    from db.moves import Writer

MAX_ATTACHMENT = 20 * 1024 * 1024
"""Bytes (reliability.md §4.4)."""

OTHER_DOCUMENT = "van_ban_khac"
"""Kind of a paper entered with an act that has none of its own."""

LENGTHS = {
    "title": 500,
    "objective": 3000,
    "expected_result": 2000,
    "note": 2000,
    "reason": 2000,
    "number": 100,
    "signer": 200,
    "name": 300,
    "view_name": 100,
    "code": 60,
}


def field_label(name: str) -> Label:
    """Label of an input field."""
    return FIELD[name] if name in FIELD else both(f"fields.{name}")


def text(name: str, value: str | None, *, required: bool = False, multiline: bool = False) -> str | None:
    """Pass one text through the strict door; None and only-spaces become None.

    Raises `BadInput` naming the field, what is wrong and what to do.
    """
    if value is None or (not required and not value.strip()):
        return None
    try:
        return strict(value, max_length=LENGTHS.get(name, 300), multiline=multiline, required=required)
    except TextRefused as refused:
        label = field_label(name)
        raise BadInput(
            f"text_{refused.code}",
            Label(*(f"{label(lang)}: {sentence(refused, lang)}" for lang in ("vi", "en"))),
            field=name,
        ) from None


def request_id(value: str | None) -> str:
    """The caller's request id (a UUID), or a fresh one."""
    if value is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise BadInput("request_id", error_label("request_id", value=value)) from None


def bulk_request(request: str, code: str) -> str:
    """The request id of one dossier in a bulk act, derived so that a retry finds it again."""
    return bulk_requests(request)(code)


def bulk_requests(request: str) -> Callable[[str], str]:
    """The request ids of the dossiers in a bulk act, by code: what `uuid.uuid5` gives, in less time."""
    of = sha1(uuid.UUID(request).bytes, usedforsecurity=False)

    def derived(code: str) -> str:
        digest = of.copy()
        digest.update(code.encode())
        number = bytearray(digest.digest()[:16])
        number[6] = number[6] & 0x0F | 0x50  # version 5 and variant: RFC 9562 section 5.5
        number[8] = number[8] & 0x3F | 0x80
        text = number.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    return derived


def paper(entered: PaperInput, known: frozenset[str], implied: str | None = None) -> Paper:
    """One entered paper, its texts checked and its kind known; the file is attached later."""
    if entered.kind not in known:
        raise BadInput("document_kind", error_label("document_kind", kind=entered.kind))
    file_name = None
    if entered.file is not None:
        file_name = text("name", Path(entered.file).name)
    conclusion = entered.conclusion or implied
    return Paper(
        kind=entered.kind,
        number=text("number", entered.number),
        date=entered.date,
        signer=text("signer", entered.signer),
        conclusion="agreed" if conclusion == "agreed" else "not_agreed" if conclusion else None,
        file=entered.file,
        file_name=file_name,
    )


def implied_conclusion(action: Action, kind: str) -> str | None:
    """The conclusion that goes without saying: an act that rests on agreement is that agreement,
    and one that turns the dossier back is the contrary. Other acts must say it."""
    if kind not in CONCLUDERS:
        return None
    if AGREEMENTS & set(action.guards):
        return "agreed"
    turns_back = action.danger or action.remembers_return or action.reason == "required"
    return "not_agreed" if turns_back else None


def inputs(move: MoveInput, action: Action, today: date, known: frozenset[str]) -> Inputs:
    """What the rules see of a `MoveInput`. Raises `BadInput`."""
    kinds = Lifecycle.act_documents(action)
    document = None
    if any((move.document_number, move.document_date, move.signer, move.document_kind, move.document_file)):
        kind = move.document_kind or (kinds[0] if kinds else OTHER_DOCUMENT)
        document = paper(
            PaperInput(
                kind,
                move.document_number,
                move.document_date,
                move.signer,
                move.conclusion,
                move.document_file,
            ),
            known,
            implied_conclusion(action, kind),
        )
    return Inputs(
        on=move.on or today,
        today=today,
        reason=text("reason", move.reason, multiline=True),
        document=document,
        papers=tuple(paper(entered, known) for entered in move.papers),
        amount=whole_dong(move.amount),
        round=move.round,
        authority=move.authority or None,
        expected_version=move.expected_version,
        fields=entered_fields(move.fields, action),
    )


def whole_dong(amount: object, what: str = "") -> int | None:
    """An amount as entered, of `what` where there are several. Raises `BadInput` unless it is whole đồng."""
    if amount is None or (isinstance(amount, int) and not isinstance(amount, bool)):
        return amount
    said = error_label("money_not_integer")
    before = f"{what}: " if what else ""
    raise BadInput("money_not_integer", Label(before + said.vi, before + said.en), field="amount")


def entered_fields(given: Mapping[str, object], action: Action) -> dict[str, int | str]:
    """The typed inputs of `action`, texts through the door; empty ones are left out.

    Whether they are right the rules say (states.fields). Raises `BadInput` for one that isn't asked for.
    """
    asked = {field.name: field for field, _ in fields.wanted(action)}
    found: dict[str, int | str] = {}
    for name, value in given.items():
        field = asked.get(name)
        if field is None:
            known = ", ".join(asked) or "–"
            raise BadInput("field_unasked", error_label("field_unasked", field=name, known=known), field=name)
        if isinstance(value, str):
            cleaned = text("name", value)
            if cleaned is not None:
                found[name] = _whole(cleaned) if field.kind in ("money", "permille") else cleaned
        elif value is not None:
            found[name] = value if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return found


def _whole(value: str) -> int | str:
    """A whole number typed as digits; anything else stays text, which the rules refuse."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else value


def attach(writer: Writer, entered: Paper) -> Paper:
    """Store the file of `entered` (a path) and return the paper with the file's SHA-256.

    Raises `BadInput` when the file is missing, unreadable, a link, not a regular file or too large.
    """
    if entered.file is None:
        return entered
    path = Path(entered.file).expanduser()
    try:
        if path.is_symlink():  # what a link points to may change between looking and reading
            target = os.path.realpath(path)
            raise BadInput("file_link", error_label("file_link", path=str(path), target=target))
        if not path.is_file():
            raise BadInput("file_missing", error_label("file_missing", path=str(path)))
        if path.stat().st_size > MAX_ATTACHMENT:
            raise BadInput("file_too_large", error_label("file_too_large", path=str(path), megabytes=20))
        content = path.read_bytes()
    except OSError:
        raise BadInput("file_unreadable", error_label("file_unreadable", path=str(path))) from None
    digest = writer.put_blob(content)
    return Paper(
        entered.kind,
        entered.number,
        entered.date,
        entered.signer,
        entered.conclusion,
        digest,
        entered.file_name,
    )


def paper_name(entered: Paper) -> Label:
    """Kind and number of a paper for a sentence."""
    label = document_label(entered.kind)
    return Label(*(f"{label(lang)} {entered.number or ''}".strip() for lang in ("vi", "en")))
