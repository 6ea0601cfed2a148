"""A report of where time goes for tests of its screen: every kind of row, and texts that people wrote."""

from __future__ import annotations

from datetime import date

from kcflow.labels import HOLDER
from kcflow.services.dwell_views import Dwell, DwellFilter, DwellReport, Month, PartyShare, PingPong
from states.model import Label

_STATES = (
    ("kcqg", "drafting", "Soạn thảo", "Drafting", "unit", (1204, 37, 51, 158, 40_100, 210, 12)),
    (
        *("kcqg", "submitted_to_minister", "Trình Bộ trưởng phê duyệt", "Submitted to the minister"),
        *("ministry", (88, 20, 34, 61, 1_900, 0, 3)),
    ),
    (
        *("kcqg", "mof_check", "Đã phê duyệt kế hoạch, chờ kiểm tra phân bổ", "Approved, allocation checked"),
        *("finance_ministry", (80, 54, 102, 240, 5_010, 61, 0)),
    ),
    ("kcqg", "returned", "Trả lại để bổ sung", "Returned", "unit", (0, 0, 0, 0, 0, 0, 4)),
    ("kcdp", "drafting", "Soạn thảo", "Drafting", "unit", (311, 155, 155, 155, 48_205, 0, 1)),
)
_PHASES = (("drafting", "Soạn thảo", "Drafting"), ("implementation", "Thực hiện", "Implementation"))


def dwell_report(wanted: DwellFilter, today: date, text: str = "") -> DwellReport:
    """Five states (by two units where that is asked), four parties, two rows of returns, two phases."""
    offices = (
        (
            ("A", text or "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Hà Giang"),
            ("B", text or "Trung tâm Khuyến công Thái Nguyên"),
        )
        if wanted.by_office
        else (("", ""),)
    )
    dwell = tuple(
        Dwell(
            name,
            state,
            Label(vi, en),
            Label(vi, en),
            party,
            HOLDER[party],
            office,
            office_name,
            *figures,
            asked={"states": (state,), "lifecycles": (f"{name}@1",)},
        )
        for name, state, vi, en, party, figures in _STATES
        for office, office_name in offices
    )
    days = {"unit": 88_305, "finance_ministry": 4_010, "ministry": 1_900, "treasury": 1_000}
    total = sum(days.values())
    parties = tuple(PartyShare(party, HOLDER[party], n, n * 1000 // total) for party, n in days.items())
    department = text or "Sở Công Thương Hà Giang"
    returns = (
        PingPong("S", department, "return", Label("Trả bổ sung", "Return"), 12, 9, 2, 3, "KCQG-24-0007"),
        PingPong(
            "C",
            "Cục Đổi mới sáng tạo",
            "back",
            Label("Cục trả bổ sung", "Give back"),
            1,
            1,
            0,
            1,
            "KCQG-24-0002",
        ),
    )
    last = today.year * 12 + today.month - 1
    months = tuple(
        Month(month // 12, month % 12 + 1, phase, Label(vi, en), (number * 7 + at) % 13, number % 5, "kcqg")
        for at, (phase, vi, en) in enumerate(_PHASES)
        for number, month in enumerate(range(last - 11, last + 1))
    )
    if wanted.plan_year == 2013:  # nothing at all
        return DwellReport((), (), (), (), 0, 0, wanted.from_on, wanted.to_on)
    return DwellReport(dwell, parties, returns, months, 1683, total, wanted.from_on, wanted.to_on)
