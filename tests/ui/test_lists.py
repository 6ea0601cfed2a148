"""The lists: what they show, how they are searched and filtered, what opens from them."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import date
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from kcflow.app import KcflowApp
from kcflow.formats import signed
from kcflow.i18n import set_language
from kcflow.services.errors import StoreProblem
from kcflow.services.views import (
    ClockNote,
    HistoryFilter,
    HistoryView,
    ListFilter,
    OptionView,
    StalledRow,
)
from screens.dossier.choose import ChooseAct
from screens.dossier.record import record_pairs
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, TextField
from screens.guide.pairs import wrapped
from screens.lists.dossiers import DossiersPane
from screens.lists.filters import FilterDialog
from screens.lists.history import HistoryPane
from screens.lists.history_record import RecordDialog
from screens.lists.inbox import InboxPane
from screens.lists.people import WorkAsDialog
from screens.lists.picks import PickField
from screens.lists.rows import short_date
from screens.lists.stalled import StalledPane
from states.model import Label
from tests.ui.list_desk import TODAY, ListDesk, make_history, make_people, make_row
from tests.ui.shell_driver import press, rest, shell_of, started
from tests.ui.snapshots import screen_text, wait_for


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was asked to be opened, in place of opening it."""
    calls: list[tuple[str, ...]] = []

    def opened(_app: KcflowApp, code: str, _codes: object = (), _known: object = None) -> None:
        calls.append(("dossier", code))

    monkeypatch.setattr(KcflowApp, "open_dossier", opened)
    monkeypatch.setattr(KcflowApp, "open_draft", lambda *_: calls.append(("draft",)))
    monkeypatch.setattr(KcflowApp, "open_register", lambda *_: calls.append(("register",)))
    return calls


def words(app: KcflowApp, selector: str) -> str:
    """The text of a `Static`."""
    return str(app.screen.query_one(selector, Static).visual)


# Việc của tôi


async def test_the_inbox_shows_the_earliest_first_and_what_can_be_done() -> None:
    async with started() as (app, pilot):
        lines = screen_text(app).splitlines()
        assert "KCQG-24-0032" in lines[4]
        assert "▲" in lines[4]
        assert "−34 ngày" in lines[4]
        shown = screen_text(app)
        assert "Làm được ngay:  Đăng ký với Cục · Trả bổ sung" in shown
        assert "Chưa làm được:  Phê duyệt — thuộc thẩm quyền Bộ trưởng" in shown
        await press(pilot, "down")
        state = make_row(24).state_label.vi
        assert words(app, "#detail-title").startswith(f"KCQG-24-0024  ▲ {state}  Ứng dụng")


async def test_holding_a_key_reads_the_last_row_only() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        before = len(desk.calls)
        pane = shell_of(app).pane
        assert pane is not None
        for _ in range(5):
            pane.table.action_move(1)
        await rest(pilot)
        asked = [call for call in desk.calls[before:] if call.startswith("dossier ")]
        assert asked == [f"dossier {pane.table.cursor_key}"]
        assert pane.table.cursor_row == 5


async def test_the_strip_never_shows_the_answer_for_another_row() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        gate = desk.gate = threading.Event()
        await pilot.press("down")
        await wait_for(pilot, lambda: desk.calls[-1] == "dossier KCQG-24-0024", "the question is asked")
        desk.gate = None
        await pilot.press("down")
        await rest(pilot)
        gate.set()
        await rest(pilot)
        assert "KCQG-24-0016" in words(app, "#detail-title")


async def test_enter_and_d_open_the_dossier(opened: list[tuple[str, ...]]) -> None:
    async with started() as (_, pilot):
        await press(pilot, "enter", "down", "d")
    assert opened == [("dossier", "KCQG-24-0032"), ("dossier", "KCQG-24-0024")]


async def test_n_and_control_o_start_and_import(opened: list[tuple[str, ...]]) -> None:
    async with started() as (_, pilot):
        await press(pilot, "n", "ctrl+o")
    assert opened == [("draft",), ("register",)]


