"""Quy định thời hạn: the states of a procedure with the law's deadlines, the defaults, the offices' own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from kcflow.formats import date_text, local
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND, HOLDER
from kcflow.services.clock_views import RuleView
from kcflow.services.views import OfficeView
from screens.clock.change import Change, span_text
from screens.clock.editor import EditorScreen
from screens.clock.editor_commands import (
    EndedRules,
    EndRule,
    LifecycleAfter,
    LifecycleBefore,
    RulesOf,
    SetRule,
    UndoRule,
)
from screens.clock.rule_form import RuleForm
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.forms.fields import words
from screens.lists.rows import short_date, toned
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from screens.widgets.table import Column, TableRow, VirtualTable
from states.model import Label, Lifecycle, State

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

LAW, DEFAULT, OWN, OVER = "§", "·", "●", "■"
"""Marks of whose a deadline is: the law's, the default of the procedure, an office's own, ended."""


@dataclass(frozen=True)
class Read:
    """What is known: the procedures (one version of each), every rule, the offices one may set rules of."""

    lifecycles: tuple[Lifecycle, ...]
    rules: tuple[RuleView, ...]
    offices: tuple[OfficeView, ...]


@dataclass(frozen=True)
class Line:
    """A line of the list: a state, and one of its deadlines (None: it has none)."""

    state: State
    rule: RuleView | None
    first: bool
    """Whether it is the first of its state."""


class RulesScreen(EditorScreen):
    """The deadlines of one procedure."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        SetRule, EndRule, UndoRule, RulesOf, EndedRules, LifecycleBefore, LifecycleAfter, CloseDialog
    )
    help_key = "help.rules"

    def __init__(self, lifecycle: str = "", state: str = "") -> None:
        """Begin with the procedure `lifecycle` ("": the first), at `state`."""
        super().__init__()
        self.found: Read | None = None
        self.lifecycle = lifecycle.partition("@")[0]
        self._start = state
        self.own_office = True
        self.closed = False

    # Reading

    def refresh_data(self) -> None:
        """Read everything anew."""
        office = self._office if self.own_office else None
        closed = self.closed

        def read(desk: Desk) -> Read:
            rules = desk.clock.rules(office, None, closed)
            return Read(_newest(desk.lifecycles(), rules), rules, desk.clock.rule_offices())

        self.ask(read, self._take, group="rules")

    @property
    def _office(self) -> str | None:
        """The office of the person who works."""
        return next((role.office for role in self.desk.me.roles), None)

    def _take(self, found: Read) -> None:
        anew = self.found is None
        self.found = found
        if self.shown is None and found.lifecycles:
            self.lifecycle = found.lifecycles[0].name
        self.write(anew=anew)

    def on_virtual_table_loaded(self, message: VirtualTable.Loaded) -> None:
        """Put the cursor on the state that the screen was opened for."""
        message.stop()
        wanted, self._start = self._start, ""
        at = next((n for n, line in enumerate(self.lines) if line.state.name == wanted), None)
        if at is not None:
            self.table.move_to(at)

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew."""
        if self.found is not None:
            self.write()

    def columns(self) -> list[Column]:
        """Since when and by which paper where there is room."""

        def label(name: str) -> str:
            return t(f"rules.column.{name}", self.lang)

        return [
            Column("state", label("state"), 0, weight=5),
            Column("rule", label("rule"), 0, weight=4),
            Column("whose", label("whose"), 22),
            Column("since", label("since"), 10, "right", min_terminal_width=118),
            Column("basis", label("basis"), 0, min_terminal_width=118, weight=4),
        ]

    def rows(self) -> list[TableRow]:
        """Each rule of each state."""
        year = self.desk.today.year
        return [_row(line, year, self.lang) for line in self.lines]

    def empty_text(self) -> str:
        """There is always a procedure; before it is read there is none."""
        return t("rules.none", self.lang)

    def strip(self) -> Hanging | None:
        """The line in full."""
        return _strip(self.line, self.lang) if self.line is not None else None

    def head(self) -> Hanging:
        """The procedure, and whose rules are listed."""
        shown, lang = self.shown, self.lang
        names = [each.name for each in self.found.lifecycles] if self.found is not None else []
        first: list[parts.Part] = [(t("rules.title", lang), "bold $primary")]
        if shown is not None:
            place = t("rules.which", lang, row=names.index(shown.name) + 1, total=len(names))
            first += [("  ", ""), (self.word(shown.label), parts.STRONG), (f"  {place}", parts.DIM)]
        of = t("rules.of_all", lang)
        if self.own_office and self.desk.me.roles:
            of = t("rules.of_office", lang, office=self.desk.me.roles[0].office_name)
        ended = f" · {t('rules.with_ended', lang)}" if self.closed else ""
        return parts.lines([parts.line(*first), parts.line((f"{of}{ended}", parts.DIM))])

    @property
    def shown(self) -> Lifecycle | None:
        """The procedure that is listed."""
        lifecycles = self.found.lifecycles if self.found is not None else ()
        return next((each for each in lifecycles if each.name == self.lifecycle), None)

    @property
    def lines(self) -> list[Line]:
        """States that have, or could have, a deadline, in the procedure's order, with their rules."""
        shown = self.shown
        if shown is None or self.found is None:
            return []
        rules = [each for each in self.found.rules if each.lifecycle == shown.name]
        return [line for state in _states(shown, rules) for line in _of_state(state, rules)]

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        found = self.payload
        return found if isinstance(found, Line) else None

    # Keys

    def why_not(self, action: str) -> str | None:
        """Own rules are set by supervisors; the law's and the defaults can't be ended."""
        if action not in ("set_rule", "end_rule", "undo_rule"):
            return None
        lang, line = self.lang, self.line
        if self.found is None or line is None:
            return t("app.reading", lang)
        if not self.found.offices:
            return t("rules.not_yours", lang)
        if action == "set_rule":
            return None
        rule = line.rule
        if rule is None or rule.id is None:
            return t("rules.not_own", lang)
        if rule.office not in {office.code for office in self.found.offices}:
            return t("rules.others", lang, office=rule.office_name or "")
        if _over(rule, self):
            return t("rules.over", lang)
        return None

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter on a line sets a rule for its state."""
        message.stop()
        reason = self.why_not("set_rule")
        if reason is not None:
            self.say(reason, "warn")
        else:
            self.action_set_rule()

    def action_set_rule(self) -> None:
        """Ask for one; an own rule under the cursor is where it begins."""
        line, shown = self.line, self.shown
        if line is None or shown is None or self.found is None:
            return
        own = line.rule if line.rule is not None and line.rule.id is not None else None
        self.app.push_screen(RuleForm(shown, line.state, self.found.offices, own), self.take_saved)

    def action_end_rule(self) -> None:
        """End the own rule under the cursor."""
        self._end("end", undo=False)

    def action_undo_rule(self) -> None:
        """Take it back as if it had never been."""
        self._end("undo", undo=True)

    def _end(self, how: str, *, undo: bool) -> None:
        rule = self.line.rule if self.line is not None else None
        if rule is None or rule.id is None:
            return
        number, office = rule.id, rule.office_name or ""
        said = (
            Label(*(f"{rule.state_label(lang)}: {rule.text(lang)}" for lang in ("vi", "en"))),
            words(f"rules.{how}_said", office=office),
        )
        change = Change(
            words(f"rules.{how}_title"),
            said,
            lambda desk: desk.clock.close_rule_plan(number, undo=undo),
            lambda desk, reason: desk.clock.close_rule(number, reason, undo=undo),
            f"rule-{number}",
        )
        self.look_ahead(change)

    def action_rules_of(self) -> None:
        """One's own office, or every one."""
        self.own_office = not self.own_office
        self.refresh_data()

    def action_ended_rules(self) -> None:
        """With those that have ended, or without."""
        self.closed = not self.closed
        self.refresh_data()

    def action_lifecycle(self, step: int) -> None:
        """Another procedure."""
        if self.found is None or not self.found.lifecycles:
            return
        names = [each.name for each in self.found.lifecycles]
        at = names.index(self.lifecycle) if self.lifecycle in names else 0
        self.lifecycle = names[(at + step) % len(names)]
        self.write(anew=True)


