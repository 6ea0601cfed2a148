"""The lines above the panes: who works where, the tabs with their counts, and a notice in their place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kcflow.i18n import t
from screens.widgets.cells import fit, literal
from states.records import record

if TYPE_CHECKING:
    from kcflow.services.views import PersonView

TABS = ("inbox", "dossiers", "stalled", "history", "people", "flow", "money")


@record(frozen=True, slots=True)
class Who:
    """Who works: the person, the one who really sits there (or None), the day; `sample` stands still."""

    person: PersonView
    operator: tuple[str, str] | None
    today: date
    sample: bool = False


def who_text(who: Who, lang: str, room: int) -> str:
    """Return "office · person (role)" in at most `room` cells; the role gives way first, then the office."""
    name = literal(who.person.name)
    if who.operator is not None:
        name = t("app.acting", lang, operator=literal(who.operator[1]), person=name)
    role = who.person.roles[0] if who.person.roles else None
    if role is None:
        return fit(name, min(room, cell_len(name)))
    office = literal(role.office_name)
    short = f"{office} · {name}"
    full = f"{short} ({literal(role.role_label(lang))})"
    for text in (full, short):
        if cell_len(text) <= room:
            return text
    left = room - cell_len(name) - 3
    if left >= 8:
        return f"{fit(office, left)} · {name}"
    return fit(name, min(room, cell_len(name)))


class HeadLine(Widget):
    """Program ── tab ── office · person (role) ── year, in one line of any width."""

    DEFAULT_CSS = """
    HeadLine { height: 1; background: $panel; color: $foreground; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        """Nobody works yet."""
        super().__init__()
        self.who: Who | None = None
        self.tab = "inbox"
        self.lang = "vi"

    def show(self, who: Who | None, tab: str, lang: str) -> None:
        """Show this."""
        self.who, self.tab, self.lang = who, tab, lang
        self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        room = self.size.width
        tab = t(f"app.tab.{self.tab}", self.lang)
        left = f" kcflow ── {tab} "
        right, year = "", ""
        if self.who is not None:
            from kcflow.formats import date_text

            day = date_text(self.who.today, self.lang)
            words = t("app.sample_day", self.lang, day=day) if self.who.sample else str(self.who.today.year)
            year = f" ── {words} "
            text = who_text(self.who, self.lang, room - cell_len(left) - cell_len(year) - 3)
            right = f" {text}"
        rule = "─" * max(0, room - cell_len(left) - cell_len(right) - cell_len(year))
        return Content.assemble(
            (" kcflow", "$primary bold"),
            (" ── ", "$text-muted"),
            (tab, "bold"),
            (" " + rule, "$text-muted"),
            right,
            (year, "$text-muted"),
        ).truncate(max(0, room))


class TabsLine(Widget):
    """The tabs with their keys and counts; a click is the key. In a narrow line the search hint gives way."""

    DEFAULT_CSS = """
    TabsLine { height: 1; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False

    @dataclass(eq=False, repr=False)
    class Picked(Message, namespace="tabs_line"):
        """Somebody clicked a tab."""

        tab: str

    def __init__(self) -> None:
        """Start on the first tab, nothing counted."""
        super().__init__()
        self.tab = "inbox"
        self.lang = "vi"
        self.counts: dict[str, str] = {}
        self._places: list[tuple[int, int, str]] = []

    def show(self, tab: str, lang: str) -> None:
        """Mark `tab` as the present one."""
        self.tab, self.lang = tab, lang
        self.refresh()

    def count(self, tab: str, text: str) -> None:
        """Write `text` behind the tab's name."""
        self.counts[tab] = text
        self.refresh()

    def _labels(self, short: Collection[str] = ()) -> list[tuple[str, str, str, str]]:
        """(tab, key, name, count) of every tab; those in `short` by their short names."""
        return [
            (tab, str(i), self._tab_name(tab, short=tab in short), self.counts.get(tab, ""))
            for i, tab in enumerate(TABS, 1)
        ]

    def _tab_name(self, tab: str, *, short: bool) -> str:
        return t(f"app.{'tab_short' if short else 'tab'}.{tab}", self.lang)

    def _gain(self, tab: str) -> int:
        """Cells that a tab's short name saves."""
        return cell_len(self._tab_name(tab, short=False)) - cell_len(self._tab_name(tab, short=True))

    @staticmethod
    def _width(labels: list[tuple[str, str, str, str]], gap: int) -> int:
        cells = sum(
            cell_len(f" {key} {name}") + (cell_len(count) + 1 if count else 0)
            for _, key, name, count in labels
        )
        return cells + gap * len(labels)

    def render(self) -> Content:
        """Draw the tabs."""
        room = self.size.width
        labels, gap = self._labels(), 2
        if self._width(labels, gap) > room:
            gap = 1
        # One name after the other is shortened, the one that saves most first.
        shortened: list[str] = []
        for tab in sorted(TABS, key=self._gain, reverse=True):
            if self._width(labels, gap) <= room:
                break
            shortened.append(tab)
            labels = self._labels(shortened)
        parts: list[tuple[str, str]] = []
        self._places = []
        x = 0
        for tab, key, name, count in labels:
            here = tab == self.tab
            ground = " on $block-cursor-blurred-background" if here else ""
            pieces = [
                (f" {key} ", f"$footer-key-foreground bold{ground}"),
                (name, (f"$foreground bold{ground}" if here else "$text-muted")),
            ]
            if count:
                pieces.append((f" {count}", f"$primary{ground}"))
            pieces.append((" ", ground.strip()))
            pieces.append((" " * (gap - 1), ""))
            width = sum(cell_len(text) for text, _ in pieces)
            self._places.append((x, x + width, tab))
            x += width
            parts += pieces
        hint = f"{t('app.search_hint', self.lang)} "
        if room - x >= cell_len(hint) + 3:
            parts.append((" " * (room - x - cell_len(hint)), ""))
            parts.append((hint, "$text-muted"))
        return Content.assemble(*parts).truncate(max(0, room))

    def on_click(self, event: events.Click) -> None:
        """Show the tab under the pointer."""
        for start, end, tab in self._places:
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Picked(tab))


class Notice(Widget):
    """What stands in place of the panes until the store is open, or when it can't be."""

    DEFAULT_CSS = """
    Notice {
        width: 1fr; height: 1fr; padding: 2 4;
        color: $foreground;
    }
    """

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.text = ""

    def show(self, text: str) -> None:
        """Show one sentence, literally."""
        if literal(text) != self.text:
            self.text = literal(text)
            self.refresh()

    def render(self) -> Content:
        """Draw it."""
        return Content(self.text)
