"""Every list against the same question answered in Python over all rows, page by page, on random dossiers."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from db import build, index, leaf, plan, queries
from db.queries import DossierFilter, HistoryFilter, Scope
from db.rows import DossierLine, DossierRow, HistoryRow
from db.statements import statement
from db.store import Store
from tests.store import world

WORDS = ("che", "may", "moc", "det", "dak", "lak", "ha", "giang", "go", "gom", "chebien", "x100")
NEVER = date.max


class Everything:
    """A store and all that is in it, read row by row."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._fill(random.Random(7))  # noqa: S311 - the same dossiers every time
        with store.read() as reader:
            lines, after = queries.list_dossiers(reader, Scope(), limit=1000)
            assert after is None
            self.dossiers = reader.dossiers([line.code for line in lines])
            self.rows = [row for line in lines for row in queries.history_of(reader, line.code)]
        self.by_code = {row.code: row for row in self.dossiers}
        self._fitting: dict[tuple[Scope, DossierFilter], list[DossierRow]] = {}

    def fitting(self, scope: Scope, asked: DossierFilter) -> list[DossierRow]:
        """The dossiers that a question means, worked out in Python once for all orders."""
        if (scope, asked) not in self._fitting:
            self._fitting[scope, asked] = [
                row for row in self.dossiers if in_scope(row, scope) and fits(row, asked)
            ]
        return self._fitting[scope, asked]

    def _fill(self, chance: random.Random) -> None:
        with self.store.write() as writer:
            for number in range(60):
                day = date(2024, 1, 1) + timedelta(days=chance.randrange(60))
                own = world.content(
                    title=f"Đề án {number}",
                    source=chance.choice(["kcqg", "kcdp"]),
                    plan_year=chance.choice([2023, 2024]),
                    province=chance.choice(["63:02", "63:19", "63:20"]),
                    unit_office=chance.choice(["TT-02", "TT-19", "TT-20"]),
                    content_codes=chance.sample([1, 2, 3, 9, 61], k=chance.randrange(3)),
                    requested=chance.randrange(100, 500) * 1_000_000,
                )
                folded = " ".join(chance.choices(WORDS, k=3))
                code = f"KC{chance.choice(['QG', 'DP'])}-24-{number:04}"
                writer.append(
                    world.create(
                        code,
                        on=day.isoformat(),
                        content=own,
                        digest=leaf.digest(own),
                        refs={"folded": folded},
                        actor=chance.choice("abc"),
                        budget_year=own["plan_year"],
                        due=self._due(chance, day),
                    )
                )
                row = writer.dossier(code)
                for action, to in (("submit", "review"), ("finish", "done")):
                    if row is None or chance.random() < 0.4:
                        break
                    day += timedelta(days=chance.randrange(20))
                    writer.append(
                        world.move(
                            row,
                            action,
                            to,
                            on=day.isoformat(),
                            actor=chance.choice("abc"),
                            office=chance.choice(["TT-02", "SCT"]),
                            due=self._due(chance, day) if to == "review" else None,
                            budget_year=row.budget_year,
                        )
                    )
                    row = writer.dossier(code)

    @staticmethod
    def _due(chance: random.Random, day: date) -> dict[str, Any] | None:
        if chance.random() < 0.3:
            return None
        due = day + timedelta(days=chance.randrange(30))
        return {"on": due.isoformat(), "kind": chance.choice(["law", "policy"]), "basis": "x"}


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Everything]:
    from contextlib import ExitStack

    from db.directory import install_lifecycle
    from db.store import open_store
    from tests.postgres import fresh_database

    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('queries') / 'store.db'}"
        else:
            url = stack.enter_context(fresh_database())
        store = stack.enter_context(open_store(url, create=True))
        with store.administer() as admin:
            install_lifecycle(admin, world.TINY)
        yield Everything(store)


def in_scope(row: DossierLine, scope: Scope) -> bool:
    return (
        (scope.provinces is None or row.province in scope.provinces)
        and (scope.offices is None or row.unit_office in scope.offices)
        and (scope.sources is None or row.source in scope.sources)
        and row.state not in scope.hide_states
    )


def words(text: str) -> list[str]:
    return re.findall(r"[0-9a-z]+", text.lower())


