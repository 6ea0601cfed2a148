"""The tree of commands and options, with help in either language (texts: locale/*/cli.toml).

`build` makes an argparse parser; completion and the generated reference in docs/cli.md read the same
tree. A command names the function that runs it as "module:function" in `kcflow.commands`, imported
only when it is wanted, and `shape`: what its JSON is.
"""

# ruff: noqa: ANN401 - argparse takes whatever its actions take

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final, NoReturn

from kcflow import __version__
from kcflow.commands import readers
from kcflow.commands.usage import usage_error
from kcflow.commands.words import say
from kcflow.config import LANGUAGES

SHELLS: Final = ("bash", "zsh", "tcsh")
ORDERS: Final = tuple(
    name
    for order in (
        *("code", "title", "province", "unit", "source", "year", "requested", "approved"),
        *("state", "waits_for", "due", "entered", "newest"),
    )
    for name in (order, f"-{order}")
)
SOURCES: Final = ("kcqg", "kcdp")
MONEY_UNITS: Final = ("dong", "nghin", "trieu", "ty")
STALLED_KINDS: Final = ("law", "policy", "waiting", "stuck", "near")
CONCLUSIONS: Final = ("agreed", "not_agreed")
AUTHORITIES: Final = ("TM.", "KT.", "TL.", "TUQ.")
DIAGRAMS: Final = ("mermaid", "scxml")
MOST_ROWS: Final = 1000

Commands = Any
"""What `add_subparsers` returns; argparse gives it no public name."""


class _Formatter(argparse.HelpFormatter):
    def __init__(self, lang: str, prog: str) -> None:
        super().__init__(prog)
        self._lang = lang

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        if prefix is None:
            prefix = say(self._lang, "group.usage") + " "
        super().add_usage(usage, actions, groups, prefix)


class Parser(argparse.ArgumentParser):
    """argparse that raises one sentence in both languages and speaks `lang` in its help."""

    lang: ClassVar[str] = "vi"

    def __init__(self, **options: Any) -> None:
        super().__init__(
            formatter_class=partial(_Formatter, self.lang), add_help=False, allow_abbrev=False, **options
        )

    def error(self, message: str) -> NoReturn:
        """Raise `BadInput`: exit code 2, no traceback, no screenful of usage."""
        raise usage_error(message, self.prog)


class EnglishParser(Parser):
    """The same in English."""

    lang = "en"


class Command:
    """One command under construction; help texts are found by its path and the option's name."""

    def __init__(self, parser: Parser, path: str, shape: str = "") -> None:
        self.parser = parser
        self.path = path
        self.shape = shape
        self.has_pages = False
        self.actions: list[argparse.Action] = []
        self._arguments = parser.add_argument_group(say(parser.lang, "group.arguments"))
        self._options = parser.add_argument_group(say(parser.lang, "group.options"))

    def _help(self, name: str) -> str:
        # argparse expands % in help.
        return say(self.parser.lang, f"option.{name}").replace("%", "%%")

    def argument(self, dest: str, metavar: str, *, text: str = "", **options: Any) -> argparse.Action:
        """A positional argument; `text` names its help when it isn't `dest`."""
        return self._add(self._arguments, metavar, [dest], text or dest, {"metavar": metavar, **options})

    def option(self, flag: str, dest: str = "", *, text: str = "", **options: Any) -> argparse.Action:
        """An option; `text` names its help when it isn't the flag itself."""
        name = flag.removeprefix("--").replace("-", "_")
        return self._add(self._options, flag, [flag], text or name, {"dest": dest or name, **options})

    def _add(
        self, group: Any, name: str, names: list[str], text: str, options: dict[str, Any]
    ) -> argparse.Action:
        if "type" in options:
            options["type"] = readers.named(name, options["type"])
        action: argparse.Action = group.add_argument(*names, help=self._help(text), **options)
        self.actions.append(action)
        return action

    def flag(self, flag: str, *, text: str = "") -> None:
        """An option without a value."""
        self.option(flag, text=text, action="store_true")

    def many(self, flag: str, dest: str, **options: Any) -> argparse.Action:
        """An option that may be repeated; its value is a list, empty by default."""
        return self.option(flag, dest, action="append", **{"default": [], **options})

    def paged(self) -> None:
        """Options of a command that lists what may be long."""
        group = self.parser.add_argument_group(say(self.parser.lang, "group.paging"))
        limit = {"dest": "limit", "metavar": "N", "type": readers.whole(1, MOST_ROWS), "default": 50}
        self._add(group, "--limit", ["--limit"], "limit", limit)
        self._add(group, "--after", ["--after"], "after", {"dest": "after", "metavar": "CURSOR"})
        self._add(group, "--all", ["--all"], "all", {"dest": "all", "action": "store_true"})


