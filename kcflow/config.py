"""Where the store is, who works, in which language: from arguments, environment, settings, defaults."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from kcflow.settings_schema import Settings
from states.records import record

LANGUAGES = ("vi", "en")


def data_dir() -> Path:
    """The platform's folder for this user's data (created by `init_store`)."""
    from platformdirs import user_data_path

    return user_data_path("kcflow", appauthor=False)


def log_dir() -> Path:
    """The platform's folder for log files."""
    from platformdirs import user_log_path

    return user_log_path("kcflow", appauthor=False)


def config_dir() -> Path:
    """The platform's folder for this user's settings."""
    from platformdirs import user_config_path

    return user_config_path("kcflow", appauthor=False)


def state_dir() -> Path:
    """The platform's folder for what kcflow remembers by itself: unsent forms, columns of lists."""
    from platformdirs import user_state_path

    return user_state_path("kcflow", appauthor=False)


def settings_path() -> Path:
    """The settings file: KCFLOW_SETTINGS, or settings.toml in `config_dir`."""
    named = os.environ.get("KCFLOW_SETTINGS")
    return Path(named).expanduser().absolute() if named else config_dir() / "settings.toml"


def default_database() -> str:
    """URL of the embedded default: one SQLite file in the platform's data directory."""
    return f"sqlite:///{data_dir() / 'kcflow.db'}"


def as_url(database: str) -> str:
    """A plain path means a SQLite file."""
    return database if "://" in database else f"sqlite:///{Path(database).expanduser().absolute()}"


@record(frozen=True, slots=True)
class Config:
    """Settings of one run."""

    database: str
    """URL: sqlite:///… (a file) or postgresql://…"""
    as_person: str | None = None
    """Login of the person to work as; None = the person mapped to the OS account."""
    lang: str = "vi"
    settings: Settings = field(default_factory=Settings)
    """What the person set, as the file said it at the start."""
    upgrading: Callable[[str, int, int], None] | None = None
    """Told (step, its number, how many) while an older store is brought up to date (`upgrade.step.…`)."""

    @classmethod
    def load(
        cls, database: str | None = None, as_person: str | None = None, lang: str | None = None
    ) -> Config:
        """Arguments win over KCFLOW_DATABASE_URL, KCFLOW_AS and KCFLOW_LANG, those over the settings file.

        Vietnamese is the default language whatever the locale: the offices' language is known.
        """
        from kcflow.settings import load

        settings = load()
        url = database or os.environ.get("KCFLOW_DATABASE_URL") or default_database()
        language = lang or os.environ.get("KCFLOW_LANG") or settings.language
        return cls(
            database=as_url(url),
            as_person=as_person or os.environ.get("KCFLOW_AS") or None,
            lang=language if language in LANGUAGES else "vi",
            settings=settings,
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
