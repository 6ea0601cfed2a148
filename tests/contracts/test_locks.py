"""The lock files: exact versions, hashes, and no address, so that any mirror of the index will do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "requirements.lock": ("build",),
    "requirements-dev.lock": ("dev",),
    "requirements-bench.lock": ("bench", "pictures"),
}
"""Lock file → dependency groups that it holds, besides the project's own dependencies."""

PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>\S+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
OPTION = re.compile(r"(?:^|\s)--?(?!hash=)[a-z]")
"""Any option but a hash: an index, a folder of wheels, a trusted host, a further file, an editable."""


def entries(text: str) -> list[str]:
    """The requirements of a lock file, each on one line with its hashes; comments left out."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def normal(name: str) -> str:
    """A project's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """The project's name in a requirement."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return normal(found[0])


def names_of(group: str) -> set[str]:
    """Names in a dependency group, groups that it includes among them."""
    names: set[str] = set()
    for each in PROJECT["dependency-groups"][group]:
        names |= names_of(each["include-group"]) if isinstance(each, dict) else {name_of(each)}
    return names


def problems(text: str) -> list[str]:
    """What is wrong with a lock file."""
    found = []
    if re.search(r"[a-z+]+://|file:", text):
        found.append("an address")
    for entry in entries(text):
        if not PINNED.match(entry):
            found.append(f"not pinned: {entry[:60]}")
        elif not HASH.search(entry):
            found.append(f"no hash: {entry[:60]}")
        if OPTION.search(entry):
            found.append(f"an option: {entry[:60]}")
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed_and_none_has_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(entries(text)) >= 5
    assert problems(text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_the_project_asks_for_is_locked(name: str) -> None:
    asked = (
        {name_of(each) for each in PROJECT["project"]["dependencies"]} if "build" in LOCKS[name] else set()
    )
    for group in LOCKS[name]:
        asked |= names_of(group)
    locked = {name_of(entry) for entry in entries((ROOT / name).read_text(encoding="utf-8"))}
    assert asked <= locked


def test_two_locks_never_name_two_versions() -> None:
    """They are installed into one environment, one after the other."""
    versions: dict[tuple[str, str], set[str]] = {}
    for lock in LOCKS:
        for entry in entries((ROOT / lock).read_text(encoding="utf-8")):
            found = PINNED.match(entry)
            assert found is not None
            marker = entry.partition(";")[2].partition("--hash")[0].strip()
            versions.setdefault((normal(found["name"]), marker), set()).add(found["version"])
    assert {key: each for key, each in versions.items() if len(each) > 1} == {}


def test_the_backend_that_builds_is_locked() -> None:
    """`make run` installs with --no-build-isolation, so the backend must come from the lock."""
    locked = {name_of(entry) for entry in entries((ROOT / "requirements.lock").read_text(encoding="utf-8"))}
    assert {name_of(each) for each in PROJECT["build-system"]["requires"]} <= locked


@pytest.mark.parametrize(
    "bad",
    [
        "six>=1",
        "six==1.17.0",
        "six==1.17.0 --hash=sha256:abc",
        f"--index-url x\nsix==1.17.0 --hash=sha256:{'0' * 64}",
        f"--find-links /wheels\nsix==1.17.0 --hash=sha256:{'0' * 64}",
        f"-e .\nsix==1.17.0 --hash=sha256:{'0' * 64}",
        f"six @ https://example.org/six.whl --hash=sha256:{'0' * 64}",
        f"# --extra-index-url https://example.org\nsix==1.17.0 --hash=sha256:{'0' * 64}",
    ],
)
def test_the_check_finds(bad: str) -> None:
    assert problems(bad)


def test_the_check_lets_pass() -> None:
    digest = "--hash=sha256:" + "0" * 64
    assert (
        problems(f"six==1.17.0 ; python_version >= '3.11' \\\n    {digest} \\\n    {digest}\n    # via x\n")
        == []
    )
