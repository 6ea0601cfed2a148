"""PostgreSQL: its guard knows the form of a leaf as well as `db.leaf` does, nearly canonical texts too."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import leaf
from tests.store import world
from tests.store.world import PAPER


def bases(code: str = "A-1") -> list[dict[str, Any]]:
    """Leaves in form, of every kind."""
    row: dict[str, Any] = world.create(code, request="r-1")
    plain = {**row, "content": None, "refs": {}, "action": "submit", "seq": 2}
    return [
        row,
        {**row, "changes": {"total": [1, 2], "b": {"z": None, "a": [True, "x, y"]}}},
        {**plain, "doc": PAPER, "papers": [PAPER, {**PAPER, "number": 'x", "y', "file": "0" * 64}]},
        {
            **plain,
            "due": world.DUE,
            "deadline": {**world.DUE, "met": False},
            "operator": "k",
            "operator_name": "K",
        },
        {**plain, "amount": world.amount("allocated", 5, 2), "refs": {"charges": ["P, 1", "R"], "via": "x"}},
        {**plain, "amount": world.amount("approved", 5, None), "refs": {"charges": ["P", "R"], "via": "R"}},
        {
            **plain,
            "amount": world.amount("settled", 5, 2),
            "refs": {"charges": ["P", "R", "S"], "x": [1, {}]},
        },
        {
            **plain,
            "action": "note",
            "reason": "ế ₫ “–”\n\x1f",
            "corrects": 1,
            "refs": {"clock": {"act": "?"}},
        },
        {
            **plain,
            "action": "note",
            "refs": {"clock": {"act": "remind", "to": ["a", "b", "c"]}, "charges": []},
        },
    ]


ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 2**53 - 1, 2**53, -(2**53), 10**30, "", "x", " ", "1", "true", "null"),
    *(
        "e\u0301",
        "ế",
        "\u1100\u1161",
        "한",
        "\u212b",
        "₫",
        "\t",
        '"',
        "\\",
        "a, b",
        "2024-02-29",
        "2023-02-29",
    ),
    *(
        "2024-1-01",
        "2024-05-01T23:59:60.000000Z",
        "2024-05-01T24:00:00.000000Z",
        "0" * 64,
        "g" * 64,
        "A" * 64,
    ),
    *("approved", "advanced", "law", "agreed", "note", "remind", [], {}, [[]], ["a"], ["a", "a"], ["a", 1]),
    *([None], {"a": 1}, {"é": 1}, {"act": "remind", "to": ["x"]}, world.DUE, PAPER, [PAPER], ["a", "b", "b"]),
)
SPELLED = (
    *(("1", "1.0"), ("2", "2e0"), ("5", "5.00"), ("0", "-0"), ("2024", "2.024e3"), (":", ": "), (",", ", ")),
    *(
        ("a", "\\u0061"),
        ("/", "\\/"),
        ("\\n", "\\u000a"),
        ("\\u001f", "\\u001F"),
        ("null", '"null"'),
        ("{", "{ "),
    ),
    *(
        ("true", "1"),
        ("false", '"false"'),
        ('"seq":2', '"seq":"2"'),
        ("ế", "e\u0302\u0301"),
        ("}", ',"zz":1}'),
    ),
    *(
        ('"v":1', '"v":1,"v":1'),
        ('"v":1', '"v":2,"v":1'),
        ('"to":', '"tö":'),
        ('"a"', '"a","a"'),
        ("é", "e\u0301"),
    ),
    *(
        ('"charges":[', '"charges":[ '),
        ('"dong":5', '"dong":5.0'),
        ('"dong":5,"kind"', '"kind"'),
        ("[", "[null,"),
    ),
    *(
        ('"on":', '"no":'),
        ('"papers":[]', '"papers":{}'),
        ('"refs":{}', '"refs":[]'),
        ('"refs":{}', '"refs":null'),
    ),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A leaf's text with something changed: a value somewhere, keys, spelling, order, or any character."""
    made = json.loads(json.dumps(draw(st.sampled_from(bases()))))
    way = draw(st.sampled_from(("value", "inner", "key", "spelling", "order", "character", "none")))
    if way in ("value", "inner"):
        place = made
        key = draw(st.sampled_from(sorted(made)))
        while way == "inner" and isinstance(place[key], dict | list) and place[key]:
            place = place[key]
            inner = sorted(place) if isinstance(place, dict) else range(len(place))
            key = draw(st.sampled_from(list(inner)))
        place[key] = draw(st.sampled_from(ODD))
    elif way == "key":
        for inside in (made, *(each for each in made.values() if isinstance(each, dict))):
            if draw(st.booleans()) and inside:
                value = inside.pop(draw(st.sampled_from(sorted(inside))))
                if draw(st.booleans()):
                    inside[draw(st.sampled_from(("é", "A", "zz", "via", "folded", "charges")))] = value
    text = json.dumps(made, ensure_ascii=False, sort_keys=way != "order", separators=(",", ":"))
    if way == "spelling":
        old, new = draw(st.sampled_from(SPELLED))
        places = [n for n in range(len(text)) if text.startswith(old, n)]
        if places:
            at = draw(st.sampled_from(places))
            text = text[:at] + new + text[at + len(old) :]
    if way == "character":
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(st.sampled_from(list('"\\{}[],: 019aé\u0301'))) + text[at + 1 :]
    return text


@pytest.fixture(scope="module")
def form() -> Iterator[Callable[[str], bool]]:
    """What the server's guard says about the form of a leaf's text."""
    from tests.postgres import fresh_database

    with fresh_database() as url, psycopg.connect(url, autocommit=True) as raw:

        def asked(text: str) -> bool:
            sql = "SELECT kc_form(%(t)s::text, jsonb_populate_record(NULL::kc_leaf, %(t)s::text::jsonb))"
            try:
                row = raw.execute(sql, {"t": text}).fetchone()
            except psycopg.DataError:
                return False
            return row == (True,)

        yield asked


def in_form(text: str) -> bool:
    """What `db.leaf` says; a wrong digest is another guard's matter."""
    try:
        leaf.parse(text)
    except leaf.LeafError as error:
        return error.digest
    return True


@settings(
    max_examples=500,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(text=texts())
def test_the_server_knows_the_form(form: Callable[[str], bool], text: str) -> None:
    """No text is a leaf for one and none for the other."""
    assert form(text) == in_form(text), text


def test_deep_and_long_leaves(form: Callable[[str], bool]) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = {"b": [deep], "a": None}
    (first, *_) = bases()
    for changes, right in (
        ({"changes": deep}, True),
        ({"reason": "x" * 33_000}, False),
        ({"reason": "ế" * 9_000}, True),
    ):
        text = json.dumps(first | changes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (form(text), in_form(text)) == (right, right)


def test_letters_that_need_no_second_look_are_composed() -> None:
    """What `kc_composed` takes for composed is so: none of these composes with another or falls apart."""
    safe = [*range(1, 0x300), *range(0x1E00, 0x1F00), *range(0x2010, 0x2028), 0x20AB]
    assert all(unicodedata.combining(chr(n)) == 0 for n in safe)
    text = "".join(map(chr, safe))
    assert unicodedata.is_normalized("NFC", text)
    # Whatever composes is either a mark or a Hangul vowel or final; none of these is.
    ends = {
        unicodedata.normalize("NFD", chr(n))[-1]
        for n in range(0xA0, 0x11000)
        if unicodedata.decomposition(chr(n))
    }
    pairs = {c for c in ends if any(unicodedata.normalize("NFC", chr(n) + c) != chr(n) + c for n in safe)}
    assert not pairs & set(text)
