"""Names of roles, holders, offices, fields and the store's own acts, in both languages.

The lifecycle files carry the labels of phases, states and actions; what stands outside any
lifecycle is named here, with the official Vietnamese term (docs/glossary.md gives the sources).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kcflow.i18n import t
from states.model import Label, Lifecycle

ROLE: Final[dict[str, Label]] = {
    "unit": Label("Đơn vị thực hiện", "Implementing unit"),
    "department": Label("Sở Công Thương", "Provincial department"),
    "agency": Label("Cục", "Ministry's agency"),
    "ministry": Label("Bộ Công Thương", "Ministry"),
    "finance_department": Label("Sở Tài chính", "Finance department"),
    "provincial_committee": Label("UBND tỉnh", "Provincial committee"),
    "auditor": Label("Kiểm toán, thanh tra", "Auditor"),
    "supervisor": Label("Lãnh đạo theo dõi", "Supervisor"),
    "admin": Label("Quản trị", "Administrator"),
}

HOLDER: Final[dict[str, Label]] = {
    **{name: ROLE[name] for name in ("unit", "department", "agency", "ministry")},
    "finance_department": ROLE["finance_department"],
    "provincial_committee": ROLE["provincial_committee"],
    "finance_ministry": Label("Bộ Tài chính", "Ministry of Finance"),
    "government": Label("Quốc hội, Chính phủ", "National Assembly, Government"),
    "treasury": Label("Kho bạc Nhà nước", "State Treasury"),
    "enterprise": Label("Đơn vị thụ hưởng", "Beneficiary"),
    "nobody": Label("—", "—"),
}

OUTSIDE_HOLDERS: Final = frozenset({"finance_ministry", "government", "treasury", "enterprise"})
"""Holders who don't work in this system: what waits for them is not our office's delay."""

OFFICE_KIND: Final[dict[str, Label]] = {
    "ministry": Label("Bộ Công Thương", "Ministry of Industry and Trade"),
    "agency": Label("Cục thuộc Bộ", "Ministry's agency"),
    "department": Label("Sở Công Thương", "Department of Industry and Trade"),
    "provincial_centre": Label("Trung tâm Khuyến công tỉnh", "Provincial promotion centre"),
    "regional_centre": Label("Trung tâm Khuyến công quốc gia vùng", "Regional national centre"),
    "provincial_committee": Label("UBND tỉnh", "Provincial People's Committee"),
    "finance_department": Label("Sở Tài chính", "Department of Finance"),
    "enterprise": Label("Doanh nghiệp, cơ sở CNNT", "Enterprise"),
    "service": Label("Tổ chức dịch vụ khuyến công", "Service organisation"),
    "audit": Label("Kiểm toán, thanh tra", "Audit or inspection body"),
}

OFFICE_ROLE: Final[dict[str, str]] = {
    "ministry": "ministry",
    "agency": "agency",
    "department": "department",
    "provincial_centre": "unit",
    "regional_centre": "unit",
    "provincial_committee": "provincial_committee",
    "finance_department": "finance_department",
    "enterprise": "unit",
    "service": "unit",
    "audit": "auditor",
}
"""The acting role that an office of this kind gives to its staff."""

SOURCE: Final[dict[str, Label]] = {
    "kcqg": Label("KCQG", "National"),
    "kcdp": Label("KCĐP", "Local"),
}

KIND: Final[dict[str, Label]] = {
    "point": Label("Điểm", "Key"),
    "group": Label("Nhóm", "Group"),
    "multi_province": Label("Nhiều tỉnh", "Multi-province"),
    "multi_year": Label("Nhiều năm", "Multi-year"),
    "bidding": Label("Đấu thầu", "Tendered"),
}

SYSTEM_ACTION: Final[dict[str, Label]] = {
    "create": Label("Lập đề án", "Create"),
    "edit": Label("Sửa nội dung", "Edit"),
    "record_papers": Label("Ghi nhận tài liệu", "Record papers"),
    "correct": Label("Đính chính dòng lịch sử", "Correct a history row"),
    "note": Label("Ghi chú", "Note"),
}
"""Acts that every lifecycle has and that change no state."""

CLOCK_ACTS: Final = ("hold", "lift", "remind", "reassign", "escalate", "recount")
"""What a note may do about time (`refs.clock.act`)."""


def clock_act(act: str) -> Label:
    """What one of `CLOCK_ACTS` is called."""
    return Label(t(f"clock.act.{act}", "vi"), t(f"clock.act.{act}", "en"))


def acts_of(lifecycles: Iterable[Lifecycle]) -> dict[str, Label]:
    """Every act that a history may be asked for, by name: of all lifecycles, of some, and about time."""
    found = dict(SYSTEM_ACTION)
    for lifecycle in lifecycles:
        found |= {action.name: action.label for action in lifecycle.actions}
    return found | {act: clock_act(act) for act in CLOCK_ACTS}


FIELD: Final[dict[str, Label]] = {
    "title": Label("Tên đề án", "Title"),
    "source": Label("Nguồn kinh phí", "Source"),
    "plan_year": Label("Năm kế hoạch", "Plan year"),
    "province": Label("Tỉnh, thành phố", "Province"),
    "unit_office": Label("Đơn vị thực hiện", "Implementing unit"),
    "coordinating": Label("Đơn vị phối hợp", "Coordinating units"),
    "beneficiaries": Label("Đơn vị thụ hưởng", "Beneficiaries"),
    "partner_provinces": Label("Tỉnh cùng thực hiện", "Partner provinces"),
    "kinds": Label("Loại đề án", "Kinds"),
    "content_codes": Label("Nội dung hoạt động", "Activity contents"),
    "trade": Label("Ngành nghề", "Trade"),
    "priority": Label("Địa bàn ưu tiên", "Priority area"),
    "objective": Label("Mục tiêu, nội dung chính", "Objective and main contents"),
    "expected_result": Label("Dự kiến kết quả", "Expected result"),
    "starts_on": Label("Bắt đầu", "Starts on"),
    "ends_on": Label("Kết thúc", "Ends on"),
    "total": Label("Tổng kinh phí", "Total cost"),
    "requested": Label("Kinh phí khuyến công đề nghị", "Support requested"),
    "counterpart": Label("Đơn vị thụ hưởng đóng góp", "Beneficiary's contribution"),
    "other": Label("Nguồn khác", "Other sources"),
    "note": Label("Ghi chú", "Note"),
    "import_ref": Label("Nhập từ biểu", "Imported from"),
}
MONEY_FIELDS: Final = ("total", "requested", "counterpart", "other")
DATE_FIELDS: Final = ("starts_on", "ends_on")

SUBJECT: Final[dict[str, Label]] = {
    "proposal": Label("Đề án", "Proposal"),
    "annual_plan": Label("Kế hoạch năm", "Annual plan"),
    "allocation_round": Label("Đợt phân bổ", "Allocation round"),
    "contract": Label("Hợp đồng", "Contract"),
    "adjustment": Label("Điều chỉnh", "Adjustment"),
}
"""Kinds of dossier."""

AMOUNT: Final[dict[str, Label]] = {
    "approved": Label("Đã duyệt", "Approved"),
    "allocated": Label("Đã phân bổ", "Allocated"),
    "contracted": Label("Đã ký hợp đồng", "Contracted"),
    "advanced": Label("Đã tạm ứng, thanh toán", "Advanced, paid"),
    "accepted": Label("Đã nghiệm thu", "Accepted"),
    "settled": Label("Đã quyết toán", "Settled"),
    "returned": Label("Đã hoàn trả", "Returned"),
}
"""Where a proposal's money stands, in the order it goes through."""

DEADLINE_KIND: Final[dict[str, Label]] = {
    "law": Label("luật định", "by law"),
    "policy": Label("quy định nội bộ", "by office rule"),
}

STUCK_ROLES: Final = ("unit", "department", "finance_department", "provincial_committee")
"""Roles that are held for one office or province, so that they may be missing there."""

STALLED: Final[dict[str, Label]] = {
    "law": Label("Quá hạn luật định", "Late by law"),
    "policy": Label("Quá hạn nội bộ", "Late by our rule"),
    "waiting": Label("Chờ nơi khác", "Waiting for others"),
    "stuck": Label("Bế tắc", "Stuck"),
    "near": Label("Sắp đến hạn", "Near due"),
}
