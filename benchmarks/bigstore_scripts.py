"""The lives of proposals that a big store is made of: who acts, what, how many days after the last act.

A life may be cut after any act, so every state of both lifecycles is some proposal's present one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REASON: Final = "Hồ sơ còn thiếu báo giá thiết bị; đề nghị bổ sung, giải trình"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its role, name, days since the last act, and what is entered with it.

    permille: the amount in thousandths of what was asked for. papers: further kinds recorded with it.
    """

    role: str
    name: str
    gap: int
    permille: int | None = None
    round: int | None = None
    papers: tuple[str, ...] = ()
    conclusion: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A proposal's whole life; kinds: its kinds; beneficiary: it has one that is not the unit."""

    name: str
    source: str
    acts: tuple[Act, ...]
    kinds: tuple[str, ...] = ()
    beneficiary: bool = False


def _national(beneficiary: bool) -> tuple[Act, ...]:
    """From the draft to the Minister's decision."""
    asks = ("don_de_nghi_thu_huong",) if beneficiary else ()
    return (
        Act("unit", "submit_to_department", 18, papers=("de_an", "mau_1", *asks)),
        Act("department", "start_provincial_appraisal", 3),
        Act("department", "record_provincial_appraisal", 6, conclusion="agreed"),
        Act("department", "register_with_ministry", 5, papers=("mau_2",)),
        Act("agency", "start_screening", 9),
        Act("agency", "aggregate", 16),
        Act("agency", "start_ministry_appraisal", 118),
        Act("agency", "record_ministry_appraisal", 9, conclusion="agreed"),
        Act("agency", "submit_to_minister", 4),
        Act("ministry", "approve", 14, permille=1000),
    )


_CHECK = (
    Act("agency", "send_to_mof", 6),
    Act("agency", "record_mof_opinion", 11),
)
_WHOLE = (Act("agency", "allocate", 25, permille=1000, round=1),)
_ASSIGN = (Act("agency", "assign_plan", 7, papers=("thong_bao_giao",)),)
_WORK = (
    Act("agency", "sign_contract", 9),
    Act("unit", "start_implementation", 5),
    Act("agency", "record_advance", 10, permille=600),
    Act("unit", "report_progress", 14),
    Act("unit", "report_completion", 40),
)
_END = (
    Act("department", "accept", 7, conclusion="agreed", kind="mau_5b"),
    Act("unit", "submit_settlement", 8, papers=("mau_7", "mau_8a")),
    Act("agency", "liquidate", 12),
    Act("unit", "archive", 60),
)


