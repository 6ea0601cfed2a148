"""One sentence for every error; what nobody foresaw goes to the log with its traceback."""

from __future__ import annotations

from pathlib import Path

from kcflow import config
from kcflow.i18n import t
from kcflow.services.errors import KcflowError, RefusedByRules

_LOGGED = "logged_at"
"""Where an error remembers its log file."""


def log_unexpected(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log file; return the file, or None when it can't be written."""
    import logging
    import logging.handlers

    class Log(logging.handlers.RotatingFileHandler):
        """A log whose own trouble is told to us, where logging would print a traceback onto the screen."""

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
            raise

    path = config.log_dir() / "kcflow.log"
    record = logging.LogRecord(
        "kcflow", logging.ERROR, "", 0, "unexpected error", (), (type(error), error, error.__traceback__)
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        log = Log(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace")
        log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        try:
            log.emit(record)
        finally:
            log.close()
    except OSError:
        return None
    return path


def sentence(error: BaseException, lang: str) -> str:
    """Say in one sentence what went wrong; what nobody foresaw goes to the log, whose place is named."""
    if isinstance(error, KcflowError):
        return error.text(lang)
    if _LOGGED not in (known := vars(error)):  # it may be said again, in another language
        known[_LOGGED] = log_unexpected(error)
    path = known[_LOGGED]
    if path is None:
        return t("app.unexpected_unlogged", lang, what=type(error).__name__)
    return t("app.unexpected", lang, place=str(path))


def with_reasons(error: BaseException, lang: str) -> str:
    """The sentence, and every reason of the rules behind it: for a place of one line."""
    said = sentence(error, lang)
    if isinstance(error, RefusedByRules):
        said = " ".join([said, *(reason.text(lang) for reason in error.reasons)])
    return said
