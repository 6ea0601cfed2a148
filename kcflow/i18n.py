"""Texts in two languages: `t("refusals.reason_required")`.

People edit `kcflow/locale/<language>/LC_MESSAGES/kcflow.po`; `make messages` compiles them, and the standard
library's gettext reads the result. Keys are symbolic, so Vietnamese is as much a translation as English.
Placeholders are `{name}`; where a text has plural forms, the first of `COUNTING` that is given chooses.

Two kinds of placeholders are filled or shaped here. `{key_<id of a command>}` is the key that the command has
at present (`keys_from`), so that no text names a key that a person has moved. A whole number under one of the
names in `COUNTS` is a count, and is written with its thousands apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from kcflow.text import visible

LANGUAGES = ("vi", "en")
COUNTS = frozenset(
    (
        *("n", "m", "count", "days", "rows", "size", "total", "done", "left", "working", "row"),
        *("new", "already", "bad", "under_way", "ended", "late", "law", "policy", "will", "not"),
    )
)
"""Names of parameters that are counts; others (a year, the number of a row to cite) are shown as they are."""
_KEY = "key_"

COUNTING = ("n", "count", "days", "rows", "size", "total")
"""Counts that choose a plural form."""

_LOCALE = Path(__file__).with_name("locale")
_current = "vi"
_keys: Callable[[str], str] = str


class UnknownLanguage(ValueError):
    """There is no catalogue in this language; `found` is what was asked for."""

    def __init__(self, found: str) -> None:
        super().__init__(f"no such language: {found!r}; use one of: {', '.join(LANGUAGES)}")
        self.found = found


def set_language(lang: str) -> None:
    """Use `lang` ("vi" or "en") wherever no language is named. Raises `UnknownLanguage`."""
    global _current  # the whole process speaks one language: threads of a screen, too
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang)
    _current = lang


def language() -> str:
    """The language in use: "vi" unless `set_language` chose another."""
    return _current


def keys_from(present: Callable[[str], str]) -> None:
    """Fill `{key_<id>}` in every text with what `present` says of the command: how its key is written."""
    global _keys  # the layer of texts knows no commands; the screens tell it
    _keys = present


class _Shown(dict[str, object]):
    """Parameters in their visible form; a missing one shows its own name instead of failing."""

    def __missing__(self, name: str) -> str:
        if name.startswith(_KEY):
            return visible(_keys(name.removeprefix(_KEY)))
        return "{" + name + "}"


def _shown(name: str, value: object, lang: str) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        from kcflow.formats import count_text  # not before the first paint

        return count_text(value, lang) if name in COUNTS else value
    return visible(str(value))


def t(key: str, /, lang: str | None = None, **params: object) -> str:
    """The text `key` in `lang` (None: the language in use) with `params` in their places.

    Texts among `params` pass through `kcflow.text.visible`, so that what people typed stays harmless; counts
    (`COUNTS`) are grouped, other numbers taken as they are, everything else is its visible str. A key that no
    catalogue has is returned itself. Raises `UnknownLanguage`.
    """
    lang = lang or _current
    texts = catalogue(lang)
    text = key
    if params:
        number = next((value for name in COUNTING if isinstance(value := params.get(name), int)), 2)
        text = texts.ngettext(key, key, number)
    if text == key:
        text = texts.gettext(key)
    if not params and "{" + _KEY not in text:
        return text
    return text.format_map(_Shown({name: _shown(name, value, lang) for name, value in params.items()}))


def has(key: str, lang: str | None = None) -> bool:
    """Whether there is such a text. Raises `UnknownLanguage`."""
    return catalogue(lang or _current).gettext(key) != key


@cache
def catalogue(lang: str) -> GNUTranslations:
    """The compiled texts of `lang`. Raises `UnknownLanguage`."""
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang)
    with (_LOCALE / lang / "LC_MESSAGES" / "kcflow.mo").open("rb") as file:
        return GNUTranslations(file)
