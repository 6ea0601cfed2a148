"""The provinces, before and after 01/7/2025 (NQ 202/2025/QH15), and how a register names them."""

import csv
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib import resources

from kcflow.text import fold
from states.records import record


@record(frozen=True, slots=True)
class Province:
    """One province of one list ("63" or "34"). A code alone is no key: 24 was Bắc Giang and is Bắc Ninh."""

    list: str
    code: str
    name: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str

    def stood_on(self, day: date) -> bool:
        """Whether the province existed on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@lru_cache(maxsize=1)
def load_provinces() -> tuple[Province, ...]:
    """All provinces of both lists, from the package's own table."""
    text = resources.files("kcflow").joinpath("data/provinces.csv").read_text(encoding="utf-8-sig")
    return tuple(
        Province(
            list=line["list"],
            code=line["code"],
            name=line["name"],
            valid_from=date.fromisoformat(line["valid_from"]) if line["valid_from"] else None,
            valid_to=date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
            successor_code=line["successor_code"],
        )
        for line in csv.DictReader(text.splitlines())
    )


# Names still written in headings, beside the official one.
_OTHER_NAMES = {
    "thua thien hue": "hue",
    "hcm": "ho chi minh",
    "dac lac": "dak lak",
    "dac lak": "dak lak",
    "dak lac": "dak lak",
    "dac nong": "dak nong",
}
_COMMITTEE = re.compile(r"\b(?:ubnd|uy ban nhan dan) (?:tinh|thanh pho|tp) (.+)")
_DEPARTMENT = re.compile(r"\bso cong thuong (?:tinh |thanh pho |tp )?(.+)")
_COMMITTEE_ALONE = re.compile(r"(?:ubnd|uy ban nhan dan) (?:tinh|thanh pho|tp) \w+(?: \w+){0,4}")


def words(text: str) -> str:
    """`text` folded to words with single spaces: how names and headings are compared."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def named_province(text: str, provinces: Sequence[Province]) -> tuple[bool, str | None]:
    """Whether a heading names a province, and its folded name if it is a known one.

    "UBND TỈNH HÀ GIANG" gives (True, "ha giang"), "UBND TỈNH HÀ DƯƠNG" (True, None), other text
    (False, None).
    """
    spoken = words(text)
    names = {words(province.name): words(province.name) for province in provinces} | _OTHER_NAMES
    for pattern in (_COMMITTEE, _DEPARTMENT):
        if found := pattern.search(spoken):
            tail = found[1] + " "
            known = [key for key in names if tail.startswith(key + " ")]
            if known:
                return True, names[max(known, key=len)]
    return _COMMITTEE_ALONE.fullmatch(spoken) is not None, None
