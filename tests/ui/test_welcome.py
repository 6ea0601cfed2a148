"""The first start: sample data, an empty store of a province, or nothing."""

import threading
from collections.abc import Callable

from screens.forms.choices import ChoiceField
from screens.guide.welcome import WelcomeScreen
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import FakeDesk, busy

Progress = Callable[[str, int, int], None]


def remember(shown: Showing, made: list[tuple[str | None, bool]]) -> None:
    def maker(province: str | None, sample: bool, _progress: Progress) -> None:
        made.append((province, sample))

    shown.app.maker = maker


async def test_sample_data_is_one_key_away() -> None:
    made: list[tuple[str | None, bool]] = []
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        remember(shown, made)
        await shown.press("enter")
        await shown.until(lambda: shown.results, "made")
        assert made == [(None, True)]
        assert shown.results == [True]


async def test_an_empty_store_asks_for_a_province_of_today() -> None:
    made: list[tuple[str | None, bool]] = []
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        remember(shown, made)
        await shown.press("down", "enter")
        await shown.reads("Tỉnh, thành phố")
        await shown.press("enter", *"tuyen", "enter")
        field = shown.screen.query_one(ChoiceField)
        await shown.until(lambda: field.value == "34:08", "Tuyên Quang")
        await shown.until(lambda: shown.screen.query_one("#welcome-make").has_focus, "the button")
        await shown.press("enter")
        await shown.until(lambda: shown.results, "made")
        assert made == [("34:08", False)]


async def test_a_province_that_no_longer_exists_is_not_offered() -> None:
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        names = {words.vi for _, words in shown.screen.query_one(ChoiceField)._options}
        assert len(names) == 34
        assert "Hà Giang" not in names


async def test_without_a_province_nothing_is_made() -> None:
    made: list[tuple[str | None, bool]] = []
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        remember(shown, made)
        await shown.press("down", "enter", "tab", "enter")
        await shown.reads("Hãy chọn tỉnh, thành phố.")
        assert made == []


async def test_quit_and_escape_make_nothing() -> None:
    for keys in (("end", "enter"), ("escape",)):
        async with showing(WelcomeScreen(), FakeDesk()) as shown:
            await shown.press(*keys)
            await shown.until(lambda: shown.results, "closed")
            assert shown.results == [False]


async def test_progress_is_shown_and_the_work_is_not_left_alone() -> None:
    go_on = threading.Event()

    def slow(_province: str | None, _sample: bool, progress: Progress) -> None:
        progress("reference", 1, 3)
        progress("bước lạ", 2, 3)
        assert go_on.wait(10)

    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        shown.app.maker = slow
        await shown.press("enter")
        await shown.reads("67%")
        await shown.reads("bước lạ")
        await shown.press("escape", "enter")
        assert shown.results == []
        go_on.set()
        await shown.until(lambda: shown.results, "made")
        assert shown.results == [True]


async def test_a_failure_is_said_and_another_way_can_be_chosen() -> None:
    def fails(_province: str | None, _sample: bool, _progress: Progress) -> None:
        raise busy()

    made: list[tuple[str | None, bool]] = []
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        shown.app.maker = fails
        await shown.press("enter")
        await shown.reads("Kho dữ liệu đang bận: hãy thử lại.")
        assert shown.results == []
        await shown.press("f2")
        await shown.reads("The store is busy: try again.")
        remember(shown, made)
        await shown.press("enter")
        await shown.until(lambda: shown.results, "made")
        assert made == [(None, True)]


async def test_f2_switches_the_language() -> None:
    async with showing(WelcomeScreen(), FakeDesk()) as shown:
        await shown.press("down", "f2")
        await shown.reads("Look around in sample data")
        assert "dữ liệu mẫu" not in shown.text
        await shown.press("enter")
        await shown.reads("Make the store")
