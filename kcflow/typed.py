"""How the typed inputs of an act are said, wherever a row of the history is."""

from __future__ import annotations

from datetime import date

from kcflow.formats import date_text, dong
from states.fields import FIELDS


def field_text(name: str, value: str, lang: str) -> str:
    """A stored value as people read it: đồng, percent, a month, a day, a choice by its label, or the text."""
    field = FIELDS.get(name)
    if field is None:
        return value
    if field.kind == "money":
        return dong(int(value), lang)
    if field.kind == "permille":
        whole, tenth = divmod(int(value), 10)
        return f"{whole}{(',' if lang == 'vi' else '.') + str(tenth) if tenth else ''}%"
    if field.kind == "month":
        return f"{value[5:]}/{value[:4]}"
    if field.kind == "day":
        return date_text(date.fromisoformat(value), lang)
    choice = field.choice(value) if field.kind == "choice" else None
    return choice.label(lang) if choice else value
