"""One run of one command: what was asked, the desk, and the only way out to stdout and stderr.

stdout is data, stderr is narration. Every line passes `visible` on its way, so that nothing stored
or typed can act on a terminal.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kcflow.commands.json_form import Json, cursor_text, cursor_value, dumps, error_json, reasons_of, to_json
from kcflow.commands.tables import Column, Table, paragraph
from kcflow.commands.words import both, say
from kcflow.config import Config
from kcflow.i18n import t
from kcflow.services.errors import BadInput, KcflowError
from kcflow.services.views import Page, Reason
from kcflow.text import visible
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

R = TypeVar("R")
BATCH: Final = 500
"""Rows fetched at once for --all."""


class Context:
    """`lang` and `as_json` are known before the arguments are; `use` brings the rest."""

    config: Config
    args: Any
    """The parsed arguments (argparse.Namespace)."""

    def __init__(self, lang: str, *, as_json: bool) -> None:
        self.lang = lang
        self.as_json = as_json
        self._desk: Desk | None = None

    def use(self, args: argparse.Namespace, config: Config) -> None:
        """Take the parsed arguments and the settings of this run."""
        self.args = args
        self.config = config
        self.lang = config.lang
        self.as_json = args.json

    @property
    def desk(self) -> Desk:
        """The desk over the store, opened at first use. Raises `StoreProblem`."""
        if self._desk is None:
            from kcflow.bootstrap import open_desk

            self._desk = open_desk(replace(self.config, upgrading=self._upgrading()))
        return self._desk

    def _upgrading(self) -> Callable[[str, int, int], None] | None:
        """What tells on stderr how far an older store has been brought up to date; nothing with --json."""
        if self.as_json:
            return None
        began, told, live = monotonic(), 0, sys.stderr.isatty()

        def tell(step: str, number: int, steps: int) -> None:
            nonlocal told
            # A terminal shows the seconds pass; a log gets one line for each step.
            if live or number != told:
                told = number
                seconds = int(monotonic() - began)
                name = t(f"upgrade.step.{step}", self.lang)
                line = self.say("say.upgrade", step=name, done=number, steps=steps, seconds=seconds)
                sys.stderr.write(f"\r\x1b[K{line}" if live else f"{line}\n")
                if live and step == "write":
                    sys.stderr.write("\n")
                sys.stderr.flush()

        return tell

    def close(self) -> None:
        """Close the desk, if it was opened."""
        if self._desk is not None:
            self._desk.close()

    # -- words -------------------------------------------------------------------------------

    def say(self, key: str, /, **params: object) -> str:
        """The text `cli.<key>` in the language of this run."""
        return say(self.lang, key, **params)

    def label(self, label: Label | None) -> str:
        """`label` in the language of this run; "" for none."""
        return label(self.lang) if label else ""

    # -- output ------------------------------------------------------------------------------

    @property
    def room(self) -> int | None:
        """Width of the terminal in cells; None when the output goes elsewhere and is written in full."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def write(self, lines: Iterable[str]) -> None:
        """Write lines of data to stdout."""
        for line in lines:
            sys.stdout.write(visible(line) + "\n")

    def raw(self, text: str) -> None:
        """Write a text made by kcflow itself (a script, a diagram) to stdout, line breaks and tabs kept."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def note(self, key: str, /, **params: object) -> None:
        """Tell something on stderr; nothing with --json."""
        if not self.as_json:
            sys.stderr.write(self.say(key, **params) + "\n")

    def emit(self, value: object, lines: Callable[[], Iterable[str]]) -> None:
        """Write `value` as JSON, or else `lines()`."""
        if self.as_json:
            self.json(to_json(value))
        else:
            self.write(lines())

    def json(self, value: Json) -> None:
        """Write one JSON value."""
        sys.stdout.write(dumps(value) + "\n")

    def rows(
        self, rows: Sequence[R], lines: Callable[[Sequence[R]], Iterable[str]], empty: str = "say.none"
    ) -> None:
        """Write a short complete list: {"rows", "next": null}, or else `lines(rows)`."""
        if self.as_json:
            self.json({"rows": to_json(tuple(rows)), "next": None})
        elif rows:
            self.write(lines(rows))
        else:
            self.note(empty)

    def pages(
        self,
        fetch: Callable[[object | None, int], Page[R]],
        columns: Sequence[Column[R]] | None,
        block: Callable[[Sequence[R]], Iterable[str]] | None = None,
        empty: str = "say.none",
    ) -> None:
        """Write one page or, with --all, every page, as it comes: a list of any length needs no memory.

        `fetch(after, limit)` gives a page. Text is a table of `columns`, or what `block` makes of rows.
        """
        after = self.cursor()
        show = block or Table(columns or (), self.room).block
        separator, count = '{"rows": [', 0
        while True:
            page = fetch(after, BATCH if self.args.all else self.args.limit)
            if self.as_json:
                for row in page.rows:
                    sys.stdout.write(f"{separator}\n{dumps(to_json(row), indent=None)}")
                    separator = ","
            elif page.rows:
                self.write(show(page.rows))
            count += len(page.rows)
            after = page.next
            if after is None or not self.args.all:
                break
        following = cursor_text(after)
        if self.as_json:
            opened = '{"rows": [' if not count else "\n"
            sys.stdout.write(f'{opened}], "next": {dumps(following)}}}\n')
        elif not count:
            self.note(empty)
        elif following is not None:
            self.note("say.more", count=count, cursor=following)

    def cursor(self) -> object | None:
        """The page's place that `--after` names. Raises `BadInput`."""
        if self.args.after is None:
            return None
        try:
            return cursor_value(self.args.after)
        except ValueError:
            raise BadInput("cursor", both("usage.cursor", found=self.args.after[:60])) from None

    # -- outcomes ----------------------------------------------------------------------------

    def reason_lines(self, reasons: Iterable[Reason], indent: str = "  ") -> Iterable[str]:
        """Reasons as hanging paragraphs."""
        for reason in reasons:
            yield from paragraph(self.label(reason.text), self.room, indent, "- ")

    def fail(self, error: KcflowError) -> int:
        """Report `error`, as JSON on stdout or in words on stderr, and return its exit code."""
        if self.as_json:
            self.json(error_json(error))
        else:
            sys.stdout.flush()
            lines = [error.text(self.lang)]
            lines += self.reason_lines(reasons_of(error))
            for line in lines:
                sys.stderr.write(visible(line) + "\n")
        return error.exit_code
