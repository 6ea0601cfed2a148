"""Alt with an arrow as one key.

Textual reads what xterm and tmux send for it (ESC [ 1 ; 3 D) as Escape and then the arrow: Escape would close
what is open, and a form with it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


def teach_alt_keys() -> None:
    """Let every key that is read as Escape and another one be one key: "alt+left"."""
    known = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for sequence, keys in list(ANSI_SEQUENCES_KEYS.items()):
        if isinstance(keys, tuple) and len(keys) == 2 and keys[0] is Keys.Escape:
            one = SimpleNamespace(value=f"alt+{keys[1].value}")
            known[sequence] = (one,)
