"""The bar of phases at every width."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from screens import theme
from screens.widgets.stage_bar import StageBar, StagePhase, share
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.snapshots import screen_text

PHASES = (
    StagePhase("Soạn thảo", "done", "02/01/2024"),
    StagePhase("Trình cấp tỉnh", "done", "15/02/2024"),
    StagePhase("Thẩm định Bộ", "current", "từ 03/04/2024"),
    StagePhase("Phân bổ", "ahead"),
    StagePhase("Thực hiện", "ahead"),
    StagePhase("Hoàn thành", "ahead"),
)


class BarApp(App[None]):
    """A bar and nothing else."""

    CSS_PATH = theme.COMMON_CSS

    def __init__(self, phases: tuple[StagePhase, ...] = PHASES) -> None:
        super().__init__()
        theme.register(self)
        self.bar = StageBar(phases)

    def compose(self) -> ComposeResult:
        yield self.bar


@pytest.mark.parametrize("width", [20, 40, 80, 120])
async def test_it_looks_as_reviewed(width: int, snapshot: Callable[[str, str], None]) -> None:
    app = BarApp()
    async with app.run_test(size=(width, 5)):
        assert_harmless(app)
        snapshot(f"stage-bar-{width}", screen_text(app))


async def test_dates_stand_under_their_labels_where_there_is_room() -> None:
    app = BarApp()
    async with app.run_test(size=(120, 5)) as pilot:
        labels, dates = screen_text(app).splitlines()[:2]
        for phase in PHASES[:3]:
            assert labels.index(phase.label) == dates.index(phase.date_text)
        assert app.bar.size.height == 2
        await pilot.resize_terminal(80, 5)
        assert app.bar.size.height == 1
        assert "2024" not in screen_text(app)
        assert "◐ Thẩm định Bộ" in screen_text(app), "the current phase is never cut"


async def test_every_status_has_its_own_mark() -> None:
    phases = (
        StagePhase("a", "done"),
        StagePhase("b", "ended"),
        StagePhase("c", "ahead"),
        StagePhase("d", "current"),
    )
    app = BarApp(phases)
    async with app.run_test(size=(80, 5)):
        assert screen_text(app).splitlines()[0] == "● a ─ ■ b ─ ○ c ─ ◐ d"


async def test_update_shows_other_phases() -> None:
    app = BarApp()
    async with app.run_test(size=(120, 5)) as pilot:
        app.bar.update((StagePhase("Rút", "ended", "05/05/2024"),))
        await pilot.pause()
        assert [line.rstrip() for line in screen_text(app).splitlines()[:2]] == ["■ Rút", "  05/05/2024"]
        app.bar.update(())
        await pilot.pause()
        assert screen_text(app).strip() == ""


@pytest.mark.parametrize("width", [1, 3, 7, 30, 200])
async def test_hostile_labels_at_any_width(width: int) -> None:
    app = BarApp(tuple(StagePhase(title, "current", title) for title in HOSTILE_TITLES))
    async with app.run_test(size=(width, 4)):
        assert_harmless(app)


@given(
    widths=st.lists(st.integers(0, 30), max_size=8),
    room=st.integers(-5, 120),
    keep=st.none() | st.integers(0, 7),
)
def test_sharing_never_gives_too_much(widths: list[int], room: int, keep: int | None) -> None:
    given_cells = share(widths, room, keep)
    assert all(0 <= cells <= wanted for cells, wanted in zip(given_cells, widths, strict=True))
    assert sum(given_cells) <= max(0, room)
    if sum(widths) <= room:
        assert given_cells == widths


def test_sharing_cuts_the_widest_and_spares_the_current() -> None:
    assert share([5, 20, 10], 25) == [5, 10, 10]
    assert share([5, 20, 10], 30, keep=1) == [5, 20, 5]
    assert share([9, 14, 12, 20, 20], 60, keep=1) == [9, 14, 12, 12, 13], "neighbours stay whole"
