"""A desk without a store whose money is made by hand: one proposal's story, one year's figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from kcflow.services.money.stages import BASES, STAGE, share
from kcflow.services.money.summary import tie
from kcflow.services.money_figures import (
    BudgetSummary,
    FigureInput,
    FigureView,
    Share,
    StageFigure,
    SummaryGroup,
)
from kcflow.services.money_views import STAGES, MoneyEvent, MoneyStory
from kcflow.services.views import PaperView
from states.model import Label
from tests.ui.bench import Showing
from tests.ui.fake_desk import CODE, TITLE, FakeDesk
from tests.ui.hostile import assert_harmless
from tests.ui.snapshots import compare

TRIEU = 1_000_000
SIZES = ((80, 24), (120, 40), (200, 50))
AMOUNTS = {
    "total": 1_000 * TRIEU,
    "requested": 600 * TRIEU,
    "approved": 570 * TRIEU,
    "allocated": 570 * TRIEU,
    "contracted": 500 * TRIEU,
    "advanced": 350 * TRIEU,
    "accepted": 300 * TRIEU + 1,
    "settled": 0,
    "returned": 0,
}
HOSTILE = "[b]Nguyễn\x1b[31m Văn[/b]"
CEILING = Label(
    "570 triệu vượt mức hỗ trợ tối đa 350 triệu (TT 28/2018/TT-BTC Đ8.2a).",
    "570 million passes the ceiling of 350 million (TT 28/2018/TT-BTC Đ8.2a).",
)
BASIS = "Hội nghị khuyến công các tỉnh phía Bắc (5/2024)"


def event(seq: int, kind: str, dong: int, after: int, owner: str | None = None, **changes: Any) -> MoneyEvent:
    """One movement."""
    named = {"vi": STAGE.get(kind, STAGE["total"]).vi, "en": STAGE.get(kind, STAGE["total"]).en}
    paper = PaperView(
        "qd", Label("Quyết định", "Decision"), f"{seq}/QĐ", date(2024, 2, seq), "Trần B", None, None, None
    )
    given: dict[str, Any] = {
        "seq": seq,
        "on": date(2024, 2, seq),
        "kind": kind,
        "label": Label(named["vi"], named["en"]),
        "dong": dong,
        "after": after,
        "owner": owner,
        "document": paper,
        "actor_name": HOSTILE,
    }
    return MoneyEvent(**(given | changes))


def _share(stage: str) -> Share | None:
    return share(AMOUNTS[stage], BASES[stage], AMOUNTS[BASES[stage]])


def story(**changes: Any) -> MoneyStory:
    """A proposal that is under way, with two advances, a refund due and a month without a report."""
    figures = tuple(
        StageFigure(
            stage,
            STAGE[stage],
            AMOUNTS[stage],
            share=_share(stage),
        )
        for stage in STAGES
        if stage != "planned"
    )
    events = (
        event(1, "approved", 570 * TRIEU, 570 * TRIEU, "KH-KCQG-24"),
        event(2, "allocated", 570 * TRIEU, 570 * TRIEU, "PB-KCQG-24-1"),
        event(3, "contracted", 500 * TRIEU, 500 * TRIEU, "HD-24-0001"),
        event(4, "advanced", 250 * TRIEU, 250 * TRIEU, "HD-24-0001", permille=500),
        event(5, "advanced", 100 * TRIEU, 350 * TRIEU, "HD-24-0001", permille=200),
        event(6, "accepted", 300 * TRIEU + 1, 300 * TRIEU + 1, "HD-24-0001"),
    )
    fields = ((Label("Khối lượng", "Work done"), Label("45,0%", "45.0%")),)
    given: dict[str, Any] = {
        "code": CODE,
        "title": TITLE,
        "figures": figures,
        "events": events,
        "rounds": ("PB-KCQG-24-1",),
        "contract": "HD-24-0001",
        "adjustments": (),
        "refund_due": 50 * TRIEU - 1,
        "refund_by": date(2024, 12, 31),
        "left_to_allocate": 0,
        "left_to_pay": 150 * TRIEU,
        "reports": (event(7, "report", 0, 0, document=None, fields=fields),),
        "months_missing": (date(2024, 4, 1), date(2024, 5, 1)),
        "ceilings": (CEILING,),
    }
    return MoneyStory(**(given | changes))


def group(key: str, label: Label, amounts: dict[str, int], reported: dict[str, int]) -> SummaryGroup:
    """A group with these đồng recorded and published."""
    figures = []
    for stage in STAGES:
        part: Share | None = None
        if stage == "allocated" and reported.get("planned"):
            base = Label(f"Kế hoạch {label.vi}", f"Planned, {label.en}")
            part = Share(256, "planned", base, reported["planned"])
        published = reported.get(stage)
        figures.append(
            StageFigure(
                stage,
                STAGE[stage],
                amounts.get(stage, 0),
                published,
                BASIS if published is not None else None,
                50 * TRIEU if published is not None else 0,
                part,
            )
        )
    return SummaryGroup(key, label, tuple(figures), 12)


def summary(plan_year: int, area: str, source: str | None, content: int | None, by: str) -> BudgetSummary:
    """A year whose published parts tie within rounding, and whose recorded rounds don't."""
    national, local = Label("KCQG", "National (KCQG)"), Label("KCĐP", "Local (KCĐP)")
    both = Label("KCQG và KCĐP", "National and local")
    whole = group("total", both, {"planned": 73_300 * TRIEU}, {"planned": 170_800 * TRIEU})
    groups: tuple[SummaryGroup, ...] = (
        group(
            "kcqg",
            national,
            {
                "planned": 71_500 * TRIEU,
                "approved": 20_000 * TRIEU,
                "allocated": 13_019_225_000,
                "returned": 1,
            },
            {"planned": 71_500 * TRIEU, "allocated": 18_300 * TRIEU},
        ),
        group(
            "kcdp",
            local,
            {"planned": 1_800 * TRIEU, "approved": 1_234_567 * TRIEU},
            {"planned": 99_200 * TRIEU},
        ),
    )
    if by == "province":
        groups = (group("63:02", Label("Hà Giang", "Hà Giang"), {"approved": 5_892_500_000}, {}),)
    allocated = STAGE["allocated"]
    given = (StageFigure("allocated", allocated, 13_019_225_000, 18_300 * TRIEU, BASIS, 50 * TRIEU),)
    rounds = (SummaryGroup("PB-KCQG-24-1", Label("KCQG, đợt 1", "National (KCQG), round 1"), given, 17),)
    return BudgetSummary(
        plan_year=plan_year,
        area=area,
        area_label=Label("Phía Bắc", "North"),
        source=source,
        content=content,
        total=whole,
        groups=rounds if by == "round" else groups,
        rounds=rounds,
        ties=(
            tie(STAGE["planned"], 170_800 * TRIEU, [71_500 * TRIEU, 99_200 * TRIEU], 150 * TRIEU),
            tie(allocated, 13_019_225_000, [13_019_225_000], 0),
            tie(STAGE["approved"], 20_000 * TRIEU, [19_000 * TRIEU], 0),
        ),
        notes=(Label("Mỗi tỷ lệ ghi rõ là phần của số nào.", "Every percentage names its base."),),
    )


