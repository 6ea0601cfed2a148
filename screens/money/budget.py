"""Kinh phí năm: the year's money by groups and stages, recorded here beside what others published.

Every percentage is said with its base, every total with whether its parts tie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

from kcflow import reference
from kcflow.i18n import t
from kcflow.money_labels import AREAS
from kcflow.services.errors import KcflowError
from kcflow.services.money_figures import BudgetSummary
from screens.base import DeskScreen
from screens.commands import CloseDialog, bindings
from screens.dossier.money_story import ExactMoney
from screens.forms.fields import words
from screens.lists.list_commands import FilterList
from screens.lists.wishes import province_label, same
from screens.money import budget_parts as parts
from screens.money.budget_commands import (
    BudgetArea,
    BudgetGroup,
    BudgetList,
    BudgetSource,
    BudgetYearAfter,
    BudgetYearBefore,
    PublishedFigures,
)
from screens.money.codes import has_board
from screens.widgets.cells import literal
from states.model import Label

if TYPE_CHECKING:
    from screens.lists.filters import FilterField, Value

_OLDEST_YEARS = 10
_LEAST_NAME, _MOST_GAP = 16, 6


class BudgetTable(DataTable[Text], inherit_bindings=False):
    """The grid: a cursor on one cell, the names of the groups stay in view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", show=False),
        Binding("down,j", "cursor_down", show=False),
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]


