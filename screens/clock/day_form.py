"""Days of the calendar as they are entered: off or worked instead, several at once, with one document."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import ClassVar, Literal, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.clock_views import DayInput
from kcflow.services.errors import KcflowError
from screens.clock.change import Change, ChangeForm
from screens.clock.editor_commands import OneMoreDay
from screens.commands import bindings
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, Field, TextField, words
from screens.widgets.hanging import Hanging
from states.model import Label

MOST = 12
"""So many days are entered at once; the longest Tết has nine."""
_FIRST = ("off", "working")
"""It begins with a swap: a day off, and the Saturday that is worked instead."""
_TEXTS = 300


class DayBox(Vertical):
    """One day: its date, whether it is off or worked, its name."""

    DEFAULT_CSS = """
    DayBox { height: auto; margin: 1 0 0 0; }
    DayBox .day-number { color: $primary; text-style: bold; }
    """

    def __init__(self, number: int, kind: str, today: date) -> None:
        """The day `number` (1 is the first)."""
        super().__init__(id=f"day-{number}")
        self.number, self._kind, self._today = number, kind, today

    def compose(self) -> ComposeResult:
        """Number and fields."""
        yield Static("", classes="day-number", markup=False)
        kinds = [(kind, words(f"days.kind.{kind}")) for kind in _FIRST]
        yield DateField(f"day{self.number}", words("days.field.day"), today=self._today)
        yield ChoiceField(f"kind{self.number}", words("days.field.kind"), kinds, self._kind, required=True)
        yield TextField(f"name{self.number}", words("days.field.name"), max_length=_TEXTS)

    def on_mount(self) -> None:
        """Write the number."""
        self.relabel()

    def relabel(self) -> None:
        """Write the number in the present language."""
        lang = getattr(self.app, "lang", "vi")
        self.query_one(".day-number", Static).update(t("days.number", lang, row=self.number))

    @property
    def date_field(self) -> DateField:
        """The field of the date."""
        return self.query_one(DateField)

    @property
    def name_field(self) -> TextField:
        """The field of the name."""
        return self.query_one(TextField)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not self.date_field.text.strip() and not self.name_field.text.strip()

    def read(self, document: str) -> DayInput | None:
        """The day, or None with what is missing said at its field."""
        day, name = self.date_field.value, self.name_field.value
        for field, value in ((self.name_field, name), (self.date_field, day)):
            if value is None and not field.faulty:
                field.fault(words("form.required"))
        if day is None or name is None:
            return None
        kind = self.query_one(ChoiceField).value or "off"
        return DayInput(day, cast("Literal['off', 'working']", kind), name, document)


class DayForm(ChangeForm):
    """Ask for days and the document that announced them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(OneMoreDay)
    title_key = "days.form_title"
    help_key = "help.day_form"
    keep_as = "days"

    def __init__(self, year: int) -> None:
        """Ask for days, of `year` above all."""
        super().__init__()
        self._year = year

    def head(self) -> Hanging:
        """How a swap is entered."""
        return parts.lines([parts.line((t("days.explain", self.lang), parts.DIM))])

    def fields(self) -> Iterable[Widget]:
        """The document, then a swap's two days."""
        yield TextField("document", words("days.field.document"), required=True, max_length=_TEXTS)
        for number, kind in enumerate(_FIRST, start=1):
            yield DayBox(number, kind, self.desk.today)

    def keep_code(self) -> str:
        """What was typed belongs to its year."""
        return str(self._year)

    @property
    def boxes(self) -> list[DayBox]:
        """The days, the first one first."""
        return sorted(self.query(DayBox).results(DayBox), key=lambda box: box.number)

    def on_language_changed(self) -> None:
        """The numbers too."""
        super().on_language_changed()
        for box in self.boxes:
            box.relabel()

    def why_not(self, action: str) -> str | None:
        """There is an end to it."""
        if action == "one_more_day" and len(self.boxes) >= MOST:
            return t("days.enough", self.lang, count=MOST)
        return super().why_not(action)

    async def action_one_more_day(self) -> None:
        """One more day, off like the first."""
        if self.why_not("one_more_day") is None:
            box = await self._add()
            box.date_field.focus_entry()

    async def _add(self) -> DayBox:
        box = DayBox(len(self.boxes) + 1, "off", self.desk.today)
        await self.query_one("#change-fields", VerticalScroll).mount(box)
        box.scroll_visible()
        self.refresh_bindings()
        return box

    async def make_room(self, keys: Collection[str]) -> None:
        """As many days as the kept texts have."""
        wanted = max((int(key[3:]) for key in keys if key.startswith("day") and key[3:].isdigit()), default=0)
        while len(self.boxes) < min(wanted, MOST):
            await self._add()

    def change(self) -> Change | None:
        """The days that were entered; one that was begun has to be whole."""
        document = self.query_one("#field-document", TextField).value or ""
        begun = [box for box in self.boxes if not box.empty]
        if not begun:
            first = self.boxes[0].date_field
            first.fault(words("form.required"))
            first.focus_entry()
            return None
        read = [(box, box.read(document)) for box in begun]
        for box, day in read:
            if day is None:
                (box.date_field if box.date_field.faulty else box.name_field).focus_entry()
                self.say(t("days.incomplete", self.lang), "warn")
                return None
        days = tuple(day for _, day in read if day is not None)
        said = tuple(Label(*(_said(day, lang) for lang in ("vi", "en"))) for day in days)
        return Change(
            words("days.change_title"),
            (*said, words("days.document", document=document)),
            lambda desk: desk.clock.days_plan(days),
            lambda desk, reason: desk.clock.set_days(days, reason),
            self.keep_code(),
        )

    def field_of(self, error: KcflowError) -> Field[object] | None:
        """The date that an error is about."""
        day = error.params.get("on")
        if error.code in ("text_required", "text_too_long") and error.params.get("field") == "day_document":
            return next(field for field in act_inputs.there(self) if field.key == "document")
        found = [box.date_field for box in self.boxes if day is not None and box.date_field.value == day]
        return cast("Field[object]", found[-1]) if found else None


def _said(day: DayInput, lang: str) -> str:
    weekday = t(f"form.weekday.{day.day.weekday()}", lang)
    return f"{date_text(day.day, lang)} {weekday}: {t(f'days.kind.{day.kind}', lang)} · {day.name}"
