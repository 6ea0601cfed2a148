"""A small real world for the services: two provinces, the ministry, a clock that tests move."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from db import directory
from db.rows import OrganisationRow, PersonRow
from db.store import Store
from kcflow.bootstrap import found
from kcflow.reference import province
from kcflow.services.context import VIET_NAM, Shared
from kcflow.services.desk import Desk
from kcflow.services.money_views import BatchResult, PlanInput, RoundInput
from kcflow.services.views import DraftInput, MoveInput, OptionView, PaperInput, Receipt

HA_GIANG, THAI_NGUYEN = "63:02", "63:19"
UNIT, SCT, STC, UBND = "ttkc-63-02", "sct-63-02", "stc-63-02", "ubnd-63-02"
AGENCY, MINISTRY = "cuc", "bct"
FOUNDED = date(2020, 1, 1)
PLAN_TOTAL = 100_000_000_000
BY_ROUND = ("allocate", "allocate_further")
BY_CONTRACT = ("submit_settlement", "return_settlement", "liquidate")


def _line(done: BatchResult, code: str) -> Receipt:
    """What a decision over many did to one of them."""
    receipt = next(line.receipt for line in done.lines if line.code == code)
    assert receipt is not None
    return receipt


def knows(store: Store, login: str) -> bool:
    """Whether this person is in the directory."""
    with store.read() as reader:
        return directory.person(reader, login) is not None


def two_provinces(store: Store) -> None:
    """Found an empty store: Hà Giang, Thái Nguyên, the ministry, an auditor."""
    found(store, [province(HA_GIANG), province(THAI_NGUYEN)], FOUNDED)
    with store.administer() as admin:
        directory.add_organisation(
            admin,
            OrganisationRow("KTNN", "Kiểm toán Nhà nước", None, "audit", None, None, FOUNDED),
        )
        directory.add_person(admin, PersonRow("ktnn", "Kiểm toán viên", None, None, FOUNDED))
        directory.assign(admin, "ktnn", "auditor", "KTNN", FOUNDED)


class World:
    """A store with `two_provinces`, which an empty one is given first.

    `desk(login)` is the desk of one person, `day` the date of entry.
    """

    def __init__(self, store: Store, day: date = date(2023, 4, 3)) -> None:
        self.store = store
        self.day = day
        self._ticks = itertools.count()
        self.shared = Shared(store, self.now)
        if not knows(store, "ktnn"):
            two_provinces(store)
        self._desks: dict[str, Desk] = {}

    def now(self) -> datetime:
        """Nine in the morning of `day`, a second later with every call."""
        local = datetime.combine(self.day, time(9), VIET_NAM) + timedelta(seconds=next(self._ticks))
        return local.astimezone(UTC)

    def desk(self, login: str) -> Desk:
        """The desk of `login`, worked by an account that is mapped to nobody."""
        if login not in self._desks:
            self._desks[login] = Desk.for_account(self.shared, ("test-account", "Tài khoản thử"), login)
        return self._desks[login]

    def draft(self, **changes: object) -> str:
        """A new balanced draft of the Hà Giang centre; returns its code."""
        values: dict[str, object] = {
            "source": "kcqg",
            "plan_year": 2024,
            "title": "Hỗ trợ ứng dụng máy móc trong chế biến chè",
            "unit_office": "TTKC-63-02",
            "total": 500_000_000,
            "requested": 300_000_000,
            "counterpart": 200_000_000,
            "starts_on": date(2024, 3, 1),
            "ends_on": date(2024, 11, 30),
            **changes,
        }
        login = str(values["unit_office"]).lower()
        return self.desk(login).create(DraftInput(**values)).code  # type: ignore[arg-type]

    def move(self, option: OptionView, on: date, **given: object) -> MoveInput:
        """What `option` asks for: its own paper, the papers that are missing, a reason."""
        if option.act_document_need == "required" or "kind" in given:
            given.setdefault("document_number", f"{next(self._ticks)}/VB")
            given.setdefault("document_date", on)
            given.setdefault("signer", "Nguyễn Văn Ký")
            given["document_kind"] = given.pop("kind", None) or option.act_documents[0][0]
        papers = tuple(
            PaperInput(kinds[0][0], f"{next(self._ticks)}/VB", on, "Nguyễn Văn Ký")
            for kinds in option.missing_documents
            if kinds[0][0] != given.get("document_kind")
        )
        given.setdefault("papers", papers)
        if option.reason_need == "required":
            given.setdefault("reason", "Lý do thử nghiệm")
        return MoveInput(on=on, **given)  # type: ignore[arg-type]

    def act(self, login: str, code: str, action: str, on: date | None = None, **given: Any) -> Receipt:
        """One act with whatever papers it asks for; entered on the day of the act.

        An act that only a round or a contract can do is done by one, from its beginning to its decision;
        `by_plan`: the approval is that of the year's plan, which is opened for it.
        """
        self.day = max(self.day, on or self.day)
        day = on or self.day
        by_plan = given.pop("by_plan", False)
        if action in BY_ROUND:
            return self._by_round(login, code, day, **given)
        if action in BY_CONTRACT:
            return self._by_contract(login, code, action, day, **given)
        if by_plan and self.plan_over(code) is None:
            return self._by_plan(login, code, day, **given)
        desk = self.desk(login)
        option = next(o for o in desk.options(code, MoveInput(on=day)) if o.name == action)
        return desk.advance(code, action, self.move(option, day, **given))

    def carry_out(
        self,
        login: str,
        code: str,
        action: str,
        on: date,
        amounts: Mapping[str, int] | None = None,
        **given: object,
    ) -> BatchResult:
        """One act of a plan, round, contract or adjustment with whatever papers it asks for."""
        self.day = max(self.day, on)
        money = self.desk(login).money
        option = next(o for o in money.board(code).options if o.name == action)
        return money.act(code, action, self.move(option, on, **given), amounts)

    def second(self, login: str) -> str:
        """The second person of the office of `login`, for what four eyes must see."""
        second = f"{login}-2"
        with self.store.read() as reader:
            known = directory.person(reader, second) is not None
            office = directory.assignments(reader, login)[0]
        if not known:
            with self.store.administer() as admin:
                name = f"Người thứ hai {office.organisation}"
                directory.add_person(admin, PersonRow(second, name, None, None, FOUNDED))
                directory.assign(admin, second, office.role, office.organisation, FOUNDED)
            self.shared.forget()
        return second

    def plan_over(self, code: str) -> str | None:
        """The plan of the year of a proposal, if it is opened."""
        row = self.desk("ktnn").dossier(code).row
        area = row.province if row.source == "kcdp" else ""
        plans = self.desk("ktnn").money.others("annual_plan", row.source, row.plan_year, area)
        return plans[0].code if plans else None

    def _by_plan(self, login: str, code: str, on: date, *, amount: int, **given: Any) -> Receipt:
        """Open the year's plan with this proposal in it, submit it, and approve it."""
        row = self.desk("ktnn").dossier(code).row
        area = row.province if row.source == "kcdp" else ""
        opens = SCT if row.source == "kcdp" else AGENCY
        money = self.desk(opens).money
        plan = money.open_plan(PlanInput(row.source, row.plan_year, PLAN_TOTAL, area)).code
        money.put(plan, {code: amount})
        self.carry_out(opens, plan, "submit", on)
        return _line(self.carry_out(login, plan, "approve_plan", on, **given), code)

    def open_round(self, login: str, amounts: Mapping[str, int], on: date) -> str:
        """A round over these proposals, proposed by `login`: only its decision is missing."""
        self.day = max(self.day, on)
        row = self.desk("ktnn").dossier(next(iter(amounts))).row
        area = row.province if row.source == "kcdp" else ""
        money = self.desk(login).money
        total = sum(amounts.values())
        round_ = money.open_round(RoundInput(row.source, row.plan_year, total, area=area)).code
        money.put(round_, dict(amounts))
        for action in ("send_to_finance", "record_finance_opinion", "propose"):
            self.carry_out(login, round_, action, on)
        return round_

    def _by_round(self, login: str, code: str, on: date, *, amount: int, **given: Any) -> Receipt:
        """A round of its own for one proposal, proposed by `login` and issued by the second person."""
        round_ = self.open_round(login, {code: amount}, on)
        return _line(self.carry_out(self.second(login), round_, "issue", on, **given), code)

    def _by_contract(self, login: str, code: str, action: str, on: date, **given: Any) -> Receipt:
        """What the contract of a proposal does with it."""
        contract = self.desk(login).money.story(code).contract
        assert contract is not None
        return _line(self.carry_out(login, contract, action, on, **given), code)

    def to(self, state: str, code: str) -> None:
        """Walk the ordinary national route until `code` stands in `state`."""
        for login, action, on, given in ORDINARY:
            if self.desk("ktnn").dossier(code).row.state == state:
                return
            self.act(login, code, action, on, **given)
        assert self.desk("ktnn").dossier(code).row.state == state


