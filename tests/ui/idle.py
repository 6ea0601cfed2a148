"""When an application under a pilot has nothing more to do, found out by looking and not by sleeping.

Textual's own pilot sleeps for 20 ms after every key and every pause, and again as long as the process was at
work meanwhile: two thirds of the time of a screen test. Here the event loop is asked instead.
"""

from __future__ import annotations

import asyncio
from time import process_time, thread_time
from typing import Any, Final

import pytest
from textual._context import active_app

from scripts.walk import PATIENCE, Walk

SOON: Final = 0.02
"""Seconds: a timer that is due within them belongs to what goes on; a later one is somebody's patience."""
DEBOUNCE: Final = 0.01
"""Seconds that a list or a form waits for the next key before it searches, tells of a row, asks the rules."""
QUIET: Final = 0.1
"""Seconds without a key after which a list is counted."""
_LOOK: Final = 0.002
_AT_WORK: Final = 0.001
"""Seconds of processor time within `SOON`: threads that use less are held up, not at work."""


def _threads_at_work(loop: Any) -> bool:
    """Whether a thread of the loop's pool, where Textual's workers run, has something to do."""
    pool = loop._default_executor
    return pool is not None and pool._idle_semaphore._value < len(pool._threads)


def _work_of_threads() -> float:
    """Seconds of processor time that other threads than this one have used."""
    return process_time() - thread_time()


def _next_timer(loop: Any, app: Any) -> float:
    """When the next timer is due, in the loop's seconds; the pictures' own timers are not asked."""
    pictures = {id(getattr(screen._update_timer._task, "_fut_waiter", None)) for screen in app.screen_stack}
    due = (
        timer._when
        for timer in loop._scheduled
        if not timer._cancelled and not (timer._args and id(timer._args[0]) in pictures)
    )
    return min(due, default=float("inf"))


def _draw(app: Any) -> bool:
    """Draw what waits for the next picture, as a pilot's pause does at its end; whether there was any."""
    if not app.screen_stack or not app.screen._update_timer._active.is_set():
        return False
    app.screen._on_timer_update()
    return True


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:  # noqa: ARG001
    """Wait until no callback is ready, no timer is due soon and no thread is at work.

    At most `max_sleep` seconds. A thread that is held up (a test has closed its gate) isn't waited for.
    """
    loop: Any = asyncio.get_running_loop()
    app = active_app.get()
    since, worked = loop.time(), _work_of_threads()
    end = since + max_sleep
    while loop.time() < end:
        await asyncio.sleep(0)  # everything that was ready has its turn
        if loop._ready:
            continue
        now = loop.time()
        if _threads_at_work(loop):
            if now - since >= SOON:
                if _work_of_threads() - worked < _AT_WORK:
                    return
                since, worked = now, _work_of_threads()
            await asyncio.sleep(_LOOK)
        elif _draw(app):
            continue
        elif (due := _next_timer(loop, app)) - now <= SOON:
            await asyncio.sleep(max(due - now, 0))
        else:
            return


async def rest_of(walk: Walk) -> None:
    """Wait until nothing is on its way in an application that is walked (`scripts.walk`)."""
    await walk.pilot.pause()
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while walk._busy():
        if loop.time() > end:
            raise TimeoutError(f"the screen doesn't come to rest\n\n{walk.text}")
        await asyncio.sleep(_LOOK)
        if not walk._busy():
            await walk.pilot.pause()  # an answer may ask for more


def make_quick(patch: pytest.MonkeyPatch) -> None:
    """Let pilots look instead of sleeping, and lists come without delay."""
    import textual.app
    import textual.pilot

    import screens.lists.listpane
    import screens.lists.searched
    import screens.widgets.paged_view

    patch.setattr(Walk, "rest", rest_of)
    patch.setattr(textual.app, "wait_for_idle", wait_for_idle)
    patch.setattr(textual.pilot, "wait_for_idle", wait_for_idle)
    patch.setattr(screens.lists.listpane, "DETAIL_DELAY", DEBOUNCE)
    patch.setattr(screens.lists.searched, "SEARCH_DELAY", DEBOUNCE)
    patch.setattr(screens.widgets.paged_view, "QUIET", QUIET)
