"""The door for text from people and the form in which it is shown."""

import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kcflow.text import TextRefused, fold, sentence, strict, vietnamese_sort_key, visible

VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
ALPHABET = VOWELS + "bcdđghklmnpqrstvxfjwz"
HOSTILE_BUT_PLAIN = ["[red]đỏ[/red]", "[@click=app.quit]chè[/]", "[/b]", "C:\\[b]", "[" * 500, "{x} %s $t"]

any_text = st.text(st.characters(), max_size=60)
vietnamese = st.text(st.sampled_from(ALPHABET + ALPHABET.upper() + " ,.-–“”()0123456789%₫"), max_size=80)


def refusal(text: str, **options: bool | int) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        strict(text, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    "text", [ALPHABET, ALPHABET.upper(), "Đề án “chè Shan” – 20.285,5 ₫…", *HOSTILE_BUT_PLAIN]
)
def test_plain_text_passes_unchanged(text: str) -> None:
    assert strict(text) == text
    assert visible(text) == text


def test_decomposed_vietnamese_is_composed() -> None:
    for letter in ALPHABET:
        assert strict(unicodedata.normalize("NFD", letter)) == letter


def test_spaces_are_trimmed_and_runs_collapsed() -> None:
    assert strict("  Chè\u00a0 Shan   Tuyết ") == "Chè Shan Tuyết"
    assert strict(" a  b \r\n\n c ", multiline=True) == "a b\n\nc"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("ab\x1b[31m", "control", 3),
        ("a\0", "control", 2),
        ("a\x7f", "control", 2),
        ("a\x9b", "control", 2),
        ("a\tb", "control", 2),
        ("a\rb", "control", 2),
        ("a\u2028b", "control", 2),
        ("a\u2029b", "control", 2),
        ("a\nb", "newline", 2),
        ("a\u202eb", "bidi", 2),
        ("a\u2066b", "bidi", 2),
        ("a\u200bb", "invisible", 2),
        ("a\u00adb", "invisible", 2),
        ("\ufeffa", "invisible", 1),
        ("a\ufe0f", "invisible", 2),
        ("a\U000e0101", "invisible", 2),
        ("a\U000e0041", "invisible", 2),
        ("a\u3164b", "invisible", 2),
        ("a\u2800b", "invisible", 2),
        ("a\u2003b", "space", 2),
        ("a\u3000b", "space", 2),
        ("a\ue000", "private", 2),
        ("a\ud800", "surrogate", 2),
        ("a\u0378", "unassigned", 2),
        ("a\uffff", "unassigned", 2),
        ("q\u0301\u0302\u0303", "marks", 4),
        ("ch\u0435", "mixed_script", 3),  # Cyrillic е
        ("\u0391n Giang", "mixed_script", 1),  # Greek Α
        ("ch\uff45", "mixed_script", 3),  # fullwidth e
    ],
)
def test_what_a_reader_cannot_see_is_refused_at_its_place(text: str, code: str, position: int) -> None:
    refused = refusal(text)
    assert (refused.code, refused.position) == (code, position)
    for lang in ("vi", "en"):
        said = sentence(refused, lang)
        assert str(position) in said
        assert visible(said) == said


def test_words_wholly_of_one_script_and_units_pass() -> None:
    assert strict("Россия và 10 kΩ, 5 μm") == "Россия và 10 kΩ, 5 μm"


def test_length_and_emptiness() -> None:
    assert refusal("x" * 10_000).code == "too_long"
    assert refusal("x" * 41, max_length=40).params == {"length": 41, "max_length": 40}
    assert strict("x" * 40 + " " * 20, max_length=40) == "x" * 40
    assert refusal(" \u00a0 ", required=True).code == "empty"
    assert strict("  ") == ""
    for refused in (refusal("", required=True), refusal("x" * 3000)):
        assert sentence(refused, "vi") != sentence(refused, "en")


def test_visible_names_what_cannot_be_seen() -> None:
    assert visible("a\x1b]52;c;x\x07") == "a␛]52;c;x␇"
    assert visible("a\0\x7f\x9b") == "a␀␡⟨009B⟩"
    assert visible("\u202eabc\ud800") == "⟨202E⟩abc⟨D800⟩"
    assert visible("a\nb") == "a␊b"
    assert visible("a\nb", multiline=True) == "a\nb"
    assert visible("z" + "\u0301" * 5).count("⟨0301⟩") >= 2


def test_visible_holds_for_every_code_point() -> None:
    shown = set(visible("x".join(map(chr, range(sys.maxunicode + 1)))))
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not {char for char in shown if unicodedata.category(char) in unseen}
    assert {char for char in shown if unicodedata.category(char) == "Zs"} == {" "}
    "".join(shown).encode()


@settings(deadline=None)
@given(any_text)
@example("a" + "\u0345\u0301\u0300" * 9)
def test_what_was_shown_needs_no_second_showing(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    try:
        strict(shown)
    except TextRefused as refused:
        assert refused.code == "mixed_script"  # noqa: PT017


@settings(deadline=None)
@given(any_text)
def test_what_passed_once_passes_unchanged(text: str) -> None:
    try:
        clean = strict(text, multiline=True)
    except TextRefused:
        return
    assert strict(clean, multiline=True) == clean
    assert visible(clean, multiline=True) == clean


@settings(deadline=None)
@given(vietnamese)
def test_vietnamese_passes_the_door_whatever_its_form(text: str) -> None:
    composed = " ".join(text.split(" ")).strip()
    assert strict(unicodedata.normalize("NFD", text)) == strict(composed)


@settings(deadline=None)
@given(any_text | vietnamese)
@example("ᾳ\u0345")
@example("Ǆ ŉ ß İ")
def test_fold_does_not_see_the_form(text: str) -> None:
    folded = fold(unicodedata.normalize("NFC", text))
    assert fold(unicodedata.normalize("NFD", text)) == folded


@settings(deadline=None)
@given(vietnamese)
def test_folded_vietnamese_is_ascii_letters(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded == folded.lower()
    assert all(char.isascii() for char in folded if char.isalpha())


def test_fold_finds_what_people_type() -> None:
    assert fold("ĐỀ ÁN Điểm – Thuỷ") == "de an diem – thuy"
    assert fold("a\u00a0b") == "a b"


def test_vietnamese_order() -> None:
    names = ["An Giang", "Ăn", "Ấn", "Bắc Giang", "Bắc Kạn", "Da", "Dà", "Dả", "Dã", "Dá", "Dạ", "Đà Nẵng"]
    names += ["Hà Giang", "Hà Nội", "Hải Dương", "Ô", "Ở", "Yên Bái"]
    shuffled = names[::-1]
    assert sorted(shuffled, key=vietnamese_sort_key) == names
    assert vietnamese_sort_key("HÀ nội") == vietnamese_sort_key(unicodedata.normalize("NFD", "hà NỘI"))
