"""Commands that write: receipts, refusals with every reason, conflicts, exactly-once, permission."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from kcflow.commands.json_form import shape_fields
from kcflow.services import views
from tests.cli.conftest import FIRST, HA_GIANG, UNIT, WITH_ERRORS, Desk

SECOND, THIRD = "KCQG-24-0002", "KCQG-24-0003"
SUBMIT = "submit_to_department"
PAPERS = ("--paper", "de_an=01/ĐA@02/05/2023", "--paper", "mau_1")
LETTER = ("--document-number", "05/TTKC", "--document-date", "02/05/2023", "--signer", "Trần Văn A")
WITH = ("--as", UNIT, *PAPERS, *LETTER)


def members(value: Any, kind: type) -> None:
    assert list(value) == shape_fields(kind)


def state(desk: Desk, code: str = FIRST) -> tuple[str, int]:
    row = desk.json("show", code)["row"]
    return row["state"], row["version"]


# -- advance ---------------------------------------------------------------------------------


def test_a_move_and_its_receipt(desk: Desk) -> None:
    receipt = desk.json("advance", FIRST, SUBMIT, *WITH)
    members(receipt, views.Receipt)
    assert receipt["mark"] == receipt["hash"][:8]
    assert (receipt["from_state"], receipt["to_state"]) == ("drafting", "submitted_to_department")
    assert receipt["repeated"] is False
    assert state(desk) == ("submitted_to_department", 2)
    rows = desk.json("history", FIRST)["rows"]
    assert (rows[0]["actor"], rows[0]["hash"]) == (UNIT, receipt["hash"])
    assert rows[0]["operator"] not in (None, UNIT)
    assert {paper["kind"] for paper in desk.json("papers", FIRST)["rows"]} >= {"de_an", "mau_1"}
    assert "01/ĐA" in desk.done("papers", FIRST)


def test_a_receipt_for_people(desk: Desk) -> None:
    text = desk.done("advance", FIRST, SUBMIT, *WITH, "--lang", "en")
    assert FIRST in text
    assert "Receipt" in text
    assert "Waits for" in text


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    preview = desk.json("advance", FIRST, SUBMIT, *WITH, "--dry-run")
    members(preview, views.Preview)
    assert preview["allowed"] is True
    assert preview["to_label"]["vi"]
    assert state(desk) == ("drafting", 1)
    refused = desk.json("advance", FIRST, SUBMIT, "--as", UNIT, "--dry-run", code=1)
    assert refused["allowed"] is False
    assert refused["option"]["reasons"]
    outcome = desk("advance", FIRST, SUBMIT, "--as", UNIT, "--dry-run")
    assert outcome.code == 1
    assert all(reason["text"]["vi"] in outcome.out for reason in refused["option"]["reasons"])
    many = desk.json("advance", FIRST, SECOND, SUBMIT, *WITH, "--dry-run")
    assert [row["code"] for row in many["rows"]] == [FIRST, SECOND]


def test_a_refusal_gives_every_reason(desk: Desk) -> None:
    outcome = desk("advance", FIRST, SUBMIT, "--as", UNIT)
    error = desk.json("advance", FIRST, SUBMIT, "--as", UNIT, code=1)["error"]
    assert (outcome.code, outcome.out) == (1, "")
    assert error["code"] == "refused"
    assert len(error["reasons"]) >= 2
    for reason in error["reasons"]:
        members(reason, views.Reason)
        assert reason["text"]["vi"] in outcome.err
    assert state(desk) == ("drafting", 1)


def test_the_wrong_role_is_refused(desk: Desk) -> None:
    error = desk.json("advance", FIRST, SUBMIT, *PAPERS, code=1)["error"]
    assert "wrong_role" in {reason["code"] for reason in error["reasons"]}


def test_an_act_of_another_state_or_of_none(desk: Desk) -> None:
    assert desk.json("advance", FIRST, "approve", code=1)["error"]["reasons"]
    assert SUBMIT in desk.refused(2, "advance", FIRST, "submit_to_departmen")


def test_the_same_request_acts_once(desk: Desk) -> None:
    request = str(uuid.uuid4())
    first = desk.json("advance", FIRST, SUBMIT, *WITH, "--request-id", request)
    again = desk.json("advance", FIRST, SUBMIT, *WITH, "--request-id", request)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["hash"] == again["hash"]
    assert state(desk)[1] == 2
    assert desk.json("advance", SECOND, SUBMIT, *WITH, "--request-id", request, code=2)
    assert (
        desk.json("advance", FIRST, SUBMIT, *WITH, "--request-id", "x", code=2)["error"]["code"]
        == "request_id"
    )


def test_a_stale_version_is_a_conflict(desk: Desk) -> None:
    desk.done("advance", FIRST, SUBMIT, *WITH)
    told = desk.refused(3, "advance", FIRST, "start_provincial_appraisal", "--expect-version", "1")
    assert "Lý Văn Đơn Vị" in told
    assert (
        desk.json("edit", FIRST, "--note", "x", "--expect-version", "1", code=3)["error"]["code"]
        == "conflict"
    )
    done = desk.json("advance", FIRST, "start_provincial_appraisal", "--expect-version", "2")
    assert done["seq"] == 3


def test_many_are_all_done_or_none(desk: Desk) -> None:
    desk.done("advance", SECOND, SUBMIT, *WITH)
    outcome = desk("advance", FIRST, SECOND, THIRD, SUBMIT, *WITH, "--lang", "en")
    assert outcome.code == 1
    assert "Nothing was done" in outcome.err
    told = desk.json("advance", FIRST, SECOND, THIRD, SUBMIT, *WITH, code=1)["rows"]
    assert [row["code"] for row in told] == [FIRST, SECOND, THIRD]
    members(told[0], views.BulkItem)
    assert [bool(row["reasons"]) for row in told] == [False, True, False]
    assert state(desk) == ("drafting", 1)
    done = desk.json("advance", FIRST, THIRD, SUBMIT, *WITH)["rows"]
    assert all(row["receipt"]["to_state"] == "submitted_to_department" for row in done)
    assert (
        desk.json("advance", FIRST, THIRD, SUBMIT, "--expect-version", "2", code=2)["error"]["code"]
        == "usage"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--on", "2999-01-01"),
        ("--on", "1999-01-01"),
        ("--document-number", "1", "--document-date", "2999-01-01"),
        ("--paper", "mau_1=1@2999-01-01"),
    ],
)
def test_impossible_dates(desk: Desk, wrong: tuple[str, ...]) -> None:
    outcome = desk("advance", FIRST, SUBMIT, *WITH, *wrong)
    assert outcome.code in (1, 2)
    assert outcome.err
    assert state(desk) == ("drafting", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--paper", "khong_co=1"),
        ("--attach", "/khong/co/tep.pdf"),
        ("--document-number", "12\x1b[2J"),
        ("--signer", "Tr\u202eần"),
        ("--reason", "x" * 10_000),
        ("--amount", "-5"),
        ("--amount", "1e9"),
    ],
)
def test_wrong_input(desk: Desk, wrong: tuple[str, ...]) -> None:
    told = desk.refused(2, "advance", FIRST, SUBMIT, *WITH, *wrong)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert state(desk) == ("drafting", 1)


def test_a_reason_of_spaces_is_no_reason(desk: Desk) -> None:
    options = desk.json("explain", FIRST, "--as", UNIT)["rows"]
    withdraw = next(option for option in options if option["reason_need"] == "required")
    blank = desk.json("advance", FIRST, withdraw["name"], "--as", UNIT, "--reason", "   ", code=1)["error"]
    assert "reason_required" in {reason["code"] for reason in blank["reasons"]}


# -- drafts ----------------------------------------------------------------------------------

NEW = ("new", "--source", "kcqg", "--year", "2025", "--unit", "TTKC-63-02")


def test_new_and_edit(desk: Desk) -> None:
    title = "Máy sao chè [red]Shan[/red] [@click=app.quit]x[/]"
    made = desk.json(
        *NEW,
        *(
            "--title",
            title,
            "--total",
            "1.5 tỷ",
            "--requested",
            "285,25 triệu",
            "--counterpart",
            "1214750000",
        ),
        *("--starts-on", "2025-01-01", "--ends-on", "31/12/2025", "--kind", "point", "--content", "3"),
        *("--beneficiary", "HTX Nậm Ty", "--partner-province", "Lào Cai", "--on", "2024-05-02"),
    )
    members(made, views.Receipt)
    card = desk.json("show", made["code"])
    assert card["row"]["title"] == title
    assert (card["money"]["total"], card["money"]["requested"]) == (1_500_000_000, 285_250_000)
    assert card["content"]["partner_provinces"][0] in ("63:10", "34:15")
    assert card["content"]["province"] == "63:02"
    assert title in desk.done("show", made["code"])
    edited = desk.json("edit", made["code"], "--note", "đã sửa", "--clear", "kinds", "--reason", "gõ nhầm")
    assert edited["action"] == "edit"
    content = desk.json("show", made["code"])["content"]
    assert (content["note"], content["kinds"], content["objective"]) == ("đã sửa", [], "")
    changes = desk.json("history", made["code"])["rows"][0]["changes"]
    assert {change[0] for change in changes} == {"note", "kinds"}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (("--title", "x\x00y"), "U+0000"),
        (("--title", "\x1b]0;x\x07"), "U+001B"),
        (("--title", "a\u202eb"), "U+202E"),
        (("--title", "x" * 10_000), "10000"),
        (("--title", "   "), "Tên đề án"),
        (("--title", "x", "--province", "Hà Dương"), "Hà Dương"),
        (("--title", "x", "--unit", "KHONG-CO"), "KHONG-CO"),
        (("--title", "x", "--starts-on", "2025-02-01", "--ends-on", "2025-01-01"), "Kết thúc"),
        (("--title", "x", "--total", "9" * 20), "--total"),
        (("--title", "x", "--on", "2999-01-01"), "2999"),
    ],
)
def test_wrong_drafts(desk: Desk, wrong: tuple[str, ...], place: str) -> None:
    told = desk.refused(2, *NEW, *wrong)
    assert place in told
    assert all(char == "\n" or char.isprintable() for char in told)
    assert len(desk.json("list")["rows"]) == 8


def test_a_province_that_was_not_yet_or_no_longer(desk: Desk) -> None:
    told = desk.refused(2, *NEW, "--title", "x", "--province", "63:02", "--on", "2025-12-01")
    assert "63:02" in told


def test_an_edit_without_change(desk: Desk) -> None:
    assert desk.json("edit", FIRST, code=2)["error"]["code"] == "nothing_changed"


# -- papers and corrections ------------------------------------------------------------------


def test_papers_and_corrections(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "phiếu.pdf"
    file.write_bytes(b"%PDF-1.7")
    added = desk.json(
        "papers", FIRST, "add", "de_an", "--number", "1/ĐA", "--date", "02/05/2023", "--attach", str(file)
    )
    assert added["action"] == "record_papers"
    paper = desk.json("papers", FIRST)["rows"][0]
    members(paper, views.PaperView)
    assert (paper["number"], paper["date"], paper["file_name"]) == ("1/ĐA", "2023-05-02", "phiếu.pdf")
    assert "1/ĐA" in desk.done("papers", FIRST)
    corrected = desk.json("correct", FIRST, "1", "--reason", "nhập nhầm năm")
    assert (corrected["action"], corrected["seq"]) == ("correct", 3)
    rows = desk.json("show", FIRST)["timeline"]
    assert (rows[0]["corrected_by"], rows[-1]["corrects"]) == ([3], 1)
    assert desk.json("history", FIRST)["rows"][0]["corrects"] == 1
    assert desk.json("correct", FIRST, "99", "--reason", "x", code=2)["error"]["code"] == "row_unknown"
    desk.refused(2, "correct", FIRST, "0", "--reason", "x")
    desk.refused(2, "papers", FIRST, "add", "khong_co")
    desk.refused(2, "papers", FIRST, "add", "de_an", "--attach", str(tmp_path / "không có"))


# -- people and offices ----------------------------------------------------------------------


def test_people_come_and_go(desk: Desk) -> None:
    office = desk.json(
        "offices", "add", "HTX-1", "--name", "HTX Nậm Ty", "--kind", "enterprise", "--province", "63:02"
    )
    members(office, views.OfficeView)
    person = desk.json("people", "add", "an", "--name", "Vàng A Ân", "--role", "unit", "--office", "HTX-1")
    members(person, views.PersonView)
    assert [role["office"] for role in person["roles"]] == ["HTX-1"]
    desk.done("people", "assign", "an", "--role", "auditor", "--office", "SCT-63-02")
    assert len(next(p for p in desk.json("people")["rows"] if p["login"] == "an")["roles"]) == 2
    desk.done("people", "end", "an", "--role", "auditor", "--office", "SCT-63-02")
    assert desk.json("people", "close", "an")["valid_to"]
    assert "an" in {p["login"] for p in desk.json("people")["rows"]}
    for wrong in (
        ("people", "close", "ai-do"),
        ("people", "add", UNIT, "--name", "x", "--role", "unit", "--office", "HTX-1"),
        ("people", "assign", UNIT, "--role", "unit", "--office", "KHONG-CO"),
        ("people", "end", UNIT, "--role", "admin", "--office", "HTX-1"),
        ("offices", "add", "HTX-1", "--name", "x", "--kind", "enterprise"),
    ):
        desk.refused(2, *wrong)


@pytest.mark.parametrize(
    "command",
    [
        ("people", "add", "x", "--name", "x", "--role", "unit", "--office", "SCT-63-02"),
        ("people", "close", UNIT),
        ("offices", "add", "X", "--name", "x", "--kind", "enterprise"),
    ],
)
def test_only_administrators_may(desk: Desk, command: tuple[str, ...]) -> None:
    assert desk.json(*command, "--as", UNIT, code=4)["error"]["code"] == "no_permission"


def test_an_auditor_reads_only(desk: Desk) -> None:
    desk.done("people", "add", "kt", "--name", "Kiểm Toán", "--role", "auditor", "--office", "SCT-63-02")
    assert desk.json("history", "--as", "kt")["rows"]
    assert desk.json("edit", FIRST, "--note", "x", "--as", "kt", code=4)["error"]["code"] == "no_permission"


# -- registers -------------------------------------------------------------------------------


def test_the_same_register_twice(desk: Desk) -> None:
    told = desk.json("register", "import", str(HA_GIANG))["rows"][0]
    members(told, views.ImportResult)
    assert told["written"] == []
    assert {row["status"] for row in told["plan"]["rows"]} == {"already"}
    assert len(desk.json("list")["rows"]) == 8


def test_a_register_with_errors_writes_nothing(desk: Desk) -> None:
    outcome = desk("register", "import", str(WITH_ERRORS), "--lang", "en")
    assert outcome.code == 2
    assert "Error:" in outcome.out
    assert "Nothing was written" in outcome.err
    told = desk.json("register", "import", str(WITH_ERRORS), code=2)["rows"][0]
    assert told["written"] == []
    assert told["plan"]["bad_count"] > 0
    assert len(desk.json("list")["rows"]) == 8


def test_bad_rows_are_left_out_only_when_asked(desk: Desk) -> None:
    desk.done("offices", "add", "SCT-63-06", "--name", "Sở", "--kind", "department", "--province", "63:06")
    desk.done("people", "add", "bk", "--name", "Bắc Kạn", "--role", "department", "--office", "SCT-63-06")
    line = ("register", "import", str(WITH_ERRORS), "--as", "bk")
    assert desk(*line).code == 2
    assert desk(*line, "--dry-run").code == 2
    assert desk.json(*line, "--skip-bad-rows", "--dry-run")["rows"][0]["written"] == []
    assert desk.json("list", "--as", "bk")["rows"] == []
    told = desk.json(*line, "--skip-bad-rows")["rows"][0]
    assert (len(told["written"]), told["skipped"]) == (6, 2)
    assert [row["code"] for row in desk.json("list", "--as", "bk")["rows"]] == told["written"]


def test_registers_of_several_files_stand_or_fall_together(desk: Desk, tmp_path: Path) -> None:
    second = HA_GIANG.with_name("KCDP-2024-HaGiang.xlsx")
    assert desk("register", "import", str(second), str(WITH_ERRORS)).code == 2
    assert desk("register", "import", str(second), str(tmp_path / "none.xlsx")).code == 2
    assert len(desk.json("list")["rows"]) == 8
    dry = desk.json("register", "import", str(second), "--dry-run")["rows"][0]
    assert (dry["written"], dry["plan"]["new_count"]) == ([], 12)
    assert len(desk.json("list")["rows"]) == 8
    desk.done("register", "import", str(second))
    assert len(desk.json("list")["rows"]) == 20


def test_a_register_of_another_province_needs_permission(desk: Desk) -> None:
    other = HA_GIANG.with_name("KCQG-2024-3-NgheAn.xlsx")
    assert desk.json("register", "import", str(other), code=4)["error"]["code"] == "no_permission"
    assert len(desk.json("list")["rows"]) == 8


def test_files_that_are_no_register(desk: Desk, tmp_path: Path) -> None:
    text = tmp_path / "văn bản.xlsx"
    text.write_text("không phải bảng tính")
    for path in (text, tmp_path, tmp_path / "không có.xlsx"):
        told = desk.refused(2, "register", "import", str(path))
        assert told.count("\n") == 1
        assert desk.json("register", "import", str(path), code=2)["error"]["text"]["en"]
    both = desk.refused(2, "register", "import", str(text), str(tmp_path / "không có.xlsx"))
    assert both.count("\n") == 3


# -- lifecycles ------------------------------------------------------------------------------


def test_install_a_lifecycle_for_a_province(desk: Desk, tmp_path: Path) -> None:
    shipped = Path(kcflow_states()) / "kcdp-default-3.toml"
    file = tmp_path / "kcdp-ha-giang.toml"
    text = shipped.read_text("utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version"))
    file.write_text(text.replace(version, 'version = "hagiang"'), "utf-8")
    row = desk.json("lifecycle", "install", str(file), "--province", "63:02")
    assert row["key"] == "kcdp@hagiang"
    assert row["key"] in {one["key"] for one in desk.json("lifecycle", "list")["rows"]}
    assert desk.json("lifecycle", "install", str(file), "--as", UNIT, code=4)
    file.write_text(file.read_text("utf-8").replace("vi = ", "vii = ", 1), "utf-8")
    assert desk.json("lifecycle", "install", str(file), code=2)["error"]["code"] == "lifecycle_file"


def kcflow_states() -> str:
    import states

    return str(Path(next(iter(states.__path__))) / "lifecycles")
