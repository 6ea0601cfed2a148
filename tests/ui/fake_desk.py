"""A desk without a store for the tests of dialogs: every value that they show, made by hand.

What it refuses, and how, is set by the test; what it was asked to do stands in `calls`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from kcflow.labels import FIELD
from kcflow.services.errors import ConflictError, RefusedByRules, StoreProblem
from kcflow.services.views import (
    ChecklistItem,
    DossierCard,
    DossierRow,
    DraftInput,
    DueView,
    HistoryView,
    ImportPlan,
    ImportResult,
    ImportRowView,
    ListFilter,
    MoneyView,
    MoveInput,
    OfficeView,
    OptionView,
    Page,
    PaperInput,
    PaperView,
    PersonView,
    PhaseView,
    Preview,
    Reason,
    Receipt,
    RoleView,
)
from kcflow.text import fold
from states.model import Label
from tests.ui.clock_desk import FakeClock

TODAY = date(2023, 6, 10)
CODE = "KCQG-24-0017"
TITLE = "Hỗ trợ ứng dụng máy móc, thiết bị tiên tiến trong chế biến chè Shan tuyết tại xã Cao Bồ"


def label(vi: str, en: str = "") -> Label:
    """A label; the English words default to the Vietnamese."""
    return Label(vi, en or vi)


def option(name: str = "register", **changes: Any) -> OptionView:
    """One act, possible unless changed."""
    base = OptionView(
        name=name,
        label=label("Đăng ký với Cục", "Register with the agency"),
        allowed=False,
        possible=True,
        reasons=(
            Reason(
                "input",
                "document_number_missing",
                label(
                    "Chưa có số của Báo cáo đăng ký: hãy nhập số, ký hiệu.",
                    "The registration report has no number: type it.",
                ),
            ),
        ),
        warnings=(),
        basis="TT 36/2013/TT-BCT Đ6.1, Đ10.2",
        danger=False,
        target="registered",
        target_label=label("Đã đăng ký với Cục", "Registered with the agency"),
        roles=(label("Sở Công Thương", "Provincial department"),),
        role_label=label("Sở Công Thương", "Provincial department"),
        office_name="Sở Công Thương Hà Giang",
        reason_need="optional",
        act_document_need="required",
        act_documents=(("bao_cao_dang_ky", label("Báo cáo đăng ký", "Registration report")),),
        missing_documents=(
            (
                ("mau_4a", label("Phiếu thẩm định cấp cơ sở (Mẫu 4a)", "Base appraisal sheet (Mẫu 4a)")),
                ("mau_4b", label("Phiếu thẩm định theo đối tượng (Mẫu 4b)", "Specific sheet (Mẫu 4b)")),
            ),
        ),
        amount=None,
        suggested_amount=None,
        round=False,
    )
    return replace(base, **changes)


def refuse_act(**changes: Any) -> OptionView:
    """An act that ends the dossier."""
    values: dict[str, Any] = {
        "label": label("Từ chối, không chọn", "Refuse"),
        "danger": True,
        "target": "refused",
        "target_label": label("Không được chọn", "Refused"),
        "reason_need": "required",
        "act_document_need": "none",
        "act_documents": (),
        "missing_documents": (),
        "reasons": (
            Reason(
                "input", "reason_required", label("Chưa có lý do: hãy nhập.", "There is no reason: type it.")
            ),
        ),
        **changes,
    }
    return option("refuse", **values)


def impossible_act() -> OptionView:
    """An act of somebody else's."""
    return option(
        "approve",
        label=label("Phê duyệt kế hoạch", "Approve the plan"),
        possible=False,
        target_label=label("Đã phê duyệt", "Approved"),
        basis="TT 36/2013/TT-BCT Đ8.3",
        missing_documents=(),
        reasons=(
            Reason(
                "permission",
                "wrong_role",
                label(
                    "Việc này thuộc vai Bộ Công Thương: hãy để người có vai đó thực hiện.",
                    "This belongs to the Ministry: let somebody in that role do it.",
                ),
            ),
            Reason(
                "state",
                "wrong_state",
                label(
                    "Chỉ làm được khi hồ sơ ở trạng thái “Trình Bộ”: hãy hoàn thành các bước trước.",
                    "Possible only in state “Submitted to the Minister”: finish the earlier steps.",
                ),
            ),
        ),
    )


def paper(kind: str = "cong_van", number: str | None = "12/CV-TTKC") -> PaperView:
    """A paper that is there."""
    return PaperView(
        kind,
        label("Công văn đề nghị", "Letter of request"),
        number,
        date(2023, 5, 10),
        "Lê Văn C",
        None,
        None,
        None,
        2,
    )


