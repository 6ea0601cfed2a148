"""Fields that plans and rounds share: source, year, and whose money it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from textual.widget import Widget

from kcflow import reference
from kcflow.labels import FIELD, SOURCE
from kcflow.services.views import PersonView
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField
from screens.forms.fields import words
from screens.forms.keeping import KeepsForm
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


def own_source(me: PersonView) -> str:
    """The source that this person opens plans and rounds of: a department's is the local one."""
    return "kcdp" if "department" in {role.role for role in me.roles} else "kcqg"


def own_area(desk: Desk) -> str:
    """Key of the province of this person's own office, "" where it has none (in a worker thread)."""
    homes = {office.code: office.province or "" for office in desk.offices()}
    return next((homes[role.office] for role in desk.me.roles if homes.get(role.office)), "")


def head_fields(source: str, today: date) -> Iterable[Widget]:
    """Source, year and area (only local money has one)."""
    yield ChoiceField(
        "source", FIELD["source"], [(key, SOURCE[key]) for key in SOURCE], source, required=True
    )
    yield WholeField("plan_year", FIELD["plan_year"], today.year, least=2005, most=2100, required=True)
    names = [
        (each.key, Label(each.name, each.name)) for each in reference.provinces() if each.in_force(today)
    ]
    field = ChoiceField("area", words("money.area"), names, blank=words("form.choose"))
    field.display = source == "kcdp"
    yield field


def show_area(form: KeepsForm) -> None:
    """Only local money has an area."""
    local = form.query_one("#field-source", ChoiceField).value == "kcdp"
    form.query_one("#field-area", ChoiceField).display = local


def choose_area(form: KeepsForm, area: str) -> None:
    """Choose one's own province, where nothing was chosen yet."""
    field = form.query_one("#field-area", ChoiceField)
    if area and field.value is None:
        field.choose(area)
        form.filled("area")
