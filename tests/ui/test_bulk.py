"""The bulk dialog over many proposals: progress, stopping, trouble, and whatever people typed."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from kcflow.app import KcflowApp
from kcflow.i18n import set_language
from kcflow.services.errors import StoreProblem
from screens.lists.bulk import BulkDialog
from screens.lists.bulk_work import SLICE
from screens.lists.dossiers import DossiersPane
from screens.widgets.table import VirtualTable
from states.model import Label
from tests.ui.hostile import assert_harmless
from tests.ui.list_desk import ListDesk, make_row
from tests.ui.shell_driver import press, rest, shell_of, started
from tests.ui.snapshots import screen_text, wait_for
from tests.ui.test_lists_hostile import hostile_desk


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


def dossiers(app: KcflowApp) -> DossiersPane:
    """The list under the dialog."""
    return cast("DossiersPane", shell_of(app).pane)


async def opened(app: KcflowApp, pilot: Pilot[Any]) -> BulkDialog:
    """Select every row and open the dialog."""
    await press(pilot, "2", "ctrl+a", "a")
    dialog = app.screen
    assert isinstance(dialog, BulkDialog)
    await wait_for(pilot, lambda: not dialog.busy, "the acts are known")
    await rest(pilot)
    return dialog


async def previewed(app: KcflowApp, pilot: Pilot[Any]) -> BulkDialog:
    """Go on to the preview of the first act."""
    dialog = await opened(app, pilot)
    await press(pilot, "enter", "ctrl+s")
    await wait_for(pilot, lambda: dialog.step == "preview" and not dialog.busy, "the preview")
    await rest(pilot)
    return dialog


async def test_a_thousand_are_done_in_slices_under_one_request() -> None:
    desk = ListDesk(rows=[make_row(8 * i + 3) for i in range(1, 1001)])
    async with started(desk) as (app, pilot):
        dialog = await previewed(app, pilot)
        assert "1.000 sẽ làm · 0 không làm" in screen_text(app)
        await press(pilot, "m", "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert "Xong 1.000 · chưa làm 0" in screen_text(app)
        writes = [call.split() for call in desk.calls if call.startswith("advance_many")]
        assert [int(write[1]) for write in writes] == [SLICE] * (1000 // SLICE)
        assert len({write[2] for write in writes}) == 1
        await press(pilot, "escape")
        assert dossiers(app).table.selected == frozenset()
        assert "Xong 1.000 đề án; 0 chưa làm" in screen_text(app)


async def test_all_or_nothing_is_one_call() -> None:
    desk = ListDesk(rows=[make_row(8 * i + 3) for i in range(1, 101)])
    async with started(desk) as (app, pilot):
        await previewed(app, pilot)
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: "Xong 100" in screen_text(app), "the result")
    assert sum(call.startswith("advance_many 100 ") for call in desk.calls) == 1


async def test_escape_stops_between_two_slices_and_tells_what_was_done() -> None:
    desk = ListDesk(rows=[make_row(8 * i + 3) for i in range(1, 101)])
    async with started(desk, size=(120, 40)) as (app, pilot):
        dialog = await previewed(app, pilot)
        await press(pilot, "m")
        gate = desk.gate = threading.Event()
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: desk.calls[-1].startswith("advance_many"), "the first slice")
        assert "Đang thực hiện 0/100…" in screen_text(app)
        await pilot.press("escape")
        desk.gate = None
        gate.set()
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert f"Đã dừng: xong {SLICE}, chưa làm {100 - SLICE}." in screen_text(app)
        await press(pilot, "escape")
        assert len(dossiers(app).table.selected) == 100 - SLICE


async def test_a_store_in_trouble_is_a_sentence_and_the_same_request_is_tried_again() -> None:
    desk = ListDesk(rows=[make_row(8 * i + 3) for i in range(1, 4)])
    async with started(desk, size=(120, 40)) as (app, pilot):
        dialog = await previewed(app, pilot)
        desk.fail = StoreProblem("busy", Label("Kho đang bận: thử lại.", "Busy: try again."))
        await press(pilot, "ctrl+s")
        assert "✗ Kho đang bận: thử lại." in screen_text(app)
        assert "Mọi điều đã nhập còn nguyên." in screen_text(app)
        assert dialog.step == "preview"
        desk.fail = None
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        requests = {call.split()[2] for call in desk.calls if call.startswith("advance_many")}
        assert len(requests) == 1


async def test_escape_while_looking_changes_nothing() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "ctrl+a")
        gate = desk.gate = threading.Event()
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(app.screen, BulkDialog), "the dialog")
        await pilot.press("escape")
        desk.gate = None
        gate.set()
        await rest(pilot)
        assert not isinstance(app.screen, BulkDialog)
        assert len(dossiers(app).table.selected) == 40


async def test_what_will_not_be_done_says_why_and_can_be_dropped() -> None:
    desk = ListDesk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        dialog = await previewed(app, pilot)
        assert "✗ không: đề án đang bị trả lại" in screen_text(app)
        at, left = next((at, one) for at, one in enumerate(dialog.prospects) if not one.will)
        dialog.query_one("#bulk-rows", VirtualTable).move_to(at)
        await rest(pilot)
        assert f"{left.code}  đề án đang bị trả lại" in screen_text(app)  # in full, under the rows
        obstacle = " ".join(dialog._obstacle().split()[:8])
        assert screen_text(app).count(obstacle) == 1
        await press(pilot, "f10")  # the same sentence isn't said twice
        assert screen_text(app).count(obstacle) == 1
        assert dialog.said() == dialog._obstacle()
        will = sum(prospect.will for prospect in dialog.prospects)
        assert 0 < will < 40
        await press(pilot, "f2")
        assert "✗ no: the proposal is returned" in screen_text(app)
        await press(pilot, "ctrl+d")
        assert f"Act on {will} proposals" in screen_text(app)
        await press(pilot, "ctrl+b")
        assert dialog.step == "form"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_hostile_titles_are_shown_harmlessly(size: tuple[int, int]) -> None:
    async with started(hostile_desk(), size=size) as (app, pilot):
        await previewed(app, pilot)
        assert_harmless(app)
        await press(pilot, "end", "m", "y", "ctrl+s")
        await rest(pilot)
        assert_harmless(app)
        assert app._exception is None
