"""Where time goes: four parts by key, periods, units, what stands behind a row, and the workbook."""

from __future__ import annotations

import threading
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from kcflow.bars import BLOCKS, NOTHING, PLAIN, bar, columns, divided, part, shares, span
from kcflow.services.dwell_views import DwellFilter, DwellReport
from kcflow.services.errors import StoreProblem
from kcflow.services.views import ListFilter
from screens.base import DeskScreen
from screens.clock.dwell import DwellScreen
from screens.clock.dwell_export import ExportDwellDialog
from screens.clock.dwell_parts import rows
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField
from screens.widgets.bar_list import BarList, BarRow
from screens.widgets.flow_lines import Line
from states.model import Label
from tests.ui.bench import Bench, Showing, showing
from tests.ui.clock_desk import FakeClock
from tests.ui.dwell_desk import dwell_report
from tests.ui.fake_desk import FakeDesk
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.list_desk import ListDesk
from tests.ui.money_desk import everywhere

TODAY = date(2024, 6, 14)
YEAR = (date(2023, 7, 1), TODAY)


def desk_of(clock: FakeClock | None = None) -> FakeDesk:
    """A desk whose time side is this one."""
    return FakeDesk(today=TODAY, time=clock or FakeClock(TODAY, plain=True))


# Pictures


def test_bars_and_spans_never_pass_their_cells() -> None:
    assert bar(0, 10, 8) == bar(5, 0, 8) == bar(5, 10, 0) == ""
    assert (bar(1, 1000, 8), bar(10, 10, 8), bar(99, 10, 8)) == ("▏", "█" * 8, "█" * 8)
    assert bar(1, 1000, 8, PLAIN) == "#"
    assert span(0, 0, 10, 8) == ""
    assert span(5, 10, 10, 8) == "████▒▒▒▒"
    assert span(0, 10, 10, 8) == "▒" * 8
    assert span(1, 1, 1000, 8) == "█"
    assert span(5, 10, 10, 8, PLAIN) == "####----"


def test_a_divided_bar_is_full_to_the_cell_and_hides_nobody() -> None:
    for values in ([1, 1, 1], [997, 1, 1, 1], [5], [0, 3, 0, 9], list(range(1, 12))):
        cells = shares(values, 40)
        assert sum(cells) == 40
        assert all((cell > 0) == (value > 0) for cell, value in zip(cells, values, strict=True))
    assert shares([], 40) == []
    assert shares([0, 0], 40) == [0, 0]
    assert "".join(divided([3, 1], 8)) == "██████▒▒"
    assert part(99) == BLOCKS.parts[-1]
    assert columns([0, 1, 4, 8], 8, 2) == [NOTHING, "▁▁", "▄▄", "██"]


@pytest.mark.parametrize("width", [58, 77, 117, 197])
@pytest.mark.parametrize("by_office", [False, True])
def test_no_part_is_wider_than_its_room(width: int, by_office: bool) -> None:
    found = dwell_report(DwellFilter(by_office=by_office), TODAY)
    for which in ("states", "parties", "returns", "months"):
        for lang in ("vi", "en"):
            for row in rows(found, which, lang, width):
                assert all(line.width <= width for line in row.lines)


def test_units_are_told_apart_by_how_their_names_end() -> None:
    found = dwell_report(DwellFilter(by_office=True), TODAY)
    text = ["".join(text for text, _ in row.lines[0].pieces) for row in rows(found, "states", "vi", 77)]
    assert any("…" in line and "Hà Giang" in line for line in text)
    assert any("Thái Nguyên" in line for line in text)


# The widget


