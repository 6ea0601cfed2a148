"""A store with a million proposals: `python -m benchmarks.bigstore FILE --proposals N`.

The format is the engine's own: every leaf canonical, every dossier's chain and the tree over all leaves
valid, every move legal, because a few hundred lives are played through the real engine first and then filled
in with other names, sums, places and times. The rows go into the tables directly, without the triggers
(which would take an hour for ten million rows), and the triggers are put back afterwards; `kcflow doctor
--full` finds nothing to say about the result, and a test compares it table by table with a store in which
the triggers have carried out the same leaves. The same seed gives the same leaves.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from benchmarks.bigstore_plays import PROVINCES, STEMS, QuietStore, Stage, Template, found, parts
from benchmarks.bigstore_words import Draw, requested, texts
from db.engine import connect_sqlite
from db.leaf import ADDED
from db.migrate import ensure_current
from db.rows import ZERO_HASH
from kcflow.config import os_account
from kcflow.services.drafts import folded

PLAYED: Final = 1000
"""How many lives a big store is made of at most."""
SHARES: Final = {"ended": 78, "in_time": 17, "late": 5}
"""How many in a hundred proposals stand how."""
Tell = Callable[[str], None]


class Proposals:
    """What is kept of each proposal while its life is written: some eighty bytes."""

    def __init__(self, count: int, seed: int, templates: list[Template], history_per: int) -> None:
        self.seed = seed
        self.template = array("H", bytes(2 * count))
        self.province = array("B", bytes(count))
        self.rows = array("B", bytes(count))
        self.first = array("I", bytes(4 * count))
        self.number = array("I", bytes(4 * count))
        self.asked = array("q", bytes(8 * count))
        self.entered = array("q", bytes(8 * count))
        self.head = bytearray(32 * count)
        self.digest = bytearray(32 * count)
        # Of each standing, so many lives longer than `history_per` that the mean is what was asked for.
        choices = {standing: _Choice(templates, standing, history_per) for standing in SHARES}
        slots = [choices[s] for s, share in SHARES.items() if choices[s].any for _ in range(share)]
        for index in range(count):
            draw = Draw(seed ^ 0xA11, index)
            chosen = slots[draw.below(len(slots))].of(draw)
            # Every life is used before chance decides.
            self.template[index] = index if index < len(templates) else chosen
            self.province[index] = draw.below(len(PROVINCES))
            self.asked[index] = requested(draw)


class _Choice:
    """Which of the played lives of one standing a proposal has."""

    def __init__(self, templates: list[Template], standing: str, history_per: int) -> None:
        own = [index for index, template in enumerate(templates) if template.standing == standing]
        self._short = [index for index in own if len(templates[index].rows) <= history_per]
        self._long = [index for index in own if len(templates[index].rows) > history_per]
        self.any = bool(own)
        short, long = (
            sum(len(templates[index].rows) for index in part) / max(1, len(part))
            for part in (self._short, self._long)
        )
        self._permille_long = 0 if not self._long else 1000
        if self._short and self._long:
            self._permille_long = max(0, round(1000 * (history_per - short) / (long - short)))

    def of(self, draw: Draw) -> int:
        """Return the number of a played life."""
        lives = self._long if draw.below(1000) < self._permille_long else self._short
        return lives[draw.below(len(lives))]


class _Offices:
    """The offices' names for the search text, as `kcflow.services.context.Shared` has them."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self.shared = self

    def office_name(self, code: str) -> str:
        """The office's name."""
        return self._names[code]


