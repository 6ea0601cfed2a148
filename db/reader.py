"""Reading single things: a dossier, its papers and amounts, a history row. Lists are in db.queries."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from db import leaf as leaves
from db.models import (
    Amount,
    AttachmentBlob,
    Dossier,
    History,
    LifecycleVersion,
    LogHead,
    Meta,
    Paper,
    Refusal,
)
from db.rows import (
    AmountRow,
    DossierLine,
    DossierRow,
    Head,
    HistoryRow,
    LifecycleRow,
    PaperRow,
    RefusalRow,
)
from db.statements import Among, Params, Statement, compile_for, given, many
from db.url import Dialect

if TYPE_CHECKING:
    from db.store import Store

Row = Sequence[Any]


def table(model: type[Any]) -> sa.Table:
    """Return the table of a model."""
    found: sa.Table = model.__table__
    return found


D = table(Dossier)
H = table(History)
P = table(Paper)
A = table(Amount)
LINE_FIELDS = tuple(field.name for field in fields(DossierLine))
LINE_COLUMNS = tuple(D.c[name] for name in LINE_FIELDS)
ROW_COLUMNS = (*(D.c[field.name] for field in fields(DossierRow) if field.name != "written"), H.c.leaf)
HISTORY_COLUMNS = (H.c.id, H.c.hash, H.c.leaf)
_DAYS = tuple(LINE_FIELDS.index(name) for name in ("entered_on", "due_on", "last_on"))
_ENTERED_AT = LINE_FIELDS.index("entered_at")


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    """Return a date from its text."""
    return None if text is None else date.fromisoformat(text)


def _dates(row: Row) -> list[Any]:
    values = list(row)
    for index in _DAYS:
        if values[index] is not None:
            values[index] = date.fromisoformat(values[index])
    values[_ENTERED_AT] = _when(values[_ENTERED_AT])
    return values


def dossier_line(row: Row) -> DossierLine:
    """Make a `DossierLine` of a row of `LINE_COLUMNS`."""
    return DossierLine(*_dates(row))


def dossier_row(row: Row) -> DossierRow:
    """Make a `DossierRow` of a row of `ROW_COLUMNS`."""
    return DossierRow(*_dates(row))


def history_row(row: Row) -> HistoryRow:
    """Make a `HistoryRow` of a row of `HISTORY_COLUMNS`."""
    return HistoryRow(row[0], row[1], json.loads(row[2]), row[2])


def _lifecycle_row(row: Row) -> LifecycleRow:
    values = list(row)
    values[6] = json.loads(values[6])
    values[9] = _when(values[9])
    return LifecycleRow(*values)


def _refusal_row(row: Row) -> RefusalRow:
    values = list(row)
    values[1] = _when(values[1])
    values[7] = tuple(json.loads(values[7]))
    return RefusalRow(*values)


@dataclass(frozen=True, slots=True)
class Single:
    """The statements of this module, compiled for one database."""

    dossier: Statement
    dossier_locked: Statement
    dossiers: Statement
    papers: Statement
    amounts: Statement
    request: Statement
    history: Statement
    last: Statement
    import_keys: Statement
    blob: Statement
    lifecycle: Statement
    lifecycles: Statement
    refusals: Statement
    refusals_of: Statement
    head: Statement
    meta: Statement


@lru_cache
def single(dialect: Dialect) -> Single:
    """Compile the statements once per database."""
    versions = table(LifecycleVersion)
    lifecycles = sa.select(*(versions.c[field.name] for field in fields(LifecycleRow)))
    refusals = sa.select(*(table(Refusal).c[field.name] for field in fields(RefusalRow)))
    refusals = refusals.order_by(table(Refusal).c.id.desc()).limit(given("limit"))
    holding = sa.and_(H.c.dossier == D.c.code, H.c.seq == D.c.content_seq)
    dossiers = sa.select(*ROW_COLUMNS).join_from(D, H, holding)
    one = dossiers.where(D.c.code == given("code"))
    rows = sa.select(*HISTORY_COLUMNS)
    papers = sa.select(*(P.c[field.name] for field in fields(PaperRow)))
    amounts = sa.select(*(A.c[field.name] for field in fields(AmountRow)))
    return Single(
        **{
            name: compile_for(dialect, statement)
            for name, statement in {
                "dossier": one,
                "dossier_locked": one.with_for_update(key_share=True, of=D),
                "dossiers": dossiers.where(Among(D.c.code, "codes")),
                "papers": papers.where(Among(P.c.dossier, "codes")).order_by(P.c.dossier, P.c.seq, P.c.idx),
                "amounts": amounts.where(Among(A.c.dossier, "codes")).order_by(A.c.dossier, A.c.seq),
                "request": rows.where(H.c.request == given("request")),
                "history": rows.where(H.c.dossier == given("code"), H.c.seq == given("seq")),
                "last": rows.where(H.c.dossier == given("code")).order_by(H.c.seq.desc()).limit(1),
                "import_keys": sa.select(D.c.import_key, D.c.code).where(Among(D.c.import_key, "keys")),
                "blob": sa.select(table(AttachmentBlob).c.data).where(
                    table(AttachmentBlob).c.sha256 == given("sha256")
                ),
                "lifecycle": lifecycles.where(versions.c.key == given("key")),
                "lifecycles": lifecycles.order_by(versions.c.key),
                "refusals": refusals,
                "refusals_of": refusals.where(table(Refusal).c.dossier == given("dossier")),
                "head": sa.select(table(LogHead).c.size, table(LogHead).c.peaks),
                "meta": sa.select(table(Meta).c.key, table(Meta).c.value),
            }.items()
        }
    )


class Reader:
    """One transaction's view of the store. Made by `Store.read`; all of it belongs to one moment."""

    __slots__ = ("_raw", "_single", "dialect", "store")

    def __init__(self, store: Store, raw: Any) -> None:  # noqa: ANN401 - either driver's connection
        self.store = store
        self._raw = raw
        self.dialect: Dialect = store.dialect
        self._single = single(store.dialect)

    @property
    def raw(self) -> Any:  # noqa: ANN401 - either driver's connection
        """The driver's connection, for what has no statement of its own (verification, the sequencer)."""
        return self._raw

    def rows(self, statement: Statement, params: Params) -> list[Row]:
        """Run a compiled statement and return all of its rows."""
        found: list[Row] = self._raw.execute(statement.sql, statement.bind(params)).fetchall()
        return found

    def one(self, statement: Statement, params: Params) -> Row | None:
        """Run a compiled statement and return its first row."""
        rows = self.rows(statement, params)
        return rows[0] if rows else None

    def many(self, values: Collection[str]) -> str | list[str]:
        """Return a list parameter for `Among`."""
        return many(self.dialect, values)

    def dossier(self, code: str) -> DossierRow | None:
        """Return a dossier, None when there is none. A `Writer` on PostgreSQL locks it."""
        row = self.one(self._single.dossier, {"code": code})
        return dossier_row(row) if row else None

    def dossiers(self, codes: Iterable[str]) -> list[DossierRow]:
        """Return those dossiers that exist, in the order asked."""
        asked = list(codes)
        found = {
            row.code: row
            for row in map(dossier_row, self.rows(self._single.dossiers, {"codes": self.many(asked)}))
        }
        return [found[code] for code in asked if code in found]

    def papers(self, codes: Iterable[str]) -> dict[str, list[PaperRow]]:
        """Return the papers of dossiers, oldest first; dossiers without papers are absent."""
        found: dict[str, list[PaperRow]] = {}
        for row in self.rows(self._single.papers, {"codes": self.many(list(codes))}):
            values = list(row)
            values[5] = day(values[5])
            found.setdefault(row[0], []).append(PaperRow(*values))
        return found

    def amounts(self, codes: Iterable[str]) -> dict[str, list[AmountRow]]:
        """Return the recorded amounts of dossiers, oldest first; dossiers without any are absent."""
        found: dict[str, list[AmountRow]] = {}
        for row in self.rows(self._single.amounts, {"codes": self.many(list(codes))}):
            found.setdefault(row[0], []).append(AmountRow(*row))
        return found

    def rounds(self, codes: Iterable[str]) -> dict[str, frozenset[int]]:
        """Return the allocation rounds in which dossiers stand; those in none are absent."""
        found = {
            code: frozenset(a.round for a in amounts if a.kind == "allocated" and a.round is not None)
            for code, amounts in self.amounts(codes).items()
        }
        return {code: rounds for code, rounds in found.items() if rounds}

    def request_row(self, request: str) -> HistoryRow | None:
        """Return what a request did, None when it was not carried out."""
        row = self.one(self._single.request, {"request": request})
        return history_row(row) if row else None

    def history_row(self, code: str, seq: int) -> HistoryRow | None:
        """Return one row of a dossier's history."""
        row = self.one(self._single.history, {"code": code, "seq": seq})
        return history_row(row) if row else None

    def last_row(self, code: str) -> HistoryRow | None:
        """Return the last row of a dossier's history."""
        row = self.one(self._single.last, {"code": code})
        return history_row(row) if row else None

    def import_keys(self, keys: Iterable[str]) -> dict[str, str]:
        """Return which of these rows of registers were imported already, each with its dossier's code."""
        return {
            row[0]: row[1] for row in self.rows(self._single.import_keys, {"keys": self.many(list(keys))})
        }

    def blob(self, sha256: str) -> bytes | None:
        """Return an attached file by its SHA-256 hex."""
        row = self.one(self._single.blob, {"sha256": sha256})
        return bytes(row[0]) if row else None

    def lifecycle(self, key: str) -> LifecycleRow | None:
        """Return an installed lifecycle ("kcqg@2014")."""
        row = self.one(self._single.lifecycle, {"key": key})
        return _lifecycle_row(row) if row else None

    def lifecycles(self) -> list[LifecycleRow]:
        """Return every installed lifecycle, by key."""
        return [_lifecycle_row(row) for row in self.rows(self._single.lifecycles, {})]

    def refusals(self, dossier: str | None = None, limit: int = 100) -> list[RefusalRow]:
        """Return refused attempts, newest first, of one dossier or of all."""
        if dossier is None:
            rows = self.rows(self._single.refusals, {"limit": limit})
        else:
            rows = self.rows(self._single.refusals_of, {"limit": limit, "dossier": dossier})
        return [_refusal_row(row) for row in rows]

    def head(self) -> Head:
        """Return the head of the tree over all leaves."""
        row = self.one(self._single.head, {})
        return leaves.head_of(row[0], row[1]) if row else leaves.head_of(0, "")

    def meta(self) -> dict[str, str]:
        """Return what the store knows about itself."""
        return {row[0]: row[1] for row in self.rows(self._single.meta, {})}
