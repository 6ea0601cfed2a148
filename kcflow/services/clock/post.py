"""Where letters go: an SMTP server, by the settings or by KCFLOW_SMTP_…; the password by neither.

Whatever a server does (refuses, hangs, drops in the middle, has another's certificate) comes out as one
`PostFailed`; whether the letter arrived is the caller's to write down.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kcflow.services.clock.duties import usable
from kcflow.services.errors import BadInput
from kcflow.services.texts import both, error_label
from kcflow.settings_schema import RULES, Settings
from kcflow.text import visible
from states.model import Label
from states.records import record

PASSWORD: Final = "KCFLOW_SMTP_PASSWORD"  # noqa: S105 - the variable's name
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SAID: Final = 200
"""Letters of a server's answer that are kept."""


class PostFailed(Exception):
    """A letter didn't go.

    code: key of the text `post.<code>`. of_server: nothing else will go either (else it is this letter's own
    fault). lasting: trying again with the same letter is of no use before somebody changes something.
    """

    def __init__(self, code: str, detail: str = "", *, of_server: bool = True, lasting: bool = False) -> None:
        self.code, self.detail = code, " ".join(visible(detail).split())[:_SAID]
        self.of_server, self.lasting = of_server, lasting
        super().__init__(f"{code}: {self.detail}")

    @property
    def text(self) -> str:
        """What is kept of it; `failure_label` reads it."""
        return f"{self.code}|{self.detail}"


def failure_label(kept: str) -> Label:
    """The sentence for what was kept of a failure."""
    code, _, detail = kept.partition("|")
    return both(f"post.{code}", detail=detail)


@record(frozen=True, slots=True)
class Envelope:
    """One letter, ready to be sent; `at` is when it was made, so that a second copy is the same letter."""

    to: str
    to_name: str
    subject: str
    body: str
    message_id: str
    at: datetime
    lang: str


def message_id(key: str, sender: str) -> str:
    """The Message-ID that belongs to `key` for good: who gets a letter twice sees one."""
    return f"<kcflow.{sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


def one_line(text: str) -> str:
    """`text` as a header may hold it: no line break, no control character."""
    return " ".join(visible(text).split())


