"""Where the store is, who works, in which language: from arguments, environment, defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("vi", "en")


def data_dir() -> Path:
    """The platform's folder for this user's data (created by `init_store`)."""
    from platformdirs import user_data_path

    return user_data_path("kcflow", appauthor=False)


def log_dir() -> Path:
    """The platform's folder for log files."""
    from platformdirs import user_log_path

    return user_log_path("kcflow", appauthor=False)


def default_database() -> str:
    """URL of the embedded default: one SQLite file in the platform's data directory."""
    return f"sqlite:///{data_dir() / 'kcflow.db'}"


def as_url(database: str) -> str:
    """A plain path means a SQLite file."""
    return database if "://" in database else f"sqlite:///{Path(database).expanduser().absolute()}"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one run."""

    database: str
    """URL: sqlite:///… (a file) or postgresql://…"""
    as_person: str | None = None
    """Login of the person to work as; None = the person mapped to the OS account."""
    lang: str = "vi"

    @classmethod
    def load(
        cls, database: str | None = None, as_person: str | None = None, lang: str | None = None
    ) -> Config:
        """Arguments win over KCFLOW_DATABASE_URL, KCFLOW_AS and KCFLOW_LANG, those over defaults.

        Vietnamese is the default language whatever the locale: the offices' language is known.
        """
        url = database or os.environ.get("KCFLOW_DATABASE_URL") or default_database()
        language = lang or os.environ.get("KCFLOW_LANG") or "vi"
        return cls(
            database=as_url(url),
            as_person=as_person or os.environ.get("KCFLOW_AS") or None,
            lang=language if language in LANGUAGES else "vi",
        )


def os_account() -> tuple[str, str]:
    """(login, name) of the operating-system account, from the account database, never $USER."""
    try:
        import pwd

        entry = pwd.getpwuid(os.getuid())
        return entry.pw_name, entry.pw_gecos.split(",")[0] or entry.pw_name
    except (ImportError, KeyError):
        import getpass

        login = getpass.getuser()
        return login, login
