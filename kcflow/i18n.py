"""Texts in two languages: `t("refusals.reason_required")`.

People edit `kcflow/locale/<language>/LC_MESSAGES/kcflow.po`; `make messages` compiles them into gettext's own
form, in which each text is looked up when it is wanted. Keys are symbolic, so Vietnamese is as much a
translation as English.
Placeholders are `{name}`; where a text has plural forms, the first of `COUNTING` that is given chooses.

Two kinds of placeholders are filled or shaped here. `{key_<id of a command>}` is the key that the command has
at present (`keys_from`), so that no text names a key that a person has moved. A whole number under one of the
names in `COUNTS` is a count, and is written with its thousands apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from struct import unpack_from

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


class Catalogue:
    """The texts of a language, looked up in the compiled file one by one.

    The standard library reads all of them first: three thousand texts, of which a first paint shows twenty.
    """

    def __init__(self, data: bytes) -> None:
        """Look texts up in `data`, a .mo file. Raises ValueError where it is none."""
        for order in "<>":
            magic, _, self._count, self._ids, self._texts = unpack_from(f"{order}5I", data)
            if magic == 0x950412DE:
                break
        else:
            raise ValueError("no compiled catalogue")
        self._data, self._pair = data, f"{order}2I"
        self._found: dict[str, tuple[str, ...]] = {}

    def _entry(self, table: int, number: int) -> bytes:
        length, place = unpack_from(self._pair, self._data, table + 8 * number)
        return self._data[place : place + length]

    def forms(self, key: str) -> tuple[str, ...]:
        """Return the text of `key` in each of its plural forms, () where there is none."""
        known = self._found.get(key)
        if known is None:
            known = self._found[key] = self._looked_up(key.encode("utf-8", "surrogatepass"))
        return known

    def _looked_up(self, key: bytes) -> tuple[str, ...]:
        low, high = 0, self._count
        while low < high:  # gettext sorts them, for this
            middle = (low + high) // 2
            if self._entry(self._ids, middle).partition(b"\0")[0] < key:
                low = middle + 1
            else:
                high = middle
        if low == self._count or self._entry(self._ids, low).partition(b"\0")[0] != key:
            return ()
        return tuple(self._entry(self._texts, low).decode("utf-8").split("\0"))


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
    forms = catalogue(lang).forms(key)
    text = forms[0] if forms else key
    if len(forms) > 1:  # English: one of a thing, or any other number of it
        number = next((value for name in COUNTING if isinstance(value := params.get(name), int)), 2)
        text = forms[params != {} and number != 1]
    if not params and "{" + _KEY not in text:
        return text
    return text.format_map(_Shown({name: _shown(name, value, lang) for name, value in params.items()}))


def has(key: str, lang: str | None = None) -> bool:
    """Whether there is such a text. Raises `UnknownLanguage`."""
    return catalogue(lang or _current).forms(key) not in ((), (key,))


@cache
def catalogue(lang: str) -> Catalogue:
    """The compiled texts of `lang`. Raises `UnknownLanguage`."""
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang)
    return Catalogue((_LOCALE / lang / "LC_MESSAGES" / "kcflow.mo").read_bytes())