def figure(number: int, **changes: Any) -> FigureView:
    """A published figure."""
    given: dict[str, Any] = {
        "id": number,
        "plan_year": 2023,
        "area": "north",
        "area_label": Label("Phía Bắc", "North"),
        "source": "kcqg",
        "stage": "allocated",
        "stage_label": STAGE["allocated"],
        "round": 1,
        "dong": 18_300 * TRIEU,
        "unit_dong": 100 * TRIEU,
        "basis": BASIS,
        "entered_by": "cuc",
        "entered_at": datetime(2024, 5, 20, 3, tzinfo=UTC),
        "withdrawn": False,
    }
    return FigureView(**(given | changes))


async def everywhere(shown: Showing, name: str) -> None:
    """Pictures of the screen in front, in both languages and in three sizes; ends in Vietnamese, 80×24."""
    for lang in ("vi", "en"):
        for size in reversed(SIZES):
            await shown.pilot.resize_terminal(*size)
            await shown.settle()
            assert_harmless(shown.app)
            if size != SIZES[2]:
                compare(f"{name}-{lang}-{size[0]}x{size[1]}", shown.text)
        await shown.press("f2")
        await shown.settle()


class FakeMoney:
    """The money side; what it was asked for stands in `asked`."""

    def __init__(self) -> None:
        """One story, two published figures."""
        self.told = story()
        self.asked: list[tuple[Any, ...]] = []
        self.kept = [figure(1), figure(2, withdrawn=True)]
        self.fail: Exception | None = None

    def story(self, code: str) -> MoneyStory:
        """The story. Raises `fail`."""
        assert code == CODE
        if self.fail is not None:
            raise self.fail
        return self.told

    def summary(
        self, plan_year: int, area: str, source: str | None, content: int | None, by: str
    ) -> BudgetSummary:
        """The year. Raises `fail`."""
        self.asked.append((plan_year, area, source, content, by))
        if self.fail is not None:
            raise self.fail
        return summary(plan_year, area, source, content, by)

    def figures(self, plan_year: int) -> tuple[FigureView, ...]:
        """The published figures."""
        assert plan_year == 2023
        return tuple(self.kept)

    def add_figures(self, entered: list[FigureInput]) -> int:
        """Keep them."""
        if self.fail is not None:
            raise self.fail
        for each in entered:
            self.kept.append(figure(len(self.kept) + 1, stage=each.stage, dong=each.dong, round=each.round))
            self.asked.append((each,))
        return len(entered)

    def withdraw_figure(self, number: int) -> None:
        """Take it back."""
        self.kept = [figure(each.id, withdrawn=each.withdrawn or each.id == number) for each in self.kept]


class MoneyDesk(FakeDesk):
    """A `FakeDesk` with money."""

    def __init__(self, **changes: Any) -> None:
        """As `FakeDesk`."""
        super().__init__(**changes)
        self.money = FakeMoney()
