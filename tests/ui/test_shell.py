"""The shell: start, tabs, languages, help, palette, people, small terminals, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import NoReturn, cast

import pytest
from textual.widgets import Input

from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.i18n import set_language, t
from kcflow.services.errors import StoreProblem
from kcflow.services.views import PersonView
from screens.base import KeyBar, StatusLine
from screens.commands import REGISTRY, key_name
from screens.guide.help import HelpScreen
from screens.guide.palette import PaletteDialog
from screens.lists.people import WorkAsDialog
from screens.offers import offers
from screens.shell import ShellScreen
from screens.shell_lines import Who, who_text
from screens.widgets.table import VirtualTable
from states.model import Label
from tests.catalogues import catalogue
from tests.ui.list_desk import ListDesk, make_people, opener
from tests.ui.shell_driver import NOWHERE, press, rest, shell_of, started
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


# Start


async def test_the_shell_is_painted_before_the_store_is_open() -> None:
    gate = threading.Event()
    desk = ListDesk()

    def slow(_config: Config) -> object:
        gate.wait(10)
        return desk

    app = KcflowApp(Config(NOWHERE), opener=cast("type[object]", slow))  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "Đang mở kho dữ liệu" in screen_text(app), "the shell is painted")
        assert app.desk is None
        assert "1 Việc" in screen_text(app)
        await pilot.press("n")
        await wait_for(pilot, lambda: status(app) == "Kho dữ liệu chưa mở.", "a key says why it can't")
        await pilot.press("2", "w", "slash")
        gate.set()
        await rest(pilot)
        assert shell_of(app).tab == "dossiers"
        assert "KCQG-24-0001" in screen_text(app)


async def test_a_store_that_cannot_be_opened_says_why_and_can_be_tried_again() -> None:
    answers: list[Exception | None] = [BUSY, None]

    def open_it(config_: Config) -> object:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return opener(ListDesk())(config_)

    app = KcflowApp(Config(NOWHERE), opener=open_it)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "Kho dữ liệu đang bận" in screen_text(app), "the reason")
        assert "r thử lại" in screen_text(app)
        assert "Traceback" not in screen_text(app)
        await pilot.press("r")
        await rest(pilot)
        assert "KCQG-24-0032" in screen_text(app)
        assert "thử lại" not in screen_text(app)


async def test_without_a_store_the_welcome_screen_leads_the_way() -> None:
    from screens.guide.welcome import WelcomeScreen

    missing = StoreProblem("store_missing", Label("Chưa có kho dữ liệu.", "There is no store yet."))
    made: list[bool] = []

    def open_it(config_: Config) -> object:
        if not made:
            raise missing
        return opener(ListDesk())(config_)

    app = KcflowApp(Config(NOWHERE), opener=open_it)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, WelcomeScreen), "the welcome screen")
        made.append(True)
        app.screen.dismiss(True)
        await rest(pilot)
        assert "KCQG-24-0032" in screen_text(app)


async def test_leaving_the_welcome_screen_leaves_the_application() -> None:
    from screens.guide.welcome import WelcomeScreen

    missing = StoreProblem("store_missing", Label("Chưa có kho dữ liệu.", "There is no store yet."))

    def open_it(_config: Config) -> object:
        raise missing

    app = KcflowApp(Config(NOWHERE), opener=open_it)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, WelcomeScreen), "the welcome screen")
        app.screen.dismiss(None)
        await wait_for(pilot, lambda: app._exit, "the application ends")
    assert app.return_value == 0


async def test_control_q_leaves() -> None:
    async with started() as (app, pilot):
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: app._exit, "the application ends")
    assert app.return_value == 0


async def test_control_c_says_how_to_leave() -> None:
    async with started() as (app, pilot):
        await pilot.press("ctrl+c")
        await wait_for(pilot, lambda: "^q" in status(app), "the way out")


# Tabs


async def test_number_keys_show_tabs_and_panes_are_made_when_first_shown() -> None:
    async with started() as (app, pilot):
        shell = shell_of(app)
        assert set(shell._panes) == {"inbox"}
        for key, tab in zip("23451", ("dossiers", "stalled", "history", "people", "inbox"), strict=True):
            await press(pilot, key)
            assert shell.tab == tab
            pane = shell.pane
            assert pane is not None
            assert pane.display
            assert pane.table.has_focus
            assert sum(other.display for other in shell._panes.values()) == 1


async def test_tabs_count_and_answer_to_clicks() -> None:
    async with started() as (app, pilot):
        line = screen_text(app).splitlines()[1]
        # Seven tabs in 80 columns: the longest names give way, the counts stay.
        assert line.rstrip().startswith(" 1 Việc 20  2 Đề án 40  3 Tồn 15  4 Lịch sử")
        await pilot.click("TabsLine", offset=(line.index("Tồn"), 0))
        await rest(pilot)
        assert shell_of(app).tab == "stalled"
        await pilot.resize_terminal(120, 40)
        await rest(pilot)
        line = screen_text(app).splitlines()[1]
        assert "1 Việc của tôi 20   2 Đề án 40   3 Tồn đọng 15" in line
        await pilot.click("TabsLine", offset=(line.index("Phân bổ"), 0))
        await rest(pilot)
        assert shell_of(app).tab == "money"


async def test_more_than_a_thousand_is_said_so() -> None:
    desk = ListDesk()
    desk.rows = desk.rows * 30
    async with started(desk) as (app, _):
        assert "Đề án 1000+" in screen_text(app)


def test_the_header_gives_way_from_the_role_to_the_office() -> None:
    person = make_people()[0]
    who = Who(person, None, ListDesk().today)
    assert who_text(who, "vi", 80) == "Sở Công Thương Hà Giang · Nguyễn Thị Hoa (Sở Công Thương)"
    assert who_text(who, "vi", 45) == "Sở Công Thương Hà Giang · Nguyễn Thị Hoa"
    assert who_text(who, "vi", 30) == "Sở Công Thươ… · Nguyễn Thị Hoa"
    assert who_text(who, "vi", 15) == "Nguyễn Thị Hoa"
    assert who_text(who, "vi", 6) == "Nguyễ…"
    nobody = Who(PersonView("x", "X", None, (), None), None, ListDesk().today)
    assert who_text(nobody, "vi", 40) == "X"


async def test_the_header_says_that_the_data_is_a_sample() -> None:
    desk = ListDesk()
    desk.sample_day = desk.today
    async with started(desk) as (app, _):
        assert screen_text(app).splitlines()[0].endswith("mẫu 28/06/2024")


# Language, help, palette, theme


async def test_f2_switches_the_language_at_once_and_keeps_the_place() -> None:
    async with started() as (app, pilot):
        await press(pilot, "down", "down")
        pane = shell_of(app).pane
        assert pane is not None
        key = pane.table.cursor_key
        await press(pilot, "f2")
        shown = screen_text(app)
        assert "1 My work 20" in shown
        assert "Can be done now" in shown
        assert "F1 help" in shown
        assert "1 Việc" not in shown
        assert pane.table.cursor_key == key
        await press(pilot, "2", "f2")
        assert "Thứ tự: mã" in screen_text(app)
        await press(pilot, "1")
        assert "Làm được ngay" in screen_text(app)


async def test_f2_reaches_a_dialog_and_what_lies_under_it() -> None:
    async with started() as (app, pilot):
        await press(pilot, "f1", "f2")
        assert "Help" in screen_text(app)
        await press(pilot, "escape")
        assert "My work" in screen_text(app)


async def test_f1_tells_of_the_present_screen_and_its_keys() -> None:
    async with started(size=(100, 50)) as (app, pilot):
        await press(pilot, "3", "f1")
        shown = screen_text(app)
        assert isinstance(app.screen, HelpScreen)
        assert "Tồn đọng: hồ sơ đứng lại" in shown
        assert "loại: Sang loại tồn đọng kế tiếp." in shown
        await press(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        assert len(app.screen_stack) == 2
        await press(pilot, "escape")
        assert isinstance(app.screen, ShellScreen)


async def test_the_palette_finds_without_diacritics_and_carries_out() -> None:
    async with started() as (app, pilot):
        await press(pilot, "ctrl+p")
        assert isinstance(app.screen, PaletteDialog)
        await press(pilot, *"ton")
        await pilot.press("space", *"dong")
        table = app.screen.query_one(VirtualTable)
        await wait_for(pilot, lambda: table.settled and table.row_count < 4, "the list is short")
        await press(pilot, "enter")
        assert shell_of(app).tab == "stalled"
        assert isinstance(app.screen, ShellScreen)


async def test_a_greyed_command_in_the_palette_says_why() -> None:
    desk = ListDesk(rows=[])
    async with started(desk) as (app, pilot):
        await press(pilot, "ctrl+p", *"thuc")
        await pilot.press("enter")
        await wait_for(pilot, lambda: status(app) == "Chưa có dòng nào để làm.", "the reason")
        assert isinstance(app.screen, PaletteDialog)


async def test_the_palette_leads_to_the_other_screens_and_says_where_their_commands_live() -> None:
    async with started(size=(120, 40)) as (app, pilot):

        async def found(words: str) -> list[str]:
            await press(pilot, "ctrl+p")
            for letter in words:
                await pilot.press("space" if letter == " " else letter)
            await rest(pilot)
            table = app.screen.query_one(VirtualTable)
            return [table.row_text(row.key) for row in table.rows_in_memory]

        lines = await found("ghi chu")
        assert any("ở Hồ sơ đề án:" in line for line in lines)
        await press(pilot, "enter")
        assert status(app).startswith("Lệnh này ở hồ sơ đề án:")
        await press(pilot, "escape", "2", "enter")
        lines = await found("luu khung")
        assert "ở Việc của tôi, Đề án…:" in lines[0]
        await press(pilot, "enter")
        assert (app.screen, shell_of(app).tab) == (shell_of(app), "dossiers")
        assert status(app) == "V lưu khung: lệnh đó ở đây."
        await press(pilot, "enter")
        assert not isinstance(app.screen, ShellScreen)
        await found("dong chay")
        await press(pilot, "enter")
        assert (app.screen, shell_of(app).tab) == (shell_of(app), "flow")
        await press(pilot, "n")
        form = app.screen
        await found("dong chay")
        await press(pilot, "enter")
        assert app.screen is form
        assert status(app) == "Hãy đóng cửa sổ này trước (Esc)."


async def test_a_greyed_key_says_why() -> None:
    async with started(ListDesk(rows=[])) as (app, pilot):
        await pilot.press("a")
        await wait_for(pilot, lambda: status(app) == "Chưa có dòng nào để làm.", "the reason")


async def test_a_click_in_the_footer_is_the_key() -> None:
    async with started() as (app, pilot):
        foot = screen_text(app).splitlines()[-1]
        await pilot.click(KeyBar, offset=(foot.index("lệnh"), 0))
        await wait_for(pilot, lambda: isinstance(app.screen, PaletteDialog), "the palette")


async def test_the_footer_keeps_commands_quit_and_help_however_narrow() -> None:
    async with started(size=(60, 15)) as (app, _):
        foot = screen_text(app).splitlines()[-1]
        for word in ("^p lệnh", "^q thoát", "F1 trợ giúp"):
            assert word in foot


async def test_f8_goes_through_the_looks() -> None:
    async with started() as (app, pilot):
        seen = [app.theme]
        for _ in range(3):
            await press(pilot, "f8")
            seen.append(app.theme)
        assert len(set(seen)) == 3
        assert seen[0] == seen[3]


# People


async def test_working_as_another_person_is_shown_and_reads_everything_anew() -> None:
    async with started(size=(120, 40)) as (app, pilot):
        await press(pilot, "w")
        assert isinstance(app.screen, WorkAsDialog)
        await press(pilot, *"tran")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: "với tư cách Trần Văn Nam" in status(app), "it is said")
        await rest(pilot)
        head = screen_text(app).splitlines()[0]
        assert "Nguyễn Thị Hoa làm thay Trần Văn Nam" in head
        assert cast("ListDesk", app.desk).me.login == "nam"


async def test_escape_leaves_the_person_as_it_was() -> None:
    async with started() as (app, pilot):
        await press(pilot, "w", "escape")
        assert cast("ListDesk", app.desk).me.login == "hoa"


async def test_failing_to_work_as_somebody_is_said() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        await press(pilot, "5", "down")
        desk.fail = BUSY
        await pilot.press("w")
        await wait_for(pilot, lambda: "đang bận" in status(app), "the sentence")
        assert cast("ListDesk", app.desk).me.login == "hoa"


# Small terminals


@pytest.mark.parametrize("size", [(20, 5), (80, 14), (1, 1)])
async def test_a_terminal_that_is_too_small_says_so_and_recovers(size: tuple[int, int]) -> None:
    async with started() as (app, pilot):
        await press(pilot, "2", "slash")
        await press(pilot, *"che")
        for dialog in ("", "ctrl+p"):
            if dialog:
                await press(pilot, dialog)
            before = screen_text(app)
            focused = app.focused
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda: app.screen.has_class("-too-small"), "the wish")
            if size[0] >= 19:
                assert " ".join(screen_text(app).split()) == t("app.too_small", "vi", width=60, height=15)
            await pilot.press("down", "x", "tab")
            await pilot.resize_terminal(80, 24)
            await wait_for(pilot, lambda: not app.screen.has_class("-too-small"), "it recovers")
            await wait_for(pilot, lambda f=focused: app.focused is f, "the focus is back")  # type: ignore[misc]
            await rest(pilot)
            assert screen_text(app) == before


async def test_a_terminal_that_shrank_under_a_dialog_recovers_too() -> None:
    async with started() as (app, pilot):
        await press(pilot, "f1")
        await pilot.resize_terminal(20, 5)
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ShellScreen), "the shell")
        await wait_for(pilot, lambda: app.screen.has_class("-too-small"), "the shell says so as well")
        await pilot.resize_terminal(80, 24)
        await rest(pilot)
        assert "KCQG-24-0032" in screen_text(app)


async def test_starting_in_a_small_terminal_works() -> None:
    async with started(size=(20, 5)) as (app, pilot):
        assert "cần ít nhất 60×15" in " ".join(screen_text(app).split())
        await pilot.resize_terminal(80, 24)
        await rest(pilot)
        assert "KCQG-24-0032" in screen_text(app)


# Commands


def _import_every_screen() -> None:
    import importlib
    import pkgutil

    import screens

    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)


def test_every_command_has_words_in_both_languages() -> None:
    _import_every_screen()
    for lang in ("vi", "en"):
        texts = catalogue(lang)
        for name in REGISTRY:
            for part in ("label", "help"):
                assert texts.get(f"command.{name}.{part}"), f"command.{name}.{part} is missing in {lang}"


async def test_no_two_commands_of_a_screen_share_a_key() -> None:
    async with started() as (app, pilot):
        for tab in "12345":
            await press(pilot, tab)
            chain = app.screen._binding_chain
            for node, keys in chain:
                for key, found in keys.key_to_bindings.items():
                    ids = [binding.id for binding in found if binding.id in REGISTRY]
                    assert len(ids) <= 1, f"{key} on {node}: {ids}"
            assert {offer.command.id for offer in offers(app.screen)} >= {"help", "palette", "quit", "search"}


async def test_a_key_map_moves_a_command() -> None:
    async with started() as (app, pilot):
        app.set_keymap({"tab_stalled": "f7"})
        await press(pilot, "f7")
        assert shell_of(app).tab == "stalled"


def test_keys_are_written_for_people() -> None:
    written = [key_name(key) for key in ("ctrl+p", "f1", "enter", "escape", "slash", "a")]
    assert written == ["^p", "F1", "⏎", "Esc", "/", "a"]


async def test_typing_in_the_search_types_letters_not_commands() -> None:
    async with started() as (app, pilot):
        await press(pilot, "slash")
        await press(pilot, *"dn12wao")
        assert shell_of(app).tab == "inbox"
        assert app.screen.query_one(Input).value == "dn12wao"
        assert isinstance(app.screen, ShellScreen)


def test_the_shell_needs_no_store_to_be_imported() -> None:
    """The first paint doesn't wait for the database's libraries (they cost twice as much as it does)."""
    code = (
        "import sys, kcflow.app\n"
        "bad = {'db', 'sqlmodel', 'sqlalchemy', 'alembic', 'pydantic', 'openpyxl', 'holidays', 'babel'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_the_store_says_after_the_screen_is_gone_does_no_harm() -> None:
    """An application that is left while its store is being opened ends without an error."""

    def fail(_: Config) -> NoReturn:
        raise OSError("no store")

    app = KcflowApp(Config(NOWHERE), opener=fail)
    async with app.run_test() as pilot:
        await pilot.pause()
    app.on_kcflow_app_store_failed(app.StoreFailed(OSError("no store")))
