"""Typed inputs that an act can ask for beside its paper and its amount: a month, a share, a choice.

A lifecycle file names them under `fields`; "name?" may be left out. What is entered is kept in the
history row (`refs.fields`) in the form that `problem` accepts: whole numbers for money and shares,
"2024-05" for a month, "2024-05-20" for a day, one line of text, the code of a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

from states.model import Action, Label
from states.records import record

FieldKind = Literal["money", "permille", "month", "text", "choice", "day"]

MAX_DONG: Final = 2**53 - 1
"""The largest whole number that every reader of the history can hold exactly."""
_MAX_TEXT: Final = 300


@record(frozen=True, slots=True)
class Choice:
    """One of the values of a field of kind "choice"."""

    code: str
    label: Label


@record(frozen=True, slots=True)
class Field:
    """One typed input: its name in files and history, its label, its kind and its choices."""

    name: str
    label: Label
    kind: FieldKind
    choices: tuple[Choice, ...] = ()

    def choice(self, code: str) -> Choice | None:
        """Return the choice `code`, or None."""
        return next((one for one in self.choices if one.code == code), None)


ADVANCE_TYPES: Final = (
    Choice("vocational_training", Label("Đào tạo nghề, truyền nghề", "Vocational training")),
    Choice("training_course", Label("Tập huấn", "Training course")),
    Choice("conference", Label("Hội thảo, hội nghị, tham quan", "Workshop, conference, study tour")),
    Choice("consulting", Label("Tư vấn", "Consulting")),
    Choice("found_enterprise", Label("Thành lập doanh nghiệp", "Founding an enterprise")),
    Choice("demonstration_model", Label("Mô hình trình diễn", "Demonstration model")),
    Choice("technology_transfer", Label("Chuyển giao công nghệ", "Technology transfer")),
    Choice("machinery", Label("Ứng dụng máy móc tiên tiến", "Advanced machinery")),
    Choice("cleaner_production", Label("Đánh giá sản xuất sạch hơn", "Cleaner-production assessment")),
    Choice("trademark", Label("Xây dựng, đăng ký nhãn hiệu", "Trademark")),
    Choice("organise_fair", Label("Tổ chức hội chợ, triển lãm", "Organising a fair")),
    Choice("join_fair", Label("Tham gia hội chợ trong nước", "Taking part in a domestic fair")),
    Choice("contest", Label("Bình chọn, hội thi", "Contest, product vote")),
    Choice("media", Label("Thông tin, truyền thông", "Media and information")),
    Choice("association", Label("Thành lập hiệp hội, hội", "Association")),
    Choice("enterprise_cluster", Label("Cụm liên kết doanh nghiệp", "Enterprise cluster")),
    Choice("cluster_planning", Label("Quy hoạch chi tiết cụm công nghiệp", "Detailed planning of a cluster")),
    Choice("cluster_infrastructure", Label("Hạ tầng cụm công nghiệp", "Infrastructure of a cluster")),
    Choice("cluster_pollution", Label("Xử lý ô nhiễm cụm công nghiệp", "Pollution treatment in a cluster")),
    Choice("establishment_pollution", Label("Xử lý ô nhiễm tại cơ sở", "Pollution treatment at a works")),
)
"""Types of activity as TT 36/2013 Đ13–14 name them for advances (kcflow/data/advance_rules.toml)."""

FIELDS: Final[Mapping[str, Field]] = {
    one.name: one
    for one in (
        Field("advance_type", Label("Loại hoạt động", "Type of activity"), "choice", ADVANCE_TYPES),
        Field("advance_permille", Label("Tỷ lệ theo quyết định Đ16", "Share by decision (Đ16)"), "permille"),
        Field("volume_permille", Label("Khối lượng hoàn thành", "Work done"), "permille"),
        Field("report_month", Label("Tháng báo cáo", "Month of the report"), "month"),
        Field("value_done", Label("Giá trị thực hiện", "Value of the work done"), "money"),
        Field("money_used", Label("Kinh phí đã sử dụng", "Money used"), "money"),
        Field("confirmed_by", Label("Người xác nhận của Sở", "Confirmed by (department)"), "text"),
        Field("treasury_on", Label("Ngày Kho bạc", "Date at the Treasury"), "day"),
        Field("claimed", Label("Đề nghị quyết toán", "Claimed in the settlement"), "money"),
    )
}
"""Every field that a lifecycle file may name."""


def wanted(action: Action) -> Iterator[tuple[Field, bool]]:
    """Yield each field of `action` with whether it must be entered."""
    for name in action.fields:
        yield FIELDS[name.removesuffix("?")], not name.endswith("?")


def problem(field: Field, value: object, on: date) -> str | None:
    """Return what is wrong with `value`, as the end of a refusal's code, or None.

    on: date of the act; a month or a day after it has not happened.
    """
    if field.kind in ("money", "permille"):
        if type(value) is not int:
            return "number"
        limit = MAX_DONG if field.kind == "money" else 1000
        return None if 0 <= value <= limit else "range"
    if type(value) is not str:
        return "text"
    if field.kind == "choice":
        return None if field.choice(value) else "choice"
    if field.kind == "text":
        good = 0 < len(value.strip()) <= _MAX_TEXT and value.isprintable()
        return None if good else "text"
    return _date_problem(value, on, month=field.kind == "month")


def _date_problem(value: str, on: date, *, month: bool) -> str | None:
    text = f"{value}-01" if month else value
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return "date"
    if found.isoformat() != text:
        return "date"
    return "future" if found > on else None
