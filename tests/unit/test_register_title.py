"""What a register says about itself: year, source, province, unit; and what is asked when it does not."""

import pytest

from kcflow.register import RegisterAnswers, load_provinces, sentence
from tests.registers import codes, one, read
from tests.workbooks import register_rows


def test_what_the_sheet_does_not_say_is_asked() -> None:
    rows = register_rows(province=None, year=None, source=None, unit=None, report=None)
    rows[0][0] = None
    reading = read(rows)
    assert [q.field for q in reading.questions] == ["plan_year", "source", "unit", "province_code"]
    assert all(q.text for q in reading.questions)
    assert not reading.problems
    assert not reading.ready
    assert not reading.good_rows
    answers = RegisterAnswers(province_code="02", plan_year=2024, source="kcqg", unit="trieu")
    answered = read(rows, answers)
    assert answered.ready
    assert answered.rows[0].import_key == one().rows[0].import_key
    assert answered.province_name == "Hà Giang"


def test_answers_overrule_with_a_warning() -> None:
    answers = RegisterAnswers(province_code="19", plan_year=2025, source="kcdp", unit="nghin")
    reading = read(register_rows(), answers)
    assert (reading.province_name, reading.plan_year, reading.source, reading.unit) == (
        "Thái Nguyên",
        2025,
        "kcdp",
        "nghin",
    )
    overruled = [w for w in reading.warnings if w.code == "overruled"]
    assert [w.column for w in overruled] == ["plan_year", "source", "unit", "province_code"]
    assert "Hà Giang" in sentence(overruled[-1], "vi")
    assert not [
        w
        for w in read(register_rows(), RegisterAnswers("02", 2024, "kcqg", "trieu")).warnings
        if w.code == "overruled"
    ]
    with pytest.raises(ValueError, match="unit"):
        RegisterAnswers(unit="usd")
    with pytest.raises(ValueError, match="source"):
        RegisterAnswers(source="x")


def test_what_the_sheet_says_twice_is_asked() -> None:
    rows = register_rows()
    rows[1][0] = "SỞ CÔNG THƯƠNG LÀO CAI"
    rows[5][9] = "ĐVT: đồng"
    rows[5][8] = "(triệu đồng)"
    questions = {q.field: q for q in read(rows).questions}
    assert set(questions) == {"province_code", "unit"}
    assert "Lào Cai" in questions["province_code"].text
    assert "Hà Giang" in sentence(questions["province_code"], "en")
    assert "triệu đồng" in questions["unit"].text


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("THÀNH PHỐ HỒ CHÍ MINH", "Hồ Chí Minh"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("TỈNH BÀ RỊA – VŨNG TÀU", "Bà Rịa - Vũng Tàu"),
        ("TỈNH HÒA BÌNH", "Hoà Bình"),
        ("TỈNH THỪA THIÊN HUẾ", "Huế"),
        ("TỈNH ĐĂK LĂK", "Đắk Lắk"),
        ("tỉnh Hà  Nam", "Hà Nam"),
    ],
)
def test_names_of_provinces(written: str, name: str) -> None:
    rows = register_rows()
    rows[0][0] = f"ỦY BAN NHÂN DÂN {written}"
    assert read(rows).province_name == name


def test_every_province_is_found_by_its_name_at_its_time() -> None:
    for province in load_provinces():
        year = 2024 if province.list == "63" else 2027
        reading = read(register_rows(province=province.name.upper(), year=year, report=None))
        assert (reading.province_list, reading.province_code) == (province.list, province.code)


def test_the_registers_day_decides_between_the_lists() -> None:
    def at(report: str | None, year: int, name: str = "BẮC NINH") -> tuple[str | None, str | None]:
        reading = read(register_rows(province=name, year=year, report=report))
        return reading.province_list, reading.province_code

    assert at("Kèm theo Báo cáo số 1/BC-SCT ngày 30/6/2025", 2026) == ("63", "27")
    assert at("Kèm theo Báo cáo số 1/BC-SCT ngày 01 tháng 7 năm 2025", 2026) == ("34", "24")
    assert at(None, 2026) == ("63", "27")
    assert at(None, 2027) == ("34", "24")
    rows = register_rows(province="BẮC NINH", year=2026, report=None)
    assert read([*rows, [], ["Bắc Ninh, ngày 12 tháng 7 năm 2025"]]).province_list == "34"


def test_a_province_that_is_none_or_is_gone() -> None:
    unknown = read(register_rows(province="HÀ DƯƠNG"))
    assert [(p.code, p.cell, p.level) for p in unknown.problems] == [("province_unknown", "A1", "file")]
    assert unknown.blocking == unknown.problems
    gone = read(register_rows(province="HÀ GIANG", year=2027, report=None))
    assert [(p.code, p.cell) for p in gone.blocking] == [("province_not_then", "A1")]
    assert "Tuyên Quang" in sentence(gone.problems[0], "vi")
    answer = read(register_rows(province=None), RegisterAnswers(province_code="03"))
    assert codes(answer) == [("province_unknown", "")]
    assert read(register_rows(province="HÀ DƯƠNG"), RegisterAnswers(province_code="02")).ready
