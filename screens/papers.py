"""Papers: the fields of one, and the dialog that enters several that came on their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import PaperInput, Receipt
from kcflow.text import visible
from screens.base import DeskModal
from screens.choices import ChoiceField, FileField
from screens.commands import CloseDialog, Command, bindings
from screens.fields import DateField, Field, TextField, lang_of, words
from screens.sending import SendsOnce
from states.engine import AUTHORITIES
from states.guards import CONCLUDERS
from states.model import Label

if TYPE_CHECKING:
    from datetime import date

    from kcflow.services.desk import Desk

Conclusion = Literal["agreed", "not_agreed"]


class Confirm(Command):
    """Carry it out."""

    key = "f10,ctrl+s"
    priority = True
    order = 10


class AddPaper(Command):
    """One more paper."""

    key = "ctrl+t"
    priority = True
    order = 20


class PaperBox(Vertical):
    """The fields of one paper: kind (where there is a choice), number, date, signer, conclusion, file.

    `own` is the paper that is the act itself: it has a signer's authority, and its conclusion goes without
    saying unless somebody says it.
    """

    DEFAULT_CSS = """
    PaperBox {
        height: auto;
        & > .paper-title { height: auto; color: $primary; text-style: bold; }
    }
    """

    def __init__(
        self,
        prefix: str,
        kinds: Sequence[tuple[str, Label]],
        today: date,
        *,
        own: bool = False,
        required: bool = False,
        title: Label | None = None,
        choose: bool = False,
        roles: Iterable[str] = (),
        wants_focus: bool = False,
    ) -> None:
        """Ask for a paper of one of `kinds`; `choose` starts with no kind chosen.

        `roles` are those of the person: a conclusion is asked only of those whose conclusion it is.
        """
        super().__init__(id=f"{prefix}-box", classes="paper-box")
        self._prefix, self._kinds, self._today = prefix, tuple(kinds), today
        self._own, self._required, self._title, self._choose = own, required, title, choose
        self._roles, self._wants_focus = frozenset(roles), wants_focus

    def compose(self) -> ComposeResult:
        """The title, then the fields."""
        name, required = self._prefix, self._required
        yield Static(self._title_content(), classes="paper-title", markup=False)
        if len(self._kinds) > 1:
            start = None if self._choose else self._kinds[0][0]
            yield ChoiceField(f"{name}-kind", words("paper.kind"), self._kinds, start, required=required)
        yield TextField(
            f"{name}-number", words("paper.number"), required=required, max_length=LENGTHS["number"]
        )
        yield DateField(
            f"{name}-date", words("paper.date"), today=self._today, required=required, past_only=True
        )
        yield TextField(
            f"{name}-signer",
            words("paper.signer"),
            required=required and self._own,
            max_length=LENGTHS["signer"],
        )
        if self._own:
            authorities = [(name, Label(name, name)) for name in AUTHORITIES]
            yield ChoiceField(
                f"{name}-authority", words("paper.authority"), authorities, blank=Label("—", "—")
            )
        if any(self._concludes(kind) for kind, _ in self._kinds):
            blank = words("paper.conclusion_implied" if self._own else "paper.conclusion_open")
            conclusions = [(value, words(f"paper.{value}")) for value in ("agreed", "not_agreed")]
            yield ChoiceField(f"{name}-conclusion", words("paper.conclusion"), conclusions, blank=blank)
        yield FileField(f"{name}-file", words("paper.file"))

    def on_mount(self) -> None:
        """Ask for a conclusion only where the kind has one."""
        self._fit_kind()
        if self._wants_focus:
            self.query(Field).first().focus_entry()

    def _title_content(self) -> Content:
        lang = lang_of(self)
        if self._title is not None:
            return Content(visible(self._title(lang)))
        return Content(visible(t("proposal.or", lang).join(label(lang) for _, label in self._kinds)))

    def relabel(self) -> None:
        """Write the title anew; the fields are written by their form."""
        self.query_one(".paper-title", Static).update(self._title_content())

    def _text(self, name: str) -> TextField:
        return self.query_one(f"#field-{self._prefix}-{name}", TextField)

    def _choice(self, name: str) -> ChoiceField:
        return self.query_one(f"#field-{self._prefix}-{name}", ChoiceField)

    @property
    def kind(self) -> str | None:
        """The kind of paper; None while none is chosen."""
        return self._choice("kind").value if len(self._kinds) > 1 else self._kinds[0][0]

    @property
    def authority(self) -> str | None:
        """On whose authority the signer signs; None in his own name."""
        return self._choice("authority").value if self._own else None

    @property
    def entered(self) -> bool:
        """Whether anything was said about the paper."""
        paper = self.paper("")
        return any((paper.number, paper.date, paper.signer, paper.conclusion, paper.file))

    def paper(self, kind: str) -> PaperInput:
        """What was entered, as a paper of `kind`."""
        conclusions = self.query(f"#field-{self._prefix}-conclusion").results(ChoiceField)
        conclusion = next((field.value for field in conclusions if field.display), None)
        return PaperInput(
            kind=kind,
            number=self._text("number").value,
            date=self.query_one(f"#field-{self._prefix}-date", DateField).value,
            signer=self._text("signer").value,
            conclusion=_conclusion(conclusion),
            file=self.query_one(f"#field-{self._prefix}-file", FileField).value,
        )

    def value(self) -> PaperInput | None:
        """The paper, or None when nothing was said or no kind is chosen."""
        return self.paper(self.kind) if self.kind is not None and self.entered else None

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        if event.field.key == f"{self._prefix}-kind":
            self._fit_kind()

    def _concludes(self, kind: str | None) -> bool:
        """Whether the conclusion of such a paper is this person's."""
        return bool(self._roles & CONCLUDERS.get(kind or "", frozenset()))

    def _fit_kind(self) -> None:
        for field in self.query(f"#field-{self._prefix}-conclusion").results(ChoiceField):
            field.display = self._concludes(self.kind)


