"""Which terms each help explains, and the article that each term rests on (docs/glossary.md has them all).

The words stand in the catalogues: `term.<id>.name` is the official Vietnamese term in both languages,
`term.<id>.text` a short meaning.
"""

from __future__ import annotations

from typing import Final

BASIS: Final[dict[str, str]] = {
    "proposal": "TT 46/2012 Đ2; TT 36/2013 Đ5",
    "kcqg": "TT 46/2012 Đ2; TT 36/2013",
    "kcdp": "TT 46/2012 Đ2, Đ8.3b",
    "phase": "",
    "state": "",
    "action": "",
    "waits_for": "",
    "deadline": "Bộ luật Dân sự 2015 Đ147–148",
    "late_law": "",
    "late_policy": "",
    "near": "",
    "stalled": "",
    "days": "",
    "basis": "",
    "on_at": "NĐ 30/2020 Đ29",
    "history": "NĐ 30/2020 Đ18.3, Đ29.1b",
    "correct": "NĐ 30/2020 Đ18.3",
    "leaf": "",
    "return_to": "Thực tiễn",
    "register": "TT 36/2013 Đ6.1, Đ10.2",
    "estimate": "TT 36/2013 Đ5",
    "appraisal": "TT 36/2013 Đ8.1a, Đ9",
    "allocation": "TTLT 26/2014 Đ8.1a",
    "acceptance": "TT 36/2013 Đ14, Đ21.1",
    "settlement": "TT 36/2013 Đ18, Đ19",
    "contents": "NĐ 45/2012 Đ4",
    "ceiling": "TTLT 26/2014 Đ6.2; TT 28/2018/TT-BTC Đ8",
    "group": "TT 36/2013 Đ10.1a, Đ21.2a",
    "authority": "NĐ 30/2020 Đ13",
    "operator": "",
    "paper": "",
    "unit": "TT 36/2013 Đ2.1, Đ23",
    "department": "TT 36/2013 Đ8.1, Đ21",
    "agency": "TT 36/2013 Đ6, Đ8.2, Đ11–16, Đ20",
    "ministry": "TT 36/2013 Đ8.3, Đ11.2a, Đ11.3",
    "auditor": "TTLT 26/2014 Đ9",
    "plan": "NĐ 45/2012 Đ2.2; TT 36/2013 Đ8.3",
    "round": "TTLT 26/2014 Đ8.1a; Luật NSNN 83/2015 Đ49",
    "contract": "TT 36/2013 Đ12, Đ18",
    "adjustment": "TT 36/2013 Đ11",
    "four_eyes": "",
    "worksheet": "",
    "own_rule": "",
    "pause": "",
    "remind": "",
    "holder": "",
    "escalate": "",
    "stay": "",
    "median": "",
    "nine_in_ten": "",
}
"""Article by term; "" where no article defines it."""

_LATE: Final = ("deadline", "late_law", "late_policy", "near")
_TIME: Final = ("own_rule", "pause", "remind", "holder", "escalate")
_ACT: Final = ("action", "basis", "on_at", "paper", "authority")
OF_HELP: Final[dict[str, tuple[str, ...]]] = {
    "inbox": ("proposal", "state", "waits_for", *_LATE, "return_to"),
    "dossiers": ("proposal", "kcqg", "kcdp", "phase", "state", "unit", *_LATE),
    "stalled": ("stalled", *_LATE, "days", "waits_for", "basis", *_TIME),
    "why": ("deadline", "late_law", "own_rule", "pause", "days", "on_at", "basis"),
    "clock_acts": _TIME,
    "clock_form": _TIME,
    "groups": ("stalled", "waits_for", "holder", "basis"),
    "dwell": ("stay", "median", "nine_in_ten", "waits_for", "pause", "return_to", "phase", "state"),
    "year_end": ("deadline", "settlement", "acceptance"),
    "rules": ("own_rule", *_LATE, "state", "waits_for", "basis"),
    "rule_form": ("own_rule", "late_law", "days", "basis"),
    "change": ("deadline", "late_law", "late_policy", "own_rule", "history"),
    "calendar": ("days", "deadline"),
    "day_form": ("days", "deadline"),
    "history": ("history", "on_at", "operator", "correct", "deadline"),
    "people": ("unit", "department", "agency", "ministry", "auditor", "operator"),
    "flow": ("phase", "state", "kcqg", "kcdp", *_LATE),
    "proposal": (
        *("state", "waits_for", *_LATE, "return_to", "action", "paper", "estimate"),
        *("allocation", "acceptance", "settlement", "correct"),
    ),
    "story": ("allocation", "acceptance", "settlement", "ceiling", "kcqg", "kcdp", "correct"),
    "budget": ("kcqg", "kcdp", "allocation", "acceptance", "settlement", "contents"),
    "figures": ("kcqg", "kcdp", "basis"),
    "advance": (*_ACT, "deadline", "allocation", "return_to"),
    "choose": ("action", "basis", "state", "return_to"),
    "bulk": (*_ACT,),
    "draft": ("proposal", "kcqg", "kcdp", "contents", "estimate", "ceiling", "group"),
    "register": ("register", "estimate", "department", "kcqg", "kcdp"),
    "papers": ("paper", "on_at", "authority", "appraisal"),
    "picker": ("paper",),
    "viewer": ("paper",),
    "correct": ("correct", "history", "leaf"),
    "record": ("leaf", "on_at", "operator", "authority", "basis", "correct"),
    "note": ("history", "operator"),
    "filter": ("phase", "state", "kcqg", "kcdp", "contents", "deadline"),
    "work_as": ("operator", "unit", "department", "agency"),
    "money": ("plan", "round", "contract", "adjustment", "four_eyes", *_LATE),
    "board": ("worksheet", "four_eyes", "plan", "round", "contract", "adjustment", *_LATE),
    "board_act": (*_ACT, "four_eyes", "deadline"),
    "plan_form": ("plan", "kcqg", "kcdp", "worksheet"),
    "round_form": ("round", "plan", "contents", "worksheet"),
    "contract_form": ("contract", "allocation", "settlement"),
    "adjustment_form": ("adjustment", "four_eyes"),
    "annex": ("worksheet", "round", "plan"),
    "export": ("worksheet",),
    "welcome": ("proposal", "register", "department"),
}
"""Terms by the last word of a help's key; a help that isn't named here explains `USUAL`."""
USUAL: Final = ("proposal", "phase", "state", "deadline")


def terms_of(help_key: str) -> tuple[str, ...]:
    """The terms that the help `help_key` ("help.inbox") explains."""
    return OF_HELP.get(help_key.removeprefix("help."), USUAL)