def _kcqg() -> tuple[Life, ...]:
    own, other = _national(beneficiary=False), _national(beneficiary=True)
    plan = (*own, *_CHECK, *_WHOLE, *_ASSIGN)
    parts = (
        Act("agency", "allocate", 25, permille=600, round=1),
        Act("agency", "allocate", 50, permille=400, round=2),
    )
    direct = (
        Act("unit", "submit_to_agency", 20, papers=("de_an", "mau_1")),
        *own[4:],
        *_CHECK,
        *_WHOLE,
        *_ASSIGN,
        *_WORK,
        Act("agency", "accept", 7, conclusion="agreed", kind="mau_5c"),
        *_END[1:],
    )
    group = (
        Act("unit", "propose_group_plan", 6),
        Act("department", "approve_group_plan", 6, conclusion="agreed"),
    )
    tender = (Act("department", "start_bidding", 6), Act("department", "record_bidding_result", 24))
    late_work = (
        *_WORK[:3],
        Act("ministry", "carry_over", 150, papers=("cong_van_don_vi", "xac_nhan_so")),
        Act("agency", "resume_next_year", 30),
        Act("unit", "report_completion", 60),
        *_END,
    )
    force = (
        *_WORK[:4],
        Act("agency", "force_majeure", 12, papers=("cong_van_don_vi",)),
        *_END[2:],
    )
    stop = (Act("ministry", "stop_on_request", 30, papers=("cong_van_don_vi", "xac_nhan_so")),)
    correction = (
        Act("agency", "send_to_mof", 6),
        Act("agency", "record_mof_correction", 9),
        Act("agency", "answer_mof", 5),
        Act("agency", "record_mof_opinion", 8),
    )
    return (
        Life("usual", "kcqg", (*plan, *_WORK, *_END)),
        Life("beneficiary", "kcqg", (*other, *_CHECK, *_WHOLE, *_ASSIGN, *_WORK, *_END), (), True),
        Life("parts", "kcqg", (*own, *_CHECK, *parts, *_ASSIGN, *_WORK, *_END)),
        Life("direct", "kcqg", direct, ("multi_province",)),
        Life("group", "kcqg", (*plan, *group, *_WORK, *_END), ("group",)),
        Life("tender", "kcqg", (*plan, *tender, *_WORK, *_END), ("bidding",)),
        Life("carried", "kcqg", (*plan, *late_work)),
        Life("force", "kcqg", (*plan, *force)),
        Life("stopped", "kcqg", (*plan, *_WORK[:2], *stop)),
        Life("correction", "kcqg", (*own, *correction, *_WHOLE, *_ASSIGN, *_WORK, *_END)),
        Life(
            "returned",
            "kcqg",
            (
                *own[:2],
                Act("department", "return_by_department", 4),
                Act("unit", "resubmit", 8, kind="cong_van_nop_lai"),
                *own[2:5],
                Act("agency", "return_by_agency", 8),
                Act("unit", "resubmit", 8, kind="cong_van_nop_lai"),
                *own[5:],
                *_CHECK,
                *_WHOLE,
                *_ASSIGN,
                *_WORK,
                *_END,
            ),
        ),
        Life("refused", "kcqg", (*own[:2], Act("department", "refuse_by_department", 6, kind="mau_4a"))),
        Life(
            "unchosen", "kcqg", (*own[:7], Act("agency", "refuse_by_agency", 9, kind="thong_bao_khong_chon"))
        ),
        Life("withdrawn", "kcqg", (*own[:3], Act("unit", "withdraw", 5))),
        Life("transferred", "kcqg", (*own, *_CHECK[:1], Act("department", "transfer_to_local", 20))),
    )


def _kcdp() -> tuple[Life, ...]:
    start = (
        Act("unit", "submit_to_centre", 16, papers=("de_an", "mau_1")),
        Act("unit", "submit_to_department", 7),
        Act("department", "record_department_appraisal", 7, conclusion="agreed"),
        Act("department", "submit_to_finance", 4),
        Act("finance_department", "record_finance_opinion", 9),
        Act("department", "submit_to_committee", 5),
        Act("provincial_committee", "approve", 30, permille=1000),
    )
    whole = (Act("department", "allocate", 20, permille=1000, round=1),)
    work = (
        Act("department", "assign_estimate", 8),
        Act("unit", "sign_contract", 9),
        Act("unit", "start_implementation", 6),
        Act("department", "record_advance", 9, permille=500),
        Act("unit", "report_completion", 60),
        Act("department", "accept", 7, conclusion="agreed", kind="mau_5a"),
        Act("unit", "pay", 6),
        Act("department", "settle", 8),
        Act("unit", "archive", 50),
    )
    parts = (
        Act("department", "allocate", 20, permille=700, round=1),
        Act("department", "allocate", 45, permille=300, round=2),
    )
    back = (
        Act("department", "return_by_department", 5),
        Act("unit", "resubmit", 7, kind="cong_van_nop_lai"),
    )
    correction = (
        Act("finance_department", "request_finance_correction", 6),
        Act("department", "answer_finance", 5),
    )
    return (
        Life("local", "kcdp", (*start, *whole, *work)),
        Life("local parts", "kcdp", (*start, *parts, *work)),
        Life("local returned", "kcdp", (*start[:2], *back, *start[2:], *whole, *work)),
        Life("local correction", "kcdp", (*start[:4], *correction, *start[4:], *whole, *work)),
        Life("local refused", "kcdp", (*start[:6], Act("provincial_committee", "refuse_by_approver", 12))),
        Life("local withdrawn", "kcdp", (*start[:3], Act("unit", "withdraw", 4))),
        Life("local stopped", "kcdp", (*start, *whole, *work[:3], Act("provincial_committee", "stop", 40))),
    )


LIVES: Final = (*_kcqg(), *_kcdp())
