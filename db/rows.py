"""What leaves the store: frozen dataclasses, free of SQL, dates and instants as Python knows them.

Money is whole đồng. `on` dates are dates of acts; `at` instants (aware, UTC) are times of entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from states.records import record

Cursor = tuple[Any, ...]
"""Where a page ended: give it back as `after` to get the next page."""

ZERO_HASH = "0" * 64
"""`prev` of a dossier's first leaf."""


@record(frozen=True, slots=True)
class DossierLine:
    """A dossier as lists show it: everything but its business content."""

    id: int
    """Number of the history row that created it: newer ones have greater ones. Less than 0 unless it is a
    proposal."""
    code: str
    kind: str
    """Subject of its lifecycle: "proposal", …"""
    lifecycle: str
    """"kcqg@2014"."""
    state: str
    version: int
    """Number of its last move; the next move is version + 1."""
    title: str
    source: str
    plan_year: int
    budget_year: int
    province: str
    unit_office: str
    total: int
    requested: int
    approved: int | None
    allocated: int
    advanced: int
    """All that was paid out: advances, further ones, the remaining part."""
    contracted: int
    accepted: int
    settled: int
    returned: int
    entered_on: date
    """Date of the act by which it entered its state."""
    entered_at: datetime
    entered_seq: int
    """Number of the move by which it entered its state."""
    due_on: date | None
    due_kind: str | None
    """"law" or "policy"."""
    due_basis: str | None
    waits_for: str
    return_to: str | None
    ending: str
    """How it ended; "" while it is open."""
    last_on: date
    """Date of its last act (papers recorded later and corrections are no acts)."""
    last_actor: str
    """Login of who did that act."""
    last_operator: str | None
    """Account that worked as that person."""
    edited: int
    """Number of the last move that changed its content or papers."""

    @property
    def edited_since_entry(self) -> bool:
        """Content or papers changed after it entered its state."""
        return self.edited > self.entered_seq


@record(frozen=True, slots=True)
class DossierRow(DossierLine):
    """A dossier with everything the store knows about it."""

    head: str
    """Hash of its last leaf: `prev` of the next one."""
    digest: str
    folded: str
    import_key: str | None
    content_seq: int
    """Number of the history row whose leaf holds the content."""
    written: str = field(repr=False)
    """That leaf."""

    @property
    def content(self) -> Mapping[str, Any]:
        """The business content after its last edit; read it, don't change it."""
        return _content(self.written)