class Builder:
    """Writes the proposals into an empty store whose triggers are away."""

    def __init__(self, raw: sqlite3.Connection, templates: list[Template], them: Proposals) -> None:
        self._raw = raw
        self._templates = templates
        self._them = them
        self._peaks: list[bytes] = []
        self.size = 0
        self.created: list[int] = []
        self.counters: dict[str, int] = {}
        names = dict(raw.execute("SELECT code, name FROM organisation"))
        self._offices: Any = _Offices(names)
        people = dict(raw.execute("SELECT login, name FROM person"))
        self._names = [self._of_province(each.key, names, people) for each in PROVINCES]

    @staticmethod
    def _of_province(key: str, offices: dict[str, str], people: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {"province": key}
        for stem in STEMS.values():
            office = f"{stem}-{key.replace(':', '-')}"
            values[f"{stem}_actor"] = office.lower()
            values[f"{stem}_actor_name"] = people[office.lower()]
            values[f"{stem}_office"] = office
            values[f"{stem}_office_name"] = offices[office]
        return values

    def code(self, index: int) -> str:
        """The code of a proposal that has its first row."""
        template = self._templates[self._them.template[index]]
        return f"{template.prefix}{self._them.number[index]:04}"

    def texts(self, index: int, template: Template) -> tuple[str, str, str]:
        """Title, beneficiary and search text of a proposal."""
        province = PROVINCES[self._them.province[index]]
        title, who = texts(self._them.seed, index, province.name)
        content = dict(template.content)
        content |= {"title": title, "province": province.key}
        content["unit_office"] = f"TTKC-{province.key.replace(':', '-')}"
        content["beneficiaries"] = [who] if content["beneficiaries"] else []
        return title, who, folded(self._offices, content)

    def leaves(self) -> Iterator[tuple[str, str]]:
        """Yield every leaf with its hash, in the order in which the days passed."""
        them, templates = self._them, self._templates
        days: dict[int, array[int]] = {}
        for index, chosen in enumerate(them.template):
            for row in templates[chosen].rows:
                days.setdefault(row.day, array("I")).append(index)
        for day in sorted(days):
            members = days.pop(day)
            morning, step = (day - 719163) * 86_400_000_000 + 3_600_000_000, 28_800_000_000 // len(members)
            prefix = date.fromordinal(day).isoformat()
            for place, index in enumerate(members):
                yield self._leaf(index, morning + place * step, prefix)

    def _leaf(self, index: int, at: int, day: str) -> tuple[str, str]:
        """Fill in the next leaf of a proposal. at: microseconds since 1970; day: its date."""
        them = self._them
        template = self._templates[them.template[index]]
        number = them.rows[index]
        row = template.rows[number]
        self.size += 1
        values = self._names[them.province[index]].copy()
        start = index * 32
        if number == 0:
            them.first[index] = self.size
            self.counters[template.prefix] = them.number[index] = self.counters.get(template.prefix, 0) + 1
            self.created.append(index)
            values["prev"] = ZERO_HASH
        else:
            values["prev"] = them.head[start : start + 32].hex()
        if number + 1 == template.dossier["entered_seq"]:
            them.entered[index] = at
        values["code"] = self.code(index)
        values["at"] = _instant(at, day)
        values["request"] = f"{self.size:08x}-0000-4000-8000-{self.size * 0x9E3779B1 & 0xFFFFFFFFFFFF:012x}"
        if row.permilles:
            asked = them.asked[index] // 1000
            for permille in row.permilles:
                values[f"m{permille}"] = asked * permille
        if row.content is not None:
            values["title"], values["who"], values["folded"] = self.texts(index, template)
            content = values["content"] = row.content % values
            them.digest[start : start + 32] = sha256(content.encode()).digest()
        values["digest"] = them.digest[start : start + 32].hex()
        text = row.form % values
        hashed = sha256(b"\0" + text.encode()).digest()
        them.head[start : start + 32] = hashed
        them.rows[index] = number + 1
        self._grow(hashed)
        return text, hashed.hex()

    def _grow(self, hashed: bytes) -> None:
        """One more leaf in the tree: as many subtrees close as the old size has trailing ones."""
        peaks, size = self._peaks, self.size - 1
        while size & 1:
            hashed = sha256(b"\1" + peaks.pop() + hashed).digest()
            size >>= 1
        peaks.append(hashed)

    def dossiers(self, names: list[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the row of each dossier, with the columns `names`."""
        them = self._them
        for index in self.created:
            template = self._templates[them.template[index]]
            own, start, asked = self._names[them.province[index]], index * 32, them.asked[index] // 1000
            title, _, search = self.texts(index, template)
            values = dict(template.dossier)
            for name in ("total", "requested", "approved", *ADDED):
                if values[name]:
                    values[name] = asked * (values[name] * 1000 // template.dossier["requested"])
            at = them.entered[index]
            values |= {
                "id": them.first[index],
                "code": self.code(index),
                "head": them.head[start : start + 32].hex(),
                "digest": them.digest[start : start + 32].hex(),
                "title": title,
                "folded": search,
                "province": own["province"],
                "unit_office": own["TTKC_office"],
                "entered_at": _instant(at, date.fromordinal(at // 86_400_000_000 + 719163).isoformat()),
            }
            if template.last_role in STEMS:
                values["last_actor"] = own[f"{STEMS[template.last_role]}_actor"]
            yield tuple(values[name] for name in names)

    def beside(self, index: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return the rows of a proposal in `paper` and `amount`."""
        template, code = self._templates[self._them.template[index]], self.code(index)
        asked = self._them.asked[index] // 1000
        return (
            [(code, *paper) for paper in template.papers],
            [(code, seq, kind, no, asked * permille) for seq, kind, no, permille in template.amounts],
        )

    def peaks(self) -> str:
        """The tree's peaks as `log_head` keeps them."""
        return ",".join(peak.hex() for peak in self._peaks)


def _instant(at: int, day: str) -> str:
    seconds, micros = divmod(at % 86_400_000_000, 1_000_000)
    return f"{day}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micros:06}Z"


def plays(count: int, history_per: int, seed: int) -> list[Template]:
    """Play `count` lives through the real engine, in a store that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="kcflow-plays-") as folder:
        url = f"sqlite:///{Path(folder) / 'plays.db'}"
        ensure_current(url, create=True)
        with QuietStore(url) as store:
            found(store, ("stage", "Stage"), newest=False)
            stage = Stage(store, history_per)
            return [stage.play(part, number) for number, part in enumerate(parts(count, seed))]


def build(
    path: Path, proposals: int, *, history_per: int = 10, seed: int = 1, tell: Tell = lambda _: None
) -> int:
    """Write a new store with `proposals` proposals; return how many history rows it has.

    history_per: how many rows a proposal has, about. Raises `FileExistsError`.
    """
    if path.exists():
        raise FileExistsError(path)
    templates = plays(min(PLAYED, max(24, proposals // 12)), history_per, seed)
    tell(f"{len(templates)} lives played")
    draft = path.with_name(f".{path.name}.part")
    for suffix in ("", "-wal", "-shm"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)
    url = f"sqlite:///{draft}"
    ensure_current(url, create=True)
    with QuietStore(url) as store:
        found(store, os_account())
    raw = connect_sqlite(draft, None)
    # A half-made file is thrown away: neither a journal nor the disk's answer is waited for.
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000", "locking_mode=EXCLUSIVE"):
        raw.execute(f"PRAGMA {setting}").fetchall()
    raw.execute("BEGIN")
    # The history's own indexes grow at their ends; the others are sooner made of all rows at once.
    put_back = raw.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND (type = 'trigger'"
        " OR (type = 'index' AND tbl_name IN ('dossier', 'paper', 'amount'))) ORDER BY rowid"
    ).fetchall()
    for kind, name, _ in put_back:
        raw.execute(f"DROP {kind} {name}")
    builder = Builder(raw, templates, Proposals(proposals, seed, templates, history_per))
    raw.executemany("INSERT INTO history (leaf, hash) VALUES (?, ?)", _told(builder.leaves(), tell))
    _derive(raw, builder, tell)
    for _, _, sql in put_back:
        raw.execute(sql)
    tell("indexes, triggers")
    raw.execute("COMMIT")
    raw.close()
    connect_sqlite(draft, None).close()
    draft.rename(path)
    return builder.size


def _derive(raw: sqlite3.Connection, builder: Builder, tell: Tell) -> None:
    """Write what the triggers would have made of the history."""
    tell(f"{builder.size} history rows")
    names = [row[1] for row in raw.execute("PRAGMA table_xinfo(dossier)") if row[6] == 0]
    marks = ", ".join("?" * len(names))
    raw.executemany(f"INSERT INTO dossier ({', '.join(names)}) VALUES ({marks})", builder.dossiers(names))
    tell("dossiers")
    raw.execute("INSERT INTO dossier_search (dossier_search) VALUES ('rebuild')")
    tell("search")
    # In the order of their key, so that each goes behind the last.
    by_code = sorted(builder.created, key=builder.code)
    raw.executemany(
        "INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row for index in by_code for row in builder.beside(index)[0]),
    )
    raw.executemany(
        "INSERT INTO amount VALUES (?, ?, ?, ?, ?)",
        (row for index in by_code for row in builder.beside(index)[1]),
    )
    raw.executemany("INSERT INTO counter VALUES (?, ?)", sorted(builder.counters.items()))
    raw.execute("UPDATE log_head SET size = ?, peaks = ?", (builder.size, builder.peaks()))
    tell("papers, amounts, tree")


def _told(leaves: Iterator[tuple[str, str]], tell: Tell) -> Iterator[tuple[str, str]]:
    for number, leaf in enumerate(leaves, 1):
        if number % 500_000 == 0:
            tell(f"{number} history rows")
        yield leaf


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bigstore", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--proposals", type=int, required=True)
    parser.add_argument("--history-per", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    start = time.monotonic()

    def tell(step: str) -> None:
        print(f"{time.monotonic() - start:7.1f} s  {step}", flush=True)

    size = build(asked.file, asked.proposals, history_per=asked.history_per, seed=asked.seed, tell=tell)
    tell(f"{asked.file}: {asked.proposals} proposals, {size} rows, {asked.file.stat().st_size >> 20} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
