"""The forms of money by real keys: what they add up to, who decides, what is refused, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from db.store import open_store
from kcflow.i18n import set_language
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField, FileField
from screens.forms.fields import MemoField, TextField
from screens.money.adjustment_form import AdjustmentForm
from screens.money.annex import AnnexScreen
from screens.money.board import BoardScreen
from screens.money.contract_form import ContractForm
from screens.money.plan_form import PartsField, PlanForm, divided
from screens.money.round_form import RoundForm
from screens.widgets.table import VirtualTable
from tests.services.money.world import AGENCY, ROUND_DAY, UNIT, MoneyWorld
from tests.ui.bench import Showing, showing
from tests.workbooks import Value, pack, workbook_parts

TRIEU = 1_000_000
PLAN, ROUND = "KH-KCQG-24", "PB-KCQG-24-1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MoneyWorld]:
    """Two proposals that the year's plan approved with 300 triệu each."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    world = MoneyWorld(store)
    world.plan(dict.fromkeys(world.submitted(2), 300 * TRIEU))
    world.day = ROUND_DAY
    yield world
    store.close()
    set_language("vi")


def flat(shown: Showing) -> str:
    """What a person reads, the breaks of lines aside."""
    return " ".join(shown.text.replace("│", " ").split())


async def test_a_round_says_what_the_plan_has_left_and_is_refused_beyond_it(world: MoneyWorld) -> None:
    async with showing(RoundForm(), world.desk(AGENCY)) as shown:
        form = shown.screen
        await shown.until(lambda: "còn lại 1.000.000.000 đ" in flat(shown), "what the plan has")
        form.query_one("#field-ceiling", MoneyField).text = "1,2 tỷ"
        await shown.until(lambda: "vượt 200.000.000 đ" in flat(shown), "over")
        await shown.press("f10")
        await shown.until(lambda: form.said(), "the refusal")
        assert shown.results == []
        assert "200.000.000" in form.said()
        # A year without a plan: what comes first.
        form.query_one("#field-plan_year").text = "2025"
        await shown.until(lambda: "lập và duyệt kế hoạch trước" in flat(shown), "no plan")
        form.query_one("#field-plan_year").text = "2024"
        form.query_one("#field-ceiling", MoneyField).text = "200"
        await shown.until(lambda: "còn lại 800.000.000 đ" in flat(shown), "within")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
    assert shown.results[0].code == ROUND
    # Its ceiling is changed with the same form, from its board.
    async with showing(BoardScreen(ROUND), world.desk(AGENCY)) as shown:
        await shown.press("e")
        await shown.until(lambda: isinstance(shown.top, RoundForm), "the form")
        await shown.settle()
        shown.top.query_one("#field-ceiling", MoneyField).text = "250"
        await shown.press("f10")
        await shown.until(lambda: "Hạn mức đợt: 250.000.000 đ" in flat(shown), "the other ceiling")


async def test_a_plan_is_divided_drafted_changed_and_supplemented(world: MoneyWorld) -> None:
    async with showing(PlanForm(), world.desk(AGENCY)) as shown:
        form = shown.screen
        form.query_one("#field-plan_year").text = "2025"
        form.query_one("#field-total", MoneyField).text = "2 tỷ"
        form.query_one(PartsField).text = "Hà Giang: 1,5 tỷ\nThái Nguyên"
        assert not form.query_one(PartsField).check()
        form.query_one(PartsField).text = "Hà Giang: 1,5 tỷ\nThái Nguyên: 400"
        await shown.until(lambda: "thiếu 100.000.000 đ" in flat(shown), "by how much they miss")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
    code = shown.results[0].code
    assert world.money().board(code).content["lines"] == [
        {"area": "63:02", "dong": 1500 * TRIEU},
        {"area": "63:19", "dong": 400 * TRIEU},
    ]
    async with showing(PlanForm(world.money().board(code)), world.desk(AGENCY)) as shown:
        assert "Thái Nguyên: 400.000.000" in shown.screen.query_one(PartsField).text
        shown.screen.query_one("#field-total", MoneyField).text = "1,9 tỷ"
        await shown.until(lambda: "khớp với tổng" in flat(shown), "they tie")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "changed")
    assert world.money().board(code).row.fund.ceiling == 1900 * TRIEU  # type: ignore[union-attr]
    # The approved plan is raised only with the paper of a supplementary decision.
    async with showing(PlanForm(world.money().board(PLAN)), world.desk(AGENCY)) as shown:
        form = shown.screen
        form.query_one("#field-total", MoneyField).text = "1,5 tỷ"
        await shown.press("f10")
        await shown.settle()
        assert shown.results == []
        form.query_one("#field-act-number", TextField).text = "88/QĐ"
        form.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Ký"
        form.query_one("#field-act-date").text = f"{ROUND_DAY:%d/%m/%Y}"
        await shown.press("f10")
        await shown.until(lambda: shown.results or form.said(), "an answer")
        assert shown.results, form.said()
    assert world.money().board(PLAN).row.fund.ceiling == 1500 * TRIEU  # type: ignore[union-attr]


