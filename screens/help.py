"""F1: what the screen in front is for, its keys (from the commands themselves), its marks and terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from kcflow.i18n import t
from screens.base import DeskModal
from screens.commands import Offer, in_order, key_name, offers
from screens.pairs import Pair, Pairs, PairsScroll
from screens.widgets.state_mark import mark

MARKS = ("late", "near", "returned", "done", "current", "ahead", "stopped")
LIST_KEYS = ("up_down", "page", "home_end", "enter")


class HelpScreen(DeskModal[None]):
    """Help about another screen."""

    title_key = "help.title"
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = """
    HelpScreen > .modal { width: 92; height: 90%; }
    """

    def __init__(self, about: Screen[Any]) -> None:
        """Take the keys of `about` as they are now."""
        super().__init__()
        self._offers = in_order(offers(about))
        self._key = self._key_of(about)

    @staticmethod
    def _key_of(about: Screen[Any]) -> str:
        return str(getattr(about, "help_key", "") or "help.general")

    def body(self) -> Iterable[Widget]:
        """One long text, scrolled by the arrow keys."""
        yield PairsScroll(Pairs(self.pairs(), label_cells=13, label_style="$accent bold"))

    def pairs(self) -> list[Pair]:
        """The help in the present language."""

        def text(key: str) -> str:
            return t(f"help.{key}", self.lang)

        pairs: list[Pair] = [("", t(self._key, self.lang)), ("", ""), (text("keys"), "")]
        pairs += [(f"  {key_name(offer.key)}", self._about(offer)) for offer in self._offers]
        pairs += [("", ""), (text("in_lists"), "")]
        pairs += [(f"  {text(f'list_key.{name}')}", text(f"list.{name}")) for name in LIST_KEYS]
        pairs += [("", ""), (text("marks"), "")]
        pairs += [(f"  {mark(name)}", text(f"mark.{name}")) for name in MARKS]
        pairs += [("", ""), (text("terms"), ""), ("", text("terms_text"))]
        return pairs

    @staticmethod
    def _about(offer: Offer) -> str:
        text = f"{offer.command.label()}: {offer.command.help()}"
        reason = offer.reason
        return text if reason is None else f"{text} ({reason})"

    def on_language_changed(self) -> None:
        """Write the help anew."""
        super().on_language_changed()
        self.query_one(Pairs).show(self.pairs())