async def test_the_inbox_is_searched_sorted_and_filtered_like_the_list() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        pane = shell_of(app).pane
        assert isinstance(pane, InboxPane)
        await press(pilot, "slash")
        await pilot.press(*"mien", "space", *"dong")
        await rest(pilot)
        mine = [row for row in desk._mine() if "miến dong" in row.title]
        assert 0 < len(mine) == pane.table.row_count
        assert all("Đăng ký với Cục" in str(row.cells) for row in pane.table.rows_in_memory)
        await press(pilot, *"zz")
        assert "nhấn 2 để tìm trong mọi đề án" in screen_text(app)
        await press(pilot, "down", "escape", "o")
        assert pane.table.row_count == 20
        assert pane.order == "code"
        await press(pilot, "f", "tab", "tab", "tab", "tab", "tab", "tab", "tab")
        assert isinstance(app.screen, FilterDialog)
        next(field for field in app.screen.query(ChoiceField) if field.key == "plan_year").choose("2024")
        await press(pilot, "ctrl+s")
        assert "Năm 2024 ✕" in screen_text(app)
        assert {row.key for row in pane.table.rows_in_memory} == {
            row.code for row in desk._mine() if row.plan_year == 2024
        }


async def test_one_province_goes_without_saying_and_long_codes_are_whole() -> None:
    long_code = replace(make_row(1), code="KCQG-23-113456")
    desk = ListDesk(rows=[long_code, *(make_row(i) for i in range(2, 41))], one_province=True)
    async with started(desk, size=(120, 40)) as (app, pilot):
        await press(pilot, "2")
        lines = screen_text(app).splitlines()
        assert "Tỉnh" not in lines[3]
        assert "KCQG-23-113456  Xây" in lines[4]
        for row in desk.rows[:10]:
            assert any(row.code in line and row.state_label.vi[:27] in line for line in lines), (
                row.state_label
            )
        await press(pilot, "C")
        assert "Tỉnh" in screen_text(app)


async def test_neighbours_are_those_of_the_whole_list() -> None:
    desk = ListDesk(rows=[make_row(i) for i in range(1, 6001)])
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "end", "enter")
        for key, place in (
            ("left_square_bracket", "5.999/6.000"),
            ("right_square_bracket", "6.000/6.000"),
            ("right_square_bracket", "Đã hết danh sách"),
            ("left_square_bracket", "5.999/6.000"),
        ):
            await press(pilot, key)
            assert place in screen_text(app)
        assert desk.calls[-1] == "dossier KCQG-24-5999"
        assert desk.calls.count("dossier_index") == 1


async def test_neighbours_of_what_stands_still_tell_their_place() -> None:
    async with started() as (app, pilot):
        await press(pilot, "3")
        pane = shell_of(app).pane
        assert pane is not None
        count = pane.table.row_count
        await press(pilot, "down", "enter", "right_square_bracket")
        assert f"3/{count}" in screen_text(app)
        await press(pilot, *["left_square_bracket"] * 3)
        assert "Đã hết danh sách" in screen_text(app)


async def test_what_stands_still_is_filtered_and_counted_as_filtered() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "3")
        pane = cast("StalledPane", shell_of(app).pane)
        before = pane.counts
        pane.show(ListFilter(plan_year=2024))
        await rest(pilot)
        assert pane.counts == desk.stalled_counts(None, ListFilter(plan_year=2024)) != before
        assert "Năm 2024 ✕" in screen_text(app)
        await press(pilot, "c")
        assert {cast("StalledRow", row.payload).kind for row in pane.table.rows_in_memory} == {"law"}
        saved = pane.asked()
        await press(pilot, "escape")
        assert pane.counts == before
        assert pane.table.row_count == len(desk._stalled(()))
        pane.show_view("mine", {"filter": saved})
        await rest(pilot)
        assert (pane.kind, pane.filter.plan_year) == ("law", 2024)


