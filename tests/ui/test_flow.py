"""The flow picture: figures that add up, keys and mouse, the list behind each box, both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.flow_figures import ENDED, about, sources_of, summed
from kcflow.i18n import set_language
from kcflow.services.errors import StoreProblem
from kcflow.services.views import DossierRow, FlowPhase, FlowState, ListFilter
from screens.clock.dwell import DwellScreen
from screens.lists.flow import FlowPane
from screens.lists.stalled import StalledPane
from screens.widgets.flow_chart import FlowChart
from screens.widgets.flow_lines import Drawing, Spot
from states.model import Label
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.list_desk import LIFECYCLES, ListDesk, make_row
from tests.ui.shell_driver import at_rest, press, rest, shell_of, started
from tests.ui.snapshots import compare, screen_text, wait_for

DRAFTING = Spot("kcqg", "drafting")


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Every test starts in Vietnamese."""
    set_language("vi")
    yield
    set_language("vi")


def local_rows() -> list[DossierRow]:
    """Some dossiers of the local programme."""
    lifecycle = LIFECYCLES[1]
    states = [state for state in lifecycle.states if not state.final]
    return [
        replace(
            make_row(i),
            code=f"KCDP-24-{i:04}",
            source="kcdp",
            lifecycle=lifecycle.key,
            state=states[i % len(states)].name,
            state_label=states[i % len(states)].label,
            phase=states[i % len(states)].phase,
            ending="",
        )
        for i in range(1, 24)
    ]


def flow_desk() -> ListDesk:
    """Forty dossiers of the national programme, twenty-three of a local one."""
    return ListDesk(rows=[make_row(i) for i in range(1, 41)] + local_rows())


def pane_of(app: KcflowApp) -> FlowPane:
    """The flow pane in front."""
    pane = shell_of(app).pane
    assert isinstance(pane, FlowPane)
    return pane


def asked(app: KcflowApp, monkeypatch: pytest.MonkeyPatch) -> list[ListFilter]:
    """The filters of the lists that are asked for from now on."""
    filters: list[ListFilter] = []
    monkeypatch.setattr(app, "show_dossiers", filters.append)
    return filters


# Figures


def test_the_boxes_add_up_and_endings_stand_apart() -> None:
    desk = flow_desk()
    flows = sources_of(desk.flow())
    assert [flow.source for flow in flows] == ["kcqg", "kcdp"]
    assert sum(box.tally.count for flow in flows for box in flow.boxes) == 63
    national = flows[0]
    assert national.under_way == summed(box.tally for box in national.phases)
    assert all(not state.ending for box in national.phases for state in box.states)
    assert all(state.ending for state in national.ended.states)
    assert national.ended.tally.count == sum(bool(row.ending) for row in desk.rows)


def test_the_list_behind_every_box_and_state_has_as_many() -> None:
    desk = flow_desk()
    for year in (None, 2024, 2025, 2019):
        for flow in sources_of(desk.flow(ListFilter(plan_year=year))):
            for box in flow.boxes:
                assert desk.count(box.wanted(year)) == box.tally.count
                for state in box.states:
                    assert desk.count(box.wanted(year, state)) == state.count


def test_states_that_two_lifecycles_share_are_told_apart() -> None:
    label = Label("Soạn thảo", "Drafting")
    states = tuple(
        FlowState(key, "drafting", label, n, 0, 0, 0, 0, "") for key, n in (("kcdp@a", 2), ("kcdp@b", 3))
    )
    (flow,) = sources_of((FlowPhase("kcdp", "drafting", label, states),))
    box = flow.phases[0]
    assert box.wanted(None, states[1]).lifecycles == ("kcdp@b",)
    assert box.tally.count == 5


@pytest.mark.parametrize(
    ("dong", "vi", "en"),
    [
        (0, "0 đ", "0 ₫"),
        (999_999, "999.999 đ", "999,999 ₫"),
        (285_250_000, "≈ 285 triệu", "≈ 285 m"),
        (1_290_000_000, "1,29 tỷ", "1.29 bn"),
        (12_345_000_000, "≈ 12,3 tỷ", "≈ 12.3 bn"),
        (1_234_567_000_000, "≈ 1.235 tỷ", "≈ 1,235 bn"),
    ],
)
def test_money_in_few_cells_says_when_it_is_rounded(dong: int, vi: str, en: str) -> None:
    assert (about(dong, "vi"), about(dong, "en")) == (vi, en)


