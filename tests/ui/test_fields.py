"""The fields of forms: what they take, how they say it was understood, what they refuse."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kcflow.i18n import set_language
from screens import theme
from screens.forms.amounts import MoneyField, WholeField
from screens.forms.choices import ChoiceField, FileField, ManyField, folder_entries
from screens.forms.entries import Entry, Memo
from screens.forms.fields import DateField, Field, LinesField, MemoField, TextField
from states.model import Label
from tests.ui.snapshots import screen_text, wait_for

NAME = Label("Tên", "Name")
TODAY = date(2024, 6, 10)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    set_language("vi")
    yield
    set_language("vi")


class Form(App[None]):
    """A few fields."""

    CSS_PATH = theme.COMMON_CSS

    def __init__(self, *fields: Field) -> None:  # type: ignore[type-arg]
        super().__init__()
        self.fields = fields
        self.lang = "vi"
        theme.register(self)

    def compose(self) -> ComposeResult:
        yield from self.fields


async def commit(field: TextField, pilot: Pilot[None], char: str) -> None:
    """Send one code point as an input method does (`Pilot.press` knows no combining marks)."""
    field.query_one(Entry).post_message(events.Key(char, char))
    await pilot.pause()


async def test_typed_letters_are_composed_so_that_one_backspace_takes_one_letter() -> None:
    field = TextField("a", NAME)
    async with Form(field).run_test() as pilot:
        field.focus_entry()
        for char in unicodedata.normalize("NFD", "Đề"):
            await commit(field, pilot, char)
        assert field.text == "Đề"
        assert len(field.text) == 2
        await pilot.press("backspace")
        assert field.text == "Đ"


async def test_a_mark_typed_in_the_middle_joins_its_letter_and_keeps_the_cursor() -> None:
    field = TextField("a", NAME, "be")
    async with Form(field).run_test() as pilot:
        field.focus_entry()
        await pilot.press("end", "left", "a")
        await commit(field, pilot, "\u0301")
        assert field.text == "báe"
        assert field.query_one(Entry).cursor_position == 2


@pytest.mark.parametrize(
    ("pasted", "stands"),
    [
        ("một\r\nhai\tba", "một hai ba"),
        (unicodedata.normalize("NFD", "Điện Biên"), "Điện Biên"),
        ("[red]x[/]", "[red]x[/]"),
    ],
)
async def test_what_is_pasted_is_joined_into_one_line_and_composed(pasted: str, stands: str) -> None:
    field = TextField("a", NAME)
    async with Form(field).run_test() as pilot:
        field.focus_entry()
        field.query_one(Entry).post_message(events.Paste(pasted))
        await wait_for(pilot, lambda: field.text, "the paste")
        assert field.value == stands


@pytest.mark.parametrize("pasted", ["\x1b[2Jx", "a\u202eb", "a\u200bb", "nửa\ud800", "c\x00d"])
@pytest.mark.parametrize("kind", [TextField, MemoField])
async def test_what_may_not_enter_is_left_out_and_said(
    pasted: str, kind: type[TextField | MemoField]
) -> None:
    field = kind("a", NAME, "trước")
    app = Form(field)
    async with app.run_test() as pilot:
        field.focus_entry()
        field.query_one((Entry if kind is TextField else Memo).__name__).post_message(events.Paste(pasted))
        await wait_for(pilot, lambda: field.faulty, "the refusal")
        assert field.value == "trước"
        assert "✗ Ký tự thứ" in screen_text(app)


async def test_a_word_of_mixed_alphabets_is_refused_beside_its_field() -> None:
    field = TextField("a", NAME, "Hа Giang")  # the second letter is Cyrillic
    app = Form(field)
    async with app.run_test() as pilot:
        assert not field.check()
        await pilot.pause()
        assert "thuộc bảng chữ khác" in screen_text(app)
        assert field.value is None
        field.text = "Hà Giang"
        await wait_for(pilot, lambda: not field.faulty, "mended")


async def test_too_long_is_refused_with_the_limit() -> None:
    field = TextField("a", NAME, "x" * 11, max_length=10)
    async with Form(field).run_test():
        problem = field.problem()
        assert problem is not None
        assert "Dài 11 ký tự, tối đa là 10" in problem.vi


@pytest.mark.parametrize(
    ("typed", "day", "echo"),
    [
        ("15/06/2024", date(2024, 6, 15), "thứ Bảy, 5 ngày nữa"),
        ("1/6/2024", date(2024, 6, 1), "thứ Bảy, 9 ngày trước"),
        ("2024-06-10", date(2024, 6, 10), "thứ Hai, hôm nay"),
        ("1/6/24", date(2024, 6, 1), "= 01/06/2024, thứ Bảy, 9 ngày trước"),
        ("1/6", date(2024, 6, 1), "= 01/06/2024, thứ Bảy, 9 ngày trước"),
        ("15.6.2024", date(2024, 6, 15), "= 15/06/2024, thứ Bảy, 5 ngày nữa"),
        ("10-6-24", date(2024, 6, 10), "= 10/06/2024, thứ Hai, hôm nay"),
        ("15062024", date(2024, 6, 15), "= 15/06/2024, thứ Bảy, 5 ngày nữa"),
        ("150624", date(2024, 6, 15), "= 15/06/2024, thứ Bảy, 5 ngày nữa"),
        ("31/2", None, ""),
        ("1/6.24", None, ""),
        ("1506", None, ""),
        ("20240615", None, ""),
        ("31/2/24", None, ""),
        ("31/02/2024", None, ""),
        ("06/2024", None, ""),
        ("", None, "ngày/tháng/năm"),
    ],
)
async def test_a_date_says_how_it_was_understood(typed: str, day: date | None, echo: str) -> None:
    field = DateField("a", NAME, today=TODAY)
    app = Form(field)
    async with app.run_test() as pilot:
        field.text = typed
        await pilot.pause()
        assert field.value == day
        assert echo in screen_text(app)
        assert field.check() is (day is not None or not typed)


async def test_arrows_move_a_day() -> None:
    field = DateField("a", NAME, today=TODAY)
    async with Form(field).run_test() as pilot:
        field.focus_entry()
        await pilot.press("up")
        assert field.value == TODAY
        await pilot.press("up", "down", "down")
        assert field.value == date(2024, 6, 9)


@pytest.mark.parametrize(
    ("typed", "amount", "echo"),
    [
        ("285,25", 285_250_000, "= 285.250.000 đ"),
        ("285.250.000 đ", 285_250_000, "= 285,25 triệu"),
        ("1.143,3", 1_143_300_000, "= 1.143.300.000 đ"),
        ("2 tỷ", 2_000_000_000, "= 2.000 triệu"),
        ("285250000", 285_250_000_000_000, "nếu gõ"),
        ("285.250", None, ""),
        ("-5", None, ""),
        ("mười", None, ""),
        ("", None, "triệu đồng"),
    ],
)
async def test_an_amount_says_how_it_was_understood(typed: str, amount: int | None, echo: str) -> None:
    field = MoneyField("a", NAME)
    app = Form(field)
    async with app.run_test() as pilot:
        field.text = typed
        await pilot.pause()
        assert field.value == amount
        assert echo in screen_text(app)
        assert field.check() is (amount is not None or not typed)


@pytest.mark.parametrize("amount", [0, 1, 1_143_000_000, 285_123_000, 285_250_001, 20_285_500_000, 10**15])
async def test_an_amount_is_spelled_so_that_it_reads_back(amount: int) -> None:
    field = MoneyField("a", NAME, amount)
    async with Form(field).run_test():
        assert field.value == amount


async def test_a_whole_number_keeps_its_bounds() -> None:
    field = WholeField("a", NAME, least=1, most=99)
    async with Form(field).run_test() as pilot:
        for typed, value in (("7", 7), ("0", None), ("100", None), ("²", None), ("1.5", None), ("", None)):
            field.text = typed
            await pilot.pause()
            assert field.value == value


async def test_a_choice_is_found_without_diacritics_and_brackets_are_plain() -> None:
    options = [("a", Label("Điện Biên", "x")), ("b", Label("Đắk Lắk", "x")), ("c", Label("[red]Huế", "x"))]
    field = ChoiceField("a", NAME, options, blank=Label("(chọn)", "(choose)"))
    app = Form(field)
    async with app.run_test() as pilot:
        field.focus_entry()
        assert field.value is None
        await pilot.press("enter")
        assert "[red]Huế" in screen_text(app)
        await pilot.press("d", "a", "k", "enter")
        await wait_for(pilot, lambda: field.value == "b", "the choice")


async def test_boxes_are_ticked_by_keys_and_show_it_without_colour() -> None:
    field = ManyField("a", NAME, [("x", Label("Một", "One")), ("y", Label("Hai", "Two"))], ["y"])
    app = Form(field)
    async with app.run_test() as pilot:
        field.focus_entry()
        assert "[ ] Một" in screen_text(app)
        assert "[✓] Hai" in screen_text(app)
        await pilot.press("home", "space")
        assert list(field.value or ()) == ["x", "y"]
        await pilot.press("down", "enter")
        assert list(field.value or ()) == ["x"]
        assert "[✓] Một" in screen_text(app)


async def test_a_list_has_one_entry_a_line() -> None:
    field = LinesField("a", NAME, "HTX Một\n\n  HTX Hai ")
    async with Form(field).run_test():
        assert field.lines == ("HTX Một", "HTX Hai")


async def test_a_file_must_be_there_and_its_name_stays_exact(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "biểu.xlsx")
    (tmp_path / name).write_bytes(b"")
    field = FileField("a", NAME, str(tmp_path / name))
    async with Form(field).run_test():
        field.text = str(tmp_path / name)
        assert field.check()
        assert field.value == str(tmp_path / name)
        field.text = str(tmp_path / "khong.xlsx")
        assert not field.check()
        field.text = str(tmp_path / "a\u202eb.xlsx")
        assert field.value is None


async def test_a_path_is_completed_with_the_right_arrow(tmp_path: Path) -> None:
    (tmp_path / "KCQG-2024.xlsx").write_bytes(b"")
    (tmp_path / "KCQG-2024.txt").write_bytes(b"")
    field = FileField("a", NAME, suffixes=[".xlsx"])
    async with Form(field).run_test() as pilot:
        field.focus_entry()
        entry = field.query_one(Entry)
        entry.insert_text_at_cursor(f"{tmp_path}/KC")
        await wait_for(pilot, lambda: entry._suggestion, "a suggestion")
        await pilot.press("right")
        assert field.value == str(tmp_path / "KCQG-2024.xlsx")


async def test_a_path_is_completed_with_tab_and_a_whole_one_moves_on(tmp_path: Path) -> None:
    (tmp_path / "hồ sơ").mkdir()
    (tmp_path / "hồ sơ" / "biểu.xlsx").write_bytes(b"")
    field, other = FileField("a", NAME), TextField("b", NAME)
    async with Form(field, other).run_test() as pilot:
        field.focus_entry()
        entry = field.query_one(Entry)
        entry.insert_text_at_cursor(f"{tmp_path}/h")
        await wait_for(pilot, lambda: entry._suggestion, "the folder")
        await pilot.press("tab")
        assert field.text == f"{tmp_path}/hồ sơ/"
        entry.insert_text_at_cursor("b")
        await wait_for(pilot, lambda: entry._suggestion.endswith("biểu.xlsx"), "the file")
        await pilot.press("tab")
        assert field.value == str(tmp_path / "hồ sơ" / "biểu.xlsx")
        assert entry.has_focus
        await pilot.press("tab")
        assert other.query_one(Entry).has_focus


def test_a_folder_offers_folders_and_workbooks_only(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"")
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / ".an.xlsx").write_bytes(b"")
    (tmp_path / "x\x1b[2J.xlsx").write_bytes(b"")
    (tmp_path / "thư mục").mkdir()
    names = [entry.name for entry in folder_entries(tmp_path, frozenset({".xlsx"}))]
    assert names == ["thư mục", "b.xlsx"]


async def test_a_service_s_sentence_stays_until_something_else_is_typed() -> None:
    field = TextField("a", NAME, "x")
    app = Form(field)
    async with app.run_test() as pilot:
        field.fault(Label("Trùng số văn bản.", "The number is taken."))
        await pilot.pause()
        assert "✗ Trùng số văn bản." in screen_text(app)
        field.focus_entry()
        await pilot.press("y")
        assert "Trùng số" not in screen_text(app)


async def test_emptiness_is_said_only_on_sending() -> None:
    first, second = TextField("a", NAME, required=True), TextField("b", NAME)
    app = Form(first, second)
    async with app.run_test() as pilot:
        first.focus_entry()
        await pilot.press("tab")
        assert not first.faulty
        assert not first.check()
        await pilot.pause()
        assert "Ô này phải nhập." in screen_text(app)


@pytest.mark.parametrize("kind", [TextField, MemoField])
@pytest.mark.parametrize(
    ("burst", "stands"),
    [
        ("d\bđe\bê\bề", "đề"),
        ("to\bôi\b\bối", "tối"),
        (unicodedata.normalize("NFD", "chế") + "\b", "ch"),
        (unicodedata.normalize("NFD", "Điện") + "\b\bện", "Điện"),
    ],
)
async def test_a_burst_of_letters_and_backspaces_keeps_its_order(
    kind: type[TextField | MemoField], burst: str, stands: str
) -> None:
    """Regression: backspaces came after the letters that followed them in one write of the terminal."""
    field = kind("a", NAME)
    app = Form(field)
    async with app.run_test() as pilot:
        field.focus_entry()
        await pilot.pause()
        for char in burst:
            key = events.Key("backspace", "\x7f") if char == "\b" else events.Key(char, char)
            app.post_message(key)
        await wait_for(pilot, lambda: field.text == stands, f"{stands} stands there")
