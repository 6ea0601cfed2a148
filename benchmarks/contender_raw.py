"""The limit: the same work with the standard library's sqlite3 and nothing else.

Read the dossier, check its state, write one canonical JSON row chained by SHA-256, move the
dossier with compare-and-set, commit with WAL and synchronous=FULL.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import uuid
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.protocol import Seconds, measure, serve

SCHEMA = """
CREATE TABLE dossier (code TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL,
    head TEXT NOT NULL, title TEXT NOT NULL, province TEXT NOT NULL, unit TEXT NOT NULL,
    entered_on TEXT NOT NULL, due_on TEXT, waits_for TEXT NOT NULL);
CREATE INDEX dossier_due ON dossier (due_on, code);
CREATE TABLE history (id INTEGER PRIMARY KEY, dossier TEXT NOT NULL, seq INTEGER NOT NULL,
    actor TEXT NOT NULL, action TEXT NOT NULL, leaf TEXT NOT NULL, hash TEXT NOT NULL,
    request TEXT NOT NULL UNIQUE, UNIQUE (dossier, seq));
CREATE INDEX history_actor ON history (actor, id);
"""


def main() -> None:
    """Serve "one" and "many"."""
    path, size = Path(sys.argv[1]) / "raw.db", int(sys.argv[2])
    db = sqlite3.connect(path, isolation_level=None)
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(SCHEMA)
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO dossier VALUES"
        " (?,'submitted',2,?,?,'63:02','TTKC','2024-05-01','2024-05-20','department')",
        ((f"KCQG-24-{i:06d}", "0" * 64, f"Đề án số {i}") for i in range(size)),
    )
    db.execute("COMMIT")
    numbers = iter(range(size))

    def step(code: str) -> None:
        row = db.execute("SELECT state, version, head, due_on FROM dossier WHERE code=?", (code,)).fetchone()
        state, version, head, due_on = row
        if state != "submitted":
            raise ValueError(state)
        leaf: dict[str, Any] = {
            "v": 1,
            "dossier": code,
            "seq": version + 1,
            "prev": head,
            "action": "start",
            "from": state,
            "to": "appraisal",
            "actor": "sct",
            "actor_name": "Nguyễn Thu Hà",
            "role": "department",
            "office": "SCT-63-02",
            "office_name": "Sở Công Thương Hà Giang",
            "on": "2024-05-10",
            "at": datetime.now(UTC).isoformat(),
            "deadline": {"on": due_on, "met": True},
            "due": {"on": "2024-06-14", "kind": "law"},
            "basis": "TT 36/2013 Đ8.1a",
            "reason": None,
            "doc": None,
            "papers": [],
            "amount": None,
            "request": str(uuid.uuid4()),
        }
        text = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(b"\0" + text.encode()).hexdigest()
        moved = db.execute(
            "UPDATE dossier SET state='appraisal', version=version+1, head=?, entered_on=?, due_on=?,"
            " waits_for='department' WHERE code=? AND version=?",
            (digest, "2024-05-10", "2024-06-14", code, version),
        )
        if moved.rowcount != 1:
            raise ValueError("lost")
        db.execute(
            "INSERT INTO history (dossier, seq, actor, action, leaf, hash, request) VALUES (?,?,?,?,?,?,?)",
            (code, version + 1, "sct", "start", text, digest, leaf["request"]),
        )

    def decide(codes: list[str]) -> None:
        db.execute("BEGIN IMMEDIATE")
        for code in codes:
            step(code)
        db.execute("COMMIT")

    def following(count: int) -> list[str]:
        return [f"KCQG-24-{next(numbers):06d}" for _ in range(count)]

    def one(count: int) -> list[Seconds]:
        return [measure(partial(decide, [code])) for code in following(count)]

    def many(count: int) -> list[Seconds]:
        codes = following(count)
        return [measure(partial(decide, codes))]

    facts = {"journal_mode": mode, "synchronous": db.execute("PRAGMA synchronous").fetchone()[0]}
    serve({"one": one, "many": many}, facts)


if __name__ == "__main__":
    main()
