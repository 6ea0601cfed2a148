"""A small world with money: proposals brought to the minister or approved in one go, plans, rounds.

`MoneyWorld(store)` founds the store of `tests.services.world.World` (Hà Giang, Thái Nguyên, the Cục, the
ministry) and adds a second person to every office that four eyes are asked of: "cuc-2", "bct-2",
"sct-63-02-2", "ubnd-63-02-2", …

    codes = world.submitted(3)                     # wait for the Minister, 300 triệu asked each
    plan = world.plan({code: 280_000_000, …})      # KH-KCQG-24, drafted, submitted and approved with them
    codes, plan = world.planned(3)                 # the two in one: proposals approved by a plan
    code = world.round({code: 100_000_000, …})     # PB-KCQG-24-1, preparing, with this worksheet
    world.to("issued", code)                       # … through the finance agency's check to the decision
    codes = world.approved(3, amount=280_000_000)  # approved one by one, without a plan
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from db import directory
from db.rows import PersonRow
from db.store import Store
from kcflow.services.money import Money
from kcflow.services.money_views import BatchResult, PlanInput, RoundInput
from kcflow.services.views import BulkItem, DraftInput, MoveInput
from tests.services.world import (
    AGENCY,
    HA_GIANG,
    MINISTRY,
    SCT,
    STC,
    THAI_NGUYEN,
    UBND,
    UNIT,
    World,
    knows,
    two_provinces,
)

__all__ = ["AGENCY", "HA_GIANG", "MINISTRY", "SCT", "STC", "THAI_NGUYEN", "UBND", "UNIT", "MoneyWorld"]

OFFICES_WITH_TWO = (
    *("CUC", "BCT", "SCT-63-02", "SCT-63-19", "UBND-63-02", "UBND-63-19", "STC-63-02", "STC-63-19"),
)
ROLE = {"CUC": "agency", "BCT": "ministry", "SCT": "department", "UBN": "provincial_committee"}

Step = tuple[str, str, date, Mapping[str, object]]

TO_MINISTER: tuple[Step, ...] = (
    ("ttkc", "submit_to_department", date(2023, 5, 10), {}),
    ("sct", "start_provincial_appraisal", date(2023, 5, 12), {}),
    ("sct", "record_provincial_appraisal", date(2023, 5, 22), {"conclusion": "agreed"}),
    ("sct", "register_with_ministry", date(2023, 6, 9), {}),
    (AGENCY, "start_screening", date(2023, 6, 26), {}),
    (AGENCY, "aggregate", date(2023, 7, 14), {}),
    (AGENCY, "start_ministry_appraisal", date(2023, 11, 22), {}),
    (AGENCY, "record_ministry_appraisal", date(2023, 12, 4), {"conclusion": "agreed"}),
    (AGENCY, "submit_to_minister", date(2023, 12, 8), {}),
)
TO_COMMITTEE: tuple[Step, ...] = (
    ("ttkc", "submit_to_centre", date(2023, 5, 10), {}),
    ("sct", "submit_to_department", date(2023, 5, 12), {}),
    ("sct", "record_department_appraisal", date(2023, 6, 20), {"conclusion": "agreed"}),
    ("sct", "submit_to_finance", date(2023, 6, 28), {}),
    ("stc", "record_finance_opinion", date(2023, 7, 20), {"conclusion": "agreed"}),
    ("sct", "submit_to_committee", date(2023, 12, 8), {}),
)
DRAFT_DAY = date(2023, 4, 3)
APPROVAL_DAY = date(2023, 12, 28)
ROUND_DAY = date(2024, 2, 20)


def _place(area: str) -> str:
    """A province's key as it stands in logins: "63-02"."""
    return area.replace(":", "-")


def two_in_every_office(store: Store) -> None:
    """Found an empty store with `two_provinces` and a second person in every office that decides."""
    two_provinces(store)
    _second_people(store)


