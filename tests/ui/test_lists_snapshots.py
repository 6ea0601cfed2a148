"""Every list as a person reads it, in both languages, in a narrow and in a comfortable terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kcflow.i18n import set_language
from tests.ui.shell_driver import press, started
from tests.ui.snapshots import screen_text

TABS = {"1": "inbox", "2": "dossiers", "3": "stalled", "4": "history", "5": "people"}
DIALOGS = {"f1": "help", "ctrl+p": "palette", "w": "work_as", "a": "choose"}


@pytest.fixture(autouse=True)
def language_put_back() -> Iterator[None]:
    """The language is the process's own."""
    yield
    set_language("vi")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_lists(snapshot: Callable[[str, str], None], lang: str, size: tuple[int, int]) -> None:
    async with started(lang=lang, size=size) as (app, pilot):
        for key, name in TABS.items():
            await press(pilot, key)
            snapshot(f"list_{name}_{lang}_{size[0]}", screen_text(app))


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_dialogs(snapshot: Callable[[str, str], None], lang: str) -> None:
    async with started(lang=lang) as (app, pilot):
        for key, name in DIALOGS.items():
            await press(pilot, key)
            snapshot(f"dialog_{name}_{lang}_80", screen_text(app))
            await press(pilot, "escape")
        await press(pilot, "4", "enter")
        snapshot(f"dialog_record_{lang}_80", screen_text(app))
        await press(pilot, "escape", "f")
        snapshot(f"dialog_filter_{lang}_80", screen_text(app))


async def test_a_wide_terminal_is_used(snapshot: Callable[[str, str], None]) -> None:
    async with started(size=(200, 50)) as (app, pilot):
        for key in ("2", "3", "4"):
            await press(pilot, key)
            snapshot(f"list_{TABS[key]}_vi_200", screen_text(app))