class Grammar:
    """Builds the tree; `with_files` marks file arguments for completion scripts (needs shtab)."""

    def __init__(self, lang: str, *, with_files: bool = False) -> None:
        self.lang = lang
        self.all: list[Command] = []
        self.common: list[argparse.Action] = []
        self._with_files = with_files
        self.root: Parser = (EnglishParser if lang == "en" else Parser)(
            prog="kcflow", description=say(lang, "about.program")
        )
        common = self.root.add_argument_group(say(lang, "group.common"))
        self._common(common, top=True)
        self.root.set_defaults(run=None, shape="")
        self.commands = self._children(self.root, "command", required=False)

    def _common(self, group: Any, *, top: bool = False) -> None:
        """Options that every command takes, before or after its name."""
        off: Any = False if top else argparse.SUPPRESS
        missing: Any = None if top else argparse.SUPPRESS

        def add(*flags: str, text: str, **options: Any) -> None:
            action = group.add_argument(*flags, help=say(self.lang, f"option.{text}"), **options)
            if top:
                self.common.append(action)

        add("--database", text="database", metavar="URL", default=missing)
        add("--as", text="as", metavar="LOGIN", dest="as_person", default=missing)
        add("--json", text="json", action="store_true", default=off)
        add("--lang", text="lang", choices=LANGUAGES, default=missing)
        add("-h", "--help", text="help", action="help")
        if top:
            add("-V", "--version", text="version", action="version", version=f"kcflow {__version__}")

    def _children(self, parser: Parser, dest: str, *, required: bool) -> Commands:
        return parser.add_subparsers(
            title=say(self.lang, "group.commands"),
            dest=dest,
            metavar="COMMAND",
            required=required,
            parser_class=type(self.root),
        )

    def command(
        self, parent: Commands, path: str, run: str | None, shape: str = "", *, paged: bool = False
    ) -> Command:
        """Add the command whose names are `path` ("register import"), run by `run`."""
        text = say(self.lang, f"command.{path.replace(' ', '_')}")
        parser: Parser = parent.add_parser(
            path.rpartition(" ")[2], help=text.replace("%", "%%"), description=text.replace("%", "%%")
        )
        command = Command(parser, path, shape)
        self.all.append(command)
        if run is not None:
            parser.set_defaults(run=run, shape=shape)
        command.has_pages = paged
        return command

    def finish(self) -> None:
        """Add what comes last in every command's help: paging and the common options."""
        for command in self.all:
            if command.has_pages:
                command.paged()
            self._common(command.parser.add_argument_group(say(self.lang, "group.common")))

    def group(
        self, parent: Commands, path: str, run: str | None = None, shape: str = ""
    ) -> tuple[Command, Commands]:
        """A command with commands of its own; without `run`, one of them must be named."""
        command = self.command(parent, path, run, shape)
        return command, self.children(command, required=run is None)

    def children(self, command: Command, *, required: bool = False) -> Commands:
        """The place for the commands of `command`; its own arguments must have been added before."""
        return self._children(command.parser, command.path.replace(" ", "_"), required=required)

    def file(self, action: argparse.Action) -> None:
        """Mark an argument that is a file of this machine."""
        if self._with_files:
            import shtab

            action.complete = shtab.FILE  # type: ignore[attr-defined]


Section = Callable[[Grammar], None]


def build(lang: str = "vi", *, with_files: bool = False) -> Parser:
    """The whole tree, with help in `lang` ("vi" or "en")."""
    return whole(lang, with_files=with_files).root


def whole(lang: str = "vi", *, with_files: bool = False) -> Grammar:
    """The tree with its list of commands, for the reference."""
    from kcflow.commands import syntax

    grammar = Grammar(lang, with_files=with_files)
    for section in syntax.SECTIONS:
        section(grammar)
    grammar.finish()
    return grammar
