"""One process per contender, asked in shuffled turns over a line protocol."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Worker:
    """A contender in its own process: `ask("one", 50)` returns the seconds of fifty pieces of work."""

    def __init__(self, name: str, folder: Path, size: int) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.contender_{name}", str(folder), str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.facts: dict[str, object] = self._read()

    def _read(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"contender {self.name} died")
        answer: dict[str, object] = json.loads(line)
        return answer

    def ask(self, what: str, count: int) -> list[float]:
        """Seconds of each piece of work of one round."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {count}\n")
        self._process.stdin.flush()
        seconds = self._read()["seconds"]
        assert isinstance(seconds, list)
        return seconds

    def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def interleave(workers: Sequence[Worker], what: str, count: int, rounds: int) -> dict[str, float]:
    """Median seconds per contender over `rounds` shuffled rounds (the first round warms up)."""
    order = list(workers)
    found: dict[str, list[float]] = {worker.name: [] for worker in workers}
    shuffle = random.Random(20240614)  # noqa: S311 - the order of contenders is no secret
    for number in range(rounds + 1):
        shuffle.shuffle(order)
        for worker in order:
            seconds = worker.ask(what, count)
            if number:
                found[worker.name] += seconds
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def serve(work: dict[str, object], facts: dict[str, object]) -> None:
    """The contender's side: announce its settings, then do what each line asks."""
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        what, count = line.split()
        function = work[what]
        assert callable(function)
        print(json.dumps({"seconds": function(int(count))}), flush=True)
