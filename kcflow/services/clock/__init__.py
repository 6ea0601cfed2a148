"""Time: why something is due, holds and reminders, own rules and days, dwell, the morning's letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from kcflow.services.clock_views import (
    CalendarYear,
    ChangePlan,
    ChangeResult,
    ClockState,
    DayInput,
    HoldInput,
    RuleInput,
    RuleView,
    StalledGroup,
    Told,
    Why,
    YearEndDate,
)
from kcflow.services.dwell_views import DwellFilter, DwellReport
from kcflow.services.letter_views import AddressView, DigestResult, DigestView, DutyView
from kcflow.services.views import ListFilter, OfficeView, PersonView, Receipt

if TYPE_CHECKING:
    from kcflow.services.clock.post import Post
    from kcflow.services.context import Context
    from states.model import Label

P = ParamSpec("P")
T = TypeVar("T")


class Clock:
    """The time side of one person's desk (`Desk.clock`); as in `Desk`: any thread, own transaction.

    All raise `NotFound`, `BadInput`, `NoPermission`, `ConflictError`, `StoreProblem`.
    """

    def __init__(self, context: Context, run: Callable[..., object], commit: Callable[..., object]) -> None:
        self._context = context
        self._run_any = run
        self._commit_any = commit

    def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run_any(work, *args, **kwargs)  # type: ignore[return-value]

    def _commit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._commit_any(work, *args, **kwargs)  # type: ignore[return-value]

    # -- why, and what a supervisor does about it ------------------------------------------

    def why(self, code: str, as_of: date | None = None) -> Why:
        """Why a dossier of any kind is due when it is, line by line, counted on `as_of` (None: today)."""
        from kcflow.services.clock import why

        return self._run(why.why, self._context, code, as_of)

    def state(self, code: str) -> ClockState:
        """Who holds it, reminders, the hold in force, and what may be done about it."""
        from kcflow.services.clock import standing

        return self._run(standing.state, self._context, code)

    def holders(self, code: str) -> tuple[PersonView, ...]:
        """Who could be charged with it: people with the role it waits for, in its scope, by name."""
        from kcflow.services.clock import standing

        return self._run(standing.holders, self._context, code)

    def told(self, code: str, act: str, to: Sequence[str] = ()) -> Told:
        """Whom `act` ("remind", "escalate"; "reassign": `to`) would reach. Writes nothing."""
        from kcflow.services.clock import standing

        return self._run(standing.told, self._context, code, act, to)

    def hold_plan(self, code: str, hold: HoldInput) -> ChangePlan:
        """What a hold would do to the due date. Writes nothing."""
        from kcflow.services.clock import acts

        return self._run(acts.hold_plan, self._context, code, hold)

    def hold(self, code: str, hold: HoldInput, request: str | None = None) -> Receipt:
        """Pause the office's own clocks; dates set by law don't move."""
        from kcflow.services.clock import acts

        return self._commit(acts.hold, self._context, code, hold, request)

    def lift_plan(self, code: str, on: date | None = None) -> ChangePlan:
        """What lifting the hold would do to the due date. Writes nothing."""
        from kcflow.services.clock import acts

        return self._run(acts.lift_plan, self._context, code, on)

    def lift(self, code: str, reason: str, on: date | None = None, request: str | None = None) -> Receipt:
        """End a hold before its day; `on` is the first day that counts again (None: today)."""
        from kcflow.services.clock import acts

        return self._commit(acts.lift, self._context, code, reason, on, request)

    def remind(self, code: str, text: str, to: Sequence[str] = (), request: str | None = None) -> Receipt:
        """Remind who holds it (or `to`: logins); recorded, and in their next morning's letter."""
        from kcflow.services.clock import acts

        return self._commit(acts.remind, self._context, code, text, to, request)

    def reassign(self, code: str, holder: str | None, reason: str, request: str | None = None) -> Receipt:
        """Charge a person with it (None: anybody of the office that it waits for)."""
        from kcflow.services.clock import acts

        return self._commit(acts.reassign, self._context, code, holder, reason, request)

    def escalate(self, code: str, reason: str, request: str | None = None) -> Receipt:
        """Tell the next level above; recorded, and in their next morning's letter."""
        from kcflow.services.clock import acts

        return self._commit(acts.escalate, self._context, code, reason, request)

    # -- own rules and days ----------------------------------------------------------------

    def rules(
        self, office: str | None = None, lifecycle: str | None = None, closed: bool = False
    ) -> tuple[RuleView, ...]:
        """Every rule by lifecycle and state: the lifecycles' and the offices' own (of `office`, or all)."""
        from kcflow.services.clock import rules

        return self._run(rules.rules, self._context, office, lifecycle, closed)

    def rule_offices(self) -> tuple[OfficeView, ...]:
        """Offices whose rules this person may set, the own ones first; empty: none."""
        from kcflow.services.clock import authority

        return self._run(authority.offices, self._context)

    def rule_plan(self, rule: RuleInput) -> ChangePlan:
        """What a new rule would change. Writes nothing."""
        from kcflow.services.clock import rules

        return self._run(rules.plan, self._context, rule)

    def set_rule(self, rule: RuleInput, reason: str) -> ChangeResult:
        """Set an office's own rule; its former one for the state is closed. Due dates move with it."""
        from kcflow.services.clock import rules

        return self._commit(rules.set_rule, self._context, rule, reason)

    def close_rule_plan(self, rule_id: int, undo: bool = False) -> ChangePlan:
        """What would change without the rule. Writes nothing."""
        from kcflow.services.clock import rules

        return self._run(rules.close_plan, self._context, rule_id, undo)

    def close_rule(self, rule_id: int, reason: str, undo: bool = False) -> ChangeResult:
        """End an own rule: from today the lifecycle's holds again; what came before goes on by it.

        undo: a rule set by mistake: it counts for nothing, as if it had never been set.
        """
        from kcflow.services.clock import rules

        return self._commit(rules.close_rule, self._context, rule_id, reason, undo)

    def differences(self) -> ChangePlan:
        """Open dossiers whose stored deadline is another than is counted: none, unless something is wrong."""
        from kcflow.services.clock import agreement

        return self._run(agreement.differences, self._context)

    def mend(self, reason: str) -> ChangeResult:
        """Count those anew, with a row of history each."""
        from kcflow.services.clock import agreement

        return self._commit(agreement.mend, self._context, reason)

    def calendar(self, year: int) -> CalendarYear:
        """The special days of a year."""
        from kcflow.services.clock import days

        return self._run(days.year, self._context, year)

    def days_plan(self, days_: Sequence[DayInput], withdraw: Sequence[int] = ()) -> ChangePlan:
        """What new days, or the withdrawal of own ones (their ids), would change. Writes nothing."""
        from kcflow.services.clock import days

        return self._run(days.plan, self._context, days_, withdraw)

    def set_days(self, days_: Sequence[DayInput], reason: str, withdraw: Sequence[int] = ()) -> ChangeResult:
        """Set days of the office's calendar and withdraw others, in one transaction with the due dates."""
        from kcflow.services.clock import days

        return self._commit(days.set_days, self._context, days_, reason, withdraw)

    # -- groups, year's end, where time goes -----------------------------------------------

    def groups(
        self, by: str, as_of: date | None = None, wanted: ListFilter | None = None
    ) -> tuple[StalledGroup, ...]:
        """What stands still, counted by one of `clock_views.GROUPS`, the worst first."""
        from kcflow.services.clock import groups

        return self._run(groups.groups, self._context, by, as_of, wanted or ListFilter())

    def year_end(self, budget_year: int | None = None) -> tuple[YearEndDate, ...]:
        """The dates that end a budget year (None: the one whose dates come next), with what is still open."""
        from kcflow.services.clock import groups

        return self._run(groups.year_end, self._context, budget_year)

    def export_stalled(
        self,
        path: Path,
        lang: str,
        wanted: ListFilter | None = None,
        kinds: Sequence[str] = (),
        overwrite: bool = False,
        order: str = "urgent",
        as_of: date | None = None,
        near_days: int = 5,
    ) -> Path:
        """Write what `Desk.stalled` lists as an .xlsx file; returns where it is. Raises `BadInput`."""
        from kcflow.services.clock import export

        return self._run(
            export.write,
            self._context,
            path,
            lang,
            wanted or ListFilter(),
            kinds,
            overwrite,
            order,
            as_of,
            near_days,
        )

    def dwell(self, wanted: DwellFilter | None = None) -> DwellReport:
        """Where time goes, from the history."""
        from kcflow.services.clock import dwell

        return self._run(dwell.report, self._context, wanted or DwellFilter())

    def export_dwell(self, found: DwellReport, path: Path, lang: str, overwrite: bool = False) -> Path:
        """Write what `dwell` counted as an .xlsx file; returns where. Raises `BadInput`."""
        from kcflow.services.clock import dwell_export

        return self._run(dwell_export.write, self._context, found, path, lang, overwrite)

    # -- who is told -----------------------------------------------------------------------

    def duties(self, former: bool = False) -> tuple[DutyView, ...]:
        """Heads and leaders of offices, by office; `former`: also those whose duty has ended."""
        from kcflow.services.clock import duties

        return self._run(duties.duties, self._context, former)

    def give_duty(self, login: str, level: str, office: str) -> DutyView:
        """Make a person head or leader of an office from today on (administrators)."""
        from kcflow.services.clock import duties

        return self._run(duties.give, self._context, login, level, office)

    def end_duty(self, login: str, level: str, office: str) -> DutyView:
        """End a duty: yesterday was its last day (administrators)."""
        from kcflow.services.clock import duties

        return self._run(duties.end, self._context, login, level, office)

    def address(self, login: str) -> AddressView:
        """Where a person's letters go."""
        from kcflow.services.clock import duties

        return self._run(duties.address, self._context, login)

    def set_address(self, login: str, address: str | None) -> AddressView:
        """Set where a person's letters go, None: nowhere (one's own, or administrators)."""
        from kcflow.services.clock import duties

        return self._run(duties.set_address, self._context, login, address)

    # -- the morning's letters -------------------------------------------------------------

    def digest_plan(self, day: date | None = None, lang: str = "vi") -> tuple[DigestView, ...]:
        """The letters of `day`, in `lang`: all, or one's own. Writes and sends nothing."""
        from kcflow.services.clock import digest

        return self._run(digest.plan, self._context, day, lang)

    def digest_send(
        self, post: Post, day: date | None = None, lang: str = "vi", *, force: bool = False
    ) -> DigestResult:
        """Make the day's letters, each once, and send what isn't sent yet; on a day off with `force` only.

        Safe to run again at any moment: who has got a letter gets it once.
        """
        from kcflow.services.clock import digest

        return self._run(digest.send, self._context, post, day, lang, force=force)

    def digest_log(
        self, day: date | None = None, person: str | None = None, limit: int = 500
    ) -> tuple[DigestView, ...]:
        """Letters made so far, newest first."""
        from kcflow.services.clock import digest

        return self._run(digest.log, self._context, day, person, limit)

    def digest_day_off(self, day: date | None = None) -> Label | None:
        """Why nothing is sent on `day`: the day off's name; None on a working day."""
        from kcflow.services.clock import digest

        return self._run(digest.day_off, self._context, day)
