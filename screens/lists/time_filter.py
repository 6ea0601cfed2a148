"""The half of the lists' filter that is about time: whose deadline, how old, who is charged, what pauses."""

from __future__ import annotations

from collections.abc import Mapping

from kcflow.labels import SUBJECT
from screens.forms.amounts import WholeField
from screens.forms.fields import words
from screens.lists.filters import Choices, FilterField, Value, Wrong, amount_of, choice, chosen
from screens.lists.wishes import DUE_KINDS, NOBODY, Names, Wish, same

AGE_MOST = 9999
"""Days in a state that can be asked for."""
_YES, _NO = "yes", "no"


def time_fields(wish: Wish, names: Names, *, kinds: bool) -> list[FilterField]:
    """The fields, with what the wish says in them; `kinds` where a list holds not only proposals."""
    wanted = wish.filter
    bases = list(names.bases)
    if wanted.basis and wanted.basis not in bases:
        bases.append(wanted.basis)
    holders: Choices = [(NOBODY, words("filter.nobody_charged")), *names.people_names.items()]
    holder = NOBODY if wanted.holder == "" else wanted.holder
    held = None if wanted.held is None else _YES if wanted.held else _NO
    fields: list[FilterField] = [
        choice("holder", words("filter.holder"), holders, holder),
        choice("due_kind", words("filter.due_kind"), list(DUE_KINDS.items()), wanted.due_kind),
        choice("basis", words("filter.basis"), [(basis, same(basis)) for basis in bases], wanted.basis),
        choice(
            "held",
            words("filter.held"),
            [(_YES, words("filter.held_yes")), (_NO, words("filter.held_no"))],
            held,
        ),
        WholeField("age_from", words("filter.age_from"), wanted.age_from, least=0, most=AGE_MOST),
        WholeField("age_to", words("filter.age_to"), wanted.age_to, least=0, most=AGE_MOST),
    ]
    if kinds:
        fields.insert(0, choice("kind", words("filter.kind"), list(SUBJECT.items()), wanted.kind))
    return fields


def judge_time(values: Mapping[str, Value]) -> Wrong:
    """A span of days that ends before it begins."""
    least, most = amount_of(values, "age_from"), amount_of(values, "age_to")
    if least is not None and most is not None and least > most:
        return ("age_to", words("filter.backwards"))
    return None


def time_values(values: Mapping[str, Value], before: Wish) -> dict[str, object]:
    """What the fields say, by field of `ListFilter`; what has no field stays."""
    holder, held = chosen(values, "holder"), chosen(values, "held")
    return {
        "holder": "" if holder == NOBODY else holder,
        "due_kind": chosen(values, "due_kind"),
        "basis": chosen(values, "basis"),
        "held": None if held is None else held == _YES,
        "age_from": amount_of(values, "age_from"),
        "age_to": amount_of(values, "age_to"),
        "kind": chosen(values, "kind") if "kind" in values else before.filter.kind,
    }
