"""Text from people is data: no screen hands it to a place where Textual reads markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.content import Content

from tests.catalogues import forms
from tests.contracts.markup_lint import lint

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "screens").rglob("*.py")), ROOT / "kcflow" / "app.py"]

HEAD = "from textual.widgets import Button, Label, Static\nfrom textual.widgets.option_list import Option\n"


def test_no_screen_reads_markup_from_a_text_that_was_built() -> None:
    assert len(SOURCES) > 10, "the lint found hardly anything to read"
    found = lint((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in SOURCES)
    assert not found, "\n".join(f"{each.file}:{each.line}: {each.rule}" for each in found)


@pytest.mark.parametrize(
    "bad",
    [
        "from rich.markup import escape",
        "from textual.markup import escape",
        "x = escape(title)",
        "x = Content.from_markup(f'[b]{title}')",
        "x = Content.from_markup(title)",
        "x = Content.from_markup('[b]' + title)",
        "self.notify(title)",
        "self.notify(title, markup=True)",
        "Static(title)",
        "Static(f'{title}', id='x')",
        "Static(Content(title))",
        "Label(title, markup=wanted)",
        "Button(title)",
        "Button(t('key', title=title))",
        "Button(label=title)",
        "Option(title, 'id')",
        "Option(Content.from_markup(title))",
        "def f():\n    shown = title\n    return Option(shown)",
        "def f(shown):\n    return Option(shown)",
        "box.border_title = title",
        "box.border_title = f'{title}'",
        "box.tooltip = title",
        "self.query_one('#x', Button).label = title",
        "x = Content(title).markup",
        "class A(Static): ...",
        "class A(Widget):\n    def render(self) -> str:\n        return 'x'",
        "class A(Widget):\n    def render(self) -> RenderResult:\n        return f'{self.title}'",
        "class A(Widget):\n    def render(self):\n        return Content('x')",
        "from textual.widgets import Tree",
        "grid.add_row(title, *cells)",
        "box.set_options([(title, 1)])",
        "SelectionList(*[(title, 1)])",
    ],
)
def test_the_lint_finds(bad: str) -> None:
    assert lint([("bad.py", HEAD + bad)])


@pytest.mark.parametrize(
    "good",
    [
        "x = Content.from_markup('[b]$title', title=title)",
        "cells = [Text(each) for each in found]\ngrid.add_row(Text(title), *cells, key=title)",
        "self.notify(title, markup=False)",
        "Static(title, markup=False)",
        "Button(t('key', lang))",
        "Button('OK')",
        "Option(Content(title))",
        "def f():\n    shown = Content(title)\n    return Option(shown)",
        "def made() -> Content: ...\nOption(made())",
        "box.border_title = Content(title)",
        "box.border_title = t('key')",
        "self.query_one('#x', Button).label = t('key', lang)",
        "self.label = label",
        "class A(Widget):\n    def render(self) -> Content:\n        return Content(self.title)",
        "import re\nx = re.escape(title)",
        "from states.model import Label",
    ],
)
def test_the_lint_lets_pass(good: str) -> None:
    head = HEAD if "states.model" not in good else "from textual.widgets import Static\n"
    assert lint([("good.py", head + good)]) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_text_of_our_own_is_taken_for_markup(lang: str) -> None:
    """Labels of buttons and frames are parsed; a word in brackets would vanish there."""
    vanishing = [
        key
        for key, found in forms(lang).items()
        if not key.startswith("cli.")  # goes to stdout only, never to a widget
        for text in found
        if Content.from_markup(text).plain != text
    ]
    assert not vanishing
