"""lifecycle list, show, check, diagram, install: the rules as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from kcflow import reference
from kcflow.commands.context import Context
from kcflow.commands.tables import Column, pairs, table
from kcflow.commands.words import both
from kcflow.formats import date_text
from kcflow.labels import HOLDER, ROLE
from kcflow.services.errors import BadInput
from kcflow.services.views import Reason
from states.checks import problems
from states.diagram import mermaid, scxml
from states.guards import GUARDS
from states.lifecycle_error import LifecycleError
from states.loader import load_file
from states.model import RETURN_TO, SAME, Action, Label, Lifecycle, State
from states.records import record


@record(frozen=True, slots=True)
class LifecycleRow:
    """A lifecycle in one line."""

    key: str
    label: Label
    basis: str
    in_force_from: date
    in_force_to: date | None
    states: int
    actions: int
    fingerprint: str
    parameters: Mapping[str, str]


@record(frozen=True, slots=True)
class Diagram:
    """A drawing as text: `format` is "mermaid" or "scxml"."""

    lifecycle: str
    format: str
    text: str


class FileProblems(BadInput):
    """A lifecycle file with everything that is wrong with it."""

    def __init__(self, file: str, found: list[LifecycleError]) -> None:
        super().__init__("lifecycle_file", both("usage.lifecycle_file", file=file, count=len(found)))
        self.reasons = tuple(
            Reason("lifecycle", one.code, Label(one.sentence("vi"), one.sentence("en"))) for one in found
        )


def row_of(lifecycle: Lifecycle) -> LifecycleRow:
    """A lifecycle in one line."""
    return LifecycleRow(
        key=lifecycle.key,
        label=lifecycle.label,
        basis=lifecycle.basis,
        in_force_from=lifecycle.in_force_from,
        in_force_to=lifecycle.in_force_to,
        states=len(lifecycle.states),
        actions=len(lifecycle.actions),
        fingerprint=lifecycle.fingerprint,
        parameters=dict(lifecycle.parameters),
    )


def read_file(path: str, parameters: Mapping[str, str]) -> Lifecycle:
    """Read and check a file; no store is needed. Raises `BadInput` with every problem."""
    try:
        lifecycle = load_file(Path(path), parameters=parameters)
    except LifecycleError as wrong:
        raise FileProblems(path, [wrong]) from None
    kinds = {kind.code for kind in reference.document_kinds()}
    found = problems(lifecycle, guards=GUARDS, document_kinds=kinds, file=path)
    if found:
        raise FileProblems(path, list(found))
    return lifecycle


def list_(context: Context) -> int:
    """The lifecycles of the store."""
    lang = context.lang
    columns: list[Column[LifecycleRow]] = [
        Column(context.say("column.lifecycle"), lambda x: x.key),
        Column(context.say("column.name"), lambda x: context.label(x.label), flexible=True),
        Column(context.say("column.since"), lambda x: date_text(x.in_force_from, lang)),
        Column(
            context.say("column.until"), lambda x: date_text(x.in_force_to, lang) if x.in_force_to else ""
        ),
        Column(context.say("column.states_count"), lambda x: str(x.states), right=True),
        Column(context.say("column.acts_count"), lambda x: str(x.actions), right=True),
        Column(context.say("column.basis"), lambda x: x.basis, flexible=True, optional=True),
    ]
    rows = [row_of(lifecycle) for lifecycle in context.desk.lifecycles()]
    context.rows(rows, lambda found: table(columns, found, context.room))
    return 0


def show(context: Context) -> int:
    """One lifecycle: its states and its acts."""
    lifecycle = context.desk.lifecycle(context.args.lifecycle)
    context.emit(lifecycle, lambda: _lifecycle_lines(context, lifecycle))
    return 0


def _lifecycle_lines(context: Context, lifecycle: Lifecycle) -> Iterator[str]:
    yield from _row_lines(context, row_of(lifecycle))
    yield ""
    states: list[Column[State]] = [
        Column(context.say("column.state"), lambda s: s.name),
        Column(context.say("column.name"), lambda s: context.label(s.label), flexible=True),
        Column(
            context.say("column.phase"),
            lambda s: context.label(lifecycle.phase_by_name[s.phase].label),
            flexible=True,
        ),
        Column(context.say("column.waits_for"), lambda s: context.label(HOLDER[s.waits_for])),
    ]
    yield from table(states, lifecycle.states, context.room)
    yield ""
    acts: list[Column[Action]] = [
        Column(context.say("column.act"), lambda a: a.name),
        Column(context.say("column.name"), lambda a: context.label(a.label), flexible=True),
        Column(context.say("column.from"), lambda a: ", ".join(a.sources), flexible=True),
        Column(
            context.say("column.to"),
            lambda a: ", ".join(_target(context, t.state) for t in a.targets),
            flexible=True,
        ),
        Column(
            context.say("column.roles"),
            lambda a: ", ".join(context.label(ROLE[r]) for r in a.roles),
            flexible=True,
            optional=True,
        ),
        Column(context.say("column.basis"), lambda a: a.basis, flexible=True, optional=True),
    ]
    yield from table(acts, lifecycle.actions, context.room)


def _target(context: Context, name: str) -> str:
    if name == RETURN_TO:
        return context.say("word.return_to")
    return context.say("word.same") if name == SAME else name


def _row_lines(context: Context, row: LifecycleRow) -> Iterator[str]:
    lang = context.lang
    until = f" – {date_text(row.in_force_to, lang)}" if row.in_force_to else ""
    items = [
        (context.say("column.lifecycle"), row.key),
        (context.say("column.name"), context.label(row.label)),
        (context.say("column.basis"), row.basis),
        (context.say("column.since"), date_text(row.in_force_from, lang) + until),
        (context.say("column.states_count"), str(row.states)),
        (context.say("column.acts_count"), str(row.actions)),
        (context.say("column.parameters"), ", ".join(f"{k}={v}" for k, v in row.parameters.items())),
        (context.say("column.fingerprint"), row.fingerprint),
    ]
    return pairs(items, context.room)


def check(context: Context) -> int:
    """Check a file; exit code 2 with every problem when it can't be used."""
    args = context.args
    row = row_of(read_file(args.file, dict(args.parameters)))
    context.emit(row, lambda: _row_lines(context, row))
    context.note("say.lifecycle_ok", file=args.file)
    return 0


def diagram(context: Context) -> int:
    """Draw a lifecycle of the store, or a file, which needs no store."""
    args = context.args
    named = args.lifecycle
    if Path(named).suffix == ".toml" or Path(named).is_file():
        lifecycle = read_file(named, dict(args.parameters))
    else:
        lifecycle = context.desk.lifecycle(named)
    text = scxml(lifecycle) if args.format == "scxml" else mermaid(lifecycle, context.lang)
    if context.as_json:
        context.emit(Diagram(lifecycle.key, args.format, text), list)
    else:
        context.raw(text)
    return 0


def install(context: Context) -> int:
    """Install a file, for one province if named."""
    args = context.args
    lifecycle = read_file(args.file, dict(args.parameters))
    installed = context.desk.install_lifecycle(
        lifecycle.source, Path(args.file).name, dict(args.parameters), args.province
    )
    row = row_of(installed)
    context.emit(row, lambda: _row_lines(context, row))
    context.note("say.lifecycle_installed", key=row.key)
    return 0
