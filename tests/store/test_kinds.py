"""Plans, rounds, contracts and adjustments share a table with the proposals, and no list with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db import index, plan, queries
from db.build_lists import ORDERS
from db.queries import DossierFilter, Scope
from db.store import Store, open_store
from kcflow.services.views import ListFilter
from states.loader import builtin
from tests.postgres import fresh_database
from tests.services.world import AGENCY, HA_GIANG, MINISTRY, SCT, UNIT, World
from tests.store import money
from tests.store.world import append, dossier

DUE = {"on": "2024-06-14", "kind": "law", "basis": "Đ"}
DAY = date(2024, 7, 1)
SCOPES = (
    Scope(),
    Scope(provinces=frozenset({HA_GIANG})),
    Scope(offices=frozenset({"TTKC-63-02"})),
    Scope(sources=frozenset({"kcqg"})),
    Scope(hide_states=frozenset({"done"})),
    Scope(provinces=frozenset({""})),
)
ASKED = (
    DossierFilter(),
    DossierFilter(open_only=True),
    DossierFilter(text="x"),
    DossierFilter(text="x", states=frozenset({"open"})),
    DossierFilter(states=frozenset({"open"})),
    DossierFilter(plan_year=2024),
    DossierFilter(source="kcqg"),
    DossierFilter(provinces=frozenset({HA_GIANG, ""})),
    DossierFilter(offices=frozenset({"TTKC-63-02"})),
    DossierFilter(waits_for=frozenset({"agency"}), open_only=True),
    DossierFilter(due_before=DAY),
    DossierFilter(requested_from=0),
    DossierFilter(contents=1 << 3),
    DossierFilter(endings=frozenset({""})),
    DossierFilter(budget_year=2024),
    DossierFilter(kind="contract"),
)
FOR_ALL = (ASKED[0], ASKED[1], ASKED[3])
"""What is asked in every scope."""
SOME_ORDERS = ("code", "-due", "newest", "-newest", "waits_for")


@pytest.fixture
def kinds(store: Store) -> Store:
    """Three dossiers of each of the five kinds, alike in all that lists ask."""
    money.install(store)
    for number in range(3):
        for kind in money.KINDS:
            own = {"province": HA_GIANG} if number else {}
            made = money.first(
                kind,
                f"{kind[:2].upper()}-{number}",
                content={"content_codes": [3], **own},
                due=DUE,
                refs={"folded": f"x de an {number}"},
            )
            append(store, made)
    return store


def _proposals(asked: DossierFilter) -> int:
    return 0 if asked.kind == "contract" else 3


@pytest.mark.parametrize("way", ["few", "sets", "order"])
def test_no_list_has_another_kind(kinds: Store, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every order, with every kind of question, each way that SQLite may read it."""
    if way != "few":
        if kinds.dialect == "postgresql":
            pytest.skip("the server chooses its own ways")
        monkeypatch.setattr(plan, "FEW", 0)
        monkeypatch.setattr(plan, "SOME", 0 if way == "sets" else 2)
        for name in ("BUDGET", "WIDE_BUDGET"):
            monkeypatch.setattr(plan, name, 0 if way == "sets" else 2)
    with kinds.read() as reader:
        for scope, asked in ((scope, asked) for scope in SCOPES for asked in ASKED):
            if scope != Scope() and asked not in FOR_ALL:
                continue
            inside = 3 if scope.provinces is None or HA_GIANG in scope.provinces else 0
            place = (scope, asked)
            everywhere: set[int] = set()
            for order in ORDERS if asked == DossierFilter() else SOME_ORDERS:
                lines: list[Any] = []
                after = None
                while True:
                    page, after = queries.list_dossiers(reader, scope, asked, order, after, 2)  # type: ignore[arg-type]
                    lines += page
                    if after is None:
                        break
                assert {line.kind for line in lines} <= {"proposal"}, (place, order)
                assert len(lines) <= min(inside, _proposals(asked)), (place, order)
                ids = index.dossier_ids(reader, scope, asked, order)  # type: ignore[arg-type]
                assert list(ids) == [line.id for line in lines], (place, order)
                everywhere |= set(ids)
            number = queries.count_dossiers(reader, scope, asked)
            assert number == len(everywhere), place
            assert sum(queries.count_by_state(reader, scope, asked).values()) == number, place
            flow = queries.flow(reader, scope, DAY, 5, asked)
            assert sum(line.count for line in flow) == number, place
            assert {line.lifecycle for line in flow} <= {"tiny_proposal@1"}
            late, _ = queries.stalled(reader, scope, DAY, None, asked)
            assert {line.id for line in late} <= everywhere, place
            assert queries.count_stalled(reader, scope, DAY, None, asked) == len(late), place
            mine, _ = queries.inbox(reader, scope, frozenset({"agency"}), asked)
            assert {line.id for line in mine} <= everywhere, place
        # What is asked for is there: the lists above are not empty for another reason.
        assert queries.count_dossiers(reader, Scope(), DossierFilter(text="x")) == 3
        assert len(queries.stalled(reader, Scope(), DAY)[0]) == 3
        others = [-1, -2, -3, -4, -5, *(line.id for kind in money.KINDS[1:] for line in reader.others(kind))]
        assert index.dossiers(reader, Scope(), others) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The offices of the services' tests over a store with one dossier of each other kind."""
    if request.param == "sqlite":
        with open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True) as store:
            yield _with_others(store)
    else:
        with fresh_database() as url, open_store(url) as store:
            yield _with_others(store)


