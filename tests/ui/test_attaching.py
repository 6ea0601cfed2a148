"""From typed, pasted and dragged text to files that can be attached; the picker that chooses them."""

import os
import unicodedata
from pathlib import Path

import pytest

from kcflow.services.door import MAX_ATTACHMENT
from screens.dossier.attaching import FoundFile, RefusedFile, find, look, refusals_text, size_text, split
from screens.dossier.picker import PickFiles, read_folder
from screens.widgets.table import VirtualTable
from tests.ui.bench import showing
from tests.ui.hostile import assert_harmless


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three decisions, something else, a hidden file and a folder."""
    made = tmp_path / "quyết định"
    made.mkdir()
    for number in (1, 2, 3):
        (made / f"QĐ số {number}.pdf").write_bytes(b"%PDF " * number)
    (made / "ảnh.png").write_bytes(b"png")
    (made / ".ẩn.pdf").write_bytes(b"x")
    (made / "cũ").mkdir()
    return made


def names(text: str) -> list[str]:
    found, refused = find(text)
    assert not refused, refused
    return [each.name for each in found]


@pytest.mark.parametrize(
    "spoken",
    [
        "{folder}/QĐ số 1.pdf",
        "  '{folder}/QĐ số 1.pdf'  ",
        '"{folder}/QĐ số 1.pdf"',
        "{escaped}/QĐ\\ số\\ 1.pdf",
        "{url}/Q%C4%90%20s%E1%BB%91%201.pdf",
        "{folder}/QĐ số 1.pdf {folder}/QĐ số 1.pdf",
    ],
)
def test_one_file_however_it_is_written(folder: Path, spoken: str) -> None:
    escaped = str(folder).replace(" ", "\\ ")
    text = spoken.format(folder=folder, escaped=escaped, url=folder.as_uri())
    assert names(text) == ["QĐ số 1.pdf"]


def test_several_at_once(folder: Path) -> None:
    one, two, three = (folder / f"QĐ số {number}.pdf" for number in (1, 2, 3))
    all_three = [one.name, two.name, three.name]
    assert names(f"'{one}' '{two}' '{three}'") == all_three
    assert names(f"{one}\n{two}\r\n{three}\n") == all_three
    assert names(f"{one} {two} {three}") == all_three  # spaces that nobody quoted
    assert names(f"{one.as_uri()} {two.as_uri()} file://localhost{three}") == all_three
    assert names(f"'{folder}'/QĐ*.pdf") == all_three
    assert names(f"'{folder}/*.pdf' {folder}/ảnh.png") == [*all_three, "ảnh.png"]


def test_home_is_carried_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert names("~/ảnh.png") == ["ảnh.png"]
    assert len(names("~/*.pdf")) == 3


def test_a_decomposed_name_is_found_by_its_composed_form(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "dự toán.pdf")
    (tmp_path / decomposed).write_bytes(b"x")
    (found,), refused = find(f"{tmp_path}/dự toán.pdf")
    assert not refused
    assert unicodedata.normalize("NFC", found.name) == "dự toán.pdf"


def test_an_open_quote_is_no_error() -> None:
    assert split("'/a b") == ["/a b"]
    assert split('"/a\\"b" c') == ['/a"b', "c"]
    assert split("file://[bad c") == ["file://[bad", "c"]


def refusal(path: Path) -> str:
    answer = look(path)
    assert isinstance(answer, RefusedFile)
    assert answer.text.vi != answer.text.en
    return answer.text.vi


def test_what_is_no_file_is_refused_with_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "là thư mục" in refusal(folder)
    assert "Không thấy tệp" in refusal(folder / "gone.pdf")
    assert "Không thấy tệp" in refusal(folder / "ảnh.png" / "inside")
    (folder / "link.pdf").symlink_to(folder / "QĐ số 1.pdf")
    assert "chỉ là liên kết" in refusal(folder / "link.pdf")
    os.mkfifo(folder / "pipe")
    assert "không phải tệp thường" in refusal(folder / "pipe")
    assert "không phải tệp thường" in refusal(Path("/dev/null"))
    with (folder / "big.pdf").open("wb") as big:
        big.truncate(MAX_ATTACHMENT + 1)
    assert "quá giới hạn 20 MB" in refusal(folder / "big.pdf")
    with (folder / "just.pdf").open("wb") as just:
        just.truncate(MAX_ATTACHMENT)
    assert isinstance(look(folder / "just.pdf"), FoundFile)
    (folder / "ẩn\u200bdấu.pdf").write_bytes(b"x")
    assert "ký tự không nhìn thấy được" in refusal(folder / "ẩn\u200bdấu.pdf")
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(PermissionError()))
    assert "không có quyền đọc" in refusal(folder / "ảnh.png")


def test_the_good_ones_stay_when_others_are_refused(folder: Path) -> None:
    found, refused = find(f"'{folder}/QĐ số 1.pdf' '{folder}' '{folder}/x*.doc' /nowhere/y.pdf")
    assert [each.name for each in found] == ["QĐ số 1.pdf"]
    assert len(refused) == 3
    assert "Không có tệp nào khớp" in refusals_text(refused, "vi")


def test_too_many_are_not_taken(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.pdf").write_bytes(b"x")
    found, refused = find(f"{tmp_path}/*.pdf", most=3)
    assert len(found) == 3
    assert "tối đa 3" in refused[0].text.vi


def test_sizes_are_for_people() -> None:
    assert [size_text(size, "vi") for size in (0, 812, 35_000, 1_258_291)] == [
        "0 B",
        "812 B",
        "34 KB",
        "1,2 MB",
    ]
    assert size_text(1_258_291, "en") == "1.2 MB"


# The picker


async def test_typing_finds_space_selects_and_f10_takes(folder: Path) -> None:
    async with showing(PickFiles(folder)) as shown:
        await shown.reads("QĐ số 2.pdf")
        assert ".ẩn.pdf" not in shown.text
        await shown.type("qd")
        await shown.until(lambda: "ảnh.png" not in shown.text, "only the decisions")
        await shown.press("space", "down", "down", "space", "f10")
        await shown.until(lambda: shown.results, "the files")
        chosen = {each.name for each in shown.results[0]}
        assert len(chosen) == 2
        assert all(name.startswith("QĐ số") for name in chosen)


async def test_enter_goes_into_a_folder_backspace_comes_back(folder: Path) -> None:
    (folder / "cũ" / "jk.pdf").write_bytes(b"x")
    async with showing(PickFiles(folder)) as shown:
        await shown.reads("cũ/")
        await shown.press("enter")
        await shown.reads("jk.pdf")
        await shown.press("j", "k")  # letters find, they don't move
        await shown.reads("Tìm: jk")
        await shown.press("backspace", "backspace", "backspace")
        await shown.reads("ảnh.png")
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed")
        assert shown.results == [None]


async def test_a_folder_that_cannot_be_read_leaves_one_where_one_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with showing(PickFiles(folder), lang="en") as shown:
        await shown.reads("ảnh.png")

        def refuse(_: Path) -> None:
            raise PermissionError

        monkeypatch.setattr("screens.dossier.picker.read_folder", refuse)
        await shown.press("enter")
        await shown.reads("can't be opened")
        assert "ảnh.png" in shown.text


async def test_a_link_loses_its_mark_and_the_rest_can_be_taken(folder: Path) -> None:
    (folder / "zlink.pdf").symlink_to(folder / "QĐ số 1.pdf")
    async with showing(PickFiles(folder)) as shown:
        await shown.reads("zlink.pdf")
        table = shown.screen.query_one(VirtualTable)
        table.select({"zlink.pdf", "ảnh.png"})
        await shown.press("f10")
        await shown.until(lambda: "chỉ là liên kết" in shown.screen.said(), "the refusal")
        assert table.selected == {"ảnh.png"}
        await shown.press("f10")
        await shown.until(lambda: shown.results, "the file")
        assert [each.name for each in shown.results[0]] == ["ảnh.png"]


def test_a_huge_folder_is_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.dossier.picker.MOST_ENTRIES", 3)
    listing = read_folder(folder)
    assert listing.cut
    assert len(listing.entries) == 3


async def test_hostile_names_are_left_out_or_shown_harmlessly(tmp_path: Path) -> None:
    for name in ("[red]x.pdf", "[@click=app.exit]y.pdf", "a\u202eb.pdf", "漢字.pdf", "a\x1b[2Jb.pdf"):
        (tmp_path / name).write_bytes(b"x")
    async with showing(PickFiles(tmp_path)) as shown:
        await shown.reads("[red]x.pdf")
        assert_harmless(shown.app)
