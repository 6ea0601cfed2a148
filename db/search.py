"""What a search asks of SQLite: groups of terms, of which a dossier must have one from each.

A term is the beginning of a word of the code or of the folded text ("may*"), or a mark: a whole word that
says in which province, of which plan year or unit a dossier is. Nothing of these ever moves, so the search
knows them, and limits by them cost it nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from db.statements import MARK

if TYPE_CHECKING:
    from db.queries import DossierFilter, Scope

Terms = list[list[str]]
MOST: Final = 100
"""Longer lists of provinces or units than this are looked up in the dossiers."""
_WORDS = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the words of a folded query, as the search looks for them."""
    return _WORDS.findall(text.lower())


def _provinces(keys: Collection[str]) -> list[str]:
    return [MARK + key.replace(":", "") for key in sorted(keys)]


def _units(codes: Collection[str]) -> list[str]:
    return [f"{MARK}u{code.encode().hex()}" for code in sorted(codes)]


def terms(
    words: Sequence[str], places: Mapping[str, Sequence[str]], scope: Scope, filter_: DossierFilter
) -> tuple[Terms, Scope, DossierFilter]:
    """Return the terms of a query, and what is left of scope and filter: what the marks don't say."""
    made = [[f"{word}*", *_provinces(places.get(word, ()))] for word in words]
    if scope.provinces and len(scope.provinces) <= MOST:
        made.append(_provinces(scope.provinces))
        scope = replace(scope, provinces=None)
    if scope.offices and len(scope.offices) <= MOST:
        made.append(_units(scope.offices))
        scope = replace(scope, offices=None)
    if filter_.offices and len(filter_.offices) <= MOST:
        made.append(_units(filter_.offices))
        filter_ = replace(filter_, offices=None)
    if filter_.plan_year is not None:
        made.append([f"{MARK}y{filter_.plan_year}"])
        filter_ = replace(filter_, plan_year=None)
    return made, scope, filter_


def match(groups: Terms) -> str:
    """Return terms as FTS5 wants them."""
    return " AND ".join(f"({' OR '.join(map(_quoted, group))})" for group in groups)


def _quoted(term: str) -> str:
    return f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"'


@lru_cache(64)
def _patterns(groups: str) -> tuple[re.Pattern[str], ...]:
    made: list[list[str]] = json.loads(groups)
    return tuple(re.compile("|".join(map(_pattern, group))) for group in made)


def _pattern(term: str) -> str:
    if term.endswith("*"):
        # Behind a mark stands no word.
        return rf"(?<![^\W_])(?<!{MARK}){re.escape(term[:-1])}"
    return rf"{re.escape(term)}(?![^\W_])"


def has_terms(text: Any, groups: str) -> bool:  # noqa: ANN401 - called by SQLite with whatever stands there
    """Say whether one dossier's text has the terms (SQL function kc_terms).

    For few dossiers: asking the search for each takes thirty times as long.
    """
    there = str(text).lower()
    return all(pattern.search(there) for pattern in _patterns(groups))
