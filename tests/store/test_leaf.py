"""The leaf's bytes and the tree, against independent computations."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import leaf
from db.sealer import Sealer
from tests.store import world

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
keys = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)
numbers = st.integers(-leaf.MAX_INT, leaf.MAX_INT)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


def own_canonical(value: Any) -> str:
    """RFC 8785 for the restricted values, written another way."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{own_canonical(k)}:{own_canonical(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(own_canonical, value)) + "]"
    if isinstance(value, str):
        short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
        return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    return (
        {None: "null", True: "true", False: "false"}.get(value) or str(value)
        if value is None or isinstance(value, bool)
        else str(value)
    )


@given(values)
def test_canonical_is_rfc_8785(value: Any) -> None:
    try:
        text = leaf.canonical(value)
    except leaf.LeafError:
        # A text that begins with a combining mark may compose with an escaped letter before it.
        assert not unicodedata.is_normalized("NFC", own_canonical(value))
        return
    assert text == own_canonical(value)
    assert json.loads(text) == value
    assert leaf.canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        2**53,
        -(2**53),
        "e\u0301",
        "\ud800",
        "a\0b",
        {"é": 1},
        {1: 2},
        (1, 2),
        {"a": [{"b": float("nan")}]},
        b"x",
        datetime.now(UTC),
        {"a": {1, 2}},
    ],
)
def test_canonical_refuses(value: Any) -> None:
    with pytest.raises(leaf.LeafError):
        leaf.canonical(value)


@given(texts.filter(str.strip), texts, numbers)
def test_a_leaf_comes_back_as_it_went(reason: str, title: str, number: int) -> None:
    made = world.create(reason=reason, refs={"folded": title, "n": number})
    try:
        text, hash_ = leaf.seal(made)
    except leaf.LeafError:
        assert not unicodedata.is_normalized("NFC", own_canonical(made))
        return
    assert leaf.parse(text) == made
    assert hash_ == sha256(b"\0" + text.encode()).hexdigest()


@given(st.data())
@settings(max_examples=200)
def test_no_other_text_is_the_leaf(data: st.DataObject) -> None:
    """Changing one character of a sealed leaf gives another hash or no leaf at all."""
    text, hash_ = leaf.seal(world.create())
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        leaf.parse(changed)
    except leaf.LeafError:
        return
    assert (leaf.leaf_hash(changed) == hash_) == (changed == text)


def test_digest_of_the_content_is_checked() -> None:
    with pytest.raises(leaf.LeafError) as wrong:
        leaf.seal(world.create(digest="0" * 64))
    assert wrong.value.digest


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(leaf.LeafError, match="nonsense"):
        leaf.make(nonsense=1)


def test_instants() -> None:
    vietnam = timezone(timedelta(hours=7))
    assert leaf.instant(datetime(2024, 5, 1, 7, 0, 0, 5, tzinfo=vietnam)) == "2024-05-01T00:00:00.000005Z"
    with pytest.raises(ValueError, match="zone"):
        leaf.instant(datetime(2024, 5, 1))  # noqa: DTZ001 - that is the point


# -- the tree ----------------------------------------------------------------------------------------


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=20), max_size=70))
def test_peaks_are_the_tree(leaves: list[bytes]) -> None:
    peaks = ""
    for size, data in enumerate(leaves):
        assert leaf.head_of(size, peaks).root == naive_root(leaves[:size]).hex()
        peaks = leaf.append_peak(size, peaks, sha256(b"\0" + data).hexdigest())
    head = leaf.head_of(len(leaves), peaks)
    assert head.root == naive_root(leaves).hex()
    assert len(head.peaks) == len(leaves).bit_count()


def test_known_roots() -> None:
    """The vectors of Certificate Transparency's reference implementation (RFC 6962 test data)."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    peaks = ""
    for size, data in enumerate(inputs):
        peaks = leaf.append_peak(size, peaks, sha256(b"\0" + bytes.fromhex(data)).hexdigest())
        if size + 1 in roots:
            assert leaf.head_of(size + 1, peaks).root == roots[size + 1]


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            None,
            True,
            False,
            0,
            1,
            -1,
            2**53,
            1.0,
            "",
            " ",
            "x",
            "a\0b",
            "e\u0301",
            "\ud800",
            "đ" * 20_000,
            [],
        ),
        *({}, "0" * 64, "2024-05-02", "2024-02-30", "2024-05-02T01:02:03.000004Z", ["P-1"], ["P-1", "P-1"]),
        *({"charges": ["P-1"]}, {"charges": []}, {"folded": 1}, {"clock": {}}, {"via": "PB-1"}, {"a": 1.5}),
        {"kind": "allocated", "dong": 5, "round": None, "before": None, "after": 5},
        {"kind": "allocated", "dong": 5, "round": 1, "before": 1, "after": 5},
        {"on": "2024-05-02", "kind": "law", "basis": "Đ"},
        {"on": "2024-05-02", "kind": "x", "basis": "Đ"},
        {"on": "2024-05-02", "kind": "law", "basis": "Đ", "met": True},
        {"on": 1},
    ]
)
"""What a key of a leaf may hold, rightly or wrongly."""


def _sealed(seal: Any, made: Any) -> Any:
    try:
        return seal(made)
    except leaf.LeafError as error:
        return str(error), error.digest
    except (TypeError, AttributeError) as error:  # what no part of the program makes
        return type(error)


def _leaf_of_a_move(**changes: Any) -> dict[str, Any]:
    store_row = world.create()
    given = {"from": "a", "to": "b", "seq": 7, "edited": 3, "budget_year": 2024, "content": None, "refs": {}}
    return {**store_row, "action": "allocate", **given, **changes}


@settings(max_examples=400)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(leaf.SPEC)), ODD | texts | numbers, max_size=4)))
def test_sealing_many_gives_what_sealing_each_gives(several: list[dict[str, Any]]) -> None:
    """Whatever differs from the first leaf, rightly or wrongly: the same bytes, the same refusal."""
    first = _leaf_of_a_move()
    seal = Sealer().seal
    assert seal(first) == leaf.seal(first)
    for changes in several:
        made = {**first, **changes}
        assert _sealed(seal, made) == _sealed(leaf.seal, made)


def test_sealing_many_refuses_unknown_and_missing_keys() -> None:
    first = _leaf_of_a_move()
    seal = Sealer().seal
    seal(first)
    for made in (first | {"more": 1}, {key: first[key] for key in first if key != "doc"}, {}):
        with pytest.raises(leaf.LeafError) as error:
            seal(made)
        with pytest.raises(leaf.LeafError) as plain:
            leaf.seal(made)
        assert str(error.value) == str(plain.value)


def test_a_leaf_of_its_own_shape_is_sealed_as_alone() -> None:
    """Nothing but the very same object is taken for what was there before: 1 is not True, 7 is not 7.0."""
    first = _leaf_of_a_move(refs={"via": "PB-1"}, system=False)
    seal = Sealer().seal
    seal(first)
    assert _sealed(seal, {**first, "system": 0}) == _sealed(leaf.seal, {**first, "system": 0})
    assert _sealed(seal, {**first, "seq": 7.0}) == _sealed(leaf.seal, {**first, "seq": 7.0})
    other = {**first, "refs": {"via": "PB-2"}}
    assert json.loads(seal(other)[0])["refs"] == {"via": "PB-2"}
    assert seal(first) == leaf.seal(first)