async def test_an_empty_inbox_leads_the_way() -> None:
    async with started(ListDesk(rows=[])) as (app, pilot):
        assert "^o nhập biểu tổng hợp, n tạo đề án mới" in screen_text(app)
        await press(pilot, "2")
        assert "Chưa có đề án nào: ^o nhập biểu tổng hợp, n tạo mới." in screen_text(app)
        await press(pilot, "3")
        assert "Không có đề án nào tồn đọng: 2 xem mọi đề án." in screen_text(app)
        await press(pilot, "4")
        assert "Chưa có việc nào được ghi." in screen_text(app)


async def test_h_shows_the_history_of_the_row() -> None:
    async with started() as (app, pilot):
        await press(pilot, "h")
        pane = shell_of(app).pane
        assert isinstance(pane, HistoryPane)
        assert pane.filter == HistoryFilter(dossier="KCQG-24-0032")
        assert pane.table.row_count == 1
        assert " KCQG-24-0032 ✕" in screen_text(app).splitlines()[2]


# Which act


async def choose(pilot: Pilot[Any], dialog: ChooseAct) -> list[Any]:
    """Push `dialog` and collect what it gives."""
    given: list[Any] = []
    pilot.app.push_screen(dialog, given.append)
    await wait_for(pilot, lambda: given or pilot.app.screen is dialog, "the dialog")
    await rest(pilot)
    return given


async def test_an_act_that_can_be_done_is_given_with_the_version_seen() -> None:
    async with started() as (app, pilot):
        given = await choose(pilot, ChooseAct("KCQG-24-0032"))
        assert "Phê duyệt" in screen_text(app)
        await press(pilot, "down", "enter")
        option, version = cast("tuple[OptionView, int]", given[0])
        assert (option.name, version) == ("return_for_completion", 3)


async def test_an_act_that_cannot_be_done_says_every_reason() -> None:
    async with started() as (app, pilot):
        given = await choose(pilot, ChooseAct("KCQG-24-0032"))
        await press(pilot, "end")
        assert "thuộc thẩm quyền Bộ trưởng · thiếu Phiếu thẩm định" in words(app, "#why")
        await pilot.press("enter")
        dialog = cast("ChooseAct", app.screen)
        await wait_for(pilot, lambda: "thẩm quyền" in dialog.said(), "the reason")
        assert given == []
        await press(pilot, "escape")
        assert given == [None]


async def test_a_named_act_is_taken_at_once_and_one_that_is_gone_is_said() -> None:
    async with started() as (app, pilot):
        given = await choose(pilot, ChooseAct("KCQG-24-0032", "register"))
        assert given[0][0].name == "register"
        await choose(pilot, ChooseAct("KCQG-24-0032", "fly"))
        assert "không còn ở trạng thái này" in screen_text(app)


# Đề án


def dossiers(app: KcflowApp) -> DossiersPane:
    """The pane."""
    pane = shell_of(app).pane
    assert isinstance(pane, DossiersPane)
    return pane


async def test_search_as_one_types_without_diacritics() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "slash")
        await pilot.press(*"mien", "space", *"dong")
        await rest(pilot)
        assert dossiers(app).table.row_count == 6
        assert "Hỗ trợ thiết kế mẫu mã" in screen_text(app)
        await press(pilot, "down")
        assert dossiers(app).table.has_focus
        await press(pilot, "escape")
        assert dossiers(app).table.row_count == 40
        assert dossiers(app).query_one(Input).value == ""


async def test_decomposed_letters_are_searched_as_composed_ones() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "slash")
        dossiers(app).query_one(Input).value = "ga\u0323ch"
        await rest(pilot)
        assert dossiers(app).table.row_count == 7


async def test_only_the_last_search_is_shown_however_slow_the_first_was() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "slash")
        gate = desk.gate = threading.Event()
        await pilot.press(*"go")
        await wait_for(pilot, lambda: "dossiers go" in desk.calls, "the first search")
        desk.gate = None
        await pilot.press(*"zz")
        await rest(pilot)
        gate.set()
        await rest(pilot)
        assert dossiers(app).table.row_count == 0
        assert "Không có đề án nào như thế" in screen_text(app)


