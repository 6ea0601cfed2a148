"""Which rows are selected, and how a selection grows from an anchor; nothing here knows of a screen."""

from collections.abc import Callable, Iterable


class Selection:
    """The selected keys, and the run of rows that is being added to them.

    anchor: the row number from which a run goes, or None. Numbers hold for one reading of a list only:
    `forget_anchor` when rows may stand elsewhere.
    """

    def __init__(self) -> None:
        """Start with nothing selected."""
        self.keys: frozenset[str] = frozenset()
        self.anchor: int | None = None
        self._base: frozenset[str] = frozenset()
        self._adding = True
        self._run: dict[int, str] = {}

    def replace(self, keys: Iterable[str]) -> None:
        """Select exactly `keys`."""
        self.keys = frozenset(keys)
        self.forget_anchor()

    def forget_anchor(self) -> None:
        """The next run goes from wherever it begins."""
        self.anchor = None
        self._run = {}

    def start(self, row: int, base: frozenset[str] | None = None, adding: bool = True) -> None:
        """Let the next runs go from the row number `row`.

        They add to `base` (None: what is selected); `adding=False` lets them take rows out of it.
        """
        self.anchor = row
        self._base = self.keys if base is None else base
        self._adding = adding
        self._run = {}

    def extend(self, row: int, key_at: Callable[[int], str | None]) -> range | None:
        """Make the run reach from the anchor to `row`, in place of the run before.

        Keys met once are remembered, so that a run may be longer than what is in memory. Returns None, or the
        whole run if a key in it isn't known: then nothing has changed.
        """
        if self.anchor is None:
            self.start(row)
        anchor = self.anchor if self.anchor is not None else row
        rows = range(min(anchor, row), max(anchor, row) + 1)
        run: dict[int, str] = {}
        for at in rows:
            key = self._run.get(at) or key_at(at)
            if key is None:
                return rows
            run[at] = key
        self._run = run
        keys = run.values()
        self.keys = self._base.union(keys) if self._adding else self._base.difference(keys)
        return None
