"""Recompute everything that can be recomputed: the leaves, the chains, the tree, the tables, the rules.

It finds damage and careless tampering. It can't find a history that the file's owner rewrote whole: that
takes a copy of the tree's head in somebody else's hands (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from db import fingerprint, legal
from db.leaf import ADDED, LATE_ENTRIES, LeafError, append_peak, contents_mask, leaf_hash, parse
from db.replay_clock import CLOCKS, HOLDS, Clocks
from db.rows import ZERO_HASH, Problem
from db.statements import Statement

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import LifecycleRow
    from db.store import Store
    from states.model import Lifecycle

BATCH: Final = 2_000
"""Rows fetched at once: memory stays bounded whatever the size of the history."""
AMOUNTS: Final = ("approved", *ADDED)
FUND: Final = ("ceiling", *AMOUNTS, "charges")
FROM_CONTENT: Final = ("title", "source", "plan_year", "province", "unit_office", "total", "requested")
PAPER: Final = ("kind", "number", "date", "signer", "conclusion", "file", "file_name")
COLUMNS: Final = (
    *("id", "kind", "lifecycle", "state", "version", "head", "digest", "content_seq", "edited", "folded"),
    *FROM_CONTENT,
    *AMOUNTS,
    *("entered_on", "entered_at", "entered_seq", "due_on", "due_kind", "due_basis", "waits_for", "return_to"),
    *("ending", "budget_year", "last_on", "last_actor", "last_operator", "import_key", "contents"),
)
"""Every column of `dossier` that the history decides: all but the code, which is its key."""

Key = tuple[str, ...]
Move = tuple[str, str, int, str]
"""What a legal move says beside its key: ending, fsm, second_person, charges."""
FIRST: Final = -(2**63)
"""Before any id."""


class _Replay:
    """What each dossier must be after the rows seen so far."""

    def __init__(self, moves: Mapping[Key, Move], rules: Iterable[LifecycleRow]) -> None:
        self.moves = moves
        self.rules = {row.key: row for row in rules}
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.papers: dict[tuple[str, int, int], tuple[Any, ...]] = {}
        self.amounts: dict[tuple[str, int], tuple[Any, ...]] = {}
        self.funds: dict[str, dict[str, int]] = {}
        self.charges: dict[tuple[str, int, str], tuple[Any, ...]] = {}
        self.clocks = Clocks()
        self.size = 0
        self.peaks = ""

    def take(self, row_id: int, text: str, claimed: str) -> Iterator[Problem]:
        """Look at one row and carry its move out."""
        if leaf_hash(text) != claimed:
            yield Problem("hash", f"history {row_id}")
        try:
            leaf = parse(text)
        except LeafError as error:
            yield Problem("leaf", f"history {row_id}", {"detail": str(error)})
            return
        code, seq = leaf["dossier"], leaf["seq"]
        place = f"{code} #{seq}"
        now = self.dossiers.get(code) or self._none(row_id, leaf)
        for name, found, expected in (
            ("seq", seq, now["version"] + 1),
            ("chain", leaf["prev"], now["head"]),
            ("from_state", leaf["from"], now["state"]),
            ("digest", leaf["digest"], leaf["digest"] if leaf["content"] else now["digest"]),
        ):
            if found != expected:
                yield Problem(name, place)
        key = (leaf["lifecycle"], leaf["action"], leaf["from"] or "", leaf["to"], leaf["role"])
        ending, fsm, second_person, _ = self.moves.get(key, ("", "", 0, ""))
        if key not in self.moves or fsm != leaf["fsm"]:
            yield Problem("illegal_move", place, {"action": leaf["action"], "role": leaf["role"]})
        if (amount := leaf["amount"]) is not None:
            if (now[amount["kind"]] or 0) != (amount["before"] or 0):
                yield Problem("amount", place)
            now[amount["kind"]] = amount["after"]
            self.amounts[code, seq] = (amount["kind"], amount["round"], amount["dong"])
            yield from self._charge(leaf, place)
        if second_person and leaf["actor"] in (now["last_actor"], now["last_operator"]):
            yield Problem("second_person", place)
        for index, paper in enumerate((leaf["doc"], *leaf["papers"])):
            if paper is not None:
                self.papers[code, seq, index] = tuple(paper[name] for name in PAPER)
        if "clock" in leaf["refs"]:
            yield from self.clocks.take(leaf, now, place)
        self._carry_out(now, leaf, claimed, ending)
        self.dossiers[code] = now

    def _none(self, row_id: int, leaf: Mapping[str, Any]) -> dict[str, Any]:
        """A dossier before its first row."""
        now: dict[str, Any] = dict.fromkeys(COLUMNS)
        now |= dict.fromkeys(ADDED, 0)
        rule = self.rules.get(leaf["lifecycle"])
        kind = rule.subject if rule else None
        now |= {"id": row_id if kind == "proposal" else -row_id, "version": 0, "head": ZERO_HASH}
        content = leaf["content"] or {}
        now |= {"kind": kind, "import_key": content.get("import_key")}
        if rule is not None and rule.fund:
            self.funds[leaf["dossier"]] = dict.fromkeys(FUND, 0)
        return now

    def _charge(self, leaf: Mapping[str, Any], place: str) -> Iterator[Problem]:
        """Charge the funds that a row names."""
        kind = leaf["amount"]["kind"]
        added = leaf["amount"]["after"] - (leaf["amount"]["before"] or 0)
        for owner in leaf["refs"].get("charges", ()):
            fund, dossier = self.funds.get(owner), self.dossiers.get(owner)
            if fund is None or dossier is None:
                yield Problem("charge", place, {"owner": owner})
                continue
            fund["charges"] += 1
            fund[kind] += added
            self.charges[leaf["dossier"], leaf["seq"], owner] = (dossier["kind"], kind, added)

    def _carry_out(self, now: dict[str, Any], leaf: Mapping[str, Any], claimed: str, ending: str) -> None:
        if now["state"] != leaf["to"] or now["entered_on"] != leaf["entered_on"]:
            now |= {"entered_on": leaf["entered_on"], "entered_at": leaf["at"], "entered_seq": leaf["seq"]}
        due = leaf["due"] or {}
        now |= {
            "lifecycle": leaf["lifecycle"],
            "state": leaf["to"],
            "version": leaf["seq"],
            "head": claimed,
            "digest": leaf["digest"],
            "edited": leaf["edited"],
            "due_on": due.get("on"),
            "due_kind": due.get("kind"),
            "due_basis": due.get("basis"),
            "waits_for": leaf["waits_for"],
            "return_to": leaf["return_to"],
            "ending": ending,
            "budget_year": leaf["budget_year"],
        }
        if leaf["action"] not in LATE_ENTRIES:
            now |= {"last_on": leaf["on"], "last_actor": leaf["actor"], "last_operator": leaf["operator"]}
        if leaf["content"] is not None:
            now |= {name: leaf["content"][name] for name in FROM_CONTENT}
            now["contents"] = contents_mask(leaf["content"].get("content_codes"))
            now |= {"content_seq": leaf["seq"], "folded": leaf["refs"].get("folded")}
            if leaf["dossier"] in self.funds:
                self.funds[leaf["dossier"]]["ceiling"] = leaf["content"]["total"]

    def grow(self, claimed: str) -> None:
        """One more leaf in the tree."""
        self.peaks = append_peak(self.size, self.peaks, claimed)
        self.size += 1


def _pages(reader: Reader, sql: str) -> Iterator[Any]:
    """Rows of `sql`, keyset-paged by its first column (a number)."""
    mark = "?" if reader.dialect == "sqlite" else "%s"
    last = FIRST
    while True:
        rows = reader.raw.execute(sql.format(mark=mark, limit=BATCH), (last,)).fetchall()
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


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
        rules = (
            "SELECT lifecycle, action, from_state, to_state, role, ending, fsm, second_person, charges"
            " FROM legal_move"
        )
        moves: dict[Key, Move] = {tuple(row[:5]): tuple(row[5:]) for row in _all(reader, rules)}
        problems += _rules(reader, moves, lifecycles or {})
        replay = _Replay(moves, reader.lifecycles())
        on_sqlite = reader.dialect == "sqlite"
        history = "SELECT id, leaf, hash FROM history WHERE id > {mark} ORDER BY id LIMIT {limit}"
        for row_id, text, claimed in _pages(reader, history):
            problems += replay.take(row_id, text, claimed)
            if on_sqlite:
                if row_id != replay.size + 1:
                    problems.append(Problem("gap", f"history {row_id}"))
                replay.grow(claimed)
        if not on_sqlite:
            problems += _places(reader, replay)
        problems += _tree(reader, replay)
        problems += _tables(reader, replay)
    return problems


def _rules(
    reader: Reader, moves: Mapping[Key, Move], lifecycles: Mapping[str, Lifecycle]
) -> Iterator[Problem]:
    """The installed moves are as many as were installed, and those that the program derives."""
    for row in reader.lifecycles():
        own = {key: value for key, value in moves.items() if key[0] == row.key}
        known = lifecycles.get(row.key)
        if len(own) != row.moves or {fsm for _, fsm, *_ in own.values()} != {row.fingerprint[:16]}:
            yield Problem("legal_moves", row.key)
        elif known is not None:
            expected = {
                (row.key, m.action, m.from_state, m.to_state, m.role): (
                    *(m.ending, known.fingerprint[:16]),
                    *(int(m.second_person), m.charges),
                )
                for m in legal.rows(known)
            }
            if own != expected or row.fund != int(known.fund):
                yield Problem("legal_moves", row.key)


def _places(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    """PostgreSQL: every leaf stands in the tree once, or waits for its place."""
    places = (
        "SELECT p.position, p.hash, h.hash FROM log_position p LEFT JOIN history h ON h.id = p.history_id"
        " WHERE p.position > {mark} ORDER BY p.position LIMIT {limit}"
    )
    for position, claimed, own in _pages(reader, places):
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


def _tables(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    """The tables must be what the history made of them."""
    left = dict(replay.dossiers)
    names = ("id", "code", *COLUMNS[1:])
    dossiers = f"SELECT {', '.join(names)} FROM dossier"  # noqa: S608 - our own names
    for row in _pages(reader, dossiers + " WHERE id > {mark} ORDER BY id LIMIT {limit}"):
        found = dict(zip(names, row, strict=True))
        code = found.pop("code")
        expected = left.pop(code, None)
        if expected is None:
            yield Problem("dossier_unlogged", code)
            continue
        for name in COLUMNS:
            if found[name] != expected[name]:
                yield Problem("dossier_differs", code, {"column": name})
    for code in left:
        yield Problem("dossier_missing", code)
    papers = dict(replay.papers)
    for row in _all(reader, f"SELECT dossier, seq, idx, {', '.join(PAPER)} FROM paper"):  # noqa: S608
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
    yield from _money(reader, replay)
    yield from replay.clocks.compare(_all(reader, CLOCKS), _all(reader, HOLDS))


def _money(reader: Reader, replay: _Replay) -> Iterator[Problem]:
    """Funds and charges, too."""
    funds = dict(replay.funds)
    for code, *found in _all(reader, f"SELECT dossier, {', '.join(FUND)} FROM fund"):  # noqa: S608
        expected = funds.pop(code, None)
        if expected is None or found != [expected[name] for name in FUND]:
            yield Problem("fund", code)
    for code in funds:
        yield Problem("fund_missing", code)
    charges = dict(replay.charges)
    # On PostgreSQL a row with a greater number may have charged first, so the counting itself is looked at.
    numbers: dict[str, set[int]] = {}
    for row in _all(reader, "SELECT dossier, seq, owner, owner_kind, kind, dong, no FROM charge"):
        numbers.setdefault(row[2], set()).add(row[6])
        if charges.pop((row[0], row[1], row[2]), None) != tuple(row[3:6]):
            yield Problem("charge", f"{row[0]} #{row[1]}")
    for code, expected in replay.funds.items():
        if numbers.get(code, set()) != set(range(1, expected["charges"] + 1)):
            yield Problem("charge_count", code)
    for code, seq, _ in charges:
        yield Problem("charge_missing", f"{code} #{seq}")
