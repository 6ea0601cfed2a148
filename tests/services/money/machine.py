"""A machine that tries to break the money through the services, and looks at the store after every step.

Every rule draws who acts, on what, with which amount (near what is left, one đồng to either side) and tries.
What is refused must have written nothing and say so in sentences; what is done must leave all sums right.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from db.store import Store
from kcflow.services.context import Shared
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import AdjustmentInput, ContractInput, OtherRow, PlanInput, RoundInput
from kcflow.services.views import MoveInput, OptionView, PaperInput
from tests.crash.invariants import rows
from tests.crash.money_invariants import money_problems
from tests.services.money.works import SETTLEMENT, TRIEU, Works
from tests.services.money.world import AGENCY, MINISTRY, SCT, STC, UBND, UNIT

PEOPLE = (AGENCY, "cuc-2", MINISTRY, "bct-2", SCT, "sct-63-02-2", UNIT, STC, UBND, "ktnn")
KINDS = ("allocation_round", "adjustment", "contract", "annual_plan")
ASIDE = (
    "decide_advance_ratio",
    "transfer_to_local",
    "report_progress",
    "close",
    "cancel",
    "amend",
    "supplement",
)
PLAN = "KH-KCQG-24"
CEILING = 1_000 * TRIEU
EACH = 220 * TRIEU
SHIFTS: tuple[Callable[[int], int], ...] = (
    *(lambda left: left, lambda left: left, lambda left: left - 1, lambda left: left + 1),
    *(lambda left: left // 2, lambda left: left // 3, lambda _: 1, lambda _: 0, lambda left: -left),
    lambda _: 2**53,
)
"""From what is left to what is tried."""


def _leads_on(option: OptionView) -> bool:
    """Whether an act goes towards the end rather than back, aside or nowhere."""
    return not option.danger and option.reason_need != "required" and option.name not in ASIDE


WEIGHTS = {
    "act_of_another_kind": 6,
    "act_of_a_proposal": 6,
    "put": 3,
    "open_a_round": 2,
    "draw_up_a_contract": 2,
    "ask_for_an_adjustment": 2,
    "one_act_on_many": 2,
    "change_a_ceiling": 1,
    "time_passes": 1,
}
"""What is tried, and how often."""


class Again(Works):
    """A `Works` over a copy of a store that was founded already; `known` has its lifecycles."""

    def __init__(self, store: Store, day: date, known: Shared) -> None:
        self.store = store
        self.day = day
        self._ticks = itertools.count(10_000)
        self.shared = replace(known, store=store, now=self.now)
        self._desks = {}


def seed(works: Works) -> None:
    """A plan with little room: a contract over two of its proposals is under way, another is accepted;
    and proposals that wait."""
    first, second, third, ended, fourth = works.submitted(5, requested=EACH)
    works.plan(dict.fromkeys((first, second, third, ended), EACH), total=CEILING)
    works.to("issued", works.round({first: 100 * TRIEU, second: 60 * TRIEU, ended: 50 * TRIEU}))
    works.many(AGENCY, [first, second, ended], "assign_plan", date(2024, 2, 27))
    works.carry_out(AGENCY, works.contract({first: 100 * TRIEU, second: 60 * TRIEU}), "sign", works.day)
    works.many(UNIT, [first], "start_implementation", date(2024, 3, 25))
    works.carry_out(AGENCY, works.contract({ended: 50 * TRIEU}), "sign", works.day)
    works.many(UNIT, [ended], "start_implementation", date(2024, 3, 25))
    works.many(UNIT, [ended], "report_completion", date(2024, 3, 26))
    works.act(SCT, ended, "accept", date(2024, 3, 27), amount=40 * TRIEU)
    works.round({third: EACH})
    works.submitted(1, requested=EACH, year=2025)
    works.submitted(1, requested=EACH, source="kcdp")
    assert works.row(fourth).state == "submitted_to_minister"


class MoneyMachine(RuleBasedStateMachine):
    """Set `make` to what gives the machine its world and takes it away again."""

    make: Callable[[], tuple[Works, Callable[[], None]]]

    def __init__(self) -> None:
        super().__init__()
        self.world, self._end = type(self).make()
        self.done = 0
        self.tried = 0
        self._added_up = -1
        """How many acts were done when all was added up the last time."""
        self._shown: dict[tuple[str, str], Sequence[OptionView]] = {}
        """What was offered to whom about what, until something is written or another rule begins."""

    @initialize()
    def start(self) -> None:
        assert money_problems(self.world.store) == []

    def teardown(self) -> None:
        checks = self.world.desk("ktnn").doctor(full=True)
        assert [check for check in checks if not check.ok] == []
        self._end()

    # -- trying ----------------------------------------------------------------------------

    def _stored(self) -> dict[str, Any]:
        # Not the head of the tree: on a server leaves get their places later.
        with self.world.store.read() as reader:
            return {
                name: rows(reader, f"SELECT * FROM {name} ORDER BY 1, 2")
                for name in ("fund", "charge", "worksheet", "amount", "paper", "dossier")
            } | {"history": rows(reader, "SELECT count(*), max(id) FROM history")}

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do it, or be told why not; say whether it was done."""
        before = self._stored()
        self.tried += 1
        try:
            work()
        except KcflowError as error:
            assert self._stored() == before, "what was refused has written"
            texts = [error.text, *(reason.text for reason in getattr(error, "reasons", ()))]
            for shown in (each for text in texts for each in (text.vi, text.en)):
                assert shown.strip()
                assert "{" not in shown
                for raw in ("errors.", "refusals.", "None", "KC4", "ck_"):
                    assert raw not in shown, shown
            return False
        self.done += 1
        self._shown.clear()
        return True

    def again(self, work: Callable[[], object]) -> None:
        """Try it; what was done is done only once when the same request comes again."""
        if self.attempt(work):
            before = self._stored()
            work()
            assert self._stored() == before, "a repeated request has written"

    # -- drawing ---------------------------------------------------------------------------

    def proposals(self) -> list[str]:
        with self.world.store.read() as reader:
            return [row[0] for row in rows(reader, "SELECT code FROM dossier WHERE id > 0 ORDER BY id")]

    def others(self, *kinds: str) -> list[OtherRow]:
        money = self.world.money("ktnn")
        return [row for kind in kinds or KINDS for row in money.others(kind)]

    def lefts(self, code: str, owner: OtherRow | None = None) -> list[int]:
        """Amounts that matter about a proposal, and about the fund it is given from."""
        with self.world.store.read() as reader:
            (row,) = reader.dossiers([code])
        found = [
            (row.approved or row.requested) - row.allocated,
            row.allocated - row.contracted,
            row.contracted - row.advanced,
            row.contracted - row.accepted,
            row.accepted - row.settled,
            row.advanced - row.returned - row.settled,
            EACH,
        ]
        if owner is not None and owner.fund is not None:
            found.append(owner.fund.ceiling - owner.fund.allocated + owner.fund.returned)
        return found

    def amount(self, dice: Random, code: str, owner: OtherRow | None = None, usual: int | None = None) -> int:
        """Near something that is left; `usual`: what the act suggests."""
        lefts = [left for left in self.lefts(code, owner) if left] or [TRIEU]
        left = usual if usual and dice.randint(0, 3) else dice.choice(lefts)
        return dice.choice(SHIFTS)(left)

    def move(self, dice: Random, option: OptionView, dong: int | None) -> MoveInput:
        """What the option asks for, filled in."""
        given: dict[str, Any] = {}
        fields: dict[str, int | str] = {}
        for ask in option.fields:
            if ask.required or dice.random() < 0.5:
                day = self.world.day
                values: dict[str, int | str] = {
                    "month": f"{day:%Y-%m}",
                    "day": day.isoformat(),
                    "permille": 750,
                    "money": TRIEU,
                }
                choices = [choice for choice, _ in ask.choices]
                fields[ask.name] = dice.choice(choices) if choices else values.get(ask.kind, "x")
        if option.asks_amount:
            given["amount"] = dong
        if option.round:
            given["round"] = 1
        if option.must_conclude:
            given["conclusion"] = dice.choice(("agreed", "agreed", "not agreed"))
        if "advance_type" in fields and dice.random() < 0.8:
            fields = {"advance_type": "vocational_training"}
            given["papers"] = (PaperInput("mau_11", "5/KH", self.world.day, "Trần Văn B"),)
        if option.name == "submit_settlement":
            given["papers"] = tuple(
                PaperInput(kind, "1/QT", self.world.day, "Trần Văn B") for kind in SETTLEMENT
            )
        if dice.random() < 0.7:
            given["reason"] = "Lý do thử nghiệm"
        move = self.world.move(option, self.world.day, fields=fields, **given)
        request = f"00000000-0000-4000-8000-{next(self.world._ticks):012d}"
        return replace(move, request=request)

    def option(
        self, dice: Random, of: Callable[[str], Sequence[OptionView]]
    ) -> tuple[str, OptionView] | None:
        """Who does what: now and then anybody anything, mostly somebody who can."""
        people = dice.sample(PEOPLE, len(PEOPLE)) if dice.random() < 0.5 else PEOPLE
        found = [(login, option) for login in people[:6] for option in of(login)]
        possible = [each for each in found if each[1].possible] or found
        onwards = [each for each in possible if _leads_on(each[1])] or possible
        chosen = (onwards, onwards, onwards, onwards, possible, found)[dice.randint(0, 5)]
        return dice.choice(chosen) if chosen else None

    # -- what is tried ---------------------------------------------------------------------

    @rule(dice=st.randoms(use_true_random=True))
    def somebody_does_something(self, dice: Random) -> None:
        # One rule: hypothesis leaves rules out of whole examples, and money needs all of them to move on.
        (name,) = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        self._shown.clear()
        getattr(self, name)(dice)

    def time_passes(self, dice: Random) -> None:
        self.world.day = min(self.world.day + timedelta(dice.randint(1, 40)), date(2025, 2, 28))

    def open_a_round(self, dice: Random) -> None:
        left = next(row.fund for row in self.others("annual_plan") if row.code == PLAN)
        assert left is not None
        ceiling = dice.choice(SHIFTS)(left.ceiling - left.allocated + left.returned)
        entered = RoundInput("kcqg", 2024, ceiling, contents=dice.choice(((), (1,), (9,))))
        request = f"00000000-0000-4000-8000-{next(self.world._ticks):012d}"
        login = dice.choice((AGENCY, AGENCY, "cuc-2", SCT))
        self.again(lambda: self.world.money(login).open_round(entered, request))

    def put(self, dice: Random) -> None:
        owner = dice.choice(self.others("annual_plan", "allocation_round", "contract"))
        codes = dice.sample(self.proposals(), dice.randint(1, 2))
        amounts: Mapping[str, int | None] = {
            code: None if dice.randint(0, 9) == 0 else self.amount(dice, code, owner) for code in codes
        }
        login = dice.choice((AGENCY, AGENCY, "cuc-2", UNIT, SCT))
        self.attempt(lambda: self.world.money(login).put(owner.code, amounts))

    def change_a_ceiling(self, dice: Random) -> None:
        owner = dice.choice(self.others("annual_plan", "allocation_round"))
        assert owner.fund is not None
        given = max(owner.fund.approved, owner.fund.allocated - owner.fund.returned)
        total = dice.choice(SHIFTS)(dice.choice((given, owner.fund.ceiling, CEILING)))
        money = self.world.money(dice.choice((AGENCY, MINISTRY, SCT)))
        if owner.kind == "annual_plan":
            options = self.world.money(MINISTRY).board(PLAN).options
            option = next((each for each in options if each.name == "supplement"), None)
            move = self.world.move(option, self.world.day) if option else MoveInput()
            self.attempt(lambda: money.change_plan(owner.code, PlanInput("kcqg", 2024, total), move))
        else:
            entered = RoundInput("kcqg", 2024, total)
            self.attempt(lambda: money.change_round(owner.code, entered))

    def act_of_another_kind(self, dice: Random) -> None:
        owners = self.others(*KINDS[: 4 if dice.random() < 0.2 else 3])
        owner = dice.choice([row for row in owners if row.ending is None] or owners)
        for _ in range(5 - dice.randint(0, 4)):
            self._act_of(dice, owner)

    def _act_of(self, dice: Random, owner: OtherRow) -> None:
        chosen = self.option(dice, lambda login: self._board(login, owner.code))
        if chosen is None:
            return
        login, option = chosen
        amounts = None
        if option.moves and dice.randint(0, 3) == 0:
            codes = dice.sample(self.proposals(), dice.randint(1, 2))
            amounts = {code: self.amount(dice, code, owner) for code in codes}
        move = self.move(dice, option, None)
        self.again(lambda: self.world.money(login).act(owner.code, option.name, move, amounts))

    def _board(self, login: str, code: str) -> Sequence[OptionView]:
        if (login, code) not in self._shown:
            try:
                self._shown[login, code] = self.world.money(login).board(code).options
            except KcflowError:
                self._shown[login, code] = ()
        return self._shown[login, code]

    def act_of_a_proposal(self, dice: Random) -> None:
        code = dice.choice(self.proposals())
        for _ in range(5 - dice.randint(0, 4)):
            self._act_on(dice, code)

    def _act_on(self, dice: Random, code: str) -> None:
        chosen = self.option(dice, lambda login: self._options(login, code))
        if chosen is None:
            return
        login, option = chosen
        move = self.move(dice, option, self.amount(dice, code, usual=option.suggested_amount))
        self.again(lambda: self.world.desk(login).advance(code, option.name, move))

    def _options(self, login: str, code: str) -> Sequence[OptionView]:
        if (login, code) not in self._shown:
            try:
                self._shown[login, code] = self.world.desk(login).options(code, MoveInput(on=self.world.day))
            except KcflowError:
                self._shown[login, code] = ()
        return self._shown[login, code]

    def one_act_on_many(self, dice: Random) -> None:
        codes = dice.sample(self.proposals(), dice.randint(2, 4))
        chosen = self.option(dice, lambda login: self._options(login, codes[0]))
        if chosen is None:
            return
        login, option = chosen
        move = self.move(dice, option, self.amount(dice, codes[0], usual=option.suggested_amount))
        every = dice.random() < 0.5
        desk = self.world.desk(login)
        # Where some may be left out, a repeated request tries those again.
        (self.again if every else self.attempt)(
            lambda: desk.advance_many(codes, option.name, move, all_or_nothing=every)
        )

    def draw_up_a_contract(self, dice: Random) -> None:
        codes = dice.sample(self.proposals(), dice.randint(1, 3))
        lines = tuple((code, self.amount(dice, code)) for code in codes)
        login = dice.choice((AGENCY, UNIT, SCT))
        request = f"00000000-0000-4000-8000-{next(self.world._ticks):012d}"
        self.again(lambda: self.world.money(login).open_contract(ContractInput(lines), request))

    def ask_for_an_adjustment(self, dice: Random) -> None:
        code = dice.choice(self.proposals())
        change = dice.choice(("raise_support", "reduce_support", "extend_next_year"))
        row = self.world.row(code)
        base = dice.choice((row.approved or EACH, row.allocated, row.requested + 200 * TRIEU))
        after: dict[str, object] = {"approved": dice.choice(SHIFTS)(base)}
        if change == "extend_next_year":
            after = {"ends_on": "2025-06-30"}
        letter = PaperInput("cong_van_don_vi", "12/TTKC", self.world.day, "Trần Văn B")
        entered = AdjustmentInput(code, change, after, "Cơ sở đổi kế hoạch", letter)
        request = f"00000000-0000-4000-8000-{next(self.world._ticks):012d}"
        login = dice.choice((UNIT, AGENCY, SCT))
        self.again(lambda: self.world.money(login).ask_adjustment(entered, request))

    # What was refused has written nothing, as `attempt` has seen: there is nothing new to add up.
    @precondition(lambda self: self.done > self._added_up)
    @invariant()
    def everything_adds_up(self) -> None:
        self._added_up = self.done
        assert money_problems(self.world.store) == []
