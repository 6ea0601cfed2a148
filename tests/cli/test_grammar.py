"""The tree of commands: texts in both languages, sentences for every wrong line, a true reference."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kcflow.commands import drafts, syntax
from kcflow.commands.grammar import build, whole
from kcflow.commands.reference import headings, refreshed
from kcflow.commands.words import language_of
from kcflow.services.errors import BadInput
from tests.catalogues import catalogue

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"
COMMANDS = [command.path for command in whole("en").all]


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def refusal(*arguments: str) -> BadInput:
    with pytest.raises(BadInput) as refused:
        build("vi").parse_args(arguments)
    assert refused.value.exit_code == 2
    return refused.value


def test_catalogues_have_the_same_texts_and_placeholders() -> None:
    import re

    vi, en = (
        {key: text for key, text in catalogue(lang).items() if key.startswith("cli.")}
        for lang in ("vi", "en")
    )
    assert vi.keys() == en.keys()
    for key, text in vi.items():
        assert text.strip(), key
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", en[key])), key


def test_help_is_there_in_both_languages_for_every_command_and_option() -> None:
    known = {lang: set(catalogue(lang).values()) for lang in ("vi", "en")}
    for lang, texts in known.items():
        seen = 0
        for parser in parsers(build(lang)):
            assert (parser.description or "").replace("%%", "%") in texts, parser.prog
            for action in parser._actions:
                if isinstance(action, argparse._SubParsersAction):
                    continue
                assert (action.help or "").replace("%%", "%") in texts, (parser.prog, action.dest)
                seen += 1
            assert parser.format_help().startswith("Usage: " if lang == "en" else "Cách dùng: ")
        assert seen > 200


@pytest.mark.parametrize(
    "key",
    [key for key in catalogue("en") if key.startswith(("cli.command.", "cli.option."))],
)
def test_no_help_text_is_left_over(key: str) -> None:
    used = {
        text.replace("%%", "%")
        for parser in parsers(build("en"))
        for text in (parser.description, *(action.help for action in parser._actions))
        if text
    }
    assert catalogue("en")[key] in used


def test_every_command_can_run() -> None:
    found = 0
    for parser in parsers(build()):
        run = parser.get_default("run")
        if run:
            module, _, name = run.partition(":")
            assert callable(getattr(import_module(f"kcflow.commands.{module}"), name))
            found += 1
    assert found >= 27


def test_common_options_stand_before_or_after_the_command() -> None:
    for line in (
        ["--json", "--lang", "en", "--as", "an", "--database", "x.db", "people", "list"],
        ["people", "--json", "--as", "an", "list", "--lang", "en", "--database", "x.db"],
        ["people", "list", "--json", "--lang", "en", "--as", "an", "--database", "x.db"],
    ):
        args = build().parse_args(line)
        assert (args.json, args.lang, args.as_person, args.database) == (True, "en", "an", "x.db")
        assert args.run == "directory:people"


def test_codes_then_action() -> None:
    args = build().parse_args(["advance", "A", "B", "submit", "--reason", "x"])
    assert (args.codes, args.action) == (["A", "B"], "submit")
    args = build().parse_args(["advance", "--reason", "x", "A", "submit"])
    assert (args.codes, args.action) == (["A"], "submit")


def test_fields_that_can_be_cleared_are_the_ones_that_edit_knows() -> None:
    assert set(syntax.CLEARED) == set(drafts.EMPTY)
    edit = build().parse_args(["edit", "A"])
    assert all(getattr(edit, name) is None for name in drafts.EDITABLE)


@pytest.mark.parametrize(
    ("line", "vi", "en"),
    [
        (["lsit"], "có phải ý là “list”", "did you mean “list”"),
        (["people", "ad"], "có phải ý là “add”", "did you mean “add”"),
        (["xyzzy"], "các lệnh: init", "commands: init"),
        (["advance", "A"], "Thiếu: ACTION", "Missing: ACTION"),
        (["new"], "Thiếu: --source", "Missing: --source"),
        (["list", "--ordr", "due"], "có phải ý là --order", "did you mean --order"),
        (["show", "A", "B"], "Không hiểu: B", "Not understood: B"),
        (["list", "--order", "dew"], "--order: không có “dew”", "--order: there is no “dew”"),
        (["list", "--limit"], "--limit: cần một giá trị", "--limit: a value must follow"),
        (["list", "--all=1"], "--all: không nhận giá trị", "--all: takes no value"),
        (["list", "--limit", "0"], "--limit: “0” không phải", "--limit: “0” is not"),
        (
            ["stalled", "--as-of", "31/02/2024"],
            "--as-of: “31/02/2024”",
            "--as-of: “31/02/2024” is not a date",
        ),
        (["list", "--lang", "fr"], "chọn một trong: vi, en", "choose one of: vi, en"),
        (["list", "\x1b[2J"], "␛[2J", "␛[2J"),
    ],
)
def test_wrong_lines_get_one_sentence(line: list[str], vi: str, en: str) -> None:
    text = refusal(*line).text
    assert vi in text.vi
    assert en in text.en
    assert "\n" not in text.vi
    assert "\x1b" not in text.vi


def test_options_are_not_guessed_from_their_beginning() -> None:
    assert "--all" not in refusal("list", "--al").text.vi.split(";")[0]


@pytest.mark.parametrize(
    ("line", "environment", "lang"),
    [
        ([], "", "vi"),
        ([], "en", "en"),
        ([], "fr", "vi"),
        (["list", "--lang", "en"], "vi", "en"),
        (["--lang=vi", "list"], "en", "vi"),
        (["list", "--lang"], "en", "en"),
    ],
)
def test_language(
    line: list[str], environment: str, lang: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KCFLOW_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("KCFLOW_LANG", environment)
    assert language_of(line) == lang


def test_help_follows_the_language_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[look]\nlanguage = "en"\n', "utf-8")
    monkeypatch.setenv("KCFLOW_SETTINGS", str(file))
    monkeypatch.delenv("KCFLOW_LANG", raising=False)
    assert language_of(["--help"]) == "en"
    assert language_of(["--help", "--lang", "vi"]) == "vi"
    monkeypatch.setenv("KCFLOW_LANG", "vi")
    assert language_of(["--help"]) == "vi"


def test_the_document_lists_every_command_and_is_fresh() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert headings(document) == set(COMMANDS)
    assert refreshed(document) == document, "run: python -m kcflow.commands.reference docs/cli.md"
