"""Importing a register on the screen: choose, look, answer, write; nothing is written before."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from kcflow.services.errors import BadInput
from kcflow.services.views import ImportPlan
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField, FileField
from screens.forms.entries import Boxes
from screens.forms.register import RegisterScreen
from screens.widgets.table import VirtualTable
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import FakeDesk, busy, label, plan
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless

GOOD = plan(rows=plan().rows[:2])


async def rows_shown(shown: Showing) -> None:
    table = shown.screen.query_one("#register-rows", VirtualTable)
    await shown.until(lambda: table.display and table.cursor_key is not None, "the rows")


async def test_shows_what_was_read_and_what_each_row_would_become() -> None:
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=plan())) as shown:
        await rows_shown(shown)
        for words in (
            "KCQG-2024-HaGiang.xlsx",
            "KCQG · 2024 · Hà Giang · triệu đồng",
            "Báo cáo số 45/BC-SCT",
            "○ 1 mới",
            "● 1 đã có",
            "▲ 1 lỗi",
            "Đề nghị 900.000.000 đ",
            "○ mới",
            "● đã có",
            "▲ lỗi",
            "KCQG-24-0003",
            "Dòng cộng ghi 1.700",
            "“285,25 ” đọc là 285,25 triệu",
        ):
            assert words in shown.text
        await shown.press("end")
        await shown.reads("Biểu 2!G10: 850 không bằng tổng các nguồn 840")


async def test_good_rows_are_written_and_the_result_is_told() -> None:
    desk = FakeDesk(plan=GOOD)
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await rows_shown(shown)
        assert desk.asked("register_write") == []
        await shown.press("f10")
        await shown.reads("Đã ghi 1 đề án mới; KCQG-24-0018; 1 đã có")
        assert "F10 xong" in shown.text
        assert "F10 ghi" not in shown.text
        await shown.press("f10")
        await shown.until(lambda: shown.results, "closed")
        assert shown.results[0].written == ("KCQG-24-0018",)
        assert desk.asked("register_write") == [False]


async def test_bad_rows_stop_the_writing_unless_they_are_skipped() -> None:
    desk = FakeDesk(plan=plan())
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await rows_shown(shown)
        await shown.press("f10")
        await shown.reads("Có 1 dòng lỗi nên chưa ghi gì")
        assert desk.asked("register_write") == []
        await shown.press("space")
        await shown.reads("[✓] Bỏ qua dòng lỗi")
        await shown.press("ctrl+s")
        await shown.reads("bỏ qua 1 dòng lỗi")
        assert desk.asked("register_write") == [True]


async def test_ctrl_b_skips_bad_rows_too() -> None:
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=plan())) as shown:
        await rows_shown(shown)
        await shown.press("ctrl+b")
        await shown.reads("[✓] Bỏ qua dòng lỗi")


async def test_what_the_sheet_does_not_say_is_asked_and_it_is_read_again() -> None:
    questions = (
        ("province_code", label("Biểu này của tỉnh nào?", "Which province?")),
        ("plan_year", label("Kế hoạch năm nào?", "Which year?")),
        ("source", label("Nguồn nào?", "Which source?")),
        ("unit", label("Tính bằng gì?", "Which unit?")),
    )
    asking = plan(
        questions=questions, province=None, province_name=None, plan_year=None, source=None, unit=None
    )
    desk = FakeDesk(plan=asking)
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await shown.reads("Biểu này của tỉnh nào?")
        await shown.press("f10")
        assert desk.asked("register_write") == []
        shown.screen.query_one("#field-answer-province_code", ChoiceField).choose("02")
        shown.screen.query_one("#field-answer-plan_year", WholeField).text = "2024"
        shown.screen.query_one("#field-answer-source", ChoiceField).choose("kcqg")
        await shown.pilot.pause()
        assert len(desk.asked("register_read")) == 1
        desk.plan = GOOD
        shown.screen.query_one("#field-answer-unit", ChoiceField).choose("trieu")
        await shown.until(lambda: len(desk.asked("register_read")) == 2, "read again")
        _, answers = desk.asked("register_read")[1]
        assert (answers.province_code, answers.plan_year) == ("02", 2024)
        assert (answers.source, answers.unit) == ("kcqg", "trieu")
        await rows_shown(shown)
        await shown.press("f10")
        await shown.reads("Đã ghi 1 đề án mới")


async def test_importing_twice_says_that_all_is_there() -> None:
    rows = tuple(replace(row, status="already", code="KCQG-24-0003") for row in GOOD.rows)
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=plan(rows=rows))) as shown:
        await rows_shown(shown)
        await shown.reads("○ 0 mới   ● 2 đã có   ▲ 0 lỗi")


async def test_a_file_that_cannot_be_read_is_said_and_another_can_be_chosen() -> None:
    refused = BadInput("workbook_encrypted", label("Tệp có mật khẩu: hãy bỏ mật khẩu rồi nhập lại."))
    desk = FakeDesk(plan=GOOD, troubles=[refused])
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await shown.reads("Tệp có mật khẩu")
        assert shown.screen.query_one("#register-pick").display


async def test_a_busy_store_keeps_what_was_read() -> None:
    desk = FakeDesk(plan=GOOD)
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await rows_shown(shown)
        desk.troubles.append(busy())
        await shown.press("f10")
        await shown.reads("Kho dữ liệu đang bận")
        await shown.press("f10")
        await shown.reads("Đã ghi 1 đề án mới")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "so").mkdir()
    (tmp_path / "so" / "KCQG [b]2024.xlsx").write_bytes(b"")
    (tmp_path / "ghi chú.txt").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_the_list_walks_through_folders_to_a_workbook(folder: Path) -> None:
    desk = FakeDesk(plan=GOOD)
    async with showing(RegisterScreen(), desk) as shown:
        await shown.reads("so/")
        assert "ghi chú" not in shown.text
        shown.screen.query_one("#register-files", OptionList).focus()
        await shown.press("home", "down", "enter")
        await shown.reads("KCQG [b]2024.xlsx")
        await shown.press("enter")
        await rows_shown(shown)
        assert desk.asked("register_read")[0][0] == str(folder / "so" / "KCQG [b]2024.xlsx")
        await shown.press("ctrl+o")
        await shown.reads("../")


async def test_a_typed_path_is_read_on_enter_and_a_wrong_one_is_said(folder: Path) -> None:
    desk = FakeDesk(plan=GOOD)
    async with showing(RegisterScreen(), desk) as shown:
        field = shown.screen.query_one("#field-path", FileField)
        field.text = str(folder / "khong.xlsx")
        await shown.press("enter")
        await shown.reads("Không thấy tệp")
        assert desk.asked("register_read") == []
        field.text = str(folder / "so" / "KCQG [b]2024.xlsx")
        await shown.press("enter")
        await rows_shown(shown)


async def test_the_list_follows_the_path_and_down_leads_into_it(folder: Path) -> None:
    desk = FakeDesk(plan=GOOD)
    async with showing(RegisterScreen(), desk) as shown:
        field = shown.screen.query_one("#field-path", FileField)
        field.text = f"{folder / 'so'}/"
        await shown.reads("KCQG [b]2024.xlsx")
        field.focus_entry()
        await shown.press("enter")
        assert "Không thấy tệp" not in shown.text
        field.focus_entry()
        await shown.press("down")
        await shown.until(
            lambda: shown.screen.focused is shown.screen.query_one("#register-files"), "the list"
        )
        await shown.press("enter")
        await rows_shown(shown)


async def test_with_nothing_new_nothing_is_written_and_it_is_said() -> None:
    rows = tuple(row for row in plan().rows if row.status == "bad")
    desk = FakeDesk(plan=plan(rows=rows))
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await rows_shown(shown)
        await shown.press("f10")
        await shown.reads("nên chưa ghi gì")
        await shown.press("ctrl+b")
        await shown.until(lambda: "nên chưa ghi gì" not in shown.text, "the warning gone")
        await shown.press("f10")
        await shown.reads("Không có đề án mới nào để ghi")
        assert desk.asked("register_write") == []


async def test_another_file_begins_without_skipping() -> None:
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=plan())) as shown:
        await rows_shown(shown)
        await shown.press("ctrl+b")
        await shown.reads("[✓] Bỏ qua dòng lỗi")
        await shown.press("ctrl+o")
        assert not shown.screen.query_one("#register-skip", Boxes).ticked


async def test_f2_switches_the_language_of_what_was_read() -> None:
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=plan())) as shown:
        await rows_shown(shown)
        await shown.press("f2")
        await shown.reads("1 with errors")
        await shown.reads("Support (m)")
        assert "Tình trạng" not in shown.text


@pytest.mark.parametrize("title", HOSTILE_TITLES)
async def test_hostile_workbooks_are_shown_harmlessly(title: str) -> None:
    def change(row: Any) -> Any:
        return replace(row, title=title, unit=title, problems=(label(title),))

    hostile: Callable[..., ImportPlan] = plan
    desk = FakeDesk(
        plan=hostile(
            rows=tuple(change(row) for row in plan().rows),
            file_name=title,
            sheet=title,
            report=title or None,
            problems=(label(title),),
            corrections=(label(title),),
        )
    )
    async with showing(RegisterScreen("/x/a.xlsx"), desk) as shown:
        await rows_shown(shown)
        assert_harmless(shown.app)
