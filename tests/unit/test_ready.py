"""The built-in lifecycles as they are kept parsed: the same as their files, and only for those very texts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import states
from states import loader, ready

FILES = sorted((Path(states.__file__).parent / "lifecycles").glob("*.toml"))


def test_what_is_kept_is_what_the_files_say() -> None:
    kept = (Path(states.__file__).parent / "ready.json").read_text("utf-8")
    assert kept == ready.frozen(), "python -m states.ready > states/ready.json"
    for file in FILES:
        text = file.read_text("utf-8")
        assert ready.parsed(text) == tomllib.loads(text), file.name


def test_another_text_is_parsed_as_it_stands() -> None:
    text = FILES[0].read_text("utf-8")
    changed = text.replace('vi = "', 'vi = "Mới: ', 1)
    assert changed != text
    assert ready.parsed(changed) is None
    assert loader.load_text(changed).fingerprint != loader.load_text(text).fingerprint
    assert loader.load_text(text + "\n# a remark\n").fingerprint == loader.load_text(text).fingerprint