def _with_others(store: Store) -> World:
    made = World(store)
    made.draft()
    for own in builtin():
        if own.subject == "proposal":
            continue
        state = own.state_by_name[own.initial]
        changes: dict[str, Any] = {
            "lifecycle": own.key,
            "fsm": own.fingerprint[:16],
            "to": own.initial,
            "waits_for": state.waits_for,
            "due": DUE,
            "role": "department",
        }
        if own.subject == "adjustment":
            asked = {"change": "change_beneficiary", "asked_on": "2024-05-02", "by_group_rule": False}
            asked |= {"kinds": []}
            changes["content"] = {"province": HA_GIANG, **asked}
        code = f"X-{own.name.upper()}"
        append(store, money.first(own.subject, code, **changes))
        assert dossier(store, code).id < 0
    return made


def test_lists_of_proposals_have_no_other_kind(world: World) -> None:
    """Not even for those whom they wait for, nor by their own words; what waits or stands still has."""
    world.day = date(2024, 8, 1)
    waiting, still = set(), set()
    for login in (UNIT, SCT, AGENCY, MINISTRY, "ktnn"):
        desk = world.desk(login)
        for wanted in (ListFilter(), ListFilter(text="contract"), ListFilter(text="X-")):
            codes = {row.code for row in desk.dossiers(wanted).rows}
            assert all(code.startswith("KCQG-") for code in codes), (login, wanted)
            assert desk.count(wanted) == len(codes)
            assert sum(state.count for phase in desk.flow(wanted) for state in phase.states) <= 1
            assert all(number > 0 for number in desk.dossier_index(wanted))
            mine = desk.inbox(wanted=wanted).rows
            waiting |= {row.kind for row in mine}
            assert desk.inbox_at(desk.inbox_index(wanted)) == mine
            rows = desk.stalled(wanted=wanted).rows
            still |= {each.row.kind for each in rows}
            assert sum(desk.stalled_counts(wanted=wanted).values()) == len(rows)
            if wanted.text:
                assert not {"proposal"} & {row.kind for row in (*mine, *(each.row for each in rows))}
        assert desk.inbox_count() == len(desk.inbox().rows)
    assert waiting == still == {own.subject for own in builtin()}
    assert world.desk(SCT).count() + world.desk(UNIT).count() >= 1
