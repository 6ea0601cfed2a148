"""Four tiny kinds of dossiers with money: a proposal, a plan, a round and a contract, and their leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import leaf
from db.directory import install_lifecycle
from db.rows import DossierRow
from db.store import Store
from states.model import Action, Lifecycle, Phase, State, Target
from tests.store.world import LABEL, amount, append, content, dossier, request

ROUND, PLAN, CONTRACT = "allocation_round", "annual_plan", "contract"
KINDS = ("proposal", PLAN, ROUND, CONTRACT, "adjustment")


def _action(name: str, source: str, target: str, **more: Any) -> Action:
    return Action(name, LABEL, (source,), (Target(target),), ("agency", "ministry"), "Đ", **more)


def lifecycle(kind: str) -> Lifecycle:
    """open → (propose) proposed → (issue, by a second person) done; a proposal's acts move money."""
    own = [
        _action("propose", "open", "proposed"),
        _action("issue", "proposed", "done", second_person=True),
        _action("close", "open", "done"),
    ]
    if kind == "proposal":
        own += [
            _action("approve", "open", "open", amount="approved", may_charge=(PLAN,)),
            _action("allocate", "open", "open", amount="allocated", charges=(ROUND, PLAN)),
            _action("contract", "open", "open", amount="contracted", charges=(CONTRACT,)),
            _action("advance", "open", "open", amount="advanced", charges=(CONTRACT,)),
            _action("accept", "open", "open", amount="accepted", charges=(CONTRACT,)),
            _action("settle", "open", "open", amount="settled", charges=(CONTRACT,)),
            _action("refund", "open", "open", amount="returned", may_charge=(PLAN,)),
            _action("release", "open", "open", amount="allocated", may_charge=(PLAN,)),
        ]
    return Lifecycle(
        name=f"tiny_{kind}",
        version="1",
        subject=kind,
        basis="Đ",
        in_force_from=date(2014, 2, 10),
        in_force_to=None,
        initial="open",
        label=LABEL,
        phases=(Phase("all", LABEL),),
        states=(
            State("open", LABEL, "all", "agency"),
            State("proposed", LABEL, "all", "ministry"),
            State("done", LABEL, "all", "nobody", final=True, ending="completed"),
        ),
        actions=tuple(own),
        fingerprint=(kind.encode().hex() + "0" * 64)[:64],
        source="lifecycle = 'tiny'",
        fund=kind in (PLAN, ROUND, CONTRACT),
    )


LIFECYCLES = {kind: lifecycle(kind) for kind in KINDS}
BY_KEY = {each.key: each for each in LIFECYCLES.values()}
WAITS = {"open": "agency", "proposed": "ministry", "done": "nobody"}


def install(store: Store) -> None:
    """Install all four and the fifth."""
    with store.administer() as admin:
        for each in LIFECYCLES.values():
            install_lifecycle(admin, each)


def _leaf(kind: str, code: str, source: str | None, action: str, to: str, **changes: Any) -> dict[str, Any]:
    own = LIFECYCLES[kind]
    values: dict[str, Any] = {
        "dossier": code,
        "lifecycle": own.key,
        "fsm": own.fingerprint[:16],
        "action": action,
        "from": source,
        "to": to,
        "actor": "an",
        "actor_name": "Nguyễn Văn An",
        "role": "agency",
        "office": "CUC",
        "office_name": "Cục",
        "basis": "Đ",
        "on": "2024-05-02",
        "at": "2024-05-02T01:02:03.000004Z",
        "entered_on": "2024-05-02",
        "waits_for": WAITS.get(to, "agency"),
        "budget_year": 2024,
        "request": request(),
    }
    return leaf.make(**(values | changes))


def first(kind: str, code: str, total: int = 1_000, **changes: Any) -> dict[str, Any]:
    """The first leaf of a dossier of a kind."""
    place = {} if kind in ("proposal", CONTRACT) else {"province": ""}
    own = content(title=f"{kind} {code}", total=total, requested=total, **place) | changes.pop("content", {})
    refs = {"folded": f"{kind} {code}".lower()}
    given = {"seq": 1, "content": own, "digest": leaf.digest(own), "edited": 1, "refs": refs}
    to = changes.pop("to", "open")
    return _leaf(kind, code, None, "create", to, **(given | changes))


def move(row: DossierRow, action: str, to: str | None = None, **changes: Any) -> dict[str, Any]:
    """The next leaf of a dossier."""
    target = to or row.state
    given = {"seq": row.version + 1, "prev": row.head, "digest": row.digest, "edited": row.edited}
    return _leaf(row.kind, row.code, row.state, action, target, **(given | changes))


def paid(row: DossierRow, action: str, kind: str, dong: int, *owners: str, **changes: Any) -> dict[str, Any]:
    """A leaf that moves money of a proposal and charges funds."""
    before = getattr(row, kind)
    own = amount(kind, dong, before, round_=changes.pop("round_", None))
    return move(row, action, amount=own, refs={"charges": list(owners)}, **changes)


def edit(row: DossierRow, total: int) -> dict[str, Any]:
    """An edit row that sets another total."""
    own = {**row.content, "total": total, "requested": total}
    return move(
        row,
        "edit",
        content=own,
        digest=leaf.digest(own),
        edited=row.version + 1,
        changes={"total": [row.total, total]},
        refs={"folded": row.folded},
    )


def opened(store: Store, kind: str, code: str, total: int = 1_000) -> DossierRow:
    """Create a dossier of a kind and return it."""
    append(store, first(kind, code, total))
    return dossier(store, code)


def approved(store: Store, code: str, dong: int = 1_000) -> DossierRow:
    """A proposal with an approved amount."""
    row = opened(store, "proposal", code, dong)
    append(store, paid(row, "approve", "approved", dong))
    return dossier(store, code)
