"""An office's own deadline for a state, as it is entered."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.widget import Widget

from kcflow.i18n import t
from kcflow.labels import HOLDER
from kcflow.services.clock_views import RuleInput, RuleView
from kcflow.services.views import OfficeView
from screens.clock.change import Change, ChangeForm
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, Field, TextField, words
from screens.lists.wishes import same
from screens.widgets.hanging import Hanging
from states.model import Label, Lifecycle, State

KINDS: Final = ("working_days", "calendar_days", "months", "fixed_date", "monthly")
_SHOWN: Final = {
    "working_days": ("days",),
    "calendar_days": ("days",),
    "months": ("months",),
    "fixed_date": ("day", "month", "plan_year", "inclusive"),
    "monthly": ("day", "inclusive"),
}
"""The fields that each way of counting asks for."""
_CHANGING: Final = ("days", "months", "day", "month", "plan_year", "inclusive")
_MOST_DAYS: Final = 366
_MOST_MONTHS: Final = 12
_LEAP: Final = 2024
_YEARS: Final = (("-1", "before"), ("0", "same"), ("1", "after"))


class RuleForm(ChangeForm):
    """Ask for an own deadline of one state."""

    title_key = "rules.form_title"
    help_key = "help.rule_form"
    keep_as = "rule"
    AT_FIELD: ClassVar[dict[str, str]] = {
        "rule_days": "days",
        "rule_months": "months",
        "rule_date": "day",
        "rule_month_day": "day",
        "rule_plan_year": "plan_year",
        "rule_by": "by",
        "rule_validity": "valid_to",
        "rule_validity_absurd": "valid_from",
        "rule_office": "office",
        "rule_office_closed": "office",
        "rule_other_office": "office",
        "rule_above": "office",
        "rule_same": "by",
    }

    def __init__(
        self, lifecycle: Lifecycle, state: State, offices: Sequence[OfficeView], own: RuleView | None
    ) -> None:
        """Ask for one of `offices`; begin with the figures of `own` (None: with nothing)."""
        super().__init__()
        self._lifecycle, self._state = lifecycle, state
        self._offices, self._own = tuple(offices), own

    def head(self) -> Hanging:
        """The state, and whom it waits for."""
        lang = self.lang
        first: list[parts.Part] = [(self.word(self._state.label), parts.STRONG)]
        if self._state.waits_for in HOLDER:
            who = t("rules.waits_for", lang, who=HOLDER[self._state.waits_for](lang))
            first.append((f"  {who}", parts.DIM))
        said = [parts.line(*first), parts.line((self.word(self._lifecycle.label), parts.DIM))]
        return parts.lines([*said, parts.line((t("rules.explain", lang), parts.DIM))])

    def fields(self) -> Iterable[Widget]:
        """Whose, how it counts, by what paper, since when."""
        own, today = self._own, self.desk.today
        offices = [(office.code, same(office.name)) for office in self._offices]
        office = own.office if own is not None else None
        yield ChoiceField(
            "office", words("rules.field.office"), offices, office or offices[0][0], required=True
        )
        kinds = [(kind, words(f"rules.kind.{kind}")) for kind in KINDS]
        by = own.by if own is not None and own.by in KINDS else KINDS[0]
        yield ChoiceField("by", words("rules.field.by"), kinds, by, required=True)
        counts = own is not None and bool(own.days)
        days = own.days if own is not None and counts else None
        yield WholeField("days", words("rules.field.days"), days, least=1, most=_MOST_DAYS, required=True)
        months = own.months if own is not None and own.months else None
        yield WholeField(
            "months", words("rules.field.months"), months, least=1, most=_MOST_MONTHS, required=True
        )
        day = own.day if own is not None and own.day else None
        month = own.month if own is not None and own.month else None
        yield WholeField("day", words("rules.field.day"), day, least=1, most=31, required=True)
        yield WholeField("month", words("rules.field.month"), month, least=1, most=12, required=True)
        years = [(value, words(f"rule.year.{name}")) for value, name in _YEARS]
        year = str(own.plan_year) if own is not None else "0"
        yield ChoiceField("plan_year", words("rules.field.plan_year"), years, year, required=True)
        ends = [("by", words("rules.inclusive.by")), ("before", words("rules.inclusive.before"))]
        end = "by" if own is None or own.inclusive else "before"
        yield ChoiceField("inclusive", words("rules.field.inclusive"), ends, end, required=True)
        basis = own.basis if own is not None else ""
        yield TextField("basis", words("rules.field.basis"), basis, required=True, max_length=300)
        yield DateField("valid_from", words("rules.field.valid_from"), today, today=today, required=True)
        yield DateField("valid_to", words("rules.field.valid_to"), today=today)

    def begin(self) -> None:
        """Show the fields of the way of counting, and begin there: the office is mostly one's own."""
        self._fit()
        self.query_one("#field-by", ChoiceField).focus_entry()

    def keep_code(self) -> str:
        """What was typed belongs to its state."""
        return f"{self._lifecycle.name}/{self._state.name}"

    @on(Field.Changed)
    def _kind_changed(self, message: Field.Changed) -> None:
        if message.field.key == "by":
            self._fit()

    def _fit(self) -> None:
        by = self.query_one("#field-by", ChoiceField).value or KINDS[0]
        for key in _CHANGING:
            self.query_one(f"#field-{key}", Field).display = key in _SHOWN[by]

    def change(self) -> Change | None:
        """What was entered; a day that its month never has is refused at once."""
        value = {field.key: field.value for field in act_inputs.there(self) if field.display}
        by = str(value["by"])
        day, month = value.get("day"), value.get("month")
        if by == "fixed_date" and isinstance(day, int) and isinstance(month, int):
            last = monthrange(_LEAP, month)[1]
            if day > last:
                field = self.query_one("#field-day", WholeField)
                field.fault(words("rules.no_such_day", day=day, month=month, last=last))
                field.focus_entry()
                return None
        first, last_day = value["valid_from"], value.get("valid_to")
        wanted = RuleInput(
            office=str(value["office"]),
            lifecycle=self._lifecycle.name,
            state=self._state.name,
            by=by,
            basis=str(value["basis"]),
            days=_whole(value.get("days")),
            months=_whole(value.get("months")),
            month=_whole(month),
            day=_whole(day),
            plan_year=int(str(value.get("plan_year", 0))),
            inclusive=value.get("inclusive", "by") == "by",
            valid_from=first,  # type: ignore[arg-type]
            valid_to=last_day,  # type: ignore[arg-type]
        )
        office = next(each.name for each in self._offices if each.code == wanted.office)
        return Change(
            words("rules.change_title"),
            (
                Label(
                    *(f"{office} · {self._state.label(lang)}: {_said(wanted, lang)}" for lang in ("vi", "en"))
                ),
            ),
            lambda desk: desk.clock.rule_plan(wanted),
            lambda desk, reason: desk.clock.set_rule(wanted, reason),
            self.keep_code(),
        )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _said(rule: RuleInput, lang: str) -> str:
    """The rule as it was entered, in words, with its basis."""
    if rule.by in ("working_days", "calendar_days"):
        text = t(f"rule.{rule.by}", lang, days=rule.days)
    elif rule.by == "months":
        text = t("rule.months", lang, n=rule.months)
    elif rule.by == "monthly":
        text = t("rule.monthly_by" if rule.inclusive else "rule.monthly_before", lang, day=rule.day)
    else:
        year = t(f"rule.year.{dict(_YEARS)[str(rule.plan_year)]}", lang)
        key = "rule.fixed_by" if rule.inclusive else "rule.fixed_before"
        text = t(key, lang, day=rule.day, month=rule.month, year=year)
    return f"{text} ({rule.basis})"
