"""Reference data shipped with the program: provinces, contents, kinds of document, rules.

Read once from `kcflow/data` into frozen dataclasses. A code of a province means nothing without its list
(24 was Bắc Giang, is Bắc Ninh), so provinces are known by key: "63:24" before 01/7/2025, "34:24" after.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kcflow.text import fold
from states.facts import AdvanceRule, Effect
from states.model import Label
from states.records import record

_LISTS = ("63", "34")
# Other spellings that registers use, folded.
_ALIASES = {
    "bac can": "bac kan",
    "brvt": "ba ria vung tau",
    "dac lac": "dak lak",
    "dac lak": "dak lak",
    "dac nong": "dak nong",
    "hcm": "ho chi minh",
    "tphcm": "ho chi minh",
    "thua thien hue": "hue",
}
_KIND_OF_PLACE = re.compile(r"^(tinh|thanh pho|tp)\b ?")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_REGIONS_EN = {
    "Phía Bắc": "North",
    "Miền Trung – Tây Nguyên": "Central–Highlands",
    "Phía Nam": "South",
}


class UnknownProvince(LookupError):
    """There is no province with this key; `key` is what was asked for."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no province has the key {key!r}")
        self.key = key


@record(frozen=True, slots=True)
class Province:
    """A province of one list: `key` "63:02"; `successor` is the key in the later list, None in the last one.

    `region` is the khuyến công region (TT 26/2014/TT-BCT Đ3); a province merged from two regions names both,
    joined by " + ". `valid_from` and `valid_to` are days included, None where open.
    """

    key: str
    name: str
    region: str
    sub_region: str
    valid_from: date | None
    valid_to: date | None
    successor: str | None

    @property
    def list(self) -> str:
        """The list it belongs to: "63" (before 01/7/2025) or "34"."""
        return self.key.partition(":")[0]

    @property
    def code(self) -> str:
        """Its code in that list: two digits."""
        return self.key.partition(":")[2]

    @property
    def regions(self) -> tuple[str, ...]:
        """The khuyến công regions of its parts; more than one after a merger across regions."""
        return tuple(self.region.split(" + "))

    @property
    def region_label(self) -> Label:
        """The region in both languages."""
        return Label(self.region, " + ".join(_REGIONS_EN[region] for region in self.regions))

    def in_force(self, on: date) -> bool:
        """Whether the province existed on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@record(frozen=True, slots=True)
class Content:
    """One of the nine contents of activity (NĐ 45/2012 Điều 4), with what belongs to it."""

    code: int
    label: Label
    items: tuple[Label, ...]
    basis: str


@record(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: `form` is its form ("Mẫu 4a") or "", `basis` the article that asks for it."""

    code: str
    label: Label
    form: str
    basis: str


@record(frozen=True, slots=True)
class AdjustmentKind:
    """A kind of change of an approved proposal (TT 36/2013 Điều 11), in one version of the rule.

    decides: "ministry", "agency", "department", or "approver": whom the province's lifecycle names.
    effect: "approved" (another amount), "carry_over" (the next budget year) or "content".
    fields: the proposal's fields that it may change; "approved" is the amount of support.
    papers: kinds needed before the decision is proposed, each entry a tuple of alternatives.
    The `group_…` values hold for a group proposal; `group_decides` is "" where there is no exception.
    """

    code: str
    label: Label
    source: str
    decides: str
    effect: Effect
    fields: tuple[str, ...]
    forms: tuple[str, ...]
    papers: tuple[tuple[str, ...], ...]
    basis: str
    valid_from: date
    valid_to: date | None
    group_decides: str
    group_forms: tuple[str, ...]
    group_papers: tuple[tuple[str, ...], ...]
    group_basis: str

    def decided_by(self, *, group: bool, approver: str = "") -> str:
        """The role that decides; approver: the approving role of the proposal's own lifecycle (KCĐP)."""
        if group and self.group_decides:
            return self.group_decides
        return approver if self.decides == "approver" else self.decides

    def papers_for(self, *, group: bool) -> tuple[tuple[str, ...], ...]:
        """The papers needed, each entry a tuple of alternatives."""
        return self.group_papers if group and self.group_decides else self.papers

    def basis_for(self, *, group: bool) -> str:
        """The article that says who decides."""
        return self.group_basis if group and self.group_decides else self.basis

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def _text(name: str) -> str:
    return (Path(__file__).with_name("data") / name).read_text("utf-8")


