"""The generated part of docs/cli.md: every command and option in both languages, every JSON shape.

`python -m kcflow.commands.reference docs/cli.md` writes it anew; a test fails when it is stale.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from kcflow.commands.grammar import Command, whole
from kcflow.commands.json_form import shape_fields
from kcflow.commands.lifecycles import Diagram, LifecycleRow
from kcflow.commands.store import Init
from kcflow.services.clock_views import CalendarYear, ChangePlan, ChangeResult, RuleView
from kcflow.services.money_figures import BudgetSummary, FigureView
from kcflow.services.money_views import (
    AdjustmentKind,
    AdjustmentPlan,
    AnnexPlan,
    BatchResult,
    Board,
    Candidate,
    MoneyStory,
    OtherRow,
)
from kcflow.services.views import (
    BulkItem,
    CheckView,
    DossierCard,
    DossierRow,
    FlowPhase,
    HistoryView,
    ImportResult,
    OfficeView,
    OptionView,
    PaperView,
    PersonView,
    Preview,
    Receipt,
    StalledRow,
)
from states.model import Label, Lifecycle

BEGIN: Final = "<!-- generated: commands and shapes -->"
END: Final = "<!-- end of generated part -->"

SHAPES: Final[tuple[type, ...]] = (
    DossierRow,
    StalledRow,
    FlowPhase,
    DossierCard,
    OptionView,
    HistoryView,
    Receipt,
    BulkItem,
    Preview,
    PaperView,
    ImportResult,
    PersonView,
    OfficeView,
    CheckView,
    OtherRow,
    Board,
    Candidate,
    BatchResult,
    AnnexPlan,
    MoneyStory,
    AdjustmentKind,
    AdjustmentPlan,
    BudgetSummary,
    FigureView,
    RuleView,
    ChangePlan,
    ChangeResult,
    CalendarYear,
    LifecycleRow,
    Lifecycle,
    Diagram,
    Init,
)
"""What commands write; the shapes within them follow by themselves."""


def reference() -> str:
    """Commands and shapes as Markdown, between the two marks."""
    return "\n".join([BEGIN, "", *_commands(), *_shapes(), END])


def refreshed(document: str) -> str:
    """`document` with its generated part made anew. Raises ValueError when the marks are missing."""
    if BEGIN not in document or END not in document:
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    return document.partition(BEGIN)[0] + reference() + document.partition(END)[2]


# -- commands --------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    vi, en = whole("vi"), whole("en")
    yield "## Commands"
    yield ""
    yield "Common options, before or after the command's name:"
    yield ""
    yield from _options(en.common, vi.common)
    for english, vietnamese in zip(en.all, vi.all, strict=True):
        yield f"### `kcflow {english.path}`"
        yield ""
        yield f"{_description(english)} / {_description(vietnamese)}"
        yield ""
        if english.actions:
            yield from _options(english.actions, vietnamese.actions)
        if english.shape:
            yield f"JSON: `{english.shape}`"
            yield ""


def _description(command: Command) -> str:
    return (command.parser.description or "").replace("%%", "%")


def _options(english: list[argparse.Action], vietnamese: list[argparse.Action]) -> Iterator[str]:
    yield "| | English | Tiếng Việt |"
    yield "|---|---|---|"
    for en, vi in zip(english, vietnamese, strict=True):
        texts = " | ".join(_cell((action.help or "").replace("%%", "%")) for action in (en, vi))
        yield f"| `{_cell(_usage(en))}` | {texts} |"
    yield ""


def _usage(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else None
    if value is None and action.choices is not None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"{value}…" if action.nargs == "+" else f"[{value}]" if action.nargs == "?" else str(value)
    flags = ", ".join(action.option_strings)
    text = flags if action.nargs == 0 or value is None else f"{flags} {value}"
    return f"{text} (required)" if action.required else text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# -- shapes ----------------------------------------------------------------------------------


def _shapes() -> Iterator[str]:
    yield "## JSON shapes"
    yield ""
    waiting: list[type] = list(SHAPES)
    told: set[type] = set()
    while waiting:
        kind = waiting.pop(0)
        if kind in told:
            continue
        told.add(kind)
        inner: list[type] = []
        yield f"### {kind.__name__}"
        yield ""
        yield "| member | type |"
        yield "|---|---|"
        hints = get_type_hints(kind)
        for name in shape_fields(kind):
            hint = hints[name] if name in hints else get_type_hints(getattr(kind, name).fget)["return"]
            yield f"| `{name}` | {_cell(type_text(hint, inner))} |"
        yield ""
        waiting = inner + waiting


def type_text(hint: Any, inner: list[type]) -> str:  # noqa: ANN401 - a type hint has no type
    """A type hint as the JSON that it becomes; dataclasses met on the way are added to `inner`."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is NoneType:
        return "null"
    if origin in (Union, UnionType):
        return " | ".join(type_text(arg, inner) for arg in args)
    if origin is Literal:
        return " | ".join(f'"{arg}"' for arg in args)
    if origin is tuple:
        if args[-1] is Ellipsis:
            return f"[{type_text(args[0], inner)}, …]"
        return f"[{', '.join(type_text(arg, inner) for arg in args)}]"
    if origin is not None:
        return "object"
    if hint is Label:
        return "Label"
    if isinstance(hint, type) and is_dataclass(hint):
        inner.append(hint)
    return str(hint.__name__)


def headings(document: str) -> set[str]:
    """Paths of the commands that a document describes."""
    return set(re.findall(r"^### `kcflow ([a-z -]+)`$", document, re.MULTILINE))


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(refreshed(path.read_text("utf-8")), "utf-8")
