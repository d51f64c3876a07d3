"""A real SMTP server and a real webhook, which can be told to misbehave."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import SimpleNamespace
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """Takes mail on a free port of this machine and keeps it.

    refuse: answers to RCPT by address. answer: what DATA is answered with. hang_up_after_data: how often to take a
    message and hang up before saying so. silent: never answers MAIL. slow: seconds between taking one and saying so.
    """

    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """Of the envelopes; empty for one from nobody."""
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    hang_up_after_data: int = 0
    silent: bool = False
    slow: float = 0.0
    connections: int = 0
    open: int = 0
    most: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _protocols: list["_Counted"] = field(default_factory=list)

    async def start(self) -> "MailServer":
        loop = asyncio.get_running_loop()
        # aiosmtpd gets every attribute of its handler for each connection, and `mails` would parse all of them anew
        hooks = SimpleNamespace(**{n: getattr(self, n) for n in ("handle_MAIL", "handle_RCPT", "handle_DATA")})
        self._server = await loop.create_server(
            lambda: _Counted(self, hooks, enable_SMTPUTF8=False, loop=loop), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """As when the machine goes away: nobody listens, and open connections end."""
        if self._server:
            self._server.close()
            self._server = None
        for protocol in self._protocols:
            if protocol.transport:
                protocol.transport.abort()
        self._protocols.clear()
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [cast(EmailMessage, message_from_bytes(content, policy=default)) for content in self.contents]

    @property
    def headers(self) -> list[EmailMessage]:
        """Of each mail its headers alone, where there are thousands of mails: to parse one whole takes milliseconds."""
        parser = BytesParser(policy=default)
        return [cast(EmailMessage, parser.parsebytes(content, headersonly=True)) for content in self.contents]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail, to in zip(self.mails, self.recipients, strict=True) if to == address]

    # aiosmtpd calls these

    async def handle_MAIL(self, _server: Any, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:
        if self.silent:
            await asyncio.sleep(60)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answer:
            return self.answer
        for to in envelope.rcpt_tos:
            self.contents.append(cast(bytes, envelope.content))
            self.recipients.append(to)
            self.senders.append((envelope.mail_from or "").strip("<>"))
        await asyncio.sleep(self.slow)
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            assert server.transport
            server.transport.abort()
        return "250 taken"


class _Counted(SMTP):
    """aiosmtpd's protocol, counting the connections."""

    def __init__(self, of: MailServer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.of = of

    def connection_made(self, transport: Any) -> None:
        self.of.connections += 1
        self.of.open += 1
        self.of.most = max(self.of.most, self.of.open)
        self.of._protocols.append(self)
        super().connection_made(transport)

    def connection_lost(self, error: Any) -> None:
        self.of.open -= 1
        with contextlib.suppress(Exception):
            super().connection_lost(error)


CHATS_HERE = "http://127.0.0.1:*"
"""EKKYO_CHAT_HOSTS_INSIDE, where `ChatServer` is the chat."""


@dataclass
class ChatServer:
    """An incoming webhook on a free port. statuses: what the next posts are answered with; then 200."""

    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    silent: bool = False
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> "ChatServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def url(self, path: str = "/services/T0/B0/s3cret") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            path = head[0].split(" ")[1]
            length = next(int(line.partition(":")[2]) for line in head if line.lower().startswith("content-length:"))
            body = json.loads(await reader.readexactly(length))
            self.asked += 1
            if self.silent:
                await asyncio.sleep(60)
            status = self.statuses.pop(0) if self.statuses else 200
            if status < 300:
                self.posts.append((path, body))
            more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n{more}\r\nok".encode())
            await writer.drain()
        writer.close()