def huge() -> tuple[FlowPhase, ...]:
    """Figures of a million proposals."""
    return tuple(
        replace(
            phase,
            states=tuple(
                replace(
                    state,
                    count=250_000,
                    late_law=0 if state.ending else 125_000,
                    late_policy=0 if state.ending else 100_000,
                    near=0 if state.ending else 12_345,
                    requested=98_765_432_000_000,
                )
                for state in phase.states
            ),
        )
        for phase in flow_desk().flow()
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [60, 79, 99, 119, 199])
def test_no_number_is_ever_cut(width: int, lang: str) -> None:
    flows = sources_of(huge())
    for cursor in (DRAFTING, Spot("kcdp", ENDED)):
        drawing = Drawing(flows, width, 40, lang, cursor)
        for line in drawing.lines:
            assert line.width <= width
            text = "".join(piece for piece, _ in line.pieces)
            assert not re.search(r"\d[.,]?…", text)


# Keys and mouse


async def test_the_picture_shows_every_box_and_its_sum() -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        await press(pilot, "6")
        head = screen_text(app)
        assert "63 đề án = 53 đang xử lý + 10 đã kết thúc" in head
        assert "▲" in head
        assert "nội bộ" in head
        for flow in pane_of(app).sources:
            for box in flow.phases:
                assert f"{box.tally.count} đề án" in head


async def test_arrows_go_through_boxes_and_states_and_enter_opens_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        filters = asked(app, monkeypatch)
        await press(pilot, "6")
        chart = pane_of(app).chart
        assert chart.cursor == DRAFTING
        await press(pilot, "right", "enter")
        assert filters[-1] == ListFilter(phases=("provincial_submission",), source="kcqg", open_only=True)
        await press(pilot, "down", "enter")
        assert filters[-1] == ListFilter(states=("submitted_to_department",), source="kcqg")
        assert chart.cursor == Spot("kcqg", "provincial_submission", "submitted_to_department", "kcqg@2014.3")
        await press(pilot, "escape")
        assert chart.cursor == Spot("kcqg", "provincial_submission")
        await press(pilot, "down", "down", "down", "down")
        assert chart.cursor == Spot("kcdp", "provincial_submission")
        await press(pilot, "up")
        assert chart.cursor == Spot("kcqg", "provincial_submission")
        await press(pilot, "end")
        assert chart.cursor == Spot("kcdp", ENDED)
        await press(pilot, "enter")
        assert len(filters) == 2
        assert shell_of(app).said() == "Không có đề án nào ở đây."
        await press(pilot, "home", "left")
        assert chart.cursor == DRAFTING


async def test_in_a_narrow_terminal_the_list_opens_like_a_tree() -> None:
    async with started(flow_desk(), size=(80, 24)) as (app, pilot):
        await press(pilot, "6", "down", "right", "down")
        chart = pane_of(app).chart
        assert chart.cursor == Spot("kcqg", "provincial_submission", "provincial_appraisal", "kcqg@2014.3")
        await press(pilot, "left", "down")
        assert chart.cursor == Spot("kcqg", "ministry_review")
        await press(pilot, *["down"] * 12)
        assert chart.cursor == Spot("kcdp", ENDED)
        assert "▌■ Đã kết thúc" in screen_text(app)


async def test_a_click_moves_and_a_second_one_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        filters = asked(app, monkeypatch)
        await press(pilot, "6")
        lines = screen_text(app).splitlines()
        y = next(i for i, line in enumerate(lines) if "Phân bổ kinh" in line)
        x = lines[y].index("Phân bổ kinh")
        top = pane_of(app).chart.region.y
        for _ in range(2):
            await pilot.click(FlowChart, offset=(x, y - top))
            await rest(pilot)
        assert filters == [ListFilter(phases=("funding_allocation",), source="kcqg", open_only=True)]


