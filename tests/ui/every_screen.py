"""Looks at whatever the application shows, and says what a person must never see there."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from rich.cells import cell_len
from textual.app import App
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Button

import screens
from kcflow.reference import contents, document_kinds
from screens.base import DeskModal, DeskScreen
from screens.foot import KeyBar
from screens.lists.detail import DetailStrip
from screens.lists.listpane import Pane
from screens.money.pane import BoardStrip
from screens.widgets.flow_chart import FlowChart
from screens.widgets.stage_bar import StageBar
from screens.widgets.table import VirtualTable
from states.loader import builtin
from states.model import Label
from tests.catalogues import catalogue
from tests.ui.hostile import assert_harmless
from tests.ui.snapshots import screen_strips

_HOLES: Final = re.compile(r"\{[^}]*\}|\n")
_WORD: Final = re.compile(r"[^\W_]+")
_GAPS: Final = re.compile(r" {2,}|[│╭╮╰╯─━┃▌▏▎▊▐█|╱]+")
_DOTTED: Final = re.compile(r"(?<![\w./@=\\-])[a-z][a-z_]*(?:\.[a-z0-9_]+)+(?![\w.]*/)")
_FILES: Final = (".toml", ".xlsx", ".db", ".po", ".pdf", ".log", ".json")
MAY_BE_CUT: Final = (
    VirtualTable,  # the cells of its rows, not its header: the line under a list, or its dialog, says all
    DetailStrip,  # four lines on the row under the cursor: its proposal is a key away
    BoardStrip,  # four lines on the row under the cursor: its board is a key away
    StageBar,  # names of phases; the present state stands whole above it
    FlowChart,  # names of states in boxes; the line under the chart has the one under the cursor
)
"""Widgets in which a text of ours may end in "…": their places are as narrow as the terminal makes them."""
_RUN: Final = 3
"""So many words in a row are no accident: they come from one text."""
_RUN_LETTERS: Final = 11


def every_screen() -> frozenset[type]:
    """Every screen, dialog and pane that can be shown: the last classes in `screens.*`."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)
    return frozenset(
        cls
        for base in (DeskScreen, DeskModal, Pane)
        for cls in _below(base)
        if not cls.__subclasses__() and cls.__module__.startswith("screens.")
    )


def _below(cls: type) -> Iterator[type]:
    subs: list[type] = cls.__subclasses__()
    for sub in subs:
        yield sub
        yield from _below(sub)


def shown_now(app: App[Any]) -> set[type]:
    """The kinds of the screen in front and of the panes that stand on it."""
    panes = (node for node in app.screen.query("*") if isinstance(node, Pane) and node.display)
    return {type(app.screen), *(type(pane) for pane in panes)}


def _labels_in(thing: object) -> Iterator[Label]:
    if isinstance(thing, Label):
        yield thing
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from _labels_in(getattr(thing, field.name))
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from _labels_in(value)
    elif isinstance(thing, (list, tuple, set, frozenset)):
        for value in thing:
            yield from _labels_in(value)


@cache
def own_texts(lang: str) -> frozenset[str]:
    """Every text of ours in `lang`, without its placeholders: catalogue, lifecycles, lists of reference."""
    whole = [*catalogue(lang).values()]
    whole += [label(lang) for label in _labels_in((builtin(), document_kinds(), contents()))]
    return frozenset(part.strip() for text in whole for part in _HOLES.split(text) if part.strip())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    for at in range(len(words) - _RUN + 1):
        run = tuple(words[at : at + _RUN])
        if sum(map(len, run)) >= _RUN_LETTERS and not any(word.isdigit() for word in run):
            yield run


