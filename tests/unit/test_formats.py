"""Money and dates, as read and as shown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcflow import formats
from kcflow.formats import (
    MOST,
    UNITS,
    NumberRefused,
    compact,
    date_text,
    dong,
    dong_from_number,
    in_unit,
    instant_text,
    parse_date,
    parse_dong,
    read_dong,
    sentence,
    trieu,
)

units = st.sampled_from(sorted(UNITS))
amounts = st.integers(0, MOST)


def code_of(text: str, unit: str = "trieu") -> str:
    with pytest.raises(NumberRefused) as caught:
        parse_dong(text, unit)
    assert sentence(caught.value, "vi") != sentence(caught.value, "en")
    return caught.value.code


def test_money_is_shown_exactly_in_both_languages() -> None:
    assert (dong(285_250_000), dong(285_250_000, "en")) == ("285.250.000 đ", "285,250,000 ₫")
    assert (trieu(285_250_000), trieu(285_250_000, "en")) == ("285,25 triệu", "285.25 million")
    assert trieu(20_285_500_001) == "20.285,500001 triệu"
    assert trieu(-1_500_000) == "-1,5 triệu"
    assert (compact(1_500_000_000), compact(1_500_000_000, "en")) == ("1,5 tỷ", "1.5 billion")
    assert compact(5_694_400_000) == "5.694,4 triệu"
    assert compact(5_694_400_001) == "5.694.400.001 đ"
    assert (compact(0), compact(950)) == ("0 đ", "950 đ")
    assert in_unit(1_143_300_000, "trieu") == "1.143,3"


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("20.285,5", "trieu", 20_285_500_000),
        ("20285.5", "trieu", 20_285_500_000),
        ("20,285.5", "trieu", 20_285_500_000),
        ("1.143,3", "trieu", 1_143_300_000),
        ("285,25", "trieu", 285_250_000),
        (" 155 ", "trieu", 155_000_000),
        ("155 triệu", "trieu", 155_000_000),
        ("285.250.000 đ", "dong", 285_250_000),
        ("285.250.000", "dong", 285_250_000),
        ("285.250", "dong", 285_250),
        ("285,250", "dong", 285_250),
        ("1\u00a0143,3", "nghin", 1_143_300),
        ("1.143.300", "nghin", 1_143_300_000),
        ("1,5 tỷ đồng", "ty", 1_500_000_000),
        ("0,125", "ty", 125_000_000),
        ("0", "trieu", 0),
        ("1.143,300", "trieu", 1_143_300_000),
    ],
)
def test_vietnamese_and_machine_numerals_are_read(text: str, unit: str, expected: int) -> None:
    assert parse_dong(text, unit) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("abc", "not_number"),
        ("12x", "not_number"),
        ("1e5", "not_number"),
        ("NaN", "not_number"),
        ("Infinity", "not_number"),
        ("٣", "not_number"),
        ("１２", "not_number"),
        ("1.2.3", "not_number"),
        ("12,34,567", "not_number"),
        ("1..2", "not_number"),
        ("--5", "negative"),
        ("-5", "negative"),
        ("\u22125,5", "negative"),
        ("(5)", "negative"),
        ("-x", "not_number"),
        ("0,0000001", "fraction"),
        ("1" * 30, "too_large"),
        ("1" * 5000, "too_large"),
        ("155 đồng", "other_unit"),
        ("1,5 tỷ", "other_unit"),
        ("1.143", "ambiguous"),
        ("1,143", "ambiguous"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, code: str) -> None:
    assert code_of(text) == code


def test_two_readings_are_named_and_a_workbook_takes_the_vietnamese_one() -> None:
    with pytest.raises(NumberRefused) as caught:
        parse_dong("1.143", "trieu")
    assert "1.143.000.000 đ" in sentence(caught.value, "vi")
    assert "1.143.000 đ" in sentence(caught.value, "vi")
    assert read_dong("1.143", "trieu") == formats.Amount(1_143_000_000, assumed=True)
    assert read_dong("1,143", "trieu") == formats.Amount(1_143_000, assumed=True)
    assert read_dong("1.143,3", "trieu").assumed is False


@settings(deadline=None)
@given(amounts, units)
def test_what_is_shown_in_vietnamese_is_read_back(n: int, unit: str) -> None:
    assert read_dong(in_unit(n, unit, "vi"), unit).dong == n
    assert read_dong(dong(n), "dong").dong == n
    assert read_dong(trieu(n), "trieu").dong == n


@settings(deadline=None)
@given(amounts)
def test_what_is_shown_in_english_is_read_back_or_asked(n: int) -> None:
    read = read_dong(trieu(n, "en"), "trieu")
    assert read.dong == n or read.assumed
    assert parse_dong(dong(n, "en"), "dong") == n


@settings(deadline=None)
@given(amounts, units)
def test_machine_numbers_are_exact(n: int, unit: str) -> None:
    assert dong_from_number(Decimal(n) / UNITS[unit], unit) == n


def test_numbers_from_cells_keep_the_same_bounds() -> None:
    for value, code in ((-1, "negative"), (Decimal("0.5"), "fraction"), (MOST + 1, "too_large")):
        with pytest.raises(NumberRefused) as caught:
            dong_from_number(value, "dong")
        assert caught.value.code == code


def test_days() -> None:
    assert (date_text(date(2023, 6, 5)), date_text(date(2023, 6, 15), "en")) == ("05/06/2023", "15 Jun 2023")
    assert (
        parse_date("15/06/2023") == parse_date("15/6/2023") == parse_date(" 2023-06-15 ") == date(2023, 6, 15)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2023",
        "15/06/23",
        "2023-6-15",
        "15-06-2023",
        "15/06/1800",
        "٠١/٠١/٢٠٢٣",
        "1/1/2023\x1b",
        "x" * 99,
    ],
)
def test_other_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|year|day|month"):
        parse_date(text)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_days_shown_are_read_back(day: date) -> None:
    assert parse_date(date_text(day)) == parse_date(day.isoformat()) == day


def test_instants_are_shown_in_vietnam() -> None:
    late = datetime(2023, 12, 31, 17, 30, 5, tzinfo=UTC)
    assert instant_text(late) == "01/01/2024 00:30"
    assert instant_text(late, "en", seconds=True) == "01 Jan 2024 00:30:05"
    with pytest.raises(ValueError, match="zone"):
        instant_text(datetime(2023, 1, 1))  # noqa: DTZ001
    assert formats.now().utcoffset() == timedelta(0)


def test_instants_need_no_zone_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_data(key: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr("zoneinfo.ZoneInfo", no_data)
    formats._vietnam.cache_clear()
    try:
        assert instant_text(datetime(2023, 12, 31, 17, 30, tzinfo=UTC)) == "01/01/2024 00:30"
    finally:
        formats._vietnam.cache_clear()