def my_roles(desk: Desk) -> frozenset[str]:
    """The roles of the person who works."""
    return frozenset(role.role for role in desk.me.roles)


def _conclusion(value: str | None) -> Conclusion | None:
    return "agreed" if value == "agreed" else "not_agreed" if value == "not_agreed" else None


class PapersDialog(SendsOnce, DeskModal[Receipt]):
    """Enter papers that came to a dossier on their own, without an act."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, AddPaper, CloseDialog)
    title_key = "papers.title"
    help_key = "help.papers"

    def __init__(self, code: str, title: str) -> None:
        """Enter papers of the dossier `code`, whose title is shown."""
        super().__init__()
        self._code, self._dossier_title = code, title
        self._kinds: tuple[tuple[str, Label], ...] = ()
        self._count = 0

    def body(self) -> ComposeResult:
        """The papers one under another."""
        yield Static(
            Content(visible(f"{self._code}  {self._dossier_title}")), classes="dialog-head", markup=False
        )
        yield VerticalScroll(id="papers-list", can_focus=False)
        with Horizontal(classes="buttons"):
            yield Button(t("papers.add", self.lang), id="papers-add")
            yield Button(t("papers.save", self.lang), id="papers-save", variant="primary")

    def on_mount(self) -> None:
        """Ask which kinds there are."""
        self.ask(lambda desk: desk.document_kinds(), self._kinds_known)

    def _kinds_known(self, kinds: tuple[tuple[str, Label], ...]) -> None:
        self._kinds = kinds
        self.action_add_paper()

    @on(Button.Pressed, "#papers-add")
    def action_add_paper(self) -> None:
        """Add the fields of one more paper."""
        if not self._kinds:
            return
        self._count += 1
        title = words("papers.nth", number=self._count)
        name, roles = f"paper{self._count}", my_roles(self.desk)
        box = PaperBox(
            name, self._kinds, self.desk.today, title=title, choose=True, roles=roles, wants_focus=True
        )
        self.query_one("#papers-list").mount(box)

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        for box in self.query(PaperBox):
            box.relabel()
        for field in self.query(Field).results(Field):
            field.relabel()
        self.query_one("#papers-add", Button).label = t("papers.add", self.lang)
        self.query_one("#papers-save", Button).label = t("papers.save", self.lang)

    @on(Button.Pressed, "#papers-save")
    def action_confirm(self) -> None:
        """Record them, once."""
        boxes = list(self.query(PaperBox))
        wrong = [field for field in self.query(Field).results(Field) if not field.check()]
        for box in boxes:
            if box.entered and box.kind is None:
                field = box.query_one(ChoiceField)
                field.fault(words("papers.no_kind"))
                wrong.append(field)
        if wrong:
            wrong[0].focus_entry()
            return
        papers = [paper for box in boxes if (paper := box.value()) is not None]
        if not papers:
            self.say(t("papers.nothing", self.lang), "warn")
            return
        code, request = self._code, self.request
        self.send(lambda desk: desk.record_papers(code, papers, request=request), self.finish)
