"""Commands of contracts, payments, settlement, adjustments and stops over one store, in process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from db.store import open_store
from kcflow.commands.json_form import shape_fields
from kcflow.services import money_views, views
from tests.cli.conftest import Command, Desk
from tests.services.money.works import TRIEU, Works

FIRST, SECOND = "KCQG-24-0001", "KCQG-24-0002"
CONTRACT = "HD-24-0001"
AGENCY, UNIT, SCT, MINISTRY = (
    *(("--as", "cuc"), ("--as", "ttkc-63-02")),
    *(("--as", "sct-63-02"), ("--as", "bct")),
)


def letter(kind: str, on: str) -> tuple[str, ...]:
    return (
        *("--document-kind", kind, "--document-number", "15/VB"),
        *("--document-date", on, "--signer", "Nguyễn Văn Ký"),
    )


@pytest.fixture(scope="session")
def spent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two proposals whose plan is assigned, on 1 March 2024."""
    folder = tmp_path_factory.mktemp("spent")
    store = open_store(f"sqlite:///{folder / 'kcflow.db'}", create=True)
    try:
        works = Works(store)
        works.assigned(280 * TRIEU, 100 * TRIEU)
        with store.administer() as admin:
            from db import directory
            from kcflow.bootstrap import SAMPLE_DAY

            directory.put_meta(admin, SAMPLE_DAY, date(2024, 8, 12).isoformat())
    finally:
        store.close()
    return folder


@pytest.fixture
def desk(spent: Path, tmp_path: Path, run: Command) -> Desk:
    """The command line over a fresh copy, whose clock stands on 12 August 2024."""
    folder = tmp_path / "kho"
    shutil.copytree(spent, folder)
    return Desk(f"sqlite:///{folder / 'kcflow.db'}", run)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to go on at another person's account."""
    return lambda: monkeypatch.setattr("kcflow.bootstrap.os_account", lambda: ("second", "Người thứ hai"))


def members(value: object, kind: type) -> None:
    assert isinstance(value, dict)
    assert list(value) == shape_fields(kind)


def signed(desk: Desk) -> None:
    items = (f"{FIRST}=280tr", f"{SECOND}=100.000.000")
    desk.json("contract", "open", *items, "--on", "1/3/2024", *AGENCY)
    paper = letter("hop_dong", "20/3/2024")
    desk.json("contract", "sign", CONTRACT, "--on", "20/3/2024", *paper, *AGENCY)
    desk.json("advance", FIRST, SECOND, "start_implementation", "--on", "25/3/2024", *UNIT)


