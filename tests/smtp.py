"""A real SMTP server for the tests (aiosmtpd): it takes letters, or fails in the way that is asked for."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).with_name("smtp_localhost.pem")
"""Key and certificate of "localhost", made for these tests alone, until 2126."""


class MailServer:
    """One server on a free port of this machine, in a thread of its own; `letters` are what it took.

    refuses: recipients with the answer they get. drops: recipients in the middle of whose letter it hangs up.
    takes: the account and password that it wants. tls: "starttls" or "tls".
    """

    def __init__(
        self,
        *,
        refuses: dict[str, str] | None = None,
        drops: frozenset[str] = frozenset(),
        content: str | None = None,
        takes: tuple[str, str] | None = None,
        tls: str = "",
        port: int = 0,
        on_letter: Callable[[], None] | None = None,
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses, self.drops, self.content, self.takes = refuses or {}, drops, content, takes
        self.port = port
        self._tls, self._on_letter = tls, on_letter
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            self._session, "127.0.0.1", self.port, ssl=self._context() if self._tls == "tls" else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    @staticmethod
    def _context() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        return context

    def _session(self) -> SMTP:
        options: dict[str, Any] = {}
        if self._tls == "starttls":
            options = {"tls_context": self._context(), "require_starttls": True}
        if self.takes is not None:
            options |= {"authenticator": self._known, "auth_required": True}
            options |= {"auth_require_tls": self._tls == "starttls"}
        return _Breaking(self, self, hostname="localhost", loop=self._loop, **options)

    def _known(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        good = isinstance(given, LoginPassword) and self.takes == (
            given.login.decode(),
            given.password.decode(),
        )
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or not."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a letter."""
        if self.content is not None:
            return self.content
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.letters.append(message_from_bytes(raw, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        if self._on_letter is not None:
            self._on_letter()
        return "250 taken"

    def text_to(self, address: str) -> str:
        """The text of the one letter to `address`."""
        (letter,) = (each for each, to in zip(self.letters, self.recipients, strict=True) if to == address)
        return str(letter.get_content())


class _Breaking(SMTP):
    """aiosmtpd's server, but for recipients in the middle of whose letter it hangs up."""

    def __init__(self, owner: MailServer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._owner = owner

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Begin to take a letter, and break off."""
        if self.envelope is not None and self._owner.drops.intersection(self.envelope.rcpt_tos):
            await self.push("354 go on")
            assert self.transport is not None
            self.transport.abort()  # type: ignore[attr-defined]
            return
        await super().smtp_DATA(arg)


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def nobody_there() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
