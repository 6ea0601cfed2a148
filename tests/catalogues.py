"""The texts of both languages, as the .po files have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scripts import messages


@cache
def forms(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Every text of `lang` by its key: one form, or the plural forms."""
    return messages.texts(messages.read(lang))


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Every text of `lang` by its key; of plural forms the one for many."""
    return {key: found[-1] for key, found in forms(lang).items()}
