"""Reference data shipped with the program: provinces, contents of activity, ceilings, kinds of document.

Read once from `kcflow/data` into frozen dataclasses. A code of a province means nothing without its list
(24 was Bắc Giang, is Bắc Ninh), so provinces are known by key: "63:24" before 01/7/2025, "34:24" after.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.text import fold
from states.model import Label
from states.records import record

Certainty = Literal["source", "recalled", "unknown"]

_LISTS = ("63", "34")
_DOUBT: tuple[Certainty, ...] = ("source", "recalled", "unknown")
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
class Ceiling:
    """The most that national money supports for one item, in one version of the rule.

    `permille` is a share of `share_of` in thousandths, `cap_dong` đồng for one `per`, `multiplier` the per
    cent of the cap that priority areas and trades may reach; None: no such limit, or not known. Figures that
    are "recalled" were not checked against the text; an "unknown" row has none.
    """

    item: str
    content: int
    label: Label
    permille: int | None
    share_of: str
    cap_dong: int | None
    per: str
    multiplier: int | None
    basis: str
    valid_from: date
    valid_to: date | None
    certainty: Certainty

    def limit(self, total: int, units: int) -> int | None:
        """The most đồng for `units` with a cost of `total` đồng (0: not known); None: no limit follows."""
        limits = []
        if self.cap_dong is not None:
            limits.append(self.cap_dong * units)
        if self.share_of == "cost" and self.permille is not None and total > 0:
            limits.append(total * self.permille // 1000)
        return min(limits, default=None)


@record(frozen=True, slots=True)
class CeilingWarning:
    """A request above a ceiling: code "over_cap" or "over_share"; amounts in đồng.

    `certainty` is the weakest of the figures it rests on, as of the day asked about: "unknown" when the rule
    in force could not be read and the last known figures stand in. A warning never blocks.
    """

    code: Literal["over_cap", "over_share"]
    ceiling: Ceiling
    requested: int
    limit: int
    certainty: Certainty

    @property
    def label(self) -> Label:
        """The warning as a sentence, with its basis, and with its doubt where there is one."""
        return Label(self._sentence("vi"), self._sentence("en"))

    def _sentence(self, lang: str) -> str:
        text = t(
            f"reference.ceiling_{self.code}",
            lang,
            requested=dong(self.requested, lang),
            limit=dong(self.limit, lang),
            percent=_percent(self.ceiling.permille or 0, lang),
            item=self.ceiling.label(lang),
            basis=self.ceiling.basis,
        )
        if self.code == "over_cap" and self.ceiling.multiplier is not None:
            most = self.limit * self.ceiling.multiplier // 100
            text += " " + t("reference.ceiling_priority", lang, most=dong(most, lang))
        return f"{text} {t(f'reference.certainty_{self.certainty}', lang)}"


def _percent(permille: int, lang: str) -> str:
    whole, tenth = divmod(permille, 10)
    number = f"{whole}{',' if lang == 'vi' else '.'}{tenth}" if tenth else f"{whole}"
    return f"{number}%"


def _text(name: str) -> str:
    return (Path(__file__).with_name("data") / name).read_text("utf-8")


def _tables(name: str, table: str) -> list[dict[str, Any]]:
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
        for row in _tables("activity_contents.toml", "content")
    )


@cache
def document_kinds() -> tuple[DocumentKind, ...]:
    """Every kind of document, in the order of the file."""
    return tuple(
        DocumentKind(row["code"], Label(**row["label"]), row["form"], row["basis"])
        for row in _tables("document_kinds.toml", "document_kind")
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


# -- ceilings --------------------------------------------------------------------------------


@cache
def all_ceilings() -> tuple[Ceiling, ...]:
    """Every version of every ceiling of national support, in the order of the file."""
    return tuple(
        Ceiling(
            item=row["item"],
            content=row["content"],
            label=Label(**row["label"]),
            permille=row.get("permille"),
            share_of=row.get("share_of", ""),
            cap_dong=row.get("cap_dong"),
            per=row["per"],
            multiplier=row.get("multiplier"),
            basis=row["basis"],
            valid_from=row["from"],
            valid_to=row.get("to"),
            certainty=row["certainty"],
        )
        for row in _tables("ceilings.toml", "ceiling")
    )


def ceilings(on: date) -> tuple[Ceiling, ...]:
    """Every ceiling of national support in force on that day, those without known figures included."""
    return tuple(
        one for one in all_ceilings() if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
    )


def _has_figures(one: Ceiling) -> bool:
    return one.permille is not None or one.cap_dong is not None


def _last_known(one: Ceiling) -> Ceiling | None:
    """The newest earlier version of this item that has figures."""
    earlier = [
        other
        for other in all_ceilings()
        if other.item == one.item and other.valid_from < one.valid_from and _has_figures(other)
    ]
    return max(earlier, key=lambda other: other.valid_from, default=None)


def ceiling_warnings(
    content: int | str | None, requested: int, total: int, on: date, units: int = 1
) -> tuple[CeilingWarning, ...]:
    """Warnings when `requested` đồng of national money lie above the ceiling on that day; never a refusal.

    `content`: a content (3 or "3"), one item ("machinery"), or None (unknown: nothing to say). A content has
    several items, so it warns only when every activity of it has a ceiling and none could carry the amount,
    and names the most generous one. `total`: cost in đồng (0: not known, shares are not checked); `units`:
    how many models, establishments, … are supported.
    Where the rule in force could not be read, the last known figures are used and the warning says so.
    """
    asked = [one for one in ceilings(on) if str(content) in (one.item, str(one.content))]
    whole = next((one for one in contents() if str(one.code) == str(content)), None)
    if whole is not None and len(asked) < len(whole.items):
        return ()  # an activity without a ceiling may be what is asked for
    known = [one if _has_figures(one) else _last_known(one) for one in asked]
    limits = [(one.limit(total, units), one) for one in known if one is not None]
    if not limits or any(limit is None or requested <= limit for limit, _ in limits):
        return ()
    widest = max(limits, key=lambda pair: pair[0] or 0)[1]
    certainty = max((one.certainty for one in asked), key=_DOUBT.index)
    warnings = []
    if widest.cap_dong is not None and requested > widest.cap_dong * units:
        warnings.append(CeilingWarning("over_cap", widest, requested, widest.cap_dong * units, certainty))
    if widest.share_of == "cost" and widest.permille is not None and total > 0:
        share = total * widest.permille // 1000
        if requested > share:
            warnings.append(CeilingWarning("over_share", widest, requested, share, certainty))
    return tuple(warnings)
