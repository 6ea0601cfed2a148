"""A person at the keyboard over a real store: changes seats, writes drafts, fills dialogs, by keys alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Select

from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.formats import date_text
from kcflow.i18n import set_language, t
from kcflow.services.desk import Desk
from kcflow.services.views import Receipt
from kcflow.text import fold
from screens.dossier.advance import AdvanceDialog
from screens.dossier.choose import ChooseAct
from screens.dossier.missing_paper import MissingPaper
from screens.dossier.paper_box import PaperBox
from screens.dossier.proposal import ProposalScreen
from screens.forms.choices import ChoiceField
from screens.forms.draft import DraftScreen
from screens.forms.entries import Entry
from screens.forms.fields import DateField, Field, TextField
from screens.lists.people import WorkAsDialog
from screens.widgets.table import VirtualTable
from tests.services.world import World
from tests.ui.shell_driver import NOWHERE, at_rest, rest, send, shell_of
from tests.ui.snapshots import PATIENCE, screen_text

W = TypeVar("W", bound=Widget)

MOST_KEYS = 60
"""More steps than this to a field or a row is going round in circles."""
SIGNER = "Nguyễn Văn Ký"


@dataclass
class Walker:
    """The application over `world`, and the hands on its keys."""

    world: World
    app: KcflowApp
    pilot: Pilot[Any]
    numbers: int = field(default=0)

    # What is there

    @property
    def screen(self) -> Any:
        """The screen in front."""
        return self.app.screen

    @property
    def text(self) -> str:
        """What a person reads now."""
        return screen_text(self.app)

    @property
    def words(self) -> str:
        """What a person reads now, with every break and gap as one space."""
        return " ".join(self.text.split())

    @property
    def desk(self) -> Desk:
        """The desk of the person who works."""
        assert self.app.desk is not None
        return self.app.desk

    @property
    def table(self) -> VirtualTable:
        """The list of the shell's pane."""
        pane = shell_of(self.app).pane
        assert pane is not None
        return pane.table

    async def until(self, predicate: Callable[[], object], description: str) -> None:
        """Wait for it, looking seldom: a pilot's pauses ask every widget, or wait for an idle processor."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not predicate():
            if loop.time() > end:
                raise AssertionError(f"waited in vain: {description}\n\n{self.text}")
            await asyncio.sleep(0.008)

    async def reads(self, words: str) -> None:
        """Wait until `words` stand on the screen, broken over lines or not."""
        await self.until(lambda: words in self.words, f"“{words}” on the screen")

    async def rest(self) -> None:
        """Wait until nothing is on its way."""
        await self.pilot.pause(0)
        await self.until(lambda: at_rest(self.app), "everything is read")
        await self.pilot.pause(0)
        await self.until(lambda: at_rest(self.app), "everything is still read")

    def send(self, *keys: str) -> None:
        """Keys as a terminal sends them, in one burst; whoever sends them waits for what they do."""
        send(self.app, *keys)

    async def hit(self, key: str, done: Callable[[], object], description: str) -> None:
        """One key, and what it does; then nothing is on its way."""
        self.send(key)
        await self.until(done, f"{key}: {description}")
        await self.rest()

    async def press(self, *keys: str) -> None:
        """Keys one after the other, each when the screen is at rest."""
        for key in keys:
            await self.pilot.press(key)
            await self.rest()

    # Who works

    async def become(self, login: str) -> None:
        """Work as `login` from the next key on: `w`, the login, Enter."""
        if self.desk.me.login == login:
            return
        await self.hit("w", lambda: isinstance(self.screen, WorkAsDialog), "the people")
        dialog = self.screen
        self.send(*login)
        await self.until(lambda: dialog.query_one(Entry).value == login, "the login is typed")
        await self.rest()
        await self.to_row(dialog.query_one(VirtualTable), login)
        await self.hit("enter", lambda: self.screen is not dialog and self.desk.me.login == login, "works")

    # Moving

    async def to_row(self, table: VirtualTable, key: str) -> None:
        """Move the cursor of `table` down to the row `key`."""
        await self.until(lambda: table.settled and table.cursor_key is not None, "the rows")
        for _ in range(MOST_KEYS):
            before = table.cursor_key
            if before == key:
                await self.rest()
                return
            self.send("down")
            await self.until(
                lambda: table.cursor_key != before,  # noqa: B023
                f"another row than {before}, for {key}",
            )
        raise AssertionError(f"no row {key}\n\n{self.text}")

    async def to_tab(self, key: str, tab: str) -> None:
        """Another tab of the shell."""
        await self.hit(key, lambda: shell_of(self.app).tab == tab, tab)

    async def to_code(self, code: str) -> None:
        """The list of proposals, with the cursor on `code`."""
        await self.to_tab("2", "dossiers")
        await self.to_row(self.table, code)

    async def tab_to(self, wanted: W) -> W:
        """Press Tab until the cursor stands in `wanted`."""
        for _ in range(MOST_KEYS):
            focused = self.app.focused
            if focused is not None and wanted in focused.ancestors_with_self:
                return wanted
            self.send("tab")
            await self.until(lambda: self.app.focused is not focused, "Tab goes on")  # noqa: B023
        raise AssertionError(f"Tab never comes to {wanted}\n\n{self.text}")

    # Forms

    def fields(self) -> dict[str, Field[Any]]:
        """The fields that can be filled in now, by key, in the order of the form."""
        found = self.screen.query(Field).results(Field)
        return {each.key: each for each in found if each.is_mounted and each.display}

    async def enter(self, key: str, words: str) -> None:
        """Put `words` into the field `key`, in place of what it held; a choice is found by typing."""
        form = self.fields()[key]
        await self.tab_to(form)
        if isinstance(form, ChoiceField):
            choice = form.query_one(Select)
            self.send("enter")
            await self.until(lambda: choice.expanded, f"the list of {key}")
            self.send(*("space" if letter == " " else letter for letter in fold(words)), "enter")
            await self.until(lambda: not choice.expanded, f"{key} chosen")
            return
        if getattr(form, "text", ""):
            self.send("end", "ctrl+u")
        self.send(*words)
        await self.until(lambda: getattr(form, "text", None) == words, f"“{words}” in {key}")

    def proper(self, form: Field[Any]) -> str:
        """What a clerk writes into an empty required field."""
        if isinstance(form, DateField):
            return date_text(self.world.day)
        assert isinstance(form, TextField), f"{form.key} asks for what the table of acts doesn't give"
        self.numbers += 1
        return SIGNER if form.key.endswith("signer") else f"{self.numbers}/VB"

    # Acts

    async def choose(self, action: str) -> AdvanceDialog:
        """`a`, the act, Enter: its dialog."""
        await self.hit("a", lambda: isinstance(self.screen, ChooseAct), "the acts")
        await self.to_row(self.screen.query_one(VirtualTable), action)
        await self.hit("enter", lambda: isinstance(self.screen, AdvanceDialog), f"the dialog of {action}")
        dialog = self.screen
        assert isinstance(dialog, AdvanceDialog)
        assert dialog.option.name == action
        return dialog

    async def fill(self, given: Mapping[str, str], *, but: frozenset[str] = frozenset()) -> None:
        """Fill in what the dialog asks for: `given` by key, else what is proper; the fields `but` stay.

        Papers that are missing are opened and get their number, in place.
        """
        for key, form in self.fields().items():
            if key in but:
                continue
            if key in given:
                await self.enter(key, given[key])
            elif form.required and form.value is None:
                await self.enter(key, self.proper(form))
        assert given.keys() <= self.fields().keys(), sorted(self.fields())
        for missing in tuple(self.screen.query(MissingPaper)):
            await self.tab_to(missing)
            self.send("enter")
            await self.until(
                lambda: any(box.ready for box in missing.query(PaperBox)),  # noqa: B023
                "the paper's fields",
            )
            await self.rest()
            self.numbers += 1
            await self.enter(f"{missing.prefix}number", f"{self.numbers}/VB")

    async def confirm(self) -> Receipt:
        """F10 (twice, where an act ends something), read the receipt, and close it with Enter."""
        dialog = self.screen
        assert isinstance(dialog, AdvanceDialog)
        if dialog.option.danger:
            await self.hit("f10", lambda: t("advance.sure", self.app.lang) in self.words, "asks once more")
        await self.hit("f10", lambda: dialog._receipt is not None or dialog._failure is not None, "an answer")
        assert dialog._receipt is not None, self.text
        receipt = dialog._receipt
        await self.reads(t("advance.mark", self.app.lang, seq=receipt.seq, mark=receipt.mark))
        await self.hit("enter", lambda: self.screen is not dialog, "the receipt is closed")
        return receipt

    async def act(self, action: str, given: Mapping[str, str] | None = None) -> Receipt:
        """The whole act on the dossier under the cursor."""
        await self.choose(action)
        await self.fill(given or {})
        return await self.confirm()

    async def draft(self, given: Mapping[str, str]) -> str:
        """`n`, the form, F10; returns the code that stands on the proposal's own screen, and goes back."""
        await self.hit("n", lambda: isinstance(self.screen, DraftScreen), "the form")
        form = self.screen
        unit = form.query_one("#field-unit_office", ChoiceField)
        await self.until(lambda: unit.value, "my office")
        for key, words in given.items():
            await self.enter(key, words)
        await self.hit(
            "f10", lambda: isinstance(self.screen, ProposalScreen) and self.screen.card, "the new draft"
        )
        code = self.screen.code
        assert code in self.text
        await self.hit("escape", lambda: self.screen is shell_of(self.app), "the list")
        return str(code)


@asynccontextmanager
async def walking(
    world: World, login: str, *, lang: str = "vi", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Walker]:
    """The application over the store of `world`, as `login` finds it in the morning."""
    app = KcflowApp(Config(NOWHERE, lang=lang), opener=lambda _: world.desk(login))
    try:
        async with app.run_test(size=size) as pilot:
            await rest(pilot)
            yield Walker(world, app, pilot)
    finally:
        set_language("vi")
