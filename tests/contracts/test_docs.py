"""Documents that lie fail here: links, commands, keys, terms, and what is generated from the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kcflow.commands.grammar import build
from kcflow.labels import HOLDER, ROLE
from kcflow.services.errors import KcflowError
from scripts import docs, screens
from states.loader import builtin

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
READMES = [ROOT / "README.md", ROOT / "README.vi.md"]
EXPECTED = ("README.md", "README.vi.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", ".ci/run")

OURS = ("kcflow", "states", "screens", "db", "tests", "scripts", "benchmarks", "docs", ".ci")
TEXT = {".md", ".py", ".toml", ".tcss", ".sql", ".csv", ".mako", ".lock", ".txt", ""}
# Written in pieces, so that this file may be read too.
HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted", "files" + r"\.python", "anaconda" + r"\.org"))
)
PATHS = re.compile("|".join((r"/wo" + "rk/", r"/ro" + "ot/", r"/ho" + r"me/[a-z]", r"[A-Z]:\\" + "Users")))

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```[a-z]*\n.*?^```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Anchors of a document's headings, as the usual renderers name them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_document_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 100


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_between_documents_resolve(path: Path) -> None:
    broken = []
    for link in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        there = path if not target else (path.parent / target)
        if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


def test_every_picture_is_shown_and_made_by_the_script() -> None:
    shown = {
        link.rpartition("/")[2]
        for path in DOCUMENTS
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if link.endswith(".svg")
    }
    made = {screens.picture_path(scene, lang).name for scene, lang in screens.for_documents()}
    assert shown == made == {path.name for path in screens.PICTURES.iterdir()}


@pytest.mark.parametrize("name", sorted(docs.TEXTS))
def test_generated_documents_say_what_the_code_says(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert text == docs.TEXTS[name](text), "stale: run `make docs`"


def test_the_glossary_names_every_act_state_role_and_holder() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = {line for line in text.splitlines() if line.startswith("| `")}
    wanted: list[tuple[str, str]] = [(name, label.vi) for name, label in {**ROLE, **HOLDER}.items()]
    for lifecycle in builtin():
        wanted += [(action.name, action.label.vi) for action in lifecycle.actions]
        wanted += [(state.name, state.label.vi) for state in lifecycle.states]
    missing = [
        name
        for name, label in wanted
        if not any(row.startswith(f"| `{name}` |") and f"| {label} |" in row for row in rows)
    ]
    assert missing == []


def our_files() -> list[Path]:
    """Every text file of the project itself."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT]
    for name in OURS:
        found += [path for path in (ROOT / name).rglob("*") if path.is_file() and path.suffix in TEXT]
    return [path for path in found if "__pycache__" not in path.parts]


def test_no_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    files = our_files()
    assert len(files) > 100
    wrong = [
        f"{named(path)}: {found[0]}"
        for path in files
        for pattern in (HOSTS, PATHS)
        if (found := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", READMES, ids=named)
def test_the_readme_names_the_two_commands_and_its_twin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    block = SHELL.findall(text)[0]
    assert re.search(r"^make run\b", block, re.MULTILINE)
    assert re.search(r"^make test\b", block, re.MULTILINE)
    (twin,) = (other for other in READMES if other != path)
    assert f"]({twin.name})" in text


def test_the_readmes_show_the_same_commands_and_sections() -> None:
    first, second = (path.read_text(encoding="utf-8") for path in READMES)
    assert [level for level, _ in re.findall(r"^(#+) (.*)$", first, re.MULTILINE)] == [
        level for level, _ in re.findall(r"^(#+) (.*)$", second, re.MULTILINE)
    ]
    heads = [
        [line.split("#")[0].split(">")[0].strip() for line in commands(text)] for text in (first, second)
    ]
    assert heads[0] == heads[1]


def commands(text: str) -> list[str]:
    """kcflow's command lines in the shell blocks of a document, continued lines joined."""
    lines = []
    for block in SHELL.findall(text):
        lines += [line for line in re.sub(r"\\\n\s*", "", block).splitlines() if line.startswith("kcflow ")]
    return lines


def without_words(command: str) -> str:
    """A command line without its comment and the file that its output goes to."""
    return command.partition("#")[0].partition(">")[0].strip()


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_commands_in_documents_are_understood(path: Path) -> None:
    wrong = []
    for line in commands(path.read_text(encoding="utf-8")):
        words = shlex.split(line.split(" > ")[0].split(" | ")[0], comments=True)[1:]
        try:
            args = build("en").parse_args(words)
        except KcflowError as error:
            wrong.append(f"{line}: {error.text.en}")
        else:
            if args.run is None:
                wrong.append(f"{line}: no command")
    assert wrong == []


def test_commands_are_found_and_wrong_ones_refused() -> None:
    assert len(commands(READMES[0].read_text(encoding="utf-8"))) >= 10
    with pytest.raises(KcflowError):
        build("en").parse_args(["advance", "--no-such-option"])


KEYS = {
    "tab_inbox": "1",
    "tab_dossiers": "2",
    "tab_stalled": "3",
    "tab_history": "4",
    "tab_people": "5",
    "tab_flow": "6",
    "search": "/",
    "act": "a",
    "new_draft": "n",
    "import_register": "^o",
    "work_as": "w",
    "jump": "g",
    "go_back": "<",
    "go_forward": ">",
    "refresh": "F5",
    "theme": "F8",
    "open_settings": "F9",
    "edit_keys": "F6",
    "bulk_act": "b",
    "filter_chips": "F",
    "saved_views": "v",
    "save_view": "V",
    "order_list": "o",
    "choose_columns": "C",
    "copy_line": "y",
    "copy_table": "Y",
    "open_row": "d",
    "write_note": "t",
    "open_document": "o",
    "previous_proposal": "[",
    "next_proposal": "]",
    "filter_list": "f",
    "next_category": "c",
    "dossier_history": "h",
    "record_papers": "d",
    "edit_draft": "e",
    "correct_row": "c",
    "confirm": "F10",
    "help": "F1",
    "language": "F2",
    "palette": "^p",
    "quit": "^q",
}
"""Command → its key, as the READMEs tell it."""


@pytest.mark.parametrize("path", READMES, ids=named)
def test_keys_in_the_readme_are_the_program_s(path: Path) -> None:
    from screens.commands import REGISTRY, key_name
    from screens.dossier import papers, proposal  # noqa: F401 - known by import
    from screens.guide import settings  # noqa: F401
    from screens.lists import list_commands  # noqa: F401

    keys = {name: [key_name(key) for key in REGISTRY[name].key.split(",")] for name in KEYS}
    assert {name: told for name, told in KEYS.items() if told not in keys[name]} == {}
    text = path.read_text(encoding="utf-8")
    # Tabs are told as a range.
    missing = [key for key in KEYS.values() if f"`{key}`" not in text and key not in "2345"]
    assert missing == []


def test_decisions_are_numbered_dated_and_alike() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{n:04d}" for n in range(1, len(records) + 1)]
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {record.name[:4]} ")
        assert re.match(r"# .*\n\n\d{4}-\d\d-\d\d · (accepted|replaced by \d{4})\n", text)
        assert "**Decision.**" in text
