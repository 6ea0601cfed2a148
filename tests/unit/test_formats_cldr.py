"""Our formats beside Unicode's CLDR (by Babel), for vi_VN and en; where we differ on purpose, a test says so.

CLDR is how the world's software writes Vietnamese; decrees and forms of the state write some things another
way, and those are what our readers sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kcflow.formats import (
    MOST,
    UNITS,
    compact,
    count_text,
    date_text,
    dong,
    in_unit,
    percent,
    signed,
    trieu,
)
from kcflow.i18n import t
from kcflow.text import person_sort_key, vietnamese_sort_key

LOCALE = {"vi": "vi_VN", "en": "en"}
langs = st.sampled_from(sorted(LOCALE))
amounts = st.integers(-MOST, MOST)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def cldr(value: int | Decimal, lang: str) -> str:
    return str(format_decimal(value, locale=LOCALE[lang], decimal_quantization=False))


# -- numbers ---------------------------------------------------------------------------------


@settings(deadline=None)
@given(amounts, langs)
def test_counts_are_grouped_as_in_cldr(n: int, lang: str) -> None:
    assert count_text(n, lang) == cldr(n, lang)
    assert t("app.days", lang, n=n).startswith(cldr(n, lang))


@settings(deadline=None)
@given(st.integers(-999_999, 999_999), langs)
def test_signed_counts_have_a_real_minus(n: int, lang: str) -> None:
    """On purpose: CLDR has a hyphen in both languages, which is narrower than the digits it stands beside."""
    assert signed(n, lang) == cldr(n, lang).replace("-", "\u2212")


@settings(deadline=None)
@given(amounts, st.sampled_from(sorted(UNITS)), langs)
def test_amounts_in_a_unit_are_exact_decimals_of_cldr(n: int, unit: str, lang: str) -> None:
    assert in_unit(n, unit, lang) == cldr(Decimal(n) / UNITS[unit], lang)


@settings(deadline=None)
@given(amounts)
def test_dong_are_those_of_cldr_but_for_the_sign(n: int) -> None:
    vi = str(format_currency(n, "VND", locale="vi_VN"))
    # On purpose: forms of the state write "đ" (or "đồng") behind a plain space, not the sign "₫".
    assert dong(n, "vi") == vi.replace("\u00a0₫", " đ")
    en = str(format_currency(n, "VND", locale="en"))
    # On purpose: an English reader finds the sign where the Vietnamese page has it, behind the number.
    assert dong(n, "en") == f"{en.replace('₫', '')} ₫"


@settings(deadline=None)
@given(amounts, langs)
def test_millions_are_cldrs_word_behind_all_decimals(n: int, lang: str) -> None:
    word = str(format_compact_decimal(2_000_000, format_type="long", locale=LOCALE[lang])).split()[-1]
    assert trieu(n, lang) == f"{cldr(Decimal(n) / UNITS['trieu'], lang)} {word}"


@settings(deadline=None)
@given(st.integers(1, 99_999), st.sampled_from(["trieu", "ty"]), langs)
def test_compact_amounts_are_cldrs_while_they_are_exact(hundredths: int, unit: str, lang: str) -> None:
    n = hundredths * UNITS[unit] // 100
    assume(UNITS[unit] <= n < 1000 * UNITS[unit])
    theirs = str(format_compact_decimal(n, format_type="long", fraction_digits=2, locale=LOCALE[lang]))
    assert compact(n, lang) == theirs


@settings(deadline=None)
@given(amounts, langs)
def test_compact_amounts_never_round(n: int, lang: str) -> None:
    """On purpose: CLDR drops what doesn't fit; an amount that someone signs is said exactly."""
    number, word = compact(n, lang).rsplit(" ", 1)
    size = {"tỷ": "ty", "billion": "ty", "triệu": "trieu", "million": "trieu"}.get(word, "dong")
    plain = number.replace(".", "").replace(",", ".") if lang == "vi" else number.replace(",", "")
    assert Decimal(plain) * UNITS[size] == n


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 10**12), langs)
def test_percents_are_cldrs_with_one_decimal(part: int, base: int, lang: str) -> None:
    share = Decimal(part) / Decimal(base)
    tenths = (share * 1000).quantize(Decimal(1), rounding="ROUND_HALF_UP")
    pattern = "#,##0.0%"  # CLDR's own with the one decimal that a column of shares needs
    assert percent(part, base, lang) == format_percent(tenths / 1000, pattern, locale=LOCALE[lang])
    assert Locale.parse(LOCALE[lang]).percent_formats[None].pattern == "#,##0%"


