"""Ceilings of support: versioned rows with their basis. They warn and never block.

The law's own rows are shipped (kcflow/data/ceilings.toml); an office may set its own, kept in the store under
a key made by `ceiling_key`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal

from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.reference import contents, covered_by, tables
from states.model import Label
from states.records import record

Certainty = Literal["source", "recalled", "unknown"]
_DOUBT: tuple[Certainty, ...] = ("source", "recalled", "unknown")


@record(frozen=True, slots=True)
class Ceiling:
    """The most that public money supports for one item, in one version of the rule.

    `permille` is a share of `share_of` in thousandths, `cap_dong` đồng for one `per`, `multiplier` the per
    cent of the cap that priority areas and trades may reach; None: no such limit, or not known. Figures that
    are "recalled" were not checked against the text; an "unknown" row has none. `province`: the key of the
    province that set it for its own money (KCĐP); "" for national money.
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
    province: str = ""

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

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
    `among`: how many ceilings the content has, of which this is the most generous; 1 when only it applies.
    `units`: how many establishments, models, … the limit is for. `borrowed`: a national ceiling told of
    local money, because the province's own is not known.
    """

    code: Literal["over_cap", "over_share"]
    ceiling: Ceiling
    requested: int
    limit: int
    certainty: Certainty
    among: int = 1
    units: int = 1
    borrowed: bool = False

    @property
    def label(self) -> Label:
        """The warning as a sentence, with its basis, and with its doubt where there is one."""
        return Label(self._sentence("vi"), self._sentence("en"))

    def _sentence(self, lang: str) -> str:
        text = t(
            f"reference.ceiling_{self.code}{'_highest' if self.among > 1 else ''}",
            lang,
            requested=dong(self.requested, lang),
            limit=dong(self.limit, lang),
            percent=_percent(self.ceiling.permille or 0, lang),
            item=self.ceiling.label(lang),
            basis=self.ceiling.basis,
            content=self.ceiling.content,
            rules=self.among,
        )
        if self.code == "over_cap" and self.units > 1:
            text += " " + t("reference.ceiling_units", lang, n=self.units)
        if self.code == "over_cap" and self.ceiling.multiplier is not None:
            most = self.limit * self.ceiling.multiplier // 100
            text += " " + t("reference.ceiling_priority", lang, most=dong(most, lang))
        if self.borrowed:
            text += " " + t("reference.ceiling_borrowed", lang)
        return f"{text} {t(f'reference.certainty_{self.certainty}', lang)}"


def _percent(permille: int, lang: str) -> str:
    whole, tenth = divmod(permille, 10)
    number = f"{whole}{',' if lang == 'vi' else '.'}{tenth}" if tenth else f"{whole}"
    return f"{number}%"


def ceiling_key(item: str, province: str) -> str:
    """What a store keeps a ceiling under: the item, with the province whose own it is ("machinery@34:66")."""
    return f"{item}@{province}" if province else item


@cache
def all_ceilings() -> tuple[Ceiling, ...]:
    """Every version of every ceiling of support, national and provincial, in the order of the file."""
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
            province=row.get("province", ""),
        )
        for row in tables("ceilings.toml", "ceiling")
    )


def ceilings(on: date, province: str = "", rows: Sequence[Ceiling] | None = None) -> tuple[Ceiling, ...]:
    """Every ceiling in force on that day, those without known figures included.

    province: the key of a province, whose own ceilings then stand in place of the national ones of the same
    item; "" for national money. rows: all that are known (None: those shipped).
    """
    known = all_ceilings() if rows is None else rows
    there = sorted((one for one in known if one.in_force(on)), key=lambda one: one.valid_from)
    keys = covered_by(province) if province else frozenset()
    own = {one.item: one for one in there if one.province in keys}
    national = {one.item: one for one in there if not one.province}
    return tuple({**national, **own}.values())


def _has_figures(one: Ceiling) -> bool:
    return one.permille is not None or one.cap_dong is not None


def _last_known(one: Ceiling) -> Ceiling | None:
    """The newest earlier version of this item that has figures."""
    earlier = [
        other
        for other in all_ceilings()
        if (other.item, other.province) == (one.item, one.province)
        and other.valid_from < one.valid_from
        and _has_figures(other)
    ]
    return max(earlier, key=lambda other: other.valid_from, default=None)


def ceiling_warnings(
    content: int | str | None,
    requested: int,
    total: int,
    on: date,
    units: int = 1,
    province: str = "",
    rows: Sequence[Ceiling] | None = None,
) -> tuple[CeilingWarning, ...]:
    """Warnings when `requested` đồng of support lie above the ceiling on that day; never a refusal.

    `content`: a content (3 or "3"), one item ("machinery"), or None (unknown: nothing to say). A content has
    several items, so it warns only when every activity of it has a ceiling and none could carry the amount,
    and names the most generous one. `total`: cost in đồng (0: not known, shares are not checked); `units`:
    how many models, establishments, … are supported. `province`, `rows`: as in `ceilings`.
    Where the rule in force could not be read, the last known figures are used and the warning says so.
    """
    asked = [one for one in ceilings(on, province, rows) if str(content) in (one.item, str(one.content))]
    whole = next((one for one in contents() if str(one.code) == str(content)), None)
    if whole is not None and len(asked) < len(whole.items):
        return ()  # an activity without a ceiling may be what is asked for
    known = [one if _has_figures(one) else _last_known(one) for one in asked]
    limits = [(one.limit(total, units), one) for one in known if one is not None]
    if not limits or any(limit is None or requested <= limit for limit, _ in limits):
        return ()
    widest = max(limits, key=lambda pair: pair[0] or 0)[1]
    certainty = max((one.certainty for one in asked), key=_DOUBT.index)
    exceeded: list[tuple[Literal["over_cap", "over_share"], int]] = []
    if widest.cap_dong is not None and requested > widest.cap_dong * units:
        exceeded.append(("over_cap", widest.cap_dong * units))
    if widest.share_of == "cost" and widest.permille is not None and total > 0:
        share = total * widest.permille // 1000
        if requested > share:
            exceeded.append(("over_share", share))
    borrowed = bool(province) and not widest.province
    return tuple(
        CeilingWarning(code, widest, requested, limit, certainty, len(asked), units, borrowed)
        for code, limit in exceeded
    )
