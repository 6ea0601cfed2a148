"""Lives of proposals played through the real engine, and taken apart into forms to be filled in often."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

from benchmarks.bigstore_scripts import LIVES, REASON, Act, Life
from benchmarks.bigstore_words import OBJECTIVES, Draw
from db import directory
from db.authorizer import Role, authorizer
from db.leaf import canonical
from db.rows import OrganisationRow, PersonRow
from db.store import Store
from kcflow import reference
from kcflow.bootstrap import NATIONAL_OFFICES, SAMPLE_DAY, provincial_offices, put_reference
from kcflow.labels import OFFICE_ROLE
from kcflow.services.context import VIET_NAM, Shared
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput, MoveInput, PaperInput
from states.loader import builtin, load_file
from states.model import Lifecycle

TODAY: Final = date(2024, 6, 14)
"""The day on which a big store stands still, as the sample does."""
SINCE: Final = date(2012, 7, 5)
PROVINCES: Final = tuple(each for each in reference.provinces() if each.list == "63")
HOME: Final = "63:02"
"""The province of the plays, and of the account that opens the store (as in the sample)."""
ASKED: Final = 400_000_000
"""What a played proposal asks for, in đồng; all its sums are thousandths of it."""
FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Lý", "Nông", "Ngô")
GIVEN: Final = (
    "Thu Hà",
    "Văn Minh",
    "Thị Lan",
    "Quốc Hưng",
    "Mai Anh",
    "Đức Thắng",
    "Thị Hồng",
    "Văn Sơn",
    "Bá Đạt",
)
STEMS: Final = {
    "unit": "TTKC",
    "department": "SCT",
    "finance_department": "STC",
    "provincial_committee": "UBND",
}
NATIONAL: Final = {"agency": "cuc", "ministry": "bct"}


@cache
def former() -> tuple[Lifecycle, ...]:
    """The versions that the proposals of a big store pin: those before rounds and contracts had their own."""
    folder = Path(__file__).with_name("lifecycles")
    return tuple(map(load_file, sorted(folder.glob("*.toml"))))


class QuietStore(Store):
    """A store that waits for no disk: what is played in it is thrown away."""

    def _connect(self, role: Role, writes: bool) -> Any:  # noqa: ANN401 - as in Store
        raw = super()._connect(role, writes)
        raw.set_authorizer(None)
        raw.execute("PRAGMA synchronous=OFF")
        raw.set_authorizer(authorizer(role))
        return raw


def found(store: Store, account: tuple[str, str], *, newest: bool = True) -> None:
    """Offices of every province and of the state, a person for each role; `account` works in one Sở.

    newest: the built-in lifecycles, too; without them new proposals pin the former ones.
    """
    offices = [
        OrganisationRow(code, name, None, kind, None, None, SINCE) for code, name, kind in NATIONAL_OFFICES
    ]
    for province in PROVINCES:
        offices += provincial_offices(province, SINCE)
    offices.append(OrganisationRow("KTNN", "Kiểm toán Nhà nước", None, "audit", None, None, SINCE))
    with store.administer() as admin:
        put_reference(admin, but=() if newest else {each.key for each in builtin()})
        for lifecycle in former():
            directory.install_lifecycle(admin, lifecycle)
        directory.put_meta(admin, SAMPLE_DAY, TODAY.isoformat())
        for index, office in enumerate(offices):
            directory.add_organisation(admin, office)
            # Family and given names step at different paces, so neighbours differ in both.
            name = f"{FAMILY[index % len(FAMILY)]} {GIVEN[index % len(GIVEN)]}"
            login = office.code.lower()
            directory.add_person(admin, PersonRow(login, name, None, None, SINCE))
            directory.assign(admin, login, OFFICE_ROLE[office.kind], office.code, SINCE)
        directory.add_person(admin, PersonRow("giamsat-bo", "Ngô Quang Trung", None, None, SINCE))
        directory.assign(admin, "giamsat-bo", "supervisor", "CUC", SINCE)
        directory.add_person(admin, PersonRow(account[0], account[1], None, account[0], SINCE))
        for role in ("department", "admin"):
            directory.assign(admin, account[0], role, f"SCT-{HOME.replace(':', '-')}", SINCE)


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf as a form for `%`: `%(code)s`, `%(prev)s`, `%(at)s`, names by role, sums as `%(m600)s`."""

    day: int
    """The day of entry, as `date.toordinal`."""
    form: str
    permilles: tuple[int, ...]
    content: str | None
    """The form of the content, in create and edit."""


