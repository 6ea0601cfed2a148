"""Import of a registration workbook: choose the file, see what was read, and only then write it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from kcflow import reference
from kcflow.formats import UNIT_WORDS, date_text, dong, trieu
from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.register_types import RegisterAnswers
from kcflow.services.views import ImportPlan, ImportResult, ImportRowView
from kcflow.text import visible
from screens import proposal_parts as parts
from screens.amounts import WholeField
from screens.base import DeskScreen, sentence
from screens.choices import ChoiceField, FileField, folder_entries
from screens.commands import CloseDialog, Command, bindings
from screens.entries import Boxes
from screens.fields import Field, words
from screens.papers import Confirm
from screens.sending import SendsOnce
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, TablePage, TableRow, VirtualTable
from states.model import Label

_SUFFIXES = frozenset({".xlsx"})
_STATUS = {"new": ("ahead", "good"), "already": ("done", "dim"), "bad": ("late", "bad")}


class OtherFile(Command):
    """Choose another workbook."""

    key = "ctrl+o"
    priority = True
    order = 20


class SkipBadRows(Command):
    """Leave the rows with errors out, or no longer."""

    key = "ctrl+b"
    priority = True
    order = 15


class _Rows:
    """The rows of a plan as the table wants them."""

    def __init__(self, rows: Sequence[ImportRowView], lang: str) -> None:
        self._rows, self._lang = rows, lang

    def count(self) -> int:
        """How many there are."""
        return len(self._rows)

    def page_at(self, offset: int, limit: int) -> TablePage:
        """The rows from `offset` on."""
        end = offset + limit
        rows = tuple(self._row(row) for row in self._rows[offset:end])
        return TablePage(rows, end if end < len(self._rows) else None)

    def page(self, after: object | None, limit: int) -> TablePage:
        """The rows after the cursor `after`, a number of rows."""
        return self.page_at(after if isinstance(after, int) else 0, limit)

    def _row(self, row: ImportRowView) -> TableRow:
        lang = self._lang
        sign, style = _STATUS[row.status]
        remarks = len(row.problems) + len(row.warnings) + len(row.corrections)
        status = f"{mark(sign)} {t(f'register.status.{row.status}', lang)}"
        cells = (
            str(row.row_number),
            status,
            row.title,
            row.unit,
            trieu(row.requested, lang).partition(" ")[0],
            trieu(row.total, lang).partition(" ")[0],
            row.code or "",
            str(remarks) if remarks else "",
        )
        return TableRow(str(row.row_number), cells, style, row)


class RegisterScreen(SendsOnce, DeskScreen[ImportResult]):
    """Three steps on one screen: choose, look, write. Nothing is written before the last."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, SkipBadRows, OtherFile, CloseDialog)
    help_key = "help.register"

    def __init__(self, path: str | None = None) -> None:
        """Start with the workbook `path`, or with choosing one."""
        super().__init__()
        self._path = path
        self._folder = Path(path).expanduser().parent if path else Path.cwd()
        self._plan: ImportPlan | None = None
        self._result: ImportResult | None = None
        self._answers: dict[str, str | int] = {}
        self._reading = False

    # Layout

    def body(self) -> ComposeResult:
        """The picker, or what was read."""
        lang = self.lang
        yield Static("", id="register-title", classes="bar", markup=False)
        yield ProgressBar(total=None, show_eta=False, show_percentage=False, id="register-progress")
        with Container(id="register-pick"):
            path = FileField("path", words("register.path"), self._path or "", suffixes=_SUFFIXES)
            path.enter_goes_on = False
            yield path
            yield Static("", id="register-folder", classes="dim", markup=False)
            yield OptionList(id="register-files", compact=True)
        with Container(id="register-plan"):
            yield Static("", id="register-summary", markup=False)
            yield Container(id="register-questions")
            yield VirtualTable((), selectable=False, id="register-rows")
            with VerticalScroll(id="register-notes"):
                yield Static("", id="register-row", markup=False)
                yield Static("", id="register-remarks", markup=False)
            with Horizontal(classes="buttons"):
                yield Boxes([("skip", t("register.skip_bad", lang))], id="register-skip")
                yield Button(t("register.write", lang), id="register-write")

    def on_mount(self) -> None:
        """Read the workbook that was named, or let one be chosen."""
        self._write()
        self._list_folder()
        self.query_one("#field-path", FileField).focus_entry()
        if self._path:
            self._read(self._path)

    # Choosing

    def _list_folder(self) -> None:
        """Show the folders and workbooks in the present folder."""
        lang, box = self.lang, self.query_one("#register-files", OptionList)
        box.clear_options()
        self.query_one("#register-folder", Static).update(
            Content(visible(t("register.folder", lang, folder=str(self._folder))))
        )
        try:
            entries = folder_entries(self._folder, _SUFFIXES)
        except OSError:
            entries = []
            if self._plan is None:
                self.say(t("register.folder_unreadable", lang, folder=str(self._folder)), "warn")
        shown = [(self._folder.parent, "../")] if self._folder.parent != self._folder else []
        shown += [(entry, f"{entry.name}/" if entry.is_dir() else entry.name) for entry in entries]
        self._entries = [entry for entry, _ in shown]
        box.add_options([Option(Content(visible(name))) for _, name in shown])
        box.highlighted = (
            next((at for at, entry in enumerate(self._entries) if entry.is_file()), 0) if shown else None
        )

    @on(OptionList.OptionSelected, "#register-files")
    def _entry_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        entry = self._entries[event.option_index]
        if entry.is_dir():
            self._folder = entry
            self._list_folder()
        else:
            self.query_one("#field-path", FileField).text = str(entry)
            self._answers = {}
            self._read(str(entry))

    @on(Input.Submitted)
    def _path_entered(self, event: Input.Submitted) -> None:
        field = self.query_one("#field-path", FileField)
        if event.input not in field.query(Input) or self._plan is not None:
            return
        path = field.value
        if path is not None and Path(path).expanduser().is_dir():
            self._folder = Path(path).expanduser()
            self._list_folder()
            self.query_one("#register-files").focus()
        elif path is not None and field.check():
            self._answers = {}
            self._read(str(Path(path).expanduser()))

    def action_other_file(self) -> None:
        """Back to choosing."""
        if self._reading or self.sending:
            return
        self._plan = self._result = None
        self._answers = {}
        self.say("")
        self._write()
        self.query_one("#register-files").focus()

    # Reading

    def _read(self, path: str) -> None:
        """Read `path` in a thread, with the answers given so far."""
        self._reading = True
        self._path = path
        self._write()
        self.say(t("register.reading", self.lang, file=Path(path).name))
        answers = RegisterAnswers(
            province_code=_text(self._answers.get("province_code")),
            plan_year=_number(self._answers.get("plan_year")),
            source=_text(self._answers.get("source")),
            unit=_text(self._answers.get("unit")),
        )
        self.send(lambda desk: desk.register_read(path, answers), self._read_done, self._read_failed)

    def _read_done(self, plan: ImportPlan) -> None:
        self._reading = False
        self._plan, self._result = plan, None
        self._write()
        self._show_rows(plan.rows)
        self._ask_questions(plan)
        if not plan.questions:
            self.query_one("#register-rows").focus()

    def _read_failed(self, error: Exception) -> None:
        self._reading = False
        self._write()
        self.say(sentence(error, self.lang), "error")

    def _ask_questions(self, plan: ImportPlan) -> None:
        """Ask what the sheet doesn't say; when all is answered it is read again."""
        box = self.query_one("#register-questions")
        box.remove_children()
        fields = [
            _question(name, text, self._answers.get(name), plan, self.desk.today)
            for name, text in plan.questions
        ]
        if fields:
            fields[0].wants_focus = True
            box.mount_all(fields)

    @on(Field.Changed)
    def _answered(self, event: Field.Changed) -> None:
        plan, name = self._plan, event.field.key.removeprefix("answer-")
        if plan is None or not event.field.key.startswith("answer-") or event.field.value is None:
            return
        value = event.field.value
        self._answers[name] = value if isinstance(value, int) else str(value)
        asked = [name for name, _ in plan.questions]
        if all(name in self._answers for name in asked) and not self._reading and self._path is not None:
            self._read(self._path)

    # Showing

    def on_language_changed(self) -> None:
        """Write every word anew; what was read stays."""
        for field in self.query(Field).results(Field):
            field.relabel()
        self.query_one("#register-skip", Boxes).offer([("skip", t("register.skip_bad", self.lang))])
        self._list_folder()
        self._write()
        if self._plan is not None:
            self._show_rows(self._plan.rows)

    def _write(self) -> None:
        lang, plan = self.lang, self._plan
        self.query_one("#register-title", Static).update(Content(t("register.title", lang)))
        self.query_one("#register-progress").display = self._reading or self.sending
        self.query_one("#register-pick").display = plan is None
        self.query_one("#register-plan").display = plan is not None
        self.query_one("#register-skip").display = (
            plan is not None and plan.bad_count > 0 and self._result is None
        )
        button = self.query_one("#register-write", Button)
        button.label = t("register.close" if self._result is not None else "register.write", lang)
        if plan is not None:
            self.query_one("#register-summary", Static).update(self._summary(plan))
            self.query_one("#register-remarks", Static).update(self._remarks(plan))
        self.refresh_bindings()

    def _show_rows(self, rows: Sequence[ImportRowView]) -> None:
        lang = self.lang
        table = self.query_one("#register-rows", VirtualTable)
        table.empty_text = t("register.no_rows", lang)
        table.set_columns(
            (
                Column("row", t("register.column.row", lang), 5, "right"),
                Column("status", t("register.column.status", lang), 10),
                Column("title", t("register.column.title", lang), 0, weight=3),
                Column("unit", t("register.column.unit", lang), 0, min_terminal_width=110),
                Column("requested", t("register.column.requested", lang), 11, "right"),
                Column("total", t("register.column.total", lang), 11, "right", min_terminal_width=100),
                Column("code", t("register.column.code", lang), 13, min_terminal_width=90),
                Column("remarks", t("register.column.remarks", lang), 4, "right"),
            )
        )
        table.set_source(_Rows(rows, lang))

    def _summary(self, plan: ImportPlan) -> Hanging:
        lang = self.lang
        unknown = t("register.unknown", lang)
        source = SOURCE[plan.source](lang) if plan.source in SOURCE else unknown
        unit = UNIT_WORDS[plan.unit][0 if lang == "vi" else 1] if plan.unit in UNIT_WORDS else unknown
        where = " · ".join((source, str(plan.plan_year or unknown), plan.province_name or unknown, unit))
        report = t("register.report", lang, number=plan.report) if plan.report else ""
        if plan.report and plan.report_date:
            report += f", {date_text(plan.report_date, lang)}"
        already = sum(row.status == "already" for row in plan.rows)
        said = [
            parts.line(
                (plan.file_name, parts.STRONG),
                (f"  {t('register.sheet', lang, sheet=plan.sheet)}", parts.DIM),
            ),
            parts.line(where, (f"  {report}", parts.DIM)),
            parts.line(
                (f"{mark('ahead')} {t('register.count_new', lang, count=plan.new_count)}   ", parts.GOOD),
                (f"{mark('done')} {t('register.count_already', lang, count=already)}   ", parts.DIM),
                (
                    f"{mark('late')} {t('register.count_bad', lang, count=plan.bad_count)}   ",
                    parts.BAD if plan.bad_count else parts.DIM,
                ),
                t("register.total_requested", lang, amount=dong(plan.total_requested, lang)),
            ),
        ]
        if self._result is not None:
            said.append(self._said_result(self._result))
        return parts.lines(said)

    def _said_result(self, result: ImportResult) -> Content:
        lang = self.lang
        said = [t("register.written", lang, count=len(result.written))]
        if result.written:
            ends = (result.written[0], result.written[-1])
            said.append(" – ".join(dict.fromkeys(ends)))
        if result.already:
            said.append(t("register.count_already", lang, count=len(result.already)))
        if result.skipped:
            said.append(t("register.skipped", lang, count=result.skipped))
        return parts.line((f"✓ {'; '.join(said)}", f"bold {parts.GOOD}"))

    def _remarks(self, plan: ImportPlan) -> Hanging:
        """What concerns the whole sheet: problems first, then warnings, then corrections."""
        said = []
        for key, labels, style, sign in (
            ("problems", plan.problems, parts.BAD, "✗"),
            ("warnings", plan.warnings, parts.WARN, "!"),
            ("corrections", plan.corrections, parts.DIM, "·"),
        ):
            if labels:
                said.append(parts.line((t(f"register.{key}", self.lang, count=len(labels)), f"bold {style}")))
                said += [parts.line((f"{sign} ", style), label(self.lang)) for label in labels]
        return parts.lines(said)

    @on(VirtualTable.Highlighted)
    def _row_highlighted(self, event: VirtualTable.Highlighted) -> None:
        row = event.payload
        remarks = _row_remarks(row, self.lang) if isinstance(row, ImportRowView) else ""
        self.query_one("#register-row", Static).update(remarks)

    # Writing

    def why_not(self, action: str) -> str | None:
        """Say why a key does nothing now."""
        lang, plan = self.lang, self._plan
        if action == "confirm":
            if plan is None:
                return t("register.choose_first", lang)
            if self._result is None and plan.questions:
                return t("register.answer_first", lang)
        if action == "skip_bad_rows" and (plan is None or not plan.bad_count or self._result is not None):
            return t("register.no_bad_rows", lang)
        return None

    @on(Button.Pressed, "#register-write")
    def action_confirm(self) -> None:
        """Write what was read; afterwards, close."""
        plan = self._plan
        if self._result is not None:
            self.dismiss(self._result)
            return
        if plan is None or self.sending:
            return
        if (reason := self.why_not("confirm")) is not None:
            self.say(reason, "warn")
            return
        skip = bool(self.query_one("#register-skip", Boxes).ticked)
        if plan.bad_count and not skip:
            self.say(t("register.bad_rows", self.lang, count=plan.bad_count), "warn")
            self.query_one("#register-skip").focus()
            return
        self.send(
            lambda desk: desk.register_write(plan, skip_bad_rows=skip), self._written, self._write_failed
        )
        self._write()

    def action_skip_bad_rows(self) -> None:
        """Leave the rows with errors out, or no longer."""
        self.query_one("#register-skip", Boxes).toggle_box("skip")

    def _written(self, result: ImportResult) -> None:
        self._plan, self._result = result.plan, result
        self._write()
        self._show_rows(result.plan.rows)
        self.query_one("#register-write").focus()

    def _write_failed(self, error: Exception) -> None:
        self._write()
        self.say(sentence(error, self.lang), "error")

    def action_close_dialog(self) -> None:
        """Go back, with what was written."""
        if not self.sending:
            self.dismiss(self._result)