def test_a_contract_by_commands(desk: Desk, tmp_path: Path) -> None:
    items = (f"{FIRST}=280tr", f"{SECOND}=100.000.000")
    checked = desk.json("contract", "open", *items, "--dry-run", *AGENCY)
    members(checked, money_views.BatchResult)
    assert (checked["done"], checked["total"]) == (False, 380 * TRIEU)
    assert desk.json("contract", "list", *AGENCY)["rows"] == []
    members(
        desk.json("contract", "open", *items, "--title", "Hợp đồng chè", "--on", "1/3/2024", *AGENCY),
        views.Receipt,
    )
    (row,) = desk.json("contract", "list", "--open", *AGENCY)["rows"]
    members(row, money_views.OtherRow)
    assert (row["code"], row["title"], row["items_total"]) == (CONTRACT, "Hợp đồng chè", 380 * TRIEU)
    seen = desk.json("contract", "put", CONTRACT, f"{SECOND}=90tr", "--dry-run", *AGENCY)
    assert seen["total"] == 370 * TRIEU
    assert desk.json("contract", "show", CONTRACT, *AGENCY)["total"] == 380 * TRIEU
    board = desk.json("contract", "put", CONTRACT, f"{SECOND}=90tr", *AGENCY)
    members(board, money_views.Board)
    assert board["total"] == 370 * TRIEU
    paper = letter("hop_dong", "20/3/2024")
    seen = desk.json("contract", "sign", CONTRACT, "--on", "20/3/2024", "--dry-run", *AGENCY, code=1)
    assert {reason["code"] for reason in seen["reasons"]} == {"act_document_missing"}
    done = desk.json("contract", "sign", CONTRACT, "--on", "20/3/2024", *paper, *AGENCY)
    assert [(line["code"], line["dong"]) for line in done["lines"]] == [
        (FIRST, 280 * TRIEU),
        (SECOND, 90 * TRIEU),
    ]
    shown = desk.done("contract", "show", CONTRACT, "--lang", "en", *AGENCY)
    assert "370,000,000 ₫" in shown
    assert SECOND in shown
    amended = desk.json(
        *("contract", "amend", CONTRACT, f"{SECOND}=10tr", f"{FIRST}=-30tr", "--on", "2/4/2024"),
        *("--reason", "Điều chỉnh giá trị", *letter("phu_luc_hop_dong", "2/4/2024"), *AGENCY),
    )
    assert amended["total"] == -20 * TRIEU
    shown = desk.done("contract", "show", CONTRACT, *AGENCY)
    assert re.search(r"Giá trị hợp đồng +350\.000\.000 đ", shown)
    for group, code in (("contract", CONTRACT), ("payment", FIRST)):
        path = tmp_path / f"{group}.xlsx"
        assert desk.json(group, "export", code, str(path), *AGENCY) == {"path": str(path)}
        assert path.stat().st_size > 0
    twice = ("contract", "amend", CONTRACT, f"{SECOND}=1tr", f"{SECOND}=2tr", "--reason", "x")
    assert SECOND in desk.refused(2, *twice, *AGENCY)


def test_payments_reports_and_the_story(desk: Desk) -> None:
    signed(desk)
    pay = ("payment", "first", FIRST, "--type", "vocational_training", "--on", "5/4/2024")
    paper = (*letter("chung_tu_tam_ung", "5/4/2024"), "--paper", "mau_11=1/KH@5/4/2024")
    refused = desk.json(*pay, "--amount", "196.000.001", *paper, *AGENCY, code=1)["error"]
    (reason,) = refused["reasons"]
    assert reason["code"] == "advance_over_ratio"
    seen = desk.json(*pay, "--amount", "196tr", *paper, "--dry-run", *AGENCY)
    members(seen, views.Preview)
    assert (seen["allowed"], seen["amount_after"]) == (True, 196 * TRIEU)
    members(desk.json(*pay, "--amount", "196tr", *paper, *AGENCY), views.Receipt)
    report = (
        *("report-progress", FIRST, "--month", "4/2024", "--volume", "40,5%", "--used", "50tr"),
        *("--on", "20/4/2024", *letter("mau_3a", "20/4/2024")),
    )
    members(desk.json(*report, *UNIT), views.Receipt)
    story = desk.json("payment", "show", FIRST, *AGENCY)
    members(story, money_views.MoneyStory)
    assert story["contract"] == CONTRACT
    assert [event["kind"] for event in story["events"]] == [
        *("approved", "allocated", "contracted", "advanced"),
    ]
    assert story["events"][-1]["permille"] == 700
    assert story["reports"][0]["dong"] == 50 * TRIEU
    assert story["months_missing"] == ["2024-05-01", "2024-06-01", "2024-07-01"]
    text = desk.done("payment", "show", FIRST, *AGENCY)
    for part in ("196.000.000 đ", "70,0%", "Đào tạo nghề, truyền nghề", "05/2024", CONTRACT):
        assert part in text
    english = desk.done("payment", "show", FIRST, "--lang", "en", *AGENCY)
    assert "70.0% of contracted" in english


