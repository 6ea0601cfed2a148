"""How what stands still looks: its columns, its cells, and the lines of the strip about one row."""

from __future__ import annotations

from textual.content import Content

from kcflow.formats import compact, date_text, in_unit
from kcflow.i18n import t
from kcflow.labels import SOURCE, SUBJECT
from kcflow.services.views import StalledRow
from screens.clock.parts import PAUSED
from screens.lists.detail import Line
from screens.lists.rows import short_date, state_cell, toned
from screens.lists.shaped import ListColumn
from screens.lists.stalled_kinds import SIGNS, TONES
from screens.widgets.basis import basis_text
from screens.widgets.cells import literal

COLUMNS = {
    "code": ListColumn("code", 12),
    "subject": ListColumn("subject", 14, 260),
    "title": ListColumn("title", 0, weight=5),
    "province": ListColumn("province", 11, 165),
    "region": ListColumn("region", 18, 270),
    "source": ListColumn("source", 8, 260),
    "state": ListColumn("state", 0, 118, 4),
    "waits_for": ListColumn("waits_for", 16),
    "since": ListColumn("waits_since", 9, 110, right=True),
    "days": ListColumn("days_in_state", 9, 140, right=True),
    "due": ListColumn("due", 9, right=True),
    "basis": ListColumn("basis", 14, 212),
    "overdue": ListColumn("overdue", 10, right=True),
    "money": ListColumn("stake", 10, 128, right=True),
    "holder": ListColumn("holder", 16, 175),
    "held": ListColumn("held_until", 9, 240, right=True),
    "reminded": ListColumn("reminded", 9, 240, right=True),
    "level": ListColumn("level", 5, 240, right=True),
    "last": ListColumn("last_act", 0, 225, 4),
    "next": ListColumn("next_act", 0, 195, 4),
    "who": ListColumn("next_who", 0, 250, 3),
}
"""Every column, in the order in which they are offered."""


def stalled_cell(stalled: StalledRow, name: str, year: int, lang: str) -> str | Content:
    """The cell of the column `name`."""
    row = stalled.row
    match name:
        case "code" | "title":
            return row.code if name == "code" else row.title
        case "subject":
            return SUBJECT[row.kind](lang) if row.kind in SUBJECT else row.kind
        case "province" | "region":
            return row.province_name if name == "province" else row.region_label(lang)
        case "source":
            return SOURCE[row.source](lang) if row.source in SOURCE else row.source
        case "state":
            return state_cell(row, lang)
        case "waits_for":
            return waits_for(stalled, lang)
        case "since":
            return short_date(stalled.waits_since or row.entered_on, year, lang)
        case "days":
            return f"{stalled.days_in_state}/{stalled.working_days_in_state}"
        case "due":
            return short_date(row.due_on, year, lang)
        case "basis":
            return basis_text(row.due_basis or "–", lang)
        case "overdue":
            return toned(f"{SIGNS[stalled.kind]} {overdue_text(stalled, lang)}", TONES[stalled.kind])
        case "money":
            return in_unit(stalled.money, "trieu", lang)
        case "holder":
            return stalled.holder_name or "–"
        case "held":
            return short_date(stalled.held_until, year, lang)
        case "reminded":
            if not stalled.reminders:
                return "–"
            return f"{stalled.reminders}× {short_date(stalled.reminded_on, year, lang)}"
        case "level":
            return str(stalled.level) if stalled.level else "–"
        case "last":
            return f"{short_date(stalled.last_on, year, lang)} {stalled.last_action_label(lang)}"
        case "next":
            return " · ".join(label(lang) for label in stalled.next_actions) or "–"
        case _:
            return who_must(stalled, lang) or "–"


def waits_for(stalled: StalledRow, lang: str) -> str | Content:
    """For whom it waits; while it is on hold, for the party of the hold."""
    if stalled.held_until is not None and stalled.held_party_label is not None:
        return toned(f"{PAUSED} {stalled.held_party_label(lang)}", "warn")
    return stalled.row.waits_for_label(lang)


def who_must(stalled: StalledRow, lang: str) -> str:
    """Who must do what comes next."""
    return " · ".join(dict.fromkeys(label(lang) for label in stalled.next_roles))


def overdue_text(stalled: StalledRow, lang: str) -> str:
    """By how many days it is late, or how many are left."""
    if stalled.overdue_days > 0:
        return t("app.days", lang, n=stalled.overdue_days)
    if stalled.row.days_left is not None:
        key = "stalled.left" if stalled.row.days_left else "form.today"
        return t(key, lang, n=stalled.row.days_left)
    return "–"


def strip_lines(stalled: StalledRow, lang: str) -> list[Line]:
    """What the strip says of a row: what holds, what comes next and who must, who was charged and told."""
    row = stalled.row
    basis = basis_text(row.due_basis or "", lang)
    what = [stalled.kind_label(lang), literal(basis)]
    if stalled.overdue_days:
        days = t("stalled.late_by", lang, days=stalled.overdue_days, working=stalled.overdue_working_days)
        what.insert(1, days)
    held = t("proposal.held", lang, days=stalled.days_in_state, working=stalled.working_days_in_state)
    what.append(held)
    if stalled.money:
        what.append(compact(stalled.money, lang))
    lines = [_line("stalled.basis", what, lang)]
    if stalled.stuck_reason is not None:
        lines.append([(f"{t('stalled.stuck_why', lang)} ", "bold"), (stalled.stuck_reason(lang), "$error")])
    following = " · ".join(label(lang) for label in stalled.next_actions) or "–"
    who = who_must(stalled, lang)
    last = t(
        "stalled.last",
        lang,
        day=date_text(stalled.last_on, lang),
        act=stalled.last_action_label(lang),
        who=literal(stalled.last_actor),
    )
    lines.append(_line("stalled.next", [f"{following} ({who})" if who else following, last], lang))
    lines.append(_line("stalled.charged", list(_charged(stalled, lang)), lang))
    return lines


def _charged(stalled: StalledRow, lang: str) -> list[str]:
    said = [literal(stalled.holder_name) if stalled.holder_name else t("stalled.nobody_charged", lang)]
    if stalled.held_until is not None:
        party = stalled.held_party_label(lang) if stalled.held_party_label is not None else ""
        day = date_text(stalled.held_until, lang)
        said.append(f"{PAUSED} {t('stalled.held', lang, day=day, party=party)}")
    if stalled.reminders and stalled.reminded_on is not None:
        day = date_text(stalled.reminded_on, lang)
        said.append(t("clock.reminded", lang, n=stalled.reminders, day=day))
    if stalled.level:
        said.append(t("stalled.level", lang, level=stalled.level))
    return said


def _line(head: str, texts: list[str], lang: str) -> Line:
    first, *rest = [text for text in texts if text] or ["–"]
    tail = "".join(f" · {text}" for text in rest)
    return [(f"{t(head, lang)} ", "bold"), (first, ""), (tail, "$text-muted")]
