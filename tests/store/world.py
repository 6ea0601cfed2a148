"""A tiny lifecycle and the leaves of its dossiers: what a service would build, without one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from db import leaf
from db.rows import DossierRow, HistoryRow
from db.store import Store
from states.model import Action, Label, Lifecycle, Need, Phase, State, Target

Json = Any
LABEL = Label("nhãn", "label")


def _action(
    name: str, source: str, target: str, role: str, reason: Need = "optional", **more: Json
) -> Action:
    return Action(name, LABEL, (source,), (Target(target),), (role,), "TT 36/2013", reason=reason, **more)


def tiny(version: str = "1", fingerprint: str = "ab" * 32) -> Lifecycle:
    """Draft → review → done, with a way back that needs a reason and three amounts."""
    return Lifecycle(
        name="tiny",
        version=version,
        subject="proposal",
        basis="TT 36/2013",
        in_force_from=date(2014, 2, 10),
        in_force_to=None,
        initial="draft",
        label=LABEL,
        phases=(Phase("all", LABEL),),
        states=(
            State("draft", LABEL, "all", "unit"),
            State("review", LABEL, "all", "department"),
            State("done", LABEL, "all", "nobody", final=True, ending="completed"),
        ),
        actions=(
            _action("submit", "draft", "review", "unit"),
            _action("send_back", "review", "draft", "department", "required"),
            _action("approve", "review", "review", "department", amount="approved"),
            _action("allocate", "review", "review", "department", amount="allocated", round=True),
            _action("advance", "review", "review", "department", amount="advanced"),
            _action("finish", "review", "done", "department"),
        ),
        fingerprint=fingerprint,
        source="lifecycle = 'tiny'",
    )


TINY = tiny()
_requests = itertools.count(1)
WAITS = {"draft": "unit", "review": "department", "done": "nobody"}
PAPER = {
    "kind": "to_trinh",
    "number": "12/TTr-TTKC",
    "date": "2024-05-01",
    "signer": "Lê Văn Bình",
    "conclusion": None,
    "file": None,
    "file_name": None,
}
DUE = {"on": "2024-06-14", "kind": "law", "basis": "TT 36/2013 Đ10.2b"}


def request() -> str:
    """A request id that no other test uses."""
    return str(UUID(int=next(_requests)))


def content(**changes: Json) -> dict[str, Json]:
    """The content of a proposal: 500 m = 300 m requested + 200 m own."""
    return {
        "title": "Ứng dụng máy móc chế biến chè",
        "source": "kcqg",
        "plan_year": 2024,
        "province": "63:02",
        "unit_office": "TTKC-63-02",
        "beneficiaries": ["HTX Chè Shan Tuyết"],
        "total": 500_000_000,
        "requested": 300_000_000,
        "counterpart": 200_000_000,
        "import_key": None,
    } | changes


def create(code: str = "KCQG-24-0001", *, on: str = "2024-05-01", **changes: Json) -> dict[str, Json]:
    """The first leaf of a dossier; `content` may be given."""
    own = changes.pop("content", None) or content()
    return _leaf(
        code,
        None,
        "create",
        "draft",
        "unit",
        on,
        {
            "seq": 1,
            "content": own,
            "digest": leaf.digest(own),
            "edited": 1,
            "refs": {"folded": "ung dung may moc che bien che ttkc"},
        }
        | changes,
    )


def move(row: DossierRow, action: str, to: str, *, on: str | None = None, **changes: Json) -> dict[str, Json]:
    """The next leaf of a dossier."""
    role = "unit" if row.state == "draft" else "department"
    day = on or row.last_on.isoformat()
    entered = day if to != row.state else row.entered_on.isoformat()
    if action == "note":
        changes = {"due": due_of(row), "reason": "Ghi chú"} | changes
    return _leaf(
        row.code,
        row.state,
        action,
        to,
        role,
        day,
        {
            "seq": row.version + 1,
            "prev": row.head,
            "entered_on": entered,
            "digest": row.digest,
            "edited": row.edited,
        }
        | changes,
    )


def due_of(row: DossierRow) -> dict[str, Json] | None:
    """The deadline of a dossier as the leaf has it."""
    if row.due_on is None:
        return None
    return {"on": row.due_on.isoformat(), "kind": row.due_kind, "basis": row.due_basis}


def clock_note(row: DossierRow, act: str, own: Mapping[str, Json], **changes: Json) -> dict[str, Json]:
    """A note that says what was done about a dossier's time."""
    own_refs: dict[str, Json] = {"refs": {"clock": {"act": act, **own}}}
    return move(row, "note", row.state, **(own_refs | changes))


def hold(row: DossierRow, since: str, until: str, **changes: Json) -> dict[str, Json]:
    """A hold that waits for the Ministry of Finance."""
    own = {"party": "finance_ministry", "from": since, "until": until}
    return clock_note(row, "hold", own, **changes)


def edit(row: DossierRow, **changes: Json) -> dict[str, Json]:
    """An edit of the content."""
    own = {**row.content, **changes}
    return move(
        row,
        "edit",
        row.state,
        content=own,
        digest=leaf.digest(own),
        edited=row.version + 1,
        changes={key: [row.content[key], value] for key, value in changes.items()},
        refs={"folded": "sua doi " + row.folded},
    )


def amount(kind: str, dong: int, before: int | None, *, round_: int | None = None) -> dict[str, Json]:
    """An amount as the leaf has it."""
    after = dong if kind == "approved" else (before or 0) + dong
    return {"kind": kind, "dong": dong, "round": round_, "before": before, "after": after}


def _leaf(
    code: str, source: str | None, action: str, to: str, role: str, on: str, changes: Mapping[str, Json]
) -> dict[str, Json]:
    values: dict[str, Json] = {
        "dossier": code,
        "lifecycle": TINY.key,
        "fsm": TINY.fingerprint[:16],
        "action": action,
        "from": source,
        "to": to,
        "actor": "an",
        "actor_name": "Nguyễn Văn An",
        "role": role,
        "office": "TTKC-63-02",
        "office_name": "Trung tâm Khuyến công Hà Giang",
        "basis": "TT 36/2013/TT-BCT",
        "on": on,
        "at": f"{on}T01:02:03.000004Z",
        "entered_on": on,
        "waits_for": WAITS.get(to, "unit"),
        "budget_year": 2024,
        "request": request(),
    }
    return leaf.make(**(values | dict(changes)))


def append(store: Store, made: Mapping[str, Json]) -> HistoryRow:
    """Write one leaf in a transaction of its own."""
    with store.write() as writer:
        return writer.append(made)


def started(store: Store, code: str = "KCQG-24-0001", **changes: Json) -> DossierRow:
    """Create a dossier and return it."""
    append(store, create(code, **changes))
    return dossier(store, code)


def dossier(store: Store, code: str = "KCQG-24-0001") -> DossierRow:
    """Read a dossier that must be there."""
    with store.read() as reader:
        row = reader.dossier(code)
    assert row is not None
    return row


def submitted(store: Store, code: str = "KCQG-24-0001") -> DossierRow:
    """Create a dossier, submit it with a paper and a deadline, and return it."""
    row = started(store, code)
    append(store, move(row, "submit", "review", doc=PAPER, due=DUE, edited=2))
    return dossier(store, code)
