"""What must be true of a store after anything, looked at apart from the code that wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from db.reader import Reader
from db.rows import DossierRow
from db.statements import Statement
from db.store import Store

ZEROS = "0" * 64
SUMS = ("approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned")
PAPER = ("kind", "number", "date", "signer", "conclusion", "file", "file_name")


def rows(reader: Reader, sql: str) -> list[Sequence[Any]]:
    """The rows of plain SQL."""
    return reader.rows(Statement(sql, {}), {})


@lru_cache(maxsize=20_000)
def read_leaf(text: str) -> dict[str, Any]:
    """A leaf, read once, as a store is looked at again after every act; never change it."""
    leaf: dict[str, Any] = json.loads(text)
    return leaf


def root(hashes: Sequence[str]) -> str:
    """The root of the tree over leaf hashes, as RFC 9162 2.1.1 defines it."""
    if not hashes:
        return sha256(b"").hexdigest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    both = bytes.fromhex(root(hashes[:half])) + bytes.fromhex(root(hashes[half:]))
    return sha256(b"\x01" + both).hexdigest()


def problems(store: Store, code: str | None = None) -> list[str]:
    """Everything that is wrong with a store, or with one dossier of it; [] when nothing is."""
    only = "" if code is None else f" WHERE dossier = '{code}'"
    own = "" if code is None else f" WHERE code = '{code}'"
    with store.read() as reader:
        history = rows(reader, f"SELECT id, leaf, hash, dossier, seq FROM history{only} ORDER BY id")
        codes = [row[0] for row in rows(reader, f"SELECT code FROM dossier{own}")]
        dossiers = reader.dossiers(codes)
        papers = rows(reader, f"SELECT dossier, seq, idx, {', '.join(PAPER)} FROM paper{only}")
        amounts = rows(reader, f"SELECT dossier, seq, kind, round, dong FROM amount{only}")
        head = reader.head()
    leaves: dict[str, list[tuple[dict[str, Any], str, str]]] = {}
    for _, text, hash_, dossier, _ in history:
        leaves.setdefault(dossier, []).append((read_leaf(text), text, hash_))
    found = [f"{name}: history without a dossier" for name in leaves.keys() - set(codes)]
    found += [f"{name}: a dossier that can't be read" for name in set(codes) - {row.code for row in dossiers}]
    for row in dossiers:
        found += [f"{row.code}: {what}" for what in _dossier(row, leaves.get(row.code, []))]
    found += _recorded("paper", papers, set(_papers(leaves)))
    found += _recorded("amount", amounts, set(_amounts(leaves)))
    if code is None:
        requests = [leaf["request"] for chain in leaves.values() for leaf, _, _ in chain]
        if len(set(requests)) != len(requests):
            found.append("a request was carried out twice")
        if store.dialect == "sqlite":
            if [row[0] for row in history] != list(range(1, len(history) + 1)):
                found.append("gaps in the positions")
            if (head.size, head.root) != (len(history), root([row[2] for row in history])):
                found.append(f"the tree has {head.size} leaves of {len(history)}, or another root")
    return found


def _dossier(row: DossierRow, chain: list[tuple[dict[str, Any], str, str]]) -> Iterator[str]:
    if not chain:
        yield "no history"
        return
    before: tuple[str | None, str] = (None, ZEROS)
    for place, (leaf, text, hash_) in enumerate(chain, start=1):
        if hash_ != sha256(b"\x00" + text.encode()).hexdigest():
            yield f"row {place}: the hash is not that of the leaf"
        if leaf["seq"] != place:
            yield f"row {place}: numbered {leaf['seq']}"
        if (leaf["from"], leaf["prev"]) != before:
            yield f"row {place}: does not follow the row before"
        if leaf["from"] != leaf["to"] and leaf["action"] in ("edit", "record_papers", "correct"):
            yield f"row {place}: {leaf['action']} moved the dossier"
        before = (leaf["to"], hash_)
    if (row.state, row.head, row.version) != (*before, len(chain)):
        yield f"in {row.state} at version {row.version}, its last row leads to {before[0]} at {len(chain)}"
    written = [leaf["content"] for leaf, _, _ in chain if leaf["content"] is not None]
    content = json.dumps(written[-1], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if row.content != written[-1] or row.digest != sha256(content.encode()).hexdigest():
        yield "the content is not that of the last row that set it"
    sums: dict[str, int | None] = {"approved": None} | dict.fromkeys(SUMS[1:], 0)
    for leaf, _, _ in chain:
        if (amount := leaf["amount"]) is not None:
            kind, dong = amount["kind"], amount["dong"]
            if amount["before"] != sums[kind]:
                yield f"{kind}: before is {amount['before']}, the rows add up to {sums[kind]}"
            sums[kind] = dong if kind == "approved" else (sums[kind] or 0) + dong
            yield from _out_of_bounds(leaf["seq"], {name: sums[name] or 0 for name in SUMS})
    money = tuple(getattr(row, name) for name in SUMS)
    if tuple(sums.values()) != money:
        yield f"money {money}, the rows add up to {tuple(sums.values())}"
    if (row.approved or 0) > row.total:
        yield f"approved {row.approved} of {row.total}"


def _out_of_bounds(seq: int, sums: dict[str, int]) -> Iterator[str]:
    approved, allocated, contracted, advanced, accepted, settled, returned = sums.values()
    if not (
        0 <= advanced <= allocated <= approved
        and 0 <= settled <= accepted <= contracted <= approved
        and 0 <= returned <= advanced
    ):
        yield f"row {seq}: money out of bounds: {sums}"


def _papers(leaves: dict[str, list[tuple[dict[str, Any], str, str]]]) -> Iterator[tuple[Any, ...]]:
    for dossier, chain in leaves.items():
        for leaf, _, _ in chain:
            for place, paper in enumerate((leaf["doc"], *leaf["papers"])):
                if paper is not None:
                    yield dossier, leaf["seq"], place, *(paper[name] for name in PAPER)


def _amounts(leaves: dict[str, list[tuple[dict[str, Any], str, str]]]) -> Iterator[tuple[Any, ...]]:
    for dossier, chain in leaves.items():
        for leaf, _, _ in chain:
            if (amount := leaf["amount"]) is not None:
                yield dossier, leaf["seq"], amount["kind"], amount["round"], amount["dong"]


def _recorded(name: str, found: Sequence[Sequence[Any]], expected: set[tuple[Any, ...]]) -> list[str]:
    present = {tuple(row) for row in found}
    return [f"{name} missing: {row}" for row in expected - present] + [
        f"{name} that no row carries: {row}" for row in present - expected
    ]
