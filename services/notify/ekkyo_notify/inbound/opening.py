"""Opens and closes what takes mail in, where a setting says that it is wanted."""

import contextlib
import json

from ekkyo.client import Ekkyo
from ekkyo.installation.permissions import REPLIES
from faststream import ContextRepo

from ekkyo_notify.channels.mail.addresses import ListensAt
from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.channels.mail.smtp import SmtpPool, SmtpServer
from ekkyo_notify.inbound.carrying import Inbound, MailIn
from ekkyo_notify.inbound.counted import INBOUND
from ekkyo_notify.inbound.listening import Listening
from ekkyo_notify.inbound.reading import Reader
from ekkyo_notify.inbound.texts import Texts
from ekkyo_notify.settings import NotifySettings


async def open_inbound(context: ContextRepo) -> None:
    """Listen for mail, on a connection to NATS of its own: its answers come apart from where facts arrive."""
    settings: NotifySettings = context.get("settings")
    context.set_global("mail_in", MailIn())
    addresses = settings.addresses
    if addresses is None or settings.inbound_key_file is None:
        return
    opened = contextlib.AsyncExitStack()
    ekkyo = Ekkyo.connect(
        settings.nats_url,
        login=settings.nats_login,
        token=_no_token,
        inbox_prefix=settings.inbox_prefix + REPLIES,
        environment={},
    )
    await opened.enter_async_context(ekkyo)
    pool = SmtpPool(SmtpServer.parse(settings.smtp_url.get_secret_value()), connections=2)
    opened.push_async_callback(pool.close)
    inbound = Inbound(
        incoming=context.get("incoming"),
        deliveries=context.get("deliveries"),
        contacts=context.get("contacts"),
        known_events=context.get("known_events"),
        refused_addresses=context.get("refused_addresses"),
        addresses=addresses,
        reader=Reader(addresses, settings.inbound_authserv_id),
        texts=Texts(Sender(settings.mail_from), pool, settings.links, context.get("texts_sent")),
        ekkyo=ekkyo,
        private_jwk=json.loads(settings.inbound_key_file.read_text()),
        figure=context.get("figures")[INBOUND.name],
    )
    listening = Listening(ListensAt.parse(settings.inbound_url), addresses, inbound.take)
    await listening.start()
    opened.push_async_callback(listening.stop)
    context.set_global("mail_in", MailIn(inbound))
    context.set_global("listening", listening)
    context.set_global("inbound_opened", opened)


def _no_token() -> str:
    return ""


async def close_inbound(context: ContextRepo) -> None:
    """Take no more mail, and leave NATS."""
    opened: contextlib.AsyncExitStack | None = context.get("inbound_opened", None)
    if opened:
        await opened.aclose()
