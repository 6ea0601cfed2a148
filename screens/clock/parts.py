"""What screens say of the time of a dossier: its holder, pause, reminders and level; and why it is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from textual.content import Content

from kcflow.formats import date_text, instant_text
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND
from kcflow.services.clock_views import ClockState, FormerDue, PauseView, RuleLine, Why
from kcflow.services.views import PersonView
from screens.dossier import proposal_parts as parts
from screens.dossier.proposal_parts import BAD, DIM, GOOD, STRONG, WARN, line
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from states.model import Label

PAUSED = "‖"
"""The mark of a pause."""


def state_lines(state: ClockState, lang: str) -> list[Content]:
    """Who holds it, the pause in force, reminders, how far it was reported; what isn't so is left out."""
    said = []
    if state.holder_name is not None:
        said.append(line((f"{t('clock.holder', lang)} ", DIM), (state.holder_name, STRONG)))
    if state.hold is not None:
        said.append(pause_line(state.hold, lang))
    if state.reminders and state.reminded_on is not None:
        day = date_text(state.reminded_on, lang)
        said.append(line((t("clock.reminded", lang, n=state.reminders, day=day), DIM)))
    if state.level and state.level_label is not None:
        words = t("clock.level", lang, level=state.level, label=state.level_label(lang))
        said.append(line((words, WARN)))
    return said


def pause_line(pause: PauseView, lang: str) -> Content:
    """A pause: for whom, from when until when."""
    span = t(
        "clock.paused",
        lang,
        start=date_text(pause.from_on, lang),
        end=date_text(pause.until_on, lang),
        party=pause.party_label(lang),
    )
    return line((f"{PAUSED} ", WARN), (span, WARN))


def names(people: Iterable[PersonView]) -> Iterator[Content]:
    """People, a line each, with their office."""
    for person in people:
        office = " · ".join(dict.fromkeys(role.office_name for role in person.roles))
        yield line("  · ", (person.name, STRONG), (f"  {office}", DIM))


# -- why is this here ------------------------------------------------------------------------------


def why(view: Why, lang: str) -> Hanging:
    """The whole answer: where it stands, how its date was counted, every rule, pauses, former dates."""
    said = [*_head(view, lang), *_heading("derivation", lang)]
    said += [line(each(lang)) for each in view.lines]
    if not view.agrees:
        said.append(line((f"! {t('why.disagrees', lang)}", BAD)))
    if view.rules:
        said += _heading("rules", lang)
        for rule in sorted(view.rules, key=lambda each: (not each.counts, each.on or date.max)):
            said += _rule(rule, view.lines, lang)
    if view.pauses:
        said += _heading("pauses", lang)
        for pause in view.pauses:
            said += _pause(pause, lang)
    if view.former:
        said += _heading("former", lang)
        for former in view.former:
            said += _former(former, lang)
    return parts.lines(said)


def _heading(name: str, lang: str) -> list[Content]:
    return [Content(""), line((t(f"why.head.{name}", lang), "bold $primary"))]


def _head(view: Why, lang: str) -> Iterator[Content]:
    yield line((f"{view.code}  ", "bold $accent"), (view.title, STRONG))
    who = t("why.waits", lang, state=view.state_label(lang), who=view.waits_for_label(lang))
    yield line((who, ""))
    if view.holder_name is not None:
        yield line((f"{t('clock.holder', lang)} ", DIM), (view.holder_name, STRONG))
    entered = t(
        "why.entered",
        lang,
        day=date_text(view.entered_on, lang),
        at=instant_text(view.entered_at, lang),
        who=view.entered_by,
    )
    yield line((entered, DIM))
    if view.due_on is None:
        yield line((t("clock.no_due", lang), DIM))
    else:
        yield _due(view, lang)
    if view.reminders:
        yield line((t("why.reminders", lang, n=view.reminders), DIM))
    if view.level and view.level_label is not None:
        yield line((t("clock.level", lang, level=view.level, label=view.level_label(lang)), WARN))


def _due(view: Why, lang: str) -> Content:
    assert view.due_on is not None  # noqa: S101 - asked only then
    kind = DEADLINE_KIND[view.due_kind](lang) if view.due_kind in DEADLINE_KIND else ""
    basis = basis_text(view.due_basis or "", lang)
    if view.overdue_days > 0:
        late = t("why.late", lang, days=view.overdue_days, working=view.overdue_working_days)
        tail = (f"  {mark('late')} {late}", f"bold {BAD}")
    else:
        left = (view.due_on - view.today).days
        words = (
            t("proposal.days_none", lang, days=0) if left == 0 else t("proposal.days_left", lang, days=left)
        )
        tail = (f"  {words}", GOOD if left > 5 else WARN)
    return line(
        (t("proposal.due", lang), DIM),
        (date_text(view.due_on, lang), STRONG),
        tail,
        (f" · {_named(kind, basis)}", DIM),
    )


def _named(kind: str, basis: str) -> str:
    """The kind of a deadline before its basis, which may say the kind itself."""
    if basis.casefold().startswith(kind.casefold()):
        return basis or kind
    return ": ".join(part for part in (kind, basis) if part)


def _rule(rule: RuleLine, told: Collection[Label], lang: str) -> Iterator[Content]:
    """A rule and what it counts; lines that the derivation has `told` already are not said twice."""
    sign, style = ("●", "$primary") if rule.counts else ("○", DIM)
    day = date_text(rule.on, lang) if rule.on is not None else t("why.no_date", lang)
    kind = DEADLINE_KIND[rule.kind](lang)
    if rule.office is not None:
        kind = f"{kind} ({rule.office})"
    holds = f"  ◄ {t('why.holds', lang)}" if rule.counts else ""
    yield line(
        (f"{sign} ", style),
        (day, STRONG if rule.counts else ""),
        f" {_named(kind, basis_text(rule.basis, lang))}",
        (holds, "bold $primary"),
    )
    for each in rule.lines:
        if each not in told:
            yield line((f"    {each(lang)}", DIM))


def _pause(pause: PauseView, lang: str) -> Iterator[Content]:
    yield pause_line(pause, lang)
    if pause.lifted_on is not None:
        yield line((f"    {t('why.lifted', lang, day=date_text(pause.lifted_on, lang))}", DIM))
    yield line((f"    {t('why.by', lang, who=pause.by_name, reason=pause.reason)}", DIM))


def _former(former: FormerDue, lang: str) -> Iterator[Content]:
    day = date_text(former.on, lang) if former.on is not None else t("why.no_date", lang)
    kind = f" {DEADLINE_KIND[former.kind](lang)}" if former.kind in DEADLINE_KIND else ""
    basis = f": {basis_text(former.basis, lang)}" if former.basis else ""
    replaced = t("why.replaced", lang, day=date_text(former.replaced_on, lang))
    yield line("· ", (day, STRONG), f"{kind}{basis}", (f" · {replaced}", DIM))
    yield line((f"    {t('why.by', lang, who=former.by_name, reason=former.reason)}", DIM))
