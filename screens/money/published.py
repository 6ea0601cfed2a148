"""Figures that others published: the list of a year, one more, or one taken back (it stays as withdrawn)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Static

from kcflow import reference
from kcflow.formats import compact, date_text, dong, local
from kcflow.i18n import t
from kcflow.money_labels import AREAS, KEEPERS, SOURCES, STAGE
from kcflow.services.door import LENGTHS
from kcflow.services.errors import KcflowError
from kcflow.services.money_figures import FigureInput, FigureView
from kcflow.services.money_views import STAGES
from kcflow.text import vietnamese_sort_key
from screens.base import DeskModal
from screens.commands import CloseDialog, Command, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import Confirm, my_roles
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField
from screens.forms.fields import Field, MemoField, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.forms.sending import SendsOnce
from screens.lists.wishes import province_label
from screens.widgets.hanging import Hanging
from screens.widgets.row_source import FixedRows
from screens.widgets.table import Column, TableRow, VirtualTable
from states.model import Label

UNITS: tuple[int, ...] = (10**9, 10**8, 10**7, 10**6, 10**3, 1)
"""Printed precisions that are offered, in đồng: whole tỷ down to single đồng."""


class AddFigure(Command):
    """Enter a figure that somebody published."""

    key = "n"
    order = 10


class WithdrawFigure(Command):
    """Take the figure under the cursor back; it stays readable as withdrawn."""

    key = "delete"
    order = 11


class PublishedDialog(SendsOnce, DeskModal[None]):
    """The published figures of a year."""

    CSS_PATH = Path(__file__).with_name("budget.tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(AddFigure, WithdrawFigure, CloseDialog)
    title_key = "figures.title"
    help_key = "help.figures"

    def __init__(self, plan_year: int, area: str) -> None:
        """Show those of `plan_year`; a new one is offered for `area`."""
        super().__init__()
        self._year, self._area = plan_year, area
        self._figures: tuple[FigureView, ...] | None = None
        self._armed: int | None = None
        """The figure that the next press takes back."""

    def frame_title(self) -> str:
        """The year in the frame."""
        return t(self.title_key, self.lang, year=str(self._year))

    def body(self) -> ComposeResult:
        """The list, the figure in full."""
        yield VirtualTable(self._columns(), id="list", selectable=False)
        yield Static("", id="figures-strip", markup=False)

    def on_mount(self) -> None:
        """Read them."""
        self.query_one(VirtualTable).focus()
        self.refresh_data()

    def refresh_data(self) -> None:
        """Read the figures anew."""
        year = self._year
        self.ask(lambda desk: desk.money.figures(year), self._take, group="figures")

    def _take(self, figures: tuple[FigureView, ...]) -> None:
        self._figures = figures
        self._write()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self._write()

    def _columns(self) -> list[Column]:
        def label(name: str) -> str:
            return t(f"figures.column.{name}", self.lang)

        return [
            Column("area", label("area"), 12),
            Column("source", label("source"), 0),
            Column("stage", label("stage"), 0),
            Column("dong", label("dong"), 13, "right"),
            Column("entered", label("entered"), 11),
        ]

    def _write(self) -> None:
        table, lang = self.query_one(VirtualTable), self.lang
        table.empty_text = t("figures.empty", lang, year=str(self._year))
        table.set_columns(self._columns())
        if self._figures is None:
            return
        rows = []
        for each in sorted(self._figures, key=lambda each: (each.withdrawn, each.id)):
            entered = date_text(local(each.entered_at).date(), lang)
            cells = (
                each.area_label(lang),
                SOURCES[each.source](lang),
                stage_text(each, lang),
                compact(each.dong, lang),
                t("figures.withdrawn", lang) if each.withdrawn else entered,
            )
            rows.append(TableRow(str(each.id), cells, "dim" if each.withdrawn else "", each))
        table.set_source(FixedRows(rows))
        self.refresh_bindings()

    @property
    def figure(self) -> FigureView | None:
        """The figure under the cursor."""
        found = self.query_one(VirtualTable).cursor_payload if self.is_mounted else None
        return found if isinstance(found, FigureView) else None

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Say the figure in full."""
        message.stop()
        self._armed = None
        self.query_one("#figures-strip", Static).update(strip(self.figure, self.lang))
        self.refresh_bindings()

    # Keys

    def why_not(self, action: str) -> str | None:
        """Figures are kept by those who may; what is withdrawn stays so."""
        if action in ("add_figure", "withdraw_figure") and not my_roles(self.desk) & set(KEEPERS):
            return t("figures.not_yours", self.lang)
        if action == "withdraw_figure":
            figure = self.figure
            if figure is None:
                return t("app.no_row", self.lang)
            if figure.withdrawn:
                return t("figures.is_withdrawn", self.lang)
        return None

    def action_add_figure(self) -> None:
        """Ask for one."""
        self.app.push_screen(FigureForm(self._year, self._area), self._added)

    def _added(self, kept: int | None) -> None:
        if kept:
            self.say(t("figures.kept", self.lang), "good")
            self.desk_app.data_changed()

    def action_withdraw_figure(self) -> None:
        """Take it back at the second press."""
        figure = self.figure
        if figure is None:
            return
        if self._armed != figure.id:
            self._armed = figure.id
            self.say(t("figures.sure", self.lang, amount=dong(figure.dong, self.lang)), "warn")
            return
        number, self._armed = figure.id, None
        self.send(lambda desk: desk.money.withdraw_figure(number), self._withdrawn)

    def _withdrawn(self, _: None) -> None:
        self.say(t("figures.taken_back", self.lang), "good")
        self.desk_app.data_changed()


