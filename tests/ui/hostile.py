"""Texts that break careless screens, and the check that a screen shows them harmlessly."""

import unicodedata
from typing import Any

from rich.cells import cell_len
from textual.app import App

from tests.ui.snapshots import screen_strips

HOSTILE_TITLES: tuple[str, ...] = (
    "[red]x",
    "[@click=app.exit]x",
    "[/b]",
    "[A1]",
    "C:\\[b]x",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b[2Jx",
    "chuông\x07kêu",
    "trước\x00sau",
    "dòng một\r\ndòng hai\tcột",
    "phải\u202egnàs iárt",
    "không\u200b\u200drộng\ufeff",
    "nửa\ud800mã\udfff",
    "Đề án " * 1667,
    "漢字" * 40,
    "Z" + "\u0334\u0335\u0336\u0301\u0302" * 50 + "algo",
    "e\u0302\u0301 tổ hợp: đe\u0302\u0300 a\u0301n",
    "👨‍👩‍👧‍👦 ❤️ 🇻🇳",
    "",
)

# Zero-width and direction characters: invisible, so never on a screen.
_UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u061c") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def assert_harmless(app: App[Any]) -> None:
    """Fail if the present screen sends an unseen or broken character, holds a click action, or is skewed."""
    for y, strip in enumerate(screen_strips(app)):
        for segment in strip:
            for char in segment.text:
                bad = unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _UNSEEN
                assert not bad, f"row {y} sends U+{ord(char):04X}: {segment.text!r}"
            meta = segment.style.meta if segment.style else {}
            assert "@click" not in meta, f"row {y} holds an action: {meta['@click']!r} on {segment.text!r}"
        width = cell_len(strip.text)
        assert width == app.size.width, f"row {y} is {width} cells wide, not {app.size.width}: {strip.text!r}"
