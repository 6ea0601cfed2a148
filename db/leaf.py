"""The leaf: what a history row is made of, its canonical bytes, its hash, and the tree over all leaves.

Pure. Canonical form: RFC 8785 restricted to strings in NFC, integers within ±(2^53−1), booleans, null,
arrays and objects with ASCII keys; no floats. Hashes and tree: RFC 9162 section 2.1.1.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final

from db.rows import ZERO_HASH, Head

Json = Any
"""A JSON value: what `json.loads` returns."""

MAX_BYTES: Final = 32 * 1024
MAX_INT: Final = 2**53 - 1

SPEC: Final[Mapping[str, str]] = {
    "v": "number",
    "dossier": "string",
    "seq": "number",
    "prev": "string",
    "lifecycle": "string",
    "fsm": "string",
    "action": "string",
    "from": "string null",
    "to": "string",
    "actor": "string",
    "actor_name": "string",
    "operator": "string null",
    "operator_name": "string null",
    "role": "string",
    "office": "string",
    "office_name": "string",
    "authority": "string null",
    "system": "boolean",
    "basis": "string",
    "doc": "object null",
    "papers": "array",
    "amount": "object null",
    "reason": "string null",
    "on": "string",
    "at": "string",
    "deadline": "object null",
    "due": "object null",
    "entered_on": "string",
    "waits_for": "string",
    "return_to": "string null",
    "budget_year": "number",
    "corrects": "number null",
    "changes": "object null",
    "content": "object null",
    "digest": "string",
    "edited": "number",
    "refs": "object",
    "request": "string",
}
"""Every key of a leaf, all always present, with the JSON types it may have (jsonb_typeof's names)."""

PAPER_SPEC: Final[Mapping[str, str]] = {
    "kind": "string",
    "number": "string null",
    "date": "string null",
    "signer": "string null",
    "conclusion": "string null",
    "file": "string null",
    "file_name": "string null",
}
AMOUNT_SPEC: Final[Mapping[str, str]] = {
    "kind": "string",
    "dong": "number",
    "round": "number null",
    "before": "number null",
    "after": "number",
}
DEADLINE_SPEC: Final[Mapping[str, str]] = {
    "on": "string",
    "kind": "string",
    "basis": "string",
    "met": "boolean",
}
DUE_SPEC: Final[Mapping[str, str]] = {"on": "string", "kind": "string", "basis": "string"}
CLOCK_SPEC: Final[Mapping[str, Mapping[str, str]]] = {
    "hold": {"act": "string", "party": "string", "from": "string", "until": "string"},
    "lift": {"act": "string", "hold": "number", "on": "string"},
    "remind": {"act": "string", "to": "array"},
    "reassign": {
        "act": "string",
        "holder": "string null",
        "holder_name": "string null",
        "before": "string null",
    },
    "escalate": {"act": "string", "level": "number", "to": "array"},
    "recount": {"act": "string", "cause": "string", "ref": "string", "before": "object null"},
}
"""`refs.clock` of a note: what was done about a dossier's time, by act."""
RECOUNTS: Final = ("rule", "calendar", "hold", "contract")
"""What a due date may be counted anew for."""
CONTENT_SPEC: Final[Mapping[str, str]] = {
    "title": "string",
    "source": "string",
    "plan_year": "number",
    "province": "string",
    "unit_office": "string",
    "total": "number",
    "requested": "number",
}
"""What the store itself needs of the content; everything else in it is the application's."""

CONTENT_ACTIONS: Final = frozenset({"create", "edit"})
"""The only actions whose leaves carry the content; all others keep its digest."""
LATE_ENTRIES: Final = frozenset({"record_papers", "correct", "note"})
"""Entries that are no acts: their date may lie before the last act, and the last act stays what it was."""

ADDED: Final = ("allocated", "contracted", "advanced", "accepted", "settled", "returned")
"""Kinds of amounts that add to what was there; "approved" sets the amount."""
RELEASED: Final = frozenset({"allocated", "contracted"})
"""Kinds of which something may be taken back: `dong` less than 0."""

_AUTHORITIES: Final = frozenset({None, "TM.", "KT.", "TL.", "TUQ."})
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "number": (int,),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


class _Form:
    """The keys and types that an object must have; remembers combinations of types seen to be right."""

    def __init__(self, spec: Mapping[str, str]) -> None:
        self.types = {
            key: frozenset(t for name in kinds.split() for t in _TYPES[name]) for key, kinds in spec.items()
        }
        self.size = len(spec)
        self._values = itemgetter(*spec)
        self._right: set[tuple[type, ...]] = set()

    def wrong(self, value: Mapping[str, Any]) -> list[str]:
        """Return the missing, unknown and mistyped keys."""
        return sorted(
            value.keys() ^ self.types.keys()
            or [key for key, kinds in self.types.items() if type(value[key]) not in kinds]
        )

    def has(self, value: Mapping[str, Any]) -> bool:
        """Say whether every key is there with a right type."""
        try:
            found = tuple(map(type, self._values(value)))
        except KeyError:
            return False
        if found in self._right:
            return True
        if all(kind in kinds for kind, kinds in zip(found, self.types.values(), strict=True)):
            self._right.add(found)
            return True
        return False

    def fits(self, value: Json) -> bool:
        """Say whether `value` is an object with exactly these keys and right types."""
        return type(value) is dict and len(value) == self.size and self.has(value)


_LEAF = _Form(SPEC)
_PAPER = _Form(PAPER_SPEC)
_AMOUNT = _Form(AMOUNT_SPEC)
_DEADLINE = _Form(DEADLINE_SPEC)
_DUE = _Form(DUE_SPEC)
_CLOCK = {act: _Form(spec) for act, spec in CLOCK_SPEC.items()}
_CONTENT = _Form(CONTENT_SPEC)
_NUMBERS = itemgetter("seq", "budget_year", "edited")
_NAMES = itemgetter(
    *("dossier", "lifecycle", "action", "to", "actor", "actor_name"),
    *("role", "office", "office_name", "waits_for", "request"),
)
_hex64 = re.compile(r"[0-9a-f]{64}").fullmatch
_hex16 = re.compile(r"[0-9a-f]{16}").fullmatch
_instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII).fullmatch
_day = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


