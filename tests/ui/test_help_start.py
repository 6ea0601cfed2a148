"""The line of first steps: over sample data only, every step at 80 columns, gone for good once hidden."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kcflow import settings
from kcflow.i18n import set_language
from screens.commands import REGISTRY, key_name
from screens.guide.start_here import KEPT, STEPS, StartHere
from tests.ui.list_desk import TODAY, ListDesk
from tests.ui.shell_driver import press, started
from tests.ui.snapshots import screen_text, wait_for


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Every test starts in Vietnamese."""
    set_language("vi")
    yield
    set_language("vi")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("vi", "Bắt đầu ở đây: ^o nhập biểu  a thực hiện, trả  3 tồn đọng  4 lịch sử"),
        ("en", "Start here: ^o import  a act, return  3 stalled  4 history  F1 help"),
    ],
)
async def test_a_sample_store_tells_what_to_try_at_80_columns(lang: str, words: str) -> None:
    async with started(ListDesk(sample_day=TODAY), lang=lang, size=(80, 24)) as (app, pilot):
        await wait_for(pilot, lambda: words in screen_text(app), "the steps")
        line = next(line for line in screen_text(app).splitlines() if words in line)
        assert line.rstrip().endswith("0 ẩn" if lang == "vi" else "0 hide")
        await pilot.press("f2")
        other = "Start here:" if lang == "vi" else "Bắt đầu ở đây:"
        await wait_for(pilot, lambda: other in screen_text(app), "the other language")


async def test_a_real_store_has_no_such_line() -> None:
    async with started() as (app, pilot):
        assert "Bắt đầu ở đây" not in screen_text(app)
        before = screen_text(app)
        await press(pilot, "0")
        assert screen_text(app) == before


@pytest.mark.parametrize("how", ["key", "mouse"])
async def test_hidden_it_stays_hidden(how: str) -> None:
    desk = ListDesk(sample_day=TODAY)
    async with started(desk, size=(80, 24)) as (app, pilot):
        await wait_for(pilot, lambda: "Bắt đầu ở đây" in screen_text(app), "the line")
        if how == "key":
            await pilot.press("0")
        else:
            await pilot.click(StartHere, offset=(3, 0))
        await wait_for(pilot, lambda: "Bắt đầu ở đây" not in screen_text(app), "it is gone")
        assert settings.remembered(KEPT) == {"seen": True}
    async with started(desk, size=(80, 24)) as (app, _):
        assert "Bắt đầu ở đây" not in screen_text(app)


def test_the_keys_named_are_those_of_the_commands() -> None:
    named = {
        "import": "import_register",
        "advance": "act",
        "stalled": "tab_stalled",
        "history": "tab_history",
        "flow": "tab_flow",
        "help": "help",
    }
    import screens.lists.list_commands  # noqa: F401  (makes its commands known)

    for key, step in STEPS:
        if step in named:
            assert key_name(REGISTRY[named[step]].key.split(",")[0]) == key
