"""The stage of the sample: a store, a clock that the play sets, a desk for everybody, acts in their order."""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from db.store import Store
from kcflow.services.context import VIET_NAM, Shared
from kcflow.services.desk import Desk
from kcflow.services.views import DossierRow, DraftInput, ListFilter, MoveInput, PaperInput

TODAY = date(2024, 6, 14)
"""The day on which the sample store stands still."""
SINCE = date(2022, 1, 1)
REGISTERS = (
    "KCQG-2024-1-HaGiang",
    "KCQG-2024-2-ThaiNguyen",
    "KCQG-2024-3-NgheAn",
    "KCQG-2024-4-LaoCai",
    "KCQG-2024-5-HaiPhong",
    "KCQG-2024-6-NinhBinh",
    "KCDP-2024-HaGiang",
)
PROVINCES = ("63:02", "63:19", "63:40", "63:10", "63:31", "63:37")

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Lý", "Nông", "Giàng")
GIVEN = ("Thu Hà", "Văn Minh", "Thị Lan", "Quốc Hưng", "Mai Anh", "Đức Thắng", "Thị Hồng", "Văn Sơn")


@dataclass
class Play:
    """The stage: a store, a clock that the play sets, and a desk for each role and province."""

    store: Store
    account: tuple[str, str]
    day: date = date(2023, 4, 3)
    minute: int = 0
    desks: dict[str, Desk] = field(default_factory=dict)
    papers: int = 0
    schedule: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=itertools.count)
    entered: dict[str, date] = field(default_factory=dict)
    shared: Shared = field(init=False)

    def __post_init__(self) -> None:
        self.shared = Shared(self.store, self.now, TODAY)

    def now(self) -> datetime:
        """An office hour of the day of entry; every call a minute later."""
        self.minute = (self.minute + 1) % 480
        local = datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=VIET_NAM)
        return (local + timedelta(minutes=self.minute)).astimezone(UTC)

    def desk(self, login: str) -> Desk:
        """The desk of a person."""
        if login not in self.desks:
            self.desks[login] = Desk.for_person(self.shared, login)
        return self.desks[login]

    def number(self, kind: str) -> str:
        """The next document number of the play."""
        self.papers += 1
        return f"{self.papers}/{kind}"

    def act(
        self,
        login: str,
        code: str,
        action: str,
        on: date,
        *,
        late: int = 0,
        conclusion: Literal["agreed", "not_agreed"] | None = None,
        papers: tuple[str, ...] = (),
        reason: str | None = None,
        amount: int | None = None,
        fields: Mapping[str, object] | None = None,
        kind: str | None = None,
        symbol: str = "SCT",
        signer: str = "Phạm Văn Lãnh",
    ) -> None:
        """Schedule an act of `on`, entered `late` days after; its paper gets number, date, signer."""
        entry = max(on + timedelta(days=late), self.entered.get(code, on))
        self.entered[code] = entry

        def do() -> None:
            self.day = entry
            desk = self.desk(login)
            option = next(o for o in desk.options(code, MoveInput(on=on)) if o.name == action)
            has_paper = option.act_document_need == "required" or kind is not None
            desk.advance(
                code,
                action,
                MoveInput(
                    on=on,
                    reason=reason,
                    document_kind=kind or (option.act_documents[0][0] if has_paper else None),
                    document_number=self.number(symbol) if has_paper else None,
                    document_date=on if has_paper else None,
                    signer=signer if has_paper else None,
                    conclusion=conclusion,
                    papers=tuple(PaperInput(p, self.number(symbol), on, signer) for p in papers),
                    amount=amount,
                    fields=fields or {},
                    authority="KT." if symbol == "SCT" else None,
                    request=str(uuid.uuid5(uuid.NAMESPACE_URL, f"kcflow/{code}/{action}/{self.papers}")),
                ),
            )

        self._later(entry, do)

    def at(self, entry: date, do: Callable[[], None], code: str = "") -> None:
        """Schedule anything else, entered on `entry`; `code`: the proposal that it moves."""
        if code:
            entry = max(entry, self.entered.get(code, entry))
            self.entered[code] = entry

        def work() -> None:
            self.day = entry
            do()

        self._later(entry, work)

    def decide(
        self,
        login: str,
        code: str,
        action: str,
        on: date,
        *,
        late: int = 0,
        symbol: str,
        signer: str = "Phạm Văn Lãnh",
        papers: tuple[str, ...] = (),
        amounts: Mapping[str, int] | None = None,
    ) -> None:
        """Schedule an act of a plan, round or contract, with the decision's number, date and signer."""

        def do() -> None:
            money = self.desk(login).money
            board = money.board(code)
            found = [o for o in board.options if o.name == action]
            if not found:
                raise RuntimeError(f"{code} in {board.row.state} has no {action}")
            option = found[0]
            kind = option.act_documents[0][0] if option.act_documents else None
            money.act(
                code,
                action,
                MoveInput(
                    on=on,
                    document_kind=kind,
                    document_number=self.number(symbol) if kind else None,
                    document_date=on if kind else None,
                    signer=signer if kind else None,
                    papers=tuple(PaperInput(p, self.number(symbol), on, signer) for p in papers),
                    request=str(uuid.uuid5(uuid.NAMESPACE_URL, f"kcflow/{code}/{action}")),
                ),
                amounts,
            )

        self.at(on + timedelta(days=late), do)

    def create(self, login: str, draft: DraftInput, on: date, then: Callable[[str], None]) -> None:
        """Schedule a new draft; `then` schedules what follows, once its code is known."""

        def do() -> None:
            self.day = on
            then(self.desk(login).create(draft, on=on).code)

        self._later(on, do)

    def _later(self, entry: date, do: Callable[[], None]) -> None:
        heapq.heappush(self.schedule, (entry, next(self.order), do))

    def run(self, until: date) -> None:
        """Do what is scheduled up to `until`, in the order of entry: the history is as it would be."""
        while self.schedule and self.schedule[0][0] <= until:
            heapq.heappop(self.schedule)[2]()


def department(row: DossierRow) -> str:
    return f"sct-{row.province.replace(':', '-')}"


def unit_of(row: DossierRow) -> str:
    return row.unit_office.lower()


def national(stage: Play) -> list[DossierRow]:
    rows: list[DossierRow] = []
    after: object | None = None
    desk = stage.desk("ktnn")
    while True:
        page = desk.dossiers(ListFilter(source="kcqg"), after=after, limit=200)
        rows += [row for row in page.rows if row.plan_year == 2024]
        if page.next is None:
            return rows
        after = page.next


def days(start: date, index: int, spread: int) -> date:
    """A weekday from `start` on, spread over `spread` days by `index`."""
    day = start + timedelta(days=(index * 7) % spread)
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def in_state(stage: Play, state: str) -> list[DossierRow]:
    return [row for row in national(stage) if row.state == state]
