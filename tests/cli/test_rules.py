"""kcflow rules, kcflow calendar: own deadlines and days, looked ahead at, saved, taken back; bad input."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, Desk

SET = (
    *("rules", "set", "--office", "SCT-63-02", "--lifecycle", "kcqg"),
    *("--state", "submitted_to_department", "--basis", "QĐ 12/QĐ-SCT", "--from", "1/1/2024"),
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sample's store is, played once for this file."""
    return tmp_path_factory.mktemp("sample") / "kc.db"


@pytest.fixture
def stores(sample: Path, tmp_path: Path, run: Command) -> Any:
    """Desks of several people over one fresh copy of the sample."""
    if not sample.exists():
        made = run("--database", f"sqlite:///{sample}", "init", "--sample")
        assert made.code == 0, made
    copy = shutil.copyfile(sample, tmp_path / "kc.db")

    def desk(login: str) -> Desk:
        return Desk(f"sqlite:///{copy}", lambda *arguments: run("--as", login, *arguments))

    return desk


def dates(desk: Desk) -> dict[str, tuple[str, str]]:
    """Day and basis by code, of what is open."""
    return {
        row["code"]: (row["due_on"], row["due_basis"]) for row in desk.json("list", "--open", "--all")["rows"]
    }


def test_a_rule_from_look_ahead_to_undo(stores: Any) -> None:
    here, all_ = stores("giamsat-02"), stores("giamsat-bo")
    assert "đều đúng" in all_.done("rules", "check")
    before = all_.json("list", "--open", "--all")["rows"]
    plan = here.json(*SET, "--working-days", "3", "--dry-run")
    assert plan["moved"] > 0
    assert {shift["code"] for shift in plan["shifts"]} <= {row["code"] for row in before}
    text = here.done(*SET, "--working-days", "3", "--dry-run")
    assert plan["shifts"][0]["code"] in text
    assert all_.json("list", "--open", "--all")["rows"] == before, "looking ahead writes nothing"

    done = here.json(*SET, "--working-days", "3", "--reason", "Rút ngắn")
    assert (done["moved"], done["become_late"]) == (plan["moved"], plan["become_late"])
    after = {row["code"]: row for row in all_.json("list", "--open", "--all")["rows"]}
    for shift in plan["shifts"]:
        row = after[shift["code"]]
        assert (row["due_on"], row["due_basis"]) == (shift["after"], "QĐ 12/QĐ-SCT")
    assert "đều đúng" in all_.done("rules", "check")
    own = here.json("rules", "--office", "SCT-63-02", "--lifecycle", "kcqg")["rows"]
    (mine,) = [row for row in own if row["id"]]
    assert (mine["id"], mine["text"]["vi"]) == (done["id"], "3 ngày làm việc kể từ ngày vào trạng thái")
    assert "QĐ 12/QĐ-SCT" in here.done("rules", "--office", "SCT-63-02")

    rule = str(done["id"])
    told = here.done("rules", "close", rule, "--dry-run")
    assert "giữ hạn" in told
    undone = here.done("rules", "close", rule, "--undo", "--reason", "Đặt nhầm")
    assert rule in undone
    assert dates(all_) == {row["code"]: (row["due_on"], row["due_basis"]) for row in before}
    assert not [row for row in here.json("rules", "--office", "SCT-63-02")["rows"] if row["id"]]
    assert [row["id"] for row in here.json("rules", "--closed")["rows"] if row["id"]] == [done["id"]]


def test_every_way_of_counting(stores: Any) -> None:
    here = stores("giamsat-02")
    for given, said in (
        (("--calendar-days", "9"), "9 ngày kể từ ngày vào trạng thái"),
        (("--months", "1"), "1 tháng kể từ ngày vào trạng thái"),
        (
            ("--date", "20/6", "--plan-year", "-1", "--before"),
            "trước ngày 20/6 năm trước năm kế hoạch",
        ),
        (("--monthly", "25"), "chậm nhất ngày 25 hằng tháng"),
    ):
        id_ = here.json(*SET, *given, "--reason", "Thử")["id"]
        rows = here.json("rules", "--office", "SCT-63-02")["rows"]
        assert [row["text"]["vi"] for row in rows if row["id"]] == [said]
        assert f"#{id_}" not in said
    assert len([row for row in here.json("rules", "--closed")["rows"] if row["id"]]) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "đúng một cách tính"),
        (("--working-days", "3", "--monthly", "25"), "đúng một cách tính"),
        (("--working-days", "0"), "từ 1 đến 366"),
        (("--working-days", "-3"), "từ 1 đến 366"),
        (("--working-days", "ba"), "số nguyên"),
        (("--calendar-days", "99999"), "từ 1 đến 366"),
        (("--months", "0"), "từ 1 đến 12"),
        (("--months", "13"), "từ 1 đến 12"),
        (("--months", "3", "--before"), "--before"),
        (("--date", "30/2"), "30/2"),
        (("--date", "31/4"), "31/4"),
        (("--date", "1/13"), "1/13"),
        (("--date", "15-6"), "15/6"),
        (("--monthly", "32"), "từ 1 đến 31"),
        (("--working-days", "3", "--before"), "--before"),
        (("--working-days", "3", "--plan-year", "1"), "--plan-year"),
        (("--working-days", "3", "--basis", " "), "Căn cứ"),
        (("--working-days", "3", "--state", "archived"), "kết thúc"),
        (("--working-days", "3", "--state", "khong_co"), "khong_co"),
        (("--working-days", "3", "--lifecycle", "kcxx"), "kcxx"),
        (("--working-days", "3", "--office", "KHONG"), "KHONG"),
        (("--working-days", "3", "--to", "31/12/2023"), "trước ngày bắt đầu"),
        (("--working-days", "3", "--from", "1/1/1723"), "1723"),
        (("--working-days", "3", "--reason", ""), "Lý do"),
    ],
)
def test_what_can_not_be_a_rule(stores: Any, given: tuple[str, ...], told: str) -> None:
    here = stores("giamsat-02")
    reason = () if "--reason" in given else ("--reason", "Thử")
    assert told in here.refused(2, *SET, *reason, *given)
    assert not [row for row in here.json("rules", "--closed")["rows"] if row["id"]]


