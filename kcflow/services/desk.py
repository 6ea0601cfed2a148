"""The desk: the one door through which screens and the command line reach everything.

Every method may be called from any thread, opens its own short transaction, and raises nothing
but `kcflow.services.errors.KcflowError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from db import directory
from db.errors import AlreadyDone, Conflict, IntegrityRefused, StoreError
from kcflow import reference
from kcflow.labels import ROLE
from kcflow.services import (
    audit,
    browse,
    bulk,
    doctor,
    drafts,
    flow,
    index,
    lifecycles,
    moves,
    notes,
    people,
    saved,
    stalled,
)
from kcflow.services.clock import Clock
from kcflow.services.context import Context, Shared, person_view
from kcflow.services.errors import BadInput, KcflowError, NoPermission, NotFound, StoreProblem
from kcflow.services.money import Money
from kcflow.services.texts import error_label, unknown_year
from kcflow.services.views import (
    BulkItem,
    CheckView,
    DossierCard,
    DossierRow,
    DraftInput,
    FlowPhase,
    HistoryFilter,
    HistoryView,
    ImportPlan,
    ImportResult,
    ListFilter,
    MoveInput,
    OfficeView,
    OptionView,
    Page,
    PaperInput,
    PersonView,
    Preview,
    Receipt,
    SavedView,
    StalledRow,
)
from states.clock import CalendarUnknown
from states.model import Label, Lifecycle

if TYPE_CHECKING:
    from kcflow.register import RegisterAnswers

P = ParamSpec("P")
T = TypeVar("T")

SPENT: Final = frozenset({"KC41", "KC46"})
"""Guards of the database that say that a fund has given too much by now, or has ended."""


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Turn what the store and the calendar raise into errors with sentences."""
    try:
        yield
    except KcflowError:
        raise
    except Conflict as lost:
        raise StoreProblem("conflict", error_label("conflict_unknown", code=lost.dossier)) from lost
    except AlreadyDone as done:
        raise BadInput(
            "request_reused", error_label("request_reused", code=done.row.dossier, seq=done.row.seq)
        ) from done
    except IntegrityRefused as refused:
        if refused.kc == "KC46":
            raise BadInput("fund_over", error_label("fund_over")) from refused
        raise StoreProblem(
            "integrity", error_label("integrity", guard=refused.kc, text=refused.text)
        ) from refused
    except StoreError as failed:
        raise StoreProblem(failed.code, error_label(failed.code, **dict(failed.params))) from failed
    except CalendarUnknown as unknown:
        raise BadInput("calendar_unknown", unknown_year(unknown.year)) from unknown


