"""The commands of this moment: which node carries each out, under which key, and why it can't be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.dom import DOMNode
from textual.screen import Screen

from kcflow.i18n import t
from screens.commands import REGISTRY, Command

KEPT_FROM = 80
"""Commands of this order and above are those of everywhere: the way back, commands, quit, help."""


class Offer:
    """A command as it stands now: its node, its keys, and why it can't be done (None: it can)."""

    def __init__(self, command: type[Command], node: DOMNode, key: str, enabled: bool) -> None:
        """Join a command with the node that binds it."""
        self.command = command
        self.node = node
        self.key = key
        self.enabled = enabled

    @property
    def order(self) -> int:
        """Place in the footer, low first; a node may have other wishes (`footer_places`, by id)."""
        wishes: Mapping[str, int] = getattr(self.node, "footer_places", {})
        return wishes.get(self.command.id, self.command.order)

    @property
    def reason(self) -> str | None:
        """One sentence on why it can't be done now, or None."""
        if self.enabled:
            return None
        why = getattr(self.node, "why_not", None)
        answer = why(self.command.action.partition("(")[0]) if why is not None else None
        return str(answer) if answer else t("app.not_now")


def offers(screen: Screen[object]) -> list[Offer]:
    """Return the commands of the present screen, from the focused widget outward; each once."""
    found: dict[str, Offer] = {}
    for key, active in screen.active_bindings.items():
        command = REGISTRY.get(active.binding.id or "")
        if command is not None and command.id not in found:
            found[command.id] = Offer(command, active.node, key, active.enabled)
    return list(found.values())


def listed(screen: Screen[object]) -> list[Offer]:
    """The commands of the present screen as help and palette list them: the footer's first, then the
    others, then those of everywhere.
    """
    return sorted(
        in_order(offers(screen)), key=lambda offer: (offer.order >= KEPT_FROM, not offer.command.show)
    )


def in_order(found: Iterable[Offer]) -> list[Offer]:
    """Sort for the footer: by `order`, then as found."""
    return sorted(found, key=lambda offer: offer.order)
