"""The filter of the lists of dossiers: its fields, what they give, and the views that everybody has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from kcflow import reference
from kcflow.labels import HOLDER, SOURCE
from kcflow.services.views import ListFilter, PersonView
from kcflow.text import vietnamese_sort_key
from screens.forms.amounts import MoneyField
from screens.forms.fields import words
from screens.lists.filters import FilterField, Value, Wrong, amount_of, choice, chosen, day, day_of, many
from screens.lists.picks import pick
from screens.lists.time_filter import judge_time, time_fields, time_values
from screens.lists.views import ViewChoice
from screens.lists.wishes import DUES, Names, Wish, province_label, region_labels, same, to_json
from states.model import Label

_UNDER_WAY = "implementation"
_IN_APPRAISAL = ("appraisal", "screening")


def filter_fields(wish: Wish, names: Names, today: date, *, kinds: bool = False) -> list[FilterField]:
    """The fields, with what the wish says in them; `kinds` where a list holds not only proposals."""
    wanted = wish.filter
    years = [str(year) for year in range(names.year + 1, names.year - 10, -1)]
    by_name = sorted(reference.provinces(), key=lambda one: vietnamese_sort_key(one.name))
    provinces = [(one.key, province_label(one.key)) for one in by_name]
    provinces.sort(key=lambda one: one[0].startswith("63:"))  # those of today first
    contents = [(str(one.code), one.label) for one in reference.contents()]
    return [
        pick("phases", "dossiers.phase", list(names.phases.items()), wanted.phases),
        pick("states", "dossiers.state", list(names.states.items()), wanted.states),
        pick("offices", "filter.office", list(names.office_names.items()), wanted.offices),
        pick("provinces", "filter.province", provinces, wanted.provinces),
        pick("regions", "filter.region", list(region_labels().items()), wanted.regions),
        pick("contents", "filter.content", contents, (str(code) for code in wanted.contents)),
        choice("source", words("dossiers.source"), list(SOURCE.items()), wanted.source),
        choice(
            "plan_year",
            words("dossiers.year"),
            [(year, same(year)) for year in years],
            str(wanted.plan_year) if wanted.plan_year else None,
        ),
        choice("waits_for", words("filter.waits_for"), _holders(), wanted.waits_for),
        choice(
            "open_only",
            words("dossiers.standing"),
            [("open", words("dossiers.open_only"))],
            "open" if wanted.open_only else None,
        ),
        choice("due", words("filter.due"), [(due, words(f"lists.due_{due}")) for due in DUES], wish.due),
        day("due_from", words("filter.due_from"), wanted.due_from, today),
        day("due_to", words("filter.due_to"), wanted.due_to, today),
        *time_fields(wish, names, kinds=kinds),
        MoneyField("amount_from", words("filter.amount_from"), wanted.amount_from),
        MoneyField("amount_to", words("filter.amount_to"), wanted.amount_to),
    ]


_OF_FLOW = frozenset(
    ("offices", "provinces", "regions", "contents", "source", "plan_year", "amount_from", "amount_to")
)


def flow_fields(wish: Wish, names: Names, today: date) -> list[FilterField]:
    """The fields of the flow picture: all but what the picture itself tells apart."""
    return [field for field in filter_fields(wish, names, today) if field.key in _OF_FLOW]


def _holders() -> list[tuple[str, Label]]:
    return [(name, label) for name, label in HOLDER.items() if name != "nobody"]


def judge(values: Mapping[str, Value]) -> Wrong:
    """What can't stand beside each other: two ways to say a date, a span that ends before it begins."""
    due_from, due_to = day_of(values, "due_from"), day_of(values, "due_to")
    if chosen(values, "due") and (due_from or due_to):
        return ("due_from" if due_from else "due_to", words("filter.due_twice"))
    if due_from and due_to and due_from > due_to:
        return ("due_to", words("filter.backwards"))
    least, most = amount_of(values, "amount_from"), amount_of(values, "amount_to")
    if least is not None and most is not None and least > most:
        return ("amount_to", words("filter.backwards"))
    return judge_time(values)


def wish_from(values: Mapping[str, Value], before: Wish) -> Wish:
    """The wish that the fields say; the search and what has no field stay."""
    year = chosen(values, "plan_year")
    due = chosen(values, "due")
    wanted = replace(
        before.filter,
        phases=many(values, "phases"),
        states=many(values, "states"),
        offices=many(values, "offices"),
        provinces=many(values, "provinces"),
        regions=many(values, "regions"),
        contents=tuple(int(code) for code in many(values, "contents")),
        source=chosen(values, "source"),
        plan_year=int(year) if year else None,
        waits_for=chosen(values, "waits_for"),
        open_only=chosen(values, "open_only") is not None,
        due_from=day_of(values, "due_from"),
        due_to=day_of(values, "due_to"),
        amount_from=amount_of(values, "amount_from"),
        amount_to=amount_of(values, "amount_to"),
        lifecycles=before.filter.lifecycles if values.get("phases") or values.get("states") else (),
        **time_values(values, before),  # type: ignore[arg-type]
    )
    return Wish(wanted, due if due in DUES else "")


def built_in_views(names: Names, only: Collection[str] = (), order_of_all: str = "code") -> list[ViewChoice]:
    """The views that everybody has, as far as they say something to this person; of them `only` these."""
    appraisal = tuple(name for name in names.states if any(word in name for word in _IN_APPRAISAL))
    offers = [
        ("late", Wish(due="late"), "due"),
        ("week", Wish(due="week"), "due"),
        ("mine", _mine(names.me), "due"),
        ("appraisal", Wish(ListFilter(states=appraisal)), "due"),
        ("returned", Wish(ListFilter(states=("returned",))), "due"),
        ("under_way", Wish(ListFilter(phases=(_UNDER_WAY,), open_only=True)), "due"),
        ("open", Wish(ListFilter(open_only=True)), "due"),
        ("all", Wish(), order_of_all),
    ]
    return [
        ViewChoice({"filter": to_json(wish), "order": order}, label=words(f"views.built.{name}"))
        for name, wish, order in offers
        if (name != "mine" or not wish.empty) and (not only or name in only)
    ]


def _mine(me: PersonView | None) -> Wish:
    """What belongs to the offices of a person: of a unit its own, of others what waits for their kind."""
    roles = me.roles if me is not None else ()
    own = tuple(dict.fromkeys(role.office for role in roles if role.role == "unit"))
    if own:
        return Wish(ListFilter(offices=own, open_only=True))
    holder = next((role.role for role in roles if role.role in HOLDER), None)
    return Wish(ListFilter(waits_for=holder, open_only=True)) if holder else Wish()
