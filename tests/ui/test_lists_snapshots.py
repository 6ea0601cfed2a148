"""Every list as a person reads it, in both languages, in a narrow and in a comfortable terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from kcflow.i18n import set_language
from kcflow.services.views import ListFilter
from screens.lists.bulk import BulkDialog
from tests.ui.shell_driver import press, rest, started
from tests.ui.snapshots import screen_text, wait_for

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


TOOLS = {
    "filter_dossiers": "2 f",
    "pick": "2 f tab tab tab t",
    "views": "2 v",
    "columns": "2 C",
    "save_view": "2 V",
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_tools(snapshot: Callable[[str, str], None], lang: str, size: tuple[int, int]) -> None:
    async with started(lang=lang, size=size) as (app, pilot):
        for name, keys in TOOLS.items():
            await press(pilot, *keys.split())
            snapshot(f"dialog_{name}_{lang}_{size[0]}", screen_text(app))
            await press(pilot, *["escape"] * (len(app.screen_stack) - 1))


async def reaches(pilot: Pilot[Any], dialog: BulkDialog, step: str) -> None:
    """Wait until the dialog stands still at a step."""
    await wait_for(pilot, lambda: dialog.step == step and not dialog.busy, step)
    await rest(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_bulk(snapshot: Callable[[str, str], None], lang: str, size: tuple[int, int]) -> None:
    async with started(lang=lang, size=size) as (app, pilot):
        await press(pilot, "2", "ctrl+a", "b")
        dialog = app.screen
        assert isinstance(dialog, BulkDialog)
        for name, keys in {"acts": (), "form": ("enter",), "preview": ("ctrl+s",)}.items():
            await press(pilot, *keys)
            await reaches(pilot, dialog, name)
            snapshot(f"bulk_{name}_{lang}_{size[0]}", screen_text(app))
        await press(pilot, "m", "ctrl+s")
        await reaches(pilot, dialog, "result")
        snapshot(f"bulk_result_{lang}_{size[0]}", screen_text(app))
        await press(pilot, "escape")
        snapshot(f"list_after_bulk_{lang}_{size[0]}", screen_text(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_chips(snapshot: Callable[[str, str], None], lang: str, size: tuple[int, int]) -> None:
    states = ("provincial_appraisal", "returned")
    wanted = ListFilter(states=states, source="kcqg", plan_year=2024, open_only=True)
    async with started(lang=lang, size=size) as (app, pilot):
        app.show_dossiers(wanted)
        await rest(pilot)
        await press(pilot, "F", "right", "right")
        snapshot(f"list_chips_{lang}_{size[0]}", screen_text(app))
