"""Ours, through the public door: `Desk.advance` and `Desk.advance_many`, every rule and trigger on."""

from __future__ import annotations

import sqlite3
import sys
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.protocol import Seconds, measure, serve
from kcflow.bootstrap import found, open_shared
from kcflow.config import Config
from kcflow.reference import province
from kcflow.services.desk import Desk
from kcflow.services.drafts import creation_leaf, draft_content
from kcflow.services.views import DraftInput, MoveInput, PaperInput

SETTINGS_BATCH = 1000
ACTION = "start_provincial_appraisal"


def prepare(path: Path, size: int) -> tuple[Desk, list[str]]:
    """A store with `size` proposals submitted to the Sở; returns the Sở's desk and the codes."""
    shared = open_shared(Config(f"sqlite:///{path}"), create=True)
    found(shared.store, [province("63:02")], date(2020, 1, 1))
    unit = Desk.for_person(shared, "ttkc-63-02")
    context = unit._context
    lifecycle = shared.lifecycle_for("kcqg", "63:02", shared.today)
    year = shared.today.year + 1
    with shared.store.write() as writer:
        codes = writer.next_code("KCQG-24-", size)
        leaves = []
        for number, code in enumerate(codes):
            draft = DraftInput(
                "kcqg", year, f"Đề án số {number}", "TTKC-63-02", total=300, requested=200, counterpart=100
            )
            leaves.append(
                creation_leaf(
                    context,
                    writer,
                    lifecycle,
                    context.actor.assignments[0],
                    draft_content(context, draft),
                    code=code,
                    on=shared.today,
                    request=f"00000000-0000-4000-8000-{number:012d}",
                )
            )
        writer.append_many(leaves)
    papers = tuple(PaperInput(kind, "1/TTKC", shared.today, "Giám đốc") for kind in ("de_an", "mau_1"))
    submit = MoveInput(document_number="1/TTKC", document_date=shared.today, signer="Giám đốc", papers=papers)
    for start in range(0, size, SETTINGS_BATCH):
        for item in unit.advance_many(codes[start : start + SETTINGS_BATCH], "submit_to_department", submit):
            if item.receipt is None:
                raise RuntimeError(item.reasons)
    return Desk.for_person(shared, "sct-63-02"), codes


def main() -> None:
    """Serve "one" and "many"."""
    path, size = Path(sys.argv[1]) / "kcflow.db", int(sys.argv[2])
    desk, codes = prepare(path, size)
    following = iter(codes)

    def decide(chosen: list[str]) -> None:
        items = desk.advance_many(chosen, ACTION, MoveInput())
        if any(item.receipt is None for item in items):
            raise RuntimeError("refused")

    def one(count: int) -> list[Seconds]:
        chosen = list(islice(following, count))
        return [measure(partial(desk.advance, code, ACTION, MoveInput())) for code in chosen]

    def many(count: int) -> list[Seconds]:
        chosen = list(islice(following, count))
        return [measure(partial(decide, chosen))]

    with sqlite3.connect(path) as look:
        mode = look.execute("PRAGMA journal_mode").fetchone()[0]
    serve({"one": one, "many": many}, {"journal_mode": mode, "synchronous": "FULL (db.engine)"})


if __name__ == "__main__":
    main()
