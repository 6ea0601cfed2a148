"""The facts of a stored dossier, of which only those are worked out that a rule looks at.

Most acts look at a few: a move that asks for no paper costs no query for papers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from states.facts import Facts

if TYPE_CHECKING:
    from db.rows import DossierRow, PaperRow

_put = object.__setattr__  # Facts are frozen for everybody else


class StoredFacts(Facts):
    """`Facts` that reads the dossier's content, papers and rounds when first asked for them.

    papers: gives a dossier's papers (by its code), oldest first. rounds: gives the numbers of its allocation
    rounds. Both are called at most once, in the transaction that `row` was read in. beside: what the rules
    may know of money beside the row (kcflow.services.money.facts).
    """

    __slots__ = ("_beside", "_papers", "_rounds", "_row")

    def __init__(
        self,
        row: DossierRow,
        unit_kind: str,
        papers: Callable[[str], Sequence[PaperRow]],
        rounds: Callable[[str], Iterable[int]],
        beside: Beside,
    ) -> None:
        _put(self, "_row", row)
        _put(self, "_beside", beside)
        _put(self, "_papers", papers)
        _put(self, "_rounds", rounds)
        _put(self, "unit_kind", unit_kind)
        _put(self, "source", "kcqg" if row.source == "kcqg" else "kcdp")
        for name in _OF_ROW:
            _put(self, name, getattr(row, name))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - called for what is not worked out yet
        make = _LATER.get(name)
        if make is not None:
            value = make(self)
        elif name in BESIDE:
            value = self._beside.get(name)
        else:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        _put(self, name, value)
        return value


_OF_ROW: Final = (
    *("code", "kind", "state", "version", "plan_year", "budget_year", "province", "unit_office"),
    *("approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned"),
    *("return_to", "entered_on", "last_on", "last_actor", "last_operator"),
    *("edited_since_entry", "due_on", "due_kind"),
)
"""Facts that the row has under the same name."""


BESIDE: Final = frozenset(
    {
        *("fund", "plan", "items", "proposed_digest", "change", "decides", "effect", "change_papers"),
        *("all_accepted", "all_ended", "others_accepted", "contract_signed", "advance_rules"),
        *("reported_months", "contract_on"),
    }
)
"""Facts that stand beside the row."""


class Beside(Protocol):
    """Gives the facts of `BESIDE`."""

    def get(self, name: str) -> Any:  # noqa: ANN401 - a fact of any type
        """The fact `name`."""
        ...


def _content(facts: StoredFacts, name: str, default: object = None) -> Any:  # noqa: ANN401 - a JSON value
    row: DossierRow = facts._row
    return row.content.get(name, default)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _papers(facts: StoredFacts) -> dict[str, str | None]:
    kinds: dict[str, str | None] = {}
    for paper in facts._papers(facts.code):
        kinds.pop(paper.kind, None)
        kinds[paper.kind] = paper.conclusion
    return kinds


_LATER: Final[Mapping[str, Callable[[StoredFacts], object]]] = {
    "kinds": lambda facts: frozenset(_content(facts, "kinds", ())),
    "total": lambda facts: _content(facts, "total"),
    "requested": lambda facts: _content(facts, "requested"),
    "counterpart": lambda facts: _content(facts, "counterpart", 0),
    "other": lambda facts: _content(facts, "other", 0),
    "beneficiary_differs": lambda facts: bool(_content(facts, "beneficiaries")),
    "starts_on": lambda facts: _day(_content(facts, "starts_on")),
    "ends_on": lambda facts: _day(_content(facts, "ends_on")),
    "contents": lambda facts: frozenset(_content(facts, "content_codes", ())),
    "supplementary": lambda facts: bool(_content(facts, "supplementary")),
    "papers": _papers,
    "rounds": lambda facts: frozenset(facts._rounds(facts.code)),
}
"""Facts that are worked out when somebody asks."""
