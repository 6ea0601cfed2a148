"""One decision over many proposals, typed by real keys, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kcflow.app import KcflowApp
from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.i18n import set_language
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput, MoveInput, PaperInput
from screens.forms.fields import DateField, TextField
from screens.lists.bulk import BulkDialog
from screens.lists.bulk_form import DecisionForm
from screens.lists.dossiers import DossiersPane
from tests.ui.shell_driver import press, rest, shell_of
from tests.ui.snapshots import screen_text, wait_for

ACT = "submit_to_department"
NUMBER = "12/CV-TTKC"


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Every test starts in Vietnamese."""
    set_language("vi")
    yield
    set_language("vi")


def new_draft(desk: Desk, title: str) -> str:
    """A draft that can be submitted."""
    draft = DraftInput(
        source="kcqg",
        plan_year=desk.today.year + 1,
        title=title,
        unit_office="TTKC-34-08",
        total=850_000_000,
        requested=300_000_000,
        counterpart=550_000_000,
        content_codes=(3,),
    )
    code = desk.create(draft, on=desk.today - timedelta(days=3)).code
    desk.record_papers(code, [PaperInput("de_an", number="1"), PaperInput("mau_1", number="2")])
    return code


def submit(desk: Desk, code: str) -> None:
    """Submit it, as somebody else would."""
    letter = MoveInput(
        document_kind="cong_van_de_nghi",
        document_number="1/TTKC",
        document_date=desk.today,
        signer="Lê Thị Giám",
    )
    desk.advance(code, ACT, letter)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Config, Desk, list[str]]]:
    """A store, its centre's clerk, and three drafts of which one is submitted already."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}", as_person="ttkc-34-08")
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    codes = [new_draft(desk, title) for title in ("Máy sao chè", "Máy sấy [red]gỗ[/]", "Máy dệt")]
    submit(desk, codes[1])
    yield config, desk, codes
    desk.close()


def states(desk: Desk, codes: list[str]) -> list[str]:
    """Where they stand."""
    return [desk.dossier(code).row.state for code in codes]


async def bulk(app: KcflowApp, pilot: Pilot[Any], *, all_rows: bool = True) -> BulkDialog:
    """Select everything in the list, or the first row only, and open the dialog."""
    await rest(pilot)
    await press(pilot, "2", "ctrl+a" if all_rows else "space")
    assert f"đã chọn {3 if all_rows else 1}" in screen_text(app)
    await press(pilot, "b")
    dialog = app.screen
    assert isinstance(dialog, BulkDialog)
    await wait_for(pilot, lambda: not dialog.busy, "the acts are known")
    return dialog


async def to_preview(pilot: Pilot[Any], dialog: BulkDialog) -> None:
    """Take the first act, enter its letter once, and preview."""
    await press(pilot, "enter")
    await wait_for(pilot, lambda: dialog.step == "form", "the form")
    assert dialog.act is not None
    assert dialog.act.option.name == ACT
    form = dialog.query_one(DecisionForm)
    form.query_one("#field-act-number", TextField).text = NUMBER
    form.query_one("#field-act-date", DateField).text = f"{dialog.desk.today:%d/%m/%Y}"
    form.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"
    await press(pilot, "ctrl+s")
    await wait_for(pilot, lambda: dialog.step == "preview" and not dialog.busy, "the preview")
    await rest(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_or_nothing_with_one_refused_does_nothing(
    office: tuple[Config, Desk, list[str]], size: tuple[int, int]
) -> None:
    config, desk, codes = office
    app = KcflowApp(config)
    async with app.run_test(size=size) as pilot:
        dialog = await bulk(app, pilot)
        assert "2 / 3" in screen_text(app)
        await to_preview(pilot, dialog)
        shown = screen_text(app)
        assert "✓ sẽ làm → Đã nộp Sở" in shown
        assert "✗ không: " in shown
        assert "2 sẽ làm · 1 không làm" in shown
        await press(pilot, "ctrl+s")
        assert "1 đề án không làm được nên “tất cả hoặc không”" in screen_text(app)
        assert dialog.step == "preview"
        assert states(desk, codes) == ["drafting", "submitted_to_department", "drafting"]
        # Without the one that stands in the way it is one transaction.
        await press(pilot, "ctrl+d", "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert "Xong 2 · chưa làm 1" in screen_text(app)
        await press(pilot, "escape")
        pane = shell_of(app).pane
        assert isinstance(pane, DossiersPane)
        assert pane.table.selected == {codes[1]}
    assert states(desk, codes) == ["submitted_to_department"] * 3
    assert app.desk is not None
    app.desk.close()


async def test_each_by_itself_does_what_can_be_done(office: tuple[Config, Desk, list[str]]) -> None:
    config, desk, codes = office
    app = KcflowApp(config)
    async with app.run_test(size=(120, 40)) as pilot:
        dialog = await bulk(app, pilot)
        await to_preview(pilot, dialog)
        await press(pilot, "m")
        assert "(●) từng đề án" in screen_text(app)
        await press(pilot, "f10")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        marks = [desk.history_of(code)[-1].hash[:8] for code in (codes[0], codes[2])]
        shown = screen_text(app)
        assert all(f"xong, mã xác nhận {mark}" in shown for mark in marks)
        assert "Máy sấy [red]gỗ[/]" in shown
        await press(pilot, "y")
        copied = app.clipboard.splitlines()
        assert len(copied) == 4
        assert copied[1].startswith(f"{codes[0]}\t✓ xong, mã xác nhận {marks[0]}\t")
        await press(pilot, "f2")
        assert f"done, receipt {marks[0]}" in screen_text(app)
        await press(pilot, "f2", "escape")
        assert "Xong 2 đề án; 1 chưa làm còn được chọn." in screen_text(app)
    assert states(desk, codes) == ["submitted_to_department"] * 3
    assert app.desk is not None
    app.desk.close()


async def test_a_race_lost_after_the_preview_stops_everything_and_keeps_the_form(
    office: tuple[Config, Desk, list[str]],
) -> None:
    config, desk, codes = office
    app = KcflowApp(config)
    async with app.run_test(size=(120, 40)) as pilot:
        dialog = await bulk(app, pilot)
        await to_preview(pilot, dialog)
        await press(pilot, "ctrl+d")
        submit(desk, codes[0])
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert "Không làm gì: 3 đề án giữ nguyên." in screen_text(app)
        assert states(desk, codes)[2] == "drafting"
        await press(pilot, "ctrl+b", "ctrl+b")
        assert dialog.step == "form"
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "preview" and not dialog.busy, "another preview")
        await rest(pilot)
        assert "1 sẽ làm · 1 không làm" in screen_text(app)
        await press(pilot, "ctrl+d", "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
    assert states(desk, codes) == ["submitted_to_department"] * 3
    assert app.desk is not None
    app.desk.close()


# -- text that was not sent -----------------------------------------------------------------------


def kept(tmp_path: Path) -> list[Path]:
    """The forms on the disk."""
    return sorted((tmp_path / "own-state" / "forms").glob("*.json"))


def number(dialog: BulkDialog) -> str:
    """What stands in the field of the letter's number."""
    return dialog.query_one("#field-act-number", TextField).text


