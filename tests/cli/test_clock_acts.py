"""why, hold, lift, remind, reassign, escalate: text, JSON, looking ahead, exit codes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from kcflow.commands.json_form import shape_fields
from kcflow.services import clock_views, views
from kcflow.services.context import VIET_NAM
from tests.cli.conftest import FIRST, UNIT, Desk

TODAY = datetime.now(VIET_NAM).date()
UNTIL = (TODAY + timedelta(days=7)).isoformat()
HOLD = ("hold", FIRST, "--party", "enterprise", "--until", UNTIL, "--reason", "Chờ vốn đối ứng")


def rows(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.json("history", FIRST)["rows"]
    return found


def test_why_says_how_the_date_was_counted(desk: Desk) -> None:
    found = desk.json("why", FIRST)
    assert list(found) == shape_fields(clock_views.Why)
    assert found["kind"] == "proposal"
    assert found["agrees"] is True
    assert found["due_on"] in {rule["on"] for rule in found["rules"] if rule["counts"]}
    text = desk.done("why", FIRST)
    assert "Cách tính" in text
    assert all(line["vi"] in text for line in found["lines"])
    english = desk.done("why", FIRST, "--lang", "en", "--as-of", "2023-05-30")
    assert "30 May 2023" in english
    assert "How it was counted" in english


def test_why_on_a_day_that_no_calendar_knows(desk: Desk) -> None:
    for day in ("1950-01-01", "2150-01-01"):
        said = desk.refused(2, "why", FIRST, "--as-of", day)
        assert day[:4] in said
    assert "KCQG-99-0001" in desk.refused(2, "why", "KCQG-99-0001")


def test_a_hold_is_looked_at_written_and_lifted(desk: Desk) -> None:
    before = len(rows(desk))
    plan = desk.json(*HOLD, "--dry-run")
    assert list(plan) == shape_fields(clock_views.ChangePlan)
    assert len(rows(desk)) == before
    request = str(uuid.uuid4())
    receipt = desk.json(*HOLD, "--request-id", request)
    assert list(receipt) == shape_fields(views.Receipt)
    assert receipt["action_label"]["vi"] == "Tạm dừng"
    again = desk.json(*HOLD, "--request-id", request)
    assert (again["seq"], again["repeated"]) == (receipt["seq"], True)
    held = rows(desk)[0]
    assert (held["action"], held["clock"]["act"], held["clock"]["until_on"]) == ("note", "hold", UNTIL)
    assert held["clock"]["party"] == "enterprise"
    assert "Đơn vị thụ hưởng" in desk.done("history", FIRST, "--long")
    assert [row["id"] for row in desk.json("history", "--action", "hold")["rows"]] == [held["id"]]
    assert desk.json("history", "--action", "lift")["rows"] == []
    assert "hold" in desk.refused(2, "history", "--action", "hlod")
    assert "Chờ vốn đối ứng" in desk.done("why", FIRST)

    overlapping = desk.refused(2, *HOLD)
    assert "Trùng với tạm dừng" in overlapping
    assert desk.json("lift", FIRST, "--dry-run")["looked_at"] == 1
    assert "Gỡ tạm dừng" in desk.done("lift", FIRST, "--reason", "Đã có vốn")
    assert "không có gì để gỡ" in desk.refused(2, "lift", FIRST, "--reason", "x")


def test_reminders_charges_and_levels(desk: Desk) -> None:
    told = desk.json("remind", FIRST, "--dry-run")
    assert list(told) == shape_fields(clock_views.Told)
    assert UNIT in {person["login"] for person in told["people"]}
    before = len(rows(desk))
    assert "Lý Văn Đơn Vị" in desk.done("remind", FIRST, "--to", UNIT, "--dry-run")
    assert len(rows(desk)) == before
    assert "gửi Lý Văn Đơn Vị" in desk.done("remind", FIRST, "--to", UNIT, "--reason", "Gấp")
    assert rows(desk)[0]["clock"]["people"] == [UNIT]
    assert desk.json("reassign", FIRST, UNIT, "--dry-run")["people"][0]["login"] == UNIT
    desk.done("reassign", FIRST, UNIT, "--reason", "Anh phụ trách")
    assert "Lý Văn Đơn Vị" in desk.done("why", FIRST)
    assert "Không giao riêng ai" in desk.done("reassign", FIRST, "--nobody", "--dry-run")
    desk.done("reassign", FIRST, "--nobody", "--reason", "Trả lại")
    assert [row["clock"]["act"] for row in rows(desk)[:3]] == ["reassign", "reassign", "remind"]


def test_a_late_dossier_is_reported_upwards_once(desk: Desk) -> None:
    assert "kcflow duty" in desk.refused(2, "escalate", FIRST, "--reason", "x")
    desk.done("people", "add", "giamsat", "--name", "Bà Sáu", "--role", "supervisor", "--office", "SCT-63-02")
    told = desk.json("escalate", FIRST, "--dry-run")
    assert (told["level"], [person["login"] for person in told["people"]]) == (3, ["giamsat"])
    desk.done("escalate", FIRST, "--reason", "Quá hạn rất lâu")
    assert (rows(desk)[0]["clock"]["level"], rows(desk)[0]["clock"]["people"]) == (3, ["giamsat"])
    assert desk.json("why", FIRST)["level"] == 3
    assert "cao nhất" in desk.refused(2, "escalate", FIRST, "--reason", "x")


def test_what_is_refused_and_how(desk: Desk) -> None:
    before = len(rows(desk))
    bank = ("hold", FIRST, "--party", "bank", "--until", UNTIL, "--reason", "x")
    assert "bank" in desk.refused(2, *bank)
    past = ("hold", FIRST, "--party", "unit", "--until", "2020-01-01", "--reason", "x")
    assert "trước khi bắt đầu" in desk.refused(2, *past)
    desk.refused(2, "hold", FIRST, "--party", "unit", "--until", UNTIL)
    desk.refused(2, "hold", FIRST, "--until", UNTIL, "--reason", "x")
    desk.refused(2, "remind", FIRST)
    desk.refused(2, "remind", FIRST, "--to", "ai-do", "--reason", "x")
    desk.refused(2, "reassign", FIRST, "--reason", "x")
    desk.refused(2, "reassign", FIRST, UNIT, "--nobody", "--reason", "x")
    error = desk.json("reassign", FIRST, "khong-co", "--reason", "x", code=2)["error"]
    assert error["code"] == "reassign_unable"
    assert len(rows(desk)) == before
