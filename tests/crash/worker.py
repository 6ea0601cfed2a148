"""A server that forks a process for each job: the program is loaded once, a fault meets a fresh process.

Jobs come as JSON lines on stdin. Events go out as JSON lines, each in one write: "started" with the pid,
those of the job, "ended" with the exit status. A lock on a file (flock) holds racers until all are ready.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from db.store import Store
from kcflow.services.errors import ConflictError, KcflowError, StoreProblem
from kcflow.services.views import MoveInput, Receipt
from tests.crash.world import Reopened, url_of
from tests.services.world import AGENCY, MINISTRY, UNIT

Job = dict[str, Any]
Tell = Callable[..., None]


def moves(job: Job, tell: Tell, known: Reopened) -> None:
    """Carry out `steps` in order, each with its request, under a fault; a failed one is tried once more.

    Tells "ack" for what was done, "failed" for a sentence, and at the end how many calls were counted.
    """
    shim = ctypes.CDLL(None) if job.get("how") else None
    world = Reopened(Store(job["url"]), date.fromisoformat(job["day"]), known)
    steps = [(step, prepare(world, step)) for step in job["steps"][:1]]
    if shim is not None:
        shim.failio_arm(job["how"], job["at"], job["under"].encode())
    for number, step in enumerate(job["steps"]):
        entered = steps[number][1] if number < len(steps) else None
        for _ in range(2):
            try:
                entered = entered or prepare(world, step)
                receipt = world.do(step["login"], step["code"], step["action"], entered)
            except StoreProblem as failed:
                tell("failed", code=failed.code, vi=failed.text.vi, en=failed.text.en, action=step["action"])
                if shim is not None and job.get("freed"):
                    shim.failio_arm(0, 0, b"")
            else:
                tell("ack", request=receipt.request, hash=receipt.hash, repeated=receipt.repeated)
                break
    world.store.close()
    if shim is not None:
        tell("counted", calls=shim.failio_calls())


def prepare(world: Reopened, step: Job) -> MoveInput:
    """What the step enters, with the request that makes it happen once."""
    day = step.get("on")
    world.day = max(world.day, date.fromisoformat(day)) if day else world.day
    return world.prepared(
        step["login"], step["code"], step["action"], request=step["request"], **step["given"]
    )


def write(job: Job, tell: Tell, known: Reopened) -> None:
    """Edit and correct proposals until killed; tell each request before it is tried and after it is done."""
    world = Reopened(Store(job["url"]), known=known)
    desk = world.desk(job["login"])
    number = 0
    while True:
        code = job["codes"][number % len(job["codes"])]
        number += 1
        request = f"{job['writer']:08x}-0000-4000-8000-{number:012x}"
        note = f"{job['writer']}/{number}"
        tell("try", request=request, code=code, note=note)
        tell("ack", request=request, hash=desk.edit(code, {"note": note}, request=request).hash)


def race(job: Job, tell: Tell, known: Reopened) -> None:
    """Look at a proposal, wait at the gate, act; tell who won."""
    world = Reopened(Store(job["url"]), date.fromisoformat(job["day"]), known)
    world.desk(job["login"])
    entered = world.prepared(job["login"], job["code"], job["action"], **job["given"])
    with Path(job["gate"]).open("rb") as gate:
        tell("ready")
        fcntl.flock(gate, fcntl.LOCK_SH)
    tell("outcome", **outcome(lambda: world.do(job["login"], job["code"], job["action"], entered)))
    world.store.close()


def outcome(act: Callable[[], Receipt]) -> dict[str, Any]:
    """How an attempt ended: the error's kind and codes, and the sentences."""
    try:
        receipt = act()
    except KcflowError as error:
        reasons = [each.code for each in getattr(error, "reasons", ())]
        conflict = isinstance(error, ConflictError)
        return {
            "won": False,
            "conflict": conflict,
            "code": error.code,
            "reasons": reasons,
            "vi": error.text.vi,
            "en": error.text.en,
        }
    return {"won": True, "seq": receipt.seq, "code": "", "reasons": [], "conflict": False}


def money(job: Job, tell: Tell, known: Reopened) -> None:
    """The same with a plan, a round or a contract (tests.crash.money_race)."""
    from tests.crash import money_race

    money_race.race(job, tell, known.shared)


def hold(job: Job, tell: Tell, known: Reopened) -> None:  # noqa: ARG001 - every job is called alike
    """Hold the write lock until the gate opens."""
    with Store(job["url"]).write(), Path(job["gate"]).open("rb") as gate:
        tell("ready")
        fcntl.flock(gate, fcntl.LOCK_SH)


JOBS: dict[str, Callable[[Job, Tell, Reopened], None]] = {
    "moves": moves,
    "write": write,
    "race": race,
    "money": money,
    "hold": hold,
}


def _child(job: Job, known: Reopened) -> NoReturn:
    def tell(event: str, **facts: object) -> None:
        # One write of less than PIPE_BUF bytes arrives whole, also when the process dies right after it.
        os.write(1, (json.dumps({"job": job["job"], "event": event, **facts}) + "\n").encode())

    code = 0
    try:
        JOBS[job["do"]](job, tell, known)
    except BaseException:
        tell("crashed", trace=traceback.format_exc()[-1500:])
        code = 1
    os._exit(code)


def _keeper(job: Job, known: Reopened) -> NoReturn:
    """Fork the job and tell how it ended, so that the server never waits."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _child(job, known)
    os.write(1, (json.dumps({"job": job["job"], "event": "started", "pid": pid}) + "\n").encode())
    _, status = os.waitpid(pid, 0)
    how = os.waitstatus_to_exitcode(status)
    os.write(1, (json.dumps({"job": job["job"], "event": "ended", "status": how}) + "\n").encode())
    os._exit(0)


def main() -> None:
    """Do once, on a copy of the seed named, what the children will do, then serve until stdin ends."""
    with tempfile.TemporaryDirectory() as folder:
        copied = shutil.copyfile(sys.argv[1], Path(folder) / "warm.db")
        with Store(url_of(Path(copied))) as store:
            known = Reopened(store)
            known.act(MINISTRY, sys.argv[2], "approve", amount=1, by_plan=True)
            known.act(AGENCY, sys.argv[2], "record_mof_opinion")
            known.act(AGENCY, sys.argv[2], "allocate", amount=1)
            known.desk(UNIT).edit(known.draft(), {"note": "x"})
    # Without this, the collector of every child would copy the memory it shares with the server.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.write(1, b'{"job": 0, "event": "serving"}\n')
    while line := sys.stdin.readline():
        if os.fork() == 0:
            _keeper(json.loads(line), known)


if __name__ == "__main__":
    main()
