"""The notify service: `ekkyo-notify serve`."""

from ekkyo.service import Service, run

from ekkyo_notify import commands, questions, reactions, store
from ekkyo_notify.delivering.counted import DELIVERY
from ekkyo_notify.delivering.post import PostOffice
from ekkyo_notify.doctor import chat_findings, mail_findings, portal_findings
from ekkyo_notify.inbound.counted import INBOUND
from ekkyo_notify.inbound.doctor import inbound_findings
from ekkyo_notify.settings import NotifySettings

service = Service(
    "notify",
    routers=[commands.router, questions.router, *reactions.routers],
    collections=[
        store.deliveries,
        store.connections,
        store.contacts,
        store.refused_addresses,
        store.communities,
        store.known_events,
        store.known_surveys,
        store.known_vocabularies,
        store.sponsors,
        store.releases,
        store.incoming,
        store.texts_sent,
        store.told,
        store.sign_ins,
        store.asked_codes,
        store.forgotten,
    ],
    settings=NotifySettings,
    startup=PostOffice.open,
    shutdown=PostOffice.close,
    figures=[DELIVERY, INBOUND],
    checks=[mail_findings, inbound_findings, portal_findings, chat_findings],
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
