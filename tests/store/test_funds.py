"""Funds and what charges them: running totals that no act and no race can overdraw."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from db.errors import AlreadyDone, Conflict, IntegrityRefused, StoreBusy
from db.rows_money import FundRow, WorkRow
from db.store import Store
from db.verify import verify
from tests.store import money
from tests.store.money import CONTRACT, KINDS, PLAN, ROUND, approved, edit, first, move, opened, paid
from tests.store.world import append, dossier, request

P, PB, HD, DA = "KH-KCQG-24", "PB-KCQG-24-1", "HD-24-0001", "KCQG-24-0001"


@pytest.fixture
def year(store: Store) -> Iterator[Store]:
    """A plan, a round and a contract of 1,000 đồng each, and a proposal with 1,000 approved."""
    money.install(store)
    opened(store, PLAN, P)
    opened(store, ROUND, PB)
    opened(store, CONTRACT, HD)
    approved(store, DA)
    yield store
    assert verify(store, money.BY_KEY) == []


def fund(store: Store, code: str) -> FundRow:
    with store.read() as reader:
        row = reader.fund(code)
    assert row is not None
    return row


def refused(store: Store, made: dict[str, Any]) -> str:
    """Which guard refuses a leaf, with its words."""
    with pytest.raises(IntegrityRefused) as error:
        append(store, made)
    return f"{error.value.kc} {error.value.text}"


def test_a_life_of_money(year: Store) -> None:
    for action, kind, dong, *owners in (
        ("allocate", "allocated", 700, PB, P),
        ("contract", "contracted", 900, HD),
        ("advance", "advanced", 300, HD),
        ("accept", "accepted", 500, HD),
        ("settle", "settled", 450, HD),
        ("refund", "returned", 50, P),
        ("release", "allocated", -200, P),
        ("contract", "contracted", -400, HD),
    ):
        append(year, paid(dossier(year, DA), action, kind, dong, *owners))
    row = dossier(year, DA)
    assert (row.allocated, row.contracted, row.advanced) == (500, 500, 300)
    assert (row.accepted, row.settled, row.returned) == (500, 450, 50)
    assert fund(year, P) == FundRow(P, 1000, 0, 500, 0, 0, 0, 0, 50, 3)
    assert fund(year, PB) == FundRow(PB, 1000, 0, 700, 0, 0, 0, 0, 0, 1)
    assert fund(year, HD) == FundRow(HD, 1000, 0, 0, 500, 300, 500, 450, 0, 5)
    with year.read() as reader:
        assert [(c.no, c.kind, c.dong) for c in reader.charges_to(P)] == [
            (1, "allocated", 700),
            (2, "returned", 50),
            (3, "allocated", -200),
        ]
        assert [c.dong for c in reader.charges_to(HD, "contracted")] == [900, -400]
        assert [(c.seq, c.owner) for c in reader.charges_of(DA)][:3] == [(3, P), (3, PB), (4, HD)]
        assert reader.fund(DA) is None
        assert set(reader.funds((P, PB, DA))) == {P, PB}


def test_approvals_charge_a_plan_by_their_difference(year: Store) -> None:
    row = opened(year, "proposal", "B", 1_000)
    for dong in (800, 600, 900):
        append(year, paid(row, "approve", "approved", dong, P))
        row = dossier(year, "B")
        assert (row.approved, fund(year, P).approved) == (dong, dong)
    other = opened(year, "proposal", "C", 1_000)
    assert "ck_fund_approved" in refused(year, paid(other, "approve", "approved", 101, P))
    append(year, paid(other, "approve", "approved", 100, P))


@pytest.mark.parametrize(
    ("action", "kind", "owner"), [("allocate", "allocated", PB), ("contract", "contracted", HD)]
)
def test_one_dong_too_many(year: Store, action: str, kind: str, owner: str) -> None:
    more = approved(year, "B", 2_000)
    owners = (PB, P) if owner == PB else (HD,)
    text = refused(year, paid(more, action, kind, 1_001, *owners))
    assert text.startswith("KC46")
    assert f"ck_fund_{kind}" in text
    assert getattr(fund(year, owner), kind) == 0
    append(year, paid(more, action, kind, 1_000, *owners))
    assert getattr(fund(year, owner), kind) == 1_000
    assert refused(year, paid(dossier(year, DA), action, kind, 1, *owners)).startswith("KC46")


def test_payments_stay_within_the_contract(year: Store) -> None:
    append(year, paid(dossier(year, DA), "allocate", "allocated", 1_000, PB, P))
    assert refused(year, paid(dossier(year, DA), "advance", "advanced", 1, HD)).startswith("KC46")
    append(year, paid(dossier(year, DA), "contract", "contracted", 600, HD))
    append(year, paid(dossier(year, DA), "advance", "advanced", 600, HD))
    assert "ck_fund_advanced" in refused(year, paid(dossier(year, DA), "advance", "advanced", 1, HD))
    assert refused(year, paid(dossier(year, DA), "accept", "accepted", 601, HD))[:4] in ("KC30", "KC99")
    assert refused(year, paid(dossier(year, DA), "settle", "settled", 1, HD))[:4] in ("KC30", "KC99")


def test_a_ceiling_is_not_lowered_below_what_is_allocated(year: Store) -> None:
    append(year, paid(dossier(year, DA), "allocate", "allocated", 700, PB, P))
    text = refused(year, edit(dossier(year, PB), 699))
    assert text.startswith("KC46")
    assert "ck_fund_allocated" in text
    assert (dossier(year, PB).total, fund(year, PB).ceiling) == (1_000, 1_000)
    append(year, edit(dossier(year, PB), 700))
    assert (dossier(year, PB).total, fund(year, PB).ceiling) == (700, 700)


def test_who_may_be_charged(year: Store) -> None:
    row = dossier(year, DA)
    owners: tuple[str, ...]
    for owners in ((PB, "PB-0"), (PB, "KCQG-24-0099"), (PB, DA)):
        assert refused(year, paid(row, "allocate", "allocated", 1, *owners)).startswith("KC41"), owners
    for owners in ((), (PB,), (P,), (PB, P, HD), (PB, HD)):
        assert refused(year, paid(row, "allocate", "allocated", 1, *owners)).startswith("KC42"), owners
    opened(year, ROUND, "PB-2")
    assert refused(year, paid(row, "allocate", "allocated", 1, PB, P, "PB-2")).startswith("KC42")
    # What may be charged need not be; what isn't named may not.
    assert refused(year, paid(row, "refund", "returned", 0, HD)).startswith("KC42")
    append(year, paid(row, "refund", "returned", 0))
    append(year, move(dossier(year, "PB-2"), "close", "done"))
    gone = paid(dossier(year, DA), "allocate", "allocated", 1, "PB-2", P)
    assert refused(year, gone).startswith("KC41")


def test_a_proposal_stands_in_a_round_once(year: Store) -> None:
    append(year, paid(dossier(year, DA), "allocate", "allocated", 300, PB, P))
    assert refused(year, paid(dossier(year, DA), "allocate", "allocated", 1, PB, P)).startswith("KC29")
    opened(year, ROUND, "PB-2", 400)
    append(year, paid(dossier(year, DA), "allocate", "allocated", 400, "PB-2", P))
    assert fund(year, P).allocated == 700


def test_nobody_confirms_what_he_proposed(year: Store) -> None:
    append(year, move(dossier(year, PB), "propose", "proposed", operator="kt", operator_name="Kế toán"))
    row = dossier(year, PB)
    assert (row.last_actor, row.last_operator) == ("an", "kt")
    for changes in (
        {"actor": "an"},
        {"actor": "kt"},
        {"actor": "binh", "operator": "an", "operator_name": "Nguyễn Văn An"},
    ):
        assert refused(year, move(row, "issue", "done", **changes)).startswith("KC43"), changes
    # A note in between is no act: who proposed it is still the one who can't confirm it.
    append(year, move(row, "note", reason="Ghi chú", actor="binh"))
    row = dossier(year, PB)
    assert refused(year, move(row, "issue", "done", actor="an")).startswith("KC43")
    append(year, move(row, "issue", "done", actor="binh"))
    assert dossier(year, PB).ending == "completed"


def test_one_person_in_two_hats(year: Store) -> None:
    """An operator who is a known person can't propose as one office and confirm as another."""
    from datetime import date

    from db import directory
    from db.rows import PersonRow

    with year.administer() as admin:
        directory.add_person(admin, PersonRow("kt", "Kế toán", None, None, date(2020, 1, 1)))
    by = {"operator": "kt", "operator_name": "Kế toán"}
    append(year, move(dossier(year, PB), "propose", "proposed", **by))
    assert refused(year, move(dossier(year, PB), "issue", "done", actor="binh", **by)).startswith("KC43")


