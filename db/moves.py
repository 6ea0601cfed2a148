"""The one write: appending a leaf to the history moves its dossier. The database decides whether it may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from db import leaf as leaves
from db.errors import AlreadyDone, Conflict, IntegrityRefused, StoreError
from db.failures import DONE, STALE, translate, translated
from db.reader import Reader
from db.rows import ZERO_HASH, DossierRow, HistoryRow
from db.rows_money import WorkRow
from db.sealer import Sealer
from db.statements import Statement

if TYPE_CHECKING:
    from db.store import Store

RACES = ("uq_history_dossier_seq", "history.dossier, history.seq")
"""How a race of two first rows shows: both passed the guard, the unique key let one through."""
REPEATS = ("uq_history_request", "history.request")

_APPEND_RUN = "INSERT INTO history (leaf, hash) SELECT * FROM unnest(%b::text[], %b::text[]) RETURNING id"
"""PostgreSQL: one statement, because its guards do once what follows from all of its rows."""
_PART = 200
"""PostgreSQL: so many leaves go to the server at once."""
_Sealed = tuple[str, str, Mapping[str, Any]]
"""A leaf as it is written: its text, its hash, and what it says."""


def _runs(sealed: Sequence[_Sealed]) -> Iterator[list[_Sealed]]:
    """Cut leaves into runs whose order doesn't matter: no dossier moves twice, none is charged that moves."""
    run: list[_Sealed] = []
    moved: set[str] = set()
    charged: set[str] = set()
    for each in sealed:
        code, owners = each[2]["dossier"], each[2]["refs"].get("charges", ())
        if code in moved or code in charged or not moved.isdisjoint(owners):
            yield run
            run, moved, charged = [], set(), set()
        run.append(each)
        moved.add(code)
        charged.update(owners)
    yield run