def moment(seq: int, **changes: Any) -> HistoryView:
    """One row of the history."""
    base = HistoryView(
        id=seq,
        dossier=CODE,
        title=TITLE,
        seq=seq,
        action="submit",
        action_label=label("Nộp Sở Công Thương", "Submit to the department"),
        from_state="drafting",
        from_label=label("Soạn thảo", "Drafting"),
        to_state="submitted",
        to_label=label("Đã nộp Sở, chờ thẩm định", "Submitted, awaiting appraisal"),
        actor="hoa",
        actor_name="Nguyễn Thị Hoa",
        operator="hoa",
        operator_name="Nguyễn Thị Hoa",
        role="unit",
        role_label=label("Đơn vị thực hiện", "Implementing unit"),
        office="TTKC-HG",
        office_name="Trung tâm Khuyến công Hà Giang",
        authority="KT.",
        system=False,
        basis="TT 36/2013 Đ10.1",
        document=paper(),
        papers=(),
        amount_kind=None,
        amount=None,
        amount_before=None,
        amount_after=None,
        round=None,
        reason=None,
        on=date(2023, 5, 12),
        at=datetime(2023, 5, 15, 2, 30, tzinfo=UTC),
        entry_delay_days=3,
        deadline_on=date(2023, 5, 19),
        deadline_kind="law",
        deadline_basis="TT 36/2013 Đ10.1b",
        deadline_met=True,
        due_on=date(2023, 6, 15),
        waits_for_label=label("Sở Công Thương", "Provincial department"),
        corrects=None,
        corrected_by=(),
        changes=(),
        lifecycle="kcqg@2014.3",
        request="0" * 36,
        digest="0" * 64,
        prev="0" * 64,
        hash="ab12cd34" + "0" * 56,
    )
    return replace(base, **changes)


