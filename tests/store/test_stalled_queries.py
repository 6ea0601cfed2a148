"""The conditions of Tồn đọng, every kind of dossier among them: every way of reading gives the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import pytest

from db import build, index, plan, queries, stalled
from db.queries import Authority, DossierFilter, Scope, Standing
from db.rows import DossierLine
from db.statements import statement
from db.store import Store, open_store
from tests.postgres import fresh_database
from tests.store import money, world

DAY = date(2024, 6, 10)
NEAR = DAY + timedelta(days=6)
PROVINCES = ("63:02", "63:19", "")
UNITS = ("TTKC-63-02", "TTKC-63-19")


def key(kind: str, state: str) -> str:
    """A state as `Authority` names it."""
    return f"{money.LIFECYCLES[kind].key} {state}"


WHO = Authority(
    by_none=frozenset({key("proposal", "open"), key("contract", "open"), key("annual_plan", "proposed")}),
    at=(
        ("unit", frozenset({key("contract", "open")})),
        ("department", frozenset({key("proposal", "open")})),
        ("finance_department", frozenset({key("proposal", "open")})),
        ("provincial_committee", frozenset()),
    ),
    of=(
        ("unit", frozenset({UNITS[0]})),
        ("department", frozenset({PROVINCES[0]})),
        ("finance_department", frozenset({"63:40"})),
        ("provincial_committee", frozenset({PROVINCES[1]})),
    ),
)


def nobody(line: DossierLine) -> bool:
    """What `Authority` says, in Python."""
    at, of = dict(WHO.at), dict(WHO.of)
    own = f"{line.lifecycle} {line.state}"
    places = {role: line.unit_office if role == "unit" else line.province for role in at}
    return own in WHO.by_none and not any(own in at[role] and places[role] in of[role] for role in at)


def standing(kinds: str, held: frozenset[int], stuck: frozenset[int]) -> Standing:
    """What stands still in one of these ways."""
    return Standing(DAY, NEAR, frozenset({"ministry"}), held, stuck, WHO, frozenset(kinds.split()))


def stands(line: DossierLine, asked: Standing) -> bool:
    """The same in Python."""
    if line.id in asked.stuck or nobody(line):
        return "stuck" in asked.kinds
    if line.waits_for in asked.outside or line.id in asked.held:
        return "waiting" in asked.kinds
    if line.due_on is None or line.due_on >= asked.near:
        return False
    return ("near" if line.due_on >= asked.day else str(line.due_kind)) in asked.kinds


class Everything:
    """A store with every kind of dossier, and all lines in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        money.install(store)
        number = 0
        for kind in money.KINDS:
            for state in ("open", "proposed") if kind in ("annual_plan", "contract") else ("open",):
                for step in range(8):
                    number += 1
                    self._add(kind, state, step, number)
        with store.read() as reader:
            asked = DossierFilter(every_kind=True)
            self.lines, after = queries.list_dossiers(reader, Scope(), asked, limit=1000)
            assert after is None
            assert len(self.lines) == number
            rows = reader.raw.execute("SELECT code, folded FROM dossier").fetchall()
        self.folded: dict[str, str] = dict(map(tuple, rows))
        ids = sorted(line.id for line in self.lines)
        self.few, self.many = frozenset(ids[::9]), frozenset(ids[1::2])

    def _add(self, kind: str, state: str, step: int, number: int) -> None:
        due = None
        if step % 4:
            last = DAY + timedelta(days=3 * step - 12)
            due = {"on": last.isoformat(), "kind": ("law", "policy")[step % 2], "basis": f"Đ{step % 3}"}
        own = {"province": PROVINCES[number % 3], "unit_office": UNITS[number % 2], "content_codes": [3]}
        made = money.first(
            kind,
            f"{kind[:2].upper()}-{number:03}",
            content=own,
            due=due,
            refs={"folded": f"x {('che', 'may')[step % 2]} {number}"},
            on=(DAY - timedelta(days=40 - number % 7)).isoformat(),
            entered_on=(DAY - timedelta(days=40 - number % 7)).isoformat(),
        )
        row = world.append(self.store, made)
        if state == "proposed":
            stands = world.dossier(self.store, row.dossier)
            on = (DAY - timedelta(days=30)).isoformat()
            moved = money.move(stands, "propose", "proposed", on=on, entered_on=on, due=due)
            world.append(self.store, moved)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Everything]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('stalled') / 'store.db'}"
        else:
            url = stack.enter_context(fresh_database())
        yield Everything(stack.enter_context(open_store(url, create=True)))


Test = Callable[[DossierLine], bool]