def fits(row: DossierRow, asked: DossierFilter) -> bool:
    own = words(f"{row.code} {row.folded}")
    due = row.due_on or NEVER
    return (
        all(
            any(word.startswith(start) for word in own) or row.province in dict(asked.places).get(start, ())
            for start in words(asked.text or "")
        )
        and (asked.states is None or row.state in asked.states)
        and (asked.lifecycles is None or row.lifecycle in asked.lifecycles)
        and (asked.provinces is None or row.province in asked.provinces)
        and (asked.offices is None or row.unit_office in asked.offices)
        and (asked.plan_year is None or row.plan_year == asked.plan_year)
        and (asked.budget_year is None or row.budget_year == asked.budget_year)
        and (asked.source is None or row.source == asked.source)
        and (asked.kind is None or row.kind == asked.kind)
        and (asked.waits_for is None or row.waits_for in asked.waits_for)
        and (asked.endings is None or row.ending in asked.endings)
        and (not asked.open_only or row.ending == "")
        and (asked.due_from is None or (row.due_on is not None and row.due_on >= asked.due_from))
        and (asked.due_before is None or due < asked.due_before)
        and (asked.due_kind is None or row.due_kind == asked.due_kind)
        and (
            asked.contents is None or any(asked.contents >> code & 1 for code in row.content["content_codes"])
        )
        and (asked.requested_from is None or row.requested >= asked.requested_from)
        and (asked.requested_to is None or row.requested <= asked.requested_to)
    )


SCOPES = (
    Scope(),
    Scope(provinces=frozenset({"63:02", "63:20"})),
    Scope(offices=frozenset({"TT-19"})),
    Scope(provinces=frozenset({"63:02"}), sources=frozenset({"kcqg"}), hide_states=frozenset({"draft"})),
    Scope(offices=frozenset()),
    Scope(hide_states=frozenset({"draft"})),
)
FILTERS = (
    DossierFilter(),
    DossierFilter(text="che"),
    DossierFilter(text="ha mo"),
    DossierFilter(text='KCQG-24 "may'),
    DossierFilter(text="%_*() 'x"),
    DossierFilter(text="  -- "),
    DossierFilter(text="ay"),
    DossierFilter(states=frozenset({"draft", "done"}), plan_year=2023),
    DossierFilter(lifecycles=frozenset({"none@1"})),
    DossierFilter(provinces=frozenset({"63:19"}), source="kcdp", kind="proposal"),
    DossierFilter(offices=frozenset({"TT-02"}), budget_year=2024),
    DossierFilter(waits_for=frozenset({"department"}), open_only=True),
    DossierFilter(endings=frozenset({"completed"})),
    DossierFilter(due_from=date(2024, 2, 1), due_before=date(2024, 3, 1), due_kind="law"),
    DossierFilter(contents=1 << 3 | 1 << 61, open_only=True),
    DossierFilter(contents=0),
    DossierFilter(requested_from=200_000_000, requested_to=300_000_000, states=frozenset({"review"})),
    DossierFilter(text="che ha", places=(("ha", ("63:19", "63:02")), ("che", ()))),
    DossierFilter(text="ha", places=(("ha", ("63:20",)),), provinces=frozenset({"63:20", "63:02"})),
    DossierFilter(provinces=frozenset({"63:99"})),
    DossierFilter(text="che", plan_year=2023, offices=frozenset({"TT-19", "TT-02"}), open_only=True),
    DossierFilter(text="ha", states=frozenset({"draft"}), due_kind="law", kind="proposal"),
    DossierFilter(text="ha", due_kind="law", waits_for=frozenset({"department"}), open_only=True),
    DossierFilter(text="ha", due_before=date(2024, 2, 20), due_kind="law", open_only=True, source="kcqg"),
    DossierFilter(states=frozenset({"draft", "review"}), source="kcqg", endings=frozenset({""})),
)
ORDERS: dict[queries.Order, tuple[Callable[[DossierRow], Any], bool]] = {
    "code": (lambda row: row.code, False),
    "-code": (lambda row: row.code, True),
    "due": (lambda row: (row.due_on or NEVER, row.code), False),
    "title": (lambda row: (row.folded, row.code), False),
    "entered": (lambda row: (row.entered_on, row.code), False),
    "-entered": (lambda row: (row.entered_on, row.code), True),
    "state": (lambda row: (row.state, row.lifecycle, row.code), False),
    "-state": (lambda row: (row.state, row.lifecycle, row.code), True),
    "-title": (lambda row: (row.folded[:60], row.code), True),
    "province": (lambda row: (row.province, row.code), False),
    "-province": (lambda row: (row.province, row.code), True),
    "unit": (lambda row: (row.unit_office, row.code), False),
    "-unit": (lambda row: (row.unit_office, row.code), True),
    "source": (lambda row: (row.source, row.code), False),
    "-source": (lambda row: (row.source, row.code), True),
    "year": (lambda row: (row.plan_year, row.code), False),
    "-year": (lambda row: (row.plan_year, row.code), True),
    "requested": (lambda row: (row.requested, row.code), False),
    "-requested": (lambda row: (row.requested, row.code), True),
    "-newest": (lambda row: row.id, False),
    "newest": (lambda row: row.id, True),
}