@lru_cache(512)
def _content(leaf: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(leaf)["content"]
    return content


@record(frozen=True, slots=True)
class PaperRow:
    """A paper recorded with a move; `idx` 0 is the paper that is the act itself."""

    dossier: str
    seq: int
    idx: int
    kind: str
    number: str | None
    date: date | None
    signer: str | None
    conclusion: str | None
    file: str | None
    """SHA-256 hex of the attached bytes."""
    file_name: str | None


@record(frozen=True, slots=True)
class AmountRow:
    """An amount recorded with a move: kind "approved" (sets) or one of `db.leaf.ADDED` (add)."""

    dossier: str
    seq: int
    kind: str
    round: int | None
    dong: int


@record(frozen=True, slots=True)
class HistoryRow:
    """One row of the history: the leaf, its place, its hash. The leaf is the record itself."""

    id: int
    hash: str
    leaf: Mapping[str, Any]
    """Every field, as in the canonical JSON (db.leaf names them)."""
    text: str = field(repr=False)
    """The canonical JSON: the bytes that were hashed."""

    @property
    def dossier(self) -> str:
        """Code of the dossier."""
        return str(self.leaf["dossier"])

    @property
    def seq(self) -> int:
        """Number of the move in its dossier, from 1."""
        return int(self.leaf["seq"])

    @property
    def action(self) -> str:
        """Name of the action, or create, edit, record_papers, correct, note."""
        return str(self.leaf["action"])

    @property
    def from_state(self) -> str | None:
        """State before, None for the first row."""
        state: str | None = self.leaf["from"]
        return state

    @property
    def to_state(self) -> str:
        """State after."""
        return str(self.leaf["to"])

    @property
    def actor(self) -> str:
        """Login of the person who acted."""
        return str(self.leaf["actor"])

    @property
    def actor_name(self) -> str:
        """The person's name that day."""
        return str(self.leaf["actor_name"])

    @property
    def office(self) -> str:
        """Code of the office in whose role the person acted."""
        return str(self.leaf["office"])

    @property
    def office_name(self) -> str:
        """The office's name that day."""
        return str(self.leaf["office_name"])

    @property
    def role(self) -> str:
        """Role used."""
        return str(self.leaf["role"])

    @property
    def on(self) -> date:
        """Date of the act."""
        return date.fromisoformat(self.leaf["on"])

    @property
    def at(self) -> datetime:
        """Time of entry, aware, UTC."""
        return datetime.fromisoformat(self.leaf["at"]).astimezone(UTC)

    @property
    def reason(self) -> str | None:
        """The reason given, if any."""
        reason: str | None = self.leaf["reason"]
        return reason

    @property
    def request(self) -> str:
        """The exactly-once key."""
        return str(self.leaf["request"])


@record(frozen=True, slots=True)
class RefusalRow:
    """An attempt that was refused, with its reasons as codes and parameters."""

    id: int
    at: datetime
    actor: str
    operator: str | None
    office: str | None
    dossier: str
    action: str
    reasons: tuple[Mapping[str, Any], ...]
    request: str | None


@record(frozen=True, slots=True)
class LifecycleRow:
    """An installed lifecycle version. `definition` is its TOML text."""

    key: str
    name: str
    version: str
    subject: str
    fingerprint: str
    definition: str
    parameters: Mapping[str, str]
    province: str | None
    moves: int
    """How many rows of legal_move it has."""
    installed_at: datetime
    fund: int = 0
    """1 when each of its dossiers has a fund."""


@record(frozen=True, slots=True)
class ProvinceRow:
    """A province in one list: "63" until 30/6/2025, "34" from 01/7/2025 (QĐ 19/2025/QĐ-TTg)."""

    list: str
    code: str
    name: str
    region: str
    sub_region: str
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    """Code in the next list."""

    @property
    def key(self) -> str:
        """ "63:02"."""
        return f"{self.list}:{self.code}"


@record(frozen=True, slots=True)
class OrganisationRow:
    """An office or enterprise; closed (valid_to), never removed."""

    code: str
    name: str
    name_en: str | None
    kind: str
    province: str | None
    parent: str | None
    valid_from: date
    valid_to: date | None = None
    """Last day it exists."""
    successor: str | None = None


@record(frozen=True, slots=True)
class PersonRow:
    """A person; `os_login` is the operating-system account that is this person."""

    login: str
    name: str
    email: str | None
    os_login: str | None
    valid_from: date
    valid_to: date | None = None


@record(frozen=True, slots=True)
class AssignmentRow:
    """A role that a person holds in an organisation, with what the organisation is."""

    id: int
    person: str
    role: str
    organisation: str
    organisation_name: str
    organisation_kind: str
    province: str | None
    valid_from: date
    valid_to: date | None


@record(frozen=True, slots=True)
class ActivityContentRow:
    """A content of khuyến công activity (Điều 4 NĐ 45/2012)."""

    code: int
    label_vi: str
    label_en: str
    valid_from: date
    valid_to: date | None = None


@record(frozen=True, slots=True)
class CeilingRow:
    """A ceiling of support, in force from/to; exceeding it is a warning, never a refusal."""

    item: str
    content_code: int | None
    percent: int | None
    """Per cent of the cost, in tenths: 500 is 50 %, 15 is 1,5 %."""
    cap_dong: int | None
    per: str
    multiplier: int | None
    """Per cent of the cap that priority areas and trades may reach: 150 is 1,5 times."""
    basis: str
    valid_from: date
    valid_to: date | None
    certainty: str
    """"text" when read in the act itself, "quoted" from a second source, "unsure"."""


@record(frozen=True, slots=True)
class DocumentKindRow:
    """A kind of paper, its official form and where the law asks for it."""

    code: str
    label_vi: str
    label_en: str
    form: str | None
    basis: str | None


@record(frozen=True, slots=True)
class FlowLine:
    """How many dossiers stand in one state; late and near ones among them are open and have a deadline."""

    lifecycle: str
    state: str
    count: int
    requested: int
    """Requested support of all of them, in đồng."""
    late_law: int
    late_policy: int
    near: int


@record(frozen=True, slots=True)
class SavedViewRow:
    """A view of a list under a name; `payload` is JSON text, `shared` 0 or 1."""

    id: int
    owner: str
    list: str
    name: str
    shared: int
    payload: str


@record(frozen=True, slots=True)
class Head:
    """The tree over all leaves (RFC 9162): how many, the peaks from left to right, the root."""

    size: int
    peaks: tuple[str, ...]
    root: str


@record(frozen=True, slots=True)
class Problem:
    """Something verification found: `code` names what, `place` where, `params` the details."""

    code: str
    place: str
    params: Mapping[str, Any] = field(default_factory=dict)