class LeafError(ValueError):
    """A leaf (or content) that is not in the agreed form; `digest` when only its digest is wrong."""

    def __init__(self, message: str, *, digest: bool = False) -> None:
        self.digest = digest
        super().__init__(message)


def canonical(value: Json) -> str:
    """Return the one canonical text of a JSON value. Raises `LeafError` for what it can't hold."""
    if not _plain(value):
        raise LeafError("only text, whole numbers within ±(2^53−1), true, false, null, lists and objects")
    text = _encode(value)
    _utf8(text)
    return text


def _utf8(text: str) -> bytes:
    """Return the bytes of canonical JSON, or refuse what no store can keep or no reader can compare."""
    # The whole text is composed exactly when each of its strings is: no mark composes with a quote.
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise LeafError("text is not in composed form (NFC)")
    if "\\u0000" in text:
        raise LeafError("text holds the NUL character")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise LeafError("text holds half a character (a lone surrogate)") from error


def digest(content: Json) -> str:
    """Return the SHA-256 hex of the canonical content."""
    return sha256(canonical(content).encode()).hexdigest()


def leaf_hash(text: str) -> str:
    """Return SHA-256(0x00 ‖ bytes) as hex."""
    return sha256(b"\0" + text.encode()).hexdigest()


def instant(at: datetime) -> str:
    """Return an aware time as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, UTC. Raises `ValueError` for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone can't be recorded")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def make(**fields: Json) -> dict[str, Any]:
    """Return a leaf with every key: those given, and the neutral value for the others.

    Required: dossier, seq, lifecycle, fsm, action, to, actor, actor_name, role, office, office_name, on, at,
    entered_on, waits_for, budget_year, digest, edited, request. Raises `LeafError` for an unknown key.
    """
    leaf: dict[str, Any] = dict.fromkeys(SPEC)
    leaf |= {"v": 1, "prev": ZERO_HASH, "system": False, "basis": "", "papers": [], "refs": {}}
    if unknown := fields.keys() - leaf.keys():
        raise LeafError(f"unknown keys {sorted(unknown)}")
    return leaf | fields


def seal(leaf: Mapping[str, Any]) -> tuple[str, str]:
    """Return the canonical text of a leaf and its hash. Raises `LeafError` when it is not in form."""
    problem = _problem(leaf)
    if problem is not None:
        raise LeafError(problem)
    text = _encode(leaf)
    data = _utf8(text)
    if len(data) > MAX_BYTES:
        raise LeafError(f"the record has {len(data)} bytes, at most {MAX_BYTES} are kept")
    content = leaf["content"]
    if content is not None and sha256(_encode(content).encode()).hexdigest() != leaf["digest"]:
        raise LeafError("the digest is not the content's", digest=True)
    return text, sha256(b"\0" + data).hexdigest()


def parse(text: str) -> dict[str, Any]:
    """Return the leaf in `text`. Raises `LeafError` unless `text` is exactly its canonical form."""
    try:
        leaf = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LeafError(f"not JSON: {error}") from error
    if not isinstance(leaf, dict):
        raise LeafError("not an object")
    # Doubled keys, spaces, escapes, order and 1.0 for 1 all come out differently.
    if seal(leaf)[0] != text:
        raise LeafError("not in canonical form")
    return leaf


def _plain(value: Json) -> bool:
    """Say whether a value has only the agreed types, ASCII keys and exact numbers."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-MAX_INT <= value <= MAX_INT)
    # A loop, not all(…): every leaf comes through here.
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not _plain(item):
                return False
        return True
    return kind is list and all(_plain(item) for item in value)


