"""What a list is asked for: a filter whose due dates may be relative to today, its chips, and its saved form.

A saved view may come from another person or another version of the program: whatever in it can't be
understood is left out, and the rest is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, fields, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, cast, get_args

from kcflow import reference
from kcflow.formats import compact, date_text
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND, HOLDER, SOURCE, SUBJECT
from kcflow.services.views import HistoryFilter, ListFilter
from screens.widgets.basis import basis_text
from states.model import SUBJECTS, Label
from states.records import record

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from kcflow.services.views import OfficeView, PersonView
    from states.model import Lifecycle

Due = Literal["", "late", "week", "month"]
DUES: tuple[Due, ...] = get_args(Due)[1:]
_DAYS: dict[str, int] = {"week": 7, "month": 30}
_TEXTS = ("states", "phases", "provinces", "lifecycles", "offices", "regions")
_LONGEST = 300
DUE_KINDS: dict[str, Label] = DEADLINE_KIND
"""Whose deadline it is: the law's, or an office's own."""
YEAR_END = ("unpaid", "unaccepted", "unsettled", "unused", "uncleared")
"""What a proposal may still lack at the end of a budget year, in the order of its dates."""
NOBODY = "-"
"""The choice of what nobody in particular is charged with, which a filter writes as ""."""


@record(frozen=True, slots=True)
class Wish:
    """A filter; `due` is a span that moves with the days, "" leaves the filter's own bounds."""

    filter: ListFilter = field(default_factory=ListFilter)
    due: Due = ""

    def on(self, today: date) -> ListFilter:
        """The filter as it stands on a day."""
        if self.due == "late":
            return replace(self.filter, due_from=None, due_to=today - timedelta(days=1), open_only=True)
        if self.due:
            until = today + timedelta(days=_DAYS[self.due])
            return replace(self.filter, due_from=today, due_to=until, open_only=True)
        return self.filter

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return self == Wish()


@record(frozen=True, slots=True)
class Names:
    """What the filter offers, and what its chips are called: read once from the store."""

    lifecycles: tuple[Lifecycle, ...] = ()
    offices: tuple[OfficeView, ...] = ()
    me: PersonView | None = None
    year: int = 0
    people: tuple[PersonView, ...] = ()

    def of_proposals(self) -> Names:
        """The same, of the lifecycles of proposals only."""
        return replace(self, lifecycles=tuple(one for one in self.lifecycles if one.subject == "proposal"))

    @property
    def people_names(self) -> dict[str, Label]:
        """Everybody by login."""
        return {person.login: same(person.name) for person in self.people}

    @property
    def bases(self) -> tuple[str, ...]:
        """The basis of every deadline that a lifecycle has."""
        found = (rule.basis for one in self.lifecycles for state in one.states for rule in state.deadlines)
        return tuple(sorted(dict.fromkeys(found)))

    @property
    def states(self) -> dict[str, Label]:
        """Every state of every lifecycle."""
        found: dict[str, Label] = {}
        for one in self.lifecycles:
            for state in one.states:
                found.setdefault(state.name, state.label)
        return found

    @property
    def phases(self) -> dict[str, Label]:
        """Every phase; one that lifecycles call differently has all its names."""
        found: dict[str, list[Label]] = {}
        for one in self.lifecycles:
            for phase in one.phases:
                labels = found.setdefault(phase.name, [])
                if phase.label not in labels:
                    labels.append(phase.label)
        return {
            name: Label(" / ".join(one.vi for one in labels), " / ".join(one.en for one in labels))
            for name, labels in found.items()
        }

    @property
    def office_names(self) -> dict[str, Label]:
        """Every office."""
        return {office.code: same(office.name) for office in self.offices}


def read_names(desk: Desk) -> Names:
    """Read them (in a worker thread)."""
    # Proposals first, the national programme before all: their phases follow one another in the filter.
    lifecycles = sorted(
        desk.lifecycles(), key=lambda one: (SUBJECTS.index(one.subject), one.name != "kcqg", one.name)
    )
    return Names(tuple(lifecycles), desk.offices(), desk.me, desk.today.year, desk.people())


def same(text: str) -> Label:
    """A name that is the same in both languages."""
    return Label(text, text)