class Writer(Reader):
    """A transaction that moves dossiers. Made by `Store.write`; after a refused write it is over."""

    __slots__ = ("_held", "_over")

    def __init__(self, store: Store, raw: Any) -> None:  # noqa: ANN401 - either driver's connection
        super().__init__(store, raw)
        self._over = False
        self._held: set[str] = set()

    def dossier(self, code: str) -> DossierRow | None:
        """Return a dossier; on PostgreSQL nobody else can move it until this transaction ends."""
        if self.dialect == "postgresql":
            self.rows(self.sql("dossier_lock"), {"code": code})
        return super().dossier(code)

    def lock(self, codes: Iterable[str], owners: Iterable[str] = ()) -> None:
        """Let nobody else move these dossiers or charge these funds until the transaction ends.

        codes: dossiers that will move. owners: plans, rounds and contracts that will be charged. Whoever
        locks many must do so at once, here, before the first row is appended: proposals, then the other
        dossiers, then funds, each by code. In one order for all, nobody waits for each other.
        """
        moved = list(codes)
        self.lock_dossiers(moved)
        if self.dialect == "postgresql":
            charged = [*moved, *owners]
            self.rows(self.sql("lock_funds"), {"codes": self.many(charged)})
            self._held.update(charged)

    def lock_dossiers(self, codes: Iterable[str]) -> None:
        """Let nobody else move these dossiers until the transaction ends; their funds come later (`lock`)."""
        self._check_open()
        if self.dialect == "postgresql":
            self.rows(self.sql("lock_dossiers"), {"codes": self.many(list(codes))})

    def append(self, leaf: Mapping[str, Any]) -> HistoryRow:
        """Append a leaf (db.leaf.make) to the history: the move itself.

        Raises `LeafError` when it is out of form, `Conflict` when somebody moved the dossier first,
        `AlreadyDone` when its request was carried out before, `IntegrityRefused` when the database's guards
        refuse it. After any of these the transaction is rolled back and can't be used any more.
        """
        return self.append_many((leaf,))[0]

    def append_many(self, leaves_: Iterable[Mapping[str, Any]]) -> list[HistoryRow]:
        """Append leaves in order, all or none. Raises like `append`, for the first one refused."""
        self._check_open()
        sealed: list[_Sealed] = []
        done: list[HistoryRow] = []
        seal = Sealer().seal
        if self.dialect == "sqlite":
            sealed += [(*seal(leaf), leaf) for leaf in leaves_]
        try:
            if self.dialect == "sqlite":
                self._append_sqlite(sealed, done)
            else:
                self._append_postgresql(iter(leaves_), seal, sealed, done)
        except Exception as error:
            ours = translate(error, self.store.location)
            if ours is None:
                if sealed:
                    self._end()
                raise
            raise self._explained(ours, [leaf for _, _, leaf in sealed[len(done) :]]) from error
        return done

    def _lock_all(self, leaves_: Sequence[Mapping[str, Any]]) -> None:
        owners = {code for leaf in leaves_ for code in leaf["refs"].get("charges", ())}
        self.lock({leaf["dossier"] for leaf in leaves_}, owners)

    def _append_sqlite(
        self, sealed: list[tuple[str, str, Mapping[str, Any]]], done: list[HistoryRow]
    ) -> None:
        sql, seals = self.sql("append").sql, self._raw.seals
        cursor = self._raw.cursor()
        for text, hash_, leaf in sealed:
            seals.sealed = (text, hash_)
            cursor.execute(sql, {"leaf": text, "hash": hash_})
            done.append(HistoryRow(cursor.lastrowid, hash_, leaf, text))

    def _append_postgresql(
        self,
        leaves_: Iterator[Mapping[str, Any]],
        seal: Callable[[Mapping[str, Any]], tuple[str, str]],
        sealed: list[_Sealed],
        done: list[HistoryRow],
    ) -> None:
        """Insert leaves in parts; the next one is made while the server works on the one before."""
        from concurrent.futures import Future, ThreadPoolExecutor

        with ThreadPoolExecutor(1) as lane:
            under_way: Future[list[HistoryRow]] | None = None
            while part := list(islice(leaves_, _PART)):
                if len(part) > 1 and not self._holds(part):
                    # Whoever locked nothing beforehand locks all at once, in one order, before the first row.
                    part += leaves_
                    self._lock_all(part)
                ready = [(*seal(leaf), leaf) for leaf in part]
                if under_way is not None:
                    done += under_way.result()
                    under_way = None
                sealed += ready
                if len(part) == _PART:
                    under_way = lane.submit(self._insert, ready)
                else:
                    done += self._insert(ready)
            if under_way is not None:
                done += under_way.result()

    def _holds(self, leaves_: Sequence[Mapping[str, Any]]) -> bool:
        return all(
            leaf["dossier"] in self._held and self._held.issuperset(leaf["refs"].get("charges", ()))
            for leaf in leaves_
        )

    def _insert(self, sealed: Sequence[_Sealed]) -> list[HistoryRow]:
        made: list[HistoryRow] = []
        for run in _runs(sealed):
            texts, hashes = [text for text, _, _ in run], [hash_ for _, hash_, _ in run]
            found = self._raw.execute(_APPEND_RUN, (texts, hashes)).fetchall()
            made += [
                HistoryRow(id_, hash_, leaf, text)
                for (id_,), (text, hash_, leaf) in zip(found, run, strict=True)
            ]
        return made

    def _end(self) -> None:
        """Roll back: what was written so far is half of something."""
        self._over = True
        self.store.abandon(self._raw)

    def _explained(self, error: StoreError, pending: Sequence[Mapping[str, Any]]) -> StoreError:
        """End the transaction and say who was faster, or what the request did before."""
        self._end()
        if not isinstance(error, IntegrityRefused):
            return error
        stale = error.kc in STALE or any(key in error.text for key in RACES)
        if not stale and error.kc != DONE and not any(key in error.text for key in REPEATS):
            return error
        # A retry whose first try succeeded is stale as well: its own row is the answer.
        for leaf in pending:
            if row := self.request_row(leaf["request"]):
                return AlreadyDone(row)
        if not stale:
            return error
        heads: dict[str, str] = {}
        for leaf in pending:
            code = leaf["dossier"]
            if code not in heads:
                winner = self.last_row(code)
                if (winner.hash if winner else ZERO_HASH) != leaf["prev"]:
                    return Conflict(code, winner)
            heads[code] = leaf["request"]
        code = pending[0]["dossier"]
        return Conflict(code, self.last_row(code))

    def refuse(
        self,
        *,
        actor: str,
        operator: str | None,
        office: str | None,
        dossier: str,
        action: str,
        reasons: Sequence[Mapping[str, Any]],
        request: str | None = None,
    ) -> None:
        """Keep a refused attempt. reasons: each {"kind", "code", "params"} as plain JSON values."""
        self.run(
            self.sql("refuse"),
            {
                "at": leaves.instant(self.store.now()),
                "actor": actor,
                "operator": operator,
                "office": office,
                "dossier": dossier,
                "action": action,
                "reasons": json.dumps(list(reasons), ensure_ascii=False, sort_keys=True),
                "request": request,
            },
        )

    def put_blob(self, data: bytes) -> str:
        """Keep an attached file (once) and return its SHA-256 hex."""
        name = sha256(data).hexdigest()
        if not self.rows(self.sql("has_blob"), {"sha256": name}):
            self.run(self.sql("put_blob"), {"sha256": name, "size": len(data), "data": data})
        return name

    def next_code(self, prefix: str, n: int = 1, width: int = 4) -> list[str]:
        """Give out the next `n` codes: "KCQG-24-" gives ["KCQG-24-0001"]. None is given twice."""
        self._check_open()
        row = self.one(self.sql("count_codes"), {"prefix": prefix, "n": n})
        last = int(row[0]) if row else n
        return [f"{prefix}{number:0{width}}" for number in range(last - n + 1, last + 1)]

    def put_work(self, owner: str, rows: Sequence[WorkRow]) -> None:
        """Replace the whole sheet of a plan or round. Raises `IntegrityRefused` for what no sheet may hold.

        rows: in the order of `ordinal`, each of this owner; dong more than 0.
        """
        self.run(self.sql("clear_work"), {"owner": owner})
        if rows:
            statement = self.sql("put_work")
            values = [
                statement.bind(
                    {
                        "owner": owner,
                        "dossier": row.dossier,
                        "dong": row.dong,
                        "ordinal": row.ordinal,
                        "note": row.note,
                    }
                )
                for row in rows
            ]
            with translated(self.store.location):
                self._raw.cursor().executemany(statement.sql, values)

    def set_work(self, owner: str, dossier: str, dong: int | None, note: str | None = None) -> None:
        """Put one dossier on a sheet, at its place or as the last one; dong None takes it off."""
        if dong is None:
            self.run(self.sql("drop_work"), {"owner": owner, "dossier": dossier})
            return
        there = self.worksheet(owner)
        last = max((row.ordinal for row in there), default=0) + 1
        ordinal = next((row.ordinal for row in there if row.dossier == dossier), last)
        values = {"owner": owner, "dossier": dossier, "dong": dong, "ordinal": ordinal, "note": note}
        with translated(self.store.location):
            self.run(self.sql("put_work"), values)

    def add_figure(
        self,
        *,
        plan_year: int,
        area: str,
        source: str,
        stage: str,
        round: int | None,  # noqa: A002 - the column's name
        dong: int,
        unit_dong: int,
        basis: str,
        entered_by: str,
    ) -> int:
        """Keep a published figure (`FigureRow` says what is what); return its id."""
        values = {
            "plan_year": plan_year,
            "area": area,
            "source": source,
            "stage": stage,
            "round": round,
            "dong": dong,
            "unit_dong": unit_dong,
            "basis": basis,
            "entered_by": entered_by,
            "entered_at": leaves.instant(self.store.now()),
        }
        with translated(self.store.location):
            row = self.one(self.sql("add_figure"), values)
        return int(row[0]) if row else 0

    def withdraw_figure(self, figure: int) -> bool:
        """Take a published figure back; say whether it stood until then."""
        values = {"id": figure, "at": leaves.instant(self.store.now())}
        return self.run(self.sql("withdraw_figure"), values) == 1

    def run(self, compiled: Statement, params: Mapping[str, Any]) -> int:
        """Run a compiled write and return how many rows it touched."""
        self._check_open()
        return int(self._raw.execute(compiled.sql, compiled.bind(params)).rowcount)

    def _check_open(self) -> None:
        # Without this, a write after a refused one would be a transaction of its own.
        if self._over:
            raise RuntimeError("this transaction was rolled back; begin another one")