@lru_cache(4096)
def is_day(value: str) -> bool:
    """Say whether `value` is a date of the calendar as YYYY-MM-DD."""
    try:
        return _day(value) is not None and date.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_instant(value: str) -> bool:
    try:
        return _instant(value) is not None and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _problem(leaf: Mapping[str, Any]) -> str | None:
    if len(leaf) != _LEAF.size or not _LEAF.has(leaf):
        return f"missing, unknown or mistyped: {', '.join(map(str, _LEAF.wrong(leaf)))}"
    if leaf["v"] != 1:
        return "unknown version of the record"
    if not all(_NAMES(leaf)):
        return "a name that must be there is empty"
    seq, budget_year, edited = _NUMBERS(leaf)
    if not (0 < seq <= MAX_INT and 0 < budget_year <= MAX_INT and 0 < edited <= MAX_INT):
        return "seq, budget_year or edited is out of range"
    if not _hex64(leaf["prev"]) or not _hex64(leaf["digest"]) or not _hex16(leaf["fsm"]):
        return "prev, digest or fsm is not a hash"
    if not _is_instant(leaf["at"]) or not is_day(leaf["on"]) or not is_day(leaf["entered_on"]):
        return "on, at or entered_on is not a date or time"
    if leaf["authority"] not in _AUTHORITIES:
        return "unknown authority"
    if leaf["reason"] is not None and not leaf["reason"].strip():
        return "the reason is blank"
    if (leaf["operator"] is None) != (leaf["operator_name"] is None):
        return "operator and operator_name belong together"
    if leaf["corrects"] is not None and not 0 < leaf["corrects"] < leaf["seq"]:
        return "corrects is not an earlier row"
    return _parts_problem(leaf)


def _parts_problem(leaf: Mapping[str, Any]) -> str | None:
    doc, amount, deadline, due = leaf["doc"], leaf["amount"], leaf["deadline"], leaf["due"]
    if doc is not None and not _is_paper(doc):
        return "doc is out of form"
    if leaf["papers"] and not all(map(_is_paper, leaf["papers"])):
        return "papers are out of form"
    if amount is not None and not _is_amount(amount):
        return "amount is out of form"
    if deadline is not None and not (_DEADLINE.fits(deadline) and _is_due(deadline)):
        return "deadline is out of form"
    if due is not None and not (_DUE.fits(due) and _is_due(due)):
        return "due is out of form"
    if leaf["content"] is not None and not _is_content(leaf["content"]):
        return "content is out of form, or lacks " + ", ".join(CONTENT_SPEC)
    if not _plain(leaf["changes"]) or not _plain(leaf["refs"]):
        return "changes or refs hold what can't be recorded"
    if type(leaf["refs"].get("folded", "")) is not str:
        return "refs.folded is not text"
    if not _are_charges(leaf["refs"].get("charges", []), amount):
        return "refs.charges is not a list of different codes beside an amount"
    if "clock" in leaf["refs"] and not (leaf["action"] == "note" and _is_clock(leaf["refs"]["clock"])):
        return "refs.clock is out of form, or not a note's"
    return None


