"""The tests' side of tests.crash.worker: give jobs, read events, kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
Event = dict[str, Any]


@dataclass
class Work:
    """A job and what was heard of it so far."""

    number: int
    events: list[Event] = field(default_factory=list)

    def of(self, name: str) -> list[Event]:
        """The events of this name, in order."""
        return [event for event in self.events if event["event"] == name]

    def has(self, name: str) -> bool:
        """Whether such an event came."""
        return bool(self.of(name))

    @property
    def status(self) -> int:
        """Exit status of the ended process; -9 when it was killed."""
        return int(self.of("ended")[0]["status"])


class Crew:
    """A running server of workers. seed: a store, and its proposal `code`; shim: the library to preload."""

    def __init__(self, seed: Path, code: str, shim: Path | None = None) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
        if shim is not None:
            environment["LD_PRELOAD"] = str(shim)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.worker", str(seed), code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            bufsize=1,
        )
        self._works: dict[int, Work] = {0: Work(0)}
        self.until(self._works[0], "serving")

    def start(self, do: str, **job: object) -> Work:
        """Begin a job of tests.crash.worker.JOBS."""
        work = Work(len(self._works))
        self._works[work.number] = work
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps({"job": work.number, "do": do, **job}) + "\n")
        self._server.stdin.flush()
        return work

    def hear(self) -> Event:
        """Wait for the next event of any job and note it there."""
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        assert line, "the server of workers has ended"
        event: Event = json.loads(line)
        self._works[event["job"]].events.append(event)
        assert event["event"] != "crashed", event["trace"]
        return event

    def until(self, work: Work, name: str) -> Work:
        """Wait for an event of one job."""
        while not work.has(name):
            self.hear()
        return work

    def run(self, do: str, **job: object) -> Work:
        """Do a job to its end."""
        return self.until(self.start(do, **job), "ended")

    def kill(self, work: Work) -> None:
        """Kill a job's process, as a power switch would."""
        os.kill(int(self.until(work, "started").of("started")[0]["pid"]), signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()
