"""The form of a proposal: a new draft, or the content of one that may still be edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from kcflow import reference
from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.labels import FIELD, KIND, OFFICE_ROLE, SOURCE
from kcflow.services.door import LENGTHS
from kcflow.services.errors import ConflictError, KcflowError
from kcflow.services.views import DossierCard, DraftInput, OfficeView, Receipt
from kcflow.text import visible
from screens.base import DeskScreen, sentence
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import Confirm
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField, ManyField
from screens.forms.fields import DateField, Field, LinesField, MemoField, TextField, words
from screens.forms.keeping import KEEP, KeepsForm
from states.model import Label

_SOURCES = ("requested", "counterpart", "other")
_FIXED = ("source", "plan_year", "province", "unit_office")


class DraftScreen(KeepsForm, DeskScreen[Receipt]):
    """Write a new draft, or edit one: the same fields as Mẫu 2, checked while they are filled in.

    The sources need not add up yet: the form says by how much they differ, and keeps the work.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog, *KEEP)
    help_key = "help.draft"
    keep_as = "draft"

    def __init__(self, source: str | None = None, *, card: DossierCard | None = None) -> None:
        """Start a draft of `source` ("kcqg", "kcdp", None: asked), or edit the proposal of `card`."""
        super().__init__()
        self._source, self._card = source, card
        self._first: dict[str, object] = {}
        self._warned = False

    # Layout

    def body(self) -> ComposeResult:
        """The title, then the fields in one or two columns."""
        yield Static("", id="draft-title", classes="bar", markup=False)
        with VerticalScroll(id="draft-form", can_focus=False), Container(id="draft-columns"):
            with Vertical(classes="draft-column"):
                yield from self._identity()
            with Vertical(classes="draft-column"):
                yield from self._money()
                yield from self._details()
        with Horizontal(classes="buttons"):
            yield Button(t("draft.save", self.lang), id="draft-save")

    def _identity(self) -> ComposeResult:
        content = self._content
        yield TextField("title", FIELD["title"], content["title"], required=True, max_length=LENGTHS["title"])
        if self._card is None:
            sources = [(key, SOURCE[key]) for key in SOURCE]
            yield ChoiceField("source", FIELD["source"], sources, self._source, required=True)
            year = self.desk.today.year + 1
            yield WholeField("plan_year", FIELD["plan_year"], year, least=2005, most=2100, required=True)
            # Filled as soon as the offices are known.
            waiting = [("", words("draft.reading_offices"))]
            yield ChoiceField(
                "unit_office", FIELD["unit_office"], waiting, required=True, blank=words("form.choose")
            )
            yield Static("", id="draft-unit", markup=False)
        else:
            yield Static("", id="draft-fixed", markup=False)
        kinds = [(key, KIND[key]) for key in KIND]
        yield ManyField("kinds", FIELD["kinds"], kinds, content["kinds"])
        partners = [
            (each.key, Label(each.name, each.name))
            for each in reference.provinces()
            if each.in_force(self.desk.today) or each.key in content["partner_provinces"]
        ]
        yield ManyField(
            "partner_provinces", FIELD["partner_provinces"], partners, content["partner_provinces"]
        )
        contents = [
            (str(each.code), Label(f"{each.code}. {each.label.vi}", f"{each.code}. {each.label.en}"))
            for each in reference.contents()
        ]
        ticked = [str(code) for code in content["content_codes"]]
        yield ManyField("content_codes", FIELD["content_codes"], contents, ticked)
        yield LinesField("beneficiaries", words("draft.beneficiaries"), "\n".join(content["beneficiaries"]))
        yield LinesField("coordinating", words("draft.coordinating"), "\n".join(content["coordinating"]))

    def _money(self) -> ComposeResult:
        content = self._content
        for name in ("total", *_SOURCES):
            yield MoneyField(name, FIELD[name], content[name] or None, required=name == "requested")
        yield Static("", id="draft-balance", markup=False)

    def _details(self) -> ComposeResult:
        content, today = self._content, self.desk.today
        yield DateField("starts_on", FIELD["starts_on"], _day(content["starts_on"]), today=today)
        yield DateField("ends_on", FIELD["ends_on"], _day(content["ends_on"]), today=today)
        for name in ("objective", "expected_result", "note"):
            yield MemoField(name, FIELD[name], content[name], max_length=LENGTHS[name])
        if self._card is not None:
            yield MemoField("reason", words("draft.reason"), max_length=LENGTHS["reason"])

    @property
    def _content(self) -> Mapping[str, Any]:
        return self._card.content if self._card is not None else _EMPTY

    def on_mount(self) -> None:
        """Ask for the offices; remember how the form looked at first."""
        self._write()
        self.query_one("#field-title", TextField).focus_entry()
        if self._card is None:
            self.ask(lambda desk: desk.offices(), self._offices_known)
        self._show_partners()
        self._first = self._values()
        self.start_keeping()

    def keep_code(self) -> str:
        """An edit is kept with its proposal, a new draft with none."""
        return self._card.row.code if self._card is not None else ""

    def _offices_known(self, offices: tuple[OfficeView, ...]) -> None:
        """Offer the offices that carry proposals out; a clerk of one of them starts with it."""
        field = self.query_one("#field-unit_office", ChoiceField)
        units = [
            office for office in offices if OFFICE_ROLE.get(office.kind) == "unit" and office.valid_to is None
        ]
        field.offer([(office.code, _office_label(office)) for office in units])
        roles = self.desk.me.roles
        mine = self._my_units()
        home = {office.province for office in offices if office.code in {role.office for role in roles}}
        near = [office for office in units if office.province is not None and office.province in home]
        if field.value is not None:
            pass  # taken back from what was kept
        elif mine:
            field.choose(mine[0])
        elif len(units) == 1 or len(near) == 1:
            field.choose((near or units)[0].code)
        if not units:
            field.fault(words("draft.no_units"))
        self._first["unit_office"] = field.value
        self.filled("unit_office")
        self._write_unit()

    def _my_units(self) -> list[str]:
        """The offices in whose name this person may submit."""
        return [role.office for role in self.desk.me.roles if role.role == "unit"]

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        for field in self.query(Field).results(Field):
            field.relabel()
        super().on_language_changed()
        self.query_one("#draft-save", Button).label = t("draft.save", self.lang)
        self._write()

    def _write(self) -> None:
        lang, card = self.lang, self._card
        if card is None:
            self.query_one("#draft-title", Static).update(Content(t("draft.new", lang)))
        else:
            title = t("draft.edit", lang, code=card.row.code)
            self.query_one("#draft-title", Static).update(Content(visible(title)))
            fixed = [
                parts.line((f"{label(lang)}: ", parts.DIM), text(lang))
                for name, label, text in card.fields
                if name in _FIXED
            ]
            self.query_one("#draft-fixed", Static).update(parts.lines(fixed))
        self._write_balance()
        self._write_unit()

    def _write_unit(self) -> None:
        """Say who will have to submit it, where that is somebody else."""
        for note in self.query("#draft-unit").results(Static):
            unit = self.query_one("#field-unit_office", ChoiceField).value
            foreign = bool(unit) and unit not in self._my_units()
            note.display = foreign
            note.update(parts.line((t("draft.others_submit", self.lang) if foreign else "", parts.DIM)))

    @on(Field.Changed)
    def _something_changed(self, event: Field.Changed) -> None:
        self._warned = False
        if event.field.key in ("total", *_SOURCES):
            self._write_balance()
        if event.field.key in ("starts_on", "ends_on"):
            self._check_schedule()
        if event.field.key == "unit_office":
            self._write_unit()
        if event.field.key == "kinds":
            self._show_partners()

    def _show_partners(self) -> None:
        """Partner provinces are asked of a proposal of several provinces only; ticked ones never hide."""
        kinds, partners = (
            self.query_one(f"#field-{name}", ManyField) for name in ("kinds", "partner_provinces")
        )
        partners.display = "multi_province" in (kinds.value or ()) or bool(partners.value)

    def _write_balance(self) -> None:
        """Say whether total = requested + counterpart + other, and by how much they differ."""
        lang = self.lang
        total, added = self._amount("total"), self._added
        if total is None:
            key = "draft.balance_counted" if added else "draft.balance_empty"
            content = parts.line((t(key, lang, sum=dong(added, lang)), parts.DIM))
        elif total == added:
            content = parts.line((f"● {t('draft.balance_ok', lang, sum=dong(added, lang))}", parts.GOOD))
        else:
            key = "draft.balance_short" if added < total else "draft.balance_over"
            gap = dong(abs(total - added), lang)
            content = parts.line((f"! {t(key, lang, sum=dong(added, lang), gap=gap)}", parts.WARN))
        self.query_one("#draft-balance", Static).update(content)

    def _amount(self, name: str) -> int | None:
        return self.query_one(f"#field-{name}", MoneyField).value

    @property
    def _added(self) -> int:
        return sum(self._amount(name) or 0 for name in _SOURCES)

    def _check_schedule(self) -> bool:
        starts, ends = (self.query_one(f"#field-{name}", DateField) for name in ("starts_on", "ends_on"))
        if starts.value is not None and ends.value is not None and ends.value < starts.value:
            ends.fault(words("draft.end_before_start"))
            return False
        if ends.faulty:
            ends.fault(None)
            return ends.check()
        return True

    # Saving

    def _values(self) -> dict[str, object]:
        """Every field's value by the name of the content's field."""
        values: dict[str, object] = {
            field.key: field.value
            for field in self.query(Field).results(Field)
            if not isinstance(field, LinesField)
        }
        for lines in self.query(LinesField):
            values[lines.key] = list(lines.lines)
        for name in ("kinds", "partner_provinces"):
            values[name] = list(self.query_one(f"#field-{name}", ManyField).value or ())
        codes = self.query_one("#field-content_codes", ManyField).value or ()
        values["content_codes"] = [int(code) for code in codes]
        for name in ("title", "objective", "expected_result", "note"):
            values[name] = values[name] or ""
        total = self._amount("total")
        values["total"] = total if total is not None else self._added
        for name in _SOURCES:
            values[name] = self._amount(name) or 0
        return values

    @on(Button.Pressed, "#draft-save")
    def action_confirm(self) -> None:
        """Save it, once."""
        fields = list(self.query(Field).results(Field))
        wrong = [field for field in fields if not field.check()]
        ends = self.query_one("#field-ends_on", DateField)
        if not self._check_schedule() and ends not in wrong:
            wrong.append(ends)
        if wrong:
            self.say(t("advance.mend_first", self.lang, count=len(wrong)), "warn")
            wrong[0].focus_entry()
            return
        request, values = self.request, self._values()
        if self._card is None:
            draft = _draft(values)
            self.send(lambda desk: desk.create(draft, request=request), self.finish, self._failed)
            return
        reason = values.pop("reason", None)
        changes = {name: value for name, value in values.items() if value != self._first.get(name)}
        if not changes:
            self.say(t("draft.nothing_changed", self.lang), "warn")
            return
        code, version = self._card.row.code, self._card.row.version
        why = reason if isinstance(reason, str) else None
        self.send(
            lambda desk: desk.edit(code, changes, reason=why, expected_version=version, request=request),
            self.finish,
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        """Say what went wrong: beside its field where it has one; nothing typed is lost."""
        if isinstance(error, ConflictError):
            self.say(f"{error.text(self.lang)} {t('draft.conflict', self.lang)}", "error")
            return
        if isinstance(error, KcflowError):
            name = error.params.get("field")
            for field in self.query(Field).results(Field):
                if field.key == name:
                    field.fault(error.text)
                    field.focus_entry()
                    self.say(error.text(self.lang), "error")
                    return
        self.say(sentence(error, self.lang), "error")

    def action_close_dialog(self) -> None:
        """Go back; unsaved work is given up only by the second press."""
        if self.sending:
            return
        if self._values() != self._first and not self._warned:
            self._warned = True
            self.say(t("draft.unsaved", self.lang), "warn")
            return
        self.form_done()
        self.dismiss(None)


_EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(FIELD, ""),
    **dict.fromkeys(("total", *_SOURCES), 0),
    **dict.fromkeys(("kinds", "partner_provinces", "content_codes", "beneficiaries", "coordinating"), ()),
    "starts_on": None,
    "ends_on": None,
}


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _office_label(office: OfficeView) -> Label:
    place = (
        f" · {office.province_name}"
        if office.province_name and office.province_name not in office.name
        else ""
    )
    return Label(f"{office.name}{place}", f"{office.name}{place}")


def _draft(values: Mapping[str, Any]) -> DraftInput:
    source: Literal["kcqg", "kcdp"] = "kcdp" if values["source"] == "kcdp" else "kcqg"
    return DraftInput(
        source=source,
        plan_year=values["plan_year"],
        title=values["title"],
        unit_office=values["unit_office"],
        objective=values["objective"],
        expected_result=values["expected_result"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        total=values["total"],
        requested=values["requested"],
        counterpart=values["counterpart"],
        other=values["other"],
        kinds=tuple(values["kinds"]),
        partner_provinces=tuple(values["partner_provinces"]),
        content_codes=tuple(values["content_codes"]),
        beneficiaries=tuple(values["beneficiaries"]),
        coordinating=tuple(values["coordinating"]),
        note=values["note"],
    )
