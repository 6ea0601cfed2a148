"""What a pilot waits for in these tests: whatever goes on, and nothing else."""

from __future__ import annotations

import asyncio
from threading import Event
from time import sleep

from textual.app import App, ComposeResult
from textual.widgets import Static

from tests.ui.idle import SOON
from tests.ui.snapshots import screen_text


class Chain(App[None]):
    """A key sets off messages, a timer, a thread and at last another text."""

    BINDINGS = [("x", "go", "Go"), ("y", "wait", "Wait")]  # noqa: RUF012 - as Textual's own examples

    def __init__(self) -> None:
        super().__init__()
        self.gate = Event()
        self.patience = 0

    def compose(self) -> ComposeResult:
        yield Static("trước", markup=False)

    def action_go(self) -> None:
        self.call_later(self.call_after_refresh, self.set_timer, SOON / 2, self.in_a_thread)

    def in_a_thread(self) -> None:
        self.run_worker(self.work, thread=True)

    def work(self) -> None:
        sleep(SOON / 4)
        self.call_from_thread(self.query_one(Static).update, "sau")

    def action_wait(self) -> None:
        self.run_worker(self.gate.wait, thread=True)
        self.set_timer(3600, lambda: setattr(self, "patience", 1))


async def test_whatever_a_key_sets_off_is_done_and_drawn_when_its_pause_ends() -> None:
    app = Chain()
    async with app.run_test() as pilot:
        for words in ("sau", "trước", "sau"):
            app.query_one(Static).update("…" if words == "sau" else words)
            await pilot.pause()
            if words == "sau":
                await pilot.press("x")
            assert words in screen_text(app)


async def test_a_thread_held_up_and_a_far_timer_are_not_waited_for() -> None:
    app = Chain()
    async with app.run_test() as pilot:
        await asyncio.wait_for(pilot.press("y"), 30)
        assert (app.gate.is_set(), app.patience) == (False, 0)
        app.gate.set()
