"""Every keeping form gives its texts back after a cut: acts with papers, notes, corrections, imports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from kcflow.services.errors import NotFound
from screens.dossier.correct import CorrectDialog
from screens.dossier.notes import NoteDialog
from screens.forms.choices import ChoiceField, FileField
from screens.forms.fields import MemoField, TextField
from screens.forms.register import RegisterScreen
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import CODE, FakeDesk, busy, conflict, label, moment, plan, refused
from tests.ui.test_advance import dialog, expand


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.forms.keeping.SECONDS", 0.01)


async def cut_off(shown: Showing, tmp_path: Path) -> None:
    """Leave the form behind as the end of its program would."""
    await shown.until(lambda: list(tmp_path.rglob("forms/*.json")), "the texts on the disk")
    await shown.settle()


async def taken_back(shown: Showing) -> None:
    """Take the kept texts with the real key."""
    await shown.reads("Có nội dung chưa gửi lúc")
    await shown.press("ctrl+y")
    await shown.reads("Đã lấy lại nội dung")


def text(shown: Showing, key: str) -> TextField:
    field: TextField = shown.screen.query_one(f"#field-{key}", TextField)
    return field


async def test_an_act_comes_back_with_the_papers_that_were_entered(tmp_path: Path) -> None:
    async with showing(dialog()) as shown:
        text(shown, "act-number").text = "45/BC-SCT"
        await expand(shown, "missing1")
        text(shown, "missing1-number").text = "7/PTĐ"
        await shown.press("ctrl+t")
        await shown.until(lambda: shown.screen.query("#field-extra1-number Entry"), "a further paper")
        shown.screen.query_one("#field-extra1-kind", ChoiceField).choose("mau_1")
        text(shown, "extra1-number").text = "12/CV"
        await cut_off(shown, tmp_path)
    async with showing(dialog()) as shown:
        assert not shown.screen.query("#field-missing1-number")
        await taken_back(shown)
        assert text(shown, "act-number").text == "45/BC-SCT"
        assert text(shown, "missing1-number").text == "7/PTĐ"
        assert text(shown, "extra1-number").text == "12/CV"
        assert shown.screen.query_one("#field-extra1-kind", ChoiceField).value == "mau_1"
        assert not shown.screen.query("#extra2-box")


def one_memo(form: str) -> Screen[Any]:
    """A form of one text."""
    return NoteDialog(CODE, "Máy sấy") if form == "note" else CorrectDialog(CODE, moment(3))


@pytest.mark.parametrize("form", ["note", "correct"])
async def test_one_text_comes_back(form: str, tmp_path: Path) -> None:
    async with showing(one_memo(form)) as shown:
        shown.screen.query_one(MemoField).text = "Dòng một\ndòng hai"
        await cut_off(shown, tmp_path)
    async with showing(one_memo(form)) as shown:
        await taken_back(shown)
        assert shown.screen.query_one(MemoField).text == "Dòng một\ndòng hai"


async def test_an_import_comes_back_with_its_workbook_and_answers(tmp_path: Path) -> None:
    questions = (
        ("source", label("Nguồn nào?", "Which source?")),
        ("unit", label("Tính bằng gì?", "Which unit?")),
    )
    asking = plan(questions=questions, source=None, unit=None)
    async with showing(RegisterScreen("/x/a.xlsx"), FakeDesk(plan=asking)) as shown:
        await shown.reads("Nguồn nào?")
        shown.screen.query_one("#field-answer-source", ChoiceField).choose("kcqg")
        await cut_off(shown, tmp_path)
    desk = FakeDesk(plan=asking)
    async with showing(RegisterScreen(), desk) as shown:
        await shown.reads("Có nội dung chưa gửi lúc")
        await shown.press("ctrl+y")
        await shown.until(lambda: desk.asked("register_read"), "the workbook read again")
        path, answers = desk.asked("register_read")[0]
        assert (path, answers.source, answers.unit) == ("/x/a.xlsx", "kcqg", None)
        assert shown.screen.query_one("#field-path", FileField).text == "/x/a.xlsx"


@pytest.mark.parametrize("form", ["note", "correct"])
async def test_a_text_that_is_not_written_stays_whatever_the_trouble(form: str) -> None:
    gone = NotFound("dossier_unknown", label("Không có đề án này.", "No such proposal."))
    desk = FakeDesk(troubles=[conflict(), refused(), busy(), gone])
    async with showing(one_memo(form), desk) as shown:
        shown.screen.query_one(MemoField).text = "Sai số văn bản"
        for words in (
            "Trần Thị Lan đã chuyển",
            "Ngày văn bản sau ngày thực hiện",  # the last reason of the rules
            "Kho dữ liệu đang bận",
            "Không có đề án này",
        ):
            await shown.press("f10")
            await shown.until(partial(reads, shown, words), words)
            assert shown.screen.query_one(MemoField).text == "Sai số văn bản"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written at the last try")
        assert "Sai số văn bản" in desk.asked(form)[-1]


def reads(shown: Showing, words: str) -> bool:
    """Whether `words` stand on the screen, whatever frames and ends of lines are among them."""
    return words in " ".join(shown.text.replace("│", " ").split())
