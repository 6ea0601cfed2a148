"""The first steps of the program, without a store: version, help, completion, old Pythons, faults."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import kcflow
from kcflow import __main__ as entry
from kcflow import cli
from kcflow.config import Config
from tests.cli.running import environment, python
from tests.cli.running import kcflow as run

MODULES = "import sys, kcflow.__main__ as m; m.main({argv!r}); print('|', *sorted(sys.modules))"


def modules_after(*argv: str, **changes: str) -> set[str]:
    outcome = python(MODULES.format(argv=list(argv)), **changes)
    assert outcome.code == 0, outcome.err
    return set(outcome.out.rpartition("|")[2].split())


def test_version_is_fast_because_it_imports_nothing() -> None:
    assert run("--version").out == f"kcflow {kcflow.__version__}\n"
    assert run("-V").out == run("--version").out
    bare = set(python("import sys; print(*sys.modules)").out.split())
    assert modules_after("--version") - bare == {"kcflow", "kcflow.__main__"}


def test_help_needs_neither_the_store_nor_the_screen() -> None:
    loaded = modules_after("list", "--help")
    assert "argparse" in loaded
    assert not loaded & {
        "textual",
        "rich",
        "sqlalchemy",
        "sqlmodel",
        "db",
        "transitions",
        "shtab",
        "holidays",
    }


def test_the_terminal_is_prepared_before_textual_and_only_where_nobody_chose() -> None:
    code = (
        "import os, kcflow.__main__ as m; m.main(['completion', 'bash']);"
        "print('|', os.environ['TEXTUAL_DISABLE_KITTY_KEY'], os.environ['ESCDELAY'])"
    )
    assert python(code).out.endswith("| 1 25\n")
    assert python(code, TEXTUAL_DISABLE_KITTY_KEY="0", ESCDELAY="99").out.endswith("| 0 99\n")


def test_an_old_python_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    assert entry.main(["list"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "3.11" in said.err
    assert "3.9" in said.err


def test_the_entry_parses_on_old_pythons() -> None:
    import ast

    ast.parse(Path(entry.__file__).read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_help(lang: str) -> None:
    outcome = run("--help", "--lang", lang)
    assert outcome.code == 0
    assert outcome.err == ""
    assert ("Lệnh:" in outcome.out) == (lang == "vi")
    assert run("lifecycle", "check", "-h", KCFLOW_LANG=lang).out.startswith(
        "Cách dùng: kcflow lifecycle check" if lang == "vi" else "Usage: kcflow lifecycle check"
    )


def test_wrong_usage() -> None:
    outcome = run("lsit")
    assert (outcome.code, outcome.out) == (2, "")
    assert "“list”" in outcome.err
    assert outcome.err.count("\n") == 1
    told = run("lsit", "--json")
    assert told.code == 2
    assert told.err == ""
    assert told.json["error"]["code"] == "usage"
    assert set(told.json["error"]) == {"code", "text", "reasons"}


def test_without_a_terminal_the_application_says_so() -> None:
    outcome = run()
    assert outcome.code == 2
    assert "kcflow --help" in outcome.err
    assert "terminal" in run(KCFLOW_LANG="en").err
    assert run("--json").json["error"]["code"] == "usage"


@pytest.mark.parametrize("line", [[], ["--lang", "en", "--as", "an"]])
def test_in_a_terminal_the_application_opens(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Config] = []
    for name in ("KCFLOW_LANG", "KCFLOW_AS"):
        monkeypatch.delenv(name, raising=False)

    def opens(config: Config) -> int:
        opened.append(config)
        return 7

    monkeypatch.setitem(sys.modules, "kcflow.app", SimpleNamespace(run=opens))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert cli.main(line) == 7
    assert [(config.lang, config.as_person) for config in opened] == [("en", "an") if line else ("vi", None)]


def test_a_posix_locale_still_speaks_vietnamese() -> None:
    outcome = run("--help", LC_ALL="POSIX", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "vòng đời đề án" in outcome.out


def test_bytes_that_are_no_text_are_shown_not_crashed_on() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kcflow", b"\xff\xfe"], capture_output=True, env=environment(), check=False
    )
    assert done.returncode == 2
    assert "dcff" in done.stderr.decode("utf-8").lower()
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "kcflow", "completion", "zsh"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writing)
    assert done.returncode == cli.READER_GONE
    assert done.stderr == b""


def test_interrupting_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("kcflow.commands.completion.completion", interrupted)
    assert cli.main(["completion", "bash"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_is_one_sentence_and_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def faulty(_: object) -> int:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("kcflow.commands.completion.completion", faulty)
    monkeypatch.setattr("kcflow.config.log_dir", lambda: tmp_path / "log")
    assert cli.main(["completion", "bash"]) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert "secret" in (tmp_path / "log" / "kcflow.log").read_text("utf-8")
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("kcflow.config.log_dir", lambda: tmp_path / "file")
    assert cli.main(["completion", "bash", "--json"]) == 70
    assert '"fault"' in capsys.readouterr().out


# -- completion ------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_is_printed(shell: str) -> None:
    outcome = run("completion", shell)
    assert outcome.code == 0
    assert outcome.err == ""
    assert "stalled" in outcome.out


def test_bash_completes_commands_options_and_choices(tmp_path: Path) -> None:
    script = tmp_path / "kcflow"
    script.write_text(run("completion", "bash").out, "utf-8")

    def complete(*words: str) -> set[str]:
        line = " ".join(f"'{word}'" for word in words)
        code = (
            f"source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1};"
            "_shtab_kcflow; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        done = subprocess.run(["bash", "-c", code], capture_output=True, encoding="utf-8", check=True)
        assert done.stderr == ""
        return set(done.stdout.split())

    assert complete("kcflow", "st") == {"stalled", "stop"}
    assert complete("kcflow", "people", "a") == {"add", "assign"}
    assert complete("kcflow", "list", "--ord") == {"--order"}
    assert complete("kcflow", "list", "--order", "d") == {"due"}


# -- lifecycle files need no store -----------------------------------------------------------

KCQG = Path(kcflow.__file__).parents[1] / "states" / "lifecycles" / "kcqg-2014-3.toml"


def test_lifecycle_check_of_a_good_file(tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path}/nothing.db"
    outcome = run("lifecycle", "check", str(KCQG), "--json", KCFLOW_DATABASE_URL=missing)
    assert outcome.code == 0, outcome.err
    assert outcome.json["key"] == "kcqg@2014.3"
    assert not (tmp_path / "nothing.db").exists()
    loaded = modules_after("lifecycle", "check", str(KCQG))
    assert not loaded & {"textual", "sqlalchemy", "sqlmodel"}


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('initial = "drafting"', 'initial = "draftin"', "draftin"),
        ("lifecycle = ", "lifecicle = ", "lifecycle"),
        ("[[state]]", "[[state]", "TOML"),
    ],
)
def test_lifecycle_check_of_a_wrong_file(tmp_path: Path, before: str, after: str, place: str) -> None:
    import re

    text = re.sub(r" +=", " =", KCQG.read_text("utf-8"))
    assert before in text
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace(before, after, 1), "utf-8")
    for command in (["check"], ["diagram"]):
        outcome = run("lifecycle", *command, str(wrong), KCFLOW_LANG="en")
        assert (outcome.code, outcome.out) == (2, "")
        assert "wrong.toml" in outcome.err
        assert place in outcome.err
        told = run("lifecycle", *command, str(wrong), "--json").json["error"]
        assert told["code"] == "lifecycle_file"
        assert told["reasons"]


def test_lifecycle_check_of_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        outcome = run("lifecycle", "check", str(path))
        assert outcome.code == 2
        assert "Traceback" not in outcome.err


def test_lifecycle_diagrams() -> None:
    import xml.etree.ElementTree as ET

    mermaid = run("lifecycle", "diagram", str(KCQG))
    assert mermaid.out.startswith("stateDiagram-v2")
    scxml = run("lifecycle", "diagram", str(KCQG), "--format", "scxml")
    assert ET.fromstring(scxml.out).tag.endswith("scxml")  # noqa: S314 - our own output
    told = run("lifecycle", "diagram", str(KCQG), "--format", "scxml", "--json").json
    assert told["text"] == scxml.out.removesuffix("\n") or told["text"] == scxml.out
    assert (told["lifecycle"], told["format"]) == ("kcqg@2014.3", "scxml")
