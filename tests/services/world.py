"""A small real world for the services: two provinces, the ministry, a clock that tests move."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

from db import directory
from db.rows import OrganisationRow, PersonRow
from db.store import Store
from kcflow.bootstrap import found
from kcflow.reference import province
from kcflow.services.context import VIET_NAM, Shared
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput, MoveInput, PaperInput, Receipt

HA_GIANG, THAI_NGUYEN = "63:02", "63:19"
UNIT, SCT, STC, UBND = "ttkc-63-02", "sct-63-02", "stc-63-02", "ubnd-63-02"
AGENCY, MINISTRY = "cuc", "bct"


class World:
    """A founded store; `desk(login)` is the desk of one person, `day` the date of entry."""

    def __init__(self, store: Store, day: date = date(2023, 4, 3)) -> None:
        self.store = store
        self.day = day
        self._ticks = itertools.count()
        self.shared = Shared(store, self.now)
        found(store, [province(HA_GIANG), province(THAI_NGUYEN)], date(2020, 1, 1))
        with store.administer() as admin:
            directory.add_organisation(
                admin,
                OrganisationRow("KTNN", "Kiểm toán Nhà nước", None, "audit", None, None, date(2020, 1, 1)),
            )
            directory.add_person(admin, PersonRow("ktnn", "Kiểm toán viên", None, None, date(2020, 1, 1)))
            directory.assign(admin, "ktnn", "auditor", "KTNN", date(2020, 1, 1))
        self._desks: dict[str, Desk] = {}

    def now(self) -> datetime:
        """Nine in the morning of `day`, a second later with every call."""
        local = datetime.combine(self.day, time(9), VIET_NAM) + timedelta(seconds=next(self._ticks))
        return local.astimezone(UTC)

    def desk(self, login: str) -> Desk:
        """The desk of `login`, worked by an account that is mapped to nobody."""
        if login not in self._desks:
            self._desks[login] = Desk.for_account(self.shared, ("test-account", "Tài khoản thử"), login)
        return self._desks[login]

    def draft(self, **changes: object) -> str:
        """A new balanced draft of the Hà Giang centre; returns its code."""
        values: dict[str, object] = {
            "source": "kcqg",
            "plan_year": 2024,
            "title": "Hỗ trợ ứng dụng máy móc trong chế biến chè",
            "unit_office": "TTKC-63-02",
            "total": 500_000_000,
            "requested": 300_000_000,
            "counterpart": 200_000_000,
            "starts_on": date(2024, 3, 1),
            "ends_on": date(2024, 11, 30),
            **changes,
        }
        login = str(values["unit_office"]).lower()
        return self.desk(login).create(DraftInput(**values)).code  # type: ignore[arg-type]

    def act(self, login: str, code: str, action: str, on: date | None = None, **given: object) -> Receipt:
        """One act with whatever papers it asks for; entered on the day of the act."""
        if on is not None and on > self.day:
            self.day = on
        desk = self.desk(login)
        day = on or self.day
        option = next(o for o in desk.options(code, MoveInput(on=day)) if o.name == action)
        kind = given.pop("kind", None)
        if option.act_document_need == "required" or kind:
            given.setdefault("document_number", f"{next(self._ticks)}/VB")
            given.setdefault("document_date", day)
            given.setdefault("signer", "Nguyễn Văn Ký")
            given["document_kind"] = kind or option.act_documents[0][0]
        papers = tuple(
            PaperInput(kinds[0][0], f"{next(self._ticks)}/VB", day, "Nguyễn Văn Ký")
            for kinds in option.missing_documents
            if kinds[0][0] != given.get("document_kind")
        )
        given.setdefault("papers", papers)
        if option.reason_need == "required":
            given.setdefault("reason", "Lý do thử nghiệm")
        return desk.advance(code, action, MoveInput(on=day, **given))  # type: ignore[arg-type]

    def to(self, state: str, code: str) -> None:
        """Walk the ordinary national route until `code` stands in `state`."""
        for login, action, on, given in ORDINARY:
            if self.desk("ktnn").dossier(code).row.state == state:
                return
            self.act(login, code, action, on, **given)
        assert self.desk("ktnn").dossier(code).row.state == state


ORDINARY: tuple[tuple[str, str, date, dict[str, object]], ...] = (
    (UNIT, "submit_to_department", date(2023, 5, 10), {}),
    (SCT, "start_provincial_appraisal", date(2023, 5, 12), {}),
    (SCT, "record_provincial_appraisal", date(2023, 5, 22), {"conclusion": "agreed"}),
    (SCT, "register_with_ministry", date(2023, 6, 9), {}),
    (AGENCY, "start_screening", date(2023, 6, 26), {}),
    (AGENCY, "aggregate", date(2023, 7, 14), {}),
    (AGENCY, "start_ministry_appraisal", date(2023, 11, 22), {}),
    (AGENCY, "record_ministry_appraisal", date(2023, 12, 4), {"conclusion": "agreed"}),
    (AGENCY, "submit_to_minister", date(2023, 12, 8), {}),
    (MINISTRY, "approve", date(2023, 12, 28), {"amount": 280_000_000}),
    (AGENCY, "record_mof_opinion", date(2024, 1, 18), {}),
    (AGENCY, "allocate", date(2024, 2, 20), {"amount": 280_000_000, "round": 1}),
    (AGENCY, "assign_plan", date(2024, 2, 27), {}),
    (AGENCY, "sign_contract", date(2024, 3, 20), {}),
    (UNIT, "start_implementation", date(2024, 3, 25), {}),
    (AGENCY, "record_advance", date(2024, 4, 5), {"amount": 196_000_000}),
    (UNIT, "report_progress", date(2024, 4, 22), {}),
    (UNIT, "report_completion", date(2024, 5, 20), {}),
    (SCT, "accept", date(2024, 5, 30), {}),
    (UNIT, "submit_settlement", date(2024, 6, 5), {}),
    (AGENCY, "liquidate", date(2024, 6, 11), {}),
    (UNIT, "archive", date(2024, 6, 13), {}),
)
