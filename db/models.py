"""The tables. Rules that a row can check alone stand here; all others in the triggers (db/sql).

Nothing here validates on its own (SQLModel's table classes don't): the leaf is checked by db.leaf, the rest
by CHECKs and triggers. Hot statements are built from `Model.__table__`; the classes serve forms and
migrations.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from db import models_clock, models_money
from db.base import (
    CLUSTERED,
    INTEGER,
    STRICT,
    TEXT,
    Base,
    Day,
    Generated,
    Instant,
    check,
    column,
    from_leaf,
    index_where,
)

Fund, Charge = models_money.Fund, models_money.Charge
Worksheet, BudgetFigure = models_money.Worksheet, models_money.BudgetFigure
ClockMark, Hold, Duty = models_clock.ClockMark, models_clock.Hold, models_clock.Duty
OfficeRule, OfficeDay, Digest = models_clock.OfficeRule, models_clock.OfficeDay, models_clock.Digest

NEVER = "9999-12-31"
"""Where a dossier without a deadline stands among the others."""
# Each index of a table that moves is one more page to write and sync with every move: in a file of its own,
# scanning what one office has is cheaper. A server of a whole ministry needs them.
_SERVER = {"only": "postgresql"}


class Meta(Base, table=True):
    """What the store knows about itself."""

    __tablename__ = "meta"
    __table_args__ = (CLUSTERED,)
    key: str = column(TEXT, primary_key=True)
    value: str = column(TEXT)


class Counter(Base, table=True):
    """The last number given out for each prefix of codes."""

    __tablename__ = "counter"
    __table_args__ = (check("value >= 0", "value"), CLUSTERED)
    prefix: str = column(TEXT, primary_key=True)
    value: int = column(INTEGER)


# -- reference data --------------------------------------------------------------------------------


class Province(Base, table=True):
    """A province in one list; the same code means different places in different lists."""

    __tablename__ = "province"
    __table_args__ = (CLUSTERED,)
    list: str = column(TEXT, primary_key=True)
    code: str = column(TEXT, primary_key=True)
    name: str = column(TEXT)
    region: str = column(TEXT)
    sub_region: str = column(TEXT)
    valid_from: date | None = column(Day, null=True)
    valid_to: date | None = column(Day, null=True)
    successor: str | None = column(TEXT, null=True)


class ActivityContent(Base, table=True):
    """Contents of khuyến công activity (Điều 4 NĐ 45/2012/NĐ-CP)."""

    __tablename__ = "activity_content"
    __table_args__ = (CLUSTERED,)
    code: int = column(INTEGER, primary_key=True, autoincrement=False)
    label_vi: str = column(TEXT)
    label_en: str = column(TEXT)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)


class Ceiling(Base, table=True):
    """Ceilings of support, versioned."""

    __tablename__ = "ceiling"
    __table_args__ = (sa.UniqueConstraint("item", "valid_from"), STRICT)
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    item: str = column(TEXT)
    content_code: int | None = column(INTEGER, null=True)
    percent: int | None = column(INTEGER, null=True)
    cap_dong: int | None = column(INTEGER, null=True)
    per: str = column(TEXT)
    multiplier: int | None = column(INTEGER, null=True)
    basis: str = column(TEXT)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)
    certainty: str = column(TEXT)


class DocumentKind(Base, table=True):
    """Kinds of papers and their official forms."""

    __tablename__ = "document_kind"
    __table_args__ = (CLUSTERED,)
    code: str = column(TEXT, primary_key=True)
    label_vi: str = column(TEXT)
    label_en: str = column(TEXT)
    form: str | None = column(TEXT, null=True)
    basis: str | None = column(TEXT, null=True)


# -- people and offices: closed, never removed ------------------------------------------------------


class Organisation(Base, table=True):
    """An office or enterprise."""

    __tablename__ = "organisation"
    __table_args__ = (check("valid_to IS NULL OR valid_to >= valid_from", "validity"), CLUSTERED)
    code: str = column(TEXT, primary_key=True)
    name: str = column(TEXT)
    name_en: str | None = column(TEXT, null=True)
    kind: str = column(TEXT)
    province: str | None = column(TEXT, null=True)
    parent: str | None = column(TEXT, sa.ForeignKey("organisation.code"), null=True)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)
    successor: str | None = column(TEXT, sa.ForeignKey("organisation.code"), null=True)


class Person(Base, table=True):
    """A person who acts or reads."""

    __tablename__ = "person"
    __table_args__ = (check("valid_to IS NULL OR valid_to >= valid_from", "validity"), CLUSTERED)
    login: str = column(TEXT, primary_key=True)
    name: str = column(TEXT)
    email: str | None = column(TEXT, null=True)
    os_login: str | None = column(TEXT, null=True, unique=True)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)


class Assignment(Base, table=True):
    """A role that a person holds in an office, from/to."""

    __tablename__ = "assignment"
    __table_args__ = (check("valid_to IS NULL OR valid_to >= valid_from", "validity"), STRICT)
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    person: str = column(TEXT, sa.ForeignKey("person.login"), index=True)
    role: str = column(TEXT)
    organisation: str = column(TEXT, sa.ForeignKey("organisation.code"), index=True)
    valid_from: date = column(Day)
    valid_to: date | None = column(Day, null=True)


# -- the rules a dossier pins ------------------------------------------------------------------------


class LifecycleVersion(Base, table=True):
    """An installed lifecycle; inserting it closes its list of legal moves for good."""

    __tablename__ = "lifecycle_version"
    __table_args__ = (check("fund IN (0, 1)", "fund"), CLUSTERED)
    key: str = column(TEXT, primary_key=True)
    name: str = column(TEXT)
    version: str = column(TEXT)
    subject: str = column(TEXT)
    fingerprint: str = column(TEXT)
    definition: str = column(TEXT)
    parameters: str = column(TEXT)
    province: str | None = column(TEXT, null=True)
    moves: int = column(INTEGER)
    installed_at: datetime = column(Instant)
    fund: int = column(INTEGER, default=0)


class LegalMove(Base, table=True):
    """The database's own list of legal moves; `from_state` is "" for create.

    `ending` is the target state's ("" while open), `fsm` the first 16 hex of the lifecycle's fingerprint.
    `charges`: kinds of dossiers whose funds it charges, those that it must first, "?" before those it may.
    """

    __tablename__ = "legal_move"
    __table_args__ = (
        check("needs_reason IN (0, 1)", "needs_reason"),
        check("second_person IN (0, 1)", "second_person"),
        CLUSTERED,
    )
    lifecycle: str = column(TEXT, primary_key=True)
    action: str = column(TEXT, primary_key=True)
    from_state: str = column(TEXT, primary_key=True)
    to_state: str = column(TEXT, primary_key=True)
    role: str = column(TEXT, primary_key=True)
    needs_reason: int = column(INTEGER)
    ending: str = column(TEXT)
    fsm: str = column(TEXT)
    second_person: int = column(INTEGER, default=0)
    charges: str = column(TEXT, default="")


# -- the history and what follows from it -------------------------------------------------------------


class History(Base, table=True):
    """One row is one move: the leaf. Every other column but the hash is generated from it.

    On PostgreSQL its guard fills them, whatever the INSERT says: it has read the leaf anyway. On SQLite `id`
    is the leaf's place in the tree, from 1; on PostgreSQL `log_position` has the place.
    """

    __tablename__ = "history"
    __table_args__ = (
        sa.UniqueConstraint("dossier", "seq"),
        sa.UniqueConstraint("request"),
        sa.Index(None, "actor", "id"),
        sa.Index(None, "office", "id"),
        sa.Index(None, "action", "id", info=_SERVER),
        sa.Index(None, "on_date", "id"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(always=True), primary_key=True)
    leaf: str = column(TEXT)
    hash: str = column(TEXT)
    dossier: str = column(TEXT, from_leaf("dossier"))
    seq: int = column(INTEGER, from_leaf("seq", number=True))
    lifecycle: str = column(TEXT, from_leaf("lifecycle"))
    action: str = column(TEXT, from_leaf("action"))
    from_state: str | None = column(TEXT, from_leaf("from"), null=True)
    to_state: str = column(TEXT, from_leaf("to"))
    actor: str = column(TEXT, from_leaf("actor"))
    role: str = column(TEXT, from_leaf("role"))
    office: str = column(TEXT, from_leaf("office"))
    on_date: str = column(TEXT, from_leaf("on"))
    request: str = column(TEXT, from_leaf("request"))


class Dossier(Base, table=True):
    """Where a dossier stands: always what its last history row says, moved by that row's trigger.

    Its content stands in the leaf of its history row number `content_seq`, and nowhere else. The id of a
    proposal is that of its first history row; every other kind of dossier has the negative of it, so that
    "id > 0" leaves them out of any list.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        check("entered_seq BETWEEN 1 AND version AND edited BETWEEN 1 AND version", "version"),
        check("total >= 0 AND requested >= 0", "requested"),
        check("approved IS NULL OR (approved >= 0 AND approved <= total)", "approved"),
        check("allocated >= 0 AND allocated <= coalesce(approved, 0)", "allocated"),
        check("advanced >= 0 AND advanced <= allocated", "advanced"),
        check("contracted >= 0 AND contracted <= coalesce(approved, 0)", "contracted"),
        check("accepted >= 0 AND accepted <= contracted", "accepted"),
        check("settled >= 0 AND settled <= accepted", "settled"),
        check("returned >= 0 AND returned <= advanced", "returned"),
        # What never moves is read in any order for nothing: only new or edited dossiers touch these. Behind
        # the keys stands the province: one province's share of a list is found without a look at the others.
        sa.Index("ix_dossier_code", "code", "province"),
        sa.Index("ix_dossier_title", sa.text("substr(folded, 1, 60)"), "code", "province"),
        sa.Index(
            "ix_dossier_province",
            *("province", "code", "unit_office", "plan_year", "source", "requested", "contents"),
        ),
        sa.Index("ix_dossier_unit_office", "unit_office", "code", "province"),
        sa.Index("ix_dossier_source", "source", "code", "province"),
        sa.Index("ix_dossier_year", "plan_year", "code", "province"),
        sa.Index("ix_dossier_requested", "requested", "code", "province"),
        sa.Index("ix_dossier_contents", "contents", "province"),
        # Each index of what moves is a page or two more to write with every move (measured:
        # docs/architecture.md), so there are two, and each says all that a list may be limited by.
        index_where(
            "due_on IS NOT NULL",
            "ix_dossier_due",
            *("due_on", "code", "province", "waits_for", "due_kind", "state", "lifecycle", "ending"),
            *("plan_year", "source", "unit_office"),
        ),
        # Approved once in a life: other moves leave it alone.
        index_where("approved IS NOT NULL", "ix_dossier_approved", "approved", "code", "province"),
        sa.Index(
            "ix_dossier_state",
            *("state", "lifecycle", "code", "province", "requested", "ending", "plan_year", "source"),
            *("waits_for", "entered_on", "approved", "due_on", "unit_office"),
        ),
        STRICT,
    )
    id: int = column(INTEGER, primary_key=True, autoincrement=False)
    code: str = column(TEXT, unique=True)
    kind: str = column(TEXT)
    lifecycle: str = column(TEXT)
    state: str = column(TEXT)
    version: int = column(INTEGER)
    head: str = column(TEXT)
    title: str = column(TEXT)
    folded: str = column(TEXT)
    source: str = column(TEXT)
    plan_year: int = column(INTEGER)
    budget_year: int = column(INTEGER)
    province: str = column(TEXT)
    unit_office: str = column(TEXT)
    total: int = column(INTEGER)
    requested: int = column(INTEGER)
    approved: int | None = column(INTEGER, null=True)
    allocated: int = column(INTEGER)
    advanced: int = column(INTEGER)
    entered_on: date = column(Day)
    entered_at: datetime = column(Instant)
    entered_seq: int = column(INTEGER)
    due_on: date | None = column(Day, null=True)
    due_kind: str | None = column(TEXT, null=True)
    due_basis: str | None = column(TEXT, null=True)
    waits_for: str = column(TEXT)
    return_to: str | None = column(TEXT, null=True)
    ending: str = column(TEXT)
    last_on: date = column(Day)
    last_actor: str = column(TEXT)
    edited: int = column(INTEGER)
    digest: str = column(TEXT)
    import_key: str | None = column(TEXT, null=True, unique=True)
    content_seq: int = column(INTEGER)
    due_order: str = column(TEXT, Generated(f"coalesce(due_on, '{NEVER}')"))
    contents: int = column(INTEGER, default=0)
    contracted: int = column(INTEGER, default=0)
    accepted: int = column(INTEGER, default=0)
    settled: int = column(INTEGER, default=0)
    returned: int = column(INTEGER, default=0)
    last_operator: str | None = column(TEXT, null=True)


