"""Typed text outlives its form: offered again, taken back, thrown away; and the disk may refuse."""

from __future__ import annotations

import importlib
import os
import pkgutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import screens
from kcflow.keep import Keeper
from kcflow.settings_schema import Settings
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField, ManyField
from screens.forms.draft import DraftScreen
from screens.forms.fields import MemoField, TextField
from screens.forms.keeping import KEEP, KeepsForm, KeptOffer
from tests.ui.bench import Bench, Showing, showing
from tests.ui.fake_desk import FakeDesk
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.forms.keeping.SECONDS", 0.01)


def forms(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "own-state" / "forms").glob("*.json"))


def title(shown: Showing) -> TextField:
    field: TextField = shown.screen.query_one("#field-title", TextField)
    return field


async def leave_behind(tmp_path: Path, words: str = "Chè Shan tuyết") -> None:
    """A form that was cut off by the end of its program."""
    async with showing(DraftScreen("kcqg")) as shown:
        title(shown).text = words
        shown.screen.query_one("#field-requested", MoneyField).text = "285,25"
        shown.screen.query_one("#field-kinds", ManyField).boxes.tick(["group"])
        shown.screen.query_one("#field-note", MemoField).text = "dòng một\ndòng hai"
        await shown.until(lambda: forms(tmp_path), "the texts are on the disk")
        await shown.settle()