def province_label(key: str) -> Label:
    """The name of a province, with a word where it stands on the list before 01/7/2025."""
    try:
        one = reference.province(key)
    except reference.UnknownProvince:
        return same(key)
    if one.list == "63":
        return Label(
            t("lists.province_before", "vi", name=one.name), t("lists.province_before", "en", name=one.name)
        )
    return same(one.name)


def region_labels() -> dict[str, Label]:
    """The khuyến công regions by name."""
    found: dict[str, Label] = {}
    for one in reference.provinces():
        if len(one.regions) == 1:
            found.setdefault(one.region, one.region_label)
    return found


# Chips


@record(frozen=True, slots=True)
class Chip:
    """One part of a filter: `key` says which, `text` what it reads."""

    key: str
    text: str


def chips_of(wish: Wish, names: Names, lang: str) -> tuple[Chip, ...]:
    """Every part of a filter but the search, which stands in its own field."""
    wanted = wish.filter
    known: dict[str, dict[str, Label]] = {
        "lifecycles": {one.key: one.label for one in names.lifecycles},
        "phases": names.phases,
        "states": names.states,
        "offices": names.office_names,
        "provinces": {key: province_label(key) for key in wanted.provinces},
        "regions": region_labels(),
        "contents": {str(one.code): one.label for one in reference.contents()},
    }
    chips = []
    for name, labels in known.items():
        for value in getattr(wanted, name):
            label = labels.get(str(value))
            chips.append(Chip(f"{name}:{value}", label(lang) if label is not None else str(value)))
    if wanted.source:
        chips.append(Chip("source:", _named(SOURCE, wanted.source, lang)))
    if wanted.plan_year:
        chips.append(Chip("plan_year:", t("lists.chip_year", lang, year=wanted.plan_year)))
    if wish.due:
        chips.append(Chip("due:", t(f"lists.due_{wish.due}", lang)))
    elif wanted.due_from or wanted.due_to:
        chips.append(Chip("due:", t("lists.chip_due", lang, span=_span(wanted, "due", lang))))
    if wanted.amount_from is not None or wanted.amount_to is not None:
        chips.append(Chip("amount:", t("lists.chip_amount", lang, span=_span(wanted, "amount", lang))))
    if wanted.waits_for:
        who = _named(HOLDER, wanted.waits_for, lang)
        chips.append(Chip("waits_for:", t("lists.chip_waits", lang, who=who)))
    if wanted.open_only:
        chips.append(Chip("open_only:", t("dossiers.open_only", lang)))
    return (*chips, *_time_chips(wanted, names, lang))


def _time_chips(wanted: ListFilter, names: Names, lang: str) -> Iterator[Chip]:
    """What a filter says about kinds, holders, deadlines and pauses."""
    if wanted.kind:
        yield Chip("kind:", _named(SUBJECT, wanted.kind, lang))
    if wanted.holder is not None:
        who = _named(names.people_names, wanted.holder, lang) if wanted.holder else ""
        yield Chip("holder:", t("lists.chip_holder", lang, who=who) if who else t("lists.chip_free", lang))
    if wanted.due_kind:
        kind = _named(DUE_KINDS, wanted.due_kind, lang)
        yield Chip("due_kind:", t("lists.chip_due_kind", lang, kind=kind))
    if wanted.basis:
        yield Chip("basis:", basis_text(wanted.basis, lang))
    if wanted.year_end:
        stage, _, year = wanted.year_end.partition(":")
        words = t(f"lists.year_end.{stage}", lang) if stage in YEAR_END else stage
        yield Chip("year_end:", f"{words} {year}")
    if wanted.held is not None:
        yield Chip("held:", t("filter.held_yes" if wanted.held else "filter.held_no", lang))
    if wanted.age_from is not None or wanted.age_to is not None:
        yield Chip("age:", t("lists.chip_age", lang, span=_days(wanted.age_from, wanted.age_to)))


def _days(least: int | None, most: int | None) -> str:
    """A span of days as people write it: ≥ 8, ≤ 30, 8–30."""
    if least is not None and most is not None:
        return f"{least}–{most}"
    return f"≥ {least}" if least is not None else f"≤ {most}"


def _named(labels: Mapping[str, Label], name: str, lang: str) -> str:
    return labels[name](lang) if name in labels else name


