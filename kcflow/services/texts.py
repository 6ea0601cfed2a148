"""From codes to sentences: refusals of the rules and errors, in both languages at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from kcflow import reference
from kcflow.formats import date_text, dong, instant_text, percent
from kcflow.i18n import t
from kcflow.labels import ROLE, SUBJECT
from kcflow.services.views import Reason
from states.facts import Refusal
from states.fields import FIELDS
from states.model import Label, Lifecycle

_MONEY = frozenset(
    (
        *("amount", "total", "sum", "missing", "ceiling", "limit", "due", "used", "paid"),
        *("approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned"),
    )
)


def both(key: str, /, **params: object) -> Label:
    """The catalogue's text `key` in both languages, dates formatted for each."""
    return Label(*(t(key, lang, **{k: _plain(v, lang) for k, v in params.items()}) for lang in ("vi", "en")))


def _plain(value: object, lang: str) -> object:
    if isinstance(value, Label):
        return value(lang)
    if isinstance(value, datetime):
        return instant_text(value, lang)
    if isinstance(value, date):
        return date_text(value, lang)
    return value


def error_label(name: str, /, **params: object) -> Label:
    """The sentence of the error `name`."""
    return both(f"errors.{name}", **params)


def unknown_year(year: int) -> Label:
    """What is said of a day in a year whose days off aren't known."""
    from kcflow.calendar import FIRST_YEAR, LAST_YEAR

    return error_label("calendar_unknown", year=year, first=FIRST_YEAR, last=LAST_YEAR)


def document_label(kind: str) -> Label:
    """Name of a kind of document, with its form number."""
    return reference.document_label(kind)


def _documents(value: object, lang: str) -> str:
    kinds = value if isinstance(value, tuple) else (str(value),)
    word = " or " if lang == "en" else " hoặc "
    return word.join(document_label(str(kind))(lang) for kind in kinds)


def _percent(value: object, lang: str) -> str:
    if not isinstance(value, int):
        return str(value)
    return percent(value, 1000, lang).replace(",0%", "%").replace(".0%", "%")


def _lacking(value: object, lang: str) -> str:
    """Kinds of paper that lack: one after the other, alternatives joined by "or"."""
    return "; ".join(_documents(kinds, lang) for kinds in value) if isinstance(value, tuple) else str(value)


def _field(value: object, lang: str) -> str:
    field = FIELDS.get(str(value))
    return field.label(lang) if field else str(value)


def _subject(value: object, lang: str) -> str:
    label = SUBJECT.get(str(value))
    return label(lang).lower() if label else str(value)


_TYPED: dict[str, Callable[[object, str], str]] = {
    "permille": _percent,
    "done_permille": _percent,
    "documents": _lacking,
    "field": _field,
    "why": lambda value, lang: t(f"field_problem.{value}", lang),
    "kind": _subject,
}
"""Parameters of refusals that are codes or shares, and what makes words of them."""


def _render(
    name: str, value: object, lang: str, lifecycle: Lifecycle | None, office: Callable[[str], str]
) -> object:
    if name == "document":
        return _documents(value, lang)
    if name == "roles" and isinstance(value, tuple):
        return ", ".join(ROLE[str(role)](lang) for role in value)
    if name in ("state", "from_states") and lifecycle is not None:
        names = value if isinstance(value, tuple) else (value,)
        labels = [lifecycle.state_by_name[str(n)].label(lang) for n in names if n in lifecycle.state_by_name]
        return "; ".join(f"“{label}”" for label in labels)
    if name == "province":
        return reference.province(str(value)).name
    if name == "office":
        return office(str(value))
    if name in _MONEY and isinstance(value, int):
        return dong(value, lang)
    if name in _TYPED:
        return _TYPED[name](value, lang)
    return _plain(value, lang)


def reason(refusal: Refusal, lifecycle: Lifecycle | None, office: Callable[[str], str] = str) -> Reason:
    """One refusal as code and sentence; `office` gives the name of an office's code."""
    texts = []
    for lang in ("vi", "en"):
        params: Mapping[str, object] = {
            name: _render(name, value, lang, lifecycle, office) for name, value in refusal.params.items()
        }
        texts.append(t(f"refusals.{refusal.code}", lang, **params))
    return Reason(refusal.kind, refusal.code, Label(*texts))
