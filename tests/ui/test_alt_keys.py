"""Alt with an arrow is one key, so that it never is an Escape."""

from __future__ import annotations

from typing import cast

import pytest
from textual import _ansi_sequences, events
from textual._xterm_parser import XTermParser

from screens.alt_keys import teach_alt_keys


@pytest.mark.parametrize(
    ("sent", "key"), [("\x1b[1;3D", "alt+left"), ("\x1b[1;3C", "alt+right"), ("\x1b[1;4D", "alt+shift+left")]
)
def test_alt_and_an_arrow_are_one_key(sent: str, key: str) -> None:
    known = dict(_ansi_sequences.ANSI_SEQUENCES_KEYS)
    try:
        teach_alt_keys()
        read = [event.key for event in XTermParser().feed(sent) if isinstance(event, events.Key)]
        assert read == [key]
    finally:
        cast("dict[str, object]", _ansi_sequences.ANSI_SEQUENCES_KEYS).update(known)
