"""Whether mail can be handed over and chats can be reached. Nothing is sent."""

import asyncio
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPNotSupported
from ekkyo.contracts.base import Refused
from ekkyo.service.doctor import Finding, either, unseen, well, wrong
from ekkyo.store import Store

from ekkyo_notify import store
from ekkyo_notify.channels.mail.smtp import SmtpServer
from ekkyo_notify.settings import NotifySettings

WITHIN = 5.0
MOST = 20
"""So many chats are tried."""


async def mail_findings(settings: NotifySettings) -> list[Finding]:
    """The mail server: reached, STARTTLS where it is asked for, the password."""
    server = SmtpServer.parse(settings.smtp_url.get_secret_value())
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.scheme == "smtps",
        start_tls=False,
        local_hostname="localhost",
        timeout=WITHIN,
    )
    try:
        await client.connect()
        found = await _greeted(client, server)
        with suppress(SMTPException, OSError, TimeoutError):
            await client.quit()
    except ssl.SSLError:
        return [_certificate()]
    except (SMTPException, OSError, TimeoutError) as error:
        if isinstance(error.__cause__, ssl.SSLError):
            return [_certificate()]
        remedy = "Check host and port in EKKYO_SMTP_URL, that the mail server runs, and the network to it."
        return [wrong("mail", "the mail server does not answer", remedy)]
    finally:
        client.close()
    return found


async def _greeted(client: SMTP, server: SmtpServer) -> list[Finding]:
    await client.ehlo()
    secured = server.scheme == "smtps"
    if not secured and client.supports_extension("starttls"):
        try:
            await client.starttls()
        except ssl.SSLError:
            return [_certificate()]
        await client.ehlo()
        secured = True
    if server.scheme == "smtp+starttls" and not secured:
        remedy = "Have it offer STARTTLS, or say smtp:// or smtps:// in EKKYO_SMTP_URL."
        return [wrong("mail", "the mail server offers no STARTTLS", remedy)]
    found = [well("mail", "the mail server answers" + (", with TLS" if secured else ", without TLS"))]
    if server.user and server.password:
        try:
            await client.login(server.user, server.password.get_secret_value())
        except SMTPAuthenticationError:
            found.append(wrong("mail login", "the mail server refuses it", "Set user and password in EKKYO_SMTP_URL."))
        except SMTPNotSupported:
            remedy = "Take user and password out of EKKYO_SMTP_URL, or have the server offer AUTH."
            found.append(wrong("mail login", "the mail server takes no logins here", remedy))
        else:
            found.append(either("mail login", [] if secured else ["the password goes in the clear"], "taken",
                                "Say smtp+starttls:// or smtps:// in EKKYO_SMTP_URL."))  # fmt: skip
    return found


def _certificate() -> Finding:
    remedy = "Give it one for the name in EKKYO_SMTP_URL, signed by a CA that this machine trusts (SSL_CERT_FILE)."
    return wrong("mail", "the mail server's certificate is not trusted", remedy)


async def chat_findings(settings: NotifySettings) -> list[Finding]:
    """The chats that were connected: whether their hosts can be reached. Their addresses are secrets and not told."""
    live = await Store.open(
        settings.mongo_url.get_secret_value(),
        settings.mongo_database,
        outbox=_nothing,
        owner="notify",
        declarations=[store.connections],
        driver=settings.mongo_driver,
        settling=False,
    )
    try:
        connections = await live.live(store.connections).find(limit=MOST)
    except Refused:
        return [unseen("chat", "the database does not tell which are connected", "Mend the database first.")]
    finally:
        await live.close()
    open_to = [(c.id, c.url.get_secret_value()) for c in connections if c.url]
    reached = await asyncio.gather(*(_reached(url) for _, url in open_to))
    lost = [f"{id} cannot be reached" for (id, _), well_ in zip(open_to, reached, strict=True) if not well_]
    remedy = "Open the network to the chat's host, or connect the channel anew: ekkyo call notify.connect_channel"
    return [either("chat", lost, f"{len(open_to)} reached", remedy)]


async def _reached(url: str) -> bool:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        async with asyncio.timeout(WITHIN):
            _, writer = await asyncio.open_connection(
                parts.hostname,
                parts.port or (443 if secure else 80),
                ssl=ssl.create_default_context() if secure else None,
            )
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _nothing(_messages: object) -> None:
    """Nothing is published by who only looks."""
