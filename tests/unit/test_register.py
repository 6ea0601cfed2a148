"""Reading a register (Mẫu 2): what is read, corrected, refused, doubted and asked."""

import random
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcflow.register import (
    RegisterRefused,
    Sums,
    read_register,
    refused_sentence,
    sentence,
)
from kcflow.workbook import Broken, Cell, Sheet
from tests.registers import codes, one, read, sheet
from tests.workbooks import REGISTERS, ROW, register_rows, row, write_register, write_workbook

SAMPLES = {
    "KCDP-2024-HaGiang": (
        "kcdp",
        "02",
        "Hà Giang",
        12,
        (7_207_550_000, 3_145_750_000, 3_890_600_000, 171_200_000),
    ),
    "KCQG-2024-1-HaGiang": ("kcqg", "02", "Hà Giang", 8, (5_694_400_000, 4_250_250_000, 1_444_150_000, 0)),
    "KCQG-2024-2-ThaiNguyen": (
        "kcqg",
        "19",
        "Thái Nguyên",
        9,
        (9_090_850_000, 5_295_750_000, 3_795_100_000, 0),
    ),
    "KCQG-2024-3-NgheAn": ("kcqg", "40", "Nghệ An", 10, (5_895_850_000, 4_230_250_000, 1_665_600_000, 0)),
    "KCQG-2024-4-LaoCai": ("kcqg", "10", "Lào Cai", 11, (14_735_800_000, 6_935_250_000, 7_800_550_000, 0)),
    "KCQG-2024-5-HaiPhong": (
        "kcqg",
        "31",
        "Hải Phòng",
        12,
        (13_582_350_000, 8_140_500_000, 5_406_350_000, 35_500_000),
    ),
    "KCQG-2024-6-NinhBinh": (
        "kcqg",
        "37",
        "Ninh Bình",
        13,
        (7_435_400_000, 4_995_250_000, 2_361_850_000, 78_300_000),
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_registers_to_the_dong(name: str) -> None:
    reading = read_register(REGISTERS / f"{name}.xlsx")
    source, code, province, count, sums = SAMPLES[name]
    assert (reading.source, reading.plan_year, reading.unit) == (source, 2024, "trieu")
    assert (reading.province_code, reading.province_name, reading.province_list) == (code, province, "63")
    assert (len(reading.rows), reading.sums, reading.declared) == (count, Sums(*sums), Sums(*sums))
    assert reading.ready
    assert all(r.ok and r.content_code and r.starts_on and r.ends_on for r in reading.rows)
    assert [r.ordinal for r in reading.rows] == [str(n) for n in range(1, count + 1)]
    assert {r.kind for r in reading.rows} == {"point", "group", "ordinary"}
    assert reading.report_number
    assert reading.report_number.endswith("/BC-SCT")
    assert reading.report_date
    assert reading.report_date.year == 2023


def test_the_sample_with_errors() -> None:
    reading = read_register(REGISTERS / "KCQG-2024-loi.xlsx")
    assert codes(reading) == [("sum_mismatch", "H13"), ("sum_mismatch", "H17"), ("total_mismatch", "H20")]
    first, _, total = reading.problems
    assert (first.found, first.expected, first.row_number) == ("155000000", "150000000", 13)
    assert (total.found, total.expected, total.level) == ("3989700000", "3999700000", "table")
    assert [r.row_number for r in reading.rows if not r.ok] == [13, 17]
    assert len(reading.good_rows) == 6
    assert not reading.blocking
    assert sentence(first, "vi") == (
        "Trang “Bieu tong hop”, ô H13: tổng số ghi 155.000.000 đ nhưng các nguồn cộng lại là 150.000.000 đ: "
        "hãy sửa tổng số hoặc các nguồn."
    )
    assert any(note.found == "1.143,3" and note.became == "1143300000" for note in reading.corrections)


def test_one_row_in_full() -> None:
    (r,) = one().rows
    assert (r.sheet, r.row_number, r.ordinal, r.kind, r.ok) == ("Biểu", 9, "1", "ordinary", True)
    assert (r.title, r.implementing_unit, r.objective, r.expected_result, r.note) == (
        ROW[1],
        ROW[2],
        ROW[3],
        ROW[4],
        "",
    )
    assert (r.starts_on, r.ends_on) == (date(2024, 2, 1), date(2024, 7, 31))
    assert (r.total, r.requested, r.counterpart, r.other) == (349_500_000, 260_000_000, 89_500_000, 0)
    assert r.content_code == 1


@pytest.mark.parametrize("seed", range(5))
def test_columns_in_any_order(seed: int) -> None:
    rows = register_rows(total=[349.5, 260, 89.5, 0])
    order = list(range(12))
    random.Random(seed).shuffle(order)  # noqa: S311
    for at in range(6, len(rows)):
        line = [*rows[at], *[None] * (12 - len(rows[at]))]
        rows[at] = [line[column] for column in order]
    reading = read(rows)
    assert reading.ready
    straight = one().rows[0]
    assert reading.rows[0].import_key == straight.import_key
    assert reading.declared == Sums(349_500_000, 260_000_000, 89_500_000, 0)


@pytest.mark.parametrize(
    "heading",
    [
        "STT|Tên đề án/nhiệm vụ|Đơn vị chủ trì thực hiện|Tổng kinh phí|Kinh phí hỗ trợ từ nguồn KCQG"
        "|Vốn đối ứng của đơn vị thụ hưởng|Vốn khác",
        "Số TT|TÊN ĐỀ ÁN|Cơ quan thực hiện|Tổng mức kinh phí (triệu đồng)|NSNN hỗ trợ"
        "|Đóng góp của cơ sở CNNT|Nguồn vốn khác",
        "TT|Nội dung đề án|Tổ chức thực hiện|Tổng số|Khuyến công|Vốn tự có|Khác",
        "TT|Đề án|Đơn vị\nthực hiện|Kinh phí|Đề nghị hỗ trợ|Đối ứng|Nguồn  khác",
    ],
)
def test_other_wordings_of_the_heading(heading: str) -> None:
    rows = [
        *register_rows()[:6],
        heading.split("|"),
        [1, "Đào tạo nghề chè", "Trung tâm KC", 349.5, 260, 80, 9.5],
    ]
    reading = read(rows)
    assert reading.ready
    assert reading.sums == Sums(349_500_000, 260_000_000, 80_000_000, 9_500_000)


def test_a_merged_heading_with_its_text_in_the_first_cell_only() -> None:
    rows = register_rows()
    rows[6] = [
        "TT",
        "Tên đề án",
        "Đơn vị thực hiện",
        "Mục tiêu",
        "Kết quả",
        "Thời gian",
        None,
        "Kinh phí",
        *[None] * 3,
    ]
    expected = one().rows
    assert read([sheet(rows, merged=((6, 7, 6, 10), (6, 5, 6, 6), (6, 0, 7, 0)))]).rows == expected
    assert read(rows).rows == expected


def test_a_heading_of_three_rows_and_a_row_that_numbers_the_columns() -> None:
    rows = register_rows()
    rows[6:8] = [
        [
            "TT",
            "Tên đề án",
            "Đơn vị thực hiện",
            "Mục tiêu",
            "Kết quả",
            "Thời gian",
            None,
            "Kinh phí",
            *[None] * 3,
            "Ghi chú",
        ],
        [*[None] * 5, "Từ", "Đến", "Tổng số", "Trong đó"],
        [*[None] * 8, "KCQG", "Đơn vị thụ hưởng", "Khác"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)=(9)+(10)+(11)", "(9)", "(10)", "(11)", "(12)"],
    ]
    reading = read(rows)
    assert reading.ready
    assert reading.rows[0].import_key == one().rows[0].import_key


def test_the_name_of_the_beneficiary_is_not_its_money() -> None:
    rows = [*register_rows()[:6]]
    rows += [
        [
            "TT",
            "Tên đề án",
            "Đơn vị thực hiện",
            "Đơn vị thụ hưởng",
            "Tổng kinh phí",
            "KCQG",
            "Đóng góp của đơn vị thụ hưởng",
        ],
        [1, "Đào tạo nghề", "Trung tâm", "Hợp tác xã chè", 349.5, 260, 89.5],
    ]
    reading = read(rows)
    assert reading.ready
    assert reading.rows[0].counterpart == 89_500_000


def test_decomposed_text_is_read_as_composed() -> None:
    rows = register_rows(total=[349.5, 260, 89.5, 0])
    apart = [[unicodedata.normalize("NFD", v) if isinstance(v, str) else v for v in line] for line in rows]
    reading = read(apart)
    assert reading.ready
    assert reading.rows[0].title == ROW[1]
    assert reading.rows[0].import_key == one().rows[0].import_key
    assert ("composed", "B9") in [(note.code, note.cell) for note in reading.corrections]


def test_stray_spaces_and_line_breaks_are_corrected_and_said() -> None:
    reading = one(title="  Đào tạo\u00a0nghề \r\nchế biến chè ", unit=" Trung tâm  Khuyến công Hà Giang")
    assert reading.rows[0].title == "Đào tạo nghề chế biến chè"
    assert reading.rows[0].import_key == one().rows[0].import_key
    assert [(n.code, n.cell) for n in reading.corrections] == [("line_breaks", "B9"), ("spaces", "C9")]


@pytest.mark.parametrize(
    ("change", "code", "cell"),
    [
        ({"start": "sớm"}, "not_date", "F9"),
        ({"start": "13/2024"}, "not_date", "F9"),
        ({"start": date(1905, 7, 16)}, "not_date", "F9"),
        ({"start": date(1905, 7, 1)}, "not_date", "F9"),
        ({"end": "x" * 10_000}, "not_date", "G9"),
        ({"end": " " * 10_000 + "x"}, "not_date", "G9"),
        ({"end": "01/2024"}, "end_before_start", "G9"),
        ({"title": None}, "missing_title", "B9"),
        ({"title": "  "}, "missing_title", "B9"),
        ({"unit": None}, "missing_unit", "C9"),
        ({"total": None}, "missing_amount", "H9"),
        ({"requested": " - "}, "missing_amount", "I9"),
        ({"requested": -260}, "negative", "I9"),
        ({"requested": "-260"}, "negative", "I9"),
        ({"requested": "(260)"}, "negative", "I9"),
        ({"total": "ba trăm"}, "not_number", "H9"),
        ({"total": "12x"}, "not_number", "H9"),
        ({"total": True}, "not_number", "H9"),
        ({"total": date(2024, 1, 5)}, "not_number", "H9"),
        ({"total": "349,5 tỷ"}, "other_unit", "H9"),
        ({"total": 349.5000001}, "fraction", "H9"),
        ({"total": 10**16}, "too_large", "H9"),
        ({"total": 349_500_000, "requested": 260_000_000, "counterpart": 89_500_000}, "absurd", "H9"),
        ({"other": 1}, "sum_mismatch", "H9"),
        ({"total": 349.500001}, "sum_mismatch", "H9"),
        ({"title": "x" * 10_000}, "text", "B9"),
        ({"title": "chè\x1b[31m"}, "text", "B9"),
        ({"title": "chè\0"}, "text", "B9"),
        ({"title": "chè \u202etím"}, "text", "B9"),
        ({"title": "chè \ud800"}, "text", "B9"),
        ({"unit": "Trung tâm\u200b"}, "text", "C9"),
        ({"note": "\x1b]52;c;aGk=\x07"}, "text", "L9"),
    ],
)
def test_a_bad_cell_is_named(change: dict[str, Any], code: str, cell: str) -> None:
    reading = one(**change)
    assert codes(reading) == [(code, cell)]
    assert [r.ok for r in reading.rows] == [False]
    assert cell in sentence(reading.problems[0], "vi")
    assert "Biểu" in sentence(reading.problems[0], "en")


@pytest.mark.parametrize("field", ["title", "unit", "start", "total", "counterpart"])
def test_broken_cells_are_named(field: str) -> None:
    rows: list[list[Any]] = [list(line) for line in register_rows()]
    at = {"title": 1, "unit": 2, "start": 5, "total": 7, "counterpart": 9}[field]
    rows[8][at] = Broken("#REF!")
    reading = read(rows)
    assert [problem.code for problem in reading.problems] == ["broken_cell"]
    assert "#REF!" in sentence(reading.problems[0], "vi")


@pytest.mark.parametrize("title", ["[red]Chè[/red]", "[@click=app.quit]Chè[/]", "[/b]", "{0} %s $t", "=1+1"])
def test_markup_in_a_title_is_plain_text(title: str, tmp_path: Path) -> None:
    reading = read_register(write_register(tmp_path / "[red].xlsx", [row(title=title)]))
    assert reading.rows[0].title == title
    assert reading.rows[0].ok


@pytest.mark.parametrize(
    ("unit", "scale"),
    [
        ("triệu đồng", "1"),
        ("Triệu đồng.", "1"),
        ("tr.đ", "1"),
        ("nghìn đồng", "1000"),
        ("ngàn đồng", "1000"),
        ("1.000 đồng", "1000"),
        ("đồng", "1000000"),
        ("Đồng Việt Nam", "1000000"),
        ("tỷ đồng", "0.001"),
        ("tỉ đồng", "0.001"),
    ],
)
def test_units(unit: str, scale: str) -> None:
    standard = {"total": "349.5", "requested": "260", "counterpart": "89.5"}
    amounts = {name: Decimal(value) * Decimal(scale) for name, value in standard.items()}
    reading = read(register_rows([row(**amounts)], unit=unit))
    assert reading.ready
    assert reading.sums == Sums(349_500_000, 260_000_000, 89_500_000, 0)


def test_numbers_as_text_in_both_notations() -> None:
    for total, requested, counterpart in (("1.349,5", "1.260", "89,50"), ("1349.5", "1260", "89.5")):
        reading = one(total=total, requested=requested, counterpart=counterpart)
        assert reading.ready
        assert reading.sums == Sums(1_349_500_000, 1_260_000_000, 89_500_000, 0)
    notes = [
        (n.code, n.cell) for n in one(total="1.349,5", requested="1.260", counterpart="89,5").corrections
    ]
    assert notes == [("text_number", "H9"), ("ambiguous_number", "I9"), ("text_number", "J9")]


def test_noise_of_the_sheets_own_sums_is_dropped_and_said() -> None:
    reading = one(total=403.29999999999995, requested=260, counterpart=143.3)
    assert reading.ready
    assert reading.rows[0].total == 403_300_000
    assert [(n.code, n.cell, n.became) for n in reading.corrections] == [("number_noise", "H9", "403,3")]


def test_groups_give_the_kind_and_their_sums_are_checked() -> None:
    lines: list[list[Any]] = [
        ["I", "Đề án điểm", *[None] * 5, 349.5, 260, 89.5],
        row(),
        ["II.", "Đề án nhóm (chưa xác định địa điểm)"],
        row(ordinal=2, title="B"),
        [None, "Cộng nhóm II", *[None] * 5, 300, 260, 89.5],
        ["III", "Đề án liên kết vùng, nhiều tỉnh"],
        row(ordinal=3, title="C"),
        ["IV", "Đề án khác"],
        row(ordinal=4, title="D"),
        [None, "Đề án điểm"],
        row(ordinal=5, title="E"),
        ["V", "Ngành dệt"],
        row(ordinal=6, title="F"),
    ]
    reading = read(register_rows(lines, total=[2097, 1560, 537, 0]))
    assert [r.kind for r in reading.rows] == [
        "point",
        "group",
        "multi_province",
        "ordinary",
        "point",
        "ordinary",
    ]
    assert codes(reading) == [("group_mismatch", "H13")]
    assert [(w.code, w.cell) for w in reading.warnings] == [("group_unknown", "B20")]
    assert all(r.ok for r in reading.rows)


def test_a_bare_cong_closes_its_group_unless_it_is_the_last() -> None:
    lines: list[Any] = [["I", "Đề án điểm"], row(), [None, "Cộng", *[None] * 5, 349.5, 260, 89.5]]
    lines += [["II", "Đề án khác"], row(title="B"), [None, "Cộng:", *[None] * 5, 699, 520, 179]]
    reading = read(register_rows(lines))
    assert reading.ready
    assert reading.declared == Sums(699_000_000, 520_000_000, 179_000_000, 0)


def test_an_unreadable_amount_is_said_once_and_not_again_by_the_totals() -> None:
    reading = read(register_rows([row(total="x")], total=[349.5, 260, 89.5, 0]))
    assert codes(reading) == [("not_number", "H9")]


def test_titles_that_begin_like_totals_or_groups_are_proposals() -> None:
    titles = ["Tổng kết mô hình", "Cổng thông tin khuyến công", "Nhóm hộ làm nghề khác", "Đề án điểm về chè"]
    reading = read(register_rows([row(ordinal=n, title=title) for n, title in enumerate(titles, 1)]))
    assert [r.title for r in reading.rows] == titles


def test_the_signature_block_is_not_read_as_proposals() -> None:
    rows = register_rows(total=[349.5, 260, 89.5, 0])
    rows += [[], [*[None] * 8, "Hà Giang, ngày 12 tháng 6 năm 2023"], [*[None] * 8, "GIÁM ĐỐC"]]
    rows += [[None, "Nơi nhận: Cục Công Thương địa phương; Lưu: VT."], ["2", "bản"]]
    reading = read(rows)
    assert reading.ready
    assert len(reading.rows) == 1
    assert not reading.warnings
    late = read([*rows, [None, "Bổ sung", *[None] * 5, 10]])
    assert [(w.code, w.cell) for w in late.warnings] == [("row_ignored", "B16")]


def test_warnings() -> None:
    def warned(**changes: Any) -> list[tuple[str, str]]:
        return [(w.code, w.cell) for w in one(**changes).warnings if w.code != "no_total"]

    assert warned(start="02/2010", end="07/2030") == [("far_date", "F9")]
    assert warned(end="07/2030") == [("far_date", "G9")]
    assert warned(start=None) == [("missing_date", "F9")]
    assert warned(requested=0, counterpart=349.5) == [("nothing_requested", "I9")]
    assert (
        warned(total=0.0003495, requested=0.00026, counterpart=0.0000895) == []
    )  # a fraction of a đồng: refused
    assert warned(total=0.3495, requested=0.26, counterpart=0.0895) == [("unit_doubtful", "H9")]
    assert [(w.code, w.cell) for w in one().warnings] == [("no_total", "H9")]
    twins = read(
        register_rows([row(), row(ordinal=2, title="ĐÀO TẠO NGHỀ  chế biến chè", total=99.5, requested=10)])
    )
    assert [(w.code, w.cell, w.expected) for w in twins.warnings if w.code == "duplicate"] == [
        ("duplicate", "B10", "9")
    ]
    between = read(register_rows([row(), [None, "Ngành chè"], row(ordinal=2, title="B")]))
    assert [(w.code, w.cell) for w in between.warnings if w.code != "no_total"] == [("row_ignored", "B10")]


def test_ditto_and_units_merged_downwards() -> None:
    lines: list[Any] = [row(), row(ordinal=2, title="B", unit=None), row(ordinal=3, title="C", unit="-nt-")]
    reading = read([sheet(register_rows(lines), merged=((8, 2, 9, 2),))])
    assert reading.ready
    assert {r.implementing_unit for r in reading.rows} == {ROW[2]}
    assert [(n.code, n.cell) for n in reading.corrections] == [("ditto", "C11")]
    assert codes(read(register_rows(lines[:2]))) == [("missing_unit", "C10")]


def test_the_same_proposal_has_the_same_key_and_twins_differ() -> None:
    twice = read(register_rows([row(), row(ordinal=2)]))
    first, second = (r.import_key for r in twice.rows)
    assert first != second
    again = read(register_rows([row(), row(ordinal=2)]))
    assert [r.import_key for r in again.rows] == [first, second]
    base = one().rows[0].import_key
    assert base == first
    assert len(base) == 64
    for change in ({"title": "B"}, {"unit": "B"}, {"start": "03/2024"}, {"counterpart": 80, "other": 9.5}):
        assert one(**change).rows[0].import_key != base
    for title in ({"year": 2025}, {"province": "LÀO CAI"}, {"source": "ĐỊA PHƯƠNG"}):
        assert read(register_rows(**title)).rows[0].import_key != base


def test_the_sheet_with_the_table_is_chosen_and_others_are_named(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        {
            "Bìa": [["Sở Công Thương"]],
            "Biểu [b]": register_rows(),
            "Rút gọn": [r[:11] for r in register_rows()],
        },
    )
    reading = read_register(path)
    assert reading.sheet == "Biểu [b]"
    assert [w.sheet for w in reading.warnings if w.code == "other_sheet"] == ["Rút gọn"]
    hidden = [sheet(register_rows(), "Ẩn", hidden=True), sheet([r[:11] for r in register_rows()], "Hiện")]
    assert read(hidden).sheet == "Hiện"


def test_a_workbook_without_the_columns_names_them() -> None:
    other = [["TT", "Tên đề án", "Đơn vị thực hiện", "Địa điểm"], [1, "a", "b", "c"]]
    with pytest.raises(RegisterRefused) as caught:
        read([sheet(other, "Một\x1b"), sheet([], "Hai")])
    assert caught.value.missing == {
        "Một␛": ("total", "requested"),
        "Hai": ("title", "unit", "total", "requested"),
    }
    for lang in ("vi", "en"):
        said = refused_sentence(caught.value, lang)
        assert "Một␛" in said
        assert "Hai" in said
    assert "Tổng số" in refused_sentence(caught.value, "vi")


def test_a_table_without_rows() -> None:
    assert [(p.code, p.level) for p in read(register_rows([])).problems] == [("no_rows", "file")]


cells = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["I", "1", "Tổng cộng", "Cộng", "Đề án điểm", "1.143", "03/2024", "nt", "-", "KCQG"]),
    st.integers(-(10**18), 10**18),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.booleans(),
    st.builds(Broken, st.text(max_size=10)),
)


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=13), max_size=8), st.booleans())
def test_no_table_makes_the_reader_fail(lines: list[list[Cell]], in_title: bool) -> None:
    rows: list[list[Any]] = [list(line) for line in register_rows()]
    rows = [*lines, *rows] if in_title else [*rows, *lines]
    reading = read([Sheet("Biểu", tuple(tuple(line) for line in rows))])
    for r in reading.good_rows:
        assert r.title
        assert r.total == r.requested + r.counterpart + r.other
