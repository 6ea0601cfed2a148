"""Which module pulls in which: import-linter reads the source, these tests watch a real interpreter."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("kcflow", "states", "screens", "db")
SOURCE_ENDINGS = {".py", ".pyc"}
STORE = {"sqlalchemy", "sqlmodel", "alembic", "psycopg", "sqlite3", "db"}


def modules_after(code: str, **environment: str) -> set[str]:
    """Names of every module that a fresh interpreter has loaded after `code`."""
    program = f"import sys\n{code}\nimport json\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def tops(modules: set[str]) -> set[str]:
    """Their top-level packages."""
    return {name.partition(".")[0] for name in modules}


def module_names(package: str) -> list[str]:
    """Every module below `package`, by its import name."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths
    ]


def test_version_loads_next_to_nothing() -> None:
    before = modules_after("")
    loaded = modules_after("from kcflow.__main__ import main\nassert main(['--version']) == 0") - before
    assert {name for name in loaded if name.startswith("kcflow")} == {"kcflow", "kcflow.__main__"}
    assert not tops(loaded) & {*STORE, "textual", "rich", "argparse", "transitions", "states", "screens"}


def test_rules_stand_on_the_standard_library_and_transitions() -> None:
    before = modules_after("")
    loaded = modules_after("\n".join(f"import {name}" for name in module_names("states")))
    needed = importlib.metadata.requires("transitions") or []
    below_transitions = {each.partition(";")[0].strip() for each in needed if "extra" not in each}
    allowed = {"states", "transitions", *below_transitions, *sys.stdlib_module_names, *tops(before)}
    assert "transitions" in tops(loaded)
    assert tops(loaded) <= allowed


def test_the_first_paint_loads_no_store() -> None:
    names = ["kcflow.app", "kcflow.services.views", *module_names("screens")]
    loaded = modules_after("\n".join(f"import {name}" for name in names))
    assert "textual" in tops(loaded)
    assert not tops(loaded) & STORE


HEAVY = {
    "holidays",
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "pydantic",
    "psycopg",
    "openpyxl",
    "python_calamine",
}
"""What neither the first paint nor a list needs; each costs more than all of ours together."""
BEFORE_PAINT = """
import asyncio, threading
from kcflow.app import KcflowApp
from kcflow.config import Config
painted = threading.Event()
def opener(config):
    painted.wait(30)
    raise OSError("no store")
async def paint():
    app = KcflowApp(Config.load(), opener=opener)
    async with app.run_test() as pilot:
        await pilot.pause()
        found = set(sys.modules)
        painted.set()
    return found
seen = asyncio.run(paint())
for name in set(sys.modules) - seen:
    del sys.modules[name]
"""