async def test_source_and_year_filter_and_escape_takes_them_away() -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        await press(pilot, "6", "s")
        assert [flow.source for flow in pane_of(app).sources] == ["kcqg"]
        assert "Nguồn: KCQG" in screen_text(app)
        await press(pilot, "s")
        assert [flow.source for flow in pane_of(app).sources] == ["kcdp"]
        await press(pilot, "right_square_bracket")
        assert "Năm kế hoạch: 2024" in screen_text(app)
        assert "11 đề án = 11 đang xử lý" in screen_text(app)
        await press(pilot, "left_square_bracket")
        assert "Không có đề án nào như thế" in screen_text(app)
        await press(pilot, "escape")
        assert "63 đề án" in screen_text(app)
        await press(pilot, "escape")
        assert shell_of(app).said() == "Đang xem tất cả rồi."


async def test_a_refresh_keeps_the_place_and_counts_anew() -> None:
    desk = flow_desk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        await press(pilot, "6", "right", "right", "down")
        before = pane_of(app).chart.cursor
        desk.rows.pop()
        await press(pilot, "f5")
        assert pane_of(app).chart.cursor == before
        assert "62 đề án" in screen_text(app)


async def test_f2_writes_the_picture_in_the_other_language() -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        await press(pilot, "6", "f2")
        shown = screen_text(app)
        assert "63 proposals = 53 under way + 10 ended" in shown
        assert "Drafting" in shown
        assert "đề án" not in shown


async def test_an_empty_store_says_how_to_begin_and_a_failing_one_why() -> None:
    desk = ListDesk(rows=[])
    async with started(desk, size=(80, 24)) as (app, pilot):
        await press(pilot, "6")
        assert "Chưa có đề án nào: ^o nhập biểu" in screen_text(app)
        desk.fail = StoreProblem("busy", Label("Kho đang bận [b]lắm[/b].", "The store is busy."))
        await pilot.press("f5")
        await wait_for(pilot, lambda: "Kho đang bận [b]lắm[/b]." in screen_text(app), "the reason")
        desk.fail = None
        await press(pilot, "f5")
        assert "Kho đang bận" not in screen_text(app)


# On the real store, and as people see it


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample store's address."""
    from kcflow.bootstrap import init_store

    url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'kcflow.db'}"
    init_store(Config(url), None, sample=True)
    return url


def test_on_the_sample_store_every_list_has_as_many_as_its_box(sample: str) -> None:
    from kcflow.bootstrap import open_desk

    desk = open_desk(Config(sample))
    try:
        for wanted in (ListFilter(), ListFilter(plan_year=2024), ListFilter(source="kcdp")):
            flows = sources_of(desk.flow(wanted))
            total = 0
            for box in (box for flow in flows for box in flow.boxes):
                rows = desk.dossiers(box.wanted(wanted.plan_year), limit=200).rows
                assert len(rows) == box.tally.count
                assert sum(row.requested for row in rows) == box.tally.requested
                if box.phase != ENDED:
                    late = [row for row in rows if row.days_left is not None and row.days_left < 0]
                    assert sum(row.due_kind == "law" for row in late) == box.tally.late_law
                    assert sum(row.due_kind == "policy" for row in late) == box.tally.late_policy
                total += box.tally.count
                for state in box.states:
                    assert desk.count(box.wanted(wanted.plan_year, state)) == state.count
            assert total == desk.count(wanted) > 0
    finally:
        desk.close()


async def test_on_the_sample_store_enter_lists_what_the_box_counts(sample: str) -> None:
    app = KcflowApp(Config(sample))
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        for keys in ((), ("right",), ("down",), ("pagedown", "down"), ("end", "left")):
            await press(pilot, "6", "home", *keys)
            chart = pane_of(app).chart
            assert chart.cursor is not None
            found = chart.found(chart.cursor)
            assert found is not None
            box, state = found
            count = box.tally.count if state is None else state.count
            if not count:
                continue
            await press(pilot, "enter")
            assert shell_of(app).tab == "dossiers"
            pane = shell_of(app).pane
            assert pane is not None
            await wait_for(pilot, lambda: at_rest(app), "the list is read")
            assert pane.table.row_count == count
    assert app.desk is not None
    app.desk.close()


