"""One mark for each kind of state. A mark always stands beside a word: colour alone says nothing."""

MARKS = {
    "done": "●",
    "current": "◐",
    "ahead": "○",
    "stopped": "■",
    "returned": "↩",
    "late": "▲",
    "near": "◔",
    "ok": " ",
}


def mark(kind: str) -> str:
    """Return the one-cell mark of a kind of state: done, current, ahead, stopped, returned, late, near, ok.

    Raises KeyError for any other kind.
    """
    return MARKS[kind]