def people_texts(store: Path) -> tuple[str, ...]:
    """Every text that people entered into the store: what stands in its history and its directory."""
    found: list[str] = []

    def take(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                take(each)
        elif isinstance(value, list):
            for each in value:
                take(each)

    connection = sqlite3.connect(store)
    try:
        for (leaf,) in connection.execute("SELECT leaf FROM history"):
            take(json.loads(leaf))
        for table in ("person", "organisation", "province", "budget_figure"):
            for row in connection.execute(f"SELECT * FROM {table}"):
                take([value for value in row if isinstance(value, str)])
    finally:
        connection.close()
    return tuple(dict.fromkeys(found))


class Look:
    """Looks at the screen in front, as it is drawn. `data`: what people entered (`people_texts`)."""

    def __init__(self, data: Iterable[str]) -> None:
        """Learn what is ours and what is people's."""
        self._data = tuple(data)
        self._data_text = "\n".join(self._data).casefold()
        data_runs = {run for text in self._data for run in _runs(text)}
        runs = {lang: {run for text in own_texts(lang) for run in _runs(text)} for lang in ("vi", "en")}
        self._foreign_runs = {
            "vi": runs["en"] - runs["vi"] - data_runs,
            "en": runs["vi"] - runs["en"] - data_runs,
        }
        self._foreign_labels = {
            lang: frozenset(
                text
                for text in own_texts(other) - own_texts(lang)
                if len(text) > 2 and text.casefold() not in self._data_text
            )
            for lang, other in (("vi", "en"), ("en", "vi"))
        }

    def faults(self, app: App[Any], lang: str) -> list[str]:
        """What is wrong with the screen in front, one sentence each."""
        strips = screen_strips(app)
        rows = [strip.text for strip in strips]
        found = [*self._raw_keys(rows), *self._other_language(rows, lang)]
        found += [*self._cut(_without_cells(app, strips), lang), *self._harm(app)]
        top = app.screen
        for widget in top.query("*").results(Widget):
            geometry = top._compositor.full_map.get(widget)
            if geometry is None or not widget.display or not geometry.visible_region:
                continue
            if geometry.visible_region != geometry.region:
                continue  # scrolled half away; what never scrolls is caught by its own panel
            found += self._widget(widget, geometry.region, strips, lang)
        return list(dict.fromkeys(found))

    def _harm(self, app: App[Any]) -> Iterator[str]:
        try:
            assert_harmless(app)
        except AssertionError as fault:
            yield str(fault).partition("\n")[0]

    def _raw_keys(self, rows: list[str]) -> Iterator[str]:
        tops = {key.partition(".")[0] for key in catalogue("vi")}
        for row in rows:
            for token in _DOTTED.findall(row):
                if token.partition(".")[0] in tops and not token.endswith(_FILES):
                    yield f"raw key {token!r}"

    def _other_language(self, rows: list[str], lang: str) -> Iterator[str]:
        for row in rows:
            for chunk in _GAPS.split(row):
                if chunk.strip() in self._foreign_labels[lang]:
                    yield f"the other language: {chunk.strip()!r}"
                for run in _runs(chunk):
                    if run in self._foreign_runs[lang]:
                        yield f"the other language: {' '.join(run)!r} in {chunk.strip()!r}"

    def _cut(self, rows: list[str], lang: str) -> Iterator[str]:
        for row in rows:
            for chunk in _GAPS.split(row):
                for end in re.finditer("…", chunk):
                    before = chunk[: end.start()]
                    for word in _WORD.finditer(before):
                        stem = before[word.start() :]
                        if len(stem) < 6 or stem.casefold() in self._data_text:
                            continue
                        longer = (text for text in own_texts(lang) if text.startswith(stem))
                        whole = next((text for text in longer if text[len(stem) :][:1] != "…"), "")
                        if whole and whole != stem:
                            yield f"cut: {stem + '…'!r} of {whole!r}"
                            break

    def _widget(self, widget: Widget, region: Region, strips: list[Strip], lang: str) -> Iterator[str]:
        name = f"{type(widget).__name__}#{widget.id or ''}"
        lines = [strips[y].crop(region.x, region.right).text for y in range(region.y, region.bottom)]
        if region.x < 0 or region.right > widget.app.size.width:
            yield f"{name} stands beyond the width: {region}"
        for title, line in ((widget._border_title, lines[0]), (widget._border_subtitle, lines[-1])):
            if title is not None and title.plain and title.plain.strip() not in line:
                yield f"{name}: frame title {title.plain!r} is cut: {line.strip()!r}"
        if isinstance(widget, KeyBar):
            yield from self._keys(widget, strips[region.y])
        elif isinstance(widget, VirtualTable):
            yield from self._header(widget, name, lines)
        elif isinstance(widget, Button):
            if str(widget.label) not in "".join(lines):
                yield f"{name}: button {str(widget.label)!r} is cut: {lines}"
        else:
            yield from self._written(widget, name, lines, lang)

    def _keys(self, bar: KeyBar, strip: Strip) -> Iterator[str]:
        for start, end, offer in bar._places:
            label, drawn = offer.command.label(), strip.crop(start, end).text
            if label not in drawn:
                yield f"footer entry {label!r} is cut: {drawn!r}"

    def _header(self, table: VirtualTable, name: str, lines: list[str]) -> Iterator[str]:
        painter = table._painter
        if painter is None:
            return
        for placed in painter.placed:
            if cell_len(placed.column.label) > placed.width:
                yield f"{name}: column {placed.column.label!r} is cut to {placed.width} cells"
        if table._head and lines and "…" in lines[0]:
            yield f"{name}: header is cut: {lines[0].strip()!r}"
        beyond = painter.margin + painter.body_width - table._view_width
        if beyond > 0:
            yield f"{name}: columns stand beyond the width by {beyond}"

    def _written(self, widget: Widget, name: str, lines: list[str], lang: str) -> Iterator[str]:
        try:
            content = widget.render()
        except Exception:  # containers and the like draw nothing of their own
            return
        if not isinstance(content, Content):
            return
        whole, drawn = _squashed(content.plain), _squashed("".join(lines))
        if not whole or whole in drawn:
            return
        if "…" in drawn and content.plain.strip() not in own_texts(lang):
            return  # what people wrote may be cut, and says so
        shown = " / ".join(line.strip() for line in lines)
        yield f"{name}: {content.plain.strip()[:200]!r} is not whole: {shown[:200]!r}"


def _squashed(text: str) -> str:
    return re.sub(r"[\s│╭╮╰╯─]+", "", text)


def _without_cells(app: App[Any], strips: list[Strip]) -> list[str]:
    """The rows as drawn, with blanks where a text may be cut (`MAY_BE_CUT`)."""
    rows = [list(strips[y].text) for y in range(len(strips))]
    for screen in (*app._background_screens, app.screen):
        for widget in screen.query("*").results(Widget):
            geometry = screen._compositor.full_map.get(widget)
            if geometry is None or not isinstance(widget, MAY_BE_CUT):
                continue
            head = widget._head if isinstance(widget, VirtualTable) and screen is app.screen else 0
            region = geometry.visible_region
            for y in range(region.y + head, region.bottom):
                for x in range(region.x, min(region.right, len(rows[y]))):
                    rows[y][x] = " "
    return ["".join(row) for row in rows]
