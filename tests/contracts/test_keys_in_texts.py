"""No text names a key that a person may have moved: it has `{key_<id of a command>}` in that place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kcflow import i18n
from kcflow.i18n import LANGUAGES, t
from screens import commands
from screens.commands import key_name
from screens.keymap import KEPT_ALWAYS, keys_of
from screens.keymap import commands as all_commands
from tests.catalogues import catalogue

KNOWN = all_commands()
KEPT = frozenset(key_name(key) for name in KEPT_ALWAYS for key in keys_of(KNOWN[name]))
"""Keys that work whatever a key map says: texts may name them."""
MOVING = frozenset(("⏎", "space", "Tab", "tab", "↑", "↓", "←", "→", "PgUp", "PgDn", "⌫", "Home", "End"))
"""Keys that lists, inputs and dialogs have without a command; no command can be given them."""
MOVABLE = frozenset(key_name(key) for command in KNOWN.values() for key in keys_of(command)) - KEPT - MOVING
ITSELF = ("settings.escape_delay.", "keys.press", "help.list_key.")
"""Texts about a key itself, whatever it does."""
OUTSIDE = ("cli.", "doctor.", "term.", "help.list_key.")
"""Texts that stand where no command can be pressed."""

_HELD = re.compile(r"\^\S|\b[Cc]trl[ +-]\S|\bF\d{1,2}\b|\b(?:Esc|Del|Ins)\b")
_LONE = re.compile(r"(?<![^\s(:;,·])([A-Za-z0-9/?<>\[\]+-])(?![^\s):;,.·])")
_NUMBERED = re.compile(
    r"(?:[Mm]ẫu|[Bb]ước|[Đđ]iều|[Ss]tep|trong|within|[Tt]ừ|from|at|hơn|above|hoặc|or|đến|to) \d\S*"
)
"""A digit that counts or numbers something is no key."""


def named_keys(key: str, text: str, lang: str) -> Iterator[str]:
    """The movable keys that a text names by itself."""
    text = re.sub(r"\{\w+\}", "\ufffc", text)
    text = re.sub(r"\d+[.,]\d+", "\ufffc", text)  # 1,5 tỷ
    text = re.sub(r"(?<=[\w\ufffc]) [/+] (?=[\w\ufffc])", " ", text)  # between two numbers or words
    yield from (found for found in _HELD.findall(text) if found.replace("trl ", "trl") not in KEPT)
    if key.startswith(OUTSIDE):
        return
    # A lone letter is a word in English; a key it is where it is pressed. Vietnamese has no such words, and
    # both catalogues have the same placeholders (test_i18n).
    lone = (
        re.findall(r"\b[Pp]ress ([^\sa])(?=\W|$)", text)
        if lang == "en"
        else _LONE.findall(_NUMBERED.sub("", text))
    )
    yield from (found for found in lone if found in MOVABLE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_names_a_key_that_can_be_moved(lang: str) -> None:
    found = {
        key: keys
        for key, text in catalogue(lang).items()
        if not key.startswith(ITSELF) and (keys := list(named_keys(key, text, lang)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "Nhấn F10 để ghi.",
        "^o nhập biểu",
        "Bấm r để đọc lại.",
        "c xem đơn vị · w làm thay",
        "Đọc lại (r)",
        "Esc để thôi",
        "/ tìm",
        "2 xem mọi đề án",
        "mở trước đó (ctrl ← hoặc <).",
    ],
)
def test_the_lint_sees_keys(text: str) -> None:
    assert list(named_keys("some.text", text, "vi"))


@pytest.mark.parametrize(
    "text", ["Mẫu 2 (F1, ^p)", "trong 7 ngày", "{n} / {m}", "Nhấn {key_confirm}.", "⏎ mở"]
)
def test_the_lint_leaves_other_signs_alone(text: str) -> None:
    assert [found for found in named_keys("some.text", text, "vi") if found != "/"] == []


def test_every_key_in_a_text_is_that_of_a_command() -> None:
    named = {name for text in catalogue("vi").values() for name in re.findall(r"\{key_(\w+)\}", text)}
    assert len(named) > 20
    assert named - set(KNOWN) == set()


def test_texts_follow_the_key_map() -> None:
    try:
        assert "F10" in t("draft.save", "vi")
        commands.follow({"confirm": "f12,ctrl+s"})
        assert t("draft.save", "vi") == "Ghi F12"
        assert t("draft.unsaved", "en").endswith("F12 saves.")
        commands.follow({"confirm": "left_square_bracket"})
        assert t("draft.save", "en") == "Save ["
    finally:
        commands.follow({})
    assert t("draft.save", "vi") == "Ghi F10"


def test_a_text_of_a_screen_that_was_never_opened_has_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(commands.REGISTRY, "skip_bad_rows")
    assert "^b" in t("register.skip_bad", "vi")
    assert commands.shown_key("no_such_command") == "no_such_command"


def test_without_screens_a_text_names_the_command() -> None:
    try:
        i18n.keys_from(str)
        assert t("draft.save", "vi") == "Ghi confirm"
    finally:
        i18n.keys_from(commands.shown_key)


_NEW_PLACE = re.compile(r"\w*(?:o[àáảãạ]|(?<![qQ])u[ỳýỷỹỵ])(?!\w)")
"""Marks on the second vowel of an open oa or uy (hoà, tuỳ): we write the older hòa, tùy, as decrees do."""


def test_diacritics_have_one_place() -> None:
    assert _NEW_PLACE.search("xoá")
    assert not _NEW_PLACE.search("toán, quý, quỹ, xóa, tùy, hoàn")
    found = {key: text for key, text in catalogue("vi").items() if _NEW_PLACE.search(text)}
    assert found == {}