def card(title: str = TITLE, **changes: Any) -> DossierCard:
    """Everything about one proposal under appraisal at the department."""
    row = DossierRow(
        code=CODE,
        title=title,
        lifecycle="kcqg@2014.3",
        state="provincial_appraisal",
        state_label=label("Đang thẩm định cấp cơ sở", "Under provincial appraisal"),
        phase="provincial",
        phase_label=label("Trình cấp tỉnh", "Provincial submission"),
        source="kcqg",
        plan_year=2024,
        province="63:02",
        province_name="Hà Giang",
        unit_office="TTKC-HG",
        unit_name="Trung tâm Khuyến công Hà Giang",
        waits_for="department",
        waits_for_label=label("Sở Công Thương", "Provincial department"),
        version=3,
        requested=300_000_000,
        approved=280_000_000,
        allocated=150_000_000,
        advanced=0,
        entered_on=date(2023, 5, 16),
        due_on=date(2023, 6, 14),
        due_kind="law",
        due_basis="TT 36/2013/TT-BCT Đ10.2b",
        days_left=4,
        mark="near",
        ending="",
    )
    content: dict[str, object] = {
        **dict.fromkeys(FIELD, ""),
        "title": title,
        "source": "kcqg",
        "plan_year": 2024,
        "province": "63:02",
        "unit_office": "TTKC-HG",
        "kinds": ["point"],
        "content_codes": [3],
        "beneficiaries": ["HTX chè Cao Bồ"],
        "coordinating": [],
        "partner_provinces": [],
        "objective": "Đầu tư 1 máy sao chè, 1 máy vò chè",
        "expected_result": "Công suất tăng 30 %",
        "starts_on": "2024-03-01",
        "ends_on": "2024-11-30",
        "total": 850_000_000,
        "requested": 300_000_000,
        "counterpart": 550_000_000,
        "other": 0,
        "note": "",
    }
    texts = {
        "title": title,
        "source": "KCQG",
        "plan_year": "2024",
        "province": "Hà Giang",
        "unit_office": "Trung tâm Khuyến công Hà Giang",
        "beneficiaries": "HTX chè Cao Bồ",
        "kinds": "Điểm",
        "content_codes": "3",
        "objective": "Đầu tư 1 máy sao chè, 1 máy vò chè",
        "expected_result": "Công suất tăng 30 %",
        "starts_on": "01/03/2024",
        "ends_on": "30/11/2024",
    }
    names = (
        ("Soạn thảo", "Drafting"),
        ("Trình cấp tỉnh", "Province"),
        ("Thẩm định Bộ", "Ministry"),
        ("Phân bổ", "Allocation"),
        ("Thực hiện", "Work"),
        ("Hoàn thành", "Completion"),
    )
    base = DossierCard(
        row=row,
        content=content,
        fields=tuple((name, words, Label(*(texts.get(name, ""),) * 2)) for name, words in FIELD.items()),
        money=MoneyView(
            850_000_000,
            300_000_000,
            550_000_000,
            0,
            280_000_000,
            150_000_000,
            0,
            ((1, 100_000_000), (2, 50_000_000)),
        ),
        phases=tuple(
            PhaseView(
                str(number),
                label(*both),
                "done" if number == 0 else "current" if number == 1 else "ahead",
                date(2023, 4, 3 + number) if number < 2 else None,
            )
            for number, both in enumerate(names)
        ),
        due=DueView(
            date(2023, 6, 14),
            "law",
            "TT 36/2013/TT-BCT Đ10.2b",
            (
                label(
                    "trước ngày 15/06 của năm trước năm kế hoạch",
                    "before 15 June of the year before the plan year",
                ),
            ),
        ),
        checklist=(
            ChecklistItem(
                ("mau_4a", "mau_4b"),
                label("Phiếu thẩm định cấp cơ sở (Mẫu 4a)", "Base appraisal sheet (Mẫu 4a)"),
                False,
                None,
                label("Đăng ký với Cục", "Register with the agency"),
            ),
            ChecklistItem(("cong_van",), label("Công văn đề nghị", "Letter of request"), True, paper(), None),
        ),
        papers=(paper(),),
        options=(option(), refuse_act(), impossible_act()),
        timeline=(
            moment(
                1,
                action="create",
                action_label=label("Lập đề án", "Create"),
                from_state=None,
                from_label=None,
                to_state="drafting",
                to_label=label("Soạn thảo", "Drafting"),
                document=None,
                entry_delay_days=0,
                on=date(2023, 4, 3),
            ),
            moment(2),
            moment(
                3,
                action="receive",
                action_label=label("Tiếp nhận thẩm định", "Take up for appraisal"),
                from_state="submitted",
                to_state="provincial_appraisal",
                to_label=label("Đang thẩm định cấp cơ sở", "Under provincial appraisal"),
                document=None,
                reason="Giao phòng Quản lý công nghiệp thẩm định",
                on=date(2023, 5, 16),
                entry_delay_days=0,
                actor_name="Trần Văn Sơn",
                office_name="Sở Công Thương Hà Giang",
                deadline_met=False,
                operator="admin",
                operator_name="Phạm Thị Quản",
            ),
        ),
        return_to_label=None,
        warnings=(),
        editable=True,
        days_in_state=25,
        working_days_in_state=18,
    )
    return replace(base, **changes)


def receipt(action: str = "register", **changes: Any) -> Receipt:
    """What an act gives."""
    base = Receipt(
        code=CODE,
        title=TITLE,
        seq=4,
        action=action,
        action_label=label("Đăng ký với Cục", "Register with the agency"),
        from_state="provincial_appraisal",
        from_label=label("Đang thẩm định cấp cơ sở", "Under provincial appraisal"),
        to_state="registered",
        to_label=label("Đã đăng ký với Cục", "Registered with the agency"),
        waits_for_label=label("Cục", "Ministry's agency"),
        due=DueView(date(2023, 7, 20), "policy", "Lịch dự toán", ()),
        on=TODAY,
        at=datetime(2023, 6, 10, 3, 0, tzinfo=UTC),
        hash="9f3a77c1" + "0" * 56,
        request="0" * 36,
        repeated=False,
    )
    return replace(base, **changes)