async def test_a_province_filters_the_picture_and_the_list_behind_it(sample: str) -> None:
    app = KcflowApp(Config(sample))
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        app.work_as("giamsat-bo")
        await wait_for(
            pilot, lambda: app.desk is not None and app.desk.me.login == "giamsat-bo", "the supervisor"
        )
        await press(pilot, "6")
        assert app.desk is not None
        everything = app.desk.count(ListFilter())
        await press(pilot, "f", "tab", "enter", *"nghe", "enter", "f10", "f10")
        pane = pane_of(app)
        assert pane.wanted == ListFilter(provinces=pane.wanted.provinces)
        counted = app.desk.count(pane.wanted)
        assert 0 < counted < everything
        assert f"{counted} đề án =" in screen_text(app)
        assert "Nghệ An ✕" in screen_text(app)
        box = next(box for flow in pane.sources for box in flow.phases if box.tally.count)
        while pane.chart.cursor != Spot(box.source, box.phase):
            await press(pilot, "right")
        await press(pilot, "enter")
        listed = shell_of(app).pane
        assert shell_of(app).tab == "dossiers"
        assert listed is not None
        await wait_for(pilot, lambda: at_rest(app), "the list is read")
        assert listed.table.row_count == box.tally.count
        assert "Nghệ An ✕" in screen_text(app)
        await press(pilot, "6", "F", "x")
        assert pane.wanted == ListFilter()
        assert f"{everything} đề án =" in screen_text(app)
    assert app.desk is not None
    app.desk.close()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_pictures(lang: str, size: tuple[int, int]) -> None:
    async with started(flow_desk(), lang=lang, size=size) as (app, pilot):
        await press(pilot, "6", *(["right", "right"] if size[0] > 100 else ["down", "down"]))
        compare(f"flow-{lang}-{size[0]}x{size[1]}", screen_text(app))


async def test_a_wide_terminal_is_used() -> None:
    async with started(flow_desk(), size=(200, 50)) as (app, pilot):
        await press(pilot, "6", "right", "right", "down")
        compare("flow-vi-200x50", screen_text(app))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_labels_are_shown_harmlessly(size: tuple[int, int]) -> None:
    class Hostile(ListDesk):
        def flow(self, wanted: ListFilter | None = None) -> tuple[FlowPhase, ...]:
            texts = iter(HOSTILE_TITLES * 20)
            return tuple(
                replace(
                    phase,
                    label=Label(*(next(texts),) * 2),
                    states=tuple(
                        replace(state, label=Label(*(next(texts),) * 2), count=3) for state in phase.states
                    ),
                )
                for phase in super().flow(wanted)
            )

    async with started(Hostile(), size=size) as (app, pilot):
        await press(pilot, "6")
        for key in ("right", "down", "down") * 8:
            await _checked(app, pilot, key)
        assert app.screen.query_one("#flow-head", Static)


async def _checked(app: KcflowApp, pilot: Pilot[Any], key: str) -> None:
    await press(pilot, key)
    assert_harmless(app)


def test_the_folder_of_pictures_is_there() -> None:
    assert list(Path(__file__).with_name("snapshots").glob("flow-*.txt"))


async def test_what_stands_still_in_a_phase_is_one_key_away() -> None:
    async with started(flow_desk(), size=(120, 40)) as (app, pilot):
        await press(pilot, "6", "right")
        spot = pane_of(app).chart.cursor
        assert spot is not None
        await press(pilot, "t")
        stalled = shell_of(app).pane
        assert isinstance(stalled, StalledPane)
        assert (stalled.filter.phases, stalled.filter.source) == ((spot.phase,), "kcqg")
        assert (stalled.kind, stalled.grouping) == ("", "")
        # What has ended stands still no more, and the key says so.
        await press(pilot, "6", "end", "t")
        assert "không còn tồn đọng" in screen_text(app)
        assert shell_of(app).tab == "flow"
        # Where time goes begins with what the picture counts.
        await press(pilot, "s", "percent_sign")
        assert isinstance(app.screen, DwellScreen)
        assert app.screen.wanted.source == "kcqg"
        # What is behind a state there is the list of proposals.
        await press(pilot, "enter")
        assert shell_of(app).tab == "dossiers"