def paged(ask: Callable[[Any, int], tuple[list[Any], Any]], limit: int) -> list[Any]:
    """All pages, one after the other."""
    found: list[Any] = []
    after = None
    while True:
        page, after = ask(after, limit)
        found += page
        assert len(page) <= limit
        if after is None:
            return found
        assert len(page) == limit


LAST: dict[str, Callable[[DossierRow], Any]] = {
    "due": lambda row: row.due_on.isoformat() if row.due_on else None,
    "approved": lambda row: row.approved,
    "waits_for": lambda row: row.waits_for if row.ending == "" else None,
}


def in_order(rows: list[DossierRow], order: str) -> list[DossierRow]:
    """The rows sorted in Python; what has no value stands last, whichever way round."""
    value = LAST.get(order.removeprefix("-"))
    if value is None:
        key, backwards = ORDERS[order]  # type: ignore[index]
        return sorted(rows, key=key, reverse=backwards)
    there = [row for row in rows if value(row) is not None]
    there.sort(key=lambda row: (value(row), row.code), reverse=order.startswith("-"))
    return there + sorted((row for row in rows if value(row) is None), key=lambda row: row.code)


@pytest.fixture(params=["few", "along", "sets"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every way in which SQLite reads a list, forced on a small store by what counts as few."""
    if request.param != "few":
        monkeypatch.setattr(plan, "FEW", 0)
        monkeypatch.setattr(plan, "SOME", 0 if request.param == "sets" else 20)
        monkeypatch.setattr(plan, "BUDGET", 0 if request.param == "sets" else 9)
        monkeypatch.setattr(plan, "WIDE_BUDGET", 0 if request.param == "sets" else 12)
    return str(request.param)


@pytest.mark.parametrize("order", get_args(queries.Order))
def test_every_way_gives_the_same_list(everything: Everything, order: queries.Order, way: str) -> None:
    """Pages end to end, the index and the rows of its ids: all the list that Python makes of all rows."""
    if everything.store.dialect != "sqlite" and way != "few":
        pytest.skip("the server plans for itself")
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in FILTERS:
                rows = everything.fitting(scope, asked)
                searched = bool(words(asked.text or ""))
                many = everything.store.dialect == "sqlite" and way != "few" and searched
                used = "newest" if many and order != "-newest" else order
                expected = [row.code for row in in_order(rows, used)]
                found = paged(
                    lambda after, size, scope=scope, asked=asked: queries.list_dossiers(  # type: ignore[misc]
                        reader, scope, asked, order, after, size
                    ),
                    7,
                )
                assert [line.code for line in found] == expected, (scope, asked)
                whole, after = queries.list_dossiers(reader, scope, asked, order, limit=1000)
                assert (whole, after) == (found, None), (scope, asked)
                ids = index.dossier_ids(reader, scope, asked, order)
                assert [line.code for line in index.dossiers(reader, scope, ids)] == expected, (scope, asked)
                assert queries.count_dossiers(reader, scope, asked, cap=None) == len(expected)
                assert queries.count_dossiers(reader, scope, asked, cap=3) == min(3, len(expected))


@pytest.mark.usefixtures("way")
def test_no_list_is_compiled_while_somebody_waits(
    everything: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of SQLite is put together from what is kept: SQLAlchemy takes 36 MB and a moment."""
    if everything.store.dialect != "sqlite":
        pytest.skip("the server's statements are compiled when first asked")

    def compiled(*_: object) -> None:
        raise AssertionError("compiled anew")

    statement.cache_clear()
    monkeypatch.setattr(build, "compile_for", compiled)
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in FILTERS:
                for order in get_args(queries.Order) if scope is SCOPES[3] else ("code", "-newest"):
                    _, after = queries.list_dossiers(reader, scope, asked, order, limit=2)
                    if after is not None:
                        queries.list_dossiers(reader, scope, asked, order, after, 2)
                    index.dossiers(reader, scope, index.dossier_ids(reader, scope, asked, order))
                queries.count_dossiers(reader, scope, asked)
                queries.flow(reader, scope, date(2024, 2, 1), 5, asked)
            for recorded_ in HISTORY:
                queries.history(reader, scope, recorded_)
                queries.history(reader, scope, recorded_, after=50)
                index.history(reader, scope, list(index.history_ids(reader, scope, recorded_)))
            assert queries.may_read_file(reader, scope, "0" * 64) is False
            assert queries.visible(reader, scope, "none") is False


@pytest.mark.usefixtures("way")
def test_the_flow_is_a_recount(everything: Everything) -> None:
    day, near = date(2024, 2, 1), 5
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in FILTERS:
                rows = everything.fitting(scope, asked)
                found = {(x.lifecycle, x.state): x for x in queries.flow(reader, scope, day, near, asked)}
                assert set(found) == {(row.lifecycle, row.state) for row in rows}
                for (lifecycle, state), line in found.items():
                    own = [r for r in rows if (r.lifecycle, r.state) == (lifecycle, state)]
                    late = [r for r in own if r.ending == "" and r.due_on is not None and r.due_on < day]
                    soon = [r for r in own if r.ending == "" and day <= (r.due_on or NEVER)]
                    assert line.count == len(own)
                    assert line.requested == sum(r.requested for r in own)
                    assert line.late_law == sum(r.due_kind == "law" for r in late)
                    assert line.late_policy == sum(r.due_kind == "policy" for r in late)
                    last = day + timedelta(days=near)
                    assert line.near == sum(r.due_on is not None and r.due_on <= last for r in soon)


def test_the_index_of_the_history(everything: Everything) -> None:
    asked_of_it = (HistoryFilter(), HistoryFilter(actor="a"), HistoryFilter(actions=frozenset({"submit"})))
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in asked_of_it:
                pages = paged(
                    lambda after, size, scope=scope, asked=asked: queries.history(  # type: ignore[misc]
                        reader, scope, asked, after, size
                    ),
                    9,
                )
                ids = index.history_ids(reader, scope, asked)
                assert list(ids) == [row.id for row in pages]
                assert [row.id for row in index.history(reader, scope, ids)] == list(ids)
                assert list(index.history_ids(reader, scope, asked, oldest_first=True)) == list(ids)[::-1]
        every = index.history_ids(reader, Scope())
        if everything.store.dialect == "sqlite":
            assert isinstance(every, range)
        hidden = Scope(provinces=frozenset({"63:02"}))
        mine = set(index.history_ids(reader, hidden))
        assert {row.id for row in index.history(reader, hidden, list(every))} == mine
        assert len(mine) < len(every)


def test_an_index_can_be_stopped(everything: Everything) -> None:
    with everything.store.read() as reader:
        found = index.dossier_ids(reader, Scope(), order="-due", stop=lambda: True)
        assert len(found) < len(everything.dossiers)
        assert len(index.dossier_ids(reader, Scope())) == len(everything.dossiers)


def test_counts(everything: Everything) -> None:
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in FILTERS:
                rows = everything.fitting(scope, asked)
                assert queries.count_dossiers(reader, scope, asked) == len(rows)
                assert queries.count_dossiers(reader, scope, asked, cap=5) == min(5, len(rows))
                assert queries.count_by_state(reader, scope, asked) == Counter(
                    (row.lifecycle, row.state) for row in rows
                )


@pytest.mark.parametrize("near", [None, 0, 5])
def test_stalled(everything: Everything, near: int | None) -> None:
    as_of = date(2024, 2, 10)
    last = as_of - timedelta(days=1) if near is None else as_of + timedelta(days=near)
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in (
                DossierFilter(),
                DossierFilter(due_kind="law"),
                DossierFilter(due_before=date(2024, 2, 1)),
            ):
                expected = sorted(
                    (row.due_on, row.code)
                    for row in everything.dossiers
                    if row.ending == ""
                    and row.due_on is not None
                    and row.due_on <= last
                    and in_scope(row, scope)
                    and fits(row, asked)
                )
                found = paged(
                    lambda after, size, scope=scope, asked=asked: queries.stalled(  # type: ignore[misc]
                        reader, scope, as_of, near, asked, after, size
                    ),
                    4,
                )
                assert [(line.due_on, line.code) for line in found] == expected
                assert queries.count_stalled(reader, scope, as_of, near, asked) == len(expected)


def test_inbox(everything: Everything) -> None:
    with everything.store.read() as reader:
        for scope in SCOPES:
            for holders in (frozenset({"unit"}), frozenset({"unit", "department"}), frozenset()):
                expected = sorted(
                    (row.due_on or NEVER, row.code)
                    for row in everything.dossiers
                    if row.ending == "" and row.waits_for in holders and in_scope(row, scope)
                )
                found = paged(
                    lambda after, size, scope=scope, holders=holders: queries.inbox(  # type: ignore[misc]
                        reader, scope, holders, after=after, limit=size
                    ),
                    6,
                )
                assert [line.code for line in found] == [code for _, code in expected]


HISTORY = (
    HistoryFilter(),
    HistoryFilter(dossier="KCQG-24-0001"),
    HistoryFilter(actor="a"),
    HistoryFilter(office="SCT", actions=frozenset({"submit", "create"})),
    HistoryFilter(role="department", on_from=date(2024, 1, 20), on_to=date(2024, 2, 20)),
    HistoryFilter(actor="b", on_to=date(2024, 1, 31)),
    HistoryFilter(
        at_from=datetime(2024, 1, 20, 1, 2, 3, 4, tzinfo=UTC), at_to=datetime(2024, 2, 1, tzinfo=UTC)
    ),
    HistoryFilter(actions=frozenset()),
)


def recorded(row: HistoryRow, asked: HistoryFilter) -> bool:
    return (
        asked.dossier in (None, row.dossier)
        and asked.actor in (None, row.actor)
        and asked.office in (None, row.office)
        and asked.role in (None, row.role)
        and (asked.actions is None or row.action in asked.actions)
        and (asked.on_from is None or row.on >= asked.on_from)
        and (asked.on_to is None or row.on <= asked.on_to)
        and (asked.at_from is None or row.at >= asked.at_from)
        and (asked.at_to is None or row.at < asked.at_to)
    )


def test_history(everything: Everything) -> None:
    newest_first = sorted(everything.rows, key=lambda row: -row.id)
    with everything.store.read() as reader:
        for scope in SCOPES:
            for asked in HISTORY:
                expected = [
                    row
                    for row in newest_first
                    if recorded(row, asked) and in_scope(everything.by_code[row.dossier], scope)
                ]
                found = paged(
                    lambda after, size, scope=scope, asked=asked: queries.history(  # type: ignore[misc]
                        reader, scope, asked, after, size
                    ),
                    9,
                )
                assert found == expected, (scope, asked)


def test_history_of_and_visible(everything: Everything) -> None:
    with everything.store.read() as reader:
        for row in everything.dossiers[:10]:
            rows = queries.history_of(reader, row.code)
            assert [each.seq for each in rows] == list(range(1, row.version + 1))
            assert rows[-1].hash == row.head
            for scope in SCOPES:
                assert queries.visible(reader, scope, row.code) == in_scope(row, scope)
        assert not queries.visible(reader, Scope(), "none")


def test_plans_use_the_indexes(everything: Everything) -> None:
    """On SQLite the hot lists walk an index and sort nothing."""
    if everything.store.dialect != "sqlite":
        pytest.skip("the server plans by its statistics")
    with everything.store.read() as reader:

        def steps(statement: Any, **params: Any) -> str:
            rows = reader.raw.execute(
                f"EXPLAIN QUERY PLAN {statement.sql}", statement.bind(params)
            ).fetchall()
            return " / ".join(row[3] for row in rows)

        late = statement("sqlite", "list", ("due_before", "open_only"), "due", 0, "", "order")
        assert steps(late, due_before="2024-01-01", limit=5) == (
            "SEARCH dossier USING INDEX ix_dossier_due (due_on>? AND due_on<?)"
        )
        feed = statement("sqlite", "feed", ("actor",), (), False)
        assert steps(feed, actor="a", limit=5).startswith("SEARCH history USING INDEX ix_history_actor_id")
        assert "TEMP B-TREE" not in steps(feed, actor="a", limit=5)
        one = statement("sqlite", "feed", ("dossier",), (), True)
        assert "uq_history_dossier_seq" in steps(one, dossier="x") or "autoindex" in steps(one, dossier="x")
