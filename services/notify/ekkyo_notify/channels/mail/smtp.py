"""A pool of SMTP connections that are kept and used again."""

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from pydantic import SecretStr

from ekkyo_notify.channels import AddressRefused, Never, NotNow

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")

NO_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"})
"""There is no such mailbox, domain or syntax, it is not one, it moved, or the domain takes no mail (RFC 3463, 7505).

Other refusals for good are about the message, the sender (5.1.7, 5.1.8, 5.7.x) or the mailbox's state (5.2.x)."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. smtp: STARTTLS when offered; smtp+starttls: always; smtps: TLS from the start."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: SecretStr | None

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Read `smtp://user:password@host:port`. Raises ValueError, whose text does not repeat the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("is not a URL") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must be smtp://, smtp+starttls:// or smtps:// with a host")
        password = SecretStr(unquote(parts.password)) if parts.password is not None else None
        user = unquote(parts.username) if parts.username else None
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password)


@dataclass
class _Line:
    client: SMTP
    used: int = 0
    last: float = 0.0


class SmtpPool:
    """Hands mail to one server over at most `connections` connections, each used for up to `per_line` messages.

    timeout: seconds to connect, and again to hand over; both together stay below the lease of a delivery. A failed
    connect is remembered for `pause` seconds, in which nobody else tries: a fan-out to a server that is down ends at
    once instead of after a thousand time-outs.
    """

    def __init__(
        self, server: SmtpServer, *, connections: int = 16, timeout: float = 12, pause: float = 0.5, per_line: int = 100
    ) -> None:
        self._server = server
        self._slots = asyncio.Semaphore(connections)
        self._timeout, self._pause, self._per_line = timeout, pause, per_line
        self._idle: list[_Line] = []
        self._down_until = 0.0
        self._leaving = False

    def leave(self) -> None:
        """Begin no more: who still waits for a connection is told NotNow. What is being handed over goes on."""
        self._leaving = True

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over. Raises NotNow or Never; returns when the server has taken it."""
        async with self._slots:
            if self._leaving:
                raise NotNow("stopping")
            line = await self._line()
            trouble: NotNow | Never | None = None
            kept = False
            try:
                async with asyncio.timeout(self._timeout):
                    await line.client.sendmail(sender, [recipient], message)
                kept = True
            except (SMTPException, OSError, ValueError, TimeoutError) as e:
                trouble = _told(e)
                kept = isinstance(e, SMTPRecipientsRefused | SMTPDataError) and line.client.is_connected
            finally:
                await self._back(line) if kept else _drop(line)
        if trouble:  # raised out here, so that no traceback carries the server's words or an address
            raise trouble

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        lines, self._idle = self._idle, []
        for line in lines:
            with suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await line.client.quit()
            _drop(line)

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.client.is_connected and await self._answers(line):
                return line
            _drop(line)
        return await self._connect()

    async def _answers(self, line: _Line) -> bool:
        """Servers hang up on idle clients; a line that rested is asked before a message is trusted to it."""
        if time.monotonic() - line.last < 5:
            return True
        with suppress(SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(3):
                await line.client.noop()
            return True
        return False

    async def _connect(self) -> _Line:
        if time.monotonic() < self._down_until:
            raise NotNow("smtp_unreachable", reachable=False)
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
            use_tls=server.scheme == "smtps",
            start_tls={"smtps": False, "smtp+starttls": True}.get(server.scheme),
            local_hostname="localhost",  # the name of this machine is nobody's business, and looking it up blocks
            timeout=self._timeout,
        )
        try:
            async with asyncio.timeout(self._timeout):
                await client.connect()
        except (SMTPException, OSError, ValueError, TimeoutError) as e:
            reason = "smtp_login_refused" if isinstance(e, SMTPAuthenticationError) else "smtp_unreachable"
        else:
            return _Line(client, last=time.monotonic())
        _drop(_Line(client))
        self._down_until = time.monotonic() + self._pause
        raise NotNow(reason, reachable=False)

    async def _back(self, line: _Line) -> None:
        line.used += 1
        line.last = time.monotonic()
        if line.used < self._per_line and line.client.is_connected:
            self._idle.append(line)
            return
        with suppress(SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await line.client.quit()
        _drop(line)


def _drop(line: _Line) -> None:
    line.client.close()


def _told(e: Exception) -> NotNow | Never:
    """What a failure means. Only the recipient's or the message's own 5xx is for good; the sender's is our mistake."""
    match e:
        case SMTPRecipientsRefused(recipients=[refused, *_]):
            return _answered(refused.code, refused.message, final=True)
        case SMTPNotSupported() | ValueError():
            return Never("address_not_supported")
        case SMTPDataError():
            return _answered(e.code, e.message, final=True)
        case SMTPSenderRefused() | SMTPResponseException():
            return _answered(e.code, e.message, final=False)
        case TimeoutError():
            return NotNow("smtp_timeout")
        case SMTPServerDisconnected() | OSError():
            return NotNow("smtp_disconnected")
        case _:
            return NotNow("smtp_error")


def _answered(code: int, message: str, *, final: bool) -> NotNow | Never:
    enhanced = _ENHANCED.match(message)
    reason = f"smtp {code} {enhanced[1]}" if enhanced else f"smtp {code}"  # the server's words may name the address
    if not final or not 500 <= code < 600:
        return NotNow(reason)
    return AddressRefused(reason) if enhanced and enhanced[1] in NO_ADDRESS else Never(reason)
