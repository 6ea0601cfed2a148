"""Texts in two languages: `t("refusals.reason_required")`.

All files `kcflow/locale/<language>/*.toml` are read together. A key is its whole path inside its file (a
table `[refusals]` with `reason_required = "…"`), and stands in one file only. Placeholders are `{name}`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from kcflow.text import visible

LANGUAGES = ("vi", "en")

_current = "vi"


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


class _Shown(dict[str, object]):
    """Parameters in their visible form; a missing one shows its own name instead of failing."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def t(key: str, /, lang: str | None = None, **params: object) -> str:
    """The text `key` in `lang` (None: the language in use) with `params` in their places.

    Texts among `params` pass through `kcflow.text.visible`, so that what people typed stays harmless; numbers
    are taken as they are, everything else as its visible str. A key that no catalogue has is returned itself.
    Raises `UnknownLanguage`.
    """
    text = catalogue(lang or _current).get(key)
    if text is None:
        return key
    if not params:
        return text
    shown = {name: value if isinstance(value, int) else visible(str(value)) for name, value in params.items()}
    return text.format_map(_Shown(shown))


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Every text of `lang` by its dotted key, all areas together. Raises `UnknownLanguage`."""
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang)
    folder = resources.files("kcflow") / "locale" / lang
    texts: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            texts.update(_flat(tomllib.loads(file.read_text("utf-8")), ""))
    return MappingProxyType(texts)


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value)
