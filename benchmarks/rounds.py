"""`python -m benchmarks rounds`: one decision that gives a thousand proposals their money.

Ours, django-fsm-2 with its log (both on SQLite and, where there is one, on PostgreSQL) and raw sqlite3, in
shuffled turns of one run. A PostgreSQL of its own is started, or that of KCFLOW_TEST_POSTGRES_URL is used.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.protocol import Seconds, Worker

SIZE, ROUNDS = 1000, 5
ON_POSTGRESQL = ("kcflow", "django")


@contextmanager
def _database() -> Iterator[str]:
    """An empty PostgreSQL database that syncs what it commits."""
    import psycopg

    from tests import postgres

    if not os.environ.get("KCFLOW_TEST_POSTGRES_URL"):
        with psycopg.connect(postgres.server(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET fsync")
            connection.execute("SELECT pg_reload_conf()")
    with postgres.fresh_database(empty=True) as url:
        yield url


def _contenders(folder: Path, kept: ExitStack) -> dict[str, str]:
    """Name → URL of its store."""
    found = {
        f"{name} on sqlite": f"sqlite:///{folder / name}.db" for name in ("raw sqlite3", "kcflow", "django")
    }
    try:
        for name in ON_POSTGRESQL:
            found[f"{name} on postgresql"] = kept.enter_context(_database())
    except Exception as error:  # whatever keeps a server from starting here
        print(f"  no PostgreSQL here ({type(error).__name__}): only SQLite is measured")
        return {name: url for name, url in found.items() if name.endswith("sqlite")}
    return found


def report(found: dict[str, list[Seconds]], size: int) -> None:
    """Print medians and ratios. found: seconds by contender ("kcflow on sqlite"). size: of a round."""
    medians = {
        name: (statistics.median(wall for wall, _ in each), statistics.median(cpu for _, cpu in each))
        for name, each in found.items()
    }
    print(f"\na round over {size} proposals, issued in one transaction (medians; baseline: raw sqlite3)")
    raw_wall, raw_cpu = medians["raw sqlite3 on sqlite"]
    for name, (wall, cpu) in medians.items():
        print(
            f"  {name:22} wall {wall * 1e3:9.1f} ms {wall / raw_wall:6.2f} × raw"
            f"   processor {cpu * 1e3:9.1f} ms {cpu / raw_cpu:6.2f} × raw"
        )
    for store in ("sqlite", "postgresql"):
        if f"django on {store}" in medians:
            pairs = zip(medians[f"django on {store}"], medians[f"kcflow on {store}"], strict=True)
            wall, cpu = (peer / ours for peer, ours in pairs)
            print(
                f"  django-fsm-2 + log / kcflow, {store} = {wall:.2f} by the wall, {cpu:.2f} by the processor"
            )


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks rounds", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="proposals in a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds after the one that warms up")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kcflow-bench-") as folder, ExitStack() as kept:
        workers = []
        for name, url in _contenders(Path(folder), kept).items():
            module = f"round_{name.split()[0]}"
            workers.append(Worker(module, url, given.size, given.rounds, label=name))
            print(f"  {name}: ready", flush=True)
        found: dict[str, list[Seconds]] = {worker.label: [] for worker in workers}
        shuffle = random.Random(20240220)  # noqa: S311 - the order of contenders is no secret
        for number in range(given.rounds + 1):
            for worker in shuffle.sample(workers, len(workers)):
                seconds = worker.ask("round", number + 1)
                if number:
                    found[worker.label] += seconds
        for worker in workers:
            worker.stop()
    report(found, given.size)
