"""The least application that a screen needs, so that a test sees one screen and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.pilot import Pilot

from kcflow.i18n import set_language
from screens import theme
from screens.base import DeskNode, DeskTop
from screens.commands import Language, bindings
from screens.style_sheet import StyleSheet
from tests.ui.fake_desk import FakeDesk
from tests.ui.snapshots import screen_text, wait_for


class Bench(App[None]):
    """The least application that a screen needs, over a fake (or a real) desk."""

    CSS_PATH = theme.COMMON_CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(Language)

    def __init__(self, desk: Any, lang: str = "vi") -> None:
        """Show screens over `desk` in `lang`."""
        super().__init__()
        self.desk = desk
        self.lang = lang
        self.changes = 0
        self.histories: list[str] = []
        self.copied: list[str] = []
        self.maker: Callable[..., None] = lambda *_: None
        set_language(lang)
        theme.register(self)
        self.stylesheet = StyleSheet(variables=self.get_css_variables())

    def data_changed(self) -> None:
        """Count, and let the screens read anew."""
        self.changes += 1
        for screen in self.screen_stack:
            if isinstance(screen, DeskTop):
                screen.refresh_data()

    def open_history_of(self, code: str) -> None:
        """Remember what was asked for."""
        self.histories.append(code)

    def copy(self, text: str, said: str) -> None:
        """Remember what was copied."""
        self.copied.append(text)
        if isinstance(self.screen, DeskTop):
            self.screen.say(said, "good")

    def make_store(
        self, province: str | None, sample: bool, progress: Callable[[str, int, int], None]
    ) -> None:
        """Let the test's maker do it."""
        self.maker(province, sample, progress)

    def action_language(self) -> None:
        """The other language."""
        self.lang = "en" if self.lang == "vi" else "vi"
        set_language(self.lang)
        for screen in self.screen_stack:
            if isinstance(screen, DeskNode):
                screen.on_language_changed()


class Showing:
    """A screen on the bench: the application, the pilot, the screen, and what it was dismissed with."""

    def __init__(self, app: Bench, pilot: Pilot[None], screen: Any) -> None:
        """Hold them together."""
        self.app, self.pilot, self.screen = app, pilot, screen
        self.results: list[Any] = []

    @property
    def top(self) -> Any:
        """The screen in front."""
        return self.app.screen

    @property
    def text(self) -> str:
        """What a person reads now."""
        return screen_text(self.app)

    async def until(self, predicate: Callable[[], object], description: str) -> None:
        """Wait for it."""
        await wait_for(self.pilot, predicate, description)

    async def reads(self, words: str) -> None:
        """Wait until `words` stand on the screen."""
        await self.until(lambda: words in self.text, f"“{words}” on the screen")

    async def press(self, *keys: str) -> None:
        """Press real keys."""
        await self.pilot.press(*keys)

    async def type(self, words: str) -> None:
        """Type words, key by key."""
        for char in words:
            await self.pilot.press("space" if char == " " else char)

    async def settle(self) -> None:
        """Wait for every worker and everything it posted."""
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()


@asynccontextmanager
async def showing(
    screen: Any,
    desk: Any = None,
    *,
    size: tuple[int, int] = (120, 40),
    lang: str = "vi",
) -> AsyncIterator[Showing]:
    """Show `screen` on the bench, and wait until it has read what it needs."""
    app = Bench(desk if desk is not None else FakeDesk(), lang)
    try:
        async with app.run_test(size=size) as pilot:
            shown = Showing(app, pilot, screen)
            app.push_screen(screen, shown.results.append)
            await shown.settle()
            yield shown
    finally:
        set_language("vi")
