"""Notes in a proposal's history, and the files that are attached to it."""

from __future__ import annotations

import re

from db import queries
from db.errors import Conflict
from kcflow.labels import ROLE
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.errors import NoPermission, NotFound
from kcflow.services.leaves import base_leaf
from kcflow.services.moves import already, conflict, load, receipt
from kcflow.services.texts import error_label
from kcflow.services.views import Receipt
from states.engine import in_scope
from states.facts import Assignment, Facts

READERS = frozenset({"auditor", "supervisor", "admin"})
"""Roles that only read: a note is all that they may write."""
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch


def _assignment(context: Context, facts: Facts) -> Assignment:
    """The role in which this person writes. Raises `NoPermission` for one who holds none here."""
    for one in context.actor.assignments:
        reads = one.role in READERS and (not one.provinces or facts.province in one.provinces)
        if reads or in_scope(one, facts):
            return one
    raise NoPermission(
        "no_permission", error_label("no_permission", roles=" / ".join(label.vi for label in ROLE.values()))
    )


def note(context: Context, code: str, text: str, request: str | None) -> Receipt:
    """Write a note: a history row that moves nothing, no deadline and no clock either.

    Raises `BadInput`, `NoPermission`, `NotFound`, `ConflictError`.
    """
    request = door.request_id(request)
    said = door.text("reason", text, required=True, multiline=True)
    try:
        with context.store.write() as writer:
            row, lifecycle, facts = load(context, writer, code)
            done = already(context, writer, request, row.code, "note")
            if done is not None:
                return receipt(lifecycle, done, row.title, repeated=True)
            role = _assignment(context, facts)
            leaf = base_leaf(
                context,
                lifecycle,
                row,
                action="note",
                to_state=row.state,
                role=role.role,
                office=role.office,
                office_name=role.office_name,
                on=context.today,
                at=context.shared.now(),
                request=request,
            )
            leaf["reason"] = said
            stored = writer.append(leaf)
    except Conflict as lost:
        raise conflict(context, lost) from None
    return receipt(lifecycle, stored, row.title)


def attachment(context: Context, sha256: str) -> bytes:
    """The bytes of a file that is attached to a proposal in this person's scope.

    Absent and hidden get the same words, so that nobody learns what others have attached. Raises `NotFound`.
    """
    name = sha256.strip().lower()
    with context.store.read() as reader:
        seen = _SHA256(name) is not None and queries.may_read_file(reader, context.scope, name)
        content = reader.blob(name) if seen else None
    if content is None:
        raise NotFound("attachment_unknown", error_label("attachment_unknown"))
    return content