class Desk:
    """One person's view of one store."""

    def __init__(self, shared: Shared, context: Context) -> None:
        self._shared = shared
        self._context = context
        self._one_province = self._run(browse.one_province, context)

    @classmethod
    def for_account(cls, shared: Shared, account: tuple[str, str], as_person: str | None) -> Desk:
        """The desk of the OS account `account` (login, name), or of the person it works as.

        Raises `NoPermission` when the account is mapped to nobody and works as nobody, and
        `NotFound` when there is no such person.
        """
        with errors_as_sentences(), shared.store.read() as reader:
            mapped = directory.person_of_account(reader, account[0])
        if as_person is None and mapped is None:
            raise NoPermission("account_unmapped", error_label("account_unmapped", account=account[0]))
        login = as_person or (mapped.login if mapped else "")
        operator = (mapped.login, mapped.name) if mapped else account
        return cls.for_person(shared, login, None if mapped and mapped.login == login else operator)

    @classmethod
    def for_person(cls, shared: Shared, login: str, operator: tuple[str, str] | None = None) -> Desk:
        """The desk of a person who is known to be that person, or of `operator` working as it.

        Raises `NotFound` when there is no such person, or no longer.
        """
        today = shared.today
        with errors_as_sentences(), shared.store.read() as reader:
            person = directory.person(reader, login)
            if person is None or (person.valid_to is not None and person.valid_to < today):
                raise NotFound("no_person", error_label("no_person", login=login))
            roles = tuple(directory.assignments(reader, person=login, on=today))
        return cls(shared, Context(shared, person, roles, operator))

    def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with errors_as_sentences():
            return work(*args, **kwargs)

    def _commit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with errors_as_sentences():
            try:
                result = work(*args, **kwargs)
            except IntegrityRefused as refused:
                if refused.kc not in SPENT:
                    raise
                # On a server somebody may take the money between the look and the row: look again.
                result = work(*args, **kwargs)
        self._shared.grow_tree()
        return result

    # -- who and where -------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The date in Việt Nam (in a sample store: the sample's day)."""
        return self._shared.today

    @property
    def sample_day(self) -> date | None:
        """The day on which a sample store stands still; None in a real one."""
        return self._shared.sample_day

    @property
    def me(self) -> PersonView:
        """The person who works."""
        return person_view(self._shared, self._context.person, self._context.roles)

    @property
    def operator(self) -> tuple[str, str] | None:
        """(login, name) of the account that works as `me`; None when it is the person's own."""
        return self._context.operator

    @property
    def scope_text(self) -> Label:
        """Offices and roles of this person, for the header."""
        roles = self._context.actor.assignments
        if not roles:
            return error_label("no_roles")
        first, more = roles[0], len(roles) - 1
        tail = f" +{more}" if more else ""
        label = ROLE[first.role]
        return Label(f"{first.office_name} ({label.vi}){tail}", f"{first.office_name} ({label.en}){tail}")

    @property
    def one_province(self) -> bool:
        """Whether all that this person may see lies in one province, so that lists needn't say which."""
        return self._one_province

    @property
    def store_name(self) -> str:
        """Where the store is, for people (no password)."""
        return self._shared.store.location

    def work_as(self, login: str) -> Desk:
        """A desk for another person over the same store; the history names both."""
        own = self._context.operator or (self._context.person.login, self._context.person.name)
        return self.for_person(self._shared, login, None if own[0] == login else own)

    @property
    def clock(self) -> Clock:
        """Deadlines, holds, reminders, own rules and days, dwell, letters."""
        return Clock(self._context, self._run, self._commit)

    @property
    def money(self) -> Money:
        """Plans, rounds, contracts, payments, adjustments, the year's figures."""
        return Money(self._context, self._run, self._commit)

    def close(self) -> None:
        """Close the store."""
        self._shared.close()

    # -- reading -------------------------------------------------------------------------

    def inbox(
        self,
        after: object | None = None,
        limit: int = 50,
        wanted: ListFilter | None = None,
        order: str = "due",
    ) -> Page[DossierRow]:
        """What waits for this person and passes `wanted`, by due date, with what can be done now.

        order: as in `dossiers`. Raises `BadInput`.
        """
        return self._run(browse.inbox, self._context, wanted or ListFilter(), order, after, limit)

    def written(self) -> int:
        """The number of the newest row of the history, anybody's: it grows with everything that is done."""
        return self._run(index.written, self._context)

    def inbox_index(
        self, wanted: ListFilter | None = None, order: str = "due", stop: Callable[[], bool] | None = None
    ) -> Sequence[int]:
        """The ids of all that `inbox` would list, in that order; give slices of it to `inbox_at`."""
        return self._run(index.inbox_index, self._context, wanted or ListFilter(), order, stop)

    def inbox_at(self, ids: Sequence[int]) -> tuple[DossierRow, ...]:
        """The rows of these ids in this order, with what can be done now."""
        return self._run(index.inbox_at, self._context, ids)

    def inbox_count(self) -> int:
        """How many wait for this person, capped at 1,001."""
        return self._run(browse.inbox_count, self._context)

    def dossiers(
        self,
        wanted: ListFilter | None = None,
        order: str = "code",
        after: object | None = None,
        limit: int = 50,
    ) -> Page[DossierRow]:
        """One page of what this person may see.

        order: "code", "title", "province", "unit", "source", "year", "requested", "approved", "state",
        "waits_for", "due", "entered", "newest"; with "-" the other way round. A search that finds very many
        lists them newest first, whatever the order (db.queries.list_dossiers). Raises `BadInput`.
        """
        return self._run(browse.dossiers, self._context, wanted or ListFilter(), order, after, limit)

    def count(self, wanted: ListFilter | None = None, cap: int | None = 1001) -> int:
        """How many there are, up to `cap`; None: all of them."""
        return self._run(browse.count, self._context, wanted or ListFilter(), cap)

    def dossier(self, code: str) -> DossierCard:
        """Everything about one proposal. Raises `NotFound`."""
        return self._run(browse.dossier, self._context, code)

    def dossier_index(
        self, wanted: ListFilter | None = None, order: str = "code", stop: Callable[[], bool] | None = None
    ) -> Sequence[int]:
        """The ids of all that `dossiers` would list, in that order, 8 bytes each: for jumping anywhere.

        Takes a moment on a large store; `stop` is asked now and then, and True ends it early with what was
        read so far. Give slices of it to `dossiers_at`.
        """
        return self._run(index.dossier_index, self._context, wanted or ListFilter(), order, stop)

    def dossiers_at(self, ids: Sequence[int]) -> tuple[DossierRow, ...]:
        """The rows of these ids in this order; what is gone or out of scope is left out."""
        return self._run(index.dossiers_at, self._context, ids)

    def history_index(
        self,
        wanted: HistoryFilter | None = None,
        oldest_first: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> Sequence[int]:
        """The ids of all that `history` would list: a range where nothing is filtered, else an array."""
        return self._run(index.history_index, self._context, wanted or HistoryFilter(), oldest_first, stop)

    def history_at(self, ids: Sequence[int]) -> tuple[HistoryView, ...]:
        """The history rows of these ids in this order."""
        return self._run(index.history_at, self._context, ids)

    def flow(self, wanted: ListFilter | None = None) -> tuple[FlowPhase, ...]:
        """How many proposals stand in each state, how many late: by source, phase, state, in order."""
        return self._run(flow.flow, self._context, wanted or ListFilter())

    def saved_views(self, list_name: str) -> tuple[SavedView, ...]:
        """One's own views of a list, then those that others share, by name."""
        return self._run(saved.saved_views, self._context, list_name)

    def save_view(
        self, list_name: str, name: str, payload: Mapping[str, object], shared: bool = False
    ) -> SavedView:
        """Keep a view under a name; one's own view of that name is replaced. Raises `BadInput`."""
        return self._run(saved.save_view, self._context, list_name, name, payload, shared)

    def forget_view(self, view_id: int) -> None:
        """Take one's own view away. Raises `NotFound`, `NoPermission`."""
        self._run(saved.forget_view, self._context, view_id)

    def note(self, code: str, text: str, request: str | None = None) -> Receipt:
        """Write a note into the proposal's history (action "note", the text is its reason).

        Anybody who may see it and holds a role may. Raises `BadInput`, `NoPermission`, `NotFound`.
        """
        return self._commit(notes.note, self._context, code, text, request)

    def attachment(self, sha256: str) -> bytes:
        """The content of an attached file of a proposal that this person may see. Raises `NotFound`."""
        return self._run(notes.attachment, self._context, sha256)

    def history(
        self, wanted: HistoryFilter | None = None, after: object | None = None, limit: int = 50
    ) -> Page[HistoryView]:
        """The feed, newest entry first."""
        return self._run(audit.history, self._context, wanted or HistoryFilter(), after, limit)

    def history_of(self, code: str) -> tuple[HistoryView, ...]:
        """Every row of one proposal, oldest first. Raises `NotFound`."""
        return self._run(audit.history_of, self._context, code)

    def stalled(
        self,
        as_of: date | None = None,
        after: object | None = None,
        limit: int = 50,
        near_days: int = browse.NEAR_DAYS,
        kinds: Sequence[str] = (),
        wanted: ListFilter | None = None,
        order: str = stalled.URGENT,
    ) -> Page[StalledRow]:
        """What of `wanted`, of every kind of dossier, is near its date, late, stuck, or waiting for others.

        order: "urgent" (in that order, each by date), or one of those of `dossiers`. Raises `BadInput`.
        """
        asked = wanted or ListFilter()
        return self._run(stalled.stalled, self._context, as_of, after, limit, near_days, kinds, asked, order)

    def stalled_counts(self, as_of: date | None = None, wanted: ListFilter | None = None) -> dict[str, int]:
        """How many of `wanted` are in each list (capped at 1,001): near, law, policy, stuck, waiting."""
        return self._run(stalled.counts, self._context, as_of, wanted or ListFilter())

    # -- acting --------------------------------------------------------------------------

    def options(self, code: str, move: MoveInput | None = None) -> tuple[OptionView, ...]:
        """Every act of the present state with every reason against it. Raises `NotFound`."""
        return self._run(moves.options, self._context, code, move or MoveInput())

    def preview(self, code: str, action: str, move: MoveInput | None = None) -> Preview:
        """What the act would do. Writes nothing. Raises `NotFound`, `BadInput`."""
        return self._run(moves.preview, self._context, code, action, move or MoveInput())

    def advance(self, code: str, action: str, move: MoveInput | None = None) -> Receipt:
        """Carry out the act.

        Raises `RefusedByRules`, `ConflictError`, `NotFound`, `BadInput`, `StoreProblem`.
        """
        return self._commit(moves.advance, self._context, code, action, move or MoveInput())

    def advance_many(
        self,
        codes: Sequence[str],
        action: str,
        move: MoveInput | None = None,
        all_or_nothing: bool = True,
    ) -> tuple[BulkItem, ...]:
        """One decision over many proposals, in one transaction."""
        return self._commit(
            bulk.advance_many,
            self._context,
            codes,
            action,
            move or MoveInput(),
            all_or_nothing=all_or_nothing,
        )

    def create(self, draft: DraftInput, request: str | None = None, on: date | None = None) -> Receipt:
        """Store a new draft. Raises `BadInput`, `NoPermission`."""
        return self._commit(drafts.create, self._context, draft, request, on)

    def edit(
        self,
        code: str,
        changes: Mapping[str, object],
        reason: str | None = None,
        expected_version: int | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Change fields of a draft. Raises `BadInput`, `NoPermission`, `ConflictError`, `NotFound`."""
        return self._commit(drafts.edit, self._context, code, changes, reason, expected_version, request)

    def record_papers(
        self,
        code: str,
        papers: Sequence[PaperInput],
        on: date | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Record papers on their own. Raises `BadInput`, `NoPermission`, `NotFound`."""
        return self._commit(drafts.record_papers, self._context, code, papers, on, request)

    def correct(self, code: str, seq: int, reason: str, request: str | None = None) -> Receipt:
        """Add a row that corrects row `seq`. Raises `BadInput`, `NoPermission`, `NotFound`."""
        return self._commit(drafts.correct, self._context, code, seq, reason, request)

    # -- registers -----------------------------------------------------------------------

    def register_read(self, path: str, answers: RegisterAnswers | None = None) -> ImportPlan:
        """Read a registration workbook. Writes nothing. Raises `BadInput`."""
        from kcflow.services import registers

        return self._run(registers.plan, self._context, path, answers)

    def register_write(
        self, plan: ImportPlan, skip_bad_rows: bool = False, on: date | None = None
    ) -> ImportResult:
        """Write what was read, all good rows or none. Raises `BadInput`, `NoPermission`."""
        from kcflow.services import registers

        return self._commit(registers.write, self._context, plan, skip_bad_rows, on)

    # -- people, offices, lifecycles, health ---------------------------------------------

    def people(self) -> tuple[PersonView, ...]:
        """Everybody, with every role."""
        return self._run(people.people, self._context)

    def offices(self, kind: str | None = None, province: str | None = None) -> tuple[OfficeView, ...]:
        """Offices open today."""
        return self._run(people.offices, self._context, kind, province)

    def add_office(self, code: str, name: str, kind: str, province: str | None = None) -> OfficeView:
        """Open an office (administrators). Raises `BadInput`, `NoPermission`."""
        return self._run(people.add_office, self._context, code, name, kind, province)

    def add_person(
        self, login: str, name: str, role: str, office: str, os_login: str | None = None
    ) -> PersonView:
        """Enter a person with a first role (administrators). Raises `BadInput`, `NoPermission`."""
        return self._run(people.add_person, self._context, login, name, role, office, os_login)

    def assign(self, login: str, role: str, office: str) -> PersonView:
        """Give a role (administrators)."""
        return self._run(people.assign, self._context, login, role, office)

    def end_assignment(self, login: str, role: str, office: str) -> PersonView:
        """End a role (administrators)."""
        return self._run(people.end_assignment, self._context, login, role, office)

    def close_person(self, login: str) -> PersonView:
        """Close a person (administrators)."""
        return self._run(people.close_person, self._context, login)

    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """Every installed lifecycle."""
        return self._run(lambda: tuple(self._shared.lifecycles.values()))

    def lifecycle(self, key: str) -> Lifecycle:
        """One installed lifecycle. Raises `NotFound`."""
        return self._run(self._shared.lifecycle, key)

    def install_lifecycle(
        self,
        text: str,
        file: str,
        parameters: Mapping[str, str] | None = None,
        province: str | None = None,
    ) -> Lifecycle:
        """Install a lifecycle file (administrators). Raises `BadInput`, `NoPermission`."""
        return self._run(lifecycles.install, self._context, text, file, parameters, province)

    def states(self) -> tuple[tuple[str, Label, Label], ...]:
        """(name, label, phase's label) of every state of every lifecycle, in their order."""
        seen: dict[str, tuple[str, Label, Label]] = {}
        for lifecycle in self.lifecycles():
            for state in lifecycle.states:
                phase = lifecycle.phase_by_name[state.phase].label
                seen.setdefault(state.name, (state.name, state.label, phase))
        return tuple(seen.values())

    def document_kinds(self) -> tuple[tuple[str, Label], ...]:
        """(code, label) of every kind of document."""
        return tuple((kind.code, reference.document_label(kind.code)) for kind in reference.document_kinds())

    def doctor(self, full: bool = False) -> tuple[CheckView, ...]:
        """Check the store's health; `full` recomputes the whole history."""
        return self._run(doctor.doctor, self._context, full)