def test_before_the_first_paint_nothing_is_loaded_that_only_data_needs(tmp_path: Path) -> None:
    loaded = modules_after(BEFORE_PAINT, XDG_STATE_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    assert "screens.shell" in loaded, "the shell was never painted"
    assert not tops(loaded) & {*STORE, *HEAVY, "transitions", "argparse", "zoneinfo", "csv", "tomllib"}
    assert not {name for name in loaded if name.startswith("kcflow.commands")}
    assert {name for name in loaded if name.startswith("states.")} <= {"states.records"}
    assert {name for name in loaded if name.startswith("kcflow.services.")} <= {"kcflow.services.errors"}
    later = ("bootstrap", "calendar", "formats", "labels", "reference", "register", "sample", "workbook")
    assert not loaded & {f"kcflow.{name}" for name in later}
    assert not loaded & {"ctypes", "logging.handlers"}
    assert not {name for name in loaded if name.startswith(("screens.forms", "screens.money"))}
    assert not loaded & {
        "screens.lists.listpane",
        "screens.widgets.table",
        "screens.lists.inbox",
        "screens.guide.palette",
    }


def test_the_first_rows_load_no_forms() -> None:
    loaded = modules_after("import kcflow.app, screens.lists.inbox")
    assert not loaded & {"textual.widgets._text_area", "screens.forms.entries", "textual.widgets._data_table"}
    forms = {"forms.fields", "lists.filters", "forms.choices", "lists.picks", "forms.amounts"}
    forms |= {"dossier.proposal", "dossier.advance", "lists.views"}
    assert "screens.lists.searched" in loaded
    assert all(importlib.util.find_spec(f"screens.{name}") for name in forms)
    assert not loaded & {f"screens.{name}" for name in forms}


@pytest.mark.parametrize("command", ["stalled", "inbox", "list", "history", "people"])
def test_commands_load_no_terminal_library(command: str, tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    code = (
        "from kcflow.__main__ import main\n"
        f"assert main([{command!r}, '--database', {missing!r}]) == 5, 'a store that is not there'"
    )
    loaded = modules_after(code, XDG_STATE_HOME=str(tmp_path))
    assert "db" in tops(loaded), "the command never came to the store"
    assert not tops(loaded) & {"textual", "rich", "screens", *HEAVY}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('imports') / 'sample.db'}"
    code = f"from kcflow.__main__ import main; sys.exit(main(['init', '--sample', '--database', {url!r}]))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return url


def test_opening_a_store_reads_no_toml_and_checks_no_lifecycle(sample: str) -> None:
    """What every morning waits for: the lifecycles are kept parsed, and were checked when they came."""
    loaded = modules_after(
        "import tomllib\n"
        "def fails(text): raise AssertionError(text[:80])\n"
        "tomllib.loads = fails\n"
        "from kcflow.bootstrap import open_desk\n"
        "from kcflow.config import Config\n"
        f"desk = open_desk(Config({sample!r}, as_person='bct'))\n"
        "assert desk.inbox().rows is not None and len(desk.lifecycles()) > 5"
    )
    assert not tops(loaded) & {*HEAVY, "textual", "rich", "screens"}


@pytest.mark.parametrize("command", ["stalled", "inbox", "list"])
def test_a_list_loads_nothing_that_it_does_not_need(command: str, sample: str) -> None:
    loaded = modules_after(
        "from kcflow.__main__ import main\n"
        f"assert main([{command!r}, '--limit', '3', '--database', {sample!r}]) == 0"
    )
    assert {"sqlite3", "kcflow.services.browse"} <= loaded
    assert not tops(loaded) & {"textual", "rich", "screens", *HEAVY, "shtab", "zipfile", "xml"}
    assert not {name for name in loaded if name.startswith(("kcflow.register", "kcflow.workbook"))}


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports, also inside functions and for annotations only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "screens").rglob("*.py")), ids=lambda path: path.name)
def test_a_screen_imports_no_store(path: Path) -> None:
    assert not imported(path) & STORE


@pytest.mark.parametrize(
    ("package", "others"),
    [("states", {"db", "kcflow", "screens"}), ("db", {"kcflow", "screens"})],
)
def test_lower_packages_know_nothing_of_higher_ones(package: str, others: set[str]) -> None:
    wrong = {
        path.name: found for path in (ROOT / package).rglob("*.py") if (found := imported(path) & others)
    }
    assert not wrong


def test_nobody_else_owns_the_four_names() -> None:
    owners = importlib.metadata.packages_distributions()
    assert {name: owners.get(name, ["kcflow"]) for name in PACKAGES} == {
        name: ["kcflow"] for name in PACKAGES
    }
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert Path(spec.origin or "").parent == ROOT / name


def test_the_wheel_carries_the_four_names_and_their_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    finder = importlib.metadata.MetadataPathFinder()
    context = importlib.metadata.DistributionFinder.Context(path=[str(tmp_path / "site")])
    (built,) = finder.find_distributions(context)
    names = {str(file).partition("/")[0] for file in built.files or () if ".dist-info" not in str(file)}
    assert built.name == "kcflow"
    assert names == set(PACKAGES)
    data = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix not in SOURCE_ENDINGS and "__pycache__" not in path.parts
    }
    assert {".tcss", ".toml", ".csv", ".xlsx", ".sql"} <= {Path(name).suffix for name in data}
    assert data <= inside