def test_acceptance_and_settlement_by_commands(desk: Desk) -> None:
    signed(desk)
    minutes = (*letter("mau_5a", "1/8/2024"), "--on", "1/8/2024", "--conclusion", "agreed")
    completion = (*letter("mau_3b", "30/7/2024"), "--on", "30/7/2024")
    desk.json("advance", FIRST, SECOND, "report_completion", *completion, *UNIT)
    too_much = desk.json("accept", FIRST, "--amount", "280.000.001", *minutes, *SCT, code=1)["error"]
    assert "acceptance_over_contract" in {reason["code"] for reason in too_much["reasons"]}
    desk.json("accept", FIRST, "--part", "--amount", "80tr", *minutes, *SCT)
    desk.json("accept", FIRST, "--amount", "170tr", *minutes, *SCT)
    desk.json("accept", SECOND, "--amount", "100tr", *minutes, *SCT)
    assert desk.json("contract", "show", CONTRACT, *AGENCY)["row"]["state"] == "accepted"
    submit = (
        *("settle", "submit", CONTRACT, "--on", "10/8/2024", *letter("ho_so_quyet_toan", "10/8/2024")),
        *("--paper", "mau_7=1/QT@10/8/2024", "--paper", "mau_8a=2/QT@10/8/2024"),
    )
    assert len(desk.json(*submit, *UNIT)["lines"]) == 2
    end = ("settle", "liquidate", CONTRACT, "--on", "12/8/2024", *letter("mau_6", "12/8/2024"))
    seen = desk.json(*end, "--dry-run", *AGENCY)
    assert (seen["done"], seen["total"]) == (False, 350 * TRIEU)
    done = desk.json(*end, "--settled", f"{FIRST}=240tr", *AGENCY)
    assert done["total"] == 340 * TRIEU
    again = desk.refused(1, *end, *AGENCY)
    assert CONTRACT in again


def test_adjustments_by_commands(desk: Desk, second: Callable[[], None]) -> None:
    kinds = desk.json("adjust", "kinds", *AGENCY)["rows"]
    members(kinds[0], money_views.AdjustmentKind)
    assert {kind["decides"] for kind in kinds} == {"ministry", "agency"}
    assert "raise_support" in desk.done("adjust", "kinds", "--source", "kcdp", *AGENCY)
    ask = (
        *("adjust", "ask", FIRST, "--change", "change_time", "--set", "ends_on=2024-12-15"),
        *("--reason", "Mưa lũ", "--letter", "12/TTKC@3/6/2024", "--signer", "Trần Văn B"),
    )
    plan = desk.json(*ask, "--dry-run", *UNIT)
    members(plan, money_views.AdjustmentPlan)
    assert plan["decides"] == "agency"
    assert desk.json("adjust", "list", *UNIT)["rows"] == []
    assert "15/12/2024" in desk.done(*ask, "--dry-run", *UNIT)
    # Days and amounts as every command reads them.
    for change, value, shown in (
        ("change_time", "ends_on=15/12/2024", "15/12/2024"),
        ("raise_support", "approved=310 triệu", "310.000.000"),
    ):
        typed = ("adjust", "ask", FIRST, "--change", change, "--set", value, "--reason", "Mưa lũ")
        assert shown in desk.done(*typed, "--dry-run", *UNIT)
    wrong = ("adjust", "ask", FIRST, "--change", "raise_support", "--set", "approved=43,735 triệu")
    assert "43.735.000" in desk.refused(2, *wrong, "--reason", "x", *UNIT)
    number = desk.json(*ask, *UNIT)["code"]
    assert number == "DC-24-0001"
    confirm = ("adjust", "act", number, "confirm_by_department", *letter("xac_nhan_so", "12/8/2024"))
    assert desk.json(*confirm, "--dry-run", *SCT)["reasons"] == []
    desk.json(*confirm, *SCT)
    desk.json("adjust", "act", number, "receive", *AGENCY)
    wrong = desk.json(
        "adjust", "act", number, "submit_to_minister", *letter("to_trinh", "12/8/2024"), *AGENCY, code=1
    )
    assert {reason["code"] for reason in wrong["error"]["reasons"]} == {"decided_elsewhere"}
    desk.json("adjust", "act", number, "take_decision", *AGENCY)
    desk.json("adjust", "act", number, "propose_by_agency", *AGENCY)
    decision = ("adjust", "act", number, "apply", "--reason", "Mưa lũ")
    paper = letter("quyet_dinh_dieu_chinh", "12/8/2024")
    # Another login, but the same person at the keyboard.
    for login in ("cuc", "cuc-2"):
        assert "second_person" in desk("--json", *decision, *paper, "--as", login).out
    second()
    desk.json(*decision, *paper, "--as", "cuc-2")
    assert desk.json("show", FIRST, *AGENCY)["content"]["ends_on"] == "2024-12-15"
    assert "15/12/2024" in desk.done("adjust", "show", number, *AGENCY)


