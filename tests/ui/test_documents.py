"""Papers in numbers, notes, citations, attached files: on the fake desk and on a real store, by real keys."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.services.desk import Desk
from kcflow.services.errors import NotFound
from kcflow.services.views import DraftInput
from screens.dossier.notes import NoteDialog
from screens.dossier.papers import PapersDialog
from screens.dossier.proposal import ProposalScreen
from screens.dossier.viewer import COPIES, SavedDialog
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, MemoField, TextField
from screens.lists.history_record import RecordDialog
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import CODE, TITLE, FakeDesk, busy, card, conflict, label, moment, paper, refused
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless

SHA = "ab" * 32


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three scanned decisions."""
    folder = tmp_path / "quyết định"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"QĐ {number}.pdf").write_bytes(f"%PDF-1.4 {number}".encode())
    return folder


@pytest.fixture
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A viewer of this machine, which writes down what it got; the private copies go away afterwards."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{folder}/opened"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    return folder / "opened"


@pytest.fixture(autouse=True)
def no_copies_left() -> Iterator[None]:
    """What was looked at doesn't outlive the test."""
    yield
    COPIES.clear()


def shown_by(viewer: Path) -> tuple[str, bytes, int] | None:
    """Name, content and mode of what the viewer was given; None: nothing, or it is gone."""
    if not viewer.exists() or not (copy := Path(viewer.read_text())).exists():
        return None
    return copy.name, copy.read_bytes(), copy.stat().st_mode & 0o777


async def with_fields(shown: Showing) -> None:
    await shown.until(lambda: shown.top._box is not None, "the fields")


def choose(shown: Showing, kind: str, number: str) -> None:
    shown.top.query_one("#field-paper-kind", ChoiceField).choose(kind)
    shown.top.query_one("#field-paper-number", TextField).text = number


# Papers


async def test_files_of_a_pattern_become_papers_written_in_one_act(scans: Path) -> None:
    desk = FakeDesk()
    async with showing(PapersDialog(CODE, TITLE), desk) as shown:
        await with_fields(shown)
        await shown.type(f"'{scans}'/*.pdf")
        await shown.press("enter")
        await shown.reads("Đã thêm 3 tệp")
        await shown.reads("Tài liệu 1/3")
        choose(shown, "mau_1", "1/DT")
        shown.screen.query_one("#field-paper-date", DateField).text = "08/06/2023"
        await shown.reads("● Dự toán kinh phí (Mẫu 1)")
        await shown.press("pagedown")
        await shown.reads("Tài liệu 2/3")
        choose(shown, "cong_van", "2/CV")
        # The third has no kind yet: nothing is written, and the form goes there.
        await shown.press("f10")
        await shown.reads("Tài liệu thứ 3 còn chỗ cần sửa")
        await shown.reads("Hãy chọn loại tài liệu")
        assert desk.asked("record_papers") == []
        choose(shown, "mau_4a", "3/PTĐ")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "recorded")
    ((code, papers),) = desk.asked("record_papers")
    assert code == CODE
    assert [(each.kind, each.number, Path(each.file).name) for each in papers] == [
        ("mau_1", "1/DT", "QĐ 1.pdf"),
        ("cong_van", "2/CV", "QĐ 2.pdf"),
        ("mau_4a", "3/PTĐ", "QĐ 3.pdf"),
    ]
    assert papers[0].date is not None


async def test_what_is_refused_stays_in_the_line_the_rest_is_taken(scans: Path) -> None:
    async with showing(PapersDialog(CODE, TITLE), size=(80, 24)) as shown:
        await with_fields(shown)
        entry = shown.screen.query_one(".files-entry")
        entry.take_in(f"'{scans / 'QĐ 1.pdf'}' {scans.as_uri()} /nowhere/x.pdf")
        await shown.press("enter")
        await shown.until(lambda: "là thư mục" in shown.screen.said(), "the refusals")
        assert "Đã thêm 1 tệp" in shown.screen.said()
        assert "Không thấy tệp /nowhere/x.pdf" in shown.screen.said()
        assert entry.value == f"'{scans}' /nowhere/x.pdf"
        assert [row.texts["file"] for row in shown.screen._rows] == [str(scans / "QĐ 1.pdf")]


