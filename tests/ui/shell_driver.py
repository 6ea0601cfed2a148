"""Starting the application on a `ListDesk` and waiting until everything that belongs on a screen is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.app import App
from textual.keys import _character_to_key
from textual.pilot import Pilot

from kcflow.app import KcflowApp
from kcflow.config import Config
from screens.base import DeskNode
from screens.shell import ShellScreen
from screens.widgets.table import VirtualTable
from tests.ui.list_desk import ListDesk, opener
from tests.ui.snapshots import wait_for

NOWHERE = "sqlite:///nowhere.db"


def make_app(desk: ListDesk, lang: str = "vi") -> KcflowApp:
    """The application over `desk`."""
    return KcflowApp(Config(NOWHERE, lang=lang), opener=opener(desk))


def shell_of(app: KcflowApp) -> ShellScreen:
    """The shell, whatever stands in front of it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, ShellScreen))


def at_rest(app: KcflowApp) -> bool:
    """Whether the store is open and nothing is being read for the screen in front and the shell's pane."""
    if app.desk is None or not app.keys_done:
        return False
    shell, screen = shell_of(app), app.screen
    pane = shell.pane
    if pane is None or not pane.is_mounted or not pane.at_rest or shell.waiting:
        return False
    if isinstance(screen, DeskNode) and screen.waiting:
        return False
    return all(table.settled for table in screen.walk_children(VirtualTable) if table.display)


async def rest(pilot: Pilot[Any]) -> None:
    """Wait until nothing is on its way."""
    app = pilot.app
    assert isinstance(app, KcflowApp)
    await wait_for(pilot, lambda: at_rest(app), "everything is read")
    # What was read is drawn in the next round; a timer may have been set while drawing.
    await wait_for(pilot, lambda: at_rest(app), "everything is still read")


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each when the screen is at rest."""
    for key in keys:
        await pilot.press(key)
        await rest(pilot)


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Send keys as a terminal does over a slow line, all at once, and wait until the screen is at rest."""
    send(pilot.app, *keys)
    await rest(pilot)


def send(app: App[Any], *keys: str) -> None:
    """Keys as a terminal sends them, in one burst; whoever sends them waits for what they do."""
    driver = app._driver
    assert driver is not None
    for key in keys:
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        event = events.Key(name, key if len(key) == 1 else None)
        event.set_sender(app)
        driver.send_message(event)


@asynccontextmanager
async def started(
    desk: ListDesk | None = None, *, lang: str = "vi", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[KcflowApp, Pilot[int]]]:
    """The application, running, with its first pane read."""
    app = make_app(desk or ListDesk(), lang)
    async with app.run_test(size=size) as pilot:
        await rest(pilot)
        yield app, pilot
