"""Text into cells of exact width: what people typed is shown literally and can't shift a column.

Nothing here parses markup. Every text passes `kcflow.text.visible`, which turns control and direction
characters into pictures, before it is measured and cut.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"
# Letters, digits and signs of one cell each that `visible` leaves alone: nearly all that there is.
_NARROW = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2015\u2018-\u2026\u20ab\u2500-\u25fc]*"
)
# A letter may carry marks that take no cell of their own; beyond this many code points for each cell
# the rest of a text can't be legitimate and is cut unread.
_CODE_POINTS_PER_CELL = 6
_HEAD_OF_NAME = 7
"""Cells that the beginning of a name keeps when its middle is left out."""
_LONGEST_NAME = 400
"""Code points of a name that are read for its end."""


@cache
def _door() -> "Callable[[str], str]":
    from kcflow.text import visible

    return visible


def literal(text: str) -> str:
    """Return `text` in its visible form: no control character, no direction mark, nothing hidden."""
    return _door()(text)


def fit(text: str, width: int, align: str = "left") -> str:
    """Return `text` made visible and exactly `width` cells wide: padded, or cut with an ellipsis.

    align: "left" or "right".
    """
    if width <= 0:
        return ""
    if _NARROW.fullmatch(text, 0, width + 1):
        if len(text) <= width:
            return text.rjust(width) if align == "right" else text.ljust(width)
        return (text[: width - 1].rstrip(" ") + ELLIPSIS).ljust(width)
    limit = (width + 1) * _CODE_POINTS_PER_CELL
    shown = literal(text[:limit])
    size = cell_len(shown)
    if size > width or len(text) > limit:
        cut = set_cell_size(shown, min(size, width - 1)).rstrip(" ") + ELLIPSIS
        return set_cell_size(cut, width)
    padding = " " * (width - size)
    return padding + shown if align == "right" else shown + padding


def fit_both_ends(text: str, width: int) -> str:
    """Do as `fit`, but take words out of the middle: offices are told apart by how their names end."""
    shown = literal(text[: (width + 1) * _CODE_POINTS_PER_CELL + _LONGEST_NAME])
    if cell_len(shown) <= width:
        return fit(shown, width)
    words, kept = shown.split(" "), ""
    while words and cell_len(f"{words[-1]} {kept}") <= width - _HEAD_OF_NAME:
        kept = f"{words.pop()} {kept}".rstrip()
    return fit(fit(shown, width - cell_len(kept)) + kept, width) if kept else fit(shown, width)


def fit_content(content: Content, width: int, align: str = "left") -> Content:
    """Return `content` exactly `width` cells wide with its spans kept, if its text is harmless as it is.

    A text that has to be changed to be harmless loses its spans: their offsets would no longer be true.
    """
    plain = content.plain
    if len(plain) > (width + 1) * _CODE_POINTS_PER_CELL or literal(plain) != plain:
        return Content(fit(plain, width, align), strip_control_codes=False)
    cut = content.truncate(max(width, 0), ellipsis=True)
    room = width - cut.cell_length
    if room <= 0:
        return cut
    return cut.pad_left(room) if align == "right" else cut.pad_right(room)
