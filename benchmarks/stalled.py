"""`python -m benchmarks stalled [STORE …]`: Tồn đọng at 10,000, 100,000 and a million proposals.

The first page, the numbers over the list and the groups, as services give them to a screen, each beside the
naive way: a query that reads every open proposal and works out its deadline when it is asked, from the rules
and the calendar, instead of reading the one that was stored with the act. The naive way is timed on a part of
the rows where there are many (and scaled up, which favours it: sorting is left out). What is judged are
ratios: the first page at the largest size against the smallest, and the naive way against ours.

Stores: files of `benchmarks.bigstore`, smallest first; without any, one of 10,000 is made. `--server`
measures them on a PostgreSQL, too (benchmarks.stalled_server).
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import bigstore
from benchmarks.bigstore_plays import TODAY
from db import directory, queries
from db.queries import DossierFilter, Scope
from db.store import open_store
from kcflow.services.browse import open_states
from kcflow.services.clock.count import count
from kcflow.services.clock_views import GROUPS
from kcflow.services.context import Context, Shared
from kcflow.services.desk import Desk
from kcflow.services.money.facts import stored_facts
from kcflow.services.standing import KINDS

ROUNDS: Final = 7
PAGE: Final = 50
SAMPLE: Final = 2_000
"""Dossiers that the naive way is timed on."""
NAIVE: Final = "naive first page"
PEOPLE: Final = {"everything": "giamsat-bo", "one province": "sct-63-02"}


@dataclass(frozen=True)
class Figures:
    """Seconds (medians) of one store, by what was asked: by the wall, and of this process's processor."""

    name: str
    dossiers: int
    open: int
    wall: dict[str, float]
    processor: dict[str, float]


def _naive(context: Context, day: date) -> tuple[float, int]:
    """Seconds to list what is late on `day` by working out every deadline now, and how many are open."""
    asked = DossierFilter(states=open_states(context), open_only=True, every_kind=True)
    with context.store.read() as reader:
        total = queries.count_dossiers(reader, Scope(), asked, cap=None)
        start = time.perf_counter()
        lines, _ = queries.list_dossiers(reader, Scope(), asked, "code", None, SAMPLE)
        found = []
        for row in reader.dossiers([line.code for line in lines]):
            lifecycle = context.shared.lifecycle(row.lifecycle)
            facts = stored_facts(context, reader, row)
            due = count(context, reader, row, lifecycle, facts).due
            if due is not None and due.on <= day:
                found.append((due.on, row.code))
        found.sort()
        taken = time.perf_counter() - start
    return taken * total / max(1, len(lines)), total


class Subject:
    """An opened store, and what is asked of it."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.store = open_store(url)
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 5, tzinfo=UTC)
        self.shared = Shared(self.store, lambda: noon)

    def asked(self) -> Iterator[tuple[str, Callable[[], object], bool]]:
        """(name, question, whether it may take long)."""
        for who, login in PEOPLE.items():
            desk = Desk.for_person(self.shared, login)
            yield f"first page, {who}", partial(desk.stalled, limit=PAGE), False
            yield f"numbers, {who}", desk.stalled_counts, False
        desk = Desk.for_person(self.shared, PEOPLE["everything"])
        for kind in KINDS:
            yield f"first page of {kind}", partial(desk.stalled, kinds=(kind,), limit=PAGE), False
        for order in ("-requested", "entered"):
            yield f"first page, {order}", partial(desk.stalled, order=order, limit=PAGE), False
        for by in GROUPS:
            yield f"groups by {by}", partial(desk.clock.groups, by), True
        yield "year's end", desk.clock.year_end, True

    def context(self) -> Context:
        """Somebody who sees everything."""
        login = PEOPLE["everything"]
        with self.store.read() as reader:
            person = directory.person(reader, login)
            roles = tuple(directory.assignments(reader, person=login, on=TODAY))
        if person is None:
            raise LookupError(login)
        return Context(self.shared, person, roles, None)

    def size(self) -> int:
        """How many dossiers there are."""
        with self.store.read() as reader:
            return queries.count_dossiers(reader, Scope(), DossierFilter(every_kind=True), cap=None)


def measure(subjects: Sequence[Subject], rounds: int) -> list[Figures]:
    """All figures, the stores in shuffled turns: what else the computer does hits each alike."""
    chance = random.Random(1)  # noqa: S311 - an order of turns
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    questions = {subject.name: list(subject.asked()) for subject in subjects}
    for place, (name, _, long) in enumerate(questions[subjects[0].name]):
        for number in range(1 + (max(1, rounds // 3) if long else rounds)):
            for subject in chance.sample(subjects, len(subjects)):
                start, begun = time.perf_counter(), time.process_time()
                questions[subject.name][place][1]()
                cost = (time.perf_counter() - start, time.process_time() - begun)
                if number:  # the first round fills the caches
                    taken.setdefault((subject.name, name), []).append(cost)
    made = []
    for subject in subjects:
        own = {name: costs for (of, name), costs in taken.items() if of == subject.name}
        wall = {name: statistics.median(cost[0] for cost in costs) for name, costs in own.items()}
        processor = {name: statistics.median(cost[1] for cost in costs) for name, costs in own.items()}
        wall[NAIVE], there = _naive(subject.context(), TODAY)
        made.append(Figures(subject.name, subject.size(), there, wall, processor))
    return made


def report(found: Sequence[Figures], *, server: bool) -> None:
    """Print the figures as ratios to the smallest store of the same database."""
    first = found[0]
    print(f"\n{'':28}" + "".join(f"{each.name:>17}" for each in found))
    print(f"{'dossiers':28}" + "".join(f"{each.dossiers:>17,}" for each in found))
    print(f"{'open':28}" + "".join(f"{each.open:>17,}" for each in found))
    for name, base in first.wall.items():
        cells = "".join(f"{each.wall[name] * 1e3:>9.1f} ms{each.wall[name] / base:>4.1f}×" for each in found)
        print(f"{name:28}{cells}")
    page = "first page, everything"
    naive = "".join(f"{each.wall[NAIVE] / each.wall[page]:>16,.0f}×" for each in found)
    print(f"{'naive / ours, first page':28}{naive}")
    last = found[-1]
    ratios = [f"{last.wall[page] / first.wall[page]:.2f}× by the wall"]
    if not server:
        ratios.append(f"{last.processor[page] / first.processor[page]:.2f}× by the processor")
    print(f"\nfirst page, {last.name} against {first.name}: {', '.join(ratios)} (aim: at most 2×)")


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks stalled", description=__doc__)
    parser.add_argument("stores", nargs="*", metavar="STORE", help="file or URL, smallest first")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--server", action="store_true", help="also on PostgreSQL")
    parser.add_argument("--last-rows", action="store_true", help="copy only each dossier's needed rows there")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kcflow-bench-") as folder:
        files = [Path(one) for one in asked.stores]
        if not files:
            files = [Path(folder) / "10k.db"]
            bigstore.build(files[0], 10_000)
        subjects = [Subject(file.stem, f"sqlite:///{file.resolve()}") for file in files]
        report(measure(subjects, asked.rounds), server=False)
        for subject in subjects:
            subject.store.close()
        if asked.server:
            from benchmarks.stalled_server import copied

            with ExitStack() as stack:
                urls = [stack.enter_context(copied(file, last_rows=asked.last_rows)) for file in files]
                subjects = [Subject(file.stem, url) for file, url in zip(files, urls, strict=True)]
                report(measure(subjects, asked.rounds), server=True)
                for subject in subjects:
                    subject.store.close()
