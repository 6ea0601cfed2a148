"""What goes wrong behind the shell: busy stores, unforeseen errors, late answers."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kcflow import config
from kcflow.app import KcflowApp
from kcflow.i18n import set_language
from kcflow.services.errors import KcflowError, StoreProblem
from screens.base import DeskModal, DeskScreen, StatusLine
from screens.lists.detail import DetailStrip
from states.model import Label
from tests.ui.list_desk import ListDesk
from tests.ui.shell_driver import make_app, press, shell_of, started
from tests.ui.snapshots import screen_text, wait_for

BUSY = StoreProblem(
    "busy",
    Label("Kho dữ liệu đang bận: thử lại sau ít giây.", "The store is busy: try again in a few seconds."),
)


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


def status(app: KcflowApp) -> str:
    """What the status line of the screen in front says."""
    return app.screen.query_one(StatusLine).text


async def test_a_busy_store_is_one_sentence_and_goes_away_when_it_answers() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        desk.fail = BUSY
        await pilot.press("f5")
        await wait_for(pilot, lambda: "đang bận" in status(app), "the sentence")
        assert "KCQG-24-0032" in screen_text(app), "the rows that were read stay"
        await pilot.press("f2")
        await wait_for(pilot, lambda: "The store is busy" in status(app), "the sentence in English")
        desk.fail = None
        await press(pilot, "f5")
        assert status(app) == ""


async def test_an_unforeseen_error_is_logged_and_its_place_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "log_dir", lambda: tmp_path / "logs")
    desk = ListDesk()
    async with started(desk, size=(120, 30)) as (app, pilot):
        desk.fail = ValueError("lỗi [red]lạ[/]\x1b[2J")
        await pilot.press("down")
        await wait_for(pilot, lambda: "kcflow.log" in status(app), "the place of the log")
        assert "Traceback" not in screen_text(app)
    written = (tmp_path / "logs" / "kcflow.log").read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "lỗi [red]lạ" in written


async def test_where_no_log_can_be_written_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setattr(config, "log_dir", lambda: blocked / "logs")
    desk = ListDesk()
    async with started(desk, size=(120, 30)) as (app, pilot):
        desk.fail = ValueError("x")
        await pilot.press("down")
        await wait_for(pilot, lambda: "ValueError" in status(app), "the sentence")


async def test_an_error_of_the_screens_themselves_leaves_a_sentence_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "log_dir", lambda: tmp_path)
    monkeypatch.setattr(DetailStrip, "start", lambda *_: 1 / 0)
    app = make_app(ListDesk())
    with pytest.raises(ZeroDivisionError):
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, lambda: app._exit or app.last_words, "the application gives up")
    assert "kcflow.log" in app.last_words
    assert not app._exit_renderables
    assert "ZeroDivisionError" in (tmp_path / "kcflow.log").read_text(encoding="utf-8")


async def test_late_answers_are_dropped() -> None:
    class Probe(DeskScreen[None]):
        """Asks twice."""

    desk = ListDesk()
    async with started(desk) as (app, pilot):
        probe = Probe()
        app.push_screen(probe)
        await wait_for(pilot, lambda: app.screen is probe, "the screen")
        first, second = threading.Event(), threading.Event()
        said: list[str] = []

        def slow(_desk: object) -> str:
            first.wait(10)
            second.set()
            return "first"

        probe.ask(slow, said.append)
        await wait_for(pilot, lambda: probe.waiting, "the first is on its way")
        probe.ask(lambda _desk: "second", said.append)
        await wait_for(pilot, lambda: said == ["second"], "the second has answered")
        first.set()
        await wait_for(pilot, second.is_set, "the first has answered")
        await pilot.pause()
        assert said == ["second"]
        assert not probe.waiting


async def test_an_answer_after_its_screen_is_gone_does_nothing() -> None:
    class Probe(DeskModal[None]):
        """Asks once."""

    async with started() as (app, pilot):
        probe = Probe()
        app.push_screen(probe)
        await wait_for(pilot, lambda: app.screen is probe, "the dialog")
        began, gate, over = threading.Event(), threading.Event(), threading.Event()

        def slow(_desk: object) -> str:
            began.set()
            gate.wait(10)
            over.set()
            return "late"

        said: list[str] = []
        probe.ask(slow, said.append)
        await wait_for(pilot, began.is_set, "the thread has begun")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is not probe, "the dialog is closed")
        gate.set()
        await wait_for(pilot, over.is_set, "the thread is done")
        assert said == []


async def test_a_refusal_may_have_its_own_door() -> None:
    async with started() as (app, pilot):
        shell = shell_of(app)
        met: list[KcflowError] = []

        def refuse(_desk: object) -> None:
            raise BUSY

        shell.ask(refuse, lambda _: None, failed=met.append, group="own")
        await wait_for(pilot, lambda: met == [BUSY], "the error is handed over")
        assert status(app) == ""