async def test_the_cursor_stands_on_rows_and_skips_what_is_none() -> None:
    class Bars(DeskScreen[None]):
        moved: list[str] = []  # noqa: RUF012
        chosen: list[str] = []  # noqa: RUF012

        def body(self) -> Any:
            yield BarList()

        def on_mount(self) -> None:
            self.query_one(BarList).focus()

        def on_bar_list_moved(self, message: BarList.Moved) -> None:
            self.moved.append(message.key)

        def on_bar_list_chosen(self, message: BarList.Chosen) -> None:
            self.chosen.append(message.key)

    def drawn(count: int) -> Any:
        def draw(_: int) -> list[BarRow]:
            head = BarRow((Line().add("đầu"),))
            return [
                head,
                *(BarRow((Line().add(f"hàng {n}"), Line().add("dưới")), f"k{n}") for n in range(count)),
            ]

        return draw

    screen = Bars()
    async with showing(screen, desk_of(), size=(60, 15)) as shown:
        bars = screen.query_one(BarList)
        bars.show(drawn(30))
        await shown.press("up", "down", "down", "enter")
        bars.action_choose()
        await shown.settle()
        assert (bars.cursor, screen.chosen) == ("k2", ["k2"])
        assert "▌hàng 2" in shown.text
        assert " hàng 1" in shown.text
        await shown.press("end")
        assert bars.cursor == "k29"
        assert "hàng 29" in shown.text
        await shown.press("pageup", "home")
        assert bars.cursor == "k0"
        assert "đầu" in shown.text
        await shown.press("down", "down")
        bars.show(drawn(2))
        assert bars.cursor == "k0", "the row of the cursor is gone"
        await shown.pilot.click(BarList, offset=(3, 3))
        assert bars.cursor == "k1"
        await shown.pilot.click(BarList, offset=(3, 4))
        await shown.until(lambda: screen.chosen == ["k2", "k1"], "the click on the cursor chooses")
        bars.show(lambda _: [])
        await shown.press("down", "end", "pagedown")
        assert bars.cursor == ""


# The screen


