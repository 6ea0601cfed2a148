"""Ceilings of support in a store: those that an office has set stand beside those of the law."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow.services.errors import BadInput, NoPermission
from tests.services.world import AGENCY, SCT, UNIT, World

TRIEU = 1_000_000
SINCE = date(2023, 4, 1)


def _warnings(world: World, code: str) -> tuple[str, ...]:
    return tuple(label.vi for label in world.desk("ktnn").dossier(code).warnings)


def _draft(world: World, source: str, requested: int, beneficiaries: tuple[str, ...] = ()) -> str:
    return world.draft(
        source=source,
        title=f"Ứng dụng máy móc {source} {requested} {len(beneficiaries)}",
        content_codes=(3,),
        requested=requested,
        total=requested * 4,
        counterpart=requested * 3,
        beneficiaries=beneficiaries,
    )


def test_a_province_sets_its_own_for_local_money(world: World) -> None:
    local, national = _draft(world, "kcdp", 900 * TRIEU), _draft(world, "kcqg", 900 * TRIEU)
    assert _warnings(world, local) == ()
    money = world.desk(SCT).money
    for item in ("demonstration_model", "copied_model", "machinery", "production_line", "cleaner_production"):
        own = money.set_ceiling(item, "NQ 05/2023/NQ-HĐND", SINCE, cap_dong=200 * TRIEU)
        assert (own.province, own.certainty) == ("63:02", "source")
    (told,) = _warnings(world, local)
    assert "NQ 05/2023/NQ-HĐND" in told
    assert "200.000.000 đ" in told
    assert _warnings(world, national) == ()
    # Another province has none of its own; and several establishments have a ceiling each.
    assert _warnings(world, _draft(world, "kcdp", 400 * TRIEU, ("HTX A", "HTX B"))) == ()
    assert "2 đối tượng" in _warnings(world, _draft(world, "kcdp", 401 * TRIEU, ("HTX A", "HTX B")))[0]
    listed = {one.item: one for one in world.desk(AGENCY).money.ceilings(province="63:02")}
    assert listed["machinery"].cap_dong == 200 * TRIEU
    assert {one.province for one in world.desk(AGENCY).money.ceilings()} == {""}


def test_a_newer_one_follows_the_older(world: World) -> None:
    money = world.desk(AGENCY).money
    money.set_ceiling("machinery", "QĐ 1/QĐ-BCT", SINCE, cap_dong=250 * TRIEU, permille=400)
    by_day = [
        next(one for one in money.ceilings(on) if one.item == "machinery").cap_dong
        for on in (date(2023, 3, 31), SINCE)
    ]
    assert by_day == [300 * TRIEU, 250 * TRIEU]


def test_what_cannot_be_set(world: World) -> None:
    money = world.desk(SCT).money
    for item, cap, permille, error in (
        ("no_such_item", 1, None, "ceiling_unknown"),
        ("machinery", None, None, "ceiling_empty"),
        ("machinery", 0, None, "ceiling_absurd"),
        ("machinery", -1, None, "ceiling_absurd"),
        ("machinery", 2**63, None, "ceiling_absurd"),
        ("machinery", 1, 1001, "ceiling_absurd"),
    ):
        with pytest.raises(BadInput) as refused:
            money.set_ceiling(item, "NQ 5", SINCE, cap_dong=cap, permille=permille)
        assert refused.value.code == error
        assert not refused.value.text.vi.startswith("errors.")
    with pytest.raises(BadInput):
        money.set_ceiling("machinery", " ", SINCE, cap_dong=1)
    with pytest.raises(NoPermission):
        world.desk(UNIT).money.set_ceiling("machinery", "NQ 5", SINCE, cap_dong=1)
