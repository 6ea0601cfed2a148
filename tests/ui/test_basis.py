"""Bases in English screens: laws are cited as they are, words are translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screens.widgets.basis import basis_text

_CITED = re.compile(r"NĐ|Đ\d.*")
FILES = sorted(Path("states/lifecycles").glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_basis_of_the_lifecycles_is_english_in_english(file: Path) -> None:
    bases = set(re.findall(r'basis *= *"([^"]*)"', file.read_text(encoding="utf-8")))
    assert bases
    for basis in bases:
        assert basis_text(basis, "vi") == basis
        for word in re.split(r"[\s;,()]+", basis_text(basis, "en")):
            assert word.isascii() or _CITED.fullmatch(word), basis


def test_articles_stay_as_they_are() -> None:
    shown = basis_text("Quy định của UBND tỉnh (TT 46/2012 Đ8.3b); Luật NSNN 83/2015 Đ49", "en")
    assert shown == "Provincial rules (TT 46/2012 Đ8.3b); State Budget Law 83/2015 Đ49"
