"""Walk the real application by real keys over sample data that is thrown away: pictures and the tutorial.

Keys are written as people read them: `^o`, `⏎`, `Esc`, `F10`, `↓`, `PgDn`, single letters, and words to type
in double quotes. `↓*3` is the key three times.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest import mock

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from kcflow.config import Config

if TYPE_CHECKING:
    from db.store import Store
    from kcflow.app import KcflowApp
    from kcflow.services.desk import Desk

ACCOUNT: Final = ("nthuha", "Nguyễn Thu Hà")
"""Whose desk is shown: a clerk of the Sở Công Thương Hà Giang, a name made up."""

KEYS: Final = {
    "⏎": "enter",
    "enter": "enter",
    "esc": "escape",
    "space": "space",
    "tab": "tab",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "home": "home",
    "end": "end",
    "del": "delete",
    "⌫": "backspace",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
}
"""Keys as people read them (in small letters) → Textual's names."""
_TOKEN: Final = re.compile(r'"([^"]*)"|(\S+)')
PATIENCE: Final = 60.0
"""Seconds that a screen may need to come to rest on a busy machine."""


def key_of(name: str) -> str:
    """Textual's name of the key that people call `name`. Raises ValueError."""
    low = name.lower()
    if low in KEYS:
        return KEYS[low]
    if re.fullmatch(r"f\d{1,2}", low):
        return low
    if len(name) > 1 and name[0] == "^":
        return f"ctrl+{key_of(name[1:])}"
    if low.startswith("shift+"):
        return f"shift+{key_of(name[6:])}"
    if len(name) == 1:
        return name
    raise ValueError(f"no key is called {name!r}")


def presses(script: str) -> Iterator[str]:
    """The keys of `script`, one after the other, as a pilot presses them. Raises ValueError."""
    for words, token in _TOKEN.findall(script):
        if not token:
            yield from ("space" if char == " " else char for char in words)
            continue
        name, star, times = token.partition("*") if len(token) > 1 else (token, "", "")
        for _ in range(int(times) if star else 1):
            yield key_of(name)


class Walk:
    """The running application and the pilot that presses its keys."""

    def __init__(self, app: KcflowApp, pilot: Pilot[int]) -> None:
        """Hold them together."""
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """What a person reads, row by row."""
        from textual._context import visible_screen_stack

        visible_screen_stack.set(self.app._background_screens)
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(row.text.rstrip() for row in rows)

    async def keys(self, script: str) -> None:
        """Press the keys of `script`, each once the screen is at rest (words: all at once)."""
        for words, token in _TOKEN.findall(script):
            for key in presses(token or f'"{words}"'):
                await self.pilot.press(key)
                if token:
                    await self.rest()
            await self.rest()

    async def until(self, met: Callable[[], object], what: str) -> None:
        """Wait for `met()`. Raises TimeoutError, with `what` and what stands on the screen."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not met():
            if loop.time() > end:
                raise TimeoutError(f"waited in vain for {what}\n\n{self.text}")
            await self.pilot.pause(0.02)

    async def rest(self) -> None:
        """Wait until nothing is read any more and three drawings in a row are the same."""
        seen: list[str] = []

        def quiet() -> bool:
            if self._busy():
                seen.clear()
                return False
            seen.append(self.text)
            return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3] == seen[-4]

        await self.pilot.pause()
        await self.until(quiet, "the screen to come to rest")

    def _busy(self) -> bool:
        from screens.base import DeskNode
        from screens.widgets.table import VirtualTable

        screen = self.app.screen
        if isinstance(screen, DeskNode) and screen.waiting:
            return True
        if any(worker.is_running for worker in self.app.workers):
            return True
        nodes = [node for node in screen.query("*") if isinstance(node, DeskNode)]
        if any(node.waiting for node in nodes if node.display):
            return True
        return any(not table.settled for table in screen.query(VirtualTable) if table.display)

    def svg(self, title: str = "kcflow") -> str:
        """The screen as a picture."""
        return self.app.export_screenshot(title=title, simplify=True)


def make_sample(path: Path) -> None:
    """Write the sample store, a new SQLite file."""
    from db.store import open_store
    from kcflow.sample import play

    store: Store = open_store(f"sqlite:///{path}", create=True)
    try:
        play(store, ACCOUNT, lambda *_: None)
    finally:
        store.close()


@asynccontextmanager
async def walking(
    place: Path,
    sample: Path | None,
    *,
    size: tuple[int, int] = (120, 40),
    lang: str = "vi",
    opener: Callable[[Config], Desk] | None = None,
) -> AsyncIterator[Walk]:
    """The application in the folder `place`, over a copy of the store `sample` (None: there is no store yet).

    Settings and kept forms stay in `place`.
    """
    from kcflow.app import KcflowApp
    from screens.guide.welcome import WelcomeScreen

    config = Config(f"sqlite:///{place / 'kcflow.db'}", lang=lang)
    if sample is not None:
        shutil.copyfile(sample, place / "kcflow.db")
    with _patched(place):
        app = KcflowApp(config, opener=opener or _opened, maker=_made)
        async with app.run_test(size=size) as pilot:
            walk = Walk(app, pilot)
            if sample is not None:
                await walk.until(lambda: app.desk is not None, "the store to open")
            else:
                await walk.until(lambda: isinstance(app.screen, WelcomeScreen), "the welcome")
            await walk.rest()
            yield walk
            if app.desk is not None:
                app.desk.close()


def _patched(place: Path) -> ExitStack:
    """Settings of its own, and no blinking cursor, which would make two pictures of one screen."""
    stack = ExitStack()
    for name in ("config", "state", "log"):
        stack.enter_context(mock.patch(f"kcflow.config.{name}_dir", return_value=place / name))
    stack.enter_context(mock.patch.object(Input, "cursor_blink", False))
    stack.enter_context(mock.patch.object(TextArea, "cursor_blink", False))
    return stack


def _opened(config: Config) -> Desk:
    """The desk of `ACCOUNT`, at ten in the morning of the sample's day: pictures don't change by the hour."""
    from datetime import UTC, datetime

    from kcflow.bootstrap import open_shared
    from kcflow.sample import TODAY
    from kcflow.services.context import VIET_NAM
    from kcflow.services.desk import Desk

    now = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=VIET_NAM).astimezone(UTC)
    return Desk.for_account(open_shared(config, now=lambda: now), ACCOUNT, None)


def _made(
    config: Config, province: str | None, sample: bool, progress: Callable[[str, int, int], None] | None
) -> None:
    from kcflow.bootstrap import init_store

    with mock.patch("kcflow.bootstrap.os_account", return_value=ACCOUNT):
        init_store(config, province, sample, progress)
