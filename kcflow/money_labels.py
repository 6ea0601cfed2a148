"""Names of the year's money: its stages, sources and areas, and who keeps what others published.

Nothing here reads the store, so screens may have it before there is one.
"""

from __future__ import annotations

from typing import Final

from states.model import Label

STAGE: Final[dict[str, Label]] = {
    "total": Label("Tổng kinh phí", "Total cost"),
    "planned": Label("Kế hoạch", "Planned"),
    "requested": Label("Đề nghị", "Requested"),
    "approved": Label("Phê duyệt", "Approved"),
    "allocated": Label("Phân bổ", "Allocated"),
    "contracted": Label("Hợp đồng", "Contracted"),
    "advanced": Label("Đã chi", "Paid out"),
    "accepted": Label("Nghiệm thu", "Accepted"),
    "settled": Label("Quyết toán", "Settled"),
    "returned": Label("Hoàn trả", "Returned"),
}
"""Every stage, and the total cost of a proposal, which the requested support is a part of."""
AREAS: Final[dict[str, Label]] = {
    "vn": Label("Cả nước", "Whole country"),
    "north": Label("Phía Bắc", "North"),
    "central": Label("Miền Trung – Tây Nguyên", "Central and Highlands"),
    "south": Label("Phía Nam", "South"),
}
"""Areas that figures are published for, beside single provinces (TT 26/2014/TT-BCT Đ3)."""
SOURCES: Final[dict[str, Label]] = {
    "kcqg": Label("KCQG", "National (KCQG)"),
    "kcdp": Label("KCĐP", "Local (KCĐP)"),
    "total": Label("KCQG và KCĐP", "National and local"),
}
KEEPERS: Final = ("agency", "ministry", "department", "supervisor", "admin")
"""Who may keep published figures."""
