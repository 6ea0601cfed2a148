"""Which proposals were open, in order: for going back and forward, and for opening one again."""

from __future__ import annotations

from collections.abc import Iterable

from states.records import record

KEPT = 50
"""How many are remembered; the oldest are forgotten first."""


@record(frozen=True, slots=True)
class Visit:
    """A proposal that was open; `title` is "" until it was read."""

    code: str
    title: str = ""


class Visited:
    """A line of visits with a place in it, as browsers have it: a new one cuts off what lies ahead."""

    def __init__(self, kept: int = KEPT) -> None:
        """Remember nothing yet; `kept` is how many at most."""
        self._visits: list[Visit] = []
        self._at = -1
        self._kept = kept

    @property
    def present(self) -> str | None:
        """The code at the present place."""
        return self._visits[self._at].code if 0 <= self._at < len(self._visits) else None

    def open(self, code: str) -> None:
        """Go to `code`; opening the present one again changes nothing."""
        if code == self.present:
            return
        del self._visits[self._at + 1 :]
        self._visits.append(Visit(code))
        del self._visits[: -self._kept]
        self._at = len(self._visits) - 1

    def read(self, code: str, title: str) -> None:
        """Remember the title of `code`."""
        self._visits = [Visit(code, title) if visit.code == code else visit for visit in self._visits]

    def step(self, by: int) -> str | None:
        """Go back (-1) or forward (1); the code there, or None at the end of the line."""
        if not 0 <= self._at + by < len(self._visits):
            return None
        self._at += by
        return self.present

    def forget(self, code: str) -> None:
        """`code` is gone: take it out; the place moves to what was before it."""
        before = _once(visit for visit in self._visits[: self._at + 1] if visit.code != code)
        self._visits = _once(visit for visit in self._visits if visit.code != code)
        self._at = len(before) - 1

    def clear(self) -> None:
        """Forget all, as when another person works."""
        self._visits, self._at = [], -1

    def latest(self) -> tuple[Visit, ...]:
        """Each once, the latest first."""
        seen: dict[str, Visit] = {}
        for visit in reversed(self._visits):
            seen.setdefault(visit.code, visit)
        return tuple(seen.values())


def _once(visits: Iterable[Visit]) -> list[Visit]:
    """Leave out a visit that follows itself."""
    kept: list[Visit] = []
    for visit in visits:
        if not kept or kept[-1].code != visit.code:
            kept.append(visit)
    return kept
