"""Papers that came to a dossier on their own: several at once, each with its file, written in one act."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from kcflow.i18n import t
from kcflow.services.views import Receipt
from kcflow.text import visible
from screens.base import DeskModal
from screens.commands import CloseDialog, bindings
from screens.dossier import proposal_parts as parts
from screens.dossier.attaching import MOST_FILES, FoundFile, RefusedFile, find, refusals_text
from screens.dossier.paper_box import AddPaper, Confirm, PaperBox, my_roles
from screens.dossier.paper_rows import (
    ChooseFiles,
    NextPaper,
    PaperRow,
    PreviousPaper,
    RemovePaper,
    paper_of,
    quoted,
    row_line,
    said,
)
from screens.forms.choices import ChoiceField
from screens.forms.entries import Entry
from screens.forms.fields import Field, words
from screens.forms.keeping import KEEP, KeepsForm
from screens.widgets.revealing import RevealingList
from states.model import Label

__all__ = ["AddPaper", "Confirm", "PaperBox", "PapersDialog", "my_roles"]


class PapersDialog(KeepsForm, DeskModal[Receipt]):
    """Enter papers that came to a dossier on their own, without an act.

    A list of papers, and under it the fields of the one under the cursor: one set of fields for any number.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Confirm, AddPaper, ChooseFiles, RemovePaper, PreviousPaper, NextPaper, CloseDialog, *KEEP
    )
    title_key = "papers.title"
    help_key = "help.papers"
    keep_as = "papers"

    def __init__(self, code: str, title: str, kind: str = "") -> None:
        """Enter papers of the dossier `code`, whose title is shown; `kind` is that of the first one."""
        super().__init__()
        self._code, self._dossier_title = code, title
        self._kinds: tuple[tuple[str, Label], ...] = ()
        self._rows: list[PaperRow] = [PaperRow({"kind": kind} if kind else {})]
        self._at = 0
        self._box: PaperBox | None = None
        """The fields, once they are all there."""
        self._folder = Path.cwd()

    # Layout

    def body(self) -> ComposeResult:
        """Where files come in, the papers, the fields of one of them."""
        yield Static(
            Content(visible(f"{self._code}  {self._dossier_title}")), classes="dialog-head", markup=False
        )
        with Horizontal(classes="field"):
            yield Static(t("attach.files", self.lang), classes="field-label", markup=False)
            yield Entry(exact=True, placeholder=t("attach.files_form", self.lang)).add_class("files-entry")
        yield RevealingList(id="papers-list", compact=True)
        yield VerticalScroll(id="papers-form", can_focus=False)
        with Horizontal(classes="buttons"):
            yield Button(t("papers.add", self.lang), id="papers-add")
            yield Button(t("papers.save", self.lang), id="papers-save", variant="primary")

    def on_mount(self) -> None:
        """Ask which kinds there are; files can be dropped at once."""
        self.query_one(".files-entry").focus()
        self.ask(lambda desk: desk.document_kinds(), self._kinds_known, group="kinds")

    def _kinds_known(self, kinds: tuple[tuple[str, Label], ...]) -> None:
        self._kinds = kinds
        self.call_later(self._mount_box)

    async def _mount_box(self) -> None:
        roles = my_roles(self.desk)
        box = PaperBox("paper", self._kinds, self.desk.today, title=self._nth(), choose=True, roles=roles)
        await self.query_one("#papers-form").mount(box)
        self._box = box
        self._load()
        self.start_keeping()

    # Kept over a crash

    def keep_code(self) -> str:
        """Papers belong to their dossier."""
        return self._code

    def kept_texts(self) -> dict[str, str]:
        """Every paper, not only the one in the fields."""
        self._keep()
        return {"papers": json.dumps([row.texts for row in self._rows if not row.blank])}

    def put_back(self, texts: Mapping[str, str]) -> int:
        """Show the kept papers in place of these; each passes through the fields, which read it."""
        box = self._box
        try:
            kept = [
                PaperRow({str(name): str(text) for name, text in each.items()})
                for each in json.loads(texts.get("papers", "[]"))
            ]
        except (ValueError, TypeError, AttributeError):
            return 1
        if box is not None and kept:
            self._rows = kept[:MOST_FILES]
            for at, row in enumerate(self._rows):
                self._at = at
                box.load(row.texts)
                self._keep()
            self._at = 0
            self._load()
        return 0

    def _nth(self) -> Label:
        return words("papers.nth", number=self._at + 1, count=len(self._rows))

    # The list

    def _load(self) -> None:
        """Put the present paper into the fields, and draw the list."""
        box = self._box
        if box is not None:
            box.load(self._rows[self._at].texts)
            box.retitle(self._nth())
        self._draw()

    def _keep(self) -> None:
        """Take what stands in the fields into the present row."""
        box = self._box
        if box is None:
            return
        row = self._rows[self._at]
        row.texts = box.texts()
        row.paper = box.value()
        row.wrong = any(
            each.problem() is not None for each in box.query(Field).results(Field) if each.display
        )

    def _draw(self) -> None:
        listed = self.query_one("#papers-list", OptionList)
        listed.display = len(self._rows) > 1 or not self._rows[0].blank
        options = [
            Option(parts.lines([row_line(row, self._kinds, self.lang)]), f"paper-{at}")
            for at, row in enumerate(self._rows)
        ]
        with self.prevent(OptionList.OptionHighlighted):
            listed.clear_options()
            listed.add_options(options)
            listed.highlighted = self._at
        self.refresh_bindings()

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        event.stop()
        before = replace(self._rows[self._at])
        self._keep()
        if before != self._rows[self._at]:
            self._draw()

    @on(OptionList.OptionHighlighted, "#papers-list")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self._at:
            self._show(event.option_index)

    @on(OptionList.OptionSelected, "#papers-list")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._focus_field("kind")

    def _show(self, at: int) -> None:
        """Go to the paper number `at`, from 0."""
        self._keep()
        self._at = at
        self._load()

    def _focus_field(self, name: str) -> None:
        if (box := self._box) is not None:
            box.field(name).focus_entry()

    def action_step(self, by: int) -> None:
        """Go to the paper before or after."""
        if 0 <= self._at + by < len(self._rows):
            self._show(self._at + by)

    @on(Button.Pressed, "#papers-add")
    def action_add_paper(self) -> None:
        """Add one more paper."""
        self._keep()
        if len(self._rows) >= MOST_FILES:
            self.say(t("attach.many", self.lang, most=MOST_FILES), "warn")
            return
        if not self._rows[-1].blank:
            self._rows.append(PaperRow())
        self._at = len(self._rows) - 1
        self._load()
        self._focus_field("kind")

    def action_remove_paper(self) -> None:
        """Take the present paper out."""
        if self.sending:
            return
        del self._rows[self._at]
        self._rows = self._rows or [PaperRow()]
        self._at = min(self._at, len(self._rows) - 1)
        self._load()

    # Files

    @on(Input.Submitted, ".files-entry")
    def _files_entered(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value
        if not text.strip():
            self._focus_field("kind")
            return
        self.ask(lambda _: find(text), self._files_found, group="files")

    def action_choose_files(self) -> None:
        """Choose files from a folder."""
        if not self.sending:
            from screens.dossier.picker import PickFiles

            self.app.push_screen(PickFiles(self._folder), self._picked)

    def _picked(self, found: tuple[FoundFile, ...] | None) -> None:
        if found:
            self._folder = found[0].path.parent
            self._take_files(found)

    def _files_found(self, answer: tuple[list[FoundFile], list[RefusedFile]]) -> None:
        found, refused = answer
        entry = self.query_one(".files-entry", Entry)
        # What was refused stays in the line, to be mended; the rest is in the list.
        entry.value = "" if not refused else " ".join(quoted(each.path) for each in refused)
        added = self._take_files(found, focus=not refused)
        if refused:
            said = t("attach.some_refused", self.lang, count=added) if added else ""
            self.say(f"{said} {refusals_text(refused, self.lang)}".strip(), "warn")
            entry.focus()
            entry.cursor_position = len(entry.value)

    def _take_files(self, found: Iterable[FoundFile], *, focus: bool = True) -> int:
        """Add a paper for each file that isn't there yet; how many were added."""
        self._keep()
        there = {row.texts.get("file", "") for row in self._rows}
        fresh = [each for each in found if str(each.path) not in there]
        kept = [row for row in self._rows if not row.blank]
        bare = next((row for row in kept if not said(row)), None)
        if bare is not None and fresh:
            # A paper of which only the kind is known takes the first file.
            bare.texts["file"] = str(fresh.pop(0).path)
        room = MOST_FILES - len(kept)
        added = [PaperRow({"file": str(each.path)}) for each in fresh[:room]]
        if bare is not None and bare.texts.get("file"):
            kept.remove(bare)
            added.insert(0, bare)
        if added:
            self._rows = kept + added
            self._at = len(kept)
            self._load()
            if focus:
                self._focus_field("kind")
        if len(fresh) > room:
            self.say(t("attach.many", self.lang, most=MOST_FILES), "warn")
        elif added:
            self.say(t("attach.added", self.lang, count=len(added)), "good")
        return len(added)

    # Words

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        lang = self.lang
        for box in self.query(PaperBox):
            box.relabel()
        for each in self.query(Field).results(Field):
            each.relabel()
        self.query_one(".field > .field-label", Static).update(t("attach.files", lang))
        self.query_one(".files-entry", Entry).placeholder = t("attach.files_form", lang)
        self.query_one("#papers-add", Button).label = t("papers.add", lang)
        self.query_one("#papers-save", Button).label = t("papers.save", lang)
        self._draw()

    def why_not(self, action: str) -> str | None:
        """An empty list has nothing to take out."""
        if action == "remove_paper" and len(self._rows) == 1 and self._rows[0].blank:
            return t("papers.none_to_remove", self.lang)
        return None

    # Writing

    @on(Button.Pressed, "#papers-save")
    def action_confirm(self) -> None:
        """Record them all in one act, once."""
        box = self._box
        if self.sending or box is None:
            return
        if typed := self.query_one(".files-entry", Entry).value.strip():
            # A path that was typed but not entered would be lost without a word.
            self.ask(lambda _: find(typed), self._files_found, group="files")
            return
        self._keep()
        rows = [row for row in self._rows if not row.blank]
        wrong = next((row for row in rows if row.wrong or not row.kind), None)
        if wrong is not None:
            self._mend(wrong, box)
            return
        bare = next((at for at, row in enumerate(self._rows) if row in rows and not said(row)), None)
        if not rows or bare is not None:
            self.say(t("papers.nothing", self.lang), "warn")
            if bare is not None and bare != self._at:
                self._at = bare
                self._load()
            return
        papers = [paper_of(row) for row in rows]
        code, request = self._code, self.request
        self.send(lambda desk: desk.record_papers(code, papers, request=request), self.finish)

    def _mend(self, row: PaperRow, box: PaperBox) -> None:
        """Go to a paper that can't be taken yet, and say why beside its field."""
        at = next(at for at, each in enumerate(self._rows) if each is row)
        self.say(t("papers.mend", self.lang, number=at + 1), "warn")
        if at != self._at:
            self._at = at
            self._load()
        # What was put into the fields just now is told first, and would take the words away again.
        self.call_after_refresh(self._fault, row, box)

    def _fault(self, row: PaperRow, box: PaperBox) -> None:
        wrong = [each for each in box.query(Field).results(Field) if each.display and not each.check()]
        if not row.kind:
            chosen = box.query_one(ChoiceField)
            chosen.fault(words("papers.no_kind"))
            wrong.insert(0, chosen)
        if wrong:
            wrong[0].focus_entry()
