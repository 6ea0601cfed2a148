"""completion: a script for the shell, made from the same tree of commands."""

from __future__ import annotations

import shtab

from kcflow.commands.context import Context
from kcflow.commands.grammar import build


def completion(context: Context) -> int:
    """Write the completion script of one shell to stdout."""
    context.raw(shtab.complete(build(context.lang, with_files=True), shell=context.args.shell))
    return 0