class BudgetScreen(DeskScreen[None]):
    """Groups as rows, stages as columns."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        BudgetList,
        BudgetGroup,
        ExactMoney,
        BudgetArea,
        BudgetSource,
        PublishedFigures,
        FilterList,
        BudgetYearBefore,
        BudgetYearAfter,
        CloseDialog,
    )
    help_key = "help.budget"
    may_be_covered = True

    def __init__(self, plan_year: int | None = None) -> None:
        """Show a year (None: this one) of the whole country by source."""
        super().__init__()
        self._first_year = plan_year
        self.wanted = parts.Wanted(plan_year or 0)
        self.found: BudgetSummary | None = None
        self.exact = False
        self._rows: tuple[parts.Row, ...] = ()

    # Layout

    def body(self) -> ComposeResult:
        """What is summed up, the grid, the cell in full, what ties."""
        yield Static("", id="budget-head", markup=False)
        yield BudgetTable(
            id="budget-grid", cursor_type="cell", fixed_columns=1, cell_padding=0, header_height=2
        )
        yield Static("", id="budget-cell", markup=False)
        with VerticalScroll(id="budget-ties"):
            yield Static("", id="budget-said", markup=False)

    def on_mount(self) -> None:
        """Read the year."""
        if self._first_year is None:
            self.wanted = replace(self.wanted, plan_year=self.desk.today.year)
        self.grid.focus()
        self.refresh_data()

    @property
    def grid(self) -> BudgetTable:
        """The grid."""
        return self.query_one(BudgetTable)

    def refresh_data(self) -> None:
        """Sum up anew."""
        wanted = self.wanted
        self._write_head()
        self.ask(
            lambda desk: desk.money.summary(
                wanted.plan_year, wanted.area, wanted.source, wanted.content, wanted.by
            ),
            self._take,
            failed=self._failed,
            group="summary",
        )

    def _take(self, found: BudgetSummary) -> None:
        self.found = found
        self._write()

    def _failed(self, error: KcflowError) -> None:
        self.say(error.text(self.lang), "error")

    def _show(self, wanted: parts.Wanted) -> None:
        """Sum up something else."""
        self.wanted = wanted
        self.say("")
        self.refresh_data()

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew; the figures stay."""
        self._write_head()
        self._write()

    def _write_head(self) -> None:
        wanted, lang = self.wanted, self.lang
        contents = {each.code: each.label(lang) for each in reference.contents()}
        content = contents.get(wanted.content, "") if wanted.content is not None else ""
        found = self.found if self.found is not None and self._is_of(self.found) else None
        self.query_one("#budget-head", Static).update(
            parts.head(wanted, found, _area(wanted.area)(lang), content, lang, exact=self.exact)
        )

    def _is_of(self, found: BudgetSummary) -> bool:
        wanted = self.wanted
        shown = (found.plan_year, found.area, found.source, found.content)
        return shown == (wanted.plan_year, wanted.area, wanted.source, wanted.content)

    def _write(self) -> None:
        found, lang = self.found, self.lang
        if found is None:
            return
        self._write_head()
        grid = self.grid
        place = grid.cursor_coordinate
        self._rows = parts.grid(found)
        with self.prevent(DataTable.CellHighlighted):
            grid.clear(columns=True)
            self._fill(grid, found, lang)
            row = min(place.row, len(self._rows) - 1)
            grid.move_cursor(row=row, column=max(1, place.column), animate=False)
        self.query_one("#budget-said", Static).update(parts.ties(found, lang))
        self._write_cell()
        self.refresh_bindings()

    def _fill(self, grid: BudgetTable, found: BudgetSummary, lang: str) -> None:
        """Two lines of heads: a stage has two words, and its figures are narrow."""
        cells = {
            stage: [parts.cell(row, stage, lang, exact=self.exact) for row in self._rows]
            for stage in parts.STAGES
        }
        heads = {stage: _head(parts.stage_label(found, stage, lang)) for stage in parts.STAGES}
        widths = {
            stage: 1 + max(len(word) for word in (*heads[stage].split("\n"), *cells[stage]))
            for stage in parts.STAGES
        }
        names = [literal(parts.name(row, lang)) for row in self._rows]
        longest = max(cell_len(name) for name in names)
        first = max(_LEAST_NAME, min(longest, self.size.width - sum(widths.values()) - 3))
        spare = self.size.width - sum(widths.values()) - first - 3
        wider = max(0, min(_MOST_GAP, spare // len(widths)))
        widths = {stage: width + wider for stage, width in widths.items()}
        grid.add_column(Text(t(f"budget.by.{self.wanted.by}", lang)), width=first)
        for stage in parts.STAGES:
            grid.add_column(Text(heads[stage], justify="right"), width=widths[stage])
        for at, row in enumerate(self._rows):
            style = "italic" if row.published else "bold" if row.kind == "total" else ""
            figures = [
                Text(cells[stage][at].rjust(widths[stage]), style=style, justify="right")
                for stage in parts.STAGES
            ]
            title = Text(names[at], style=style, no_wrap=True, overflow="ellipsis")
            grid.add_row(title, *figures, key=str(at))

    def on_resize(self) -> None:
        """Names take what the figures leave."""
        super().on_resize()
        self._write()

    # The cell under the cursor

    @property
    def row(self) -> parts.Row | None:
        """The line of the cursor."""
        at = self.grid.cursor_row if self.is_mounted else -1
        return self._rows[at] if 0 <= at < len(self._rows) else None

    @property
    def stage(self) -> str:
        """The stage of the cursor."""
        return parts.STAGES[max(0, self.grid.cursor_column - 1)]

    def on_data_table_cell_highlighted(self, message: DataTable.CellHighlighted) -> None:
        """Say the cell in full; the names are no figures."""
        message.stop()
        if message.coordinate.column == 0 and self._rows:
            self.grid.move_cursor(row=message.coordinate.row, column=1, animate=False)
            return
        self._write_cell()
        self.refresh_bindings()

    def _write_cell(self) -> None:
        row, found = self.row, self.found
        if row is None or found is None:
            return
        label = parts.stage_label(found, self.stage, self.lang)
        self.query_one("#budget-cell", Static).update(parts.cell_text(row, self.stage, label, self.lang))

    # Keys

    def why_not(self, action: str) -> str | None:
        """A list needs a group whose proposals a filter can name; a round opens its board."""
        if action == "budget_list":
            row = self.row
            if row is None:
                return t("app.reading", self.lang)
            if self._board(row) is None and parts.behind(row, self.wanted) is None:
                return t("budget.no_list", self.lang)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the grid is composed nothing can be done with it."""
        return super().check_action(action, parameters) if self.is_mounted else None

    @staticmethod
    def _board(row: parts.Row) -> str | None:
        """The round of a line, if this store has it."""
        return row.group.key if has_board(row.group.key) else None

    @on(DataTable.CellSelected)
    def _clicked(self, message: DataTable.CellSelected) -> None:
        message.stop()
        self.action_budget_list()

    def action_budget_list(self) -> None:
        """The proposals behind the line, or its round."""
        row, reason = self.row, self.why_not("budget_list")
        if row is None or reason is not None:
            self.say(reason or "", "warn")
        elif (board := self._board(row)) is not None:
            self.desk_app.open_dossier(board)
        elif (wanted := parts.behind(row, self.wanted)) is not None:
            self.desk_app.show_dossiers(wanted)

    def action_budget_group(self) -> None:
        """The next grouping."""
        by = parts.GROUPINGS
        self._to_start()
        self._show(replace(self.wanted, by=by[(by.index(self.wanted.by) + 1) % len(by)]))

    def _to_start(self) -> None:
        with self.prevent(DataTable.CellHighlighted):
            self.grid.cursor_coordinate = Coordinate(0, max(1, self.grid.cursor_column))

    def action_budget_source(self) -> None:
        """The next source."""
        at = parts.SOURCES.index(self.wanted.source)
        self._show(replace(self.wanted, source=parts.SOURCES[(at + 1) % len(parts.SOURCES)]))

    def action_budget_area(self) -> None:
        """The next region; from a province to the whole country."""
        areas, now = parts.REGIONS, self.wanted.area
        at = areas.index(now) + 1 if now in areas else 0
        self._show(replace(self.wanted, area=areas[at % len(areas)]))

    def action_year(self, step: int) -> None:
        """The year before or after."""
        self._show(replace(self.wanted, plan_year=self.wanted.plan_year + step))

    def action_exact_money(self) -> None:
        """Full đồng, or tỷ again."""
        self.exact = not self.exact
        self._write()

    def action_published_figures(self) -> None:
        """Look at the published figures of the year."""
        from screens.money.published import PublishedDialog

        self.app.push_screen(PublishedDialog(self.wanted.plan_year, self.wanted.area))

    def action_filter(self) -> None:
        """Choose year, area, source, content and grouping in one dialog."""
        from screens.lists.filters import FilterDialog

        def chosen(values: Mapping[str, Value] | None) -> None:
            if values is not None:
                self._show(_wanted(values, self.wanted, self.desk.today.year))

        self.app.push_screen(FilterDialog(_fields(self.wanted, self.desk.today.year)), chosen)

    def action_close_dialog(self) -> None:
        """Back."""
        self.dismiss(None)


def _area(area: str) -> Label:
    """The name of a region or a province."""
    return AREAS[area] if area in AREAS else province_label(area)


def _head(label: str) -> str:
    """A label in two lines, where it has two words."""
    first, _, rest = label.rpartition(" ")
    return f"{first}\n{rest}" if first else f"\n{label}"


def _fields(wanted: parts.Wanted, year: int) -> list[FilterField]:
    from screens.lists.filters import choice
    from screens.money.published import areas

    years = sorted({wanted.plan_year, *range(year - _OLDEST_YEARS, year + 2)}, reverse=True)
    contents = [(str(one.code), one.label) for one in reference.contents()]
    sources = [(key, words(f"budget.source.{key}")) for key in ("kcqg", "kcdp")]
    return [
        choice(
            "plan_year",
            words("budget.head.year"),
            [(str(each), same(str(each))) for each in years],
            str(wanted.plan_year),
        ),
        choice("area", words("budget.head.area"), areas(), wanted.area),
        choice("source", words("budget.head.source"), sources, wanted.source),
        choice(
            "content",
            words("budget.head.content"),
            contents,
            str(wanted.content) if wanted.content is not None else None,
        ),
        choice(
            "by",
            words("budget.head.by"),
            [(key, words(f"budget.by.{key}")) for key in parts.GROUPINGS],
            wanted.by,
        ),
    ]


def _wanted(values: Mapping[str, Value], before: parts.Wanted, year: int) -> parts.Wanted:
    from screens.lists.filters import chosen

    asked, content = chosen(values, "plan_year"), chosen(values, "content")
    return parts.Wanted(
        plan_year=int(asked) if asked else year,
        area=chosen(values, "area") or "vn",
        source=chosen(values, "source"),
        content=int(content) if content else None,
        by=chosen(values, "by") or before.by,
    )
