"""The money story of a proposal: exact bars with named bases, what is open, three lists, both languages."""

from __future__ import annotations

import pytest

from kcflow.formats import dong
from kcflow.services.errors import StoreProblem
from screens.dossier.money_story import MoneyStoryScreen
from screens.dossier.story_parts import bar, bars, rows
from screens.lists.history_record import RecordDialog
from screens.money.exporting import ExportDialog
from states.model import Label
from tests.ui.bench import showing
from tests.ui.fake_desk import CODE
from tests.ui.money_desk import SIZES, TRIEU, MoneyDesk, everywhere, story

# What is drawn


def test_a_bar_is_as_long_as_its_part_and_never_vanishes() -> None:
    assert bar(500, 1000, 1000, 10) == ("█████", "░░░░░")
    assert bar(0, 1000, 1000, 10) == ("", "░" * 10)
    assert bar(1, 1000, 1000, 10) == ("▏", "░" * 9)
    assert bar(1000, 1000, 1000, 10) == ("█" * 10, "")
    assert bar(525, 1000, 1000, 10) == ("█████▌", "░░░░")
    assert bar(10**15, 10**15, 10**15, 7) == ("█" * 7, "")
    assert bar(1, 1, 0, 10) == bar(1, 1, 5, 0) == ("", "")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [58, 78, 118, 198])
def test_every_stage_is_said_exactly_and_of_its_base(lang: str, width: int) -> None:
    drawn = bars(story(), lang, width, exact=True).plain.split("\n")
    assert len(drawn) == 8
    assert max(map(len, drawn)) <= width
    point = "," if lang == "vi" else "."
    assert dong(300 * TRIEU + 1, lang) in drawn[5]
    assert f"60{point}0%" in drawn[0]  # requested of the total cost
    assert ("của Hợp đồng" if lang == "vi" else "of Contracted") in drawn[4]
    assert "–" in drawn[6]
    assert "%" not in drawn[6]


def test_the_running_sum_and_the_part_of_the_contract_stand_in_the_rows() -> None:
    drawn = rows(story(), "events", "vi", exact=True)
    assert drawn[4].cells[2:6] == ("100.000.000 đ", "350.000.000 đ", "20,0%", "HD-24-0001")
    reports = rows(story(), "reports", "vi", exact=True)
    assert [row.style for row in reports] == ["warn", "warn", ""]
    assert "04/2024" in str(reports[0].cells[1])
    assert "Khối lượng: 45,0%" in str(reports[2].cells[1])


# On the screen


async def test_the_story_by_keys_in_every_size_and_language(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    async with showing(MoneyStoryScreen(CODE), MoneyDesk(), size=SIZES[0]) as shown:
        monkeypatch.setattr(shown.app, "open_dossier", opened.append, raising=False)
        await everywhere(shown, "story")
        await shown.press("d")
        await shown.reads("300.000.001 đ")
        assert "49.999.999 đ, chậm nhất 31/12/2024" in shown.text
        # Enter: the full record of the row; o: the board that it was charged to.
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.top, RecordDialog), "the record")
        assert shown.top.view.seq == 1
        await shown.press("escape", "o")
        assert opened == ["KH-KCQG-24"]
        await shown.press("c")
        await shown.reads("Chưa có báo cáo tháng 04/2024")
        await shown.press("enter")
        await shown.reads("Dòng này không phải là một dòng lịch sử")
        await shown.press("c", "down", "enter")
        await shown.until(lambda: len(opened) == 2, "the contract")
        assert opened[1] == "HD-24-0001"
        await shown.press("down", "o")
        await shown.reads("không ghi vào đợt hay hợp đồng nào")
        await shown.press("x")
        await shown.until(lambda: isinstance(shown.top, ExportDialog), "where to")
        assert f"{CODE}.xlsx" in shown.text
        shown.top.finish("/kho/a.xlsx")
        await shown.reads("/kho/a.xlsx")
        await shown.press("escape")
        assert shown.results == [None]


async def test_an_empty_story_and_a_failing_store_say_so() -> None:
    desk = MoneyDesk()
    desk.money.told = story(
        events=(), rounds=(), contract=None, reports=(), months_missing=(), ceilings=(), refund_due=0
    )
    async with showing(MoneyStoryScreen(CODE), desk, size=(80, 24)) as shown:
        await shown.reads("Chưa có khoản nào được duyệt.")
        assert "Không phải hoàn trả" in shown.text
        desk.money.fail = StoreProblem("busy", Label("Kho đang bận [b]lắm[/b].", "The store is busy."))
        shown.screen.refresh_data()
        await shown.reads("Kho đang bận [b]lắm[/b].")
