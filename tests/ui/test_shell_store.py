"""The shell over a real store: a new office, its first draft, another person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kcflow.app import KcflowApp
from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.i18n import set_language
from kcflow.services.views import DraftInput
from screens.dossier.proposal import ProposalScreen
from screens.guide.welcome import WelcomeScreen
from screens.shell import ShellScreen
from tests.ui.shell_driver import press, rest, shell_of
from tests.ui.snapshots import screen_text, wait_for


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


@pytest.fixture
def office(tmp_path: Path) -> Config:
    """The store of an office with one draft."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}")
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    try:
        centre = next(office for office in desk.offices() if office.kind == "provincial_centre")
        person = next(
            person for person in desk.people() if any(role.office == centre.code for role in person.roles)
        )
        desk.work_as(person.login).create(
            DraftInput(
                source="kcqg",
                plan_year=desk.today.year + 1,
                title="Ứng dụng máy sấy chè [red]tiên tiến[/]",
                unit_office=centre.code,
                total=800_000_000,
                requested=300_000_000,
                counterpart=500_000_000,
            )
        )
    finally:
        desk.close()
    return config


async def walk(pilot: Pilot[Any], *keys: str) -> str:
    """Press `keys` and return what is shown then."""
    await press(pilot, *keys)
    return screen_text(pilot.app)


async def test_every_list_reads_the_real_store(office: Config) -> None:
    app = KcflowApp(office)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        assert "Không có việc chờ bạn" in screen_text(app)
        assert "Ứng dụng máy sấy chè [red]tiên tiến[/]" in await walk(pilot, "2")
        assert "Lập đề án" in await walk(pilot, "4")
        assert "TTKC-" in await walk(pilot, "5", "c")
        await press(pilot, "3", "4", "enter", "escape", "f", "escape", "2", "slash")
        await pilot.press(*"may", "space", *"say")
        await rest(pilot)
        assert "KCQG-" in screen_text(app)
        await press(pilot, "enter", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, ProposalScreen), "the proposal")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ShellScreen), "the list again")
    desk = app.desk
    assert desk is not None
    desk.close()


async def test_the_centre_finds_its_draft_in_its_own_work(office: Config) -> None:
    app = KcflowApp(office)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await press(pilot, "w", *"ttkc")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: "làm thay" in screen_text(app).splitlines()[0], "another person")
        await rest(pilot)
        pane = shell_of(app).pane
        assert pane is not None
        assert pane.table.row_count == 1
        assert "Nộp Sở" in screen_text(app)
    desk = app.desk
    assert desk is not None
    desk.close()


async def test_without_a_store_the_application_offers_to_make_one(tmp_path: Path) -> None:
    app = KcflowApp(Config(f"sqlite:///{tmp_path / 'none.db'}"))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, WelcomeScreen), "the welcome screen")
        app.make_store("Tuyên Quang", False)
        app.screen.dismiss(True)
        await rest(pilot)
        assert "Không có việc chờ bạn" in screen_text(app)
        for tab, first in (("1", "n tạo mới  ^o nhập biểu"), ("2", "n tạo mới  ^o nhập biểu"), ("3", "a ")):
            # What fills an empty list comes first in the footer.
            assert (await walk(pilot, tab)).splitlines()[-1].strip().startswith(first)
        # Somebody who enters no drafts is led to what there is to read.
        await press(pilot, "1", "w", *"bct", "enter")
        await wait_for(pilot, lambda: "làm thay" in screen_text(app).splitlines()[0], "another person")
        await rest(pilot)
        assert "Không có việc chờ bạn: 2 mọi đề án, 3 tồn đọng, 6 dòng chảy." in screen_text(app)
        assert screen_text(app).splitlines()[-1].strip().startswith("a ")
    desk = app.desk
    assert desk is not None
    desk.close()