class Paper(Base, table=True):
    """Papers recorded with moves, taken from the leaves: idx 0 is the act itself."""

    __tablename__ = "paper"
    __table_args__ = (
        check("idx >= 0", "idx"),
        index_where("file IS NOT NULL", "ix_paper_file", "file"),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    seq: int = column(INTEGER, primary_key=True)
    idx: int = column(INTEGER, primary_key=True)
    kind: str = column(TEXT)
    number: str | None = column(TEXT, null=True)
    date: str | None = column(TEXT, null=True)
    signer: str | None = column(TEXT, null=True)
    conclusion: str | None = column(TEXT, null=True)
    file: str | None = column(TEXT, null=True)
    file_name: str | None = column(TEXT, null=True)


class Amount(Base, table=True):
    """Amounts recorded with moves, taken from the leaves; a dossier stands in a round once."""

    __tablename__ = "amount"
    __table_args__ = (
        index_where(
            "kind = 'allocated' AND round IS NOT NULL", "uq_amount_round", "dossier", "round", unique=True
        ),
        CLUSTERED,
    )
    dossier: str = column(TEXT, primary_key=True)
    seq: int = column(INTEGER, primary_key=True)
    kind: str = column(TEXT)
    round: int | None = column(INTEGER, null=True)
    dong: int = column(INTEGER)


class LogHead(Base, table=True):
    """The tree over all leaves: how many, and its peaks as hex joined by commas."""

    __tablename__ = "log_head"
    __table_args__ = (check("id = 1", "one_row"), check("size >= 0", "size"), STRICT)
    id: int = column(INTEGER, primary_key=True, autoincrement=False)
    size: int = column(INTEGER)
    peaks: str = column(TEXT)


class LogPosition(Base, table=True):
    """PostgreSQL: the place of each committed leaf in the tree, given by the sequencer."""

    __tablename__ = "log_position"
    __table_args__ = ({"info": {"only": "postgresql"}},)
    position: int = column(INTEGER, primary_key=True, autoincrement=False)
    history_id: int = column(INTEGER, unique=True)
    hash: str = column(TEXT)


class LogQueue(Base, table=True):
    """PostgreSQL: leaves that have no place in the tree yet."""

    __tablename__ = "log_queue"
    __table_args__ = ({"info": {"only": "postgresql"}},)
    history_id: int = column(INTEGER, primary_key=True, autoincrement=False)


# -- beside the history ---------------------------------------------------------------------------------


class AttachmentBlob(Base, table=True):
    """Attached files by their SHA-256, each kept once."""

    __tablename__ = "attachment_blob"
    __table_args__ = (STRICT,)
    sha256: str = column(TEXT, primary_key=True)
    size: int = column(INTEGER)
    data: bytes = column(sa.LargeBinary)


class Refusal(Base, table=True):
    """Attempts that were refused, with their reasons."""

    __tablename__ = "refusal"
    __table_args__ = (sa.Index(None, "dossier", "id"), STRICT)
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    at: datetime = column(Instant)
    actor: str = column(TEXT)
    operator: str | None = column(TEXT, null=True)
    office: str | None = column(TEXT, null=True)
    dossier: str = column(TEXT)
    action: str = column(TEXT)
    reasons: str = column(TEXT)
    request: str | None = column(TEXT, null=True)


class SavedView(Base, table=True):
    """A list's filter, order and columns under a name: the only rows that people change and throw away."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint("owner", "list", "name"),
        check("shared IN (0, 1)", "shared"),
        check("length(payload) <= 20480", "payload"),
        STRICT,
    )
    id: int = column(INTEGER, sa.Identity(), primary_key=True)
    owner: str = column(TEXT, sa.ForeignKey("person.login"))
    list: str = column(TEXT)
    name: str = column(TEXT)
    shared: int = column(INTEGER)
    payload: str = column(TEXT)


def tables(dialect: str) -> list[sa.Table]:
    """Return the tables of one database ("sqlite" or "postgresql"), in order of creation."""
    return [t for t in Base.metadata.sorted_tables if t.info.get("only") in (None, dialect)]


def indexes(table: sa.Table, dialect: str) -> list[sa.Index]:
    """Return a table's indexes in one database, by name."""
    own = (index for index in table.indexes if index.info.get("only") in (None, dialect))
    return sorted(own, key=lambda index: str(index.name))
