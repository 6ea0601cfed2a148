"""Textual's style sheet, except that a source is parsed once.

Textual parses every source anew when a screen brings a sheet of its own, and keeps 64 parsed sources, fewer
than our widgets have. That took 20 ms before the first paint, and again at each screen's first opening.
"""

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SOURCES_KEPT = 1024


class StyleSheet(Stylesheet):
    """Rules of all widgets and screens; parsed anew only when the colours change."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        """Make a sheet with the variables of a theme."""
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES_KEPT)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use other colours; the same ones again cost nothing."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Put all rules together; on an error in one of them the former rules stay."""
        self.parse()
