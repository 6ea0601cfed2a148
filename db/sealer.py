"""Sealing the leaves of one decision: what they share is checked and written once.

A round of a thousand proposals makes a thousand leaves that differ in ten of 38 keys. The bytes are those
that db.leaf.seal gives (tests/store/test_leaf.py compares them); whatever is unusual goes there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from hashlib import sha256
from json.encoder import encode_basestring
from operator import is_, itemgetter
from typing import Any, Final

from db import leaf as leaves


def _is_refs(refs: leaves.Json) -> bool:
    """Say whether refs are as those of an act are; anything else is `_problem`'s to judge."""
    return type(refs) is dict and "clock" not in refs and "folded" not in refs and leaves._plain(refs)


_ALONE: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("dossier", "request", "to", "waits_for"), bool),
    **dict.fromkeys(("from", "return_to"), lambda _: True),
    **dict.fromkeys(("seq", "edited", "budget_year"), lambda number: 0 < number <= leaves.MAX_INT),
    **dict.fromkeys(("prev", "digest"), leaves._hex64),
    **dict.fromkeys(("on", "entered_on"), leaves.is_day),
    "at": leaves._is_instant,
    "amount": lambda amount: amount is None or leaves._is_amount(amount),
    "deadline": lambda due: due is None or (leaves._DEADLINE.fits(due) and leaves._is_due(due)),
    "due": lambda due: due is None or (leaves._DUE.fits(due) and leaves._is_due(due)),
    "refs": _is_refs,
}
"""Keys whose values are right or wrong by themselves, in a leaf without content that corrects nothing."""
_IN_ORDER: Final = tuple(sorted(leaves.SPEC))
_VALUES = itemgetter(*_IN_ORDER)
_WORDS: Final = {None: "null", True: "true", False: "false"}
_Varying = tuple[tuple[int, frozenset[type], Callable[[Any], Any]], ...]


class Sealer:
    """Seals the leaves of one decision: what all share with the first is checked and written only once.

    Shared is what is the very same object; leaves must not be changed while they are sealed. Gives what
    `seal` gives, and whatever is unusual goes there.
    """

    def __init__(self) -> None:
        self._first: tuple[Any, ...] = ()
        self._plans: dict[tuple[bool, ...], tuple[list[str], _Varying] | None] = {}

    def seal(self, leaf: Mapping[str, Any]) -> tuple[str, str]:
        """Return the canonical text of a leaf and its hash, as `seal` does. Raises `LeafError`."""
        if len(leaf) != leaves._LEAF.size or not leaf.keys() >= leaves.SPEC.keys():
            return leaves.seal(leaf)
        values = _VALUES(leaf)
        if not self._first:
            sealed = leaves.seal(leaf)
            self._first = values
            return sealed
        same = tuple(map(is_, values, self._first))
        if same not in self._plans:
            self._plans[same] = self._plan(same)
        plan = self._plans[same]
        return (plan and self._spliced(leaf, values, *plan)) or leaves.seal(leaf)

    def _plan(self, same: tuple[bool, ...]) -> tuple[list[str], _Varying] | None:
        """The text with holes for what varies, and how to check what goes there; None: not this way."""
        first = dict(zip(_IN_ORDER, self._first, strict=True))
        holes = [index for index, shared in enumerate(same) if not shared]
        alone = all(_IN_ORDER[index] in _ALONE for index in holes)
        if not alone or first["content"] is not None or first["corrects"] is not None:
            return None
        pieces = [""]
        for index, key in enumerate(_IN_ORDER):
            pieces[-1] += f"{',' if index else '{'}{encode_basestring(key)}:"
            if same[index]:
                pieces[-1] += leaves._encode(first[key])
            else:
                pieces += ["", ""]
        pieces[-1] += "}"
        keys = ((index, _IN_ORDER[index]) for index in holes)
        return pieces, tuple((index, leaves._LEAF.types[key], _ALONE[key]) for index, key in keys)

    def _spliced(
        self, leaf: Mapping[str, Any], values: tuple[Any, ...], pieces: list[str], varying: _Varying
    ) -> tuple[str, str] | None:
        """Put what varies into the holes (every second piece); None when something is wrong with it."""
        found = []
        for index, kinds, right in varying:
            value = values[index]
            kind = type(value)
            if kind not in kinds or not right(value):
                return None
            if kind is str:
                found.append(encode_basestring(value))
            elif kind is int:
                found.append(str(value))
            else:
                found.append(_WORDS[value] if value is None or kind is bool else leaves._encode(value))
        if not leaves._are_charges(leaf["refs"].get("charges", []), leaf["amount"]):
            return None
        own = "".join(found)
        if "\\u0000" in own or not (own.isascii() or unicodedata.is_normalized("NFC", own)):
            return None
        parts = pieces.copy()
        parts[1::2] = found
        text = "".join(parts)
        try:
            data = text.encode()
        except UnicodeEncodeError:
            return None
        return (text, sha256(b"\0" + data).hexdigest()) if len(data) <= leaves.MAX_BYTES else None
