"""Going from one proposal to the next through lists that can only be read from their start."""

from __future__ import annotations

from typing import Any, cast

from kcflow.services.desk import Desk
from kcflow.services.views import Page
from screens.lists.list_sources import DeskRows
from screens.lists.neighbours import PagedPlaces, beside
from screens.widgets.table import TableRow

ROWS = 1234


class Listed:
    """A list of codes; `pages` counts how often it was read."""

    def __init__(self) -> None:
        self.codes = [f"KCQG-24-{number:04}" for number in range(1, ROWS + 1)]
        self.pages = 0

    def fetch(self, _desk: Desk, after: object | None, limit: int) -> Page[Any]:
        """The codes after one of them, like the store's keys."""
        self.pages += 1
        rest = [code for code in self.codes if after is None or code > str(after)]
        return Page(tuple(rest[:limit]), rest[limit - 1] if len(rest) > limit else None)

    def places(self, at: int, reach: int = 200) -> PagedPlaces:
        """What the list knows when row `at` is opened."""
        source = DeskRows(cast("Desk", None), self.fetch, lambda code: TableRow(code, (code,)))
        first = max(0, at - reach)
        return PagedPlaces(source, self.codes[first : at + reach + 1], first, at + reach + 1)


def walk(places: PagedPlaces, code: str, step: int) -> list[str]:
    """Every code from `code` on."""
    found = [code]
    while (one := beside(places, found[-1], step)).code:
        assert one.at == places.index(one.code) + 1
        found.append(one.code)
    assert one.at, "the end is said"
    return found


def test_one_goes_through_all_of_it_in_both_directions() -> None:
    listed = Listed()
    code = listed.codes[700]
    places = listed.places(700)
    assert walk(places, code, 1) == listed.codes[700:]
    assert len(places) == ROWS
    assert walk(places, code, -1) == listed.codes[700::-1]
    assert listed.pages == 3


def test_nothing_is_read_while_one_stays_near() -> None:
    listed = Listed()
    code = listed.codes[700]
    assert beside(listed.places(700), code, 1).code == listed.codes[701]
    assert listed.pages == 0


def test_what_left_the_list_meanwhile_makes_nobody_miss_a_proposal() -> None:
    listed = Listed()
    places, whole = listed.places(700), list(listed.codes)
    gone = {whole[number] for number in (3, 4, 700, 701, 899, 900)}
    listed.codes = [code for code in whole if code not in gone]
    after = walk(places, whole[700], 1)
    assert after == whole[700:]
    assert walk(places, whole[700], -1) == [
        code for code in whole[700::-1] if code not in gone - {whole[700]}
    ]
