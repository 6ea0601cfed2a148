"""Rules, days and letters of an office, as rows that the store takes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from db.rows_clock import DigestRow, OfficeDayRow, OfficeRuleRow

AT = datetime(2024, 7, 1, 1, 2, 3, 4, tzinfo=UTC)


def rule(**changes: Any) -> OfficeRuleRow:
    """Ten working days for the office CUC to look at a proposal, from 2024 on."""
    values: dict[str, Any] = {
        "id": None,
        "office": "CUC",
        "lifecycle": "tiny",
        "state": "review",
        "by": "working_days",
        "days": 10,
        "month": 0,
        "day": 0,
        "plan_year": 0,
        "inclusive": True,
        "basis": "QĐ 12/QĐ-CTĐP",
        "valid_from": date(2024, 1, 1),
        "valid_to": None,
        "set_by": "an",
        "set_at": AT,
    }
    return OfficeRuleRow(**(values | changes))


def day(on: date, **changes: Any) -> OfficeDayRow:
    """A day off that the office announced."""
    values: dict[str, Any] = {
        "id": None,
        "day": on,
        "kind": "off",
        "name": "Nghỉ bù",
        "document": "TB 5/TB-CTĐP",
        "set_by": "an",
        "set_at": AT,
    }
    return OfficeDayRow(**(values | changes))


def letter(**changes: Any) -> DigestRow:
    """The letter of one morning to An."""
    values: dict[str, Any] = {
        "id": None,
        "day": date(2024, 7, 1),
        "person": "an",
        "address": "an@example.vn",
        "subject": "Việc quá hạn",
        "body": "1. KCQG-24-0001",
        "items": 1,
        "made_at": AT,
    }
    return DigestRow(**(values | changes))