def test_a_round_is_one_transaction(year: Store) -> None:
    """Items first, then the round's own row: all, or nothing."""
    rows = [approved(year, f"B-{number}", 500) for number in range(3)]
    append(year, move(dossier(year, PB), "propose", "proposed"))
    issue = move(dossier(year, PB), "issue", "done", actor="binh")
    over = [paid(row, "allocate", "allocated", 400, PB, P) for row in rows]
    with pytest.raises(IntegrityRefused, match="KC46"), year.write() as writer:
        writer.append_many([*over, issue])
    assert (fund(year, PB).allocated, fund(year, P).allocated, fund(year, PB).charges) == (0, 0, 0)
    right = [paid(row, "allocate", "allocated", 300, PB, P) for row in rows]
    issue["request"] = request()
    with year.write() as writer:
        writer.append_many([*right, issue])
    assert (fund(year, PB).allocated, fund(year, PB).charges) == (900, 3)
    with year.read() as reader:
        assert [charge.dossier for charge in reader.charges_to(PB)] == ["B-0", "B-1", "B-2"]


def test_kinds_and_their_numbers(year: Store) -> None:
    """Proposals have positive ids, every other kind negative ones; none stands in the search."""
    opened(year, "adjustment", "DC-24-0001", 0)
    with year.read() as reader:
        ids = {code: reader.dossier(code).id for code in (DA, P, PB, HD, "DC-24-0001")}  # type: ignore[union-attr]
        assert {code for code, number in ids.items() if number > 0} == {DA}
        opened(year, ROUND, "PB-KCDP-24-6302-1")
    with year.read() as reader:
        assert [line.code for line in reader.others(ROUND)] == ["PB-KCDP-24-6302-1", PB]
        assert [line.code for line in reader.others(ROUND, plan_year=2024, source="kcqg", province="")] == [
            "PB-KCDP-24-6302-1",
            PB,
        ]
        assert reader.others(ROUND, state="done") == []
        assert reader.others("proposal") == []
        if year.dialect == "sqlite":
            found = reader.raw.execute("SELECT rowid FROM dossier_search").fetchall()
            assert [row[0] for row in found] == [ids[DA]]
    append(year, edit(dossier(year, "DC-24-0001"), 0))
    assert {KINDS[0]} == {dossier(year, DA).kind}