def test_whose_rules_and_days(stores: Any) -> None:
    asked = (*SET, "--working-days", "3", "--reason", "Thử")
    for login in ("sct-63-02", "giamsat-bo"):
        assert "Sở Công Thương Hà Giang" in stores(login).refused(4, *asked)
    days = ("calendar", "set", "--off", "17/6/2024", "--name", "Bão", "--document", "CĐ 1", "--reason", "x")
    assert "Cục" in stores("giamsat-02").refused(4, *days)
    assert stores("giamsat-02").refused(2, "rules", "close", "7", "--reason", "x").startswith("Không có")
    assert "vai trò" in stores("sct-63-02").refused(4, "rules", "check")


def test_days_from_look_ahead_to_withdrawal(stores: Any) -> None:
    all_ = stores("giamsat-bo")
    before = dates(all_)
    days = (
        *("calendar", "set", "--off", "17/6/2024", "--off", "18/6/2024=Nghỉ lũ", "--working", "22/6/2024"),
        *("--name", "Nghỉ bão", "--document", "Công điện 15/CĐ-TTg"),
    )
    plan = all_.json(*days, "--dry-run")
    done = all_.json(*days, "--reason", "Bão số 1")
    assert plan["moved"] == done["moved"] > 0
    after = dates(all_)
    assert {code for code in before if after[code] != before[code]} <= {
        each["code"] for each in plan["shifts"]
    }
    assert "đều đúng" in all_.done("rules", "check")
    year = all_.json("calendar", "--year", "2024")
    own = {row["day"]: row for row in year["days"] if row["own"]}
    assert {day: row["name"]["vi"] for day, row in own.items()} == {
        "2024-06-17": "Nghỉ bão",
        "2024-06-18": "Nghỉ lũ",
        "2024-06-22": "Nghỉ bão",
    }
    assert "Công điện 15/CĐ-TTg" in all_.done("calendar", "--year", "2024")
    ids = [str(row["id"]) for row in own.values()]
    assert all_.json("calendar", "withdraw", *ids, "--dry-run")["moved"] == done["moved"]
    all_.done("calendar", "withdraw", *ids, "--reason", "Không có bão")
    assert dates(all_) == before
    assert "rút" in all_.refused(2, "calendar", "withdraw", ids[0], "--reason", "Lần nữa")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "Chưa nêu ngày nào"),
        (("--off", "17/6/2024", "--working", "17/6/2024"), "vừa là ngày nghỉ vừa là ngày làm việc"),
        (("--off", "16/6/2024"), "chủ nhật"),
        (("--working", "17/6/2024"), "vốn là ngày làm việc"),
        (("--off", "17/6/1924"), "1924"),
        (("--off", "30/2/2024"), "30/2/2024"),
        (("--off", "17/6/2024", "--document", " "), "Văn bản thông báo"),
        (("--off", "17/6/2024", "--name", ""), "Tên ngày"),
        (("--withdraw", "44"), "44"),
    ],
)
def test_what_can_not_be_a_day(stores: Any, given: tuple[str, ...], told: str) -> None:
    all_ = stores("giamsat-bo")
    base = ("calendar", "set", "--name", "Nghỉ", "--document", "TB 1", "--reason", "Thử")
    assert told in all_.refused(2, *base, *given)
    assert not any(row["own"] for row in all_.json("calendar", "--year", "2024")["days"])


def test_a_stale_date_is_found_and_mended(stores: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store whose own days were set by a program that didn't recount."""
    from kcflow.services.clock import recount
    from kcflow.services.clock_views import ChangeResult

    all_ = stores("giamsat-bo")
    with monkeypatch.context() as patched:
        patched.setattr(recount, "write", lambda *_, **__: ChangeResult(0, 0, 0))
        all_.done(
            *("calendar", "set", "--off", "17/6/2024", "--name", "Bão", "--document", "CĐ 1", "--reason", "x")
        )
    found = all_.json("rules", "check", code=1)
    assert found["moved"] > 0
    told = all_("rules", "check")
    assert (told.code, found["shifts"][0]["code"] in told.out) == (1, True)
    assert all_.json("rules", "check", "--mend", "--reason", "Tính lại")["moved"] == found["moved"]
    assert all_.json("rules", "check")["moved"] == 0


def test_a_province_alone_keeps_its_own_calendar(desk: Desk) -> None:
    """Where no national office works in the store, its administrator enters the days."""
    days = ("calendar", "set", "--off", "17/6/2024", "--name", "Bão", "--document", "CĐ 1")
    assert desk.json(*days, "--dry-run")["warnings"]
    desk.done(*days, "--reason", "Bão số 1")
    assert [row["day"] for row in desk.json("calendar", "--year", "2024")["days"] if row["own"]] == [
        "2024-06-17"
    ]
