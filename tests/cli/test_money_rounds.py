"""Rounds and plans on the command line: a year's money from the plan to the issued decision."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.commands.json_form import shape_fields
from kcflow.services import money_views, views
from tests.cli.conftest import Command, Desk
from tests.services.money.world import MoneyWorld
from tests.workbooks import write_workbook

FIRST, SECOND, THIRD = "KCQG-24-0001", "KCQG-24-0002", "KCQG-24-0003"
PLAN, ROUND = "KH-KCQG-24", "PB-KCQG-24-1"
AGENCY, OTHER, MINISTRY = ("--as", "cuc"), ("--as", "cuc-2"), ("--as", "bct")


def paper(number: str) -> tuple[str, ...]:
    return ("--document-number", number, "--document-date", "20/02/2024", "--signer", "Nguyễn Văn Ký")


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which three proposals wait for the Minister."""
    folder = tmp_path_factory.mktemp("submitted")
    store = open_store(f"sqlite:///{folder / 'kcflow.db'}", create=True)
    try:
        MoneyWorld(store).submitted(3)
    finally:
        store.close()
    return folder


@pytest.fixture
def desk(submitted: Path, tmp_path: Path, run: Command) -> Desk:
    folder = tmp_path / "store"
    shutil.copytree(submitted, folder)
    return Desk(f"sqlite:///{folder / 'kcflow.db'}", run)


def members(value: Any, kind: type) -> None:
    assert list(value) == shape_fields(kind)


def approve(desk: Desk) -> None:
    """The approved plan of 1 tỷ with 300 triệu for each proposal."""
    desk.done("budget", "plan", "open", "--source", "kcqg", "--year", "2024", "--total", "1 tỷ", *AGENCY)
    items = [f"{code}=300 triệu" for code in (FIRST, SECOND, THIRD)]
    desk.done("budget", "plan", "put", PLAN, *items, *AGENCY)
    desk.done("budget", "plan", "submit", PLAN, *paper("1/TTr"), *AGENCY)
    desk.done("budget", "plan", "approve", PLAN, *paper("2/QĐ-BCT"), *MINISTRY)


def open_round(desk: Desk, ceiling: str = "500 triệu") -> None:
    desk.done("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", ceiling, *AGENCY)


def test_a_plan_is_opened_divided_filled_and_approved(desk: Desk) -> None:
    opening = ("budget", "plan", "open", "--source", "kcqg", "--year", "2024", "--total", "1000000000")
    lines = ("--line", "north=600 triệu", "--line", "63:19=300 triệu")
    tried = desk.json(*opening, *lines, *AGENCY, "--dry-run")
    members(tried, views.Receipt)
    assert (tried["code"], tried["hash"]) == (PLAN, "")
    assert "100.000.000 đ" in tried["warnings"][0]["text"]["vi"]
    assert desk.json("budget", "plan", "list")["rows"] == []
    made = desk.json(*opening, *lines, *AGENCY)
    assert (made["code"], made["action"], len(made["hash"])) == (PLAN, "create", 64)
    assert desk.json(*opening, *AGENCY, code=2)["error"]["code"] == "plan_exists"
    assert desk.json(*opening, code=4)["error"]["code"] == "no_permission"

    found = desk.json("budget", "plan", "candidates", PLAN, *AGENCY)["rows"]
    assert [row["code"] for row in found] == [FIRST, SECOND, THIRD]
    members(found[0], money_views.Candidate)
    tried = desk.json("budget", "plan", "put", PLAN, f"{FIRST}=300 triệu", *AGENCY, "--dry-run")
    assert (tried["total"], tried["lines"][0]["dong"]) == (300_000_000, 300_000_000)
    assert desk.json("budget", "plan", "show", PLAN)["lines"] == []
    desk.done("budget", "plan", "put", PLAN, f"{FIRST}=300 triệu", f"{SECOND}=1", *AGENCY)
    desk.done("budget", "plan", "put", PLAN, f"{SECOND}=0", "--note", f"{FIRST}=Làm trước", *AGENCY)
    desk.done("budget", "plan", "change", PLAN, "--total", "900 triệu", *AGENCY)
    board = desk.json("budget", "plan", "show", PLAN)
    members(board, money_views.Board)
    assert [(row["code"], row["dong"], row["note"]) for row in board["lines"]] == [
        (FIRST, 300_000_000, "Làm trước")
    ]
    assert (board["row"]["fund"]["ceiling"], board["left"], board["notes"]) == (900_000_000, 600_000_000, [])

    desk.done("budget", "plan", "submit", PLAN, *paper("1/TTr"), *AGENCY)
    deciding = ("budget", "plan", "approve", PLAN, *paper("2/QĐ-BCT"), *MINISTRY)
    tried = desk.json(*deciding, "--dry-run")
    members(tried, money_views.BatchResult)
    assert (tried["done"], tried["total"], tried["lines"][0]["reasons"]) == (False, 300_000_000, [])
    assert desk.json(*deciding)["done"] is True
    assert desk.json("show", FIRST)["row"]["approved"] == 300_000_000
    text = desk.done("budget", "plan", "list", "--lang", "en")
    assert PLAN in text
    assert "900,000,000" in text or "900 million" in text
    change = ("budget", "plan", "change", PLAN, "--total", "1 tỷ", *AGENCY)
    assert desk.json(*change, code=1)["error"]["code"] == "refused"
    kind = ("--document-kind", "quyet_dinh_giao_du_toan")
    assert desk.json(*change, *kind, *paper("3/QĐ-BTC"))["action"] == "supplement"


