"""The money pane by real keys: kinds, search, what to do first; a workbook; its line in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.store import open_store
from kcflow.app import KcflowApp
from kcflow.i18n import set_language, t
from screens.base import DeskScreen
from screens.clock.acts import ClockActsDialog
from screens.clock.why import WhyDialog
from screens.money.board import BoardScreen
from screens.money.codes import has_board, kind_of
from screens.money.exporting import ExportDialog
from screens.money.opening import NewKindDialog
from screens.money.pane import MoneyPane
from screens.money.plan_form import PlanForm
from screens.shell_lines import TABS, TabsLine
from tests.services.money.world import AGENCY, ROUND_DAY, MoneyWorld
from tests.ui.shell_driver import press, rest
from tests.ui.snapshots import screen_text, wait_for
from tests.ui.test_money_board import text_of, typed, working

TRIEU = 1_000_000
PLAN, ROUND = "KH-KCQG-24", "PB-KCQG-24-1"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[MoneyWorld]:
    """Offices and people, nothing else."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    yield MoneyWorld(store)
    store.close()
    set_language("vi")


@pytest.fixture
def world(empty: MoneyWorld) -> MoneyWorld:
    """A plan with two proposals, and a round of it that is being prepared."""
    codes = empty.submitted(2)
    empty.plan(dict.fromkeys(codes, 300 * TRIEU))
    empty.day = ROUND_DAY
    empty.round({codes[0]: 100 * TRIEU}, ceiling=250 * TRIEU)
    return empty


def pane_of(app: KcflowApp) -> MoneyPane:
    """The money pane in front."""
    pane = app._shell.pane
    assert isinstance(pane, MoneyPane)
    return pane


def codes_in(app: KcflowApp) -> list[str]:
    """The codes of its rows, in their order."""
    return list(pane_of(app).table.keys_near(0))


async def test_kinds_search_board_and_files_by_key(world: MoneyWorld, tmp_path: Path) -> None:
    async with working(world, size=(80, 24)) as (app, pilot):
        inbox = app._shell.pane
        assert inbox is not None
        assert {ROUND, PLAN} <= set(inbox.table.keys_near(0)), "they stand among one's work"
        tabs = app.screen.query_one(TabsLine)
        assert len(tabs._places) == len(TABS)
        assert tabs._places[-1][1] <= 80
        await press(pilot, "f2")
        assert tabs._places[-1][1] <= 80
        await press(pilot, "f2")

        await press(pilot, "7")
        assert codes_in(app) == [ROUND, PLAN], "by due date"
        await press(pilot, "c")
        assert (pane_of(app).kind, codes_in(app)) == ("annual_plan", [PLAN])
        await press(pilot, "c")
        assert codes_in(app) == [ROUND]
        assert "Tổng 250.000.000 đ · 1 đề án, 100.000.000 đ · còn lại 150.000.000 đ" in text_of(app)
        await press(pilot, "C", "C")
        assert pane_of(app).kind == "waiting"

        # Search as one types; Escape shows everything again.
        await press(pilot, "slash")
        await typed(pilot, "dot 1")
        assert codes_in(app) == [ROUND]
        await typed(pilot, "x")
        assert "Không dòng nào" in screen_text(app)
        await press(pilot, "escape")
        assert codes_in(app) == [ROUND, PLAN]

        # Why it stands here, and what can be done about its time: as in every list.
        await press(pilot, "question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, WhyDialog), "why")
        await wait_for(
            pilot, lambda: ROUND in text_of(app) and "Cách tính" in text_of(app), "how it was counted"
        )
        await press(pilot, "escape", "exclamation_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, ClockActsDialog), "the acts")
        await press(pilot, "escape")

        # A workbook: the path is asked, what is there is replaced only by a second press.
        target = tmp_path / "dot.xlsx"
        target.write_bytes(b"old")
        await press(pilot, "x")
        dialog = app.screen
        assert isinstance(dialog, ExportDialog)
        dialog.query_one("#field-path").text = str(target)  # type: ignore[attr-defined]
        await press(pilot, "f10")
        assert target.read_bytes() == b"old"
        await press(pilot, "f10")
        await wait_for(pilot, lambda: app.screen is not dialog, "written")
        assert target.read_bytes()[:2] == b"PK"
        shell = app.screen
        assert isinstance(shell, DeskScreen)
        assert "dot.xlsx" in shell.said(), "a long path may be cut on the screen"

        await press(pilot, "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, BoardScreen), "the board")
        await rest(pilot)


async def test_empty_kinds_say_what_comes_first(empty: MoneyWorld) -> None:
    async with working(empty) as (app, pilot):
        await press(pilot, "7")
        for kind in ("waiting", "annual_plan", "allocation_round", "contract", "adjustment"):
            assert pane_of(app).kind == kind
            said = " ".join(t(f"money.empty.{kind}").split())
            assert said[:60] in text_of(app)
            await press(pilot, "c")
        # From nothing to a plan by keys alone.
        await press(pilot, "n")
        assert isinstance(app.screen, NewKindDialog)
        await press(pilot, "enter")
        assert isinstance(app.screen, PlanForm)
        await press(pilot, "tab", "tab")
        await typed(pilot, "1,5 tỷ")
        await press(pilot, "f10")
        await wait_for(pilot, lambda: isinstance(app.screen, BoardScreen), "the board of the plan")
        await rest(pilot)
        assert "Tổng kế hoạch: 1.500.000.000 đ" in text_of(app)
    (plan,) = empty.money(AGENCY).others("annual_plan")
    assert (plan.state, plan.fund.ceiling if plan.fund else 0) == ("drafting", 1500 * TRIEU)


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_pane_looks_as_it_should(
    world: MoneyWorld, lang: str, snapshot: Callable[[str, str], None]
) -> None:
    for size in ((80, 24), (120, 40)):
        async with working(world, size=size) as (app, pilot):
            if app.lang != lang:
                await press(pilot, "f2")
            await press(pilot, "7")
            snapshot(f"money-pane-{lang}-{size[0]}x{size[1]}", screen_text(app))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("KH-KCQG-24", "annual_plan"),
        (" pb-kcdp-24-6302-1", "allocation_round"),
        ("HD-24-0001", "contract"),
        ("dc-24-0001", "adjustment"),
        ("KCQG-24-0001", None),
        ("KHÔNG", None),
        ("", None),
    ],
)
def test_a_code_says_what_it_names(code: str, kind: str | None) -> None:
    assert kind_of(code) == kind
    assert has_board(code) == (kind is not None)