ORDINARY: tuple[tuple[str, str, date, dict[str, object]], ...] = (
    (UNIT, "submit_to_department", date(2023, 5, 10), {}),
    (SCT, "start_provincial_appraisal", date(2023, 5, 12), {}),
    (SCT, "record_provincial_appraisal", date(2023, 5, 22), {"conclusion": "agreed"}),
    (SCT, "register_with_ministry", date(2023, 6, 9), {}),
    (AGENCY, "start_screening", date(2023, 6, 26), {}),
    (AGENCY, "aggregate", date(2023, 7, 14), {}),
    (AGENCY, "start_ministry_appraisal", date(2023, 11, 22), {}),
    (AGENCY, "record_ministry_appraisal", date(2023, 12, 4), {"conclusion": "agreed"}),
    (AGENCY, "submit_to_minister", date(2023, 12, 8), {}),
    (MINISTRY, "approve", date(2023, 12, 28), {"amount": 280_000_000, "by_plan": True}),
    (AGENCY, "record_mof_opinion", date(2024, 1, 18), {}),
    (AGENCY, "allocate", date(2024, 2, 20), {"amount": 280_000_000}),
    (AGENCY, "assign_plan", date(2024, 2, 27), {}),
    (AGENCY, "sign_contract", date(2024, 3, 20), {"amount": 280_000_000}),
    (UNIT, "start_implementation", date(2024, 3, 25), {}),
    (
        AGENCY,
        "advance_first",
        date(2024, 4, 5),
        {"amount": 196_000_000, "fields": {"advance_type": "join_fair"}},
    ),
    (
        UNIT,
        "report_progress",
        date(2024, 4, 22),
        {"fields": {"report_month": "2024-04", "volume_permille": 400}},
    ),
    (UNIT, "report_completion", date(2024, 5, 20), {}),
    (SCT, "accept", date(2024, 5, 30), {"amount": 280_000_000, "kind": "mau_5b"}),
    (UNIT, "submit_settlement", date(2024, 6, 5), {}),
    (AGENCY, "liquidate", date(2024, 6, 11), {}),
    (UNIT, "archive", date(2024, 6, 13), {}),
)
"""The national route of a proposal; the money goes by a plan, a round and a contract of its own."""