async def test_texts_come_back_into_every_kind_of_field(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.reads("Có nội dung chưa gửi lúc")
        assert "^y lấy lại" in shown.text
        await shown.press("ctrl+y")
        await shown.reads("Đã lấy lại nội dung")
        assert title(shown).text == "Chè Shan tuyết"
        assert shown.screen.query_one("#field-requested", MoneyField).value == 285_250_000
        assert shown.screen.query_one("#field-kinds", ManyField).value == ("group",)
        assert shown.screen.query_one("#field-note", MemoField).text == "dòng một\ndòng hai"
        assert not shown.screen.query(KeptOffer)
        await shown.settle()
        assert len(forms(tmp_path)) == 1


async def test_the_office_that_was_chosen_comes_back_over_the_one_that_is_filled_in(tmp_path: Path) -> None:
    hold = threading.Event()
    desk = FakeDesk()
    offices = desk.offices()

    def slow(*_: object) -> object:
        assert hold.wait(20)
        return offices

    await leave_behind(tmp_path)
    desk.offices = slow  # type: ignore[assignment]
    async with showing_early(DraftScreen("kcqg"), desk) as shown:
        await shown.reads("Có nội dung chưa gửi")
        await shown.press("ctrl+y")
        hold.set()
        field = shown.screen.query_one("#field-unit_office", ChoiceField)
        await shown.until(lambda: field.value, "the office")


@asynccontextmanager
async def showing_early(screen: DraftScreen, desk: FakeDesk) -> AsyncIterator[Showing]:
    """Show without waiting for what the desk holds back."""
    app = Bench(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = Showing(app, pilot, screen)
        app.push_screen(screen, shown.results.append)
        await shown.until(lambda: app.screen is screen and screen.is_mounted, "the screen")
        yield shown


async def test_thrown_away_is_gone(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.reads("Có nội dung chưa gửi lúc")
        await shown.press("f7")
        await shown.reads("Đã bỏ nội dung chưa gửi")
        assert forms(tmp_path) == []
        assert title(shown).text == ""


async def test_sent_is_gone(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await shown.press("ctrl+y")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
    assert len(desk.asked("create")) == 1
    assert forms(tmp_path) == []


async def test_two_escapes_throw_it_away(tmp_path: Path) -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.type("abc")
        await shown.press("escape")
        await shown.reads("Chưa ghi")
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed")
        await shown.settle()
    assert forms(tmp_path) == []


async def test_an_untouched_form_keeps_nothing_and_offers_nothing(tmp_path: Path) -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.press("tab", "tab", "escape")
        await shown.until(lambda: shown.results, "closed")
    assert forms(tmp_path) == []
    async with showing(DraftScreen("kcqg")) as shown:
        assert not shown.screen.query(KeptOffer)


async def test_an_edit_is_kept_with_its_proposal(tmp_path: Path) -> None:
    desk = FakeDesk()
    async with showing(DraftScreen(card=desk.card), desk) as shown:
        title(shown).text = "Tên khác"
        await shown.until(lambda: forms(tmp_path), "kept")
    async with showing(DraftScreen("kcqg"), desk) as shown:
        assert not shown.screen.query(KeptOffer)
    async with showing(DraftScreen(card=desk.card), desk) as shown:
        await shown.press("ctrl+y")
        await shown.until(lambda: title(shown).text == "Tên khác", "taken back")


async def test_leaving_a_field_writes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.forms.keeping.SECONDS", 3600)
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.type("abc")
        await shown.settle()
        assert forms(tmp_path) == []
        await shown.press("tab")
        await shown.until(lambda: forms(tmp_path), "kept")


async def test_several_are_offered_one_after_the_other(tmp_path: Path) -> None:
    await leave_behind(tmp_path, "Một")
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.type("Hai")
        await shown.until(lambda: len(forms(tmp_path)) == 2, "kept")
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.reads("(còn 1 bản khác)")
        await shown.press("f7")
        await shown.until(lambda: "bản khác" not in shown.text, "the next offer")
        await shown.press("ctrl+y")
        await shown.until(lambda: title(shown).text == "Một", "taken back")


async def test_another_window_was_faster(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.reads("Có nội dung chưa gửi lúc")
        forms(tmp_path)[0].unlink()
        await shown.press("ctrl+y")
        await shown.reads("đã được lấy lại ở cửa sổ khác")
        assert title(shown).text == ""


async def test_a_full_disk_is_said_once_and_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_keeper: Keeper) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Keeper, "write", full)
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await shown.type("a")
        await shown.reads("Không giữ lại được chữ đang gõ (No space left on device)")
        shown.screen.say("")
        await shown.type("b")
        await shown.settle()
        assert "Không giữ lại được" not in shown.text
        assert title(shown).text == "ab"
    assert forms(tmp_path) == []


async def test_a_damaged_file_is_named_and_the_form_works(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    forms(tmp_path)[0].write_text("{")
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.reads("Một bản giữ lại bị hỏng, đã để riêng ở")
        await shown.type("x")
        assert title(shown).text == "x"


async def test_switched_off_nothing_is_written(tmp_path: Path) -> None:
    screen = DraftScreen("kcqg")
    async with showing(screen) as shown:
        shown.app.settings = Settings(keep_forms=False)  # type: ignore[attr-defined]
        await shown.type("abc")
        await shown.press("tab")
        await shown.settle()
    assert forms(tmp_path) == []


async def test_the_offer_speaks_both_languages_and_small_terminals(tmp_path: Path) -> None:
    await leave_behind(tmp_path)
    async with showing(DraftScreen("kcqg"), size=(80, 24)) as shown:
        await shown.reads("Có nội dung chưa gửi lúc")
        assert "F7 bỏ bản cũ" in shown.text
        await shown.press("f2")
        await shown.reads("There is text that was not sent, from")
        assert "^y take back" in shown.text


async def test_hostile_texts_come_back_harmlessly(tmp_path: Path) -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        title(shown).text = "x"
        await shown.until(lambda: forms(tmp_path), "kept")
        key = shown.screen._keeper._key
    for words in HOSTILE_TITLES:
        for left in forms(tmp_path):
            left.unlink()
        keeper = Keeper(key)
        keeper.note({"title": words, "nowhere": "x"})
        keeper.release()
        async with showing(DraftScreen("kcqg")) as shown:
            await shown.press("ctrl+y")
            await shown.reads("1 ô không còn trong biểu mẫu này")
            assert_harmless(shown.app)


def test_every_keeping_form_binds_the_keys_that_its_offer_names() -> None:
    names = [each.name for each in pkgutil.walk_packages(screens.__path__, "screens.")]
    modules = [importlib.import_module(name) for name in names]
    forms = {
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, KeepsForm) and issubclass(found, DOMNode)
    }
    assert {"AdvanceDialog", "BulkDialog", "DraftScreen", "PapersDialog"} <= {form.__name__ for form in forms}
    for form in forms:
        of_all = (own for kind in form.__mro__ for own in vars(kind).get("BINDINGS", ()))
        bound = {binding.id for binding in of_all if isinstance(binding, Binding)}
        assert {command.id for command in KEEP} <= bound, form.__name__