def cases(made: Everything) -> Iterator[tuple[DossierFilter, Test]]:
    """Questions, each with what it means in Python."""
    every = DossierFilter(every_kind=True)
    yield every, lambda _: True
    yield DossierFilter(open_only=True), lambda line: line.kind == "proposal"
    yield (
        DossierFilter(every_kind=True, kind="contract", open_only=True),
        lambda line: line.kind == "contract",
    )
    yield (
        DossierFilter(every_kind=True, text="che"),
        lambda line: "che" in made.folded[line.code].split(),
    )
    yield (
        DossierFilter(every_kind=True, text="x may", states=frozenset({"open"}), ids=made.many),
        lambda line: "may" in made.folded[line.code] and line.state == "open" and line.id in made.many,
    )
    for ids in (made.few, made.many, frozenset[int]()):
        yield DossierFilter(every_kind=True, ids=ids), lambda line, ids=ids: line.id in ids  # type: ignore[misc]
        yield DossierFilter(every_kind=True, not_ids=ids), lambda line, ids=ids: line.id not in ids  # type: ignore[misc]
    yield (
        DossierFilter(ids=made.many, not_ids=made.few),
        lambda line: line.kind == "proposal" and line.id in made.many - made.few,
    )
    yield DossierFilter(every_kind=True, due_basis="Đ1"), lambda line: line.due_basis == "Đ1"
    since = DAY - timedelta(days=37)
    yield DossierFilter(every_kind=True, entered_from=since), lambda line: line.entered_on >= since
    yield (
        DossierFilter(every_kind=True, entered_before=since, open_only=True),
        lambda line: line.entered_on < since,
    )
    yield DossierFilter(every_kind=True, nobody=WHO), nobody
    yield DossierFilter(nobody=WHO), lambda line: line.kind == "proposal" and nobody(line)
    yield (
        DossierFilter(every_kind=True, somebody=WHO, waits_for=frozenset({"agency"}), due_before=DAY),
        lambda line: (
            not nobody(line) and line.waits_for == "agency" and line.due_on is not None and line.due_on < DAY
        ),
    )
    for kinds in ("law policy waiting stuck near", "law", "policy near", "stuck", "waiting", "law policy"):
        asked = standing(kinds, made.few, frozenset(sorted(made.many)[:3]))
        yield (
            DossierFilter(every_kind=True, standing=asked, open_only=True, states=frozenset({"open"})),
            lambda line, asked=asked: line.state == "open" and stands(line, asked),  # type: ignore[misc]
        )
        yield (
            DossierFilter(every_kind=True, standing=asked, text="may"),
            lambda line, asked=asked: "may" in made.folded[line.code] and stands(line, asked),  # type: ignore[misc]
        )


SCOPES: tuple[tuple[Scope, Test], ...] = (
    (Scope(), lambda _: True),
    (Scope(provinces=frozenset({"63:02"})), lambda line: line.province == "63:02"),
    # Other kinds have states of the same names as a proposal that is hidden.
    (
        Scope(hide_states=frozenset({"open"})),
        lambda line: line.kind != "proposal" or line.state != "open",
    ),
    (Scope(offices=frozenset({UNITS[1]})), lambda line: line.unit_office == UNITS[1]),
)


