"""Reading single things: a dossier, its papers and amounts, a history row. Lists are in db.queries."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from db import leaf as leaves
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
from db.rows_money import ChargeRow, FigureRow, FundRow, WorkRow
from db.statements import Params, Statement, many, statement
from db.url import Dialect

if TYPE_CHECKING:
    from db.store import Store

Row = Sequence[Any]


LINE_FIELDS = tuple(field.name for field in fields(DossierLine))
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
    """Make a `DossierLine` of a row with its fields in order."""
    return DossierLine(*_dates(row))


def dossier_row(row: Row) -> DossierRow:
    """Make a `DossierRow` of a row with its fields in order."""
    return DossierRow(*_dates(row))


def history_row(row: Row) -> HistoryRow:
    """Make a `HistoryRow` of (id, hash, leaf)."""
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


class _Ended:
    """Stands for the connection of a transaction that is over: another thread may have it by now."""

    def __getattr__(self, name: str) -> NoReturn:
        message = f"the transaction is over: {name} was asked for too late"
        raise RuntimeError(message)


_ENDED = _Ended()


class Reader:
    """One transaction's view of the store. Made by `Store.read`; all of it belongs to one moment."""

    __slots__ = ("_raw", "dialect", "notes", "store")

    def __init__(self, store: Store, raw: Any) -> None:  # noqa: ANN401 - either driver's connection
        self.store = store
        self._raw = raw
        self.dialect: Dialect = store.dialect
        self.notes: dict[str, Any] = {}
        """What its user worked out once for the whole transaction."""

    def end(self) -> None:
        """Let go of the connection; whatever is asked from now on is a fault of the program."""
        self._raw = _ENDED

    @property
    def raw(self) -> Any:  # noqa: ANN401 - either driver's connection
        """The driver's connection, for what has no statement of its own (verification, the sequencer)."""
        return self._raw

    def sql(self, name: str, *shape: Any) -> Statement:  # noqa: ANN401 - each statement has its own
        """Return a compiled statement (db.build) for this database."""
        return statement(self.dialect, name, *shape)

    def rows(self, compiled: Statement, params: Params) -> list[Row]:
        """Run a compiled statement and return all of its rows."""
        found: list[Row] = self._raw.execute(compiled.sql, compiled.bind(params)).fetchall()
        return found

    def one(self, compiled: Statement, params: Params) -> Row | None:
        """Run a compiled statement and return its first row."""
        rows = self.rows(compiled, params)
        return rows[0] if rows else None

    def many(self, values: Collection[str]) -> str | list[str]:
        """Return a list parameter for `Among`."""
        return many(self.dialect, values)

    def numbers(self, values: Sequence[int]) -> str | list[int]:
        """Return a list of whole numbers as a parameter for `Among`."""
        return json.dumps(list(values)) if self.dialect == "sqlite" else list(values)

    def dossier(self, code: str) -> DossierRow | None:
        """Return a dossier, None when there is none. A `Writer` on PostgreSQL locks it."""
        row = self.one(self.sql("dossier"), {"code": code})
        return dossier_row(row) if row else None

    def dossiers(self, codes: Iterable[str]) -> list[DossierRow]:
        """Return those dossiers that exist, in the order asked."""
        asked = list(codes)
        found = {
            row.code: row
            for row in map(dossier_row, self.rows(self.sql("dossiers"), {"codes": self.many(asked)}))
        }
        return [found[code] for code in asked if code in found]

    def titles(self, codes: Iterable[str]) -> dict[str, str]:
        """Return the titles of those dossiers that exist."""
        asked = self.many(sorted(codes))
        return {row[0]: row[1] for row in self.rows(self.sql("titles"), {"codes": asked})}

    def papers(self, codes: Iterable[str]) -> dict[str, list[PaperRow]]:
        """Return the papers of dossiers, oldest first; dossiers without papers are absent."""
        found: dict[str, list[PaperRow]] = {}
        for row in self.rows(self.sql("papers"), {"codes": self.many(list(codes))}):
            values = list(row)
            values[5] = day(values[5])
            found.setdefault(row[0], []).append(PaperRow(*values))
        return found

    def amounts(self, codes: Iterable[str]) -> dict[str, list[AmountRow]]:
        """Return the recorded amounts of dossiers, oldest first; dossiers without any are absent."""
        found: dict[str, list[AmountRow]] = {}
        for row in self.rows(self.sql("amounts"), {"codes": self.many(list(codes))}):
            found.setdefault(row[0], []).append(AmountRow(*row))
        return found

    def rounds(self, codes: Iterable[str]) -> dict[str, frozenset[int]]:
        """Return the allocation rounds in which dossiers stand; those in none are absent."""
        found = {
            code: frozenset(a.round for a in amounts if a.kind == "allocated" and a.round is not None)
            for code, amounts in self.amounts(codes).items()
        }
        return {code: rounds for code, rounds in found.items() if rounds}

    # -- money ---------------------------------------------------------------------------------------

    def fund(self, code: str) -> FundRow | None:
        """Return the fund of a plan, a round or a contract; None when it has none."""
        return self.funds((code,)).get(code)

    def funds(self, codes: Iterable[str]) -> dict[str, FundRow]:
        """Return the funds of dossiers by their codes; those without one are absent."""
        rows = self.rows(self.sql("funds"), {"codes": self.many(list(codes))})
        return {row[0]: FundRow(*row) for row in rows}

    def charges_to(self, owner: str, kind: str | None = None) -> list[ChargeRow]:
        """Return what was charged to a fund, in order: all of it, or one kind of amount."""
        statement = self.sql("charges_to", kind is not None)
        return [ChargeRow(*row) for row in self.rows(statement, {"owner": owner, "kind": kind})]

    def charges_of(self, dossier: str) -> list[ChargeRow]:
        """Return what the moves of a dossier charged to funds, in order."""
        return [ChargeRow(*row) for row in self.rows(self.sql("charges_of"), {"dossier": dossier})]

    def worksheet(self, owner: str) -> list[WorkRow]:
        """Return who is to get what by the decision that is being prepared, by ordinal."""
        return [WorkRow(*row) for row in self.rows(self.sql("worksheet"), {"owner": owner})]

    def work_totals(self, owners: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return how many dossiers stand on each sheet and their đồng; empty sheets are absent."""
        rows = self.rows(self.sql("work_totals"), {"owners": self.many(list(owners))})
        return {row[0]: (row[1], row[2]) for row in rows}

    def figures(self, plan_year: int) -> list[FigureRow]:
        """Return the published figures of a year in the order they were entered, withdrawn ones too."""
        found = []
        for row in self.rows(self.sql("figures"), {"plan_year": plan_year}):
            values = list(row)
            values[10:] = (at and _when(at) for at in row[10:])
            found.append(FigureRow(*values))
        return found

    def others(
        self,
        kind: str,
        source: str | None = None,
        plan_year: int | None = None,
        province: str | None = None,
        unit_office: str | None = None,
        state: str | None = None,
    ) -> list[DossierLine]:
        """Return dossiers of a kind other than "proposal", newest first; None is anything.

        province "" is what is no province's own: a national plan or round.
        """
        asked = {
            "source": source,
            "plan_year": plan_year,
            "province": province,
            "unit_office": unit_office,
            "state": state,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        rows = self.rows(self.sql("others", tuple(sorted(given))), {"kind": kind, **given})
        return [dossier_line(row) for row in rows]

    def request_row(self, request: str) -> HistoryRow | None:
        """Return what a request did, None when it was not carried out."""
        row = self.one(self.sql("request"), {"request": request})
        return history_row(row) if row else None

    def history_row(self, code: str, seq: int) -> HistoryRow | None:
        """Return one row of a dossier's history."""
        row = self.one(self.sql("history"), {"code": code, "seq": seq})
        return history_row(row) if row else None

    def last_row(self, code: str) -> HistoryRow | None:
        """Return the last row of a dossier's history."""
        row = self.one(self.sql("last"), {"code": code})
        return history_row(row) if row else None

    def import_keys(self, keys: Iterable[str]) -> dict[str, str]:
        """Return which of these rows of registers were imported already, each with its dossier's code."""
        return {row[0]: row[1] for row in self.rows(self.sql("import_keys"), {"keys": self.many(list(keys))})}

    def blob(self, sha256: str) -> bytes | None:
        """Return an attached file by its SHA-256 hex."""
        row = self.one(self.sql("blob"), {"sha256": sha256})
        return bytes(row[0]) if row else None

    def lifecycle(self, key: str) -> LifecycleRow | None:
        """Return an installed lifecycle ("kcqg@2014")."""
        row = self.one(self.sql("lifecycle"), {"key": key})
        return _lifecycle_row(row) if row else None

    def lifecycles(self) -> list[LifecycleRow]:
        """Return every installed lifecycle, by key."""
        return [_lifecycle_row(row) for row in self.rows(self.sql("lifecycles"), {})]

    def refusals(self, dossier: str | None = None, limit: int = 100) -> list[RefusalRow]:
        """Return refused attempts, newest first, of one dossier or of all."""
        if dossier is None:
            rows = self.rows(self.sql("refusals"), {"limit": limit})
        else:
            rows = self.rows(self.sql("refusals_of"), {"limit": limit, "dossier": dossier})
        return [_refusal_row(row) for row in rows]

    def head(self) -> Head:
        """Return the head of the tree over all leaves."""
        row = self.one(self.sql("head"), {})
        return leaves.head_of(row[0], row[1]) if row else leaves.head_of(0, "")

    def meta(self) -> dict[str, str]:
        """Return what the store knows about itself."""
        return {row[0]: row[1] for row in self.rows(self.sql("meta"), {})}