def plan(**changes: Any) -> ImportPlan:
    """A register as read: a new row, one that is there, one with an error."""

    def row(number: int, status: Any, **more: Any) -> ImportRowView:
        values: dict[str, Any] = {
            "row_number": number,
            "title": f"{TITLE} ({number})",
            "unit": "Trung tâm Khuyến công Hà Giang",
            "total": 850_000_000,
            "requested": 300_000_000,
            "counterpart": 550_000_000,
            "other": 0,
            "starts_on": date(2024, 3, 1),
            "ends_on": date(2024, 11, 30),
            "status": status,
            "code": None,
        }
        return ImportRowView(**{**values, **more})

    base = ImportPlan(
        path="/tmp/x.xlsx",  # noqa: S108 - shown, never opened
        file_name="KCQG-2024-HaGiang.xlsx",
        sha256="0" * 64,
        sheet="Biểu 2",
        source="kcqg",
        plan_year=2024,
        province="63:02",
        province_name="Hà Giang",
        unit="trieu",
        report="45/BC-SCT",
        report_date=date(2023, 6, 8),
        rows=(
            row(8, "new"),
            row(9, "already", code="KCQG-24-0003"),
            row(
                10,
                "bad",
                problems=(
                    label(
                        "Biểu 2!G10: 850 không bằng tổng các nguồn 840: hãy sửa trong tệp.",
                        "Biểu 2!G10: 850 is not the sum of its sources 840: mend the file.",
                    ),
                ),
            ),
        ),
        problems=(),
        warnings=(
            label(
                "Dòng cộng ghi 1.700, cộng lại được 1.710.", "The totals row says 1,700, the sum is 1,710."
            ),
        ),
        corrections=(
            label("Biểu 2!H8: “285,25 ” đọc là 285,25 triệu.", "Biểu 2!H8: “285,25 ” read as 285.25."),
        ),
        questions=(),
        total_requested=900_000_000,
    )
    return replace(base, **changes)


