"""Ours, through the public door: `Money.act(round, "issue")`, with every rule and trigger on.

Each round gives each of the same proposals a further part of what was approved for it. Setting up and
proposing the round is not part of the time.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial

from benchmarks.protocol import Seconds, measure, serve
from db.store import open_store
from kcflow.services.views import MoveInput
from tests.services.money.world import MoneyWorld

URL, SIZE, ROUNDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
PART = 1_000_000


def main() -> None:
    """Serve "round": issue a round over all proposals."""
    store = open_store(URL, create=True)
    world = MoneyWorld(store)
    codes, _ = world.planned(SIZE, amount=PART * (ROUNDS + 1))

    def issue(code: str, move: MoveInput) -> None:
        done = world.money("cuc-2").act(code, "issue", move)
        if len(done.lines) != SIZE:
            raise RuntimeError("refused")

    def round_(_: int) -> list[Seconds]:
        code = world.round(dict.fromkeys(codes, PART))
        world.to("proposed", code)
        option = next(o for o in world.money("cuc-2").board(code).options if o.name == "issue")
        seconds = measure(partial(issue, code, world.move(option, world.day)))
        world.day += timedelta(days=1)
        return [seconds]

    serve({"round": round_}, {"store": store.dialect})


if __name__ == "__main__":
    main()
