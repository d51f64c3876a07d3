"""Signing in as the other sections see it: who visits, and what the pages of signing in need."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts.members import Identity
from ekkyo.wire.passes import PassReader
from starlette.requests import Request

from ekkyo_portal.signin.company import Provider
from ekkyo_portal.signin.identities import Identities
from ekkyo_portal.signin.sessions import Sessions
from ekkyo_portal.signin.signed import Signed
from ekkyo_portal.web.visit import HELD
from ekkyo_portal.web.visitor import Visitor

MESSAGES: Final = "-messages"
"""In place of the id of an event: which no event has."""


@dataclass
class SigningIn:
    """What signing in is made of. now: the time it is."""

    signed: Signed
    sessions: Sessions
    identities: Identities
    door: Ekkyo
    """Speaks as the portal itself: it may begin and finish sign-ins, and nothing more."""
    now: Callable[[], datetime]
    passes: PassReader | None = None
    """Checks the passes that links in mails hold; None: there are none."""
    opens_by_link: bool = True
    """Whether such a link opens an event's page."""
    company: Provider | None = None
    """The company's own sign-in, where it has one."""

    @property
    def attempt_cookie(self) -> str:
        """The cookie that binds a code to the browser that asked for it."""
        return self.sessions.beside("attempt")

    async def visitor(self, request: Request) -> Visitor | None:
        """The member whose session a request bears, as they are now; None for nobody, or for one who is out by now.

        Without a session, a link in a mail shows who reads it: they get that event's page, and nothing else.
        """
        session = self.sessions.of(request, self.now())
        if session is None:
            return await self._by_pass(request)
        known = await self.identities.of(session.member_id)
        if known is None or not known.active:
            return None
        if known.signed_out_before and session.began < known.signed_out_before:
            return None
        return of(known)

    async def _by_pass(self, request: Request) -> Visitor | None:
        event_id = request.path_params.get("event_id")
        if self.passes is None or event_id is None or not self.opens_by_link:
            return None
        held = self.passes.of(request.query_params.get(HELD), "event", event_id, now=self.now())
        known = await self.identities.of(held.member_id) if held else None
        return of(known, only=event_id) if known and known.active else None

    def forget(self, member_id: str) -> None:
        """Ask who they are again: something about them was changed here."""
        self.identities.forget(member_id)

    async def by_calendar(self, digest: str) -> Visitor | None:
        """The member whose address for calendar programs this is, with no role; None when it is nobody's any more.

        Asked each time: an address that was ended is so at once. Raises Refused when it cannot be known.
        """
        known = await self.identities.find(calendar=digest)
        return replace(of(known), leads=frozenset(), steward=False) if known and known.active else None

    async def by_link(self, text: str, about: str) -> Visitor | None:
        """The member whose messages a link in a mail ends; they may open nothing by it."""
        held = self.passes.of(text, "messages", about, now=self.now()) if self.passes else None
        known = await self.identities.of(held.member_id) if held else None
        return of(known, only=MESSAGES) if known and known.active else None

    def sponsor_by_link(self, text: str, community_id: str) -> Visitor | None:
        """The sponsor whose reports a link in a mail ends. They need not be a member, and may do nothing else."""
        held = self.passes.of(text, "messages", f"reports/{community_id}", now=self.now()) if self.passes else None
        return Visitor(held.member_id, "", "ja", "UTC", only=MESSAGES) if held else None


def of(identity: Identity, *, only: str | None = None) -> Visitor:
    """A member as a visitor."""
    return Visitor(
        member_id=identity.member_id,
        name=identity.name,
        locale=identity.locale,
        timezone=identity.timezone,
        leads=frozenset(identity.leads),
        communities=frozenset(identity.communities),
        steward=identity.steward,
        only=only,
    )
