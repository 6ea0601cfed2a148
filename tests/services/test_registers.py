"""Import of real registers: shown first, written whole, never twice."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from db.store import open_store
from kcflow.register import RegisterAnswers
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.views import ListFilter
from tests.services.world import SCT, UNIT, World
from tests.workbooks import BAD, row, write_register

REGISTERS = Path(str(resources.files("kcflow") / "data" / "registers"))
HA_GIANG = str(REGISTERS / "KCQG-2024-1-HaGiang.xlsx")
BROKEN = str(REGISTERS / "KCQG-2024-loi.xlsx")


def test_read_shows_and_writes_nothing(world: World) -> None:
    plan = world.desk(SCT).register_read(HA_GIANG)
    assert (plan.source, plan.plan_year, plan.province, plan.unit) == ("kcqg", 2024, "63:02", "trieu")
    assert (plan.new_count, plan.bad_count, len(plan.rows)) == (8, 0, 8)
    assert plan.total_requested == 4_250_250_000
    assert plan.corrections  # stray spaces are named
    assert world.desk("ktnn").count() == 0


def test_write_then_write_again(world: World) -> None:
    world.day = date(2023, 6, 12)
    desk = world.desk(SCT)
    result = desk.register_write(desk.register_read(HA_GIANG))
    assert len(result.written) == 8
    rows = desk.dossiers(ListFilter(source="kcqg")).rows
    assert sum(each.requested for each in rows) == 4_250_250_000
    assert {each.unit_office for each in rows} == {"TTKC-63-02"}
    assert {each.entered_on for each in rows} == {date(2023, 6, 8)}  # the register's report
    again = desk.register_write(desk.register_read(HA_GIANG))
    assert (again.written, len(again.already)) == ((), 8)
    assert desk.count() == 8
    content = desk.dossier(result.written[0]).content
    assert content["import_ref"] is not None


def test_errors_write_nothing_unless_rows_are_skipped(world: World) -> None:
    world.day = date(2023, 6, 12)
    with world.store.administer() as admin:
        from db import directory
        from kcflow.bootstrap import provincial_offices
        from kcflow.reference import province

        for office in provincial_offices(province("63:06"), date(2020, 1, 1)):
            directory.add_organisation(admin, office)
        directory.assign(admin, SCT, "department", "SCT-63-06", date(2020, 1, 1))
    world.shared.forget()
    desk = world.desk("sct-63-02")
    plan = desk.register_read(BROKEN)
    assert plan.bad_count == 2
    assert any("H13" in text.vi for view in plan.rows for text in view.problems)
    with pytest.raises(BadInput):
        desk.register_write(plan)
    assert desk.count() == 0
    result = desk.register_write(plan, skip_bad_rows=True)
    assert (len(result.written), result.skipped) == (6, 2)


def test_another_provinces_register_is_refused(world: World) -> None:
    desk = world.desk("sct-63-19")
    with pytest.raises(NoPermission):
        desk.register_write(desk.register_read(HA_GIANG))
    assert world.desk("ktnn").count() == 0
    names = {office.name for office in world.desk("ktnn").offices()}
    assert not any(name.endswith("mới") for name in names)


def test_new_units_are_named_then_opened(world: World, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    write_register(path, [row(unit="Công ty TNHH Chè Hùng An")], province="Hà Giang", year=2024)
    desk = world.desk(SCT)
    plan = desk.register_read(str(path))
    assert any("Công ty TNHH Chè Hùng An" in text.vi for view in plan.rows for text in view.warnings)
    desk.register_write(plan, on=world.day)
    opened = [office for office in desk.offices() if office.name == "Công ty TNHH Chè Hùng An"]
    assert [office.kind for office in opened] == ["enterprise"]


def test_questions_are_answered(world: World, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    write_register(path, [row()], province=None, year=None, source=None, unit=None)
    desk = world.desk(SCT)
    plan = desk.register_read(str(path))
    asked = {field for field, _ in plan.questions}
    assert {"plan_year", "source", "unit"} <= asked
    with pytest.raises(BadInput):
        desk.register_write(plan)
    answers = RegisterAnswers(province_code="02", plan_year=2024, source="kcqg", unit="trieu")
    assert desk.register_read(str(path), answers).questions == ()


def test_bad_workbooks_get_a_sentence(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    world = World(store)
    path = tmp_path / "bad.xlsx"
    for name, (maker, code) in BAD.items():
        path.write_bytes(maker())
        with pytest.raises(BadInput) as refused:
            world.desk(UNIT).register_read(str(path))
        assert code in refused.value.code, name
        assert refused.value.text.vi != refused.value.text.en, name
        assert "{" not in refused.value.text.vi + refused.value.text.en, name
    store.close()
