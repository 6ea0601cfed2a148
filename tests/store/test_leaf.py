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