def tables(name: str, table: str) -> list[dict[str, Any]]:
    """The tables `[[table]]` of a shipped data file, in the order of the file."""
    found: list[dict[str, Any]] = tomllib.loads(_text(name))[table]
    return found


# -- provinces -------------------------------------------------------------------------------


@cache
def provinces() -> tuple[Province, ...]:
    """The 63 provinces before 01/7/2025 and the 34 since (NQ 202/2025/QH15), each list in order of code."""
    found = []
    for row in csv.DictReader(_text("provinces.csv").splitlines()):
        later = row["successor_code"]
        found.append(
            Province(
                key=f"{row['list']}:{row['code']}",
                name=row["name"],
                region=row["khuyen_cong_region"],
                sub_region=row["sub_region"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
                successor=f"34:{later}" if later else None,
            )
        )
    return tuple(found)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _by_key() -> Mapping[str, Province]:
    return MappingProxyType({province.key: province for province in provinces()})


@cache
def _predecessors() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {province.key: set() for province in provinces()}
    for province in provinces():
        if province.successor is not None:
            found[province.successor].add(province.key)
    return MappingProxyType({key: frozenset(keys) for key, keys in found.items()})


def province(key: str) -> Province:
    """The province with `key`, such as "63:02". Raises `UnknownProvince`."""
    try:
        return _by_key()[key]
    except KeyError:
        raise UnknownProvince(key) from None


def _folded_name(name: str) -> str:
    plain = _NO_LETTER.sub(" ", fold(name)).strip()
    plain = _KIND_OF_PLACE.sub("", plain)
    return _ALIASES.get(plain, plain)


@cache
def _by_name() -> Mapping[str, tuple[Province, ...]]:
    found: dict[str, tuple[Province, ...]] = {}
    for one in provinces():
        name = _folded_name(one.name)
        found[name] = (*found.get(name, ()), one)
    return MappingProxyType(found)


def provinces_named(name: str) -> tuple[Province, ...]:
    """Every province of that name, in either list: "Tỉnh Hà Giang", "TP. Hồ Chí Minh", "bac kan" are read."""
    return _by_name().get(_folded_name(name), ())


def province_in_force(name_or_code: str, on: date) -> Province | None:
    """The province of that name, code ("24") or key ("63:24") that existed on that day; None if none did.

    Without a match, `provinces_named` tells an unknown name from one that was not in force.
    """
    asked = name_or_code.strip()
    keys = [asked] if ":" in asked else [f"{number}:{asked.zfill(2)}" for number in _LISTS]
    found = [_by_key()[key] for key in keys if key in _by_key()] or provinces_named(asked)
    return next((one for one in found if one.in_force(on)), None)


def predecessors(key: str) -> frozenset[str]:
    """Keys of the provinces that were merged into `key`; a province that went on unchanged has one, of its
    own name. Empty for the earlier list. Raises `UnknownProvince`."""
    return _predecessors()[province(key).key]


@cache
def covered_by(key: str) -> frozenset[str]:
    """Keys that an office of the province `key` answers for: itself, its predecessors, and, for a province
    that the merger left as it was, the same province in the later list. Raises `UnknownProvince`."""
    one = province(key)
    covered = {key} | predecessors(key)
    if one.successor is not None and len(_predecessors()[one.successor]) == 1:
        covered.add(one.successor)
    return frozenset(covered)


# -- contents and kinds of document ----------------------------------------------------------


@cache
def contents() -> tuple[Content, ...]:
    """The nine contents of activity, codes 1 to 9 (NĐ 45/2012 Điều 4)."""
    return tuple(
        Content(row["code"], Label(**row["label"]), tuple(Label(**i) for i in row["items"]), row["basis"])
        for row in tables("activity_contents.toml", "content")
    )


@cache
def document_kinds() -> tuple[DocumentKind, ...]:
    """Every kind of document, in the order of the file."""
    return tuple(
        DocumentKind(row["code"], Label(**row["label"]), row["form"], row["basis"])
        for row in tables("document_kinds.toml", "document_kind")
    )


@cache
def _documents() -> Mapping[str, DocumentKind]:
    return MappingProxyType({kind.code: kind for kind in document_kinds()})


def document_label(code: str) -> Label:
    """The kind's name with its form: "Phiếu thẩm định cấp cơ sở (Mẫu 4a)"; an unknown kind shows its code."""
    kind = _documents().get(code)
    if kind is None:
        return Label(code, code)
    if not kind.form:
        return kind.label
    return Label(f"{kind.label.vi} ({kind.form})", f"{kind.label.en} ({kind.form})")


# -- money: advances and adjustments ---------------------------------------------------------


def _alternatives(values: list[Any]) -> tuple[tuple[str, ...], ...]:
    return tuple((one,) if isinstance(one, str) else tuple(one) for one in values)


@cache
def advance_rules() -> tuple[AdvanceRule, ...]:
    """Every version of the rules on advances (TT 36/2013 Đ13–14), with the cap in force beside each.

    A rule during whose time a cap begins or ends is split there (TTLT 26/2014 Đ8.2b).
    """
    data = tomllib.loads(_text("advance_rules.toml"))
    common = data["common"]
    rules: list[AdvanceRule] = []
    for row in data["advance_rule"]:
        whole = AdvanceRule(
            type=row["type"],
            permille=row.get("permille"),
            papers=_alternatives(row["papers"]),
            remaining_papers=_alternatives([*common["remaining_papers"], *row["remaining_papers"]]),
            basis=row["basis"],
            remaining_basis=common["basis"],
            valid_from=row["from"],
            valid_to=row.get("to"),
            min_volume_permille=row.get("min_volume_permille", 0),
        )
        rules += _capped(whole, data["advance_cap"])
    return tuple(rules)


def _capped(rule: AdvanceRule, caps: list[dict[str, Any]]) -> list[AdvanceRule]:
    """`rule` cut where a cap begins or ends, each part with the cap of its days."""
    last = rule.valid_to or date.max
    starts = {rule.valid_from}
    for cap in caps:
        starts.add(cap["from"])
        if "to" in cap:
            starts.add(cap["to"] + timedelta(days=1))
    cuts = sorted(start for start in starts if rule.valid_from <= start <= last)
    parts = []
    for number, start in enumerate(cuts):
        ends = cuts[number + 1] - timedelta(days=1) if number + 1 < len(cuts) else rule.valid_to
        here = [one for one in caps if one["from"] <= start <= one.get("to", date.max)]
        parts.append(
            replace(
                rule,
                valid_from=start,
                valid_to=ends,
                cap_permille=here[0]["permille"] if here else None,
                cap_basis=here[0]["basis"] if here else "",
            )
        )
    return parts


@cache
def adjustment_kinds() -> tuple[AdjustmentKind, ...]:
    """Every version of every kind of change, national ones first, in the order of the file."""
    return tuple(
        AdjustmentKind(
            code=row["code"],
            label=Label(**row["label"]),
            source=row["source"],
            decides=row["decides"],
            effect=row["effect"],
            fields=tuple(row["fields"]),
            forms=tuple(row["forms"]),
            papers=_alternatives(row["papers"]),
            basis=row["basis"],
            valid_from=row["from"],
            valid_to=row.get("to"),
            group_decides=row.get("group_decides", ""),
            group_forms=tuple(row.get("group_forms", ())),
            group_papers=_alternatives(row.get("group_papers", [])),
            group_basis=row.get("group_basis", ""),
        )
        for row in tables("adjustment_kinds.toml", "adjustment_kind")
    )


def adjustment_kind(code: str, source: str, on: date) -> AdjustmentKind | None:
    """The kind of change `code` for money of `source` ("kcqg", "kcdp") in force on that day, or None."""
    wanted = (code, source)
    found = (one for one in adjustment_kinds() if (one.code, one.source) == wanted and one.in_force(on))
    return next(found, None)