async def test_a_path_that_was_not_entered_is_not_forgotten(scans: Path) -> None:
    desk = FakeDesk()
    async with showing(PapersDialog(CODE, TITLE, "mau_1"), desk, lang="en") as shown:
        await with_fields(shown)
        await shown.type(str(scans / "QĐ 1.pdf"))
        await shown.press("f10")
        await shown.reads("1 file added")
        assert desk.asked("record_papers") == []


async def test_the_picker_brings_files_and_delete_takes_one_out(
    scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scans)
    async with showing(PapersDialog(CODE, TITLE)) as shown:
        await with_fields(shown)
        await shown.press("ctrl+f")
        await shown.until(lambda: shown.top is not shown.screen, "the picker")
        await shown.reads("QĐ 2.pdf")
        await shown.press("space", "end", "space", "f10")
        await shown.until(lambda: shown.top is shown.screen, "the papers again")
        await shown.reads("Tài liệu 1/2")
        shown.screen.query_one("#papers-list").focus()
        await shown.press("delete")
        await shown.until(lambda: len(shown.screen._rows) == 1, "one paper")
        assert shown.screen._rows[0].texts["file"].endswith("QĐ 3.pdf")


@pytest.mark.parametrize(
    "trouble", [busy(), refused(), conflict(), NotFound("not_found", label("Hết quyền."))]
)
async def test_trouble_with_papers_is_said_and_the_form_kept(trouble: Exception) -> None:
    desk = FakeDesk(troubles=[trouble])
    async with showing(PapersDialog(CODE, TITLE, "mau_1"), desk) as shown:
        await with_fields(shown)
        choose(shown, "mau_1", "1/DT")
        await shown.press("f10")
        await shown.until(lambda: shown.screen.said().startswith(trouble.text.vi[:12]), "the sentence")  # type: ignore[attr-defined]
        assert shown.screen.query_one("#field-paper-number", TextField).text == "1/DT"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "the second try")
        assert len(desk.asked("record_papers")) == 2


async def test_unsent_papers_are_kept_all_of_them(scans: Path) -> None:
    async with showing(PapersDialog(CODE, TITLE)) as shown:
        await with_fields(shown)
        await shown.type(f"'{scans}'/*.pdf")
        await shown.press("enter")
        await shown.reads("Tài liệu 1/3")
        choose(shown, "mau_1", "1/DT")
        await shown.pilot.pause()
        kept = shown.screen.kept_texts()
        assert len(json.loads(kept["papers"])) == 3
    desk = FakeDesk()
    async with showing(PapersDialog(CODE, TITLE), desk) as shown:
        await with_fields(shown)
        assert shown.screen.put_back(kept) == 0
        await shown.reads("Tài liệu 1/3")
        assert shown.screen.query_one("#field-paper-number", TextField).text == "1/DT"
        assert shown.screen.put_back({"papers": "[1"}) == 1


# Notes


async def test_a_note_is_written_once_and_told() -> None:
    desk = FakeDesk()
    async with showing(ProposalScreen(CODE), desk) as shown:
        await shown.press("t")
        await shown.until(lambda: isinstance(shown.top, NoteDialog), "the dialog")
        await shown.press("f10")
        assert desk.asked("note") == []
        await shown.type("goi lai")
        await shown.press("enter")
        await shown.type("ngay mai")
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        assert desk.asked("note") == [(CODE, "goi lai\nngay mai")]
        assert shown.app.changes == 1


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_a_note_that_cannot_be_written_stays(lang: str) -> None:
    desk = FakeDesk(troubles=[busy(), NotFound("not_found", label("Hết quyền.", "No longer yours."))])
    async with showing(NoteDialog(CODE, TITLE), desk, lang=lang) as shown:
        await shown.type("goi lai")
        await shown.press("f10")
        await shown.reads("The store is busy" if lang == "en" else "Kho dữ liệu đang bận")
        await shown.press("f10")
        await shown.reads("No longer yours" if lang == "en" else "Hết quyền")
        assert shown.screen.query_one(MemoField).text == "goi lai"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "the third try")


