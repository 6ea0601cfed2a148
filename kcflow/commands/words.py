"""Texts of the command line (kcflow/locale/*/cli.toml), in one language or in both."""

from __future__ import annotations

import os
from collections.abc import Sequence

from kcflow.config import LANGUAGES
from kcflow.i18n import t
from kcflow.settings import load
from states.model import Label


def say(lang: str, key: str, /, **params: object) -> str:
    """The text `cli.<key>` in `lang`; `params` are shown in their visible form."""
    return t(f"cli.{key}", lang, **params)


def both(key: str, /, **params: object) -> Label:
    """The text `cli.<key>` in both languages."""
    return Label(say("vi", key, **params), say("en", key, **params))


def language_of(arguments: Sequence[str]) -> str:
    """Language of help and of errors before the arguments are understood: --lang, KCFLOW_LANG, settings."""
    asked = os.environ.get("KCFLOW_LANG", "")
    for at, argument in enumerate(arguments):
        if argument == "--lang" and at + 1 < len(arguments):
            asked = arguments[at + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    if not asked:
        asked = load().language
    return asked if asked in LANGUAGES else "vi"
