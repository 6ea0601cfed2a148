"""Screens as plain text: what a person reads, row by row, kept in files that a review can read too."""

import asyncio
import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip

FOLDER = Path(__file__).with_name("snapshots")
UPDATE = "KCFLOW_UPDATE_SCREENS"
PATIENCE = 30.0
"""Seconds until what does not come is given up: far more than it takes on a busy machine."""


def screen_strips(app: App[Any]) -> list[Strip]:
    """Return the lines of the present screen, with the screens that shine through under a dialog."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def screen_text(app: App[Any]) -> str:
    """Return the text of the present screen, row by row, without spaces at the ends of rows."""
    return "\n".join(strip.text.rstrip() for strip in screen_strips(app)).rstrip("\n") + "\n"


def compare(name: str, text: str, folder: Path = FOLDER) -> None:
    """Fail with a unified diff unless `text` is what the file `name`.txt holds; write it when asked to.

    Set KCFLOW_UPDATE_SCREENS=1 to write, and read the changes before committing them.
    """
    path = folder / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    if not path.exists():
        pytest.fail(
            f"no snapshot {path.name}: look at the screen, then run with {UPDATE}=1\n\n{text}", pytrace=False
        )
    expected = path.read_text(encoding="utf-8")
    if text != expected:
        diff = difflib.unified_diff(
            expected.splitlines(), text.splitlines(), f"{path.name} (committed)", "now", lineterm="", n=2
        )
        pytest.fail(f"the screen changed; {UPDATE}=1 accepts it\n\n" + "\n".join(diff), pytrace=False)


async def wait_for(
    pilot: Pilot[Any],
    predicate: Callable[[], object],
    description: str,
    timeout: float = PATIENCE,  # noqa: ASYNC109
) -> None:
    """Wait until `predicate()` is true; fail, naming `description`, after `timeout` seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    await pilot.pause()
    while not predicate():
        if loop.time() > end:
            pytest.fail(
                f"waited {timeout:g} s in vain: {description}\n\n{screen_text(pilot.app)}", pytrace=False
            )
        await asyncio.sleep(0.004)  # a pilot's pause would ask every widget
    await pilot.pause()