async def test_notes_stand_in_their_panel_and_in_the_timeline() -> None:
    note = {"action": "note", "action_label": label("Ghi chú", "Note"), "document": None}
    rows = tuple(
        moment(n, reason=f"Ghi chú thứ {n}\ndòng hai", from_state="a", to_state="a", **note)
        for n in range(1, 6)
    )
    async with showing(ProposalScreen(CODE), FakeDesk(card=card(timeline=rows)), size=(200, 50)) as shown:
        panel = shown.screen.query_one("#proposal-notes").content.plain
        assert panel.index("Ghi chú thứ 5") < panel.index("Ghi chú thứ 3")
        assert "dòng hai" in panel
        assert "2 ghi chú cũ hơn" in panel
        assert "✎ Ghi chú" in shown.text


# Copying and the full record


async def test_y_copies_what_is_under_the_cursor() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await shown.press("y")
        await shown.reads(f"Đã chép trích dẫn của {CODE}")
        shown.screen.query_one("#proposal-timeline").focus()
        await shown.press("down", "y")
        await shown.reads("Đã chép trích dẫn dòng #2")
        shown.screen.query_one("#proposal-papers").focus()
        await shown.press("end", "y")
        await shown.reads("Đã chép số, ngày")
        proposal, row, cited = shown.app.copied
    assert proposal.startswith(
        f"{CODE} “{TITLE}”: Đang thẩm định cấp cơ sở từ 16/05/2023; Tiếp nhận thẩm định"
    )
    assert "dòng #3 của KCQG-24-0017, mã xác nhận ab12cd34" in proposal
    assert row.startswith("Nộp Sở Công Thương, 12/05/2023, Nguyễn Thị Hoa, Trung tâm Khuyến công Hà Giang")
    assert "Công văn đề nghị số 12/CV-TTKC ngày 10/05/2023" in row
    assert cited == (
        "Công văn đề nghị số 12/CV-TTKC ngày 10/05/2023 "
        "(Lê Văn C ký; Trung tâm Khuyến công Hà Giang ghi nhận)"
    )


@pytest.mark.parametrize("title", HOSTILE_TITLES)
async def test_what_is_copied_is_harmless(title: str) -> None:
    shown_card = card(title, timeline=(moment(1, title=title, actor_name=title, reason=title),))
    async with showing(ProposalScreen(CODE), FakeDesk(card=shown_card)) as shown:
        await shown.press("y")
        await shown.until(lambda: shown.app.copied, "a copy")
        assert "\x1b" not in shown.app.copied[0]
        assert "\n" not in shown.app.copied[0]
        shown.app.copied[0].encode()
        await shown.press("t")
        assert_harmless(shown.app)


async def test_enter_on_the_timeline_shows_the_full_record_on_a_missing_paper_enters_it() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        shown.screen.query_one("#proposal-timeline").focus()
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.top, RecordDialog), "the record")
        await shown.press("escape")
        shown.screen.query_one("#proposal-papers").focus()
        await shown.press("home", "enter")
        await shown.until(lambda: isinstance(shown.top, PapersDialog), "the papers")
        await with_fields(shown)
        assert shown.top.query_one("#field-paper-kind", ChoiceField).value == "mau_4a"


# Opening attached files


def desk_with_file(name: str = "quyết định.pdf") -> FakeDesk:
    with_file = replace(paper(), file=SHA, file_name=name)
    shown = card()
    there = replace(shown.checklist[1], paper=with_file)
    return FakeDesk(
        card=replace(shown, checklist=(shown.checklist[0], there), papers=(with_file,)), files={SHA: b"%PDF"}
    )


async def open_it(shown: Showing) -> None:
    await shown.press("o")
    assert shown.screen.query_one("#proposal-papers").has_focus
    await shown.press("end", "o")


async def test_o_opens_a_private_copy_with_the_viewer(viewer: Path) -> None:
    async with showing(ProposalScreen(CODE), desk_with_file()) as shown:
        await open_it(shown)
        await shown.reads("Đã mở quyết định.pdf")
        assert shown_by(viewer) == ("quyết định.pdf", b"%PDF", 0o400)
    COPIES.clear()
    assert shown_by(viewer) is None