def _newest(lifecycles: Iterable[Lifecycle], rules: Iterable[RuleView]) -> tuple[Lifecycle, ...]:
    """The version in force last of each procedure, in the order in which the rules name them."""
    newest: dict[str, Lifecycle] = {}
    for each in lifecycles:
        known = newest.get(each.name)
        if known is None or (known.in_force_from, known.version) < (each.in_force_from, each.version):
            newest[each.name] = each
    order = dict.fromkeys((*(rule.lifecycle for rule in rules), *newest))
    return tuple(newest[name] for name in order if name in newest)


def _states(lifecycle: Lifecycle, rules: Iterable[RuleView]) -> Iterator[State]:
    """Its states but the final ones; then those of former versions that own rules are still about."""
    known = {state.name for state in lifecycle.states}
    yield from (state for state in lifecycle.states if not state.final)
    former = {rule.state: rule.state_label for rule in rules if rule.state not in known}
    yield from (State(name, label, "", "nobody") for name, label in former.items())


def _of_state(state: State, rules: Iterable[RuleView]) -> Iterator[Line]:
    own = [rule for rule in rules if rule.state == state.name]
    if not own:
        yield Line(state, None, first=True)
    for at, rule in enumerate(own):
        yield Line(state, rule, first=not at)


def _over(rule: RuleView, screen: RulesScreen) -> bool:
    return rule.valid_to is not None and rule.valid_to < screen.desk.today


