"""Views of lists that people keep: the only rows that are changed and thrown away like any others."""

from __future__ import annotations

from db.moves import Writer
from db.reader import Reader
from db.rows import SavedViewRow


def views(reader: Reader, list_name: str, person: str) -> list[SavedViewRow]:
    """Return the views of a list that a person keeps or that others share, by name and owner."""
    rows = reader.rows(reader.sql("saved_views"), {"list": list_name, "person": person})
    return [SavedViewRow(*row) for row in rows]


def view(reader: Reader, view_id: int) -> SavedViewRow | None:
    """Return one view, whoever's it is."""
    row = reader.one(reader.sql("saved_view"), {"id": view_id})
    return SavedViewRow(*row) if row else None


def save(writer: Writer, owner: str, list_name: str, name: str, *, shared: bool, payload: str) -> int:
    """Keep a view, in place of the owner's one of that name; return its id.

    payload: JSON text of at most 20,480 characters; the table refuses a longer one (`IntegrityRefused`).
    """
    values = {"owner": owner, "list": list_name, "name": name, "shared": int(shared), "payload": payload}
    row = writer.one(writer.sql("save_view"), values)
    return int(row[0]) if row else 0


def forget(writer: Writer, view_id: int) -> bool:
    """Throw a view away; say whether it was there."""
    return writer.run(writer.sql("forget_view"), {"id": view_id}) == 1
