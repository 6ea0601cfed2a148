"""The terms of a search: SQLite's function for one dossier agrees with FTS5 over all."""

from __future__ import annotations

import json
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from db import search
from db.queries import DossierFilter, Scope
from db.statements import MARK

ALPHABET = "abcy60 2-_,đ"
TEXTS = st.lists(st.text(ALPHABET, max_size=12), min_size=1, max_size=6)
PLACES = st.sampled_from(["63:02", "63:19", "34:2"])
WORDS = st.lists(st.text("abcy602đ", min_size=1, max_size=3), min_size=1, max_size=3)


@given(
    texts=TEXTS,
    places=st.lists(PLACES, min_size=6, max_size=6),
    years=st.lists(st.sampled_from([2023, 2024]), min_size=6, max_size=6),
    words=WORDS,
    scope=st.frozensets(PLACES, max_size=2),
    year=st.sampled_from([None, 2023]),
)
def test_one_dossier_and_all_of_them_answer_alike(
    texts: list[str],
    places: list[str],
    years: list[int],
    words: list[str],
    scope: frozenset[str],
    year: int | None,
) -> None:
    named = {words[0]: ("63:19",)}
    asked = DossierFilter(plan_year=year, offices=frozenset({"TT-02", "x y"}))
    groups, left, rest = search.terms(words, named, Scope(provinces=scope or None), asked)
    assert left == Scope()
    assert rest == DossierFilter()
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE VIRTUAL TABLE s USING fts5(t, m, tokenize = 'unicode61 remove_diacritics 0')")
    expected, single = set(), set()
    for number, (text, place, on) in enumerate(zip(texts, places, years, strict=False)):
        unit = "TT-02" if number % 2 else "TT-19"
        marks = f"{MARK}{place.replace(':', '')} {MARK}y{on} {MARK}u{unit.encode().hex().upper()}"
        raw.execute("INSERT INTO s (rowid, t, m) VALUES (?, ?, ?)", (number, text, marks))
        if search.has_terms(f"{text} {marks}", json.dumps(groups)):
            single.add(number)
        tokens = search.words_of(text)
        found = all(
            any(token.startswith(word) for token in tokens) or place in named.get(word, ()) for word in words
        )
        if found and place in (scope or {place}) and on == (year or on) and unit == "TT-02":
            expected.add(number)
    hits = {row[0] for row in raw.execute("SELECT rowid FROM s WHERE s MATCH ?", (search.match(groups),))}
    raw.close()
    assert hits == expected
    assert single == expected
