"""Ceilings of support against the tables of the law (domain.md §4.5, §4.6)."""

from __future__ import annotations

from datetime import date

import pytest

import kcflow.ceilings
from kcflow.ceilings import all_ceilings, ceiling_warnings, ceilings

TRIEU = 1_000_000
IN_2016, IN_2024 = date(2016, 3, 1), date(2024, 3, 1)


def test_versions_follow_each_other_without_a_gap() -> None:
    changed = date(2018, 5, 15)
    before = {one.item for one in ceilings(date(2018, 5, 14))}
    after = {one.item for one in ceilings(changed)}
    assert before | {"production_line"} == after
    assert len(ceilings(changed)) == len(after)
    assert ceilings(date(2014, 4, 7)) == ()
    assert all(one.valid_from == changed for one in ceilings(IN_2024))


def test_figures_are_marked_by_how_sure_they_are() -> None:
    national = {one for one in all_ceilings() if not one.province}
    assert national == {*ceilings(IN_2016), *ceilings(IN_2024)}
    for one in all_ceilings():
        assert (one.certainty == "unknown") == (one.permille is None and one.cap_dong is None), one.item
        assert one.share_of or one.permille is None
        assert 1 <= one.content <= 9
    sure = {(one.item, one.cap_dong) for one in ceilings(IN_2024) if one.certainty == "source"}
    assert sure == {
        ("demonstration_model", 1000 * TRIEU),
        ("machinery", 300 * TRIEU),
        ("production_line", 450 * TRIEU),
    }


@pytest.mark.parametrize(
    ("item", "requested", "total", "on", "units", "codes"),
    [
        ("machinery", 300 * TRIEU, 600 * TRIEU, IN_2024, 1, []),
        ("machinery", 300 * TRIEU + 1, 700 * TRIEU, IN_2024, 1, ["over_cap"]),
        ("machinery", 300 * TRIEU, 600 * TRIEU - 2, IN_2024, 1, ["over_share"]),
        ("machinery", 400 * TRIEU, 600 * TRIEU, IN_2024, 1, ["over_cap", "over_share"]),
        ("machinery", 600 * TRIEU, 1200 * TRIEU, IN_2024, 2, []),
        ("machinery", 250 * TRIEU, 500 * TRIEU, IN_2016, 1, ["over_cap"]),
        # An unknown cost leaves the share alone.
        ("machinery", 300 * TRIEU, 0, IN_2024, 1, []),
        # A content warns only above its most generous item.
        (3, 500 * TRIEU, 2000 * TRIEU, IN_2024, 1, []),
        (3, 1500 * TRIEU, 6000 * TRIEU, IN_2024, 1, ["over_cap"]),
        # Fairs abroad have no cap, so nothing of content 4 can be said to be too much.
        (4, 9000 * TRIEU, 9000 * TRIEU, IN_2024, 1, []),
        # A conference is content 2, too: the ceiling of founding an enterprise says nothing of it.
        (2, 900 * TRIEU, 900 * TRIEU, IN_2024, 1, []),
        ("found_enterprise", 900 * TRIEU, 900 * TRIEU, IN_2024, 1, ["over_cap"]),
        ("machinery", 900 * TRIEU, 900 * TRIEU, date(2013, 1, 1), 1, []),
        ("3", 1500 * TRIEU, 6000 * TRIEU, IN_2024, 1, ["over_cap"]),
        ("", 9000 * TRIEU, 9000 * TRIEU, IN_2024, 1, []),
        (None, 9000 * TRIEU, 9000 * TRIEU, IN_2024, 1, []),
        ("no_such_item", 900 * TRIEU, 900 * TRIEU, IN_2024, 1, []),
    ],
)
def test_ceiling_warnings(
    item: int | str | None, requested: int, total: int, on: date, units: int, codes: list[str]
) -> None:
    found = ceiling_warnings(item, requested, total, on, units)
    assert [one.code for one in found] == codes
    assert all(one.requested == requested > one.limit for one in found)


def test_a_warning_says_how_sure_it_is() -> None:
    (sure,) = ceiling_warnings("machinery", 301 * TRIEU, 0, IN_2024)
    assert sure.certainty == "source"
    assert "300.000.000 đ" in sure.label.vi
    assert "TT 28/2018/TT-BTC Đ8.4" in sure.label.en
    assert "chưa được đối chiếu" not in sure.label.vi
    (recalled,) = ceiling_warnings("cluster_infrastructure", 6001 * TRIEU, 0, IN_2024)
    assert recalled.certainty == "recalled"
    assert "chưa được đối chiếu" in recalled.label.vi
    assert "not checked" in recalled.label.en
    (stale,) = ceiling_warnings("consulting", 36 * TRIEU, 0, IN_2024)
    assert stale.certainty == "unknown"
    assert "TTLT 26/2014" in stale.label.vi
    assert "tới 52.500.000 đ" in stale.label.vi
    assert "tới" not in sure.label.vi
    assert "mức gần nhất đã biết" in stale.label.vi
    # A content is as sure as its least sure item, and its sentence names no item as the one that is meant.
    (content,) = ceiling_warnings(3, 1001 * TRIEU, 0, IN_2024)
    assert content.certainty == "recalled"
    assert content.among == 5
    assert "cao hơn mọi mức hỗ trợ của nội dung 3: trong 5 mức" in content.label.vi
    assert "of 5, the highest is 1,000,000,000 ₫" in content.label.en


def test_shares_are_written_exactly() -> None:
    (one,) = ceiling_warnings("demonstration_model", 31, 100, IN_2024)
    assert "30% chi phí" in one.label.vi
    assert "30% of the cost" in one.label.en
    assert kcflow.ceilings._percent(25, "vi") == "2,5%"
    assert kcflow.ceilings._percent(25, "en") == "2.5%"


def test_what_is_for_several_beneficiaries_is_reckoned_for_each() -> None:
    assert ceiling_warnings("machinery", 600 * TRIEU, 0, IN_2024, units=2) == ()
    (one,) = ceiling_warnings("machinery", 601 * TRIEU, 0, IN_2024, units=2)
    assert one.limit == 600 * TRIEU
    assert "cho 2 đối tượng thụ hưởng" in one.label.vi
    assert "for the 2 beneficiaries" in one.label.en


def test_a_province_has_its_own() -> None:
    on, dak_lak = date(2026, 3, 1), "34:66"
    (own,) = ceiling_warnings("demonstration_model", 801 * TRIEU, 0, on, province=dak_lak)
    assert (own.limit, own.borrowed) == (800 * TRIEU, False)
    assert "Đắk Lắk" in own.label.vi
    assert ceiling_warnings("demonstration_model", 801 * TRIEU, 0, on) == ()
    # Before its resolution, and in a province whose figures aren't known, the national one stands in.
    for province, day in ((dak_lak, date(2025, 7, 25)), ("63:02", on)):
        (lent,) = ceiling_warnings("demonstration_model", 1001 * TRIEU, 0, day, province=province)
        assert (lent.limit, lent.borrowed) == (1000 * TRIEU, True)
        assert "mức của KCQG" in lent.label.vi
