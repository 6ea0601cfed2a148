"""init and doctor: make the store, look at its health."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from kcflow.commands.context import Context
from kcflow.commands.directory import person_text
from kcflow.commands.tables import pairs, paragraph
from kcflow.services.errors import StoreProblem
from kcflow.services.views import CheckView, PersonView
from states.model import Label
from states.records import record


@record(frozen=True, slots=True)
class Init:
    """What `init` made: the store's name, who works in it, and how many proposals that person sees."""

    store: str
    me: PersonView
    sample: bool
    dossiers: int


def init(context: Context) -> int:
    """Make the store and say who works in it."""
    from kcflow.bootstrap import STEPS, init_store
    from kcflow.services.views import ListFilter

    args = context.args
    told = ""

    def progress(step: str, done: int, total: int) -> None:
        nonlocal told
        # A terminal shows every step of a count; a log gets one line for each kind of step.
        if not context.as_json and (step != told or sys.stderr.isatty()):
            told = step
            end = "\r" if sys.stderr.isatty() and done < total else "\n"
            sys.stderr.write(
                context.say("say.progress", step=STEPS[step](context.lang), done=done, total=total) + end
            )

    init_store(context.config, args.province, args.sample, progress, by_names=args.shared_computer)
    desk = context.desk
    made = Init(desk.store_name, desk.me, args.sample, desk.count(ListFilter()))

    def lines() -> Iterator[str]:
        items = [
            (context.say("column.store"), made.store),
            (context.say("column.me"), person_text(context, made.me)),
            (context.say("column.dossiers"), str(made.dossiers)),
        ]
        return pairs(items, context.room)

    context.emit(made, lines)
    context.note("say.init_next")
    return 0


def doctor(context: Context) -> int:
    """Check the store and the settings file; exit code 5 when something of the store is not well."""
    store = context.desk.doctor(context.args.full)
    checks = (*store, *(CheckView("settings", False, said) for said in _settings_trouble(context)))

    def lines(rows: Sequence[CheckView]) -> Iterator[str]:
        for check in rows:
            mark = context.say("word.well" if check.ok else "word.unwell")
            yield from paragraph(context.label(check.text), context.room, "", f"[{mark}] ")

    context.rows(checks, lines)
    return 0 if all(check.ok for check in store) else StoreProblem.exit_code


def _settings_trouble(context: Context) -> list[Label]:
    """What is wrong with the settings file; its defaults stand instead, so no command fails for it."""
    settings = context.config.settings
    said = list(settings.problems)
    if settings.keys:
        from kcflow.app import KcflowApp  # the keys of every screen are judged together
        from screens.keymap import judged

        said += judged(settings.keys, KcflowApp).problems
    return said