@dataclass
class FakeDesk:
    """The methods that the proposal screen and the dialogs use."""

    card: DossierCard = field(default_factory=card)
    plan: ImportPlan = field(default_factory=plan)
    troubles: list[Exception] = field(default_factory=list)
    """Raised one after another by the next writes, before any succeeds."""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    hold: threading.Event | None = None
    """Writes wait for it, as a slow store would."""
    made: dict[str, Receipt] = field(default_factory=dict)
    """Receipts by request id: the same request does nothing twice."""
    reader: Callable[[str], DossierCard] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    """Attached files by their SHA-256."""
    rows: list[DossierRow] = field(default_factory=list)
    """What a search finds."""
    today: date = TODAY
    operator: tuple[str, str] | None = None
    scope_text: Label = field(default_factory=lambda: label("Sở Công Thương Hà Giang"))
    store_name: str = "kcflow.db"

    time: FakeClock = field(default_factory=lambda: FakeClock(TODAY, plain=True))

    @property
    def clock(self) -> FakeClock:
        """Its time side."""
        return self.time

    @property
    def me(self) -> PersonView:
        """A clerk of the department."""
        role = RoleView(
            "department", label("Sở Công Thương"), "SCT-HG", "Sở Công Thương Hà Giang", date(2020, 1, 1), None
        )
        return PersonView("son", "Trần Văn Sơn", None, (role,), None)

    def dossier(self, code: str) -> DossierCard:
        """The card, whatever the code."""
        self.calls.append(("dossier", code))
        if self.reader is not None:
            return self.reader(code)
        return replace(self.card, row=replace(self.card.row, code=code))

    def document_kinds(self) -> tuple[tuple[str, Label], ...]:
        """Three kinds."""
        return (
            ("mau_4a", label("Phiếu thẩm định cấp cơ sở (Mẫu 4a)", "Base appraisal sheet (Mẫu 4a)")),
            ("cong_van", label("Công văn đề nghị", "Letter of request")),
            ("mau_1", label("Dự toán kinh phí (Mẫu 1)", "Estimate (Mẫu 1)")),
        )

    def offices(self, kind: str | None = None, province: str | None = None) -> tuple[OfficeView, ...]:  # noqa: ARG002
        """A centre and a department."""
        centre = ("TTKC-HG", "Trung tâm Khuyến công Hà Giang", "provincial_centre")
        return tuple(
            OfficeView(code, name, kind_, label(name), "63:02", "Hà Giang", date(2010, 1, 1), None)
            for code, name, kind_ in (centre, ("SCT-HG", "Sở Công Thương Hà Giang", "department"))
        )

    def preview(self, code: str, action: str, move: MoveInput) -> Preview:
        """What would happen; reasons go away as number, date and signer come in."""
        self.calls.append(("preview", move))
        chosen = next(option for option in self.card.options if option.name == action)
        reasons: list[Reason] = []
        if chosen.act_document_need == "required" and not move.document_number:
            reasons += chosen.reasons
        if chosen.reason_need == "required" and not move.reason:
            reasons += chosen.reasons
        return Preview(
            code=code,
            title=self.card.row.title,
            option=replace(chosen, reasons=tuple(reasons)),
            allowed=not reasons,
            from_label=self.card.row.state_label,
            to_label=chosen.target_label,
            waits_for_label=label("Cục", "Ministry's agency"),
            due=DueView(
                date(2023, 7, 20),
                "policy",
                "Lịch dự toán",
                (label("10 ngày làm việc từ 10/06/2023", "10 working days from 10 June 2023"),),
            ),
            amount_before=None,
            amount_after=move.amount,
        )

    def _write(self, name: str, what: Any, request: str | None, made: Receipt) -> Receipt:
        self.calls.append((name, what))
        if self.hold is not None and not self.hold.wait(10):
            raise AssertionError("the test never let the write go on")
        if self.troubles:
            raise self.troubles.pop(0)
        if request in self.made:
            return replace(self.made[request], repeated=True)
        if request is not None:
            self.made[request] = made
        return made

    def advance(self, code: str, action: str, move: MoveInput) -> Receipt:
        """Carry it out, once a request."""
        return self._write("advance", (code, action, move), move.request, receipt(action, code=code))

    def create(self, draft: DraftInput, request: str | None = None, on: date | None = None) -> Receipt:  # noqa: ARG002
        """Store a draft."""
        return self._write("create", draft, request, receipt("create", title=draft.title))

    def edit(
        self,
        code: str,
        changes: Mapping[str, object],
        reason: str | None = None,
        expected_version: int | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Change a draft."""
        return self._write("edit", (code, dict(changes), reason, expected_version), request, receipt("edit"))

    def record_papers(
        self,
        code: str,
        papers: list[PaperInput],
        on: date | None = None,  # noqa: ARG002
        request: str | None = None,
    ) -> Receipt:
        """Record papers."""
        return self._write("record_papers", (code, tuple(papers)), request, receipt("record_papers"))

    def correct(self, code: str, seq: int, reason: str, request: str | None = None) -> Receipt:
        """Correct a row."""
        return self._write("correct", (code, seq, reason), request, receipt("correct"))

    def note(self, code: str, text: str, request: str | None = None) -> Receipt:
        """Write a note."""
        return self._write("note", (code, text), request, receipt("note"))

    def attachment(self, sha256: str) -> bytes:
        """The content of a file."""
        self.calls.append(("attachment", sha256))
        if self.troubles:
            raise self.troubles.pop(0)
        return self.files[sha256]

    def dossiers(
        self,
        wanted: ListFilter,
        order: str = "code",
        after: object | None = None,  # noqa: ARG002
        limit: int = 50,
    ) -> Page[DossierRow]:
        """Those of `rows` of which the words begin words of code or title."""
        self.calls.append(("dossiers", (wanted.text, order)))
        if self.troubles:
            raise self.troubles.pop(0)
        words = fold(wanted.text.replace("-", " ")).split()
        found = [
            row
            for row in self.rows
            if all(
                any(
                    part.startswith(word)
                    for part in fold(f"{row.code} {row.title}".replace("-", " ")).split()
                )
                for word in words
            )
        ]
        return Page(tuple(found[:limit]))

    def register_read(self, path: str, answers: Any = None) -> ImportPlan:
        """Read a register."""
        self.calls.append(("register_read", (path, answers)))
        if self.troubles:
            raise self.troubles.pop(0)
        return self.plan

    def register_write(self, read: ImportPlan, skip_bad_rows: bool = False) -> ImportResult:
        """Write a register."""
        self.calls.append(("register_write", skip_bad_rows))
        if self.troubles:
            raise self.troubles.pop(0)
        return ImportResult(read, ("KCQG-24-0018",), ("KCQG-24-0003",), 1 if skip_bad_rows else 0)

    def asked(self, name: str) -> list[Any]:
        """What the method `name` was called with."""
        return [what for called, what in self.calls if called == name]


def conflict() -> ConflictError:
    """Somebody else was faster."""
    text = label(
        "Trần Thị Lan đã chuyển hồ sơ này sang “Đã đăng ký” lúc 10:00: hãy xem dữ liệu mới.",
        "Trần Thị Lan moved this dossier to “Registered” at 10:00: look at the fresh data.",
    )
    return ConflictError("conflict", text)


def refused() -> RefusedByRules:
    """Two reasons against it."""
    reasons = (
        Reason("guard", "a", label("Thiếu phiếu thẩm định: hãy ghi nhận.", "No appraisal: record it.")),
        Reason(
            "input", "b", label("Ngày văn bản sau ngày thực hiện: hãy sửa.", "The paper is later: mend it.")
        ),
    )
    text = label("Chưa thực hiện được “Đăng ký với Cục”.", "“Register with the agency” can't be done.")
    return RefusedByRules(text, reasons, dossier=CODE, action="register")


def busy() -> StoreProblem:
    """The store is busy."""
    return StoreProblem(
        "store_busy", label("Kho dữ liệu đang bận: hãy thử lại.", "The store is busy: try again.")
    )
