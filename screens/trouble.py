"""One sentence for every error; what nobody foresaw goes to the log with its traceback."""

from __future__ import annotations

from pathlib import Path

from kcflow import config
from kcflow.i18n import t
from kcflow.services.errors import KcflowError


def log_unexpected(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log file; return the file, or None when it can't be written."""
    import logging
    import logging.handlers

    path = config.log_dir() / "kcflow.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    info = (type(error), error, error.__traceback__)
    try:
        handler.emit(logging.LogRecord("kcflow", logging.ERROR, "", 0, "unexpected error", (), info))
    finally:
        handler.close()
    return path


def sentence(error: BaseException, lang: str) -> str:
    """Say in one sentence what went wrong; what nobody foresaw goes to the log, whose place is named."""
    if isinstance(error, KcflowError):
        return error.text(lang)
    path = log_unexpected(error)
    if path is None:
        return t("app.unexpected_unlogged", lang, what=type(error).__name__)
    return t("app.unexpected", lang, place=str(path))
