"""Whom a notice is for: members and chats, over each of their channels."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ekkyo.broker import Heard
from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Channel
from ekkyo.contracts.surveys import vocabulary_id_of
from ekkyo.store import Collection, Projection
from ekkyo.words.themes import vocabulary_of

from ekkyo_notify import model
from ekkyo_notify.channels import NotNow
from ekkyo_notify.model import (
    CommunityName,
    Connection,
    Contact,
    KnownSponsor,
    KnownVocabulary,
    Notice,
    Recipient,
    RefusedAddress,
)
from ekkyo_notify.store import own_chat, the_persons
from ekkyo_notify.templates.reader import Reader


@dataclass(frozen=True)
class Job:
    """One delivery to be made."""

    recipient: Recipient
    channel: Channel
    reader: Reader
    contact: Contact | None = None
    connection: Connection | None = None
    other: Contact | None = None
    """The other one of an introduction."""
    refused: bool = False
    """The mail server refused the member's address for good."""
    outdated: bool = False
    """What there was to tell them is no longer true."""


@dataclass
class Audience:
    """Looks up who is reached how, and in which language."""

    connections: Collection[Connection]
    contacts: Projection[Contact]
    refused_addresses: Projection[RefusedAddress]
    communities: Projection[CommunityName]
    vocabularies: Projection[KnownVocabulary]
    sponsors: Projection[KnownSponsor]
    heard: Heard

    async def community(self, notice: Notice) -> CommunityName:
        """The community that a notice comes from. Raises NotNow while older facts are still coming in."""
        found = await self.communities.get(notice.community_id)
        if found is None:
            if not await self.heard.soon(notice.sequence):
                raise NotNow("members_behind")
            found = await self.communities.get(notice.community_id)
        # An outside system may hold events of a community that was never founded here.
        return found or CommunityName(id=notice.community_id, name="Ekkyo")

    async def members(self, community_id: str) -> AsyncIterator[Contact]:
        """Everyone in a community."""
        async for contact in self._where({"communities": {"$in": [community_id]}}):
            yield contact

    async def leaders(self, community_id: str) -> AsyncIterator[Contact]:
        """Everyone who leads a community."""
        async for contact in self._where({"leads": {"$in": [community_id]}}):
            yield contact

    async def followers(self, event: EventState) -> AsyncIterator[Contact]:
        """Everyone who asked to be told when there is an event on the theme of this one."""
        known = await self.vocabularies.get(vocabulary_id_of(event.community_id))
        words = vocabulary_of(known.vocabulary if known else None)
        async for contact in self._where({"follows_in": {"$in": [event.community_id]}}):
            if contact.wants(event, words):
                yield contact

    async def _where(self, where: dict[str, Any]) -> AsyncIterator[Contact]:
        after = ""
        while page := await self.contacts.find(where, after=after, limit=500):
            for contact in page:
                yield contact
            after = page[-1].id

    async def known(self, recipients: Iterable[Recipient]) -> dict[str, Contact]:
        """Those of the members among the recipients who are known."""
        ids = [r.member_id for r in recipients if r.member_id]
        found: dict[str, Contact] = {}
        for n in range(0, len(ids), 500):
            page = await self.contacts.find({"id": {"$in": ids[n : n + 500]}}, limit=500)
            found |= {contact.id: contact for contact in page}
        for one in [contact for contact in found.values() if contact.merged_into]:
            whole = await the_persons(one, self.contacts)
            if whole and whole.id not in found:  # whoever is told anyway is told once
                found[one.id] = whole
        return found

    async def jobs(
        self, recipients: Iterable[Recipient], contacts: dict[str, Contact], community: CommunityName
    ) -> list[Job]:
        """A delivery for each recipient and each of their channels."""
        jobs: list[Job] = []
        refused = await self._refused(contact.id for contact in contacts.values())
        for recipient in recipients:
            if recipient.member_id is None:
                connection = await self.connections.get(model.connection_id(community_id=recipient.community_id))
                if connection:  # or was connected: what was put off then ends with a reason
                    reader = Reader(community.locale, community.timezone, community.name, colour=community.colour)
                    jobs.append(Job(recipient, "chat", reader, connection=connection if connection.url else None))
            elif (contact := contacts.get(recipient.member_id)) and contact.active:
                looks = (community.colour, community.logo)
                reader = Reader(contact.locale, contact.timezone, community.name, contact.name, *looks)
                for channel in contact.channels:
                    own = await self._own_chat(contact.id) if channel == "chat" else None
                    no_good = channel == "mail" and refused.get(contact.id) == contact.email
                    jobs.append(Job(recipient, channel, reader, contact, own, refused=no_good))
        return jobs

    async def with_other(self, jobs: list[Job], notice: Notice) -> list[Job]:
        """The jobs of an introduction, each with the other one, if they are still there."""
        if not notice.both:
            return jobs
        known = await self.known(Recipient(member_id=one) for one in notice.both)
        there = {id: contact for id, contact in known.items() if contact.active}
        return [
            replace(job, other=next((there.get(one) for one in notice.both if one != job.recipient.member_id), None))
            for job in jobs
        ]

    async def sponsor_jobs(self, ids: Iterable[str], community: CommunityName) -> list[Job]:
        """A mail to each of these sponsors of a community who is there still.

        Who is a member too gets it at the address that they have as a member, and not once they left the company.
        """
        known = await self.sponsors.read(ids)
        theirs = [sponsor for sponsor in known.values() if sponsor.community_id == community.id]
        members = await self._members_among(theirs)
        refused = await self._refused([*known, *(member.id for member in members.values())])
        jobs: list[Job] = []
        for sponsor in theirs:
            contact = sponsor.contact(members.get(sponsor.id), community.timezone)
            looks = (community.colour, community.logo)
            reader = Reader(sponsor.locale, community.timezone, community.name, sponsor.name, *looks)
            member = members.get(sponsor.id)
            no_good = contact.email in {refused.get(sponsor.id), refused.get(member.id if member else "")}
            recipient = Recipient(sponsor_id=sponsor.id)
            jobs.append(Job(recipient, "mail", reader, contact, refused=no_good))
        return jobs

    async def _members_among(self, sponsors: Iterable[KnownSponsor]) -> dict[str, Contact]:
        """Those of these sponsors who are members too, by the sponsor's id."""
        found: dict[str, Contact] = {}
        for sponsor in sponsors:
            member = await self.contacts.get(sponsor.member_id) if sponsor.member_id else None
            same = [member] if member else await self.contacts.find({"email": sponsor.email}, limit=5)
            if same:  # those who left keep the address that they had
                found[sponsor.id] = next((one for one in same if one.active), same[0])
        return found

    async def _refused(self, members: Iterable[str]) -> dict[str, str]:
        """The addresses of these members that were refused for good."""
        ids = list(members)
        found: dict[str, str] = {}
        for n in range(0, len(ids), 500):
            page = await self.refused_addresses.find({"id": {"$in": ids[n : n + 500]}}, limit=500)
            found |= {refused.id: refused.email for refused in page}
        return found

    async def _own_chat(self, member_id: str) -> Connection | None:
        found = await own_chat(member_id, self.connections, self.contacts)
        return found if found and found.url else None