def _span(wanted: ListFilter, name: str, lang: str) -> str:
    shown = []
    for bound in (getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to")):
        if bound is None:
            shown.append("…")
        else:
            shown.append(date_text(bound, lang) if isinstance(bound, date) else compact(bound, lang))
    return f"{shown[0]} – {shown[1]}"


def without(wish: Wish, key: str) -> Wish:
    """The wish without the part that the chip `key` stands for."""
    name, _, value = key.partition(":")
    wanted = wish.filter
    if name == "due":
        return Wish(replace(wanted, due_from=None, due_to=None))
    if name == "amount":
        return replace(wish, filter=replace(wanted, amount_from=None, amount_to=None))
    if name == "age":
        return replace(wish, filter=replace(wanted, age_from=None, age_to=None))
    now = getattr(wanted, name)
    if isinstance(now, tuple):
        kept: object = tuple(one for one in now if str(one) != value)
    else:
        kept = False if name == "open_only" else None
    return replace(wish, filter=replace(wanted, **{name: kept}))  # type: ignore[arg-type]


# The saved form

_MEANS_EMPTY = frozenset({"holder", "held", "age_from", "age_to"})
"""Fields in which "", False and 0 ask for something."""


def to_json(wish: Wish) -> dict[str, object]:
    """The wish as JSON values; what is not asked for is left out."""
    found: dict[str, object] = {"due": wish.due} if wish.due else {}
    for one in fields(ListFilter):
        value = getattr(wish.filter, one.name)
        if value is not None and (one.name in _MEANS_EMPTY or value not in ("", (), False)):
            found[one.name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(saved: object) -> Wish:
    """The wish in a saved view; what can't be understood is left out."""
    if not isinstance(saved, dict):
        return Wish()
    values: dict[str, object] = {}
    for name in _TEXTS:
        values[name] = tuple(one for one in _list(saved.get(name)) if isinstance(one, str) and _short(one))
    values["contents"] = tuple(one for one in _list(saved.get("contents")) if _whole(one))
    for name in ("source", "waits_for", "basis"):
        values[name] = _text(saved.get(name))
    for name, known in (("kind", SUBJECT), ("due_kind", DUE_KINDS)):
        value = _text(saved.get(name))
        values[name] = value if value in known else None
    values["holder"] = "" if saved.get("holder") == "" else _text(saved.get("holder"))
    stage, _, year = (_text(saved.get("year_end")) or "").partition(":")
    values["year_end"] = (
        f"{stage}:{year}" if stage in YEAR_END and re.fullmatch(r"\d{4}", year, re.ASCII) else None
    )
    held = saved.get("held")
    values["held"] = held if isinstance(held, bool) else None
    values["text"] = _text(saved.get("text")) or ""
    for name in ("plan_year", "amount_from", "amount_to", "age_from", "age_to"):
        values[name] = saved.get(name) if _whole(saved.get(name)) else None
    for name in ("due_from", "due_to"):
        values[name] = day_from(saved.get(name))
    values["open_only"] = saved.get("open_only") is True
    due = saved.get("due")
    return Wish(ListFilter(**values), cast("Due", due) if due in DUES else "")  # type: ignore[arg-type]


def history_to_json(wanted: HistoryFilter) -> dict[str, object]:
    """A filter of the history as JSON values."""
    values = {one.name: getattr(wanted, one.name) for one in fields(HistoryFilter)}
    return {name: _plain(value) for name, value in values.items() if value is not None}


def history_from_json(saved: object) -> HistoryFilter:
    """The history's filter in a saved view; what can't be understood is left out."""
    if not isinstance(saved, dict):
        return HistoryFilter()
    return HistoryFilter(
        dossier=_text(saved.get("dossier")),
        actor=_text(saved.get("actor")),
        office=_text(saved.get("office")),
        action=_text(saved.get("action")),
        on_from=day_from(saved.get("on_from")),
        on_to=day_from(saved.get("on_to")),
    )


def _list(value: object) -> list[object]:
    return value[:_LONGEST] if isinstance(value, list) else []


def _short(text: str) -> bool:
    return 0 < len(text) <= _LONGEST


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and _short(value) else None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15


def day_from(value: object) -> date | None:
    """A day written as 2024-06-28, or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
