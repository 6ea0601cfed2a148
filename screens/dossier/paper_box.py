"""The fields of one paper, and the keys that forms with papers share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.views import PaperInput
from kcflow.text import visible
from screens.commands import Command
from screens.dossier.attaching import RefusedFile, expanded, look, paths
from screens.forms.choices import ChoiceField, FileField
from screens.forms.entries import Fault
from screens.forms.fields import DateField, Field, TextField, lang_of, words
from states.engine import AUTHORITIES
from states.guards import CONCLUDERS
from states.model import Label

if TYPE_CHECKING:
    from datetime import date

    from kcflow.services.desk import Desk

Conclusion = Literal["agreed", "not_agreed"]
PaperTexts = Mapping[str, str]
"""What stands in the fields of a paper, by their names ("kind", "number", "date", …); "" is empty."""


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


class AttachField(FileField):
    """The path of a file that is attached: quotes and file:// addresses are read, other things refused."""

    def _read(self) -> str | None:
        text = super()._read()
        if text is None or not (text.startswith("file:") or any(letter in text for letter in "'\"\\*?[")):
            return text
        found = list(paths(text))
        if len(found) != 1:
            raise Fault(words("attach.one_here"))
        if isinstance(found[0], RefusedFile):
            raise Fault(found[0].text)
        return str(found[0])

    def _absent(self) -> Label | None:
        path = self.value
        answer = look(expanded(path)) if path is not None else None
        return answer.text if isinstance(answer, RefusedFile) else None


class PaperBox(Vertical):
    """The fields of one paper: kind (where there is a choice), number, date, signer, conclusion, file.

    `own` is the paper that is the act itself: it has a signer's authority, and its conclusion goes without
    saying unless somebody says it, or the act doesn't imply one (`must_conclude`).
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
        must_conclude: bool = False,
    ) -> None:
        """Ask for a paper of one of `kinds`; `choose` starts with no kind chosen.

        `roles` are those of the person: a conclusion is asked only of those whose conclusion it is.
        """
        super().__init__(id=f"{prefix}-box", classes="paper-box")
        self._prefix, self._kinds, self._today = prefix, tuple(kinds), today
        self._own, self._required, self._title, self._choose = own, required, title, choose
        self._roles, self._wants_focus = frozenset(roles), wants_focus
        self._must_conclude = must_conclude
        self.ready = False
        """Whether every field is there; until then the box says nothing."""

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
            if self._must_conclude:
                blank = words("form.choose")
            else:
                blank = words("paper.conclusion_implied" if self._own else "paper.conclusion_open")
            conclusions = [(value, words(f"paper.{value}")) for value in ("agreed", "not_agreed")]
            yield ChoiceField(
                f"{name}-conclusion",
                words("paper.conclusion"),
                conclusions,
                required=required and self._must_conclude,
                blank=blank,
            )
        yield AttachField(f"{name}-file", words("paper.file"))

    def on_mount(self) -> None:
        """Ask for a conclusion only where the kind has one."""
        self.ready = True
        self._fit_kind()
        if self._wants_focus:
            self.query(Field).first().focus_entry()

    def _title_content(self) -> Content:
        lang = lang_of(self)
        if self._title is not None:
            return Content(visible(self._title(lang)))
        return Content(visible(t("proposal.or", lang).join(label(lang) for _, label in self._kinds)))

    def retitle(self, title: Label) -> None:
        """Write another title."""
        self._title = title
        self.relabel()

    def relabel(self) -> None:
        """Write the title anew; the fields are written by their form."""
        self.query_one(".paper-title", Static).update(self._title_content())

    def field(self, name: str) -> Field[object]:
        """The field "kind", "number", "date", "signer", "authority", "conclusion" or "file"."""
        return self.query_one(f"#field-{self._prefix}-{name}", Field)

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
        return any(text.strip() for name, text in self.texts().items() if name not in ("kind", "authority"))

    def texts(self) -> dict[str, str]:
        """What stands in the fields now, right or wrong."""
        found: dict[str, str] = {}
        if not self.ready:
            return found
        for field in self.query(Field).results(Field):
            value = field.value if isinstance(field, ChoiceField) else getattr(field, "text", "")
            hidden = field.key.endswith("-conclusion") and not field.display
            found[field.key.removeprefix(f"{self._prefix}-")] = "" if hidden else str(value or "")
        return found

    def load(self, texts: PaperTexts) -> None:
        """Put other texts into the fields; what isn't named is emptied, and no fault is left."""
        for field in self.query(Field).results(Field):
            text = texts.get(field.key.removeprefix(f"{self._prefix}-"), "")
            if isinstance(field, ChoiceField):
                field.choose(text or None)
            elif isinstance(field, TextField | DateField | FileField):
                field.text = text
            field.fault(None)
        self._fit_kind()

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
        if not self.ready or self.kind is None or not self.entered:
            return None
        return self.paper(self.kind)

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        if self.ready and event.field.key == f"{self._prefix}-kind":
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