def test_a_round_from_its_opening_to_its_issue(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "500 triệu", *AGENCY)
    assert PLAN in desk.json(*opening, code=2)["error"]["text"]["vi"]
    approve(desk)
    assert desk.json(*opening, "--dry-run")["code"] == ROUND
    assert desk.json("round", "list")["rows"] == []
    assert desk.json(*opening, "--content", "3")["code"] == ROUND
    lacking = desk.json("round", "candidates", ROUND, "--all", *AGENCY)["rows"]
    assert {reason["code"] for row in lacking for reason in row["problems"]} == {"content_not_covered"}
    assert desk.json("round", "candidates", ROUND, *AGENCY)["rows"] == []
    assert "content_not_covered" not in desk.done("round", "candidates", ROUND, "--all", *AGENCY)
    desk.done("round", "change", ROUND, "--all-contents", "--note", "Đợt đầu", *AGENCY)
    found = desk.json("round", "candidates", ROUND, "--search", "che bien", *AGENCY)["rows"]
    assert [row["left"] for row in found] == [300_000_000] * 3

    desk.done("round", "put", ROUND, f"{FIRST}=300 triệu", f"{SECOND}=200.000.001 đ", *AGENCY)
    # A round is no proposal, and the sentence says where it is to be found.
    assert f"kcflow round show {ROUND}" in desk.refused(2, "explain", ROUND, *AGENCY)
    text = desk.done("round", "show", ROUND, *AGENCY)
    assert re.search(r"Vượt +1 đ$", text, re.MULTILINE)
    assert f"kcflow round cancel {ROUND}" in text
    assert desk.json("round", "send", ROUND, *paper("5/BCT"), *AGENCY, code=1)["error"]["reasons"]
    desk.done("round", "put", ROUND, f"{SECOND}=200 triệu", *AGENCY)
    desk.done("round", "send", ROUND, *paper("5/BCT"), *AGENCY)
    desk.done("round", "correction", ROUND, *paper("6/BTC"), "--reason", "Thiếu căn cứ", *AGENCY)
    desk.done("round", "answer", ROUND, *paper("7/BCT"), *AGENCY)
    desk.done("round", "opinion", ROUND, *paper("8/BTC"), *AGENCY)
    desk.done("round", "propose", ROUND, *AGENCY)
    issuing = ("round", "issue", ROUND, *paper("9/QĐ-BCT"))
    error = desk.json(*issuing, *AGENCY, code=1)["error"]
    assert "second_person" in {reason["code"] for reason in error["reasons"]}
    assert desk.json(*issuing, *OTHER, code=1)["error"]["reasons"], "the same account under another name"
    with monkeypatch.context() as patch:
        patch.setattr("kcflow.bootstrap.os_account", lambda: ("tk-khac", "Tài khoản khác"))
        tried, issued = desk.json(*issuing, *OTHER, "--dry-run"), desk.json(*issuing, *OTHER)
    assert (tried["total"], tried["done"], issued["done"]) == (500_000_000, False, True)
    assert [(line["code"], line["dong"]) for line in issued["lines"]] == [
        (FIRST, 300_000_000),
        (SECOND, 200_000_000),
    ]
    rows = desk.json("round", "list", "--year", "2024", "--state", "issued")["rows"]
    assert [(row["code"], row["fund"]["allocated"]) for row in rows] == [(ROUND, 500_000_000)]
    members(rows[0], money_views.OtherRow)
    assert desk.json("round", "list", "--open")["rows"] == []
    assert desk.json("show", SECOND)["money"]["allocated"] == 200_000_000