def _row_remarks(row: ImportRowView, lang: str) -> Hanging:
    said = [parts.line((t("register.row", lang, number=row.row_number), "bold $primary"), f"  {row.title}")]
    said += [parts.line(("✗ ", parts.BAD), text(lang)) for text in row.problems]
    said += [parts.line(("! ", parts.WARN), text(lang)) for text in row.warnings]
    said += [parts.line(("· ", parts.DIM), text(lang)) for text in row.corrections]
    return parts.lines(said)


def _question(
    name: str, text: Label, answer: str | int | None, plan: ImportPlan, today: date
) -> ChoiceField | WholeField:
    """The field that answers one question."""
    key = f"answer-{name}"
    if name == "plan_year":
        year = answer if isinstance(answer, int) else None
        return WholeField(key, text, year, least=2005, most=2100, required=True)
    options: list[tuple[str, Label]]
    if name == "source":
        options = [(source, label) for source, label in SOURCE.items()]
    elif name == "unit":
        options = [(unit, Label(*both)) for unit, both in UNIT_WORDS.items()]
    else:
        day = date(plan.plan_year - 1, 6, 1) if plan.plan_year else today
        options = [
            (province.key.partition(":")[2], Label(province.name, province.name))
            for province in reference.provinces()
            if province.in_force(day)
        ]
    return ChoiceField(key, text, options, _text(answer), required=True, blank=words("form.choose"))


def _text(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: str | int | None) -> int | None:
    return value if isinstance(value, int) else None
