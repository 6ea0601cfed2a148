"""`python -m benchmarks desk`: from the key written to the bytes painted, in a real terminal.

The installed program walks through stores of different sizes; in between, in shuffled turns, Textual's own
DataTable with a thousand rows and the least that a Textual application can be. Figures are medians; what is
judged are ratios. What is painted is known by its content: the row under the cursor, the codes of the list,
the letters of the search, never merely by a first byte.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import bigstore
from benchmarks.desk_report import report
from benchmarks.terminal import Screen, Terminal, TimedOut

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
PERSON = "cuc"
"""Who works: the agency sees the whole country, and every tenth proposal waits for it."""
QUERIES = ("may say", "durawo", "lai chau", "che shan tuyet")
DOWN, PAGE_DOWN, ESCAPE, ENTER, RUB = (b"\x1b[B", b"\x1b[6~", b"\x1b", b"\r", b"\x7f")
END, HOME = b"\x1b[F", b"\x1b[H"
TABLE_END, TABLE_HOME = b"\x1b[1;5F", b"\x1b[1;5H"
"""In a DataTable the plain keys go to the last and the first column."""
QUIT = b"\x11"
ROW = re.compile(r"^[^A-Z\d]{1,4}(KC(?:QG|DP)-\d\d-\d+)(…?) .*")
Found = dict[str, list[float]]
Expected = Mapping[tuple[str, int], Sequence[str]]
"""(query, how many of its letters are typed) -> the codes that must be listed, from the top."""


@dataclass(frozen=True, slots=True)
class List:
    """A list as it stands on the screen, from the top.

    lines: the code of each row; where a narrow column cuts it, the whole line. codes: the codes as far as
    they are shown. cursor: the number of the row under the cursor.
    """

    lines: tuple[str, ...]
    codes: tuple[str, ...]
    cursor: int | None

    @property
    def chosen(self) -> str | None:
        """The row under the cursor."""
        return None if self.cursor is None else self.lines[self.cursor]


def rows(screen: Screen) -> List:
    """Read the list off the screen: the first run of lines that begin with a code."""
    lines: list[str] = []
    codes: list[str] = []
    first = 0
    for number in range(screen.height):
        line = screen.line(number)
        found = ROW.match(line)
        if found:
            first = first if codes else number
            lines.append(line[found.start(1) :] if found[2] else found[1])
            codes.append(found[1])
        elif len(codes) > 1:
            break
        else:
            lines.clear()
            codes.clear()
    # In the middle of the code: the margin is painted differently.
    odd = screen.odd_line(first, first + len(codes), 5) if len(codes) > 2 else None
    return List(tuple(lines), tuple(codes), None if odd is None else odd - first)


@dataclass
class Walk:
    """One run through a program: presses keys, waits for their paint, keeps the seconds."""

    terminal: Terminal
    found: Found = field(default_factory=dict)

    def wait(self, step: str, done: Callable[[Screen], object]) -> None:
        """Keep the time from the last key to what makes `done` true."""
        try:
            seconds = self.terminal.painted(done)
        except TimedOut as error:
            raise TimedOut(f"{step}: {error}") from None
        self.found.setdefault(step, []).append(seconds)

    def key(self, step: str, key: bytes, done: Callable[[Screen], object]) -> None:
        """Press a key once all is quiet, and wait for its paint."""
        self.terminal.settle()
        self.terminal.press(key)
        self.wait(step, done)

    def shown(self, done: Callable[[Screen], object]) -> None:
        """Wait for what comes without a key, unless it stands on the screen already."""
        if not done(self.terminal.screen):
            self.terminal.painted(done)

    def seen(self) -> List:
        """The list as it stands once all is quiet."""
        self.terminal.settle()
        return rows(self.terminal.screen)

    def down(self, times: int) -> None:
        """Cursor down, row by row."""
        for _ in range(times):
            before = self.seen()
            place = before.cursor or 0
            wanted = before.lines[place + 1] if place + 1 < len(before.lines) else None

            def moved(screen: Screen, old: List = before, wanted: str | None = wanted) -> bool:
                now = rows(screen)
                if now.chosen is None or (now.cursor, now.lines) == (old.cursor, old.lines):
                    return False
                return now.chosen == wanted if wanted else now.chosen != old.chosen

            self.key("cursor down", DOWN, moved)

    def page_down(self, times: int) -> None:
        """Page after page."""
        for _ in range(times):
            before = self.seen()

            def turned(screen: Screen, old: List = before) -> bool:
                now = rows(screen)
                there = now.chosen is not None and len(now.lines) >= len(old.lines) - 1
                # The first time, the cursor may go to the end of the page that is shown.
                stays = now.lines == old.lines and now.cursor == len(old.lines) - 1 != old.cursor
                return there and (stays or now.lines[0] not in old.lines[:-1])

            self.key("page down", PAGE_DOWN, turned)

    def ends(self, times: int, end: bytes, home: bytes) -> None:
        """To the end and back to the start."""
        for _ in range(times):
            for step, key in (("jump to the end", end), ("jump to the start", home)):
                before = self.seen()

                def there(screen: Screen, old: List = before) -> bool:
                    now = rows(screen)
                    return len(now.lines) >= len(old.lines) - 1 and now.chosen not in (None, *old.lines)

                self.key(step, key, there)


def start_kcflow(walk: Walk) -> None:
    """From exec to the frame, and to the rows of what waits for the person."""
    walk.wait("first paint", lambda screen: "2 Đề án" in screen.line(1))
    walk.wait("first rows", lambda screen: len(rows(screen).codes) > 2)


def walk_kcflow(walk: Walk, keys: int, expected: Expected) -> None:
    """Lists, open and back, search."""
    terminal = walk.terminal
    inbox = walk.seen()
    walk.key("list of proposals", b"2", lambda screen: _other(rows(screen), inbox))
    walk.down(keys)
    walk.page_down(keys)
    walk.ends(max(1, keys // 4), END, HOME)
    for _ in range(max(1, keys // 4)):
        before = walk.seen()
        code = before.codes[before.cursor or 0]
        # The frame that tells of a row comes a moment after the row, and makes the list shorter.
        walk.shown(lambda screen, code=code: screen.text.count(code) > 1)
        before = walk.seen()

        def opened(screen: Screen, code: str = code) -> bool:
            return len(rows(screen).codes) < 2 and code in screen.text and "đ" in screen.text

        walk.key("open", ENTER, opened)
        walk.key("back", ESCAPE, lambda screen, old=before: rows(screen).lines == old.lines)
    for query in dict.fromkeys(whole for whole, _ in expected):
        _search(walk, query, {end: expected[query, end] for end in range(1, len(query) + 1)})
    walk.found["memory"] = [float(terminal.memory())]


def _other(now: List, before: List) -> bool:
    return len(now.lines) > 2 and now.lines[0] not in before.lines


def _search(walk: Walk, query: str, lines: Mapping[int, Sequence[str]]) -> None:
    """Type a query letter by letter. lines: the codes that so many letters must bring."""
    terminal = walk.terminal
    if query == QUERIES[0]:
        terminal.press(b"/")
    for end, codes in lines.items():
        before = walk.seen()
        terminal.press(query[end - 1].encode())
        walk.wait("search letter", lambda screen, typed=query[:end]: _typed(screen, typed))
        # Rows that stay the same can't be seen to be new, and a single row is no list to `rows`.
        if len(codes) > 1 and not _begin(before, codes):
            walk.wait("search rows", lambda screen, codes=codes: _begin(rows(screen), codes))
    terminal.settle()
    terminal.press(RUB * len(query))
    terminal.settle(0.4)


def _typed(screen: Screen, query: str) -> bool:
    """Whether the search field, which begins one of the lines under the tabs, holds these letters."""
    firsts = (re.split(r"\s{2,}", screen.line(number).strip())[0] for number in range(2, 5))
    return query.strip() in firsts


def _begin(now: List, codes: Sequence[str]) -> bool:
    """Whether the list begins with these codes, as many as fit (a narrow column cuts them)."""
    pairs = list(zip(now.codes, codes, strict=False))
    return len(pairs) >= min(len(codes), 10) and all(whole.startswith(shown) for shown, whole in pairs)


def start_table(walk: Walk) -> None:
    """From exec to the rows."""
    walk.wait("first paint", lambda screen: len(rows(screen).codes) > 20)


def walk_table(walk: Walk, keys: int, expected: Expected) -> None:  # noqa: ARG001
    """The same keys in a DataTable."""
    walk.down(keys)
    walk.page_down(keys)
    walk.ends(max(1, keys // 4), TABLE_END, TABLE_HOME)
    walk.found["memory"] = [float(walk.terminal.memory())]


def start_minimal(walk: Walk) -> None:
    """From exec to its one line."""
    walk.wait("first paint", lambda screen: "hello, world" in screen.text)


def walk_minimal(walk: Walk, keys: int, expected: Expected) -> None:  # noqa: ARG001
    """Nothing to press."""
    walk.terminal.settle()
    walk.found["memory"] = [float(walk.terminal.memory())]


@dataclass(frozen=True, slots=True)
class Contender:
    """A program to walk through."""

    name: str
    command: tuple[str, ...]
    start: Callable[[Walk], None]
    walk: Callable[[Walk, int, Expected], None]
    environment: Mapping[str, str]
    expected: Expected = field(default_factory=dict)


def expectations(url: str) -> dict[tuple[str, int], list[str]]:
    """The codes that each beginning of each query must bring, asked of the store itself."""
    from kcflow.bootstrap import open_shared
    from kcflow.config import Config
    from kcflow.services.desk import Desk
    from kcflow.services.views import ListFilter

    shared = open_shared(Config(url))
    try:
        desk = Desk.for_person(shared, PERSON)
        found: dict[tuple[str, int], list[str]] = {}
        for query in QUERIES:
            for end in range(1, len(query) + 1):
                wanted = ListFilter(text=query[:end].strip())
                found[query, end] = [row.code for row in desk.dossiers(wanted, limit=50).rows]
        return found
    finally:
        shared.close()


def compile_modules(root: str, environment: Mapping[str, str]) -> None:
    """Compile our modules, as an installation does; the start before the first round compiles the others."""
    own = [str(Path(root, name)) for name in ("benchmarks", "db", "kcflow", "screens", "states")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *own], env=environment, check=True)


@contextmanager
def contenders(stores: Mapping[str, Path]) -> Iterator[list[Contender]]:
    """Every program, each in surroundings of its own."""
    root = str(Path(__file__).parents[1])
    program = str(Path(sys.executable).with_name("kcflow"))
    with tempfile.TemporaryDirectory(prefix="kcflow-desk-") as folder:
        inherited = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("KCFLOW_", "TEXTUAL", "NO_COLOR", "PYTHON"))
        }
        base = {**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": root}
        # As installed programs run: with compiled modules, ours as well as Textual's.
        base["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        compile_modules(root, base)
        base |= {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        python = (sys.executable, "-m")
        table, least = (start_table, walk_table), (start_minimal, walk_minimal)
        made = [
            Contender("DataTable", (*python, "benchmarks.datatable_app", "1000"), *table, base),
            Contender("minimal", (*python, "benchmarks.minimal_app"), *least, base),
        ]
        for size, path in stores.items():
            url = f"sqlite:///{path}"
            own = {**base, "KCFLOW_DATABASE_URL": url, "KCFLOW_AS": PERSON, "KCFLOW_LANG": "vi"}
            made.append(
                Contender(f"kcflow {size}", (program,), start_kcflow, walk_kcflow, own, expectations(url))
            )
        yield made


def run(program: Contender, found: Found, keys: int, expected: Expected) -> None:
    """Start a program, walk through it with `keys` keys of each kind (0: only start), and end it."""
    terminal = Terminal(program.command, program.environment)
    try:
        walk = Walk(terminal, found)
        program.start(walk)
        if keys:
            program.walk(walk, keys, expected)
        else:
            terminal.settle()
    finally:
        terminal.close(QUIT)


def measure(
    stores: Mapping[str, Path], rounds: int, keys: int, *, starts: int = 3, warm: bool = True
) -> dict[str, Found]:
    """Walk every contender through `rounds` shuffled rounds; with `warm`, each is started once before.

    stores: paths by size, smallest first. starts: how often a program is only started in each round, beside
    the walk. Returns the seconds of each step, and of "memory" the bytes, by contender.
    """
    shuffle = random.Random(20240614)  # noqa: S311 - the order of contenders is no secret
    with contenders(stores) as programs:
        results: dict[str, Found] = {program.name: {} for program in programs}
        for program in programs if warm else ():
            run(program, {}, 0, {})
        for _ in range(rounds):
            turns = [(program, 0) for program in programs for _ in range(starts)]
            turns += [(program, keys) for program in programs]
            shuffle.shuffle(turns)
            for program, pressed in turns:
                run(program, results[program.name], pressed, program.expected)
    return results


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks desk", description=__doc__)
    parser.add_argument("--sizes", default="10k,100k,1m", help="10k,100k,1m or numbers of proposals")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keys", type=int, default=20, help="how often each key is pressed in a round")
    parser.add_argument(
        "--stores",
        type=Path,
        default=Path(tempfile.gettempdir()) / "kcflow-bench",
        help="folder with SIZE.db; what is missing is made there",
    )
    asked = parser.parse_args(arguments)
    asked.stores.mkdir(parents=True, exist_ok=True)
    stores: dict[str, Path] = {}
    for size in asked.sizes.split(","):
        stores[size] = asked.stores / f"{size}.db"
        if not stores[size].exists():
            print(f"making {stores[size]} …", flush=True)
            bigstore.build(stores[size], SIZES.get(size) or int(size))
    results = measure(stores, asked.rounds, asked.keys)
    print(report({n: {s: statistics.median(v) for s, v in f.items()} for n, f in results.items()}))