def test_a_stop_by_commands(desk: Desk, second: Callable[[], None]) -> None:
    signed(desk)
    propose = (
        *("stop", "propose", FIRST, "--on", "3/6/2024", "--reason", "Thiếu vốn đối ứng"),
        *letter("de_xuat_cuc", "3/6/2024"),
    )
    assert desk.json(*propose, "--dry-run", *AGENCY)["allowed"] is True
    desk.json(*propose, *AGENCY)
    confirm = ("stop", "confirm", FIRST, "--on", "10/6/2024", "--reason", "Thiếu vốn đối ứng")
    second()
    desk.json(*confirm, *letter("quyet_dinh_ngung", "10/6/2024"), *MINISTRY)
    assert desk.json("show", FIRST, *AGENCY)["row"]["state"] == "stopped"
    assert desk.json("show", FIRST, *AGENCY)["row"]["allocated"] == 0
    late = desk.refused(1, "stop", "reject", FIRST, "--reason", "x", *MINISTRY)
    assert FIRST in late


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("contract", "open", FIRST), "KCQG-24-0001=280tr"),
        (("contract", "open", f"{FIRST}=-5"), "CODE=AMOUNT"),
        (("contract", "open", f"{FIRST}=1,5"), "CODE=AMOUNT"),
        (("contract", "open", f"{FIRST}={2**63}"), "CODE=AMOUNT"),
        (("contract", "open", f"{FIRST}=0"), FIRST),
        (("report-progress", FIRST, "--month", "13/2024", "--volume", "4"), "--month"),
        (("report-progress", FIRST, "--month", "4/2024", "--volume", "101"), "--volume"),
        (("report-progress", FIRST, "--month", "4/2024", "--volume", "12,55"), "--volume"),
        (("payment", "first", FIRST, "--amount", "0,5"), "--amount"),
        (("adjust", "ask", FIRST, "--change", "x", "--reason", "y", "--letter", "@"), "--letter"),
    ],
)
def test_bad_input_is_one_sentence(desk: Desk, arguments: tuple[str, ...], part: str) -> None:
    assert part in desk.refused(2, *arguments, *AGENCY)


def test_ceilings_by_commands(desk: Desk) -> None:
    rows = desk.json("ceiling", "list", "--on", "1/8/2024", *AGENCY)["rows"]
    assert {row["cap_dong"] for row in rows if row["item"] == "machinery"} == {300 * TRIEU}
    own = ("ceiling", "set", "machinery", "--most", "250tr", "--share", "40%", "--basis", "NQ 05/2024")
    assert desk.json(*own, "--from", "1/8/2024", *SCT)["province"] == "63:02"
    listed = desk.done("ceiling", "list", "--province", "63:02", "--on", "1/8/2024", *AGENCY)
    assert "250.000.000 đ" in listed
    assert "NQ 05/2024" in listed
    assert "NQ 05/2024" in desk.done(*own, "--from", "2/8/2024", *SCT)
    assert "machinery" in desk.refused(2, *own[:2], "x", *own[3:], "--from", "1/8/2024", *SCT)
