"""The cells of the history's rows."""

from __future__ import annotations

from textual.content import Content

from kcflow.formats import date_text, instant_text
from kcflow.i18n import t
from kcflow.services.views import HistoryView
from screens.lists.rows import toned
from screens.lists.shaped import ListColumn

ENTRY_DELAY = 1
"""Days between act and entry from which the entry counts as late (it is marked, never refused)."""

COLUMNS = {
    "on": ListColumn("act_on", 11),
    "at": ListColumn("entered_at", 17, 130),
    "code": ListColumn("code", 12),
    "title": ListColumn("title", 0, 150, 2),
    "action": ListColumn("action", 0, 0, 3),
    "to": ListColumn("to_state", 0, 100, 2),
    "actor": ListColumn("actor", 0, 0, 2),
    "office": ListColumn("office", 0, 130, 2),
    "document": ListColumn("document", 18, 180),
    "deadline": ListColumn("deadline", 10),
}


def history_cell(view: HistoryView, name: str, lang: str) -> str | Content:
    """The cell of the column `name`."""
    match name:
        case "on":
            late_entry = view.entry_delay_days >= ENTRY_DELAY
            text = f"{date_text(view.on, lang)}{'*' if late_entry else ''}"
            return toned(text, "warn" if late_entry else "")
        case "at":
            return instant_text(view.at, lang)
        case "code" | "title":
            return view.dossier if name == "code" else view.title
        case "action":
            return view.action_label(lang)
        case "to":
            return view.to_label(lang) if view.to_state != view.from_state else "="
        case "actor":
            return actor_text(view, lang)
        case "office":
            return view.office_name
        case "document":
            return (view.document.number or "–") if view.document is not None else "–"
        case _:
            return deadline_cell(view, lang)


def actor_text(view: HistoryView, lang: str) -> str:
    """Who did it, and who sat there."""
    if view.system:
        return t("history.by_system", lang)
    if view.operator_name:
        return t("history.acting", lang, operator=view.operator_name, person=view.actor_name)
    return view.actor_name


def deadline_cell(view: HistoryView, lang: str) -> Content:
    """Whether the deadline was met."""
    if view.deadline_met is None:
        return toned("–", "dim")
    return toned(
        t("history.met" if view.deadline_met else "history.missed", lang),
        "good" if view.deadline_met else "bad",
    )