async def test_the_four_parts_in_every_size_and_language(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of()
    listed: list[ListFilter] = []
    opened: list[str] = []
    async with showing(DwellScreen(), desk, size=(80, 24)) as shown:
        monkeypatch.setattr(shown.app, "open_dossier", opened.append, raising=False)
        monkeypatch.setattr(shown.app, "show_dossiers", listed.append, raising=False)
        assert desk.time.dwelt == [DwellFilter(*YEAR)]
        await everywhere(shown, "dwell_states")
        await shown.press("down", "enter")
        assert listed == [ListFilter(states=("submitted_to_minister",), lifecycles=("kcqg@1",))]
        await shown.press("down", "enter")
        await shown.reads("Hiện không có đề án nào ở đó.")
        await shown.press("c")
        await everywhere(shown, "dwell_parties")
        await shown.press("down", "enter")
        assert listed[1:] == [ListFilter(waits_for="finance_ministry", open_only=True)]
        await shown.press("right")
        await everywhere(shown, "dwell_returns")
        await shown.press("enter")
        assert opened == ["KCQG-24-0007"]
        await shown.press("c")
        await everywhere(shown, "dwell_months")
        await shown.press("enter")
        await shown.reads("Không có gì để mở ở đây.")
        # Each part keeps its cursor; the parts go round.
        await shown.press("left", "left")
        assert "Bộ Tài chính: 4.010 ngày" in shown.text
        await shown.press("o")
        await shown.until(lambda: desk.time.dwelt[-1].by_office, "by unit")
        await everywhere(shown, "dwell_offices")
        assert len(desk.time.dwelt) == 2, "looking counts nothing anew"


async def test_period_and_limits_by_key_and_by_dialog() -> None:
    clock = FakeClock(TODAY)

    def ends_with(from_on: date | None, to_on: date | None) -> bool:
        return (clock.dwelt[-1].from_on, clock.dwelt[-1].to_on) == (from_on, to_on)

    desk = ListDesk(today=TODAY, time=clock)
    start = ListFilter(plan_year=2024, provinces=("63:02",), text="chè", open_only=True)
    async with showing(DwellScreen(start), desk, size=(120, 40)) as shown:
        first = DwellFilter(*YEAR, plan_year=2024, provinces=("63:02",))
        assert clock.dwelt == [first]
        await shown.reads("Hà Giang")
        for from_on, to_on in (
            (date(2024, 1, 1), TODAY),
            (date(2023, 1, 1), date(2023, 12, 31)),
            (None, None),
            YEAR,
        ):
            await shown.press("p")
            await shown.until(partial(ends_with, from_on, to_on), "another period")
        await shown.press("f")
        await shown.until(lambda: shown.top is not shown.screen, "the filter")
        shown.top.query_one("#field-from_on", DateField).query_one(Input).value = "01/02/2024"
        shown.top.query_one("#field-to_on", DateField).query_one(Input).value = "01/01/2024"
        await shown.press("f10")
        await shown.settle()
        assert shown.top is not shown.screen, "a period that ends before it begins"
        shown.top.query_one("#field-to_on", DateField).query_one(Input).value = "31/03/2024"
        shown.top.query_one("#field-plan_year", ChoiceField).choose(None)
        await shown.press("f10")
        own = DwellFilter(date(2024, 2, 1), date(2024, 3, 31), provinces=("63:02",))
        await shown.until(lambda: clock.dwelt[-1] == own, "own days")
        await shown.reads("kỳ tự chọn (01/02/2024 – 31/03/2024)")


async def test_nothing_there_a_store_that_fails_and_an_export(tmp_path: Path) -> None:
    desk = desk_of()
    async with showing(DwellScreen(ListFilter(plan_year=2013)), desk, size=(80, 24)) as shown:
        for words in ("không có lượt nào kết thúc", "chưa có thời gian", "bị trả lại", "vào giai đoạn nào"):
            await shown.reads(words)
            await shown.press("c")
        desk.time.fail = StoreProblem("store_busy", Label("Kho đang bận.", "The store is busy."))
        await shown.press("p")
        await shown.reads("Kho đang bận.")
        await shown.press("x")
        assert shown.top is shown.screen, "nothing was counted, nothing can be written"
        desk.time.fail = None
        shown.screen.refresh_data()
        await shown.until(lambda: shown.screen.found is not None, "counted")
        await shown.press("x")
        await shown.until(lambda: isinstance(shown.top, ExportDwellDialog), "where to")
        path = tmp_path / "kết quả.xlsx"
        shown.top.query_one("#field-path").query_one(Input).value = str(path)
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "written")
        await shown.reads("✓ Đã ghi")
        done: Any = desk.time.done
        assert done == [("export_dwell", path, shown.screen.found)]
        await shown.press("escape")
        await shown.until(lambda: shown.results == [None], "closed")


async def test_a_slow_count_is_told_and_can_be_left() -> None:
    clock, free = FakeClock(TODAY, plain=True), threading.Event()
    counted = clock.dwell

    def slow(wanted: DwellFilter | None = None) -> DwellReport:
        assert free.wait(60)
        return counted(wanted)

    clock.dwell = slow  # type: ignore[method-assign]
    screen = DwellScreen()
    app = Bench(desk_of(clock), "vi")
    async with app.run_test(size=(80, 24)) as pilot:
        shown = Showing(app, pilot, screen)
        app.push_screen(screen, shown.results.append)
        await shown.reads("Đang đếm…")
        await shown.reads("Esc để thôi chờ")
        screen.action_stop_waiting()
        await shown.reads("Chưa đếm xong.")
        await pilot.press("escape")
        await shown.until(lambda: shown.results == [None], "left while it counts")
        free.set()
        await shown.settle()
        assert screen.found is None


async def test_what_people_wrote_stays_text() -> None:
    clock = FakeClock(TODAY, plain=True)
    screen = DwellScreen()
    screen.wanted = DwellFilter(by_office=True)
    async with showing(screen, desk_of(clock), size=(80, 24)) as shown:
        for text in HOSTILE_TITLES:
            clock.text = text
            screen.refresh_data()
            await shown.settle()
            assert_harmless(shown.app)
            await shown.press("left", "left")
            assert_harmless(shown.app)
            await shown.press("c", "c")
