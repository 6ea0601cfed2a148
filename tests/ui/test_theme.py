"""Contrast of the themes, in the palettes and on a drawn screen, and the shared style sheet under them."""

import itertools
import re
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, Input, Label, OptionList, Static, TextArea

from screens import theme
from screens.widgets.columns import Column
from screens.widgets.row_pages import TablePage, TableRow
from screens.widgets.stage_bar import StageBar, StagePhase
from screens.widgets.table import VirtualTable
from tests.ui.snapshots import screen_strips, screen_text, wait_for

GROUNDS = ("background", "surface", "panel", "field", "cursor", "cursor_away")
WRITING = ("text", "dim", "primary", "key", "good", "warn", "bad")
LEAST = {theme.DARK: 4.5, theme.LIGHT: 4.5, theme.CONTRAST: 7.0}
CLASSES = ("dim", "warn", "bad", "good", "key", "panel-title", "bar")


def luminance(colour: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [c / 255 for c in colour.rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", sorted(theme.PALETTES))
def test_palettes_have_contrast(name: str) -> None:
    colours = theme.PALETTES[name]
    for writing, ground in itertools.product(WRITING, GROUNDS):
        ratio = contrast(Color.parse(getattr(colours, writing)), Color.parse(getattr(colours, ground)))
        assert ratio >= LEAST[name], f"{writing} on {ground}: {ratio:.2f}"


class Everything(App[None]):
    """One of each."""

    CSS_PATH = theme.COMMON_CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("a", "nothing", "thực hiện")]

    def __init__(self, name: str) -> None:
        super().__init__()
        theme.register(self, name)

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel") as panel:
            panel.border_title = "Hồ sơ"
            for name in CLASSES:
                yield Static(f"chữ {name}", classes=name)
            with Horizontal(classes="field"):
                yield Label("Số văn bản", classes="field-label")
                yield Input("123", id="filled")
            yield Static("sai ngày", classes="field-error")
            yield Input(placeholder="gợi ý")
            yield TextArea("lý do")
            yield OptionList("một", "hai")
            with Horizontal(classes="buttons"):
                yield Button("Làm")
                yield Button("Khoá", disabled=True)
            statuses: tuple[StagePhase, ...] = (
                StagePhase("xong", "done", "x"),
                StagePhase("nay", "current"),
                StagePhase("sau", "ahead"),
                StagePhase("dừng", "ended"),
            )
            yield StageBar(statuses)
        yield VirtualTable((Column("a", "Mã", 0),))
        yield Footer()

    def on_mount(self) -> None:
        class Styles:
            def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
                styles = ("", "dim", "good", "warn", "bad")
                return TablePage(tuple(TableRow(f"k{s}", (f"dòng {s}",), s) for s in styles))

        table = self.query_one(VirtualTable)
        table.styles.height = 7
        table.set_source(Styles())
        table.select({"kgood"})


@pytest.mark.parametrize("name", sorted(theme.PALETTES))
async def test_drawn_text_has_contrast(name: str) -> None:
    app = Everything(name)
    async with app.run_test(size=(60, 44)) as pilot:
        table = app.query_one(VirtualTable)
        await wait_for(pilot, lambda: table.settled and table.row_count == 5, "the rows are there")
        seen = set()
        for widget in (table, app.query_one("#filled"), app.query_one(TextArea), app.query_one(Button)):
            widget.focus()
            await pilot.pause()
            for _ in range(5 if widget is table else 1):
                for segment in (segment for strip in screen_strips(app) for segment in strip):
                    words = re.findall(r"[^\W_]+", segment.text)
                    style = segment.style
                    if not words or style is None or style.color is None or style.bgcolor is None:
                        assert not words, f"{segment.text!r} has no colours of its own"
                        continue
                    ratio = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                    assert ratio >= LEAST[name], f"{segment.text!r} on {name}: {ratio:.2f} {style}"
                    seen.update(words)
                await pilot.press("down")
        assert {"dim", "warn", "bad", "Khoá", "gợi", "hai", "nay", "Hồ", "thực", "good"} <= seen


async def test_the_sheet_stands_without_our_themes_and_a_wrong_name_falls_back() -> None:
    class Bare(App[None]):
        CSS_PATH = theme.COMMON_CSS

        def compose(self) -> ComposeResult:
            yield Static("chữ", classes="panel")

    app = Bare()
    async with app.run_test() as pilot:
        assert "chữ" in screen_text(app)
        theme.register(app, "kcflow-purple")
        await pilot.pause()
        assert app.theme == theme.DEFAULT


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("0;15", theme.LIGHT),
        ("0;default;7", theme.LIGHT),
        ("15;0", theme.DARK),
        ("", theme.DARK),
        ("nonsense", theme.DARK),
    ],
)
def test_auto_follows_what_the_terminal_tells(
    told: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORFGBG", told)
    assert theme.named("auto") == expected
    assert theme.named("contrast") == theme.CONTRAST
