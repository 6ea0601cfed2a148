"""For whom a dossier waits in a state: as its lifecycle says, or the level that decides (TT 36/2013 Đ11)."""

from __future__ import annotations

from typing import Final

from states.model import Lifecycle

_BY_LEVEL: Final = "decided_by_right_level"
_LEVELS: Final = frozenset({"ministry", "agency", "department", "provincial_committee"})


def _level_decides(lifecycle: Lifecycle, state: str) -> bool:
    return any(_BY_LEVEL in action.guards for action in lifecycle.actions_by_source[state])


def holder(lifecycle: Lifecycle, state: str, decides: str | None) -> str:
    """Who holds a dossier in `state`: where the level that the law names decides, that level."""
    if decides in _LEVELS and _level_decides(lifecycle, state):
        return str(decides)
    return lifecycle.state_by_name[state].waits_for


def holders(lifecycle: Lifecycle, state: str) -> frozenset[str]:
    """Everybody who may hold a dossier in `state`."""
    own = frozenset({lifecycle.state_by_name[state].waits_for})
    return own | _LEVELS if _level_decides(lifecycle, state) else own