def test_a_division_is_read_line_by_line() -> None:
    day = date(2024, 2, 20)
    assert divided("Hà Giang: 1,5 tỷ\n\n63:19: 200", day) == (("63:02", 1500 * TRIEU), ("63:19", 200 * TRIEU))
    assert divided("CUC: 3.000.000 đ", day) == (("CUC", 3 * TRIEU),)
    assert divided("", day) == ()
    assert divided("Thái Nguyên: 1 tỷ", date(2025, 8, 1)) == (("34:19", 1000 * TRIEU),)


async def test_a_contract_begins_with_all_that_its_proposal_has_left(world: MoneyWorld) -> None:
    codes = [line.code for line in world.money().board(PLAN).lines]
    world.to("issued", world.round({codes[0]: 120 * TRIEU}))
    world.many(AGENCY, codes[:1], "assign_plan", ROUND_DAY)
    async with showing(ContractForm(), world.desk(AGENCY)) as shown:
        form = shown.screen
        await shown.type(codes[1].lower())
        await shown.until(lambda: "Phân bổ 0 đ" in flat(shown), "nothing was allocated")
        form.query_one("#field-proposal", TextField).text = codes[0]
        await shown.until(lambda: "còn 120.000.000 đ" in flat(shown), "what is left")
        await shown.until(lambda: form.query_one(MoneyField).value == 120 * TRIEU, "the whole of it")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "drawn up")
    assert world.money().board(shown.results[0].code).total == 120 * TRIEU


async def test_an_adjustment_says_who_decides_and_what_changes(world: MoneyWorld) -> None:
    code = world.money().board(PLAN).lines[0].code
    async with showing(AdjustmentForm(code), world.desk(UNIT)) as shown:
        form = shown.screen
        change = form.query_one("#field-change", ChoiceField)
        await shown.until(lambda: form._kinds, "the kinds")
        change.choose("raise_support")
        await shown.until(lambda: form.query("#field-after-approved"), "its field")
        await shown.until(lambda: "Người quyết định: Bộ" in flat(shown), "who decides")
        assert form.query_one("#field-after-approved", MoneyField).value == 300 * TRIEU
        form.query_one("#field-after-approved", MoneyField).text = "350"
        await shown.until(lambda: "300.000.000 đ → 350.000.000 đ" in flat(shown), "before and after")
        form.query_one("#field-reason", MemoField).text = "Giá máy tăng"
        await shown.press("f10")
        await shown.until(lambda: shown.results or form.said(), "an answer")
        assert shown.results, form.said()
    board = world.money().board(shown.results[0].code)
    assert [(before.vi, after.vi) for _, before, after in board.before] == [
        ("300.000.000 đ", "350.000.000 đ")
    ]
    async with showing(BoardScreen(board.row.code), world.desk(UNIT)) as shown:
        await shown.reads("300.000.000 đ → 350.000.000 đ")
        assert not shown.screen.query_one("#board-lines-box").region.height