def stage_text(figure: FigureView, lang: str) -> str:
    """The stage, with the number of its round."""
    stage = figure.stage_label(lang)
    return f"{stage}, {t('figures.in_round', lang, round=figure.round)}" if figure.round else stage


def strip(figure: FigureView | None, lang: str) -> Hanging:
    """The figure to the đồng, its printed precision, its source, who entered it."""
    if figure is None:
        return parts.lines(())
    first = f"{figure.area_label(lang)} · {SOURCES[figure.source](lang)} · {stage_text(figure, lang)}"
    unit = t("figures.printed_to", lang, unit=compact(figure.unit_dong, lang))
    entered = t(
        "figures.entered_by",
        lang,
        who=figure.entered_by,
        on=date_text(local(figure.entered_at).date(), lang),
    )
    return parts.lines(
        [
            parts.line((first, parts.STRONG), f"  {dong(figure.dong, lang)} ", (f"({unit})", parts.DIM)),
            parts.line(figure.basis),
            parts.line((entered, parts.DIM)),
        ]
    )


class FigureForm(KeepsForm, DeskModal[int]):
    """Ask for one published figure: what it is of, how much, how exactly it was printed, and where."""

    CSS_PATH = Path(__file__).with_name("budget.tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog, *KEEP)
    title_key = "figures.add"
    help_key = "help.figures"
    keep_as = "figure"

    def __init__(self, plan_year: int, area: str) -> None:
        """Ask for one of `plan_year`, of `area` as long as no other is chosen."""
        super().__init__()
        self._year, self._area = plan_year, area

    def frame_title(self) -> str:
        """The year in the frame."""
        return t(self.title_key, self.lang, year=str(self._year))

    def body(self) -> ComposeResult:
        """The fields, the button."""
        sources = list(SOURCES.items())
        stages = [(stage, STAGE[stage]) for stage in STAGES]
        units = [(str(unit), Label(compact(unit, "vi"), compact(unit, "en"))) for unit in UNITS]
        yield ChoiceField("area", words("budget.head.area"), areas(), self._area, required=True)
        yield ChoiceField("source", words("budget.head.source"), sources, "kcqg", required=True)
        yield ChoiceField("stage", words("figures.column.stage"), stages, "approved", required=True)
        yield WholeField("round", words("figures.round"), least=1, most=99)
        yield MoneyField("dong", words("figures.column.dong"), required=True)
        yield ChoiceField("unit", words("figures.unit"), units, str(10**8), required=True)
        yield MemoField("basis", words("figures.basis"), required=True, max_length=LENGTHS["reason"])
        with Horizontal(classes="buttons"):
            yield Button(t("figures.save", self.lang), id="figure-save")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query(Field).first().focus_entry()
        self.start_keeping()

    def keep_code(self) -> str:
        """A figure belongs to its year."""
        return str(self._year)

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        for field in self.query(Field).results(Field):
            field.relabel()
        self.query_one("#figure-save", Button).label = t("figures.save", self.lang)

    @on(Button.Pressed, "#figure-save")
    def action_confirm(self) -> None:
        """Keep it, once."""
        fields = {field.key: field for field in self.query(Field).results(Field)}
        bad = [field for field in fields.values() if not field.check()]
        if bad:
            bad[0].focus_entry()
            return
        value = {key: field.value for key, field in fields.items()}
        number, amount = value["round"], value["dong"]
        if not isinstance(amount, int):  # a required field that was checked
            return
        figure = FigureInput(
            plan_year=self._year,
            area=str(value["area"]),
            source=str(value["source"]),
            stage=str(value["stage"]),
            dong=amount,
            unit_dong=int(str(value["unit"])),
            basis=str(value["basis"]),
            round=number if isinstance(number, int) else None,
        )
        self.send(lambda desk: desk.money.add_figures([figure]), self.finish, self._refused)

    def _refused(self, error: Exception) -> None:
        """Say it at the field that it is about, where there is one."""
        code = error.code if isinstance(error, KcflowError) else ""
        key = {"figure_round": "round", "figure_precision": "unit", "money_absurd": "dong"}.get(code)
        if key is not None and isinstance(error, KcflowError):
            field = next(each for each in self.query(Field).results(Field) if each.key == key)
            field.fault(error.text)
            field.focus_entry()
        else:
            from screens.trouble import with_reasons

            self.say(with_reasons(error, self.lang), "error")

    def action_close_dialog(self) -> None:
        """Close, unless the answer is on its way."""
        if not self.sending:
            self.dismiss(None)


def areas() -> list[tuple[str, Label]]:
    """Areas that figures are published for: the country, the regions, provinces (those of today first)."""
    by_name = sorted(reference.provinces(), key=lambda one: vietnamese_sort_key(one.name))
    provinces = [(one.key, province_label(one.key)) for one in by_name]
    provinces.sort(key=lambda one: one[0].startswith("63:"))
    return [*AREAS.items(), *provinces]
