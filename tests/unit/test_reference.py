"""Reference data against the tables of the law (domain.md §4.2, §4.5, §6)."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow import reference
from kcflow.reference import (
    UnknownProvince,
    all_ceilings,
    ceiling_warnings,
    ceilings,
    contents,
    covered_by,
    document_kinds,
    document_label,
    predecessors,
    province,
    province_in_force,
    provinces,
    provinces_named,
)

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
OLD = [one for one in provinces() if one.key.startswith("63:")]
NEW = [one for one in provinces() if one.key.startswith("34:")]


# -- provinces -------------------------------------------------------------------------------


def test_sixty_three_became_thirty_four() -> None:
    assert (len(OLD), len(NEW)) == (63, 34)
    assert len({one.key for one in provinces()}) == 97
    assert all(one.in_force(BEFORE) and not one.in_force(AFTER) for one in OLD)
    assert all(one.in_force(AFTER) and not one.in_force(BEFORE) for one in NEW)


def test_regions_before_the_merger() -> None:
    count = {region: sum(one.region == region for one in OLD) for region in {one.region for one in OLD}}
    assert count == {"Phía Bắc": 28, "Miền Trung – Tây Nguyên": 15, "Phía Nam": 20}
    north = [one.sub_region for one in OLD if one.region == "Phía Bắc"]
    assert {name: north.count(name) for name in set(north)} == {
        "Trung du, miền núi Bắc Bộ": 14,
        "ĐBSH & Bắc Trung Bộ": 14,
    }
    assert province("63:60").region == "Phía Nam"
    assert province("63:58").region == "Miền Trung – Tây Nguyên"


def test_regions_after_the_merger_follow_from_the_parts() -> None:
    for one in NEW:
        assert set(one.regions) == {province(key).region for key in predecessors(one.key)}
    assert [one.name for one in NEW if len(one.regions) > 1] == ["Lâm Đồng"]
    assert province("34:68").region_label.en == "Central–Highlands + South"


def test_every_old_province_went_somewhere_and_every_new_one_came_from_somewhere() -> None:
    new = {one.key for one in NEW}
    assert {one.successor for one in OLD} == new
    assert all(one.successor is None for one in NEW)
    assert sum(len(predecessors(key)) for key in new) == 63
    unchanged = [one for one in NEW if len(predecessors(one.key)) == 1]
    assert len(unchanged) == 11
    for one in unchanged:
        (before,) = predecessors(one.key)
        assert province(before).name == one.name


def test_a_code_means_nothing_without_its_list() -> None:
    assert province("63:24").name == "Bắc Giang"
    assert (province("63:24").list, province("63:24").code) == ("63", "24")
    assert province("34:24").name == "Bắc Ninh"
    for text, on, key in [
        ("24", BEFORE, "63:24"),
        ("24", AFTER, "34:24"),
        ("4", AFTER, "34:04"),
        ("63:24", BEFORE, "63:24"),
        ("Bắc Ninh", BEFORE, "63:27"),
        ("Bắc Ninh", AFTER, "34:24"),
    ]:
        found = province_in_force(text, on)
        assert found is not None
        assert found.key == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("tỉnh Hà Giang", "63:02"),
        ("HÀ GIANG", "63:02"),
        ("TP. Hồ Chí Minh", "63:79"),
        ("TPHCM", "63:79"),
        ("Thành phố Đà Nẵng", "63:48"),
        ("Hòa Bình", "63:17"),
        ("Hoà Bình", "63:17"),
        ("Bắc Cạn", "63:06"),
        ("Bà Rịa – Vũng Tàu", "63:77"),
        ("Thừa Thiên - Huế", "63:46"),
        ("Đắc Lắc", "63:66"),
        ("  Ha Giang ", "63:02"),
    ],
)
def test_names_as_registers_write_them(name: str, key: str) -> None:
    found = province_in_force(name, BEFORE)
    assert found is not None
    assert found.key == key


def test_each_name_is_one_province_of_a_list() -> None:
    for one in provinces():
        assert [other.key for other in provinces_named(one.name) if other.key[:2] == one.key[:2]] == [one.key]


def test_a_province_of_another_time_is_known_but_not_in_force() -> None:
    assert province_in_force("Hà Giang", AFTER) is None
    assert [one.key for one in provinces_named("Hà Giang")] == ["63:02"]
    assert province_in_force("63:02", AFTER) is None
    assert province_in_force("Atlantis", BEFORE) is None
    assert provinces_named("Atlantis") == ()
    assert province_in_force("", BEFORE) is None


@pytest.mark.parametrize("key", ["63:99", "24", "", "34:02"])
def test_an_unknown_key_is_an_error(key: str) -> None:
    for ask in (province, predecessors, covered_by):
        with pytest.raises(UnknownProvince) as unknown:
            ask(key)
        assert unknown.value.key == key


def test_an_office_answers_for_what_came_to_its_province() -> None:
    assert covered_by("34:08") == {"34:08", "63:02", "63:08"}
    assert covered_by("34:01") == covered_by("63:01") == {"34:01", "63:01"}
    assert covered_by("63:02") == {"63:02"}
    # The old Tuyên Quang is a part of the new one, and a part does not answer for the whole.
    assert covered_by("63:08") == {"63:08"}


# -- contents, documents ---------------------------------------------------------------------


def test_nine_contents_of_activity() -> None:
    assert [content.code for content in contents()] == list(range(1, 10))
    for content in contents():
        assert content.basis == f"NĐ 45/2012/NĐ-CP Đ4.{content.code}"
        assert content.items
        assert all(label.vi and label.en for label in (content.label, *content.items))


def test_kinds_of_document() -> None:
    kinds = {kind.code: kind for kind in document_kinds()}
    assert len(kinds) == len(document_kinds())
    assert all(kind.label.vi and kind.label.en and kind.basis for kind in kinds.values())
    assert kinds["mau_4a"].form == "Mẫu 4a"
    assert document_label("mau_4a").vi == "Phiếu thẩm định cấp cơ sở (Mẫu 4a)"
    formless = next(kind for kind in document_kinds() if not kind.form)
    assert document_label(formless.code) == formless.label
    assert document_label("no_such_kind").vi == "no_such_kind"


# -- ceilings --------------------------------------------------------------------------------

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
    assert set(all_ceilings()) == {*ceilings(IN_2016), *ceilings(IN_2024)}
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
    # A content is as sure as its least sure item.
    (content,) = ceiling_warnings(3, 1001 * TRIEU, 0, IN_2024)
    assert content.certainty == "recalled"


def test_shares_are_written_exactly() -> None:
    (one,) = ceiling_warnings("demonstration_model", 31, 100, IN_2024)
    assert "30% chi phí" in one.label.vi
    assert "30% of the cost" in one.label.en
    assert reference._percent(25, "vi") == "2,5%"
    assert reference._percent(25, "en") == "2.5%"