def test_the_sheet_before_the_decision(year: Store) -> None:
    approved(year, "B")
    with year.write() as writer:
        writer.put_work(PB, [WorkRow(PB, DA, 300, 1), WorkRow(PB, "B", 200, 2, "chờ bản 4b")])
    with year.write() as writer:
        writer.set_work(PB, DA, 350)
        writer.set_work(PB, "B", None)
    with year.read() as reader:
        assert reader.worksheet(PB) == [WorkRow(PB, DA, 350, 1)]
    with year.write() as writer:
        writer.set_work(PB, "B", 5, "thêm")
    with year.read() as reader:
        assert reader.worksheet(PB) == [WorkRow(PB, DA, 350, 1), WorkRow(PB, "B", 5, 2, "thêm")]
    for bad in (
        WorkRow(PB, DA, 0, 1),
        WorkRow(PB, DA, -1, 1),
        WorkRow(PB, DA, 2**53, 1),
        WorkRow(PB, "?", 1, 1),
    ):
        with pytest.raises(IntegrityRefused), year.write() as writer:
            writer.put_work(PB, [bad])
    with year.read() as reader:
        assert len(reader.worksheet(PB)) == 2


def test_published_figures_are_withdrawn_never_changed(year: Store) -> None:
    from datetime import date

    from db import directory
    from db.rows import PersonRow

    with year.administer() as admin:
        directory.add_person(admin, PersonRow("an", "Nguyễn Văn An", None, None, date(2020, 1, 1)))
    own: dict[str, Any] = {
        "plan_year": 2024,
        "area": "north",
        "source": "kcqg",
        "stage": "allocated",
        "round": 1,
        "dong": 18_300_000_000,
        "unit_dong": 100_000_000,
        "basis": "Bộ Tài chính, đợt 1",
        "entered_by": "an",
    }
    with year.write() as writer:
        number = writer.add_figure(**own)
        with year.read() as reader:
            assert reader.figures(2025) == []
    with year.write() as writer:
        assert writer.withdraw_figure(number)
        assert not writer.withdraw_figure(number)
    with year.read() as reader:
        (row,) = reader.figures(2024)
    assert {name: getattr(row, name) for name in own} == own
    assert row.withdrawn_at is not None
    assert row.entered_at.tzinfo is UTC
    with pytest.raises(IntegrityRefused), year.write() as writer:
        writer.add_figure(**(own | {"dong": -1}))


