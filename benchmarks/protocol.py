"""One process per contender, asked in shuffled turns over a line protocol."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Seconds = tuple[float, float]
"""Of one piece of work: by the clock on the wall, and of the processor (this process, kernel included)."""


def measure(work: Callable[[], object]) -> Seconds:
    """Do a piece of work and say how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


class Worker:
    """A contender in its own process: `ask("one", 50)` returns the seconds of fifty pieces of work.

    place: the folder or URL of its store. more: what else it is told. label: what it is called in the report.
    """

    def __init__(self, name: str, place: Path | str, size: int, *more: int, label: str | None = None) -> None:
        self.name = name
        self.label = label or name
        told = [str(place), str(size), *map(str, more)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.contender_{name}", *told],
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

    def ask(self, what: str, count: int) -> list[Seconds]:
        """Seconds of each piece of work of one round."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {count}\n")
        self._process.stdin.flush()
        seconds = self._read()["seconds"]
        assert isinstance(seconds, list)
        return [(wall, cpu) for wall, cpu in seconds]

    def stop(self) -> None:
        """End the process."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()


def interleave(workers: Sequence[Worker], what: str, count: int, rounds: int) -> dict[str, Seconds]:
    """Medians per contender over `rounds` shuffled rounds (the first round warms up)."""
    order = list(workers)
    found: dict[str, list[Seconds]] = {worker.name: [] for worker in workers}
    shuffle = random.Random(20240614)  # noqa: S311 - the order of contenders is no secret
    for number in range(rounds + 1):
        shuffle.shuffle(order)
        for worker in order:
            seconds = worker.ask(what, count)
            if number:
                found[worker.name] += seconds
    return {
        name: (statistics.median(wall for wall, _ in seconds), statistics.median(cpu for _, cpu in seconds))
        for name, seconds in found.items()
    }


def serve(work: Mapping[str, Callable[[int], list[Seconds]]], facts: Mapping[str, object]) -> None:
    """The contender's side: announce its settings, then do what each line asks."""
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        what, count = line.split()
        print(json.dumps({"seconds": work[what](int(count))}), flush=True)