async def test_a_failing_search_is_a_sentence_and_the_next_one_works() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "slash")
        desk.fail = StoreProblem("busy", Label("Kho đang bận: thử lại.", "Busy: try again."))
        await pilot.press("c")
        await wait_for(pilot, lambda: "Kho đang bận" in screen_text(app), "the sentence")
        desk.fail = None
        await press(pilot, "h")
        assert dossiers(app).table.row_count > 0
        assert "Kho đang bận" not in screen_text(app)


async def test_o_goes_through_the_orders() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2")
        assert dossiers(app).table.cursor_key == "KCQG-24-0001"
        await press(pilot, "o")
        assert "Thứ tự: hạn" in screen_text(app)
        assert dossiers(app).table.cursor_key == "KCQG-24-0032"
        await press(pilot, "o")
        assert dossiers(app).table.cursor_key == "KCQG-24-0040"
        await press(pilot, "o")
        assert "Thứ tự: đề nghị ↓" in screen_text(app)
        await press(pilot, "o")
        assert dossiers(app).table.cursor_key == "KCQG-24-0001"


async def test_the_count_comes_after_the_rows() -> None:
    desk = ListDesk()
    desk.rows = desk.rows * 10
    async with started(desk) as (app, pilot):
        await press(pilot, "2")
        await wait_for(pilot, lambda: dossiers(app).table.row_count == 400, "all are counted")
        assert desk.calls.index("dossiers") < len(desk.calls) - 1 - desk.calls[::-1].index("dossier_index")


async def test_filters_are_chosen_shown_and_cleared() -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "f")
        dialog = app.screen
        assert isinstance(dialog, FilterDialog)
        by_key = {field.key: field for field in dialog.query(ChoiceField)}
        by_key["plan_year"].choose("2025")
        by_key["open_only"].choose("open")
        await press(pilot, "ctrl+s")
        pane = dossiers(app)
        assert pane.filter == ListFilter(plan_year=2025, open_only=True)
        assert 0 < pane.table.row_count < 40
        assert "Năm 2025 ✕   chưa kết thúc ✕" in screen_text(app)
        assert "Esc bỏ lọc" in screen_text(app)
        await press(pilot, "f2")
        assert "Year 2025 ✕   not ended ✕" in screen_text(app)
        await press(pilot, "f")
        again = {field.key: field.value for field in app.screen.query(ChoiceField)}
        assert (again["plan_year"], again["open_only"]) == ("2025", "open")
        await press(pilot, "escape")
        assert pane.filter.plan_year == 2025
        await press(pilot, "escape")
        assert pane.filter == ListFilter()
        assert pane.table.row_count == 40


async def test_filters_by_phase_and_state_name_themselves_in_the_chips() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "2", "f")
        by_key = {field.key: field for field in app.screen.query(PickField)}
        by_key["phases"].choose(["provincial_submission"])
        by_key["states"].choose(["provincial_appraisal"])
        await press(pilot, "ctrl+s")
        assert dossiers(app).filter.states == ("provincial_appraisal",)
        assert "Trình cấp tỉnh / Nộp hồ sơ ✕   Đang thẩm định cấp cơ sở ✕" in screen_text(app)
        await press(pilot, "f", "ctrl+r")
        assert dossiers(app).filter == ListFilter()


# Tồn đọng


async def test_the_kinds_of_standing_still_are_counted_and_chosen() -> None:
    async with started() as (app, pilot):
        await press(pilot, "3")
        pane = shell_of(app).pane
        assert isinstance(pane, StalledPane)
        assert "Tất cả 15" in screen_text(app)
        seen = {}
        for kind in ("law", "policy", "waiting", "stuck", "near"):
            await press(pilot, "c")
            assert pane.kind == kind
            seen[kind] = pane.table.row_count
        assert seen == {"law": 3, "policy": 2, "waiting": 5, "stuck": 0, "near": 5}
        await press(pilot, "escape")
        assert (pane.kind, pane.table.row_count) == ("", 15)