def whose(rule: RuleView, lang: str) -> str:
    """Whose a rule is, with its mark."""
    if rule.id is not None:
        ended = rule.valid_to is not None and not rule.in_force
        return f"{OVER if ended else OWN} {rule.office_name or rule.office or ''}"
    if rule.kind == "law":
        return f"{LAW} {DEADLINE_KIND['law'](lang)}"
    return f"{DEFAULT} {t('rules.replaced' if rule.replaced else 'rules.mark.default', lang)}"


def short(rule: RuleView, lang: str) -> str:
    """The rule in few words, and the case in which alone it counts."""
    if rule.by in ("working_days", "calendar_days"):
        text = t(f"rules.short.{rule.by}", lang, days=rule.days)
    elif rule.by == "months":
        text = t("rules.short.months", lang, n=rule.months)
    elif rule.by in ("fixed_date", "monthly"):
        end = t(f"rules.short.{'by' if rule.inclusive else 'before'}", lang)
        if rule.by == "monthly":
            text = t("rules.short.monthly", lang, end=end, day=rule.day)
        else:
            year = t(f"rules.short.year.{('before', 'same', 'after')[rule.plan_year + 1]}", lang)
            text = t("rules.short.fixed", lang, end=end, day=rule.day, month=rule.month, year=year)
    else:
        text = t("rules.short.term_end", lang)
    whole = rule.text(lang)
    return f"{text} {whole[whole.rindex('(') :]}" if whole.endswith(")") else text


def _row(line: Line, year: int, lang: str) -> TableRow:
    rule, state = line.rule, line.state.label(lang) if line.first else ""
    key = f"{line.state.name}/{'-' if rule is None else rule.id or rule.text.vi + rule.basis}"
    if rule is None:
        empty = toned(t("rules.no_deadline", lang), "dim")
        return TableRow(key, (state, empty, "", "", ""), "", line)
    quiet = rule.replaced or not rule.in_force
    text = short(rule, lang)
    since = short_date(rule.valid_from, year, lang) if rule.valid_from is not None else ""
    tone: Callable[[str], object] = (lambda said: toned(said, "dim")) if quiet else str
    cells = (state, tone(text), tone(whose(rule, lang)), tone(since), tone(basis_text(rule.basis, lang)))
    return TableRow(key, cells, "", line)  # type: ignore[arg-type]


def _strip(line: Line, lang: str) -> Hanging:
    """The state and whom it waits for; the rule, its basis, since when and by whom."""
    state, rule = line.state, line.rule
    head: list[parts.Part] = [(state.label(lang), parts.STRONG)]
    if state.waits_for in HOLDER:
        head.append((f"  {t('rules.waits_for', lang, who=HOLDER[state.waits_for](lang))}", parts.DIM))
    said = [parts.line(*head)]
    if rule is None:
        said.append(parts.line((t("rules.no_deadline", lang), parts.DIM)))
        return parts.lines(said)
    said.append(parts.line(f"{whose(rule, lang)}: {rule.text(lang)}"))
    said.append(parts.line((t("rules.basis", lang, basis=basis_text(rule.basis, lang)), parts.DIM)))
    if rule.id is not None:
        span = span_text(rule.valid_from, rule.valid_to, lang)
        by = ""
        if rule.set_at is not None:
            on = date_text(local(rule.set_at).date(), lang)
            by = t("rules.set_by", lang, who=rule.set_by_name or "", on=on)
        said.append(parts.line((f"{t('rules.counts', lang, span=span)} {by}", parts.DIM)))
    elif rule.replaced:
        said.append(parts.line((t("rules.replaced_said", lang), parts.WARN)))
    return parts.lines(said)
