"""`make bench`: one move, a thousand moves in one decision, first paint — as ratios of medians.

`python -m benchmarks desk` needs big stores and takes longer: see benchmarks/desk.py. `python -m benchmarks
rounds` issues rounds over a thousand proposals: see benchmarks/rounds.py. `python -m benchmarks stalled`
lists and counts what stands still: see benchmarks/stalled.py.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import startup
from benchmarks.protocol import Worker, interleave

ROUNDS, PER_ROUND, BULK_ROUNDS, BULK = 9, 60, 5, 1000


def moves() -> None:
    """One durable, audited move and 1,000 in one decision, against raw sqlite3 and django-fsm-2."""
    size = (ROUNDS + 1) * PER_ROUND + (BULK_ROUNDS + 1) * BULK
    with tempfile.TemporaryDirectory(prefix="kcflow-bench-") as folder:
        workers = [Worker(name, Path(folder), size) for name in ("raw", "kcflow", "django")]
        for worker in workers:
            print(f"  {worker.name}: {worker.facts}")
        one = interleave(workers, "one", PER_ROUND, ROUNDS)
        many = interleave(workers, "many", BULK, BULK_ROUNDS)
        for worker in workers:
            worker.stop()
    for title, found in (("one durable move", one), (f"{BULK} moves in one decision", many)):
        print(f"\n{title} (medians; baseline: raw sqlite3)")
        raw_wall, raw_cpu = found["raw"]
        for name, (wall, cpu) in found.items():
            print(
                f"  {name:8} wall {wall * 1e3:9.3f} ms {wall / raw_wall:6.2f} × raw"
                f"   processor {cpu * 1e3:9.3f} ms {cpu / raw_cpu:6.2f} × raw"
            )
        wall, cpu = (peer / ours for peer, ours in zip(found["django"], found["kcflow"], strict=True))
        print(f"  django-fsm-2 + log / kcflow = {wall:.2f} by the wall, {cpu:.2f} by the processor")


if __name__ == "__main__":
    if sys.argv[1:2] == ["desk"]:
        from benchmarks import desk

        desk.main(sys.argv[2:])
        sys.exit()
    if sys.argv[1:2] == ["rounds"]:
        from benchmarks import rounds

        rounds.main(sys.argv[2:])
        sys.exit()
    if sys.argv[1:2] == ["stalled"]:
        from benchmarks import stalled

        stalled.main(sys.argv[2:])
        sys.exit()
    chosen = sys.argv[1:] or ["moves", "startup"]
    if "moves" in chosen:
        moves()
    if "startup" in chosen:
        startup.report()