async def test_a_click_chooses_a_kind() -> None:
    async with started() as (app, pilot):
        await press(pilot, "3")
        line = screen_text(app).splitlines()[2]
        await pilot.click("KindsLine", offset=(line.index("Chờ"), 0))
        await rest(pilot)
        assert cast("StalledPane", shell_of(app).pane).kind == "waiting"


async def test_the_strip_tells_the_basis_what_comes_next_and_who_is_charged() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "3", "c")
        shown = screen_text(app)
        assert "Căn cứ: Quá hạn luật định · quá 10 ngày (7 ngày làm việc) · TT 36/2013 Đ10.2b" in shown
        assert "Tiếp theo: Thẩm định cấp cơ sở (Sở Công Thương) · gần nhất 25/05/2024 Trình Sở" in shown
        assert "Thụ lý: Nguyễn Thị Hoa · Đã nhắc 1 lần, gần nhất 26/06/2024" in shown


async def test_stalled_columns_come_as_the_width_allows() -> None:
    async with started(size=(80, 24)) as (app, pilot):
        await press(pilot, "3")
        narrow = screen_text(app).splitlines()[4]
        assert narrow.split() == ["Mã", "Đề", "án", "Chờ", "ai", "Hạn", "Quá", "hạn"]
        await pilot.resize_terminal(200, 50)
        await rest(pilot)
        wide = screen_text(app).splitlines()[5]  # under the line of the year's end
        for label in ("Trạng thái", "Chờ từ", "Số ngày", "Tiền (tr)", "Người thụ lý", "Việc kế tiếp"):
            assert label in wide


async def test_keys_of_a_stalled_row(opened: list[tuple[str, ...]]) -> None:
    async with started() as (app, pilot):
        await press(pilot, "3", "enter")
        assert opened == [("dossier", "KCQG-24-0001")]
        await press(pilot, "a")
        assert isinstance(app.screen, ChooseAct)
        await press(pilot, "escape", "h")
        assert cast("HistoryPane", shell_of(app).pane).filter.dossier == "KCQG-24-0001"


# Lịch sử


async def test_the_feed_is_filtered_by_everything() -> None:
    async with started() as (app, pilot):
        await press(pilot, "4", "f")
        dialog = app.screen
        choices = {field.key: field for field in dialog.query(ChoiceField)}
        choices["actor"].choose("nam")
        days = {field.key: field for field in dialog.query(DateField)}
        days["on_from"].text = "01/06/2024"
        days["on_to"].text = "20/06/2024"
        await press(pilot, "ctrl+s")
        pane = cast("HistoryPane", shell_of(app).pane)
        assert pane.filter == HistoryFilter(actor="nam", on_from=date(2024, 6, 1), on_to=date(2024, 6, 20))
        assert "Trần Văn Nam ✕   từ 01/06/2024 ✕   đến 20/06/2024 ✕" in screen_text(app)
        assert 0 < pane.table.row_count < 20
        await press(pilot, "escape")
        assert pane.filter == HistoryFilter()


async def test_a_bad_day_is_said_and_nothing_is_filtered() -> None:
    async with started() as (app, pilot):
        await press(pilot, "4", "f")
        app.screen.query(DateField).first().text = "31/02/2024"
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, FilterDialog)
        assert "31/02/2024" in screen_text(app)
        assert app.screen.query(DateField).first().faulty


async def test_enter_in_a_field_applies_the_filter() -> None:
    async with started() as (app, pilot):
        await press(pilot, "4", "slash")
        assert app.screen.query(TextField).first().text == ""
        await press(pilot, *"KCQG-24-0007")
        await press(pilot, "enter")
        pane = cast("HistoryPane", shell_of(app).pane)
        assert pane.filter.dossier == "KCQG-24-0007"
        assert pane.table.row_count == 1


