"""The three looks of kcflow, as data, and the style sheet that all screens share.

Every text colour reaches 4.5 : 1 against each background it may stand on (WCAG 2.2, 1.4.3), 7 : 1 in the
high-contrast theme (1.4.6); a test computes it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

from states.records import record

COMMON_CSS = Path(__file__).with_name("common.tcss")
SHELL_CSS = Path(__file__).with_name("shell.tcss")
LIGHT, DARK, CONTRAST = "kcflow-light", "kcflow-dark", "kcflow-contrast"
DEFAULT = DARK


@record(frozen=True, slots=True)
class Palette:
    """Colours of a theme, each as #rrggbb.

    background, surface, panel: the ground, what lies on it, heads and bars. cursor, cursor_away: the row
    under the cursor with and without focus. text, dim: writing. line: frames. key: keys in the footer.
    primary, good, warn, bad: writing that means something. field: the ground of an input.
    """

    background: str
    surface: str
    panel: str
    field: str
    cursor: str
    cursor_away: str
    text: str
    dim: str
    line: str
    primary: str
    key: str
    good: str
    warn: str
    bad: str


PALETTES: Mapping[str, Palette] = {
    DARK: Palette(
        background="#12171d",
        surface="#171d25",
        panel="#202833",
        field="#0e1318",
        cursor="#27405c",
        cursor_away="#242c37",
        text="#d7dee7",
        dim="#a3b0be",
        line="#3a4655",
        primary="#86b8ec",
        key="#e6bc73",
        good="#8fd09c",
        warn="#f0c36a",
        bad="#ff9d92",
    ),
    LIGHT: Palette(
        background="#f3f1ec",
        surface="#fbfaf7",
        panel="#e6e3da",
        field="#ffffff",
        cursor="#cfe0f3",
        cursor_away="#e4e4e0",
        text="#1d2730",
        dim="#4f5a65",
        line="#b3aea1",
        primary="#154a7d",
        key="#774100",
        good="#175a31",
        warn="#6f4700",
        bad="#9a1c15",
    ),
    CONTRAST: Palette(
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        field="#000000",
        cursor="#002f63",
        cursor_away="#262626",
        text="#ffffff",
        dim="#d6d6d6",
        line="#ffffff",
        primary="#8fd3ff",
        key="#ffe14d",
        good="#7dff9b",
        warn="#ffe14d",
        bad="#ffb3ab",
    ),
}


def _theme(name: str, colours: Palette, dark: bool) -> Theme:
    """Turn a palette into a Textual theme; what Textual would mix from it by itself is given outright."""
    return Theme(
        name=name,
        dark=dark,
        primary=colours.primary,
        secondary=colours.primary,
        accent=colours.key,
        success=colours.good,
        warning=colours.warn,
        error=colours.bad,
        foreground=colours.text,
        background=colours.background,
        surface=colours.surface,
        panel=colours.panel,
        variables={
            "text": colours.text,
            "text-muted": colours.dim,
            "text-disabled": colours.dim,
            "foreground-muted": colours.dim,
            "foreground-disabled": colours.dim,
            "text-primary": colours.primary,
            "text-success": colours.good,
            "text-warning": colours.warn,
            "text-error": colours.bad,
            "surface-active": colours.field,
            "border": colours.primary,
            "border-blurred": colours.line,
            "block-cursor-background": colours.cursor,
            "block-cursor-foreground": colours.text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": colours.cursor_away,
            "block-cursor-blurred-foreground": colours.text,
            "block-hover-background": colours.cursor_away,
            "footer-background": colours.panel,
            "footer-foreground": colours.text,
            "footer-key-foreground": colours.key,
            "footer-description-foreground": colours.text,
            "button-foreground": colours.text,
            "button-color-foreground": colours.text,
            "button-focus-text-style": "bold",
            "input-cursor-background": colours.text,
            "input-cursor-foreground": colours.field,
            "input-selection-background": colours.cursor,
            "input-selection-foreground": colours.text,
            "screen-selection-background": colours.cursor,
            "screen-selection-foreground": colours.text,
            "scrollbar": colours.line,
            "scrollbar-hover": colours.dim,
            "scrollbar-active": colours.primary,
            "scrollbar-background": colours.surface,
            "scrollbar-background-hover": colours.surface,
            "scrollbar-background-active": colours.surface,
            "scrollbar-corner-color": colours.surface,
            "link-color": colours.primary,
            "link-color-hover": colours.text,
            "link-background-hover": colours.cursor,
        },
    )


THEMES: tuple[Theme, ...] = tuple(_theme(name, PALETTES[name], dark=name != LIGHT) for name in PALETTES)


def register(app: App[Any], theme: str = DEFAULT) -> None:
    """Make the themes known to `app` and use `theme`; the name of none of them falls back to the default."""
    for known in THEMES:
        app.register_theme(known)
    app.theme = theme if theme in PALETTES else DEFAULT


def named(setting: str) -> str:
    """The theme of a setting ("dark", "light", "contrast", "auto").

    "auto" follows COLORFGBG, by which several terminals tell their colours ("0;15": black on white); dark
    where nothing is told.
    """
    if setting == "auto":
        ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
        return LIGHT if ground in ("7", "15") else DARK
    return {"light": LIGHT, "contrast": CONTRAST}.get(setting, DARK)


def setting_of(theme: str) -> str:
    """The setting that names `theme`."""
    return {LIGHT: "light", CONTRAST: "contrast"}.get(theme, "dark")