async def test_over_ssh_the_copy_can_be_saved(
    viewer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setenv("HOME", str(tmp_path))
    async with showing(ProposalScreen(CODE), desk_with_file(), size=(80, 24)) as shown:
        await open_it(shown)
        await shown.until(lambda: isinstance(shown.top, SavedDialog), "where it lies")
        await shown.reads("làm việc từ xa (SSH)")
        assert shown_by(viewer) is None
        (tmp_path / "quyết định.pdf").write_bytes(b"mine")
        await shown.press("f10")
        await shown.reads("Đã có")
        assert (tmp_path / "quyết định.pdf").read_bytes() == b"mine"
        shown.top.query_one("#field-target", TextField).text = str(tmp_path / "2.pdf")
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        await shown.reads("Đã lưu vào")
        assert (tmp_path / "2.pdf").read_bytes() == b"%PDF"


async def test_a_program_is_not_opened_and_a_lost_store_is_said(viewer: Path) -> None:
    desk = desk_with_file("tien-ich.desktop")
    desk.troubles = [busy()]
    async with showing(ProposalScreen(CODE), desk, lang="en") as shown:
        await open_it(shown)
        await shown.reads("The store is busy")
        await shown.press("o")
        await shown.reads("may be programs")
        assert shown_by(viewer) is None


async def test_a_paper_without_a_file_says_so() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await open_it(shown)
        await shown.reads("không có tệp đính kèm")
        shown.screen.query_one("#proposal-timeline").focus()
        await shown.press("o")
        await shown.reads("không có tệp đính kèm")


# On a real store


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Desk]:
    """A clerk of the promotion centre of Tuyên Quang, over a new store."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}")
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    yield desk.work_as("ttkc-34-08")
    desk.close()


async def test_attach_open_and_note_on_a_real_store(unit: Desk, scans: Path, viewer: Path) -> None:
    draft = DraftInput("kcqg", unit.today.year + 1, "Máy sao chè", "TTKC-34-08", total=1, requested=1)
    code = unit.create(draft, on=unit.today - timedelta(days=3)).code
    async with showing(ProposalScreen(code), unit) as shown:
        await shown.press("d")
        await shown.until(lambda: isinstance(shown.top, PapersDialog), "the papers")
        await with_fields(shown)
        await shown.type(f"'{scans}'/QĐ*.pdf")
        await shown.press("enter")
        await shown.reads("Tài liệu 1/3")
        for number in (1, 2, 3):
            choose(shown, "mau_1", f"{number}/DT")
            await shown.pilot.pause()
            await shown.press("pagedown")
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        await shown.until(lambda: shown.screen.card.row.version == 2, "fresh data")
        shown.screen.query_one("#proposal-papers").focus()
        await shown.press("end", "o")
        await shown.reads("Đã mở QĐ")
        await shown.press("t")
        await shown.until(lambda: isinstance(shown.top, NoteDialog), "the note")
        await shown.type("cho bao gia")
        await shown.press("f10")
        await shown.until(lambda: shown.screen.card.row.version == 3, "the note is there")
        await shown.reads("✎")
    rows = unit.history_of(code)
    assert [row.action for row in rows] == ["create", "record_papers", "note"]
    assert [each.file_name for each in rows[1].papers] == ["QĐ 1.pdf", "QĐ 2.pdf", "QĐ 3.pdf"]
    assert rows[2].reason == "cho bao gia"
    opened = shown_by(viewer)
    assert opened is not None
    assert opened[1].startswith(b"%PDF-1.4")


async def test_a_file_that_goes_away_leaves_nothing_written(unit: Desk, scans: Path) -> None:
    draft = DraftInput("kcqg", unit.today.year + 1, "Máy sao chè", "TTKC-34-08", total=1, requested=1)
    code = unit.create(draft, on=unit.today - timedelta(days=3)).code
    async with showing(PapersDialog(code, "x", "mau_1"), unit) as shown:
        await with_fields(shown)
        await shown.type(f"'{scans}'/QĐ*.pdf")
        await shown.press("enter")
        await shown.reads("Tài liệu 1/3")
        # The kind that was known from the start goes with the first file.
        assert shown.screen.query_one("#field-paper-kind", ChoiceField).value == "mau_1"
        for step in ("pagedown", "pagedown", "pageup"):
            choose(shown, "mau_1", "1/DT")
            await shown.pilot.pause()
            await shown.press(step)
        (scans / "QĐ 3.pdf").unlink()
        await shown.press("f10")
        await shown.until(lambda: "QĐ 3.pdf" in shown.screen.said(), "which file is gone")
        assert not shown.results
        assert len(shown.screen._rows) == 3
    assert len(unit.history_of(code)) == 1