async def test_a_decision_that_was_cut_off_comes_back_for_any_selection(
    office: tuple[Config, Desk, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.forms.keeping.SECONDS", 0.01)
    config, desk, codes = office
    app = KcflowApp(config)
    async with app.run_test(size=(120, 40)) as pilot:
        dialog = await bulk(app, pilot)
        await press(pilot, "enter")
        dialog.query_one("#field-act-number", TextField).text = NUMBER
        await wait_for(pilot, lambda: kept(tmp_path), "the text on the disk")
        # Another act has a form of its own; this one's text waits for it.
        await press(pilot, "ctrl+b", "down", "enter")
        assert dialog.act is not None
        assert dialog.act.option.name != ACT
        assert "Có nội dung chưa gửi" not in screen_text(app)
        await press(pilot, "ctrl+b", "enter")
        assert dialog.act.option.name == ACT
        assert "Có nội dung chưa gửi lúc" in screen_text(app)
        assert number(dialog) == ""
        await press(pilot, "ctrl+y")
        assert number(dialog) == NUMBER
    assert app.desk is not None
    app.desk.close()

    app = KcflowApp(config)
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await bulk(app, pilot, all_rows=False)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: "Có nội dung chưa gửi lúc" in screen_text(app), "the offer")
        await press(pilot, "ctrl+y")
        assert "Đã lấy lại nội dung" in screen_text(app)
        assert number(dialog) == NUMBER
        dialog.query_one("#field-act-date", DateField).text = f"{desk.today:%d/%m/%Y}"
        dialog.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "preview" and not dialog.busy, "the preview")
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert kept(tmp_path) == [], "what was sent is kept no longer"
    assert states(desk, codes).count("submitted_to_department") == 2
    assert app.desk is not None
    app.desk.close()


async def test_a_decision_that_some_still_need_is_kept(
    office: tuple[Config, Desk, list[str]], tmp_path: Path
) -> None:
    config, desk, codes = office
    app = KcflowApp(config)
    async with app.run_test(size=(120, 40)) as pilot:
        dialog = await bulk(app, pilot)
        await to_preview(pilot, dialog)
        await press(pilot, "ctrl+d")
        submit(desk, codes[0])
        await press(pilot, "m", "ctrl+s")
        await wait_for(pilot, lambda: dialog.step == "result", "the result")
        await rest(pilot)
        assert states(desk, codes)[2] == "submitted_to_department"
        assert len(kept(tmp_path)) == 1
    assert app.desk is not None
    app.desk.close()
