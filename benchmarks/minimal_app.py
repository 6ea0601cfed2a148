"""The least that a Textual application can be: the baseline of the first paint."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import App
from textual.widget import Widget
from textual.widgets import Footer, Header, Static


class Minimal(App[None]):
    """A header, a line of text, a footer."""

    BINDINGS = [("ctrl+q", "quit", "Quit")]  # noqa: RUF012 - as in Textual's own examples

    def compose(self) -> Iterable[Widget]:
        """Three widgets."""
        yield Header()
        yield Static("hello, world")
        yield Footer()


if __name__ == "__main__":
    Minimal().run()