def _second_people(store: Store) -> None:
    with store.administer() as admin:
        for office in OFFICES_WITH_TWO:
            login = f"{office.lower()}-2"
            directory.add_person(
                admin, PersonRow(login, f"Người thứ hai {office}", None, None, date(2020, 1, 1))
            )
            role = ROLE.get(office[:3], "finance_department")
            directory.assign(admin, login, role, office, date(2020, 1, 1))


class MoneyWorld(World):
    """A founded store with what the money services need; every method leaves `day` where it ended."""

    def __init__(self, store: Store, day: date = date(2023, 4, 3)) -> None:
        super().__init__(store, day)
        if not knows(store, "cuc-2"):
            _second_people(store)
            self.shared.forget()

    def money(self, login: str = AGENCY) -> Money:
        """The money side of a person's desk."""
        return self.desk(login).money

    # -- proposals -------------------------------------------------------------------------

    def drafts(
        self,
        n: int = 1,
        *,
        source: str = "kcqg",
        place: str = "63-02",
        year: int = 2024,
        contents: Sequence[int] = (1,),
        requested: int = 300_000_000,
        title: str = "Hỗ trợ ứng dụng máy móc trong chế biến chè",
        **changes: object,
    ) -> list[str]:
        """`n` new balanced drafts of a province's centre (place "63-02" or "63-19"); returns their codes."""
        desk = self.desk(f"ttkc-{place}")
        return [
            desk.create(
                DraftInput(
                    source=source,  # type: ignore[arg-type]
                    plan_year=year,
                    title=f"{title} {number}" if n > 1 else title,
                    unit_office=f"TTKC-{place}",
                    total=requested + 200_000_000,
                    requested=requested,
                    counterpart=200_000_000,
                    content_codes=tuple(contents),
                    starts_on=date(year, 3, 1),
                    ends_on=date(year, 11, 30),
                    **changes,  # type: ignore[arg-type]
                ),
                on=min(self.day, DRAFT_DAY),
            ).code
            for number in range(1, n + 1)
        ]

    def many(
        self, login: str, codes: Sequence[str], action: str, on: date, **given: object
    ) -> tuple[BulkItem, ...]:
        """One act on many proposals with whatever papers it asks for; all must be done."""
        self.day = max(self.day, on)
        desk = self.desk(login)
        option = next(o for o in desk.options(codes[0], MoveInput(on=on)) if o.name == action)
        move = self.move(option, on, **given)
        items = desk.advance_many(codes, action, move)
        assert all(item.receipt for item in items), [item for item in items if not item.receipt][:3]
        return items

    def submitted(self, n: int = 1, **draft: object) -> list[str]:
        """`n` proposals that wait for the approval (of the Minister, or of the province)."""
        codes = self.drafts(n, **draft)  # type: ignore[arg-type]
        place = str(draft.get("place", "63-02"))
        for who, action, on, given in TO_MINISTER if draft.get("source", "kcqg") == "kcqg" else TO_COMMITTEE:
            login = who if who == AGENCY else f"{who}-{place}"
            self.many(login, codes, action, on, **given)
        return codes

    def approved(self, n: int = 1, *, amount: int | None = None, **draft: object) -> list[str]:
        """`n` approved proposals (amount: đồng each; None: what was requested), approved without a plan."""
        codes = self.submitted(n, **draft)
        place = str(draft.get("place", "63-02"))
        login = MINISTRY if draft.get("source", "kcqg") == "kcqg" else f"ubnd-{place}"
        dong = amount if amount is not None else int(str(draft.get("requested", 300_000_000)))
        self.many(login, codes, "approve", APPROVAL_DAY, amount=dong)
        return codes

    # -- plans and rounds ------------------------------------------------------------------

    def advance_to(self, code: str, state: str, on: date | None = None, **given: object) -> BatchResult:
        """The act that brings `code` into `state`, by the first person who can do it."""
        board = self.money("ktnn").board(code)
        place = _place(board.row.area)
        people = (
            (AGENCY, "cuc-2", MINISTRY)
            if board.row.source == "kcqg"
            else tuple(f"{who}-{place}{two}" for who in ("sct", "stc", "ubnd") for two in ("", "-2"))
        )
        for login in people:
            for option in self.money(login).board(code).options:
                if option.target == state and option.possible:
                    day = on or max(self.day, board.row.entered_on)
                    return self.carry_out(login, code, option.name, day, None, **given)
        raise AssertionError(
            [
                (o.name, o.target, [r.text.en for r in o.reasons])
                for o in self.money(people[0]).board(code).options
            ]
        )

    def bring(self, code: str, *states: str, on: date | None = None) -> BatchResult:
        """`advance_to` each of `states` in turn; every act must be done."""
        for state in states:
            done = self.advance_to(code, state, on)
            assert done.done, (state, done.reasons, [line for line in done.lines if line.reasons][:3])
        return done

    def plan(
        self,
        amounts: Mapping[str, int] | None = None,
        *,
        source: str = "kcqg",
        year: int = 2024,
        area: str = "",
        total: int | None = None,
        approve: bool = True,
    ) -> str:
        """The year's plan with these proposals (đồng each), approved unless told otherwise; its code.

        total: its ceiling; None: what the proposals need, at least 1 tỷ. A plan can't be approved empty:
        without `amounts` it gets one more proposal, "Đề án khác", of 1 triệu and content 9.
        """
        items = dict(amounts or {})
        if approve and not items:
            other = self.submitted(
                1, title="Đề án khác", source=source, year=year, contents=(9,), place=_place(area) or "63-02"
            )
            items = dict.fromkeys(other, 1_000_000)
        ceiling = total if total is not None else max(sum(items.values()), 1_000_000_000)
        login = AGENCY if source == "kcqg" else f"sct-{_place(area)}"
        money = self.money(login)
        code = money.open_plan(PlanInput(source, year, ceiling, area)).code
        if items:
            money.put(code, items)
        if approve:
            self.bring(code, "submitted", "approved", on=max(self.day, APPROVAL_DAY))
        return code

    def planned(self, n: int = 1, *, amount: int = 300_000_000, **draft: object) -> tuple[list[str], str]:
        """`n` proposals approved with `amount` by the plan of their year, and the plan's code."""
        codes = self.submitted(n, **draft)
        source = str(draft.get("source", "kcqg"))
        area = f"63:{str(draft.get('place', '63-02'))[3:]}" if source == "kcdp" else ""
        plan = self.plan(
            dict.fromkeys(codes, amount), source=source, area=area, year=int(str(draft.get("year", 2024)))
        )
        return codes, plan

    def round(
        self,
        amounts: Mapping[str, int] | None = None,
        *,
        source: str = "kcqg",
        year: int = 2024,
        area: str = "",
        ceiling: int | None = None,
        contents: Sequence[int] = (),
    ) -> str:
        """A round that is being prepared, with this worksheet (đồng each), under the approved plan; its code.

        ceiling: None: what the proposals need, at least 1 triệu.
        """
        items = dict(amounts or {})
        limit = ceiling if ceiling is not None else max(sum(items.values()), 1_000_000)
        login = AGENCY if source == "kcqg" else f"sct-{_place(area)}"
        money = self.money(login)
        code = money.open_round(RoundInput(source, year, limit, area=area, contents=tuple(contents))).code
        if items:
            money.put(code, items)
        return code

    def to(self, state: str, code: str) -> None:
        """Walk a proposal to `state` (as in `World`), or a round ("cleared", "proposed", "issued")."""
        if not code.startswith("PB-"):
            super().to(state, code)
            return
        order = ("finance_check", "cleared", "proposed", "issued")
        self.bring(code, *order[: order.index(state) + 1], on=max(self.day, ROUND_DAY))
