"""Takes mail in, over SMTP or LMTP, from the mail server in front. It relays nothing.

A mail is answered `250` once it is kept. Everything of it that matters is read before that; nothing else of it stays.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from ekkyo_notify.channels.mail.addresses import Addresses, ListensAt, To

logger = logging.getLogger("ekkyo.notify")
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # aiosmtpd's own tells addresses

SIZE: Final = 1024 * 1024
"""Bytes of a mail at most."""
CONNECTIONS: Final = 20
PATIENCE: Final = 60.0
"""Seconds that a client may be silent, and that keeping a mail may take."""
COMMANDS: Final = 200
"""Of each kind on one connection; a client with more mails connects again."""
Take = Callable[[bytes, To, str], Coroutine[Any, Any, None]]


class Listening:
    """The server. take: keeps one mail, given its bytes, what it is for and the sender of its envelope."""

    def __init__(self, at: ListensAt, addresses: Addresses, take: Take) -> None:
        self.at, self.addresses, self._take = at, addresses, take
        self._server: asyncio.Server | None = None
        self.open: set[_Connection] = set()
        self._taking: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Raises OSError where somebody else does."""
        kind = _LmtpConnection if self.at.protocol == "lmtp" else _SmtpConnection
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: kind(self, loop), self.at.host, self.at.port)

    @property
    def port(self) -> int:
        assert self._server
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Take no more; what is being kept is kept, and its sender told so."""
        if self._server is None:
            return
        self._server.close()
        if self._taking:
            await asyncio.wait(self._taking, timeout=5)
        for connection in list(self.open):
            connection.hang_up()

    # aiosmtpd calls these

    async def handle_RCPT(  # noqa: N802
        self, server: "_Connection", _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """One recipient for each mail: LMTP has an answer for each, of which aiosmtpd sends one."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient for each mail"
        server.to = self.addresses.read_to(address)
        if server.to is None:
            return "550 5.1.1 There is no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Connection", _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accepted only once it is kept."""
        content, to = envelope.content, server.to
        server.received = 0
        if not isinstance(content, bytes) or to is None:
            return "451 4.3.0 Try again later"
        taking = asyncio.ensure_future(self._take(content, to, envelope.mail_from or ""))
        self._taking.add(taking)
        try:
            async with asyncio.timeout(PATIENCE / 2):
                await taking
        except Exception as error:  # whatever it is: the mail server keeps the mail and tries again
            logger.warning(
                "an incoming mail could not be stored: the mail server will send it again",
                extra={"error": type(error).__name__},
            )
            return "451 4.3.0 Try again later"
        finally:
            self._taking.discard(taking)
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """What a client said that nothing can be made of. The error's own text may repeat it."""
        logger.info("a mail server sent something unreadable: answered with 451", extra={"error": type(error).__name__})
        return "451 4.3.0 Try again later"


class _Connection(SMTP):
    """A connection that counts what it receives, so that no client fills the memory with lines that never end."""

    to: To | None = None

    def __init__(self, of: Listening, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            of,
            data_size_limit=SIZE,
            enable_SMTPUTF8=True,
            hostname=of.addresses.domain,
            ident="Ekkyo",
            timeout=PATIENCE,
            command_call_limit={"*": COMMANDS},
            loop=loop,
        )
        self.of, self.received = of, 0

    def connection_made(self, transport: Any) -> None:
        if len(self.of.open) >= CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
            return
        self.of.open.add(self)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self.received > 4 * SIZE:
            self.hang_up()
            return
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.of.open:
            self.of.open.discard(self)
            super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport:
            self.transport.close()


class _SmtpConnection(_Connection):
    pass


class _LmtpConnection(_Connection, LMTP):
    pass
