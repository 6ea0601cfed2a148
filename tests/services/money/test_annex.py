"""The annex of a decision: who is meant, how much, in which unit; wrong rows are told, nothing is written."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.money_views import AnnexPlan, AnnexRow
from tests.services.money.world import UNIT, MoneyWorld
from tests.workbooks import BAD, Rows, Value, pack, workbook_parts

TRIEU = 1_000_000
TITLES = ("Hội chợ triển lãm vùng", "Đào tạo nghề chế biến chè", "Máy móc tiên tiến")
HEAD: list[Value] = ["STT", "Mã đề án", "Tên đề án", "Đơn vị thực hiện", "Kinh phí (triệu đồng)", "Ghi chú"]


class Annexes:
    """A round with three candidates of 300 triệu each, and workbooks for it."""

    def __init__(self, world: MoneyWorld, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.codes = [world.submitted(1, title=title)[0] for title in TITLES]
        world.plan(dict.fromkeys(self.codes, 300 * TRIEU), total=5_000 * TRIEU)
        self.round = world.round(ceiling=900 * TRIEU)
        self.money = world.money()

    def file(self, sheets: dict[str, Rows] | Rows, **options: Any) -> str:
        named = sheets if isinstance(sheets, dict) else {"Phụ lục": sheets}
        path = self.folder / "phu luc.xlsx"
        path.write_bytes(pack(workbook_parts(named, **options)))
        return str(path)

    def read(self, rows: Rows, head: Sequence[Value] = HEAD, **options: Any) -> AnnexPlan:
        """What is read of a list with this heading."""
        return self.money.annex_read(self.round, self.file([list(head), *rows], **options))

    def one(self, amount: Value, head: Sequence[Value] = HEAD) -> AnnexRow:
        """The only row, for the first candidate, with this amount cell."""
        return self.read([[1, self.codes[0], None, None, amount, None]], head).rows[0]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Annexes:
    """One store for all tests that write nothing."""
    folder = tmp_path_factory.mktemp("annex")
    return Annexes(MoneyWorld(open_store(f"sqlite:///{folder / 'store.db'}", create=True)), folder)


@pytest.fixture
def annex(world: MoneyWorld, tmp_path: Path) -> Annexes:
    return Annexes(world, tmp_path)


def refused(code: str, work: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as caught:
        work()
    assert caught.value.code == code, caught.value.text
    return caught.value.text.vi


def said(row: AnnexRow) -> str:
    return " | ".join(problem.vi for problem in row.problems)


# -- an annex as it should be ----------------------------------------------------------------


def test_an_annex_is_read_and_written(annex: Annexes) -> None:
    first, second, third = annex.codes
    path = annex.file(
        [
            ["PHỤ LỤC"],
            ["(Kèm theo Quyết định số 12/QĐ-BCT ngày 20/02/2024)"],
            HEAD,
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
            ["I", None, "Hội chợ", None, 300, None],
            [1, first, TITLES[0], None, 300, None],
            ["II", None, "Khác", None, Decimal("285.25"), None],
            [2, None, "DAO TAO NGHE, che bien che", None, "285,2", None],
            [3, third.lower(), None, None, Decimal("0.05"), None],
            [None, None, "Tổng cộng", None, "585,25", None],
            [None, None, "Người lập biểu", None, None, None],
        ]
    )
    plan = annex.money.annex_read(annex.round, path)
    assert [(row.row_number, row.code, row.dong, row.problems) for row in plan.rows] == [
        (6, first, 300 * TRIEU, ()),
        (8, second, 285_200_000, ()),
        (9, third, 50_000, ()),
    ]
    assert (plan.unit_dong, plan.total, plan.stated_total) == (TRIEU, 585_250_000, 585_250_000)
    assert "E3" in plan.unit_found.vi
    assert (plan.problems, plan.warnings, plan.sheet) == ((), (), "Phụ lục")
    assert annex.money.board(annex.round).lines == (), "reading writes nothing"

    board = annex.money.annex_write(plan)
    assert {line.code: line.dong for line in board.lines} == {
        first: 300 * TRIEU,
        second: 285_200_000,
        third: 50_000,
    }
    alone = replace(plan, rows=plan.rows[:1])
    assert len(annex.money.annex_write(alone, replace=False).lines) == 3
    assert len(annex.money.annex_write(alone).lines) == 1
    with pytest.raises(NoPermission):
        annex.world.money(UNIT).annex_write(plan)


def test_nothing_is_written_when_anything_is_wrong(annex: Annexes) -> None:
    first, second, _ = annex.codes
    annex.money.put(annex.round, {first: TRIEU})
    plan = annex.read([[1, first, None, None, 5, None], [2, second, None, None, "300,000001", None]])
    assert "300.000.001 đ" in said(plan.rows[1]) or "1 đ" in said(plan.rows[1])
    assert "dòng 3" in refused("annex_bad_rows", lambda: annex.money.annex_write(plan))
    off = annex.read([[1, first, None, None, 5, None], [None, None, "Cộng", None, 6, None]])
    assert "1.000.000 đ" in refused("annex_problems", lambda: annex.money.annex_write(off))
    assert [line.dong for line in annex.money.board(annex.round).lines] == [TRIEU]


def test_an_annex_of_a_plan(annex: Annexes) -> None:
    more = annex.world.submitted(1, year=2025, title="Năm sau")
    plan = annex.world.plan(year=2025, approve=False)
    found = annex.money.annex_read(
        plan, annex.file([["Tên đề án", "Kinh phí phê duyệt (đồng)"], ["Năm sau", 250_000_000]])
    )
    assert [(row.code, row.dong) for row in found.rows] == [(more[0], 250_000_000)]
    assert annex.money.annex_write(found).total == 250_000_000


# -- amounts ---------------------------------------------------------------------------------

TY = [*HEAD[:4], "Kinh phí (tỷ đồng)", None]
DONG = [*HEAD[:4], "Kinh phí (đồng)", None]


@pytest.mark.parametrize(
    ("head", "cell", "dong"),
    [
        (HEAD, 43.5, 43_500_000),
        (HEAD, "43,5", 43_500_000),
        (HEAD, "1.143,3", 1_143_300_000),
        (HEAD, "1,143.3", 1_143_300_000),
        (HEAD, Decimal("43.735"), 43_735_000),
        (HEAD, "43,73500", 43_735_000),
        (HEAD, "285.250.000 đồng", 285_250_000),
        (HEAD, "0,25 tỷ", 250_000_000),
        (TY, Decimal("0.043735"), 43_735_000),
        (DONG, "43.735", 43_735),
        (DONG, "43,735", 43_735),
        (DONG, 43_735_000, 43_735_000),
        (HEAD, Decimal("403.29999999999995"), 403_300_000),
    ],
)
def test_amounts_that_have_one_reading(
    shared: Annexes, head: Sequence[Value], cell: Value, dong: int
) -> None:
    assert shared.one(cell, head).dong == dong


@pytest.mark.parametrize("cell", ["43,735", "43.735"])
@pytest.mark.parametrize(
    ("head", "thousands", "decimal"),
    [(HEAD, "43.735.000.000 đ", "43.735.000 đ"), (TY, "43.735.000.000.000 đ", "43.735.000.000 đ")],
)
def test_an_amount_with_two_readings_is_refused_with_both(
    shared: Annexes, head: Sequence[Value], cell: str, thousands: str, decimal: str
) -> None:
    row = shared.one(cell, head)
    assert row.dong == 0
    assert thousands in said(row)
    assert decimal in said(row)


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        (-5, "số âm"),
        ("-5", "số âm"),
        ("(5)", "số âm"),
        (0, "bằng không"),
        ("0", "bằng không"),
        (None, "trống"),
        ("-", "trống"),
        (Decimal("0.0000001"), "lẻ dưới một đồng"),
        ("0,0000001", "lẻ dưới một đồng"),
        (2**63, "lớn quá mức"),
        ("9223372036854775808", "lớn quá mức"),
        (Decimal("1e300"), "lớn quá mức"),
        ("mười triệu", "không phải là số tiền"),
        (True, "không phải là số tiền"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
    ],
)
def test_amounts_that_are_none(shared: Annexes, cell: Value, part: str) -> None:
    row = shared.one(cell)
    assert part in said(row)
    assert (row.dong, len(row.problems)) == (0, 1)


def test_the_unit_is_said_or_asked_for(shared: Annexes) -> None:
    bare: list[Value] = ["Mã", "Kinh phí"]
    rows: Rows = [bare, [shared.codes[0], 5]]
    read = shared.money.annex_read
    assert "đơn vị tính" in refused("annex_no_unit", lambda: read(shared.round, shared.file(rows)))
    chosen = read(shared.round, shared.file(rows), unit_dong=1_000)
    assert (chosen.rows[0].dong, chosen.unit_dong) == (5_000, 1_000)
    refused("annex_unit_unknown", lambda: read(shared.round, shared.file(rows), unit_dong=7))
    above = read(shared.round, shared.file([["Đơn vị tính: triệu đồng"], *rows]))
    assert (above.rows[0].dong, above.unit_dong) == (5 * TRIEU, TRIEU)
    assert "A1" in above.unit_found.en
    both = [["Đơn vị tính: triệu đồng"], ["(Đơn vị tính: đồng)"], *rows]
    assert "A1, A2" in refused("annex_units", lambda: read(shared.round, shared.file(both)))


# -- who is meant ----------------------------------------------------------------------------


def test_codes_and_titles_that_mean_nobody_or_somebody_else(shared: Annexes) -> None:
    first, second, third = shared.codes
    later = shared.world.submitted(1, year=2026, title="Năm khác")[0]
    plan = shared.read(
        [
            [1, "KCQG-24-9999", None, None, 1, None],
            [2, None, "Hội chợ triển lãm vùg", None, 1, None],
            [3, None, "Không có đề án này", None, 1, None],
            [4, first, "Tên khác hẳn", None, 1, None],
            [5, later, None, None, 1, None],
            [6, second, None, None, 1, None],
            [7, None, TITLES[1], None, 2, None],
            [8, shared.round, None, None, 1, None],
            [9, None, None, "Đơn vị", 1, None],
            [10, third, TITLES[2], "Trung tâm khác", 1, None],
        ]
    )
    rows = dict(enumerate(plan.rows, start=1))
    assert rows[1].code is None
    assert "KCQG-24-9999" in said(rows[1])
    assert (first in said(rows[2]), rows[2].code) == (True, None)
    assert (TITLES[0] not in said(rows[3]), rows[3].code) == (True, None)
    assert (rows[4].code, rows[4].problems) == (first, ())
    assert TITLES[0] in rows[4].warnings[0].vi
    assert "2026" in said(rows[5])
    assert "7, 8" in said(rows[6])
    assert "7, 8" in said(rows[7])
    assert rows[8].code is None
    assert "không có mã hoặc tên" in said(rows[9])
    assert rows[10].problems == ()


def test_a_title_that_two_proposals_have(annex: Annexes) -> None:
    twin = annex.world.approved(1, title=TITLES[0])[0]
    there = annex.world.approved(1, title=TITLES[0], place="63-19")[0]
    row = annex.read([[1, None, TITLES[0], None, 1, None]]).rows[0]
    assert row.code is None
    assert all(code in said(row) for code in (annex.codes[0], twin, there))
    unit = annex.world.desk("ktnn").dossier(there).row.unit_name
    assert annex.read([[1, None, TITLES[0], unit.upper(), 1, None]]).rows[0].code == there


def test_what_the_rules_have_against_a_row(annex: Annexes) -> None:
    waiting = annex.world.submitted(1, title="Chưa duyệt")[0]
    plan = annex.read([[1, waiting, None, None, 1, None], [2, annex.codes[0], None, None, 301, None]])
    assert "phê duyệt" in said(plan.rows[0])
    assert "1.000.000 đ" in said(plan.rows[1])


# -- the table -------------------------------------------------------------------------------


def test_totals_tie_or_say_by_how_much(shared: Annexes) -> None:
    first, second, _ = shared.codes
    rows: list[list[Value]] = [
        [1, first, None, None, Decimal("1.25"), None],
        [2, second, None, None, Decimal("2.5"), None],
    ]

    def with_total(value: Value) -> AnnexPlan:
        return shared.read([*rows, [None, None, "TỔNG CỘNG", None, value, None]])

    assert with_total(Decimal("3.75")).problems == ()
    rounded = with_total(Decimal("3.8"))
    assert (rounded.problems, len(rounded.warnings)) == ((), 1)
    assert "50.000 đ" in rounded.warnings[0].vi
    assert "làm tròn" in rounded.warnings[0].vi
    off = with_total(Decimal("3.76"))
    assert "10.000 đ" in off.problems[0].vi
    assert (off.stated_total, off.total) == (3_760_000, 3_750_000)
    group = shared.read([["I", None, "Nhóm một", None, 4, None], *rows])
    assert "Nhóm một" in group.problems[0].vi
    assert "250.000 đ" in group.problems[0].vi
    nested = shared.read(
        [
            ["A", None, "Miền Bắc", None, Decimal("3.75"), None],
            ["I", None, "Hà Giang", None, Decimal("1.25"), None],
            rows[0],
            ["II", None, "Tuyên Quang", None, Decimal("2.5"), None],
            rows[1],
            [None, None, "Tổng số", None, Decimal("3.75"), None],
        ]
    )
    assert (nested.problems, len(nested.rows)) == ((), 2)


@pytest.mark.parametrize("typed", [" {0} ", "{lower}", "{spaced}", "{dashed}", "{under}"])
def test_a_code_however_it_was_typed(shared: Annexes, typed: str) -> None:
    code = shared.codes[0]
    cell = typed.format(
        code,
        lower=code.lower(),
        spaced=code.replace("-", " "),
        dashed=code.replace("-", "\u2013"),
        under=code.replace("-", " - "),
    )
    for head in (HEAD, ["STT", "Tên đề án", *HEAD[3:]]):
        cells: list[Value] = [1, cell, None, None, 5, None] if head is HEAD else [1, cell, None, 5, None]
        (row,) = shared.read([cells], head).rows
        assert (row.code, row.dong, row.problems) == (code, 5 * TRIEU, ())


def test_the_same_code_typed_in_two_ways_stands_twice(shared: Annexes) -> None:
    code = shared.codes[0]
    rows = shared.read(
        [[1, code, None, None, 5, None], [2, code.replace("-", " ").lower(), None, None, 6, None]]
    ).rows
    assert all("hai lần" in said(row) or "3, 4" in said(row) or "2, 3" in said(row) for row in rows)


def test_an_amount_in_decomposed_letters(shared: Annexes) -> None:
    assert shared.one(unicodedata.normalize("NFD", "5 triệu")).dong == 5 * TRIEU
    assert shared.one(unicodedata.normalize("NFD", "1,5 tỷ"), HEAD).dong == 1_500 * TRIEU


def test_a_hidden_row_counts_and_is_told(shared: Annexes) -> None:
    path = Path(shared.file([HEAD, [1, shared.codes[0], None, None, 5, None]]))
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).replace(b'<row r="2">', b'<row r="2" hidden="1">')
    path.write_bytes(pack(parts))
    (row,) = shared.money.annex_read(shared.round, str(path)).rows
    assert (row.dong, row.problems) == (5 * TRIEU, ())
    assert "ẩn" in row.warnings[0].vi


def test_a_total_that_was_never_computed(shared: Annexes) -> None:
    formula = "<c><f>SUM(E2:E2)</f></c>"
    plan = shared.read([[1, shared.codes[0], None, None, 5, None], [None, None, "Cộng", None, formula, None]])
    (told,) = plan.problems
    assert "=SUM(E2:E2)" in told.vi
    assert "Broken" not in told.vi


def test_a_proposal_without_a_plan_is_told_in_words(annex: Annexes) -> None:
    (early,) = annex.world.drafts(1, year=2025)
    row = annex.read([[1, early, None, None, 5, None]]).rows[0]
    assert row.problems
    assert not any("refusals." in problem.vi or "refusals." in problem.en for problem in row.problems)


def test_merged_cells(shared: Annexes) -> None:
    first, second, third = shared.codes
    plan = shared.read(
        [
            [1, first, None, "Trung tâm", 1, None],
            [2, second, None, None, 3, None],
            [3, third, None, None, None, None],
        ],
        merged=["D2:D4", "E3:E4"],
    )
    assert [row.dong for row in plan.rows] == [TRIEU, 0, 0]
    assert "E3" in said(plan.rows[1])
    assert "gộp" in said(plan.rows[2])
    assert [row.unit for row in plan.rows] == ["Trung tâm"] * 3


def test_a_heading_of_two_rows_and_the_amount_of_this_round(shared: Annexes) -> None:
    rows: Rows = [
        ["TT", "Tên đề án", "Kinh phí (triệu đồng)", None, None],
        [None, None, "Tổng kinh phí", "Phân bổ đợt 1", "Còn lại"],
        [1, TITLES[0], 500, 120, 180],
    ]
    plan = shared.money.annex_read(shared.round, shared.file(rows, merged=["C1:E1", "A1:A2", "B1:B2"]))
    assert [(row.code, row.dong) for row in plan.rows] == [(shared.codes[0], 120 * TRIEU)]
    two: Rows = [["Mã", "Kinh phí phân bổ (đồng)", "Số tiền giao (đồng)"], [shared.codes[0], 5, 6]]
    sentence = refused("annex_amounts", lambda: shared.money.annex_read(shared.round, shared.file(two)))
    assert "B1" in sentence
    assert "C1" in sentence


def test_sheets(shared: Annexes) -> None:
    good: Rows = [HEAD, [1, shared.codes[0], None, None, 5, None]]
    read = shared.money.annex_read
    hidden = shared.file({"Cũ": good, "Mới": good}, hidden=["Cũ"])
    assert read(shared.round, hidden).sheet == "Mới"
    assert read(shared.round, hidden, sheet="cu").sheet == "Cũ"
    assert "Không có" in refused("annex_no_sheet", lambda: read(shared.round, hidden, sheet="Khác"))
    two = shared.file({"Một": good, "Hai": good})
    assert "Hai" in refused("annex_sheets", lambda: read(shared.round, two))
    refused("annex_no_list", lambda: read(shared.round, shared.file({"Một": [["Ghi chú"], ["x"]]})))
    refused("annex_empty", lambda: read(shared.round, shared.file([HEAD])))


@pytest.mark.parametrize(
    "name", sorted(set(BAD) - {"many_empty_rows", "zip_bomb", "distant_cell", "many_parts"})
)
def test_files_that_are_no_workbook(shared: Annexes, name: str) -> None:
    make, code = BAD[name]
    path = shared.folder / "bad.xlsx"
    path.write_bytes(make())
    refused(f"workbook_{code}", lambda: shared.money.annex_read(shared.round, str(path)))
