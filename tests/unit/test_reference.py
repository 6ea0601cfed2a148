"""Reference data against the tables of the law (domain.md §4.2, §6)."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow.reference import (
    UnknownProvince,
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
