"""Saved views: a list's filter, order and columns under a name, private or shown to everybody.

A view holds no proposal: what its filter finds is limited by what the one who opens it may see.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from db import directory, saved
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import BadInput, NoPermission, NotFound
from kcflow.services.texts import error_label
from kcflow.services.views import SavedView
from kcflow.text import fold

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import SavedViewRow

LISTS = ("dossiers", "inbox", "stalled", "history")
"""Lists that have views."""
MAX_PAYLOAD = 20_480
"""Bytes of a view's JSON."""


def _list(name: str) -> str:
    if name not in LISTS:
        raise BadInput("choice_unknown", error_label("choice_unknown", value=name, known=", ".join(LISTS)))
    return name


def _payload(values: Mapping[str, object]) -> str:
    """The view as JSON text. Raises `BadInput` for what JSON has no form for, or what is too long."""
    try:
        text = json.dumps(dict(values), ensure_ascii=False, sort_keys=True, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError):
        raise BadInput("view_payload", error_label("view_payload")) from None
    if "\\u0000" in text or "\0" in text:
        raise BadInput("view_payload", error_label("view_payload"))
    if size > MAX_PAYLOAD:
        raise BadInput("view_too_large", error_label("view_too_large", size=size, most=MAX_PAYLOAD))
    return text


def _view(context: Context, reader: Reader, row: SavedViewRow) -> SavedView:
    mine = row.owner == context.person.login
    owner = context.person if mine else directory.person(reader, row.owner)
    return SavedView(
        id=row.id,
        list=row.list,
        name=row.name,
        owner=row.owner,
        owner_name=owner.name if owner else row.owner,
        shared=bool(row.shared),
        mine=mine,
        payload=json.loads(row.payload),
    )


def saved_views(context: Context, list_name: str) -> tuple[SavedView, ...]:
    """One's own views of a list, then those that others share, each by name. Raises `BadInput`."""
    with context.store.read() as reader:
        rows = saved.views(reader, _list(list_name), context.person.login)
        found = [_view(context, reader, row) for row in rows]
    return tuple(sorted(found, key=lambda view: (not view.mine, fold(view.name), view.name, view.owner)))


def save_view(
    context: Context, list_name: str, name: str, payload: Mapping[str, object], shared: bool
) -> SavedView:
    """Keep a view; one's own of that name in that list is replaced. Raises `BadInput`."""
    known, text = _list(list_name), _payload(payload)
    called = door.text("view_name", name, required=True) or ""
    with context.store.write() as writer:
        number = saved.save(writer, context.person.login, known, called, shared=shared, payload=text)
        row = saved.view(writer, number)
        if row is None:
            raise NotFound("view_unknown", error_label("view_unknown"))
        return _view(context, writer, row)


def forget_view(context: Context, view_id: int) -> None:
    """Throw one's own view away. Raises `NotFound`, `NoPermission` (a shared one of somebody else's)."""
    with context.store.write() as writer:
        row = saved.view(writer, view_id)
        mine = row is not None and row.owner == context.person.login
        if row is None or not (mine or row.shared):
            raise NotFound("view_unknown", error_label("view_unknown"))
        if not mine:
            raise NoPermission("view_not_yours", error_label("view_not_yours", name=row.name))
        saved.forget(writer, view_id)
