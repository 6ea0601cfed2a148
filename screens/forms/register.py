"""Import of a registration workbook: choose the file, see what was read, and only then write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.register_types import RegisterAnswers
from kcflow.services.views import ImportPlan, ImportResult, ImportRowView
from kcflow.text import visible
from screens.base import DeskScreen, sentence
from screens.commands import CloseDialog, bindings
from screens.dossier.paper_box import Confirm
from screens.forms.choices import FileField, folder_entries
from screens.forms.entries import Boxes
from screens.forms.fields import Field, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.forms.register_commands import OtherFile, SkipBadRows, WrittenClose
from screens.forms.register_parts import (
    Rows,
    WorkbookField,
    as_number,
    as_text,
    columns,
    has_codes,
    plan_remarks,
    question,
    row_remarks,
    summary,
)
from screens.taking import TakingList
from screens.widgets.table import VirtualTable

_SUFFIXES = frozenset({".xlsx"})


class RegisterScreen(KeepsForm, DeskScreen[ImportResult]):
    """Three steps on one screen: choose, look, write. Nothing is written before the last."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Confirm, WrittenClose, SkipBadRows, OtherFile, CloseDialog, *KEEP
    )
    help_key = "help.register"
    keep_as = "register"

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
            path = WorkbookField("path", words("register.path"), self._path or "", suffixes=_SUFFIXES)
            path.enter_goes_on = False
            yield path
            yield Static("", id="register-folder", classes="dim", markup=False)
            yield TakingList(id="register-files", compact=True)
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
        documents = self.settings.documents
        if not self._path and documents and Path(documents).is_dir():
            self._folder = Path(documents)
        self._write()
        self._list_folder()
        self.query_one("#field-path", FileField).focus_entry()
        self.start_keeping()
        if self._path:
            self._read(self._path)

    def kept_texts(self) -> dict[str, str]:
        """The path, and the answers given so far."""
        path = self.query_one("#field-path", FileField).kept()
        return {"path": path, **{name: str(answer) for name, answer in self._answers.items()}}

    def put_back(self, texts: Mapping[str, str]) -> int:
        """Read the same workbook with the same answers."""
        self._answers = {
            name: int(text) if name == "plan_year" and text.isdecimal() else text
            for name, text in texts.items()
            if name != "path"
        }
        path = texts.get("path", "")
        self.query_one("#field-path", FileField).text = path
        if path and not path.endswith("/"):
            self._read(path)
        return 0

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
        field = self.query_one("#field-path", FileField)
        if entry.is_dir():
            self._folder = entry
            field.text = f"{entry}/"
            self._list_folder()
        else:
            field.text = str(entry)
            self._answers = {}
            self._read(str(entry))

    @on(Field.Changed, "#field-path")
    def _path_typed(self) -> None:
        """The list follows the folder that is being typed."""
        head, slash, _ = self.query_one("#field-path", FileField).text.rpartition("/")
        if not slash or self._plan is not None:
            return
        try:
            folder = Path(head or "/").expanduser()
            there = folder != self._folder and folder.is_dir()
        except (OSError, RuntimeError, ValueError):
            return
        if there:
            self._folder = folder
            self._list_folder()

    def key_down(self, event: events.Key) -> None:
        """From the path down into the list."""
        if self.focused is not None and self.focused in self.query("#field-path Input"):
            event.stop()
            self.query_one("#register-files").focus()

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
        self.query_one("#register-skip", Boxes).tick(())
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
            province_code=as_text(self._answers.get("province_code")),
            plan_year=as_number(self._answers.get("plan_year")),
            source=as_text(self._answers.get("source")),
            unit=as_text(self._answers.get("unit")),
        )
        self.send(
            lambda desk: desk.register_read(path, answers),
            self._read_done,
            self._read_failed,
            stopped=self._read_stopped,
        )

    def _read_stopped(self) -> None:
        """Back to where it was; another file may be chosen."""
        self._reading = False
        self._write()

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
            question(name, text, self._answers.get(name), plan, self.desk.today)
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
        super().on_language_changed()
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
            self.query_one("#register-summary", Static).update(summary(plan, self._result, lang))
            self.query_one("#register-remarks", Static).update(plan_remarks(plan, lang))
        self.refresh_bindings()

    def _show_rows(self, rows: Sequence[ImportRowView]) -> None:
        lang = self.lang
        table = self.query_one("#register-rows", VirtualTable)
        table.empty_text = t("register.no_rows", lang)
        table.set_columns(columns(lang, codes=has_codes(rows)))
        table.set_source(Rows(rows, lang))

    @on(VirtualTable.Highlighted)
    def _row_highlighted(self, event: VirtualTable.Highlighted) -> None:
        row = event.payload
        remarks = row_remarks(row, self.lang) if isinstance(row, ImportRowView) else ""
        self.query_one("#register-row", Static).update(remarks)

    # Writing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the choice there is nothing to write, nor another file; afterwards no row to leave out."""
        if action == "other_file" and self._plan is None:
            return False
        if action in ("confirm", "written_close") and not self._reading:
            wanted = self._plan is not None and (self._result is None) == (action == "confirm")
            return super().check_action(action, parameters) if wanted else False
        if action == "skip_bad_rows" and (self._plan is None or self._result is not None):
            return False
        return super().check_action(action, parameters)

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
        if not plan.new_count:
            self.say(t("register.nothing_new", self.lang), "warn")
            return
        self.send(
            lambda desk: desk.register_write(plan, skip_bad_rows=skip), self._written, self._write_failed
        )
        self._write()

    def action_written_close(self) -> None:
        """Go back."""
        self.action_confirm()

    def action_skip_bad_rows(self) -> None:
        """Leave the rows with errors out, or no longer."""
        self.query_one("#register-skip", Boxes).toggle_box("skip")
        self.say("")

    def _written(self, result: ImportResult) -> None:
        self._plan, self._result = result.plan, result
        self.form_done()
        self._write()
        self._show_rows(result.plan.rows)
        self.query_one("#register-write").focus()

    def _write_failed(self, error: Exception) -> None:
        self._write()
        self.say(sentence(error, self.lang), "error")

    def action_close_dialog(self) -> None:
        """Go back, with what was written."""
        if not self.sending:
            self.form_done()
            self.dismiss(self._result)
