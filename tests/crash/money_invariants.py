"""What must be true of the money of a store after anything, worked out from the leaves alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from db.store import Store
from tests.crash.invariants import SUMS, problems, read_leaf, rows

Leaf = dict[str, Any]
FUND = "dossier, ceiling, " + ", ".join(SUMS) + ", charges"
ASIDE = ("record_papers", "correct", "note")
"""Acts that leave the last actor as he was."""


def money_problems(store: Store) -> list[str]:
    """Everything that is wrong with a store, its money first; [] when nothing is."""
    with store.read() as reader:
        leaves: list[Leaf] = [
            read_leaf(row[0]) for row in rows(reader, "SELECT leaf FROM history ORDER BY id")
        ]
        kinds = {row[0]: row[1] for row in rows(reader, "SELECT code, kind FROM dossier")}
        funds = {
            row[0]: dict(zip(("ceiling", *SUMS, "charges"), row[1:], strict=True))
            for row in rows(reader, f"SELECT {FUND} FROM fund")
        }
        charges = {tuple(row) for row in rows(reader, "SELECT dossier, seq, owner, kind, dong FROM charge")}
        confirming = set(
            rows(reader, "SELECT DISTINCT lifecycle, action FROM legal_move WHERE second_person = 1")
        )
    found = list(_funds(leaves, kinds, funds, charges))
    found += _rounds(leaves, kinds, funds)
    found += _chains(leaves, {tuple(each) for each in confirming})
    return found + problems(store)


def _moved(leaf: Leaf) -> int:
    """What a leaf's amount adds to the funds that it is charged to."""
    return int(leaf["amount"]["after"] - (leaf["amount"]["before"] or 0))


def _funds(
    leaves: list[Leaf], kinds: dict[str, str], funds: dict[str, dict[str, int]], charges: set[tuple[Any, ...]]
) -> Iterator[str]:
    """Each fund is the sum of what its leaves charge to it, at every moment within its ceiling."""
    sums: dict[str, dict[str, int]] = {}
    expected = set()
    for leaf in leaves:
        code = leaf["dossier"]
        if kinds[code] in ("annual_plan", "allocation_round", "contract"):
            own = sums.setdefault(code, dict.fromkeys(("ceiling", *SUMS, "charges"), 0))
            if leaf["content"] is not None:
                own["ceiling"] = leaf["content"]["total"]
                yield from _over(code, own)
        for owner in leaf["refs"].get("charges", ()):
            expected.add((code, leaf["seq"], owner, leaf["amount"]["kind"], _moved(leaf)))
            sums[owner][leaf["amount"]["kind"]] += _moved(leaf)
            sums[owner]["charges"] += 1
            yield from _over(owner, sums[owner])
    if sums != funds:
        yield from (
            f"{code}: fund {funds.get(code)}, leaves {own}"
            for code, own in sums.items()
            if funds.get(code) != own
        )
        yield from (f"{code}: a fund without leaves" for code in funds.keys() - sums.keys())
    if charges != expected:
        yield f"charges {charges ^ expected}"


def _over(code: str, own: dict[str, int]) -> Iterator[str]:
    if not (
        min(own.values()) >= 0
        and own["approved"] <= own["ceiling"]
        and own["allocated"] - own["returned"] <= own["ceiling"]
        and own["contracted"] <= own["ceiling"]
        and own["advanced"] - own["returned"] <= own["contracted"]
        and own["settled"] <= own["accepted"] <= own["contracted"]
    ):
        yield f"{code}: beyond its bounds: {own}"


def _rounds(leaves: list[Leaf], kinds: dict[str, str], funds: dict[str, dict[str, int]]) -> Iterator[str]:
    """Σ allocations of a round = its fund, once for each proposal; Σ rounds of a plan = what it allocated."""
    given: dict[str, dict[str, int]] = defaultdict(dict)
    plan_of = {
        leaf["dossier"]: leaf["content"]["plan"]
        for leaf in leaves
        if leaf["action"] == "create" and kinds[leaf["dossier"]] == "allocation_round"
    }
    released: dict[str, int] = defaultdict(int)
    for leaf in leaves:
        if leaf["amount"] is None or leaf["amount"]["kind"] != "allocated":
            continue
        dong, via = leaf["amount"]["dong"], leaf["refs"].get("via")
        if dong < 0:
            for owner in leaf["refs"].get("charges", ()):
                released[owner] -= dong
        elif via is None:
            yield f"{leaf['dossier']}: allocated without a round"
        elif leaf["dossier"] in given[via]:
            yield f"{leaf['dossier']}: twice in {via}"
        else:
            given[via][leaf["dossier"]] = dong
    for code in plan_of:
        if funds[code]["allocated"] != sum(given[code].values()):
            yield f"{code}: fund {funds[code]}, its proposals {given[code]}"
    for plan in set(plan_of.values()):
        total = sum(sum(given[code].values()) for code in plan_of if plan_of[code] == plan)
        if funds[plan]["allocated"] != total - released[plan]:
            yield f"{plan}: its rounds give {total}, released {released[plan]}, fund {funds[plan]}"


def _chains(leaves: list[Leaf], confirming: set[tuple[Any, ...]]) -> Iterator[str]:
    """Four eyes, no advance before a contract, one settlement."""
    last: dict[str, tuple[str, str | None]] = {}
    contracted: set[str] = set()
    settled: set[str] = set()
    for leaf in leaves:
        code, kind = leaf["dossier"], leaf["amount"]["kind"] if leaf["amount"] else None
        if (leaf["lifecycle"], leaf["action"]) in confirming and leaf["actor"] in last[code]:
            yield f"{code}: {leaf['actor']} confirmed ({leaf['action']}) what he proposed"
        if kind == "contracted":
            contracted.add(code)
        if kind in ("advanced", "accepted", "settled") and code not in contracted:
            yield f"{code}: {kind} without a contract"
        if kind == "settled":
            if code in settled:
                yield f"{code}: settled twice"
            settled.add(code)
        if leaf["action"] not in ASIDE:
            last[code] = (leaf["actor"], leaf["operator"])
