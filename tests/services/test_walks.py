"""Random walks through every lifecycle by every person over the real store: right, wrong, repeated, stale.

After every step the raw rows are looked at (tests.crash.invariants); whatever is refused has a sentence in
both languages and changes nothing.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.store import open_store
from db.verify import verify
from kcflow import reference
from kcflow.services.errors import ConflictError, KcflowError, RefusedByRules
from kcflow.services.views import DraftInput, FieldAsk, MoveInput, OptionView, PaperInput, Receipt
from states.engine import AUTHORITIES
from states.fields import FIELDS
from states.guards import CONCLUDERS
from states.model import Label
from tests.crash.invariants import problems, rows
from tests.crash.world import Reopened
from tests.postgres import fresh_database
from tests.services.world import AGENCY, MINISTRY, ORDINARY, SCT, STC, UBND, UNIT, World

pytestmark = pytest.mark.slow

ACTING = (UNIT, SCT, STC, UBND, AGENCY, MINISTRY)
LOCAL: tuple[tuple[str, str, dict[str, object]], ...] = (
    (UNIT, "submit_to_centre", {}),
    (UNIT, "submit_to_department", {}),
    (SCT, "record_department_appraisal", {"conclusion": "agreed"}),
    (SCT, "submit_to_finance", {}),
    (STC, "record_finance_opinion", {}),
    (SCT, "submit_to_committee", {}),
    (UBND, "approve", {"amount": 300_000_000, "by_plan": True}),
    (SCT, "allocate", {"amount": 200_000_000}),
    (SCT, "assign_estimate", {}),
    (UNIT, "sign_contract", {"amount": 200_000_000}),
    (UNIT, "start_implementation", {}),
    (UNIT, "report_completion", {}),
)
STARTS = (0, 5, 9, 10, 11, 13, 15, 18, 20)
"""How many ordinary steps the proposals of the national route have behind them when a walk begins."""
LOCAL_STARTS = (2, 6, 8, 12)
PEOPLE = (*ACTING, "ktnn", "sct-63-19", "ttkc-63-19")
KINDS = tuple(kind.code for kind in reference.document_kinds())

people = st.sampled_from(PEOPLE)
which = st.integers(0, 10**6)
amounts = st.sampled_from([-1, 0, 1, 2, 99_999_999, 300_000_000, 500_000_000, 500_000_001, 10**15, 10**19])
GOOD = (
    None,
    "",
    "Thiếu báo giá thiết bị",
    "Ho\u0302\u0300 so\u031b",
    "[@click=app.quit]x[/]",
    "{amount}",
    "Lý do",
)
BAD = ("   ", "hai\ndòng", "\x1b[31mđỏ", "a\u202eb", "\ud800", "x" * 4000)
texts = st.sampled_from([*GOOD, *GOOD, *BAD])
conclusions = st.sampled_from(["agreed", None, "agreed", "not_agreed"])
authorities = st.sampled_from([None, *AUTHORITIES, "XX."])
days = st.integers(-400, 5)


def sentences(error: KcflowError) -> Iterator[Label]:
    """Everything that an error says."""
    yield error.text
    if isinstance(error, RefusedByRules):
        assert error.reasons
        for reason in error.reasons:
            yield reason.text


def typed(asked: FieldAsk, day: date) -> object:
    """What somebody would enter in a field of an act."""
    by_kind = {"money": 1000, "permille": 800, "month": f"{day:%Y-%m}", "day": day.isoformat()}
    return asked.choices[0][0] if asked.choices else by_kind.get(asked.kind, "Lý Văn Ký")


def prepare(world: World, national: Iterable[int], local: Iterable[int]) -> None:
    """Make proposals that stand at different places of their routes."""
    for count in local:
        code = world.draft(source="kcdp")
        for login, action, given in LOCAL[:count]:
            world.act(login, code, action, None, **given)
    for count in national:
        code = world.draft()
        for login, action, on, given in ORDINARY[:count]:
            world.act(login, code, action, max(on, world.day), **given)


class Walk(RuleBasedStateMachine):
    """Proposals of one store and everything that people may try with them."""

    dialect: ClassVar[str]
    founded: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.ending = ExitStack()
        if self.dialect == "sqlite":
            folder = self.ending.enter_context(tempfile.TemporaryDirectory())
            file = shutil.copyfile(self.founded, Path(folder) / "store.db")
            url = f"sqlite:///{file}"
        else:
            url = self.ending.enter_context(fresh_database())
        store = self.ending.enter_context(open_store(url, create=True))
        self.world = Reopened(store) if self.dialect == "sqlite" else World(store)
        self.codes: list[str] = []
        self.done: list[tuple[Callable[[], Receipt], Receipt]] = []
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        with self.ending:
            assert problems(self.world.store) == []
            assert verify(self.world.store, dict(self.world.shared.lifecycles)) == []

    # -- one attempt -------------------------------------------------------------------------------

    def versions(self) -> dict[str, int]:
        """Every dossier's version."""
        with self.world.store.read() as reader:
            return {row[0]: row[1] for row in rows(reader, "SELECT code, version FROM dossier")}

    def proposals(self) -> dict[str, int]:
        """Every proposal's version; an act may bring its contract along."""
        return {code: version for code, version in self.versions().items() if code.startswith("KC")}

    def attempt(
        self,
        act: Callable[[], Receipt],
        code: str | None,
        *,
        stale: bool = False,
        repeats: Receipt | None = None,
    ) -> Receipt | None:
        """Carry something out, or be refused in sentences; look at the rows either way."""
        before = self.versions()
        refused: KcflowError | None = None
        try:
            receipt = act()
        except KcflowError as error:
            refused = error
        after = self.versions()
        if refused is not None:
            assert refused.code != "integrity", f"only the database refused it: {refused.text.en}"
            for label in sentences(refused):
                for text in (label.vi, label.en):
                    assert text
                    assert "{" not in text.replace("{amount}", ""), text
            assert after == before, "a refused act changed something"
            assert repeats is None, f"a repeated request was refused: {refused.text.en}"
            assert stale or not isinstance(refused, ConflictError)
            assert code is None or problems(self.world.store, code) == []
            return None
        if repeats is not None:
            assert (receipt.repeated, receipt.hash, after) == (True, repeats.hash, before)
        else:
            assert not stale, "a stale version was accepted"
            assert not receipt.repeated
            moved = {receipt.code: before.get(receipt.code, 0) + 1}
            assert self.proposals() == {
                code: version for code, version in {**before, **moved}.items() if code.startswith("KC")
            }
            self.done.append((act, receipt))
        assert problems(self.world.store, receipt.code) == []
        return receipt

    def request(self) -> str:
        """A fresh request."""
        return str(uuid.UUID(int=next(self.numbers)))

    def code(self, number: int) -> str:
        """One of the proposals."""
        return self.codes[number % len(self.codes)]

    def expected(self, code: str, behind: int) -> tuple[int | None, bool]:
        """A version to expect: none, the present one, or one that is `behind`; and whether it is stale."""
        if behind < 0:
            return None, False
        version = self.versions()[code] - behind
        return version, behind > 0

    # -- what people try ---------------------------------------------------------------------------

    @initialize(national=st.sampled_from(STARTS), local=st.sampled_from(LOCAL_STARTS))
    def first(self, national: int, local: int) -> None:
        if self.dialect == "postgresql":
            prepare(self.world, [national], [local])
        self.codes = sorted(self.proposals())
        with self.world.store.read() as reader:
            self.world.day = max(row.last_on for row in reader.dossiers(self.codes))

    @precondition(lambda self: len(self.codes) < 14)
    @rule(
        login=people,
        source=st.sampled_from(["kcqg", "kcdp", "khac"]),
        total=amounts,
        requested=amounts,
        title=texts,
        office=st.sampled_from(["TTKC-63-02", "TTKC-63-19", "SCT-63-02", "KHONG-CO"]),
        kinds=st.lists(st.sampled_from(["group", "bidding", "multi_year", "?"]), max_size=2),
        ahead=days,
    )
    def draft(
        self,
        login: str,
        source: Any,
        total: int,
        requested: int,
        title: str | None,
        office: str,
        kinds: list[str],
        ahead: int,
    ) -> None:
        request, on = self.request(), self.world.day + timedelta(ahead)
        entered = DraftInput(
            source,
            2024,
            title or "",
            office,
            total=total,
            requested=requested,
            counterpart=max(0, total - requested),
            kinds=tuple(kinds),
            beneficiaries=("Hợp tác xã chè",) if "group" in kinds else (),
        )
        receipt = self.attempt(lambda: self.world.desk(login).create(entered, request, on), None)
        if receipt is not None:
            self.codes.append(receipt.code)

    @rule(number=st.integers(1, 3), days=st.sampled_from([0, 1, 7, 40]))
    def time_passes(self, number: int, days: int) -> None:
        self.world.day += timedelta(number * days)

    @rule(
        number=which,
        login=people,
        name=st.sampled_from(["note", "title", "requested", "total", "kinds", "ends_on", "plan_year", "?"]),
        value=st.one_of(texts, amounts, st.just(date(2020, 1, 1)), st.just(["bidding"])),
        behind=st.integers(-1, 2),
        reason=texts,
    )
    def edit(
        self, number: int, login: str, name: str, value: object, behind: int, reason: str | None
    ) -> None:
        code = self.code(number)
        version, stale = self.expected(code, behind)
        request = self.request()
        self.attempt(
            lambda: self.world.desk(login).edit(code, {name: value}, reason, version, request),
            code,
            stale=stale,
        )

    @rule(
        number=which,
        picks=st.lists(which, min_size=1, max_size=5),
        agreed=conclusions,
        spare=st.sampled_from([0, 0, 0, -1, 1]),
        reason=texts,
    )
    def go_on(self, number: int, picks: list[int], agreed: Any, spare: int, reason: str | None) -> None:
        """Somebody for whom something is possible does it, with everything that it asks for; and the next."""
        code = self.code(number)
        for pick in picks:
            found = self.possible(code)
            if not found:
                return
            login, option = found[pick % len(found)]
            entered = self.full(login, option, agreed, spare, reason, self.request())
            act = partial(self.world.desk(login).advance, code, option.name, entered)
            self.attempt(act, code)

    def possible(self, code: str) -> list[tuple[str, OptionView]]:
        """Who can do what with a proposal; turning back and ending stand once, going on five times."""
        found: list[tuple[str, OptionView]] = []
        for login in ACTING:
            try:
                options = self.world.desk(login).options(code, MoveInput(on=self.world.day))
            except KcflowError:
                continue
            found += [(login, option) for option in options if option.possible]
            found += [(login, option) for option in options if option.possible and not option.danger] * 4
        return found

    def full(
        self, login: str, option: OptionView, agreed: Any, spare: int, reason: str | None, request: str
    ) -> MoveInput:
        """What the dialog would send; `spare` is how much more or less than all the money."""
        day = self.world.day
        own = option.act_documents[0][0] if option.act_documents else None
        roles = {role.role for role in self.world.desk(login).me.roles}
        papers = tuple(
            PaperInput(
                kind, "1/VB", day, "Ký", "agreed" if roles & CONCLUDERS.get(kind, frozenset()) else None
            )
            for kind in (kinds[0][0] for kinds in option.missing_documents)
            if kind != own
        )
        wants = option.act_document_need == "required"
        asked = option.amount is not None and option.asks_amount
        amount = (option.suggested_amount or 1) + spare if asked else None
        fields = {each.name: typed(each, day) for each in option.fields if each.required or spare}
        return MoveInput(
            on=day,
            reason=reason if option.reason_need != "required" or spare else "Lý do",
            document_kind=own if wants else None,
            document_number=f"{next(self.numbers)}/VB" if wants else None,
            document_date=day if wants else None,
            signer="Nguyễn Văn Ký" if wants else None,
            conclusion=agreed if own in CONCLUDERS else None,
            papers=papers,
            amount=amount,
            fields=fields,
            request=request,
        )

    @rule(
        number=which,
        login=people,
        pick=which,
        ahead=days,
        amount=st.one_of(st.none(), amounts),
        round_=st.sampled_from([None, -1, 0, 1, 2]),
        fields=st.dictionaries(
            st.sampled_from([*FIELDS, "?"]), st.one_of(texts, amounts, st.just("2023-05")), max_size=2
        ),
        papers=st.lists(st.tuples(st.sampled_from([*KINDS, "?"]), texts, conclusions), max_size=3),
        own=st.sampled_from([None, *KINDS, "?"]),
        conclusion=conclusions,
        reason=texts,
        authority=authorities,
        behind=st.integers(-1, 2),
    )
    def anything(
        self,
        number: int,
        login: str,
        pick: int,
        ahead: int,
        amount: int | None,
        round_: int | None,
        fields: dict[str, object],
        papers: list[tuple[str, str | None, Any]],
        own: str | None,
        conclusion: Any,
        reason: str | None,
        authority: str | None,
        behind: int,
    ) -> None:
        """Any act of any lifecycle, in any state, by anybody, with anything entered."""
        code = self.code(number)
        names = sorted({a.name for each in self.world.shared.lifecycles.values() for a in each.actions})
        name = [*names, "khong_co"][pick % (len(names) + 1)]
        day = self.world.day + timedelta(ahead)
        version, stale = self.expected(code, behind)
        entered = MoveInput(
            on=day,
            reason=reason,
            document_kind=own,
            document_number="1/VB" if own else None,
            document_date=day if own else None,
            signer=reason if own else None,
            conclusion=conclusion,
            papers=tuple(PaperInput(kind, text, day, text, agreed) for kind, text, agreed in papers),
            amount=amount,
            round=round_,
            fields=fields,
            authority=authority,
            expected_version=version,
            request=self.request(),
        )
        self.attempt(lambda: self.world.desk(login).advance(code, name, entered), code, stale=stale)

    @rule(
        number=which,
        login=people,
        papers=st.lists(st.tuples(st.sampled_from([*KINDS, "?"]), texts, conclusions), max_size=3),
        ahead=days,
    )
    def papers_alone(
        self, number: int, login: str, papers: list[tuple[str, str | None, Any]], ahead: int
    ) -> None:
        code, day, request = self.code(number), self.world.day + timedelta(ahead), self.request()
        entered = [PaperInput(kind, text, day, "Ký", agreed) for kind, text, agreed in papers]
        self.attempt(lambda: self.world.desk(login).record_papers(code, entered, day, request), code)

    @rule(number=which, login=people, back=st.integers(-1, 3), reason=texts)
    def correct(self, number: int, login: str, back: int, reason: str | None) -> None:
        code, request = self.code(number), self.request()
        seq = self.versions()[code] - back
        self.attempt(lambda: self.world.desk(login).correct(code, seq, reason or "", request), code)

    @precondition(lambda self: self.done)
    @rule(number=which)
    def repeat(self, number: int) -> None:
        """What was done before is sent again, as after a lost answer."""
        act, receipt = self.done[number % len(self.done)]
        self.attempt(act, receipt.code, repeats=receipt)

    @precondition(lambda self: self.done)
    @rule(number=which, other=which, login=people)
    def steal_a_request(self, number: int, other: int, login: str) -> None:
        """Another act under a request that was used is refused, whoever tries it."""
        _, receipt = self.done[number % len(self.done)]
        code = self.code(other)
        entered = MoveInput(request=receipt.request)
        found = self.attempt(lambda: self.world.desk(login).advance(code, "khong_co", entered), code)
        assert found is None


def walk(dialect: str, founded: Path, examples: int, steps: int) -> None:
    machine = type("TheWalk", (Walk,), {"dialect": dialect, "founded": founded})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # A failing walk is shortened; explaining it would take minutes more.
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_on_sqlite(tmp_path: Path) -> None:
    founded = tmp_path / "founded.db"
    with open_store(f"sqlite:///{founded}", create=True) as store:
        prepare(World(store), STARTS, LOCAL_STARTS)
    walk("sqlite", founded, examples=25, steps=30)


def test_on_postgresql(tmp_path: Path) -> None:
    walk("postgresql", tmp_path, examples=3, steps=25)