# -- races --------------------------------------------------------------------------------------------


def _racer(url: str, name: str, count: int, barrier: Any, answers: Any) -> None:
    """Allocate to proposals of one's own, one after another, from the same round and plan."""
    given = 0
    with Store(url, now=lambda: datetime(2024, 7, 1, tzinfo=UTC), timeout=30) as store:
        for number in range(count):
            row = dossier(store, f"{name}-{number}")
            barrier.wait()
            made = paid(row, "allocate", "allocated", 7, PB, P, request=f"{name}-{number}")
            while True:
                try:
                    append(store, made)
                    given += 7
                except StoreBusy:
                    continue
                except (IntegrityRefused, Conflict, AlreadyDone) as error:
                    if getattr(error, "kc", "") != "KC46":
                        given = -(10**6)
                break
    answers.put((name, given))


def test_two_processes_race_for_a_fund(store: Store) -> None:
    """Fifty times at the same moment; there is money for sixty-one of the hundred, and not one đồng more."""
    money.install(store)
    ceiling = 61 * 7 + 3
    opened(store, PLAN, P, ceiling)
    opened(store, ROUND, PB, ceiling)
    names, count = ("A", "B"), 50
    for name in names:
        for number in range(count):
            approved(store, f"{name}-{number}", 7)
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    racers = [
        context.Process(target=_racer, args=(store.url, name, count, barrier, answers)) for name in names
    ]
    for racer in racers:
        racer.start()
    given = dict(answers.get(timeout=120) for _ in racers)
    for racer in racers:
        racer.join(timeout=30)
    assert sum(given.values()) == 61 * 7, given
    assert (fund(store, PB).allocated, fund(store, P).allocated, fund(store, P).charges) == (427, 427, 61)
    assert verify(store, money.BY_KEY) == []


def test_two_rounds_over_the_same_items_never_lock_each_other(pg_store: Store) -> None:
    """Each in another order, each charging the other's plan: one waits, then all or nothing."""
    import threading

    money.install(pg_store)
    opened(pg_store, PLAN, P, 10_000)
    codes = [f"C-{number}" for number in range(12)]
    for code in codes:
        approved(pg_store, code, 100)
    for name in ("PB-1", "PB-2"):
        opened(pg_store, ROUND, name)
    found: list[Exception] = []
    begin = threading.Barrier(2)

    def issue(name: str, order: Callable[[list[str]], list[str]]) -> None:
        for _ in range(20):
            with pg_store.read() as reader:
                rows = reader.dossiers(order(codes))
            made = [paid(row, "allocate", "allocated", 1, name, P) for row in rows]
            begin.wait(30)
            try:
                with pg_store.write() as writer:
                    writer.append_many(made)
            except (Conflict, IntegrityRefused):
                pass
            except Exception as error:
                found.append(error)
            begin.wait(30)

    threads = [
        threading.Thread(target=issue, args=("PB-1", lambda found: found)),
        threading.Thread(target=issue, args=("PB-2", lambda found: found[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == []
    assert {fund(pg_store, name).allocated for name in ("PB-1", "PB-2")} == {12}
    assert fund(pg_store, P).allocated == 24
    assert first(PLAN, "x")["refs"] == {"folded": "annual_plan x"}
