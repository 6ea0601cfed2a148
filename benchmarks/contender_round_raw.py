"""The limit: the same round with the standard library's sqlite3 and nothing else.

For each proposal: read it, check its sum, the round's and the plan's, write one canonical JSON row chained by
SHA-256, the amount and its two charges, move proposal and funds with compare-and-set; one commit at the end.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from benchmarks.protocol import Seconds, measure, serve

URL, SIZE, ROUNDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
PART, PLAN = 1_000_000, "KH-KCQG-24"
SCHEMA = """
CREATE TABLE dossier (code TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL,
    head TEXT NOT NULL, title TEXT NOT NULL, approved INTEGER NOT NULL, allocated INTEGER NOT NULL,
    due_on TEXT, waits_for TEXT NOT NULL, CHECK (allocated <= approved));
CREATE INDEX dossier_due ON dossier (due_on, code);
CREATE TABLE history (id INTEGER PRIMARY KEY, dossier TEXT NOT NULL, seq INTEGER NOT NULL,
    actor TEXT NOT NULL, action TEXT NOT NULL, leaf TEXT NOT NULL, hash TEXT NOT NULL,
    request TEXT NOT NULL UNIQUE, UNIQUE (dossier, seq));
CREATE INDEX history_actor ON history (actor, id);
CREATE TABLE amount (dossier TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, round INTEGER,
    dong INTEGER NOT NULL, PRIMARY KEY (dossier, seq));
CREATE TABLE fund (code TEXT PRIMARY KEY, ceiling INTEGER NOT NULL, allocated INTEGER NOT NULL,
    CHECK (allocated <= ceiling));
CREATE TABLE charge (dossier TEXT NOT NULL, seq INTEGER NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL,
    dong INTEGER NOT NULL, PRIMARY KEY (dossier, seq, owner));
CREATE INDEX charge_owner ON charge (owner, kind, dossier);
"""


def main() -> None:
    """Serve "round": issue a round over all proposals."""
    db = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(SCHEMA)
    approved = PART * (ROUNDS + 1)
    codes = [f"KCQG-24-{i:06d}" for i in range(SIZE)]
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO dossier VALUES (?,'approved',12,?,?,?,0,'2024-03-01','agency')",
        ((code, "0" * 64, f"Đề án số {code}", approved) for code in codes),
    )
    db.execute("INSERT INTO fund VALUES (?,?,0)", (PLAN, approved * SIZE))
    db.execute("COMMIT")

    def step(code: str, round_code: str, number: int) -> None:
        row = db.execute(
            "SELECT state, version, head, due_on, approved, allocated FROM dossier WHERE code=?", (code,)
        ).fetchone()
        state, version, head, due_on, most, before = row
        if state not in ("approved", "allocated_part") or before + PART > most:
            raise ValueError(code)
        leaf: dict[str, Any] = {
            "v": 1,
            "dossier": code,
            "seq": version + 1,
            "prev": head,
            "action": "allocate",
            "from": state,
            "to": "allocated_part",
            "actor": "cuc-2",
            "actor_name": "Nguyễn Thu Hà",
            "role": "agency",
            "office": "CUC",
            "office_name": "Cục Công Thương địa phương",
            "on": "2024-02-20",
            "at": datetime.now(UTC).isoformat(),
            "deadline": {"on": due_on, "met": True},
            "due": {"on": "2024-03-05", "kind": "law"},
            "basis": "TT 36/2013 Đ6.4",
            "reason": None,
            "doc": {"kind": "quyet_dinh_phan_bo", "number": "1/QĐ", "date": "2024-02-20", "signer": "Hà"},
            "papers": [],
            "amount": {"kind": "allocated", "dong": PART, "round": number, "before": before},
            "refs": {"charges": [round_code, PLAN]},
            "request": str(uuid.uuid4()),
        }
        text = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(b"\0" + text.encode()).hexdigest()
        moved = db.execute(
            "UPDATE dossier SET state='allocated_part', version=version+1, head=?, allocated=allocated+?,"
            " due_on=?, waits_for='agency' WHERE code=? AND version=?",
            (digest, PART, "2024-03-05", code, version),
        )
        if moved.rowcount != 1:
            raise ValueError("lost")
        db.execute(
            "INSERT INTO history (dossier, seq, actor, action, leaf, hash, request) VALUES (?,?,?,?,?,?,?)",
            (code, version + 1, "cuc-2", "allocate", text, digest, leaf["request"]),
        )
        db.execute("INSERT INTO amount VALUES (?,?,'allocated',?,?)", (code, version + 1, number, PART))
        for owner in (round_code, PLAN):
            db.execute("INSERT INTO charge VALUES (?,?,?,'allocated',?)", (code, version + 1, owner, PART))
            db.execute("UPDATE fund SET allocated=allocated+? WHERE code=?", (PART, owner))

    def issue(round_code: str, number: int) -> None:
        db.execute("BEGIN IMMEDIATE")
        for code in codes:
            step(code, round_code, number)
        db.execute("COMMIT")

    def round_(number: int) -> list[Seconds]:
        round_code = f"PB-KCQG-24-{number}"
        db.execute("INSERT INTO fund VALUES (?,?,0)", (round_code, PART * SIZE))
        return [measure(partial(issue, round_code, number))]

    serve({"round": round_}, {"store": "sqlite"})


if __name__ == "__main__":
    main()