def test_an_annex_is_imported_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    approve(desk)
    open_round(desk)
    head = ["Mã", "Kinh phí (triệu đồng)"]
    bad = str(write_workbook(tmp_path / "bad.xlsx", {"PL": [head, [FIRST, 5], ["KCQG-24-0099", 6]]}))
    good = str(write_workbook(tmp_path / "good.xlsx", {"PL": [head, [FIRST, "285,25"], [SECOND, 100]]}))
    tried = desk.json("round", "import", ROUND, bad, *AGENCY, "--dry-run", code=1)
    members(tried, money_views.AnnexPlan)
    assert [bool(row["problems"]) for row in tried["rows"]] == [False, True]
    outcome = desk("round", "import", ROUND, bad, *AGENCY, "--dry-run")
    assert (outcome.code, "KCQG-24-0099" in outcome.out) == (1, True)
    assert "3" in desk.refused(2, "round", "import", ROUND, bad, *AGENCY)
    assert desk.json("round", "show", ROUND)["lines"] == []
    assert "385.250.000 đ" in desk.done("round", "import", ROUND, good, *AGENCY, "--dry-run")
    board = desk.json("round", "import", ROUND, good, *AGENCY)
    assert {row["code"]: row["dong"] for row in board["lines"]} == {FIRST: 285_250_000, SECOND: 100_000_000}
    bare = str(write_workbook(tmp_path / "bare.xlsx", {"PL": [["Mã", "Kinh phí"], [THIRD, 7]]}))
    assert "đơn vị tính" in desk.refused(2, "round", "import", ROUND, bare, *AGENCY)
    added = desk.json("round", "import", ROUND, bare, "--unit", "trieu", "--add", *AGENCY)
    assert (len(added["lines"]), added["total"]) == (3, 392_250_000)
    missing = str(tmp_path / "không có.xlsx")
    assert "không có.xlsx" in desk.refused(2, "round", "import", ROUND, missing, *AGENCY)


def test_a_list_is_exported_and_never_over_another_file(desk: Desk, tmp_path: Path) -> None:
    approve(desk)
    path = tmp_path / "ke hoach.xlsx"
    assert desk.json("budget", "plan", "export", PLAN, str(path)) == {"path": str(path)}
    size = path.stat().st_size
    assert str(path) in desk.refused(2, "budget", "plan", "export", PLAN, str(path))
    assert path.stat().st_size == size
    assert desk.done("round", "export", PLAN, str(path), "--force").strip() == str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "43,735 triệu"),
        ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "-5"),
        ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "99999999999999999999"),
        ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "5", "--number", "0"),
        ("round", "open", "--source", "kcdp", "--year", "2024", "--ceiling", "5", "--province", "Hà Giag"),
        ("round", "show", "PB-KCQG-24-9"),
        ("round", "put", ROUND, "KCQG-24-0001"),
        ("round", "put", ROUND, "KCQG-24-0001=5", "kcqg-24-0001=6"),
        ("round", "open", "--source", "kcqg", "--year", "2024", "--ceiling", "0"),
        ("round", "open", "--source", "kcdp", "--year", "2024", "--ceiling", "5"),
        ("budget", "plan", "open", "--source", "kcqg", "--year", "2024", "--total", "5", "--line", "north"),
        ("budget", "plan", "open", "--source", "kcqg", "--year", "2024", "--total", "5", "--line", "x=1"),
    ],
)
def test_one_clear_sentence(desk: Desk, arguments: tuple[str, ...]) -> None:
    sentence = desk.refused(2, *arguments, *AGENCY)
    assert len(sentence.strip().splitlines()) == 1
    assert "“”" not in sentence
    assert not sentence.startswith("ceiling:")


def test_every_view_of_a_board_has_a_json_form() -> None:
    for kind in (money_views.Board, money_views.Line, money_views.Candidate, money_views.AnnexPlan):
        assert shape_fields(kind) == [field.name for field in fields(kind)]
