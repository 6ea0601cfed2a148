"""The annex of a decision read into the worksheet of a plan or round: choose, look, write all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from kcflow.formats import dong, in_unit
from kcflow.i18n import t
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import AnnexPlan, AnnexRow
from kcflow.text import visible
from screens.base import DeskScreen
from screens.commands import CloseDialog, bindings
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import Confirm
from screens.forms.choices import ChoiceField, FileField
from screens.forms.fields import Field, TextField, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.lists.list_sources import ReadyRows
from screens.lists.rows import toned
from screens.trouble import with_reasons
from screens.widgets.columns import Column
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from screens.widgets.table import TableRow, VirtualTable

UNITS = (("1", "dong"), ("1000", "nghin"), ("1000000", "trieu"), ("1000000000", "ty"))


class AnnexScreen(KeepsForm, DeskScreen[str]):
    """Path, unit and sheet above what was read; gives the code when it was written."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, CloseDialog, *KEEP)
    help_key = "help.annex"
    keep_as = "annex"

    def __init__(self, code: str) -> None:
        """Read into the worksheet of `code`."""
        super().__init__()
        self._code = code
        self._plan: AnnexPlan | None = None
        self._trouble: Exception | None = None

    # Layout

    def body(self) -> ComposeResult:
        """What is read, and what came of it."""
        yield Static("", id="annex-title", classes="bar", markup=False)
        with Container(id="annex-what"):
            path = FileField("path", words("money.annex_path"), required=True, suffixes={".xlsx"})
            path.enter_goes_on = False
            yield path
            units = [(size, words(f"money.unit.{name}")) for size, name in UNITS]
            yield ChoiceField("unit", words("money.annex_unit"), units, blank=words("money.annex_as_written"))
            sheet = TextField("sheet", words("money.annex_sheet"), max_length=60)
            sheet.enter_goes_on = False
            yield sheet
        yield Static("", id="annex-summary", markup=False)
        yield VirtualTable((), selectable=False, id="annex-rows")
        with VerticalScroll(id="annex-notes"):
            yield Static("", id="annex-row", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(t("money.annex_read", self.lang), id="annex-read")
            yield Button(t("money.annex_write", self.lang), id="annex-write")

    def on_mount(self) -> None:
        """Begin with the path, in the folder of documents."""
        field = self.query_one("#field-path", FileField)
        if self.settings.documents:
            field.text = f"{self.settings.documents.rstrip('/')}/"
        field.focus_entry()
        self._write()
        self.start_keeping()

    def keep_code(self) -> str:
        """It is kept with what it is read into."""
        return self._code

    # Reading

    @on(Input.Submitted)
    @on(Button.Pressed, "#annex-read")
    def read(self) -> None:
        """Read the workbook with what was chosen; nothing is written."""
        wrong = act_inputs.wrong_fields(self)
        if wrong:
            wrong[0].focus_entry()
            return
        path = str(Path(self.query_one("#field-path", FileField).value or "").expanduser())
        unit = self.query_one("#field-unit", ChoiceField).value
        sheet, code = self.query_one("#field-sheet", TextField).value, self._code
        self._plan = self._trouble = None
        self.send(
            lambda desk: desk.money.annex_read(code, path, sheet, int(unit) if unit else None),
            self._read_done,
            self._read_failed,
            stopped=self._write,
        )

    def _read_done(self, plan: AnnexPlan) -> None:
        self._plan = plan
        self._write()
        if plan.rows:
            self.query_one("#annex-rows").focus()

    def _read_failed(self, error: Exception) -> None:
        self._trouble = error
        self._write()
        if isinstance(error, KcflowError) and error.code in ("annex_no_unit", "annex_units"):
            self.query_one("#field-unit", ChoiceField).focus_entry()

    @on(Field.Changed)
    def _other_file(self) -> None:
        """What was read belongs to what was chosen then."""
        if self._plan is not None or self._trouble is not None:
            self._plan = self._trouble = None
            self._write()

    # Showing

    def on_language_changed(self) -> None:
        """Write every word anew; what was read stays."""
        act_inputs.relabel(self)
        super().on_language_changed()
        for name in ("read", "write"):
            self.query_one(f"#annex-{name}", Button).label = t(f"money.annex_{name}", self.lang)
        self._write()

    def _write(self) -> None:
        lang, plan = self.lang, self._plan
        self.query_one("#annex-title", Static).update(Content(t("money.annex_title", lang, code=self._code)))
        self.query_one("#annex-summary", Static).update(self._summary())
        table = self.query_one("#annex-rows", VirtualTable)
        table.set_columns(_columns(lang))
        table.empty_text = t("money.annex_empty", lang)
        table.set_source(ReadyRows(lambda: [_row(row, lang) for row in plan.rows] if plan else []))
        self.query_one("#annex-write").display = plan is not None
        self.refresh_bindings()

    def _summary(self) -> Hanging:
        lang, plan = self.lang, self._plan
        if self._trouble is not None:
            return parts.lines([parts.line((f"✗ {with_reasons(self._trouble, lang)}", parts.BAD))])
        if plan is None:
            return parts.lines([parts.line((t("money.annex_first", lang), parts.DIM))])
        unit = f"{t('money.annex_sheet', lang)}: {plan.sheet} · {plan.unit_found(lang)}"
        read = t("money.annex_found", lang, n=len(plan.rows), amount=dong(plan.total, lang))
        said = [parts.line((read, parts.STRONG), (f" · {unit}", parts.DIM))]
        if plan.stated_total is not None:
            stated = t("money.annex_stated", lang, amount=dong(plan.stated_total, lang))
            said.append(parts.line((stated, parts.DIM)))
        said += [parts.line((f"✗ {problem(lang)}", parts.BAD)) for problem in plan.problems]
        said += [parts.line((f"! {warning(lang)}", parts.WARN)) for warning in plan.warnings]
        bad = self._bad
        if bad:
            said.append(parts.line((f"✗ {t('money.annex_bad', lang, n=bad)}", parts.BAD)))
        else:
            said.append(parts.line((f"● {t('money.annex_good', lang)}", parts.GOOD)))
        return parts.lines(said)

    @property
    def _bad(self) -> int:
        """Rows with problems; a problem of the whole annex counts too."""
        plan = self._plan
        return 0 if plan is None else sum(1 for row in plan.rows if row.problems) + len(plan.problems)

    @on(VirtualTable.Highlighted)
    def _row_highlighted(self, event: VirtualTable.Highlighted) -> None:
        row, lang = event.payload, self.lang
        said = []
        if isinstance(row, AnnexRow):
            said.append(parts.line((visible(row.text), parts.STRONG), (f"  {row.unit}", parts.DIM)))
            said += [parts.line(("✗ ", parts.BAD), problem(lang)) for problem in row.problems]
            said += [parts.line(("! ", parts.WARN), warning(lang)) for warning in row.warnings]
        self.query_one("#annex-row", Static).update(parts.lines(said))

    # Writing

    def why_not(self, action: str) -> str | None:
        """What has to be done before it can be written."""
        if action == "confirm":
            if self._plan is None:
                return t("money.annex_first", self.lang)
            if self._bad:
                return t("money.annex_bad", self.lang, n=self._bad)
        return None

    @on(Button.Pressed, "#annex-write")
    def action_confirm(self) -> None:
        """Put every row into the worksheet, or none."""
        plan = self._plan
        if (reason := self.why_not("confirm")) is not None or plan is None:
            self.say(reason or "", "warn")
            return
        self.send(lambda desk: desk.money.annex_write(plan), lambda _: self.finish(self._code))

    def action_close_dialog(self) -> None:
        """Go back; nothing was written."""
        if not self.sending:
            self.form_done()
            self.dismiss(None)


def _columns(lang: str) -> list[Column]:
    def label(name: str) -> str:
        return t(f"money.column.{name}", lang)

    return [
        Column("row", label("row"), 5, "right"),
        Column("written", label("written"), 0, weight=3),
        Column("code", label("code"), 13),
        Column("title", label("title"), 0, weight=3, min_terminal_width=110),
        Column("dong", label("dong"), 12, "right"),
        Column("problems", label("problems"), 9),
    ]


def _row(row: AnnexRow, lang: str) -> TableRow:
    wrong, odd = len(row.problems), len(row.warnings)
    if wrong:
        said = toned(f"✗ {wrong}", "bad")
    elif odd:
        said = toned(f"! {odd}", "warn")
    else:
        said = toned(f"{mark('done')} {t('money.fine', lang)}", "good")
    cells = (
        str(row.row_number),
        row.text,
        row.code or "–",
        row.title,
        in_unit(row.dong, "trieu", lang),
        said,
    )
    return TableRow(str(row.row_number), cells, "", row)
