"""Whether mail can be handed over and chats can be reached. Nothing is sent."""

import asyncio
import ssl
from contextlib import suppress

import httpcore
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPNotSupported
from ekkyo.contracts.base import Refused
from ekkyo.process.doctor import Finding, either, unseen, well, wrong
from ekkyo.service import looked_into

from ekkyo_notify import store
from ekkyo_notify.channels.chat.network import CheckedNetwork
from ekkyo_notify.channels.chat.network import Refused as NotAllowed
from ekkyo_notify.channels.mail.smtp import SmtpServer
from ekkyo_notify.model.chat_hosts import ChatHosts, place_of
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


async def portal_findings(settings: NotifySettings) -> list[Finding]:
    """Whether messages lead to the portal, and whether the key of what they lead with is there and is private."""
    key = settings.pass_key_file
    if not settings.portal_url:
        told = "Set EKKYO_PORTAL_URL to the address that people open, where there is a portal."
        found = unseen("portal", "messages lead nowhere: EKKYO_PORTAL_URL is not set", told)
        return [found, *_key_missing("EKKYO_PASSES is true")] if settings.passes and not key else [found]
    if not key:
        return _key_missing("no message has a link that ends messages of its kind")
    found = well("portal", f"messages lead to {settings.portal_url}{', with passes' if settings.passes else ''}")
    if key.stat().st_mode & 0o007:
        return [found, wrong("pass key file", "everybody on this machine can use it", f"Run: chmod o= {key.name}")]
    return [found]


def _key_missing(so: str) -> list[Finding]:
    told = "Make it with `ekkyo secrets` and set EKKYO_PASS_KEY_FILE; its public half is the portal's."
    return [wrong("pass key", f"{so}, and EKKYO_PASS_KEY_FILE is not set", told)]


async def chat_findings(settings: NotifySettings) -> list[Finding]:
    """The chats that were connected: whether their hosts can be reached. Their addresses are secrets and not told."""
    async with looked_into(settings, "notify", [store.connections]) as live:
        try:
            connections = await live.live(store.connections).find(limit=MOST)
        except Refused:
            return [unseen("chat", "the database does not tell which are connected", "Mend the database first.")]
    open_to = [(c.id, c.url.get_secret_value()) for c in connections if c.url]
    reached = await asyncio.gather(*(_reached(url, settings.chats) for _, url in open_to))
    lost = [f"{id} {why}" for (id, _), why in zip(open_to, reached, strict=True) if why]
    remedy = (
        "Open the network to the chat's host, name it in EKKYO_CHAT_HOSTS or EKKYO_CHAT_HOSTS_INSIDE, "
        "or connect the channel again: ekkyo call notify.connect_channel"
    )
    return [either("chat", lost, f"{len(open_to)} reached", remedy)]


async def _reached(url: str, hosts: ChatHosts) -> str | None:
    """What is wrong with a chat's host, or None."""
    place = place_of(url)
    if place is None or not hosts.allows(url):
        return "is at a host that is not allowed"
    try:
        async with asyncio.timeout(WITHIN):
            stream = await CheckedNetwork(hosts.is_inside).connect_tcp(place.host, place.port, WITHIN)
            if place.scheme == "https":
                stream = await stream.start_tls(ssl.create_default_context(), place.host, WITHIN)
            await stream.aclose()
    except NotAllowed:
        return "has an address that is not allowed"
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError, TimeoutError):
        return "cannot be reached"
    return None
