"""A slow desk: the seconds are counted, Escape stops waiting, keys stay alive, nothing typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from textual.binding import BindingType

from kcflow.i18n import set_language
from screens.base import DeskScreen
from screens.commands import CloseDialog, Language, StopWaiting, bindings
from screens.forms.draft import DraftScreen
from screens.forms.fields import TextField
from screens.forms.register import RegisterScreen
from tests.ui.bench import Bench, Showing
from tests.ui.fake_desk import FakeDesk


class SlowBench(Bench):
    """The bench with the key that stops waiting."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Language, StopWaiting)


class Asking(DeskScreen[None]):
    """A screen that asks one thing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CloseDialog)
    answers: list[str]
    given_up = 0

    def start(self, hold: threading.Event, *, stoppable: bool = True) -> None:
        self.answers = []

        def work(_desk: object) -> str:
            assert hold.wait(20)
            return "đây"

        self.ask(work, self.answers.append, stopped=self._stopped, stoppable=stoppable)

    def _stopped(self) -> None:
        self.given_up += 1

    def action_close_dialog(self) -> None:
        self.dismiss(None)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("screens.slow.SECONDS", 0.02)
    yield
    set_language("vi")


@pytest.fixture
def hold() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


async def test_a_slow_answer_is_told_and_comes_in_the_end(hold: threading.Event) -> None:
    app, screen = SlowBench(FakeDesk()), Asking()
    async with app.run_test() as pilot:
        shown = Showing(app, pilot, screen)
        await app.push_screen(screen)
        screen.start(hold)
        await shown.reads("giây; Esc để thôi chờ")
        await shown.reads("Esc thôi chờ")
        hold.set()
        await shown.until(lambda: screen.answers == ["đây"], "the answer")
        await shown.until(lambda: "Đang đọc" not in shown.text, "the line is quiet")
        assert "thôi chờ" not in shown.text
        assert "Esc đóng" in shown.text


async def test_escape_stops_waiting_and_the_next_one_closes(hold: threading.Event) -> None:
    app, screen = SlowBench(FakeDesk()), Asking()
    async with app.run_test() as pilot:
        shown = Showing(app, pilot, screen)
        await app.push_screen(screen)
        screen.start(hold)
        await shown.reads("Esc thôi chờ")
        await shown.press("escape")
        await shown.reads("Đã thôi chờ")
        assert screen.given_up == 1
        assert app.screen is screen
        hold.set()
        await shown.settle()
        assert screen.answers == [], "the late answer is dropped"
        await shown.press("escape")
        await shown.until(lambda: app.screen is not screen, "closed")


async def test_what_is_being_written_is_waited_for(hold: threading.Event) -> None:
    app, screen = SlowBench(FakeDesk(hold=hold)), DraftScreen("kcqg")
    async with app.run_test(size=(120, 40)) as pilot:
        shown = Showing(app, pilot, screen)
        app.push_screen(screen, shown.results.append)
        await shown.reads("Trung tâm Khuyến công")
        screen.query_one("#field-title", TextField).text = "Chè"
        screen.query_one("#field-requested").text = "300"  # type: ignore[attr-defined]
        await shown.press("f10")
        await shown.reads("giây; xin chờ, chưa mất gì")
        await shown.press("escape")
        assert app.screen is screen
        assert shown.results == []
        hold.set()
        await shown.until(lambda: shown.results, "written")


async def test_reading_a_workbook_may_be_given_up(hold: threading.Event) -> None:
    desk = FakeDesk()
    read = desk.register_read

    def slow(path: str, answers: object = None) -> object:
        assert hold.wait(20)
        return read(path, answers)

    desk.register_read = slow  # type: ignore[assignment,method-assign]
    app, screen = SlowBench(desk), RegisterScreen("/x/a.xlsx")
    async with app.run_test(size=(120, 40)) as pilot:
        shown = Showing(app, pilot, screen)
        app.push_screen(screen, shown.results.append)
        await shown.reads("Esc thôi chờ")
        await shown.press("escape")
        await shown.reads("Đã thôi chờ")
        assert not screen.sending
        assert app.screen is screen
        hold.set()
        await shown.settle()
        assert screen.query_one("#register-pick").display
