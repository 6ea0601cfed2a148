"""What all tests share: the garbage collector looks at what a test made, not at everything imported."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 20
"""Thresholds of the collector; Python's own made a third of the screen tests' processor time."""


def pytest_collection_finish() -> None:
    """Set what was imported aside: whole collections walked through it dozens of times a file."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
