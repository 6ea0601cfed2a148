"""Chips, views, columns, order, selection and copies: what people do with a list."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from kcflow import settings
from kcflow.app import KcflowApp
from kcflow.i18n import set_language
from kcflow.services.errors import StoreProblem
from kcflow.services.views import HistoryFilter, ListFilter, SavedView
from screens.forms.entries import Entry
from screens.forms.fields import DateField
from screens.lists.chips import ChipsLine
from screens.lists.columns_dialog import ColumnsDialog
from screens.lists.dossiers import DossiersPane
from screens.lists.filters import FilterDialog
from screens.lists.history import HistoryPane
from screens.lists.picks import PickDialog, PickField
from screens.lists.views import SaveViewDialog, ViewsDialog
from screens.lists.wishes import Names, Wish, chips_of, from_json, to_json, without
from states.model import Label
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.list_desk import TODAY, ListDesk, make_row
from tests.ui.shell_driver import burst, press, rest, shell_of, started
from tests.ui.snapshots import screen_text, wait_for

FULL = ListFilter(
    text="che",
    states=("drafting",),
    phases=("implementation",),
    provinces=("63:02",),
    source="kcqg",
    plan_year=2024,
    waits_for="agency",
    open_only=True,
    lifecycles=("kcqg@2014.3",),
    offices=("SCT-02",),
    regions=("Phía Bắc",),
    contents=(3,),
    due_from=date(2024, 1, 1),
    due_to=date(2024, 12, 31),
    amount_from=100_000_000,
    amount_to=500_000_000,
    kind="contract",
    holder="hoa",
    held=False,
    due_kind="policy",
    basis="TT 36/2013 Đ10.2b",
    year_end="unsettled:2024",
    age_from=0,
    age_to=90,
)


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


def dossiers(app: KcflowApp) -> DossiersPane:
    """The list of proposals."""
    return cast("DossiersPane", shell_of(app).pane)


def chips_line(app: KcflowApp) -> str:
    """The line over the list."""
    return screen_text(app).splitlines()[2]


# The wish


def test_a_wish_survives_being_saved() -> None:
    nobody = Wish(ListFilter(holder="", held=True))  # nobody in particular is charged: that is a limit too
    for wish in (Wish(FULL), nobody, Wish(due="late"), Wish()):
        assert from_json(to_json(wish)) == wish


@pytest.mark.parametrize(
    "saved",
    [
        None,
        [],
        "x",
        {"states": "x"},
        {"states": [{}, 3, ""], "plan_year": "2024", "due": 7},
        {"kind": "law", "due_kind": "x", "held": 1, "holder": 3, "age_from": -1, "basis": "x" * 400},
        {"year_end": "unsettled:24"},
        {"year_end": "x:2024"},
    ],
)
def test_what_is_not_understood_in_a_saved_view_is_left_out(saved: object) -> None:
    assert from_json(saved) == Wish()


def test_every_chip_takes_its_part_away() -> None:
    wish = Wish(FULL)
    for chip in chips_of(wish, Names(), "vi"):
        wish = without(wish, chip.key)
    assert wish == Wish(ListFilter(text="che"))


def test_a_relative_deadline_moves_with_the_days() -> None:
    assert Wish(due="late").on(date(2024, 6, 28)).due_to == date(2024, 6, 27)
    week = Wish(due="week").on(date(2024, 6, 28))
    assert (week.due_from, week.due_to, week.open_only) == (date(2024, 6, 28), date(2024, 7, 5), True)


# Chips


async def test_chips_are_removed_by_keys() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        app.show_dossiers(ListFilter(plan_year=2024, source="kcqg", open_only=True))
        await rest(pilot)
        assert "KCQG ✕   Năm 2024 ✕   chưa kết thúc ✕" in chips_line(app)
        await press(pilot, "F", "right", "x")
        assert dossiers(app).filter == ListFilter(source="kcqg", open_only=True)
        await press(pilot, "backspace")
        assert dossiers(app).filter == ListFilter(source="kcqg")
        await press(pilot, "delete")
        assert dossiers(app).filter == ListFilter()
        assert dossiers(app).table.has_focus


async def test_escape_on_the_chips_takes_all_away() -> None:
    async with started() as (app, pilot):
        app.show_dossiers(ListFilter(plan_year=2024, open_only=True))
        await rest(pilot)
        await press(pilot, "F", "escape")
        assert dossiers(app).filter == ListFilter()


async def test_a_click_on_the_cross_removes_a_chip() -> None:
    async with started() as (app, pilot):
        app.show_dossiers(ListFilter(plan_year=2024, open_only=True))
        await rest(pilot)
        chips = dossiers(app).query_one(ChipsLine)
        line = chips_line(app)
        await pilot.click(chips, offset=(line.index("✕") - chips.region.x, 0))
        await rest(pilot)
        assert dossiers(app).filter == ListFilter(open_only=True)


async def test_chips_that_do_not_fit_are_counted_and_come_under_the_cursor() -> None:
    async with started() as (app, pilot):
        app.show_dossiers(replace(FULL, text=""))
        await rest(pilot)
        assert "+" in chips_line(app)
        await press(pilot, "F", "left")
        assert "0–90 ngày ở trạng thái ✕" in chips_line(app)
        assert "‹" in chips_line(app)


async def test_without_chips_the_key_says_why() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "F")
        assert "Danh sách không bị lọc: f để lọc." in screen_text(app)


# The filter


async def test_a_list_of_proposals_offers_the_phases_and_states_of_proposals() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "f", "down")
        assert isinstance(app.screen, PickDialog)
        assert "[ ] Soạn thảo" in screen_text(app)
        for others in ("Lập danh sách", "Thẩm tra phân bổ", "Lập kế hoạch"):
            assert others not in screen_text(app)
        await press(pilot, "escape", "escape", "1", "f", "down")
        assert "Thẩm tra phân bổ" in screen_text(app)  # one's own work has rounds and plans too


async def test_several_values_are_picked_by_typing() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "f", "tab", "tab", "tab")
        assert isinstance(app.screen, FilterDialog)
        await press(pilot, "t")
        assert isinstance(app.screen, PickDialog)
        await press(pilot, *"uyen", "space", *"quang", "enter")
        await press(pilot, *"lao", "space", *"cai", "down", "space", "ctrl+s", "ctrl+s")
        chosen = dossiers(app).filter.provinces
        assert len(chosen) == 2
        assert "Tuyên Quang ✕" in chips_line(app)


async def test_two_ways_to_say_a_deadline_are_refused_in_place() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "v")
        await press(pilot, "enter", "f")
        days = {field.key: field for field in app.screen.query(DateField)}
        days["due_from"].text = "01/06/2024"
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, FilterDialog)
        assert "Đã chọn “Đến hạn” ở trên" in screen_text(app)
        days["due_from"].text = ""
        await press(pilot, "ctrl+s")
        assert dossiers(app).wish.due == "late"


async def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "f")
        days = {field.key: field for field in app.screen.query(DateField)}
        days["due_from"].text, days["due_to"].text = "02/06/2024", "01/06/2024"
        await press(pilot, "ctrl+s")
        assert "Khoảng này kết thúc trước khi bắt đầu." in screen_text(app)
        days["due_to"].text = "30/06/2024"
        await press(pilot, "ctrl+s")
        assert dossiers(app).filter.due_to == date(2024, 6, 30)
        assert "Hạn 02/06/2024 – 30/06/2024 ✕" in chips_line(app)


# Views


async def test_a_built_in_view_shows_its_name_and_its_rows() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "v")
        assert isinstance(app.screen, ViewsDialog)
        await press(pilot, "enter")
        assert "◆ Quá hạn  quá hạn ✕" in " ".join(chips_line(app).split(" ")).replace("   ", "  ")
        rows = dossiers(app).table.rows_in_memory
        assert rows
        assert all(cast("Any", row.payload).due_on < TODAY for row in rows)


async def test_a_view_is_saved_used_and_forgotten() -> None:
    desk = ListDesk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        app.show_dossiers(ListFilter(plan_year=2025))
        await rest(pilot)
        await press(pilot, "o", "V")
        assert isinstance(app.screen, SaveViewDialog)
        await press(pilot, *"Nam", "space", *"sau", "enter")
        assert "Đã lưu khung nhìn “Nam sau”." in screen_text(app)
        assert "◆ Nam sau" in chips_line(app)
        await press(pilot, "escape")
        assert (dossiers(app).filter, dossiers(app).view_name) == (ListFilter(), "")
        await press(pilot, "o", "v", "end", "enter")
        assert (dossiers(app).filter, dossiers(app).order) == (ListFilter(plan_year=2025), "due")
        await press(pilot, "v", "end", "x")
        assert "Nhấn lần nữa để bỏ “Nam sau”." in screen_text(app)
        await press(pilot, "x")
        assert desk.views == []
        await press(pilot, "x")
        assert "Chỉ bỏ được khung nhìn của chính mình." in screen_text(app)


async def test_a_view_that_cannot_be_saved_is_a_sentence_and_the_name_stays() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "V", *"abc")
        desk.fail = StoreProblem("busy", Label("Kho đang bận: thử lại.", "Busy: try again."))
        await press(pilot, "ctrl+s")
        assert "Kho đang bận: thử lại." in screen_text(app)
        assert "abc" in screen_text(app)
        desk.fail = None
        await press(pilot, "ctrl+s")
        assert [view.name for view in desk.views] == ["abc"]


# Columns, order, widths


async def test_columns_are_chosen_moved_and_remembered() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "C")
        dialog = app.screen
        assert isinstance(dialog, ColumnsDialog)
        await press(pilot, "down", "space")  # no title
        await press(pilot, "end", "space", *["minus"] * 11, "ctrl+s")
        head = screen_text(app).splitlines()[3]
        assert "Đề án" not in head
        assert dossiers(app).chosen[1:3] != ("title", "province")
        chosen = dossiers(app).chosen
        assert settings.remembered("dossiers")["columns"] == list(chosen)
    async with started() as (app, pilot):
        await press(pilot, "2")
        assert dossiers(app).chosen == chosen
        await press(pilot, "C", "ctrl+r", "ctrl+s")
        assert dossiers(app).chosen == ()


async def test_the_ticks_are_the_columns_that_stand_there() -> None:
    async with started() as (app, pilot):
        await pilot.resize_terminal(80, 24)
        await press(pilot, "2")
        before = [column.key for column in dossiers(app).table.visible_columns]
        await press(pilot, "C", "ctrl+s")
        assert dossiers(app).chosen == ()  # nothing was arranged
        await press(pilot, "C")
        assert screen_text(app).count("[✓]") == len(before)
        await press(pilot, *["down"] * len(before), "space", "ctrl+s")
        after = [column.key for column in dossiers(app).table.visible_columns]
        assert after[: len(before)] == before
        assert len(after) == len(before) + 1  # one was ticked, and one came
        await press(pilot, "C", "ctrl+r", "ctrl+s")
        await pilot.resize_terminal(200, 50)
        await rest(pilot)
        assert re.search(r"Trung.{0,6}…\s?Hà Giang", screen_text(app))  # the end tells centres apart


async def test_one_column_always_stays() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2")
        app.push_screen(ColumnsDialog(("code",), str, ("code",), ("code",)))
        await rest(pilot)
        await press(pilot, "space")
        assert "Phải còn ít nhất một cột." in screen_text(app)


async def test_a_header_sorts_and_the_order_is_remembered() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "shift+right", "shift+right", "s")
        assert dossiers(app).order == "title"
        assert dossiers(app).table.sorted_by == ("title", True)
        await press(pilot, "s")
        assert dossiers(app).order == "-title"
        assert "Thứ tự: tên ↓" in screen_text(app)
        first = dossiers(app).table.cursor_payload
        assert cast("Any", first).title.startswith("Xây dựng")
        await press(pilot, "greater_than_sign")
        width = dossiers(app).table.widths["title"]
    async with started() as (app, pilot):
        await press(pilot, "2")
        assert dossiers(app).order == "-title"
        assert dossiers(app).table.widths == {"title": width}


# Selection and copies


async def test_y_copies_the_line_and_shift_y_the_selection() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "y")
        assert app.clipboard.startswith("KCQG-24-0001\tXây dựng mô hình")
        assert "Đã sao chép dòng này." in screen_text(app)
        await press(pilot, "down", "space", "space", "Y")
        lines = app.clipboard.splitlines()
        assert [line.split("\t")[0] for line in lines] == ["Mã", "KCQG-24-0002", "KCQG-24-0003"]
        assert "Đã sao chép 2 dòng" in screen_text(app)
        await press(pilot, "escape", "Y")
        assert len(app.clipboard.splitlines()) == 41


async def test_select_all_reads_what_is_not_in_memory() -> None:
    desk = ListDesk(rows=[make_row(i) for i in range(1, 6001)])
    async with started(desk) as (app, pilot):
        await press(pilot, "2")
        await wait_for(pilot, lambda: dossiers(app).table.row_count == 6000, "all are counted")
        assert "Dòng 1 / 6.000 đề án" in screen_text(app)
        await press(pilot, "ctrl+a")
        await wait_for(pilot, lambda: len(dossiers(app).table.selected) == 6000, "all are selected")
        await rest(pilot)
        assert "đã chọn 6.000" in screen_text(app)
        await press(pilot, "end")
        assert dossiers(app).table.cursor_key == "KCQG-24-6000"


# The inbox, the history, the way here


async def test_the_inbox_says_what_can_be_done_beside_each_line() -> None:
    async with started() as (app, _):
        lines = screen_text(app).splitlines()
        assert "Làm được ngay" in lines[3]
        assert all("Đăng ký với Cục" in line for line in lines[4:10])


async def test_the_history_turns_round() -> None:
    desk = ListDesk(rows=[make_row(i) for i in range(1, 401)])
    async with started(desk) as (app, pilot):
        await press(pilot, "4")
        pane = cast("HistoryPane", shell_of(app).pane)
        newest = pane.table.cursor_key
        await press(pilot, "o")
        assert pane.table.cursor_key != newest
        await press(pilot, "end")
        await wait_for(pilot, lambda: pane.table.cursor_key == newest, "the newest is the last")
        await press(pilot, "v", "down", "enter")
        assert pane.filter == HistoryFilter(actor="hoa")
        assert "◆ Việc tôi đã làm" in chips_line(app)


async def test_show_dossiers_comes_from_anywhere() -> None:
    async with started() as (app, pilot):
        await press(pilot, "4", "enter")
        app.show_dossiers(ListFilter(text="che"))
        await rest(pilot)
        assert shell_of(app).tab == "dossiers"
        assert app.screen is shell_of(app)
        assert dossiers(app).query_one(Entry).value == "che"


# Hostile texts


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_names_of_views_are_harmless(size: tuple[int, int]) -> None:
    views = [
        SavedView(i, "dossiers", text, "x", text, True, bool(i % 2), {"filter": {"offices": [text or "x"]}})
        for i, text in enumerate(HOSTILE_TITLES)
    ]
    async with started(ListDesk(views=views), size=size) as (app, pilot):
        await press(pilot, "2")
        for i in range(len(views)):
            await press(pilot, "v", "end")
            assert_harmless(app)
            await burst(pilot, *["up"] * i)
            await press(pilot, "enter")
            assert_harmless(app)
        await press(pilot, "F")
        assert_harmless(app)
        await press(pilot, "f")
        assert_harmless(app)
        field = app.screen.query(PickField).first()
        field.choose(HOSTILE_TITLES)
        await rest(pilot)
        assert_harmless(app)
        assert app._exception is None