@dataclass(frozen=True, slots=True)
class Template:
    """A played proposal: its leaves, and what its rows in the other tables became."""

    rows: tuple[Row, ...]
    content: Mapping[str, Any]
    prefix: str
    """Of its code: "KCQG-24-"."""
    dossier: Mapping[str, Any]
    papers: tuple[tuple[Any, ...], ...]
    amounts: tuple[tuple[int, str, int | None, int], ...]
    """(seq, kind, round, permille)."""
    last_role: str
    standing: Literal["ended", "in_time", "late"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is played of a life: whole or up to `cut` acts, from `start` on, gaps shortened to `longest`."""

    life: Life
    cut: int
    year: int
    start: date
    longest: int


CUTS: Final = tuple((life, cut) for life in LIVES for cut in range(len(life.acts)))
_STRIDE: Final = 233
"""Prime, so that stepping by it comes to every cut before it comes to one again."""


def parts(count: int, seed: int) -> Iterator[Part]:
    """Yield what to play: a fifth whole lives; cut ones, half in time today, half standing still since."""
    for number in range(count):
        draw = Draw(seed ^ 0x5EED, number)
        turn, sort = divmod(number, 5)
        if sort == 0:
            life, year = LIVES[turn % len(LIVES)], 2015 + draw.below(9)
            yield Part(life, len(life.acts), year, date(year - 1, 3, 20) + timedelta(draw.below(40)), 365)
            continue
        life, cut = CUTS[(turn * 2 + sort // 2 % 2) * _STRIDE % len(CUTS)]
        if sort % 2:
            days = sum(min(act.gap, 8) + 1 for act in life.acts[:cut]) + draw.below(7)
            yield Part(life, cut, 2025 if cut else 2026, TODAY - timedelta(days), 8)
        else:
            year = 2019 + draw.below(6)
            yield Part(life, cut, year, date(year - 1, 3, 20) + timedelta(draw.below(40)), 365)


def _weekday(day: date) -> date:
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


class Stage:
    """A store in which lives are played on, with a clock that the play sets."""

    def __init__(self, store: Store, history_per: int) -> None:
        self.day = TODAY
        self._shared = Shared(store, self._now, TODAY)
        self._look = sqlite3.connect(store.location)
        self._desks: dict[str, Desk] = {}
        self._rows = history_per
        self._papers = 0

    def _now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=VIET_NAM).astimezone(UTC)

    def _desk(self, role: str) -> Desk:
        login = NATIONAL.get(role) or f"{STEMS[role]}-{HOME.replace(':', '-')}".lower()
        if login not in self._desks:
            self._desks[login] = Desk.for_person(self._shared, login)
        return self._desks[login]

    def _number(self, role: str) -> str:
        self._papers += 1
        return f"{self._papers % 900 + 1}/{'BCT' if role in NATIONAL else STEMS[role]}"

    def play(self, part: Part, number: int) -> Template:
        """Play a life and take it apart. Raises what the desk raises when the script breaks a rule."""
        life = part.life
        self.day = _weekday(min(part.start, TODAY))
        counterpart = ASKED * (2 + number % 3) // 2
        draft = DraftInput(
            cast("Literal['kcqg', 'kcdp']", life.source),
            part.year,
            "Đề án mẫu",
            f"TTKC-{HOME.replace(':', '-')}",
            objective=OBJECTIVES[number % len(OBJECTIVES)],
            expected_result="01 cơ sở công nghiệp nông thôn được hỗ trợ; tăng doanh thu 15%",
            starts_on=date(part.year, 3, 1),
            ends_on=date(part.year, 11, 30),
            total=ASKED + counterpart,
            requested=ASKED,
            counterpart=counterpart,
            kinds=life.kinds,
            content_codes=(number % 9 + 1,) if number % 4 else (3, 9),
            beneficiaries=("Cơ sở mẫu",) if life.beneficiary else (),
            partner_provinces=("63:19",) if "multi_province" in life.kinds else (),
        )
        done = self._desk("unit").create(draft, on=self.day)
        due = done.due
        acts = life.acts[: part.cut]
        extra = max(0, self._rows * 6 // 10 - 1 - len(acts))
        edits = min(extra, 2 + number % 2) if acts else extra
        for index in range(edits):
            self._desk("unit").edit(done.code, {"note": f"Dự toán lần {index + 2}"}, None)
        for act in acts:
            day = _weekday(self.day + timedelta(days=min(act.gap, part.longest)))
            if day > TODAY:
                break
            self.day = day
            due = self._act(done.code, act, due.on if due else None)
            if extra > edits:
                extra -= 1
                paper = PaperInput("cong_van_don_vi", self._number("unit"), self.day, "Giám đốc")
                self._desk("unit").record_papers(done.code, (paper,))
        return self._taken_apart(done.code)

    def _act(self, code: str, act: Act, due_on: date | None) -> Any:  # noqa: ANN401 - a DueView or None
        desk = self._desk(act.role)
        lifecycle = self._shared.lifecycle("kcqg@2014" if code.startswith("KCQG") else "kcdp@default")
        action = lifecycle.action_by_name[act.name]
        kinds = Lifecycle.act_documents(action)
        paper = bool(act.kind or act.conclusion or action.act_document_need == "required") and bool(kinds)
        late = due_on is not None and self.day > due_on
        move = MoveInput(
            reason=REASON if late or action.reason == "required" else None,
            document_kind=(act.kind or kinds[0]) if paper else None,
            document_number=self._number(act.role) if paper else None,
            document_date=self.day if paper else None,
            signer="Phạm Văn Lãnh" if paper else None,
            conclusion=cast("Any", act.conclusion),
            papers=tuple(PaperInput(k, self._number(act.role), self.day, "Giám đốc") for k in act.papers),
            amount=ASKED * act.permille // 1000 if act.permille else None,
            round=act.round,
            authority="KT." if act.role == "department" else None,
        )
        return desk.advance(code, act.name, move).due

    def _taken_apart(self, code: str) -> Template:
        look = self._look
        leaves = [
            json.loads(text)
            for (text,) in look.execute("SELECT leaf FROM history WHERE dossier = ? ORDER BY seq", (code,))
        ]
        # Whatever columns this version has; generated ones are hidden.
        names = [row[1] for row in look.execute("PRAGMA table_xinfo(dossier)") if row[6] == 0]
        found = look.execute(f"SELECT {', '.join(names)} FROM dossier WHERE code = ?", (code,)).fetchone()
        papers = look.execute("SELECT * FROM paper WHERE dossier = ? ORDER BY seq, idx", (code,)).fetchall()
        amounts = look.execute(
            "SELECT seq, kind, round, dong FROM amount WHERE dossier = ? ORDER BY seq", (code,)
        ).fetchall()
        dossier = dict(zip(names, found, strict=True))
        roles = {leaf["seq"]: leaf["role"] for leaf in leaves}
        acts = [leaf["seq"] for leaf in leaves if leaf["actor"] == dossier["last_actor"]]
        ended, due = dossier["ending"] != "", dossier["due_on"]
        return Template(
            rows=tuple(map(_row, leaves)),
            content=leaves[0]["content"],
            prefix=code[:8],
            dossier=dossier,
            papers=tuple(paper[1:] for paper in papers),
            amounts=tuple((seq, kind, no, dong * 1000 // ASKED) for seq, kind, no, dong in amounts),
            last_role=roles[acts[-1]],
            standing="ended" if ended else "late" if due and due < TODAY.isoformat() else "in_time",
        )


_TEXT = re.compile(r"\ue000(\w+)\ue001")
_SUM = re.compile(r'"\ue002(\d+)\ue001"')


def _mark(name: str) -> str:
    return f"\ue000{name}\ue001"


def _share(dong: int) -> str:
    permille, rest = divmod(dong * 1000, ASKED)
    if rest:
        raise ValueError(f"{dong} is no whole thousandth of {ASKED}")
    return f"\ue002{permille}\ue001"


def _form(value: Any) -> tuple[str, tuple[int, ...]]:  # noqa: ANN401 - any JSON value
    """Return the canonical text of a marked value as a form for `%`, and the thousandths that it asks for."""
    text = canonical(value).replace("%", "%%")
    shares = tuple(sorted({int(found) for found in _SUM.findall(text)}))
    return _SUM.sub(r"%(m\1)s", _TEXT.sub(r"%(\1)s", text)), shares


def _row(leaf: Mapping[str, Any]) -> Row:
    """Return a leaf as a form: whatever differs from proposal to proposal is marked."""
    at = datetime.fromisoformat(leaf["at"]).astimezone(VIET_NAM)
    marked = dict(leaf)
    for name, key in (("code", "dossier"), ("prev", "prev"), ("at", "at"), ("request", "request")):
        marked[key] = _mark(name)
    marked["digest"] = _mark("digest")
    if (stem := STEMS.get(leaf["role"])) is not None:
        for key in ("actor", "actor_name", "office", "office_name"):
            marked[key] = _mark(f"{stem}_{key}")
    content, shares = None, ()
    if leaf["content"] is not None:
        inner = dict(leaf["content"])
        inner |= {"title": _mark("title"), "province": _mark("province"), "unit_office": _mark("TTKC_office")}
        inner |= {"beneficiaries": [_mark("who")] if inner["beneficiaries"] else []}
        inner |= {key: _share(inner[key]) for key in ("total", "requested", "counterpart", "other")}
        content, shares = _form(inner)
        marked["content"], marked["refs"] = _mark("content"), {**leaf["refs"], "folded": _mark("folded")}
    if leaf["amount"] is not None:
        amount = dict(leaf["amount"])
        for key in ("dong", "before", "after"):
            amount[key] = None if amount[key] is None else _share(amount[key])
        marked["amount"] = amount
    form, more = _form(marked)
    # The content is an object in the leaf, not a text.
    form = form.replace('"%(content)s"', "%(content)s")
    return Row(at.date().toordinal(), form, tuple(sorted({*shares, *more})), content)