# -- days ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(days)
def test_days_in_english_have_cldrs_months(day: date) -> None:
    """On purpose day first, as the documents do: CLDR's "en" begins with the month, as in America."""
    assert date_text(day, "en") == format_date(day, "dd MMM yyyy", locale="en")


@settings(deadline=None)
@given(days)
def test_days_in_vietnamese_are_those_of_official_forms(day: date) -> None:
    """On purpose: CLDR has d/M/yy; NĐ 30/2020 has two digits for days below 10, months 1 and 2."""
    assert date_text(day, "vi") == format_date(day, "dd/MM/yyyy", locale="vi_VN")
    short = format_date(day, "short", locale="vi_VN")
    assert [int(part) for part in short.split("/")] == [day.day, day.month, day.year % 100]


@pytest.mark.parametrize(("lang", "n"), [("vi", 1), ("vi", 3), ("vi", 12), ("en", 3), ("en", 12)])
def test_relative_days_are_said_as_in_cldr(lang: str, n: int) -> None:
    def said(span: timedelta) -> str:
        return str(
            format_timedelta(
                span, granularity="day", threshold=10**6, add_direction=True, locale=LOCALE[lang]
            )
        )

    assert t("form.days_ago", lang, days=n) == said(timedelta(days=-n))
    # CLDR's "sau 5 ngày nữa" says "after" twice over; people leave the "sau" out.
    assert t("form.days_ahead", lang, days=n) == said(timedelta(days=n)).removeprefix("sau ")


@pytest.mark.parametrize(("lang", "word"), [("vi", "hôm nay"), ("en", "today")])
def test_today_has_its_own_word(lang: str, word: str) -> None:
    assert t("form.today", lang) == word


# -- the order of names ----------------------------------------------------------------------

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def resorted(names: Sequence[str], key: Callable[[str], Any]) -> list[str]:
    """`names` turned round and sorted again, so that their first order can't stand by itself."""
    turned = list(names)
    turned.reverse()
    return sorted(turned, key=key)


def test_letters_and_tones_come_in_cldrs_order() -> None:
    """The order of CLDR's tailoring for vi: a ă â … d đ … and within a letter a à ả ã á ạ."""
    assert resorted(LETTERS, vietnamese_sort_key) == list(LETTERS)
    toned = [unicodedata.normalize("NFC", "a" + tone) for tone in TONES]
    assert toned == list("aàảãáạ")
    assert resorted(toned, vietnamese_sort_key) == toned


@pytest.mark.parametrize(
    "names",
    [
        ["An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bến Tre", "Bình Dương"],
        ["Cà Mau", "Cao Bằng", "Cần Thơ", "Dak", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Gia Lai"],
        ["Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị"],
        ["Sở Công Thương An Giang", "Sở Công Thương Đồng Tháp", "Sở Tài chính An Giang"],
        ["Thái Bình", "Thái Nguyên", "Thanh Hóa", "Thừa Thiên Huế", "Tiền Giang", "Trà Vinh"],
    ],
)
def test_offices_and_provinces_sort_as_in_official_lists(names: list[str]) -> None:
    assert resorted(names, vietnamese_sort_key) == names


def test_we_compare_syllable_by_syllable() -> None:
    """On purpose: CLDR looks at all letters before any tone; dictionaries go by syllables."""
    assert sorted(["Hạ Long", "Hà Nội"], key=vietnamese_sort_key) == ["Hà Nội", "Hạ Long"]


def test_people_sort_by_given_name() -> None:
    names = ["Trần Văn An", "Lê Thị Ánh", "Đỗ Minh Đức", "Nguyễn Văn Đức", "Bùi Thị Hà", "Phạm Hạ", "Lan"]
    assert resorted(names, person_sort_key) == names
    assert sorted(["", "A"], key=person_sort_key) == ["", "A"]
