"""The tutorials are walked: every key that they tell is pressed, and the screen must show what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from kcflow.cli import main
from scripts import example_register
from scripts.walk import Walk, key_of, walking
from tests.ui.idle import make_quick

ROOT = Path(__file__).parents[2]
TUTORIALS = [ROOT / "docs" / f"tutorial.{lang}.md" for lang in ("vi", "en")]
MARK = re.compile(r"<!-- (keys|see|run|left):? ?(.*?) ?-->")
TOKEN = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True)
class Step:
    """One mark of a tutorial: what it asks for, and the words between it and the last mark before them."""

    kind: str
    body: str
    told: str


def steps(path: Path) -> list[Step]:
    """The marks of a tutorial in their order; marks without words between them share what was told before."""
    text = path.read_text(encoding="utf-8")
    found, at, told = [], 0, ""
    for mark in MARK.finditer(text):
        between = text[at : mark.start()]
        told = between if between.strip() else told
        found.append(Step(mark[1], mark[2], told))
        at = mark.end()
    return found


def lang_of(path: Path) -> str:
    return path.suffixes[0].removeprefix(".")


@pytest.mark.parametrize("path", TUTORIALS, ids=lang_of)
def test_what_is_pressed_is_what_is_told(path: Path) -> None:
    wrong = []
    for step in steps(path):
        if step.kind != "keys":
            continue
        told = set(re.findall(r"`([^`]+)`", step.told))
        for words, token in TOKEN.findall(step.body):
            name = words or token.partition("*")[0]
            if name not in told:
                wrong.append(f"{step.body}: {name}")
    assert wrong == []


@pytest.mark.parametrize("path", TUTORIALS, ids=lang_of)
def test_keys_in_the_tutorial_are_keys_of_the_program(path: Path) -> None:
    from screens.commands import REGISTRY
    from screens.dossier import picker, proposal  # noqa: F401 - known by import
    from screens.forms import register  # noqa: F401
    from screens.guide import settings  # noqa: F401
    from screens.lists import list_commands  # noqa: F401

    known = {key for command in REGISTRY.values() for key in command.key.split(",")}
    known |= {"enter", "tab", "space", "up", "down"} | set("/?!")
    names = set(re.findall(r"`([^`\n]+)`", path.read_text(encoding="utf-8")))
    keys = {name for name in names if len(name) == 1 or re.fullmatch(r"\^.|F\d+|Esc|Tab|[Ss]pace", name)}
    assert len(keys) > 12
    assert [name for name in keys if key_of(name) not in known] == []


def test_the_tutorials_are_one() -> None:
    first, second = ([step.kind for step in steps(path)] for path in TUTORIALS)
    assert first == second
    assert first.count("see") > 20


def test_the_example_workbook_is_what_its_script_makes() -> None:
    assert example_register.FILE.read_bytes() == example_register.content()


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lang_of)
async def test_the_tutorial_leads_where_it_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    make_quick(monkeypatch)
    lang = lang_of(path)
    left = False
    async with walking(tmp_path, None, lang=lang) as walk:
        for step in steps(path):
            if step.kind == "keys":
                await pressed(walk, step)
            elif step.kind == "see":
                await seen(walk, step)
            elif step.kind == "run":
                arguments = ["--database", str(tmp_path / "kcflow.db"), "--as", "ktnn", *step.body.split()]
                assert main(arguments) == 0
            else:
                left = True
                assert walk.app.return_code == 0
    assert left


async def pressed(walk: Walk, step: Step) -> None:
    """Press what the step says; leaving the application ends it."""
    try:
        await walk.keys(step.body)
    except TimeoutError as error:
        pytest.fail(f"after {step.body}: {error}", pytrace=False)


async def seen(walk: Walk, step: Step) -> None:
    """Wait until the words of the step stand on the screen."""
    try:
        await walk.until(lambda: step.body in walk.text, step.body)
    except TimeoutError as error:
        pytest.fail(str(error), pytrace=False)