class Post:
    """One SMTP server. As a context manager: the connection is made at the first letter, kept, and closed."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        security: str = "starttls",
        user: str = "",
        password: str = "",
        ca_file: str = "",
        timeout: float = 30,
    ) -> None:
        self.host, self.port, self.sender = host, port, sender
        self.security, self.user, self.timeout = security, user, timeout
        self._password, self._ca_file = password, ca_file
        self._smtp: smtplib.SMTP | None = None

    def __repr__(self) -> str:
        return f"Post({self.host}:{self.port}, {self.security})"

    @classmethod
    def of(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> Post:
        """The server that KCFLOW_SMTP_… and then the settings name.

        Raises `BadInput`: no server or sender is set, a value may not be, the password can't be had.
        """
        environ = os.environ if environ is None else environ
        found = {
            rule.key: _value(rule.key, settings, environ) for rule in RULES.values() if rule.section == "mail"
        }
        host, sender, user = (str(found[key]).strip() for key in ("smtp_host", "mail_sender", "smtp_user"))
        for key, value in (("smtp_host", host), ("mail_sender", sender)):
            if not value:
                raise BadInput("mail_unset", error_label("mail_unset", key=key, variable=_variable(key)))
        if not usable(sender):
            raise BadInput("address_wrong", error_label("address_wrong", found=sender))
        return cls(
            host,
            int(found["smtp_port"]),
            sender,
            security=str(found["smtp_security"]),
            user=user,
            password=_password(str(found["smtp_password_file"]), environ) if user else "",
            ca_file=str(found["smtp_ca_file"]),
            timeout=int(found["smtp_timeout"]),
        )

    @property
    def warnings(self) -> tuple[Label, ...]:
        """What is unsafe about these settings."""
        if self.security != "none" or self.host in _LOCAL:
            return ()
        return (both("post.warn_login" if self.user else "post.warn_plain", host=self.host),)

    # -- sending -----------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def send(self, envelope: Envelope) -> None:
        """Hand over one letter; on return the server has taken it. Raises `PostFailed`."""
        message = self._message(envelope)
        try:
            if self._smtp is None:
                self._smtp = self._connected()
            self._smtp.send_message(message, from_addr=self.sender, to_addrs=[envelope.to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()), (0, b""))
            raise self._answered("recipient", code, said) from None
        except smtplib.SMTPSenderRefused as refused:
            raise self._answered("sender", refused.smtp_code, refused.smtp_error, of_server=True) from None
        except smtplib.SMTPDataError as refused:
            raise self._answered("content", refused.smtp_code, refused.smtp_error) from None
        except PostFailed:
            self._drop()
            raise
        except smtplib.SMTPServerDisconnected as failed:
            self._drop()
            raise self._gone(failed) from None
        except smtplib.SMTPException as failed:
            self._drop()
            raise PostFailed("protocol", str(failed)) from None
        except TimeoutError:
            self._drop()
            raise PostFailed("timeout", f"{self.timeout:g}") from None
        except OSError as failed:
            self._drop()
            raise PostFailed("dropped", failed.strerror or type(failed).__name__) from None

    def _answered(self, what: str, code: int, said: bytes | str, *, of_server: bool = False) -> PostFailed:
        """The server's answer to one letter. 421: it closes; 4…: later perhaps; 5…: not this one."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        if code == 421:
            self._drop()
            return PostFailed("busy", f"{code} {text}")
        return PostFailed(what, f"{code} {text}", of_server=of_server, lasting=code >= 500)

    def _gone(self, failed: smtplib.SMTPServerDisconnected, where: str = "") -> PostFailed:
        """smtplib calls waiting in vain a lost connection too."""
        if isinstance(failed.__context__, TimeoutError):
            return PostFailed("timeout", f"{self.timeout:g}")
        return PostFailed("dropped", where)

    def _drop(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()
        self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        """A connection, encrypted and logged in as the settings say. Raises `PostFailed`."""
        where = f"{self.host}:{self.port}"
        smtp: smtplib.SMTP | None = None
        try:
            # Its own name costs no question to a name server, which might hang.
            name = socket.gethostname()
            own = name if "." in name and name.isascii() else "[127.0.0.1]"
            if self.security == "tls":
                smtp = smtplib.SMTP_SSL(
                    self.host, self.port, own, timeout=self.timeout, context=self._context()
                )
            else:
                smtp = smtplib.SMTP(self.host, self.port, own, timeout=self.timeout)
            smtp.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                if not smtp.has_extn("starttls"):
                    raise PostFailed("no_starttls", where, lasting=True)
                smtp.starttls(context=self._context())
                smtp.ehlo()
            if self.user:
                smtp.login(self.user, self._password)
        except BaseException as failed:
            if smtp is not None:
                smtp.close()
            raise self._unreachable(failed, where) from None
        return smtp

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file or None)
        except (OSError, ValueError) as failed:
            raise PostFailed("ca_file", f"{self._ca_file}: {failed}", lasting=True) from None

    def _unreachable(self, failed: BaseException, where: str) -> BaseException:
        """Why there is no connection, in the order from the narrowest kind to the widest."""
        if isinstance(failed, smtplib.SMTPAuthenticationError):
            said = failed.smtp_error
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            return PostFailed("login", f"{failed.smtp_code} {text}", lasting=True)
        if isinstance(failed, UnicodeEncodeError):
            return PostFailed("login", "ASCII", lasting=True)
        if isinstance(failed, smtplib.SMTPNotSupportedError):
            return PostFailed("no_login", where, lasting=True)
        if isinstance(failed, smtplib.SMTPResponseException):
            said = failed.smtp_error
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            return PostFailed("busy", f"{failed.smtp_code} {text}")
        if isinstance(failed, smtplib.SMTPServerDisconnected):
            return self._gone(failed, where)
        if isinstance(failed, smtplib.SMTPException):
            return PostFailed("protocol", str(failed))
        if isinstance(failed, ssl.SSLCertVerificationError):
            return PostFailed("certificate", f"{where}: {failed.verify_message}", lasting=True)
        if isinstance(failed, ssl.SSLError):
            return PostFailed("tls", f"{where}: {failed.reason or 'TLS'}")
        if isinstance(failed, TimeoutError):
            return PostFailed("timeout", f"{self.timeout:g}")
        if isinstance(failed, socket.gaierror):
            return PostFailed("no_host", self.host)
        if isinstance(failed, OSError):
            return PostFailed("unreachable", f"{where}: {failed.strerror or type(failed).__name__}")
        return failed

    def _message(self, envelope: Envelope) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address("kcflow", addr_spec=self.sender)
        message["To"] = Address(one_line(envelope.to_name), addr_spec=envelope.to)
        message["Subject"] = one_line(envelope.subject)
        message["Date"] = format_datetime(envelope.at)
        message["Message-ID"] = envelope.message_id
        message["Content-Language"] = envelope.lang
        # No holiday notice shall answer (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        # Every server takes base64; not every one takes 8-bit lines.
        message.set_content(envelope.body, charset="utf-8", cte="base64")
        return message


# -- settings --------------------------------------------------------------------------------------


def _variable(key: str) -> str:
    return f"KCFLOW_{key.upper()}"


def _value(key: str, settings: Settings, environ: Mapping[str, str]) -> str | int:
    """What the environment says of a setting of [mail], else the settings. Raises `BadInput`."""
    given = environ.get(_variable(key))
    if not given:
        value: str | int = getattr(settings, key)
        return value
    rule = RULES[key]
    value = int(given) if rule.kind == "whole" and given.isascii() and given.isdigit() else given
    if not rule.accepts(value):
        raise BadInput(
            "mail_wrong", error_label("mail_wrong", variable=_variable(key), found=visible(given[:60]))
        )
    return value


def _password(file: str, environ: Mapping[str, str]) -> str:
    """The password: of the variable, else the first line of the file. Raises `BadInput`."""
    if given := environ.get(PASSWORD):
        return given
    if not file:
        raise BadInput("mail_password_unset", error_label("mail_password_unset", variable=PASSWORD))
    path = Path(file).expanduser()
    try:
        with path.open("r", encoding="utf-8") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            line = opened.readline(1024).rstrip("\r\n")
    except (OSError, ValueError) as error:
        said = error.strerror or "" if isinstance(error, OSError) else "UTF-8"
        raise BadInput(
            "mail_password_unreadable", error_label("mail_password_unreadable", file=str(path), found=said)
        ) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput("mail_password_open", error_label("mail_password_open", file=str(path)))
    if not line:
        raise BadInput("mail_password_empty", error_label("mail_password_empty", file=str(path)))
    return line
