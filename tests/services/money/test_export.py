"""Workbooks of rounds, plans and money stories: exact đồng, text that stays text, files not overwritten."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kcflow.services.errors import BadInput, NotFound
from kcflow.services.money_views import PlanInput
from kcflow.workbook import Cell, read_workbook
from tests.services.money.works import Works, works
from tests.services.money.world import AGENCY, MINISTRY, UNIT, MoneyWorld

__all__ = ["works"]

TRIEU = 1_000_000
FORMULA = '=HYPERLINK("http://a.example";"x")'


def rows_of(path: Path, sheet: int = 0) -> list[list[Cell]]:
    return [list(row) for row in read_workbook(path).sheets[sheet].rows]


def refused(code: str, work: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as caught:
        work()
    assert caught.value.code == code
    return caught.value.text.vi


def test_the_annex_of_a_round(world: MoneyWorld, tmp_path: Path) -> None:
    first, second = (world.submitted(1, title=title)[0] for title in (FORMULA, "-1+2@SUM(A1)"))
    world.plan({first: 300 * TRIEU, second: 300 * TRIEU})
    code = world.round({first: 285_250_001, second: 100 * TRIEU}, contents=(1, 3))
    money = world.money()
    money.put(code, {}, {first: "+49 ghi chú"})
    path = money.export(code, tmp_path / "đợt 1")
    assert path == tmp_path / "đợt 1.xlsx"
    rows = rows_of(path)
    assert "Dự thảo" in str(rows[3][0])
    assert rows[5] == [
        *("STT", "Mã", "Tên đề án", "Đơn vị thực hiện", "Tỉnh, thành phố", "Nội dung"),
        *("Kinh phí (đồng)", "Kinh phí (triệu đồng)", "Đợt", "Ghi chú"),
    ]
    assert rows[6][:3] == [1, first, FORMULA]
    assert rows[6][6:] == [285_250_001, Decimal("285.250001"), 1, "+49 ghi chú"]
    assert rows[7][2] == "-1+2@SUM(A1)"
    assert rows[8][2] == "TỔNG CỘNG"
    assert rows[8][6:8] == [385_250_001, Decimal("385.250001")]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not any("hyperlink" in name.lower() for name in parts.namelist())
    assert "<f>" not in sheet

    world.to("issued", code)
    again = rows_of(money.export(code, tmp_path / "issued.xlsx", "en"))
    assert "ngày" not in str(again[3][0])
    assert "/VB of 20 Feb 2024" in str(again[3][0])
    assert again[5][1] == "Code"
    assert again[6][6] == 285_250_001


def test_what_was_exported_can_be_read_as_an_annex(world: MoneyWorld, tmp_path: Path) -> None:
    codes, _ = world.planned(3)
    amounts = dict(zip(codes, (285_250_001, 1, 43_735_000), strict=True))
    money, code = world.money(), world.round(amounts)
    plan = money.annex_read(code, str(money.export(code, tmp_path / "a.xlsx")))
    assert {row.code: row.dong for row in plan.rows} == amounts
    assert (plan.stated_total, plan.problems, plan.unit_dong) == (sum(amounts.values()), (), 1)
    assert all(not row.problems and not row.warnings for row in plan.rows)


def test_no_file_is_replaced_without_a_word(world: MoneyWorld, tmp_path: Path) -> None:
    world.planned(1)
    money, code, path = world.money(), world.round(), tmp_path / "a.xlsx"
    path.write_text("của tôi")
    assert "a.xlsx" in refused("export_exists", lambda: money.export(code, path))
    assert path.read_text() == "của tôi"
    money.export(code, path, overwrite=True)
    assert rows_of(path)
    refused("export_suffix", lambda: money.export(code, tmp_path / "a.xls"))
    (tmp_path / "thư mục.xlsx").mkdir()
    refused("export_folder", lambda: money.export(code, tmp_path / "thư mục.xlsx"))
    (tmp_path / "tệp").write_text("x")
    refused("export_failed", lambda: money.export(code, tmp_path / "tệp" / "b.xlsx"))
    assert sorted(each.name for each in tmp_path.iterdir() if "tmp" in each.name) == []
    with pytest.raises(NotFound):
        money.export("PB-KCQG-24-9", tmp_path / "c.xlsx")


def test_a_plan_with_its_division(world: MoneyWorld, tmp_path: Path) -> None:
    money = world.money()
    parts = (("63:02", 60), ("SCT-63-19", 30), ("south", 9))
    code = money.open_plan(PlanInput("kcqg", 2024, 100, lines=parts)).code
    path = money.export(code, tmp_path / "p.xlsx")
    assert [row[:2] for row in rows_of(path, 1)][1:5] == [
        ["Hà Giang", 60],
        ["Sở Công Thương Thái Nguyên", 30],
        ["Vùng phía Nam", 9],
        ["TỔNG CỘNG", 99],
    ]
    assert "1 đ" in str(rows_of(path, 1)[5][0])


def test_a_money_story(world: MoneyWorld, tmp_path: Path) -> None:
    codes, _ = world.planned(1)
    code = world.round({codes[0]: 200 * TRIEU})
    world.to("issued", code)
    rows = rows_of(world.money(UNIT).export(codes[0], tmp_path / "s.xlsx"))
    assert codes[0] in str(rows[0][0])
    figures = {str(row[1]): row[2] for row in rows if len(row) > 2 and isinstance(row[2], int)}
    assert figures["Phê duyệt"] == 300 * TRIEU
    assert figures["Phân bổ"] == 200 * TRIEU
    assert figures["Chưa phân bổ"] == 100 * TRIEU
    assert any(code in row for row in rows)
    other = world.money("ttkc-63-19")
    with pytest.raises(NotFound):
        other.export(codes[0], tmp_path / "t.xlsx")
    assert world.money(MINISTRY).export(codes[0], tmp_path / "u.xlsx").exists()


def test_a_contract_says_its_value_and_what_was_paid(works: Works, tmp_path: Path) -> None:
    contract, (code,) = works.started(100 * TRIEU)
    advance = {"advance_type": "consulting"}
    works.pay(code, "advance_first", 70 * TRIEU, date(2024, 5, 6), fields=advance)
    rows = rows_of(works.money(AGENCY).export(contract, tmp_path / "c.xlsx"))
    said = {row[2]: row[6] for row in rows if len(row) > 6 and isinstance(row[6], int)}
    # 300 triệu were approved for it; that is not what the contract promises.
    assert said["Giá trị hợp đồng"] == said["TỔNG CỘNG"] == 100 * TRIEU
    assert (said["Đã chi"], said["Chưa thanh toán"]) == (70 * TRIEU, 30 * TRIEU)
    told = [str(cell) for row in rows_of(works.money(UNIT).export(code, tmp_path / "s.xlsx")) for cell in row]
    assert "Loại hoạt động: Tư vấn" in told
    assert not any("Label(" in cell for cell in told)
    row = works.money(AGENCY).board(contract).row
    assert (row.value, row.given, row.left) == (100 * TRIEU, 70 * TRIEU, 30 * TRIEU)
