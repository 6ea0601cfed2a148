"""Where a store is: the one address form, understood without importing any database library."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit, urlunsplit

from db.errors import StoreUnreachable
from states.records import record

Dialect = Literal["sqlite", "postgresql"]


@record(frozen=True, slots=True)
class Address:
    """A store's address: a file (SQLite) or a connection string (PostgreSQL)."""

    dialect: Dialect
    path: Path | None
    dsn: str | None

    @property
    def location(self) -> str:
        """The place as people may see it: the file, or the server without its password."""
        if self.path is not None:
            return str(self.path)
        parts = urlsplit(self.dsn or "")
        host = parts.netloc.rpartition("@")[2]
        user = parts.netloc.rpartition("@")[0].partition(":")[0]
        return urlunsplit((parts.scheme, f"{user}@{host}" if user else host, parts.path, "", ""))


def parse_url(url: str) -> Address:
    """Read "sqlite:////absolute/file", "sqlite:///relative/file" or "postgresql://user@host/name".

    Raises `StoreUnreachable` for anything else, in-memory databases included: they would lose all work.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/") and rest.strip("/") not in ("", ":memory:"):
        return Address("sqlite", Path(unquote(rest[1:])).absolute(), None)
    if separator and scheme in ("postgresql", "postgres", "postgresql+psycopg") and rest.strip("/"):
        return Address("postgresql", None, f"postgresql://{rest}")
    raise StoreUnreachable(location=url.partition("@")[2] or url, detail="unknown address")