@pytest.fixture(params=["few", "along", "sets"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every way in which SQLite reads a list, forced on a small store by what counts as few."""
    if request.param != "few":
        monkeypatch.setattr(plan, "FEW", 0)
        monkeypatch.setattr(plan, "SOME", 0 if request.param == "sets" else 20)
        monkeypatch.setattr(plan, "BUDGET", 0 if request.param == "sets" else 9)
        monkeypatch.setattr(plan, "WIDE_BUDGET", 0 if request.param == "sets" else 12)
    return str(request.param)


def paged(ask: Callable[[Any], tuple[list[DossierLine], Any]]) -> list[str]:
    """The codes of all pages."""
    found: list[str] = []
    after = None
    while True:
        page, after = ask(after)
        found += [line.code for line in page]
        if after is None:
            return found


@pytest.mark.parametrize(
    "order", ["code", "-due", "due", "newest", "requested", "entered", "waits_for", "title"]
)
def test_every_way_gives_the_same_list(everything: Everything, order: queries.Order, way: str) -> None:
    if everything.store.dialect != "sqlite" and way != "few":
        pytest.skip("the server plans for itself")
    with everything.store.read() as reader:
        # The order of a list is tested in test_queries; here, that it is the same whatever else is asked.
        whole = paged(
            lambda after: queries.list_dossiers(
                reader, Scope(), DossierFilter(every_kind=True), order, after, 9
            )
        )
        by_code = {line.code: line for line in everything.lines}
        for scope, seen in SCOPES:
            for asked, fits in cases(everything):
                expected = {line.code for line in everything.lines if seen(line) and fits(line)}
                found = paged(
                    lambda after, scope=scope, asked=asked: queries.list_dossiers(  # type: ignore[misc]
                        reader, scope, asked, order, after, 7
                    )
                )
                hits = (
                    everything.store.dialect == "sqlite"
                    and way != "few"
                    and asked.text
                    and not asked.every_kind
                )
                assert (sorted if hits else list)(found) == (sorted if hits else list)(
                    code for code in whole if code in expected
                ), (scope, asked, by_code)
                ids = index.dossier_ids(reader, scope, asked, order)
                lines = index.dossiers(reader, scope, ids, every_kind=True)
                assert [line.code for line in lines] == found, (scope, asked)
                assert queries.count_dossiers(reader, scope, asked, cap=None) == len(expected)
                assert queries.count_dossiers(reader, scope, asked, cap=3) == min(3, len(expected))


def test_other_kinds_are_left_out_of_rows_by_their_ids(everything: Everything) -> None:
    ids = [line.id for line in everything.lines]
    with everything.store.read() as reader:
        assert {line.kind for line in index.dossiers(reader, Scope(), ids)} == {"proposal"}
        assert len(index.dossiers(reader, Scope(), ids, every_kind=True)) == len(ids)


@pytest.mark.parametrize("by", ["", "basis", "age"])
def test_groups_are_a_recount(everything: Everything, by: str, way: str) -> None:  # noqa: ARG001
    ages = [DAY - timedelta(days=days) for days in (35, 36, 37, 38, 39)]

    def key_of(line: DossierLine) -> str:
        if by == "age":
            return str(next((n for n, on in enumerate(ages, 1) if line.entered_on >= on), 0))
        return line.due_basis or "" if by == "basis" else ""

    def when(line: DossierLine) -> str:
        if line.due_on is None:
            return "none"
        return "late" if line.due_on < DAY else "near" if line.due_on < NEAR else "later"

    with everything.store.read() as reader:
        for scope, seen in SCOPES:
            asked = DossierFilter(every_kind=True, open_only=True, not_ids=everything.few)
            found, by_law = stalled.groups(reader, scope, DAY, NEAR, by, asked, ages)
            expected: dict[tuple[str, ...], list[DossierLine]] = {}
            laws: dict[tuple[str, ...], int] = {}
            for line in everything.lines:
                if line.id in everything.few or not seen(line) or line.ending:
                    continue
                place = (line.lifecycle, line.state, line.waits_for, line.province, line.unit_office)
                expected.setdefault((*place, when(line), key_of(line)), []).append(line)
                if when(line) == "late" and line.due_kind == "law":
                    laws[(*place, key_of(line))] = laws.get((*place, key_of(line)), 0) + 1
            assert by_law == laws
            assert len(found) == len(expected)
            for group in found:
                place = (group.lifecycle, group.state, group.waits_for, group.province, group.unit_office)
                own = expected[(*place, group.when, group.key)]
                assert group.count == len(own)
                assert group.requested == sum(line.requested for line in own)
                dates = [line.due_on for line in own if line.due_on]
                assert group.due_on == (min(dates) if dates else None)


@pytest.mark.usefixtures("way")
def test_nothing_is_compiled_while_somebody_waits(
    everything: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    if everything.store.dialect != "sqlite":
        pytest.skip("the server's statements are compiled when first asked")

    def compiled(*_: object) -> None:
        raise AssertionError("compiled anew")

    statement.cache_clear()
    monkeypatch.setattr(build, "compile_for", compiled)
    with everything.store.read() as reader:
        for scope, _ in SCOPES:
            for asked, _ in cases(everything):
                for order in ("due", "-requested", "newest"):
                    _, after = queries.list_dossiers(reader, scope, asked, order, limit=2)
                    if after is not None:
                        queries.list_dossiers(reader, scope, asked, order, after, 2)
                queries.count_dossiers(reader, scope, asked)
                stalled.money_left(reader, scope, asked)
                list(stalled.as_of(reader, scope, DAY, asked))
        stalled.held_on(reader, DAY)
        stalled.holders(reader)
        stalled.marked(reader)
        assert stalled.places(reader, "province") == {line.province for line in everything.lines}
        assert stalled.places(reader, "unit_office") == {line.unit_office for line in everything.lines}


def test_places_are_those_that_dossiers_have(everything: Everything) -> None:
    with everything.store.read() as reader:
        assert stalled.places(reader, "province") == {line.province for line in everything.lines}
        assert stalled.places(reader, "unit_office") == {line.unit_office for line in everything.lines}
