"""Recompute everything that can be recomputed: the leaves, the chains, the tree, the tables, the rules.

It finds damage and careless tampering. It can't find a history that the file's owner rewrote whole: that
takes a copy of the tree's head in somebody else's hands (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from db import fingerprint, legal
from db.leaf import LATE_ENTRIES, LeafError, append_peak, leaf_hash, parse
from db.rows import ZERO_HASH, Problem
from db.statements import Statement

if TYPE_CHECKING:
    from db.reader import Reader
    from db.store import Store
    from states.model import Lifecycle

BATCH: Final = 2_000
"""Rows fetched at once: memory stays bounded whatever the size of the history."""
AMOUNTS: Final = ("approved", "allocated", "advanced")


class _Replay:
    """What each dossier must be after the rows seen so far."""

    def __init__(self) -> None:
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.papers: dict[tuple[str, int, int], tuple[Any, ...]] = {}
        self.amounts: dict[tuple[str, int], tuple[Any, ...]] = {}
        self.size = 0
        self.peaks = ""

    def take(self, row_id: int, text: str, claimed: str, moves: set[tuple[str, ...]]) -> Iterator[Problem]:
        """Look at one row and carry its move out."""
        place = f"history {row_id}"
        if leaf_hash(text) != claimed:
            yield Problem("hash", place)
        try:
            leaf = parse(text)
        except LeafError as error:
            yield Problem("leaf", place, {"detail": str(error)})
            return
        place = f"{leaf['dossier']} #{leaf['seq']}"
        seen = self.dossiers.get(leaf["dossier"])
        if leaf["seq"] != (seen["version"] if seen else 0) + 1:
            yield Problem("seq", place)
        if leaf["prev"] != (seen["head"] if seen else ZERO_HASH):
            yield Problem("chain", place)
        if leaf["from"] != (seen["state"] if seen else None):
            yield Problem("from_state", place)
        if seen and leaf["content"] is None and leaf["digest"] != seen["digest"]:
            yield Problem("digest", place)
        key = (leaf["lifecycle"], leaf["action"], leaf["from"] or "", leaf["to"], leaf["role"])
        if key not in moves:
            yield Problem("illegal_move", place, {"action": leaf["action"], "role": leaf["role"]})
        amount = leaf["amount"]
        now = seen or {**dict.fromkeys(AMOUNTS, 0), "approved": None, "last_on": ""}
        if amount is not None:
            if (now[amount["kind"]] or 0) != (amount["before"] or 0):
                yield Problem("amount", place)
            now[amount["kind"]] = amount["after"]
            self.amounts[leaf["dossier"], leaf["seq"]] = (amount["kind"], amount["round"], amount["dong"])
        for index, paper in enumerate((leaf["doc"], *leaf["papers"])):
            if paper is not None:
                self.papers[leaf["dossier"], leaf["seq"], index] = (
                    paper["kind"],
                    paper["number"],
                    paper["date"],
                    paper["signer"],
                    paper["conclusion"],
                    paper["file"],
                )
        now.update(version=leaf["seq"], head=claimed, state=leaf["to"], digest=leaf["digest"])
        now.update(lifecycle=leaf["lifecycle"], due_on=(leaf["due"] or {}).get("on"))
        now.update(waits_for=leaf["waits_for"], return_to=leaf["return_to"], budget_year=leaf["budget_year"])
        if leaf["action"] not in LATE_ENTRIES:
            now["last_on"] = leaf["on"]
        if leaf["content"] is not None:
            now["content_seq"] = leaf["seq"]
        self.dossiers[leaf["dossier"]] = now

    def grow(self, claimed: str) -> None:
        """One more leaf in the tree."""
        self.peaks = append_peak(self.size, self.peaks, claimed)
        self.size += 1


def _pages(reader: Reader, sql: str, width: int) -> Iterator[Any]:
    """Rows of `sql`, keyset-paged by its first column (a number)."""
    mark = "?" if reader.dialect == "sqlite" else "%s"
    last = 0
    while True:
        rows = reader.raw.execute(sql.format(mark=mark, limit=BATCH), (last,)).fetchall()
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1][width]


def _all(reader: Reader, sql: str) -> list[Any]:
    return list(reader.rows(Statement(sql, {}), {}))


def verify(store: Store, lifecycles: Mapping[str, Lifecycle] | None = None) -> list[Problem]:
    """Return every problem found, none when the store is as its history says.

    lifecycles: the rules by key as this program reads them, to compare with the installed legal moves.
    """
    problems: list[Problem] = []
    with store.read() as reader:
        if fingerprint.schema(reader) != fingerprint.EXPECTED[reader.dialect]:
            problems.append(Problem("schema", "schema"))
        legal_rows = _all(reader, "SELECT lifecycle, action, from_state, to_state, role FROM legal_move")
        moves = {tuple(row) for row in legal_rows}
        for lifecycle in (lifecycles or {}).values():
            expected = {
                (lifecycle.key, m.action, m.from_state, m.to_state, m.role) for m in legal.rows(lifecycle)
            }
            if {move for move in moves if move[0] == lifecycle.key} != expected:
                problems.append(Problem("legal_moves", lifecycle.key))
        replay = _Replay()
        on_sqlite = reader.dialect == "sqlite"
        history = "SELECT id, leaf, hash FROM history WHERE id > {mark} ORDER BY id LIMIT {limit}"
        for row_id, text, claimed in _pages(reader, history, 0):
            problems += replay.take(row_id, text, claimed, moves)
            if on_sqlite:
                if row_id != replay.size + 1:
                    problems.append(Problem("gap", f"history {row_id}"))
                replay.grow(claimed)
        if not on_sqlite:
            problems += _places(reader, replay)
        problems += _tree(reader, replay)
        problems += _tables(reader, replay)
    return problems


def _places(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    """PostgreSQL: every leaf stands in the tree once, or waits for its place."""
    places = (
        "SELECT p.position, p.hash, h.hash FROM log_position p LEFT JOIN history h ON h.id = p.history_id"
        " WHERE p.position > {mark} ORDER BY p.position LIMIT {limit}"
    )
    for position, claimed, own in _pages(reader, places, 0):
        if position != replay.size + 1 or claimed != own:
            yield Problem("tree_place", f"position {position}")
        replay.grow(claimed)
    missing = (
        "SELECT h.id FROM history h WHERE NOT EXISTS (SELECT 1 FROM log_position p WHERE p.history_id = h.id)"
        " AND NOT EXISTS (SELECT 1 FROM log_queue q WHERE q.history_id = h.id)"
    )
    for (row_id,) in _all(reader, missing):
        yield Problem("tree_missing", f"history {row_id}")


def _tree(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    head = reader.head()
    if (head.size, ",".join(head.peaks)) != (replay.size, replay.peaks):
        yield Problem("tree", "log_head", {"found": head.size, "expected": replay.size})


_DOSSIERS: Final = (
    "SELECT id, code, version, head, state, digest, lifecycle, due_on, waits_for, return_to, budget_year,"
    " approved, allocated, advanced, last_on, content_seq FROM dossier WHERE id > {mark}"
    " ORDER BY id LIMIT {limit}"
)
_NAMES: Final = (
    "version",
    "head",
    "state",
    "digest",
    "lifecycle",
    "due_on",
    "waits_for",
    "return_to",
    "budget_year",
    *AMOUNTS,
    "last_on",
    "content_seq",
)


def _tables(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    """The tables must be what the history made of them."""
    left = dict(replay.dossiers)
    for row in _pages(reader, _DOSSIERS, 0):
        code = row[1]
        expected = left.pop(code, None)
        if expected is None:
            yield Problem("dossier_unlogged", code)
            continue
        for name, found in zip(_NAMES, row[2:], strict=True):
            if found != expected[name]:
                yield Problem("dossier_differs", code, {"column": name})
    for code in left:
        yield Problem("dossier_missing", code)
    papers = dict(replay.papers)
    for row in _all(
        reader, "SELECT dossier, seq, idx, kind, number, date, signer, conclusion, file FROM paper"
    ):
        if papers.pop((row[0], row[1], row[2]), None) != tuple(row[3:]):
            yield Problem("paper", f"{row[0]} #{row[1]}")
    amounts = dict(replay.amounts)
    for row in _all(reader, "SELECT dossier, seq, kind, round, dong FROM amount"):
        if amounts.pop((row[0], row[1]), None) != tuple(row[2:]):
            yield Problem("amount", f"{row[0]} #{row[1]}")
    for code, seq, _ in papers:
        yield Problem("paper_missing", f"{code} #{seq}")
    for code, seq in amounts:
        yield Problem("amount_missing", f"{code} #{seq}")