async def test_enter_shows_the_whole_record() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "4", "enter")
        assert isinstance(app.screen, RecordDialog)
        shown = screen_text(app)
        assert "Dòng 3 của KCQG-24-0001" in shown
        assert "Quản trị máy (root)" in shown
        await press(pilot, "end")
        assert "Mã băm dòng này" in screen_text(app)
        assert "0" * 64 in screen_text(app)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_record_leaves_no_field_out(lang: str) -> None:
    """Every field of a row, changed, changes the record: an auditor is owed all of it."""
    row = make_row(1)
    view = make_history(3, row, make_people()[0])
    view = replace(view, amount_kind="approved", amount=5, amount_before=1, amount_after=6, round=2)
    view = replace(
        view, operator="root", operator_name="Máy", corrects=1, corrected_by=(9,), entry_delay_days=3
    )
    paper = view.document
    assert paper is not None
    other: dict[str, Any] = {
        "from_label": Label("khác", "other"),
        "action_label": Label("khác", "other"),
        "to_label": Label("khác", "other"),
        "role_label": Label("khác", "other"),
        "waits_for_label": Label("khác", "other"),
        "system": True,
        "document": replace(paper, number="khác"),
        "papers": (replace(paper, signer="khác"),),
        "amount_kind": "advanced",
        "on": date(2001, 2, 3),
        "at": view.at.replace(year=2001),
        "deadline_on": date(2001, 2, 3),
        "deadline_kind": "policy",
        "deadline_met": False,
        "due_on": date(2001, 2, 3),
        "changes": (("note", Label("Ghi chú", "Note"), Label("a", "a"), Label("b", "b")),),
        "corrected_by": (8,),
        "corrects": 7,
        "fields": (("volume_permille", Label("Khối lượng", "Work done"), 400),),
        "charges": ("PB-KCQG-24-1",),
        "clock": ClockNote("hold", Label("khác", "other")),
    }
    before = record_pairs(view, lang)
    for field in fields(HistoryView):
        value = other.get(field.name, 777 if isinstance(getattr(view, field.name), int) else "khác")
        if field.name == "id":
            continue  # the row's number in the store means nothing to people; dossier and seq name it
        changed = replace(view, **{field.name: value})
        assert record_pairs(changed, lang) != before, f"{field.name} isn't shown"


def test_long_texts_wrap_within_their_column() -> None:
    for text in ("một hai ba " * 20, "a" * 64, "漢字" * 40, ""):
        lines = wrapped(text, 21)
        assert all(len(line.encode("utf-16-le")) // 2 <= 21 for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())


# Người & đơn vị


async def test_people_and_offices() -> None:
    async with started() as (app, pilot):
        await press(pilot, "5", "down")
        assert " Cục Công Thương địa phương, từ 01/01/2020" in screen_text(app)
        await press(pilot, "enter")
        assert "Nhấn w để làm việc với tư cách Trần Văn Nam." in screen_text(app)
        await press(pilot, "c")
        assert "SCT-02" in screen_text(app)
        await press(pilot, "w")
        assert isinstance(app.screen, WorkAsDialog)
        await press(pilot, "escape", "c", "down", "w")
        await wait_for(pilot, lambda: "Trần Văn Nam" in screen_text(app).splitlines()[0], "another person")
        await rest(pilot)
        pane = shell_of(app).pane
        assert pane is not None
        assert pane.table.cursor_key == "nam", "the cursor stays"


# Small things


def test_short_dates_and_signed_days() -> None:
    assert short_date(TODAY, 2024, "vi") == "28/06"
    assert short_date(TODAY, 2025, "vi") == "28/06/24"
    assert short_date(TODAY, 2024, "en") == "28 Jun"
    assert short_date(TODAY, 2025, "en") == "28 Jun 24"
    assert short_date(None, 2024, "vi") == "–"
    assert [signed(n) for n in (-3, 0, 4)] == ["−3", "0", "4"]
