"""Settings and keys from the screens: felt at once, written, refused with a reason, never a trap."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kcflow import config
from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.i18n import set_language
from kcflow.settings import load
from kcflow.settings_schema import RULES, Settings
from screens import keymap, theme
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField, FolderField
from screens.forms.fields import Field
from screens.guide.keys import KeysScreen
from screens.guide.settings import SettingsScreen
from screens.lists.detail import DetailStrip
from tests.ui.bench import Showing
from tests.ui.list_desk import ListDesk, opener
from tests.ui.shell_driver import NOWHERE, rest, shell_of


@asynccontextmanager
async def opened(
    settings: Settings | None = None, *, lang: str = "vi", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Showing]:
    """The application with `settings`, at rest."""
    app = KcflowApp(Config(NOWHERE, lang=lang, settings=settings or Settings()), opener=opener(ListDesk()))
    try:
        async with app.run_test(size=size) as pilot:
            await rest(pilot)
            yield Showing(app, pilot, None)  # type: ignore[arg-type]
    finally:
        set_language("vi")


async def go(shown: Showing, *keys: str) -> None:
    for key in keys:
        await shown.press(key)
        await shown.pilot.pause()


def field(shown: Showing, key: str) -> Field[object]:
    found: Field[object] = shown.top.query_one(f"#field-{key}")
    return found


async def test_every_setting_has_its_field_and_its_words(tmp_path: Path) -> None:
    async with opened() as shown:
        await go(shown, "f9")
        assert isinstance(shown.top, SettingsScreen)
        assert {each.key for each in shown.top.query(Field)} == set(RULES)
        for _ in RULES:
            rule = shown.top._present
            assert rule is not None
            await go(shown, "tab")
        assert "Cài đặt ·" in shown.text
    assert not (tmp_path / "own-config").exists(), "looking writes nothing"


@pytest.mark.parametrize(
    ("key", "choice", "value"),
    [("theme", "light", "light"), ("detail", "off", False), ("first_tab", "history", "history")],
)
async def test_a_choice_is_felt_and_written_at_once(key: str, choice: str, value: object) -> None:
    async with opened() as shown:
        await go(shown, "f9")
        chosen = field(shown, key)
        assert isinstance(chosen, ChoiceField)
        chosen.choose(choice)
        await shown.reads("✓ Đã ghi:")
        assert getattr(load(), key) == value
        assert getattr(shown.top.settings, key) == value
        if key == "theme":
            assert shown.app.theme == theme.LIGHT
        if key == "detail":
            await go(shown, "escape")
            await shown.until(
                lambda: all(not strip.display for strip in shown.top.query(DetailStrip)), "the strip is gone"
            )


async def test_the_language_changes_everywhere_and_is_kept() -> None:
    async with opened() as shown:
        await go(shown, "f9")
        chosen = field(shown, "language")
        assert isinstance(chosen, ChoiceField)
        chosen.choose("en")
        await shown.reads("Settings ·")
        assert "Cài đặt" not in shown.text
        assert load().language == "en"
        await go(shown, "f2")
        await shown.reads("Cài đặt ·")
        assert load().language == "en", "F2 is for now only"


async def test_what_may_not_be_is_said_beside_its_field_and_never_written() -> None:
    async with opened() as shown:
        await go(shown, "f9")
        delay = field(shown, "escape_delay")
        assert isinstance(delay, WholeField)
        delay.text = "0"
        await shown.reads("✗")
        assert not config.settings_path().exists()
        delay.text = "50"
        await shown.until(lambda: load().escape_delay == 50, "written")
        folder = field(shown, "documents")
        assert isinstance(folder, FolderField)
        folder.text = "/không/có"
        await shown.reads("Không thấy thư mục “/không/có”")
        assert load().documents == ""


async def test_reset_gives_the_default_back() -> None:
    async with opened() as shown:
        await go(shown, "f8", "f9", "tab")
        assert shown.app.theme == theme.LIGHT
        assert load().theme == "light"
        await go(shown, "ctrl+r")
        assert shown.app.theme == theme.DARK
        assert field(shown, "theme").value == "dark"
        assert "theme" not in config.settings_path().read_text()


async def test_what_is_wrong_with_the_file_is_said_at_the_start_and_in_the_screen() -> None:
    path = config.settings_path()
    path.parent.mkdir(parents=True)
    path.write_text('[look]\ntheme = "tím"\n[keys]\nbay = "x"\nact = "ctrl+q"\nsearch = "1"\n')
    async with opened(load()) as shown:
        await shown.reads("(và 3 điều nữa: F9)")
        await go(shown, "f9")
        for said in (
            "dòng 2: “look.theme” không nhận “tím”",
            "không có lệnh “bay”",
            "phím ctrl+q của “act” đã dùng cho “quit”",
            "phím 1 của “search” đã dùng cho “tab_inbox”",
        ):
            assert said in " ".join(shown.text.split())
    assert "tím" in path.read_text(), "nothing is overwritten by reading"


async def test_a_file_that_cannot_be_written_is_said_and_the_change_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kcflow.settings.write_atomic", refuse)
    async with opened() as shown:
        await go(shown, "f8")
        await shown.reads("Không ghi được tệp cài đặt (Permission denied)")
        assert shown.app.theme == theme.LIGHT


async def test_leaving_may_ask_once() -> None:
    async with opened(Settings(confirm_quit=True)) as shown:
        await go(shown, "ctrl+q")
        await shown.reads("Nhấn lần nữa để thoát")
        assert shown.app.return_code is None
        await go(shown, "ctrl+q")
        assert shown.app.return_code == 0


async def test_the_first_tab_is_the_chosen_one() -> None:
    async with opened(Settings(first_tab="history")) as shown:
        assert shell_of(shown.app).tab == "history"  # type: ignore[arg-type]


async def keys_screen(shown: Showing, words: str) -> None:
    await go(shown, "f9", "f6")
    assert isinstance(shown.top, KeysScreen)
    await shown.type(words)
    await shown.settle()


async def test_a_new_key_works_at_once_and_is_shown_everywhere() -> None:
    async with opened() as shown:
        await keys_screen(shown, "thuc hien")
        await go(shown, "enter", "z")
        await shown.reads("Phím z nay là “thực hiện”")
        assert tomllib.loads(config.settings_path().read_text()) == {"keys": {"act": "z"}}
        await go(shown, "escape", "escape")
        await shown.reads(" z thực hiện")
        assert " a thực hiện" not in shown.text
        await go(shown, "f1")
        await shown.reads("thực hiện")
        assert any(line.split()[1:2] == ["z"] and "thực hiện" in line for line in shown.text.split("\n"))
        await go(shown, "escape", "ctrl+p")
        await shown.type("thuc hien")
        await shown.until(
            lambda: any(" z " in line and "thực hiện" in line for line in shown.text.split("\n")), "palette"
        )


async def test_the_next_start_knows_the_new_key() -> None:
    async with opened(Settings(keys={"act": "z,f3"})) as shown:
        await shown.reads(" z thực hiện")


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        ("thuc hien", "1", "Phím 1 đã dùng cho “Việc của tôi” (màn hình chính)"),
        ("thuc hien", "f1", "Phím F1 đã dùng cho “trợ giúp” (mọi nơi)"),
        ("thuc hien", "ctrl+q", "Phím ^q đã dùng cho “thoát”"),
        ("thuc hien", "enter", "dùng để đi lại và sửa chữ"),
        ("doi bang mau", "tab", "dùng để đi lại và sửa chữ"),
        ("Roi chuong trinh", "q", "nên không nhận phím chữ q"),
        ("Roi chuong trinh", "ctrl+k", "dùng để sửa chữ trong ô nhập"),
    ],
)
async def test_a_key_that_may_not_be_is_explained(words: str, key: str, said: str) -> None:
    async with opened() as shown:
        await keys_screen(shown, words)
        await go(shown, "enter", key)
        await shown.reads(said)
        assert not config.settings_path().exists()
        assert shown.app.return_code is None


async def test_own_keys_come_back_one_by_one_and_all() -> None:
    async with opened(Settings(keys={"act": "z", "help": "f3"})) as shown:
        await keys_screen(shown, "thuc hien")
        await go(shown, "ctrl+r")
        await shown.reads("“thực hiện” có lại phím của nó")
        assert load().keys == {"help": "f3"}
        await go(shown, "f4")
        await shown.reads("Nhấn lần nữa")
        await go(shown, "f4")
        await shown.reads("Mọi lệnh có lại phím của nó")
        assert load().keys == {}


async def test_nobody_locks_himself_out() -> None:
    wishes = {"quit": "f3", "help": "f3", "open_settings": "ctrl+g", "palette": "x"}
    async with opened(Settings(keys=wishes)) as shown:
        await go(shown, "f1")
        assert type(shown.top).__name__ == "HelpScreen"
        await go(shown, "escape", "ctrl+g")
        assert isinstance(shown.top, SettingsScreen)
        await go(shown, "escape", "f9")
        assert isinstance(shown.top, SettingsScreen)
        await go(shown, "ctrl+q")
        assert shown.app.return_code == 0


def test_two_commands_may_swap_keys_and_the_map_never_holds_a_clash() -> None:
    swapped = keymap.judged({"tab_inbox": "2", "tab_dossiers": "1"}, KcflowApp)
    assert swapped.problems == ()
    assert swapped.keymap == {"tab_inbox": "2", "tab_dossiers": "1"}
    for wishes in ({"act": "x", "open_row": "x"}, {"act": "d"}, {"search": "f9"}, {"act": "f99x"}):
        judged = keymap.judged(wishes, KcflowApp)
        assert judged.problems, wishes
        assert len(judged.keymap) < len(wishes)


def test_every_command_has_a_place() -> None:
    for command in keymap.commands().values():
        assert keymap.area(command.id, KcflowApp) in ("app", "shell", "list", "form", "part")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_pictures(lang: str, size: tuple[int, int], snapshot: object, monkeypatch: object) -> None:
    monkeypatch.setenv("KCFLOW_SETTINGS", "/etc/kcflow/settings.toml")  # type: ignore[attr-defined]
    async with opened(lang=lang, size=size) as shown:
        await go(shown, "f9")
        await shown.settle()
        snapshot(f"settings-{lang}-{size[0]}", shown.text)  # type: ignore[operator]
