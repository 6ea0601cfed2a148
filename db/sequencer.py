"""PostgreSQL: committed leaves get their place in the tree in batches, so no move waits for another.

A chain over all dossiers would serialise every writer (90 moves/s against 2,700 measured); so a move
writes only its dossier's own chain and queues its leaf, and whoever comes by next gives the queued
leaves their places. On SQLite there is one writer at a time and the tree grows with the move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from db.leaf import append_peak

if TYPE_CHECKING:
    from db.store import Store

_HEAD: Final = "SELECT size, peaks FROM log_head WHERE id = 1 FOR UPDATE SKIP LOCKED"
_WAITING: Final = (
    "SELECT q.history_id, h.hash FROM log_queue q JOIN history h ON h.id = q.history_id"
    " ORDER BY q.history_id LIMIT %s"
)
_PLACE: Final = (
    "INSERT INTO log_position (position, history_id, hash)"
    " SELECT %s + row.n, row.id, row.hash"
    " FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS row(id, hash, n)"
)
_GROW: Final = "UPDATE log_head SET size = %s, peaks = %s WHERE id = 1"
_DONE: Final = "DELETE FROM log_queue WHERE history_id = ANY(%s)"


def sequence(store: Store, limit: int = 10_000) -> int:
    """Give up to `limit` waiting leaves their places; return how many. 0 when somebody else is at it.

    A leaf that commits later than one with a higher number simply gets a later place.
    """
    if store.dialect != "postgresql":
        return 0
    with store.write() as writer:
        raw = writer.raw
        head = raw.execute(_HEAD).fetchone()
        if head is None:
            return 0
        size, peaks = head
        waiting = raw.execute(_WAITING, (limit,)).fetchall()
        if not waiting:
            return 0
        ids, hashes = [history_id for history_id, _ in waiting], [leaf_hash for _, leaf_hash in waiting]
        for place, leaf_hash in enumerate(hashes, size):
            peaks = append_peak(place, peaks, leaf_hash)
        raw.execute(_PLACE, (size, ids, hashes))
        raw.execute(_GROW, (size + len(ids), peaks))
        raw.execute(_DONE, (ids,))
    return len(waiting)