async def test_what_was_typed_outlives_a_crash(world: MoneyWorld) -> None:
    code = world.money().board(PLAN).lines[0].code
    async with showing(AdjustmentForm(code), world.desk(UNIT)) as shown:
        form = shown.screen
        await shown.until(lambda: form._kinds, "the kinds")
        form.query_one("#field-change", ChoiceField).choose("change_time")
        await shown.until(lambda: form.query("#field-after-ends_on"), "its fields")
        await shown.settle()
        form.query_one("#field-after-ends_on").text = "15/12/2024"
        form.query_one("#field-reason", MemoField).text = "Mưa lũ"
        await shown.settle()
        form.keep_now()
        await shown.settle()
    async with showing(AdjustmentForm(code), world.desk(UNIT)) as shown:
        form = shown.screen
        await shown.until(lambda: form._offered and form._kinds, "the offer")
        await shown.press("ctrl+y")
        await shown.until(lambda: form.query("#field-after-ends_on"), "the fields of the kind")
        await shown.settle()
        assert form.query_one("#field-reason", MemoField).value == "Mưa lũ"
        assert form.query_one("#field-change", ChoiceField).value == "change_time"
        assert form.query_one("#field-after-ends_on").text == "15/12/2024"


HEAD: list[Value] = ["STT", "Mã đề án", "Tên đề án", "Đơn vị thực hiện", "Kinh phí (triệu đồng)", "Ghi chú"]


async def test_an_annex_is_shown_row_by_row_and_written_only_when_all_are_right(
    world: MoneyWorld, tmp_path: Path
) -> None:
    codes = [line.code for line in world.money().board(PLAN).lines]
    world.round({codes[1]: 10 * TRIEU}, ceiling=500 * TRIEU)
    bad, good = tmp_path / "sai.xlsx", tmp_path / "dung.xlsx"
    rows: list[list[Value]] = [[1, codes[0], None, None, 200, None], [2, codes[1], None, None, 150, None]]
    good.write_bytes(pack(workbook_parts({"Phụ lục": [HEAD, *rows]})))
    rows[1][1] = "KCQG-24-0099"
    bad.write_bytes(pack(workbook_parts({"Phụ lục": [HEAD, *rows]})))
    async with showing(AnnexScreen(ROUND), world.desk(AGENCY)) as shown:
        form = shown.screen
        form.query_one("#field-path", FileField).text = str(bad)
        await shown.press("enter")
        await shown.until(lambda: form._plan is not None, "what was read")
        await shown.settle()
        assert "2 dòng" in flat(shown)
        form.query_one(VirtualTable).action_last()
        await shown.reads("KCQG-24-0099")
        await shown.press("f10")
        await shown.until(lambda: "cần sửa" in form.said(), "why it can't be written")
        assert [line.code for line in world.money().board(ROUND).lines] == [codes[1]], "nothing was written"
        form.query_one("#field-path", FileField).text = str(good)
        await shown.settle()
        form.query_one("#field-path", FileField).focus_entry()
        await shown.press("enter")
        await shown.until(lambda: "Mọi dòng đều khớp" in flat(shown), "every row is right")
        await shown.press("f10")
        await shown.until(lambda: shown.results == [ROUND], "written")
    assert {line.code: line.dong for line in world.money().board(ROUND).lines} == {
        codes[0]: 200 * TRIEU,
        codes[1]: 150 * TRIEU,
    }


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_forms_look_as_they_should(
    world: MoneyWorld, lang: str, snapshot: Callable[[str, str], None]
) -> None:
    code = world.money().board(PLAN).lines[0].code
    for size in ((80, 24), (120, 40)):
        for name, form in (
            ("plan", PlanForm()),
            ("round", RoundForm()),
            ("contract", ContractForm([code])),
            ("adjustment", AdjustmentForm(code)),
        ):
            async with showing(form, world.desk(AGENCY), size=size, lang=lang) as shown:
                await shown.settle()
                snapshot(f"money-{name}-{lang}-{size[0]}x{size[1]}", shown.text)
