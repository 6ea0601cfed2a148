"""Textual's style sheet, except that a source is parsed once for the same colours.

Textual parses every source anew when a screen brings a sheet of its own, and keeps 64 parsed sources, fewer
than our widgets have. That took 20 ms before the first paint, and again at each screen's first opening.
Parsed rules never change, so all sheets of a process share them: going back to a look parses nothing.
"""

from typing import Any

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SOURCES_KEPT = 1024
LOOKS_KEPT = 8

_Parsed = LRUCache[tuple[Any, ...], Any]
_looks: LRUCache[frozenset[tuple[str, str]], _Parsed] = LRUCache(LOOKS_KEPT)


def _parsed(variables: dict[str, str]) -> _Parsed:
    """What has been parsed with these variables."""
    look = frozenset(variables.items())
    if (parsed := _looks.get(look)) is None:
        parsed = _looks[look] = LRUCache(SOURCES_KEPT)
    return parsed


class StyleSheet(Stylesheet):
    """Rules of all widgets and screens; parsed anew only for colours that are new."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        """Make a sheet with the variables of a theme."""
        super().__init__(variables=variables)
        self._parse_cache = _parsed(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use other colours; the same ones again cost nothing."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # Textual empties it; the shared one stays full
            super().set_variables(variables)
            self._parse_cache = _parsed(variables)

    def reparse(self) -> None:
        """Put all rules together; on an error in one of them the former rules stay."""
        self.parse()
