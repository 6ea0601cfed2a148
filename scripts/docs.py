"""Make the generated documents and pictures anew: `python -m scripts.docs [--check] [--no-pictures]`.

Texts: docs/lifecycles.md, the generated parts of docs/cli.md and docs/glossary.md. The tutorial's
workbook comes from scripts.example_register, pictures from scripts.screens. `--check` writes nothing and
returns 1 when a text is stale (a test does the same).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kcflow import labels, reference
from kcflow.commands.reference import refreshed as refreshed_commands
from scripts import example_register, screens
from states.diagram import document as lifecycles_document
from states.loader import builtin
from states.model import Label, Lifecycle

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
BEGIN: Final = "<!-- generated: terms -->"
END: Final = "<!-- end of generated part -->"

# -- the glossary ------------------------------------------------------------------------------


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines) + "\n"


def _named(title: str, terms: Iterable[tuple[str, Label]]) -> str:
    rows = ((f"`{name}`", label.vi, label.en) for name, label in terms)
    return f"### {title}\n\n" + _table(("Code", "Tiếng Việt", "English"), rows)


def _acts(lifecycle: Lifecycle) -> str:
    rows = (
        (f"`{action.name}`", action.label.vi, action.label.en, action.basis) for action in lifecycle.actions
    )
    return f"### Acts of `{lifecycle.key}`: {lifecycle.label.vi}\n\n" + _table(
        ("Code", "Tiếng Việt", "English", "Basis"), rows
    )


def _standing(lifecycle: Lifecycle) -> str:
    rows = (
        (
            f"`{state.name}`",
            state.label.vi,
            state.label.en,
            lifecycle.phase_by_name[state.phase].label.vi,
            "; ".join(dict.fromkeys(rule.basis for rule in state.deadlines)) or "—",
        )
        for state in lifecycle.states
    )
    return f"### States of `{lifecycle.key}`\n\n" + _table(
        ("Code", "Tiếng Việt", "English", "Phase", "Basis of its deadline"), rows
    )


def terms() -> str:
    """The generated part of docs/glossary.md, between the two marks."""
    papers = (
        (f"`{kind.code}`", kind.label.vi, kind.form or "—", kind.basis or "—")
        for kind in reference.document_kinds()
    )
    others = ((name, label) for name, label in labels.HOLDER.items() if name not in labels.ROLE)
    parts = [
        BEGIN,
        _named("Roles", labels.ROLE.items()),
        _named("Kinds of office", labels.OFFICE_KIND.items()),
        _named("Whom a file waits for, besides the roles", others),
        _named("Acts of every lifecycle", labels.SYSTEM_ACTION.items()),
        _named("Recorded amounts", labels.AMOUNT.items()),
        _named("Kinds of proposal", labels.KIND.items()),
        _named("Fields of a proposal", labels.FIELD.items()),
        _named("Kinds of deadline", labels.DEADLINE_KIND.items()),
        _named("Lists of the stalled", labels.STALLED.items()),
        *(make(lifecycle) for lifecycle in builtin() for make in (_acts, _standing)),
        "### Papers\n\n" + _table(("Code", "Tên", "Form", "Basis"), papers),
        END,
    ]
    return "\n".join(parts)


def refreshed_terms(text: str) -> str:
    """`text` with its generated part made anew. Raises ValueError when the marks are missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the glossary lacks {BEGIN} or {END}")
    return text.partition(BEGIN)[0] + terms() + text.partition(END)[2]


# -- texts -------------------------------------------------------------------------------------

TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "lifecycles.md": lambda _: lifecycles_document(builtin()),
    "cli.md": refreshed_commands,
    "glossary.md": refreshed_terms,
}
"""Document below docs/ → what makes it anew from its present text."""


def stale() -> Iterator[tuple[Path, str]]:
    """Documents that don't say what the code says, each with the text that does."""
    for name, make in TEXTS.items():
        path = DOCS / name
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh = make(present)
        if fresh != present:
            yield path, fresh


def main(arguments: Sequence[str]) -> int:
    """Renew what is stale; returns the exit code."""
    if unknown := set(arguments) - {"--check", "--no-pictures"}:
        print(f"unknown: {' '.join(sorted(unknown))}\n{__doc__}", file=sys.stderr)
        return 2
    found = list(stale())
    for path, fresh in found:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(fresh, encoding="utf-8")
    if "--check" in arguments:
        return 1 if found else 0
    example_register.main([])
    if "--no-pictures" not in arguments:
        for path in screens.pictures():
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