def _is_paper(paper: Json) -> bool:
    return (
        _PAPER.fits(paper)
        and paper["kind"] != ""
        and (paper["date"] is None or is_day(paper["date"]))
        and paper["conclusion"] in (None, "agreed", "not_agreed")
        and (paper["file"] is None or _hex64(paper["file"]) is not None)
    )


def _is_amount(amount: Json) -> bool:
    """An approval sets the amount; every other kind adds to what was there, or takes some of it back."""
    if not _AMOUNT.fits(amount) or not 0 <= amount["after"] <= MAX_INT or abs(amount["dong"]) > MAX_INT:
        return False
    if abs(amount["round"] or 0) > MAX_INT or abs(amount["before"] or 0) > MAX_INT:
        return False
    if amount["kind"] == "approved":
        return bool(amount["after"] == amount["dong"])
    adds = amount["kind"] in ADDED and (amount["dong"] >= 0 or amount["kind"] in RELEASED)
    return adds and bool(amount["after"] == amount["dong"] + (amount["before"] or 0))


def _are_codes(codes: Json) -> bool:
    listed = type(codes) is list and all(type(code) is str and code for code in codes)
    return listed and len(set(codes)) == len(codes)


def _are_charges(codes: Json, amount: Json) -> bool:
    return _are_codes(codes) and (codes == [] or amount is not None)


def _is_clock(clock: Json) -> bool:
    """Say whether this is what a supervisor or the program did about a dossier's time."""
    act = clock.get("act") if type(clock) is dict else None
    if type(act) is not str or act not in _CLOCK or not _CLOCK[act].fits(clock):
        return False
    if act == "hold":
        days = is_day(clock["from"]) and is_day(clock["until"]) and clock["from"] <= clock["until"]
        return days and clock["party"] != ""
    if act == "lift":
        return clock["hold"] > 0 and is_day(clock["on"])
    if act == "reassign":
        return (clock["holder"] is None) == (clock["holder_name"] is None) and clock["holder"] != ""
    if act == "recount":
        before = clock["before"]
        return clock["cause"] in RECOUNTS and (before is None or (_DUE.fits(before) and _is_due(before)))
    told = _are_codes(clock["to"]) and clock["to"] != []
    return told and (act == "remind" or 1 <= clock["level"] <= 3)


def _is_due(due: Mapping[str, Any]) -> bool:
    return is_day(due["on"]) and due["kind"] in ("law", "policy")


def _is_content(content: Json) -> bool:
    return (
        _CONTENT.has(content)
        and type(content.get("import_key")) in (str, type(None))
        and content["total"] >= 0
        and content["requested"] >= 0
        and _plain(content)
    )


def contents_mask(codes: Json) -> int:
    """Return codes of contents of activity as a bit mask (code 4 is 1 << 4); anything else is no code."""
    listed = codes if type(codes) is list else []
    return sum(1 << code for code in {code for code in listed if type(code) is int and 0 <= code <= 61})


# -- the tree over all leaves -----------------------------------------------------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


def append_peak(size: int, peaks: str, leaf: str) -> str:
    """Return the peaks of a tree of `size` leaves after one more.

    `peaks`: hex hashes joined by commas, largest subtree first ("" for the empty tree); `leaf`: hex hash.
    The trailing ones of `size` are the subtrees that close.
    """
    closing = (~size & (size + 1)).bit_length() - 1
    if closing == 0:
        return f"{peaks},{leaf}" if peaks else leaf
    parts = peaks.rsplit(",", closing)
    right = bytes.fromhex(leaf)
    for _ in range(closing):
        right = sha256(b"\1" + bytes.fromhex(parts.pop()) + right).digest()
    return f"{parts[0]},{right.hex()}" if parts else right.hex()


def root_of(peaks: Iterable[str]) -> str:
    """Return the tree's root (hex) from its peaks; SHA-256("") for the empty tree."""
    stack = [bytes.fromhex(peak) for peak in peaks]
    if not stack:
        return sha256(b"").hexdigest()
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root.hex()


def head_of(size: int, peaks: str) -> Head:
    """Return the tree head kept in `log_head`."""
    parts = tuple(peaks.split(",")) if peaks else ()
    return Head(size, parts, root_of(parts))
