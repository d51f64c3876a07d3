"""Deliveries and connected channels, what notify keeps of the other services' facts, and who was forgotten."""

from typing import Annotated

from ekkyo.contracts.members import MemberErased, SponsorRemoved
from ekkyo.decision import forgetting
from ekkyo.store import Collection, Index, Projection
from faststream import Context

from ekkyo_notify.model import (
    Asked,
    CommunityName,
    Connection,
    Contact,
    Delivery,
    Incoming,
    KnownEvent,
    KnownSponsor,
    KnownSurvey,
    KnownVocabulary,
    RefusedAddress,
    Release,
    SignIn,
    TextsSent,
    Told,
    connection_id,
)

deliveries = Collection.of(
    Delivery,
    "deliveries",
    indexes=[
        Index("planned_at"),
        Index("member_id", "planned_at"),
        Index("entity_id", "planned_at"),
        Index("member_id", "entity_id", "entity_revision"),
        Index("channel", "status"),
        Index("status", "planned_at"),
    ],
)
connections = Collection.of(Connection, "connections")
contacts = Projection.of(
    Contact,
    "contacts",
    indexes=[
        Index("communities"),
        Index("email"),
        Index("merged_into", where={"merged_into": {"$exists": True}}),
    ],
    forgotten_by=[MemberErased],
)
refused_addresses = Projection.of(RefusedAddress, "refused_addresses", forgotten_by=[MemberErased, SponsorRemoved])
communities = Projection.of(CommunityName, "communities")
known_events = Projection.of(KnownEvent, "known_events")
known_surveys = Projection.of(KnownSurvey, "known_surveys")
known_vocabularies = Projection.of(KnownVocabulary, "known_vocabularies")
sponsors = Projection.of(
    KnownSponsor, "sponsors", indexes=[Index("member_id"), Index("email")], forgotten_by=[SponsorRemoved, MemberErased]
)
releases = Collection.of(Release, "releases", indexes=[Index("community_id", "month")])
sign_ins = Collection.of(SignIn, "sign_ins")
asked_codes = Collection.of(Asked, "asked_codes")
incoming = Collection.of(Incoming, "incoming", indexes=[Index("waiting", where={"waiting": True})])
texts_sent = Collection.of(TextsSent, "texts_sent")
told = Projection.of(Told, "told")
forgotten = Collection.of(forgetting.Forgotten, "forgotten")

Deliveries = Annotated[Collection[Delivery], Context("deliveries")]
Connections = Annotated[Collection[Connection], Context("connections")]
Contacts = Annotated[Projection[Contact], Context("contacts")]
RefusedAddresses = Annotated[Projection[RefusedAddress], Context("refused_addresses")]
Communities = Annotated[Projection[CommunityName], Context("communities")]
KnownEvents = Annotated[Projection[KnownEvent], Context("known_events")]
KnownSurveys = Annotated[Projection[KnownSurvey], Context("known_surveys")]
KnownVocabularies = Annotated[Projection[KnownVocabulary], Context("known_vocabularies")]
Sponsors = Annotated[Projection[KnownSponsor], Context("sponsors")]
Releases = Annotated[Collection[Release], Context("releases")]
SignIns = Annotated[Collection[SignIn], Context("sign_ins")]
AskedCodes = Annotated[Collection[Asked], Context("asked_codes")]
Texts = Annotated[Collection[TextsSent], Context("texts_sent")]
IncomingMail = Annotated[Collection[Incoming], Context("incoming")]
Forgotten = Annotated[Collection[forgetting.Forgotten], Context("forgotten")]


NOBODY: frozenset[str] = frozenset()


async def own_chat(
    member_id: str, connections: Collection[Connection], contacts: Projection[Contact], but: frozenset[str] = NOBODY
) -> Connection | None:
    """A member's own chat; while they never connected nor disconnected one, that of a record that is part of theirs.

    but: records that were looked at. Facts arrive in any order: for a while, two may seem to be part of each other.
    """
    if found := await connections.get(connection_id(member_id=member_id)):
        return found
    but |= {member_id}
    for part in await contacts.find({"merged_into": member_id}, limit=0):
        if part.id not in but and (theirs := await own_chat(part.id, connections, contacts, but)) and theirs.url:
            return theirs
    return None


async def the_persons(contact: Contact | None, contacts: Projection[Contact]) -> Contact | None:
    """How to reach the person: where this record is part of another one, that one's contact."""
    seen = set[str]()
    while contact and contact.merged_into and contact.id not in seen:
        seen.add(contact.id)
        contact = await contacts.get(contact.merged_into)
    return contact
